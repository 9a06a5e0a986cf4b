"""A negotiation with people in some of its seats and the model in the others: the questions, the answers, the turns.

- A person decides where a policy would: in the middle beat of a turn. With no seat held, a run has the bits of
  `negsim.watch`.
- A turn happens once everybody with a question has answered it, or has left this answer to the model.
- A question holds what the delegate may know and nothing else, and what the delegate would do by default.
- Four things go beyond a policy's answers, each of them a move of the model: to ask for the floor (next in its race),
  to table where the format lets delegates table, to give a dinner (an evening's guests), and to argue for an amendment
  (what a delegate with a bracket says at the reading).
- After the last session nobody is asked how to spend the evening: only the adoption is left.
- A question about a motion uses the plan of the process, which everybody in the room knows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from negsim.errors import NegsimError, literal
from negsim.negotiation.beliefs import out_centre
from negsim.negotiation.floor import choose
from negsim.negotiation.influence import concession, lateness
from negsim.negotiation.runs import LOG_ROWS
from negsim.negotiation.tables import PROPOSALS, Case, Move, Row, Turn, elapsed
from negsim.policies import Paragraph, SeatedNegotiation, View
from negsim.report.words import format_name, on_scale, signed
from negsim.scenario import Scenario
from negsim.scenario.lowering import party, seats
from negsim.studio.links import Variant
from negsim.studio.recording import FORMAT_NAMES, Recording, negotiation_of

NOTICED = 0.005  # of value; less than that is shown as none
BETWEEN_HANDS = 3  # turns that a seat waits before it may ask for the floor again
NEXT = 1e-9  # before all others in the race for the floor
FLOOR, READING, REPORT, MOTION, EVENING, SUBMISSION = "floor", "reading", "report", "motion", "evening", "submission"
DINNER = "A dinner moves nobody's position; it raises trust, and each guest learns where the others stand."
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
    default: str  # what the delegate would do by itself, in words
    issue: str | None = None  # its name in the file
    place: float | None = None  # on the issue's scale: the statement by default, or the own position
    places: Mapping[str, float] = field(default_factory=dict)  # the proposal by default
    guests: int = 0  # how many the seat may invite to dinner


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A seat's answer."""

    act: str
    place: float | None = None  # the statement, or the amendment to a bracket; None: as the delegate would
    places: Mapping[str, float] = field(default_factory=dict)  # a proposal
    guests: tuple[int, ...] = ()  # seats invited to dinner


def check_reply(question: Question, reply: Reply, scenario: Scenario, seats: int) -> None:
    """Raise `NegsimError` unless the reply answers the question."""
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


def _submission(view: View, scenario: Scenario) -> Question:
    places = dict(view.default) if isinstance(view.default, Mapping) else {}
    return Question(
        kind=SUBMISSION, title="You may send in a proposal before the meeting", acts=ACTS[SUBMISSION],
        facts=("Your proposal waits for discussion under your name.",), places=places,
        default=f"Your delegate would propose {_proposed(places, scenario)}.",
    )  # fmt: skip


def _motion(view: View, facts: tuple[str, ...]) -> Question:
    return Question(
        kind=MOTION, title="The room votes on a motion to change the methodology", facts=facts, acts=ACTS[MOTION],
        default=f"Your delegate would {'back it' if view.default == 'accept' else 'vote against it'}.",
    )  # fmt: skip


def _floor(view: View, scenario: Scenario, *, may_table: bool) -> Question:
    assert view.issue is not None  # noqa: S101 - the floor is given on an issue
    issue, own = scenario.issues[view.issue], view.position[view.issue]
    if isinstance(view.default, Mapping):
        place, places = own, dict(view.default)
        default = f"Your delegate would table a proposal: {_proposed(places, scenario)}."
    else:
        place, places = float(view.default), {view.issue: own}
        default = f"Your delegate would say: {on_scale(issue, place)}."
    return Question(
        kind=FLOOR,
        title=f"You have the floor on “{issue.label}”",
        facts=(
            f"Your position: {on_scale(issue, own)}.",
            "You need not say what you think. The others learn from what they hear, and move if they trust you.",
        ),
        acts=ACTS[FLOOR] if may_table else ("speak",),
        default=default,
        issue=view.issue,
        place=place,
        places=places,
    )


