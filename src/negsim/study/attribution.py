"""What made the difference between two scenarios: the change of a measure shared out among the knobs that differ.

Rules that hold here
- Every subset of the n knobs is run, 2**n hybrids on the same seed and replications (common random numbers). Hybrid
  number `mask` has knob i as in the second scenario where bit i of the mask is set.
- Shares are exact Shapley values, replication by replication; in each they add up to what the replication changed.
  An estimate is the mean over replications with Student's interval at 95 %.
- A measure has to be a number in every run. Depth, ambition and precision count as 0 where nothing was agreed.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from negsim.errors import NegsimError
from negsim.negotiation.case import Floats
from negsim.scenario import Scenario
from negsim.study.effects import Estimate, difference, mean
from negsim.study.hybrids import differing, hybrid
from negsim.study.runner import Runs, Step, measure_of, run
from negsim.study.table import estimated

USUAL = ("consensus", "share_agreed", "blocking_number", "depth", "missed_agreements")
MOST_KNOBS = 12
OF_WHAT_WAS_AGREED = ("depth", "ambition", "precision")  # 0 where nothing was


class Share(NamedTuple):
    """What a knob carries of a change: its Shapley share, and what it does by itself at either end.

    added: the first scenario with this knob as in the second, less the first. left_out: the second, less the second
    with this knob as in the first. All in units of the measure.
    """

    knob: str
    shapley: Estimate
    added: Estimate
    left_out: Estimate


class Pair(NamedTuple):
    """What two knobs do together beyond what they do apart, on average over what else is turned."""

    knobs: tuple[str, str]
    interaction: Estimate


class Change(NamedTuple):
    """A measure in two scenarios, and how its change is shared out."""

    measure: str
    before: Estimate
    after: Estimate
    change: Estimate
    shares: tuple[Share, ...]
    pairs: tuple[Pair, ...]


class Explanation(NamedTuple):
    """The changes between two scenarios, measure by measure."""

    knobs: tuple[str, ...]
    replications: int
    seed: int
    changes: tuple[Change, ...]


def explain(
    pair: tuple[Scenario, Scenario],
    *,
    measures: Sequence[str] = USUAL,
    replications: int = 1000,
    seed: int = 0,
    threads: int | None = None,
) -> Generator[Step, None, Explanation]:
    """Share out what changes from one scenario to another; a step is a hybrid that has been run.

    Raises NegsimError if the scenarios have different issues or groups, do not differ or differ in more than
    `MOST_KNOBS` knobs, or if a measure is unknown or not a number in every run.
    """
    knobs = differing(*pair)
    _check_count(knobs)
    values: dict[int, Floats] = {}
    masks = range(2 ** len(knobs))
    for mask in (0, masks[-1], *masks[1:-1]):  # both ends first: what is wrong with a measure is mostly seen there
        mixed = hybrid(*pair, _named(knobs, mask), knobs)
        runs = run(mixed, replications=replications, seed=seed, threads=threads)
        values[mask] = np.array([numbers(runs, measure) for measure in measures])
        yield len(values), len(masks), "hybrids"
    every = np.array([values[mask] for mask in masks])
    changes = (shared_out(measure, every[:, i], knobs) for i, measure in enumerate(measures))
    return Explanation(knobs, replications, seed, tuple(changes))


def _check_count(knobs: Sequence[str]) -> None:
    if not knobs:
        raise NegsimError("the two scenarios do not differ in anything that could change a run")
    if len(knobs) > MOST_KNOBS:
        raise NegsimError(f"the two scenarios differ in {len(knobs)} knobs; at most {MOST_KNOBS} can be told apart")


def _named(knobs: Sequence[str], mask: int) -> list[str]:
    return [knob for i, knob in enumerate(knobs) if mask >> i & 1]


def numbers(runs: Runs, measure: str) -> Floats:
    """A measure of every run (R), 0 for the depth, ambition or precision of nothing.

    Raises NegsimError if it is not a number in every run.
    """
    values = measure_of(runs, measure)
    if measure in OF_WHAT_WAS_AGREED:
        values = np.nan_to_num(values, nan=0.0)
    if not np.isfinite(values).all():
        raise NegsimError(f'"{measure}" is not a number in every run, so that its change cannot be shared out')
    return values


def shared_out(measure: str, values: Floats, knobs: Sequence[str]) -> Change:
    """The change of a measure and every knob's part in it. values: of every hybrid and replication (2**n,R)."""
    last, shares = len(values) - 1, shapley(values)
    return Change(
        measure,
        before=estimated(measure, values[0]),
        after=estimated(measure, values[last]),
        change=difference(values[last], values[0]),
        shares=tuple(
            Share(
                knob,
                shapley=mean(shares[i]),
                added=difference(values[1 << i], values[0]),
                left_out=difference(values[last], values[last ^ 1 << i]),
            )
            for i, knob in enumerate(knobs)
        ),
        pairs=tuple(Pair((knobs[i], knobs[j]), mean(both)) for (i, j), both in interactions(values).items()),
    )


def shapley(values: Floats) -> Floats:
    """Shapley shares (n,R) of a game of n players with value v by coalition (2**n,R): i is in where its bit is set.

    phi_i = sum over the S without i of |S|! (n - |S| - 1)! / n! · (v(S + i) - v(S)): what i adds, on average over all
    orders in which players may come in. The shares add up to v(all) - v(none).

    Shapley, L. S. (1953). A value for n-person games. In Contributions to the Theory of Games II, 307-317,
    doi 10.1515/9781400881970-018.

    >>> shapley(np.array([[0.0], [1.0], [2.0], [5.0]])).tolist()  # v() v(a) v(b) v(ab)
    [[2.0], [3.0]]
    """
    n = len(values).bit_length() - 1
    return np.array([_average(values, [i], n) for i in range(n)])


def interactions(values: Floats) -> Mapping[tuple[int, int], Floats]:
    """Shapley's interaction index of every two players (R), v by coalition (2**n,R) as for `shapley`.

    I_ij = sum over the S without i and j of |S|! (n - |S| - 2)! / (n - 1)! · (v(S+i+j) - v(S+i) - v(S+j) + v(S)).

    Grabisch, M. & Roubens, M. (1999). An axiomatic approach to the concept of interaction among players in cooperative
    games. International Journal of Game Theory 28, 547-565, doi 10.1007/s001820050125.
    """
    n = len(values).bit_length() - 1
    return {(i, j): _average(values, [i, j], n) for i, j in combinations(range(n), 2)}


def _average(values: Floats, players: Sequence[int], n: int) -> Floats:
    """What these players add together beyond what fewer of them add, on average over coalitions of the others (R)."""
    whole, others = sum(1 << i for i in players), n - len(players)
    coalitions = np.array([mask for mask in range(2**n) if not mask & whole])
    sizes = np.array([int(mask).bit_count() for mask in coalitions])
    weights = np.array([1.0 / ((others + 1) * comb(others, s)) for s in range(others + 1)])[sizes]
    added = np.zeros(values.shape[1:])
    for mask in range(whole + 1):
        if mask & whole == mask:
            sign = -1.0 if (len(players) - mask.bit_count()) % 2 else 1.0
            added = added + sign * (weights @ values[coalitions | mask])
    return added
