"""Trust: directed, gained slowly, lost fast, fading towards its base; never finished (rules 5.10, 5.4).

- Gain: T += gain e (1 - T). Loss: T -= loss e T. e in 0..1 is how much the event shows (Slovic 1993: loss > gain).
- Losses are events of bounded number: a loss at every reading, however small, would drive any trust to zero in a long
  session.
- Only this module and a caucus write `trust`; its running sums in `DelegateRow` follow every change.
"""

from __future__ import annotations

import math

import numpy as np

from negsim.elementary import power
from negsim.kernel import allocating, entry, kernel
from negsim.negotiation.tables import Case, Floats, Ints, State, groups, open_paragraphs, strangers

LITTLE_EVIDENCE = 0.1  # evidence of a frank statement
SOME_EVIDENCE = 0.25  # evidence of support, of a concession, of a paragraph closed, of a proposal ignored
FULL_EVIDENCE = 1.0  # evidence of a trial, of a reaffirmation


@kernel
def shift(state: State, j: int, i: int, change: float) -> None:
    """Change i's trust in j and the running sums."""
    state.trust[j, i] += change
    if state.delegates[i].group != state.delegates[j].group:
        state.delegates[i].trust_out += change
        state.delegates[j].trust_received += change
    else:
        state.delegates[i].trust_home += change


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
    """Compute T-bar_i: i's mean trust in out-groups (1 if there are none)."""
    return 1.0 if state.delegates[i].out_count == 0.0 else state.delegates[i].trust_out / state.delegates[i].out_count


@kernel
def trust_in_all(state: State, i: int, present: int) -> float:
    """Average i's trust in the others present, its own group included (1 if there are none)."""
    others = present - (1 if state.delegates[i].present else 0)
    return 1.0 if others == 0 else (state.delegates[i].trust_home + state.delegates[i].trust_out) / others


@kernel
def isolation(state: State, i: int) -> float:
    """Compute I_i = 1 - mean trust received from out-groups (0 if there are none)."""
    return (
        0.0
        if state.delegates[i].out_count == 0.0
        else 1.0 - state.delegates[i].trust_received / state.delegates[i].out_count
    )


@kernel
def susceptibility(case: Case, state: State, i: int) -> float:
    """Compute A_i = openness (1 - isolation_closing I_i) (5.4)."""
    return state.delegates[i].openness * (1.0 - case.parameters[0].isolation_closing * isolation(state, i))


@allocating
def sum_trust(state: State) -> None:
    """Recompute the running sums of trust, and the count of others, over the delegates present."""
    who, count = strangers(state)
    n = state.delegates.shape[0]
    _sum_trust(state, groups(state), who, count, np.zeros(n), np.zeros(n))


@kernel
def _sum_trust(state: State, group: Ints, who: Ints, count: Ints, out: Floats, home: Floats) -> None:
    """Recompute the sums row by row; group: N; who, count: `strangers`; out, home: N, zeros."""
    trust, n = state.trust, group.shape[0]
    for j in range(n):
        own, received = group[j], 0.0
        if state.delegates[j].present:
            for i in range(n):
                out[i] += trust[j, i] if group[i] != own else 0.0
                home[i] += trust[j, i] if group[i] == own and i != j else 0.0
        for m in range(count[own]):
            received += trust[j, who[own, m]]
        state.delegates[j].trust_received, state.delegates[j].out_count = received, float(count[own])
    for i in range(n):
        state.delegates[i].trust_out, state.delegates[i].trust_home = out[i], home[i]


@allocating
def _approach(state: State, amount: float, level: float) -> None:
    """Move everyone's trust in everyone of the other groups a share of the way: T += amount (level - T)."""
    who, count = strangers(state)
    _approach_by_row(state, amount, level, who, count, np.empty(state.delegates.shape[0]))


@kernel
def _approach_by_row(state: State, amount: float, level: float, who: Ints, count: Ints, out: Floats) -> None:
    """Move it row by row; who, count: `strangers`; out: N, work space."""
    trust, n = state.trust, out.shape[0]
    for i in range(n):
        out[i] = state.delegates[i].trust_out
    for j in range(n):
        if state.delegates[j].present:
            g, received = state.delegates[j].group, state.delegates[j].trust_received
            for m in range(count[g]):
                i = who[g, m]
                change = amount * (level - trust[j, i])
                trust[j, i] += change
                out[i] += change
                received += change
            state.delegates[j].trust_received = received
    for i in range(n):
        state.delegates[i].trust_out = out[i]


@kernel
def room_gains(state: State, amount: float) -> None:
    """Raise everyone's trust in everyone of the other groups: a paragraph is closed, a mandate renewed."""
    _approach(state, amount, 1.0)


@kernel
def room_gains_in(case: Case, state: State, j: int, amount: float) -> None:
    """Raise the other groups' trust in one delegate, which has made a concession."""
    for i in range(state.delegates.shape[0]):
        if case.seats[i].group != case.seats[j].group and state.delegates[i].present:
            gain(state, j, i, amount)


@kernel
def room_loses_in(case: Case, state: State, j: int, amount: float) -> None:
    """Lower the other groups' trust in one delegate, which has stopped the room alone."""
    for i in range(state.delegates.shape[0]):
        if case.seats[i].group != case.seats[j].group and state.delegates[i].present:
            lose(state, j, i, amount)


@kernel
def loses_in_room(case: Case, state: State, i: int, amount: float) -> None:
    """Lower one delegate's trust in the other groups: it was tried, or its proposal ignored."""
    for j in range(state.delegates.shape[0]):
        if case.seats[i].group != case.seats[j].group and state.delegates[j].present:
            lose(state, j, i, amount)


@kernel
def reaffirm(state: State, j: int, amount: float) -> None:
    """Let j restate the line of its camp: members of other camps lose trust in it (claim 19)."""
    for i in range(state.delegates.shape[0]):
        if i != j and state.delegates[i].camp != state.delegates[j].camp and state.delegates[i].present:
            lose(state, j, i, amount)


@kernel
def blame(case: Case, state: State) -> None:
    """Let everybody blame out-groups only after a meeting that closed nothing (claim 12)."""
    if state.paragraphs.shape[0] - open_paragraphs(state) > state.clock[0].closed_before:
        return
    _approach(state, case.parameters[0].self_serving_blame * case.parameters[0].trust_loss, 0.0)


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
    return _share_of(within, pairs_within), _share_of(across, pairs_across), _share_of(chair, seats)


@kernel
def _share_of(total: float, count: int) -> float:
    """Return the mean of `count` things that add up to `total`; NaN of none."""
    return total / count if count > 0 else math.nan
