"""Who makes which move, and what comes of it, beside plain counts (rule 5.16)."""

import math
from itertools import product

import numpy as np
import pytest

from cases import CODES, contested, plan
from negsim.negotiation import moves
from negsim.negotiation.acceptance import (
    BELIEVED,
    PLACES,
    TEXTS,
    Reading,
    Tally,
    assign_power,
    credit,
    demands,
    half_width,
    latitude,
    loss,
    mood,
    pen_trust,
    reading_of,
    respond,
    settle,
    shortfalls,
)
from negsim.negotiation.beliefs import centre
from negsim.negotiation.formats import pressure_felt
from negsim.negotiation.influence import concession
from negsim.negotiation.runs import LOG_ROWS, Negotiation
from negsim.negotiation.tables import Move, Outcome, Response, Status, Turn, elapsed
from negsim.negotiation.trust import sum_trust, trust_in_others
from negsim.randomness import NONE, Decision, uniform

EVERY = {
    "amendments": True, "questions": True, "offers": True, "pens": True, "motions": CODES["rolling_text"],
    "has_moves": True,
}  # fmt: skip
N, K, AWAY = 7, 3, 3  # delegates, issues, and who has left the room


def begun(seed=2, *, leaves=True, **setting):
    """A room of three groups in which seats differ in all that counts; one has left it."""
    lines = {"red_low": np.array([-np.inf, 0.2, -np.inf, 0.3, -np.inf, 0.1, -np.inf])[:, None], "red_spread": 0.05}
    table = contested(
        (3, 2, 2), K, timetable=plan([[("rolling_text", 400.0)]] * 2), stances={"spread": 0.25} | lines,
        setting={"pressure": 0.6, "salience_spread": 0.6, "trust_spread": 0.15, "initiative": 1.0, **EVERY, **setting},
    )  # fmt: skip
    run = Negotiation(table, seed=seed, log_rows=LOG_ROWS)
    while run.pending.move in {Move.OPEN_SESSION, Move.ASK}:
        run.finish_turn()
    if leaves:
        run.state.delegates["present"][AWAY] = False
        assign_power(run.case, run.state)
        sum_trust(run.state)
    return run


def go_to(run, move):
    """Make turns until this one is due; whether it ever is."""
    while run.pending.move != move and run.outcome == Outcome.RUNNING:
        run.finish_turn()
    return run.pending.move == move


def trust_levels(run):
    """How far those present trust each seat, as the room counts it."""
    state = run.state
    here = state.delegates["present"]
    return [state.trust[i, here & (np.arange(N) != i)].mean() for i in range(N)]


def trusted_alike(state, trust):
    """Have everybody trust seat j as much as trust[j], shrunk to the scale."""
    state.trust[:] = ((np.array(trust) + 10.0) / 20.0)[:, None]
    sum_trust(state)


def seen_at(move, seeds=range(6), **setting):
    """Rooms in which this turn is due, several of each run."""
    for seed in seeds:
        run = begun(seed, **setting)
        for _ in range(3):
            if go_to(run, move):
                yield run
                run.finish_turn()


# What a seat reckons with.


def willing(state, i, k, h):
    """To how many others i thinks each text acceptable, counted one by one."""
    others = [j for j in range(N) if j != i and state.delegates["present"][j]]
    known, belief = state.opinions[k], state.belief[k]
    return [
        sum(
            abs(y - belief[j, i]) <= h + 1e-9 / 50
            and known["refused_below"][j] + 1e-9 < y < known["refused_above"][j] - 1e-9
            for j in others
        )
        for y in PLACES
    ]  # fmt: skip


def likeliest(state, i, k, reach, wanted, count):
    """The text and the number of those willing, looked for among all texts."""
    own = state.opinions[k, i]
    mine = [t for t in range(TEXTS) if abs(PLACES[t] - own.position) <= reach]
    mine = [t for t in mine if own.red_low <= PLACES[t] <= own.red_high]
    if not mine:
        return -1, -1
    best = min(mine, key=lambda t: (-count[t], round(abs(PLACES[t] - wanted), 9), t))
    return best, count[best]


def with_refusals(seed=2):
    """A room in which some refusals are known, a few of them just at a text, as beliefs are."""
    run = begun(seed)
    known = run.state.opinions
    known["refused_below"][:, 1], known["refused_above"][:, 2] = 0.4, 0.62
    known["refused_below"][:, 4], known["refused_above"][:, 4] = 0.311, 0.753
    run.state.belief[0, 5, :], run.state.belief[1, 6, :], run.state.belief[2, 1, :] = 0.5, 0.02, 0.9
    return run


@pytest.mark.parametrize("h", [-0.5, 0.0, 0.1, 0.13, 0.4, 2.0])
def test_a_seat_counts_those_who_seem_willing_by_where_they_stand_and_what_they_refused(h):
    state, counts = with_refusals().state, np.full(TEXTS + 1, 9)
    for i, k in product(range(N), range(K)):
        moves._count_willing(state, i, k, h, counts)
        assert np.cumsum(counts)[:TEXTS].tolist() == willing(state, i, k, h)


