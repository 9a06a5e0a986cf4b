"""Pictures of explanations: a waterfall between two scenarios, tornados of single changes.

Blue raises a measure, vermilion lowers it. Whiskers are intervals at 95 %; no share goes below 0 or above 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from negsim.cast.knobs import UNCHANGED_LEVEL
from negsim.cast.palette import Colour
from negsim.report.explanations import as_shown, by_share, change_name, is_between_0_and_1, possible, shortly
from negsim.report.plots import style
from negsim.report.plots.style import Picture, Pictures
from negsim.report.words import change_text, is_share, measure_name, number_text
from negsim.study.catalogue import INTERVENTION_KINDS
from negsim.study.explain import Change, Explanation
from negsim.study.interventions import Effects

_UP, _DOWN = Colour.BLUE, Colour.VERMILION
_ADDED, _LEFT_OUT = Colour.SKY, Colour.ORANGE
_KIND_COLOURS = dict(zip(INTERVENTION_KINDS, (Colour.BLUE, Colour.ORANGE, Colour.GREEN, Colour.PINK), strict=True))
_KIND_NAMES = {
    "process": "of the process",
    "setting": "of the setting",
    "people": "of people",
    "rule": "of the rule: another bar",
}
_BAR_THICKNESS = 0.62
_LABEL_ROOM = 0.35  # of the axis
_NO_DIFFERENCE = 0.005  # of the axis


def explanation_pictures(explanation: Explanation, *, names: tuple[str, str]) -> Pictures:
    """Return a waterfall for each measure, and the tornado of all. names: of both scenarios."""
    first, second = names
    pictures = {
        f"waterfall_{one.measure}": Picture(
            partial(waterfall, one, names=names), f"From {first} to {second}: {shortly(as_shown(one))}"
        )
        for one in explanation.changes
    }
    caption = f"What each part adds to {first} alone, and what {second} loses without it; intervals are at 95 %."
    return Pictures(pictures | {"tornado": Picture(partial(tornados, explanation.changes, names=names), caption)})


def effects_pictures(effects: Effects, name: str) -> Pictures:
    """Return the tornado of the changes of a scenario; nothing if there are none. name: of the scenario."""
    caption = f"Effects of changes on the chance of consensus, {name}; intervals are at 95 %."
    return Pictures({"tornado": Picture(partial(_tornado_of_effects, effects), caption)} if effects.singles else {})


@style.styled
def waterfall(change: Change, *, names: tuple[str, str], ax: Axes | None = None) -> Axes:
    """Plot the way from one scenario to another: every part's Shapley share, the largest first. names: of both."""
    change = as_shown(change)
    shares = by_share(change)
    ax = style.axes_or_new(ax, height=1.2 + 0.34 * (len(shares) + 2))
    reached = change.before.value
    _bar(ax, 0, (0.0, change.before.value), style.PALE_INK)
    for row, one in enumerate(shares, start=1):
        after = reached + one.shapley.value
        _bar(ax, row, (reached, after), _UP if one.shapley.value >= 0.0 else _DOWN)
        _whisker(ax, row, *_possible(change, reached + one.shapley.low, reached + one.shapley.high))
        ax.plot(
            [after] * 2,
            [row - _BAR_THICKNESS / 2, row + 1 + _BAR_THICKNESS / 2],
            color=style.PALE_INK,
            linewidth=0.7,
            zorder=0,
        )
        reached = after
    _bar(ax, len(shares) + 1, (0.0, change.after.value), style.PALE_INK)
    notes = [
        number_text(change.before.value, change.measure),
        *(change_text(one.shapley._replace(low=math.nan), change.measure) for one in shares),
        number_text(change.after.value, change.measure),
    ]
    _rows(ax, [names[0], *(one.part for one in shares), names[1]])
    _notes(ax, notes)
    _axis(ax, change.measure)
    return ax


@style.styled
def tornado(change: Change, *, names: tuple[str, str], ax: Axes | None = None) -> Axes:
    """Plot each part's effect at either end: added to the first scenario, left out of the second; as ranges."""
    change = as_shown(change)
    shares = by_share(change)
    ax = style.axes_or_new(ax, height=1.4 + 0.5 * len(shares))
    start, end = change.before.value, change.after.value
    for row, one in enumerate(shares):
        up, down = row - 0.19, row + 0.19
        _bar(ax, up, (start, start + one.added.value), _ADDED, thick=0.34)
        _whisker(ax, up, *_possible(change, start + one.added.low, start + one.added.high))
        _bar(ax, down, (end, end - one.left_out.value), _LEFT_OUT, thick=0.34)
        _whisker(ax, down, *_possible(change, end - one.left_out.high, end - one.left_out.low))
    _rows(ax, [one.part for one in shares])
    if is_between_0_and_1(change.measure) and not _has_bars(change):
        ax.set_xlim(0.0, 1.0)
    _axis(ax, change.measure)
    _ends(ax, (start, end), names)
    return ax


