"""A negotiation with seats held by people; the model plays the rest.

Rules that hold here
- A person replaces the middle beat of the seat it holds, as a policy does. With no seat held the run has the bits of
  `negsim.watch`.
- A turn is made when everybody who is asked has answered, or is played by the model for this once.
- Four things go beyond a policy's answers, each of them a move of the model: to ask for the floor (next in its race),
  to table where the format lets delegates table, to give a dinner (an evening's guests), and to argue for an amendment
  (what a delegate with a bracket says at the reading).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from negsim.errors import NegsimError
from negsim.negotiation.beliefs import out_centre
from negsim.negotiation.floor import choose
from negsim.negotiation.influence import concession, lateness
from negsim.negotiation.runs import LOG_ROWS
from negsim.negotiation.tables import PROPOSALS, Move, Row, Turn, elapsed
from negsim.policies import Room, View
from negsim.studio.asking import FLOOR, READING, Question, Reply, check, dinner, question
from negsim.studio.links import Setting
from negsim.studio.motions import is_contested, moved
from negsim.studio.recording import Recording

BETWEEN_HANDS = 3  # turns that a seat waits before it may ask for the floor again
NEXT = 1e-9  # before all others in the race for the floor


class Chair:
    """The policy of a seat that a person holds: it notes what it is shown, and answers what the person answered."""

    def __init__(self) -> None:
        self.view: View | None = None
        self.reply: Reply | None = None

    def speak(self, view: View) -> float | None:
        """What is stated."""
        self.view = view
        return self.reply.place if self.reply else None

    def propose(self, view: View) -> Mapping[str, float] | None:
        """What is tabled."""
        self.view = view
        return self.reply.places if self.reply and self.reply.places else None

    def respond(self, view: View) -> str | None:
        """What is answered to a text or a motion."""
        self.view = view
        return self.reply.act if self.reply else None


class Game:
    """A negotiation under way, some of its seats held by people."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        room = Room(setting.scenario(), {}, seed=setting.seed, replication=setting.replication, log_rows=LOG_ROWS)
        self.recording = Recording(room)
        self.room = room
        self.scenario = room.scenario
        self.questions: dict[int, Question] = {}  # that are open, by seat
        self.given: dict[int, Reply | None] = {}  # to the turn that is due; None: the model's default
        self.hands: set[int] = set()  # who asks for the floor
        self.dinners: dict[int, int] = {}  # given so far, by seat
        self._hand_turn: dict[int, int] = {}
        self._chairs: dict[int, Chair] = {}
        self._ask()

    # ------------------------------------------------------------------------------------------------ seats

    @property
    def is_over(self) -> bool:
        """Whether there is an outcome."""
        return self.recording.is_over

    @property
    def turn(self) -> int:
        """Turns made."""
        return len(self.recording.frames) - 1

    @property
    def held(self) -> set[int]:
        """The seats that people hold."""
        return set(self._chairs)

    def hold(self, seat: int) -> None:
        """Give a seat to a person. Raises `NegsimError` for a seat there is not, or that is held."""
        if not 0 <= seat < len(self.room.names):
            raise NegsimError("there is no such seat")
        if seat in self._chairs:
            raise NegsimError(f"{self.room.names[seat]} is played by somebody already")
        self._chairs[seat] = self.room.policies[seat] = Chair()
        self._ask()

    def release(self, seat: int) -> None:
        """Give a seat back to the model."""
        self._chairs.pop(seat, None)
        self.room.policies.pop(seat, None)
        self.hands.discard(seat)
        self._ask()

    # ---------------------------------------------------------------------------------------------- answers

    def waiting(self) -> list[int]:
        """The seats whose answer is missing."""
        return [seat for seat in self.questions if seat not in self.given]

    def answer(self, seat: int, reply: Reply | None) -> None:
        """A seat's answer to its question; None: as its delegate would. Raises `NegsimError` and changes nothing."""
        if seat not in self.questions:
            raise NegsimError("you are not asked anything now")
        if seat in self.given:
            raise NegsimError("you have answered already")
        if reply is not None:
            check(self.questions[seat], reply, self.scenario, len(self.room.names))
            if reply.act == "dine" and seat in reply.guests:
                raise NegsimError("you are at your own dinner anyway; name others")
        self.given[seat] = reply

    def raise_hand(self, seat: int) -> None:
        """Ask for the floor. Raises `NegsimError` for who has just had it."""
        if seat not in self._chairs or not self.room.run.state.delegates["present"][seat]:
            raise NegsimError("only who sits at the table may ask for the floor")
        if self.turn - self._hand_turn.get(seat, -BETWEEN_HANDS) < BETWEEN_HANDS:
            raise NegsimError("let a few others speak first")
        self.hands.add(seat)
        self._hand_turn[seat] = self.turn

    def advance(self) -> bool:
        """Make the turn that is due, if nobody's answer is missing; whether it was made."""
        if self.is_over or self.waiting():
            return False
        for seat, chair in self._chairs.items():
            chair.reply = self.given.get(seat)
        self._take_the_floor()
        self._dine()
        self._move_hands()
        with self._amended():
            self.recording.step()
        for chair in self._chairs.values():
            chair.reply = None
        self.given.clear()
        self._ask()
        return True

    # -------------------------------------------------------------------------------------------- questions

    def _ask(self) -> None:
        """Find out who is asked what about the turn that is due."""
        self.questions = {}
        if self.is_over:
            return
        if self.room.run.pending.move == Move.EVENING:
            self.questions = {seat: self._dinner() for seat in self._at_table()}
        elif self.room.run.pending.move != Move.MOTION or is_contested(self.room):
            for chair in self._chairs.values():
                chair.view = None
            self.room.answers()
            for seat, chair in self._chairs.items():
                if chair.view is not None:
                    self.questions[seat] = self._question(seat, chair.view)
        self.given = {seat: reply for seat, reply in self.given.items() if seat in self.questions}

    def _question(self, seat: int, view: View) -> Question:
        may_block = bool(self.room.run.case.seats["may_block"][seat])
        motion = moved(self.room) if view.move == Move.MOTION else ()
        return question(view, self.scenario, may_block=may_block, may_table=self._may_table(), motion=motion)

    def _may_table(self) -> bool:
        """Whether the format lets those who have the floor table a proposal."""
        case, clock = self.room.run.case, self.room.run.state.clock[0]
        row = case.plan[clock["row"]]
        open_session = row["kind"] == Row.SESSION and case.formats["tabling"][row["format"]] == 1
        return bool(open_session and clock["tabled"] < PROPOSALS)

    def _at_table(self) -> list[int]:
        """The seats that people hold whose delegates are still there."""
        return [seat for seat in self._chairs if self.room.run.state.delegates["present"][seat]]

    def _dinner(self) -> Question:
        plan = self.room.run.case.plan[self.room.run.state.clock["row"][0]]
        share = float(plan["mixed_share"])
        mixed = f"about {share:.0%} of the delegates sit at mixed tables" if share else ""
        rest = "each group meets in its own caucus" if plan["caucus"] else "everybody goes their own way"
        planned = f"{mixed}; of the others, {rest}." if mixed else f"{rest}."
        size = int(self.room.run.case.setting["table_size"][0])
        return dinner(planned=planned, guests=max(1, size // max(1, len(self._at_table())) - 1))

    # ------------------------------------------------------------------------------- what goes beyond an answer

    def _take_the_floor(self) -> None:
        """Who has the floor chooses between speaking and tabling."""
        run, turn = self.room.run, self.room.run.pending
        reply = self.given.get(turn.who)
        asked = self.questions.get(turn.who)
        if reply is None or asked is None or asked.kind != FLOOR:
            return
        wanted = Move.TABLE if reply.act == "table" else Move.SPEAK
        if wanted != turn.move:
            run.pending = Turn(int(wanted), turn.issue, turn.who)
            choose(run.case, run.state, run.pending, run.choice)

    def _dine(self) -> None:
        """The guests of an evening are those of its plan, and those that people ask."""
        run = self.room.run
        if run.pending.move != Move.EVENING:
            return
        for seat, reply in self.given.items():
            if reply is not None and reply.act == "dine":
                asked = run.case.plan_seats[run.state.clock["row"][0]]
                free = [guest for guest in (seat, *reply.guests) if not asked[guest]]
                asked[free] = asked[seat] or asked.max() + 1
                self.dinners[seat] = self.dinners.get(seat, 0) + 1

    def _move_hands(self) -> None:
        """Those who ask for the floor come next in the race for it."""
        delegates = self.room.run.state.delegates
        speaker = self.room.run.pending.who if self.room.run.pending.move in {Move.SPEAK, Move.TABLE} else -1
        self.hands.discard(speaker)
        first = float(np.min(delegates["wish"]))
        for place, seat in enumerate(sorted(self.hands, key=self._hand_turn.__getitem__)):
            delegates["wish"][seat] = first - NEXT * (len(self.hands) - place)

    @contextmanager
    def _amended(self) -> Iterator[None]:
        """While a text is read, those who bracket it for an amendment argue for the amendment.

        A delegate says its position, exaggerated away from where it believes the others to be (rule 5.2); for as long
        as the reading lasts it takes the position that makes it say the amendment. What it hears moves its own.
        """
        run, turn = self.room.run, self.room.run.pending
        positions = run.state.opinions["position"]
        kept = {}
        for seat, reply in self.given.items():
            asked = self.questions.get(seat)
            if reply is None or asked is None or asked.kind != READING or reply.act != "block" or reply.place is None:
                continue
            if turn.issue >= 0:
                kept[seat] = float(positions[turn.issue, seat]), self._arguing(seat, turn.issue, reply.place)
                positions[turn.issue, seat] = kept[seat][1]
        try:
            yield
        finally:
            for seat, (own, argued) in kept.items():
                moved = float(positions[turn.issue, seat]) - argued
                positions[turn.issue, seat] = min(1.0, max(0.0, own + moved))

    def _arguing(self, seat: int, issue: int, amendment: float) -> float:
        """The position from which a delegate would state an amendment."""
        case, state = self.room.run.case, self.room.run.state
        given_up = concession(case, state, seat, lateness(case, elapsed(case, state)))
        show = float(case.parameters["posturing"][0]) * (1.0 - given_up)
        centre = float(out_centre(state, issue, seat))
        return (amendment + show * centre) / (1.0 + show)
