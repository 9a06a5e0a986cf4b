"""Rehearse a class of thirty at fifteen tables, from the QR code to the debriefing; fail if anybody loses anything.

    .venv/bin/python benchmarks/class_rehearsal.py        (--short; --pages 300; --out FOLDER: what it made)
    .venv/bin/python benchmarks/class_rehearsal.py --browsers        (register; --short: two tables that hurry)

`negsim studio --class storm` serves the class. Its people speak as a page does, without a browser; their games are
those that node plays in the page's own program, by tables that think, some with less care. Fifty minutes pass on the
desk's clock, which the rehearsal sets. In the middle the studio is ended by `kill -9` and started again, five phones
drop out and come back with nothing but their keys, somebody comes late, and a table asks for time. Two tables send
forged games, one plays its first game once more. It prints what the desk found, the longest wait for a page, and the
memory of the server; docs/security.md has the targets.

--browsers: the lesson of a play case instead, phase by phase as its plan has it, at seven shared tables of four, one of
whom comes late, in thirty contexts of Chromium with the desk and the wall. Its people read what is new on their screen,
press, and do not stop to think or talk: so their minutes are the least that people need. It prints for each phase what
the machine and the students needed, and whom the page led on; then how long after the answer that made it due a sheet
was drawn on the other phones, and what of that was the server, the line and the page.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.request import urlopen

sys.path.extend(str(Path(__file__).parents[1] / place) for place in ("", "tests", "benchmarks"))
from attack_studio import PROCESSES, memory, visit
from speak import answer_to, ask

from negsim.studio.journal import read_entries
from node import answer, blocks_of, module
from studio_server import CHROMIUM, QUIETLY, free_port

PLAYERS = Path(__file__).parents[1] / "tests" / "page" / "players.mjs"
PLAYER = PLAYERS.parents[1] / "player.js"
SCENARIO = "storm"
LATE, DROPPED, FORGED = 1, 5, 2
READS = 200  # words a minute; Brysbaert (2019), doi 10.1016/j.jml.2019.104047, has 238 for a first language
PRESSES = 2.65  # seconds a press: decide, point, press (Card, Moran and Newell 1980, doi 10.1145/358886.358895)
HURRY = 20  # times as fast with --short
MINUTES = {"join": 5, "brief": 8, "guess": 3, "play": 22, "debrief": 12}  # fifty
RATE = 100.0  # messages a second: those of 300 pages that ask every three seconds
MOST_WAIT, MOST_MEMORY = 2.0, 300.0  # seconds, MB: the targets of docs/security.md
MOST_DELAY, MOST_HONEST, MOST_SHARED = 0.5, 1.0, 150.0  # of shared tables: seconds, seconds, MB
WAIT = 600.0  # seconds for whatever has to happen
CLOCK = """
import sys, time, types
from pathlib import Path
from negsim.studio.pages import classes
real, offset, send = time.time, Path(sys.argv.pop(1)), classes.send_json
classes.time = types.SimpleNamespace(time=lambda: real() + float(offset.read_text()), monotonic=time.monotonic)
sent = offset.with_name("sent").open("a", buffering=1)
def noted(what, *rest, **more):
    answer = send(what, *rest, **more)
    if "mark" in what: print(what["mark"], time.time(), file=sent)
    return answer
