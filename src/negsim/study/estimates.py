"""Estimates with intervals: shares, means, ratios, paired differences, and the time to consensus.

- Every interval is at 95 %: Wilson's for a share, Student's for a mean, and for a paired difference Student's over the
  differences of the same replications (common random numbers).
- The quantiles and the survival curve are written out here, because every run needs them: loading scipy for them
  would take longer than the runs.
"""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negsim.negotiation.tables import Floats

LEVEL = 0.95
HALF_WIDTH_IN_ERRORS = NormalDist().inv_cdf(0.5 + LEVEL / 2)  # half an interval at 95 %, in standard errors
_NODES = 40  # of the quadrature of Student's distribution: more than double precision needs
_MIDDLE_QUANTILES = (0.025, 0.975)  # 95 % of bootstrap samples lie between these quantiles
_MOST_EXACT_DEGREES = 250.0  # degrees of freedom from which a series replaces the gamma function, which overflows


@cache
def student(freedom: float) -> float:
    """Return half of Student's interval at 95 %, in standard errors. freedom: degrees of freedom, at least 1.

    With t = sqrt(freedom) tan x the probability between 0 and t is the integral of cos(x)^(freedom - 1) times
    gamma((freedom + 1) / 2) / (gamma(freedom / 2) sqrt(pi)). It is concave in x, so that Newton's steps from 0 rise to
    the quantile; the integral is taken by Gauss and Legendre.

    >>> round(student(1.0), 4), round(student(10.0), 4), round(student(1e6), 4)
    (12.7062, 2.2281, 1.96)
    """
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    scale, x, step = _gamma_ratio(freedom / 2) / math.sqrt(math.pi), 0.0, 1.0
    while step > 1e-15 * x:
        sines = np.sin(x * (nodes + 1) / 2)
        inside = scale * x / 2 * float(weights @ np.exp((freedom - 1) / 2 * np.log1p(-sines * sines)))
        step = (LEVEL / 2 - inside) / (scale * math.exp((freedom - 1) / 2 * math.log1p(-(math.sin(x) ** 2))))
        x += step
    return math.sqrt(freedom) * math.tan(x)


def _gamma_ratio(a: float) -> float:
    """Compute gamma(a + 1/2) / gamma(a), for large a by its series in 1/a (Tricomi & Erdelyi 1951)."""
    if 2 * a < _MOST_EXACT_DEGREES:
        return math.gamma(a + 0.5) / math.gamma(a)
    u = 1 / (8 * a)
    return math.sqrt(a) * (1 - u + u**2 / 2 + 5 * u**3 / 2 - 21 * u**4 / 8 - 399 * u**5 / 8)


class Estimate(NamedTuple):
    """A number with its interval and the number of observations behind it."""

    value: float
    low: float
    high: float
    observations: int

    @property
    def excludes_zero(self) -> bool:
        """True if the interval lies wholly on one side of zero, which makes a paired change measurable."""
        return self.low > 0.0 or self.high < 0.0

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


NO_ESTIMATE = Estimate(math.nan, math.nan, math.nan, 0)  # of no observations


def by_percentiles(value: float, samples: Floats, observations: int) -> Estimate:
    """Return a value with the percentile interval of its bootstrap samples that are not NaN; NaN bounds without any."""
    defined = samples[~np.isnan(samples)]
    if not len(defined):
        return Estimate(value, math.nan, math.nan, observations)
    low, high = np.quantile(defined, _MIDDLE_QUANTILES)
    return Estimate(value, float(low), float(high), observations)


def share(hits: Floats) -> Estimate:
    """Estimate the share of ones among zeros and ones, with Wilson's interval (Wilson 1927, doi 10.2307/2276774).

    NaN is left out; all NaN if there is nothing else.

    >>> import numpy as np
    >>> print(share(np.array([1.0, 0.0, 0.0, 0.0])))
    0.250 [0.046, 0.699]
    """
    hits = hits[~np.isnan(hits)]
    return share_of(len(hits), float(np.mean(hits))) if len(hits) else NO_ESTIMATE


def share_of(n: int, p: float) -> Estimate:
    """Return the share p of n observations, with Wilson's interval."""
    z = HALF_WIDTH_IN_ERRORS
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Estimate(p, low if p > 0.0 else 0.0, high if p < 1.0 else 1.0, n)  # exact, where sums are rounded


def mean(values: Floats) -> Estimate:
    """Estimate the mean of the values that are not NaN, with Student's interval; all NaN if there are none.

    Where a value is infinite, as a shortfall beyond a red line is, so is the mean, and it has no interval.
    """
    numbers = values[~np.isnan(values)]
    with np.errstate(invalid="ignore"):
        deviation = float(numbers.std(ddof=1)) if len(numbers) > 1 else math.nan
    return mean_of(len(numbers), float(numbers.mean()), deviation) if len(numbers) else NO_ESTIMATE


def mean_of(n: int, centre: float, deviation: float) -> Estimate:
    """Return the mean of n observations with Student's interval. deviation: their standard deviation; NaN of one."""
    half = student(max(1, n - 1)) * deviation / math.sqrt(n)
    return Estimate(centre, centre - half, centre + half, n)


def difference(changed: Floats, base: Floats) -> Estimate:
    """Estimate the mean of changed - base over the same replications. Raises ValueError if the lengths differ."""
    if len(changed) != len(base):
        raise ValueError(f"{len(changed)} and {len(base)} runs are not pairs of the same replications")
    return within(mean(changed - base), changed, base)


