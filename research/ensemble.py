"""The plausible ensemble: parameter sets that calibration does not rule out, by history matching.

- Prior: uniform over the plausible ranges of all behavioural parameters, independent. Data: the targets of
  `calibration`. Each is a range, so all sets that meet every target are equally good: the posterior is the prior, cut
  to that region.
- History matching (Craig et al. 1997; Vernon, Goldstein & Bower 2010, doi 10.1214/10-BA524) finds the region in waves.
  An emulator, a regression of every target's mean on the parameters, their squares and the products of the calibrated
  ones, is fitted to all points run so far; of many draws from the prior those are kept that it does not rule out,
  allowing for its own error, and some of them are run. The first wave is a Latin hypercube.
- A set is a candidate only if its own runs meet the searched targets with the margin of the search; the emulator
  decides what is tried, never what is kept. It rules out too little rather than too much, so that candidates are nearly
  uniform in the region.
- The last wave stays near the defaults of the calibrated parameters, so that the region is known around them too.
- Candidates are screened on all targets with more replications and another seed, and the members are checked on a
  third seed.
- Members are drawn at random, but for the few that hold the defaults between them: so few points in so many dimensions
  would leave almost any point outside.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog

from negsim.errors import FailedError
from negsim.files import check_folder, whole_folder, write_table
from negsim.negotiation.parameters import Parameters
from negsim.negotiation.tables import Floats
from negsim.report.words import counted
from negsim.study.runner import Step, side_by_side
from research import calibration
from research.calibration import (
    CALIBRATED,
    DEFAULTS,
    LEAST_MOVING,
    SEARCHED,
    STRIDE,
    TARGETS,
    Point,
    Report,
    Target,
    Values,
    ranges,
)

VARIED = Parameters._fields  # every behavioural parameter
SEARCHED_AT = [VARIED.index(name) for name in CALIBRATED]
SEED, SCREEN_SEED = 7, 20_112_012
FIRST_WAVE, WAVES, WAVE = 600, 8, 300  # points of the hypercube; waves that the emulator chooses, and points of each
RUNS, SCREEN_RUNS, CHECK_RUNS = 200, 500, 500
DRAWS = 400_000  # from the prior, of which the emulator chooses
ERRORS = 2.0  # standard errors of the emulator by which a prediction may miss a target
LEAST_ERROR = 1e-9  # of the emulator, so that nothing is divided by 0
EDGE = 0.005  # a mean of 0 or 1 counts as this near to it on the scale of the emulator
MEMBERS = 200

Run = Callable[[Floats], Iterable[Point]]  # runs points (P, parameters), in order


def prior(count: int, seed: int = SEED) -> list[Values]:
    """Spread parameter sets over the ranges by a Latin hypercube."""
    return [tuple(map(float, point)) for point in calibration.hypercube(count, seed, VARIED)]


class Emulator(NamedTuple):
    """A quadratic regression on the parameters of the logit of each searched target's mean.

    weights: (terms, targets). errors: residual standard deviation of each (targets), on the logit scale.
    """

    weights: Floats
    errors: Floats

    def misses(self, points: Floats) -> Floats:
        """Return by how many standard errors a point misses the target that it misses most (P); 0 inside."""
        logits, worst = _terms(points) @ self.weights, np.zeros(len(points))
        for n, target in enumerate(SEARCHED):
            low, high = target.clear
            below = _logit(low) - logits[:, n] if target.low > 0.0 else 0.0
            above = logits[:, n] - _logit(high) if target.high < 1.0 else 0.0
            worst = np.maximum(worst, np.maximum(below, above) / max(float(self.errors[n]), LEAST_ERROR))
        return worst


def emulator(trail: Sequence[Point]) -> Emulator:
    """Fit the emulator to the points run so far; a point without a value for a target is left out of that target."""
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
    """Return 1, the parameters in -1 .. 1 over their ranges, squares, and products of calibrated ones (P, terms)."""
    low, high = ranges(VARIED)
    x = 2.0 * (np.asarray(points, float) - low) / (high - low) - 1.0
    pairs = [x[:, i] * x[:, j] for n, i in enumerate(SEARCHED_AT) for j in SEARCHED_AT[n + 1 :]]
    return np.column_stack([np.ones(len(x)), x, x * x, *pairs])


def waves(
    *, points: int = FIRST_WAVE, wave: int = WAVE, replications: int = RUNS, run: Run | None = None
) -> Iterator[Point]:
    """Run points wave after wave and yield each; `stage` says which wave. run: what runs them instead of the model."""
    rng, trail = np.random.default_rng(SEED), list[Point]()
    run = run or partial(calibration.evaluations, "", replications=replications, seed=SEED, names=VARIED)
    for number in range(WAVES + 1):
        near = STRIDE if number == WAVES else None
        chosen = chosen_by(emulator(trail), wave, rng, near) if trail else calibration.hypercube(points, SEED, VARIED)
        for point in run(chosen):
            trail.append(point._replace(stage=f"wave {number}"))
            yield trail[-1]


def chosen_by(emulates: Emulator, count: int, rng: np.random.Generator, near: float | None = None) -> Floats:
    """Choose `count` draws from the prior that the emulator allows; if it allows fewer, add those that miss least.

    near: standard deviation around the defaults of the calibrated parameters, in widths of their ranges; None: all over
    the ranges.
    """
    low, high = ranges(VARIED)
    drawn = rng.uniform(low, high, (DRAWS, len(low)))
    if near is not None:
        around = DEFAULTS + rng.normal(0.0, near, (DRAWS, len(SEARCHED_AT))) * (high - low)[SEARCHED_AT]
        drawn[:, SEARCHED_AT] = np.clip(around, low[SEARCHED_AT], high[SEARCHED_AT])
    misses = emulates.misses(drawn)
    chosen: Floats = drawn[np.argsort(np.maximum(misses, ERRORS), kind="stable")[:count]]
    return chosen


def candidates(trail: Sequence[Point]) -> list[Values]:
    """List the sets that met every searched target in their own runs, in the order of the runs, each once."""
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
    """Judge a parameter set by every target, and by the number of single changes that move the share agreed."""
    alter = calibration.with_values(values, VARIED)
    runs = calibration.observe(TARGETS, alter, replications=replications, seed=seed, threads=threads)
    means = {target: calibration.average(numbers) for target, numbers in runs.items()}
    base = runs[calibration.FIRST_SHARE]
    moving = len(calibration.moving(alter, base, replications=replications, seed=seed, threads=threads))
    holds = all(target.holds(value) for target, value in means.items()) and moving >= LEAST_MOVING
    clear = all(target.distance(means[target]) == 0.0 for target in SEARCHED)
    return Judgement(values, means, moving, holds, holds and clear)


def judgements(
    sets: Sequence[Values], what: str, *, replications: int, seed: int
) -> Generator[Step, None, list[Judgement]]:
    """Judge every set, in order; a step is a set. what: the past participle for what is done to the sets."""
    steps = side_by_side(lambda values: judge(values, replications=replications, seed=seed, threads=1), sets)
    judged = yield from calibration.collect(steps, len(sets), lambda _: f"parameter sets {what}")
    return judged


def members(screening: Sequence[Judgement], count: int = MEMBERS) -> list[Values]:
    """Choose the members of the ensemble: of the sets that passed the screening, up to `count`, in order.

    First the few of which the defaults are a mixture, if they are one, then others at random.
    """
    passed = np.array([judgement.values for judgement in screening if judgement.clear])
    if not len(passed):
        return []
    shares = mixture(np.array(DEFAULTS), passed[:, SEARCHED_AT])
    first = [] if shares is None else np.flatnonzero(shares > 0.0).tolist()
    others = np.random.default_rng(SEED).permutation([n for n in range(len(passed)) if n not in first])
    return [tuple(passed[n].tolist()) for n in sorted([*first, *others.tolist()][:count])]


def plausible_report(folder: Path, *, points: int = FIRST_WAVE, replications: int | None = None) -> Report:
    """Sample the ensemble into a folder (plausible.csv, prior.csv and the trail), and check it on fresh replications.

    points: of the first wave; the others have fewer in proportion. replications: of every point, of the screening and
    of the check (default: `RUNS`, `SCREEN_RUNS`, `CHECK_RUNS`). Raises FailedError if no set passes the screening.
    """
    check_folder(folder, "plausible")
    runs, screen_runs, check_runs = (replications or own for own in (RUNS, SCREEN_RUNS, CHECK_RUNS))
    wave = max(1, round(points * WAVE / FIRST_WAVE))
    steps = waves(points=points, wave=wave, replications=runs)
    trail = yield from calibration.collect(steps, points + WAVES * wave, lambda point: point.stage)
    sets = candidates(trail)
    screening = yield from judgements(sets, "screened", replications=screen_runs, seed=SCREEN_SEED)
    chosen = members(screening)
    if not chosen:
        raise FailedError(f"no set passes the screening on {counted(screen_runs, 'replication')}; try more points")
    checks = yield from judgements(chosen, "checked", replications=check_runs, seed=calibration.CHECK_SEED)
    with whole_folder(folder, "plausible") as part:
        write_table(part / "plausible.csv", list(VARIED), map(calibration.rounded, chosen))
        write_table(part / "prior.csv", list(VARIED), map(calibration.rounded, prior(MEMBERS)))
        write_table(part / "plausible_trail.csv", calibration.point_header(VARIED), map(calibration.point_row, trail))
    passed = sum(judgement.clear for judgement in screening)
    fresh = f"on {screen_runs} other replications"
    return "\n".join(
        [
            f"{len(trail)} parameter sets tried; wave by wave, how many met the searched targets:",
            *_wave_lines(trail),
            f"{passed} of {len(screening)} sets that did meet every target, with a margin, {fresh}",
            f"{len(chosen)} members, drawn of those; on {check_runs} replications never used to choose:",
            *_member_lines(checks),
            *_default_lines(chosen),
        ]
    )


def mixture(point: Floats, members: Floats) -> Floats | None:
    """Return the shares (M) in which members (M, parameters) mix to a point (parameters); None if they cannot."""
    count = len(members)
    equal = np.vstack([members.T, np.ones(count)])
    found = linprog(np.zeros(count), A_eq=equal, b_eq=[*point, 1.0], bounds=(0.0, None))
    shares: Floats | None = found.x if found.success else None
    return shares


def outside(chosen: Sequence[Values]) -> list[str]:
    """List what lies outside: the calibrated defaults of the members' hull, another of the 5 to 95 % of its column."""
    table, defaults = np.array(chosen), Parameters._field_defaults
    low, high = np.quantile(table, (0.05, 0.95), axis=0)
    found = [*CALIBRATED] if mixture(np.array(DEFAULTS), table[:, SEARCHED_AT]) is None else []
    others = [n for n in range(len(VARIED)) if n not in SEARCHED_AT]
    return found + [VARIED[n] for n in others if not low[n] < defaults[VARIED[n]] < high[n]]


