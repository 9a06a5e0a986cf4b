"""Calibration: eight parameters, against two outcomes of one group, an insider's counterfactual and requirements.

- Eight parameters are calibrated and nothing else; scenario files stay as they are. Every target is a range
  (research/docs/evidence_protocol.md says why each), because two outcomes are no frequencies.
- `climate` and `climate_by_issue` are the model's discrepancy: what no code of a process sees. They are fixed before
  any run and never searched.
- All targets are searched for together, that incompatible mandates rarely agree among them.
- The search is the start, a Latin hypercube over the plausible ranges, then a hill climb in rounds. Of the points that
  meet every target it takes the one nearest to the starting values.
- The check runs on replications that the search never used.
- Points are evaluated side by side, one thread each; what comes out does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from scipy.stats import qmc

from negsim.files import write_table
from negsim.negotiation import parameters
from negsim.negotiation.measures import Results
from negsim.negotiation.parameters import Parameters, about
from negsim.negotiation.tables import Case, Floats, Outcome
from negsim.scenario import load
from negsim.scenario.lowering import lower
from negsim.scenario.schema import OWN_HABITS
from negsim.study.design import latin_hypercube_design
from negsim.study.estimates import Estimate, mean, share
from negsim.study.runner import Step, run_case, side_by_side
from negsim.study.table import ended_so

Changes = tuple[str, ...]  # as `--set` takes them
Values = tuple[float, ...]  # of the calibrated parameters, in the order of `CALIBRATED`
Report = Generator[Step, None, str]  # a text to read, after the steps of its work; with `out` it also writes the rows
Row = TypeVar("Row")

START = {  # where the search starts: the best point of the trial that the fourth form was designed by
    "hope": 0.255,
    "goodwill": 0.43,
    "aspiration": 0.082,
    "concession_exponent": 1.53,
    "block_cost": 0.40,
    "devaluation": 0.061,
    "slack": 0.045,
    "knowledge_scale": 0.121,
}
SOURCED = ("devaluation", "aspiration", "concession_exponent")  # whose range has a source: not at an end of it
CALIBRATED = tuple(START)
DEFAULTS: Values = tuple(Parameters._field_defaults[name] for name in CALIBRATED)
MARGIN = 0.05  # of a target's width, kept clear while searching at every end that is not the end of the scale
SEARCH_SEED, CHECK_SEEDS = 5, (20_111_225, 20_261_204)  # the checks' replications are never used to choose
CHECK_SEED = CHECK_SEEDS[0]
POINTS, REPLICATIONS = 400, 250  # of a search
CHECK_REPLICATIONS = 5000  # with each seed
SPREAD_OUT = 0.6  # share of the points that the Latin hypercube has
ROUND = 10  # steps of the climb that start from the same dozen
STRIDE = 0.08  # standard deviation of a step, in widths of the ranges

FIRST, SECOND = "cstd_wgigf_2011", "cstd_wgigf_2012"
GROUPS = ("government", "business", "technical_community", "civil_society", "intergovernmental")  # of both
STRONG_CHAIR = ("process.chair.responsiveness=high", "process.chair.pressure=none")
CLASH = (
    "groups.government.red_lines={outcomes: {min: 0.6}}",
    "groups.business.red_lines={outcomes: {max: 0.4}}",
    "methodology=rolling_text",
)
THIRTEEN_DAYS = ("meetings.count=4", "meetings.days_in_all=13", "methodology=wgigf_2012")
INCOMPATIBLE = tuple(
    f"groups.{group}.position.outcomes={mean}"
    for group, mean in (("government", 0.85), ("business", 0.1), ("technical_community", 0.1))
)
PROCESSES: dict[str, tuple[str, Changes]] = {
    "first phase": (FIRST, ()),
    "second phase": (SECOND, ()),
    "first phase, strong chair, time, process": (
        FIRST,
        (*STRONG_CHAIR, "meetings.count=3", "methodology=wgigf_2012"),
    ),
    "incompatible mandates, thirteen days": (SECOND, (*THIRTEEN_DAYS, *INCOMPATIBLE)),
    "real mandates, thirteen days": (SECOND, THIRTEEN_DAYS),
    "first phase, package deal": (FIRST, ("methodology=package_deal",)),
    "first phase, rolling text": (FIRST, ("methodology=rolling_text",)),
    "red-line clash, two meetings": (FIRST, (*CLASH, "meetings.count=2")),
    "red-line clash, eight meetings": (FIRST, (*CLASH, "meetings.count=8")),
}
SINGLE_CHANGES: dict[str, Changes] = {  # of the first phase, which should be away from floor and ceiling
    "meetings": ("meetings.count=5",),
    "linkage": ("context.linkage.weight=0",),
    "evenings": ("informal.mixed_evenings=1",),
    "pressure": ("process.chair.pressure=none",),
    "days": ("process.meetings.0.days=4", "process.meetings.1.days=4"),
    "method": ("methodology=rolling_text",),
}
DIGITS = 4  # of a parameter in a file
LEAST_MOVING = 4  # single changes that should move the share agreed


@dataclass(frozen=True)
class Target:
    """A range in which the mean of a measure should lie, or the chance of consensus, under one of `PROCESSES`.

    All measures lie in 0..1: an end of the range that is 0 or 1 is no bound, and has no margin.
    """

    process: str
    measure: str
    low: float
    high: float

    @property
    def name(self) -> str:
        """The process and the measure."""
        return f"{self.process}: {self.measure}"

    @property
    def range(self) -> str:
        """The range in words."""
        return f"{self.low:g} .. {self.high:g}"

    def distance(self, value: float) -> float:
        """Return how far a value lies outside the range less its margin; 0 inside, the whole range without a value."""
        if np.isnan(value):
            return self.high - self.low
        low, high = self.clear
        return max(0.0, low - value, value - high)

    @property
    def clear(self) -> tuple[float, float]:
        """The range less its margin."""
        margin = MARGIN * (self.high - self.low)
        return (
            self.low + margin if self.low > 0.0 else self.low,
            self.high - margin if self.high < 1.0 else self.high,
        )

    def holds(self, value: float) -> bool:
        """Return whether a value lies in the range."""
        return self.low <= value <= self.high


FIRST_SHARE = Target("first phase", "share_agreed", 0.1, 0.5)
SEARCHED = (
    Target("first phase", "consensus", 0.02, 0.25),
    FIRST_SHARE,
    Target("second phase", "consensus", 0.7, 0.95),
    Target("first phase, strong chair, time, process", "consensus", 0.3, 0.8),
    Target("real mandates, thirteen days", "consensus", 0.7, 1.0),
    Target("first phase, package deal", "consensus", 0.2, 0.9),
    Target("first phase, rolling text", "reversals", 0.0, 0.4),
    Target("incompatible mandates, thirteen days", "consensus", 0.0, 0.3),
)
TARGETS = (
    *SEARCHED,
    Target("first phase", "zone_start", 0.6, 1.0),
    Target("red-line clash, two meetings", "consensus", 0.0, 0.1),
    Target("red-line clash, eight meetings", "consensus", 0.0, 0.1),
)


Alter = Callable[[Case], Case]  # changes the tables of a case


def with_values(values: Iterable[float], names: Sequence[str] = CALIBRATED) -> Alter:
    """Set these parameters to these values, the others to their defaults; seats with a habit at its default follow."""
    given = dict(zip(names, map(float, values), strict=True))
    table = parameters.table(Parameters()._replace(**given))

    def alter(case: Case) -> Case:
        seats: Any = np.array(case.seats)
        for name in set(OWN_HABITS) & set(given):
            seats[name][seats[name] == Parameters._field_defaults[name]] = given[name]
        return case._replace(seats=seats, parameters=table)

    return alter


@cache
def case_of(scenario: str, changes: Changes) -> Case:
    """Return the tables of a scenario under changes."""
    return lower(load(scenario, changes=changes))


def runs_under(
    alter: Alter, process: tuple[str, Changes], *, replications: int, seed: int, threads: int | None = None
) -> Results:
    """Run a process, a scenario with changes, with altered tables."""
    return run_case(alter(case_of(*process)), replications=replications, seed=seed, threads=threads)


def measure(results: Results, name: str) -> Floats:
    """Return a measure of every run (R), 1 or 0 for `consensus`; NaN where it does not apply."""
    if name == "consensus":
        return ended_so(results, Outcome.CONSENSUS)
    column: Floats = results.runs[name]
    return column


def average(numbers: Floats) -> float:
    """Average over the runs in which a measure exists; NaN if there are none."""
    return mean(numbers).value


def observe(
    targets: Sequence[Target], alter: Alter, *, replications: int, seed: int, threads: int | None = None
) -> dict[Target, Floats]:
    """Measure every run (R) for each target; each process is run once."""
    results = {
        process: runs_under(alter, PROCESSES[process], replications=replications, seed=seed, threads=threads)
        for process in dict.fromkeys(target.process for target in targets)
    }
    return {target: measure(results[target.process], target.measure) for target in targets}


def moving(alter: Alter, base: Floats, *, replications: int, seed: int, threads: int | None = None) -> list[str]:
    """List the single changes that move the share agreed of the first phase measurably.

    base: that share of every run (R) without a change.
    """
    runs = {
        name: runs_under(alter, (FIRST, changes), replications=replications, seed=seed, threads=threads)
        for name, changes in SINGLE_CHANGES.items()
    }
    return [name for name, own in runs.items() if mean(measure(own, "share_agreed") - base).excludes_zero]


class Point(NamedTuple):
    """One point of the search: values, the means of the searched targets' measures, their distance from the targets."""

    stage: str
    values: Values
    means: tuple[float, ...]
    distance: float

    @property
    def meets(self) -> bool:
        """True if the point meets every searched target with its margin."""
        return self.distance == 0.0


