"""The moves of the table (rule 5.16): amendments, the lone bracket, questions, offers, the pen, a motion."""

import math

import numpy as np
import pytest

from cases import CODES, case, columns, contested, plan
from negsim.cast.moves import TABLE_MOVES
from negsim.negotiation import log
from negsim.negotiation.runs import LOG_ROWS, Negotiation, replicate
from negsim.negotiation.tables import Move, Outcome, Response, Status

ON = {"amendments": True, "lone_bracket": True, "questions": True, "secrets": True, "offers": True, "pens": True}
ALL = {**ON, "motions": CODES["rolling_text"]}
READ_FIRST = {"timetable": plan([[("rolling_text", 240.0)]] * 2), "parameters": {"climate": 0.0}}


def until(run, *moves):
    """Make turns until one of these is due."""
    while run.pending.move not in moves and run.outcome == Outcome.RUNNING:
        run.finish_turn()
    return run.pending


def room(moves, sizes=(2, 2, 2), **changes):
    table = contested(sizes, 3, **({**READ_FIRST, "setting": {"has_moves": True, **moves}} | changes))
    return Negotiation(table, seed=3, log_rows=LOG_ROWS)


def answers(run, blockers, objectors=()):
    """Have these block a text, and nobody else."""
    run.choice.shortfall[:], run.choice.response[:] = -1.0, Response.ACCEPT
    for seats, answer in ((objectors, Response.OBJECT), (blockers, Response.BLOCK)):
        run.choice.shortfall[list(seats)], run.choice.response[list(seats)] = 1e-9, answer


def logged(run, move):
    """The events of a kind so far."""
    return [event for event in log.events(run.state.log[: int(run.state.clock["logged"][0])]) if event.move == move]


# Off, and on without anybody who makes a move.


@pytest.mark.parametrize("seed", range(3))
def test_moves_that_nobody_makes_leave_every_bit(seed):
    days = [
        [("tabled_proposals", 90.0), ("convergence_mapping", 60.0)],
        [("chair_text", 90.0), ("rolling_text", 120.0)],
    ]
    silent = {name: value for name, value in ALL.items() if name != "lone_bracket"}
    tables = [contested(timetable=plan(days, mixed=0.4), setting={"pressure": 0.6} | more) for more in ({}, silent)]
    off, on = (Negotiation(table, seed=seed) for table in tables)
    for run in (off, on):
        while run.outcome == Outcome.RUNNING:
            run.finish_turn()
    moved = {
        "movers.best",
        "entries.amendment",
        "paragraphs.invited",
        "clock.asked",
        "clock.showed",
        "clock.called",
        "clock.pens_given",
    }
    ours, theirs = columns(on.state), columns(off.state)
    assert [name for name in ours if name not in moved and ours[name].tobytes() != theirs[name].tobytes()] == []


def test_the_lone_bracket_that_nobody_holds_leaves_every_bit():
    tables = [case((1, 1), 2, setting={"lone_bracket": on, "blocks": 2}) for on in (False, True)]
    off, on = (replicate(table, 1, 0, 20) for table in tables)
    assert off.runs["depth"].tobytes() == on.runs["depth"].tobytes()


@pytest.mark.parametrize("name", TABLE_MOVES)
def test_every_move_is_a_switch_of_its_own(name):
    setting = {name: ALL[name], "initiative": 1.0}
    seen = set()
    for replication in range(4):
        days = plan([[("chair_text", 60.0), ("questionnaire", 60.0), ("rolling_text", 120.0)]] * 2)
        run = Negotiation(contested(timetable=days, setting=setting), seed=1, replication=replication)
        while run.outcome == Outcome.RUNNING:
            seen.add(Move(run.finish_turn().move))
    turns = {
        "amendments": {Move.AMEND, Move.READ_AMENDMENT}, "offers": {Move.OFFER, Move.READ_OFFER},
        "questions": {Move.ASK}, "pens": {Move.TAKE_PEN}, "motions": {Move.CALL, Move.VOTE}, "lone_bracket": set(),
        "secrets": {Move.SHOW},
    }  # fmt: skip
    assert {move for move in seen if move >= Move.AMEND} == turns[name]


