"""Readers of pages in Debian's Chromium, opened from a folder, without a network."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect, sync_playwright

from page_reader import SIZES
from patience import LIMIT_MS
from studio_server import CHROMIUM, QUIETLY


@pytest.fixture(scope="module")
def chromium():
    expect.set_options(timeout=LIMIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY, timeout=LIMIT_MS)
        yield browser
        browser.close()


@pytest.fixture
def reader(chromium):
    """A maker of readers without a network, whose complaints, and requests of anything but the file, fail the test."""
    contexts, wrong = [], []

    def opened(path, *, size=SIZES[1], before="", **options):
        width, height = size
        context = chromium.new_context(viewport={"width": width, "height": height}, offline=True, **options)
        context.set_default_timeout(LIMIT_MS)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda said: said.type in {"error", "warning"} and wrong.append(said.text))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on(
            "request", lambda request: request.url.startswith(("file:", "blob:", "data:")) or wrong.append(request.url)
        )
        if before:
            tab.add_init_script(before)
        tab.goto(path.as_uri())
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []
