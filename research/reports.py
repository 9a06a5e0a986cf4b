"""Levers, patterns, calibration and ensemble: each as a text to read, with its rows as CSV.

Every report is a generator of steps that returns the text; with `out` it also writes the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from negsim.errors import FailedError
from negsim.files import check_folder, whole_folder, write_table
from negsim.negotiation.tables import Floats
from negsim.report.tables import change_table
from negsim.report.words import counted
from negsim.study.estimates import Estimate
from negsim.study.remedies import UNCHANGED
from negsim.study.runner import Step
from research import calibration, ensemble, patterns
from research.calibration import CALIBRATED, CHECK_SEED, DEFAULTS, SEARCHED, TARGETS, Values, ranges
from research.ensemble import Judgement, Visit
from research.levers import LEVERS_2011, LEVERS_2012, both_phases
from research.patterns import PATTERNS, Finding, Holding

Report = Generator[Step, None, str]
Row = TypeVar("Row")

HYPERCUBE, CLIMB = 150, 450  # points of the search
DIGITS = 4  # of a parameter in a file


def collect(rows: Iterable[Row], total: int, label: Callable[[Row], str]) -> Generator[Step, None, list[Row]]:
    """All rows; a step is a row."""
    rows_so_far: list[Row] = []
    for row in rows:
        rows_so_far.append(row)
        yield len(rows_so_far), total, label(row)
    return rows_so_far


def number(estimate: Estimate) -> str:
    """An estimate with its interval, or alone if the interval is a point."""
    if estimate.low == estimate.high:
        return f"{estimate.value:.3g}"
    return f"{estimate.value:+.3f} [{estimate.low:+.3f}, {estimate.high:+.3f}]"


def verdict(*, holds: bool) -> str:
    """How a report says whether something holds."""
    return "holds" if holds else "DOES NOT HOLD"


def levers_report(replications: int, seed: int, out: Path | None = None) -> Report:
    """What changed at once between the phases, one change at a time."""
    total = 2 + len(LEVERS_2011) + len(LEVERS_2012)
    steps = both_phases(replications=replications, seed=seed)
    levers = yield from collect(steps, total, lambda lever: f"{lever.scenario}: {lever.change}")
    if out is not None:
        write_table(out, *change_table(levers))
    lines = [f"{counted(replications, 'replication')}, the same for every row; changes are paired, intervals at 95 %"]
    for lever in levers:
        change, agreed = number(lever.consensus_change), number(lever.share_agreed_change)
        if lever.change == UNCHANGED:
            lines += ["", f"{lever.scenario:<20}{'consensus':>10}  {'change':<26}{'agreed':>8}  change"]
            change = agreed = ""
        row = (
            f"  {lever.change:<18}{lever.consensus.value:10.3f}  {change:<26}{lever.share_agreed.value:8.3f}  {agreed}"
        )
        lines.append(row.rstrip())
    return "\n".join(lines)


def patterns_report(replications: int, seed: int, out: Path | None = None) -> Report:
    """Every target and pattern: estimate, interval, whether it holds, its standing."""
    total = len(TARGETS) + 1 + sum(len(pattern.contrasts) for pattern in PATTERNS)
    steps = patterns.findings(replications=replications, seed=seed)
    findings = yield from collect(steps, total, lambda finding: finding.pattern)
    if out is not None:
        header = ["pattern", "standing", "contrast", "expected", "estimate", "low", "high", "runs", "holds"]
        rows = ([f.pattern, f.standing, f.label, f.expected, *f.estimate, f.holds] for f in findings)
        write_table(out, header, rows)
    side = "+ or - is the side where the whole interval should lie, 0 asks that it is not above zero"
    lines = [f"{counted(replications, 'replication')} a cell; {side}", "", *_under_headings(findings, _finding_lines)]
    held = sum(finding.holds for finding in findings)
    return "\n".join([*lines, "", f"{held} of {len(findings)} hold"])


def _finding_lines(finding: Finding) -> Iterator[str]:
    yield f"  {finding.label}"
    yield f"    {number(finding.estimate)}  expected {finding.expected}: {verdict(holds=finding.holds)}"


def holdings_report(name: str, replications: int, seed: int, out: Path | None = None) -> Report:
    """Every target and pattern, and the share of an ensemble's members for which it holds."""
    holdings = yield from patterns.holdings(name, replications=replications, seed=seed)
    if out is not None:
        header = ["pattern", "standing", "contrast", "expected", "share", "low", "high", "members"]
        write_table(out, header, ([*holding[:4], *holding.share] for holding in holdings))
    return "\n".join(
        [
            f"share of the {holdings[0].share.observations} members of `{name}` for which a pattern holds",
            f"{counted(replications, 'replication')} a cell and member, which no calibration saw",
            *_under_headings(holdings, _holding_lines),
        ]
    )


