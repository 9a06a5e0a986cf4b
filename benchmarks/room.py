"""Measure one room, thirty protocol-level clients and two real browsers: how soon all see a move, and any losses.

    .venv/bin/python benchmarks/room.py            (--clients 30 --moves 60 --labs 30)

The clients speak what a page speaks: they join with the code, take the page, keep its socket open, take every update,
and press the button by which a delegate answers. A move is an answer that lets the room go on; a client has seen it
when its page shows a later turn. Half-way ten clients drop: five sockets that come back, five pages that are reloaded.
labs: visitors beside the room, none by default. All at once each opens the lab with a seed of its own, so that a worker
has to make its page; then, until the room has played, each lets other settings be checked, one after the other. What
their own machines compute is left out: on this one the runs of thirty labs would say nothing about the server.

- All clocks are this machine's. Whatever is sent again after a drop has to go on where it was cut off.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import itertools
import json
import math
import re
import statistics
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import socketio
from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import Error as PlaywrightError

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from studio_server import CHROMIUM, QUIETLY, studio

SCENARIO = "cstd_wgigf_2012"
BUTTON = "As my delegate would"
DROPPED, AWAY = 10, 1.5  # clients, seconds
MOST_WAIT, MOST_WAIT_BESIDE_LABS = 1.0, 0.3  # seconds in which 95 of 100 moves are seen
PATIENCE = 60  # seconds for a connection
THINKING = 10.0  # seconds between two settings that a lab tries
ESCAPES = {"&lt;": "<", "&gt;": ">", "&#96;": "`", "&#36;": "$", "&amp;": "&"}
WATCH = """() => { window.turns = [];
  const label = document.querySelector('[aria-label="turn"]');
  const note = () => window.turns.push([Date.now() / 1000, label.innerText]);
  new MutationObserver(note).observe(label, {childList: true, characterData: true, subtree: true}); note(); }"""


def turn_of(text: str) -> int:
    """Return the turn that a page shows."""
    found = re.search(r"turn (\d+)", text)
    return int(found[1]) if found else 0


class Client:
    """One page without a browser."""

    def __init__(self, address: str, number: int) -> None:
        self.address, self.number, self.name = address, number, f"C{number:02}"
        self.seen: list[tuple[float, int]] = []  # when the page said which turn
        self.lost = 0  # messages whose number was not the next one
        self.ticket = ""  # with which a teacher gets into the room that a page opened
        self.turn = -1
        self.answered = -1  # the turn of the last answer
        self.elements: dict[str, Any] = {}
        self.answers: list[tuple[float, int]] = []
        self.gone = (math.inf, math.inf)  # from when until when

    async def join(self, code: str) -> None:
        """Get in, take the page, open its socket, sit down."""
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        async with self.session.post(f"{self.address}/join", data={"code": code, "name": self.name}) as answer:
            self.page = str(answer.url)
            self._take(await answer.text())
        await self._open()
        await self.choose("Whose chair", self.number)
        await asyncio.sleep(0.1)
        await self.press("Sit down")

    def _take(self, html: str) -> None:
        """Take the elements of a page, and the query of its socket."""
        found = re.search(r"parseElements\(String.raw`(.*?)`\)", html, re.DOTALL)
        query = re.search(r"query: (\{.*?\}),\n", html)
        assert found, html[:300]  # noqa: S101 - the page is one of a room
        assert query  # noqa: S101
        text = found[1]
        for written, meant in ESCAPES.items():
            text = text.replace(written, meant)
        self.elements = json.loads(text)
        self.query = ast.literal_eval(query[1]) | {"tab_id": str(uuid.uuid4()), "document_id": str(uuid.uuid4())}
        self.next = int(self.query["next_message_id"])
        self._note()

    async def _open(self) -> None:
        self.query["next_message_id"] = self.next
        said = "&".join(f"{key}={str(value).lower()}" for key, value in self.query.items())
        self.socket = socketio.AsyncClient(reconnection=False, request_timeout=PATIENCE)
        self.socket.on("*", self._on_message)
        await self.socket.connect(
            f"{self.address}?{said}", transports=["websocket"], socketio_path="_nicegui_ws/socket.io",
            wait_timeout=PATIENCE,
        )  # fmt: skip

    async def _on_message(self, event: str, message: dict[str, Any]) -> None:
        number = message.pop("_id", None)
        if number is not None:
            self.lost += number > self.next
            if number < self.next:  # sent again though it was had
                return
            self.next = number + 1
        if event == "run_javascript" and (found := re.search(r'name: "ticket", value: "([^"]+)"', message["code"])):
            self.ticket = found[1]
        if event == "update":
            for name, element in message.items():
                if element is None:
                    self.elements.pop(name, None)
                else:
                    self.elements[name] = element
            self._note()

    def _note(self) -> None:
        """Note the turn that the page shows."""
        for element in self.elements.values():
            if element.get("props", {}).get("aria-label") == "turn":
                turn = turn_of(element.get("text", ""))
                if turn != self.turn:
                    self.turn = turn
                    self.seen.append((time.time(), turn))

    async def press(self, name: str) -> bool:
        """Press a button if there is one with that name."""
        return await self._tell(name, "click", {})

    async def choose(self, name: str, option: int) -> bool:
        """Choose an option of a list by its number."""
        return await self._tell(name, "update:modelValue", {"value": option, "label": ""})

    async def _tell(self, name: str, kind: str, what: dict[str, Any]) -> bool:
        for number, element in self.elements.items():
            listeners = [event for event in element.get("events", []) if event["type"] == kind]
            if element.get("props", {}).get("aria-label") == name and listeners:
                message = {
                    "id": int(number),
                    "client_id": self.query["client_id"],
                    "listener_id": listeners[0]["listener_id"],
                    "args": [json.dumps(what)],
                }
                await self.socket.emit("event", message)
                return True
        return False

    async def answer(self) -> None:
        """Answer the page's question, once a turn."""
        if self.answered != self.turn and self.socket.connected and await self.press(BUTTON):
            self.answered = self.turn
            self.answers.append((time.time(), self.turn))

    async def drop(self, *, reload: bool) -> None:
        """Lose the connection, and come back: with the same page, or with a new one."""
        self.gone = (time.time() - 1.0, math.inf)
        await self.socket.disconnect()
        await asyncio.sleep(AWAY)
        await (self.reload() if reload else self._open())
        self.gone = (self.gone[0], time.time() + 1.0)

    async def reload(self) -> None:
        """Load the page again, as a browser does."""
        async with self.session.get(self.page) as answer:
            self._take(await answer.text())
        self.answered = -1
        await self._open()

    def sits(self) -> bool:
        """Return whether the page shows a brief."""
        return any(
            "Your brief" in str(element.get("props", {}).get("innerHTML", "")) for element in self.elements.values()
        )

    async def leave(self) -> None:
        """Close everything."""
        if hasattr(self, "socket"):
            await self.socket.disconnect()
        await self.session.close()


