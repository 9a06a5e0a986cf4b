"""The zone of agreement of a package."""

import numpy as np

from cases import case
from negsim.negotiation.acceptance import PRECISION, loss
from negsim.negotiation.beliefs import sum_beliefs
from negsim.negotiation.floor import begin
from negsim.randomness import stream
from negsim.study import solutions
from negsim.study.solutions import has_package, package_zone


def _accepted(room, state, i, k):
    """The largest loss that i will ever accept on k: the others where they are, all conceded, a trusted pen-holder."""
    p, x, other = room.parameters[0], state.views["position"][:, k], state.delegates["group"] != room.seats[i].group
    trust, view = state.trust.T[i][other].mean(), state.views[i, k]
    ground = max(0.0, 1.0 - np.sqrt(((x[i] - x[other]) ** 2).mean()) / p.reach)
    rest = p.goodwill * trust * ground - p.isolation_hardening * (1.0 - state.trust[i][other].mean())
    rest += view.temper - state.clock[0].climate
    quo, centre = abs(room.status_quo[k] - x[i]), abs(x.mean() - x[i])
    return view.weight * ((1.0 - p.hope) * quo + p.hope * centre) + rest


def _shortfall(room, state, i, package):
    return sum(
        state.views["salience"][i, k] * (loss(room, state, i, k, float(y), PRECISION) - _accepted(room, state, i, k))
        for k, y in enumerate(package)
    )


def test_nobody_objects_to_a_package_that_is_found():
    for seed in range(20):
        room = case()
        state = begin(room, stream(seed, 0), 0)
        package = package_zone(room, state)
        if package is not None:
            assert max(_shortfall(room, state, i, package) for i in range(6)) < 1e-7


def test_where_no_package_is_found_a_fine_grid_finds_none():
    found = 0
    for seed in range(20):
        room = case(parameters={"goodwill": 0.0, "temper": 0.08})
        state = begin(room, stream(seed, 0), 0)
        if package_zone(room, state) is None:
            found += 1
            grid = np.linspace(0.0, 1.0, 26)
            best = min(max(_shortfall(room, state, i, (a, b)) for i in range(6)) for a in grid for b in grid)
            assert best > -1e-9
    assert found > 0


def test_a_package_zone_goes_by_where_people_are_and_not_by_what_is_believed_of_them():
    room = case()
    for seed in range(10):
        state = begin(room, stream(seed, 0), 0)
        before = package_zone(room, state)
        state.belief[:] = np.where(np.eye(6, dtype=bool), np.nan, 0.0)
        sum_beliefs(state)
        after = package_zone(room, state)
        assert (before is None) == (after is None)
        assert before is None or (before == after).all()


def test_issues_can_be_traded_by_salience():
    want = {"salience": np.array([[9.0, 1.0]] * 3 + [[1.0, 9.0]] * 3)}
    far = {"position": np.array([[0.9, 0.9]] * 3 + [[0.1, 0.1]] * 3), "spread": 0.0}
    room = case(stances=far | want, setting={"salience_spread": 0.0}, parameters={"goodwill": 0.1, "hope": 0.2})
    package = package_zone(room, begin(room, stream(1, 0), 0), cost=0.1)
    assert package is not None
    assert package[0] > package[1]


def test_red_lines_that_exclude_each_other_leave_no_package():
    lines = {"red_low": np.array([[0.6, -np.inf]] * 3 + [[-np.inf, -np.inf]] * 3)}
    lines["red_high"] = np.array([[np.inf, np.inf]] * 3 + [[0.4, np.inf]] * 3)
    room = case(stances=lines)
    assert package_zone(room, begin(room, stream(1, 0), 0), cost=10.0) is None


def test_a_package_is_looked_for_among_so_many_stances_and_no_more(monkeypatch):
    room = case()
    state = begin(room, stream(0, 0), 0)
    stances = state.opinions.shape[0] * state.opinions.shape[1]
    for most, asked in ((stances, True), (stances - 1, False)):
        monkeypatch.setattr(solutions, "MOST_STANCES", most)
        assert bool(np.isnan(has_package(room, state))) is not asked
