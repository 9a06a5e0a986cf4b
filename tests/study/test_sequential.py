"""Looks: where they stand, what is paid for them, and how often orders and stopped intervals are wrong."""

import numpy as np
import pytest
from scipy import stats

from negsim.study.estimates import centre_and_error, mean, normal, student
from negsim.study.sequential import Order, doublings, level, looks, orders

RNG = np.random.default_rng(7)


def test_looks_stand_at_fixed_counts_up_to_the_most():
    assert looks(5000) == (100, 250, 500, 1000, 2000, 5000)
    assert looks(250) == (100, 250)
    assert looks(2) == (2,)
    assert doublings(10, 75) == (10, 20, 40, 75)
    assert doublings(100, 50) == (50,)


@pytest.mark.parametrize("looks_", [1, 4, 100])
def test_the_level_of_several_looks_widens_both_kinds_of_interval(looks_):
    at = level(looks_)
    assert at == pytest.approx(1.0 - 0.05 / looks_)
    assert normal(at) == pytest.approx(stats.norm.ppf(0.5 + at / 2), rel=1e-9)
    assert [student(n, at) for n in (9, 999)] == pytest.approx([stats.t.ppf(0.5 + at / 2, n) for n in (9, 999)])


def test_bonett_and_price_s_interval_is_that_of_one_more_pair_each_way():
    differences = np.repeat([1.0, -1.0, 0.0], [26, 4, 18])  # 48 pairs
    # p12 = 27/50, p21 = 5/50: .44 with the error ((.54 + .10 - .44^2) / 50)^.5 = .0945
    assert centre_and_error(differences, 1.0) == pytest.approx((0.44, 0.09448809))


def test_orders_pay_for_one_another_until_one_is_not_measurable():
    alone, *several = (np.tile([0.0, 1.0, -1.0, 1.0], 25),) * 21  # .25, with an error of .083: three of them
    assert orders([alone], 1) == [Order.MORE]
    assert orders(several, 1) == [Order.UNKNOWN] * 20
    assert orders([np.tile([0.0, 1.0], 50), *several], 1)[:2] == [Order.MORE, Order.UNKNOWN]
    assert orders([-alone, np.zeros(100)], 1) == [Order.LESS, Order.SAME]
    assert orders([], 1) == []


def test_no_difference_is_ordered_in_more_than_one_of_twenty_searches():
    searches, wrong = 400, 0
    for _ in range(searches):
        rivals = RNG.choice([-1.0, 0.0, 1.0], p=[0.15, 0.7, 0.15], size=(10, 1000))  # none is better
        found = [orders([one[:look] for one in rivals], len(looks(1000))) for look in looks(1000)]
        wrong += any(order in {Order.LESS, Order.MORE} for some in found for order in some)
    assert wrong / searches < 0.05 + 3 * np.sqrt(0.05 * 0.95 / searches)


def test_an_interval_holds_at_whichever_look_is_the_worst():
    cells, held, paid = 400, 0, level(len(doublings(20, 400)))
    for values in RNG.normal(size=(cells, 400)):
        intervals = [mean(values[:look], paid) for look in doublings(20, 400)]
        held += all(one.low <= 0.0 <= one.high for one in intervals)
    assert held / cells > 0.95 - 3 * np.sqrt(0.05 * 0.95 / cells)
