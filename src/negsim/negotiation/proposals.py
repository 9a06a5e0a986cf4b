"""Proposals: tabled, waiting, discussed (rule 5.11; claims 15-18, 23).

A proposal waits until an agenda gives it floor time; each of its issues is discussed once.
"""

from __future__ import annotations

import math

from negsim.kernel import kernel
from negsim.negotiation.beliefs import centre, clip
from negsim.negotiation.tables import MOST_PROPOSALS, Case, Floats, Move, State, draw, is_open, record
from negsim.randomness import NONE, Decision

_BLEND = 0.5  # weight of the own position in what is tabled; the rest is where the room is believed to be


@kernel
def _waits(state: State, p: int) -> bool:
    """Return whether some issue of proposal p still waits for discussion."""
    for k in range(state.waiting.shape[1]):
        if state.waiting[p, k]:
            return True
    return False


@kernel
def _count_open(state: State) -> int:
    """Count the proposals that still wait."""
    waiting = 0
    for p in range(state.clock[0].tabled):
        waiting += 1 if _waits(state, p) else 0
    return waiting


@kernel
def next_proposal(state: State, k: int) -> int:
    """Return the oldest proposal that waits for discussion on k, -1 for none."""
    for p in range(state.clock[0].tabled):
        if state.waiting[p, k]:
            return p
    return -1


@kernel
def wants_to_table(case: Case, state: State, i: int) -> bool:
    """Return whether i, given the floor, tables: with chance `tabling_rate`."""
    if state.clock[0].tabled >= MOST_PROPOSALS:
        return False
    return draw(case, state, Decision.TABLING, NONE, case.seats[i].address) < case.parameters[0].tabling_rate


@kernel
def blend(state: State, i: int, k: int) -> float:
    """Return what i proposes on k: a point between its own position and the believed centre of the room."""
    return clip(_BLEND * state.opinions[k, i].position + (1.0 - _BLEND) * centre(state, k, i))


@kernel
def table(case: Case, state: State, i: int, values: Floats) -> None:
    """Let i table a proposal (values: K, NaN where silent)."""
    p = state.clock[0].tabled
    if p >= MOST_PROPOSALS:
        return
    state.clock[0].tabled += 1
    state.proposals[p].sponsor = i
    for k in range(values.shape[0]):
        state.proposed[p, k] = values[k]
        state.waiting[p, k] = not math.isnan(values[k]) and is_open(state, k)
        if not math.isnan(values[k]):
            state.opinions[k, i].statement = values[k]
    at = record(case, state, Move.TABLE.value)
    state.log[at].who, state.log[at].proposal, state.log[at].waiting = i, p, _count_open(state)


@kernel
def withdraw(state: State) -> None:
    """Withdraw the proposals of those who have left."""
    for p in range(state.clock[0].tabled):
        if not state.delegates[state.proposals[p].sponsor].present:
            for k in range(state.waiting.shape[1]):
                state.waiting[p, k] = False
