"""A run turn by turn: the bits of `negsim.watch`, its minutes, and the room through the eyes of a delegate."""

from __future__ import annotations

from unittest.mock import Mock

import numpy as np
import pytest

import negsim
from negsim.negotiation.tables import Move
from negsim.studio import recording
from negsim.studio.limits import MOST_ENDS, RefusedError
from negsim.studio.links import Variant
from negsim.studio.recording import Playback, ends_of, eyes_of, record
from negsim.study.runner import run, typical_replication
from studio_cases import same_state


@pytest.mark.parametrize(
    ("name", "turned"),
    [
        ("classroom", ()),
        ("classroom", (("informal.corridors", 0.5),)),
        ("cstd_wgigf_2012", ()),
        ("netmundial_2014", ()),
    ],
)
def test_a_recording_has_the_bits_of_watch(name, turned):
    variant = Variant(name=name, seed=7, replication=3, turned=turned)
    recorded = record(variant)
    trace = negsim.watch(negsim.lower(recorded.negotiation.scenario), seed=7, replication=3)
    assert same_state(trace.state, recorded.negotiation.run.state)
    mine = recorded.trace()
    for column in ("minute", "meeting", "position", "status", "text", "brackets", "trust_start", "trust_end"):
        assert np.array_equal(getattr(mine, column), getattr(trace, column), equal_nan=True), column
    assert mine.events.tobytes() == trace.events.tobytes()


def test_the_transcript_of_a_recording_tells_every_event_at_a_frame_that_has_seen_it(playback):
    frames = [line.frame for line in playback.lines]
    assert frames == sorted(frames)
    assert 0 < frames[0] <= frames[-1] <= playback.last
    assert playback.lines[-1].move == Move.ADOPT
    assert {line.time for line in playback.lines if line.move == Move.EVENING} == {"evening"}


def test_events_are_jumped_to_in_order_and_end_at_the_last_moment(playback):
    moment, seen = 0, []
    while moment < playback.last:
        moment = playback.next_event(moment)
        seen.append(moment)
    assert seen == sorted(set(seen))
    assert seen[-1] == playback.last


def test_neither_statements_nor_evenings_apart_nor_closed_sessions_are_events():
    playback = Playback(Variant(name="cstd_wgigf_2011", seed=2011))
    moves = {Move(playback.frames[moment].turn.move) for moment in playback.events}
    assert {Move.TABLE, Move.READ} <= moves
    assert not moves & {Move.SPEAK, Move.CLOSE_SESSION, Move.EVENING, Move.GAP}
    assert len(playback.events) < playback.last / 10


def test_the_minutes_put_statements_in_a_row_on_one_line(playback):
    assert len(playback.minutes) < len(playback.lines) / 2
    heard = [line for line in playback.lines if line.move is Move.SPEAK]
    assert sum(any(row.first <= line.frame <= row.frame for row in playback.minutes) for line in heard) == len(heard)
    assert [line.frame for line in playback.minutes] == sorted(line.frame for line in playback.minutes)


def test_what_a_delegate_believes_does_not_depend_on_the_way_to_the_moment(playback):
    late, early = eyes_of(playback.variant, 200, 4), eyes_of(playback.variant, 20, 4)
    again = eyes_of(playback.variant, 200, 4)
    assert np.array_equal(late.belief, again.belief)
    assert not np.array_equal(late.belief, early.belief)


def test_delegates_believe_the_others_to_be_further_away_than_they_are(playback):
    looks = [eyes_of(playback.variant, 0, seat) for seat in range(0, 42, 5)]
    assert np.mean([eyes.seems for eyes in looks]) > np.mean([eyes.true for eyes in looks])


def test_an_evenings_tables_hold_those_whom_the_model_seats_together(playback):
    evenings = [frame for frame in playback.frames if frame.turn.move == Move.EVENING]
    mixed = [frame for frame in evenings if frame.evening.tables]
    assert len(mixed) == len(evenings) // 2 > 0  # every other one
    for frame in mixed:
        diners = [seat for table in frame.evening.tables for seat in table]
        assert len(diners) == len(set(diners))
        assert max(map(len, frame.evening.tables)) <= 8


def test_the_ends_of_many_runs_and_the_usual_one_are_those_of_the_command_line(playback):
    runs = run(playback.variant.scenario(), replications=MOST_ENDS)
    ends = ends_of(playback.variant)
    assert list(ends.outcomes) == runs.column("outcome").tolist()
    assert ends.typical == typical_replication(runs)
    assert ends.outcomes[playback.variant.replication] == playback.outcome


def test_ends_are_counted_only_as_far_as_that_is_short_work(monkeypatch):
    most = Mock(side_effect=[1999, 399, RefusedError("too large")])
    monkeypatch.setattr(recording, "most_replications", most)
    assert [len(ends_of(Variant(name="classroom")).outcomes) for _ in range(3)] == [99, 0, 0]
