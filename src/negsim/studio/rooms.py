"""Rooms that a class shares: the people in each, the teacher's rights, the clock of the game, and all rooms.

- A room is reached by its code, and a person by a secret token that brings a dropped connection back to its seat.
  Without both, nobody can read or move anything. Secrets come from a secret source and are compared in constant time.
- Time is an argument. `tick` is called often; it makes the turns that are due.
- Nobody waits for somebody who has gone: after a while the model answers for the seat, until the person is back. If all
  players have gone, the room waits for them as for any answer. Answers by the model are marked.
- A person who may not do something gets a `RefusedError`, and nothing changes.
- Wrong codes count against an address, but a right one always leads in: a class may share its address with a stranger.
- Who was removed stays out, by name and by browser. A person who has read a brief keeps to that chair, unless the
  teacher gives another.
- Events are noted in the room's journal before anybody sees them, so that rooms open again after the server ends. A run
  follows from its scenario, its seed and what people did, so only these are kept. Other rules of the model would make
  it another negotiation: such a room is refused, in a sentence.
- The teacher's desk says if part of a journal was lost, or if a room is no longer kept. The class plays on.
- There are few rooms. One that nobody uses closes; one that was never used closes sooner, if a new one needs its place.
- A browser is known by the secrets that it holds. The number of people in one browser is limited, and the number who
  join at once from one address.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import secrets
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn

from pydantic import TypeAdapter

from negsim.errors import NegsimError, literal
from negsim.replay import plain_of, rows_of
from negsim.scenario import Scenario
from negsim.scenario.validate import names_of
from negsim.studio import limits
from negsim.studio.debrief import OpeningBaseline, opening_of
from negsim.studio.game import Reply
from negsim.studio.gate import is_loopback
from negsim.studio.guesses import NAMELESS, Guess, Guesses
from negsim.studio.journal import Entry, Journal, Journals, read_entries, resumed
from negsim.studio.limits import MOST_PEOPLE, Allowance, Rate, RefusedError
from negsim.studio.links import Variant
from negsim.studio.names import BADGE, check_name, names_teacher, skeleton, tidy_name
from negsim.studio.recording import MinutesLine
from negsim.study.rules import rules_digest

_CLOSED = "this room was closed"
_REMOVED = "your teacher removed you from this room"
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # of a code, without those that look alike
CODE_LENGTH = 8  # of them
_AWAY_SECONDS = 6.0  # seconds without a sign after which a person is away
_GONE_SECONDS = 15.0  # seconds without a sign after which the model answers for the person's seat
PACES = {0.0: "at once", 0.4: "quickly", 1.5: "slowly"}  # seconds a turn of the model takes
PATIENCES = {30.0: "30 seconds", 60.0: "one minute", 120.0: "two minutes", 0.0: "as long as it takes"}
_FORM = 1  # of the entries of a journal
_PLAY = ("policies/*.py", "replay.py")  # what a game follows from beside the model
_VARIANT, _GUESS = TypeAdapter(Variant), TypeAdapter(Guess)  # as a journal has them
_RETURNED = "The studio was started again. This room goes on from turn {turn}, the last in its journal."
DAMAGED_JOURNAL = (
    "The journal of this room was damaged after turn {turn}. What came later is lost; the room goes on from there."
)
_STOPPED = "This room could not be kept after turn {turn}. What came later is lost; the room goes on from there."
_UNKEPT = (
    "This room is no longer kept ({why}). The class can play on, but what it does from now on ends with the studio."
)
_OTHER_RULES = "this room began under other rules than this version of negsim has; start the version that it began with"
_UNREADABLE = "this room cannot be opened again: the beginning of its journal is missing or damaged"
_logger = logging.getLogger(__name__)


@dataclass
class Person:
    """Somebody in a room."""

    number: int  # public, like the name
    name: str
    token: str = field(repr=False)
    seat: int | None = None
    brief: int | None = None  # the seat whose brief the person read first, and may take again
    last_sign: float = 0.0  # when the person's page was last connected
    teaches: bool = False

    @property
    def shown_name(self) -> str:
        """The name as others see it: the teacher's has a badge."""
        return f"{BADGE} {self.name}" if self.teaches else self.name


