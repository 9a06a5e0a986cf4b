"""A class: the people in it, what the desk deals, the games that tables send, the turns of shared ones, its phases.

- Every table plays the same case by itself; tables differ only in what is dealt on purpose. People have one of its
  seats or several, the model has the others.
- A table with one seat for people plays in their browsers, with or without a line to the desk, and sends its journal.
  A shared table, with several, plays here (`shared`), from a seed that is secret until the class debriefs.
- Whatever happens is noted in the class's journal before anybody sees it, and takes effect from the note alone
  (`do_again`). So a class that is opened again is the class that it was. Refusals come first, and change nothing.
- Time is an argument, in seconds of the wall clock: the clock of a phase goes on while a studio is started again.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from negsim.errors import NegsimError, literal
from negsim.policies.brief import in_sentences, interests_of
from negsim.policies.seated import SeatedNegotiation
from negsim.replay import AnswerRow, plain_of, rows_of
from negsim.scenario import Scenario, with_changes
from negsim.studio import limits
from negsim.studio.codes import new_secret, same_secret, tidy_code
from negsim.studio.journal import Entry, Journal
from negsim.studio.limits import Rate, RefusedError
from negsim.studio.names import check_name, skeleton, tidy_name
from negsim.studio.phases import Phase
from negsim.studio.shared import SeatReply, SharedTable
from negsim.studio.tables import Attempt, ClassCase, Deal, Member, Plain, Seat, Table, check_deal, length_of

AWAY_SECONDS = 15.0  # without a sign, after which a page is away
_ANSWER_SECONDS = 120.0  # that an answer at a shared table may take, unless the desk says otherwise
_SEAL = ("name", "changes", "scenario", "rules")  # what a class is about; another seal is another class
_GROWING = ("rows", "answers", "guess", "result")  # of a journal that a table sends


class StrangerError(RefusedError):
    """A key that nobody ever had in this class, so that of another one, which is over."""


class ClassKeys(NamedTuple):
    """The secrets of a class: of the teacher's browser, and of the projector, which can only look."""

    desk: str
    wall: str


