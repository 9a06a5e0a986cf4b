"""Charts of the lessons written by hand, drawn from the model in the style of slides.

Each takes its numbers, draws on `ax` or on axes of its own, and returns the axes. The command that computes the same
numbers stands beside the chart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO

from matplotlib.axes import Axes

from negsim.cast.palette import Colour, group_colours
from negsim.report import words
from negsim.report.looks import STYLES
from negsim.report.plots import style
from negsim.scenario import Scenario
from negsim.study.estimates import Estimate

_ROW = 0.3  # inches, of a bar or a row of dots
_INKS = (Colour.BLUE, Colour.ORANGE)
_APART = 0.16  # rows, between two dots of a row


def svg(draw: Callable[[], Axes]) -> str:
    """Paint a chart as SVG, whose letters are outlines: it needs no font where it is shown."""
    file = BytesIO()
    with style.looking(STYLES["slides"]):
        style.paint(style.figure_of(draw()), file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue().decode()


@style.styled
def effect_dots(effects: Mapping[str, Mapping[str, Estimate]], *, measure: str, ax: Axes | None = None) -> Axes:
    """Plot differences with their intervals: a row a change, a dot a scenario. effects: by scenario, then by change."""
    rows = list(next(iter(effects.values())))
    ax = style.axes_or_new(ax, height=0.85 + _ROW * len(rows))
    ax.axvline(0.0, color=style.PALE_INK, linewidth=0.9)
    for n, (name, changes) in enumerate(effects.items()):
        shift = _APART * (2 * n - len(effects) + 1)
        for row, change in enumerate(changes.values()):
            ax.plot([change.low, change.high], [row + shift] * 2, color=_INKS[n], linewidth=2.2, solid_capstyle="butt")
            ax.plot(change.value, row + shift, "os"[n], color=_INKS[n], markersize=6, label=name if row == 0 else None)
    style.name_rows(ax, rows, letters=26)
    style.percent_axis(ax.xaxis, "")
    ax.set_xlabel(f"change of the {words.measure_name(measure)}, in percentage points, with intervals at 95 %")
    if len(effects) > 1:
        ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2)
    return ax


@style.styled
def score_bars(scores: Mapping[str, float], *, ax: Axes | None = None) -> Axes:
    """Plot scores, a bar a way to play. scores: points, by name."""
    ax = style.axes_or_new(ax, height=0.8 + _ROW * len(scores))
    bars = ax.barh(range(len(scores)), list(scores.values()), height=0.62, color=Colour.BLUE)
    ax.bar_label(bars, [f"{score:.0f}".replace("-", "−") for score in scores.values()], padding=5)
    style.name_rows(ax, list(scores), letters=30)
    ax.axvline(0.0, color=style.PALE_INK, linewidth=0.9)
    ax.set_xlim(min(0.0, *scores.values()) - 2.0, 108.0)
    ax.set_xlabel("points: 0 is no deal, 100 the best deal that nobody has to refuse")
    return ax


@style.styled
def red_lines(scenario: Scenario, zones: Mapping[str, tuple[float, float]], *, ax: Axes | None = None) -> Axes:
    """Plot the scale of each issue: its places, who never signs what, and the texts that nobody has to refuse.

    zones: the lowest and the highest such text, by issue.
    """
    issues = scenario.issues
    ax = style.axes_or_new(ax, height=0.88 * len(issues) + 0.1)
    inks = group_colours(list(scenario.groups))
    for row, (name, issue) in enumerate(issues.items()):
        ax.hlines(row, 0.0, 1.0, color=style.PALE_INK, linewidth=1.0)
        ax.fill_betweenx([row - 0.13, row + 0.13], *zones[name], color=Colour.GREEN, alpha=0.55, linewidth=0)
        for n, place in enumerate(issue.places):
            at = n / (len(issue.places) - 1)
            ax.plot(at, row, "|", color=style.INK, markersize=7)
            where = "left" if n == 0 else "right" if at == 1.0 else "center"
            ax.text(at, row + 0.2, style.wrapped(place, 19), ha=where, va="top", fontsize="small", linespacing=1.0)
        _mark_lines(ax, scenario, name, row, inks)
    ax.set_yticks(range(len(issues)), [style.wrapped(issue.label, 12) for issue in issues.values()], fontweight="bold")
    ax.set_xlim(-0.01, 1.01)
    ax.set_ylim(len(issues) - 0.4, -0.5)
    ax.set_xticks([])
    ax.tick_params(axis="y", length=0)
    ax.spines[:].set_visible(False)
    return ax


def _mark_lines(ax: Axes, scenario: Scenario, issue: str, row: int, inks: Mapping[str, str]) -> None:
    """Write the name of whoever has a red line on an issue above it, ▸ or ◂ on the side that they could sign."""
    ends: Sequence[tuple[float, str, str, str]] = sorted(
        (end, f"{name} ▸" if is_low else f"◂ {name}", "right" if is_low else "left", inks[delegate.group])
        for delegate in scenario.delegates
        for line in [delegate.red_lines.get(issue)]
        if line is not None
        for name in [delegate.name.split()[-1]]
        for end, is_low in ((line.min, True), (line.max, False))
        if end is not None
    )
    for n, (end, label, side, ink) in enumerate(ends):
        ax.plot([end, end], [row - 0.13, row + 0.13], color=ink, linewidth=2.4)
        ax.text(end, row - 0.16 - 0.15 * (n % 2), label, ha=side, va="bottom", color=ink, fontsize="small")
