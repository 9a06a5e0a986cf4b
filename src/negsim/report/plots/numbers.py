"""The numbers behind the pictures of a study: the layout of factors, and a measure over their levels.

- Numbers come from `StudyResults`: estimates with intervals at 95 %; what does not apply is NaN.
- A factor of one level is left out; factors without a place in a picture are averaged over, replication by replication.
- Numeric levels go up, others stay as written; of too many levels some are shown, the first and the last among them.
- A cell is a point; where points are averaged in bins, the interval is Student's over the cells of the bin.
- A run that ends without consensus is censored: it is known to have had none until then.
- A run that has ended keeps its last values, so that runs of different lengths can be averaged; a line ends where the
  longest timetable of its level ends.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negsim.cast.knobs import MEETINGS, METHODOLOGY
from negsim.cast.measures import lookup
from negsim.cast.units import HOUR
from negsim.negotiation.measures import DEFAULT_MEASURES, MEASURES
from negsim.negotiation.tables import Floats, Ints, Outcome
from negsim.report.words import CELL, cell_names, unit
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import days_are_drawn, paths_drawn
from negsim.study.estimates import Estimate, Survival, are_flags, mean, paired, student, survival
from negsim.study.results import StudyResults
from negsim.study.schema import Factor, Value
from negsim.study.table import own_names

if TYPE_CHECKING:
    import pandas as pd

_HOURS = {"process.hours", "process.procedure_loss"}  # of a day on the floor
MOST_LINES, _MOST_PANELS, MOST_ROWS, _MOST_PAIRS = 7, 9, 40, 6
_MOST_MEASURES = 6  # small panels beside the main measure
_MOST_BINS = 8
_MOST_VALUES = 12  # different ones of a number that each have their own mean
_MOST_FACTORS = 12
SERIES_PANELS = (  # of time series: titles ("": the name of the measure) and measures
    ("", ("share_agreed",)),
    ("", ("brackets",)),
    ("", ("trust_across",)),
    ("distance across groups", ("perceived_distance", "real_distance")),
)
_STOOD = """
WITH moments AS (SELECT DISTINCT {level} AS level, minute FROM series),
seen AS (SELECT DISTINCT {level} AS level, cell, replication FROM series),
sizes AS (SELECT level, count(DISTINCT cell) AS cells FROM seen GROUP BY level),
complete AS (
    SELECT level, replication FROM seen JOIN sizes USING (level)
    GROUP BY level, replication, cells HAVING count(*) = cells
),
taken AS (SELECT * FROM seen JOIN complete USING (level, replication)),
stood AS (
    SELECT taken.level, moments.minute, taken.replication, {averages}
    FROM taken
    JOIN moments USING (level)
    ASOF JOIN series ON series.cell = taken.cell AND series.replication = taken.replication
        AND moments.minute >= series.minute
    GROUP BY ALL
)
SELECT level, minute, count(*) AS runs, {moments} FROM stood GROUP BY level, minute ORDER BY minute
"""


class LevelLine(NamedTuple):
    """A measure over L levels of a factor.

    paired: 2,L; both ends of the interval for comparing points over the replications they share; None without any.
    worlds: 2,L; 10 and 90 % of the worlds of what is uncertain; None without any.
    """

    levels: tuple[Value, ...]
    value: Floats
    low: Floats
    high: Floats
    paired: Floats | None = None
    worlds: Floats | None = None

    @property
    def estimates(self) -> tuple[Floats, Floats, Floats]:
        """The values with both ends of their intervals."""
        return self.value, self.low, self.high

    def at(self, place: int) -> Estimate:
        """Return one of the points."""
        value, low, high = (float(part[place]) for part in self.estimates)
        return Estimate(value, low, high, 0)


class Layout(NamedTuple):
    """The place of each factor in a picture, and the factors that are averaged over."""

    x: Factor
    lines: Factor | None = None
    panels: Factor | None = None
    rest: tuple[Factor, ...] = ()

    @property
    def others(self) -> list[Factor]:
        """The factors that distinguish panels and lines, in this order."""
        return [factor for factor in (self.panels, self.lines) if factor is not None]


class Curves(NamedTuple):
    """A measure by the factors of a layout: a panel with its lines for every level; None without a factor."""

    measure: str
    layout: Layout
    panels: dict[Value, dict[Value, LevelLine]]
    replications: int  # of a point, at most

    @property
    def lines(self) -> list[LevelLine]:
        """All lines of all panels."""
        return [line for lines in self.panels.values() for line in lines.values()]

    @property
    def is_paired(self) -> bool:
        """Whether its points have intervals for comparing them."""
        return any(line.paired is not None for line in self.lines)


def varied(results: StudyResults) -> list[Factor]:
    """Return the factors with more than one level, in the order of the study."""
    return [factor for factor in results.factors if len(factor.values) > 1]


def is_crossed(results: StudyResults) -> bool:
    """Return whether every combination of levels is a cell, so that averages over factors are fair."""
    every = math.prod(len(factor.values) for factor in results.factors)
    different = {tuple(cell.values()) for cell in results.cells}
    return results.study.design == "factorial" and len(results.cells) == len(different) == every


def curve_layout(factors: Sequence[Factor]) -> Layout:
    """Put meetings or the first number along x, a word on the lines, the rest of the first three on the panels."""
    x, others = _first_number(factors[:3])
    words = [factor for factor in others if not factor.is_numeric]
    lines = preferred(words or others, METHODOLOGY.path)
    panels = next((factor for factor in others if factor is not lines), None)
    if lines and panels and len(panels.values) > _MOST_PANELS >= len(lines.values):
        lines, panels = panels, lines
    return Layout(x, lines, panels, tuple(factors[3:]))


def map_layout(factors: Sequence[Factor]) -> Layout:
    """Put meetings or the first number along x, the next one up y (as `lines`), the third on the panels."""
    x, others = _first_number(factors[:3])
    y = next((factor for factor in others if factor.is_numeric), others[0])
    panels = next((factor for factor in others if factor is not y), None)
    return Layout(x, y, panels, tuple(factors[3:]))


def _first_number(factors: Sequence[Factor]) -> tuple[Factor, list[Factor]]:
    numbers = [factor for factor in factors if factor.is_numeric]
    words = [factor for factor in factors if factor.name != METHODOLOGY.path] or factors
    x = preferred(numbers, MEETINGS.path) or words[0]
    return x, [factor for factor in factors if factor is not x]


def preferred(factors: Sequence[Factor], name: str) -> Factor | None:
    """Return the factor with a name, or else the first."""
    return next((factor for factor in factors if factor.name == name), next(iter(factors), None))


def levels_of(factor: Factor | None, most: int = MOST_ROWS) -> list[Value]:
    """Return the levels to show of a factor; [None] for no factor."""
    if factor is None:
        return [None]
    levels = sorted(factor.values, key=lambda level: float(str(level))) if factor.is_numeric else list(factor.values)
    if len(levels) <= most:
        return levels
    return [levels[place] for place in np.linspace(0, len(levels) - 1, most).round().astype(int)]


def curves(results: StudyResults, layout: Layout, measure: str, *, most: int = MOST_LINES) -> Curves:
    """Return a measure as a layout shows it. most: lines to a panel."""
    import pandas as pd  # noqa: PLC0415 - slow to load, and the report of a scenario has no study

    names = [factor.name for factor in layout.others]
    table = results.curve(layout.x.name, measure, by=names)
    rows = table[[*names, layout.x.name]].itertuples(index=False)
    keys = [tuple(None if pd.isna(value) else value for value in row) for row in rows]
    numbers = table[["value", "low", "high", "paired"]].to_numpy(float) / unit(measure)
    points = dict(zip(keys, numbers, strict=True))
    levels = tuple(levels_of(layout.x))
    panels = {
        panel: {line: _line(measure, points, (panel, line), layout, levels) for line in levels_of(layout.lines, most)}
        for panel in levels_of(layout.panels, _MOST_PANELS)
    }
    return Curves(measure, layout, panels, int(table["runs"].max()))


def over_worlds(data: Curves, results: StudyResults, means: Floats) -> Curves:
    """Return curves with 10 and 90 % of the worlds at each point. means: of each cell in each world (C,W)."""
    factors = (data.layout.panels, data.layout.lines, data.layout.x)

    def ends(*levels: Value) -> Floats:
        here = [(factor.name, level) for factor, level in zip(factors, levels, strict=True) if factor is not None]
        cells = [c for c, cell in enumerate(results.cells) if all(cell[name] == level for name, level in here)]
        both: Floats = np.quantile(means[cells].mean(axis=0), (0.1, 0.9)) / unit(data.measure)
        return both

    panels = {
        panel: {
            level: line._replace(worlds=np.array([ends(panel, level, x) for x in line.levels]).T)
            for level, line in lines.items()
        }
        for panel, lines in data.panels.items()
    }
    return data._replace(panels=panels)


def _line(
    measure: str, values: dict[tuple[Value, ...], Floats], at: tuple[Value, Value], layout: Layout, x: tuple[Value, ...]
) -> LevelLine:
    """Pick one line out of the points, by the levels of panel and line that a layout has."""
    fixed = tuple(level for level, factor in zip(at, (layout.panels, layout.lines), strict=True) if factor is not None)
    nothing = np.full(4, np.nan)
    value, low, high, half = np.array([values.get((*fixed, level), nothing) for level in x]).T
    return LevelLine(x, value, low, high, _ends_of(measure, value, half))


def _ends_of(measure: str, value: Floats, half: Floats) -> Floats | None:
    """Return both ends of intervals (2,L) within the scale of a measure; None if there are none. half: of each."""
    if not np.isfinite(half).any():
        return None
    return np.asarray(np.clip([value - half, value + half], *_scale(measure)))


def measures(results: StudyResults) -> list[str]:
    """Choose the measures to show beside the main one: of those in the table, the default selection first."""
    ordered = dict.fromkeys([*own_names(results.study), *DEFAULT_MEASURES, *MEASURES])
    return [name for name in ordered if name in results.measures and name != results.study.main][:_MOST_MEASURES]


class FactorPair(NamedTuple):
    """Two factors, a measure over one by the other, and the size of their interaction."""

    curves: Curves
    interaction: Estimate


def pairs(results: StudyResults, measure: str) -> Iterator[FactorPair]:
    """Yield the first few pairs of factors, averaged over the others."""
    runs = results.values(measure)
    for both in list(combinations(varied(results), 2))[:_MOST_PAIRS]:
        layout = curve_layout(both)
        rest = tuple(factor for factor in varied(results) if factor not in both)
        data = curves(results, layout._replace(rest=rest), measure)
        yield FactorPair(data, interaction(results, measure, both, runs))


def interaction(results: StudyResults, measure: str, both: Sequence[Factor], runs: pd.DataFrame) -> Estimate:
    """Estimate the first factor's effect, from first to last level, at the other's last level less at its first.

    It is a difference of differences over the same replications, averaged over the other factors. runs: the values of
    the measure.
    """
    import pandas as pd  # noqa: PLC0415

    one, other = (ends(factor) for factor in both)
    first, second = (factor.name for factor in both)
    corners = [results.cells_with_runs({first: a, second: b}) for b in other for a in one]
    by_replication = [runs[runs["cell"].isin(cells)].groupby("replication")["value"].mean() for cells in corners]
    means = pd.concat(by_replication, axis=1, join="inner").to_numpy(float).T / unit(measure)
    reach = 2.0 if are_flags(means) else None
    return paired((means[3] - means[2]) - (means[1] - means[0]), reach=reach)


def ends(factor: Factor) -> tuple[Value, Value]:
    """Return the first and the last level shown."""
    levels = levels_of(factor)
    return levels[0], levels[-1]


def cell_line(results: StudyResults, measure: str) -> LevelLine:
    """Return a measure with its interval cell by cell (C), NaN where it does not apply or nothing was run yet."""
    value, low, high = results.estimates(measure).T / unit(measure)
    return LevelLine(tuple(range(len(value))), value, low, high)


def most_runs(results: StudyResults) -> int:
    """Return the most runs that a cell has; with a stop rule there can be fewer than the study asks for."""
    counts = results.sql("SELECT count(*) AS runs FROM runs GROUP BY cell")
    return int(counts["runs"].max())


def names_of_cells(results: StudyResults) -> list[str]:
    """Name every cell by the levels in which cells differ."""
    factors = [factor.name for factor in varied(results) or results.factors]
    return cell_names([{name: cell[name] for name in factors} for cell in results.cells])


def ended(results: StudyResults) -> dict[str, dict[Outcome, float]]:
    """Return how the runs of every cell ended."""
    names, shares = names_of_cells(results), {}
    counts = results.sql(
        "SELECT cell, outcome, count(*) AS runs FROM runs GROUP BY ALL ORDER BY cell, runs DESC, outcome"
    )
    for cell, ends in counts.groupby("cell"):
        parts = zip(ends["outcome"], ends["runs"] / ends["runs"].sum(), strict=True)
        shares[names[int(cell)]] = {Outcome[end.upper()]: float(part) for end, part in parts}
    return shares


def by_cell(results: StudyResults, measure: str) -> Curves:
    """Return a measure cell by cell, as if the cells were the levels of one factor."""
    line, names = cell_line(results, measure), names_of_cells(results)
    _, widths = results.averages(measure, [[cell] for cell in results.cells_with_runs()])
    paired = _ends_of(measure, line.value, widths / unit(measure)) if len(widths) == len(names) else None
    named = line._replace(levels=tuple(names), paired=paired)
    return Curves(measure, Layout(Factor.of(CELL, names)), {None: {None: named}}, most_runs(results))


class Cloud(NamedTuple):
    """A measure of every cell (C) against a factor, and its mean in bins of it."""

    factor: Factor
    at: Floats  # C; words by their places
    values: Floats  # C
    means: LevelLine


def clouds(results: StudyResults, measure: str) -> list[Cloud]:
    """Return a measure against every factor of a sampled design."""
    values = results.means(measure) / unit(measure)
    all_clouds = [cloud(results, factor, values) for factor in varied(results)[:_MOST_FACTORS]]
    return [one._replace(means=_on_scale(measure, one.means)) for one in all_clouds]


def _on_scale(measure: str, line: LevelLine) -> LevelLine:
    """Clip the intervals of a line to the scale of its measure."""
    scale = _scale(measure)
    return line._replace(low=np.clip(line.low, *scale), high=np.clip(line.high, *scale))


def _scale(measure: str) -> tuple[float, float]:
    """Return both ends of the scale of a measure."""
    about = lookup(measure)
    return about.low / unit(measure), about.high / unit(measure)


def cloud(results: StudyResults, factor: Factor, values: Floats) -> Cloud:
    """Return values of the cells (C) against a factor."""
    levels = [cell[factor.name] for cell in results.cells]
    means_at: list[Value] = levels_of(factor)
    if not factor.is_numeric:
        at = place = np.array([means_at.index(level) if level in means_at else np.nan for level in levels])
    else:
        at = np.array(levels, dtype=float)
        means_at, place = _bins(at)
    means = np.array([mean(values[place == n])[:3] for n in range(len(means_at))])
    return Cloud(factor, at, values, LevelLine(tuple(means_at), *means.T))


def _bins(at: Floats) -> tuple[list[Value], Ints]:
    """Return where numbers (C) have their means, at each of a few or in bins, and the bin of each number (C)."""
    different = np.unique(at)
    if len(different) <= _MOST_VALUES:
        return different.tolist(), np.searchsorted(different, at)
    edges = np.linspace(at.min(), at.max(), _MOST_BINS + 1)
    return ((edges[:-1] + edges[1:]) / 2).tolist(), np.searchsorted(edges[1:-1], at, side="right")


class Frontier(NamedTuple):
    """Cells by the chance of consensus and the depth of what was agreed, and those that no other beats in both."""

    cells: list[int]
    chance: LevelLine
    depth: LevelLine
    best: list[int]  # places in `cells`, from the least likely to the most


def frontier(results: StudyResults) -> Frontier:
    """Return the chance of consensus against mean depth, of the different cells in which something was agreed."""
    chance, depth = cell_line(results, "consensus"), cell_line(results, "depth")
    different = {tuple(cell.values()): n for n, cell in reversed(list(enumerate(results.cells)))}
    cells = sorted(n for n in different.values() if np.isfinite(depth.value[n]))
    chance, depth = (LevelLine(tuple(cells), *(part[cells] for part in line.estimates)) for line in (chance, depth))
    return Frontier(cells, chance, depth, _undominated(chance.value, depth.value))


def _undominated(one: Floats, other: Floats) -> list[int]:
    """Find the points that no other equals in both and beats in one, from the smallest `one` to the largest.

    >>> _undominated(np.array([0.1, 0.5, 0.4, 0.9]), np.array([0.8, 0.6, 0.5, 0.2]))
    [0, 1, 3]
    """
    return [
        int(n)
        for n in np.argsort(one, kind="stable")
        if not (((one >= one[n]) & (other > other[n])) | ((one > one[n]) & (other >= other[n]))).any()
    ]


def equals(frontier: Frontier, place: int) -> set[int]:
    """Return the other places whose intervals overlap in both with those of a place: they count as equal."""
    return {
        n for n in range(len(frontier.cells)) if n != place and all(_overlap(line, n, place) for line in frontier[1:3])
    }


def _overlap(line: LevelLine, one: int, other: int) -> bool:
    """Return whether two intervals overlap; a single run has none, which counts as overlapping."""
    return not (line.low[one] > line.high[other] or line.low[other] > line.high[one])


Survivals = dict[Value, Survival]


def deadlines(results: StudyResults) -> Floats:
    """Return the hours of floor time that a run may use, by cell (C); NaN if they are drawn."""
    hours = []
    for cell in range(len(results.cells)):
        scenario = results.scenario_of(cell)
        hours_are_drawn = any(path in _HOURS or path.endswith(".hours") for path in paths_drawn(scenario))
        hours.append(
            math.nan
            if days_are_drawn(scenario) or hours_are_drawn
            else float(lower(scenario).plan[-1]["starts"]) / HOUR
        )
    return np.array(hours)


def longest(results: StudyResults, factor: Factor | None) -> dict[Value, list[int]]:
    """Return the cells with the last deadline at every level of a factor."""
    hours, cells = deadlines(results), {}
    for level in levels_of(factor, MOST_LINES):
        at = {} if factor is None else {factor.name: level}
        here = [n for n, cell in enumerate(results.cells) if at.items() <= cell.items()]
        cells[level] = [n for n in here if hours[n] == max(hours[here])]
    return cells


def survivals(results: StudyResults, cells: dict[Value, list[int]]) -> Survivals:
    """Estimate time to consensus at every level, from the replications that all its cells have.

    cells: by level, those of `longest`. People concede towards a deadline, so that a run with an early one is not the
    beginning of a run with a late one.
    """
    times = {}
    every = results.values("minutes").assign(ended=results.values("consensus")["value"])
    for level, here in cells.items():
        runs = every[every["cell"].isin(here)]
        runs = runs[runs.groupby("replication")["cell"].transform("size") == runs["cell"].nunique()]
        if len(runs):
            hours, ended = runs["value"].to_numpy(float) / HOUR, runs["ended"].to_numpy(float)
            times[level] = survival(hours, ended, runs["replication"].to_numpy())
    return times


class _Course(NamedTuple):
    """Averages over time, by measure: lines over the hours."""

    replications: int
    lines: dict[str, LevelLine]


Courses = dict[Value, _Course]


def courses(results: StudyResults, factor: Factor | None) -> Courses:
    """Return the time series at every level of a factor: cells averaged over the replications they share."""
    names = [name for _, measures in SERIES_PANELS for name in measures]
    levels = levels_of(factor, MOST_LINES)
    at = [None if factor is None else cell[factor.name] for cell in results.cells]
    places = [levels.index(level) if level in levels else -1 for level in at]
    query = _STOOD.format(
        level=f"{places}[cell + 1]",
        averages=", ".join(f"avg(series.{name}) AS {name}" for name in names),
        moments=", ".join(f"count({n}) AS {n}_runs, avg({n}) AS {n}, stddev_samp({n}) AS {n}_sd" for n in names),
    )
    table = results.sql(query)
    by_level = {}
    for n, level in enumerate(levels):
        rows = table[table["level"] == n]
        if len(rows):
            lines = {name: _course(rows, name) for name in names}
            by_level[level] = _Course(int(rows["runs"].max()), lines)
    return by_level


def _course(rows: pd.DataFrame, name: str) -> LevelLine:
    """Return a measure with its interval (Student), from its numbers of runs, means and standard deviations."""
    runs, means, deviations = (rows[f"{name}{part}"].to_numpy(float) for part in ("_runs", "", "_sd"))
    widths = np.array([student(n) for n in np.maximum(runs - 1, 1)])
    half = widths * deviations / np.sqrt(np.maximum(runs, 1))
    return _on_scale(name, LevelLine(tuple((rows["minute"] / HOUR).tolist()), means, means - half, means + half))
