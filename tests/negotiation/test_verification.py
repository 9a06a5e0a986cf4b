"""Verification: values that are known from elsewhere, from theory or from large samples, come out of the model."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cases import case, plan, rows
from negsim.kernel import allocating, apart, kernel
from negsim.negotiation.floor import begin, play
from negsim.negotiation.indices import categorise, esteban_ray, spread, tastle_wierman, van_der_eijk
from negsim.negotiation.influence import encounter, friedkin_johnsen, gather, hear
from negsim.negotiation.sorting import sort_by
from negsim.negotiation.tables import Floats, Ints, Row
from negsim.negotiation.trust import fade, gain, susceptibility
from negsim.randomness import Stream, stream, uniform

W = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.1, 0.4, 0.5]])
OPENNESS = np.array([0.8, 0.6, 0.9])
FIRST = np.array([0.0, 0.5, 1.0])
REST = (0.343887, 0.488031, 0.557529)
FREQUENCIES = np.array([30.0, 40, 210, 130, 530, 50, 10])


# ----------------------------------------------------------------------------------- averaging of positions


def iterated(openness, rounds=200):
    x = FIRST
    for _ in range(rounds):
        x = friedkin_johnsen(x, FIRST, openness, np.ascontiguousarray(W.T))
    return x


def test_friedkin_johnsen_comes_to_rest_where_it_should():
    np.testing.assert_allclose(iterated(OPENNESS), REST, atol=5e-7)
    a = np.diag(OPENNESS)
    exact = np.linalg.solve(np.eye(3) - a @ W, (np.eye(3) - a) @ FIRST)
    np.testing.assert_allclose(iterated(OPENNESS), exact, atol=1e-14)


def test_degroot_agrees_where_it_should():
    np.testing.assert_allclose(iterated(np.ones(3)), 0.554545, atol=5e-7)


def three_in_a_room(rounds, **seats):
    """Three delegates of one group, whose row-normalised trust is W (its diagonal is .5, and T_ii is 1)."""
    return case(
        (3,),
        issues=1,
        timetable=plan([[("friedkin_johnsen", 3.0 * rounds)]], caucus=False),
        seats=seats,
        stances={"position": FIRST[:, None], "spread": 0.0},
        setting={"trust_spread": 0.0},
        parameters={"isolation_closing": 0.0},
        trust_mean=W / 0.5,
    )


def test_the_reference_format_is_friedkin_johnsen_on_the_floor():
    end = play(three_in_a_room(120, openness=OPENNESS), stream(0, 0), 0)
    np.testing.assert_allclose(end.views["position"][:, 0], REST, atol=5e-7)


def test_the_reference_format_is_degroot_where_all_are_open():
    end = play(three_in_a_room(120, openness=1.0), stream(0, 0), 0)
    np.testing.assert_allclose(end.views["position"][:, 0], 0.554545, atol=5e-7)


def test_the_expected_update_vanishes_at_the_rest_point_of_friedkin_johnsen():
    """Averaged over speakers drawn at random, rule 5.3 moves nobody there (nobody hears itself: W has no diagonal)."""
    room = case((4, 3, 2), issues=1, setting={"trust_spread": 0.2})
    state = begin(room, stream(3, 1), 0)
    n = len(state.delegates)
    trust = state.trust.T - np.diag(state.trust.diagonal())
    a = np.diag([susceptibility(room, state, i) for i in range(n)])
    w = trust / trust.sum(axis=1, keepdims=True)
    instructions = state.views["instructions"][:, 0].copy()
    rest = np.linalg.solve(np.eye(n) - a @ w, (np.eye(n) - a) @ instructions)
    moved = np.zeros(n)
    largest = 0.0
    for j in range(n):
        state.views["position"][:, 0] = rest
        hear(room, state, j, 0, rest[j], 0.0, 0.0)
        moved += (state.views["position"][:, 0] - rest) / n
        largest = max(largest, np.abs(state.views["position"][:, 0] - rest).max())
    assert np.abs(moved).max() < 1e-12
    assert largest > 1e-4  # each single statement does move them


# ----------------------------------------------------------------------------------- bounded confidence


@allocating
def first_positions(here: Stream, n: int) -> Floats:
    x = np.empty(n)
    for i in range(n):
        x[i] = uniform(here, 1, 0, 0, 0, i // 1000, i % 1000)
    return x


@kernel
def spread_of(x: Floats) -> float:
    low, high = x[0], x[0]
    for i in range(x.shape[0]):
        low, high = min(low, x[i]), max(high, x[i])
    return high - low


@kernel
def widest_gap(x: Floats, order: Ints) -> float:
    """The widest gap between neighbours on the scale. order: of delegates, any; sorted by place afterwards."""
    sort_by(x, order, order.shape[0])
    widest = 0.0
    for n in range(1, order.shape[0]):
        widest = max(widest, x[order[n]] - x[order[n - 1]])
    return widest


@allocating
def share_of_deffuant_runs_with_one_cluster(runs: int, n: int, bound: float, first: int) -> float:
    """400 encounters a delegate, so 200 N meetings of two.

    A run may stop early: the range never grows, and nobody ever meets across a gap of the bound, which never closes.
    """
    agreed = 0
    here, order = np.zeros(2, np.uint64), np.empty(n, np.int64)
    for i in range(n):
        order[i] = i
    for r in range(runs):
        here[1] = np.uint64(first + r)
        x = first_positions(here, n)
        for turn in range(200):
            for issue in range(n):
                encounter(x, here, 1, turn, issue, bound, 0.5)
            if spread_of(x) < 0.02:
                agreed += 1
                break
            if widest_gap(x, order) >= bound:
                break
    return agreed / runs


@allocating
def share_of_hegselmann_krause_runs_with_consensus(runs: int, n: int, bound: float, first: int) -> float:
    agreed = 0
    here = np.zeros(2, np.uint64)
    for r in range(runs):
        here[1] = np.uint64(first + r)
        x = first_positions(here, n)
        largest = 1.0
        while largest >= 1e-9:
            moved = gather(x, bound)
            largest = 0.0
            for i in range(n):
                largest = max(largest, abs(moved[i] - x[i]))
            x = moved
        if spread_of(x) < 1e-6:
            agreed += 1
    return agreed / runs


@pytest.fixture(scope="module")
def shares():
    """Both loops, compiled."""
    return apart(share_of_deffuant_runs_with_one_cluster, share_of_hegselmann_krause_runs_with_consensus)


def agrees(share, expected, runs, reference_error):
    """Within four combined standard errors."""
    return abs(share - expected) <= 4.0 * math.hypot(math.sqrt(expected * (1.0 - expected) / runs), reference_error)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "bound", "expected", "runs", "error"),
    [
        (42, 0.3, 0.122, 8000, 0.0025),
        (42, 0.4, 0.631, 8000, 0.0025),
        (42, 0.45, 0.821, 8000, 0.0025),
        (42, 0.5, 0.947, 8000, 0.0025),
        (1000, 0.4, 0.020, 800, 0.004),
    ],
)
def test_deffuant_agrees_as_often_as_it_should(shares, n, bound, expected, runs, error):
    assert agrees(shares[0](runs, n, bound, 0), expected, runs, error)


@pytest.mark.slow
@pytest.mark.parametrize(("bound", "expected"), [(0.20, 0.120), (0.22, 0.670), (0.25, 0.999)])
def test_hegselmann_krause_agrees_as_often_as_it_should(shares, bound, expected):
    share = shares[1](1000, 1000, bound, 10_000)
    assert agrees(share, expected, 1000, 0.011)


def test_gathering_is_the_mean_of_all_within_the_bound():
    rng = np.random.default_rng(4)
    for bound in (0.0, 0.05, 0.2, 1.0):
        x = rng.random(30)
        near = np.abs(x[:, None] - x[None, :]) <= bound
        np.testing.assert_allclose(gather(x, bound), near @ x / near.sum(axis=1), atol=1e-14)


def test_an_encounter_moves_two_towards_each_other_and_keeps_the_mean():
    for turn in range(50):
        x = np.random.default_rng(turn).random(6)
        before = x.copy()
        encounter(x, stream(1, 2), 0, turn, 0, 0.4, 0.3)
        moved = np.flatnonzero(x != before)
        assert len(moved) in {0, 2}
        assert math.isclose(x.sum(), before.sum(), abs_tol=1e-14)
        if len(moved):
            i, j = moved
            assert abs(before[i] - before[j]) < 0.4
            assert math.isclose(x[i] - x[j], 0.4 * (before[i] - before[j]), abs_tol=1e-14)


def test_all_pairs_meet_alike_in_encounters():
    counts = np.zeros((5, 5))
    for turn in range(4000):
        x = np.arange(5.0) / 10.0
        encounter(x, stream(2, 0), 0, turn, 0, 1.0, 0.5)
        i, j = np.flatnonzero(x != np.arange(5.0) / 10.0)
        counts[i, j] += 1
    pairs = counts[np.triu_indices(5, 1)]
    assert pairs.sum() == 4000
    assert np.abs(pairs - 400).max() < 5 * math.sqrt(4000 * 0.1 * 0.9)


def bounded_room(format_name, minutes):
    return case(
        (6, 6),
        issues=2,
        timetable=plan([[(format_name, minutes)]], caucus=False),
        parameters={"confidence_bound": 0.25, "meeting_halfway": 0.4, "statement": 1.0, "self_serving_blame": 0.0},
    )


def test_the_format_deffuant_is_the_reference_model_on_the_floor():
    room = bounded_room("deffuant", 300.0)
    here = stream(8, 8)
    x = begin(room, here, 0).views["position"].copy()
    for turn in range(300):
        issue = turn % 2
        column = x[:, issue].copy()
        encounter(column, here, 0, turn + 2, issue, 0.25, 0.4)  # turn 1 opens the session
        x[:, issue] = column
    end = play(room, here, 0)
    assert end.clock["minute"][0] == 300.0
    assert (end.views["position"] == x).all()


def test_the_format_hegselmann_krause_is_the_reference_model_on_the_floor():
    room = bounded_room("hegselmann_krause", 40.0)
    x = begin(room, stream(8, 8), 0).views["position"].copy()
    for turn in range(40):
        x[:, turn % 2] = gather(x[:, turn % 2].copy(), 0.25)
    assert (play(room, stream(8, 8), 0).views["position"] == x).all()


# ----------------------------------------------------------------------------------- trust


def test_trust_with_regular_contact_comes_to_its_fixed_point():
    room = case(
        (1, 1), setting={"trust_spread": 0.0}, trust_mean=np.full((2, 2), 0.3), parameters={"trust_half_life": 90.0}
    )
    state = begin(room, stream(0, 0), 0)
    for _ in range(200):
        fade(room, state, 27.0)
        gain(state, 0, 1, 0.15)
    left = 2.0 ** (-27.0 / 90.0)
    fixed = (0.15 + 0.85 * (1.0 - left) * 0.3) / (1.0 - 0.85 * left)
    assert math.isclose(state.trust[0, 1], fixed, rel_tol=1e-12)
    assert round(fixed, 4) == 0.6392
    assert math.isclose(state.trust[1, 0], 0.3, rel_tol=1e-12)  # nobody met this one
    assert state.delegates["trust_out"][1] == pytest.approx(state.trust[0, 1], abs=1e-12)


def test_mixed_evenings_bring_trust_to_its_fixed_point():
    dinner = {"kind": Row.EVENING, "mixed_share": 1.0}
    timetable = rows([dinner, {"kind": Row.GAP, "days": 27.0}] * 100 + [dinner, {"kind": Row.END}])
    room = case(
        (1, 1),
        timetable=timetable,
        setting={"trust_spread": 0.0},
        trust_mean=np.full((2, 2), 0.3),
        parameters={"trust_half_life": 90.0, "contact_gain": 0.15},
    )
    end = play(room, stream(0, 0), 0)
    assert end.trust[0, 1] == pytest.approx(0.6392, abs=5e-5)
    assert end.trust[1, 0] == pytest.approx(0.6392, abs=5e-5)


# ----------------------------------------------------------------------------------- dispersion


def test_tastle_wierman_is_the_published_value():
    assert tastle_wierman(FREQUENCIES) == pytest.approx(0.7256876, abs=5e-8)
    assert tastle_wierman(np.array([0.0, 0, 9, 0, 0])) == pytest.approx(1.0, abs=1e-15)
    assert tastle_wierman(np.array([5.0, 0, 0, 0, 5])) == pytest.approx(0.0, abs=1e-15)


def test_van_der_eijk_is_the_published_value():
    assert van_der_eijk(FREQUENCIES) == pytest.approx(0.6113333, abs=5e-8)
    assert van_der_eijk(np.array([0.0, 0, 9, 0, 0, 0, 0])) == pytest.approx(1.0, abs=1e-15)
    assert van_der_eijk(np.full(7, 3.0)) == pytest.approx(0.0, abs=1e-15)
    assert van_der_eijk(np.array([4.0, 0, 0, 0, 0, 0, 4])) == pytest.approx(-1.0, abs=1e-15)


def test_esteban_ray_is_largest_for_two_equal_camps_at_the_ends():
    assert esteban_ray(np.array([5.0, 0, 0, 0, 0, 0, 5]), 1.3) == pytest.approx(1.0, abs=1e-15)
    assert esteban_ray(np.array([0.0, 0, 7, 0, 0]), 1.3) == 0.0
    rng = np.random.default_rng(9)
    for _ in range(300):
        shares = rng.dirichlet(np.full(7, 0.3)) + 1e-12
        assert esteban_ray(shares, 1.3) < 1.0
    between = [esteban_ray(np.array([share, 0.0, 1.0 - share]), 1.3) for share in (0.1, 0.3, 0.5, 0.7, 0.9)]
    assert max(between) == between[2]


def test_positions_fall_into_seven_equal_categories():
    assert categorise(np.array([0.0, 0.1, 0.15, 0.5, 0.99, 1.0])).tolist() == [2, 1, 0, 1, 0, 0, 2]
    assert spread(np.array([0.0, 1.0])) == 0.5
    assert spread(np.full(4, 0.3)) == pytest.approx(0.0, abs=1e-15)
