"""The studio without a browser: what is asked and answered, who may, how much, and what a link says."""

from __future__ import annotations

import asyncio
import math
import re
import shlex
import socket
import sys
from dataclasses import replace
from hashlib import sha256
from types import SimpleNamespace
from unittest.mock import AsyncMock
from xml.etree import ElementTree as ET  # of our own making

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import negsim
from negsim.classroom.links import packed
from negsim.cli import studio as studio_command
from negsim.errors import FailedError, Mark, NegsimError, Problem, ScenarioError
from negsim.negotiation.measures import matrix
from negsim.negotiation.tables import Move, Outcome
from negsim.policies import CLOSED, Paragraph, Room
from negsim.report.plots.style import OKABE_ITO, colours
from negsim.report.words import RULES
from negsim.scenario import text_of
from negsim.studio import drawing, gate, limits, links, strips
from negsim.studio.address import check_free, origin_of
from negsim.studio.asking import Question, Reply, _worth, check
from negsim.studio.curves import outcome_curve
from negsim.studio.debrief import brief, reckon
from negsim.studio.game import Game
from negsim.studio.guesses import Guesses, guess_of
from negsim.studio.lab import CHUNK, MEASURES, Curve, Series, level_name, paired, same_runs, so_far, standing, turned
from negsim.studio.limits import Rate, RefusedError, affordable, check_size, one_line
from negsim.studio.links import Setting, command, query, setting_of, unpacked
from negsim.studio.playback import Playback, misperception
from negsim.studio.recording import recorded
from negsim.studio.registry import CODE, LETTERS, Rooms, cookie, keys_in, new_code
from negsim.studio.rooms import SharedRoom, Stage
from negsim.study.estimates import share
from negsim.study.runner import run

CLASSROOM = Setting(name="classroom")
HOSTILE = "<img src=x onerror=alert(1)>"


def same_state(one, other):
    """Whether two states have the same bits."""
    return all(mine.tobytes() == theirs.tobytes() for mine, theirs in zip(one[1:], other[1:], strict=True))


def label_of(picture):
    """What a screen reader says about a drawing, which has to be well formed."""
    return ET.fromstring(picture).get("aria-label")  # noqa: S314 - of our own making


def inside(page, work):
    """Do work on a page as NiceGUI would."""

    async def done():
        with page:
            async with asyncio.timeout(30.0):
                return await work

    return asyncio.run(done())


def played(game, answer):
    """A game played to its end, every question answered by `answer(seat, question)`."""
    while not game.is_over:
        for seat in game.waiting():
            game.answer(seat, answer(seat, game.questions[seat]))
        assert game.advance()
    return game


@pytest.fixture
def page():
    """A page that nobody looks at: elements can be built on it and read."""
    nicegui, requests = pytest.importorskip("nicegui"), pytest.importorskip("starlette.requests")
    request = requests.Request(
        {"type": "http", "path": "/", "client": ("10.0.0.1", 1), "headers": [], "query_string": b""}
    )
    with nicegui.Client(nicegui.ui.page("/"), request=request) as client:
        yield client


@pytest.fixture(scope="module")
def playback():
    return Playback(Setting(name="cstd_wgigf_2012", evenings=0.5))


# ------------------------------------------------------------------------------------------ the same bits


@pytest.mark.parametrize("name", ["classroom", "cstd_wgigf_2012", "netmundial_2014"])
def test_a_recording_has_the_bits_of_watch(name):
    setting = Setting(name=name, seed=7, replication=3)
    recording = recorded(setting.scenario(), seed=7, replication=3)
    trace = negsim.watch(negsim.lower(recording.room.scenario), seed=7, replication=3)
    assert same_state(trace.state, recording.room.run.state)
    mine = recording.trace()
    for column in ("minute", "meeting", "position", "status", "text", "brackets", "trust_start", "trust_end"):
        assert np.array_equal(getattr(mine, column), getattr(trace, column), equal_nan=True), column
    assert mine.events.tobytes() == trace.events.tobytes()


def test_a_game_in_which_no_seat_is_held_is_the_run_of_watch():
    game = played(Game(CLASSROOM), lambda *_: None)
    assert same_state(negsim.watch(negsim.lower(game.scenario)).state, game.room.run.state)


def test_a_seat_that_always_does_as_its_delegate_would_changes_nothing():
    game = Game(Setting(name="cstd_wgigf_2011"))
    game.hold(0)
    game.hold(30)
    played(game, lambda *_: None)
    assert same_state(negsim.watch(negsim.lower(game.scenario)).state, game.room.run.state)


def test_the_transcript_of_a_recording_tells_every_event_at_a_frame_that_has_seen_it(playback):
    frames = [line.frame for line in playback.lines]
    assert frames == sorted(frames)
    assert 0 < frames[0] <= frames[-1] <= playback.last
    assert playback.lines[-1].move == Move.ADOPT


# ------------------------------------------------------------------------------------------- the playback


def test_events_are_jumped_to_in_order_and_end_at_the_last_moment(playback):
    moment, seen = 0, []
    while moment < playback.last:
        moment = playback.next_event(moment)
        seen.append(moment)
    assert seen == sorted(set(seen))
    assert seen[-1] == playback.last


def test_what_a_delegate_believes_does_not_depend_on_the_way_to_the_moment(playback):
    late, early = playback.eyes(200, 4), playback.eyes(20, 4)
    again = playback.eyes(200, 4)
    assert np.array_equal(late.belief, again.belief)
    assert not np.array_equal(late.belief, early.belief)


def test_delegates_believe_the_others_to_be_further_away_than_they_are(playback):
    gaps = [misperception(playback.eyes(0, seat)) for seat in range(0, 42, 5)]
    assert np.mean([believed for believed, _ in gaps]) > np.mean([true for _, true in gaps])


def test_an_evenings_tables_hold_those_whom_the_model_seats_together(playback):
    evenings = [frame for frame in playback.frames if frame.turn.move == Move.EVENING]
    mixed = [frame for frame in evenings if frame.tables]
    assert len(mixed) == len(evenings) // 2 > 0  # every other one
    for frame in mixed:
        diners = [seat for table in frame.tables for seat in table]
        assert len(diners) == len(set(diners))
        assert max(map(len, frame.tables)) <= 8


# ---------------------------------------------------------------------------------------------- the drawings


@pytest.mark.parametrize("name", ["classroom", "wgig_2005"])
def test_drawings_are_well_formed_and_name_everybody(name):
    playback = Playback(Setting(name=name, evenings=1.0))
    cast = drawing.cast_of(playback.scenario)
    evening = next(n for n, frame in enumerate(playback.frames) if frame.turn.move == Move.EVENING)
    for moment in (0, evening, playback.last):
        frame = playback.frames[moment]
        eyes = playback.eyes(moment, 1)
        drawn = drawing.room(frame, cast, eyes=1, people={2: HOSTILE})
        for picture in (drawn, strips.strips(frame, cast, eyes=eyes), strips.trust_between(frame.trust, cast)):
            assert label_of(picture)
            assert "<img" not in picture
        assert len(re.findall(r"data-seat", drawn)) == len(cast.names)


def test_groups_differ_by_letter_and_shape_too(playback):
    marks = drawing.cast_of(playback.scenario).marks
    for trait in ("colour", "sides", "letter"):
        assert len({getattr(mark, trait) for mark in marks}) == len(marks)


def test_names_stay_in_the_picture_and_off_one_another_and_tell_who_plays():
    game = Game(Setting(name="cstd_wgigf_2012"))
    cast = drawing.cast_of(game.scenario)
    people = {seat: f"Student {seat}" for seat in range(0, len(cast.names), 2)}
    picture = ET.fromstring(drawing.room(game.recording.frames[0], cast, people=people))  # noqa: S314 - of our own making
    names = [text for text in picture.iter() if text.tag.endswith("text") and text.get("paint-order")]
    boxes = [(float(name.get("x")), float(name.get("y")), drawing.LETTER * len(name.text) / 2) for name in names]
    assert f"{drawing.shortened(cast.names[0], 16)}: Student 0" in {name.text for name in names}
    assert all(x - half >= 0.0 and x + half <= drawing.WIDE and 0.0 < y < drawing.HIGH for x, y, half in boxes)
    pairs = [(one, other) for n, one in enumerate(boxes) for other in boxes[:n]]
    hidden = [abs(a[0] - b[0]) < a[2] + b[2] and abs(a[1] - b[1]) < drawing.LINE_HIGH for a, b in pairs]
    assert not any(hidden)


def test_a_name_that_is_in_the_way_moves_aside_before_it_moves_onto_a_seat():
    placed = [(450.0, 500.0, 40.0)]
    assert drawing._free(placed, 400.0, 500.0, 40.0) == (352.0, 500.0)
    assert drawing._free([], 400.0, 500.0, 40.0) == (400.0, 500.0)


def test_places_around_the_table_keep_apart():
    for count in (2, 12, 42, 80, 200):
        where = np.array(drawing.places(count))
        gaps = np.hypot(*(where[:, None] - where[None]).transpose(2, 0, 1)) + 1000 * np.eye(count)
        assert gaps.min() > drawing.SIZE
        assert (where > 0).all()
        assert (where < [drawing.WIDE, drawing.HIGH]).all()


# -------------------------------------------------------------------------------------------- a seat is asked


def test_a_seat_is_asked_what_the_model_has_and_its_answers_count():
    game = Game(Setting(name="cstd_wgigf_2012"))
    game.hold(0)
    kinds = set()

    def answer(_, question):
        kinds.add(question.kind)
        if question.kind == "floor":
            return Reply(act="speak", place=0.123)
        return Reply(act=question.default)

    played(game, answer)
    log = game.recording.trace().events
    said = log[(log["move"] == Move.SPEAK) & (log["who"] == 0)]["place"]
    assert {"floor", "reading", "evening", "report"} <= kinds
    assert len(said) > 0
    assert set(said) == {0.123}


def test_who_blocks_everything_has_no_report():
    game = Game(Setting(name="cstd_wgigf_2012"))
    game.hold(0)
    played(game, lambda _, question: Reply(act="block") if "block" in question.acts else None)
    state = game.room.run.state
    assert not np.isin(state.paragraphs["status"], CLOSED).any()
    assert game.room.run.outcome == Outcome.CHAIR_REPORT
    assert reckon(game, 0).blocked > 0
    assert reckon(game, 0).model.outcome == "consensus"


