"""The door of the server: every connection and every request passes it before a page sees them.

- A connection counts by its address until it is closed. One address may hold about half of what the machine allows;
  those of a reverse proxy may be all. If there is no place for a newcomer, the connection that has waited longest
  without a request makes way.
- A request has to arrive in time, and so does the rest of one that has begun; an answer has to be read. Otherwise the
  connection is dropped. A request that is too large is refused before it is read.
- A request names this server by an address or as localhost, so that no other site's name can stand for it. A page of
  another site may not send anything, nor load anything from here, as a picture or in a frame, and so start work; a link
  to a page may be followed.
- An address is that of the connection. Only a reverse proxy that the user named may say, in the last entry of
  `X-Forwarded-For`, for whom it speaks; from then on that address counts.
- Floods end here, by address. Pages that are open speak often, and have a rate of their own.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from negsim.cast.studio import MOST_LINK
from negsim.studio import limits
from negsim.studio.addresses import Proxy, address_in
from negsim.studio.limits import Rate

_SPOKEN = ("/class/", "/turn/")  # the start of the paths at which a page speaks of its own accord, beside what it posts
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?", re.IGNORECASE)
_Scope = MutableMapping[str, Any]
_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_Server = Callable[[_Scope, _Receive, _Send], Awaitable[None]]
_logger = logging.getLogger(__name__)
_SPARE_FILES = 128  # files that are not connections: the workers' pipes, libraries, scenarios
_USUAL_FILES = 1_024  # where the system does not say


# ------------------------------------------------------------------------------------- connections


class Door:
    """The connections of a server, by the addresses from which they come."""

    def __init__(self, most: int, most_of_address: int, *, proxy: Proxy | None = None) -> None:
        self.most, self.most_of_address, self.proxy = most, most_of_address, proxy
        self._open: defaultdict[str, set[asyncio.Transport]] = defaultdict(set)
        self._idle: OrderedDict[asyncio.Transport, str] = OrderedDict()  # without a request, the oldest first
        self._lines = Rate(1 / 60, 1.0)

    def admits(self, transport: asyncio.Transport, address: str) -> bool:
        """Let a connection in, if its address has not too many."""
        most = self.most if self.proxy is not None and self.proxy.is_at(address) else self.most_of_address
        if len(self._open[address]) >= most:
            self.note(address, f"has {most} connections already")
            return False
        self._open[address].add(transport)
        if sum(map(len, self._open.values())) > self.most and self._idle:
            oldest, other = self._idle.popitem(last=False)
            self._open[other].discard(oldest)
            oldest.abort()
            self.note(other, "holds connections without a request, and others need the place")
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


def door_of_machine(proxy: Proxy | None = None) -> Door:
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


class Guarded(H11Protocol):
    """One connection: uvicorn's protocol for HTTP, with a door that counts who is connected."""

    door: ClassVar[Door]  # of the server
    is_in = is_half = False  # whether the door let it in; whether a request has begun to come
    timer: asyncio.TimerHandle | None = None  # until when a request has to be there
    unread: asyncio.TimerHandle | None = None  # until when an answer has to be read

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, or close it."""
        self.address = str((transport.get_extra_info("peername") or ("",))[0])
        self.is_in = self.door.admits(transport, self.address)
        if self.is_in:
            super().connection_made(transport)
            self._wait()
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Pass on what comes, and note whether a request has begun with it."""
        if not self.is_in:
            return
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._stop()
        elif _is_done(before):
            self.is_half = True
            self._wait()

    def pause_writing(self) -> None:
        """Drop it if what it was sent is not read in time."""
        super().pause_writing()
        self.unread = asyncio.get_running_loop().call_later(limits.READ_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on once enough was read."""
        super().resume_writing()
        if self.unread is not None:
            self.unread.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self.unread is not None:
            self.unread.cancel()
        if self.is_in:
            self._stop()
            self.door.leave(self.transport, self.address)
            super().connection_lost(exc)

    def _wait(self) -> None:
        """Begin to wait for the head of a request, unless that has begun already."""
        if self.timer is None:
            self.door.wait(self.transport, self.address)
            self.timer = asyncio.get_running_loop().call_later(limits.HEAD_SECONDS, self._drop)

    def _stop(self) -> None:
        self.is_half = False
        self.door.go(self.transport)
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def _drop(self) -> None:
        self.timer = None
        if _is_done(self.cycle):
            if self.is_half:  # browsers open connections in advance
                self.door.note(self.address, f"sent no whole request within {limits.HEAD_SECONDS:.0f} seconds")
            self.transport.abort()


def _is_done(cycle: RequestResponseCycle | None) -> bool:
    """Return whether a connection has no request. cycle: of the last one, None before the first."""
    return cycle is None or cycle.response_complete


# ------------------------------------------------------------------------------------- requests


class _BodyError(Exception):
    """A body that grows too large, or does not arrive; a status and a sentence."""


class Gate:
    """The ASGI middleware that makes the checks and adds headers to every answer."""

    def __init__(
        self,
        app: _Server,
        *,
        headers: Mapping[str, str],
        origin: str | None = None,
        proxy: Proxy | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app, self.origin, self.proxy, self.clock = app, origin, proxy, clock
        self.pages, self.messages, self.bytes = (
            Rate(*rate) for rate in (limits.PAGE_RATE, limits.MESSAGE_RATE, limits.BYTE_RATE)
        )
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: _Scope, receive: _Receive, send: _Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        address = _visitor_of(scope, self.proxy)
        scope["client"] = (address, 0)
        refusal = _refusal_of(scope, self.origin) or self._flood(scope, address)
        if refusal is not None:
            await _refuse(send, *refusal)
            return
        try:
            await self.app(scope, _bounded(receive), self._with_headers(send))
        except _BodyError as error:
            await _refuse(send, *error.args)

    def _flood(self, scope: _Scope, address: str) -> tuple[int, str] | None:
        """Return a refusal if an address asks for too much of a kind at once."""
        now, values = self.clock(), _headers_of(scope)
        speaks = scope.get("method") == "POST" or str(scope.get("path", "")).startswith(_SPOKEN)
        size = limits.MOST_BODY if "transfer-encoding" in values else int(values.get("content-length", "0"))
        if (self.messages if speaks else self.pages).allows(address, now) and self.bytes.allows(address, now, size):
            return None
        return 429, "too much at once; wait a few seconds"

    def _with_headers(self, send: _Send) -> _Send:
        async def send_with_headers(message: _Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.headers]
            await send(message)

        return send_with_headers


def _visitor_of(scope: _Scope, proxy: Proxy | None) -> str:
    """Return the address of the visitor: of the connection, or of the one for whom the proxy speaks."""
    address = str((scope.get("client") or ("",))[0])
    if proxy is None or not proxy.is_at(address):
        return address
    last = _headers_of(scope).get("x-forwarded-for", "").rpartition(",")[2].strip()
    return address_in(last) or address


def _headers_of(scope: _Scope) -> dict[str, str]:
    """Return the headers of a request by their names in lower case; the last of each name."""
    headers: Iterable[tuple[bytes, bytes]] = scope.get("headers", [])
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def _refusal_of(scope: _Scope, further: str | None = None) -> tuple[int, str] | None:
    """Return why a request is refused: a status and a sentence, or None. further: an origin allowed like the host's."""
    values = _headers_of(scope)
    host = values.get("host", "")
    if not is_own(host) and (further is None or host.lower() != urlsplit(further).netloc):
        return 421, "call this server by its address or as localhost"
    origin, scheme = values.get("origin"), scope.get("scheme", "http")
    is_ours = origin in {None, further} or (is_own(host) and origin == f"{scheme}://{host}")
    follows_link = (values.get("sec-fetch-mode"), values.get("sec-fetch-dest")) == ("navigate", "document")
    if not is_ours or (values.get("sec-fetch-site") in {"cross-site", "same-site"} and not follows_link):
        return 403, "another site's page may not use this server; open the link by itself"
    if len(scope.get("query_string", b"")) > MOST_LINK:
        return 414, f"this link is longer than {MOST_LINK} letters; the studio did not make it"
    length = values.get("content-length", "0")
    if not length.isdigit() or len(length) > 12 or int(length) > limits.MOST_BODY:
        return 413, "too large"
    return None


def is_own(host: str) -> bool:
    """Return whether a Host header is an address or localhost.

    >>> is_own("127.0.0.1:8321"), is_own("localhost"), is_own("[::1]:80"), is_own("evil.example:8321"), is_own("a@::1")
    (True, True, True, False, False)
    """
    parts = _HOST.fullmatch(host)
    name = parts[1].strip("[]").lower() if parts else ""
    return name == "localhost" or bool(address_in(name))


def _bounded(receive: _Receive) -> _Receive:
    """Pass on the messages of a request that is neither too large nor too slow. Raises `_BodyError`."""
    size, is_whole, until = 0, False, asyncio.get_running_loop().time() + limits.BODY_SECONDS

    async def receive_bounded() -> _Message:
        nonlocal size, is_whole
        try:
            async with asyncio.timeout_at(None if is_whole else until):
                message = await receive()
        except TimeoutError:
            raise _BodyError(408, "this came too slowly") from None
        if message["type"] == "http.request":
            is_whole = not message.get("more_body", False)
            size += len(message.get("body", b""))
            if size > limits.MOST_BODY:
                raise _BodyError(413, "too large")
        return message

    return receive_bounded


async def _refuse(send: _Send, status: int, why: str) -> None:
    """Answer with a sentence."""
    body = why.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
