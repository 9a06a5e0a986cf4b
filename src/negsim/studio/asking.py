"""What a seat is asked, in words for a person: the moves that the model has, and what the delegate would do by itself.

Rules that hold here
- A question tells what the delegate may know and nothing else.
- Where nobody answers, the model's own default is taken.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from negsim.errors import NegsimError, shown
from negsim.negotiation.tables import Move
from negsim.policies import Paragraph, View
from negsim.report.words import on_scale, signed
from negsim.scenario import Scenario

NOTICED = 0.005  # of value: what is less is written as nothing
HEARD = (
    "To object is heard, but it stops the text only where the text falls well short for you; to stop it, put it in"
    " brackets."
)
FLOOR, READING, REPORT, MOTION, EVENING, SUBMISSION = "floor", "reading", "report", "motion", "evening", "submission"
ACTS = {
    FLOOR: ("speak", "table"),
    READING: ("accept", "object", "block"),
    REPORT: ("accept", "object", "block"),
    MOTION: ("accept", "object"),
    EVENING: ("planned", "dine"),
    SUBMISSION: ("table",),
}
KINDS = {
    Move.SPEAK: FLOOR,
    Move.TABLE: FLOOR,
    Move.SUBMIT: SUBMISSION,
    Move.READ: READING,
    Move.DISCUSS: READING,
    Move.READ_PACKAGE: READING,
    Move.ADOPT: REPORT,
    Move.MOTION: MOTION,
    Move.EVENING: EVENING,
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a seat is asked now."""

    kind: str
    title: str
    told: tuple[str, ...]  # what there is to know, a sentence each
    acts: tuple[str, ...]  # what may be answered
    default: str  # what the delegate does by itself, as an act
    default_told: str  # the same in words
    issue: str | None = None  # its name in the file
    place: float | None = None  # on the issue's scale: what would be said, or where one's own position is
    places: Mapping[str, float] = field(default_factory=dict)  # what would be proposed
    guests: int = 0  # how many one may ask to dinner

    @property
    def taken_told(self) -> str:
        """The default in words, once it is taken."""
        return self.default_told.replace(" would ", " chose to ", 1)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a seat answers."""

    act: str
    place: float | None = None  # what is said, or the amendment one brackets for; None: as the delegate would
    places: Mapping[str, float] = field(default_factory=dict)  # a proposal
    guests: tuple[int, ...] = ()  # seats asked to dinner


def check(question: Question, reply: Reply, scenario: Scenario, seats: int) -> Reply:
    """The reply, if it answers the question; else `NegsimError`."""
    if reply.act not in question.acts:
        raise NegsimError(f"{shown(reply.act)} is no answer here; it may be {', '.join(question.acts)}")
    for value in (reply.place, *reply.places.values()):
        if value is not None and not (0.0 <= value <= 1.0):
            raise NegsimError(f"{shown(value)} is no position; one is a number from 0 to 1")
    unknown = [issue for issue in reply.places if issue not in scenario.issues]
    if unknown:
        raise NegsimError(f"there is no issue {shown(unknown[0])}")
    if reply.act == "table" and not reply.places:
        raise NegsimError("a proposal says where one issue at least should stand")
    guests = set(reply.guests)
    if not all(0 <= guest < seats for guest in guests):
        raise NegsimError("one of the guests has no seat here")
    if reply.act == "dine" and not 1 <= len(guests) <= question.guests:
        may = "one guest" if question.guests == 1 else f"1 to {question.guests} guests"
        raise NegsimError(f"a dinner of yours has {may}; you have named {len(guests) or 'nobody'}")
    return reply


# --------------------------------------------------------------------------------------------- the questions


def question(
    view: View, scenario: Scenario, *, may_block: bool, may_table: bool, motion: tuple[str, ...] = ()
) -> Question:
    """What a delegate is asked who sees this. motion: what there is to know about one."""
    kind = KINDS[view.move]
    if kind == FLOOR:
        return _floor(view, scenario, may_table=may_table)
    if kind == SUBMISSION:
        places = dict(view.default) if isinstance(view.default, Mapping) else {}
        return Question(
            kind=kind, title="You may send in a proposal before the meeting", acts=ACTS[kind], default="table",
            told=("What you write waits for discussion under your name.",), places=places,
            default_told=f"Your delegate would propose {_proposed(places, scenario)}.",
        )  # fmt: skip
    if kind == MOTION:
        return Question(
            kind=kind, title="A motion to change the methodology is put to the room", told=motion, acts=ACTS[kind],
            default=str(view.default),
            default_told=f"Your delegate would {'back it' if view.default == 'accept' else 'vote against it'}.",
        )  # fmt: skip
    return _reading(view, scenario, kind, may_block=may_block)


def _floor(view: View, scenario: Scenario, *, may_table: bool) -> Question:
    assert view.issue is not None  # noqa: S101 - the floor is given on an issue
    issue = scenario.issues[view.issue]
    if isinstance(view.default, Mapping):
        place, places = view.position[view.issue], dict(view.default)
        told = f"Your delegate would table a proposal: {_proposed(places, scenario)}."
    else:
        place, places = float(view.default), {view.issue: view.position[view.issue]}
        told = f"Your delegate would say: {on_scale(issue, place)}."
    own = f"Your position: {on_scale(issue, view.position[view.issue])}."
    return Question(
        kind=FLOOR,
        title=f"You have the floor on “{issue.label}”",
        told=(
            own,
            "What you say need not be what you think; those who hear it learn, and move a little if they trust you.",
        ),
        acts=ACTS[FLOOR] if may_table else ("speak",),
        default="table" if isinstance(view.default, Mapping) else "speak",
        default_told=told,
        issue=view.issue,
        place=place,
        places=places,
    )


def _reading(view: View, scenario: Scenario, kind: str, *, may_block: bool) -> Question:
    told = [_stands(issue, paragraph, view, scenario) for issue, paragraph in view.text.items()]
    told.append(_worth(view))
    title = "The whole report is put to the room" if kind == REPORT else "The room reads all paragraphs as one package"
    if view.issue is not None:
        what = "A proposal is discussed" if view.move == Move.DISCUSS else "The room reads the paragraph"
        title = f"{what} on “{scenario.issues[view.issue].label}”"
    told.append(
        HEARD if may_block else "Your seat may speak, not block: an objection of yours is heard and stops nothing."
    )
    would = "accept" if view.default == "accept" else "object (it stands aside where it is only a little short)"
    return Question(
        kind=kind,
        title=title,
        told=tuple(told),
        acts=ACTS[kind] if may_block else ("accept", "object"),
        default=str(view.default),
        default_told=f"Your delegate would {would}.",
        issue=view.issue,
        place=view.position[view.issue] if view.issue is not None else None,
    )


def _stands(issue: str, paragraph: Paragraph, view: View, scenario: Scenario) -> str:
    """Where a text stands, whose it is, and how far that is from the delegate."""
    about, away = scenario.issues[issue], paragraph.value - view.position[issue]
    pen = {None: "nobody remembers whose", "chair": "the chair's", "facilitator": "the facilitator's",
           "group": "a drafting group's"}.get(paragraph.pen, f"{paragraph.pen}'s")  # fmt: skip
    low, high = view.red_lines[issue]
    crossed = " It crosses your red line." if not low <= paragraph.value <= high else ""
    return (
        f"{about.label}: the text is {on_scale(about, paragraph.value)}, precision {paragraph.precision:.2f}, {pen}."
        f" You stand at {view.position[issue]:.2f} ({signed(away)} away).{crossed}"
    )


def _worth(view: View) -> str:
    if view.shortfall is None:
        return ""
    if math.isinf(view.shortfall):
        return "It is not acceptable to your delegate at any price."
    if not view.text:
        return "Nothing is in it: no paragraph is agreed."
    if abs(view.shortfall) < NOTICED:
        return "To your delegate it is worth as much as having no deal."
    if view.shortfall > 0:
        return f"To your delegate it falls {view.shortfall:.2f} short of having no deal."
    return f"To your delegate it is {-view.shortfall:.2f} better than having no deal."


def _proposed(places: Mapping[str, float], scenario: Scenario) -> str:
    said = [f"{scenario.issues[issue].label} {value:.2f}" for issue, value in places.items()]
    return "; ".join(said) or "nothing"


def dinner(*, planned: str, guests: int) -> Question:
    """What a seat is asked before an evening."""
    offer = f"Or give a dinner and ask up to {guests}. A dinner moves no position; it raises trust and lets each see"
    tables = "Those who dine with you are not in their caucus. Who is asked to several dinners goes to one of them"
    return Question(
        kind=EVENING,
        title="How do you spend the evening?",
        told=(f"As planned: {planned}", f"{offer} where the others stand.", f"{tables}."),
        acts=ACTS[EVENING],
        default="planned",
        default_told="Your delegate would keep to the plan.",
        guests=guests,
    )