def test_it_writes_what_most_seem_willing_to_accept_and_of_several_the_nearest_to_its_wish():
    state = begun().state
    rng, opinion = np.random.default_rng(1), state.opinions[1, 2]
    opinion.position, counts = 0.5, np.zeros(TEXTS + 1, np.int64)
    wishes, lines = (0.0, 0.41, 0.5, 1.0), ((-np.inf, 0.3), (0.6, np.inf))
    for reach, low, high, wanted, most in product((-0.1, 0.0, 0.25, 2.0), *lines, wishes, (0, 1, 3)):
        opinion.red_low, opinion.red_high = low, high
        counts[0], counts[1:] = rng.integers(0, most + 1), rng.integers(-most, most + 1, TEXTS)
        count = np.cumsum(counts).tolist()
        if min(count) >= 0:
            assert moves._likeliest(state, 2, 1, reach, wanted, counts) == likeliest(state, 2, 1, reach, wanted, count)


def test_a_seat_counts_who_would_take_the_text_that_stands_by_the_same_measure():
    state = with_refusals().state
    for i, k, h, y in product(range(N), range(K), (0.1, 0.3), (0.2, 0.4, 0.5, 0.62, 0.8)):
        state.paragraphs["text"][k] = y
        others = {*range(N)} - {i, AWAY}
        known = state.opinions[k]
        near = [j for j in others if abs(y - state.belief[k, j, i]) <= h]
        content = [j for j in near if known["refused_below"][j] < y < known["refused_above"][j]]
        assert moves._count_content(state, i, k, h) == len(content)


def test_the_room_trusts_a_seat_as_those_with_a_say_do_and_wholly_where_there_is_none():
    run = begun()
    state = run.state
    assert [moves._standing(state, i) for i in range(N)] == pytest.approx(trust_levels(run), abs=1e-12)
    state.trust[2] = np.linspace(0.0, 0.9, N)
    may = np.isin(range(N), [0, 5])
    run.case.seats["may_block"] = may
    assign_power(run.case, state)
    sum_trust(state)
    assert moves._standing(state, 2) == pytest.approx(state.trust[2, may].mean(), abs=1e-12)
    run.case.seats["may_block"] = np.arange(N) == 2
    assign_power(run.case, state)
    sum_trust(state)
    assert moves._standing(state, 2) == 1.0


def test_a_seat_takes_the_initiative_by_a_draw_of_its_own():
    run = begun(initiative=0.5)
    case, state = run.case, run.state
    meeting, turn = case.plan["meeting"][int(state.clock["row"][0])], int(state.clock["turn"][0])
    for decision, k, i in product((Decision.AMENDING, Decision.OFFERING), range(K), range(N)):
        u = uniform(state.stream, decision, meeting, turn, k, case.seats["address"][i], NONE)
        assert moves._starts(case, state, i, decision, k) == (u < 0.5 and i != AWAY)


# Amendments.


def would_block(run, k):
    """The answers if the text were read now, and the latitudes."""
    accepted, short, answer = np.empty(N), np.empty(N), np.empty(N, np.int64)
    shortfalls(run.case, run.state, reading_of(run.case, run.state, k), accepted, short)
    respond(run.state, short, answer)
    settle(run.case, run.state, short, answer)
    return np.flatnonzero(answer == Response.BLOCK), accepted


def test_who_would_block_writes_what_more_seem_willing_to_accept():
    written = 0
    for run in seen_at(Move.AMEND, seeds=range(4), initiative=0.6):
        k, state = run.pending.issue, run.state
        state.opinions["position"][k, 0], state.opinions["red_low"][k, 0], state.belief[k, 1:, 0] = 0.0, -np.inf, 0.0
        state.entries["amended"][k, 1] = True
        minute, state.clock["minute"] = run.minute, state.clock["session_ends"] - 5.0
        state.paragraphs["precision"] = 0.2
        run._prepare()
        blockers, accepted = would_block(run, k)
        expected = np.full(N, np.nan)
        for i in (i for i in {*blockers} - {1} if moves._starts(run.case, state, i, Decision.AMENDING, k)):
            reach = half_width(run.case, state, i, k, max(state.paragraphs["precision"][k], 0.7), accepted[i])
            count = willing(state, i, k, reach)
            text, number = likeliest(state, i, k, reach, state.opinions["position"][k, i], count)
            if text >= 0 and number + 1 > moves._count_content(state, i, k, reach):
                expected[i] = PLACES[text]
        assert np.array_equal(run.choice.place, expected, equal_nan=True)
        state.clock["minute"] = minute
        written += int(np.isfinite(expected).sum())
    assert written > 0


def test_without_initiative_or_at_another_move_nobody_moves_anything():
    for move in (Move.AMEND, Move.OFFER, Move.CALL, Move.TAKE_PEN):
        for run in seen_at(move, seeds=range(1), initiative=0.0):
            run.choice.whom[:] = 3
            run._prepare()
            assert np.isnan(run.choice.place).all()
            assert (run.choice.about == -1).all()
            assert (run.choice.whom == -1).all()


