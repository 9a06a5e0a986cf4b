"""Estimates with intervals: shares, means, ratios, paired differences, and the time to consensus.

- Every interval is at 95 %, unless another level is asked for, as where runs are looked at more than once
  (`sequential`): Wilson's for a share, Student's for a mean.
- A difference of the same replications (common random numbers) has Bonett and Price's, of zeros and ones: one more pair
  at each end of what can be. Other numbers take one more at each end of what was seen, and Student's quantile; where
  fewer than `FEWEST_CHANGED` pairs differ at all there is no interval: the estimate says how many do.
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
FEWEST_CHANGED = 20  # runs that differ from the others, before the spread of a mean is known

_LEAST_REACH = 1e-9  # where all values are the same
_NODES = 40  # of the quadrature of Student's distribution: more than double precision needs
_MIDDLE_QUANTILES = (0.025, 0.975)  # 95 % of bootstrap samples lie between these quantiles
_MOST_EXACT_DEGREES = 250.0  # degrees of freedom from which a series replaces the gamma function, which overflows


@cache
def normal(level: float = LEVEL) -> float:
    """Return half of the normal distribution's interval, in standard errors.

    >>> round(normal(), 4), round(normal(0.99), 4)
    (1.96, 2.5758)
    """
    return NormalDist().inv_cdf(0.5 + level / 2)


@cache
def student(freedom: float, level: float = LEVEL) -> float:
    """Return half of Student's interval, in standard errors. freedom: degrees of freedom, at least 1.

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
        step = (level / 2 - inside) / (scale * math.exp((freedom - 1) / 2 * math.log1p(-(math.sin(x) ** 2))))
        x += step
    return math.sqrt(freedom) * math.tan(x)


def _gamma_ratio(a: float) -> float:
    """Compute gamma(a + 1/2) / gamma(a), for large a by its series in 1/a (Tricomi & Erdelyi 1951)."""
    if 2 * a < _MOST_EXACT_DEGREES:
        return math.gamma(a + 0.5) / math.gamma(a)
    u = 1 / (8 * a)
    return math.sqrt(a) * (1 - u + u**2 / 2 + 5 * u**3 / 2 - 21 * u**4 / 8 - 399 * u**5 / 8)


class Estimate(NamedTuple):
    """A number with its interval and the number of observations behind it.

    changed: of a paired difference, how many pairs of runs differ at all; None of all else.
    """

    value: float
    low: float
    high: float
    observations: int
    changed: int | None = None

    @property
    def excludes_zero(self) -> bool:
        """True if the interval lies wholly on one side of zero, which makes a paired change measurable."""
        return self.low > 0.0 or self.high < 0.0

    def excludes_zero_among(self, comparisons: int) -> bool:
        """Return whether it would exclude zero as one of so many that hold together."""
        return abs(self.low + self.high) > wider(comparisons) * (self.high - self.low)

    def __str__(self) -> str:
        if math.isnan(self.low) and self.changed is not None:
            return f"{self.value:.3f}, changed in {self.changed} of {self.observations} runs"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def wider(comparisons: int) -> float:
    """Return by how much intervals have to be wider so that so many hold together (Bonferroni).

    >>> round(wider(1), 3), round(wider(10), 3)
    (1.0, 1.432)
    """
    return normal(1.0 - (1.0 - LEVEL) / max(1, comparisons)) / normal()


NO_ESTIMATE = Estimate(math.nan, math.nan, math.nan, 0)  # of no observations


def by_percentiles(value: float, samples: Floats, observations: int) -> Estimate:
    """Return a value with the percentile interval of its bootstrap samples that are not NaN; NaN bounds without any."""
    defined = samples[~np.isnan(samples)]
    if not len(defined):
        return Estimate(value, math.nan, math.nan, observations)
    low, high = np.quantile(defined, _MIDDLE_QUANTILES)
    return Estimate(value, float(low), float(high), observations)


def share(hits: Floats, level: float = LEVEL) -> Estimate:
    """Estimate the share of ones among zeros and ones, with Wilson's interval (Wilson 1927, doi 10.2307/2276774).

    NaN is left out; all NaN if there is nothing else.

    >>> import numpy as np
    >>> print(share(np.array([1.0, 0.0, 0.0, 0.0])))
    0.250 [0.046, 0.699]
    """
    hits = hits[~np.isnan(hits)]
    return share_of(len(hits), float(np.mean(hits)), level) if len(hits) else NO_ESTIMATE


