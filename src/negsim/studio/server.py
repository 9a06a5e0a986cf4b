"""The studio's server: the connections that it holds, its log, its pages and their headers, and how it starts.

- It listens on this machine only, unless the user says otherwise; a page of another site cannot reach it.
- A connection counts by its address until it is closed. One address may hold about half of what the machine allows;
  those of a reverse proxy may be all, and its visitors' websockets are counted by their own addresses.
- A request has to arrive in time, and so does the rest of one that has begun; an answer has to be read. Otherwise the
  connection is dropped.
- If there is no place for a newcomer, the connection that has waited longest without a request makes way.
- A line of the log is one printable line, whatever a stranger sends, and an address has one line a minute.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
import traceback
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from fastapi import HTTPException, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import PlainTextResponse
from nicegui import Client, app, core, ui
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from negsim import plugins, rules
from negsim.cast.studio import STUDIO_PORT
from negsim.errors import printable
from negsim.studio import limits
from negsim.studio.gate import CLASS_PATHS, PARTS, Gate, Proxy, check_free, visitor_of
from negsim.studio.limits import Rate
from negsim.studio.pages import case, edit, lab, play, shell, table, variants, watch
from negsim.studio.pages.teams import ClassServer
from negsim.studio.rooms import ROOMS, rules_of_play
from negsim.studio.sockets import Socket, Sockets, socket_of
from negsim.studio.work import WORKS, give_memory_back, tune_allocator

_logger = logging.getLogger(__name__)
_SPARE_FILES = 128  # files that are not connections: the workers' pipes, libraries, scenarios
_USUAL_FILES = 1_024  # where the system does not say


class Door:
    """The connections of a server."""

    def __init__(
        self, most: int, most_of_address: int, seconds: float = limits.HEAD_SECONDS, *, proxy: Proxy | None = None
    ) -> None:
        self.most, self.most_of_address, self.seconds, self.proxy = most, most_of_address, seconds, proxy
        self._open: defaultdict[str, set[asyncio.Transport]] = defaultdict(set)
        self._idle: OrderedDict[asyncio.Transport, str] = OrderedDict()  # without a request, the oldest first
        self._lines = Rate(1 / 60, 1.0)
        self.sockets = Sockets(self.note, most_of_address=most_of_address)

    def admits(self, transport: asyncio.Transport, address: str) -> bool:
        """Let a connection in, if its address has not too many."""
        most = self.most if self.proxy is not None and self.proxy.is_at(address) else self.most_of_address
        if len(self._open[address]) >= most:
            self._open[address] = {other for other in self._open[address] if not other.is_closing()}
        if len(self._open[address]) >= most:
            self.note(address, f"has {most} connections already")
            return False
        if sum(map(len, self._open.values())) >= self.most:
            self._make_room()
        self._open[address].add(transport)  # to make room may have made a new set
        return True

    def wait(self, transport: asyncio.Transport, address: str) -> None:
        """Note that a connection has no request now."""
        self._idle[transport] = address

    def go(self, transport: asyncio.Transport) -> None:
        """Note that a connection has one, or is closed."""
        self._idle.pop(transport, None)

    def leave(self, transport: asyncio.Transport, address: str) -> None:
        """Note that a connection is closed."""
        self.go(transport)
        self._open[address].discard(transport)
        if not self._open[address]:
            del self._open[address]

    def note(self, address: str, why: str) -> None:
        """Write a line on an address into the log, unless there was one a moment ago."""
        if self._lines.allows(address, time.monotonic()):
            _logger.warning("connections from %s are dropped: it %s", address, why)

    def _make_room(self) -> None:
        for address in list(self._open):
            self._open[address] = {other for other in self._open[address] if not other.is_closing()}
        if sum(map(len, self._open.values())) >= self.most and self._idle:
            transport, address = self._idle.popitem(last=False)
            self._open[address].discard(transport)
            transport.abort()
            self.note(address, "holds connections without a request, and others need the place")


def _door_of_machine(proxy: Proxy | None = None) -> Door:
    """Make the door of a server that may use all files that the system allows this process."""
    files = _USUAL_FILES
    try:
        import resource  # noqa: PLC0415 - not on every system

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = limits.MOST_CONNECTIONS + _SPARE_FILES
        files = max(soft, wanted if hard == resource.RLIM_INFINITY else min(hard, wanted))
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    except (ImportError, ValueError, OSError):
        pass
    most = min(limits.MOST_CONNECTIONS, files - _SPARE_FILES)
    return Door(most, most // 2, proxy=proxy)


class Guarded(AutoHTTPProtocol):  # type: ignore[misc,valid-type]
    """One connection: uvicorn's protocol for HTTP, with a door that counts who is connected."""

    door: ClassVar[Door]  # of the server
    is_in = is_half = False  # whether the door let it in; whether a request has begun to come
    timer: asyncio.TimerHandle | None = None
    unread: asyncio.TimerHandle | None = None  # until when an answer has to be read

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Let it in, or close it."""
        peer = transport.get_extra_info("peername") or ("",)
        self.address = str(peer[0])
        if not self.door.admits(transport, self.address):
            transport.abort()
            return
        self.is_in = True
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Pass on what comes, and note whether a request has begun with it."""
        if not self.is_in:
            return
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before or self.transport.get_protocol() is not self:  # that of a websocket has taken over
            self._stop()
        elif before is None or before.response_complete:
            self.is_half = True
            self._wait()

    def handle_websocket_upgrade(self, *event: object) -> None:
        """Let a websocket take over, if its visitor has not opened too many."""
        visitor, sockets = visitor_of(self.scope, self.door.proxy), self.door.sockets
        if sockets.may_open(visitor):
            leave = partial(self.door.leave, self.transport, self.address)
            self._forget_unread()
            self.ws_protocol_class = partial(Socket, sockets, visitor, leave)
            super().handle_websocket_upgrade(*event)
        else:  # before it has cost anything
            self.transport.write(b"HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            self.transport.close()

    def pause_writing(self) -> None:
        """Drop it if what it was sent is not read in time."""
        super().pause_writing()
        self.unread = asyncio.get_running_loop().call_later(limits.READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on once enough was read."""
        super().resume_writing()
        self._forget_unread()

    def _forget_unread(self) -> None:
        if self.unread is not None:
            self.unread.cancel()
            self.unread = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._forget_unread()
        if self.is_in:
            self._stop()
            self.door.leave(self.transport, self.address)
            super().connection_lost(exc)

    def _wait(self) -> None:
        """Begin to wait for the head of a request, unless that has begun already."""
        if self.timer is None:
            self.door.wait(self.transport, self.address)
            self.timer = asyncio.get_running_loop().call_later(self.door.seconds, self._drop)

    def _stop(self) -> None:
        self.is_half = False
        self.door.go(self.transport)
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def _drop(self) -> None:
        self.timer = None
        if self.cycle is None or self.cycle.response_complete:
            if self.is_half:  # browsers open connections in advance
                self.door.note(self.address, f"sent no whole request within {self.door.seconds:.0f} seconds")
            self.transport.abort()


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


def _log_in_lines() -> None:
    """Write all logs of this process in printable lines."""
    lines = logging.StreamHandler()
    lines.setFormatter(_OneLine())
    lines.addFilter(lambda record: not record.getMessage().endswith(" not found"))  # anybody can ask for anything
    logging.root.handlers[:] = [lines]


_TITLE = "negsim studio"
_PAGES: dict[str, Callable[..., Any]] = {  # what answers, by address
    "/": variants.show_home,
    "/room": shell.with_variant("/room", watch.prepare, watch.show_run),
    "/lab": shell.with_variant("/lab", lab.prepare, lab.show_lab, read=lab.link_of),
    "/edit": shell.with_variant("/edit", edit.prepare, edit.show_edit),
    "/case": case.show_case,
    "/table": table.show_ways,
    "/table/{code}": table.show_table,
    "/table/{code}/{number}": table.show_seat,
}
_FORMS = {"/join": table.join, "/open": table.enter_room, "/lab/guess": lab.guess}
_ANSWERS = {"/lab/check": lab.check, play.PLAY: play.send_game}
_TICK = 0.05  # seconds between looks at the clock of the rooms
_CHECK = 0.5  # from one look for finished games of a class to the next
_RETURN = 20.0  # seconds from one return of unused memory to the next
_SECURE = {
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "  # what NiceGUI's own scripts need
        "connect-src 'self'; frame-ancestors 'self'; form-action 'self'; base-uri 'self'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


async def _answer_missing(request: Request, error: Exception) -> Response:
    """Answer a request to an address without a page; errors of a page's own requests are left to NiceGUI."""
    if request.scope.get("endpoint") is not None and isinstance(error, HTTPException):
        return await http_exception_handler(request, error)
    if request.url.path.startswith((PARTS, CLASS_PATHS)):
        return PlainTextResponse("There is nothing at this address.", 404)
    with Client(ui.page(""), request=request) as client:
        shell.missing_page()
    return client.build_response(request, 404)


def _accept(client: Client) -> None:
    """Note that NiceGUI has accepted a socket for a page."""
    socket = socket_of((client.environ or {}).get("asgi.scope", {}))
    if socket is not None:
        socket.accept(client.id)


async def _begin() -> None:
    """Start the workers, and read the rules and the built-in scenarios, before anybody waits for that."""
    tune_allocator()
    await WORKS.start()
    await asyncio.to_thread(rules_of_play)
    await asyncio.to_thread(variants.all_scenarios)
    gc.freeze()  # what has been loaded stays; looking for garbage in it would hold up everybody


def start(  # noqa: PLR0913 - what the command has
    *,
    host: str = "127.0.0.1",
    port: int = STUDIO_PORT,
    browser: bool = True,
    origin: str | None = None,
    proxy: Proxy | None = None,
    rooms: Path | None = None,
    word: str = "",
    tables: ClassServer | None = None,
) -> None:
    """Serve the studio until it is interrupted.

    origin: a further origin of its pages, that of a reverse proxy. proxy: where that is. rooms: the folder in which
    rooms are kept, None for none. word: the teacher's word for opening a room, "" for none. tables: of a class at
    parallel tables, whose page then opens at the bare address.
    """
    rules.check_none("the studio")
    plugins.shut()
    check_free(host, port)
    ROOMS.word = word
    if rooms is not None:
        ROOMS.keep_in(rooms)
    ROOMS.restore(time.monotonic())
    for address, answer in _PAGES.items():
        ui.page(address, response_timeout=limits.PAGE_SECONDS)(answer)
    if tables is not None:
        for method, address, own in tables.routes:
            app.remove_route(address)
            app.add_api_route(address, own, methods=[method], include_in_schema=False)
        app.timer(_CHECK, tables.check_games)
    for address, answer in _FORMS.items():
        app.post(address)(answer)
    for address, answer in _ANSWERS.items():
        app.get(address)(answer)
    app.timer(_TICK, lambda: ROOMS.tick(time.monotonic))
    app.timer(_RETURN, give_memory_back)
    app.exception_handler(404)(_answer_missing)
    app.on_startup(_begin)
    app.on_shutdown(WORKS.end)
    app.on_connect(_accept)
    app.add_middleware(Gate, headers=_SECURE, origin=origin, proxy=proxy)
    core.sio.handlers["/"].pop("log", None)  # what a page's script wants to be logged
    _log_in_lines()
    Guarded.door = _door_of_machine(proxy)
    app.config.socket_io_js_transports = ["websocket"]  # messages are counted on sockets
    show = "/desk" if browser and tables is not None else browser
    ui.run(
        host=host, port=port, title=_TITLE, show=show, reload=False, tailwind=False, favicon="🗣",
        show_welcome_message=False, reconnect_timeout=30.0, language="en-US", binding_refresh_interval=None,
        uvicorn_logging_level="error", log_config=None, http=Guarded,
        message_history_length=200, storage_secret=None, proxy_headers=False,
        ws_per_message_deflate=False, ws_max_size=limits.MOST_MESSAGE,
    )  # fmt: skip
