"""The validation: the protocol of docs/validation_protocol.md, carried out on the 15 built-in cases.

Anyone's cases are validated by `negsim case validate FILES` in the same way; the protocol also scores the model
plausible parameters for all cases, two of which those parameters have seen.
"""

from __future__ import annotations

from pathlib import Path

from negsim.cases import builtin_cases, load_case
from negsim.report.validation import write_validation
from negsim.study.validation import MODEL, OFF, PLAUSIBLE, RUNS, VARIANTS, Variant, under, validate
from research.reports import Report

IN_SAMPLE = "model, plausible for all"
PROTOCOL: dict[str, Variant] = {
    MODEL: VARIANTS[MODEL],
    IN_SAMPLE: lambda case: under(case, PLAUSIBLE),
    OFF: VARIANTS[OFF],
}


def protocol_report(out: Path | None = None, *, replications: int = RUNS, neighbourhood: bool = True) -> Report:
    """Predict every built-in case and write tables and pictures into a folder, if one is given.

    neighbourhood: also predict every case with each code one step off.
    """
    cases = [load_case(name) for name in builtin_cases()]
    result = yield from validate(
        cases, cases, variants=PROTOCOL, replications=replications, neighbourhood=neighbourhood
    )
    return write_validation(result, out)
