"""Attack the studio from other addresses, and see what an honest visitor notices.

    .venv/bin/python benchmarks/attack_studio.py            (--short; --only half|drip|class|long)

half: 1,100 half requests at a server that may open 1,024 files. drip: 500 messages of a megabyte each whose last byte
does not come. class: eight strangers send messages as the pages of a class do, as large as may be, with keys and codes
that they guess, and ask for its page, all without a pause; somebody at a shared table, with thirty questions held open,
answers for another seat, for a turn that is over, and what no page sends, and it must change nothing. long: links to
four of the largest pages that the limits allow, renewed as they end, beside texts of a megabyte to be checked.

An honest page has to come in two seconds all the while, and the memory of the server and its workers may grow by 300
MB. --short: twelve seconds each, with the same targets (`make attack`). The honest visitor is at 127.0.0.1, where alone
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
from functools import partial
from multiprocessing import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import urlencode
from urllib.request import urlopen

sys.path.extend([str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parent)])
from speak import answer_to, ask

from negsim.studio.journal import read_entries
from studio_server import studio_process

LARGE = urlencode([("s", "cstd_wgigf_2011"), ("c", "groups.government.seats=140"), ("c", "meetings.count=10")])
HONEST = ("/", "/edit", "/edit?s=classroom", "/teach")
MEGABYTE = b"a:\n" + b"- 1234567\n" * 99_000  # takes seconds to be read
DRIP = b"Content-Length: %d\r\n\r\n" % (len(MEGABYTE) + 1) + MEGABYTE  # whose last byte does not come
MOST_WAIT, MOST_MEMORY = 2.0, 300.0  # seconds, MB
STRANGE = [
    ("/class/sign", {"key": "x" * 24, "journal": "[" * 390_000}), ("/class/desk", {}), ("/play", None),
    ("/class/join", {"code": "A" * 8, "name": "Stranger"}), ("/class/wall", {"look": "x" * 24}),
    ("/class/enter", {"word": "A" * 8}), ("/class/enter", {"once": "x" * 24}),
]  # fmt: skip
HELD = ("turn", "answers", "waits", "notes")  # of a table that nobody has answered at
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


async def send_and_wait(count: int, sent: bytes, address: str, seconds: float) -> int:
    """Open this many connections, send on each what is no whole request, and stay; return how many were opened."""
    sent = sent.replace(b"HOST", address.removeprefix("http://").encode())
    host, port = address.removeprefix("http://").split(":")
    sources = [f"127.0.0.{2 + n % 3}" for n in range(count)]
    asked = (asyncio.open_connection(host, int(port), local_addr=(source, 0)) for source in sources)
    opened = [one[1] for one in await asyncio.gather(*asked, return_exceptions=True) if isinstance(one, tuple)]
    for writer in opened:
        with suppress(OSError):
            writer.write(sent)
            await asyncio.wait_for(writer.drain(), 5.0)
    await asyncio.sleep(seconds)
    for writer in opened:
        writer.transport.abort()
    return len(opened)


async def until(seconds: float, act: Callable[[int], Awaitable[object]]) -> int:
    """Do something again and again for so long; return how often."""
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        with suppress(OSError, TimeoutError, ValueError):
            await asyncio.wait_for(act(count), max(0.1, end - time.monotonic()))
        count += 1
    return count


async def at_a_class(folder: Path, address: str, seconds: float) -> int:
    """Attack a class from outside, and from a table of it; RuntimeError if that works. folder: of its journal."""
    first = read_entries(next((folder / "rooms-class").glob("*.journal"))).entries[0]
    desk = partial(
        answer_to, address, "/class/desk",
        cookies=(await ask(address, "/class/enter", {"word": first["word"]})).cookies,
    )  # fmt: skip
    dealt = await desk({})
    await desk({"deal": {**dealt["deal"], "seats": [dealt["seats"][:2]], "people": 1}})
    eve, ann = [
        (await answer_to(address, "/class/join", {"code": first["code"], "name": name}))["key"]
        for name in ("Eve", "Ann")
    ]
    table = partial(answer_to, address, "/class/table", source="127.0.0.10")
    before = (await desk({"phase": "play", "seconds": 0.0}))["tables"][0]
    news = await table({"key": eve})
    turn, seat = news["turns"], news["whole"]["seat"]
    reply = {"milliseconds": 1, "act": "ask", "adviser": False, "kept": "[" * 4_001}  # no page keeps as much
    wrong = [
        {"turn": turn, "rows": [["whom", 2 * (1 - seat), 5.0]]}, {"turn": turn - 1, "rows": []},  # another's; over
        {"turn": 2**70, "rows": []}, {"turn": turn, "rows": [["whom", 10**99, 5.0]]},
        {"turn": turn, "rows": [["response", seat, 2.0]]}, {"turn": turn, "rows": [["whom", 2 * seat, 5.0]] * 120},
        {"turn": turn, "rows": [], "reply": reply},
    ]  # fmt: skip
    cheats = [{"key": eve, "answer": one} for one in wrong] + [
        {"key": "x" * 24, "answer": {"turn": turn, "rows": []}}, b'{"key": ' + b"[" * 19_000, b'{"have": NaN}',
    ]  # fmt: skip

    async def cheat(n: int) -> None:
        if not (await table(cheats[n % len(cheats)]))["problem"]:
            raise RuntimeError(f"the table took {str(cheats[n % len(cheats)])[:200]}")

    def speak(n: int, source: str) -> Awaitable[object]:
        return ask(address, *STRANGE[n % len(STRANGE)], source=source)

    floods = [until(seconds, partial(speak, source=f"127.0.0.{2 + one}")) for one in range(8)]
    held = [until(seconds, lambda _: table({"key": eve, "have": turn, "heard": news["mark"]})) for _ in range(30)]
    sent = sum(await asyncio.gather(*floods, *held, until(seconds, cheat)))
    after = (await desk({}))["tables"][0]
    if [before[name] for name in HELD] != [after[name] for name in HELD]:
        raise RuntimeError(f"the table has changed: {before}, {after}")
    await asyncio.sleep(5.0)  # until Eve may speak again
    told = [await table({"key": key, "answer": {"turn": turn, "rows": []}}) for key in (eve, ann)]
    if told[1]["turns"] <= turn:
        raise RuntimeError(f"the table does not go on: {[one['problem'] for one in told]}")
    return sent


async def large_links(address: str, seconds: float) -> int:
    """Ask for the largest pages, and for texts of a megabyte to be checked."""
    links = [
        until(seconds, lambda n, one=one: ask(address, f"/turn/lab?{LARGE}&seed={10 * n + one}", source="127.0.0.2"))
        for one in range(4)
    ]
    checks = until(seconds, lambda n: ask(address, "/check", MEGABYTE + b"- %d\n" % n, source="127.0.0.2"))
    return sum(await asyncio.gather(*links, checks))


class Plan(NamedTuple):
    """An attack: what is done, on a studio with which options, and what an honest visitor asks for meanwhile."""

    act: Attack
    options: tuple[str, ...] = ()
    before: str = ""  # what the shell does before it starts the studio
    paths: tuple[str, ...] = HONEST


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
    rest, grown = 0, memory(root) - before
    while grown > MOST_MEMORY and rest < REST:
        await asyncio.sleep(1.0)
        rest, grown = rest + 1, memory(root) - before
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
    parser.add_argument("--short", action="store_true", help="12 seconds each")
    parser.add_argument("--only", choices=("half", "drip", "class", "long"))
    asked = parser.parse_args()
    seconds = 12.0 if asked.short else 30.0
    resource.setrlimit(resource.RLIMIT_NOFILE, (4_096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    met = []
    with TemporaryDirectory() as folder:
        a_class = ("--class", "storm", "--host", "127.0.0.1", "--rooms", f"{folder}/rooms")
        plans = {
            "half": Plan(partial(send_and_wait, 1_100, b"GET /edit HTTP/1.1\r\nHost: 127"), before="ulimit -n 1024"),
            "drip": Plan(partial(send_and_wait, 500, b"POST /check HTTP/1.1\r\nHost: HOST\r\n" + DRIP)),
            "class": Plan(partial(at_a_class, Path(folder)), a_class, paths=("/play", "/desk")),
            "long": Plan(large_links),
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