classes.send_json = noted
from negsim.cli import main
main()
"""
GAMES = f"""
import {{start}} from {module("engine.js")};
import {{Game}} from {module("game.js")};
import {{played, randomPlayer, thinkingPlayer}} from {json.dumps(str(PLAYERS))};
const facts = JSON.parse(given.facts), engine = await start(given.program, given.arrays, facts);
answer(given.deals.map((deal, n) => {{
  const think = thinkingPlayer(), {{reply, random}} = randomPlayer(n + 1), careless = (n % 5) / 15;
  const game = played(new Game(engine, deal), (question) => (random() < careless ? reply(question) : think(question)));
  const journal = game.journal({{table: deal.table, code: deal.code, attempt: 1, guess: null}});
  game.free();
  const took = () => Math.round(5000 + 40000 * random());
  return {{...journal, answers: journal.answers.map(([turn, , ...rest]) => [turn, took(), ...rest])}};
}}));
"""


class Studio:
    """A studio with a class, which can be killed and started again."""

    def __init__(self, folder: Path, scenario: str = SCENARIO) -> None:
        self.folder, self.port, self.scenario = folder, free_port(), scenario
        self.address, self.offset = f"http://127.0.0.1:{self.port}", folder / "offset"
        self.offset.write_text("0")
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-c", CLOCK, str(self.offset), "studio", "--class", self.scenario, "--no-browser"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--rooms", str(self.folder / "rooms")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            with suppress(OSError), urlopen(f"{self.address}/play", timeout=WAIT):  # noqa: S310 - our own server
                return
            time.sleep(0.1)
        raise RuntimeError("the studio did not start")

    def kill(self) -> None:
        """End it as a crash would."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def pass_minutes(self, minutes: float) -> None:
        """Let time pass on the desk's clock."""
        self.offset.write_text(str(float(self.offset.read_text()) + 60.0 * minutes))

    @property
    def word(self) -> str:
        """The teacher's word, as the studio printed it."""
        return re.findall(r"with the teacher's word (\S+)", (self.folder / "log").read_text())[-1]

    @property
    def journal(self) -> Path:
        """The journal of the class."""
        return next((self.folder / "rooms-class").glob("*.journal"))


@dataclass
class Phone:
    """A page of the class without a browser: it has a key, and asks every so often."""

    studio: Studio
    name: str
    number: int
    key: str = ""
    cookies: str = ""
    spread: float = 0.0  # seconds over which pages ask
    told: dict[str, Any] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    sent: int = 0  # answers of the game that the desk has

    async def post(self, path: str, **message: object) -> dict[str, Any]:
        """Post a message, from an address of one's own, until there is an answer."""
        await asyncio.sleep(random.random() * self.spread)  # noqa: S311 - pages do not ask in step
        source = f"127.0.{1 + self.number // 200}.{1 + self.number % 200}"
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            began = time.monotonic()
            try:
                answered: dict[str, Any] = await answer_to(
                    self.studio.address, path, message, source=source, cookies=self.cookies
                )
            except (OSError, TimeoutError, ValueError):
                await asyncio.sleep(0.3)
            else:
                self.waits.append(time.monotonic() - began)
                return answered
        raise RuntimeError(f"{self.name} got no answer")

    async def join(self, code: str) -> None:
        """Join the class."""
        self.key = (await self.post("/class/join", code=code, name=self.name))["key"]

    async def sign(self, **more: object) -> dict[str, Any]:
        """Give a sign of life, with whatever else."""
        self.told = await self.post("/class/sign", key=self.key, **more)
        return self.told


def grown(journal: dict[str, Any], answers: int) -> dict[str, Any]:
    """Return a game as it was after so many answers."""
    if answers >= len(journal["answers"]):
        return journal
    until = journal["answers"][answers - 1][0] if answers else -1
    rows = [row for row in journal["rows"] if row[0] <= until]
    return journal | {"answers": journal["answers"][:answers], "rows": rows, "result": None}


def forged(journal: dict[str, Any], how: int) -> dict[str, Any]:
    """Return a game that claims a better score, or another end."""
    result = journal["result"]
    return journal | {"result": result | ({"score": 99.0} if how == 0 else {"digest": result["digest"][::-1]})}


