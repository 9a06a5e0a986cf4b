"""Acceptance: what a paragraph is worth to a delegate, who objects, who blocks, what the rule makes of it (5.5 - 5.8).

Rules that hold here
- f = loss - latitude. `loss` depends on the text only, `latitude` is the largest loss a delegate accepts from this
  pen-holder at this moment; f > 0 or a crossed red line is an objection.
- Tempers are drawn once: redrawn at each reading they would turn patience into a lottery.
- An objection becomes a block where it exceeds the cost of blocking, which falls as others object too.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from negsim.kernel import inlined, kernel
from negsim.negotiation.beliefs import room_centre
from negsim.negotiation.case import Case, Floats, Ints
from negsim.negotiation.influence import concession, lateness
from negsim.negotiation.moves import Pen, Response
from negsim.negotiation.state import State
from negsim.negotiation.trust import isolation, trust_in_others

RULES = ("no_formal_objection", "rough_consensus", "consensus_minus", "majority_per_group")
NO_FORMAL_OBJECTION, ROUGH_CONSENSUS, CONSENSUS_MINUS, MAJORITY_PER_GROUP = 0, 1, 2, 3
ARGUED = 15  # blockers heard at one reading
STATEMENTS_A_BLOCKER = 2.0


class Reading(NamedTuple):
    """What the room is reading: a value and a precision for one issue, whose pen it is, and when."""

    issue: int
    value: float
    precision: float
    pen: int  # moves.Pen, or the sponsor of a proposal
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


@inlined
def loss(case: Case, state: State, i: int, k: int, y: float, v: float) -> float:
    """w ( |y - x| (1 - ambiguity (1 - v)) + dilution (1 - v) |x - q| ) (5.5).

    Vagueness lets each read the text their way, and costs those who wanted change.
    """
    p, x = case.parameters[0], state.opinions[k, i].position
    vague = 1.0 - v
    distance = abs(y - x) * (1.0 - p.ambiguity * vague)
    return state.opinions[k, i].weight * (distance + p.dilution * vague * abs(x - case.status_quo[k]))


@inlined
def no_deal(case: Case, state: State, i: int, k: int, present: int) -> float:
    """d: the loss without a deal: the status quo, or with `hope` a renewed mandate's centre (5.6)."""
    hope, x = case.parameters[0].hope, state.opinions[k, i].position
    outside = case.seats[i].outside_option
    if not math.isnan(outside):
        return state.opinions[k, i].weight * (1.0 - outside)
    stay = abs(case.status_quo[k] - x)
    renewed = abs(room_centre(state, k, i, present) - x)
    return state.opinions[k, i].weight * ((1.0 - hope) * stay + hope * renewed)


@inlined
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


@inlined
def half_width(case: Case, state: State, i: int, k: int, v: float, accepted: float) -> float:
    """How far from x_i text of precision v may lie for a loss of `accepted` (negative: nothing is acceptable)."""
    p = case.parameters[0]
    vague = 1.0 - v
    spent = p.dilution * vague * abs(state.opinions[k, i].position - case.status_quo[k])
    return (accepted / state.opinions[k, i].weight - spent) / (1.0 - p.ambiguity * vague)


@inlined
def crosses_red_line(state: State, i: int, k: int, y: float) -> bool:
    """Whether text y is outside what i can ever accept."""
    return y < state.opinions[k, i].red_low or y > state.opinions[k, i].red_high


@inlined
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


@inlined
def blocking_cost(cost: float, objectors: int, present: int) -> float:
    """What it costs to block as one of so many objectors: cost max(0, 1 - (objectors - 1) / (N / 10)) (5.8)."""
    return cost * max(0.0, 1.0 - (objectors - 1) / (max(1, present) / 10.0))


@kernel
def settle(case: Case, state: State, shortfall: Floats, response: Ints) -> Tally:
    """Who of the objectors blocks: their answers become BLOCK, the others stand aside.

    Where the rule records dissent, those within `dissent_relief` of the cost have it recorded instead of blocking.
    """
    objectors, present = 0, count_present(state)
    accepting, members = 0, 0
    for i in range(response.shape[0]):
        if state.delegates[i].present and response[i] != Response.ACCEPT:
            objectors += 1
    cost = blocking_cost(case.parameters[0].block_cost, objectors, present)
    relief = case.parameters[0].dissent_relief if case.setting[0].record_dissent else 0.0
    blockers, dissenters, everywhere = 0, 0, True
    for i in range(response.shape[0]):
        if i > 0 and case.seats[i].group != case.seats[i - 1].group:
            everywhere = everywhere and (members == 0 or 2 * accepting > members)
            accepting, members = 0, 0
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
    everywhere = everywhere and (members == 0 or 2 * accepting > members)
    return Tally(objectors, blockers, dissenters, present, everywhere)


@kernel
def satisfies(name: int, share: float, k: int, tally: Tally) -> bool:
    """Whether a reading with this tally passes under a decision rule."""
    if name == ROUGH_CONSENSUS:
        return tally.present - tally.objectors >= share * tally.present
    if name == CONSENSUS_MINUS:
        return tally.blockers <= k
    if name == MAJORITY_PER_GROUP:
        return tally.majority_everywhere
    return tally.blockers == 0


@kernel
def reading_minutes(case: Case, blockers: int) -> float:
    """A reading takes one statement, plus two for each blocker up to fifteen: an objection is argued (5.9)."""
    return case.parameters[0].statement * (1.0 + STATEMENTS_A_BLOCKER * min(blockers, ARGUED))
