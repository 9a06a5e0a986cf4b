"""A class at parallel tables: its people, its deal, the journals of tables, and what its own journal keeps."""

from __future__ import annotations

import pytest

from negsim.studio import limits
from negsim.studio.classes import AWAY_SECONDS, StrangerError
from negsim.studio.journal import Journals
from negsim.studio.limits import RefusedError
from negsim.studio.opening import new_class, open_class
from negsim.studio.overview import all_journals, end_journals, left_out, notes, overview, page_answer
from negsim.studio.phases import Phase
from negsim.studio.tables import STUCK_SECONDS, ClassCase, Deal

CASE = ClassCase(
    name="town",
    title="A town",
    scenario="s",
    rules="r",
    seats=["Ana", "Ben"],
    knobs={"meetings": ["meetings.count=1", ""]},
)
WORD = "WWWWWWWW"


def dealt(**deal):
    return Deal(**({"seats": [["Ana"]]} | deal))


@pytest.fixture
def town():
    return new_class(CASE, dealt(), WORD, None)


def fill(one, count=4, *, phase=Phase.PLAY):
    people = [one.join(one.code, f"Person {chr(65 + n)}", "10.0.0.1", 0.0) for n in range(count)]
    one.open_phase(phase, None, 0.0)
    return people


def writers(one):
    return [one._numbered(table.seats[0].writes) for table in one.tables]


def game(one, person, rows=(), **more):
    table = one.table(person.table)
    rows = [list(row) for row in rows]
    whole = {
        "name": "town", "changes": [], "scenario": "s", "rules": "r",
        "seed": one.deal.seed, "replication": one.deal.replication,
        "seat": table.seats[0].name, "levels": one.case.turned(table.levels),
        "code": one.code, "table": table.name, "attempt": 1,
        "rows": rows, "answers": [[row[0], 9000, "accept", 0, None] for row in rows], "guess": None, "result": None,
    }  # fmt: skip
    return whole | more


NOTHING = (0, 0, 0, 0)  # that a page has before it knows a game
ROWS = [[turn, "response", 0, 0.0] for turn in range(8)]
RESULT = {"outcome": "consensus", "score": 70.0, "turns": 9, "digest": "d"}


def test_tables_are_dealt_at_random_as_even_as_can_be(town):
    fill(town, 7, phase=Phase.BRIEF)
    sizes = [len(town.at(table)) for table in town.tables]
    assert sorted(sizes) == [1, 2, 2, 2]
    assert [person.table for person in town.people] != sorted(person.table for person in town.people)


def test_tables_take_seats_and_settings_in_turn():
    one = new_class(CASE, dealt(seats=[["Ana"], ["Ben"]], levels=[{}, {"meetings": 0}], people=1), WORD, None)
    fill(one, 5)
    got = [(table.seats[0].name, turned) for table in one.tables for turned in [one.case.turned(table.levels)]]
    assert got == [
        ("Ana", []), ("Ben", []), ("Ana", ["meetings.count=1"]), ("Ben", ["meetings.count=1"]), ("Ana", []),
    ]  # fmt: skip


def test_what_is_drawn_beforehand_is_dealt_as_the_page_has_it():
    drawn = CASE.model_copy(update={"drawn": (7, 200)})
    town = new_class(drawn, dealt(seed=7), WORD, None)
    town.change_deal(dealt(seed=7, replication=199))
    with pytest.raises(RefusedError, match=r"under seed 7 only.*choose another replication"):
        town.change_deal(dealt(seed=8))
    with pytest.raises(RefusedError, match="replications 0 to 199"):
        town.change_deal(dealt(seed=7, replication=200))
    assert town.deal == dealt(seed=7, replication=199)


def test_who_comes_late_sits_where_fewest_are(town):
    fill(town, 3)
    sizes = {table.number: len(town.at(table)) for table in town.tables}
    late = town.join(town.code, "Late", "10.0.0.1", 1.0)
    assert sizes[late.table] == 1
    assert town.join(town.code, "Later", "10.0.0.1", 1.0).table == 3


def test_a_wrong_code_leads_nowhere_and_the_right_one_always_in(town):
    for _ in range(int(limits.TRY_RATE[1]) + 1):
        with pytest.raises(RefusedError, match="code"):
            town.join("AAAAAAAA", "Ana", "10.0.0.1", 0.0)
    assert town.join(town.code.lower(), "Ana", "10.0.0.1", 0.0).name == "Ana"


def test_nobody_joins_under_a_name_that_looks_like_anothers(town):
    town.join(town.code, "Anna", "10.0.0.1", 0.0)
    with pytest.raises(RefusedError, match="called"):
        town.join(town.code, "ANNA", "10.0.0.2", 0.0)


