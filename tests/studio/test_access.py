"""Access: what axe-core finds on every page of the studio, and where the keyboard is."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright")
from negsim.cast.palette import Colour
from negsim.studio.pages.answers import SCREENS
from studio_cases import SIZES
from studio_visits import check_access

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOCUSABLE = "button, a[href], input:not([type=file]), select, textarea, summary, [tabindex='0']"


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_on_any_page(visitor, size):
    for path in ("/", "/teach", "/case", "/room?s=storm", "/room?s=storm&t=20.2", "/edit?s=storm"):
        page = visitor(path, size=size)
        if path.startswith("/edit"):
            page.get_by_text("No problems.").wait_for()
        if path.startswith("/room"):
            page.get_by_text("of the first 100").wait_for()
            page.get_by_text("Turn a knob").click()
            page.get_by_text("More settings").click()
        check_access(page, size)
    page.locator("#text").fill("format: 1\nseats: 4")
    page.locator(".problem-line").first.wait_for()
    check_access(page, size)
    for path in ("/nowhere", "/room?s=nowhere"):
        check_access(visitor(path, size=size, missing=True), size)


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_in_the_lab(visitor, size):
    page = visitor("/lab?s=storm", size=size)
    page.get_by_text("More settings").click()
    check_access(page, size)
    page.locator("#skip").click()
    page.get_by_text("How these runs ended.").wait_for()
    check_access(page, size)


@pytest.mark.parametrize("path", ["/", "/room?s=storm", "/edit?s=storm", "/case"])
def test_where_the_keyboard_is_can_be_seen_on_every_control(visitor, path):
    page = visitor(path)
    page.keyboard.press("Tab")  # so that focus is the keyboard's
    unseen = page.locator(FOCUSABLE).evaluate_all(
        """all => all.filter(e => e.offsetParent && e.tabIndex >= 0).filter(e => {
        e.focus();
        const {outlineStyle, outlineColor} = getComputedStyle(e);
        return document.activeElement === e && !(outlineStyle === 'solid' && outlineColor === "RING");
    }).map(e => e.outerHTML.slice(0, 160))""".replace(
            "RING", "rgb({}, {}, {})".format(*bytes.fromhex(Colour.FOCUS[1:]))
        )
    )
    assert unseen == []


@pytest.mark.deep
@pytest.mark.parametrize("sheet", ["studio.css", "desk.css"])
def test_type_is_of_one_scale(sheet):
    css = re.sub(
        r"\.(wall|way-in|count)[^{]*{[^}]*}", "", (SCREENS / sheet).read_text("utf-8")
    )  # the wall is read from afar
    sizes = set(re.findall(r"font(?:-size)?:[^;}]*?([\d.]+)rem", css))
    assert sizes <= {".82", "1", "1.25", "1.75"}
