"""What may come through a websocket: kinds, sizes, numbers, and how long one may be without a page."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress

import pytest

pytest.importorskip("nicegui")
import uvicorn

from negsim.studio import limits, server
from negsim.studio.gate import SOCKETS, Proxy
from negsim.studio.sockets import Sockets, socket_of
from patience import LIMIT, soon

TEXT, BINARY, PING, CLOSE, MORE = 0x81, 0x82, 0x89, 0x88, 0x01  # the first bytes of frames


class Line:
    """A client's end of a websocket, without a library."""

    async def open(self, port, address="127.0.0.2", query="", further=""):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
        key = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: "
        head = f"GET {SOCKETS}/{query} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{further}{key}{'A' * 22}==\r\n\r\n"
        self.writer.write(head.encode())
        self.head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), LIMIT)
        return self

    def send(self, first, payload=b"", times=1):
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xff" + size.to_bytes(8, "big")
        if 126 <= size < 2**16:
            length = b"\xfe" + size.to_bytes(2, "big")
        self.writer.write((bytes([first]) + length + bytes(4) + payload) * times)

    async def frame(self):
        """The next frame: its first byte and what it says."""
        first, size = await asyncio.wait_for(self.reader.readexactly(2), LIMIT)
        return first, await asyncio.wait_for(self.reader.readexactly(size), LIMIT)

    async def code(self):
        """The code with which the other end closes it, after any other frames; 0 where it only hangs up."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                first, said = await self.frame()
                if first == CLOSE:
                    return int.from_bytes(said[:2], "big")
        return 0

    async def answers(self):
        """Whether the server still hears it."""
        self.send(TEXT, b"42")
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            return await self.frame() == (TEXT, b"hello")
        return False


async def hello(scope, receive, send):
    """Take every socket, for a page if its query names one, and say "hello" to each message."""
    await receive()
    await send({"type": "websocket.accept"})
    page = scope["query_string"].decode()
    scope["path"] = "/socket.io/"  # as NiceGUI shortens it
    if page:
        socket_of(scope).accept(page)
    while (await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.send", "text": "hello"})


def served(visit, *, door=(400, 200), proxy=None, clock=lambda: 0.0, **rules):
    """Do something with lines to a server whose clock stands still; the notes that it made."""
    notes, lines = [], []

    async def run():
        server.Guarded.door = server.Door(*door, proxy=proxy)
        server.Guarded.door.sockets = Sockets(lambda *note: notes.append(note), clock=clock, **rules)
        config = uvicorn.Config(
            hello, log_config=None, http=server.Guarded, lifespan="off", ws="wsproto",
            ws_per_message_deflate=False, ws_max_size=limits.MOST_MESSAGE,
        )  # fmt: skip
        running = uvicorn.Server(config)
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        serving = asyncio.create_task(running.serve(sockets=[listening]))
        await soon(lambda: running.started)

        async def opened(*where, **further):
            lines.append(Line())
            return await lines[-1].open(listening.getsockname()[1], *where, **further)

        try:
            await visit(opened)
        finally:
            for line in lines:
                line.writer.close()
            await asyncio.gather(*(line.writer.wait_closed() for line in lines), return_exceptions=True)
            running.should_exit = running.force_exit = True
            await serving

    asyncio.run(run())
    return notes


def ending(*frames, query="?page"):
    """The code with which a socket ends that sends some frames, and the notes on it."""
    codes = []

    async def visit(opened):
        line = await opened(query=query)
        for first, payload in frames:
            line.send(first, payload)
        codes.append(await line.code())

    return codes[0] if not (notes := served(visit)) else (codes[0], *notes[0])


@pytest.mark.parametrize("text", [b'459-["a"]', b"461-[]", b"40", b"43[]", b"44", b"2probe", b"5", b"6", b"b4aa", b"x"])
def test_a_message_that_no_page_sends_ends_the_socket(text):
    sent = [(TEXT, b"40"), (TEXT, b"42[]"), (TEXT, b"3"), (TEXT, text)]
    assert ending(*sent) == (1008, "127.0.0.2", "sent a message that no page sends")


@pytest.mark.parametrize("first", [BINARY, BINARY & 0x7F])
def test_a_binary_message_ends_the_socket(first):
    assert ending((first, b"x")) == (1008, "127.0.0.2", "sent a binary message")


@pytest.mark.parametrize("text", [b"1", b"41"])
def test_who_says_goodbye_is_let_go(text):
    assert ending((TEXT, text)) == 1000


def test_a_compressed_frame_ends_the_socket_and_none_is_agreed_upon():
    async def visit(opened):
        line = await opened(further="sec-websocket-extensions: permessage-deflate\r\n")
        assert b" 101 " in line.head
        assert b"extensions" not in line.head.lower()
        line.send(0xC1, b"x")
        assert await line.code() in {0, 1002}

    assert served(visit) == [("127.0.0.2", "sent a compressed or broken frame through a websocket")]


def test_a_message_has_a_size_in_however_many_frames():
    largest = b"42" + b"x" * (limits.MOST_MESSAGE - 2)
    too_large = [(MORE, b"42"), *[(0, b"x" * 50_000)] * 20]
    assert ending((TEXT, largest), (TEXT, b"41")) == 1000
    assert ending((TEXT, largest + b"x"))[:2] == (1009, "127.0.0.2")
    assert ending(*too_large)[:2] == (1009, "127.0.0.2")


def test_frames_are_counted_whatever_they_are():
    many = int(limits.FRAME_RATE[1])
    assert ending(*[(TEXT, b"3")] * many, (TEXT, b"41")) == (1008, "127.0.0.2", "sent too many messages")
    assert ending(*[(PING, b"")] * many, (PING, b"")) == (1008, "127.0.0.2", "sent too many messages")
    assert ending((MORE, b"42"), *[(0, b"")] * many) == (1008, "127.0.0.2", "sent too many messages")
    assert ending(*[(PING, b"")] * (many - 1), (TEXT, b"41")) == 1000


def test_a_stranger_brings_little_and_a_page_more_but_not_without_end():
    piece = (TEXT, b"42" + b"x" * 60_000)
    assert ending(piece, piece, query="")[1:] == (
        "127.0.0.2",
        "sent too much",
    )  # a code may be lost with what is unread
    assert ending(*[piece] * 60, (TEXT, b"41")) == 1000
    assert ending(*[piece] * 80)[1:] == ("127.0.0.2", "sent too much")


def test_bytes_are_counted_by_address_but_nobody_loses_the_usual_share(monkeypatch):
    monkeypatch.setattr(limits, "ADDRESS_BYTES", (1.0, 1_000_000.0))

    async def visit(opened):
        heavy = b"42" + b"x" * 450_000
        for n in range(3):
            line = await opened(query=f"?{n}")
            line.send(TEXT, heavy)
            assert (await line.code() in {0, 1008}) if n == 2 else (await line.frame() == (TEXT, b"hello"))
        light = await opened(query="?light")
        assert await light.answers()
        other = await opened("127.0.0.3", "?other")
        other.send(TEXT, heavy)
        assert await other.frame() == (TEXT, b"hello")

    assert served(visit) == [("127.0.0.2", "sent too much")]


def test_a_message_that_is_begun_and_not_ended_ends_the_socket(monkeypatch):
    monkeypatch.setattr(limits, "MESSAGE_SECONDS", 0.05)
    assert ending((MORE, b"42")) == (1008, "127.0.0.2", "began a message and did not end it")


def test_a_socket_without_a_page_is_closed_and_one_with_a_page_is_not():
    async def visit(opened):
        mine = await opened(query="?page")
        stranger = await opened()
        assert await stranger.code() == 1008
        assert await mine.answers()

    assert served(visit, seconds=0.05) == [("127.0.0.2", "has a websocket without a page for 0 s")]


def test_the_stranger_who_has_waited_longest_makes_way(monkeypatch):
    monkeypatch.setattr(limits, "MOST_STRANGERS", 3)
    monkeypatch.setattr(limits, "MOST_STRANGERS_OF_ADDRESS", 2)

    async def visit(opened):
        page = await opened(query="?page")
        first, second = [await opened("127.0.0.3") for _ in range(2)]
        third, fourth = [await opened("127.0.0.4") for _ in range(2)]
        assert await first.code() == 1008
        await opened("127.0.0.4")
        assert await third.code() == 1008
        assert [await line.answers() for line in (page, second, fourth)] == [True, True, True]

    assert served(visit) == [
        ("127.0.0.3", "has websockets without a page, and others need the place"),
        ("127.0.0.4", "has 2 websockets without a page"),
    ]


def test_a_page_has_one_socket_the_newest():
    async def visit(opened):
        old, new = [await opened(query="?page") for _ in range(2)]
        assert await old.code() == 1000
        assert await new.answers()

    assert served(visit) == []


def test_an_address_opens_so_many_sockets_at_once_and_others_have_theirs(monkeypatch):
    monkeypatch.setattr(limits, "SOCKET_RATE", (1.0, 3.0))

    async def visit(opened):
        heads = [(await opened()).head[:12] for _ in range(4)]
        assert heads == [b"HTTP/1.1 101"] * 3 + [b"HTTP/1.1 429"]
        assert (await opened("127.0.0.3")).head[:12] == b"HTTP/1.1 101"

    assert served(visit) == [("127.0.0.2", "opens too many websockets at once")]


def test_sockets_that_are_closed_count_no_more():
    async def visit(opened):
        for _ in range(3):
            line = await opened()
            line.send(TEXT, b"41")
            assert await line.code() == 1000
        lines = [await opened() for _ in range(3)]
        assert await lines[2].code() == 1008
        assert await lines[0].answers()

    assert served(visit, most_of_address=2) == [("127.0.0.2", "has 2 websockets already")]


def test_a_proxy_may_hold_all_connections_and_its_visitors_their_share():
    async def visit(opened):
        for n in range(40):
            said = f"x-forwarded-for: 127.0.0.9, 192.0.2.{1 + n // 8}\r\n"
            line = await opened("127.0.0.3", f"?{n}", said)
            assert await line.answers() is (n % 8 < 6)

    notes = served(visit, door=(100, 20), proxy=Proxy(), most_of_address=6)
    assert notes == [(f"192.0.2.{1 + n // 2}", "has 6 websockets already") for n in range(10)]
