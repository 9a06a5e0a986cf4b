"""Sentences that claim something are false in at most one of twenty answers where nothing is so."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

import claims
from claims import CLAIMS, MOST, says

PAGE = Path(__file__).parents[2] / "docs" / "designs.md"


@pytest.mark.parametrize("draws", [20, pytest.param(200, marks=pytest.mark.deep)])
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.sentence)
def test_a_sentence_is_false_in_at_most_one_of_twenty_answers(claim, draws):
    assert says(claim, draws).sum() <= MOST[draws]


def test_the_page_lists_every_sentence():
    table = PAGE.read_text(encoding="utf-8").partition(claims.BEGIN)[2].partition(claims.END)[0]
    rows = [[part.strip() for part in line.split("|")[1:-1]] for line in table.strip().splitlines()[2:]]
    assert [row[:2] for row in rows] == [[claim.sentence, claim.null] for claim in CLAIMS]
    assert all(int(row[2]) <= MOST[claims.DRAWS] for row in rows)


@pytest.mark.parametrize(
    "is_said",
    [
        partial(claims.are_enough, gain=0.4),
        partial(claims.counts_most, of_levels=partial(claims.added_up, weights=(3.0, 1.0, 1.0, 1.0))),
        partial(claims.only_together, of_levels=lambda _, levels: np.prod(levels[:, :2] - 0.5, axis=1)),
        lambda rng, seed: claims.helps(claims.robustness(rng, seed, effects=[0.2] * 7)),
        lambda rng, seed: claims.is_better(claims.robustness(rng, seed, effects=[0.4] + [0.2] * 6)),
        partial(claims.raises, effect=0.2),
        partial(claims.raises, effect=0.2, issues=5),
        partial(claims.is_enough, effect=0.5),
        partial(claims.is_enough, effect=0.5, issues=5),
    ],
)
def test_a_sentence_is_said_where_it_is_so(is_said):
    assert is_said(np.random.default_rng(1), 0)
