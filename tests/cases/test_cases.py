import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answers import negsim
from negsim.cases import (
    builtin_cases,
    load,
    load_case,
    loads,
    loads_case,
    neighbours,
    perturbed,
    scenario_of,
    unsourced,
)
from negsim.cases.codebook import QUESTIONS
from negsim.cases.form import Outcome
from negsim.cases.start import case_text, cases_in, from_facts, from_title, started
from negsim.cases.translation import agendas_of, scenario_data
from negsim.errors import NegsimError, ScenarioError
from negsim.report.reference import codebook_page
from negsim.scenario.methodologies import METHODOLOGIES
from negsim.scenario.sampling import sample
from negsim.scenario.yaml import parse, to_yaml

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


def refused(text):
    with pytest.raises(ScenarioError) as told:
        loads_case(HEAD + text, "a.yaml")
    return str(told.value).splitlines()


# ------------------------------------------------------------------------------------- the built-in cases


def test_there_are_fifteen_cases_each_with_its_outcome():
    assert len(CASES) == 15
    assert all(load_case(name).outcome is not None for name in CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_a_scenario_whose_every_number_has_a_basis(name):
    assert load(name) == scenario_of(load_case(name))
    assert unsourced(name) == []


@pytest.mark.parametrize("name", CASES)
def test_every_known_answer_has_a_source_or_quotation_and_a_confidence(name):
    coded = load_case(name)
    for entry in [*coded.facts.values(), *coded.codes.values()]:
        if entry.known is not None:
            assert entry.source or entry.quote
            assert entry.confidence


@pytest.mark.parametrize("name", CASES)
def test_the_codebook_does_not_see_the_outcome(name):
    coded = load_case(name)
    other = Outcome(code="none" if coded.outcome.code == "consensus" else "consensus", depth="very deep", quote="x")
    same = scenario_data(coded.conditions)
    assert scenario_data(replace(coded, outcome=None).conditions) == same
    assert scenario_data(replace(coded, outcome=other).conditions) == same


def test_a_file_without_its_outcome_gives_the_same_scenario():
    for name in CASES:
        text = (Path(DOCS).parent / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")
        kept = re.sub(r"^(outcome|notes):.*?(?=^\S|\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
        assert "outcome:" not in kept
        assert loads(kept, f"{name}.yaml") == load(name)


@pytest.mark.parametrize("name", CASES)
def test_every_draw_of_a_case_is_a_scenario(name):
    scenario = load(name)
    for replication in range(5):
        one = sample(scenario, 7, replication)
        assert not one.uncertain
        assert sum(group.seats for group in one.groups.values()) >= 2


# ------------------------------------------------------------------------------------------- translation


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
    assert known.uncertain == {}
    assert known.groups["states"].position["core"].mean == 0.9
    assert known.groups["states"].position["other"].mean == pytest.approx(0.7)
    assert known.groups["firms"].position["core"].mean == pytest.approx(0.1)
    assert (known.groups["firms"].outside_option, known.groups["states"].outside_option) == (0.4, None)
    assert (known.context.tension, known.trust.across) == (0.2, 0.7)
    assert (known.process.record_dissent, known.process.adoption) == (True, "separable")
    assert known.process.fallback_vote.share == 0.667
    assert [meeting.after_days for meeting in known.process.meetings] == [0, 40]
    evenings = [evening.mixed_share for meeting in known.process.meetings for evening in meeting.evenings]
    assert evenings == [0, None, 0, None, 0]


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


def test_of_many_groups_not_every_pair_is_a_draw():
    groups = {f"g{n}": 1 for n in range(31)}
    assert len(scenario_of(case(groups=groups)).uncertain["positions"].either) == 2 * 31 * 3


def test_seats_beside_known_ones_share_the_rest():
    scenario = scenario_of(case(groups={"a": 5, "b": None, "c": None}, seats=25))
    assert scenario.groups["a"].seats == 5
    assert scenario.uncertain["groups.b.seats"].integers == (5, 15)


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


@pytest.mark.parametrize("word", QUESTIONS["methodology"].words)
@pytest.mark.parametrize("meetings", [1, 2, 3, 5])
def test_one_methodology_has_its_own_agenda_at_every_meeting(word, meetings):
    wanted = [[{item: share} for item, share in METHODOLOGIES[word].agenda(m, meetings)] for m in range(meetings)]
    assert agendas_of((word,), meetings) == wanted


def test_each_option_of_each_code_gives_a_scenario():
    coded = case(groups={"a": 3, "b": 4}, days=[1])
    for name, question in QUESTIONS.items():
        for word in question.words:
            scenario_of(coded.recoded(name, (word,) if name == "methodology" else word))


# --------------------------------------------------------------------------------------------- refusals

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
    assert not one.uncertain.keys() & {"positions"}


def test_an_unknown_refusal_is_none_and_draws_nothing():
    unknown, none = (scenario_of(case(distance="high", **kind, **ON_SIDES)) for kind in ({}, {"refusals": "none"}))
    assert unknown == none
    assert red_lines(unknown) == set()


def test_a_refusal_of_nobody_knows_which_side_is_drawn():
    scenario = scenario_of(case(distance="high", refusals=refusal("one_side"), **ON_SIDES))
    drawn = [frozenset(red_lines(sample(scenario, 5, r))) for r in range(20)]
    assert set(drawn) == {frozenset({("states", "min", 0.65)}), frozenset({("firms", "max", 0.35)})}


def test_red_lines_go_with_the_sides_that_are_drawn():
    scenario = scenario_of(case(distance="high", refusals=refusal("one_side", "change"), **CORE))
    for replication in range(12):
        one = sample(scenario, 5, replication)
        ((name, end, text),) = red_lines(one)
        assert (end, text, one.groups[name].position["core"].mean) == ("min", 0.65, 0.9)


def test_the_blocs_of_one_group_may_refuse():
    scenario = scenario_of(case(groups={"states": 20}, distance="high", refusals=refusal("one_side", "keep")))
    assert red_lines(scenario) == {("states_keep", "max", 0.35)}


@pytest.mark.parametrize(
    ("refusals", "message"),
    [
        ("{code: both, ~, whose: [firm]}", 'unknown group "firm"; did you mean "firms"?'),
        ("{code: one_side, ~, whose: people}", "people is on no side in `facts.sides`"),
        ("{code: one_side, ~, whose: [keep, states]}", "names both sides"),
        ("{code: both, ~, whose: [firms]}", "names one side; add those of the other"),
        ("{code: none, ~, whose: [firms]}", "the code says that nobody does"),
        ("{code: onesided, ~}", 'did you mean "one_side"?'),
    ],
)
def test_a_refusal_says_whose_it_is(refusals, message):
    groups, sides = "{states: 9, firms: 2, people: 2}", "{states: change, firms: keep}"
    text = f"facts: {{groups: {{value: {groups}, ~}}, sides: {{value: {sides}, ~}}}}"
    codes = f"codes: {{refusals: {refusals}}}"
    told = refused(f"{text}\n{codes}".replace("~", "quote: q, confidence: low"))
    assert told[0].startswith("a.yaml:5:")
    assert message in told[0]


def test_no_built_in_case_has_a_refusal_yet():
    assert all(load_case(name).codes["refusals"].known is None for name in CASES)


# ------------------------------------------------------------------------------------------ perturbation


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


@pytest.mark.parametrize("name", CASES)
def test_every_neighbour_is_a_scenario(name):
    for code, step, other in neighbours(load_case(name)):
        assert step in {-1, 1}
        assert scenario_data(other.conditions) != scenario_data(load_case(name).conditions) or code == "methodology"


def test_a_code_there_is_not_has_no_neighbour():
    with pytest.raises(NegsimError, match='did you mean "tension"'):
        perturbed(case(), "tensoin", 1)


# -------------------------------------------------------------------------------------------- bad files


def test_all_mistakes_are_told_with_their_places():
    assert refused(
        "facts:\n  seets: unknown\n  days: {value: [1, x], quote: q, confidence: high}\ncodes:\n  trust: low\n"
    ) == [
        'a.yaml:4:1: facts.seets: unknown key; did you mean "seats"?'.replace("4:1", "5:3"),
        'a.yaml:6:17: facts.days.value: "x" is not a number; write a number from 0.5 to 60 (item 1)',
        "a.yaml:8:10: codes.trust: write a mapping with code, source or quote, and confidence; or unknown",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("codes: {tension: {code: hihg, ~}}", 'did you mean "high"?'),
        ("codes: {tension: {code: high, confidence: low}}", "names no source"),
        ("codes: {tension: {code: high, quote: q}}", "says no confidence"),
        ("codes: {tension: {code: high, source: reprot, confidence: low}}", 'did you mean "report"?'),
        ("codes: {methodology: {code: [], ~}}", "has 0 methodologies"),
        ("facts: {groups: {value: {A: 1}, ~}}", "not a name; use lowercase letters"),
        ("facts: {groups: {value: {a: 1}, ~}}", "1 seat in all"),
        ("facts: {sides: {value: {a: up}, ~}}", "unknown side"),
        ("facts: {sides: {value: {a: keep}, ~}}", "`facts.groups` names none"),
        ("facts: {meetings: {value: 3, ~}, days: {value: [1], ~}}", "has 1 for 3"),
        ("facts: {gaps: {value: [3], ~}}", "needs the number of meetings"),
        ("facts: {days: {value: [1, 2], ~}, gaps: {value: [3, 4], ~}}", "there are 1"),
        ("facts: {days: {value: [], ~}}", "is empty"),
        ("facts: {days: {value: [1, 2], ~}, total_days: {value: 4, ~}}", "3 in `days`"),
        ("facts: {meetings: {value: 5, ~}, total_days: {value: 4, ~}}", "too few"),
        ("facts: {meetings: {value: 1, ~}, total_days: {value: 99, ~}}", "too many"),
        ("facts: {groups: {value: {a: 9, b: 9}, ~}, seats: {value: 9, ~}}", "18 in the groups"),
        ("facts: {groups: {value: {a: 9, b: unknown}, ~}, seats: {value: 9, ~}}", "too few for"),
        ("codes: {outside_option: {code: some, ~, whose: a}}", "unknown group"),
        ("outcome: {code: success}", "unknown outcome"),
        ("outcome: {code: vote, source: nowhere}", "unknown source"),
        ("case: 2", "given twice"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_words(text, message):
    assert message in "\n".join(refused(text.replace("~", "quote: q, confidence: low")))


def test_a_case_name_there_is_not_is_told():
    with pytest.raises(ScenarioError, match='no case of that name; did you mean "cases/wgig"'):
        load("cases/wgigg")


# ---------------------------------------------------------------------------------------- starting a case

ODD = """
cases:
- id: A-1
  name: "Odd: case"
  years: 2011
  outcome: success
  n_meetings: "3"
  total_days: many
  meeting_days: [1, 2]
  start: 2014-10
  end: 2014-13-40
  participants: {gov: about 20, biz: 5, civ: 4, total: 30, note: hello}
  issues: [one, one, {a: b}, 5]
  informal_contact: low-medium
  political_tension: {level: HIGH, reason: r}
  sources: {text: a}
- {id: B, participants: {gov: 193}, memory: [x], n_meetings: 4, provenance: {n_meetings: M}}
"""


def test_what_is_mechanical_is_filled_in_and_the_rest_is_told():
    document = parse(ODD, "odd.yaml")
    assert list(cases_in(document)) == ["a_1", "b"]
    one = started(document, "A-1")
    facts, codes = one.data["facts"], one.data["codes"]
    assert facts["groups"]["value"] == {"government": "unknown", "business": 5, "civil_society": 4}
    assert facts["seats"]["value"] == 30
    assert facts["meetings"]["value"] == 3
    assert (facts["days"], facts["total_days"], facts["span"]) == ("unknown", "unknown", "unknown")
    assert list(facts["issues"]["value"]) == ["one", "one_2", "issue_3_5"]
    assert codes["tension"]["code"] == "high"
    assert codes["informal_contact"]["code"] == codes["distance"]["code"] == "unknown"
    assert "outcome" not in one.data
    told = "\n".join(str(problem) for problem in one.left)
    for field in ("gov", "total_days", "meeting_days", "end", "issues", "informal_contact", "outcome"):
        assert field in told
    loads(case_text(one.data), "a_1.yaml")


def test_memory_and_mass_meetings_are_no_data():
    facts = started(parse(ODD, "odd.yaml"), "b").data["facts"]
    assert facts["meetings"] == "unknown"
    assert facts["groups"]["value"] == {"government": "unknown"}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 3000) | st.floats(allow_nan=False, allow_infinity=False, width=16)
    | st.text("abcXYZ äß0123456789-:'\"#/", max_size=12) | st.sampled_from(["high", "unknown", "2014-10", "2011-1-2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["level", "reason", "total", "gov", "biz", "unions", "text", "url", "code"]), inner, max_size=4
    ),
    max_leaves=5,
)  # fmt: skip
FIELDS = [
    "id", "name", "family", "years", "start", "end", "outcome", "depth", "n_meetings", "total_days", "meeting_days",
    "participants", "decision_rule", "methodology", "issues", "informal_contact", "political_tension",
    "trust_at_start", "sources", "provenance", "mandate_deadline", "n_calls", "call_hours",
]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=12))
def test_whatever_a_facts_file_says_the_start_loads(fields):
    document = parse(to_yaml({"cases": [fields]}), "any.yaml")
    (name,) = cases_in(document)
    coded = loads_case(case_text(started(document, name).data), name)
    scenario_data(coded.conditions)


@pytest.mark.parametrize("text", ["x: 1", "cases: []", "7", "cases: {a: 1}", "[1, 2]"])
def test_what_is_no_facts_file_is_refused(text):
    with pytest.raises(ScenarioError, match="not a facts file"):
        cases_in(parse(text, "x.yaml"))


def test_a_judgement_stays_open_with_the_sentence_of_the_facts_file(tmp_path):
    file = tmp_path / "facts.yaml"
    file.write_text("cases: [{id: a, decision_rule: 'by ordeal: fire', methodology: a text}]", encoding="utf-8")
    coded = loads_case(from_facts(file, None, print)["a"])
    assert coded.codes["decision_rule"].known is None
    assert coded.codes["decision_rule"].quote == "by ordeal: fire"


OTHER = """
cases:
- id: 7
  start: March 1986
  meeting_days: [2, "3"]
  methodology: [zero draft, rolling text]
  sources: {register: "Federal Register 52", site: {title: A page, url: "https://x.org"}}
- {id: a_3, start: 1000-01-01, end: 2014-01-01}
- {id: a}
- {id: A}
"""


def test_other_spellings_are_taken_over_or_told():
    document = parse(OTHER, "other.yaml")
    one = started(document, "7")
    assert one.id == "case_1_7"
    assert one.data["facts"]["days"]["value"] == [2, 3]
    assert one.data["codes"]["methodology"]["quote"] == "zero draft; rolling text"
    assert [source["text"] for source in one.data["sources"].values()][1:] == ["Federal Register 52", "A page"]
    assert ["is not a date" in problem.message for problem in one.left] == [True]
    long = started(document, "a_3")
    assert long.data["facts"]["span"] == "unknown"
    assert "days after the start" in long.left[0].message


def test_no_case_of_a_facts_file_takes_the_name_of_another():
    assert list(cases_in(parse(OTHER, "other.yaml"))) == ["case_1_7", "a_3", "a", "a_4"]
    assert list(cases_in(parse("cases: [{id: a_3}, {id: a}, {id: a}]", "x.yaml"))) == ["a_3", "a", "a_4"]


def left_of(fields):
    """What is told of one case of a facts file, and its facts."""
    document = parse(to_yaml({"cases": [fields]}), "x.yaml")
    (name,) = cases_in(document)
    found = started(document, name)
    loads_case(case_text(found.data), name)
    return [f"{problem.path}: {problem.message}" for problem in found.left], found.data


@pytest.mark.parametrize(
    ("fields", "told", "unknown"),
    [
        (
            {"n_meetings": 12, "total_days": 6},
            "cases.0.total_days: 6 days do not fit 12 meetings of at least a day; left unknown",
            "total_days",
        ),
        (
            {"n_meetings": 2, "total_days": 200},
            "cases.0.total_days: 200 days do not fit 2 meetings of at most 60 days; left unknown",
            "total_days",
        ),
        (
            {"n_meetings": 2, "total_days": 4, "meeting_days": [2, 3]},
            "cases.0.total_days: 4 in all, and 5 in `meeting_days`, which are kept; left unknown",
            "total_days",
        ),
        (
            {"participants": {"gov": 5, "biz": "unknown", "civ": "unknown", "total": 6}},
            "cases.0.participants.total: 6 in all are too few for 3 groups with 5 known seats; left unknown",
            "seats",
        ),
        (
            {"start": "2020-01-01", "end": "2020-01-03", "meeting_days": [2, 2, 2]},
            "cases.0.end: 3 days from first to last do not hold 6 of meetings; left unknown",
            "span",
        ),
        (
            {"participants": {f"g{n}": 2 for n in range(40)}},
            "cases.0.participants: has 40 groups; at most 31; left unknown",
            "groups",
        ),
    ],
)
def test_a_figure_that_contradicts_others_is_left_unknown_and_told(fields, told, unknown):
    left, data = left_of(fields)
    assert left == [told]
    assert data["facts"][unknown] == "unknown"


@pytest.mark.parametrize(
    "fields",
    [
        {"n_meetings": 2, "total_days": 5, "meeting_days": [2, 3], "start": "2020-01-01", "end": "2020-01-05"},
        {"participants": {"gov": 5, "biz": 5, "total": 10}},
        {"start": "2020-01", "end": "2020-01-20", "meeting_days": [10]},  # a month alone is no day
    ],
)
def test_figures_that_fit_are_told_nothing_of(fields):
    assert left_of(fields)[0] == []


def test_a_misspelt_key_is_told_and_one_of_a_dossier_is_not():
    left, _ = left_of({"n_meeting": 3, "totaldays": 9, "issue": ["x"], "tier": "B", "outcome": "none", "outcomes": 1})
    assert [line.split("; ")[1] for line in left] == [
        'did you mean "n_meetings"?', 'did you mean "total_days"?', 'did you mean "issues"?'
    ]  # fmt: skip


def test_entries_that_are_no_case_and_repeated_ids_are_told(tmp_path):
    file, told = tmp_path / "x.yaml", []
    file.write_text("cases:\n- {id: a}\n- just a text\n- {id: a}\n", encoding="utf-8")
    assert list(from_facts(file, None, told.append)) == ["a", "a_2"]
    assert [line.split(": ", 1)[1] for line in told] == [
        'cases.1: "just a text" is not a case; left out',
        'cases.2: "a" occurs twice; this one is called a_2',
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"provenance": {"n_meetings": "m"}},
        {"provenance": {"n_meetings": "M (a letter)"}},
        {"provenance": {"n_meetings": "From memory"}},
        {"memory": ["n_meetings"]},
        {"memory": "n_meetings"},
    ],
)
def test_memory_is_no_data_however_it_is_said(more):
    left, data = left_of({"n_meetings": 3} | more)
    assert left == ["cases.0.n_meetings: comes from memory only; left unknown"]
    assert data["facts"]["meetings"] == "unknown"