def _holding_lines(holding: Holding) -> Iterator[str]:
    yield f"  {holding.share.value:>5.0%}  {holding.label}; expected {holding.expected}"


Judged = TypeVar("Judged", Finding, Holding)


def _under_headings(rows: Sequence[Judged], lines: Callable[[Judged], Iterator[str]]) -> Iterator[str]:
    heading = ""
    for row in rows:
        if row.pattern != heading:
            heading = row.pattern
            yield f"{heading} ({row.standing})"
        yield from lines(row)


def calibration_report(replications: int, out: Path | None = None, *, search_replications: int = 250) -> Report:
    """Search anew, name the best point, and check it and the defaults on replications that the search never used."""
    steps = calibration.search(hypercube=HYPERCUBE, climb=CLIMB, replications=search_replications)
    trail = yield from collect(steps, HYPERCUBE + CLIMB, lambda point: f"{point.stage}: distance {point.distance:.3f}")
    if out is not None:
        targets = [f"{target.process}: {target.measure}" for target in SEARCHED]
        rows = ([p.stage, *p.values, *p.means, p.distance, calibration.from_start(p)] for p in trail)
        write_table(out, ["stage", *CALIBRATED, *targets, "distance", "from_start"], rows)
    best = calibration.best(trail)
    lines = [
        f"{len(trail)} points, {sum(point.distance == 0.0 for point in trail)} of them meet every target; the nearest:",
        *(f"  {name:<20}{value:8.3f}" for name, value in zip(CALIBRATED, best.values, strict=True)),
        "", "that point, on replications that the search never used", *_check_lines(best.values, replications),
        "", "the defaults, likewise", *_check_lines(DEFAULTS, replications),
    ]  # fmt: skip
    return "\n".join(lines)


def _check_lines(values: Values, replications: int) -> Iterator[str]:
    for target, estimate, holds in calibration.check(values, replications=replications):
        wanted = f"{target.low:g} .. {target.high:g}"
        yield f"  {target.process}: {target.measure} {estimate}, wanted {wanted}: {verdict(holds=holds)}"


