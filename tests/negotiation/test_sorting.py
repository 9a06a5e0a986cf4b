"""Our own sorts against numpy's."""

import numpy as np
import pytest

from negsim.negotiation.sorting import sort, sort_by


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 42, 200])
def test_the_first_so_many_values_are_in_order_and_the_others_stay(count):
    for seed in range(5):
        values = np.random.default_rng(seed).integers(0, 50, count + 3).astype(float)
        before = values.copy()
        sort(values, count)
        assert values[:count].tolist() == sorted(before[:count])
        assert values[count:].tolist() == before[count:].tolist()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 42, 200])
def test_equal_keys_are_ordered_by_index_as_by_a_stable_sort(count):
    for seed in range(5):
        keys = np.random.default_rng(seed).integers(0, 1 + count // 3, count).astype(float)
        order = np.arange(count)
        sort_by(keys, order, count)
        assert order.tolist() == np.argsort(keys, kind="stable").tolist()


def test_only_the_indices_given_are_put_in_order():
    order = np.array([4, 0, 2, 9])
    sort_by(np.array([0.5, 0.0, 0.1, 0.0, 0.2]), order, 3)
    assert order.tolist() == [2, 4, 0, 9]
