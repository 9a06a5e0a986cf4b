"""Beliefs: each delegate's estimates of the others' positions (rules 5.1 and the first half of 5.3).

- Out-groups seem farther away than they are, the more so the less they are trusted (Robinson et al. 1995).
- Whom a delegate has to reckon with are those whose consent the decision rule asks for, each by its power (5.4).
  Sums over them, with and without the trust in them, are kept up to date: a belief changes them in a step or two, and
  nothing has to be added up anew when a text is read.
- Only this module and a caucus write `belief`; a caucus and whatever changes trust row by row add the sums up anew.
- Delegates have a position and no belief about themselves: the diagonal is NaN. A position kept there would cost every
  hearer of a statement a line of the processor's cache.
"""

from __future__ import annotations

import math

import numpy as np

from negsim.kernel import allocating, entry, kernel
from negsim.negotiation.tables import Case, Floats, Ints, State, groups, strangers


@kernel
def clip(x: float) -> float:
    """Hold x within the scale 0..1."""
    return 0.0 if x < 0.0 else (1.0 if x > 1.0 else x)


@allocating
def imagine(case: Case, state: State) -> None:
    """Form first beliefs: b_ij = x_i + (1 + exaggeration (1 - T_ij)) (x_j - x_i) across groups, x_j within (5.1)."""
    _imagine(case, state, groups(state), np.empty(state.delegates.shape[0]))
    sum_beliefs(state)


@kernel
def _imagine(case: Case, state: State, group: Ints, x: Floats) -> None:
    """Form first beliefs, one row of beliefs after the other; x: N, work space."""
    exaggeration, trust, belief, n = case.parameters[0].exaggeration, state.trust, state.belief, x.shape[0]
    for k in range(state.paragraphs.shape[0]):
        for i in range(n):
            x[i] = state.opinions[k, i].position
        for j in range(n):
            for i in range(n):
                stretch = 1.0 + exaggeration * (1.0 - trust[j, i])
                across = clip(x[i] + stretch * (x[j] - x[i]))
                belief[k, j, i] = x[j] if group[i] == group[j] else across
            belief[k, j, j] = math.nan


@allocating
def sum_beliefs(state: State) -> None:
    """Add up anew what delegates believe of those who have power, with and without their trust in them."""
    n = state.delegates.shape[0]
    _sum_beliefs(state, np.empty(n), np.empty(n), np.empty(n), np.empty(n))


@kernel
def _sum_beliefs(state: State, plain: Floats, squares: Floats, trusted: Floats, trusted_squares: Floats) -> None:
    """Add them up row by row; the four sums: N each, work space."""
    trust, belief, n = state.trust, state.belief, plain.shape[0]
    for k in range(state.paragraphs.shape[0]):
        for i in range(n):
            plain[i], squares[i], trusted[i], trusted_squares[i] = 0.0, 0.0, 0.0, 0.0
        for j in range(n):
            power = state.delegates[j].power
            if power > 0.0:
                belief[k, j, j] = 0.0
                for i in range(n):
                    b = belief[k, j, i]
                    first = power * b
                    second = first * b
                    plain[i] += first
                    squares[i] += second
                    trusted[i] += trust[j, i] * first
                    trusted_squares[i] += trust[j, i] * second
                belief[k, j, j] = math.nan
        for i in range(n):
            sums = state.opinions[k, i]
            sums.believed, sums.believed_squares = plain[i], squares[i]
            sums.trusted_beliefs, sums.trusted_squares = trusted[i], trusted_squares[i]


@kernel
def correct(state: State, k: int, j: int, i: int, share: float, towards: float) -> None:
    """Move i's belief about another j a share of the way: b_ij += share (towards - b_ij)."""
    before = state.belief[k, j, i]
    change = share * (towards - before)
    state.belief[k, j, i] = before + change
    first, sums, trust = state.delegates[j].power * change, state.opinions[k, i], state.trust[j, i]
    second = first * (2.0 * before + change)
    sums.believed += first
    sums.believed_squares += second
    sums.trusted_beliefs += trust * first
    sums.trusted_squares += trust * second


@kernel
def power_of_others(state: State, i: int) -> float:
    """Return the power of all who are present but i; 0 if none of them has a say."""
    return float(state.clock[0].power - state.delegates[i].power)


@kernel
def centre(state: State, k: int, i: int) -> float:
    """Compute c_ik, where i believes those who have a say to meet: their mean by power, i's own position included.

    Its own position if nobody has a say.
    """
    own = state.delegates[i].power
    if state.clock[0].power == 0.0:
        return state.opinions[k, i].position
    return (own * state.opinions[k, i].position + state.opinions[k, i].believed) / state.clock[0].power


@entry
@allocating
def distances(state: State) -> tuple[float, float]:
    """Average |x_i - b_ij| and |x_i - x_j| over cross-group pairs and issues: perceived and real; NaN if none."""
    who, count = strangers(state)
    return _distances(state, who, count, np.empty(state.delegates.shape[0]))


@kernel
def _distances(state: State, who: Ints, count: Ints, x: Floats) -> tuple[float, float]:
    """Compute the distances; who, count: `strangers`; x: N, work space."""
    belief, n = state.belief, x.shape[0]
    perceived, real, pairs = 0.0, 0.0, 0
    for k in range(state.paragraphs.shape[0]):
        for i in range(n):
            x[i] = state.opinions[k, i].position
        for j in range(n):
            if state.delegates[j].present:
                g, x_j = state.delegates[j].group, x[j]
                for m in range(count[g]):
                    i = who[g, m]
                    perceived += abs(x[i] - belief[k, j, i])
                    real += abs(x[i] - x_j)
                pairs += count[g]
    if pairs == 0:
        return math.nan, math.nan
    return perceived / pairs, real / pairs
