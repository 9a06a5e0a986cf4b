"""Corridors: at each break everyone talks to one person (section 6; claims 13, 37, 38).

- Breaks have a timetable of their own (`Case.breaks`): one is due as soon as the clock has come to its minute. It takes
  no floor time and counts as no turn of the meeting, and its draws have addresses of their own, so that every other
  draw is the same with breaks and without.
- With chance `across` one seeks company in other groups and hears somebody out frankly, as at dinner but for a shorter
  time; else one gossips with somebody of the own caucus. Talk moves no position.
- The talks of a break are simultaneous: all of them go by trust as it was before it.
"""

from __future__ import annotations

import numpy as np

from negsim.kernel import allocating, kernel
from negsim.negotiation.evenings import hear_out
from negsim.negotiation.tables import Case, Floats, Move, State, record
from negsim.negotiation.trust import shift
from negsim.randomness import NONE, Decision, uniform

MOMENT = 1e-9  # minutes; what the clock may miss by rounding


@kernel
def is_break_due(case: Case, state: State) -> bool:
    """Whether the clock has come to the next break."""
    number = state.clock[0].breaks
    return bool(number < case.breaks.shape[0] and state.clock[0].minute >= case.breaks[number].minute - MOMENT)


@allocating
def take_break(case: Case, state: State) -> None:
    """The break that is due: everyone talks to one person, or to nobody where there is none."""
    n = state.delegates.shape[0]
    _talk(case, state, np.empty((n, n)))


@kernel
def _talk(case: Case, state: State, before: Floats) -> None:
    """All talks of the break; before: N,N, to keep trust in as it was."""
    p, dose, n = case.parameters[0], case.breaks[state.clock[0].breaks].dose, before.shape[0]
    for j in range(n):
        for i in range(n):
            before[j, i] = state.trust[j, i]
    at, gossips = record(case, state, Move.CORRIDORS.value), 0
    for i in range(n):
        j = company(case, state, i, before)
        if j < 0:
            continue
        if case.seats[j].group == case.seats[i].group:
            gossip_with(case, state, i, j, dose, before)
            gossips += 1
        else:
            hear_out(state, i, j, p.contact_gain * dose, p.frank_learning * before[i, j] * dose)
            aside = record(case, state, Move.ASIDE.value)
            state.log[aside].who, state.log[aside].whom = i, j
    state.log[at].gossips = gossips
    state.clock[0].breaks += 1


@kernel
def company(case: Case, state: State, i: int, before: Floats) -> int:
    """Whom i talks to at the break that is due, -1 nobody; before: N,N, trust before it.

    With chance `across` a delegate of another group, with a chance in proportion to i's trust in it; else any of the
    own caucus, each as likely.
    """
    row, seat = case.breaks[state.clock[0].breaks], case.seats[i].address
    if not state.delegates[i].present:
        return -1
    u = uniform(state.stream, Decision.ACROSS, row.meeting, row.day, row.number, seat, NONE)
    across, total, last = u < row.across, 0.0, -1
    for j in range(before.shape[0]):
        total += _pull(case, state, i, j, across, before)
    left = total * uniform(state.stream, Decision.COMPANY, row.meeting, row.day, row.number, seat, NONE)
    for j in range(before.shape[0]):
        pull = _pull(case, state, i, j, across, before)
        if pull > 0.0:
            last, left = j, left - pull
            if left < 0.0:
                return j
    return last


@kernel
def _pull(case: Case, state: State, i: int, j: int, across: bool, before: Floats) -> float:
    """How strongly i is drawn to j at a break."""
    if j == i or not state.delegates[j].present:
        return 0.0
    if across:
        return 0.0 if case.seats[j].group == case.seats[i].group else float(before[j, i])
    return 1.0 if case.seats[j].caucus == case.seats[i].caucus else 0.0


@kernel
def gossip_with(case: Case, state: State, i: int, other: int, dose: float, before: Floats) -> None:
    """i's trust in each delegate j of other groups goes further the way that the two incline.

    T_ij += gossip dose T_ij (1 - T_ij) (2 m_j - 1), m_j the mean of the trust that the two have in j. Third parties
    amplify what is there, and in weak ties what they amplify is distrust (Burt & Knez 1995).
    """
    for j in range(before.shape[0]):
        if case.seats[j].group != case.seats[i].group and state.delegates[j].present:
            held, inclined = before[j, i], before[j, i] + before[j, other] - 1.0
            shift(state, j, i, case.parameters[0].gossip * dose * held * (1.0 - held) * inclined)
