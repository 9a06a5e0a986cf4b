"""Indices of how far people agree: how positions spread, and whether they gather at the ends."""

from __future__ import annotations

import math

import numpy as np

from negsim.elementary import log, power
from negsim.kernel import allocating, kernel
from negsim.negotiation.tables import Floats

_CATEGORIES = 7  # in which positions are counted
_LN_2 = log(2.0)


@kernel
def tastle_wierman(shares: Floats) -> float:
    """Compute Cns = 1 + sum_k p_k log2(1 - |X_k - mu| / d): 1 if all are alike, 0 if half are at either end.

    shares: frequencies or counts of ordered categories. Tastle & Wierman 2007, doi 10.1016/j.ijar.2006.06.024.

    >>> import numpy as np
    >>> round(float(tastle_wierman(np.array([30.0, 40, 210, 130, 530, 50, 10]))), 7)
    0.7256876
    """
    total, mean = 0.0, 0.0
    for c in range(shares.shape[0]):
        total += shares[c]
        mean += shares[c] * c
    mean /= total
    width = shares.shape[0] - 1.0
    consensus = 1.0
    for c in range(shares.shape[0]):
        near = 1.0 - abs(c - mean) / width
        if shares[c] > 0.0 and near > 0.0:
            consensus += shares[c] / total * log(near) / _LN_2
    return consensus


@kernel
def _layer_agreement(pattern: Floats) -> float:
    """Compute Van der Eijk's A of one layer, a pattern of zeros and ones: U (1 - (S - 1) / (K - 1))."""
    categories, filled = pattern.shape[0], 0
    for c in range(categories):
        filled += 1 if pattern[c] > 0.0 else 0
    unimodal, bimodal = 0.0, 0.0
    for a in range(categories):
        for b in range(a + 1, categories):
            for c in range(b + 1, categories):
                x, y, z = pattern[a] > 0.0, pattern[b] > 0.0, pattern[c] > 0.0
                if x and not y and z:
                    bimodal += 1.0
                elif (x and y and not z) or (not x and y and z):
                    unimodal += 1.0
    if filled == categories:
        return 0.0
    if unimodal + bimodal == 0.0:
        unimodality = 1.0
    else:
        unimodality = ((categories - 2.0) * unimodal - (categories - 1.0) * bimodal) / (
            (categories - 2.0) * (unimodal + bimodal)
        )
    return unimodality * (1.0 - (filled - 1.0) / (categories - 1.0))


@allocating
def van_der_eijk(shares: Floats) -> float:
    """Compute agreement A in -1..1: the mean over layers, weighted by the cases in each.

    shares: frequencies or counts of ordered categories. Van der Eijk 2001, doi 10.1023/A:1010374114305.

    >>> import numpy as np
    >>> round(float(van_der_eijk(np.array([30.0, 40, 210, 130, 530, 50, 10]))), 7)
    0.6113333
    """
    rest, pattern = np.empty(shares.shape[0]), np.empty(shares.shape[0])
    total = 0.0
    for c in range(rest.shape[0]):
        rest[c] = shares[c]
        total += rest[c]
    agreement, least = 0.0, 1.0
    while least > 0.0:
        least, filled = 0.0, 0
        for c in range(rest.shape[0]):
            if rest[c] > 1e-12:
                filled += 1
                least = rest[c] if filled == 1 else min(least, rest[c])
        if least > 0.0:
            for c in range(rest.shape[0]):
                pattern[c] = 1.0 if rest[c] > 1e-12 else 0.0
            agreement += filled * least / total * _layer_agreement(pattern)
            for c in range(rest.shape[0]):
                rest[c] = rest[c] - least if rest[c] > 1e-12 else 0.0
    return agreement


@kernel
def esteban_ray(shares: Floats, alpha: float) -> float:
    """Compute P = sum_i sum_j p_i^(1 + alpha) p_j |y_i - y_j|, categories spread over 0..1, alpha in 1..1.6.

    Esteban & Ray 1994, doi 10.2307/2951734. A measure of polarisation, scaled by 2^(1 + alpha): two equal camps at the
    ends give 1.
    """
    total = 0.0
    for c in range(shares.shape[0]):
        total += shares[c]
    width, polarisation = shares.shape[0] - 1.0, 0.0
    for a in range(shares.shape[0]):
        weight = power(shares[a] / total, 1.0 + alpha)
        for b in range(shares.shape[0]):
            polarisation += weight * shares[b] / total * abs(a - b) / width
    return polarisation * power(2.0, 1.0 + alpha)


@allocating
def categorise(positions: Floats) -> Floats:
    """Count positions (0..1) in seven equal categories."""
    counts = np.zeros(_CATEGORIES)
    for i in range(positions.shape[0]):
        counts[min(_CATEGORIES - 1, int(positions[i] * _CATEGORIES))] += 1.0
    return counts


@kernel
def spread(positions: Floats) -> float:
    """Compute the standard deviation of positions."""
    n, mean, total = positions.shape[0], 0.0, 0.0
    for i in range(n):
        mean += positions[i] / n
    for i in range(n):
        total += (positions[i] - mean) * (positions[i] - mean) / n
    return math.sqrt(total)
