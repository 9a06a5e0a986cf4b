"""Calibration: six parameters, against two outcomes of one group and one insider's counterfactual.

- Six parameters are calibrated and nothing else; scenario files stay as they are. Every target is a range
  (docs/calibration.md), because two outcomes are no frequencies.
- The search is a Latin hypercube over the plausible ranges, then a hill climb. Of the points that meet every target it
  takes the one nearest to the starting values.
- The check runs on replications that the search never used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.stats import qmc

from negsim.cases import load
from negsim.negotiation import parameters
from negsim.negotiation.measures import Results
from negsim.negotiation.parameters import Parameters, about
from negsim.negotiation.tables import Case, Floats, Outcome, Table
from negsim.scenario.lowering import lower
from negsim.study.estimates import Estimate, mean, share
from negsim.study.runner import ended_so, run_case

Changes = tuple[str, ...]  # as `--set` takes them
Values = tuple[float, ...]  # of the calibrated parameters, in the order of `CALIBRATED`

START = {  # where the search starts: the first guesses of the model's description
    "hope": 0.35,
    "goodwill": 0.75,
    "aspiration": 0.1,
    "stubbornness": 0.5,
    "concession_exponent": 2.0,
    "block_cost": 0.06,
}
CALIBRATED = tuple(START)
DEFAULTS: Values = tuple(Parameters._field_defaults[name] for name in CALIBRATED)
MARGIN = 0.05  # of a target's width, kept clear while searching
SEARCH_SEED, CHECK_SEED = 5, 20_111_225  # the check's replications are never used to choose

FIRST, SECOND = "cstd_wgigf_2011", "cstd_wgigf_2012"
STRONG_CHAIR = ("process.chair.responsiveness=high", "process.chair.pressure=none")
CLASH = (
    "groups.government.red_lines={outcomes: {min: 0.6}}",
    "groups.business.red_lines={outcomes: {max: 0.4}}",
    "methodology=rolling_text",
)
PROCESSES: dict[str, tuple[str, Changes]] = {
    "first phase": (FIRST, ()),
    "second phase": (SECOND, ()),
    "first phase, strong chair, time, process": (
        FIRST,
        (*STRONG_CHAIR, "meetings.count=3", "methodology=wgigf_2012"),
    ),
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
LEAST_MOVING = 4  # single changes that should move the share agreed


@dataclass(frozen=True)
class Target:
    """A range in which the mean of a measure should lie, or the chance of consensus, under one of `PROCESSES`."""

    process: str
    measure: str
    low: float
    high: float

    def distance(self, value: float) -> float:
        """How far a value lies outside the range less its margin; 0 inside."""
        margin = MARGIN * (self.high - self.low)
        return max(0.0, self.low + margin - value, value - (self.high - margin))

    def holds(self, value: float) -> bool:
        """Whether a value lies in the range."""
        return self.low <= value <= self.high


FIRST_SHARE = Target("first phase", "share_agreed", 0.1, 0.5)
SEARCHED = (
    Target("first phase", "consensus", 0.02, 0.25),
    FIRST_SHARE,
    Target("second phase", "consensus", 0.7, 0.95),
    Target("first phase, strong chair, time, process", "consensus", 0.3, 0.8),
)
TARGETS = (
    *SEARCHED,
    Target("first phase", "zone_start", 0.6, 1.0),
    Target("red-line clash, two meetings", "consensus", 0.0, 0.1),
    Target("red-line clash, eight meetings", "consensus", 0.0, 0.1),
)


def table_of(values: Iterable[float]) -> Table[Parameters]:
    """The table of all parameters as kernels take it: the calibrated ones as given, the others at their defaults."""
    return parameters.table(Parameters()._replace(**dict(zip(CALIBRATED, map(float, values), strict=True))))


@cache
def _case(scenario: str, changes: Changes) -> Case:
    return lower(load(scenario, changes=changes))


def runs_under(table: Table[Parameters], scenario: str, changes: Changes, *, replications: int, seed: int) -> Results:
    """A scenario under changes, run with a table of parameters."""
    return run_case(_case(scenario, changes)._replace(parameters=table), replications=replications, seed=seed)


def measure(results: Results, name: str) -> Floats:
    """A measure of every run (R), 1 or 0 for `consensus`."""
    if name == "consensus":
        return ended_so(results, Outcome.CONSENSUS)
    column: Floats = results.runs[name]
    return column


def observe(
    targets: Sequence[Target], table: Table[Parameters], *, replications: int, seed: int
) -> dict[Target, Floats]:
    """The measure of every run (R) for each target; a process is run once."""
    results = {
        process: runs_under(table, *PROCESSES[process], replications=replications, seed=seed)
        for process in dict.fromkeys(target.process for target in targets)
    }
    return {target: measure(results[target.process], target.measure) for target in targets}


class Point(NamedTuple):
    """One point of the search: values, the means of the searched targets' measures, their distance from the targets."""

    stage: str
    values: Values
    means: tuple[float, ...]
    distance: float


def evaluate(stage: str, values: Iterable[float], *, replications: int, seed: int) -> Point:
    """Run the processes of the searched targets with these values."""
    values = tuple(map(float, values))
    runs = observe(SEARCHED, table_of(values), replications=replications, seed=seed)
    means = {target: float(numbers.mean()) for target, numbers in runs.items()}
    return Point(stage, values, tuple(means.values()), sum(target.distance(value) for target, value in means.items()))


def ranges() -> tuple[Floats, Floats]:
    """Lower and upper ends of the plausible ranges of the calibrated parameters."""
    rows = [about()[name] for name in CALIBRATED]
    return np.array([row.low for row in rows]), np.array([row.high for row in rows])


def from_start(point: Point) -> float:
    """Euclidean distance from the starting values, in units of the ranges."""
    low, high = ranges()
    return float(np.linalg.norm((np.array(point.values) - np.array(list(START.values()))) / (high - low)))


def search(*, hypercube: int = 150, climb: int = 450, replications: int = 250) -> Iterator[Point]:
    """Points of a Latin hypercube, then steps from one of the dozen best so far; those nearer to the start win ties."""
    low, high = ranges()
    rng = np.random.default_rng(SEARCH_SEED)
    trail: list[Point] = []
    for values in qmc.scale(qmc.LatinHypercube(len(CALIBRATED), rng=rng).random(hypercube), low, high):
        trail.append(evaluate("hypercube", values, replications=replications, seed=SEARCH_SEED))
        yield trail[-1]
    for _ in range(climb):
        dozen = sorted(trail, key=lambda point: (point.distance, from_start(point)))[:12]
        near = np.array(dozen[rng.integers(len(dozen))].values)
        values = np.clip(near + (high - low) * rng.normal(0.0, 0.08, len(near)), low, high)
        trail.append(evaluate("climb", values, replications=replications, seed=SEARCH_SEED))
        yield trail[-1]


def best(trail: Sequence[Point]) -> Point:
    """The point with the least distance from the targets; of equal ones, the nearest to the start."""
    return min(trail, key=lambda point: (point.distance, from_start(point)))


class Check(NamedTuple):
    """A target, and its estimate on replications that the search never used."""

    target: Target
    estimate: Estimate
    holds: bool


def check(values: Values = DEFAULTS, *, replications: int = 2000) -> list[Check]:
    """Every target on replications that the search never used."""
    checks = []
    for target, numbers in observe(TARGETS, table_of(values), replications=replications, seed=CHECK_SEED).items():
        estimate = share(numbers) if target.measure == "consensus" else mean(numbers)
        checks.append(Check(target, estimate, target.holds(estimate.value)))
    return checks
