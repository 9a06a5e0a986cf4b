"""Tables of many runs: one row a cell with estimates and intervals, one row a run.

Rules that hold here
- A summary keeps numbers only, so a study of a million runs is told from one compact table.
- Columns are named as in `measures.MEASURES`; an outcome's share is named after the outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from negsim.negotiation.case import Floats
from negsim.negotiation.measures import MEASURES
from negsim.negotiation.moves import Outcome
from negsim.study.effects import Estimate, difference, mean, share
from negsim.study.evidence import Lever
from negsim.study.factors import Cell
from negsim.study.runner import CellRuns, Runs

OUTCOMES = tuple(outcome for outcome in Outcome if outcome is not Outcome.RUNNING)
EVENINGS = "informal.mixed_evenings"


class CellSummary(NamedTuple):
    """A cell of a study, and what came of it on average."""

    cell: Cell
    estimates: dict[str, Estimate]  # by outcome and measure


def estimates(runs: Runs) -> dict[str, Estimate]:
    """Share of every outcome (Wilson's interval) and mean of every measure (Student's).

    A shortfall is infinite where a red line was crossed; then so is the mean, and it has no interval.
    """
    shares = {outcome.name.lower(): share(runs.is_outcome(outcome)) for outcome in OUTCOMES}
    with np.errstate(invalid="ignore"):
        return shares | {name: mean(runs.column(name)) for name in MEASURES if name != "outcome"}


def summarise(done: CellRuns) -> CellSummary:
    """The summary of a cell."""
    return CellSummary(done.cell, estimates(done.runs))


def at_level(cells: Iterable[CellSummary], level: object) -> list[CellSummary]:
    """The cells at one level of informal contact."""
    return [cell for cell in cells if cell.cell[EVENINGS] == level]


def levels(cells: Iterable[CellSummary]) -> list[object]:
    """The levels of informal contact, in the order of the study."""
    return list(dict.fromkeys(cell.cell[EVENINGS] for cell in cells))


def meetings_of(cell: CellSummary) -> int:
    """The number of meetings of a cell."""
    return int(str(cell.cell["meetings.count"]))


def cell_header(cells: Sequence[CellSummary]) -> list[str]:
    """The names of the columns of `cell_rows`."""
    measures = [f"{name}{part}" for name in cells[0].estimates for part in ("", "_low", "_high")]
    return [*cells[0].cell, "runs", *measures]


def cell_rows(cells: Iterable[CellSummary]) -> Iterator[list[object]]:
    """One row a cell: its levels, how many runs, and every estimate with its interval."""
    for cell in cells:
        numbers = [number for estimate in cell.estimates.values() for number in estimate[:3]]
        count = max(estimate.observations for estimate in cell.estimates.values())
        yield [*cell.cell.values(), count, *numbers]


def run_header(cell: Cell) -> list[str]:
    """The names of the columns of `run_rows`."""
    return [*cell, "seed", "replication", *MEASURES]


def run_rows(cell: Cell, runs: Runs) -> Iterator[list[object]]:
    """One row a run: the levels of its cell, what it takes to run it again, its outcome and measures."""
    for r, row in enumerate(runs.results.runs):
        outcome = Outcome(int(row[0])).name.lower()
        yield [*cell.values(), runs.seed, runs.first + r, outcome, *row[1:].tolist()]


Table = tuple[list[str], Iterator[list[object]]]  # header and rows, as `runner.write_table` takes them


def cell_table(cells: Sequence[CellSummary]) -> Table:
    """One row a cell."""
    return cell_header(cells), cell_rows(cells)


def run_table(done: Sequence[tuple[Cell, Runs]]) -> Table:
    """One row a run, cell after cell."""
    return run_header(done[0][0]), (row for cell, runs in done for row in run_rows(cell, runs))


def change_table(changes: Mapping[str, Sequence[Lever]]) -> Table:
    """One row a single change of a scenario: estimates, and the paired change from the scenario as it was."""
    names = ("consensus", "consensus_change", "share_agreed", "share_agreed_change")
    header = ["scenario", "change", *(f"{name}{part}" for name in names for part in ("", "_low", "_high"))]
    rows = (
        [lever.base, lever.lever, *(number for name in names for number in getattr(lever, name)[:3])]
        for found in changes.values()
        for lever in found
    )
    return header, rows


def effect_table(effects: Mapping[str, Estimate]) -> Table:
    """One row a main effect on the share of consensus."""
    return ["effect", "consensus_change", "low", "high", "runs"], ([what, *effect] for what, effect in effects.items())


def main_effect(study: Sequence[CellRuns], factor: str, level: object, base: object) -> Estimate:
    """What a factor changes in the share of consensus, averaged over the rest of a full factorial (paired)."""

    def average(value: object) -> Floats:
        ends = [cell.runs.is_outcome(Outcome.CONSENSUS) for cell in study if cell.cell[factor] == value]
        averages: Floats = np.stack(ends).mean(axis=0)
        return averages

    return difference(average(level), average(base))
