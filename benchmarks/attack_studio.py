"""Attack the studio, from another address and through a crash, and see what others notice.

    .venv/bin/python benchmarks/attack_studio.py            (--short; --only sockets|half|kill|class|long)

sockets: strangers at 127.0.0.2 open websockets, without any page: 8 send binary messages that are parts of a larger
one, 380 of 999,000 bytes each; 20 send a frame of 250 kB that inflates to 250 MB; 2,000, opened a hundred at a time,
say nothing. Then 8 with a page send a million pings each. An honest page has to come in half a second all the while.
half: 1,100 half requests at a server that may open 1,024 files. kill: `kill -9` while a class of 30 plays, and a new
start; the clients are those of room.py. class: eight strangers send messages as the pages of a class do, as large as
may be, with keys and codes that they guess, and ask for its page, all without a pause. long: how long an honest page
waits, and what memory stays taken, while links from 127.0.0.2 ask for four of the largest runs that the limits allow,
again and again, and "Open a room" is pressed beside a scenario of 1 MB; then 200 such links, each to another run.
--short: all of it smaller, with the same targets (`make attack`, a minute or so). The honest visitor is at 127.0.0.1,
where alone the studio listens; it is ended by its process id. Linux only: the memory of the server and its workers is
read from /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import sys
import time
import zlib
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import cache
from multiprocessing import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from urllib.request import urlopen

import aiohttp
import socketio

from negsim.cast.studio import packed

sys.path.extend([str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parent)])
from room import Client

from studio_server import free_port, studio_process

LARGE = [("s", "cstd_wgigf_2011"), ("c", "groups.government.seats=140"), ("c", "meetings.count=10")]
HONEST = ("/", "/table", "/room?s=classroom&seed={n}", "/room?seed={n}", "/lab?s=classroom&seed={n}", "/edit")
MEGABYTE = "a:\n" + "- 1234567\n" * 99_000  # takes seconds to be read, and has a short link
MOST_WAIT, MOST_MEMORY = 2.0, 300.0  # seconds, MB
SOCKET_WAIT, SOCKET_MEMORY = 0.5, 100.0  # the same while sockets are attacked
PROCESSES = multiprocessing.get_context("spawn")
AT_ONCE = 100  # sockets that are being opened at the same time
PATIENCE = 60.0  # seconds that an attack on sockets may take
TEXT, BINARY, PING, FINAL, COMPRESSED = 1, 2, 9, 0x80, 0x40  # of the first byte of a frame
UPGRADE = """GET /_nicegui_ws/socket.io/?EIO=4&transport=websocket{query} HTTP/1.1
Host: {host}
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==
Sec-WebSocket-Extensions: permessage-deflate

