"""What ends a command from outside: ^C, SIGTERM and SIGHUP, turned into one exception and one exit code.

- The first signal raises `Stopped`, a KeyboardInterrupt, in the main thread: what is half written is removed on the
  way out. Further signals change nothing, unless the way out takes longer than `PATIENCE`.
- Where Python drops the exception, as in a destructor, it comes again; nothing is said of that.
- A signal that is ignored when the command begins stays so, as under `nohup`.
- Nothing here takes long to import: ^C is to be heard while the rest is imported.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from _thread import interrupt_main
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
PATIENCE = 10.0  # seconds
AGAIN = 0.01  # seconds until a signal comes again that was lost
SENTENCE = "interrupted; nothing was written"


class Stopped(KeyboardInterrupt):
    """The command is to end. `code`: its exit code, 128 and the number of the signal, as shells have it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


def exit_code(error: KeyboardInterrupt) -> int:
    """The exit code after an interrupt, 130 where no signal of ours is known."""
    return error.code if isinstance(error, Stopped) else 128 + signal.SIGINT


_first: list[float] = []  # when the first signal was heard


def hear() -> None:
    """From now on, let the first signal raise `Stopped`."""
    _first.clear()
    sys.unraisablehook = _lost
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _lost(what: sys.UnraisableHookArgs) -> None:
    """Let a signal come again whose exception nothing can catch, because it rose in a destructor."""
    if not isinstance(what.exc_value, Stopped):
        sys.__unraisablehook__(what)
        return
    _first.clear()
    again = threading.Timer(AGAIN, interrupt_main, what.exc_value.args)
    again.daemon = True
    again.start()


def ignore() -> None:
    """Let no signal disturb the end of the process."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def was_heard() -> bool:
    """Whether a signal has been heard."""
    return bool(_first)


def _stop(number: int, _: object) -> None:
    if not _first:
        _first.append(time.monotonic())
        raise Stopped(number)
    if time.monotonic() - _first[0] > PATIENCE:
        os._exit(128 + number)


@contextmanager
def deferred(stop: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Answer a signal with `stop`, and let it do what it does only when the block has ended.

    In another thread than the main one, which hears no signals, this does nothing.
    """
    usual = {number: signal.getsignal(number) for number in ENDING}
    if threading.current_thread() is not threading.main_thread() or None in usual.values():
        yield
        return
    heard: list[int] = []

    def hear_later(number: int, _: object) -> None:
        heard.append(number)
        stop()

    for number, handler in usual.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, hear_later)
    try:
        yield
    finally:
        for number, handler in usual.items():
            signal.signal(number, handler)
        if heard:
            signal.raise_signal(heard[0])


@contextmanager
def not_inherited() -> Iterator[None]:
    """Processes that begin within the block never hear ^C or a hang-up: whoever began them ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
