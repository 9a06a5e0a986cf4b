"""Talk on stderr: what a person wants to know while long work goes on.

Rules that hold here
- Work is a generator that yields steps and returns its result; it never prints.
- On a terminal a bar comes and goes; elsewhere a line now and then, so that a log stays short.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import TypeVar

PATIENCE = 5.0  # seconds between lines where there is no terminal

Step = tuple[int, int, str]  # done, of how many, what
Result = TypeVar("Result")


def say(text: str) -> None:
    """Talk to the person, not to the pipe."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the one place that talks


def followed(steps: Generator[Step, None, Result]) -> Result:
    """What a piece of work returns at its end; its steps are shown."""
    with _shown() as show:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                result: Result = end.value
                return result
            show(*step)


@contextmanager
def _shown() -> Iterator[Callable[[int, int, str], None]]:
    if sys.stderr.isatty():
        with _bar() as show:
            yield show
    else:
        yield _lines()


def _lines() -> Callable[[int, int, str], None]:
    """A line for a step, if the last one was some time ago."""
    last = time.monotonic()

    def show(done: int, total: int, text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= PATIENCE and done < total:
            last = time.monotonic()
            say(f"{done}/{total} {text}")

    return show


@contextmanager
def _bar() -> Iterator[Callable[[int, int, str], None]]:
    """A bar that comes with the first step and is wiped away at the end."""
    from rich.console import Console  # noqa: PLC0415 - most commands are done before they need it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (BarColumn(30), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", visible=False)
        yield lambda done, total, text: bar.update(task, completed=done, total=total, description=text, visible=True)
