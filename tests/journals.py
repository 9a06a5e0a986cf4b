"""Journals of games of the storm, to be read, played again and collected."""

import json
from functools import cache

from negsim.games import digest_of, digest_of_end, play_again, read_journal
from negsim.kernel import digest
from negsim.negotiation.score import score
from negsim.negotiation.tables import Outcome
from negsim.platforms import WASM
from negsim.replay import Play
from negsim.scenario import load
from negsim.scenario.lowering import seat_names

STORM = load("storm")
SEAT = seat_names(STORM)[0]


def journal(**changed):
    """Return an honest journal of a game in which the seat decided nothing, with some keys changed."""
    return {
        "negsim": "journal", "version": 2, "name": "storm", "changes": [], "levels": [], "scenario": digest_of(STORM),
        "rules": digest(WASM), "seed": 4, "replication": 0, "seat": SEAT, "table": "Table 3", "code": "", "attempt": 1,
        "guess": None, "answers": [], "rows": [], "result": None,
    } | changed  # fmt: skip


def read(**changed):
    return read_journal(json.dumps(journal(**changed)), "x.json")


@cache
def left_alone():
    """Return the turns of the game in which the seat decides nothing, and its true result."""
    played = play_again(read(), STORM)
    run, turns = played.room.run, list(played.room.run.turns())
    points = score(run.case, run.state, 0, float(run.state.movers["best"][0]))
    return turns, {
        "outcome": run.outcome.name.lower(), "score": points, "turns": len(turns), "digest": digest_of_end(run.state),
    }  # fmt: skip


def finished(**changed):
    """Return the true result of that game, with some keys changed."""
    return left_alone()[1] | changed


def turns_of(move):
    """Return the turns of a kind, with their numbers, of that game."""
    return [(n, turn) for n, turn in enumerate(left_alone()[0]) if turn.move == move]


def replay(negotiation, rows):
    """Play a game again from the rows of its seats to its end, yielding every turn after it was made."""
    play, made = Play(negotiation), 0
    while negotiation.run.outcome == Outcome.RUNNING:
        play.take([row for row in rows if row.turn == made])
        turn = negotiation.run.pending
        negotiation.finish_turn()
        yield turn
        made += 1