def test_nobody_joins_under_a_name_that_looks_like_the_teachers(town):
    with pytest.raises(RefusedError, match="your teacher's"):
        town.join(town.code, "The Teachér", "10.0.0.1", 0.0)


def test_one_page_answers_for_a_table_until_another_takes_over(town):
    fill(town, 2)
    first = writers(town)[0]
    other = next(person for person in town.people if person is not first)
    town.take(other, game(town, other, ROWS[:1]), 1.0)
    assert town.tables[0].attempts == []
    town.take_over(other)
    town.take(other, game(town, other, ROWS[:1]), 1.0)
    assert town.tables[0].attempts[0].rows == ROWS[:1]
    assert page_answer(town, first, NOTHING, 1.0)["journal"]["rows"] == ROWS[:1]
    assert not page_answer(town, first, (1, 1, 1, 0), 1.0)["writes"]


def test_a_journal_only_grows(town):
    person = fill(town, 1)[0]
    attempt = lambda: town.tables[0].attempts[0]  # noqa: E731
    town.take(person, game(town, person, ROWS[:3]), 1.0)
    town.take(person, game(town, person, ROWS[:2]), 2.0)
    assert attempt().rows == ROWS[:3]
    with pytest.raises(RefusedError, match="differs from what your table answered"):
        town.take(person, game(town, person, [*ROWS[:2], [2, "response", 0, 1.0], *ROWS[3:]]), 3.0)
    town.take(person, game(town, person, ROWS, result=RESULT), 4.0)
    town.take(person, game(town, person, ROWS, result=RESULT | {"score": 99.0}), 5.0)
    assert (attempt().rows, attempt().result) == (ROWS, RESULT)


@pytest.mark.parametrize(
    "change",
    [{"seed": 9}, {"seat": "Ben"}, {"table": "Table 2"}, {"levels": ["meetings.count=1"]}, {"code": "AAAAAAAA"},
     {"scenario": "t"}, {"rules": "x"}, {"replication": 3}],
)  # fmt: skip
def test_a_game_that_was_not_dealt_is_refused(town, change):
    person = fill(town, 1)[0]
    with pytest.raises(RefusedError, match=f"its {next(iter(change))}"):
        town.take(person, game(town, person, ROWS, **change), 1.0)
    assert town.tables[0].attempts == []


def test_a_table_that_has_finished_is_told_so_until_it_starts_again(town):
    person = fill(town, 1)[0]
    town.open_phase(Phase.PLAY, None, 0.0)
    for attempt, result in ((1, None), (1, RESULT), (2, None)):
        town.take(person, game(town, person, ROWS, attempt=attempt, result=result), 1.0)
        answer = page_answer(town, person, NOTHING, 2.0)
        assert answer["finished"] == (result is not None)
        assert ("has finished" in answer["says"]) == answer["finished"]


def test_to_start_again_is_counted_and_the_first_finished_game_counts(town):
    person = fill(town, 1)[0]
    town.take(person, game(town, person, ROWS[:3]), 1.0)
    town.take(person, game(town, person, ROWS, attempt=2, result=RESULT), 2.0)
    town.take(person, game(town, person, [*ROWS, *ROWS], attempt=3, result=RESULT | {"score": 99.0}), 3.0)
    for table, attempt in list(town.unchecked(4.0)):
        town.judge(table, attempt, "")
    assert town.tables[0].counting().number == 2
    assert any("3 attempts" in note for note in notes(town, town.tables[0]))
    for attempt in range(4, limits.MOST_ATTEMPTS + 1):
        town.take(person, game(town, person, attempt=attempt), 4.0)
    with pytest.raises(RefusedError, match=f"has played {limits.MOST_ATTEMPTS} games"):
        town.take(person, game(town, person, attempt=limits.MOST_ATTEMPTS + 1), 4.0)


