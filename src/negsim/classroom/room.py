"""The room before anybody has spoken: who stands where, who believes what of whom, who trusts whom.

Rules that hold here
- Numbers are means over `DRAWS` draws of the room, so that they are those of the scenario and not of one draw; those
  of a single draw are those of the studio's room at that seed.
- Misperception of a delegate: mean |belief - position| over the members of other groups and all issues.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from negsim.negotiation.case import Case, Floats
from negsim.negotiation.floor import begin
from negsim.negotiation.state import State
from negsim.negotiation.trace import Negotiation
from negsim.randomness import stream
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower
from negsim.scenario.seats import seat_names
from negsim.scenario.seats import seats as seats_of

DRAWS = 40


class Room(NamedTuple):
    """N delegates in G groups, K issues; positions, beliefs and trust 0..1."""

    names: list[str]  # N
    members: dict[str, list[int]]  # seats of each group, by its name
    named: dict[str, int]  # seats of the delegates that the scenario names
    position: Floats  # N,K: private
    public: Floats  # N,K: what one says at the opening, not frankly (rule 5.2 at t = 0)
    instructions: Floats  # N,K
    salience: Floats  # N,K
    belief: Floats  # N,N,K: [holder, about]; about oneself the own position
    trust: Floats  # N,N: [holder, about]
    misperception: Floats  # N

    def where(self, party: str) -> list[int]:
        """The seats of a group, or the one of a delegate."""
        return self.members[party] if party in self.members else [self.names.index(party)]

    def believed(self, party: str, of: str) -> Floats:
        """Where a party believes another stands (K)."""
        holders, others = self.where(party), self.where(of)
        means: Floats = self.belief[np.ix_(holders, others)].mean(axis=(0, 1))
        return means

    def stands(self, party: str) -> Floats:
        """Where it does stand (K)."""
        means: Floats = self.position[self.where(party)].mean(axis=0)
        return means

    def trusts(self, party: str, other: str) -> float:
        """How far a party trusts another."""
        return float(self.trust[np.ix_(self.where(party), self.where(other))].mean())


def room_of(scenario: Scenario, seed: int, *, draws: int = DRAWS) -> Room:
    """The room of a scenario in which nothing is uncertain, averaged over its first draws under a seed."""
    seen = [_seen(scenario, seed, replication) for replication in range(draws)]
    means = [np.mean([one[part] for one in seen], axis=0) for part in range(7)]
    listed = seats_of(scenario)
    members = {name: [i for i, seat in enumerate(listed) if seat.group == name] for name in scenario.groups}
    named = {seat.named.name: i for i, seat in enumerate(listed) if seat.named}
    return Room(seat_names(scenario), members, named, *means)


def _seen(scenario: Scenario, seed: int, replication: int) -> tuple[Floats, ...]:
    """One draw of the room, in the order of `Room`."""
    case = lower(scenario)
    state = begin(case, stream(seed, replication), 0)
    position = state.views["position"].copy()
    belief = beliefs(state)
    return (
        position,
        _public(case, state),
        state.views["instructions"].copy(),
        state.views["salience"].copy(),
        belief,
        state.trust.T.copy(),
        misperceptions(case, state),
    )


def beliefs(state: State) -> Floats:
    """What everybody believes of everybody (N,N,K: [holder, about]), oneself included."""
    belief: Floats = np.transpose(state.belief, (2, 1, 0)).copy()
    own = np.arange(len(belief))
    belief[own, own] = state.views["position"]
    return belief


def misperceptions(case: Case, state: State) -> Floats:
    """How wrong everybody is about the other groups (N); 0 where there are none."""
    group = case.seats["group"]
    others = group[:, None] != group[None, :]
    wrong = np.abs(beliefs(state) - state.views["position"][None, :, :]).mean(axis=2)
    means: Floats = (wrong * others).sum(axis=1) / np.maximum(1, others.sum(axis=1))
    return means


class Seen(NamedTuple):
    """What the studio's room says of a seat at a moment.

    believed: how far away it believes the members of other groups to be, on average over issues, 0..1 of the scale.
    """

    believed: float
    true: float  # how far they are
    trust: Floats  # N; of the seat in each
    off: Floats  # N; how far what it believes of each is from the truth, on average over issues


def seen_from(state: State, seat: int) -> Seen:
    """What there is to see from a seat."""
    group, position, belief = state.delegates["group"], state.views["position"], beliefs(state)[seat]
    others = group != group[seat]
    believed, true = (float(np.abs(where[others] - position[seat]).mean()) for where in (belief, position))
    return Seen(believed, true, state.trust[:, seat].copy(), np.abs(belief - position).mean(axis=1))


def at_both_ends(scenario: Scenario, seed: int, seat: int) -> tuple[Seen, Seen]:
    """What is seen from a seat before the first turn of the first replication, and after its last."""
    run = Negotiation(lower(scenario), seed=seed)
    start = seen_from(run.state, seat)
    for _ in run.turns():
        pass
    return start, seen_from(run.state, seat)


def _public(case: Case, state: State) -> Floats:
    """x + posturing (x - the centre that one believes the others have), clipped (N,K)."""
    views = state.views
    count = np.maximum(1.0, state.delegates["out_count"])[:, None]
    centre = np.where(state.delegates["out_count"][:, None] > 0, views["believed_out"] / count, views["position"])
    said: Floats = np.clip(views["position"] + case.parameters["posturing"][0] * (views["position"] - centre), 0.0, 1.0)
    return said


def misperception_at_the_end(scenario: Scenario, seed: int, seats: list[int]) -> float:
    """How wrong the holders of some seats are about the other groups when the process ends, on average."""
    found = []
    case = lower(scenario)
    for replication in range(DRAWS):
        run = Negotiation(case, seed=seed, replication=replication)
        for _ in run.turns():
            pass
        found.append(misperceptions(case, run.state)[seats].mean())
    return float(np.mean(found))
