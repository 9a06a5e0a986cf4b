"""Markdown that is made, not written: cells, tables, lists, headings.

Rules that hold here
- Whatever a value is, one function says how it is written; a bar in a cell never ends it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence


def said(value: object) -> str:
    """A value as a cell says it: yes and no, short numbers, lists with commas, nothing for None and NaN.

    >>> said(0.30000000000000004), said(True), said(None), said(("a", 1.0)), said(float("inf"))
    ('0.3', 'yes', '', 'a, 1', '∞')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}".replace("inf", "∞")
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {said(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(said, value))
    return str(value)


def code(text: str) -> str:
    """Text as code.

    >>> code("meetings.count=5")
    '`meetings.count=5`'
    """
    return f"`{text}`"


def grid(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""A table; where no row has anything in a column, the column is left out.

    >>> print(grid(["a", "b"], [["x|y", None]]))
    | a |
    |---|
    | x\|y |
    """
    cells = [[said(value).replace("|", "\\|").replace("\n", " ") for value in row] for row in rows]
    kept = [c for c in range(len(header)) if not cells or any(row[c] for row in cells)]
    lines = [_row([header[c] for c in kept]), f"|{'---|' * len(kept)}"]
    return "\n".join([*lines, *(_row([row[c] for c in kept]) for row in cells)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def bullets(items: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {item}" for item in items)


def document(parts: Iterable[str]) -> str:
    """Parts with an empty line between them, and one end of line at the end."""
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"
