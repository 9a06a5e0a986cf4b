"""A seat over deals: what somebody who holds it gets, game by game, in deals that are the same for everybody.

- A game is a run of one seed. Where the answer is dealt, each seed is a deal.
- One seat is held at a time; the model has all others. So games of one deal differ by who holds the seat.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from negsim.errors import NegsimError, did_you_mean, literal
from negsim.negotiation.tables import Floats
from negsim.policies import Program
from negsim.scenario import Scenario
from negsim.scenario.lowering import seat_names
from negsim.scenario.sampling import sample
from negsim.study.runner import run


class SeatGames(NamedTuple):
    """Games in which somebody holds a seat, by seed and seat (D,S)."""

    scores: Floats  # of the seat, of 100
    agreed: Floats  # 1 where the room ended with consensus
    decisions: int = 0  # that were put to a program
    refused: int = 0  # of these, those that it left to the model because its reply was none


def over_deals(scenario: Scenario, seats: Iterable[str], policy: object, deals: Iterable[int]) -> SeatGames:
    """Play a game of each deal with a policy in each of the seats, one at a time.

    policy: as in the policies of `run`; None for the model's delegate. deals: seeds. Raises NegsimError for an unknown
    seat, without seats or deals, and where the scenario has no score.
    """
    seats, deals, before = list(seats), list(deals), _counts(policy)
    if not seats or not deals:
        raise NegsimError("no seat or no deal; give at least one of each")
    ends = np.array([[games_of_deal(scenario, seat, policy, seed)[0] for seat in seats] for seed in deals])
    if np.isnan(ends[:, :, 0]).any():
        raise NegsimError(f"{literal(scenario.title)} has no score; switch on moves of the table (process.moves)")
    decisions, refused = (now - then for now, then in zip(_counts(policy), before, strict=True))
    return SeatGames(ends[:, :, 0], ends[:, :, 1], decisions, refused)


def _counts(policy: object) -> tuple[int, int]:
    """Return how many decisions a program has been put so far, and how many replies were none; 0 for other policies."""
    return (policy.decisions, policy.refused) if isinstance(policy, Program) else (0, 0)


def games_of_deal(scenario: Scenario, seat: str, policy: object, seed: int, replications: int = 1) -> Floats:
    """Return the score of a seat, and whether the room agreed, in replications of a deal (R,2).

    The score is NaN where the scenario has none. Raises NegsimError for a seat that the deal does not have.
    """
    names = seat_names(sample(scenario, seed, 0))
    if seat not in names:
        raise NegsimError(f"{literal(seat)} has no seat here{did_you_mean(seat, names)}")
    policies: Mapping[str, object] = {} if policy is None else {seat: policy}
    runs = run(scenario, replications=replications, seed=seed, policies=policies, threads=1)
    scores: Floats = runs.results.delegates["score"].reshape(replications, -1)
    return np.stack([scores[:, names.index(seat)], runs.column("consensus")], axis=1)
