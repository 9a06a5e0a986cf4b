"""The command `negsim`: `main` hears signals before anything that takes long is imported; `commands` has the rest."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress

from negsim import signals


def main() -> None:
    """Run the command that the words of the process name, and end the process with its exit code."""
    signals.hear()
    os.environ["MPLBACKEND"] = "agg"  # pictures are files; a backend of the user's own may not be there
    gc.set_threshold(100_000)  # most of what imports make stays: look for garbage less often, and begin sooner
    code: object = 1
    try:
        from negsim.cli import commands

        commands.main()
        code = 0
    except SystemExit as end:
        code = end.code
        raise
    except KeyboardInterrupt as error:  # before the command had begun, or after its end
        code = signals.exit_code(error)
        sys.stderr.write(f"{signals.SENTENCE}\n")
        sys.exit(code)
    finally:
        signals.ignore()
        if signals.was_heard() and isinstance(code, int):
            _leave(code)


def _leave(code: int) -> None:
    """End the process without waiting for threads that are still at work."""
    atexit._run_exitfuncs()  # noqa: SLF001 - what `os._exit` leaves out
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)
