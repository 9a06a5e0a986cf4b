"""What a seat knows, and how it did."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from negsim.cast.codes import CLOSED_STATUSES
from negsim.negotiation.runs import watch
from negsim.negotiation.tables import Move, Outcome, Status
from negsim.policies.brief import brief_of
from negsim.policies.seated import SeatedNegotiation
from negsim.report.words import issue_names
from negsim.scenario import load
from negsim.scenario.lowering import lower
from negsim.studio import pictures
from negsim.studio.debrief import debrief_of, opening_of, results_of
from negsim.studio.game import Game
from negsim.studio.links import Variant
from negsim.studio.recording import record
from studio_cases import CLASSROOM, played


def test_the_debrief_of_a_seat_left_to_the_model_is_the_models():
    game = Game(CLASSROOM)
    game.hold(3)
    debrief = debrief_of(played(game, lambda *_: None), opening_of(game.variant).model, 3)
    assert np.array_equal(debrief.mine.texts, debrief.model.texts, equal_nan=True)
    assert replace(debrief.mine, texts=()) == replace(debrief.model, texts=())
    assert debrief.mine.table <= debrief.mine.group


def test_a_written_brief_is_shown_and_escaped():
    told = pytest.importorskip("negsim.studio.pages.seat")
    scenario = load(Path(__file__).parents[1] / "data" / "full.yaml")
    room = SeatedNegotiation(scenario, {}, seed=1, replication=0)
    cards = [told.brief_card(brief_of(room, seat), pictures.cast_of(scenario)) for seat in range(2)]
    assert "<p>The &lt;i&gt;water&lt;/i&gt; rose.</p>" in cards[0]
    assert "<b>and" not in cards[1]
    assert "&lt;b&gt;and&lt;/b&gt; for [nobody](else)" in cards[1]
    assert "2 votes &amp; a promise" in cards[1]
    assert "2 votes" not in cards[0]


def test_after_a_vote_every_paragraph_that_has_a_text_counts_as_adopted():
    told = pytest.importorskip("negsim.studio.pages.seat")
    variant = Variant(name="cstd_wgigf_2011", changes=("process.fallback_vote={share: 0.5}",), seed=2011)
    game = played(Game(variant), lambda *_: None)
    paragraphs, debrief = game.negotiation.run.state.paragraphs, debrief_of(game, opening_of(game.variant).model, 0)
    assert game.negotiation.run.outcome == Outcome.VOTE
    assert not np.isin(paragraphs["status"], CLOSED_STATUSES).all()
    assert np.array_equal(debrief.mine.texts, paragraphs["text"], equal_nan=True)
    without = int(np.isnan(paragraphs["text"]).sum())
    assert len(debrief.closable) + len(debrief.hopeless) == without
    assert "is adopted, in brackets or not" in told.debrief_card(debrief, game)
    other = played(Game(CLASSROOM), lambda *_: None)
    assert "in brackets or not" not in told.debrief_card(debrief_of(other, opening_of(other.variant).model, 0), other)


def test_the_debrief_says_what_would_have_passed_and_under_what_condition():
    told = pytest.importorskip("negsim.studio.pages.seat")
    game = played(Game(CLASSROOM), lambda *_: None)
    debrief = debrief_of(game, opening_of(game.variant).model, 0)
    log, issues = game.recording.trace().events, issue_names(game.scenario)
    failed = [row for row in log if row.move == Move.READ and not row.passed]
    assert set(debrief.at_readings) == {issues[row.issue] for row in failed}
    said = told.debrief_card(replace(debrief, closable=("Who pays",), hopeless=("Keeping of logs",)), game)
    assert "If everybody had conceded all they ever would, some text would have passed on Who pays." in said
    assert "On Keeping of logs no text would have passed, even if everybody had conceded all they ever would." in said
    for issue, text in debrief.at_readings.items():
        assert f"<p>{issue}: {text}</p>" in said


def test_what_was_dropped_is_told_as_that():
    told = pytest.importorskip("negsim.studio.pages.seat")
    game = played(Game(CLASSROOM), lambda *_: None)
    debrief = debrief_of(game, opening_of(game.variant).model, 0)
    none = replace(debrief.mine, dropped=(False,) * 3)
    assert "dropped" not in told.debrief_card(replace(debrief, mine=none, model=none), game)
    first = next(iter(game.scenario.issues.values())).label
    mine = replace(debrief.mine, texts=(math.nan, *debrief.mine.texts[1:]), dropped=(True, False, False))
    said = told.debrief_card(replace(debrief, mine=mine), game)
    assert f"The room dropped {first} to leave the time to others. The report leaves it out" in said
    assert "<td>nothing: it was dropped</td>" in said


def test_a_result_knows_what_its_room_dropped():
    """A vote takes up no paragraph that was dropped."""
    variant = Variant(name="storm", changes=("process.adoption=separable", "process.fallback_vote={share: 0.5}"))
    case = lower(variant.scenario())
    ends = (watch(case, seed=0, replication=r).state.paragraphs["status"] for r in range(200))
    found = next(r for r, status in enumerate(ends) if Status.DROPPED in status)
    recording = record(replace(variant, replication=found))
    dropped = recording.negotiation.run.state.paragraphs["status"] == Status.DROPPED
    mine, *_ = results_of(recording)
    assert np.array_equal(mine.dropped, dropped)
    assert np.isnan(np.array(mine.texts)[dropped]).all()


def test_what_was_agreed_and_not_adopted_is_told_as_that():
    told = pytest.importorskip("negsim.studio.pages.seat")
    game = played(Game(CLASSROOM), lambda *_: None)
    debrief = debrief_of(game, opening_of(game.variant).model, 0)
    assert debrief.mine.adopted
    assert "not adopted" not in told.debrief_card(debrief, game)
    lost = replace(debrief.mine, outcome="no report", adopted=False)
    said = told.debrief_card(replace(debrief, mine=lost), game)
    assert said.count("(agreed, not adopted)") == 1 + sum(not math.isnan(text) for text in lost.texts)
    idle = told.debrief_card(replace(debrief, spoken=0, blocked=0, alone=0, dinners=0), game)
    assert "You did not speak, held no brackets and gave no dinners." in idle
    stubborn = told.debrief_card(replace(debrief, blocked=2, alone=1), game)
    assert "at 2 readings (1 of them alone) and" in stubborn


def replace_end(told, high):
    """A brief in which one end of the first issue is called otherwise."""
    first, *rest = told.stances
    return told._replace(stances=(first._replace(issue=first.issue.model_copy(update={"high": high})), *rest))


def test_a_brief_tells_ones_own_position_and_only_beliefs_about_the_others():
    game = Game(CLASSROOM)
    told, state = brief_of(game.negotiation, 0), game.negotiation.run.state
    assert told.name == "Mayor"
    assert [stance.position for stance in told.stances] == state.views["position"][0].tolist()
    assert told.stances[0].believed[1] == pytest.approx(state.belief[0, 4:7, 0].mean())
    assert len(told.trust) == 4
    assert told.camp == ""
    pages = pytest.importorskip("negsim.studio.pages.seat")
    camps = "camps={ours: {label: for a court, share: {government: 0.9}}}"
    changed = Game(Variant(name="classroom", changes=(camps,)))
    labels = {brief_of(changed.negotiation, seat).camp for seat in range(len(changed.negotiation.run.state.delegates))}
    assert "for a court" in labels
    in_camp = pages.brief_card(told._replace(camp="for a court"), pictures.cast_of(game.scenario))
    assert "You belong to the camp “for a court”." in in_camp
    long = replace_end(told, "a council of all who have ever used the network")
    assert "1 a council of all who have ever used the network" in pages.brief_card(
        long, pictures.cast_of(game.scenario)
    )
