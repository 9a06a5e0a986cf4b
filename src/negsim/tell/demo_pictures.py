"""The pictures of the demonstration, each with its caption.

Rules that hold here
- A picture has a name, by which its files and its place on the page are found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from negsim.study.runner import Runs
from negsim.tell import captions, figures, run_plots, study_plots
from negsim.tell.demo_material import FOCAL, PHASES, Material, Told
from negsim.tell.style import save

CURVES = {"consensus": "Share of runs with consensus", "share_agreed": "Share of paragraphs agreed"}
KINDS = (".png", ".svg")
LONGEST, MIXED = 8, 0.5  # meetings and share of mixed evenings of the cells in which time to consensus is seen


class Picture(NamedTuple):
    """A picture to be drawn, and what one sees in it."""

    draw: Callable[[], Axes | Figure]
    caption: str

    def write(self, folder: Path, name: str) -> None:
        """Draw it once and write it as files of every kind."""
        drawn = self.draw()
        for kind in KINDS:
            save(drawn, folder / f"{name}{kind}")


def pictures(material: Material) -> dict[str, Picture]:
    """Every picture by name."""
    shown = dict(_of_many(material))
    for name, told in material.told.items():
        shown |= {f"{name}_{picture}": drawn for picture, drawn in _of_one(told)}
    return shown


def _of_many(material: Material) -> Iterator[tuple[str, Picture]]:
    """Pictures of the phases and of the study."""
    phases, cells, first = material.named(), material.cells, material.phases[FOCAL]
    yield "outcomes", Picture(lambda: study_plots.outcome_shares(phases), captions.outcome_shares(phases))
    yield "single_changes", _changes(material)
    yield "minutes", Picture(lambda: study_plots.minutes_spent(phases), captions.minutes_spent(phases))
    yield "who_blocked", Picture(lambda: study_plots.who_blocked(first), captions.who_blocked(first))
    for measure, what in CURVES.items():
        draw = partial(figures.outcome_curves_by_evenings, cells, measure=measure)
        yield measure, Picture(draw, captions.outcome_curves(cells, measure, what))
    longest = _longest(material)
    about = f"Runs of {LONGEST} meetings, {MIXED:.0%} of the evenings mixed.".replace("%", " %")
    yield (
        "time_to_consensus",
        Picture(lambda: study_plots.time_to_consensus(longest), f"{captions.time_to_consensus(longest)} {about}"),
    )


def _changes(material: Material) -> Picture:
    first, second = material.changes.values()
    told = " ".join(captions.single_changes(PHASES[name], found) for name, found in material.changes.items())
    about = "Each row changes one thing to what it was in the other phase; lines are 95 % intervals."
    return Picture(lambda: figures.single_changes(first, second), f"One change at a time. {told} {about}")


def _longest(material: Material) -> dict[str, Runs]:
    """The runs of the longest process by methodology."""
    return {
        str(cell.cell["methodology"]): cell.runs
        for cell in material.study
        if (cell.cell["meetings.count"], cell.cell["informal.mixed_evenings"]) == (LONGEST, MIXED)
    }


def _of_one(told: Told) -> Iterator[tuple[str, Picture]]:
    """Pictures of one run."""
    scenario, trace = told.scenario, told.trace
    yield (
        "paragraphs",
        Picture(lambda: run_plots.life_of_paragraphs(scenario, trace), captions.life_of_paragraphs(scenario, trace)),
    )
    yield "brackets", Picture(lambda: run_plots.brackets(scenario, trace), captions.brackets(trace))
    yield "positions", Picture(lambda: figures.positions(scenario, trace), captions.positions(scenario, trace))
    yield "distances", Picture(lambda: run_plots.distances(scenario, trace), captions.distances(trace))
    yield "trust", Picture(lambda: figures.trust_before_and_after(scenario, trace), captions.trust(scenario, trace))
