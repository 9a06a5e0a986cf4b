"""Who does the work: threads here, processes here, or a Dask cluster.

Rules that hold here
- Any `concurrent.futures` executor will do; results never depend on which.
- Threads are enough on one machine, because the kernels release Python's lock.
"""

from __future__ import annotations

import multiprocessing
import os
import re
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import NamedTuple

from negsim.errors import FailedError, NegsimError, shown

KINDS = ("threads", "processes", "dask")
ADDRESS = re.compile(r"((tcp|tls|ws|wss|ucx)://)?[^/\s]+:\d{1,5}", re.ASCII)  # of a scheduler
PATIENCE = "10s"  # for a scheduler to answer
RETRIES = 5  # of a task whose worker was lost


class Workers(NamedTuple):
    """An executor, on how many tasks it works at once, and what a task raises whose worker was lost."""

    executor: Executor
    slots: int
    lost: tuple[type[Exception], ...] = (BrokenExecutor, CancelledError)


def default_threads() -> int:
    """As many threads as this process may use cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check_workers(kind: str, scheduler: str | None = None) -> None:
    """Raise NegsimError unless there are workers of that kind, and the scheduler's address is one."""
    if kind not in KINDS:
        raise NegsimError(f"unknown executor {kind!r}; one of: {', '.join(KINDS)}")
    if (kind == "dask") != (scheduler is not None):
        raise NegsimError("the executor dask needs a scheduler's address, and no other has one")
    if scheduler is not None and not ADDRESS.fullmatch(scheduler):
        raise NegsimError(f"{shown(scheduler)} is no scheduler's address; write it as tcp://127.0.0.1:8786")


@contextmanager
def workers(kind: str = "threads", *, count: int | None = None, scheduler: str | None = None) -> Iterator[Workers]:
    """Workers of a kind, as many as there are cores unless told; what has not begun is dropped at the end.

    scheduler: the address of a Dask scheduler, such as tcp://127.0.0.1:8786. Raises `NegsimError`.
    """
    check_workers(kind, scheduler)
    count = count or default_threads()
    if scheduler is not None:
        with _cluster(scheduler) as found:
            yield found
        return
    spawn = multiprocessing.get_context("spawn")
    pool = ThreadPoolExecutor(count) if kind == "threads" else ProcessPoolExecutor(count, mp_context=spawn)
    try:
        yield Workers(pool, count)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _cluster(scheduler: str) -> Iterator[Workers]:
    """The workers of a Dask cluster."""
    try:
        distributed = import_module("distributed")
    except ImportError:
        raise NegsimError("the executor dask needs dask.distributed; install negsim[cluster]") from None
    try:
        client = distributed.Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise FailedError(f"no Dask scheduler answers at {scheduler} ({error})") from None
    with client:
        count = sum(client.nthreads().values())
        if not count:
            raise FailedError(f"the Dask scheduler at {scheduler} has no workers")
        executor = client.get_executor(retries=RETRIES)
        try:
            yield Workers(executor, count, (*Workers._field_defaults["lost"], distributed.KilledWorker))
        finally:
            executor.shutdown(wait=False)
