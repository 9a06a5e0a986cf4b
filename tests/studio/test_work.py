"""Work in processes beside the server: queues, limits, the cache."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from negsim.studio import limits
from negsim.studio.limits import RefusedError
from negsim.studio.links import variant_of
from negsim.studio.work import BusyError, Cache, JobAnswer, LongError, Places, Visit, Works, _answer
from patience import soon


class Clock:
    """Says of a job that it has taken too long when the test wants it, and never otherwise."""

    def __init__(self):
        self.running = []  # jobs: the seconds that each may take, and what ends it

    def limit(self, seconds):
        ends = asyncio.timeout(None)
        if seconds is not None:
            self.running.append((seconds, ends))
        return ends

    async def run_out(self):
        """Let the time of the job that begins next run out; the seconds that it might have taken."""
        await soon(lambda: self.running)
        seconds, ends = self.running.pop()
        ends.reschedule(0.0)
        return seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(Places, "limit", staticmethod(clock.limit))
    return clock


@pytest.fixture
def works(monkeypatch, clock):  # noqa: ARG001 - theirs
    monkeypatch.setattr("negsim.studio.work._context", _spawned)
    works = Works()
    yield works
    works.end()


def _endless(*_):
    """A job that does nothing for ever; others like it differ in their arguments."""
    signal.pause()


def _spawned():
    """Workers that load nothing of negsim; they start sooner."""
    return multiprocessing.get_context("spawn")


def test_short_work_is_done_and_its_errors_come_back(works):
    assert asyncio.run(works.do(Visit("a"), abs, -3)) == 3
    with pytest.raises(RefusedError, match="this link is malformed"):
        asyncio.run(works.do(Visit("a"), variant_of, "seed=x"))


def test_work_that_is_not_short_is_for_those_who_wait_and_ends_with_its_process(works, clock, tmp_path):
    os.mkfifo(answer := tmp_path / "answer")
    job = Path.read_text, answer  # done as soon as somebody writes there

    async def ask():
        first = asyncio.create_task(works.do(Visit("a", is_patient=False), *job))
        assert await clock.run_out() == limits.SHORT_SECONDS
        with pytest.raises(LongError):
            await first
        with pytest.raises(LongError):
            await works.do(Visit("a", is_patient=False), *job)
        assert not clock.running  # it is known by now, so nobody has begun it
        patient = asyncio.create_task(works.do(Visit("a"), *job))
        await asyncio.to_thread(answer.write_text, "done")
        assert await patient == "done"
        assert [seconds for seconds, _ in clock.running] == [limits.STRETCH * limits.LONG_SECONDS]
        clock.running.clear()
        endless = asyncio.create_task(works.do(Visit("a"), _endless, is_long=True))
        assert await clock.run_out() == limits.STRETCH * limits.LONG_SECONDS
        with pytest.raises(RefusedError, match=r"more than .* seconds"):
            await endless
        assert await works.do(Visit("a"), abs, -1, is_long=True) == 1  # the place has a fresh worker
        assert (len(works.short.free), len(works.long.free)) == (limits.SHORT_PLACES, limits.LONG_PLACES)

    asyncio.run(ask())


def _spin():
    while True:
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only a clock ends long work")
def test_long_work_ends_once_it_has_had_its_time_of_a_processor_however_busy_the_machine(monkeypatch):
    monkeypatch.setattr("negsim.studio.work._context", _spawned)
    places = Places(1, 1.0, stretch=1_000_000)  # no clock of ours ends it

    async def ask():
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await places.do(Visit("a"), (_spin, ()), lambda _: None)
        assert (await places.do(Visit("a"), (abs, (-1,)), lambda _: None)).value == 1
        places.end()

    asyncio.run(ask())


def _note(path):
    """A job that can be seen to be done."""
    with path.open("a") as file:
        file.write("done\n")


def test_a_class_that_asks_for_the_same_at_once_costs_a_job_a_place(works, tmp_path):
    async def ask():
        await asyncio.gather(*(works.do(Visit(f"student {n}"), _note, tmp_path / "done") for n in range(30)))

    asyncio.run(ask())
    assert (tmp_path / "done").read_text().splitlines() == ["done"] * limits.SHORT_PLACES


def test_what_takes_too_long_for_one_of_a_class_is_not_tried_again_by_the_others(works, clock):
    async def ask():
        pages = [asyncio.create_task(works.do(Visit(f"{n}", is_patient=False), _endless)) for n in range(30)]
        await soon(lambda: len(clock.running) == limits.SHORT_PLACES)
        for _ in range(limits.SHORT_PLACES):
            await clock.run_out()
        assert {type(end) for end in await asyncio.gather(*pages, return_exceptions=True)} == {LongError}
        assert not clock.running

    asyncio.run(ask())


def test_a_page_that_would_wait_long_for_its_turn_opens_and_waits_there(works, clock, monkeypatch):
    turn = Clock()
    monkeypatch.setattr(Works, "limit", staticmethod(turn.limit))

    async def ask():
        before = [asyncio.create_task(works.do(Visit("a"), _endless, n)) for n in range(limits.SHORT_PLACES)]
        await soon(lambda: len(clock.running) == limits.SHORT_PLACES)
        assert not turn.running  # they are patient
        page = asyncio.create_task(works.do(Visit("b", is_patient=False), abs, -1))
        assert await turn.run_out() == limits.SHORT_WAIT
        with pytest.raises(LongError):
            await page
        for task in before:
            task.cancel()
        await asyncio.gather(*before, return_exceptions=True)
        assert await works.do(Visit("b", is_patient=False), abs, -1) == 1

    asyncio.run(ask())


def test_long_work_leaves_the_places_of_short_work_alone(works, clock):
    async def ask():
        long = [asyncio.create_task(works.do(Visit("much"), _endless, n, is_long=True)) for n in range(4)]
        await soon(lambda: len(clock.running) == limits.LONG_PLACES)
        assert await works.do(Visit("little"), abs, -2) == 2
        assert not any(task.done() for task in long)
        for task in long:
            task.cancel()
        await asyncio.gather(*long, return_exceptions=True)

    asyncio.run(ask())


def test_work_that_nobody_waits_for_any_more_ends_and_frees_its_place(works, clock):
    async def ask():
        task = asyncio.create_task(works.do(Visit("a"), _endless, is_long=True))
        await soon(lambda: clock.running)
        assert len(works.long.free) == limits.LONG_PLACES - 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(works.long.free) == limits.LONG_PLACES

    asyncio.run(ask())


def test_what_asks_for_too_much_memory_is_stopped_in_a_sentence(works):
    with pytest.raises(RefusedError, match="memory"):
        asyncio.run(works.do(Visit("a"), bytearray, 2 * limits.MOST_MEMORY, is_long=True))


KEPT = []


def _keep(count):
    KEPT.append(bytes([1]) * count)


def test_a_worker_that_has_grown_makes_way_and_the_next_job_is_done(works):
    async def ask():
        for n in range(2):
            await works.do(Visit("a"), _keep, limits.WORN_BYTES + n, is_long=True)
            assert await works.do(Visit("a"), abs, -n, is_long=True) == n

    asyncio.run(ask())


def test_answers_are_kept_up_to_so_many_bytes_and_given_back():
    cache, jobs = Cache(most=30_000), [(abs, (n,)) for n in range(5)]
    for job in jobs:
        cache.put(job, JobAnswer(_answer(np.zeros, (1_000,))))
    assert cache.size <= 30_000
    assert [cache.get(job) is not None for job in jobs] == [False, False, True, True, True]


@pytest.mark.deep
def test_one_who_asks_for_much_holds_up_nobody_at_another_address():
    done = []

    async def job(places, visit):
        async with places.place(visit):
            await asyncio.sleep(0)
            done.append(visit.address)

    async def jobs():
        places = Places(1, 1.0, 4)
        visits = [Visit("much") for _ in range(4)]
        async with places.place(Visit("much")):
            much = [asyncio.create_task(job(places, visit)) for visit in visits]
            await asyncio.sleep(0)
            with pytest.raises(BusyError, match="try again"):
                await job(places, Visit("much"))
            gone, waits = Visit("gone"), Visit("little")
            left, little = (asyncio.create_task(job(places, visit)) for visit in (gone, waits))
            await asyncio.sleep(0)
            assert [visit.before for visit in (*visits, gone, waits)] == [0, 3, 4, 5, 1, 2]
            left.cancel()
            await asyncio.sleep(0)
            assert [visit.before for visit in (*visits, waits)] == [0, 2, 3, 4, 1]
            assert waits.words() == "1 before you."
        await asyncio.gather(*much, little)
        assert len(places.free) == 1

    asyncio.run(jobs())
    assert done == ["much", "little", "much", "much", "much"]
