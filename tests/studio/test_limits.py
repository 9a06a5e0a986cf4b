"""How much strangers may ask of the studio."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

import negsim
from negsim.studio import limits
from negsim.studio.limits import Rate, RefusedError, check_size, most_replications, one_line


def test_a_rate_lets_some_through_at_once_and_then_so_many_a_second():
    rate = Rate(2.0, 3.0)
    assert [rate.allows("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert rate.allows("b", 0.0)
    assert rate.allows("a", 0.5)
    assert not rate.allows("a", 0.5)
    assert rate.is_spent("a", 0.5)
    assert not rate.is_spent("a", 1.0)


def test_a_rate_forgets_rather_than_grows():
    rate = Rate(1.0, 1.0)
    for n in range(10_000):
        rate.allows(str(n), 0.0)
    assert len(rate._left) <= 4_096


@pytest.mark.parametrize(
    "changes",
    [
        ("groups.government.seats=1900",),
        ("meetings.count=100", "process.hours=24"),
    ],
)
def test_what_is_too_large_is_refused_before_it_is_run(changes):
    scenario = negsim.load("cstd_wgigf_2011", changes=changes)
    with pytest.raises(RefusedError):
        check_size(scenario)


def test_a_curve_of_a_large_room_has_fewer_runs():
    small, large = negsim.load("classroom"), negsim.load("netmundial_2014", changes=["groups.government.seats=100"])
    assert most_replications(small, 400) == 400
    assert most_replications(large, 4000) < most_replications(small, 4000)


@given(st.text(max_size=200))
def test_one_line_is_one_bounded_printable_line(text):
    line = one_line(text)
    assert len(line) <= 40
    assert line == line.strip()
    assert all(letter.isprintable() for letter in line)


def test_one_who_asks_for_much_holds_up_nobody_at_another_address():
    done = []

    async def job(places, address):
        async with places.place(address):
            await asyncio.sleep(0)
            done.append(address)

    async def jobs():
        places = limits.Places(1, 4)
        async with places.place("much"):
            much = [asyncio.create_task(job(places, "much")) for _ in range(4)]
            await asyncio.sleep(0)
            with pytest.raises(limits.BusyError, match="try again"):
                await job(places, "much")
            gone, little = (asyncio.create_task(job(places, address)) for address in ("gone", "little"))
            await asyncio.sleep(0)
            gone.cancel()
        await asyncio.gather(*much, little)
        assert places.free == 1

    asyncio.run(jobs())
    assert done == ["much", "little", "much", "much", "much"]


def test_a_place_given_to_who_has_just_gone_is_passed_on():
    async def jobs():
        places = limits.Places(1, 4)

        async def job():
            async with places.place("b"):
                raise AssertionError

        async with places.place("a"):
            waiting = asyncio.create_task(job())
            await asyncio.sleep(0)
        waiting.cancel()  # it has been given the place, and has not run since
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert places.free == 1

    asyncio.run(jobs())
