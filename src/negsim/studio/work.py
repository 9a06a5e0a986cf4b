"""Work in processes beside the server, so that no visitor's work holds up another's page.

- What a stranger sends is read and computed in a worker, a process of its own. The server's event loop passes on what a
  worker answers; by itself it reads only forms and the bounded journals of tables.
- A place stays taken until its work has ended. Work that takes too long, and work that nobody waits for any more, ends
  with its process; a fresh one takes the place. Where the system can, work is measured in processor time, since the
  same work takes several times as long on a busy machine.
- Addresses take turns, and none has more than half of the places. So a visitor who asks for much delays those at other
  addresses by one job at most. Addresses count, not pages, because one visitor can open forty pages; a class may share
  an address, so enough jobs may wait for one address to serve a class.
- Answers, refusals too, are kept for those who ask again, bounded in bytes. Whoever has waited for a place looks there
  once more: a class that follows one link at once costs a job a place.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import math
import multiprocessing
import os
import pickle
import signal
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, TypeVarTuple

from negsim import plugins
from negsim.errors import NegsimError, ScenarioError
from negsim.studio import limits
from negsim.studio.limits import RefusedError

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")

_TOO_LONG = f"this was stopped: it takes more than {limits.WORK_SECONDS:.0f} seconds here; try something smaller"
_TOO_LARGE = "this was stopped: it needs more memory than this studio gives it; try something smaller"
_TIME_IS_UP = 24  # SIGXCPU
_NICENESS = 5  # of workers, which step back for the server
_PROCESSES = Lock()  # an ended process says why only once, to whoever asks first, and each start asks all


class BusyError(RefusedError):
    """Too many jobs of one address are waiting already."""


@dataclass
class Visit:
    """A request for work."""

    address: str
    before: int | None = None  # how many jobs come first; None while this one runs, or is not asked for

    def words(self) -> str:
        """Describe the state of the work in a sentence.

        >>> Visit("a", before=3).words(), Visit("a", before=0).words(), Visit("a").words()
        ('3 before you.', 'You are next.', 'Your turn: this is being worked out.')
        """
        if self.before is None:
            return "Your turn: this is being worked out."
        return f"{self.before} before you." if self.before else "You are next."


# ------------------------------------------------------------------------------------- in the worker


def _serve(pipe: Connection, seconds: float) -> None:
    """Answer jobs until the server is gone, this process has grown too large, or a job has used so many seconds."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C at the terminal is for the server
    with suppress(AttributeError, OSError):
        os.nice(_NICENESS)
    plugins.shut()
    start, own = _memory()
    if start:
        _limit("RLIMIT_AS", start + limits.MOST_MEMORY)
    is_worn = False
    with suppress(EOFError, OSError, MemoryError):
        while not is_worn:
            job = pickle.loads(pipe.recv_bytes())  # noqa: S301 - from the server
            _limit("RLIMIT_CPU", math.ceil(time.process_time() + seconds))
            answer, is_worn = _answer(*job), _memory()[1] > own + limits.WORN_BYTES
            pipe.send((answer, is_worn))


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...]) -> bytes:
    """Answer a job: with its result, or with the error that a visitor may read."""
    try:
        return pickle.dumps((True, function(*arguments)), protocol=pickle.HIGHEST_PROTOCOL)
    except ScenarioError as error:
        return pickle.dumps((False, error.cut(limits.MOST_PROBLEMS_ON_PAGE)))
    except NegsimError as error:
        return pickle.dumps((False, error))


def _memory() -> tuple[int, int]:
    """Return the bytes of this process: of address space, and of memory; 0 if the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0, 0
    return int(pages[0]) * os.sysconf("SC_PAGE_SIZE"), int(pages[1]) * os.sysconf("SC_PAGE_SIZE")


def _limit(name: str, most: int) -> None:
    """Set a limit of this process, if the system can, unless there is a stricter one that it cannot lift."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


# ------------------------------------------------------------------------------------- in the server


def tune_allocator() -> None:
    """Make the system's allocator return large results when they are released, if it is glibc's."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(-3, 2**18)  # M_MMAP_THRESHOLD, which otherwise grows with what is freed


async def give_memory_back() -> None:
    """Return to the system the memory still held for pages and results that are gone."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _context() -> BaseContext:
    """Return how workers start: as copies of a process that has loaded everything, if the system can."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["negsim.studio.warm"])
    return context


class _Worker:
    """A place: a process that does one job after the other, started when there is one."""

    def __init__(self, seconds: float) -> None:
        """Take a place. seconds: of a processor that a job may take."""
        self._seconds = seconds
        self._process: Any = None
        self._pipe: Any = None

    def start(self) -> None:
        """Start the process, if it does not run."""
        if self._process is None or not self._process.is_alive():
            context: Any = _context()
            self._pipe, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, self._seconds), daemon=True)
            with _PROCESSES:
                process.start()
            theirs.close()
            self._process = process

    def ask(self, job: bytes) -> bytes:
        """Let a started process answer a job; this thread waits. Raises `RefusedError` if the process ends."""
        process = self._process
        try:
            self._pipe.send_bytes(job)
            answer, is_worn = self._pipe.recv()
        except (EOFError, OSError):
            self.end()
            with _PROCESSES:
                process.join()
            raise RefusedError(_TOO_LONG if process.exitcode == -_TIME_IS_UP else _TOO_LARGE) from None
        if is_worn:
            self.end()
        return bytes(answer)

    def end(self) -> None:
        """End the process, whatever it does; the next job starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()