def share_of(n: int, p: float, level: float = LEVEL) -> Estimate:
    """Return the share p of n observations, with Wilson's interval."""
    z = normal(level)
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Estimate(p, low if p > 0.0 else 0.0, high if p < 1.0 else 1.0, n)  # exact, where sums are rounded


def mean(values: Floats, level: float = LEVEL) -> Estimate:
    """Estimate the mean of the values that are not NaN, with Student's interval; all NaN if there are none.

    Where a value is infinite, so is the mean, and it has no interval.
    """
    numbers = values[~np.isnan(values)]
    with np.errstate(invalid="ignore"):
        deviation = float(numbers.std(ddof=1)) if len(numbers) > 1 else math.nan
    return mean_of(len(numbers), float(numbers.mean()), deviation, level) if len(numbers) else NO_ESTIMATE


def mean_of(n: int, centre: float, deviation: float, level: float = LEVEL) -> Estimate:
    """Return the mean of n observations with Student's interval. deviation: their standard deviation; NaN of one."""
    half = student(max(1, n - 1), level) * deviation / math.sqrt(n)
    return Estimate(centre, centre - half, centre + half, n)


def difference(changed: Floats, base: Floats, level: float = LEVEL) -> Estimate:
    """Estimate the mean of changed - base over the same replications. Raises ValueError if the lengths differ."""
    if len(changed) != len(base):
        raise ValueError(f"{len(changed)} and {len(base)} runs are not pairs of the same replications")
    return paired(changed - base, level, reach=1.0 if are_flags(changed, base) else None)


def are_flags(*values: Floats) -> bool:
    """Return whether all values are zeros and ones, or NaN."""
    return all(((some == 0.0) | (some == 1.0) | np.isnan(some)).all() for some in values)


def reach_of(*values: Floats) -> float:
    """Return the largest difference that two values of a measure can have, as far as the runs show; of flags 1."""
    if are_flags(*values):
        return 1.0
    return max(_LEAST_REACH, float(max(map(np.max, values)) - min(map(np.min, values))))


def paired(differences: Floats, level: float = LEVEL, *, reach: float | None = None) -> Estimate:
    """Estimate the mean of the differences of R pairs of runs, NaN left out; all NaN if there are none.

    The interval is taken as if two more pairs lay at minus and plus the reach. reach: the largest difference there can
    be. Of zeros and ones, 1: then the interval is Bonett and Price's (2012, doi 10.3102/1076998611411915). None: the
    largest that was seen, with Student's quantile; no interval where fewer than `FEWEST_CHANGED` are not 0.

    >>> import numpy as np
    >>> print(paired(np.array([1.0] * 8 + [0.0] * 12), reach=1.0), paired(np.ones(3)), sep="; ")
    0.400 [0.126, 0.601]; 1.000, changed in 3 of 3 runs
    """
    numbers = differences[~np.isnan(differences)]
    if not len(numbers):
        return NO_ESTIMATE
    value, changed = float(numbers.mean()), int(np.count_nonzero(numbers))
    if math.isinf(value) or (reach is None and changed < FEWEST_CHANGED):
        return Estimate(value, math.nan, math.nan, len(numbers), changed)
    if reach is None:
        reach, end = float(np.abs(numbers).max()), math.inf
        quantile = student(len(numbers) - 1, level)
    else:
        quantile, end = normal(level), reach
    centre, error = centre_and_error(numbers, reach)
    low, high = max(-end, centre - quantile * error), min(end, centre + quantile * error)
    return Estimate(value, low, high, len(numbers), changed)


def centre_and_error(differences: Floats, reach: float = math.inf) -> tuple[float, float]:
    """Return the mean of differences, with one more at each end of a finite reach, and its standard error."""
    values = np.append(differences, [-reach, reach]) if math.isfinite(reach) else differences
    return float(values.mean()), float(values.std()) / math.sqrt(len(values))


