"""Measure how fast negsim is, and against what: `make bench` prints one table.

Each row is a ratio of two numbers taken in this run. `python benchmarks/run.py SECTION ...` prints some sections only.
The exit code is 0 unless something breaks or two sides that should give the same answer do not; a missed target is
printed as missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import traceback
from collections.abc import Iterator

import against_c
import against_objects
import against_reference
import browsers
import cold
import large_study
import live_page
import numpy as np
import scaling
import start
import threads
from table import BROKEN, Row, header

import policies
import study

SECTIONS = {
    "objects": against_objects,
    "c": against_c,
    "threads": threads,
    "policies": policies,
    "reference": against_reference,
    "scaling": scaling,
    "browsers": browsers,
    "page": live_page,
    "start": start,
    "cold": cold,
    "study": study,
    "large": large_study,
}


def asked() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)} (default: all)")
    parser.add_argument("--runs", type=int, default=1_000_000, help="of the study (default: a million)")
    options = parser.parse_args()
    if strange := [name for name in options.sections if name not in SECTIONS]:
        parser.error(f"no section is called {strange[0]!r}; they are {', '.join(SECTIONS)}")
    return options


def rows(name: str, runs: int) -> Iterator[Row]:
    """Yield the rows of a section; if it breaks, a row that says so, and the others go on."""
    try:
        yield from study.rows(runs) if name == "study" else SECTIONS[name].rows()
    except Exception as problem:  # noqa: BLE001 - whatever it is, the other sections are worth having
        traceback.print_exc()
        yield Row(name, note=f"{BROKEN}: {type(problem).__name__}: {problem}")


def surroundings() -> str:
    """Describe what the numbers depend on."""
    load = ", ".join(f"{of:.1f}" for of in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    versions = f"Python {platform.python_version()}, numpy {np.__version__}"
    return f"{versions}; {os.cpu_count()} cores of {platform.machine()}, load before {load}"


def main() -> int:
    """Print the table; return 1 if something broke or answers differ."""
    options = asked()
    print(surroundings(), *header(), sep="\n", flush=True)
    failed = False
    for name in options.sections or SECTIONS:
        for row in rows(name, options.runs):
            print(row.line(), flush=True)
            failed = failed or row.failed
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
