"""A study as one HTML file: its question, what it varies, every picture that fits it, its cells, two runs from inside.

Rules that hold here
- As for `html_report`: a function of the results folder's content, without dates and without paths.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from negsim.negotiation.measures import DEFAULT
from negsim.negotiation.tables import Floats
from negsim.report.pages import run as one_run
from negsim.report.pages.blocks import (
    Block,
    Card,
    Cards,
    Commands,
    Fold,
    Grid,
    Items,
    Section,
    embedded,
    front,
    page,
    sources,
    versions,
)
from negsim.report.pages.setting import setting
from negsim.report.plots.cells import most_runs
from negsim.report.plots.study import study_pictures
from negsim.report.typical import Told, told
from negsim.report.words import (
    OUTCOMES,
    RULES,
    cell_name,
    cell_names,
    counted,
    factor_name,
    level_name,
    measure_name,
    with_interval,
)
from negsim.scenario import dump_yaml
from negsim.scenario.yaml import to_yaml
from negsim.study.estimates import Estimate
from negsim.study.results import StudyResults

MOST_CELLS = 120  # rows of the table
MOST_LEVELS = 12  # of a factor, named one by one
FOLDER = "RESULTS"  # what commands call the folder of the study


def report_of_study(results: StudyResults) -> str:
    """The results of a study, as HTML. Raises NegsimError where a picture or a cell cannot be had."""
    study, scenario = results.study, results.scenario
    title = study.title or f"A study of {scenario.title}"
    main = results.estimates(study.main)
    sections = [
        Section("What is varied", [*_design(results)]),
        Section("What came of it", [embedded(picture) for picture in study_pictures(results).values()]),
        Section("Every cell", [*_cells(results)]),
        Section("Under every decision rule", [*_rules(results)]),
        *_runs(results, main),
        Section("The setting before anything is varied", setting(scenario)),
        Section("Made again", [*_again(results)]),
    ]
    return page(title, [*front(scenario), *_lead(results), _cards(results, main)], sections)


def _lead(results: StudyResults) -> Iterator[Block]:
    study, scenario = results.study, results.scenario
    if study.question:
        yield f"The question: {' '.join(study.question.split())}"
    yield (
        f"{scenario.title}, in {counted(len(results.cells), 'setting')} (cells) of up to"
        f" {counted(most_runs(results), 'run')} each, {len(results):,} runs in all. All cells use the same replications"
        f" under seed {study.seed}, so that they share the draws that they have in common; numbers in brackets are"
        " intervals at 95 %."
    )
    if scenario.description:
        yield " ".join(scenario.description.split())


def _cards(results: StudyResults, main: Floats) -> Cards:
    """The cells with the lowest and the highest of the main measure."""
    what = measure_name(results.study.main)
    return Cards(
        [
            Card(_number(results.study.main, main[cell]), f"{which} {what}: {cell_name(results.cells[cell])}")
            for which, cell in _ends(main).items()
        ]
    )


def _ends(main: Floats) -> dict[str, int]:
    """The cells in which the main measure is lowest and highest; none where it applies nowhere."""
    known = np.flatnonzero(~np.isnan(main[:, 0]))
    if not len(known):
        return {}
    low, high = (int(known[place(main[known, 0])]) for place in (np.argmin, np.argmax))
    return {"lowest": low, "highest": high} if low != high else {"the only": low}


def _number(measure: str, row: Floats) -> str:
    """A measure with its interval, as a row of `StudyResults.estimates` has it."""
    return "–" if np.isnan(row[0]) else with_interval(measure, Estimate(float(row[0]), float(row[1]), float(row[2]), 1))


def _design(results: StudyResults) -> Iterator[Block]:
    """Factors with their levels, and what holds in every cell."""
    rows = []
    for factor in results.factors:
        levels = [level_name(factor.name, value) for value in factor.values]
        between = f"{levels[0]} to {levels[-1]}, sampled" if factor.span else ", ".join(levels[:MOST_LEVELS])
        rest = f" and {len(levels) - MOST_LEVELS} more" if len(levels) > MOST_LEVELS and not factor.span else ""
        rows.append([factor_name(factor.name), factor.name, between + rest])
    if rows:
        yield Grid(["factor", "as the study writes it", "levels"], rows)
    else:
        yield "Nothing is varied: one setting, run many times."
    if results.study.changes:
        yield "In every cell:"
        yield Items([f"{path} = {value}" for path, value in results.study.changes.items()])


def _cells(results: StudyResults) -> Iterator[Block]:
    """The main measure and some others, a row a cell."""
    main = results.study.main
    asked = [main, *(name for name in DEFAULT if name in results.measures and name != main)]
    yield _table(results, asked, [measure_name(measure) for measure in asked])


def _rules(results: StudyResults) -> Iterator[Block]:
    """How often the objections of the runs of every cell would have satisfied each rule."""
    yield "The same objections, judged by other rules: the share of runs in which every paragraph would have passed."
    yield _table(results, list(RULES), list(RULES.values()))


def _table(results: StudyResults, measures: list[str], names: list[str]) -> Grid:
    """Measures with intervals, a row a cell; what is left out is said."""
    found = [results.estimates(measure) for measure in measures]
    cells = cell_names(results.cells)[:MOST_CELLS]
    rows = [
        [name, *(_number(m, f[cell]) for m, f in zip(measures, found, strict=True))] for cell, name in enumerate(cells)
    ]
    left = len(results.cells) - len(cells)
    about = f"{counted(left, 'cell')} more; `negsim study cells {FOLDER}` prints all." if left else ""
    return Grid(["cell", *names], rows, about)


# ------------------------------------------------------------------------------------------- two runs


def _runs(results: StudyResults, main: Floats) -> Iterator[Section]:
    """A typical run of the cells with the lowest and the highest of the main measure."""
    for which, cell in _ends(main).items():
        run = _typical(results, cell)
        lead = (
            f"{cell_name(results.cells[cell])}. Replication {run.replication} under seed {results.study.seed}, the"
            f" first that ended as most did: {OUTCOMES[run.outcome]}."
        )
        blocks = [lead, *one_run.pictures(run, ["paragraphs"]), *one_run.why(run), *one_run.minutes(run)]
        name = measure_name(results.study.main)
        yield Section(f"A typical run where the {name} is {which}" if which != "the only" else "A typical run", blocks)


def _typical(results: StudyResults, cell: int) -> Told:
    """The first run of a cell that ended as most of it did."""
    ends = results.sql("SELECT replication, outcome FROM runs WHERE cell = ? ORDER BY replication", [cell])
    usual = ends["outcome"].mode()[0]
    replication = int(ends["replication"][ends["outcome"] == usual].iloc[0])
    return told(results.scenario_of(cell), results.study.seed, replication)


def _again(results: StudyResults) -> Iterator[Block]:
    """The commands, the versions, the study and the scenario with everything said."""
    yield "Save the study below as study.yaml, with the name of the scenario or its file beside it; then:"
    yield Commands(
        [
            f"negsim study {words}"
            for words in (f"sweep study.yaml --out {FOLDER}", f"report {FOLDER}", f"plot {FOLDER}")
        ]
    )
    yield from versions(f"Seed {results.study.seed}")
    swept = results.manifest.get("versions", {})
    if swept:
        yield f"The study was run with {', '.join(f'{name} {version}' for name, version in swept.items())}."
    yield Fold("The study with everything said (YAML)", to_yaml(results.study.resolved()))
    yield Fold("Its scenario with everything said (YAML)", dump_yaml(results.scenario))
    yield from sources(results.scenario)
