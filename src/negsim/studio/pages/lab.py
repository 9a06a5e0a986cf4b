"""The lab in the studio: the page that runs the model, and what it may ask of the server.

- The server makes no runs for it. It gives out the page, checks other settings, and takes guesses for a room.
- What is refused comes back as a sentence, which the page shows where it was asked for.
"""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response

from negsim.cast.knobs import MEETINGS
from negsim.errors import NegsimError
from negsim.page.arrays import is_drawn
from negsim.studio.guesses import Guess, guess_of
from negsim.studio.lab import LabPage, lab_page, missing_levels, page_variant
from negsim.studio.links import Variant, query, read, variant_of
from negsim.studio.pages import shell
from negsim.studio.rooms import ROOMS, keys_in
from negsim.studio.work import WORKS, LongError, Visit


class _LabLink(NamedTuple):
    """A link to the lab. along: the name of the knob on the axis."""

    variant: Variant
    along: str


def link_of(request: Request) -> _LabLink:
    """Read the link of a request. Raises `RefusedError`."""
    return _LabLink(shell.variant_in(request), request.query_params.get("along", MEETINGS.name))


async def prepare(visit: Visit, link: _LabLink) -> LabPage:
    """Let a worker make the page of a link."""
    variant, along = link
    reading = await WORKS.do(visit, read, variant, is_long=variant.is_long)
    is_long, base = reading.is_long or is_drawn(reading.scenario), page_variant(variant, along)
    page = await WORKS.do(visit, lab_page, base, (), shell.NAVIGATION, is_long=is_long)
    if also := missing_levels(variant, along, page):
        return await WORKS.do(visit, lab_page, base, also, shell.NAVIGATION, is_long=is_long)
    return page


def show_lab(request: Request, _link: _LabLink, page: LabPage) -> Response:
    """Answer with the page."""
    return shell.packed_page(request, page.html)


def _answered(act: Callable[[Request], Awaitable[None]]) -> Callable[[Request], Awaitable[Response]]:
    """Make a function answer with nothing, or with a sentence on why it was not done."""

    async def answer(request: Request) -> Response:
        try:
            await act(request)
        except NegsimError as error:
            return PlainTextResponse(error.sentence())
        return PlainTextResponse("")

    return answer


@_answered
async def check(request: Request) -> None:
    """Answer whether the lab can show the variant in a link."""
    variant = variant_of(request.url.query)
    query(variant)
    with suppress(LongError):  # the page itself says that it takes its turn
        visit = Visit(shell.address_of(request), is_patient=False)
        await WORKS.do(visit, read, variant, is_long=variant.is_long)


@_answered
async def guess(request: Request) -> None:
    """Take a guess for a room, or the result of one that it has."""
    fields, address, now = await shell.form(request), shell.address_of(request), time.monotonic()
    code, variant = fields.get("code", ""), variant_of(fields.get("link", ""))
    room = ROOMS.find(code, address, now)
    reading = await WORKS.do(Visit(address), read, variant, is_long=variant.is_long)
    new = Guess(
        who=fields.get("who", ""), variant=variant, measure=fields.get("measure", ""),
        expected=_number(fields.get("guess", "")), reason=fields.get("reason", ""),
        result=_number(fields.get("found", "")),
    )  # fmt: skip
    new, keys = guess_of(new, reading.scenario), keys_in(request.cookies, code)
    if "found" in fields:
        room.find_result(new, now, keys=keys)
    else:
        room.guess(new, now, address=address, keys=keys)


def _number(text: str) -> float:
    """Read a number; NaN for what is none."""
    try:
        return float(text[:40])
    except ValueError:
        return math.nan