@style.context()
def tornados(changes: Sequence[Change], *, names: tuple[str, str]) -> Figure:
    """Stack one tornado per measure. Measures that nothing moves are skipped, unless that would leave no plot."""
    moved = [change for change in changes if _has_bars(change)] or changes[:1]
    figure = style.sheet(len(moved) * (0.9 + 0.42 * len(moved[0].shares)) + 0.5)
    for ax, change in zip(np.atleast_1d(figure.subplots(len(moved))), moved, strict=True):
        tornado(change, names=names, ax=ax)
    labels = {f"added to {names[0]}": _ADDED, f"left out of {names[1]}": _LEFT_OUT}
    patches = [Patch(color=ink, label=style.wrapped(label, style.letters_beside(40))) for label, ink in labels.items()]
    figure.legend(handles=patches, loc="outside lower center", ncols=style.beside(2))
    return figure


def _has_bars(change: Change) -> bool:
    """Return whether a part changes a measure at either end."""
    return any(one.added.value or one.left_out.value for one in change.shares)


@style.styled
def _tornado_of_effects(effects: Effects, *, ax: Axes | None = None) -> Axes:
    """Plot effects on the chance of consensus: of single changes, and under lines, of those dropped and of pairs."""
    every = [*effects.singles, *effects.dropped, *effects.pairs]
    ax = style.axes_or_new(ax, height=max(style.FIGURE_HEIGHT, 1.1 + 0.23 * len(every)))
    for row, one in enumerate(every):
        _bar(ax, row, (0.0, one.consensus_change.value), _KIND_COLOURS[one.intervention.kind])
        _whisker(ax, row, *possible("consensus", one.consensus_change)[1:3])
    ax.axvline(0.0, color=style.INK, linewidth=0.9)
    first = len(effects.singles)
    for row in {first, first + len(effects.dropped)}:
        ax.axhline(row - 0.5, color=style.PALE_INK, linewidth=0.9, linestyle=(0, (4, 3)))
    if effects.dropped:
        ax.annotate(
            f"dropped after {effects.passed:,} replications", (1.0, first - 0.5), xycoords=("axes fraction", "data"),
            xytext=(0, -3), textcoords="offset points", ha="right", va="top", color=style.PALE_INK,
        )  # fmt: skip
    _rows(ax, [change_name(one.intervention) for one in every], letters=60)
    style.percent_axis(ax.xaxis, "")
    level = number_text(effects.consensus.value, "consensus")
    ax.set_xlabel(f"chance of consensus: change in points ({UNCHANGED_LEVEL} {level})")
    ax.grid(axis="x", color=style.FAINT_INK, linewidth=0.6)
    patches = [Patch(color=ink, label=_KIND_NAMES[kind]) for kind, ink in _KIND_COLOURS.items()]
    ax.legend(handles=patches, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=style.beside(2))
    return ax


def _ends(ax: Axes, ends: tuple[float, float], names: tuple[str, str]) -> None:
    """Draw both scenarios as lines with their names above, turned away from each other if they are near."""
    low, high = ax.get_xlim()
    alike = abs(ends[1] - ends[0]) < _NO_DIFFERENCE * (high - low)
    near = abs(ends[1] - ends[0]) < _LABEL_ROOM * (high - low)
    both = [(*ends, names[0]), (*ends[::-1], names[1])]
    for end, other, name in [(ends[0], ends[0], " = ".join(names))] if alike else both:
        ax.axvline(end, color=style.INK, linewidth=0.9, zorder=3)
        side = ("right" if end < other else "left") if near and not alike else "center"
        ax.annotate(
            style.wrapped(name, 28), (end, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 4),
            textcoords="offset points", ha=side, annotation_clip=False,
        )  # fmt: skip


def _bar(ax: Axes, row: float, ends: tuple[float, float], ink: str, *, thick: float = _BAR_THICKNESS) -> None:
    ax.barh(row, ends[1] - ends[0], left=ends[0], height=thick, color=ink)


def _possible(change: Change, low: float, high: float) -> tuple[float, float]:
    """Clip an interval of a measure to what is possible."""
    return (max(0.0, low), min(1.0, high)) if is_between_0_and_1(change.measure) else (low, high)


def _whisker(ax: Axes, row: float, low: float, high: float) -> None:
    ax.hlines(row, low, high, color=style.INK, linewidth=1.0)


def _rows(ax: Axes, names: Sequence[str], *, letters: int = 28) -> None:
    """Name one row per bar, the first on top."""
    ax.set_yticks(range(len(names)), [style.wrapped(name, style.letters_beside(letters)) for name in names])
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)


def _notes(ax: Axes, notes: Sequence[str]) -> None:
    """Write one number per row, in a column right of the axes."""
    for row, note in enumerate(notes):
        ax.annotate(note, (1.01, row), xycoords=("axes fraction", "data"), va="center", annotation_clip=False)


def _axis(ax: Axes, measure: str) -> None:
    if is_share(measure):
        low, high = ax.get_xlim()
        ax.set_xlim(max(0.0, low), min(1.0, high))
        style.percent_axis(ax.xaxis)
    ax.grid(axis="x", color=style.FAINT_INK, linewidth=0.6)
    ax.set_xlabel(measure_name(measure))
