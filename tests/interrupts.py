"""Programs under test that hear ^C, however the tests were started."""

import signal


def hear_interrupts() -> None:
    """Before a program starts: a shell's background job is born deaf to ^C; the program under test is not to be."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
