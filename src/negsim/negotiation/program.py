"""Compile the program: `python -m negsim.negotiation.program FILE.o PLATFORM` writes an object file for a platform.

It prints the percentage done, a line at a time. Rules that were lowered before, for whatever platform, are taken from
the cache. `negsim.kernel` starts it.
"""

from __future__ import annotations

import ast
import gc
import hashlib
import itertools
import re
import sys
from importlib import metadata
from pathlib import Path

from negsim import kernel, platforms
from negsim.kernel import BOUNDS, ENTRIES, SAMPLES
from negsim.negotiation import runs  # noqa: F401 - it imports every entry

_ABOUT_ALL_RULES = 280  # about as many are lowered
_LOWERING_PERCENT = 60  # per cent of the time are spent on that, if all are


def main() -> None:
    """Compile as the command line says."""
    file, platform = Path(sys.argv[1]), sys.argv[2]
    file.write_bytes(platforms.emit_object(_code(), platform))


def _code() -> bytes:
    """Lower and link all rules, and end the process with a line if one of them is wrong."""
    from negsim.compiler import Memory, compile_program  # noqa: PLC0415 - numba is slow to import

    gc.disable()  # a seventh of the time, and the process ends soon
    lowered = itertools.count(1)

    def progress() -> None:
        _tell(_LOWERING_PERCENT * min(_ABOUT_ALL_RULES, next(lowered)) // _ABOUT_ALL_RULES)

    place = _lowered_before()
    memory = Memory(kernel.kept(place) or b"")
    try:
        code = compile_program(ENTRIES, SAMPLES, bounds=BOUNDS, progress=progress, memory=memory)
    except Exception as error:  # noqa: BLE001 - whatever numba makes of a mistake
        sys.exit(_what(error))
    _tell(_LOWERING_PERCENT)
    if kernel.own_rules is None:
        kernel.keep(place, memory.dump())
    return code


def _tell(percent: int) -> None:
    sys.stdout.write(f"{percent}\n")
    sys.stdout.flush()


def _lowered_before() -> Path:
    """Return where the cache has the rules that were lowered before, under the digest of all else in the sources."""
    digest = hashlib.sha256(f"{sys.version} {metadata.version('numba')} {BOUNDS}".encode())
    for source in kernel.SOURCES:
        for statement in ast.parse(source.read_bytes()).body:
            if not kernel.is_kernel(statement):
                digest.update(ast.dump(statement).encode())
    return kernel.in_cache(f"rules-{digest.hexdigest()[:16]}")


def _what(error: Exception) -> str:
    """Return in one line what numba says on many: the mistake, and its innermost place, if in the file to blame."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    said = next((line for line in text.splitlines() if line and not line.startswith("Failed in")), "")
    file = "" if kernel.own_rules is None else re.escape(Path(kernel.own_rules.plugin.file).name)
    place = re.search(rf'File "(.*{file})", line (\d+)', text)
    return f"{place[1]}:{place[2]}: {said}" if place else f"{type(error).__name__}: {said}"


if __name__ == "__main__":
    main()
