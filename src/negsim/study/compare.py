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
from negsim.study.estimates import Estimate, difference, independent
from negsim.study.power import POWER, narrow_apart, narrow_pairs, telling_apart, telling_pairs
from negsim.study.runner import Runs, measure_of
from negsim.study.schema import check_listed, is_between
from negsim.study.table import estimated


class Comparison(NamedTuple):
    """A measure of an alternative compared with that of the base.

    base, changed: over the pairs of runs that both have the measure. paired, unpaired: the difference with the
    interval of the same replications, and of as many independent ones. enough, enough_unpaired: replications for an
    interval of the half-width asked for, or else for one that excludes zero as often as the power says; None where no
    number would do.
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
    alternatives: Mapping[str, Runs],
    measures: Sequence[str] = (),
    *,
    half_width: float | None = None,
    power: float = POWER,
) -> Iterator[Comparison]:
    """Compare every measure of every alternative with the first one's, as `negsim.compare` does for runs.

    half_width: of the interval that is wanted. power: the share of samples whose interval is to exclude zero, where no
    half-width is wanted. Raises NegsimError for runs of different replications, for a half-width that is not above
    zero, and for a power that is not between 0 and 1.
    """
    check_wanted(measures, half_width, power)
    _check_pairs(alternatives)
    (_, base_runs), *others = alternatives.items()
    for measure in measures or _usual_measures(alternatives):
        for name, runs in others:
            base, changed = measure_of(base_runs, measure), measure_of(runs, measure)
            both = ~(np.isnan(base) | np.isnan(changed))
            base, changed = base[both], changed[both]
            if half_width is None:
                pairs, apart = telling_pairs(changed, base, power), telling_apart(changed, base, power)
            else:
                pairs, apart = narrow_pairs(changed, base, half_width), narrow_apart(changed, base, half_width)
            yield Comparison(
                measure,
                name,
                base=estimated(measure, base),
                changed=estimated(measure, changed),
                paired=difference(changed, base),
                unpaired=independent(changed, base),
                enough=_replications(pairs, both),
                enough_unpaired=_replications(apart, both),
            )


def check_wanted(measures: Sequence[str], half_width: float | None, power: float = POWER) -> None:
    """Raise NegsimError unless measures are a list, a half-width is above zero, and a power between 0 and 1."""
    check_listed("measures", measures)
    if half_width is not None and not (is_between(half_width, 0.0, math.inf) and half_width > 0.0):
        why = "no number of runs gives an interval without width"
        raise NegsimError(f"half_width is {literal(half_width)}; write a number above 0: {why}")
    if not is_between(power, 0.0, 1.0) or power in {0.0, 1.0}:
        raise NegsimError(f"power is {literal(power)}; write a share of samples between 0 and 1, such as {POWER}")


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


def _replications(pairs: int | None, both: np.ndarray) -> int | None:
    """Return how many replications to run for this number of pairs. both: whether a replication gives a pair (R)."""
    return None if pairs is None else math.ceil(pairs / float(np.mean(both)))
