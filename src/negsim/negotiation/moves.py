"""Moves of the table beside speaking and answering: amendments, offers, questions, secrets, the pen, a motion (5.16).

Each is a switch of the process. A move is two kinds of turn: one at which whoever likes makes it, and one for each that
was made, at which the room answers.

- Turns of moves do not count as turns of the meeting, and their draws have decisions of their own; where several are
  read the draws name the mover too. So a move that nobody makes leaves every bit as it was.
- A move takes the time of a statement. It is answered, not argued.
- Where more want to make a move than the room has patience for, it hears those whom it trusts most.
- Seats of the model make amendments, offers and motions by themselves with the chance `initiative`, and know only what
  a delegate knows; they answer those of others by the rules of every text.

An amendment is put to the room before the text (rule 90 of the General Assembly, A/520/Rev.17). An offer links two
issues (Tollison & Willett 1979, doi 10.1017/S0020818300032252; Sebenius 1983, doi 10.1017/S002081830003438X). Who
writes first gains by it (Baron & Ferejohn 1989, doi 10.2307/1961664). What can be checked convinces whoever is shown it
(Milgrom 1981, doi 10.2307/3003562).
"""

from __future__ import annotations

import math

import numpy as np

from negsim.elementary import round_down
from negsim.kernel import allocating, entry, kernel
from negsim.negotiation import acceptance, text
from negsim.negotiation.acceptance import CARRYING_SHARE, NO_PARTS, PLACES, PRECISION, TEXTS, Reading, Tally
from negsim.negotiation.beliefs import correct
from negsim.negotiation.formats import end_visit, format_of, pressure_felt, spend
from negsim.negotiation.influence import concession
from negsim.negotiation.informal import show_secret
from negsim.negotiation.tables import (
    Case,
    Choice,
    Floats,
    Ints,
    Move,
    Response,
    State,
    Turn,
    elapsed,
    is_open,
    record,
    session_left,
)
from negsim.negotiation.trust import isolation, lose, trust_in_others
from negsim.randomness import NONE, Decision, uniform

MOST_AMENDMENTS = 3  # read before one reading
MOST_OFFERS = 2  # read after one that failed
QUESTIONS_A_DAY = 2  # of a delegate
_ROUNDING = 1e-9  # steps of the scale of texts by which a place may miss a text and still be it


@kernel
def next_move(case: Case, state: State) -> Turn:
    """Find the move that is due in a session, whatever is read next; NOTHING if none is."""
    moves, clock = case.setting[0], state.clock[0]
    asks, shows = moves.questions and not clock.asked, moves.secrets and not clock.showed
    if asks or shows:
        return Turn(Move.ASK.value if asks else Move.SHOW.value, -1, -1)
    if clock.to_vote:
        return Turn(Move.VOTE.value, -1, -1)
    form = format_of(case, state)
    if moves.motions >= 0 and not clock.moved and not clock.called and case.formats[form].closing != Move.READ:
        return Turn(Move.CALL.value, -1, -1)
    if clock.to_offer >= 0:
        return _next_offer(state)
    if moves.pens and clock.drafted and not clock.pens_given and _is_pen_free(case, state):
        return Turn(Move.TAKE_PEN.value, -1, -1)
    return Turn(Move.NOTHING.value, -1, -1)


@kernel
def before_reading(case: Case, state: State, turn: Turn) -> Turn:
    """Return the turn that comes before a reading that is due: an amendment, or the time to write one; else itself."""
    if turn.move != Move.READ or not case.setting[0].amendments:
        return turn
    who = _next_amender(state, turn.issue)
    if who >= 0:
        return Turn(Move.READ_AMENDMENT.value, turn.issue, who)
    return turn if state.paragraphs[turn.issue].invited else Turn(Move.AMEND.value, turn.issue, -1)


