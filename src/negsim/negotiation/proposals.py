"""Proposals: tabled, waiting, forgotten, put on trial, discussed (rules 5.11, 5.14; claims 15-18, 22, 23).

- A proposal waits until an agenda gives it floor time; each of its issues is discussed once.
- The room remembers who tabled what for `attribution_span` open proposals; beyond, nobody holds the pen.
- A trial of the sponsor takes the slot: nobody learns anything, the sponsor loses trust, and fewer dare to table.
"""

from __future__ import annotations

import math

from negsim.kernel import kernel
from negsim.negotiation.acceptance import count_present
from negsim.negotiation.beliefs import clip, room_centre
from negsim.negotiation.tables import MOST_PROPOSALS, Case, Floats, Move, State, draw, is_closed, record
from negsim.negotiation.trust import FULL_EVIDENCE, SOME_EVIDENCE, loses_in_room
from negsim.randomness import NONE, Decision, uniform

_BUSY_QUEUE = 4.0  # open proposals at which people table twice as readily
_BLEND = 0.5  # weight of the own position in what is tabled; the rest is where the room is believed to be


@kernel
def _is_open(state: State, p: int) -> bool:
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
        waiting += 1 if _is_open(state, p) else 0
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
    """Return whether i, given the floor, tables: rate (1 + min(1, open proposals / QUEUE)), chilled by trials."""
    if state.clock[0].tabled >= MOST_PROPOSALS:
        return False
    rate = case.parameters[0].tabling_rate * (1.0 + min(1.0, _count_open(state) / _BUSY_QUEUE)) * state.clock[0].chill
    return draw(case, state, Decision.TABLING, NONE, case.seats[i].address) < rate


@kernel
def blend(state: State, i: int, k: int) -> float:
    """Return what i proposes on k: a point between its own position and the believed centre of the room."""
    centre = room_centre(state, k, i, count_present(state))
    return clip(_BLEND * state.opinions[k, i].position + (1.0 - _BLEND) * centre)


@kernel
def table(case: Case, state: State, i: int, values: Floats) -> None:
    """Let i table a proposal (values: K, NaN where silent); the pile may cost older ones their attribution."""
    p = state.clock[0].tabled
    if p >= MOST_PROPOSALS:
        return
    state.clock[0].tabled += 1
    state.proposals[p].sponsor, state.proposals[p].tabled_at = i, state.clock[0].minute
    state.proposals[p].attributed = True
    _say_when(case, state, p)
    for k in range(values.shape[0]):
        state.proposed[p, k] = values[k]
        state.waiting[p, k] = not math.isnan(values[k]) and not is_closed(state, k)
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
        if kept < 1.0 and _is_open(state, p) and own.attributed:
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
        if _is_open(state, p):
            waiting += 1
            known += 1 if state.proposals[p].attributed else 0
    return known / waiting if waiting > 0 else 1.0


@kernel
def is_tried(case: Case, state: State, p: int) -> bool:
    """Return whether the sponsor is put on trial instead: chance trial (1 - the room's trust in the sponsor)."""
    j = state.proposals[p].sponsor
    if not state.proposals[p].attributed or state.delegates[j].out_count == 0.0:
        return False
    trusted = state.delegates[j].trust_received / state.delegates[j].out_count
    u = draw(case, state, Decision.TRIAL, NONE, case.seats[j].address)
    return u < case.parameters[0].trial * (1.0 - trusted)


@kernel
def try_sponsor(case: Case, state: State, p: int, k: int) -> None:
    """Spend the slot on the trial of a sponsor."""
    state.waiting[p, k] = False
    state.clock[0].trials += 1
    state.clock[0].chill *= 1.0 - case.parameters[0].chill
    loses_in_room(case, state, state.proposals[p].sponsor, case.parameters[0].trust_loss * FULL_EVIDENCE)


@kernel
def resent_silence(case: Case, state: State) -> None:
    """Let sponsors of proposals that were not discussed lose some trust at the end of a meeting (5.10)."""
    for p in range(state.clock[0].tabled):
        j = state.proposals[p].sponsor
        if _is_open(state, p):
            loss = case.parameters[0].trust_loss * SOME_EVIDENCE
            loses_in_room(case, state, j, loss)
            state.delegates[j].chair_trust -= loss * state.delegates[j].chair_trust
