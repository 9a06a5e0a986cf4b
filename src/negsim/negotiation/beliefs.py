"""Beliefs: each delegate's estimates of the others' positions (rules 5.1 and the first half of 5.3).

- Out-groups seem farther away than they are, the more so the less they are trusted (Robinson et al. 1995).
- Whom a delegate has to reckon with are those whose consent the decision rule asks for, each by its power (5.4).
  A sum over them is kept up to date: a belief changes it in a step, and nothing has to be added up anew when a text is
  read.
- Only this module and a caucus write `belief`; a caucus and an evening add the sums up anew.
- Delegates have a position and no belief about themselves: the diagonal is NaN. A position kept there would cost every
  hearer of a statement a line of the processor's cache.
"""

from __future__ import annotations

import math

import numpy as np

from negsim.kernel import allocating, entry, kernel, unaliased
from negsim.negotiation.tables import Case, DelegateRow, Floats, Ints, State, Table, strangers


@kernel
def clip(x: float) -> float:
    """Hold x within the scale 0..1."""
    return 0.0 if x < 0.0 else (1.0 if x > 1.0 else x)


@kernel
def share(total: float, count: int) -> float:
    """Return the mean of `count` things that add up to `total`; NaN of nothing."""
    return total / count if count > 0 else math.nan


@allocating
def imagine(case: Case, state: State) -> None:
    """Form first beliefs: b_ij = x_i + (1 + exaggeration (1 - T_ij)) (x_j - x_i) across groups, x_j within (5.1)."""
    n = state.delegates.shape[0]
    _imagine(case, state, np.empty(n, np.int64), np.empty(n))


@kernel
def _imagine(case: Case, state: State, group: Ints, x: Floats) -> None:
    """Form first beliefs, one row of beliefs after the other; group, x: N, work space."""
    exaggeration, trust, belief, n = case.parameters[0].exaggeration, state.trust, state.belief, x.shape[0]
    for i in range(n):
        group[i] = state.delegates[i].group
    for k in range(state.paragraphs.shape[0]):
        for i in range(n):
            x[i] = state.opinions[k, i].position
        for j in range(n):
            for i in range(n):
                stretch = 1.0 + exaggeration * (1.0 - trust[j, i])
                across = clip(x[i] + stretch * (x[j] - x[i]))
                belief[k, j, i] = x[j] if group[i] == group[j] else across
            belief[k, j, j] = math.nan


@kernel
def sum_beliefs(state: State) -> None:
    """Add up anew what delegates believe of those who have power."""
    belief, believed, n = state.belief, state.believed, state.delegates.shape[0]
    for k in range(state.paragraphs.shape[0]):
        for i in range(n):
            believed[k, i], belief[k, i, i] = 0.0, 0.0
        for j in range(n):
            power = state.delegates[j].power
            for i in range(n):
                believed[k, i] += power * belief[k, j, i]
        for i in range(n):
            belief[k, i, i] = math.nan


@kernel
def correct(state: State, k: int, j: int, i: int, share: float, towards: float) -> None:
    """Move i's belief about another j a share of the way: b_ij += share (towards - b_ij)."""
    change = share * (towards - state.belief[k, j, i])
    state.belief[k, j, i] += change
    state.believed[k, i] += state.delegates[j].power * change


@kernel
def correct_in_room(state: State, k: int, j: int, share: float, towards: float, absent: bool) -> None:
    """Move the beliefs of all others about j as `correct` does; absent: those of delegates who have left, too."""
    state.belief[k, j, j] = 0.0
    _correct_row(j, share, towards, absent, state.delegates, state.belief[k, j], state.believed[k])
    state.belief[k, j, j] = math.nan


@unaliased
def _correct_row(
    j: int, share: float, towards: float, absent: bool, delegates: Table[DelegateRow], b: Floats, believed: Floats
) -> None:
    """Move the beliefs b about j (N), and the sums of those who hold them (N)."""
    power = delegates[j].power
    for i in range(b.shape[0]):
        change = share * (towards - b[i]) if (delegates[i].present or absent) and i != j else 0.0
        b[i] += change
        believed[i] += power * change


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
    return (own * state.opinions[k, i].position + state.believed[k, i]) * state.clock[0].share


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
    return share(perceived, pairs), share(real, pairs)
