"""The numbers behind the pictures of a study: which factor goes where, and what a measure is over their levels.

- Numbers come from `StudyResults`: estimates with intervals at 95 %; what does not apply is NaN.
- A factor of one level is left out; what has no place in a picture is averaged over, replication by replication.
- Numeric levels go up, others stay as written; of too many levels some are shown, the first and the last among them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from negsim.negotiation.measures import DEFAULT, MEASURES
from negsim.negotiation.tables import Floats
from negsim.report.words import MEETINGS, METHODOLOGY, unit
from negsim.study.estimates import Estimate, difference
from negsim.study.results import StudyResults
from negsim.study.schema import Cell, Factor, Value

MOST_LINES, MOST_PANELS, MOST_ROWS, MOST_PAIRS = 7, 9, 40, 6
MOST_MEASURES = 6  # small panels beside the main measure


class Line(NamedTuple):
    """A measure over L levels of a factor."""

    levels: tuple[Value, ...]
    value: Floats
    low: Floats
    high: Floats


class Layout(NamedTuple):
    """Which factor goes where in a picture, and which are averaged over."""

    x: Factor
    lines: Factor | None = None
    panels: Factor | None = None
    rest: tuple[Factor, ...] = ()

    @property
    def others(self) -> list[Factor]:
        """Those that tell panels and lines apart, in this order."""
        return [factor for factor in (self.panels, self.lines) if factor is not None]


class Curves(NamedTuple):
    """A measure by the factors of a layout: a panel with its lines for every level; None where there is no factor."""

    measure: str
    layout: Layout
    panels: dict[Value, dict[Value, Line]]
    replications: int  # of a point, at most

    @property
    def lines(self) -> list[Line]:
        """All lines of all panels."""
        return [line for lines in self.panels.values() for line in lines.values()]


def varied(results: StudyResults) -> list[Factor]:
    """The factors with more than one level, in the order of the study."""
    return [factor for factor in results.factors if len(factor.values) > 1]


def is_crossed(results: StudyResults) -> bool:
    """Whether every combination of levels is a cell, so that averages over factors are fair."""
    every = math.prod(len(factor.values) for factor in results.factors)
    if is_sampled(results) or len(results.cells) != every:
        return False
    return len({tuple(cell.values()) for cell in results.cells}) == every


def is_sampled(results: StudyResults) -> bool:
    """Whether the cells are points of a sampled design."""
    return results.study.design != "factorial"


def curve_layout(factors: Sequence[Factor]) -> Layout:
    """Meetings or the first number along x, a word for the lines, what is left of the first three for the panels."""
    x, others = _first_number(factors[:3])
    words = [factor for factor in others if not factor.is_numeric]
    lines = _named(others, METHODOLOGY) or next(iter(words or others), None)
    panels = next((factor for factor in others if factor is not lines), None)
    if lines and panels and len(panels.values) > MOST_PANELS >= len(lines.values):
        lines, panels = panels, lines
    return Layout(x, lines, panels, tuple(factors[3:]))


def map_layout(factors: Sequence[Factor]) -> Layout:
    """Meetings or the first number along x, the next one up y (as `lines`), the third for the panels."""
    x, others = _first_number(factors[:3])
    y = next((factor for factor in others if factor.is_numeric), others[0])
    panels = next((factor for factor in others if factor is not y), None)
    return Layout(x, y, panels, tuple(factors[3:]))


def _first_number(factors: Sequence[Factor]) -> tuple[Factor, list[Factor]]:
    """The factor along x, and the others."""
    numbers = [factor for factor in factors if factor.is_numeric]
    words = [factor for factor in factors if factor.name != METHODOLOGY] or factors
    x = _named(numbers, MEETINGS) or next(iter(numbers or words))
    return x, [factor for factor in factors if factor is not x]


def _named(factors: Sequence[Factor], name: str) -> Factor | None:
    return next((factor for factor in factors if factor.name == name), None)


def levels_of(factor: Factor | None, most: int = MOST_ROWS) -> list[Value]:
    """The levels to show of a factor; [None] for no factor."""
    if factor is None:
        return [None]
    levels = sorted(factor.values, key=_as_number) if factor.is_numeric else list(factor.values)
    if len(levels) <= most:
        return levels
    return [levels[place] for place in np.linspace(0, len(levels) - 1, most).round().astype(int)]


def _as_number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def curves(results: StudyResults, layout: Layout, measure: str, *, most: int = MOST_LINES) -> Curves:
    """A measure as a layout shows it. most: lines to a panel."""
    names = [factor.name for factor in layout.others]
    table = results.curve(layout.x.name, measure, by=names)
    keys = [tuple(map(plain, row)) for row in table[[*names, layout.x.name]].itertuples(index=False)]
    points = dict(zip(keys, table[["value", "low", "high"]].to_numpy(float) / unit(measure), strict=True))
    levels = tuple(levels_of(layout.x))
    panels = {
        panel: {line: _line(points, (panel, line), layout, levels) for line in levels_of(layout.lines, most)}
        for panel in levels_of(layout.panels, MOST_PANELS)
    }
    return Curves(measure, layout, panels, int(table["runs"].max()))


def _line(
    values: dict[tuple[Value, ...], Floats], at: tuple[Value, Value], layout: Layout, x: tuple[Value, ...]
) -> Line:
    """One line out of the points found, by the levels of panel and line that a layout has."""
    fixed = tuple(level for level, factor in zip(at, (layout.panels, layout.lines), strict=True) if factor is not None)
    nothing = np.full(3, np.nan)
    points = np.array([values.get((*fixed, level), nothing) for level in x])
    return Line(x, points[:, 0], points[:, 1], points[:, 2])


def plain(value: Value) -> Value:
    """A value of a table as the study has it: what is missing is None."""
    return None if pd.isna(value) else value


def measures(results: StudyResults) -> list[str]:
    """The measures to show beside the main one: of those in the table, the default selection first."""
    ordered = dict.fromkeys([*DEFAULT, *MEASURES])
    return [name for name in ordered if name in results.measures and name != results.study.main][:MOST_MEASURES]


class Pair(NamedTuple):
    """Two factors, a measure over one by the other, and how far they help each other."""

    curves: Curves
    interaction: Estimate


def pairs(results: StudyResults, measure: str) -> Iterator[Pair]:
    """The first few pairs of factors, on average over the others."""
    for both in list(combinations(varied(results), 2))[:MOST_PAIRS]:
        layout = curve_layout(both)
        rest = tuple(factor for factor in varied(results) if factor not in both)
        data = curves(results, layout._replace(rest=rest), measure)
        yield Pair(data, interaction(results, measure, both))


def interaction(results: StudyResults, measure: str, both: Sequence[Factor]) -> Estimate:
    """The effect of the first factor, from its first to its last level, at the other's last level less at its first.

    A difference of differences over the same replications, on average over the other factors.
    """
    one, other = (ends(factor) for factor in both)

    first, second = (factor.name for factor in both)
    corners = averages(results, measure, [{first: a, second: b} for b in other for a in one])
    return difference(corners[3] - corners[2], corners[1] - corners[0])


def effect(results: StudyResults, measure: str, factor: str, change: tuple[Value, Value]) -> Estimate:
    """The effect of going from one level of a factor to another, on average over the other factors."""
    base, changed = averages(results, measure, [{factor: level} for level in change])
    return difference(changed, base)


def averages(results: StudyResults, measure: str, places: Sequence[Cell]) -> Floats:
    """A measure by place and replication, averaged over what a place leaves open; replications that all places have."""
    at = [results.values(measure, place).groupby("replication")["value"].mean() for place in places]
    means: Floats = pd.concat(at, axis=1, join="inner").to_numpy(float).T / unit(measure)
    return means


def ends(factor: Factor) -> tuple[Value, Value]:
    """The first and the last level shown."""
    levels = levels_of(factor)
    return levels[0], levels[-1]
