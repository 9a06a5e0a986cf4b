"""Carry out the protocol of research/docs/validation_protocol.md on three sets of cases, each on its own.

- The 15 built-in cases; the 74 of `research/cases`; the same 74 with distance and trust unknown.
- Rules, and the weight of the pool, learn from the cases of the same set and other families.
- Below every score of the 74 stand their weaknesses, as listed in `research/cases/README.md`.
- Beside the protocol: the pool that learns from both sets, since fourteen cases are few to learn a weight from.
- Anyone's cases are validated by `negsim case validate FILES` in the same way; the protocol also scores the model with
  plausible parameters for all cases, two of which those parameters have seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from negsim.cases import CodedCase, builtin_cases, load_case
from negsim.report.validation import SCORE_NAMES, write_validation
from negsim.report.words import estimate_text
from negsim.study import validation
from negsim.study.validation import (
    MODEL_RULE,
    MODEL_VARIANTS,
    OFF_RULE,
    PLAUSIBLE_ENSEMBLE,
    POOLED_RULE,
    SCORES,
    VALIDATION_RUNS,
    Variant,
)
from research.calibration import Report

IN_SAMPLE = "model, plausible for all"
PROTOCOL: dict[str, Variant] = {
    MODEL_RULE: MODEL_VARIANTS[MODEL_RULE],
    IN_SAMPLE: lambda case: validation.under(case, PLAUSIBLE_ENSEMBLE),
    OFF_RULE: MODEL_VARIANTS[OFF_RULE],
}
CODED = Path(__file__).with_name("cases")


class Set(NamedTuple):
    """Cases that are scored together: what they are, and their weaknesses."""

    title: str
    cases: Callable[[], list[CodedCase]]
    variants: Mapping[str, Variant]
    weak: Callable[[], str]


def built_in() -> list[CodedCase]:
    """Load the 15 built-in cases."""
    return [load_case(name) for name in builtin_cases()]


def coded() -> list[CodedCase]:
    """Load the 74 cases of `research/cases`."""
    return [load_case(path) for path in sorted(CODED.glob("*.yaml"))]


def coded_open() -> list[CodedCase]:
    """Load the 74 with the codes unknown that may follow the outcome."""
    return [case.recoded("distance", None).recoded("trust", None) for case in coded()]


def weaknesses() -> str:
    """Return the weaknesses of the 74: the list in their README."""
    return (CODED / "README.md").read_text(encoding="utf-8").partition("What is weak")[2].partition("\n")[2].strip()


SETS = {
    "built_in": Set("the 15 built-in cases", built_in, PROTOCOL, lambda: ""),
    "coded": Set("the 74 of research/cases", coded, MODEL_VARIANTS, weaknesses),
    "coded_open": Set("the 74 with distance and trust unknown", coded_open, MODEL_VARIANTS, weaknesses),
}


def protocol_report(
    out: Path | None = None, *, name: str = "built_in", replications: int = VALIDATION_RUNS, neighbourhood: bool = True
) -> Report:
    """Predict every case of a set and write tables and pictures into a folder, if one is given.

    neighbourhood: also predict every case with each code one step off.
    """
    chosen = SETS[name]
    cases = chosen.cases()
    result = yield from validation.validate(
        cases, cases, variants=chosen.variants, replications=replications, neighbourhood=neighbourhood
    )
    return f"Set: {chosen.title}\n" + write_validation(result, out, weak=chosen.weak())


def pool_report(*, replications: int = VALIDATION_RUNS) -> Report:
    """Score the pool whose base rate and weight learn from both sets, on each; never from a case's own family."""
    sets = {SETS[name].title: SETS[name].cases() for name in ("built_in", "coded")}
    cases = [case for members in sets.values() for case in members]
    only = {MODEL_RULE: MODEL_VARIANTS[MODEL_RULE]}
    result = yield from validation.validate(cases, variants=only, replications=replications, neighbourhood=False)
    low, high = result.weights.min(), result.weights.max()
    lines = [f"w {low:.2f} to {high:.2f}, learned from the cases of other families in both sets"]
    last = 0
    for title, members in sets.items():
        first, last = last, last + len(members)
        lines.append(f"\n{title:<26}" + "".join(f"{SCORE_NAMES[name]:<24}" for name in SCORES))
        ours, theirs = (
            np.array([result.scores(forecaster, score)[first:last] for score in SCORES])
            for forecaster in (POOLED_RULE, "base rate")
        )
        for name, values in {"pooled": ours, "base rate": theirs, "pooled less base rate": ours - theirs}.items():
            estimates = (validation.over_families(row, result.families[first:last]) for row in values)
            lines.append(f"  {name:<24}" + "".join(f"{estimate_text(estimate):<24}" for estimate in estimates))
    return "\n".join(line.rstrip() for line in lines)
