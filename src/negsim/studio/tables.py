"""The tables of a class: what the desk may deal, who sits where, and the games of a table as far as they have come.

- A table with one seat for people sends the journals of its attempts, which only grow.
- A table with several shares one game, which the server plays (`shared`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from negsim.errors import literal
from negsim.sentences import counted
from negsim.studio import limits
from negsim.studio.limits import RefusedError
from negsim.studio.shared import SharedTable

STUCK_SECONDS = 180.0  # without an answer, after which a table is
HURRY = 1500.0  # milliseconds: half of all answers are quicker than anybody reads
MIN_ANSWERS = 6  # before answers can be called quick, or the same as others'
Plain = dict[str, Any]  # as JSON has it


class Deal(BaseModel):
    """What the desk deals: tables take seats and levels of knobs in turn.

    Tables with one seat share a seed and a replication; shared tables have the secret ones of the class.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    seats: list[Annotated[list[str], Field(min_length=1, max_length=limits.MOST_SEATS_OF_TABLE)]] = Field(
        min_length=1, max_length=limits.MOST_DEALT
    )  # of people, table by table
    levels: list[dict[str, int]] = Field(default=[{}], min_length=1, max_length=limits.MOST_DEALT)  # by knob
    seed: int = Field(default=0, ge=0, le=limits.MOST_DEALT_SEED)
    replication: int = Field(default=0, ge=0, le=limits.MOST_REPLICATION)
    people: int = Field(default=2, ge=1, le=limits.MOST_AT_SEAT)  # in a seat


def length_of(journal: Plain) -> tuple[int, int, int, int]:
    """Return how far a game has come: its number, its rows, its answers, 1 if it is over."""
    is_over = journal["result"] is not None
    return journal["attempt"], len(journal["rows"]), len(journal["answers"]), int(is_over)


@dataclass
class Attempt:
    """One game of a table, as far as its page has sent it."""

    number: int
    head: Plain  # all of the journal but what follows
    rows: list[list[Any]] = field(default_factory=list)
    answers: list[list[Any]] = field(default_factory=list)
    guess: float | None = None
    result: Plain | None = None
    verdict: str | None = None  # why it is refused, "" if it was accepted; None until it was played again
    tries: int = 0  # to play it again that the studio could not finish; a studio that starts again begins anew
    trouble: str = ""  # why the last such try was not finished
    tried_at: float = -math.inf  # when that was
    last: float = 0.0  # when it grew
    mark: str = ""  # of its decisions, once it is finished
    is_discarded: bool = False  # whether the teacher said that it does not count

    def journal(self) -> Plain:
        """Return the journal."""
        return self.head | {"rows": self.rows, "answers": self.answers, "guess": self.guess, "result": self.result}

    def length(self) -> tuple[int, int, int, int]:
        """Return how far it has come."""
        return self.number, len(self.rows), len(self.answers), int(self.result is not None)

    def is_unchecked(self) -> bool:
        """Return whether it is finished and still to be played again."""
        return self.result is not None and self.verdict is None and self.tries < limits.MOST_TRIES

    def is_due(self, now: float) -> bool:
        """Return whether the next such try is due. A clock that was set back keeps none waiting."""
        return self.is_unchecked() and not 0 <= now - self.tried_at < limits.RETRY_SECONDS

    def is_given_up(self) -> bool:
        """Return whether the studio tried to play it again as often as it does."""
        return self.verdict is None and self.tries >= limits.MOST_TRIES

    def is_void(self) -> bool:
        """Return whether it does not count: the teacher has discarded it, or it does not end as it says."""
        return self.is_discarded or bool(self.verdict)

    def is_quick(self) -> bool:
        """Return whether half of the answers came faster than a question can be read."""
        return len(self.answers) >= MIN_ANSWERS and median(answer[1] for answer in self.answers) < HURRY


@dataclass
class Member:
    """Somebody in a class."""

    number: int
    name: str
    key: str = field(repr=False)
    look: str  # of the name, for all names that it is compared with
    table: int | None = None  # the number of the table, once it is dealt
    seat: str = ""  # there
    guess: float | None = None
    last_sign: float = 0.0


@dataclass
class Seat:
    """A seat of people at a table."""

    name: str
    writes: int | None = None  # the number of the person whose page answers


