"""Acceptance: what a paragraph is worth to a delegate, who objects, who blocks, what the rule makes of it (5.5 - 5.9).

f = loss - latitude. The loss depends on the text only; the latitude is the largest loss that a delegate accepts from
this pen-holder at this moment. f > 0 or a crossed red line is an objection, and an objection becomes a block where it
exceeds the cost of blocking, which falls as others object too. Tempers are drawn once: redrawn at each reading they
would turn patience into a lottery.

The zone of agreement is whether some text could pass now, were everybody to concede all they ever will: F = 1, no
pressure, trust in the pen-holder 1, tempers as drawn, and text of the precision that people use when they write down
what was said (`PRECISION`). It is exact: at a given cost of blocking the texts that a delegate does not block are an
interval around its position; for every n, take the texts where exactly n object and none of them blocks (5.8). Vaguer
text may pass where no such text does: that is constructive ambiguity, and it shows as an agreement without a zone. A
package is weighed as a whole, in `study.solutions`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from negsim.kernel import allocating, entry, kernel
from negsim.negotiation.beliefs import room_centre
from negsim.negotiation.influence import concession, lateness
from negsim.negotiation.sorting import sort
from negsim.negotiation.tables import Case, Floats, Ints, Pen, Response, State, groups, strangers
from negsim.negotiation.trust import isolation, trust_in_others

ANY_NUMBER = 2**31  # of blocks: no limit
MAJORITY = 0.5 + 1e-9  # the least share that is more than half, in any room


class RuleRow(NamedTuple):
    """A decision rule: a text passes if all of its numbers hold. The defaults ask for nothing.

    accept: least share of those present who have no objection; group_accept: the same within every group. blocks: most
    delegates who may block; group_blocks: the same within every group. A scenario may give each group its own numbers.
    """

    accept: float = 0.0
    blocks: int = ANY_NUMBER
    group_accept: float = 0.0
    group_blocks: int = ANY_NUMBER


DECISION_RULES = {  # by the name that a scenario calls them
    "no_formal_objection": RuleRow(blocks=0),
    "rough_consensus": RuleRow(accept=0.75),
    "consensus_minus": RuleRow(blocks=1),
    "majority_per_group": RuleRow(group_accept=MAJORITY),
}
ARGUED = 15  # blockers heard at one reading
STATEMENTS_A_BLOCKER = 2.0
PRECISION = 0.7  # of text that people write down of what was said


class Reading(NamedTuple):
    """What the room is reading: a value and a precision for one issue, whose pen it is, and when."""

    issue: int
    value: float
    precision: float
    pen: int  # a `Pen`, or the sponsor of a proposal
    known: bool  # whether the room knows the pen-holder
    t: float  # clock / deadline, 0..1
    pressure: float  # P = chair.pressure t^2 while a chair's text is read, else 0


class Tally(NamedTuple):
    """Who said what at a reading."""

    objectors: int
    blockers: int
    dissenters: int  # would have blocked, and have their dissent recorded instead
    present: int
    majority_everywhere: bool  # more than half of every group present accepts
    groups_consent: bool  # every group accepts and blocks as the decision rule asks of it


@kernel
def loss(case: Case, state: State, i: int, k: int, y: float, v: float) -> float:
    """w ( |y - x| (1 - ambiguity (1 - v)) + dilution (1 - v) |x - q| ) (5.5).

    Vagueness lets each read the text their way, and costs those who wanted change.
    """
    p, x = case.parameters[0], state.opinions[k, i].position
    vague = 1.0 - v
    distance = abs(y - x) * (1.0 - p.ambiguity * vague)
    return state.opinions[k, i].weight * (distance + p.dilution * vague * abs(x - case.status_quo[k]))


@kernel
def no_deal(case: Case, state: State, i: int, k: int, present: int) -> float:
    """d: the loss without a deal: the status quo, or with `hope` a renewed mandate's centre (5.6)."""
    hope, x = case.parameters[0].hope, state.opinions[k, i].position
    outside = case.seats[i].outside_option
    if not math.isnan(outside):
        return state.opinions[k, i].weight * (1.0 - outside)
    stay = abs(case.status_quo[k] - x)
    renewed = abs(room_centre(state, k, i, present) - x)
    return state.opinions[k, i].weight * ((1.0 - hope) * stay + hope * renewed)