@pytest.mark.parametrize("participants", [30, {"gov": 20, "total": 30}])
def test_participants_from_memory_give_neither_groups_nor_seats(participants):
    left, data = left_of({"participants": participants, "provenance": {"participants": "memory"}})
    assert left == ["cases.0.participants: comes from memory only; left unknown"]
    assert data["facts"]["groups"] == data["facts"]["seats"] == "unknown"


def test_a_source_whose_name_begins_with_m_is_no_memory():
    assert left_of({"n_meetings": 3, "provenance": {"n_meetings": "minutes"}})[0] == []


def test_issues_may_be_names_and_labels_as_in_a_case_file():
    left, data = left_of({"issues": {"norms": "Norms", "Law 2": "International law", "open": None}})
    assert data["facts"]["issues"]["value"] == {"norms": "Norms", "law_2": "International law"}
    assert left == ["cases.0.issues: is not a list of up to 32 texts; the rest is left out"]
    assert left_of({"issues": [{"a": "b"}]})[0] == ["cases.0.issues: is not a list of up to 32 texts; left unknown"]


@pytest.mark.parametrize(
    ("said", "code"), [("walk-out", "walkout"), ("Chair's report", "chair_report"), ("partial agreement", "partial")]
)
def test_other_words_for_an_outcome_are_taken_over(said, code):
    assert left_of({"outcome": said})[1]["outcome"]["code"] == code


