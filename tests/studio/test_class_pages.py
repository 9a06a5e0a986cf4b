"""What the pages of a class and the desk say to each other."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path

import pytest

from journals import finished, journal
from negsim import load
from negsim.errors import NegsimError
from negsim.games import MOST_JOURNAL_BYTES
from negsim.negotiation.tables import Move
from negsim.replay import AnswerRow
from negsim.scenario import loads, text_of
from negsim.scenario.lowering import seat_names
from negsim.studio import limits
from negsim.studio.codes import spaced
from negsim.studio.journal import Journals
from negsim.studio.limits import Rate, RefusedError
from negsim.studio.opening import new_class
from negsim.studio.overview import end_journals
from negsim.studio.phases import Phase
from negsim.studio.shared import SeatReply
from negsim.studio.work import BusyError
from negsim.study.deals import games_of_deal

pytest.importorskip("starlette")

from negsim.classroom.skill import luck_beside, telling_seed
from negsim.page.html import facts_of, with_facts
from negsim.studio.pages import classes
from negsim.studio.pages.classes import ClassServer
from negsim.studio.server import application
from node import answer as node
from node import blocks_of, needs_node
from studio_cases import Browser

WORD = "WXYZ2345"
WINDOW = (Path(__file__).parents[1] / "page/window.mjs").as_uri()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    journals = Journals(tmp_path_factory.mktemp("class") / "kept")
    return ClassServer("classroom", load("classroom"), journals, word=WORD, address="http://192.168.1.20:8321")


@pytest.fixture
def server(made):
    """The server, at the beginning of a class."""
    made.one = new_class(made.case, made._usual, WORD, None, scenario=made._scenario)
    made._words = Rate(*limits.WORD_RATE)
    return made


@pytest.fixture
def ask(server):
    """A function that asks the server, as a browser: with a message, to post it."""
    browser = Browser(application(tables=server))

    def asked(path, **message):
        is_posted = message or path in {"/class/desk", "/class/wall", "/class/luck"}
        return browser.post(path, message) if is_posted else browser.get(path, **{"accept-encoding": "gzip"})

    asked.browser = browser
    return asked


def teach(ask, **act):
    if "negsim_desk" not in ask.browser.cookies:
        ask("/class/enter", word=WORD)
    return ask("/class/desk", **act).json()


def seated(ask, count=2):
    code = teach(ask)["code"]
    keys = [ask("/class/join", code=code, name=f"Person {chr(65 + n)}").json()["key"] for n in range(count)]
    teach(ask, phase="play", minutes=20.0)
    return keys


def test_everybody_gets_the_same_bytes_with_nothing_of_the_class_in_them(ask, server):
    seated(ask)
    one, other = ask("/play"), ask("/play")
    assert one.content == other.content
    assert one.headers["content-encoding"] == "gzip"
    facts = facts_of(one.text)
    assert facts["desk"] == {"most": {"code": limits.MOST_CODE, "name": limits.MOST_NAME}}
    assert server.one.code not in one.text
    assert WORD not in one.text
    assert "connect-src 'self'" in one.text


def test_the_bare_address_leads_to_the_page_of_the_class(ask):
    assert ask("/").headers["location"] == "/play"


def test_the_desk_opens_with_the_word_only(ask):
    answer = ask("/class/enter", word="AAAAAAAA")
    assert (answer.status, "teacher's word" in answer.json()["problem"]) == (403, True)
    refused = ask("/class/desk", again="x").json()
    assert refused["door"]
    assert "code" not in refused
    assert teach(ask)["phase"] == "join"


def test_a_link_opens_the_desk_once(ask, server):
    link = server.desk_link("http://127.0.0.1:8321")
    assert WORD not in link
    once = link.partition("#once=")[2]
    assert ask("/class/enter", once=once).json() == {"is_in": True}
    assert teach(ask)["phase"] == "join"
    ask.browser.cookies.clear()
    assert "followed already" in ask("/class/enter", once=once).json()["problem"]
    assert ask("/class/enter", once="").status == 403
    assert ask("/class/desk").json()["door"]


def test_the_word_is_in_no_answer_and_no_cookie(ask):
    seated(ask)
    teach(ask, phase="debrief")
    look = teach(ask)["look"]
    answers = [
        ask("/play"), ask("/desk"), ask("/projector"), ask("/class/desk"), ask("/class/wall", look=look),
        ask("/class/end"), ask("/class/moves.csv"), ask("/class/enter", word=WORD),
    ]  # fmt: skip
    for answer in answers:
        assert not any(
            WORD in part or spaced(WORD) in part for part in (answer.text, *answer.headers.values(), *answer.set)
        )


def test_the_projector_looks_and_does_nothing(ask, server):
    keys = seated(ask)
    look = teach(ask)["look"]
    ask.browser.cookies.clear()
    seen = ask("/class/wall", look=look).json()
    assert seen["phase"] == "play"
    assert {one["name"] for one in seen["people"]} == {"Person A", "Person B"}
    assert set(seen["tables"][0]) == {"number", "name", "answers", "finished", "checking"}
    assert not any(secret in json.dumps(seen) for secret in (*keys, server.one.keys.desk))
    for path, message in (("/class/desk", {"phase": "join"}), ("/class/desk", {"again": server.one.code})):
        assert ask(path, **message).json()["door"]
    assert ask("/class/enter", word=look).status == ask("/class/enter", once=look).status == 403
    assert [ask(path).status for path in ("/class/end", "/class/luck", "/class/moves.csv")] == [403, 403, 403]
    server.one.open_phase(Phase.DEBRIEF, None, 0.0)
    assert [ask(path).status for path in ("/class/end", "/class/moves.csv")] == [200, 403]
    assert "old address" in ask("/class/wall", look="x").json()["problem"]


def test_another_class_begins_only_for_who_names_the_one_that_ends(ask, tmp_path, server, monkeypatch):
    monkeypatch.setattr(server, "_journals", Journals(tmp_path / "kept"))
    server.one = new_class(server.case, server.one.deal, WORD, server._journals)
    before = server.one
    look = teach(ask)["look"]
    assert "has ended already" in teach(ask, again="AAAAAAAA")["problem"]
    after = teach(ask, again=spaced(before.code))
    assert after["code"] != spaced(before.code)
    assert "has ended already" in teach(ask, again=before.code)["problem"]  # a second press
    assert (tmp_path / "kept" / f"{before.code}-ended.journal").exists()
    assert ask("/class/wall", look=look).json()["code"] == after["code"]  # the projector goes on
    assert teach(ask)["look"] == look


def test_a_game_is_discarded_at_the_desk_and_brought_back(ask, server):
    seated(ask)
    table = server.one.tables[0]
    writer = server.one._numbered(table.seats[0].writes)
    journal = server.one.dealt_game(table) | {"attempt": 1, "rows": [], "answers": [], "guess": None, "result": None}
    server.one.take(writer, journal, 1.0)
    assert teach(ask, game=[1, 1, False])["tables"][0]["games"][0]["discarded"]
    assert not teach(ask, game=[1, 1, True])["tables"][0]["games"][0]["discarded"]
    assert "no such attempt" in teach(ask, game=[1, 9, False])["problem"].lower()


def test_wrong_words_run_out_and_the_right_one_still_opens(ask):
    answers = [ask("/class/enter", word="AAAAAAAA").json()["problem"] for _ in range(int(limits.WORD_RATE[1]) + 2)]
    assert "Too many wrong words" in answers[-1]
    assert teach(ask)["phase"] == "join"


def test_the_end_page_and_the_moves_are_for_the_browser_of_the_desk(ask):
    seated(ask)
    ask.browser.cookies.clear()
    assert [ask(path).status for path in ("/class/end", "/class/luck", "/class/moves.csv")] == [403, 403, 403]
    teach(ask)
    assert [game["answers"] for game in facts_of(ask("/class/end").text)["journals"]] == [[]]
    cookie = ask("/class/enter", word=WORD).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_page_learns_its_table_and_nothing_of_the_others(ask):
    keys = seated(ask, 4)
    answer = ask("/class/sign", key=keys[0]).json()
    assert answer["deal"]["table"].startswith("Table")
    assert answer["left"] > 1100.0
    assert not any(key in json.dumps(answer) for key in keys)
    assert WORD not in json.dumps(answer)


@pytest.mark.parametrize(
    "message",
    [{"key": 7}, {"key": "x", "guess": 2.0}, {"key": "x", "more": 1}, {"key": "x" * 999}, {"key": "x", "have": [1]}],
)
def test_a_message_that_no_page_sends_is_refused_in_a_sentence(ask, message):
    answer = ask("/class/sign", **message)
    assert answer.status == 400
    assert "Load the page again" in answer.json()["problem"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 5000, b"null", b"1e999"])
def test_what_is_not_a_message_is_refused_in_a_sentence(ask, body):
    for path in ("/class/join", "/class/sign", "/class/desk"):
        answer = ask.browser.post(path, body)
        assert (answer.status, "problem" in answer.json()) == (400, True)


def test_a_large_message_is_refused_before_it_is_read(ask):
    answer = ask.browser.post("/class/sign", b" " * (limits.MOST_SIGN + 1))
    assert answer.json()["problem"] == "This message is too large."


@pytest.mark.parametrize("levels", [3, 900, 100_000])
def test_no_table_nests_a_journal_so_deep_that_the_end_page_cannot_be_written(ask, server, levels):
    key = seated(ask, 1)[0]
    text = json.dumps(journal(**server.one.dealt_game(server.one.tables[0]), answers=[[0, 9, "x", 0, {}]]))
    answer = ask("/class/sign", key=key, journal=text.replace("{}", '{"a":' * levels + "0" + "}" * levels)).json()
    assert answer["problem"]
    assert answer["journal"] is None
    assert ask("/class/sign", key=key, journal=text).json()["problem"] == ""
    assert [ask(path).status for path in ("/class/end", "/class/moves.csv")] == [200, 200]


def test_a_journal_that_does_not_count_is_not_read(ask, monkeypatch):
    keys = seated(ask)
    writes, reads = sorted(keys, key=lambda key: not ask("/class/sign", key=key).json()["writes"])
    read = []
    monkeypatch.setattr(classes, "read_journal", lambda text, _: read.append(text))
    assert ask("/class/sign", key=reads, journal="[]").json()["problem"] == ""
    teach(ask, phase="debrief")
    assert "not open" in ask("/class/sign", key=writes, journal="[]").json()["problem"]
    assert read == []


def test_a_table_sends_so_many_bytes_of_journals_at_once(ask, monkeypatch):
    key = seated(ask, 1)[0]
    read = []

    def refuse(text, _):
        read.append(text)
        raise NegsimError("no journal")

    monkeypatch.setattr(classes, "read_journal", refuse)
    large = " " * (MOST_JOURNAL_BYTES - 1)
    assert ask("/class/sign", key=key, journal=large).json()["problem"] == "No journal."
    assert ask("/class/sign", key=key, journal=large).json()["problem"] == "Not so fast; wait a moment."
    assert len(read) == 1


def test_the_qr_code_leads_to_the_page_with_the_code(ask, server):
    state = teach(ask)
    assert state["link"] == f"http://192.168.1.20:8321/play#code={server.one.code}"
    assert len({len(row) for row in state["qr"]} | {len(state["qr"])}) == 1


def test_the_desk_page_runs_one_script_and_speaks_to_its_server_only(ask):
    text = ask("/desk").text
    assert "connect-src 'self'" in text
    assert "unsafe" not in text.split("</head>", maxsplit=1)[0]


def test_a_class_begins_with_a_seed_in_which_the_delegate_alone_gets_little_and_thinking_pays():
    scenario = load("storm")
    seat = seat_names(scenario)[0]
    chosen = telling_seed(scenario, seat)
    alone = sorted((games_of_deal(scenario, seat, None, seed)[0, 0], seed) for seed in range(40))
    assert chosen in {seed for _, seed in alone[:5]}
    assert games_of_deal(scenario, seat, "strategies:Trader", chosen)[0, 0] > dict(map(reversed, alone))[chosen]


def test_ways_to_play_are_weighed_while_the_class_plays_and_stand_on_the_end_page(ask, server, monkeypatch):
    asked = []

    async def weigh(_, function, scenario, *deal):
        asked.append(deal)
        return function(scenario, *deal)

    monkeypatch.setattr(classes.WORKS, "do", weigh)
    asyncio.run(server.weigh_luck())
    assert asked == []
    key = seated(ask, 1)[0]
    table = server.one.tables[0].name
    assert ask("/class/luck").json() == {"luck": {table: []}, "is_all": False}
    asyncio.run(server.weigh_luck())
    asyncio.run(server.weigh_luck())
    assert asked == [((), server.one.deal.seats[0][0], server.one.deal.seed, 0)]
    assert key
    (game,) = end_journals(server.one, server._luck)
    assert game["luck"] == luck_beside(load(server.case.name), *asked[0])
    assert ask("/class/luck").json() == {"luck": {table: game["luck"]}, "is_all": True}
    assert end_journals(server.one)[0]["luck"] == []


def test_trouble_of_the_studio_is_no_verdict_on_a_game(ask, server, monkeypatch):
    key = seated(ask, 1)[0]
    deal = ask("/class/sign", key=key).json()["deal"]
    about = {key: getattr(server.case, key) for key in ("name", "scenario", "rules")}
    whole = journal(**about, result=finished(), **{one: deal[one] for one in ("seed", "seat", "table", "code")})
    assert ask("/class/sign", key=key, journal=json.dumps(whole)).json()["problem"] == ""
    attempt = server.one.tables[0].attempts[0]

    async def refuse(*_, **__):
        raise BusyError("too much is running")

    monkeypatch.setattr(classes.WORKS, "do", refuse)
    asyncio.run(server.check_games())
    assert (attempt.verdict, attempt.trouble) == (None, "too much is running")

    async def find_forged(*_, **__):
        raise NegsimError("its result is another")

    monkeypatch.setattr(classes.WORKS, "do", find_forged)
    attempt.tried_at -= limits.RETRY_SECONDS
    asyncio.run(server.check_games())
    assert attempt.verdict == "its result is another"


def test_a_scenario_in_which_something_is_drawn_is_dealt_under_the_seed_of_its_page(tmp_path):
    scenario = load("classroom", changes=["uncertain.parameters=plausible"])
    made = ClassServer("classroom", scenario, Journals(tmp_path / "kept"), word=WORD, address="http://127.0.0.1")
    facts = facts_of(made._end_page)
    assert made.one.deal.seed == facts["seed"]
    assert made.case.drawn == (facts["seed"], facts["most"])
    with pytest.raises(RefusedError, match="choose another replication"):
        made.one.change_deal(made.one.deal.model_copy(update={"seed": facts["seed"] + 1}))


END = f"""
import {{opened, until}} from {json.dumps(WINDOW)};
const root = await opened("playclass.js", given), host = root.getElementById("game");
const headline = await until(() => host.querySelector(".headline"));
await until(() => headline.textContent && !headline.textContent.startsWith("Playing"));
await until(() => !host.querySelector(".turning").textContent.startsWith("Continuing"));
answer([headline.textContent, host.querySelectorAll(".problem").length,
  ...host.querySelectorAll("tr").slice(-2).map((one) => one.textContent)]);
