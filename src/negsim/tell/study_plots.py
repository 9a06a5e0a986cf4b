"""Pictures of many runs: what would have changed the outcome, and by how much.

Rules that hold here
- Each takes its data, draws on `ax` or on axes of its own, and returns the axes. Bands are intervals at 95 %.
- Several scenarios are given as a mapping from the name to show to its runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from negsim.negotiation.case import Floats
from negsim.negotiation.formats import FORMATS
from negsim.negotiation.moves import Outcome
from negsim.study.effects import Estimate
from negsim.study.evidence import Lever
from negsim.study.runner import Runs
from negsim.tell.style import (
    INK,
    OUTCOME_COLOURS,
    PALE,
    PAPER,
    axes_or_new,
    contrast,
    heat_map,
    method_colours,
    percent_axis,
    styled,
    wrapped,
)
from negsim.tell.words import HOUR, OUTCOMES, counted, format_name, group_names, issue_names

NOTHING = 0.1  # hours: too short to be seen
MOST_BESIDE = 6  # names that have room beside each other


@styled
def who_blocked(runs: Runs, *, per_seat: bool = False, ax: Axes | None = None) -> Axes:
    """Objections at readings per run, by group and issue: by all members of a group together, or by one on average."""
    groups, issues = group_names(runs.scenario), issue_names(runs.scenario)
    ax = axes_or_new(ax, height=1.6 + 0.34 * len(groups))
    seats = np.array([[group.seats] for group in runs.scenario.groups.values()])
    blocked = runs.results.blocks.mean(axis=0) / (seats if per_seat else 1.0)
    notes = [[f"{number:.1f}" for number in row] for row in blocked]
    image = heat_map(ax, blocked, notes, high=max(float(blocked.max()), 0.1))
    turned = 90 if len(issues) > MOST_BESIDE else 0
    ax.set_xticks(range(len(issues)), [wrapped(issue, 16) for issue in issues], rotation=turned)
    ax.set_yticks(
        range(len(groups)), [f"{group}\n({counted(n[0], 'seat')})" for group, n in zip(groups, seats, strict=True)]
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
    seen = {OUTCOMES[end]: lengths for end, lengths in parts.items() if lengths.any()}
    inks = [ink for end, ink in OUTCOME_COLOURS.items() if parts[end].any()]
    _stack(ax, seen, inks, note="{:.0%}", least=0.045)
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
        ax.bar_label(bars, labels, label_type="center", color=contrast(ink), fontsize="small")
        left = left + lengths
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=min(4, len(parts)))


@styled
def single_changes(found: Sequence[Lever], *, ax: Axes | None = None) -> Axes:
    """What each change by itself makes of the chance of consensus (dot) and of the share agreed (ring).

    found: the process as it was, then with one change each; such as `evidence.levers` gives.
    """
    ax = axes_or_new(ax, height=1.0 + 0.28 * len(found))
    for row, lever in enumerate(found):
        _dot(ax, lever.share_agreed, row + 0.14, ring=True)
        _dot(ax, lever.consensus, row - 0.14, ring=False)
    for estimate, line in ((found[0].consensus, "-"), (found[0].share_agreed, (0, (2, 2)))):
        ax.axvline(estimate.value, color=PALE, linewidth=0.8, linestyle=line, zorder=0)
    ax.set_ylim(len(found) - 0.5, -0.5)
    ax.set_yticks(range(len(found)), [lever.lever for lever in found])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(-0.02, 1.02)
    percent_axis(ax.xaxis)
    ax.set_xlabel("consensus (●), paragraphs agreed (○)")
    return ax


def _dot(ax: Axes, estimate: Estimate, row: float, *, ring: bool) -> None:
    """An estimate with its interval."""
    ax.plot([estimate.low, estimate.high], [row, row], color=INK, linewidth=1.2)
    ax.plot(estimate.value, row, "o", color=INK, markerfacecolor=PAPER if ring else INK, markersize=4.5)
