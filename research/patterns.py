"""The patterns: what the model should show, whether it does, and whether that is assumed, calibrated or emergent.

- A pattern is one or more contrasts: a measure under one change less the same measure under another, on the same
  replications. Each has two expected signs, that of the model's description and that of the literature, and two
  verdicts on each (`contrasts`).
- Corrections made before the runs are kept beside what they replace (research/docs/evidence_protocol.md).
- Only the targets marked calibrated were used to tune anything.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import numpy as np

from negsim.files import write_table
from negsim.report.words import counted
from negsim.scenario.ensembles import members
from negsim.study.estimates import Estimate, share
from negsim.study.runner import Step
from research import calibration, ensemble
from research.calibration import CHECK_SEED, GROUPS, LEAST_MOVING, MISSED, SECOND, TARGETS, Changes, Report, collect
from research.contrasts import Bench, Contrast, Sign, Verdicts, by_both, changes_of, number

Standing = Literal["assumed", "calibrated", "emergent"]

CAUCUS, MIXED = "informal.mixed_evenings=0", "informal.mixed_evenings=1"
NO_PRESSURE, DAYS = "process.chair.pressure=none", "meetings.days_in_all=4"
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
TWICE = tuple(f"groups.{group}.seats={44 if group == 'government' else 10}" for group in GROUPS)


class Pattern(NamedTuple):
    """A claim about the model's behaviour and the contrasts that test it."""

    name: str
    standing: Standing
    contrasts: tuple[Contrast, ...]


def _meetings(method: str, before: int, after: int, *more: str) -> tuple[Changes, Changes]:
    few, many = ((f"meetings.count={m}", f"methodology={method}", *more) for m in (before, after))
    return few, many


