"""Tables of a class with several people: who sits where, whom a table waits for, and what the journal keeps."""

from __future__ import annotations

import json

import pytest

from journals import replay
from negsim import load
from negsim.errors import NegsimError
from negsim.games import digest_of, digest_of_end, play_again, read_journal
from negsim.negotiation.tables import Move
from negsim.policies import SeatedNegotiation
from negsim.policies.brief import in_sentences, interests_of
from negsim.replay import AnswerRow, rows_of
from negsim.scenario.lowering import seat_names
from negsim.studio.classes import AWAY_SECONDS
from negsim.studio.journal import Journals
from negsim.studio.limits import RefusedError
from negsim.studio.opening import new_class, open_class
from negsim.studio.overview import all_journals, end_journals, overview, page_answer, table_news
from negsim.studio.phases import Phase
from negsim.studio.shared import SeatReply
from negsim.studio.tables import ClassCase, Deal

STORM = load("storm")
NAMES = seat_names(STORM)
CASE = ClassCase(
    name="storm",
    title="The storm",
    scenario=digest_of(STORM),
    rules="r",
    seats=NAMES,
    knobs={"tension": ["", "context.tension=0.9"]},
)
WORD = "WWWWWWWW"
FOUR = [NAMES[0], NAMES[4], NAMES[8], NAMES[12]]


@pytest.fixture(autouse=True)
def known_draws(monkeypatch):
    """The same deal and the same draws in every run of a test."""
    monkeypatch.setattr("negsim.studio.opening.secrets.randbits", lambda bits: 2 ** (bits - 2) + 5)


def begun(people, seats=FOUR, *, each=1, journals=None, phase=Phase.PLAY, **deal):
    """A class in which so many have joined, and what is dealt to them."""
    one = new_class(CASE, Deal(seats=[seats], people=each, **deal), WORD, journals, scenario=STORM)
    for n in range(people):
        one.stay(one.join(one.code, f"Person {chr(65 + n)}", "10.0.0.1", 0.0), 0.0)
    one.open_phase(phase, None, 0.0)
    return one


def places(one):
    return {person.name: (person.table, person.seat) for person in one.people}


def writer(one, table, name):
    return one._numbered(table.seat(name).writes)


def answer_all(one, table, now=1.0):
    """Answer the turn that is due as the delegates would."""
    turn = len(table.game.turns)
    for name in table.game.waits_for():
        one.answer_turn(writer(one, table, name), turn, [], None, now)


def test_people_are_dealt_to_tables_as_even_as_can_be_and_there_to_the_seats_in_turn():
    one = begun(7, phase=Phase.BRIEF)
    assert sorted(len(one.at(table)) for table in one.tables) == [3, 4]
    assert len(set(places(one).values())) == 7
    pairs = begun(7, each=2, phase=Phase.BRIEF)
    assert [len(pairs.at(table)) for table in pairs.tables] == [7]
    assert sorted(len(pairs.at(pairs.tables[0], name)) for name in FOUR) == [1, 2, 2, 2]


def test_one_table_for_all_gives_the_next_free_seat_to_who_comes_late():
    one = begun(3, NAMES)
    late = one.join(one.code, "Late", "10.0.0.1", 1.0)
    assert (late.table, one.at(one.tables[0], late.seat)) == (1, [late])
    for n in range(len(NAMES) - 4):
        one.join(one.code, f"Later {chr(65 + n)}", "10.0.0.1", 1.0)
    assert len(one.tables) == 1
    assert one.join(one.code, "Last", "10.0.0.1", 1.0).table == 2


def test_two_seats_of_one_delegate_and_a_seat_that_is_not_there_are_no_deal():
    one = new_class(CASE, Deal(seats=[[NAMES[0]]]), WORD, None, scenario=STORM)
    for seats in ([NAMES[0], NAMES[0]], [NAMES[0], "Nobody"]):
        with pytest.raises(RefusedError):
            one.change_deal(Deal(seats=[seats]))


def test_a_table_waits_for_every_seat_that_has_a_say_and_makes_the_turn_with_the_last_answer():
    one = begun(4)
    (table,) = one.tables
    waits, turns = table.game.waits_for(), len(table.game.turns)
    assert set(waits) == set(FOUR)
    for name in waits[:-1]:
        one.answer_turn(writer(one, table, name), turns, [], None, 1.0)
    assert (table.game.waits_for(), len(table.game.turns)) == (waits[-1:], turns)
    one.answer_turn(writer(one, table, waits[-1]), turns, [], None, 1.0)
    assert len(table.game.turns) > turns


