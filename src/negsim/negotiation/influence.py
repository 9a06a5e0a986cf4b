"""Influence: the effect of a statement on those who hear it (rules 5.2, 5.3), and the reference models it contains.

- Positions are anchored to instructions: A_i in 5.3 is how far a delegate may be moved at all.
- Nobody is pushed away (Takács, Flache & Mäs 2016): distrust closes ears, it does not repel.
- The reference models are special cases: frozen trust and synchronous rounds give Friedkin-Johnsen (1990), A = 1
  DeGroot (1974), random pairs under a bound Deffuant et al. (2000), all within a bound Hegselmann-Krause (2002).
"""

from __future__ import annotations

import numpy as np

from negsim.elementary import power
from negsim.kernel import allocating, kernel
from negsim.negotiation.beliefs import clip, correct, move, out_centre
from negsim.negotiation.sorting import sort_by
from negsim.negotiation.tables import Case, Floats, State
from negsim.negotiation.trust import LITTLE_EVIDENCE, gain, susceptibility, trust_in_others
from negsim.randomness import NONE, Decision, Stream, uniform


@kernel
def lateness(case: Case, t: float) -> float:
    """Compute t^e, how late it feels at time t, 0..1; taken once for a whole room."""
    return power(t, case.parameters[0].concession_exponent)


@kernel
def concession(case: Case, state: State, i: int, late: float) -> float:
    """Return F_i = (1 - stubbornness (1 - T-bar_i)) t^e: the share of its demands that i has given up by then (5.2)."""
    return (1.0 - case.parameters[0].stubbornness * (1.0 - trust_in_others(state, i))) * late


@kernel
def concessions(case: Case, state: State, late: float, out: Floats) -> None:
    """Write F of every delegate into `out` (N)."""
    for i in range(out.shape[0]):
        out[i] = concession(case, state, i, late)


@kernel
def statement(case: Case, state: State, j: int, k: int, late: float, frankness: float) -> float:
    """Return y_jk = x_jk + posturing (1 - F_j)(1 - frankness)(x_jk - the others' centre to j), clipped (5.2)."""
    x = state.opinions[k, j].position
    show = case.parameters[0].posturing * (1.0 - concession(case, state, j, late)) * (1.0 - frankness)
    return clip(x + show * (x - out_centre(state, k, j)))


@kernel
def hear(case: Case, state: State, j: int, k: int, place: float, frankness: float, pressure: float) -> None:
    """Let everybody hear j say `place` on k (5.3).

    b_ij += learning (1 - P/2)(y - b_ij) and x_i += persuasion T_ij (A_i y + (1 - A_i) a_i - x_i). Frank talk teaches
    at the rate `frank_learning` and earns a little trust. Beyond `confidence_bound` (1: off) a position does not move.
    """
    p = case.parameters[0]
    learning = (p.learning + frankness * (p.frank_learning - p.learning)) * (1.0 - 0.5 * pressure)
    earned = p.trust_gain * LITTLE_EVIDENCE * frankness
    state.opinions[k, j].statement = place
    for i in range(state.delegates.shape[0]):
        if i == j or not state.delegates[i].present:
            continue
        correct(state, k, j, i, learning, place)
        x = state.opinions[k, i].position
        if abs(place - x) <= p.confidence_bound:
            a = susceptibility(case, state, i)
            target = a * place + (1.0 - a) * state.opinions[k, i].instructions
            move(state, k, i, x + p.persuasion * state.trust[j, i] * (target - x))
        if earned > 0.0:
            gain(state, j, i, earned)


@kernel
def hear_in_group(case: Case, state: State, j: int, k: int, frankness: float) -> None:
    """Let the drafting group on k hear j frankly: members learn and gain trust; the room hears nothing."""
    p = case.parameters[0]
    for i in range(state.delegates.shape[0]):
        if i != j and state.opinions[k, i].drafter and state.delegates[i].present:
            correct(state, k, j, i, p.frank_learning * frankness, state.opinions[k, j].position)
            gain(state, j, i, p.trust_gain * frankness)


@allocating
def friedkin_johnsen(position: Floats, anchor: Floats, openness: Floats, trust: Floats) -> Floats:
    """Compute x <- A W x + (1 - A) a, once: one synchronous round on one issue.

    position, anchor, openness: N. trust: N,N [about, holder], diagonal included; W is its row-normalised transpose.
    Friedkin & Johnsen 1990, doi 10.1080/0022250X.1990.9990069; openness 1 is DeGroot 1974.
    """
    n = position.shape[0]
    moved = np.empty(n)
    for i in range(n):
        total, heard = 0.0, 0.0
        for j in range(n):
            total += trust[j, i]
            heard += trust[j, i] * position[j]
        mean = heard / total if total > 0.0 else position[i]
        moved[i] = openness[i] * mean + (1.0 - openness[i]) * anchor[i]
    return moved


@kernel
def encounter(
    position: Floats, stream: Stream, meeting: int, turn: int, issue: int, bound: float, share: float
) -> None:
    """Let two random distinct delegates meet; within the bound, each moves a share of the way, in place.

    Deffuant, Neau, Amblard & Weisbuch 2000, doi 10.1142/S0219525900000078.
    """
    n = position.shape[0]
    i = min(n - 1, int(uniform(stream, Decision.ENCOUNTER, meeting, turn, issue, NONE, NONE) * n))
    j = min(n - 2, int(uniform(stream, Decision.ENCOUNTER, meeting, turn, issue, NONE, 1) * (n - 1)))
    j += 1 if j >= i else 0
    gap = position[j] - position[i]
    if abs(gap) < bound:
        position[i] += share * gap
        position[j] -= share * gap


@allocating
def gather(position: Floats, bound: float) -> Floats:
    """Move each to the mean of all within the bound, itself included, at once.

    Hegselmann & Krause 2002 (JASSS 5(3)2). Positions are sorted, so that the neighbours of a delegate are a window.
    """
    n = position.shape[0]
    order, before = np.empty(n, np.int64), np.zeros(n + 1)
    for i in range(n):
        order[i] = i
    sort_by(position, order, n)
    for rank in range(n):
        before[rank + 1] = before[rank] + position[order[rank]]
    moved = np.empty(n)
    first, last = 0, 0
    for rank in range(n):
        x = position[order[rank]]
        while x - position[order[first]] > bound:
            first += 1
        while last < n and position[order[last]] - x <= bound:
            last += 1
        moved[order[rank]] = (before[last] - before[first]) / (last - first)
    return moved