def test_a_year_may_be_a_number():
    assert loads_case(f"{HEAD}years: 2003").years == "2003"
    assert "true is not a text" in refused("years: true")[0]


def test_a_span_that_does_not_hold_the_days_is_remarked():
    crowded, fitting = (scenario_of(case(days=[10, 5], span=span)).basis["process.meetings"] for span in (3, 20))
    assert "a span of 3 days does not hold 15 days of meetings" in crowded
    assert "does not hold" not in fitting


@pytest.mark.parametrize("text", ["cases: [{id: a}]", "- {n_meetings: 3}", "participants: {gov: 3}"])
def test_a_facts_file_taken_for_something_else_is_told_what_starts_cases_of_it(text):
    for read in (loads, loads_case):
        with pytest.raises(ScenarioError, match=r"is a facts file, not a (scenario|case); start cases from it"):
            read(text)


@pytest.mark.parametrize(
    ("text", "kind", "remedy"),
    [
        ("{study: 1, scenario: classroom}", "study", "run it with `negsim study sweep`"),
        ("{pairs: 1, attempts: {}}", "pairs file", "give it to `negsim case validate --pairs`"),
        ("{format: 1, title: a, issues: {}}", "scenario", "run it with `negsim run`"),
    ],
)
def test_another_file_taken_for_a_facts_file_is_told_what_it_is(text, kind, remedy):
    with pytest.raises(ScenarioError, match=f"x.yaml:1:1: is a {kind}, not a facts file; {remedy}"):
        cases_in(parse(text, "x.yaml"))


