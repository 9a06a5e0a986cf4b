"""The answers of the server: pages in one frame, refusals in a sentence, and work for which a visitor waits.

- Every page of the studio's own has the same frame, and a policy that lets it run its own script and nothing else.
- A page that runs the model is made by a worker and packed once; everybody who asks gets the same bytes.
- Most work is done before a page is sent. Work that takes longer takes its turn while a page that says so is open, and
  ends when that page is closed.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from negsim.cast.palette import style_sheet
from negsim.errors import NegsimError, Problem, ScenarioError
from negsim.page.html import document
from negsim.page.joiner import joined
from negsim.report.pages.setting import NOT_A_FORECAST
from negsim.report.templates import Templates
from negsim.studio import limits
from negsim.studio.limits import RefusedError
from negsim.studio.work import WORKS, BusyError, Visit

_HERE = Path(__file__).parents[1]
_TEMPLATES = Templates(_HERE / "templates", escapes={"html": escape})  # a text in a field comes back as it was
SCREENS = _HERE / "web"
NAVIGATION = (  # address and name of each page, and whether it shows the scenario of a link
    ("/room", "The room", True),
    ("/lab", "The lab", True),
    ("/play", "Play", False),
    ("/edit", "Edit", True),
    ("/case", "Code a case", False),
)
_RIGHTS = {"connect-src": "'self'", "img-src": "data:"}
_LEAST_PACKED = 2_000  # bytes of an answer that is worth packing
_SECONDS_BETWEEN_WORDS = 1.0  # of a page that waits
Answer = Callable[[Request], Coroutine[Any, Any, Response]]
_Result = TypeVar("_Result")


@cache
def _style() -> str:
    return style_sheet((SCREENS / "studio.css").read_text(encoding="utf-8"), dark=True)


@cache
def _script(name: str) -> str:
    return joined(SCREENS / f"{name}.js") if name else ""


def html(title: str, here: str, *, script: str = "", **values: object) -> str:
    """Write a page from the template of its name.

    here: the page's address, and the name of its template; "" for a message. script: the name of its module.
    """
    template = f"{here.strip('/') or 'home'}.html.j2" if here else "message.html.j2"
    body = _TEMPLATES.fill(template, navigation=NAVIGATION, here=here, caveat=NOT_A_FORECAST, **values).text
    return document(f"{title} · negsim studio", body, script=_script(script), style=_style(), rights=_RIGHTS)


def send_page(text: str, status: int = 200) -> Response:
    """Send a page."""
    return HTMLResponse(text, status, {"cache-control": "no-cache"})


def send_message(title: str, *sentences: str, status: int = 200, script: str = "") -> Response:
    """Send a page that says something, and leads back to the first one."""
    return send_page(html(title, "", script=script, heading=title, sentences=sentences), status)


def send_refusal(error: NegsimError) -> Response:
    """Say on a page what is wrong."""
    return send_message("This page cannot open", *sentences_of(error), status=400)


def sentences_of(error: NegsimError) -> list[str]:
    """Return what is wrong, a sentence for each problem, and how many there are beyond."""
    if not isinstance(error, ScenarioError):
        return [error.sentence()]
    problems = [str(problem) for problem in error.problems[: limits.MOST_PROBLEMS_ON_PAGE]]
    return [*problems, *filter(None, [_and_more(error.count)])]


def _and_more(count: int) -> str:
    """Say how many problems there are beyond those on the page.

    >>> _and_more(3), _and_more(60_005)
    ('', 'and 59805 more')
    """
    most = limits.MOST_PROBLEMS_ON_PAGE
    return f"and {count - most} more" if count > most else ""


def send_json(content: Mapping[str, object], status: int = 200, *, packed: bool = False) -> Response:
    """Send JSON. packed: compressed, where that is worth it."""
    headers, body = {"cache-control": "no-store"}, json.dumps(content, allow_nan=False).encode()
    if packed and len(body) >= _LEAST_PACKED:
        headers["content-encoding"], body = "gzip", gzip.compress(body, 4, mtime=0)
    return Response(body, status, headers, media_type="application/json")


def send_faults(
    error: NegsimError, heading: Callable[[int], str], line: Callable[[Problem], dict[str, object]], **more: object
) -> Response:
    """Say what is wrong with a text that a visitor writes.

    heading: makes one of the number of problems. line: says what each is, and at which place of the page.
    """
    if not isinstance(error, ScenarioError):
        status = 429 if isinstance(error, BusyError) else 200
        return send_json({"heading": error.sentence(), "problems": [], **more}, status)
    problems = [line(problem) for problem in error.problems[: limits.MOST_PROBLEMS_ON_PAGE]]
    return send_json({"heading": heading(error.count), "problems": problems, "more": _and_more(error.count), **more})


def may_pack(request: Request) -> bool:
    """Return whether the client of a request unpacks what it gets."""
    return "gzip" in request.headers.get("accept-encoding", "")


def send_packed(request: Request, content: bytes) -> Response:
    """Send a packed page; unpacked to the rare client that does not unpack."""
    headers = {"cache-control": "no-cache", "vary": "accept-encoding"}
    if may_pack(request):
        return HTMLResponse(content, headers=headers | {"content-encoding": "gzip"})
    return HTMLResponse(gzip.decompress(content), headers=headers)


def address_of(request: Request) -> str:
    """Return the address of a request's visitor, as the gate knows it."""
    return request.client.host if request.client else ""


