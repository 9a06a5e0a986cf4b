"""How many runs: the fewest at which an interval is as narrow as is wanted, or excludes 0 often enough.

- The runs at hand stand for the truth: their mean, their spread, and of zeros and ones their shares.
- The power of a number of runs is the share of samples of that size whose printed interval excludes 0. Of pairs of
  zeros and ones it is exact, from the trinomial distribution of those that rise, fall and stay; where more than
  `_MOST_COUNTED` pairs differ, and for other numbers, it is the normal approximation.
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
_MOST_COUNTED = 1500  # pairs that differ, up to which every number of them is looked at
_FAR = 8.0  # standard deviations: beyond them lies nothing
_LONGEST_SCAN = 400  # runs, below a number that is enough, that are tried one by one

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

    return _fewest(of_numbers, power) if mean else None


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
    reach = _FAR * math.sqrt(n * differ) + _FAR
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
    """Return the chance of at least k of n."""
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
