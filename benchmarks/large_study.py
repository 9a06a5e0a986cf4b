"""Ask a study of ten million rows, packed as a sweep leaves it, each question in a process of its own.

The rows are copies of 5,000 runs of the focal case, in twenty cells: to run them would take an hour. Shown: the
processor's time of a question and the most memory that its process held, beside what is allowed; and the time to open
the folder, which is to hold its bytes against their digests and every value against its column. What ten times as many
rows would take is projected, on the line through a tenth of the rows and all of them.

Checked: the means are those of the runs that were copied.
"""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

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
found = results("{folder}")
opened = time.process_time()
mean = found.{question}.mean()
print(opened - start, time.process_time() - opened, mean)
"""


class Asked(NamedTuple):
    """What a question took. opening, seconds: of the processor. memory: MB that its process held at most."""

    opening: float
    seconds: float
    mean: float
    memory: float

    def after(self, fewer: Asked) -> Asked:
        """What ten times as many rows take, if costs go on as from a tenth of the rows to these."""
        return Asked(*(much + 10.0 * (much - little) for much, little in zip(self, fewer, strict=True)))


def rows(count: int = ROWS) -> Iterator[Row]:
    """Yield a row for opening a study of so many rows, then one for each question; then what ten times as many take."""
    with tempfile.TemporaryDirectory() as room:
        means = {many: copies(Path(room) / str(many), many) for many in (count // 10, count)}
        files = [file.stat().st_size for file in (Path(room) / str(count)).rglob("*") if file.is_file()]
        found = {asks: {many: ask(Path(room), many, code) for many in means} for asks, code in QUESTIONS.items()}
    for question, asked in found.items():
        what = f"{count:,} rows: {question}; allowed"
        if not all(math.isclose(asked[many].mean, mean, rel_tol=1e-9) for many, mean in means.items()):
            yield Row(what, note=DIFFER)
            continue
        seconds, memory = asked[count].seconds, asked[count].memory
        yield Row(what, f"{digits(seconds)} s", f"{ALLOWED:g} s", seconds / ALLOWED, Target(most=1.0))
        yield Row(f"{what}, memory", f"{digits(memory)} MB", f"{MEMORY:g} MB", memory / MEMORY, Target(most=1.0))
    opening = min(asked[count].opening for asked in found.values())
    size = f"{len(files):,} files, {digits(sum(files) / MB)} MB"
    yield Row(f"{count:,} rows: the folder opened and checked", f"{digits(opening)} s", note=size)
    for question, asked in found.items():
        more = asked[count].after(asked[count // 10])
        note = f"by projection; {digits(more.memory)} MB; the folder opened and checked in {digits(more.opening)} s"
        yield Row(f"{10 * count:,} rows: {question}", f"{digits(more.seconds)} s", note=note)


def ask(room: Path, count: int, code: str) -> Asked:
    """Ask the study of so many rows in a process of its own."""
    script = room / "ask.py"
    script.write_text(ASK.format(folder=count, question=code))
    words = [sys.executable, "-c", WEIGHED, sys.executable, script]
    said = subprocess.run(words, cwd=room, capture_output=True, text=True, check=True)
    return Asked(*map(float, said.stderr.split()), int(said.stdout) * UNIT / MB)


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
