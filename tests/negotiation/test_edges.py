"""Where a rule tips over: numbers met exactly, or computed by hand. Positions and costs are sums of powers of two."""

import math

import numpy as np
import pytest

from cases import CODES, case, rows
from negsim.negotiation.acceptance import Tally, crosses_red_line, passes, respond, settle, zone_exists
from negsim.negotiation.beliefs import share, sum_beliefs
from negsim.negotiation.closing import asks_for_renewal
from negsim.negotiation.floor import begin
from negsim.negotiation.indices import categorise
from negsim.negotiation.runs import Negotiation
from negsim.negotiation.tables import Move, Outcome, Response, Row, Turn, elapsed
from negsim.negotiation.tally import depth_of, gini, nearest_group
from negsim.negotiation.text import count_reading, note_reading
from negsim.negotiation.turns import choose_drafters
from negsim.randomness import stream

ACCEPT, OBJECT, BLOCK = Response.ACCEPT.value, Response.OBJECT.value, Response.BLOCK.value
PLAIN = {"spread": 0.0}
EVEN = {"trust_spread": 0.0, "salience_spread": 0.0}
BARE = dict.fromkeys(
    ("goodwill", "aspiration", "devaluation", "temper", "climate", "climate_by_issue", "hope", "ambiguity", "dilution"),
    0.0,
)  # a shortfall is |text - position| - |status quo - position|


def opened(room):
    return begin(room, stream(1, 0), 0)


def at_the_end(**changes):
    """A negotiation under chair's text, with nothing left but to conclude."""
    end = {"kind": Row.END, "minutes": 60.0, "format": CODES["chair_text"]}
    return Negotiation(case(timetable=rows([end]), **changes), seed=1)


def test_a_text_on_a_red_line_does_not_cross_it():
    state = opened(case(issues=1, stances={"red_low": 0.25, "red_high": 0.75}))
    beyond = [math.nextafter(0.25, 0.0), math.nextafter(0.75, 1.0)]
    assert [crosses_red_line(state, 0, 0, y) for y in (0.25, 0.75, *beyond)] == [False, False, True, True]


def test_red_lines_that_meet_leave_a_zone_of_one_text():
    low, high = np.array([0.5, 0.5, -np.inf, -np.inf]), np.array([np.inf, np.inf, 0.5, 0.5])
    for gap, exists in ((0.0, True), (2**-20, False)):
        lines = {"red_low": (low + gap)[:, None], "red_high": high[:, None]}
        room = case((2, 2), issues=1, means=(1.0, 1.0), stances=PLAIN | lines, parameters=BARE)
        assert zone_exists(room, opened(room), 0) == exists


def test_a_shortfall_of_nothing_is_no_objection():
    state, response = opened(case((2, 2))), np.zeros(4, np.int64)
    respond(state, np.array([0.0, 5e-324, -1.0, math.inf]), response)
    assert response.tolist() == [ACCEPT, OBJECT, ACCEPT, OBJECT]


def test_who_loses_exactly_what_blocking_costs_stands_aside_and_up_to_the_relief_dissents():
    habits = {"block_cost": 0.0625, "dissent_relief": 0.25}
    for recorded, shortfall, dissenters, blockers in (
        (False, 0.0625, 0, 0), (False, 0.0625 + 2**-20, 0, 1), (True, 0.0625, 0, 0), (True, 0.0625 + 2**-20, 1, 0),
        (True, 0.3125, 1, 0), (True, 0.3125 + 2**-20, 0, 1), (True, math.inf, 0, 1),
    ):  # fmt: skip
        room, response = case((2, 2), parameters=habits, setting={"record_dissent": recorded}), np.zeros(4, np.int64)
        response[0] = OBJECT
        tally = settle(room, opened(room), np.array([shortfall, -1.0, -1.0, -1.0]), response)
        assert (tally.objectors, tally.dissenters, tally.blockers) == (1, dissenters, blockers)
        assert response[0] == (BLOCK if blockers else OBJECT)


def test_blocking_costs_all_of_it_alone_and_nothing_where_the_whole_caucus_objects():
    """Groups of one, of two and of five: a quarter of the others in the last is one delegate."""
    room = case((1, 2, 5), parameters={"block_cost": 0.5})
    for objecting, cost in ((1, 0.5), (2, 0.375), (3, 0.25), (4, 0.125), (5, 0.0)):
        for shortfall, blocks in ((cost or 0.0, False), (cost + 2**-20, True)):
            answers, f = np.zeros(8, np.int64), np.full(8, -1.0)
            answers[3 : 3 + objecting], f[3 : 3 + objecting] = OBJECT, shortfall
            settle(room, opened(room), f, answers)
            assert (answers[3 : 3 + objecting] == (BLOCK if blocks else OBJECT)).all()
    answers = np.array([OBJECT, OBJECT, OBJECT, *[ACCEPT] * 5])
    settle(room, opened(room), np.array([0.5, 0.0, 2**-20, *[-1.0] * 5]), answers)
    assert answers[:3].tolist() == [OBJECT, OBJECT, BLOCK]


