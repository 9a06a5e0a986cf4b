"""The studio in Debian's Chromium: every page used as a visitor would, no console error, no request off the machine."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from negsim import load
from negsim.cast.studio import packed
from negsim.negotiation.runs import watch
from negsim.scenario.lowering import lower, seat_names
from negsim.study.runner import run
from patience import LIMIT
from studio_cases import SIZES
from studio_visits import opened, press

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CLASSROOM = load("classroom")
LAST = len(watch(lower(CLASSROOM), seed=0).minute) - 1  # the last moment of run 0
LONG = "a:\n" + "- 1\n" * 99_000  # takes seconds to be read, and is no scenario


def moment_of(page):
    return int(page.locator("#moment").input_value())


def test_the_first_page_leads_to_a_game_a_room_the_lab_and_a_class(visitor):
    page = visitor("/")
    for name, heading in (("Play", "The exchange"), ("Experiment", "The exchange"), ("Teach", "Teach a class")):
        page.get_by_role("link", name=re.compile(f"^{name} ")).click()
        expect(opened(page).locator("h1").first).to_contain_text(heading)
        page.goto("/")
    page.get_by_role("link", name="watch: classroom").click()
    expect(opened(page).locator("#run-title")).to_have_text("Run 0: as written")


def test_a_run_is_stepped_to_its_end_from_the_keyboard(visitor):
    page = visitor("/room?s=classroom&t=0")
    expect(page.locator("#run-title")).to_be_visible()
    page.keyboard.press("n")
    assert 0 < (first := moment_of(page)) < LAST
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    assert moment_of(page) == first
    page.keyboard.press("End")
    assert moment_of(page) == LAST
    expect(page.get_by_text("ends as this one does").or_(page.get_by_text("end as this one does"))).to_be_visible()
    page.keyboard.press("Home")
    assert moment_of(page) == 0
    page.locator("#moment").focus()
    page.keyboard.press("ArrowRight")  # the slider's own: one moment, not one event
    assert moment_of(page) == 1


def test_a_link_shows_the_same_moment_of_the_same_run_through_the_same_eyes(visitor):
    page = visitor("/room?s=classroom&m=2&seed=5&r=7&t=0")
    expect(page.locator("#run-title")).to_have_text("Run 7: 2 meetings")
    assert "--set meetings.count=2 --replication 7 --seed 5" in page.locator("#run-command").inner_text()
    page.locator("#moment").fill("9")
    page.locator("#eyes-choice").select_option(label="Mayor")
    expect(page).to_have_url(re.compile(r"s=classroom&seed=5&m=2&r=7&t=9\.\d+$"))
    room = page.locator("#room").inner_html()
    page.reload()
    expect(page.locator("#run-title")).to_have_text("Run 7: 2 meetings")
    expect(page.locator("#eyes-choice")).to_have_value(str(seat_names(CLASSROOM).index("Mayor")))
    assert (moment_of(page), page.locator("#room").inner_html()) == (9, room)
    old = visitor("/room?s=classroom&t=9..Trust")  # as earlier versions wrote it
    expect(old.locator("#run-title")).to_be_visible()
    assert moment_of(old) == 9
    far = visitor("/room?s=classroom&t=9999999.99999")
    expect(far.locator("#run-title")).to_be_visible()
    assert moment_of(far) == LAST


def test_a_knob_shows_the_same_draws_in_another_process_and_the_ways_carry_it(visitor):
    page = visitor("/room?s=classroom")
    expect(page.locator("#run-title")).to_have_text("Run 0: as written")
    page.get_by_text("Turn a knob").click()
    page.get_by_label("methodology", exact=True).select_option("rolling text")
    expect(page.locator("#run-title")).to_have_text("Run 0: rolling text")
    expect(page).to_have_url(re.compile("w=rolling_text"))
    press(page, "Another run")
    expect(page.locator("#run-title")).to_have_text("Run 1: rolling text")
    expect(page).to_have_url(re.compile("r=1"))
    page.get_by_role("link", name="The lab").click()
    expect(opened(page).get_by_label("methodology", exact=True)).to_have_value(re.compile("."))
    expect(page).to_have_url(re.compile("/lab.*w=rolling_text"))


def test_the_room_counts_the_ends_that_the_command_line_counts_and_leads_to_a_usual_one(visitor):
    outcomes = list(run(CLASSROOM, replications=100).column("outcome"))
    usual = max(set(outcomes), key=outcomes.count)
    rare = next((n for n, outcome in enumerate(outcomes) if outcome != usual), 0)
    page = visitor(f"/room?s=classroom&r={rare}")
    alike = outcomes.count(outcomes[rare])
    expect(
        page.get_by_text(re.compile(f"One run of many: {alike} of the first 100 ends? as this one does"))
    ).to_be_visible()
    if outcomes[rare] != usual:
        page.get_by_role("button", name=re.compile("Watch one of the")).click()
        expect(page.locator("#run-title")).to_have_text(f"Run {outcomes.index(usual)}: as written")


def test_a_run_that_a_page_does_not_hold_is_refused_in_a_sentence(visitor):
    page = visitor("/room?s=cases/wgigf1&r=200")
    expect(page.get_by_role("alert")).to_contain_text("This page holds runs 0 to 199.")


def made(page, about=""):
    """The words on what the runs show, once all are made."""
    page.locator("#skip").click()
    here = page.locator("#here-words")
    expect(here).to_contain_text("400 runs.")
    expect(here).to_contain_text(re.compile(about or ".", re.IGNORECASE))
    return here.inner_text()


def test_the_labs_numbers_are_those_of_the_command_line_and_it_asks_the_server_for_no_runs(visitor, address):
    page, asked = visitor("/"), []
    page.on("request", lambda request: "/lab" in request.url and asked.append(request.url.replace(address, "")))
    page.goto("/lab?s=classroom&m=3&seed=0")
    opened(page)
    runs = run(load("classroom", changes=["meetings.count=3"]), replications=400)
    made(page, "3 meetings: share of runs with consensus")
    expect(
        page.get_by_role("button", name=f"consensus: {runs.column('consensus').sum():.0f}", exact=True)
    ).to_be_visible()
    page.get_by_role("slider", name="number of meetings").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#here-words")).to_contain_text("4 meetings")
    expect(page.locator("#here-words")).to_contain_text("400 runs.")
    assert {url.replace("/turn", "") for url in asked} == {"/lab?s=classroom&m=3&seed=0"}


def test_the_address_of_the_lab_and_its_ways_to_the_other_pages_say_what_is_run(visitor):
    page = visitor("/lab?s=classroom")
    page.get_by_label("methodology", exact=True).select_option("rolling text")
    page.get_by_label("number of meetings", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("s=classroom&seed=0&m=2&w=rolling_text&along=meetings&measure=consensus$"))
    page.get_by_label("Measure", exact=True).select_option("depth of what was agreed")
    made(page, "2 meetings, rolling text: depth of what was agreed")
    page.reload()
    made(page, "2 meetings, rolling text: depth of what was agreed")
    page.get_by_role("link", name="The room").click()
    expect(opened(page).locator("#run-title")).to_have_text("Run 0: 2 meetings, rolling text")


@pytest.mark.parametrize("path", ["/lab", "/room"])
def test_the_drawer_adds_to_the_knobs_and_says_what_does_not_fit(visitor, path):
    page = visitor(f"{path}?s=classroom&m=4")
    page.get_by_text("More settings").click()
    page.get_by_label("Tension in the room").select_option("high")
    page.get_by_label("Advanced: other changes").fill("process.hours=50")
    press(page, "Apply")
    expect(page.get_by_role("alert").filter(has_text="process.hours")).to_be_visible()
    page.get_by_label("Advanced: other changes").fill("process.hours=5")
    press(page, "Apply")
    expect(page.get_by_label("on screen")).to_have_text("classroom, context.tension=high, process.hours=5, seed 0")
    expect(page).to_have_url(re.compile("m=4"))
    command = page.locator("#command" if path == "/lab" else "#run-command")
    expect(command).to_contain_text("--set context.tension=high --set process.hours=5 --set meetings.count=4")


def test_a_case_that_draws_its_codes_opens_in_the_lab(visitor):
    page = visitor("/lab?s=cases/wgigf1&along=evenings")
    page.locator("#skip").click()
    expect(page.locator("#here-words")).to_contain_text("200 runs.")
    expect(page.get_by_text("drawn beforehand for 200 runs")).to_be_visible()


@pytest.mark.deep
def test_a_long_scenario_in_a_link_takes_its_turn_and_holds_up_nobody(visitor, address):
    page = visitor("/", missing=True)
    page.goto(f"/room?y={packed(LONG)}")
    expect(
        page.get_by_role("heading", name="One moment").or_(page.get_by_text("format: is missing")).first
    ).to_be_visible()

    def ask(path):
        with closing(HTTPConnection(urlsplit(address).netloc, timeout=LIMIT)) as connection:
            connection.request("GET", path)
            return connection.getresponse().status

    with ThreadPoolExecutor(4) as visitors:
        assert list(visitors.map(ask, ["/", "/edit?s=storm", "/teach", "/"])) == [200] * 4


def write(page, line, text):
    """Write a text at the end of a line of the editor."""
    page.evaluate(
        """([line, more]) => {
            const field = document.getElementById("text"), at = field.value.indexOf(line);
            const end = field.value.indexOf("\\n", at);
            field.focus();
            field.setSelectionRange(end, end);
        }""",
        [line, text],
    )
    page.keyboard.type(text)


def upload(page, file):
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Upload").click()
    chooser.value.set_files(file)


def selected(page):
    return page.locator("#text").evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")


def test_a_broken_scenario_says_where_and_a_click_leads_there(visitor):
    page = visitor("/edit?s=classroom")
    expect(page.get_by_text("No problems.")).to_be_visible()
    write(page, "seats: 4", "0000")
    problem = page.locator(".problem-line")
    expect(problem).to_contain_text(re.compile(r"scenario\.yaml:\d+:\d+: groups\.government\.seats: 40000"))
    expect(page.get_by_text("Watch it")).to_have_attribute("aria-disabled", "true")
    page.locator("#text").evaluate("field => { field.setSelectionRange(0, 0); field.scrollTop = 0; }")
    problem.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    assert selected(page).startswith("40000")
    line = problem.inner_text().split(":")[1]
    expect(page.locator("#place")).to_contain_text(f"Line {line}, column")
    page.keyboard.press("ArrowRight")
    for _ in range(4):
        page.keyboard.press("Backspace")
    expect(page.get_by_text("No problems.")).to_be_visible()


def test_an_edited_scenario_travels_in_its_link(visitor):
    page = visitor("/edit?s=classroom")
    write(page, "title:", " <i>edited</i>")
    expect(page.get_by_text(re.compile("<i>edited</i>.*No problems"))).to_be_visible()
    page.get_by_role("link", name="Watch it").click()
    expect(opened(page).locator("h1")).to_contain_text("(classroom) <i>edited</i>")
    assert "y=" in page.url


@pytest.mark.deep
def test_what_was_written_outlives_a_reload_and_is_not_lost_without_a_question(visitor):
    page = visitor("/edit?s=classroom")
    write(page, "title:", " of mine")
    expect(page.get_by_text(re.compile("of mine.*No problems"))).to_be_visible()
    expect(page).to_have_url(re.compile("/edit[?]y="))
    page.reload()
    expect(page.get_by_text(re.compile("of mine.*No problems"))).to_be_visible()
    write(page, "title:", ": no")
    expect(page.get_by_text("This is not a scenario yet")).to_be_visible()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.get_by_role("link", name="The room").evaluate("link => setTimeout(() => link.click())")
    assert asked == ["beforeunload"]
    write(page, "title:", "")
    for _ in range(4):
        page.keyboard.press("Backspace")
    expect(page.get_by_text(re.compile("of mine.*No problems"))).to_be_visible()
    page.get_by_role("link", name="The room").click()
    expect(opened(page).locator("h1")).to_contain_text("of mine")
    assert asked == ["beforeunload"]


@pytest.mark.deep
def test_files_are_read_as_text_and_refused_where_they_are_none(visitor, tmp_path):
    page = visitor("/edit?s=classroom", missing=True)
    files = {
        "own.yaml": b"format: 1\ntitle: <script>alert(1)</script>\n",
        "binary.yaml": b"\x00\x01" * 50,
        "bomb.yaml": b"a: " + b"[" * 500 + b"]" * 500,
        "large.yaml": b"#" * (2**20 + 2_000),
    }
    said = {
        "own.yaml": "This is not a scenario yet",
        "binary.yaml": "binary",
        "bomb.yaml": "nested more than 40 deep",
        "large.yaml": "too large",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        upload(page, tmp_path / name)
        expect(page.locator(".beside").get_by_text(said[name]).first).to_be_visible()


NAMELESS = """() => [...document.querySelectorAll(
    'button, a[href], input:not([type=file]), textarea, select, [role=slider], [role=radio]')]
    .filter(e => e.offsetParent && e.tabIndex >= 0)
    .filter(e => !(e.getAttribute('aria-label') || e.textContent || e.labels?.length || e.closest('[aria-label]')))
    .map(e => e.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("path", ["/", "/room?s=classroom", "/lab?s=classroom", "/case", "/edit?s=classroom"])
@pytest.mark.parametrize("size", SIZES)
def test_all_controls_have_names_and_nothing_is_wider_than_the_screen(visitor, path, size):
    page = visitor(path, size=size)
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
