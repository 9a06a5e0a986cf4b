"""Pictures of explanations: a waterfall between two scenarios, _tornados of single changes.

Blue raises a measure, vermilion lowers it. Whiskers are intervals at 95 %; no share goes below 0 or above 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from negsim.cast.knobs import UNCHANGED_LEVEL
from negsim.cast.palette import Colour
from negsim.negotiation.tables import Floats
from negsim.report.explanations import (
    aim_of,
    as_shown,
    by_share,
    change_name,
    is_between_0_and_1,
    possible,
    shortly,
    telling_effects,
)
from negsim.report.looks import PAGE_HEIGHT
from negsim.report.plots import style
from negsim.report.plots.style import Picture, Pictures
from negsim.report.words import NO_BREAK, change_text, counted, in_units, is_share, measure_name, number_text, unit
from negsim.study.catalogue import INTERVENTION_KINDS, Intervention
from negsim.study.explain import Change, Explanation
from negsim.study.interventions import Effect, Effects

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
_LINE_HEIGHT, _ROW_HEIGHT, _HEADING_HEIGHT, _BAR_HEIGHT = 0.15, 0.23, 0.28, 0.12  # inches, of many effects
_GAP = 0.05  # inches
_AROUND_EFFECTS = 1.3  # inches: of the legend, the axis and its label
_NARROW_TICKS = 4
_ROUNDING = 1e-9
_LABEL_ROOM = 0.35  # of the axis
_NO_DIFFERENCE = 0.005  # of the axis


def explanation_pictures(explanation: Explanation, *, names: tuple[str, str]) -> Pictures:
    """Return a waterfall for each measure, and the tornado of all. names: of both scenarios."""
    first, second = names
    pictures = {
        f"waterfall_{one.measure}": Picture(
            partial(waterfall, one, names=names), f"From {first} to {second}: {shortly(as_shown(one))}{_about_way(one)}"
        )
        for one in explanation.changes
    }
    caption = f"What each part adds to {first} alone, and what {second} loses without it; intervals are at 95 %."
    return Pictures(pictures | {"tornado": Picture(partial(_tornados, explanation.changes, names=names), caption)})


def _about_way(change: Change) -> str:
    """Say why the bars of a waterfall leave the scale of its measure, if they do."""
    if not _leaves_its_scale(as_shown(change)):
        return ""
    return (
        " The bars pass an end of the scale (shaded): each is a mean over all orders of the parts, so they add up to"
        " the change without being steps that anybody could take one after the other."
    )


def effects_pictures(effects: Effects, name: str) -> Pictures:
    """Return the tornado of the changes of a scenario; nothing if there are none. name: of the scenario."""
    caption = f"Effects of changes on {aim_of(effects.measure)}, {name}; intervals are at 95 %."
    return Pictures({"tornado": Picture(partial(_tornado_of_effects, effects), caption)} if effects.singles else {})


@style.styled
def waterfall(change: Change, *, names: tuple[str, str], ax: Axes | None = None) -> Axes:
    """Plot the way from one scenario to another: every part's Shapley share, the largest first. names: of both.

    The bars add up to the change; where they pass an end of a share on the way, what lies beyond it is shaded.
    """
    change = as_shown(change)
    shares = by_share(change)
    ax = style.axes_or_new(ax, height=1.2 + 0.34 * (len(shares) + 2))
    way, beyond = _way(change), _leaves_its_scale(change)
    _bar(ax, 0, (0.0, change.before.value), style.PALE_INK)
    for row, (one, reached, after) in enumerate(zip(shares, way, way[1:], strict=False), start=1):
        _bar(ax, row, (reached, after), _UP if one.shapley.value >= 0.0 else _DOWN)
        ends = reached + one.shapley.low, reached + one.shapley.high
        _whisker(ax, row, *(ends if beyond else _possible(change, *ends)))
        ax.plot(
            [after] * 2,
            [row - _BAR_THICKNESS / 2, row + 1 + _BAR_THICKNESS / 2],
            color=style.PALE_INK,
            linewidth=0.7,
            zorder=0,
        )
    _bar(ax, len(shares) + 1, (0.0, change.after.value), style.PALE_INK)
    notes = [
        number_text(change.before.value, change.measure),
        *(change_text(one.shapley._replace(low=math.nan, changed=None), change.measure) for one in shares),
        number_text(change.after.value, change.measure),
    ]
    _rows(ax, [names[0], *(one.part for one in shares), names[1]])
    for row, note in enumerate(notes):  # in a column right of the axes
        ax.annotate(note, (1.01, row), xycoords=("axes fraction", "data"), va="center", annotation_clip=False)
    if beyond:
        _shade_beyond(ax)
    _axis(ax, change.measure, clip=not beyond)
    return ax


def _way(change: Change) -> Floats:
    """Return where the bars of a waterfall begin, and where the last of them ends."""
    return np.asarray(np.cumsum([change.before.value, *(one.shapley.value for one in by_share(change))]))


def _leaves_its_scale(change: Change) -> bool:
    """Return whether the bars of a waterfall pass 0 or 1 on the way, as those of a share may."""
    way = _way(change)
    return is_between_0_and_1(change.measure) and bool(way.min() < -_ROUNDING or way.max() > 1.0 + _ROUNDING)


def _shade_beyond(ax: Axes) -> None:
    """Shade what no share can be, and leave its numbers out."""
    low, high = ax.get_xlim()
    ax.set_xlim(low if low < -_ROUNDING else 0.0, high)
    for ends in ((low, 0.0), (1.0, high)):
        if ends[0] < ends[1] - _ROUNDING:
            ax.axvspan(
                *ends, facecolor=style.FAINT_INK, edgecolor=style.PALE_INK, hatch="///", linewidth=0.0, zorder=-1
            )
    ax.set_xticks(np.linspace(0.0, 1.0, 3 if style.is_narrow() else 6))


@style.styled
def tornado(change: Change, *, ax: Axes | None = None) -> Axes:
    """Plot each part's effect at either end: added to the first scenario (a solid line), left out of the second."""
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
    _ends(ax, (start, end), change.measure)
    return ax


