"""How good a prediction was: scores over none, partial and consensus, and intervals over cases.

Rules that hold here
- A prediction is three shares that sum to 1, in the order of `CATEGORIES`; what happened is one of them.
- Lower is better. Nothing is predicted with certainty: `shares` adds half a run to each category.
- Cases are few, so intervals are percentiles of bootstrap samples of the cases; differences are paired by case.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from negsim.negotiation.case import Floats, Ints
from negsim.negotiation.moves import Outcome
from negsim.study.effects import Estimate

CATEGORIES = ("none", "partial", "consensus")
CATEGORY_OF = {
    Outcome.CONSENSUS: 2,
    Outcome.PARTIAL: 1,
    Outcome.VOTE: 1,
    Outcome.CHAIR_REPORT: 0,
    Outcome.NONE: 0,
    Outcome.WALKOUT: 0,
}
CONSENSUS = CATEGORIES.index("consensus")
SAMPLES, SAMPLE_SEED = 10_000, 2026


def category(outcome: str) -> int:
    """The category of an outcome by its name, such as `chair_report`.

    >>> CATEGORIES[category("chair_report")]
    'none'
    """
    return CATEGORY_OF[Outcome[outcome.upper()]]


def counts(outcomes: Sequence[int] | Floats | Ints) -> Floats:
    """How many outcomes (their numbers) fall into each category (3)."""
    found = np.zeros(len(CATEGORIES))
    for outcome in outcomes:
        found[CATEGORY_OF[Outcome(int(outcome))]] += 1
    return found


def shares(found: Floats) -> Floats:
    """Counts by category as a prediction, half a run added to each (3)."""
    smoothed: Floats = (found + 0.5) / (found.sum() + 0.5 * len(found))
    return smoothed


def ranked_probability(prediction: Floats, happened: int) -> float:
    """Half the sum of squared differences of cumulated shares (Epstein 1969, doi 10.1175/1520-0450(1969)008).

    >>> ranked_probability(np.array([0.0, 0.5, 0.5]), 2)
    0.125
    """
    cumulated = np.cumsum(prediction)[:-1]
    return float(((cumulated - (np.arange(len(cumulated)) >= happened)) ** 2).sum() / 2)


def brier(prediction: Floats, happened: int) -> float:
    """Squared error of the share of consensus (Brier 1950)."""
    return float((prediction[CONSENSUS] - (happened == CONSENSUS)) ** 2)


def log_score(prediction: Floats, happened: int) -> float:
    """Minus the natural logarithm of the share predicted for what happened (Good 1952)."""
    return float(-np.log(prediction[happened]))


SCORES = {"ranked_probability": ranked_probability, "brier": brier, "log": log_score}
MAIN = "ranked_probability"


def over_cases(values: Floats) -> Estimate:
    """Mean over cases with the 95 % interval of bootstrap samples, NaN of one case; values: one a case."""
    if len(values) < 2:
        return Estimate(float(values.mean()), np.nan, np.nan, len(values))
    rng = np.random.default_rng(SAMPLE_SEED)
    means = values[rng.integers(len(values), size=(SAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Estimate(float(values.mean()), float(low), float(high), len(values))
