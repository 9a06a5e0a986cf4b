"""The text: one paragraph an issue, drafted, read, bracketed, revised, agreed ad referendum (rules 5.7 - 5.10).

A paragraph is empty, open, bracketed, agreed, or closed with dissent recorded; an agreed one is not reopened. Every
text has a pen-holder. A reading of a paragraph, or of a package, agrees the text or brackets it; brackets are argued
over, in the minutes they cost, and the text is revised. How far it moves towards those who block is a property of the
format, not of the pen; so is whether the pen-holder remembers which texts each delegate has refused, and writes one
that fewest are known to refuse. A known refusal softens with every failed reading: people move. A room that knows its
members may also find at once a text that would pass.

Trust follows what the room has seen: a paragraph agreed, one who stops the room alone, a chair deaf to brackets.
"""

from __future__ import annotations

import math

import numpy as np

from negsim.kernel import allocating, kernel
from negsim.negotiation import acceptance
from negsim.negotiation.acceptance import MOST_HEARD, PLACES, STATEMENTS_A_BLOCKER, TEXTS, Tally
from negsim.negotiation.beliefs import clip
from negsim.negotiation.formats import end_visit, format_of, pressure_felt, spend
from negsim.negotiation.influence import hear, statement
from negsim.negotiation.sorting import sort
from negsim.negotiation.tables import (
    Case,
    Choice,
    Floats,
    Ints,
    Move,
    Pen,
    Response,
    State,
    Status,
    Turn,
    draw,
    elapsed,
    is_open,
    record,
)
from negsim.negotiation.trust import SOME_EVIDENCE, lose, room_gains
from negsim.randomness import NONE, Decision, uniform

_LEAST_MOVE = 0.01  # of the scale; a pen-holder who remembers does not bother the room with less
_MOST_WARNINGS = 3  # times in a process that the chair reminds the room of the time


@kernel
def _clear_brackets(state: State, k: int) -> None:
    """Remove all brackets from the paragraph."""
    for i in range(state.delegates.shape[0]):
        state.opinions[k, i].bracket = False


@kernel
def write(state: State, k: int, value: float, precision: float, pen: int) -> None:
    """Put a new text on an open paragraph; brackets on the old text fall with it."""
    replace(state, k, value, precision, pen)
    paragraph = state.paragraphs[k]
    paragraph.by_seat = False
    paragraph.status, paragraph.read_today = Status.OPEN, 0
    paragraph.read_text, paragraph.change = math.nan, 0.0
    _clear_brackets(state, k)
    for i in range(state.delegates.shape[0]):
        state.opinions[k, i].refused_below, state.opinions[k, i].refused_above = -math.inf, math.inf
        state.opinions[k, i].accepted_low, state.opinions[k, i].accepted_high = math.inf, -math.inf


@kernel
def replace(state: State, k: int, value: float, precision: float, pen: int) -> None:
    """Put a delegate's text in the place of the one that stands, as a change of it (5.16).

    What the room knows of refusals stays, and so do the readings of today: a new text does not begin a new day.
    """
    paragraph = state.paragraphs[k]
    paragraph.text, paragraph.precision, paragraph.pen = value, precision, pen
    paragraph.by_seat, paragraph.before = True, math.nan
    if math.isnan(paragraph.first_text):
        paragraph.first_text = state.clock[0].minute


@kernel
def lay_out(case: Case, state: State) -> None:
    """Put the text with which the process starts on the table: open, or agreed beforehand (5.10).

    Text agreed beforehand is closed at minute 0. It is not read again, so it meets every decision rule; it is weighed
    with all the rest when the report is put to the room.
    """
    for k in range(state.paragraphs.shape[0]):
        given, paragraph = case.text[k], state.paragraphs[k]
        if math.isnan(given.value):
            continue
        write(state, k, given.value, given.precision, _pen_holder(case, given.pen))
        if given.agreed:
            paragraph.status, paragraph.closed_at = Status.AGREED, 0.0
            paragraph.fewest_blockers, paragraph.content, paragraph.majority_met = 0, 1.0, True


@kernel
def _pen_holder(case: Case, pen: int) -> int:
    """Return the number of the delegate at an address; a `Pen` stands for itself."""
    for i in range(case.seats.shape[0]):
        if case.seats[i].address == pen:
            return i
    return pen


