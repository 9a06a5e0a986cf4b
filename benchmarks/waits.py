"""Measure what a person waits for, beside an earlier commit: processor seconds, and counts that need no clock.

    .venv/bin/python benchmarks/waits.py                           (--keep FOLDER --only NAME)
    .venv/bin/python benchmarks/waits.py --write                   for `waits.csv`, which docs/performance.md shows
    .venv/bin/python benchmarks/waits.py --write-counts            its counts alone, without timing; says what grew

- Seconds are those of whole processes, user and system, with bytecode kept. Both trees take turns; each counts with its
  quietest round, of at most twelve. A command fails if in none of them it has come to within a tenth above the ratio
  that stands in `waits.csv`. Two commands are measured at a time, and one that fails then, once more by itself. With
  `--write` all are measured by themselves, and only then the long ones (`why`, `explain`) timed.
- Counts are those of `counted.py`. A command fails if it does more than `waits.csv` says.
- The reference is `BEFORE`, which stays when results change, extracted as `same_bits.py` does it; `--keep` is the same
  option.

Exit code: 0 if every command keeps within its limits, 1 if one does not, 2 if one cannot be run.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from processes import weigh
from rooms import FOCAL
from same_bits import HERE, TREE, FailedError, Side, check_out, commit_of, environment, make_ready, python

WRITTEN = Path(__file__).with_suffix(".csv")
RATIO = "CPU"  # the column of ratios in the file
BEFORE = "bcbbb4bda38b7a1890ff65e9e44d8595829b58e1"  # the commit before the work on waits began
_TOO_MUCH, _ROUNDS, _LONG_ROUNDS = 1.1, 12, 2
_STUDY = HERE / "experiments" / "three_factors" / "study.yaml"


class Wait(NamedTuple):
    """A command that people wait for. is_long: whether it takes many seconds."""

    words: str
    is_long: bool = False


WAITS = (
    *map(Wait, ("--help", "list", "measures", "check classroom", f"describe odd {FOCAL} --out odd.md")),
    Wait("run classroom --replications 1"),
    Wait(f"run {FOCAL}"),
    Wait(f"compare {FOCAL} cstd_wgigf_2012"),
    Wait(f"transcript {FOCAL}"),
    Wait(f"plot {FOCAL} --out plots"),
    Wait(f"report {FOCAL} --out report.html"),
    Wait(f"page {FOCAL} --out page.html"),
    Wait("study sweep study.yaml --out results"),  # which is finished
    Wait("study cells results"),
    Wait("study plot results --out figures"),
    Wait("study report results --out study.html"),
    Wait("study export results --out runs.csv"),
    Wait("study discover results"),
    Wait(f"why {FOCAL}", is_long=True),
    Wait(f"explain {FOCAL} cstd_wgigf_2012", is_long=True),
)
# Of what these do, a part is done once: the program of a page, the sweep, matplotlib's list of fonts.
_ONCE = (f"page {FOCAL} --out page.html", "study sweep study.yaml --out results", f"plot {FOCAL} --out plots")
_START = ("-c", "from negsim.cli import main; main()")
_COUNTED = (str(Path(__file__).with_name("counted.py")),)


def main() -> int:
    """Measure and count; print a table, or write one."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the reference and its kernels here")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="commands that begin so")
    parser.add_argument("--write", action="store_true", help="write waits.csv anew")
    parser.add_argument("--write-counts", action="store_true", help="write its counts anew, and time nothing")
    asked = parser.parse_args()
    chosen = [wait for wait in WAITS if not asked.only or wait.words.startswith(tuple(asked.only))]
    with WRITTEN.open(encoding="utf-8", newline="") as file:
        allowed = {row.pop("command"): row for row in csv.DictReader(file)}
    allowed = {wait.words: allowed[wait.words] for wait in WAITS if wait.words in allowed}
    try:
        with tempfile.TemporaryDirectory(prefix="negsim-waits-") as folder:
            sides = [Side("the tree", HERE, TREE, None)]
            if not asked.write_counts:
                commit = commit_of(BEFORE)
                sides.append(check_out(commit, (asked.keep.resolve() if asked.keep else Path(folder)) / commit))
            places = {side: Path(folder) / side.name for side in sides}
            with ProcessPoolExecutor(2) as pool:
                list(pool.map(_prepare, places, places.values()))
                once = [(side, place, words) for words in _ONCE for side, place in places.items()]
                list(pool.map(_run, *zip(*once, strict=True)))
            if asked.write_counts:
                found = {wait.words: _counted(*next(iter(places.items())), wait) for wait in chosen}
            else:
                found = _compared(places, chosen, {} if asked.write else allowed)
    except FailedError as problem:
        print(problem, file=sys.stderr)
        return 2
    if asked.write_counts:
        for words, cells in found.items():
            for excess in _excess(cells, allowed.get(words, {})):
                print(f"{words}: {excess}")
    if not (asked.write or asked.write_counts):
        return int(any(_excess(cells, allowed[words]) for words, cells in found.items()))
    rows = [{"command": words} | allowed.get(words, {}) | cells for words, cells in (allowed | found).items()]
    with WRITTEN.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[-1]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return 0


