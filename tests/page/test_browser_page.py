"""A page as its reader has it: opened from a folder, without a network, in Debian's Chromium and Firefox."""

from __future__ import annotations

import csv
import io
import re
import shlex
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from firefox import firefox
from negsim import load
from negsim.page import PageSource, page
from negsim.scenario import loads, text_of, with_changes
from negsim.study.runner import measure_of, run
from negsim.study.table import estimated
from page_reader import BY_HAND, HELD, SIZES, axe_finds, low_targets
from patience import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RUNS = 60  # of a point: whatever is asked here needs no more
HOSTILE = "</script><img src=x onerror=struck()>"


def written(folder: Path, name: str, source: PageSource) -> Path:
    path = folder / f"{name}.html"
    path.write_text(page(source, runs=RUNS), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The page of the smallest scenario."""
    return written(tmp_path_factory.mktemp("page"), "town", PageSource(load("classroom"), "classroom"))


def answer(tab):
    """Skip the guess and wait until all runs of the curve are made."""
    tab.locator("#skip").click()
    finished(tab)


def finished(tab):
    """Wait until all runs of what was chosen last are made; a page shows a choice with its next picture."""
    tab.evaluate("new Promise(requestAnimationFrame)")
    expect(tab.locator("#table tbody tr").first).to_be_visible()
    expect(tab.locator("#progress")).to_be_hidden()


def said(estimate):
    """An estimate of a share, as a page writes it."""
    value, low, high = (f"{100 * part:.0f}" for part in estimate[:3])
    return f"{value} % [{low}, {high}]"


def open_a_run(tab):
    tab.locator("#outcomes button").first.click()
    expect(tab.locator("#run-title")).to_be_visible()
    for detail in tab.locator("#run details").all():
        detail.evaluate("element => element.open = true")


def draw(tab):
    """Draw a guess with the mouse, from the lower left to the upper right."""
    box = tab.locator("#chart svg").bounding_box()
    across = [0.2 + 0.07 * step for step in range(11)]
    places = [(box["x"] + box["width"] * share, box["y"] + box["height"] * (0.9 - 0.7 * share)) for share in across]
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for place in places:
        tab.mouse.move(*place)
    tab.mouse.up()


def test_the_answer_stays_hidden_until_a_guess_is_drawn_or_skipped(reader, town):
    tab = reader(town)
    expect(tab.locator("#reveal")).to_be_disabled()
    assert not tab.locator("#here").is_visible()
    assert tab.locator("#chart .curve").count() == tab.locator("#table td").count() == 0
    draw(tab)
    assert tab.locator("#chart .handle.set").count() >= 6
    tab.locator("#reveal").click()
    finished(tab)
    expect(tab.locator("#guessed")).to_have_text(re.compile("Furthest off at|lies within the band"))
    assert tab.locator("#chart .guess .cross").count() >= 6
    assert tab.locator("#chart .line.now circle").count() == 8
    tab.locator("#knob-methodology").select_option(label="rolling text")  # of which nobody guessed
    expect(tab.locator("#guessed")).to_be_empty()


def test_the_file_of_numbers_holds_every_digit_and_the_command_of_each_point(reader, town):
    tab = reader(town)
    answer(tab)
    tab.locator("#knob-methodology").select_option(label="rolling text")
    finished(tab)
    with tab.expect_download() as download:
        tab.locator("#save").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))
    curves = [*["as written"] * 8, *["now: rolling text"] * 8, *["2 days in all: rolling text"] * 2]
    assert [row["curve"] for row in rows] == curves
    row = next(row for row in rows if row["curve"].startswith("now") and row["level"] == "3")
    program, verb, scenario, *options = shlex.split(row["command"])
    assert (program, verb, scenario) == ("negsim", "run", "classroom")
    said_options = dict(zip(options[::2], options[1::2], strict=True))
    assert (said_options["--replications"], said_options["--seed"]) == (str(RUNS), "0")
    changes = [options[n + 1] for n, option in enumerate(options) if option == "--set"]
    assert sorted(changes) == ["meetings.count=3", "methodology=rolling_text"]
    runs = run(with_changes(load("classroom"), changes), replications=RUNS, seed=0, threads=1)
    found = [float(row[name]) for name in ("mean", "low", "high")]
    assert found == pytest.approx(list(estimated(row["measure"], measure_of(runs, row["measure"]))[:3]), rel=1e-9)
    assert (row["runs"], row["replications"]) == (str(RUNS), str(RUNS))


def test_a_link_within_the_page_leads_there_and_loses_nothing(reader, town):
    tab = reader(town)
    answer(tab)
    tab.locator("#knob-methodology").select_option(label="rolling text")
    tab.locator("#pin").click()
    expect(tab.locator("#curves li")).to_have_count(4)
    address = tab.url
    for name, link in [("numbers", ".kicker a >> nth=2"), ("lab", ".skip")]:
        tab.locator(link).focus()
        tab.keyboard.press("Enter")
        expect(tab.locator(f"#{name}")).to_be_focused()
        expect(tab.locator(f"#{name}")).to_be_in_viewport()
    assert tab.url == address
    expect(tab.locator("#curves li")).to_have_count(4)


@pytest.mark.deep
def test_a_press_on_an_outcome_counts_though_more_runs_are_made_meanwhile(reader, town):
    tab = reader(town, before=HELD)
    answer(tab)
    tab.evaluate("held = 'values'")
    tab.locator("#runs").select_option(label="100")
    outcome = tab.locator("#outcomes button").nth(1)
    before = outcome.inner_text()
    outcome.hover()
    tab.mouse.down()
    tab.evaluate("held = ''; release()")
    finished(tab)
    assert outcome.inner_text() != before
    tab.mouse.up()
    expect(tab.locator("#run-title")).to_be_visible()


@pytest.mark.deep
def test_a_press_on_a_seat_counts_though_the_run_plays_on_meanwhile(reader, town):
    tab = reader(town, before=BY_HAND)
    answer(tab)
    open_a_run(tab)
    tab.locator("#play").click()
    before = tab.locator("#moment").input_value()
    tab.locator("#room .seat").first.hover()
    tab.mouse.down()
    assert tab.evaluate("move()") == 1
    tab.mouse.up()
    expect(tab.locator("#run-eyes-choice")).not_to_have_value("-1")
    tab.evaluate("move()")
    assert tab.locator("#moment").input_value() != before


def test_the_keyboard_alone_is_enough(reader, town):
    tab = reader(town)

    def tab_to(selector):
        until(lambda: tab.keyboard.press("Tab") or tab.evaluate("id => document.activeElement.matches(id)", selector))

    tab_to(".handle")
    for _ in range(3):
        tab.keyboard.press("ArrowUp")
    assert tab.evaluate("document.activeElement.getAttribute('aria-valuetext')") == "65 %"
    tab_to("#reveal")
    tab.keyboard.press("Enter")
    finished(tab)
    tab_to("#knob-meetings")
    tab.keyboard.press("ArrowRight")
    expect(tab.locator("#here-words")).to_contain_text("2 meetings")
    tab.keyboard.press("Shift+Tab")
    tab.locator("#outcomes button").first.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#run-title")).to_be_focused()
    tab_to("#next")
    before = tab.locator("#moment").input_value()
    tab.keyboard.press("Enter")
    assert tab.locator("#moment").input_value() != before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(reader, town, scheme):
    tab = reader(town, color_scheme=scheme)

    assert axe_finds(tab) == []
    answer(tab)
    tab.locator("#people-eyes-choice").select_option(index=1)
    open_a_run(tab)
    assert axe_finds(tab) == []


@pytest.mark.deep
@pytest.mark.parametrize("size", SIZES)
def test_a_page_is_as_wide_as_its_window_and_targets_are_24_pixels_high(reader, town, size):
    tab = reader(town, size=size)
    answer(tab)
    open_a_run(tab)
    assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert low_targets(tab) == []


@pytest.mark.deep
def test_nothing_moves_for_a_reader_who_wants_no_motion(reader, town):
    tab = reader(town, reduced_motion="reduce")
    answer(tab)
    open_a_run(tab)
    while tab.locator("#run-scales .text").count() == 0:
        tab.locator("#next").click()
    assert tab.locator("#run-scales .text").first.evaluate("e => getComputedStyle(e).transitionDuration") in {"0s", ""}


def test_a_browser_without_webassembly_gets_a_sentence_and_the_curve(reader, town):
    tab = reader(town, before="delete globalThis.WebAssembly")
    expect(tab.locator("#problem")).to_contain_text("no WebAssembly")
    expect(tab.locator("#static svg")).to_be_visible()
    expect(tab.locator("#lab")).to_be_hidden()
    expect(tab.locator("#meetings .meeting").first).to_be_visible()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The page of a scenario in whose every text stands a script."""
    text = text_of("classroom")
    for word in ("Public Wi-Fi in a small town (classroom)", "Keeping of logs", "none kept", "Librarian", "Town hall"):
        assert word in text, word
        text = text.replace(word, f'"{HOSTILE} {word[:12]}"')
    scenario = loads(text)
    return written(tmp_path_factory.mktemp("hostile"), "hostile", PageSource(scenario, "hostile.yaml"))


def test_a_hostile_scenario_runs_nothing(reader, hostile):
    tab = reader(hostile, before="globalThis.hits = 0; globalThis.struck = () => (globalThis.hits += 1)")
    answer(tab)
    open_a_run(tab)
    tab.locator("#people-eyes-choice").select_option(index=1)
    assert HOSTILE in tab.locator("h1").inner_text()
    assert HOSTILE in tab.locator("#scales h3").first.inner_text()
    assert tab.locator("img").count() == 0
    assert tab.evaluate("hits") == 0


@contextmanager
def in_firefox(folder, path):
    with firefox(folder) as tab:
        tab.open(path.as_uri())
        yield tab
        assert tab.said == []


@pytest.mark.deep
@pytest.mark.firefox
def test_firefox_computes_the_same_numbers(reader, town, tmp_path):
    here = reader(town)
    answer(here)
    with in_firefox(tmp_path, town) as tab:
        until(lambda: tab.run("!document.querySelector('#lab').hidden"))
        tab.run("document.querySelector('#skip').click()")
        until(
            lambda: tab.run(
                "document.querySelector('#progress').hidden && document.querySelectorAll('#table td').length > 0"
            )
        )
        numbers = tab.run("[...document.querySelectorAll('#table tbody td')].map((cell) => cell.textContent)")
        tab.run("document.querySelector('#outcomes button').click()")
        until(lambda: tab.run("document.querySelectorAll('#minutes li').length"))
    assert numbers == here.locator("#table tbody td").all_inner_texts()
