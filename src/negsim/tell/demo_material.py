"""What the demonstration runs: the two phases, one change at a time, the three-factor study, one run of each phase.

Rules that hold here
- Everything comes from `SEED`: two demonstrations of as many replications have the same material.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from negsim.negotiation.moves import Outcome
from negsim.negotiation.trace import Trace, watch
from negsim.scenario import Scenario, load
from negsim.scenario.lowering import lower
from negsim.study.design import factorial
from negsim.study.effects import Estimate
from negsim.study.evidence import LEVERS_2011, LEVERS_2012, Lever, levers
from negsim.study.runner import CellRuns, Runs, Step, run, run_cells
from negsim.tell.tables import CellSummary, main_effect, summarise
from negsim.tell.words import evenings, format_name

SEED = 2011
FOCAL = "cstd_wgigf_2011"
PHASES = {FOCAL: "first phase, 2011", "cstd_wgigf_2012": "second phase, 2011–12"}
CHANGES = {FOCAL: LEVERS_2011, "cstd_wgigf_2012": LEVERS_2012}
FACTORS: dict[str, Sequence[object]] = {
    "meetings.count": list(range(1, 9)),
    "methodology": ["chair_text", "rolling_text", "convergence_mapping"],
    "informal.mixed_evenings": [0, 0.5, 1],
}
EFFECTS = (  # factor, level, base level
    ("meetings.count", 8, 1),
    ("methodology", "rolling_text", "chair_text"),
    ("methodology", "convergence_mapping", "chair_text"),
    ("informal.mixed_evenings", 1, 0),
)
TIMES = 5  # as many runs of the two phases as of a cell of the study


class Told(NamedTuple):
    """One run of a phase, the first that ended as most did."""

    scenario: Scenario
    replication: int
    trace: Trace


class Material(NamedTuple):
    """All that the demonstration shows; phases by the names of their scenarios."""

    phases: dict[str, Runs]
    told: dict[str, Told]
    changes: dict[str, list[Lever]]
    study: list[CellRuns]
    cells: list[CellSummary]

    def named(self) -> dict[str, Runs]:
        """The runs of the phases by what to call them."""
        return {PHASES[name]: runs for name, runs in self.phases.items()}

    def effects(self) -> dict[str, Estimate]:
        """What each factor of the study does to the share of consensus, by what to call it."""
        return {
            f"{_level(factor, level)} instead of {_level(factor, base)}": main_effect(self.study, factor, level, base)
            for factor, level, base in EFFECTS
        }


def _level(factor: str, level: object) -> str:
    if factor == "meetings.count":
        return f"{level} meetings" if level != 1 else "1 meeting"
    return format_name(str(level)) if factor == "methodology" else evenings(level)


def steps() -> int:
    """How many steps `gathered` takes."""
    return len(PHASES) + sum(1 + len(changes) for changes in CHANGES.values()) + len(factorial(FACTORS))


def gathered(replications: int, threads: int | None, total: int) -> Generator[Step, None, Material]:
    """Run everything; `total` is what steps are counted against."""
    material = Material({}, {}, {name: [] for name in PHASES}, [], [])
    for done, text in enumerate(_runs(material, replications, threads), start=1):
        yield done, total, text
    return material


def _runs(material: Material, replications: int, threads: int | None) -> Iterator[str]:
    """Add everything to the material, and say what has been added."""
    for name in PHASES:
        runs = run(load(name), replications=TIMES * replications, seed=SEED, threads=threads)
        material.phases[name] = runs
        material.told[name] = _typical(runs)
        yield name
    for name, changes in CHANGES.items():
        for lever in levers(name, changes, replications=TIMES * replications, seed=SEED):
            material.changes[name].append(lever)
            yield f"{name}: {lever.lever}"
    for cell in run_cells(load(FOCAL), factorial(FACTORS), replications=replications, seed=SEED, threads=threads):
        material.study.append(cell)
        material.cells.append(summarise(cell))
        yield " ".join(f"{path}={value}" for path, value in cell.cell.items())


def _typical(runs: Runs) -> Told:
    """The first run that ended as most did."""
    ends = runs.column("outcome").astype(int)
    usual = int(np.bincount(ends, minlength=len(Outcome)).argmax())
    replication = runs.first + int(np.flatnonzero(ends == usual)[0])
    return Told(runs.scenario, replication, watch(lower(runs.scenario), seed=runs.seed, replication=replication))
