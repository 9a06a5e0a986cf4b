"""The end of a process: exit, renewal, adoption, vote, outcome (rule 5.13).

- Nothing is agreed until the report is adopted, or paragraphs are separable: the scenario says which.
- A group that sees less in the text than outside leaves. The rest may agree, but their agreement is partial if somebody
  who may block is gone: consensus takes the whole body.
- Rules that allow it fall back to a vote; a failed process may ask for a renewed mandate.
"""

from __future__ import annotations

import math

from negsim.elementary import exp
from negsim.kernel import kernel
from negsim.negotiation import acceptance
from negsim.negotiation.beliefs import centre
from negsim.negotiation.proposals import withdraw
from negsim.negotiation.tables import (
    Case,
    Choice,
    Move,
    Outcome,
    Response,
    State,
    Status,
    closed_paragraphs,
    is_closed,
    record,
)
from negsim.negotiation.trust import sum_trust, trust_in_others
from negsim.randomness import NONE, Decision, uniform


@kernel
def text_value(case: Case, state: State, i: int, closed_only: bool) -> float:
    """Value the text for i: sum_k (w_ik - loss_ik) / K; no deal stands in for text missing or not counted.

    With `closed_only`, the agreed paragraphs count.
    """
    value, issues = 0.0, state.paragraphs.shape[0]
    for k in range(issues):
        y, weight = state.paragraphs[k].text, state.opinions[k, i].weight
        if math.isnan(y) or (closed_only and not is_closed(state, k)):
            lost = weight * acceptance.forgone(case, state, i, k)
        else:
            lost = acceptance.loss(case, state, i, k, y, state.paragraphs[k].precision)
        value += (weight - lost) / issues
    return value


@kernel
def leaving_rate(case: Case, state: State, first: int, last: int) -> float:
    """Return the daily rate at which a group leaves: walkout max(0, g - value of the text)(1 - T), as means."""
    option, value, trust, members = 0.0, 0.0, 0.0, 0
    for i in range(first, last):
        outside = case.seats[i].outside_option
        if state.delegates[i].present and not math.isnan(outside):
            option += outside
            value += text_value(case, state, i, False)
            trust += trust_in_others(state, i)
            members += 1
    if members == 0:
        return 0.0
    return case.parameters[0].walkout * max(0.0, (option - value) / members) * (1.0 - trust / members)


@kernel
def walk_out(case: Case, state: State) -> None:
    """Let groups leave at the end of a day, those members with an outside option; the sums then forget them."""
    row = state.clock[0].row
    first, someone_left = 0, False
    for g in range(case.group_size.shape[0]):
        last = first + case.group_size[g]
        rate = leaving_rate(case, state, first, last)
        meeting, day, seat = case.plan[row].meeting, case.plan[row].day, case.seats[first].address
        u = uniform(state.stream, Decision.WALKOUT, meeting, day, NONE, seat, NONE)
        if rate > 0.0 and u < 1.0 - exp(-rate):
            for i in range(first, last):
                if math.isnan(case.seats[i].outside_option):
                    continue
                state.delegates[i].present, state.delegates[i].wish = False, math.inf
                for k in range(state.paragraphs.shape[0]):
                    state.opinions[k, i].bracket = False
            someone_left = True
            at = record(case, state, Move.WALK_OUT.value)
            state.log[at].who, state.log[at].group = first, g
        first = last
    if someone_left:
        withdraw(state)
        acceptance.assign_power(case, state)
        sum_trust(state)


@kernel
def asks_for_renewal(case: Case, state: State, i: int) -> bool:
    """Return whether i wants another mandate: sum_k w_ik (|q - x| - |c - x|) > 0."""
    gained = 0.0
    for k in range(state.paragraphs.shape[0]):
        own = state.opinions[k, i]
        gained += own.weight * (acceptance.forgone(case, state, i, k) - abs(centre(state, k, i) - own.position))
    return gained > 0.0


@kernel
def renewal_support(case: Case, state: State) -> float:
    """Return the share of those present who ask for another mandate."""
    support, present = 0, 0
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].present:
            present += 1
            support += 1 if asks_for_renewal(case, state, i) else 0
    return support / max(1, present)


@kernel
def adopt(case: Case, state: State, choice: Choice) -> bool:
    """Return whether the room, with these answers, adopts the report; a reservation becomes a footnote (5.16)."""
    tally = acceptance.settle(case, state, choice.shortfall, choice.response)
    footnote = acceptance.lone_blocker(case, state, choice.shortfall, choice.response, tally) >= 0
    adopted = acceptance.passes(case, tally) or footnote
    at = record(case, state, Move.ADOPT.value)
    state.log[at].blockers, state.log[at].passed = tally.blockers, adopted
    return adopted


@kernel
def vote_carries(case: Case, state: State, choice: Choice) -> bool:
    """Take the fallback vote on all the text there is: seats that may block may vote, by their shortfalls."""
    if math.isnan(case.setting[0].vote_share):
        return False
    acceptance.report_shortfalls(case, state, False, choice.shortfall)
    acceptance.respond(state, choice.shortfall, choice.response)
    in_favour, votes = 0, 0
    for i in range(choice.response.shape[0]):
        if state.delegates[i].present and case.seats[i].may_block:
            votes += 1
            in_favour += 1 if choice.response[i] == Response.ACCEPT else 0
    has_text = False
    for k in range(state.paragraphs.shape[0]):
        has_text = has_text or state.paragraphs[k].status != Status.EMPTY
    return has_text and votes > 0 and in_favour >= case.setting[0].vote_share * votes


@kernel
def is_whole(case: Case, state: State) -> bool:
    """Return whether everybody who may block is still in the room."""
    for i in range(state.delegates.shape[0]):
        if case.seats[i].may_block and not state.delegates[i].present:
            return False
    return True


@kernel
def conclude(case: Case, state: State, choice: Choice) -> None:
    """End the process: consensus, partial, vote, walkout, chair's report or none."""
    issues = state.paragraphs.shape[0]
    missing = issues - closed_paragraphs(state)
    something = acceptance.count_present(state) > 0 and missing < issues and (missing == 0 or case.setting[0].separable)
    adopted = something and adopt(case, state, choice)
    if adopted:
        outcome = Outcome.CONSENSUS if missing == 0 and is_whole(case, state) else Outcome.PARTIAL
    elif vote_carries(case, state, choice):
        outcome = Outcome.VOTE
    elif acceptance.count_present(state) < state.delegates.shape[0]:
        outcome = Outcome.WALKOUT
    else:
        outcome = Outcome.CHAIR_REPORT if case.setting[0].chair_reports else Outcome.NONE
    if missing > 0 or not adopted:
        state.clock[0].renewal_support = renewal_support(case, state)
    state.clock[0].outcome = outcome
