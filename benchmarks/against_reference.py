"""Whole runs against those of the reference commit (`.ci/reference`), as `same_bits.py` extracts and compiles it.

Each side is a process with its own sources, its own `rooms.py` and its own kernels; they take turns, round by round,
and the processor's seconds count, so that other load on the machine counts little.
A batch plays the focal case, or a larger room, from beginning to end, replication after replication, and measures it.

Checked: blocks by group and issue and minutes by format of every run, bit by bit (whole tables are the matter of
`same_bits.py`).
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from same_bits import HERE, TREE, Side, check_out, commit_of, make_ready
from table import Row, Target, times_as_fast

ROOMS = {  # delegates: what is wanted, runs in a batch, batches
    42: (Target(least=1.3), 20, 60),
    500: (Target(least=1.2), 2, 20),
    2000: (Target(least=1.2), 2, 5),
}
KEPT = "NEGSIM_BENCH_REFERENCE"  # environment: a folder where the reference and its kernels are kept for the next time

PLAYER = """
import hashlib, sys, time
import numpy as np
sys.path.insert(0, "benchmarks")
from {module} import replicate
from rooms import SEED, room
cases = {{}}
for line in sys.stdin:
    size, runs = map(int, line.split())
    case = cases.setdefault(size, room(size))
    start = time.process_time()
    results = replicate(case, np.uint64(SEED), 0, runs)
    seconds = time.process_time() - start
    print(seconds, hashlib.sha256(results.blocks.tobytes() + results.minutes.tobytes()).hexdigest(), flush=True)
"""


class Player:
    """A process that plays batches of runs with the sources of a side."""

    def __init__(self, side: Side) -> None:
        cache = {} if side.cache is None else {"XDG_CACHE_HOME": str(side.cache)}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PLAYER.format(module=side.words.replicate)],
            cwd=side.root,
            env=os.environ | {"PYTHONPATH": str(side.root / "src")} | cache,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __call__(self, delegates: int, runs: int) -> tuple[float, str]:
        """Seconds of the processor for a run in a batch, and what the batch came to."""
        print(delegates, runs, file=self.process.stdin, flush=True)
        seconds, answer = self.process.stdout.readline().split()
        return float(seconds) / runs, answer

    def __exit__(self, *_: object) -> None:
        self.process.communicate()


def rows() -> Iterator[Row]:
    """A row for each room."""
    with ExitStack() as stack:
        kept = os.environ.get(KEPT) or stack.enter_context(tempfile.TemporaryDirectory(prefix="negsim-bench-"))
        commit = commit_of((HERE / ".ci" / "reference").read_text(encoding="utf-8").strip())
        sides = (Side("the tree", HERE, TREE, None), check_out(commit, Path(kept).resolve() / commit))
        with ThreadPoolExecutor() as pool:
            list(pool.map(make_ready, sides))
        ours, theirs = (stack.enter_context(Player(side)) for side in sides)
        for delegates in ROOMS:
            yield compared(delegates, ours, theirs)


def compared(delegates: int, ours: Player, theirs: Player) -> Row:
    """The row of a room."""
    target, runs, rounds = ROOMS[delegates]
    same, fastest = True, [math.inf, math.inf]
    for number in range(1 + rounds):
        played = [player(delegates, runs) for player in (ours, theirs)]
        same = same and played[0][1] == played[1][1]
        if number > 0:  # the first loads what is compiled
            fastest = [min(least, seconds) for least, (seconds, _) in zip(fastest, played, strict=True)]
    what = f"a run of {delegates:,} delegates; the reference commit"
    return times_as_fast(what, *fastest, same=same, target=target)
