"""Fixtures of the tests of the studio."""

from __future__ import annotations

import pytest

from negsim.studio.debrief import opening_of
from negsim.studio.links import Variant
from negsim.studio.recording import Playback
from negsim.studio.rooms import SharedRoom
from studio_cases import CLASSROOM, PROJECTOR, asked
from studio_server import studio


@pytest.fixture(scope="session")
def address():
    with studio(room_rate=(10.0, 6.0)) as found:  # all visitors have the same address
        yield found


@pytest.fixture
def visitor(address, blank):
    """A maker of visitors. missing: whether the page need not be there."""

    def visit(path, *, size=PROJECTOR, prepare=None, missing=False):
        page = blank(complaint="" if missing else None, viewport=size, base_url=address, accept_downloads=True)
        if prepare is not None:
            prepare(page)
        page.goto(path)
        playwright = pytest.importorskip("playwright.sync_api")
        playwright.expect(page.get_by_text("A model, not a forecast.").first).to_be_visible()
        return page

    return visit


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
