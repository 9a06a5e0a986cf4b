"""What the pictures of a study share: grids of panels, axes of factors and measures, colours and names of levels.

Rules that hold here
- A level has one colour in all panels: that of its name for a methodology, of its rank for a number, else of its place.
- Shares stand in per cent on an axis from nothing to a little above the highest that is shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from negsim.negotiation.case import Floats
from negsim.study.factors import Factor, Value
from negsim.tell.style import FAINT, INK, WIDE, colours, label_ends, method_colours, sheet, wrapped
from negsim.tell.study_numbers import Line
from negsim.tell.study_plots import MARKERS
from negsim.tell.study_words import EVENINGS, METHODOLOGY, SHARES, factor_name, level_name, measure_name

RANKS = "viridis"  # colours of levels that are numbers, up to the share BRIGHTEST: the rest is too pale on paper
BRIGHTEST = 0.88
BAND = 0.18  # opacity
CLOSE = 0.07  # ticks nearer than this share of the axis would collide
Inks = dict[Value, str]


def grid(panels: int, *, columns: int, height: float, extra: float = 0.6) -> tuple[Figure, list[Axes]]:
    """A figure with so many panels; the last row may be shorter. height: of a row; extra: for names above or below."""
    columns = min(columns, panels)
    rows = math.ceil(panels / columns)
    figure = sheet(WIDE, extra + height * rows)
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for ax in axes[panels:]:
        ax.remove()
    return figure, axes[:panels]


def inks_of(factor: Factor | None, levels: Sequence[Value]) -> Inks:
    """A colour for every level."""
    if factor is None:
        return dict.fromkeys(levels, colours([""])[""])
    if factor.name == METHODOLOGY:
        return dict(zip(levels, method_colours([str(level) for level in levels]).values(), strict=True))
    if factor.is_numeric:
        shades = mpl.colormaps[RANKS](np.linspace(0.0, BRIGHTEST, len(levels)))
        return {level: to_hex(shade) for level, shade in zip(levels, shades, strict=True)}
    return dict(zip(levels, colours([str(level) for level in levels]).values(), strict=True))


def markers_of(levels: Iterable[Value]) -> dict[Value, str]:
    """A mark for every level, so that lines can be told apart without colours."""
    return {level: MARKERS[n % len(MARKERS)] for n, level in enumerate(levels)}


def names_of(factor: Factor, levels: Iterable[Value], letters: int = 18) -> dict[Value, str]:
    """What to call every level beside its line."""
    return {level: wrapped(level_name(factor.name, level), letters) for level in levels}


# ------------------------------------------------------------------------------------------------ names


def label_lines(ax: Axes, factor: Factor | None, ends: Mapping[Value, float], inks: Inks) -> None:
    """Names of the levels to the right of the axes where their lines end, under that of their factor."""
    if factor is None:
        return
    names = names_of(factor, ends)
    inches = ax.get_position().height * ax.get_figure(root=True).get_figheight()  # type: ignore[union-attr]
    tallest = max(name.count("\n") + 1 for name in names.values())
    named = {names[level]: end for level, end in ends.items()}
    label_ends(ax, named, {names[level]: inks[level] for level in ends}, least=min(0.5, 0.15 * tallest / inches))
    if factor.name != METHODOLOGY:
        ax.annotate(
            wrapped(factor_name(factor.name), 18), (1.0, 1.0), xycoords="axes fraction", xytext=(5, 8),
            textcoords="offset points", va="bottom", fontsize="small", style="italic", annotation_clip=False,
        )  # fmt: skip


def key(figure: Figure, factor: Factor | None, inks: Inks, *, more: Sequence[Line2D] = ()) -> None:
    """Names of the levels above a figure, and what else is to be told apart."""
    handles = list(more)
    if factor is not None:
        marks = markers_of(inks)
        handles = [
            Line2D([], [], color=ink, marker=marks[level], markersize=4, label=level_name(factor.name, level))
            for level, ink in inks.items()
        ] + handles
    if handles:
        title = None if factor is None or factor.name == METHODOLOGY else factor_name(factor.name)
        figure.legend(handles=handles, loc="outside upper center", ncols=min(4, len(handles)), title=title)


# ------------------------------------------------------------------------------------------------- axes


def factor_axis(axis: Axis, factor: Factor, levels: Sequence[Value], *, letters: int = 16) -> None:
    """The name of a factor and its levels along an axis: numbers where they are, words one by one."""
    axis.set_label_text(factor_name(factor.name))
    if not factor.is_numeric:
        axis.set_ticks(range(len(levels)), [wrapped(level_name(factor.name, level), letters) for level in levels])
        return
    numbers = places(factor, levels)
    if len(numbers) > 1 and len(numbers) <= 9 and np.diff(numbers).min() > CLOSE * np.ptp(numbers):
        axis.set_ticks(numbers)
    else:
        axis.set_major_locator(MaxNLocator(6, integer=all(float(number).is_integer() for number in numbers)))
    axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %") if factor.name == EVENINGS else "{x:g}")


def places(factor: Factor, levels: Sequence[Value]) -> Floats:
    """Where levels lie on an axis: numbers at themselves, words one after the other."""
    return np.array(levels, dtype=float) if factor.is_numeric else np.arange(len(levels), dtype=float)


def measure_axis(axis: Axis, measure: str) -> None:
    """The name of a measure along an axis, shares in per cent."""
    axis.set_label_text(wrapped(measure_name(measure), 34))
    if measure in SHARES:
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    axis.axes.grid(axis=axis.axis_name, color=FAINT, linewidth=0.6)


def span_of(lines: Iterable[Line], measure: str) -> tuple[float, float] | None:
    """Both ends of an axis on which all lines and their bands are seen; None where there is nothing to see."""
    parts = np.concatenate([np.concatenate(line[1:]) for line in lines])
    known = parts[np.isfinite(parts)]
    if not len(known):
        return None
    if measure in SHARES:
        most = min(1.0, max(0.1, float(known.max()) * 1.05))
        return -0.02 * most, 1.02 * most
    margin = 0.06 * float(np.ptp(known)) or 0.05 * abs(float(known[0])) or 0.05
    return float(known.min()) - margin, float(known.max()) + margin


def nothing_to_see(ax: Axes) -> None:
    """Say so."""
    ax.text(0.5, 0.5, "does not apply", transform=ax.transAxes, ha="center", va="center", color=INK, fontsize="small")
