"""Files for further computation: rows of numbers, and the folders that `--out` names.

Columns are named as in the registry of measures; the share of an outcome is named after the outcome.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from negsim import __version__, rules
from negsim.files import Table, whole_folder, write_table, write_text
from negsim.negotiation.measures import DELEGATE_MEASURES, GROUP_MEASURES, ISSUE_MEASURES, MEASURES
from negsim.negotiation.tables import CrossTable, Outcome
from negsim.report import explanations
from negsim.report.looks import PictureFiles
from negsim.report.minutes import transcript
from negsim.report.plots import explain
from negsim.report.plots.robust import robust_pictures
from negsim.report.plots.run import pictures_of
from negsim.report.robust import robust_table, robust_text, worlds_table
from negsim.report.summary import as_data
from negsim.scenario import Scenario, dump_yaml
from negsim.study.again import run_again
from negsim.study.explain import Explanation
from negsim.study.interventions import Effects
from negsim.study.results import StudyResults
from negsim.study.robust import Robustness
from negsim.study.runner import Runs
from negsim.study.schema import Cell
from negsim.study.table import levels_of, row_of

_AS_PNG = PictureFiles()


def write_results(runs: Runs, folder: Path, *, name: str, changes: Sequence[str] = ()) -> None:
    """Write tables, the summary and the scenario of many runs into a folder.

    name: of the scenario in the summary. changes: the `--set` changes that made it; each is a column of runs.csv.
    Raises NegsimError if the folder holds other things.
    """
    parts = (change.partition("=") for change in changes)
    cell: Cell = {path.strip(): value.strip() for path, _, value in parts}
    about = {**as_data(runs, name), "changes": cell, "negsim": __version__}
    if (own := rules.own()) is not None:
        about["own_rules"] = own.identity
    with whole_folder(folder, "run") as part:
        write_table(part / "runs.csv", *_without_empty(run_table([(cell, runs)])))
        write_table(part / "issues.csv", *_issue_table(runs))
        groups = list(runs.scenario.groups)
        write_table(part / "groups.csv", *_table_by("group", groups, GROUP_MEASURES, runs, runs.results.groups))
        if not runs.has_drawn_seats:
            rows = _table_by("delegate", runs.delegates, DELEGATE_MEASURES, runs, runs.results.delegates)
            write_table(part / "delegates.csv", *rows)
        text = json.dumps(about, indent=2, allow_nan=False, ensure_ascii=False)
        write_text(part / "summary.json", text + "\n")
        write_text(part / "scenario.yaml", dump_yaml(runs.scenario))


def write_rerun(results: StudyResults, number: int, folder: Path, form: PictureFiles = _AS_PNG) -> list[Path]:
    """Run row `number` of a study again; write transcript, scenario and pictures into a folder; return the files.

    form: of the pictures. Raises NegsimError if the study has no such row, and as `run_again` does.
    """
    run = run_again(results, results.row(number))
    with whole_folder(folder, "study rerun") as part:
        write_text(part / "transcript.txt", transcript(run.scenario, run.trace))
        write_text(part / "scenario.yaml", dump_yaml(run.scenario))
        pictures_of(run.scenario, run.trace).write(part, form)
        files = sorted(path.name for path in part.iterdir())
    return [folder / name for name in files]


def write_effects(effects: Effects, folder: Path, *, scenario: Scenario, name: str, form: PictureFiles) -> None:
    """Write the effects of changes of a scenario into a folder. name: of the scenario. form: of the pictures."""
    with whole_folder(folder, "why") as part:
        write_table(part / "why.csv", *explanations.effects_table(effects))
        write_table(part / "failure.csv", *explanations.failure_table(effects))
        write_text(part / "why.txt", f"{explanations.effects_text(effects, name)}\n")
        write_text(part / "scenario.yaml", dump_yaml(scenario))
        explain.effects_pictures(effects, name).write(part, form)


def write_robust(result: Robustness, folder: Path, *, scenario: Scenario, name: str, form: PictureFiles) -> None:
    """Write interventions in worlds into a folder. name: of the scenario. form: of the picture."""
    with whole_folder(folder, "robust") as part:
        write_table(part / "robust.csv", *robust_table(result))
        write_table(part / "worlds.csv", *worlds_table(result))
        write_text(part / "robust.txt", f"{robust_text(result, name)}\n")
        write_text(part / "scenario.yaml", dump_yaml(scenario))
        robust_pictures(result, name).write(part, form)


def write_explanation(
    explanation: Explanation,
    folder: Path,
    *,
    pair: tuple[Scenario, Scenario],
    names: tuple[str, str],
    form: PictureFiles,
) -> None:
    """Write why a pair of scenarios ends differently into a folder. names: of the two. form: of the pictures."""
    main = explanation._replace(changes=explanation.changes[:2])
    with whole_folder(folder, "explain") as part:
        write_table(part / "explanation.csv", *explanations.explanation_table(explanation))
        write_table(part / "interactions.csv", *explanations.interaction_table(explanation))
        write_text(part / "explanation.txt", f"{explanations.explanation_text(explanation, *names)}\n")
        for scenario, file in zip(pair, ("first.yaml", "second.yaml"), strict=True):
            write_text(part / file, dump_yaml(scenario))
        explain.explanation_pictures(main, names=names).write(part, form)


def _without_empty(table: Table) -> Table:
    """Leave out the columns that no row has a value in."""
    header, rows = table[0], list(table[1])
    empty = {None, ""}
    kept = [n for n in range(len(header)) if any(row[n] not in empty and str(row[n]) != "nan" for row in rows)]
    return [header[n] for n in kept], ([row[n] for n in kept] for row in rows)


def run_table(cells: Sequence[tuple[Cell, Runs]]) -> Table:
    """List one row per run: the levels of its cell, seed and replication, its draws, its outcome and measures."""
    draws = list(levels_of(runs.scenario for _, runs in cells))
    own = list(dict.fromkeys(name for _, runs in cells for name in runs.own_measures))
    header = [*cells[0][0], "seed", "replication", *draws, *MEASURES, *own]
    return header, (
        [
            *cell.values(), runs.seed, r, *map(row_of(runs.scenario, runs.seed, r).get, draws),
            Outcome(int(row["outcome"])).name.lower(), *row.tolist()[1:],
            *(float(runs.column(name)[r - runs.first]) for name in own),
        ]
        for cell, runs in cells
        for r, row in enumerate(runs.results.runs, runs.first)
    )  # fmt: skip


def _issue_table(runs: Runs) -> Table:
    """List one row per run and issue: its measures, and the readings at which members of each group blocked."""
    header = ["replication", "issue", *ISSUE_MEASURES, *(f"blocks_{group}" for group in runs.scenario.groups)]
    results, issues = runs.results, list(enumerate(runs.scenario.issues))
    return header, (
        [runs.first + r, issue, *results.issues[r, k].tolist(), *results.blocks[r, :, k].tolist()]
        for r in range(len(runs))
        for k, issue in issues
    )


def _table_by(what: str, names: Sequence[str], measures: Iterable[str], runs: Runs, table: CrossTable[Any]) -> Table:
    """List one row per run and name. table: R and at least as many columns as names."""
    rows = ([runs.first + r, name, *table[r, n].tolist()] for r in range(len(table)) for n, name in enumerate(names))
    return ["replication", what, *measures], rows