def test_an_amendment_is_taken_from_who_is_there_and_has_not_written_today_the_most_trusted_first():
    run = begun(leaves=False)
    go_to(run, Move.AMEND)
    k = run.pending.issue
    for trusted in (np.arange(7.0), -np.arange(7.0), np.zeros(7), np.array([3.0, 6, 1, 0, 5, 2, 4])):
        state = run.state
        trusted_alike(state, trusted)
        state.delegates["present"][:], state.delegates["present"][2] = True, False
        state.entries["amended"][:], state.entries["amended"][k, 4] = False, True
        state.entries["amendment"][:], state.paragraphs["invited"][:] = np.nan, False
        place = np.array([0.1, 0.2, 0.3, np.nan, 0.5, 0.6, 0.7])
        moves._take_amendments(state, k, place)
        taken = sorted((0, 1, 5, 6), key=lambda i: -trusted[i])[: moves.MOST_AMENDMENTS]
        assert sorted(np.flatnonzero(np.isfinite(state.entries["amendment"][k]))) == sorted(taken)
        assert state.entries["amendment"][k, taken].tolist() == place[taken].tolist()
        assert sorted(np.flatnonzero(state.entries["amended"][k])) == sorted([*taken, 4])
        assert np.flatnonzero(state.paragraphs["invited"]).tolist() == [k]
        assert moves._next_amender(state, k) == min(taken)


def test_an_amendment_is_read_as_its_mover_s_at_the_moment_and_no_vaguer_than_people_write():
    run = begun(leaves=False)
    go_to(run, Move.AMEND)
    k = run.pending.issue
    for precision, least in ((0.2, 0.7), (0.9, 0.9)):
        run.state.paragraphs["precision"][k] = precision
        t, pressure = elapsed(run.case, run.state), pressure_felt(run.case, run.state)
        reading = Reading(k, 0.42, least, 5, known=True, t=t, pressure=pressure)
        assert moves._reading_of_move(run.case, run.state, k, 0.42, 5) == reading


def test_an_amendment_is_better_if_it_passes_then_with_fewer_against_it_then_nearer_to_the_text():
    state = begun().state
    state.paragraphs["text"][1] = 0.5
    best = state.amendments[1]

    def is_better(y, objectors, blockers, *, passed):
        tally = Tally(objectors, blockers, 0, 6, True, True, True, False)  # noqa: FBT003 - a row of counts
        return moves._is_better(state, 1, y, passed, tally)

    def passing(*against):
        return [is_better(*one, passed=True) for one in against]

    def failing(*against):
        return [is_better(*one, passed=False) for one in against]

    best.place = np.nan
    assert failing((0.9, 6, 6)) == [True]
    best.place, best.passed, best.objectors, best.blockers = 0.6, True, 2, 1
    assert failing((0.6, 0, 0)) == [False]
    assert passing((0.9, 1, 5), (0.9, 3, 0), (0.45, 2, 9), (0.35, 2, 0), (0.4, 2, 0)) == [
        True,
        False,
        True,
        False,
        False,
    ]
    best.passed = False
    assert passing((0.9, 6, 6)) == [True]
    assert failing((0.9, 6, 0), (0.9, 0, 2), (0.45, 9, 1), (0.35, 0, 1)) == [True, False, True, False]


def amended(run, *places):
    """Have seats 0, 1, ... amend the paragraph that is read next; the issue."""
    go_to(run, Move.AMEND)
    k = run.pending.issue
    run.choice.place[:], run.choice.place[: len(places)] = np.nan, places
    run.finish_turn()
    return k


def answer(run, blockers=(), objectors=(), short=0.5):
    """Have these block what is read and those object."""
    run.choice.shortfall[:], run.choice.response[:] = -1.0, Response.ACCEPT
    for seats, what in ((objectors, Response.OBJECT), (blockers, Response.BLOCK)):
        run.choice.response[list(seats)] = what
    run.choice.shortfall[list(objectors)], run.choice.shortfall[list(blockers)] = 1e-9, short
    run.finish_turn()


def test_the_best_of_several_amendments_keeps_what_was_counted_at_its_reading():
    run = begun(leaves=False, lone_bracket=True)
    k = amended(run, 0.2, 0.4, 0.6)
    run.state.paragraphs["precision"][k] = 0.4
    answer(run, objectors=(1, 2))
    answer(run, objectors=(0,))
    best = run.state.amendments[k]
    counted = best.place, best.pen, best.passed, best.objectors, best.blockers, best.dissenters, best.present
    assert counted == (0.4, 1, True, 1, 0, 0, N)
    assert (best.majority, best.dissent, best.shortfall) == (True, False, 1e-9)
    run.state.clock["to_read"], run.state.clock["statements"] = k, 2
    run.state.paragraphs["read_text"][k], run.state.paragraphs["changes"][k] = 0.9, 0
    answer(run, blockers=(5, 6))
    text = run.state.paragraphs[k]
    assert (text.text, text.status, text.shortfall, text.readings, text.read_today) == (0.4, Status.AGREED, 1e-9, 1, 1)
    assert (text.fewest_blockers, text.content, text.precision) == (0, (N - 1) / N, 0.7)
    assert text.changes == 1
    assert not text.invited
    assert math.isnan(best.place)
    assert [int(run.state.clock[name][0]) for name in ("to_read", "statements", "issue")] == [-1, 0, (k + 1) % K]