def test_a_bracket_with_an_amendment_draws_a_rolling_text_towards_it():
    def text_after(amendment):
        game = Game(Setting(name="cstd_wgigf_2012", methodology="rolling_text"))
        game.hold(0)
        while not (game.questions and game.questions[0].kind == "reading"):
            for seat in game.waiting():
                game.answer(seat, None)
            game.advance()
        issue = game.room.run.pending.issue
        own = float(game.room.run.state.views["position"][0, issue])
        game.answer(0, Reply(act="block", place=amendment))
        game.advance()
        assert abs(float(game.room.run.state.views["position"][0, issue]) - own) < 0.05
        return float(game.recording.frames[-1].text[issue])

    low, high = text_after(0.0), text_after(1.0)
    assert low < high


def test_a_dinner_raises_trust_and_moves_no_position():
    def evening(reply):
        game = Game(Setting(name="cstd_wgigf_2012"))
        game.hold(0)
        while not (game.questions and game.questions[0].kind == "evening"):
            for seat in game.waiting():
                game.answer(seat, None)
            game.advance()
        unmoved = game.room.run.state.views["position"][0].copy()
        game.answer(0, reply)
        game.advance()
        return game, unmoved

    (planned, _), (dined, unmoved) = evening(None), evening(Reply(act="dine", guests=(25, 30, 35)))
    before, after = planned.room.run.state, dined.room.run.state
    assert after.trust[25, 0] > before.trust[25, 0]
    assert after.trust[0, 25] > before.trust[0, 25]
    assert set(dined.recording.frames[-1].tables[0]) == {0, 25, 30, 35}
    assert np.array_equal(after.views["position"][0], unmoved)
    assert dined.dinners == {0: 1}


def test_who_asks_for_the_floor_speaks_next():
    game = Game(Setting(name="cstd_wgigf_2011"))
    game.hold(17)
    while not game.questions:
        if game.turn == 3:
            game.raise_hand(17)
        game.advance()
        assert game.turn < 7
    assert game.questions[17].kind == "floor"
    assert game.hands == {17}
    game.answer(17, None)
    game.advance()
    assert not game.hands


def test_hands_cannot_be_raised_all_the_time():
    game = Game(CLASSROOM)
    game.hold(1)
    game.raise_hand(1)
    with pytest.raises(NegsimError, match="let a few others"):
        game.raise_hand(1)
    with pytest.raises(NegsimError, match="sits at the table"):
        game.raise_hand(2)


def test_where_the_format_lets_delegates_table_a_seat_may_table():
    game = Game(Setting(name="cstd_wgigf_2011", methodology="tabled_proposals"))
    game.hold(12)
    game.raise_hand(12)
    while not game.questions:
        game.advance()
    assert "table" in game.questions[12].acts
    issue = game.room.issues[3]
    game.answer(12, Reply(act="table", places={issue: 0.42}))
    game.advance()
    state = game.room.run.state
    assert state.clock["tabled"][0] == 1
    assert state.proposals["sponsor"][0] == 12
    assert state.proposed[0, 3] == 0.42
    assert np.isnan(np.delete(state.proposed[0], 3)).all()


def test_answers_are_checked_and_a_bad_one_changes_nothing():
    game = Game(CLASSROOM)
    game.hold(0)
    while not game.questions:
        game.advance()
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
    with pytest.raises(NegsimError, match="not asked"):
        game.answer(5, None)
    assert not game.advance()
    assert game.turn == turn
    game.answer(0, None)
    with pytest.raises(NegsimError, match="already"):
        game.answer(0, None)


def test_guests_are_counted_and_have_seats():
    scenario = CLASSROOM.scenario()
    asked = Question(
        kind="evening", title="", told=(), acts=("planned", "dine"), default="planned", default_told="", guests=3
    )
    for guests in ((1, 2, 3, 4), (99,), (-1,)):
        with pytest.raises(NegsimError):
            check(asked, Reply(act="dine", guests=guests), scenario, 12)
    for most, told in ((1, "has one guest; you have named nobody"), (3, "has 1 to 3 guests; you have named nobody")):
        with pytest.raises(NegsimError, match=told):
            check(replace(asked, guests=most), Reply(act="dine"), scenario, 12)
    assert check(asked, Reply(act="dine", guests=(1, 2)), scenario, 12).guests == (1, 2)


def test_a_seat_is_held_once_and_can_be_given_back():
    game = Game(CLASSROOM)
    game.hold(2)
    with pytest.raises(NegsimError, match="somebody already"):
        game.hold(2)
    with pytest.raises(NegsimError, match="no such seat"):
        game.hold(12)
    game.release(2)
    assert game.held == set()
    game.hold(2)


def test_the_reckoning_of_a_seat_left_to_the_model_is_the_models():
    game = Game(CLASSROOM)
    game.hold(3)
    reckoning = reckon(played(game, lambda *_: None), 3)
    assert reckoning.gain == 0.0
    assert np.array_equal(reckoning.mine.texts, reckoning.model.texts, equal_nan=True)
    assert replace(reckoning.mine, texts=()) == replace(reckoning.model, texts=())
    assert 0.0 <= reckoning.mine.value <= 100.0


def test_after_a_vote_every_paragraph_that_has_a_text_counts_as_adopted():
    told = pytest.importorskip("negsim.studio.pages.seat_told")
    setting = Setting(name="cstd_wgigf_2011", changes=("process.fallback_vote={share: 0.5}",))
    game = played(Game(setting), lambda *_: None)
    paragraphs, reckoning = game.room.run.state.paragraphs, reckon(game, 0)
    assert game.room.run.outcome == Outcome.VOTE
    assert not np.isin(paragraphs["status"], CLOSED).all()
    assert np.array_equal(reckoning.mine.texts, paragraphs["text"], equal_nan=True)
    without = int(np.isnan(paragraphs["text"]).sum())
    assert len(reckoning.missed) + len(reckoning.hopeless) == without
    assert "is adopted, in brackets or not" in told.reckoned(reckoning, game)
    other = played(Game(CLASSROOM), lambda *_: None)
    assert "in brackets or not" not in told.reckoned(reckon(other, 0), other)


def test_what_was_agreed_and_not_adopted_is_told_as_that():
    told = pytest.importorskip("negsim.studio.pages.seat_told")
    game = played(Game(CLASSROOM), lambda *_: None)
    reckoning = reckon(game, 0)
    assert reckoning.mine.adopted
    assert "not adopted" not in told.reckoned(reckoning, game)
    lost = replace(reckoning.mine, outcome="no report", adopted=False)
    said = told.reckoned(replace(reckoning, mine=lost), game)
    assert said.count("(agreed, not adopted)") == 1 + sum(not math.isnan(text) for text in lost.texts)
    assert told._done(replace(reckoning, spoken=0, blocked=0, alone=0, dinners=0)) == (
        "You did not speak, held no bracket and gave no dinners."
    )
    assert "at 2 readings (1 of them alone) and" in told._done(replace(reckoning, blocked=2, alone=1))


def test_a_reading_says_what_an_objection_does_and_what_stops_a_text():
    game = Game(Setting(name="cstd_wgigf_2012"))
    game.hold(0)
    kinds = set()

    def answer(_, question):
        heard = any("to stop it, put it in brackets" in sentence for sentence in question.told)
        assert heard == ("block" in question.acts)
        kinds.add(question.kind)

    played(game, answer)
    assert {"reading", "report", "floor"} <= kinds


def motions_of(name, by):
    """The questions about a motion by somebody to go over to rolling text."""
    event = f"change_methodology: {{meeting: 1, day: 2, to: rolling_text, by: {by}}}"
    game, found = Game(Setting(name=name, changes=(f"process.events=[{{{event}}}]",))), []
    game.hold(0)
    played(game, lambda _, question: found.append(question) if question.kind == "motion" else None)
    return found


def test_a_motion_says_who_moves_what_and_what_follows_and_what_the_chair_decides_is_not_asked():
    (motion,) = motions_of("cstd_wgigf_2012", "civil_society")
    said, carried, lost = motion.told
    assert said == "Moved by Civil society: to change the methodology to rolling text."
    assert carried == "If half of those present back it, the sessions that are left are: questionnaire, rolling text."
    assert lost == "If not, they stay as planned: questionnaire, convergence mapping, rolling text."
    assert motions_of("cstd_wgigf_2012", "chair") == []


def worth(text, shortfall):
    """What a seat is told a report is worth to it."""
    paragraph = Paragraph(0.5, 1.0, None)
    return _worth(SimpleNamespace(text=dict.fromkeys(text, paragraph), shortfall=shortfall))


def test_a_report_is_worth_what_is_in_it():
    assert worth((), -0.0) == "Nothing is in it: no paragraph is agreed."
    assert (
        worth(("logs",), -0.0) == worth(("logs",), 0.004) == "To your delegate it is worth as much as having no deal."
    )
    assert worth(("logs",), -0.12) == "To your delegate it is 0.12 better than having no deal."
    assert worth(("logs",), 0.12) == "To your delegate it falls 0.12 short of having no deal."


def replace_end(told, high):
    """A brief in which one end of the first issue is called otherwise."""
    first, *rest = told.stances
    return told._replace(stances=(first._replace(high=high), *rest))


def test_a_brief_tells_ones_own_position_and_only_beliefs_about_the_others():
    game = Game(CLASSROOM)
    told, state = brief(game.room, 0), game.room.run.state
    assert told.name == "Mayor"
    assert [stance.position for stance in told.stances] == state.views["position"][0].tolist()
    assert told.stances[0].believed[1] == pytest.approx(state.belief[0, 4:7, 0].mean())
    assert len(told.trust) == 4
    pages = pytest.importorskip("negsim.studio.pages.seat_told")
    long = replace_end(told, "a council of all who have ever used the network")
    assert "1 a council of all who have ever used the network" in pages.briefed(long, drawing.cast_of(game.scenario))


# ------------------------------------------------------------------------------------------------- the rooms


@pytest.fixture
def room():
    return SharedRoom(CLASSROOM, "ABCD2345", 0.0)


def open_in(rooms, setting, address, now):
    rooms.admit(address, now)
    room = SharedRoom(setting, new_code(), now)
    rooms.add(room)
    return room


