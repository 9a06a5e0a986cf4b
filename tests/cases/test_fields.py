"""A case as the fields of a form: the file that comes of them, and back."""

from __future__ import annotations

import pytest

from negsim.cases import builtin_cases, load_case, loads_case
from negsim.cases.codebook import FACTS, QUESTIONS
from negsim.cases.fields import fields_of, written
from negsim.errors import ScenarioError
from negsim.scenario import text_of
from negsim.scenario.library import CASE_FILE
from negsim.scenario.yaml import parse
from studio_cases import HOSTILE


@pytest.mark.parametrize("name", builtin_cases())
def test_a_case_goes_through_the_form_and_stays_the_same(name):
    case, again = load_case(name), loads_case(written(fields_of(text_of(name), name)), name)
    assert again.facts.keys() == case.facts.keys()
    for fact, entry in case.facts.items():
        known = (
            {group: side for group, side in entry.known.items() if side}
            if fact == "sides" and entry.known
            else entry.known
        )
        assert again.facts[fact] == entry.model_copy(update={"value": known})
    assert again.codes == case.codes
    assert again.conditions.sources == case.conditions.sources
    assert (again.title, again.years) == (case.title, case.years)
    assert again.outcome == case.outcome


def test_the_form_keeps_what_it_does_not_ask():
    text = (
        "case: 1\ntitle: T\ndescription: what it was\nsources: {a: {text: a book, insider: its author spoke there}}\n"
    )
    again = parse(written(fields_of(text, "mine")), "again", CASE_FILE).data
    assert again["description"] == "what it was"
    assert again["sources"]["a"]["insider"] == "its author spoke there"


def test_an_empty_form_is_a_case_of_which_nothing_is_known():
    case = loads_case(written({"title": ["Mine"]}))
    assert not any(entry.known for entry in (case.facts | case.codes).values())
    assert set(case.facts) == set(FACTS)
    assert set(case.codes) == set(QUESTIONS)


def test_whatever_is_typed_is_a_text_of_the_file_and_nothing_else():
    fields = {
        "title": [HOSTILE], "years": ["codes: {}"], "notes": ["- a\n- b"],
        "issues": [f"{HOSTILE}\n# no comment\n{HOSTILE} "],
        "source.name": ["", ""], "source.text": [HOSTILE] * 2, "source.url": ["", "x: y"], "source.insider": ["", ""],
        "group.name": ["A & B", "A, B", "安全"], "group.seats": ["7", "", "3"],
        "group.side": ["change", "keep", "unknown"],
    }  # fmt: skip
    for name in ("issues", "groups", "sides"):
        fields |= {f"{name}.quote": ["'\": }\n---"], f"{name}.confidence": ["low"]}
    case = loads_case(written(fields))
    assert case.title == HOSTILE
    assert list(case.conditions.known_facts["issues"].values()) == [HOSTILE, "# no comment", HOSTILE]
    assert case.conditions.known_facts["groups"] == {"a_b": 7, "a_b_2": None, "group": 3}
    assert case.conditions.known_facts["sides"] == {"a_b": "change", "a_b_2": "keep"}
    assert len(case.conditions.sources) == 2


def test_lines_that_are_all_alike_are_numbered_one_after_the_other():
    def names(issues):
        return list(
            parse(written({"title": ["x"], "issues": [issues]}), "x", CASE_FILE).data["facts"]["issues"]["value"]
        )

    many = names("a\n" * 30_000)
    assert (many[:3], many[-1], len(many)) == (["a", "a_2", "a_3"], "a_30000", 30_000)
    assert names("a_2\na\na\na_2") == ["a_2", "a", "a_3", "a_2_2"]


def test_an_answer_without_a_source_is_refused_at_its_question():
    with pytest.raises(ScenarioError) as refusal:
        loads_case(written({"title": ["Mine"], "code.tension": ["high"], "fact.days": ["2, x"]}))
    told = {problem.path: problem.message for problem in refusal.value.problems}
    assert "names no source" in told["codes.tension"]
    assert any(path.startswith("facts.days") for path in told)
