"""The questions that a seat gets: the moves of the model in words, and what the delegate would do by default.

- A question holds what the delegate may know and nothing else.
- Without an answer, the delegate does what the model does by default.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from negsim.errors import NegsimError, literal
from negsim.negotiation.tables import Move
from negsim.policies import Paragraph, View
from negsim.report.words import on_scale, signed
from negsim.scenario import Scenario

NOTICED = 0.005  # of value; less than that is worth nothing
OBJECTION = "An objection puts your concern on record. To be sure of stopping the text, put it in brackets."
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
    """What a seat has to decide now, and how it may answer."""

    kind: str
    title: str
    facts: tuple[str, ...]  # sentences
    acts: tuple[str, ...]  # possible answers
    default: str  # the act that the delegate chooses by itself
    default_text: str  # the same in words
    issue: str | None = None  # its name in the file
    place: float | None = None  # on the issue's scale: the statement by default, or the own position
    places: Mapping[str, float] = field(default_factory=dict)  # the proposal by default
    guests: int = 0  # how many the seat may invite to dinner

    @property
    def past_default(self) -> str:
        """The default in words, after the delegate chose it."""
        return self.default_text.replace(" would ", " chose to ", 1)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A seat's answer."""

    act: str
    place: float | None = None  # the statement, or the amendment to a bracket; None: as the delegate would
    places: Mapping[str, float] = field(default_factory=dict)  # a proposal
    guests: tuple[int, ...] = ()  # seats invited to dinner


def check_reply(question: Question, reply: Reply, scenario: Scenario, seats: int) -> Reply:
    """The reply, if it answers the question. Raises `NegsimError` otherwise."""
    if reply.act not in question.acts:
        raise NegsimError(f"{literal(reply.act)} is not an answer here; choose from {', '.join(question.acts)}")
    for value in (reply.place, *reply.places.values()):
        if value is not None and not (0.0 <= value <= 1.0):
            raise NegsimError(f"{literal(value)} is not a position; a position is a number from 0 to 1")
    unknown = [issue for issue in reply.places if issue not in scenario.issues]
    if unknown:
        raise NegsimError(f"no such issue: {literal(unknown[0])}")
    if reply.act == "table" and not reply.places:
        raise NegsimError("a proposal needs a position on at least one issue")
    guests = set(reply.guests)
    if not all(0 <= guest < seats for guest in guests):
        raise NegsimError("one of the guests does not have a seat here")
    if reply.act == "dine" and not 1 <= len(guests) <= question.guests:
        may = "one guest" if question.guests == 1 else f"1 to {question.guests} guests"
        raise NegsimError(f"you may invite {may}; you have invited {len(guests) or 'nobody'}")
    return reply


def question_of(
    view: View, scenario: Scenario, *, may_block: bool, may_table: bool, motion: tuple[str, ...] = ()
) -> Question:
    """The question to a delegate with this view. motion: sentences about the motion, where there is one."""
    kind = KINDS[view.move]
    if kind == FLOOR:
        return _floor(view, scenario, may_table=may_table)
    if kind == SUBMISSION:
        places = dict(view.default) if isinstance(view.default, Mapping) else {}
        return Question(
            kind=kind, title="You may send in a proposal before the meeting", acts=ACTS[kind], default="table",
            facts=("Your proposal waits for discussion under your name.",), places=places,
            default_text=f"Your delegate would propose {_proposed(places, scenario)}.",
        )  # fmt: skip
    if kind == MOTION:
        return Question(
            kind=kind, title="The room votes on a motion to change the methodology", facts=motion, acts=ACTS[kind],
            default=str(view.default),
            default_text=f"Your delegate would {'back it' if view.default == 'accept' else 'vote against it'}.",
        )  # fmt: skip
    return _reading(view, scenario, kind, may_block=may_block)


