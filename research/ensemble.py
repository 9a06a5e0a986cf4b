"""The plausible ensemble: parameter sets that calibration does not rule out, by history matching.

- Prior: uniform over the plausible ranges of the calibrated parameters, independent. Data: the targets of
  `calibration`. Each is a range, so all sets that meet every target are equally good: the posterior is the prior, cut
  to that region.
- History matching (Craig et al. 1997; Vernon, Goldstein & Bower 2010, doi 10.1214/10-BA524) finds the region in waves.
  An emulator, a quadratic regression of every target's mean on the parameters, is fitted to all points run so far; of
  many draws from the prior those are kept that it does not rule out, allowing for its own error, and some of them
  are run. The first wave is a Latin hypercube.
- A set is a candidate only if its own runs meet the searched targets with the margin of the search; the emulator
  decides what is tried, never what is kept. It rules out too little rather than too much, so that candidates are nearly
  uniform in the region.
- Candidates are screened on all targets with more replications and another seed, and the members are checked on a
  third seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from negsim.negotiation.tables import Floats
from negsim.study.estimates import mean
from negsim.study.runner import side_by_side
from research import calibration
from research.calibration import CALIBRATED, LEAST_MOVING, SEARCHED, TARGETS, Point, Target, Values, hypercube, ranges

SEED, SCREEN_SEED = 7, 20_112_012
FIRST_WAVE, WAVES, WAVE = 200, 3, 120  # points of the hypercube; waves that the emulator chooses, and points of each
RUNS, SCREEN_RUNS, CHECK_RUNS = 200, 500, 500
DRAWS = 20_000  # from the prior, of which the emulator chooses
ERRORS = 2.0  # standard errors of the emulator by which a prediction may miss a target
LEAST_ERROR = 1e-9  # of the emulator, so that nothing is divided by 0
EDGE = 0.005  # a mean of 0 or 1 counts as this near to it on the scale of the emulator
MEMBERS = 100

Run = Callable[[Floats], Iterable[Point]]  # runs points (P, parameters), in order


def prior(count: int, seed: int = SEED) -> list[Values]:
    """Parameter sets spread over the ranges by a Latin hypercube."""
    return [tuple(map(float, point)) for point in hypercube(count, seed)]


class Emulator(NamedTuple):
    """A quadratic regression on the parameters of the logit of each searched target's mean.

    weights: (terms, targets). errors: residual standard deviation of each (targets), on the logit scale.
    """

    weights: Floats
    errors: Floats

    def misses(self, points: Floats) -> Floats:
        """By how many of its standard errors a point misses the target that it misses most (P); 0 inside."""
        logits, worst = _terms(points) @ self.weights, np.zeros(len(points))
        for n, target in enumerate(SEARCHED):
            low, high = target.clear
            below = _logit(low) - logits[:, n] if target.low > 0.0 else 0.0
            above = logits[:, n] - _logit(high) if target.high < 1.0 else 0.0
            worst = np.maximum(worst, np.maximum(below, above) / max(float(self.errors[n]), LEAST_ERROR))
        return worst


def emulator(trail: Sequence[Point]) -> Emulator:
    """The emulator of the points run so far; a target that had no value at a point leaves that point out."""
    points, means = (np.array([getattr(point, name) for point in trail], float) for name in ("values", "means"))
    terms, columns, errors = _terms(points), [], []
    for column in means.T:
        known = ~np.isnan(column)
        logits = _logit(column[known])
        weights = np.linalg.lstsq(terms[known], logits, rcond=None)[0]
        freedom = max(1, known.sum() - terms.shape[1])
        columns.append(weights)
        errors.append(np.sqrt(((logits - terms[known] @ weights) ** 2).sum() / freedom))
    return Emulator(np.array(columns).T, np.array(errors))


def _logit(means: Floats | float) -> Floats:
    held = np.clip(means, EDGE, 1.0 - EDGE)
    return np.asarray(np.log(held / (1.0 - held)))


def _terms(points: Floats) -> Floats:
    """1, the parameters in -1 .. 1 over their ranges, their squares and products (P, terms)."""
    low, high = ranges()
    x = 2.0 * (np.asarray(points, float) - low) / (high - low) - 1.0
    pairs = [x[:, i] * x[:, j] for i in range(x.shape[1]) for j in range(i, x.shape[1])]
    return np.column_stack([np.ones(len(x)), x, *pairs])


def waves(
    *, points: int = FIRST_WAVE, wave: int = WAVE, replications: int = RUNS, run: Run | None = None
) -> Iterator[Point]:
    """Every point that is run, wave after wave; `stage` says which. run: what runs them, where it is not the model."""
    rng, trail = np.random.default_rng(SEED), list[Point]()
    run = run or partial(calibration.evaluations, "", replications=replications, seed=SEED)
    for number in range(WAVES + 1):
        chosen = chosen_by(emulator(trail), wave, rng) if trail else hypercube(points, SEED)
        for point in run(chosen):
            trail.append(point._replace(stage=f"wave {number}"))
            yield trail[-1]


def chosen_by(emulates: Emulator, count: int, rng: np.random.Generator) -> Floats:
    """So many draws from the prior that the emulator allows; where it allows fewer, those that miss least as well."""
    low, high = ranges()
    drawn = rng.uniform(low, high, (DRAWS, len(low)))
    misses = emulates.misses(drawn)
    chosen: Floats = drawn[np.argsort(np.maximum(misses, ERRORS), kind="stable")[:count]]
    return chosen


def candidates(trail: Sequence[Point]) -> list[Values]:
    """The sets that met every searched target in their own runs, in the order of the runs, each once."""
    return list(dict.fromkeys(point.values for point in trail if point.meets))


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


def judge(values: Values, *, replications: int, seed: int, threads: int | None = None) -> Judgement:
    """Every target under a parameter set, and the number of single changes that move the share agreed measurably."""
    alter = calibration.with_values(values)
    runs = calibration.observe(TARGETS, alter, replications=replications, seed=seed, threads=threads)
    means = {target: calibration.average(numbers) for target, numbers in runs.items()}
    moving = 0
    for changes in calibration.SINGLE_CHANGES.values():
        process = calibration.FIRST, changes
        changed = calibration.runs_under(alter, process, replications=replications, seed=seed, threads=threads)
        moving += mean(calibration.measure(changed, "share_agreed") - runs[calibration.FIRST_SHARE]).excludes_zero
    holds = all(target.holds(value) for target, value in means.items()) and moving >= LEAST_MOVING
    clear = all(target.distance(means[target]) == 0.0 for target in SEARCHED)
    return Judgement(values, means, moving, holds, holds and clear)


def judgements(sets: Iterable[Values], *, replications: int, seed: int) -> Iterator[Judgement]:
    """A judgement of every set, in order."""
    return side_by_side(lambda values: judge(values, replications=replications, seed=seed, threads=1), sets)


def members(screening: Sequence[Judgement], count: int = MEMBERS) -> list[Values]:
    """Members of the ensemble: of the sets that passed the screening, up to `count` at random, in order."""
    passed = [judgement.values for judgement in screening if judgement.clear]
    chosen = np.random.default_rng(SEED).choice(len(passed), size=min(count, len(passed)), replace=False)
    return [passed[i] for i in sorted(chosen)]


def values_of(member: dict[str, float]) -> Values:
    """The calibrated parameters of a member. Raises KeyError if it lacks one."""
    return tuple(member[name] for name in CALIBRATED)
