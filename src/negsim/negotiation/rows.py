"""What follows from the rows of the plan that are not sessions: evenings, gaps, events, the end of a meeting.

Rules that hold here
- A row happens once, takes no floor time, and hands over to the next one (or to where a failed motion leads).
"""

from __future__ import annotations

import math

from negsim.kernel import kernel
from negsim.negotiation.case import Case
from negsim.negotiation.closing import conclude, renewal_support, walk_out
from negsim.negotiation.evenings import renew, spend_evening
from negsim.negotiation.moves import Move, Pen, Status
from negsim.negotiation.proposals import resent_silence, table
from negsim.negotiation.state import Choice, State, Turn, open_paragraphs, record, session_left
from negsim.negotiation.text import forget_readings, write
from negsim.negotiation.trust import FULL, blame, fade, reaffirm
from negsim.randomness import Decision, uniform

HALF = 0.5  # share that carries a procedural motion and asks for a renewed mandate


@kernel
def open_session(case: Case, state: State) -> None:
    """A session begins with the first issue."""
    row = state.clock[0].row
    state.clock[0].in_session = 1
    state.clock[0].drafted, state.clock[0].to_warn, state.clock[0].said, state.clock[0].issue = 0, 0, 0, 0
    state.clock[0].to_read = -1
    state.clock[0].since_notice = 0.0
    state.clock[0].minute = case.plan[row].starts
    state.clock[0].session_ends = case.plan[row].starts + case.plan[row].minutes
    for k in range(state.paragraphs.shape[0]):
        state.paragraphs[k].judged = False
    record(case, state, Move.OPEN_SESSION.value, -1, case.plan[row].format, case.plan[row].minutes, 0.0)


@kernel
def close_session(case: Case, state: State) -> None:
    """What is left of a session is lost."""
    left = session_left(state)
    state.minutes[state.minutes.shape[0] - 1] += left
    record(
        case, state, Move.CLOSE_SESSION.value, -1, case.plan[state.clock[0].row].format, left, open_paragraphs(state)
    )
    state.clock[0].minute = state.clock[0].session_ends
    state.clock[0].in_session = 0
    state.clock[0].row += 1


@kernel
def evening(case: Case, state: State) -> None:
    """An evening is spent, and the day ends: who sees more outside may leave."""
    row = state.clock[0].row
    spend_evening(case, state)
    record(
        case, state, Move.EVENING.value, -1, case.plan[row].caucus, case.plan[row].mixed_share, case.plan[row].quality
    )
    walk_out(case, state)
    state.clock[0].row += 1


@kernel
def gap(case: Case, state: State) -> None:
    """Days pass before the next meeting."""
    days = case.plan[state.clock[0].row].days
    fade(case, state, days)
    record(case, state, Move.GAP.value, -1, -1, days, 0.0)
    state.clock[0].row += 1


@kernel
def close_meeting(case: Case, state: State) -> None:
    """A meeting ends: ignored sponsors resent it, and if nothing was closed the others are to blame."""
    record(case, state, Move.CLOSE_MEETING.value, -1, -1, open_paragraphs(state), 0.0)
    resent_silence(case, state)
    blame(case, state)
    state.clock[0].closed_before = state.paragraphs.shape[0] - open_paragraphs(state)
    state.clock[0].turn = 0
    state.clock[0].row += 1


@kernel
def submit(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """A proposal arrives in writing."""
    if state.delegates[turn.who].present:
        table(case, state, turn.who, choice.values)
    state.clock[0].row += 1


@kernel
def reaffirm_line(case: Case, state: State) -> None:
    """Those named restate the line of their camp."""
    row = state.clock[0].row
    for j in range(state.delegates.shape[0]):
        if case.plan_seats[row, j] > 0 and state.delegates[j].present:
            reaffirm(state, j, min(1.0, case.parameters[0].trust_loss * FULL * case.plan[row].quality))
            record(case, state, Move.REAFFIRM.value, -1, j, case.plan[row].quality, 0.0)
    state.clock[0].row += 1


@kernel
def backs_motion(case: Case, state: State, i: int) -> bool:
    """Whether i backs a procedural motion: with the chance of its mean trust in those who move it.

    What nobody moves is the chair's; what only those move who have left has no backers.
    """
    row = state.clock[0].row
    trust, movers, first = 0.0, 0, -1
    for j in range(state.delegates.shape[0]):
        if case.plan_seats[row, j] > 0:
            first = case.seats[j].address if first < 0 else first
            if state.delegates[j].present:
                trust += state.trust[j, i]
                movers += 1
    if first < 0 or movers == 0:
        return first < 0
    seat = case.seats[i].address
    u = uniform(state.stream, Decision.MOTION, case.plan[row].meeting, case.plan[row].day, 0, seat, first)
    return u < trust / movers


@kernel
def decide_motion(case: Case, state: State, choice: Choice) -> None:
    """The room decides how to go on; a motion needs at least half of those present."""
    backers, present, row = 0, 0, state.clock[0].row
    for i in range(choice.response.shape[0]):
        if state.delegates[i].present:
            present += 1
            backers += 1 if choice.response[i] == 1 else 0
    carried = backers >= HALF * present
    record(case, state, Move.MOTION.value, -1, -1, backers, 1.0 if carried else 0.0)
    state.clock[0].row = row + 1 if carried or case.plan[row].otherwise < 0 else case.plan[row].otherwise


@kernel
def ask_for_renewal(case: Case, state: State, choice: Choice) -> None:
    """The mandate ends without agreement; if the room asks for another, a new one begins with empty paper."""
    support = renewal_support(case, state)
    state.clock[0].renewal_support = support
    record(case, state, Move.RENEW.value, -1, -1, support, 1.0 if support >= HALF else 0.0)
    if support < HALF:
        conclude(case, state, choice)
        return
    renew(case, state, case.plan[state.clock[0].row].quality > 0.0)
    for k in range(state.paragraphs.shape[0]):
        write(state, k, math.nan, 0.0, Pen.NOBODY.value, True)
        forget_readings(state, k)
        state.paragraphs[k].status = Status.EMPTY
        state.waiting[:, k] = False
    state.clock[0].renewed += 1
    state.clock[0].closed_before = 0
    state.clock[0].row += 1
