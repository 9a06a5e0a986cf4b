"""Pictures of one run, with a caption each: what happened over the clock.

A picture takes a scenario (for the names) and the trace of a run of it, draws on `ax` or on axes of its own, and
returns the axes; a picture of several panels is a figure of its own. The clock is floor time in hours from the
opening; meetings are marked and named. The state at the end is drawn a little beyond it (`_LABEL_GAP`), so that the
effect of the last reading can be seen. A caption is made from the numbers that its picture shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from negsim.cast.codes import CLOSED_STATUSES, STATUSES
from negsim.cast.palette import SPARE_COLOURS, Colour, group_colours
from negsim.cast.units import HOUR
from negsim.negotiation.runs import Trace
from negsim.negotiation.tables import Floats, Ints, Move, Status
from negsim.report import words
from negsim.report.minutes.story import duration
from negsim.report.plots import style
from negsim.report.plots.style import Picture, Pictures
from negsim.scenario import Scenario
from negsim.scenario.lowering import floor_minutes, seat_names
from negsim.scenario.schema import Issue
from negsim.sentences import NO_VALUE

_LABEL_GAP = 0.012  # of the timetable
_MOST_IN_A_COLUMN = 5  # groups of which every number has room
_BESIDE_MATRICES = 2.2  # inches of names and colour bar
_NUMBER_WIDTH, _SLANTED_WIDTH = 0.3, 0.48  # inches of a cell with room for numbers, and for a slanted name below it
_NAME_HEIGHT = 0.14  # inches of a line of a name
_SMALL_NOTE = 6.5  # points
_HATCHES = ("", "///", "...", "xx")  # of issues, another one each time that the colours begin anew
_KEYS = 5  # of a legend that have room beside each other
_CLOCK_HEIGHT, _KEY_HEIGHT = 0.42, 0.16  # inches: of numbers and name of the clock, of a line of a legend
_CASING = [Stroke(linewidth=3.6, foreground=style.PAPER), Normal()]
_COLUMNS = 2  # of panels on a page
_MOST_BESIDE, _MOST_IN_PANEL = 4, 9  # names of a legend at most: beside each other above a figure, in a panel
_LETTERS_AN_INCH = 14  # of names above the clock
_LINE_ABOVE = 10  # points of a line of them
_FLOOR, _CEILING = "^", "v"  # marks of red lines
_KEYS_OF_POSITIONS: dict[str, dict[str, Any]] = {
    "the text": {"color": style.INK, "linewidth": 2.2},
    "red line: not below": {"color": Colour.GREY, "marker": _FLOOR, "linestyle": "none", "markersize": 4},
    "red line: not above": {"color": Colour.GREY, "marker": _CEILING, "linestyle": "none", "markersize": 4},
}
_MOST_NAMED_DELEGATES, _MOST_LINES_OF_A_DELEGATE = 6, 3  # in a panel, and of the name of one
_LETTERS = 96  # of a line as wide as a figure


def openings(scenario: Scenario) -> Floats:
    """Return the hours of floor time at which each meeting opens, and at which the last one ends (M + 1)."""
    lengths = [floor_minutes(scenario, meeting) * meeting.days / HOUR for meeting in scenario.process.meetings]
    return np.concatenate(([0.0], np.cumsum(lengths)))


def _over_the_clock(ax: Axes, scenario: Scenario) -> None:
    """Mark floor time along the axis, a line where each meeting begins, its name above, and the end of the last.

    If a name has no room, all meetings have numbers.
    """
    opened, meetings = openings(scenario), scenario.process.meetings
    ax.set_xlim(0.0, opened[-1] * (1.0 + _LABEL_GAP))
    ax.set_xlabel("floor time (hours)")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    for hour in opened[1:]:
        ax.axvline(hour, color=style.INK, linewidth=0.8, linestyle=(0, (1, 1.5)))
    letters = _LETTERS_AN_INCH * ax.get_window_extent().width / ax.figure.dpi * np.diff(opened) / opened[-1]
    places = list(zip((opened[:-1] + opened[1:]) / 2, meetings, letters, strict=True))
    have_room = all(len(word) <= room for _, meeting, room in places for word in meeting.name.split())
    for n, (place, meeting, room) in enumerate(places, start=1):
        name = style.wrapped(meeting.name, max(1, int(room))) if have_room else str(n)
        if len(str(n)) < room:
            _name_above(ax, place, name, "center")
    _name_above(ax, opened[-1], "end", "left")


def _name_above(ax: Axes, hour: float, name: str, side: str) -> None:
    ax.annotate(
        name, (hour, 1.0), xycoords=("data", "axes fraction"), xytext=(0, 3),
        textcoords="offset points", ha=side, va="bottom", color=Colour.GREY, fontsize="small",
    )  # fmt: skip


def moments(scenario: Scenario, trace: Trace) -> tuple[Ints, Floats]:
    """Choose the snapshots to draw, the last one of every minute in which something happened, and the hour of each.

    The last one comes twice, the second time a little later.
    """
    last = np.flatnonzero(np.append(np.diff(trace.minute) != 0.0, True))
    hours = trace.minute[last] / HOUR
    return np.append(last, last[-1]), np.append(hours, hours[-1] + _LABEL_GAP * openings(scenario)[-1])


@style.styled
def life_of_paragraphs(scenario: Scenario, trace: Trace, *, ax: Axes | None = None) -> Axes:
    """Plot the life of each paragraph: no text, text, brackets, agreement; a tick for every reading."""
    issues = words.issue_names(style.short_labels(scenario))
    names = [style.wrapped(issue, style.letters_beside(26), lines=2) for issue in issues]
    lines = max(name.count("\n") + 1 for name in names)
    keys = _status_keys(trace)
    height = 1.1 + max(0.36, 0.1 + _NAME_HEIGHT * lines) * max(len(issues), 3)
    ax = style.axes_or_new(ax, height=height + _KEY_HEIGHT * (math.ceil(len(keys) / _key_columns(len(keys))) - 1))
    until = float(moments(scenario, trace)[1][-1])
    for k in range(len(issues)):
        for status, begin, length in _spells(trace, k, until):
            ax.broken_barh(
                [(begin, length)], (k - 0.34, 0.68), facecolor=STATUSES[status].colour, edgecolor=style.PAPER,
                linewidth=0.0, hatch=STATUSES[status].hatch,
            )  # fmt: skip
    readings = trace.events[trace.events["move"] == Move.READ]
    low, high = readings["issue"] - 0.34, readings["issue"] + 0.34
    ax.vlines(readings["minute"] / HOUR, low, high, color=style.INK, linewidth=0.5, alpha=0.6, label="a reading")
    _over_the_clock(ax, scenario)
    ax.set_ylim(len(issues) - 0.5, -0.5)
    ax.set_yticks(range(len(issues)), names)
    ax.tick_params(axis="y", length=0)
    _legend_below(ax, keys)
    return ax


def _spells(trace: Trace, k: int, until: float) -> Iterator[tuple[Status, float, float]]:
    """Yield the stretches over which paragraph k kept a status: the status, its first hour, its number of hours."""
    status = trace.status[:, k]
    changes = np.flatnonzero(np.diff(status)) + 1
    begins = np.concatenate(([0], changes))
    hours = np.append(trace.minute[begins] / HOUR, until)
    for begin, start, end in zip(begins, hours, hours[1:], strict=False):
        if end > start:
            yield Status(int(status[begin])), float(start), float(end - start)


def _status_keys(trace: Trace) -> list[Patch | Line2D]:
    """List what explains the colours; only those that occur."""
    return [
        *(
            Patch(facecolor=each.colour, hatch=each.hatch, edgecolor=style.PAPER, label=each.label)
            for status, each in STATUSES.items()
            if status in trace.status
        ),
        Line2D([], [], color=style.INK, marker="|", linestyle="none", label="a reading"),
    ]


def _key_columns(keys: int) -> int:
    return style.beside(keys if keys <= _KEYS else math.ceil(keys / 2))


def _legend_below(ax: Axes, keys: Sequence[Patch | Line2D]) -> None:
    """Explain the colours below the clock."""
    below = ax.transAxes + ScaledTranslation(0.0, -_CLOCK_HEIGHT, ax.figure.dpi_scale_trans)
    narrow, columns = style.is_narrow(), _key_columns(len(keys))
    ax.legend(
        handles=keys, loc="upper right" if narrow else "upper center", bbox_to_anchor=(1.0 if narrow else 0.5, 0.0),
        bbox_transform=below, ncols=columns,
    )  # fmt: skip


def _about_paragraphs(scenario: Scenario, trace: Trace) -> str:
    end = trace.status[-1]
    agreed = int(np.isin(end, CLOSED_STATUSES).sum())
    read = trace.events[trace.events["move"] == Move.READ]
    text = f"{agreed} of {words.counted(len(end), 'paragraph')} agreed after {words.counted(len(read), 'reading')}"
    first = np.flatnonzero((trace.status != Status.EMPTY).any(axis=1))
    when = (
        f"; the first text came after {duration(trace.minute[max(0, first[0] - 1)])}"  # when its turn began
        if len(first)
        else "; no text ever came"
    )
    never = [name for k, name in enumerate(words.issue_names(scenario)) if k not in read["issue"]]
    left = f". Never read: {words.listed(never)}" if never else ""
    return f"The life of each paragraph. {text}{when}{left}."


@style.styled
def brackets(scenario: Scenario, trace: Trace, *, ax: Axes | None = None) -> Axes:
    """Plot the brackets in the text, stacked by issue, over the clock; issues without any are not named."""
    (at, hours), issues = moments(scenario, trace), words.issue_names(style.short_labels(scenario))
    had = np.flatnonzero(trace.brackets.any(axis=0))
    ax = style.axes_or_new(ax, height=max(3.0, 0.8 + 0.3 * len(had)))
    inks = group_colours(issues, SPARE_COLOURS)
    ax.stackplot(
        hours, trace.brackets[at].T, labels=issues, colors=list(inks.values()), step="post",
        edgecolor=style.PAPER, linewidth=0.3, hatch=[_HATCHES[n // len(SPARE_COLOURS)] for n in range(len(issues))],
    )  # fmt: skip
    _over_the_clock(ax, scenario)
    ax.set_ylim(0, max(1.0, 1.05 * float(trace.brackets.sum(axis=1).max())))
    ax.set_ylabel("brackets in the text")
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    if not trace.brackets.any():
        return style.empty(ax, "no brackets in this run")
    handles, _ = ax.get_legend_handles_labels()
    names = [style.wrapped(issues[k], 22, lines=2) for k in had[::-1]]
    beside = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)}
    below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.5 / ax.bbox.height * ax.figure.dpi), "ncols": 2}
    ax.legend([handles[k] for k in had[::-1]], names, **(below if style.is_narrow() else beside))
    return ax


def _about_brackets(_: Scenario, trace: Trace) -> str:
    """Say when there were most brackets, and how many at the end."""
    total = trace.brackets.sum(axis=1)
    peak = int(total.argmax())
    if not total[peak]:
        return "Brackets over the clock: none in this run."
    return (
        f"Brackets over the clock. Most stood after {trace.minute[peak] / HOUR:.1f} hours: {total[peak]};"
        f" at the end {total[-1]}. New text takes the brackets on the old one with it."
    )


@style.styled
def positions(scenario: Scenario, trace: Trace, *, issue: str, ax: Axes | None = None) -> Axes:
    """Plot every delegate's position on one issue (its name in the file), and the text as it moves among them."""
    ax = style.axes_or_new(ax)
    scenario = style.short_labels(scenario)
    k, groups = list(scenario.issues).index(issue), list(scenario.groups)
    at, hours = moments(scenario, trace)
    looks = zip(group_colours(groups).values(), style.dashes(groups).values(), strict=True)
    for name, (ink, dash), members in zip(words.group_names(scenario), looks, _members(scenario), strict=True):
        paths = trace.position[at][:, members, k]
        lines = ax.plot(hours, paths, color=ink, linestyle=dash, linewidth=0.7, alpha=0.55)
        lines[0].set_label(name)
        _mark_red_lines(ax, trace, members, k, ink)
    about = scenario.issues[issue]
    ax.axhline(about.status_quo, color=Colour.GREY, linewidth=0.8, linestyle=(0, (4, 3)))
    ax.step(
        hours, trace.text[at, k], where="post", color=style.INK, linewidth=2.2, path_effects=_CASING, label="the text"
    )
    _over_the_clock(ax, scenario)
    ax.set_ylim(-0.02, 1.02)
    _name_scale(ax, about)
    _name_delegates(ax, scenario, trace.position[at][:, :, k], hours)
    return ax


