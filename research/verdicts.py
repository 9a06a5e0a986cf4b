"""Verdicts: what an estimate says of an expected sign, by two yardsticks (docs/evidence_protocol.md).

- The yardstick is the least effect that counts: 0 is *sign alone*, `smallest_effect` is *above the smallest effect*.
- An interval lies above the yardstick, below minus the yardstick, within both, or across an end. Only then is the
  expected sign looked at: the region does not depend on what anybody expected.
- Two signs are expected, the essay's and the literature's. Where the literature says something else no result is a
  failure.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from negsim.negotiation.measures import GROUP_MEASURES, lookup
from negsim.study.estimates import Estimate

Sign = Literal["+", "-", "0", "±", ""]  # ±: either, as sources disagree; "": nothing is said
Region = Literal["+", "-", "0", "?"]
Verdict = Literal["holds", "opposite", "no effect worth naming", "not told apart", ""]

SIGN_ALONE = 0.0
OF_A_SHARE, OF_A_SCALE, OF_A_COUNT = 0.02, 0.01, 0.1  # of runs, issues or people; of 0..1; of one thing
LEAST = {"flag": OF_A_SHARE, "share": OF_A_SHARE, "level": OF_A_SCALE, "count": OF_A_COUNT}
DERIVED_LEAST = {  # of the measures that `patterns` derives
    "readings_per_issue": OF_A_COUNT,
    "excess_start": OF_A_SCALE,
    "excess_end": OF_A_SCALE,
    "review_success": OF_A_SHARE,
    "late": OF_A_SHARE,
    "alikeness": OF_A_SCALE,
    "failure_beyond_half": OF_A_SHARE,
    "unused_zone": OF_A_SHARE,
    "renewal_beyond_half": OF_A_SHARE,
    "blocks": OF_A_COUNT,
}


def smallest_effect(measure: str) -> float:
    """The smallest effect of interest on a measure, in its own units. Raises KeyError for one that has none.

    >>> smallest_effect("share_agreed"), smallest_effect("depth"), smallest_effect("satisfaction of business")
    (0.02, 0.01, 0.01)
    """
    name, of, _ = measure.partition(" of ")
    if name in DERIVED_LEAST:
        return DERIVED_LEAST[name]
    return LEAST[(GROUP_MEASURES[name] if of else lookup(name)).kind]


def region(estimate: Estimate, least: float) -> Region:
    """Where an interval lies: above `least`, below its negative, within the two, or across an end (or unknown).

    >>> region(Estimate(0.05, 0.03, 0.07, 9), 0.02), region(Estimate(0.0, -0.01, 0.01, 9), 0.02)
    ('+', '0')
    """
    if math.isnan(estimate.low) or math.isnan(estimate.high):
        return "?"
    if estimate.low > least:
        return "+"
    if estimate.high < -least:
        return "-"
    return "0" if -least <= estimate.low and estimate.high <= least else "?"


def verdict(estimate: Estimate, expected: Sign, least: float) -> Verdict:
    """What an estimate says of an expected sign; "" where there is no one sign to hold it against.

    By sign alone no effect can be shown to be absent, so an expected 0 holds there if the interval reaches zero.
    """
    if expected in {"", "±"}:
        return ""
    where = region(estimate, least)
    if where == expected or (expected == "0" and least == SIGN_ALONE and where == "?"):
        return "holds"
    if where == "?":
        return "not told apart"
    return "no effect worth naming" if where == "0" else "opposite"


def differ(essay: Sign, literature: Sign) -> bool:
    """Whether the literature says something else than the essay, or is of two minds, so that no result is a failure.

    >>> differ("+", "-"), differ("+", "±"), differ("+", ""), differ("+", "+")
    (True, True, False, False)
    """
    return literature not in {"", essay}


class Verdicts(NamedTuple):
    """The verdict on one sign by both yardsticks."""

    sign_alone: Verdict
    above: Verdict


def by_both(estimate: Estimate, expected: Sign, measure: str) -> Verdicts:
    """The verdict on an expected sign of a measure, by sign alone and above the smallest effect."""
    return Verdicts(verdict(estimate, expected, SIGN_ALONE), verdict(estimate, expected, smallest_effect(measure)))
