"""The patterns: what the model should show, whether it does, and whether that is assumed, calibrated or emergent.

- A pattern is one or more contrasts: a measure under one change less the same measure under another, on the same
  replications. Each has two expected signs, that of the model's description and that of the literature, and two
  verdicts on each (`verdicts`).
- What was corrected before the second form was run stands beside what it replaces (docs/evidence_protocol.md).
- Only the targets marked calibrated were used to tune anything.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal, NamedTuple

import numpy as np

from negsim.cases import load
from negsim.negotiation.tables import Floats, Outcome
from negsim.scenario.changes import with_changes
from negsim.scenario.ensembles import members
from negsim.study.estimates import Estimate, difference, mean, share
from negsim.study.interventions import single_changes
from negsim.study.runner import Runs, Step, measure_of, run
from research import calibration, ensemble
from research.calibration import CHECK_SEED, FIRST, LEAST_MOVING, SECOND, SINGLE_CHANGES, TARGETS, Changes, Target
from research.rules import Rule, run_without
from research.verdicts import SIGN_ALONE, Sign, Verdicts, by_both, verdict

Standing = Literal["assumed", "calibrated", "emergent"]

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


@dataclass(frozen=True)
class Contrast:
    """A measure of one scenario under `changed` less under `base`; the measure itself where both are the same.

    expected: the sign that the description of the model, or the essay, implies. literature: the sign that the
    literature implies; source: which. less: the base and changed of a second contrast, which is subtracted; None for
    none. replaced: why it counts no more, where it does not; it is still run.
    """

    label: str
    measure: str
    base: Changes
    changed: Changes
    expected: Sign
    scenario: str = FIRST
    less: tuple[Changes, Changes] | None = None
    literature: Sign = ""
    source: str = ""
    replaced: str = ""


@dataclass(frozen=True)
class Pattern:
    """A claim about the model's behaviour and the contrasts that test it."""

    name: str
    standing: Standing
    contrasts: tuple[Contrast, ...] = field(default=())


def _meetings(method: str, before: int, after: int, *more: str) -> tuple[Changes, Changes]:
    few, many = ((f"meetings.count={m}", f"methodology={method}", *more) for m in (before, after))
    return few, many


def _more_meetings(
    method: str, evenings: str, expected: Sign, counts: tuple[int, int] = (2, 5), *more: str
) -> Contrast:
    base, changed = _meetings(method, *counts, evenings, *more)
    kind = "caucus" if evenings == CAUCUS else "mixed"
    under = ", without pressure" if more else ""
    label = f"{method}, {kind} evenings, {counts[0]} to {counts[1]} meetings{under}"
    return Contrast(label, "share_agreed", base, changed, expected)


NO_PRESSURE = "process.chair.pressure=none"
PILE = (
    ("methodology=tabled_proposals", "parameters.tabling_rate=0.1"),
    ("methodology=tabled_proposals", "parameters.tabling_rate=0.6"),
)
EQUALISED = (
    (READINGS_ONLY.format("chair_text"), *EQUAL_CHAIR),
    (READINGS_ONLY.format("rolling_text"), *EQUAL_CHAIR),
)
SPANS = (
    ("methodology=tabled_proposals", "parameters.attribution_span=1000"),
    ("methodology=tabled_proposals", "parameters.attribution_span=2"),
)
DISSENT = "process.record_dissent=true"