def test_codes_cannot_be_guessed_and_tries_are_counted():
    rooms = Rooms()
    opened = open_in(rooms, CLASSROOM, "teacher", 0.0)
    assert len(opened.code) == CODE
    assert set(opened.code) <= set(LETTERS)
    assert len(LETTERS) ** CODE > 10**11
    assert rooms.find(f" {opened.code[:4].lower()}-{opened.code[4:]}", "a", 0.0) is opened
    for _ in range(int(limits.TRIES_AT_ONCE)):
        with pytest.raises(RefusedError, match="no room"):
            rooms.find("WRONG", "a", 0.0)
    with pytest.raises(RefusedError, match="too many wrong codes"):
        rooms.find(opened.code, "a", 0.0)
    assert rooms.find(opened.code, "b", 0.0) is opened  # another address
    assert rooms.find(opened.code, "a", 60.0) is opened  # a minute later


def test_who_is_in_a_room_gets_in_whatever_others_at_the_same_address_tried():
    rooms = Rooms()
    opened, other = (open_in(rooms, CLASSROOM, "teacher", 0.0) for _ in range(2))
    ana, stranger = opened.join("Ana", 0.0), other.join("Ben", 0.0)
    for _ in range(int(limits.TRIES_AT_ONCE) + 1):
        with pytest.raises(RefusedError):
            rooms.find("WRONG", "school", 0.0, [ana.token])
    assert rooms.find(opened.code, "school", 0.0, ["", ana.token]) is opened
    assert rooms.find(opened.code, "school", 0.0, [opened.teacher]) is opened
    for keys in ([], [""], [stranger.token, other.teacher]):
        with pytest.raises(RefusedError, match="too many wrong codes"):
            rooms.find(opened.code, "school", 0.0, keys)


def test_right_codes_and_those_of_closed_rooms_are_no_wrong_tries():
    rooms = Rooms()
    opened, closed = (open_in(rooms, CLASSROOM, "teacher", 0.0) for _ in range(2))
    rooms.close(closed, 0.0)
    for _ in range(2 * int(limits.TRIES_AT_ONCE)):
        assert rooms.find(opened.code, "school", 0.0) is opened
        with pytest.raises(RefusedError, match="this room was closed"):
            rooms.find(closed.code, "school", 0.0)


@pytest.mark.parametrize("why", ["closed", "idle"])
def test_in_a_closed_room_people_are_told_so_and_nothing_is_taken(why):
    rooms = Rooms()
    room = open_in(rooms, CLASSROOM, "teacher", 0.0)
    ana = room.join("Ana", 0.0)
    room.take(ana, 0, 0.0)
    room.conduct(pace=0.0)
    room.start(0.0)
    room.tick(0.0)
    assert room.game.waiting() == [0]
    assert room.gone(ana) == ""
    version, now = room.version, 4 * 3600.0
    if why == "closed":
        rooms.close(room, now)
    else:
        rooms.close_idle(now)
    assert room.gone(ana) == "this room was closed"
    assert room.version > version
    acts = [
        lambda: room.answer(ana, None, room.game.turn, ana.seat, now),
        lambda: room.take(ana, 1, now),
        lambda: room.raise_hand(ana, now),
        lambda: room.assign(ana.number, 1, now),
        lambda: room.join("Ben", now),
    ]
    for act in acts:
        with pytest.raises(RefusedError, match="this room was closed"):
            act()
    room.start(now)
    assert room.stage is Stage.CLOSED


def test_who_was_removed_is_told_so(room):
    ana, ben = room.join("Ana", 0.0), room.join("Ben", 0.0)
    room.remove(ana.number, 0.0)
    assert "taken you out" in room.gone(ana)
    assert room.gone(ben) == ""
    with pytest.raises(RefusedError, match="taken you out"):
        room.take(ana, 1, 0.0)


def test_a_room_that_was_never_used_makes_way_for_a_new_one():
    rooms = Rooms()
    used, begun, *unused = (open_in(rooms, CLASSROOM, f"address {n}", 0.0) for n in range(40))
    used.join("Ana", 0.0)
    begun.start(0.0)
    with pytest.raises(RefusedError, match="40 rooms"):
        open_in(rooms, CLASSROOM, "y", 14 * 60.0)
    assert open_in(rooms, CLASSROOM, "y", 16 * 60.0)
    assert {used.code, begun.code} < set(rooms.open_rooms)
    with pytest.raises(RefusedError, match="this room was closed"):
        rooms.find(unused[0].code, "x", 16 * 60.0)


def test_a_class_behind_one_address_joins_at_once_and_one_browser_fills_no_room():
    rooms = Rooms()
    first, second = (open_in(rooms, CLASSROOM, "teacher", 0.0) for _ in range(2))
    for room in (first, second):
        for n in range(40):
            rooms.join(room.code, f"P{n}", "school", 0.0)
    keys = []
    for name in ("Ana", "Ben", "Cem"):
        keys.append(rooms.join(first.code, name, "home", 0.0, keys)[1].token)
    assert rooms.join(first.code, "ana", "home", 0.0, keys)[1].token == keys[0]
    with pytest.raises(RefusedError, match="from this browser 3 people"):
        rooms.join(first.code, "Dora", "home", 0.0, keys)
    for n in range(40, 48):
        rooms.join(second.code, f"P{n}", "school", 0.0)
    with pytest.raises(RefusedError, match="too many people join at once"):
        rooms.join(second.code, "P48", "school", 0.0)
    assert rooms.join(second.code, "P48", "school", 5.0)


@pytest.mark.parametrize("name", ["The teacher", " the  TEACHER.", "Teacher", "Ｔｈｅ ｔｅａｃｈｅｒ"])
def test_nobody_but_the_teacher_is_called_so(room, name):
    ana = room.join("Ana", 0.0)
    with pytest.raises(RefusedError, match="only your teacher"):
        room.join(name, 0.0, keys=["", ana.token])
    assert room.join(name, 0.0, keys=[ana.token, room.teacher])


def test_nobody_waits_for_a_seat_whose_person_has_gone(room):
    ana, ben = room.join("Ana", 0.0), room.join("Ben", 0.0)
    room.take(ana, 0, 0.0)
    room.conduct(pace=0.4, patience=0.0)  # as long as it takes
    room.start(0.0)

    def until_asked(seat, now):
        while seat not in room.game.waiting():
            now += 0.5
            room.seen(ben, now)
            room.tick(now)
        return now

    now = until_asked(0, 0.0)
    turn = room.game.turn
    for later in (10.0, 100.0):  # nobody else plays: the room waits
        room.tick(now + later)
        assert (room.game.waiting(), room.game.turn) == ([0], turn)
    room.take(ben, 1, now)
    room.seen(ana, now + 10.0)
    room.seen(ben, now + 20.0)
    room.tick(now + 20.0)
    assert (room.game.waiting(), room.game.turn) == ([0], turn)  # away, but not for long
    room.seen(ben, now + 26.0)
    room.tick(now + 26.0)
    assert room.game.turn == turn + 1
    now = until_asked(1, now + 26.0)
    room.answer(ben, None, room.game.turn, ben.seat, now)
    room.seen(ana, now + 10.0)  # she is back
    now = until_asked(0, now)
    room.tick(now + 1.0)
    assert 0 in room.game.waiting()


def test_who_leaves_a_seat_makes_it_free_and_may_sit_down_again(room):
    ana, ben = room.join("Ana", 0.0), room.join("Ben", 0.0)
    room.take(ana, 4, 0.0)
    room.leave(ana, 0.0)
    assert ana.seat is None
    assert room.game.held == set()
    room.take(ben, 4, 0.0)
    room.take(ana, 5, 0.0)
    room.stage = Stage.OVER
    with pytest.raises(RefusedError, match="over"):
        room.leave(ana, 0.0)
    assert ana.seat == 5


@pytest.fixture
def seated(page, room):  # noqa: ARG001 - built on it
    """Ana, the mayor, in a room that has begun and asks her."""
    seat = pytest.importorskip("negsim.studio.pages.seat")
    ana = room.join("Ana", 0.0)
    room.take(ana, 0, 0.0)
    room.conduct(pace=0.0, patience=30.0)
    room.start(0.0)
    room.tick(0.0)
    view = seat.SeatView(room, ana)
    view.build()
    return view


def test_a_click_that_comes_too_late_is_no_answer_to_a_question_never_seen(room, seated):
    room.seen(seated.person, 31.0)
    room.tick(31.0)
    assert room.game.waiting() == [0]
    seated._reply(None)
    assert room.game.given == {}
    seated.look()
    assert seated.problem.text == "too late: the room has moved on"
    seated._reply(None)
    assert room.game.waiting() == []


@pytest.mark.usefixtures("page")
def test_who_chooses_a_chair_is_not_disturbed_by_others_who_sit_down(room):
    seat = pytest.importorskip("negsim.studio.pages.seat")
    ana, ben = room.join("Ana", 0.0), room.join("Ben", 0.0)
    view = seat.SeatView(room, ana)
    view.build()
    field = view.chairs.field
    field.value = 4
    room.take(ben, 1, 0.0)
    view.look()
    assert view.chairs.field is field
    assert field.value == 4
    assert list(field.options) == list(range(12))
    assert field.options[1] == "Town hall 2 (Town hall): Ben"
    assert "[1].includes" in field.props[":option-disable"]


def test_what_is_half_answered_outlives_a_pause(seated):
    built = list(seated.body.descendants())
    seated.room.pause(1.0)
    seated.look()
    assert seated.held.visible
    assert not seated.body.visible
    seated.room.start(2.0)
    seated.look()
    assert not seated.held.visible
    assert seated.body.visible
    assert list(seated.body.descendants()) == built


def test_a_seat_that_is_asked_is_told_so_beside_the_page_and_the_seconds_are_no_news(seated):
    assert seated.strip.visible
    assert seated.news.text == f"You are asked: {seated.title.text}"
    assert seated.stage.text == "you are asked"
    assert seated.seconds.props["role"] == "timer"
    assert seated.client.title.startswith("You are asked")
    seated._reply(None)
    assert not seated.strip.visible
    assert seated.client.title.startswith("Your seat")


def test_what_the_model_answered_is_not_shown_as_ones_own(seated):
    seated.room.stop_waiting(1.0)
    seated.look()
    assert seated.stood_in.visible
    assert seated.stood_in.text.startswith("The model answered in your place")
    assert seated.title.text == "The others are still thinking."


