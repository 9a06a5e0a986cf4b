"""Sensitivity: how much each factor of a study explains of the variation in a measure.

- A cell's value is its mean over the replications. Intervals are at 95 %; the study's seed decides their resamples.
- First-order and total indices are those of Saltelli et al. (2010, doi 10.1016/j.cpc.2009.09.018), those of pairs
  Saltelli's (2002); Morris's elementary effects are SALib's.
- An estimate is reported as computed, even outside the range of an index; `doubts` says what cannot be.
- An order of sizes, and what a pair does, is named only where it is measurable, all together at 95 % (Bonferroni).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negsim.errors import NegsimError, optional
from negsim.negotiation.tables import Floats, Ints
from negsim.scenario.values import listed
from negsim.study.design import MORRIS_LEVELS, SENSITIVITY_EXTRA, shares_of, unit_problem
from negsim.study.estimates import Estimate, by_percentiles, student, wider

if TYPE_CHECKING:
    from negsim.study.results import StudyResults

_RESAMPLES = 999
PAIR_INDEX = "second_order"
INDEX_NAMES = {  # of the indices of each design, and what each says
    "saltelli": {
        "first_order": "share of the variance that it explains alone",
        "total_order": "with its interactions",
        PAIR_INDEX: "share that a pair explains only together",
    },
    "morris": {
        "mu": "mean of its elementary effects: above 0, it raises the measure",
        "mu_star": "mean size of its elementary effects",
        "sigma": "their spread: interactions and curvature",
    },
}
_SLACK = 0.05  # by which an index may pass its limit: more than rounding
_WIDEST_INTERVAL = 1.0  # of a share of the variance


class Index(NamedTuple):
    """An index of a factor, or of a pair of them."""

    factor: str
    name: str  # one of INDEX_NAMES
    estimate: Estimate
    other: str = ""  # the second factor of a pair


def sensitivity(results: StudyResults, measure: str | None = None) -> list[Index]:
    """Return the indices of a measure by factor, then those of pairs, as `negsim.sensitivity` does."""
    study, measure = results.study, measure or results.study.main
    if study.design not in INDEX_NAMES:
        right = "use `design: saltelli` or `design: morris`"
        raise NegsimError(f"{results.folder}: a {study.design} design gives no sensitivity indices; {right}")
    values = results.means(measure)
    if np.isnan(values).any():
        raise NegsimError(
            f"{results.folder}: {measure} has no value in {np.isnan(values).sum()} cells; ask for another"
        )
    if np.ptp(values) == 0.0:
        raise NegsimError(f"{results.folder}: {measure} is {values[0]:g} in every cell; nothing varies")
    names = [factor.name for factor in study.factors]
    if study.design == "morris":
        return _morris_indices(names, values, study.points or 0, study.seed)
    return _sobol_indices(names, values, study.points or 0, study.seed)


def _sobol_indices(names: Sequence[str], values: Floats, points: int, seed: int) -> list[Index]:
    """Estimate first-order and total indices (Sobol' 1993; Saltelli et al. 2010), intervals by bootstrap over points.

    values: of the cells of a `saltelli` design, in their order: points (k + 2) of k factors, or points (2 k + 2), which
    give the second-order indices of all pairs too.
    """
    k = len(names)
    blocks = values.reshape(-1, points)
    whole, samples = _sobol(blocks, k), _resampled(lambda rows: _sobol(blocks[:, rows], k), points, seed)
    estimates = [by_percentiles(float(one), some, points) for one, some in zip(whole, samples.T, strict=True)]
    singles = [
        Index(name, index, estimates[n + order * k])
        for n, name in enumerate(names)
        for order, index in enumerate(("first_order", "total_order"))
    ]
    both = zip(combinations(names, 2), estimates[2 * k :], strict=False)  # none of a design without the cells of pairs
    return singles + [Index(one, PAIR_INDEX, estimate, other) for (one, other), estimate in both]


def _sobol(blocks: Floats, factors: int) -> Floats:
    """Return first-order, total and, where the design has them, second-order indices, one after the other.

    blocks: A, B, A with one factor of B each, perhaps B with one factor of A each; by points.
    """
    blocks = blocks - blocks[:2].mean()
    a, b, ab, ba = blocks[0], blocks[1], blocks[2 : 2 + factors], blocks[2 + factors :]
    variance = blocks[:2].var()
    both = combinations(range(factors if len(ba) else 0), 2)
    with np.errstate(divide="ignore", invalid="ignore"):  # of resampled points that are all alike
        first, total = (b * (ab - a)).mean(axis=1) / variance, ((a - ab) ** 2).mean(axis=1) / (2.0 * variance)
        pairs = [(ba[i] * ab[j] - a * b).mean() / variance - first[i] - first[j] for i, j in both]
    return np.concatenate([first, total, pairs])


def _resampled(indices: Callable[[Ints], Floats], points: int, seed: int) -> Floats:
    """Return indices of resampled points (resamples, indices)."""
    rng = np.random.default_rng(seed)
    return np.stack([indices(rng.integers(0, points, points)) for _ in range(_RESAMPLES)])


def _morris_indices(names: Sequence[str], values: Floats, points: int, seed: int) -> list[Index]:
    """Estimate elementary effects (Morris 1991; mu* of Campolongo et al. 2007), in units of the measure.

    values: of the cells of a `morris` design, in their order: points (k + 1) of k factors. The interval of mu is
    Student's over the trajectories, that of mu* SALib's bootstrap.
    """
    analyse: Callable[..., dict[str, Floats]] = optional(
        "SALib.analyze.morris", "a Morris index", SENSITIVITY_EXTRA
    ).analyze
    effects = analyse(
        unit_problem(len(names)), shares_of("morris", len(names), points, seed), values, num_levels=MORRIS_LEVELS,
        num_resamples=_RESAMPLES, seed=seed % 2**32,
    )  # fmt: skip
    indices = []
    for n, name in enumerate(names):
        mu, size, half, spread = (float(effects[key][n]) for key in ("mu", "mu_star", "mu_star_conf", "sigma"))
        reach = student(points - 1) * spread / math.sqrt(points)
        indices += [
            Index(name, "mu", Estimate(mu, mu - reach, mu + reach, points)),
            Index(name, "mu_star", Estimate(size, max(0.0, size - half), size + half, points)),
            Index(name, "sigma", Estimate(spread, math.nan, math.nan, points)),
        ]
    return indices


_RANKED_BY = ("total_order", "mu_star")  # the index of each design that says how much a factor matters in all


def by_size(indices: Sequence[Index]) -> list[str]:
    """Order factors, the strongest first: by the total index or μ*; a small first-order index is mostly noise."""
    return [one.factor for one in _ranked(indices)]


def _ranked(indices: Sequence[Index]) -> list[Index]:
    return sorted((one for one in indices if one.name in _RANKED_BY), key=lambda one: -one.estimate.value)


def strongest(indices: Sequence[Index]) -> list[str]:
    """Return the factor that matters most in all, then those that are not measurably weaker."""
    sizes = _ranked(indices)
    first, scale = sizes[0].estimate, wider(math.comb(len(sizes), 2))
    return [
        factor for factor, _, (value, _, high, *_), _ in sizes
        if first.value - value <= scale * math.hypot(first.value - first.low, high - value)
    ]  # fmt: skip


def together(indices: Sequence[Index]) -> Index | None:
    """Return the pair that measurably explains something only together, the largest of several."""
    pairs = [one for one in indices if one.other]
    more = [one for one in pairs if one.estimate.low > 0.0 and one.estimate.excludes_zero_among(len(pairs))]
    return max(more, key=lambda one: one.estimate.value, default=None)


def doubts(indices: Sequence[Index]) -> Iterator[str]:
    """Yield a sentence on each thing in shares of the variance that cannot be, or is too uncertain to use.

    An index cannot exceed 1, nor a factor's first order its total.
    """
    shares = [one for one in indices if one.name in INDEX_NAMES["saltelli"]]
    points = f"{shares[0].estimate.observations:,}" if shares else ""
    if any(
        one.estimate.value > 1.0 + _SLACK or one.estimate.high - one.estimate.low > _WIDEST_INTERVAL for one in shares
    ):
        yield (
            f"too few points ({points}), or hardly any variance: an index lies above 1 or its interval is wider than 1;"
            " take more"
        )
    if beyond := [one.factor for one in shares if one.name == "first_order" and one.estimate.high > 1.0]:
        yield f"the interval of what {listed(beyond)} explains alone passes 1, which no share can: take more points"
    totals = {one.factor: one.estimate.value for one in shares if one.name == "total_order"}
    for one in shares:
        if one.name == "first_order" and one.estimate.value > totals[one.factor] + _SLACK:
            yield (
                f"{one.factor} seems to explain more alone ({one.estimate.value:.2f}) than with its interactions"
                f" ({totals[one.factor]:.2f}), which cannot be: {points} points are too few; take more"
            )
