"""A negotiation with people in some of its seats and the model in the others: the questions, the answers, the turns.

- A person decides where a policy would: in the middle beat of a turn. With no seat held, a run has the bits of
  `negsim.watch`.
- A turn happens once everybody with a question has answered it, or has left this answer to the model.
- A question contains only what the delegate may know, and what the delegate would do by default.
- A reply is checked and becomes rows at once, from which `negsim.replay` makes the turn, here and when a game is played
  again. Four things go beyond a policy's answers, each of them a move of the model: to ask for the floor (next in its
  race), to table where the format lets delegates table, to give a dinner (an evening's guests), and to argue for an
  amendment (what a delegate with a bracket says at the reading).
- After the last session nobody is asked how to spend the evening: only the adoption is left.
- A question about a motion uses the plan of the process, which everybody in the room knows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from negsim.errors import NegsimError, literal
from negsim.negotiation.runs import LOG_ROWS
from negsim.negotiation.tables import MOST_PROPOSALS, Case, Move, Row
from negsim.policies import RESPONSES, Paragraph, SeatedNegotiation, View
from negsim.replay import AMENDMENT, GUEST, HAND, MOVE, AnswerRow, Play, hands_after
from negsim.report.words import format_name, on_scale, signed
from negsim.scenario import Scenario
from negsim.scenario.lowering import party, seats
from negsim.studio.links import Variant
from negsim.studio.recording import Recording, negotiation_of

_LEAST_VALUE_SHOWN = 0.005  # of value; less than that is shown as none
_BETWEEN_HANDS = 3  # turns that a seat waits before it may ask for the floor again
FLOOR_QUESTION, READING_QUESTION, _REPORT_QUESTION, MOTION_QUESTION, EVENING_QUESTION, SUBMISSION_QUESTION = (
    "floor",
    "reading",
    "report",
    "motion",
    "evening",
    "submission",
)
_DINNER = "A dinner moves nobody's position; it raises trust, and each guest learns where the others stand."
_ACTS = {
    FLOOR_QUESTION: ("speak", "table"),
    READING_QUESTION: ("accept", "object", "block"),
    _REPORT_QUESTION: ("accept", "object", "block"),
    MOTION_QUESTION: ("accept", "object"),
    EVENING_QUESTION: ("planned", "dine"),
    SUBMISSION_QUESTION: ("table",),
}
_KINDS = {
    Move.SPEAK: FLOOR_QUESTION,
    Move.TABLE: FLOOR_QUESTION,
    Move.SUBMIT: SUBMISSION_QUESTION,
    Move.READ: READING_QUESTION,
    Move.DISCUSS: READING_QUESTION,
    Move.READ_PACKAGE: READING_QUESTION,
    Move.ADOPT: _REPORT_QUESTION,
    Move.MOTION: MOTION_QUESTION,
    Move.EVENING: EVENING_QUESTION,
}


@dataclass(frozen=True, kw_only=True)
class SeatQuestion:
    """A decision that a seat has to take now, and its possible answers."""

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


def check_reply(question: SeatQuestion, reply: Reply, scenario: Scenario, seats: int) -> None:
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


def _submission(view: View, scenario: Scenario) -> SeatQuestion:
    places = dict(view.default) if isinstance(view.default, Mapping) else {}
    return SeatQuestion(
        kind=SUBMISSION_QUESTION, title="You may send in a proposal before the meeting",
        acts=_ACTS[SUBMISSION_QUESTION], facts=("Your proposal waits for discussion under your name.",), places=places,
        default=f"Your delegate would propose {_proposed(places, scenario)}.",
    )  # fmt: skip


def _motion(view: View, facts: tuple[str, ...]) -> SeatQuestion:
    return SeatQuestion(
        kind=MOTION_QUESTION, title="The room votes on a motion to change the methodology", facts=facts,
        acts=_ACTS[MOTION_QUESTION],
        default=f"Your delegate would {'back it' if view.default == 'accept' else 'vote against it'}.",
    )  # fmt: skip


def _floor(view: View, scenario: Scenario, *, may_table: bool) -> SeatQuestion:
    assert view.issue is not None  # noqa: S101 - the floor is given on an issue
    issue, own = scenario.issues[view.issue], view.position[view.issue]
    if isinstance(view.default, Mapping):
        place, places = own, dict(view.default)
        default = f"Your delegate would table a proposal: {_proposed(places, scenario)}."
    else:
        place, places = float(view.default), {view.issue: own}
        default = f"Your delegate would say: {on_scale(issue, place)}."
    return SeatQuestion(
        kind=FLOOR_QUESTION,
        title=f"You have the floor on “{issue.label}”",
        facts=(
            f"Your position: {on_scale(issue, own)}.",
            "You need not say what you think. The others learn from what they hear, and move if they trust you.",
        ),
        acts=_ACTS[FLOOR_QUESTION] if may_table else ("speak",),
        default=default,
        issue=view.issue,
        place=place,
        places=places,
    )


def _reading(view: View, scenario: Scenario, kind: str, *, may_block: bool) -> SeatQuestion:
    if view.issue is not None:
        what = "A proposal is discussed" if view.move == Move.DISCUSS else "The room reads the paragraph"
        title = f"{what} on “{scenario.issues[view.issue].label}”"
    else:
        what = "decides on the whole report" if kind == _REPORT_QUESTION else "reads all paragraphs as one package"
        title = f"The room {what}"
    if may_block:
        objection = "An objection puts your concern on record. To be sure of stopping the text, put it in brackets."
    else:
        objection = "Your seat may speak, not block: your objection is on record and stops nothing."
    stands = [_stands(issue, paragraph, view, scenario) for issue, paragraph in view.text.items()]
    return SeatQuestion(
        kind=kind,
        title=title,
        facts=(*stands, _worth(view), objection),
        acts=_ACTS[kind] if may_block else ("accept", "object"),
        default=f"Your delegate would {_answer(view, may_block=may_block)}.",
        issue=view.issue,
        place=None if view.issue is None else view.position[view.issue],
    )


def _answer(view: View, *, may_block: bool) -> str:
    """Say what a delegate would do with the text that is read."""
    if view.default == "accept":
        return "accept"
    if not may_block:
        return "object"
    if view.shortfall is not None and math.isinf(view.shortfall):
        return "put it in brackets"
    return "object (and stand aside if the text falls only a little short)"


def _stands(issue: str, paragraph: Paragraph, view: View, scenario: Scenario) -> str:
    """Say where a text stands, whose it is, and how far it is from the delegate."""
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
    """Say how much more or less than it asks for a delegate gets from what is read."""
    if view.shortfall is None:
        return ""
    if math.isinf(view.shortfall):
        return "Your delegate would never accept text over a red line. You may, against your brief."
    if not view.text:
        return "It is empty: no paragraph is agreed."
    if abs(view.shortfall) < _LEAST_VALUE_SHOWN:
        return "It is just what your delegate would accept now."
    side = "below" if view.shortfall > 0 else "above"
    return f"It is {abs(view.shortfall):.2f} {side} the least that your delegate would accept now."


def _proposed(places: Mapping[str, float], scenario: Scenario) -> str:
    parts = [f"{scenario.issues[issue].label} {value:.2f}" for issue, value in places.items()]
    return "; ".join(parts) or "nothing"


def _evening(case: Case, row: int, guests: int) -> SeatQuestion:
    """Ask about the evening to come. row: of the plan. guests: how many the seat may invite."""
    share = float(case.plan["mixed_share"][row])
    mixed = f"about {share:.0%} of the delegates sit at mixed tables; of the rest, " if share else ""
    rest = "each group meets in its own caucus" if case.plan["caucus"][row] else "everybody goes their own way"
    return SeatQuestion(
        kind=EVENING_QUESTION,
        title="How do you spend the evening?",
        facts=(
            f"As planned: {mixed}{rest}.",
            f"Or give a dinner for up to {guests}. {_DINNER}",
            "Your guests miss their caucus. A guest with several invitations accepts only one.",
        ),
        acts=_ACTS[EVENING_QUESTION],
        default="Your delegate would keep to the plan.",
        guests=guests,
    )


def _motion_facts(negotiation: SeatedNegotiation, row: int) -> tuple[str, ...]:
    """State the facts about the motion in a row of the plan: who moves what, and what follows either way."""
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
    carried, lost = (
        ", ".join(_formats(scenario, case, at)) or "none" for at in (row + 1, int(case.plan["otherwise"][row]))
    )
    return (
        f"Moved by {by}: to change the methodology to {format_name(change.to)}.",
        f"If half of those present back it, the remaining sessions are: {carried}.",
        f"If not, they stay as planned: {lost}.",
    )


def _formats(scenario: Scenario, case: Case, row: int) -> list[str]:
    """List the formats of the sessions from a row of the plan to the end, each once."""
    names, formats = list[str](), scenario.session_formats
    while case.plan["kind"][row] != Row.END:
        if case.plan["kind"][row] == Row.SESSION:
            names.append(format_name(list(formats)[case.plan["format"][row]], formats))
        row += 1
    return list(dict.fromkeys(names))


class _HumanPolicy:
    """The policy of a seat that a person holds: it keeps the view, and leaves the answer to the rows of the turn."""

    def __init__(self) -> None:
        self.view: View | None = None

    def speak(self, view: View) -> None:
        """Keep what the delegate sees when it has the floor."""
        self.view = view

    propose = respond = speak


class Game:
    """A negotiation under way, with people in some of its seats.

    scenario: as drawn for the run of the variant, if known; a file that the variant names may have changed since.
    """

    def __init__(self, variant: Variant, scenario: Scenario | None = None) -> None:
        self.variant = variant
        self.negotiation = negotiation_of(variant, scenario, log_rows=LOG_ROWS)
        self.recording = Recording(self.negotiation)
        self.scenario = self.negotiation.scenario
        self.questions: dict[int, SeatQuestion] = {}  # about the turn that is due, by seat
        self.replies: dict[int, tuple[AnswerRow, ...]] = {}  # to them, by seat; no rows: as the model would
        self.rows: list[AnswerRow] = []  # of the turns so far
        self._moved_hands: list[AnswerRow] = []  # since the last turn
        self._play = Play(self.negotiation)
        self._run = self.negotiation.run
        self._hand_turn: dict[int, int] = {}
        self._chairs: dict[int, _HumanPolicy] = {}
        self._ask()

    @property
    def is_over(self) -> bool:
        """True once there is an outcome."""
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
        self._chairs[seat] = self.negotiation.policies[seat] = _HumanPolicy()
        self._ask()

    @property
    def hands(self) -> list[int]:
        """The seats that ask for the floor, in the order in which they began to."""
        return hands_after(self._play.hands, self._moved_hands)

    @property
    def dinners(self) -> Counter[int]:
        """The number of dinners that each seat has given."""
        return Counter(row.entry for row in self.rows if row.column == GUEST and row.entry == row.value)

    def release(self, seat: int) -> None:
        """Give a seat back to the model."""
        self._chairs.pop(seat, None)
        self.negotiation.policies.pop(seat, None)
        if seat in self.hands:
            self._moved_hands.append(AnswerRow(self.turn, HAND, seat, 0.0))
        self._ask()

    def waiting(self) -> list[int]:
        """Return the seats that still have to answer."""
        return [seat for seat in self.questions if seat not in self.replies]

    def answer(self, seat: int, reply: Reply | None) -> None:
        """Take a seat's answer; None leaves it to the delegate. Raises `NegsimError`, and then changes nothing."""
        self.take(seat, self.rows_of(seat, reply))

    def rows_of(self, seat: int, reply: Reply | None) -> tuple[AnswerRow, ...]:
        """Turn a seat's answer into rows; None leaves it to the delegate. Raises `NegsimError` for an invalid one."""
        self._check_asked(seat)
        if reply is None:
            return ()
        check_reply(self.questions[seat], reply, self.scenario, len(self.negotiation.names))
        if reply.act == "dine" and seat in reply.guests:
            raise NegsimError("you are at your own dinner anyway; invite others")
        return tuple(AnswerRow(self.turn, *answer) for answer in self._answers(seat, reply))

    def take(self, seat: int, rows: tuple[AnswerRow, ...]) -> None:
        """Take the rows of a seat's answer. Raises `NegsimError` if it has no question, or answered it already."""
        self._check_asked(seat)
        self.replies[seat] = rows

    def _check_asked(self, seat: int) -> None:
        if seat not in self.questions:
            raise NegsimError("there is no question for you now")
        if seat in self.replies:
            raise NegsimError("you have answered already")

    def _answers(self, seat: int, reply: Reply) -> Iterator[tuple[str, int, float]]:
        """Yield column, entry and value of what a reply decides."""
        question, issues, turn = self.questions[seat], self.negotiation.issues, self._run.pending
        if (
            question.kind == FLOOR_QUESTION
            and (wanted := Move.TABLE if reply.act == "table" else Move.SPEAK) != turn.move
        ):
            yield MOVE, seat, float(wanted)
        if reply.act == "speak" and reply.place is not None:
            yield "values", turn.issue, float(reply.place)
        elif reply.act == "table":
            yield from (("values", k, float(reply.places.get(issue, math.nan))) for k, issue in enumerate(issues))
        elif reply.act == "dine":
            yield from ((GUEST, guest, float(seat)) for guest in (seat, *reply.guests))
        elif reply.act in RESPONSES:
            yield "response", seat, float(RESPONSES[reply.act])
        if reply.act == "block" and reply.place is not None and question.issue is not None:
            yield AMENDMENT, seat, float(reply.place)

    def check_hand(self, seat: int) -> None:
        """Raise `NegsimError` unless a seat may ask for the floor now."""
        if seat not in self._at_table():
            raise NegsimError("only delegates at the table may ask for the floor")
        if self.turn - self._hand_turn.get(seat, -_BETWEEN_HANDS) < _BETWEEN_HANDS:
            raise NegsimError("let a few others speak first")

    def raise_hand(self, seat: int) -> None:
        """Ask for the floor. Raises `NegsimError` if the seat asked only a few turns ago."""
        self.check_hand(seat)
        self._moved_hands.append(AnswerRow(self.turn, HAND, seat, 1.0))
        self._hand_turn[seat] = self.turn

    def due(self) -> list[AnswerRow]:
        """Return the rows of the turn that is due, as far as they are known."""
        return [*self._moved_hands, *(row for rows in self.replies.values() for row in rows)]

    def advance(self) -> bool:
        """Make the turn that is due if all have answered; return whether it did."""
        if self.is_over or self.waiting():
            return False
        rows = self.due()
        with self._play.turn(rows):
            self.recording.step()
        self.rows += rows
        self._moved_hands.clear()
        self.replies.clear()
        self._ask()
        return True

    def _ask(self) -> None:
        """Put the questions about the turn that is due."""
        self.questions = {}
        if self.is_over:
            return
        case, move, at_table = self._run.case, self._run.pending.move, self._at_table()
        if move == Move.EVENING and not _formats(self.scenario, case, self._row):
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

    def _question(self, seat: int, view: View) -> SeatQuestion:
        kind = _KINDS[view.move]
        if kind == FLOOR_QUESTION:
            return _floor(view, self.scenario, may_table=self._may_table())
        if kind == SUBMISSION_QUESTION:
            return _submission(view, self.scenario)
        if kind == MOTION_QUESTION:
            return _motion(view, _motion_facts(self.negotiation, self._row))
        return _reading(view, self.scenario, kind, may_block=bool(self._run.case.seats["may_block"][seat]))

    def _may_table(self) -> bool:
        """Return whether the format lets a speaker table a proposal now."""
        case, row = self._run.case, self._run.case.plan[self._row]
        open_session = row["kind"] == Row.SESSION and case.formats["tabling"][row["format"]] == 1
        return bool(open_session and self._run.state.clock["tabled"][0] < MOST_PROPOSALS)

    def _at_table(self) -> list[int]:
        """Return the seats of people whose delegates are still there."""
        return [seat for seat in self._chairs if self._run.state.delegates["present"][seat]]
