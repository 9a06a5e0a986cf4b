"""Pictures of a validation: what was predicted, how far it can be trusted, how it scores.

Rules that hold here
- What happened is a word beside the prediction, never a colour alone.
- Intervals are at 95 %.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from negsim.negotiation.moves import Outcome
from negsim.study.effects import share
from negsim.study.scores import CATEGORIES, CONSENSUS, MAIN, over_cases
from negsim.study.validation import MODEL, Validation
from negsim.tell.style import (
    FAINT,
    INK,
    OKABE_ITO,
    OUTCOME_COLOURS,
    PALE,
    PAPER,
    axes_or_new,
    contrast,
    percent_axis,
    styled,
)

INKS = (OUTCOME_COLOURS[Outcome.NONE], OUTCOME_COLOURS[Outcome.PARTIAL], OUTCOME_COLOURS[Outcome.CONSENSUS])
BINS = 3
MODEL_INK, RIVAL_INK = OKABE_ITO[0], "#555555"


@styled
def predictions(result: Validation, *, ax: Axes | None = None) -> Axes:
    """What was predicted of every case, a bar each; beside it what happened."""
    ax = axes_or_new(ax, height=1.1 + 0.27 * len(result.cases))
    table = result.predictions[MODEL]
    order = np.lexsort((table[:, CONSENSUS], np.array(result.happened)))[::-1]
    left = np.zeros(len(order))
    for c, name in enumerate(CATEGORIES):
        widths = table[order, c]
        bars = ax.barh(range(len(order)), widths, left=left, color=INKS[c], edgecolor=PAPER, height=0.7, label=name)
        notes = [f"{width:.0%}".replace("%", " %") if width >= 0.09 else "" for width in widths]
        ax.bar_label(bars, notes, label_type="center", color=contrast(INKS[c]), fontsize="small")
        left = left + widths
    for row, case in enumerate(order):
        name = CATEGORIES[result.happened[case]]
        ax.annotate(name, (1.0, row), xytext=(6, 0), textcoords="offset points", va="center")
    ax.set_yticks(range(len(order)), [result.cases[case].name for case in order])
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_xlim(0.0, 1.0)
    percent_axis(ax.xaxis)
    ax.set_xlabel("share of replications; on the right what happened")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return ax


@styled
def calibration(result: Validation, *, ax: Axes | None = None) -> Axes:
    """Predicted chance of consensus against the share of cases that reached it, in thirds of the range."""
    ax = axes_or_new(ax, width=4.2, height=3.8)
    said = result.predictions[MODEL][:, CONSENSUS]
    reached = np.array([float(happened == CONSENSUS) for happened in result.happened])
    ax.plot([0, 1], [0, 1], color=PALE, linewidth=0.8, linestyle=(0, (3, 3)))
    places = np.minimum((said * BINS).astype(int), BINS - 1)
    for place in np.unique(places):
        inside = places == place
        found, centre = share(reached[inside]), said[inside].mean()
        ax.vlines(centre, found.low, found.high, color=INK, linewidth=1.2)
        ax.plot(centre, found.value, "o", color=MODEL_INK, markersize=6)
        ax.annotate(
            f"{int(inside.sum())} cases" if inside.sum() > 1 else "1 case", (centre, found.value), xytext=(7, 5),
            textcoords="offset points", fontsize="small",
        )  # fmt: skip
    ax.plot(said, reached * 1.06 - 0.03, "|", color=PALE, markersize=6)
    ax.set_xlim(-0.02, 1.02)
    ax.set_ylim(-0.06, 1.06)
    for axis in (ax.xaxis, ax.yaxis):
        percent_axis(axis)
    ax.set_xlabel("predicted chance of consensus")
    ax.set_ylabel("share of cases that reached it")
    return ax


@styled
def scores(result: Validation, *, ax: Axes | None = None) -> Axes:
    """The main score of the model and of every rival, with intervals over cases; lower is better."""
    names = result.forecasters
    ax = axes_or_new(ax, height=1.0 + 0.3 * len(names))
    for row, name in enumerate(names):
        found = over_cases(result.scores(name, MAIN))
        ink = MODEL_INK if name == MODEL else RIVAL_INK
        ax.plot([found.low, found.high], [row, row], color=ink, linewidth=1.6 if name == MODEL else 1.2)
        ax.plot(found.value, row, "o", color=ink, markersize=5)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set_xlim(left=0.0)
    ax.grid(axis="x", color=FAINT, linewidth=0.6)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("ranked probability score (0 is perfect; mean over cases)")
    return ax


PICTURES: dict[str, Callable[[Validation], Axes]] = {
    "predictions": predictions,
    "calibration": calibration,
    "scores": scores,
}
