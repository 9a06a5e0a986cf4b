"""The tables that a negotiation moves, turn by turn.

Shapes: N delegates, K issues, F formats, P proposals, L rows of the event log. Units: positions, beliefs, text and
trust 0..1; minutes of floor time; shortfalls in value units (a loss of 1 is a text at the other end of the scale).

Rules that hold here
- `trust` and `belief` are stored with the *holder last*, because a statement is heard by everyone at once: the row
  of one speaker is contiguous over hearers, and a statement costs the same per delegate in a room of 42 and of 500.
- `trust_out`, `trust_received`, `believed_out` and `believed_room` are running sums; only `trust.py` and `beliefs.py`
  write trust and beliefs, so that the sums stay true.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negsim.kernel import allocating, inlined, kernel
from negsim.negotiation.case import Case, Flags, Floats, Ints
from negsim.negotiation.moves import Status
from negsim.negotiation.records import Table, record_type
from negsim.randomness import Stream

PROPOSALS = 64  # proposals a process can hold; later ones are not taken

DELEGATE = record_type(  # what a hearing reads comes first: it shares a line of the processor's cache
    group=int,
    present=bool,  # false once the delegate has walked out
    openness=float,
    out_count=float,  # delegates present outside the own group
    trust_received=float,  # sum of the trust that they have in this delegate
    trust_out=float,  # sum of the trust in them
    camp=int,  # on the linked theme, -1 none
    spillover=float,  # value units
    chair_trust=float,
    chair_trust_base=float,
    wish=float,  # when the delegate next asks for the floor (a Poisson race)
    spoken=int,  # statements made
    pivotal=int,  # readings at which this delegate alone blocked
)
OPINION = record_type(  # of one delegate on one issue; what a hearing reads comes first
    position=float,
    instructions=float,
    believed_room=float,  # sum of the beliefs about everybody, the delegate itself included
    believed_out=float,  # sum of the beliefs about out-groups
    first_position=float,  # as drawn, linkage included
    salience=float,  # sums to 1 over issues
    weight=float,  # w of rule 5.5
    temper=float,  # value units
    red_low=float,
    red_high=float,
    said=float,  # last position stated, NaN never
    bracket=bool,  # blocks now
    drafter=bool,  # member of the group that drafted the paragraph
    blocks=int,  # readings at which the delegate blocked
)
PARAGRAPH = record_type(
    text=float,  # NaN none
    precision=float,
    status=int,  # moves.Status
    pen=int,  # moves.Pen or the sponsor
    known=bool,  # whether the room knows the pen-holder
    kept_text=float,  # the best text so far, to fall back on
    kept_blockers=int,  # how many blocked it (N + 1: none kept)
    judged=bool,  # those in brackets have judged the chair in this session
    readings=int,
    fewest_blockers=int,
    content=float,  # largest share of those present without objection at a reading
    majority_met=bool,  # a majority of every group accepted some reading
    shortfall=float,  # worst at the last reading, crossed red lines apart; value units, NaN none
    closed_at=float,  # minute, NaN never
    noticed=int,  # times an overlap was noticed
    false_convergence=bool,  # noticed where no zone of agreement existed
    zone_start=bool,
)
PROPOSAL = record_type(
    sponsor=int,
    attributed=bool,  # whether the room remembers who tabled it
    tabled_at=float,  # minute
)
CLOCK = record_type(  # where the process stands
    minute=float,  # floor time spent since it began
    session_ends=float,  # minute
    since_notice=float,  # minutes of talk on the issue since the visit began
    chill=float,  # what trials have done to the tabling rate: a factor 0..1
    row=int,  # of the plan
    turn=int,  # within the meeting
    in_session=bool,
    issue=int,  # under discussion
    said=int,  # statements made in this visit to the issue
    drafted=bool,  # the pen-holder has handed out text in this session
    to_read=int,  # issue that must be read next (it was just noticed or drafted), else -1
    to_warn=bool,  # the chair is about to remind the room of the time
    closed_before=int,  # paragraphs closed when the meeting began
    outcome=int,  # moves.Outcome; RUNNING until the end
    logged=int,  # rows of the log that were (or would have been) written
    readings=int,
    tabled=int,  # proposals
    discussed=int,
    trials=int,
    renewed=int,  # mandates
    renewal_support=float,  # share of delegates, NaN not asked
    perceived_distance=float,  # across groups, at the start
    real_distance=float,
    trust_within=float,  # at the start
    trust_across=float,
    trust_chair=float,
)
EVENT = record_type(  # a row of the event log
    move=int, minute=float, meeting=int, day=int, issue=int, who=int, first=float, second=float
)


class Turn(NamedTuple):
    """What is pending: the move, the issue and the delegate it concerns (-1 none)."""

    move: int
    issue: int
    who: int


class Choice(NamedTuple):
    """What the delegates concerned decide: the middle beat, written in place."""

    values: Floats  # K; what a speaker says (entry of the issue) or a sponsor proposes (NaN: silent)
    response: Ints  # N; moves.Response of every seat to a text, or 1 for a motion backed
    shortfall: Floats  # N; value units, by which the text falls short for each (positive: an objection)


class State(NamedTuple):
    """One negotiation under way."""

    stream: Stream
    delegates: Table  # N of DELEGATE
    opinions: Table  # K,N of OPINION; all delegates' opinions on one issue lie side by side, as a hearing needs them
    paragraphs: Table  # K of PARAGRAPH
    proposals: Table  # P of PROPOSAL
    proposed: Floats  # P,K; NaN where silent
    waiting: Flags  # P,K; still to be discussed
    clock: Table  # 1 of CLOCK
    trust: Floats  # N,N; [about j, holder i]
    trust_base: Floats  # N,N; [about j, holder i]
    belief: Floats  # K,N,N; [issue, about j, holder i]; NaN about oneself
    minutes: Floats  # F + 1; floor time by format, last entry idle
    log: Table  # L of EVENT

    @property
    def views(self) -> Table:
        """The opinions delegate by delegate (N,K of OPINION): the same memory, for reading from Python."""
        return self.opinions.T


@allocating
def allocate(case: Case, stream: Stream, log_rows: int) -> State:
    """An empty state for a case, to be filled by `population.populate`."""
    n, k = case.stances.shape
    state = State(
        stream,
        np.zeros(n, DELEGATE),
        np.zeros((k, n), OPINION),
        np.zeros(k, PARAGRAPH),
        np.zeros(PROPOSALS, PROPOSAL),
        np.full((PROPOSALS, k), np.nan),
        np.zeros((PROPOSALS, k), np.bool_),
        np.zeros(1, CLOCK),
        np.empty((n, n)),
        np.empty((n, n)),
        np.empty((k, n, n)),
        np.zeros(case.formats.shape[0] + 1),
        np.zeros(log_rows, EVENT),
    )
    for i in range(n):
        state.delegates[i].present = True
        state.delegates[i].group, state.delegates[i].openness = case.seats[i].group, case.seats[i].openness
        for issue in range(k):
            state.opinions[issue, i].said = np.nan
    for issue in range(k):
        paragraph = state.paragraphs[issue]
        paragraph.text, paragraph.closed_at, paragraph.shortfall = np.nan, np.nan, np.nan
        paragraph.known, paragraph.pen = True, -1
        paragraph.kept_blockers, paragraph.fewest_blockers = n + 1, n
    clock = state.clock[0]
    clock.chill, clock.to_read, clock.renewal_support = 1.0, -1, np.nan
    return state


@allocating
def allocate_choice(delegates: int, issues: int) -> Choice:
    """An empty choice for a room of that size."""
    return Choice(np.full(issues, np.nan), np.zeros(delegates, np.int64), np.zeros(delegates))


@kernel
def record(case: Case, state: State, move: int, issue: int, who: int, first: float, second: float) -> None:
    """Write one row of the event log, if there is one; without a log this is a comparison."""
    if state.log.shape[0] == 0:
        return
    clock = state.clock[0]
    clock.logged += 1
    if clock.logged > state.log.shape[0]:
        return
    event, row = state.log[clock.logged - 1], case.plan[clock.row]
    event.move, event.minute, event.meeting, event.day = move, clock.minute, row.meeting, row.day
    event.issue, event.who, event.first, event.second = issue, who, first, second


@inlined
def is_closed(state: State, issue: int) -> bool:
    """Whether the paragraph on an issue is agreed, with or without dissent."""
    status = state.paragraphs[issue].status
    return bool(status == Status.AGREED or status == Status.DISSENT)


@kernel
def open_paragraphs(state: State) -> int:
    """How many paragraphs are not agreed yet."""
    count = 0
    for k in range(state.paragraphs.shape[0]):
        if not is_closed(state, k):
            count += 1
    return count


@inlined
def elapsed(case: Case, state: State) -> float:
    """t = clock / deadline of the mandate under way, capped at 1."""
    row = case.plan[state.clock[0].row]
    if row.deadline <= row.mandate_start:
        return 1.0
    return float(min(1.0, (state.clock[0].minute - row.mandate_start) / (row.deadline - row.mandate_start)))


@inlined
def session_left(state: State) -> float:
    """Minutes left in the session in progress."""
    return float(state.clock[0].session_ends - state.clock[0].minute)
