"""One run that stands for many: the first that ended as most did, run again with its trace.

It is the very run that was counted: same seed, same replication, same draws.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negsim.negotiation.runs import Trace, watch
from negsim.negotiation.tables import Outcome
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import sample
from negsim.study.runner import Runs


class TypicalRun(NamedTuple):
    """One run: its scenario with everything drawn, the number of its replication, and its trace."""

    scenario: Scenario
    replication: int
    trace: Trace

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        return Outcome(int(self.trace.state.clock["outcome"][0]))


def typical_run(runs: Runs) -> TypicalRun:
    """The first run that ended as most did."""
    return rerun(runs.scenario, runs.seed, typical_replication(runs))


def typical_replication(runs: Runs) -> int:
    """The number of the first run that ended as most did."""
    ends = runs.column("outcome").astype(int)
    usual = int(np.bincount(ends, minlength=len(Outcome)).argmax())
    return runs.first + int(np.flatnonzero(ends == usual)[0])


def rerun(scenario: Scenario, seed: int, replication: int) -> TypicalRun:
    """A replication of a scenario under a seed, run again with its trace."""
    certain = sample(scenario, seed, replication)
    return TypicalRun(certain, replication, watch(lower(certain), seed=seed, replication=replication))
