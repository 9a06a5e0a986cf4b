"""The folder that `negsim run --out` writes: tables, the summary and the scenario, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from negsim import __version__
from negsim.negotiation.measures import GROUP_MEASURES, ISSUE_MEASURES
from negsim.scenario import dump_yaml
from negsim.study.factors import Cell
from negsim.study.runner import Runs
from negsim.tell.files import write_table
from negsim.tell.folders import written_whole
from negsim.tell.report import as_data
from negsim.tell.tables import run_table


def write_results(runs: Runs, folder: Path, *, name: str, changes: Sequence[str] = ()) -> None:
    """Write everything about the runs of a scenario into a folder.

    name: what the summary calls the scenario. changes: the `--set` changes that made it; each is a column of runs.csv.
    Raises NegsimError if the folder holds other things.
    """
    cell: Cell = dict(_split(change) for change in changes)
    about = {**as_data(runs, name), "changes": cell, "negsim": __version__}
    with written_whole(folder, "run") as part:
        write_table(part / "runs.csv", *run_table([(cell, runs)]))
        write_table(part / "issues.csv", _issue_header(runs), _issue_rows(runs))
        write_table(part / "groups.csv", ["replication", "group", *GROUP_MEASURES], _group_rows(runs))
        text = json.dumps(about, indent=2, allow_nan=False, ensure_ascii=False)
        (part / "summary.json").write_text(text + "\n", encoding="utf-8")
        (part / "scenario.yaml").write_text(dump_yaml(runs.scenario), encoding="utf-8")


def _split(change: str) -> tuple[str, str]:
    path, _, value = change.partition("=")
    return path.strip(), value.strip()


def _issue_header(runs: Runs) -> list[str]:
    return ["replication", "issue", *ISSUE_MEASURES, *(f"blocks_{group}" for group in runs.scenario.groups)]


def _issue_rows(runs: Runs) -> Iterator[list[object]]:
    """One row a run and issue: its measures, and the readings at which members of each group blocked."""
    for r in range(len(runs)):
        for k, issue in enumerate(runs.scenario.issues):
            row = runs.results.issues[r, k].tolist() + runs.results.blocks[r, :, k].tolist()
            yield [runs.first + r, issue, *row]


def _group_rows(runs: Runs) -> Iterator[list[object]]:
    """One row a run and group."""
    for r in range(len(runs)):
        for g, group in enumerate(runs.scenario.groups):
            yield [runs.first + r, group, *runs.results.groups[r, g].tolist()]
