"""Connections: how many an address may have, how long they may say nothing, and what the log says."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress
from unittest.mock import Mock

import pytest

from patience import LIMIT, soon

uvicorn, door = pytest.importorskip("uvicorn"), pytest.importorskip("negsim.studio.door")
Door = door.Door


async def hello(_, receive, send):
    """A server that says "hello" to everything, once it has the whole request."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def answer_to(address, text):
    """What the server answers to who sends a text from an address; "" where it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT[0], local_addr=(address, 0))
    try:
        writer.write(text.encode())
        answer = await asyncio.wait_for(reader.read(1_000), LIMIT)
    except ConnectionError as error:
        return type(error).__name__
    finally:
        writer.close()
    return answer.decode()


PORT = [0]
LET_IN = []  # connections of the server
WHOLE, HALF = "GET / HTTP/1.1\r\nhost: x\r\n\r\n", "GET / HTTP/1.1\r\nhost"


class Guarded(door.Guarded):
    """A connection that is remembered, so that its time can run out when a test wants it."""

    def connection_made(self, transport):
        super().connection_made(transport)
        LET_IN.append(self)


def let_time_pass():
    """Have all timers of connections ring."""
    for connection in LET_IN:
        if connection.timer is not None:
            connection.timer.cancel()
            connection._drop()


def served(guard, visit):
    """Do something while a server with a door runs."""

    async def run():
        Guarded.door = guard
        LET_IN.clear()
        config = uvicorn.Config(hello, log_config=None, http=Guarded, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        PORT[0] = listening.getsockname()[1]
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        await soon(lambda: server.started)
        try:
            await visit()
        finally:
            server.should_exit = server.force_exit = True
            await serving

    asyncio.run(run())


def test_half_requests_that_take_all_places_shut_nobody_out(caplog):
    async def visit():
        sources = [(f"127.0.0.{2 + n % 3}", 0) for n in range(60)]
        half = [asyncio.open_connection("127.0.0.1", PORT[0], local_addr=source) for source in sources]
        writers = [writer for _, writer in await asyncio.gather(*half)]
        for writer in writers:
            writer.write(HALF.encode())
        await soon(lambda: len(LET_IN) == 60 and len(guard._idle) == 40)
        for _ in range(5):
            assert (await answer_to("127.0.0.9", WHOLE)).endswith("hello")
        for writer in writers:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)

    served(guard := Door(most=40, most_of_address=20), visit)
    assert any("127.0.0.2" in line.getMessage() for line in caplog.records)
    assert len(caplog.records) < 8


def test_an_address_has_so_many_connections_and_others_have_theirs():
    async def visit():
        opened = [await asyncio.open_connection("127.0.0.1", PORT[0], local_addr=("127.0.0.2", 0)) for _ in range(4)]
        assert (await answer_to("127.0.0.2", WHOLE)) in {"", "ConnectionResetError"}
        assert (await answer_to("127.0.0.3", WHOLE)).endswith("hello")
        for _, writer in opened:
            writer.close()
        await soon(lambda: not guard._open.get("127.0.0.2"))
        assert (await answer_to("127.0.0.2", WHOLE)).endswith("hello")

    served(guard := Door(most=40, most_of_address=4), visit)


@pytest.mark.parametrize("before", ["", WHOLE])
def test_a_request_that_does_not_come_is_dropped_in_time_and_noted(caplog, before):
    async def visit():
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT[0])
        if before:
            writer.write(before.encode())
            await reader.readuntil(b"hello")
        writer.write(HALF.encode())
        await soon(lambda: LET_IN[0].is_half)
        let_time_pass()
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()
        assert (await answer_to("127.0.0.3", WHOLE)).endswith("hello")

    served(Door(most=40, most_of_address=20), visit)
    assert [line.getMessage() for line in caplog.records if "no whole request" in line.getMessage()]


def test_who_does_not_read_an_answer_is_dropped(monkeypatch):
    async def run():
        connection = Guarded.__new__(Guarded)
        connection.transport, connection.flow = Mock(), Mock()
        connection.pause_writing()
        connection.resume_writing()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not connection.transport.abort.called
        connection.pause_writing()
        await soon(lambda: connection.transport.abort.called)

    monkeypatch.setattr(door.limits, "READ_SECONDS", 0.0)
    asyncio.run(run())


def test_a_line_of_the_log_is_one_printable_line_with_the_place_of_an_error():
    try:
        raise ValueError("a\nb\x1b[31m")  # noqa: TRY301
    except ValueError as error:
        cause = (type(error), error, error.__traceback__)
        record = logging.LogRecord("x", logging.ERROR, "", 0, "%s \x07", ("\x1b]0;",), cause)
    line = pytest.importorskip("negsim.studio.server")._OneLine().format(record)
    assert line.isprintable()
    assert "ValueError" in line
    assert "test_connections.py:" in line


def test_a_wish_for_a_websocket_is_answered_as_any_request():
    key = "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: "
    asked = f"GET / HTTP/1.1\r\nhost: x\r\n{key}{'A' * 22}==\r\n\r\n"

    async def visit():
        assert (await answer_to("127.0.0.3", asked)).endswith("hello")

    served(Door(most=40, most_of_address=20), visit)