def test_an_amendment_with_a_block_that_the_rule_bears_is_agreed_with_dissent():
    for blockers, record, status in (
        ((4,), True, Status.DISSENT),
        ((4,), False, Status.AGREED),
        ((), True, Status.AGREED),
    ):
        run = begun(leaves=False, blocks=1, record_dissent=record)
        k = amended(run, 0.3)
        answer(run, blockers=blockers, short=9.0)
        assert run.state.paragraphs["status"][k] == status
        assert run.state.paragraphs["shortfall"][k] == (9.0 if blockers else -1.0)


def test_dissent_that_is_recorded_instead_of_a_block_is_dissent():
    for move in (Move.AMEND, Move.OFFER):
        run = begun(leaves=False, record_dissent=True)
        parameters = run.case.parameters[0]
        if move == Move.AMEND:
            k = amended(run, 0.3)
        else:
            go_to(run, move)
            k = run.pending.issue
            run.choice.about[:], run.choice.place[:] = -1, np.nan
            run.choice.about[0], run.choice.place[0] = (k + 1) % K, 0.3
            run.state.paragraphs["status"][(k + 1) % K] = Status.OPEN
            run.finish_turn()
        run.choice.shortfall[:], run.choice.response[:] = -1.0, Response.ACCEPT
        run.choice.shortfall[5] = parameters["block_cost"] + 0.5 * parameters["dissent_relief"]
        run.choice.response[5] = Response.OBJECT
        run.finish_turn()
        assert run.state.paragraphs["status"][k] == Status.DISSENT


def test_who_falls_short_objects_whatever_was_answered_before():
    run = begun(leaves=False)
    go_to(run, Move.AMEND)
    run.case.parameters["goodwill"] = 0.8
    amended(run, 0.5)
    run.choice.response[:], run.choice.argument[:] = Response.BLOCK, 0.5
    run._prepare()
    short = run.choice.shortfall > 0.0
    assert run.choice.response.tolist() == np.where(short, Response.OBJECT, Response.ACCEPT).tolist()
    assert 0 < short.sum() < N
    assert np.isnan(run.choice.argument).all()


def test_a_lone_bracket_on_an_amendment_that_the_room_passes_over_is_dissent_too():
    run = begun(leaves=False, lone_bracket=True)
    go_to(run, Move.AMEND)
    run.state.entries["bracket_used"][run.pending.issue, 4] = True
    k = amended(run, 0.3)
    answer(run, blockers=(4,), short=9.0)
    assert run.state.paragraphs["status"][k] == Status.DISSENT
    assert run.state.entries["passed_over"][k, 4] == 1


def test_who_has_left_opposes_nothing_and_red_lines_have_no_shortfall():
    run = begun()
    k = amended(run, 0.3)
    answer(run, blockers=(1, AWAY, 5), short=math.inf)
    assert np.flatnonzero(run.state.entries["opposed"][k]).tolist() == [1, 5]
    assert run.state.amendments["shortfall"][k] == -1.0
    assert run.state.amendments["blockers"][k] == 2


@pytest.mark.parametrize(("statements", "reads_on"), [(1.5, False), (2.0, True)])
def test_the_best_amendment_is_agreed_when_no_time_is_left_for_the_next(statements, reads_on):
    run = begun(leaves=False)
    k = amended(run, 0.2, 0.4)
    run.state.clock["session_ends"] = run.minute + statements * run.case.parameters["statement"][0]
    answer(run)
    if reads_on:
        assert run.pending == Turn(Move.READ_AMENDMENT, k, 1)
        return
    assert run.state.paragraphs["status"][k] == Status.AGREED
    assert run.state.paragraphs["text"][k] == 0.2
    assert moves._next_amender(run.state, k) == -1
    rows = run.state.log[: int(run.state.clock["logged"][0])]
    (row,) = rows[rows["move"] == Move.READ_AMENDMENT]
    assert (row["issue"], row["who"], row["place"], row["blockers"], row["passed"]) == (k, 0, 0.2, 0, True)


# Offers.


def conceded_now(run):
    """F, and the pressure of the moment."""
    return concession(run.case, elapsed(run.case, run.state)), pressure_felt(run.case, run.state)


def short_of(run, i, k, y, v, pen, *, known):
    """By how much one text falls short for i, as at a reading."""
    case, state = run.case, run.state
    if not state.opinions["red_low"][k, i] <= y <= state.opinions["red_high"][k, i]:
        return math.inf
    trust = trust_in_others(case, state, i)
    accepted = latitude(case, state, i, k, trust, pen_trust(state, i, k, pen, known, trust), *conceded_now(run))
    return loss(case, state, i, k, y, v) - accepted


def part_of(run, i, k, y, v, pen, *, known=True):
    """What a text of a package costs i, what no deal seems to cost it today and what it asks for, by its salience."""
    case, state, s = run.case, run.state, run.state.opinions["salience"][k, i]
    trust = trust_in_others(case, state, i)
    asked = demands(case, state, i, trust, pen_trust(state, i, k, pen, known, trust), *conceded_now(run))
    lost = loss(case, state, i, k, y, v)
    return s * np.array([lost, mood(case, state, i, k, centre(state, k, i)), max(0.0, asked)])