def plausible_report(folder: Path, *, replications: int | None = None) -> Report:
    """Sample the ensemble into a folder (plausible.csv, prior.csv and the trail), and check it on fresh replications.

    replications: of every step, of the screening and of the check (default: `RUNS`, `SCREEN_RUNS`, `CHECK_RUNS`).
    Raises FailedError if no set passes the screening.
    """
    check_folder(folder, "plausible")
    runs, screen_runs, check_runs = (
        replications or own for own in (ensemble.RUNS, ensemble.SCREEN_RUNS, ensemble.CHECK_RUNS)
    )
    trail: list[Visit] = []
    for number_of_chain in range(ensemble.CHAINS):
        for visit in ensemble.chain(number_of_chain, inside=lambda values: ensemble.meets(values, replications=runs)):
            trail.append(visit)
            yield number_of_chain * ensemble.DRAWS + visit.draw, ensemble.CHAINS * ensemble.DRAWS, "draws"
    sets = [values for visits in _by_chain(trail) for values in ensemble.stops(visits)]
    screening = yield from _judgements(sets, "screened", screen_runs, ensemble.SCREEN_SEED)
    members = ensemble.members(sets, screening)
    if not members:
        raise FailedError(f"no set passes the screening on {counted(screen_runs, 'replication')}; try more")
    checks = yield from _judgements(members, "checked", check_runs, CHECK_SEED)
    with whole_folder(folder, "plausible") as part:
        write_table(part / "plausible.csv", list(CALIBRATED), map(_rounded, members))
        write_table(part / "prior.csv", list(CALIBRATED), map(_rounded, ensemble.prior(ensemble.MEMBERS)))
        rows = ([visit.chain, visit.draw, *_rounded(visit.values), int(visit.met)] for visit in trail)
        write_table(part / "plausible_trail.csv", ["chain", "draw", *CALIBRATED, "met"], rows)
    passed = sum(judgement.clear for judgement in screening)
    fresh = f"on {screen_runs} other replications"
    scale = zip(CALIBRATED, _scale_reduction(trail), strict=True)
    return "\n".join(
        [
            f"{ensemble.CHAINS} chains of {ensemble.DRAWS} draws, {len(trail)} parameter sets tried; scale reduction:",
            "  " + ", ".join(f"{name} {reduction:.2f}" for name, reduction in scale),
            f"{passed} of {len(screening)} sets kept meet every target, with a margin, {fresh}",
            f"{len(members)} members, drawn of those; on {check_runs} replications never used to choose:",
            *_member_lines(checks),
        ]
    )


def _by_chain(trail: Sequence[Visit]) -> list[list[Visit]]:
    return [[visit for visit in trail if visit.chain == chain] for chain in range(ensemble.CHAINS)]


def _judgements(
    sets: Sequence[Values], what: str, replications: int, seed: int
) -> Generator[Step, None, list[Judgement]]:
    """A judgement of every set; equal sets are run once."""
    judgements: dict[Values, Judgement] = {}
    for n, values in enumerate(sets):
        if values not in judgements:
            judgements[values] = ensemble.judge(values, replications=replications, seed=seed)
        yield n + 1, len(sets), f"parameter sets {what}"
    return [judgements[values] for values in sets]


def _rounded(values: Values) -> list[float]:
    return [round(float(value), DIGITS) for value in values]


def _member_lines(checks: Sequence[Judgement]) -> Iterator[str]:
    """What the check shows of every target, and where the members lie in the ranges."""
    for target in TARGETS:
        means = np.array([judgement.means[target] for judgement in checks])
        held = np.mean([target.holds(value) for value in means])
        spread = f"{means.min():.3f} .. {means.max():.3f}"
        yield f"  {target.process}: {target.measure} {spread}, wanted {target.low:g} .. {target.high:g}: {held:.0%}"
    held = np.mean([judgement.holds for judgement in checks])
    least = calibration.LEAST_MOVING
    yield f"  all, and {least} single changes or more move the first phase: {held:.0%} of the members"
    yield f"{'parameter':<22}{'prior':>16}{'plausible: mean':>18}{'5 % .. 95 %':>20}"
    table = np.array([judgement.values for judgement in checks])
    for name, low, high, column in zip(CALIBRATED, *ranges(), table.T, strict=True):
        ends = "{:.3f} .. {:.3f}".format(*np.quantile(column, (0.05, 0.95)))
        yield f"  {name:<20}{f'{low:g} .. {high:g}':>16}{column.mean():>18.3f}{ends:>20}"


def _scale_reduction(trail: Sequence[Visit]) -> Floats:
    """How much wider all chains are than each of them, by parameter: 1 once they agree (Gelman & Rubin 1992)."""
    walks = np.array([ensemble.stops(visits) for visits in _by_chain(trail)])  # chains, stops, parameters
    length = walks.shape[1]
    within, between = walks.var(axis=1, ddof=1).mean(axis=0), walks.mean(axis=1).var(axis=0, ddof=1)
    reduction: Floats = np.sqrt((length - 1) / length + between / within)
    return reduction
