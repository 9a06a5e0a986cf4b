"""Acceptance: the value of a paragraph to a delegate, objections, blocks, and the decision rule (5.5 - 5.9).

f = loss - latitude. The loss depends on the text only; the latitude is the largest loss that a delegate accepts from
this pen-holder at this moment. f > 0 or a crossed red line is an objection, and an objection becomes a block if it
exceeds the cost of blocking, which falls as others of the own caucus object too (Putnam 1988) and as fewer accept (Asch
1951). Tempers and the climate are drawn once: redrawn at each reading, they would turn patience into a lottery.

The zone of agreement exists if some text would pass now under the rule of the process, were everybody to concede all
they ever will: F = 1, no pressure, trust in the pen-holder 1, tempers and climate as drawn, the others at their real
positions and not at believed ones, and text of the precision that people use when they write down what was said
(`PRECISION`). It can be empty. Vaguer text may pass even so: that is constructive ambiguity, and it shows as an
agreement without a zone. A package is weighed as a whole, in `study.solutions`.

Which texts would pass in place of the one that is read is a question about that moment: with the same pen, precision
and pressure, and with current thresholds, or with F = 1 and all else unchanged. Both searches look at the `TEXTS` texts
and settle every text that can pass at all as a reading would. Whether the room finds such a text is a matter of what it
knows: the better delegates know each other's positions, the more likely.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from negsim.kernel import allocating, entry, inlined, kernel
from negsim.negotiation.beliefs import centre
from negsim.negotiation.formats import pressure_felt
from negsim.negotiation.influence import concession
from negsim.negotiation.tables import Case, Choice, Floats, Ints, Pen, Response, State, elapsed, is_closed, is_open
from negsim.negotiation.trust import trust_in_others

ANY_NUMBER = 2**31  # of blocks: no limit
MAJORITY = 0.5 + 1e-9  # the least share that is more than half, in any room


class RuleRow(NamedTuple):
    """A decision rule: a text passes if all of its numbers hold. The defaults ask for nothing.

    accept: least share of those who take sides that accept; group_accept: the same within every group;
    weight_accept: the same of their voting weight. minority: fewest noes that can stop a text by `accept` and
    `weight_accept`. blocks: most delegates who may block; group_blocks: the same within every group. A scenario may
    give each group its own numbers, and each seat its voting weight.
    """

    accept: float = 0.0
    blocks: int = ANY_NUMBER
    group_accept: float = 0.0
    group_blocks: int = ANY_NUMBER
    weight_accept: float = 0.0
    minority: int = 0


_CROWD = 3  # delegates who accept and make blocking as dear as it can be (Asch 1951: more add next to nothing)
CARRYING_SHARE = 0.5  # of those present, which carries a procedural motion
MOST_HEARD = 15  # blockers at one reading
STATEMENTS_A_BLOCKER = 2.0
PRECISION = 0.7  # of text that people write down of what was said
TEXTS = 51  # texts of an issue that are told apart, from end to end of the scale: .02 is one step
PLACES = np.arange(TEXTS) / (TEXTS - 1.0)  # where they stand
_BELIEVED = np.empty(0)  # in place of real centres: what each believes them to be
_ROUNDING = 1e-12  # by which a share may miss a bound: 55 of 100 are .55 of them, but .55 * 100 is more than 55
_MARGIN = 1e-9  # value units and places by which a text may miss a bound and is still settled: far beyond rounding


class Reading(NamedTuple):
    """The text before the room: a value and a precision for one issue, the pen, and the moment."""

    issue: int
    value: float
    precision: float
    pen: int  # a `Pen`, or the sponsor of a proposal
    t: float  # clock / deadline, 0..1
    pressure: float  # P = chair.pressure t^2 while a chair's text is read, else 0


class Tally(NamedTuple):
    """The answers at a reading, counted."""

    objectors: int
    noes: int  # those of them whose shortfall exceeds the cost of blocking, whether or not they may block
    blockers: int
    dissenters: int  # would have blocked, and have their dissent recorded instead
    present: int
    majority_everywhere: bool  # more accept than say no in every group present
    groups_consent: bool  # every group accepts and blocks as the decision rule asks of it
    weight_consents: bool  # those who accept have the share of the voting weight that the decision rule asks for
    all_object: bool  # somebody whose consent has power is there, and all such object


@kernel
def loss(case: Case, state: State, i: int, k: int, y: float, v: float) -> float:
    """Compute the loss w ( |y - x| (1 - ambiguity (1 - v)) + dilution (1 - v) |x - q| ) (5.5).

    Vagueness lets each read the text their way, and costs those who wanted change.
    """
    p, x = case.parameters[0], state.opinions[k, i].position
    vague = 1.0 - v
    distance = abs(y - x) * (1.0 - p.ambiguity * vague)
    return state.opinions[k, i].weight * (distance + p.dilution * vague * abs(x - case.status_quo[k]))


@kernel
def forgone(case: Case, state: State, i: int, k: int) -> float:
    """Return how far what i has without text on k is from its position: |q - x|, or 1 - its own no-deal value (5.6)."""
    own = case.seats[i].no_deal
    return abs(case.status_quo[k] - state.opinions[k, i].position) if math.isnan(own) else 1.0 - own


@kernel
def no_deal(case: Case, state: State, i: int, k: int, centre: float) -> float:
    """Compute d, the loss without a deal: of the status quo, of a hoped-for renewed mandate, or of what is outside.

    d = w min(|q - x| - hope max(0, |q - x| - |centre - x|), 1 - g) (5.6). A new mandate can only be hoped for: whoever
    has a say in it can refuse it. An outside option g is a fallback, never a burden. Where the delegate has something
    else than the status quo, it hopes for nothing.
    """
    seat, lost = case.seats[i], forgone(case, state, i, k)
    outside = seat.outside_option
    if math.isnan(seat.no_deal):
        lost -= case.parameters[0].hope * max(0.0, lost - abs(centre - state.opinions[k, i].position))
    if not math.isnan(outside):
        lost = min(lost, 1.0 - outside)
    return state.opinions[k, i].weight * lost


@kernel
def _middle(state: State, k: int, i: int, real: Floats) -> float:
    """Return where those who have a say meet on k: `real` (K), or where i believes it if that is empty."""
    return centre(state, k, i) if real.shape[0] == 0 else real[k]


@kernel
def surplus(case: Case, state: State, i: int, k: int, y: float, v: float, middle: float) -> float:
    """Return what text y of precision v gives i over no deal: d - loss (5.7)."""
    return no_deal(case, state, i, k, middle) - loss(case, state, i, k, y, v)


@kernel
def credit(case: Case, state: State, i: int, inside: int, trust: float, real: Floats) -> float:
    """Return i's share of what it gains elsewhere, from which it pays for what it gives on the issues `inside` (5.7).

    max(0, certain + T max(0, hoped)) / (1 + open issues elsewhere). certain: the surplus of what is agreed. hoped: that
    of the centre on what is still open, as far as i trusts those who have to grant it; none where parts are adopted by
    themselves. inside: a bit for each issue, 2^k. real: as for `_middle`.
    """
    certain, hoped, elsewhere, separable = 0.0, 0.0, 0, case.setting[0].separable
    for m in range(state.paragraphs.shape[0]):
        if (inside >> m) & 1:
            continue
        middle = _middle(state, m, i, real)
        if is_closed(state, m):
            certain += surplus(case, state, i, m, state.paragraphs[m].text, state.paragraphs[m].precision, middle)
        elif is_open(state, m):
            elsewhere += 1
            hoped += 0.0 if separable else surplus(case, state, i, m, middle, PRECISION, middle)
    return max(0.0, certain + trust * max(0.0, hoped)) / (1.0 + elsewhere)


@kernel
def demands(
    case: Case, state: State, i: int, trust: float, pen_trust: float, conceded: float, pressure: float
) -> float:
    """Return what i asks for on top of what it has without a deal, whatever the text (5.7).

    aspiration (1 - F) + spillover + devaluation (1 - trust in the pen-holder)
    + P (pressure_harm (1 - T) - pressure_help T), with T = `trust`, F = `conceded`
    """
    p = case.parameters[0]
    return float(
        case.seats[i].aspiration * (1.0 - conceded)
        + state.delegates[i].spillover
        + p.devaluation * (1.0 - pen_trust)
        + pressure * (p.pressure_harm * (1.0 - trust) - p.pressure_help * trust)
    )


@kernel
def mood(case: Case, state: State, i: int, k: int, middle: float) -> float:
    """Return what no deal on k seems to cost i today: d + temper - climate."""
    return no_deal(case, state, i, k, middle) + state.delegates[i].temper - state.paragraphs[k].climate


@kernel
def given(case: Case, state: State, i: int, k: int, trust: float, real: Floats) -> float:
    """Return what i gives on k for what it gets elsewhere; nobody sells a core issue."""
    return 0.0 if case.core[k] else case.seats[i].goodwill * credit(case, state, i, 1 << k, trust, real)


@inlined
def latitude(
    case: Case, state: State, i: int, k: int, trust: float, pen_trust: float, conceded: float, pressure: float
) -> float:
    """Return the largest loss that i accepts on k now: all of 5.7 but the loss.

    max(0, max(0, d + temper - climate) + goodwill credit - max(0, demands)); trust: T_i.
    """
    asked = demands(case, state, i, trust, pen_trust, conceded, pressure)
    lost = mood(case, state, i, k, centre(state, k, i))
    return max(0.0, max(0.0, lost) + given(case, state, i, k, trust, _BELIEVED) - max(0.0, asked))


@kernel
def half_width(case: Case, state: State, i: int, k: int, v: float, accepted: float) -> float:
    """Return how far from x_i text of precision v may lie for a loss of `accepted` (if negative, nowhere)."""
    p = case.parameters[0]
    vague = 1.0 - v
    spent = p.dilution * vague * abs(state.opinions[k, i].position - case.status_quo[k])
    return (accepted / state.opinions[k, i].weight - spent) / (1.0 - p.ambiguity * vague)


@kernel
def crosses_red_line(state: State, i: int, k: int, y: float) -> bool:
    """Return whether text y is outside what i can ever accept."""
    return y < state.opinions[k, i].red_low or y > state.opinions[k, i].red_high


@kernel
def pen_trust(state: State, i: int, k: int, pen: int, trust: float) -> float:
    """Return i's trust in whoever holds the pen; if nobody does, T_i."""
    if pen == Pen.NOBODY:
        return trust
    if pen >= 0:
        return float(state.trust[pen, i])
    if pen != Pen.GROUP:
        return float(state.delegates[i].chair_trust)
    total, members = 0.0, 0
    for j in range(state.delegates.shape[0]):
        if state.opinions[k, j].drafter:
            total += state.trust[j, i]
            members += 1
    return total / max(1, members)