def evaluations(
    stage: str,
    points: Iterable[Iterable[float]],
    *,
    replications: int,
    seed: int = SEARCH_SEED,
    names: Sequence[str] = CALIBRATED,
) -> Iterator[Point]:
    """Yield the processes of the searched targets under the values of every point, in order, a point on each thread.

    The distance is in widths of the targets, so that a narrow target counts as much as a wide one.
    """

    def evaluate(point: Iterable[float]) -> Point:
        values = tuple(map(float, point))
        runs = observe(SEARCHED, with_values(values, names), replications=replications, seed=seed, threads=1)
        means = {target: average(numbers) for target, numbers in runs.items()}
        distance = sum(target.distance(value) / (target.high - target.low) for target, value in means.items())
        return Point(stage, values, tuple(means.values()), distance)

    return side_by_side(evaluate, points)


def ranges(names: Sequence[str] = CALIBRATED) -> tuple[Floats, Floats]:
    """Return the lower and upper ends of the plausible ranges of parameters."""
    rows = [about()[name] for name in names]
    return np.array([row.low for row in rows]), np.array([row.high for row in rows])


def from_start(point: Point) -> float:
    """Return the Euclidean distance from the starting values, in units of the ranges."""
    low, high = ranges()
    return float(np.linalg.norm((np.array(point.values) - np.array(list(START.values()))) / (high - low)))