async def body_of(request: Request, most: int) -> bytes:
    """Return the body of a request. Raises `RefusedError` for a large one."""
    is_large = int(request.headers.get("content-length", "0")) > most  # the gate has looked whether it is a number
    if is_large or len(body := await request.body()) > most:
        raise RefusedError("this message is too large")
    return body


async def while_open(request: Request, work: Awaitable[_Result]) -> _Result:
    """Await work for a message whose body has been read, and end it when the visitor has gone.

    Raises `RefusedError` then, which nobody reads.
    """
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait([working, leaving], return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise RefusedError("the visitor has gone")
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


class LongPage:
    """A page whose work may be long: itself, and the turn that it waits for.

    prepare: lets workers make the page, packed, for a visit and the query of a link.
    """

    def __init__(self, prepare: Callable[[Visit, str], Awaitable[bytes]]) -> None:
        self._prepare = prepare

    async def answer(self, request: Request) -> Response:
        """Answer with the page, with what is wrong with its link, or with a page that waits."""
        try:
            async with asyncio.timeout(limits.PAGE_SECONDS):
                return send_packed(request, await self._prepare(Visit(address_of(request)), request.url.query))
        except TimeoutError:
            return send_message(
                "One moment",
                "This is large, so it takes its turn behind the work of others. The page opens by itself.",
                script="wait",
            )
        except NegsimError as error:
            return send_refusal(error)

    async def turn(self, request: Request) -> Response:
        """Say again and again where the work stands, a line each, until it is done."""
        return StreamingResponse(self._words(request), media_type="text/plain", headers={"cache-control": "no-store"})

    async def _words(self, request: Request) -> AsyncIterator[str]:
        visit = Visit(address_of(request))
        work = asyncio.ensure_future(self._prepare(visit, request.url.query))
        try:
            while not (await asyncio.wait([work], timeout=_SECONDS_BETWEEN_WORDS))[0]:
                yield f"{visit.words()}\n"
            if isinstance(error := work.exception(), RefusedError):  # the page itself says what else is wrong
                yield f"! {error.sentence()}\n"
        finally:
            work.cancel()


async def work_for(request: Request, function: Callable[..., _Result], *arguments: object) -> _Result:
    """Let a worker call a function for a message, as long as its visitor is there."""
    return await while_open(request, WORKS.do(Visit(address_of(request)), function, *arguments))
