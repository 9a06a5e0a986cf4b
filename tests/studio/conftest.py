"""Fixtures of the tests of the studio."""

from __future__ import annotations

import pytest

from studio_cases import PROJECTOR
from studio_server import studio


@pytest.fixture(scope="session")
def address():
    with studio() as found:
        yield found


@pytest.fixture
def visitor(address, blank):
    """A maker of visitors. missing: whether the page need not be there."""
    visits = pytest.importorskip("studio_visits")
    playwright = pytest.importorskip("playwright.sync_api")

    def visit(path, *, size=PROJECTOR, missing=False):
        page = blank(complaint="" if missing else None, viewport=size, base_url=address, accept_downloads=True)
        page.goto(path)
        playwright.expect(page.get_by_text("A model, not a forecast.").first).to_be_visible()
        return visits.opened(page)

    return visit
