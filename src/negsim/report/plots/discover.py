"""The picture of a discovery: the way of the search, and the cells over the two factors that limit the box most."""

from __future__ import annotations

from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from negsim.cast.palette import Colour
from negsim.negotiation.tables import Floats
from negsim.report import words
from negsim.report.discoveries import discovery_text, hit_name
from negsim.report.plots import style
from negsim.report.plots.style import Picture
from negsim.scenario.meanings import factor_name
from negsim.study.discover import Discovery, hit_shares
from negsim.study.results import StudyResults
from negsim.study.schema import Factor


def discovery_picture(box: Discovery, results: StudyResults) -> Picture:
    """Return the picture of a discovery, with its text as the caption."""
    return Picture(partial(_draw, box, results), discovery_text(box, results.factors))


@style.context()
def _draw(box: Discovery, results: StudyResults) -> Figure:
    """Plot the boxes of the search by what they cover and how dense they are, and the cells over two factors."""
    if style.beside(2) == 1:
        path, cells = (figure := style.sheet(6.0)).subplots(2, 1)
    else:
        path, cells = (figure := style.sheet(3.2)).subplots(1, 2, width_ratios=[1.0, 1.35])
    _draw_path(path, box)
    _draw_cells(cells, box, results)
    return figure


def _draw_path(ax: Axes, box: Discovery) -> None:
    """Draw coverage and density of each box, from all cells on the right; mark the one that was chosen."""
    coverage, density = (np.array([getattr(step, name) for step in box.path]) for name in ("coverage", "density"))
    ax.plot(coverage, density, ".-", color=style.PALE_INK, markersize=4, linewidth=0.8)
    ax.plot(coverage[box.chosen], density[box.chosen], "o", color=Colour.VERMILION, markersize=6)
    ax.set_xlim(0.0, 1.03)
    ax.set_ylim(0.0, 1.03)
    for axis in (ax.xaxis, ax.yaxis):
        style.percent_axis(axis)
    ax.grid(color=style.FAINT_INK, linewidth=0.6)
    ax.set_title("The search, on half of the cells")
    ax.set_xlabel(style.wrapped(f"share of all runs with {hit_name(box)} that lie in the box", 34))
    ax.set_ylabel(style.wrapped(f"share of the runs in the box with {hit_name(box)}", 34))


def _draw_cells(ax: Axes, box: Discovery, results: StudyResults) -> None:
    """Draw the cells over the two factors whose limits keep out the fewest hits, coloured by their share of hits."""
    by_worth = sorted(box.limits, key=lambda limit: limit.outside.value)
    names = [limit.factor for limit in by_worth] + [factor.name for factor in results.factors]
    names = list(dict.fromkeys(names))[:2]
    factors = [next(factor for factor in results.factors if factor.name == name) for name in names]
    places = [_places(factor, results) for factor in factors]
    if len(places) == 1:
        places.append(np.zeros(len(results.cells)))
    hits, inside = hit_shares(results, box.measure, box.above), np.isin(np.arange(len(results.cells)), box.inside)
    for chosen, size, edge in ((~inside, 12, Colour.PAPER), (inside, 26, style.INK)):
        dots = ax.scatter(
            places[0][chosen], places[1][chosen], c=hits[chosen], s=size, cmap=style.shades(), vmin=0.0, vmax=1.0,
            linewidths=0.6, edgecolors=edge,
        )  # fmt: skip
    for axis, factor in zip((ax.xaxis, ax.yaxis), factors, strict=False):
        axis.set_label_text(factor_name(factor.name))
        if not factor.is_numeric:
            names = [style.wrapped(words.level_name(factor.name, value), 16) for value in factor.values]
            axis.set_ticks(range(len(names)), names)
    bar = style.figure_of(ax).colorbar(dots, ax=ax, aspect=30, pad=0.02)
    style.percent_axis(bar.ax.yaxis)
    bar.outline.set_visible(False)
    ax.set_title("The cells; outlined: in the box")


def _places(factor: Factor, results: StudyResults) -> Floats:
    """Return where the cells lie on a factor (C): its number, or that of its level, a little spread."""
    values = [cell[factor.name] for cell in results.cells]
    if factor.is_numeric:
        return np.array(values, float)
    spread = 0.25 * np.linspace(-1.0, 1.0, 11)[np.arange(len(values)) % 11]
    return np.asarray(np.array([factor.values.index(value) for value in values], float) + spread)
