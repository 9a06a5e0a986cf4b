"""The floor: one negotiation, turn by turn.

Theory of operation
===================

A negotiation is a state and a plan. The plan is a list of rows, fixed before anything happens: the sessions of each
day, its evening, the end of each meeting, the gap before the next, and other scheduled events (proposals in writing,
reaffirmations, motions, the end of a mandate); its last row is the end. The clock has the number of the row that the
process has come to. A row that is not a session is one turn. A session is many: its format, a row of the table of
formats, says which.

Three rules hold for every turn:

1. A turn has three beats, and only the third changes the state. `next_turn` says what is pending; `choose` writes what
   those concerned decide by the rules of the model; `follow` carries it out. A person at the screen or a policy in
   Python replaces what `choose` has written for a seat, and nothing else.
2. Finished means finished. Once there is an outcome the only turn is NOTHING, and NOTHING changes nothing.
3. It comes to an end. A turn in a session spends some of its time, or uses up what called for it; no session spends
   more than it has; a turn outside sessions moves the clock to a later row, a break to the next break.

One turn:

      state, plan                      values, responses, shortfalls
          |                                         |
    next_turn ---> Turn(move, issue, who) ---> choose ---> Choice ---> follow ---> state
                                                             ^
                                        a person or a policy may overwrite its seat

From row to row:

    SESSION ........ OPEN_SESSION, turns of the session, CLOSE_SESSION -> next row
    EVENING ........ EVENING: contact, caucuses; groups may leave -> next row
    GAP ............ GAP: what people do between meetings -> next row
    SUBMISSION ..... SUBMIT: a proposal waits -> next row
    REAFFIRM ....... REAFFIRM: other camps lose trust -> next row
    MOTION ......... MOTION: carried -> next row; lost -> the row at `otherwise`, the start of the other future
    MEETING_END .... CLOSE_MEETING -> next row
    RENEWAL ........ RENEW: renewed -> next row; not renewed -> outcome
    END ............ ADOPT -> outcome

Whatever the row, ADOPT is next as soon as every paragraph is closed or nobody is left in the room; else CORRIDORS is,
as soon as the clock has come to a break. Only the turns of sessions are counted, since draws on the floor are addressed
by the number of the turn: a break, an evening or an event more or less leaves every other draw alone.

In a session the first of these that applies is the next turn (`next_in_session`):

    the session has not begun .......................... OPEN_SESSION
    not enough time is left for a statement ............ CLOSE_SESSION
    a reading failed under pressure .................... WARN
    a paragraph was just noticed, drafted or polled .... READ it
    the format drafts, and nothing was handed out ...... DRAFT
    no issue of the agenda is open, or all are parked .. CLOSE_SESSION
    the visit has fewer statements than the format ..... SPEAK or TABLE, by whoever asks first
    else ............................................... the closing move of the format, which ends the visit

A visit is the time that an issue has the floor: statements, then the closing move (READ, DISCUSS, NOTICE,
DRAFT_IN_GROUP, POLL, READ_PACKAGE); then the next open issue of the agenda has it.
Where no proposal waits, DISCUSS gives way to READ; where there is no text, READ gives way to a statement.

The third beat is in other modules: `text` for readings, `turns` for the other moves, `closing` for the end. `turns`,
`proposals` and `text` log what happened where there is a log.
"""

from __future__ import annotations

import math

import numpy as np

from negsim.kernel import allocating, entry, kernel, sample
from negsim.negotiation import acceptance, turns
from negsim.negotiation.acceptance import Reading
from negsim.negotiation.closing import conclude
from negsim.negotiation.formats import FORMAT_ROW, format_of, frankness_of, pressure_felt
from negsim.negotiation.influence import statement
from negsim.negotiation.informal import take_break
from negsim.negotiation.intersession import gap
from negsim.negotiation.moves import before_reading, choose_move, follow_move, next_move
from negsim.negotiation.parameters import PARAMETER_ROW
from negsim.negotiation.population import populate
from negsim.negotiation.proposals import blend, next_proposal, wants_to_table
from negsim.negotiation.score import weigh_best
from negsim.negotiation.tables import (
    BREAK_ROW,
    CONSENT_ROW,
    DEAL_ROW,
    DRAFTS,
    PLAN_ROW,
    PROPOSES,
    SEAT_ROW,
    SETTING_ROW,
    SPEAKS,
    STANCE_ROW,
    TEXT_ROW,
    Case,
    Choice,
    Ints,
    Move,
    Outcome,
    Pen,
    Response,
    Row,
    State,
    Status,
    Turn,
    allocate,
    allocate_choice,
    blank,
    clear,
    elapsed,
    is_open,
    none_open,
    session_left,
)
from negsim.negotiation.text import choose_draft, is_parked, lay_out, read, read_package
from negsim.randomness import Stream