class Rehearsal:
    """A class under way, and what was found."""

    def __init__(self, studio: Studio, pages: int) -> None:
        self.studio = studio
        self.phones = [Phone(studio, f"Student {n + 1}", n, spread=pages / RATE) for n in range(pages)]
        self.teacher = Phone(studio, "The teacher", 0)
        self.wrong: list[str] = []
        self.tables: dict[str, Phone] = {}  # who answers
        self.games: dict[str, dict[str, Any]] = {}

    def check(self, what: str, *, holds: bool) -> None:
        """Note whether something holds."""
        print(f"  {'yes' if holds else 'NO '}  {what}", flush=True)
        if not holds:
            self.wrong.append(what)

    async def teach(self, **act: object) -> dict[str, Any]:
        """Do something at the desk."""
        return await self.teacher.post("/class/desk", **act)

    async def enter(self) -> None:
        """Let the teacher in, with the word."""
        self.teacher.cookies = (await ask(self.studio.address, "/class/enter", {"word": self.studio.word})).cookies

    async def open(self, phase: str) -> None:
        """Open a phase, and let it last its minutes."""
        print(f"{phase}: {MINUTES[phase]} minutes", flush=True)
        await self.teach(phase=phase, minutes=float(MINUTES[phase]))

    async def begin(self) -> None:
        """Join, read, guess."""
        await self.enter()
        code = (await self.teach())["code"]
        print(f"join: {MINUTES['join']} minutes", flush=True)
        await asyncio.gather(*(phone.join(code) for phone in self.phones[LATE:]))
        self.studio.pass_minutes(MINUTES["join"])
        await self.open("brief")
        for phone in self.phones[:LATE]:
            await phone.join(code)
        await self.all_sign()
        self.studio.pass_minutes(MINUTES["brief"])
        await self.open("guess")
        await asyncio.gather(*(phone.sign(guess=(n % 11) / 10) for n, phone in enumerate(self.phones)))
        self.studio.pass_minutes(MINUTES["guess"])
        tables = {phone.told["deal"]["table"] for phone in self.phones}
        count = len(tables)
        self.check(
            f"{len(self.phones)} people at {count} tables, late ones too", holds=count == -(-len(self.phones) // 2)
        )

    async def all_sign(self) -> None:
        """Let every page ask."""
        await asyncio.gather(*(phone.sign() for phone in self.phones))

    def deal_games(self) -> None:
        """Let node play a game for every table, in the program of the page."""
        with urlopen(f"{self.studio.address}/play", timeout=WAIT) as page:  # noqa: S310 - our own server
            parts = blocks_of(page.read().decode())
        deals = [phone.told["deal"] for phone in self.tables.values()]
        self.games = dict(zip(self.tables, answer(GAMES, deals=deals, **parts), strict=True))

    async def play(self) -> None:
        """Play, with a crash in the middle, dropped phones, forged games and a rehearsed one."""
        await self.open("play")
        await self.all_sign()
        self.tables = {phone.told["deal"]["table"]: phone for phone in self.phones if phone.told["writes"]}
        self.deal_games()
        names = list(self.tables)
        dropped = [self.tables[name] for name in names[:DROPPED]]
        longest = max(len(game["answers"]) for game in self.games.values())
        for n in range(1, longest + 1):
            if n == longest // 2:
                await self._crash(dropped)
            await asyncio.gather(
                *(self._answer(name, n) for name in names if not self._is_away(name, dropped, n, longest))
            )
            self.studio.pass_minutes(MINUTES["play"] / longest / 2)
        asks = self.tables[names[-1]]
        await asks.sign(asks=True)
        state = await self.teach()
        self.check(
            "the desk sees who asks for time",
            holds=[table["name"] for table in state["tables"] if table["asks"]] == [names[-1]],
        )
        await self.teach(more=state["tables"][-1]["number"], minutes=2.0)
        await self._cheat(names)

    def _is_away(self, name: str, dropped: Sequence[Phone], n: int, longest: int) -> bool:
        return self.tables[name] in dropped and longest // 3 <= n < longest * 2 // 3

    async def _answer(self, name: str, n: int) -> None:
        game = self.games[name]
        if name in list(self.tables)[-FORGED:]:
            game = game | {"result": None}  # theirs come at the end
        if n <= len(game["answers"]):
            self.tables[name].sent = n
            told = await self.tables[name].sign(journal=json.dumps(grown(game, n)))
            if told["problem"]:
                self.check(f"{name}: {told['problem']}", holds=False)

    async def _crash(self, dropped: Sequence[Phone]) -> None:
        before = await self.teach()
        self.studio.kill()
        signs = asyncio.create_task(self.all_sign())
        await asyncio.to_thread(self.studio.start)
        await signs
        after = await self.teach()
        same = all(before[key] == after[key] for key in ("code", "phase", "deal"))
        lines = [[table["answers"] for table in state["tables"]] for state in (before, after)]
        self.check(
            f"after kill -9 the class goes on where it was ({sum(lines[0])} answers)",
            holds=same and lines[0] == lines[1],
        )
        self.check(
            "every page found the studio again", holds=all(phone.told.get("phase") == "play" for phone in self.phones)
        )
        for phone in dropped:
            again = Phone(self.studio, phone.name, phone.number, phone.key)
            journal = (await again.sign())["journal"]
            self.check(
                f"{phone.name} comes back with {phone.sent} answers", holds=len(journal["answers"]) == phone.sent
            )

    async def _cheat(self, names: Sequence[str]) -> None:
        """Send two forged games and one rehearsed, another seed, and a journal of somebody else's table."""
        for how, name in enumerate(names[-FORGED:]):
            game = forged(self.games[name], how)
            phone = self.tables[name]
            if how:
                game |= {"attempt": 2}
                told = await phone.sign(journal=json.dumps(game))
                self.check(f"nobody ends a game that others play: {told['problem']}", holds=bool(told["problem"]))
                await phone.sign(journal=json.dumps(forged(self.games[name], 0)))
            told = await phone.sign(journal=json.dumps(game))
            self.check(f"{name} sends a forged game: {told['problem'] or 'taken, to be checked'}", holds=True)
        first = names[0]
        await self.tables[first].sign(journal=json.dumps(self.games[first] | {"attempt": 2}))
        other = await self.tables[names[1]].sign(journal=json.dumps(self.games[names[1]] | {"seed": 77, "attempt": 2}))
        self.check(f"a game under another seed is refused: {other['problem']}", holds="seed" in other["problem"])
        stranger = await Phone(self.studio, "A stranger", 150, "x" * 24).sign(journal=json.dumps(self.games[first]))
        self.check(f"a journal without a key is refused: {stranger['problem']}", holds="phase" not in stranger)

    async def debrief(self, out: Path) -> None:
        """Wait until all games are checked, and look at the end page."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            state = await self.teach()
            if not any(table["checking"] for table in state["tables"]):
                break
            await asyncio.sleep(0.3)
        notes = {table["name"]: " ".join(table["notes"]) for table in state["tables"] if table["notes"]}
        for name, note in notes.items():
            print(f"       {name}: {note}")
        names = list(self.tables)
        self.check(
            "both forged games are refused", holds=all("refused" in notes.get(name, "") for name in names[-FORGED:])
        )
        self.check("the rehearsed game is found", holds="the same answers as attempt 1" in notes.get(names[0], ""))
        self.check(
            "no honest table is refused", holds=not any("refused" in notes.get(name, "") for name in names[:-FORGED])
        )
        await self.open("debrief")
        page, moves_csv = [
            (await ask(self.studio.address, path, cookies=self.teacher.cookies)).body.decode()
            for path in ("/class/end", "/class/moves.csv")
        ]
        moves = moves_csv.splitlines()
        (out / "end.html").write_text(page, encoding="utf-8")
        (out / "moves.csv").write_text("\n".join(moves), encoding="utf-8")
        facts = json.loads(re.findall(r'id="facts">(.*?)</script>', page)[0])
        honest = len(names) - FORGED
        self.check(
            f"the end page has {honest} tables and {len(self.phones)} guesses",
            holds=(len(facts["journals"]), len(facts["guesses"])) == (honest, len(self.phones)),
        )
        rows = sum(len(game["rows"]) for name, game in self.games.items() if name in names[:-FORGED])
        self.check(f"every move is exported ({len(moves) - 1} rows)", holds=len(moves) - 1 >= rows)
        scores = sorted(journal["result"]["score"] for journal in facts["journals"])
        print(f"       {scores[0]:.0f} to {scores[-1]:.0f} of 100")


class Delay(NamedTuple):
    """The seconds after which a sheet was sent, had arrived, and was drawn, from the answer that made it due."""

    sent: float
    came: float
    drawn: float


def delays(studio: Studio, table: int, seat: str, seen: dict[str, Any]) -> Iterator[Delay]:
    """Yield the delay of each sheet of a seat that another seat's answer made due. seen: what its page noted."""
    sent = dict(line.split() for line in reversed((studio.folder / "sent").read_text().splitlines()))
    notes = [one for one in read_entries(studio.journal).entries if one["what"] == "rows" and one["table"] == table]
    shown = {
        one["turn"] for one in notes if one["seat"] == seat and one["reply"]
    }  # an earlier sheet decides the others
    for mark, turns, came in {told[1]: told for told in reversed(seen["told"]) if told[1] in shown}.values():
        note = next((one for one in reversed(notes) if one["turn"] < turns), None)
        drawn = next((moment for moment in seen["drawn"] if moment >= came), None)
        if note is not None and drawn is not None and note["seat"] != seat:
            yield Delay(float(sent[mark]) - note["at"], came - note["at"], drawn - note["at"])


class Lesson:
    """A lesson in Chromium: a desk, a wall, and phones whose people read and press."""

    def __init__(self, studio: Studio, tables: int, browser: Any, hurry: int) -> None:  # noqa: ANN401 - of playwright
        self.studio, self.tables, self.most = studio, tables, 0.0
        pages = [browser.new_context(base_url=studio.address).new_page() for _ in range(4 * tables + 2)]
        self.desk, self.wall, *self.phones = pages
        self.here = self.phones[:-LATE]
        for phone in self.phones:
            phone.add_init_script(PLAYER.read_text("utf-8") + f".alone({READS * hurry}, {PRESSES / hurry});")
        self.desk.on("dialog", lambda dialog: dialog.accept())
        print("| phase | minutes of the plan | seconds of the machine | words | presses | minutes | led on |")
        print("|---|---|---|---|---|---|---|")

    def state(self) -> Any:  # noqa: ANN401 - as JSON has it
        """Ask how the class is, as the desk sees it."""
        self.most = max(self.most, memory(self.studio.process.pid))
        return self.desk.request.post(
            "/class/desk", data={}, headers={"origin": self.studio.address}, timeout=0.0
        ).json()

    def press(self, phase: str, shown: str) -> float:
        """Open a phase at the desk, and wait until every phone shows it. Return the seconds."""
        began = time.monotonic()
        self.desk.get_by_role("button", name=phase, exact=True).click()
        for phone in self.here:
            phone.locator(shown).first.wait_for(timeout=1000 * WAIT)
        return time.monotonic() - began

    def say(self, phase: str, seconds: float, minutes: Sequence[float] = ()) -> None:
        """Print a row: what was read and pressed since the last one. minutes: of the tables; else of each student."""
        tallies = [phone.evaluate("player.tally()") for phone in self.here]
        words, presses = ([one[name] for one in tallies] for name in ("words", "presses"))
        least = minutes or [one / READS + PRESSES * many / 60.0 for one, many in zip(words, presses, strict=True)]
        problems = [one["problem"] for one in tallies if one["problem"]]
        print(
            f"| {phase} | {MINUTES[phase.lower()]} | {seconds:.1f} | {_spread(words)} | {_spread(presses)} |",
            f"{_spread(least, 1)} | {len(tallies) - len(problems)} of {len(tallies)} |",
            *problems,
            flush=True,
        )

    def join(self, phones: Sequence[Any], shown: str) -> float:
        """Let people scan the code and write their names. Return the seconds until the last is in."""
        began = time.monotonic()
        for phone in phones:
            phone.goto(f"/play#code={self.code}", wait_until="commit")
        for phone in phones:
            phone.get_by_label("Your name").fill(f"Student {1 + self.phones.index(phone)}")
            phone.get_by_role("button", name="Join the class").click()
        for phone in phones:
            phone.get_by_text(shown).first.wait_for(timeout=1000 * WAIT)
        return time.monotonic() - began

    def follow(self) -> None:
        """Follow the plan, from the desk's door to the end page."""
        self.desk.goto("/desk")
        self.desk.get_by_label("The teacher's word").fill(self.studio.word)
        self.desk.keyboard.press("Enter")
        self.desk.get_by_label("People have").select_option("groups")
        state = self.state()
        self.code = state["code"]
        self.wall.goto(f"/projector#look={state['look']}")
        self.say("Join", self.join(self.here, "You are in."))
        self.say("Brief", self.press("Brief", ".door .you"))
        seconds = self.press("Guess", "#desk-guess")
        for phone in self.here:
            phone.locator("#desk-guess").click()
            phone.get_by_role("button", name="This is my guess").click()
        self.say("Guess", seconds)
        self._play()
        self._debrief()

    def _play(self) -> None:
        began, ends = time.monotonic(), dict[str, float]()
        seconds = self.press("Play", ".sheet, .came, .waiting")
        late = self.phones[-LATE:]
        self.join(late, "To your table")
        for phone in late:
            phone.get_by_role("button", name="To your table").click()
        while len(ends) < self.tables:
            self.desk.wait_for_timeout(2000)
            for table in self.state()["tables"]:
                if table["finished"]:
                    ends.setdefault(table["name"], (time.monotonic() - began) / 60.0)
        self.here = self.phones
        self.say("Play", seconds, list(ends.values()))

    def _debrief(self) -> None:
        began = time.monotonic()
        phones = self.press("Debrief", ".turned :is(li, p:not(.waiting))")
        end = self.wall.frame_locator("iframe")
        end.locator("#compare-luck").wait_for(timeout=1000 * WAIT)
        luck = time.monotonic() - began
        end.locator(".turning li:not(.about)").first.wait_for(timeout=1000 * WAIT)
        self.say("Debrief", phones)
        words = len(end.locator("body").inner_text().split())
        whole = time.monotonic() - began
        print(f"the wall: luck and skill after {luck:.1f} s, the whole page after {whole:.1f} s;", end=" ")
        print(f"its {words} words take {words / READS:.1f} minutes to read")
        for table in self.state()["tables"]:
            print(f"{table['name']}: {table['answers']} answers, {table['result']['outcome']}", *table["notes"])


def _spread(numbers: Sequence[float], digits: int = 0) -> str:
    """Return the median and the most."""
    return f"{median(numbers):.{digits}f}, at most {max(numbers):.{digits}f}"


def play_in_browsers(studio: Studio, tables: int, hurry: int) -> tuple[list[Delay], float]:
    """Follow a lesson in Chromium; return the delays and the most memory, in MB."""
    with importlib.import_module("playwright.sync_api").sync_playwright() as playwright:
        lesson = Lesson(studio, tables, playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY), hurry)
        lesson.follow()
        people = sorted(lesson.state()["people"], key=lambda one: one["number"])
        known = [phone.evaluate("({told: player.told, drawn: player.drawn})") for phone in lesson.phones]
    seats = [(one["table"], one["seat"]) for one in people]
    return [one for place, of in zip(seats, known, strict=True) for one in delays(studio, *place, of)], lesson.most


