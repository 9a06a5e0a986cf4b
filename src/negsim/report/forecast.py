"""The forecast of a coded case, below the account of its runs: raw, and pooled with the base rate."""

from __future__ import annotations

from negsim.cases import CodedCase, builtin_cases, load_case
from negsim.report.words import listed, percent
from negsim.study.runner import Runs
from negsim.study.validation import CATEGORIES, USUAL_WEIGHT, forecast


def forecast_text(case: CodedCase, runs: Runs) -> str:
    """What the runs of a coded case foretell, as `negsim run` prints it."""
    raw, pooled = forecast(case, runs.column("outcome"), [load_case(name) for name in builtin_cases()])
    shares = [
        f"{name} {percent(float(p))} ({percent(float(q))})" for name, p, q in zip(CATEGORIES, pooled, raw, strict=True)
    ]
    return (
        "FORECAST, pooled with the base rate (raw in brackets: a simulator is too sure)\n"
        f"  {listed(shares)}\n"
        f"  {percent(USUAL_WEIGHT)} of its weight is how the built-in cases of other families ended\n"
    )
