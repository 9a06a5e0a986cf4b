"""A room that several people share: its seats, the teacher's rights, and the clock that drives the game.

Rules that hold here
- A room is reached by its code, and a person by a secret token that brings a dropped connection back to its seat.
  Without both, nothing can be read or moved. Secrets are compared in constant time.
- Time is an argument. `tick` is called often; it makes the turns that are due.
- Nobody waits for somebody who has gone: after a while the model answers for the seat, until the person is back. Where
  all who play have gone, the room waits for them as for any answer.
- What the model answers in a person's place is told as the model's.
- What a person may not do raises `RefusedError` and changes nothing.

All rooms of a studio: how one is opened, found by its code, and closed.

Rules that hold here
- A code is drawn from a secret source and compared in constant time; wrong ones are counted by address.
- Who has tried too many has to wait, and so has everybody new at that address; who is in a room already has not.
- There are few rooms, and one that nobody uses is closed; sooner where it has never been used and another has no place.
- A browser is known by the secrets that it holds. So many people join from one, so many at once from one address.

Those who are in a room: each a name that others see, and a secret that they do not.

Rules that hold here
- A secret brings a dropped connection back to its seat. Secrets are compared in constant time.
- The teacher's name is the teacher's.
"""

from __future__ import annotations

import logging
import secrets
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from negsim.errors import NegsimError
from negsim.studio import limits
from negsim.studio.game import Game
from negsim.studio.guesses import NO_MORE, Guess, Guesses, own_guesses, strange_guesses
from negsim.studio.limits import MOST_PEOPLE, Rate, RefusedError, one_line
from negsim.studio.links import Variant
from negsim.studio.questions import Reply
from negsim.studio.recording import Line

TEACHER = "The teacher"  # what the teacher is called at the table; nobody else may be


@dataclass
class Person:
    """Somebody in a room."""

    number: int  # what others may know of them, beside the name
    name: str
    token: str = field(repr=False)
    seat: int | None = None
    seen: float = 0.0  # when last


class People:
    """Those who are in a room, in the order in which they came."""

    def __init__(self) -> None:
        self._here: list[Person] = []
        self.count = 0  # of those who have ever come

    def __iter__(self) -> Iterator[Person]:
        return iter(self._here)

    def __len__(self) -> int:
        return len(self._here)

    def let_in(self, name: str, now: float, *, teaches: bool, beside: int) -> Person:
        """Somebody new. beside: how many have come from the same browser. Raises `RefusedError` and changes nothing."""
        name = one_line(name)
        if not name:
            raise RefusedError("write your name, so that the others know you")
        if names_teacher(name) and not teaches:
            raise RefusedError("only your teacher is called so; write your own name")
        if beside >= limits.MOST_OF_A_BROWSER:
            raise RefusedError(
                f"from this browser {limits.MOST_OF_A_BROWSER} people have joined; another has to use another one"
            )
        if len(self) >= limits.MOST_PEOPLE:
            raise RefusedError(f"this room is full; it holds {limits.MOST_PEOPLE} people")
        if any(person.name.casefold() == name.casefold() for person in self):
            raise RefusedError(f"somebody called {name} is here already; add a letter to your name")
        self.count += 1
        self._here.append(Person(self.count, name, secrets.token_urlsafe(24), seen=now))
        return self._here[-1]

    def remove(self, person: Person) -> None:
        """Send somebody out."""
        self._here.remove(person)

    def holding(self, keys: Iterable[str]) -> list[Person]:
        """Those whose secrets are held."""
        return [person for key in keys for person in self if same_secret(person.token, key)]

    def numbered(self, number: int) -> Person:
        """Who has a number. Raises `RefusedError` if nobody has."""
        found = next((person for person in self if person.number == number), None)
        if found is None:
            raise RefusedError("nobody in this room has that name")
        return found


def names_teacher(name: str) -> bool:
    """Whether a name reads as the teacher's, however it is written.

    >>> names_teacher("the  TEACHER!"), names_teacher("Theo Teach")
    (True, False)
    """
    letters = filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold())
    return "".join(letters) in {"theteacher", "teacher"}


