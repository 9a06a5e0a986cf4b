"""Patterns, calibration and ensemble: each as a text to read, with its rows as CSV.

Every report is a generator of steps that returns the text; with `out` it also writes the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeVar

import numpy as np

from negsim.errors import FailedError
from negsim.files import check_folder, whole_folder, write_table
from negsim.report.words import counted
from negsim.study.estimates import Estimate
from negsim.study.runner import Step
from research import calibration, ensemble, patterns
from research.calibration import CALIBRATED, CHECK_SEED, DEFAULTS, SEARCHED, TARGETS, Point, Values, ranges
from research.ensemble import Judgement
from research.patterns import PATTERNS, Finding, Holding

Report = Generator[Step, None, str]
Row = TypeVar("Row")

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


def patterns_report(replications: int, seed: int, out: Path | None = None) -> Report:
    """Every target and pattern: estimate, interval, the verdicts by both yardsticks, its standing."""
    total = len(TARGETS) + 1 + sum(len(pattern.contrasts) for pattern in PATTERNS)
    steps = patterns.findings(replications=replications, seed=seed)
    findings = yield from collect(steps, total, lambda finding: finding.pattern)
    if out is not None:
        header = [
            "pattern", "standing", "contrast", "expected", "literature", "estimate", "low", "high", "runs",
            "sign_alone", "above", "literature_above", "replaced",
        ]  # fmt: skip
        rows = (
            [
                f.pattern, f.standing, f.label, f.expected, f.literature, *f.estimate,
                *f.verdicts, f.of_literature.above, f.replaced,
            ]
            for f in findings
        )  # fmt: skip
        write_table(out, header, rows)
    targets = [finding.verdicts.above == "holds" for finding in findings if finding.standing == "calibrated"]
    asked = [f for f in findings if f.standing != "calibrated" and f.verdicts.above and not f.replaced]
    by_sign = sum(finding.verdicts.sign_alone == "holds" for finding in asked)
    above = sum(finding.verdicts.above == "holds" for finding in asked)
    lines = [
        f"{counted(replications, 'replication')} a cell; verdicts by sign alone / above the smallest effect", "",
        *_under_headings(findings, _finding_lines), "",
        f"{sum(targets)} of {len(targets)} targets hold; of {len(asked)} contrasts with an expected sign",
        f"{by_sign} hold by sign alone, {above} above the smallest effect",
    ]  # fmt: skip
    return "\n".join(lines)


def _finding_lines(finding: Finding) -> Iterator[str]:
    yield f"  {finding.label}"
    said = " / ".join(dict.fromkeys(finding.verdicts)) or "a finding"
    literature = f"; literature {finding.literature}: {finding.of_literature.above}" if finding.literature else ""
    replaced = f" (first form, replaced: {finding.replaced})" if finding.replaced else ""
    yield f"    {number(finding.estimate)}  expected {finding.expected or 'nothing'}: {said}{literature}{replaced}"


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
    for (pattern, standing), own in groupby(rows, key=lambda row: (row.pattern, row.standing)):
        yield f"{pattern} ({standing})"
        yield from (line for row in own for line in lines(row))


def calibration_report(check_replications: int, out: Path | None = None, *, points: int, replications: int) -> Report:
    """Search anew, name the best point, and check it and the defaults on replications that the search never used."""
    steps = calibration.search(points=points, replications=replications)
    trail = yield from collect(steps, points, lambda point: f"{point.stage}: distance {point.distance:.3f}")
    if out is not None:
        write_table(out, [*_point_header(), "from_start"], ([*_point_row(p), calibration.from_start(p)] for p in trail))
    best = calibration.best(trail)
    middle = np.mean([point.values for point in trail if point.meets] or [best.values], axis=0)
    lines = [
        f"{len(trail)} points, {sum(point.meets for point in trail)} of them meet every target;",
        "the nearest to the start, and the mean of those that meet them:",
        *(f"  {name:<20}{a:8.3f}{b:8.3f}" for name, a, b in zip(CALIBRATED, best.values, middle, strict=True)),
    ]  # fmt: skip
    to_check = {"the nearest": best.values, "the mean": tuple(map(float, middle)), "the defaults": DEFAULTS}
    for what, values in to_check.items():
        lines += ["", f"{what}, on replications that the search never used", *_check_lines(values, check_replications)]
    return "\n".join(lines)


def _point_header() -> list[str]:
    return ["stage", *CALIBRATED, *(f"{target.process}: {target.measure}" for target in SEARCHED), "distance"]


def _point_row(point: Point) -> list[object]:
    return [point.stage, *_rounded(point.values), *point.means, point.distance]


def _check_lines(values: Values, replications: int) -> Iterator[str]:
    for target, estimate, holds in calibration.check(values, replications=replications):
        wanted, verdict = f"{target.low:g} .. {target.high:g}", "holds" if holds else "DOES NOT HOLD"
        yield f"  {target.process}: {target.measure} {estimate}, wanted {wanted}: {verdict}"


def plausible_report(folder: Path, *, points: int = ensemble.FIRST_WAVE, replications: int | None = None) -> Report:
    """Sample the ensemble into a folder (plausible.csv, prior.csv and the trail), and check it on fresh replications.

    points: of the first wave; the others have fewer in proportion. replications: of every point, of the screening and
    of the check (default: `RUNS`, `SCREEN_RUNS`, `CHECK_RUNS`). Raises FailedError if no set passes the screening.
    """
    check_folder(folder, "plausible")
    runs, screen_runs, check_runs = (
        replications or own for own in (ensemble.RUNS, ensemble.SCREEN_RUNS, ensemble.CHECK_RUNS)
    )
    wave = max(1, round(points * ensemble.WAVE / ensemble.FIRST_WAVE))
    steps = ensemble.waves(points=points, wave=wave, replications=runs)
    trail = yield from collect(steps, points + ensemble.WAVES * wave, lambda point: point.stage)
    sets = ensemble.candidates(trail)
    screening = yield from _judgements(sets, "screened", screen_runs, ensemble.SCREEN_SEED)
    members = ensemble.members(screening)
    if not members:
        raise FailedError(f"no set passes the screening on {counted(screen_runs, 'replication')}; try more points")
    checks = yield from _judgements(members, "checked", check_runs, CHECK_SEED)
    with whole_folder(folder, "plausible") as part:
        write_table(part / "plausible.csv", list(CALIBRATED), map(_rounded, members))
        write_table(part / "prior.csv", list(CALIBRATED), map(_rounded, ensemble.prior(ensemble.MEMBERS)))
        write_table(part / "plausible_trail.csv", _point_header(), map(_point_row, trail))
    passed = sum(judgement.clear for judgement in screening)
    fresh = f"on {screen_runs} other replications"
    return "\n".join(
        [
            f"{len(trail)} parameter sets tried; wave by wave, how many met the searched targets:",
            *_wave_lines(trail),
            f"{passed} of {len(screening)} sets that did meet every target, with a margin, {fresh}",
            f"{len(members)} members, drawn of those; on {check_runs} replications never used to choose:",
            *_member_lines(checks),
        ]
    )


def _wave_lines(trail: Sequence[Point]) -> Iterator[str]:
    for stage in dict.fromkeys(point.stage for point in trail):
        own = [point.meets for point in trail if point.stage == stage]
        yield f"  {stage}: {sum(own)} of {len(own)}"


def _judgements(
    sets: Sequence[Values], what: str, replications: int, seed: int
) -> Generator[Step, None, list[Judgement]]:
    steps = ensemble.judgements(sets, replications=replications, seed=seed)
    judged = yield from collect(steps, len(sets), lambda _: f"parameter sets {what}")
    return judged


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