@kernel
def assign_power(case: Case, state: State) -> None:
    """Give everybody the power of its consent, m, under the decision rule (5.4).

    1 if blocks are limited in the room or the group and the delegate may block, or if a share of heads is asked for
    there; plus its voting weight over the mean where weight is asked for. If nobody present has any, 1 for all.
    """
    rule, present, weight, total = case.setting[0], 0, 0.0, 0.0
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].present:
            present, weight = present + 1, weight + case.seats[i].voting_weight
    for i in range(state.delegates.shape[0]):
        seat, own = case.seats[i], case.consent[case.seats[i].group]
        blocks = seat.may_block and (rule.blocks < ANY_NUMBER or own.blocks < ANY_NUMBER)
        power = 1.0 if blocks or rule.accept > 0.0 or own.accept > 0.0 else 0.0
        if rule.weight_accept > 0.0 and weight > 0.0:
            power += seat.voting_weight * present / weight
        state.delegates[i].power = power if state.delegates[i].present else 0.0
        total += state.delegates[i].power
    state.clock[0].power = total
    if total == 0.0:
        for i in range(state.delegates.shape[0]):
            state.delegates[i].power = 1.0 if state.delegates[i].present else 0.0
        state.clock[0].power = float(present)
    state.clock[0].share, state.clock[0].parties = 1.0 / state.clock[0].power if present > 0 else 0.0, 0
    for c in range(state.caucuses.shape[0]):
        state.caucuses[c].present = 0
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].power > 0.0:
            state.clock[0].parties += 1
            caucus = state.caucuses[case.seats[i].caucus]
            caucus.first = i if caucus.present == 0 else caucus.first
            caucus.last, caucus.present = i + 1, caucus.present + 1


