"""The third beat of turns, one function a move; readings are in `text`, the end is in `closing`.

A move on the floor spends the minutes that it takes and ends the visit to its issue. A row of the plan that is not a
session happens once, takes no floor time, and hands over to the next row, or to the row where a failed motion leads.
"""

from __future__ import annotations

import math

import numpy as np

from negsim.elementary import exp
from negsim.kernel import allocating, kernel
from negsim.negotiation import influence, text
from negsim.negotiation.acceptance import (
    carries,
    overlap,
    passes,
    reading_minutes,
    settle,
    zone_exists,
)
from negsim.negotiation.beliefs import centre, clip, correct
from negsim.negotiation.closing import conclude, renewal_support, walk_out
from negsim.negotiation.formats import end_visit, format_of, frankness_of, pressure_felt, spend
from negsim.negotiation.informal import debrief, spend_evening
from negsim.negotiation.population import next_wish
from negsim.negotiation.proposals import next_proposal, table
from negsim.negotiation.tables import (
    Case,
    Choice,
    Move,
    Pen,
    State,
    Status,
    Turn,
    draw,
    elapsed,
    open_paragraphs,
    record,
    session_left,
)
from negsim.negotiation.trust import FULL_EVIDENCE, reaffirm
from negsim.randomness import NONE, Decision, uniform

_WARNING_STATEMENTS = 1.0 / 3.0  # statements that a reminder of the time takes
_TABLING_STATEMENTS = 2.0  # statements that tabling a proposal takes
_RENEWING_SHARE = 0.5  # of those present, which obtains another mandate


