"""Measure what a person waits for, against another tree: processor seconds, or counts that need no clock.

    .venv/bin/python benchmarks/waits.py --against ../main                     (--targets --rounds 12 --only run)
    .venv/bin/python benchmarks/waits.py --counts                              (--write --only why)

- Seconds are those of whole processes, user and system, with the interpreter that runs this and bytecode kept. Both
  trees take turns; each counts with its quietest round. A command fails if its ratio is above 1.1 or, with `--targets`,
  a tenth above that of the table below, which is for a tree before any of this was measured (commit 206130ec).
- Counts are those of `counted.py`. A command fails if it does more than `waits.csv` allows; `--write` writes what it
  does now into that file.

Exit code: 0 if every command keeps within its limits, 1 if one does not or cannot be run.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from processes import weigh
from rooms import FOCAL
from table import line

TREE = Path(__file__).resolve().parents[1]
ALLOWED = Path(__file__).with_suffix(".csv")
_TOO_MUCH = 1.1  # times the ratio that a command should have
_STUDY = f"""scenario: {FOCAL}
vary: {{meetings.count: [1, 2, 3, 5], methodology: [chair_text, rolling_text], informal.mixed_evenings: [0, 0.5, 1]}}
replications: 40
"""


class Wait(NamedTuple):
    """A command that people wait for, and the ratio of its seconds that was to be reached."""

    name: str
    words: str
    ratio: float = 1.0


SHORT = (
    *(Wait(words.split()[0], words) for words in ("--help", "list", "check classroom", f"transcript {FOCAL}")),
    Wait("run", "run classroom --replications 1", 0.5),
    Wait("page", f"page {FOCAL} --out page.html", 0.5),
    Wait("finished sweep", "study sweep study.yaml --out results", 0.4),
    Wait("plot", f"plot {FOCAL} --out plots", 0.6),
    Wait("report", f"report {FOCAL} --out report.html", 0.6),
    Wait("study plot", "study plot results --out figures", 0.6),
    Wait("study report", "study report results --out study.html", 0.6),
)
LONG = (Wait("why", "why classroom"), Wait("explain", "explain classroom meetings.count=3"))

_START = ("-c", "from negsim.cli import main; main()")
_COUNTED = (str(Path(__file__).with_name("counted.py")),)


def main() -> int:
    """Measure, or count, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--against", type=Path, metavar="TREE", help="another checkout: compare seconds with it")
    what.add_argument("--counts", action="store_true", help="count, and compare with waits.csv")
    parser.add_argument("--targets", action="store_true", help="hold each command to its own ratio")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--write", action="store_true", help="write waits.csv anew")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="of these commands")
    asked = parser.parse_args()
    waits = [wait for wait in (*SHORT, *LONG) if not asked.only or wait.name in asked.only]
    with tempfile.TemporaryDirectory(prefix="negsim-waits-") as folder:
        if asked.against is None:
            return _counted(waits, Path(folder), write=asked.write)
        short = [wait if asked.targets else wait._replace(ratio=1.0) for wait in waits if wait in SHORT]
        return _timed(short, asked.against.resolve(), asked.rounds, Path(folder))


def _timed(waits: Sequence[Wait], other: Path, rounds: int, folder: Path) -> bool:
    places = {tree: folder / str(n) for n, tree in enumerate((TREE, other))}
    for tree, place in places.items():
        _prepare(tree, place)
    print(line(("command", "CPU s here", "there", "ratio", "at most", "")))
    late = False
    for wait in waits:
        here, there = (min(one) for one in zip(*(_round(places, wait.words) for _ in range(rounds)), strict=True))
        ratio, most = here / there, _TOO_MUCH * wait.ratio
        late = late or ratio > most
        cells = (f"{here:.3f}", f"{there:.3f}", f"{ratio:.2f}", f"{most:.2f}", "SLOW" if ratio > most else "")
        print(line((wait.name, *cells)), flush=True)
    return late


def _round(places: Mapping[Path, Path], words: str) -> list[float]:
    return [weigh(partial(_run, tree, place, words))[0] for tree, place in places.items()]


def _counted(waits: Sequence[Wait], folder: Path, *, write: bool) -> bool:
    _prepare(TREE, folder / "here")
    rows = csv.DictReader(ALLOWED.read_text(encoding="utf-8").splitlines()) if ALLOWED.exists() else ()
    allowed = {(row["command"], row["what"]): int(row["most"]) for row in rows}
    print(line(("command: what", "here", "at most", "", "", "")))
    more = False
    for wait in waits:
        said = _run(TREE, folder / "here", wait.words, start=_COUNTED)
        for what, count in json.loads(said.splitlines()[-1]).items():
            most = count if write else allowed.get((wait.name, what), 0)
            allowed[wait.name, what], more = most, more or count > most
            verdict = "MORE" if count > most else ""
            print(line((f"{wait.name}: {what}", f"{count:,}", f"{most:,}", "", "", verdict)), flush=True)
    if write:
        lines = ["command,what,most", *(f"{name},{what},{most}" for (name, what), most in allowed.items())]
        ALLOWED.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return more


def _prepare(tree: Path, place: Path) -> None:
    """Write what commands need, and run each short one, which keeps its bytecode."""
    place.mkdir()
    (place / "study.yaml").write_text(_STUDY, encoding="utf-8")
    for words in ("compile", "study sweep study.yaml --out results", *(wait.words for wait in SHORT)):
        _run(tree, place, words)


def _run(tree: Path, place: Path, words: str, *, start: Sequence[str] = _START) -> str:
    """Run a command of a tree in a folder; return its stderr."""
    environment = os.environ | {"PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, *start, *words.split()]
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=True).stderr


if __name__ == "__main__":
    sys.exit(main())
