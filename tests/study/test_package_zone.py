"""The zone of agreement of a package."""

import numpy as np

from cases import case
from negsim.negotiation.acceptance import PRECISION, count_present, latitude, loss
from negsim.negotiation.floor import begin
from negsim.randomness import stream
from negsim.study.solutions import package_zone


def _shortfall(room, state, i, package):
    present, total = count_present(state), 0.0
    for k, y in enumerate(package):
        accepted = latitude(room, state, i, k, present, 1.0, 1.0, 0.0)
        total += state.views["salience"][i, k] * (loss(room, state, i, k, float(y), PRECISION) - accepted)
    return total


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
