"""Informal contact: evenings, breaks, and the time between meetings (section 6; claims 13, 14, 30 - 33, 37, 38).

- Contact raises trust and corrects beliefs; it moves no position.
- A meeting has as many evenings as days, and each delegate spends each of them somewhere: at a mixed table, at a dinner
  to which it was invited, in its caucus, or alone. A group is one caucus unless the scenario divides it.
- A caucus pulls its members towards their mean, and lets them learn where the others of it stand.
- Corridors: at each break a delegate seeks company in other groups with chance `across`, and hears one person out
  frankly, as at dinner but for a shorter time; otherwise it stays with its own caucus, which changes nothing.
- Breaks have a timetable of their own (`Case.breaks`): one is due as soon as the clock has come to its minute. It takes
  no floor time and counts as no turn of the meeting, and its draws have their own addresses, so that every other draw
  is the same with and without breaks.
- The talks of a break are simultaneous: all of them use the trust from before the break.
"""

from __future__ import annotations

import math

import numpy as np

from negsim.kernel import allocating, entry, kernel
from negsim.negotiation.beliefs import correct, correct_in_room
from negsim.negotiation.sorting import sort_by
from negsim.negotiation.tables import Case, Choice, Flags, Floats, Ints, Move, State, record
from negsim.negotiation.trust import gain, room_gains, sum_trust, susceptibility
from negsim.randomness import NONE, Decision, uniform


@allocating
def spend_evening(case: Case, state: State, invited: Ints) -> None:
    """Spend one evening by its row of the plan: dinners, mixed tables, caucuses. invited: N, to which dinner."""
    row = state.clock[0].row
    dinner, mixed = places(case, state, invited)
    some, dinners = np.empty(dinner.shape[0], np.bool_), 0
    for i in range(dinner.shape[0]):
        dinners = max(dinners, dinner[i])
    for one in range(1, dinners + 1):
        for i in range(dinner.shape[0]):
            some[i] = dinner[i] == one
        sit(case, state, some, case.plan[row].quality)
    sit(case, state, mixed, case.plan[row].quality)
    if case.plan[row].caucus:
        for i in range(dinner.shape[0]):
            some[i] = dinner[i] == 0 and not mixed[i]
        _caucus(case, state, some)
    sum_trust(state)


@entry
@allocating
def seat_evening(case: Case, state: State, choice: Choice, table: Ints) -> None:
    """Number the tables of the evening due, dinners first, and write for each delegate at which it sits (N; 0 none)."""
    dinner, mixed = places(case, state, choice.dinner)
    some, dinners, before = np.empty(dinner.shape[0], np.bool_), 0, 0
    for i in range(dinner.shape[0]):
        table[i] = 0
        dinners = max(dinners, dinner[i])
    for one in range(1, dinners + 2):
        for i in range(dinner.shape[0]):
            some[i] = mixed[i] if one > dinners else dinner[i] == one
        order, tables = seating(case, state, some)
        for place in range(order.shape[0]):
            table[order[place]] = before + 1 + place % tables
        before += tables if order.shape[0] > 0 else 0


@allocating
def places(case: Case, state: State, invited: Ints) -> tuple[Ints, Flags]:
    """Return where delegates go on the evening due: N, at which dinner (0 none); N, whether at a mixed table.

    invited: N, to which dinner.
    """
    n, row = state.delegates.shape[0], case.plan[state.clock[0].row]
    dinner, mixed = np.zeros(n, np.int64), np.zeros(n, np.bool_)
    for i in range(n):
        if state.delegates[i].present:
            dinner[i] = invited[i]
            u = uniform(state.stream, Decision.ATTENDANCE, row.meeting, row.day, NONE, case.seats[i].address, NONE)
            mixed[i] = dinner[i] == 0 and u < row.mixed_share
    return dinner, mixed


@allocating
def sit(case: Case, state: State, diners: Flags, quality: float) -> None:
    """Deal the diners to mixed tables and let each table talk."""
    order, tables = seating(case, state, diners)
    _talk_at_tables(case, state, order, tables, quality)


@kernel
def _talk_at_tables(case: Case, state: State, order: Ints, tables: int, quality: float) -> None:
    """Let everyone hear out everyone else at their table."""
    count = order.shape[0]
    for one in range(count):
        for other in range(one % tables, count, tables):
            if other != one:
                talk(case, state, order[one], order[other], quality)


