"""The studio behind a reverse proxy with TLS, as docs/studio.md has it: `negsim studio --origin https://class.example`.

The proxy is a small one of our own. It passes on every request and every socket, with the `Host` that it is set to and
the headers that proxies add. TLS ends there, so that visitors here speak plainly to it, and say what browsers would.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("nicegui")
import aiohttp
import socketio
from aiohttp import web
from yarl import URL

from patience import LIMIT, soon, until
from studio_server import NGINX, free_port, limited, studio_process

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from room import Client

SITE = "https://class.example"
HOSTS = ("class.example", "localhost", "127.0.0.1")  # that a proxy may pass on
HOP = {"host", "connection", "upgrade", "transfer-encoding", "content-length", "content-encoding", "accept-encoding"}
FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "class.example", "X-Forwarded-Port": "443"}


def passed_on(headers, **further):
    """Headers without those that concern one connection only."""
    kept = {name: value for name, value in headers.items() if not name.lower().startswith("sec-websocket")}
    return {name: value for name, value in kept.items() if name.lower() not in HOP} | further


@asynccontextmanager
async def proxy(inner, host):
    """The address of a proxy of a server. host: what it calls the server."""

    async def socket(request, session):
        outer = web.WebSocketResponse()
        async with session.ws_connect(inner + request.path_qs, headers=headers_of(request)) as beyond:
            await outer.prepare(request)
            await asyncio.wait([asyncio.create_task(pump(*ends)) for ends in ((outer, beyond), (beyond, outer))],
                               return_when=asyncio.FIRST_COMPLETED)  # fmt: skip
        return outer

    async def pump(one, other):
        async for message in one:
            await (other.send_str if message.type is aiohttp.WSMsgType.TEXT else other.send_bytes)(message.data)

    def headers_of(request):
        seen = ", ".join(filter(None, [request.headers.get("X-Forwarded-For"), request.remote]))
        return passed_on(request.headers, Host=host, **FORWARDED) | {"X-Forwarded-For": seen}

    async def answer(request):
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                try:
                    return await socket(request, session)
                except aiohttp.WSServerHandshakeError as refusal:
                    return web.Response(status=refusal.status)
            body = await request.read()
            async with session.request(
                request.method, inner + request.path_qs, headers=headers_of(request), data=body, allow_redirects=False
            ) as found:
                response = web.Response(status=found.status, body=await found.read())
                response.headers.extend([(n, v) for n, v in found.headers.items() if n.lower() not in HOP])
                return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Visitor(Client):
    """A page of the site without a browser. origin: the one that the browser would name."""

    def __init__(self, address, number=0, origin=SITE):
        super().__init__(address, number)
        self.headers = {"Origin": origin}
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(address))
        self.session = aiohttp.ClientSession(cookie_jar=jar, headers=self.headers)

    async def get(self, path):
        async with self.session.get(self.address + path) as answer:
            self.html = await answer.text()
            return answer.status

    async def post(self, path, **fields):
        async with self.session.post(self.address + path, data=fields, allow_redirects=False) as answer:
            return answer

    async def show(self, path):
        """Get a page and connect its socket."""
        assert await self.get(path) == 200
        self._take(self.html)
        await self._open()

    async def _open(self):
        said = "&".join(f"{key}={str(value).lower()}" for key, value in self.query.items())
        self.socket = socketio.AsyncClient(reconnection=False, http_session=self.session)
        self.socket.on("*", self._on_message)
        path = "_nicegui_ws/socket.io"
        await self.socket.connect(
            f"{self.address}?{said}", headers=self.headers, transports=["websocket"], socketio_path=path
        )

    def shows(self, text):
        return text in json.dumps(self.elements)


def key_in(answer):
    """The attributes of the cookie that an answer sets."""
    return {part.strip().partition("=")[0].lower() for part in answer.headers["Set-Cookie"].split(";")[1:]}


async def open_room(site, word):
    """A teacher who opens a room through the proxy; the teacher and the code."""
    teacher = Visitor(site)
    await teacher.show("/table?s=classroom")
    assert await teacher.press("Open a room")
    await soon(partial(teacher.shows, "That is not the teacher's word"))
    assert not teacher.ticket
    assert await teacher._tell("The teacher's word", "update:value", word)
    assert await teacher.press("Open a room")
    await soon(lambda: teacher.ticket)
    answer = await teacher.post("/open", ticket=teacher.ticket)
    assert answer.status == 303
    assert re.fullmatch(r"/table/\w{8}", answer.headers["Location"])
    assert {"secure", "httponly", "samesite"} <= key_in(answer)
    assert await teacher.get(answer.headers["Location"]) == 200
    return teacher, answer.headers["Location"].rsplit("/", 1)[1]


async def take_seat(site, code, inner):
    """A student who joins, sits down and sees a brief, all of it at the site."""
    student = Visitor(site, 1)
    answer = await student.post("/join", code=code, name="Ana")
    assert answer.status == 303
    assert answer.headers["Location"].startswith(f"/table/{code}/")
    assert {"secure", "httponly", "samesite"} <= key_in(answer)
    await student.show(answer.headers["Location"])
    assert inner not in student.html
    assert await student.choose("Whose chair", 0)
    assert await student.press("Sit down")
    await soon(student.sits)
    return student


async def is_kept_out(site, code):
    """Another site's page gets neither a seat nor a socket."""
    foreign = Visitor(site, origin="https://evil.example")
    assert (await foreign.post("/join", code=code, name="Eve")).status == 403
    visitor = Visitor(site)
    await visitor.get("/table")
    foreign._take(visitor.html)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await foreign._open()
    await foreign.session.close()
    await visitor.session.close()


