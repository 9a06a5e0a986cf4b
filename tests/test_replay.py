"""Games as rows: played again, they give the same bits."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from random import Random

import pytest

from negsim.errors import NegsimError
from negsim.negotiation.runs import LOG_ROWS
from negsim.negotiation.tables import Choice
from negsim.policies import SeatedNegotiation
from negsim.replay import GUEST, HAND, MOVE, plain_of, replay, rows_of
from negsim.scenario import Scenario
from negsim.studio.game import Game, Reply
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


def bits(negotiation):
    """All that a negotiation is, as a digest, but for the counts by caucus, which a look for a zone leaves behind."""
    state, digest = negotiation.run.state, hashlib.sha256()
    for name in state._fields:
        if name not in {"stream", "caucuses", "log"}:
            digest.update(getattr(state, name).tobytes())
    digest.update(state.log[: int(state.clock["logged"][0])].tobytes())
    return digest.hexdigest()


def some_reply(chance, question, seats, seat):
    """Any answer to a question, or none."""
    act, others = chance.choice(question.acts), [other for other in range(seats) if other != seat]
    places = {issue: chance.random() for issue in question.places} or {}
    guests = chance.sample(others, min(question.guests, 3)) if act == "dine" else ()
    reply = Reply(act=act, place=chance.choice([None, chance.random()]), places=places, guests=tuple(guests))
    return chance.choice([None, reply, reply, reply])


def random_game(variant):
    """A game in which people sit down, answer, ask for the floor and leave at random; its bits at every turn."""
    game, chance = Game(variant), Random(variant.seed)  # noqa: S311 - no secret
    seats, bits_by_turn = len(game.negotiation.names), []
    while not game.is_over:
        seat = chance.randrange(min(seats, 8))
        with suppress(NegsimError):
            chance.choice([game.hold, game.hold, game.raise_hand, game.raise_hand, game.release])(seat)
        for seat in game.waiting():
            with suppress(NegsimError):
                game.answer(seat, some_reply(chance, game.questions[seat], seats, seat))
        if game.advance():
            bits_by_turn.append(bits(game.negotiation))
    return game, bits_by_turn


@pytest.fixture(scope="module")
def games():
    return [random_game(variant) for variant in GAMES.values()]


@pytest.mark.parametrize("number", range(len(GAMES)), ids=list(GAMES))
def test_a_game_played_again_from_its_rows_has_the_same_bits_at_every_turn(number, games):
    game, bits_by_turn = games[number]
    rows = rows_of(json.loads(json.dumps(plain_of(game.rows), allow_nan=False)))
    scenario = Scenario.model_validate(json.loads(json.dumps(game.scenario.resolved())))
    again = SeatedNegotiation(
        scenario, {}, seed=game.variant.seed, replication=game.variant.replication, log_rows=LOG_ROWS
    )
    assert [bits(again) for _ in replay(again, rows)] == bits_by_turn


def test_random_games_have_rows_of_every_kind(games):
    columns = {row.column for game, _ in games for row in game.rows}
    assert columns == {"values", "response", "argument", MOVE, GUEST, HAND}
    assert {"values", "response", "argument"} < set(Choice._fields)
