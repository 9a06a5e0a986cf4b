"""Informal contact: evenings, breaks, and the time between meetings (section 6; claims 13, 14, 30 - 33, 37, 38).

- Contact raises trust and corrects beliefs; it moves no position. It works more at a small table, since attention
  divides, and trust carries over to those of a group who were not met (Pettigrew & Tropp 2006).
- Who trusts somebody may show it what only it knows.
- A meeting has as many evenings as days, and each delegate spends each of them somewhere: at a mixed table, at a dinner
  to which it was invited, in its caucus, or alone. A group is one caucus unless the scenario divides it.
- A caucus pulls its members towards their mean, and lets them learn where the others of it stand.
- Corridors: at each break a delegate seeks company in other groups with chance `across`, and hears one person out
  frankly, as at dinner but alone and for a shorter time; otherwise it stays with its own caucus, which changes nothing.
- Breaks have a timetable of their own (`Case.breaks`): one is due as soon as the clock has come to its minute. It takes
  no floor time and counts as no turn of the meeting, and its draws have their own addresses, so that every other draw
  is the same with and without breaks.
- The talks of a break are simultaneous: all of them use the trust from before the break.
"""

from __future__ import annotations

import math

import numpy as np

from negsim.elementary import power
from negsim.kernel import allocating, entry, kernel
from negsim.negotiation.beliefs import correct, correct_in_room
from negsim.negotiation.influence import hold_to_instructions
from negsim.negotiation.sorting import sort_by
from negsim.negotiation.tables import Case, Choice, Flags, Floats, Ints, Move, State, record
from negsim.negotiation.trust import gain, sum_trust, susceptibility
from negsim.randomness import NONE, Decision, uniform

_USUAL_OTHERS = 7.0  # at a table of eight, where attention is what it usually is


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
    table, groups = np.zeros(diners.shape[0], np.int64), np.zeros(case.group_size.shape[0], np.int64)
    _talk_at_tables(case, state, order, tables, quality, table, groups)


@kernel
def _talk_at_tables(
    case: Case, state: State, order: Ints, tables: int, quality: float, table: Ints, groups: Ints
) -> None:
    """Let everyone hear out everyone else at their table, and think better of their groups.

    table: N, zeros; groups: G, zeros: work space.
    """
    count, p = order.shape[0], case.parameters[0]
    for first in range(min(tables, count)):
        here = (count - first + tables - 1) // tables
        attention = _USUAL_OTHERS / max(1, here - 1)
        gained = absorbed(p.contact_gain * quality, attention)
        for one in range(first, count, tables):
            table[order[one]], groups[case.seats[order[one]].group] = first + 1, first + 1
            for other in range(first, count, tables):
                if other != one:
                    talk(case, state, order[one], order[other], gained, attention)
        for one in range(first, count, tables):
            for m in range(table.shape[0]):
                met = groups[case.seats[m].group] == first + 1 and table[m] != first + 1
                if met and state.delegates[m].present and case.seats[m].group != case.seats[order[one]].group:
                    state.trust[m, order[one]] += p.carry_over * gained * (1.0 - state.trust[m, order[one]])
            _tell(case, state, order, first, tables, order[one])


@kernel
def absorbed(amount: float, attention: float) -> float:
    """Return 1 - (1 - amount)^attention, what so many times the usual attention does (amount: at most 1)."""
    if attention == 1.0:
        return amount
    return 1.0 - power(1.0 - amount, attention) if amount < 1.0 else 1.0


@kernel
def _tell(case: Case, state: State, order: Ints, first: int, tables: int, i: int) -> None:
    """Let i show its secret to one at its table whose red line it moves, if it trusts somebody there enough."""
    row, best, lowest = case.plan[state.clock[0].row], -1, 1.0
    for other in range(first, order.shape[0], tables):
        j = order[other]
        if j != i and may_be_told(case, state, i, j):
            seats = case.seats[i].address, case.seats[j].address
            u = uniform(state.stream, Decision.DISCLOSING, row.meeting, row.day, NONE, seats[0], seats[1])
            if u < case.setting[0].disclosure * state.trust[j, i] and u < lowest:
                best, lowest = j, u
    if best >= 0:
        show_secret(case, state, i, best)


@kernel
def may_be_told(case: Case, state: State, i: int, j: int) -> bool:
    """Return whether i has a secret that it has shown to nobody, and that moves a red line of j."""
    k = case.seats[i].secret_issue
    if k < 0 or state.movers[i].shown >= 0:
        return False
    return bool(state.opinions[k, j].red_low > -math.inf or state.opinions[k, j].red_high < math.inf)


@kernel
def show_secret(case: Case, state: State, i: int, j: int) -> None:
    """Let i show j what only it knows: the red lines of j on the issue move out (5.16)."""
    k, moved = case.seats[i].secret_issue, case.seats[i].secret
    state.opinions[k, j].red_low -= moved
    state.opinions[k, j].red_high += moved
    state.movers[i].shown = j
    at = record(case, state, Move.SECRET.value)
    state.log[at].issue, state.log[at].who, state.log[at].whom = k, i, j


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
def talk(case: Case, state: State, i: int, j: int, gained: float, attention: float) -> None:
    """Let i hear j out at dinner: T_ij += gained (1 - T_ij), then b_ij learns from j as far as j trusts i.

    The running sums are added up when the evening is over.
    """
    trust, belief = state.trust, state.belief
    trust[j, i] += gained * (1.0 - trust[j, i])
    learning = absorbed(case.parameters[0].frank_learning * trust[i, j], attention)
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
                if case.core[k]:
                    hold_to_instructions(own, p.slack)
        for j in range(first, last):
            if home[j]:
                x = state.opinions[k, j].position
                for i in range(first, last):
                    belief[k, j, i] = x if home[i] else belief[k, j, i]
                belief[k, j, j] = math.nan


@kernel
def debrief(case: Case, state: State) -> None:
    """Show everybody, before a new mandate, where the others stood (claim 31)."""
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

    i hears j out as at dinner, with all the attention of a table for as long as the break is, and thinks better of the
    rest of j's group.
    """
    p, row, n = case.parameters[0], case.breaks[state.clock[0].breaks], before.shape[0]
    attention = _USUAL_OTHERS * row.dose
    gained = absorbed(p.contact_gain, attention)
    for j in range(n):
        for i in range(n):
            before[j, i] = state.trust[j, i]
    record(case, state, Move.CORRIDORS.value)
    for i in range(n):
        j = company(case, state, i, before)
        if j >= 0:
            gain(state, j, i, gained)
            for m in range(n):
                if m != j and state.delegates[m].present and case.seats[m].group == case.seats[j].group:
                    gain(state, m, i, p.carry_over * gained)
            for k in range(state.paragraphs.shape[0]):
                learning = absorbed(p.frank_learning * before[i, j], attention)
                correct(state, k, j, i, learning, state.opinions[k, j].position)
            aside = record(case, state, Move.ASIDE.value)
            state.log[aside].who, state.log[aside].whom = i, j
            if may_be_told(case, state, i, j):
                seats, number = (case.seats[i].address, case.seats[j].address), row.number + 1
                u = uniform(state.stream, Decision.DISCLOSING, row.meeting, row.day, number, seats[0], seats[1])
                if u < case.setting[0].disclosure * before[j, i]:
                    show_secret(case, state, i, j)
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