@allocating
def choose_move(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Write the default decisions at the turn of a move into `choice`."""
    if turn.move == Move.READ_AMENDMENT or turn.move == Move.READ_OFFER or turn.move == Move.VOTE:
        _choose_answers(case, state, turn, choice)
        return
    for i in range(choice.place.shape[0]):
        choice.place[i], choice.about[i] = math.nan, -1
        for question in range(QUESTIONS_A_DAY):
            choice.whom[i, question] = -1
    if case.setting[0].initiative <= 0.0:
        return
    if turn.move == Move.AMEND:
        _choose_amendments(case, state, turn.issue, choice)
    elif turn.move == Move.OFFER:
        _choose_offers(case, state, turn.issue, choice)
    elif turn.move == Move.CALL:
        _choose_motions(case, state, choice)


@kernel
def _choose_answers(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Let everybody answer an amendment, an offer or a motion."""
    if turn.move == Move.VOTE:
        for i in range(choice.response.shape[0]):
            choice.response[i] = Response.ACCEPT if _backs(case, state, i) else Response.OBJECT
        return
    if turn.move == Move.READ_AMENDMENT:
        place = state.entries[turn.issue, turn.who].amendment
        reading = _reading_of_move(case, state, turn.issue, place, turn.who)
        acceptance.shortfalls(case, state, reading, choice.latitude, choice.shortfall)
    else:
        _offer_shortfalls(case, state, turn.issue, turn.who, choice.shortfall)
    acceptance.answer(state, choice)


@kernel
def follow_move(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Carry out the turn of a move."""
    if turn.move == Move.AMEND:
        _take_amendments(state, turn.issue, choice.place)
    elif turn.move == Move.READ_AMENDMENT:
        _read_amendment(case, state, turn, choice)
    elif turn.move == Move.OFFER:
        _take_offers(case, state, turn.issue, choice)
    elif turn.move == Move.READ_OFFER:
        _read_offer(case, state, turn, choice)
    elif turn.move == Move.ASK:
        _ask(case, state, choice.whom)
    elif turn.move == Move.SHOW:
        _show(case, state, choice.about)
    elif turn.move == Move.TAKE_PEN:
        _give_pens(case, state, choice)
    elif turn.move == Move.CALL:
        _take_motions(state, choice.about)
    elif turn.move == Move.VOTE:
        _decide(case, state, choice.response)


# Who is heard, and who takes the initiative.


@kernel
def _standing(state: State, i: int) -> float:
    """Return how far those who have a say trust i; 1 if nobody else has."""
    return 1.0 - isolation(state, i)


@kernel
def _starts(case: Case, state: State, i: int, decision: int, k: int) -> bool:
    """Return whether a seat of the model takes the initiative now, with chance `initiative`."""
    meeting, seat = case.plan[state.clock[0].row].meeting, case.seats[i].address
    u = uniform(state.stream, decision, meeting, state.clock[0].turn, k, seat, NONE)
    return bool(state.delegates[i].present and u < case.setting[0].initiative)


@kernel
def _count_willing(state: State, i: int, k: int, h: float, counts: Ints) -> None:
    """Count in `counts` (TEXTS + 1) to how many others i thinks each text on k acceptable, running sums to be taken.

    It takes its own half-width h for everybody's, around where it believes them to stand, less what they are known to
    refuse.
    """
    steps = TEXTS - 1.0
    for at in range(TEXTS + 1):
        counts[at] = 0
    for j in range(state.delegates.shape[0]):
        if j == i or not state.delegates[j].present:
            continue
        other, place = state.opinions[k, j], state.belief[k, j, i]
        first, last = (
            max(0.0, -round_down(_ROUNDING - steps * (place - h))),
            min(steps, round_down(steps * (place + h) + _ROUNDING)),
        )
        if other.refused_below > -math.inf:
            first = max(first, round_down(steps * other.refused_below + _ROUNDING) + 1.0)
        if other.refused_above < math.inf:
            last = min(last, -round_down(_ROUNDING - steps * other.refused_above) - 1.0)
        if first <= last:
            counts[int(first)] += 1
            counts[int(last) + 1] -= 1


@kernel
def _likeliest(state: State, i: int, k: int, reach: float, wanted: float, counts: Ints) -> tuple[int, int]:
    """Return the text on k, within `reach` of i's position and its red lines, to which most seem willing, and how many.

    Of several the nearest to what is wanted, the lower of two; -1 if there is none. counts: of `_count_willing`.
    """
    opinion, best, most, willing = state.opinions[k, i], -1, -1, 0
    for at in range(TEXTS):
        willing += counts[at]
        y = PLACES[at]
        if abs(y - opinion.position) > reach or y < opinion.red_low or y > opinion.red_high:
            continue
        nearer = best >= 0 and abs(y - wanted) < abs(PLACES[best] - wanted) - 1e-12
        if willing > most or (willing == most and nearer):
            best, most = at, willing
    return best, most


# Amendments.


@kernel
def _next_amender(state: State, k: int) -> int:
    """Return the first seat whose amendment to k waits to be read, -1 for none."""
    for i in range(state.delegates.shape[0]):
        if not math.isnan(state.entries[k, i].amendment):
            return i
    return -1


@kernel
def _reading_of_move(case: Case, state: State, k: int, place: float, who: int) -> Reading:
    """Return the reading of a text on k that `who` moves: as the paragraph's, but for its place, precision and pen."""
    precision, t = max(state.paragraphs[k].precision, PRECISION), elapsed(case, state)
    return Reading(k, place, precision, who, t, pressure_felt(case, state))


@allocating
def _choose_amendments(case: Case, state: State, k: int, choice: Choice) -> None:
    """Let those who would block the text write what they think fewest refuse, if that is fewer than refuse the text."""
    paragraph, counts = state.paragraphs[k], np.empty(TEXTS + 1, np.int64)
    acceptance.shortfalls(case, state, acceptance.reading_of(case, state, k), choice.latitude, choice.shortfall)
    acceptance.respond(state, choice.shortfall, choice.response)
    acceptance.settle(case, state, choice.shortfall, choice.response)
    precision = max(paragraph.precision, PRECISION)
    for i in range(choice.place.shape[0]):
        may = choice.response[i] == Response.BLOCK and not state.entries[k, i].amended
        if not may or not _starts(case, state, i, Decision.AMENDING, k):
            continue
        reach = acceptance.half_width(case, state, i, k, precision, choice.latitude[i])
        if reach < 0.0:
            continue
        _count_willing(state, i, k, reach, counts)
        best, willing = _likeliest(state, i, k, reach, state.opinions[k, i].position, counts)
        if best >= 0 and willing + 1 > _count_content(state, i, k, reach):
            choice.place[i] = PLACES[best]


@kernel
def _count_content(state: State, i: int, k: int, h: float) -> int:
    """Count the others to whom i thinks the text on k that stands acceptable, as `_count_willing` does."""
    y, content = state.paragraphs[k].text, 0
    for j in range(state.delegates.shape[0]):
        other = state.opinions[k, j]
        known = y <= other.refused_below or y >= other.refused_above
        if j != i and state.delegates[j].present and not known and abs(y - state.belief[k, j, i]) <= h:
            content += 1
    return content


@kernel
def _take_amendments(state: State, k: int, place: Floats) -> None:
    """Take the amendments to the paragraph that is read next (N, NaN none), of those whom the room trusts most."""
    state.paragraphs[k].invited = True
    for _ in range(MOST_AMENDMENTS):
        first = -1
        for i in range(place.shape[0]):
            writes = state.delegates[i].present and not math.isnan(place[i]) and not state.entries[k, i].amended
            if writes and (first < 0 or _standing(state, i) > _standing(state, first)):
                first = i
        if first >= 0:
            state.entries[k, first].amendment, state.entries[k, first].amended = place[first], True


@kernel
def _read_amendment(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Read an amendment; after the last, the best that passes becomes the text and is agreed.

    Of those that pass it is the one to which fewest object, then the nearest to the text; of the others, the one that
    fewest block, which takes the place of a text that more block (`text.read`).
    """
    k, who, paragraph, best = turn.issue, turn.who, state.paragraphs[turn.issue], state.amendments[turn.issue]
    y, precision = state.entries[k, who].amendment, max(paragraph.precision, PRECISION)
    state.entries[k, who].amendment = math.nan
    tally = acceptance.settle(case, state, choice.shortfall, choice.response)
    passed_over = text.is_passed_over(case, state, k, choice, tally)
    passed = acceptance.passes(case, tally) or passed_over
    if _is_better(state, k, y, passed, tally):
        best.place, best.precision, best.pen, best.passed = y, precision, who, passed
        best.objectors, best.noes = tally.objectors, tally.noes
        best.blockers, best.dissenters = tally.blockers, tally.dissenters
        best.present, best.majority, best.shortfall = tally.present, tally.majority_everywhere, math.nan
        best.dissent = passed_over or text.has_dissent(case, tally)
        for i in range(choice.response.shape[0]):
            short = choice.shortfall[i]
            state.entries[k, i].opposed = state.delegates[i].present and choice.response[i] == Response.BLOCK
            if state.delegates[i].present and short < math.inf and not short <= best.shortfall:
                best.shortfall = short
    spend(case, state, case.parameters[0].statement)
    if not passed:
        lose_by_failing(case, state, k, who, choice.response)
    at = record(case, state, Move.READ_AMENDMENT.value)
    state.log[at].issue, state.log[at].who, state.log[at].place = k, who, y
    state.log[at].blockers, state.log[at].passed = tally.blockers, passed
    if not passed:
        text.note_answers(case, state, k, y, choice, elapsed(case, state), 0.0)
    time_left = session_left(state) >= case.parameters[0].statement - 1e-9
    if best.passed and (_next_amender(state, k) < 0 or not time_left):
        _agree_on_amendment(case, state, k)


@kernel
def lose_by_failing(case: Case, state: State, k: int, who: int, response: Ints) -> None:
    """Count a text of `who` on k that fails, and let those who block it trust its author less."""
    state.entries[k, who].failed += 1
    for i in range(response.shape[0]):
        if i != who and state.delegates[i].present and response[i] == Response.BLOCK:
            lose(state, who, i, case.parameters[0].trust_loss)


@kernel
def _is_better(state: State, k: int, y: float, passed: bool, tally: Tally) -> bool:
    """Return whether an amendment to k that was read is better than the best so far."""
    best, text = state.amendments[k], state.paragraphs[k].text
    if math.isnan(best.place) or passed != best.passed:
        return passed or math.isnan(best.place)
    against, least = (tally.objectors, best.objectors) if passed else (tally.blockers, best.blockers)
    return against < least or (against == least and abs(y - text) < abs(best.place - text))


@kernel
def _agree_on_amendment(case: Case, state: State, k: int) -> None:
    """Make the best amendment the text, and agree on it."""
    best = state.amendments[k]
    text.replace(state, k, best.place, best.precision, best.pen)
    tally = Tally(
        best.objectors, best.noes, best.blockers, best.dissenters, best.present, best.majority, True, True, False
    )
    text.count_reading(state, k, tally)
    text.count_change(state, k)
    state.paragraphs[k].shortfall = best.shortfall
    text.agree(case, state, k, best.dissent)
    text.end_amendments(state, k)
    state.clock[0].to_read = -1
    end_visit(state, k)


# Offers.


@kernel
def _next_offer(state: State) -> Turn:
    """Return the next turn after a failed reading: an offer that waits, or the time to make one."""
    k = state.clock[0].to_offer
    for i in range(state.delegates.shape[0]):
        if state.movers[i].offer_issue >= 0:
            return Turn(Move.READ_OFFER.value, k, i)
    return Turn(Move.OFFER.value, k, -1)


@entry
@kernel
def may_be_asked_for(case: Case, state: State, k: int, m: int) -> bool:
    """Return whether an offer on k may ask for a text on m: another issue of the agenda that is open."""
    return bool(m != k and case.plan_issues[state.clock[0].row, m] and is_open(state, m))


@kernel
def _offer_shortfalls(case: Case, state: State, k: int, who: int, out: Floats) -> None:
    """Write by how much an offer of `who` on k falls short for each, a package of two texts, into `out` (N)."""
    m, place = state.movers[who].offer_issue, state.movers[who].offer
    stays, moves = acceptance.reading_of(case, state, k), _reading_of_move(case, state, m, place, who)
    for i in range(out.shape[0]):
        trust = trust_in_others(state, i)
        parts = acceptance.add_part(case, state, i, stays, trust, NO_PARTS)
        parts = acceptance.add_part(case, state, i, moves, trust, parts)
        out[i] = acceptance.whole_shortfall(case, state, i, trust, parts)


@allocating
def _choose_offers(case: Case, state: State, k: int, choice: Choice) -> None:
    """Let those with a bracket on k ask for the text elsewhere that would make up for k, and that fewest refuse.

    One asks for a text on m so that both together would not fall short (see `whole_shortfall`).
    """
    counts, stays = np.empty(TEXTS + 1, np.int64), acceptance.reading_of(case, state, k)
    for i in range(choice.place.shape[0]):
        if not state.opinions[k, i].bracket or state.movers[i].offered:
            continue
        if not _starts(case, state, i, Decision.OFFERING, k):
            continue
        trust, most, conceded = trust_in_others(state, i), -1, concession(case, state, i, stays.t)
        short = acceptance.shortfall(case, state, i, stays, trust)
        if short <= 0.0 or short == math.inf or case.core[k]:
            continue
        for m in range(state.paragraphs.shape[0]):
            opinion, there = state.opinions[m, i], state.paragraphs[m]
            if not may_be_asked_for(case, state, k, m):
                continue
            precision = max(there.precision, PRECISION)
            accepted = acceptance.latitude(case, state, i, m, trust, 1.0, conceded, stays.pressure)
            spared = min(accepted, _left_for(case, state, i, stays, m, trust))
            reach = acceptance.half_width(case, state, i, m, precision, spared)
            if reach < 0.0:
                continue
            wanted = opinion.position if math.isnan(there.text) else there.text
            _count_willing(state, i, m, acceptance.half_width(case, state, i, m, precision, accepted), counts)
            best, willing = _likeliest(state, i, m, reach, wanted, counts)
            if best >= 0 and willing > most:
                most = willing
                choice.about[i], choice.place[i] = m, PLACES[best]


@kernel
def _left_for(case: Case, state: State, i: int, stays: Reading, m: int, trust: float) -> float:
    """Return how much i may lose on m if it is to accept the text that stays and m together."""
    asks = Reading(m, state.opinions[m, i].position, 1.0, i, stays.t, stays.pressure)
    parts = acceptance.add_part(case, state, i, stays, trust, NO_PARTS)
    both = acceptance.add_part(case, state, i, asks, trust, parts)
    return acceptance.whole_latitude(case, state, i, trust, both) - parts.lost


@kernel
def _take_offers(case: Case, state: State, k: int, choice: Choice) -> None:
    """Take the offers of those whom the room trusts most. about: N, the other issue; place: N, where it goes."""
    taken = 0
    while taken < MOST_OFFERS:
        first = -1
        for i in range(choice.place.shape[0]):
            m = choice.about[i]
            offers = m >= 0 and not math.isnan(choice.place[i]) and may_be_asked_for(case, state, k, m)
            if offers and state.delegates[i].present and not state.movers[i].offered:
                first = i if first < 0 or _standing(state, i) > _standing(state, first) else first
        if first < 0:
            break
        mover = state.movers[first]
        mover.offer_issue, mover.offer, mover.offered = choice.about[first], choice.place[first], True
        taken += 1
    if taken == 0:
        state.clock[0].to_offer = -1


@kernel
def _read_offer(case: Case, state: State, turn: Turn, choice: Choice) -> None:
    """Read an offer: both paragraphs are agreed, or nothing has changed."""
    k, who, m = turn.issue, turn.who, state.movers[turn.who].offer_issue
    place = state.movers[who].offer
    tally = acceptance.settle(case, state, choice.shortfall, choice.response)
    passed = acceptance.passes(case, tally)
    state.movers[who].offer_issue = -1
    spend(case, state, case.parameters[0].statement)
    at = record(case, state, Move.READ_OFFER.value)
    state.log[at].issue, state.log[at].who, state.log[at].other, state.log[at].place = k, who, m, place
    state.log[at].blockers, state.log[at].passed = tally.blockers, passed
    if passed:
        text.replace(state, m, place, max(state.paragraphs[m].precision, PRECISION), who)
        text.note_reading(case, state, k, tally, choice.shortfall, choice.response)
        text.note_reading(case, state, m, tally, choice.shortfall, choice.response)
        text.agree(case, state, k, text.has_dissent(case, tally))
        text.agree(case, state, m, text.has_dissent(case, tally))
    left = False
    for i in range(state.delegates.shape[0]):
        if passed:
            state.movers[i].offer_issue = -1
        left = left or state.movers[i].offer_issue >= 0
    if not left:
        state.clock[0].to_offer = -1


# Questions and secrets in the corridor.


@kernel
def _ask(case: Case, state: State, whom: Ints) -> None:
    """Let everybody ask those whom it likes (N, QUESTIONS_A_DAY; -1 none), who say where they stand: b_ij := x_j."""
    state.clock[0].asked = True
    for i in range(whom.shape[0]):
        for question in range(QUESTIONS_A_DAY):
            j = whom[i, question]
            if j < 0 or j == i or not state.delegates[i].present or not state.delegates[j].present:
                continue
            for k in range(state.paragraphs.shape[0]):
                correct(state, k, j, i, 1.0, state.opinions[k, j].position)
            at = record(case, state, Move.QUESTION.value)
            state.log[at].who, state.log[at].whom = i, j


@kernel
def _show(case: Case, state: State, whom: Ints) -> None:
    """Let those who like show somebody (N; -1 nobody), once, what only they know: its red lines move out."""
    state.clock[0].showed = True
    for i in range(whom.shape[0]):
        j, k = whom[i], case.seats[i].secret_issue
        if j < 0 or j == i or k < 0 or state.movers[i].shown >= 0:
            continue
        if not state.delegates[i].present or not state.delegates[j].present:
            continue
        show_secret(case, state, i, j)


# The pen.


@entry
@kernel
def may_write_first(case: Case, state: State, k: int) -> bool:
    """Return whether a seat may write the first text on k: on the agenda, open, never read, by no seat so far."""
    paragraph = state.paragraphs[k]
    on_agenda = case.plan_issues[state.clock[0].row, k] and is_open(state, k)
    return bool(on_agenda and paragraph.readings == 0 and not paragraph.by_seat)


@kernel
def _is_pen_free(case: Case, state: State) -> bool:
    """Return whether a seat may write the first text on some issue."""
    for k in range(state.paragraphs.shape[0]):
        if may_write_first(case, state, k):
            return True
    return False


@kernel
def _give_pens(case: Case, state: State, choice: Choice) -> None:
    """Give each pen that is asked for (about: N) to the seat that the room trusts most, which writes its place (N)."""
    state.clock[0].pens_given = True
    for k in range(state.paragraphs.shape[0]):
        first = -1
        for i in range(choice.place.shape[0]):
            asks = choice.about[i] == k and not math.isnan(choice.place[i]) and not state.movers[i].has_pen
            if asks and state.delegates[i].present and (first < 0 or _standing(state, i) > _standing(state, first)):
                first = i
        if first >= 0 and may_write_first(case, state, k):
            text.write(state, k, choice.place[first], PRECISION, first)
            state.paragraphs[k].by_seat, state.movers[first].has_pen = True, True
            at = record(case, state, Move.DRAFT.value)
            state.log[at].issue, state.log[at].pen = k, first
            state.log[at].place, state.log[at].precision = choice.place[first], PRECISION


# A motion to close the list of speakers.


@kernel
def _choose_motions(case: Case, state: State, choice: Choice) -> None:
    """Let those who trust the room, and so expect its trust, move to close the list of speakers."""
    for i in range(choice.about.shape[0]):
        hopes = trust_in_others(state, i) >= CARRYING_SHARE
        if hopes and _starts(case, state, i, Decision.MOVING, NONE):
            choice.about[i] = case.setting[0].motions


@kernel
def _take_motions(state: State, about: Ints) -> None:
    """Take the motion of those who make it (N: the row of the format that they would take up, -1 none)."""
    state.clock[0].called = True
    for i in range(about.shape[0]):
        state.movers[i].moves = state.delegates[i].present and about[i] >= 0
        state.clock[0].to_vote = state.clock[0].to_vote or state.movers[i].moves
    state.clock[0].moved = state.clock[0].to_vote


@kernel
def _backs(case: Case, state: State, i: int) -> bool:
    """Return whether i backs the motion: with the chance of its mean trust in those who move it, as it does itself."""
    trust, movers, first = 0.0, 0, -1
    for j in range(state.delegates.shape[0]):
        if state.movers[j].moves:
            first = case.seats[j].address if first < 0 else first
            trust, movers = trust + state.trust[j, i], movers + 1
    meeting, seat = case.plan[state.clock[0].row].meeting, case.seats[i].address
    u = uniform(state.stream, Decision.BACKING, meeting, state.clock[0].turn, NONE, seat, first)
    return bool(state.movers[i].moves or u < trust / max(1, movers))


@kernel
def _decide(case: Case, state: State, response: Ints) -> None:
    """Decide on the motion; half of those present carry it, and the session goes on in the format that it takes up."""
    backers, carried = acceptance.carries(state, response)
    first = -1
    for i in range(response.shape[0]):
        first = i if first < 0 and state.movers[i].moves else first
        state.movers[i].moves = False
    spend(case, state, case.parameters[0].statement)
    clock = state.clock[0]
    clock.to_vote = False
    at = record(case, state, Move.VOTE.value)
    state.log[at].who, state.log[at].backers, state.log[at].passed = first, backers, carried
    if carried:
        clock.format, clock.drafted, clock.statements, clock.since_notice = case.setting[0].motions, False, 0, 0.0
