"""The rules for what may come through a websocket, whoever opens it.

- Nothing is compressed. A message is text, has at most `limits.MOST_MESSAGE` bytes in however many frames, and is
  complete in time. It is of a kind that pages send: a beat of the connection, one wish to connect, events, a goodbye.
- Frames are counted by socket, and so are bytes. Anything beyond the usual share of a page is counted by address too.
- A socket that NiceGUI has not accepted for a page brings no more than that share, and is closed after ten seconds.
  Only a limited number may wait: for one too many, the one that has waited longest makes way.
- An address may open a limited number of sockets a second. A page has one, the newest.
- A socket that breaks a rule is ended at once, with 1008, and this is noted. The rest of what it sent is ignored.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, Request, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError

from negsim.studio import limits
from negsim.studio.gate import SOCKETS
from negsim.studio.limits import Rate

if TYPE_CHECKING:
    from uvicorn import Config
    from uvicorn._types import ASGISendEvent, WebSocketEvent
    from uvicorn.server import ServerState

_NAME = "negsim"  # of the entry in a scope's extensions that holds the socket
_SLICE = 2_048  # bytes that are taken apart before the frames in them are counted
_CONNECT, _PAGE_MESSAGES, _GOODBYES = "40", ("3", "42"), ("1", "41")  # how the messages of pages begin


class Sockets:
    """The sockets of a server, by the addresses of their visitors."""

    def __init__(
        self,
        note: Callable[[str, str], None],
        *,
        most_of_address: int = limits.MOST_CONNECTIONS,
        seconds: float = limits.HEAD_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.note, self.most_of_address, self.seconds, self.clock = note, most_of_address, seconds, clock
        self.rate, self.bytes = Rate(*limits.SOCKET_RATE), Rate(*limits.ADDRESS_BYTES)
        self._open: Counter[str] = Counter()
        self._strangers: OrderedDict[Socket, None] = OrderedDict()  # without a page, the oldest first
        self._of_page: dict[str, Socket] = {}

    def may_open(self, address: str) -> bool:
        """Return whether an address may open one more now; if so, count it."""
        may = self.rate.allows(address, self.clock())
        if not may:
            self.note(address, "opens too many websockets at once")
        return may

    def admit(self, socket: Socket) -> None:
        """Count a socket that is not yet a page's; if it is one too many, end it or the oldest such one."""
        address = socket.address
        mine = [other for other in self._strangers if other.address == address]
        self._open[address] += 1
        self._strangers[socket] = None
        if self._open[address] > self.most_of_address:
            socket.end(f"has {self.most_of_address} websockets already")
        elif len(mine) >= limits.MOST_STRANGERS_OF_ADDRESS:
            mine[0].end(f"has {len(mine)} websockets without a page")
        elif len(self._strangers) > limits.MOST_STRANGERS:
            next(iter(self._strangers)).end("has websockets without a page, and others need the place")

    def accept(self, socket: Socket, page: str) -> None:
        """Note that a socket is that of a page; an older one of the page makes way."""
        self._strangers.pop(socket, None)
        before, self._of_page[page] = self._of_page.get(page), socket
        if before is not None:  # of a connection that was lost, perhaps unknown to this end
            before.end(code=CloseReason.NORMAL_CLOSURE)

    def drop(self, socket: Socket) -> None:
        """Note that a socket is about to be closed."""
        self._strangers.pop(socket, None)
        if self._of_page.get(socket.page) is socket:
            del self._of_page[socket.page]

    def leave(self, address: str) -> None:
        """Note that a socket of an address is closed."""
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]