@pytest.mark.usefixtures("page")
def test_to_move_an_issue_of_a_proposal_proposes_on_it():
    asked = pytest.importorskip("negsim.studio.pages.asked")
    nicegui, scale = pytest.importorskip("nicegui"), pytest.importorskip("negsim.studio.pages.scale")
    question = Question(kind="submission", title="", told=(), acts=("table",), default="table", default_told="",
                        places={"logs": 0.5})  # fmt: skip
    given = []
    with nicegui.ui.element() as form:
        asked.Form(question, Game(CLASSROOM), 0, given.append).build()
    places = [element for element in form.descendants() if isinstance(element, scale.Scale)]
    ons = [element for element in form.descendants() if isinstance(element, nicegui.ui.switch)]
    assert [on.value for on in ons] == [True, False, False]
    places[1]._on_input(SimpleNamespace(args=0.25))
    assert [on.value for on in ons] == [True, True, False]


@pytest.mark.usefixtures("page")
def test_who_comes_after_the_end_is_offered_no_chair(room):
    seat = pytest.importorskip("negsim.studio.pages.seat")
    played(room.game, lambda *_: None)
    room.stage = Stage.OVER
    view = seat.SeatView(room, room.join("Ana", 0.0))
    view.build()
    assert view.title.text == "The negotiation is over."
    assert "Outcome: partial agreement" in view.brief.content
    assert "Take a chair" not in view.brief.content


def test_the_desk_goes_on_after_a_pause_and_tells_the_end(page, room):  # noqa: ARG001 - built on it
    pages = pytest.importorskip("negsim.studio.pages.desk")
    room.take(room.join(f"Ana {HOSTILE}", 0.0), 0, 0.0)
    desk = pages.Desk(room)
    desk.build()
    for act, label in ((room.start, "Pause"), (room.pause, "Go on"), (room.start, "Pause")):
        act(0.0)
        desk.look()
        assert (desk.go.text, desk.go.props["aria-label"]) == (label, label)
    assert not desk.end.visible
    played(room.game, lambda *_: None)
    room.stage = Stage.OVER
    room.conduct()
    desk.look()
    assert not any(element.visible for element in (desk.go, desk.hurry, desk.chair))
    told = desk.end.content
    assert "Outcome: partial agreement" in told
    assert "paragraphs were agreed" in told
    assert HOSTILE not in told
    assert f"{reckon(room.game, 0).mine.value:.1f}" in told


def test_rooms_are_few_and_idle_ones_are_closed():
    rooms = Rooms()
    first = open_in(rooms, CLASSROOM, "x", 0.0)
    for n in range(39):
        open_in(rooms, CLASSROOM, f"address {n}", 1.0)
    with pytest.raises(RefusedError, match="40 rooms"):
        open_in(rooms, CLASSROOM, "y", 2.0)
    assert open_in(rooms, CLASSROOM, "y", 4 * 3600.0)
    with pytest.raises(RefusedError):
        rooms.find(first.code, "x", 4 * 3600.0)


def test_one_address_cannot_open_rooms_all_the_time():
    rooms = Rooms()
    for _ in range(6):
        open_in(rooms, CLASSROOM, "x", 0.0)
    with pytest.raises(RefusedError, match="too many rooms"):
        open_in(rooms, CLASSROOM, "x", 0.0)


def test_a_token_brings_back_to_the_seat_and_nothing_else_does(room):
    ana, ben = room.join("Ana", 0.0), room.join("Ben", 0.0)
    room.take(ana, 4, 0.0)
    assert room.people.holding([ana.token]) == [ana]
    assert room.people.holding([ana.token])[0].seat == 4
    assert room.people.holding([""]) == []
    assert room.people.holding([ana.token[:-1]]) == []
    assert not room.is_teacher(ben.token)
    assert room.is_teacher(room.teacher)
    assert len(ana.token) >= 32
    assert ana.token not in repr(ana)


def test_names_are_one_printable_line_and_taken_once(room):
    person = room.join(f"  Ana\n\x00{HOSTILE}" + "x" * 100, 0.0)
    assert "\n" not in person.name
    assert len(person.name) <= 40
    with pytest.raises(RefusedError, match="here already"):
        room.join(person.name.upper(), 0.0)
    with pytest.raises(RefusedError, match="write your name"):
        room.join(" \t ", 0.0)


def test_a_room_holds_so_many_people(room):
    for n in range(60):
        room.join(f"P{n}", 0.0)
    with pytest.raises(RefusedError, match="full"):
        room.join("one more", 0.0)


def test_the_teacher_starts_pauses_hands_out_seats_and_removes(room):
    ana = room.join("Ana", 0.0)
    room.conduct(free=False)
    with pytest.raises(RefusedError, match="teacher hands out"):
        room.take(ana, 4, 0.0)
    room.assign(ana.number, 4, 0.0)
    assert room.players() == {4: "Ana"}
    room.tick(1.0)
    assert room.game.turn == 0
    room.start(1.0)
    room.tick(2.0)
    assert room.game.turn == 1
    room.pause(2.0)
    room.tick(9.0)
    assert room.game.turn == 1
    with pytest.raises(RefusedError, match="paused"):
        room.answer(ana, None, room.game.turn, ana.seat, 9.0)
    room.remove(ana.number, 9.0)
    assert room.game.held == set()
    assert room.people.holding([ana.token]) == []
    with pytest.raises(RefusedError):
        room.remove(ana.number, 9.0)


def test_a_seat_is_waited_for_and_then_played_by_the_model(room):
    ana = room.join("Ana", 0.0)
    room.take(ana, 0, 0.0)
    room.conduct(pace=0.0, patience=30.0)
    room.start(0.0)
    room.tick(0.0)
    turn = room.game.turn
    assert room.game.waiting() == [0]
    assert room.left(10.0) == 20.0
    room.seen(ana, 29.0)
    room.tick(29.0)
    assert room.game.turn == turn
    room.tick(30.0)
    assert room.game.turn > turn
    room.conduct(patience=0.0)
    assert room.left(0.0) is None
    now = 31.0
    while room.stage is not Stage.OVER:
        now += 1.0
        room.stop_waiting(now)
        room.tick(now)
    assert room.game.is_over


@pytest.mark.parametrize(
    ("leave", "why"),
    [
        (lambda room: room.tick(30.0), "you did not answer in time"),
        (lambda room: room.stop_waiting(1.0), "your teacher did not wait"),
        (lambda room: (room.seen(list(room.people)[1], 20.0), room.tick(20.0)), "you were away"),
    ],
)
def test_what_the_model_answers_for_a_person_is_told_as_the_models(room, leave, why):
    ana, ben = room.join("Ana", 0.0), room.join("Ben", 0.0)
    room.take(ana, 1, 0.0)
    room.take(ben, 0, 0.0)
    room.conduct(pace=0.4, patience=30.0)
    room.start(0.0)
    room.tick(0.0)
    assert room.game.waiting() == [1]
    asked = room.game.questions[1]
    leave(room)
    assert room.stood_in[1].startswith(f"The model answered in your place, because {why}. {asked.title}: Your delegate")
    assert "chose to" in room.stood_in[1]
    now = 40.0
    while 1 not in room.game.waiting():
        now += 1.0
        room.stop_waiting(now)
        room.tick(now)
    room.answer(ana, None, room.game.turn, 1, now)
    assert 1 not in room.stood_in


def test_an_answer_to_a_turn_that_has_passed_is_refused(room):
    ana = room.join("Ana", 0.0)
    room.take(ana, 0, 0.0)
    room.conduct(pace=0.0)
    room.start(0.0)
    room.tick(0.0)
    with pytest.raises(RefusedError, match="too late"):
        room.answer(ana, None, room.game.turn - 1, ana.seat, 1.0)
    room.answer(ana, None, room.game.turn, ana.seat, 1.0)
    assert room.game.waiting() == []


def test_an_answer_is_refused_to_who_was_given_another_seat_meanwhile(room):
    ana = room.join("Ana", 0.0)
    room.take(ana, 0, 0.0)
    room.conduct(pace=0.0)
    room.start(0.0)
    room.tick(0.0)
    room.assign(ana.number, 1, 0.5)
    with pytest.raises(RefusedError, match="another seat"):
        room.answer(ana, None, room.game.turn, 0, 1.0)
    assert room.game.given == {}


def test_moves_are_limited_by_person(room):
    ana, ben = room.join("Ana", 0.0), room.join("Ben", 0.0)
    for seat in range(12):
        room.take(ana, seat, 0.0)
    with pytest.raises(RefusedError, match="not so fast"):
        room.take(ana, 0, 0.0)
    room.take(ben, 1, 0.0)
    room.take(ana, 0, 1.0)


def test_two_people_never_hold_one_seat(room):
    ana, ben = room.join("Ana", 0.0), room.join("Ben", 0.0)
    room.take(ana, 4, 0.0)
    with pytest.raises(RefusedError, match="somebody already"):
        room.take(ben, 4, 0.0)
    assert ben.seat is None
    room.take(ana, 5, 0.0)
    room.take(ben, 4, 0.0)
    assert room.game.held == {4, 5}


def test_a_dropped_person_is_away_and_back_at_once(room):
    ana = room.join("Ana", 0.0)
    assert not room.is_away(ana, 5.0)
    assert room.is_away(ana, 7.0)
    version = room.version
    room.seen(ana, 8.0)
    assert not room.is_away(ana, 8.0)
    assert room.version == version + 1


# ------------------------------------------------------------------------------------------------ the limits


