"""Pictures of several panels, each a whole figure.

Rules that hold here
- A figure is made of the single pictures of `run_plots` and `study_plots`; shared names are written once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from negsim.negotiation.trace import Trace
from negsim.scenario import Scenario
from negsim.study.evidence import Lever
from negsim.tell import run_plots, study_plots
from negsim.tell.style import INK, WIDE, colours, dashes, figure_of, sheet, style, wrapped
from negsim.tell.words import group_names

COLUMNS = 2  # of panels on a page
ACROSS, IN_A_PANEL = 4, 9  # names of a legend at most: beside each other above a figure, in a panel
LETTERS = 96  # of a line as wide as a figure


def single_changes(first: Sequence[Lever], second: Sequence[Lever]) -> Figure:
    """One change at a time: put into the first phase, and taken out of the second."""
    with style():
        figure = sheet(WIDE, 1.2 + 0.28 * max(len(first), len(second)))
        left, right = figure.subplots(1, 2, sharey=True)
        study_plots.single_changes(first, ax=left)
        study_plots.single_changes(second, ax=right)
        left.set_title("first phase, one change each")
        right.set_title("second phase, one change each")
    return figure


def positions(scenario: Scenario, trace: Trace) -> Figure:
    """Every delegate's position over the clock, a panel an issue."""
    issues = list(scenario.issues)
    rows = math.ceil(len(issues) / COLUMNS)
    with style():
        figure = sheet(WIDE, 0.5 + 2.1 * rows + 0.2 * (len(scenario.groups) // across(scenario)))
        axes = list(figure.subplots(rows, COLUMNS, squeeze=False, sharex=True).flat)
        for ax, issue in zip(axes, issues, strict=False):
            run_plots.positions(scenario, trace, issue=issue, ax=ax)
            ax.set_title(wrapped(scenario.issues[issue].label, 40), pad=14)
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
        few = groups <= run_plots.FEW
        figure = sheet(WIDE, 1.9 + 0.36 * groups if few else 4.0 + 0.4 * groups)
        before, after = figure.subplots(*((1, 2) if few else (2, 1)), sharey=True, sharex=True)
        run_plots.trust(scenario, trace.trust_start, ax=before)
        run_plots.trust(scenario, trace.trust_end, before=trace.trust_start, ax=after)
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
    def drawn(scenario: Scenario, trace: Trace) -> Figure:
        return figure_of(draw(scenario, trace))

    return drawn


RUN_PICTURES: dict[str, Draw] = {  # what `negsim plot` can draw of one run
    "paragraphs": _whole(run_plots.life_of_paragraphs),
    "positions": positions,
    "brackets": _whole(run_plots.brackets),
    "distances": _whole(run_plots.distances),
    "trust": trust_before_and_after,
}