def accepted_of(run, i, issues, parts):
    """How much i may lose on a package of these issues, weighted by salience. parts: their sum, but for the loss."""
    case, state = run.case, run.state
    gives = credit(case, state, i, sum(1 << k for k in issues), trust_in_others(case, state, i), BELIEVED)
    gives *= case.parameters["goodwill"][0] * state.opinions["salience"][list(issues), i].sum()
    return max(0.0, max(0.0, parts[1]) + gives - parts[2])


def stands(run, i, k):
    text = run.state.paragraphs[k]
    return short_of(run, i, k, text.text, text.precision, text.pen, known=bool(text.known))


def test_who_has_a_bracket_asks_elsewhere_for_what_makes_up_for_it_and_fewest_refuse():
    made = lowest = 0
    for run in seen_at(Move.OFFER, seeds=range(12), initiative=0.7):
        case, state, k, present = run.case, run.state, run.pending.issue, N - 1
        state.movers["offered"][:], state.opinions["bracket"][k] = np.arange(N) == 2, True
        low = (k + 1) % K  # where one who stands at the end of the scale thinks that all others do, too
        state.opinions["position"][low, 4], state.opinions["red_low"][low, 4], state.belief[low, :4, 4] = (
            0.0,
            -np.inf,
            0.0,
        )
        state.opinions["salience"][(k + 1) % K, 5] = 0.0
        state.paragraphs["text"][low] = 0.0
        minute, state.clock["minute"] = run.minute, state.clock["session_ends"] - 5.0
        state.paragraphs["precision"] = 0.2
        closed, status = (k + 1 + made % 2) % K, state.paragraphs["status"].copy()
        if made % 3:
            state.paragraphs["status"][closed] = Status.AGREED if made % 3 == 1 else Status.DROPPED
        state.paragraphs["text"][(k + 2) % K] = np.nan if made % 2 else state.paragraphs["text"][(k + 2) % K]
        run._prepare()
        about, place = np.full(N, -1), np.full(N, np.nan)
        for i in np.flatnonzero(state.opinions["bracket"][k]):
            if not moves._starts(case, state, i, Decision.OFFERING, k):
                continue
            short, least = stands(run, i, k), present + 1
            for m in (m for m in range(K) if i != 2 and 0.0 < short < math.inf):
                own, text = state.opinions[m, i], state.paragraphs[m]
                if m == k or own.salience <= 0.0 or text.status in {Status.AGREED, Status.DISSENT, Status.DROPPED}:
                    continue
                accepted = latitude(case, state, i, m, trust_in_others(case, state, i), 1.0, *conceded_now(run))
                here, v = state.paragraphs[k], max(text.precision, 0.7)
                parts = part_of(run, i, k, here.text, here.precision, here.pen, known=bool(here.known))
                both = parts + part_of(run, i, m, own.position, 1.0, i)
                left = accepted_of(run, i, (k, m), both) - parts[0]
                spared = min(accepted, left / own.salience)
                count = willing(state, i, m, half_width(case, state, i, m, v, accepted))
                wanted = own.position if math.isnan(text.text) else text.text
                found, number = likeliest(state, i, m, half_width(case, state, i, m, v, spared), wanted, count)
                if found >= 0 and present - 1 - number < least:
                    least, about[i], place[i] = present - 1 - number, m, PLACES[found]
        assert run.choice.about.tolist() == about.tolist()
        assert np.array_equal(run.choice.place, place, equal_nan=True)
        state.clock["minute"], state.paragraphs["status"] = minute, status
        made, lowest = made + int((about >= 0).sum()), lowest + int((place == 0.0).sum())
    assert min(made, lowest) > 0


def test_nobody_offers_to_take_a_text_that_falls_short_on_a_core_issue():
    for core in (False, True):
        offers = 0
        for seed in range(6):
            run = begun(seed)
            run.case.core[:] = core
            if go_to(run, Move.OFFER):
                offers += int((run.choice.about >= 0).sum())
        assert (offers > 0) is not core


def test_an_offer_falls_short_by_both_texts_as_they_count_and_by_a_core_issue_by_itself():
    for core_here, core_there, seed in product((False, True), (False, True), range(2)):
        run = begun(seed)
        go_to(run, Move.OFFER)
        case, state, k = run.case, run.state, run.pending.issue
        m, out = (k + 1) % K, np.empty(N)
        case.core[:], case.core[k], case.core[m] = False, core_here, core_there
        case.parameters["package_tolerance"] = 0.02
        state.paragraphs["precision"][m], state.paragraphs["known"][k] = (0.9, False) if seed else (0.4, True)
        state.movers["offer_issue"][5], state.movers["offer"][5] = m, 0.83
        state.opinions["salience"][[k, m], 6] = 0.0
        state.opinions["salience"][k, 1], state.opinions["red_low"][k, 1] = 0.0, 1.1  # unimportant, and never accepted
        moves._offer_shortfalls(case, state, k, 5, out)
        here, v = state.paragraphs[k], max(state.paragraphs["precision"][m], 0.7)
        for i in range(N):
            first, second = stands(run, i, k), short_of(run, i, m, 0.83, v, 5, known=True)
            if math.inf in {first, second}:
                assert out[i] == math.inf
                continue
            parts = part_of(run, i, k, here.text, here.precision, here.pen, known=bool(here.known))
            parts, s = parts + part_of(run, i, m, 0.83, v, 5), state.opinions["salience"][[k, m], i].sum()
            alone = [short for short, is_core in ((first, core_here), (second, core_there)) if is_core and short > 0.0]
            both = (parts[0] - accepted_of(run, i, (k, m), parts)) / s if s > 0.0 else 0.0
            assert out[i] == pytest.approx(max([both, *alone]), abs=1e-12)


