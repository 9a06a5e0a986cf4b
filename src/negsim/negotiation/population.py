"""The people: from a specification and addressed draws to the first state.

- A delegate's draws carry its own address, so one more seat, or another mean, moves nobody else's draws.
- Trust of i in j is the mean of the pair plus i's trustingness and j's trustworthiness (the social relations model,
  Kenny & La Voie 1984, doi 10.1016/S0065-2601(08)60144-6): half of the variance each, two draws a delegate.
- Where a case is dealt (rule 5.19), what people want is drawn for the seed, and everything else for the replication.
- Linkage bends instructions, a = (1 - lambda) a0 + lambda (the camp's line), and people start from their instructions
  (5.14).
"""

from __future__ import annotations

import math
from typing import cast

import numpy as np

from negsim.elementary import exp, log, round_down
from negsim.kernel import allocating, kernel
from negsim.negotiation.acceptance import assign_power, crosses_red_line, nearest_in_zone
from negsim.negotiation.beliefs import clip, distances, imagine
from negsim.negotiation.tables import Case, Floats, State
from negsim.negotiation.trust import sum_trust, trust_levels
from negsim.randomness import NONE, SEATS_PER_GROUP, Decision, Stream, normal, uniform

_MOST_DEALS = 1000  # tried before the last is taken as it is
_LEAST_ZONE = 0.08  # of the scale, that a deal leaves open on every issue
_ONE = cast("int", np.int64(1))  # as `NONE`, no literal


@allocating
def populate(case: Case, state: State) -> None:
    """Fill a newly allocated state with the people and the climate of one replication."""
    if case.setting[0].dealt:
        _deal(case, state)
    else:
        _gather(case, state, state.stream)
    clock = state.clock[0]
    clock.trust_within, clock.trust_across, clock.trust_chair = trust_levels(state)
    clock.perceived_distance, clock.real_distance = distances(state)
    for i in range(state.delegates.shape[0]):
        state.delegates[i].wish = next_wish(case, state, i)


@allocating
def _deal(case: Case, state: State) -> None:
    """Deal what people want, once for all replications of a seed: the first deal that could be agreed on every issue.

    Deal a is drawn as replication a of the seed would be, and tried in a hard climate.
    """
    replication, lot, wanted = state.stream[1], state.stream.copy(), np.empty(state.delegates.shape[0])
    for attempt in range(_MOST_DEALS):
        state.stream[1] = lot[1] = np.uint64(attempt)
        _gather(case, state, lot)
        if _can_be_agreed(case, state, wanted):
            break
    state.stream[1] = replication
    _gather(case, state, lot)
    _lock(case, state, lot)


@allocating
def _gather(case: Case, state: State, lot: Stream) -> None:
    """Draw everybody, what they want from `lot` and the rest from the replication, and let them imagine each other."""
    _draw_climate(case, state)
    assign_power(case, state)
    draw_positions(case, state, lot)
    draw_red_lines(case, state, lot)
    if case.setting[0].dealt:
        _move_by_lot(case, state, lot)
    draw_salience(case, state, lot)
    draw_trust(case, state)
    join_camps(case, state)
    imagine(case, state)
    sum_trust(state)


@kernel
def _move_by_lot(case: Case, state: State, lot: Stream) -> None:
    """Add to all positions on an issue, and to all red lines, a number that is dealt; round to two digits."""
    for k in range(state.opinions.shape[0]):
        row = case.deal[k]
        moved = _between(row.position_low, row.position_high, uniform(lot, Decision.DEAL, NONE, NONE, k, NONE, NONE))
        raised = _between(row.red_low, row.red_high, uniform(lot, Decision.DEAL, NONE, NONE, k, _ONE, NONE))
        for i in range(state.opinions.shape[1]):
            opinion = state.opinions[k, i]
            opinion.position = clip(_to_two_digits(opinion.position + moved))
            opinion.instructions = opinion.position
            if opinion.red_low > -math.inf:
                opinion.red_low = _to_two_digits(opinion.red_low + raised)
            if opinion.red_high < math.inf:
                opinion.red_high = _to_two_digits(opinion.red_high + raised)


@kernel
def _between(low: float, high: float, u: float) -> float:
    return low + u * (high - low)


@kernel
def _to_two_digits(x: float) -> float:
    return round_down(100.0 * x + 0.5) / 100.0


@kernel
def _can_be_agreed(case: Case, state: State, wanted: Floats) -> bool:
    """Return whether every issue has a zone wide enough, and nobody's wish crosses its own line. wanted: N."""
    last = wanted.shape[0] - 1
    for k in range(state.opinions.shape[0]):
        state.paragraphs[k].climate = case.parameters[0].climate + case.parameters[0].climate_by_issue
        for i in range(wanted.shape[0]):
            wanted[i] = 0.0 if i < last else 1.0
            if crosses_red_line(state, i, k, state.opinions[k, i].position):
                return False
        nearest_in_zone(case, state, k, wanted)
        if not wanted[last] - wanted[0] >= _LEAST_ZONE:
            return False
    return True


