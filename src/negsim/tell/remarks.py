"""What the sources say about their own declarations: the comment beside a column, the docstring of a rule.

Rules that hold here
- A table in a paper is made from the declaration that the model runs on, so the two cannot differ.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from itertools import dropwhile, takewhile
from types import ModuleType
from typing import Any

_ENTRY = re.compile(r'^ {4}"?(\w+)"?(?: =|=|:|,)[^#]*?(?:  # (.*))?$')
_FORMAT = re.compile(r'^ {4}"(\w+)": ')
_ABOVE = re.compile(r"^ {4}# (.*)$")


def remarks(module: ModuleType, opening: str) -> dict[str, str]:
    """Every entry of the declaration that opens so, with the comment beside it ("" none).

    opening: how its first line starts, such as `DELEGATE = ` or `class State`. Raises KeyError if no line does.

    >>> from negsim.negotiation import case
    >>> remarks(case, "STANCE = ")["position"]
    'mean, 0..1'
    """
    found = (_ENTRY.match(line) for line in _lines(module, opening))
    return {entry[1]: entry[2] or "" for entry in found if entry}


def remarks_above(module: ModuleType, opening: str) -> dict[str, str]:
    """Every keyed entry of the declaration that opens so, with the comment in the line above it ("" none)."""
    found, above = dict[str, str](), ""
    for line in _lines(module, opening):
        if entry := _FORMAT.match(line):
            found[entry[1]] = above
        remark = _ABOVE.match(line)
        above = remark[1] if remark else ""
    return found


def _lines(module: ModuleType, opening: str) -> Iterator[str]:
    """The lines of a declaration after its first, up to its end or its first method."""
    lines = dropwhile(lambda line: not line.startswith(opening), inspect.getsource(module).splitlines())
    if next(lines, None) is None:
        raise KeyError(f"no line of {module.__name__} starts with {opening!r}")
    return takewhile(lambda line: not line or (line.startswith("    ") and not line.startswith("    @")), lines)


def docstring(thing: Any) -> str:  # noqa: ANN401 - a module, a function or a compiled one
    """What a module, a function or a compiled function says it is, as one paragraph."""
    return " ".join((inspect.getdoc(thing) or "").split())


def first_paragraph(thing: Any) -> str:  # noqa: ANN401
    """The first paragraph of a docstring, as one line."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