@kernel
def latitude(
    case: Case, state: State, i: int, k: int, present: int, pen_trust: float, conceded: float, pressure: float
) -> float:
    """The largest loss that i accepts on k: everything of rule 5.7 but the loss.

    d + goodwill T - aspiration (1 - F) - hardening I - spillover - devaluation (1 - trust in the pen-holder)
    + P (help T - harm (1 - T)) + temper, with F = `conceded`
    """
    p, trust = case.parameters[0], trust_in_others(state, i)
    return (
        no_deal(case, state, i, k, present)
        + p.goodwill * trust
        - p.aspiration * (1.0 - conceded)
        - p.isolation_hardening * isolation(state, i)
        - state.delegates[i].spillover
        - p.devaluation * (1.0 - pen_trust)
        + pressure * (p.pressure_help * trust - p.pressure_harm * (1.0 - trust))
        + state.opinions[k, i].temper
    )


@kernel
def half_width(case: Case, state: State, i: int, k: int, v: float, accepted: float) -> float:
    """How far from x_i text of precision v may lie for a loss of `accepted` (negative: nothing is acceptable)."""
    p = case.parameters[0]
    vague = 1.0 - v
    spent = p.dilution * vague * abs(state.opinions[k, i].position - case.status_quo[k])
    return (accepted / state.opinions[k, i].weight - spent) / (1.0 - p.ambiguity * vague)


@kernel
def crosses_red_line(state: State, i: int, k: int, y: float) -> bool:
    """Whether text y is outside what i can ever accept."""
    return y < state.opinions[k, i].red_low or y > state.opinions[k, i].red_high


@kernel
def pen_trust(state: State, i: int, k: int, pen: int, known: bool) -> float:
    """i's trust in whoever holds the pen; 1 where the room no longer knows who that is."""
    if not known or pen == Pen.NOBODY:
        return 1.0
    if pen >= 0:
        return float(state.trust[pen, i])
    if pen != Pen.GROUP:
        return float(state.delegates[i].chair_trust)
    total, members = 0.0, 0
    for j in range(state.delegates.shape[0]):
        if state.opinions[k, j].drafter:
            total += state.trust[j, i]
            members += 1
    return total / max(1, members)


@kernel
def count_present(state: State) -> int:
    """How many delegates are in the room."""
    present = 0
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].present:
            present += 1
    return present


@kernel
def shortfalls(case: Case, state: State, reading: Reading, out: Floats) -> None:
    """f_ik of every delegate into `out` (N, value units); infinite where a red line is crossed."""
    k, late = reading.issue, lateness(case, reading.t)
    present = count_present(state)
    for i in range(out.shape[0]):
        trust = pen_trust(state, i, k, reading.pen, reading.known)
        accepted = latitude(case, state, i, k, present, trust, concession(case, state, i, late), reading.pressure)
        out[i] = loss(case, state, i, k, reading.value, reading.precision) - accepted
        if crosses_red_line(state, i, k, reading.value):
            out[i] = math.inf


@kernel
def respond(state: State, shortfall: Floats, response: Ints) -> None:
    """The default answer of every seat: object where the text falls short."""
    for i in range(shortfall.shape[0]):
        response[i] = Response.OBJECT if state.delegates[i].present and shortfall[i] > 0.0 else Response.ACCEPT


@kernel
def blocking_cost(cost: float, objectors: int, present: int) -> float:
    """What it costs to block as one of so many objectors: cost max(0, 1 - (objectors - 1) / (N / 10)) (5.8)."""
    return cost * max(0.0, 1.0 - (objectors - 1) / (max(1, present) / 10.0))


