"""From a scenario to the tables of the model."""

import math
from pathlib import Path

import numpy as np
import pytest

from negsim.cast.decisions import DECISION_RULES
from negsim.cast.formats import FORMATS
from negsim.errors import NegsimError
from negsim.negotiation.acceptance import ANY_NUMBER, MAJORITY, PRECISION
from negsim.negotiation.runs import watch
from negsim.negotiation.tables import Pen, Row
from negsim.randomness import SEATS_PER_GROUP
from negsim.scenario import load, loads, with_changes
from negsim.scenario import schema as vocabulary
from negsim.scenario.lowering import DAY_BEFORE, lower, seat_names
from negsim.scenario.yaml import to_yaml
from negsim.study.solutions import people

DATA = Path(__file__).parents[1] / "data"
SMALL = load(DATA / "small.yaml")
FULL = load(DATA / "full.yaml")
DIVIDED = load(DATA / "caucuses.yaml")
CODES = {name: code for code, name in enumerate(FORMATS)}


def lowered(*changes, scenario=FULL):
    return lower(with_changes(scenario, changes))


def rows(case, kind):
    return [s for s in range(len(case.plan)) if case.plan["kind"][s] == kind]


def sessions(case, meeting):
    return [
        (int(row["day"]), list(FORMATS)[row["format"]], round(float(row["minutes"]), 6))
        for row in case.plan
        if row["kind"] == Row.SESSION and row["meeting"] == meeting
    ]


def test_seats_are_in_order_of_group_with_the_named_first():
    assert seat_names(FULL) == ["Norland", "St. Ann", "States 3", "States 4", "States 5",
                                "NO & Co.", "Companies 2", "Companies 3"]  # fmt: skip
    case = lower(FULL)
    assert case.seats["group"].tolist() == [0] * 5 + [1] * 3
    assert case.seats["address"].tolist() == [0, 1, 2, 3, 4, 2048, 2049, 2050]
    assert case.group_size.tolist() == [5, 3]


def test_a_delegate_overrides_its_group_and_nothing_else():
    case = lower(FULL)
    assert case.seats["voice"].tolist() == [4, 2, 2, 2, 2, 1, 1, 1]
    assert case.seats["openness"].tolist() == [0.55, 0.8, 0.55, 0.55, 0.55, 0.95, 0.95, 0.95]
    assert case.seats["may_block"].tolist() == [True] * 5 + [True, False, False]
    assert np.isnan(case.seats["outside_option"]).tolist() == [True, False, False, False, False, True, True, True]
    assert case.stances["position"][:, 0].tolist() == [0.9, 0.4, 0.4, 0.4, 0.4, 0.7, 0.7, 0.7]
    assert case.stances["spread"][:, 0].tolist() == [0, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05]
    assert case.stances["salience"][:3].tolist() == [[1, 2], [3, 2], [1, 2]]


def test_what_a_delegate_says_holds_where_it_is_nothing_too():
    """A flag that is off and a number that is zero are not what is left out."""
    case = lowered(
        "delegates.0.may_block=false", "delegates.0.openness=0", "delegates.0.salience.money=0",
        "delegates.0.position.scope=0", "delegates.0.outside_option=0", "delegates.0.red_lines.scope={max: 0}",
    )  # fmt: skip
    assert case.seats["may_block"].tolist()[:2] == [False, True]
    assert [case.seats[name][0] for name in ("openness", "outside_option")] == [0.0, 0.0]
    assert [case.stances["salience"][0, 1], case.stances["position"][0, 0]] == [0.0, 0.0]
    assert [case.stances["red_low"][0, 0], case.stances["red_high"][0, 0]] == [-math.inf, 0.0]


HABITS = ("openness", "aspiration", "concession_exponent", "goodwill")