@pytest.mark.parametrize(("objectors", "passed"), [(2, True), (3, False)])
def test_three_quarters_are_enough_for_rough_consensus(objectors, passed):
    room = case(issues=1, setting={"accept": 0.75, "blocks": 8})
    tally = Tally(objectors, objectors, 0, 0, 8, True, True, True, False)  # noqa: FBT003 - a row of counts
    assert passes(room, tally) == passed
    run = at_the_end(issues=1)
    count_reading(run.state, 0, tally)
    assert run.measured().runs["would_rough_consensus"][0] == passed


def test_the_worst_shortfall_is_of_those_present_crossed_red_lines_apart():
    room = case((2, 2), issues=1)
    state, tally = opened(room), Tally(0, 0, 0, 0, 3, True, True, True, False)  # noqa: FBT003 - a row of counts
    state.delegates[3].present = False
    for shortfalls, worst in (([-0.5, -0.25, math.inf, 0.75], -0.25), ([math.inf, math.inf, math.inf, 0.75], math.nan)):
        note_reading(room, state, 0, tally, np.array(shortfalls), np.zeros(4, np.int64))
        np.testing.assert_equal(state.paragraphs[0].shortfall, worst)


@pytest.mark.parametrize(("against", "outcome"), [(3, Outcome.VOTE), (4, Outcome.CHAIR_REPORT)])
def test_a_tied_vote_carries_where_half_is_asked_for(against, outcome):
    red_high = np.where(np.arange(6) < against, 0.25, np.inf)[:, None]
    run = at_the_end(
        issues=1,
        stances=PLAIN | {"red_high": red_high},
        means=(0.5, 0.5),
        setting={"vote_share": 0.5},
        text={"value": 0.5, "precision": 1.0},
    )
    run.finish_turn()
    assert run.outcome == outcome


def test_an_agreed_paragraph_on_a_red_line_is_no_reason_against_the_report():
    for line, shortfall in ((0.75, 0.0), (math.nextafter(0.75, 0.0), math.inf)):
        run = at_the_end(
            issues=1,
            means=(0.5, 0.5),
            stances=PLAIN | {"red_high": line},
            setting=EVEN,
            parameters=BARE,
            status_quo=np.array([0.25]),
            text={"value": 0.75, "precision": 1.0, "agreed": True},
        )
        assert run.choice.shortfall.tolist() == [shortfall] * 6


def renewing(sizes, position, believed):
    """A vote on another mandate where the status quo is 1/2; where each stands, and believes the others to stand."""
    run = Negotiation(
        case(
            sizes,
            issues=1,
            stances=PLAIN | {"position": np.array(position)[:, None]},
            setting=EVEN,
            status_quo=np.array([0.5]),
            timetable=rows([{"kind": Row.RENEWAL, "minutes": 60.0}, {"kind": Row.END}]),
        ),
        seed=1,
    )
    run.state.belief[0] = np.where(np.eye(len(position), dtype=bool), np.nan, believed)
    sum_beliefs(run.state)
    run._prepare()
    return run


def test_who_gains_exactly_nothing_asks_for_no_renewal():
    """One stands at 0; of four the others have to seem to be below 2/3 for the centre to be nearer than 1/2."""
    run = renewing((2, 2), [0.0, 0.5, 0.0, 1.0], [2 / 3 + 1e-9, 0.5, 2 / 3 - 1e-9, 1 / 3 + 1e-9])
    assert [asks_for_renewal(run.case, run.state, i) for i in range(4)] == [False, False, True, True]


def test_a_gain_of_a_renewed_mandate_is_weighed_by_what_issues_are_worth():
    """A quarter is lost on the first issue, and a quarter gained on the second."""
    room = case((1, 1), stances=PLAIN | {"position": 0.5}, setting=EVEN, parameters={"salience_weight": 0.0},
                status_quo=np.array([0.5, 0.0]))  # fmt: skip
    state = opened(room)
    state.belief[0, 1, 0], state.belief[1, 1, 0] = 1.0, 1.0  # centres at 3/4 on both
    sum_beliefs(state)
    for weight, asks in (((1.0, 1.0), False), ((1.0 - 2**-20, 1.0 + 2**-20), True)):
        state.opinions["weight"][:, 0] = weight
        assert bool(asks_for_renewal(room, state, 0)) is asks