PATTERNS = (
    Pattern("more meetings help under rolling text and mapping", "emergent", (
        _more_meetings("rolling_text", CAUCUS, "+"), _more_meetings("convergence_mapping", CAUCUS, "+"),
    )),
    Pattern("more meetings help a chair's text with mixed evenings, and a questionnaire not at all", "emergent", (
        _more_meetings("questionnaire", CAUCUS, "0"),
        replace(_more_meetings("wgigf_2011", CAUCUS, "0"), replaced="claim 1 expects + of the same contrast"),
        _more_meetings("wgigf_2011", MIXED, "+"),
    )),
    Pattern("caucus-only evenings can make more meetings harmful", "emergent", (
        replace(_more_meetings("wgigf_2011", CAUCUS, "-", (5, 8)), replaced="pressure grows with time and hides it"),
        _more_meetings("wgigf_2011", CAUCUS, "-", (5, 8), NO_PRESSURE),
    )),
    Pattern("mixed evenings help more when there is time for them to work", "emergent", (
        Contrast("(mixed - caucus at 5 meetings) - (the same at 2), chair's text", "share_agreed",
                 ("meetings.count=5", CAUCUS), ("meetings.count=5", MIXED), "+", less=((CAUCUS,), (MIXED,))),
    )),
    Pattern("rolling text beats chair's text at equal minutes of reading", "emergent", (
        Contrast("rolling less chair's text, 35 % of the second meeting", "share_agreed",
                 (READINGS_ONLY.format("chair_text"),), (READINGS_ONLY.format("rolling_text"),), "+",
                 literature="+", source="one text: Klein et al. 2003; Ehtamo et al. 1999"),
        Contrast("the same with conservatism, responsiveness and pressure equalised", "share_agreed",
                 *EQUALISED, "+", replaced="no format has a privilege of its own, so that 0 is expected"),
        Contrast("the same with conservatism, responsiveness and pressure equalised", "share_agreed", *EQUALISED, "0"),
    )),
    Pattern("a pile of proposals lowers the success of reviewing them", "emergent", (
        Contrast("share agreed, tabling rate .6 less .1", "share_agreed", *PILE, "-"),
        Contrast("slots of discussion a proposal, tabling rate .6 less .1", "review_success", *PILE, "-"),
    )),
    Pattern("agreements across deep cleavages are shallower", "emergent", (
        Contrast("depth given agreement, groups moved apart", "depth", (), APART, "-", SECOND),
    )),
    Pattern("recording dissent raises agreement; what it does to depth is a finding", "emergent", (
        Contrast("share agreed, second phase", "share_agreed", (), (DISSENT,), "+", SECOND,
                 literature="+", source="Buchanan & Tullock: fewer have to agree"),
        Contrast("share agreed, first phase", "share_agreed", (), (DISSENT,), "+",
                 literature="+", source="Buchanan & Tullock: fewer have to agree"),
        Contrast("depth given agreement, second phase", "depth", (), (DISSENT,), "-", SECOND,
                 replaced="reservations are known to buy depth: nothing is expected, the number is a finding"),
        Contrast("depth given agreement, second phase", "depth", (), (DISSENT,), "", SECOND,
                 literature="+", source="Swaine 2006 and Helfer on reservations (from memory)"),
    )),
    Pattern("perceived distance exceeds real distance", "assumed", (
        Contrast("perceived less real, at the start", "excess_start", (), (), "+",
                 literature="+", source="Robinson et al. 1995; Westfall et al. 2015"),
    )),
    Pattern("contact, not questionnaires, closes the gap of perception", "emergent", (
        Contrast("gap left, two meetings of questionnaire, mixed less caucus evenings", "excess_end",
                 ("methodology=questionnaire", CAUCUS), ("methodology=questionnaire", MIXED), "-",
                 literature="-", source="Lees & Cikara 2020"),
        Contrast("gap closed by three more meetings of questionnaire (left after two, less after five)", "excess_end",
                 *_meetings("questionnaire", 5, 2, CAUCUS), "0"),
    )),
    Pattern("pressure harms where trust is low and helps where it is high", "assumed", (
        Contrast("share agreed, pressure less none, trust across low", "share_agreed",
                 (NO_PRESSURE, "trust.across=low"), ("process.chair.pressure=high", "trust.across=low"), "-",
                 literature="-", source="Carnevale & Lawler 1986"),
        Contrast("readings a paragraph, pressure less none, trust across very high, no tension", "readings_per_issue",
                 (NO_PRESSURE, "trust.across=very_high", "context.tension=none"),
                 ("process.chair.pressure=high", "trust.across=very_high", "context.tension=none"), "-",
                 literature="-", source="Stuhlmacher et al. 1998"),
    )),
    Pattern("more parties make consensus harder", "emergent", (
        Contrast("consensus, 84 seats less 42, second phase", "consensus", (), TWICE, "-", SECOND,
                 literature="±", source="Kerr & MacCoun 1985, Moser & Rose 2012: harder; Earnest 2008: easier"),
    )),
    Pattern("what losing attribution does to proposals: devaluation goes with it, and so does credit", "emergent", (
        Contrast("share agreed, span of 2 less 1000 open proposals", "share_agreed", *SPANS, "+",
                 replaced="claim 23 expects - of the same contrast"),
        Contrast("share agreed, span of 2 less 1000 open proposals", "share_agreed", *SPANS, "±",
                 literature="±", source="blind Delphi helps; lost credit and convergence harm"),
    )),
    Pattern("agreements bunch at the deadline", "assumed", (
        Contrast("share of closed paragraphs closed in the last quarter, less a quarter", "late", (), (), "+", SECOND,
                 literature="+", source="Roth, Murnighan & Schoumaker 1988"),
    )),
)  # fmt: skip