def _default_lines(chosen: Sequence[Values]) -> Iterator[str]:
    missed = outside(chosen)
    yield "the defaults lie inside" if not missed else f"of the defaults these lie outside: {', '.join(missed)}"


def _wave_lines(trail: Sequence[Point]) -> Iterator[str]:
    for stage in dict.fromkeys(point.stage for point in trail):
        own = [point.meets for point in trail if point.stage == stage]
        yield f"  {stage}: {sum(own)} of {len(own)}"


def _member_lines(checks: Sequence[Judgement]) -> Iterator[str]:
    """Report the check of every target, and where the members lie in the ranges."""
    for target in TARGETS:
        means = np.array([judgement.means[target] for judgement in checks])
        held = np.mean([target.holds(value) for value in means])
        yield f"  {target.name} {means.min():.3f} .. {means.max():.3f}, wanted {target.range}: {held:.0%}"
    held = np.mean([judgement.holds for judgement in checks])
    yield f"  all, and {LEAST_MOVING} single changes or more move the first phase: {held:.0%} of the members"
    yield f"{'parameter':<22}{'prior':>16}{'plausible: mean':>18}{'5 % .. 95 %':>20}"
    table = np.array([judgement.values for judgement in checks])
    for name, low, high, column in zip(VARIED, *ranges(VARIED), table.T, strict=True):
        ends = "{:.3f} .. {:.3f}".format(*np.quantile(column, (0.05, 0.95)))
        yield f"  {name:<20}{f'{low:g} .. {high:g}':>16}{column.mean():>18.3f}{ends:>20}"