def test_a_rate_lets_some_through_at_once_and_then_so_many_a_second():
    rate = Rate(2.0, 3.0)
    assert [rate.allows("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert rate.allows("b", 0.0)
    assert rate.allows("a", 0.5)
    assert not rate.allows("a", 0.5)
    assert rate.is_spent("a", 0.5)
    assert not rate.is_spent("a", 1.0)


def test_a_rate_forgets_rather_than_grows():
    rate = Rate(1.0, 1.0)
    for n in range(10_000):
        rate.allows(str(n), 0.0)
    assert len(rate._left) <= 4_096


@pytest.mark.parametrize(
    "changes",
    [
        ("groups.government.seats=1900",),
        ("meetings.count=100", "process.hours=24"),
    ],
)
def test_what_is_too_large_is_refused_before_it_is_run(changes):
    scenario = negsim.load("cstd_wgigf_2011", changes=changes)
    with pytest.raises(RefusedError):
        check_size(scenario)


def test_a_curve_of_a_large_room_has_fewer_runs():
    small, large = negsim.load("classroom"), negsim.load("netmundial_2014", changes=["groups.government.seats=100"])
    assert affordable(small, 400) == 400
    assert affordable(large, 4000) < affordable(small, 4000)


@given(st.text(max_size=200))
def test_one_line_is_one_bounded_printable_line(text):
    line = one_line(text)
    assert len(line) <= 40
    assert line == line.strip()
    assert all(letter.isprintable() for letter in line)


# ------------------------------------------------------------------------------------------------- the links

SETTINGS = st.builds(
    Setting,
    name=st.sampled_from(["classroom", "cstd_wgigf_2011", "cases/wgig"]),
    meetings=st.none() | st.integers(1, 100),
    methodology=st.none() | st.sampled_from(["rolling_text", "chair_text"]),
    evenings=st.none() | st.sampled_from([0.0, 0.25, 1.0]),
    changes=st.lists(st.sampled_from(["process.chair.pressure=0", "context.tension=high"]), unique=True).map(tuple),
    seed=st.integers(0, 2**64 - 1),
    replication=st.integers(0, 2**32 - 1),
)


@given(SETTINGS)
def test_a_link_says_exactly_the_setting(setting):
    assert setting_of(query(setting)) == setting


def test_a_link_carries_a_scenario_of_ones_own():
    setting = Setting(text=text_of("wgig_2005") + "# Ünïcode\n", meetings=2, seed=9)
    again = setting_of(query(setting))
    assert again.text == setting.text
    assert again.scenario() == setting.scenario()
    assert len(query(setting)) < 5_000


def test_a_link_gives_the_run_of_the_command_line():
    setting = setting_of("s=cstd_wgigf_2011&m=3&w=rolling_text&e=0.5&c=process.chair.pressure%3D0&seed=5")
    same = negsim.load(
        "cstd_wgigf_2011",
        changes=[
            "process.chair.pressure=0",
            "meetings.count=3",
            "methodology=rolling_text",
            "informal.mixed_evenings=0.5",
        ],
    )
    one, other = (run(scenario, replications=5, seed=5).results.runs for scenario in (setting.scenario(), same))
    assert np.array_equal(matrix(one), matrix(other), equal_nan=True)


def test_a_scenario_is_read_once_for_all_the_runs_of_its_setting(monkeypatch):
    read = []
    monkeypatch.setattr(links, "load", lambda name: read.append(name) or negsim.load(name))
    links._written.cache_clear()
    links._changed.cache_clear()
    one = Setting(name="wgig_2005", meetings=2).scenario()
    assert Setting(name="wgig_2005", meetings=2, seed=5, replication=7).scenario() is one
    assert Setting(name="wgig_2005", meetings=3).scenario() != one
    assert read == ["wgig_2005"]


def test_lines_end_in_one_character_whatever_comes_in():
    text = text_of("classroom")
    for end in ("\r\n", "\r", "\n"):
        assert setting_of(f"y={packed(text.replace(chr(10), end))}").text == text


def test_half_a_character_is_told_and_not_raised():
    with pytest.raises(RefusedError, match="half a character"):
        query(replace(CLASSROOM, changes=("context.tension=\ud800",)))
    edit = pytest.importorskip("negsim.studio.pages.edit")
    with pytest.raises(ScenarioError, match=r"scenario.yaml:2:8: half a character"):
        edit.read("format: 1\ntitle: \ud800\n")


def test_a_number_is_read_the_same_way_everywhere():
    assert links.number_of(" ", 9) == 0
    assert links.number_of(" 7 ", 9) == 7
    for text in ("10", "-1", "1.5", "٣", "9" * 30):
        with pytest.raises(RefusedError, match="whole number from 0 to 9"):
            links.number_of(text, 9)
    with pytest.raises(RefusedError, match="at most 24 of 200 letters"):
        links.check_changes(["a"] * 25)


def test_a_command_can_be_pasted_and_means_the_setting():
    change = "process.events=[{submission: {meeting: 1}}]"
    setting = replace(CLASSROOM, changes=(change, "groups.government.seats=3"), meetings=2, seed=7, replication=4)
    words = shlex.split(command(setting, one_run=True))
    assert words[:3] == ["negsim", "transcript", "classroom"]
    assert words[-4:] == ["--seed", "7", "--replication", "4"]
    said = [words[n + 1] for n, word in enumerate(words) if word == "--set"]
    assert said == [change, "groups.government.seats=3", "meetings.count=2"]
    many = shlex.split(command(replace(setting, text="format: 1")))
    assert many[:3] == ["negsim", "run", "scenario.yaml"]
    assert "--replication" not in many


@pytest.mark.parametrize(
    "text",
    [
        "s=../../etc/passwd",
        "s=/etc/passwd",
        "s=classroom.yaml",
        "s=cases/../classroom",
        "s=nothing",
        "s=classroom&s=classroom",
        "who=me",
        "m=-1",
        "m=1e3",
        "m=" + "9" * 30,
        "m=٣",
        "e=2",
        "e=nan",
        "seed=18446744073709551616",
        "y=!!!",
        "y=AAAA",
        "s=classroom&y=AAAA",
        "y=" + packed("format: 1")[:-4],
        "c=" + "x" * 201,
        "&".join(["c=a"] * 25),
        "x" * 20_000,
        "%ff=1",
        "a;b",
    ],
)
def test_a_link_that_is_malformed_is_refused(text):
    with pytest.raises(RefusedError):
        setting_of(text)


def test_a_small_link_cannot_unpack_to_a_large_text():
    with pytest.raises(RefusedError, match="too large"):
        unpacked(packed(" " * (2**20 + 1)))
    assert len(unpacked(packed("x" * 2**20))) == 2**20


def test_a_scenario_in_a_link_can_name_no_file(tmp_path):
    people = tmp_path / "people.yaml"
    people.write_text("issues: {}")
    for name in (str(people), "../populations/cstd_wgigf.yaml", "people.yaml"):
        with pytest.raises(ScenarioError, match="unknown population"):
            Setting(text=f"format: 1\ntitle: x\npopulation: {name}\nprocess: {{}}\n").scenario()


def test_a_scenario_too_long_for_a_link_is_told_so():
    noise = "".join(sha256(str(n).encode()).hexdigest() for n in range(1000))
    with pytest.raises(RefusedError, match="too long for a link"):
        query(Setting(text=f"title: {noise}"))


def test_errors_in_a_link_have_their_place():
    text = text_of("classroom").replace("seats: 4", "seets: 4")
    with pytest.raises(
        ScenarioError, match=r"scenario.yaml:\d+:\d+: groups.government.seets: unknown key; did you mean"
    ):
        Setting(text=text).scenario()


# --------------------------------------------------------------------------------------------------- the lab


def test_a_curve_grows_to_the_runs_of_the_command_line():
    curve = Curve(replace(CLASSROOM, methodology="rolling_text"), "meetings")
    progress = list(curve.growing())
    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    runs = run(negsim.load("classroom", changes=["meetings.count=3", "methodology=rolling_text"]), replications=400)
    assert np.array_equal(curve.points[3].values("depth"), runs.column("depth"), equal_nan=True)
    assert curve.level_here == 1
    assert curve.here.estimate("consensus").value == curve.points[1].estimate("consensus").value


def test_more_runs_change_none_that_are_there():
    series = Series(CLASSROOM)
    series.grow()
    first = series.values("satisfaction")
    series.grow()
    assert np.array_equal(series.values("satisfaction")[: len(first)], first)


def test_differences_are_paired_and_narrower_than_apart():
    now, before = Series(replace(CLASSROOM, evenings=1.0)), Series(CLASSROOM)
    for _ in range(5):
        now.grow()
        before.grow()
    pairs = paired(now, before, "trust_across_end")
    assert pairs.gap.low > 0.0
    assert pairs.gap.observations == 200
    assert (pairs.now, pairs.before) == (now.estimate("trust_across_end"), before.estimate("trust_across_end"))
    assert pairs.gap.value == pytest.approx(pairs.now.value - pairs.before.value)
    assert paired(Series(CLASSROOM), before, "depth").gap.observations == 0
    assert math.isnan(so_far("consensus", np.empty(0)).value)


def test_a_measure_that_some_runs_lack_is_compared_over_the_pairs_that_have_it():
    now, before = Series(Setting(meetings=4)), Series(Setting())
    for _ in range(5):
        now.grow()
        before.grow()
    pairs = paired(now, before, "depth")
    assert pairs.some
    assert 2 < pairs.gap.observations < pairs.runs == 200
    assert {pairs.now.observations, pairs.before.observations} == {pairs.gap.observations}
    assert pairs.gap.value == pytest.approx(pairs.now.value - pairs.before.value)
    curves = (Curve(Setting(meetings=4), "evenings"), Curve(Setting(), "evenings"))
    for curve, series in zip(curves, (now, before), strict=True):
        curve.here = series
    page = pytest.importorskip("negsim.studio.pages.lab_told")
    assert f"pairs of runs that have it: {pairs.gap.observations}" in page.compared(*curves)
    assert f"Over the {pairs.gap.observations} pairs of runs that have it" in page.verdict("depth", *curves, None)
    assert "pairs of runs that have it" not in page.verdict("consensus", *curves, None)


def test_a_measure_is_asked_for_and_told_in_one_unit():
    told, guessing = (pytest.importorskip(f"negsim.studio.pages.{name}") for name in ("lab_told", "guessing"))
    before, now = Curve(CLASSROOM, "evenings"), Curve(replace(CLASSROOM, meetings=4), "evenings")
    before.here.grow()
    now.here.grow()
    for measure, span, said in (
        ("consensus", "0 to 100 per cent", r": \d+ % .* expected 50 %\. That is [+−]?\d+ points .* against before"),
        ("depth", "from 0 to 1", r": 0\.\d\d .* expected 0\.50\."),
        ("missed_agreements", "issues, 0 to 3", r": \d\.\d\d .* expected 0\.50\. That is [+−]\d\.\d\d .* against"),
    ):
        assert guessing.span(CLASSROOM, measure).endswith(span)
        assert re.search(said, told.verdict(measure, now, before, 0.5))
        unit = " %" if "%" in said else "0."
        assert unit in label_of(outcome_curve(now, before, measure))
    assert "-" not in told.verdict("missed_agreements", now, before, 0.5)


def test_whether_a_difference_may_be_chance_is_said_in_plain_words():
    told = pytest.importorskip("negsim.studio.pages.lab_told")
    before, now = Curve(CLASSROOM, "evenings"), Curve(replace(CLASSROOM, meetings=4), "evenings")
    before.here.grow()
    now.here.grow()
    assert "0, lies outside these brackets, so it is not chance." in told.verdict(
        "missed_agreements", now, before, None
    )
    assert "0, lies inside these brackets, so it may be chance." in told.verdict("consensus", before, before, None)


def test_the_lab_tells_what_other_rules_would_have_made_of_the_same_runs():
    series = Series(CLASSROOM)
    series.grow()
    runs = run(CLASSROOM.scenario(), replications=40)
    curve = Curve(CLASSROOM, "evenings")
    curve.here = series
    told = pytest.importorskip("negsim.studio.pages.lab_told").compared(curve, None)
    for measure, rule in RULES.items():
        assert series.estimate(measure) == share(runs.column(measure))
        assert rule in MEASURES[measure]
        assert rule.capitalize() in told


def test_a_curve_reaches_where_its_setting_stands_and_stays_inside_its_picture():
    assert standing(Setting(name="cases/ntia_apps"))["meetings"] == 16
    assert standing(replace(CLASSROOM, evenings=0.3))["evenings"] == 0.3
    assert standing(replace(CLASSROOM, changes=("meetings.count=15",)))["meetings"] == 15
    for along, level in (("meetings", 40), ("evenings", 0.3), ("methodology", "deffuant")):
        curve = Curve(CLASSROOM.with_knobs({along: level}), along)
        assert curve.level_here == level
        assert curve.points[curve.level_here] is curve.here
        for series in curve.all_series:
            series.grow()
        drawn = outcome_curve(curve, Curve(CLASSROOM, along), "consensus", guess=1.0)
        assert f">{level_name(along, level)}</text>" in drawn
        places = [float(place) for place in re.findall(r'[ c]x[12]?="([-\d.]+)"', drawn)]
        assert min(places) >= 0.0
        assert max(places) <= 840.0
        assert "guess<" in drawn


def test_the_methodology_as_written_has_a_place_of_its_own():
    before, now = (Curve(CLASSROOM.with_knobs({"methodology": name}), "methodology") for name in (None, "rolling_text"))
    assert (before.level_here, now.level_here) == ("as_written", "rolling_text")
    assert before.points["as_written"] is before.here is now.points["as_written"]
    before.here.grow()
    drawn = outcome_curve(now, before, "consensus")
    assert re.search(r">as written</text>", drawn)
    assert re.search(r'r="12"[^>]*stroke="#D55E00"', drawn)  # a ring where the setting before stands


def test_no_label_of_a_curve_lies_on_another():
    for along, measure in (("meetings", "consensus"), ("methodology", "missed_agreements")):
        curve = Curve(CLASSROOM, along)
        for series in curve.all_series:
            series.grow()
        value = curve.here.estimate(measure).value
        for guess in (0.0, value, value + 0.1, 1.0):
            boxes = [*boxes_of(outcome_curve(curve, Curve(CLASSROOM, along), measure, guess=guess))]
            for n, one in enumerate(boxes):
                assert not [other for other in boxes[:n] if overlap(one, other)], one


def boxes_of(drawn):
    """Where the texts of a drawing are, as far as can be said without a browser: ends of lines and of letters."""
    for text in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text"):  # noqa: S314 - of our own making
        x, y, size = (float(text.get(name)) for name in ("x", "y", "font-size"))
        width = 0.55 * size * len(text.text)
        left = x - width * {"start": 0.0, "middle": 0.5, "end": 1.0}[text.get("text-anchor")]
        yield left, left + width, y - 0.72 * size, y


def overlap(one, other):
    """Whether two boxes do."""
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


@pytest.mark.parametrize("evenings", [None, 1.0])
def test_where_the_setting_stands_the_curve_has_its_number(evenings):
    setting = Setting(name="cstd_wgigf_2012", evenings=evenings)
    curve = Curve(setting, "evenings")
    assert curve.level_here == 1.0
    assert curve.points[1.0] is curve.here
    assert turned(setting, "evenings", 1.0).evenings == 1.0  # as written some sit at mixed tables, not all
    assert turned(CLASSROOM, "meetings", 1) == CLASSROOM


def test_a_knob_turned_back_leaves_the_setting_as_it_was_written():
    moved = turned(replace(CLASSROOM, changes=("context.tension=high",)), "meetings", 4)
    assert (moved.meetings, moved.changes) == (4, ("context.tension=high",))
    assert turned(moved, "meetings", 1) == replace(moved, meetings=None)
    assert turned(moved, "methodology", None) == moved
    assert turned(replace(CLASSROOM, changes=("nothing=1",)), "meetings", 1).meetings == 1
    assert same_runs(CLASSROOM, replace(CLASSROOM, meetings=1))
    assert not same_runs(CLASSROOM, replace(CLASSROOM, meetings=2))
    assert not same_runs(CLASSROOM, replace(CLASSROOM, meetings=1, seed=1))


def test_the_setting_before_tells_nothing_of_what_is_asked():
    asked = replace(CLASSROOM, meetings=3)
    along, across = Curve(CLASSROOM, "meetings"), Curve(CLASSROOM, "evenings")
    for curve in (along, across):
        while curve.progress < 0.1:
            curve.grow()
    hidden = outcome_curve(None, along, "consensus", asked=asked)
    assert "3: " in label_of(outcome_curve(None, along, "consensus"))
    assert "before" not in hidden
    assert not re.search(r"\d %", label_of(hidden))
    assert "before" in label_of(outcome_curve(None, across, "consensus", asked=asked))
    assert "now" not in label_of(outcome_curve(along, None, "consensus", asked=CLASSROOM))


def test_a_curve_hides_what_has_to_be_guessed_first():
    curve = Curve(CLASSROOM, "methodology")
    for _ in range(12):
        curve.grow()
    shown, hidden = (outcome_curve(curve, None, "consensus", guess=0.4, asked=asked) for asked in (None, CLASSROOM))
    assert label_of(shown) != label_of(hidden)
    assert "Commit a guess" in hidden
    assert "now:" not in hidden
    assert "★" in shown
    for measure in ("depth", "missed_agreements"):
        assert label_of(outcome_curve(curve, curve, measure))
    assert label_of(outcome_curve(None, None, "consensus"))


def test_a_guess_is_kept_as_it_was_made_and_exported():
    guesses = Guesses()
    guesses.commit(guess_of("Ana", CLASSROOM, "consensus", 0.4, "a hunch"))
    with pytest.raises(RefusedError, match="not changed"):
        guesses.commit(guess_of(" Ana ", CLASSROOM, "consensus", 0.9, "a better one"))
    guesses.commit(guess_of('=HYPERLINK("http://x")', CLASSROOM, "consensus", 0.2, "+1"))
    guesses.reveal(CLASSROOM, "consensus", 0.158)
    table = guesses.csv().splitlines()
    assert table[0].startswith("who,scenario,meetings")
    assert table[1] == "Ana,classroom,as written,as written,as written,,0,consensus,0.4,0.158,0.242,a hunch"
    assert table[2].startswith("\"'=HYPERLINK")
    assert table[2].endswith(",'+1")


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, 1.01, 1.5])
def test_a_guess_is_a_number_in_range(value):
    with pytest.raises(RefusedError, match="0 to 100 per cent"):
        guess_of("Ana", CLASSROOM, "consensus", value, "")


