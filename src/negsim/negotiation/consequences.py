"""What follows from a turn: the third beat, one function a move.

Rules that hold here
- Each move spends its minutes through `spend`, which never spends more than the session has left.
- A visit to an issue ends with `end_visit`; then the next open issue on the agenda is up.
"""

from __future__ import annotations

import math

import numpy as np

from negsim.kernel import allocating, inlined, kernel
from negsim.negotiation.acceptance import ARGUED, STATEMENTS_A_BLOCKER, Tally, reading_minutes, satisfies, settle
from negsim.negotiation.beliefs import correct, move
from negsim.negotiation.case import Case
from negsim.negotiation.influence import concession, encounter, friedkin_johnsen, gather, hear, hear_in_group, statement
from negsim.negotiation.moves import Move, Pen, Response, Status
from negsim.negotiation.population import next_wish
from negsim.negotiation.proposals import attributed_share, is_tried, next_proposal, table, try_sponsor
from negsim.negotiation.state import Choice, State, Turn, elapsed, record, session_left
from negsim.negotiation.text import agree, draft, median_position, note_reading, revise, said_centre, write
from negsim.negotiation.trust import SOME, gain, lose, susceptibility
from negsim.negotiation.zone import overlap, zone_exists
from negsim.randomness import Decision, uniform

WARNING = 1.0  # minutes a reminder of the time takes
TABLING = 2.0  # statements that tabling a proposal takes


@inlined
def spend(case: Case, state: State, minutes: float) -> float:
    """Spend floor time, at most what the session has left; the minutes spent."""
    spent = min(minutes, session_left(state))
    state.clock[0].minute += spent
    state.minutes[case.plan[state.clock[0].row].format] += spent
    return spent


@inlined
def end_visit(state: State, issue: int) -> None:
    """The issue has had its turn."""
    state.clock[0].issue = (issue + 1) % state.paragraphs.shape[0]
    state.clock[0].said = 0
    state.clock[0].since_notice = 0.0


@inlined
def frankness_of(case: Case, state: State) -> float:
    """How far private positions show in this session: the format's, or more behind closed doors."""
    row = state.clock[0].row
    return max(case.formats[case.plan[row].format].frankness, case.plan[row].frankness)


