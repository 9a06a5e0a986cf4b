"""Draws that have nothing to do with each other: the correlations that chance allows them."""

import math
from statistics import NormalDist

import numpy as np

ONCE_IN = 10_000  # seeds that an honest set of draws would fail


def hanging_together(draws):
    """The pairs of draws whose correlation over the replications (R,D) is more than chance has among so many pairs.

    Of independent draws, r sqrt(R) is about standard normal.
    """
    replications, count = draws.shape
    pairs = count * (count - 1) / 2
    bound = NormalDist().inv_cdf(1.0 - 1.0 / (2.0 * ONCE_IN * pairs)) / math.sqrt(replications)
    r = np.corrcoef(draws, rowvar=False)
    assert not np.isnan(r).any(), "a draw that is always the same"
    return [(int(one), int(other)) for one, other in zip(*np.nonzero(np.abs(np.triu(r, 1)) > bound), strict=True)]
