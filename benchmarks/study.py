"""Run a study of a million runs as a user starts it (`negsim study sweep STUDY.yaml --out FOLDER`), in its own process.

Shown: runs a second from start to end, beside the same runs without a study (`runner.run_case`, nothing kept); the
most memory it held; the size of its folder; and the rate of its last fifth against its first, by the parts in
`FOLDER/parts`.

Checked: there are as many rows as runs, and every measure of the first runs has the bits it has without a study.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
from rooms import FOCAL, SEED, focal
from table import DIFFER, Row, Target
from timing import best, digits

from negsim.negotiation.measures import MEASURES, matrix
from negsim.scenario.lowering import lower
from negsim.study.runner import run_case

NEGSIM = Path(sys.executable).with_name("negsim")
# The most memory that a command held, said by a small process between us and it: Linux counts what its parent holds
# when it starts it, and we may hold large rooms.
WEIGHED = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=sys.stderr).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
STUDY = "scenario: {scenario}\nreplications: {runs}\nseed: {seed}\n"
MEMORY = 700.0  # MB that a study may hold
LOOKS = 0.02  # seconds between two looks at the parts
FEWEST_PARTS = 20  # by which a rate can be told
WITHOUT = 5000  # runs without a study
CHECKED = 5000  # runs whose measures are compared
NUMBERS = tuple(MEASURES)[1:]  # all but the outcome, which a study keeps as a word
MB = 1e6
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes in which the system counts the most memory held


def rows(runs: int) -> Iterator[Row]:
    """Yield the rows of one study."""
    what, before = f"a study of {runs:,} runs", bare_rate()
    with tempfile.TemporaryDirectory() as folder:
        seconds, memory, size, parts = watch(Path(folder), STUDY.format(scenario=FOCAL, runs=runs, seed=SEED))
        if not holds(Path(folder) / "results", runs):
            yield Row(what, note=DIFFER)
            return
    ours, theirs = runs / seconds, max(before, bare_rate())
    yield Row(f"{what}; the same runs, nothing kept", per_second(ours), per_second(theirs), ours / theirs)
    note = f"folder {digits(size)} MB, {digits(size * MB / runs)} bytes a run"
    held = (f"{digits(memory)} MB", f"{digits(MEMORY)} MB")
    yield Row(f"{what}: most memory; allowed", *held, memory / MEMORY, Target(most=1.0), note)
    yield steadiness(f"{what}: rate of the last fifth; first fifth", parts, runs)


def watch(folder: Path, text: str) -> tuple[float, float, float, list[float]]:
    """Run a study; return its seconds, its greatest memory and folder size (MB), and when each part was there (s).

    Raises RuntimeError with its output if it fails.
    """
    file, results, said = folder / "study.yaml", folder / "results", folder / "said.txt"
    file.write_text(text)
    command = [sys.executable, "-c", WEIGHED, NEGSIM, "study", "sweep", file, "--out", results]
    start, parts = time.perf_counter(), []
    with said.open("w") as talk, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=talk, text=True) as process:
        while process.poll() is None:
            time.sleep(LOOKS)
            there = len(list((results / "parts").glob("*.parquet")))  # without those that are being written
            parts += [time.perf_counter() - start] * (there - len(parts))
        seconds, weight = time.perf_counter() - start, process.stdout.read()
    if process.returncode != 0:
        raise RuntimeError(f"negsim study sweep failed: {said.read_text()[-1000:]}")
    size = sum(file.stat().st_size for file in results.rglob("*") if file.is_file())
    return seconds, int(weight) * UNIT / MB, size / MB, parts


def holds(results: Path, runs: int) -> bool:
    """Return whether a study has a row for every run, and its first rows equal those of runs without a study."""
    table, first = duckdb.read_parquet(str(results / "parts" / "*.parquet")), min(runs, CHECKED)
    kept = table.filter(f"replication < {first}").order("replication").df()
    bare = run_case(lower(focal()), replications=first, seed=SEED)
    same = np.array_equal(kept[[*NUMBERS]].to_numpy(float), matrix(bare.runs)[:, 1:], equal_nan=True)
    return len(table) == runs and same


def steadiness(what: str, parts: list[float], runs: int) -> Row:
    """Compare the rate of the last fifth of the parts with that of the first; parts: when each was there (s)."""
    if len(parts) < FEWEST_PARTS:
        return Row(what, note=f"only {len(parts)} parts; more runs are needed")
    fifth = (len(parts) - 1) // 5
    done = fifth * runs / len(parts)
    first, last = done / (parts[fifth] - parts[0]), done / (parts[-1] - parts[-1 - fifth])
    return Row(what, per_second(last), per_second(first), last / first, Target(0.9, 1.1))


def bare_rate() -> float:
    """Return runs a second of the same case in as many threads, kept nowhere."""
    case = lower(focal())
    (seconds,) = best([lambda: run_case(case, replications=WITHOUT, seed=SEED)], rounds=2)
    return WITHOUT / seconds


def per_second(rate: float) -> str:
    """Format a rate."""
    return f"{digits(rate)}/s"
