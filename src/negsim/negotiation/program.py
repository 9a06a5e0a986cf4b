"""The program of the model: `python -m negsim.negotiation.program FILE` compiles it into an object file.

It prints the share that is done, a line at a time. `negsim.kernel` runs this in a process of its own, so that a run in
progress keeps its memory small and a browser is answered meanwhile; a wheel is built with it as well.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from negsim.kernel import BOUNDS, ENTRIES, SAMPLES
from negsim.negotiation import runs  # noqa: F401 - which imports every entry

RULES = 185  # about as many are lowered, which takes two thirds of the time


def main() -> None:
    """Compile into the file that the command line names."""
    from negsim.compiler import compile_program

    gc.disable()
    steps = iter(range(1, 10_000))
    code = compile_program(
        ENTRIES, SAMPLES, bounds=BOUNDS, progress=lambda: print(min(0.7, 0.7 * next(steps) / RULES), flush=True)
    )
    Path(sys.argv[1]).write_bytes(code)


if __name__ == "__main__":
    main()
