"""A negotiation with people in some of its seats and the model in the others.

- A person decides where a policy would: in the middle beat of a turn. With no seat held, a run has the bits of
  `negsim.watch`.
- A turn happens once everybody with a question has answered it, or has left this answer to the model.
- Four things go beyond a policy's answers, each of them a move of the model: to ask for the floor (next in its race),
  to table where the format lets delegates table, to give a dinner (an evening's guests), and to argue for an amendment
  (what a delegate with a bracket says at the reading).
- A question about a motion uses the plan of the process, which everybody in the room knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from negsim.errors import NegsimError
from negsim.negotiation.beliefs import out_centre
from negsim.negotiation.floor import choose
from negsim.negotiation.formats import FORMATS
from negsim.negotiation.influence import concession, lateness
from negsim.negotiation.runs import LOG_ROWS
from negsim.negotiation.tables import PROPOSALS, Case, Move, Row, Turn, elapsed
from negsim.policies import SeatedNegotiation, View
from negsim.report.words import format_name
from negsim.scenario.lowering import party, seats
from negsim.scenario.schema import ChangeMethodology
from negsim.studio.links import Variant
from negsim.studio.questions import FLOOR, READING, Question, Reply, check_reply, evening_question, question_of
from negsim.studio.recording import Recording, negotiation_of

FORMAT_NAMES = list(FORMATS)


def is_contested(negotiation: SeatedNegotiation) -> bool:
    """Whether the motion that is due can fail; a decision of the chair cannot."""
    return bool(negotiation.run.case.plan["otherwise"][_row(negotiation)] >= 0)


def motion_facts(negotiation: SeatedNegotiation) -> tuple[str, ...]:
    """Sentences on the motion that is due: who moves what, and what follows either way."""
    case, row, change = negotiation.run.case, _row(negotiation), next(_changes(negotiation))
    by = negotiation.scenario.groups[change.by].label if change.by in negotiation.scenario.groups else change.by
    return (
        f"Moved by {by}: to change the methodology to {format_name(change.to)}.",
        f"If half of those present back it, the remaining sessions are: {_formats(case, row + 1)}.",
        f"If not, they stay as planned: {_formats(case, int(case.plan['otherwise'][row]))}.",
    )


def _row(negotiation: SeatedNegotiation) -> int:
    return int(negotiation.run.state.clock["row"][0])


def _changes(negotiation: SeatedNegotiation) -> Iterator[ChangeMethodology]:
    """The changes of methodology that this motion's movers have in the scenario for this day."""
    plan, movers = (
        negotiation.run.case.plan[_row(negotiation)],
        negotiation.run.case.plan_seats[_row(negotiation)].nonzero()[0],
    )
    for event in negotiation.scenario.process.events:
        change = event.change_methodology
        if change and (change.meeting, change.day) == (plan["meeting"] + 1, plan["day"] + 1):
            if party(negotiation.scenario, seats(negotiation.scenario), change.by) == movers.tolist():
                yield change


def _formats(case: Case, row: int) -> str:
    """The formats of the sessions from a row of the plan to the end, each once."""
    names: list[str] = []
    while case.plan["kind"][row] != Row.END:
        if case.plan["kind"][row] == Row.SESSION:
            names.append(format_name(FORMAT_NAMES[case.plan["format"][row]]))
        row += 1
    return ", ".join(dict.fromkeys(names)) or "none"