def hypercube(count: int, seed: int, names: Sequence[str] = CALIBRATED) -> Floats:
    """Return points of a Latin hypercube over the ranges (count, parameters)."""
    low, high = ranges(names)
    points: Floats = qmc.scale(latin_hypercube_design(len(low), count, seed), low, high)
    return points


def search(*, points: int = POINTS, replications: int = REPLICATIONS) -> Iterator[Point]:
    """Yield the start, a Latin hypercube, then steps from the dozen best so far; the nearer to the start wins a tie."""
    low, high = ranges()
    rng = np.random.default_rng(SEARCH_SEED)
    trail = list(evaluations("start", [list(START.values())], replications=replications))
    yield trail[0]
    spread = max(1, round(SPREAD_OUT * points))
    for point in evaluations("hypercube", hypercube(spread, SEARCH_SEED), replications=replications):
        trail.append(point)
        yield point
    while len(trail) < points:
        dozen = sorted(trail, key=lambda point: (point.distance, from_start(point)))[:12]
        near = np.array([dozen[n].values for n in rng.integers(len(dozen), size=min(ROUND, points - len(trail)))])
        steps = np.clip(near + (high - low) * rng.normal(0.0, STRIDE, near.shape), low, high)
        for point in evaluations("climb", steps, replications=replications):
            trail.append(point)
            yield point