def test_a_refused_answer_changes_nothing_and_nobody_answers_for_another():
    one = begun(4)
    (table,) = one.tables
    first = writer(one, table, FOUR[0])
    turn, other = len(table.game.turns), table.game.numbers[FOUR[1]]
    before = table.game.waits_for()
    for wrong in ([AnswerRow(turn, "response", other, 0.0)], [AnswerRow(turn, "whom", 2 * other, 3.0)]):
        with pytest.raises(NegsimError):
            one.answer_turn(first, turn, wrong, None, 1.0)
    with pytest.raises(RefusedError, match="gone on"):
        one.answer_turn(first, turn + 1, [], None, 1.0)
    assert table.game.waits_for() == before
    one.answer_turn(first, turn, [], None, 1.0)
    with pytest.raises(RefusedError, match="gone on"):
        one.answer_turn(first, turn, [], None, 1.0)


def test_only_the_page_that_answers_for_a_seat_may():
    one = begun(8, each=2)
    (table,) = one.tables
    mine = writer(one, table, FOUR[0])
    other = next(person for person in one.at(table, FOUR[0]) if person is not mine)
    with pytest.raises(RefusedError, match="somebody else"):
        one.answer_turn(other, len(table.game.turns), [], None, 1.0)
    one.take_over(other)
    one.answer_turn(other, len(table.game.turns), [], None, 1.0)
    with pytest.raises(RefusedError):
        one.answer_turn(mine, len(table.game.turns), [], None, 1.0)


def test_the_model_answers_for_whoever_is_away_but_waits_where_nobody_is_left():
    one = begun(2, FOUR[:2])
    (table,) = one.tables
    here, away = (writer(one, table, name) for name in FOUR[:2])
    one.set_pace(0.0)
    now = AWAY_SECONDS + 5.0
    assert not one.tick(now)  # nobody is here: the table waits
    one.stay(here, now)
    assert one.tick(now)
    assert table.game.waits_for() == [FOUR[0]]
    assert table.by_model == {(FOUR[1], "away"): 1}
    told = [note for tile in overview(one, now)["tables"] for note in tile["notes"]]
    assert told == [f"{FOUR[1]}: the model answered 1 time, since nobody was there"]
    one.stay(away, now)
    one.answer_turn(here, len(table.game.turns), [], None, now)
    assert not one.tick(now)
    while table.game.waits_for() == [FOUR[0]]:  # it has the floor
        one.answer_turn(here, len(table.game.turns), [], None, now)
    assert FOUR[1] in table.game.waits_for()


def test_the_clock_answers_for_who_takes_too_long_and_starts_anew_with_every_turn():
    one = begun(2, FOUR[:2])
    (table,) = one.tables
    one.set_pace(30.0)
    people = [writer(one, table, name) for name in FOUR[:2]]
    for person in people:
        one.stay(person, 10.0)
    turns, begun_at = len(table.game.turns), table.asked_at
    for seconds in (10.0, 20.0, 29.0):
        for person in people:
            one.stay(person, begun_at + seconds)
    assert not one.tick(begun_at + 29.0)
    assert one.tick(begun_at + 30.0)
    assert len(table.game.turns) > turns
    assert table.asked_at == begun_at + 30.0
    assert not one.tick(begun_at + 31.0)
    assert {why for _, why in table.by_model} == {"late"}


def test_a_table_that_begins_late_has_its_time_too():
    one = begun(2, FOUR[:2])
    one.set_pace(30.0)
    late = one.join(one.code, "Late", "10.0.0.1", 500.0)
    table = one.table(late.table)
    one.tick(501.0)
    assert late.seat in table.game.waits_for()
    assert (table.number, table.by_model[late.seat, "late"], table.look(501.0, is_open=True)["idle"]) == (2, 0, 1.0)


def test_a_seat_at_a_shared_table_reads_what_it_was_dealt_before_the_game():
    one = begun(2, FOUR[:2])
    (table,) = one.tables
    for name in FOUR[:2]:
        interests = interests_of(STORM, table.game.room.run.state, table.game.numbers[name])
        deal = page_answer(one, writer(one, table, name), (0, 0, 0, 0), 2.0)["deal"]
        assert deal["brief"] == in_sentences(interests)
        assert deal["seat"] == name


