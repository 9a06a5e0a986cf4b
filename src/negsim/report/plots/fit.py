"""The picture of a fit: the values of each parameter in all runs, and in those nearest to what was observed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from negsim.cast.palette import Colour
from negsim.negotiation.tables import Floats
from negsim.report import words
from negsim.report.discoveries import by_p, fit_text, parameter_name
from negsim.report.plots import style
from negsim.report.plots.style import Picture
from negsim.study.fit import Fit, FittedParameter

_COLUMNS, _BINS = 3, 16
_LEVEL_LETTERS, _TITLE_LETTERS = 14, 24  # in a line of a level's name, and of a title


def _bins(values: Floats) -> Floats:
    """Return the edges of bins: around each of a few numbers, such as counts, or as many as there is room for."""
    different = np.unique(values)
    if not 1 < len(different) <= _BINS:
        return np.asarray(np.histogram_bin_edges(values, _BINS))
    middles = (different[:-1] + different[1:]) / 2.0
    return np.array([2.0 * different[0] - middles[0], *middles, 2.0 * different[-1] - middles[-1]])


def fit_picture(fit: Fit) -> Picture:
    """Return the picture of a fit, with its text as the caption."""
    return Picture(partial(_draw, fit), fit_text(fit))


@style.context()
def _draw(fit: Fit) -> Figure:
    """Plot a panel for each parameter, those of which the data say most first."""
    parameters = by_p(fit.parameters)
    columns = style.beside(min(_COLUMNS, len(parameters)))
    rows = -(-len(parameters) // columns)
    figure = style.sheet(0.5 + 1.7 * rows)
    axes = np.atleast_1d(figure.subplots(rows, columns)).ravel()
    for ax, one in zip(axes, parameters, strict=False):
        _draw_parameter(ax, one, fit)
    for ax in axes[len(parameters) :]:
        ax.set_axis_off()
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=style.beside(2))
    return figure


def _draw_parameter(ax: Axes, one: FittedParameter, fit: Fit) -> None:
    """Draw the shares of the values of a parameter: of a number in bins, of words by level."""
    labels = ("all runs", f"the {fit.accepted:,} nearest to what was observed")
    if one.is_number:
        _draw_number(ax, fit.values[one.name], labels)
    else:
        _draw_levels(ax, one, labels)
    style.percent_axis(ax.yaxis)
    ax.set_ylim(0.0, None)
    title = parameter_name(one.name) + ("" if one.is_constrained else " (not constrained)")
    ax.set_title(style.wrapped(title, _TITLE_LETTERS))


def _draw_number(ax: Axes, values: Sequence[Sequence[Any]], labels: Sequence[str]) -> None:
    """Draw the shares of bins, of all values as areas and of the accepted ones as a line."""
    every, accepted = (np.array(some, float) for some in values)
    bins = _bins(every)
    looks: tuple[dict[str, Any], ...] = ({"color": style.PALE_INK, "fill": True}, {"color": Colour.BLUE})
    for some, label, look in zip((every, accepted), labels, looks, strict=True):
        ax.stairs(np.histogram(some, bins)[0] / len(some), bins, label=label, linewidth=1.6, **look)


def _draw_levels(ax: Axes, one: FittedParameter, labels: Sequence[str]) -> None:
    """Draw the shares of levels, of all values as areas and of the accepted ones as outlines."""
    at = np.arange(len(one.levels))
    levels, before, after = zip(*one.levels, strict=True)
    ax.bar(at, before, 0.7, label=labels[0], color=style.PALE_INK)
    ax.bar(at, after, 0.7, label=labels[1], fill=False, edgecolor=Colour.BLUE, linewidth=1.6)
    names = [style.wrapped(words.level_name(one.name, level), _LEVEL_LETTERS) for level in levels]
    ax.set_xticks(at, names, rotation=30, ha="right", rotation_mode="anchor")
