"""Work in processes beside the server: queues, limits, the cache."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import sys

import pytest

from negsim.studio import limits
from negsim.studio.limits import RefusedError
from negsim.studio.links import variant_of
from negsim.studio.work import BusyError, Visit, Works
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
    monkeypatch.setattr(Works, "limit", staticmethod(clock.limit))
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


def test_work_that_takes_too_long_ends_with_its_process_and_the_place_gets_a_fresh_one(works, clock):
    async def ask():
        endless = asyncio.create_task(works.do(Visit("a"), _endless))
        assert await clock.run_out() == limits.STRETCH * limits.WORK_SECONDS
        with pytest.raises(RefusedError, match=r"more than .* seconds"):
            await endless
        assert await works.do(Visit("a"), abs, -1) == 1
        assert len(works.free) == limits.WORK_PLACES

    asyncio.run(ask())


def _spin():
    while True:
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only a clock ends work")
def test_work_ends_once_it_has_had_its_time_of_a_processor_however_busy_the_machine(monkeypatch):
    monkeypatch.setattr("negsim.studio.work._context", _spawned)
    monkeypatch.setattr(limits, "STRETCH", 1_000_000)  # no clock of ours ends it
    works = Works(1, 1.0)

    async def ask():
        with pytest.raises(RefusedError, match=r"more than .* seconds"):
            await works.do(Visit("a"), _spin)
        assert await works.do(Visit("a"), abs, -1) == 1
        works.end()

    asyncio.run(ask())


def _note(path, count=0):
    """A job that can be seen to be done, with a large answer."""
    with path.open("a") as file:
        file.write("done\n")
    return bytes(count)


def test_a_class_that_asks_for_the_same_at_once_costs_a_job_a_place(works, tmp_path):
    async def ask():
        await asyncio.gather(*(works.do(Visit(f"student {n}"), _note, tmp_path / "done") for n in range(30)))

    asyncio.run(ask())
    assert (tmp_path / "done").read_text().splitlines() == ["done"] * limits.WORK_PLACES


def test_one_address_leaves_places_to_others(works, clock):
    async def ask():
        much = [asyncio.create_task(works.do(Visit("much"), _endless, n)) for n in range(limits.WORK_PLACES)]
        await soon(lambda: len(clock.running) == limits.WORK_PLACES // 2)
        assert await works.do(Visit("little"), abs, -2) == 2
        assert not any(task.done() for task in much)
        for task in much:
            task.cancel()
        await asyncio.gather(*much, return_exceptions=True)
        assert len(works.free) == limits.WORK_PLACES

    asyncio.run(ask())


def test_work_that_nobody_waits_for_any_more_ends_and_frees_its_place(works, clock):
    async def ask():
        task = asyncio.create_task(works.do(Visit("a"), _endless))
        await soon(lambda: clock.running)
        assert len(works.free) == limits.WORK_PLACES - 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(works.free) == limits.WORK_PLACES

    asyncio.run(ask())


def test_what_asks_for_too_much_memory_is_stopped_in_a_sentence(works):
    with pytest.raises(RefusedError, match="memory"):
        asyncio.run(works.do(Visit("a"), bytearray, 2 * limits.MOST_MEMORY))


KEPT = []


def _keep(count):
    KEPT.append(bytes([1]) * count)


def test_a_worker_that_has_grown_makes_way_and_the_next_job_is_done(works):
    async def ask():
        for n in range(2):
            await works.do(Visit("a"), _keep, limits.WORN_BYTES + n)
            assert await works.do(Visit("a"), abs, -n) == n

    asyncio.run(ask())


def test_answers_are_kept_up_to_so_many_bytes_and_given_back(works, tmp_path):
    works.most_kept = 30_000
    notes = [tmp_path / str(n) for n in range(4)]

    async def ask():
        for n in (0, 1, 0, 2, 3, 0, 1):  # three answers find room
            assert len(await works.do(Visit("a"), _note, notes[n], 9_000)) == 9_000

    asyncio.run(ask())
    assert [note.read_text().count("done") for note in notes] == [1, 2, 1, 1]


@pytest.mark.deep
def test_one_who_asks_for_much_holds_up_nobody_at_another_address():
    done = []

    async def job(works, visit):
        async with works.place(visit):
            await asyncio.sleep(0)
            done.append(visit.address)

    async def jobs():
        works = Works(1, 1.0, 4)
        visits = [Visit("much") for _ in range(4)]
        async with works.place(Visit("much")):
            much = [asyncio.create_task(job(works, visit)) for visit in visits]
            await asyncio.sleep(0)
            with pytest.raises(BusyError, match="try again"):
                await job(works, Visit("much"))
            gone, waits = Visit("gone"), Visit("little")
            left, little = (asyncio.create_task(job(works, visit)) for visit in (gone, waits))
            await asyncio.sleep(0)
            assert [visit.before for visit in (*visits, gone, waits)] == [0, 3, 4, 5, 1, 2]
            left.cancel()
            await asyncio.sleep(0)
            assert [visit.before for visit in (*visits, waits)] == [0, 2, 3, 4, 1]
            assert waits.words() == "1 before you."
        await asyncio.gather(*much, little)
        assert len(works.free) == 1

    asyncio.run(jobs())
    assert done == ["much", "little", "much", "much", "much"]
