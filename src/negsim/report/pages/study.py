"""A study as one HTML file: its question, what it varies, its pictures and cells, and two runs from inside."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from negsim.negotiation.measures import DEFAULT
from negsim.negotiation.tables import Floats
from negsim.report.pages.blocks import Card, Cards, Commands, Fold, Grid, Items, embedded, render
from negsim.report.pages.provenance import caveats, sources, versions
from negsim.report.pages.run import RunBlocks, run_blocks
from negsim.report.pages.setting import setting
from negsim.report.plots.numbers import most_runs
from negsim.report.plots.study import study_pictures
from negsim.report.words import (
    RULES,
    agendas_behind,
    cell_name,
    cell_names,
    counted,
    estimate_text,
    factor_name,
    in_units,
    level_name,
    measure_name,
)
from negsim.scenario import dump_yaml
from negsim.scenario.yaml import to_yaml
from negsim.study.estimates import Estimate
from negsim.study.results import StudyResults
from negsim.study.runner import TypicalRun, rerun

MOST_CELLS = 120  # rows of the table
MOST_LEVELS = 12  # of a factor, named one by one
FOLDER = "RESULTS"  # what commands call the folder of the study


def report_of_study(results: StudyResults) -> str:
    """The results of a study, as HTML. Raises NegsimError for results that a picture or a cell cannot be made from."""
    study, scenario, main = results.study, results.scenario, results.study.main
    versions_then = results.manifest.get("versions", {})
    behind = agendas_behind(results)
    columns = [main, *(name for name in DEFAULT if name in results.measures and name != main)]
    return render(
        "study",
        study.title or f"A study of {scenario.title}",
        caveats=caveats(scenario),
        question=" ".join(study.question.split()),
        scenario_title=scenario.title,
        cells=counted(len(results.cells), "setting"),
        most_runs=counted(most_runs(results), "run"),
        all_runs=f"{len(results):,}",
        seed=study.seed,
        description=" ".join(scenario.description.split()),
        cards=_cards(results),
        factors=_factors(results),
        agendas=Grid(["level", "what the meetings do (share of floor time)"], list(map(list, behind.items()))),
        changes=Items([f"{path} = {value}" for path, value in study.changes.items()]),
        pictures=[embedded(picture) for picture in study_pictures(results).values()],
        measures=_table(results, {name: measure_name(name) for name in columns}),
        rules=_table(results, RULES),
        typical_runs=list(_typical_runs(results)),
        setting=setting(scenario),
        commands=Commands(
            [
                f"negsim study {words}"
                for words in (f"sweep study.yaml --out {FOLDER}", f"report {FOLDER}", f"plot {FOLDER}")
            ]
        ),
        versions=versions(),
        swept_with=", ".join(f"{name} {version}" for name, version in versions_then.items()),
        study_yaml=Fold("The study in full (YAML)", to_yaml(study.resolved())),
        scenario_yaml=Fold("Its scenario in full (YAML)", dump_yaml(scenario)),
        sources=sources(scenario),
    )


def _cards(results: StudyResults) -> Cards:
    """The cells with the lowest and the highest of the main measure."""
    main, label = results.study.main, measure_name(results.study.main)
    numbers = results.estimates(main)
    return Cards(
        [
            Card(_text(main, numbers[cell]), f"{which} {label}: {cell_name(results.cells[cell])}")
            for which, cell in _ends(results).items()
        ]
    )


def _ends(results: StudyResults) -> dict[str, int]:
    """The cells in which the main measure is lowest and highest; none if it applies nowhere."""
    values = results.estimates(results.study.main)[:, 0]
    cells = np.flatnonzero(~np.isnan(values))
    if not len(cells):
        return {}
    low, high = (int(cells[place(values[cells])]) for place in (np.argmin, np.argmax))
    return {"lowest": low, "highest": high} if low != high else {"the only": low}


def _text(measure: str, row: Floats) -> str:
    """A measure with its interval. row: as `StudyResults.estimates` has it."""
    value, low, high = row.tolist()
    return "–" if np.isnan(value) else estimate_text(in_units(Estimate(value, low, high, 1), measure), measure)


def _factors(results: StudyResults) -> Grid:
    rows = []
    for factor in results.factors:
        levels = [level_name(factor.name, value) for value in factor.values]
        between = f"{levels[0]} to {levels[-1]}, sampled" if factor.span else ", ".join(levels[:MOST_LEVELS])
        rest = f" and {len(levels) - MOST_LEVELS} more" if len(levels) > MOST_LEVELS and not factor.span else ""
        rows.append([factor_name(factor.name), factor.name, between + rest])
    return Grid(["factor", "as the study writes it", "levels"], rows)


def _table(results: StudyResults, measures: dict[str, str]) -> Grid:
    """Measures with intervals, a row a cell. measures: their labels."""
    numbers = {measure: results.estimates(measure) for measure in measures}
    names = cell_names(results.cells)[:MOST_CELLS]
    rows = [[name, *(_text(m, rows[cell]) for m, rows in numbers.items())] for cell, name in enumerate(names)]
    left = len(results.cells) - len(names)
    remark = f"{counted(left, 'cell')} more; `negsim study cells {FOLDER}` prints all." if left else ""
    return Grid(["cell", *measures.values()], rows, remark)


def _typical_runs(results: StudyResults) -> Iterator[dict[str, object]]:
    """A typical run of the cells with the lowest and the highest of the main measure."""
    name = measure_name(results.study.main)
    for which, cell in _ends(results).items():
        blocks: RunBlocks = run_blocks(_typical_run(results, cell), ["paragraphs"])
        heading = "A typical run" if which == "the only" else f"A typical run where the {name} is {which}"
        yield {"heading": heading, "cell": cell_name(results.cells[cell]), **blocks._asdict()}


def _typical_run(results: StudyResults, cell: int) -> TypicalRun:
    """The first run of a cell that ended as most of it did."""
    ends = results.sql("SELECT replication, outcome FROM runs WHERE cell = ? ORDER BY replication", [cell])
    usual = ends["outcome"].mode()[0]
    replication = int(ends["replication"][ends["outcome"] == usual].iloc[0])
    return rerun(results.scenario_of(cell), results.study.seed, replication)
