"""Charts of the lessons written by hand, drawn from the model in the style of slides.

Each takes its numbers, draws on `ax` or on axes of its own, and returns the axes. The command that computes the same
numbers stands beside the chart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import NamedTuple

from matplotlib.axes import Axes

from negsim.cast.palette import Colour, group_colours
from negsim.report import words
from negsim.report.looks import STYLES
from negsim.report.plots import style
from negsim.scenario import Scenario
from negsim.study.estimates import Estimate

_ROW = 0.3  # inches, of a bar or a row of dots
_INKS = (Colour.BLUE, Colour.ORANGE, Colour.GREEN)
_NUDGE = 0.06  # between points of curves at one number


def svg(draw: Callable[[], Axes]) -> str:
    """Paint a chart as SVG, whose letters are outlines: it needs no font where it is shown."""
    file = BytesIO()
    with style.looking(STYLES["slides"]):
        style.paint(style.figure_of(draw()), file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue().decode()


@style.styled
def effect_dots(effects: Mapping[str, Estimate], *, measure: str, ax: Axes | None = None) -> Axes:
    """Plot differences with their intervals, a row a change. effects: by the name of the change."""
    ax = style.axes_or_new(ax, height=0.85 + _ROW * len(effects))
    ax.axvline(0.0, color=style.PALE_INK, linewidth=0.9)
    for row, change in enumerate(effects.values()):
        ax.plot([change.low, change.high], [row, row], color=Colour.BLUE, linewidth=2.2, solid_capstyle="butt")
        ax.plot(change.value, row, "o", color=Colour.BLUE, markersize=6)
    style.name_rows(ax, list(effects), letters=26)
    style.percent_axis(ax.xaxis, "")
    ax.set_xlabel(f"change of the {words.measure_name(measure)}, in percentage points, with intervals at 95 %")
    return ax


@style.styled
def score_dots(scores: Mapping[str, Estimate], *, ax: Axes | None = None) -> Axes:
    """Plot mean scores with their intervals, a row a way to play. scores: points, by name."""
    ax = style.axes_or_new(ax, height=0.85 + _ROW * len(scores))
    for row, score in enumerate(scores.values()):
        ax.plot([score.low, score.high], [row, row], color=Colour.BLUE, linewidth=3, solid_capstyle="butt")
        ax.plot(score.value, row, "o", color=Colour.BLUE, markersize=8)
        ax.annotate(f"{score.value:.0f}", (score.high, row), xytext=(8, 0), textcoords="offset points", va="center")
    style.name_rows(ax, list(scores), letters=40)
    ax.set_ylim(len(scores) - 0.5, -0.5)
    ax.set_xlim(0.0, 100.0)
    ax.set_xlabel("mean points of 100, with intervals at 95 %")
    return ax


@style.styled
def curves(lines: Mapping[str, Mapping[int, Estimate]], *, measure: str, ax: Axes | None = None) -> Axes:
    """Plot a measure along numbers of meetings or of days, with intervals. lines: by curve, then level."""
    ax = style.axes_or_new(ax, height=2.5)
    for n, (name, points) in enumerate(lines.items()):
        at = [level + _NUDGE * (n - 1) for level in points]
        values = [point.value for point in points.values()]
        ends = [[point.value - point.low for point in points.values()], [p.high - p.value for p in points.values()]]
        ax.errorbar(at, values, ends, fmt="os^"[n] + "-", color=_INKS[n], markersize=7, linewidth=2, label=name)
    ax.set_xticks(sorted({level for points in lines.values() for level in points}))
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel("number of meetings, or of days in all")
    ax.set_ylabel(style.wrapped(words.measure_name(measure), 22))
    ax.legend(loc="lower right")
    return ax


class Line(NamedTuple):
    """The red line of a delegate: the last text that it would sign."""

    end: float
    name: str
    is_low: bool  # or else the upper one
    group: str


def zone_of(lines: Sequence[Line]) -> tuple[float, float]:
    """Return the least and the most that nobody has to refuse; the least is above the most where there is nothing."""
    low = max((line.end for line in lines if line.is_low), default=0.0)
    return low, min((line.end for line in lines if not line.is_low), default=1.0)


@style.styled
def red_lines(scenario: Scenario, lines: Mapping[str, Sequence[Line]], *, ax: Axes | None = None) -> Axes:
    """Plot the scale of each issue: its places, who never signs what, and the texts that nobody has to refuse.

    lines: by issue.
    """
    issues = scenario.issues
    ax = style.axes_or_new(ax, height=0.88 * len(issues) + 0.1)
    inks = group_colours(list(scenario.groups))
    for row, (name, issue) in enumerate(issues.items()):
        ax.hlines(row, 0.0, 1.0, color=style.PALE_INK, linewidth=1.0)
        low, high = zone_of(lines[name])
        if low <= high:
            ax.fill_betweenx([row - 0.13, row + 0.13], low, high, color=Colour.GREEN, alpha=0.55, linewidth=0)
        for n, place in enumerate(issue.places):
            at = n / (len(issue.places) - 1)
            ax.plot(at, row, "|", color=style.INK, markersize=7)
            where = "left" if n == 0 else "right" if at == 1.0 else "center"
            ax.text(at, row + 0.2, style.wrapped(place, 19), ha=where, va="top", fontsize="small", linespacing=1.0)
        _mark_lines(ax, lines[name], row, inks)
    ax.set_yticks(range(len(issues)), [style.wrapped(issue.label, 12) for issue in issues.values()], fontweight="bold")
    ax.set_xlim(-0.01, 1.01)
    ax.set_ylim(len(issues) - 0.4, -0.5)
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    ax.spines[:].set_visible(False)
    return ax


def _mark_lines(ax: Axes, lines: Sequence[Line], row: int, inks: Mapping[str, str]) -> None:
    """Write the name of whoever has a red line on an issue above it, ▸ or ◂ on the side that they could sign."""
    for n, (end, name, is_low, group) in enumerate(sorted(lines)):
        last, side, ink = name.split()[-1], "right" if is_low else "left", inks[group]
        label = f"{last} ▸" if is_low else f"◂ {last}"
        ax.plot([end, end], [row - 0.13, row + 0.13], color=ink, linewidth=2.4)
        ax.text(end, row - 0.16 - 0.15 * (n % 2), label, ha=side, va="bottom", color=ink, fontsize="small")
