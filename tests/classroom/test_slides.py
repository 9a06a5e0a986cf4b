"""Slides as a class sees them: in a browser, from a folder, at the sizes of projectors."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from negsim.classroom.pack import handouts_html, slides_html
from negsim.report.templates import Sheet
from page_reader import axe_finds
from patience import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = {"small": (1280, 720), "large": (1920, 1080), "square": (1024, 768)}
OVERFLOW = """() => [...document.querySelectorAll(".slide")].flatMap((slide, n) =>
    slide.scrollHeight > slide.clientHeight || slide.scrollWidth > slide.clientWidth ? [n + 1] : [])"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".slide :is(p, li, td)")].map((one) =>
    parseFloat(getComputedStyle(one).fontSize) / innerHeight))"""
AT = """() => [...document.querySelectorAll(".slide")].findIndex((slide) =>
    Math.abs(slide.getBoundingClientRect().top) < 2) + 1"""


@pytest.fixture(scope="module")
def deck(stormy, tmp_path_factory):
    """The slides of a lesson, as a file."""
    file = tmp_path_factory.mktemp("slides") / "storm.html"
    file.write_text(stormy["storm/slides.html"], encoding="utf-8")
    return file


@pytest.fixture
def shown(chromium):
    """A function that opens a file at a size; what the console says is an error."""
    problems = []

    def show(file, size="small"):
        width, height = SIZES[size]
        tab = chromium.new_page(viewport={"width": width, "height": height})
        tab.on("console", lambda message: problems.append(message.text))
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.goto(file.as_uri())
        expect(tab.locator(".slide").first).to_have_attribute("style", re.compile("font-size"))
        return tab

    yield show
    assert problems == []


@pytest.mark.deep
@pytest.mark.parametrize("size", ["small", "large", "square"])
def test_every_slide_fits_the_screen_and_can_be_read(size, focal, stormy, small, shown, tmp_path):
    decks = [text for pack in (focal, stormy, small) for file, text in pack.items() if file.endswith("/slides.html")]
    assert len(decks) == 11
    for deck in decks:
        (tmp_path / "slides.html").write_text(deck, encoding="utf-8")
        tab = shown(tmp_path / "slides.html", size)
        assert (tab.evaluate(OVERFLOW), tab.evaluate(SMALLEST) > 0.018) == ([], True), tab.title()
        tab.close()


def test_keys_turn_the_slides(deck, shown):
    tab = shown(deck)
    last = tab.locator(".slide").count()

    ways = {
        "ArrowRight": 2,
        "PageDown": 3,
        " ": 4,
        "ArrowLeft": 3,
        "End": last,
        "ArrowDown": last,
        "PageUp": last - 1,
        "Home": 1,
    }
    for key, place in ways.items():
        tab.keyboard.press(key)
        until(lambda place=place: tab.evaluate(AT) == place)
    tab.keyboard.press("Control+ArrowRight")
    assert tab.evaluate(AT) == 1


@pytest.mark.deep
def test_an_address_opens_the_slide_that_it_names(deck, shown):
    tab = shown(deck)
    tab.keyboard.press("ArrowRight")
    expect(tab).to_have_url(re.compile("#2$"))
    tab.reload()
    until(lambda: tab.evaluate(AT) == 2)


@pytest.mark.deep
def test_what_is_too_tall_for_a_slide_is_made_smaller_and_nothing_else(shown, tmp_path):
    rows = "\n".join(f"| {n} | a word and another word |" for n in range(16))
    deck = Sheet(f"# One\n\nText\n\n---\n\n## Two\n\n| a | b |\n| --- | --- |\n{rows}\n", title="One")
    file = tmp_path / "tall.html"
    file.write_text(slides_html(deck), encoding="utf-8")
    tab = shown(file)
    sizes = tab.evaluate("[...document.querySelectorAll('.slide')].map((slide) => parseInt(slide.style.fontSize))")
    assert sizes[0] == 100 > sizes[1] >= 40
    assert tab.evaluate(OVERFLOW) == []


@pytest.mark.deep
def test_slides_and_sheets_have_nothing_serious_for_axe(deck, stormy, shown, tmp_path):
    tab = shown(deck)
    assert axe_finds(tab) == []
    sheet = tmp_path / "people.html"
    sheet.write_text(stormy["people.html"], encoding="utf-8")
    tab.goto(sheet.as_uri())
    assert axe_finds(tab) == []


@pytest.mark.deep
def test_the_brief_of_a_person_prints_on_two_pages(stormy, chromium):
    for name in [name for name in stormy if re.fullmatch(r"people/.*\.html", name)]:
        tab = chromium.new_page()
        tab.set_content(stormy[name])
        pages = len(re.findall(rb"/Type\s*/Page[^s]", tab.pdf(prefer_css_page_size=True)))
        assert pages <= 2, name
        tab.close()


def test_a_sheet_in_a_print_job_begins_on_a_new_page(chromium):
    tab = chromium.new_page()
    tab.set_content(handouts_html("a", [Sheet("# A\n"), Sheet("# B\n"), Sheet("# C\n")]))
    assert len(re.findall(rb"/Type\s*/Page[^s]", tab.pdf())) == 3