async def opened(browser: Browser, address: str) -> tuple[Page, str]:
    """Open a teacher's desk in a real browser; return it and its code."""
    desk = await (await browser.new_context()).new_page()
    await desk.goto(f"{address}/table?s={SCENARIO}")
    await desk.get_by_role("button", name="Open a room").click()
    await desk.wait_for_url("**/table/*")
    code = await desk.get_by_label("room code").inner_text()
    for name, option in (("The model moves", "at once"), ("Time to answer", "as long as it takes")):
        await desk.get_by_role("combobox", name=name).click()
        await desk.get_by_role("option", name=option).click()
    return desk, code


async def seated(browser: Browser, address: str, code: str) -> Page:
    """Sit down as a student in a real browser."""
    page = await (await browser.new_context(viewport={"width": 390, "height": 844})).new_page()
    await page.goto(f"{address}/table")
    await page.get_by_label("Room code").fill(code)
    await page.get_by_label("Your name").fill("Browser")
    await page.get_by_role("button", name="Join").click()
    await page.wait_for_url("**/table/*/*")
    await page.get_by_role("combobox", name="Whose chair").click()
    await page.get_by_role("option", disabled=False).first.click()
    await page.get_by_role("button", name="Sit down").click()
    await page.get_by_role("heading", name="Your brief").wait_for()
    return page


async def lab(address: str, number: int, waits: list[float]) -> None:
    """Open the lab with a seed of one's own, and let other settings be checked until cancelled."""
    connector = aiohttp.TCPConnector(local_addr=(f"127.0.0.{2 + number}", 0))
    async with aiohttp.ClientSession(connector=connector) as session:
        for path in itertools.chain(
            [f"/lab?s={SCENARIO}&seed={number}"], (f"/lab/check?s={SCENARIO}&seed={n}" for n in itertools.count(1_000))
        ):
            began = time.monotonic()
            async with session.get(address + path) as answer:
                text = await answer.text()
                if answer.status != HTTPStatus.OK or ("check" in path and text):
                    raise RuntimeError(f"{path}: {answer.status}, {text[:200]}")
            waits.append(time.monotonic() - began)
            await asyncio.sleep(THINKING)


