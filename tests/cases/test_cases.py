import re
from pathlib import Path

import numpy as np
import pytest

from answers import negsim
from negsim.cases import builtin_cases, load_case, loads_case, neighbours, scenario_of
from negsim.cases.codebook import OTHER_ISSUES, QUESTIONS
from negsim.cases.start import from_title
from negsim.cases.translation import agendas_of, scenario_data
from negsim.cast.methodologies import METHODOLOGIES
from negsim.report.reference import codebook_page
from negsim.scenario import load, loads, unsourced
from negsim.scenario.sampling import sample
from negsim.scenario.yaml import to_yaml

DOCS = Path(__file__).parents[2] / "docs"
CASES = builtin_cases()
HEAD = "case: 1\ntitle: A body\nsources: {report: {text: A report}}\n"


def case(**sections):
    """A case with entries such as `tension="high"`; facts and codes go where they belong."""
    facts = {name: _entry("value", value) for name, value in sections.items() if name not in QUESTIONS}
    codes = {name: _entry("code", value) for name, value in sections.items() if name in QUESTIONS}
    return loads_case(HEAD + to_yaml({"facts": facts, "codes": codes}), "a_body")


def _entry(key, value):
    return value if isinstance(value, dict) and key in value else {
        key: value, "source": "report", "confidence": "high"
    }  # fmt: skip


def test_there_are_fifteen_cases_each_with_its_outcome():
    assert len(CASES) == 15
    assert all(load_case(name).outcome is not None for name in CASES)


def test_a_case_is_a_scenario_whose_every_number_has_a_basis():
    assert [name for name in CASES if load(name) != scenario_of(load_case(name))] == []
    assert {name: paths for name in CASES if (paths := unsourced(name))} == {}


def test_every_known_answer_has_a_source_or_quotation_and_a_confidence():
    entries = {
        (name, question): entry
        for name in CASES
        for question, entry in [*load_case(name).facts.items(), *load_case(name).codes.items()]
        if entry.known is not None
    }
    assert {name for name, _ in entries} == {*CASES}
    assert [at for at, entry in entries.items() if not (entry.source or entry.quote) or not entry.confidence] == []


