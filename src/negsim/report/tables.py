"""Tables of many runs: one row a scenario with estimates and intervals, one row a run, one row a change.

Rules that hold here
- Columns are named as in the registry of measures; an outcome's share is named after the outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from negsim.negotiation.measures import MEASURES
from negsim.negotiation.tables import Outcome
from negsim.study.estimates import Estimate
from negsim.study.remedies import SingleChange
from negsim.study.runner import Runs, measure_of
from negsim.study.schema import NUMBERS, OUTCOMES, Cell
from negsim.study.table import estimated, levels_of, row_of

Table = tuple[list[str], Iterator[list[object]]]  # header and rows, as `files.write_table` takes them


def estimates(runs: Runs) -> dict[str, Estimate]:
    """Share of every outcome, and every measure: as `study.table.estimated` has them."""
    return {name: estimated(name, measure_of(runs, name)) for name in (*OUTCOMES, *NUMBERS)}


def run_table(found: Sequence[tuple[Cell, Runs]]) -> Table:
    """One row a run: the levels of its cell, what it takes to run it again, what it drew, its outcome and measures."""
    drawn = list(levels_of(runs.scenario for _, runs in found))
    header = [*found[0][0], "seed", "replication", *drawn, *MEASURES]
    return header, (row for cell, runs in found for row in _run_rows(cell, runs, drawn))


def _run_rows(cell: Cell, runs: Runs, drawn: Sequence[str]) -> Iterator[list[object]]:
    for r, row in enumerate(runs.results.runs, runs.first):
        draws, outcome = row_of(runs.scenario, runs.seed, r), Outcome(int(row["outcome"])).name.lower()
        yield [*cell.values(), runs.seed, r, *(draws.get(name) for name in drawn), outcome, *row.tolist()[1:]]


def estimate_table(found: Mapping[str, Runs]) -> Table:
    """One row a scenario: how many runs, and every estimate with its interval."""
    told = {name: estimates(runs) for name, runs in found.items()}
    measures = [f"{measure}{part}" for measure in next(iter(told.values())) for part in ("", "_low", "_high")]
    rows = (
        [name, len(runs), *(number for estimate in told[name].values() for number in estimate[:3])]
        for name, runs in found.items()
    )
    return ["scenario", "runs", *measures], rows


def change_table(changes: Iterable[SingleChange]) -> Table:
    """One row a single change of a scenario: estimates, and the paired difference from the unchanged scenario."""
    names = SingleChange._fields[2:]
    header = ["scenario", "change", *(f"{name}{part}" for name in names for part in ("", "_low", "_high"))]
    return header, (
        [*change[:2], *(number for estimate in change[2:] for number in estimate[:3])] for change in changes
    )


def effect_table(effects: Mapping[str, Estimate]) -> Table:
    """One row a main effect on the share of consensus."""
    return ["effect", "consensus_change", "low", "high", "runs"], ([what, *effect] for what, effect in effects.items())
