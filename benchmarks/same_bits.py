"""Compare the numbers of this tree with those of a reference commit: both are run here, with the same packages.

    .venv/bin/python benchmarks/same_bits.py                      (--keep FOLDER --only NAME --other PYTHON COMMIT)

The reference is the commit in `.ci/reference`. A commit that changes results writes `changing` there instead, and the
day and the reason below it: there is nothing to compare with. It cannot hold its own name, so the next one that leaves
numbers alone writes it there, empties `RENAMED`, `REFERENCE_ONLY` and `TREE_ONLY` below and gives `REFERENCE` what
`TREE` says. No numbers are stored: the reference computes its own each time.

Compared are
- 300 runs of every built-in scenario and coded case, what is uncertain in them drawn for each run: `runs.csv`,
  `issues.csv` (with the blocks by group) and `groups.csv` of `negsim run --out`, which hold every digit;
- 50 replications of each cell of the three-factor study, with its columns by issue, group and format and with a time
  series: Parquet;
- one run through the Mesa window, turn by turn: the pending turn, the measures, every delegate's position;
- with `--other`, the tables of one scenario that another Python writes, byte by byte.

- Floats are equal if their bits are; NaN equals NaN. Whole numbers and floats are equal if their values are.
- Whatever the reference has, the tree must have: scenarios, tables, columns, rows in their order. A new scenario or
  table of the tree has nothing to be compared with; a new column must stand in `TREE_ONLY`. A column without any value
  may be left out.
- The reference is extracted by `git archive` into a temporary folder and keeps its kernels there. Nothing stays
  behind, in `.git` or elsewhere. `--keep FOLDER` keeps both for the next time, which saves the compiling.

Exit code: 0 if all is the same, 1 if anything differs, 2 if the comparison cannot be made.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd

from negsim.report.age import CHANGING, last_change

RENAMED: dict[str, str] = {}  # column of the reference: column of the tree
REFERENCE_ONLY: frozenset[str] = frozenset()  # columns that the tree no longer has
# Columns that the reference does not have yet; NAME stands for NAME.ISSUE too.
TREE_ONLY: frozenset[str] = frozenset()

WATCH = """
import sys
import pandas as pd
from negsim.mesa_model import NegotiationModel

scenario, seed, folder = sys.argv[1:]
model, turns = NegotiationModel(scenario, rng=int(seed), positions=True), []
while model.running:
    turns.append([int(value) for value in model.pending])
    model.step()
pd.DataFrame(turns, columns=["move", "issue", "seat"]).to_csv(f"{folder}/turns.csv")
rows, agents = model.datacollector.get_model_vars_dataframe(), model.datacollector.get_agent_vars_dataframe()
rows.tail(model.turns).reset_index(drop=True).to_csv(f"{folder}/measures.csv")  # the reference has one before the first
agents.drop(index=0, level="Step", errors="ignore").to_csv(f"{folder}/positions.csv")
"""


class Words(NamedTuple):
    """The words that ask a side for its tables, and where it keeps what is run; write a renamed command here."""

    compile: tuple[str, ...] = ("compile",)
    run: tuple[str, ...] = ("run",)
    sweep: tuple[str, ...] = ("study", "sweep")
    export: tuple[str, ...] = ("study", "export")
    scenarios: tuple[str, ...] = ("*.yaml", "cases/*.yaml")  # within the folder `scenarios`
    study: str = "experiments/three_factors/study.yaml"
    series: str = "60 min"  # between rows
    watch: str = WATCH  # writes turns, measures and positions of one run


REFERENCE = TREE = Words()


HERE = Path(__file__).parents[1]
REPLICATIONS = 300
SEED = "9223372036854775819"  # 2**63 + 11: needs all 64 bits
STUDY, WATCHED, SCENARIO = "three_factors", "one run, turn by turn", "cstd_wgigf_2012"
KEYS = ("cell", "replication", "issue", "group", "minute", "Step", "name")  # columns that say which row it is


class FailedError(Exception):
    """A side cannot be run."""


class Side(NamedTuple):
    """One of the two that are compared. cache: where it keeps its kernels (None: where negsim usually does)."""

    name: str
    root: Path
    words: Words
    cache: Path | None
    python: str = sys.executable


Job = Callable[[Side, Path], None]  # writes tables into a folder, which exists


def differences(
    reference: pd.DataFrame,
    tree: pd.DataFrame,
    *,
    renamed: Mapping[str, str] = RENAMED,
    reference_only: Collection[str] = REFERENCE_ONLY,
    tree_only: Collection[str] = TREE_ONLY,
) -> Iterator[str]:
    """Yield the differences between two tables: a line for each column, with its first row that differs (from 0)."""
    reference = reference.rename(columns=dict(renamed))
    rows = min(len(reference), len(tree))
    lost = (name for name in reference if name not in {*tree, *reference_only} and reference[name].notna().any())
    yield from (f"{name}: only the reference has it" for name in lost)
    added = (name for name in tree if name not in reference)
    yield from (
        f"{name}: only the tree has it" for name in added if {name, name.partition(".")[0]}.isdisjoint(tree_only)
    )
    if len(reference) != len(tree) or rows == 0:
        yield f"{len(reference)} rows in the reference, {len(tree)} in the tree"
    for name in reference.columns.intersection(tree.columns, sort=False):
        old, new = reference[name].iloc[:rows], tree[name].iloc[:rows]
        places = np.flatnonzero(~_equal(old, new))
        if places.size:
            first = int(places[0])
            which = ", ".join(f"{key} {tree[key].iloc[first]}" for key in KEYS if key in tree and key != name)
            values = f"{old.astype(object).iloc[first]!r} in the reference, {new.astype(object).iloc[first]!r} here"
            yield f"{name}: {places.size} of {rows} rows, first row {first} ({which}): {values}"


def _equal(one: pd.Series, other: pd.Series) -> np.ndarray:
    """Return which rows of two columns are equal."""
    missing = one.isna().to_numpy() & other.isna().to_numpy()
    if one.dtype == other.dtype == np.float64:
        return (one.to_numpy().view(np.uint64) == other.to_numpy().view(np.uint64)) | missing
    return (one.to_numpy(dtype=object) == other.to_numpy(dtype=object)) | missing


def compare(reference: Path, tree: Path) -> tuple[list[str], list[str]]:
    """Return the tables that the reference wrote into a folder, with sizes, and their differences from the tree's."""
    sizes, lines = [], []
    for file in sorted([*reference.glob("*.csv"), *reference.glob("*.parquet")]):
        old = read(file)
        sizes.append(f"{file.stem} {len(old):,} x {old.shape[1]}")
        new = tree / file.name
        problems = differences(old, read(new)) if new.exists() else ["only the reference has this table"]
        lines += [f"{file.stem}, {line}" for line in problems]
    return sizes, lines or ([] if sizes else ["the reference wrote no tables"])


