"""Measure a page that runs the model: how soon the first point of its curve stands, and eight points of 200 runs each.

The page of the 2011 working group, opened from a file without a network, in Chromium and Firefox. The clock is the
browser's own and starts when the page is opened; the guess is skipped at once. Workers are compared by the time from
the first point to eight points of 2,000 runs each, in copies of the page that take so many whatever the processor has.
"""

from __future__ import annotations

import re
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
MANY = 2000  # runs a point, where workers are compared
WORKERS = {(2, 1): Target(least=1.7), (4, 2): Target(least=0.95)}
WATCH = """new Promise((done) => {
  let isSkipped = false;
  const find = (name) => document.querySelector(name), seconds = () => performance.now() / 1000;
  const look = () => {
    if (!isSkipped && find(".handle")) { isSkipped = true; find("#skip").click(); }
    if (find(".line.now circle")) wait(seconds()); else requestAnimationFrame(look);
  };
  const wait = (first) => {  // for the bar: a look at every picture, sixty a second, takes a processor from the workers
    const end = () => find("#progress").hidden && done([first, seconds()]);
    new MutationObserver(end).observe(find("#progress"), { attributes: true });
    end();
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
        longer = page(PageSource(load(FOCAL), FOCAL), runs=MANY)
        paths = {workers: _with_workers(longer, workers, Path(folder)) for workers in (1, 2, 4)}
        for name, watch in {"Chromium": _in_chromium, "Firefox": _in_firefox}.items():
            taken = dict.fromkeys(paths, float("inf"))
            for _ in range(ROUNDS):
                for workers, path in paths.items():
                    first, whole = watch(path.as_uri())
                    taken[workers] = min(taken[workers], whole - first)
            for (more, fewer), target in WORKERS.items():
                what = f"page in {name}: {more} workers; {fewer}"
                yield times_as_fast(what, taken[more], taken[fewer], same=True, target=target)


def _with_workers(text: str, workers: int, folder: Path) -> Path:
    """Write a page that takes so many workers, without the policy that lets only its own script run."""
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    before, after = text.split("globalThis.navigator?.hardwareConcurrency ?? 1")
    text = f"{before}{workers}{after}"
    path = folder / f"{workers}.html"
    path.write_text(text, encoding="utf-8")
    return path


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
