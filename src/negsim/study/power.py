"""How many runs: the fewest at which an interval is as narrow as is wanted, or excludes 0 often enough.

- The runs at hand stand for the truth: samples of other sizes are drawn from them.
- The power of a number of runs is the share of samples of that size whose printed interval excludes 0. Of pairs of
  zeros and ones it is exact, from the trinomial distribution of those that rise, fall and stay, up to `_MOST_COUNTED`
  pairs that differ. Of other pairs it is counted over `_SAMPLES` samples, up to `_MOST_SAMPLED` runs. Beyond, and for
  independent samples, it is the normal approximation.
- Of numbers other than zeros and ones an interval is printed only where enough pairs differ
  (`estimates.FEWEST_CHANGED`), which a sample has to meet too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from negsim.negotiation.tables import Floats
from negsim.study.estimates import FEWEST_CHANGED, are_flags, normal, student

POWER = 0.8  # usual share of samples that are to tell a difference from 0
_UNREACHABLE = 10**9  # runs: more than anybody makes
_MOST_COUNTED = 200  # pairs that differ, up to which every number of them is looked at
_SAMPLES, _MOST_SAMPLED, _AT_ONCE = 2000, 1200, 100  # samples, their runs, and how many are drawn at once
_DEVIATIONS = 8.0  # standard deviations: beyond them lies nothing
_LONGEST_SCAN = 100  # runs, below a number that is enough, that are tried one by one

_Power = Callable[[int], float]  # by runs


def narrow_from(deviation: float, half_width: float) -> int | None:
    """Return the fewest runs whose mean has an interval of at most this half-width; None where none would do.

    deviation: standard deviation of a run. The interval is Student's at 95 %.

    >>> narrow_from(1.0, 0.1)
    387
    """
    if math.isnan(deviation) or half_width <= 0.0:
        return None
    root = normal() * deviation / half_width
    if not root < math.sqrt(_UNREACHABLE):
        return None
    n = max(2, int(root**2))
    while student(n - 1) * deviation / math.sqrt(n) > half_width:
        n += 1
    return n


def narrow_pairs(changed: Floats, base: Floats, half_width: float) -> int | None:
    """Return the fewest pairs whose difference has an interval, and one of at most this half-width."""
    fewest = narrow_from(_deviation(changed - base), half_width)
    if fewest is None or are_flags(changed, base):
        return fewest
    differ = np.count_nonzero(changed - base) / len(changed)
    return max(fewest, math.ceil(FEWEST_CHANGED / differ)) if differ else None


def narrow_apart(changed: Floats, base: Floats, half_width: float) -> int | None:
    """Return the fewest runs of each of two independent samples whose difference is known as closely."""
    return narrow_from(math.hypot(_deviation(changed), _deviation(base)), half_width)


def _deviation(values: Floats) -> float:
    """Return the standard deviation of a sample; NaN of fewer than two."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else math.nan


def telling_pairs(changed: Floats, base: Floats, power: float = POWER) -> int | None:
    """Return the fewest pairs whose `estimates.difference` excludes 0 in this share of samples; None where none would.

    >>> telling_pairs(np.array([1.0, 1.0, 1.0, 0.0]), np.zeros(4))
    6
    """
    differences = changed - base
    if not len(differences) or not np.isfinite(differences).all():
        return None
    mean, differ = float(differences.mean()), float(np.count_nonzero(differences)) / len(differences)
    if are_flags(changed, base):
        rise = float((differences > 0.0).mean())
        return _fewest(lambda n: _of_flags(n, rise, differ - rise), power) if mean else None
    sizes, spread = np.sort(np.abs(differences)), float(differences.std())

    def of_numbers(n: int) -> float:
        printed = _at_least(FEWEST_CHANGED, n, differ)
        return min(printed, _of_mean(n, mean, spread, reach=_largest(sizes, n)))  # mostly the same samples

    about = _fewest(of_numbers, power) if mean else None
    return about if about is None or 2 * about > _MOST_SAMPLED else _counted(differences, power, most=2 * about + 50)