""".replace("\n", "\r\n")
REST = 90  # seconds at most in which work that nobody waits for any more may end


Attack = Callable[["Stranger"], Awaitable[None]]


class Page(Client):
    """A page open without a browser."""

    async def open(self, path: str, source: str) -> None:
        """Get the page and connect its socket, as a browser would."""
        connector, cookies = aiohttp.TCPConnector(local_addr=(source, 0)), aiohttp.CookieJar(unsafe=True)
        self.session = aiohttp.ClientSession(connector=connector, cookie_jar=cookies)
        async with self.session.get(self.address + path) as answer:
            self.html = await answer.text()
        if "parseElements" in self.html:
            self._take(self.html)
            await self._open()

    async def enter(self) -> str:
        """Press "Open a room" and go in as its teacher; return the code."""
        await self.press("Open a room")
        while not self.ticket:  # noqa: ASYNC110 - a page without a browser
            await asyncio.sleep(0.1)
        async with self.session.post(f"{self.address}/open", data={"ticket": self.ticket}) as answer:
            self._take(await answer.text())
            return str(answer.url).rsplit("/", 1)[1]


def memory(root: int) -> float:
    """Return the MB of a process and all below it: what each has for itself, shared pages counted once."""
    parents, total = {}, 0.0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
            parents[int(status.parent.name)] = int(fields[1])
        except OSError:
            continue
    for process in parents:
        above = process
        while above not in (0, 1, root):
            above = parents.get(above, 0)
        if above == root:
            try:
                lines = (Path("/proc") / str(process) / "smaps_rollup").read_text().splitlines()
            except OSError:
                continue
            total += sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
    return total


async def honest(address: str, waits: list[tuple[float, str]], stop: asyncio.Event) -> None:
    """Request page after page, and note how long each took."""
    async with aiohttp.ClientSession() as session:
        n = 0
        while not stop.is_set():
            n += 1
            path = HONEST[n % len(HONEST)].format(n=n)
            began = time.monotonic()
            async with session.get(address + path) as answer:
                text = await answer.text()
            waits.append((time.monotonic() - began, path))
            if answer.status != 200 or "One moment" in text:
                print(f"  not shown: {path}: {answer.status}")
            await asyncio.sleep(0.1)


async def long_link(address: str, source: str, seed: int, patience: float) -> bool:
    """Open a link to a large run, and stay until it is there or patience ends; return whether it was."""
    path, until, shown = "/room?" + urlencode([*LARGE, ("seed", str(seed))]), time.monotonic() + patience, False
    while not shown and time.monotonic() < until:
        page = Page(address, seed)
        try:
            await page.open(path, source)
            shown = "One moment" not in page.html
            await asyncio.sleep(min(1.0 if shown else patience / 2, until - time.monotonic()))
        except socketio.exceptions.ConnectionError:  # it asks too often
            await asyncio.sleep(1.0)
        finally:
            await page.leave()
    return shown


async def press_megabyte(address: str, source: str, stop: asyncio.Event) -> int:
    """Press "Open a room" beside a scenario of 1 MB, again and again; count how often there was a button to press."""
    page, pressed = Page(address, 0), 0
    try:
        await page.open("/table?" + urlencode({"y": packed(MEGABYTE)}), source)
        while not stop.is_set():
            pressed += await page.press("Open a room")
            await asyncio.sleep(1.0)
    finally:
        await page.leave()
    return pressed


async def after_a_rest(root: int, before: float) -> tuple[int, float]:
    """Rest until the memory is within the target, or for the longest rest; return the seconds and the MB then taken."""
    await asyncio.sleep(5.0)
    for rest in range(5, REST):
        grown = memory(root) - before
        if grown < MOST_MEMORY:
            return rest, grown
        await asyncio.sleep(1.0)
    return REST, memory(root) - before


async def attack(address: str, root: int, *, seconds: float, links: int) -> bool:
    """Run both attacks; return whether the targets are met."""
    waits: list[tuple[float, str]] = []
    stop, source = asyncio.Event(), "127.0.0.2"
    await long_link(address, source, 1, 8.0)
    await asyncio.sleep(2.0)
    before = memory(root)

    async def keep_busy(first: int) -> None:
        seed = first
        while not stop.is_set():
            await long_link(address, source, seed, 6.0)
            seed += 10

    pressing = asyncio.create_task(press_megabyte(address, source, stop))
    tasks = [asyncio.create_task(keep_busy(n)) for n in range(2, 6)]
    tasks += [pressing, asyncio.create_task(honest(address, waits, stop))]
    await asyncio.sleep(seconds)
    stop.set()
    await asyncio.gather(*tasks)
    worst, where = max(waits)
    median, _ = sorted(waits)[len(waits) // 2]
    print(f"honest pages: {len(waits)}; worst wait {worst:.2f} s ({where}); median {median:.2f} s")
    print(f'"Open a room" pressed {pressing.result()} times beside 1 MB of YAML')
    shown = 0
    for first in range(0, links, 10):
        visits = [long_link(address, f"127.0.0.{2 + n}", 1_000 + first + n, 12.0) for n in range(10)]
        shown += sum(await asyncio.gather(*visits))
    rest, grown = await after_a_rest(root, before)
    print(f"memory {rest} s after {links} links, {shown} of them shown: {grown:+.0f} MB ({before:.0f} MB before)")
    return worst < MOST_WAIT and grown < MOST_MEMORY and pressing.result() > 0


async def half_requests(address: str, count: int) -> bool:
    """Open this many connections that send half a request each; return whether others are served all the while."""
    host, port = address.removeprefix("http://").split(":")

    async def half() -> asyncio.StreamWriter | None:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(host, int(port), local_addr=("127.0.0.2", 0))
            writer.write(b"GET /table HTTP/1.1\r\nHost: 127")
            return writer
        return None

    writers = await asyncio.gather(*(half() for _ in range(count)))
    worst, served = 0.0, 0
    for _ in range(20):
        began = time.monotonic()
        with suppress(aiohttp.ClientError, TimeoutError):
            async with aiohttp.ClientSession() as session, session.get(f"{address}/table") as answer:
                served += answer.status == 200
        worst = max(worst, time.monotonic() - began)
        await asyncio.sleep(0.2)
    for writer in writers:
        if writer is not None:
            writer.close()
    print(f"{count} half requests at 1,024 files: {served} of 20 honest pages, worst wait {worst:.2f} s")
    return served == 20 and worst < MOST_WAIT


def frame(kind: int, payload: bytes) -> bytes:
    """Build a whole message as a client sends it, under a mask that changes nothing."""
    size = len(payload)
    length = (
        bytes([0x80 | size])
        if size < 126
        else bytes([0xFE]) + size.to_bytes(2)
        if size < 2**16
        else bytes([0xFF]) + size.to_bytes(8)
    )
    return bytes([FINAL | kind]) + length + bytes(4) + payload


def deflated(size: int) -> bytes:
    """Compress this many zero bytes as in a frame."""
    packer = zlib.compressobj(wbits=-15)
    block, rest = bytes(2**20), b""
    parts = [packer.compress(block[: min(2**20, size - start)]) for start in range(0, size, 2**20)]
    rest = packer.flush(zlib.Z_SYNC_FLUSH)
    return b"".join([*parts, rest])[:-4]


class Stranger:
    """A websocket without a library."""

    async def open(self, address: str, query: str = "") -> bool:
        """Open it from 127.0.0.2; return whether it was opened."""
        host = address.removeprefix("http://")
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            self.reader, self.writer = await asyncio.open_connection(*host.split(":"), local_addr=("127.0.0.2", 0))
            self.writer.write(UPGRADE.format(host=host, query=query).encode())
            self.head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)
            return b" 101 " in self.head
        return False

    async def send(self, frames: Iterable[bytes]) -> None:
        """Send frames until the other end has enough."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                for one in frames:
                    self.writer.write(one)
                    await self.writer.drain()
                    if self.reader.at_eof():
                        return

    async def stay(self, seconds: float) -> bool:
        """Stay this long, or until the other end closes it; return whether it is still open then."""
        with suppress(OSError):
            try:
                await asyncio.wait_for(self.reader.read(), seconds)
            except TimeoutError:
                return True
        return False

    def close(self) -> None:
        """Close it."""
        if hasattr(self, "writer"):
            self.writer.transport.abort()


