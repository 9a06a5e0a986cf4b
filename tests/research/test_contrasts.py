"""What an estimate says of an expected sign, by two yardsticks."""

import numpy as np
import pytest

from negsim.study.estimates import Estimate
from research import contrasts
from research.claims import EXPERIMENTS
from research.contrasts import SIGN_ALONE, Bench, Contrast, region, smallest_effect, verdict


def between(low, high):
    return Estimate((low + high) / 2, low, high, 9)


@pytest.mark.parametrize(
    ("low", "high", "where", "plus", "minus", "zero"),
    [
        (0.021, 0.3, "+", "holds", "opposite", "opposite"),
        (-0.3, -0.021, "-", "opposite", "holds", "opposite"),
        (-0.02, 0.02, "0", "no effect worth naming", "no effect worth naming", "holds"),
        (0.001, 0.019, "0", "no effect worth naming", "no effect worth naming", "holds"),
        (0.01, 0.03, "?", "inconclusive", "inconclusive", "inconclusive"),
        (-0.3, 0.3, "?", "inconclusive", "inconclusive", "inconclusive"),
    ],
)
def test_a_verdict_follows_from_where_the_interval_lies(low, high, where, plus, minus, zero):
    estimate = between(low, high)
    assert region(estimate, 0.02) == where
    assert [verdict(estimate, sign, 0.02) for sign in ("+", "-", "0")] == [plus, minus, zero]


def test_by_sign_alone_an_expected_zero_holds_where_the_interval_reaches_it():
    assert verdict(between(-0.1, 0.3), "0", SIGN_ALONE) == "holds"
    assert verdict(between(0.0, 0.0), "0", SIGN_ALONE) == "holds"
    assert verdict(between(0.001, 0.002), "0", SIGN_ALONE) == "opposite"
    assert verdict(between(-0.1, 0.3), "+", SIGN_ALONE) == "inconclusive"


def test_every_measure_that_is_asked_for_has_a_smallest_effect():
    contrasts = [experiment.contrast for _, experiment in EXPERIMENTS]
    assert {smallest_effect(contrast.measure) for contrast in contrasts} == {0.02, 0.01, 0.1}
    with pytest.raises(KeyError):
        smallest_effect("happiness")


def test_the_interval_of_a_difference_of_shares_stays_between_minus_one_and_one(monkeypatch):
    ended = {(): [1.0, 1.0, 1.0, 0.0], ("changed",): [0.0, 0.0, 0.0, 0.0]}
    monkeypatch.setattr(Bench, "runs", lambda _, __, changes: np.array(ended[changes]))
    monkeypatch.setattr(contrasts, "values_of", lambda runs, _: runs)
    estimate = Bench(4, 0).contrast(Contrast("", "consensus", (), ("changed",), "-"))
    assert (estimate.value, estimate.low) == (-0.75, -1.0)
