"""Compile the program: `python -m negsim.negotiation.program FILE.o PLATFORM` writes an object file for a platform.

It prints the percentage done, a line at a time. What all platforms share is read from FILE.bc if there is one, or else
written into it. `negsim.kernel` starts it.
"""

from __future__ import annotations

import gc
import itertools
import re
import sys
from pathlib import Path

from negsim import kernel, platforms
from negsim.kernel import BOUNDS, ENTRIES, SAMPLES
from negsim.negotiation import runs  # noqa: F401 - it imports every entry

_ABOUT_ALL_RULES = 280  # about as many are lowered
_LOWERING_PERCENT = 80  # per cent of the time are spent on that


def main() -> None:
    """Compile as the command line says."""
    file, platform = Path(sys.argv[1]), sys.argv[2]
    common = file.with_suffix(".bc")
    if not common.exists():
        common.write_bytes(_common_code())
    file.write_bytes(platforms.emit_object(common.read_bytes(), platform))


def _common_code() -> bytes:
    """Lower and link all rules, and end the process with a line if one of them is wrong."""
    from negsim.compiler import compile_program  # noqa: PLC0415 - numba is slow to import

    gc.disable()  # a seventh of the time, and the process ends soon
    lowered = itertools.count(1)

    def progress() -> None:
        sys.stdout.write(f"{_LOWERING_PERCENT * min(_ABOUT_ALL_RULES, next(lowered)) // _ABOUT_ALL_RULES}\n")
        sys.stdout.flush()

    try:
        return compile_program(ENTRIES, SAMPLES, bounds=BOUNDS, progress=progress)
    except Exception as error:  # noqa: BLE001 - whatever numba makes of a mistake
        sys.exit(_what(error))


def _what(error: Exception) -> str:
    """Return in one line what numba says on many: the mistake, and its innermost place, if in the file to blame."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    said = next((line for line in text.splitlines() if line and not line.startswith("Failed in")), "")
    file = "" if kernel.own_rules is None else re.escape(Path(kernel.own_rules.plugin.file).name)
    place = re.search(rf'File "(.*{file})", line (\d+)', text)
    return f"{place[1]}:{place[2]}: {said}" if place else f"{type(error).__name__}: {said}"


if __name__ == "__main__":
    main()