@kernel
def settle(case: Case, state: State, shortfall: Floats, response: Ints) -> Tally:
    """Who of the objectors blocks: their answers become BLOCK, the others stand aside.

    Where the rule records dissent, those within `dissent_relief` of the cost have it recorded instead of blocking.
    """
    objectors, present = 0, count_present(state)
    for i in range(response.shape[0]):
        if state.delegates[i].present and response[i] != Response.ACCEPT:
            objectors += 1
    cost = blocking_cost(case.parameters[0].block_cost, objectors, present)
    relief = case.parameters[0].dissent_relief if case.setting[0].record_dissent else 0.0
    blockers, dissenters, majority, consent, first = 0, 0, True, True, 0
    for g in range(case.group_size.shape[0]):
        accepting, members, before, last = 0, 0, blockers, first + case.group_size[g]
        for i in range(first, last):
            if not state.delegates[i].present:
                continue
            members += 1
            accepting += 1 if response[i] == Response.ACCEPT else 0
            if not case.seats[i].may_block and response[i] == Response.BLOCK:
                response[i] = Response.OBJECT
            elif case.seats[i].may_block and response[i] == Response.OBJECT and shortfall[i] > cost:
                if shortfall[i] > cost + relief:
                    response[i] = Response.BLOCK
                else:
                    dissenters += 1
            blockers += 1 if response[i] == Response.BLOCK else 0
        majority = majority and accepting >= MAJORITY * members
        asked = case.consent[g]
        consent = consent and accepting >= asked.accept * members and blockers - before <= asked.blocks
        first = last
    return Tally(objectors, blockers, dissenters, present, majority, consent)


@kernel
def passes(case: Case, tally: Tally) -> bool:
    """Whether a reading with this tally passes: n - objectors >= accept n, blockers <= blocks, and so in every group.

    n: those present, in the room or in the group; a group of whom nobody is left asks for nothing.
    """
    rule = case.setting[0]
    enough = tally.present - tally.objectors >= rule.accept * tally.present
    return enough and tally.blockers <= rule.blocks and tally.groups_consent


@kernel
def reading_minutes(case: Case, blockers: int) -> float:
    """A reading takes one statement, plus two for each of up to fifteen blockers: a bracket is argued over (5.9)."""
    return case.parameters[0].statement * (1.0 + STATEMENTS_A_BLOCKER * min(blockers, ARGUED))


@kernel
def accepted_interval(case: Case, state: State, i: int, k: int, accepted: float) -> tuple[float, float]:
    """The texts on k that cost i a loss of at most `accepted`; empty (low > high) where there is none."""
    width = half_width(case, state, i, k, PRECISION, accepted)
    if width < 0.0:
        return 1.0, 0.0
    low = max(state.opinions[k, i].position - width, state.opinions[k, i].red_low)
    high = min(state.opinions[k, i].position + width, state.opinions[k, i].red_high)
    return max(0.0, low), min(1.0, high)


@kernel
def unblocked(case: Case, state: State, k: int, accepted: Floats, cost: float) -> tuple[float, float]:
    """The texts on k that nobody blocks at this cost; accepted: N, as in `zone_exists`."""
    low, high = 0.0, 1.0
    for i in range(accepted.shape[0]):
        if state.delegates[i].present and case.seats[i].may_block:
            start, end = accepted_interval(case, state, i, k, accepted[i] + cost)
            if start > end:
                return 1.0, 0.0
            low, high = max(low, start), min(high, end)
    return low, high


@kernel
def accepted_intervals(
    case: Case, state: State, k: int, present: int, accepted: Floats, starts: Floats, ends: Floats
) -> int:
    """Where the intervals begin and end in which each delegate has no objection; how many are not empty.

    accepted: N; the largest loss that each will ever accept is put there.
    """
    count = 0
    for i in range(accepted.shape[0]):
        accepted[i] = latitude(case, state, i, k, present, 1.0, 1.0, 0.0)
        if state.delegates[i].present:
            low, high = accepted_interval(case, state, i, k, accepted[i])
            if low <= high:
                starts[count], ends[count] = low, high
                count += 1
    return count


