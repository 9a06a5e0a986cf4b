"""The rival without a model: codes by hand, a logit with a known answer, nothing learnt from a case's own family."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from negsim.cases import load_case, loads_case
from negsim.study.validation import shares
from research import rival
from research.rival import CODES, STRENGTH, forecast, forecasts


def test_the_codes_of_a_case_by_hand():
    codes = dict(zip(CODES, rival.codes_of(load_case("cases/wgigf1")), strict=True))
    assert len(CODES) == 13
    assert codes["log of days"] == pytest.approx(math.log(4))
    assert (codes["groups"], codes["issues"]) == (5, 6)
    assert (codes["full consensus"], codes["vote"]) == (1, 0)


def test_a_code_that_is_not_known_is_at_the_middle():
    codes = dict(zip(CODES, rival.codes_of(loads_case("case: 1\ntitle: A\noutcome: {code: none}\n", "a")), strict=True))
    numbers = [codes.pop(name) for name in ("log of days", "groups", "issues")]
    assert np.isnan(numbers).all()
    assert set(codes.values()) == {0.5}


def test_a_logit_on_one_code_by_hand():
    """Two categories share one slope, w and -w, at which the penalty balances the likelihood: w = C sum x (y - p)."""
    column, ends = np.array([[-1.0], [-1.0], [1.0], [1.0]]), np.array([0, 2, 2, 2])

    def chance(a, w, x):
        return 1 / (1 + math.exp(-2 * (a + w * x)))  # of consensus: its logit is twice that of each category

    def intercept(w):
        return brentq(lambda a: 2 * chance(a, w, -1) + 2 * chance(a, w, 1) - 3, -9, 9)

    def slope(w):
        a = intercept(w)
        return STRENGTH * (-(1 - 2 * chance(a, w, -1)) + 2 - 2 * chance(a, w, 1)) - w

    w = brentq(slope, -1, 1)
    base = shares(np.array([1.0, 0.0, 3.0]))
    expected = chance(intercept(w), w, 1) * (1 - base[1])
    prediction = forecast(column, ends, np.array([1.0]))
    assert prediction[2] == pytest.approx(expected, abs=1e-6)
    assert prediction[1] == base[1]
    assert prediction.sum() == pytest.approx(1.0)


def test_the_units_of_a_code_do_not_matter_and_one_that_never_differs_says_nothing():
    rng = np.random.default_rng(1)
    columns, ends, own = rng.normal(size=(30, 2)), rng.integers(3, size=30), np.array([0.5, -1.0])
    plain = forecast(columns, ends, own)
    assert forecast(columns * [10, 0.1] + 3, ends, own * [10, 0.1] + 3) == pytest.approx(plain, abs=1e-6)
    assert forecast(np.column_stack([columns, np.ones(30)]), ends, np.append(own, 5)) == pytest.approx(plain, abs=1e-6)


def test_a_number_that_is_not_known_is_the_mean_of_the_others():
    columns, ends = np.array([[1.0], [3.0], [np.nan], [2.0]]), np.array([0, 2, 2, 1])
    filled = np.where(np.isnan(columns), 2.0, columns)
    assert forecast(columns, ends, np.array([np.nan])) == pytest.approx(forecast(filled, ends, np.array([2.0])))


@pytest.mark.parametrize("ends", [[2, 2, 2], []])
def test_where_nothing_can_be_learnt_the_base_shares_stand(ends):
    columns = np.zeros((len(ends), 2))
    hits = np.bincount(np.array(ends, int), minlength=3).astype(float)
    assert forecast(columns, np.array(ends, int), np.zeros(2)).tolist() == shares(hits).tolist()


def test_a_case_learns_nothing_from_its_own_family():
    rng = np.random.default_rng(2)
    codes, families = rng.normal(size=(12, 3)), list("aabbccddeeff")
    happened = rng.integers(3, size=12)
    changed = happened.copy()
    changed[:2] = (happened[:2] + 1) % 3
    before, after = (forecasts(codes, ends, families) for ends in (happened, changed))
    assert (before[:2] == after[:2]).all()
    assert (before[2:] != after[2:]).any()


@pytest.mark.deep
def test_the_sum_takes_from_the_model_what_the_codes_do_not_say():
    rng = np.random.default_rng(3)
    happened, families = np.tile([0, 2], 40), [str(n // 2) for n in range(80)]
    codes, chance = rng.normal(size=(80, 4)), np.where(happened == 2, 0.9, 0.1)
    model = np.column_stack([1 - chance, np.full(80, 1e-3), chance])
    alone, both = (forecasts(codes, happened, families, of) for of in (None, model))
    right = [table[np.arange(80), happened].mean() for table in (alone, both)]
    assert right[0] < 0.6
    assert right[1] > 0.8
