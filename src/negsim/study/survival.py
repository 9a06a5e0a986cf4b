"""Time to consensus: the share of runs that have none yet, over floor time."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from negsim.negotiation.case import Floats

RESAMPLES = 400  # of the bootstrap
MIDDLE = (0.025, 0.975)  # 95 % of them lie between


class Survival(NamedTuple):
    """The share of runs without consensus yet, from 0 on and just after T moments; NaN bounds where none is known."""

    hours: Floats
    left: Floats
    low: Floats
    high: Floats


def survival(hours: Floats, ended: Floats, replications: NDArray[np.int64]) -> Survival:
    """Share of runs without consensus yet, over floor time (Kaplan & Meier 1958, doi 10.2307/2281868).

    hours: R, when a run reached consensus or was last seen. ended: R, 1 if it reached it, 0 if censored. replications:
    R, the numbers of their draws. The interval, at 95 %, is Greenwood's on the log-log scale, as scipy's `ecdf` gives
    it; where runs share their draws, the bootstrap's over replications.
    """
    left = stats.ecdf(_censored(hours, ended)).sf
    if len(np.unique(replications)) < len(replications):
        low, high = _bootstrap(hours, ended, replications, left.quantiles)
    else:
        with warnings.catch_warnings():  # there is none as long as all are left, nor when none is
            warnings.filterwarnings("ignore", "The confidence interval is undefined", RuntimeWarning)
            low, high = (end.probabilities for end in left.confidence_interval(method="log-log"))
    parts = (left.probabilities, low, high)
    return Survival(np.insert(left.quantiles, 0, 0.0), *(np.insert(part, 0, 1.0) for part in parts))


def _censored(hours: Floats, ended: Floats) -> stats.CensoredData:
    reached = ended > 0
    return stats.CensoredData(uncensored=hours[reached], right=hours[~reached])


def _bootstrap(hours: Floats, ended: Floats, replications: NDArray[np.int64], moments: Floats) -> tuple[Floats, Floats]:
    """The ends of the interval at the moments, from replications drawn anew, each with all its runs."""
    numbers, whose = np.unique(replications, return_inverse=True)
    draws = np.random.default_rng(0).multinomial(len(numbers), np.full(len(numbers), 1.0 / len(numbers)), RESAMPLES)
    samples = (np.repeat(np.arange(len(hours)), often[whose]) for often in draws)
    left = [stats.ecdf(_censored(hours[rows], ended[rows])).sf.evaluate(moments) for rows in samples]
    low, high = np.quantile(left, MIDDLE, axis=0)
    return low, high
