"""The command `negsim`: `main` listens for signals before any slow import; `commands` has the rest."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress

from negsim import signals


def main() -> None:
    """Run the command given on the command line, and end the process with its exit code."""
    ends: list[str | int | None] = []  # the exit code, once the command has ended
    try:
        signals.hear()
        _run(ends)
        signals.ignore()
    except KeyboardInterrupt as error:  # before the command had begun, or after its end
        signals.ignore()
        if not ends:
            ends.append(signals.exit_code(error))
            sys.stderr.write(f"{signals.SENTENCE}\n")
    except BaseException:
        signals.ignore()
        if signals.was_heard():
            _leave(1)
        raise
    if signals.was_heard() and isinstance(ends[0], int):
        _leave(ends[0])
    sys.exit(ends[0])


def _run(ends: list[str | int | None]) -> None:
    """Run the command and record its exit code, which no later signal changes."""
    os.environ["MPLBACKEND"] = "agg"  # pictures are files; a backend of the user's own may not be there
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy starts as many as there are cores, and we need none
    gc.set_threshold(300_000)  # most of what imports make stays: look for garbage less often, and begin sooner
    atexit.register(gc.freeze)  # the system takes everything back at once: look for no garbage at the end
    from negsim.cli import commands

    try:
        commands.main()
        ends.append(0)
    except SystemExit as end:
        ends.append(end.code)


def _leave(code: int) -> None:
    """End the process without waiting for threads that are still at work."""
    atexit._run_exitfuncs()  # noqa: SLF001 - what `os._exit` leaves out
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)
