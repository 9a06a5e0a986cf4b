"""A game at a table with several people: the page asks and answers as in a game that it plays alone."""

from __future__ import annotations

import json
import subprocess
from functools import partial

import pytest

from journals import replay
from negsim.games import digest_of_end
from negsim.policies import SeatedNegotiation
from negsim.replay import AnswerRow, rows_of
from negsim.scenario import load
from negsim.sentences import line_of
from negsim.studio.shared import SeatReply, SharedTable
from node import NODE, SCRIPTS, needs_node, parts_of

pytestmark = [needs_node, pytest.mark.slow]
SEED = 2**52 + 7
# Answers a line of JSON with a line of JSON. The first has the blocks of the page.


class Pages:
    """The pages of a table, in one process of node."""

    def __init__(self, blocks):
        words = [NODE, "--no-warnings", str(SCRIPTS / "shared.mjs")]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ask("start", blocks=blocks)

    def ask(self, what, **given):
        self._process.stdin.write(json.dumps({"ask": what, **given}, allow_nan=False) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer

    def close(self):
        with self._process:
            self._process.stdin.close()


@pytest.fixture(scope="module", params=["storm", "classroom"])
def place(request):
    scenario = load(request.param)
    pages = Pages(parts_of(scenario, request.param, SEED))
    yield scenario, pages
    pages.close()


def play(scenario, pages, seats, *, reload_every=0):
    """Play a table with random players in some seats; return it, and each sheet: turn, seat, question, cards."""
    table = SharedTable(scenario, seats, seed=SEED, replication=0)
    table.take_seats(seats)
    table.go_on()
    have, known, sheets, answered = dict.fromkeys(seats, -1), dict.fromkeys(seats, 0), [], 0
    met = set()
    while not table.is_over:
        for seat in table.waits_for():
            if reload_every and answered % reload_every == 0:
                have[seat], known[seat] = -1, 0
            news = table.news(seat, have[seat])
            news["replies"] = [list(one) for one in table.replies[seat][known[seat] :]]
            what = "share" if have[seat] < 0 else "hear"
            shown = pages.ask(what, seat=seat, news=news, player=seats.index(seat), isFirst=seat not in met)
            met.add(seat)
            have[seat], known[seat] = news["turns"], len(table.replies[seat])
            if shown["question"]:
                sheets.append((len(table.turns), seat, shown["question"], shown["cards"]))
                shown = pages.ask("answer", seat=seat)
                answered += 1
            send = shown["send"]
            rows = rows_of([[send["turn"], column, entry, _number(value)] for column, entry, value in send["rows"]])
            table.check(seat, send["turn"], rows)
            if reply := send.get("reply"):
                table.replies[seat].append(SeatReply(send["turn"], *reply.values()))
                known[seat] += 1
            table.take(seat, rows)
    return table, sheets, have


def _number(value):
    return None if value in {"NaN", None} else value


def test_a_table_is_played_by_the_rows_of_its_pages_and_again_to_the_same_bits(place):
    scenario, pages = place
    seats = SeatedNegotiation(scenario, {}, seed=SEED, replication=0).names[:3]
    table, sheets, _ = play(scenario, pages, seats)
    assert {seat for _, seat, *_ in sheets} == set(seats)
    wanted = {"corridor", "secret"} if scenario.process.moves.questions else {"statements"}
    assert {question["kind"] for *_, question, _ in sheets} >= {"reading", *wanted}
    again = SeatedNegotiation(scenario, {}, seed=SEED, replication=0)
    assert [turn.move for turn in replay(again, table.rows)] == [turn.move for turn in table.turns]
    digest = digest_of_end(again.run.state)
    assert digest == digest_of_end(table.room.run.state)
    for seat in seats:
        whole = pages.ask("finish", seat=seat, end=table.end(seat))
        assert whole["result"]["digest"] == digest
        assert whole["result"]["score"] == table.score(seat) == whole["debrief"]["score"]
        assert whole["snapshots"] > 0


@pytest.mark.parametrize("reload_every", [0, 3])
def test_one_persons_sheets_are_those_of_a_game_that_the_page_plays_alone(place, reload_every):
    """But for who came nearer, which only a page with everybody's numbers knows; and a reload changes no sheet."""
    scenario, pages = place
    (seat,) = SeatedNegotiation(scenario, {}, seed=SEED, replication=0).names[:1]
    table, sheets, _ = play(scenario, pages, [seat], reload_every=reload_every)
    alone = pages.ask("alone", seat=seat, seed=SEED, player=0)
    assert digest_of_end(table.room.run.state) == alone["digest"]
    assert [turn for turn, *_ in sheets] == [turn for turn, *_ in alone["sheets"]]
    for (turn, _, question, cards), (_, same, told) in zip(sheets, alone["sheets"], strict=True):
        assert question == same, turn
        if not reload_every:
            assert [without_views(card) for card in cards] == [without_views(card) for card in told]


def without_views(card):
    """A card without what only the whole room could say exactly."""
    vague = {"views", "trust", *(["sentences"] if card["kind"] == "statement" else [])}
    return {key: value for key, value in card.items() if key not in vague}


@pytest.mark.parametrize("place", ["storm"], indirect=True)
def test_a_secret_is_told_to_the_two_and_to_nobody_else(place):
    """A card to whoever shows it and to whoever is shown; what was told of the line moves, also after a reload."""
    scenario, pages = place
    seats = SeatedNegotiation(scenario, {}, seed=SEED, replication=0).names[:3]
    table = SharedTable(scenario, seats, seed=SEED, replication=0)
    table.take_seats(seats)
    table.go_on()
    shower, shown, other = seats
    own = table.room.run.case.seats[table.numbers[shower]]
    issue, number = table.room.issues[own["secret_issue"]], table.numbers[shown]
    opinion = table.room.run.state.opinions[own["secret_issue"], number]
    opinion["red_low"], opinion["red_high"] = 0.3, 0.7
    for seat in seats:
        pages.ask("share", seat=seat, news=table.news(seat, -1) | {"replies": []}, player=0, isFirst=True)
    for kind in ("corridor", "secret"):
        have = len(table.turns)
        for seat in seats:
            act = {"act": {"corridor": "ask", "secret": "show"}[kind], "whom": [shown] if seat == shower else []}
            send = pages.ask("answer", seat=seat, given=act)["send"]
            rows = rows_of([[send["turn"], column, entry, value] for column, entry, value in send["rows"]])
            table.check(seat, send["turn"], rows)
            table.take(seat, rows)
        told = {seat: pages.ask("hear", seat=seat, news=table.news(seat, have) | {"replies": []}) for seat in seats}
    cards = {seat: [card for card in told[seat]["cards"] if card["kind"] == "secret"] for seat in seats}
    label, line = scenario.issues[issue].label, partial(line_of, scenario.issues[issue])
    assert cards[other] == []
    assert cards[shower][0]["sentences"] == [
        f"You showed {shown} what only you know about “{label}”.",
        f"They told you that they never sign {line(0.3, 0.7)}. Now they never sign {line(0.1, 0.9)}.",
    ]
    assert cards[shown][0]["sentences"] == [
        f"{shower} showed you what only they know about “{label}”.",
        f"You would never have signed {line(0.3, 0.7)}. Now you never sign {line(0.1, 0.9)}.",
    ]
    again = pages.ask("share", seat=shower, news=table.news(shower, -1) | {"replies": []}, player=0, isFirst=True)
    for page_of_shower in (told[shower], again):
        assert page_of_shower["told"][shown][issue]["red"] == pytest.approx([0.1, 0.9])


def test_rows_of_another_seat_or_another_turn_are_refused_and_change_nothing():
    scenario = load("storm")
    seats = SeatedNegotiation(scenario, {}, seed=SEED, replication=0).names[:2]
    table = SharedTable(scenario, seats, seed=SEED, replication=0)
    table.take_seats(seats)
    table.go_on()
    turn, waits = len(table.turns), table.waits_for()
    own = table.numbers[waits[0]]
    for rows in (
        [AnswerRow(turn, "whom", 2 * (own + 1), 5.0)],
        [AnswerRow(turn, "response", own, 7.0)],
        [AnswerRow(turn, "values", 0, float("inf"))],
    ):
        with pytest.raises(Exception, match="this answer"):
            table.check(waits[0], turn, rows)
    with pytest.raises(Exception, match="gone on"):
        table.check(waits[0], turn + 1, [])
    assert (len(table.turns), table.waits_for()) == (turn, waits)
