"""Measure how fast negsim is, and against what: `make bench` prints one table and writes it into docs/performance.md.

Each row is a ratio of two numbers taken in this run. `python benchmarks/run.py SECTION ...` only prints some sections.
The exit code is 0 unless something breaks or two sides that should give the same answer do not; a missed target is
printed as missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import against_c
import against_objects
import against_reference
import browsers
import cold
import large_study
import live_page
import numpy as np
import scaling
import threads
from table import BROKEN, Row, header

import policies
import study

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"  # whose block of text is the table
SECTIONS = {
    "objects": against_objects,
    "c": against_c,
    "threads": threads,
    "policies": policies,
    "reference": against_reference,
    "scaling": scaling,
    "browsers": browsers,
    "page": live_page,
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
    lines, failed = [surroundings(), *header()], False
    print(*lines, sep="\n", flush=True)
    for name in options.sections or SECTIONS:
        for row in rows(name, options.runs):
            lines.append(row.line())
            print(lines[-1], flush=True)
            failed = failed or row.failed
    if not options.sections:
        head, tail = re.split(r"(?s)(?<=```text\n).*?(?=```)", PAGE.read_text(encoding="utf-8"), maxsplit=1)
        PAGE.write_text(head + "\n".join([*lines, ""]) + tail, encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
