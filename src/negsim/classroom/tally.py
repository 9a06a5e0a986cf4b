"""The objections at the best reading of every paragraph of one run, group by group: what four rules can be applied to.

Rules that hold here
- Objections are those of the run itself, read before a turn is made; watching changes nothing.
- The best reading of a paragraph is the one with the fewest objections, the first of equals.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negsim.negotiation.measures import ROUGH_SHARE
from negsim.negotiation.runs import Negotiation
from negsim.negotiation.tables import Ints, Move, Response
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import drawn

READ = (Move.READ, Move.READ_PACKAGE, Move.DISCUSS)
EVENTS = 20_000  # rows of the log


class Tally(NamedTuple):
    """One reading of a paragraph: objections by group (G), seats by group (G), how many of them block."""

    objections: Ints
    seats: Ints
    blockers: int

    @property
    def verdicts(self) -> dict[str, bool]:
        """Whether the reading passes, rule by rule."""
        objectors, present = int(self.objections.sum()), int(self.seats.sum())
        return {
            "no_formal_objection": self.blockers == 0,
            "consensus_minus": self.blockers <= 1,
            "rough_consensus": present - objectors >= ROUGH_SHARE * present,
            "majority_per_group": bool((2 * (self.seats - self.objections) > self.seats)[self.seats > 0].all()),
        }


def tallies(scenario: Scenario, seed: int, replication: int) -> dict[int, Tally]:
    """The best reading of every issue that was read in a replication, by the issue's number."""
    case = lower(drawn(scenario, seed, replication))
    run = Negotiation(case, seed=seed, replication=replication, log_rows=EVENTS)
    groups, best = case.seats["group"], dict[int, Tally]()
    while run.outcome == 0:
        turn, logged = run.pending, int(run.state.clock["logged"][0])
        objects = run.choice.response != Response.ACCEPT if turn.move in READ else np.zeros(len(groups), bool)
        present = run.state.delegates["present"].copy()
        run.finish_turn()
        if turn.move not in READ:
            continue
        count = len(case.group_size)
        seats = np.bincount(groups[present], minlength=count)
        objections = np.bincount(groups[present & objects], minlength=count)
        events = run.state.log[logged : int(run.state.clock["logged"][0])]
        rows = events[events["move"] == Move.READ]
        for k, blockers in zip(rows["issue"], rows["blockers"], strict=True):
            found = Tally(objections, seats, int(blockers))
            if int(k) not in best or found.objections.sum() < best[int(k)].objections.sum():
                best[int(k)] = found
    return best
