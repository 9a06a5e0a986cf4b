"""A study cell by cell: its means against every factor, how it ended, and which cells are best in two measures.

- A cell is a point; where points are averaged in bins, the interval is Student's over the cells of the bin.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from negsim.negotiation.measures import lookup
from negsim.negotiation.tables import Floats, Outcome
from negsim.report.plots.curves import (
    BAND,
    Inks,
    columns_of,
    factor_axis,
    grid,
    in_lines,
    inks_of,
    key,
    markers_of,
    measure_axis,
    span_of,
)
from negsim.report.plots.numbers import MOST_LINES, Curves, Layout, Line, levels_of, varied
from negsim.report.plots.style import FAINT, INK, OKABE_ITO, WIDE, sheet, style
from negsim.report.words import CELL, METHODOLOGY, cell_name, cell_names, counted, unit
from negsim.study.estimates import mean
from negsim.study.results import StudyResults
from negsim.study.schema import Factor, Value

BINS = 8
MOST_VALUES = 12  # different ones of a number that each have their own mean
MOST_FACTORS = 12
MOST_NAMED = 12  # cells of the frontier that are named
MANY = 40  # cells with intervals that would hide each other
NEAR = 0.03  # points nearer than this share of both axes have one label
UNBEATEN = "not beaten in both by any other"


def cell_line(results: StudyResults, measure: str) -> Line:
    """A measure with its interval cell by cell (C), NaN where it does not apply or nothing was run yet."""
    value, low, high = results.estimates(measure).T / unit(measure)
    return Line(tuple(range(len(value))), value, low, high)


def most_runs(results: StudyResults) -> int:
    """The most runs that a cell has; with a rule to stop it can be fewer than the study asks for."""
    counts = results.sql("SELECT count(*) AS runs FROM runs GROUP BY cell")
    return int(counts["runs"].max())


def ended(results: StudyResults) -> dict[str, dict[Outcome, float]]:
    """How the runs of every cell ended."""
    names, shares = cell_names(results.cells), {}
    for cell, ends in results.frame(["cell", "outcome"]).groupby("cell")["outcome"]:
        counts = ends.value_counts(normalize=True)
        shares[names[int(cell)]] = {Outcome[str(end).upper()]: float(part) for end, part in counts.items()}
    return shares


def by_cell(results: StudyResults, measure: str) -> Curves:
    """A measure cell by cell, as if the cells were the levels of one factor."""
    line, names = cell_line(results, measure), cell_names(results.cells)
    named = Line(tuple(names), *line[1:])
    return Curves(measure, Layout(Factor.of(CELL, names)), {None: {None: named}}, most_runs(results))


class Cloud(NamedTuple):
    """A measure of every cell (C) against a factor, and its mean in bins of it."""

    factor: Factor
    at: Floats  # C; words by their places
    values: Floats  # C
    means: Line


def clouds(results: StudyResults, measure: str) -> list[Cloud]:
    """A measure against every factor of a sampled design."""
    values = results.means(measure) / unit(measure)
    all_clouds = [cloud(results, factor, values) for factor in varied(results)[:MOST_FACTORS]]
    return [one._replace(means=_on_scale(measure, one.means)) for one in all_clouds]


def _on_scale(measure: str, line: Line) -> Line:
    """A line whose intervals end where the scale of its measure does."""
    scale = np.array([lookup(measure).low, lookup(measure).high]) / unit(measure)
    return line._replace(low=np.clip(line.low, *scale), high=np.clip(line.high, *scale))


def cloud(results: StudyResults, factor: Factor, values: Floats) -> Cloud:
    """Values of the cells (C) against a factor."""
    levels = [cell[factor.name] for cell in results.cells]
    if not factor.is_numeric:
        words = levels_of(factor)
        at = np.array([words.index(level) if level in words else np.nan for level in levels])
        return Cloud(factor, at, values, _means(words, [values[at == n] for n in range(len(words))]))
    at = np.array(levels, dtype=float)
    different = np.unique(at)
    if len(different) <= MOST_VALUES:
        return Cloud(factor, at, values, _means(different.tolist(), [values[at == level] for level in different]))
    edges = np.linspace(at.min(), at.max(), BINS + 1)
    place = np.clip(np.searchsorted(edges, at, side="right") - 1, 0, BINS - 1)
    middles = (edges[:-1] + edges[1:]) / 2
    return Cloud(factor, at, values, _means(middles.tolist(), [values[place == b] for b in range(BINS)]))


def _means(levels: list[Value], groups: list[Floats]) -> Line:
    means = np.array([mean(group)[:3] for group in groups])
    return Line(tuple(levels), means[:, 0], means[:, 1], means[:, 2])


def scatter(clouds: list[Cloud], measure: str) -> Figure:
    """A measure against every factor: a point a cell, the mean of near ones with its band."""
    columns = columns_of(len(clouds))
    points = Line((), *([cloud.values for cloud in clouds[:1]] * 3))
    with style():
        figure, axes = grid(len(clouds), columns=columns, height=2.3, extra=0.1)
        for n, (ax, cloud) in enumerate(zip(axes, clouds, strict=True)):
            _draw_cloud(ax, cloud)
            measure_axis(ax.yaxis, measure)
            if span := span_of([points, *(cloud.means for cloud in clouds)], measure):
                ax.set_ylim(*span)
            if n % columns:
                ax.set_ylabel("")
                ax.tick_params(labelleft=False)
    return figure


def _draw_cloud(ax: Axes, one: Cloud) -> None:
    """Points, words spread a little so that they can be told apart, and means."""
    spread = 0.0 if one.factor.is_numeric else 0.12
    at = one.at + spread * np.linspace(-1.0, 1.0, 7)[np.arange(len(one.at)) % 7]
    faint = float(np.clip(40 / len(at) ** 0.75, 0.06, 0.5))
    ax.plot(at, one.values, ".", color=OKABE_ITO[0], alpha=faint, markersize=4, rasterized=True)
    levels = one.means.levels
    if one.factor.is_numeric:
        where = np.array(levels, dtype=float)
        ax.fill_between(where, one.means.low, one.means.high, color=OKABE_ITO[1], alpha=2 * BAND, linewidth=0)
        ax.plot(where, one.means.value, color=OKABE_ITO[1])
    else:
        ax.vlines(range(len(levels)), one.means.low, one.means.high, color=OKABE_ITO[1], linewidth=1.8)
        ax.plot(range(len(levels)), one.means.value, "o", color=OKABE_ITO[1], markersize=5)
        ax.set_xlim(-0.6, len(levels) - 0.4)
    factor_axis(ax.xaxis, one.factor, levels)


class Frontier(NamedTuple):
    """Cells by the chance of consensus and the depth of what was agreed, and those that no other beats in both."""

    cells: list[int]
    chance: Line
    depth: Line
    best: list[int]  # places in `cells`, from the least likely to the most


def frontier(results: StudyResults) -> Frontier:
    """The chance of consensus against mean depth, of the different cells in which something was agreed."""
    chance, depth = cell_line(results, "consensus"), cell_line(results, "depth")
    different = {tuple(cell.values()): n for n, cell in reversed(list(enumerate(results.cells)))}
    cells = sorted(n for n in different.values() if np.isfinite(depth.value[n]))
    chance, depth = _some(chance, cells), _some(depth, cells)
    return Frontier(cells, chance, depth, undominated(chance.value, depth.value))


def _some(line: Line, places: list[int]) -> Line:
    return Line(tuple(places), *(part[places] for part in line[1:]))


def undominated(one: Floats, other: Floats) -> list[int]:
    """The points that no other equals in both and beats in one, from the smallest `one` to the largest.

    >>> undominated(np.array([0.1, 0.5, 0.4, 0.9]), np.array([0.8, 0.6, 0.5, 0.2]))
    [0, 1, 3]
    """
    return [
        int(n)
        for n in np.argsort(one, kind="stable")
        if not (((one >= one[n]) & (other > other[n])) | ((one > one[n]) & (other >= other[n]))).any()
    ]


def equals(frontier: Frontier, place: int) -> set[int]:
    """The other places whose intervals overlap in both with those of a place: they count as equal."""
    return {
        n for n in range(len(frontier.cells)) if n != place and all(_overlap(line, n, place) for line in frontier[1:3])
    }


def _overlap(line: Line, one: int, other: int) -> bool:
    """Whether two intervals overlap; a single run has none, and then they count as overlapping."""
    return not (line.low[one] > line.high[other] or line.low[other] > line.high[one])


def trade_off(frontier: Frontier, results: StudyResults) -> Figure:
    """Depth against the chance of consensus: a point a cell, the best cells joined, numbered and named."""
    factor = _colour_factor(results)
    inks = inks_of(factor, levels_of(factor, MOST_LINES))
    with style():
        figure = sheet(WIDE, 3.9)
        ax, names = figure.subplots(1, 2, width_ratios=[1.9, 1.0])
        _draw_points(
            ax, frontier, [results.cells[cell].get(factor.name if factor else "") for cell in frontier.cells], inks
        )
        _number(ax, frontier)
        _name(names, frontier, results)
        joined = [Line2D([], [], color=INK, linewidth=0.9, label=UNBEATEN)] if _is_line(frontier) else []
        key(figure, factor, inks, "marks", joined)
    return figure


def _is_line(frontier: Frontier) -> bool:
    """Whether the best cells lie apart, so that a line can be seen."""
    return bool(np.ptp(frontier.chance.value[frontier.best]) > 0.0)


def _colour_factor(results: StudyResults) -> Factor | None:
    """The factor that colours the points: methodology, else the first with few levels."""
    few = [factor for factor in varied(results) if factor.span is None and len(factor.values) <= MOST_LINES]
    return next((factor for factor in few if factor.name == METHODOLOGY), next(iter(few), None))


def _draw_points(ax: Axes, frontier: Frontier, levels: list[Value], inks: Inks) -> None:
    """Every cell with both intervals."""
    marks, faint = markers_of(inks), 0.5 if len(levels) <= MANY else 0.25
    for n, level in enumerate(levels):
        x, y, ink = frontier.chance.value[n], frontier.depth.value[n], inks[level]
        ax.hlines(y, frontier.chance.low[n], frontier.chance.high[n], color=ink, linewidth=0.6, alpha=faint)
        ax.vlines(x, frontier.depth.low[n], frontier.depth.high[n], color=ink, linewidth=0.6, alpha=faint)
        ax.plot(x, y, marks[level], color=ink, markersize=4.2)
    measure_axis(ax.xaxis, "consensus")
    measure_axis(ax.yaxis, "depth")
    ax.set_ylabel("mean depth of what was agreed")
    for limit, line in ((ax.set_xlim, frontier.chance), (ax.set_ylim, frontier.depth)):
        limit(*(span_of([line], "", whole=False) or (0.0, 1.0)))
    ax.grid(color=FAINT, linewidth=0.6)


def _number(ax: Axes, frontier: Frontier) -> None:
    """Join the cells that no other beats and number them."""
    places = np.stack([frontier.chance.value[frontier.best], frontier.depth.value[frontier.best]], axis=1)
    ax.plot(*places.T, color=INK, linewidth=0.9, zorder=1.5)
    near = NEAR * np.array([np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())])
    labels: list[tuple[Floats, list[int]]] = []  # places and the numbers at them
    for n, place in enumerate(places, start=1):
        if labels and (np.abs(place - labels[-1][0]) < near).all():
            labels[-1][1].append(n)
        else:
            labels.append((place, [n]))
    for place, numbers in labels:
        text = ", ".join(map(str, numbers)) if len(numbers) < 3 else f"{numbers[0]} to {numbers[-1]}"
        ax.annotate(text, tuple(place), xytext=(5, 5), textcoords="offset points", fontweight="bold", fontsize="small")


def _name(ax: Axes, frontier: Frontier, results: StudyResults) -> None:
    """Name the numbered cells, on axes of their own."""
    ax.axis("off")
    names = [cell_name(results.cells[frontier.cells[n]]) for n in frontier.best]
    lines = [f"{n}  {in_lines(name, 30)}".replace("\n", "\n    ") for n, name in enumerate(names[:MOST_NAMED], start=1)]
    if not _is_line(frontier):
        lines.insert(0, f"{UNBEATEN}:")
    more = [f"and {len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    ax.text(0.0, 1.0, "\n".join([*lines, *more, *_doubt(frontier)]), transform=ax.transAxes, va="top", linespacing=1.4)


def _doubt(frontier: Frontier) -> list[str]:
    """How many other cells equal the best ones within their intervals."""
    alike = {other for n in frontier.best for other in equals(frontier, n)} - set(frontier.best)
    which = "it" if len(frontier.best) == 1 else "one of these"
    return ["", f"{counted(len(alike), 'other')} equal to {which}", "within their intervals"] if alike else []
