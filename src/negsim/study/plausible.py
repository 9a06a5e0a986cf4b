"""The plausible ensemble: parameter sets that calibration does not rule out, by approximate Bayesian computation.

Rules that hold here
- Prior: uniform over the plausible ranges of the calibrated parameters, independent. Data: the targets of `evidence`,
  each a range, so a set is as good as another wherever all are met: the posterior is the prior, cut to that region.
- Sequential Monte Carlo (Toni, Welch, Strelkowa, Ipsen & Stumpf 2009, doi 10.1098/rsif.2008.0172): each generation
  is drawn near the one before and has to come as near to the targets as its best tenth; the last one meets them.
- The last generation is screened on all targets with more replications and another seed. What is said of the ensemble
  is checked on a third seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.stats import multivariate_normal, qmc

from negsim.negotiation import parameters as habits
from negsim.negotiation.case import Floats
from negsim.negotiation.parameters import Parameters
from negsim.scenario import load
from negsim.scenario.lowering import lower
from negsim.study.effects import mean
from negsim.study.evidence import (
    CALIBRATED,
    FIRST,
    SEARCHED,
    TARGETS,
    Target,
    case_of,
    ranges,
)
from negsim.study.patterns import SINGLE_CHANGES
from negsim.study.runner import run_case

SEED, SCREEN_SEED = 7, 20_112_012
PRIOR, PARTICLES, MEMBERS = 1000, 150, 100
NEARER = 0.1  # share of a generation that sets the bound of the next; low, because a first phase that agrees nothing
# comes as near as any other that does, whatever the parameters: most of the prior is such a plateau
RUNS, SCREEN_RUNS, CHECK_RUNS = 200, 1000, 1000
MOST_GENERATIONS = 15
LEAST_MOVING = 4  # single changes that have to move the first phase

Values = tuple[float, ...]


class Particle(NamedTuple):
    """A parameter set, how far from the targets it came, and its weight in its generation."""

    generation: int
    values: Values
    distance: float
    weight: float


def away(values: Values, *, most: float, replications: int, seed: int) -> float:
    """How far from the searched targets a parameter set comes; infinite as soon as that is more than `most`."""
    table = habits.table(Parameters()._replace(**dict(zip(CALIBRATED, values, strict=True))))
    distance = 0.0
    for process in dict.fromkeys(target.process for target in SEARCHED):
        results = run_case(case_of(process)._replace(parameters=table), replications=replications, seed=seed)
        for target in SEARCHED:
            if target.process == process:
                distance += target.distance(float(target.observed(results).mean()))
        if distance > most:
            return np.inf
    return distance


def prior(count: int, seed: int = SEED) -> Floats:
    """A Latin hypercube over the ranges (count, parameters)."""
    low, high = ranges()
    points: Floats = qmc.scale(qmc.LatinHypercube(len(low), rng=np.random.default_rng(seed)).random(count), low, high)
    return points


def generations(
    *, first: int = PRIOR, particles: int = PARTICLES, replications: int = RUNS, seed: int = SEED
) -> Iterator[list[Particle]]:
    """Generation after generation, until one meets the targets or there have been too many."""
    born = [tuple(values) for values in prior(first, seed)]
    distances = [away(values, most=np.inf, replications=replications, seed=seed) for values in born]
    nearest = np.argsort(distances, kind="stable")[:particles]
    latest = [Particle(0, born[i], distances[i], 1 / particles) for i in nearest]
    yield latest
    rng = np.random.default_rng(seed)
    for generation in range(1, MOST_GENERATIONS):
        most = float(np.quantile([particle.distance for particle in latest], NEARER))
        if latest[-1].distance == 0.0:
            return
        far = partial(away, most=most, replications=replications, seed=seed + generation)
        latest = _next(latest, generation, far, rng)
        yield latest


def _next(
    before: list[Particle], generation: int, far: Callable[[Values], float], rng: np.random.Generator
) -> list[Particle]:
    """A generation of particles that `far` finds near enough (a finite distance), sorted by distance.

    Each is a particle of the generation before, moved by a normal step of twice that generation's covariance.
    """
    low, high = ranges()
    values = np.array([particle.values for particle in before])
    weights = np.array([particle.weight for particle in before])
    step = 2 * np.cov(values.T, aweights=weights) + 1e-9 * np.diag((high - low) ** 2)
    found: list[tuple[Floats, float]] = []
    while len(found) < len(before):
        moved = rng.multivariate_normal(values[rng.choice(len(values), p=weights)], step)
        if np.all((low <= moved) & (moved <= high)):
            distance = far(tuple(moved))
            if np.isfinite(distance):
                found.append((moved, distance))
    found.sort(key=lambda one: one[1])
    share = np.array([1 / (weights @ multivariate_normal.pdf(values, mean=moved, cov=step)) for moved, _ in found])
    return [
        Particle(generation, tuple(moved), distance, weight)
        for (moved, distance), weight in zip(found, share / share.sum(), strict=True)
    ]


# ---------------------------------------------------------------------------------- all targets, and check


class Verdict(NamedTuple):
    """What a parameter set shows of every target, and of the single changes that move the first phase."""

    values: Values
    observed: tuple[float, ...]
    moving: int
    holds: bool


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
    for changes in SINGLE_CHANGES.values():
        case = lower(load(FIRST, changes=changes))._replace(parameters=table)
        share = Target("first phase", "share_agreed", 0, 1).observed(
            run_case(case, replications=replications, seed=seed)
        )
        change = mean(share - plain)
        moving += change.low > 0.0 or change.high < 0.0
    met = all(target.low <= value <= target.high for target, value in zip(TARGETS, observed, strict=True))
    return Verdict(values, observed, moving, met and moving >= LEAST_MOVING)


def members(last: list[Particle], screened: list[Verdict], count: int = MEMBERS, seed: int = SEED) -> list[Values]:
    """Members of the ensemble: of the particles that passed the screening, drawn by weight without replacement."""
    passed = [particle for particle, verdict in zip(last, screened, strict=True) if verdict.holds]
    weights = np.array([particle.weight for particle in passed])
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(passed), size=min(count, len(passed)), replace=False, p=weights / weights.sum())
    return [passed[i].values for i in sorted(chosen)]
