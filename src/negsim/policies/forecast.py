"""The forecast: the chance that somebody brackets a text that is read, from what one seat knows.

- Whoever may not bracket does not; whoever has told in the corridor that the text crosses a red line does.
- What the room has heard comes next: `if_refused` for text that somebody is known to refuse, `if_accepted` for text
  that it is known to accept, and `if_author` for its own.
- Everywhere else the chance is 1 / (1 + exp(-z)), with
  z = start + beyond e + nearer g + brackets log(1 + b) + accepts a + late t.
- e: how far the text lies beyond the place where somebody seems to stand and the texts that it is known to accept; g:
  how much nearer to that place the text is than the status quo; b: the brackets that it has put on the paragraph; a: 1
  if it is known to accept some text, else 0; t: the share of the time that is spent.

The page computes the same (`Eyes.chance` in `page/web/eyes.js`), with the numbers that stand here.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np

from negsim.negotiation.tables import Floats
from negsim.policies.views import KnownAnswers, Number, View


class Weights(NamedTuple):
    """The numbers of the forecast."""

    start: float
    beyond: float
    nearer: float
    brackets: float
    accepts: float
    late: float
    if_refused: float
    if_accepted: float
    if_author: float


WEIGHTS = Weights(
    start=-1.58, beyond=5.01, nearer=-4.01, brackets=1.24, accepts=0.93, late=-1.6,
    if_refused=0.94, if_accepted=0.004, if_author=0.001,
)  # fmt: skip
"""As `benchmarks/forecast.py --fit` prints them."""


class Stand(NamedTuple):
    """What a seat knows of somebody on an issue."""

    place: Number  # where it seems to stand
    known: KnownAnswers
    line: tuple[Number, Number] = (-inf, inf)  # its red line, if it told it
    is_author: Number = False


def chance(text: Number, stand: Stand, status_quo: Number, late: Number, weights: Weights = WEIGHTS) -> Floats:
    """Return the chance that somebody brackets each text. late: the share of the time that is spent."""
    known, (low, high) = stand.known, stand.line
    each = quantities(text, stand, status_quo, late)
    z = sum(weight * quantity for weight, quantity in zip(weights, each, strict=False))
    cases = (
        (np.logical_not(known.may_block), 0.0),
        ((text < low) | (text > high), 1.0),
        ((text <= known.refused_below) | (text >= known.refused_above), weights.if_refused),
        ((text >= known.accepted_low) & (text <= known.accepted_high), weights.if_accepted),
        (np.asarray(stand.is_author), weights.if_author),
    )
    return np.select([np.asarray(case) for case, _ in cases], [one for _, one in cases], 1.0 / (1.0 + np.exp(-z)))


def quantities(text: Number, stand: Stand, status_quo: Number, late: Number) -> tuple[Number, ...]:
    """Return what the first six weights are multiplied with: 1, e, g, log(1 + b), a, t."""
    place, known = stand.place, stand.known
    low, high = np.minimum(place, known.accepted_low), np.maximum(place, known.accepted_high)
    beyond, nearer = np.abs(text - np.clip(text, low, high)), np.abs(status_quo - place) - np.abs(text - place)
    return 1.0, beyond, nearer, np.log1p(known.brackets), np.less(known.accepted_low, inf), late


def stand_of(view: View, issue: str, author: str | None = None) -> Stand:
    """Return what the seat of a view knows of all others on an issue, in the order of its beliefs (N-1,1).

    author: of the text.
    """
    lines = {name: answer.red_lines[issue] for name, answer in view.answers.items()}
    rows = [
        (row[issue], *view.known_answers[issue][name], *lines.get(name, (-inf, inf)), name == author)
        for name, row in view.belief.items()
    ]
    place, *known, low, high, is_author = np.array(rows, np.float64).T[:, :, None]
    return Stand(place, KnownAnswers(*known), (low, high), is_author > 0.0)


def chances(view: View, issue: str, text: Number, author: str | None = None) -> dict[str, Floats]:
    """Return by name the chance that each of the others brackets each text on an issue."""
    each = chance(text, stand_of(view, issue, author), view.status_quo[issue], late_of(view))
    return dict(zip(view.belief, each.reshape(-1, *np.shape(text)), strict=True))


def late_of(view: View) -> float:
    """Return the share of the time that is spent."""
    return view.minute / max(view.minute + view.minutes_left, 1e-9)