@pytest.mark.parametrize(("asking", "renewed"), [(2, 1), (1, 0)])
def test_half_a_room_s_support_renews_a_mandate(asking, renewed):
    run = renewing((2, 2), [0.0] * asking + [0.5] * (4 - asking), 0.25)
    assert run.pending.move == Move.RENEW
    run.finish_turn()
    assert run.state.clock["renewal_support"][0] == asking / 4
    assert run.state.clock["renewed"][0] == renewed


@pytest.mark.parametrize(("sizes", "seats"), [((4, 3, 2, 2, 1), [2, 2, 2, 2, 1]), ((3, 2, 2, 2, 2, 2), [1] * 6)])
def test_up_to_five_groups_send_two_drafters_each_and_six_send_one(sizes, seats):
    room = case(sizes)
    state = opened(room)
    choose_drafters(room, state, 1)
    drafters = state.views["drafter"]
    assert [int(drafters[state.delegates["group"] == g, 1].sum()) for g in range(len(sizes))] == seats
    assert not drafters[:, 0].any()


def test_no_event_takes_more_trust_than_there_is():
    """A line restated as strongly as it can be, where trust is lost as fast as it can be."""
    everybody = np.ones((2, 4), np.int64)
    room = case(
        (2, 2), seats={"camp": [0, 0, 1, 1]}, parameters={"trust_loss": 1.0}, camp_line=np.full((2, 2), np.nan),
        camp_red_low=np.full((2, 2), -np.inf), camp_red_high=np.full((2, 2), np.inf), camp_share=np.zeros((2, 2)),
        timetable=rows([{"kind": Row.REAFFIRM, "quality": 5.0}, {"kind": Row.END}]), plan_seats=everybody,
    )  # fmt: skip
    run = Negotiation(room, seed=1)
    run.finish_turn()
    assert (run.state.trust[:2, 2:] == 0.0).all()
    assert (run.state.trust[:2, :2] > 0.0).all()


def test_a_finished_run_has_nothing_more_to_do():
    run = at_the_end()
    run.finish_turn()
    assert run.outcome != Outcome.RUNNING
    assert run.finish_turn() == run.pending == Turn(Move.NOTHING.value, -1, -1)


def test_after_the_deadline_no_more_of_the_mandate_can_pass():
    run = at_the_end()
    for minute, t in ((0.0, 0.0), (45.0, 0.75), (60.0, 1.0), (90.0, 1.0)):
        run.state.clock["minute"] = minute
        assert elapsed(run.case, run.state) == t


@pytest.mark.parametrize(("text", "nearest"), [(0.5, 0), (math.nextafter(0.5, 1.0), 1), (1.0, 1), (0.0, 0)])
def test_a_text_half_way_between_two_groups_has_the_wording_of_the_first(text, nearest):
    run = at_the_end(issues=1, means=(0.25, 0.75), stances=PLAIN, text={"value": text, "precision": 1.0})
    assert nearest_group(run.case, run.state, 0) == nearest


def test_a_share_of_one_thing_is_none_or_all_of_it_and_of_nothing_there_is_no_share():
    np.testing.assert_equal([share(0, 1), share(1, 1), share(0, 0)], [0.0, 1.0, math.nan])


def test_where_no_paragraph_was_read_everybody_might_have_blocked():
    run = at_the_end(issues=1)
    assert run.measured().runs["blocking_number"][0] == run.measured().issues["fewest_blockers"][0, 0] == 6.0


def test_positions_are_counted_in_the_category_that_they_lie_in():
    for category in range(7):
        for place in (0.01, 0.5, 0.99):
            counts = categorise(np.array([(category + place) / 7]))
            assert counts.tolist() == np.eye(7)[category].tolist()


def test_the_gini_coefficient_weighs_ranks():
    assert gini(np.array([3.0, 1.0, 4.0, 2.0])) == 0.25  # (-3 x 1 - 1 x 2 + 1 x 3 + 3 x 4) / (4 x 10)
    assert gini(np.array([0.0, 5.0, 0.0, 0.0])) == 0.75
    assert gini(np.array([2.0, 2.0])) == gini(np.zeros(3)) == 0.0


@pytest.mark.parametrize(
    ("mean", "text", "ambition"),
    [(0.52, 0.525, 0.5), (0.5, 0.55, 1.0), (0.75, 0.625, 0.5), (0.25, 0.4375, 0.25), (0.75, 1.0, 1.0)],
)
def test_ambition_is_measured_by_a_twentieth_of_the_scale_at_least(mean, text, ambition):
    run = at_the_end(
        issues=1,
        means=(mean, mean),
        stances=PLAIN,
        status_quo=np.array([0.5]),
        text={"value": text, "precision": 0.25, "agreed": True},
    )
    assert depth_of(run.case, run.state) == pytest.approx((ambition * 0.25, ambition, 0.25), abs=1e-12)
