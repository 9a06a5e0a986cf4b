"""Methodologies that a scenario defines itself: in files, changes, events, draws; and the page on the built-in ones."""

from pathlib import Path

import numpy as np
import pytest

from negsim.cast.formats import FORMATS
from negsim.cast.methodologies import MEETING_PARTS, METHODOLOGIES
from negsim.errors import ScenarioError
from negsim.report.reference import methodologies_page
from negsim.scenario import loads, with_changes
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import Sampler, sample
from negsim.study.schema import loads_study

SMALL = (Path(__file__).parents[1] / "data" / "small.yaml").read_text(encoding="utf-8")
OURS = """
methodologies:
  plain: [rolling_text: 1]
  ours:
    about: Questions, then a text, then polls.
    first: [questionnaire: 1]
    middle: [{format: rolling_text, share: 1, issues: [scope]}]
    last: [rolling_text: 0.5, straw_poll: 0.5]
"""
SCENARIO = loads(SMALL + OURS)
QUESTIONS, TEXT, POLL = [("questionnaire", 1.0)], [("rolling_text", 1.0)], [("rolling_text", 0.5), ("straw_poll", 0.5)]


def agendas(scenario):
    return [[(item.format, item.share) for item in meeting.agenda] for meeting in scenario.process.meetings]


@pytest.mark.parametrize(
    ("count", "expected"), [(1, [TEXT]), (2, [QUESTIONS, POLL]), (4, [QUESTIONS, TEXT, TEXT, POLL])]
)
def test_an_own_methodology_says_what_each_meeting_does(count, expected):
    turned = with_changes(SCENARIO, [f"meetings.count={count}", "methodology=ours"])
    assert agendas(turned) == expected
    assert turned.process.meetings[count // 2].agenda[0].issues == (("scope",) if count != 2 else None)
    under = [SCENARIO.agenda_under("ours", meeting, count) for meeting in range(count)]
    assert [[(item.format, item.share) for item in agenda] for agenda in under] == expected


def test_a_change_may_define_a_methodology_and_use_it():
    changes = ["process.hours=4", "methodologies.polls=[straw_poll: 1]", "methodology=polls"]
    assert agendas(with_changes(loads(SMALL), changes)) == [[("straw_poll", 1.0)]] * 2


def test_an_unknown_methodology_is_compared_with_the_scenario_s_own():
    with pytest.raises(ScenarioError, match='unknown methodology "plin"; did you mean "plain"'):
        with_changes(SCENARIO, ["methodology=plin"])


def test_an_event_may_change_to_an_own_methodology():
    event = "process.events=[change_methodology: {meeting: 1, day: 2, to: ours}]"
    own, same = with_changes(SCENARIO, [event]), with_changes(SCENARIO, ["methodologies.ours=[rolling_text: 1]", event])
    formats = [lower(scenario).plan["format"] for scenario in (own, same)]
    assert not np.array_equal(*formats)
    built_in = with_changes(SCENARIO, ["process.events=[change_methodology: {meeting: 1, day: 2, to: straw_poll}]"])
    copy = with_changes(SCENARIO, ["methodologies.ours=[straw_poll: 0.5, rolling_text: 0.5]", event])
    assert lower(built_in).plan.tobytes() == lower(copy).plan.tobytes()


def test_own_methodologies_may_be_drawn_and_come_out_as_the_long_way():
    text = (
        SMALL
        + OURS
        + "uncertain: {methodology: {one_of: [ours, plain, straw_poll]}, trust.across: {uniform: [0, 1]}}\n"
    )
    scenario = loads(text)
    for case, r, _ in Sampler(scenario, 3).cases(0, 9):
        assert case.plan.tobytes() == lower(sample(scenario, 3, r)).plan.tobytes()


def test_a_study_varies_own_methodologies(tmp_path):
    (tmp_path / "ours.yaml").write_text(SMALL + OURS, encoding="utf-8")
    study = loads_study(
        f"scenario: {tmp_path / 'ours.yaml'}\nvary: {{methodology: [ours, chair_text]}}\nreplications: 5\n"
    )
    assert study.factors[0].values == ("ours", "chair_text")


def test_a_methodology_called_after_a_format_gives_it_the_floor_in_every_meeting():
    names = sorted(set(METHODOLOGIES) & set(FORMATS))
    agendas = {(name, part): dict(getattr(METHODOLOGIES[name], part)) for name in names for part in MEETING_PARTS}
    assert {at: agenda for at, agenda in agendas.items() if agenda.get(at[0], 0.0) < 0.35} == {}
    assert {agenda.get("questionnaire", 0.0) for agenda in agendas.values()} <= {0.0, 0.25, 1.0}


def opening(share, *changes, scenario=SCENARIO):
    return agendas(with_changes(scenario, [f"process.opening={share}", *changes]))


def test_the_opening_is_a_share_of_the_first_meeting_under_any_methodology():
    for name in sorted({*METHODOLOGIES, "plain"} - {"questionnaire", "wgigf_2011"}):
        first, second = opening(0.4, f"methodology={name}")
        as_it_is = agendas(with_changes(SCENARIO, [f"methodology={name}"]))
        work = [(format_, share) for format_, share in as_it_is[0] if format_ != "questionnaire"]
        scale = 0.6 / sum(share for _, share in work)
        assert first[0] == ("questionnaire", 0.4)
        assert first[1:] == [(format_, pytest.approx(share * scale)) for format_, share in work]
        assert second == as_it_is[1]


def test_an_opening_of_none_begins_with_work_on_text_and_one_of_all_is_nothing_but_questions():
    assert opening("none", "methodology=chair_text") == [[("chair_text", 1.0)]] * 2
    assert opening(1, "methodology=chair_text") == [QUESTIONS, [("chair_text", 1.0)]]


def test_questions_on_some_issues_keep_their_issues_and_proportions():
    first = (
        "[{format: questionnaire, share: 0.3, issues: [scope]}, {format: questionnaire, share: 0.1}, straw_poll: 0.6]"
    )
    turned = with_changes(SCENARIO, [f"process.meetings.0.agenda={first}", "process.opening=0.2"])
    agenda = turned.process.meetings[0].agenda
    assert [(item.share, item.issues) for item in agenda] == [(0.15, ("scope",)), (0.05, None), (0.8, None)]


def test_an_opening_may_be_drawn_and_comes_out_as_the_long_way():
    draws = "uncertain: {process.opening: {one_of: [0, 0.5]}, methodology: {one_of: [chair_text, straw_poll]}}\n"
    scenario = loads(SMALL + draws)
    plans = [case.plan.tobytes() for case, _, _ in Sampler(scenario, 3).cases(0, 9)]
    assert plans == [lower(sample(scenario, 3, r)).plan.tobytes() for r in range(len(plans))]
    assert len(set(plans)) > 1


def test_every_built_in_methodology_says_what_it_is_for():
    for methodology in METHODOLOGIES.values():
        assert methodology.use.endswith(".")


def test_the_page_on_methodologies_has_what_each_is_for_and_its_agendas():
    page = methodologies_page()
    assert {name for name in METHODOLOGIES if page.count(f"\n| `{name}` | ") != 2} == set()