def test_nobody_starts_a_game_again_that_others_play(town):
    """Whoever answers, and whatever the page says; the one who is alone may, and all may once it does not count."""
    people = fill(town, 2)
    (table,) = town.tables
    for person in people:
        town.take_over(person)
        town.take(person, game(town, person, ROWS[:3]), 1.0)
        with pytest.raises(RefusedError, match="others play this game with you"):
            town.take(person, game(town, person, attempt=2), 2.0)
    assert [(one.number, len(one.rows)) for one in table.attempts] == [(1, 3)]
    town.take(person, game(town, person, ROWS, result=RESULT), 3.0)
    assert [page_answer(town, one, NOTHING, 3.0)["again"] for one in people] == [False, False]
    town.judge(table, table.attempts[0], "it does not end as it says")
    assert [page_answer(town, one, NOTHING, 3.0)["again"] for one in people] == [True, True]
    assert not page_answer(town, person, NOTHING, 3.0)["finished"]
    town.take(person, game(town, person, ROWS[:1], attempt=2), 4.0)
    assert [page_answer(town, one, NOTHING, 3.0)["again"] for one in people] == [False, False]
    with pytest.raises(RefusedError, match="others play this game with you"):
        town.take(person, game(town, person, attempt=3), 5.0)
    town.remove(people[0].number)
    town.take(person, game(town, person, attempt=3), 6.0)
    assert [one.number for one in table.attempts] == [1, 2, 3]


@pytest.mark.parametrize("high", [2, 20, 10**6])
def test_no_attempt_hides_another_whatever_number_it_says(town, high):
    person = fill(town, 1)[0]
    town.take(person, game(town, person, attempt=high), 1.0)
    town.take(person, game(town, person, ROWS, result=RESULT), 2.0)
    town.judge(town.tables[0], town.tables[0].numbered(1), "")
    assert [attempt.number for attempt in town.tables[0].attempts] == [high, 1]
    assert town.tables[0].counting().number == 1
    assert page_answer(town, person, NOTHING, 3.0)["attempt"] == high
    assert len(list(notes(town, town.tables[0]))) <= 3
    assert len("".join(notes(town, town.tables[0]))) < 300


def test_a_game_is_discarded_at_the_desk_and_brought_back(town):
    person = fill(town, 1)[0]
    town.take(person, game(town, person, result=RESULT | {"score": 11.0}), 1.0)  # somebody has ended it
    table = town.tables[0]
    town.judge(table, table.attempts[0], "")
    assert page_answer(town, person, NOTHING, 1.0)["finished"]
    town.let_count(1, 1, counts=False)
    assert table.counting() is None
    assert not page_answer(town, person, NOTHING, 1.0)["finished"]
    assert page_answer(town, person, NOTHING, 1.0)["again"]
    assert all_journals(town) == end_journals(town) == []
    town.take(person, game(town, person, ROWS, attempt=2, result=RESULT), 2.0)
    town.judge(table, table.attempts[1], "")
    assert table.counting().number == 2
    seen = overview(town, 3.0)["tables"][0]
    assert [(one["number"], one["discarded"], one["score"]) for one in seen["games"]] == [
        (1, True, 11.0),
        (2, False, 70.0),
    ]
    assert "Attempt 1 is discarded" in seen["notes"]
    town.let_count(1, 1, counts=True)
    assert table.counting().number == 1
    with pytest.raises(RefusedError, match="no such attempt"):
        town.let_count(1, 3, counts=False)


def test_an_attempt_of_which_the_desk_saw_none_is_counted_and_keeps_no_other_away(tmp_path):
    journals = Journals(tmp_path / "class")
    one = open_class(CASE, dealt(), WORD, journals)
    person = fill(one, 1)[0]
    one.take(person, game(one, person, ROWS, attempt=3, result=RESULT), 1.0)
    one.take(person, game(one, person, ROWS[:3], attempt=2), 2.0)
    one.judge(one.tables[0], one.tables[0].attempts[0], "")
    assert page_answer(one, person, NOTHING, 3.0)["attempt"] == overview(one, 3.0)["tables"][0]["attempts"] == 3
    odd = list(notes(one, one.tables[0]))
    assert [note.split(";")[0] for note in odd[:2]] == ["2 attempts", "Never reached the desk: attempt 1"]
    journals._lock.release()
    again = open_class(CASE, dealt(), WORD, Journals(tmp_path / "class"))
    assert again.tables[0].counting().number == 3
    assert list(notes(again, again.tables[0])) == odd


def test_who_reads_along_learns_an_answer_that_decides_nothing_and_the_end(town):
    fill(town, 2)
    first = writers(town)[0]
    other = next(person for person in town.people if person is not first)
    answers = game(town, first, ROWS[:2])["answers"]
    seen = NOTHING
    for more in [answers, [*answers, [2, 9000, "delegate", 0, None]]]:
        town.take(first, game(town, first, ROWS[:2], answers=more), 1.0)
        assert page_answer(town, other, seen, 1.0)["journal"]["answers"] == more
        seen = (1, 2, len(more), 0)
        assert page_answer(town, other, seen, 1.0)["journal"] is None
    town.take(first, game(town, first, ROWS[:2], answers=more, result=RESULT), 2.0)
    assert page_answer(town, other, seen, 2.0)["journal"]["result"] == RESULT
    assert page_answer(town, other, (1, 2, len(more), 1), 2.0)["journal"] is None


