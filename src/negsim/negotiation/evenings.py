"""Evenings, and the time between meetings (section 6; claims 13, 14, 30 - 33, 38).

- A meeting has as many evenings as days, and each delegate spends each of them somewhere: at a mixed table, at a
  dinner it was asked to, in the caucus of its group, or alone.
- Contact raises trust and corrects beliefs; it moves no position.
- A caucus pulls inwards, shifts a little away from the *perceived* others, and gossips.
"""

from __future__ import annotations

import numpy as np

from negsim.kernel import allocating, kernel
from negsim.negotiation.beliefs import clip, correct, move, out_centre, sum_beliefs
from negsim.negotiation.sorting import sort_by
from negsim.negotiation.tables import Case, Flags, Ints, State
from negsim.negotiation.trust import gain, room_gains, sum_trust, susceptibility
from negsim.randomness import Decision, uniform

FAR = 0.2  # distance between the caucus and the perceived others at which the shift is full


@allocating
def spend_evening(case: Case, state: State) -> None:
    """One evening as the row of the plan has it: dinners, mixed tables, caucuses."""
    row = case.plan[state.clock[0].row]
    dinner, mixed = places(case, state)
    n, dinners = dinner.shape[0], 0
    for i in range(n):
        dinners = max(dinners, dinner[i])
    diners = np.empty(n, np.bool_)
    for one in range(1, dinners + 1):
        for i in range(n):
            diners[i] = dinner[i] == one
        sit(case, state, diners, row.quality)
    sit(case, state, mixed, row.quality)
    if row.caucus:
        for i in range(n):
            diners[i] = dinner[i] > 0 or mixed[i]
        caucus(case, state, diners)
    sum_trust(state)
    sum_beliefs(state)


@allocating
def places(case: Case, state: State) -> tuple[Ints, Flags]:
    """Where the delegates go on the evening that is due: N, at which dinner (0 none); N, whether at a mixed table."""
    row = state.clock[0].row
    n = state.delegates.shape[0]
    dinner, mixed = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    for i in range(n):
        if state.delegates[i].present:
            dinner[i] = case.plan_seats[row, i]
            u = uniform(
                state.stream,
                Decision.ATTENDANCE,
                case.plan[row].meeting,
                case.plan[row].day,
                0,
                case.seats[i].address,
                0,
            )
            mixed[i] = dinner[i] == 0 and u < case.plan[row].mixed_share
    return dinner, mixed


@allocating
def sit(case: Case, state: State, diners: Flags, quality: float) -> None:
    """Deal the diners to mixed tables and let each table talk."""
    order, tables = seating(case, state, diners)
    count = order.shape[0]
    for one in range(count):
        for other in range(one % tables, count, tables):
            if other != one:
                talk(case, state, order[one], order[other], quality)


@allocating
def seating(case: Case, state: State, diners: Flags) -> tuple[Ints, int]:
    """The diners, group after group and in random order within, and the number of tables, of `table_size` at most.

    They are dealt to the tables in turn, so that every table is mixed.
    """
    row = state.clock[0].row
    n = diners.shape[0]
    keys, order, count = np.empty(n), np.empty(n, np.int64), 0
    for i in range(n):
        if diners[i]:
            u = uniform(
                state.stream, Decision.TABLE, case.plan[row].meeting, case.plan[row].day, 0, case.seats[i].address, 0
            )
            keys[i], order[count] = case.seats[i].group + u, i
            count += 1
    sort_by(keys, order, count)
    tables = max(1, (count + case.setting[0].table_size - 1) // case.setting[0].table_size)
    return order[:count], tables


@kernel
def talk(case: Case, state: State, i: int, j: int, quality: float) -> None:
    """i hears j out at dinner: T_ij += gain q (1 - T_ij), then b_ij += frank_learning T_ji (x_j - b_ij)."""
    p = case.parameters[0]
    gain(state, j, i, min(1.0, p.contact_gain * quality))
    for k in range(state.paragraphs.shape[0]):
        correct(state, k, j, i, p.frank_learning * state.trust[i, j], state.opinions[k, j].position)


@kernel
def caucus(case: Case, state: State, elsewhere: Flags) -> None:
    """Every group meets on its own, those elsewhere excepted."""
    first = 0
    for g in range(case.group_size.shape[0]):
        last = first + case.group_size[g]
        members = 0
        for i in range(first, last):
            members += 1 if state.delegates[i].present and not elsewhere[i] else 0
        if members > 1:
            close_ranks(case, state, elsewhere, first, last)
            gossip(case, state, elsewhere, first, last)
        first = last


@kernel
def close_ranks(case: Case, state: State, elsewhere: Flags, first: int, last: int) -> None:
    """Pull to the caucus's mean m and shift away from the perceived others o, both anchored to instructions.

    x += pull (A m + (1 - A) a - x) + shift A sign(m - o) min(1, |m - o| / FAR)
    """
    p = case.parameters[0]
    for k in range(state.paragraphs.shape[0]):
        mean, others, members = 0.0, 0.0, 0
        for i in range(first, last):
            if state.delegates[i].present and not elsewhere[i]:
                mean += state.opinions[k, i].position
                others += out_centre(state, k, i)
                members += 1
        mean /= members
        gap = (mean - others / members) / FAR
        away = max(-1.0, min(1.0, gap))
        for i in range(first, last):
            if state.delegates[i].present and not elsewhere[i]:
                a = susceptibility(case, state, i)
                x = state.opinions[k, i].position
                target = a * mean + (1.0 - a) * state.opinions[k, i].instructions
                move(state, k, i, clip(x + p.caucus_pull * (target - x) + p.caucus_shift * a * away))
        for i in range(first, last):
            for j in range(first, last):
                together = state.delegates[i].present and state.delegates[j].present
                if i != j and together and not elsewhere[i] and not elsewhere[j]:
                    state.belief[k, j, i] = state.opinions[k, j].position


@kernel
def gossip(case: Case, state: State, elsewhere: Flags, first: int, last: int) -> None:
    """Trust in each outsider is pulled to the caucus's mean, then chilled (Burt & Knez 1995)."""
    p, n = case.parameters[0], state.delegates.shape[0]
    for j in range(n):
        if first <= j < last or not state.delegates[j].present:
            continue
        mean, members = 0.0, 0
        for i in range(first, last):
            if state.delegates[i].present and not elsewhere[i]:
                mean += state.trust[j, i]
                members += 1
        mean /= members
        for i in range(first, last):
            if state.delegates[i].present and not elsewhere[i]:
                pulled = state.trust[j, i] + p.gossip_pull * (mean - state.trust[j, i])
                state.trust[j, i] = pulled * (1.0 - p.gossip_chill)


@kernel
def renew(case: Case, state: State, debriefed: bool) -> None:
    """A new mandate: a common goal raises trust; a debriefing tells where the others stood (claim 31)."""
    room_gains(state, case.parameters[0].common_goal)
    if debriefed:
        for k in range(state.paragraphs.shape[0]):
            for j in range(state.delegates.shape[0]):
                for i in range(state.delegates.shape[0]):
                    if i != j and state.delegates[i].present and state.delegates[j].present:
                        correct(state, k, j, i, case.parameters[0].learning, state.opinions[k, j].position)
