"""Who makes which move, and what comes of it, beside plain counts (rule 5.16)."""

from itertools import product

import numpy as np
import pytest

from cases import CODES, contested, plan
from negsim.negotiation import moves
from negsim.negotiation.acceptance import PLACES, TEXTS, assign_power
from negsim.negotiation.runs import LOG_ROWS, Negotiation
from negsim.negotiation.tables import Move, Outcome, Status
from negsim.negotiation.trust import sum_trust
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


def test_without_initiative_or_at_another_move_nobody_moves_anything():
    for move in (Move.AMEND, Move.OFFER, Move.CALL, Move.TAKE_PEN):
        for run in seen_at(move, seeds=range(1), initiative=0.0):
            run.choice.whom[:] = 3
            run._prepare()
            assert np.isnan(run.choice.place).all()
            assert (run.choice.about == -1).all()
            assert (run.choice.whom == -1).all()


def test_nobody_offers_to_take_a_text_that_falls_short_on_a_core_issue():
    for core in (False, True):
        offers = 0
        for seed in range(6):
            run = begun(seed)
            run.case.core[:] = core
            if go_to(run, Move.OFFER):
                offers += int((run.choice.about >= 0).sum())
        assert (offers > 0) is not core


# Questions, the pen and the motion.


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
