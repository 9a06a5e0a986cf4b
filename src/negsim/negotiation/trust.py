"""Trust: directed, gained slowly, lost fast; never finished (rules 5.10, 5.4).

- Gain: T += gain e (1 - T). Loss: T -= loss e T. e in 0..1 is how much the event shows (Slovic 1993: loss > gain).
- Losses are events of bounded number: a loss at every reading, however small, would drive any trust to zero in a long
  session.
- Two means of trust matter, both by the power of consent: T_i is i's trust in the others, and I_i, isolation, is what
  their trust in i lacks. Neither knows of groups: whoever has no say does not count, and to divide a group by name
  changes nothing.
- Only this module and evenings write `trust`; its running sums follow every change.
"""

from __future__ import annotations

import numpy as np

from negsim.kernel import allocating, entry, kernel
from negsim.negotiation.beliefs import clip, power_of_others, share, sum_beliefs
from negsim.negotiation.tables import Case, Floats, State

SOME_EVIDENCE = 0.25  # evidence of a paragraph closed, of stopping the room alone, of a chair deaf to brackets
FULL_EVIDENCE = 1.0  # evidence of a reaffirmation


@kernel
def shift(state: State, j: int, i: int, change: float) -> None:
    """Change i's trust in another j, and the running sums."""
    state.trust[j, i] += change
    state.delegates[j].trusted += state.delegates[i].power * change
    state.delegates[i].trusting += state.delegates[j].power * change


@kernel
def gain(state: State, j: int, i: int, amount: float) -> None:
    """Let i gain trust in j: T += amount (1 - T)."""
    shift(state, j, i, amount * (1.0 - state.trust[j, i]))


@kernel
def lose(state: State, j: int, i: int, amount: float) -> None:
    """Let i lose trust in j: T -= amount T."""
    shift(state, j, i, -amount * state.trust[j, i])


@kernel
def trust_in_others(state: State, i: int) -> float:
    """Compute T_i, the mean of i's trust in the others, by the power of their consent; 1 if nobody else has any."""
    others = power_of_others(state, i)
    return 1.0 if others <= 0.0 else clip(state.delegates[i].trusting / others)


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
    """Add up anew the trust of everybody, by the power of those concerned, and what is believed of them."""
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
    """Raise the trust of everybody in everybody: a paragraph is closed. T += amount (1 - T).

    All trust moves the same share of the way, so the sums do, too.
    """
    trust, n = state.trust, state.delegates.shape[0]
    for j in range(n):
        for i in range(n if state.delegates[j].present else 0):
            trust[j, i] += amount * (1.0 - trust[j, i])
    for i in range(n):
        own, others = state.delegates[i], power_of_others(state, i)
        own.trusting += amount * (others - own.trusting)
        own.trusted += amount * (others - own.trusted)


@kernel
def reaffirm(state: State, j: int, amount: float) -> None:
    """Let j restate the line of its camp: members of other camps lose trust in it (claim 19)."""
    for i in range(state.delegates.shape[0]):
        if i != j and state.delegates[i].camp != state.delegates[j].camp and state.delegates[i].present:
            lose(state, j, i, amount)


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
