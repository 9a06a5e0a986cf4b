"""Time to consensus: the share of runs that have none yet, over floor time."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from scipy import stats

from negsim.negotiation.case import Floats


class Survival(NamedTuple):
    """The share of runs without consensus yet, from 0 on and just after T moments; NaN bounds where none is known."""

    hours: Floats
    left: Floats
    low: Floats
    high: Floats


def survival(hours: Floats, ended: Floats) -> Survival:
    """Share of runs without consensus yet, over floor time (Kaplan & Meier 1958, doi 10.2307/2281868).

    hours: R, when a run reached consensus or was last seen. ended: R, 1 if it reached it, 0 if censored. The interval
    is Greenwood's on the log-log scale, at 95 %, as scipy's `ecdf` gives it.
    """
    reached = ended > 0
    left = stats.ecdf(stats.CensoredData(uncensored=hours[reached], right=hours[~reached])).sf
    with warnings.catch_warnings():  # there is none as long as all are left, nor when none is
        warnings.filterwarnings("ignore", "The confidence interval is undefined", RuntimeWarning)
        band = left.confidence_interval(method="log-log")
    parts = (left.probabilities, band.low.probabilities, band.high.probabilities)
    return Survival(np.insert(left.quantiles, 0, 0.0), *(np.insert(part, 0, 1.0) for part in parts))