def test_a_guess_of_a_count_has_its_span():
    assert guess_of("Ana", CLASSROOM, "missed_agreements", 3.0, "").expected == 3.0
    with pytest.raises(RefusedError, match="issues, 0 to 3"):
        guess_of("Ana", CLASSROOM, "missed_agreements", 3.5, "")


def test_nameless_guesses_do_not_block_one_another(room):
    for expected in (0.2, 0.9):
        room.guess(guess_of("", CLASSROOM, "consensus", expected, ""), 0.0, address="school")
    assert [guess.expected for guess in room.guesses.all] == [0.2, 0.9]


def test_a_guess_of_who_has_joined_stands_under_the_name_of_then_and_there_are_so_many(room):
    ana, ben = room.join("Ana", 0.0), room.join("Ben", 0.0)

    def guess(who, number, now, keys=()):
        said = guess_of(who, replace(CLASSROOM, seed=number), "consensus", 0.5, "")
        return room.guess(said, now, address="school", keys=keys).who

    assert guess("The teacher", 0, 0.0, [ana.token]) == "Ana"
    assert guess("Ana", 1, 0.0, [ana.token, ben.token]) == "Ana"
    assert guess("", 2, 0.0, [ana.token, ben.token]) == "Ben"
    assert guess("Cem", 3, 0.0) == "Cem"
    with pytest.raises(RefusedError, match="too many guesses at once"):
        [guess("", number, 0.0, [ana.token]) for number in range(10, 20)]
    for number in range(40):  # a class that has not joined
        guess("", number, 0.0)
    with pytest.raises(RefusedError, match="no more guesses"):
        [guess("", number, 100.0 * number, [ana.token]) for number in range(20, 90)]
    assert guess("", 90, 9000.0, [ben.token]) == "Ben"


@pytest.mark.usefixtures("page")
def test_the_panel_guesses_under_the_name_that_its_browser_joined_with(monkeypatch):
    guessing = pytest.importorskip("negsim.studio.pages.guessing")
    rooms = Rooms()
    monkeypatch.setattr(guessing, "ROOMS", rooms)
    room = open_in(rooms, CLASSROOM, "teacher", 0.0)
    ana = room.join("Ana", 0.0)
    panel = guessing.GuessPanel("school", {f"{cookie(room.code)}_1": ana.token, "other": "x"}, lambda: None)
    panel.build()
    assert panel.ask(CLASSROOM, "consensus")
    panel.expected.value, panel.who.value, panel.code.value = 40, "Ben", f"{room.code[:4]}-{room.code[4:]}"
    panel._commit()
    assert [guess.who for guess in room.guesses.all] == ["Ana"]
    assert panel.guess(CLASSROOM, "consensus").expected == 0.4


