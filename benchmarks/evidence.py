"""List pages whose numbers are older than the last change of results (`make stale`), or make some anew (`make fresh`).

    .venv/bin/python benchmarks/evidence.py stale
    .venv/bin/python benchmarks/evidence.py fresh docs/axioms.md          (or a folder: what is stale in it)

`fresh` runs the command of a row of `docs/evidence.csv` and writes its commit and its minutes. What stands in sentences
and in tables written by hand has to be read and brought up to date before it is committed.

Exit code of `stale`: 1 if anything is. Of `fresh`: 1 if a command fails, 2 if there is nothing of that name.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

from negsim.report.age import CHANGING, EVIDENCE, Evidence, evidence, last_change, stale

ROOT = Path(__file__).parents[1]


def list_stale() -> int:
    """Print the rows that are stale, and their commands."""
    commit, day, reason = last_change()
    old = stale()
    print(f"the last change of results: {day}, {reason} ({commit[:10]})")
    for row in old:
        print(f"\n{row.page}\n    {row.minutes or '?'} minutes: {row.command}")
    print(f"\n{len(old)} of {len(evidence())} are older: make fresh PAGE=...")
    return int(bool(old))


def freshen(page: str) -> int:
    """Make a page or picture anew, or what is stale in a folder; write each row as soon as it is done."""
    if last_change().commit == CHANGING:
        print("results are changing: write the name of the commit into .ci/reference first", file=sys.stderr)
        return 2
    named = [row for row in evidence() if page in row.files]
    chosen = named or [row for row in stale() if row.page.startswith(f"{page.rstrip('/')}/")]
    if not chosen:
        what = f"{page}: no such page in {EVIDENCE.name}, and nothing stale in a folder of that name"
        print(what if page else "name a page or a folder: make fresh PAGE=docs/axioms.md", file=sys.stderr)
        return 2
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for row in chosen:
        print(f"== {row.page}\n{row.command}", flush=True)
        start = time.monotonic()
        if subprocess.run(["sh", "-euc", row.command], cwd=ROOT, env=environment, check=False).returncode:
            return 1
        write(row._replace(commit=last_change().commit, minutes=f"{(time.monotonic() - start) / 60:.1f}"))
        print(f"read {row.files[0]} before you commit it", flush=True)
    return 0


def write(new: Evidence) -> None:
    """Put a row into the place of the one with its page."""
    rows = [new if row.page == new.page else row for row in evidence()]
    with EVIDENCE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([Evidence._fields, *rows])


if __name__ == "__main__":
    sys.exit(freshen(sys.argv[2]) if sys.argv[1] == "fresh" else list_stale())
