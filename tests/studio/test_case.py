"""A case coded in the studio: its limits, its forecast, and the form in a browser."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("starlette")
from negsim.cases import loads_case
from negsim.cast.studio import packed
from negsim.report.summary import forecast_rows, forecast_text
from negsim.report.words import percent
from negsim.scenario import loads, text_of
from negsim.studio import server
from negsim.studio.limits import FORECAST_RUNS, MOST_FORM_TEXT
from negsim.studio.pages import case
from negsim.study.runner import run
from studio_cases import HOSTILE, SIZES, Browser


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sources:\n" + "".join(f"  s{n}: {{text: a book}}\n" for n in range(200)), "sources and groups"),
        (f"notes: {'x' * (MOST_FORM_TEXT + 1)}\n", "letters"),
    ],
)
def test_the_form_opens_no_file_that_is_larger_than_it_takes(text, why):
    page = Browser(server.application()).get(f"/case?y={packed(f'case: 1{chr(10)}title: Long{chr(10)}{text}')}")
    assert page.status == 400
    assert f"{why}; edit this case as a file" in page.text


def test_the_forecast_is_that_of_the_command_line():
    text = text_of("cases/wgig")
    runs = run(loads(text), replications=FORECAST_RUNS, seed=0)
    assert case.forecast_of(text) == (rows := forecast_rows(loads_case(text), runs))
    printed = [re.split("  +", line.strip()) for line in forecast_text(loads_case(text), runs).splitlines()[2:-1]]
    assert printed == [[ends, percent(pooled), percent(raw)] for ends, pooled, raw in rows]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
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
    saved = loads_case(download.value.path().read_text("utf-8"))
    assert saved.codes["tension"].known == "high"
    assert saved.codes["tension"].source == ("report",)
    expect(page).to_have_url(re.compile("/case[?]y="))
    page.reload()
    visits.opened(page)
    expect(page.get_by_text("1 of 19 questions answered")).to_be_visible()
    assert page.get_by_label("Its name").input_value() == saved.title
    page.get_by_role("link", name="Read it").click()
    expect(visits.opened(page).get_by_label("The scenario as YAML")).to_have_value(re.compile("code: high"))
