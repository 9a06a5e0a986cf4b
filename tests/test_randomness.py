"""Addressed draws: the published generator, numbers strictly inside (0, 1), and one number an address."""

import inspect
import itertools

import numpy as np
import pytest
from scipy.stats import kstest, norm

from independence import hanging_together
from negsim import randomness
from negsim.errors import NegsimError
from negsim.kernel import UNCOMPILED
from negsim.randomness import SEATS_PER_GROUP, Decision, normal, normal_quantile, philox, stream, uniform, uniforms

KNOWN_ANSWERS = [  # Random123 1.14, tests/kat_vectors, "philox4x32 10": counter, key, result
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
LARGEST = 2**64 - 1
WORD = 2**32 - 1


def words(text):
    return tuple(int(word, 16) for word in text.split())


def plain_philox(counter, key):
    """Philox-4x32-10 from the paper's definition, in Python's own integers."""
    left_0, right_0, left_1, right_1 = counter
    key_0, key_1 = key
    for round_number in range(10):
        k_0 = (key_0 + round_number * 0x9E3779B9) & WORD
        k_1 = (key_1 + round_number * 0xBB67AE85) & WORD
        high_0, low_0 = divmod(0xD2511F53 * left_0, 2**32)
        high_1, low_1 = divmod(0xCD9E8D57 * left_1, 2**32)
        left_0, right_0, left_1, right_1 = high_1 ^ right_0 ^ k_0, low_1, high_0 ^ right_1 ^ k_1, low_0
    return left_0, right_0, left_1, right_1


def plain_uniform(seed, replication, address):
    decision, meeting, turn, issue, who, whom = address
    counter = (replication, decision << 16 | meeting, turn << 16 | issue, who << 16 | whom)
    first, second, _, _ = plain_philox(counter, (seed & WORD, seed >> 32))
    return ((first << 32 | second) // 2**12 + 0.5) / 2**52


def compiled_philox(counter, key):
    return tuple(int(word) for word in philox(*(np.uint64(word) for word in (*counter, *key))))


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS, ids=["zeros", "ones", "pi"])
def test_philox_gives_the_published_answers(counter, key, answer):
    assert compiled_philox(words(counter), words(key)) == words(answer)
    assert plain_philox(words(counter), words(key)) == words(answer)


def test_philox_is_the_plain_one():
    rng = np.random.default_rng(1)
    for _ in range(500):
        counter, key = (tuple(rng.integers(0, 2**32, size).tolist()) for size in (4, 2))
        assert compiled_philox(counter, key) == plain_philox(counter, key)


@pytest.mark.parametrize("seed", [0, 1, 2011, 2**32, 2**63, LARGEST])
def test_a_uniform_number_is_its_formula(seed):
    rng = np.random.default_rng(seed)
    for replication in (0, 1, 70_001, WORD):
        address = rng.integers(0, 2**16, 6).tolist()
        assert uniform(stream(seed, replication), *address) == plain_uniform(seed, replication, address)


def test_a_uniform_number_is_strictly_inside_the_unit_interval():
    draws = [uniform(stream(7, r), Decision.POSITION.value, 0, 0, 0, who, 0) for r in range(40) for who in range(50)]
    assert 0.0 < min(draws) < 0.01
    assert 0.99 < max(draws) < 1.0
    assert kstest(draws, "uniform").pvalue > 0.001


@pytest.mark.parametrize("word", [0, WORD])
def test_the_least_and_the_largest_number_are_strictly_inside_the_unit_interval(word, monkeypatch):
    monkeypatch.setattr(randomness, "philox", lambda *_: (np.uint64(word),) * 4)
    assert 0.0 < inspect.unwrap(uniform)(stream(7, 0), 1, 0, 0, 0, 0, 0) < 1.0


@pytest.mark.parametrize("place", range(6), ids=["decision", "meeting", "turn", "issue", "who", "whom"])
def test_every_part_of_an_address_matters(place):
    here = stream(5, 3)
    draws = set()
    for value in range(200):
        address = [1, 1, 1, 1, 1, 1]
        address[place] = value
        draws.add(uniform(here, *address))
    assert len(draws) == 200


def test_distinct_addresses_have_distinct_draws():
    small = itertools.product((1, 2), (0, 1, 2), (0, 1, 2), (0, 1), (0, 1, 2048, 2049), (0, 1, 2))
    addresses = list(small)
    draws = {uniform(stream(seed, r), *address) for seed in (0, LARGEST) for r in (0, 1) for address in addresses}
    assert len(draws) == 4 * len(addresses)


def test_seeds_and_replications_have_their_own_draws():
    seeds = (0, 1, 2**32, 2**63, LARGEST)
    draws = {uniform(stream(seed, r), 1, 0, 0, 0, 0, 0) for seed in seeds for r in range(20)}
    assert len(draws) == 20 * len(seeds)


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_out_of_range_is_refused(seed):
    with pytest.raises(NegsimError, match=rf"seed is {seed}; it must be a whole number from 0 to 2\*\*64 - 1"):
        stream(seed, 0)


@pytest.mark.parametrize("replication", [-1, 2**32])
def test_a_replication_out_of_range_is_refused(replication):
    with pytest.raises(
        NegsimError, match=rf"replication is {replication}; it must be a whole number from 0 to 2\*\*32"
    ):
        stream(0, replication)


def test_a_normal_quantile_is_that_of_scipy():
    tails = np.logspace(-300, -2, 300)
    middle = np.concatenate((np.linspace(0.01, 0.99, 999), 0.5 + np.linspace(-1e-6, 1e-6, 20)))
    # Beyond 1 - 1e-3 the number itself, not the quantile, has lost digits; the lowest and highest draws are kept.
    edges = np.array([0.5 / 2**52, 1.0 - 0.5 / 2**52, 0.075, 0.925, np.exp(-25.0), 0.999])
    u = np.concatenate((tails, middle, edges))
    ours = np.array([normal_quantile(float(one)) for one in u])
    np.testing.assert_allclose(ours, norm.ppf(u), rtol=1e-14, atol=1e-16)
    assert normal_quantile(0.5) == 0.0


def test_a_normal_number_is_the_quantile_of_its_uniform():
    here = stream(11, 4)
    draws = []
    for who in range(2000):
        u = uniform(here, 2, 0, 0, 0, who, 0)
        draws.append(normal(here, 2, 0, 0, 0, who, 0))
        assert draws[-1] == normal_quantile(u)
    assert kstest(draws, "norm").pvalue > 0.001


def test_a_seat_s_address_fits_its_word():
    assert 31 * SEATS_PER_GROUP + SEATS_PER_GROUP - 1 == 2**16 - 1


def test_many_numbers_are_those_that_come_one_by_one():
    turn, who, whom, out = np.arange(5), np.arange(5) * 7, np.arange(5) * 2048, np.empty(5)
    uniforms(stream(3, 4), 23, turn, who, whom, out)
    assert out.tolist() == [uniform(stream(3, 4), 23, 0, n, 0, 7 * n, 2048 * n) for n in range(5)]


def test_what_is_decided_of_whom_and_on_what_is_independent():
    """All pairs of 516 draws: of every decision, at two turns, of two of four delegates; and on two issues."""
    whos, decisions = [0, 1, SEATS_PER_GROUP, SEATS_PER_GROUP + 1], [decision.value for decision in Decision]
    moments = list(itertools.product((0, 1), whos, (0, 1)))  # turn, who, whom
    turn, who, whom = np.array(moments).T.copy()
    issues = [(1, meeting, 1, issue, 0, 0) for meeting, issue in itertools.product((1, 2), (1, 2))]
    names = [*itertools.product(decisions, moments), *issues]
    draws = np.empty((100 if UNCOMPILED else 2000, len(names)))
    for replication, numbers in enumerate(draws):
        here = stream(2011, replication)
        for n, decision in enumerate(decisions):
            uniforms(here, decision, turn, who, whom, numbers[n * len(moments) : (n + 1) * len(moments)])
        numbers[-len(issues) :] = [uniform(here, *address) for address in issues]
    assert [(names[one], names[other]) for one, other in hanging_together(draws)] == []
    assert len(names) == 516
