"""Markdown made by the code: values in cells, tables, lists.

A bar in a value never ends its cell. Texts of a scenario are shown unchanged, whatever marks they contain.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from negsim.report.words import full_columns, reworded
from negsim.scenario import Scenario

_MARKS = re.compile(r"[\\`*|$~]|(?<![^\W_])_|_(?![^\W_])")
_BEGINS_A_BLOCK = re.compile(r"[-+](?=\s|$)|#{1,6}(?=\s|$)|[-=]{2,}$|\+\+\+|%|:::")
_BEGINS_A_LIST = re.compile(r"(\d{1,9})([.)](?:\s|$))")


def verbatim(text: str) -> str:
    r"""Escape a text so that Markdown shows it unchanged; text without Markdown stays readable.

    >>> print(verbatim("a_b <script> *x* $1 [2, 3]"), verbatim("[a](b) _c_"), verbatim("1. one"), verbatim("+2 points"))
    a_b &lt;script&gt; \*x\* \$1 [2, 3] \[a\](b) \_c\_ 1\. one +2 points
    """
    text = _MARKS.sub(r"\\\g<0>", " ".join(text.split()))
    if re.search(r"\][(\[:{]", text):
        text = text.replace("[", r"\[").replace("]", r"\]")
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = f"\\{text}" if _BEGINS_A_BLOCK.match(text) else text
    return _BEGINS_A_LIST.sub(r"\1\\\2", text, count=1) if _BEGINS_A_LIST.match(text) else text


def in_markdown(scenario: Scenario) -> Scenario:
    """Return the scenario with its texts escaped for Markdown."""
    process = scenario.process
    meetings = tuple(reworded(meeting, verbatim, "name") for meeting in process.meetings)
    parts = {
        "issues": {name: reworded(issue, verbatim, "label", "low", "high") for name, issue in scenario.issues.items()},
        "groups": {name: reworded(group, verbatim, "label") for name, group in scenario.groups.items()},
        "camps": {name: reworded(camp, verbatim, "label") for name, camp in scenario.camps.items()},
        "delegates": tuple(reworded(delegate, verbatim, "name") for delegate in scenario.delegates),
        "process": process.model_copy(update={"meetings": meetings}),
    }
    return reworded(scenario, verbatim, "title", "description").model_copy(update=parts)


def cell_text(value: object) -> str:
    """Write a value in a cell: yes and no, short numbers, lists with commas, nothing for None and NaN.

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
    """Mark text as code.

    >>> code("meetings.count=5")
    '`meetings.count=5`'
    """
    return f"`{text}`"


def grid(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""Write a table without its empty columns, "" without rows.

    >>> print(grid(["a", "b"], [["x|y", None]]))
    | a |
    |---|
    | x\|y |
    """
    cells = [[cell_text(value).replace("|", "\\|").replace("\n", " ") for value in row] for row in rows]
    if not cells:
        return ""
    head, *body = full_columns(header, cells)
    return "\n".join([_row(head), f"|{'---|' * len(head)}", *map(_row, body)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def bullets(items: Iterable[str]) -> str:
    """Write a list."""
    return "\n".join(f"- {item}" for item in items)
