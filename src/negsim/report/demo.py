"""The demonstration: reports on both phases of the working group of 2011 and 2012, and two studies of what would help.

One study has three factors. More meetings are more days in it; the other has the same meetings with the days held too.
The folder holds what `negsim report`, `negsim study sweep`, `study report`, `study plot` and `study export` write.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from negsim.cast.knobs import DAYS, EVENINGS, MEETINGS, METHODOLOGY
from negsim.files import whole_folder, write_text
from negsim.report.looks import PictureFiles
from negsim.report.pages.reports import report_of_runs, report_of_study
from negsim.report.plots.study import study_pictures
from negsim.scenario import load
from negsim.scenario.yaml import Plain
from negsim.study.results import StudyResults, results
from negsim.study.runner import Step, run_steps, workers
from negsim.study.schema import Study
from negsim.study.sweep import opened

DEMO_SEED = 2011
FIRST_PHASE, SECOND_PHASE = "cstd_wgigf_2011", "cstd_wgigf_2012"
_METHODS: Plain = ["wgigf_2011", "rolling_text", "convergence_mapping"]
DEMO_FACTORS: dict[str, Plain] = {
    MEETINGS.path: list(range(1, 9)),
    METHODOLOGY.path: _METHODS,
    EVENINGS.path: [0, 0.5, 1],
}
_HELD_DAYS = 8  # in all
_DAYS_FACTORS: dict[str, Plain] = {
    MEETINGS.path: list(range(1, _HELD_DAYS + 1)),
    METHODOLOGY.path: _METHODS,
    "days": {"two days a meeting": {}, f"{_HELD_DAYS} days in all": {DAYS.path: _HELD_DAYS}},
}
_RUNS_OF_A_PHASE = 5  # times those of a cell of the study
STUDY_FOLDER, DAYS_FOLDER = "study", "days"


def study_of(replications: int) -> Study:
    """Return the study of the demonstration; experiments/three_factors has it as a file."""
    return _study("Meetings, methodology and informal contact", DEMO_FACTORS, replications)


def study_of_days(replications: int) -> Study:
    """Return the study that tells meetings and days apart."""
    return _study("Meetings, or days?", _DAYS_FACTORS, replications)


def _study(title: str, factors: dict[str, Plain], replications: int) -> Study:
    return Study(title=title, scenario=FIRST_PHASE, vary=factors, replications=replications, seed=DEMO_SEED)


def write_demo(
    folder: Path, *, replications: int = 200, threads: int | None = None
) -> Generator[Step, None, list[Path]]:
    """Run everything and write pages, tables and pictures into a folder; return the path of the first page at the end.

    replications: runs of a cell of the study. Raises NegsimError if the folder holds other things.
    """
    with whole_folder(folder, "demo") as part:
        for name, study in {STUDY_FOLDER: study_of(replications), DAYS_FOLDER: study_of_days(replications)}.items():
            with opened(study, part / name) as sweep, workers(count=threads) as pool:
                yield from sweep.steps(pool)
            write_text(part / f"{name}.html", report_of_study(results(part / name)))
        for name in (FIRST_PHASE, SECOND_PHASE):
            of_a_phase = _RUNS_OF_A_PHASE * replications
            runs = yield from run_steps(load(name), replications=of_a_phase, seed=DEMO_SEED, threads=threads)
            write_text(part / f"{name}.html", report_of_runs(runs, source=name))
        yield from _write_study(results(part / STUDY_FOLDER), part)
    return [folder / f"{name}.html" for name in (FIRST_PHASE, SECOND_PHASE, STUDY_FOLDER, DAYS_FOLDER)]


def _write_study(study: StudyResults, part: Path) -> Generator[Step, None, None]:
    """Write the tables and the pictures of the study of three factors."""
    (part / "tables").mkdir()
    study.summary().to_csv(part / "tables" / "cells.csv", index=False)
    study.export(part / "tables" / "runs.csv", "csv")
    yield from study_pictures(study).steps(part / "pictures", PictureFiles())
