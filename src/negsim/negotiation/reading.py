"""Readings: a paragraph, or a package, is put to the room (rules 5.7 - 5.10).

Rules that hold here
- A reading agrees a text, or brackets it; brackets are argued, in the minutes they cost, and the text is revised.
- Trust follows what was seen: support, concessions, rarely an objection, a chair deaf to brackets.
"""

from __future__ import annotations

from negsim.kernel import kernel
from negsim.negotiation.acceptance import ARGUED, STATEMENTS_A_BLOCKER, Tally, reading_minutes, satisfies, settle
from negsim.negotiation.case import Case
from negsim.negotiation.influence import hear, statement
from negsim.negotiation.moves import Move, Pen, Response, Status
from negsim.negotiation.sessions import end_visit, pressure_felt, spend
from negsim.negotiation.state import Choice, State, Turn, elapsed, record
from negsim.negotiation.text import agree, note_reading, revise
from negsim.negotiation.trust import SOME, gain, lose
from negsim.randomness import Decision, uniform


@kernel
def passes(case: Case, tally: Tally) -> bool:
    """Whether a reading passes under the rule of the room."""
    return satisfies(case.setting[0].rule, case.setting[0].rule_share, case.setting[0].rule_k, tally)


@kernel
def has_dissent(case: Case, tally: Tally) -> bool:
    """Whether what passed passed with dissent to record."""
    return case.setting[0].record_dissent and tally.blockers + tally.dissenters > 0


@kernel
def count_brackets(state: State, k: int) -> int:
    """How many brackets stand on a paragraph."""
    count = 0
    for i in range(state.delegates.shape[0]):
        count += 1 if state.opinions[k, i].bracket else 0
    return count


@kernel
def sponsor_hears(case: Case, state: State, sponsor: int, choice: Choice) -> None:
    """The sponsor of a text gains trust in those of other groups who support it, and rarely takes a no personally."""
    p, row = case.parameters[0], state.clock[0].row
    if not state.delegates[sponsor].present:
        return
    for i in range(choice.response.shape[0]):
        if i == sponsor or not state.delegates[i].present or case.seats[i].group == case.seats[sponsor].group:
            continue
        if choice.response[i] == Response.ACCEPT:
            gain(state, i, sponsor, p.trust_gain * SOME)
        else:
            u = uniform(
                state.stream,
                Decision.PERSONAL,
                case.plan[row].meeting,
                state.clock[0].turn,
                0,
                case.seats[i].address,
                0,
            )
            if u < p.personal:
                lose(state, i, sponsor, p.trust_loss * SOME)


@kernel
def argue(case: Case, state: State, k: int, minutes: float, pressure: float) -> None:
    """Those who block say why, as many as the minutes of the reading allow."""
    statements = minutes / case.parameters[0].statement - 1.0
    heard, t = 0, elapsed(case, state)
    for i in range(state.delegates.shape[0]):
        if state.opinions[k, i].bracket and heard < ARGUED and STATEMENTS_A_BLOCKER * (heard + 1) <= statements + 1e-9:
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
        if state.opinions[k, i].bracket:
            state.delegates[i].chair_trust += p.trust_gain * step * (1.0 - state.delegates[i].chair_trust)
            state.delegates[i].chair_trust -= p.trust_loss * SOME * (1.0 - step) * state.delegates[i].chair_trust


@kernel
def read(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """A paragraph is read: agreed, or bracketed, argued over and revised."""
    k, form, t = turn.issue, case.plan[state.clock[0].row].format, elapsed(case, state)
    pressure = pressure_felt(case, state)
    tally = settle(case, state, choice.shortfall, choice.response)
    note_reading(case, state, k, tally, choice.shortfall, choice.response)
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
def in_package(case: Case, state: State, k: int) -> bool:
    """Whether the paragraph is put to the room in a package: open or bracketed, and on the agenda."""
    status = state.paragraphs[k].status
    return case.plan_issues[state.clock[0].row, k] and (status == Status.OPEN or status == Status.BRACKETED)


@kernel
def read_package(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """All text of the agenda is read as one package: agreed together, or bracketed and revised together."""
    form, t, pressure = case.plan[state.clock[0].row].format, elapsed(case, state), pressure_felt(case, state)
    tally = settle(case, state, choice.shortfall, choice.response)
    minutes = spend(case, state, reading_minutes(case, tally.blockers))
    passed = passes(case, tally)
    for k in range(state.paragraphs.shape[0]):
        if in_package(case, state, k):
            note_reading(case, state, k, tally, choice.shortfall, choice.response)
            record(case, state, Move.READ.value, k, -1, tally.blockers, 1.0 if passed else 0.0)
            if passed:
                agree(case, state, k, has_dissent(case, tally))
    if not passed:
        argue(case, state, turn.issue, minutes, pressure)
        for k in range(state.paragraphs.shape[0]):
            if in_package(case, state, k):
                revise(case, state, form, k, tally.blockers, t)
    end_visit(state, turn.issue)
