"""Work that takes a while: in a worker thread, and only so much at the same time.

Rules that hold here
- The event loop, and with it every page, stays free; whoever comes when all places are taken waits for one.
- Places are given address by address in turn, so that one who asks for much holds up those at other addresses by one
  job at most. So many may wait for one address, and the next is refused.
- It is the address that counts, not the page: pages cost nothing, and who opens forty is still one. A whole class may
  share an address; so many may wait for it that a class fits, and what its pages do again and again is short.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import ParamSpec, TypeVar

from nicegui import ui

from negsim.studio.limits import MOST_CURVES, MOST_WAITING, RefusedError

Given = ParamSpec("Given")
Made = TypeVar("Made")


class BusyError(RefusedError):
    """Too much waits for an address already."""


class Places:
    """The places of those who work, and who waits for one. All of it happens on one event loop."""

    def __init__(self, free: int, most: int) -> None:
        self.free, self.most = free, most  # places, jobs that may wait for one address
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()  # whose turn is next, first

    @asynccontextmanager
    async def place(self, address: str) -> AsyncIterator[None]:
        """A place for as long as the block lasts. Raises `BusyError`."""
        if self.free:
            self.free -= 1
        else:
            await self._wait(address)
        try:
            yield
        finally:
            self._leave()

    async def _wait(self, address: str) -> None:
        queue = self._waiting.setdefault(address, deque())
        if sum(not turn.done() for turn in queue) >= self.most:
            raise BusyError("too much is under way for your address; wait a few seconds and try again")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the place was given just now
                self._leave()
            raise

    def _leave(self) -> None:
        """Give a place to who is next; to nobody where nobody waits."""
        while self._waiting:
            address, queue = self._waiting.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._waiting[address] = queue
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1


PLACES = Places(MOST_CURVES, MOST_WAITING)


async def worked(make: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
    """What a function makes of what it is given, for the page that asks. Raises `BusyError`."""
    return await worked_for(_address(), make, *given, **named)


async def worked_for(address: str, make: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
    """What a function makes of what it is given, for who asks from an address. Raises `BusyError`."""
    async with PLACES.place(address):
        return await asyncio.to_thread(make, *given, **named)


def _address() -> str:
    """The address that the page was asked for from."""
    request = ui.context.client.request
    return request.client.host if request.client else ""
