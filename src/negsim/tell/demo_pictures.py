"""The pictures of the demonstration, each with its caption.

Rules that hold here
- A picture has a name, by which its files and its place on the page are found.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from negsim.study.factors import Cell
from negsim.tell import captions, figures, study_plots
from negsim.tell.demo_material import FOCAL, PHASES, Material
from negsim.tell.picture import Picture
from negsim.tell.study_pictures import curves_of, time_of
from negsim.tell.style import figure_of
from negsim.tell.typical import Told

CURVES = ("consensus", "share_agreed")
LONGEST: Cell = {"meetings.count": 8, "informal.mixed_evenings": 0.5}  # where time to consensus is seen


def pictures(material: Material) -> dict[str, Picture]:
    """Every picture by name."""
    shown = dict(_of_many(material))
    for name, told in material.told.items():
        shown |= {f"{name}_{picture}": drawn for picture, drawn in _of_one(told)}
    return shown


def _of_many(material: Material) -> Iterator[tuple[str, Picture]]:
    """Pictures of the phases and of the study."""
    phases, first = material.named(), material.phases[FOCAL]
    yield "outcomes", Picture(lambda: figure_of(study_plots.outcome_shares(phases)), captions.outcome_shares(phases))
    yield "single_changes", _changes(material)
    yield "minutes", Picture(lambda: figure_of(study_plots.minutes_spent(phases)), captions.minutes_spent(phases))
    yield "who_blocked", Picture(lambda: figure_of(study_plots.who_blocked(first)), captions.who_blocked(first))
    yield from ((measure, curves_of(material.study, measure)) for measure in CURVES)
    yield "time_to_consensus", time_of(material.study, LONGEST)


def _changes(material: Material) -> Picture:
    first, second = material.changes.values()
    told = " ".join(captions.single_changes(PHASES[name], found) for name, found in material.changes.items())
    about = "Each row changes one thing to what it was in the other phase; lines are 95 % intervals."
    return Picture(lambda: figures.single_changes(first, second), f"One change at a time. {told} {about}")


def _of_one(told: Told) -> Iterator[tuple[str, Picture]]:
    """Pictures of one run."""
    for name, draw in figures.RUN_PICTURES.items():
        caption = captions.RUN_CAPTIONS[name](told.scenario, told.trace)
        yield name, Picture(partial(draw, told.scenario, told.trace), caption)
