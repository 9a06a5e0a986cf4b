"""Cells of a foreign file, each with its place, and what is wrong with them.

Rules that hold here
- Nothing is repaired: a cell is a number within its limits, or a problem that says what would be right.
- Problems are collected, so that every bad row of a file is named at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from negsim.errors import Mark, Problem, ScenarioError, shown
from negsim.scenario.loading import Form

NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d{1,3})?", re.ASCII)
_MOST_DIGITS = 40


class Cell(NamedTuple):
    """A text and where it stands."""

    text: str
    where: Mark


Row = list[Cell]


class Faults:
    """Everything that is wrong with a file."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def at(self, where: Mark, what: str, message: str) -> None:
        """Keep a problem. what: the column or element it is about, may be empty."""
        self.problems.append(Problem(where, what, message))

    def number(self, cell: Cell, what: str, low: float, high: float) -> float | None:
        """The number in a cell; None, and a problem, for anything else and for what is out of range."""
        found = _problem(cell.text, low, high)
        if found:
            self.at(cell.where, what, found)
        return None if found else float(cell.text)

    def raise_all(self) -> None:
        """Raise `ScenarioError` if there was any problem, in the order of the file."""
        if self.problems:
            raise ScenarioError(sorted(dict.fromkeys(self.problems), key=lambda problem: problem.where))


def _problem(text: str, low: float, high: float) -> str:
    """What keeps a text from being a number within limits, empty if nothing does."""
    limits = f"write a number from {low:g} to {high:g}"
    if not text:
        return f"is empty; {limits}"
    if not NUMBER.fullmatch(text) or len(text) > _MOST_DIGITS:
        comma = NUMBER.fullmatch(text.replace(",", "."))
        return f"{shown(text)} is not a number; {'write a point for the comma' if comma else limits}"
    return "" if low <= float(text) <= high else f"{text} is out of range; {limits}"


def not_empty(text: str, file: str, form: Form) -> None:
    """Raise `ScenarioError` for a file without content."""
    if not text.strip():
        raise ScenarioError([Problem(Mark(file), "", f"is empty; a {form.name} starts with {form.start}")])


def rows_of(text: str, file: str, separator: str, quote: str) -> Iterator[Row]:
    """The rows of separated values that are not blank; a cell's text is stripped, empty cells at the end are gone."""
    for number, line in enumerate(text.split("\n"), 1):
        row = [Cell(value.strip(), Mark(file, number, column)) for column, value in _split(line, separator, quote)]
        while row and not row[-1].text:
            row.pop()
        if row:
            yield row


def _split(line: str, separator: str, quote: str) -> Iterator[tuple[int, str]]:
    """The values of a line, each with the column (from 1) at which it starts.

    >>> list(_split("'#D'|'it''s'|  5|", "|", "'"))
    [(1, '#D'), (6, "it's"), (16, '5'), (18, '')]
    """
    quoted = rf"{quote}((?:[^{quote}]|{quote}{quote})*){quote}[ ]*(?={separator}|$)"
    value = re.compile(rf"([ ]*)(?:{quoted}|([^{separator}]*))")
    line, at = line.rstrip("\r"), 0
    while at <= len(line):
        found = value.match(line, at)
        assert found is not None  # noqa: S101 - the second half matches anything
        _, inner, bare = found.groups()
        yield found.end(1) + 1, inner.replace(quote * 2, quote) if bare is None else _unquoted(bare.strip(), quote)
        at = found.end() + 1


def _unquoted(text: str, quote: str) -> str:
    """A text without the quotes around it, where one within it was not doubled."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == quote else text


def twice(seen: dict[str, Mark], cell: Cell, what: str, faults: Faults) -> bool:
    """Whether a name was given before, which is a problem; if not it is kept."""
    if not cell.text:
        faults.at(cell.where, what, "is empty; write a name")
    elif cell.text in seen:
        first = seen[cell.text].line
        faults.at(cell.where, what, f"{shown(cell.text)} is given twice; the first is on line {first}; remove one")
    else:
        seen[cell.text] = cell.where
        return False
    return True


def columns(row: Row) -> str:
    """How many columns a row has, in words."""
    return f"{len(row)} column{'s' * (len(row) != 1)}"


def listed(words: Iterable[str]) -> str:
    """Words with commas between them, the last ones only counted.

    >>> listed("abc"), listed("abcdefgh")
    ('a, b, c', 'a, b, c, d, e and 3 more')
    """
    names = list(words)
    return ", ".join(names) if len(names) <= 6 else f"{', '.join(names[:5])} and {len(names) - 5} more"
