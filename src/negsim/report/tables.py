"""Runs as rows of numbers, for whoever computes on: of a run, an issue, a group, a scenario, a change.

Columns are named as in the registry of measures; the share of an outcome is named after the outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from negsim.files import Table
from negsim.negotiation.measures import DELEGATE_MEASURES, GROUP_MEASURES, ISSUE_MEASURES, MEASURES
from negsim.negotiation.tables import Outcome
from negsim.study.estimates import Estimate
from negsim.study.remedies import SingleChange
from negsim.study.runner import Runs, measure_of
from negsim.study.schema import NUMBERS, OUTCOMES, Cell
from negsim.study.table import estimated, levels_of, row_of


def estimates(runs: Runs) -> dict[str, Estimate]:
    """Share of every outcome, and every measure: as `study.table.estimated` has them."""
    return {name: estimated(name, measure_of(runs, name)) for name in (*OUTCOMES, *NUMBERS)}


def run_table(cells: Sequence[tuple[Cell, Runs]]) -> Table:
    """One row a run: the levels of its cell, seed and replication, what it drew, its outcome and measures."""
    draws = list(levels_of(runs.scenario for _, runs in cells))
    header = [*cells[0][0], "seed", "replication", *draws, *MEASURES]
    return header, (row for cell, runs in cells for row in _run_rows(cell, runs, draws))


def _run_rows(cell: Cell, runs: Runs, columns: Sequence[str]) -> Iterator[list[object]]:
    for r, row in enumerate(runs.results.runs, runs.first):
        draws, outcome = row_of(runs.scenario, runs.seed, r), Outcome(int(row["outcome"])).name.lower()
        yield [*cell.values(), runs.seed, r, *(draws.get(name) for name in columns), outcome, *row.tolist()[1:]]


def issue_table(runs: Runs) -> Table:
    """One row a run and issue: its measures, and the readings at which members of each group blocked."""
    header = ["replication", "issue", *ISSUE_MEASURES, *(f"blocks_{group}" for group in runs.scenario.groups)]
    results, issues = runs.results, list(enumerate(runs.scenario.issues))
    return header, (
        [runs.first + r, issue, *results.issues[r, k].tolist(), *results.blocks[r, :, k].tolist()]
        for r in range(len(runs))
        for k, issue in issues
    )


def group_table(runs: Runs) -> Table:
    """One row a run and group."""
    groups = list(enumerate(runs.scenario.groups))
    rows = (
        [runs.first + r, group, *runs.results.groups[r, g].tolist()] for r in range(len(runs)) for g, group in groups
    )
    return ["replication", "group", *GROUP_MEASURES], rows


def delegate_table(runs: Runs) -> Table:
    """One row a run and delegate, by name. Raises NegsimError where the seats are drawn."""
    people = list(enumerate(runs.delegates))
    rows = (
        [runs.first + r, name, *runs.results.delegates[r, i].tolist()] for r in range(len(runs)) for i, name in people
    )
    return ["replication", "delegate", *DELEGATE_MEASURES], rows


def estimate_table(scenarios: Mapping[str, Runs]) -> Table:
    """One row a scenario: how many runs, and every estimate with its interval."""
    numbers = {name: estimates(runs) for name, runs in scenarios.items()}
    measures = [f"{measure}{part}" for measure in next(iter(numbers.values())) for part in ("", "_low", "_high")]
    rows = (
        [name, len(runs), *(number for estimate in numbers[name].values() for number in estimate[:3])]
        for name, runs in scenarios.items()
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