def independent(changed: Floats, base: Floats, *, fewest: int = FEWEST_CHANGED) -> Estimate:
    """Estimate the difference of the means of two independent samples, at 95 %, NaN left out.

    Of zeros and ones with the interval of Agresti and Caffo (2000, doi 10.2307/2685779): one more 0 and one more 1 in
    each sample. Of other numbers with Welch's (1947), each sample taking one more at each end of what both hold; no
    interval where fewer than `fewest` of both differ from the most common value, or none.
    """
    changed, base = changed[~np.isnan(changed)], base[~np.isnan(base)]
    n = min(len(changed), len(base))
    if n < 2:
        return NO_ESTIMATE._replace(observations=n)
    value, every = float(changed.mean() - base.mean()), np.concatenate([changed, base])
    flags = are_flags(every)
    if not np.isfinite(every).all() or (not flags and varying(every) < max(1, fewest)):
        return Estimate(value, math.nan, math.nan, n)
    ends = [0.0, 1.0] if flags else [every.min(), every.max()]
    one, other = np.append(changed, ends), np.append(base, ends)
    parts = np.array([one.var(), other.var()]) / (len(one), len(other))
    freedom = parts.sum() ** 2 / (parts**2 / (len(changed) - 1, len(base) - 1)).sum()
    half = (normal() if flags else student(float(freedom))) * math.sqrt(parts.sum())
    centre, most = float(one.mean() - other.mean()), 1.0 if flags else math.inf
    return Estimate(value, max(-most, centre - half), min(most, centre + half), n)


def varying(values: Floats) -> int:
    """Return how many values differ from the most common one."""
    return len(values) - int(np.unique(values, return_counts=True)[1].max(initial=0))


def ratio(part: Floats, whole: Floats) -> Estimate:
    """Divide the sum of the parts by that of the wholes (R each), with the linearised interval; NaN if all are 0.

    At 95 %. Cochran, W. G. (1977). Sampling Techniques, 3rd ed., section 2.11: the variance of r = p / w is about that
    of p - r·w over R, divided by the square of the mean whole. As in `paired` there is one more at each end: two
    replications with the mean whole, of which nothing is part and everything.

    >>> import numpy as np
    >>> print(ratio(np.array([1.0, 2.0] * 10), np.array([2.0, 4.0] * 10)))
    0.500 [0.433, 0.567]
    """
    n = len(whole)
    if not whole.any():
        return Estimate(math.nan, math.nan, math.nan, n)
    value, mean_whole = float(part.sum() / whole.sum()), float(whole.mean())
    if n == 1:
        return Estimate(value, math.nan, math.nan, n)
    part, whole = np.append(part, [0.0, mean_whole]), np.append(whole, [mean_whole, mean_whole])
    centre = float(part.sum() / whole.sum())
    half = student(n - 1) * float(np.std(part - centre * whole)) / (math.sqrt(n + 2) * mean_whole)
    return Estimate(value, max(0.0, centre - half), min(1.0, centre + half), n)


def comparison_widths(values: Floats, level: float = LEVEL) -> Floats:
    """Return half the interval of each of P means that are compared over the same R replications (R,P to P).

    Two means differ, at about 95 %, where their intervals do not overlap; if there are only two, nearly where the
    interval of their paired difference excludes zero. The values lose what a replication has in common at all points
    (Cousineau 2005, doi 10.20982/tqmp.01.1.p042), their variance is corrected for that by P / (P - 1) (Morey 2008, doi
    10.20982/tqmp.04.2.p061), and the half of Student's interval is scaled by the root of 1/2 (Baguley 2012, doi
    10.3758/s13428-011-0123-7). As in `paired`, every two points differ in one more replication each way, by 1 of zeros
    and ones, else by the most that was seen: however many points there are, in two more. NaN for a single replication
    or point, where a value is not finite, and where numbers other than zeros and ones differ in fewer than
    `FEWEST_CHANGED` replications.
    """
    runs, points = values.shape
    if runs < 2 or points < 2 or not np.isfinite(values).all():
        return np.full(points, math.nan)
    gaps, flags = np.ptp(values, axis=1), are_flags(values)
    if not flags and np.count_nonzero(gaps) < FEWEST_CHANGED:
        return np.full(points, math.nan)
    common, more = values.mean(axis=1), 1.0 if flags else float(gaps.max())
    own = (point - common for point in values.T)  # one by one, as there may be many runs
    squares = np.array([np.square(apart).sum() - apart.sum() ** 2 / (runs + 2) for apart in own])
    quantile = normal(level) if flags else student(runs - 1, level)
    widths: Floats = quantile * math.sqrt(0.5) * np.sqrt(squares * points / (points - 1) + more**2) / (runs + 2)
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
        half = normal() * np.sqrt(variance) / np.log(left)  # below 0
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
