"""Paths into a scenario, as `basis`, `--set` and messages write them: `process.meetings.Geneva.days`.

Rules that hold here
- Steps are keys; items of a list go by number from 0, or by their `name` where they have one.
- A name may hold dots; the longest name that fits is taken.
"""

from __future__ import annotations

from negsim.errors import did_you_mean, shown
from negsim.scenario.plain import Path, Plain


def follow(data: Plain, text: str) -> tuple[Path, str]:
    """How far a path leads into the data, and what is left of it.

    >>> follow({"a": [{"name": "St. Ann", "b": 1}]}, "a.St. Ann.b.c")
    (('a', 0, 'b'), 'c')
    """
    path: Path = ()
    left = text.split(".")
    while left:
        key, used = _step(data, left)
        if key is None:
            break
        path, data, left = (*path, key), data[key], left[used:]
    return path, ".".join(left)


def value_at(data: Plain, path: Path) -> Plain:
    """The value at a path."""
    for step in path:
        data = data[step]
    return data


def no_such_step(data: Plain, path: Path, left: str) -> str:
    """Why a path does not lead on, with the nearest step that would."""
    here, step = value_at(data, path), left.split(".", maxsplit=1)[0]
    after = f" after {'.'.join(str(part) for part in path)}" if path else ""
    return f"there is no {shown(step)}{after}{did_you_mean(step, _steps(here))}"


def _step(data: Plain, left: list[str]) -> tuple[str | int | None, int]:
    for used in range(len(left), 0, -1):
        key = _key(data, ".".join(left[:used]))
        if key is not None:
            return key, used
    return None, 0


def _key(data: Plain, name: str) -> str | int | None:
    if isinstance(data, dict):
        return name if name in data else None
    if not isinstance(data, list):
        return None
    if name.isdecimal() and len(name) < 6:
        return int(name) if int(name) < len(data) else None
    return next((i for i, item in enumerate(data) if isinstance(item, dict) and item.get("name") == name), None)


def _steps(data: Plain) -> list[str]:
    if isinstance(data, dict):
        return list(data)
    if not isinstance(data, list):
        return []
    return [str(item["name"]) if isinstance(item, dict) and "name" in item else str(i) for i, item in enumerate(data)]
