"""Carry out the protocol of research/docs/validation_protocol.md on three sets of cases, each on its own.

- The 15 built-in cases; the 74 of `research/cases`; the same 74 with distance and trust unknown.
- Rules, and the weight of the pool, learn from the cases of the same set and other families.
- Below every score of the 74 stand their weaknesses, as listed in `research/cases/README.md`.
- Above everything stands the table of cases: the model, the rival without a model (`rival`), their sum, the base rate.
- Beside the protocol: the pool that learns from both sets, since fourteen cases are few to learn a weight from.
- Anyone's cases are validated by `negsim case validate FILES` in the same way; the protocol also scores the model with
  plausible parameters for all cases, two of which those parameters have seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from negsim.cases import CodedCase, builtin_cases, load_case
from negsim.report.validation import SCORE_NAMES, write_validation
from negsim.report.words import estimate_text
from negsim.study import validation
from negsim.study.estimates import Estimate
from negsim.study.validation import (
    CONSENSUS_CATEGORY,
    MAIN_SCORE,
    MODEL_RULE,
    MODEL_VARIANTS,
    OFF_RULE,
    OUTCOME_CATEGORIES,
    PLAUSIBLE_ENSEMBLE,
    POOLED_RULE,
    SCORES,
    VALIDATION_RUNS,
    Validation,
    Variant,
)
from research import rival
from research.calibration import Report

BASE_RULE = "base rate"
SURE = 0.95  # from there on a forecast of consensus is a call
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
    result = with_rivals(result)
    table = "\n".join(case_table(result))
    return f"Set: {chosen.title}\n\n{table}\n\n" + write_validation(result, out, weak=chosen.weak())


def with_rivals(result: Validation) -> Validation:
    """Add the forecasts of the rival without a model, and of its sum with the model."""
    codes, model = np.array([rival.codes_of(case) for case in result.cases]), result.predictions[MODEL_RULE]
    alone = rival.forecasts(codes, result.happened, result.families)
    both = rival.forecasts(codes, result.happened, result.families, model)
    return replace(result, predictions=result.predictions | {rival.RIVAL: alone, rival.SUM: both})


def case_table(result: Validation) -> Iterator[str]:
    """Yield the table of cases line by line: the scores of four forecasters, and what they say of parts and wholes."""
    names = (MODEL_RULE, rival.RIVAL, rival.SUM, BASE_RULE)
    width = 2 + max(map(len, names))
    yield f"{'mean over cases':<{width}}{'ranked probability':<24}{'log':<24}{'AUC':<24}called (failed)"
    for name in names:
        scores = [_three_digits(result.over_cases(result.scores(name, score))) for score in (MAIN_SCORE, "log")]
        area = "" if name == BASE_RULE else _three_digits(result.discrimination(name))
        called = result.predictions[name][:, CONSENSUS_CATEGORY] >= SURE
        failed = int((called & (result.reached == 0.0)).sum())
        yield f"{name:<{width}}" + "".join(f"{cell:<24}" for cell in (*scores, area)) + f"{called.sum()} ({failed})"
    yield f"called: forecast to reach consensus with a chance of {SURE:g} or more. The base rate tells no cases apart."
    for what, cases in by_adoption(result).items():
        if len(cases):
            yield ""
            yield f"{f'{what} ({len(cases)})':<40}" + "".join(f"{category:>12}" for category in OUTCOME_CATEGORIES)
            happened = np.bincount(np.array(result.happened)[cases], minlength=len(OUTCOME_CATEGORIES)) / len(cases)
            means = {name: result.predictions[name][cases].mean(axis=0) for name in names}
            for name, row in ({"happened": happened} | means).items():
                yield f"  {name:<38}" + "".join(f"{share:>12.2f}" for share in row)


def _three_digits(estimate: Estimate) -> str:
    interval = "" if np.isnan(estimate.low) else f" [{estimate.low:.3f}, {estimate.high:.3f}]"
    return f"{estimate.value:.3f}{interval}"


def by_adoption(result: Validation) -> dict[str, list[int]]:
    """Return the places of the cases whose bodies adopt in parts, of those that do not, and of those not known."""
    adoption = [case.codes["adoption"].known for case in result.cases]
    words = {"bodies that adopt in parts": "separable", "bodies that adopt a whole": "everything", "not known": None}
    return {what: [n for n, own in enumerate(adoption) if own == word] for what, word in words.items()}


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