def _floor(view: View, scenario: Scenario, *, may_table: bool) -> Question:
    assert view.issue is not None  # noqa: S101 - the floor is given on an issue
    issue = scenario.issues[view.issue]
    if isinstance(view.default, Mapping):
        place, places = view.position[view.issue], dict(view.default)
        default_text = f"Your delegate would table a proposal: {_proposed(places, scenario)}."
    else:
        place, places = float(view.default), {view.issue: view.position[view.issue]}
        default_text = f"Your delegate would say: {on_scale(issue, place)}."
    own = f"Your position: {on_scale(issue, view.position[view.issue])}."
    return Question(
        kind=FLOOR,
        title=f"You have the floor on “{issue.label}”",
        facts=(
            own,
            "You need not say what you think. The others learn from what they hear, and move if they trust you.",
        ),
        acts=ACTS[FLOOR] if may_table else ("speak",),
        default="table" if isinstance(view.default, Mapping) else "speak",
        default_text=default_text,
        issue=view.issue,
        place=place,
        places=places,
    )


def _reading(view: View, scenario: Scenario, kind: str, *, may_block: bool) -> Question:
    facts = [_stands(issue, paragraph, view, scenario) for issue, paragraph in view.text.items()]
    facts.append(_worth(view))
    title = "The room decides on the whole report" if kind == REPORT else "The room reads all paragraphs as one package"
    if view.issue is not None:
        what = "A proposal is discussed" if view.move == Move.DISCUSS else "The room reads the paragraph"
        title = f"{what} on “{scenario.issues[view.issue].label}”"
    facts.append(
        OBJECTION if may_block else "Your seat may speak, not block: your objection is on record and stops nothing."
    )
    would = "accept" if view.default == "accept" else "object (and stand aside if the text falls only a little short)"
    return Question(
        kind=kind,
        title=title,
        facts=tuple(facts),
        acts=ACTS[kind] if may_block else ("accept", "object"),
        default=str(view.default),
        default_text=f"Your delegate would {would}.",
        issue=view.issue,
        place=view.position[view.issue] if view.issue is not None else None,
    )


def _stands(issue: str, paragraph: Paragraph, view: View, scenario: Scenario) -> str:
    """Where a text stands, whose it is, and how far it is from the delegate."""
    about, away = scenario.issues[issue], paragraph.value - view.position[issue]
    pen = {None: "nobody remembers whose it is", "chair": "the chair's", "facilitator": "the facilitator's",
           "group": "a drafting group's"}.get(paragraph.pen, f"{paragraph.pen}'s")  # fmt: skip
    low, high = view.red_lines[issue]
    crossed = " It crosses your red line." if not low <= paragraph.value <= high else ""
    return (
        f"{about.label}: the text is {on_scale(about, paragraph.value)}, precision {paragraph.precision:.2f}; {pen}."
        f" You stand at {view.position[issue]:.2f} ({signed(away)} away).{crossed}"
    )


def _worth(view: View) -> str:
    if view.shortfall is None:
        return ""
    if math.isinf(view.shortfall):
        return "Your delegate cannot accept it at any price."
    if not view.text:
        return "It is empty: no paragraph is agreed."
    if abs(view.shortfall) < NOTICED:
        return "For your delegate it is worth as much as no deal."
    if view.shortfall > 0:
        return f"For your delegate it is {view.shortfall:.2f} worse than no deal."
    return f"For your delegate it is {-view.shortfall:.2f} better than no deal."


def _proposed(places: Mapping[str, float], scenario: Scenario) -> str:
    parts = [f"{scenario.issues[issue].label} {value:.2f}" for issue, value in places.items()]
    return "; ".join(parts) or "nothing"


def evening_question(*, planned: str, guests: int) -> Question:
    """The question before an evening. planned: what the plan has for it."""
    offer = (
        f"Or give a dinner for up to {guests}. A dinner moves nobody's position; it raises trust, and each guest learns"
    )
    tables = "Your guests miss their caucus. A guest with several invitations accepts only one"
    return Question(
        kind=EVENING,
        title="How do you spend the evening?",
        facts=(f"As planned: {planned}", f"{offer} where the others stand.", f"{tables}."),
        acts=ACTS[EVENING],
        default="planned",
        default_text="Your delegate would keep to the plan.",
        guests=guests,
    )
