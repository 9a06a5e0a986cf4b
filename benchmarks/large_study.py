"""Ask a study of ten million rows, packed as a sweep leaves it, each question in a process of its own.

The rows are copies of 5,000 runs of the focal case, in twenty cells: to run them would take an hour. Shown: the
processor's time of a question and the most memory that its process held, beside what is allowed; and the time to open
the folder, which is to hold its bytes against their digests and every value against its column.

Checked: the means are those of the runs that were copied.
"""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rooms import FOCAL, SEED
from table import DIFFER, Row, Target
from timing import digits

from negsim.study.runner import workers
from negsim.study.schema import loads_study
from negsim.study.sweep import opened
from negsim.study.table import Columns
from negsim.study.work import Done, Task, simulate
from study import MB, UNIT, WEIGHED

ROWS, CELLS, COPIED = 10_000_000, 20, 5000
STUDY = """
scenario: {scenario}
vary: {{meetings.count: [1, 2], process.chair.pressure: {pressures}}}
replications: {replications}
seed: {seed}
"""
ALLOWED, MEMORY = 5.0, 500.0  # seconds of an answer; MB
QUESTIONS = {
    "summary of all measures": "summary()['share_agreed']",
    "curve, averages of ten cells": "curve('meetings.count', 'share_agreed')['value']",
    "curve, one cell a point": "curve('meetings.count', 'share_agreed', by=['process.chair.pressure'])['value']",
}
ASK = """
import sys, time
from negsim.study.results import results
import duckdb, numpy, pandas
start = time.process_time()
found = results("results")
opened = time.process_time()
mean = found.{question}.mean()
print(opened - start, time.process_time() - opened, mean)
"""


def rows(count: int = ROWS) -> Iterator[Row]:
    """Yield a row for opening a study of so many rows, then one for each question."""
    with tempfile.TemporaryDirectory() as room:
        script = Path(room) / "ask.py"
        mean, opening = copies(script.with_name("results"), count), math.inf
        for question, code in QUESTIONS.items():
            script.write_text(ASK.format(question=code))
            words = [sys.executable, "-c", WEIGHED, sys.executable, script]
            said = subprocess.run(words, cwd=room, capture_output=True, text=True, check=True)
            to_open, seconds, answer = map(float, said.stderr.split())
            memory, opening = int(said.stdout) * UNIT / MB, min(opening, to_open)
            what = f"{count:,} rows: {question}; allowed"
            if not math.isclose(answer, mean, rel_tol=1e-9):
                yield Row(what, note=DIFFER)
                continue
            yield Row(what, f"{digits(seconds)} s", f"{ALLOWED:g} s", seconds / ALLOWED, Target(most=1.0))
            yield Row(f"{what}, memory", f"{digits(memory)} MB", f"{MEMORY:g} MB", memory / MEMORY, Target(most=1.0))
        yield Row(f"{count:,} rows: the folder opened and checked", f"{digits(opening)} s")


def copies(folder: Path, count: int) -> float:
    """Sweep a study of so many rows, which are copies; return the mean of the share agreed."""
    pressures = [round(n / CELLS, 2) for n in range(CELLS // 2)]
    text = STUDY.format(scenario=FOCAL, pressures=pressures, replications=count // CELLS, seed=SEED)
    runs: Columns = {}

    def do(task: Task) -> Done:
        if not runs:
            first = task.part.pieces[0]._replace(first=0, runs=min(COPIED, count // CELLS))
            runs.update(simulate(task._replace(part=task.part._replace(pieces=(first,)))).runs)
        which = np.concatenate([piece.first + np.arange(piece.runs) for piece in task.part.pieces])
        cells = np.concatenate([np.full(piece.runs, piece.cell, np.int32) for piece in task.part.pieces])
        copied = {name: column[which % len(runs["cell"])] for name, column in runs.items()}
        return Done(copied | {"cell": cells, "replication": which}, None)

    with opened(loads_study(text), folder) as sweep, workers(count=1) as found:
        for _ in sweep.steps(found, do):
            pass
    return float(runs["share_agreed"].astype(float).mean())
