"""Signals that end a command, ^C, SIGTERM and SIGHUP, turned into one exception and one exit code.

- The first signal raises `Stopped`, a KeyboardInterrupt, in the main thread; unfinished files are removed on the way
  out. Further signals change nothing, unless the way out takes longer than `_LONGEST_WAY_OUT`.
- If Python drops the exception, as in a destructor, it is raised again without a message.
- A signal that is ignored when the command begins stays so, as under `nohup`.
- This module is quick to import, so that ^C works while the rest is imported.
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
_LONGEST_WAY_OUT = 10.0  # seconds
_SECONDS_TO_LOOK = 0.01  # seconds between two looks whether a lost signal may come again
SENTENCE = "interrupted; nothing was written"


class Stopped(KeyboardInterrupt):
    """A request to end the command. `code`: its exit code, 128 plus the number of the signal, as in shells."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


def exit_code(error: KeyboardInterrupt) -> int:
    """Return the exit code after an interrupt, 130 unless one of our signals is known."""
    return error.code if isinstance(error, Stopped) else 128 + signal.SIGINT


_first: list[float] = []  # when the first signal was heard


def hear() -> None:
    """Make the first signal raise `Stopped` from now on."""
    _first.clear()
    sys.unraisablehook = _lost
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _lost(what: sys.UnraisableHookArgs) -> None:
    """Raise a signal again whose exception nothing can catch, because it rose in a destructor."""
    if not isinstance(what.exc_value, Stopped):
        sys.__unraisablehook__(what)
        return
    threading.Thread(target=_raise_again, args=what.exc_value.args, daemon=True).start()


def _raise_again(number: signal.Signals) -> None:
    """Raise a signal in the main thread once that has left `_lost`, where nothing could catch it either."""
    while _is_main_thread_in(_lost):
        time.sleep(_SECONDS_TO_LOOK)
    _first.clear()
    interrupt_main(number)


def _is_main_thread_in(function: Callable[[sys.UnraisableHookArgs], None]) -> bool:
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001 - the way to a thread's frames
    while frame is not None and frame.f_code is not function.__code__:
        frame = frame.f_back
    return frame is not None


def ignore() -> None:
    """Let no signal disturb the end of the process."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)


def was_heard() -> bool:
    """Return whether a signal has been heard."""
    return bool(_first)


def _stop(number: int, _: object) -> None:
    if not _first:
        _first.append(time.monotonic())
        raise Stopped(number)
    if time.monotonic() - _first[0] > _LONGEST_WAY_OUT:
        os._exit(128 + number)


@contextmanager
def deferred(stop: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Answer a signal with `stop`, and delay its effect until the block has ended.

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
    """Shield processes that begin within the block from ^C and hang-ups: their parent ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
