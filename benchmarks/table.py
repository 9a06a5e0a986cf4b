"""The table: a row compares two numbers taken in one run, and says whether the target was met.

A row is called "ours; theirs". That of a growth shows the cost at the smallest and at the largest size instead.

- A ratio above 1 is in our favour, an exponent is an exponent. Where the answers of both sides differ, or there is
  nothing to compare with, there is no ratio.
- A missed target is printed as missed and fails nothing; answers that differ do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import linear_regression
from typing import NamedTuple

from timing import digits, shown

DIFFER, BROKEN = "ANSWERS DIFFER", "BROKEN"
WIDTHS = (61, 13, 15, 9, 11, 7)
HEADER = ("ours; theirs", "ours", "theirs", "ratio", "target", "")


class Target(NamedTuple):
    """The range in which a ratio should lie."""

    least: float = -math.inf
    most: float = math.inf

    def __str__(self) -> str:
        """Format for the table.

        >>> str(Target(least=200)), str(Target(0.9, 1.1))
        ('>= 200', '0.9 .. 1.1')
        """
        if self.most == math.inf:
            return f">= {self.least:g}"
        return f"<= {self.most:g}" if self.least == -math.inf else f"{self.least:g} .. {self.most:g}"


class Row(NamedTuple):
    """One comparison. ours, theirs: as shown; note: what a reader should know besides."""

    what: str
    ours: str = ""
    theirs: str = ""
    ratio: float | None = None
    target: Target | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Met, missed, or nothing where there is no target or no ratio."""
        if self.target is None or self.ratio is None:
            return ""
        return "met" if self.target.least <= self.ratio <= self.target.most else "MISSED"

    @property
    def failed(self) -> bool:
        """True if the row reports something to repair instead of a comparison."""
        return self.note.startswith((DIFFER, BROKEN))

    def line(self) -> str:
        """Format the row in its columns."""
        ratio = "-" if self.ratio is None else digits(self.ratio)
        target = "" if self.target is None else str(self.target)
        return line((self.what, self.ours, self.theirs, ratio, target, self.verdict), self.note)


def times_as_fast(what: str, ours: float, theirs: float, *, same: bool, target: Target | None = None) -> Row:
    """Compare two times, in seconds; `same`: whether both sides gave the same answer."""
    if not same:
        return Row(what, target=target, note=DIFFER)
    return Row(what, shown(ours), shown(theirs), theirs / ours, target)


def growth(what: str, sizes: tuple[int, ...], costs: list[float], *, target: Target | None = None) -> Row:
    """Describe a cost by size: at the smallest and the largest, and the exponent b of cost ~ size^b."""
    at = f"{what}, {sizes[0]} .. {sizes[-1]:,}"
    steps = ", ".join(f"{size:,}: {shown(cost)}" for size, cost in zip(sizes, costs, strict=True))
    return Row(at, shown(costs[0]), shown(costs[-1]), exponent(sizes, costs), target, steps)


def exponent(sizes: tuple[int, ...], costs: list[float]) -> float:
    """Fit the slope of log cost on log size, by least squares.

    >>> round(exponent((1, 10, 100), [3.0, 300.0, 30000.0]), 6)
    2.0
    """
    return linear_regression([math.log(size) for size in sizes], [math.log(cost) for cost in costs]).slope


def line(cells: tuple[str, ...], note: str = "") -> str:
    """Align cells in their columns, the first to the left, the others to the right."""
    first, *others = cells
    columns = [f"{first:<{WIDTHS[0]}}", *(f"{cell:>{width}}" for cell, width in zip(others, WIDTHS[1:], strict=True))]
    return (" ".join(columns) + f"   {note}").rstrip()


def header() -> Iterator[str]:
    """Yield the first lines of the table."""
    yield line(HEADER)
    yield "-" * (sum(WIDTHS) + len(WIDTHS) - 1)
