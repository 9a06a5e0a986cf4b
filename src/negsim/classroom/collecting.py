"""The end page of a class: all games that were played from one page, side by side.

- Each journal is played again before it counts. One that is changed or of another page is left out, with the reason.
- A game that is not over has no score: the page says how far it came.
- The page plays them once more in the browser, so it needs nothing but the journals; every sheet is also a row of a
  table, or a row for each decision on it.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from negsim.classroom.skill import Way, luck_beside
from negsim.errors import NegsimError, literal
from negsim.files import csv_text
from negsim.games import JOURNAL_FILE, GameJournal, PlayedGame, play_again, read_journal
from negsim.negotiation.tables import Move
from negsim.page import PageSource
from negsim.replay import AnswerRow, rows_of
from negsim.scenario import Scenario, load
from negsim.scenario.library import is_builtin, text_in

GAME_COLUMNS = (
    "table", "seat", "seed", "replication", "attempt", "turn", "meeting", "day", "minute", "move", "issue",
    "column", "entry", "value", "answer", "milliseconds", "adviser",
)  # fmt: skip


class TableGame(NamedTuple):
    """A game of a class, over or not. text: its journal, as JSON. notes: sentences about it for the teacher."""

    table: str
    text: str
    played: PlayedGame
    notes: tuple[str, ...] = ()
    luck: Sequence[Way] = ()

    def facts(self) -> dict[str, Any]:
        """Return what an end page needs of it."""
        return {**json.loads(self.text), "table": self.table, "notes": list(self.notes), "luck": self.luck}

    def rows(self) -> Iterator[list[object]]:
        """Yield its sheets as rows of `GAME_COLUMNS`: one for each decision, or one if all was left to the delegate."""
        sheets = sorted(self.played.journal.answers, key=lambda sheet: sheet.turn)
        starts = [sheet.turn for sheet in sheets]
        decisions: defaultdict[int, list[AnswerRow]] = defaultdict(list)
        for row in self.played.journal.rows:
            decisions[bisect_right(starts, row.turn) - 1].append(row)
        for row in decisions[-1]:  # without a sheet
            yield [*self._place(row.turn), *_cells(row), "", "", ""]
        for n, sheet in enumerate(sheets):
            answer = [sheet.act, sheet.milliseconds, int(sheet.adviser)]
            for row in decisions[n]:
                yield [*self._place(row.turn), *_cells(row), *answer]
            if not decisions[n]:
                yield [*self._place(sheet.turn), "", "", "", *answer]

    def _place(self, turn: int) -> list[object]:
        """Return what game it is, and when in it; no move after the last turn that was played."""
        journal, turns, moments = self.played.journal, self.played.turns, self.played.moments
        game: list[object] = [self.table, journal.seat, journal.seed, journal.replication, journal.attempt, turn]
        if turn >= len(turns):
            return [*game, "", "", "", "", ""]
        due, moment = turns[turn], moments[turn]
        where = [moment.meeting + 1, self.played.days[turn] + 1, moment.minute]
        return [*game, *where, Move(due.move).name.lower(), self.played.room.issue_of(due) or ""]


def _cells(row: AnswerRow) -> list[object]:
    return [row.column, row.entry, "" if math.isnan(row.value) else row.value]


def moves_text(games: Sequence[tuple[str, dict[str, Any], list[list[Any]] | None]], scenario: Scenario) -> str:
    """Return every move of games as CSV; one that cannot be played again, such as one under way, is left out.

    games: of each the table, the journal, and the rows of all its seats where several people shared it.
    """
    rows: list[Sequence[object]] = []
    for table, journal, shared in games:
        with suppress(NegsimError):
            whole, text = None if shared is None else rows_of(shared), json.dumps(journal)
            rows += TableGame(table, text, play_again(read_journal(text, table), scenario, table, table=whole)).rows()
    return csv_text(GAME_COLUMNS, rows)


class _ClassGames(NamedTuple):
    """The games of a class: the source of their page, those that it shows, and why others are left out."""

    source: PageSource
    games: tuple[TableGame, ...]
    refused: tuple[str, ...]


def collect(files: Sequence[Path], name: str | None = None) -> _ClassGames:
    """Read and play again the journals in files. name: of their scenario, or its file; else the journals name it.

    Raises NegsimError if none of them counts.
    """
    read: list[tuple[Path, str, GameJournal]] = []
    refused: list[str] = []
    for file in files:
        try:
            text = text_in(file, str(file), JOURNAL_FILE)
            read.append((file, text, read_journal(text, str(file))))
        except NegsimError as error:
            refused.append(str(error))
    if not read:
        raise NegsimError("\n".join(refused))
    common, changes, scenario = _common(read, name)
    games = list[TableGame]()
    for file, text, journal in read:
        try:
            games.append(TableGame(journal.table or file.stem, text, play_again(journal, scenario, str(file))))
        except NegsimError as error:
            refused.append(str(error))
    if not games:
        raise NegsimError("\n".join(refused))
    journals = [game.played.journal for game in games]
    deals = [(one.levels, one.seat, one.seed, one.replication) for one in journals]
    luck = {deal: luck_beside(scenario, *deal) for deal in dict.fromkeys(deals)}
    games = [game._replace(luck=luck[deal]) for game, deal in zip(games, deals, strict=True)]
    seed, seat, replication = Counter((one.seed, one.seat, one.replication) for one in journals).most_common(1)[0][0]
    source = PageSource(scenario, name or common, changes, seed, seat, replication)
    return _ClassGames(source, tuple(_noted(_named(games), seed, replication)), tuple(refused))


def _common(read: Sequence[tuple[Path, str, GameJournal]], name: str | None) -> tuple[str, tuple[str, ...], Scenario]:
    """Return the name, changes and scenario that most journals name, of those that there are. Raises NegsimError."""
    problems: list[str] = []
    for (common, changes), _ in Counter((journal.name, journal.changes) for _, _, journal in read).most_common():
        if name is None and not is_builtin(common):
            own = "which is a file of somebody's; name yours with --scenario"
            problems.append(f"the journals are of {literal(common)}, {own}")
            continue
        try:
            return common, changes, load(name or common, changes=list(changes))
        except NegsimError as error:
            problems.append(str(error))
    raise NegsimError(problems[0])


def _named(games: Sequence[TableGame]) -> Iterator[TableGame]:
    """Number tables with the same name."""
    names = Counter(game.table for game in games)
    seen = Counter[str]()
    for game in games:
        seen[game.table] += 1
        yield game if names[game.table] == 1 else game._replace(table=f"{game.table} ({seen[game.table]})")


def _noted(games: Iterable[TableGame], seed: int, replication: int) -> Iterator[TableGame]:
    """Note what a teacher should know: other draws than most, more than one attempt, the answers of another table."""
    first: dict[object, str] = {}
    for game in games:
        journal, notes = game.played.journal, list[str]()
        if journal.seed != seed:
            notes.append(f"Played under seed {journal.seed}, most others under {seed}.")
        if journal.replication != replication:
            notes.append(f"Played as replication {journal.replication}, most others as {replication}.")
        if journal.attempt > 1:
            notes.append(f"Attempt {journal.attempt}.")
        if journal.rows and (other := first.setdefault(journal.rows, game.table)) != game.table:
            notes.append(f"The same answers as {other}.")
        yield game._replace(notes=tuple(notes))
