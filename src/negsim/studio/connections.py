"""The connections of the server: how many there may be, and how long they may take.

- A connection counts by its address until it is closed. One address may hold about half of what the machine allows;
  those of a reverse proxy may be all.
- A request has to arrive in time, and so does the rest of one that has begun; an answer has to be read. Otherwise the
  connection is dropped.
- If there is no place for a newcomer, the connection that has waited longest without a request makes way.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, defaultdict
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from negsim.studio import limits
from negsim.studio.gate import Proxy
from negsim.studio.limits import Rate

_logger = logging.getLogger(__name__)
_SPARE_FILES = 128  # files that are not connections: the workers' pipes, libraries, scenarios
_USUAL_FILES = 1_024  # where the system does not say


class Door:
    """The connections of a server, by the addresses from which they come."""

    def __init__(
        self, most: int, most_of_address: int, seconds: float = limits.HEAD_SECONDS, *, proxy: Proxy | None = None
    ) -> None:
        self.most, self.most_of_address, self.seconds, self.proxy = most, most_of_address, seconds, proxy
        self._open: defaultdict[str, set[asyncio.Transport]] = defaultdict(set)
        self._idle: OrderedDict[asyncio.Transport, str] = OrderedDict()  # without a request, the oldest first
        self._lines = Rate(1 / 60, 1.0)

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


def _is_done(cycle: RequestResponseCycle | None) -> bool:
    """Return whether a connection has no request. cycle: of the last one, None before the first."""
    return cycle is None or cycle.response_complete


class Guarded(H11Protocol):
    """One connection: uvicorn's protocol for HTTP, with a door that counts who is connected."""

    door: ClassVar[Door]  # of the server
    is_in = is_half = False  # whether the door let it in; whether a request has begun to come
    timer: asyncio.TimerHandle | None = None  # until when a request has to be there
    unread: asyncio.TimerHandle | None = None  # until when an answer has to be read

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
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
        self._forget_unread()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._forget_unread()
        if self.is_in:
            self._stop()
            self.door.leave(self.transport, self.address)
            super().connection_lost(exc)

    def _forget_unread(self) -> None:
        if self.unread is not None:
            self.unread.cancel()
            self.unread = None

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
        if _is_done(self.cycle):
            if self.is_half:  # browsers open connections in advance
                self.door.note(self.address, f"sent no whole request within {self.door.seconds:.0f} seconds")
            self.transport.abort()
