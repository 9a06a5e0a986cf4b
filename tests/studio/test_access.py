"""Access: what axe-core finds on every state of the studio, where the keyboard is, sizes of targets, type and pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("playwright")
from negsim.cast.palette import Colour
from negsim.studio.pages import shell
from studio_cases import LARGE, PHONE, PROJECTOR
from studio_visits import answer_to_the_end, check_access, choose, join, opened, press, sit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = {"projector": PROJECTOR, "large": LARGE, "phone": PHONE}
FOCUSABLE = "button, a[href], input:not([type=file]), textarea, summary, [tabindex='0'], [role=radio], [role=tab]"


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_axe_finds_nothing_on_pages_for_one(visitor, size):
    for path in (
        "/",
        "/room?s=storm",
        "/room?s=storm&t=0..Minutes",
        "/room?s=storm&t=999..Why",
        "/table",
        "/edit?s=storm",
    ):
        page = visitor(path, size=size)
        if path.startswith("/edit"):
            page.get_by_text("No problems.").wait_for()
        check_access(page, size)
    room = visitor("/room?s=storm&t=20.2.Trust", size=size)
    press(room, "Change the scenario, its knobs or the run")
    room.get_by_role("dialog").wait_for()
    room.wait_for_function("!document.querySelector('[class*=q-transition]')")  # the dialog has come up
    check_access(room, size, colours=False)
    check_access(visitor("/room?s=nowhere", size=size), size)
    check_access(visitor("/nowhere", size=size, missing=True), size)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_axe_finds_nothing_in_the_lab(visitor, size):
    page = visitor("/lab?s=storm", size=size)
    page.get_by_text("More settings").click()
    page.get_by_text("Give your guess to a class").click()
    check_access(page, size)
    page.locator("#skip").click()
    page.get_by_text("How these runs ended.").wait_for()
    check_access(page, size)


@pytest.mark.parametrize("size", [PROJECTOR, PHONE], ids=["projector", "phone"])
def test_axe_finds_nothing_at_the_table(visitor, size):
    desk = opened(visitor, size=size)
    check_access(desk, size)
    code = desk.get_by_label("room code").inner_text()
    ana = join(visitor(f"/table?code={code}", size=size), code, "Ana")
    ana.get_by_role("combobox", name="Whose chair").wait_for()
    check_access(ana, size)
    check_access(sit(ana, "Mayor"), size)
    choose(desk, "The model moves", "at once")
    press(desk, "Start")
    ana.get_by_role("button", name="More time").wait_for()
    for page in (ana, desk):
        check_access(page, size)
    answer_to_the_end(ana)
    for page in (ana, desk):
        page.get_by_role("heading", level=2).first.wait_for()
        check_access(page, size)


@pytest.mark.parametrize("path", ["/", "/room?s=storm", "/table", "/edit?s=storm"])
def test_where_the_keyboard_is_can_be_seen_on_every_control(visitor, path):
    page = visitor(path)
    page.wait_for_function("window.socket?.connected && document.fonts.ready")
    page.keyboard.press("Tab")  # so that focus is the keyboard's
    unseen = page.locator(FOCUSABLE).evaluate_all(
        """all => all.filter(e => e.offsetParent && e.tabIndex >= 0).filter(e => {
        e.focus();
        const places = [e, e.closest('.q-field__control'), e.closest('.cm-scroller')].filter(Boolean);
        const rings = places.map(place => getComputedStyle(place));
        return document.activeElement === e && !rings.some(style => style.boxShadow.includes("RING") ||
            (style.outlineStyle === 'solid' && style.outlineColor === "RING"));
    }).map(e => e.outerHTML.slice(0, 160))""".replace(
            "RING", "rgb({}, {}, {})".format(*bytes.fromhex(Colour.FOCUS[1:]))
        )
    )
    assert unseen == []


@pytest.mark.parametrize("size", [PROJECTOR, LARGE], ids=["projector", "large"])
@pytest.mark.parametrize("scenario", ["storm", "classroom", "cstd_wgigf_2012"])
def test_the_room_fits_a_projector_and_has_one_primary_button(visitor, scenario, size):
    page = visitor(f"/room?s={scenario}", size=size)
    page.locator(".stage svg.picture").wait_for()
    assert page.evaluate("document.documentElement.scrollHeight") <= size["height"]
    primary = page.locator(".page .q-btn:not(.q-btn--outline, .q-btn--flat)")
    assert primary.all_inner_texts() == ["play_arrow\nPlay"]


def test_type_and_space_are_of_one_scale():
    css = (Path(shell.__file__).parent / "look.css").read_text("utf-8")
    sizes = set(re.findall(r"font(?:-size)?:[^;}]*?([\d.]+)rem", css))
    assert sizes <= {".875", "1", "1.125", "1.375", "2", "2.5"}
    spaces = {
        int(px)
        for space in re.findall(r"(?:margin|padding|gap)[a-z-]*: ([^;}]+)", css)
        for px in re.findall(r"(\d+)px", space)
    }
    assert {px for px in spaces if px % 4} == set()
