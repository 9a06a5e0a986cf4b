"""How much strangers may ask of the studio."""

from __future__ import annotations

import pytest

import negsim
from negsim.studio.limits import Rate, RefusedError, check_size
from negsim.studio.links import Variant


def test_a_rate_lets_some_through_at_once_and_then_so_many_a_second():
    rate = Rate(2.0, 3.0)
    assert [rate.allows("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert rate.allows("b", 0.0)
    assert rate.allows("a", 0.5)
    assert not rate.allows("a", 0.5)
    assert not rate.allows("a", -9.0)  # a clock that was set back


def test_a_rate_forgets_rather_than_grows():
    rate = Rate(1.0, 1.0)
    for n in range(10_000):
        rate.allows(str(n), 0.0)
    assert len(rate._left) <= 4_096


@pytest.mark.parametrize("changes", [("groups.government.seats=1900",), ("meetings.count=100", "process.hours=24")])
def test_what_is_too_large_is_refused_before_it_is_run(changes):
    scenario = negsim.load("cstd_wgigf_2011", changes=changes)
    with pytest.raises(RefusedError):
        check_size(scenario)


DRAWN = [
    "{seats: {split: 2000}}",
    "{groups.government.seats: {integers: [4, 300]}}",
    "{meetings.count: {integers: [1, 90]}, process.hours: {uniform: [6, 23]}}",
    "{longer: {either: [{meetings.count: 2}, {meetings.count: 95, process.hours: 20}]}}",
    "{parameters.statement: {uniform: [0.01, 3]}, meetings.count: {one_of: [1, 40]}}",
]


@pytest.mark.parametrize("drawn", DRAWN)
def test_what_may_be_drawn_too_large_is_refused_before_it_is_run(drawn):
    with pytest.raises(RefusedError, match="draw"):
        Variant(changes=(f"uncertain={drawn}",)).scenario()


@pytest.mark.parametrize(
    "change", ['policies.government="mine:Spoiler"', "uncertain={policies.chair: {one_of: [none, 'a:B']}}"]
)
def test_a_scenario_that_names_policies_is_refused(change):
    with pytest.raises(RefusedError, match="names policies, which work on the command line and in Python"):
        Variant(name="classroom", changes=(change,)).scenario()
    assert Variant(name="classroom", changes=("policies.government=none",)).scenario()
