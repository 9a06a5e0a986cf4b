"""The people: from a specification and addressed draws to the first state.

- A delegate's draws carry its own address, so one more seat, or another mean, moves nobody else's draws.
- Trust of i in j is the mean of the pair plus i's trustingness and j's trustworthiness (the social relations model,
  Kenny & La Voie 1984, doi 10.1016/S0065-2601(08)60144-6): half of the variance each, two draws a delegate.
- Linkage bends instructions, a = (1 - lambda) a0 + lambda (the camp's line), and people start from their instructions
  (5.14).
"""

from __future__ import annotations

import math

import numpy as np

from negsim.elementary import exp, log
from negsim.kernel import allocating, kernel
from negsim.negotiation.acceptance import assign_power
from negsim.negotiation.beliefs import clip, distances, imagine
from negsim.negotiation.tables import Case, Floats, State
from negsim.negotiation.trust import sum_trust, trust_levels
from negsim.randomness import NONE, SEATS_PER_GROUP, Decision, normal, uniform


@allocating
def populate(case: Case, state: State) -> None:
    """Fill a newly allocated state with the people and the climate of one replication."""
    _draw_climate(case, state)
    assign_power(case, state)
    draw_positions(case, state)
    draw_red_lines(case, state)
    draw_salience(case, state)
    draw_trust(case, state)
    join_camps(case, state)
    imagine(case, state)
    sum_trust(state)
    clock = state.clock[0]
    clock.trust_within, clock.trust_across, clock.trust_chair = trust_levels(state)
    clock.perceived_distance, clock.real_distance = distances(state)
    for i in range(state.delegates.shape[0]):
        state.delegates[i].wish = next_wish(case, state, i)


@kernel
def _draw_climate(case: Case, state: State) -> None:
    """Draw the climate of each issue: a part that all share, and a part of its own (5.7)."""
    zeta = normal(state.stream, Decision.CLIMATE, NONE, NONE, NONE, NONE, NONE)
    state.clock[0].climate = case.parameters[0].climate * zeta
    for k in range(state.paragraphs.shape[0]):
        zeta = normal(state.stream, Decision.CLIMATE_OF_ISSUE, NONE, NONE, k, NONE, NONE)
        state.paragraphs[k].climate = state.clock[0].climate + case.parameters[0].climate_by_issue * zeta


@kernel
def next_wish(case: Case, state: State, i: int) -> float:
    """Draw when i next asks for the floor: an exponential waiting time with rate `voice` after its last statement.

    The speaker is whoever asks first. Waiting times have no memory, so the chance to be next is proportional to
    voice, at one draw a statement.
    """
    seat = case.seats[i].address
    u = uniform(state.stream, Decision.FLOOR, NONE, state.delegates[i].spoken, NONE, seat, NONE)
    return state.delegates[i].wish - log(u) / case.seats[i].voice


@kernel
def draw_positions(case: Case, state: State) -> None:
    """Draw x_ik from the group's mean and spread, clipped to the scale, and tempers; both once a replication."""
    issues, n = state.opinions.shape
    for i in range(n):
        for k in range(issues):
            z = 0.0
            if case.stances[i, k].spread > 0.0:
                z = normal(state.stream, Decision.POSITION, NONE, NONE, k, case.seats[i].address, NONE)
            state.opinions[k, i].position = clip(case.stances[i, k].position + case.stances[i, k].spread * z)
            state.opinions[k, i].instructions = state.opinions[k, i].position
            z = normal(state.stream, Decision.TEMPER, NONE, NONE, k, case.seats[i].address, NONE)
            state.opinions[k, i].temper = case.parameters[0].temper * z


@kernel
def draw_red_lines(case: Case, state: State) -> None:
    """Draw red lines, by seat or, where they are shared, by group; one draw moves both ends alike."""
    issues, n = state.opinions.shape
    for i in range(n):
        for k in range(issues):
            low, high, spread = case.stances[i, k].red_low, case.stances[i, k].red_high, case.stances[i, k].red_spread
            if spread > 0.0 and (low > -math.inf or high < math.inf):
                address = case.seats[i].address
                if case.stances[i, k].red_shared:
                    address -= address % SEATS_PER_GROUP  # of the group's first seat
                z = normal(state.stream, Decision.RED_LINE, NONE, NONE, k, address, NONE)
                low, high = low + spread * z, high + spread * z
            state.opinions[k, i].red_low, state.opinions[k, i].red_high = low, high