def read(file: Path) -> pd.DataFrame:
    """Read a table, every float as it was written."""
    if file.suffix == ".parquet":
        return duckdb.read_parquet(str(file)).df()
    return pd.read_csv(file, dtype=str, keep_default_na=False).apply(_numbers)


def _numbers(column: pd.Series) -> pd.Series:
    """Turn a column of text into whole numbers or floats, if it holds nothing else; every digit counts."""
    for number in (int, float):
        try:
            return pd.Series([number(text or "nan") for text in column])
        except ValueError:
            continue
    return column


def environment(side: Side) -> dict[str, str]:
    """Return the environment in which a side runs: its own sources, and its kernels where it keeps them."""
    cache = {} if side.cache is None else {"XDG_CACHE_HOME": str(side.cache)}
    return os.environ | {"PYTHONPATH": str(side.root / "src")} | cache


_running: list[subprocess.Popen[str]] = []


def python(side: Side, *words: str) -> str:
    """Run Python with the sources of a side and return its output. Raises FailedError."""
    process = subprocess.Popen(
        [side.python, *words],
        cwd=side.root,
        env=environment(side),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _running.append(process)
    output, errors = process.communicate()
    _running.remove(process)
    if process.returncode:
        command = " ".join(word for word in words if "\n" not in word)
        raise FailedError(f"{side.name}: python {command}: exit code {process.returncode}\n{errors.strip()[-2000:]}")
    return output


def negsim(side: Side, *words: str) -> None:
    """Run a command of a side. Raises FailedError."""
    python(side, "-m", "negsim", *words)


def make_ready(side: Side) -> None:
    """Check that a side imports its own sources, and compile its kernels."""
    package = Path(python(side, "-c", "import negsim; print(negsim.__file__)").strip())
    if not package.is_relative_to(side.root / "src"):
        raise FailedError(f"{side.name}: imports {package}, not its own sources in {side.root / 'src'}")
    negsim(side, *side.words.compile)


def write_runs(name: str, side: Side, folder: Path) -> None:
    """Write the runs of a scenario."""
    options = ("--replications", str(REPLICATIONS), "--seed", SEED, "--threads", "1", "--out", str(folder))
    negsim(side, *side.words.run, name, *options)


def write_study(side: Side, folder: Path) -> None:
    """Write the three-factor study, with fewer replications: a row a run, and its time series."""
    whole = (side.root / side.words.study).read_text(encoding="utf-8")
    text = re.sub(r"(?m)^replications: \d+$", "replications: 50", whole)
    study, results = folder / "study.yaml", folder / "results"
    study.write_text(f"{text}\ndetail: true\nseries: {{every: {side.words.series}}}\n", encoding="utf-8")
    negsim(side, *side.words.sweep, str(study), "--out", str(results), "--workers", "1")
    negsim(side, *side.words.export, str(results), "--out", str(folder / "runs.parquet"))
    negsim(side, *side.words.export, str(results), "--series", "--out", str(folder / "series.parquet"))
    shutil.rmtree(results)


def write_watched(side: Side, folder: Path) -> None:
    """Write one run, turn by turn."""
    python(side, "-c", side.words.watch, SCENARIO, SEED, str(folder))


def jobs(reference: Side) -> dict[str, Job]:
    """List all comparisons by name, the longest first. Raises FailedError if the reference has no scenarios."""
    folder = reference.root / "scenarios"
    files = sorted(file for pattern in reference.words.scenarios for file in folder.glob(pattern))
    if not files:
        raise FailedError(f"the reference: no scenarios in {folder}")
    names = sorted((file.relative_to(folder).with_suffix("").as_posix() for file in files), key=lambda n: "/" in n)
    return {STUDY: write_study, WATCHED: write_watched} | {name: partial(write_runs, name) for name in names}


def commit_of(name: str) -> str:
    """Return a commit in full length. Raises FailedError if this clone does not have it."""
    git = ["git", "-C", str(HERE), "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]
    answer = subprocess.run(git, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise FailedError(
            f"No such commit in this clone: {name!r} (the reference stands in .ci/reference). "
            f"Get the whole history first: git fetch --unshallow.\n{answer.stderr}".rstrip()
        )
    return answer.stdout.strip()


def check_out(commit: str, place: Path) -> Side:
    """Put the reference, its sources and its kernels into a folder; existing sources stay."""
    root, part, archive = place / "tree", place / "part", place / "archive.tar"
    if not root.exists():
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        subprocess.run(["git", "-C", HERE, "archive", "--format=tar", "-o", archive, commit], check=True)
        subprocess.run(["tar", "-xf", archive, "-C", part], check=True)
        archive.unlink()
        part.rename(root)
    return Side("the reference", root, REFERENCE, place / "cache")


@contextmanager
def workers() -> Iterator[ThreadPoolExecutor]:
    """Provide one worker a core; an interrupt stops what they have started."""
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in _running[:]:
            process.terminate()
        pool.shutdown()


def same(commit: str, place: Path, outputs: Path, only: Collection[str]) -> bool:
    """Run both sides, print a line for each comparison and each difference, and say whether all is the same."""
    start = time.perf_counter()
    reference, tree = check_out(commit, place), Side("the tree", HERE, TREE, None)
    work = {name: job for name, job in jobs(reference).items() if not only or name in only}
    if missing := set(only) - set(work):
        raise FailedError(f"No such comparison: {', '.join(sorted(missing))}")
    print(f"this tree and {commit[:10]}, {REPLICATIONS} runs a scenario", flush=True)
    differ = 0
    with workers() as pool:
        # The tree's work fills the time in which the reference compiles.
        ready = {side: pool.submit(make_ready, side) for side in (reference, tree)}

        def carry_out(side: Side, name: str) -> Path:
            ready[side].result()
            folder = outputs / side.name / name
            folder.mkdir(parents=True)
            work[name](side, folder)
            return folder

        folders = {(side, name): pool.submit(carry_out, side, name) for side in (tree, reference) for name in work}
        for future in ready.values():
            future.result()
        for name in work:
            sizes, lines = _outcome(folders[reference, name], folders[tree, name])
            differ += bool(lines)
            print(f"{'DIFFERS' if lines else 'same':<8} {name:<24} {', '.join(sizes)}", flush=True)
            for line in lines:
                print(f"         {name}, {line}", flush=True)
    seconds = time.perf_counter() - start
    print(
        f"{len(work)} comparisons with {commit[:10]}: {len(work) - differ} the same, {differ} differ; {seconds:.0f} s"
    )
    return not differ


def same_on(other: str, outputs: Path) -> bool:
    """Write the tables of a scenario with this Python and with another, and say whether their bytes are the same."""
    tree = Side("the tree", HERE, TREE, None)
    tables = []
    for number, side in enumerate((tree, tree._replace(python=other))):
        write_runs(SCENARIO, side, folder := outputs / str(number))
        tables.append({file.name: file.read_bytes() for file in folder.glob("*.csv")})
    one, another = tables
    differ = sorted(name for name in {*one, *another} if one.get(name) != another.get(name))
    print(f"{other}: {', '.join(differ)} differ" if differ else f"{other}: {len(one)} tables of the same bytes")
    return bool(one) and not differ


def _outcome(reference: Future[Path], tree: Future[Path]) -> tuple[list[str], list[str]]:
    """Return sizes and differences of what two sides wrote; a side that failed is a difference."""
    try:
        return compare(reference.result(), tree.result())
    except FailedError as problem:
        return [], [str(problem)]


def main() -> int:
    """Compare; return 0 for the same, 1 for different, 2 for impossible."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("commit", nargs="?", help="the reference (default: the commit in .ci/reference)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the reference and its kernels here")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="compare only this; repeatable")
    parser.add_argument("--other", metavar="PYTHON", help="compare with the tables of another Python, too")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    name, day, reason = last_change()
    name = options.commit or name
    try:
        with tempfile.TemporaryDirectory(prefix="negsim-same-bits-") as temporary:
            tables, are_same = Path(temporary) / "tables", [True]
            if name == CHANGING:
                print(f"results are changing ({day}: {reason}), so there is no reference to compare with")
            else:
                commit = commit_of(name)
                place = options.keep.resolve() / commit if options.keep else Path(temporary).resolve()
                are_same.append(same(commit, place, tables, options.only))
            if options.other:
                are_same.append(same_on(options.other, Path(temporary) / "pythons"))
            return 0 if all(are_same) else 1
    except FailedError as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
