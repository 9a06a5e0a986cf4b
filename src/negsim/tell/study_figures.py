"""Figures of a crossed study: curves, dots, heat maps, small panels of other measures, interactions.

Rules that hold here
- Each takes numbers of `study_numbers` and returns a whole figure; bands and bars are intervals at 95 %.
- A number goes along x and makes curves; words stand in rows and make dots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from negsim.negotiation.case import Floats
from negsim.negotiation.moves import Outcome
from negsim.study.factors import Value
from negsim.tell.study_marks import (
    BAND,
    Inks,
    columns_of,
    factor_axis,
    grid,
    in_lines,
    inks_of,
    is_wide,
    key,
    label_lines,
    log_axis,
    markers_of,
    measure_axis,
    name_levels,
    name_outer_axes,
    names_of,
    nothing_to_see,
    places,
    span_of,
)
from negsim.tell.study_numbers import Curves, Layout, Line, Pair
from negsim.tell.study_plots import outcome_bars
from negsim.tell.study_words import CELL, SHARES, factor_name, measure_name, number, phrase
from negsim.tell.style import WIDE, heat_map, sheet, style, wrapped

ROW_LETTERS = 24  # of the name of a row, a line
TICKS = 4  # of a measure along x, in a narrow panel
HIGHEST = 6.0  # inches of a heat map
MOST_NOTES = 11  # cells of a heat map side by side in which numbers can be read


def curves(data: Curves) -> Figure:
    """A measure over the levels of a factor: curves where they are numbers, else dots."""
    with style():
        return _lines(data) if data.layout.x.is_numeric else _dots(data)


# ----------------------------------------------------------------------------------------------- curves


def _lines(data: Curves) -> Figure:
    """A line with its band for every level, a panel for every level of a third factor."""
    layout, panels, columns = data.layout, len(data.panels), columns_of(len(data.panels))
    height = 3.3 if panels == 1 else 2.6 if panels <= columns else 2.3
    figure, axes = grid(panels, columns=columns, height=height, extra=0.3)
    inks = _inks(data)
    for n, (ax, (panel, lines)) in enumerate(zip(axes, data.panels.items(), strict=True)):
        draw_lines(ax, lines, layout, inks)
        _limit(ax, data)
        _head(ax, layout, panel)
        if n % columns == columns - 1 or n == len(axes) - 1:
            label_lines(ax, layout.lines, _ends(lines), inks)
    name_outer_axes(axes, columns)
    return figure


def _inks(data: Curves) -> Inks:
    return inks_of(data.layout.lines, list(next(iter(data.panels.values()))))


def _limit(ax: Axes, data: Curves) -> None:
    """The same span of the measure in all panels."""
    measure_axis(ax.yaxis, data.measure)
    if span := span_of(data.lines, data.measure):
        ax.set_ylim(*span)
    else:
        nothing_to_see(ax.yaxis)


def _head(ax: Axes, layout: Layout, panel: Value) -> None:
    if layout.panels is not None:
        ax.set_title(wrapped(phrase(layout.panels.name, panel), 30))


def draw_lines(ax: Axes, lines: Mapping[Value, Line], layout: Layout, inks: Inks) -> None:
    """Lines over a factor, with bands where it is a number and bars where it is a word."""
    marks = markers_of(lines)
    for level, line in lines.items():
        at = places(layout.x, line.levels)
        if layout.x.is_numeric:
            ax.fill_between(at, line.low, line.high, color=inks[level], alpha=BAND, linewidth=0)
        else:
            ax.vlines(at, line.low, line.high, color=inks[level], linewidth=1.0)
        ax.plot(at, line.value, color=inks[level], marker=marks[level], markersize=3.8)
    factor_axis(ax.xaxis, layout.x, next(iter(lines.values())).levels)
    if is_wide(layout.x, at):
        log_axis(ax.xaxis, at)
        return
    margin = 0.05 * max(float(np.ptp(at)), 1e-9) if layout.x.is_numeric else 0.3
    ax.set_xlim(at.min() - margin, at.max() + margin)


def _ends(lines: Mapping[Value, Line]) -> dict[Value, float]:
    """Where every line ends: at its last point that applies."""
    ends = {}
    for level, line in lines.items():
        known = line.value[np.isfinite(line.value)]
        ends[level] = float(known[-1]) if len(known) else np.nan
    return ends


# ------------------------------------------------------------------------------------------------- dots


def _dots(data: Curves) -> Figure:
    """A row for every level, in it a dot with its interval for every level of a second factor."""
    layout, columns = data.layout, columns_of(len(data.panels))
    height = 0.5 + _rows(data)
    figure, axes = grid(len(data.panels), columns=columns, height=height, extra=0.7 if layout.lines else 0.4)
    inks = _inks(data)
    for n, (ax, (panel, shown)) in enumerate(zip(axes, data.panels.items(), strict=True)):
        draw_dots(ax, shown, layout, inks, named=n % columns == 0)
        _limit_x(ax, data)
        _head(ax, layout, panel)
        if n + columns < len(axes):
            ax.set_xlabel("")
    key(figure, layout.lines, inks, "marks")
    return figure


def _rows(data: Curves) -> float:
    """Height of all rows, inches: as their dots and their names need it."""
    lines, levels = next(iter(data.panels.values())), data.lines[0].levels
    tallest = max(name.count("\n") + 1 for name in names_of(data.layout.x, levels, ROW_LETTERS).values())
    return len(levels) * max(0.28, 0.24 + 0.1 * (len(lines) - 1), 0.08 + 0.13 * tallest)


def _limit_x(ax: Axes, data: Curves) -> None:
    """The same span of the measure in all panels, along x."""
    measure_axis(ax.xaxis, data.measure)
    ax.xaxis.set_major_locator(MaxNLocator(TICKS))
    if span := span_of(data.lines, data.measure, whole=False):
        ax.set_xlim(*span)
    else:
        nothing_to_see(ax.xaxis)


def draw_dots(ax: Axes, lines: Mapping[Value, Line], layout: Layout, inks: Inks, *, named: bool) -> None:
    """Dots with intervals, row by row as written. named: whether the rows have their names."""
    marks = markers_of(lines)
    offsets = (np.arange(len(lines)) - (len(lines) - 1) / 2) * 0.6 / len(lines)
    for (level, line), offset in zip(lines.items(), offsets, strict=True):
        rows = np.arange(len(line.levels)) + offset
        ax.hlines(rows, line.low, line.high, color=inks[level], linewidth=1.4)
        ax.plot(line.value, rows, marks[level], color=inks[level], markersize=4.6)
    factor_axis(ax.yaxis, layout.x, next(iter(lines.values())).levels, letters=ROW_LETTERS)
    if layout.x.name == CELL or not named:
        ax.set_ylabel("")
    ax.set_ylim(len(next(iter(lines.values())).levels) - 0.5, -0.5)
    ax.tick_params(axis="y", length=0, labelleft=named)


# -------------------------------------------------------------------------------------------- heat maps


def heat_maps(data: Curves) -> Figure:
    """A measure over two factors as coloured cells, a panel for every level of a third, on one scale."""
    layout, columns = data.layout, columns_of(len(data.panels))
    rows = len(next(iter(data.panels.values())))
    low, high = _scale(data)
    with style():
        height = max(1.7, 0.6 + 0.33 * rows) if len(data.panels) > 1 else max(2.2, 0.6 + 0.4 * rows)
        figure, axes = grid(len(data.panels), columns=columns, height=min(height, HIGHEST), extra=0.2)
        for ax, (panel, lines) in zip(axes, data.panels.items(), strict=True):
            values = np.array([line.value for line in lines.values()])
            image = heat_map(ax, values, _notes(data.measure, values, columns), low=low, high=high)
            _map_axes(ax, layout, lines)
            _head(ax, layout, panel)
        name_outer_axes(axes, columns)
        bar = figure.colorbar(image, ax=axes, pad=0.015, aspect=28)
        bar.outline.set_visible(False)
        measure_axis(bar.ax.yaxis, data.measure)
        bar.ax.set_ylabel(wrapped(measure_name(data.measure), 20))
        bar.ax.grid(visible=False)
    return figure


def _scale(data: Curves) -> tuple[float, float]:
    """Both ends of the colours: from nothing for a share, else from the least."""
    values = np.concatenate([line.value for line in data.lines])
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    return (0.0, max(high, 0.01)) if data.measure in SHARES else (low, high if high > low else low + 1.0)


def _notes(measure: str, values: Floats, columns: int) -> list[list[str]]:
    """The number in every cell, shares in per cent; none where there is no room for it."""
    room = values.shape[1] * columns <= 2 * MOST_NOTES and values.shape[1] <= MOST_NOTES
    return [[number(measure, value).removesuffix(" %") if room else "" for value in row] for row in values]


def _map_axes(ax: Axes, layout: Layout, lines: Mapping[Value, Line]) -> None:
    """Levels along both axes, the lowest of the second at the bottom where it is a number."""
    assert layout.lines is not None  # noqa: S101 - `map_layout` gives one
    name_levels(ax.xaxis, layout.x, next(iter(lines.values())).levels)
    name_levels(ax.yaxis, layout.lines, list(lines))
    if layout.lines.is_numeric:
        ax.invert_yaxis()


# ------------------------------------------------------------------------------------------ small panels


def measures(shown: Sequence[Curves]) -> Figure:
    """Other measures over the same factors, a small panel each."""
    layout, columns = shown[0].layout, columns_of(len(shown))
    is_curve, inks = layout.x.is_numeric, _inks(shown[0])
    with style():
        height = 2.0 if is_curve else 0.7 + _rows(shown[0])
        figure, axes = grid(len(shown), columns=columns, height=height, extra=0.5)
        for n, (ax, data) in enumerate(zip(axes, shown, strict=True)):
            _small(ax, data, inks, named=n % columns == 0)
            if is_curve and n + columns < len(axes):
                ax.set_xlabel("")
        key(figure, layout.lines, inks, "marked lines" if is_curve else "marks")
    return figure


def _small(ax: Axes, data: Curves, inks: Inks, *, named: bool) -> None:
    """One measure; its name above."""
    lines = data.panels[None]
    if data.layout.x.is_numeric:
        draw_lines(ax, lines, data.layout, inks)
        _limit(ax, data)
        ax.set_ylabel("")
    else:
        draw_dots(ax, lines, data.layout, inks, named=named)
        _limit_x(ax, data)
        ax.set_xlabel("")
    ax.set_title(wrapped(measure_name(data.measure), 26 if data.layout.x.is_numeric else 20))


def interactions(shown: Sequence[Pair]) -> Figure:
    """Every pair of factors: a measure over one by the levels of the other, on average over the rest."""
    every = [line for pair in shown for line in pair.curves.lines]
    with style():
        figure, axes = grid(len(shown), columns=2, height=2.2, extra=0.2)
        for n, (ax, pair) in enumerate(zip(axes, shown, strict=True)):
            data = pair.curves
            inks = _inks(data)
            draw_lines(ax, data.panels[None], data.layout, inks)
            measure_axis(ax.yaxis, data.measure)
            if span := span_of(every, data.measure):
                ax.set_ylim(*span)
            if n % 2:
                ax.set_ylabel("")
            if data.layout.lines is not None:
                ax.set_title(f"by {factor_name(data.layout.lines.name)}")
            label_lines(ax, data.layout.lines, _ends(data.panels[None]), inks, headed=False)
    return figure


def outcomes(shares: Mapping[str, Mapping[Outcome, float]]) -> Figure:
    """How the runs of every cell ended: stacked bars."""
    with style():
        named = {in_lines(name, 30): ended for name, ended in shares.items()}
        lines = max(name.count("\n") + 1 for name in named)
        figure = sheet(WIDE, 1.1 + max(0.36, 0.08 + 0.14 * lines) * len(named))
        outcome_bars(named, ax=figure.add_subplot())
    return figure