@kernel
def _stated_centre(case: Case, state: State, k: int, t: float, weighted: bool) -> float:
    """Average what those who have a say would state on k now, by their power, or by that and how much k is to them."""
    total, weights = 0.0, 0.0
    for i in range(state.delegates.shape[0]):
        weight = state.delegates[i].power * (state.opinions[k, i].salience if weighted else 1.0)
        if weight > 0.0:
            total += weight * statement(case, state, i, k, t, 0.0)
            weights += weight
    return total / weights if weights > 0.0 else case.status_quo[k]


@kernel
def said_centre(state: State, k: int) -> float:
    """Average what was last said on k, by the power of who said it and how much k is to them; NaN if nobody spoke."""
    total, weights = 0.0, 0.0
    for i in range(state.delegates.shape[0]):
        weight = state.delegates[i].power * state.opinions[k, i].salience
        if weight > 0.0 and not math.isnan(state.opinions[k, i].statement):
            total += weight * state.opinions[k, i].statement
            weights += weight
    return total / weights if weights > 0.0 else math.nan


@kernel
def may_draft(case: Case, state: State, k: int) -> bool:
    """Return whether the pen-holder of the session may hand out text on k: on the agenda, without its or a seat's."""
    row, paragraph = state.clock[0].row, state.paragraphs[k]
    pen = case.formats[format_of(case, state)].pen
    own = paragraph.status != Status.EMPTY and (paragraph.pen == pen or paragraph.by_seat)
    return bool(case.plan_issues[row, k] and is_open(state, k) and not own)


@kernel
def choose_draft(case: Case, state: State, t: float, values: Floats) -> None:
    """Write the text that the pen-holder would hand out into `values` (K); NaN where it hands out none.

    y = conservatism q + (1 - conservatism) (the stated centre); each paragraph is included with chance `coverage`. The
    draws are those of the turn that is due, which is not counted yet.
    """
    row, turn = case.plan[state.clock[0].row], state.clock[0].turn + 1
    form = case.formats[format_of(case, state)]
    for k in range(values.shape[0]):
        values[k] = math.nan
        if not may_draft(case, state, k):
            continue
        if uniform(state.stream, Decision.COVERAGE, row.meeting, turn, k, NONE, NONE) < form.coverage:
            quo = case.status_quo[k]
            centre = _stated_centre(case, state, k, t, form.closing == Move.READ_PACKAGE)
            values[k] = quo + (1.0 - form.conservatism) * (centre - quo)


@kernel
def draft(case: Case, state: State, values: Floats) -> int:
    """Put text of the pen-holder's on the table (values: K, NaN none); return on how many issues."""
    form, drafted = case.formats[format_of(case, state)], 0
    for k in range(values.shape[0]):
        if math.isnan(values[k]) or not may_draft(case, state, k):
            continue
        write(state, k, values[k], form.precision, form.pen)
        drafted += 1
        at = record(case, state, Move.DRAFT.value)
        state.log[at].issue, state.log[at].pen = k, form.pen
        state.log[at].place, state.log[at].precision = values[k], form.precision
    return drafted


@kernel
def count_reading(state: State, k: int, tally: Tally) -> None:
    """Count one more reading on k, and record whether other rules would have been met."""
    state.clock[0].readings += 1
    paragraph = state.paragraphs[k]
    paragraph.readings += 1
    paragraph.read_today += 1
    paragraph.fewest_blockers = min(paragraph.fewest_blockers, tally.blockers + tally.dissenters)
    accepting = tally.present - tally.objectors
    paragraph.content = max(paragraph.content, accepting / max(1, accepting + tally.noes))
    paragraph.majority_met = paragraph.majority_met or tally.majority_everywhere


@kernel
def _count_failure(state: State, k: int, passable: float) -> None:
    """Count one more failed reading of the paragraph, and record whether another text would have passed (NaN: none)."""
    state.paragraphs[k].failed += 1
    state.paragraphs[k].passable += 0 if math.isnan(passable) else 1


