"""What happens over floor time in a study: how long consensus takes, how things stand minute by minute.

- A run that ends without consensus is censored: it is known to have had none until then.
- A run that has ended stays as it was, so that runs of different lengths can be averaged; a line ends where the
  longest timetable of its level ends.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from negsim.report.plots.curves import BAND, grid, inks_of, key, label_lines, measure_axis, span_of
from negsim.report.plots.numbers import MOST_LINES, Line, levels_of
from negsim.report.plots.style import FAINT, INK, percent_axis, sheet, style
from negsim.report.words import HOUR, measure_name
from negsim.study.estimates import Survival, student, survival
from negsim.study.results import StudyResults
from negsim.study.schema import Cell, Factor, Value

Survivals = dict[Value, Survival]


def survivals(results: StudyResults, factor: Factor | None, where: Cell | None = None) -> Survivals:
    """Time to consensus at every level of a factor, of the replications that all its cells have.

    where: levels of other factors to keep.
    """
    times = {}
    for level in levels_of(factor, MOST_LINES):
        at = {**(where or {}), **({factor.name: level} if factor is not None else {})}
        runs = results.values("minutes", at).assign(ended=results.values("consensus", at)["value"])
        runs = runs[runs.groupby("replication")["cell"].transform("size") == runs["cell"].nunique()]
        if len(runs):
            hours, ended = runs["value"].to_numpy(float) / HOUR, runs["ended"].to_numpy(float)
            times[level] = survival(hours, ended, runs["replication"].to_numpy())
    return times


def time_to_consensus(times: Survivals, factor: Factor | None) -> Figure:
    """The share of runs without consensus yet over floor time, a line a level; a tick where the last were cut off."""
    inks = inks_of(factor, list(times))
    with style():
        figure = sheet()
        ax = figure.add_subplot()
        for level, time in times.items():
            ax.fill_between(time.hours, time.low, time.high, step="post", color=inks[level], alpha=BAND, linewidth=0)
            ax.step(time.hours, time.left, where="post", color=inks[level])
            if time.left[-1] > 0.0:
                ax.plot(time.hours[-1], time.left[-1], marker="|", color=inks[level], markersize=7, clip_on=False)
        _name_survivals(figure, ax, times, factor)
    return figure


def _name_survivals(figure: Figure, ax: Axes, times: Survivals, factor: Factor | None) -> None:
    """Name both axes, and the lines: where they end, or above where they end at different times."""
    last = [float(time.hours[-1]) for time in times.values()]
    ax.set_xlim(0.0, max(last))
    ax.set_xlabel("floor time (hours)")
    ax.set_ylabel("share of runs without consensus yet")
    ax.grid(axis="y", color=FAINT, linewidth=0.6)
    ax.set_ylim(-0.02, 1.02)
    percent_axis(ax.yaxis)
    inks = inks_of(factor, list(times))
    if min(last) > 0.97 * max(last):
        label_lines(ax, factor, {level: float(time.left[-1]) for level, time in times.items()}, inks)
    else:
        key(figure, factor, inks, "lines")


Dashes = tuple[float, float]  # points on and off
SOLID, DOTS = (1.0, 0.0), (1.2, 1.2)
PANELS: tuple[tuple[str, dict[str, Dashes]], ...] = (  # titles ("": the name of the measure), measures and their lines
    ("", {"share_agreed": SOLID}),
    ("", {"brackets": SOLID}),
    ("", {"trust_across": SOLID}),
    ("distance across groups", {"perceived_distance": SOLID, "real_distance": DOTS}),
)
STOOD = """
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


class Course(NamedTuple):
    """How things stood on average, by measure: lines over the hours."""

    replications: int
    lines: dict[str, Line]


Courses = dict[Value, Course]


def courses(results: StudyResults, factor: Factor | None) -> Courses:
    """The time series at every level of a factor: cells averaged replication by replication, those that all have."""
    names = [name for _, lines in PANELS for name in lines]
    levels = levels_of(factor, MOST_LINES)
    at = [None if factor is None else cell[factor.name] for cell in results.cells]
    places = [levels.index(level) if level in levels else -1 for level in at]
    query = STOOD.format(
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
            by_level[level] = Course(int(rows["runs"].max()), lines)
    return by_level


def _course(rows: pd.DataFrame, name: str) -> Line:
    """A measure with Student's interval, from its numbers of runs, means and standard deviations."""
    runs, means, deviations = (rows[f"{name}{part}"].to_numpy(float) for part in ("_runs", "", "_sd"))
    widths = np.array([student(n) for n in np.maximum(runs - 1, 1)])
    half = widths * deviations / np.sqrt(np.maximum(runs, 1))
    return Line(tuple((rows["minute"] / HOUR).tolist()), means, means - half, means + half)


def over_time(courses: Courses, factor: Factor | None) -> Figure:
    """How things stand over floor time on average: a panel a measure, a line a level."""
    inks = inks_of(factor, list(courses))
    kinds = [Line2D([], [], color=INK, dashes=dash, label=name) for name, dash in (("believed", SOLID), ("real", DOTS))]
    with style():
        figure, axes = grid(len(PANELS), columns=2, height=2.1, extra=0.5)
        for ax, (title, lines) in zip(axes, PANELS, strict=True):
            _draw_panel(ax, courses, title, lines, inks)
        axes[-1].legend(handles=kinds, loc="best")
        for ax in axes[-2:]:
            ax.set_xlabel("floor time (hours)")
        key(figure, factor, inks, "lines")
    return figure


def _draw_panel(ax: Axes, courses: Courses, title: str, lines: dict[str, Dashes], inks: dict[Value, str]) -> None:
    """One measure, or two by their dashes, over time."""
    for name, dash in lines.items():
        for level, course in courses.items():
            line = course.lines[name]
            hours = np.array(line.levels, dtype=float)
            ax.fill_between(hours, line.low, line.high, color=inks[level], alpha=BAND, linewidth=0)
            ax.plot(hours, line.value, color=inks[level], dashes=dash)
    first = next(iter(lines))
    measure_axis(ax.yaxis, first)
    ax.set_ylabel("")
    ax.set_title(title or measure_name(first))
    ax.set_xlim(left=0.0)
    if span := span_of([course.lines[name] for course in courses.values() for name in lines], first):
        ax.set_ylim(*span)