async def measure(address: str, count: int, moves: int, labs: int) -> dict[str, Any]:
    """Play, drop, come back; return what was seen when."""
    waits: list[list[float]] = [[] for _ in range(labs)]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        desk, code = await opened(browser, address)
        clients = [Client(address, n) for n in range(count)]
        for client in clients:
            await client.join(code)
        page = await seated(browser, address, code)
        await page.evaluate(WATCH)
        await desk.evaluate(WATCH.replace('[aria-label="turn"]', ".stage-turn"))
        await desk.get_by_role("button", name="Start").click()
        beside = [asyncio.create_task(lab(address, n, each)) for n, each in enumerate(waits)]
        await play(clients, page, moves)
        await asyncio.sleep(1.5)
        for task in beside:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        result = {
            "clients": clients,
            "labs": waits,
            "browsers": [await page.evaluate("window.turns"), await desk.evaluate("window.turns")],
            "sits": sum(client.sits() for client in clients),
        }
        for client in clients:
            await client.leave()
        await browser.close()
        return result


async def play(clients: list[Client], page: Page, moves: int) -> None:
    """Let everybody answer until there were this many moves; half-way ten drop."""
    made: set[int] = set()
    dropping: list[asyncio.Task[None]] = []
    until = time.monotonic() + 240
    button = page.get_by_role("button", name=BUTTON)
    while len(made) < moves and time.monotonic() < until:
        await asyncio.gather(*(client.answer() for client in clients))
        if await button.count():
            with suppress(PlaywrightError):  # the room has moved on
                await button.first.click(timeout=2000)
        made = {turn for client in clients for _, turn in client.answers}
        if not dropping and len(made) >= moves // 2:
            dropping = [asyncio.create_task(c.drop(reload=n % 2 == 1)) for n, c in enumerate(clients[:DROPPED])]
        await asyncio.sleep(0.03)
    await asyncio.gather(*dropping)


def delays(result: dict[str, Any]) -> tuple[list[float], list[float]]:
    """Return the time from the last answer to a turn until each client, and each browser, showed a later turn.

    Moves that were made while a client was away are left out for it.
    """
    sent: dict[int, float] = {}
    for client in result["clients"]:
        for when, turn in client.answers:
            sent[turn] = max(when, sent.get(turn, 0.0))
    moves = {turn: when for turn, when in sent.items() if turn != max(sent)}
    protocol = [
        delay
        for client in result["clients"]
        for delay in _delays({t: w for t, w in moves.items() if not client.gone[0] < w < client.gone[1]}, client.seen)
    ]
    browsers = [
        delay for seen in result["browsers"] for delay in _delays(moves, [(at, turn_of(text)) for at, text in seen])
    ]
    return protocol, browsers


def _delays(moves: dict[int, float], seen: list[tuple[float, int]]) -> Iterator[float]:
    """Yield how long each move took to be seen by one side; infinite if it never was."""
    for turn, when in moves.items():
        yield max(0.0, min((at for at, said in seen if said > turn and at > when - 0.5), default=math.inf) - when)


def row(what: str, seconds: list[float], target: float) -> str:
    """Format a row of the table. target: for 95 of 100."""
    ordered = sorted(seconds)
    middle, most = statistics.median(ordered), ordered[-1]
    high = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    verdict = "met" if high <= target else "MISSED"
    return f"{what:<34}{len(ordered):>8}{middle:>10.3f}{high:>10.3f}{most:>10.3f}   p95 <= {target:g} s: {verdict}"


def main() -> None:
    """Run it and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=30)
    parser.add_argument("--moves", type=int, default=60)
    parser.add_argument("--labs", type=int, default=0)
    asked = parser.parse_args()
    with studio() as address:
        result = asyncio.run(measure(address, asked.clients, asked.moves, asked.labs))
    clients: list[Client] = result["clients"]
    protocol, browsers = delays(result)
    moves = len({turn for client in clients for _, turn in client.answers})
    target = MOST_WAIT_BESIDE_LABS if asked.labs else MOST_WAIT
    print(f"{'a move until it is seen, seconds':<34}{'seen':>8}{'median':>10}{'p95':>10}{'most':>10}")
    print(row(f"{len(clients)} protocol-level clients", protocol, target))
    print(row("2 browsers", browsers, target))
    print(row("all", protocol + browsers, target))
    turns = {client.turn for client in clients}
    if asked.labs:
        first, checks = zip(*((each[0], each[1:]) for each in result["labs"]), strict=True)
        print(
            f"{asked.labs} labs: the last page came after {max(first):.2f} s; {sum(map(len, checks))} settings checked"
        )
    print(f"{moves} moves; {DROPPED} clients dropped and came back (half of them reloaded)")
    lost = sum(client.lost for client in clients)
    print(f"messages lost: {lost}; back in their seats: {result['sits']} of {len(clients)}; turns at the end: {turns}")
    if len(turns) != 1 or result["sits"] != len(clients) or lost:
        sys.exit("something was lost")


if __name__ == "__main__":
    main()
