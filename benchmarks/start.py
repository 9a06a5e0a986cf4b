"""Measure start-up: how long a process takes to do next to nothing, with kernels kept from an earlier run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from rooms import FOCAL
from table import Row, times_as_fast
from timing import Work, best

NEGSIM = str(Path(sys.executable).with_name("negsim"))
NOTHING = "python -c pass"
COMMANDS = {
    NOTHING: [sys.executable, "-c", "pass"],
    "import negsim": [sys.executable, "-c", "import negsim"],
    "negsim --help": [NEGSIM, "--help"],
    "negsim run, 1 replication": [NEGSIM, "run", FOCAL, "--replications", "1"],
    "import mesa": [sys.executable, "-c", "import mesa"],
}
PEERS = (NOTHING, "import mesa")


def rows() -> Iterator[Row]:
    """Compare each of ours with each of theirs."""
    taken = dict(zip(COMMANDS, best([process(command) for command in COMMANDS.values()], seconds=0.0), strict=True))
    for ours in COMMANDS:
        if ours not in PEERS:
            for theirs in PEERS:
                yield times_as_fast(f"start: {ours}; {theirs}", taken[ours], taken[theirs], same=True)


def process(command: list[str]) -> Work:
    """Make a work of a command; raises CalledProcessError if it fails."""
    return lambda: subprocess.run(command, check=True, capture_output=True)