@pytest.mark.parametrize("habit", HABITS)
def test_a_habit_is_a_delegate_s_own_or_its_group_s_or_the_parameter_s(habit):
    parameter, group, own = 0.5, 0.25, 0.75
    unsaid = [f"{people}.{name}=null" for people in ("groups.firms", "delegates.0") for name in HABITS]
    one = lowered(
        *unsaid, f"parameters.{habit}={parameter}", f"groups.states.{habit}={group}", f"delegates.0.{habit}={own}"
    )
    assert one.seats[habit].tolist()[:3] == [own, 0.8 if habit == "openness" else group, group]
    assert one.seats[habit].tolist()[5:] == [parameter] * 3
    others = [name for name in HABITS if name != habit]
    assert one.seats[others].tolist() == lowered(*unsaid).seats[others].tolist()


def test_what_no_deal_is_worth_is_the_seat_s_own_or_its_group_s_or_the_status_quo_s():
    assert np.isnan(lower(FULL).seats["no_deal"]).all()
    some = lowered("groups.states.no_deal=0.3", "delegates.0.no_deal=0", "delegates.1.no_deal=none")
    assert some.seats["no_deal"].tolist()[:3] == [0.0, pytest.approx(math.nan, nan_ok=True), 0.3]
    assert np.isnan(some.seats["no_deal"][5:]).all()
    assert lowered("groups.firms.no_deal=high").seats["no_deal"].tolist()[5:] == [0.8] * 3


def test_no_two_seats_have_one_name_where_groups_have_one_label():
    names = seat_names(with_changes(SMALL, ["groups.firms.label=States", "groups.states.label=States"]))
    assert len(set(names)) == len(names)


def test_named_delegates_sit_in_the_caucus_they_say_and_the_others_fill_the_caucuses_in_order():
    case = lower(DIVIDED)
    assert seat_names(DIVIDED)[:2] == ["Southland", "Norland"]
    assert case.seats["caucus"].tolist() == [1, 0, 0, 0, 1, 1, 2, 3, 3, 3, 4, 4]
    assert case.seats["address"].tolist() == [*range(7), 2048, 2049, 2050, 4096, 4097]


def test_red_lines_are_infinite_where_there_is_none():
    stances = lower(FULL).stances
    assert stances["red_low"][0].tolist() == [0.1, -math.inf]
    assert stances["red_high"][0].tolist() == [0.75, 0.9]
    assert stances["red_low"][1].tolist() == [0.3, -math.inf]
    assert stances["red_high"][1].tolist() == [math.inf, 0.9]
    assert stances["red_spread"][1].tolist() == [0.02, 0.05]
    assert stances["red_spread"][5].tolist() == [0, 0]


@pytest.mark.parametrize("written", ["{scope: none}", "{scope: {min: none, max: ~}}", "{scope: ~}"])
def test_none_removes_a_red_line(written):
    scenario = with_changes(FULL, [f"groups.states.red_lines={written}"])
    assert scenario.groups["states"].red_lines == {}
    with pytest.raises(NegsimError, match="a red line needs min, max or both; write none to remove it"):
        with_changes(FULL, ["groups.states.red_lines={scope: {spread: 0.1}}"])


def test_a_delegate_may_have_none_of_its_group_s_red_lines():
    group = with_changes(SMALL, ["groups.states.red_lines={scope: {max: 0.6}}"])
    name = next(delegate.name for delegate in group.delegates if delegate.group == "states")
    free = with_changes(group, [f"delegates.{name}.red_lines.scope=none"])
    assert loads(to_yaml(free.resolved())) == free
    at = seat_names(group).index(name)
    before, after = (lower(one).stances["red_high"][:, 0] for one in (group, free))
    assert (before[at], after[at]) == (0.6, math.inf)
    assert np.delete(before, at).tolist() == np.delete(after, at).tolist()


def test_a_spread_by_group_moves_all_its_seats_alike_and_by_seat_nothing_else():
    line = "groups.firms.red_lines={scope: {max: 0.6, spread: 0.05, spread_by: WHO}}"
    by_seat, by_group = (with_changes(SMALL, [line.replace("WHO", who)]) for who in ("seat", "group"))
    ends = {}
    for name, scenario in (("seat", by_seat), ("group", by_group)):
        views = [
            state.views["red_high"][lower(scenario).seats["group"] == 1, 0] for _, state in people(scenario, 20, 3)
        ]
        ends[name] = np.array(views)
    assert (np.ptp(ends["group"], axis=1) == 0.0).all()
    assert (np.ptp(ends["seat"], axis=1) > 0.0).all()
    np.testing.assert_array_equal(ends["group"][:, 0], ends["seat"][:, 0])  # the first seat's own draw
    assert 0.03 < ends["group"][:, 0].std() < 0.08


