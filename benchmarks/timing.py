"""Clocks for comparisons.

- Works that are compared take turns, round by round, so that whatever else the machine does hits all of them; each
  counts with its quietest round.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

Work = Callable[[], object]
Clock = Callable[[], float]

ROUNDS = 7
SECONDS = 0.2  # that one work takes in one round, at least


def best(
    works: Sequence[Work], *, rounds: int = ROUNDS, seconds: float = SECONDS, clock: Clock = time.perf_counter
) -> list[float]:
    """Return the seconds that one call of each work takes, warm, in its best round."""
    calls = [_calls(work, seconds, clock) for work in works]
    fastest = [math.inf] * len(works)
    for _ in range(rounds):
        for number, work in enumerate(works):
            fastest[number] = min(fastest[number], _seconds(work, calls[number], clock))
    return fastest


def _calls(work: Work, seconds: float, clock: Clock) -> int:
    """Return how many calls of a work take this long; the first, which may compile, does not count."""
    work()
    calls = 1
    while (taken := _seconds(work, calls, clock) * calls) < seconds / 2:
        calls *= 2
    return max(1, round(calls * seconds / taken))


def _seconds(work: Work, calls: int, clock: Clock) -> float:
    """Return the seconds that a call takes, the mean of `calls`."""
    start = clock()
    for _ in range(calls):
        work()
    return (clock() - start) / calls


def shown(seconds: float) -> str:
    """Format a time in the unit that suits it.

    >>> shown(0.00042)
    '420 us'
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{digits(seconds / size)} {unit}"
    return f"{digits(seconds / 1e-9)} ns"


def digits(number: float) -> str:
    """Format a number with three significant digits, never in powers of ten.

    >>> [digits(number) for number in (0.0123, 1.234, 12345.6)]
    ['0.0123', '1.23', '12,346']
    """
    if number == 0.0:
        return "0"
    places = max(0, 2 - math.floor(math.log10(abs(number))))
    return f"{number:,.{places}f}"
