"""Locality: what a seat decides by default depends only on what it may know."""

from __future__ import annotations

import math

import numpy as np
import pytest

from negsim import load
from negsim.negotiation.floor import choose
from negsim.negotiation.runs import Negotiation
from negsim.negotiation.tables import Move, Outcome, State, allocate_choice
from negsim.policies.masks import Knows, who_knows
from negsim.scenario.lowering import lower

OWN_ROW = {"delegates": 0, "opinions": 1, "movers": 0}
HOLDER_LAST = {"believed", "squares", "trusted", "trusted_squares", "trust", "trust_base", "belief"}
RESPONSES = {
    Move.READ, Move.DISCUSS, Move.READ_PACKAGE, Move.ADOPT, Move.RENEW, Move.MOTION, Move.READ_AMENDMENT,
    Move.READ_OFFER, Move.VOTE,
}  # fmt: skip
TRIED = 240  # choices of each scenario


def with_other_secrets(state, seat, generator):
    """Copy a state in which whatever is another seat's alone has random numbers, in the range of its column."""
    copy = State(*(table.copy() for table in state))
    for name, table in copy._asdict().items():
        if name in OWN_ROW:
            columns = [one for one in table.dtype.names if who_knows("State", name, one) is Knows.SEAT]
        else:
            columns = [""] if name in HOLDER_LAST else []
        for column in columns:
            values = table[column] if column else table
            mine = (slice(None),) * OWN_ROW.get(name, values.ndim - 1) + (seat,)
            kept = values[mine].copy()
            noise = generator.random(values.shape)
            if values.dtype.kind == "i":  # the number of a camp
                noise = generator.integers(-1, 1, values.shape)
            where = ~np.isnan(values) if values.dtype.kind == "f" else np.ones(values.shape, np.bool_)
            values[where] = noise.astype(values.dtype)[where]
            values[mine] = kept
    return copy


def decided(case, state, turn, seat):
    """What a seat would do at a turn: what it says or writes, how it answers, what falls short for it."""
    choice = allocate_choice(*case.stances.shape)
    choose(case, state, turn, choice)
    if turn.move in {Move.SPEAK, Move.TABLE, Move.SUBMIT}:
        return choice.values.tolist()
    if turn.move in RESPONSES:
        return [int(choice.response[seat]), float(choice.shortfall[seat])]
    return [float(choice.place[seat]), int(choice.about[seat]), *choice.whom[seat].tolist()]


def same(one, other):
    return all(a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(one, other, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["storm", "classroom", "cstd_wgigf_2011", "cstd_wgigf_2012", "netmundial_2014"])
def test_what_a_seat_decides_depends_on_nothing_that_is_anothers(name):
    """But for the amendment that it would write: others' answers to the text bear on that."""
    generator, tried, replication = np.random.default_rng(11), 0, 0
    while tried < TRIED:
        run = Negotiation(lower(load(name)), seed=9, replication=replication)
        while run.outcome == Outcome.RUNNING and tried < TRIED:
            turn, n = run.pending, len(run.state.delegates)
            due = turn.move in RESPONSES or turn.move in {
                Move.SPEAK, Move.TABLE, Move.SUBMIT, Move.OFFER, Move.CALL, Move.ASK, Move.SHOW, Move.TAKE_PEN,
            }  # fmt: skip
            if due:
                seat = turn.who if turn.move in {Move.SPEAK, Move.TABLE, Move.SUBMIT} else int(generator.integers(n))
                other = with_other_secrets(run.state, seat, generator)
                before, after = (decided(run.case, state, turn, seat) for state in (run.state, other))
                assert same(before, after), (Move(turn.move).name, seat, before, after)
                tried += 1
            run.finish_turn()
        replication += 1
