"""The game of the storm: a seat in the page that runs the model. It is made once and asks nothing of the server."""

from __future__ import annotations

import gzip

from negsim.page import PageSource, page
from negsim.scenario import load
from negsim.studio.work import WORKS, Visit


def _game() -> bytes:
    """Make the page, packed."""
    return gzip.compress(page(PageSource(load("storm"), "storm", seat="")).encode(), mtime=0)


async def prepare(visit: Visit, link: str) -> bytes:  # noqa: ARG001 - the page has no link
    """Let a worker make the page for the first who asks."""
    return await WORKS.do(visit, _game)
