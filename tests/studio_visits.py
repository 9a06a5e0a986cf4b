"""The steps of visitors in a browser: wait for a page, press, look for what axe finds."""

from __future__ import annotations

from importlib import resources

from patience import until

LOOK = 50  # ms between two looks, in which the browser goes on
AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
FOUND = """async () => (await axe.run(document, {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}))
    .violations.flatMap(each => each.nodes.map(node => `${each.impact} ${each.id}: ${node.html.slice(0, 160)}`))"""


def check_access(page, size):
    """See that axe finds nothing and that the page is no wider than the screen."""
    page.evaluate("document.fonts.ready")
    page.evaluate(AXE)
    assert "\n".join(page.evaluate(FOUND)) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def opened(page):
    """A page that has taken its turn."""
    until(lambda: page.get_by_role("heading", name="One moment").count() == 0, rest=lambda: page.wait_for_timeout(LOOK))
    return page