def test_a_class_keeps_so_many_guesses(room):
    for n in range(2_000):
        room.guesses.all.append(guess_of(f"P{n}", CLASSROOM, "depth", 0.1, ""))
    with pytest.raises(RefusedError):
        room.guess(guess_of("one more", CLASSROOM, "depth", 0.1, ""), 0.0, address="school")


# ------------------------------------------------------------------------------------------------- the pages


@pytest.fixture
def lab(page, monkeypatch):  # noqa: ARG001 - built on it
    """A lab in which the classroom has begun to run."""
    pages = pytest.importorskip("negsim.studio.pages.lab")
    monkeypatch.setattr(pages, "set_address", lambda *_: None)
    view = pages.LabView(CLASSROOM, "10.0.0.1", {})
    view.build()
    view.client = SimpleNamespace(has_socket_connection=True)
    view.now = Curve(CLASSROOM, view.along)
    view.now.grow()
    view.show()
    return view


def verdict_of(page, monkeypatch, setting):
    """What the editor says of a scenario."""
    edit = pytest.importorskip("negsim.studio.pages.edit")
    monkeypatch.setattr(edit, "set_address", lambda *_: None)
    view = edit.EditView(setting, "10.0.0.1")
    view.build()
    inside(page, view._check())
    return view.verdict.text


def test_a_link_says_which_moment_is_looked_at_by_whom_and_beside_which_panel(playback):
    room = pytest.importorskip("negsim.studio.pages.room")
    for look in (room.Look(), room.Look(40), room.Look(7, 3, "Trust"), room.Look(7, None, "Why")):
        assert room.look_of(look.said(), playback) == look
    for strange in ("", "x", "-1", "4.999.Trust.x", "٣", "..", "0.-1.<b>"):
        assert room.look_of(strange, playback)[1:] == (None, "Text")
    assert room.look_of("99999", playback).moment == playback.last


def test_what_the_marks_of_the_room_mean_stands_beside_them(page, playback):
    room = pytest.importorskip("negsim.studio.pages.room")
    room.RoomView(playback, room.Look()).build()
    told = " ".join(str(element.props.get("innerHTML", "")) for element in page.elements.values())
    for mark, meaning in (
        ("○", "text not read yet"),
        ("✓*", "agreed with dissent recorded"),
        ("[2]", "two paragraphs"),
    ):
        assert re.search(f"{re.escape(mark)}[^;.]*{meaning}", told)
    for label in ("Civil society", "Governments"):
        assert f"</svg> {label}</span>" in told


def test_letters_stand_out_from_what_they_are_written_on():
    svg = pytest.importorskip("negsim.studio.svg")
    for colour in (*colours([str(n) for n in range(len(OKABE_ITO))]).values(), "#5683a2"):
        channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        light = 0.2126 * r + 0.7152 * g + 0.0722 * b
        ratio = 1.05 / (light + 0.05) if svg.on(colour) == "#ffffff" else (light + 0.05) / 0.05
        assert ratio >= 4.5, colour


def test_reports_of_different_settings_have_different_names():
    file_of = pytest.importorskip("negsim.studio.pages.reports").file_of
    changed = [replace(CLASSROOM, changes=(f"context.tension={n}" + "0" * 150,)) for n in (1, 2)]
    own = [Setting(text=text_of("classroom") + "#" * n) for n in (1, 2)]
    others = [CLASSROOM, replace(CLASSROOM, seed=1), replace(CLASSROOM, meetings=2), Setting(name="cases/wgig")]
    names = [file_of(setting) for setting in [*others, *changed, *own]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[\w.=-]{,120}\.html", name) for name in names)
    assert names[2] == "classroom_meetings.count=2_seed-0.html"


def test_what_was_written_is_not_replaced_without_a_question(page, monkeypatch):
    edit = pytest.importorskip("negsim.studio.pages.edit")
    monkeypatch.setattr(edit.ui, "run_javascript", lambda _: None)
    view = edit.EditView(CLASSROOM, "10.0.0.1")
    view.build()
    view._replace(Setting(name="wgig_2005"))
    assert view.text == text_of("wgig_2005")
    view.editor.value = "mine"
    view._replace(CLASSROOM)
    assert view.text == "mine"
    assert any(getattr(element, "text", "") == "Replace what you wrote?" for element in page.elements.values())


def test_the_lab_says_of_what_its_runs_are(lab):
    assert re.search(r"seed 0 · 8 points of up to 400 runs, in all \d+ runs, more are coming$", lab.told.text)


def test_what_the_source_leaves_unknown_is_said_to_be_drawn(page, monkeypatch):
    knobs, home = (pytest.importorskip(f"negsim.studio.pages.{name}") for name in ("knobs", "home"))
    case = Setting(name="cases/icg")
    assert knobs.unknown(case.scenario()).startswith("Unknown in the source: drawn anew for each run are seats, pos")
    assert "1 to 8 meetings and mixed evenings" in knobs.drawn_knobs(case.scenario())
    assert "meetings" not in knobs.drawn_knobs(replace(case, meetings=3).scenario())
    assert knobs.unknown(CLASSROOM.scenario()) == knobs.drawn_knobs(CLASSROOM.scenario()) == ""
    assert ("cases/icg", case.base().title, "17 to 41 seats, 3 issues, 1 to 8 meetings") in home.listed_scenarios()
    verdict = verdict_of(page, monkeypatch, case)
    assert "17 to 41 seats, 3 issues, 1 to 8 meetings. No problems. Unknown in the source" in verdict


def test_scenarios_are_listed_by_their_titles_and_one_meeting_is_one():
    knobs, home = (pytest.importorskip(f"negsim.studio.pages.{name}") for name in ("knobs", "home"))
    assert knobs.titles()["cases/wgig"] == "Working Group on Internet Governance (WGIG) · cases/wgig"
    assert [name for name, *_ in home.listed_scenarios()] == links.known()
    assert {name: told for name, _, told in home.listed_scenarios()}["classroom"].endswith(", 1 meeting")


def test_a_length_is_told_the_same_way_on_every_page(page, monkeypatch):
    assert ", 1 meeting, 5 h 24 of floor time. No problems." in verdict_of(page, monkeypatch, CLASSROOM)


def test_until_a_new_setting_runs_nothing_of_the_old_one_stands_under_its_name(lab):
    assert lab.verdict.text
    assert lab.told.text.startswith("classroom")
    lab._take(turned(CLASSROOM, "methodology", "rolling_text"))
    assert lab.told.text.startswith("Next: classroom, rolling text")
    assert (lab.verdict.text, lab.table.content) == ("", "")
    assert "now:" not in lab.drawing.content
    assert "before:" in lab.drawing.content


@pytest.mark.parametrize("change", [lambda lab: lab._take(replace(CLASSROOM, meetings=3)),
                                    lambda lab: lab._look(along="evenings")])  # fmt: skip
def test_a_knob_that_is_turned_ends_the_growing_and_lets_the_new_curve_begin(page, lab, change):
    async def grow():
        with page:
            await lab._grow(lab.attempt)

    async def turn():
        growing = asyncio.create_task(grow())
        await asyncio.sleep(0.05)
        change(lab)
        done = sum(series.done for series in lab.now.all_series)
        await asyncio.wait_for(growing, 20.0)
        assert sum(series.done for series in lab.now.all_series) <= done + CHUNK
        assert lab.soon.active
        lab.touched = -1.0
        lab._grow = AsyncMock()
        await lab._begin()

    inside(page, turn())
    assert (lab.now.setting, lab.now.along) == (lab.setting, lab.along)
    assert lab.before is None or lab.before.along == lab.along
    lab.show()
    assert not lab.told.text.startswith("Next")


def test_one_who_asks_for_much_holds_up_nobody_at_another_address():
    work = pytest.importorskip("negsim.studio.pages.work")
    done = []

    async def job(places, address):
        async with places.place(address):
            await asyncio.sleep(0)
            done.append(address)

    async def jobs():
        places = work.Places(1, 4)
        async with places.place("much"):
            much = [asyncio.create_task(job(places, "much")) for _ in range(4)]
            await asyncio.sleep(0)
            with pytest.raises(work.BusyError, match="try again"):
                await job(places, "much")
            gone, little = (asyncio.create_task(job(places, address)) for address in ("gone", "little"))
            await asyncio.sleep(0)
            gone.cancel()
        await asyncio.gather(*much, little)
        assert places.free == 1

    asyncio.run(jobs())
    assert done == ["much", "little", "much", "much", "much"]


def test_a_place_given_to_who_has_just_gone_is_passed_on():
    work = pytest.importorskip("negsim.studio.pages.work")

    async def jobs():
        places = work.Places(1, 4)

        async def job():
            async with places.place("b"):
                raise AssertionError

        async with places.place("a"):
            waiting = asyncio.create_task(job())
            await asyncio.sleep(0)
        waiting.cancel()  # it has been given the place, and has not run since
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert places.free == 1

    asyncio.run(jobs())


def test_what_is_uploaded_with_other_line_ends_can_be_edited(page):
    edit = pytest.importorskip("negsim.studio.pages.edit")
    crlf = text_of("classroom").replace("\n", "\r\n")
    view = edit.EditView(Setting(text=crlf), "10.0.0.1")
    assert "\r" not in view.text
    view.build()
    upload = SimpleNamespace(file=SimpleNamespace(size=lambda: len(crlf), read=AsyncMock(return_value=crlf.encode())))
    inside(page, view._upload(upload))
    assert view.editor.value == view.text == text_of("classroom")


def test_what_was_written_stands_in_the_address_or_is_asked_for(page, monkeypatch):
    edit = pytest.importorskip("negsim.studio.pages.edit")
    addresses, scripts = [], []
    monkeypatch.setattr(edit, "set_address", lambda _, link: addresses.append(setting_of(link).text))
    monkeypatch.setattr(edit.ui, "run_javascript", scripts.append)
    view = edit.EditView(CLASSROOM, "10.0.0.1")
    view.build()

    def write(text):
        view._set(text)
        view.touched = 0.0
        inside(page, view._check())

    mine = text_of("classroom") + "# mine\n"
    write(mine)
    assert addresses[-1] == mine
    assert scripts[-2:] == [edit.ASK, edit.ASK_NO_MORE]
    noise = "".join(sha256(str(n).encode()).hexdigest() for n in range(1000))
    for text in (mine + f"# {noise}\n", "format: 1\n"):  # too long for a link, and no scenario
        write(text)
        assert addresses[-1] == mine
        assert scripts[-1] == edit.ASK
    write(mine + "#\n")
    assert addresses[-1] == mine + "#\n"
    assert scripts[-1] == edit.ASK_NO_MORE


def test_of_many_problems_some_are_shown_and_the_others_counted(page):
    edit, shell = (pytest.importorskip(f"negsim.studio.pages.{name}") for name in ("edit", "shell"))
    error = ScenarioError([Problem(Mark("x", n), "", f"problem {n}") for n in range(1, 1001)])
    view = edit.EditView(CLASSROOM, "10.0.0.1")
    view.build()
    view._tell_problems(error)
    shell.refused(error, "/room")
    told = [str(getattr(element, "text", "")) for element in page.elements.values()]
    assert sum(": problem " in text for text in told) == 2 * 200
    assert told.count("and 800 more") == 2
    assert "1000 problems" in view.verdict.text


def test_a_code_in_a_link_keeps_all_its_letters(page):
    table, requests = pytest.importorskip("negsim.studio.pages.table"), pytest.importorskip("starlette.requests")
    scope = {"type": "http", "path": "/table", "query_string": b"code=abcd-efgh", "headers": []}
    table.show_ways(requests.Request(scope))
    assert any('value="ABCDEFGH"' in str(element.props.get("innerHTML")) for element in page.elements.values())


def test_the_way_in_leads_back_to_the_rooms_of_a_browser(page, monkeypatch):
    table, requests = pytest.importorskip("negsim.studio.pages.table"), pytest.importorskip("starlette.requests")
    rooms = Rooms()
    monkeypatch.setattr(table, "ROOMS", rooms)
    room, other = open_in(rooms, CLASSROOM, "x", 0.0), open_in(rooms, CLASSROOM, "x", 0.0)
    ana = room.join("Ana", 0.0)
    other.join("Ben", 0.0)
    keys = f"negsim_{room.code}={room.teacher}; negsim_{room.code}_1={ana.token}; negsim_{other.code}_1=wrong"
    scope = {"type": "http", "path": "/table", "query_string": b"", "headers": [(b"cookie", keys.encode())]}
    table.show_ways(requests.Request(scope))
    ways = {str(element.props["href"]) for element in page.elements.values() if "href" in element.props}
    assert {f"/table/{room.code}", f"/table/{room.code}/1"} <= ways
    assert not any(other.code in way for way in ways)


def test_a_browser_holds_the_secrets_of_its_own_room_only():
    cookies = {"negsim_ABCDEFGH": "teacher", "negsim_ABCDEFGH_2": "ana", "negsim_ABCDEFGJ_2": "ben", "x": "y"}
    assert keys_in(cookies, "abcd-efgh") == ["teacher", "ana"]


# -------------------------------------------------------------------------------------------------- the gate
# -------------------------------------------------------------------------------------------------- the gate


def asked(headers, *, kind="http", path="/", query_string=b"", chunks=(b"",), origin=None):
    """What the gate answers to a request: a status, or None where it went through."""
    sent, parts = [], list(chunks)

    async def receive():
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message):
        sent.append(message)

    async def inner(_, receive, send):
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})

    scope = {
        "type": kind,
        "path": path,
        "query_string": query_string,
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
    }
    asyncio.run(gate.Gate(inner, headers={"X-Test": "yes"}, origin=origin)(scope, receive, send))
    return sent[0]


