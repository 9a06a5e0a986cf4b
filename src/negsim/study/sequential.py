"""Looks: a search looks at its runs at fixed counts of replications, and stops when it knows enough.

- No clock decides: the same seed gives the same answer on any machine.
- Looking often finds a chance difference more often. Of m intervals at the level 1 - .05 / m, all hold together at
  95 % (Bonferroni's inequality; Dunn 1961, doi 10.1080/01621459.1961.10482090). So every look is paid for, and every
  comparison made at it, and an interval holds at whichever look a search stops.
- A search goes on until every two effects that matter are ordered, which drops the worse (Paulson 1964, doi
  10.1214/aoms/1177703739), or their difference is known to within `ZONE` and still covers none: then it is indifferent
  which is better (Bechhofer 1954, doi 10.1214/aoms/1177728845), and both are named.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from negsim.cast.measures import lookup
from negsim.negotiation.tables import Floats
from negsim.study.estimates import FEWEST_CHANGED, LEVEL, Estimate, centre_and_error, normal
from negsim.study.table import estimate_of, is_flag, moments, varying_runs

if TYPE_CHECKING:
    from negsim.study.schema import Study

LOOKS = (100, 250, 500, 1000, 2000)  # replications
ZONE = 0.03  # of a scale from 0 to 1: three points
_Answer = TypeVar("_Answer")
_LEAST_ERROR = 1e-300  # of a difference that is the same in all runs


@dataclass(frozen=True)
class Interim(Generic[_Answer]):
    """The answer at a look before the last, which a search yields among its steps."""

    answer: _Answer


def zone_of(measure: str) -> float:
    """Return the differences of a measure that do not matter, `ZONE` of its scale; of one without an end none.

    >>> zone_of("consensus"), zone_of("minutes")
    (0.03, 0.0)
    """
    span = lookup(measure).high - lookup(measure).low
    return ZONE * span if math.isfinite(span) else 0.0


def looks(most: int, *, exactly: bool = False) -> tuple[int, ...]:
    """Return the replications at which a search looks, at most so many; exactly: only there.

    >>> looks(1000), looks(30), looks(1000, exactly=True)
    ((100, 250, 500, 1000), (30,), (1000,))
    """
    return (most,) if exactly else (*(n for n in LOOKS if n < most), most)


def doublings(first: int, most: int) -> tuple[int, ...]:
    """Return the replications at which a cell of a study is looked at: the first, each double of it, and the most.

    >>> doublings(100, 1000)
    (100, 200, 400, 800, 1000)
    """
    return (first, *doublings(2 * first, most)) if first < most else (most,)


def looks_of(study: Study) -> tuple[int, ...]:
    """Return the replications at which a cell of a study may end."""
    return (study.replications,) if study.stop is None else doublings(study.stop.every, study.replications)


def ended_cells(study: Study, look: int, ask: Callable[[str, list[int]], Iterable[tuple[Any, ...]]]) -> set[int]:
    """Return the cells that the stop rule of a study ends at a look, by their runs. ask: answers a query of `runs`."""
    main, at = study.main, level(len(looks_of(study)))
    query = f"SELECT cell, {varying_runs(main)}, {moments(main)} FROM runs WHERE replication < ? GROUP BY cell"
    return {
        cell
        for cell, varying, *numbers in ask(query, [look])
        if is_narrow(study, estimate_of(main, *numbers, level=at), varying)
    }


def is_narrow(study: Study, estimate: Estimate, varying: int) -> bool:
    """Return whether a cell may end at a look, by the interval of its main measure.

    Not where there is none. varying: runs that differ from the most common value; until there are enough, the spread
    of a mean is not known.
    """
    narrow = study.stop is not None and (estimate.high - estimate.low) / 2 <= study.half_width
    return narrow and (is_flag(study.main) or varying >= FEWEST_CHANGED)


def level(looks: int, comparisons: int = 1) -> float:
    """Return the level at which each of several intervals is taken, so that all hold together at 95 %.

    >>> level(4, 5)
    0.9975
    """
    return 1.0 - (1.0 - LEVEL) / (looks * max(1, comparisons))


class Order(Enum):
    """The order of two effects: the first is measurably less or more, nearly the same, or not known well enough."""

    LESS = "less"
    MORE = "more"
    SAME = "same"
    UNKNOWN = "unknown"


def orders(differences: Sequence[Floats], looks: int, *, reach: float = math.inf, zone: float = ZONE) -> list[Order]:
    """Order several pairs of effects, each by the differences in the replications of both, at one of several looks.

    All orders hold together at 95 %, by Holm's procedure (1979, Scandinavian Journal of Statistics 6, 65-70): the
    clearest difference pays for all of them, the next for one fewer, and so on to the first that is not measurable.
    reach: the largest difference, as for `estimates.paired`, where most are 0, so that none is without width.

    >>> import numpy as np
    >>> orders([np.ones(100), np.zeros(100)], 1, reach=1.0)
    [<Order.MORE: 'more'>, <Order.SAME: 'same'>]
    """
    measured = [centre_and_error(some, reach) for some in differences]
    clearest = sorted(range(len(measured)), key=lambda k: -abs(measured[k][0]) / max(measured[k][1], _LEAST_ERROR))
    found = [Order.UNKNOWN] * len(measured)
    for rank, k in enumerate(clearest):
        (centre, error), z = measured[k], normal(level(looks, len(measured) - rank))
        if abs(centre) <= z * error:
            for other in clearest[rank:]:
                found[other] = Order.SAME if z * measured[other][1] <= zone else Order.UNKNOWN
            break
        found[k] = Order.LESS if centre < 0.0 else Order.MORE
    return found