def same_secret(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how much of them is."""
    return secrets.compare_digest(one.encode(), other.encode())


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

    def __init__(self, variant: Variant, code: str, now: float) -> None:
        self.code, self.variant = code, variant
        self.teacher = secrets.token_urlsafe(24)
        self.people = People()
        self.game = Game(variant)
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
        return same_secret(self.teacher, token)

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


LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are taken for another
CODE = 8
LOG = logging.getLogger(__name__)


class Rooms:
    """All rooms of a studio."""

    def __init__(self) -> None:
        self.open_rooms: dict[str, SharedRoom] = {}
        self._closed: deque[str] = deque(maxlen=limits.MOST_CLOSED)
        self._tries = Rate(limits.TRIES_A_SECOND, limits.TRIES_AT_ONCE)
        self._opened = Rate(limits.ROOMS_A_SECOND, limits.ROOMS_AT_ONCE)
        self._joined = Rate(limits.JOINS_A_SECOND, limits.JOINS_AT_ONCE)

    def admit(self, address: str, now: float) -> None:
        """Raise `RefusedError` unless one more room may be opened from an address."""
        self.close_idle(now)
        if len(self.open_rooms) >= limits.MOST_ROOMS:
            self.close_unused(now)
        if len(self.open_rooms) >= limits.MOST_ROOMS:
            raise RefusedError(f"{limits.MOST_ROOMS} rooms are open already; close one, or wait")
        if not self._opened.allows(address, now):
            raise RefusedError("too many rooms at once; wait a little")

    def add(self, room: SharedRoom) -> None:
        """A room is open. Rooms are made elsewhere, in a worker, because that takes a moment."""
        self.open_rooms[room.code] = room

    def find(self, code: str, address: str, now: float, keys: Iterable[str] = ()) -> SharedRoom:
        """The room of a code. keys: the secrets of those who are in a room; who holds one always gets in."""
        code = tidy_code(code)
        found = next((room for known, room in self.open_rooms.items() if same_secret(known, code)), None)
        if found is not None and any(found.admits(key) for key in keys):
            return found
        if self._tries.is_spent(address, now):
            raise RefusedError("too many wrong codes from this address; wait a few seconds")
        if found is not None:
            return found
        if any(same_secret(known, code) for known in self._closed):
            raise RefusedError(CLOSED)
        self._tries.allows(address, now)
        raise RefusedError("there is no room with this code; look again at what your teacher wrote")

    def join(
        self, code: str, name: str, address: str, now: float, keys: Iterable[str] = ()
    ) -> tuple[SharedRoom, Person]:
        """A room, and who somebody is in it: the person of that name whose secret is held, or somebody new."""
        keys = list(keys)
        room = self.find(code, address, now, keys)
        name = one_line(name)
        for person in room.people.holding(keys):
            if person.name.casefold() == name.casefold():
                return room, person
        key = f"{address} {room.code}"
        if self._joined.is_spent(key, now):
            raise RefusedError("too many people join at once from this address; wait a few seconds")
        person = room.join(name, now, keys=keys)
        self._joined.allows(key, now)
        return room, person

    def close(self, room: SharedRoom, now: float) -> None:
        """Close a room for good; its people are told."""
        if self.open_rooms.pop(room.code, None) is not None:
            self._closed.append(room.code)
            room.close(now)

    def close_idle(self, now: float) -> None:
        """Close the rooms that nobody has used for a long time."""
        for room in [room for room in self.open_rooms.values() if now - room.used > limits.IDLE]:
            self.close(room, now)

    def close_unused(self, now: float) -> None:
        """Close the rooms that nobody has joined and that never began, save for new ones."""
        for room in list(self.open_rooms.values()):
            if room.is_unused and now - room.used > limits.UNUSED:
                self.close(room, now)

    def tick(self, now: float) -> None:
        """Make the turns that are due in every room."""
        for room in self.open_rooms.values():
            try:
                room.tick(now)
            except Exception:  # one room that cannot go on does not hold up the others
                LOG.exception("a room cannot go on, and is paused")
                room.pause(now)


def new_code() -> str:
    """A code for a room, from a secret source."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE))


def cookie_name(code: str) -> str:
    """The name of the cookie of a room's teacher; that of a person adds its number."""
    return f"negsim_{code}"


def keys_in(cookies: Mapping[str, str], code: str) -> list[str]:
    """The secrets that a browser holds for a room: the teacher's, and those of people."""
    begins = cookie_name(tidy_code(code))
    return [value for name, value in cookies.items() if name.startswith(begins)][: MOST_PEOPLE + 1]


def tidy_code(code: str) -> str:
    """A code as it was drawn, however it was typed."""
    return "".join(letter for letter in code[:40].upper() if letter in LETTERS)


ROOMS = Rooms()  # those of this process: the only state of the server that outlives a page
