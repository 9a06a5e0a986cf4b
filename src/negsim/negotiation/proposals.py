"""Proposals: tabled, waiting, forgotten, discussed (rule 5.11; claims 15-18, 22, 23).

- A proposal waits until an agenda gives it floor time; each of its issues is discussed once.
- The room remembers who tabled what for `attribution_span` open proposals; beyond, nobody holds the pen.
"""

from __future__ import annotations

import math

from negsim.kernel import kernel
from negsim.negotiation.beliefs import centre, clip
from negsim.negotiation.tables import MOST_PROPOSALS, Case, Floats, Move, State, draw, is_open, record
from negsim.negotiation.trust import SOME_EVIDENCE, loses_in_room
from negsim.randomness import NONE, Decision, uniform

_BUSY_QUEUE = 4.0  # open proposals at which people table twice as readily
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
    """Return whether i, given the floor, tables: with chance rate (1 + min(1, open proposals / QUEUE))."""
    if state.clock[0].tabled >= MOST_PROPOSALS:
        return False
    rate = case.parameters[0].tabling_rate * (1.0 + min(1.0, _count_open(state) / _BUSY_QUEUE))
    return draw(case, state, Decision.TABLING, NONE, case.seats[i].address) < rate


@kernel
def blend(state: State, i: int, k: int) -> float:
    """Return what i proposes on k: a point between its own position and the believed centre of the room."""
    return clip(_BLEND * state.opinions[k, i].position + (1.0 - _BLEND) * centre(state, k, i))


@kernel
def table(case: Case, state: State, i: int, values: Floats) -> None:
    """Let i table a proposal (values: K, NaN where silent); the pile may cost older ones their attribution."""
    p = state.clock[0].tabled
    if p >= MOST_PROPOSALS:
        return
    state.clock[0].tabled += 1
    state.proposals[p].sponsor, state.proposals[p].attributed = i, True
    _say_when(case, state, p)
    for k in range(values.shape[0]):
        state.proposed[p, k] = values[k]
        state.waiting[p, k] = not math.isnan(values[k]) and is_open(state, k)
        if not math.isnan(values[k]):
            state.opinions[k, i].statement = values[k]
    at = record(case, state, Move.TABLE.value)
    state.log[at].who, state.log[at].proposal, state.log[at].waiting = i, p, _count_open(state)
    forget(case, state)


@kernel
def _say_when(case: Case, state: State, p: int) -> None:
    """Record when proposal p was tabled: with its sponsor, the address of its draws, whatever else is on the pile."""
    own, clock = state.proposals[p], state.clock[0]
    own.meeting, own.turn, own.number = case.plan[clock.row].meeting, clock.turn, 0
    for q in range(p):
        other = state.proposals[q]
        if other.sponsor == own.sponsor and other.meeting == own.meeting and other.turn == own.turn:
            own.number += 1


@kernel
def forget(case: Case, state: State) -> None:
    """Let each open proposal keep its attribution with chance min(1, attribution_span / open proposals).

    One draw a proposal for the whole process: a longer pile forgets more, and what is forgotten stays forgotten.
    """
    waiting = _count_open(state)
    kept = min(1.0, case.parameters[0].attribution_span / max(1, waiting))
    for p in range(state.clock[0].tabled):
        own = state.proposals[p]
        if kept < 1.0 and _waits(state, p) and own.attributed:
            seat = case.seats[own.sponsor].address
            u = uniform(state.stream, Decision.ATTRIBUTION, own.meeting, own.turn, NONE, seat, own.number)
            own.attributed = u < kept


@kernel
def withdraw(state: State) -> None:
    """Withdraw the proposals of those who have left."""
    for p in range(state.clock[0].tabled):
        if not state.delegates[state.proposals[p].sponsor].present:
            for k in range(state.waiting.shape[1]):
                state.waiting[p, k] = False


@kernel
def attributed_share(state: State) -> float:
    """Return the share of the open proposals whose sponsor the room still knows; 1 if none is open."""
    waiting, known = 0, 0
    for p in range(state.clock[0].tabled):
        if _waits(state, p):
            waiting += 1
            known += 1 if state.proposals[p].attributed else 0
    return known / waiting if waiting > 0 else 1.0


@kernel
def resent_silence(case: Case, state: State) -> None:
    """Let sponsors of proposals that were not discussed lose some trust at the end of a meeting (5.10)."""
    for p in range(state.clock[0].tabled):
        j = state.proposals[p].sponsor
        if _waits(state, p):
            loss = case.parameters[0].trust_loss * SOME_EVIDENCE
            loses_in_room(state, j, loss)
            state.delegates[j].chair_trust -= loss * state.delegates[j].chair_trust
