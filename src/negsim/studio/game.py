"""A negotiation with people in some of its seats and the model in the others: the questions, the answers, the turns.

- A person decides where a policy would: in the middle beat of a turn. With no seat held, a run has the bits of
  `negsim.watch`.
- A turn happens once everybody with a question has answered it, or has left this answer to the model.
- A question contains only what the delegate may know, and what the delegate would do by default.
- A reply is checked and becomes rows at once, from which `negsim.replay` makes the turn, here and when a game is played
  again. Four things go beyond a policy's answers: to ask for the floor (next in its race), to table where the format
  lets delegates table, to give a dinner (an evening's guests), and to argue for another text (what a delegate with a
  bracket says at the reading). All but the second are columns of a `Choice`.
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
from negsim.policies import RESPONSES, View
from negsim.policies.questions import FLOOR_QUESTION, SeatQuestion, formats_left, question_of
from negsim.replay import GUEST, HAND, MOVE, AnswerRow, Play, hands_after
from negsim.scenario import Scenario
from negsim.sentences import sentence
from negsim.studio.links import Variant
from negsim.studio.recording import Recording, negotiation_of

_BETWEEN_HANDS = 3  # turns that a seat waits before it may ask for the floor again
EVENING_QUESTION = "evening"
_EVENING_ACTS = ("planned", "dine")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A seat's answer."""

    act: str
    place: float | None = None  # the statement, or what a bracket argues for; None: as the delegate would
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
    if len(guests) < len(reply.guests):
        raise NegsimError("a guest is invited once")
    if not all(0 <= guest < seats for guest in guests):
        raise NegsimError("one of the guests does not have a seat here")
    if reply.act == "dine" and not 1 <= len(guests) <= question.guests:
        may = "one guest" if question.guests == 1 else f"1 to {question.guests} guests"
        raise NegsimError(f"you may invite {may}; you have invited {len(guests) or 'nobody'}")


def _evening(case: Case, row: int, guests: int) -> SeatQuestion:
    """Ask about the evening to come. row: of the plan. guests: how many the seat may invite."""
    share = float(case.plan["mixed_share"][row])
    mixed = f"about {share:.0%} of the delegates sit at mixed tables; of the rest, " if share else ""
    rest = "each group meets in its own caucus" if case.plan["caucus"][row] else "everybody goes their own way"
    return SeatQuestion(
        kind=EVENING_QUESTION,
        title=sentence("question.evening"),
        facts=(
            sentence("question.evening_plan", plan=f"{mixed}{rest}"),
            sentence("question.dinner", most=guests),
            "Your guests miss their caucus. A guest with several invitations accepts only one.",
        ),
        acts=_EVENING_ACTS,
        default=sentence("question.would_keep"),
        guests=guests,
    )


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
            yield "argument", seat, float(reply.place)

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
        self._play.take(rows)
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
        if move == Move.EVENING and not formats_left(self.scenario, case, self._row):
            return
        if move == Move.EVENING:
            size = int(case.setting["table_size"][0])
            guests = max(1, size // max(1, len(at_table)) - 1)
            self.questions = {seat: _evening(case, self._row, guests) for seat in at_table}
        elif move == Move.RENEW or (move == Move.MOTION and case.plan["otherwise"][self._row] < 0):
            return  # the chair decides this, or the model
        else:
            for chair in self._chairs.values():
                chair.view = None
            self.negotiation.answers()
            views = {seat: chair.view for seat, chair in self._chairs.items() if chair.view is not None}
            self.questions = {
                seat: question_of(self.negotiation, view, may_table=self._may_table()) for seat, view in views.items()
            }
        self.replies = {seat: reply for seat, reply in self.replies.items() if seat in self.questions}

    def _may_table(self) -> bool:
        """Return whether the format lets a speaker table a proposal now."""
        case, row = self._run.case, self._run.case.plan[self._row]
        open_session = row["kind"] == Row.SESSION and case.formats["tabling"][row["format"]] == 1
        return bool(open_session and self._run.state.clock["tabled"][0] < MOST_PROPOSALS)

    def _at_table(self) -> list[int]:
        """Return the seats of people whose delegates are still there."""
        return [seat for seat in self._chairs if self._run.state.delegates["present"][seat]]
