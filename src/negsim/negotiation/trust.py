"""Trust: directed, gained slowly, lost fast, fading towards its base; never finished (rules 5.10, 5.4).

- Gain: T += gain e (1 - T). Loss: T -= loss e T. e in 0..1 is how much the event shows (Slovic 1993: loss > gain).
- Losses are events of bounded number: a loss at every reading, however small, would drive any trust to zero in a long
  session.
- Two means of trust matter. T_i is i's trust in those who stand between it and a deal: others weigh by the power of
  their consent and by how far they seem to want something else. I_i, isolation, is what the room's trust in i lacks.
  Neither knows of groups: whoever has no say does not count, and to divide a group by name changes nothing.
- Only this module and evenings write `trust`; its running sums follow every change.
"""

from __future__ import annotations

import math

import numpy as np

from negsim.elementary import power
from negsim.kernel import allocating, entry, inlined, kernel
from negsim.negotiation.beliefs import clip, power_of_others, share, sum_beliefs
from negsim.negotiation.tables import Case, Floats, State, closed_paragraphs, is_open, none_open, strangers

LITTLE_EVIDENCE = 0.1  # evidence of a frank statement
SOME_EVIDENCE = 0.25  # evidence of support, of a concession, of a paragraph closed, of a proposal ignored
FULL_EVIDENCE = 1.0  # evidence of a reaffirmation


@kernel
def shift(state: State, j: int, i: int, change: float) -> None:
    """Change i's trust in another j, and the running sums."""
    state.trust[j, i] += change
    state.delegates[j].trusted += state.delegates[i].power * change
    weight = state.delegates[j].power * change
    if weight != 0.0:
        state.delegates[i].trusting += weight
        for k in range(state.paragraphs.shape[0]):
            b = state.belief[k, j, i]
            state.trusted[k, i] += weight * b
            state.trusted_squares[k, i] += weight * b * b


@kernel
def gain(state: State, j: int, i: int, amount: float) -> None:
    """Let i gain trust in j: T += amount (1 - T)."""
    shift(state, j, i, amount * (1.0 - state.trust[j, i]))


@kernel
def lose(state: State, j: int, i: int, amount: float) -> None:
    """Let i lose trust in j: T -= amount T."""
    shift(state, j, i, -amount * state.trust[j, i])


@inlined
def trust_in_others(case: Case, state: State, i: int) -> float:
    """Compute T_i = sum_j m_j omega_ij T_ij / sum_j m_j omega_ij, i's trust in those who stand between it and a deal.

    omega_ij = closeness^2 + sum over open issues of s_ik (x_ik - b_ijk)^2, over all issues once none is open; m_j is
    the power of j's consent. 1 if nobody else has any. By the running sums of m b, m b^2, m T, m T b and m T b^2.
    """
    others, trusting, closeness = power_of_others(state, i), state.delegates[i].trusting, case.parameters[0].closeness
    if others <= 0.0:
        return 1.0
    all_issues = none_open(state)
    weight, heard = closeness * closeness * others, closeness * closeness * trusting
    for k in range(state.paragraphs.shape[0]):
        if all_issues or is_open(state, k):
            x, s = state.opinions[k, i].position, state.opinions[k, i].salience
            weight += s * (x * (x * others - 2.0 * state.believed[k, i]) + state.squares[k, i])
            heard += s * (x * (x * trusting - 2.0 * state.trusted[k, i]) + state.trusted_squares[k, i])
    return clip(heard / weight)


@kernel
def isolation(state: State, i: int) -> float:
    """Compute I_i = 1 - the mean trust in i of the others, by their power (0 if nobody else has any)."""
    others = power_of_others(state, i)
    return 0.0 if others <= 0.0 else 1.0 - state.delegates[i].trusted / others


@kernel
def susceptibility(case: Case, state: State, i: int) -> float:
    """Compute A_i = openness (1 - isolation_closing I_i) (5.4)."""
    return state.delegates[i].openness * (1.0 - case.parameters[0].isolation_closing * isolation(state, i))


@allocating
def sum_trust(state: State) -> None:
    """Add up anew the trust of everybody, by the power of those concerned, and then what is believed with trust."""
    n = state.delegates.shape[0]
    _sum_trust(state, np.zeros(n), np.empty(n))
    sum_beliefs(state)


@kernel
def _sum_trust(state: State, trusting: Floats, itself: Floats) -> None:
    """Add the trust up row by row. trusting: N, zeros; itself: N, work space: trust in oneself does not count."""
    trust, delegates, n = state.trust, state.delegates, trusting.shape[0]
    for j in range(n):
        itself[j], trust[j, j] = trust[j, j], 0.0
    for j in range(n):
        own = delegates[j].power
        for i in range(n):
            trusting[i] += own * trust[j, i]
    for a in range(0, n, 4):  # four sums side by side, each in its order: no one waits for the others
        b, c, d = min(a + 1, n - 1), min(a + 2, n - 1), min(a + 3, n - 1)
        in_a, in_b, in_c, in_d = 0.0, 0.0, 0.0, 0.0
        for i in range(n):
            power = delegates[i].power
            in_a, in_b = in_a + power * trust[a, i], in_b + power * trust[b, i]
            in_c, in_d = in_c + power * trust[c, i], in_d + power * trust[d, i]
        delegates[a].trusted, delegates[b].trusted, delegates[c].trusted, delegates[d].trusted = in_a, in_b, in_c, in_d
    for i in range(n):
        trust[i, i], delegates[i].trusting = itself[i], trusting[i]