def values_of(runs: Runs, measure: str) -> Floats:
    """A measure of every run (R): one of `DERIVED`, a column, an outcome, or a group's (`satisfaction of business`).

    `blocks of business` is how often its members blocked, over all issues.

    Raises NegsimError for an unknown measure, ValueError for an unknown group.
    """
    if measure in DERIVED:
        return DERIVED[measure](runs)
    name, of, group = measure.partition(" of ")
    if of:
        g = list(runs.scenario.groups).index(group)
        blocks: Floats = runs.results.blocks[:, g, :].sum(axis=1)
        return blocks if name == "blocks" else runs.by_group(name)[:, g]
    return measure_of(runs, measure)


def _excess(when: str) -> Callable[[Runs], Floats]:
    return lambda runs: runs.column(f"perceived_distance_{when}") - runs.column(f"real_distance_{when}")


def _review_success(runs: Runs) -> Floats:
    """Slots of discussion for each proposal tabled; NaN without a proposal."""
    tabled = runs.column("proposals_tabled")
    return np.where(tabled > 0, runs.column("proposals_discussed") / np.maximum(1, tabled), np.nan)


def _late(runs: Runs) -> Floats:
    """Share of the closed paragraphs that closed in the last quarter, less a quarter; NaN if none closed."""
    closed, last = runs.by_issue("closed_at"), runs.column("minutes")[:, None]
    number = (~np.isnan(closed)).sum(axis=1)
    late = (closed > 0.75 * last).sum(axis=1)
    return np.where(number > 0, late / np.maximum(1, number), np.nan) - 0.25


DERIVED: dict[str, Callable[[Runs], Floats]] = {
    "readings_per_issue": lambda runs: runs.column("readings") / len(runs.scenario.issues),
    "excess_start": _excess("start"),  # how much further away others seem than they are
    "excess_end": _excess("end"),
    "review_success": _review_success,
    "late": _late,
    "alikeness": lambda runs: 1.0 - runs.column("spread"),
    "failure_beyond_half": lambda runs: 0.5 - runs.is_outcome(Outcome.CONSENSUS),
    "unused_zone": lambda runs: runs.column("zone_start") - runs.column("share_agreed"),
    "renewal_beyond_half": lambda runs: runs.column("renewal_support") - 0.5,
}


_as_written = cache(load)


class Bench:
    """Runs of scenarios under changes, each computed once.

    always: changes that hold in all of them, unless a contrast changes the same path. rule: what is taken out of all.
    """

    def __init__(self, replications: int, seed: int, always: Changes = (), rule: Rule | None = None) -> None:
        self.replications, self.seed, self.always, self.rule = replications, seed, always, rule
        self._done: dict[tuple[str, Changes], Runs] = {}

    def runs(self, scenario: str, changes: Changes) -> Runs:
        """The runs of a scenario under changes."""
        key = (scenario, changes)
        if key not in self._done:
            changed = with_changes(_as_written(scenario), (*self.always, *changes))
            self._done[key] = (
                run(changed, replications=self.replications, seed=self.seed)
                if self.rule is None
                else run_without(self.rule, changed, replications=self.replications, seed=self.seed)
            )
        return self._done[key]

    def contrast(self, contrast: Contrast) -> Estimate:
        """The estimate of a contrast."""

        def values(changes: Changes) -> Floats:
            return values_of(self.runs(contrast.scenario, changes), contrast.measure)

        if contrast.base == contrast.changed:
            return mean(values(contrast.base))
        effect = values(contrast.changed) - values(contrast.base)
        if contrast.less is None:
            return mean(effect)
        return difference(effect, values(contrast.less[1]) - values(contrast.less[0]))


class Finding(NamedTuple):
    """A target or a contrast, its estimate, and the verdicts on it; a target holds or it does not."""

    pattern: str
    standing: Standing
    label: str
    estimate: Estimate
    expected: str
    literature: str
    verdicts: Verdicts
    of_literature: Verdicts
    replaced: str = ""


IN_RANGE, OUT_OF_RANGE, UNSAID = Verdicts("holds", "holds"), Verdicts("opposite", "opposite"), Verdicts("", "")