def test_a_case_is_told_to_be_one_already():
    with pytest.raises(ScenarioError, match="but a case already"):
        cases_in(parse(HEAD, "x.yaml"))


def test_the_name_of_a_case_without_its_folder_is_understood():
    with pytest.raises(ScenarioError, match='did you mean "cases/wgig"'):
        load_case("wgig")


# ------------------------------------------------------------------------------------------ command line


def test_cases_from_facts_write_files_and_never_over_one(tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text(ODD, encoding="utf-8")
    assert negsim("case", "from-facts", facts).exit_code == 2
    assert negsim("case", "from-facts", facts, "--out", tmp_path / "coded").exit_code == 0
    assert sorted(file.name for file in (tmp_path / "coded").iterdir()) == ["a_1.yaml", "b.yaml"]
    again = negsim("case", "from-facts", facts, "--id", "b", "--out", tmp_path / "coded")
    assert (again.exit_code, "already exists" in again.output) == (2, True)
    assert negsim("case", "from-facts", facts, "--id", "c").exit_code == 2
    assert negsim("case", "from-facts").exit_code == 2
    assert negsim("check", tmp_path / "coded" / "b.yaml").exit_code == 0


def test_cases_from_facts_write_one_case_into_a_folder_where_it_ends_in_a_slash(tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text("cases: [{id: a}]", encoding="utf-8")
    assert negsim("case", "from-facts", facts, "--out", f"{tmp_path}/coded/").exit_code == 0
    assert [file.name for file in (tmp_path / "coded").iterdir()] == ["a.yaml"]
    done = negsim("case", "from-facts", facts, "--out", f"{facts}/")
    assert (done.exit_code, "is not a folder" in done.output) == (2, True)


def test_no_id_leads_out_of_the_folder(tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text("cases: [{id: ../../x}]", encoding="utf-8")
    assert negsim("case", "from-facts", facts, "--id", "../../x", "--out", f"{tmp_path}/a/coded/").exit_code == 0
    assert [file.name for file in tmp_path.rglob("*.yaml") if file != facts] == ["x.yaml"]
    assert (tmp_path / "a" / "coded" / "x.yaml").exists()


def test_a_new_case_is_printed_or_written_and_never_over_a_file(tmp_path):
    done = negsim("case", "new", "Ein Ausschuß: X")
    assert loads_case(done.stdout).title == "Ein Ausschuß: X"
    assert negsim("case", "new", "Ein Ausschuß: X", "--out", tmp_path / "x.yaml").exit_code == 0
    assert (tmp_path / "x.yaml").read_text(encoding="utf-8") == done.stdout
    assert negsim("case", "new", "Another", "--out", tmp_path / "x.yaml").exit_code == 2
    assert negsim("case", "new", " ").exit_code == 2


def test_show_gives_a_case_as_written_and_resolved():
    assert negsim("show", "cases/wgig").stdout.startswith("# Coded case")
    assert loads(negsim("show", "cases/wgig", "--resolved").stdout).title == load("cases/wgig").title


# ------------------------------------------------------------------------------------------------- docs

# ------------------------------------------------------------------------------- what a coder may not be told wrong


@pytest.mark.parametrize("outcome", [None, {}, {"code": None}])
def test_an_outcome_that_is_not_given_is_no_failure(outcome):
    left, data = left_of({"outcome": outcome})
    assert (left, "outcome" in data) == ([], False)


def test_half_days_are_days_of_fewer_hours():
    left, data = left_of({"n_meetings": 2, "meeting_days": [1.5, 2]})
    assert (left, data["facts"]["days"]["value"]) == ([], [1.5, 2])
    meetings = loads(case_text(data)).process.meetings
    assert [(meeting.days, meeting.hours) for meeting in meetings] == [(2, 4.5), (2, None)]


def test_a_third_of_a_day_is_refused_with_what_would_be_right():
    assert "1.3 is not a number of whole or half days" in _refused_days("1.3")
    assert "not a list of whole or half days" in left_of({"meeting_days": [0.3]})[0][0]


def _refused_days(days):
    return refused(f"facts: {{days: {{value: {days}, source: report, confidence: low}}}}")[0]


def test_days_of_one_meeting_alone_may_be_unknown_and_are_drawn():
    left, data = left_of({"n_meetings": 3, "meeting_days": [3, None, 3]})
    assert (left, data["facts"]["days"]["value"]) == ([], [3, "unknown", 3])
    drawn = scenario_data(loads_case(case_text(data)).conditions)["uncertain"]["days"]["either"]
    assert drawn == [{"process.meetings.1.days": each} for each in (1, 2, 3, 4, 5)]


def test_days_that_are_unknown_get_what_those_in_all_leave():
    coded = case(meetings=3, days=[3, "unknown", 3], total_days=10)
    assert [meeting.days for meeting in scenario_of(coded).process.meetings] == [3, 4, 3]
    assert "too few" in "".join(left_of({"meeting_days": [3, None], "total_days": 3})[0])


def test_more_than_a_thousand_days_are_told_and_left_unknown():
    left, data = left_of({"meeting_days": [60] * 20})
    assert left == ["cases.0.meeting_days: 1200 days in all; at most 1000; left unknown"]
    loads(case_text(data))
    assert "makes 1200 days in all; at most 1000" in _refused_days([60] * 20)
    loads(case_text(left_of({"total_days": 1000})[1]))  # shared by a number of meetings that is drawn


def test_seats_of_thousands_are_told_to_be_a_mass_meeting():
    left, data = left_of({"participants": {"gov": 182, "total": 7000}})
    assert left[0] == (
        "cases.0.participants.total: 7000 are a mass meeting; code its drafting body; seats left unknown"
    )
    assert data["facts"]["seats"] == "unknown"


@pytest.mark.parametrize("text", ["unknown", "2020", ""])
def test_a_day_that_nobody_knows_is_told_nothing_of(text):
    assert left_of({"start": text, "end": "2020-09-30"})[0] == []


def test_a_fact_without_a_sentence_has_no_quote():
    facts = left_of({"n_meetings": 3, "participants": {"total": 30, "note": "a full room"}})[1]["facts"]
    assert {name: facts[name].get("quote") for name in ("meetings", "seats")} == {
        "meetings": None, "seats": "a full room",
    }  # fmt: skip


CALLS = {"start": "2020-01-01", "end": "2020-09-30", "call_hours": 1.5}


@pytest.mark.parametrize("said", [{"n_calls": 36}, {"n_meetings": "36 calls"}])
def test_calls_of_a_month_are_one_meeting(said):
    left, data = left_of(CALLS | said)
    assert left == []
    assert (data["facts"]["meetings"]["value"], data["facts"]["total_days"]["value"]) == (9, 9)


def test_few_calls_are_a_meeting_each_six_hours():
    _, data = left_of(CALLS | {"n_calls": 8})
    assert (data["facts"]["meetings"]["value"], data["facts"]["total_days"]["value"]) == (2, 2)


def test_calls_given_as_meetings_are_not_taken_for_them():
    left, data = left_of({**CALLS, "n_meetings": 74, "methodology": "weekly calls and two small teams"})
    assert "write `n_calls` and `call_hours`" in left[0]
    assert data["facts"]["meetings"] == "unknown"
    assert left_of({**CALLS, "n_meetings": 9, "methodology": "weekly calls"})[0] == []


def test_calls_without_their_hours_are_left_unknown():
    left, data = left_of({"n_calls": 74})
    assert "add `call_hours`, the hours of a call" in left[0]
    assert data["facts"]["meetings"] == "unknown"


def test_a_group_alone_on_a_side_does_not_split_against_itself():
    apart = case(groups={"government": 25}, sides={"government": "change"})
    assert list(scenario_of(apart).groups) == ["government", "others_keep"]
    whole = case(groups={"government": 25}, sides={"government": "change"}, seats=25)
    assert list(scenario_of(whole).groups) == ["government_change", "government_keep"]
    between = scenario_of(case(groups={"government": 25}, sides={"government": "middle"}))
    assert list(between.groups) == ["government", "others_change", "others_keep"]


@pytest.mark.parametrize(
    "more",
    [
        {"trust_at_start": {"level": "low", "reason": "an earlier failure (M)"}},
        {"trust_at_start": {"level": "low", "reason": "from memory"}},
        {"trust_at_start": "low", "provenance": {"trust_at_start": "M"}},
        {"trust_at_start": {"level": "low"}, "memory": ["trust_at_start"]},
    ],
)
def test_a_level_from_memory_is_no_data(more):
    left, data = left_of(more)
    assert left == ["cases.0.trust_at_start: comes from memory only; left unknown"]
    assert data["codes"]["trust"]["code"] == "unknown"


def test_an_unknown_level_from_memory_is_told_nothing_of():
    assert left_of({"trust_at_start": {"level": None, "reason": "(M)"}})[0] == []


def test_check_reads_the_files_of_a_folder(tmp_path):
    (tmp_path / "good.yaml").write_text("case: 1\ntitle: A\n", encoding="utf-8")
    (tmp_path / "bad.yml").write_text("case: 1\n", encoding="utf-8")
    checked = negsim("check", str(tmp_path))
    assert checked.exit_code == 2
    assert f"{tmp_path / 'good.yaml'}: fine" in checked.stdout
    assert str(tmp_path / "bad.yml") in checked.stderr
    (tmp_path / "none").mkdir()
    assert "has no scenario or case files" in negsim("check", str(tmp_path / "none")).stderr


def test_the_page_of_the_codebook_is_current():
    assert (DOCS / "codebook.md").read_text(encoding="utf-8") == codebook_page()


def test_the_page_names_every_option():
    page = codebook_page()
    assert all(f"| `{word}` |" in page for question in QUESTIONS.values() for word in question.words)