def test_a_file_without_its_outcome_gives_the_same_scenario():
    for name in CASES:
        text = (Path(DOCS).parent / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")
        kept = re.sub(r"^(outcome|notes):.*?(?=^\S|\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
        assert "outcome:" not in kept
        assert loads(kept, f"{name}.yaml") == load(name)


def test_every_draw_of_a_case_is_a_scenario():
    draws = {(name, r): sample(scenario, 7, r) for name in CASES for scenario in [load(name)] for r in range(5)}
    assert [at for at, one in draws.items() if one.uncertain] == []
    assert [at for at, one in draws.items() if sum(group.seats for group in one.groups.values()) < 2] == []


def test_what_is_known_is_written_and_what_is_not_is_drawn():
    known = scenario_of(
        case(
            issues={"core": "Core", "other": "Other"}, groups={"states": 12, "firms": 4}, days=[2, 3], gaps=[40],
            sides={"states": "change", "firms": "keep"}, decision_rule="consensus_or_vote", adoption="separable",
            methodology="rolling_text", tension="low", trust="high", distance="high", dissent_record="provided",
            outside_option={"code": "some", "source": "report", "confidence": "low", "whose": ["firms"]},
            informal_contact="medium",
        )
    )  # fmt: skip
    assert set(known.uncertain) == {"positions"}
    assert known.groups["states"].position["core"].mean == 0.9
    assert known.groups["firms"].position["core"].mean == pytest.approx(0.1)
    assert (known.groups["firms"].outside_option, known.groups["states"].outside_option) == (0.4, None)
    assert (known.context.tension, known.trust.across) == (0.2, 0.7)
    assert (known.process.record_dissent, known.process.adoption) == (True, "separable")
    assert known.process.fallback_vote.share == 0.667
    assert [meeting.after_days for meeting in known.process.meetings] == [0, 40]
    evenings = [evening.mixed_share for meeting in known.process.meetings for evening in meeting.evenings]
    assert evenings == [0, None, 0, None, 0]


def on_issues(coded):
    """What the group for change wants on every issue, in every way that may be drawn (ways, issues)."""
    ways = scenario_of(coded).uncertain["positions"].either
    return np.array([[mean for mean, _ in way["groups.states.position"].values()] for way in ways])


def test_issues_differ_in_how_far_apart_the_sides_are_and_each_is_as_likely_to_divide():
    issues = {name: name for name in "abcdefg"}
    wants = on_issues(case(**ON_SIDES | {"issues": issues, "distance": "medium"})) - 0.5
    assert (wants[:, 0] == 0.25).all()
    others = np.round(wants[:, 1:] / 0.25, 6)
    assert all(sorted(issue) == sorted(OTHER_ISSUES) for issue in others.T)
    assert all(len({*way[k : k + 3]}) == 3 for way in others for k in range(len(issues) - 3))
    assert others.mean() == pytest.approx(0.5)


def test_levels_of_issues_are_drawn_beside_the_other_draws_and_change_none_of_them():
    one, more = (
        scenario_of(case(issues=dict.fromkeys(issues, "x"), groups={"a": 4, "b": 5, "c": 6})) for issues in ("a", "ab")
    )
    for replication in range(20):
        wants = [
            [group.position["a"].mean for group in sample(scenario, 3, replication).groups.values()]
            for scenario in (one, more)
        ]
        assert wants[0] == wants[1]


def test_an_unknown_case_leaves_all_codes_open():
    text = from_title("Nobody knows")
    keys = set(loads(text, "unknown.yaml").uncertain)
    assert keys == {
        "groups.for_change.seats", "groups.between.seats", "groups.for_keeping.seats", "positions",
        "process.meetings.0.days", "meetings.count", "methodology", "informal.mixed_evenings", "decision_rule",
        "process.adoption", "context.tension", "trust.across", "process.record_dissent", "outside_option",
    }  # fmt: skip


def test_one_group_becomes_two_blocs_that_share_its_seats():
    scenario = scenario_of(case(groups={"states": 20}, distance="low"))
    assert list(scenario.groups) == ["states_change", "states_keep"]
    for replication in range(4):
        one = sample(scenario, 3, replication)
        assert sum(group.seats for group in one.groups.values()) == 20


def test_sides_that_are_not_known_are_drawn_one_for_change_and_one_for_keeping():
    scenario = scenario_of(case(groups={"a": 4, "b": 5, "c": 6}, issues={"core": "Core"}, distance="medium"))
    ways = scenario.uncertain["positions"].either
    assert len(ways) == 6
    for way in ways:
        assert sorted(position["core"][0] for position in way.values()) == [0.25, 0.5, 0.75]


def test_seats_beside_known_ones_share_the_rest():
    scenario = scenario_of(case(groups={"a": 5, "b": None, "c": None}, seats=25))
    assert scenario.groups["a"].seats == 5
    assert scenario.uncertain["groups.b.seats"].integers == (5, 15)


def test_the_only_group_of_unknown_size_has_the_seats_that_the_others_leave():
    scenario = scenario_of(case(groups={"a": 5, "b": 8, "c": None}, seats=25))
    assert scenario.groups["c"].seats == 12
    assert [path for path in scenario.uncertain if "seats" in path] == []


def test_total_days_are_shared_by_the_meetings():
    assert [m.days for m in scenario_of(case(meetings=3, total_days=8)).process.meetings] == [3, 3, 2]
    ways = scenario_of(case(total_days=8, span=70)).uncertain["meetings"].either
    assert [(way["meetings.count"], way["process.meetings.0.days"]) for way in ways] == [(1, 8), (2, 4), (3, 3)]


def test_the_span_gives_gaps():
    scenario = scenario_of(case(days=[2, 2], span=28))
    assert scenario.process.meetings[1].after_days == 26


def test_several_methodologies_follow_each_other():
    scenario = scenario_of(case(days=[1, 1, 1, 1], methodology=["questionnaire", "rolling_text"]))
    formats = [[item.format for item in meeting.agenda] for meeting in scenario.process.meetings]
    assert formats == [["questionnaire"], ["questionnaire"], ["rolling_text"], ["rolling_text"]]


@pytest.mark.parametrize("meetings", [1, 2, 3, 5])
def test_agendas_are_whole_whatever_the_list(meetings):
    words = QUESTIONS["methodology"].words
    assert set(words) < set(METHODOLOGIES)
    for methods in (words[:2], words[1:4], words[:6]):
        scenario = scenario_of(case(days=[1] * meetings, methodology=list(methods)))
        assert len(scenario.process.meetings) == meetings


@pytest.mark.parametrize("meetings", [1, 2, 3, 5])
def test_one_methodology_has_its_own_agenda_at_every_meeting(meetings):
    words = QUESTIONS["methodology"].words
    assert {word: agendas_of((word,), meetings) for word in words} == {
        word: [[{item: share} for item, share in METHODOLOGIES[word].agenda(m, meetings)] for m in range(meetings)]
        for word in words
    }


def test_each_option_of_each_code_gives_a_scenario():
    coded = case(groups={"a": 3, "b": 4}, days=[1])
    for name, question in QUESTIONS.items():
        for word in question.words:
            scenario_of(coded.recoded(name, (word,) if name == "methodology" else word))


CORE = {"issues": {"core": "Core", "other": "Other"}, "groups": {"states": 12, "firms": 4, "people": 4}, "days": [1]}
ON_SIDES = CORE | {"sides": {"states": "change", "firms": "keep", "people": "middle"}}


def refusal(code, *whose):
    return {"code": code, "source": "report", "confidence": "high"} | ({"whose": list(whose)} if whose else {})


def red_lines(scenario):
    """(group, end, text) of every red line."""
    return {
        (name, end, getattr(line, end))
        for name, group in scenario.groups.items()
        for line in group.red_lines.values()
        for end in ("min", "max")
        if getattr(line, end) is not None
    }


@pytest.mark.parametrize(
    ("distance", "low", "high"), [("low", 0.375, 0.625), ("medium", 0.5, 0.5), ("high", 0.65, 0.35)]
)
def test_a_refusal_is_a_red_line_on_the_core_issue_a_quarter_of_the_scale_from_the_demand(distance, low, high):
    known = {"distance": distance} | ON_SIDES
    both = scenario_of(case(refusals=refusal("both"), **known))
    assert red_lines(both) == {("states", "min", low), ("firms", "max", high)}
    assert all(list(group.red_lines) in ([], ["core"]) for group in both.groups.values())
    one = scenario_of(case(refusals=refusal("one_side", "firms"), **known))
    assert (
        red_lines(one)
        == {("firms", "max", high)}
        == red_lines(scenario_of(case(refusals=refusal("one_side", "keep"), **known)))
    )
    assert one.basis["groups.firms.red_lines"] == "coding: refusals one_side (report)"
    assert all(path.endswith(".position") for way in one.uncertain["positions"].either for path in way)


def test_red_lines_go_with_the_sides_that_are_drawn():
    scenario = scenario_of(case(distance="high", refusals=refusal("one_side", "change"), **CORE))
    for replication in range(12):
        one = sample(scenario, 5, replication)
        ((name, end, text),) = red_lines(one)
        assert (end, text, one.groups[name].position["core"].mean) == ("min", 0.65, 0.9)


def test_the_blocs_of_one_group_may_refuse():
    scenario = scenario_of(case(groups={"states": 20}, distance="high", refusals=refusal("one_side", "keep")))
    assert red_lines(scenario) == {("states_keep", "max", 0.35)}


def test_neighbours_are_one_step_away_and_unknown_codes_stay_so():
    coded = case(tension="medium", trust="low", methodology=["questionnaire", "rolling_text"])
    found = [(name, step, other.codes[name].known) for name, step, other in neighbours(coded)]
    assert found == [
        ("methodology", -1, ("questionnaire", "chair_text")),
        ("methodology", 1, ("questionnaire", "straw_poll")),
        ("tension", -1, "low"),
        ("tension", 1, "high"),
        ("trust", 1, "medium"),
    ]
    assert coded.codes["tension"].known == "medium"


def test_every_neighbour_is_another_scenario_unless_by_its_methodology():
    here = {name: scenario_data(load_case(name).conditions) for name in CASES}
    every = [(name, *neighbour) for name in CASES for neighbour in neighbours(load_case(name))]
    assert {step for _, _, step, _ in every} == {-1, 1}
    same = [(name, code) for name, code, _, other in every if scenario_data(other.conditions) == here[name]]
    assert [at for at in same if at[1] != "methodology"] == []


def test_a_span_that_does_not_hold_the_days_is_remarked():
    crowded, fitting = (scenario_of(case(days=[10, 5], span=span)).basis["process.meetings"] for span in (3, 20))
    assert "a span of 3 days does not hold 15 days of meetings" in crowded
    assert "does not hold" not in fitting


def test_a_new_case_is_printed_or_written(tmp_path):
    done = negsim("case", "new", "Ein Ausschuß: X")
    assert loads_case(done.stdout).title == "Ein Ausschuß: X"
    assert negsim("case", "new", "Ein Ausschuß: X", "--out", tmp_path / "x.yaml").exit_code == 0
    assert (tmp_path / "x.yaml").read_text(encoding="utf-8") == done.stdout


def test_show_gives_a_case_as_written_and_resolved():
    assert negsim("show", "cases/wgig").stdout.startswith("# Coded case")
    assert loads(negsim("show", "cases/wgig", "--resolved").stdout).title == load("cases/wgig").title


def test_half_days_are_days_of_fewer_hours():
    meetings = scenario_of(case(meetings=2, days=[1.5, 2])).process.meetings
    assert [(meeting.days, meeting.hours) for meeting in meetings] == [(2, 4.5), (2, None)]


def test_days_that_are_unknown_get_what_those_in_all_leave():
    coded = case(meetings=3, days=[3, "unknown", 3], total_days=10)
    assert [meeting.days for meeting in scenario_of(coded).process.meetings] == [3, 4, 3]


def test_a_group_alone_on_a_side_does_not_split_against_itself():
    apart = case(groups={"government": 25}, sides={"government": "change"})
    assert list(scenario_of(apart).groups) == ["government", "others_keep"]
    whole = case(groups={"government": 25}, sides={"government": "change"}, seats=25)
    assert list(scenario_of(whole).groups) == ["government_change", "government_keep"]
    between = scenario_of(case(groups={"government": 25}, sides={"government": "middle"}))
    assert list(between.groups) == ["government", "others_change", "others_keep"]


def test_check_reads_the_files_of_a_folder(tmp_path):
    (tmp_path / "good.yaml").write_text("case: 1\ntitle: A\n", encoding="utf-8")
    (tmp_path / "bad.yml").write_text("case: 1\n", encoding="utf-8")
    checked = negsim("check", str(tmp_path))
    assert checked.exit_code == 2
    assert f"{tmp_path / 'good.yaml'}: fine" in checked.stdout
    assert str(tmp_path / "bad.yml") in checked.stderr
    (tmp_path / "none").mkdir()
    assert "has no scenario or case files" in negsim("check", str(tmp_path / "none")).stderr


def test_the_page_of_the_codebook_has_every_code_of_every_question():
    page = codebook_page()
    options = [option.word for question in QUESTIONS.values() for option in question.options]
    assert {word for word in options if f"\n| `{word}` | " not in page} == set()
