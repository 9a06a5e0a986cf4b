"""Work in processes beside the server, so that no visitor's work holds up another's page.

- What a stranger sends is read and computed in a worker, a process of its own. The server's event loop passes on what a
  worker answers; by itself it reads only forms and the bounded journals of tables.
- Short work has a place of its own. Work that turns out not to be short is stopped there and goes to the places for
  long work, which only a page that waits may ask for.
- A place stays taken until its work has ended. Work that takes too long, and work that nobody waits for any more, ends
  with its process; a fresh one takes the place. Where the system can, long work is measured in processor time, since
  the same work takes several times as long on a busy machine.
- Addresses take turns, so that a visitor who asks for much delays those at other addresses by one job at most.
  Addresses count, not pages, because one visitor can open forty pages; a class may share an address, so enough jobs may
  wait for one address to serve a class.
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
import sys
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from threading import Lock
from typing import Any, TypeVar, TypeVarTuple

from negsim import plugins
from negsim.errors import NegsimError, ScenarioError
from negsim.studio import limits
from negsim.studio.limits import RefusedError

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")
_Job = tuple[Callable[..., Any], tuple[Any, ...]]  # a function that a worker can import, and its arguments

_TOO_LONG = f"this was stopped: it takes more than {limits.LONG_SECONDS:.0f} seconds here; try something smaller"
_TOO_LARGE = "this was stopped: it needs more memory than this studio gives it; try something smaller"
_TIME_IS_UP = 24  # SIGXCPU
_STEP_BACK = 5  # niceness of short work, which steps back for the server; that of long work is twice this
_NO_START = "the studio cannot start a process for this; ask whoever runs it"
_PROCESSES = Lock()  # an ended process says why only once, to whoever asks first, and each start asks all


class BusyError(RefusedError):
    """Too many jobs of one address are waiting already."""


class LongError(Exception):
    """Long work, asked for by somebody who does not wait."""


@dataclass
class Visit:
    """A request for work."""

    address: str
    is_patient: bool = True  # whether it may be long work
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


def _serve(pipe: Connection, niceness: int, seconds: float | None) -> None:
    """Answer jobs until the server is gone, it has grown too large, or a job has used so many seconds."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C at the terminal is for the server
    with suppress(AttributeError, OSError):
        os.nice(niceness)
    plugins.shut()
    start, own = _memory()
    _bound(start + limits.MOST_MEMORY)
    with suppress(EOFError, OSError):
        while _memory()[1] <= own + limits.WORN_BYTES:
            pipe.send_bytes(b"ready")
            job = pickle.loads(pipe.recv_bytes())  # noqa: S301 - from the server
            if seconds is not None:
                _bound_time(time.process_time() + seconds)
            pipe.send_bytes(_answer(*job))


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...]) -> bytes:
    """Answer a job: with its result, or with the error that a visitor may read."""
    try:
        return pickle.dumps((True, function(*arguments)), protocol=pickle.HIGHEST_PROTOCOL)
    except ScenarioError as error:
        return pickle.dumps((False, error.cut(limits.MOST_PROBLEMS_ON_PAGE)))
    except NegsimError as error:
        return pickle.dumps((False, error))
    except MemoryError:
        return pickle.dumps((False, RefusedError(_TOO_LARGE)))


def _memory() -> tuple[int, int]:
    """Return the bytes of this process: of address space, and of memory; 0 if the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as counts:  # noqa: PTH123 - the shortest way
            space, memory, *_ = (int(count) * os.sysconf("SC_PAGE_SIZE") for count in counts.read().split())
            return space, memory
    except (OSError, AttributeError, ValueError):
        return 0, 0


def _bound(most: int) -> None:
    """Limit the bytes of this process, if the system can."""
    if sys.platform == "linux":
        _limit("RLIMIT_AS", most)


def _bound_time(most: float) -> None:
    """Let the system end this process, without a core, once it has used so many seconds of a processor."""
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_CPU", math.ceil(most))


def _limit(name: str, most: int) -> None:
    """Set a limit of this process, unless there is a stricter one that it cannot lift."""
    import resource  # noqa: PLC0415 - not on every system

    kind = getattr(resource, name)
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


# ------------------------------------------------------------------------------------- in the server


def tune_allocator() -> None:
    """Make the system's allocator return large results when they are released, if it is glibc's."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(-3, 2**18)  # M_MMAP_THRESHOLD, which otherwise grows with what is freed


def give_memory_back() -> None:
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


