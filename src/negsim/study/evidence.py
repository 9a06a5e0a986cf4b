"""Calibration against the focal case, and the levers that history turned at once.

Rules that hold here
- Six parameters are calibrated and nothing else; scenario files are never touched. The targets are those of
  docs/calibration.md; each is a range, not a number, because two outcomes of one group are all the data there are.
- The search is a Latin hypercube over the plausible ranges, then a hill climb; among the points that meet every
  target, the nearest to the starting values is taken. The check is on replications that the search never saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.stats import qmc

from negsim.cases import load
from negsim.negotiation import parameters as habits
from negsim.negotiation.measures import Results
from negsim.negotiation.parameters import Parameters, about
from negsim.negotiation.tables import Case, Floats, Outcome
from negsim.scenario.lowering import lower
from negsim.study.estimates import Estimate, difference, mean, share
from negsim.study.runner import Runs, ended_so, run, run_case

START = {  # where the search starts from: the first guesses of the model's description
    "hope": 0.35,
    "goodwill": 0.75,
    "aspiration": 0.1,
    "stubbornness": 0.5,
    "concession_exponent": 2.0,
    "block_cost": 0.06,
}
CALIBRATED = tuple(START)
MARGIN = 0.05  # of a target's width, kept clear while searching
SEARCH_SEED, CHECK_SEED = 5, 20_111_225  # the check's replications are never used to choose

FIRST, SECOND = "cstd_wgigf_2011", "cstd_wgigf_2012"
STRONG_CHAIR = ("process.chair.responsiveness=high", "process.chair.pressure=none")
CLASH = (
    "groups.government.red_lines={outcomes: {min: 0.6}}",
    "groups.business.red_lines={outcomes: {max: 0.4}}",
    "methodology=rolling_text",
)
PROCESSES: dict[str, tuple[str, tuple[str, ...]]] = {
    "first phase": (FIRST, ()),
    "second phase": (SECOND, ()),
    "first phase, strong chair, time, process": (
        FIRST,
        (*STRONG_CHAIR, "meetings.count=3", "methodology=wgigf_2012"),
    ),
    "red-line clash, two meetings": (FIRST, (*CLASH, "meetings.count=2")),
    "red-line clash, eight meetings": (FIRST, (*CLASH, "meetings.count=8")),
}


@dataclass(frozen=True)
class Target:
    """What a process should show: a measure, or the chance of consensus, within a range."""

    process: str
    measure: str
    low: float
    high: float

    def observed(self, results: Results) -> Floats:
        """The measure of every run (R)."""
        if self.measure == "consensus":
            return ended_so(results, Outcome.CONSENSUS)
        column: Floats = results.runs[self.measure]
        return column

    def distance(self, value: float) -> float:
        """How far outside the range, less a margin, a value is (0 inside)."""
        margin = MARGIN * (self.high - self.low)
        return max(0.0, self.low + margin - value, value - (self.high - margin))


SEARCHED = (
    Target("first phase", "consensus", 0.02, 0.25),
    Target("first phase", "share_agreed", 0.1, 0.5),
    Target("second phase", "consensus", 0.7, 0.95),
    Target("first phase, strong chair, time, process", "consensus", 0.3, 0.8),
)
TARGETS = (
    *SEARCHED,
    Target("first phase", "zone_start", 0.6, 1.0),
    Target("red-line clash, two meetings", "consensus", 0.0, 0.1),
    Target("red-line clash, eight meetings", "consensus", 0.0, 0.1),
)


@cache
def case_of(process: str) -> Case:
    """The case of one of `PROCESSES`."""
    name, changes = PROCESSES[process]
    return lower(load(name, changes=changes))


class Point(NamedTuple):
    """One point of the search: the calibrated parameters, what came of them, how far that is from the targets."""

    stage: str
    values: tuple[float, ...]
    observed: tuple[float, ...]
    distance: float


def evaluate(stage: str, values: Iterable[float], *, replications: int, seed: int) -> Point:
    """Run the processes that the searched targets need under these parameters."""
    values = tuple(map(float, values))
    parameters = habits.table(Parameters()._replace(**dict(zip(CALIBRATED, values, strict=True))))
    results = {
        process: run_case(case_of(process)._replace(parameters=parameters), replications=replications, seed=seed)
        for process in dict.fromkeys(target.process for target in SEARCHED)
    }
    observed = tuple(float(target.observed(results[target.process]).mean()) for target in SEARCHED)
    distance = sum(target.distance(value) for target, value in zip(SEARCHED, observed, strict=True))
    return Point(stage, values, observed, distance)


def ranges() -> tuple[Floats, Floats]:
    """Lower and upper ends of the plausible ranges of the calibrated parameters."""
    known = about()
    return np.array([known[name].low for name in CALIBRATED]), np.array([known[name].high for name in CALIBRATED])


def from_start(point: Point) -> float:
    """Euclidean distance from the starting values, in units of the ranges."""
    low, high = ranges()
    return float(np.linalg.norm((np.array(point.values) - np.array(list(START.values()))) / (high - low)))


def search(*, hypercube: int = 150, climb: int = 450, replications: int = 250) -> Iterator[Point]:
    """The trail: a Latin hypercube, then steps from the best dozen so far, near ones preferred when targets are met."""
    low, high = ranges()
    rng = np.random.default_rng(SEARCH_SEED)
    trail: list[Point] = []
    for values in qmc.scale(qmc.LatinHypercube(len(CALIBRATED), rng=rng).random(hypercube), low, high):
        trail.append(evaluate("hypercube", values, replications=replications, seed=SEARCH_SEED))
        yield trail[-1]
    for _ in range(climb):
        best = sorted(trail, key=lambda point: (point.distance, from_start(point)))[:12]
        near = np.array(best[rng.integers(len(best))].values)
        values = np.clip(near + (high - low) * rng.normal(0.0, 0.08, len(near)), low, high)
        trail.append(evaluate("climb", values, replications=replications, seed=SEARCH_SEED))
        yield trail[-1]


def chosen(trail: Sequence[Point]) -> Point:
    """The point with the least distance from the targets, and of those the nearest to the start."""
    return min(trail, key=lambda point: (point.distance, from_start(point)))


class Check(NamedTuple):
    """A target and what unseen replications show of it."""

    target: Target
    estimate: Estimate
    holds: bool


def check(*, replications: int = 2000, parameters: Parameters | None = None) -> list[Check]:
    """Every target on replications not used to choose, under the defaults or other parameters."""
    table = habits.table(parameters or Parameters())
    checks, results = [], {}
    for target in TARGETS:
        if target.process not in results:
            case = case_of(target.process)._replace(parameters=table)
            results[target.process] = run_case(case, replications=replications, seed=CHECK_SEED)
        values = target.observed(results[target.process])
        estimate = share(values) if target.measure == "consensus" else mean(values)
        checks.append(Check(target, estimate, target.low <= estimate.value <= target.high))
    return checks


# ------------------------------------------------------------------------------- what history changed at once

LEVERS_2011: dict[str, tuple[str, ...]] = {  # each as it was in the second phase, put into the first
    "meetings and days": ("process.meetings.0.days=3", "process.meetings.1.days=3", "meetings.count=3"),
    "methodology": ("methodology=wgigf_2012",),
    "chair": STRONG_CHAIR,
    "linkage": ("context.linkage.weight=low", "context.linkage.spillover=low"),
    "evenings": tuple(f"process.meetings.{m}.evenings={{mixed_share: 0.25, rest: caucus}}" for m in range(2)),
    "no reaffirmation": ("process.events=[{submission: {by: India, meeting: 2, day: 1}}]",),
}  # fmt: skip
LEVERS_2012: dict[str, tuple[str, ...]] = {  # each as it was in the first phase, put into the second
    "meetings and days": ("process.meetings.0.days=2", "process.meetings.1.days=2", "meetings.count=2"),
    "methodology": ("methodology=chair_text",),
    "chair": ("process.chair.responsiveness=medium", "process.chair.pressure=high"),
    "linkage": ("context.linkage.weight=medium", "context.linkage.spillover=0.064"),
    "evenings": ("informal.mixed_evenings=0",),
    "no reaffirmation": ("process.events=[{reaffirm: {by: India, meeting: 2, day: 2}}]",),
}


class Lever(NamedTuple):
    """What one change does to the chance of consensus and to the share agreed, on the same replications."""

    base: str
    lever: str
    consensus: Estimate
    consensus_change: Estimate
    share_agreed: Estimate
    share_agreed_change: Estimate


def levers(base: str, changes: dict[str, tuple[str, ...]], *, replications: int, seed: int) -> Iterator[Lever]:
    """The base as it was, then with each lever turned by itself."""
    plain = _both(run(load(base), replications=replications, seed=seed))
    still = Estimate(0.0, 0.0, 0.0, replications)
    yield Lever(base, "as it was", share(plain[0]), still, mean(plain[1]), still)
    for name, change in changes.items():
        turned = _both(run(load(base, changes=change), replications=replications, seed=seed))
        yield Lever(
            base, name, share(turned[0]), difference(turned[0], plain[0]), mean(turned[1]),
            difference(turned[1], plain[1]),
        )  # fmt: skip


def _both(runs: Runs) -> tuple[Floats, Floats]:
    return runs.is_outcome(Outcome.CONSENSUS), runs.column("share_agreed")


def all_levers(*, replications: int = 1000, seed: int = CHECK_SEED) -> Iterator[Lever]:
    """Add one in from the first phase, leave one out from the second."""
    yield from levers(FIRST, LEVERS_2011, replications=replications, seed=seed)
    yield from levers(SECOND, LEVERS_2012, replications=replications, seed=seed)
