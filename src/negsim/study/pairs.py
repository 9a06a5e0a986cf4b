"""Matched pairs: whether the model says that the second attempt at a matter is likelier to succeed than the first.

- Success is adoption: consensus, or a vote where the rule allows one.
- Both attempts are run with the same seed, so that what they share is drawn alike; parameters never saw an outcome of
  the pair's family where that can be had.
- A pair rises where the whole interval of the difference is above 0.
- Rules that need no model answer rise, no rise, or nothing where they know too little.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from typing import NamedTuple

import numpy as np

from negsim.cases.form import CodedCase
from negsim.cases.pairs import Pair
from negsim.negotiation.tables import Floats, Outcome
from negsim.study.estimates import Estimate, difference, share
from negsim.study.runner import Step, run
from negsim.study.validation import RUNS, SEED, days_of, ensemble_for, in_sample, under

ADOPTION = (int(Outcome.CONSENSUS), int(Outcome.VOTE))
MAIN, CONTROLS, NOISE, SEEN, CONFOUNDED = (
    "main test", "controls", "noise test", "in sample", "high confounding",
)  # fmt: skip
TESTS = {
    MAIN: "fail-then-success pairs of low and medium confounding: they should rise",
    CONTROLS: "success-then-failure and fail-then-fail pairs: they should not rise",
    NOISE: "pairs with the same process twice: no difference can be foreseen, and neither attempt should be sure",
    SEEN: "pairs whose outcomes chose the plausible parameters; run with the prior, and counted nowhere",
    CONFOUNDED: "pairs where much else changed: told apart, and evidence for nothing",
}


def which_test(pair: Pair) -> str:
    """The test that a pair belongs to."""
    if in_sample(pair.first) or in_sample(pair.second):
        return SEEN
    if pair.confounding == "high":
        return CONFOUNDED
    if pair.noise:
        return NOISE
    return MAIN if pair.type == "FS" else CONTROLS


class Compared(NamedTuple):
    """A pair and what the model says: the chance of adoption of each attempt, and by how much it rises."""

    pair: Pair
    first: Estimate
    second: Estimate
    change: Estimate

    @property
    def test(self) -> str:
        """The test that the pair belongs to."""
        return which_test(self.pair)

    @property
    def rises(self) -> bool:
        """Whether the whole interval of the change is above 0."""
        return self.change.low > 0.0


def compared(pair: Pair, adopted: dict[str, Floats]) -> Compared:
    """What the model says of a pair. adopted: by case, whether each replication ended in adoption (R)."""
    first, second = adopted[pair.first.name], adopted[pair.second.name]
    change = difference(second, first)
    return Compared(pair, share(first), share(second), change)


def compare_pairs(pairs: Sequence[Pair], *, replications: int = RUNS) -> Generator[Step, None, list[Compared]]:
    """Run every attempt once; a step is an attempt."""
    cases = {case.name: case for pair in pairs for case in (pair.first, pair.second)}
    adopted: dict[str, Floats] = {}
    for n, case in enumerate(cases.values(), 1):
        adopted[case.name] = _adopted(case, replications)
        yield n, len(cases), case.name
    return [compared(pair, adopted) for pair in pairs]


def _adopted(case: CodedCase, replications: int) -> Floats:
    ends = run(under(case, ensemble_for(case)), replications=replications, seed=SEED).column("outcome")
    return np.isin(ends, ADOPTION).astype(float)


def more_days(pair: Pair) -> bool | None:
    """The second attempt has more days."""
    first, second = days_of(pair.first), days_of(pair.second)
    return None if math.isnan(first) or math.isnan(second) else second > first


def another_chair(pair: Pair) -> bool | None:
    """The second attempt has another chair."""
    return pair.another_chair


def always_up(pair: Pair) -> bool | None:  # noqa: ARG001 - every rule is called alike
    """A second attempt is likelier to succeed."""
    return True


RULES: dict[str, Callable[[Pair], bool | None]] = {
    "more days": more_days,
    "another chair": another_chair,
    "always up": always_up,
}


def answers(results: Sequence[Compared], test: str) -> dict[str, list[bool]]:
    """By the model and by each rule, whether the pairs of a test rise; without those that a rule knows nothing of."""
    inside = [result for result in results if result.test == test]
    ruled = {name: [rule(result.pair) for result in inside] for name, rule in RULES.items()}
    known = {name: [answer for answer in of_rule if answer is not None] for name, of_rule in ruled.items()}
    return {"model": [result.rises for result in inside]} | known
