"""Verification: values that are known from elsewhere, from theory or from large samples, come out of the model."""

from __future__ import annotations

import numpy as np
import pytest

from cases import case, rows
from negsim.negotiation.floor import begin, play
from negsim.negotiation.indices import esteban_ray, van_der_eijk
from negsim.negotiation.influence import hear
from negsim.negotiation.tables import Row
from negsim.negotiation.trust import susceptibility
from negsim.randomness import stream

W = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.1, 0.4, 0.5]])
OPENNESS = np.array([0.8, 0.6, 0.9])
FIRST = np.array([0.0, 0.5, 1.0])
FREQUENCIES = np.array([30.0, 40, 210, 130, 530, 50, 10])


def rest_point(openness, w, first):
    """Where positions of Friedkin & Johnsen settle: x = A W x + (I - A) x(0)."""
    a, one = np.diag(openness), np.eye(len(first))
    return np.linalg.solve(one - a @ w, (one - a) @ first)


def without_oneself(trust):
    """Trust as weights that sum to 1; nobody hears itself, so that W has no diagonal. trust: N,N, [holder, about]."""
    others = trust - np.diag(trust.diagonal())
    return others / others.sum(axis=1, keepdims=True)


def speaking_in_turn(room, state, rounds):
    """Let everybody state its position in turn, over and over, and return where they come to stand."""
    for _ in range(rounds):
        for j in range(len(state.delegates)):
            hear(room, state, j, 0, state.opinions[0, j].position, 0.0, 0.0)
    return state.views["position"][:, 0].copy()


def three_in_a_room(openness, persuasion):
    """Three delegates of one group, at the ends and in the middle, who trust each other as `W` says."""
    room = case(
        (3,),
        issues=1,
        seats={"openness": openness},
        stances={"position": FIRST[:, None], "spread": 0.0},
        setting={"trust_spread": 0.0},
        parameters={"isolation_closing": 0.0, "persuasion": persuasion},
        trust_mean=W,
    )
    return room, begin(room, stream(0, 0), 0)


def test_under_frozen_trust_a_small_step_at_a_time_comes_to_rest_where_friedkin_and_johnsen_do():
    rest = rest_point(OPENNESS, without_oneself(W), FIRST)
    far = [np.abs(speaking_in_turn(*three_in_a_room(OPENNESS, step), rounds) - rest).max()
           for step, rounds in ((0.1, 800), (0.025, 3200))]  # fmt: skip
    assert far[0] < 0.05
    assert far[1] < far[0] / 3.0  # the step is all that is between them


def test_where_all_are_open_they_come_to_rest_in_one_place_as_those_of_degroot_do():
    room, state = three_in_a_room(1.0, 0.005)
    end = speaking_in_turn(room, state, 3200)
    values, vectors = np.linalg.eig(without_oneself(W).T)
    influence = np.real(vectors[:, np.argmax(np.real(values))])
    # rule 5.3 moves each by trust, so that whoever trusts more moves faster and weighs less
    weight = influence / (W - np.diag(W.diagonal())).sum(axis=1)
    assert np.ptp(end) < 1e-3
    assert end[0] == pytest.approx(weight @ FIRST / weight.sum(), abs=0.005)


def test_the_expected_update_vanishes_at_the_rest_point_of_friedkin_johnsen():
    """Averaged over speakers drawn at random, rule 5.3 moves nobody there."""
    room = case((4, 3, 2), issues=1, setting={"trust_spread": 0.2})
    state = begin(room, stream(3, 1), 0)
    n = len(state.delegates)
    openness = [susceptibility(room, state, i) for i in range(n)]
    rest = rest_point(openness, without_oneself(state.trust.T), state.views["instructions"][:, 0].copy())
    moved = np.zeros(n)
    largest = 0.0
    for j in range(n):
        state.views["position"][:, 0] = rest
        hear(room, state, j, 0, rest[j], 0.0, 0.0)
        moved += (state.views["position"][:, 0] - rest) / n
        largest = max(largest, np.abs(state.views["position"][:, 0] - rest).max())
    assert np.abs(moved).max() < 1e-12
    assert largest > 1e-4  # each single statement does move them


def test_mixed_evenings_bring_trust_to_one_by_the_share_that_a_table_of_two_gains():
    dinner = {"kind": Row.EVENING, "mixed_share": 1.0}
    room = case(
        (1, 1), timetable=rows([dinner] * 10 + [{"kind": Row.END}]), setting={"trust_spread": 0.0},
        trust_mean=np.full((2, 2), 0.3), parameters={"contact_gain": 0.02},
    )  # fmt: skip
    end = play(room, stream(0, 0), 0)
    left = 0.7 * 0.98**70.0  # ten evenings, at each as much as seven others get at a usual table
    assert end.trust[0, 1] == pytest.approx(1.0 - left, abs=1e-12)
    assert end.trust[1, 0] == pytest.approx(1.0 - left, abs=1e-12)


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