class Works:
    """The places for work, the queue of each address that waits for one, and answers that are kept."""

    limit = staticmethod(asyncio.timeout)  # ends work that takes so many seconds; tests have a clock of their own

    def __init__(
        self, count: int = limits.WORK_PLACES, seconds: float = limits.WORK_SECONDS, most: int = limits.MOST_WAITING
    ) -> None:
        """Start with all places free. seconds: of a processor, for a job. most: jobs that may wait for one address."""
        self.seconds, self.most, self.most_kept = seconds, most, limits.MOST_CACHE
        self.free = [_Worker(seconds) for _ in range(count)]
        self._most_of_address = max(1, count // 2)  # places
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="place")
        self._taken: Counter[str] = Counter()  # places, by address
        self._waiting: OrderedDict[str, deque[tuple[Visit, asyncio.Future[_Worker]]]] = OrderedDict()  # next first
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()  # answers by job, the last used ones at the end
        self._size = 0  # bytes of these

    async def do(self, visit: Visit, function: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
        """Return the result of a function that a worker can import, computed there or kept from before.

        Raises what it raises, `BusyError`, and `RefusedError` for work that is too long or too large.
        """
        job = pickle.dumps((function, arguments))
        if (answer := self._known(job)) is None:
            async with self.place(visit) as worker:
                if (answer := self._known(job)) is None:
                    await self._run(worker, worker.start, None)
                    answer = await self._run(worker, partial(worker.ask, job), limits.STRETCH * self.seconds)
                    self._keep(job, answer)
        is_good, value = pickle.loads(answer)  # noqa: S301 - from a worker
        if not is_good:
            raise value
        result: Result = value
        return result

    async def _run(self, worker: _Worker, act: Callable[[], Result], seconds: float | None) -> Result:
        """Let a worker act, and end it if it takes too long or nobody waits any more."""
        work = asyncio.get_running_loop().run_in_executor(self._threads, act)
        try:
            async with self.limit(seconds):
                return await asyncio.shield(work)
        except (TimeoutError, asyncio.CancelledError) as error:
            worker.end()
            await asyncio.wait([work])  # until it has ended, its place is taken
            work.exception()
            if isinstance(error, TimeoutError):
                raise RefusedError(_TOO_LONG) from None
            raise

    @asynccontextmanager
    async def place(self, visit: Visit) -> AsyncIterator[_Worker]:
        """Provide a place for as long as the block lasts. Raises `BusyError`."""
        queue = self._waiting.setdefault(visit.address, deque())
        if len(queue) >= self.most:
            raise BusyError("too much is running for your address already; wait a few seconds and try again")
        ticket: asyncio.Future[_Worker] = asyncio.get_running_loop().create_future()
        queue.append((visit, ticket))
        self._hand_out()
        try:
            yield await ticket
        finally:
            if ticket.cancelled():
                with suppress(ValueError):
                    queue.remove((visit, ticket))
            else:
                self._taken -= Counter([visit.address])
                self.free.append(ticket.result())
            self._hand_out()

    def _hand_out(self) -> None:
        """Give free places to those whose turn it is, and count for the others how many jobs come first."""
        while self.free:
            turns = (one for one in self._waiting if self._waiting[one] and self._taken[one] < self._most_of_address)
            if (address := next(turns, None)) is None:
                break
            self._waiting.move_to_end(address)
            visit, ticket = self._waiting[address].popleft()
            if not ticket.done():
                visit.before = None
                self._taken[address] += 1
                ticket.set_result(self.free.pop())
        for address in [one for one in self._waiting if not self._waiting[one]]:
            del self._waiting[address]
        for own, queue in enumerate(queues := list(self._waiting.values())):
            for place, (visit, _) in enumerate(queue):
                others = (min(len(other), place + (n < own)) for n, other in enumerate(queues) if n != own)
                visit.before = place + sum(others)

    def _known(self, job: bytes) -> bytes | None:
        """Return the answer to a job that is kept."""
        if job in self._kept:
            self._kept.move_to_end(job)
        return self._kept.get(job)

    def _keep(self, job: bytes, answer: bytes) -> None:
        """Keep an answer, and forget the oldest ones if there is no room."""
        if job not in self._kept:
            self._size += len(job) + len(answer)
        self._kept[job] = answer
        while self._size > self.most_kept:
            oldest, old = self._kept.popitem(last=False)
            self._size -= len(oldest) + len(old)

    async def start(self) -> None:
        """Start all processes, so that nobody waits for that."""
        for worker in self.free:
            await asyncio.to_thread(worker.start)

    def end(self) -> None:
        """End all processes that have no work."""
        for worker in self.free:
            worker.end()


WORKS = Works()  # of this process