class Socket(WSProtocol):
    """One websocket: uvicorn's, with the rules above."""

    page = ""  # for which NiceGUI has accepted it
    acceptance: asyncio.TimerHandle | None = None  # until when it may be without a page
    whole: asyncio.TimerHandle | None = None  # until when the rest of a message has to come
    is_connected = False  # whether it has said that it wishes to be

    def __init__(  # noqa: PLR0913 - what uvicorn gives, and what the door knows
        self,
        sockets: Sockets,
        address: str,
        leave: Callable[[], None],
        *,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
    ) -> None:
        super().__init__(config, server_state, app_state)
        self.sockets, self.address, self.leave = sockets, address, leave
        self.frames = Rate(*limits.FRAME_RATE)
        self.share, self.bytes = Rate(*limits.SHARE_BYTES), Rate(*limits.SOCKET_BYTES)

    def handle_connect(self, event: Request) -> None:
        """Begin with the request, which takes this socket along."""
        super().handle_connect(event)
        self.scope["extensions"][_NAME] = {"socket": self}
        self.is_of_pages = self.scope["path"].startswith(SOCKETS)  # before whatever handles the request shortens it

    async def send(self, message: ASGISendEvent) -> None:
        """Send what the server says; once it takes the socket, wait for a page."""
        if message["type"] == "websocket.close" and not self.handshake_complete:
            self.sockets.note(self.address, "asks for websockets that it may not have")
        await super().send(message)
        if message["type"] == "websocket.accept" and not self.transport.is_closing():
            seconds = self.sockets.seconds
            self.acceptance = self.loop.call_later(
                seconds, self.end, f"has a websocket without a page for {seconds:.0f} s"
            )
            self.sockets.admit(self)

    def accept(self, page: str) -> None:
        """Note that NiceGUI has accepted the socket for a page."""
        if not self.page and not self.close_sent and not self.disconnected:
            self._stop(self.acceptance)
            self.page = page
            self.sockets.accept(self, page)

    def data_received(self, data: bytes) -> None:
        """Take apart what comes, slice by slice, for as long as it keeps to the rules."""
        if not self._may_bring(len(data)):
            self.end("sent too much")
        for start in range(0, len(data), _SLICE):
            if not self.transport.is_closing():
                super().data_received(data[start : start + _SLICE])

    def _may_bring(self, size: int) -> bool:
        """Return whether this many more bytes may come; the usual share does not depend on others at the address."""
        now = self.sockets.clock()
        if self.share.allows("", now, size):
            return True
        return (
            bool(self.page) and self.bytes.allows("", now, size) and self.sockets.bytes.allows(self.address, now, size)
        )

    def handle_message(self, event: TextMessage | BytesMessage) -> None:
        """Take a piece of a message."""
        if isinstance(event, BytesMessage):
            self.end("sent a binary message")
        elif not event.frame_finished or self._may_send_a_frame():
            super().handle_message(event)
            self._wait_for_the_rest(is_whole=event.message_finished)

    def handle_ping(self, event: Ping) -> None:
        """Answer a ping."""
        if self._may_send_a_frame():
            super().handle_ping(event)

    def handle_pong(self, event: Pong) -> None:
        """Take an answer to a ping."""
        if self._may_send_a_frame():
            super().handle_pong(event)

    def handle_close(self, event: CloseConnection) -> None:
        """Close it, because the other end says so, or because what came is not a websocket's."""
        if event.code == CloseReason.PROTOCOL_ERROR:
            self.sockets.note(self.address, "sent a compressed or broken frame through a websocket")
        super().handle_close(event)

    def _may_send_a_frame(self) -> bool:
        may = self.frames.allows("", self.sockets.clock())
        if not may:
            self.end("sent too many messages")
        return may

    def _wait_for_the_rest(self, *, is_whole: bool) -> None:
        """Give the rest of a message its time; end the socket where uvicorn found the message too large."""
        if self.close_sent:
            self.sockets.note(self.address, "sent a message that is too large")
        if is_whole or self.close_sent:
            self._stop(self.whole)
            self.whole = None
        elif self.whole is None:
            self.whole = self.loop.call_later(limits.MESSAGE_SECONDS, self.end, "began a message and did not end it")

    async def receive(self) -> WebSocketEvent:
        """Receive the next message; a page sends few kinds."""
        message = await super().receive()
        if message["type"] == "websocket.receive" and self.is_of_pages:
            self._judge(message.get("text") or "")
            if self.close_sent:
                return {"type": "websocket.disconnect", "code": CloseReason.POLICY_VIOLATION}
        return message

    def _judge(self, text: str) -> None:
        """End the socket if a message says goodbye, or if no page would send it now."""
        if text.startswith(_GOODBYES):
            self.end(code=CloseReason.NORMAL_CLOSURE)
        elif text.startswith(_CONNECT) and not self.is_connected:
            self.is_connected = True
        elif not text.startswith(_PAGE_MESSAGES):
            self.end("sent a message that no page sends")

    def end(self, why: str = "", *, code: int = CloseReason.POLICY_VIOLATION) -> None:
        """Close the socket at once. why: what the log says of its address, "" for nothing."""
        if self.transport.is_closing():
            return
        if why:
            self.sockets.note(self.address, why)
        if not self.close_sent:
            self.close_sent = True
            self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
            with suppress(LocalProtocolError):  # the request has no answer yet
                self.transport.write(self.conn.send(CloseConnection(code=code)))
        self.transport.close()
        self.loop.call_later(self.close_timeout, self.transport.abort)  # who does not read would keep it open
        self.sockets.drop(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        super().connection_lost(exc)
        self._stop(self.acceptance)
        self._stop(self.whole)
        self.leave()
        self.sockets.drop(self)
        if self.acceptance is not None:
            self.sockets.leave(self.address)

    def _stop(self, timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()


def socket_of(scope: Mapping[str, Any]) -> Socket | None:
    """Return the socket through which a request came; None for one without."""
    socket = scope.get("extensions", {}).get(_NAME, {}).get("socket")
    return socket if isinstance(socket, Socket) else None