def _compared(
    places: Mapping[Side, Path], waits: Sequence[Wait], allowed: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, float]]:
    """Print and return the ratio and the counts of each command. allowed: their limits; empty to write them anew."""
    found: dict[str, dict[str, float]] = {}
    for at_once in (2, 1) if allowed else (1,):  # what is too much beside another one is measured by itself
        limits = [allowed.get(wait.words, {}) for wait in waits]
        with ProcessPoolExecutor(at_once) as pool:
            for wait, most, cells in zip(
                waits, limits, pool.map(partial(_measured, places), waits, limits), strict=True
            ):
                found[wait.words] = cells
                print(f"{cells.get(RATIO, math.nan):6.2f}  {wait.words}", flush=True)
                for excess in _excess(cells, most):
                    print(f"        {excess}", flush=True)
        waits = [wait for wait, most in zip(waits, limits, strict=True) if _excess(found[wait.words], most)]
    return found


def _measured(places: Mapping[Side, Path], wait: Wait, limits: Mapping[str, str]) -> dict[str, float]:
    """Return the ratio of a command and its counts by name. limits: of both; empty for none."""
    cells = {}
    if not (wait.is_long and limits):
        least = dict.fromkeys(places, float("inf"))
        for _ in range(_LONG_ROUNDS if wait.is_long else _ROUNDS):
            for side, place in places.items():
                least[side] = min(least[side], weigh(partial(_run, side, place, wait.words))[0])
            ours, theirs = least.values()
            if limits and ours / theirs <= float(limits[RATIO]) * _TOO_MUCH:
                break
        cells[RATIO] = round(ours / theirs, 2)
    return cells | _counted(*next(iter(places.items())), wait)


def _counted(tree: Side, place: Path, wait: Wait) -> dict[str, float]:
    """Return the counts of a command by name."""
    counts: dict[str, float] = json.loads(_run(tree, place, wait.words, start=_COUNTED).splitlines()[-1])
    return counts


def _excess(cells: Mapping[str, float], limits: Mapping[str, str]) -> list[str]:
    """Name what is more than a limit; nothing where there are none."""
    return [
        f"{name} {value:,}, at most {limits[name]}"
        for name, value in cells.items()
        if limits and value > float(limits[name]) * (_TOO_MUCH if name == RATIO else 1.0)
    ]


def _prepare(side: Side, place: Path) -> None:
    """Compile the kernels and the bytecode of a side, and copy the study."""
    make_ready(side)
    python(side, "-m", "compileall", "-q", "src/negsim")
    place.mkdir()
    (place / "study.yaml").write_bytes(_STUDY.read_bytes())


def _run(side: Side, place: Path, words: str, *, start: tuple[str, ...] = _START) -> str:
    """Run a command of a side in a folder; return its stderr. Raises FailedError if it fails."""
    command = [sys.executable, *start, *words.split()]
    environ = environment(side) | {"PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(command, cwd=place, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(f"{side.name}: negsim {words}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return done.stderr


if __name__ == "__main__":
    sys.exit(main())