@kernel
def count_change(state: State, k: int) -> None:
    """Record how the text that is read differs from its last reading, and whether it has moved back."""
    paragraph = state.paragraphs[k]
    moved = 0.0 if math.isnan(paragraph.read_text) else paragraph.text - paragraph.read_text
    paragraph.read_text = paragraph.text
    if moved != 0.0:
        paragraph.changes += 1
        paragraph.reversals += 1 if moved * paragraph.change < 0.0 else 0
        paragraph.change = moved


@kernel
def forget_readings(state: State, k: int) -> None:
    """Record that no text was read on k in this mandate: other decision rules have nothing to judge by."""
    paragraph, n = state.paragraphs[k], state.delegates.shape[0]
    paragraph.fewest_blockers, paragraph.content, paragraph.majority_met = n, 0.0, False
    paragraph.shortfall, paragraph.closed_at, paragraph.first_text = math.nan, math.nan, math.nan


@kernel
def note_reading(case: Case, state: State, k: int, tally: Tally, shortfall: Floats, response: Ints) -> None:
    """Record the reading of a text: its brackets, who blocked and who alone, the worst shortfall."""
    count_reading(state, k, tally)
    count_change(state, k)
    worst = -math.inf
    for i in range(response.shape[0]):
        if not state.delegates[i].present:
            continue
        worst = max(worst, shortfall[i]) if shortfall[i] < math.inf else worst
        blocks = response[i] == Response.BLOCK
        state.opinions[k, i].bracket = blocks
        if blocks:
            state.opinions[k, i].blocks += 1
            state.delegates[i].pivotal += 1 if tally.blockers == 1 else 0
            at = record(case, state, Move.BLOCK.value)
            state.log[at].issue, state.log[at].who = k, i
            state.log[at].shortfall, state.log[at].blockers = shortfall[i], tally.blockers
    state.paragraphs[k].shortfall = worst if worst > -math.inf else math.nan


@kernel
def agree(case: Case, state: State, k: int, dissent: bool) -> None:
    """Close the paragraph ad referendum; everybody sees that it can be done."""
    state.paragraphs[k].status = Status.DISSENT if dissent else Status.AGREED
    state.paragraphs[k].closed_at = state.clock[0].minute
    _clear_brackets(state, k)
    room_gains(state, case.parameters[0].trust_gain * SOME_EVIDENCE)


@kernel
def _case_made(case: Case, state: State, argument: Floats, i: int, k: int, t: float) -> float:
    """Return the place that i argues for at a reading of k: its argument (N, NaN none), or what it would state."""
    return statement(case, state, i, k, t, 0.0) if math.isnan(argument[i]) else argument[i]


@kernel
def note_answers(case: Case, state: State, k: int, y: float, choice: Choice, t: float, fade: float) -> None:
    """Infer from a failed reading of y what each delegate refuses and accepts; known refusals soften by `fade`.

    A block on y by somebody who asks for more means that no text below y will do either; by somebody who asks for less,
    that no text above it will. Who does not block y is known to accept it, and refuses nothing on its far side.
    """
    for i in range(state.delegates.shape[0]):
        opinion = state.opinions[k, i]
        opinion.refused_below -= fade
        opinion.refused_above += fade
        if not state.delegates[i].present:
            continue
        if choice.response[i] == Response.BLOCK:
            asked = _case_made(case, state, choice.argument, i, k, t)
            if asked > y:
                opinion.refused_below = max(opinion.refused_below, y)
            elif asked < y:
                opinion.refused_above = min(opinion.refused_above, y)
            if opinion.accepted_low <= y <= opinion.accepted_high:
                opinion.accepted_low, opinion.accepted_high = math.inf, -math.inf
        else:
            opinion.refused_below = opinion.refused_below if opinion.refused_below < y else -math.inf
            opinion.refused_above = opinion.refused_above if opinion.refused_above > y else math.inf
            opinion.accepted_low, opinion.accepted_high = min(opinion.accepted_low, y), max(opinion.accepted_high, y)


@kernel
def count_refusals(state: State, k: int, refusals: Ints) -> None:
    """Count those present who are known to refuse each of the `PLACES`, added to `refusals` (TEXTS)."""
    for i in range(state.delegates.shape[0]):
        below, above = state.opinions[k, i].refused_below, state.opinions[k, i].refused_above
        if state.delegates[i].present and (below > -math.inf or above < math.inf):
            for text in range(TEXTS):
                refusals[text] += 1 if PLACES[text] <= below or PLACES[text] >= above else 0


