"""The studio's address, and the checks that every request passes before a page sees it.

- A request names this server by an address or as localhost, so that no other site's name can stand for it.
- An address is that of the connection. Only a reverse proxy that the user named may say, in the last entry of
  `X-Forwarded-For`, for whom it speaks; from then on that address counts.
- A page of another site may not send anything: the origin has to be the host, or the one further origin that the user
  named at the start. Nor may it load anything from here, as a picture or in a frame, and so start work; a link to a
  page may be followed.
- A request that is too large is refused before it is read, and one that does not arrive is dropped.
- Floods end here, by address. Pages that are open speak often, and have a rate of their own.
- Nothing heavy is imported, so that the command can report a port in use at once.
"""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from negsim.errors import FailedError, NegsimError, literal
from negsim.studio import limits
from negsim.studio.limits import Rate

LOOPBACK = "127.0.0.1"  # the host of a studio that only this machine reaches
EVERYWHERE = "0.0.0.0"  # noqa: S104 - the host of a studio that all of this machine's addresses reach
_SPOKEN = ("/class/", "/turn/")  # the start of the paths at which a page speaks of its own accord, beside what it posts
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d{1,5})?", re.IGNORECASE)
_Scope = MutableMapping[str, Any]
_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_Server = Callable[[_Scope, _Receive, _Send], Awaitable[None]]


class _BodyError(Exception):
    """A body that grows too large, or does not arrive; a status and a sentence."""


class Proxy(NamedTuple):
    """The reverse proxy in front: on this machine, or at one further address."""

    further: str = ""

    def is_at(self, address: str) -> bool:
        """Return whether a connection from an address is the proxy's."""
        return is_loopback(address) or address == self.further


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
    return _address_in(last) or address


def _address_in(text: str) -> str:
    """Return the canonical spelling of an address, "" for what is not one.

    >>> _address_in("2001:DB8::1"), _address_in("192.0.2.7:81"), _address_in("fe80::1%x")
    ('2001:db8::1', '', '')
    """
    try:
        return "" if "%" in text else str(ip_address(text))
    except ValueError:
        return ""


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
    origin = values.get("origin")
    is_foreign = origin is not None and origin != further and not _is_of(origin, str(scope.get("scheme", "http")), host)
    if is_foreign or (values.get("sec-fetch-site") in {"cross-site", "same-site"} and not _is_opening(values)):
        return 403, "another site's page may not use this server; open the link by itself"
    if len(scope.get("query_string", b"")) > limits.MOST_LINK:
        return 414, f"this link is longer than {limits.MOST_LINK} letters; the studio did not make it"
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
    return name == "localhost" or bool(_address_in(name))


def _is_opening(headers: Mapping[str, str]) -> bool:
    """Return whether a browser says that somebody follows a link, rather than that a page loads a part of itself.

    >>> _is_opening({"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"})
    True
    >>> _is_opening({"sec-fetch-dest": "img"})
    False
    """
    return (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == ("navigate", "document")


def _is_of(origin: str, scheme: str, host: str) -> bool:
    """Return whether an Origin header is that of the pages served at a host.

    >>> _is_of("http://127.0.0.1:8321", "http", "127.0.0.1:8321"), _is_of("https://127.0.0.1", "http", "127.0.0.1")
    (True, False)
    """
    return is_own(host) and origin == f"{scheme}://{host}"


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


_USUAL_PORTS = {"http": 80, "https": 443}  # ports that an origin leaves out


def check_free(host: str, port: int) -> None:
    """Raise `FailedError` if something listens there already, `NegsimError` if the host is not an address."""
    if not host.strip():  # it would mean every address of the machine
        raise NegsimError("the address is empty; name one, such as 127.0.0.1")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (socket.gaierror, UnicodeError):
            raise NegsimError(f"{literal(host)} is not an address; name one, such as 127.0.0.1") from None
        except OSError as error:
            raise FailedError(
                f"port {port} of {host} cannot be used ({error.strerror}); another studio may be open:"
                f" try --port {port + 1}"
            ) from None


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_of(text: str | None, origin: str | None) -> Proxy | None:
    """Return the place of the proxy, None without an origin. text: its address, None if it is on this machine.

    Raises `NegsimError`.
    """
    if text is None:
        return None if origin is None else Proxy()
    if origin is None:
        raise NegsimError("--proxy needs --origin, the address at which visitors find the proxy")
    if not _address_in(text.strip()):
        raise NegsimError(f"{literal(text)} is not an address; write that of the proxy, such as 192.168.1.2")
    return Proxy(_address_in(text.strip()))


def who_can_reach(host: str, port: int, origin: str | None) -> list[str]:
    """Say who can reach a studio, where, and what to consider, a line each.

    >>> who_can_reach("127.0.0.1", 8321, None)
    ['the studio is at http://127.0.0.1:8321 until Ctrl-C']
    """
    lines = [f"the studio is at {' and '.join(addresses_at(host, port, origin))} until Ctrl-C"]
    if not is_loopback(host):
        lines.append(
            "everybody who reaches this computer over the network can open its pages and make it calculate, and anybody"
            " who listens on it can read codes; use --host only on a network that you trust, or a proxy with TLS"
        )
    elif origin:
        lines.append(f"everybody who reaches {origin} can open its pages and make this computer calculate")
    return lines


def addresses_at(host: str, port: int, origin: str | None) -> list[str]:
    """Return the addresses at which a studio can be reached."""
    everywhere = host in {EVERYWHERE, "::"}
    hosts = _own_addresses() if everywhere else [host]
    urls = [f"http://{f'[{address}]' if ':' in address else address}:{port}" for address in hosts]
    return [*urls, *([origin] if origin else [])]


def address_for_others(host: str, port: int, origin: str | None) -> str:
    """Return the address under which others reach a studio: the proxy's, or this machine's own on its network.

    >>> address_for_others("192.168.1.20", 8321, None), address_for_others("127.0.0.1", 8321, "https://class.example")
    ('http://192.168.1.20:8321', 'https://class.example')
    """
    addresses = addresses_at(host, port, origin)
    return origin or next((one for one in addresses if not is_loopback(urlsplit(one).hostname or "")), addresses[0])


def _own_addresses() -> list[str]:
    """Return the addresses of this machine that others may use; 127.0.0.1 too."""
    addresses = ["127.0.0.1"]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing: it chooses the address with which others are reached
        addresses.append(str(probe.getsockname()[0]))
    with suppress(OSError):
        addresses += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return list(dict.fromkeys(addresses))


def origin_of(text: str) -> str:
    """Write an origin as browsers do: scheme, host, and any unusual port. Raises `NegsimError`.

    >>> origin_of("https://Class.example:443/"), origin_of("http://class.example:8080")
    ('https://class.example', 'http://class.example:8080')
    """
    try:
        parts = urlsplit(text.strip().lower())
        name, port = parts.hostname or "", parts.port
    except ValueError:
        name = ""
    if not re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:.]+", name) or parts.scheme not in _USUAL_PORTS:
        raise NegsimError(f"{literal(text)} is not an origin; write it like https://class.example")
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise NegsimError(f"{literal(text)} is more than an origin; write the scheme and the host only")
    host = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{host}" + ("" if port in (None, _USUAL_PORTS[parts.scheme]) else f":{port}")