def _reading(view: View, scenario: Scenario, kind: str, *, may_block: bool) -> Question:
    if view.issue is not None:
        what = "A proposal is discussed" if view.move == Move.DISCUSS else "The room reads the paragraph"
        title = f"{what} on “{scenario.issues[view.issue].label}”"
    else:
        what = "decides on the whole report" if kind == REPORT else "reads all paragraphs as one package"
        title = f"The room {what}"
    if may_block:
        objection = "An objection puts your concern on record. To be sure of stopping the text, put it in brackets."
    else:
        objection = "Your seat may speak, not block: your objection is on record and stops nothing."
    stands = [_stands(issue, paragraph, view, scenario) for issue, paragraph in view.text.items()]
    return Question(
        kind=kind,
        title=title,
        facts=(*stands, _worth(view), objection),
        acts=ACTS[kind] if may_block else ("accept", "object"),
        default=f"Your delegate would {_answer(view, may_block=may_block)}.",
        issue=view.issue,
        place=None if view.issue is None else view.position[view.issue],
    )


def _answer(view: View, *, may_block: bool) -> str:
    """What a delegate would do with the text that is read."""
    if view.default == "accept":
        return "accept"
    if not may_block:
        return "object"
    if view.shortfall is not None and math.isinf(view.shortfall):
        return "put it in brackets"
    return "object (and stand aside if the text falls only a little short)"


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
    """How much more or less than it asks for a delegate gets from what is read."""
    if view.shortfall is None:
        return ""
    if math.isinf(view.shortfall):
        return "Your delegate would never accept text over a red line. You may, against your brief."
    if not view.text:
        return "It is empty: no paragraph is agreed."
    if abs(view.shortfall) < NOTICED:
        return "It is just what your delegate would accept now."
    side = "below" if view.shortfall > 0 else "above"
    return f"It is {abs(view.shortfall):.2f} {side} the least that your delegate would accept now."


def _proposed(places: Mapping[str, float], scenario: Scenario) -> str:
    parts = [f"{scenario.issues[issue].label} {value:.2f}" for issue, value in places.items()]
    return "; ".join(parts) or "nothing"


def _evening(case: Case, row: int, guests: int) -> Question:
    """The question before an evening. row: of the plan. guests: how many the seat may invite."""
    share = float(case.plan["mixed_share"][row])
    mixed = f"about {share:.0%} of the delegates sit at mixed tables; of the rest, " if share else ""
    rest = "each group meets in its own caucus" if case.plan["caucus"][row] else "everybody goes their own way"
    return Question(
        kind=EVENING,
        title="How do you spend the evening?",
        facts=(
            f"As planned: {mixed}{rest}.",
            f"Or give a dinner for up to {guests}. {DINNER}",
            "Your guests miss their caucus. A guest with several invitations accepts only one.",
        ),
        acts=ACTS[EVENING],
        default="Your delegate would keep to the plan.",
        guests=guests,
    )


def _motion_facts(negotiation: SeatedNegotiation, row: int) -> tuple[str, ...]:
    """Sentences on the motion in a row of the plan: who moves what, and what follows either way."""
    case, scenario = negotiation.run.case, negotiation.scenario
    when = (case.plan["meeting"][row] + 1, case.plan["day"][row] + 1)
    movers = case.plan_seats[row].nonzero()[0].tolist()
    change = next(
        change
        for event in scenario.process.events
        if (change := event.change_methodology)
        and (change.meeting, change.day) == when
        and party(scenario, seats(scenario), change.by) == movers
    )
    by = scenario.groups[change.by].label if change.by in scenario.groups else change.by
    carried, lost = (", ".join(_formats(case, at)) or "none" for at in (row + 1, int(case.plan["otherwise"][row])))
    return (
        f"Moved by {by}: to change the methodology to {format_name(change.to)}.",
        f"If half of those present back it, the remaining sessions are: {carried}.",
        f"If not, they stay as planned: {lost}.",
    )


def _formats(case: Case, row: int) -> list[str]:
    """The formats of the sessions from a row of the plan to the end, each once."""
    names: list[str] = []
    while case.plan["kind"][row] != Row.END:
        if case.plan["kind"][row] == Row.SESSION:
            names.append(format_name(FORMAT_NAMES[case.plan["format"][row]]))
        row += 1
    return list(dict.fromkeys(names))


