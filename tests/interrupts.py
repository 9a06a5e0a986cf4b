"""Programs under test that hear ^C, however the tests were started, and whether they have heard it yet."""

import signal
import subprocess
from pathlib import Path
from typing import Any


def hear_interrupts() -> None:
    """Before a program starts: a shell's background job is born deaf to ^C; the program under test is not to be."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def is_pending(process: subprocess.Popen[Any], number: int) -> bool:
    """Whether a signal was sent to a process that has not been interrupted by it yet."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    masks = dict(line.split(":", 1) for line in status.splitlines())
    return any(int(masks[name], 16) >> (number - 1) & 1 for name in ("SigPnd", "ShdPnd"))
