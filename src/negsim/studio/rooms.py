"""A room that several people share: its seats, the teacher's rights, and the clock that drives the game.

Rules that hold here
- A room is reached by its code, and a person by a secret token that brings a dropped connection back to its seat.
  Without both, nothing can be read or moved. Secrets are compared in constant time.
- Time is an argument. `tick` is called often; it makes the turns that are due.
- Nobody waits for somebody who has gone: after a while the model answers for the seat, until the person is back. Where
  all who play have gone, the room waits for them as for any answer.
- What the model answers in a person's place is told as the model's.
- What a person may not do raises `RefusedError` and changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from enum import Enum

from negsim.errors import NegsimError
from negsim.studio import limits
from negsim.studio.asking import Reply
from negsim.studio.game import Game
from negsim.studio.guesses import NO_MORE, Guess, Guesses, own_guesses, strange_guesses
from negsim.studio.limits import Rate, RefusedError
from negsim.studio.links import Setting
from negsim.studio.people import People, Person, same
from negsim.studio.recording import Line

AWAY = 6.0  # seconds without a sign after which a person is away
GONE = 15.0  # seconds without a sign after which the model answers for the person's seat
PACES = {0.0: "at once", 0.4: "quickly", 1.5: "slowly"}  # seconds a turn of the model takes
PATIENCES = {30.0: "30 seconds", 60.0: "one minute", 120.0: "two minutes", 0.0: "as long as it takes"}
TURNS_A_TICK = 60
CLOSED = "this room was closed"
REMOVED = "your teacher has taken you out of this room"


class Stage(Enum):
    """Where a room's game is."""

    WAITING = "waiting to begin"
    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"
    CLOSED = "closed"


