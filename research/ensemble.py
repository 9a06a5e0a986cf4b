"""The plausible ensemble: parameter sets that calibration does not rule out, by approximate Bayesian computation.

- Prior: uniform over the plausible ranges of the calibrated parameters, independent. Data: the targets of
  `calibration`. Each is a range, so all sets that meet every target are equally good: the posterior is the prior, cut
  to that region.
- Chains walk through that region from the defaults, which lie at its edge, by hit and run: a random direction, a random
  point of that line within the ranges, and a nearer one as long as the targets are missed (slice sampling with
  shrinkage, Neal 2003, doi 10.1214/aos/1056562461). Fewer than one in a hundred draws from the prior come near the
  targets, so rejection sampling, or populations that close in on them, would take days.
- Every step is judged on the same replications. What the chains keep is screened on all targets with more replications
  and another seed, and the members are checked on a third seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import qmc

from negsim.study.estimates import mean
from research.calibration import (
    DEFAULTS,
    FIRST,
    FIRST_SHARE,
    LEAST_MOVING,
    SEARCHED,
    SINGLE_CHANGES,
    TARGETS,
    Target,
    Values,
    measure,
    observe,
    ranges,
    runs_under,
    table_of,
)

SEED, SCREEN_SEED = 7, 20_112_012
CHAINS, DRAWS, BURN_IN, THIN = 8, 30, 6, 1
SHORTEST = 1e-3  # piece of a line, in its own units, on which no further point is tried
RUNS, SCREEN_RUNS, CHECK_RUNS = 400, 500, 500
MEMBERS = 100


class Visit(NamedTuple):
    """A point that a chain tried for one of its draws, and whether it met the targets."""

    chain: int
    draw: int
    values: Values
    met: bool


def meets(values: Values, *, replications: int = RUNS, seed: int = SEED) -> bool:
    """Whether a set meets the searched targets with the margin of the search; stops at the first process that fails."""
    table = table_of(values)
    for process in dict.fromkeys(target.process for target in SEARCHED):
        own = [target for target in SEARCHED if target.process == process]
        runs = observe(own, table, replications=replications, seed=seed)
        if any(target.distance(float(numbers.mean())) > 0.0 for target, numbers in runs.items()):
            return False
    return True


def prior(count: int, seed: int = SEED) -> list[Values]:
    """Parameter sets spread over the ranges by a Latin hypercube."""
    low, high = ranges()
    points = qmc.scale(qmc.LatinHypercube(len(low), rng=np.random.default_rng(seed)).random(count), low, high)
    return [tuple(point) for point in points]


def chain(number: int, *, draws: int = DRAWS, inside: Callable[[Values], bool] = meets) -> Iterator[Visit]:
    """Every point that a walk from the defaults tries; it moves only to sets for which `inside` is true."""
    low, high = ranges()
    rng = np.random.default_rng([SEED, number])
    here = np.array(DEFAULTS)
    for draw in range(draws):
        direction = (high - low) * rng.normal(size=len(here))
        ends = np.sort([(low - here) / direction, (high - here) / direction], axis=0)
        back, forth = float(ends[0].max()), float(ends[1].min())
        while forth - back > SHORTEST:
            t = rng.uniform(back, forth)
            there = here + t * direction
            met = inside(tuple(there))
            yield Visit(number, draw, tuple(there), met)
            if met:
                here = there
                break
            back, forth = (t, forth) if t < 0.0 else (back, t)


def stops(visits: Sequence[Visit], *, draws: int = DRAWS, burn_in: int = BURN_IN, thin: int = THIN) -> list[Values]:
    """Where a chain stands after every `thin`-th draw past the burn-in."""
    met = {visit.draw: visit.values for visit in visits if visit.met}
    places, here = [], DEFAULTS
    for draw in range(draws):
        here = met.get(draw, here)
        if draw >= burn_in and (draw - burn_in) % thin == 0:
            places.append(here)
    return places


class Judgement(NamedTuple):
    """A parameter set against all targets.

    means: of every target's measure. moving: how many single changes move the share agreed of the first phase.
    holds: all targets are met, and enough changes move it. clear: so, and with the margin of the search to spare.
    """

    values: Values
    means: dict[Target, float]
    moving: int
    holds: bool
    clear: bool


def judge(values: Values, *, replications: int, seed: int) -> Judgement:
    """Every target under a parameter set, and the number of single changes that move the share agreed measurably."""
    table = table_of(values)
    runs = observe(TARGETS, table, replications=replications, seed=seed)
    means = {target: float(numbers.mean()) for target, numbers in runs.items()}
    moving = 0
    for changes in SINGLE_CHANGES.values():
        changed = runs_under(table, FIRST, changes, replications=replications, seed=seed)
        moving += mean(measure(changed, "share_agreed") - runs[FIRST_SHARE]).excludes_zero
    holds = all(target.holds(value) for target, value in means.items()) and moving >= LEAST_MOVING
    clear = all(target.distance(means[target]) == 0.0 for target in SEARCHED)
    return Judgement(values, means, moving, holds, holds and clear)


def members(sets: Sequence[Values], screening: Sequence[Judgement], count: int = MEMBERS) -> list[Values]:
    """Members of the ensemble: of the different sets that passed the screening, up to `count` at random, in order."""
    passed = list(dict.fromkeys(values for values, judgement in zip(sets, screening, strict=True) if judgement.clear))
    chosen = np.random.default_rng(SEED).choice(len(passed), size=min(count, len(passed)), replace=False)
    return [passed[i] for i in sorted(chosen)]
