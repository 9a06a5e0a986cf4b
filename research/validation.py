"""The validation: the protocol of docs/validation_protocol.md, carried out on three sets of cases, each apart.

- The 15 built-in cases; the 74 of `research/cases`; the same 74 with distance and trust unknown.
- Rules, and the weight of the pool, learn from the cases of the same set and other families.
- Below every score of the 74 stands what is weak about them, as `research/cases/README.md` says it.
- Anyone's cases are validated by `negsim case validate FILES` in the same way; the protocol also scores the model with
  plausible parameters for all cases, two of which those parameters have seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from negsim.cases import CodedCase, builtin_cases, load_case
from negsim.report.validation import write_validation
from negsim.study.validation import MODEL, OFF, PLAUSIBLE, RUNS, VARIANTS, Variant, under, validate
from research.reports import Report

IN_SAMPLE = "model, plausible for all"
PROTOCOL: dict[str, Variant] = {
    MODEL: VARIANTS[MODEL],
    IN_SAMPLE: lambda case: under(case, PLAUSIBLE),
    OFF: VARIANTS[OFF],
}
CODED = Path(__file__).with_name("cases")
FOLLOWS_OUTCOME = ("distance", "trust")  # codes of the 74 that may follow the outcome


class Set(NamedTuple):
    """Cases that are scored together: what they are, and what is weak about them."""

    title: str
    cases: Callable[[], list[CodedCase]]
    variants: Mapping[str, Variant]
    weak: Callable[[], str]


def built_in() -> list[CodedCase]:
    """The 15 built-in cases."""
    return [load_case(name) for name in builtin_cases()]


def coded() -> list[CodedCase]:
    """The 74 cases of `research/cases`."""
    return [load_case(path) for path in sorted(CODED.glob("*.yaml"))]


def coded_open() -> list[CodedCase]:
    """The 74 with the codes unknown that may follow the outcome."""
    return [_without(case, FOLLOWS_OUTCOME) for case in coded()]


def _without(case: CodedCase, codes: Sequence[str]) -> CodedCase:
    for name in codes:
        case = case.recoded(name, None)
    return case


def weaknesses() -> str:
    """What is weak about the 74: the list in their README."""
    return (CODED / "README.md").read_text(encoding="utf-8").partition("What is weak")[2].partition("\n")[2].strip()


SETS = {
    "built_in": Set("the 15 built-in cases", built_in, PROTOCOL, lambda: ""),
    "coded": Set("the 74 of research/cases", coded, VARIANTS, weaknesses),
    "coded_open": Set("the 74 with distance and trust unknown", coded_open, VARIANTS, weaknesses),
}


def protocol_report(
    out: Path | None = None, *, name: str = "built_in", replications: int = RUNS, neighbourhood: bool = True
) -> Report:
    """Predict every case of a set and write tables and pictures into a folder, if one is given.

    neighbourhood: also predict every case with each code one step off.
    """
    chosen = SETS[name]
    cases = chosen.cases()
    result = yield from validate(
        cases, cases, variants=chosen.variants, replications=replications, neighbourhood=neighbourhood
    )
    return f"Set: {chosen.title}\n" + write_validation(result, out, weak=chosen.weak())