def processor(studio: Studio) -> float:
    """Return the seconds of processor that the server has used, without its workers."""
    fields = Path(f"/proc/{studio.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def in_browsers(studio: Studio, tables: int, hurry: int) -> bool:
    """Rehearse shared tables in browsers; print what was measured, and return whether the targets are met."""
    with urlopen(f"{studio.address}/play", timeout=WAIT):  # noqa: S310 - our own server
        idle, used, began, stop, waits = (
            memory(studio.process.pid), processor(studio), time.monotonic(), PROCESSES.Event(), PROCESSES.Queue(),
        )  # fmt: skip
    visitor = PROCESSES.Process(target=visit, args=(studio.address, ("/play",), stop, waits), daemon=True)
    visitor.start()
    found, most = play_in_browsers(studio, tables, hurry)
    print(
        f"{time.monotonic() - began:.0f} s, {processor(studio) - used:.1f} s of them the server's processor; load",
        end=" ",
    )
    print(
        " ".join(f"{load:.1f}" for load in os.getloadavg()),
        f"at the end; memory {idle:.0f} MB, later at most {most:.0f} MB",
    )
    stop.set()
    honest = waits.get()
    visitor.join()
    times = {name: [getattr(one, name) for one in found] for name in Delay._fields} | {"honest page": honest}
    for name, of in times.items():
        soon = sorted(of)[len(of) * 95 // 100]
        print(f"{len(of)} times {name}: median {median(of):.3f} s, 95 % within {soon:.3f} s, longest {max(of):.2f} s")
    late = sorted(times["drawn"])[len(found) * 95 // 100]
    return late < MOST_DELAY and max(honest) < MOST_HONEST and most - idle < MOST_SHARED


def cost(rehearsal: Rehearsal, before: float, worst: float, *, is_short: bool) -> None:
    """Say how long pages waited, and what the server holds. worst: of a visitor in a process of its own."""
    waits = sorted(wait for phone in rehearsal.phones for wait in phone.waits)
    more = memory(rehearsal.studio.process.pid) - before
    said = f"waits: median {waits[len(waits) // 2]:.3f} s, longest {waits[-1]:.2f} s"
    print(f"{len(waits)} messages; {said}; an honest page at worst {worst:.2f} s; memory {more:+.0f} MB")
    if not is_short:
        rehearsal.check(f"no page waited {MOST_WAIT:g} s", holds=worst < MOST_WAIT)
        rehearsal.check(f"memory within {MOST_MEMORY:g} MB", holds=more < MOST_MEMORY)


async def rehearse(studio: Studio, pages: int, out: Path, *, is_short: bool) -> Rehearsal:
    """Rehearse a class."""
    rehearsal, before = Rehearsal(studio, pages), memory(studio.process.pid)
    stop, waits = PROCESSES.Event(), PROCESSES.Queue()
    visitor = PROCESSES.Process(target=visit, args=(studio.address, ("/play",), stop, waits), daemon=True)
    visitor.start()
    await rehearsal.begin()
    await rehearsal.play()
    await rehearsal.debrief(out)
    stop.set()
    cost(rehearsal, before, max(await asyncio.to_thread(waits.get)), is_short=is_short)
    visitor.join()
    return rehearsal


@contextmanager
def place(folder: Path | None) -> Iterator[Path]:
    """Provide the folder for what is made."""
    if folder is None:
        with TemporaryDirectory() as temporary:
            yield Path(temporary)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder


def main() -> int:
    """Rehearse, and return 1 if something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("case", nargs="?", default=SCENARIO)
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--short", action="store_true", help="12 pages, or two tables that hurry")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--browsers", action="store_true", help="the lesson, in thirty contexts of Chromium")
    arguments = parser.parse_args()
    pages = 12 if arguments.short else arguments.pages
    with place(arguments.out) as out:
        studio = Studio(out, arguments.case)
        try:
            if arguments.browsers:
                return int(not in_browsers(studio, *((2, HURRY) if arguments.short else (7, 1))))
            rehearsal = asyncio.run(rehearse(studio, pages, out, is_short=arguments.short))
        finally:
            studio.kill()
    print("all holds" if not rehearsal.wrong else f"{len(rehearsal.wrong)} went wrong")
    return min(1, len(rehearsal.wrong))


if __name__ == "__main__":
    sys.exit(main())