@kernel
def _lock(case: Case, state: State, lot: Stream) -> None:
    """Close one issue by the red line of one delegate, both dealt: it goes beyond the nearest line across.

    A secret on the issue may open it again (5.16). The delegate wants at least what its line asks for.
    """
    setting, issues, n = case.setting[0], state.opinions.shape[0], state.opinions.shape[1]
    if math.isnan(setting.locked_low):
        return
    k = int(uniform(lot, Decision.LOCK, NONE, NONE, NONE, NONE, NONE) * issues)
    gap = _between(setting.locked_low, setting.locked_high, uniform(lot, Decision.LOCK, NONE, NONE, _ONE, NONE, NONE))
    low, high, facing = -math.inf, math.inf, 0
    for i in range(n):
        low, high = max(low, state.opinions[k, i].red_low), min(high, state.opinions[k, i].red_high)
    for i in range(n):
        facing += 1 if _faces_a_line(state, k, i, low, high) else 0
    left = int(uniform(lot, Decision.LOCK, NONE, NONE, NONE, _ONE, NONE) * facing)
    for i in range(n):
        if not _faces_a_line(state, k, i, low, high):
            continue
        opinion = state.opinions[k, i]
        if left == 0:
            if opinion.red_low > -math.inf:
                opinion.red_low = _to_two_digits(high + gap)
                opinion.position = max(opinion.position, opinion.red_low)
            else:
                opinion.red_high = _to_two_digits(low - gap)
                opinion.position = min(opinion.position, opinion.red_high)
            opinion.instructions = opinion.first_position = opinion.position
            state.movers[i].locked = k
        left -= 1


@kernel
def _faces_a_line(state: State, k: int, i: int, low: float, high: float) -> bool:
    """Return whether i has a red line on k that another's faces. low, high: the tightest of all, infinite for none."""
    opinion = state.opinions[k, i]
    return bool((opinion.red_low > -math.inf and high < math.inf) or (opinion.red_high < math.inf and low > -math.inf))


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
def draw_positions(case: Case, state: State, lot: Stream) -> None:
    """Draw x_ik from the group's mean and spread, clipped to the scale; and each delegate's temper."""
    issues, n = state.opinions.shape
    for i in range(n):
        z = normal(state.stream, Decision.TEMPER, NONE, NONE, NONE, case.seats[i].address, NONE)
        state.delegates[i].temper = case.parameters[0].temper * z
        for k in range(issues):
            z = 0.0
            if case.stances[i, k].spread > 0.0:
                z = normal(lot, Decision.POSITION, NONE, NONE, k, case.seats[i].address, NONE)
            state.opinions[k, i].position = clip(case.stances[i, k].position + case.stances[i, k].spread * z)
            state.opinions[k, i].instructions = state.opinions[k, i].position


@kernel
def draw_red_lines(case: Case, state: State, lot: Stream) -> None:
    """Draw red lines, by seat or, where they are shared, by group; one draw moves both ends alike."""
    issues, n = state.opinions.shape
    for i in range(n):
        for k in range(issues):
            low, high, spread = case.stances[i, k].red_low, case.stances[i, k].red_high, case.stances[i, k].red_spread
            if spread > 0.0 and (low > -math.inf or high < math.inf):
                address = case.seats[i].address
                if case.stances[i, k].red_shared:
                    address -= address % SEATS_PER_GROUP  # of the group's first seat
                z = normal(lot, Decision.RED_LINE, NONE, NONE, k, address, NONE)
                low, high = low + spread * z, high + spread * z
            state.opinions[k, i].red_low, state.opinions[k, i].red_high = low, high


@kernel
def draw_salience(case: Case, state: State, lot: Stream) -> None:
    """Draw s_ik, as far as differences between issues count, rows summing to 1; and w_ik = K s_ik (5.5).

    (1 - salience_weight) / K + salience_weight times the share that the group's weight, by a lognormal factor, has.
    """
    share = case.parameters[0].salience_weight
    issues, n = state.opinions.shape
    for i in range(n):
        total = 0.0
        for k in range(issues):
            z = normal(lot, Decision.SALIENCE, NONE, NONE, k, case.seats[i].address, NONE)
            state.opinions[k, i].salience = case.stances[i, k].salience * exp(case.setting[0].salience_spread * z)
            total += state.opinions[k, i].salience
        for k in range(issues):
            state.opinions[k, i].weight = 1.0 - share + share * issues * state.opinions[k, i].salience / total
            state.opinions[k, i].salience = state.opinions[k, i].weight / issues


@allocating
def draw_trust(case: Case, state: State) -> None:
    """Draw T_ij = mean of the pair + i's trustingness + j's trustworthiness, clipped; T_ii = 1; trust in the chair."""
    n = state.delegates.shape[0]
    _draw_trust(case, state, np.empty(n), np.empty(n))


@kernel
def _draw_trust(case: Case, state: State, trusting: Floats, trusted: Floats) -> None:
    """Draw both sides and combine the pairs; trusting, trusted: N, work space."""
    n, mean, trust = state.delegates.shape[0], case.trust_mean, state.trust
    half = case.setting[0].trust_spread * math.sqrt(0.5)
    for i in range(n):
        trusting[i] = half * normal(state.stream, Decision.TRUSTING, NONE, NONE, NONE, case.seats[i].address, NONE)
        trusted[i] = half * normal(state.stream, Decision.TRUSTED, NONE, NONE, NONE, case.seats[i].address, NONE)
        z = normal(state.stream, Decision.CHAIR_TRUST, NONE, NONE, NONE, case.seats[i].address, NONE)
        state.delegates[i].chair_trust = clip(case.seats[i].chair_trust + case.setting[0].trust_spread * z)
    for j in range(n):
        for i in range(n):
            trust[j, i] = 1.0 if i == j else clip(mean[i, j] + trusting[i] + trusted[j])


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
