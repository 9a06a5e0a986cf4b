"""Attack the studio from other addresses, and see what an honest visitor notices.

    .venv/bin/python benchmarks/attack_studio.py            (--short; --only half|drip|class|long)

half: 1,100 half requests at a server that may open 1,024 files. drip: 500 messages of a megabyte each whose last byte
does not come. class: eight strangers send messages as the pages of a class do, as large as may be, with keys and codes
that they guess, and ask for its page, all without a pause. long: links to four of the largest pages that the limits
allow, renewed as they end, beside texts of a megabyte to be checked; then 200 such links, each to another page.

An honest page has to come in two seconds all the while, and the memory of the server and its workers may grow by 300
MB. --short: all of it smaller, with the same targets (`make attack`). The honest visitor is at 127.0.0.1, where alone
the studio listens; it is ended by its process id. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from multiprocessing import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import urlencode
from urllib.request import urlopen

sys.path.extend([str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parent)])
from speak import ask

from studio_server import studio_process

LARGE = [("s", "cstd_wgigf_2011"), ("c", "groups.government.seats=140"), ("c", "meetings.count=10")]
HONEST = ("/", "/edit", "/edit?s=classroom", "/teach")
MEGABYTE = b"a:\n" + b"- 1234567\n" * 99_000  # takes seconds to be read
MOST_WAIT, MOST_MEMORY = 2.0, 300.0  # seconds, MB
REST = 90  # seconds at most in which work that nobody waits for any more may end
PROCESSES = multiprocessing.get_context("spawn")
Attack = Callable[[str, float], Awaitable[int]]  # on an address, for so many seconds; returns what it sent


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


def visit(address: str, paths: tuple[str, ...], stop: Event, waits: Queue[list[float]]) -> None:
    """Request pages again and again, and report all waits; in a process of its own."""
    seen = []
    while not stop.is_set():
        began = time.monotonic()
        with suppress(OSError), urlopen(address + paths[len(seen) % len(paths)], timeout=60.0) as answer:  # noqa: S310 - our own server
            answer.read()
        seen.append(time.monotonic() - began)
        time.sleep(0.15)
    waits.put(seen)


async def open_connection(address: str, source: str) -> asyncio.StreamWriter | None:
    """Open a connection, None if it is refused."""
    host, port = address.removeprefix("http://").split(":")
    with suppress(OSError):
        return (await asyncio.open_connection(host, int(port), local_addr=(source, 0)))[1]
    return None


async def send_and_wait(address: str, seconds: float, count: int, sent: bytes) -> int:
    """Open this many connections, send on each what is no whole request, and stay; return how many were opened."""
    writers = await asyncio.gather(*(open_connection(address, f"127.0.0.{2 + n % 3}") for n in range(count)))
    opened = [writer for writer in writers if writer is not None]
    for writer in opened:
        with suppress(OSError):
            writer.write(sent)
            await asyncio.wait_for(writer.drain(), 5.0)
    await asyncio.sleep(seconds)
    for writer in opened:
        writer.transport.abort()
    return len(opened)


async def half_requests(address: str, seconds: float) -> int:
    """Send half requests."""
    return await send_and_wait(address, seconds, 1_100, b"GET /edit HTTP/1.1\r\nHost: 127")


async def dripping_messages(address: str, seconds: float) -> int:
    """Send messages whose last byte does not come."""
    host = address.removeprefix("http://")
    head = f"POST /check HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(MEGABYTE) + 1}\r\n\r\n"
    return await send_and_wait(address, seconds, 500, head.encode() + MEGABYTE)


async def until(seconds: float, act: Callable[[int], Awaitable[object]]) -> int:
    """Do something again and again for so long; return how often."""
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        with suppress(OSError, TimeoutError):
            await asyncio.wait_for(act(count), max(0.1, end - time.monotonic()))
        count += 1
    return count


async def strangers_at_a_class(address: str, seconds: float) -> int:
    """Speak to the desk of a class as its pages do, without a pause."""

    async def speak(source: str, n: int) -> None:
        junk = {"key": "x" * 24, "journal": "[" * 390_000}
        messages = [
            ("/class/sign", junk), ("/class/join", {"code": "A" * 8, "name": "Stranger"}),
            ("/class/enter", {"word": "A" * 8}), ("/class/enter", {"once": "x" * 24}), ("/class/desk", {}),
            ("/class/wall", {"look": "x" * 24}), ("/play", None),
        ]  # fmt: skip
        path, message = messages[n % len(messages)]
        await ask(address, path, message, source=source)

    floods = [until(seconds, lambda n, source=f"127.0.0.{2 + one}": speak(source, n)) for one in range(8)]
    return sum(await asyncio.gather(*floods))


def large(seed: int) -> str:
    """Return a link to one of the largest pages, with a seed of its own."""
    return urlencode([*LARGE, ("seed", str(seed))])


async def large_links(address: str, seconds: float) -> int:
    """Ask for the largest pages, and for texts of a megabyte to be checked."""
    links = [
        until(seconds, lambda n, one=one: ask(address, f"/turn/lab?{large(10 * n + one)}", source="127.0.0.2"))
        for one in range(4)
    ]
    checks = until(seconds, lambda n: ask(address, "/check", MEGABYTE + b"- %d\n" % n, source="127.0.0.2"))
    return sum(await asyncio.gather(*links, checks))


async def many_pages(address: str, count: int) -> None:
    """Ask for many large pages, ten at a time, each for a dozen seconds at most."""

    async def one(n: int) -> None:
        with suppress(OSError, TimeoutError):
            await asyncio.wait_for(ask(address, f"/turn/lab?{large(1_000 + n)}", source=f"127.0.0.{2 + n % 10}"), 12.0)

    for first in range(0, count, 10):
        await asyncio.gather(*(one(first + n) for n in range(10)))


async def after_a_rest(root: int, before: float) -> tuple[int, float]:
    """Rest until the memory is within the target, or for the longest rest; return the seconds and the MB then taken."""
    for rest in range(REST):
        if (grown := memory(root) - before) < MOST_MEMORY:
            return rest, grown
        await asyncio.sleep(1.0)
    return REST, memory(root) - before


class Plan(NamedTuple):
    """An attack: what is done, on a studio with which options, and what an honest visitor asks for meanwhile."""

    act: Attack
    options: tuple[str, ...] = ()
    before: str = ""  # what the shell does before it starts the studio
    paths: tuple[str, ...] = HONEST
    pages: int = 0  # large ones that are asked for afterwards


async def attacked(name: str, plan: Plan, address: str, root: int, seconds: float) -> bool:
    """Attack a studio while somebody visits it; print what was seen, and return whether the targets are met."""
    for path in plan.paths:
        await ask(address, path)  # until what is needed for pages has been loaded
    before, stop, waits = memory(root), PROCESSES.Event(), PROCESSES.Queue()
    visitor = PROCESSES.Process(target=visit, args=(address, plan.paths, stop, waits), daemon=True)
    visitor.start()
    sent = await plan.act(address, seconds)
    stop.set()
    seen = await asyncio.to_thread(waits.get)
    visitor.join()
    await many_pages(address, plan.pages)
    rest, grown = await after_a_rest(root, before)
    worst, median = max(seen), sorted(seen)[len(seen) // 2]
    print(
        f"{name}: {sent} sent; {len(seen)} honest pages, worst wait {worst:.2f} s, median {median:.2f} s; memory"
        f" {grown:+.0f} MB after {rest} s of rest",
        flush=True,
    )
    return worst < MOST_WAIT and grown < MOST_MEMORY


def main() -> None:
    """Run it and print a line for each attack."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="12 seconds each, and 10 links more")
    parser.add_argument("--only", choices=("half", "drip", "class", "long"))
    asked = parser.parse_args()
    seconds, links = (12.0, 10) if asked.short else (30.0, 200)
    resource.setrlimit(resource.RLIMIT_NOFILE, (4_096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    met = []
    with TemporaryDirectory() as folder:
        a_class = ("--class", "storm", "--host", "127.0.0.1", "--rooms", f"{folder}/rooms")
        plans = {
            "half": Plan(half_requests, before="ulimit -n 1024"),
            "drip": Plan(dripping_messages),
            "class": Plan(strangers_at_a_class, a_class, paths=("/play", "/desk")),
            "long": Plan(large_links, pages=links),
        }
        for name, plan in plans.items():
            if asked.only in {None, name}:
                with studio_process(*plan.options, before=plan.before) as (address, server):
                    met.append(asyncio.run(attacked(name, plan, address, server.pid, seconds)))
    print("targets", "met" if all(met) else "MISSED")
    if not all(met):
        sys.exit(1)


if __name__ == "__main__":
    main()