@kernel
def count_present(state: State) -> int:
    """Count the delegates in the room."""
    present = 0
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].present:
            present += 1
    return present


@kernel
def all_left(state: State) -> bool:
    """Return whether there is nobody in the room."""
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].present:
            return False
    return True


@kernel
def shortfalls(case: Case, state: State, reading: Reading, accepted: Floats, out: Floats) -> None:
    """Write f_ik of every delegate into `out` (N, value units), infinite where a red line is crossed.

    accepted: N; gets the largest loss that each accepts.
    """
    at_most = False
    _latitudes(case, state, reading, at_most, accepted)
    _fall_short(case, state, reading.issue, reading.value, reading.precision, accepted, out)


@kernel
def _latitudes(case: Case, state: State, reading: Reading, at_most: bool, out: Floats) -> None:
    """Write the largest loss that each accepts at a reading into `out` (N); at_most: with F = 1."""
    k, t = reading.issue, 1.0 if at_most else reading.t
    for i in range(out.shape[0]):
        trust = trust_in_others(state, i)
        pen = pen_trust(state, i, k, reading.pen, trust)
        out[i] = latitude(case, state, i, k, trust, pen, concession(case, state, i, t), reading.pressure)


@kernel
def _fall_short(case: Case, state: State, k: int, y: float, v: float, accepted: Floats, out: Floats) -> None:
    """Write by how much text y of precision v falls short of what each accepts (N) into `out` (N)."""
    for i in range(out.shape[0]):
        out[i] = _short_by(case, state, i, k, y, v, accepted[i])


@kernel
def _short_by(case: Case, state: State, i: int, k: int, y: float, v: float, accepted: float) -> float:
    """Return by how much text y of precision v falls short of what i accepts; infinite over a red line."""
    return math.inf if crosses_red_line(state, i, k, y) else loss(case, state, i, k, y, v) - accepted


@kernel
def respond(state: State, shortfall: Floats, response: Ints) -> None:
    """Let every seat object by default if the text falls short; `settle` decides which objectors block."""
    for i in range(shortfall.shape[0]):
        response[i] = Response.OBJECT if state.delegates[i].present and shortfall[i] > 0.0 else Response.ACCEPT


@kernel
def answer(state: State, choice: Choice) -> None:
    """Let everybody respond by default, and argue, if it blocks, for what it would state."""
    respond(state, choice.shortfall, choice.response)
    for i in range(choice.argument.shape[0]):
        choice.argument[i] = math.nan


