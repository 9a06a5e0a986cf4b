"""How many runs are enough: as narrow as is wanted, and sure to tell a difference as often as is wanted."""

from itertools import product
from math import comb

import numpy as np
import pytest
from scipy import stats

from negsim.study import power
from negsim.study.estimates import difference, independent
from negsim.study.power import narrow_from, telling_apart, telling_pairs


def pairs_of(rise: int, fall: int, stay: int):
    """Zeros and ones of which so many pairs rise, fall and stay."""
    return np.repeat([1.0, 0.0, 0.0], [rise, fall, stay]), np.repeat([0.0, 1.0, 0.0], [rise, fall, stay])


def told(n, rise, fall):
    """The share of samples of n pairs that tell, by looking at every one."""
    share = 0.0
    for up, down in product(range(n + 1), repeat=2):
        if up + down <= n and difference(*pairs_of(up, down, n - up - down)).excludes_zero:
            ways = comb(n, up) * comb(n - up, down)
            share += ways * rise**up * fall**down * (1.0 - rise - fall) ** (n - up - down)
    return share


@pytest.mark.parametrize(("n", "rise", "fall"), [(6, 0.9, 0.0), (12, 0.5, 0.1), (25, 0.1, 0.35), (9, 0.6, 0.4)])
def test_the_power_of_zeros_and_ones_is_that_of_every_sample(n, rise, fall):
    assert power._of_flags(n, rise, fall) == pytest.approx(told(n, rise, fall), abs=1e-9)


def test_counting_and_approximating_meet(monkeypatch):
    exact = power._of_flags(4000, 0.15, 0.12)
    monkeypatch.setattr(power, "_MOST_COUNTED", 0)
    assert power._of_flags(4000, 0.15, 0.12) == pytest.approx(exact, abs=0.01)


@pytest.mark.parametrize(("rise", "fall", "wanted"), [(60, 10, 0.8), (30, 20, 0.8), (8, 1, 0.9), (0, 95, 0.5)])
def test_enough_pairs_are_the_fewest_that_tell_so_often(rise, fall, wanted):
    n = telling_pairs(*pairs_of(rise, fall, 100 - rise - fall), wanted)
    by_n = [power._of_flags(m, rise / 100, fall / 100) for m in range(2, n + 1)]
    assert by_n[-1] >= wanted > max(by_n[:-1])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["all", "half", "skewed"])
def test_enough_runs_tell_means_apart_in_about_four_of_five_samples(kind, seed):
    draws = np.random.default_rng(seed)
    base = draws.normal(0.5, 0.2, 12_000)
    gaps = {
        "all": draws.normal(0.05, 0.1, 12_000),
        "half": draws.normal(0.1, 0.2, 12_000) * (draws.random(12_000) < 0.5),
        "skewed": draws.exponential(0.1, 12_000) * (draws.random(12_000) < 0.3),
    }[kind]
    for enough, samples in ((telling_pairs, 1), (telling_apart, 2)):
        n, told = enough(base + gaps, base), 0
        for _ in range(400):
            one, other = (draws.integers(0, 12_000, n) for _ in range(2))
            after, before = base[one] + gaps[one], base[one if samples == 1 else other]
            told += (difference if samples == 1 else independent)(after, before).excludes_zero
        assert 0.74 <= told / 400 <= 0.87, (samples, n)


def test_no_number_of_runs_tells_what_is_the_same():
    same = np.array([0.0, 1.0, 1.0])
    assert telling_pairs(same, same) is telling_apart(same, same) is None
    assert telling_pairs(np.empty(0), np.empty(0)) is telling_apart(np.empty(0), np.empty(0)) is None
    assert telling_pairs(same, np.full(3, np.inf)) is None


@pytest.mark.parametrize(("deviation", "half_width"), [(1.0, 0.1), (0.3, 0.25), (2.0, 0.5)])
def test_enough_is_the_fewest_that_do(deviation, half_width):
    n = narrow_from(deviation, half_width)
    half = [stats.t.ppf(0.975, m - 1) * deviation / np.sqrt(m) for m in (n - 1, n)]
    assert half[1] <= half_width < half[0]
