"""Folders that commands write: the results of `negsim run --out`, and a row of a study that was run again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from negsim import __version__
from negsim.errors import FailedError
from negsim.files import whole_folder, write_table, write_text
from negsim.negotiation.measures import MEASURES
from negsim.negotiation.runs import Trace
from negsim.negotiation.tables import Outcome
from negsim.report import plots
from negsim.report.minutes import transcript
from negsim.report.summary import as_data
from negsim.report.tables import delegate_table, group_table, issue_table, run_table
from negsim.scenario import dump_yaml
from negsim.study.results import StudyResults
from negsim.study.runner import Runs, rerun
from negsim.study.schema import Cell
from negsim.study.table import measures_of


def write_results(runs: Runs, folder: Path, *, name: str, changes: Sequence[str] = ()) -> None:
    """Write tables, the summary and the scenario of many runs into a folder.

    name: what the summary calls the scenario. changes: the `--set` changes that made it; each is a column of runs.csv.
    Raises NegsimError if the folder holds other things.
    """
    cell: Cell = dict(_path_and_value(change) for change in changes)
    about = {**as_data(runs, name), "changes": cell, "negsim": __version__}
    with whole_folder(folder, "run") as part:
        write_table(part / "runs.csv", *run_table([(cell, runs)]))
        write_table(part / "issues.csv", *issue_table(runs))
        write_table(part / "groups.csv", *group_table(runs))
        if not runs.has_drawn_seats:
            write_table(part / "delegates.csv", *delegate_table(runs))
        text = json.dumps(about, indent=2, allow_nan=False, ensure_ascii=False)
        write_text(part / "summary.json", text + "\n")
        write_text(part / "scenario.yaml", dump_yaml(runs.scenario))


def _path_and_value(change: str) -> tuple[str, str]:
    path, _, value = change.partition("=")
    return path.strip(), value.strip()


def write_rerun(results: StudyResults, number: int, folder: Path, *, form: str = "png") -> list[Path]:
    """Run row `number` of a study again and write its transcript, scenario and pictures into a folder; the files.

    form: of the pictures. Raises NegsimError if the study has no such row, FailedError if the run does not give the
    numbers of the row.
    """
    row = results.row(number)
    scenario = results.scenario_of(int(str(row["cell"])))
    run = rerun(scenario, results.study.seed, int(str(row["replication"])))
    if different := differing(run.trace, row, measures_of(results.study)):
        raise FailedError(
            f"row {number} of {results.folder} has another {different[0]}: it was written by another machine or version"
        )
    with whole_folder(folder, "study rerun") as part:
        write_text(part / "transcript.txt", transcript(run.scenario, run.trace))
        write_text(part / "scenario.yaml", dump_yaml(run.scenario))
        for name, draw in plots.RUN_PICTURES.items():
            plots.save(draw(run.scenario, run.trace), part / f"{name}.{form}")
        files = sorted(path.name for path in part.iterdir())
    return [folder / name for name in files]


def differing(trace: Trace, row: dict[str, object], measures: tuple[str, ...]) -> list[str]:
    """The measures in which a run is not that of a row, to the last bit."""
    numbers = dict(zip(MEASURES, trace.results.runs[0].tolist(), strict=True))
    of_row = {name: float(str(row[name])) for name in measures}
    different = [name for name in measures if not np.array_equal(numbers[name], of_row[name], equal_nan=True)]
    return (["outcome"] if Outcome(int(numbers["outcome"])).name.lower() != row["outcome"] else []) + different