@kernel
def carries(state: State, response: Ints) -> tuple[int, bool]:
    """Count those who back a motion, and return whether they carry it: half of those present do."""
    backers = 0
    for i in range(response.shape[0]):
        backers += 1 if state.delegates[i].present and response[i] == Response.ACCEPT else 0
    return backers, backers >= CARRYING_SHARE * count_present(state)


@kernel
def blocking_cost(cost: float, objecting: int, others: int) -> float:
    """Compute the cost of blocking by the others of one's caucus who have power, and those of them who object (5.8).

    cost (1 - objecting / others); alone in the caucus, the full cost.
    """
    return cost * (1.0 - objecting / others) if others > 0 else cost


@kernel
def _count_caucuses(case: Case, state: State, response: Ints) -> None:
    """Count those with power in every caucus who object, and what blocking costs its members: `caucuses`.

    Alone in its caucus a delegate pays block_cost min(1, (those with power who accept / 3)^2), 5.8.
    """
    accepting = 0
    for c in range(state.caucuses.shape[0]):
        state.caucuses[c].objecting = 0
    for i in range(response.shape[0]):
        if state.delegates[i].power > 0.0:
            objects = response[i] != Response.ACCEPT
            state.caucuses[case.seats[i].caucus].objecting += 1 if objects else 0
            accepting += 0 if objects else 1
    crowd = min(accepting, _CROWD) / _CROWD
    for c in range(state.caucuses.shape[0]):
        caucus, dear = state.caucuses[c], case.parameters[0].block_cost * crowd * crowd
        caucus.cost = blocking_cost(dear, max(0, caucus.objecting - 1), caucus.present - 1)


@kernel
def settle(case: Case, state: State, shortfall: Floats, response: Ints) -> Tally:
    """Decide which objectors block: their answers become BLOCK, the others stand aside.

    If the rule records dissent, those within `dissent_relief` of the cost have it recorded instead of blocking.
    """
    _count_caucuses(case, state, response)
    relief = _relief(case)
    objectors, noes, blockers, dissenters, present, majority, consent, first = 0, 0, 0, 0, 0, True, True, 0
    against = 0  # objectors whose consent has power
    for g in range(case.group_size.shape[0]):
        accepting, members, noes_before, before, last = 0, 0, noes, blockers, first + case.group_size[g]
        for i in range(first, last):
            if not state.delegates[i].present:
                continue
            members += 1
            if response[i] == Response.ACCEPT:
                accepting += 1
                continue
            against += 1 if state.delegates[i].power > 0.0 else 0
            cost = state.caucuses[case.seats[i].caucus].cost
            noes += 1 if _says_no(case, state, i, shortfall, response) else 0
            if not case.seats[i].may_block:
                response[i] = Response.OBJECT
            elif response[i] == Response.OBJECT and shortfall[i] > cost + relief:
                response[i] = Response.BLOCK
            elif response[i] == Response.OBJECT and shortfall[i] > cost:
                dissenters += 1
            blockers += 1 if response[i] == Response.BLOCK else 0
        objectors, present = objectors + members - accepting, present + members
        majority = majority and has_share(MAJORITY, accepting, noes - noes_before, members)
        asked = case.consent[g]
        enough = has_share(asked.accept, accepting, noes - noes_before, members)
        consent = consent and enough and blockers - before <= asked.blocks
        first = last
    weight, all_object = _weight_consents(case, state, shortfall, response), 0 < state.clock[0].parties == against
    return Tally(objectors, noes, blockers, dissenters, present, majority, consent, weight, all_object)


@inlined
def _says_no(case: Case, state: State, i: int, shortfall: Floats, response: Ints) -> bool:
    """Return whether i, who is there and objects, says no: its shortfall exceeds the cost of blocking."""
    return response[i] == Response.BLOCK or shortfall[i] > state.caucuses[case.seats[i].caucus].cost


@kernel
def _weight_consents(case: Case, state: State, shortfall: Floats, response: Ints) -> bool:
    """Return whether those who accept have the least share of the voting weight of those who take sides."""
    asked, yes, no, present = case.setting[0].weight_accept, 0.0, 0.0, 0.0
    if asked <= 0.0:
        return True
    for i in range(response.shape[0]):
        if state.delegates[i].present:
            weight = case.seats[i].voting_weight
            present += weight
            if response[i] == Response.ACCEPT:
                yes += weight
            elif _says_no(case, state, i, shortfall, response):
                no += weight
    return has_share(asked, yes, no, present)


@kernel
def has_share(share: float, yes: float, no: float, present: float) -> bool:
    """Return whether `yes` are a share of those who take sides, yes + no; a share of 1 asks for all who are present.

    Whoever stands aside takes no side; without any yes there is no share. Heads or weights; true if nobody is present.
    """
    if share <= 0.0 or present <= 0.0:
        return True
    return bool(yes > 0.0 and yes >= (share - _ROUNDING) * (present if share >= 1.0 else yes + no))


