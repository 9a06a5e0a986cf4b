"""The studio under attack, from another address: how long an honest page waits, and what memory stays taken.

    .venv/bin/python benchmarks/attack_studio.py

From 127.0.0.2: four links to the largest runs that the limits allow, kept busy with new ones, while "Open a room" is
pressed beside a scenario of 1 MB; then 200 such links, each of another run. From 127.0.0.1: the pages of an honest
visitor, one after the other. Linux only: it reads the memory of the server and its workers from /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from negsim.classroom.links import packed

sys.path.extend([str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parent)])
from room import Client

from studio_server import studio_process

LARGE = [("s", "cstd_wgigf_2011"), ("c", "groups.government.seats=140"), ("c", "meetings.count=10")]
HONEST = ("/", "/table", "/room?s=classroom&seed={n}", "/room?seed={n}", "/lab?s=classroom&seed={n}", "/edit")
ISSUES = "".join(f"  i{n}: {{label: L{n}, low: a, high: b}}\n" for n in range(24_000))
MEGABYTE = f"format: 1\ntitle: x\nissues:\n{ISSUES}"[: 2**20 - 100]
MOST_WAIT, MOST_MEMORY = 2.0, 300.0  # seconds, MB


class Page(Client):
    """A page of a stranger, kept open without a browser."""

    async def open(self, path: str, source: str) -> None:
        """Get the page and connect its socket, as a browser would."""
        connector = aiohttp.TCPConnector(local_addr=(source, 0))
        self.session = aiohttp.ClientSession(connector=connector)
        async with self.session.get(self.address + path) as answer:
            self.html = await answer.text()
        if "parseElements" in self.html:
            self._take(self.html)
            await self._open()

    async def close(self) -> None:
        """Close it."""
        if hasattr(self, "socket"):
            await self.socket.disconnect()
        await self.session.close()


def memory(root: int) -> float:
    """MB of a process and all below it: what each has for itself, shared pages counted once."""
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
    """Ask for page after page, and note how long each took."""
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
    """Open a link to a large run, and stay until it is there or patience ends; whether it was."""
    path, until, shown = "/room?" + urlencode([*LARGE, ("seed", str(seed))]), time.monotonic() + patience, False
    while not shown and time.monotonic() < until:
        page = Page(address, seed)
        try:
            await page.open(path, source)
            shown = "One moment" not in page.html
            await asyncio.sleep(min(1.0 if shown else patience / 2, until - time.monotonic()))
        finally:
            await page.close()
    return shown


async def press_megabyte(address: str, source: str, stop: asyncio.Event) -> None:
    """Press "Open a room" beside a scenario of 1 MB, again and again."""
    page = Page(address, 0)
    try:
        await page.open("/table?" + urlencode({"y": packed(MEGABYTE)}), source)
        while not stop.is_set():
            await page.press("Open a room")
            await asyncio.sleep(1.0)
    finally:
        await page.close()


async def attack(address: str, root: int, *, seconds: float, links: int) -> bool:
    """Both attacks; whether the targets are met."""
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

    tasks = [asyncio.create_task(keep_busy(n)) for n in range(2, 6)]
    tasks += [asyncio.create_task(press_megabyte(address, source, stop))]
    tasks += [asyncio.create_task(honest(address, waits, stop))]
    await asyncio.sleep(seconds)
    stop.set()
    await asyncio.gather(*tasks)
    worst, where = max(waits)
    median, _ = sorted(waits)[len(waits) // 2]
    print(f"honest pages: {len(waits)}; worst wait {worst:.2f} s ({where}); median {median:.2f} s")
    shown = 0
    for first in range(0, links, 10):
        visits = [long_link(address, f"127.0.0.{2 + n}", 1_000 + first + n, 12.0) for n in range(10)]
        shown += sum(await asyncio.gather(*visits))
    await asyncio.sleep(5.0)
    grown = memory(root) - before
    print(f"memory after {links} links, {shown} of them shown: {grown:+.0f} MB ({before:.0f} MB before)")
    return worst < MOST_WAIT and grown < MOST_MEMORY


def main() -> None:
    """Run it and print two lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="of the four long links")
    parser.add_argument("--links", type=int, default=200)
    asked = parser.parse_args()
    with studio_process() as (address, server):
        met = asyncio.run(attack(address, server.pid, seconds=asked.seconds, links=asked.links))
    print(f"a wait under {MOST_WAIT:.0f} s, memory within {MOST_MEMORY:.0f} MB: {'met' if met else 'MISSED'}")
    if not met:
        sys.exit(1)


if __name__ == "__main__":
    main()
