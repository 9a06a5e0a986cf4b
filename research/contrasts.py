"""Contrasts: the effect of changes on a measure, and the verdict on an expected sign, by two yardsticks.

- A yardstick is the smallest effect that counts: 0 is *sign alone*, `smallest_effect` is *above the smallest effect*
  (research/docs/evidence_protocol.md).
- An interval lies above the yardstick, below minus the yardstick, within both, or across an end. Only then is the
  expected sign looked at: the region does not depend on what anybody expected.
- Two signs are expected, the essay's and the literature's. If the literature disagrees no result is a failure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache
from typing import Literal, NamedTuple

import numpy as np

from negsim.negotiation.measures import GROUP_MEASURES, lookup
from negsim.negotiation.tables import Case, Floats, Outcome, WhyOpen
from negsim.scenario import Scenario, load, with_changes
from negsim.scenario.sampling import Sampler
from negsim.study.estimates import Estimate, difference, mean
from negsim.study.runner import Runs, measure_of, run_cases
from research.calibration import FIRST, Alter, Changes

Sign = Literal["+", "-", "0", "±", ""]  # ±: either, as sources disagree; "": nothing is said
Region = Literal["+", "-", "0", "?"]
Verdict = Literal["holds", "opposite", "no effect worth naming", "inconclusive", ""]

SIGN_ALONE = 0.0
OF_A_SHARE, OF_A_SCALE, OF_A_COUNT = 0.02, 0.01, 0.1  # of runs, issues or people; of 0..1; of one thing
LEAST = {"flag": OF_A_SHARE, "share": OF_A_SHARE, "level": OF_A_SCALE, "count": OF_A_COUNT}


class Contrast(NamedTuple):
    """A measure of one scenario under `changed` less under `base`; the measure itself if both are the same.

    expected: the sign that the description of the model, or the essay, implies. literature: the sign that the
    literature implies; source: which.
    """

    label: str
    measure: str
    base: Changes
    changed: Changes
    expected: Sign
    scenario: str = FIRST
    literature: Sign = ""
    source: str = ""


class Derived(NamedTuple):
    """A measure computed from others: its value in every run (R), and the smallest effect of interest on it."""

    values: Callable[[Runs], Floats]
    least: float


def _excess(when: str) -> Callable[[Runs], Floats]:
    """Return how much farther away others seem than they are."""
    return lambda runs: runs.column(f"perceived_distance_{when}") - runs.column(f"real_distance_{when}")


def _review_success(runs: Runs) -> Floats:
    """Return slots of discussion for each proposal tabled; NaN without a proposal."""
    tabled = runs.column("proposals_tabled")
    return np.where(tabled > 0, runs.column("proposals_discussed") / np.maximum(1, tabled), np.nan)


def _open(*why: WhyOpen) -> Callable[[Runs], Floats]:
    """Return the share of the issues that stayed open for one of these reasons; NaN where all were agreed."""

    def values(runs: Runs) -> Floats:
        reasons = runs.by_issue("why_open")
        number = (~np.isnan(reasons)).sum(axis=1)
        of_these = np.isin(reasons, why).sum(axis=1)
        return np.where(number > 0, of_these / np.maximum(1, number), np.nan)

    return values


DERIVED = {
    "excess_start": Derived(_excess("start"), OF_A_SCALE),
    "excess_end": Derived(_excess("end"), OF_A_SCALE),
    "review_success": Derived(_review_success, OF_A_SHARE),
    "alikeness": Derived(lambda runs: 1.0 - runs.column("spread"), OF_A_SCALE),
    "failure_beyond_half": Derived(lambda runs: 0.5 - runs.is_outcome(Outcome.CONSENSUS), OF_A_SHARE),
    "unused_zone": Derived(lambda runs: runs.column("zone_start") - runs.column("share_agreed"), OF_A_SHARE),
    "passable_beyond_half": Derived(lambda runs: runs.column("passable_readings") - 0.5, OF_A_SHARE),
    "open_never_read": Derived(_open(WhyOpen.NEVER_READ), OF_A_SHARE),
    "open_never_passable": Derived(_open(WhyOpen.NEVER_PASSABLE), OF_A_SHARE),
    "open_passable": Derived(_open(WhyOpen.PASSABLE), OF_A_SHARE),
    "renewal_beyond_half": Derived(lambda runs: runs.column("renewal_support") - 0.5, OF_A_SHARE),
}
BLOCKS = "blocks"  # of a group


def values_of(runs: Runs, measure: str) -> Floats:
    """Return a measure of every run (R): of `DERIVED`, a column, an outcome or a group's (`satisfaction of business`).

    `blocks of business` is how often its members blocked, over all issues.

    Raises NegsimError for an unknown measure, ValueError for an unknown group.
    """
    if measure in DERIVED:
        return DERIVED[measure].values(runs)
    name, of, group = measure.partition(" of ")
    if not of:
        return measure_of(runs, measure)
    g = list(runs.scenario.groups).index(group)
    blocks: Floats = runs.results.blocks[:, g, :].sum(axis=1)
    return blocks if name == BLOCKS else runs.by_group(name)[:, g]


def smallest_effect(measure: str) -> float:
    """Return the smallest effect of interest on a measure, in its own units. Raises KeyError for one without.

    >>> smallest_effect("share_agreed"), smallest_effect("depth"), smallest_effect("satisfaction of business")
    (0.02, 0.01, 0.01)
    """
    if measure in DERIVED:
        return DERIVED[measure].least
    name, of, _ = measure.partition(" of ")
    if name == BLOCKS:
        return OF_A_COUNT
    return LEAST[(GROUP_MEASURES[name] if of else lookup(name)).kind]


def run_altered(alter: Alter, scenario: Scenario, *, replications: int, seed: int) -> Runs:
    """Run a scenario as `run` does, with altered tables, whatever is drawn."""
    sampler = Sampler(scenario, seed)

    def cases(first: int, count: int) -> Iterator[tuple[Case, int, int]]:
        for case, start, number in sampler.cases(first, count):
            yield alter(case), start, number

    return Runs(scenario, seed, 0, run_cases(cases, seed, 0, replications))


_as_written = cache(load)


class Bench:
    """Runs of scenarios under changes, each computed once.

    always: changes that hold in all of them, unless a contrast changes the same path. alter: a change of the tables of
    all.
    """

    def __init__(self, replications: int, seed: int, always: Changes = (), alter: Alter = lambda case: case) -> None:
        self.replications, self.seed, self.always, self.alter = replications, seed, always, alter
        self._done: dict[tuple[str, Changes], Runs] = {}

    def runs(self, scenario: str, changes: Changes) -> Runs:
        """Return the runs of a scenario under changes."""
        key = (scenario, changes)
        if key not in self._done:
            changed = with_changes(_as_written(scenario), (*self.always, *changes))
            self._done[key] = run_altered(self.alter, changed, replications=self.replications, seed=self.seed)
        return self._done[key]

    def contrast(self, contrast: Contrast) -> Estimate:
        """Estimate a contrast."""

        def values(changes: Changes) -> Floats:
            return values_of(self.runs(contrast.scenario, changes), contrast.measure)

        base, changed = values(contrast.base), values(contrast.changed)
        if contrast.base == contrast.changed:
            return mean(base)
        return difference(changed, base)


def changes_of(member: dict[str, float]) -> Changes:
    """Return the parameters of a member of an ensemble as changes."""
    return tuple(f"parameters.{name}={value!r}" for name, value in member.items())


def number(estimate: Estimate) -> str:
    """Format an estimate with its interval, or alone if the interval is a point."""
    if math.isnan(estimate.low) or estimate.low == estimate.high:
        return f"{estimate.value:.3g}"
    return f"{estimate.value:+.3f} [{estimate.low:+.3f}, {estimate.high:+.3f}]"


def region(estimate: Estimate, least: float) -> Region:
    """Return where an interval lies: above `least`, below its negative, within the two, or across an end (or unknown).

    >>> region(Estimate(0.05, 0.03, 0.07, 9), 0.02), region(Estimate(0.0, -0.01, 0.01, 9), 0.02)
    ('+', '0')
    """
    if math.isnan(estimate.low) or math.isnan(estimate.high):
        return "?"
    if estimate.low > least:
        return "+"
    if estimate.high < -least:
        return "-"
    return "0" if -least <= estimate.low and estimate.high <= least else "?"


def verdict(estimate: Estimate, expected: Sign, least: float) -> Verdict:
    """Return the verdict on an expected sign; "" if no single sign is expected.

    By sign alone no effect can be shown to be absent, so an expected 0 holds there if the interval reaches zero.
    """
    if expected in {"", "±"}:
        return ""
    where = region(estimate, least)
    if where == expected or (expected == "0" and least == SIGN_ALONE and where == "?"):
        return "holds"
    if where == "?":
        return "inconclusive"
    return "no effect worth naming" if where == "0" else "opposite"


class Verdicts(NamedTuple):
    """The verdict on one sign by both yardsticks."""

    sign_alone: Verdict
    above: Verdict


def by_both(estimate: Estimate, expected: Sign, measure: str) -> Verdicts:
    """Return the verdict on an expected sign of a measure, by sign alone and above the smallest effect."""
    return Verdicts(verdict(estimate, expected, SIGN_ALONE), verdict(estimate, expected, smallest_effect(measure)))


def differ(essay: Sign, literature: Sign) -> bool:
    """Return whether the literature disagrees with the essay or with itself, so that no result is a failure.

    >>> differ("+", "-"), differ("+", "±"), differ("+", ""), differ("+", "+")
    (True, True, False, False)
    """
    return literature not in {"", essay}
