"""The patterns: what the model should show, whether it does, and whether that was assumed, calibrated or emerges.

Rules that hold here
- A pattern is one or more contrasts: a measure under one change less the same measure under another, on the same
  replications. It *holds* if every interval lies on the expected side; otherwise it is reported as not holding.
- Nothing is tuned to these patterns but the targets marked calibrated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from negsim.cases import load
from negsim.negotiation.tables import Floats, Outcome
from negsim.study.estimates import Estimate, difference, mean
from negsim.study.evidence import CHECK_SEED, FIRST, SECOND, check, levers
from negsim.study.runner import Runs, measure_of, run

Standing = Literal["assumed", "calibrated", "emergent"]
Side = Literal["+", "-", "0"]  # "0": not above zero
Changes = tuple[str, ...]

CAUCUS, MIXED = "informal.mixed_evenings=0", "informal.mixed_evenings=1"
READINGS_ONLY = "process.meetings.1.agenda=[questionnaire: 0.5, tabled_proposals: 0.15, {}: 0.35]"
EQUAL_CHAIR = (
    "process.chair.conservatism=0", "process.chair.precision=0.7", "process.chair.coverage=1",
    "process.chair.responsiveness=0.3", "process.chair.pressure=0",
)  # fmt: skip
APART = tuple(
    f"groups.{group}.position.{issue}={mean}"
    for group, mean in (("government", 0.7), ("business", 0.15), ("technical_community", 0.15), ("civil_society", 0.7))
    for issue in ("outcomes", "modalities", "funding", "links")
)
TWICE = tuple(
    f"groups.{group}.seats={seats}"
    for group, seats in (
        ("government", 44), ("business", 10), ("technical_community", 10), ("civil_society", 10),
        ("intergovernmental", 10),
    )
)  # fmt: skip
SINGLE_CHANGES: dict[str, Changes] = {  # of the first phase: is it away from floor and ceiling?
    "meetings": ("meetings.count=5",),
    "linkage": ("context.linkage.weight=0",),
    "evenings": (MIXED,),
    "pressure": ("process.chair.pressure=none",),
    "days": ("process.meetings.0.days=4", "process.meetings.1.days=4"),
    "method": ("methodology=rolling_text",),
}


@dataclass(frozen=True)
class Contrast:
    """`measure` under `changed` less under `base`, of one scenario; the measure itself where both are the same.

    A contrast of contrasts where `less` is given. expected: the side where the whole interval should lie.
    """

    label: str
    measure: str
    base: Changes
    changed: Changes
    expected: Side
    scenario: str = FIRST
    less: tuple[Changes, Changes] | None = None  # base and changed of a second contrast that is subtracted


@dataclass(frozen=True)
class Pattern:
    """A claim about the model's behaviour and the contrasts that test it."""

    name: str
    standing: Standing
    contrasts: tuple[Contrast, ...] = field(default=())


def _meetings(method: str, before: int, after: int, evenings: str) -> tuple[Changes, Changes]:
    return tuple((f"meetings.count={m}", f"methodology={method}", evenings) for m in (before, after))  # type: ignore[return-value]


def _more_meetings(method: str, evenings: str, expected: Side, few: int = 2, many: int = 5) -> Contrast:
    base, changed = _meetings(method, few, many, evenings)
    kind = "caucus" if evenings == CAUCUS else "mixed"
    return Contrast(f"{method}, {kind} evenings, {few} to {many} meetings", "share_agreed", base, changed, expected)


