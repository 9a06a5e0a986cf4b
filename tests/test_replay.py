"""Games as rows: played again, they give the same bits."""

from __future__ import annotations

import hashlib
import json
import math
from random import Random

import pytest

from journals import replay
from negsim.negotiation.runs import LOG_ROWS
from negsim.negotiation.tables import Choice, Move, Outcome
from negsim.policies import RESPONSES, SeatedNegotiation
from negsim.replay import GUEST, HAND, MOVE, AnswerRow, Play, plain_of, rows_of
from negsim.scenario import Scenario
from negsim.scenario.sampling import sample
from negsim.studio.links import Variant

GAMES = {
    "tabled": Variant(
        name="classroom",
        turned=(("methodology", "tabled_proposals"), ("meetings.count", 2), ("informal.mixed_evenings", 0.3)),
        seed=3,
    ),
    "rolling": Variant(
        name="classroom",
        turned=(("methodology", "rolling_text"), ("meetings.count", 3), ("informal.corridors", 0.5)),
        seed=5,
        replication=2,
    ),
    "as written": Variant(name="cstd_wgigf_2012", seed=2**63),
}


def test_what_is_left_to_the_model_is_null_in_a_journal():
    plain = plain_of([AnswerRow(3, "values", 1, math.nan)])
    assert plain == [[3, "values", 1, None]]
    assert math.isnan(rows_of(plain)[0].value)


def test_a_host_who_is_invited_to_another_dinner_takes_its_guests_along():
    negotiation = negotiation_of(GAMES["tabled"].scenario(), GAMES["tabled"])
    invited = [(0, 0), (1, 0), (1, 1), (2, 1), (3, 3)]  # each with its host
    Play(negotiation).take([AnswerRow(0, GUEST, *pair) for pair in invited])
    assert negotiation.run.choice.dinner.tolist()[:5] == [1, 1, 1, 2, 0]


def bits(negotiation):
    """All that a negotiation is, as a digest, but for the counts by caucus, which a look for a zone leaves behind."""
    state, digest = negotiation.run.state, hashlib.sha256()
    for name in state._fields:
        if name not in {"stream", "caucuses", "log"}:
            digest.update(getattr(state, name).tobytes())
    digest.update(state.log[: int(state.clock["logged"][0])].tobytes())
    return digest.hexdigest()


def negotiation_of(scenario, variant):
    return SeatedNegotiation(scenario, {}, seed=variant.seed, replication=variant.replication, log_rows=LOG_ROWS)


def some_rows(chance, run, play, turn):
    """Any decisions of people about the turn that is due."""
    seats, issues, move = len(run.choice.response), len(run.choice.values), run.pending.move
    seat = chance.randrange(min(seats, 8))
    if chance.random() < 0.2:
        yield AnswerRow(turn, HAND, seat, float(seat not in play.hands))
    if move == Move.TABLE and chance.random() < 0.5:
        yield AnswerRow(turn, MOVE, run.pending.who, float(Move.SPEAK))
    elif move == Move.TABLE:
        yield from (AnswerRow(turn, "values", k, chance.random()) for k in range(issues))
    elif move == Move.SPEAK:
        yield AnswerRow(turn, "values", run.pending.issue, chance.random())
    elif move == Move.READ:
        yield AnswerRow(turn, "response", seat, float(chance.choice(list(RESPONSES.values()))))
        yield AnswerRow(turn, "argument", seat, chance.random())
    elif move == Move.EVENING:
        yield from (AnswerRow(turn, GUEST, guest, float(seat)) for guest in (seat, (seat + 1) % seats))


def random_game(variant):
    """A game in which people answer and ask for the floor at random: its scenario, its rows, its bits at every turn."""
    scenario, chance = sample(variant.scenario(), variant.seed, variant.replication), Random(variant.seed)  # noqa: S311
    negotiation, rows, bits_by_turn = negotiation_of(scenario, variant), [], []
    play, run = Play(negotiation), negotiation.run
    while run.outcome == Outcome.RUNNING:
        due = list(some_rows(chance, run, play, len(bits_by_turn)))
        play.take(due)
        negotiation.finish_turn()
        rows += due
        bits_by_turn.append(bits(negotiation))
    return scenario, rows, bits_by_turn


@pytest.fixture(scope="module")
def games():
    return [random_game(variant) for variant in GAMES.values()]


@pytest.mark.parametrize("number", range(len(GAMES)), ids=list(GAMES))
def test_a_game_played_again_from_its_rows_has_the_same_bits_at_every_turn(number, games):
    (scenario, made, bits_by_turn), variant = games[number], list(GAMES.values())[number]
    rows = rows_of(json.loads(json.dumps(plain_of(made), allow_nan=False)))
    again = negotiation_of(Scenario.model_validate(json.loads(json.dumps(scenario.resolved()))), variant)
    assert [bits(again) for _ in replay(again, rows)] == bits_by_turn


def test_random_games_have_rows_of_every_kind(games):
    columns = {row.column for _, rows, _ in games for row in rows}
    assert columns == {"values", "response", "argument", MOVE, GUEST, HAND}
    assert {"values", "response", "argument"} < set(Choice._fields)