def test_other_answers_with_the_same_rows_are_refused_and_note_nothing(tmp_path):
    one = open_class(CASE, dealt(), WORD, Journals(tmp_path / "class"))
    person = fill(one, 1)[0]
    one.take(person, whole := game(one, person, ROWS[:3]), 1.0)
    before = one.journal.file.stat().st_size
    other = [*whole["answers"][:2], [2, 9000, "object", 0, {"act": "x" * 9000}]]
    for answers in other, other[1:], [*other, other[0]]:
        with pytest.raises(RefusedError, match="differs from what your table answered"):
            one.take(person, game(one, person, ROWS[:3], answers=answers), 2.0)
    one.take(person, whole, 3.0)
    assert one.tables[0].attempts[0].answers == whole["answers"]
    assert one.journal.file.stat().st_size == before


def test_a_rehearsed_game_is_found(town):
    person = fill(town, 1)[0]
    town.take(person, game(town, person, ROWS, result=RESULT), 1.0)
    town.take(person, game(town, person, ROWS, attempt=2, result=RESULT), 2.0)
    assert "Attempt 2: the same answers as attempt 1" in notes(town, town.tables[0])


def test_answers_of_another_table_are_found(town):
    people = fill(town, 4)
    for now, person in enumerate(writers(town)):
        town.take(person, game(town, person, ROWS, result=RESULT), float(now))
    assert [list(notes(town, table)) for table in town.tables] == [[], ["Attempt 1: the same answers as Table 1"]]
    assert len(people) == 4


def test_a_refused_game_counts_for_nothing(town):
    person = fill(town, 1)[0]
    town.take(person, game(town, person, ROWS, result=RESULT), 1.0)
    town.judge(town.tables[0], town.tables[0].attempts[0], "its result is another")
    assert end_journals(town) == []
    assert left_out(town) == ["Table 1: its result is another"]
    assert overview(town, 2.0)["tables"][0]["notes"] == ["Attempt 1 is refused: its result is another"]
    town.let_count(1, 1, counts=False)
    assert left_out(town) == []


def test_a_table_that_has_not_finished_is_on_the_end_page_without_a_result(town):
    fill(town, 5)
    first, second, _ = writers(town)
    town.take(first, game(town, first, ROWS[:3]), 1.0)
    town.take(second, game(town, second, ROWS, result=RESULT), 1.0)
    one, other, none = end_journals(town)
    assert [table["table"] for table in (one, other, none)] == ["Table 1", "Table 2", "Table 3"]
    assert [table["result"] for table in (one, other, none)] == [None] * 3  # the second is still to be checked
    assert [(len(table["answers"]), table["attempts"]) for table in (one, other, none)] == [(3, 1), (8, 1), (0, 0)]
    assert none.items() >= game(town, writers(town)[2], attempt=0).items()
    town.judge(town.tables[1], town.tables[1].attempts[0], "")
    assert [table["result"] for table in end_journals(town)] == [None, RESULT, None]


def test_a_game_that_the_studio_cannot_play_again_waits_and_is_given_up_but_not_refused(town):
    person, now = fill(town, 1)[0], 2.0
    town.take(person, game(town, person, ROWS, result=RESULT), 1.0)
    attempt = town.tables[0].attempts[0]
    for _ in range(limits.MOST_TRIES):
        assert [one for _, one in town.unchecked(now)] == [attempt]
        assert overview(town, now)["tables"][0]["checking"]
        town.put_off(attempt, "the studio is full", now)
        assert not list(town.unchecked(now + limits.RETRY_SECONDS / 2))
        now += limits.RETRY_SECONDS
    assert not list(town.unchecked(now))
    seen = overview(town, now)["tables"][0]
    assert (seen["checking"], seen["notes"]) == (False, ["Attempt 1 could not be checked: the studio is full"])
    assert attempt.verdict is None


def test_the_desk_sees_who_is_stuck_and_who_is_away(town):
    person = fill(town, 1)[0]
    town.take(person, game(town, person, ROWS[:2]), 1.0)
    now = 2.0 + STUCK_SECONDS
    seen = overview(town, now)
    assert seen["tables"][0]["stuck"]
    assert seen["people"][0]["away"]
    town.sign(person.key, now)
    assert not overview(town, now + AWAY_SECONDS - 1.0)["people"][0]["away"]