def best(trail: Sequence[Point]) -> Point:
    """Choose the point with the least distance from the targets; of equal ones, the nearest to the start."""
    return min(trail, key=lambda point: (point.distance, from_start(point)))


class Check(NamedTuple):
    """A target, and its estimate on replications that the search never used."""

    target: Target
    estimate: Estimate
    holds: bool


def check(values: Values = DEFAULTS, *, replications: int = CHECK_REPLICATIONS, seed: int = CHECK_SEED) -> list[Check]:
    """Estimate every target on replications that the search never used."""
    checks, alter = [], with_values(values)
    runs = observe(TARGETS, alter, replications=replications, seed=seed)
    for target, numbers in runs.items():
        estimate = share(numbers) if target.measure == "consensus" else mean(numbers)
        checks.append(Check(target, estimate, target.holds(estimate.value)))
    return checks


def collect(rows: Iterable[Row], total: int, label: Callable[[Row], str]) -> Generator[Step, None, list[Row]]:
    """Collect all rows; a step is a row."""
    rows_so_far: list[Row] = []
    for row in rows:
        rows_so_far.append(row)
        yield len(rows_so_far), total, label(row)
    return rows_so_far


def calibration_report(check_replications: int, out: Path | None = None, *, points: int, replications: int) -> Report:
    """Search anew, name the best point, and check it and the defaults on replications that the search never used."""
    steps = search(points=points, replications=replications)
    trail = yield from collect(steps, points, lambda point: f"{point.stage}: distance {point.distance:.3f}")
    if out is not None:
        write_table(out, [*point_header(), "from_start"], ([*point_row(p), from_start(p)] for p in trail))
    nearest = best(trail)
    middle = np.mean([point.values for point in trail if point.meets] or [nearest.values], axis=0)
    lines = [
        f"{len(trail)} points, {sum(point.meets for point in trail)} of them meet every target;",
        "the nearest to the start, and the mean of those that meet them:",
        *(f"  {name:<20}{a:8.3f}{b:8.3f}" for name, a, b in zip(CALIBRATED, nearest.values, middle, strict=True)),
    ]  # fmt: skip
    to_check = {"the nearest": nearest.values, "the mean": tuple(map(float, middle)), "the defaults": DEFAULTS}
    for what, values in to_check.items():
        lines += ["", f"{what}, on replications that the search never used", *_check_lines(values, check_replications)]
    return "\n".join(lines)


def point_header(names: Sequence[str] = CALIBRATED) -> list[str]:
    """Name the columns of a point in a file."""
    return ["stage", *names, *(f"{target.name}" for target in SEARCHED), "distance"]


def point_row(point: Point) -> list[object]:
    """Return a point as a row of a file."""
    return [point.stage, *rounded(point.values), *point.means, point.distance]


def _check_lines(values: Values, replications: int) -> Iterator[str]:
    both = [check(values, replications=replications, seed=seed) for seed in CHECK_SEEDS]
    for target, *checks in zip(TARGETS, *both, strict=True):
        says = ["" if one.holds else ", DOES NOT HOLD" for one in checks]
        estimates = "; ".join(f"{one.estimate}{missed}" for one, missed in zip(checks, says, strict=True))
        yield f"  {target.name}, wanted {target.range}: {estimates}"


def rounded(values: Values) -> list[float]:
    """Round values of parameters as they are written to a file."""
    return [round(float(value), DIGITS) for value in values]