_MOMENT = 1e-9  # minutes; what the clock may miss by rounding
_NEXT = 1e-9  # before all others in the race for the floor
_MOVE_OF_ROW = np.zeros(len(Row), np.int64)  # what a row of the plan is as a turn; a session is many turns
for _row, _move in (
    (Row.SESSION, Move.OPEN_SESSION),
    (Row.EVENING, Move.EVENING),
    (Row.GAP, Move.GAP),
    (Row.SUBMISSION, Move.SUBMIT),
    (Row.REAFFIRM, Move.REAFFIRM),
    (Row.MOTION, Move.MOTION),
    (Row.MEETING_END, Move.CLOSE_MEETING),
    (Row.RENEWAL, Move.RENEW),
    (Row.END, Move.ADOPT),
):
    _MOVE_OF_ROW[_row] = _move


@entry
@kernel
def next_turn(case: Case, state: State) -> Turn:
    """Find the turn that is due (the first beat), by the plan and the format of the session."""
    row = state.clock[0].row
    kind = case.plan[row].kind
    if state.clock[0].outcome != Outcome.RUNNING:
        return Turn(Move.NOTHING.value, -1, -1)
    if kind == Row.END or none_open(state) or acceptance.all_left(state):
        return Turn(Move.ADOPT.value, -1, -1)
    if is_break_due(case, state):
        return Turn(Move.CORRIDORS.value, -1, -1)
    if kind == Row.SESSION:
        return next_in_session(case, state)
    return Turn(_MOVE_OF_ROW[kind], -1, _first_named(case, row) if kind == Row.SUBMISSION else -1)


@kernel
def _first_named(case: Case, row: int) -> int:
    """Return the first seat that a row of the plan names."""
    for i in range(case.plan_seats.shape[1]):
        if case.plan_seats[row, i] > 0:
            return i
    return 0


@kernel
def is_break_due(case: Case, state: State) -> bool:
    """Return whether the clock has come to the next break."""
    number = state.clock[0].breaks
    return bool(number < case.breaks.shape[0] and state.clock[0].minute >= case.breaks[number].minute - _MOMENT)


@kernel
def next_in_session(case: Case, state: State) -> Turn:
    """Find the next turn of a session: a reading that is due, a draft, a statement, or the move that closes a visit."""
    row, form = state.clock[0].row, format_of(case, state)
    if not state.clock[0].in_session:
        return Turn(Move.OPEN_SESSION.value, -1, -1)
    if session_left(state) < case.parameters[0].statement - 1e-9:
        return Turn(Move.CLOSE_SESSION.value, -1, -1)
    if case.setting[0].has_moves:
        due = next_move(case, state)
        if due.move != Move.NOTHING:
            return due
    if state.clock[0].to_warn:
        return Turn(Move.WARN.value, -1, -1)
    if state.clock[0].to_read >= 0:
        return before_reading(case, state, Turn(Move.READ.value, state.clock[0].to_read, -1))
    if case.formats[form].drafts == 1 and not state.clock[0].drafted:
        return Turn(Move.DRAFT.value, -1, -1)
    k = next_issue(case, state, row, form)
    if k < 0:
        return Turn(Move.CLOSE_SESSION.value, -1, -1)
    if state.clock[0].statements < case.formats[form].statements:
        return next_speaker(case, state, form, k)
    return before_reading(case, state, closing_turn(case, state, form, k))


