"""The picture of interventions in many worlds: how far each gains in every world, and in how many it is best."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from negsim.cast.palette import Colour
from negsim.negotiation.tables import Floats
from negsim.report.explanations import change_name
from negsim.report.plots import style
from negsim.report.plots.style import Picture, Pictures
from negsim.report.words import NO_BREAK, counted, is_share, measure_name, percent, unit
from negsim.study.robust import Robustness, WorldEffects

_BEST, _OTHER = Colour.BLUE, Colour.GREY
_ROW_HEIGHT, _AROUND, _LINE_HEIGHT = 0.42, 1.15, 0.15  # inches: of a row, of axis and legend, of a line of a name
_SWARM = 0.17  # of a row: how far points that would hide each other move apart
_NAME_LETTERS = 60


def robust_pictures(result: Robustness, name: str) -> Pictures:
    """Return the picture of interventions in worlds. name: of the scenario."""
    caption = (
        f"Gain of each change in {counted(len(result.worlds), 'world')}, {name}: a point is a world, the line goes from"
        " 10 to 90 % of them, its tick is their median; the percentages say in how many each is best."
    )
    return Pictures({"robust": Picture(partial(_gains, result), caption)})


@style.styled
def _gains(result: Robustness, *, ax: Axes | None = None) -> Axes:
    """Plot the gain of each intervention in each world, that which is best in most of them on top."""
    effects = result.effects
    names = [style.wrapped(change_name(one.intervention), style.letters_beside(_NAME_LETTERS)) for one in effects]
    above = [_LINE_HEIGHT * (name.count("\n") + 1) if style.is_narrow() else 0.0 for name in names]
    tops = np.cumsum([0.0, *(_ROW_HEIGHT + one for one in above)])
    ax = style.axes_or_new(ax, height=_AROUND + float(tops[-1]))
    places = [float(top) + tall + _ROW_HEIGHT / 2 for top, tall in zip(tops, above, strict=False)]
    ax.axvline(0.0, color=style.INK, linewidth=0.9, zorder=1)
    for place, one in zip(places, effects, strict=True):
        _points(ax, place, one, unit(result.measure))
        best = percent(float(one.is_best.mean())).replace(" ", NO_BREAK)
        ax.annotate(
            best, (1.02, place), xycoords=("axes fraction", "data"), va="center", annotation_clip=False,
            color=_BEST if one.is_best.any() else style.INK,
        )  # fmt: skip
    ax.annotate(
        "best in", (1.02, 1.0), xycoords="axes fraction", xytext=(0, 4), textcoords="offset points", va="bottom",
        annotation_clip=False,
    )  # fmt: skip
    ax.set_ylim(float(tops[-1]), 0.0)
    if style.is_narrow():  # each name above its row
        style.name_bars(ax, names, [float(top) + tall / 2 for top, tall in zip(tops, above, strict=False)])
    else:
        style.name_bars(ax, names, places)
    if is_share(result.measure):
        style.percent_axis(ax.xaxis, "")
    label = measure_name(result.measure)
    style.label_below(ax, f"{label}: gain{' in points' if is_share(result.measure) else ''}")
    ax.grid(axis="x", color=style.FAINT_INK, linewidth=0.6)
    ax.legend(handles=_marks(), loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=style.beside(2), borderaxespad=0.2)
    return ax


def _points(ax: Axes, place: float, one: WorldEffects, scale: float) -> None:
    """Draw a row: the worlds as points, 10 to 90 % of them as a line, and their median as a tick."""
    gain, apart = one.gain / scale, _apart(one.gain)
    for flag, ink in ((0.0, _OTHER), (1.0, _BEST)):
        of = one.is_best == flag
        ax.scatter(gain[of], place + _SWARM * apart[of], s=7, color=ink, alpha=0.55, linewidths=0, zorder=2)
    low, half, high = (value / scale for value in one.gains)
    ax.hlines(place, low, high, color=style.INK, linewidth=1.1, zorder=3)
    ax.vlines(half, place - 0.09, place + 0.09, color=style.INK, linewidth=1.4, zorder=3)


def _apart(gain: Floats) -> Floats:
    """Move worlds apart, -1 to 1, in the order of their gains: neighbours in size stand on different heights."""
    places: Floats = np.empty(len(gain))
    golden = (math.sqrt(5.0) - 1.0) / 2.0
    places[np.argsort(gain, kind="stable")] = 2.0 * (np.arange(len(gain)) * golden % 1.0) - 1.0
    return places


def _marks() -> list[Line2D]:
    points = {"a world where it is best": _BEST, "another world": _OTHER}
    return [
        Line2D([], [], marker="o", markersize=3, linestyle="", color=ink, label=name) for name, ink in points.items()
    ]