def test_more_time_goes_to_the_table_that_asked(town):
    people = fill(town, 4)
    town.open_phase(Phase.PLAY, 20.0, 0.0)
    town.ask_for_time(people[0])
    assert [table.asks for table in town.tables].count(True) == 1
    town.give_time(people[0].table, 2.0)
    left = [town.left(table, 60.0) for table in town.tables]
    assert sorted(left) == [19 * 60.0, 21 * 60.0]
    assert not any(table.asks for table in town.tables)


def test_a_table_sends_so_much_in_all_and_others_go_on(town, monkeypatch):
    fill(town)
    first, other = writers(town)
    monkeypatch.setattr(limits, "MOST_TABLE", 100)
    town.take(first, game(town, first, ROWS), 1.0)
    with pytest.raises(RefusedError, match="as much as the desk keeps"):
        town.take(first, game(town, first, [*ROWS, [9, "response", 0, 0.0]]), 2.0)
    town.remove(next(one.number for one in town.at(town.table(first.table)) if one is not first))
    with pytest.raises(RefusedError, match="as much as the desk keeps"):
        town.take(first, game(town, first, ROWS, attempt=2), 2.0)
    town.take(other, game(town, other, ROWS), 3.0)
    assert [len(table.attempts) for table in town.tables] == [1, 1]


def test_a_guess_is_final_and_comes_before_the_debriefing(town):
    person = fill(town, 1, phase=Phase.BRIEF)[0]
    with pytest.raises(RefusedError, match="not open"):
        town.guess(person, 0.5)
    town.open_phase(Phase.GUESS, None, 0.0)
    town.guess(person, 0.4)
    town.guess(person, 0.9)
    assert [person.guess for person in town.people] == [0.4]


def test_who_was_sent_out_has_no_key_any_more_and_another_answers(town):
    fill(town, 2)
    first = writers(town)[0]
    town.remove(first.number)
    with pytest.raises(RefusedError, match="not in this class") as refusal:
        town.sign(first.key, 1.0)
    assert not isinstance(refusal.value, StrangerError)  # which would open the answers on that page
    with pytest.raises(StrangerError, match="not in this class"):
        town.sign("of another class", 1.0)
    assert writers(town)[0] in town.people


def test_no_page_learns_anothers_key_or_the_word_of_the_teacher(town):
    people = fill(town, 4)
    for seen in [overview(town, 1.0), *(page_answer(town, person, NOTHING, 1.0) for person in people)]:
        assert not any(person.key in str(seen) for person in people)
        assert WORD not in str(seen)


def test_a_class_is_as_it_was_after_the_studio_ended(tmp_path):
    journals = Journals(tmp_path / "class")
    one = open_class(CASE, dealt(people=1), WORD, journals)
    person = fill(one, 3)[0]
    one.open_phase(Phase.PLAY, 20.0, 5.0)
    one.take(person, game(one, person, ROWS[:3]), 6.0)
    one.take(person, game(one, person, ROWS, result=RESULT), 7.0)
    one.judge(one.table(person.table), one.table(person.table).attempts[0], "")
    one.guess(person, 0.25)
    one.ask_for_time(person)
    one.remove(one.people[-1].number)
    journals._lock.release()
    again = open_class(CASE, dealt(seed=77), "another", Journals(tmp_path / "class"))
    signs = {"away": True}
    for seen in (before := overview(one, 500.0), after := overview(again, 500.0)):
        seen["people"] = [person | signs for person in seen["people"]]
    assert before == after
    assert again.is_teacher(WORD)
    assert end_journals(again) == end_journals(one)
    assert again.sign(person.key, 500.0).name == person.name


def test_a_damaged_journal_opens_up_to_the_break_and_the_desk_says_so(tmp_path):
    journals = Journals(tmp_path / "class")
    one = open_class(CASE, dealt(), WORD, journals)
    fill(one, 2)
    file = one.journal.file
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:3], lines[3].replace(b"Person", b"Parson"), *lines[4:]]))
    again = open_class(CASE, dealt(), WORD, journals)
    assert [person.name for person in again.people] == ["Person A"]
    assert "damaged" in again.losses[0]


def test_a_class_that_could_not_be_written_down_any_more_says_so_when_it_is_opened_again(tmp_path):
    one = open_class(CASE, dealt(), WORD, journals := Journals(tmp_path / "class"))
    one.journal.stop(OSError(28, "No space left on device"))
    again = open_class(CASE, dealt(), WORD, journals)
    assert [loss.split(".")[0] for loss in again.losses] == ["This class could not be kept any more"]
    assert again.journal.failure == ""
    assert open_class(CASE, dealt(), WORD, journals).losses == again.losses