@kernel
def room_gains(state: State, amount: float) -> None:
    """Raise the trust of everybody in everybody: a paragraph is closed, a mandate renewed. T += amount (1 - T).

    All trust moves the same share of the way, so the sums do, too: those of m T b towards those of m b.
    """
    trust, believed, squares, n = state.trust, state.believed, state.squares, state.delegates.shape[0]
    trusted, trusted_squares = state.trusted, state.trusted_squares
    for j in range(n):
        for i in range(n if state.delegates[j].present else 0):
            trust[j, i] += amount * (1.0 - trust[j, i])
    for i in range(n):
        own, others = state.delegates[i], power_of_others(state, i)
        own.trusting += amount * (others - own.trusting)
        own.trusted += amount * (others - own.trusted)
    for k in range(state.paragraphs.shape[0]):
        for i in range(n):
            trusted[k, i] += amount * (believed[k, i] - trusted[k, i])
            trusted_squares[k, i] += amount * (squares[k, i] - trusted_squares[k, i])


@kernel
def room_moves_in(state: State, j: int, share: float, level: float) -> None:
    """Move the trust of all others in one delegate a share of the way to a level, as `gain` (1) and `lose` (0) do."""
    trust, belief, trusted, trusted_squares = state.trust, state.belief, state.trusted, state.trusted_squares
    power, itself, n = state.delegates[j].power, trust[j, j], trust.shape[0]
    trust[j, j] = level  # j's trust in itself does not move
    for k in range(state.paragraphs.shape[0]):
        belief[k, j, j] = 0.0
        for i in range(n):
            first = power * share * (level - trust[j, i]) * belief[k, j, i]
            trusted[k, i] += first
            trusted_squares[k, i] += first * belief[k, j, i]
        belief[k, j, j] = math.nan
    received = 0.0
    for i in range(n):
        change = share * (level - trust[j, i])
        trust[j, i] += change
        state.delegates[i].trusting += power * change
        received += state.delegates[i].power * change
    state.delegates[j].trusted += received
    trust[j, j] = itself


@kernel
def loses_in_room(state: State, i: int, amount: float) -> None:
    """Lower one delegate's trust in all others: its proposal was ignored."""
    for j in range(state.delegates.shape[0]):
        if i != j and state.delegates[j].present:
            lose(state, j, i, amount)


@kernel
def reaffirm(state: State, j: int, amount: float) -> None:
    """Let j restate the line of its camp: members of other camps lose trust in it (claim 19)."""
    for i in range(state.delegates.shape[0]):
        if i != j and state.delegates[i].camp != state.delegates[j].camp and state.delegates[i].present:
            lose(state, j, i, amount)


@allocating
def blame(case: Case, state: State) -> None:
    """Let everybody blame the other groups, and them only, after a meeting that closed nothing (claim 12)."""
    lost = case.parameters[0].self_serving_blame * case.parameters[0].trust_loss
    if lost == 0.0 or closed_paragraphs(state) > state.clock[0].closed_before:
        return
    who, count = strangers(state)
    for j in range(state.delegates.shape[0]):
        if state.delegates[j].present:
            for m in range(count[state.delegates[j].group]):
                state.trust[j, who[state.delegates[j].group, m]] *= 1.0 - lost
    sum_trust(state)


@kernel
def fade(case: Case, state: State, days: float) -> None:
    """Let time pass: T <- base + (T - base) 2^(-days / half-life), for trust among delegates and in the chair."""
    left = power(0.5, days / case.parameters[0].trust_half_life)
    trust, base, n = state.trust, state.trust_base, state.trust.shape[0]
    for j in range(n):
        for i in range(n):
            trust[j, i] = base[j, i] + left * (trust[j, i] - base[j, i])
    for i in range(n):
        at_rest = state.delegates[i].chair_trust_base
        state.delegates[i].chair_trust = at_rest + left * (state.delegates[i].chair_trust - at_rest)
    sum_trust(state)


@entry
@kernel
def trust_levels(state: State) -> tuple[float, float, float]:
    """Average trust within groups, across groups and in the chair, over those present; NaN if there is nobody."""
    n = state.delegates.shape[0]
    within, across, chair = 0.0, 0.0, 0.0
    pairs_within, pairs_across, seats = 0, 0, 0
    for j in range(n):
        if not state.delegates[j].present:
            continue
        chair += state.delegates[j].chair_trust
        seats += 1
        for i in range(n):
            if i == j or not state.delegates[i].present:
                continue
            if state.delegates[i].group == state.delegates[j].group:
                within += state.trust[j, i]
                pairs_within += 1
            else:
                across += state.trust[j, i]
                pairs_across += 1
    return share(within, pairs_within), share(across, pairs_across), share(chair, seats)