@kernel
def speak(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """A statement is made and heard."""
    form = case.plan[state.clock[0].row].format
    said = choice.values[turn.issue]
    hear(case, state, turn.who, turn.issue, said, frankness_of(case, state), 0.0)
    give_floor(case, state, turn.who)
    state.clock[0].since_notice += spend(case, state, case.parameters[0].statement)
    state.clock[0].said += 1
    record(case, state, Move.SPEAK.value, turn.issue, turn.who, said, state.views[turn.who, turn.issue].position)
    if case.formats[form].closing == Move.NOTHING and state.clock[0].said >= case.formats[form].statements:
        end_visit(state, turn.issue)


@inlined
def give_floor(case: Case, state: State, who: int) -> None:
    """The delegate has had the floor, and will ask again."""
    state.delegates[who].spoken += 1
    state.delegates[who].wish = next_wish(case, state, who)


@kernel
def table_proposal(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """A proposal is tabled from the floor."""
    table(case, state, turn.who, choice.values)
    give_floor(case, state, turn.who)
    state.clock[0].since_notice += spend(case, state, TABLING * case.parameters[0].statement)
    state.clock[0].said += 1


@kernel
def sponsor_hears(case: Case, state: State, sponsor: int, choice: Choice) -> None:
    """The sponsor of a text gains trust in those of other groups who support it, and rarely takes a no personally."""
    p, row = case.parameters[0], state.clock[0].row
    for i in range(choice.response.shape[0]):
        if i == sponsor or not state.delegates[i].present or case.seats[i].group == case.seats[sponsor].group:
            continue
        if choice.response[i] == Response.ACCEPT:
            gain(state, i, sponsor, p.trust_gain * SOME)
        else:
            u = uniform(
                state.stream, Decision.PERSONAL, case.plan[row].meeting, state.clock[0].turn, 0, case.seats[i].address, 0
            )
            if u < p.personal:
                lose(state, i, sponsor, p.trust_loss * SOME)


@kernel
def argue(case: Case, state: State, k: int, minutes: float, pressure: float) -> None:
    """Those who block say why, as many as the minutes of the reading allow."""
    statements = minutes / case.parameters[0].statement - 1.0
    heard, t = 0, elapsed(case, state)
    for i in range(state.delegates.shape[0]):
        if state.views[i, k].bracket and heard < ARGUED and STATEMENTS_A_BLOCKER * (heard + 1) <= statements + 1e-9:
            hear(case, state, i, k, statement(case, state, i, k, t, 0.0), 0.0, pressure)
            heard += 1


@kernel
def judge_chair(case: Case, state: State, k: int, step: float) -> None:
    """Once a paragraph and session, those in brackets judge a chair who moves a `step` of the way towards them."""
    if state.paragraphs[k].judged:
        return
    state.paragraphs[k].judged = True
    p = case.parameters[0]
    for i in range(state.delegates.shape[0]):
        if state.views[i, k].bracket:
            state.delegates[i].chair_trust += p.trust_gain * step * (1.0 - state.delegates[i].chair_trust)
            state.delegates[i].chair_trust -= p.trust_loss * SOME * (1.0 - step) * state.delegates[i].chair_trust


@kernel
def passes(case: Case, tally: Tally) -> bool:
    """Whether a reading passes under the rule of the room."""
    return satisfies(case.setting[0].rule, case.setting[0].rule_share, case.setting[0].rule_k, tally)


@kernel
def has_dissent(case: Case, tally: Tally) -> bool:
    """Whether what passed passed with dissent to record."""
    return case.setting[0].record_dissent and tally.blockers + tally.dissenters > 0


@kernel
def pressure_felt(case: Case, state: State) -> float:
    """P = chair.pressure t^2 where the format lets it be felt, else 0."""
    t, form = elapsed(case, state), case.plan[state.clock[0].row].format
    return case.setting[0].pressure * t * t * case.formats[form].pressure


@kernel
def read(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """A paragraph is read: agreed, or bracketed, argued over and revised."""
    k, form, t = turn.issue, case.plan[state.clock[0].row].format, elapsed(case, state)
    pressure = pressure_felt(case, state)
    tally = settle(case, state, choice.shortfall, choice.response)
    note_reading(case, state, k, tally, choice.shortfall, choice.response)
    state.clock[0].readings += 1
    state.clock[0].to_read = -1
    minutes = spend(case, state, reading_minutes(case, tally.blockers))
    if state.paragraphs[k].pen >= 0 and state.paragraphs[k].known:
        sponsor_hears(case, state, state.paragraphs[k].pen, choice)
    passed = passes(case, tally)
    record(case, state, Move.READ.value, k, -1, tally.blockers, 1.0 if passed else 0.0)
    if passed:
        agree(case, state, k, has_dissent(case, tally))
    else:
        argue(case, state, k, minutes, pressure)
        revise(case, state, form, k, tally.blockers, t)
        if state.paragraphs[k].pen == Pen.CHAIR:
            judge_chair(case, state, k, case.formats[form].step)
        state.clock[0].to_warn = 1 if pressure > 0.0 else 0
    end_visit(state, k)


@kernel
def read_package(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """All text is read as one package: agreed together, or bracketed and revised together."""
    form, t, pressure = case.plan[state.clock[0].row].format, elapsed(case, state), pressure_felt(case, state)
    tally = settle(case, state, choice.shortfall, choice.response)
    state.clock[0].readings += 1
    minutes = spend(case, state, reading_minutes(case, tally.blockers))
    passed = passes(case, tally)
    for k in range(state.paragraphs.shape[0]):
        if state.paragraphs[k].status == Status.OPEN or state.paragraphs[k].status == Status.BRACKETED:
            note_reading(case, state, k, tally, choice.shortfall, choice.response)
            record(case, state, Move.READ.value, k, -1, tally.blockers, 1.0 if passed else 0.0)
            if passed:
                agree(case, state, k, has_dissent(case, tally))
            else:
                revise(case, state, form, k, tally.blockers, t)
    if not passed:
        argue(case, state, turn.issue, minutes, pressure)
    end_visit(state, turn.issue)


@kernel
def discuss(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """An open proposal has its slot: its sponsor is tried, or it is read under the sponsor's name."""
    k, form = turn.issue, case.plan[state.clock[0].row].format
    p = next_proposal(state, k)
    sponsor = state.proposals[p].sponsor
    if is_tried(case, state, p):
        try_sponsor(case, state, p, k)
        spend(case, state, reading_minutes(case, ARGUED) / 2.0)
        record(case, state, Move.DISCUSS.value, k, sponsor, p, 0.0)
        end_visit(state, k)
        return
    state.waiting[p, k] = False
    state.clock[0].discussed += 1
    record(case, state, Move.DISCUSS.value, k, sponsor, p, 1.0)
    tally = settle(case, state, choice.shortfall, choice.response)
    better = state.paragraphs[k].status == Status.EMPTY or tally.blockers < count_brackets(state, k)
    if passes(case, tally) or better:
        write(state, k, state.proposed[p, k], case.formats[form].precision, sponsor, state.proposals[p].attributed)
        read(case, state, turn, choice)
    else:
        spend(case, state, reading_minutes(case, tally.blockers))
        if state.proposals[p].attributed:
            sponsor_hears(case, state, sponsor, choice)
        end_visit(state, k)


@kernel
def count_brackets(state: State, k: int) -> int:
    """How many brackets stand on a paragraph."""
    count = 0
    for i in range(state.delegates.shape[0]):
        count += 1 if state.views[i, k].bracket else 0
    return count


@allocating
def notice(case: Case, state: State, turn: Turn) -> None:
    """The overlap of what was said may be noticed: P = 1 - exp(-rate factor minutes overlap) (5.12)."""
    k, row, form = turn.issue, state.clock[0].row, case.plan[state.clock[0].row].format
    minutes = state.clock[0].since_notice + spend(case, state, case.formats[form].minutes)
    t, n = elapsed(case, state), state.delegates.shape[0]
    conceded = np.empty(n)
    for i in range(n):
        conceded[i] = concession(case, state, i, t)
    known = 0.5 + 0.5 * attributed_share(state)
    rate = case.parameters[0].noticing_rate * case.formats[form].noticing * known
    chance = 1.0 - math.exp(-rate * minutes * overlap(case, state, k, conceded))
    u = uniform(state.stream, Decision.NOTICING, case.plan[row].meeting, state.clock[0].turn, k, 0, 0)
    value = said_centre(state, k)
    end_visit(state, k)
    if u < chance and not math.isnan(value):
        state.paragraphs[k].noticed += 1
        state.paragraphs[k].false_convergence = state.paragraphs[k].false_convergence or not zone_exists(case, state, k)
        write(state, k, value, case.formats[form].precision, case.formats[form].pen, True)
        state.clock[0].to_read = k
        record(case, state, Move.NOTICE.value, k, -1, value, chance)


@kernel
def choose_drafters(case: Case, state: State, k: int) -> None:
    """Equal seats per group, by lot: two a group, one where there are more than five groups."""
    row = state.clock[0].row
    seats = 2 if case.group_size.shape[0] <= 5 else 1
    for i in range(state.delegates.shape[0]):
        state.views[i, k].drafter = False
    first = 0
    for g in range(case.group_size.shape[0]):
        last = first + case.group_size[g]
        for _ in range(min(seats, case.group_size[g])):
            best, lowest = -1, 2.0
            for i in range(first, last):
                u = uniform(
                    state.stream, Decision.DRAFTERS, case.plan[row].meeting, state.clock[0].turn, k, case.seats[i].address, 0
                )
                if state.delegates[i].present and not state.views[i, k].drafter and u < lowest:
                    best, lowest = i, u
            if best >= 0:
                state.views[best, k].drafter = True
        first = last


@kernel
def draft_in_group(case: Case, state: State, turn: Turn) -> None:
    """A small mixed group talks frankly for its minutes and drafts the mean of what its members say."""
    k, form, t = turn.issue, case.plan[state.clock[0].row].format, elapsed(case, state)
    choose_drafters(case, state, k)
    statements = int(spend(case, state, case.formats[form].minutes) / case.parameters[0].statement)
    frankness, n = frankness_of(case, state), state.delegates.shape[0]
    total, members = 0.0, 0
    for j in range(n):
        if state.views[j, k].drafter:
            if members < statements:
                hear_in_group(case, state, j, k, frankness)
            total += statement(case, state, j, k, t, frankness)
            members += 1
    write(state, k, total / members, case.formats[form].precision, Pen.GROUP, True)
    state.clock[0].to_read = k
    record(case, state, Move.DRAFT_IN_GROUP.value, k, -1, total / members, members)
    end_visit(state, k)


@kernel
def poll(case: Case, state: State, turn: Turn) -> None:
    """A secret straw poll: the text goes to the median, and everybody's beliefs move towards it by `learning`."""
    k, form = turn.issue, case.plan[state.clock[0].row].format
    spend(case, state, case.formats[form].minutes)
    median = median_position(state, k)
    for j in range(state.delegates.shape[0]):
        for i in range(state.delegates.shape[0]):
            if i != j and state.delegates[i].present and state.delegates[j].present:
                correct(state, k, j, i, case.parameters[0].learning, median)
    write(state, k, median, case.formats[form].precision, case.formats[form].pen, True)
    state.clock[0].to_read = k
    record(case, state, Move.POLL.value, k, -1, median, 0.0)
    end_visit(state, k)


@allocating
def reference_round(case: Case, state: State, turn: Turn) -> None:
    """One round of a reference model on one issue, in place of a statement."""
    k, row, n = turn.issue, state.clock[0].row, state.delegates.shape[0]
    p, x, anchor = case.parameters[0], np.empty(n), np.empty(n)
    for i in range(n):
        x[i], anchor[i] = state.views[i, k].position, state.views[i, k].instructions
    if turn.move == Move.AVERAGE:
        openness = np.empty(n)
        for i in range(n):
            openness[i] = susceptibility(case, state, i)
        x = friedkin_johnsen(x, anchor, openness, state.trust)
    elif turn.move == Move.ENCOUNTER:
        encounter(
            x, state.stream, case.plan[row].meeting, state.clock[0].turn, k, p.confidence_bound, p.meeting_halfway
        )
    else:
        x = gather(x, p.confidence_bound)
    for i in range(n):
        move(state, k, i, x[i])
    spend(case, state, p.statement)
    end_visit(state, k)


@kernel
def hand_out(case: Case, state: State) -> None:
    """The pen-holder hands out text, in the time of one statement."""
    draft(case, state, case.plan[state.clock[0].row].format, elapsed(case, state))
    state.clock[0].drafted = 1
    spend(case, state, case.parameters[0].statement)


@kernel
def warn(case: Case, state: State) -> None:
    """The chair reminds the room that time is running out."""
    state.clock[0].to_warn = 0
    spend(case, state, WARNING)
    record(case, state, Move.WARN.value, -1, -1, elapsed(case, state), pressure_felt(case, state))