@kernel
def passes(case: Case, tally: Tally) -> bool:
    """Return whether a reading with this tally passes: enough accept, and no more block than may, also by group.

    A group with no members left sets no condition. The same share may be asked of voting weight. Fewer noes than
    `minority` stop no text by these shares of the room. A text to which all object whose consent has power fails, even
    if each would stand aside.
    """
    rule = case.setting[0]
    enough = has_share(rule.accept, tally.present - tally.objectors, tally.noes, tally.present)
    heads = (enough and tally.weight_consents) or tally.noes < rule.minority
    return heads and tally.blockers <= rule.blocks and tally.groups_consent and not tally.all_object


@kernel
def lone_blocker(case: Case, state: State, shortfall: Floats, response: Ints, tally: Tally) -> int:
    """Return who alone stops a text that would pass without the block, over no red line of its own; -1 for nobody.

    The rest of the answers are as they are (5.16); always -1 in a process without the free lone bracket.
    """
    if not case.setting[0].lone_bracket or tally.blockers != 1 or passes(case, tally):
        return -1
    alone = 0
    while response[alone] != Response.BLOCK or not state.delegates[alone].present:
        alone += 1
    short = shortfall[alone]
    if short == math.inf:
        return -1
    shortfall[alone], response[alone] = 0.0, Response.OBJECT
    would = passes(case, settle(case, state, shortfall, response))
    shortfall[alone], response[alone] = short, Response.BLOCK
    return alone if would else -1


@kernel
def reading_minutes(case: Case, blockers: int) -> float:
    """Return the minutes of a reading: a statement, and two for each of up to fifteen blockers, to argue (5.9)."""
    return case.parameters[0].statement * (1.0 + STATEMENTS_A_BLOCKER * min(blockers, MOST_HEARD))


@entry
@allocating
def zone_exists(case: Case, state: State, k: int) -> bool:
    """Return whether one of the `TEXTS` texts on k would pass under the rule, were all to concede everything (5.8)."""
    real, accepted = real_centres(state), np.empty(state.delegates.shape[0])
    accept_at_most(case, state, k, real, accepted)
    return not math.isnan(nearest_passing(case, state, k, real[k], PRECISION, accepted))


@kernel
def reading_of(case: Case, state: State, k: int) -> Reading:
    """Return the reading of the paragraph on k if it were held now, in the session under way."""
    paragraph = state.paragraphs[k]
    t, pressure = elapsed(case, state), pressure_felt(case, state)
    return Reading(k, paragraph.text, paragraph.precision, paragraph.pen, t, pressure)


@entry
@allocating
def passable_texts(case: Case, state: State, k: int, at_most: bool, passing: Ints) -> int:
    """Mark in `passing` (TEXTS), 1 or 0, which of the `TEXTS` texts would pass if read now on k; return how many (5.9).

    Pen, precision and pressure are those of the reading that is due. at_most: had everybody conceded all they ever
    will, F = 1, the rest unchanged.
    """
    reading, accepted = reading_of(case, state, k), np.empty(state.delegates.shape[0])
    _latitudes(case, state, reading, at_most, accepted)
    return _mark_passing(case, state, k, reading.precision, accepted, passing)


@allocating
def passable_now(case: Case, state: State, k: int) -> float:
    """Find the text nearest to the one that stands on k that would pass if read now, as it is read; NaN if none."""
    reading, accepted = reading_of(case, state, k), np.empty(state.delegates.shape[0])
    _latitudes(case, state, reading, False, accepted)
    return nearest_passing(case, state, k, reading.value, reading.precision, accepted)


@allocating
def passing_around(case: Case, state: State, k: int, y: float, v: float, accepted: Floats) -> tuple[float, float]:
    """Return the ends of the row of texts that would pass around y, one of the `TEXTS` texts, which would; NaN if NaN.

    accepted: N.
    """
    passing = np.empty(TEXTS, np.int64)
    if math.isnan(y):
        return math.nan, math.nan
    _mark_passing(case, state, k, v, accepted, passing)
    low = high = int((TEXTS - 1) * y + 0.5)
    while low > 0 and passing[low - 1]:
        low -= 1
    while high < TEXTS - 1 and passing[high + 1]:
        high += 1
    return PLACES[low], PLACES[high]


@allocating
def _mark_passing(case: Case, state: State, k: int, v: float, accepted: Floats, passing: Ints) -> int:
    """Mark in `passing`, 1 or 0, which of the `TEXTS` texts on k of precision v would pass; return how many.

    accepted: N.
    """
    n, found = state.delegates.shape[0], 0
    shortfall, response = np.empty(n), np.empty(n, np.int64)
    _rule_out(case, state, k, v, accepted, np.zeros((2, TEXTS + 1), np.int64), passing)
    for text in range(TEXTS):
        if passing[text] and not _would_pass(case, state, k, PLACES[text], v, accepted, shortfall, response):
            passing[text] = 0
        found += passing[text]
    return found


