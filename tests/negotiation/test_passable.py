"""Which texts would have passed at a reading (5.9): rooms by hand, laws, and what measures and log make of it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import case, contested, plan
from generated import cases
from negsim.kernel import UNCOMPILED
from negsim.negotiation.acceptance import TEXTS, passable_texts
from negsim.negotiation.floor import begin
from negsim.negotiation.log import Verdict, events
from negsim.negotiation.runs import Negotiation
from negsim.negotiation.tables import Move, Status
from negsim.randomness import stream

SOME = settings(max_examples=10 if UNCOMPILED else 20)
NOW, AT_MOST = False, True
# A delegate at x accepts the texts that are no further from x than the status quo, 0, less `aspiration` (1 - F).
BARE = dict.fromkeys(
    ("goodwill", "hope", "ambiguity", "dilution", "aspiration", "devaluation", "temper", "climate", "climate_by_issue",
     "block_cost", "salience_weight"), 0.0,
)  # fmt: skip


def two(first=0.205, second=0.5, *, text=0.6, **changes):
    """Two groups of one, at these positions, about to read a text; a room that begins with it."""
    parameters, setting = BARE | changes.pop("parameters", {}), changes.pop("setting", {})
    return case(
        (1, 1),
        issues=1,
        means=(first, second),
        stances={"spread": 0.0} | changes.pop("stances", {}),
        setting={"trust_spread": 0.0, "salience_spread": 0.0} | setting,
        status_quo=np.zeros(1),
        text={"value": text, "precision": 1.0, "agreed": False},
        parameters=parameters,
        timetable=plan([[("chair_text", 60.0)]]),
        **changes,
    )


def texts_of(room, at_most=NOW):
    """The texts that would pass in place of the one that the room begins with."""
    state, passing = begin(room, stream(1, 0), 0), np.zeros(TEXTS, np.int64)
    count = passable_texts(room, state, 0, at_most, passing)
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
    assert texts_of(two(0.205, 0.095, parameters={"block_cost": 0.05}))[-1] == pytest.approx(0.24)  # .19 + .05


def test_a_text_that_everybody_would_stand_aside_for_is_not_passable():
    """Beyond .19 for the second and .41 for the first; alone in its group each pays all of the cost of blocking."""
    texts = texts_of(two(0.205, 0.095, parameters={"block_cost": 0.5}))
    assert texts == [number / 50 for number in range(21)]


def test_a_rule_that_asks_for_acceptance_counts_those_who_may_not_block():
    room = two(0.205, 0.095, seats={"may_block": False}, setting={"accept": 1.0})
    assert texts_of(room) == [number / 50 for number in range(10)]
    half = two(0.205, 0.095, seats={"may_block": False}, setting={"accept": 0.5})
    assert texts_of(half) == [number / 50 for number in range(21)]


def first_reading(room):
    """The verdict of the first reading, and the paragraph after it."""
    run = Negotiation(room, seed=1, log_rows=50)
    while run.pending.move != Move.READ:
        run.finish_turn()
    run.finish_turn()
    (verdict,) = (event for event in events(run.state.log[: run.state.clock[0].logged]) if isinstance(event, Verdict))
    return verdict, run.state.paragraphs[0]


@pytest.mark.parametrize(
    ("text", "line", "nearest"), [(0.613, 0.29, 0.40), (0.107, 0.29, 0.30), (0.0, 0.29, 0.30), (0.7, 0.42, math.nan)]
)
def test_the_log_has_the_text_read_and_the_nearest_that_would_have_passed(text, line, nearest):
    room = two(text=text, stances={"red_low": np.array([[-np.inf], [line]])})
    room = room._replace(text=room.text.copy())
    room.text["pen"] = -2  # the chair's, who goes on from it
    verdict, paragraph = first_reading(room)
    assert (verdict.place, verdict.passed) == (text, False)
    assert verdict.passable == pytest.approx(nearest, nan_ok=True)
    assert (paragraph.failed, paragraph.passable) == (1, 0 if math.isnan(nearest) else 1)


def test_a_reading_that_passes_is_not_a_failed_one():
    room = two(text=0.3)
    room.text["pen"] = -2
    verdict, paragraph = first_reading(room)
    assert verdict.passed
    assert math.isnan(verdict.passable)
    assert (paragraph.failed, paragraph.passable, paragraph.status) == (0, 0, Status.AGREED)


def readings(room, seed):
    """A run just before each of its readings of a paragraph."""
    run = Negotiation(room, seed=seed)
    while run.outcome == 0:
        if run.pending.move == Move.READ:
            yield run
        run.finish_turn()


@SOME
@given(cases(), st.integers(0, 2**32))
def test_what_would_pass_now_would_pass_at_most(room, seed):
    now, at_most = np.zeros(TEXTS, np.int64), np.zeros(TEXTS, np.int64)
    for run in readings(room, seed):
        passable_texts(run.case, run.state, run.pending.issue, NOW, now)
        passable_texts(run.case, run.state, run.pending.issue, AT_MOST, at_most)
        assert (now <= at_most).all()


def test_measures_are_what_the_log_says():
    for replication in range(6):
        run = Negotiation(contested(setting={"pressure": 0.3}), seed=3, replication=replication, log_rows=2000)
        failed, passable = 0, 0
        while run.outcome == 0:
            reads = run.pending.move == Move.READ
            run.finish_turn()
            row = run.state.log[run.state.clock[0].logged - 1]
            if reads and not row.passed:
                failed, passable = failed + 1, passable + (not math.isnan(row.passable))
        assert failed > 0
        assert run.measured().runs["passable_readings"][0] == passable / failed
