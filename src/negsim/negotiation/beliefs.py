"""Beliefs: what each delegate thinks the others' positions are (rules 5.1 and the first half of 5.3).

- Out-groups seem further away than they are, the more so the less they are trusted (Robinson et al. 1995), and more
  alike than they are (their members are shrunk towards the group's mean).
- Only this module and a caucus write `belief`; the running sums `believed_out` and `believed_room` follow every change.
- Of oneself one has a position and no belief: the diagonal is NaN. A position kept there would cost every hearer of a
  statement a line of the processor's cache.
"""

from __future__ import annotations

import math

from negsim.kernel import entry, kernel
from negsim.negotiation.tables import Case, Floats, State


@kernel
def clip(x: float) -> float:
    """x held within the scale 0..1."""
    return 0.0 if x < 0.0 else (1.0 if x > 1.0 else x)


@kernel
def imagine(case: Case, state: State, group_mean: Floats) -> None:
    """First beliefs: b_ij = x_i + (1 + exaggeration (1 - T_ij)) (x~_j - x_i) across groups, x_j within (5.1).

    group_mean: G,K; x~_j = x_j shrunk towards its group's mean by `stereotyping`.
    """
    p = case.parameters[0]
    issues, n = state.opinions.shape
    for k in range(issues):
        for j in range(n):
            x_j = state.opinions[k, j].position
            seen = x_j + p.stereotyping * (group_mean[case.seats[j].group, k] - x_j)
            for i in range(n):
                if i == j:
                    state.belief[k, j, i] = math.nan
                elif case.seats[i].group == case.seats[j].group:
                    state.belief[k, j, i] = x_j
                else:
                    x_i = state.opinions[k, i].position
                    stretch = 1.0 + p.exaggeration * (1.0 - state.trust[j, i])
                    state.belief[k, j, i] = clip(x_i + stretch * (seen - x_i))
    sum_beliefs(case, state)


@kernel
def sum_beliefs(case: Case, state: State) -> None:
    """The running sums of beliefs, anew, over the delegates present."""
    issues, n, _ = state.belief.shape
    for k in range(issues):
        for i in range(n):
            state.opinions[k, i].believed_out, state.opinions[k, i].believed_room = 0.0, 0.0
        for j in range(n):
            if state.delegates[j].present:
                for i in range(n):
                    known = state.opinions[k, i].position if i == j else state.belief[k, j, i]
                    state.opinions[k, i].believed_room += known
                    if case.seats[i].group != case.seats[j].group:
                        state.opinions[k, i].believed_out += state.belief[k, j, i]


@kernel
def correct(state: State, k: int, j: int, i: int, share: float, towards: float) -> None:
    """Move i's belief about another j a share of the way: b_ij += share (towards - b_ij)."""
    change = share * (towards - state.belief[k, j, i])
    state.belief[k, j, i] += change
    state.opinions[k, i].believed_room += change
    if state.delegates[i].group != state.delegates[j].group:
        state.opinions[k, i].believed_out += change


@kernel
def move(state: State, k: int, i: int, x: float) -> None:
    """i's position on k becomes x, and with it its part in what i believes of the room."""
    state.opinions[k, i].believed_room += x - state.opinions[k, i].position
    state.opinions[k, i].position = x


@kernel
def out_centre(state: State, k: int, i: int) -> float:
    """Where i believes the other groups' centre is (its own position if nobody else is there)."""
    if state.delegates[i].out_count == 0.0:
        return state.opinions[k, i].position
    return state.opinions[k, i].believed_out / state.delegates[i].out_count


@kernel
def room_centre(state: State, k: int, i: int, present: int) -> float:
    """c_ik: where i believes the centre of the room is; `present` delegates sit in it."""
    return state.opinions[k, i].believed_room / max(1, present)


@entry
@kernel
def distances(state: State) -> tuple[float, float]:
    """Mean |x_i - b_ij| and |x_i - x_j| over cross-group pairs and issues: perceived and real distance; NaN of none."""
    issues, n, _ = state.belief.shape
    perceived, real, pairs = 0.0, 0.0, 0
    for k in range(issues):
        for j in range(n):
            for i in range(n):
                if (
                    state.delegates[i].group != state.delegates[j].group
                    and state.delegates[i].present
                    and state.delegates[j].present
                ):
                    perceived += abs(state.opinions[k, i].position - state.belief[k, j, i])
                    real += abs(state.opinions[k, i].position - state.opinions[k, j].position)
                    pairs += 1
    if pairs == 0:
        return math.nan, math.nan
    return perceived / pairs, real / pairs
