"""The pages that run the model: the room, the lab, and a game.

- The server makes no runs for them. It gives out a page, and checks other settings.
- The room and the lab are the same page; its address says which. The game asks nothing of the server.
"""

from __future__ import annotations

import asyncio
import gzip
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from negsim.cast.knobs import MEETINGS
from negsim.errors import NegsimError
from negsim.page import PageSource, page
from negsim.scenario import load
from negsim.studio.lab import lab_page, missing_levels, page_variant
from negsim.studio.links import Variant, query, variant_of
from negsim.studio.pages.answers import NAVIGATION, work_for
from negsim.studio.work import WORKS, Visit


def _variant_in(link: str) -> Variant:
    """Return the variant in a page's link, if the page can link to it again."""
    variant = variant_of(link)
    query(variant)
    return variant


async def prepare(visit: Visit, link: str) -> bytes:
    """Let a worker make the page of a link."""
    variant = await asyncio.to_thread(_variant_in, link)
    along = parse_qs(link).get("along", [MEETINGS.name])[0]
    await WORKS.do(visit, Variant.scenario, variant)
    base = page_variant(variant, along)
    made = await WORKS.do(visit, lab_page, base, (), NAVIGATION)
    if also := missing_levels(variant, base, made):
        made = await WORKS.do(visit, lab_page, base, also, NAVIGATION)
    return made.html


async def prepare_game(visit: Visit, link: str) -> bytes:  # noqa: ARG001 - the page has no link
    """Let a worker make the page of a seat in the storm for the first who asks."""
    return await WORKS.do(visit, _game)


def _game() -> bytes:
    return gzip.compress(page(PageSource(load("storm"), "storm", seat="")).encode(), mtime=0)


async def check(request: Request) -> Response:
    """Answer with a sentence on why the variant in a link cannot be shown, an empty one if it can."""
    try:
        variant = await asyncio.to_thread(_variant_in, request.url.query)
        await work_for(request, Variant.scenario, variant)
    except NegsimError as error:
        return PlainTextResponse(error.sentence())
    return PlainTextResponse("")
