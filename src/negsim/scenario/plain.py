"""Plain data: what YAML holds, by the core schema of YAML 1.2, and the paths into it.

Rules that hold here
- `NO`, `yes` and `2011-03-25` are texts; `1e-3`, `0o17` and `010` are numbers (0.001, 15, 10).
- Numbers are finite and short.
"""

from __future__ import annotations

import math
import re
from typing import Any

Scalar = str | int | float | bool | None
Plain = Any  # a scalar, a list of plain data, or a dict of it with texts as keys
Path = tuple[str | int, ...]


def dotted(path: Path) -> str:
    """A path as messages, `basis` and `--set` write it."""
    return ".".join(str(part) for part in path)


_NULL = re.compile(r"null|Null|NULL|~|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_MOST_DIGITS = 40


def scalar(text: str) -> Scalar:
    """The value of a plain scalar in the YAML 1.2 core schema; `ValueError` says what cannot be held.

    >>> [scalar(text) for text in ("NO", "1e-3", "0o17", "true", "~", "2011-03-25")]
    ['NO', 0.001, 15, True, None, '2011-03-25']
    """
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return bool(_TRUE.fullmatch(text))
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a finite number")
    if _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text):
        return _number(text)
    return text


def _number(text: str) -> int | float:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"{text[:12]}... has more than {_MOST_DIGITS} digits")
    if _INTEGER.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return number
