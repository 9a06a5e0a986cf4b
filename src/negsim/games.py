"""Games that were played in a page: their journals, read strictly, and played again to the same bits.

- A journal is what a page sends, saves or shows: a scenario, a seed, a seat, and the rows that its seat decided.
  Anybody may have written one, so it is read as a stranger's data: bounded, every value of its own type and range.
- A row is taken only where its seat is asked, and only for what the rules let it decide there.
- The result that it states has to come out again, with the digest of the state in which the game ends.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any, NamedTuple

import numpy as np
from pydantic import AfterValidator, Field

from negsim.cast.moves import TURNS
from negsim.errors import NegsimError, errors_about, literal, printable
from negsim.kernel import digest
from negsim.negotiation.moves import QUESTIONS_A_DAY, may_be_asked_for, may_write_first
from negsim.negotiation.runs import LOG_ROWS, Snapshot, Trace, snapshot, trace_of, trust_between
from negsim.negotiation.score import score, weigh_best
from negsim.negotiation.tables import Move, Outcome, Response, State, Turn
from negsim.platforms import WASM
from negsim.policies import SeatedNegotiation
from negsim.policies.seated import has_policies
from negsim.replay import GUEST, AnswerRow, Play
from negsim.scenario import Scenario, with_changes
from negsim.scenario.validate import validated
from negsim.scenario.values import Json, Kind, Part, fault, number, whole
from negsim.scenario.yaml import Document, FileKind, Plain

JOURNAL_FILE = FileKind("journal of a game", '{"negsim": "journal"')
MOST_JOURNAL_BYTES = 400_000
_MOST_ROWS, _MOST_SHEETS = 8_000, 1_000
_MOST_LETTERS_OF_LINE = 400  # of a name or a change
_MOST_CHANGES = 50
_MOST_PARTS = 16  # of a reply: values, or lists and mappings of values
_MOST_SEED = 2**64 - 1
_MOST_NUMBER = 2**53  # JSON's whole numbers, as a browser has them
_VERSION = 2


def _line(value: Plain) -> str:
    if not isinstance(value, str) or len(value) > _MOST_LETTERS_OF_LINE or not value.isprintable():
        raise fault(f"{literal(value)} is not a line of at most {_MOST_LETTERS_OF_LINE} letters")
    return value


def _seed(value: Plain) -> int:
    """Read a seed; one that JavaScript's numbers cannot hold is text."""
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(_MOST_SEED))
    seed: int = whole(0, _MOST_SEED).read(int(value) if digits else value)
    return seed


def _score(value: Plain) -> float:
    return math.nan if value is None else number(-1e6, 1e6).read(value)


def _parts(value: Plain, names: Iterable[str]) -> dict[str, Plain]:
    """Read a list of so many parts, by name."""
    names = list(names)
    if not isinstance(value, list) or len(value) != len(names):
        raise fault(f"is not [{', '.join(names)}]")
    return dict(zip(names, value, strict=True))


def _row(value: Plain) -> AnswerRow:
    turn, column, entry, at = _parts(value, AnswerRow._fields).values()
    if column not in _COLUMNS:
        raise fault(f"a seat does not decide {literal(column)}, but {', '.join(_COLUMNS)}")
    decision = math.nan if at is None else number(-1.0, 100_000.0).read(at)
    return AnswerRow(whole(0, _MOST_NUMBER).read(turn), column, whole(0, 100_000).read(entry), decision)


def _in_order(rows: tuple[AnswerRow, ...]) -> tuple[AnswerRow, ...]:
    for n, (before, row) in enumerate(pairwise(rows), start=1):
        if row.turn < before.turn:
            raise fault(f"is of turn {row.turn}, after a row of turn {before.turn}", n)
    return rows


def _contents(value: Plain) -> list[Plain]:
    """Return what a list or a mapping holds; nothing for another value."""
    return [*value.values()] if isinstance(value, dict) else [*value] if isinstance(value, list) else []


def _reply(value: Plain) -> Plain:
    """Read a page's reply: nothing, or a small mapping of values, and of lists and mappings of values."""
    is_small = isinstance(value, dict) and len(value) <= _MOST_PARTS
    is_deep = any(isinstance(one, dict | list) for part in _contents(value) for one in _contents(part))
    if value is not None and (is_deep or not is_small):
        raise fault(f"a reply is null or a mapping of at most {_MOST_PARTS} values, or lists or mappings of values")
    return value