@style.context()
def _tornados(changes: Sequence[Change], *, names: tuple[str, str]) -> Figure:
    """Stack one tornado per measure. Measures that nothing moves are skipped, unless that would leave no plot."""
    moved = [change for change in changes if _has_bars(change)] or changes[:1]
    figure = style.sheet(len(moved) * (0.9 + 0.42 * len(moved[0].shares)) + 0.5)
    for ax, change in zip(np.atleast_1d(figure.subplots(len(moved))), moved, strict=True):
        tornado(change, ax=ax)
    labels = {f"added to {names[0]} (solid line)": _ADDED, f"left out of {names[1]} (dashed line)": _LEFT_OUT}
    letters = style.letters_beside(40)
    patches = [Patch(facecolor=ink, label=style.wrapped(label, letters)) for label, ink in labels.items()]
    figure.legend(handles=patches, loc="outside lower center", ncols=style.beside(2))
    return figure


def _has_bars(change: Change) -> bool:
    """Return whether a part changes a measure at either end."""
    return any(one.added.value or one.left_out.value for one in change.shares)


class _EffectRow(NamedTuple):
    """A row of the tornado of effects: where its name and its bar stand, in inches from the top.

    one: None for a heading.
    """

    name_at: float
    bar_at: float
    name: str
    one: Effect | None


def _on_a_page(effects: Effects) -> tuple[list[_EffectRow], float]:
    """Lay out the rows, without the smallest effects if they need more than a page; return them with their height."""
    bundles = [one.effect for one in effects.bundles if one.effect.intervention.parts]
    parts = {"": telling_effects(effects), "changes together": bundles}
    every = [(heading, one) for heading, part in parts.items() for one in part]
    smallest = sorted(range(len(every)), key=lambda n: abs(every[n][1].change.value))
    for without in range(len(every)):
        left_out = set(smallest[:without])
        rows, height = _effect_rows([row for n, row in enumerate(every) if n not in left_out])
        if height <= PAGE_HEIGHT - _AROUND_EFFECTS:
            break
    return rows, height


def _effect_rows(every: Sequence[tuple[str, Effect]]) -> tuple[list[_EffectRow], float]:
    """Lay out the rows; return them with their height. In a narrow picture each name stands above its bar.

    every: the effects, each with its heading.
    """
    rows, top, under = [], 0.0, ""
    for heading, one in every:
        if heading != under:
            rows.append(_EffectRow(top + _HEADING_HEIGHT / 2, top, heading, None))
            top += _HEADING_HEIGHT
            under = heading
        name = _name_of_row(one.intervention)
        tall = _LINE_HEIGHT * (name.count("\n") + 1)
        if style.is_narrow():
            rows.append(_EffectRow(top + tall / 2, top + tall + _BAR_HEIGHT / 2, name, one))
            top += tall + _BAR_HEIGHT + _GAP
        else:
            middle = top + max(_ROW_HEIGHT, tall + _GAP) / 2
            rows.append(_EffectRow(middle, middle, name, one))
            top += max(_ROW_HEIGHT, tall + _GAP)
    return rows, top