class SharedRoom:
    """One room: a game, its people, its teacher."""

    def __init__(self, setting: Setting, code: str, now: float) -> None:
        self.code, self.setting = code, setting
        self.teacher = secrets.token_urlsafe(24)
        self.people = People()
        self.game = Game(setting)
        self.stage = Stage.WAITING
        self.free_choice = True  # whether people may take a free seat themselves
        self.pace, self.patience = 0.4, 60.0
        self.version = 0  # grows with every change; pages show what they have not shown yet
        self.guesses = Guesses()
        self.stood_in: dict[int, str] = {}  # by seat: what the model has answered in its person's place since it did
        self.used = self._due = self.asked_since = now
        self._told: tuple[int, list[Line]] = (-1, [])
        self.moves = Rate(limits.MOVES_A_SECOND, limits.MOVES_AT_ONCE)
        self._own, self._strange = own_guesses(), strange_guesses()

    # ---------------------------------------------------------------------------------------------- people

    def join(self, name: str, now: float, *, keys: Iterable[str] = ()) -> Person:
        """Let somebody in. keys: the secrets that the browser holds already."""
        self._check_open()
        keys = list(keys)
        teaches = any(map(self.is_teacher, keys))
        person = self.people.let_in(name, now, teaches=teaches, beside=len(self.people.holding(keys)))
        self._changed(now)
        return person

    def admits(self, key: str) -> bool:
        """Whether a secret is the teacher's or a person's."""
        return self.is_teacher(key) or bool(self.people.holding([key]))

    def gone(self, person: Person) -> str:
        """Why somebody is no longer in this room; nothing for who is."""
        if self.stage is Stage.CLOSED:
            return CLOSED
        return "" if person in self.people else REMOVED

    def players(self) -> dict[int, str]:
        """The names of those who play, by seat."""
        return {person.seat: person.name for person in self.people if person.seat is not None}

    def is_away(self, person: Person, now: float) -> bool:
        """Whether a person's connection has dropped."""
        return now - person.seen > AWAY

    def seen(self, person: Person, now: float) -> None:
        """A person's page gives a sign."""
        if self.is_away(person, now):
            self._changed(now)
        person.seen = self.used = now

    # ----------------------------------------------------------------------------------------- what people do

    def take(self, person: Person, seat: int, now: float) -> None:
        """A person takes a free seat."""
        self._counted(person, now)
        if not self.free_choice:
            raise RefusedError("in this room the teacher hands out the seats")
        if self.stage is Stage.OVER:
            raise RefusedError("this negotiation is over")
        self._seat(person, seat, now)

    def leave(self, person: Person, now: float) -> None:
        """A person gives the seat up; it is free again, and the model plays it."""
        self._counted(person, now)
        if self.stage is Stage.OVER:
            raise RefusedError("this negotiation is over")
        self.assign(person.number, None, now)

    def answer(self, person: Person, reply: Reply | None, turn: int, seat: int | None, now: float) -> None:
        """A person's answer to the question put to a seat in a turn; None: as the delegate would."""
        self._counted(person, now)
        if person.seat is None:
            raise RefusedError("take a seat first")
        if self.stage is not Stage.RUNNING:
            raise RefusedError(f"the negotiation is {self.stage.value}")
        if turn != self.game.turn:
            raise RefusedError("too late: the room has moved on")
        if seat != person.seat:
            raise RefusedError("this was asked of another seat than yours is now")
        self.game.answer(person.seat, reply)
        self.stood_in.pop(person.seat, None)
        self._changed(now)

    def raise_hand(self, person: Person, now: float) -> None:
        """A person asks for the floor."""
        self._counted(person, now)
        if person.seat is None:
            raise RefusedError("take a seat first")
        self.game.raise_hand(person.seat)
        self._changed(now)

    def guess(self, guess: Guess, now: float, *, address: str, keys: Iterable[str] = ()) -> Guess:
        """A guess is put with those of the others, under the name of who has joined; the guess as it is kept."""
        self._check_open()
        if len(self.guesses.all) >= limits.MOST_GUESSES:
            raise RefusedError(NO_MORE)
        people = sorted(self.people.holding(keys), key=lambda person: (person.name == guess.who, person.number))
        if people:
            guess = replace(guess, who=people[-1].name)
            self._own.count(people[-1].token, now)
        else:
            self._strange.count(address, now)
        self.guesses.commit(guess)
        self._changed(now)
        return guess

    # --------------------------------------------------------------------------------- what the teacher does

    def is_teacher(self, token: str) -> bool:
        """Whether a token is the teacher's."""
        return same(self.teacher, token)

    def start(self, now: float) -> None:
        """Begin, or go on."""
        if self.stage in {Stage.WAITING, Stage.PAUSED}:
            self.stage = Stage.RUNNING
            self._due = self.asked_since = now
            self._changed(now)

    def pause(self, now: float) -> None:
        """Hold everything."""
        if self.stage is Stage.RUNNING:
            self.stage = Stage.PAUSED
            self._changed(now)

    def assign(self, number: int, seat: int | None, now: float) -> None:
        """Give a person a seat, or none."""
        self._check_open()
        person = self.people.numbered(number)
        if seat is not None:
            self._seat(person, seat, now)
        elif person.seat is not None:
            self._release(person.seat)
            person.seat = None
            self._changed(now)

    def remove(self, number: int, now: float) -> None:
        """Send a person out of the room; its seat goes back to the model."""
        person = self.people.numbered(number)
        self.assign(number, None, now)
        self.people.remove(person)
        self._changed(now)

    def close(self, now: float) -> None:
        """End everything for good; whoever looks at the room is told."""
        self.stage = Stage.CLOSED
        self._changed(now)

    def stop_waiting(self, now: float, why: str = "your teacher did not wait") -> None:
        """Let the model answer for those whose answer is missing. why: what they are told."""
        for seat in self.game.waiting():
            self._stand_in(seat, why)
        self._changed(now)

    def conduct(self, *, pace: float | None = None, patience: float | None = None, free: bool | None = None) -> None:
        """Set the pace of the model's turns, how long an answer may take, and who chooses seats."""
        self.pace = self.pace if pace is None else pace
        self.patience = self.patience if patience is None else patience
        self.free_choice = self.free_choice if free is None else free
        self.version += 1

    # ------------------------------------------------------------------------------------------------ the clock

    def lines(self) -> list[Line]:
        """The minutes so far, told once for everybody."""
        if self._told[0] != self.game.turn:
            self._told = self.game.turn, self.game.recording.lines()
        return self._told[1]

    @property
    def is_unused(self) -> bool:
        """Whether nobody has joined yet and nothing has begun."""
        return self.stage is Stage.WAITING and not self.people.count

    def tick(self, now: float) -> None:
        """Make the turns that are due."""
        if self.stage is not Stage.RUNNING:
            return
        for _ in range(TURNS_A_TICK):
            self._answer_for_the_gone(now)
            if self.game.waiting():
                if not self.patience or now - self.asked_since < self.patience:
                    return
                self.stop_waiting(now, "you did not answer in time")
            if now < self._due or not self.game.advance():
                return
            self._due = now + self.pace
            self.asked_since = now
            self._changed(now)
            if self.game.is_over:
                self.stage = Stage.OVER
                return
            if self.pace:
                return

    def _answer_for_the_gone(self, now: float) -> None:
        """Let the model answer for those whose page has given no sign for long, if others who play are there."""
        gone = {person.seat: now - person.seen > GONE for person in self.people if person.seat is not None}
        if all(gone.values()):
            return
        for seat in self.game.waiting():
            if gone[seat]:
                self._stand_in(seat, "you were away")

    def _stand_in(self, seat: int, why: str) -> None:
        """Let the model answer for a seat, and keep what to tell its person."""
        asked = self.game.questions[seat]
        self.game.answer(seat, None)
        self.stood_in[seat] = f"The model answered in your place, because {why}. {asked.title}: {asked.taken_told}"

    def left(self, now: float) -> float | None:
        """Seconds left to answer; None where there is no limit."""
        return max(0.0, self.patience - (now - self.asked_since)) if self.patience else None

    def _seat(self, person: Person, seat: int, now: float) -> None:
        if person.seat == seat:
            return
        try:
            self.game.hold(seat)
        except NegsimError as error:
            raise RefusedError(str(error)) from None
        if person.seat is not None:
            self._release(person.seat)
        person.seat = seat
        self._changed(now)

    def _release(self, seat: int) -> None:
        self.game.release(seat)
        self.stood_in.pop(seat, None)

    def _counted(self, person: Person, now: float) -> None:
        """Count a move; too many a second are refused, and any by who is gone."""
        if why := self.gone(person):
            raise RefusedError(why)
        if not self.moves.allows(person.token, now):
            raise RefusedError("not so fast; wait a moment")

    def _check_open(self) -> None:
        if self.stage is Stage.CLOSED:
            raise RefusedError(CLOSED)

    def _changed(self, now: float) -> None:
        self.version += 1
        self.used = now