@allocating
def least_refused(state: State, k: int, wanted: float) -> float:
    """Find the text nearest to what is wanted among the `TEXTS` texts on k that fewest are known to refuse."""
    refusals, best = np.zeros(TEXTS, np.int64), 0
    count_refusals(state, k, refusals)
    for text in range(TEXTS):
        nearer = abs(PLACES[text] - wanted) < abs(PLACES[best] - wanted)
        if refusals[text] < refusals[best] or (refusals[text] == refusals[best] and nearer):
            best = text
    return float(PLACES[best])


@allocating
def revise(
    case: Case, state: State, form: int, k: int, choice: Choice, t: float, blockers: int, passable: float
) -> bool:
    """After a failed reading, note who refuses and accepts what, and move the text; return whether the room found one.

    With chance `knowledge` it finds the text that would have passed, and writes it. Else, if more delegates block the
    text than blocked the one before, half of the last step is taken back. Otherwise y += 2 u step (y* - y), and
    precision is given up. y* is what those who block say (those who object, if nobody blocks), or the text near to it
    that fewest are known to refuse, if the pen-holder remembers; but not beyond the nearest text that one of them is
    known to accept. Who remembers does not make a move of less than `_LEAST_MOVE`.
    """
    paragraph = state.paragraphs[k]
    paragraph.status = Status.BRACKETED
    note_answers(case, state, k, paragraph.text, choice, t, case.parameters[0].fade)
    if not math.isnan(passable):
        if draw(case, state, Decision.FINDING, k, NONE) < acceptance.knowledge(case, state, k):
            paragraph.text, paragraph.before = passable, math.nan
            return True
    if not math.isnan(paragraph.before) and blockers > paragraph.blockers_before:
        _take_back(state, k)
        return False
    followed = Response.BLOCK if blockers > 0 else Response.OBJECT
    total, count, low, high = 0.0, 0, 0.0, 1.0
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].present and choice.response[i] == followed:
            total += _case_made(case, state, choice.argument, i, k, t)
            count += 1
            opinion = state.opinions[k, i]
            low = max(low, opinion.accepted_high) if opinion.accepted_high < paragraph.text else low
            high = min(high, opinion.accepted_low) if opinion.accepted_low > paragraph.text else high
    if count == 0:
        return False
    remembers, numbers = case.formats[form].memory == 1, case.formats[form]
    before, precision = paragraph.text, paragraph.precision
    wanted = least_refused(state, k, total / count) if remembers else total / count
    towards = min(max(wanted, low), high)
    move = 2.0 * draw(case, state, Decision.STEP, k, NONE) * numbers.step * (towards - before)
    if not remembers or abs(move) >= _LEAST_MOVE:
        paragraph.text = clip(before + move)
    paragraph.precision = max(min(case.parameters[0].precision_floor, precision), precision - numbers.precision_step)
    paragraph.before, paragraph.precision_before = before if paragraph.text != before else math.nan, precision
    paragraph.blockers_before = blockers
    return False


@kernel
def _take_back(state: State, k: int) -> None:
    """Take back half of the last step of a text, or all of it if the rest is too small to read."""
    paragraph = state.paragraphs[k]
    paragraph.text = 0.5 * (paragraph.text + paragraph.before)
    paragraph.precision = 0.5 * (paragraph.precision + paragraph.precision_before)
    if abs(paragraph.text - paragraph.before) < _LEAST_MOVE:
        paragraph.text, paragraph.precision = paragraph.before, paragraph.precision_before
        paragraph.before = math.nan