@kernel
def speak(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Make a statement and let the room hear it."""
    form = case.formats[format_of(case, state)]
    place = choice.values[turn.issue]
    influence.hear(case, state, turn.who, turn.issue, place, frankness_of(case, state), 0.0)
    give_floor(case, state, turn.who)
    minutes = spend(case, state, case.parameters[0].statement)
    state.clock[0].since_notice += minutes
    state.clock[0].statement_minutes += minutes
    state.clock[0].statements += 1
    at = record(case, state, Move.SPEAK.value)
    state.log[at].issue, state.log[at].who = turn.issue, turn.who
    state.log[at].place, state.log[at].position = place, state.opinions[turn.issue, turn.who].position
    only_speaks = form.closing == Move.NOTHING and state.clock[0].statements >= form.statements
    if only_speaks or state.clock[0].statements > form.statements:  # there was nothing to read or discuss
        end_visit(state, turn.issue)


@kernel
def give_floor(case: Case, state: State, who: int) -> None:
    """Count a delegate's turn with the floor, and draw when it asks again."""
    state.delegates[who].spoken += 1
    state.delegates[who].wish = next_wish(case, state, who)


@kernel
def table_proposal(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Table a proposal from the floor."""
    table(case, state, turn.who, choice.values)
    give_floor(case, state, turn.who)
    state.clock[0].since_notice += spend(case, state, _TABLING_STATEMENTS * case.parameters[0].statement)
    state.clock[0].statements += 1


@allocating
def discuss(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Give an open proposal its slot: its sponsor is heard, and it is read."""
    k, form = turn.issue, format_of(case, state)
    p = next_proposal(state, k)
    sponsor = state.proposals[p].sponsor
    state.waiting[p, k] = False
    state.clock[0].discussed += 1
    at = record(case, state, Move.DISCUSS.value)
    state.log[at].issue, state.log[at].who, state.log[at].proposal = k, sponsor, p
    influence.hear(case, state, sponsor, k, state.proposed[p, k], frankness_of(case, state), 0.0)
    tally = settle(case, state, choice.shortfall, choice.response)
    better = state.paragraphs[k].status == Status.EMPTY or tally.blockers < text.count_brackets(state, k)
    if passes(case, tally) or better:
        text.write(state, k, state.proposed[p, k], case.formats[form].precision, sponsor)
        text.read(case, state, turn, choice)
    else:
        text.count_reading(state, k, tally)
        minutes = spend(case, state, reading_minutes(case, tally.blockers))
        text.argue(case, state, k, choice, minutes, 0.0)
        end_visit(state, k)


@allocating
def notice(case: Case, state: State, turn: Turn) -> None:
    """Look for overlap in what was said, noticed with chance P = 1 - exp(-rate factor minutes overlap) (5.12)."""
    k, form = turn.issue, format_of(case, state)
    minutes = state.clock[0].since_notice + spend(case, state, case.formats[form].minutes)
    t, rate = elapsed(case, state), case.parameters[0].noticing_rate * case.formats[form].noticing
    chance = 1.0 - exp(-rate * minutes * overlap(case, state, k, t))
    u = draw(case, state, Decision.NOTICING, k, NONE)
    value = text.said_centre(state, k)
    end_visit(state, k)
    if u < chance and not math.isnan(value):
        state.paragraphs[k].noticed += 1
        state.paragraphs[k].false_convergence = state.paragraphs[k].false_convergence or not zone_exists(case, state, k)
        text.write(state, k, value, case.formats[form].precision, case.formats[form].pen)
        state.clock[0].to_read = k
        at = record(case, state, Move.NOTICE.value)
        state.log[at].issue, state.log[at].place, state.log[at].chance = k, value, chance


@kernel
def choose_drafters(case: Case, state: State, k: int) -> None:
    """Draw equal seats per group by lot: two a group, one if there are more than five groups."""
    seats = 2 if case.group_size.shape[0] <= 5 else 1
    for i in range(state.delegates.shape[0]):
        state.opinions[k, i].drafter = False
    first = 0
    for g in range(case.group_size.shape[0]):
        last = first + case.group_size[g]
        for _ in range(min(seats, case.group_size[g])):
            best, lowest = -1, 2.0
            for i in range(first, last):
                u = draw(case, state, Decision.DRAFTERS, k, case.seats[i].address)
                if state.delegates[i].present and not state.opinions[k, i].drafter and u < lowest:
                    best, lowest = i, u
            if best >= 0:
                state.opinions[k, best].drafter = True
        first = last


@kernel
def draft_in_group(case: Case, state: State, turn: Turn) -> None:
    """Let a small mixed group talk frankly for its minutes and draft the mean of its members' statements."""
    k, form, t = turn.issue, format_of(case, state), elapsed(case, state)
    choose_drafters(case, state, k)
    statements = int(spend(case, state, case.formats[form].minutes) / case.parameters[0].statement)
    frankness, n = frankness_of(case, state), state.delegates.shape[0]
    total, members = 0.0, 0
    for j in range(n):
        if state.opinions[k, j].drafter:
            if members < statements:
                influence.hear_in_group(case, state, j, k, frankness)
            total += influence.statement(case, state, j, k, t, frankness)
            members += 1
    value = total / members
    text.write(state, k, value, case.formats[form].precision, Pen.GROUP.value)
    state.clock[0].to_read = k
    at = record(case, state, Move.DRAFT_IN_GROUP.value)
    state.log[at].issue, state.log[at].place, state.log[at].drafters = k, value, members
    end_visit(state, k)


@kernel
def poll(case: Case, state: State, turn: Turn) -> None:
    """Take a secret straw poll: the text goes to the median, and beliefs about the room move towards it.

    b_ij += learning (median - c_i) for every j, clipped: the ballot says where the middle is, not who stands where.
    """
    k, form = turn.issue, format_of(case, state)
    spend(case, state, case.formats[form].minutes)
    median = text.median_position(state, k)
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].present:
            change = case.parameters[0].learning * (median - centre(state, k, i))
            for j in range(state.delegates.shape[0]):
                if i != j and state.delegates[j].present:
                    correct(state, k, j, i, 1.0, clip(state.belief[k, j, i] + change))
    text.write(state, k, median, case.formats[form].precision, case.formats[form].pen)
    state.clock[0].to_read = k
    at = record(case, state, Move.POLL.value)
    state.log[at].issue, state.log[at].place = k, median
    end_visit(state, k)


@kernel
def hand_out(case: Case, state: State, choice: Choice) -> None:
    """Let the pen-holder hand out text, in the time of one statement; a package takes the format's minutes an issue."""
    form, minutes = case.formats[format_of(case, state)], case.parameters[0].statement
    drafted = text.draft(case, state, choice.values)
    state.clock[0].drafted = True
    spend(case, state, max(minutes, form.minutes * drafted) if form.closing == Move.READ_PACKAGE else minutes)


@kernel
def warn(case: Case, state: State) -> None:
    """Remind the room that time is running out."""
    state.clock[0].to_warn = False
    state.clock[0].warnings += 1
    spend(case, state, _WARNING_STATEMENTS * case.parameters[0].statement)
    at = record(case, state, Move.WARN.value)
    state.log[at].elapsed, state.log[at].pressure = elapsed(case, state), pressure_felt(case, state)


@allocating
def open_session(case: Case, state: State) -> None:
    """Open a session: lots decide in which order it visits the issues."""
    row, lots = state.clock[0].row, np.empty(state.paragraphs.shape[0])
    state.clock[0].in_session = True
    state.clock[0].drafted, state.clock[0].to_warn = False, False
    state.clock[0].statements, state.clock[0].place = 0, 0
    state.clock[0].to_read = -1
    state.clock[0].since_notice = 0.0
    state.clock[0].minute = case.plan[row].starts
    state.clock[0].session_ends = case.plan[row].starts + case.plan[row].minutes
    state.clock[0].format, state.clock[0].to_offer = -1, -1
    state.clock[0].called, state.clock[0].to_vote, state.clock[0].pens_given = False, False, False
    for k in range(lots.shape[0]):
        lots[k] = draw(case, state, Decision.ORDER, k, NONE)
    for k in range(lots.shape[0]):
        state.paragraphs[k].judged, state.paragraphs[k].place = False, 0
        for other in range(lots.shape[0]):
            state.paragraphs[k].place += 1 if lots[other] < lots[k] else 0
        if case.setting[0].amendments:
            text.end_amendments(state, k)
    if case.setting[0].offers:
        for i in range(state.delegates.shape[0]):
            state.movers[i].offer_issue = -1
    at = record(case, state, Move.OPEN_SESSION.value)
    state.log[at].format, state.log[at].length = case.plan[row].format, case.plan[row].minutes


@kernel
def close_session(case: Case, state: State) -> None:
    """Close a session; its remaining time is lost."""
    left = session_left(state)
    state.minutes[state.minutes.shape[0] - 1] += left
    at = record(case, state, Move.CLOSE_SESSION.value)
    state.log[at].format = format_of(case, state)
    state.log[at].lost, state.log[at].unresolved = left, open_paragraphs(state)
    state.clock[0].minute = state.clock[0].session_ends
    state.clock[0].in_session, state.clock[0].format, state.clock[0].to_offer = False, -1, -1
    state.clock[0].row += 1


@kernel
def evening(case: Case, state: State, choice: Choice) -> None:
    """Spend an evening and end the day: members who see more outside may leave, parked text may be read again."""
    row, at = state.clock[0].row, record(case, state, Move.EVENING.value)
    state.log[at].caucus, state.log[at].mixed_share = case.plan[row].caucus, case.plan[row].mixed_share
    state.log[at].quality = case.plan[row].quality
    spend_evening(case, state, choice.dinner)
    walk_out(case, state)
    text.unpark(case, state)
    state.clock[0].row += 1


@kernel
def close_meeting(case: Case, state: State) -> None:
    """End a meeting."""
    state.log[record(case, state, Move.CLOSE_MEETING.value)].unresolved = open_paragraphs(state)
    state.clock[0].turn, state.clock[0].moved = 0, False
    state.clock[0].row += 1


@kernel
def submit(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Table a proposal that arrives in writing."""
    if state.delegates[turn.who].present:
        table(case, state, turn.who, choice.values)
    state.clock[0].row += 1


@kernel
def reaffirm_line(case: Case, state: State) -> None:
    """Let those named restate the line of their camp."""
    row = state.clock[0].row
    for j in range(state.delegates.shape[0]):
        if case.plan_seats[row, j] > 0 and state.delegates[j].present:
            reaffirm(state, j, min(1.0, case.parameters[0].trust_loss * FULL_EVIDENCE * case.plan[row].quality))
            at = record(case, state, Move.REAFFIRM.value)
            state.log[at].who, state.log[at].strength = j, case.plan[row].quality
    state.clock[0].row += 1


@kernel
def backs_motion(case: Case, state: State, i: int) -> bool:
    """Return whether i backs a procedural motion: with the chance of its mean trust in those who move it.

    A motion that nobody moves is the chair's; one whose movers have all left has no backers.
    """
    row = state.clock[0].row
    trust, movers, first = 0.0, 0, (-1)
    for j in range(state.delegates.shape[0]):
        if case.plan_seats[row, j] > 0:
            first = case.seats[j].address if first < 0 else first
            if state.delegates[j].present:
                trust += state.trust[j, i]
                movers += 1
    if first < 0 or movers == 0:
        return first < 0
    seat = case.seats[i].address
    u = uniform(state.stream, Decision.MOTION, case.plan[row].meeting, case.plan[row].day, NONE, seat, first)
    return u < trust / movers


@kernel
def decide_motion(case: Case, state: State, choice: Choice) -> None:
    """Decide how to go on; a motion needs at least half of those present."""
    (backers, carried), row = carries(state, choice.response), state.clock[0].row
    at = record(case, state, Move.MOTION.value)
    state.log[at].backers, state.log[at].passed = backers, carried
    state.clock[0].row = row + 1 if carried or case.plan[row].otherwise < 0 else case.plan[row].otherwise


@kernel
def ask_for_renewal(case: Case, state: State, choice: Choice) -> None:
    """End a mandate without agreement; the room may ask for another, which goes on from the old text.

    With a clean slate it begins with empty paragraphs. Waiting proposals lapse in either case.
    """
    support, clean = renewal_support(case, state), case.plan[state.clock[0].row].clean_slate
    state.clock[0].renewal_support = support
    at = record(case, state, Move.RENEW.value)
    state.log[at].support, state.log[at].passed = support, support >= _RENEWING_SHARE
    state.log[at].clean_slate = clean
    if support < _RENEWING_SHARE:
        conclude(case, state, choice)
        return
    if case.plan[state.clock[0].row].quality > 0.0:
        debrief(case, state)
    for k in range(state.paragraphs.shape[0]):
        if clean:
            text.write(state, k, math.nan, 0.0, Pen.NOBODY.value)
            text.forget_readings(state, k)
            state.paragraphs[k].status = Status.EMPTY
        elif state.paragraphs[k].status != Status.EMPTY:
            state.paragraphs[k].first_text = state.clock[0].minute
        state.paragraphs[k].minutes = 0.0
        for p in range(state.waiting.shape[0]):
            state.waiting[p, k] = False
    state.clock[0].renewed += 1
    state.clock[0].row += 1
