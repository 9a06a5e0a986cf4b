"""What the demonstration runs: the two phases, one change at a time, the three-factor study, one run of each phase.

Rules that hold here
- Everything comes from `SEED`: two demonstrations of as many replications have the same material.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import NamedTuple

from negsim.scenario import load
from negsim.scenario.plain import Plain
from negsim.study.design import cells_of
from negsim.study.effects import Estimate
from negsim.study.evidence import LEVERS_2011, LEVERS_2012, Lever, levers
from negsim.study.executors import workers
from negsim.study.factors import Value
from negsim.study.results import StudyResults, results
from negsim.study.runner import Runs, Step, run
from negsim.study.schema import Study
from negsim.study.sweep import opened
from negsim.tell.study_numbers import effect
from negsim.tell.study_words import phrase
from negsim.tell.typical import Told, typical

SEED = 2011
FOCAL = "cstd_wgigf_2011"
PHASES = {FOCAL: "first phase, 2011", "cstd_wgigf_2012": "second phase, 2011–12"}
CHANGES = {FOCAL: LEVERS_2011, "cstd_wgigf_2012": LEVERS_2012}
TITLE = "Meetings, methodology and informal contact"  # of the study
FACTORS: dict[str, Plain] = {
    "meetings.count": list(range(1, 9)),
    "methodology": ["chair_text", "rolling_text", "convergence_mapping"],
    "informal.mixed_evenings": [0, 0.5, 1],
}
EFFECTS: tuple[tuple[str, Value, Value], ...] = (  # factor, level, base level
    ("meetings.count", 8, 1),
    ("methodology", "rolling_text", "chair_text"),
    ("methodology", "convergence_mapping", "chair_text"),
    ("informal.mixed_evenings", 1, 0),
)
TIMES = 5  # as many runs of the two phases as of a cell of the study


class Material(NamedTuple):
    """All that the demonstration shows; phases by the names of their scenarios."""

    phases: dict[str, Runs]
    told: dict[str, Told]
    changes: dict[str, list[Lever]]
    study: StudyResults

    def named(self) -> dict[str, Runs]:
        """The runs of the phases by what to call them."""
        return {PHASES[name]: runs for name, runs in self.phases.items()}

    def effects(self) -> dict[str, Estimate]:
        """What each factor of the study does to the share of consensus, by what to call it."""
        return {
            f"{phrase(factor, level)} instead of {phrase(factor, base)}": effect(
                self.study, "consensus", factor, (base, level)
            )
            for factor, level, base in EFFECTS
        }


def study_of(replications: int) -> Study:
    """The study of the demonstration; experiments/three_factors has it as a file."""
    return Study(title=TITLE, scenario=FOCAL, vary=FACTORS, replications=replications, seed=SEED)


def steps() -> int:
    """How many steps `gathered` takes; a cell of the study is one."""
    return len(cells_of(study_of(1))) + len(PHASES) + sum(1 + len(changes) for changes in CHANGES.values())


def gathered(folder: Path, replications: int, threads: int | None, total: int) -> Generator[Step, None, Material]:
    """Run everything, the study into a results folder; `total` is what steps are counted against."""
    study = yield from _swept(study_of(replications), folder, threads, total)
    material = Material({}, {}, {name: [] for name in PHASES}, study)
    for done, text in enumerate(_runs(material, TIMES * replications, threads), start=len(study.cells) + 1):
        yield done, total, text
    return material


def _swept(study: Study, folder: Path, threads: int | None, total: int) -> Generator[Step, None, StudyResults]:
    with opened(study, folder) as sweep, workers(count=threads) as found:
        for done, runs, _ in sweep.steps(found):
            yield done * len(sweep.cells) // runs, total, f"{done:,} of {runs:,} runs of the study"
    return results(folder)


def _runs(material: Material, replications: int, threads: int | None) -> Iterator[str]:
    """Add phases and changes to the material, and say what has been added."""
    for name in PHASES:
        runs = run(load(name), replications=replications, seed=SEED, threads=threads)
        material.phases[name] = runs
        material.told[name] = typical(runs)
        yield name
    for name, changes in CHANGES.items():
        for lever in levers(name, changes, replications=replications, seed=SEED):
            material.changes[name].append(lever)
            yield f"{name}: {lever.lever}"