def test_the_pair_that_names_more_delegates_holds():
    trust = lowered("context.tension=0").trust_mean
    assert trust[0, 5] == 0.9
    assert trust[0, 6] == 0.2
    assert trust[1, 6] == 0.35
    assert trust[5, 0] == 0.25
    assert trust[0, 1] == 0.7


def test_tension_scales_trust_across_groups_and_spillover():
    calm, tense = lowered("context.tension=0"), lowered("context.tension=1")
    assert np.allclose(tense.trust_mean[:5, 5:], 0.6 * calm.trust_mean[:5, 5:])
    assert np.array_equal(tense.trust_mean[:5, :5], calm.trust_mean[:5, :5])
    assert calm.setting["spillover"] == 0
    assert tense.setting["spillover"] == pytest.approx(FULL.parameters.spillover_max)
    assert lowered("context.linkage.spillover=high").setting["spillover"] == 0.12
    assert lowered("context.linkage=").setting["spillover"] == 0


def test_a_camp_s_red_lines_hold_from_the_end_that_is_said():
    case = lowered("camps.reform.red_lines={scope: {min: 0.1}}", "camps.order.red_lines={money: {max: 0.7}}")
    assert case.camp_red_low.tolist() == [[0.1, -math.inf], [-math.inf, -math.inf]]
    assert case.camp_red_high.tolist() == [[math.inf, math.inf], [math.inf, 0.7]]


def test_shares_of_camps_may_pass_one_by_what_rounding_adds():
    shares = {"for": 0.33, "against": 0.56, "between": 0.11}
    camps = ", ".join(f"{name}: {{share: {{firms: {share}}}, line: {{scope: 1}}}}" for name, share in shares.items())
    assert lowered(f"camps={{{camps}}}", scenario=SMALL).camp_share[1] == pytest.approx([*shares.values()])


def test_camps_are_fixed_where_said_and_drawn_to_their_share_elsewhere():
    case = lower(FULL)
    assert case.seats["camp"].tolist() == [0, -1, -2, -2, -2, 1, -2, -2]  # NO & Co. speaks for order
    assert case.camp_share[0].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert case.camp_share[1].tolist() == pytest.approx([0, 0.25])
    assert np.array_equal(case.camp_line, [[1, np.nan], [np.nan, 0]], equal_nan=True)
    assert lower(SMALL).seats["camp"].tolist() == [-1] * 5
    assert lower(SMALL).camp_line.shape == (0, 1)


@pytest.mark.parametrize("scenario", [SMALL, FULL])
@pytest.mark.parametrize("knob", ["methodology=as_written", "methodology=chair_text", "meetings.count=6"])
def test_sessions_fill_the_floor_time_and_no_more(scenario, knob):
    plan = lowered(knob, scenario=scenario).plan
    ends = plan["starts"] + plan["minutes"]
    first_end = int(np.flatnonzero(plan["kind"] == Row.END)[0])
    follows = plan["starts"][1 : first_end + 1] - ends[:first_end]
    assert np.allclose(follows, 0)
    assert plan["deadline"][first_end] == pytest.approx(plan["starts"][first_end])


def test_the_rows_of_a_day_are_in_order():
    assert [Row(kind).name for kind in lower(SMALL).plan["kind"]] == [
        "SESSION", "EVENING", "SESSION", "EVENING", "MEETING_END", "EVENING", "GAP",
        "SESSION", "EVENING", "SESSION", "EVENING", "MEETING_END", "END",
    ]  # fmt: skip


