"""Matched pairs: which test a pair belongs to, what rises, rules without a model, the command."""

import numpy as np
import pytest

from negsim.cases import loads_case
from negsim.cases.pairs import MatchedPair
from negsim.negotiation.runs import text_left
from negsim.report.progress import followed
from negsim.scenario.sampling import Sampler
from negsim.study import validation
from negsim.study.validation import (
    ADOPTION,
    CONFOUNDED_TEST,
    CONTROLS_TEST,
    MAIN_TEST,
    NOISE_TEST,
    PLAUSIBLE_ENSEMBLE,
    SEEN_TEST,
    VALIDATION_SEED,
    compare_pairs,
    compared,
    under,
    which_test,
)


def attempt(name="a", *, days=None, family="f", outcome="none"):
    facts = f"facts: {{total_days: {{value: {days}, quote: q, confidence: high}}}}\n" if days else ""
    return loads_case(f"case: 1\ntitle: A\nfamily: {family}\n{facts}outcome: {{code: {outcome}}}\n", name)


def pair(first=None, second=None, **keys):
    known = {"type": "FS", "confounding": "low", "noise": False, "another_chair": None} | keys
    return MatchedPair("p", "p", known["type"], first or attempt("a"), second or attempt("b", outcome="consensus"),
                known["confounding"], known["noise"], known["another_chair"])  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "test"),
    [
        ({}, MAIN_TEST),
        ({"confounding": "medium"}, MAIN_TEST),
        ({"confounding": "high"}, CONFOUNDED_TEST),
        ({"noise": True}, NOISE_TEST),
        ({"type": "SF"}, CONTROLS_TEST),
        ({"type": "FF"}, CONTROLS_TEST),
        ({"type": "FF", "confounding": "high"}, CONFOUNDED_TEST),
        ({"first": attempt("a", family="cstd")}, SEEN_TEST),
    ],
)
def test_every_pair_belongs_to_one_test(keys, test):
    assert which_test(pair(**keys)) == test


def adoptions(first, second, n=200):
    ends = np.arange(n) / n
    return {"a": (ends < first).astype(float), "b": (ends < second).astype(float)}


@pytest.mark.parametrize(("first", "second", "rises"), [(0.2, 0.6, True), (0.6, 0.2, False), (0.5, 0.505, False)])
def test_a_pair_rises_where_the_whole_interval_is_above_zero(first, second, rises):
    found = compared(pair(), adoptions(first, second))
    assert found.rises is rises
    assert found.change.value == pytest.approx(second - first)
    assert found.change.low <= found.change.value <= found.change.high


def test_a_second_attempt_takes_up_the_text_of_a_failed_first_one(monkeypatch):
    both = pair(attempt("a", days=2), attempt("b", days=4, outcome="consensus"))._replace(text_carried_over=True)
    begun, stances = [], []

    def watched(case, seed, replication):
        begun.append(case.text["value"].copy())
        stances.append(case.stances.tobytes())
        return text_left(case, seed, replication)

    monkeypatch.setattr(validation, "text_left", watched)
    (alone,) = followed(compare_pairs([both._replace(text_carried_over=False)], replications=12))
    assert alone.with_text is None
    assert not begun
    (result,) = followed(compare_pairs([both], replications=12))
    left = [
        text_left(case, VALIDATION_SEED, r)
        for case, r, _ in Sampler(under(both.first, PLAUSIBLE_ENSEMBLE), VALIDATION_SEED).cases(0, 12)
    ]
    assert len(begun) == 24
    assert len({outcome in ADOPTION for outcome, _ in left}) == 2
    seconds = Sampler(under(both.second, PLAUSIBLE_ENSEMBLE), VALIDATION_SEED).cases(0, 12)
    assert stances[1::2] == [case.stances.tobytes() for case, _, _ in seconds]
    assert len(set(stances[1::2])) == 12
    for (outcome, text), taken_up in zip(left, begun[1::2], strict=True):
        expected = np.full(len(text), np.nan) if outcome in ADOPTION else text["value"]
        np.testing.assert_array_equal(taken_up, expected)
    assert result.change == alone.change
    assert result.with_text.observations == 12
