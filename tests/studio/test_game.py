"""A negotiation with people in some seats."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import negsim
from negsim.cast.codes import CLOSED_STATUSES
from negsim.errors import NegsimError
from negsim.negotiation.tables import Move, Outcome
from negsim.policies import Paragraph
from negsim.policies.questions import SeatQuestion, _worth
from negsim.studio.debrief import debrief_of, opening_of
from negsim.studio.game import Game, Reply, check_reply
from negsim.studio.links import Variant
from negsim.studio.recording import record
from studio_cases import CLASSROOM, played, same_state, until_asked


def test_a_game_in_which_no_seat_is_held_is_the_run_of_watch():
    game = played(Game(CLASSROOM), lambda *_: None)
    assert same_state(negsim.watch(negsim.lower(game.scenario)).state, game.negotiation.run.state)


@pytest.mark.parametrize("turned", [(), (("informal.corridors", 0.5),)])
def test_a_seat_that_always_does_as_its_delegate_would_changes_nothing(turned):
    game = Game(Variant(name="cstd_wgigf_2011", turned=turned))
    game.hold(0)
    game.hold(30)
    played(game, lambda *_: None)
    assert same_state(negsim.watch(negsim.lower(game.scenario)).state, game.negotiation.run.state)


def test_a_seat_is_asked_what_the_model_has_and_its_answers_count():
    game = Game(Variant(name="cstd_wgigf_2012"))
    game.hold(0)
    kinds = set()

    def answer(_, question):
        kinds.add(question.kind)
        if question.kind == "floor":
            return Reply(act="speak", place=0.123)
        return Reply(act=question.acts[0])

    played(game, answer)
    log = game.recording.trace().events
    said = log[(log["move"] == Move.SPEAK) & (log["who"] == 0)]["place"]
    assert {"floor", "reading", "evening", "report"} <= kinds
    assert len(said) > 0
    assert set(said) == {0.123}


def test_who_blocks_everything_has_no_report():
    game = Game(Variant(name="cstd_wgigf_2012"))
    game.hold(0)
    played(game, lambda _, question: Reply(act="block") if "block" in question.acts else None)
    state = game.negotiation.run.state
    assert not np.isin(state.paragraphs["status"], CLOSED_STATUSES).any()
    assert game.negotiation.run.outcome == Outcome.CHAIR_REPORT
    assert debrief_of(game, opening_of(game.variant).model, 0).blocked > 0
    assert debrief_of(game, opening_of(game.variant).model, 0).model.outcome == "consensus"


def test_a_bracket_with_an_amendment_draws_a_rolling_text_towards_it():
    def text_after(amendment):
        game = Game(Variant(name="cstd_wgigf_2012", turned=(("methodology", "rolling_text"),)))
        game.hold(0)
        until_asked(game, "reading")
        issue = game.negotiation.run.pending.issue
        own = float(game.negotiation.run.state.views["position"][0, issue])
        game.answer(0, Reply(act="block", place=amendment))
        game.advance()
        assert abs(float(game.negotiation.run.state.views["position"][0, issue]) - own) < 0.05
        return float(game.recording.frames[-1].text[issue])

    low, high = text_after(0.0), text_after(1.0)
    assert low < high


def test_a_dinner_raises_trust_and_moves_no_position():
    def evening(reply):
        game = Game(Variant(name="cstd_wgigf_2012"))
        game.hold(0)
        until_asked(game, "evening")
        unmoved = game.negotiation.run.state.views["position"][0].copy()
        game.answer(0, reply)
        game.advance()
        return game, unmoved

    (planned, _), (dined, unmoved) = evening(None), evening(Reply(act="dine", guests=(25, 30, 35)))
    before, after = planned.negotiation.run.state, dined.negotiation.run.state
    assert after.trust[25, 0] > before.trust[25, 0]
    assert after.trust[0, 25] > before.trust[0, 25]
    assert set(dined.recording.frames[-1].evening.tables[0]) == {0, 25, 30, 35}
    assert np.array_equal(after.views["position"][0], unmoved)
    assert dined.dinners == {0: 1}


def test_who_gives_a_dinner_and_is_asked_to_another_takes_the_guests_along():
    game = Game(Variant(name="cstd_wgigf_2012"))
    for seat in (0, 1, 2):
        game.hold(seat)
    until_asked(game, "evening")
    for host, guest in ((0, 1), (1, 30), (2, 35)):
        game.answer(host, Reply(act="dine", guests=(guest,)))
    game.advance()
    first, second = game.recording.frames[-1].evening.tables[:2]
    assert (set(first), set(second)) == ({0, 1, 30}, {2, 35})
    assert game.dinners == {0: 1, 1: 1, 2: 1}


def test_who_asks_for_the_floor_speaks_next():
    game = Game(Variant(name="cstd_wgigf_2011"))
    game.hold(17)
    while not game.questions:
        if game.turn == 3:
            game.raise_hand(17)
        game.advance()
        assert game.turn < 7
    assert game.questions[17].kind == "floor"
    assert game.hands == [17]
    game.answer(17, None)
    game.advance()
    assert not game.hands


@pytest.mark.parametrize("seats", [(17, 30), (30, 17)])
def test_who_asks_first_speaks_first(seats):
    game = Game(Variant(name="cstd_wgigf_2011"))
    for seat in seats:
        game.hold(seat)
    while game.turn < 3:
        game.advance()
    for seat in seats:
        game.raise_hand(seat)
    assert game.hands == list(seats)
    assert game.negotiation.run.pending.who not in seats
    speakers = []
    while len(speakers) < 2:
        turn = game.negotiation.run.pending
        speakers += [turn.who] if turn.move == Move.SPEAK and turn.who in game.hands else []
        for seat in game.waiting():
            game.answer(seat, None)
        game.advance()
    assert speakers == list(seats)


def test_a_seat_given_back_asks_for_the_floor_no_longer():
    game = Game(Variant(name="cstd_wgigf_2011"))
    game.hold(17)
    game.raise_hand(17)
    game.release(17)
    game.advance()
    assert game.hands == []
    assert [(row.column, row.entry, row.value) for row in game.rows] == [("hand", 17, 1.0), ("hand", 17, 0.0)]


def test_hands_cannot_be_raised_all_the_time():
    game = Game(CLASSROOM)
    game.hold(1)
    game.raise_hand(1)
    with pytest.raises(NegsimError, match="let a few others"):
        game.raise_hand(1)
    with pytest.raises(NegsimError, match="at the table may ask"):
        game.raise_hand(2)


def test_where_the_format_lets_delegates_table_a_seat_may_table():
    game = Game(Variant(name="cstd_wgigf_2011", turned=(("methodology", "tabled_proposals"),)))
    game.hold(12)
    game.raise_hand(12)
    until_asked(game)
    assert "table" in game.questions[12].acts
    issue = game.negotiation.issues[3]
    game.answer(12, Reply(act="table", places={issue: 0.42}))
    game.advance()
    state = game.negotiation.run.state
    assert state.clock["tabled"][0] == 1
    assert state.proposals["sponsor"][0] == 12
    assert state.proposed[0, 3] == 0.42
    assert np.isnan(np.delete(state.proposed[0], 3)).all()


def test_a_seat_is_held_once_and_can_be_given_back():
    game = Game(CLASSROOM)
    game.hold(2)
    with pytest.raises(NegsimError, match="is taken already"):
        game.hold(2)
    with pytest.raises(NegsimError, match="no such seat"):
        game.hold(12)
    game.release(2)
    assert not game.negotiation.policies
    game.hold(2)


def motions_of(name, by):
    """The questions about a motion by somebody to go over to rolling text."""
    event = f"change_methodology: {{meeting: 1, day: 2, to: rolling_text, by: {by}}}"
    game, found = Game(Variant(name=name, changes=(f"process.events=[{{{event}}}]",))), []
    game.hold(0)
    played(game, lambda _, question: found.append(question) if question.kind == "motion" else None)
    return found


def test_a_motion_says_who_moves_what_and_what_follows_and_what_the_chair_decides_is_not_asked():
    (motion,) = motions_of("cstd_wgigf_2012", "civil_society")
    said, carried, lost = motion.facts
    assert said == "Moved by Civil society: to change the methodology to rolling text."
    assert carried == "If half of those present back it, the remaining sessions are: questionnaire, rolling text."
    assert lost == "If not, they stay as planned: questionnaire, convergence mapping, rolling text."
    assert motions_of("cstd_wgigf_2012", "chair") == []


def test_answers_are_checked_and_a_bad_one_changes_nothing():
    game = Game(CLASSROOM)
    game.hold(0)
    until_asked(game)
    turn = game.turn
    bad = [
        Reply(act="leave"),
        Reply(act="speak", place=1.5),
        Reply(act="speak", place=math.nan),
        Reply(act="table", places={"logs": 0.5}),
    ]
    for reply in bad:
        with pytest.raises(NegsimError):
            game.answer(0, reply)
    with pytest.raises(NegsimError, match="no question for you"):
        game.answer(5, None)
    assert not game.advance()
    assert game.turn == turn
    game.answer(0, None)
    with pytest.raises(NegsimError, match="already"):
        game.answer(0, None)


def test_guests_are_counted_and_have_seats():
    scenario = CLASSROOM.scenario()
    asked = SeatQuestion(kind="evening", title="", facts=(), acts=("planned", "dine"), default="", guests=3)
    for guests in ((1, 2, 3, 4), (99,), (-1,), (1, 1)):
        with pytest.raises(NegsimError):
            check_reply(asked, Reply(act="dine", guests=guests), scenario, 12)
    for most, told in (
        (1, "invite one guest; you have invited nobody"),
        (3, "invite 1 to 3 guests; you have invited nobody"),
    ):
        with pytest.raises(NegsimError, match=told):
            check_reply(replace(asked, guests=most), Reply(act="dine"), scenario, 12)
    check_reply(asked, Reply(act="dine", guests=(1, 2)), scenario, 12)


def test_a_reading_says_what_an_objection_does_and_what_stops_a_text():
    game = Game(Variant(name="cstd_wgigf_2012"))
    game.hold(0)
    kinds = set()

    def answer(_, question):
        heard = any("To be sure of stopping the text" in sentence for sentence in question.facts)
        assert heard == ("block" in question.acts)
        kinds.add(question.kind)

    played(game, answer)
    assert {"reading", "report", "floor"} <= kinds


def worth(text, shortfall):
    """What a seat is told a report is worth to it."""
    paragraph = Paragraph(0.5, 1.0, None)
    return _worth(SimpleNamespace(text=dict.fromkeys(text, paragraph), shortfall=shortfall))


def test_a_report_is_worth_what_is_in_it():
    assert worth((), -0.0) == "It is empty: no paragraph is agreed."
    assert worth(("logs",), -0.0) == worth(("logs",), 0.004) == "It is just what your delegate would accept now."
    assert worth(("logs",), -0.12) == "It is 0.12 above the least that your delegate would accept now."
    assert worth(("logs",), 0.12) == "It is 0.12 below the least that your delegate would accept now."


def test_text_over_a_red_line_is_told_the_same_way_in_every_sentence_and_the_delegate_does_so():
    game = Game(CLASSROOM)  # civil society draws a line on logs
    for seat in range(12):
        game.hold(seat)
    until_asked(game, "reading")
    over = [seat for seat, asked in game.questions.items() if any("crosses your red" in fact for fact in asked.facts)]
    assert over
    blocks = game.negotiation.run.state.views["blocks"].sum(axis=1)
    for seat in over:
        question = game.questions[seat]
        assert question.default == "Your delegate would put it in brackets."
        assert "Your delegate would never accept text beyond a red line. You may, against your brief." in question.facts
    for seat in game.questions:
        game.answer(seat, None)
    game.advance()
    assert (game.negotiation.run.state.views["blocks"].sum(axis=1) > blocks)[over].all()


def test_nobody_is_asked_about_the_evening_after_the_last_session():
    def evenings(variant):
        game, asked = Game(variant), []
        game.hold(0)
        played(game, lambda _, question: asked.append(question) if question.kind == "evening" else None)
        return len(asked), sum(frame.evening is not None for frame in game.recording.frames)

    def lasting(variant, nights):
        """The first replication of a variant that does not end before its last evening."""
        tried = (replace(variant, replication=r) for r in range(100))
        return next(one for one in tried if sum(f.evening is not None for f in record(one).frames) == nights)

    one_day = replace(CLASSROOM, changes=("process.meetings.0.days=1",))
    assert evenings(lasting(one_day, 1)) == (0, 1)
    assert evenings(lasting(replace(one_day, turned=(("meetings.count", 2),)), 2)) == (1, 2)
