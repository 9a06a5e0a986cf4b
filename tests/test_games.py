"""Journals of strangers: read strictly, and refused in a sentence that names the place."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journals import STORM, finished, journal, read, turns_of
from negsim.errors import NegsimError
from negsim.games import MOST_JOURNAL_BYTES, Asked, digest_of_end, play_again, read_journal
from negsim.negotiation.tables import Move, Outcome
from negsim.policies import SeatedNegotiation
from negsim.replay import AnswerRow
from negsim.scenario import load


def refusal(**changed):
    """Return the sentence with which a journal is refused, to be read or to be played again."""
    with pytest.raises(NegsimError) as caught:
        play_again(read(**changed), STORM, "x.json")
    return str(caught.value)


def test_a_game_comes_out_as_its_journal_says():
    played = play_again(read(result=finished()), STORM)
    assert played.outcome.name.lower() == finished()["outcome"]
    assert len(played.moments) == len(played.turns) + 1 == len(played.days) + 1


@pytest.mark.parametrize(
    ("key", "value"), [("outcome", "vote"), ("score", 94.0), ("score", None), ("turns", 3), ("digest", "0" * 64)]
)
def test_a_result_that_does_not_come_out_is_refused_by_its_name(key, value):
    said = refusal(result=finished(**{key: value}))
    assert said.startswith(f"x.json: played again, it does not end as it says: result.{key} is ")


def test_another_seed_or_scenario_does_not_give_the_same_digest():
    assert "result." in refusal(result=finished(), seed=5)
    assert "another scenario" in refusal(scenario="0" * 64)
    assert "has no seat here" in refusal(seat="Minister Diallo")


def test_an_unfinished_game_stands_at_the_turn_after_its_last_answer():
    at, _ = turns_of(Move.AMEND)[0]
    played = play_again(read(rows=[[at, "place", 0, 0.5]]), STORM)
    assert len(played.turns) == at + 1
    assert played.outcome == Outcome.RUNNING


def test_rows_that_are_not_the_seats_to_decide_are_refused():
    """Each with its turn: of others, where the seat is not asked, of other columns, beyond the scale, twice."""
    amend, read_, speak = turns_of(Move.AMEND)[0][0], turns_of(Move.READ)[0][0], turns_of(Move.SPEAK)
    others = next(n for n, turn in speak if turn.who != 0)
    ask, evening = turns_of(Move.ASK)[0][0], turns_of(Move.EVENING)[0][0]
    opens = turns_of(Move.OPEN_SESSION)[0][0]
    shows = turns_of(Move.SHOW)[0][0]
    for rows in (
        [[amend, "place", 1, 0.5]],
        [[amend, "response", 0, 0]],
        [[amend, "place", 0, 1.5]],
        [[amend, "place", 0, 0.5], [amend, "place", 0, 0.6]],
        [[read_, "response", 0, 3]],
        [[read_, "response", 0, 0.5]],
        [[read_, "response", 0, None]],
        [[read_, "argument", 0, -0.5]],
        [[others, "values", speak[0][1].issue, 0.5]],
        [[ask, "whom", 2, 3]],
        [[ask, "whom", 0, 0]],
        [[ask, "whom", 0, 14]],
        [[ask, "whom", 2**16, 1]],
        [[evening, "guest", 1, 0], [evening, "guest", 2, 0]],
        [[evening, "guest", 0, 0]],
        [[evening, "guest", n, 0] for n in range(14)],
        [[evening, "guest", 0, 1], [evening, "guest", 1, 1]],
        [[shows, "about", 1, 2]],
        [[shows, "about", 0, 0]],
        [[shows, "about", 0, 14]],
        [[shows, "about", 0, 1.5]],
        [[opens, "place", 0, 0.5]],
    ):
        said = refusal(rows=rows)
        assert said.startswith(f"x.json: rows: turn {rows[0][0]}, "), rows
        assert "\n" not in said


def test_an_offer_asks_for_another_issue_that_is_open():
    room = SeatedNegotiation(load("storm", changes=["process.moves.offers=true"]), {}, seed=4, replication=0)
    while room.run.pending.move != Move.OFFER:
        room.finish_turn()
    due = Asked(room, 0, "x.json")
    due.check([AnswerRow(9, "about", 0, -1.0)])
    for about in (7.0, 0.5, float(room.run.pending.issue)):
        with pytest.raises(NegsimError, match="about 0 cannot be"):
            due.check([AnswerRow(9, "about", 0, about)])


def test_a_secret_is_shown_once():
    first, _ = turns_of(Move.SHOW)[0]
    nobody = play_again(read(rows=[[first, "about", 0, -1]]), STORM)
    assert int(nobody.room.run.state.movers["shown"][0]) == -1
    room = play_again(read(rows=[[first, "about", 0, 3]]), STORM).room
    assert int(room.run.state.movers["shown"][0]) == 3
    while room.run.pending.move != Move.SHOW:
        room.finish_turn()
    due = Asked(room, 0, "x.json")
    due.check([AnswerRow(9, "about", 0, -1.0)])
    with pytest.raises(NegsimError, match="about 0 cannot be 4"):
        due.check([AnswerRow(9, "about", 0, 4.0)])


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"version": 1}, "version"), ({"seed": -1}, "seed"), ({"seed": True}, "seed"), ({"seed": 2**64}, "seed"),
        ({"seed": "12x"}, "seed"), ({"seed": 1.5}, "seed"), ({"replication": "1"}, "replication"),
        ({"seat": 3}, "seat"), ({"seat": "x" * 1000}, "seat"), ({"table": "a\nb"}, "table"),
        ({"changes": "x"}, "changes"),
        ({"changes": ["x"] * 99}, "changes"), ({"changes": [1]}, "changes.0"), ({"guess": 2}, "guess"),
        ({"attempt": 0}, "attempt"), ({"rows": {}}, "rows"), ({"rows": [[]]}, "rows.0"), ({"rows": [1]}, "rows.0"),
        ({"rows": [[1, "trust", 0, 1]]}, "rows.0"), ({"rows": [[1, [], 0, 1]]}, "rows.0"),
        ({"rows": [[1, "place", -1, 1]]}, "rows.0"), ({"rows": [[1, "place", 0, 1e9]]}, "rows.0"),
        ({"rows": [[2, "place", 0, 1], [1, "place", 0, 1]]}, "rows.1"),
        ({"answers": [[1, 2, "accept", 7, None]]}, "answers.0"),
        ({"answers": [[1, 2, "accept", 1, []]]}, "answers.0"), ({"answers": [[1, 2]]}, "answers.0"),
        ({"answers": [[1, 2, "accept", 1, {"a": {"b": []}}]]}, "answers.0"),
        ({"result": []}, "result"), ({"result": {"outcome": "x"}}, "result.score"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_or_range_is_refused_at_its_place(changed, place):
    with pytest.raises(NegsimError) as caught:
        read(**changed)
    assert str(caught.value).startswith(f"x.json: {place}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["", "[" * 100_000, "{}", "[]", "null", '{"negsim": "journal"}', "\x00", "NaN", '{"a": ' * 5000, "1" * 9000,
     json.dumps(journal()).replace("null", "NaN", 1), json.dumps(journal()).replace('"seed": 4', '"seed": 1e999'),
     *(json.dumps(journal(answers=[[1, 2, "a", 0, {"X": 0}]])).replace("0}", one) for one in ("-1e999}", '"\\ud800"}')),
     json.dumps(journal(extra=1)), " " * (MOST_JOURNAL_BYTES + 1), b"\xff\xfe\x00"],
)  # fmt: skip
def test_what_is_no_journal_is_refused_in_one_sentence(text):
    with pytest.raises(NegsimError) as caught:
        read_journal(text, "x.json")
    assert str(caught.value).startswith("x.json: ")
    assert "\n" not in str(caught.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(journal())), _JSON)
def test_whatever_stands_at_a_key_is_read_or_refused(key, value):
    try:
        read_journal(json.dumps(journal(**{key: value})), "x.json")
    except NegsimError as error:
        assert "\n" not in str(error)  # noqa: PT017 - most are refused, some are read


def test_a_level_turns_a_knob_and_adds_no_seats():
    for level in ("groups.business.seats=40", "policies.chair=strategies:Novice"):
        assert f'levels: "{level}"; a page turns knobs, not seats, issues or policies' in refusal(levels=[level])
    played = play_again(read(levels=["meetings.count=2"]), STORM)
    assert int(played.room.run.case.plan["meeting"].max()) == 1


def test_nan_counts_as_one_number_in_the_digest():
    room = play_again(read(), STORM).room
    before = digest_of_end(room.run.state)
    room.run.state.belief[0, 0, 0] = -math.nan
    assert digest_of_end(room.run.state) == before
