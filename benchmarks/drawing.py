"""Draw a replication of a coded case: its tables from a `Sampler`, against `lower(sample(...))`, which defines them.

- Taken over the built-in coded cases that leave something open; a time is the mean over the cases.
- A sampler makes a part of a case when a replication first draws it so. It is therefore timed twice: when it is new,
  and when it has made what it needs.

Checked: the tables of both have the same bits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import numpy as np
from rooms import SEED
from table import Row, Target, times_as_fast
from timing import best

from negsim.cases import builtin_cases, load
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import Sampler, sample

FIRST = 1000  # replications of a sampler
FEW = 50  # replications of the long way
ROUNDS = 3
TARGET = Target(least=20)


def rows() -> Iterator[Row]:
    """Compare a new sampler, and one that has made its parts, with the long way."""
    scenarios = [scenario for scenario in map(load, builtin_cases()) if scenario.uncertain]
    same = all(map(same_tables, scenarios))
    new, again, long_way = np.array([seconds(scenario) for scenario in scenarios]).T
    for what, taken in ((f"the first {FIRST:,}", new), ("parts made", again)):
        ratios = long_way / taken
        row = times_as_fast(
            f"a drawn case, {what}; lower(sample())", taken.mean(), long_way.mean(), same=same, target=TARGET
        )
        yield row._replace(note=row.note or f"{len(ratios)} cases, {ratios.min():.0f} to {ratios.max():.0f}")


def seconds(scenario: Scenario) -> tuple[float, ...]:
    """Time a replication in seconds: of a new sampler, of one that has made its parts, on the long way."""
    sampler = Sampler(scenario, SEED)
    works = (
        lambda: _exhaust(Sampler(scenario, SEED), FIRST),
        lambda: _exhaust(sampler, FIRST),
        lambda: [lower(sample(scenario, SEED, r)) for r in range(FEW)],
    )
    taken = best(works, rounds=ROUNDS, seconds=0.0)
    return tuple(time / count for time, count in zip(taken, (FIRST, FIRST, FEW), strict=True))


def _exhaust(sampler: Sampler, count: int) -> None:
    deque(sampler.cases(0, count), maxlen=0)


def same_tables(scenario: Scenario) -> bool:
    """Return whether both sides give the same bits."""
    pairs = ((case, lower(sample(scenario, SEED, r))) for case, r, _ in Sampler(scenario, SEED).cases(0, FEW))
    return all(one.tobytes() == other.tobytes() for pair in pairs for one, other in zip(*pair, strict=True))
