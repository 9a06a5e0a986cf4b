"""Markdown made by the code: values in cells, tables, lists, and templates with sentences around them.

A bar in a value never ends its cell. A name that a template misspells is an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def cell_text(value: object) -> str:
    """A value in a cell: yes and no, short numbers, lists with commas, nothing for None and NaN.

    >>> cell_text(0.30000000000000004), cell_text(True), cell_text(None), cell_text(("a", 1.0)), cell_text(float("inf"))
    ('0.3', 'yes', '', 'a, 1', '∞')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}".replace("inf", "∞")
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {cell_text(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(cell_text, value))
    return str(value)


def code(text: str) -> str:
    """Text as code.

    >>> code("meetings.count=5")
    '`meetings.count=5`'
    """
    return f"`{text}`"


def grid(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""A table without its empty columns.

    >>> print(grid(["a", "b"], [["x|y", None]]))
    | a |
    |---|
    | x\|y |
    """
    cells = [[cell_text(value).replace("|", "\\|").replace("\n", " ") for value in row] for row in rows]
    full = [c for c in range(len(header)) if not cells or any(row[c] for row in cells)]
    lines = [_row([header[c] for c in full]), f"|{'---|' * len(full)}"]
    return "\n".join([*lines, *(_row([row[c] for c in full]) for row in cells)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def bullets(items: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {item}" for item in items)


def document(parts: Iterable[str]) -> str:
    """Parts with an empty line between them, and one end of line at the end."""
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def fill(template: str, **values: object) -> str:
    """A template of this room with values. Raises jinja2's UndefinedError for a name that the values do not have."""
    text = _environment().get_template(template).render(values)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701 - Markdown; `grid` escapes what a cell needs
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