PATTERNS = (
    Pattern("more meetings help under rolling text and mapping", "emergent", (
        _more_meetings("rolling_text", CAUCUS, "+"), _more_meetings("convergence_mapping", CAUCUS, "+"),
    )),
    Pattern("under questionnaire and chair's text more meetings help only with mixed evenings", "emergent", (
        _more_meetings("questionnaire", CAUCUS, "0"), _more_meetings("chair_text", CAUCUS, "0"),
        _more_meetings("chair_text", MIXED, "+"),
    )),
    Pattern("caucus-only evenings can make more meetings harmful", "emergent", (
        _more_meetings("chair_text", CAUCUS, "-", 5, 8),
    )),
    Pattern("mixed evenings help more when there is time for them to work", "emergent", (
        Contrast("(mixed - caucus at 5 meetings) - (the same at 2), chair's text", "share_agreed",
                 ("meetings.count=5", CAUCUS), ("meetings.count=5", MIXED), "+", less=((CAUCUS,), (MIXED,))),
    )),
    Pattern("rolling text beats chair's text at equal minutes of reading", "emergent", (
        Contrast("rolling less chair's text, 35 % of the second meeting", "share_agreed",
                 (READINGS_ONLY.format("chair_text"),), (READINGS_ONLY.format("rolling_text"),), "+"),
        Contrast("the same with conservatism, responsiveness and pressure equalised", "share_agreed",
                 (READINGS_ONLY.format("chair_text"), *EQUAL_CHAIR),
                 (READINGS_ONLY.format("rolling_text"), *EQUAL_CHAIR), "+"),
    )),
    Pattern("a pile of proposals lowers the success of reviewing them", "emergent", (
        Contrast("share agreed, tabling rate .6 less .1", "share_agreed",
                 ("methodology=tabled_proposals", "parameters.tabling_rate=0.1"),
                 ("methodology=tabled_proposals", "parameters.tabling_rate=0.6"), "-"),
        Contrast("slots of discussion a proposal, tabling rate .6 less .1", "review_success",
                 ("methodology=tabled_proposals", "parameters.tabling_rate=0.1"),
                 ("methodology=tabled_proposals", "parameters.tabling_rate=0.6"), "-"),
    )),
    Pattern("agreements across deep cleavages are shallower", "emergent", (
        Contrast("depth given agreement, groups moved apart", "depth", (), APART, "-", SECOND),
    )),
    Pattern("recording dissent raises agreement and lowers depth", "emergent", (
        Contrast("share agreed, second phase", "share_agreed", (), ("process.record_dissent=true",), "+", SECOND),
        Contrast("share agreed, first phase", "share_agreed", (), ("process.record_dissent=true",), "+"),
        Contrast("depth given agreement, second phase", "depth", (), ("process.record_dissent=true",), "-", SECOND),
    )),
    Pattern("perceived distance exceeds real distance", "assumed", (
        Contrast("perceived less real, at the start", "excess_start", (), (), "+"),
    )),
    Pattern("contact, not questionnaires, closes the gap of perception", "emergent", (
        Contrast("gap left, two meetings of questionnaire, mixed less caucus evenings", "excess_end",
                 ("methodology=questionnaire", CAUCUS), ("methodology=questionnaire", MIXED), "-"),
        Contrast("gap closed by three more meetings of questionnaire (left after two, less after five)", "excess_end",
                 *_meetings("questionnaire", 5, 2, CAUCUS), "0"),
    )),
    Pattern("pressure harms where trust is low and helps where it is high", "assumed", (
        Contrast("share agreed, pressure less none, trust across low", "share_agreed",
                 ("process.chair.pressure=none", "trust.across=low"),
                 ("process.chair.pressure=high", "trust.across=low"), "-"),
        Contrast("readings a paragraph, pressure less none, trust across very high, no tension", "readings_per_issue",
                 ("process.chair.pressure=none", "trust.across=very_high", "context.tension=none"),
                 ("process.chair.pressure=high", "trust.across=very_high", "context.tension=none"), "-"),
    )),
    Pattern("more parties make consensus harder", "emergent", (
        Contrast("consensus, 84 seats less 42, second phase", "consensus", (), TWICE, "-", SECOND),
    )),
    Pattern("losing attribution helps proposals: devaluation goes with it", "emergent", (
        Contrast("share agreed, span of 2 less 1000 open proposals", "share_agreed",
                 ("methodology=tabled_proposals", "parameters.attribution_span=1000"),
                 ("methodology=tabled_proposals", "parameters.attribution_span=2"), "+"),
    )),
    Pattern("agreements bunch at the deadline", "assumed", (
        Contrast("share of closed paragraphs closed in the last quarter, less a quarter", "late", (), (), "+", SECOND),
    )),
)  # fmt: skip


class Finding(NamedTuple):
    """A pattern's contrast, estimated."""

    pattern: str
    standing: Standing
    label: str
    estimate: Estimate
    expected: str
    holds: bool


def observed(runs: Runs, measure: str) -> Floats:
    """A measure of every run (R): one of `DERIVED`, a column, an outcome, or a group's, as `satisfaction of business`.

    Raises NegsimError for an unknown measure, ValueError for an unknown group.
    """
    if measure in DERIVED:
        return DERIVED[measure](runs)
    name, of, group = measure.partition(" of ")
    if of:
        return runs.by_group(name)[:, list(runs.scenario.groups).index(group)]
    return measure_of(runs, measure)