def _mark_red_lines(ax: Axes, trace: Trace, members: Ints, k: int, ink: str) -> None:
    """Mark below which place, and above which, a group's members accept no text: at the left, at the opening."""
    for column, marker in (("red_low", _FLOOR), ("red_high", _CEILING)):
        places = np.unique(trace.state.views[column][members, k])
        there = places[(places > 0.0) & (places < 1.0)]
        if len(there):
            ax.plot(0.0 * there, there, marker, color=ink, markersize=3.6, alpha=0.8, clip_on=False, zorder=3)


def _name_delegates(ax: Axes, scenario: Scenario, paths: Floats, hours: Floats) -> None:
    """Draw the way of each delegate who has a name of its own more strongly, and name it where it ends."""
    names = seat_names(scenario)
    named = [names.index(delegate.name) for delegate in scenario.delegates][:_MOST_NAMED_DELEGATES]
    groups = list(scenario.groups)
    inks = group_colours(groups)
    of_group = np.repeat(groups, [group.seats for group in scenario.groups.values()])
    for seat in named:
        ax.plot(hours, paths[:, seat], color=inks[of_group[seat]], linewidth=1.4)
    short = _told_apart([names[seat] for seat in named])
    ends = [(name, float(paths[-1, seat]), inks[of_group[seat]]) for name, seat in zip(short, named, strict=True)]
    style.label_ends(ax, ends, least=0.09 + 0.11 * max((name.count("\n") for name in short), default=0))


