"""A case coded in a form: the file that comes of it, and the page itself."""

from __future__ import annotations

import re

import pytest

from negsim.cases import builtin_cases, load_case, loads_case
from negsim.cases.codebook import FACTS, QUESTIONS
from negsim.cases.form import CASE
from negsim.errors import ScenarioError
from negsim.report.summary import forecast_rows
from negsim.scenario import loads, text_of
from negsim.scenario.yaml import parse
from negsim.studio.coding import CaseFields, CodedGroup, CodedSource, fields_of, forecast_of
from negsim.studio.limits import MOST_FORECAST, MOST_FORM_TEXT, RefusedError
from negsim.study.runner import run
from studio_cases import HOSTILE, LARGE, PHONE, PROJECTOR


@pytest.mark.parametrize("name", builtin_cases())
def test_a_case_goes_through_the_form_and_stays_the_same(name):
    case, again = load_case(name), loads_case(fields_of(text_of(name)).text(), name)
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


def test_the_form_takes_no_more_rows_than_a_page_can_show():
    sources = "".join(f"  s{n}: {{text: a book}}\n" for n in range(200))
    with pytest.raises(RefusedError, match="sources and groups"):
        fields_of(f"case: 1\ntitle: Long\nsources:\n{sources}")


def test_the_form_keeps_what_it_does_not_ask():
    text = (
        "case: 1\ntitle: T\ndescription: what it was\nsources: {a: {text: a book, insider: its author spoke there}}\n"
    )
    again = parse(fields_of(text).text(), "again", CASE).data
    assert again["description"] == "what it was"
    assert again["sources"]["a"]["insider"] == "its author spoke there"


def test_an_empty_form_is_a_case_of_which_nothing_is_known():
    case = loads_case(CaseFields(title="Mine").text())
    assert not any(entry.known for entry in (case.facts | case.codes).values())
    assert set(case.facts) == set(FACTS)
    assert set(case.codes) == set(QUESTIONS)


def test_whatever_is_typed_is_a_text_of_the_file_and_nothing_else():
    fields = CaseFields(
        title=HOSTILE, years="codes: {}", issues=f"{HOSTILE}\n# no comment\n{HOSTILE} ", notes="- a\n- b"
    )
    fields.sources = [CodedSource(text=HOSTILE), CodedSource(text=HOSTILE, url="x: y")]
    fields.groups = [CodedGroup("A & B", "7", "change"), CodedGroup("A, B", "", "keep"), CodedGroup("安全", "3")]
    for name in ("issues", "groups", "sides"):
        fields.evidence[name].quote, fields.evidence[name].confidence = "'\": }\n---", "low"
    case = loads_case(fields.text())
    assert case.title == HOSTILE
    assert list(case.conditions.known_facts["issues"].values()) == [HOSTILE, "# no comment", HOSTILE]
    assert case.conditions.known_facts["groups"] == {"a_b": 7, "a_b_2": None, "group": 3}
    assert case.conditions.known_facts["sides"] == {"a_b": "change", "a_b_2": "keep"}
    assert len(case.conditions.sources) == 2


def test_lines_that_are_all_alike_are_numbered_one_after_the_other():
    names = list(CaseFields(issues="a\n" * 30_000).value("issues"))
    assert (names[:3], names[-1], len(names)) == (["a", "a_2", "a_3"], "a_30000", 30_000)
    assert list(CaseFields(issues="a_2\na\na\na_2").value("issues")) == ["a_2", "a", "a_3", "a_2_2"]


def test_a_long_file_is_left_to_editors_of_text():
    with pytest.raises(RefusedError, match="letters"):
        fields_of(f"case: 1\ntitle: Long\nnotes: {'x' * MOST_FORM_TEXT}\n")


def test_an_answer_without_a_source_is_refused_at_its_question():
    fields = CaseFields(title="Mine", codes={"tension": ["high"]}, facts={"days": "2, x"})
    with pytest.raises(ScenarioError) as refusal:
        loads_case(fields.text())
    told = {problem.path: problem.message for problem in refusal.value.problems}
    assert "names no source" in told["codes.tension"]
    assert any(path.startswith("facts.days") for path in told)


def test_the_forecast_is_that_of_the_command_line():
    text = text_of("cases/wgig")
    case = loads_case(text)
    runs = run(loads(text), replications=MOST_FORECAST, seed=0)
    forecast = forecast_of(text)
    assert (forecast.rows, forecast.runs) == (forecast_rows(case, runs), MOST_FORECAST)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("size", [PROJECTOR, LARGE, PHONE], ids=["projector", "large", "phone"])
def test_a_case_is_coded_with_the_keyboard_and_downloaded(visitor, size):
    playwright = pytest.importorskip("playwright.sync_api")
    expect, visits = playwright.expect, pytest.importorskip("studio_visits")
    page = visitor("/case", size=size)
    expect(page.get_by_text("Begin with the name of the process")).to_be_visible()
    page.get_by_label("Years").fill("2011")
    page.get_by_role("button", name="Name of the process: is empty").click()
    expect(page.locator("#ask-process")).to_be_focused()
    page.get_by_label("Its name").fill(f"Forum {HOSTILE}")
    expect(page.get_by_text("0 of 19 questions")).to_be_visible()
    page.get_by_role("button", name="Add a source").press("Enter")
    page.keyboard.type("report")
    tension = page.get_by_role("region", name="Tension")
    tension.get_by_role("radio", name="high").focus()
    page.keyboard.press("Space")
    expect(page.locator(".problem-line")).to_have_count(1)
    page.locator(".problem-line").press("Enter")
    expect(page.locator("#ask-tension")).to_be_focused()
    tension.get_by_text("Where it says so").click()
    tension.get_by_label("Sources").fill("report")
    tension.get_by_label("How sure are you?").select_option("medium")
    expect(page.get_by_text("1 of 19 questions answered")).to_be_visible()
    visits.check_access(page, size)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the file").click()
    case = loads_case(download.value.path().read_text("utf-8"))
    assert case.codes["tension"].known == "high"
    assert case.codes["tension"].source == ("report",)
    expect(page).to_have_url(re.compile("/case[?]y="))
    page.reload()
    visits.opened(page)
    expect(page.get_by_text("1 of 19 questions answered")).to_be_visible()
    assert page.get_by_label("Its name").input_value() == case.title
    page.get_by_role("link", name="Watch it").click()
    visits.opened(page)
    expect(page.locator("h1")).to_contain_text(HOSTILE)
