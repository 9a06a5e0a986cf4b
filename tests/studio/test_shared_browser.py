"""Two people at one table of a class, in Debian's Chromium and Firefox: what one answers decides for the other."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from firefox import firefox
from negsim.games import digest_of_end
from negsim.negotiation.tables import Move, Outcome, Response, is_closed
from negsim.page.html import facts_of
from negsim.policies import SeatedNegotiation
from negsim.replay import Play, rows_of
from negsim.scenario import loads
from negsim.studio.journal import read_entries
from patience import until
from studio_cases import STORM
from studio_server import free_port, known, studio_process

pytest.importorskip("starlette")
pytestmark = [pytest.mark.browser, pytest.mark.firefox, pytest.mark.slow]
SEATS = ["Sami Haddad", "Greta Holm"]  # of the users, and of the operators
DRAWS = 1  # of the seed
ALONE = r"\[ \] 1\s+\w\s+{}\s"  # a card on which somebody's is the only bracket
PLAYER = (Path(__file__).parents[1] / "player.js").read_text("utf-8")
LOOK = 100  # ms between two looks, in which the browser goes on
LOST = "status of 403|net::ERR_"  # what a page complains of that has no studio
MOVES = {
    (Move.AMEND, "place"), (Move.OFFER, "about"), (Move.ASK, "whom"), (Move.TAKE_PEN, "about"), (Move.CALL, "about"),
    (Move.SHOW, "about"),
    (Move.READ, "response"),
}  # fmt: skip


class Phone:
    """The page of somebody at the table, and what it showed. run: evaluates JavaScript there."""

    def __init__(self, run, visit):
        self.run, self.visit, self.screen, self.saw = run, visit, "", []

    def open(self, url):
        self.visit(url)
        self.run(PLAYER)

    def join(self, url, name):
        self.open(url)
        until(lambda: self.run("Boolean(document.querySelector('#desk-name'))"))
        self.run(f"Object.assign(document.querySelector('#desk-name'), {{value: '{name}'}}).form.requestSubmit()")

    def reload(self):
        address = self.run("location.href")
        self.visit("about:blank")
        self.open(address)

    def go(self, act):
        self.screen, said = self.run(f"player.go('{act}')")
        if said:
            self.saw.append((self.screen, said))


def played(rows, most=None):
    """Play a game again, to its end or so many turns: the negotiation, and its turns."""
    room, turns = SeatedNegotiation(loads(STORM), {}, seed=DRAWS, replication=0), []
    while room.run.outcome == Outcome.RUNNING and len(turns) != most:
        Play(room).take([row for row in rows if row.turn == len(turns)])
        turns.append(room.run.pending)
        room.finish_turn()
    return room, turns


def stops(rows, turn, seat, issue):
    """Whether a seat brackets a text, which then fails."""
    row = next((row for row in rows if row[:3] == (turn, "response", seat)), None)
    blocks = row is not None and row.value == Response.BLOCK
    return blocks and not is_closed(played(rows, turn + 1)[0].run.state, issue)


def test_two_people_negotiate_at_one_table(tmp_path, blank):  # noqa: C901, PLR0915 - a lesson is long
    (tmp_path / "storm.yaml").write_text(STORM, "utf-8")
    (tmp_path / "firefox").mkdir()
    rooms = ["--host", "127.0.0.1", "--rooms", str(tmp_path / "rooms"), "--port", str(free_port())]
    serve = lambda: studio_process(  # noqa: E731 - the same place twice
        "--class", str(tmp_path / "storm.yaml"), *rooms, program=known(DRAWS)
    )
    tab = blank(complaint=LOST, viewport={"width": 390, "height": 844})
    sleep = tab.context.new_cdp_session(tab).send
    desk = blank().request

    def tell(**act):
        return desk.post(f"{address}/class/desk", data=act, headers={"origin": address}).json()

    def journal():
        return read_entries(next((tmp_path / "rooms-class").glob("*.journal"))).entries

    def answers():
        return [entry for entry in journal() if entry["what"] == "rows"]

    def step(*who):
        """Let both go on, or those who are named: she accepts all texts, he once his bracket alone stopped one."""
        for phone in who or (ana, ben):
            phone.go("block" if phone is ben and not is_stopped() else "accept")
        tab.wait_for_timeout(LOOK)

    def is_stopped():
        return any(re.search(ALONE.format(seats["Ben"].split()[-1]), said) for _, said in ana.saw)

    def until_turn(turn):
        until(lambda: answers() and answers()[-1]["turn"] >= turn, rest=step)

    def shows(phone, selector):
        return phone.run(f"document.querySelector('{selector}')?.innerText ?? ''")

    with firefox(tmp_path / "firefox") as other:
        ana, ben = Phone(tab.evaluate, tab.goto), Phone(other.run, other.open)
        with serve() as (address, server):
            word = journal()[0]["word"]
            desk.post(f"{address}/class/enter", data={"word": word}, headers={"origin": address})
            state = tell()
            tell(deal={**state["deal"], "seats": [SEATS], "people": 1})
            for phone, name in (ana, "Ana"), (ben, "Ben"):
                phone.join(f"{address}/play#code={state['code']}", name)
            until(lambda: len(tell()["people"]) == 2)
            tell(phase="brief")
            for phone in ana, ben:
                until(lambda phone=phone: shows(phone, ".door"))
            tell(phase="play", seconds=0.0)
            seats = {one["name"]: one["seat"] for one in tell()["people"]}
            until(lambda: f"waits for {seats['Ben']}." in shows(ana, ".waiting"), rest=lambda: step(ana))
            assert tell()["tables"][0]["waits"] == [seats["Ben"]]
            until_turn(10)
            for phone in ana, ben:
                phone.reload()
            until_turn(28)  # behind the pens of the first day
            tab.context.set_offline(True)
            sleep("Page.setWebLifecycleState", {"state": "frozen"})
            until(lambda: "nobody was there" in str(tell()["tables"][0]["notes"]), rest=lambda: step(ben))
            sleep("Page.setWebLifecycleState", {"state": "active"})
            tab.context.set_offline(False)
            count = len(answers())
            until(lambda: any(one["seat"] == seats["Ana"] and not one["why"] for one in answers()[count:]), rest=step)
            before = answers()
            os.kill(server.pid, signal.SIGKILL)
            server.wait()
        with serve() as (address, _):
            until(lambda: {ana.screen, ben.screen} == {"debrief"}, rest=step)
            tell(phase="debrief")
            for phone in ana, ben:
                until(lambda phone=phone: shows(phone, ".debrief .life"))
            end = facts_of(desk.get(f"{address}/class/end").text())["journals"]
            numbers = {name: shows(phone, ".score .number") for name, phone in (("Ana", ana), ("Ben", ben))}
    assert answers()[: len(before)] == before
    assert {one["why"] for one in answers()} == {"", "away"}
    rows = [row for one in sorted(answers(), key=lambda one: one["turn"]) for row in rows_of(one["rows"])]
    room, turns = played(rows)
    assert {game["result"]["digest"] for game in end} == {digest_of_end(room.run.state)}
    for game in end:  # each browser has played all of it again
        assert numbers[game["people"]].startswith(f"{game['result']['score']:.0f}")
    for seat in SEATS:
        own = [row for one in answers() if one["seat"] == seat for row in rows_of(one["rows"])]
        assert {(turns[row.turn].move, row.column) for row in own} >= MOVES
    assert is_stopped()
    his = room.seat(seats["Ben"])
    assert any(stops(rows, n, his, turn.issue) for n, turn in enumerate(turns))
