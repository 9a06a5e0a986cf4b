"""What must not matter does not, to the bit; and what makes agreement harder never makes it more frequent."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import case, columns, contested, plan
from generated import cases
from negsim.kernel import UNCOMPILED
from negsim.negotiation.floor import begin, play
from negsim.negotiation.runs import replicate
from negsim.negotiation.tables import Outcome, Row
from negsim.randomness import stream
from negsim.scenario import load
from negsim.scenario.lowering import lower
from negsim.study.runner import run_case

MANY = settings(max_examples=10 if UNCOMPILED else 40)
SEEDS = st.integers(0, 2**64 - 1)
POWERS = st.sampled_from([0.25, 0.5, 2.0, 4.0])  # what floating point multiplies by without rounding
PEOPLE = ("position", "instructions", "red_low", "red_high", "salience")


def different(one, other, *, but=()):
    """Names of the columns of two states or results that are not the same bits."""
    others = columns(other)
    return {name for name, column in columns(one).items() if column.tobytes() != others[name].tobytes()} - set(but)


def replaced(room, **tables):
    """A case with other tables, laid out in memory as kernels need them."""
    return room._replace(**{name: np.ascontiguousarray(table) for name, table in tables.items()})


def planned(room, order):
    """A case whose plan has these rows."""
    return replaced(room, **{name: getattr(room, name)[order] for name in room._fields if name.startswith("plan")})


def with_columns(table, **values):
    """A table with other values in some of its columns."""
    table = table.copy()
    for name, value in values.items():
        table[name] = value
    return table


def picked(state, seats):
    """What was drawn about some seats, by name."""
    own = state.delegates[seats]
    return {name: state.views[name][seats] for name in PEOPLE} | {
        "trust": state.trust[np.ix_(seats, seats)],
        "chair_trust": own["chair_trust"],
        "temper": own["temper"],
        "wish": own["wish"],
        "camp": own["camp"],
    }


def changed(one, other):
    return {name for name in one if one[name].tobytes() != other[name].tobytes()}


@MANY
@given(cases(), SEEDS, POWERS)
def test_a_scale_of_salience_cancels(room, seed, factor):
    scaled = replaced(room, stances=with_columns(room.stances, salience=factor * room.stances["salience"]))
    assert different(play(room, stream(seed, 0), 0), play(scaled, stream(seed, 0), 0)) == set()


@MANY
@given(cases(), SEEDS, POWERS)
def test_a_scale_of_voice_cancels(room, seed, factor):
    scaled = replaced(room, seats=with_columns(room.seats, voice=factor * room.seats["voice"]))
    one, other = play(room, stream(seed, 0), 0), play(scaled, stream(seed, 0), 0)
    assert different(one, other, but={"delegates.wish"}) == set()


@MANY
@given(cases(), SEEDS)
def test_a_red_line_at_the_end_of_the_scale_is_none(room, seed):
    none = with_columns(room.stances, red_low=-math.inf, red_high=math.inf, red_spread=0.0)
    ends = with_columns(none, red_low=0.0, red_high=1.0)
    one, other = (play(replaced(room, stances=stances), stream(seed, 0), 0) for stances in (none, ends))
    assert different(one, other, but={"opinions.red_low", "opinions.red_high", "movers.shown"}) == set()


@MANY
@given(cases(), SEEDS)
def test_what_is_planned_after_the_end_does_not_matter(room, seed):
    last = len(room.plan) - 1
    again = np.concatenate((np.arange(last + 1), np.arange(last + 1)))
    longer = planned(room, again)
    assert different(play(room, stream(seed, 0), 0), play(longer, stream(seed, 0), 0)) == set()


@MANY
@given(cases(), SEEDS)
def test_an_event_that_never_falls_due_does_not_matter(room, seed):
    """Rows between the end and the future of a motion, which no path of the plan reaches."""
    end = int(np.flatnonzero(room.plan["kind"] == Row.END)[0])
    order = np.concatenate((np.arange(end + 1), np.arange(end), np.arange(end + 1, len(room.plan))))
    other = planned(room, order)
    other.plan["otherwise"][other.plan["otherwise"] > end] += end
    one, two = play(room, stream(seed, 0), 0), play(other, stream(seed, 0), 0)
    assert different(one, two, but={"clock.row"}) == set()


@MANY
@given(cases(), SEEDS, st.randoms(use_true_random=False))
def test_who_people_are_does_not_depend_on_the_order_of_seats_in_a_group(room, seed, random):
    """The seats of a group stand together in a case; within it any order will do."""
    firsts = np.cumsum(room.group_size) - room.group_size
    order = [
        int(first) + n
        for first, size in zip(firsts, room.group_size, strict=True)
        for n in random.sample(range(size), int(size))
    ]
    shuffled = replaced(
        room, seats=room.seats[order], stances=room.stances[order], trust_mean=room.trust_mean[np.ix_(order, order)]
    )
    one, other = begin(room, stream(seed, 0), 0), begin(shuffled, stream(seed, 0), 0)
    assert changed(picked(one, order), picked(other, list(range(len(order))))) == set()


@MANY
@given(cases(), SEEDS, st.data())
def test_an_appended_seat_moves_nobody_else_s_draws(room, seed, data):
    """A seat more in any group, called by the next number of its group."""
    group = data.draw(st.integers(0, len(room.group_size) - 1))
    last = int(room.group_size[: group + 1].sum()) - 1
    order = [*range(last + 1), *range(last, len(room.seats))]
    seats = room.seats[order]
    seats["address"][last + 1] += 1
    size = room.group_size.copy()
    size[group] += 1
    fuller = replaced(
        room,
        seats=seats,
        stances=room.stances[order],
        group_size=size,
        trust_mean=room.trust_mean[np.ix_(order, order)],
        plan_seats=room.plan_seats[:, order],
    )
    kept = [i for i in range(len(order)) if i != last + 1]
    one, other = begin(room, stream(seed, 0), 0), begin(fuller, stream(seed, 0), 0)
    assert changed(picked(one, list(range(len(kept)))), picked(other, kept)) == set()


@MANY
@given(cases(), SEEDS)
def test_an_issue_that_nobody_cares_about_moves_no_draws(room, seed):
    """One more issue, without salience: everybody is who they were on the others."""
    issues = room.stances.shape[1]
    order = [*range(issues), issues - 1]
    stances = room.stances[:, order].copy()
    stances["salience"][:, issues] = 0.0
    wider = replaced(
        room,
        stances=stances,
        status_quo=room.status_quo[order],
        core=room.core[order],
        text=room.text[order],
        camp_line=room.camp_line[:, order],
        camp_red_low=room.camp_red_low[:, order],
        camp_red_high=room.camp_red_high[:, order],
        plan_issues=room.plan_issues[:, order],
        plan_values=room.plan_values[:, order],
    )
    everyone = list(range(len(room.seats)))
    one, other = (picked(begin(each, stream(seed, 0), 0), everyone) for each in (room, wider))
    cut = {name: np.ascontiguousarray(value[:, :issues]) if name in PEOPLE else value for name, value in other.items()}
    one |= {name: np.ascontiguousarray(one[name]) for name in PEOPLE}
    assert changed(one, cut) <= {"salience"}  # of which each issue has some


@MANY
@given(cases(), SEEDS, st.integers(0, 2**32 - 8), st.integers(1, 5))
def test_a_replication_does_not_depend_on_those_before_it(room, seed, first, ahead):
    whole = replicate(room, seed, first, ahead + 2)
    rest = replicate(room, seed, first + ahead, 2)
    assert [
        name for name in whole._fields if getattr(whole, name)[ahead:].tobytes() != getattr(rest, name).tobytes()
    ] == []


RUNS = 500
SHORT = plan([[("chair_text", 200.0)], [("rolling_text", 200.0)]], mixed=0.5)
DIVIDED = Path(__file__).parents[1] / "data" / "caucuses.yaml"
APART = ["meetings.count=2", "groups.firms.position.money=0.3", "groups.unions.position.money=0.9"]
HABITS = {  # with which each room below both agrees and fails, whatever the defaults are
    "goodwill": 0.9, "hope": 0.3, "aspiration": 0.08, "devaluation": 0.06, "concession_exponent": 1.2,
    "block_cost": 0.15, "climate": 0.03, "climate_by_issue": 0.05,
}  # fmt: skip
ROOMS = {
    "caucuses": lambda: lower(
        load(DIVIDED, changes=[*APART, *(f"parameters.{name}={x}" for name, x in HABITS.items())])
    ),
    "contested": lambda: contested(parameters=HABITS),
    "two groups": lambda: case((4, 4), timetable=SHORT, parameters=HABITS),
}


def consensus(room):
    """Which of the runs end in consensus (R)."""
    runs = run_case(room, replications=RUNS, seed=5, threads=1).runs
    return (runs["outcome"] == Outcome.CONSENSUS).astype(float)


def check_never_raises(before, after):
    """No more consensus after than before, on the same draws, within three standard errors; and some difference.

    Of shares, since a single run may go either way: other text is read at other moments.
    """
    agreed = consensus(before)
    assert 0.0 < agreed.mean() < 1.0
    change = consensus(after) - agreed
    assert change.any()
    assert change.mean() <= 3.0 * change.std() / math.sqrt(RUNS)


def with_fallback(room, value):
    """A case in which the first group, and nobody else, has a fallback."""
    first = room.seats["group"] == 0
    return replaced(room, seats=with_columns(room.seats, outside_option=np.where(first, value, math.nan)))


@pytest.fixture(params=ROOMS)
def usual(request):
    """A room with both consensus and failure."""
    return ROOMS[request.param]()


@pytest.mark.slow
def test_a_vetoing_seat_never_raises_consensus(usual):
    few = replaced(usual, seats=with_columns(usual.seats, may_block=np.arange(len(usual.seats)) % 3 > 0))
    check_never_raises(few, usual)


@pytest.mark.slow
def test_a_red_line_never_raises_consensus(usual):
    none = with_columns(usual.stances, red_low=-math.inf, red_high=math.inf, red_spread=0.0)
    own = none.copy()
    own["red_low"][0, 0] = own["position"][0, 0] - 0.05
    own["red_high"][0, 0] = own["position"][0, 0] + 0.05
    check_never_raises(replaced(usual, stances=none), replaced(usual, stances=own))


@pytest.mark.slow
def test_a_longer_distance_never_raises_consensus(usual):
    """All positions stretched about the middle of the scale."""
    position = np.clip(0.5 + 1.25 * (usual.stances["position"] - 0.5), 0.0, 1.0)
    check_never_raises(usual, replaced(usual, stances=with_columns(usual.stances, position=position)))


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [(math.nan, 0.8), (0.6, 0.8), (0.8, 0.9), (0.9, 1.0)])
def test_a_better_fallback_never_raises_consensus(usual, before, after):
    """It is taken where it is better than no deal (rule 5.6), and those who leave for it take consensus with them."""
    check_never_raises(with_fallback(usual, before), with_fallback(usual, after))


@pytest.mark.slow
def test_the_best_of_fallbacks_leaves_no_consensus(usual):
    assert consensus(with_fallback(usual, 1.0)).mean() < 0.5 * consensus(usual).mean()


@pytest.mark.slow
def test_a_walkout_is_within_reach():
    """Two groups far apart, one of them with much to go to: some leave, and the rest does not always agree."""
    room = with_fallback(case((4, 4), timetable=SHORT, means=(0.8, 0.2), parameters=HABITS), 0.9)
    outcomes = run_case(room, replications=RUNS, seed=5, threads=1).runs["outcome"]
    assert 0.01 < (outcomes == Outcome.WALKOUT).mean() < 0.5
    assert (outcomes == Outcome.PARTIAL).any()
