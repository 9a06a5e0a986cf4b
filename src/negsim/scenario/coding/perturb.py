"""A case with one code changed by one step: how much hangs on one coder's judgement.

Rules that hold here
- A step leads to the next option in the codebook's order, which for codes that rank nothing is only documented.
- Of several methodologies the last moves: the text at the end comes from it.
- Codes that are not known stay so.
"""

from __future__ import annotations

from collections.abc import Iterator

from negsim.errors import NegsimError, did_you_mean, shown
from negsim.scenario.coding.form import CodedCase
from negsim.scenario.coding.table import QUESTIONS, stepped

STEPS = (-1, 1)


def perturbed(case: CodedCase, name: str, step: int) -> CodedCase | None:
    """The case with a code moved by so many places, or None where there is no such place or the code is not known.

    Raises NegsimError for a code there is not.
    """
    if name not in QUESTIONS:
        raise NegsimError(f"there is no code {shown(name)}{did_you_mean(name, QUESTIONS)}")
    known = case.codes[name].known
    if known is None:
        return None
    *first, last = known if isinstance(known, tuple) else (known,)
    moved = stepped(name, last, step)
    if moved is None:
        return None
    return case.recoded(name, (*first, moved) if isinstance(known, tuple) else moved)


def neighbours(case: CodedCase) -> Iterator[tuple[str, int, CodedCase]]:
    """Every case that is one step from this one: the code, the step, the case."""
    for name in QUESTIONS:
        for step in STEPS:
            changed = perturbed(case, name, step)
            if changed is not None:
                yield name, step, changed