def _excess(when: str) -> Callable[[Runs], Floats]:
    return lambda runs: runs.column(f"perceived_distance_{when}") - runs.column(f"real_distance_{when}")


def _review_success(runs: Runs) -> Floats:
    """Slots of discussion a proposal tabled; NaN where none was."""
    tabled = runs.column("proposals_tabled")
    return np.where(tabled > 0, runs.column("proposals_discussed") / np.maximum(1, tabled), np.nan)


def _late(runs: Runs) -> Floats:
    """Share of the closed paragraphs that closed in the last quarter, less a quarter; NaN where none did."""
    closed, last = runs.by_issue("closed_at"), runs.column("minutes")[:, None]
    known = (~np.isnan(closed)).sum(axis=1)
    late = (closed > 0.75 * last).sum(axis=1)
    return np.where(known > 0, late / np.maximum(1, known), np.nan) - 0.25


DERIVED: dict[str, Callable[[Runs], Floats]] = {
    "readings_per_issue": lambda runs: runs.column("readings") / len(runs.scenario.issues),
    "excess_start": _excess("start"),  # by how much the others seem further away than they are
    "excess_end": _excess("end"),
    "review_success": _review_success,
    "late": _late,
    "alikeness": lambda runs: 1.0 - runs.column("spread"),
    "failure_beyond_half": lambda runs: 0.5 - runs.is_outcome(Outcome.CONSENSUS),
    "unused_zone": lambda runs: runs.column("zone_start") - runs.column("share_agreed"),
    "renewal_beyond_half": lambda runs: runs.column("renewal_support") - 0.5,
}


def agrees(estimate: Estimate, expected: str) -> bool:
    """Whether an interval lies on the expected side; "0" asks that it is not above zero."""
    if expected == "+":
        return estimate.low > 0.0
    if expected == "-":
        return estimate.high < 0.0
    return estimate.low <= 0.0


class Bench:
    """Runs of scenarios under changes, each made once. always: changes that hold in all of them."""

    def __init__(self, replications: int, seed: int, always: Changes = ()) -> None:
        self.replications, self.seed, self.always = replications, seed, always
        self._done: dict[tuple[str, Changes], Runs] = {}

    def runs(self, scenario: str, changes: Changes) -> Runs:
        """The runs of a scenario under changes."""
        key = (scenario, changes)
        if key not in self._done:
            asked = load(scenario, changes=(*changes, *self.always))
            self._done[key] = run(asked, replications=self.replications, seed=self.seed)
        return self._done[key]

    def contrast(self, contrast: Contrast) -> Estimate:
        """The estimate of a contrast."""

        def values(changes: Changes) -> Floats:
            return observed(self.runs(contrast.scenario, changes), contrast.measure)

        if contrast.base == contrast.changed:
            return mean(values(contrast.base))
        effect = values(contrast.changed) - values(contrast.base)
        if contrast.less is None:
            return mean(effect)
        return difference(effect, values(contrast.less[1]) - values(contrast.less[0]))


def calibrated_findings(replications: int) -> Iterator[Finding]:
    """The calibrated list, checked on replications not used to choose."""
    for target, estimate, holds in check(replications=replications):
        text = f"{target.measure} in {target.low:g} .. {target.high:g}"
        yield Finding(target.process, "calibrated", text, estimate, "in range", holds)
    singles = list(levers(FIRST, SINGLE_CHANGES, replications=replications, seed=CHECK_SEED))[1:]
    moving = [lever.lever for lever in singles if lever.share_agreed_change.excludes_zero]
    seen = Estimate(float(len(moving)), float(len(moving)), float(len(moving)), len(singles))
    yield Finding(
        "no floor, no ceiling: single changes that move the first phase", "calibrated", ", ".join(moving), seen,
        "4 or more", len(moving) >= 4,
    )  # fmt: skip


def patterns(*, replications: int = 1000, seed: int = CHECK_SEED) -> Iterator[Finding]:
    """Every pattern with its estimate, interval and verdict."""
    yield from calibrated_findings(replications)
    bench = Bench(replications, seed)
    for pattern in PATTERNS:
        for contrast in pattern.contrasts:
            estimate = bench.contrast(contrast)
            holds = agrees(estimate, contrast.expected)
            yield Finding(pattern.name, pattern.standing, contrast.label, estimate, contrast.expected, holds)