class Chair:
    """The policy of a seat that a person holds: it keeps the view, and passes on the person's reply."""

    def __init__(self) -> None:
        self.view: View | None = None
        self.reply: Reply | None = None

    def speak(self, view: View) -> float | None:
        """The statement."""
        self.view = view
        return self.reply.place if self.reply else None

    def propose(self, view: View) -> Mapping[str, float] | None:
        """The proposal."""
        self.view = view
        return self.reply.places if self.reply and self.reply.places else None

    def respond(self, view: View) -> str | None:
        """The answer to a text or a motion."""
        self.view = view
        return self.reply.act if self.reply else None


class Game:
    """A negotiation under way, with people in some of its seats."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self.negotiation = negotiation_of(variant, log_rows=LOG_ROWS)
        self.recording = Recording(self.negotiation)
        self.scenario = self.negotiation.scenario
        self.questions: dict[int, Question] = {}  # about the turn that is due, by seat
        self.replies: dict[int, Reply | None] = {}  # to them, by seat; None: as the model would
        self.hands: set[int] = set()  # seats that ask for the floor
        self.dinners: Counter[int] = Counter()  # how many each seat has given
        self._run = self.negotiation.run
        self._hand_turn: dict[int, int] = {}
        self._chairs: dict[int, Chair] = {}
        self._ask()

    @property
    def is_over(self) -> bool:
        """Whether there is an outcome."""
        return self.recording.is_over

    @property
    def turn(self) -> int:
        """Number of turns so far."""
        return len(self.recording.frames) - 1

    @property
    def _row(self) -> int:
        return int(self._run.state.clock["row"][0])

    def hold(self, seat: int) -> None:
        """Give a seat to a person. Raises `NegsimError` if there is no such seat or a person holds it."""
        if not 0 <= seat < len(self.negotiation.names):
            raise NegsimError("no such seat")
        if seat in self._chairs:
            raise NegsimError(f"{self.negotiation.names[seat]} is taken already")
        self._chairs[seat] = self.negotiation.policies[seat] = Chair()
        self._ask()

    def release(self, seat: int) -> None:
        """Give a seat back to the model."""
        self._chairs.pop(seat, None)
        self.negotiation.policies.pop(seat, None)
        self.hands.discard(seat)
        self._ask()

    def waiting(self) -> list[int]:
        """The seats that still have to answer."""
        return [seat for seat in self.questions if seat not in self.replies]

    def answer(self, seat: int, reply: Reply | None) -> None:
        """Take a seat's answer; None: as its delegate would. Raises `NegsimError`, and then changes nothing."""
        if seat not in self.questions:
            raise NegsimError("there is no question for you now")
        if seat in self.replies:
            raise NegsimError("you have answered already")
        if reply is not None:
            check_reply(self.questions[seat], reply, self.scenario, len(self.negotiation.names))
            if reply.act == "dine" and seat in reply.guests:
                raise NegsimError("you are at your own dinner anyway; invite others")
        self.replies[seat] = reply

    def raise_hand(self, seat: int) -> None:
        """Ask for the floor. Raises `NegsimError` if the seat asked only a few turns ago."""
        if seat not in self._at_table():
            raise NegsimError("only delegates at the table may ask for the floor")
        if self.turn - self._hand_turn.get(seat, -BETWEEN_HANDS) < BETWEEN_HANDS:
            raise NegsimError("let a few others speak first")
        self.hands.add(seat)
        self._hand_turn[seat] = self.turn

    def advance(self) -> bool:
        """Make the turn that is due if all have answered; whether it did."""
        if self.is_over or self.waiting():
            return False
        for seat, chair in self._chairs.items():
            chair.reply = self.replies.get(seat)
        self._take_the_floor()
        self._dine()
        self._move_hands()
        with self._amended():
            self.recording.step()
        for chair in self._chairs.values():
            chair.reply = None
        self.replies.clear()
        self._ask()
        return True

    def _ask(self) -> None:
        """Put the questions about the turn that is due."""
        self.questions = {}
        if self.is_over:
            return
        case, move, at_table = self._run.case, self._run.pending.move, self._at_table()
        if move == Move.EVENING and not _formats(case, self._row):
            return
        if move == Move.EVENING:
            size = int(case.setting["table_size"][0])
            guests = max(1, size // max(1, len(at_table)) - 1)
            self.questions = {seat: _evening(case, self._row, guests) for seat in at_table}
        elif move != Move.MOTION or case.plan["otherwise"][self._row] >= 0:  # what the chair decides is not asked
            for chair in self._chairs.values():
                chair.view = None
            self.negotiation.answers()
            views = {seat: chair.view for seat, chair in self._chairs.items() if chair.view is not None}
            self.questions = {seat: self._question(seat, view) for seat, view in views.items()}
        self.replies = {seat: reply for seat, reply in self.replies.items() if seat in self.questions}

    def _question(self, seat: int, view: View) -> Question:
        kind = KINDS[view.move]
        if kind == FLOOR:
            return _floor(view, self.scenario, may_table=self._may_table())
        if kind == SUBMISSION:
            return _submission(view, self.scenario)
        if kind == MOTION:
            return _motion(view, _motion_facts(self.negotiation, self._row))
        return _reading(view, self.scenario, kind, may_block=bool(self._run.case.seats["may_block"][seat]))

    def _may_table(self) -> bool:
        """Whether the format lets a speaker table a proposal now."""
        case, row = self._run.case, self._run.case.plan[self._row]
        open_session = row["kind"] == Row.SESSION and case.formats["tabling"][row["format"]] == 1
        return bool(open_session and self._run.state.clock["tabled"][0] < PROPOSALS)

    def _at_table(self) -> list[int]:
        """The seats of people whose delegates are still there."""
        return [seat for seat in self._chairs if self._run.state.delegates["present"][seat]]

    def _take_the_floor(self) -> None:
        """Let the speaker choose between speaking and tabling."""
        run, turn = self._run, self._run.pending
        reply, question = self.replies.get(turn.who), self.questions.get(turn.who)
        if reply is None or question is None or question.kind != FLOOR:
            return
        wanted = Move.TABLE if reply.act == "table" else Move.SPEAK
        if wanted != turn.move:
            run.pending = Turn(int(wanted), turn.issue, turn.who)
            choose(run.case, run.state, run.pending, run.choice)

    def _dine(self) -> None:
        """Add the guests whom people invite to those in the plan of the evening."""
        if self._run.pending.move != Move.EVENING:
            return
        dinner = self._run.case.plan_seats[self._row]
        for seat, reply in self.replies.items():
            if reply is not None and reply.act == "dine":
                free = [guest for guest in (seat, *reply.guests) if not dinner[guest]]
                dinner[free] = dinner[seat] or dinner.max() + 1
                self.dinners[seat] += 1

    def _move_hands(self) -> None:
        """Put those who ask for the floor first in the race for it."""
        if self._run.pending.move in {Move.SPEAK, Move.TABLE}:
            self.hands.discard(self._run.pending.who)
        wishes = self._run.state.delegates["wish"]
        first = float(np.min(wishes))
        for place, seat in enumerate(sorted(self.hands, key=self._hand_turn.__getitem__)):
            wishes[seat] = first - NEXT * (len(self.hands) - place)

    @contextmanager
    def _amended(self) -> Iterator[None]:
        """During a reading, let those who bracket the text for an amendment argue for it.

        A delegate says its position, exaggerated away from where it believes the others to be (rule 5.2); for as long
        as the reading lasts it takes the position from which it would say the amendment. What it hears moves its own.
        """
        issue, positions = self._run.pending.issue, self._run.state.opinions["position"]
        changed: dict[int, tuple[float, float]] = {}  # by seat: the own position, the argued one
        for seat, reply in self.replies.items() if issue >= 0 else ():
            is_reading = self.questions[seat].kind == READING
            if is_reading and reply is not None and reply.act == "block" and reply.place is not None:
                changed[seat] = float(positions[issue, seat]), self._arguing(seat, issue, reply.place)
                positions[issue, seat] = changed[seat][1]
        try:
            yield
        finally:
            for seat, (own, argued) in changed.items():
                moved = float(positions[issue, seat]) - argued
                positions[issue, seat] = min(1.0, max(0.0, own + moved))

    def _arguing(self, seat: int, issue: int, amendment: float) -> float:
        """The position from which a delegate would state an amendment."""
        case, state = self._run.case, self._run.state
        given_up = concession(case, state, seat, lateness(case, elapsed(case, state)))
        show = float(case.parameters["posturing"][0]) * (1.0 - given_up)
        centre = float(out_centre(state, issue, seat))
        return (amendment + show * centre) / (1.0 + show)
