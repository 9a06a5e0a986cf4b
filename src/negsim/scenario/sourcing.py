"""Where the numbers of a scenario come from: its `sources`, and its `basis`, a path to a reason.

Rules that hold here
- A basis starts with a source and a colon, or with `coding:` (read off a source by judgement), `assumption:` or
  `derived:` (computed from other numbers).
- A basis covers everything under its path; the longer path says it more precisely.
"""

from __future__ import annotations

from collections.abc import Iterator

from negsim.errors import did_you_mean, shown
from negsim.scenario.codebook import WORDS
from negsim.scenario.paths import follow, no_such_step, value_at
from negsim.scenario.plain import Path, Plain, dotted
from negsim.scenario.values import is_number

KINDS = ("coding", "assumption", "derived")
_TEXTS = ("title", "description", "text", "url", "label", "low", "high", "name", "theme", "group", "by", "camp")


def basis_problems(data: dict[str, Plain]) -> Iterator[tuple[Path, str]]:
    """What is wrong with the basis of a file: sources it does not list, paths that lead nowhere."""
    basis, sources = data.get("basis"), data.get("sources")
    for path, reason in basis.items() if isinstance(basis, dict) else ():
        reached, left = follow(data, path)
        if left and not _in_shorthand(data, reached):
            yield ("basis", path), no_such_step(data, reached, left)
        if isinstance(reason, str) and (problem := _reason_problem(reason, sources or {})):
            yield ("basis", path), problem


def _in_shorthand(data: Plain, reached: Path) -> bool:
    return bool(reached) and not isinstance(value_at(data, reached), dict | list)


def _reason_problem(reason: str, sources: Plain) -> str:
    start, colon, _ = reason.partition(":")
    known = [*KINDS, *(sources if isinstance(sources, dict) else ())]
    if not colon:
        return f"{shown(reason)} names no source; start with one, or with {', '.join(KINDS)}, and a colon"
    return "" if start in known else f"unknown source {shown(start)}{did_you_mean(start, known)}"


def tidied(basis: dict[str, str], data: Plain) -> dict[str, str]:
    """The basis with its paths as they are in resolved data; what is no longer there is dropped."""
    kept: dict[str, str] = {}
    for path, reason in basis.items():
        reached, left = follow(data, path)
        if not reached or (left and isinstance(value_at(data, reached), list) and not _number_pair(data, reached)):
            continue
        here = path[: len(path) - len(left)].rstrip(".")
        kept[here] = f"{kept[here]}; {reason}" if here in kept and reason not in kept[here] else reason
    return kept


def _number_pair(data: Plain, reached: Path) -> bool:
    return all(is_number(item) for item in value_at(data, reached))


def unsourced(data: dict[str, Plain]) -> list[str]:
    """Paths of the numbers and codebook words in a file, as written, that no basis covers."""
    basis = data.get("basis") or {}
    covered = [follow(data, path)[0] for path in basis]
    leaves = (path for path in _numbers(data, ()) if path[0] not in ("format", "sources", "basis"))
    return [dotted(path) for path in leaves if not any(path[: len(prefix)] == prefix for prefix in covered)]


def _numbers(data: Plain, path: Path) -> Iterator[Path]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        if is_number(value) or (isinstance(value, str) and value in WORDS and key not in _TEXTS):
            yield (*path, key)
        else:
            yield from _numbers(value, (*path, key))
