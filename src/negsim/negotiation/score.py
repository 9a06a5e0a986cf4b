"""The score of a seat: how much of what its instructions could get it has got (rule 5.15).

- 0 is no deal, 100 the seat's best text of all that could have been agreed on each issue at the start, were everybody
  to concede all they ever would. An issue without such a text counts as no deal.
- By instructions, not by where the delegate ends: who comes round to a text has not got more for those who sent it.
- A red line in an adopted report costs `RED_LINE_COST`, a lone bracket that the room passes over `PASSED_OVER_COST`, an
  amendment that fails `FAILED_TEXT_COST`: else whoever tried every number would find the right one for nothing.

Scores that set a seat's outcome against its own best and its own alternative are those of exercises in negotiation;
what the delegate has to bring home is Putnam's second level (1988, doi 10.1017/S0020818300027697).
"""

from __future__ import annotations

import math

import numpy as np

from negsim.kernel import allocating, entry, kernel
from negsim.negotiation.acceptance import PRECISION, crosses_red_line, nearest_in_zone
from negsim.negotiation.tables import Case, Floats, Outcome, State, is_closed

RED_LINE_COST = 40.0  # points, for each issue
PASSED_OVER_COST = 15.0  # points, each time
FAILED_TEXT_COST = 2.0  # points, each
_LEAST_STAKE = 0.1  # value that full marks are worth at least, so that a seat with little to win has no wild score


@kernel
def _worth(case: Case, state: State, i: int, k: int, y: float, v: float) -> float:
    """Value text y of precision v for i by its first instructions: s (1 - the loss / w of 5.5), with those for x."""
    p, own = case.parameters[0], state.opinions[k, i]
    vague, asked = 1.0 - v, own.first_position
    lost = abs(y - asked) * (1.0 - p.ambiguity * vague) + p.dilution * vague * abs(asked - case.status_quo[k])
    return float(own.salience * (1.0 - lost))


@entry
@allocating
def weigh_best(case: Case, state: State, out: Floats) -> None:
    """Write into `out` (N) what the best texts that could be agreed at the start are worth to each delegate, 0..1.

    The state is one that has just begun; whether each issue has a zone of agreement is noted there. Of texts of one
    precision the best for a seat is the nearest to its instructions.
    """
    nearest = np.empty(out.shape[0])
    for i in range(out.shape[0]):
        out[i] = 0.0
    for k in range(state.paragraphs.shape[0]):
        for i in range(out.shape[0]):
            nearest[i] = state.opinions[k, i].first_position
        _nearest_when_shown(case, state, k, nearest)
        state.paragraphs[k].zone_start = not math.isnan(nearest[0])
        for i in range(out.shape[0]):
            is_open = state.paragraphs[k].zone_start
            out[i] += _worth(case, state, i, k, nearest[i], PRECISION) if is_open else _no_deal(case, state, i, k)


@allocating
def _nearest_when_shown(case: Case, state: State, k: int, wanted: Floats) -> None:
    """As `nearest_in_zone`, were whoever locks k shown the secret that moves its line most."""
    low, high = -math.inf, math.inf
    for i in range(wanted.shape[0]):
        if state.movers[i].locked == k:
            most = 0.0
            for j in range(wanted.shape[0]):
                most = max(most, case.seats[j].secret) if j != i and case.seats[j].secret_issue == k else most
            low, high = state.opinions[k, i].red_low, state.opinions[k, i].red_high
            state.opinions[k, i].red_low, state.opinions[k, i].red_high = low - most, high + most
    nearest_in_zone(case, state, k, wanted)
    for i in range(wanted.shape[0]):
        if state.movers[i].locked == k:
            state.opinions[k, i].red_low, state.opinions[k, i].red_high = low, high


@kernel
def _no_deal(case: Case, state: State, i: int, k: int) -> float:
    """Value no deal on k for i: the status quo, or what the scenario gives it instead."""
    own = case.seats[i].no_deal
    return (
        _worth(case, state, i, k, case.status_quo[k], 1.0) if math.isnan(own) else state.opinions[k, i].salience * own
    )


@kernel
def _is_result(state: State, k: int) -> bool:
    """Return whether the text on k is a part of the result: adopted with the report, or by a vote."""
    outcome = state.clock[0].outcome
    if outcome == Outcome.VOTE:
        return not math.isnan(state.paragraphs[k].text)
    return (outcome == Outcome.CONSENSUS or outcome == Outcome.PARTIAL) and is_closed(state, k)


@entry
@kernel
def red_lines_signed(state: State, i: int) -> int:
    """Count the texts of an adopted report that cross a red line of i; none by a vote, or if i has left."""
    signed = 0
    if state.clock[0].outcome != Outcome.VOTE and state.delegates[i].present:
        for k in range(state.paragraphs.shape[0]):
            signed += 1 if _is_result(state, k) and crosses_red_line(state, i, k, state.paragraphs[k].text) else 0
    return signed


@entry
@kernel
def score(case: Case, state: State, i: int, best: float) -> float:
    """Compute S = 100 (V - V0) / max(.1, V1 - V0) - 40 a red line signed - 15 a bracket passed over - 2 a failed text.

    V: what the result is worth to i; V0: no deal; V1: `best`, what `weigh_best` found at the start; NaN if it is NaN.
    """
    if math.isnan(best):
        return math.nan
    value, no_deal, passed_over, failed = 0.0, 0.0, 0, 0
    for k in range(state.paragraphs.shape[0]):
        without = _no_deal(case, state, i, k)
        text = state.paragraphs[k]
        value += _worth(case, state, i, k, text.text, text.precision) if _is_result(state, k) else without
        no_deal += without
        passed_over += state.entries[k, i].passed_over
        failed += state.entries[k, i].failed
    stake = best - no_deal
    gained = 100.0 * (value - no_deal) / (_LEAST_STAKE if stake < _LEAST_STAKE else stake)
    costs = PASSED_OVER_COST * passed_over + FAILED_TEXT_COST * failed
    return float(gained - RED_LINE_COST * red_lines_signed(state, i) - costs)
