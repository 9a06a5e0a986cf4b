"""Compare alternatives on the same replications: what differs, how surely, and how many runs it would take to tell.

- Alternatives share seed and replications, so that they share every draw they have in common (common random numbers);
  a difference is that of the same replications. The interval that independent runs would have had is given beside it.
- A measure that not every run has is compared over the pairs in which both runs have it.
- The first alternative is the base of every difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from negsim.errors import NegsimError, literal
from negsim.negotiation.measures import DEFAULT_MEASURES
from negsim.negotiation.tables import Floats
from negsim.study.estimates import Estimate, difference, normal, student, within
from negsim.study.runner import Runs, measure_of
from negsim.study.schema import check_listed, is_between
from negsim.study.table import estimated

_UNREACHABLE = 10**9  # replications: more than anybody runs


class Comparison(NamedTuple):
    """A measure of an alternative compared with that of the base.

    base, changed: over the pairs of runs that both have the measure. paired, unpaired: the difference with the
    interval of the same replications, and of as many independent ones. enough, enough_unpaired: replications for an
    interval of the half-width asked for, or else for one that excludes zero; None where no number would do.
    """

    measure: str
    alternative: str
    base: Estimate
    changed: Estimate
    paired: Estimate
    unpaired: Estimate
    enough: int | None
    enough_unpaired: int | None

    @property
    def narrower(self) -> float:
        """The share by which the paired interval is narrower than the unpaired one; NaN if the latter has no width."""
        width = self.unpaired.high - self.unpaired.low
        return 1.0 - (self.paired.high - self.paired.low) / width if width > 0.0 else math.nan


def compare(
    alternatives: Mapping[str, Runs], measures: Sequence[str] = (), *, half_width: float | None = None
) -> Iterator[Comparison]:
    """Compare every measure of every alternative with the first one's, as `negsim.compare` does for runs.

    half_width: of the interval that is wanted. Raises NegsimError for runs of different replications, and for a
    half-width that is not above zero.
    """
    check_wanted(measures, half_width)
    _check_pairs(alternatives)
    (_, base_runs), *others = alternatives.items()
    for measure in measures or _usual_measures(alternatives):
        for name, runs in others:
            base, changed = measure_of(base_runs, measure), measure_of(runs, measure)
            both = ~(np.isnan(base) | np.isnan(changed))
            base, changed = base[both], changed[both]
            paired = difference(changed, base)
            wanted = abs(paired.value) if half_width is None else half_width
            spread, spread_apart = _deviation(changed - base), math.hypot(_deviation(changed), _deviation(base))
            yield Comparison(
                measure,
                name,
                base=estimated(measure, base),
                changed=estimated(measure, changed),
                paired=paired,
                unpaired=independent(changed, base),
                enough=_replications(fewest_observations(spread, wanted), both),
                enough_unpaired=_replications(fewest_observations(spread_apart, wanted), both),
            )


def check_wanted(measures: Sequence[str], half_width: float | None) -> None:
    """Raise NegsimError unless measures are a list, and a half-width that is wanted is above zero."""
    check_listed("measures", measures)
    if half_width is not None and not (is_between(half_width, 0.0, math.inf) and half_width > 0.0):
        why = "no number of runs gives an interval without width"
        raise NegsimError(f"half_width is {literal(half_width)}; write a number above 0: {why}")


def _usual_measures(alternatives: Mapping[str, Runs]) -> list[str]:
    """List the measures to compare if none are named: the default ones, and those of one's own that all runs have."""
    base, *others = alternatives.values()
    own = [name for name in base.own_measures if all(name in runs.own_measures for runs in others)]
    return [*DEFAULT_MEASURES, *own]


def _check_pairs(alternatives: object) -> None:
    """Raise NegsimError unless these are runs of the same replications, two or more."""
    if not isinstance(alternatives, Mapping) or len(alternatives) < 2:
        raise NegsimError('a comparison takes the runs of two or more by name, as in {"plain": runs, "mixed": others}')
    for name, runs in alternatives.items():
        if not isinstance(runs, Runs):
            raise NegsimError(f"{name}: is {literal(runs)}, not the runs that `run` gives")
        base = next(iter(alternatives.values()))
        if (runs.seed, runs.first, len(runs)) != (base.seed, base.first, len(base)):
            raise NegsimError(f"{name}: {runs!r} has other replications than {base!r}")


def _deviation(values: Floats) -> float:
    """Return the standard deviation of a sample; NaN of fewer than two."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else math.nan


def _replications(pairs: int | None, both: np.ndarray) -> int | None:
    """Return how many replications to run for this number of pairs. both: whether a replication gives a pair (R)."""
    return None if pairs is None else math.ceil(pairs / float(np.mean(both)))


def independent(changed: Floats, base: Floats) -> Estimate:
    """Estimate the difference of the means of two independent samples, NaN left out, with Welch's interval (1947)."""
    changed, base = changed[~np.isnan(changed)], base[~np.isnan(base)]
    if min(len(changed), len(base)) < 2:
        return Estimate(math.nan, math.nan, math.nan, min(len(changed), len(base)))
    value, n = float(changed.mean() - base.mean()), min(len(changed), len(base))
    parts = np.array([changed.var(ddof=1) / len(changed), base.var(ddof=1) / len(base)])
    if not parts.any():
        return Estimate(value, value, value, n)
    freedom = parts.sum() ** 2 / (parts**2 / (len(changed) - 1, len(base) - 1)).sum()
    half = student(float(freedom)) * math.sqrt(parts.sum())
    return within(Estimate(value, value - half, value + half, n), changed, base)


def fewest_observations(deviation: float, half_width: float) -> int | None:
    """Return the fewest observations whose mean has an interval of at most this half-width; None where none would do.

    deviation: standard deviation of an observation. The interval is Student's at 95 %.

    >>> fewest_observations(1.0, 0.1)
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
