"""Figures of a study, and the axes that they share.

    of a crossed design      curves, dots, heat maps, small panels, interactions
    of cells, each a point   a cloud against every factor, the frontier of two measures
    over floor time          time to consensus, time series

- A figure takes numbers from `plots.numbers`; bands and bars are intervals at 95 %: pale or thin those of each point,
  dark or thick those for comparing points, whose cells share their draws.
- A number goes along x and makes curves; words stand in rows and make dots.
- A level has one colour in all panels: that of its name for a methodology, of its rank for a number, else of its place.
- Shares are in per cent; up the axis they begin at zero.
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

from negsim.cast.knobs import EVENINGS, METHODOLOGY
from negsim.cast.measures import lookup
from negsim.cast.palette import Colour, group_colours
from negsim.negotiation.tables import Floats, Outcome
from negsim.report import words
from negsim.report.plots import numbers, style
from negsim.report.plots.numbers import Curves, Layout, LevelLine
from negsim.report.plots.runs import outcome_bars
from negsim.report.words import NO_BREAK
from negsim.scenario.meanings import factor_name
from negsim.study.results import StudyResults
from negsim.study.schema import Factor, Value

_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_RANKS = "viridis"  # colours of levels that are numbers, up to the share _BRIGHTEST: the rest is too pale on paper
_BRIGHTEST = 0.8
_BAND, _DARK_BAND = 0.15, 0.3  # opacity: of the interval of a point, and of that for comparing points within it
_POINT_BAR, _PAIRED_BAR = 0.9, 2.6  # of the same as bars
_WORLDS_LINE = 1.1  # of 10 and 90 % of the worlds, dotted
_NARROW_LETTERS = 6  # letters: names along an axis that have less room are turned
_WIDE_RATIO = 50.0  # of the largest number to the smallest
_WHOLE_AXIS_SHARE = 0.8  # a share from which on an axis goes up to all
_TICK_DISTANCE = 0.07  # ticks nearer than this share of the axis would collide
_MOST_NAMED = 12  # cells of the frontier that are named
_MOST_INTERVALS = 40  # cells with intervals that would hide each other
_UNBEATEN = "no other cell is better in both"
_BROAD, _FINE = 1.6, 0.7  # widths of lines: of the first measure of a panel, and of the second
_ROW_LETTERS = 24  # of the name of a row, a line
_TITLE_LETTERS, _TITLE_LINE = 9.3, 0.14  # an inch of a panel; inches
_MOST_LINES = 6  # of a title, or of the name of a row
_TICKS = 4  # of a measure along x, in a narrow panel
_HIGHEST = 6.0  # inches of a heat map
_MOST_NOTES = 11  # cells of a heat map side by side in which numbers can be read
_Inks = dict[Value, str]
_Kind = Literal["marked lines", "lines", "marks"]


def _columns_of(panels: int) -> int:
    """Return how many panels stand side by side."""
    return style.beside(2 if panels in {2, 4} else min(3, panels))


def _grid(
    panels: int, *, columns: int, height: float, extra: float, titles: Sequence[str] = ()
) -> tuple[Figure, list[Axes]]:
    """Make a figure of this many panels; the last row may be shorter. height: of a row; extra: for other names."""
    rows = math.ceil(panels / columns)
    titles = [style.wrapped(title, min(30, _title_letters(columns)), lines=_MOST_LINES) for title in titles]
    more = max((title.count("\n") for title in titles), default=0)
    figure = style.sheet(extra + (height + _TITLE_LINE * more) * rows)
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for ax in axes[panels:]:
        ax.remove()
    for ax, title in zip(axes, titles, strict=False):
        ax.set_title(title)
    return figure, axes[:panels]


def _title_letters(columns: int) -> int:
    """Return how many letters a line above a panel has room for."""
    return int(_TITLE_LETTERS * style.width() / columns)


def _name_outer_axes(axes: Sequence[Axes], columns: int) -> None:
    """Name the vertical axis only in the first column of a grid, and the horizontal one only at the bottom."""
    for n, ax in enumerate(axes):
        if n % columns:
            ax.set_ylabel("")
            ax.tick_params(labelleft=False)
        if n + columns < len(axes):
            ax.set_xlabel("")


def _inks_of(factor: Factor | None, levels: Sequence[Value]) -> _Inks:
    """Choose a colour for every level."""
    if factor is None:
        return dict.fromkeys(levels, Colour.BLUE)
    if factor.name == METHODOLOGY.path:
        return dict(zip(levels, style.method_colours([str(level) for level in levels]).values(), strict=True))
    if factor.is_numeric:
        shades = mpl.colormaps[_RANKS](np.linspace(0.0, _BRIGHTEST, len(levels)))
        return {level: to_hex(shade) for level, shade in zip(levels, shades, strict=True)}
    return dict(zip(levels, group_colours([str(level) for level in levels]).values(), strict=True))


def _markers_of(levels: Iterable[Value]) -> dict[Value, str]:
    """Choose a mark for every level, so that nobody needs colours to distinguish the lines."""
    return {level: _MARKERS[n % len(_MARKERS)] for n, level in enumerate(levels)}


def _names_of(factor: Factor, levels: Iterable[Value], letters: int = 20) -> dict[Value, str]:
    """Name every level beside its line."""
    return {level: _in_lines(words.level_name(factor.name, level), letters) for level in levels}


def _in_lines(name: str, letters: int) -> str:
    r"""Break a name into lines of at most this many letters, after commas rather than within the parts.

    >>> _in_lines("rolling text, 4 meetings", 16).split("\n")[1].replace(NO_BREAK, " ")
    '4 meetings'
    """
    parts = [part.replace(" ", NO_BREAK) if len(part) < letters else part for part in name.split(", ")]
    return style.wrapped(", ".join(parts), letters, lines=_MOST_LINES)


def _label_lines(
    ax: Axes, factor: Factor | None, ends: Mapping[Value, float], inks: _Inks, *, headed: bool = True
) -> None:
    """Name the levels to the right of the axes where their lines end, below the name of their factor if `headed`.

    In a picture too narrow for that, they are named above the axes.
    """
    if factor is None:
        return
    if style.is_narrow():
        handles = list(_handles(factor, inks, "marked lines"))
        ax.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(0.0, 1.0), title=_heading(factor), alignment="left",
            ncols=style.columns_of([str(one.get_label()) for one in handles], 4),
        )  # fmt: skip
        return
    names = _names_of(factor, ends)
    _, inches = _size_of(ax)
    tallest = max(name.count("\n") + 1 for name in names.values())
    lines = [(names[level], end, inks[level]) for level, end in ends.items()]
    heading = style.wrapped(factor_name(factor.name), 18) if headed and factor.name != METHODOLOGY.path else ""
    above = ax.get_title(loc="left").count("\n") + heading.count("\n") + tallest - 1  # lines that take from the axes
    inches -= _TITLE_LINE * above
    heights = style.label_ends(ax, lines, least=min(0.5, 0.13 * tallest / inches))
    if heading and len(heights):
        ax.annotate(
            heading, (1.0, heights.max()), xycoords="axes fraction", xytext=(5, 2 + 5 * tallest),
            textcoords="offset points", va="bottom", style="italic", annotation_clip=False,
        )  # fmt: skip


def _key(
    figure: Figure, factor: Factor | None, inks: _Inks, kind: _Kind = "marked lines", more: Sequence[Line2D] = ()
) -> None:
    """Name the levels above a figure, and other lines. kind: how levels are drawn."""
    handles = [*(_handles(factor, inks, kind) if factor is not None else ()), *more]
    if handles:
        title = None if factor is None or factor.name == METHODOLOGY.path else _heading(factor)
        figure.legend(
            handles=handles,
            loc="outside upper center",
            title=title,
            ncols=style.columns_of([str(one.get_label()) for one in handles], 4),
        )


def _heading(factor: Factor) -> str:
    """Name a factor above its levels in a legend."""
    return style.wrapped(factor_name(factor.name), style.letters_across())


def _handles(factor: Factor, inks: _Inks, kind: _Kind) -> Iterator[Line2D]:
    marks, names = _markers_of(inks), _names_of(factor, inks, 40)
    for level, ink in inks.items():
        example = Line2D([], [], color=ink, label=names[level])
        if kind != "lines":
            example.set(marker=marks[level], markersize=4)
        if kind == "marks":
            example.set_linestyle("")
        yield example


def _factor_axis(axis: Axis, factor: Factor, levels: Sequence[Value], *, letters: int = 16) -> None:
    """Name a factor and its levels along an axis: numbers at their values, words one by one."""
    _name_factor(axis, factor)
    if not factor.is_numeric:
        _name_levels(axis, factor, levels, letters=letters)
        return
    numbers = _places(factor, levels)
    if factor.span is None and 1 < len(numbers) <= 9 and np.diff(numbers).min() > _TICK_DISTANCE * np.ptp(numbers):
        axis.set_ticks(numbers)
    else:
        axis.set_major_locator(MaxNLocator(5, integer=all(isinstance(value, int) for value in factor.values)))
    if factor.name == EVENINGS.path:
        style.percent_axis(axis)
    else:
        axis.set_major_formatter("{x:g}")


def _log_axis(axis: Axis, at: Floats) -> None:
    """Place numbers along an axis by their ratios, each named."""
    axis.axes.set_xscale("log")
    axis.set_ticks(at, [f"{number:g}" for number in at])
    axis.set_ticks([], minor=True)
    axis.axes.set_xlim(at.min() / 1.2, at.max() * 1.2)


def _name_levels(axis: Axis, factor: Factor, levels: Sequence[Value], *, letters: int = 16) -> None:
    """Name a factor along an axis, and its levels one after the other; only some of many numbers.

    letters: of a line, up an axis; along one, as many as there is room for.
    """
    _name_factor(axis, factor)
    step = 1 + (len(levels) - 1) // 12 if factor.is_numeric else 1
    ticks = range(0, len(levels), step)
    if isinstance(axis, XAxis):
        room = int(_size_of(axis.axes)[0] * style.LETTERS_AN_INCH / len(ticks))
        longest = max(len(words.level_name(factor.name, levels[n])) for n in ticks)
        fits = room >= min(_NARROW_LETTERS, longest)
        letters = max(1, room) if fits else letters
        axis.set_tick_params(rotation=0 if fits else 90)
    axis.set_ticks(ticks, list(_names_of(factor, [levels[n] for n in ticks], letters).values()))


def _name_factor(axis: Axis, factor: Factor) -> None:
    """Name a factor along an axis, in lines that are no longer than that."""
    inches = _size_of(axis.axes)[0 if isinstance(axis, XAxis) else 1]
    axis.set_label_text(style.wrapped(factor_name(factor.name), max(1, int(inches * style.LETTERS_AN_INCH))))


def _size_of(ax: Axes) -> tuple[float, float]:
    """Return the width and height of axes before they are laid out, in inches."""
    box, figure = ax.get_position(), style.figure_of(ax)
    return box.width * figure.get_figwidth(), box.height * figure.get_figheight()


def _places(factor: Factor, levels: Sequence[Value]) -> Floats:
    """Return where levels lie on an axis: numbers at their values, words one after the other."""
    return np.array(levels, dtype=float) if factor.is_numeric else np.arange(len(levels), dtype=float)


def measure_axis(axis: Axis, measure: str) -> None:
    """Name a measure along an axis, with shares in per cent."""
    axis.set_label_text(style.wrapped(words.measure_name(measure), 34))
    if words.is_share(measure):
        style.percent_axis(axis)
    axis.grid(color=style.FAINT_INK, linewidth=0.6)


def _span_of(lines: Iterable[LevelLine], measure: str, *, whole: bool = True) -> tuple[float, float] | None:
    """Return both ends of an axis on which all lines and their bands are seen; None if there is nothing to see.

    An axis of a measure with a scale of its own shows a tenth of it at least, so that small changes look small.
    whole: whether an axis of shares begins at zero.
    """
    parts = np.concatenate(
        [np.concatenate([*line.estimates, *(() if line.worlds is None else line.worlds)]) for line in lines]
    )
    finite = parts[np.isfinite(parts)]
    if not len(finite):
        return None
    if whole and words.is_share(measure):
        most = max(0.1, float(finite.max()) * 1.05) if finite.max() < _WHOLE_AXIS_SHARE else 1.0
        return -0.02 * most, 1.02 * most
    low, high = float(finite.min()), float(finite.max())
    margin = 0.06 * (high - low) or 0.05 * abs(low) or 0.05
    if measure and (about := lookup(measure)).kind == "level":
        margin = max(margin, (0.1 * (about.high - about.low) - (high - low)) / 2.0)
    return low - margin, high + margin


@style.context()
def curves(data: Curves) -> Figure:
    """Plot a measure over the levels of a factor: curves if they are numbers, else dots."""
    return _lines(data) if data.layout.x.is_numeric else _dots(data)


def _lines(data: Curves) -> Figure:
    """Plot a line with its band for every level, a panel for every level of a third factor."""
    layout, panels, columns = data.layout, len(data.panels), _columns_of(len(data.panels))
    height = 3.3 if panels == 1 else 2.6 if panels <= columns else 2.3
    figure, axes = _grid(panels, columns=columns, height=height, extra=0.3, titles=_titles(data))
    inks = _inks(data)
    for n, (ax, lines) in enumerate(zip(axes, data.panels.values(), strict=True)):
        _draw_lines(ax, lines, layout, inks)
        _limit(ax.yaxis, data.lines, data.measure)
        if not style.is_narrow() and (n % columns == columns - 1 or n == len(axes) - 1):
            _label_lines(ax, layout.lines, _ends(lines), inks)
    if style.is_narrow():
        _key(figure, layout.lines, inks)
    _name_outer_axes(axes, columns)
    return figure


def _inks(data: Curves) -> _Inks:
    return _inks_of(data.layout.lines, list(next(iter(data.panels.values()))))


def _limit(axis: Axis, lines: Iterable[LevelLine], measure: str) -> None:
    """Set the span of a measure that shows all these lines, of any panel; up the axis, shares begin at zero."""
    measure_axis(axis, measure)
    upright = not isinstance(axis, XAxis)
    if span := _span_of(lines, measure, whole=upright):
        (axis.axes.set_ylim if upright else axis.axes.set_xlim)(*span)
    else:
        axis.set_ticks([])
        axis.axes.text(0.5, 0.5, "does not apply", transform=axis.axes.transAxes, ha="center", va="center",
                       color=style.INK, fontsize="small")  # fmt: skip


def _titles(data: Curves) -> list[str]:
    """Name the panels by the levels of their factor, if there is one."""
    factor = data.layout.panels
    return [] if factor is None else [words.phrase(factor.name, panel) for panel in data.panels]


def _draw_lines(ax: Axes, lines: Mapping[Value, LevelLine], layout: Layout, inks: _Inks) -> None:
    """Draw lines over a factor, with bands if it is a number and bars if it is a word."""
    marks = _markers_of(lines)
    for level, line in lines.items():
        at = _places(layout.x, line.levels)
        if layout.x.is_numeric:
            ax.fill_between(at, line.low, line.high, color=inks[level], alpha=_BAND, linewidth=0)
            if line.paired is not None:
                ax.fill_between(at, *line.paired, color=inks[level], alpha=_DARK_BAND, linewidth=0)
        else:
            ax.vlines(at, line.low, line.high, color=inks[level], linewidth=_POINT_BAR)
            if line.paired is not None:
                ax.vlines(at, *line.paired, color=inks[level], linewidth=_PAIRED_BAR)
        ax.plot(at, line.value, color=inks[level], marker=marks[level], markersize=3.8)
        if line.worlds is not None:
            ax.plot(at, line.worlds.T, color=inks[level], linewidth=_WORLDS_LINE, linestyle=":")
    _factor_axis(ax.xaxis, layout.x, next(iter(lines.values())).levels)
    if layout.x.is_numeric and len(at) > 3 and 0.0 < at.min() <= at.max() / _WIDE_RATIO:  # only ratios can be seen
        _log_axis(ax.xaxis, at)
        return
    margin = 0.05 * max(float(np.ptp(at)), 1e-9) if layout.x.is_numeric else 0.3
    ax.set_xlim(at.min() - margin, at.max() + margin)


def _ends(lines: Mapping[Value, LevelLine]) -> dict[Value, float]:
    """Return where every line ends: at its last point that applies."""
    ends = {}
    for level, line in lines.items():
        finite = line.value[np.isfinite(line.value)]
        ends[level] = float(finite[-1]) if len(finite) else np.nan
    return ends


def _dots(data: Curves) -> Figure:
    """Plot a row for every level, with a dot and its interval for every level of a second factor."""
    layout, columns = data.layout, _columns_of(len(data.panels))
    height, extra = 0.5 + _rows(data), 0.7 if layout.lines else 0.4
    figure, axes = _grid(len(data.panels), columns=columns, height=height, extra=extra, titles=_titles(data))
    inks = _inks(data)
    for n, (ax, lines) in enumerate(zip(axes, data.panels.values(), strict=True)):
        _draw_dots(ax, lines, layout, inks, named=n % columns == 0)
        _limit(ax.xaxis, data.lines, data.measure)
        if n + columns < len(axes):
            ax.set_xlabel("")
    _key(figure, layout.lines, inks, "marks")
    return figure


def _rows(data: Curves) -> float:
    """Return the height of all rows in inches, as their dots and their names need it."""
    lines, levels = next(iter(data.panels.values())), data.lines[0].levels
    names = _names_of(data.layout.x, levels, style.letters_beside(_ROW_LETTERS)).values()
    tallest = max(name.count("\n") + 1 for name in names)
    return len(levels) * max(0.28, 0.24 + 0.1 * (len(lines) - 1), 0.08 + 0.13 * tallest)


def _draw_dots(ax: Axes, lines: Mapping[Value, LevelLine], layout: Layout, inks: _Inks, *, named: bool) -> None:
    """Draw dots with intervals, row by row as written. named: whether the rows have their names."""
    marks = _markers_of(lines)
    offsets = (np.arange(len(lines)) - (len(lines) - 1) / 2) * 0.6 / len(lines)
    for (level, line), offset in zip(lines.items(), offsets, strict=True):
        rows = np.arange(len(line.levels)) + offset
        ax.hlines(rows, line.low, line.high, color=inks[level], linewidth=_POINT_BAR)
        if line.paired is not None:
            ax.hlines(rows, *line.paired, color=inks[level], linewidth=_PAIRED_BAR)
        if line.worlds is not None:
            ax.hlines(rows, *line.worlds, color=inks[level], linewidth=_WORLDS_LINE, linestyle=":")
        ax.plot(line.value, rows, marks[level], color=inks[level], markersize=4.6)
    _factor_axis(ax.yaxis, layout.x, next(iter(lines.values())).levels, letters=style.letters_beside(_ROW_LETTERS))
    if layout.x.name == words.CELL or not named:
        ax.set_ylabel("")
    ax.set_ylim(len(next(iter(lines.values())).levels) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0, labelleft=named)
    ax.xaxis.set_major_locator(MaxNLocator(2 if style.is_narrow() else _TICKS))


@style.context()
def heat_maps(data: Curves) -> Figure:
    """Plot a measure over two factors as coloured cells, a panel for every level of a third, on one scale."""
    layout, columns = data.layout, _columns_of(len(data.panels))
    rows = len(next(iter(data.panels.values())))
    low, high = _scale(data)
    height = max(1.7, 0.6 + 0.33 * rows) if len(data.panels) > 1 else max(2.2, 0.6 + 0.4 * rows)
    height = min(height, _HIGHEST)
    figure, axes = _grid(len(data.panels), columns=columns, height=height, extra=0.2, titles=_titles(data))
    for ax, lines in zip(axes, data.panels.values(), strict=True):
        values = np.array([line.value for line in lines.values()])
        room = values.shape[1] * columns <= 2 * _MOST_NOTES and values.shape[1] <= _MOST_NOTES
        notes = [
            [words.number_text(one, data.measure).removesuffix(" %") if room else "" for one in row] for row in values
        ]
        image = style.heat_map(ax, values, notes, low=low, high=high)
        _map_axes(ax, layout, lines)
    _name_outer_axes(axes, columns)
    bar = figure.colorbar(image, ax=axes, pad=0.015, aspect=28)
    bar.outline.set_visible(False)
    measure_axis(bar.ax.yaxis, data.measure)
    bar.ax.set_ylabel(style.wrapped(words.measure_name(data.measure), 20))
    bar.ax.grid(visible=False)
    return figure


def _scale(data: Curves) -> tuple[float, float]:
    """Return both ends of the colours: from zero for a share, else from the least."""
    values = np.concatenate([line.value for line in data.lines])
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return (0.0, max(high, 0.01)) if words.is_share(data.measure) else (low, high if high > low else low + 1.0)


def _map_axes(ax: Axes, layout: Layout, lines: Mapping[Value, LevelLine]) -> None:
    """Place levels along both axes, the lowest of the second at the bottom if it is a number."""
    assert layout.lines is not None  # noqa: S101 - `map_layout` gives one
    _name_levels(ax.xaxis, layout.x, next(iter(lines.values())).levels)
    _name_levels(ax.yaxis, layout.lines, list(lines))
    if layout.lines.is_numeric:
        ax.invert_yaxis()


@style.context()
def measures(all_curves: Sequence[Curves]) -> Figure:
    """Plot other measures over the same factors, a small panel each."""
    layout = all_curves[0].layout
    columns = min(2, len(all_curves)) if style.is_narrow() else _columns_of(len(all_curves))
    is_curve, inks = layout.x.is_numeric, _inks(all_curves[0])
    height = 2.0 if is_curve else 0.7 + _rows(all_curves[0])
    figure, axes = _grid(len(all_curves), columns=columns, height=height, extra=0.5)
    for n, (ax, data) in enumerate(zip(axes, all_curves, strict=True)):
        _small(ax, data, inks, columns, named=n % columns == 0)
        if is_curve and n + columns < len(axes):
            ax.set_xlabel("")
    _key(figure, layout.lines, inks, "marked lines" if is_curve else "marks")
    return figure


def _small(ax: Axes, data: Curves, inks: _Inks, columns: int, *, named: bool) -> None:
    lines, is_curve = data.panels[None], data.layout.x.is_numeric
    if is_curve:
        _draw_lines(ax, lines, data.layout, inks)
        _limit(ax.yaxis, data.lines, data.measure)
        ax.set_ylabel("")
    else:
        _draw_dots(ax, lines, data.layout, inks, named=named)
        _limit(ax.xaxis, data.lines, data.measure)
        ax.set_xlabel("")
    letters, name = _title_letters(columns), words.measure_name(data.measure)
    ax.set_title(style.wrapped(name, letters if is_curve else min(20, letters), lines=_MOST_LINES))
    ax.set_xlabel(style.wrapped(ax.get_xlabel(), letters))


@style.context()
def interactions(pairs: Sequence[numbers.FactorPair]) -> Figure:
    """Plot every pair of factors: a measure over one by the levels of the other, averaged over the rest."""
    every = [line for pair in pairs for line in pair.curves.lines]
    columns = style.beside(2)
    titles = [f"by {factor_name(pair.curves.layout.others[0].name)}" for pair in pairs if not style.is_narrow()]
    figure, axes = _grid(len(pairs), columns=columns, height=2.2, extra=0.2, titles=titles)
    for n, (ax, pair) in enumerate(zip(axes, pairs, strict=True)):
        data = pair.curves
        inks = _inks(data)
        _draw_lines(ax, data.panels[None], data.layout, inks)
        _limit(ax.yaxis, every, data.measure)
        if n % columns:
            ax.set_ylabel("")
        _label_lines(ax, data.layout.lines, _ends(data.panels[None]), inks, headed=False)
    return figure


@style.context()
def outcomes(shares: Mapping[str, Mapping[Outcome, float]]) -> Figure:
    """Plot how the runs of every cell ended, as stacked bars."""
    names = [_in_lines(name, style.letters_beside(30)) for name in shares]
    lines = max(name.count("\n") + 1 for name in names)
    figure = style.sheet(1.1 + max(0.36, 0.08 + 0.14 * lines) * len(names))
    ax = outcome_bars(shares, ax=figure.add_subplot())
    ax.set_yticks(range(len(names)), names)
    return figure


@style.context()
def scatter(clouds: list[numbers.Cloud], measure: str) -> Figure:
    """Plot a measure against every factor: a point a cell, the mean of near ones with its band."""
    columns = _columns_of(len(clouds))
    points = LevelLine((), *([cloud.values for cloud in clouds[:1]] * 3))
    figure, axes = _grid(len(clouds), columns=columns, height=2.3, extra=0.1)
    for n, (ax, cloud) in enumerate(zip(axes, clouds, strict=True)):
        _draw_cloud(ax, cloud)
        _limit(ax.yaxis, [points, *(cloud.means for cloud in clouds)], measure)
        if n % columns:
            ax.set_ylabel("")
            ax.tick_params(labelleft=False)
    return figure


def _draw_cloud(ax: Axes, one: numbers.Cloud) -> None:
    """Draw points, spread a little if the factor is a word, and means."""
    spread = 0.0 if one.factor.is_numeric else 0.12
    at = one.at + spread * np.linspace(-1.0, 1.0, 7)[np.arange(len(one.at)) % 7]
    faint = float(np.clip(40 / len(at) ** 0.75, 0.06, 0.5))
    ax.plot(at, one.values, ".", color=Colour.BLUE, alpha=faint, markersize=4, rasterized=True)
    levels = one.means.levels
    if one.factor.is_numeric:
        where = np.array(levels, dtype=float)
        ax.fill_between(where, one.means.low, one.means.high, color=Colour.VERMILION, alpha=2 * _BAND, linewidth=0)
        ax.plot(where, one.means.value, color=Colour.VERMILION)
    else:
        ax.vlines(range(len(levels)), one.means.low, one.means.high, color=Colour.VERMILION, linewidth=1.8)
        ax.plot(range(len(levels)), one.means.value, "o", color=Colour.VERMILION, markersize=5)
        ax.set_xlim(-0.6, len(levels) - 0.4)
    _factor_axis(ax.xaxis, one.factor, levels)


@style.context()
def trade_off(frontier: numbers.Frontier, results: StudyResults) -> Figure:
    """Plot depth against the chance of consensus: a point a cell, the best cells joined, numbered and named."""
    levelled = [factor for factor in numbers.varied(results) if factor.span is None]
    few = [factor for factor in levelled if len(factor.values) <= numbers.MOST_LINES]
    factor = numbers.preferred(few, METHODOLOGY.path)  # that colours the points
    inks = _inks_of(factor, numbers.levels_of(factor, numbers.MOST_LINES))
    names = _named(frontier, results)
    figure = style.sheet(3.6 + 0.16 * (names.count("\n") + 1))
    ax = figure.add_subplot()
    levels = [results.cells[cell].get(factor.name if factor else "") for cell in frontier.cells]
    _draw_points(ax, frontier, levels, inks)
    places = np.stack([frontier.chance.value, frontier.depth.value], axis=1)
    ax.plot(*places[frontier.best].T, color=style.INK, linewidth=0.9, zorder=1.5)
    style.number_points(ax, places[_numbered(frontier)])
    figure.supxlabel(names, x=0.01, horizontalalignment="left", fontsize=8, linespacing=1.4)
    joined = [Line2D([], [], color=style.INK, linewidth=0.9, label=_UNBEATEN)] if _is_line(frontier) else []
    _key(figure, factor, inks, "marks", joined)
    return figure


def _is_line(frontier: numbers.Frontier) -> bool:
    """Return whether the best cells lie apart, so that a line can be seen."""
    return bool(np.ptp(frontier.chance.value[frontier.best]) > 0.0)


def _draw_points(ax: Axes, frontier: numbers.Frontier, levels: list[Value], inks: _Inks) -> None:
    marks, faint = _markers_of(inks), 0.5 if len(levels) <= _MOST_INTERVALS else 0.25
    for n, level in enumerate(levels):
        x, y, ink = frontier.chance.value[n], frontier.depth.value[n], inks[level]
        ax.hlines(y, frontier.chance.low[n], frontier.chance.high[n], color=ink, linewidth=0.6, alpha=faint)
        ax.vlines(x, frontier.depth.low[n], frontier.depth.high[n], color=ink, linewidth=0.6, alpha=faint)
        ax.plot(x, y, marks[level], color=ink, markersize=4.2)
    measure_axis(ax.xaxis, "consensus")
    measure_axis(ax.yaxis, "depth")
    for limit, line in ((ax.set_xlim, frontier.chance), (ax.set_ylim, frontier.depth)):
        limit(*(_span_of([line], "", whole=False) or (0.0, 1.0)))
    ax.grid(color=style.FAINT_INK, linewidth=0.6)


def _numbered(frontier: numbers.Frontier) -> list[int]:
    """Return the places of the cells that have numbers: of few cells all, the best first; of many the best."""
    few = len(frontier.cells) <= _MOST_NAMED
    return [*frontier.best, *(n for n in range(len(frontier.cells)) if few and n not in frontier.best)]


def _named(frontier: numbers.Frontier, results: StudyResults) -> str:
    """Write the names of the numbered cells, a line each, and remarks on them."""
    all_names = numbers.names_of_cells(results)
    names = [all_names[frontier.cells[n]] for n in _numbered(frontier)]
    lines = [] if _is_line(frontier) else [f"{_UNBEATEN}:"]
    lines += [
        f"{n}  {_in_lines(name, style.beside(90))}".replace("\n", "\n    ")
        for n, name in enumerate(names[:_MOST_NAMED], start=1)
    ]
    if len(names) > _MOST_NAMED:
        lines.append(f"and {len(names) - _MOST_NAMED} more")
    if alike := {other for n in frontier.best for other in numbers.equals(frontier, n)} - set(frontier.best):
        which = "it" if len(frontier.best) == 1 else "one of these"
        lines.append(f"{words.counted(len(alike), 'other')} equal to {which} within their intervals")
    return "\n".join(lines)


@style.context()
def time_to_consensus(times: numbers.Survivals, factor: Factor | None) -> Figure:
    """Plot the share of runs still without consensus over floor time, a line a level; ticks mark the cut-off."""
    inks = _inks_of(factor, list(times))
    figure = style.sheet()
    ax = figure.add_subplot()
    for level, time in times.items():
        ax.fill_between(time.hours, time.low, time.high, step="post", color=inks[level], alpha=_BAND, linewidth=0)
        ax.step(time.hours, time.left, where="post", color=inks[level])
        if time.left[-1] > 0.0:
            ax.plot(time.hours[-1], time.left[-1], marker="|", color=inks[level], markersize=7, clip_on=False)
    _name_survivals(figure, ax, times, factor)
    return figure


def _name_survivals(figure: Figure, ax: Axes, times: numbers.Survivals, factor: Factor | None) -> None:
    """Name both axes, and the lines: where they end, or above if they end at different times."""
    last = [float(time.hours[-1]) for time in times.values()]
    ax.set_xlim(0.0, max(last))
    ax.set_xlabel("floor time (hours)")
    ax.set_ylabel("share of runs without consensus yet")
    ax.grid(axis="y", color=style.FAINT_INK, linewidth=0.6)
    ax.set_ylim(-0.02, 1.02)
    style.percent_axis(ax.yaxis)
    inks = _inks_of(factor, list(times))
    if min(last) > 0.97 * max(last):
        _label_lines(ax, factor, {level: float(time.left[-1]) for level, time in times.items()}, inks)
    else:
        _key(figure, factor, inks, "lines")


@style.context()
def over_time(courses: numbers.Courses, factor: Factor | None) -> Figure:
    """Plot averages over floor time: a panel a measure, a line a level."""
    inks = _inks_of(factor, list(courses))
    kinds = [
        Line2D([], [], color=style.INK, linewidth=width, label=name)
        for name, width in (("believed", _BROAD), ("real", _FINE))
    ]
    columns = style.beside(2)
    figure, axes = _grid(len(numbers.SERIES_PANELS), columns=columns, height=2.1, extra=0.5)
    for ax, (title, measures) in zip(axes, numbers.SERIES_PANELS, strict=True):
        _draw_panel(ax, courses, title, measures, inks)
    axes[-1].legend(handles=kinds, loc="best")
    for ax in axes[-columns:]:
        ax.set_xlabel("floor time (hours)")
    _key(figure, factor, inks, "lines")
    return figure


def _draw_panel(ax: Axes, courses: numbers.Courses, title: str, measures: tuple[str, ...], inks: _Inks) -> None:
    """Draw one measure, or two distinguished by their width, over time."""
    for name, width in zip(measures, (_BROAD, _FINE), strict=False):
        for level, course in courses.items():
            line = course.lines[name]
            hours = np.array(line.levels, dtype=float)
            ax.fill_between(hours, line.low, line.high, color=inks[level], alpha=_BAND, linewidth=0)
            ax.plot(hours, line.value, color=inks[level], linewidth=width)
    _limit(ax.yaxis, [course.lines[name] for course in courses.values() for name in measures], measures[0])
    ax.set_ylabel("")
    ax.set_title(title or words.measure_name(measures[0]))
    ax.set_xlim(left=0.0)