@entry
@allocating
def zone_exists(case: Case, state: State, k: int) -> bool:
    """Whether a text on k exists to which exactly n object, for some n, and which none of the n blocks."""
    n, present = state.delegates.shape[0], count_present(state)
    if present == 0:
        return False
    accepted, starts, ends = np.empty(n), np.empty(n), np.empty(n)
    count = accepted_intervals(case, state, k, present, accepted, starts, ends)
    sort(starts, count)
    sort(ends, count)
    levels = int(present / 10.0) + 3  # from there on blocking costs nothing
    low, high = np.empty(levels), np.empty(levels)
    return passes_somewhere(case, state, k, accepted, starts[:count], ends[:count], low, high, present)


@kernel
def passes_somewhere(
    case: Case,
    state: State,
    k: int,
    accepted: Floats,
    starts: Floats,
    ends: Floats,
    low: Floats,
    high: Floats,
    present: int,
) -> bool:
    """Whether some text is unblocked by as many as object to it.

    The number of objectors changes where an interval begins or ends (`starts`, `ends`: sorted): each of these texts is
    tried, and so is each stretch between two of them. low, high: the texts that nobody blocks where n object, found
    when they are first asked for (NaN: not yet); the last serves all n above.
    """
    begun, ended, before, y, last = 0, 0, 0.0, 0.0, low.shape[0] - 1  # intervals begun by y, ended before y
    for n in range(low.shape[0]):
        low[n] = math.nan
    while True:
        n = min(last, present - (begun - ended))
        _find_unblocked(case, state, k, accepted, n, low, high, present)
        if max(low[n], before) < min(high[n], y) or before < low[n] == high[n] < y:
            return True
        while begun < starts.shape[0] and starts[begun] <= y:
            begun += 1
        n = min(last, present - (begun - ended))
        _find_unblocked(case, state, k, accepted, n, low, high, present)
        if low[n] <= y <= high[n]:
            return True
        if y >= 1.0:
            return False
        while ended < ends.shape[0] and ends[ended] <= y:
            ended += 1
        before, y = y, 1.0
        if begun < starts.shape[0]:
            y = min(y, starts[begun])
        if ended < ends.shape[0]:
            y = min(y, ends[ended])


@kernel
def _find_unblocked(
    case: Case, state: State, k: int, accepted: Floats, n: int, low: Floats, high: Floats, present: int
) -> None:
    """The texts that nobody blocks where n object, into low[n], high[n], unless they are there."""
    if math.isnan(low[n]):
        cost = blocking_cost(case.parameters[0].block_cost, max(1, n), present)
        low[n], high[n] = unblocked(case, state, k, accepted, cost)


@allocating
def overlap(case: Case, state: State, k: int, conceded: Floats) -> float:
    """Share of cross-group pairs with |x_ik - b_ijk| within twice i's acceptance half-width (5.12).

    In a room of one group, of all pairs. conceded: N; F of every delegate now. The pen would be the chair's or the
    facilitator's.
    """
    n, strange = state.delegates.shape[0], strangers(state)[1]
    return _overlap(case, state, k, conceded, groups(state), strange, np.empty(n), np.empty(n))


@kernel
def _overlap(
    case: Case, state: State, k: int, conceded: Floats, group: Ints, strange: Ints, x: Floats, reach: Floats
) -> float:
    """The same, row by row; group: N; strange: G, how many are in the others; x, reach: N, to work with."""
    belief, present, n = state.belief, count_present(state), x.shape[0]
    alone = case.group_size.shape[0] == 1
    for i in range(n):
        x[i], reach[i] = state.opinions[k, i].position, math.nan
        if state.delegates[i].present:
            accepted = latitude(case, state, i, k, present, state.delegates[i].chair_trust, conceded[i], 0.0)
            reach[i] = 2.0 * half_width(case, state, i, k, PRECISION, accepted)
    pairs, near = 0, 0
    for j in range(n):
        if state.delegates[j].present:
            own = -1 if alone else group[j]
            for i in range(n):  # nothing lies within NaN, nor does NaN, what j believes of itself
                near += 1 if group[i] != own and abs(x[i] - belief[k, j, i]) <= reach[i] else 0
            pairs += present - 1 if alone else strange[own]
    return near / pairs if pairs > 0 else 0.0