def test_the_breaks_of_a_day_lie_at_equal_distances():
    case = lowered("informal.corridors=0.4", "process.informal.break_minutes=30", scenario=SMALL)
    days = [(0, 0, 288.0), (0, 1, 288.0), (1, 0, 240.0), (1, 1, 240.0)]
    expected, start = [], 0.0
    for meeting, day, minutes in days:
        expected += [(meeting, day, b, start + minutes * (b + 1) / 4, 0.4, 0.25) for b in range(3)]
        start += minutes
    assert case.breaks.tolist() == expected


def test_a_retreat_is_an_evening_of_its_own_taken_from_the_gap():
    plan = lower(SMALL).plan
    retreat, gap = plan[5], plan[6]
    assert (retreat["mixed_share"], retreat["caucus"], retreat["day"]) == (1, 0, 2)
    assert gap["days"] == 19
    evenings = plan[plan["kind"] == Row.EVENING]
    places = list(zip(evenings["meeting"], evenings["day"], strict=True))
    assert len(set(places)) == len(places)


@pytest.mark.parametrize(
    ("written", "mixed", "caucus"),
    [("mixed", 0.8, True), ("caucus", 0.0, True), ("{mixed_share: 0.4, rest: none}", 0.4, False)],
)
def test_an_evening_before_the_first_meeting_is_the_first_row_and_changes_no_other(written, mixed, caucus):
    changes = ["process.informal={mixed_share: 0.8, quality: 1.5}", "informal.corridors=0.5"]
    without, case = lowered(*changes), lowered(*changes, f"process.evening_before={written}")
    before = case.plan[0]
    assert (before["kind"], before["meeting"], before["day"]) == (Row.EVENING, 0, DAY_BEFORE)
    assert (before["mixed_share"], before["caucus"], before["quality"]) == (mixed, caucus, 1.5)
    assert (before["starts"], before["mandate_start"], before["deadline"]) == (0.0, 0.0, case.plan["deadline"][1])
    later = case.plan[1:].copy()
    later["otherwise"] -= np.where(later["otherwise"] >= 0, 1, 0)
    assert str(later) == str(without.plan)
    assert case.breaks.tolist() == without.breaks.tolist()


def test_without_an_evening_before_there_is_none():
    assert str(lowered("process.evening_before=none").plan) == str(lower(FULL).plan)


def test_a_faster_tempo_takes_less_time_for_each_statement_and_move_and_notices_as_much():
    usual, fast = lower(FULL), lowered("process.tempo=4")
    assert fast.formats["minutes"].tolist() == (usual.formats["minutes"] / 4).tolist()
    assert usual.formats["minutes"][CODES["package_deal"]] == 15.0
    one, other = (case.parameters[0] for case in (usual, fast))
    changed = {name: other[name] / one[name] for name in one.dtype.names if one[name] != other[name]}
    assert changed == {"statement": 0.25, "noticing_rate": 4.0}
    same = [name for name in usual._fields if name not in {"formats", "parameters"}]
    assert all(getattr(usual, name).tobytes() == getattr(fast, name).tobytes() for name in same)


def test_a_faster_tempo_in_less_time_is_the_same_process():
    """Four times as fast in a quarter of the hours: as many statements, readings and agreements."""
    usual = watch(lowered("process.meetings.0.hours=6", "process.meetings.1.hours=5", scenario=SMALL))
    hours = ("process.meetings.0.hours=1.5", "process.meetings.1.hours=1.25")
    fast = watch(lowered(*hours, "process.tempo=4", scenario=SMALL))
    assert fast.events["move"].tolist() == usual.events["move"].tolist()
    assert fast.minute == pytest.approx(usual.minute / 4)


def test_a_day_may_last_for_less_than_a_minute():
    case = lowered("process.hours=0.005", "process.procedure_loss=0", scenario=SMALL)
    minutes = case.plan["minutes"][rows(case, Row.SESSION)]
    assert minutes.min() == pytest.approx(0.3)


def test_secrets_are_told_as_readily_as_the_process_says_or_the_parameter():
    assert lowered("parameters.disclosure=0.25").setting["disclosure"].tolist() == [0.25]
    assert lowered("parameters.disclosure=0.25", "process.informal.disclosure=0").setting["disclosure"].tolist() == [
        0.0
    ]