async def send_attachments(stranger: Stranger) -> None:
    """Announce an event of very many binary parts, and send 380 of them, as many as may come at once."""
    packed_part = frame(BINARY | COMPRESSED, deflated(999_000))
    part = packed_part if b"permessage-deflate" in stranger.head else frame(BINARY, bytes(999_000))
    head = [frame(TEXT, b"40"), frame(TEXT, b'459999999-["event",{"_placeholder":true,"num":0}]')]
    await stranger.send([*head, *[part] * 380])
    await stranger.stay(20.0)


@cache
def inflating() -> bytes:
    """Build a frame that inflates to 250 MB."""
    return frame(BINARY | COMPRESSED, deflated(250_000_000))


async def send_inflating(stranger: Stranger) -> None:
    """Send one frame that inflates to 250 MB, and wait until it has been looked at."""
    await stranger.send([inflating()])
    await stranger.stay(20.0)


async def say_nothing(stranger: Stranger) -> None:
    """Connect, and stay for some seconds."""
    await stranger.send([frame(TEXT, b"40")])
    await asyncio.sleep(8.0)


async def send_pings(stranger: Stranger) -> None:
    """Send a million pings."""
    await stranger.send([frame(PING, b"") * 10_000] * 100)


async def page_of(address: str) -> str:
    """Return the query that the socket of a new page sends."""
    page = Page(address, 0)
    async with aiohttp.ClientSession() as session, session.get(f"{address}/table") as answer:
        page._take(await answer.text())  # noqa: SLF001
    return "&" + "&".join(f"{key}={str(value).lower()}" for key, value in page.query.items())


