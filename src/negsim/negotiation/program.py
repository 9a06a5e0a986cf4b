"""Compile the program of the model: `python -m negsim.negotiation.program FILE` writes it into an object file.

It prints the percentage done, a line at a time. `negsim.kernel` starts it when there is no program yet, and the
wheel is built with it.
"""

from __future__ import annotations

import gc
import itertools
import sys
from pathlib import Path

from negsim.kernel import BOUNDS, ENTRIES, SAMPLES
from negsim.negotiation import runs  # noqa: F401 - it imports every entry

_ABOUT_ALL_RULES = 280  # about as many are lowered
_LOWERING_PERCENT = 80  # per cent of the time are spent on that


def main() -> None:
    """Compile into the file that the command line names."""
    from negsim.compiler import compile_program  # noqa: PLC0415 - numba is slow to import

    gc.disable()  # a seventh of the time, and the process ends soon
    lowered = itertools.count(1)

    def progress() -> None:
        sys.stdout.write(f"{_LOWERING_PERCENT * min(_ABOUT_ALL_RULES, next(lowered)) // _ABOUT_ALL_RULES}\n")
        sys.stdout.flush()

    Path(sys.argv[1]).write_bytes(compile_program(ENTRIES, SAMPLES, bounds=BOUNDS, progress=progress))


if __name__ == "__main__":
    main()