def _told_apart(names: Sequence[str]) -> list[str]:
    """Cut names to a line each, or to as many as tell them apart."""
    for lines in range(1, _MOST_LINES_OF_A_DELEGATE + 1):
        short = [style.wrapped(name, 14, lines=lines) for name in names]
        if len(set(short)) == len(names):
            break
    return short


def _name_scale(ax: Axes, issue: Issue) -> None:
    """Name the ends and the status quo, which may be an end; near an end, that one's name is set outside the scale."""
    names = {0.0: issue.low, 1.0: issue.high}
    quo = issue.status_quo
    names[quo] = f"{names[quo]} (status quo)" if quo in names else "status quo"
    places = sorted(names)
    ax.set_yticks(places, [style.wrapped(names[place], style.letters_beside(20)) for place in places])
    labels = dict(zip(places, ax.get_yticklabels(), strict=True))
    labels[0.0].set_verticalalignment("top" if 0.0 < quo < 0.25 else "center")
    labels[1.0].set_verticalalignment("bottom" if 0.75 < quo < 1.0 else "center")
    labels[quo].set_color(Colour.GREY)


def _members(scenario: Scenario) -> list[Ints]:
    sizes = [group.seats for group in scenario.groups.values()]
    return np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])


@style.context()
def positions_by_issue(scenario: Scenario, trace: Trace) -> Figure:
    """Plot every delegate's position over the clock, a panel an issue."""
    scenario = style.short_labels(scenario)
    issues = dict(zip(scenario.issues, words.issue_names(scenario), strict=True))
    columns = style.beside(_COLUMNS)
    rows = math.ceil(len(issues) / columns)
    keys = math.ceil((len(scenario.groups) + len(_KEYS_OF_POSITIONS)) / _across(scenario))
    figure = style.sheet(0.5 + 2.1 * rows + 0.17 * keys)
    axes = list(figure.subplots(rows, columns, squeeze=False, sharex=True).flat)
    for ax, issue in zip(axes, scenario.issues, strict=False):
        positions(scenario, trace, issue=issue, ax=ax)
        meetings = [text.get_text() for text in ax.texts if text.get_verticalalignment() == "bottom"]
        lines = max(name.count("\n") + 1 for name in meetings)
        ax.set_title(style.wrapped(issues[issue], style.letters_beside(29)), pad=4 + _LINE_ABOVE * lines)
    has_red_lines = any(np.isfinite(trace.state.views[column]).any() for column in ("red_low", "red_high"))
    _finish(axes, len(issues), columns, scenario, has_red_lines=has_red_lines)
    return figure