def _more_meetings(
    method: str, evenings: str, expected: Sign, counts: tuple[int, int] = (2, 5), *more: str
) -> Contrast:
    base, changed = _meetings(method, *counts, evenings, *more)
    kind = "caucus" if evenings == CAUCUS else "mixed"
    under = "".join({NO_PRESSURE: ", without pressure", DAYS: ", four days in all"}[change] for change in more)
    label = f"{method}, {kind} evenings, {counts[0]} to {counts[1]} meetings{under}"
    return Contrast(label, "share_agreed", base, changed, expected)


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
        _more_meetings("wgigf_2011", CAUCUS, "0")._replace(replaced="claim 1 expects + of the same contrast"),
        _more_meetings("wgigf_2011", MIXED, "+"),
    )),
    Pattern("with the same days in all, more meetings change little", "emergent", (
        _more_meetings("rolling_text", CAUCUS, "0", (2, 4), DAYS),
        _more_meetings("wgigf_2011", CAUCUS, "0", (2, 4), DAYS),
    )),
    Pattern("caucus-only evenings can make more meetings harmful", "emergent", (
        _more_meetings("wgigf_2011", CAUCUS, "-", (5, 8))._replace(replaced="pressure grows with time and hides it"),
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
    Pattern("pressure harms where trust is low", "emergent", (
        Contrast("share agreed, pressure less none, trust across low", "share_agreed",
                 (NO_PRESSURE, "trust.across=low"), ("process.chair.pressure=high", "trust.across=low"), "-",
                 literature="-", source="Carnevale & Lawler 1986"),
    )),
    Pattern("pressure helps where trust is high", "assumed", (
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


def catalogue() -> list[tuple[str, Standing]]:
    """List every target and pattern with its standing; nothing is run."""
    return [
        *((f"{target.process}: `{target.measure}` in {target.range}", "calibrated") for target in (*TARGETS, *MISSED)),
        *((pattern.name, pattern.standing) for pattern in PATTERNS),
    ]


class Finding(NamedTuple):
    """A target or a contrast, its estimate, and the verdicts on it; a target holds or it does not."""

    pattern: str
    standing: Standing
    label: str
    expected: str
    literature: str
    estimate: Estimate
    verdicts: Verdicts
    of_literature: Verdicts = Verdicts("", "")
    replaced: str = ""


IN_RANGE, OUT_OF_RANGE = Verdicts("holds", "holds"), Verdicts("opposite", "opposite")


def calibrated_findings(replications: int) -> Iterator[Finding]:
    """Check the targets on replications that the search never used."""
    for target, estimate, holds in calibration.check(replications=replications):
        label, verdicts = f"{target.measure} in {target.range}", IN_RANGE if holds else OUT_OF_RANGE
        yield Finding(target.process, "calibrated", label, "in range", "", estimate, verdicts)
    alter, share_agreed = calibration.with_values(calibration.DEFAULTS), calibration.FIRST_SHARE
    base = calibration.observe([share_agreed], alter, replications=replications, seed=CHECK_SEED)[share_agreed]
    moving = calibration.moving(alter, base, replications=replications, seed=CHECK_SEED)
    count = float(len(moving))
    yield Finding(
        "no floor, no ceiling: single changes that move the first phase", "calibrated", ", ".join(moving),
        f"{LEAST_MOVING} or more", "", Estimate(count, count, count, len(calibration.SINGLE_CHANGES)),
        IN_RANGE if count >= LEAST_MOVING else OUT_OF_RANGE,
    )  # fmt: skip


def findings(*, replications: int = 1000, seed: int = CHECK_SEED) -> Iterator[Finding]:
    """Check every target, then every contrast of every pattern."""
    yield from calibrated_findings(replications)
    bench = Bench(replications, seed)
    for pattern in PATTERNS:
        for one in pattern.contrasts:
            estimate = bench.contrast(one)
            essay, literature = (by_both(estimate, sign, one.measure) for sign in (one.expected, one.literature))
            yield Finding(
                pattern.name, pattern.standing, one.label, one.expected, one.literature, estimate, essay, literature,
                one.replaced,
            )  # fmt: skip


def patterns_report(replications: int, seed: int, out: Path | None = None) -> Report:
    """Report every target and pattern: estimate, interval, the verdicts by both yardsticks, standing; rows as CSV."""
    total = len(TARGETS) + len(MISSED) + 1 + sum(len(pattern.contrasts) for pattern in PATTERNS)
    steps = findings(replications=replications, seed=seed)
    rows = yield from collect(steps, total, lambda finding: finding.pattern)
    if out is not None:
        header = [
            "pattern", "standing", "contrast", "expected", "literature", "estimate", "low", "high", "runs",
            "sign_alone", "above", "literature_above", "replaced",
        ]  # fmt: skip
        table = ([*f[:5], *f.estimate[:4], *f.verdicts, f.of_literature.above, f.replaced] for f in rows)
        write_table(out, header, table)
    targets = [finding.verdicts.above == "holds" for finding in rows if finding.standing == "calibrated"]
    asked = [f.verdicts for f in rows if f.standing != "calibrated" and f.verdicts.above and not f.replaced]
    by_sign = sum(verdicts.sign_alone == "holds" for verdicts in asked)
    above = sum(verdicts.above == "holds" for verdicts in asked)
    lines = [
        f"{counted(replications, 'replication')} a cell; verdicts by sign alone / above the smallest effect", "",
        *_under_headings(rows, _finding_lines), "",
        f"{sum(targets)} of {len(targets)} targets hold; of {len(asked)} contrasts with an expected sign",
        f"{by_sign} hold by sign alone, {above} above the smallest effect",
    ]  # fmt: skip
    return "\n".join(lines)


def _finding_lines(finding: Finding) -> Iterator[str]:
    yield f"  {finding.label}"
    said = " / ".join(dict.fromkeys(finding.verdicts)) or "a finding"
    literature = f"; literature {finding.literature}: {finding.of_literature.above}" if finding.literature else ""
    replaced = f" (replaced: {finding.replaced})" if finding.replaced else ""
    yield f"    {number(finding.estimate)}  expected {finding.expected or 'nothing'}: {said}{literature}{replaced}"


class Holding(NamedTuple):
    """A target or a contrast, and the share of an ensemble's members for which it holds, by sign alone."""

    pattern: str
    standing: Standing
    label: str
    expected: str
    share: Estimate


def holdings(name: str, *, replications: int = 200, seed: int = CHECK_SEED) -> Generator[Step, None, list[Holding]]:
    """Check every target and contrast over the members of an ensemble, each judged on its own on the same replications.

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


_Held = tuple[tuple[str, Standing, str, str], bool]  # the first four fields of a `Holding`, and whether it holds


def _calibrated_for(member: dict[str, float], replications: int, seed: int) -> Iterator[_Held]:
    values = tuple(member[name] for name in calibration.CALIBRATED)
    judgement = ensemble.judge(values, replications=replications, seed=seed)
    for target, value in judgement.means.items():
        label = f"{target.measure} in {target.range}"
        yield (target.process, "calibrated", label, "in range"), target.holds(value)
    label = "single changes that move the first phase"
    yield (label, "calibrated", "share agreed", f"{LEAST_MOVING} or more"), judgement.moving >= LEAST_MOVING


def _patterns_for(bench: Bench) -> Iterator[_Held]:
    for pattern in PATTERNS:
        for one in pattern.contrasts:
            if not one.replaced and one.expected not in {"", "±"}:
                verdict = by_both(bench.contrast(one), one.expected, one.measure).sign_alone
                yield (pattern.name, pattern.standing, one.label, one.expected), verdict == "holds"


def holdings_report(name: str, replications: int, seed: int, out: Path | None = None) -> Report:
    """Report the share of an ensemble's members for which every target and pattern holds; the rows as CSV."""
    rows = yield from holdings(name, replications=replications, seed=seed)
    if out is not None:
        header = ["pattern", "standing", "contrast", "expected", "share", "low", "high", "members"]
        write_table(out, header, ([*holding[:4], *holding.share[:4]] for holding in rows))
    return "\n".join(
        [
            f"share of the {rows[0].share.observations} members of `{name}` for which a pattern holds",
            f"{counted(replications, 'replication')} a cell and member, which no calibration saw",
            *_under_headings(rows, _holding_lines),
        ]
    )


def _holding_lines(holding: Holding) -> Iterator[str]:
    yield f"  {holding.share.value:>5.0%}  {holding.label}; expected {holding.expected}"


Judged = TypeVar("Judged", Finding, Holding)


def _under_headings(rows: Sequence[Judged], lines: Callable[[Judged], Iterator[str]]) -> Iterator[str]:
    for (pattern, standing), own in groupby(rows, key=lambda row: (row.pattern, row.standing)):
        yield f"{pattern} ({standing})"
        yield from (line for row in own for line in lines(row))
