"""Talk on stderr: the progress of long work.

- Work is a generator that yields steps and returns its result; it never prints.
- On a terminal a bar comes and goes, and below a notebook's cell one line; elsewhere a line comes now and then, so that
  a log stays short.
- The command line imports this first, so whatever takes long to import is imported where it is used.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from negsim.study.results import StudyResults
    from negsim.study.runner import Step
    from negsim.study.schema import Study
    from negsim.study.sequential import Interim


_SECONDS_BETWEEN_LINES = 5.0  # seconds between lines where there is no terminal
_BLINK = 0.2  # and between two states of the line of a notebook

_Result = TypeVar("_Result")


def say(text: str) -> None:
    """Write a line to the person, not into the pipe."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the one place that talks


def followed(
    steps: Generator[Step | Interim[_Result], None, _Result],
    *,
    quiet: bool = False,
    early: Callable[[_Result], str] | None = None,
) -> _Result:
    """Run a piece of work to its end and show its steps; return its result.

    quiet: whether to show them only on a terminal or in a notebook, where a line that is done can be wiped away. early:
    how an answer is written that the work has before its end, if it is to be said.
    """
    begun, first, last = 0.0, 0, math.inf  # when and where the count began
    with _display(quiet=quiet) as show:
        while True:
            try:
                step = next(steps)
            except StopIteration as end:
                result: _Result = end.value
                return result
            if not isinstance(step, tuple):
                if early is not None:
                    say(early(step.answer))
                continue
            done, total, text = step
            if done < last:  # the first step, so that earlier results do not count, or that of further work
                begun, first = time.monotonic(), done
            last = done
            show(done, total, text, _pace(time.monotonic() - begun, done - first, total - done))


def _pace(seconds: float, done: int, left: int) -> str:
    """Return rate and time left; "" until something has been done."""
    if not done or not seconds:
        return ""
    rate = done / seconds
    time_left = timedelta(seconds=round(left / rate))
    return f"{rate:,.0f}/s, {time_left} left" if rate >= 10.0 else f"{time_left} left"


_Show = Callable[[int, int, str, str], None]  # done, of how many, what, rate and time left


@contextmanager
def _display(*, quiet: bool) -> Iterator[_Show]:
    if sys.stderr.isatty():
        with _bar() as show:
            yield show
    elif "ipykernel" in type(sys.stderr).__module__:
        with _line_in_a_cell() as show:
            yield show
    elif quiet:
        yield lambda *_: None
    else:
        yield _now_and_then(say, _SECONDS_BETWEEN_LINES)


@contextmanager
def _line_in_a_cell() -> Iterator[_Show]:
    """Show one line below a notebook's cell, written anew for each step and wiped away at the end."""
    display: Any = import_module("IPython.display").display
    handle: Any = None

    def write(line: str) -> None:
        nonlocal handle
        if handle is None:
            handle = display({"text/plain": line}, raw=True, display_id=True)
        else:
            handle.update({"text/plain": line}, raw=True)

    try:
        yield _now_and_then(write, _BLINK)
    finally:
        if handle is not None:
            handle.update({"text/plain": ""}, raw=True)


def _now_and_then(write: Callable[[str], None], seconds: float) -> _Show:
    """Write a line for a step that is not the last if the one before was some seconds ago."""
    before = time.monotonic()

    def show(done: int, total: int, text: str, pace: str) -> None:
        nonlocal before
        if time.monotonic() - before >= seconds and done < total:
            before = time.monotonic()
            write(f"{done:,}/{total:,} {text}" + (f", {pace}" if pace else ""))

    return show


@contextmanager
def _bar() -> Iterator[_Show]:
    """Show a bar that comes with the first step and is wiped away at the end."""
    from rich.console import Console  # noqa: PLC0415 - most commands are done before they need it
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (BarColumn(30), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", visible=False)
        yield lambda done, total, text, pace: bar.update(
            task, completed=done, total=total, description=f"{text}  {pace}", visible=True
        )


def sweep(  # noqa: PLR0913 - all but the first two by their names
    study: Study | str | Path,
    folder: str | Path,
    *,
    executor: str | Executor = "threads",
    count: int | None = None,
    scheduler: str | None = None,
    policies: Mapping[str, object] | None = None,
) -> StudyResults:
    """Run a study, or what is missing of it, into a results folder, as `negsim.sweep` does, and show it on stderr."""
    from negsim.policies.identity import check_travel  # noqa: PLC0415
    from negsim.study.results import results  # noqa: PLC0415
    from negsim.study.runner import Workers, check_workers, number_of_workers, workers  # noqa: PLC0415
    from negsim.study.schema import Study, load_study  # noqa: PLC0415
    from negsim.study.sweep import opened  # noqa: PLC0415

    study = study if isinstance(study, Study) else load_study(study)
    pool: AbstractContextManager[Workers]
    count = number_of_workers("count", count)
    if isinstance(executor, Executor):
        pool = nullcontext(Workers(executor, count))
    else:
        check_workers(executor, scheduler)
        pool = workers(executor, count=count, scheduler=scheduler)
    if not isinstance(executor, ThreadPoolExecutor) and executor != "threads":
        check_travel(policies or {}, anywhere=executor != "processes")
    with opened(study, Path(folder), policies=policies) as sweeping, pool as running:
        for notice in sweeping.notices:
            say(notice)
        followed(sweeping.steps(running))
    return results(folder)