_COLUMNS = sorted({column for words in TURNS.values() for column in words.decides})
_Line = Annotated[str, Kind(_line)]
_Lines = Annotated[tuple[_Line, ...], Field(max_length=_MOST_CHANGES)]
_Count = Annotated[int, whole(0, _MOST_NUMBER)]
_Rows = tuple[Annotated[AnswerRow, Kind(_row)], ...]


class _GameResult(Part):
    """The result that a journal states."""

    outcome: _Line  # the name of an `Outcome`, in small letters
    score: Annotated[float, Kind(_score)]  # of 100; NaN if none
    turns: _Count
    digest: _Line  # of the state at the end


class _SheetReply(Part):
    """A sheet that was answered, in a journal a list. reply: as the page has it; nothing in Python reads it."""

    turn: _Count
    milliseconds: _Count  # that the answer took
    act: _Line
    adviser: Annotated[int, whole(0, 1)]  # whether the adviser was asked
    reply: Annotated[Mapping[str, Any] | None, Kind(_reply)]

    @classmethod
    def is_short(cls, value: Json) -> bool:  # noqa: ARG003
        """Take no mapping for a sheet."""
        return True

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Read a list of its parts."""
        return _parts(value, cls.model_fields)


class GameJournal(Part):
    """A game of one seat, as its page wrote it down."""

    name: _Line  # of the scenario
    changes: _Lines  # to it, of the page
    levels: _Lines  # further changes: knobs that were turned in the page
    scenario: _Line  # digest of the scenario with its changes
    rules: _Line  # digest of the rules
    seed: Annotated[int, Kind(_seed)]
    replication: Annotated[int, whole(0, 2**32 - 1)]
    seat: _Line
    table: _Line
    code: _Line
    attempt: Annotated[int, whole(1, 10_000)]
    guess: Annotated[float, number(0.0, 1.0)] | None  # a share
    answers: Annotated[tuple[_SheetReply, ...], Field(max_length=_MOST_SHEETS)]
    rows: Annotated[_Rows, Field(max_length=_MOST_ROWS), AfterValidator(_in_order)]  # in the order of their turns
    result: _GameResult | None  # None: it is not over


class PlayedGame(NamedTuple):
    """A journal played again: to its end, or to the turn after its last row."""

    journal: GameJournal
    room: SeatedNegotiation
    seat: int
    turns: tuple[Turn, ...]
    days: tuple[int, ...]  # of the meeting, from 0, on which each was made
    moments: tuple[Snapshot, ...]  # one before the first turn and one after each
    trace: Trace
    score: float  # of 100, by now

    @property
    def outcome(self) -> Outcome:
        """The outcome; RUNNING while it is not over."""
        return self.room.run.outcome


def digest_of(scenario: Scenario) -> str:
    """Return the digest of all that a run depends on in a scenario: stories and briefs do not count."""
    return hashlib.sha256(json.dumps(scenario.resolved(story=False), sort_keys=True).encode()).hexdigest()


def digest_of_end(state: State) -> str:
    """Return the digest of the numbers in which the ends of two games would differ. NaN counts as -1."""
    columns = (
        state.clock["minute"], state.clock["outcome"], state.paragraphs["text"], state.paragraphs["status"],
        state.opinions["position"], state.opinions["blocks"], state.trust, state.belief,
    )  # fmt: skip
    numbers = np.concatenate([np.ravel(column).astype("<f8") for column in columns])
    numbers[np.isnan(numbers)] = -1.0
    return hashlib.sha256(numbers.tobytes()).hexdigest()


# Reading.


def read_journal(text: str | bytes, source: str = "journal") -> GameJournal:
    """Read a journal. source: names it in errors. Raises NegsimError, which names the place, for anything else."""
    size = len(text) if isinstance(text, bytes) else len(text.encode(errors="replace"))
    if size > MOST_JOURNAL_BYTES:
        raise NegsimError(f"{source}: {size:,} bytes; a journal has at most {MOST_JOURNAL_BYTES:,}")
    try:
        data = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
        json.dumps(data, ensure_ascii=False).encode()  # half of a letter cannot be
    except (ValueError, RecursionError) as error:
        what = "nested too deep" if isinstance(error, RecursionError) else printable(str(error))
        raise NegsimError(f"{source}: is not JSON as a page writes it ({what})") from None
    if not isinstance(data, dict) or data.pop("negsim", None) != "journal":
        raise NegsimError(f'{source}: is not the journal of a game; one begins with {{"negsim": "journal"')
    if (version := data.pop("version", None)) != _VERSION:
        raise NegsimError(f"{source}: version: {literal(version)}; this negsim reads version {_VERSION}")
    journal, problems = validated(Document(source, data, {}, {}, []), GameJournal)
    if journal is None:
        raise NegsimError(str(problems[0]))
    return journal


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _finite(text: str) -> float:
    if math.isinf(value := float(text)):
        raise ValueError(f"{text} is too large a number")
    return value


# Playing again.


def play_again(
    journal: GameJournal, scenario: Scenario, source: str = "journal", *, table: Sequence[AnswerRow] | None = None
) -> PlayedGame:
    """Play a journal again: to its end if it states a result, else to the turn after its last row.

    scenario: that of the page, its changes included and its levels as written. source: names the journal in errors.
    table: the rows of all seats of the table, checked already, where several people shared it.
    Raises NegsimError if the journal is of another scenario, if a row is not its seat's to decide, or if the result is
    not what comes out.
    """
    room = _opened(journal, scenario, source)
    with errors_about(f"{source}: seat"):
        seat, run = room.seat(journal.seat), room.run
    best = np.empty(len(room.names))
    weigh_best(run.case, run.state, best)
    own_rows, all_rows = _by_turn(journal.rows), _by_turn(journal.rows if table is None else table)
    play, turns, days, last = Play(room), list[Turn](), list[int](), max(all_rows, default=-1)
    trust_start, moments = trust_between(run.case, run.state), [snapshot(run)]
    while run.outcome == Outcome.RUNNING and (journal.result is not None or len(turns) <= last):
        if rows := own_rows[len(turns)]:
            Asked(room, seat, source).check(rows)
        play.take(all_rows[len(turns)])
        turns.append(run.pending)
        days.append(int(run.case.plan["day"][run.state.clock["row"][0]]))
        room.finish_turn()
        moments.append(snapshot(run))
    if last >= len(turns):
        raise NegsimError(f"{source}: rows: an answer for turn {last}; the game ended after {len(turns)} turns")
    ended = score(run.case, run.state, seat, float(best[seat]))
    played = PlayedGame(
        journal, room, seat, tuple(turns), tuple(days), tuple(moments), trace_of(run, moments, trust_start), ended
    )
    _compare(played, source)
    return played


def _by_turn(rows: Sequence[AnswerRow]) -> defaultdict[int, list[AnswerRow]]:
    by_turn: defaultdict[int, list[AnswerRow]] = defaultdict(list)
    for row in rows:
        by_turn[row.turn].append(row)
    return by_turn


def _opened(journal: GameJournal, scenario: Scenario, source: str) -> SeatedNegotiation:
    if has_policies(scenario, {}):
        raise NegsimError(f"{source}: policies decide for seats of {printable(journal.name)}, so no page plays it")
    if digest_of(scenario) != journal.scenario:
        raise NegsimError(
            f"{source}: was played with another scenario than {printable(scenario.title)}, or another version of it"
        )
    with errors_about(f"{source}: levels"):
        changed = with_changes(scenario, list(journal.levels)) if journal.levels else scenario
    if _what_stays(changed) != _what_stays(scenario):
        levels = literal("; ".join(journal.levels))
        raise NegsimError(f"{source}: levels: {levels}; a page turns knobs, not seats, issues or policies")
    return SeatedNegotiation(changed, {}, seed=journal.seed, replication=journal.replication, log_rows=LOG_ROWS)


def _what_stays(scenario: Scenario) -> tuple[object, ...]:
    """Return what no knob of a page turns."""
    return [(name, group.seats) for name, group in scenario.groups.items()], scenario.issues, scenario.policies


def _compare(played: PlayedGame, source: str) -> None:
    """Raise NegsimError unless the result that a journal states is what came out."""
    result = played.journal.result
    if result is None:
        return
    outcome, turns = played.outcome.name.lower(), len(played.turns)
    replay = {"outcome": outcome, "score": played.score, "turns": turns, "digest": digest_of_end(played.room.run.state)}
    for name, true in replay.items():
        stated = getattr(result, name)
        if stated != true and not (stated != stated and true != true):  # noqa: PLR0124 - NaN
            other = "" if played.journal.rules == digest(WASM) else "; it was played with other rules"
            why = f"result.{name} is {literal(stated)}, not {literal(true)}{other}"
            raise NegsimError(f"{source}: played again, it does not end as it says: {why}")


class Asked:
    """The decision of a seat that is due: whether it has one, and which rows may take it."""

    def __init__(self, room: SeatedNegotiation, seat: int, source: str) -> None:
        self.room, self.seat, self.source = room, seat, source
        self.turn, self.state = room.run.pending, room.run.state
        self._may = TURNS[self.turn.move].decides

    def has_a_say(self) -> bool:
        """Return whether the seat decides something at the turn that is due: it has the floor, or all have."""
        is_its = self.turn.who == self.seat or self.turn.move not in {Move.SPEAK, Move.TABLE, Move.SUBMIT}
        return bool(self._may) and is_its and self._is_present(self.seat)

    def check(self, rows: Sequence[AnswerRow]) -> None:
        """Raise NegsimError unless all rows are the seat's to decide, each once."""
        move, may = Move(self.turn.move), self._may
        if not self.has_a_say():
            self._fail(rows[0], f"{self.room.names[self.seat]} is not asked then")
        if len({(row.column, row.entry) for row in rows}) < len(rows):
            self._fail(rows[0], "it decides the same twice")
        for row in rows:
            if row.column not in may:
                self._fail(row, f"it may decide {' and '.join(may)} then")
            if not _CHECKS[row.column](self, row):
                self._fail(row, f"{row.column} {row.entry} cannot be {literal(row.value)} then")
        if move == Move.EVENING and not self._is_dinner(rows):
            self._fail(rows[0], "a dinner has its host, who comes first, and guests for one table")

    def _fail(self, row: AnswerRow, why: str) -> None:
        raise NegsimError(f"{self.source}: rows: turn {row.turn}, {row.column}: {why}")

    def _is_present(self, seat: int) -> bool:
        return 0 <= seat < len(self.room.names) and bool(self.state.delegates["present"][seat])

    def value(self, row: AnswerRow) -> bool:
        """Return whether a statement or a proposal is possible."""
        submits = self.turn.move == Move.SUBMIT
        on = row.entry < len(self.room.issues) if submits else row.entry == self.turn.issue
        return on and (_is_place(row.value) or (submits and math.isnan(row.value)))

    def response(self, row: AnswerRow) -> bool:
        """Return whether an answer to a text or a motion is possible."""
        may_block = self.room.run.case.seats["may_block"][self.seat] and "argument" in self._may
        most = Response.BLOCK if may_block else Response.OBJECT
        return row.entry == self.seat and row.value in range(most + 1)

    def argument(self, row: AnswerRow) -> bool:
        """Return whether a bracket may argue for a text."""
        return row.entry == self.seat and _is_place(row.value)

    def place(self, row: AnswerRow) -> bool:
        """Return whether a text may be moved, or none."""
        return row.entry == self.seat and (math.isnan(row.value) or _is_place(row.value))

    def about(self, row: AnswerRow) -> bool:
        """Return whether an offer, a pen or a motion may be about this, or a secret be shown to this seat."""
        case, k = self.room.run.case, int(row.value) if row.value == row.value // 1 else -2
        if row.entry != self.seat or k < 0:
            return row.entry == self.seat and k == -1
        if self.turn.move == Move.SHOW:
            return self.room.secret(self.seat) is not None and k != self.seat and self._is_present(k)
        if self.turn.move == Move.CALL:
            return k == int(case.setting["motions"][0])
        if k >= len(self.room.issues):
            return False
        if self.turn.move == Move.OFFER:
            return may_be_asked_for(case, self.state, self.turn.issue, k)
        return may_write_first(case, self.state, k)

    def whom(self, row: AnswerRow) -> bool:
        """Return whether the seat may ask somebody in the corridor."""
        own = row.entry // QUESTIONS_A_DAY == self.seat
        return own and row.value in range(len(self.room.names)) and row.value != self.seat and self._is_present(
            int(row.value)
        )  # fmt: skip

    def guest(self, row: AnswerRow) -> bool:
        """Return whether somebody may be a guest of the seat, or the host."""
        return row.value == self.seat and self._is_present(row.entry)

    def _is_dinner(self, rows: Sequence[AnswerRow]) -> bool:
        return rows[0].entry == self.seat and 2 <= len(rows) <= int(self.room.run.case.setting["table_size"][0])


_CHECKS: dict[str, Callable[[Asked, AnswerRow], bool]] = {
    "values": Asked.value, "response": Asked.response, "argument": Asked.argument, "place": Asked.place,
    "about": Asked.about, "whom": Asked.whom, GUEST: Asked.guest,
}  # fmt: skip


def _is_place(value: float) -> bool:
    return 0.0 <= value <= 1.0
