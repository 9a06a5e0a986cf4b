"""What the pictures of a study share: grids of panels, axes of factors and measures, colours and names of levels.

Rules that hold here
- A level has one colour in all panels: that of its name for a methodology, of its rank for a number, else of its place.
- Shares stand in per cent; up the axis they begin at nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from negsim.negotiation.case import Floats
from negsim.study.factors import Factor, Value
from negsim.tell.study_numbers import Line
from negsim.tell.study_words import EVENINGS, METHODOLOGY, SHARES, factor_name, level_name, measure_name
from negsim.tell.style import (
    FAINT,
    INK,
    WIDE,
    colours,
    figure_of,
    label_ends,
    method_colours,
    percent_axis,
    sheet,
    wrapped,
)

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
RANKS = "viridis"  # colours of levels that are numbers, up to the share BRIGHTEST: the rest is too pale on paper
BRIGHTEST = 0.8
NO_BREAK = "\N{NO-BREAK SPACE}"
BAND = 0.18  # opacity
LETTERS = 15  # to an inch
NARROW = 6  # letters: names along an axis that have less room are turned
WIDE_RATIO = 50.0  # of the largest number to the smallest
FULL = 0.8  # a share from which on an axis goes up to all
CLOSE = 0.07  # ticks nearer than this share of the axis would collide
Inks = dict[Value, str]
Kind = Literal["marked lines", "lines", "marks"]


def columns_of(panels: int) -> int:
    """How many panels stand side by side."""
    return 2 if panels in {2, 4} else min(3, panels)


def grid(panels: int, *, columns: int, height: float, extra: float = 0.6) -> tuple[Figure, list[Axes]]:
    """A figure with so many panels; the last row may be shorter. height: of a row; extra: for names above or below."""
    columns = min(columns, panels)
    rows = math.ceil(panels / columns)
    figure = sheet(WIDE, extra + height * rows)
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for ax in axes[panels:]:
        ax.remove()
    return figure, axes[:panels]


def name_outer_axes(axes: Sequence[Axes], columns: int) -> None:
    """Name the vertical axis in the first column of a grid only, and the horizontal one where nothing stands below."""
    for n, ax in enumerate(axes):
        if n % columns:
            ax.set_ylabel("")
            ax.tick_params(labelleft=False)
        if n + columns < len(axes):
            ax.set_xlabel("")


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


def names_of(factor: Factor, levels: Iterable[Value], letters: int = 20) -> dict[Value, str]:
    """What to call every level beside its line."""
    return {level: in_lines(level_name(factor.name, level), letters) for level in levels}


def in_lines(name: str, letters: int) -> str:
    r"""A name on lines of at most so many letters, broken after commas rather than within what stands between them.

    >>> in_lines("rolling text, 4 meetings", 16).split("\n")[1].replace(NO_BREAK, " ")
    '4 meetings'
    """
    parts = [part.replace(" ", NO_BREAK) if len(part) < letters else part for part in name.split(", ")]
    return wrapped(", ".join(parts), letters)


# ------------------------------------------------------------------------------------------------ names


def label_lines(
    ax: Axes, factor: Factor | None, ends: Mapping[Value, float], inks: Inks, *, headed: bool = True
) -> None:
    """Names of the levels to the right of the axes where their lines end, below that of their factor if `headed`."""
    if factor is None:
        return
    names = names_of(factor, ends)
    _, inches = size_of(ax)
    tallest = max(name.count("\n") + 1 for name in names.values())
    named = {names[level]: end for level, end in ends.items()}
    least = min(0.5, 0.13 * tallest / inches)
    heights = label_ends(ax, named, {names[level]: inks[level] for level in ends}, least=least)
    if headed and factor.name != METHODOLOGY and len(heights):
        ax.annotate(
            wrapped(factor_name(factor.name), 18), (1.0, heights.max()), xycoords="axes fraction",
            xytext=(5, 2 + 5 * tallest), textcoords="offset points", va="bottom", style="italic",
            annotation_clip=False,
        )  # fmt: skip


def key(
    figure: Figure, factor: Factor | None, inks: Inks, kind: Kind = "marked lines", more: Sequence[Line2D] = ()
) -> None:
    """Names of the levels above a figure, and what else is to be told apart. kind: how levels are drawn."""
    handles = [*(_handles(factor, inks, kind) if factor is not None else ()), *more]
    if handles:
        title = None if factor is None or factor.name == METHODOLOGY else factor_name(factor.name)
        figure.legend(handles=handles, loc="outside upper center", ncols=min(4, len(handles)), title=title)


def _handles(factor: Factor, inks: Inks, kind: Kind) -> Iterator[Line2D]:
    """An example of every level."""
    marks, names = markers_of(inks), names_of(factor, inks, 40)
    for level, ink in inks.items():
        example = Line2D([], [], color=ink, label=names[level])
        if kind != "lines":
            example.set(marker=marks[level], markersize=4)
        if kind == "marks":
            example.set_linestyle("")
        yield example


# ------------------------------------------------------------------------------------------------- axes


def factor_axis(axis: Axis, factor: Factor, levels: Sequence[Value], *, letters: int = 16) -> None:
    """The name of a factor and its levels along an axis: numbers where they are, words one by one."""
    axis.set_label_text(factor_name(factor.name))
    if not factor.is_numeric:
        name_levels(axis, factor, levels, letters=letters)
        return
    numbers = places(factor, levels)
    if factor.span is None and 1 < len(numbers) <= 9 and np.diff(numbers).min() > CLOSE * np.ptp(numbers):
        axis.set_ticks(numbers)
    else:
        axis.set_major_locator(MaxNLocator(5, integer=all(isinstance(value, int) for value in factor.values)))
    if factor.name == EVENINGS:
        percent_axis(axis)
    else:
        axis.set_major_formatter("{x:g}")


def is_wide(factor: Factor, at: Floats) -> bool:
    """Whether numbers are so far apart that only their ratios can be seen."""
    return factor.is_numeric and len(at) > 3 and bool(at.min() > 0.0) and bool(at.max() >= WIDE_RATIO * at.min())


def log_axis(axis: Axis, at: Floats) -> None:
    """Numbers along an axis by their ratios, each named."""
    axis.axes.set_xscale("log")
    axis.set_ticks(at, [f"{number:g}" for number in at])
    axis.set_ticks([], minor=True)
    axis.axes.set_xlim(at.min() / 1.2, at.max() * 1.2)


def name_levels(axis: Axis, factor: Factor, levels: Sequence[Value], *, letters: int = 16) -> None:
    """The name of a factor along an axis, and of its levels one after the other; of many numbers some.

    letters: of a line, up an axis; along one, as many as there is room for.
    """
    axis.set_label_text(factor_name(factor.name))
    step = 1 + (len(levels) - 1) // 12 if factor.is_numeric else 1
    shown = range(0, len(levels), step)
    if isinstance(axis, XAxis):
        room = int(size_of(axis.axes)[0] * LETTERS / len(shown))
        longest = max(len(level_name(factor.name, levels[n])) for n in shown)
        fits = room >= min(NARROW, longest)
        letters = max(1, room) if fits else letters
        axis.set_tick_params(rotation=0 if fits else 90)
    axis.set_ticks(shown, list(names_of(factor, [levels[n] for n in shown], letters).values()))


def size_of(ax: Axes) -> tuple[float, float]:
    """Width and height of axes before they are laid out, in inches."""
    box, figure = ax.get_position(), figure_of(ax)
    return box.width * figure.get_figwidth(), box.height * figure.get_figheight()


def places(factor: Factor, levels: Sequence[Value]) -> Floats:
    """Where levels lie on an axis: numbers at themselves, words one after the other."""
    return np.array(levels, dtype=float) if factor.is_numeric else np.arange(len(levels), dtype=float)


def measure_axis(axis: Axis, measure: str) -> None:
    """The name of a measure along an axis, shares in per cent."""
    axis.set_label_text(wrapped(measure_name(measure), 34))
    if measure in SHARES:
        percent_axis(axis)
    axis.grid(color=FAINT, linewidth=0.6)


def span_of(lines: Iterable[Line], measure: str, *, whole: bool = True) -> tuple[float, float] | None:
    """Both ends of an axis on which all lines and their bands are seen; None where there is nothing to see.

    whole: whether an axis of shares begins at nothing.
    """
    parts = np.concatenate([np.concatenate(line[1:]) for line in lines])
    known = parts[np.isfinite(parts)]
    if not len(known):
        return None
    if measure in SHARES and whole:
        most = max(0.1, float(known.max()) * 1.05) if known.max() < FULL else 1.0
        return -0.02 * most, 1.02 * most
    margin = 0.06 * float(np.ptp(known)) or 0.05 * abs(float(known[0])) or 0.05
    return float(known.min()) - margin, float(known.max()) + margin


def nothing_to_see(axis: Axis) -> None:
    """Say that a measure along an axis does not apply."""
    ax = axis.axes
    axis.set_ticks([])
    ax.text(0.5, 0.5, "does not apply", transform=ax.transAxes, ha="center", va="center", color=INK, fontsize="small")