@allocating
def seating(case: Case, state: State, diners: Flags) -> tuple[Ints, int]:
    """Order the diners by group, at random within, and count the tables, of `table_size` at most.

    They are dealt to the tables in turn, so that every table is mixed.
    """
    order = np.empty(diners.shape[0], np.int64)
    count = _order_seats(case, state, diners, np.empty(diners.shape[0]), order)
    tables = max(1, (count + case.setting[0].table_size - 1) // case.setting[0].table_size)
    return order[:count], tables


@kernel
def _order_seats(case: Case, state: State, diners: Flags, keys: Floats, order: Ints) -> int:
    """Order the diners and count them; keys: N, work space."""
    row, count = state.clock[0].row, 0
    meeting, day = case.plan[row].meeting, case.plan[row].day
    for i in range(diners.shape[0]):
        if diners[i]:
            keys[i] = case.seats[i].group + uniform(
                state.stream, Decision.TABLE, meeting, day, NONE, case.seats[i].address, NONE
            )
            order[count] = i
            count += 1
    sort_by(keys, order, count)
    return count


@kernel
def talk(case: Case, state: State, i: int, j: int, quality: float) -> None:
    """Let i hear j out at dinner: T_ij += gain q (1 - T_ij), then b_ij += frank_learning T_ji (x_j - b_ij).

    The running sums are added up when the evening is over.
    """
    p, trust, belief = case.parameters[0], state.trust, state.belief
    trust[j, i] += min(1.0, p.contact_gain * quality) * (1.0 - trust[j, i])
    learning = p.frank_learning * trust[i, j]
    for k in range(state.paragraphs.shape[0]):
        belief[k, j, i] += learning * (state.opinions[k, j].position - belief[k, j, i])


@allocating
def _caucus(case: Case, state: State, home: Flags) -> None:
    """Let every caucus meet on its own, unless one member is alone; home: N, those who are not elsewhere."""
    members = np.empty(home.shape[0], np.bool_)
    for c in range(state.caucuses.shape[0]):
        first, last, count = 0, 0, 0
        for i in range(home.shape[0]):
            members[i] = home[i] and state.delegates[i].present and case.seats[i].caucus == c
            if members[i]:
                first, last, count = first if count > 0 else i, i + 1, count + 1
        if count > 1:
            close_ranks(case, state, members, first, last)


@kernel
def close_ranks(case: Case, state: State, home: Flags, first: int, last: int) -> None:
    """Pull each member to the caucus's mean m, anchored to instructions: x += pull (A m + (1 - A) a - x).

    home: N, the members, all of them among the seats first .. last - 1.
    """
    p, belief = case.parameters[0], state.belief
    for k in range(state.paragraphs.shape[0]):
        mean, members = 0.0, 0
        for i in range(first, last):
            if home[i]:
                mean += state.opinions[k, i].position
                members += 1
        mean /= members
        for i in range(first, last):
            if home[i]:
                a, own = susceptibility(case, state, i), state.opinions[k, i]
                own.position += p.caucus_pull * (a * mean + (1.0 - a) * own.instructions - own.position)
        for j in range(first, last):
            if home[j]:
                x = state.opinions[k, j].position
                for i in range(first, last):
                    belief[k, j, i] = x if home[i] else belief[k, j, i]
                belief[k, j, j] = math.nan


@kernel
def renew(case: Case, state: State, debriefed: bool) -> None:
    """Begin a new mandate: a common goal raises trust; a debriefing shows where the others stood (claim 31)."""
    room_gains(state, case.parameters[0].common_goal)
    if debriefed:
        for k in range(state.paragraphs.shape[0]):
            for j in range(state.delegates.shape[0]):
                if state.delegates[j].present:
                    correct_in_room(state, k, j, case.parameters[0].learning, state.opinions[k, j].position, False)


@allocating
def take_break(case: Case, state: State) -> None:
    """Take the break that is due: everyone talks to one person, or to nobody if there is none."""
    n = state.delegates.shape[0]
    _talk(case, state, np.empty((n, n)))


@kernel
def _talk(case: Case, state: State, before: Floats) -> None:
    """Hold all talks of the break; before: N,N, work space for trust before it.

    i hears j out: T_ij += gain dose (1 - T_ij), then b_ij += frank_learning T_ji dose (x_j - b_ij) on every issue.
    """
    p, dose, n = case.parameters[0], case.breaks[state.clock[0].breaks].dose, before.shape[0]
    for j in range(n):
        for i in range(n):
            before[j, i] = state.trust[j, i]
    record(case, state, Move.CORRIDORS.value)
    for i in range(n):
        j = company(case, state, i, before)
        if j >= 0:
            gain(state, j, i, p.contact_gain * dose)
            for k in range(state.paragraphs.shape[0]):
                correct(state, k, j, i, p.frank_learning * before[i, j] * dose, state.opinions[k, j].position)
            aside = record(case, state, Move.ASIDE.value)
            state.log[aside].who, state.log[aside].whom = i, j
    state.clock[0].breaks += 1


@kernel
def company(case: Case, state: State, i: int, before: Floats) -> int:
    """Choose whom of another group i hears out at the break that is due, -1 for nobody; before: N,N, trust before it.

    With chance `across` somebody, in proportion to i's trust in it; otherwise nobody: i stays with its own caucus.
    """
    row, seat = case.breaks[state.clock[0].breaks], case.seats[i].address
    if not state.delegates[i].present:
        return -1
    u = uniform(state.stream, Decision.ACROSS, row.meeting, row.day, row.number, seat, NONE)
    if u >= row.across:
        return -1
    total, last = 0.0, -1
    for j in range(before.shape[0]):
        total += _pull(case, state, i, j, before)
    left = total * uniform(state.stream, Decision.COMPANY, row.meeting, row.day, row.number, seat, NONE)
    for j in range(before.shape[0]):
        pull = _pull(case, state, i, j, before)
        if pull > 0.0:
            last, left = j, left - pull
            if left < 0.0:
                return j
    return last


@kernel
def _pull(case: Case, state: State, i: int, j: int, before: Floats) -> float:
    """Return how strongly i is drawn to j at a break."""
    outside = state.delegates[j].present and case.seats[j].group != case.seats[i].group
    return float(before[j, i]) if outside else 0.0
