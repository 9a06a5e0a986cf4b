"""Who may ask: hosts, origins, sizes, floods."""

from __future__ import annotations

import asyncio

import pytest

from negsim.errors import NegsimError
from negsim.studio import limits
from negsim.studio.addresses import Proxy, origin_of, proxy_of

door = pytest.importorskip("negsim.studio.door")


def sent_by(server, receive, headers, **scope):
    """What a server sends in answer to a request."""
    sent, usual = [], {"type": "http", "path": "/", "query_string": b""}

    async def send(message):
        sent.append(message)

    own = [(name.encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(server(usual | scope | {"headers": own}, receive, send))
    return sent


def answer_to(headers, *, chunks=(b"",), origin=None, **scope):
    """The first that the gate sends in answer to a request; a status of 200 if it went through."""
    parts = list(chunks)

    async def receive():
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def inner(_, receive, send):
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})

    return sent_by(door.Gate(inner, headers={"X-Test": "yes"}, origin=origin), receive, headers, **scope)[0]


def test_the_gate_lets_through_who_asks_by_address_and_adds_its_headers():
    answer = answer_to({"host": "127.0.0.1:8321", "origin": "http://127.0.0.1:8321"})
    assert answer["status"] == 200
    assert (b"x-test", b"yes") in answer["headers"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({}, 421),
        ({"host": "127.0.0.1:8321", "origin": "http://evil.example"}, 403),
        ({"host": "127.0.0.1:8321", "origin": "null"}, 403),
        ({"host": "127.0.0.1:8321", "origin": "http://["}, 403),
        ({"host": "127.0.0.1:8321", "origin": "https://class.example"}, 403),
        ({"host": "127.0.0.1", "content-length": "99999999"}, 413),
        ({"host": "127.0.0.1", "content-length": "-1"}, 413),
    ],
)
def test_the_gate_refuses_other_sites_and_large_bodies(headers, status):
    assert answer_to(headers)["status"] == status


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_sites_page_loads_nothing_from_here_but_its_links_may_be_followed(site):
    own = {"host": "127.0.0.1:8321"}
    picture = {"sec-fetch-site": site, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}
    frame = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}
    link = {"sec-fetch-site": site, "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert [answer_to(own | headers, path="/room")["status"] for headers in (picture, frame, link)] == [403, 403, 200]
    for ours in ("same-origin", "none"):
        assert answer_to(own | picture | {"sec-fetch-site": ours}, path="/room")["status"] == 200


def test_the_gate_refuses_long_links_and_bodies_that_grow():
    assert answer_to({"host": "localhost"}, query_string=b"x" * 20_000)["status"] == 414
    assert answer_to({"host": "localhost"}, chunks=[b"x" * 2**20] * 3)["status"] == 413


def test_the_gate_ends_floods_of_pages():
    now = [0.0]

    async def inner(_, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        sent.append(message.get("status"))

    sent = []
    server = door.Gate(inner, headers={}, clock=lambda: now[0])
    scope = {"type": "http", "path": "/room", "client": ("10.0.0.1", 1), "headers": [(b"host", b"127.0.0.1")]}
    for _ in range(121):
        asyncio.run(server(scope, receive, send))
    assert sent.count(200) == 120
    assert sent[-2:] == [429, None]  # the head and the body of the refusal
    asyncio.run(server(scope | {"path": "/classes"}, receive, send))
    assert sent[-2:] == [429, None]
    asyncio.run(server(scope | {"path": "/class/sign"}, receive, send))
    asyncio.run(server(scope | {"client": ("10.0.0.2", 1)}, receive, send))
    now[0] = 1.0
    asyncio.run(server(scope, receive, send))
    assert sent[-3:] == [200, 200, 200]


@pytest.mark.parametrize("host", ["127.0.0.1:8321", "localhost", "class.example"])
def test_one_further_origin_may_be_named(host):
    allowed = {"host": host, "origin": "https://class.example"}
    assert answer_to(allowed, origin="https://class.example")["status"] == 200
    for other in ("https://evil.example", "https://class.example.evil.example", "http://["):
        assert answer_to(allowed | {"origin": other}, origin="https://class.example")["status"] == 403
    assert answer_to(allowed | {"host": "evil.example"}, origin="https://class.example")["status"] == 421


@pytest.mark.parametrize(
    "text", ["", "class.example", "ftp://class.example", "https://", "https://a/b", "https://a?b", "https://u@a",
             "https://a:x", "https://[", "https://a b", "https://*"]
)  # fmt: skip
def test_an_origin_is_a_scheme_and_a_host(text):
    with pytest.raises(NegsimError, match="origin"):
        origin_of(text)


@pytest.mark.parametrize(
    "host", ["evil@127.0.0.1", "127.0.0.1#.evil.example", "127.0.0.1/x", "127.0.0.1?x", "[::1]x", "127.0.0.1:", ":80"]
)
def test_a_host_is_an_address_and_a_port_and_nothing_else(host):
    assert answer_to({"host": host})["status"] == 421


@pytest.mark.parametrize(
    ("asked", "most"),
    [({"path": "/room"}, limits.PAGE_RATE[1]), ({"path": "/class/end"}, limits.MESSAGE_RATE[1]),
     ({"path": "/turn/room"}, limits.MESSAGE_RATE[1]), ({"path": "/check", "method": "POST"}, limits.MESSAGE_RATE[1])],
)  # fmt: skip
def test_pages_and_messages_have_rates_of_their_own(asked, most):
    server = door.Gate(None, headers={}, clock=lambda: 0.0)
    for _ in range(int(most)):
        assert server._flood(asked, "10.0.0.1") is None
    assert server._flood(asked, "10.0.0.1") == (429, "too much at once; wait a few seconds")
    other = {"path": "/room", "method": "POST"} if asked["path"] == "/room" else {"path": "/room"}
    assert server._flood(other, "10.0.0.1") is None
    assert server._flood(asked, "10.0.0.2") is None


@pytest.mark.parametrize(
    "header", [(b"content-length", str(limits.MOST_BODY).encode()), (b"transfer-encoding", b"chunked")]
)
def test_the_bytes_of_an_address_are_counted_before_they_are_read(header):
    server = door.Gate(None, headers={}, clock=lambda: 0.0)
    asked = {"path": "/check", "method": "POST", "headers": [header]}
    count = next(n for n in range(1_000) if server._flood(asked, "10.0.0.1"))
    assert count == int(limits.BYTE_RATE[1] / limits.MOST_BODY)
    assert server._flood({"path": "/check", "method": "POST"}, "10.0.0.1") is None


async def never():
    await asyncio.Event().wait()


async def drip():
    await asyncio.sleep(0)
    return {"type": "http.request", "body": b"x", "more_body": True}


@pytest.mark.parametrize("body", [never, drip])
def test_a_body_that_does_not_come_or_letter_by_letter_is_given_up(body, monkeypatch):
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.05)
    monkeypatch.setattr(limits, "MOST_BODY", 10**9)

    async def inner(_, receive, send):  # noqa: ARG001
        while True:
            await receive()

    assert sent_by(door.Gate(inner, headers={}), body, {"host": "127.0.0.1"}, path="/join")[0]["status"] == 408


def visitor_seen(forwarded, peer="127.0.0.1", proxy=Proxy()):  # noqa: B008 - it cannot be changed
    """The address under which whatever comes after the gate sees a visitor."""
    seen = []

    async def inner(scope, *_):
        seen.append(scope["client"][0])

    headers = {"host": "127.0.0.1", **({} if forwarded is None else {"x-forwarded-for": forwarded})}
    sent_by(door.Gate(inner, headers={}, proxy=proxy), None, headers, client=(peer, 1))
    return seen[0]


def test_a_proxy_says_last_for_whom_it_speaks():
    assert visitor_seen("192.0.2.1") == "192.0.2.1"
    assert visitor_seen("198.51.100.1, 192.0.2.1") == "192.0.2.1"  # what comes before can be written by anybody
    assert visitor_seen("2001:DB8::1") == "2001:db8::1"
    assert visitor_seen("192.0.2.1", "192.0.2.9", Proxy("192.0.2.9")) == "192.0.2.1"


@pytest.mark.parametrize("proxy", [None, Proxy(), Proxy("192.0.2.8")])
def test_nobody_but_the_proxy_speaks_for_others(proxy):
    assert visitor_seen("192.0.2.1", "192.0.2.9", proxy) == "192.0.2.9"


def test_pages_are_counted_by_the_visitors_of_a_proxy():
    async def inner(_, receive, send):  # noqa: ARG001
        await send({"type": "http.response.start", "status": 200, "headers": []})

    server = door.Gate(inner, headers={}, proxy=Proxy(), clock=lambda: 0.0)

    def status(visitor):
        headers = {"host": "127.0.0.1", "x-forwarded-for": visitor}
        return sent_by(server, None, headers, client=("127.0.0.1", 1))[0]["status"]

    assert {status("192.0.2.1") for _ in range(300)} == {200, 429}
    assert status("192.0.2.2") == 200


def test_a_proxy_is_named_by_its_address_and_with_an_origin():
    assert proxy_of(None, None) is None
    assert proxy_of(None, "https://class.example") == Proxy()
    assert proxy_of(" 2001:DB8::7 ", "https://class.example") == Proxy("2001:db8::7")
    with pytest.raises(NegsimError, match="--proxy needs --origin"):
        proxy_of("192.0.2.7", None)
    with pytest.raises(NegsimError, match=r"class\.example.* is not an address"):
        proxy_of("class.example", "https://class.example")
