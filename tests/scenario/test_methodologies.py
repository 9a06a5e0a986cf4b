"""Methodologies that a scenario defines itself: in files, changes, events, draws; and the page on the built-in ones."""

from pathlib import Path

import numpy as np
import pytest

from negsim.cases import load, loads
from negsim.errors import ScenarioError
from negsim.report.reference import methodologies_page
from negsim.scenario import dump_yaml, with_changes
from negsim.scenario.lowering import lower
from negsim.scenario.methodologies import METHODOLOGIES
from negsim.scenario.sampling import Sampler, sample
from negsim.study.explain import differing
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


def test_an_agenda_alone_is_that_of_every_meeting():
    assert agendas(with_changes(SCENARIO, ["methodology=plain", "meetings.count=3"])) == [TEXT] * 3


def test_a_file_may_use_its_own_methodology_at_once():
    text = SMALL.replace("process:\n", "process:\n  methodology: ours\n", 1)
    assert agendas(loads(text + OURS)) == [QUESTIONS, POLL]


def test_a_methodology_that_is_not_used_changes_nothing():
    plain = loads(SMALL)
    assert agendas(SCENARIO) == agendas(plain)
    assert all(one.tobytes() == other.tobytes() for one, other in zip(lower(SCENARIO), lower(plain), strict=True))


def test_the_resolved_form_keeps_own_methodologies():
    assert loads(dump_yaml(SCENARIO)) == SCENARIO


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
    copy = with_changes(
        SCENARIO,
        ["methodologies.ours=[straw_poll: 0.5, rolling_text: 0.5]", event],
    )
    assert np.array_equal(lower(built_in).plan, lower(copy).plan)


def test_own_methodologies_may_be_drawn_and_come_out_as_the_long_way():
    text = (
        SMALL
        + OURS
        + "uncertain: {methodology: {one_of: [ours, plain, straw_poll]}, trust.across: {uniform: [0, 1]}}\n"
    )
    scenario = loads(text)
    for case, r, _ in Sampler(scenario, 3).cases(0, 9):
        assert np.array_equal(case.plan, lower(sample(scenario, 3, r)).plan)


def test_what_own_methodologies_say_may_be_drawn():
    draws = "uncertain: {methodologies.ours: {one_of: [[rolling_text: 1], [straw_poll: 1]]}}\n"
    text = dump_yaml(with_changes(SCENARIO, ["process.events=[change_methodology: {meeting: 1, to: ours}]"]))
    scenario = loads(text.replace("uncertain: {}\n", draws))
    plans = [case.plan for case, _, _ in Sampler(scenario, 3).cases(0, 9)]
    assert all(np.array_equal(plan, lower(sample(scenario, 3, r)).plan) for r, plan in enumerate(plans))
    assert any(not np.array_equal(plans[0], plan) for plan in plans)


def test_a_study_varies_own_methodologies(tmp_path):
    (tmp_path / "ours.yaml").write_text(SMALL + OURS, encoding="utf-8")
    study = loads_study(
        f"scenario: {tmp_path / 'ours.yaml'}\nvary: {{methodology: [ours, chair_text]}}\nreplications: 5\n"
    )
    assert study.factors[0].values == ("ours", "chair_text")


def test_a_methodology_that_no_event_names_is_no_difference():
    with_another = with_changes(SCENARIO, ["methodologies.ours=[straw_poll: 1]", "process.chair.pressure=1"])
    assert differing(SCENARIO, with_another) == ("chair",)


def test_every_built_in_methodology_says_what_it_is_for():
    for methodology in METHODOLOGIES.values():
        assert methodology.use.endswith(".")


def test_the_page_on_methodologies_is_what_the_command_writes_now():
    page = (Path(__file__).parents[2] / "docs" / "methodologies.md").read_text(encoding="utf-8")
    assert page == methodologies_page(), "run: negsim describe methodologies --out docs/methodologies.md"


def test_what_the_page_says_of_own_methodologies_can_be_loaded():
    page = methodologies_page()
    example = page[page.index("```yaml\n") + len("```yaml\n") :].removesuffix("```\n")
    assert set(loads(SMALL + example).methodologies) == {"polls", "ours"}


def test_the_focal_case_has_none_of_its_own():
    assert load("cstd_wgigf_2011").methodologies == {}