@dataclass
class Table:
    """A table: its seats of people, what they were dealt, and the attempts of its page or the game that it shares."""

    number: int
    seats: list[Seat]
    levels: dict[str, int]
    game: SharedTable | None = None  # once it has begun
    asked_at: float = 0.0  # when the game came to the turn that is due, or went on waiting for it
    by_model: Counter[tuple[str, str]] = field(default_factory=Counter)  # answers by seat, and why the model gave them
    attempts: list[Attempt] = field(default_factory=list)
    extra: float = 0.0  # seconds more than the class has
    asks: bool = False  # for more time
    kept: int = 0  # letters of the rows and answers of all attempts

    @property
    def name(self) -> str:
        """The name of the table."""
        return f"Table {self.number}"

    @property
    def is_shared(self) -> bool:
        """Whether several of its seats are people's."""
        return len(self.seats) > 1

    def seat(self, name: str) -> Seat:
        """Return a seat of people. Raises `RefusedError`."""
        for seat in self.seats:
            if seat.name == name:
                return seat
        raise RefusedError(f"{literal(name)} is not a seat of people at {self.name}")

    @property
    def last(self) -> Attempt | None:
        """The last attempt."""
        return self.attempts[-1] if self.attempts else None

    @property
    def last_kept(self) -> Attempt | None:
        """The last attempt that was not discarded."""
        return next((one for one in reversed(self.attempts) if not one.is_discarded), None)

    @property
    def highest(self) -> int:
        """The highest number of an attempt, 0 without one; games may come in another order."""
        return max((attempt.number for attempt in self.attempts), default=0)

    @property
    def has_finished(self) -> bool:
        """True if the game is over; of several attempts the last, unless it does not count."""
        if self.game is not None:
            return self.game.is_over
        return self.last is not None and self.last.result is not None and not self.last.is_void()

    def counting(self) -> Attempt | None:
        """Return the game that counts: the first to come that was played again with its result."""
        return next((one for one in self.attempts if one.verdict == "" and not one.is_discarded), None)

    def numbered(self, number: int) -> Attempt:
        """Return an attempt by its number. Raises `RefusedError` for one that never came."""
        for attempt in self.attempts:
            if attempt.number == number:
                return attempt
        raise RefusedError("there is no such attempt")

    def look(self, now: float, *, is_open: bool) -> Plain:
        """Return what the teacher sees of its game. is_open: whether the class plays."""
        return self._look_at_shared(now, is_open) if self.is_shared else self._look_at_sent(now, is_open)

    def _look_at_shared(self, now: float, is_open: bool) -> Plain:  # noqa: FBT001 - as `look` has it
        game, is_over = self.game, self.game is not None and self.game.is_over
        replies = [] if game is None else [reply for of_seat in game.replies.values() for reply in of_seat]
        is_due = is_open and game is not None and not is_over
        idle = now - self.asked_at if is_due else None
        return {
            "attempts": 0 if game is None else 1, "answers": len(replies), "games": [], "checking": False,
            "turn": 0 if game is None else len(game.turns), "adviser": sum(reply.adviser for reply in replies),
            "waits": game.waits_for() if game is not None and is_due else [], "finished": is_over,
            "idle": idle, "stuck": idle is not None and idle > STUCK_SECONDS,
            "result": None if game is None or not is_over else {
                "outcome": game.room.run.outcome.name.lower(),
                "scores": {one.name: game.score(one.name) for one in self.seats},
            },
        }  # fmt: skip

    def _look_at_sent(self, now: float, is_open: bool) -> Plain:  # noqa: FBT001
        last, counting = self.last or Attempt(0, {}), self.counting()
        idle = now - last.last if self.attempts else None
        return {
            "attempts": self.highest, "waits": [], "answers": len(last.answers),
            "turn": last.rows[-1][0] if last.rows else 0, "adviser": sum(bool(answer[3]) for answer in last.answers),
            "idle": idle, "stuck": is_open and last.result is None and idle is not None and idle > STUCK_SECONDS,
            "result": None if counting is None else counting.result, "finished": self.has_finished,
            "games": [
                {"number": one.number, "finished": one.result is not None, "discarded": one.is_discarded,
                 "score": one.result["score"] if one.result is not None and one.verdict == "" else None}
                for one in self.attempts
            ],
            "checking": any(one.is_unchecked() for one in self.attempts),
        }  # fmt: skip

    def model_notes(self) -> Iterator[str]:
        """Yield sentences on whose answers the model gave."""
        for (name, why), count in sorted(self.by_model.items()):
            because = "nobody was there" if why == "away" else "the time was up"
            yield f"{name}: the model answered {counted(count, 'time')}, since {because}"


class ClassCase(BaseModel):
    """The case that a class plays, as its page has it."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    changes: list[str] = []  # of the scenario
    scenario: str  # digest
    rules: str  # digest
    seats: list[str]
    knobs: dict[str, list[str]]  # the change of each level of a knob, "" for the one as written
    drawn: tuple[int, int] | None = None  # the only seed, and the count of replications, where something is drawn

    def turned(self, levels: Mapping[str, int]) -> list[str]:
        """Return the changes that levels of knobs are. Raises `RefusedError` for one that the page does not have."""
        for knob, level in levels.items():
            if not 0 <= level < len(self.knobs.get(knob, ())):
                raise RefusedError(f"{literal(knob)} has no level {level} in the page of this class")
        return [change for knob in self.knobs if knob in levels and (change := self.knobs[knob][levels[knob]])]


def check_deal(deal: Deal, case: ClassCase) -> None:
    """Raise `RefusedError` for a deal that a page does not have."""
    for seats in deal.seats:
        for seat in seats:
            if seat not in case.seats:
                raise RefusedError(f"{literal(seat)} has no seat in {case.name}")
        if len(set(seats)) < len(seats):
            raise RefusedError(f"a table has each seat once, not {literal(', '.join(seats))}")
    for levels in deal.levels:
        case.turned(levels)
    if case.drawn is not None:
        seed, replications = case.drawn
        if deal.seed != seed:
            why = "what is not known was drawn beforehand"
            raise RefusedError(f"{case.name} can be dealt under seed {seed} only: {why}; choose another replication")
        if deal.replication >= replications:
            raise RefusedError(f"{case.name} has replications 0 to {replications - 1} only, not {deal.replication}")