def within(estimate: Estimate, changed: Floats, base: Floats) -> Estimate:
    """Keep the interval of a difference between -1 and 1 if it is one of shares: of ones among zeros and ones."""
    if math.isnan(estimate.low) or not all(np.isin(values, (0.0, 1.0)).all() for values in (changed, base)):
        return estimate
    return estimate._replace(low=max(-1.0, estimate.low), high=min(1.0, estimate.high))


def ratio(part: Floats, whole: Floats) -> Estimate:
    """Divide the sum of the parts by that of the wholes (R each), with the linearised interval; NaN if all are 0.

    At 95 %. Cochran, W. G. (1977). Sampling Techniques, 3rd ed., section 2.11: the variance of r = p / w is about that
    of p - r·w over R, divided by the square of the mean whole.

    >>> import numpy as np
    >>> print(ratio(np.array([1.0, 2.0]), np.array([2.0, 4.0])))
    0.500 [0.500, 0.500]
    """
    n = len(whole)
    if not whole.any():
        return Estimate(math.nan, math.nan, math.nan, n)
    value = float(part.sum() / whole.sum())
    if n == 1:
        return Estimate(value, math.nan, math.nan, n)
    deviation = float(np.std(part - value * whole, ddof=1)) / (math.sqrt(n) * float(whole.mean()))
    half = student(n - 1) * deviation
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), n)


def comparison_widths(values: Floats) -> Floats:
    """Return half the interval of each of P means that are compared over the same R replications (R,P to P).

    Two means differ, at about 95 %, where their intervals do not overlap; if there are only two, exactly where the
    interval of their paired difference excludes zero. The values lose what a replication has in common at all points
    (Cousineau 2005, doi 10.20982/tqmp.01.1.p042), their variance is corrected for that by P / (P - 1) (Morey 2008, doi
    10.20982/tqmp.04.2.p061), and the half of Student's interval is scaled by the root of 1/2 (Baguley 2012, doi
    10.3758/s13428-011-0123-7). NaN for a single replication or point, and where a value is not finite.

    >>> import numpy as np
    >>> comparison_widths(np.array([[0.1, 0.3], [0.5, 0.7], [0.2, 0.4]])).round(9).tolist()  # always 0.2 apart
    [0.0, 0.0]
    """
    runs, points = values.shape
    if runs < 2 or points < 2 or not np.isfinite(values).all():
        return np.full(points, math.nan)
    common = values.mean(axis=1)
    deviations = np.array([(point - common).std(ddof=1) for point in values.T])  # one by one, as there may be many runs
    widths: Floats = student(runs - 1) * math.sqrt(0.5) * deviations * math.sqrt(points / (points - 1) / runs)
    return widths


_RESAMPLES = 400  # of the bootstrap


class Survival(NamedTuple):
    """The share of runs still without consensus, from 0 on and just after T moments; NaN bounds where undefined."""

    hours: Floats
    left: Floats
    low: Floats
    high: Floats


def survival(hours: Floats, ended: Floats, replications: NDArray[np.int64]) -> Survival:
    """Estimate the share of runs still without consensus, over floor time (Kaplan & Meier 1958, doi 10.2307/2281868).

    hours: R, when a run reached consensus or was last seen. ended: R, 1 if it reached it, 0 if censored. replications:
    R, the numbers of their draws. The interval, at 95 %, is Greenwood's on the log-log scale; where runs share their
    draws, the bootstrap's over replications.
    """
    moments = np.unique(hours)
    at_risk, gone = _counts(hours, ended, moments)
    left: Floats = np.multiply.accumulate(1.0 - gone / at_risk)
    if len(np.unique(replications)) < len(replications):
        low, high = _bootstrap(hours, ended, replications, moments)
    else:
        low, high = _greenwood(left, at_risk, gone)
    return Survival(np.insert(moments, 0, 0.0), *(np.insert(part, 0, 1.0) for part in (left, low, high)))


def _counts(hours: Floats, ended: Floats, moments: Floats) -> tuple[Floats, Floats]:
    """Count the runs still going just before each moment, and those that reach consensus at it (T each)."""
    at_risk = len(hours) - np.searchsorted(np.sort(hours), moments)
    reached = np.sort(hours[ended > 0])
    gone = np.searchsorted(reached, moments, side="right") - np.searchsorted(reached, moments)
    return at_risk.astype(float), gone.astype(float)


def _greenwood(left: Floats, at_risk: Floats, gone: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the interval on the log-log scale; NaN while all runs are left, and once none is."""
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(gone / (at_risk * (at_risk - gone)))
        half = HALF_WIDTH_IN_ERRORS * np.sqrt(variance) / np.log(left)  # below 0
        centre = np.log(-np.log(left))
        return np.exp(-np.exp(centre - half)), np.exp(-np.exp(centre + half))


def _bootstrap(hours: Floats, ended: Floats, replications: NDArray[np.int64], moments: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the interval at the moments, from resampled replications, each with all its runs."""
    numbers, whose = np.unique(replications, return_inverse=True)
    draws = np.random.default_rng(0).multinomial(len(numbers), np.full(len(numbers), 1.0 / len(numbers)), _RESAMPLES)
    samples = (np.repeat(np.arange(len(hours)), often[whose]) for often in draws)
    left = []
    for rows in samples:
        at_risk, gone = _counts(hours[rows], ended[rows], moments)
        left.append(np.cumprod(1.0 - gone / np.maximum(at_risk, 1.0)))  # where none is at risk none ends
    low, high = np.quantile(left, _MIDDLE_QUANTILES, axis=0)
    return low, high
