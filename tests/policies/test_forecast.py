"""The forecast of brackets: laws of the formula, and what a view says of answers known to the room."""

from math import inf

import numpy as np
import pytest

from negsim.negotiation.tables import Move
from negsim.policies import SeatedNegotiation
from negsim.policies.forecast import WEIGHTS, Stand, chance, chances
from negsim.policies.strategies import Asker
from negsim.policies.views import KnownAnswers
from negsim.scenario import load

PLACES = np.arange(51) / 50
STAND = Stand(0.3, KnownAnswers())


def at(text, stand=STAND, late=0.5):
    return float(chance(np.asarray(text), stand, 0.9, late))


def test_the_chance_rises_with_the_distance_and_falls_with_time():
    rising = chance(PLACES[STAND.place <= PLACES], STAND, 0.9, 0.5)
    assert (np.diff(rising) > 0).all()
    assert at(0.6, late=0.9) < at(0.6, late=0.1)


def test_whoever_has_bracketed_the_paragraph_more_often_is_likelier_to_do_so_again():
    often = STAND._replace(known=KnownAnswers(brackets=3))
    assert at(0.6, often) > at(0.6)


def test_known_answers_come_before_distance():
    known = KnownAnswers(refused_above=0.5, accepted_low=0.35, accepted_high=0.4)
    stand = Stand(0.3, known)
    assert [at(text, stand) for text in (0.35, 0.4, 0.5, 0.7)] == [
        WEIGHTS.if_accepted, WEIGHTS.if_accepted, WEIGHTS.if_refused, WEIGHTS.if_refused,
    ]  # fmt: skip
    assert WEIGHTS.if_accepted < at(0.45, stand) < WEIGHTS.if_refused


def test_a_line_that_was_told_is_certain_and_who_may_not_block_does_not():
    stand = STAND._replace(line=(-inf, 0.5), is_author=True)
    assert (at(0.51, stand), at(0.5, stand)) == (1.0, WEIGHTS.if_author)
    assert at(0.51, stand._replace(known=KnownAnswers(may_block=False))) == 0.0


class _Looks(Asker):
    def __init__(self):
        self.known, self.answers, self.chances = [], {}, {}

    def respond(self, view):
        if view.move == Move.READ:
            self.known.append((view.issue, view.known_answers[view.issue]))
            self.answers, self.chances = view.answers, chances(view, view.issue, view.text[view.issue].value)
        return super().respond(view)


def looked(seed, name="Minister Amara Diallo"):
    """Return a game of storm at its end, and the policy of a seat."""
    room = SeatedNegotiation(load("storm"), {name: _Looks}, seed=seed, replication=0)
    return room, room.policies[room.seat(name)]


def test_a_view_knows_what_the_room_has_heard_of_each_delegate():
    room, looks = looked(4)
    heard = []
    for _ in range(400):
        if room.run.pending.move == Move.READ:
            heard.append(room.run.state.opinions[room.run.pending.issue].copy())
        room.finish_turn()
    assert len(heard) == len(looks.known) > 3
    for opinions, (_, known) in zip(heard, looks.known, strict=True):
        assert [*known] == room.names
        assert [one.refused_below for one in known.values()] == opinions["refused_below"].tolist()
        assert [one.refused_above for one in known.values()] == opinions["refused_above"].tolist()
        assert [one.accepted_low for one in known.values()] == opinions["accepted_low"].tolist()
        assert [one.accepted_high for one in known.values()] == opinions["accepted_high"].tolist()
        assert [one.brackets for one in known.values()] == opinions["blocks"].tolist()
        assert all(one.may_block for one in known.values())
    assert [*looks.chances] == room.names[1:]


def test_whoever_is_shown_a_secret_tells_where_its_line_is_now():
    """A line that was told before the secret was shown is no longer the one that counts."""
    for room, looks in map(looked, range(20)):
        room.go_on()
        seat = room.seat("Minister Amara Diallo")
        name = room.names[int(room.run.state.movers["shown"][seat])]
        if room.run.state.movers["shown"][seat] >= 0 and name in looks.answers:
            lines = room.red_lines(room.seat(name))
            if room.corridor_answers[seat][name].red_lines != lines:
                assert looks.answers[name].red_lines == lines
                return
    pytest.fail("in no game a secret moved a line that was told before")
