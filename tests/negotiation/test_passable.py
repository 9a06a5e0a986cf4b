"""Which texts would pass at a reading (5.9), in rooms by hand; `test_twin.py` looks at each reading of a run."""

import numpy as np
import pytest

from cases import case, plan
from negsim.negotiation.acceptance import TEXTS, passable_texts
from negsim.negotiation.floor import begin
from negsim.randomness import stream

# A delegate at x accepts the texts that are no further from x than the status quo, 0, less `aspiration` (1 - F).
BARE = dict.fromkeys(
    ("goodwill", "hope", "ambiguity", "dilution", "aspiration", "devaluation", "temper", "climate", "climate_by_issue",
     "block_cost", "salience_weight"), 0.0,
)  # fmt: skip


def two(first=0.205, second=0.5, **changes):
    """Two groups of one, at these positions, about to read a text; a room that begins with it."""
    parameters, setting = BARE | changes.pop("parameters", {}), changes.pop("setting", {})
    return case(
        (1, 1),
        issues=1,
        means=(first, second),
        stances={"spread": 0.0} | changes.pop("stances", {}),
        setting={"trust_spread": 0.0, "salience_spread": 0.0} | setting,
        status_quo=np.zeros(1),
        text={"value": 0.6, "precision": 1.0, "agreed": False},
        parameters=parameters,
        timetable=plan([[("chair_text", 60.0)]]),
        **changes,
    )


def texts_of(room):
    """The texts that would pass in place of the one that the room begins with."""
    state, passing = begin(room, stream(1, 0), 0), np.zeros(TEXTS, np.int64)
    count = passable_texts(room, state, 0, False, passing)  # noqa: FBT003 - a kernel
    assert count == passing.sum()
    return [number / 50 for number in np.flatnonzero(passing)]


def test_passable_is_what_everybody_accepts():
    assert texts_of(two()) == [number / 50 for number in range(21)]  # 0 to .41 and 0 to 1
    assert texts_of(two(0.205, 0.095)) == [number / 50 for number in range(10)]  # 0 to .19


def test_a_red_line_takes_its_texts_away():
    assert texts_of(two(stances={"red_low": np.array([[-np.inf], [0.29]])})) == [
        number / 50 for number in range(15, 21)
    ]
    assert texts_of(two(stances={"red_low": np.array([[-np.inf], [0.42]])})) == []


def test_the_cost_of_blocking_widens_what_is_passable():
    """One accepts, which makes blocking a ninth as dear as three would."""
    assert texts_of(two(0.205, 0.095, parameters={"block_cost": 0.45}))[-1] == pytest.approx(0.24)  # .19 + .45 / 9


def test_a_text_that_everybody_would_stand_aside_for_is_not_passable():
    """Beyond .19 for the second and .41 for the first; alone in its group each pays all of the cost of blocking."""
    texts = texts_of(two(0.205, 0.095, parameters={"block_cost": 5.0}))
    assert texts == [number / 50 for number in range(21)]


def test_a_rule_that_asks_for_acceptance_counts_those_who_may_not_block():
    room = two(0.205, 0.095, seats={"may_block": False}, setting={"accept": 1.0})
    assert texts_of(room) == [number / 50 for number in range(10)]
    half = two(0.205, 0.095, seats={"may_block": False}, setting={"accept": 0.5})
    assert texts_of(half) == [number / 50 for number in range(21)]