@kernel
def draw_salience(case: Case, state: State) -> None:
    """Draw s_ik: the group's weights times a lognormal factor, rows summing to 1; and w_ik of rule 5.5."""
    share = case.parameters[0].salience_weight
    issues, n = state.opinions.shape
    for i in range(n):
        total = 0.0
        for k in range(issues):
            z = normal(state.stream, Decision.SALIENCE, NONE, NONE, k, case.seats[i].address, NONE)
            state.opinions[k, i].salience = case.stances[i, k].salience * exp(case.setting[0].salience_spread * z)
            total += state.opinions[k, i].salience
        for k in range(issues):
            state.opinions[k, i].salience /= total
            state.opinions[k, i].weight = 1.0 - share + share * issues * state.opinions[k, i].salience


@allocating
def draw_trust(case: Case, state: State) -> None:
    """Draw T_ij = mean of the pair + i's trustingness + j's trustworthiness, clipped; T_ii = 1; trust in the chair."""
    n = state.delegates.shape[0]
    _draw_trust(case, state, np.empty(n), np.empty(n))


@kernel
def _draw_trust(case: Case, state: State, trusting: Floats, trusted: Floats) -> None:
    """Draw both sides and combine the pairs; trusting, trusted: N, work space."""
    n, mean, base, trust = state.delegates.shape[0], case.trust_mean, state.trust_base, state.trust
    half = case.setting[0].trust_spread * math.sqrt(0.5)
    for i in range(n):
        trusting[i] = half * normal(state.stream, Decision.TRUSTING, NONE, NONE, NONE, case.seats[i].address, NONE)
        trusted[i] = half * normal(state.stream, Decision.TRUSTED, NONE, NONE, NONE, case.seats[i].address, NONE)
        z = normal(state.stream, Decision.CHAIR_TRUST, NONE, NONE, NONE, case.seats[i].address, NONE)
        state.delegates[i].chair_trust_base = clip(case.seats[i].chair_trust + case.setting[0].trust_spread * z)
        state.delegates[i].chair_trust = state.delegates[i].chair_trust_base
    for j in range(n):
        for i in range(n):
            base[j, i] = 1.0 if i == j else clip(mean[i, j] + trusting[i] + trusted[j])
            trust[j, i] = base[j, i]


@allocating
def join_camps(case: Case, state: State) -> None:
    """Draw camps on the linked theme; the line bends instructions and position; other camps in the room spill over."""
    _bend(case, state)
    _spill_over(case, state, np.zeros(case.camp_line.shape[0]))


@kernel
def _bend(case: Case, state: State) -> None:
    """Draw camps, and let their lines bend the instructions and positions of their members."""
    issues, n = state.opinions.shape
    for i in range(n):
        state.delegates[i].camp = drawn_camp(case, state, i) if case.seats[i].camp == -2 else case.seats[i].camp
        if state.delegates[i].camp >= 0:
            for k in range(issues):
                line = case.camp_line[state.delegates[i].camp, k]
                view = state.opinions[k, i]
                if not math.isnan(line):
                    view.instructions += case.setting[0].linkage * (line - view.instructions)
                    view.position = view.instructions
                view.red_low = max(view.red_low, case.camp_red_low[state.delegates[i].camp, k])
                view.red_high = min(view.red_high, case.camp_red_high[state.delegates[i].camp, k])
        for k in range(issues):
            state.opinions[k, i].first_position = state.opinions[k, i].position


@kernel
def _spill_over(case: Case, state: State, members: Floats) -> None:
    """Add the effect of the other camps in the room, by their power, to demands; members: C, zeros."""
    aligned, share = 0.0, case.setting[0].spillover * state.clock[0].share
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].camp >= 0:
            members[state.delegates[i].camp] += state.delegates[i].power
            aligned += state.delegates[i].power
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].camp >= 0:
            state.delegates[i].spillover = share * (aligned - members[state.delegates[i].camp])


@kernel
def drawn_camp(case: Case, state: State, i: int) -> int:
    """Draw the camp of i, -1 for none."""
    u = uniform(state.stream, Decision.CAMP, NONE, NONE, NONE, case.seats[i].address, NONE)
    reached = 0.0
    for camp in range(case.camp_share.shape[1]):
        reached += case.camp_share[case.seats[i].group, camp]
        if u < reached:
            return camp
    return -1
