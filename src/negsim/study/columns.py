"""The columns that a part of a study must hold, whoever wrote it: their names, types and possible values.

- A digest shows that a part is unchanged, not that negsim wrote it. So a part is checked against its study before
  anything is computed from it: cells of the design, existing outcomes, finite numbers.
- A column of numbers may be NULL where a measure does not apply; one that says which run a row is may not.
- Texts of factors and what replications drew (`drawn.PATH`) are only shown, and so may be anything.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from negsim.cast.measures import lookup
from negsim.errors import NegsimError, literal
from negsim.negotiation.measures import SERIES
from negsim.study import store
from negsim.study.schema import DETAIL_PREFIXES, DRAWN_PREFIX, OUTCOME_NAMES, Factor, Study
from negsim.study.table import column_of, measures_of, quoted

_LARGEST_FLOAT = sys.float_info.max
_HOW_TO_REDO = "remove the file and sweep again with the same study, which makes it anew"


class _Rule(NamedTuple):
    """The requirements of a column.

    kind: `number`, `flag` or `text`, "" for any. sound: a condition on each value, in SQL. right: the same in words.
    """

    kind: str = ""
    sound: str = ""
    right: str = ""


def check_parts(study: Study, cells: int, *, runs: Sequence[Path], series: Sequence[Path]) -> None:
    """Raise NegsimError for the first part that does not hold what its study keeps. cells: how many there are."""
    which = {
        "cell": _whole(0, cells - 1),
        **{factor.name: _levels(factor) for factor in study.factors},
        "seed": _whole(study.seed, study.seed),
        "replication": _whole(0, study.replications - 1),
    }
    words = ", ".join(f"'{name}'" for name in OUTCOME_NAMES)
    outcome = _Rule("text", f"coalesce({{}} IN ({words}), false)", f"one of {', '.join(OUTCOME_NAMES)}")
    measures = {name: _number(name) for name in ("consensus", *measures_of(study))}
    _check(
        runs,
        which | {"outcome": outcome} | measures,
        optional=(DRAWN_PREFIX, *(DETAIL_PREFIXES if study.detail else ())),
    )
    minute = _Rule("number", "coalesce({} >= 0, false) AND isfinite({})", "a minute, from 0")
    _check(series, which | {"minute": minute} | {name: _number(name) for name in SERIES}, optional=())


def _whole(low: int, high: int) -> _Rule:
    right = f"{low}" if low == high else f"a whole number from {low} to {high}"
    return _Rule("number", f"coalesce({{}} BETWEEN {low} AND {high} AND {{}} = trunc({{}}), false)", right)


def _levels(factor: Factor) -> _Rule:
    return _Rule({"b": "flag", "i": "number", "f": "number"}.get(column_of([], factor.values).dtype.kind, ""))


def _number(name: str) -> _Rule:
    """Return the rule for a measure: a flag lies between 0 and 1, as intervals of shares require; others are finite."""
    low, high = (0.0, 1.0) if lookup(name).kind == "flag" else (-_LARGEST_FLOAT, _LARGEST_FLOAT)
    sound = f"{{}} BETWEEN '{low}'::DOUBLE AND '{high}'::DOUBLE"
    return _Rule("number", sound, "from 0 to 1" if high == 1.0 else "a finite number")


def _check(parts: Sequence[Path], rules: dict[str, _Rule], *, optional: tuple[str, ...]) -> None:
    """Check the columns of parts against their rules. optional: prefixes of further columns."""
    for part, kinds in store.kinds(parts).items():
        for problem in _misfits(kinds, rules, optional):
            raise NegsimError(f"{part}: {problem}; {_HOW_TO_REDO}")
    sound = {name: rule.sound.replace("{}", quoted(name)) for name, rule in rules.items() if rule.sound}
    for name in store.unsound(parts, sound):
        for part in parts:
            if value := store.first_unsound(part, name, sound[name]):
                raise NegsimError(f"{part}: {name} is {literal(value[0])}, not {rules[name].right}; {_HOW_TO_REDO}")


def _misfits(kinds: dict[str, str], rules: dict[str, _Rule], beginnings: tuple[str, ...]) -> Iterator[str]:
    """List what is wrong with the columns of a part. kinds: of its columns."""
    yield from (f"has no column {literal(name)}" for name in rules if name not in kinds)
    for name, kind in kinds.items():
        if name not in rules and not name.startswith(beginnings):
            yield f"has a column {literal(name)}, which the study does not keep"
        needed = rules[name].kind if name in rules else "" if name.startswith(DRAWN_PREFIX) else "number"
        if needed and kind != needed:
            yield f"{literal(name)} is a column of {kind}s, not of {needed}s"
