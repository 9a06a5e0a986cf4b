"""A line between a browser and a server of ours, on which all that a socket says comes late; other requests do not."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class SlowLine:
    """A line. seconds: that a message takes, either way; None: until the line is let go."""

    def __init__(self, server: str, seconds: float | None) -> None:
        self.server, self.seconds = server.removeprefix("http://").split(":"), seconds
        self.held: list[Callable[[], object]] | None = [] if seconds is None else None
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.address = ""
        self.ends: list[asyncio.StreamWriter] = []

    def let_go(self) -> None:
        """Have all messages come that are held, and all later ones at once."""
        self.loop.call_soon_threadsafe(self._let_go)

    def _let_go(self) -> None:
        waiting, self.held = self.held or [], None
        for act in waiting:
            act()

    def _later(self, act: Callable[[], object]) -> None:
        if self.held is None:
            self.loop.call_later(self.seconds or 0.0, act)
        else:
            self.held.append(act)

    async def listen(self) -> None:
        """Begin to join visitors to the server."""
        self.entrance = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self.entrance.sockets[0].getsockname()[1]}"

    async def _join(self, *visitor: asyncio.StreamReader | asyncio.StreamWriter) -> None:
        hear, tell = visitor
        server = await asyncio.open_connection(*self.server)
        self.ends += [tell, server[1]]
        head = await hear.readuntil(b"\r\n\r\n")
        slow = b"upgrade: websocket" in head.lower()
        await asyncio.gather(self._pump(hear, server[1], head, slow=slow), self._pump(server[0], tell, slow=slow))

    async def _pump(
        self, hear: asyncio.StreamReader, tell: asyncio.StreamWriter, said: bytes = b"", *, slow: bool
    ) -> None:
        under_way: deque[bytes] = deque()  # the first that was said comes first, whichever timer rings first
        with suppress(ConnectionError):
            while said or (said := await hear.read(65_536)):
                under_way.append(said)
                said = b""
                (self._later if slow else self.loop.call_soon)(lambda: tell.write(under_way.popleft()))
        (self._later if slow else self.loop.call_soon)(tell.close)

    async def end(self) -> None:
        """Close the line and all that it joins."""
        self.entrance.close()
        for tell in self.ends:
            tell.transport.abort()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def slow_line(server: str, seconds: float | None = None) -> Iterator[SlowLine]:
    """A line to the server at an address, for as long as the block lasts."""
    line = SlowLine(server, seconds)
    line.thread.start()
    asyncio.run_coroutine_threadsafe(line.listen(), line.loop).result()
    try:
        yield line
    finally:
        asyncio.run_coroutine_threadsafe(line.end(), line.loop).result()
        line.loop.call_soon_threadsafe(line.loop.stop)
        line.thread.join()
        line.loop.close()
