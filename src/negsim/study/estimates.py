"""Estimates with intervals: shares, means, paired differences, and the time to consensus.

Every interval is at 95 %: Wilson's for a share, Student's for a mean, and for a paired difference Student's over the
differences of the same replications (common random numbers).
"""

from __future__ import annotations

import math
import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import ndtri, stdtrit

from negsim.negotiation.tables import Floats

LEVEL = 0.95


class Estimate(NamedTuple):
    """A number with its interval, and how many observations it rests on."""

    value: float
    low: float
    high: float
    observations: int

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval lies wholly on one side of zero; of a paired change: it is measurable."""
        return self.low > 0.0 or self.high < 0.0

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def share(hits: Floats) -> Estimate:
    """Share of ones among zeros and ones, with Wilson's interval (Wilson 1927, doi 10.2307/2276774).

    >>> import numpy as np
    >>> print(share(np.array([1.0, 0.0, 0.0, 0.0])))
    0.250 [0.046, 0.699]
    """
    n, p = len(hits), float(np.mean(hits))
    z = float(ndtri(0.5 + LEVEL / 2))
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Estimate(p, low if p > 0.0 else 0.0, high if p < 1.0 else 1.0, n)  # exact, where sums are rounded


def mean(values: Floats) -> Estimate:
    """Mean of the values that are not NaN, with Student's interval; all NaN where there is none.

    Where a value is infinite, as a shortfall beyond a red line is, so is the mean, and it has no interval.
    """
    known = values[~np.isnan(values)]
    n = len(known)
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0)
    centre = float(known.mean())
    if n == 1:
        return Estimate(centre, math.nan, math.nan, 1)
    with np.errstate(invalid="ignore"):
        half = float(stdtrit(n - 1, 0.5 + LEVEL / 2) * known.std(ddof=1) / math.sqrt(n))
    return Estimate(centre, centre - half, centre + half, n)


def difference(changed: Floats, base: Floats) -> Estimate:
    """Mean of changed - base over the same replications. Raises ValueError if the lengths differ."""
    if len(changed) != len(base):
        raise ValueError(f"{len(changed)} and {len(base)} runs are not pairs of the same replications")
    return within(mean(changed - base), changed, base)


def within(estimate: Estimate, changed: Floats, base: Floats) -> Estimate:
    """A difference whose interval stays between -1 and 1 where it is one of shares: of ones among zeros and ones."""
    if not all(np.isin(values, (0.0, 1.0)).all() for values in (changed, base)):
        return estimate
    return estimate._replace(low=max(-1.0, estimate.low), high=min(1.0, estimate.high))


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