class _PeopleOfRoom:
    """The people in a room, in the order in which they came."""

    def __init__(self) -> None:
        self._here: list[Person] = []
        self._removed: list[Person] = []
        self.count = 0  # of all who ever came

    def __iter__(self) -> Iterator[Person]:
        return iter(self._here)

    def __len__(self) -> int:
        return len(self._here)

    def let_in(self, name: str, now: float, *, teaches: bool, beside: int) -> Person:
        """Let somebody in. beside: how many people the browser has here. Raises `RefusedError`."""
        name = tidy_name(name)
        self.check_free(name, teaches=teaches)
        if beside >= limits.MOST_OF_A_BROWSER:
            raise RefusedError(f"{limits.MOST_OF_A_BROWSER} people have joined from this browser; use another browser")
        if len(self) >= limits.MOST_PEOPLE:
            raise RefusedError(f"this room is full; it holds {limits.MOST_PEOPLE} people")
        return self.add(Person(self.count + 1, name, secrets.token_urlsafe(24), last_sign=now, teaches=teaches))

    def check_free(self, name: str, *, teaches: bool = False) -> None:
        """Raise `RefusedError` for a tidy name that is unusable, the teacher's, or that of somebody here."""
        check_name(name)
        if names_teacher(name) and not teaches:
            raise RefusedError("that name is your teacher's; write your own")
        if any(skeleton(person.name) == skeleton(name) for person in self):
            raise RefusedError(f"somebody called {name} is here already; add a letter to your name")

    def add(self, person: Person) -> Person:
        """Note that somebody is here."""
        self.count = person.number
        self._here.append(person)
        return person

    def remove(self, person: Person) -> None:
        """Send somebody out for good."""
        self._here.remove(person)
        self._removed.append(person)

    def check_not_removed(self, name: str, keys: Sequence[str]) -> None:
        """Raise `RefusedError` for a name, or a browser, of somebody who was sent out."""
        for person in self._removed:
            if skeleton(person.name) == skeleton(name) or any(same_secret(person.token, key) for key in keys):
                raise RefusedError(_REMOVED)

    def holding(self, keys: Sequence[str]) -> list[Person]:
        """Return the people whose secrets are among the keys."""
        return [person for key in keys for person in self if same_secret(person.token, key)]

    def numbered(self, number: int) -> Person:
        """Return the person with a number. Raises `RefusedError` if there is none."""
        for person in self:
            if person.number == number:
                return person
        raise RefusedError("that person is not in this room")


def same_secret(one: str, other: str) -> bool:
    """Return whether two secrets are equal, in constant time."""
    return secrets.compare_digest(one.encode(), other.encode())


def usual_folder(host: str, port: int) -> Path:
    """Return the folder that keeps the rooms of a studio at an address and port, unless the user names one."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state")
    return base / "negsim" / "rooms" / f"{re.sub(r'[^a-z0-9.-]', '_', host.lower())}_{port}"


class Stage(Enum):
    """The state of a room's game."""

    WAITING = "waiting to begin"
    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class _RoomRules:
    """The teacher's rules for a room."""

    pace: float = 0.4  # seconds that a turn of the model takes
    patience: float = 60.0  # seconds for an answer; 0 for as long as it takes
    free: bool = True  # whether people may take a free seat by themselves
    lets_in: bool = True  # whether new people may join


