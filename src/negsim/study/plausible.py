"""The plausible ensemble: parameter sets that calibration does not rule out, by approximate Bayesian computation.

Rules that hold here
- Prior: uniform over the plausible ranges of the calibrated parameters, independent. Data: the targets of `evidence`,
  each a range, so a set is as good as another wherever all are met: the posterior is the prior, cut to that region.
- Chains walk through that region from the defaults, which lie at its edge, by hit and run: a random direction, a
  random point of that line within the ranges, and a nearer one as long as the targets are missed (slice sampling with
  shrinkage, Neal 2003, doi 10.1214/aos/1056562461). Less than one in a hundred draws from the prior comes near the
  targets, so drawing and refusing, or populations that close in on them, would take days.
- Every step is judged on the same replications. What is kept is screened on all targets with more replications and
  another seed; what is said of the ensemble is checked on a third seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.stats import qmc

from negsim.cases import load
from negsim.negotiation import parameters as habits
from negsim.negotiation.parameters import Parameters
from negsim.negotiation.tables import Case
from negsim.scenario.lowering import lower
from negsim.study.estimates import mean
from negsim.study.evidence import CALIBRATED, FIRST, SEARCHED, TARGETS, Target, case_of, ranges
from negsim.study.patterns import SINGLE_CHANGES
from negsim.study.runner import run_case

SEED, SCREEN_SEED = 7, 20_112_012
CHAINS, DRAWS, BURN_IN, THIN = 8, 30, 6, 1
SHORTEST = 1e-3  # piece of a line, in its own units, on which no further point is tried
RUNS, SCREEN_RUNS, CHECK_RUNS = 400, 500, 500
MEMBERS = 100
LEAST_MOVING = 4  # single changes that have to move the first phase

Values = tuple[float, ...]


class Visit(NamedTuple):
    """A point that a chain tried for one of its draws, and whether it met the targets."""

    chain: int
    draw: int
    values: Values
    met: bool


def meets(values: Values, *, replications: int = RUNS, seed: int = SEED) -> bool:
    """Whether a parameter set meets the searched targets, with a margin that noise does not cross easily."""
    table = habits.table(Parameters()._replace(**dict(zip(CALIBRATED, values, strict=True))))
    for process in dict.fromkeys(target.process for target in SEARCHED):
        results = run_case(case_of(process)._replace(parameters=table), replications=replications, seed=seed)
        own = (target for target in SEARCHED if target.process == process)
        if any(target.distance(float(target.observed(results).mean())) > 0.0 for target in own):
            return False
    return True


def defaults() -> Values:
    """The defaults of the calibrated parameters."""
    return tuple(Parameters._field_defaults[name] for name in CALIBRATED)


def prior(count: int, seed: int = SEED) -> list[Values]:
    """Parameter sets spread over the ranges by a Latin hypercube."""
    low, high = ranges()
    points = qmc.scale(qmc.LatinHypercube(len(low), rng=np.random.default_rng(seed)).random(count), low, high)
    return [tuple(point) for point in points]


def chain(number: int, *, draws: int = DRAWS, inside: Callable[[Values], bool] = meets) -> Iterator[Visit]:
    """A walk from the defaults through the sets that `inside` says meet the targets: every point that is tried."""
    low, high = ranges()
    rng = np.random.default_rng([SEED, number])
    here = np.array(defaults())
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


def kept(visits: Sequence[Visit], *, draws: int = DRAWS, burn_in: int = BURN_IN, thin: int = THIN) -> list[Values]:
    """Where a chain stands after every `thin`-th draw past the burn-in."""
    met = {visit.draw: visit.values for visit in visits if visit.met}
    found, here = [], defaults()
    for draw in range(draws):
        here = met.get(draw, here)
        if draw >= burn_in and (draw - burn_in) % thin == 0:
            found.append(here)
    return found


# ---------------------------------------------------------------------------------- all targets, and check


class Verdict(NamedTuple):
    """What a parameter set shows of every target, and of the single changes that move the first phase.

    holds: all targets are met, and enough changes move it. clear: so, with the margin of the search to spare.
    """

    values: Values
    observed: tuple[float, ...]
    moving: int
    holds: bool
    clear: bool


@cache
def changed_case(name: str) -> Case:
    """The first phase under one of the single changes."""
    return lower(load(FIRST, changes=SINGLE_CHANGES[name]))


def judge(values: Values, *, replications: int, seed: int) -> Verdict:
    """Every target under a parameter set, and how many single changes move the share agreed measurably."""
    table = habits.table(Parameters()._replace(**dict(zip(CALIBRATED, values, strict=True))))
    results = {
        process: run_case(case_of(process)._replace(parameters=table), replications=replications, seed=seed)
        for process in dict.fromkeys(target.process for target in TARGETS)
    }
    observed = tuple(float(target.observed(results[target.process]).mean()) for target in TARGETS)
    plain = Target("first phase", "share_agreed", 0, 1).observed(results["first phase"])
    moving = 0
    for name in SINGLE_CHANGES:
        case = changed_case(name)._replace(parameters=table)
        share = Target("first phase", "share_agreed", 0, 1).observed(
            run_case(case, replications=replications, seed=seed)
        )
        change = mean(share - plain)
        moving += change.low > 0.0 or change.high < 0.0
    met = all(target.low <= value <= target.high for target, value in zip(TARGETS, observed, strict=True))
    holds = met and moving >= LEAST_MOVING
    clear = all(target.distance(value) == 0.0 for target, value in zip(SEARCHED, observed, strict=False))
    return Verdict(values, observed, moving, holds, holds and clear)


def members(sets: Sequence[Values], screened: Sequence[Verdict], count: int = MEMBERS) -> list[Values]:
    """Members of the ensemble: of the different sets that passed the screening, so many at random, in order."""
    passed = list(dict.fromkeys(values for values, verdict in zip(sets, screened, strict=True) if verdict.clear))
    chosen = np.random.default_rng(SEED).choice(len(passed), size=min(count, len(passed)), replace=False)
    return [passed[i] for i in sorted(chosen)]