@kernel
def next_issue(case: Case, state: State, row: int, form: int) -> int:
    """Return the next open issue of the agenda in the order of the session; -1 for none.

    If the format reads, parked issues are skipped and those with something to read come first. Issues that have had
    their share of the time come after those that have not (5.17).
    """
    issues, reads = state.paragraphs.shape[0], case.formats[form].closing == Move.READ
    first, least = -1, 3 * issues
    for k in range(issues):
        if case.plan_issues[row, k] and is_open(state, k) and not (reads and is_parked(case, state, k)):
            wait = (state.paragraphs[k].place - state.clock[0].place) % issues
            if reads and state.paragraphs[k].status == Status.EMPTY:
                wait += 2 * issues
            elif has_had_its_time(case, state, k):
                wait += issues
            if wait < least:
                first, least = k, wait
    return first


@kernel
def has_had_its_time(case: Case, state: State, k: int) -> bool:
    """Return whether readings of k took its share of the mandate's time, in a room that adopts in parts (5.17).

    There are K + 1 shares: the last one is the last call, in which all open issues are read in turn.
    """
    if not case.setting[0].separable:
        return False
    row, shares = case.plan[state.clock[0].row], state.paragraphs.shape[0] + 1
    share = (row.deadline - row.mandate_start) / shares
    return bool(state.paragraphs[k].minutes >= share and elapsed(case, state) * shares < shares - 1)


@kernel
def next_speaker(case: Case, state: State, form: int, k: int) -> Turn:
    """Give the floor to whoever asks first, to speak or, if the format allows it, to table."""
    who, first = 0, state.delegates[0].wish
    for i in range(state.delegates.shape[0]):
        wish = state.delegates[i].wish
        if wish < first:
            who, first = i, wish
    if case.formats[form].tabling == 1 and wants_to_table(case, state, who):
        return Turn(Move.TABLE.value, k, who)
    return Turn(Move.SPEAK.value, k, who)


@kernel
def closing_turn(case: Case, state: State, form: int, k: int) -> Turn:
    """Return the move that ends a visit; a statement if there is nothing to read or discuss."""
    closing, has_text = case.formats[form].closing, state.paragraphs[k].status != Status.EMPTY
    if closing == Move.DISCUSS:
        p = next_proposal(state, k)
        if p >= 0:
            return Turn(Move.DISCUSS.value, k, state.proposals[p].sponsor)
        return Turn(Move.READ.value, k, -1) if has_text else next_speaker(case, state, form, k)
    if closing == Move.READ and not has_text:
        return next_speaker(case, state, form, k)
    return Turn(closing, k, -1)