def test_the_end_is_told_when_the_class_debriefs_and_not_before():
    one = begun(2, FOUR[:2])
    (table,) = one.tables
    while not table.game.is_over:
        answer_all(one, table)
    person = writer(one, table, FOUR[0])
    news = table_news(one, person, -1, 0, 2.0)
    assert news["score"] == table.game.score(FOUR[0])
    assert news["end"] is None
    assert str(one._secret) not in repr(page_answer(one, person, (0, 0, 0, 0), 2.0)) + repr(news)
    one.open_phase(Phase.DEBRIEF, None, 3.0)
    end = table_news(one, person, -1, 0, 4.0)["end"]
    assert end["seed"] == str(one._secret)
    again = SeatedNegotiation(STORM, {}, seed=one._secret, replication=0)
    for _ in replay(again, table.game.rows):
        pass
    assert digest_of_end(again.run.state) == end["result"]["digest"]
    assert [game["seat"] for game in end_journals(one)] == FOUR[:2]


def test_a_class_that_is_opened_again_goes_on_where_it_was(tmp_path):
    journals = Journals(tmp_path / "kept")
    one = begun(4, journals=journals)
    (table,) = one.tables
    reply = SeatReply(len(table.game.turns), 900, "speak", adviser=False, kept="{}")
    one.answer_turn(writer(one, table, FOUR[0]), len(table.game.turns), [], reply, 1.0)
    for _ in range(6):
        answer_all(one, table)
    one.set_pace(45.0)
    journals._lock.release()
    other = open_class(CASE, one.deal, WORD, Journals(tmp_path / "kept"), scenario=STORM)
    (same,) = other.tables
    assert other.losses == []
    assert (same.game.turns, same.game.rows, same.game.waits_for()) == (
        table.game.turns, table.game.rows, table.game.waits_for()
    )  # fmt: skip
    assert digest_of_end(same.game.room.run.state) == digest_of_end(table.game.room.run.state)
    assert same.game.replies == table.game.replies
    assert other.answer_seconds == 45.0
    other.stay(writer(other, same, FOUR[0]), 1000.0)  # the first page that finds the studio again
    assert not other.tick(1000.0 + AWAY_SECONDS - 1.0)
    assert places(other) == places(one)


def test_who_is_moved_is_asked_in_the_new_seat_from_the_next_turn_on():
    one = begun(2, FOUR)
    (table,) = one.tables
    free = next(name for name in FOUR if not one.at(table, name))
    person = one.people[0]
    old = person.seat
    one.move(person.number, table.number, free)
    assert free not in table.game.waits_for()
    for seat in [one_seat for one_seat in table.game.waits_for() if one_seat != old]:
        one.answer_turn(writer(one, table, seat), len(table.game.turns), [], None, 1.0)
    one.stay(person, 1.0)
    assert one.tick(1.0)  # nobody sits in the old seat
    while len(table.game.waits_for()) == 1:  # somebody has the floor
        answer_all(one, table)
    assert free in table.game.waits_for()
    assert old not in table.game.waits_for()


def test_a_table_with_its_own_setting_is_played_with_it():
    one = begun(4, FOUR[:2], levels=[{}, {"tension": 1}])
    assert [table.game.room.scenario.context.tension for table in one.tables] == [STORM.context.tension, 0.9]


def test_every_seat_of_a_shared_table_has_a_journal_that_plays_again_with_all_rows():
    one = begun(2, FOUR[:2])
    (table,) = one.tables
    while not table.game.is_over:
        for name in table.game.waits_for():
            turn, seat = len(table.game.turns), table.game.numbers[name]
            is_text = table.game.room.run.pending.move == Move.READ
            rows = [AnswerRow(turn, "response", seat, 0.0)] if is_text else []
            one.answer_turn(
                writer(one, table, name), turn, rows, SeatReply(turn, 5, "accept", adviser=True, kept="{}"), 1.0
            )
    journals = all_journals(one)
    assert [(table, journal["seat"]) for table, journal, _ in journals] == [("Table 1", name) for name in FOUR[:2]]
    for _, journal, rows in journals:
        own = table.game.rows_of[journal["seat"]]
        assert len(rows) > len(own) > 0
        played = play_again(read_journal(json.dumps(journal)), STORM, table=rows_of(rows))
        assert list(played.journal.rows) == own
        assert played.score == table.game.score(journal["seat"])
