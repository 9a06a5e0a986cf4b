"""Looks: a search looks at its runs at fixed counts of replications, and stops when it knows enough.

- No clock decides: the same seed gives the same answer on any machine.
- Looking often finds a chance difference more often. Of m intervals at the level 1 - .05 / m, all hold together at
  95 % (Bonferroni's inequality; Dunn 1961, doi 10.1080/01621459.1961.10482090). So a level is paid for every look and
  for every comparison made at it, and an interval holds at whichever look a search stops.
- Two effects that differ by less than `ZONE` are indifferent (Bechhofer 1954, doi 10.1214/aoms/1177728845): a search
  goes on until every rival of a leader is either measurably worse, which drops it (Paulson 1964, doi
  10.1214/aoms/1177703739), or surely within the zone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

import numpy as np

from negsim.negotiation.tables import Floats
from negsim.study.estimates import LEVEL, normal
from negsim.study.table import estimated, is_flag

LOOKS = (100, 250, 500, 1000, 2000)  # replications
ZONE = 0.03  # of a share: three points
_Answer = TypeVar("_Answer")
_FEWEST_VARYING = 20  # runs that differ from the most common value, before the spread of a mean can be believed


@dataclass(frozen=True)
class Interim(Generic[_Answer]):
    """The answer at a look before the last, which a search yields among its steps."""

    answer: _Answer


def looks(most: int, *, exactly: bool = False) -> tuple[int, ...]:
    """Return the replications at which a search looks, at most so many; exactly: only there.

    >>> looks(1000), looks(30), looks(1000, exactly=True)
    ((100, 250, 500, 1000), (30,), (1000,))
    """
    return (most,) if exactly else (*(n for n in LOOKS if n < most), most)


def doublings(first: int, most: int) -> Iterator[int]:
    """Yield the replications at which a cell of a study is looked at: the first, each double of it, and the most.

    >>> list(doublings(100, 1000))
    [100, 200, 400, 800, 1000]
    """
    while first < most:
        yield first
        first *= 2
    yield most


def level(looks: int, comparisons: int = 1) -> float:
    """Return the level at which each of several intervals is taken for all to hold together at 95 %.

    >>> level(4, 5)
    0.9975
    """
    return 1.0 - (1.0 - LEVEL) / (looks * max(1, comparisons))


class Order(Enum):
    """The order of two effects: the first is measurably less or more, surely alike, or the runs do not say."""

    LESS = "less"
    MORE = "more"
    ALIKE = "alike"
    UNKNOWN = "unknown"


def order(differences: Floats, at: float, *, reach: float = 1.0, zone: float = ZONE) -> Order:
    """Order two effects by their differences in the same replications (R), each within -reach and reach.

    The interval, at a level, is that of the differences with one more at each end of their reach, so that none is
    without width. For differences of zeros and ones it is Bonett and Price's (2012, doi 10.3102/1076998611411915). With
    an infinite reach, none is added.

    >>> order(np.zeros(100), 0.95), order(np.zeros(100), level(4, 40)), order(np.ones(100), 0.95)
    (<Order.ALIKE: 'alike'>, <Order.UNKNOWN: 'unknown'>, <Order.MORE: 'more'>)
    """
    values = np.append(differences, [-reach, reach]) if math.isfinite(reach) else differences
    centre, half = float(values.mean()), normal(at) * float(values.std()) / math.sqrt(len(values))
    if centre + half < 0.0:
        return Order.LESS
    if centre - half > 0.0:
        return Order.MORE
    return Order.ALIKE if abs(centre) + half <= zone else Order.UNKNOWN


def is_narrow(measure: str, values: Floats, half_width: float, at: float) -> bool:
    """Return whether the interval of a measure (R) at a level is this narrow.

    Not so where it has none, nor a mean's while nearly all runs are alike: then their spread is not known yet.
    """
    estimate = estimated(measure, values, at)
    varying = len(values) - np.unique(values, return_counts=True)[1].max(initial=0)
    return (estimate.high - estimate.low) / 2 <= half_width and (is_flag(measure) or varying >= _FEWEST_VARYING)