# M1: amendments.


def test_the_amendment_that_fewest_object_to_becomes_the_text_and_is_agreed():
    run = room({"amendments": True})
    k = until(run, Move.AMEND).issue
    run.choice.place[[0, 2, 4]] = 0.2, 0.4, 0.6
    run.finish_turn()
    assert run.pending == (Move.READ_AMENDMENT, k, 0)
    for blockers, objectors in ((), (1, 3)), ((), (1,)), ((5,), ()):
        answers(run, blockers, objectors)
        run.finish_turn()
    text = run.state.paragraphs[k]
    assert (text.text, text.pen, text.status, text.by_seat) == (0.4, 2, Status.AGREED, True)
    assert text.precision >= 0.7
    assert text.readings == 1
    assert [float(event.place) for event in logged(run, Move.READ_AMENDMENT)] == [0.2, 0.4, 0.6]


# M2: the lone bracket.


def test_a_lone_bracket_stops_the_room_once_costs_trust_and_is_passed_over_then():
    run = room({"lone_bracket": True})
    k = until(run, Move.READ).issue
    trust = run.state.trust[0, 2:].copy()
    answers(run, blockers=[0])
    run.finish_turn()
    assert run.state.paragraphs["status"][k] == Status.BRACKETED
    assert run.state.entries["bracket_used"][k, 0]
    loss = run.case.parameters["trust_loss"][0] * 0.25
    assert np.all(run.state.trust[0, 2:] <= trust * (1.0 - loss) + 0.02)
    until(run, Move.READ)
    while run.pending.issue != k:
        answers(run, blockers=[1, 3])
        run.finish_turn()
        until(run, Move.READ)
    answers(run, blockers=[0])
    run.finish_turn()
    assert run.state.paragraphs["status"][k] == Status.DISSENT
    assert run.state.entries["passed_over"][k, 0] == 1
    assert [(int(event.issue), int(event.who)) for event in logged(run, Move.RESERVE)] == [(k, 0)]
    assert run.state.paragraphs["fewest_blockers"][k] == 1  # other rules are judged without it


def test_a_lone_bracket_over_a_red_line_always_stops_the_room():
    run = room({"lone_bracket": True})
    for _ in range(3):
        k = until(run, Move.READ).issue
        answers(run, blockers=[0])
        run.choice.shortfall[0] = math.inf
        run.finish_turn()
        assert run.state.paragraphs["status"][k] == Status.BRACKETED
    assert not run.state.entries["bracket_used"].any()


def test_at_adoption_a_lone_block_is_a_footnote():
    for on, outcome in ((True, Outcome.CONSENSUS), (False, Outcome.CHAIR_REPORT)):
        run = room({"lone_bracket": on})
        run.state.paragraphs["status"][:], run.state.paragraphs["text"][:] = Status.AGREED, 0.5
        until(run, Move.ADOPT)
        run._prepare()
        answers(run, blockers=[0])
        run.finish_turn()
        assert run.outcome == outcome


# M3: questions.


def test_a_secret_moves_the_red_line_of_whoever_is_shown_it_once_and_no_other():
    lines, knows = {"red_low": 0.6, "red_high": 0.8}, {"secret_issue": [1, 1, -1, 1, 1, 1], "secret": 0.25}
    run = room({"secrets": True}, stances=lines, seats=knows)
    until(run, Move.SHOW)
    run.choice.about[:4] = 5, 0, 5, 3  # seat 2 has nothing to show, seat 3 nobody to show it to
    run.finish_turn()
    expected = np.tile([0.6, 0.8], (3, 6, 1))
    expected[1, [0, 5]] = 0.35, 1.05
    opinions = run.state.opinions
    assert np.stack([opinions["red_low"], opinions["red_high"]], -1) == pytest.approx(expected)
    assert [(event.issue, event.who, event.whom) for event in logged(run, Move.SECRET)] == [(1, 0, 5), (1, 1, 0)]
    until(run, Move.EVENING)
    until(run, Move.SHOW)
    run.choice.about[[0, 1]] = 4
    run.finish_turn()
    assert len(logged(run, Move.SECRET)) == 2
    assert run.state.movers["shown"].tolist() == [5, 0, -1, -1, -1, -1]


