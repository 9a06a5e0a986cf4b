"""The agreement of two coders as text a person reads.

Rules that hold here
- Every alpha comes with its interval and its number of units; one that is not defined says why.
"""

from __future__ import annotations

import math

from negsim.scenario.loading import flow
from negsim.scenario.plain import Plain
from negsim.study.agreement import LEVEL, Agreement, Reliability
from negsim.study.effects import Estimate


def agreement_text(found: Agreement) -> str:
    """What `negsim agree` prints."""
    cases = len(found.cases)
    sure = f"intervals at {100 * LEVEL:.0f} % by resampling cases" if cases > 1 else "one case has no intervals"
    lines = [
        f"{cases} case{'s' * (cases != 1)} coded by both; Krippendorff's alpha, ordinal for ordered codes,",
        f"else nominal; {sure}. 1: full agreement, 0: as by chance.",
        "",
        f"{'':<18}{'alpha':>6}  {'interval':<18}{'units':>5}{'same':>6}{'unknown':>9}",
        *(_row(code) for code in found.codes),
        _in_all(found.overall),
        "",
    ]
    if not found.differences:
        return "\n".join([*lines, "no answer differs"])
    width = max(len(one.case) for one in found.differences)
    lines.append("answers that differ")
    lines += [
        f"  {one.case:<{width}}  {one.question:<17} {_said(one.first)} | {_said(one.second)}"
        for one in found.differences
    ]
    return "\n".join(lines)


def _in_all(alpha: Estimate) -> str:
    what = "the mean of the codes, weighted by their units"
    return (
        f"{'in all':<18}{_alpha(alpha.value):>6}  {_interval(alpha.low, alpha.high):<18}{alpha.observations:>5}  {what}"
    )


def _row(code: Reliability) -> str:
    alpha = code.alpha
    why = ""
    if math.isnan(alpha.value):
        why = "  no answer of both" if alpha.observations == 0 else "  all the same: not defined"
    return (
        f"{code.code:<18}{_alpha(alpha.value):>6}  {_interval(alpha.low, alpha.high):<18}"
        f"{alpha.observations:>5}{code.equal:>6}{code.missing:>9}{why}"
    )


def _alpha(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}"


def _interval(low: float, high: float) -> str:
    return "" if math.isnan(low) else f"[{low:.2f}, {high:.2f}]"


def _said(value: Plain) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, dict):
        value = {name: "unknown" if item is None else item for name, item in value.items()}
    return flow(list(value) if isinstance(value, tuple) else value)