def between_meetings(case):
    """What happens in each gap: reconsider, record, consult, circulate."""
    gaps = case.plan[rows(case, Row.GAP)]
    return [(*row.tolist()[:3], row["circulate"]) for row in gaps[["reconsider", "record", "consult", "circulate"]]]


def test_what_the_process_says_happens_in_every_gap_unless_a_meeting_says_other():
    three = with_changes(SMALL, ["meetings.count=4"])
    as_always = (True, False, False, pytest.approx(math.nan, nan_ok=True))
    assert between_meetings(lower(three)) == [as_always] * 3
    of_all = "process.intersession={record: true, consult: true, circulate: 9}"
    of_one = "process.meetings.2.intersession={reconsider: false}"
    quiet = (False, False, False, pytest.approx(math.nan, nan_ok=True))
    assert between_meetings(lowered(of_all, scenario=three)) == [(True, True, True, 9.0)] * 3
    assert between_meetings(lowered(of_all, of_one, scenario=three)) == [
        (True, True, True, 9.0), quiet, (True, True, True, 9.0),
    ]  # fmt: skip


def test_a_motion_has_two_futures():
    case = lower(FULL)
    (motion,) = rows(case, Row.MOTION)
    failed = case.plan["otherwise"][motion]
    assert case.plan_seats[motion].tolist() == [False] * 5 + [True] * 3
    assert case.plan["kind"][failed - 1] == Row.END
    assert case.plan["kind"][-1] == Row.END
    carried, kept = case.plan[motion + 1 : failed], case.plan[failed:]
    same = ["kind", "meeting", "day", "mixed_share", "deadline"]
    outside = lambda table: table[table["kind"] != Row.SESSION][same]  # noqa: E731
    assert np.array_equal(outside(carried), outside(kept))
    in_lima = [row["format"] for row in carried if row["kind"] == Row.SESSION and row["meeting"] == 1]
    assert set(in_lima) == {CODES["rolling_text"]}


def test_the_chair_changes_the_methodology_without_asking():
    case = lowered("process.events=[change_methodology: {meeting: 2, day: 3, to: straw_poll}]")
    (motion,) = rows(case, Row.MOTION)
    assert not case.plan_seats[motion].any()
    assert case.plan["otherwise"][motion] == -1
    day = 8 * 60 * 0.9
    assert sessions(case, 1)[-2:] == [(2, "straw_poll", day / 2), (2, "rolling_text", day / 2)]


def test_a_renewal_begins_a_new_mandate():
    plan = lower(FULL).plan
    until = plan["starts"][rows(lower(FULL), Row.RENEWAL)[0]]
    assert set(plan["deadline"][plan["meeting"] <= 1]) == {until}
    assert set(plan["mandate_start"][plan["meeting"] == 2]) == {until}
    assert plan["quality"][rows(lower(FULL), Row.RENEWAL)[0]] == 0
    assert not rows(lower(SMALL), Row.RENEWAL)  # no meeting follows


@pytest.mark.parametrize(
    ("pen", "holder"), [("chair", Pen.CHAIR), ("none", Pen.NOBODY), ("St. Ann", 1), ("firms", SEATS_PER_GROUP)]
)
def test_the_text_at_the_start_has_a_pen_holder(pen, holder):
    case = lowered(f"process.text={{money: {{value: high, precision: 0.6, status: agreed, pen: {pen}}}}}")
    assert np.isnan(case.text["value"][0])
    assert case.text.tolist()[1] == (0.75, 0.6, True, holder)
    assert np.isnan(lower(FULL).text["value"]).all()
    assert lowered("process.text={scope: {value: 0.3}}").text.tolist()[0] == (0.3, PRECISION, False, Pen.CHAIR)