# M4: offers.


def offered(run, seat=0, place=0.4):
    """The issue whose reading has failed and the other one, after an offer was made."""
    k = until(run, Move.READ).issue
    answers(run, blockers=[0, 3])
    run.finish_turn()
    assert run.pending == (Move.OFFER, k, -1)
    m = next(m for m in range(3) if m != k)
    run.choice.about[seat], run.choice.place[seat] = m, place
    run.finish_turn()
    assert run.pending == (Move.READ_OFFER, k, seat)
    return k, m


def test_an_offer_that_passes_agrees_both_paragraphs_and_one_that_fails_changes_nothing():
    for blockers, passes in ((), True), ((2, 4), False):
        run = room({"offers": True})
        k, m = offered(run)
        before, minute = run.state.paragraphs[[k, m]].copy(), run.minute
        answers(run, blockers)
        run.finish_turn()
        after = run.state.paragraphs[[k, m]]
        assert run.minute == minute + run.case.parameters["statement"][0]
        if passes:
            assert after["status"].tolist() == [Status.AGREED] * 2
            assert after["text"].tolist() == [float(before["text"][0]), 0.4]
            assert after["pen"].tolist() == [before["pen"][0], 0]
        else:
            for name in ("text", "status", "pen", "readings", "read_today"):
                assert after[name].tolist() == before[name].tolist()
        (event,) = logged(run, Move.READ_OFFER)
        assert isinstance(event, log.OfferReading)
        assert (event.issue, event.who, event.other, event.passed) == (k, 0, m, passes)


def test_a_core_issue_that_falls_short_is_not_bought_with_the_other():
    run = room({"offers": True})
    k, _ = offered(run)
    free = run.choice.shortfall.copy()
    run.case.core[k] = True
    run._prepare()
    assert np.all(run.choice.shortfall >= free)
    assert np.any(run.choice.shortfall > free)


# M5: the pen.


def test_whom_the_room_trusts_most_of_those_who_ask_writes_the_first_text():
    run = room({"pens": True})
    until(run, Move.TAKE_PEN)
    trusted = run.state.delegates["trusted"].copy()
    run.choice.about[[0, 2, 4]], run.choice.place[[0, 2, 4]] = 1, (0.1, 0.2, 0.3)
    run.choice.about[5], run.choice.place[5] = 2, 0.9
    first = max((0, 2, 4), key=lambda i: trusted[i])
    run.finish_turn()
    text = run.state.paragraphs
    assert (text["pen"][1], text["pen"][2]) == (first, 5)
    assert text["text"][1] == {0: 0.1, 2: 0.2, 4: 0.3}[first]
    assert np.flatnonzero(run.state.movers["has_pen"]).tolist() == sorted({first, 5})
    assert text["by_seat"].tolist() == [False, True, True]


# M9: a motion.


def motion(backers):
    run = room(
        {"motions": CODES["rolling_text"]}, timetable=plan([[("questionnaire", 90.0)], [("questionnaire", 90.0)]])
    )
    until(run, Move.CALL)
    run.choice.about[3] = CODES["rolling_text"]
    run.finish_turn()
    assert run.pending.move == Move.VOTE
    assert run.choice.response[3] == Response.ACCEPT
    run.choice.response[:] = Response.OBJECT
    run.choice.response[:backers] = Response.ACCEPT
    run.finish_turn()
    (event,) = logged(run, Move.VOTE)
    assert isinstance(event, log.SpeakersMotion)
    assert (event.who, event.backers, event.passed) == (3, backers, backers >= 3)
    return run


def test_half_of_those_present_close_the_list_of_speakers_and_take_up_a_rolling_text_for_the_session():
    run = motion(backers=3)
    assert run.pending.move == Move.DRAFT
    until(run, Move.READ)
    assert run.state.minutes[CODES["rolling_text"]] > 0.0
    until(run, Move.EVENING)
    until(run, Move.SPEAK, Move.CALL)
    assert run.pending.move == Move.SPEAK  # the next day as planned; and one motion a meeting