BETWEEN_HANDS = 3  # turns that a seat waits before it may ask for the floor again
NEXT = 1e-9  # before all others in the race for the floor


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
        negotiation = negotiation_of(variant, log_rows=LOG_ROWS)
        self.recording = Recording(negotiation)
        self.negotiation = negotiation
        self.scenario = negotiation.scenario
        self.questions: dict[int, Question] = {}  # about the turn that is due, by seat
        self.replies: dict[int, Reply | None] = {}  # to them, by seat; None: as the model would
        self.hands: set[int] = set()  # seats that ask for the floor
        self.dinners: dict[int, int] = {}  # how many each seat has given
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
    def held(self) -> set[int]:
        """The seats that people hold."""
        return set(self._chairs)

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
        if seat not in self._chairs or not self.negotiation.run.state.delegates["present"][seat]:
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
        if self.negotiation.run.pending.move == Move.EVENING:
            self.questions = {seat: self._dinner() for seat in self._at_table()}
        elif self.negotiation.run.pending.move != Move.MOTION or is_contested(self.negotiation):
            for chair in self._chairs.values():
                chair.view = None
            self.negotiation.answers()
            for seat, chair in self._chairs.items():
                if chair.view is not None:
                    self.questions[seat] = self._question(seat, chair.view)
        self.replies = {seat: reply for seat, reply in self.replies.items() if seat in self.questions}

    def _question(self, seat: int, view: View) -> Question:
        may_block = bool(self.negotiation.run.case.seats["may_block"][seat])
        motion = motion_facts(self.negotiation) if view.move == Move.MOTION else ()
        return question_of(view, self.scenario, may_block=may_block, may_table=self._may_table(), motion=motion)

    def _may_table(self) -> bool:
        """Whether the format lets a speaker table a proposal now."""
        case, clock = self.negotiation.run.case, self.negotiation.run.state.clock[0]
        row = case.plan[clock["row"]]
        open_session = row["kind"] == Row.SESSION and case.formats["tabling"][row["format"]] == 1
        return bool(open_session and clock["tabled"] < PROPOSALS)

    def _at_table(self) -> list[int]:
        """The seats of people whose delegates are still there."""
        return [seat for seat in self._chairs if self.negotiation.run.state.delegates["present"][seat]]

    def _dinner(self) -> Question:
        plan = self.negotiation.run.case.plan[self.negotiation.run.state.clock["row"][0]]
        share = float(plan["mixed_share"])
        mixed = f"about {share:.0%} of the delegates sit at mixed tables" if share else ""
        rest = "each group meets in its own caucus" if plan["caucus"] else "everybody goes their own way"
        planned = f"{mixed}; of the rest, {rest}." if mixed else f"{rest}."
        size = int(self.negotiation.run.case.setting["table_size"][0])
        return evening_question(planned=planned, guests=max(1, size // max(1, len(self._at_table())) - 1))

    def _take_the_floor(self) -> None:
        """Let the speaker choose between speaking and tabling."""
        run, turn = self.negotiation.run, self.negotiation.run.pending
        reply = self.replies.get(turn.who)
        question = self.questions.get(turn.who)
        if reply is None or question is None or question.kind != FLOOR:
            return
        wanted = Move.TABLE if reply.act == "table" else Move.SPEAK
        if wanted != turn.move:
            run.pending = Turn(int(wanted), turn.issue, turn.who)
            choose(run.case, run.state, run.pending, run.choice)

    def _dine(self) -> None:
        """Add the guests whom people invite to those in the plan of the evening."""
        run = self.negotiation.run
        if run.pending.move != Move.EVENING:
            return
        for seat, reply in self.replies.items():
            if reply is not None and reply.act == "dine":
                dinner = run.case.plan_seats[run.state.clock["row"][0]]
                free = [guest for guest in (seat, *reply.guests) if not dinner[guest]]
                dinner[free] = dinner[seat] or dinner.max() + 1
                self.dinners[seat] = self.dinners.get(seat, 0) + 1

    def _move_hands(self) -> None:
        """Put those who ask for the floor first in the race for it."""
        delegates = self.negotiation.run.state.delegates
        speaker = (
            self.negotiation.run.pending.who if self.negotiation.run.pending.move in {Move.SPEAK, Move.TABLE} else -1
        )
        self.hands.discard(speaker)
        first = float(np.min(delegates["wish"]))
        for place, seat in enumerate(sorted(self.hands, key=self._hand_turn.__getitem__)):
            delegates["wish"][seat] = first - NEXT * (len(self.hands) - place)

    @contextmanager
    def _amended(self) -> Iterator[None]:
        """During a reading, let those who bracket the text for an amendment argue for it.

        A delegate says its position, exaggerated away from where it believes the others to be (rule 5.2); for as long
        as the reading lasts it takes the position from which it would say the amendment. What it hears moves its own.
        """
        run, turn = self.negotiation.run, self.negotiation.run.pending
        positions = run.state.opinions["position"]
        changed: dict[int, tuple[float, float]] = {}  # by seat: the own position, the argued one
        for seat, reply in self.replies.items():
            question = self.questions.get(seat)
            if (
                reply is None
                or question is None
                or question.kind != READING
                or reply.act != "block"
                or reply.place is None
            ):
                continue
            if turn.issue >= 0:
                changed[seat] = float(positions[turn.issue, seat]), self._arguing(seat, turn.issue, reply.place)
                positions[turn.issue, seat] = changed[seat][1]
        try:
            yield
        finally:
            for seat, (own, argued) in changed.items():
                moved = float(positions[turn.issue, seat]) - argued
                positions[turn.issue, seat] = min(1.0, max(0.0, own + moved))

    def _arguing(self, seat: int, issue: int, amendment: float) -> float:
        """The position from which a delegate would state an amendment."""
        case, state = self.negotiation.run.case, self.negotiation.run.state
        given_up = concession(case, state, seat, lateness(case, elapsed(case, state)))
        show = float(case.parameters["posturing"][0]) * (1.0 - given_up)
        centre = float(out_centre(state, issue, seat))
        return (amendment + show * centre) / (1.0 + show)
