"""Pictures of many runs: how they end, who blocks, where time goes, what single changes do; and panels of one run.

A picture takes its data, draws on `ax` or on axes of its own, and returns the axes; a picture of several panels is a
figure of its own. Several scenarios come as a mapping from their names to their runs. Bands are intervals at 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import wraps

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from negsim.negotiation.formats import FORMATS
from negsim.negotiation.runs import Trace
from negsim.negotiation.tables import Floats, Outcome
from negsim.report.plots import run
from negsim.report.plots.style import (
    INK,
    OUTCOME_COLOURS,
    PALE,
    PAPER,
    WIDE,
    axes_or_new,
    colours,
    dashes,
    empty,
    figure_of,
    heat_map,
    ink_on,
    method_colours,
    percent_axis,
    sheet,
    short_labels,
    style,
    styled,
    wrapped,
)
from negsim.report.words import HOUR, OUTCOMES, counted, format_name, group_names, issue_names, measure_name
from negsim.scenario import Scenario
from negsim.study.estimates import Estimate
from negsim.study.remedies import SingleChange
from negsim.study.runner import Runs

NOTHING = 0.1  # hours: too short to be seen
MOST_BESIDE = 6  # names that have room beside each other
MOST_NUMBERS = 12  # and numbers


@styled
def who_blocked(runs: Runs, *, per_seat: bool = False, ax: Axes | None = None) -> Axes:
    """Objections at readings per run, by group and issue: by all members of a group together, or by one on average."""
    scenario = short_labels(runs.scenario)
    groups, issues = [wrapped(group, 24, lines=2) for group in group_names(scenario)], issue_names(scenario)
    crowded = len(issues) > MOST_NUMBERS
    ax = axes_or_new(ax, height=1.6 + 0.34 * len(groups) + (1.6 if crowded else 0.0))
    seats = np.array([[group.seats] for group in runs.scenario.groups.values()])
    blocked = runs.results.blocks.mean(axis=0) / (seats if per_seat else 1.0)
    notes = [["" if crowded else f"{number:.1f}" for number in row] for row in blocked]
    image = heat_map(ax, blocked, notes, high=max(float(blocked.max()), 0.1))
    turned = 90 if len(issues) > MOST_BESIDE else 0
    ax.set_xticks(range(len(issues)), issues if crowded else [wrapped(issue, 16) for issue in issues], rotation=turned)
    sizes = [f"({counted(n[0], 'seat')})" for n in seats]
    ax.set_yticks(
        range(len(groups)),
        [f"{group}{' ' if chr(10) in group else chr(10)}{size}" for group, size in zip(groups, sizes, strict=True)],
    )
    if not blocked.any():
        ax.set_title("objections at readings: none in any run")
        return ax
    bar = ax.figure.colorbar(image, ax=ax, shrink=0.9, pad=0.02)
    bar.outline.set_visible(False)
    bar.set_label("objections at readings, a run" + (",\nper seat" if per_seat else ",\nall members together"))
    return ax


@styled
def minutes_spent(runs: Mapping[str, Runs], *, ax: Axes | None = None) -> Axes:
    """Floor time by format, on average over the runs: a bar a scenario, hours."""
    ax = axes_or_new(ax, height=1.3 + 0.45 * len(runs))
    hours = {name: some.results.minutes.mean(axis=0) / HOUR for name, some in runs.items()}
    formats = [*FORMATS, "idle"]
    used = [f for f in range(len(formats)) if any(spent[f] >= NOTHING for spent in hours.values())]
    inks = method_colours(formats)
    parts = {format_name(formats[f]): np.array([spent[f] for spent in hours.values()]) for f in used}
    if not used:
        ax.set_axis_off()
        return empty(ax, "no floor time was used in any run")
    most = max(spent.sum() for spent in hours.values())
    _stack(ax, parts, [inks[formats[f]] for f in used], note="{:.1f}", least=0.03 * most)
    ax.set_yticks(range(len(runs)), [wrapped(name, 24) for name in runs])
    ax.set_xlabel("floor time (hours a run)")
    return ax


@styled
def outcome_shares(runs: Mapping[str, Runs], *, ax: Axes | None = None) -> Axes:
    """How the runs ended: a bar a scenario."""
    shares = {name: {end: float(some.is_outcome(end).mean()) for end in OUTCOME_COLOURS} for name, some in runs.items()}
    return outcome_bars(shares, ax=ax)


@styled
def outcome_bars(shares: Mapping[str, Mapping[Outcome, float]], *, ax: Axes | None = None) -> Axes:
    """Shares of outcomes: a bar a scenario."""
    ax = axes_or_new(ax, height=1.3 + 0.45 * len(shares))
    parts = {end: np.array([ended.get(end, 0.0) for ended in shares.values()]) for end in OUTCOME_COLOURS}
    occurring = {OUTCOMES[end]: lengths for end, lengths in parts.items() if lengths.any()}
    inks = [ink for end, ink in OUTCOME_COLOURS.items() if parts[end].any()]
    _stack(ax, occurring, inks, note="{:.0%}", least=0.045)
    ax.set_yticks(range(len(shares)), [name if "\n" in name else wrapped(name, 24) for name in shares])
    ax.set_xlim(0.0, 1.0)
    percent_axis(ax.xaxis)
    ax.set_xlabel("share of runs")
    return ax


def _stack(ax: Axes, parts: Mapping[str, Floats], inks: Sequence[str], *, note: str, least: float) -> None:
    """Bars of parts, one above the other by scenario, each part with its number where it has room for it."""
    left = np.zeros(len(next(iter(parts.values()))))
    for (name, lengths), ink in zip(parts.items(), inks, strict=True):
        bars = ax.barh(range(len(lengths)), lengths, left=left, color=ink, edgecolor=PAPER, height=0.62, label=name)
        labels = [note.format(length).replace("%", " %") if length >= least else "" for length in lengths]
        ax.bar_label(bars, labels, label_type="center", color=ink_on(ink), fontsize="small")
        left = left + lengths
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=min(4, len(parts)))


@styled
def single_changes(changes: Sequence[SingleChange], *, ax: Axes | None = None) -> Axes:
    """What each change by itself makes of the chance of consensus (dot) and of the share agreed (ring).

    changes: of one scenario, the first of which changes nothing.
    """
    ax = axes_or_new(ax, height=1.0 + 0.28 * len(changes))
    for row, change in enumerate(changes):
        _dot(ax, change.share_agreed, row + 0.14, ring=True)
        _dot(ax, change.consensus, row - 0.14, ring=False)
    for estimate, line in ((changes[0].consensus, "-"), (changes[0].share_agreed, (0, (2, 2)))):
        ax.axvline(estimate.value, color=PALE, linewidth=0.8, linestyle=line, zorder=0)
    ax.set_ylim(len(changes) - 0.5, -0.5)
    ax.set_yticks(range(len(changes)), [change.change for change in changes])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(-0.02, 1.02)
    percent_axis(ax.xaxis)
    ax.set_xlabel(f"{measure_name('consensus')} (●), {measure_name('share_agreed')} (○)")
    return ax


def _dot(ax: Axes, estimate: Estimate, row: float, *, ring: bool) -> None:
    """An estimate with its interval."""
    ax.plot([estimate.low, estimate.high], [row, row], color=INK, linewidth=1.2)
    ax.plot(estimate.value, row, "o", color=INK, markerfacecolor=PAPER if ring else INK, markersize=4.5)


COLUMNS = 2  # of panels on a page
ACROSS, IN_A_PANEL = 4, 9  # names of a legend at most: beside each other above a figure, in a panel
LETTERS = 96  # of a line as wide as a figure


def positions(scenario: Scenario, trace: Trace) -> Figure:
    """Every delegate's position over the clock, a panel an issue."""
    scenario = short_labels(scenario)
    issues = dict(zip(scenario.issues, issue_names(scenario), strict=True))
    rows = math.ceil(len(issues) / COLUMNS)
    with style():
        figure = sheet(WIDE, 0.5 + 2.1 * rows + 0.2 * (len(scenario.groups) // across(scenario)))
        axes = list(figure.subplots(rows, COLUMNS, squeeze=False, sharex=True).flat)
        for ax, issue in zip(axes, scenario.issues, strict=False):
            run.positions(scenario, trace, issue=issue, ax=ax)
            ax.set_title(wrapped(issues[issue], 32), pad=14)
        _finish(axes, len(issues), scenario)
    return figure


def _finish(panels: Sequence[Axes], used: int, scenario: Scenario) -> None:
    """Name the groups in the panel left over or above the figure, and the clock only where a column ends."""
    for p, ax in enumerate(panels[:used]):
        ends = p + COLUMNS >= used
        ax.tick_params(axis="x", labelbottom=ends)
        ax.set_xlabel("floor time (hours)" if ends else "")
    groups = list(scenario.groups)
    looks = zip(group_names(scenario), colours(groups).values(), dashes(groups).values(), strict=True)
    keys = [Line2D([], [], color=ink, linestyle=dash, label=name) for name, ink, dash in looks]
    keys.append(Line2D([], [], color=INK, linewidth=2.2, label="the text"))
    for ax in panels[used:]:
        ax.axis("off")
    if len(panels) > used and len(keys) <= IN_A_PANEL:
        panels[used].legend(handles=keys, loc="center left")
    else:
        panels[0].figure.legend(handles=keys, loc="outside upper center", ncols=min(across(scenario), len(keys)))


def across(scenario: Scenario) -> int:
    """How many groups' names have room beside each other."""
    longest = max(map(len, group_names(scenario)))
    return max(1, min(ACROSS, LETTERS // (longest + 6)))


def trust_before_and_after(scenario: Scenario, trace: Trace) -> Figure:
    """Trust between groups when the process opened and when it ended, the change noted."""
    groups = len(scenario.groups)
    with style():
        few = groups <= run.FEW
        lines = max(wrapped(name, 18).count("\n") + 1 for name in group_names(short_labels(scenario)))
        figure = sheet(WIDE, 1.9 + max(0.36, run.TALL * lines) * groups if few else 4.0 + 0.4 * groups)
        before, after = figure.subplots(*((1, 2) if few else (2, 1)), sharey=True, sharex=True)
        run.trust(scenario, trace.trust_start, ax=before)
        run.trust(scenario, trace.trust_end, before=trace.trust_start, ax=after)
        before.set_title("before")
        after.set_title("after, and the change" if few else "after")
        (after if few else before).set(**{"ylabel" if few else "xlabel": ""})
        bar = figure.colorbar(after.images[0], ax=[before, after], shrink=0.8, pad=0.01, label="mean trust")
        bar.outline.set_visible(False)
    return figure


Draw = Callable[[Scenario, Trace], Figure]


def _whole(draw: Callable[[Scenario, Trace], Axes]) -> Draw:
    """A single picture as a figure of its own."""

    @wraps(draw)
    def draw_whole(scenario: Scenario, trace: Trace) -> Figure:
        return figure_of(draw(scenario, trace))

    return draw_whole


RUN_PICTURES: dict[str, Draw] = {  # what `negsim plot` can draw of one run
    "paragraphs": _whole(run.life_of_paragraphs),
    "positions": positions,
    "brackets": _whole(run.brackets),
    "distances": _whole(run.distances),
    "trust": trust_before_and_after,
}