@allocating
def nearest_passing(case: Case, state: State, k: int, y: float, v: float, accepted: Floats) -> float:
    """Find the text on k of precision v nearest to y that would pass, the lower of two; NaN if none. accepted: N."""
    n, passing = accepted.shape[0], np.empty(TEXTS, np.int64)
    _rule_out(case, state, k, v, accepted, np.zeros((2, TEXTS + 1), np.int64), passing)
    return _nearest(case, state, k, y, v, accepted, passing, np.empty(n), np.empty(n, np.int64))


@allocating
def nearest_in_zone(case: Case, state: State, k: int, wanted: Floats) -> None:
    """Replace what each wants on k (N) by the text in the zone that is nearest to it, the lower of two; NaN if none."""
    n, passing, accepted = wanted.shape[0], np.empty(TEXTS, np.int64), np.empty(wanted.shape[0])
    accept_at_most(case, state, k, real_centres(state), accepted)
    _rule_out(case, state, k, PRECISION, accepted, np.zeros((2, TEXTS + 1), np.int64), passing)
    shortfall, response = np.empty(n), np.empty(n, np.int64)
    for i in range(n):
        wanted[i] = _nearest(case, state, k, wanted[i], PRECISION, accepted, passing, shortfall, response)


@kernel
def _nearest(
    case: Case,
    state: State,
    k: int,
    y: float,
    v: float,
    accepted: Floats,
    passing: Ints,
    shortfall: Floats,
    response: Ints,
) -> float:
    """Find the nearest text to y that would pass, and note in `passing` (TEXTS) which do (2) and do not (0); 1 may.

    shortfall, response: N, work space.
    """
    below, stopping = int((TEXTS - 1) * y), -1  # a caucus that stopped the last text, and most likely stops the next
    above = below + 1
    while below >= 0 or above < TEXTS:
        if above == TEXTS or (below >= 0 and y - PLACES[below] <= PLACES[above] - y):
            text, below = below, below - 1
        else:
            text, above = above, above + 1
        if passing[text] == 1 and stopping >= 0 and _stops(case, state, k, PLACES[text], v, accepted, stopping):
            passing[text] = 0
        if passing[text] == 1:
            would = _would_pass(case, state, k, PLACES[text], v, accepted, shortfall, response)
            passing[text], stopping = 2 if would else 0, _first_to_block(case, response)
        if passing[text] == 2:
            return float(PLACES[text])
    return math.nan


@kernel
def _first_to_block(case: Case, response: Ints) -> int:
    """Return the caucus of the first who blocks, -1 for none."""
    for i in range(response.shape[0]):
        if response[i] == Response.BLOCK:
            return int(case.seats[i].caucus)
    return -1


@kernel
def _stops(case: Case, state: State, k: int, y: float, v: float, accepted: Floats, caucus: int) -> bool:
    """Return whether one member of a caucus would stop text y, where one may, even with a crowd against it.

    accepted: N.
    """
    row, objecting, worst = state.caucuses[caucus], 0, 0.0
    if case.setting[0].blocks > 0:
        return False
    for i in range(row.first, row.last):
        if case.seats[i].caucus == caucus and state.delegates[i].power > 0.0:
            short = _short_by(case, state, i, k, y, v, accepted[i])
            objecting += 1 if short > 0.0 else 0
            worst = max(worst, short) if case.seats[i].may_block else worst
    return bool(worst > blocking_cost(case.parameters[0].block_cost, objecting - 1, row.present - 1) + _relief(case))


@kernel
def _relief(case: Case) -> float:
    """Return within what of the cost of blocking dissent is recorded instead."""
    return case.parameters[0].dissent_relief if case.setting[0].record_dissent else 0.0


@kernel
def _would_pass(
    case: Case, state: State, k: int, y: float, v: float, accepted: Floats, shortfall: Floats, response: Ints
) -> bool:
    """Return whether text y of precision v would pass; shortfall, response: N, work space."""
    _fall_short(case, state, k, y, v, accepted, shortfall)
    respond(state, shortfall, response)
    return passes(case, settle(case, state, shortfall, response))


@kernel
def _rule_out(case: Case, state: State, k: int, v: float, accepted: Floats, counts: Ints, possible: Ints) -> None:
    """Mark in `possible` (TEXTS), 1 or 0, which texts on k may pass: the rest need not be settled.

    A text cannot pass if too few may accept it, or if too many would block it even at the full cost. The texts that a
    delegate may accept, or need not block, are adjacent: a step up and a step down count it among those who do.
    accepted: N; counts: 2,TEXTS + 1, zeros, of those who may accept and of those who need not block.
    """
    present, asked, most = _asked(case, state)
    dear = case.parameters[0].block_cost + _relief(case)
    for i in range(accepted.shape[0]):
        if state.delegates[i].present:
            if asked > 0.0:
                _count_within(case, state, i, k, v, accepted[i], counts[0])
            if case.seats[i].may_block:
                _count_within(case, state, i, k, v, accepted[i] + dear, counts[1])
            else:
                counts[1, 0] += 1
    accepting, content = 0, 0
    for text in range(TEXTS):
        accepting, content = accepting + counts[0, text], content + counts[1, text]
        possible[text] = 1 if present > 0 and accepting >= asked and present - content <= most else 0


