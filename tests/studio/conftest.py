"""Fixtures of the tests of the studio."""

from __future__ import annotations

import re

import pytest

from negsim.studio.debrief import opening_of
from negsim.studio.links import Variant
from negsim.studio.recording import Playback
from negsim.studio.rooms import SharedRoom
from patience import LIMIT_MS
from studio_cases import CLASSROOM, PROJECTOR, asked
from studio_server import CHROMIUM, QUIETLY, studio

LOCAL = re.compile(r"^(http://127\.0\.0\.1:|ws://127\.0\.0\.1:|data:|blob:http://127\.0\.0\.1:)")


@pytest.fixture(scope="session")
def address():
    with studio(room_rate=(10.0, 6.0)) as found:  # all visitors have the same address
        yield found


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    playwright.expect.set_options(timeout=LIMIT_MS)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=QUIETLY, timeout=LIMIT_MS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(address, chromium):
    """A maker of visitors: pages of contexts of their own, whose complaints and strange requests fail the test."""
    contexts, wrong = [], []

    def visit(path, *, size=PROJECTOR, prepare=None, missing=False):
        context = chromium.new_context(viewport=size, base_url=address, accept_downloads=True)
        context.set_default_timeout(LIMIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: said.type in {"error", "warning"} and not missing and wrong.append(said.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: LOCAL.match(request.url) or wrong.append(request.url))
        if prepare is not None:
            prepare(page)
        page.goto(path)
        playwright = pytest.importorskip("playwright.sync_api")
        playwright.expect(page.get_by_text("A model, not a forecast.").first).to_be_visible()
        return page

    yield visit
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page():
    """A page that nobody looks at: elements can be built on it and read."""
    nicegui = pytest.importorskip("nicegui")
    with nicegui.Client(nicegui.ui.page("/"), request=asked()) as client:
        yield client


@pytest.fixture(scope="module")
def playback():
    return Playback(Variant(name="cstd_wgigf_2012", turned=(("informal.mixed_evenings", 0.5),)))


@pytest.fixture
def room():
    return SharedRoom(opening_of(CLASSROOM), "ABCD2345", 0.0)


@pytest.fixture
def ana(room):
    """Somebody in the room."""
    return room.join("Ana", 0.0)


@pytest.fixture
def ben(ana, room):  # noqa: ARG001 - who comes after her
    return room.join("Ben", 0.0)
