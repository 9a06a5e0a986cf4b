"""Measure a page that runs the model: how soon the first point of its curve stands, and eight points of 200 runs each.

The page of the 2011 working group, opened from a file without a network, in Chromium and Firefox. The clock is the
browser's own and starts when the page is opened; the guess is skipped at once.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from playwright.sync_api import sync_playwright
from rooms import FOCAL
from table import Row, Target, times_as_fast

from firefox import firefox
from negsim import load
from negsim.page import PageSource, page
from studio_server import CHROMIUM, QUIETLY

ROUNDS = 3
FIRST, WHOLE = 1.0, 5.0  # seconds that a reader should not have to wait longer than
SOONER = Target(least=1.0)
WATCH = """new Promise((done) => {
  const seen = {}, find = (name) => document.querySelector(name);
  const look = () => {
    if (!seen.skipped && find(".handle")) { seen.skipped = true; find("#skip").click(); }
    if (!seen.first && find(".line.now circle")) seen.first = performance.now() / 1000;
    if (seen.first && find("#progress").hidden) return done([seen.first, performance.now() / 1000]);
    requestAnimationFrame(look);
  };
  look();
})"""


def rows() -> Iterator[Row]:
    """Compare each browser with what a reader should not have to wait longer than."""
    with tempfile.TemporaryDirectory(prefix="negsim-page-") as folder:
        path = Path(folder) / "page.html"
        path.write_text(page(PageSource(load(FOCAL), FOCAL)), encoding="utf-8")
        for name, watch in {"Chromium": _in_chromium, "Firefox": _in_firefox}.items():
            first, whole = map(min, zip(*(watch(path.as_uri()) for _ in range(ROUNDS)), strict=True))
            yield times_as_fast(f"page in {name}: first point; a second", first, FIRST, same=True, target=SOONER)
            yield times_as_fast(f"page in {name}: 8 x 200 runs; 5 s", whole, WHOLE, same=True, target=SOONER)


def _in_chromium(address: str) -> tuple[float, float]:
    """Return the seconds until the first point, and until all points are whole."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        tab = browser.new_context(offline=True).new_page()
        tab.goto(address)
        first, whole = tab.evaluate(WATCH)
        browser.close()
    return first, whole


def _in_firefox(address: str) -> tuple[float, float]:
    """Return the same of Firefox."""
    with (
        tempfile.TemporaryDirectory(prefix="negsim-firefox-", ignore_cleanup_errors=True) as profile,
        firefox(Path(profile)) as tab,
    ):
        tab.open(address)
        first, whole = tab.run(WATCH)
    return first, whole
