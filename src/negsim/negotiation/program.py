"""Compile the program of the model: `python -m negsim.negotiation.program FILE` writes it into an object file.

It prints the percentage done, a line at a time. `negsim.kernel` starts it when there is no program yet, and the
wheel is built with it.
"""

from __future__ import annotations

import gc
import itertools
import re
import sys
from pathlib import Path

from negsim import kernel
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

    try:
        code = compile_program(ENTRIES, SAMPLES, bounds=BOUNDS, progress=progress)
    except Exception as error:  # noqa: BLE001 - whatever numba makes of a mistake
        sys.exit(_what(error))
    Path(sys.argv[1]).write_bytes(code)


def _what(error: Exception) -> str:
    """Return in one line what numba says on many: the mistake, and its innermost place, if in the file to blame."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    said = next((line for line in text.splitlines() if line and not line.startswith("Failed in")), "")
    file = "" if kernel.own_rules is None else re.escape(Path(kernel.own_rules.plugin.file).name)
    place = re.search(rf'File "(.*{file})", line (\d+)', text)
    return f"{place[1]}:{place[2]}: {said}" if place else f"{type(error).__name__}: {said}"


if __name__ == "__main__":
    main()
