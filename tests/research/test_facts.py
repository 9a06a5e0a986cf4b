"""Facts files: what of them becomes a case file, what stays unknown, and `python -m research facts`."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from answers import negsim
from negsim.cases import loads_case
from negsim.cases.start import case_text
from negsim.cases.translation import scenario_data
from negsim.scenario import loads
from negsim.scenario.yaml import parse, to_yaml
from research.__main__ import app
from research.facts import cases_in, from_facts, started


def start(*words):
    """What `python -m research facts` leaves."""
    return CliRunner().invoke(app, ["facts", *map(str, words)])


ODD = Path(__file__).with_name("odd_facts.yaml").read_text(encoding="utf-8")


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


def test_a_judgement_stays_open_with_the_sentence_of_the_facts_file(tmp_path):
    file = tmp_path / "facts.yaml"
    file.write_text("cases: [{id: a, decision_rule: 'by ordeal: fire', methodology: a text}]", encoding="utf-8")
    coded = loads_case(from_facts(file, None, print)["a"])
    assert coded.codes["decision_rule"].known is None
    assert coded.codes["decision_rule"].quote == "by ordeal: fire"


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
            {"n_meetings": 2, "total_days": 4, "meeting_days": [2, 3]},
            "cases.0.total_days: 4 in all, and 5 in `meeting_days`, which are kept; left unknown",
            "total_days",
        ),
        (
            {"start": "2020-01-01", "end": "2020-01-03", "meeting_days": [2, 2, 2]},
            "cases.0.end: 3 days from first to last do not hold 6 of meetings; left unknown",
            "span",
        ),
    ],
)
def test_a_figure_that_contradicts_others_is_left_unknown_and_told(fields, told, unknown):
    left, data = left_of(fields)
    assert left == [told]
    assert data["facts"][unknown] == "unknown"


def test_cases_from_facts_write_files_and_never_over_one(tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text(ODD, encoding="utf-8")
    assert start(facts).exit_code == 2
    assert start(facts, "--out", tmp_path / "coded").exit_code == 0
    assert sorted(file.name for file in (tmp_path / "coded").iterdir()) == ["a_1.yaml", "b.yaml"]
    again = start(facts, "--id", "b", "--out", tmp_path / "coded")
    assert (again.exit_code, "already exists" in again.output) == (2, True)
    assert start(facts, "--id", "c").exit_code == 2
    assert start().exit_code == 2
    assert negsim("check", tmp_path / "coded" / "b.yaml").exit_code == 0


def test_seats_of_thousands_are_told_to_be_a_mass_meeting():
    left, data = left_of({"participants": {"gov": 182, "total": 7000}})
    assert left[0] == (
        "cases.0.participants.total: 7000 are a mass meeting; code its drafting body; seats left unknown"
    )
    assert data["facts"]["seats"] == "unknown"


CALLS = {"start": "2020-01-01", "end": "2020-09-30", "call_hours": 1.5}


@pytest.mark.parametrize("said", [{"n_calls": 36}, {"n_meetings": "36 calls"}])
def test_calls_of_a_month_are_one_meeting(said):
    left, data = left_of(CALLS | said)
    assert left == []
    assert (data["facts"]["meetings"]["value"], data["facts"]["total_days"]["value"]) == (9, 9)


def test_few_calls_are_a_meeting_each_six_hours():
    _, data = left_of(CALLS | {"n_calls": 8})
    assert (data["facts"]["meetings"]["value"], data["facts"]["total_days"]["value"]) == (2, 2)


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