class TableClass:
    """A class: what its desk knows."""

    def __init__(self, first: Entry, scenario: Scenario | None) -> None:
        """Begin as the first entry of a journal says. scenario: of shared tables, if known."""
        self.case, self.deal = ClassCase(**first["case"]), Deal(**first["deal"])
        self.code, self.word = first["code"], first["word"]
        self._shuffle, self._secret = first["shuffle"], first["secret"]  # seeds: of the deal, of shared tables
        self._scenario = scenario
        self._rooms: dict[tuple[tuple[str, int], ...], SeatedNegotiation] = {}  # shared tables at the start, by levels
        self.answer_seconds = _ANSWER_SECONDS  # 0: as long as it takes
        self.has_opened = False  # whether the game ever was
        self._first_sign: float | None = None  # when somebody's page was heard first since the studio has this class
        self.journal = Journal()
        self.phase = Phase.JOIN
        self.deadline: float | None = None  # of the phase
        self.lets_in = True
        self.people: list[Member] = []
        self._sent_out: list[Member] = []
        self.tables: list[Table] = []
        self.losses: list[str] = []  # sentences on what a damaged journal no longer had
        self.keys = ClassKeys("", "")
        self._count = 0  # of all who ever came
        self.alike: dict[str, list[tuple[Table, Attempt]]] = {}  # finished games, by their answers
        self._signs, self._turns, self._joins, self._tries = (
            Rate(*rate) for rate in (limits.SIGN_RATE, limits.TURN_RATE, limits.CLASS_JOIN_RATE, limits.TRY_RATE)
        )
        self._sent, self.given = Rate(*limits.TABLE_BYTES), Rate(*limits.TABLE_BYTES)  # by tables, to people

    # ------------------------------------------------------------------------------------- people

    def join(self, code: str, name: str, address: str, now: float) -> Member:
        """Let somebody in. Raises `RefusedError`."""
        if not same_secret(self.code, tidy_code(code)):
            if not self._tries.allows(address, now):
                raise RefusedError("too many wrong codes from this address; wait a few seconds")
            raise RefusedError("this is not the code of the class; it is on the projector")
        if not self.lets_in:
            raise RefusedError("your teacher has closed this class to new people")
        if not self._joins.allows(address, now):
            raise RefusedError("too many people are joining from this address; wait a few seconds")
        check_name(name := tidy_name(name))
        look = skeleton(name)
        if any(person.look == look for person in self.people):
            raise RefusedError(f"somebody is called {name} already; add a letter of your family name")
        if len(self.people) >= limits.MOST_MEMBERS:
            raise RefusedError(f"this class is full; it holds {limits.MOST_MEMBERS} people")
        self._do("join", number=self._count + 1, name=name, key=new_secret())
        person = self.people[-1]
        if self.phase is not Phase.JOIN:
            self._seat_late(person)
        self.stay(person, now)
        return person

    def member(self, key: str) -> Member:
        """Return the person with a key. Raises `StrangerError`, or `RefusedError` for somebody who was sent out."""
        people = [person for person in (*self.people, *self._sent_out) if same_secret(person.key, key)]
        if not people or people[0] in self._sent_out:
            error = RefusedError if people else StrangerError
            raise error("you are not in this class any more; join again with its code")
        return people[0]

    def table(self, number: int | None) -> Table:
        """Return a table. Raises `RefusedError`."""
        table = next((table for table in self.tables if table.number == number), None)
        if table is None:
            raise RefusedError("there is no such table")
        return table

    def at(self, table: Table, seat: str | None = None) -> list[Member]:
        """Return the people at a table, or in one of its seats."""
        return [one for one in self.people if one.table == table.number and seat in {None, one.seat}]

    def _seat_late(self, person: Member) -> None:
        """Seat somebody who comes late: in the seat with the fewest people, at a new table if all are full."""
        sizes = [
            (len(self.at(table, seat.name)), len(self.at(table)), table.number, seat.name)
            for table in self.tables
            for seat in table.seats
            if table.game is None or not table.game.is_over
        ]
        people, _, number, name = min(sizes, key=lambda one: one[:3], default=(self.deal.people, 0, 0, ""))
        if people < self.deal.people:
            self._do("sit", number=person.number, table=number, seat=name)
        else:
            self._do("table", **self._next_table([person.number]))

    def _next_table(self, people: Sequence[int]) -> Plain:
        """Return the entry of the next table, with people in its seats in turn."""
        n, levels = len(self.tables), self.deal.levels
        seats, levels_of = self._seats_of(n), levels[n // len(self.deal.seats) % len(levels)]
        seated = [[number, seats[at % len(seats)]] for at, number in enumerate(people)]
        return {"number": n + 1, "seats": seats, "levels": levels_of, "people": seated}

    def _seats_of(self, n: int) -> list[str]:
        """Return the seats of people at table n, from 0."""
        return self.deal.seats[n % len(self.deal.seats)]

    # ------------------------------------------------------------------------------------- what pages say

    def sign(self, key: str, now: float, *, is_turn: bool = False) -> Member:
        """Note a sign of life of somebody's page, and return who it is. Raises `RefusedError`.

        is_turn: whether it comes with a turn of a shared table, of which there are many.
        """
        person = self.member(key)
        if not (self._turns if is_turn else self._signs).allows(key, now):
            raise RefusedError("not so fast; wait a moment")
        self.stay(person, now)
        return person

    def stay(self, person: Member, now: float) -> None:
        """Note that somebody's page is still there."""
        table = self.table_of(person)
        if table is not None and not self._is_anybody_here(table, now):
            table.asked_at = now  # it has waited for whoever comes back
        if self._first_sign is None:
            self._first_sign = now
        person.last_sign = now

    def table_of(self, person: Member) -> Table | None:
        """Return somebody's table, None before one is dealt."""
        return next((table for table in self.tables if table.number == person.table), None)

    def guess(self, person: Member, value: float) -> None:
        """Keep somebody's guess; the first one counts. Raises `RefusedError`."""
        if person.guess is None:
            if self.phase not in {Phase.GUESS, Phase.PLAY}:
                raise RefusedError("guesses are not open now")
            self._do("guess", number=person.number, value=value)

    def take_over(self, person: Member) -> None:
        """Let somebody's page answer for the seat."""
        table = self.table(person.table)
        if table.seat(person.seat).writes != person.number:
            self._do("writes", table=table.number, seat=person.seat, number=person.number)

    def ask_for_time(self, person: Member) -> None:
        """Tell the desk that a table asks for more time."""
        table = self.table(person.table)
        if not table.asks:
            self._do("asks", table=table.number, asks=True)

    def expects(self, person: Member, now: float, size: int = 0) -> bool:
        """Return whether the journal that somebody's page sends counts. size: of a text that is yet to be read.

        Raises `RefusedError` when the game is not open, and for more text at once than a table may send.
        """
        table = self.table(person.table)
        if table.is_shared:
            raise RefusedError("this table is played by several people; load the page again")
        if table.seat(person.seat).writes != person.number:
            return False  # the page learns it from the answer
        if self.phase is not Phase.PLAY:
            raise RefusedError("the game is not open now")
        if not self._sent.allows(str(table.number), now, size):
            raise RefusedError("not so fast; wait a moment")
        return True

    def take(self, person: Member, journal: Plain, now: float) -> None:
        """Take the journal that a table's page sends. Raises `RefusedError` for one that cannot be this table's."""
        if not self.expects(person, now):
            return
        table = self.table(person.table)
        for key, value in self.dealt_game(table).items():
            if journal[key] != value:
                other = "another code" if key == "code" else literal(str(journal[key]))
                raise RefusedError(f"this game is not the one that the desk dealt: its {key} is {other}")
        number, last = journal["attempt"], table.last
        attempt = next((one for one in table.attempts if one.number == number), None)
        if attempt is None and len(self.at(table)) > 1 and last is not None and last.result is None:
            raise RefusedError("others play this game with you, so nobody starts it again; load the page again")
        if attempt is None and len(table.attempts) >= limits.MOST_ATTEMPTS:
            raise RefusedError(f"your table has played {limits.MOST_ATTEMPTS} games, and the desk keeps no more")
        if attempt is None or attempt is last:
            self._grow(table, journal, now, attempt or Attempt(number, {}))
        elif attempt.length() < length_of(journal):
            raise RefusedError("your table has begun another game since; this one stays as it was")

    def dealt_game(self, table: Table) -> Plain:
        """Return what the journals of a table say of its game."""
        return {
            **{key: getattr(self.case, key) for key in _SEAL},
            "seed": self.deal.seed,
            "replication": self.deal.replication,
            "seat": table.seats[0].name,
            "table": table.name,
            "code": self.code,
            "levels": self.case.turned(table.levels),
        }

    def _grow(self, table: Table, journal: Plain, now: float, last: Attempt) -> None:
        """Add what is new in a journal. Raises `RefusedError` if it is not what the table answered before, and more."""
        rows, answers, result = journal["rows"], journal["answers"], journal["result"]
        for old, new in (last.rows, rows), (last.answers, answers):
            both = min(len(old), len(new))
            if old[:both] != new[:both]:
                raise RefusedError("this game differs from what your table answered before; load the page again")
        if last.result is not None or len(rows) < len(last.rows) or len(answers) < len(last.answers):
            return  # over, or of a page that knows less
        if last.head and length_of(journal) == last.length():
            return
        if table.kept >= limits.MOST_TABLE:
            raise RefusedError("your table has sent as much as the desk keeps of one")
        self._do(
            "grow", table=table.number, attempt=journal["attempt"], at=now,
            head={} if last.head else {key: journal[key] for key in journal if key not in _GROWING},
            rows=rows[len(last.rows) :], answers=answers[len(last.answers) :], guess=journal["guess"], result=result,
        )  # fmt: skip

    def unchecked(self, now: float) -> Iterator[tuple[Table, Attempt]]:
        """Yield the finished games that are to be played again now."""
        for table in self.tables:
            for attempt in table.attempts:
                if attempt.is_due(now):
                    yield table, attempt

    def judge(self, table: Table, attempt: Attempt, why: str) -> None:
        """Note that a finished game was played again. why: why it is refused, "" if it was accepted."""
        self._do("judge", table=table.number, attempt=attempt.number, why=why)

    def put_off(self, attempt: Attempt, why: str, now: float) -> None:
        """Try again later to play a finished game again. why: why the studio could not."""
        attempt.tries, attempt.trouble, attempt.tried_at = attempt.tries + 1, why, now

    def left(self, table: Table | None, now: float) -> float | None:
        """Return the seconds left of the phase, None without a clock."""
        if self.deadline is None:
            return None
        return max(0.0, self.deadline + (table.extra if table is not None else 0.0) - now)

    # ------------------------------------------------------------------------------------- shared tables

    def shared(self, number: int | None) -> tuple[Table, SharedTable]:
        """Return a shared table and its game, once that has begun. Raises `RefusedError`."""
        table = self.table(number)
        if table.game is None:
            raise RefusedError("the game is not open now")
        return table, table.game

    def answer_turn(
        self, person: Member, turn: int, rows: Sequence[AnswerRow], reply: SeatReply | None, now: float
    ) -> None:
        """Take what somebody's page answers to the turn that is due, and make it if nobody else is asked.

        reply: the sheet that somebody has answered; None where an earlier one decides. Raises NegsimError for an answer
        that is not this seat's to give, which changes nothing.
        """
        table, game = self.shared(person.table)
        seat = table.seat(person.seat)
        if self.phase is not Phase.PLAY:
            raise RefusedError("the game is not open now")
        if seat.writes != person.number:
            raise RefusedError("somebody else answers for your seat now")
        game.check(seat.name, turn, rows)
        if reply is not None and len(game.replies[seat.name]) >= limits.MOST_REPLIES:
            raise RefusedError("your seat has answered as often as the desk keeps")
        self._do(
            "rows", table=table.number, seat=seat.name, turn=turn, rows=plain_of(rows), reply=reply and list(reply),
            why="", at=now,
        )  # fmt: skip

    def tick(self, now: float) -> bool:
        """Let the model answer for seats whose people have gone, or have had their time; return whether it did."""
        answered = False
        for table in self.tables if self.phase is Phase.PLAY else ():
            while table.game is not None and (due := self._given_up(table, table.game, now)) is not None:
                turn, (seat, why) = len(table.game.turns), due
                self._do("rows", table=table.number, seat=seat, turn=turn, rows=[], reply=None, why=why, at=now)
                answered = True
        return answered

    def _given_up(self, table: Table, game: SharedTable, now: float) -> tuple[str, str] | None:
        """Return a seat of a table that is not to be waited for, and why; None where there is none, or nobody left."""
        if not self._is_anybody_here(table, now):
            return None
        is_late = 0.0 < self.answer_seconds <= now - table.asked_at
        for name in game.waits_for():
            is_away = not any(self.is_here(one, now) for one in self.at(table, name))
            if is_away or is_late:
                return name, "away" if is_away else "late"
        return None

    def is_here(self, person: Member, now: float) -> bool:
        """Return whether somebody's page is there; once a studio has started again, all have the time to come back."""
        first = -math.inf if self._first_sign is None else self._first_sign
        return now - max(person.last_sign, first) <= AWAY_SECONDS

    def _is_anybody_here(self, table: Table, now: float) -> bool:
        return any(self.is_here(one, now) for one in self.at(table))

    def mark_of(self, person: Member, now: float) -> str:
        """Return what changes whenever there is news for somebody at a shared table. Raises `RefusedError`."""
        table, game = self.shared(person.table)
        here = [one.number for one in self.at(table) if self.is_here(one, now)]
        news = (
            table.number, person.seat, len(game.turns), game.waits_for(), len(game.replies[person.seat]),
            self.phase.value, self.answer_seconds, table.seat(person.seat).writes, here,
        )  # fmt: skip
        return hashlib.sha256(repr(news).encode()).hexdigest()[:16]

    def _begin(self, table: Table) -> None:
        """Begin the game of a shared table at which somebody sits, once the class plays."""
        if table.game is None and table.is_shared and self.has_opened and self.at(table):
            table.game = self._opened(table.levels, [seat.name for seat in table.seats])
        if table.game is not None:
            table.game.take_seats([seat.name for seat in table.seats if self.at(table, seat.name)])
            if not table.game.turns:
                table.game.go_on()

    def _opened(self, levels: Mapping[str, int], seats: Sequence[str]) -> SharedTable:
        """Open a shared table. Raises NegsimError."""
        return SharedTable(self._under(levels), seats, seed=self._secret, replication=0)

    def _under(self, levels: Mapping[str, int]) -> Scenario:
        """Return the scenario with its knobs turned. Raises NegsimError."""
        if self._scenario is None:
            raise NegsimError(f"{self.case.name}: this studio has no scenario with which to play it")
        changes = self.case.turned(levels)
        return with_changes(self._scenario, changes) if changes else self._scenario

    def drawn_for(self, table: Table, name: str) -> Plain | None:
        """Return what a seat at a shared table wants and never signs, for its first screen; None for another table."""
        if not table.is_shared or self._scenario is None:
            return None
        key = tuple(sorted(table.levels.items()))
        if key not in self._rooms:
            self._rooms[key] = SeatedNegotiation(self._under(table.levels), {}, seed=self._secret, replication=0)
        room = self._rooms[key]
        return in_sentences(interests_of(room.scenario, room.run.state, room.seat(name)))

    # ------------------------------------------------------------------------------------- what the teacher does

    def is_teacher(self, word: str) -> bool:
        """Return whether a word is the teacher's."""
        return same_secret(self.word, tidy_code(word))

    def open_phase(self, phase: Phase, minutes: float | None, now: float) -> None:
        """Open a phase, for so many minutes; None: without a clock. The first one after JOIN deals the tables."""
        if phase is Phase.JOIN and self.tables:
            raise RefusedError("the tables are dealt already; start another class to deal again")
        if phase is not Phase.JOIN and not self.people:
            raise RefusedError("nobody has joined yet")
        if phase is not Phase.JOIN and not self.tables:
            self._deal_tables()
        deadline = None if minutes is None else now + 60.0 * minutes
        self._do("phase", phase=phase.value, deadline=deadline, at=now)

    def _deal_tables(self) -> None:
        """Deal all who are here to tables at random, as even as can be, and there to the seats in turn."""
        numbers = [person.number for person in self.people]
        random.Random(self._shuffle).shuffle(numbers)  # noqa: S311 - no secret
        places: list[int] = []
        while sum(places) < len(numbers):
            places.append(self.deal.people * len(self._seats_of(len(places))))
        dealt: list[list[int]] = [[] for _ in places]
        for number in numbers:
            min(zip(dealt, places, strict=True), key=lambda one: len(one[0]) / one[1])[0].append(number)
        for people in dealt:
            self._do("table", **self._next_table(people))

    def change_deal(self, deal: Deal) -> None:
        """Deal something else. Raises `RefusedError` once tables are dealt, or for what the page does not have."""
        if self.tables and deal == self.deal:
            return  # a second press, before the desk knew what came of the first
        if self.tables:
            raise RefusedError("the tables are dealt already; start another class to deal again")
        check_deal(deal, self.case)
        for seats in deal.seats:
            if len(seats) > 1:
                self._opened({}, seats)
        self._do("deal", **deal.model_dump())

    def set_pace(self, seconds: float) -> None:
        """Say how long an answer at a shared table may take, in seconds; 0: as long as it takes."""
        self._do("pace", seconds=seconds)

    def give_time(self, number: int | None, minutes: float) -> None:
        """Give a table, or all, more time; it no longer asks."""
        for table in self.tables if number is None else [self.table(number)]:
            self._do("time", table=table.number, extra=table.extra + 60.0 * minutes)

    def move(self, number: int, to: int, seat: str | None = None) -> None:
        """Seat somebody elsewhere: in a seat of a table, the one with the fewest people if none is named."""
        table = self.table(to)
        if seat is None:
            seat = min(table.seats, key=lambda one: len(self.at(table, one.name))).name
        self._do("sit", number=self._numbered(number).number, table=table.number, seat=table.seat(seat).name)

    def remove(self, number: int) -> None:
        """Send somebody out."""
        self._do("remove", number=self._numbered(number).number)

    def let_count(self, table: int, attempt: int, counts: bool) -> None:  # noqa: FBT001 - as a message has it
        """Discard a game, or bring it back."""
        number = self.table(table).numbered(attempt).number
        self._do("discard", table=table, attempt=number, discarded=not counts)

    def close_door(self, *, lets_in: bool) -> None:
        """Say whether new people may join."""
        self._do("door", lets_in=lets_in)

    def _numbered(self, number: int) -> Member:
        for person in self.people:
            if person.number == number:
                return person
        raise RefusedError("that person is not in this class")

    # ------------------------------------------------------------------------------------- the journal

    def take_keys(self, keys: ClassKeys) -> None:
        """Let the desk and the projector in with these secrets."""
        self._do("keys", **keys._asdict())

    def go_on_in(self, journal: Journal, loss: str) -> None:
        """Go on in a journal that was opened again. loss: a sentence on what it no longer had, "" if it had all."""
        self.journal = journal
        if loss:
            self._do("loss", text=loss)

    def _do(self, what: str, **how: Any) -> None:  # noqa: ANN401 - as JSON has it
        """Note an entry and let it take effect."""
        self.journal.note(what, **how)
        self.do_again({"what": what, **how})

    def do_again(self, entry: Entry) -> None:  # noqa: C901, PLR0912 - a table of what a journal holds
        """Let an entry take effect."""
        match entry:
            case {"what": "join", "number": number, "name": name, "key": key}:
                self._count = number
                self.people.append(Member(number, name, key, skeleton(name)))
            case {"what": "table", "number": number, "seats": seats, "levels": levels, "people": people}:
                self.tables.append(Table(number, [Seat(name) for name in seats], levels))
                for one, seat in people:
                    self._sit(one, self.tables[-1], seat)
                self._begin(self.tables[-1])
            case {"what": "sit", "number": number, "table": at, "seat": seat}:
                self._sit(number, self.table(at), seat)
                for table in self.tables:
                    self._begin(table)
            case {"what": "remove", "number": number}:
                self._leave(number)
                self._sent_out.append(self._numbered(number))
                self.people.remove(self._sent_out[-1])
                for table in self.tables:
                    self._begin(table)
            case {"what": "writes", "table": at, "seat": seat, "number": number}:
                self.table(at).seat(seat).writes = number
            case {"what": "rows"}:
                self._answer_again(entry)
            case {"what": "pace", "seconds": seconds}:
                self.answer_seconds = seconds
            case {"what": "guess", "number": number, "value": value}:
                self._numbered(number).guess = value
            case {"what": "asks", "table": at, "asks": asks}:
                self.table(at).asks = asks
            case {"what": "time", "table": at, "extra": extra}:
                self.table(at).extra, self.table(at).asks = extra, False
            case {"what": "grow"}:
                self._grow_again(entry)
            case {"what": "judge", "table": at, "attempt": number, "why": why}:
                self.table(at).numbered(number).verdict = why
            case {"what": "discard", "table": at, "attempt": number, "discarded": discarded}:
                self.table(at).numbered(number).is_discarded = discarded
            case {"what": "keys", "desk": desk, "wall": wall}:
                self.keys = ClassKeys(desk, wall)
            case {"what": "phase", "phase": phase, "deadline": deadline, "at": at}:
                self.phase, self.deadline = Phase(phase), deadline
                self.has_opened = self.has_opened or self.phase is Phase.PLAY
                for table in self.tables:
                    table.extra, table.asks, table.asked_at = 0.0, False, at
                    self._begin(table)
            case {"what": "deal"}:
                self.deal = Deal(**{key: entry[key] for key in Deal.model_fields})
            case {"what": "door", "lets_in": lets_in}:
                self.lets_in = lets_in
            case {"what": "loss", "text": text}:
                self.losses.append(text)
            case _:
                raise NegsimError(f"{literal(str(entry.get('what')))}: no such entry")

    def _sit(self, number: int, table: Table, seat: str) -> None:
        """Seat somebody; the first one in a seat answers for it."""
        self._leave(number)
        person = self._numbered(number)
        person.table, person.seat = table.number, seat
        if table.seat(seat).writes is None:
            table.seat(seat).writes = number

    def _leave(self, number: int) -> None:
        """Let the next person in a seat answer for it, if this one did."""
        for table in self.tables:
            for seat in table.seats:
                if seat.writes == number:
                    others = [one.number for one in self.at(table, seat.name) if one.number != number]
                    seat.writes = others[0] if others else None

    def _answer_again(self, entry: Entry) -> None:
        """Let an answer at a shared table take effect."""
        (table, game), name = self.shared(entry["table"]), entry["seat"]
        before, rows = len(game.turns), rows_of(entry["rows"])
        game.check(name, entry["turn"], rows)
        if entry["why"]:
            table.by_model[name, entry["why"]] += 1
        if entry["reply"] is not None:
            game.replies[name].append(SeatReply(*entry["reply"]))
        game.take(name, rows)
        if len(game.turns) > before:
            table.asked_at = entry["at"]

    def _grow_again(self, entry: Entry) -> None:
        table = self.table(entry["table"])
        if entry["head"]:
            table.attempts.append(Attempt(entry["attempt"], entry["head"]))
        attempt = table.numbered(entry["attempt"])
        table.kept += len(json.dumps([entry["rows"], entry["answers"]]))
        attempt.rows += entry["rows"]
        attempt.answers += entry["answers"]
        attempt.guess, attempt.result, attempt.last = entry["guess"], entry["result"], entry["at"]
        if attempt.result is not None:
            attempt.mark = json.dumps(attempt.rows)
            self.alike.setdefault(attempt.mark, []).append((table, attempt))
