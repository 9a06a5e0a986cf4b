"""Designs: which combinations of changes a study runs.

Rules that hold here
- A design is a list of cells; a cell is a mapping of paths (as `--set` knows them) to values.
- Every cell runs the same replications under the same seed, so cells are compared by common random numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from negsim.scenario import Scenario, with_changes
from negsim.study.runner import Runs, run

Cell = dict[str, object]


def factorial(factors: Mapping[str, Sequence[object]]) -> list[Cell]:
    """All combinations, the last factor fastest.

    >>> factorial({"meetings.count": [1, 2], "methodology": ["rolling_text"]})
    [{'meetings.count': 1, 'methodology': 'rolling_text'}, {'meetings.count': 2, 'methodology': 'rolling_text'}]
    """
    return [dict(zip(factors, levels, strict=True)) for levels in product(*factors.values())]


class CellRuns(NamedTuple):
    """A cell and what came of it."""

    cell: Cell
    runs: Runs


def study(
    scenario: Scenario, cells: Sequence[Cell], *, replications: int, seed: int = 0, threads: int | None = None
) -> Iterator[CellRuns]:
    """Run every cell, one after the other."""
    for cell in cells:
        changed = with_changes(scenario, [f"{path}={value}" for path, value in cell.items()])
        yield CellRuns(cell, run(changed, replications=replications, seed=seed, threads=threads))