def _counted(differences: Floats, power: float, *, most: int) -> int:
    """Return how many pairs tell this often, as counted over samples of the differences of up to so many."""
    n = np.arange(1, most + 1)
    more, tells = n + 2.0, np.zeros(most)
    some_n = np.geomspace(2, most, 40)  # between them the quantile is nearly straight in 1 / n, from 20 on
    quantiles = np.interp(-1.0 / n, -1.0 / some_n, [student(k - 1.0) for k in some_n.tolist()])
    draws = np.random.default_rng(0)
    for _ in range(_SAMPLES // _AT_ONCE):
        some = differences[draws.integers(0, len(differences), (_AT_ONCE, most))]  # each row: samples of 1, 2, 3, ...
        reach = np.maximum.accumulate(np.abs(some), axis=1)
        centre = np.cumsum(some, axis=1) / more
        squares = (np.cumsum(some * some, axis=1) + 2.0 * reach * reach) / more
        error = np.sqrt(np.maximum(0.0, squares - centre * centre) / more)
        printed = np.cumsum(some != 0.0, axis=1) >= FEWEST_CHANGED
        tells += (printed & (np.abs(centre) > quantiles * error)).sum(axis=0)
    return 1 + int((tells < power * _SAMPLES).sum())


def telling_apart(changed: Floats, base: Floats, power: float = POWER) -> int | None:
    """Return the fewest runs of each of two independent samples that tell their means apart as often."""
    every = np.concatenate([changed, base])
    if not len(every) or not np.isfinite(every).all() or changed.mean() == base.mean():
        return None
    mean, spread = float(changed.mean() - base.mean()), math.hypot(float(changed.std()), float(base.std()))
    sizes = np.sort(np.abs(every - np.median(every)))
    return _fewest(lambda n: _of_mean(n, mean, spread, reach=_largest(sizes, 2 * n)), power)


def _fewest(power_of: _Power, power: float) -> int | None:
    """Return the fewest runs with a power, which rises with them but for small steps back."""
    high = 2
    while power_of(high) < power:
        high *= 2
        if high > _UNREACHABLE:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(middle) >= power else (middle, high)
    first = max(2, high - min(high // 4, _LONGEST_SCAN))
    return next(n for n in range(first, high + 1) if n == high or power_of(n) >= power)


def _of_flags(n: int, rise: float, fall: float) -> float:
    """Return the share of samples of n pairs of zeros and ones whose interval (Bonett & Price) excludes 0.

    It does where d = rising - falling has d² > z² (s + 2) N / (N + z²), of s that differ, N = n + 2.
    """
    differ, z2 = rise + fall, normal() ** 2
    limit = z2 * (n + 2) / (n + 2 + z2)
    if n * differ > _MOST_COUNTED:
        gap, spread = n * (rise - fall), math.sqrt(n * (differ - (rise - fall) ** 2))
        bound, of = math.sqrt(limit * (n * differ + 2.0)), NormalDist(gap, max(spread, 1e-9))
        return 1.0 - of.cdf(bound) + of.cdf(-bound)
    reach = _DEVIATIONS * math.sqrt(n * differ) + _DEVIATIONS
    s = np.arange(max(0, math.floor(n * differ - reach)), min(n, math.ceil(n * differ + reach)) + 1)
    chances = _binomial(n, s, differ)
    rising = np.arange(s[-1] + 1)
    outside = np.abs(2 * rising - s[:, None]) > np.sqrt(limit * (s[:, None] + 2.0))
    return float(chances @ (_binomial(s[:, None], rising, rise / differ) * outside).sum(axis=1))


def _binomial(n: int | np.ndarray, k: np.ndarray, p: float) -> Floats:
    """Return the chance of k of n, 0 where k is above n."""
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(np.max(n)) + 1)))])  # their logarithms
    rest = np.maximum(0, n - k)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_hits = np.where(k == 0, 0.0, k * np.log(p))
        of_rest = np.where(rest == 0, 0.0, rest * np.log1p(-p))
    chances: Floats = np.exp(factorials[n] - factorials[np.minimum(k, n)] - factorials[rest] + of_hits + of_rest)
    return np.where(k > n, 0.0, chances)


def _at_least(k: int, n: int, p: float) -> float:
    if n < k or n * p > 10 * k:
        return float(n >= k)
    return 1.0 - float(_binomial(n, np.arange(k), p).sum())


def _largest(ordered: Floats, n: int) -> float:
    """Return the middle of what the largest of n values can be."""
    return float(ordered[math.ceil(0.5 ** (1.0 / n) * len(ordered)) - 1])


def _of_mean(n: int, mean: float, deviation: float, *, reach: float) -> float:
    """Return the share of samples of n whose interval excludes 0, as `estimates.paired` takes it, about.

    The centre and the error are those to be expected; that the error varies, too, widens what lies between them.
    """
    more = n + 2
    centre = n * abs(mean) / more
    error = math.sqrt(((n * (deviation**2 + mean**2) + 2.0 * reach**2) / more - centre**2) / more)
    half = student(n - 1) * error
    spread = math.hypot(math.sqrt(n) * deviation / more, half / math.sqrt(2.0 * (n - 1)))
    return NormalDist().cdf((centre - half) / spread) if spread else float(centre > half)