def catalogue() -> list[tuple[str, Standing]]:
    """Every target and pattern with its standing; nothing is run."""
    return [
        *((f"{t.process}: `{t.measure}` in {t.low:g} .. {t.high:g}", "calibrated") for t in TARGETS),
        *((pattern.name, pattern.standing) for pattern in PATTERNS),
    ]


def range_of(target: Target) -> str:
    """A target's measure and range."""
    return f"{target.measure} in {target.low:g} .. {target.high:g}"


def calibrated_findings(replications: int) -> Iterator[Finding]:
    """The targets, checked on replications that the search never used."""
    for target, estimate, holds in calibration.check(replications=replications):
        verdicts = IN_RANGE if holds else OUT_OF_RANGE
        yield Finding(target.process, "calibrated", range_of(target), estimate, "in range", "", verdicts, UNSAID)
    base = load(FIRST)
    changed = {name: with_changes(base, changes) for name, changes in SINGLE_CHANGES.items()}
    singles = list(single_changes(FIRST, base, changed, replications=replications, seed=CHECK_SEED))[1:]
    moving = [single.change for single in singles if single.share_agreed_change.excludes_zero]
    number = Estimate(float(len(moving)), float(len(moving)), float(len(moving)), len(singles))
    yield Finding(
        "no floor, no ceiling: single changes that move the first phase", "calibrated", ", ".join(moving), number,
        f"{LEAST_MOVING} or more", "", IN_RANGE if len(moving) >= LEAST_MOVING else OUT_OF_RANGE, UNSAID,
    )  # fmt: skip


def findings(*, replications: int = 1000, seed: int = CHECK_SEED) -> Iterator[Finding]:
    """Every target, then every contrast of every pattern."""
    yield from calibrated_findings(replications)
    bench = Bench(replications, seed)
    for pattern in PATTERNS:
        for contrast in pattern.contrasts:
            estimate = bench.contrast(contrast)
            verdicts, of_literature = (
                by_both(estimate, sign, contrast.measure) for sign in (contrast.expected, contrast.literature)
            )
            yield Finding(
                pattern.name, pattern.standing, contrast.label, estimate, contrast.expected, contrast.literature,
                verdicts, of_literature, contrast.replaced,
            )  # fmt: skip


class Holding(NamedTuple):
    """A target or a contrast, and the share of an ensemble's members for which it holds, by sign alone."""

    pattern: str
    standing: Standing
    label: str
    expected: str
    share: Estimate


def holdings(name: str, *, replications: int = 200, seed: int = CHECK_SEED) -> Generator[Step, None, list[Holding]]:
    """Every target and contrast over the members of an ensemble, each judged by itself on the same replications.

    Contrasts that were replaced, or of which no one sign is expected, are left out. Raises KeyError if a member lacks a
    calibrated parameter.
    """
    sets = members(name)
    held: dict[tuple[str, Standing, str, str], list[float]] = {}
    for n, member in enumerate(sets):
        bench = Bench(replications, seed, changes_of(member))
        for key, holds in (*_calibrated_for(member, replications, seed), *_patterns_for(bench)):
            held.setdefault(key, []).append(float(holds))
        yield n + 1, len(sets), "members"
    return [Holding(*key, share(np.array(values))) for key, values in held.items()]


def changes_of(member: dict[str, float]) -> Changes:
    """The parameters of a member as changes."""
    return tuple(f"parameters.{name}={value!r}" for name, value in member.items())


Judged = tuple[tuple[str, Standing, str, str], bool]  # the first four fields of a `Holding`, and whether it holds


def _calibrated_for(member: dict[str, float], replications: int, seed: int) -> Iterator[Judged]:
    judgement = ensemble.judge(ensemble.values_of(member), replications=replications, seed=seed)
    for target, value in judgement.means.items():
        yield (target.process, "calibrated", range_of(target), "in range"), target.holds(value)
    label = "single changes that move the first phase"
    yield (label, "calibrated", "share agreed", f"{LEAST_MOVING} or more"), judgement.moving >= LEAST_MOVING


def _patterns_for(bench: Bench) -> Iterator[Judged]:
    for pattern in PATTERNS:
        for contrast in pattern.contrasts:
            if contrast.replaced or contrast.expected in {"", "±"}:
                continue
            holds = verdict(bench.contrast(contrast), contrast.expected, SIGN_ALONE) == "holds"
            yield (pattern.name, pattern.standing, contrast.label, contrast.expected), holds
