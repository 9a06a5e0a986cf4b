"""The resolved form, and changes to it: paths and knobs."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negsim.cast.methodologies import METHODOLOGIES
from negsim.errors import NegsimError, ScenarioError
from negsim.scenario import dump_yaml, load, loads, with_changes
from negsim.scenario.changes import parsed_change
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import Sampler, sample
from negsim.scenario.yaml import to_yaml

DATA = Path(__file__).parents[1] / "data"
SMALL = load(DATA / "small.yaml")
FULL = load(DATA / "full.yaml")
DIVIDED = load(DATA / "caucuses.yaml")


def changed(*changes):
    return with_changes(SMALL, changes)


def agendas(scenario):
    return [[(item.format, item.share) for item in meeting.agenda] for meeting in scenario.process.meetings]


def evenings(scenario):
    return [evening for meeting in scenario.resolved()["process"]["meetings"] for evening in meeting["evenings"]]


def told(*changes):
    with pytest.raises(ScenarioError) as error:
        changed(*changes)
    return str(error.value).splitlines()


@pytest.mark.parametrize("changes", ["meetings.count=3", None, 3])
def test_changes_that_are_no_list_are_told(changes):
    with pytest.raises(NegsimError, match=r': changes are a list, as in \["meetings.count=3"\]$'):
        load(DATA / "small.yaml", changes=changes)


def test_a_value_of_any_type_is_read_or_told():
    position = {"groups.firms.position.scope": {"mean": np.float64(0.25), "spread": np.array(0.125)}}
    assert with_changes(SMALL, position).groups["firms"].position["scope"].spread == 0.125
    for value, what in ((Decimal("0.5"), '"0.5"'), (np.array([1, 2]), "a list"), (object, "<class")):
        with pytest.raises(ScenarioError, match=f"trust.across: .*{what}"):
            with_changes(SMALL, {"trust.across": value})


@pytest.mark.parametrize("scenario", [SMALL, FULL, DIVIDED, load(DATA / "shared.yaml")])
def test_the_resolved_form_loads_to_an_equal_scenario(scenario):
    assert loads(dump_yaml(scenario)) == scenario
    assert dump_yaml(loads(dump_yaml(scenario))) == dump_yaml(scenario)


def test_the_resolved_form_says_everything():
    resolved = SMALL.resolved()
    assert resolved["groups"]["states"]["salience"] == {"scope": 1.0}
    assert resolved["groups"]["firms"]["position"] == {"scope": {"mean": 0.7, "spread": 0.0}}
    assert resolved["groups"]["firms"]["label"] == "Firms"
    assert len(resolved["parameters"]) > 30
    assert evenings(SMALL) == ["caucus", "none", "mixed", "mixed"]
    assert "population" not in resolved


def test_a_path_changes_one_number():
    after = changed("process.chair.pressure=high", "delegates.Norland.voice=3", "process.meetings.Lima.hours=7")
    before, now = SMALL.resolved(), after.resolved()
    assert after.process.chair.pressure == 1.0
    assert after.delegates[0].voice == 3.0
    assert after.process.meetings[1].hours == 7.0
    now["process"]["chair"]["pressure"], now["delegates"][0]["voice"] = 0.0, None
    now["process"]["meetings"][1]["hours"], now["basis"] = 5.0, {}
    assert now == before


def test_changes_may_open_what_was_empty():
    assert changed("context.linkage.theme=trade").context.linkage.theme == "trade"
    assert changed("trust.pairs.firms->states=0.2").trust.pairs == {"firms->states": 0.2}
    assert changed("process.decision_rule={consensus_minus: {k: 2}}").process.decision_rule.consensus_minus.k == 2


def test_a_bare_position_moves_the_mean_and_leaves_the_spread():
    position = changed("groups.states.position.scope=high").groups["states"].position["scope"]
    assert (position.mean, position.spread) == (0.75, 0.1)


@pytest.mark.parametrize(
    ("seats", "caucuses"), [(7, (3, 3, 1)), (14, (6, 6, 2)), (8, (4, 3, 1)), (3, (1, 1, 1)), (2, (1, 1, 0)), (1, None)]
)
def test_caucuses_follow_the_seats_of_their_group(seats, caucuses):
    divided = with_changes(DIVIDED, ["delegates.Norland.caucus=North"])
    if caucuses is None:
        with pytest.raises(ScenarioError, match="one delegate too many: states has 1 seat"):
            with_changes(divided, [f"groups.states.seats={seats}"])
        return
    group = with_changes(divided, [f"groups.states.seats={seats}"]).groups["states"]
    assert group.caucuses == dict(zip(("North", "South", "Islands"), caucuses, strict=True))


@pytest.mark.parametrize("first", ["groups=5", "camps=", "delegates=5", "delegates=[1]", "delegates=[{group: firms}]"])
def test_a_wrong_path_is_told_whatever_an_earlier_change_has_made(first):
    assert any(line.startswith("zebra=3: there is no such path") for line in told(first, "zebra=3"))
    drawn = to_yaml({"uncertain": {"x": {"either": [dict(parsed_change(one) for one in (first, "zebra=3"))]}}})
    with pytest.raises(ScenarioError, match=r"uncertain\.x: "):
        loads((DATA / "small.yaml").read_text(encoding="utf-8") + drawn)


def test_more_meetings_copy_the_last():
    more = changed("meetings.count=4").process.meetings
    assert [meeting.name for meeting in more] == ["Oslo", "Lima", "Lima + 1", "Lima + 2"]
    assert more[:2] == SMALL.process.meetings
    assert more[3] == more[1].model_copy(update={"name": "Lima + 2"})


def test_fewer_meetings_keep_the_first_and_drop_what_happened_later():
    fewer = changed("meetings.count=1").process
    assert fewer.meetings == SMALL.process.meetings[:1]
    assert [event.kind for event in fewer.events] == ["renewal"]
    assert fewer.events[0].renewal.after_meeting == 1


def test_a_renewal_after_the_last_meeting_stays_after_the_last():
    assert changed("meetings.count=5").process.events[2].renewal.after_meeting == 5


@pytest.mark.parametrize("meetings", [1, 2, 5])
def test_a_methodology_replaces_every_agenda_at_equal_minutes(meetings):
    after = {name: changed(f"methodology={name}", f"meetings.count={meetings}") for name in METHODOLOGIES}
    wanted = {name: [list(one.agenda(m, meetings)) for m in range(meetings)] for name, one in METHODOLOGIES.items()}
    assert {name: agendas(one) for name, one in after.items()} == wanted
    plain = times(changed(f"meetings.count={meetings}"))
    assert {name: times(one) for name, one in after.items() if times(one) != plain} == {}


def times(scenario):
    return [(meeting.days, meeting.hours) for meeting in scenario.process.meetings]


def test_the_order_of_changes_does_not_matter():
    changes = ["meetings.count=3", "methodology=chair_text", "informal.mixed_evenings=0.5", "process.hours=4"]
    assert with_changes(SMALL, changes) == with_changes(SMALL, changes[::-1])


@given(st.floats(0, 1), st.integers(1, 10))
def test_a_share_of_all_evenings_is_mixed(share, meetings):
    spent = evenings(changed(f"meetings.count={meetings}", f"informal.mixed_evenings={share!r}"))
    assert set(spent) <= {"mixed", "caucus"}
    assert abs(spent.count("mixed") - share * len(spent)) <= 1


def test_mixed_evenings_are_spread_over_the_process():
    assert evenings(changed("informal.mixed_evenings=0.5")) == ["caucus", "mixed", "caucus", "mixed"]
    assert evenings(changed("informal.mixed_evenings=0")) == ["caucus"] * 4
    assert evenings(changed("informal.mixed_evenings=1")) == ["mixed"] * 4
    thirds = evenings(changed("informal.mixed_evenings=0.3333333333", "meetings.count=3"))
    assert thirds == ["caucus", "caucus", "mixed", "caucus", "caucus", "mixed"]


def test_changes_inside_one_another_leave_what_was_given_as_it_was():
    inner = {"across": 0.3}
    changes = {"trust": inner, "trust.within": 0.9}
    assert with_changes(load("classroom"), changes).trust.within == 0.9
    assert changes == {"trust": {"across": 0.3}, "trust.within": 0.9}
    assert inner == {"across": 0.3}


def days(*changes):
    return [meeting.days for meeting in changed(*changes).process.meetings]


@pytest.mark.parametrize(
    ("count", "total", "split"), [(2, 7, [4, 3]), (3, 3, [1, 1, 1]), (3, 11, [4, 4, 3]), (1, 5, [5])]
)
def test_days_in_all_are_divided_and_the_first_meetings_take_the_remainder(count, total, split):
    assert days(f"meetings.days_in_all={total}", f"meetings.count={count}") == split


def test_evenings_follow_the_days_in_all_and_are_mixed_over_them():
    assert evenings(changed("meetings.days_in_all=5")) == ["caucus", "none", "none", "mixed", "mixed"]
    assert evenings(changed("meetings.days_in_all=6", "informal.mixed_evenings=0.5")) == ["caucus", "mixed"] * 3


def test_an_event_whose_day_is_gone_moves_to_the_last_day_of_its_meeting():
    event = "process.events=[closed_session: {meeting: 2, day: 2}, closed_session: {meeting: 1, day: 1}]"
    events = changed(event, "meetings.days_in_all=3").process.events
    assert [(e.what_happens.meeting, e.what_happens.day) for e in events] == [(2, 1), (1, 1)]


def test_days_in_all_may_be_drawn():
    text = dump_yaml(SMALL).replace("uncertain: {}", "uncertain: {meetings.days_in_all: {integers: [2, 9]}}")
    scenario = loads(text)
    drawn = {sum(m.days for m in sample(scenario, 1, r).process.meetings) for r in range(60)}
    assert drawn == set(range(2, 10))
    for case, r, _ in Sampler(scenario, 1).cases(0, 5):
        assert case.plan.tobytes() == lower(sample(scenario, 1, r)).plan.tobytes()


def test_knobs_keep_the_basis_of_all_that_is_still_there():
    before, after = (load("cstd_wgigf_2012", changes=changes).basis for changes in ((), ["meetings.count=2"]))
    others = {path for path in before if not path.startswith("process")}
    assert others
    assert others <= set(after)
