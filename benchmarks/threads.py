"""Compare two threads with one, beside what the machine itself gives: two spinning processes against one.

Each round takes all four rates one after the other; the round with the middle ratio is shown.

Checked: the tables of one and of two threads have the same bits.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from processes import Peer
from rooms import SEED, focal
from table import DIFFER, Row, Target
from timing import digits

from negsim.negotiation.measures import Results
from negsim.negotiation.tables import Case
from negsim.scenario.lowering import lower
from negsim.study.runner import run_case

RUNS = 2000
ROUNDS = 11
SECONDS = 0.5  # that processes spin in a round
SPIN = """
import sys, time
for asked in sys.stdin:
    end, turns = time.perf_counter() + float(asked), 0
    while time.perf_counter() < end:
        for _ in range(1000):
            turns += 1
    print(turns, flush=True)
"""


def spin(*spinners: Peer, seconds: float = SECONDS) -> float:
    """Count turns a second of some processes that run `SPIN`, together."""
    for spinner in spinners:
        spinner.ask(seconds)
    return sum(int(spinner.answer()) for spinner in spinners) / seconds


def rate(case: Case, threads: int) -> float:
    """Measure runs a second in this many threads."""
    start = time.perf_counter()
    play(case, RUNS, threads)
    return RUNS / (time.perf_counter() - start)


def play(case: Case, runs: int, threads: int) -> Results:
    """Return the tables of this many runs."""
    return run_case(case, replications=runs, seed=SEED, threads=threads)


class Round(NamedTuple):
    """Rates of one and two threads, of one and two spinning processes, taken one after the other."""

    one: float
    spinning: float
    two: float
    both: float

    @property
    def gains(self) -> tuple[float, float]:
        """The gains from the second thread and from the second process."""
        return self.two / self.one, self.both / self.spinning

    @property
    def ratio(self) -> float:
        """The gain of threads, the gain of processes being 1."""
        ours, theirs = self.gains
        return ours / theirs


def rows() -> Iterator[Row]:
    """Compare the gain of a second thread with that of a second process, in the round with the middle ratio."""
    what = "a second thread; a second process that spins"
    case = lower(focal())
    one, two = (play(case, RUNS, threads) for threads in (1, 2))
    if any(a.tobytes() != b.tobytes() for a, b in zip(one, two, strict=True)):
        yield Row(what, note=DIFFER)
        return
    middle = sorted(rounds(case), key=lambda seen: seen.ratio)[ROUNDS // 2]
    ours, theirs = (f"x {digits(gain)}" for gain in middle.gains)
    note = f"{digits(middle.one)} runs/s in one thread, {digits(middle.two)} in two"
    yield Row(what, ours, theirs, middle.ratio, Target(least=0.9), note)


def rounds(case: Case) -> Iterator[Round]:
    """Take round after round: the machine may keep its second core to itself for seconds, from all alike."""
    with Peer("-c", SPIN) as first, Peer("-c", SPIN) as second:
        spin(first, second, seconds=0.1)
        for _ in range(ROUNDS):
            yield Round(rate(case, 1), spin(first), rate(case, 2), spin(first, second))
