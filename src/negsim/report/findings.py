"""Calibration, levers and patterns as tables a person reads, and as CSV for whoever computes on.

Rules that hold here
- Each function is a generator of steps that returns the text; with `out` it also writes the rows as CSV.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path

from negsim.files import write_table
from negsim.negotiation.parameters import Parameters
from negsim.report.words import counted
from negsim.study import evidence
from negsim.study.estimates import Estimate
from negsim.study.patterns import PATTERNS, Finding, patterns
from negsim.study.runner import Step

HYPERCUBE, CLIMB = 150, 450


def number(estimate: Estimate) -> str:
    """An estimate with its interval, or alone where there is none."""
    if estimate.low == estimate.high:
        return f"{estimate.value:.3g}"
    return f"{estimate.value:+.3f} [{estimate.low:+.3f}, {estimate.high:+.3f}]"


def patterns_report(replications: int, seed: int, out: Path | None = None) -> Generator[Step, None, str]:
    """Every pattern: estimate, interval, whether it holds, and whether it is assumed, calibrated or emergent."""
    total = len(evidence.TARGETS) + 1 + sum(len(pattern.contrasts) for pattern in PATTERNS)
    found: list[Finding] = []
    for finding in patterns(replications=replications, seed=seed):
        found.append(finding)
        yield len(found), total, finding.pattern
    if out is not None:
        header = ["pattern", "standing", "contrast", "expected", "estimate", "low", "high", "runs", "holds"]
        write_table(out, header, (_row(finding) for finding in found))
    side = "+ or - is the side where the whole interval should lie, 0 asks that it is not above zero"
    lines = [f"{counted(replications, 'replication')} a cell; {side}", ""]
    heading = ""
    for finding in found:
        if finding.pattern != heading:
            heading = finding.pattern
            lines += [f"{heading} ({finding.standing})"]
        verdict = "holds" if finding.holds else "DOES NOT HOLD"
        lines += [f"  {finding.label}", f"    {number(finding.estimate)}  expected {finding.expected}: {verdict}"]
    held = sum(finding.holds for finding in found)
    return "\n".join([*lines, "", f"{held} of {len(found)} hold"])


def _row(finding: Finding) -> list[object]:
    estimate = finding.estimate
    return [
        finding.pattern, finding.standing, finding.label, finding.expected, estimate.value, estimate.low,
        estimate.high, estimate.observations, finding.holds,
    ]  # fmt: skip


def calibration_report(replications: int, out: Path | None = None) -> Generator[Step, None, str]:
    """Search anew, say which point is chosen, and check it and the defaults on replications never searched."""
    trail: list[evidence.Point] = []
    for point in evidence.search(hypercube=HYPERCUBE, climb=CLIMB):
        trail.append(point)
        yield len(trail), HYPERCUBE + CLIMB, f"{point.stage}: distance {point.distance:.3f}"
    if out is not None:
        targets = [f"{target.process}: {target.measure}" for target in evidence.SEARCHED]
        header = ["stage", *evidence.CALIBRATED, *targets, "distance", "from_start"]
        write_table(out, header, (_trail_row(point) for point in trail))
    best = evidence.chosen(trail)
    values = dict(zip(evidence.CALIBRATED, best.values, strict=True))
    lines = [
        f"{len(trail)} points, {sum(point.distance == 0.0 for point in trail)} of them meet every target; chosen:",
        *(f"  {name:<20}{value:8.3f}" for name, value in values.items()),
    ]
    parameters = Parameters()._replace(**values)
    lines += ["", "the chosen point, on replications not used to choose", *_checks(replications, parameters)]
    return "\n".join([*lines, "", "the defaults, likewise", *_checks(replications, None)])


def _trail_row(point: evidence.Point) -> list[object]:
    return [point.stage, *point.values, *point.observed, point.distance, evidence.from_start(point)]


def _checks(replications: int, parameters: Parameters | None) -> Iterable[str]:
    for target, estimate, holds in evidence.check(replications=replications, parameters=parameters):
        wanted = f"{target.low:g} .. {target.high:g}"
        verdict = "holds" if holds else "DOES NOT HOLD"
        yield f"  {target.process}: {target.measure} {estimate}, wanted {wanted}: {verdict}"


def levers_report(replications: int, seed: int, out: Path | None = None) -> Generator[Step, None, str]:
    """What history changed at once, one change at a time: added to the first phase, left out of the second."""
    total = 2 + len(evidence.LEVERS_2011) + len(evidence.LEVERS_2012)
    found: list[evidence.Lever] = []
    for lever in evidence.all_levers(replications=replications, seed=seed):
        found.append(lever)
        yield len(found), total, f"{lever.base}: {lever.lever}"
    if out is not None:
        header = ["base", "lever"]
        for name in ("consensus", "consensus_change", "share_agreed", "share_agreed_change"):
            header += [name, f"{name}_low", f"{name}_high"]
        write_table(out, header, (_lever_row(lever) for lever in found))
    lines = [f"{counted(replications, 'replication')}, the same for every row; changes are paired, intervals at 95 %"]
    base = ""
    for lever in found:
        if lever.base != base:
            base = lever.base
            lines += ["", f"{base:<20}{'consensus':>10}  {'change':<26}{'agreed':>8}  change"]
        change = "" if lever.lever == "as it was" else number(lever.consensus_change)
        agreed = "" if lever.lever == "as it was" else number(lever.share_agreed_change)
        row = f"  {lever.lever:<18}{lever.consensus.value:10.3f}  {change:<26}{lever.share_agreed.value:8.3f}  {agreed}"
        lines.append(row.rstrip())
    return "\n".join(lines)


def _lever_row(lever: evidence.Lever) -> list[object]:
    row: list[object] = [lever.base, lever.lever]
    for estimate in lever[2:]:
        row += [estimate.value, estimate.low, estimate.high]
    return row
