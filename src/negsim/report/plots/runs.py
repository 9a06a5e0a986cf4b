"""Pictures of many runs, with a caption each: how they end, who blocks, where time goes.

A picture takes its data, draws on `ax` or on axes of its own, and returns the axes. Several scenarios come as a mapping
from their names to their runs. Intervals are at 95 %. A caption is made from the numbers that its picture shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from negsim.cast.codes import OUTCOMES
from negsim.cast.formats import IDLE_COLOUR, IDLE_FORMAT
from negsim.cast.units import HOUR
from negsim.negotiation.tables import Floats, Outcome
from negsim.report import words
from negsim.report.plots import style
from negsim.report.plots.run import RUN_PICTURES, pictures_of
from negsim.report.plots.style import Picture, Pictures
from negsim.study.estimates import share
from negsim.study.runner import Runs, TypicalRun

_OF_MANY = ("outcomes", "who_blocked", "minutes")
PICTURES = (*RUN_PICTURES, *_OF_MANY)  # what `negsim plot` can draw
_SHORTEST_SEEN = 0.1  # hours: too short to be seen
_BESIDE_CELLS, _COLOUR_BAR = 1.15, 1.2  # inches: of names and margins beside cells, and of what explains colours
_BESIDE_BARS = 1.3  # inches
_MOST_NUMBERS = 12  # and numbers


def run_pictures(runs: Runs, one: TypicalRun, *, name: str) -> Pictures:
    """Return what `negsim plot` draws: one run from inside, and how all of them ended. name: of the scenario."""
    every, note = {name: runs}, words.capital(about_one(runs, one))
    of_many = (
        Picture(partial(outcome_shares, every), about_outcomes(every)),
        Picture(partial(who_blocked, runs), about_who_blocked(runs)),
        Picture(partial(minutes_spent, every), about_minutes(every)),
    )
    of_one = pictures_of(one.scenario, one.trace).with_note(note)
    return Pictures(of_one | dict(zip(_OF_MANY, of_many, strict=True)))


def about_one(runs: Runs, one: TypicalRun) -> str:
    """Say which of the runs this one is, and how many ended like it."""
    return (
        f"one run, replication {one.replication} under seed {runs.seed}. Outcome: {words.OUTCOME_LABELS[one.outcome]},"
        f" as in {words.percent(float(runs.is_outcome(one.outcome).mean()))} of {len(runs):,} runs."
    )


@style.styled
def who_blocked(runs: Runs, *, ax: Axes | None = None) -> Axes:
    """Plot objections at readings per run, by group and issue: by all members of a group together."""
    scenario = style.short_labels(runs.scenario)
    groups = [style.wrapped(group, style.letters_beside(24), lines=2) for group in words.group_names(scenario)]
    issues = words.issue_names(scenario)
    crowded = len(issues) > _MOST_NUMBERS
    ax = style.axes_or_new(ax, height=1.6 + 0.34 * len(groups) + (1.6 if crowded else 0.0))
    blocked = runs.results.blocks.mean(axis=0)
    notes = [["" if crowded else f"{number:.1f}" for number in row] for row in blocked]
    image = style.heat_map(ax, blocked, notes, high=max(float(blocked.max()), 0.1))
    beside = _BESIDE_CELLS + (0.0 if style.is_narrow() else _COLOUR_BAR)
    room = int(min(16.0, (style.width() - beside) * style.LETTERS_AN_INCH / len(issues)))
    upright = any(len(word) > room for issue in issues for word in issue.split())
    along = [words.shortened(issue, 24) if upright else style.wrapped(issue, room) for issue in issues]
    ax.set_xticks(range(len(issues)), along, rotation=90 if upright else 0)
    gaps = [" " if "\n" in group else "\n" for group in groups]
    sizes = [f"({words.counted(group.seats, 'seat')})" for group in runs.scenario.groups.values()]
    ax.set_yticks(range(len(groups)), ["".join(parts) for parts in zip(groups, gaps, sizes, strict=True)])
    if not blocked.any():
        ax.set_title("objections at readings: none in any run")
        return ax
    style.colour_bar(image, [ax], "objections at readings, a run, all members together")
    return ax


def about_who_blocked(runs: Runs) -> str:
    """Say who blocked most: by all members of a group together, and by one."""
    blocked = runs.results.blocks.mean(axis=0)
    if not blocked.any():
        return "Who blocked what: no reading was blocked."
    groups, issues = words.group_names(runs.scenario), words.issue_names(runs.scenario)
    g, k = np.unravel_index(int(blocked.argmax()), blocked.shape)
    seats = np.array([group.seats for group in runs.scenario.groups.values()])
    by_seat = blocked.sum(axis=1) / seats
    keenest = int(by_seat.argmax())
    return (
        f"Who blocked what. All their seats together, {groups[g]} blocked most often on “{issues[k]}”:"
        f" {blocked[g, k]:.1f} objections a run (a delegate at a reading). Per seat, {groups[keenest]} blocked most:"
        f" {by_seat[keenest]:.1f} a run over all issues."
    )


@style.styled
def minutes_spent(runs: Mapping[str, Runs], *, ax: Axes | None = None) -> Axes:
    """Plot floor time by format, averaged over the runs: a bar a scenario, hours."""
    ax = style.axes_or_new(ax, height=1.3 + 0.45 * len(runs))
    hours = [words.by_format(some.scenario, some.results.minutes.mean(axis=0) / HOUR) for some in runs.values()]
    formats = {name: each for some in runs.values() for name, each in some.scenario.session_formats.items()}
    colours = {name: each.colour for name, each in formats.items()} | {IDLE_FORMAT: IDLE_COLOUR}
    parts = {
        words.format_name(form, formats): (np.array([spent.get(form, 0.0) for spent in hours]), ink)
        for form, ink in colours.items()
        if any(spent.get(form, 0.0) >= _SHORTEST_SEEN for spent in hours)
    }
    if not parts:
        ax.set_axis_off()
        return style.empty(ax, "no floor time was used in any run")
    stack(ax, parts, note="{:.1f}")
    ax.set_yticks(range(len(runs)), [style.wrapped(name, style.letters_beside(24)) for name in runs])
    ax.set_xlabel("floor time (hours a run)")
    return ax


def about_minutes(runs: Mapping[str, Runs]) -> str:
    """Say how much of the floor time could close anything."""
    sentences = []
    for name, some in runs.items():
        spent = words.by_format(some.scenario, some.results.minutes.mean(axis=0) / HOUR)
        total = sum(spent.values())
        formats = some.scenario.session_formats
        idle = sum(spent[form] for form, each in formats.items() if each.closes_nothing)
        most = max(spent, key=lambda form: spent[form])
        sentences.append(
            f"{words.capital(name)}: {total:.1f} hours of floor time a run, most of it"
            f" {words.format_name(most, formats)} ({spent[most]:.1f} h);"
            f" {words.percent(idle / total)} in formats in which nothing can close."
        )
    return f"Where the minutes went. {' '.join(sentences)}"


@style.styled
def outcome_shares(runs: Mapping[str, Runs], *, ax: Axes | None = None) -> Axes:
    """Plot how the runs ended: a bar a scenario; of one scenario a bar an outcome, with its interval."""
    if len(runs) == 1:
        (only,) = runs.values()
        return _outcomes_of_one(only, ax)
    shares = {name: {end: float(some.is_outcome(end).mean()) for end in OUTCOMES} for name, some in runs.items()}
    return outcome_bars(shares, ax=ax)


def _outcomes_of_one(runs: Runs, ax: Axes | None) -> Axes:
    """Plot the share of runs with each outcome that occurs."""
    ends = {end: share(runs.is_outcome(end)) for end in OUTCOMES}
    ends = {end: estimate for end, estimate in ends.items() if estimate.value > 0.0}
    ax = style.axes_or_new(ax, height=0.8 + 0.4 * len(ends))
    for row, (end, estimate) in enumerate(ends.items()):
        ax.barh(row, estimate.value, height=0.62, color=OUTCOMES[end].colour)
        ax.hlines(row, estimate.low, estimate.high, color=style.INK, linewidth=1.2)
        ax.annotate(
            words.percent(estimate.value), (max(estimate.value, estimate.high), row), xytext=(5, 0),
            textcoords="offset points", va="center",
        )  # fmt: skip
    style.name_rows(ax, [OUTCOMES[end].label for end in ends], letters=24)
    ax.set_xlim(0.0, 1.08)
    style.percent_axis(ax.xaxis)
    ax.set_xticks([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    ax.set_xlabel("share of runs, with intervals at 95 %")
    return ax


@style.styled
def outcome_bars(shares: Mapping[str, Mapping[Outcome, float]], *, ax: Axes | None = None) -> Axes:
    """Plot shares of outcomes: a bar a scenario."""
    ax = style.axes_or_new(ax, height=1.3 + 0.45 * len(shares))
    parts = {
        ending.label: (np.array([ended.get(end, 0.0) for ended in shares.values()]), ending.colour)
        for end, ending in OUTCOMES.items()
    }
    stack(ax, {name: part for name, part in parts.items() if part[0].any()}, note="{:.0%}")
    ax.set_yticks(range(len(shares)), [style.wrapped(name, style.letters_beside(24)) for name in shares])
    ax.set_xlim(0.0, 1.0)
    style.percent_axis(ax.xaxis)
    ax.set_xlabel("share of runs")
    return ax


def stack(ax: Axes, parts: Mapping[str, tuple[Floats, str]], *, note: str, height: float = 0.62) -> None:
    """Draw bars of parts, one above the other by scenario, each part with its number if it has room for it.

    parts: by name, the lengths (a scenario each) and the colour. note: how a number is written.
    """
    left: Floats | float = 0.0
    whole = float(np.sum([lengths for lengths, _ in parts.values()], axis=0).max())
    letters = style.LETTERS_AN_INCH * (style.width() - _BESIDE_BARS) / whole  # of a length of 1
    for name, (lengths, ink) in parts.items():
        bars = ax.barh(
            range(len(lengths)), lengths, left=left, color=ink, edgecolor=style.PAPER, height=height, label=name
        )
        labels = [note.format(length).replace("%", " %") for length in lengths]
        labels = [label if len(label) < letters * length else "" for label, length in zip(labels, lengths, strict=True)]
        ax.bar_label(bars, labels, label_type="center", color=style.ink_on(ink), fontsize="small")
        left = left + lengths
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=style.beside(min(4, len(parts))))


def about_outcomes(runs: Mapping[str, Runs]) -> str:
    """Say how the runs of each scenario ended."""
    sentences = []
    for name, some in runs.items():
        ends = {outcome: share(some.is_outcome(outcome)) for outcome in Outcome}
        occurring = sorted((end for end in ends if ends[end].value > 0.0), key=lambda end: -ends[end].value)
        parts = [f"{words.OUTCOME_LABELS[end]} in {words.estimate_text(ends[end], 'consensus')}" for end in occurring]
        sentences.append(f"{words.capital(name)}, {len(some):,} runs: {words.listed(parts)}.")
    return f"How it ended. {' '.join(sentences)} In brackets: 95 % intervals."
