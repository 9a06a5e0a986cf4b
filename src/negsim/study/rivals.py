"""Rules that predict a case without a model: what the model has to beat.

Rules that hold here
- A rule learns from `Known` cases of other families only; `known_of` picks them.
- Each takes what is known of the case and gives three shares, in the order of `scores.CATEGORIES`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from negsim.negotiation.case import Floats
from negsim.study.scores import CATEGORIES, CONSENSUS, shares

SURE = 0.98  # of "always consensus"
PRIOR_SD = 2.5  # of the logistic rule's coefficients, on standardised days (Gelman et al. 2008, doi 10.1214/08-AOAS191)


class Known(NamedTuple):
    """What rules may see of a case: days in all (NaN not known), the way to record dissent, and what happened."""

    name: str
    family: str
    days: float
    dissent_record: str  # "" not known
    happened: int


Rule = Callable[[Known, Sequence[Known]], Floats]


def others(case: Known, cases: Sequence[Known]) -> list[Known]:
    """The cases of other families."""
    return [other for other in cases if other.family != case.family]


def base_rate(case: Known, known: Sequence[Known]) -> Floats:  # noqa: ARG001 - every rule is called alike
    """How the known cases ended."""
    return shares(np.bincount([other.happened for other in known], minlength=len(CATEGORIES)).astype(float))


def always_consensus(case: Known, known: Sequence[Known]) -> Floats:  # noqa: ARG001
    """Consensus, nearly surely."""
    prediction = np.full(len(CATEGORIES), (1 - SURE) / (len(CATEGORIES) - 1))
    prediction[CONSENSUS] = SURE
    return prediction


def number_of_days(case: Known, known: Sequence[Known]) -> Floats:
    """A logistic rule for consensus on the log of the days; the rest divided as the base rate has it."""
    rest = base_rate(case, known)
    logs = np.array([math.log(other.days) for other in known])
    centre, spread = (np.nanmean(logs), np.nanstd(logs)) if np.isfinite(logs).any() else (0.0, 1.0)
    standard = np.nan_to_num((logs - centre) / (spread or 1.0))
    ended = np.array([other.happened == CONSENSUS for other in known], float)

    def unlikely(weights: Floats) -> float:
        p = expit(weights[0] + weights[1] * standard)
        fit = -float(np.sum(ended * np.log(p) + (1 - ended) * np.log1p(-p)))
        return fit + float(weights @ weights) / (2 * PRIOR_SD**2)

    weights = minimize(unlikely, np.zeros(2)).x
    own = 0.0 if math.isnan(case.days) else (math.log(case.days) - centre) / (spread or 1.0)
    p = float(expit(weights[0] + weights[1] * own))
    prediction: Floats = rest * (1 - p) / (1 - rest[CONSENSUS])
    prediction[CONSENSUS] = p
    return prediction


def recorded_dissent(case: Known, known: Sequence[Known]) -> Floats:
    """How those known cases ended whose rules provide for dissent as this one's do."""
    return base_rate(case, [other for other in known if other.dissent_record == case.dissent_record])


RULES: dict[str, Rule] = {
    "base rate": base_rate,
    "always consensus": always_consensus,
    "number of days": number_of_days,
    "recorded dissent": recorded_dissent,
}
