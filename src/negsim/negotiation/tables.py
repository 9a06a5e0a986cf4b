"""The tables that a negotiation moves, turn by turn.

Shapes: N delegates, K issues, F formats, P proposals, L rows of the event log. Units: positions, beliefs, text and
trust 0..1; minutes of floor time; shortfalls in value units (a loss of 1 is a text at the other end of the scale).

Rules that hold here
- `trust` and `belief` are stored with the *holder last*, because a statement is heard by everyone at once: the row
  of one speaker is contiguous over hearers, and a statement costs the same per delegate in a room of 42 and of 500.
- `trust_out`, `trust_received`, `believed_out` and `believed_room` are running sums; only `trust.py` and `beliefs.py`
  write trust and beliefs, so that the sums stay true.

Tables of named columns that kernels read and write by name: `seats[i].voice`, `clock[0].minute`.

Rules that hold here
- A table is a numpy structured array of `np.record`, so one pointer stands for many columns: a named tuple of sixty
  arrays would be copied at every call of a kernel, and takes minutes to compile.
- An element is a view: assigning to its fields changes the table, compiled or not.

The fixed set of moves: what a turn can be, what a row of the plan can be, what a seat can answer.

Rules that hold here
- Plain integers, because kernels compare them; the enums give them names for people.
- A format from outside may combine these moves in new ways; a new move is a change of the model.

A case: everything the model needs to run, as tables. `scenario.lowering` makes it; the kernels only read it.

Shapes: N delegates, K issues, G groups, C camps, S rows of the plan, F formats. Delegates are ordered by group, then
by number in the group; named delegates are the first of their group. NaN means "none" or "not said".
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from negsim.kernel import allocating, inlined, kernel
from negsim.randomness import Stream

Table = Any  # an NDArray[np.record]; its columns are named where its type is made


def record_type(**columns: type) -> np.dtype[Any]:
    """The type of a table with these columns; every kind is float, int or bool of 8, 8 and 1 bytes."""
    kinds = {float: np.float64, int: np.int64, bool: np.bool_}
    fields = np.dtype([(name, kinds[kind]) for name, kind in columns.items()], align=True)
    return np.dtype((np.record, fields))


def fill(kind: np.dtype[Any], shape: int | tuple[int, ...], /, **columns: ArrayLike) -> NDArray[Any]:
    """A table of that type and shape; every column has to be given, as an array or a number.

    Raises ValueError if a column is missing, unknown, or does not fit the shape.
    """
    names = set(kind.names or ())
    if names != set(columns):
        raise ValueError(f"columns {sorted(names ^ set(columns))} are missing or unknown")
    table = np.zeros(shape, kind)
    for name, values in columns.items():
        table[name] = values
    return table


class Move(IntEnum):
    """What a turn is. The first block fills sessions, the second is rows of the plan between sessions."""

    NOTHING = 0  # the floor is closed: a finished run stays finished
    SPEAK = 1  # one delegate states a position on an issue
    TABLE = 2  # one delegate tables a proposal
    DISCUSS = 3  # an open proposal is discussed and read on one issue, or its sponsor is put on trial
    NOTICE = 4  # the overlap of what was said may be noticed and written down
    DRAFT = 5  # the pen-holder hands out text
    DRAFT_IN_GROUP = 6  # a small mixed group drafts one paragraph
    READ = 7  # the room reads one paragraph
    READ_PACKAGE = 8  # the room reads all paragraphs as one package
    POLL = 9  # a secret straw poll informs the text
    WARN = 10  # the chair reminds the room that time is running out
    AVERAGE = 11  # reference: one synchronous Friedkin-Johnsen round
    ENCOUNTER = 12  # reference: one Deffuant encounter of two delegates
    GATHER = 13  # reference: one Hegselmann-Krause round
    OPEN_SESSION = 14
    CLOSE_SESSION = 15
    EVENING = 16
    GAP = 17  # days pass between meetings
    SUBMIT = 18
    REAFFIRM = 19
    MOTION = 20  # a procedural motion to change the methodology
    CLOSE_MEETING = 21
    RENEW = 22  # the mandate ends; the room may ask for another
    ADOPT = 23  # the report is put to the room; the process ends


class Row(IntEnum):
    """What a row of the plan is."""

    SESSION = 0
    EVENING = 1
    GAP = 2
    SUBMISSION = 3
    REAFFIRM = 4
    MOTION = 5
    MEETING_END = 6
    RENEWAL = 7
    END = 8


class Response(IntEnum):
    """What a seat answers when text is read."""

    ACCEPT = 0
    OBJECT = 1  # stands aside, or blocks where the shortfall exceeds the cost of blocking
    BLOCK = 2  # insists


class Status(IntEnum):
    """Where a paragraph stands."""

    EMPTY = 0
    OPEN = 1
    BRACKETED = 2
    AGREED = 3  # ad referendum
    DISSENT = 4  # closed with dissent recorded


class Outcome(IntEnum):
    """How a process ended."""

    RUNNING = 0
    CONSENSUS = 1
    PARTIAL = 2
    CHAIR_REPORT = 3
    NONE = 4
    WALKOUT = 5
    VOTE = 6


class Pen(IntEnum):
    """Who holds the pen of a text; a number >= 0 is a delegate, the sponsor of a proposal."""

    NOBODY = -1
    CHAIR = -2
    FACILITATOR = -3
    GROUP = -4


Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SEAT = record_type(
    group=int,  # 0..G-1, the order of the groups in the file
    address=int,  # group * 2048 + number in the group: the address of the delegate's draws
    openness=float,  # 0..1
    voice=float,  # > 0, relative rate of asking for the floor
    may_block=bool,
    outside_option=float,  # 0..1 value, NaN none
    chair_trust=float,  # mean trust in the chair, 0..1
    camp=int,  # camp where the file fixes it, -1 none, -2 to be drawn from camp_share
)
STANCE = record_type(
    position=float,  # mean, 0..1
    spread=float,  # standard deviation of the position, 0 for a seat whose position is given
    salience=float,  # >= 0, relative weight; a delegate's need not sum to 1
    red_low=float,  # text below is never acceptable; -inf none
    red_high=float,  # text above is never acceptable; +inf none
    red_spread=float,  # standard deviation of both
)
SETTING = record_type(
    stakes=float,  # multiplies the loss of every paragraph
    salience_spread=float,  # standard deviation of the log of the weights
    trust_spread=float,  # standard deviation of a pair's trust (half of the variance from each side)
    linkage=float,  # lambda: weight of the camp's line in the instructions, 0..1
    spillover=float,  # what a room wholly of other camps adds to a bottom line, value units
    table_size=int,  # seats at a mixed table
    pressure=float,  # the chair's, 0..1
    rule=int,  # acceptance.RULES: 0 no_formal_objection, 1 rough_consensus, 2 consensus_minus, 3 majority_per_group
    rule_share=float,  # rough consensus: least share without objection
    rule_k=int,  # consensus minus k: blockers tolerated
    record_dissent=bool,  # dissent may be recorded instead of blocking
    separable=bool,  # paragraphs stand alone; else nothing is agreed until everything is
    vote_share=float,  # fallback vote: least share in favour; NaN no vote
    chair_reports=bool,  # the chair reports where the room does not agree
)
PLAN_ROW = record_type(
    kind=int,  # moves.Row; the last row of every future (a contested motion makes two) is END
    meeting=int,  # 0..; a gap belongs to the meeting it leads to
    day=int,  # 0.. within the meeting
    starts=float,  # minutes of floor time scheduled before this row
    minutes=float,  # floor time of a session, 0 for other rows
    format=int,  # sessions: row of the format table, else -1
    frankness=float,  # sessions: least frankness (closed sessions raise it), 0 none
    mandate_start=float,  # minute at which the mandate that this row belongs to began
    deadline=float,  # minute at which it ends
    days=float,  # gaps: days that pass
    mixed_share=float,  # evenings: share of delegates at mixed tables
    caucus=bool,  # evenings: the others meet in their groups
    quality=float,  # evenings: quality of contact; reaffirm: strength; renewal: 1 if debriefed
    otherwise=int,  # motions: the row to go on with if the motion fails, else -1
)


class Case(NamedTuple):
    """One scenario as tables."""

    seats: Table  # N of SEAT
    stances: Table  # N,K of STANCE
    group_size: Ints  # G
    status_quo: Floats  # K; 0..1
    trust_mean: Floats  # N,N; [holder i, about j], 0..1, tension included; the diagonal is ignored (T_ii = 1)
    camp_share: Floats  # G,C; chance that a seat of the group is of the camp (rows sum to at most 1)
    camp_line: Floats  # C,K; 0..1, NaN where the camp has no line
    camp_red_low: Floats  # C,K; text below is never acceptable to the camp; -inf none
    camp_red_high: Floats  # C,K; text above is never acceptable to the camp; +inf none
    setting: Table  # 1 of SETTING
    plan: Table  # S of PLAN_ROW
    plan_issues: Flags  # S,K; sessions: issues on the agenda
    plan_seats: Ints  # S,N; 1 for those whose submission, reaffirmation or motion it is (nobody's: the chair's);
    # evenings: the number of the dinner that a seat goes to, 0 none
    plan_values: Floats  # S,K; submissions: the proposal, NaN where silent (all NaN: the sponsor's own blend)
    formats: Table  # F of formats.FORMAT
    parameters: Table  # 1 of parameters.PARAMETERS


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