@kernel
def _asked(case: Case, state: State) -> tuple[int, float, int]:
    """Return how many are present, how many of them must accept, less `_MARGIN`, and how many may block.

    Only a share of 1 says how many must accept: below, those who stand aside do not count.
    """
    present, asked, most = 0, 0.0, 0
    for g in range(case.consent.shape[0]):
        most += case.consent[g].blocks
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].present:
            present += 1
            asked += 1.0 if case.consent[case.seats[i].group].accept >= 1.0 else 0.0
    rule = case.setting[0]
    if rule.accept >= 1.0 and rule.minority == 0:
        asked = float(present)
    return present, asked - _MARGIN, min(most, rule.blocks)


@kernel
def _count_within(case: Case, state: State, i: int, k: int, v: float, most: float, counts: Ints) -> None:
    """Count i among those to whom texts on k cost at most `most` without crossing a red line, over the range of texts.

    counts: TEXTS + 1; the first gets one more, the one after the last one less. `_MARGIN` errs towards more texts.
    """
    p, opinion, vague = case.parameters[0], state.opinions[k, i], 1.0 - v
    x, weight, low, high = opinion.position, opinion.weight, opinion.red_low, opinion.red_high
    slope = weight * (1.0 - p.ambiguity * vague)
    left = most + _MARGIN - weight * p.dilution * vague * abs(x - case.status_quo[k])
    if left < 0.0:
        return
    if left < slope:
        reach = left / slope
        low = x - reach if x - reach > low else low
        high = x + reach if x + reach < high else high
    low, high = low if low > 0.0 else 0.0, high if high < 1.0 else 1.0
    if low <= high:
        counts[int((TEXTS - 1) * low + 1.0 - _MARGIN)] += 1
        counts[int((TEXTS - 1) * high + _MARGIN) + 1] -= 1


@allocating
def real_centres(state: State) -> Floats:
    """Return the mean position of those who have a say on each issue, by their power (K)."""
    centres = np.zeros(state.paragraphs.shape[0])
    for k in range(centres.shape[0]):
        for i in range(state.delegates.shape[0]):
            centres[k] += state.delegates[i].power * state.opinions[k, i].position
        centres[k] *= state.clock[0].share
    return centres


@kernel
def accept_at_most(case: Case, state: State, k: int, real: Floats, out: Floats) -> None:
    """Write the largest loss on k that each will ever accept into `out` (N). real: K, of `real_centres`."""
    for i in range(out.shape[0]):
        asked = demands(case, state, i, 1.0, 1.0, 1.0, 0.0)
        lost = mood(case, state, i, k, real[k])
        out[i] = max(0.0, max(0.0, lost) + given(case, state, i, k, 1.0, real) - max(0.0, asked))


@kernel
def package_shortfalls(case: Case, state: State, pressure: float, t: float, out: Floats) -> None:
    """Write by how much the text of the agenda that is not agreed falls short as a whole for each into `out` (N).

    f = (S loss - max(0, max(0, S (d + temper - climate)) + goodwill credit - S max(0, demands))) / S 1, S the sum over
    the package; the credit comes from issues outside the package. So a loss on one issue can be made good on another,
    but for a core issue: the package falls short by at least as much as that paragraph alone. With one paragraph it is
    its reading. Infinite where a red line is crossed.
    """
    row = state.clock[0].row
    for i in range(out.shape[0]):
        trust, parts = trust_in_others(state, i), NO_PARTS
        for k in range(state.paragraphs.shape[0]):
            text = state.paragraphs[k]
            if case.plan_issues[row, k] and is_open(state, k) and not math.isnan(text.text):
                reading = Reading(k, text.text, text.precision, text.pen, t, pressure)
                parts = add_part(case, state, i, reading, trust, parts)
        out[i] = whole_shortfall(case, state, i, trust, parts)


class Parts(NamedTuple):
    """A package as one delegate weighs it: sums over its texts."""

    texts: int
    lost: float
    mood: float
    asked: float
    core: float  # the largest shortfall of a core issue by itself; -inf for none
    inside: int  # a bit for each issue, 2^k


NO_PARTS = Parts(0, 0.0, 0.0, 0.0, -math.inf, 0)


@kernel
def add_part(case: Case, state: State, i: int, reading: Reading, trust: float, parts: Parts) -> Parts:
    """Add a text to a package; over a red line its loss is infinite."""
    k = reading.issue
    pen, conceded = pen_trust(state, i, k, reading.pen, trust), concession(case, state, i, reading.t)
    lost = loss(case, state, i, k, reading.value, reading.precision)
    if crosses_red_line(state, i, k, reading.value):
        lost = math.inf
    asked = max(0.0, demands(case, state, i, trust, pen, conceded, reading.pressure))
    without = mood(case, state, i, k, centre(state, k, i))
    core = max(parts.core, shortfall(case, state, i, reading, trust)) if case.core[k] else parts.core
    inside = parts.inside | (1 << k)
    return Parts(parts.texts + 1, parts.lost + lost, parts.mood + without, parts.asked + asked, core, inside)