class JobAnswer:
    """The result of a job, or its error, with its size."""

    def __init__(self, raw: bytes) -> None:
        self.is_good, self.value = pickle.loads(raw)  # noqa: S301 - from a worker
        self.size = len(raw)


class _Worker:
    """A place: a process that does one job after the other, started when there is one.

    niceness: how far it yields to others on a busy machine. seconds: of processor time that a job may take, if bounded.
    """

    def __init__(self, niceness: int = 0, seconds: float | None = None) -> None:
        self._niceness, self._seconds = niceness, seconds
        self._process: Any = None
        self._pipe: Any = None
        self._starting = Lock()

    def ask(self, job: _Job) -> JobAnswer:
        """Let a started process answer a job; this thread waits.

        Raises `TimeoutError` if the process ends because its time is used up, `RefusedError` if it ends otherwise.
        """
        process = self._process
        try:
            self._pipe.send_bytes(pickle.dumps(job))
            raw = self._pipe.recv_bytes()
        except (EOFError, OSError):
            self.end()
            with _PROCESSES:
                process.join()
            raise (TimeoutError if process.exitcode == -_TIME_IS_UP else RefusedError(_TOO_LARGE)) from None
        self._wait_until_ready()
        return JobAnswer(raw)

    def _wait_until_ready(self) -> None:
        """Wait until the process can take a job, and forget one that makes way instead."""
        try:
            self._pipe.recv_bytes()
        except (EOFError, OSError):
            self.end()

    def end(self) -> None:
        """End the process, whatever it does; the next job starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()

    def start(self) -> None:
        """Start the process, if it does not run, and wait until it is ready."""
        with self._starting:
            if self._process is None or not self._process.is_alive():
                context: Any = _context()
                self._pipe, theirs = context.Pipe()
                process = context.Process(target=_serve, args=(theirs, self._niceness, self._seconds), daemon=True)
                with _PROCESSES:
                    process.start()
                theirs.close()
                try:
                    self._pipe.recv_bytes()
                except (EOFError, OSError):
                    raise RefusedError(_NO_START) from None
                self._process = process


class Places:
    """Places for work of one kind, and the queue of each address that waits for one. All on one event loop."""

    limit = staticmethod(asyncio.timeout)  # ends work that takes so many seconds; tests have a clock of their own

    def __init__(
        self, count: int, seconds: float, most: int = limits.MOST_WAITING, *, niceness: int = 0, stretch: int = 1
    ) -> None:
        """Start with all places free.

        seconds: that a job may take. most: jobs that may wait for one address. stretch: how many times as long it may
        take if it has had less than `seconds` of a processor by then.
        """
        self.most = most
        is_stretched = stretch > 1 and sys.platform == "linux"
        self.seconds = stretch * seconds if is_stretched else seconds
        self.free = [_Worker(niceness, seconds if is_stretched else None) for _ in range(count)]
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="place")
        self._waiting: OrderedDict[str, deque[tuple[Visit, asyncio.Future[_Worker]]]] = OrderedDict()  # next first

    async def do(self, visit: Visit, job: _Job, known: Callable[[_Job], JobAnswer | None]) -> JobAnswer:
        """Do a job and return the answer. Raises `TimeoutError` for one that takes too long.

        known: is asked when its turn has come; returns an answer that there is by then, and may raise too.
        """
        async with self.place(visit) as worker:
            if (answer := known(job)) is not None:
                return answer
            await self._run(worker, worker.start, None)
            return await self._run(worker, partial(worker.ask, job), self.seconds)

    async def _run(self, worker: _Worker, act: Callable[[], Result], seconds: float | None) -> Result:
        """Let a worker act, and end it if it takes too long or nobody waits any more."""
        work = asyncio.get_running_loop().run_in_executor(self._threads, act)
        try:
            async with self.limit(seconds):
                return await asyncio.shield(work)
        except (TimeoutError, asyncio.CancelledError):
            worker.end()
            await asyncio.wait([work])  # until it has ended, its place is taken
            work.exception()
            raise

    @asynccontextmanager
    async def place(self, visit: Visit) -> AsyncIterator[_Worker]:
        """Provide a place for as long as the block lasts. Raises `BusyError`."""
        worker = self.free.pop() if self.free else await self._wait(visit)
        try:
            yield worker
        finally:
            self._leave(worker)

    async def _wait(self, visit: Visit) -> _Worker:
        queue = self._waiting.setdefault(visit.address, deque())
        if sum(not ticket.done() for _, ticket in queue) >= self.most:
            raise BusyError("too much is running for your address already; wait a few seconds and try again")
        ticket: asyncio.Future[_Worker] = asyncio.get_running_loop().create_future()
        queue.append((visit, ticket))
        self._count()
        try:
            return await ticket
        except asyncio.CancelledError:
            if not ticket.cancelled():  # it got the place a moment ago
                self._leave(ticket.result())
            self._count()
            raise
        finally:
            visit.before = None

    def _leave(self, worker: _Worker) -> None:
        """Hand a place to the next in turn, or free it."""
        while self._waiting:
            address, queue = self._waiting.popitem(last=False)
            _, ticket = queue.popleft()
            if queue:
                self._waiting[address] = queue
            if not ticket.done():
                ticket.set_result(worker)
                self._count()
                return
        self.free.append(worker)

    def _count(self) -> None:
        """Count for everybody how many jobs come first, as addresses take turns."""
        waiting = [[visit for visit, ticket in queue if not ticket.done()] for queue in self._waiting.values()]
        for own, queue in enumerate(waiting):
            for place, visit in enumerate(queue):
                others = (min(len(other), place + (n < own)) for n, other in enumerate(waiting) if n != own)
                visit.before = place + sum(others)

    def end(self) -> None:
        """End the processes of all free places."""
        for worker in self.free:
            worker.end()


class Cache:
    """Answers of workers, the last used ones up to a number of bytes."""

    def __init__(self, most: int = limits.MOST_CACHE) -> None:
        self.most, self.size = most, 0
        self._answers: OrderedDict[_Job, tuple[JobAnswer, int]] = OrderedDict()

    def get(self, job: _Job) -> JobAnswer | None:
        """Return the answer to a job, None if it is not kept."""
        if job not in self._answers:
            return None
        self._answers.move_to_end(job)
        return self._answers[job][0]

    def put(self, job: _Job, answer: JobAnswer) -> None:
        """Keep an answer, and forget the oldest ones if there is no room."""
        size = answer.size + sum(len(getattr(each, "text", "")) for each in job[1])
        self._answers[job] = answer, size
        self.size += size
        while self.size > self.most:
            self.size -= self._answers.popitem(last=False)[1][1]


class Works:
    """The places of a studio, and the cache of their answers."""

    limit = staticmethod(asyncio.timeout)  # ends a wait of so many seconds; tests have a clock of their own

    def __init__(self) -> None:
        self.short = Places(limits.SHORT_PLACES, limits.SHORT_SECONDS, niceness=_STEP_BACK)
        self.long = Places(limits.LONG_PLACES, limits.LONG_SECONDS, niceness=2 * _STEP_BACK, stretch=limits.STRETCH)
        self.cache = Cache()
        self._slow: deque[_Job] = deque(maxlen=64)  # that took too long for short work

    async def do(
        self,
        visit: Visit,
        function: Callable[[*Arguments], Result],
        *arguments: *Arguments,
        is_long: bool = False,
        keep: bool = True,
    ) -> Result:
        """Return the result of a function, computed by a worker or kept from before.

        Raises what it raises, `BusyError`, `RefusedError`, and `LongError` if the visit does not wait for long work, or
        would wait long for its turn.
        """
        job: _Job = function, arguments
        answer = self.cache.get(job)
        if answer is None:
            try:
                async with self.limit(None if visit.is_patient else limits.SHORT_WAIT):
                    answer = await self._new(visit, job, is_long=is_long or job in self._slow)
            except TimeoutError:
                raise LongError from None
            if keep and self.cache.get(job) is None:
                self.cache.put(job, answer)
        if not answer.is_good:
            raise answer.value
        result: Result = answer.value
        return result

    async def _new(self, visit: Visit, job: _Job, *, is_long: bool) -> JobAnswer:
        if not is_long:
            try:
                return await self.short.do(visit, job, self._known_of_short)
            except TimeoutError:
                if job not in self._slow:
                    self._slow.append(job)
        if not visit.is_patient:
            raise LongError
        try:
            return await self.long.do(visit, job, self.cache.get)
        except TimeoutError:
            raise RefusedError(_TOO_LONG) from None

    def _known_of_short(self, job: _Job) -> JobAnswer | None:
        """Return the answer to a job that is kept. Raises `TimeoutError` for one that has taken too long by now."""
        if job in self._slow:
            raise TimeoutError
        return self.cache.get(job)

    async def start(self) -> None:
        """Start all processes, so that nobody waits for that."""
        for places in (self.short, self.long):
            for worker in places.free:
                await asyncio.to_thread(worker.start)

    def end(self) -> None:
        """End all processes that have no work."""
        self.short.end()
        self.long.end()


WORKS = Works()  # of this process
