"""Compare the focal case with the same rules as Python objects, as our Mesa window, and uncompiled.

Each side plays the same replications of the 2011 working group from beginning to end under the same seed. The objects
are the twin of the tests (`tests/twin.py`) with the running sums that the kernels keep too (`objects.py`): delegates
with attributes, dictionaries and lists, a method for each rule, as one would write it for Mesa. The tables of the case
are given to it as dictionaries of plain numbers, since
reading numpy records one by one would slow it down by half.

Checked: outcome, minutes and every position at the end, within 1e-9.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import objects
from processes import Peer
from rooms import DELEGATES, SEED, focal
from table import Row, Target, times_as_fast
from timing import Work, best

from negsim.mesa_model import NegotiationModel
from negsim.negotiation.floor import play
from negsim.negotiation.tables import Case, State
from negsim.randomness import stream
from negsim.scenario.lowering import lower

REPLICATIONS = (0, 1, 2)
WITHIN = 1e-9
TABLES = ("seats", "plan", "formats")


class End(NamedTuple):
    """The end of a run. positions: N,K."""

    outcome: int
    minutes: float
    positions: Any

    def is_like(self, other: End) -> bool:
        """Return whether two ends are the same, but for rounding."""
        near = np.allclose(self.positions, other.positions, rtol=0.0, atol=WITHIN)
        return bool(self.outcome == other.outcome and abs(self.minutes - other.minutes) <= WITHIN and near)


def end_of(state: State) -> End:
    """Return the end of a finished negotiation."""
    return End(int(state.clock["outcome"][0]), float(state.clock["minute"][0]), state.views["position"])


def by_kernels(case: Case, replication: int) -> End:
    """Play one run of the compiled rules."""
    return end_of(play(case, stream(SEED, replication), 0))


def by_objects(case: Case, replication: int) -> End:
    """Play one run of the twin."""
    room = objects.Room(case, SEED, replication)
    deque(room.play(), maxlen=0)
    return End(int(room.outcome), room.minute, [delegate.position for delegate in room.delegates])


def by_window(replication: int) -> End:
    """Step one run as a Mesa model, with data collection."""
    model = NegotiationModel(focal(), rng=SEED, replication=replication)
    while model.running:
        model.step()
    return end_of(model.negotiation.state)


def by_peer(peer: Peer, replication: int) -> End:
    """Play one run in another process: this file, run as a script."""
    peer.ask(replication)
    return End(*json.loads(peer.answer()))


def answer() -> None:
    """Run every replication that is asked for on stdin, and print how it ended."""
    case = lower(focal())
    for asked in sys.stdin:
        end = by_kernels(case, int(asked))
        print(json.dumps(end._replace(positions=end.positions.tolist())), flush=True)


def plain(case: Case) -> Case:
    """Turn the tables of a case into lists of dictionaries of Python's own numbers."""
    tables = {name: getattr(case, name) for name in TABLES}
    rows = {
        name: [dict(zip(table.dtype.names, row.tolist(), strict=True)) for row in table]
        for name, table in tables.items()
    }
    return case._replace(**rows)


def rows() -> Iterator[Row]:
    """Yield one row for each of the three."""
    case = lower(focal())
    ours, objects = partial(by_kernels, case), partial(by_objects, plain(case))
    yield compared("Python objects", ours, objects, Target(least=100))
    yield compared("our Mesa window", ours, by_window)
    with Peer(__file__, env=os.environ | {"NUMBA_DISABLE_JIT": "1"}) as peer:
        yield compared("the same kernels uncompiled", ours, partial(by_peer, peer), replications=REPLICATIONS[:1])


def compared(
    what: str,
    ours: Callable[[int], End],
    theirs: Callable[[int], End],
    target: Target | None = None,
    *,
    replications: tuple[int, ...] = REPLICATIONS,
) -> Row:
    """Compare two ways to play the same replications."""
    same = all(ours(replication).is_like(theirs(replication)) for replication in replications)
    works: list[Work] = [lambda side=side: [side(r) for r in replications] for side in (ours, theirs)]
    seconds = [taken / len(replications) for taken in best(works)]
    return times_as_fast(f"a run of {DELEGATES} delegates; {what}", *seconds, same=same, target=target)


if __name__ == "__main__":
    answer()