def test_an_offer_is_taken_from_who_is_there_and_asks_for_an_open_text_the_most_trusted_first():
    run = begun(leaves=False)
    go_to(run, Move.OFFER)
    state, k = run.state, run.pending.issue
    open_, closed = (k + 1) % K, (k + 2) % K
    state.paragraphs["status"][open_], state.paragraphs["status"][closed] = Status.OPEN, Status.AGREED
    assert [moves.may_be_asked_for(run.case, state, k, m) for m in (k, open_, closed)] == [False, True, False]
    for trusted, first in ((np.arange(7.0), [3, 4]), (-np.arange(7.0), [0, 3]), (np.zeros(7), [0, 3])):
        trusted_alike(state, trusted)
        state.delegates["present"][:], state.delegates["present"][2] = True, False
        state.movers["offered"][:], state.movers["offered"][6], state.movers["offer_issue"][:] = False, True, -1
        run.choice.about[:], run.choice.place[:] = open_, np.linspace(0.0, 0.6, N)
        run.choice.about[1], run.choice.place[5] = closed, np.nan
        moves._take_offers(run.case, state, k, run.choice)
        assert np.flatnonzero(state.movers["offer_issue"] == open_).tolist() == first
        assert state.movers["offer"][first].tolist() == run.choice.place[first].tolist()
        assert np.flatnonzero(state.movers["offered"]).tolist() == [*first, 6]
        assert moves._next_offer(state) == Turn(Move.READ_OFFER, k, first[0])
        assert state.clock["to_offer"][0] == k
    state.movers["offer_issue"][:], state.movers["offer_issue"][5] = -1, 0
    assert moves._next_offer(state) == Turn(Move.READ_OFFER, k, 5)
    agenda = np.zeros_like(run.case.plan_issues)
    agenda[:, k] = True
    case = run.case._replace(plan_issues=agenda)
    assert not moves.may_be_asked_for(case, state, k, open_)


@pytest.mark.parametrize(
    ("blockers", "record", "status"),
    [((2,), True, Status.DISSENT), ((2,), False, Status.AGREED), ((), True, Status.AGREED)],
)
def test_of_two_offers_the_second_falls_with_the_first_that_passes(blockers, record, status):
    run = begun(leaves=False, blocks=1, record_dissent=record)
    go_to(run, Move.OFFER)
    k, state = run.pending.issue, run.state
    m = (k + 1) % K
    run.choice.about[:], run.choice.place[:] = -1, np.nan
    run.choice.about[[1, 5]], run.choice.place[[1, 5]] = m, (0.3, 0.7)
    state.paragraphs["status"][m], state.paragraphs["precision"][m] = Status.OPEN, 0.4
    run.finish_turn()
    readings = state.paragraphs["readings"][[k, m]].copy()
    answer(run, blockers=blockers)
    assert (state.movers["offer_issue"] == -1).all()
    assert state.clock["to_offer"][0] == -1
    assert state.paragraphs["status"][[k, m]].tolist() == [status] * 2
    assert state.paragraphs["precision"][m] == 0.7
    assert (state.paragraphs["readings"][[k, m]] - readings).tolist() == [1, 1]
    row = state.log[: int(state.clock["logged"][0])]
    (event,) = row[row["move"] == Move.READ_OFFER]
    assert (event["who"], event["other"], event["blockers"], event["passed"]) == (1, m, len(blockers), True)


def test_where_nobody_offers_the_room_goes_on():
    idle = begun(leaves=False, initiative=0.0)
    go_to(idle, Move.OFFER)
    idle.finish_turn()
    assert idle.state.clock["to_offer"][0] == -1


def test_a_second_offer_is_read_if_the_first_fails():
    run = begun(leaves=False)
    while go_to(run, Move.OFFER) and run.pending.issue == 0:
        run.finish_turn()
    k = run.pending.issue
    run.choice.about[:], run.choice.place[:] = -1, np.nan
    run.choice.about[[1, 5]], run.choice.place[[1, 5]] = 0, (0.3, 0.7)
    run.state.paragraphs["status"][0] = Status.OPEN
    run.finish_turn()
    answer(run, blockers=(2, 3))
    assert run.pending == Turn(Move.READ_OFFER, k, 5)
    answer(run, blockers=(2, 3))
    assert run.state.clock["to_offer"][0] == -1


