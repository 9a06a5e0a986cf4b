"""Whether the rows of a study are what it says, seen beside each other.

- A digest shows that a part is unchanged since somebody wrote it, not that negsim did. `columns` looks at every value
  by itself, whenever a folder is read; this module looks at rows beside each other: when a folder is packed, when it is
  merged, and when somebody asks.
- A problem names the row, by its cell and replication.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from negsim.cast.measures import lookup
from negsim.errors import NegsimError, literal
from negsim.study import store
from negsim.study.schema import Cell, Study
from negsim.study.sequential import ended_cells, looks_of
from negsim.study.table import column_of, measures_of, quoted

_ROUNDING = 1e-9  # of a measure at the end of its scale
_MOST_COUNTED = 2**31 - 1  # in a run


_Ask = Callable[..., list[tuple[Any, ...]]]  # takes a query of `runs` and its values
_Fault = tuple[object, object, str]  # cell, replication, what is wrong with the row


def check_rows(study: Study, cells: Sequence[Cell], parts: Sequence[Path], *, complete: bool = True) -> None:
    """Raise NegsimError for the first row of parts that is doubled, missing, or not what its study can have.

    complete: whether every cell has to have all of its replications.
    """
    with store.reading(runs=parts) as database:

        def ask(query: str, *values: object) -> list[tuple[Any, ...]]:
            return database.execute(query, values).fetchall()

        faults = [*_doubled(ask), *_of_other_cells(ask, study, cells), *_out_of_range(ask, study)]
        if complete:
            faults += [*_missing(ask, study, len(cells)), *_against_the_rule(ask, study, len(cells))]
    for cell, replication, why in faults:
        raise NegsimError(f"{parts[0].parent.parent}: cell {cell}, replication {replication}: {why}")


def _doubled(ask: _Ask) -> Iterator[_Fault]:
    several = "SELECT cell, replication, count(*) FROM runs GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1"
    yield from ((cell, replication, f"is there {times} times") for cell, replication, times in ask(several))


def _missing(ask: _Ask, study: Study, cells: int) -> Iterator[_Fault]:
    """Yield the first run that a cell needs and does not have. A stop rule lets a cell end early, at a look."""
    ends = looks_of(study)
    counts = {
        cell: (count, last)
        for cell, count, last in ask("SELECT cell, count(*), max(replication) FROM runs GROUP BY cell")
    }
    for cell in range(cells):
        count, last = counts.get(cell, (0, -1))
        if count not in ends or last != count - 1:
            there = {number for (number,) in ask("SELECT replication FROM runs WHERE cell = ?", cell)}
            missing = next(number for number in range(study.replications + 1) if number not in there)
            yield cell, missing, f"is missing; the cell has {count} of at most {ends[-1]} replications"
            return


def _against_the_rule(ask: _Ask, study: Study, cells: int) -> Iterator[_Fault]:
    """Yield the first cell that ends where the stop rule goes on, or goes on where the rule ends it."""
    counts: dict[int, int] = dict(ask("SELECT cell, count(*) FROM runs GROUP BY cell"))
    going = set(range(cells))
    for look in looks_of(study)[:-1]:
        ended = going & ended_cells(study, look, lambda query, values: ask(query, *values))
        for cell in sorted(going):
            if (cell in ended) != (counts[cell] == look):
                rule = "ends" if cell in ended else "goes on with"
                yield cell, look, f"`stop` {rule} the cell before it; the cell has {counts[cell]} replications"
                return
        going -= ended


def _of_other_cells(ask: _Ask, study: Study, cells: Sequence[Cell]) -> Iterator[_Fault]:
    for factor in study.factors:
        values = column_of([cell[factor.name] for cell in cells], factor.values).tolist()
        name = quoted(factor.name)
        for cell, level in ask(f"SELECT DISTINCT cell, {name} FROM runs ORDER BY cell"):
            if not _same(level, values[cell]):
                rows = f"SELECT replication FROM runs WHERE cell = ? AND {name} IS NOT DISTINCT FROM ?"
                ((replication,),) = ask(f"{rows} ORDER BY replication LIMIT 1", cell, level)
                yield cell, replication, f"{factor.name} is {literal(level)}; the cell has {literal(values[cell])}"
                return


def _out_of_range(ask: _Ask, study: Study) -> Iterator[_Fault]:
    """Yield runs with a number outside of its scale, or whose outcome and consensus differ."""
    differ = "SELECT cell, replication, outcome FROM runs WHERE (outcome = 'consensus') <> (consensus = 1) LIMIT 1"
    for cell, replication, outcome in ask(differ):
        yield cell, replication, f"the outcome is {outcome}, and the column consensus says otherwise"
    scales = {measure: _scale(measure) for measure in measures_of(study)}
    outside = {measure: _outside(quoted(measure), *scale) for measure, scale in scales.items()}
    (counts,) = ask(f"SELECT {', '.join(f'count(*) FILTER ({one})' for one in outside.values())} FROM runs")
    for measure in itertools.compress(scales, counts):
        low, high = scales[measure]
        row = f"SELECT cell, replication, {quoted(measure)} FROM runs WHERE {outside[measure]} LIMIT 1"
        for cell, replication, value in ask(row):
            yield cell, replication, f"{measure} is {value:g}; it lies between {low:g} and {high:g}"


def _scale(measure: str) -> tuple[float, float]:
    about = lookup(measure)
    return about.low, min(about.high, _MOST_COUNTED if about.is_whole else math.inf)


def _outside(column: str, low: float, high: float) -> str:
    """Return the condition that a value lies outside of its scale, but for rounding."""
    ends = (("<", low - _ROUNDING), (">", high + _ROUNDING))
    return " OR ".join(f"{column} {sign} {end!r}" for sign, end in ends if math.isfinite(end)) or "false"


def _same(one: object, other: object) -> bool:
    """Return whether a level of a row is that of its cell; NULL and NaN are the same nothing."""
    nothing = [value is None or (isinstance(value, float) and math.isnan(value)) for value in (one, other)]
    return all(nothing) or (not any(nothing) and one == other)
