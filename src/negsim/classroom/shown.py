"""Numbers as an answer key shows them: differences, and which of them are largest.

Rules that hold here
- Largest and smallest are judged as shown: all that are shown alike are named.
- What is not zero is not shown as zero, so that everybody can see whether an interval holds it; what is zero is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from negsim.study.effects import Estimate
from negsim.tell.words import signed

MOST = 5  # digits after the point


def in_points(change: Estimate) -> str:
    """A change of a share with its interval, in points of a hundred.

    >>> in_points(Estimate(0.19, 0.13, 0.251, 200)), in_points(Estimate(0.024, 0.003, 0.045, 200))
    ('+19 points [+13, +25]', '+2.4 points [+0.3, +4.5]')
    >>> in_points(Estimate(0.0, 0.0, 0.0, 200)), in_points(Estimate(0.01, -0.01, 0.02, 200))
    ('0 points [0, 0]', '+1 point [−1, +2]')
    """
    value, low, high = _shown([100 * number for number in change[:3]], 0)
    return f"{value} point{'' if value in ('+1', '−1') else 's'} [{low}, {high}]"


def in_units(change: Estimate) -> str:
    """A change of any other measure with its interval.

    >>> in_units(Estimate(0.3, 0.21, 0.39, 200)), in_units(Estimate(0.0012, 0.0004, 0.002, 200))
    ('+0.30 [+0.21, +0.39]', '+0.0012 [+0.0004, +0.0020]')
    """
    value, low, high = _shown(change[:3], 2)
    return f"{value} [{low}, {high}]"


def highest(found: Mapping[str, float], shown: Callable[[float], str]) -> list[str]:
    """The names with the largest number, as it is shown.

    >>> highest({"a": 0.301, "b": 0.1, "c": 0.299}, two_digits), lowest({"a": 0.3, "b": 0.1}, two_digits)
    (['a', 'c'], ['b'])
    """
    return _shown_as(max(found.values()), found, shown)


def lowest(found: Mapping[str, float], shown: Callable[[float], str]) -> list[str]:
    """The names with the smallest."""
    return _shown_as(min(found.values()), found, shown)


def _shown_as(number: float, found: Mapping[str, float], shown: Callable[[float], str]) -> list[str]:
    return [name for name, other in found.items() if shown(other) == shown(number)]


def two_digits(number: float) -> str:
    """A depth or a score."""
    return f"{number:.2f}"


def _shown(numbers: Sequence[float], least: int) -> list[str]:
    """Numbers with a sign and as few digits as show all that are not zero."""
    digits = next((n for n in range(least, MOST) if not any(_vanishes(number, n) for number in numbers)), MOST)
    return [signed(number, digits) if number else "0" for number in numbers]


def _vanishes(number: float, digits: int) -> bool:
    return number != 0.0 and round(number, digits) == 0.0