@pytest.mark.parametrize("move", [Move.AMEND, Move.OFFER])
def test_a_mover_gains_trust_in_those_who_support_it_and_loses_none_in_the_others(move):
    run = begun(leaves=False)
    case, state, who = run.case, run.state, 5
    go_to(run, move)
    k = run.pending.issue
    run.choice.about[:], run.choice.place[:] = -1, np.nan
    run.choice.about[who], run.choice.place[who] = (k + 1) % K, 0.3
    state.paragraphs["status"][(k + 1) % K] = Status.OPEN
    run.finish_turn()
    trust = state.trust[:, who].copy()
    answer(run, blockers=(0, 1, 3))
    supporters = [2, 4, 6]
    trust[supporters] += 0.25 * case.parameters[0]["trust_gain"] * (1.0 - trust[supporters])
    assert state.trust[:, who] == pytest.approx(trust, abs=1e-12)


# Questions, the pen and the motion.


def test_turns_that_are_everybody_s_name_no_issue_and_nobody():
    run = speeches()
    assert run.pending == Turn(Move.CALL, -1, -1)
    run.choice.about[:] = CODES["rolling_text"]
    run.finish_turn()
    assert run.pending == Turn(Move.VOTE, -1, -1)
    run.state.clock["to_vote"], run.state.clock["asked"] = False, False
    assert moves.next_move(run.case, run.state) == Turn(Move.ASK, -1, -1)
    run.state.clock["asked"], run.state.clock["drafted"], run.state.clock["moved"] = True, True, True
    assert moves.next_move(run.case, run.state) == Turn(Move.TAKE_PEN, -1, -1)
    run.state.clock["pens_given"] = True
    assert moves.next_move(run.case, run.state) == Turn(Move.NOTHING, -1, -1)


def test_questions_of_who_is_there_to_somebody_else_who_is_there_are_answered():
    run = begun()
    state = run.state
    whom = np.full((N, 2), -1)
    whom[0], whom[1], whom[2], whom[AWAY], whom[5] = (1, AWAY), (1, 0), (-1, 6), (0, 1), (AWAY, -1)
    before = state.belief.copy()
    start = int(state.clock["logged"][0])
    moves._ask(run.case, state, whom)
    asked = [(0, 1), (1, 0), (2, 6)]
    rows = state.log[start : int(state.clock["logged"][0])]
    assert [(int(row["who"]), int(row["whom"])) for row in rows] == asked
    for i, j in asked:
        assert state.belief[:, j, i] == pytest.approx(state.opinions["position"][:, j])
        before[:, j, i] = state.belief[:, j, i]
    assert np.array_equal(before, state.belief, equal_nan=True)
    assert state.clock["asked"][0]


def test_a_pen_goes_to_who_is_there_and_has_none_on_an_open_issue_that_was_never_read():
    run = begun(leaves=False)
    state, case = run.state, run.case
    state.delegates["present"][6], state.movers["has_pen"][5] = False, True
    trusted_alike(state, (3.0, 1.0, 3.0, 1.0, 4.0, 5.0, 6.0))
    state.paragraphs["readings"][:], state.paragraphs["by_seat"][:] = 0, False
    state.paragraphs["status"][:] = Status.OPEN
    assert moves._is_pen_free(case, state)
    run.choice.about[:], run.choice.place[:] = (0, 0, 0, 0, 0, 0, 0), (0.1, 0.2, 0.3, 0.4, np.nan, 0.6, 0.7)
    run.choice.about[1] = 2
    start = int(state.clock["logged"][0])
    moves._give_pens(case, state, run.choice)
    assert state.paragraphs["pen"][[0, 2]].tolist() == [0, 1]  # of two whom it trusts alike the first
    assert state.paragraphs["text"][[0, 2]].tolist() == [0.1, 0.2]
    assert state.paragraphs["precision"][[0, 2]].tolist() == [0.7, 0.7]
    assert state.paragraphs["known"][[0, 2]].all()
    assert np.flatnonzero(state.movers["has_pen"]).tolist() == [0, 1, 5]
    rows = state.log[start : int(state.clock["logged"][0])]
    assert rows[["move", "issue", "pen", "place", "precision"]].tolist() == [
        (Move.DRAFT, 0, 0, 0.1, 0.7), (Move.DRAFT, 2, 1, 0.2, 0.7)
    ]  # fmt: skip
    assert state.clock["pens_given"][0]
    state.paragraphs["readings"][1] = 1
    assert not moves._is_pen_free(case, state)


@pytest.mark.parametrize("taken", [{"readings": 1}, {"by_seat": True}, {"status": Status.AGREED}])
def test_a_pen_is_free_until_the_issue_is_read_written_by_a_seat_or_closed(taken):
    run = begun(leaves=False)
    state, case = run.state, run.case
    state.paragraphs["readings"][:], state.paragraphs["by_seat"][:], state.paragraphs["status"][:] = (
        0,
        False,
        Status.OPEN,
    )
    assert moves.may_write_first(case, state, 1)
    assert not moves.may_write_first(case._replace(plan_issues=np.zeros_like(case.plan_issues)), state, 1)
    for name, value in taken.items():
        state.paragraphs[name][1] = value
    assert [moves.may_write_first(case, state, k) for k in range(K)] == [True, False, True]
    run.choice.about[:], run.choice.place[:] = 1, 0.5
    text = state.paragraphs["text"][1]
    moves._give_pens(case, state, run.choice)
    assert np.array_equal(state.paragraphs["text"][1], text, equal_nan=True)
    assert not state.movers["has_pen"].any()