@kernel
def whole_latitude(case: Case, state: State, i: int, trust: float, parts: Parts) -> float:
    """Return the largest loss that i accepts on a package."""
    gives = parts.texts * case.seats[i].goodwill * credit(case, state, i, parts.inside, trust, _BELIEVED)
    return max(0.0, max(0.0, parts.mood) + gives - parts.asked)


@kernel
def whole_shortfall(case: Case, state: State, i: int, trust: float, parts: Parts) -> float:
    """Return by how much a package falls short for i, on average over its texts."""
    if parts.lost == math.inf:
        return math.inf
    short = (parts.lost - whole_latitude(case, state, i, trust, parts)) / max(1, parts.texts)
    return max(short, parts.core) if parts.core > 0.0 else short


@kernel
def shortfall(case: Case, state: State, i: int, reading: Reading, trust: float) -> float:
    """Return by how much one text falls short for i: f of 5.7, infinite over a red line."""
    k, pen = reading.issue, pen_trust(state, i, reading.issue, reading.pen, trust)
    accepted = latitude(case, state, i, k, trust, pen, concession(case, state, i, reading.t), reading.pressure)
    return _short_by(case, state, i, k, reading.value, reading.precision, accepted)


@kernel
def report_shortfalls(case: Case, state: State, closed_only: bool, out: Floats) -> None:
    """Write by how much a report as a whole gives each less than no deal, - sum_k surplus, into `out` (N).

    Of the paragraphs with text, or with `closed_only` of the agreed ones; no credit, demands or mood. Infinite where a
    red line is crossed.
    """
    for i in range(out.shape[0]):
        out[i] = 0.0
        for k in range(state.paragraphs.shape[0]):
            y, v = state.paragraphs[k].text, state.paragraphs[k].precision
            if math.isnan(y) or (closed_only and not is_closed(state, k)):
                continue
            out[i] -= surplus(case, state, i, k, y, v, centre(state, k, i))
            if crosses_red_line(state, i, k, y):
                out[i] = math.inf


@allocating
def knowledge(case: Case, state: State, k: int) -> float:
    """Compute kappa, the chance that the room finds a text on k that would pass: 1 - error / `knowledge_scale` (5.9).

    error: the mean |b_ij - x_j| over pairs in different groups, by the power of both; kappa is 1 without such a pair.
    """
    n = state.delegates.shape[0]
    return _knowledge(case, state, k, np.zeros(n), np.empty(n, np.int64), np.zeros(case.group_size.shape[0]))


@kernel
def _knowledge(case: Case, state: State, k: int, errors: Floats, group: Ints, powers: Floats) -> float:
    """Compute kappa row by row. errors: N, zeros; group: N, work space; powers: G, zeros."""
    belief, n, error, pairs = state.belief, errors.shape[0], 0.0, state.clock[0].power * state.clock[0].power
    for i in range(n):
        group[i] = state.delegates[i].group
        powers[group[i]] += state.delegates[i].power
    for j in range(n):
        power, x, own = state.delegates[j].power, state.opinions[k, j].position, group[j]
        if power > 0.0:
            for i in range(n):
                errors[i] += power * abs(belief[k, j, i] - x) if group[i] != own else 0.0
    for i in range(n):
        error += state.delegates[i].power * errors[i]
    for g in range(powers.shape[0]):
        pairs -= powers[g] * powers[g]
    return 1.0 - min(1.0, error / pairs / case.parameters[0].knowledge_scale) if pairs > _MARGIN else 1.0


@allocating
def overlap(case: Case, state: State, k: int, t: float) -> float:
    """Compute the share of pairs with |x_ik - b_ijk| within twice i's acceptance half-width, by power of both (5.12).

    t: clock / deadline. The pen would be the chair's or the facilitator's.
    """
    n = state.delegates.shape[0]
    return _overlap(case, state, k, t, np.empty(n), np.empty(n), np.zeros(n))


@kernel
def _overlap(case: Case, state: State, k: int, t: float, x: Floats, reach: Floats, near: Floats) -> float:
    """Compute the overlap row by row. x, reach: N, work space; near: N, zeros."""
    belief, n, room = state.belief, x.shape[0], state.clock[0].power
    for i in range(n):
        x[i], reach[i] = state.opinions[k, i].position, math.nan
        if state.delegates[i].power > 0.0:
            trust, chair = trust_in_others(state, i), state.delegates[i].chair_trust
            accepted = latitude(case, state, i, k, trust, chair, concession(case, state, i, t), 0.0)
            reach[i] = 2.0 * half_width(case, state, i, k, PRECISION, accepted)
    met, pairs = 0.0, 0.0
    for j in range(n):
        power = state.delegates[j].power
        if power > 0.0:
            for i in range(n):  # nothing lies within NaN, nor does NaN, what j believes of itself
                near[i] += power if abs(x[i] - belief[k, j, i]) <= reach[i] else 0.0
            pairs += power * (room - power)
    for i in range(n):
        met += state.delegates[i].power * near[i]
    return met / pairs if pairs > 0.0 else 0.0