class SharedRoom:
    """One room: a game, its people, its teacher."""

    def __init__(self, opening: OpeningBaseline, code: str, now: float, *, address: str = "") -> None:
        self.code, self.variant, self.address = code, opening.game.variant, address  # from which it was opened
        self.teacher = secrets.token_urlsafe(24)
        self.journal = Journal()
        self.people = _PeopleOfRoom()
        self.game, self.model = opening
        self.stage = Stage.WAITING
        self.rules = _RoomRules()
        self.version = 0  # grows with every change, so that pages know when to update
        self.guesses = Guesses()
        self.substitutions: dict[int, str] = {}  # by seat: the last answer of the model in the person's place
        self.losses: list[str] = []  # sentences on what a damaged journal no longer had
        self.returned = ""  # a sentence on where the room went on after a restart
        self.is_deserted = False  # since a restart, until somebody comes back
        self.used = self._due = self.waiting_since = now
        self._with_more_time: set[int] = set()  # seats that have asked for it at the question that is due
        self._minutes: tuple[int, list[MinutesLine]] = (-1, [])
        self.moves = Rate(*limits.MOVE_RATE)
        self._own = Allowance(limits.GUESS_RATE, limits.MOST_OWN_GUESSES)
        self._strange = Allowance(limits.STRANGE_GUESS_RATE, limits.MOST_STRANGE_GUESSES)

    def join(self, name: str, now: float, *, keys: Sequence[str] = ()) -> Person:
        """Let somebody in. keys: the secrets that the browser holds."""
        self._check_open()
        teaches = any(map(self.is_teacher, keys))
        if not teaches:
            self.people.check_not_removed(name, keys)
            if not self.rules.lets_in:
                raise RefusedError("your teacher has closed this room to new people")
        person = self.people.let_in(name, now, teaches=teaches, beside=len(self.people.holding(keys)))
        self.journal.note("join", number=person.number, name=person.name, token=person.token, teaches=teaches)
        self._changed(now)
        return person

    def reason_gone(self, person: Person) -> str:
        """Return why somebody is no longer in this room; "" for somebody who is."""
        if self.stage is Stage.CLOSED:
            return _CLOSED
        return "" if person in self.people else _REMOVED

    def players(self) -> dict[int, str]:
        """Return the names of the players, by seat, as others see them."""
        return {person.seat: person.shown_name for person in self.people if person.seat is not None}

    def is_away(self, person: Person, now: float) -> bool:
        """Return whether a person's connection has dropped."""
        return now - person.last_sign > _AWAY_SECONDS

    def note_sign(self, person: Person, now: float) -> None:
        """Note that a person's page is connected."""
        if self.is_away(person, now):
            self._changed(now)
        person.last_sign = self.used = now
        self.is_deserted = False

    def take(self, person: Person, seat: int, now: float) -> None:
        """Let a person take a free seat."""
        self._counted(person, now)
        if not self.rules.free:
            raise RefusedError("your teacher hands out the seats in this room")
        if self.stage is Stage.OVER:
            raise RefusedError("this negotiation is over")
        if person.brief not in {None, seat}:
            read = self.game.negotiation.names[person.brief]
            raise RefusedError(f"you have read the brief of {read}; only your teacher can give you another chair")
        self._seat(person, seat, now)

    def leave(self, person: Person, now: float) -> None:
        """Let a person give up the seat; it is free again, and the model plays it."""
        self._counted(person, now)
        if self.stage is Stage.OVER:
            raise RefusedError("this negotiation is over")
        self.assign(person.number, None, now)

    def answer(self, person: Person, reply: Reply | None, turn: int, seat: int | None, now: float) -> None:
        """Take a person's answer to the question of a turn to a seat; None leaves it to the delegate."""
        self._counted(person, now)
        if person.seat is None:
            raise RefusedError("take a seat first")
        if self.stage is not Stage.RUNNING:
            raise RefusedError(f"the negotiation is {self.stage.value}")
        if turn != self.game.turn:
            raise RefusedError("too late: the room has moved on")
        if seat != person.seat:
            raise RefusedError("that question went to another seat than yours")
        rows = self.game.rows_of(person.seat, reply)
        self.game.take(person.seat, rows)
        self.journal.note("answer", seat=seat, rows=plain_of(rows))
        self.substitutions.pop(person.seat, None)
        self._changed(now)

    def more_time(self, person: Person, now: float) -> None:
        """Give everybody as much time again for the question that is due, once for each seat that has to answer."""
        self._counted(person, now)
        if person.seat not in self.game.waiting():
            raise RefusedError("nothing is asked of you now")
        if not self.rules.patience:
            raise RefusedError("you have as long as it takes")
        if person.seat in self._with_more_time:
            raise RefusedError("you have had more time for this question")
        self._with_more_time.add(person.seat)
        self.waiting_since += self.rules.patience
        self._changed(now)

    def raise_hand(self, person: Person, now: float) -> None:
        """Let a person ask for the floor."""
        self._counted(person, now)
        if person.seat is None:
            raise RefusedError("take a seat first")
        self.game.raise_hand(person.seat)
        self.journal.note("hand", seat=person.seat)
        self._changed(now)

    def guess(self, guess: Guess, now: float, *, address: str, keys: Sequence[str] = ()) -> None:
        """Keep a guess with the class's, under the name with which the browser joined."""
        self._check_open()
        if len(self.guesses.all) >= limits.MOST_GUESSES:
            raise RefusedError(limits.NO_MORE)
        guess, person = self._named(guess, keys)
        if person is not None:
            self._own.count(person.token, now)
        else:
            self._strange.count(address, now)
        self.guesses.check_text(guess.variant.text)
        self.guesses.commit(guess)
        self.journal.note("guess", **asdict(guess))
        self._changed(now)

    def find_result(self, guess: Guess, now: float, *, keys: Sequence[str] = ()) -> None:
        """Write the result beside a guess that the browser made; a second one changes nothing."""
        self._check_open()
        guess, _ = self._named(guess, keys)
        if self.guesses.reveal(guess):
            self.journal.note("result", **asdict(guess))
            self._changed(now)

    def _named(self, guess: Guess, keys: Sequence[str]) -> tuple[Guess, Person | None]:
        """Return a guess under the name of the person in whose browser it was made, and that person.

        Raises `RefusedError` if somebody else's browser gives it a name that nobody could join under.
        """
        people = sorted(self.people.holding(keys), key=lambda person: (person.name == guess.who, person.number))
        if people:
            return replace(guess, who=people[-1].name, is_known=True), people[-1]
        if guess.who != NAMELESS:
            guess = replace(guess, who=tidy_name(guess.who))
            self.people.check_free(guess.who)
        return guess, None

    def is_teacher(self, token: str) -> bool:
        """Return whether a token is the teacher's."""
        return same_secret(self.teacher, token)

    def start(self, now: float) -> None:
        """Begin, or go on after a pause."""
        if self.stage in {Stage.WAITING, Stage.PAUSED}:
            self._set_stage(Stage.RUNNING, now)
            self._due = self.waiting_since = now

    def pause(self, now: float) -> None:
        """Stop the clock."""
        if self.stage is Stage.RUNNING:
            self._set_stage(Stage.PAUSED, now)

    def assign(self, number: int, seat: int | None, now: float) -> None:
        """Give a person a seat, or take it away."""
        self._check_open()
        person = self.people.numbered(number)
        if seat is not None:
            self._seat(person, seat, now)
        elif person.seat is not None:
            self._release(person.seat)
            person.seat = None
            self.journal.note("seat", number=number, seat=None)
            self._changed(now)

    def remove(self, number: int, now: float) -> None:
        """Send a person out of the room for good; its seat goes back to the model."""
        person = self.people.numbered(number)
        self.assign(number, None, now)
        self.people.remove(person)
        self.journal.note("remove", number=number)
        self._changed(now)

    def notices(self) -> list[str]:
        """List sentences that warn the teacher of what was not kept of this room, or is not being kept."""
        why = self.journal.failure
        return [*self.losses, *([_UNKEPT.format(why=why)] if why else [])]

    def keep_in(self, journal: Journal) -> None:
        """Begin a journal with all that this room follows from."""
        variant = asdict(self.variant)
        seed, replication = variant.pop("seed"), variant.pop("replication")
        self.journal = journal
        journal.note(
            "room", form=_FORM, rules=rules_of_play(), code=self.code, teacher=self.teacher, address=self.address,
            variant=variant, scenario=self.game.scenario.resolved(), seed=seed, replication=replication,
        )  # fmt: skip

    def go_on_in(self, journal: Journal, loss: str, now: float) -> None:
        """Go on after a restart, in a journal. loss: a sentence on what it lost; if not "", the room is paused."""
        self.journal, self.is_deserted = journal, True
        if not loss:
            self.returned = _RETURNED.format(turn=self.game.turn)
            return
        self.losses.append(loss.format(turn=self.game.turn))
        journal.note("loss", text=self.losses[-1])
        self.pause(now)

    def close(self, now: float) -> None:
        """Close the room for good; every page that shows it says so."""
        self.journal.drop()
        self.stage = Stage.CLOSED
        self._changed(now)

    def stop_waiting(self, now: float, why: str = "your teacher did not wait") -> None:
        """Let the model answer for those who have not. why: the reason shown to them."""
        for seat in self.game.waiting():
            self._stand_in(seat, why)
        self._changed(now)

    def conduct(self, **changes: Any) -> None:  # noqa: ANN401 - of any field
        """Change fields of the `_RoomRules`."""
        self.rules = replace(self.rules, **changes)
        self.journal.note("conduct", **asdict(self.rules))
        self.version += 1

    def lines(self) -> list[MinutesLine]:
        """Return the minutes so far, written once for everybody."""
        if self._minutes[0] != self.game.turn:
            self._minutes = self.game.turn, self.game.recording.lines()
        return self._minutes[1]

    def tick(self, now: float) -> None:
        """Make the turns that are due."""
        if self.stage is not Stage.RUNNING:
            return
        table = self.game.recording.frames[0].position.size
        for _ in range(max(1, min(limits.TURNS_A_TICK, limits.CELLS_A_TICK // table))):
            self._answer_for_the_gone(now)
            if self.game.waiting():
                if not self.rules.patience or now - self.waiting_since < self.rules.patience:
                    return
                self.stop_waiting(now, "you did not answer in time")
            if now < self._due or not self._advance(now):
                return
            self._due = now + self.rules.pace
            if self.game.is_over or self.rules.pace:
                return

    def _advance(self, now: float) -> bool:
        """Make the turn that is due if all have answered; return whether it did."""
        rows = plain_of(self.game.due())
        if not self.game.advance():
            return False
        self.journal.note("turn", rows=rows)
        self.waiting_since = now
        self._with_more_time.clear()
        self._changed(now)
        if self.game.is_over:
            self.stage = Stage.OVER
        return True

    def _set_stage(self, stage: Stage, now: float) -> None:
        self.stage = stage
        self.journal.note("stage", stage=stage.name)
        self._changed(now)

    def do_again(self, entry: Entry, now: float) -> None:  # noqa: C901, PLR0912 - a table of what a journal holds
        """Repeat in this room the action in an entry of a journal."""
        how = {key: value for key, value in entry.items() if key != "what"}
        match entry["what"]:
            case "join":
                self.people.add(Person(**how, last_sign=now))
            case "seat" if how["seat"] is not None:
                self._seat(self.people.numbered(how["number"]), how["seat"], now)
            case "seat":
                self.assign(how["number"], None, now)
            case "remove":
                self.remove(how["number"], now)
            case "answer":
                self.game.take(how["seat"], rows_of(how["rows"]))
                self.substitutions.pop(how["seat"], None)
            case "stand_in":
                self._stand_in(how["seat"], how["why"])
            case "hand":
                self.game.raise_hand(how["seat"])
            case "turn":
                if plain_of(self.game.due()) != how["rows"] or not self._advance(now):
                    raise NegsimError("this turn is not the one that was made")
            case "stage":
                self._set_stage(Stage[how["stage"]], now)
            case "conduct":
                self.conduct(**how)
            case "guess":
                self.guesses.commit(_GUESS.validate_python(how))
            case "result":
                self.guesses.reveal(_GUESS.validate_python(how))
            case "loss":
                self.losses.append(how["text"])
            case what:
                raise NegsimError(f"{literal(what)}: no such entry")

    def _answer_for_the_gone(self, now: float) -> None:
        """Let the model answer for players who have been disconnected for long, unless all players are."""
        gone = {
            person.seat: now - person.last_sign > _GONE_SECONDS for person in self.people if person.seat is not None
        }
        if all(gone.values()):
            return
        for seat in self.game.waiting():
            if gone[seat]:
                self._stand_in(seat, "you were away")

    def _stand_in(self, seat: int, why: str) -> None:
        """Let the model answer for a seat, and keep a sentence on it for the person."""
        question = self.game.questions[seat]
        self.game.answer(seat, None)
        self.journal.note("stand_in", seat=seat, why=why)
        answer = question.default.replace(" would ", " chose to ", 1)
        self.substitutions[seat] = f"The model answered for you, because {why}. {question.title}: {answer}"

    def seconds_left(self, now: float) -> float | None:
        """Return the time left to answer; None without a limit."""
        patience = self.rules.patience
        return max(0.0, patience - (now - self.waiting_since)) if patience else None

    def _seat(self, person: Person, seat: int, now: float) -> None:
        if person.seat == seat:
            return
        try:
            self.game.hold(seat)
        except NegsimError as error:
            raise RefusedError(str(error)) from None
        if person.seat is not None:
            self._release(person.seat)
        person.seat = person.brief = seat
        self.journal.note("seat", number=person.number, seat=seat)
        self._changed(now)

    def _release(self, seat: int) -> None:
        self.game.release(seat)
        self.substitutions.pop(seat, None)

    def _counted(self, person: Person, now: float) -> None:
        """Count a move. Raises `RefusedError` if there are too many a second, or if the person has gone."""
        if why := self.reason_gone(person):
            raise RefusedError(why)
        if not self.moves.allows(person.token, now):
            raise RefusedError("not so fast; wait a moment")

    def _check_open(self) -> None:
        if self.stage is Stage.CLOSED:
            raise RefusedError(_CLOSED)

    def _changed(self, now: float) -> None:
        self.version += 1
        self.used = now


class Rooms:
    """All rooms of a studio."""

    def __init__(self) -> None:
        self.journals: Journals | None = None  # None: nothing is kept
        self.word = ""  # that a teacher has to know to open a room; "" for none
        self.open_rooms: dict[str, SharedRoom] = {}
        self._words = Rate(*limits.WORD_RATE)
        self._tickets: dict[str, SharedRoom] = {}  # of rooms whose teacher has not come in yet
        self._closed: deque[str] = deque(maxlen=limits.MOST_CLOSED)
        self._shut: dict[str, str] = {}  # codes of rooms that could not be opened again, and why
        self._tries = Rate(*limits.TRY_RATE)
        self._opened = Rate(*limits.ROOM_RATE)
        self._joined = Rate(*limits.JOIN_RATE)

    def open_room(self, opening: OpeningBaseline, address: str, now: float) -> str:
        """Open a room from an address; return a ticket for its teacher's secret, good once. Raises `RefusedError`."""
        self.close_idle(now)
        if len(self.open_rooms) >= limits.MOST_ROOMS:
            self.close_unused(now)
        if len(self.open_rooms) >= limits.MOST_ROOMS:
            raise RefusedError(f"{limits.MOST_ROOMS} rooms are open already; close one, or wait")
        mine = sum(room.address == address for room in self.open_rooms.values())
        if mine >= limits.MOST_ROOMS_OF_ADDRESS and not is_loopback(address):  # of a proxy that names no visitors
            most = limits.MOST_ROOMS_OF_ADDRESS
            raise RefusedError(f"{most} rooms are open from your address already; close one, or wait")
        if not self._opened.allows(address, now):
            raise RefusedError("too many rooms at once; wait a little")
        room = SharedRoom(opening, new_code(), now, address=address)
        if self.journals is not None:
            room.keep_in(self.journals.new(room.code))
        self.open_rooms[room.code] = room
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = room
        return ticket

    def check_word(self, word: str, address: str, now: float) -> None:
        """Raise `RefusedError` unless somebody knows the teacher's word, or none is needed."""
        if not self.word or same_secret(tidy_code(self.word), tidy_code(word)):
            return
        refuse_word(self._words, address, now)

    def keep_in(self, folder: Path) -> None:
        """Keep the journals in a folder. Raises NegsimError if it holds other things, or another studio has it."""
        self.journals = Journals(folder)

    def restore(self, now: float) -> None:
        """Open the rooms again that were open when the server ended."""
        for code, file in () if self.journals is None else self.journals.files():
            try:
                room = _open_again(code, file, now)
            except Exception as error:  # noqa: BLE001 - whatever a file holds, the others go on
                why = str(error) if isinstance(error, RefusedError) else _UNREADABLE
                _logger.warning("a room could not be opened again: %s: %s", file, error)
                self._shut[code] = why
            else:
                self.open_rooms[code] = room
                for notice in room.losses:
                    _logger.warning("%s: %s", file, notice)

    def take_ticket(self, ticket: str) -> SharedRoom:
        """Return the room of a ticket, which is then used up. Raises `RefusedError`."""
        room = self._tickets.pop(ticket, None)
        if room is None:
            raise RefusedError("this way into the room is used up; open another room")
        return room

    def find(self, code: str, address: str, now: float) -> SharedRoom:
        """Find the room with a code. Raises `RefusedError`."""
        code = tidy_code(code)
        for other, room in self.open_rooms.items():
            if same_secret(other, code):
                return room
        if self._tries.is_spent(address, now):
            raise RefusedError("too many wrong codes from this address; wait a few seconds")
        if any(same_secret(other, code) for other in self._closed):
            raise RefusedError(_CLOSED)
        for other, why in self._shut.items():
            if same_secret(other, code):
                raise RefusedError(why)
        self._tries.allows(address, now)
        raise RefusedError("no room has this code; check the code that your teacher gave you")

    def join(
        self, code: str, name: str, address: str, now: float, keys: Sequence[str] = ()
    ) -> tuple[SharedRoom, Person]:
        """Return a room and a person in it: the one of that name whose secret the browser holds, or a new one."""
        room = self.find(code, address, now)
        name = tidy_name(name)
        for person in room.people.holding(keys):
            if person.name.casefold() == name.casefold():
                return room, person
        key = f"{address} {room.code}"
        if self._joined.is_spent(key, now):
            raise RefusedError("too many people are joining from this address; wait a few seconds")
        person = room.join(name, now, keys=keys)
        self._joined.allows(key, now)
        return room, person

    def close(self, room: SharedRoom, now: float) -> None:
        """Close a room for good."""
        if self.open_rooms.pop(room.code, None) is not None:
            self._closed.append(room.code)
            self._tickets = {ticket: other for ticket, other in self._tickets.items() if other is not room}
            room.close(now)

    def close_idle(self, now: float) -> None:
        """Close the rooms that nobody has used for `limits.IDLE_SECONDS`."""
        for room in [room for room in self.open_rooms.values() if now - room.used > limits.IDLE_SECONDS]:
            self.close(room, now)

    def close_unused(self, now: float) -> None:
        """Close rooms unused for `limits.UNUSED_SECONDS`: new ones, and those deserted since a restart."""
        for room in list(self.open_rooms.values()):
            is_new = room.stage is Stage.WAITING and not room.people.count
            if (is_new or room.is_deserted) and now - room.used > limits.UNUSED_SECONDS:
                self.close(room, now)

    async def tick(self, clock: Callable[[], float]) -> None:
        """Make the turns that are due in every room; pages get their turn between two rooms."""
        for room in list(self.open_rooms.values()):
            try:
                room.tick(clock())
            except Exception:  # one broken room must not stop the others
                _logger.exception("a room failed and is paused")
                room.pause(clock())
            await asyncio.sleep(0)


def rules_of_play() -> str:
    """Return the digest of what a game follows from, besides its scenario, its seed and what people do."""
    return rules_digest(also=_PLAY)


def _open_again(code: str, file: Path, now: float) -> SharedRoom:
    """Open the room of a journal again, as it was before the first break. Raises `RefusedError` if there is none."""
    contents = read_entries(file)
    if not contents.entries or contents.entries[0].get("code") != code:
        raise RefusedError(_UNREADABLE)
    first, *entries = contents.entries
    if (first["form"], first["rules"]) != (_FORM, rules_of_play()):
        raise RefusedError(_OTHER_RULES)
    room, count = _play_again(first, entries, now)
    is_damaged = contents.is_damaged or count < len(entries)
    loss = DAMAGED_JOURNAL if is_damaged else _STOPPED if contents.is_stopped else ""
    room.go_on_in(resumed(file, contents, count + 1), loss, now)
    return room


def _play_again(first: Entry, entries: Sequence[Entry], now: float) -> tuple[SharedRoom, int]:
    """Repeat the entries in a room, up to the first that cannot be; return it and their number."""
    variant = _VARIANT.validate_python(first["variant"] | {key: first[key] for key in ("seed", "replication")})
    scenario = Scenario.model_validate(first["scenario"], context=names_of(first["scenario"]))
    room = SharedRoom(opening_of(variant, scenario), first["code"], now, address=first["address"])
    room.teacher = first["teacher"]
    for count, entry in enumerate(entries):
        try:
            room.do_again(entry, now)
        except Exception as error:  # noqa: BLE001 - what it had changed by then is undone by playing once more
            _logger.warning("a room could not be played again beyond turn %s: %s", room.game.turn, error)
            return _play_again(first, entries[:count], now)
    return room, len(entries)


def refuse_word(tries: Rate, address: str, now: float) -> NoReturn:
    """Refuse a word that is not the teacher's. tries: those that an address has."""
    if not tries.allows(address, now):
        raise RefusedError("too many wrong words from this address; wait a minute")
    raise RefusedError("that is not the teacher's word; you find it in the window in which the studio was started")


def new_code() -> str:
    """Make a code for a room."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def spaced(code: str) -> str:
    """Write a code as people read it.

    >>> spaced("ABCD2345")
    'ABCD-2345'
    """
    return f"{code[:4]}-{code[4:]}"


def cookie_name(code: str) -> str:
    """Name the cookie of a room's teacher; a person's adds the person's number."""
    return f"negsim_{code}"


def keys_in(cookies: Mapping[str, str], code: str) -> list[str]:
    """Return the secrets that a browser holds for a room: the teacher's, and those of people."""
    begins = cookie_name(tidy_code(code))
    return [value for name, value in cookies.items() if name.startswith(begins)][: MOST_PEOPLE + 1]


def tidy_code(code: str) -> str:
    """Write a code in capitals and without spaces or hyphens, however it was typed."""
    return "".join(letter for letter in code[:40].upper() if letter in CODE_LETTERS)


ROOMS = Rooms()  # of this process: the only state of the server that outlives a page
