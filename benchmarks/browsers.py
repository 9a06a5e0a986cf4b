"""Measure the module of WebAssembly, which browsers run, against the program of a wheel: CPU time of whole runs.

node runs the module, a program in C loads the other, on the same dumps (`anywhere.py`): each several times in one
process, so that all is warm, and the processes take turns. Each counts with its quietest time.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from anywhere import Answer, in_c, in_node, write_dumps
from table import Row, Target, times_as_fast

from negsim.platforms import HERE
from negsim.scenario.library import names

RUNS, REPEATS, ROUNDS = 300, 10, 3
TARGET = Target(least=1 / 2.25)


def rows() -> Iterator[Row]:
    """Compare a run of each scenario."""
    for name in names():
        with tempfile.TemporaryDirectory(prefix="negsim-browsers-") as folder:
            home = Path(folder)
            dumps = write_dumps([name], RUNS, home / "dumps") * REPEATS
            answers = [(list(in_node(dumps, home)), list(in_c(HERE, (), dumps, home))) for _ in range(ROUNDS)]
        ours, theirs = ([one for round_ in answers for one in round_[side]] for side in (0, 1))
        same = not any(one.different for one in (*ours, *theirs))
        what = f"a run in WebAssembly, {name}, CPU; natively"
        yield times_as_fast(what, _quietest(ours), _quietest(theirs), same=same, target=TARGET)


def _quietest(answers: list[Answer]) -> float:
    """Return the CPU seconds of one run."""
    return min(one.seconds for one in answers) / RUNS
