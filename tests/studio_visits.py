"""The steps of visitors in a browser: press, choose, open a room, join it, sit down, answer."""

from __future__ import annotations

from importlib import resources

from playwright.sync_api import expect

from patience import until
from studio_cases import PROJECTOR

LOOK = 50  # ms between two looks, in which the browser goes on
AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
FOUND = """async (colours) => (await axe.run(document, {
    resultTypes: ["violations"], rules: {"target-size": {enabled: true}, "color-contrast": {enabled: colours}}}))
    .violations.flatMap(each => each.nodes.map(node => `${each.impact} ${each.id}: ${node.html.slice(0, 160)}`))"""


def check_access(page, size, *, colours=True):
    """See that axe finds nothing and that the page is no wider than the screen.

    colours: look at contrasts too; below a dialog, axe takes the curtain for what a text stands on.
    """
    page.wait_for_function("(window.socket?.connected || document.getElementById('facts')) && document.fonts.ready")
    page.evaluate(AXE)
    assert "\n".join(page.evaluate(FOUND, colours)) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def choose(page, name, option):
    page.get_by_role("combobox", name=name, exact=True).click()
    page.get_by_role("option", name=option).first.click()


def opened(visitor, **kwargs):
    """A teacher's desk."""
    desk = visitor("/table?s=classroom", **kwargs)
    press(desk, "Open a room")
    desk.wait_for_url("**/table/*")
    return desk


def join(page, code, name):
    page.get_by_label("Room code").fill(code)
    page.get_by_label("Your name").fill(name)
    press(page, "Join")
    return page


def sit(page, chair):
    choose(page, "Whose chair", chair)
    press(page, "Sit down")
    expect(page.get_by_text(f"Your brief: {chair}")).to_be_visible()
    return page


def opened_with_mayor(visitor, *, size=PROJECTOR):
    """A teacher's desk, its code, and the seat of Ana, the mayor."""
    desk = opened(visitor)
    code = desk.get_by_label("room code").inner_text()
    return desk, code, sit(join(visitor("/table", size=size), code, "Ana"), "Mayor")


PRESS_ONCE = "all => all.filter(e => !e.isPressed).forEach(e => { e.isPressed = true; e.click(); })"


def answered(page):
    """Answer what is asked, if anything, as the delegate would; whether the negotiation is over."""
    page.get_by_role("button", name="As my delegate would").evaluate_all(PRESS_ONCE)
    return page.get_by_text("The negotiation is over.").count() > 0


def answer_to_the_end(page):
    """Answer what is asked as the delegate would until the negotiation is over."""
    until(lambda: answered(page), rest=lambda: page.wait_for_timeout(LOOK))