@allocating
def median_position(state: State, k: int) -> float:
    """Take the median of the secret positions of those present."""
    n = state.delegates.shape[0]
    ballots, count = np.empty(n), 0
    for i in range(n):
        if state.delegates[i].present:
            ballots[count] = state.opinions[k, i].position
            count += 1
    sort(ballots, count)
    return float(0.5 * (ballots[(count - 1) // 2] + ballots[count // 2]))


@kernel
def has_dissent(case: Case, tally: Tally) -> bool:
    """Return whether a text that passed did so with dissent to record."""
    return case.setting[0].record_dissent and tally.blockers + tally.dissenters > 0


@kernel
def count_brackets(state: State, k: int) -> int:
    """Count the brackets on a paragraph."""
    count = 0
    for i in range(state.delegates.shape[0]):
        count += 1 if state.opinions[k, i].bracket else 0
    return count


@kernel
def argue(case: Case, state: State, k: int, choice: Choice, minutes: float, pressure: float) -> None:
    """Let those who block say why, as many as the minutes of the reading allow."""
    statements = minutes / case.parameters[0].statement - 1.0
    heard, t = 0, elapsed(case, state)
    for i in range(choice.response.shape[0]):
        blocks = state.delegates[i].present and choice.response[i] == Response.BLOCK
        if blocks and heard < MOST_HEARD and STATEMENTS_A_BLOCKER * (heard + 1) <= statements + 1e-9:
            hear(case, state, i, k, _case_made(case, state, choice.argument, i, k, t), 0.0, pressure)
            heard += 1


@kernel
def judge_chair(case: Case, state: State, k: int, step: float) -> None:
    """Let those in brackets judge, once a paragraph and session, a chair who moves a `step` of the way towards them."""
    if state.paragraphs[k].judged:
        return
    state.paragraphs[k].judged = True
    p = case.parameters[0]
    for i in range(state.delegates.shape[0]):
        if state.opinions[k, i].bracket:
            state.delegates[i].chair_trust += p.trust_gain * step * (1.0 - state.delegates[i].chair_trust)
            lost = p.trust_loss * SOME_EVIDENCE * (1.0 - step)
            state.delegates[i].chair_trust -= lost * state.delegates[i].chair_trust


@kernel
def _record_reading(case: Case, state: State, k: int, tally: Tally, passed: bool, parked: bool, passable: float) -> int:
    """Log the result of reading the paragraph on k, below those who block it; return the row of the log."""
    at = record(case, state, Move.READ.value)
    state.log[at].issue, state.log[at].place, state.log[at].passable = k, state.paragraphs[k].text, passable
    state.log[at].blockers = tally.blockers
    state.log[at].passed, state.log[at].parked = passed, parked
    return at


@kernel
def is_passed_over(case: Case, state: State, k: int, choice: Choice, tally: Tally) -> bool:
    """Return whether the room passes over a lone bracket on k: the first is free, and costs the others' trust."""
    alone = acceptance.lone_blocker(case, state, choice.shortfall, choice.response, tally)
    if alone < 0:
        return False
    entry = state.entries[k, alone]
    if entry.bracket_used:
        entry.passed_over += 1
        at = record(case, state, Move.RESERVE.value)
        state.log[at].issue, state.log[at].who = k, alone
        return True
    entry.bracket_used = True
    for i in range(choice.response.shape[0]):
        if i != alone and state.delegates[i].present:
            lose(state, alone, i, case.parameters[0].trust_loss * SOME_EVIDENCE)
    return False


@kernel
def _let_amendment_stand(state: State, k: int) -> None:
    """Put the best amendment that was read in the place of the text, which more delegates block."""
    best = state.amendments[k]
    replace(state, k, best.place, best.precision, best.pen)
    for i in range(state.delegates.shape[0]):
        state.opinions[k, i].bracket = state.entries[k, i].opposed


@allocating
def read(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Read a paragraph: agree it, or bracket it, argue over it and revise it."""
    k, form, t = turn.issue, format_of(case, state), elapsed(case, state)
    pressure = pressure_felt(case, state)
    tally = acceptance.settle(case, state, choice.shortfall, choice.response)
    passed_over, passable = is_passed_over(case, state, k, choice, tally), math.nan
    passed = acceptance.passes(case, tally) or passed_over
    if not passed:
        paragraph = state.paragraphs[k]
        passable = acceptance.nearest_passing(case, state, k, paragraph.text, paragraph.precision, choice.latitude)
        if turn.move == Move.READ:
            _count_failure(state, k, passable)
    note_reading(case, state, k, tally, choice.shortfall, choice.response)
    state.clock[0].to_read = -1
    minutes = spend(case, state, acceptance.reading_minutes(case, tally.blockers))
    state.paragraphs[k].minutes += minutes
    parked = not passed and is_parked(case, state, k)
    at = _record_reading(case, state, k, tally, passed, parked, passable)
    if state.log.shape[0] > 1 and not math.isnan(passable):
        around = acceptance.passing_around(case, state, k, passable, state.paragraphs[k].precision, choice.latitude)
        state.log[at].passable_low, state.log[at].passable_high = around
    if passed:
        agree(case, state, k, passed_over or has_dissent(case, tally))
    else:
        argue(case, state, k, choice, minutes, pressure)
        better = state.amendments[k]
        if better.blockers < tally.blockers and not math.isnan(better.place):
            state.paragraphs[k].status, y = Status.BRACKETED, state.paragraphs[k].text
            note_answers(case, state, k, y, choice, t, case.parameters[0].fade)
            _let_amendment_stand(state, k)
        else:
            state.log[at].found = revise(case, state, form, k, choice, t, tally.blockers, passable)
        state.clock[0].to_offer = k if case.setting[0].offers and turn.move == Move.READ else -1
        if state.paragraphs[k].pen == Pen.CHAIR:
            judge_chair(case, state, k, case.formats[form].step)
        state.paragraphs[k].parked += 1 if parked else 0
        state.clock[0].to_warn = pressure > 0.0 and state.clock[0].warnings < _MOST_WARNINGS
    if case.setting[0].amendments:
        end_amendments(state, k)
    end_visit(state, k)


@kernel
def end_amendments(state: State, k: int) -> None:
    """Put the amendments to a paragraph away: it was read, or agreed, or the session ends."""
    state.paragraphs[k].invited, state.amendments[k].place, state.amendments[k].passed = False, math.nan, False
    for i in range(state.delegates.shape[0]):
        state.entries[k, i].amendment, state.entries[k, i].opposed = math.nan, False


@kernel
def is_parked(case: Case, state: State, k: int) -> bool:
    """Return whether the text on k has been read so often today that the room lets it rest until the next day."""
    return bool(state.paragraphs[k].read_today >= case.parameters[0].patience)


@kernel
def unpark(case: Case, state: State) -> None:
    """Begin a new day: parked paragraphs may be read again, and delegates have their moves of a day again."""
    state.clock[0].asked = state.clock[0].showed = False
    for k in range(state.paragraphs.shape[0]):
        state.paragraphs[k].read_today = 0
    if case.setting[0].has_moves:
        for i in range(state.delegates.shape[0]):
            state.movers[i].offered = False
            for k in range(state.paragraphs.shape[0]):
                state.entries[k, i].amended = False


@kernel
def _in_package(case: Case, state: State, k: int) -> bool:
    """Return whether the paragraph is put to the room in a package: open or bracketed, and on the agenda."""
    status = state.paragraphs[k].status
    return case.plan_issues[state.clock[0].row, k] and (status == Status.OPEN or status == Status.BRACKETED)


@allocating
def read_package(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Read all text of the agenda as one package: agree it together, or bracket and revise it together."""
    form, t, pressure = format_of(case, state), elapsed(case, state), pressure_felt(case, state)
    tally = acceptance.settle(case, state, choice.shortfall, choice.response)
    passed, passable = acceptance.passes(case, tally), np.full(state.paragraphs.shape[0], math.nan)
    for k in range(passable.shape[0]):
        if _in_package(case, state, k) and not passed:
            passable[k] = acceptance.passable_now(case, state, k)
    minutes = spend(case, state, acceptance.reading_minutes(case, tally.blockers))
    for k in range(passable.shape[0]):
        if _in_package(case, state, k):
            note_reading(case, state, k, tally, choice.shortfall, choice.response)
            _record_reading(case, state, k, tally, passed, False, math.nan)
            if passed:
                agree(case, state, k, has_dissent(case, tally))
    if not passed:
        argue(case, state, turn.issue, choice, minutes, pressure)
        for k in range(passable.shape[0]):
            if _in_package(case, state, k):
                revise(case, state, form, k, choice, t, tally.blockers, passable[k])
    end_visit(state, turn.issue)
