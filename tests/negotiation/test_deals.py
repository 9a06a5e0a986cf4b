"""A dealt case: what people want is drawn by seed, apart from what they never sign, and can be agreed (rule 5.19)."""

import numpy as np
import pytest

from negsim.negotiation.runs import Negotiation
from negsim.scenario import load, with_changes
from negsim.scenario.lowering import lower

PLAY_CASES = ("storm", "register")
pytestmark = pytest.mark.slow  # hundreds of deals, each of many trials


def begun(case, seed, replication=0):
    return Negotiation(case, seed=seed, replication=replication)


@pytest.fixture(params=PLAY_CASES, scope="module")
def scenario(request):
    return load(request.param)


@pytest.fixture(scope="module")
def deals(scenario):
    case = lower(scenario)
    return [begun(case, seed).state for seed in range(200)]


def lines(state):
    """The tightest lines on each issue, from below and from above (K each)."""
    return state.opinions["red_low"].max(axis=1), state.opinions["red_high"].min(axis=1)


def test_a_deal_is_the_same_in_every_replication_and_the_luck_of_play_is_not(scenario):
    states = [begun(lower(scenario), 7, replication).state for replication in range(5)]
    for name in ("first_position", "red_low", "red_high", "salience"):
        assert len({state.opinions[name].tobytes() for state in states}) == 1, name
    for luck in (
        [s.delegates["temper"] for s in states],
        [s.paragraphs["climate"] for s in states],
        [s.trust for s in states],
    ):
        assert len({each.tobytes() for each in luck}) == 5


def test_every_number_of_a_deal_is_printed_to_the_digit(deals):
    for state in deals:
        numbers = np.concatenate([state.opinions[name].ravel() for name in ("first_position", "red_low", "red_high")])
        numbers = numbers[np.isfinite(numbers)]
        assert [float(f"{number:.2f}") for number in numbers] == numbers.tolist()


def test_one_line_closes_one_issue_and_nobody_wants_what_it_never_signs(deals):
    locked_issues = set()
    for state in deals:
        low, high = lines(state)
        (who,) = np.flatnonzero(state.movers["locked"] >= 0)
        k = state.movers["locked"][who]
        assert (low > high).tolist() == [issue == k for issue in range(len(low))]
        opinions = state.opinions
        assert (opinions["first_position"] >= opinions["red_low"]).all()
        assert (opinions["first_position"] <= opinions["red_high"]).all()
        own = opinions[k, who]
        tight = min(abs(own.red_low - high[k]), abs(own.red_high - low[k]))
        assert 0.035 <= tight <= 0.105
        locked_issues.add(int(k))
    assert locked_issues == set(range(len(low)))


def test_what_could_be_agreed_lies_anywhere_and_is_open_in_the_model(deals):
    open_ones = [np.where(low < high, (low + high) / 2, np.nan) for low, high in map(lines, deals)]
    assert (np.nanquantile(open_ones, 0.95, axis=0) - np.nanquantile(open_ones, 0.05, axis=0) > 0.3).all()
    assert np.mean([state.paragraphs["zone_start"] for state in deals]) > 0.97


def test_lines_do_not_follow_wishes(deals):
    """Where the lines meet is higher than the mean wish in one deal and lower in another, by .1 of the scale or so."""
    for k in range(deals[0].opinions.shape[0]):
        apart = [sum(end[k] for end in lines(one)) / 2 - one.opinions["first_position"][k].mean() for one in deals]
        assert np.std(apart) > 0.08
        assert np.min(apart) < -0.1 < 0.1 < np.max(apart)


def test_a_case_without_a_lock_leaves_every_issue_open(scenario):
    case = lower(with_changes(scenario, ["dealt.locked=null"]))
    for seed in range(20):
        low, high = lines(begun(case, seed).state)
        assert (low < high).all()


def test_full_marks_are_what_could_be_agreed_were_the_secret_shown(scenario):
    case = lower(scenario)
    without = case._replace(seats=case.seats.copy())
    without.seats["secret"] = 0.0
    best = [begun(one, 3).state.movers["best"] for one in (case, without)]
    assert (best[0] >= best[1] - 1e-12).all()
    assert (best[0] > best[1] + 1e-3).any()