def _finish(panels: Sequence[Axes], used: int, columns: int, scenario: Scenario, *, has_red_lines: bool) -> None:
    """Name the groups in the panel left over or above the figure, and the clock only where a column ends."""
    for p, ax in enumerate(panels[:used]):
        ends = p + columns >= used
        ax.tick_params(axis="x", bottom=ends, labelbottom=ends)
        ax.set_xlabel("floor time (hours)" if ends else "")
    groups = list(scenario.groups)
    looks = zip(words.group_names(scenario), group_colours(groups).values(), style.dashes(groups).values(), strict=True)
    keys = [Line2D([], [], color=ink, linestyle=dash, label=name) for name, ink, dash in looks]
    more = list(_KEYS_OF_POSITIONS.items())[: None if has_red_lines else 1]
    keys += [Line2D([], [], label=label, **look) for label, look in more]
    for ax in panels[used:]:
        ax.axis("off")
    if len(panels) > used and len(keys) <= _MOST_IN_PANEL:
        panels[used].legend(handles=keys, loc="center left")
    else:
        panels[0].figure.legend(handles=keys, loc="outside upper center", ncols=min(_across(scenario), len(keys)))


def _across(scenario: Scenario) -> int:
    """Return how many groups' names have room side by side."""
    longest = max(map(len, [*words.group_names(scenario), *_KEYS_OF_POSITIONS]))
    return max(1, min(_MOST_BESIDE, style.beside(_LETTERS) // (longest + 6)))


def _about_positions(scenario: Scenario, trace: Trace) -> str:
    """Say how far delegates moved, and where the text ended."""
    moved = np.abs(trace.position[-1] - trace.position[0]).mean(axis=1)
    means = [float(moved[members].mean()) for members in _members(scenario)]
    most = int(np.argmax(means))
    ends = zip(words.issue_names(scenario), trace.text[-1], strict=True)
    texts = [f"“{name}” {y:.2f}" for name, y in ends if not np.isnan(y)]
    where = f" Where the text stood at the end: {words.listed(texts)}." if texts else ""
    return (
        f"Positions over the clock. A line is a delegate, the black line the text. Delegates moved by"
        f" {moved.mean():.2f} of the scale on average, those of {words.group_names(scenario)[most]} most"
        f" ({means[most]:.2f}).{where}"
    )


@style.styled
def distances(scenario: Scenario, trace: Trace, *, ax: Axes | None = None) -> Axes:
    """Plot how far apart the groups believe to be, and how far apart they are, over the clock."""
    ax = style.axes_or_new(ax, height=2.8)
    at, hours = moments(scenario, trace)
    believed, true = trace.perceived_distance[at], trace.real_distance[at]
    lines = (("believed", believed, Colour.VERMILION), ("true", true, Colour.BLUE))
    for name, line, ink in lines:
        ax.plot(hours, line, color=ink, label=name)
    ax.fill_between(hours, true, believed, color=Colour.VERMILION, alpha=0.12, linewidth=0)
    _over_the_clock(ax, scenario)
    ax.set_ylabel("mean distance across groups\n(1: the whole scale)")
    if np.isnan(true).all():
        return style.empty(ax, "does not apply: there is only one group")
    ax.set_ylim(0.0, 1.15 * float(max(believed.max(), true.max(), 0.01)))
    style.label_ends(ax, [(name, line[-1], ink) for name, line, ink in lines])
    return ax


def _about_distances(scenario: Scenario, trace: Trace) -> str:
    """Say how much the groups exaggerate the distance between them, before and after."""
    if len(scenario.groups) == 1:
        return "Believed and true distance: does not apply, for there is only one group."
    believed, true = trace.perceived_distance, trace.real_distance
    return (
        f"Believed and true distance. At first the groups believed to be {_times(believed[0], true[0])} as far apart as"
        f" they were ({believed[0]:.2f} against {true[0]:.2f}), at the end {_times(believed[-1], true[-1])}"
        f" ({believed[-1]:.2f} against {true[-1]:.2f})."
    )


def _times(believed: float, true: float) -> str:
    return f"{believed / true:.1f} times" if true > 0.0 else "many times"


@style.styled
def trust(scenario: Scenario, level: Floats, *, before: Floats | None = None, ax: Axes | None = None) -> Axes:
    """Plot mean trust of one group (row) in another (column) as a heat map; with `before`, the change is noted too.

    level, before: G,G; such as `Trace.trust_end` and `Trace.trust_start`.
    """
    ax = style.axes_or_new(ax, share=0.58, height=3.4)
    groups = words.group_names(style.short_labels(scenario))
    change = None if before is None else level - before
    few = _have_numbers(scenario)
    notes = [
        [_trust_note(level[g, h], None if change is None else change[g, h]) if few else "" for h in range(len(groups))]
        for g in range(len(groups))
    ]
    style.heat_map(ax, level, notes, high=1.0, size=_SMALL_NOTE if style.is_narrow() else None)
    names = [style.wrapped(group, 18) if few else group for group in groups]
    along = [style.wrapped(group, 24) for group in groups] if few else names
    slanted = few and (style.is_narrow() or _cell_width(scenario) >= _SLANTED_WIDTH)
    ax.set_xticks(range(len(groups)), along, ha="right", rotation_mode="anchor", rotation=35 if slanted else 90)
    for label in ax.get_xticklabels():
        label.set_verticalalignment("top" if slanted else "center")
    ax.set_yticks(range(len(groups)), names)
    ax.set_xlabel("trust in …")
    ax.set_ylabel("trust of …")
    return ax


def _have_numbers(scenario: Scenario) -> bool:
    """Return whether the cells of a matrix of groups have room for a number."""
    return len(scenario.groups) <= _MOST_IN_A_COLUMN if style.is_narrow() else _cell_width(scenario) >= _NUMBER_WIDTH


def _cell_width(scenario: Scenario) -> float:
    """Return how wide the cells of two matrices of groups are beside each other, in inches."""
    return (style.width() - _BESIDE_MATRICES) / (2 * len(scenario.groups))


def _trust_note(level: float, change: float | None) -> str:
    if np.isnan(level):
        return NO_VALUE
    return f"{level:.2f}" if change is None else f"{level:.2f}\n{words.signed(change)}"


@style.context()
def trust_before_and_after(scenario: Scenario, trace: Trace) -> Figure:
    """Plot trust between groups when the process opened and when it ended, with the change noted."""
    groups = len(scenario.groups)
    few = _have_numbers(scenario)
    lines = max(style.wrapped(name, 18).count("\n") + 1 for name in words.group_names(style.short_labels(scenario)))
    side_by_side = few and style.beside(2) == 2
    height = 1.9 + max(0.36, _NAME_HEIGHT * lines) * groups if few else 4.0 + 0.4 * groups
    figure = style.sheet(height if side_by_side or not few else 2.0 * height)
    before, after = figure.subplots(*((1, 2) if side_by_side else (2, 1)), sharey=True, sharex=True)
    trust(scenario, trace.trust_start, ax=before)
    trust(scenario, trace.trust_end, before=trace.trust_start, ax=after)
    before.set_title("before")
    after.set_title("after, and the change" if few else "after")
    (after if side_by_side else before).set(**{"ylabel" if side_by_side else "xlabel": ""})
    style.colour_bar(after.images[0], [before, after], "mean trust")
    return figure


def _about_trust(scenario: Scenario, trace: Trace) -> str:
    """Name the pair of groups that gained or lost most trust."""
    change = np.where(np.eye(len(scenario.groups), dtype=bool), np.nan, trace.trust_end - trace.trust_start)
    if np.isnan(change).all():
        return "Trust between groups before and after."
    names = words.group_names(scenario)
    g, h = np.unravel_index(int(np.nanargmax(np.abs(change))), change.shape)
    return (
        f"Trust between groups before and after. It changed by {words.signed(float(np.nanmean(change)))} on average"
        f" over the pairs of groups, most that of {names[g]} in {names[h]}: from {trace.trust_start[g, h]:.2f} to"
        f" {trace.trust_end[g, h]:.2f}."
    )


class _RunPicture(NamedTuple):
    """A picture of one run: the function that draws it, and the one that writes its caption."""

    draw: Callable[[Scenario, Trace], Axes | Figure]
    about: Callable[[Scenario, Trace], str]


RUN_PICTURES = {  # what `negsim plot` can draw of one run
    "paragraphs": _RunPicture(life_of_paragraphs, _about_paragraphs),
    "positions": _RunPicture(positions_by_issue, _about_positions),
    "brackets": _RunPicture(brackets, _about_brackets),
    "distances": _RunPicture(distances, _about_distances),
    "trust": _RunPicture(trust_before_and_after, _about_trust),
}


def pictures_of(scenario: Scenario, trace: Trace) -> Pictures:
    """Return all pictures of one run."""
    seen = scenario, trace
    return Pictures({name: Picture(partial(one.draw, *seen), one.about(*seen)) for name, one in RUN_PICTURES.items()})
