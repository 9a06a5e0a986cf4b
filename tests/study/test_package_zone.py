"""The zone of agreement of a package."""

import numpy as np
import pytest

from cases import case
from negsim.negotiation.acceptance import PRECISION, assign_power, credit, given, loss, mood
from negsim.negotiation.floor import begin
from negsim.negotiation.tables import Status
from negsim.randomness import stream
from negsim.study.solutions import package_zone


def _shortfall(room, state, i, package):
    """By how much a package (K) falls short of what i accepts as a whole, and of what it accepts of core issues.

    All is conceded, the others are trusted and stand where they are; on a core issue nothing is sold.
    """
    open_ = [k for k in range(len(package)) if state.paragraphs["status"][k] in {Status.EMPTY, Status.OPEN}]
    asked = state.delegates["spillover"][i]
    middle = np.average(state.views["position"], axis=0, weights=state.delegates["power"])
    lost = {k: loss(room, state, i, k, float(package[k]), PRECISION) for k in open_}
    worth = {k: mood(room, state, i, k, middle[k]) for k in open_}  # of no deal, today
    gives = room.seats[i].goodwill * credit(room, state, i, sum(1 << k for k in open_), 1.0, middle)
    whole = max(0.0, sum(worth.values())) + len(open_) * (gives - asked)
    short = (sum(lost.values()) - max(0.0, whole)) / len(open_)
    core = [k for k in open_ if room.core[k]]
    most = [max(0.0, worth[k]) + given(room, state, i, k, 1.0, middle) - asked for k in core]
    return max(
        [short, *(lost[k] - max(0.0, one) for k, one in zip(core, most, strict=True) if lost[k] > max(0.0, one))]
    )


def _rooms(seeds, **changes):
    """Rooms of three issues, the first agreed in every other one, the last core in every third."""
    for seed in range(seeds):
        room = case(
            issues=3,
            core=np.array([False, False, seed % 3 == 0]),
            seats={"outside_option": [np.nan] * 5 + [0.7], "goodwill": 0.7},
            setting={"separable": seed % 5 == 0},
            **changes,
        )
        state = begin(room, stream(seed, 0), 0)
        state.delegates["spillover"] = np.linspace(0.0, 0.02, 6)
        if seed % 2:
            state.paragraphs["status"][0], state.paragraphs["text"][0], state.paragraphs["precision"][0] = (
                Status.AGREED, 0.4, 0.8,
            )  # fmt: skip
        yield room, state


@pytest.mark.parametrize("cost", [0.0, 0.05])
def test_nobody_objects_to_a_package_that_is_found_by_more_than_the_cost(cost):
    found = 0
    for room, state in _rooms(60):
        package = package_zone(room, state, cost=cost)
        if package is not None:
            found += 1
            assert max(_shortfall(room, state, i, package) for i in range(6)) < cost + 1e-7
            assert package[0] == 0.4 or state.paragraphs["status"][0] != Status.AGREED
    assert found > 5


@pytest.mark.deep
@pytest.mark.parametrize("core", [False, True])
def test_where_no_package_is_found_a_fine_grid_finds_none(core):
    """A package of two, beside an issue that is agreed."""
    found, both, quo = 0, np.array([False, core, False]), np.full(3, 0.45)
    grid = np.linspace(0.0, 1.0, 26)
    for seed in range(15):
        room = case(issues=3, parameters={"goodwill": 0.5, "temper": 0.08}, status_quo=quo, core=both)
        state = begin(room, stream(seed, 0), 0)
        state.paragraphs["status"][0], state.paragraphs["text"][0] = Status.AGREED, 0.5
        state.paragraphs["precision"][0] = 0.9
        if package_zone(room, state, cost=0.02) is None:
            found += 1
            best = min(max(_shortfall(room, state, i, (0.5, a, b)) for i in range(6)) for a in grid for b in grid)
            assert best > 0.02 - 1e-9
    assert found > 0


def test_issues_can_be_traded_by_salience_but_for_a_core_issue():
    """Two camps on both sides of the status quo, to each of which one issue is nine times the other."""
    want = {"salience": np.array([[9.0, 1.0]] * 3 + [[1.0, 9.0]] * 3)}
    far = {"position": np.array([[0.9, 0.9]] * 3 + [[0.1, 0.1]] * 3), "spread": 0.0}
    quiet = dict.fromkeys(("temper", "climate", "climate_by_issue", "hope"), 0.0)
    trade = {"stances": far | want, "setting": {"salience_spread": 0.0}, "status_quo": np.full(2, 0.5)}
    room = case(**trade, parameters=quiet)
    package = package_zone(room, begin(room, stream(1, 0), 0), cost=0.0)
    assert package is not None
    assert package[0] > 0.5 > package[1]
    for core in ([True, False], [False, True]):
        held = room._replace(core=np.array(core))
        assert package_zone(held, begin(held, stream(1, 0), 0), cost=0.0) is None


def test_what_is_agreed_pays_for_what_a_package_takes():
    """The second issue stays at .9, where five stand, unless what is agreed on the first pays for it."""
    want = {"position": np.array([[0.9, 0.9]] * 5 + [[0.9, 0.5]]), "spread": 0.0}
    quiet = dict.fromkeys(("temper", "climate", "climate_by_issue", "hope", "dilution", "ambiguity"), 0.0)
    room = case(
        stances=want, setting={"salience_spread": 0.0}, status_quo=np.array([0.1, 0.9]),
        parameters=quiet | {"goodwill": 0.5},
    )  # fmt: skip
    state = begin(room, stream(1, 0), 0)
    state.views["red_low"][:5, 1], state.views["red_high"][5, 1] = 0.0, 0.75
    assert package_zone(room, state) is not None  # a package of both
    state.paragraphs["status"][0], state.paragraphs["precision"][0] = Status.AGREED, 1.0
    for agreed, paid in ((0.5, True), (0.35, False)):  # .4 gained is .2 to give, more than .15; .25 is less than .15
        state.paragraphs["text"][0] = agreed
        package = package_zone(room, state)
        assert (package is not None) is paid
        assert package is None or (package[0] == agreed and package[1] <= 0.75 + 1e-9)


def test_who_has_left_or_may_not_block_stops_no_package():
    lines = {"red_low": np.array([[0.6, -np.inf]] * 3 + [[-np.inf, -np.inf]] * 3), "spread": 0.0}
    lines["red_high"] = np.array([[np.inf, np.inf]] * 3 + [[0.4, np.inf]] * 3)
    for changes, gone, found in (
        ({}, [], False),
        ({}, [3, 4, 5], True),
        ({"may_block": [True] * 3 + [False] * 3}, [], True),
    ):
        room = case(stances=lines, seats=changes)
        state = begin(room, stream(1, 0), 0)
        state.delegates["present"][gone] = False
        assign_power(room, state)
        assert (package_zone(room, state, cost=10.0) is not None) is found