def test_the_gate_lets_through_who_asks_by_address_and_adds_its_headers():
    answer = asked({"host": "127.0.0.1:8321", "origin": "http://127.0.0.1:8321"})
    assert answer["status"] == 200
    assert (b"x-test", b"yes") in answer["headers"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({}, 421),
        ({"host": "127.0.0.1:8321", "origin": "http://evil.example"}, 403),
        ({"host": "127.0.0.1:8321", "origin": "null"}, 403),
        ({"host": "127.0.0.1:8321", "origin": "http://["}, 403),
        ({"host": "127.0.0.1:8321", "origin": "https://class.example"}, 403),
        ({"host": "127.0.0.1", "content-length": "99999999"}, 413),
        ({"host": "127.0.0.1", "content-length": "-1"}, 413),
    ],
)
def test_the_gate_refuses_other_sites_and_large_bodies(headers, status):
    assert asked(headers)["status"] == status


def test_the_gate_refuses_long_links_and_bodies_that_grow():
    assert asked({"host": "localhost"}, query_string=b"x" * 20_000)["status"] == 414
    assert asked({"host": "localhost"}, chunks=[b"x" * 2**20] * 3)["status"] == 413


def test_the_gate_ends_floods_of_pages_and_of_messages():
    now = [0.0]

    async def inner(_, receive, send):
        for _ in range(500):
            if (await receive())["type"] == "websocket.disconnect":
                sent.append("cut off")
                return
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        return {"type": kind[0]}

    async def send(message):
        sent.append(message.get("status"))

    kind, sent = ["http.request"], []
    server = gate.Gate(inner, headers={}, clock=lambda: now[0])
    scope = {"type": "http", "path": "/room", "client": ("10.0.0.1", 1), "headers": [(b"host", b"127.0.0.1")]}
    for _ in range(121):
        asyncio.run(server(scope, receive, send))
    assert sent.count(200) == 120
    assert sent[-2:] == [429, None]  # the head and the body of the refusal
    asyncio.run(server(scope | {"path": "/_nicegui/x.js"}, receive, send))
    asyncio.run(server(scope | {"client": ("10.0.0.2", 1)}, receive, send))
    now[0] = 1.0
    asyncio.run(server(scope, receive, send))
    assert sent[-3:] == [200, 200, 200]
    kind[0] = "websocket.receive"
    asyncio.run(server(scope | {"type": "websocket"}, receive, send))
    assert sent[-1] == "cut off"


def test_another_sites_page_cannot_open_a_socket():
    assert asked({"host": "127.0.0.1", "origin": "http://evil.example"}, kind="websocket")["type"] == "websocket.close"


def test_messages_come_through_sockets_only():
    own = {"host": "127.0.0.1", "origin": "http://127.0.0.1"}
    assert asked(own, path="/_nicegui_ws/socket.io/", query_string=b"EIO=4&transport=polling")["status"] == 403
    assert asked(own, path="/_nicegui/3/static/x.js")["status"] == 200
    assert asked(own, kind="websocket", path="/_nicegui_ws/socket.io/")["type"] == "http.response.start"


@pytest.mark.parametrize("host", ["127.0.0.1:8321", "localhost", "class.example"])
def test_one_further_origin_may_be_named_for_requests_and_sockets(host):
    allowed = {"host": host, "origin": "https://class.example"}
    assert asked(allowed, origin="https://class.example")["status"] == 200
    assert asked(allowed, kind="websocket", origin="https://class.example")["type"] == "http.response.start"
    for other in ("https://evil.example", "https://class.example.evil.example", "http://["):
        assert asked(allowed | {"origin": other}, origin="https://class.example")["status"] == 403
    assert asked(allowed | {"host": "evil.example"}, origin="https://class.example")["status"] == 421


@pytest.mark.parametrize(
    "text", ["", "class.example", "ftp://class.example", "https://", "https://a/b", "https://a?b", "https://u@a",
             "https://a:x", "https://[", "https://a b", "https://*"]
)  # fmt: skip
def test_an_origin_is_a_scheme_and_a_host(text):
    with pytest.raises(NegsimError, match="origin"):
        origin_of(text)


@settings(max_examples=30)
@given(st.text(max_size=40))
def test_any_host_is_judged_without_an_error(host):
    assert gate.is_own(host) in {True, False}


def test_a_room_reads_no_view_it_may_not_write_to():
    room = Room(CLASSROOM.scenario(), {}, seed=0, replication=0)
    assert room.answers() == []


# ---------------------------------------------------------------------------------------------- the command


def test_without_the_extra_the_command_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "nicegui", None)
    with pytest.raises(NegsimError, match=r"pip install negsim\[studio\]"):
        studio_command.studio(browser=False)


def test_a_port_in_use_is_told_before_anything_is_loaded():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(FailedError, match=rf"port {port} of 127.0.0.1 cannot be used.*try --port {port + 1}"):
            check_free("127.0.0.1", port)


@pytest.mark.parametrize("host", ["", " ", "999.1.1.1", "http://127.0.0.1", "a" * 64 + ".example"])
def test_what_is_no_address_is_told(host):
    with pytest.raises(NegsimError, match="is no address; name one") as refused:
        check_free(host, 8321)
    assert not isinstance(refused.value, FailedError)


def test_the_kernels_are_there_before_anybody_can_ask(monkeypatch):
    app = pytest.importorskip("negsim.studio.app")
    order = []
    monkeypatch.setattr(studio_command, "make_ready", lambda: order.append("ready"))
    monkeypatch.setattr(studio_command, "run_tiny", lambda: order.append("run"))
    monkeypatch.setattr(app, "start", lambda **named: order.append(named))
    studio_command.studio(port=1, host="127.0.0.1", browser=False, origin="https://Class.example/")
    assert order == [
        "ready", "run", {"host": "127.0.0.1", "port": 1, "browser": False, "origin": "https://class.example"}
    ]  # fmt: skip


def test_what_a_request_says_of_its_address_is_not_believed(monkeypatch):
    app = pytest.importorskip("negsim.studio.app")
    said = {}
    monkeypatch.setattr(app, "PAGES", ())
    monkeypatch.setattr(app, "check_free", lambda *_: None)
    monkeypatch.setattr(app, "app", SimpleNamespace(add_middleware=lambda *_, **given: said.update(given),
                                                    config=SimpleNamespace(socket_io_js_transports=[])))  # fmt: skip
    monkeypatch.setattr(app.ui, "run", lambda **given: said.update(given))
    app.start(port=1, origin="https://class.example")
    assert said["proxy_headers"] is False
    assert said["origin"] == "https://class.example"
    assert app.app.config.socket_io_js_transports == ["websocket"]
