"""Beliefs: each delegate's estimates of the others' positions (rules 5.1 and the first half of 5.3).

- Out-groups seem farther away than they are, the more so the less they are trusted (Robinson et al. 1995), and more
  alike than they are (their members are shrunk towards the group's mean).
- Only this module and a caucus write `belief`; its running sums in `OpinionRow` follow every change.
- Common ground is what remains of a delegate's reach after the distance that it imagines between itself and the other
  groups: whoever thinks an agreement out of reach is not willing to pay for one (Pruitt & Kimmel 1977, doi
  10.1146/annurev.ps.28.020177.002051; Keltner & Robinson 1993: imagined differences cost agreements).
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
def imagine(case: Case, state: State, group_mean: Floats) -> None:
    """Form first beliefs: b_ij = x_i + (1 + exaggeration (1 - T_ij)) (x~_j - x_i) across groups, x_j within (5.1).

    group_mean: G,K; x~_j = x_j shrunk towards its group's mean by `stereotyping`.
    """
    n = state.delegates.shape[0]
    _imagine(case, state, group_mean, groups(state), np.empty(n), np.empty(n), np.empty(n), np.empty(n))


@kernel
def _imagine(
    case: Case, state: State, group_mean: Floats, group: Ints, x: Floats, room: Floats, out: Floats, squares: Floats
) -> None:
    """Form first beliefs and their sums, one row of beliefs after the other; x, room, out, squares: N, work space."""
    p, trust, belief, n = case.parameters[0], state.trust, state.belief, x.shape[0]
    for k in range(state.paragraphs.shape[0]):
        _begin_sums(state, k, x, room, out, squares)
        for j in range(n):
            seen = x[j] + p.stereotyping * (group_mean[group[j], k] - x[j])
            for i in range(n):
                stretch = 1.0 + p.exaggeration * (1.0 - trust[j, i])
                across = clip(x[i] + stretch * (seen - x[i]))
                belief[k, j, i] = x[j] if group[i] == group[j] else across
            if state.delegates[j].present:
                _add_beliefs(belief, k, j, group, x, room, out, squares)
            belief[k, j, j] = math.nan
        _end_sums(state, k, room, out, squares)


@allocating
def sum_beliefs(state: State) -> None:
    """Recompute the running sums of beliefs over the delegates present."""
    n = state.delegates.shape[0]
    _sum_beliefs(state, groups(state), np.empty(n), np.empty(n), np.empty(n), np.empty(n))


@kernel
def _sum_beliefs(state: State, group: Ints, x: Floats, room: Floats, out: Floats, squares: Floats) -> None:
    """Recompute the sums; x, room, out, squares: N each, work space."""
    for k in range(state.paragraphs.shape[0]):
        _begin_sums(state, k, x, room, out, squares)
        for j in range(group.shape[0]):
            if state.delegates[j].present:
                _add_beliefs(state.belief, k, j, group, x, room, out, squares)
        _end_sums(state, k, room, out, squares)


@kernel
def _begin_sums(state: State, k: int, x: Floats, room: Floats, out: Floats, squares: Floats) -> None:
    """Set up the positions on k, and set the sums to zero."""
    for i in range(x.shape[0]):
        x[i], room[i], out[i], squares[i] = state.opinions[k, i].position, 0.0, 0.0, 0.0


@kernel
def _add_beliefs(
    belief: Floats, k: int, j: int, group: Ints, x: Floats, room: Floats, out: Floats, squares: Floats
) -> None:
    """Add everybody's belief about j to the sums; meanwhile the diagonal holds what j knows of itself."""
    own = group[j]
    belief[k, j, j] = x[j]
    for i in range(x.shape[0]):
        room[i] += belief[k, j, i]
        believed = belief[k, j, i] if group[i] != own else 0.0
        out[i] += believed
        squares[i] += believed * believed
    belief[k, j, j] = math.nan


@kernel
def _end_sums(state: State, k: int, room: Floats, out: Floats, squares: Floats) -> None:
    """Store the sums."""
    for i in range(room.shape[0]):
        state.opinions[k, i].believed_room, state.opinions[k, i].believed_out = room[i], out[i]
        state.opinions[k, i].believed_squares = squares[i]


@kernel
def correct(state: State, k: int, j: int, i: int, share: float, towards: float) -> None:
    """Move i's belief about another j a share of the way: b_ij += share (towards - b_ij)."""
    before = state.belief[k, j, i]
    change = share * (towards - before)
    state.belief[k, j, i] = before + change
    state.opinions[k, i].believed_room += change
    if state.delegates[i].group != state.delegates[j].group:
        state.opinions[k, i].believed_out += change
        state.opinions[k, i].believed_squares += change * (2.0 * before + change)


@kernel
def move(state: State, k: int, i: int, x: float) -> None:
    """Set i's position on k to x, and update its part in what i believes of the room."""
    state.opinions[k, i].believed_room += x - state.opinions[k, i].position
    state.opinions[k, i].position = x


@kernel
def out_centre(state: State, k: int, i: int) -> float:
    """Return where i believes the other groups' centre is (its own position if nobody else is there)."""
    if state.delegates[i].out_count == 0.0:
        return state.opinions[k, i].position
    return state.opinions[k, i].believed_out / state.delegates[i].out_count


@kernel
def room_centre(state: State, k: int, i: int, present: int) -> float:
    """Compute c_ik, where i believes the centre of the room is; `present` delegates sit in it."""
    return state.opinions[k, i].believed_room / max(1, present)


@kernel
def common_ground(case: Case, state: State, i: int, k: int) -> float:
    """Compute G_ik = max(0, 1 - D_ik / reach); 1 in a room of one group.

    D_ik is the root mean square of x_ik - b_ijk over the delegates of other groups:
    D^2 = x^2 - 2 x S1 / n + S2 / n, with S1 the sum of those n beliefs and S2 that of their squares.
    """
    others, opinion = state.delegates[i].out_count, state.opinions[k, i]
    return ground(case, opinion.position, others, opinion.believed_out, opinion.believed_squares)


@kernel
def ground(case: Case, x: float, others: float, total: float, squares: float) -> float:
    """Compute common ground from `others` places with this sum and this sum of squares."""
    if others == 0.0:
        return 1.0
    distance = math.sqrt(max(0.0, x * x + (squares - 2.0 * x * total) / others))
    return max(0.0, 1.0 - distance / case.parameters[0].reach)


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
