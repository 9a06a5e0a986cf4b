"""Compare whole runs with those of the reference commit and of the first form of the rules, and compilation too.

The reference is the commit in `.ci/reference`, with which `same_bits.py` compares numbers: the built-in scenarios may
not become slower. The first form is a commit that is fixed here; its last commit says what compiling took. Both are
extracted and compiled here. Each side is a process with its own sources, its own `rooms.py` and its own kernels; they
take turns, round by round, and the processor's seconds count, so that other load on the machine counts little. A batch
plays a case from beginning to end, replication after replication, and measures it.

The rules of the first form differ, so there are no answers to compare; a row gives the number of readings in a run of
each side, since their cost differs most.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple

from processes import Peer, weigh
from rooms import DELEGATES, FOCAL
from same_bits import HERE, TREE, Side, check_out, commit_of, environment, make_ready
from table import Row, Target, times_as_fast
from timing import digits

from negsim.report.age import last_change

# The first form of the rules: the commit whose runs are played, and the last one.
FIRST_FORM = "3c11f85ffc25b88b707f678cb45a351e494817e5"
LAST_OF_FIRST_FORM = "9bb387aaeb210181530a3f0cd995ede788e6acf3"
COMPILING = Target(least=1.0 / 1.3)
KEPT = "NEGSIM_BENCH_REFERENCE"  # environment: a folder where the first form and its kernels are kept for the next time

PLAYER = """
import sys, time
import numpy as np
sys.path.insert(0, "benchmarks")
try:
    from negsim.negotiation.runs import replicate
except ImportError:
    from negsim.negotiation.many import replicate
from negsim import load
from negsim.negotiation.measures import MEASURES
from negsim.scenario.lowering import lower
from rooms import FOCAL, SEED, room
cases = {}
for line in sys.stdin:
    name, size, runs = line.split()
    if (name, size) not in cases:
        cases[name, size] = room(int(size)) if name == FOCAL else lower(load(name))
    start = time.process_time()
    runs = replicate(cases[name, size], np.uint64(SEED), 0, int(runs)).runs
    seconds = time.process_time() - start
    readings = runs["readings"] if runs.dtype.names else runs[:, list(MEASURES).index("readings")]
    print(seconds, readings.mean(), flush=True)
"""


class Batch(NamedTuple):
    """The runs to play: the first batch of `counted` runs gives the readings, then come `rounds` of `runs`."""

    case: str
    delegates: int
    counted: int
    runs: int
    rounds: int
    target: Target | None = None


BATCHES = (
    Batch(FOCAL, DELEGATES, 1000, 20, 60, Target(least=0.7)),
    Batch("cstd_wgigf_2012", DELEGATES, 1000, 20, 40, Target(least=0.5)),
    Batch(FOCAL, 500, 20, 2, 20),
    Batch(FOCAL, 2000, 4, 2, 5),
)
SEATS = {"classroom": 12, FOCAL: DELEGATES, "cstd_wgigf_2012": DELEGATES, "netmundial_2014": 80, "wgig_2005": 40}
BUILT_IN = tuple(Batch(name, seats, 300, 20, 60, Target(least=0.95)) for name, seats in SEATS.items())


def play(player: Peer, batch: Batch, runs: int) -> tuple[float, float]:
    """Play a batch; return processor seconds and readings per run."""
    player.ask(batch.case, batch.delegates, runs)
    seconds, readings = map(float, player.answer().split())
    return seconds / runs, readings


def rows() -> Iterator[Row]:
    """Yield a row for each built-in scenario, one for each batch of the first form, and one for the compilation."""
    with ExitStack() as stack:
        kept = Path(os.environ.get(KEPT) or stack.enter_context(tempfile.TemporaryDirectory(prefix="negsim-bench-")))
        tree = Side("the tree", HERE, TREE, None)
        before = extracted(last_change().commit, kept, "the reference commit")
        first = extracted(FIRST_FORM, kept, "the first form")
        for side, batches in ((before, BUILT_IN), (first, BATCHES)):
            make_ready(tree)
            make_ready(side)
            with ExitStack() as round_:
                players = [
                    round_.enter_context(Peer("-c", PLAYER, env=environment(each), cwd=each.root))
                    for each in (tree, side)
                ]
                for batch in batches:
                    yield compared(batch, players, side.name)
        yield compilation(tree, extracted(LAST_OF_FIRST_FORM, kept, "the end of the first form"))


def extracted(name: str, folder: Path, what: str) -> Side:
    """Extract a commit into a folder."""
    commit = commit_of(name)
    return check_out(commit, folder.resolve() / commit)._replace(name=what)


def compared(batch: Batch, players: list[Peer], other: str) -> Row:
    """Compare the sides on a batch, ours first."""
    readings = [play(player, batch, batch.counted)[1] for player in players]
    fastest = [math.inf, math.inf]
    for _ in range(batch.rounds):
        seconds = [play(player, batch, batch.runs)[0] for player in players]
        fastest = [min(both) for both in zip(fastest, seconds, strict=True)]
    what = f"a run of {batch.delegates:,} delegates, {batch.case}; {other}"
    rates = ", ".join(digits(1.0 / taken) for taken in fastest)
    note = f"runs a second {rates}; readings a run {', '.join(map(digits, readings))}"
    return times_as_fast(what, *fastest, same=True, target=batch.target)._replace(note=note)


def compilation(*sides: Side) -> Row:
    """Compare the compilation of the model, in seconds of the processor."""
    taken = []
    for side in sides:
        with tempfile.TemporaryDirectory(prefix="negsim-bench-") as cache:
            taken.append(weigh(partial(make_ready, side._replace(cache=Path(cache))))[0])
    return times_as_fast("the model compiled, CPU; the end of the first form", *taken, same=True, target=COMPILING)
