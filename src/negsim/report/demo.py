"""The demonstration: why the working group of 2011 ended with no report, and what would have changed that.

It runs both phases of that group, single changes of the first, and a study of three factors. It writes the reports that
`negsim report` writes of either phase and of the study, and a page in front of them. Everything comes from `SEED`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from functools import partial
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from negsim import __version__
from negsim.cases import load
from negsim.files import Table, whole_folder, write_table, write_text
from negsim.report.explanations import change_name
from negsim.report.outputs import run_table
from negsim.report.pages.engine import Grid, render
from negsim.report.pages.reports import measure_text, report_of_runs, report_of_study
from negsim.report.pages.setting import caveats
from negsim.report.plots import runs as plots
from negsim.report.plots.numbers import cell_line, effect
from negsim.report.plots.study import curves_of, time_of
from negsim.report.plots.style import Picture, save
from negsim.report.words import cell_name, interval_text, measure_name, percent, phrase
from negsim.scenario import Scenario
from negsim.scenario.yaml import Plain
from negsim.study.design import cells_of
from negsim.study.estimates import Estimate
from negsim.study.interventions import SingleChange, catalogue, single_changes
from negsim.study.results import StudyResults, results
from negsim.study.runner import Runs, Step, estimates, run, workers
from negsim.study.schema import Cell, Study, Value
from negsim.study.sweep import opened
from negsim.study.table import estimate_columns, estimate_numbers

SEED = 2011
FOCAL = "cstd_wgigf_2011"
PHASES = {FOCAL: "first phase, 2011", "cstd_wgigf_2012": "second phase, 2011–12"}
CHANGES = (  # of the catalogue, those that the page shows
    "one more meeting", "one more day in each meeting", "methodology: rolling_text", "methodology: convergence_mapping",
    "chair: no pressure", "chair: high responsiveness", "all evenings mixed", "no linkage", "dissent may be recorded",
)  # fmt: skip
FACTORS: dict[str, Plain] = {
    "meetings.count": list(range(1, 9)),
    "methodology": ["wgigf_2011", "rolling_text", "convergence_mapping"],
    "informal.mixed_evenings": [0, 0.5, 1],
}
EFFECTS: tuple[tuple[str, Value, Value], ...] = (  # factor, level, base level
    ("meetings.count", 8, 1),
    ("methodology", "rolling_text", "wgigf_2011"),
    ("methodology", "convergence_mapping", "wgigf_2011"),
    ("informal.mixed_evenings", 1, 0),
)
LONGEST: Cell = {"meetings.count": 8, "informal.mixed_evenings": 0.5}  # for the picture of time to consensus
SIDE_BY_SIDE = (
    "consensus", "share_agreed", "depth", "depth_overall", "blocking_number", "closable_issues", "no_zone",
    "zone_start", "readings", "trials", "proposals_tabled", "proposals_discussed", "trust_across_start",
    "trust_across_end",
)  # fmt: skip
TIMES = 5  # as many runs of the two phases as of a cell of the study
STUDY = "study"
KINDS = (".png", ".svg")
PICTURES = ("outcomes", "single_changes", "consensus", "share_agreed", "time_to_consensus")
REPORTS = {f"{name}.html": f"the report on the {phase}" for name, phase in PHASES.items()} | {
    "study.html": "the report on the study of three factors"
}


class Material(NamedTuple):
    """All that the demonstration shows; phases by the names of their scenarios.

    again: the cell of the study with the most consensus, run again on replications by which it was not chosen.
    """

    phases: dict[str, Runs]
    changes: list[SingleChange]
    study: StudyResults
    again: Runs

    def effects(self) -> dict[str, Estimate]:
        """The effects of the factors of the study on the share of consensus, by name."""
        return {
            f"{phrase(name, level)} instead of {phrase(name, base)}": effect(
                self.study, "consensus", name, (base, level)
            )
            for name, level, base in EFFECTS
        }


def study_of(replications: int) -> Study:
    """The study of the demonstration; experiments/three_factors has it as a file."""
    title = "Meetings, methodology and informal contact"
    return Study(title=title, scenario=FOCAL, vary=FACTORS, replications=replications, seed=SEED)


def changes_of(scenario: Scenario) -> dict[str, Scenario]:
    """A scenario under each of `CHANGES` that changes it, by what to call that."""
    some = (intervention for intervention in catalogue(scenario) if intervention.name in CHANGES)
    return {change_name(intervention): intervention.of(scenario) for intervention in some}


def write_demo(folder: Path, *, replications: int = 200, threads: int | None = None) -> Generator[Step, None, Path]:
    """Run everything and write pages, tables and pictures into a folder; the path of the first page at the end.

    replications: runs of a cell of the study; the two phases get five times as many. Raises NegsimError if the folder
    holds other things.
    """
    with whole_folder(folder, "demo") as part:
        cells = len(cells_of(study_of(replications)))
        total = cells + 1 + len(PHASES) + 1 + len(CHANGES) + len(PICTURES) + len(REPORTS)
        study = yield from _sweep(study_of(replications), part / STUDY, threads, total)
        best = study.scenario_of(best_cell(study))
        again = run(best, replications=TIMES * replications, seed=SEED, first=replications, threads=threads)
        yield cells + 1, total, "the best cell of the study on other draws"
        material = Material({}, [], study, again)
        steps = _run_and_write(part, material, TIMES * replications, threads)
        for done, text in enumerate(steps, start=cells + 2):
            yield done, total, text
        files = REPORTS | _write_tables(part, material)
        write_text(part / "index.html", demo_page(material, files, f"{folder.name}/{STUDY}"))
    return folder / "index.html"


def _sweep(study: Study, folder: Path, threads: int | None, total: int) -> Generator[Step, None, StudyResults]:
    with opened(study, folder) as sweep, workers(count=threads) as pool:
        for done, of_all, _ in sweep.steps(pool):
            yield done * len(sweep.cells) // of_all, total, f"{done:,} of {of_all:,} runs of the study"
    return results(folder)


def _run_and_write(part: Path, material: Material, replications: int, threads: int | None) -> Iterator[str]:
    """Add the runs of the phases and of single changes to the material, and write pictures and reports; every step."""
    for name in PHASES:
        material.phases[name] = run(load(name), replications=replications, seed=SEED, threads=threads)
        yield name
    focal = material.phases[FOCAL].scenario
    for change in single_changes(FOCAL, focal, changes_of(focal), replications=replications, seed=SEED):
        material.changes.append(change)
        yield f"{FOCAL}: {change.change}"
    (part / "pictures").mkdir()
    for name, picture in pictures(material).items():
        figure = picture.draw()
        for kind in KINDS:
            save(figure, part / "pictures" / f"{name}{kind}")
        yield f"pictures/{name}"
    for name, some in material.phases.items():
        write_text(part / f"{name}.html", report_of_runs(some, source=name))
        yield f"{name}.html"
    write_text(part / "study.html", report_of_study(material.study))
    yield "study.html"


def pictures(material: Material) -> dict[str, Picture]:
    """The pictures of the first page, in the order of `PICTURES`."""
    phases, changes = {PHASES[name]: some for name, some in material.phases.items()}, material.changes
    drawings = [
        Picture(partial(plots.outcome_shares, phases), plots.about_outcomes(phases)),
        Picture(partial(plots.single_changes, changes), plots.about_single_changes(PHASES[FOCAL], changes)),
        curves_of(material.study, "consensus"),
        curves_of(material.study, "share_agreed"),
        time_of(material.study, LONGEST),
    ]
    return {name: picture for name, picture in zip(PICTURES, drawings, strict=True) if picture is not None}


def _write_tables(part: Path, material: Material) -> dict[str, str]:
    """Write the tables; what each holds, by its name."""
    (part / "tables").mkdir()
    phase_runs = run_table([({"scenario": name}, some) for name, some in material.phases.items()])
    effects = ([what, *effect] for what, effect in material.effects().items())
    tables: tuple[tuple[str, str, Table], ...] = (
        ("phases", "both phases: every outcome and measure with its interval", _phase_table(material.phases)),
        ("phase_runs", "both phases: one row for each run", phase_runs),
        ("single_changes", "one change at a time: estimates and paired differences",
         _change_table(material.changes)),
        ("effects", "the study: what each factor changes on average",
         (["effect", "consensus_change", "low", "high", "runs"], effects)),
    )  # fmt: skip
    for name, _, (header, rows) in tables:
        write_table(part / "tables" / f"{name}.csv", header, rows)
    material.study.summary().to_csv(part / "tables" / "cells.csv", index=False)
    material.study.export(part / "tables" / "runs.csv", "csv")
    return {f"tables/{name}.csv": what for name, what, _ in tables} | {
        "tables/cells.csv": "the study: one row for each cell, every estimate with its interval",
        "tables/runs.csv": "the study: one row for each run",
        f"{STUDY}/manifest.json": "the study: what it is; its folder holds the results",
    }


def _phase_table(phases: Mapping[str, Runs]) -> Table:
    """One row a phase: how many runs, and every estimate with its interval."""
    numbers = {name: estimates(some) for name, some in phases.items()}
    rows = ([name, len(phases[name]), *estimate_numbers(some.values())] for name, some in numbers.items())
    return ["scenario", "runs", *estimate_columns(numbers[FOCAL])], rows


def _change_table(changes: list[SingleChange]) -> Table:
    """One row a single change: estimates, and the paired difference from the unchanged phase."""
    names = ["consensus", "consensus_change", "share_agreed", "share_agreed_change"]
    return ["scenario", "change", *estimate_columns(names)], (
        [one.scenario, one.change, *estimate_numbers(getattr(one, name) for name in names)] for one in changes
    )


def demo_page(material: Material, files: Mapping[str, str], study: str) -> str:
    """The first page as HTML. files: what each other file holds. study: the folder of the study's results."""
    scenario, folder = material.phases[FOCAL].scenario, quote(study)
    columns = [estimates(some) for some in material.phases.values()]
    return render(
        "demo",
        "Why the 2011 working group ended with no report, and what would have changed that",
        caveats=caveats(scenario),
        people=sum(group.seats for group in scenario.groups.values()),
        paragraphs=len(scenario.issues),
        cells=len(material.study.cells),
        cell_runs=f"{material.study.study.replications:,}",
        phase_runs=f"{len(material.phases[FOCAL]):,}",
        cards=_cards(material),
        captions={name: picture.caption for name, picture in pictures(material).items()},
        measures=Grid(
            ["mean per run, 95 % interval", *PHASES.values()],
            [[measure_name(name), *(measure_text(name, column) for column in columns)] for name in SIDE_BY_SIDE],
        ),
        focal=FOCAL,
        main_effects=plots.main_effects(material.effects()),
        version=__version__,
        seed=SEED,
        files=files,
        study=study,
        commands=[f"negsim study {verb}" for verb in (f"cells {folder}", f"plot {folder}", f"rerun {folder} --row N")],
    )


def best_cell(study: StudyResults) -> int:
    """The cell with the most consensus."""
    return int(cell_line(study, "consensus").value.argmax())


def _cards(material: Material) -> list[tuple[str, str]]:
    """The chance of consensus of either phase, and in the best cell of the study."""
    cells = material.study.cells
    named = {f"runs of the {PHASES[name]}": some for name, some in material.phases.items()}
    named[f"fresh runs of the best of {len(cells)} cells of the study"] = material.again
    which = f": {cell_name(cells[best_cell(material.study)])}"
    cards = []
    for name, some in named.items():
        chance = estimates(some)["consensus"]
        about = f"of {len(some):,} {name} reach consensus {interval_text(chance, 'consensus')}"
        cards.append((percent(chance.value), about + (which if some is material.again else "")))
    return cards