def visit(address: str, begun: Event, stop: Event, waits: Queue[float]) -> None:
    """Request a page again and again, and report the longest wait; in a process of its own."""
    worst = 0.0
    while not stop.is_set():
        begun.set()
        began = time.monotonic()
        with suppress(OSError), urlopen(f"{address}/table", timeout=PATIENCE) as answer:  # noqa: S310 - our own server
            answer.read()
        worst = max(worst, time.monotonic() - began)
        time.sleep(0.15)
    waits.put(worst)


async def watch(root: int, before: float, grown: list[float]) -> None:
    """Note by how many MB the memory has grown, again and again."""
    while True:
        grown.append(await asyncio.to_thread(memory, root) - before)
        await asyncio.sleep(0.25)


async def open_and(attack: Attack, address: str, gate: asyncio.Semaphore, *, has_page: bool) -> bool:
    """Open a socket and attack; return whether it is still open then."""
    stranger = Stranger()
    try:
        async with gate:
            if not await stranger.open(address, await page_of(address) if has_page else ""):
                return False
        await attack(stranger)
        return await stranger.stay(0.5)
    finally:
        stranger.close()


async def attack_sockets(
    address: str, root: int, count: int, attack: Attack, *, pages: bool = False
) -> tuple[float, float, int]:
    """Attack with many sockets at once; return an honest visitor's longest wait, MB grown, sockets left open."""
    before, grown = memory(root), [0.0]
    begun, stop, waits = PROCESSES.Event(), PROCESSES.Event(), PROCESSES.Queue()
    visitor = PROCESSES.Process(target=visit, args=(address, begun, stop, waits), daemon=True)
    visitor.start()
    watching = asyncio.create_task(watch(root, before, grown))
    await asyncio.to_thread(begun.wait)
    await asyncio.sleep(2.0)
    gate = asyncio.Semaphore(AT_ONCE)
    left = sum(await asyncio.gather(*(open_and(attack, address, gate, has_page=pages) for _ in range(count))))
    await asyncio.sleep(1.0)
    watching.cancel()
    stop.set()
    worst = await asyncio.to_thread(waits.get)
    visitor.join()
    return worst, max(grown), left


async def strangers(address: str, root: int) -> bool:
    """Run all attacks on sockets; return whether the targets are met."""
    met = []
    await attack_sockets(address, root, 20, say_nothing, pages=True)  # until what is needed for pages has been loaded
    wait, grown, _ = await attack_sockets(address, root, 0, say_nothing)
    print(f"without an attack: honest page at worst {wait:.2f} s, memory {grown:+.0f} MB", flush=True)
    for count, what, attack, pages in ATTACKS:
        wait, grown, left = await attack_sockets(address, root, count, attack, pages=pages)
        print(
            f"{count} sockets, {what}: honest page at worst {wait:.2f} s, memory {grown:+.0f} MB, {left} left",
            flush=True,
        )
        met.append(wait < SOCKET_WAIT and grown < SOCKET_MEMORY)
        await asyncio.sleep(3.0)
    return all(met)


ATTACKS = (
    (8, "380 binary parts each", send_attachments, False),
    (20, "a frame each that inflates to 250 MB", send_inflating, False),
    (2_000, "idle and without a page", say_nothing, False),
    (8, "each a page's, a million pings each", send_pings, True),
)


async def class_meets(address: str, clients: list[Client]) -> tuple[Page, str]:
    """Let a class join a room, sit down and begin; return its teacher, and the code."""
    teacher = Page(address, 0)
    await teacher.open("/table?s=cstd_wgigf_2012", "127.0.0.1")
    code = await teacher.enter()
    await teacher.socket.disconnect()
    await teacher._open()  # noqa: SLF001 - the desk's own socket
    for client in clients:
        await client.join(code)
    await teacher.press("Start")
    await play_on(clients, 10)
    return teacher, code


async def play_on(clients: list[Client], turns: int) -> None:
    """Answer until the room has gone on this many turns, or a minute is over."""
    start, until = max(client.turn for client in clients), time.monotonic() + 60.0
    while max(client.turn for client in clients) < start + turns and time.monotonic() < until:
        await asyncio.gather(*(client.answer() for client in clients))
        await asyncio.sleep(0.05)


async def come_back(clients: list[Client]) -> None:
    """Load every seat's page again, as a browser does once the server answers."""
    for client in clients:
        with suppress(Exception):
            await client.socket.disconnect()
        await client.reload()