def speeches(**setting):
    table = contested(
        (3, 2, 2), K, timetable=plan([[("questionnaire", 90.0)]] * 2), setting=EVERY | {"initiative": 1.0} | setting
    )
    run = Negotiation(table, seed=4, log_rows=LOG_ROWS)
    go_to(run, Move.CALL)
    return run


def test_a_motion_may_be_for_the_first_format():
    assert speeches(motions=0).pending.move == Move.CALL


def test_who_half_trusts_those_who_stand_in_its_way_moves_to_close_the_list_of_speakers():
    run = speeches()
    state = run.state
    state.delegates["present"][AWAY] = False
    assign_power(run.case, state)
    for scale in (0.4, 0.9, 1.0, 1.2):
        state.trust[:] = np.minimum(1.0, scale * np.arange(7.0) / 6.0)
        sum_trust(state)
        run._prepare()
        hopes = [i != AWAY and trust_in_others(run.case, state, i) >= 0.5 for i in range(N)]
        assert (run.choice.about == CODES["rolling_text"]).tolist() == hopes
        assert any(hopes) is (scale > 0.5)
    assert not all(hopes[i] for i in range(N) if i != AWAY)
    for trust, moved in ((0.5 + 1e-9, N - 1), (0.5 - 1e-9, 0)):
        state.trust[:] = trust
        sum_trust(state)
        run._prepare()
        assert (run.choice.about >= 0).sum() == moved


def test_who_hopes_to_carry_a_motion_moves_by_a_draw_of_its_own():
    run = speeches(initiative=0.5)
    run.state.trust[:] = 0.9
    sum_trust(run.state)
    run._prepare()
    draws = [moves._starts(run.case, run.state, i, Decision.MOVING, NONE) for i in range(N)]
    assert (run.choice.about >= 0).tolist() == draws
    assert 0 < sum(draws) < N


def test_a_motion_is_put_to_the_vote_if_somebody_who_is_there_moves_it():
    for about, moved in (({AWAY: 3}, False), ({}, False), ({5: 0}, True), ({0: 3, 5: 3}, True)):
        state = speeches().state
        state.delegates["present"][AWAY] = False
        choice = np.full(N, -1)
        for i, row in about.items():
            choice[i] = row
        moves._take_motions(state, choice)
        assert np.flatnonzero(state.movers["moves"]).tolist() == (sorted(about) if moved else [])
        assert [bool(state.clock[name][0]) for name in ("called", "to_vote", "moved")] == [True, moved, moved]


def test_a_seat_backs_a_motion_with_the_chance_of_its_trust_in_those_who_move_it():
    answers = []
    for seed, movers in product(range(12), ([2, 4], [2])):
        run = speeches()
        case, state = run.case, run.state
        state.stream[1] = seed
        state.movers["moves"][movers] = True
        for i in range(N):
            u = uniform(
                state.stream, Decision.BACKING, case.plan["meeting"][int(state.clock["row"][0])],
                int(state.clock["turn"][0]), NONE, case.seats["address"][i], case.seats["address"][2],
            )  # fmt: skip
            backs = i in movers or u < state.trust[movers, i].mean()
            assert moves._backs(case, state, i) == backs
            answers.append(backs and i not in movers)
    assert any(answers)


@pytest.mark.parametrize(
    ("backers", "carried"),
    [((1, 4, 6), True), ((4, 6), False), ((1, AWAY, 6), False), ((1, 2, AWAY, 6), True), ((2, AWAY, 6), False)],
)
def test_half_of_those_who_are_there_carry_a_motion(backers, carried):
    run = speeches()
    state = run.state
    here = 2 in backers
    state.delegates["present"][AWAY] = here
    state.movers["moves"][[0, 4]], state.clock["to_vote"], state.clock["statements"] = True, True, 2
    state.clock["drafted"], state.clock["since_notice"] = True, 5.0
    response = np.full(N, Response.OBJECT.value)
    response[list(backers)] = Response.ACCEPT
    minute, form, start = run.minute, int(state.clock["format"][0]), int(state.clock["logged"][0])
    moves._decide(run.case, state, response)
    (row,) = state.log[start : int(state.clock["logged"][0])]
    count = len({*backers} - (set() if here else {AWAY}))
    assert (row["move"], row["who"], row["backers"], row["passed"]) == (Move.VOTE, 0, count, carried)
    assert state.clock["minute"][0] == minute + run.case.parameters["statement"][0]
    assert not state.movers["moves"].any()
    assert not state.clock["to_vote"][0]
    told = [state.clock[name][0] for name in ("format", "drafted", "statements", "since_notice")]
    assert told == ([CODES["rolling_text"], False, 0, 0.0] if carried else [form, True, 2, 5.0])