def test_events_name_their_seats():
    case = lower(FULL)
    submissions, reaffirmations = rows(case, Row.SUBMISSION), rows(case, Row.REAFFIRM)
    assert [np.flatnonzero(case.plan_seats[s]).tolist() for s in submissions[:2]] == [[0], [5]]
    assert np.array_equal(case.plan_values[submissions[0]], [0.8, np.nan], equal_nan=True)
    assert np.isnan(case.plan_values[submissions[1]]).all()
    assert [np.flatnonzero(case.plan_seats[s]).tolist() for s in reaffirmations] == [[5], [0]]
    assert case.plan["quality"][reaffirmations].tolist() == [2, 1]
    dinner = next(s for s in rows(case, Row.EVENING) if case.plan_seats[s].any())
    assert np.flatnonzero(case.plan_seats[dinner]).tolist() == [0, 5, 6, 7]
    assert (case.plan["meeting"][dinner], case.plan["day"][dinner]) == (1, 0)


def test_a_session_is_about_the_issues_on_its_agenda():
    case = lowered("process.events=[]")
    chair_text = next(s for s in rows(case, Row.SESSION) if case.plan["format"][s] == CODES["chair_text"])
    assert case.plan_issues[chair_text].tolist() == [False, True]


def test_the_setting_says_how_the_room_decides():
    setting = lower(FULL).setting[0]
    assert (setting["accept"], setting["blocks"]) == (0.0, 2)
    assert (setting["record_dissent"], setting["separable"], setting["chair_reports"]) == (True, True, False)
    assert setting["vote_share"] == 0.667
    assert np.isnan(lower(SMALL).setting["vote_share"][0])
    assert lower(SMALL).setting["blocks"][0] == 0
    assert (*DECISION_RULES, "own") == tuple(vocabulary.DecisionRule.model_fields)


@pytest.mark.parametrize(
    ("rule", "room", "firms", "states"),
    [
        ("no_formal_objection", (0.0, 0), (0.0, ANY_NUMBER), (0.0, ANY_NUMBER)),
        ("rough_consensus", (0.75, ANY_NUMBER), (0.0, ANY_NUMBER), (0.0, ANY_NUMBER)),
        ("consensus_minus", (0.0, 1), (0.0, ANY_NUMBER), (0.0, ANY_NUMBER)),
        ("majority_per_group", (0.0, ANY_NUMBER), (MAJORITY, ANY_NUMBER), (MAJORITY, ANY_NUMBER)),
        ("{accept: majority, blocks: 3}", (MAJORITY, 3), (0.0, ANY_NUMBER), (0.0, ANY_NUMBER)),
        ("{own: {accept: 0.8}}", (0.8, ANY_NUMBER), (0.0, ANY_NUMBER), (0.0, ANY_NUMBER)),
        (
            "{accept_by_group: {firms: majority}, blocks_by_group: {firms: 0, default: 2}}",
            (0.0, ANY_NUMBER), (MAJORITY, 0), (0.0, 2),
        ),
        ("{accept_by_group: 0.5, blocks_by_group: 1}", (0.0, ANY_NUMBER), (0.5, 1), (0.5, 1)),
    ],
)  # fmt: skip
def test_a_decision_rule_is_a_row_of_numbers(rule, room, firms, states):
    case = lowered(f"process.decision_rule={rule}")
    assert case.setting[["accept", "blocks"]].tolist() == [room]
    groups = list(FULL.groups)
    found = dict(zip(groups, case.consent.tolist(), strict=True))
    assert (found["firms"], found["states"]) == (firms, states)


def test_voting_weights_are_of_a_seat_of_each_seat_or_of_all_together():
    weights = ["groups.firms.voting_weight={together: 9}", "groups.states.voting_weight=83.5"]
    seats = lowered(*weights, "delegates.0.voting_weight=0.5").seats
    assert seats["voting_weight"].tolist() == [0.5, 83.5, 83.5, 83.5, 83.5, 3.0, 3.0, 3.0]
    assert lower(FULL).seats["voting_weight"].tolist() == [1.0] * 8


def test_the_chair_fills_the_formats_that_are_left_to_it():
    case = lower(FULL)
    assert case.formats["conservatism"][CODES["chair_text"]] == 0.8
    assert case.formats["step"][CODES["chair_text"]] == 0.15
    assert not any(np.isnan(case.formats[name]).any() for name in case.formats.dtype.names)