def killed(folder: str, count: int) -> bool:
    """Kill the server of a class with SIGKILL, start it again, let the class go on; return whether it does."""
    port = free_port()
    options = ("--rooms", folder, "--port", str(port))

    async def class_and_crash() -> bool:
        with studio_process(*options) as (address, server):
            clients = [Client(address, n) for n in range(count)]
            teacher, _ = await class_meets(address, clients)
            before = max(client.turn for client in clients)
            server.kill()
            await asyncio.to_thread(server.wait)
        with studio_process(*options):
            await come_back(clients)
            seated, again = sum(client.sits() for client in clients), max(client.turn for client in clients)
            await play_on(clients, 10)
            after = max(client.turn for client in clients)
            for client in [*clients, teacher]:
                await client.leave()
        print(f"after kill -9: {seated} of {count} in their seats, turn {before} -> {again}, and on to {after}")
        return seated == count and again >= before and after > again + 4

    return asyncio.run(class_and_crash())


async def flood(address: str, source: str, stop: asyncio.Event) -> int:
    """Speak to the desk of a class as its pages do, without a pause; count the answers."""
    junk, count = {"key": "x" * 24, "journal": "[" * 390_000}, 0
    connector = aiohttp.TCPConnector(local_addr=(source, 0))
    async with aiohttp.ClientSession(connector=connector) as session:
        while not stop.is_set():
            with suppress(aiohttp.ClientError):
                await (await session.post(f"{address}/class/sign", json=junk)).read()
                await (await session.post(f"{address}/class/join", json={"code": "A" * 8, "name": "Stranger"})).read()
                await (await session.post(f"{address}/class/desk", json={"word": "A" * 8})).read()
                await (await session.get(f"{address}/play")).read()
                count += 4
    return count


async def strangers_at_a_class(address: str, root: int, seconds: float) -> bool:
    """Let strangers flood a class while somebody loads its page again and again; return whether the targets are met."""
    stop, waits, grown = asyncio.Event(), [0.0], [0.0]
    watching = asyncio.create_task(watch(root, memory(root), grown))
    floods = [asyncio.create_task(flood(address, f"127.0.0.{2 + n}", stop)) for n in range(8)]
    until = time.monotonic() + seconds
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < until:
            began = time.monotonic()
            async with session.get(f"{address}/play") as answer:
                await answer.read()
            waits.append(time.monotonic() - began)
            await asyncio.sleep(0.2)
    stop.set()
    count = sum(await asyncio.gather(*floods))
    watching.cancel()
    print(
        f"class: {count} requests of strangers; {len(waits) - 1} honest pages, worst wait {max(waits):.2f} s, memory"
        f" {max(grown):+.0f} MB"
    )
    return max(waits) < MOST_WAIT and max(grown) < MOST_MEMORY


def main() -> None:
    """Run it and print a line for each attack."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="12 seconds of long links, 10 more, a class of 12")
    parser.add_argument("--only", choices=("sockets", "half", "kill", "class", "long"))
    asked = parser.parse_args()
    seconds, links, people = (12.0, 10, 12) if asked.short else (30.0, 200, 30)
    met = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (4_096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    if asked.only in {None, "sockets"}:
        with studio_process() as (address, server):
            met.append(asyncio.run(strangers(address, server.pid)))
    if asked.only in {None, "half"}:
        with studio_process(before="ulimit -n 1024") as (address, _):
            met.append(asyncio.run(half_requests(address, 1_100)))
    if asked.only in {None, "kill"}:
        with TemporaryDirectory() as folder:
            met.append(killed(folder, people))
    if asked.only in {None, "class"}:
        with (
            TemporaryDirectory() as folder,
            studio_process("--class", "storm", "--host", "127.0.0.1", "--rooms", f"{folder}/rooms") as (
                address,
                server,
            ),
        ):
            met.append(asyncio.run(strangers_at_a_class(address, server.pid, seconds)))
    if asked.only in {None, "long"}:
        with studio_process() as (address, server):
            met.append(asyncio.run(attack(address, server.pid, seconds=seconds, links=links)))
    print("targets", "met" if all(met) else "MISSED")
    if not all(met):
        sys.exit(1)


if __name__ == "__main__":
    main()
