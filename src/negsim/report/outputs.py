"""The folder that `negsim run --out` writes: tables, the summary and the scenario, all or nothing.

One row of a study, run again and told: transcript, pictures, scenario.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from negsim import __version__
from negsim.errors import FailedError
from negsim.negotiation.measures import GROUP_MEASURES, ISSUE_MEASURES, MEASURES
from negsim.negotiation.runs import Trace, watch
from negsim.negotiation.tables import Outcome
from negsim.report import plots
from negsim.report.folders import write_table, written_whole
from negsim.report.minutes import transcript
from negsim.report.summary import as_data
from negsim.report.tables import run_table
from negsim.scenario import dump_yaml
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import drawn
from negsim.study.results import StudyResults
from negsim.study.runner import Runs
from negsim.study.schema import Cell
from negsim.study.table import kept


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
            row = [*runs.results.issues[r, k].tolist(), *runs.results.blocks[r, :, k].tolist()]
            yield [runs.first + r, issue, *row]


def _group_rows(runs: Runs) -> Iterator[list[object]]:
    """One row a run and group."""
    for r in range(len(runs)):
        for g, group in enumerate(runs.scenario.groups):
            yield [runs.first + r, group, *runs.results.groups[r, g].tolist()]


def write_rerun(results: StudyResults, number: int, folder: Path, *, form: str = "png") -> list[Path]:
    """Write row `number` of a study, run again, into a folder; the files. form: of its pictures.

    Raises NegsimError if there is no such row, FailedError if the run does not give the numbers of the row.
    """
    row = results.row(number)
    seed, replication = results.study.seed, int(str(row["replication"]))
    scenario = drawn(results.scenario_of(int(str(row["cell"]))), seed, replication)
    trace = watch(lower(scenario), seed=seed, replication=replication)
    if different := differing(trace, row, kept(results.study)):
        raise FailedError(
            f"row {number} of {results.folder} has another {different[0]}: it was written by another machine or version"
        )
    with written_whole(folder, "study rerun") as part:
        (part / "transcript.txt").write_text(transcript(scenario, trace), encoding="utf-8")
        (part / "scenario.yaml").write_text(dump_yaml(scenario), encoding="utf-8")
        for name, draw in plots.RUN_PICTURES.items():
            plots.save(draw(scenario, trace), part / f"{name}.{form}")
        written = sorted(path.name for path in part.iterdir())
    return [folder / name for name in written]


def differing(trace: Trace, row: dict[str, object], measures: tuple[str, ...]) -> list[str]:
    """The measures in which a run is not that of a row, to the last bit."""
    ran = dict(zip(MEASURES, trace.results.runs[0].tolist(), strict=True))
    told = {name: float(str(row[name])) for name in measures}
    different = [name for name in measures if not np.array_equal(ran[name], told[name], equal_nan=True)]
    return (["outcome"] if Outcome(int(ran["outcome"])).name.lower() != row["outcome"] else []) + different
