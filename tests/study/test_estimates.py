"""Estimates, their intervals, and time to consensus."""

import math
import warnings

import numpy as np
import pytest
from scipy import stats

from negsim.study.estimates import comparison_widths, difference, independent, mean, ratio, share, survival


def test_estimates_against_known_values():
    one = share(np.array([1.0] * 15 + [0.0] * 5))
    assert (one.low, one.high) == pytest.approx((0.531, 0.888), abs=1e-3)  # Wilson 1927, 15 of 20
    two = mean(np.array([1.0, 2.0, 3.0, math.nan]))
    assert two.value == 2.0
    assert two.high == pytest.approx(2.0 + 4.302653 / math.sqrt(3.0), abs=1e-5)
    assert two.low == pytest.approx(2.0 - 4.302653 / math.sqrt(3.0), abs=1e-5)
    assert mean(np.array([1.0, math.inf]))[0] == math.inf
    assert difference(np.array([2.0, 3.0]), np.array([1.0, 2.0])).value == 1.0
    with pytest.raises(ValueError, match="not pairs"):
        difference(np.ones(2), np.ones(3))


@pytest.mark.parametrize("seed", range(8))
def test_two_compared_intervals_are_as_wide_as_that_of_their_paired_difference(seed):
    draws = np.random.default_rng(seed)
    for values in (draws.normal(size=(20 + seed, 2)), draws.integers(0, 2, (20 + seed, 2)).astype(float)):
        after, before = values.T
        assert comparison_widths(values).sum() == pytest.approx(np.ptp(difference(after, before)[1:3]) / 2.0)


@pytest.mark.parametrize("reach", [1.0, 7.0])
def test_a_change_in_few_pairs_has_an_interval_only_of_zeros_and_ones(reach):
    changed, base = np.repeat([reach, 0.0], [2, 48]), np.zeros(50)
    found = difference(changed, base)
    assert (found.value, found.observations, found.changed) == (pytest.approx(2 * reach / 50), 50, 2)
    if reach == 1.0:  # 3/52 - 1/52 +- 1.96 ((4/52 - (2/52)^2) / 52)^.5
        assert found[1:3] == pytest.approx((-0.0361933, 0.1131164), abs=1e-6)
    else:
        assert np.isnan(found[1:3]).all()
        assert not found.excludes_zero
        assert str(found) == "0.280, changed in 2 of 50 runs"


def test_numbers_take_one_more_pair_at_each_end_of_what_was_seen_from_20_changes_on():
    gaps = np.r_[np.linspace(0.5, 2.0, 20), np.zeros(5)]
    more = np.r_[gaps, -2.0, 2.0]
    half = stats.t.ppf(0.975, 24) * more.std() / math.sqrt(27)
    found = difference(gaps, np.zeros(25))
    assert found[:3] == pytest.approx((gaps.mean(), more.mean() - half, more.mean() + half))
    assert np.isnan(difference(np.r_[gaps[1:], 0.0], np.zeros(25)).low)


def test_a_difference_in_no_run_is_not_sure_to_be_none():
    found = difference(np.ones(20), np.ones(20))
    assert found.low == -found.high == pytest.approx(-0.1259913)  # 1.96 (2/22)^.5 / 22^.5
    assert found.changed == 0


def test_independent_numbers_that_hardly_vary_have_no_interval():
    few, many = np.repeat([0.3, 0.0], [9, 41]), np.repeat([0.3, 0.0], [10, 40])
    assert np.isnan(independent(few, many).low)
    assert not np.isnan(independent(many, many).low)


@pytest.mark.parametrize("points", [2, 12, 60])
def test_two_points_that_are_alike_look_apart_no_oftener_among_many(points):
    draws = np.random.default_rng(points)
    apart = 0
    for _ in range(400):
        values = (draws.random((50, 1)) + draws.random((50, points)) < 0.8).astype(float)
        one, other = comparison_widths(values)[:2]
        apart += abs(values[:, 0].mean() - values[:, 1].mean()) > one + other
    assert apart <= 31  # of 400: 7 in 1,000 samples of a rate of 5 % pass it


def test_what_replications_share_does_not_widen_compared_intervals():
    apart = np.random.default_rng(0).normal(size=(50, 4))
    luck = np.random.default_rng(1).normal(size=(50, 1))
    assert comparison_widths(apart + 100.0 * luck) == pytest.approx(comparison_widths(apart))


@pytest.mark.parametrize("n", [10, 13, 34])  # where rounding would leave a little
def test_a_share_of_none_begins_at_0_and_a_share_of_all_ends_at_1(n):
    assert share(np.zeros(n)).low == 0.0
    assert share(np.ones(n)).high == 1.0


def test_a_share_is_of_the_runs_to_which_the_question_applies():
    assert share(np.array([1.0, math.nan, 0.0, math.nan])) == share(np.array([1.0, 0.0]))
    assert np.isnan(share(np.array([math.nan]))[:3]).all()


def test_runs_that_share_their_draws_do_not_narrow_the_interval_of_survival():
    draws = np.random.default_rng(1)
    hours, ended, numbers = draws.exponential(10.0, 300), draws.integers(0, 2, 300), np.arange(300)
    once = survival(hours, ended, numbers)
    pooled = survival(np.repeat(hours, 4), np.repeat(ended, 4), np.repeat(numbers, 4))
    assert pooled.hours == pytest.approx(once.hours)
    assert pooled.left == pytest.approx(once.left)
    middle = np.flatnonzero((once.left > 0.2) & (once.left < 0.8))
    assert (pooled.high - pooled.low)[middle].mean() == pytest.approx((once.high - once.low)[middle].mean(), rel=0.1)


@pytest.mark.parametrize("seed", range(5))
def test_survival_is_scipy_s(seed):
    draws = np.random.default_rng(seed)
    hours, ended = np.round(draws.exponential(5.0, 60), seed % 3), draws.integers(0, 2, 60)
    found, reached = survival(hours, ended, np.arange(60)), ended > 0
    expected = stats.ecdf(stats.CensoredData(uncensored=hours[reached], right=hours[~reached])).sf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        ends = expected.confidence_interval(method="log-log")
    assert (found.hours[0], found.left[0]) == (0.0, 1.0)
    assert found.hours[1:] == pytest.approx(expected.quantiles)
    assert found.left[1:] == pytest.approx(expected.probabilities)
    assert found.low[1:] == pytest.approx(ends.low.probabilities, nan_ok=True)
    assert found.high[1:] == pytest.approx(ends.high.probabilities, nan_ok=True)


def test_the_interval_of_a_ratio_stays_between_0_and_1():
    whole = np.ones(30)
    few = np.repeat([1.0, 0.0], [29, 1])
    assert ratio(few, whole).high == 1.0
    assert ratio(1.0 - few, whole).low == 0.0


def test_a_ratio_of_nothing_to_something_is_0_and_of_something_to_nothing_is_none():
    assert ratio(np.zeros(3), np.ones(3))[:2] == (0.0, 0.0)
    assert ratio(np.zeros(300), np.ones(300)).high == pytest.approx(0.01, abs=2e-3)
    assert np.isnan(ratio(np.zeros(3), np.zeros(3)).value)
    assert np.isnan(ratio(np.ones(1), np.ones(1)).low)
