"""The time between meetings (rule 5.18; claim 1): what the scenario says that people do.

- The record goes round and is read: beliefs move towards what was last said.
- The pen-holder consults everybody, as openly as each trusts it, and redrafts its own text.
- Drafts go out on a day: what is not out in time no capital sees.
- Capitals reconsider: instructions move towards where their delegate has come to stand, but no farther than the text
  that they have seen. Models of concatenated meetings do the same, where opinions at the end of a meeting are the ones
  that people are anchored to at the next (Bernardo, Wang, Vasca, Hong, Shi & Altafini 2021, doi
  10.1126/sciadv.abg8068).
"""

from __future__ import annotations

import math

import numpy as np

from negsim.elementary import round_down
from negsim.kernel import allocating, kernel
from negsim.negotiation.acceptance import PLACES, TEXTS, half_width, latitude, pen_trust
from negsim.negotiation.beliefs import correct_in_room
from negsim.negotiation.influence import concession, statement
from negsim.negotiation.tables import Case, Floats, Move, Pen, State, elapsed, is_open, record
from negsim.negotiation.text import write
from negsim.negotiation.trust import trust_in_others

_LEAST_REDRAFT = 0.01  # of the scale; a pen-holder does not redraft for less
_ROUNDING = 1e-9  # of power, by which sums of the same weights in another order may differ


@kernel
def gap(case: Case, state: State) -> None:
    """Let days pass before the next meeting."""
    row = case.plan[state.clock[0].row]
    state.log[record(case, state, Move.GAP.value)].days = row.days
    if row.record:
        _read_record(case, state)
    if row.consult:
        _consult(case, state)
    if not math.isnan(row.circulate):
        _circulate(case, state)
    if row.reconsider:
        _reconsider(case, state)
    state.clock[0].row += 1


@kernel
def _read_record(case: Case, state: State) -> None:
    """Let everybody read what the others last said: b_ij += learning (what j said - b_ij)."""
    for k in range(state.paragraphs.shape[0]):
        for j in range(state.delegates.shape[0]):
            said = state.opinions[k, j].statement
            if state.delegates[j].present and not math.isnan(said):
                correct_in_room(state, k, j, case.parameters[0].learning, said, True)
    record(case, state, Move.RECORD.value)


@allocating
def _consult(case: Case, state: State) -> None:
    """Let pen-holders redraft their own texts, so that as many as possible of those who have a say would let them pass.

    Each says a position, with frankness = its trust in the pen-holder, and how far from it a text may lie.
    """
    t, willing = elapsed(case, state), np.empty(TEXTS + 1)
    for k in range(state.paragraphs.shape[0]):
        text = state.paragraphs[k]
        own = text.pen == Pen.CHAIR or text.pen == Pen.FACILITATOR or text.pen == Pen.GROUP
        if not is_open(state, k) or math.isnan(text.text) or not own or text.by_seat:
            continue
        stays = _ask_around(case, state, k, t, willing)
        place = _most_willing(willing, text.text, stays)
        if abs(place - text.text) >= _LEAST_REDRAFT:
            write(state, k, place, text.precision, text.pen)
            at = record(case, state, Move.CONSULT.value)
            state.log[at].issue, state.log[at].pen, state.log[at].place = k, text.pen, place


@kernel
def _ask_around(case: Case, state: State, k: int, t: float, willing: Floats) -> float:
    """Write the changes from text to text of the power of those who say they would let it pass into `willing`.

    willing: TEXTS + 1. Returns that power for the text that stands.
    """
    text, stays, steps = state.paragraphs[k], 0.0, TEXTS - 1.0
    for place in range(TEXTS + 1):
        willing[place] = 0.0
    for i in range(state.delegates.shape[0]):
        power, own = state.delegates[i].power, state.opinions[k, i]
        if power <= 0.0:
            continue
        trust = trust_in_others(state, i)
        pen = pen_trust(state, i, k, text.pen, trust)
        accepted = latitude(case, state, i, k, trust, pen, concession(case, state, i, t), 0.0)
        reach = half_width(case, state, i, k, text.precision, accepted)
        says = statement(case, state, i, k, t, pen)
        low, high = max(0.0, says - reach, own.red_low), min(1.0, says + reach, own.red_high)
        stays += power if low <= text.text <= high else 0.0
        first, last = -round_down(-steps * low), round_down(steps * high)
        if first <= last:
            willing[int(first)] += power
            willing[int(last) + 1] -= power
    return stays


@kernel
def _most_willing(willing: Floats, y: float, stays: float) -> float:
    """Return the text that most would let pass, the nearest of them to y; y itself if no text has more than `stays`."""
    best, most, passing = y, stays, 0.0
    for text in range(TEXTS):
        passing += willing[text]
        nearer = best != y and passing >= most - _ROUNDING and abs(PLACES[text] - y) < abs(best - y)
        if passing > most + _ROUNDING or nearer:
            best, most = float(PLACES[text]), max(most, passing)
    return best


@kernel
def _circulate(case: Case, state: State) -> None:
    """Send drafts out, in time or too late for capitals."""
    row, drafts = case.plan[state.clock[0].row], 0
    for k in range(state.paragraphs.shape[0]):
        drafts += 1 if is_open(state, k) and not math.isnan(state.paragraphs[k].text) else 0
    at = record(case, state, Move.CIRCULATE.value)
    state.log[at].days, state.log[at].issues = row.circulate, drafts
    state.log[at].passed = row.days >= row.circulate


@kernel
def _reconsider(case: Case, state: State) -> None:
    """Let capitals move instructions towards positions: a += reconsideration (x - a).

    Where drafts go out on a day, only on issues with a text that was out in time, and not beyond that text.
    """
    row, share = case.plan[state.clock[0].row], case.parameters[0].reconsideration
    for k in range(state.paragraphs.shape[0]):
        seen, text = math.isnan(row.circulate), state.paragraphs[k].text
        if not seen and (math.isnan(text) or row.days < row.circulate):
            continue
        for i in range(state.delegates.shape[0]):
            own = state.opinions[k, i]
            goal = own.position
            if not seen:
                low, high = min(text, own.instructions), max(text, own.instructions)
                goal = min(max(goal, low), high)
            own.instructions += share * (goal - own.instructions)
    record(case, state, Move.RECONSIDER.value)
