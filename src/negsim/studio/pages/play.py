"""The game of the storm: a seat in the page that runs the model. It is made once and asks nothing of the server."""

from __future__ import annotations

import gzip

from fastapi import Request, Response

from negsim.errors import NegsimError
from negsim.page import PageSource, page
from negsim.scenario import load
from negsim.studio.pages import shell
from negsim.studio.work import WORKS, Visit

PLAY = "/play"


def _game() -> bytes:
    """Make the page, packed."""
    return gzip.compress(page(PageSource(load("storm"), "storm", seat="")).encode(), mtime=0)


async def send_game(request: Request) -> Response:
    """Send the page; a worker makes it for the first who asks."""
    try:
        game = await WORKS.do(Visit(shell.address_of(request)), _game, is_long=True)
    except NegsimError as error:
        return Response(error.sentence(), status_code=503, media_type="text/plain")
    return shell.packed_page(request, game)
