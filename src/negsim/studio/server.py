"""The studio's server: its log, its pages and their headers, and how it starts.

- It listens on this machine only, unless the user says otherwise; a page of another site cannot reach it.
- It computes nothing: a visitor's machine runs the model, and a worker reads what strangers send.
- A line of the log is one printable line, whatever a stranger sends.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import traceback
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from negsim import plugins, rules
from negsim.cast.studio import STUDIO_PORT
from negsim.errors import printable
from negsim.studio import limits
from negsim.studio.addresses import Proxy, check_free
from negsim.studio.door import Gate, Guarded, door_of_machine
from negsim.studio.pages import case, edit, home, lab
from negsim.studio.pages.answers import LongPage
from negsim.studio.pages.classes import ClassServer
from negsim.studio.work import WORKS, give_memory_back, tune_allocator

_CHECK = 0.5  # seconds from one look for finished games of a class to the next
_RETURN = 20.0  # seconds from one return of unused memory to the next
_LONG_PAGES = {
    "/room": LongPage(lab.prepare), "/lab": LongPage(lab.prepare), "/play": LongPage(lab.prepare_game),
    "/case": LongPage(case.prepare),
}  # fmt: skip
_ROUTES = [
    Route("/", home.show_home),
    Route("/teach", home.show_teaching),
    Route("/edit", edit.show_edit),
    Route("/check", edit.check, methods=["POST"]),
    Route("/case", case.check, methods=["POST"]),
    Route("/lab/check", lab.check),
    *(Route(path, page.answer, methods=["GET"]) for path, page in _LONG_PAGES.items()),
    *(Route(f"/turn{path}", page.turn) for path, page in _LONG_PAGES.items()),
]
HEADERS = {  # of every answer; a page's own policy lets it run its own scripts and nothing else
    "Content-Security-Policy": "frame-ancestors 'self'; base-uri 'none'; form-action 'none'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class _OneLine(logging.Formatter):
    """Log records in one printable line each; for an exception, its type, text and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Format the line."""
        text = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            error, where = record.exc_info[1], ""
            for frame, line in traceback.walk_tb(record.exc_info[2]):
                where = f" ({frame.f_code.co_filename}:{line})"
            text = f"{text}: {type(error).__name__}: {error}{where}"
        return f"negsim: {printable(text)[: limits.MOST_LINE]}"


def application(
    *, origin: str | None = None, proxy: Proxy | None = None, tables: ClassServer | None = None
) -> Starlette:
    """Make the server's application; see `start`."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        tune_allocator()
        await WORKS.start()
        await asyncio.to_thread(home.all_scenarios)
        gc.freeze()  # what has been loaded stays; looking for garbage in it would hold up everybody
        tasks = [asyncio.create_task(_again_and_again(_RETURN, give_memory_back))]
        if tables is not None:
            every = (tables.check_games, tables.weigh_luck)
            tasks += [asyncio.create_task(_again_and_again(_CHECK, act)) for act in every]
        yield
        for task in tasks:
            task.cancel()
        WORKS.end()

    return Starlette(
        routes=[*(tables.routes if tables is not None else ()), *_ROUTES],  # those of a class come first
        exception_handlers={404: home.show_missing},
        middleware=[Middleware(Gate, headers=HEADERS, origin=origin, proxy=proxy)],
        lifespan=lifespan,
    )


async def _again_and_again(seconds: float, act: Callable[[], Awaitable[object]]) -> None:
    """Do something every few seconds, whatever goes wrong with it at times."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await act()
        except Exception:
            logging.getLogger(__name__).exception("something that the studio does by itself went wrong")


class _Server(uvicorn.Server):
    """A server that opens a browser once it listens."""

    page = ""  # to be opened, "" for none

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Listen."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.page and self.started:
            await asyncio.to_thread(webbrowser.open_new_tab, self.page)


def start(  # noqa: PLR0913 - what the command has
    *,
    host: str = "127.0.0.1",
    port: int = STUDIO_PORT,
    page: str = "",
    origin: str | None = None,
    proxy: Proxy | None = None,
    tables: ClassServer | None = None,
) -> None:
    """Serve the studio until it is interrupted.

    page: that a browser opens, "" for none. origin: a further origin of its pages, that of a reverse proxy. proxy:
    where that is. tables: of a class, whose page then opens at the bare address.
    """
    rules.check_none("the studio")
    plugins.shut()
    check_free(host, port)
    lines = logging.StreamHandler()
    lines.setFormatter(_OneLine())
    logging.root.handlers[:] = [lines]
    Guarded.door = door_of_machine(proxy)
    server = _Server(
        uvicorn.Config(
            application(origin=origin, proxy=proxy, tables=tables), host=host, port=port, http=Guarded, ws="none",
            log_config=None, log_level="error", access_log=False, proxy_headers=False, server_header=False,
        )
    )  # fmt: skip
    server.page = page
    server.run()