"""


@needs_node
@pytest.mark.slow
def test_the_end_page_plays_a_shared_game_again_whose_scenario_is_drawn(tmp_path):
    """The page has other draws, so the case comes with the game; another level of a knob is in it."""
    drawn = loads(text_of("classroom") + "\nuncertain: {trust.across: {uniform: [0.2, 0.6]}}\n")
    made = ClassServer("classroom", drawn, Journals(tmp_path / "kept"), word=WORD, address="http://127.0.0.1")
    one, seats = made.one, made.case.seats[:2]
    for name in ("Uma", "Vera"):
        one.join(one.code, name, "x", 0.0)
    one.change_deal(one.deal.model_copy(update={"seats": [seats], "people": 1, "levels": [{made_knob(made): 1}]}))
    one.open_phase(Phase.PLAY, None, 0.0)
    game = one.tables[0].game
    while not game.is_over:
        game.take(game.waits_for()[0], [])
    one.open_phase(Phase.DEBRIEF, None, 0.0)
    text = with_facts(made._end_page, journals=end_journals(one), guesses=[], refused=[])
    headline, problems, *rows = node(END, **blocks_of(text))
    low, high = sorted(round(game.score(seat)) for seat in seats)
    assert problems == 0
    assert headline == f"The same people, the same draws of chance: {low} to {high} of 100.".replace("-", "−")
    assert all(f"Table 1, {seat}" in "".join(rows) for seat in seats)


def made_knob(made):
    """The first knob of a class that has another level than the one as written."""
    return next(name for name, changes in made.case.knobs.items() if changes[1])


def shared(ask, server, count=2):
    """Seat so many people at a shared table; return their keys by seat, and the news that their pages get first."""
    code, seats = teach(ask)["code"], server.case.seats[:count]
    keys = [ask("/class/join", code=code, name=f"Person {chr(65 + n)}").json()["key"] for n in range(count)]
    teach(ask, deal={**teach(ask)["deal"], "seats": [seats], "people": 1})
    teach(ask, phase="play", minutes=20.0)
    by_seat = {ask("/class/sign", key=key).json()["deal"]["seat"]: key for key in keys}
    (table,) = server.one.tables
    while len(table.game.waits_for()) < count:  # one of them has the floor
        table.game.take(table.game.waits_for()[0], [])
    return by_seat, {seat: ask("/class/table", key=key).json() for seat, key in by_seat.items()}


def test_a_shared_table_tells_each_page_what_is_new_and_takes_its_rows(ask, server):
    keys, news = shared(ask, server)
    (table,) = server.one.tables
    first, second = table.game.waits_for()
    assert all(one["whole"] and one["asked"] for one in news.values())
    assert news[first]["whole"]["state"]["bytes"] != news[second]["whole"]["state"]["bytes"]
    turn = news[first]["turns"]
    told = ask("/class/table", key=keys[first], have=turn, answer={"turn": turn, "rows": []}).json()
    assert (told["problem"], told["asked"], told["waits"], told["steps"]) == ("", False, [second], [])
    reply = {"milliseconds": 10, "act": "speak", "adviser": False, "kept": "{}"}
    told = ask("/class/table", key=keys[second], have=turn, answer={"turn": turn, "rows": [], "reply": reply}).json()
    assert told["turns"] > turn
    assert len(told["steps"]) == told["turns"] - turn
    assert [one[2] for one in told["replies"]] == ["speak"]
    assert ask("/class/table", key=keys[first], have=turn).json()["replies"] == []
    tile = teach(ask)["tables"][0]
    assert (tile["answers"], tile["shared"], len(tile["waits"])) == (1, True, 2)


def test_rows_that_are_not_a_seats_are_refused_in_a_sentence_beside_the_news(ask, server):
    keys, news = shared(ask, server)
    (table,) = server.one.tables
    seat = table.game.waits_for()[0]
    turn, other = news[seat]["turns"], table.game.numbers[table.game.waits_for()[1]]
    for rows in ([["response", other, 1.0]], [["nothing", 0, 0.0]], [["place", 0, None]]):
        told = ask("/class/table", key=keys[seat], have=turn, answer={"turn": turn, "rows": rows}).json()
        assert told["problem"]
        assert (told["turns"], told["asked"]) == (turn, True)
    bad = {"turn": turn, "rows": [["response", 0, 1e999]]}
    assert ask("/class/table", key=keys[seat], answer=bad).status == 400


def test_the_page_of_a_shared_table_waits_for_news(ask, server, monkeypatch):
    keys, news = shared(ask, server)
    (seat, key), *_ = keys.items()
    monkeypatch.setattr(limits, "NEWS_SECONDS", 0.2)
    same = ask("/class/table", key=key, have=news[seat]["turns"], heard=ask("/class/table", key=key).json()["mark"])
    assert same.json()["steps"] == []


def test_the_moves_of_a_shared_table_are_a_row_for_each_decision_of_each_seat(ask, server):
    shared(ask, server)
    (table,) = server.one.tables
    for _ in range(4):
        for name in table.game.waits_for():
            turn, is_text = len(table.game.turns), table.game.room.run.pending.move == Move.READ
            rows = [AnswerRow(turn, "response", table.game.numbers[name], 0.0)] if is_text else []
            server.one.answer_turn(
                server.one._numbered(table.seat(name).writes),
                turn,
                rows,
                SeatReply(turn, 5, "accept", adviser=False, kept="{}"),
                1.0,
            )
    rows = list(csv.DictReader(io.StringIO(ask("/class/moves.csv").text)))
    assert {row["seat"] for row in rows} == set(table.game.numbers)
    assert sum(row["answer"] == "accept" for row in rows) >= 2