@entry
@kernel
def choose(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Write the default decisions of those concerned (the second beat) into `choice`."""
    t, k = elapsed(case, state), turn.issue
    if turn.move == Move.SPEAK:
        choice.values[k] = statement(case, state, turn.who, k, t, frankness_of(case, state))
    elif turn.move == Move.TABLE or turn.move == Move.SUBMIT:
        _choose_proposal(case, state, turn, choice)
    elif turn.move == Move.DRAFT:
        choose_draft(case, state, t, choice.values)
    elif turn.move == Move.READ:
        acceptance.shortfalls(case, state, acceptance.reading_of(case, state, k), choice.latitude, choice.shortfall)
        acceptance.answer(state, choice)
    elif turn.move == Move.DISCUSS:
        p, precision = next_proposal(state, k), case.formats[format_of(case, state)].precision
        reading = Reading(k, state.proposed[p, k], precision, state.proposals[p].sponsor, t, 0.0)
        acceptance.shortfalls(case, state, reading, choice.latitude, choice.shortfall)
        acceptance.answer(state, choice)
    elif turn.move == Move.READ_PACKAGE:
        acceptance.package_shortfalls(case, state, pressure_felt(case, state), t, choice.shortfall)
        acceptance.answer(state, choice)
    elif turn.move == Move.ADOPT or turn.move == Move.RENEW:
        acceptance.report_shortfalls(case, state, True, choice.shortfall)
        acceptance.answer(state, choice)
    elif turn.move == Move.EVENING:
        for i in range(choice.dinner.shape[0]):
            choice.dinner[i] = case.plan_seats[state.clock[0].row, i]
    elif turn.move == Move.MOTION:
        for i in range(choice.response.shape[0]):
            choice.response[i] = Response.ACCEPT if turns.backs_motion(case, state, i) else Response.OBJECT
    elif turn.move >= Move.AMEND:
        choose_move(case, state, turn, choice)


@kernel
def _choose_proposal(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Choose what a sponsor proposes: what the plan says it submitted, else its own blend."""
    row, speaks = state.clock[0].row, False
    for k in range(choice.values.shape[0]):
        choice.values[k] = case.plan_values[row, k] if turn.move == Move.SUBMIT else math.nan
        speaks = speaks or not math.isnan(choice.values[k])
    if speaks:
        return
    for k in range(choice.values.shape[0]):
        if turn.move == Move.SUBMIT or k == turn.issue:
            choice.values[k] = blend(state, turn.who, k)


@entry
@kernel
def follow(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Carry out the decisions (the third beat)."""
    if turn.move == Move.NOTHING:
        return
    if choice.hands[0] > 0:
        _give_way(state, turn, choice.hands)
    if turn.move == Move.CORRIDORS:
        take_break(case, state)
        return
    if turn.move >= Move.AMEND:
        follow_move(case, state, turn, choice)
        return
    if case.plan[state.clock[0].row].kind == Row.SESSION:  # its number is a part of the address of its draws
        state.clock[0].turn += 1
    if turn.move == Move.SPEAK:
        turns.speak(case, state, turn, choice)
    elif turn.move == Move.READ:
        read(case, state, turn, choice)
    elif turn.move == Move.DISCUSS:
        turns.discuss(case, state, turn, choice)
    elif turn.move == Move.NOTICE:
        turns.notice(case, state, turn)
    elif turn.move == Move.TABLE:
        turns.table_proposal(case, state, turn, choice)
    elif turn.move == Move.DRAFT:
        turns.hand_out(case, state, choice)
    elif turn.move == Move.WARN:
        turns.warn(case, state)
    elif turn.move == Move.DRAFT_IN_GROUP:
        turns.draft_in_group(case, state, turn)
    elif turn.move == Move.READ_PACKAGE:
        read_package(case, state, turn, choice)
    elif turn.move == Move.POLL:
        turns.poll(case, state, turn)
    else:
        _follow_row(case, state, turn, choice)


@kernel
def _give_way(state: State, turn: Turn, hands: Ints) -> None:
    """Put those who ask for the floor first in the race for it, in their order; whoever has it now asks no more."""
    first, left = math.inf, 0
    has_floor = turn.who if turn.move == Move.SPEAK or turn.move == Move.TABLE else -1
    for place in range(hands.shape[0]):
        first, hand = min(first, state.delegates[place].wish), hands[place]
        hands[place] = 0
        if hand > 0 and hand - 1 != has_floor:
            hands[left] = hand
            left += 1
    for place in range(left):
        state.delegates[hands[place] - 1].wish = first - _NEXT * (left - place)


@kernel
def _follow_row(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Carry out the turns that are not moves on the floor (their third beat)."""
    if turn.move == Move.OPEN_SESSION:
        turns.open_session(case, state)
    elif turn.move == Move.CLOSE_SESSION:
        turns.close_session(case, state)
    elif turn.move == Move.EVENING:
        turns.evening(case, state, choice)
    elif turn.move == Move.GAP:
        gap(case, state)
    elif turn.move == Move.CLOSE_MEETING:
        turns.close_meeting(case, state)
    elif turn.move == Move.SUBMIT:
        turns.submit(case, state, turn, choice)
    elif turn.move == Move.REAFFIRM:
        turns.reaffirm_line(case, state)
    elif turn.move == Move.MOTION:
        turns.decide_motion(case, state, choice)
    elif turn.move == Move.RENEW:
        turns.ask_for_renewal(case, state, choice)
    elif turn.move == Move.ADOPT:
        conclude(case, state, choice)


@entry
@allocating
def start(case: Case, state: State) -> None:
    """Make a state the beginning of a negotiation, drawn from its stream."""
    clear(case, state)
    populate(case, state)
    lay_out(case, state)
    if not case.setting[0].has_moves:
        for k in range(state.paragraphs.shape[0]):
            state.paragraphs[k].zone_start = acceptance.zone_exists(case, state, k)
        return
    best = np.empty(state.delegates.shape[0])
    weigh_best(case, state, best)
    for i in range(best.shape[0]):
        state.movers[i].best = best[i]


def begin(case: Case, stream: Stream, log_rows: int) -> State:
    """Begin a negotiation, with `log_rows` rows of event log (0: none)."""
    state = allocate(case, log_rows)
    state.stream[:] = stream
    start(case, state)
    return state


@kernel
def step(case: Case, state: State, choice: Choice) -> Turn:
    """Make one turn, all three beats by the rules."""
    turn = next_turn(case, state)
    choose(case, state, turn, choice)
    follow(case, state, turn, choice)
    return turn


@entry
@kernel
def go_on(case: Case, state: State, choice: Choice, minute: float) -> None:
    """Make turn after turn, until the clock has come to a minute or the negotiation to its end."""
    while state.clock[0].outcome == Outcome.RUNNING and state.clock[0].minute < minute:
        step(case, state, choice)


_ASKED_FOR = np.zeros(max(Move) + 1, np.int64)  # of everybody, by the move that is due
_ASKED_FOR[list(Move)] = [move.asks for move in Move]


@kernel
def _is_asked(case: Case, state: State, turn: Turn, asked: Ints) -> bool:
    """Return whether a turn takes a decision of somebody who is asked for it."""
    n = state.delegates.shape[0]
    if turn.move == Move.SPEAK:
        return bool(asked[turn.who] & SPEAKS)
    if turn.move == Move.TABLE or turn.move == Move.SUBMIT:
        return bool(asked[turn.who] & PROPOSES)
    if turn.move == Move.DRAFT:
        pen = case.formats[format_of(case, state)].pen
        chairs, facilitates = asked[n] & DRAFTS, asked[n + 1] & DRAFTS
        return bool((pen == Pen.CHAIR and chairs) or (pen == Pen.FACILITATOR and facilitates))
    what = _ASKED_FOR[turn.move]
    if what > 0:
        for i in range(n):
            if asked[i] & what and state.delegates[i].present:
                return True
    return False


@entry
@kernel
def go_on_to(case: Case, state: State, choice: Choice, asked: Ints, minute: float) -> Turn:
    """Make turns by the rules until one is due that takes a decision of somebody who is asked.

    asked: N + 2, for each seat, the chair and the facilitator: a sum of `SPEAKS` and the like.
    Stop, too, once the clock has come to a minute, and at the end. Return the turn that is due, whose choices are made.
    """
    turn = next_turn(case, state)
    while turn.move != Move.NOTHING and state.clock[0].minute < minute and not _is_asked(case, state, turn, asked):
        choose(case, state, turn, choice)
        follow(case, state, turn, choice)
        turn = next_turn(case, state)
    choose(case, state, turn, choice)
    return turn


def play(case: Case, stream: Stream, log_rows: int) -> State:
    """Play one negotiation from beginning to end."""
    state = begin(case, stream, log_rows)
    go_on(case, state, allocate_choice(*case.stances.shape), math.inf)
    return state


def _sample() -> None:
    """Register samples of the program's tables."""
    one, cross = np.zeros(1), np.zeros((1, 1))
    case = Case(
        blank(1, SEAT_ROW), blank((1, 1), STANCE_ROW), np.ones(1, np.int64), one, blank(1, DEAL_ROW),
        np.zeros(1, np.bool_), cross, cross, cross, cross, cross,
        blank(1, SETTING_ROW), blank(1, CONSENT_ROW), blank(1, TEXT_ROW), blank(1, PLAN_ROW),
        np.zeros((1, 1), np.bool_), np.zeros((1, 1), np.int64), cross,
        blank(1, BREAK_ROW), blank(1, FORMAT_ROW), blank(1, PARAMETER_ROW),
    )  # fmt: skip
    for tables in (case, allocate(case, 0), allocate_choice(1, 1), Turn(Move.NOTHING.value, -1, -1)):
        sample(tables)


_sample()