def _name_of_row(intervention: Intervention) -> str:
    """Name a change on one line or more, each part of a bundle on lines of its own."""
    letters = style.letters_beside(60 if style.is_narrow() else 36)
    return "\n+ ".join(style.wrapped(change_name(part), letters) for part in intervention.parts or (intervention,))


@style.styled
def _tornado_of_effects(effects: Effects, *, ax: Axes | None = None) -> Axes:
    """Plot effects on the measure: of single changes and of bundles."""
    measure = effects.measure
    rows, height = _on_a_page(effects)
    ax = style.axes_or_new(ax, height=_AROUND_EFFECTS + height)
    for row in rows:
        if row.one is None:
            ax.axhline(row.bar_at, color=style.PALE_INK, linewidth=0.9, linestyle=(0, (4, 3)))
            style.write_over(ax, row.name_at, row.name, ink=Colour.GREY)
        else:
            change, kind = in_units(possible(measure, row.one.change), measure), row.one.intervention.kind
            _bar(ax, row.bar_at, (0.0, change.value), _KIND_COLOURS[kind], thick=_BAR_HEIGHT)
            _whisker(ax, row.bar_at, *change[1:3])
    ax.axvline(0.0, color=style.INK, linewidth=0.9)
    named = [row for row in rows if row.one is not None]
    style.name_bars(ax, [row.name for row in named], [row.name_at for row in named])
    ax.set_ylim(height, 0.0)
    if is_share(measure):
        style.percent_axis(ax.xaxis, "")
    level = number_text(effects.base[measure].value / unit(measure), measure).replace(" ", NO_BREAK)
    change_in = "change in points" if is_share(measure) else "change"
    about = f"{aim_of(measure).removeprefix('the ')}: {change_in} ({UNCHANGED_LEVEL} {level})"
    every = len(effects.singles) + sum(bool(one.effect.intervention.parts) for one in effects.bundles)
    without = every - len(named)
    if without:
        about += f"; {counted(without, 'smaller effect')} not shown"
    style.label_below(ax, about)
    ax.grid(axis="x", color=style.FAINT_INK, linewidth=0.6)
    patches = [Patch(facecolor=ink, label=_KIND_NAMES[kind]) for kind, ink in _KIND_COLOURS.items()]
    ax.legend(handles=patches, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=style.beside(2))
    return ax


def _ends(ax: Axes, ends: tuple[float, float], measure: str) -> None:
    """Draw both scenarios as lines, the first solid, the second dashed, each with its number above.

    Near each other, the numbers are turned away from each other; where they are alike, one stands for both.
    """
    low, high = ax.get_xlim()
    alike = abs(ends[1] - ends[0]) < _NO_DIFFERENCE * (high - low)
    near = abs(ends[1] - ends[0]) < _LABEL_ROOM * (high - low)
    both = [(*ends, "-"), (*ends[::-1], "--")]
    for end, other, dash in both[:1] if alike else both:
        ax.axvline(end, color=style.INK, linewidth=0.9, linestyle=dash, zorder=3)
        side = ("right" if end < other else "left") if near and not alike else "center"
        ax.annotate(
            number_text(end, measure), (end, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 4),
            textcoords="offset points", ha=side, annotation_clip=False,
        )  # fmt: skip


def _bar(ax: Axes, row: float, ends: tuple[float, float], ink: str, *, thick: float = _BAR_THICKNESS) -> None:
    ax.barh(row, ends[1] - ends[0], left=ends[0], height=thick, color=ink)


def _possible(change: Change, low: float, high: float) -> tuple[float, float]:
    """Clip an interval of a measure to what is possible."""
    if math.isnan(low) or not is_between_0_and_1(change.measure):
        return low, high
    return max(0.0, low), min(1.0, high)


def _whisker(ax: Axes, row: float, low: float, high: float) -> None:
    ax.hlines(row, low, high, color=style.INK, linewidth=1.0)


def _rows(ax: Axes, names: Sequence[str]) -> None:
    """Name one row per bar, the first on top."""
    style.name_rows(ax, names, letters=28)
    ax.set_ylim(len(names) - 0.4, -0.6)


def _axis(ax: Axes, measure: str, *, clip: bool = True) -> None:
    """Name the measure along the axis. clip: whether an axis of shares ends where these do."""
    if is_share(measure):
        low, high = ax.get_xlim()
        if clip:
            ax.set_xlim(max(0.0, low), min(1.0, high))
        style.percent_axis(ax.xaxis)
    if style.is_narrow() and clip:
        ax.xaxis.set_major_locator(MaxNLocator(_NARROW_TICKS))
    ax.grid(axis="x", color=style.FAINT_INK, linewidth=0.6)
    ax.set_xlabel(measure_name(measure))