async def floods(site):
    """Whether one who claims another address each time is slowed down as anybody."""

    async def status(n):
        claimed = {"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"}
        async with session.get(f"{site}/nothing", headers=claimed) as answer:
            return answer.status

    async with aiohttp.ClientSession() as session:
        return 429 in await asyncio.gather(*(status(n) for n in range(250)))


def test_a_class_meets_behind_a_proxy_with_tls(tmp_path):
    said = tmp_path / "said"

    async def meet(inner):
        word = re.search(r"a teacher writes this word: (\S+)", said.read_text())[1]
        for host in HOSTS:
            async with proxy(inner, host) as site:
                teacher, code = await open_room(site, word)
                student = await take_seat(site, code, inner)
                await is_kept_out(site, code)
                message = {"client_id": student.query["client_id"], "level": "error", "message": "\x1b[31msteers"}
                await student.socket.emit("log", message)
                await student.socket.emit("event", "malformed")
                await student.press("Leave my seat")
                await soon(partial(student.shows, "Leave your seat?"))  # so they have been heard
                for visitor in (student, teacher):
                    await visitor.leave()
        async with proxy(inner, "evil.example") as site:
            lost = Visitor(site)
            assert await lost.get("/table") == 421
            await lost.leave()
        async with proxy(inner, "class.example") as site:
            assert await floods(site)

    options = ("--origin", SITE, "--rooms", str(tmp_path / "rooms"))
    program = limited(PAGE_RATE=(0.0, 200.0))  # no more pages come with time, so that no slow machine keeps below
    with studio_process(*options, before=f"exec 2>'{said}'", program=program) as (inner, _):
        asyncio.run(meet(inner))
    *lines, _ = said.read_text().splitlines()  # the last says how it ended
    assert [line for line in lines if not (line.startswith("negsim: ") and line.isprintable())] == []
    assert not any("steers" in line for line in lines)


# ---------------------------------------------------------------------------------- a real proxy, of docs/studio.md

SETTING = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors; worker_rlimit_nofile 1024;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{port}; server_name class.example; {location} }}
}}
"""
FLOODER, HONEST = "127.0.0.2", "127.0.0.3"


def answers(port):
    """Whether something listens at a port of this machine."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


@contextmanager
def nginx(folder, inner):
    """The address of an nginx before a studio, set up as docs/studio.md says."""
    docs = (Path(__file__).parents[2] / "docs/studio.md").read_text()
    location = re.search(r"```nginx\n(.*?)```", docs, re.DOTALL)[1].replace("http://127.0.0.1:8321", inner)
    port = free_port()
    setting = folder / "nginx.conf"
    setting.write_text(SETTING.format(folder=folder, port=port, location=location))
    with subprocess.Popen([NGINX, "-c", setting, "-p", folder, "-e", folder / "errors"]) as running:
        try:
            until(lambda: running.poll() is not None or answers(port))
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()


@pytest.fixture(scope="module")
def behind_nginx(tmp_path_factory):
    """The address of a studio behind nginx, and the file with what it says."""
    folder = tmp_path_factory.mktemp("nginx")
    said = folder / "said"
    options = ("--origin", SITE, "--rooms", str(folder / "rooms"))
    with studio_process(*options, before=f"exec 2>'{said}'") as (inner, _), nginx(folder, inner) as outer:
        yield outer, said


def session_from(source):
    """Requests from an address of this machine."""
    connector = aiohttp.TCPConnector(local_addr=(source, 0), limit=20)
    return aiohttp.ClientSession(connector=connector, headers={"Host": "class.example"})


@pytest.mark.nginx
def test_behind_a_proxy_a_flood_of_one_student_shuts_out_nobody_else(behind_nginx):
    site, _ = behind_nginx

    async def flood_and_visit():
        async def status(session, n):
            async with session.get(f"{site}/join", headers={"X-Forwarded-For": f"198.51.100.{n % 250}"}) as answer:
                return answer.status

        async with session_from(FLOODER) as student:
            seen = set()
            while 429 not in seen:  # a slow machine takes more than 300 to flood it
                seen.update(await asyncio.gather(*(status(student, n) for n in range(300))))
            async with session_from(HONEST) as other, other.get(f"{site}/table") as answer:
                assert answer.status == 200

    asyncio.run(flood_and_visit())


@pytest.mark.nginx
def test_behind_a_proxy_a_socket_is_uncompressed_and_its_visitor_answers_for_it(behind_nginx):
    site, said = behind_nginx

    async def send_bytes():
        path = f"{site}/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
        async with session_from(FLOODER) as student, student.ws_connect(path, compress=15, origin=SITE) as line:
            assert not line.compress
            await line.send_str("40")
            await line.send_str('459999999-["event",{"_placeholder":true,"num":0}]')
            async with asyncio.timeout(LIMIT):
                async for _ in line:
                    pass
            return line.close_code

    assert asyncio.run(send_bytes()) == 1008
    line = f"negsim: connections from {FLOODER} are dropped: it sent a message that no page sends"
    assert line in said.read_text().splitlines()


@pytest.mark.nginx
def test_behind_a_proxy_a_page_opens_its_socket(behind_nginx):
    site, _ = behind_nginx

    async def see():
        visitor = Visitor(site)
        visitor.session.headers["Host"] = "class.example"
        await visitor.show("/table?s=classroom")
        assert await visitor.press("Open a room")
        await soon(lambda: visitor.shows("That is not the teacher's word"))
        await visitor.leave()

    asyncio.run(see())
