"""One run that stands for many: the first that ended as most did.

Rules that hold here
- A run that is told is the very one that was counted: same seed, same replication, same draws.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negsim.negotiation.runs import Trace, watch
from negsim.negotiation.tables import Outcome
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import drawn
from negsim.study.runner import Runs


class Told(NamedTuple):
    """One run: its scenario with everything drawn, which replication it is, what was seen of it."""

    scenario: Scenario
    replication: int
    trace: Trace

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        return Outcome(int(self.trace.state.clock["outcome"][0]))


def typical(runs: Runs) -> Told:
    """The first run that ended as most did."""
    return told(runs.scenario, runs.seed, typical_number(runs))


def typical_number(runs: Runs) -> int:
    """Which replication it is."""
    ends = runs.column("outcome").astype(int)
    usual = int(np.bincount(ends, minlength=len(Outcome)).argmax())
    return runs.first + int(np.flatnonzero(ends == usual)[0])


def told(scenario: Scenario, seed: int, replication: int) -> Told:
    """A replication of a scenario under a seed, watched."""
    certain = drawn(scenario, seed, replication)
    return Told(certain, replication, watch(lower(certain), seed=seed, replication=replication))
