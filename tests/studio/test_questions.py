"""What a seat has to decide, and which answers count."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from negsim.errors import NegsimError
from negsim.policies import Paragraph
from negsim.studio.game import Game
from negsim.studio.links import Variant
from negsim.studio.questions import Question, Reply, _worth, check_reply
from studio_cases import CLASSROOM, played


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
    with pytest.raises(NegsimError, match="no question for you"):
        game.answer(5, None)
    assert not game.advance()
    assert game.turn == turn
    game.answer(0, None)
    with pytest.raises(NegsimError, match="already"):
        game.answer(0, None)


def test_guests_are_counted_and_have_seats():
    scenario = CLASSROOM.scenario()
    asked = Question(
        kind="evening", title="", facts=(), acts=("planned", "dine"), default="planned", default_text="", guests=3
    )
    for guests in ((1, 2, 3, 4), (99,), (-1,)):
        with pytest.raises(NegsimError):
            check_reply(asked, Reply(act="dine", guests=guests), scenario, 12)
    for most, told in (
        (1, "invite one guest; you have invited nobody"),
        (3, "invite 1 to 3 guests; you have invited nobody"),
    ):
        with pytest.raises(NegsimError, match=told):
            check_reply(replace(asked, guests=most), Reply(act="dine"), scenario, 12)
    assert check_reply(asked, Reply(act="dine", guests=(1, 2)), scenario, 12).guests == (1, 2)


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
    assert worth(("logs",), -0.0) == worth(("logs",), 0.004) == "For your delegate it is worth as much as no deal."
    assert worth(("logs",), -0.12) == "For your delegate it is 0.12 better than no deal."
    assert worth(("logs",), 0.12) == "For your delegate it is 0.12 worse than no deal."
