"""Reference solutions on the people of a scenario, replication by replication, beside what its runs agree on.

Shapes: R replications, N delegates, K issues.

Rules that hold here
- Replication r has the people of run r under the same seed, linkage included, before anybody has spoken.
- The result of a run is its agreed text, and the status quo on what stayed open, as if all agreed paragraphs were
  adopted.
- What a solution costs is the mean over delegates of their losses, all delegates alike, whatever their power.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Literal, NamedTuple

import numpy as np

from negsim.negotiation.case import Case, Floats
from negsim.negotiation.floor import begin
from negsim.randomness import stream
from negsim.scenario import Scenario
from negsim.scenario.drawing import Drawing
from negsim.study.runner import Runs, Step, run
from negsim.study.solutions import Loss, Room, compromise, exchange, losses, median, nash

Power = Literal["voice", "equal"]
STATUS_QUO, RESULT, EXCHANGE = "status quo", "runs", "exchange"
EVERY = 10  # replications between steps


class Terms(NamedTuple):
    """What a distance costs, and what weighs a delegate.

    power: `voice` is how often one asks for the floor, into which an import puts the power of actors; `equal` is 1.
    """

    loss: Loss = "absolute"
    power: Power = "voice"


class Solved(NamedTuple):
    """Every solution on every population. places: by solution R,K, NaN where there is none; costs: by solution R."""

    runs: Runs
    places: dict[str, Floats]
    costs: dict[str, Floats]
    agreed: Floats  # R,K; 1 where a run agreed on an issue, else 0
    terms: Terms


def people(scenario: Scenario, replications: int, seed: int, power: Power = "voice") -> Iterator[tuple[Room, Floats]]:
    """The people of each replication, and the status quo (K)."""
    for case, first, count in Drawing(scenario, seed).cases(0, replications):
        for replication in range(first, first + count):
            yield _room(case, seed, replication, power), case.status_quo


def _room(case: Case, seed: int, replication: int, power: Power) -> Room:
    views = begin(case, stream(seed, replication), 0).views
    weights = case.seats["voice"] if power == "voice" else np.ones(len(case.seats))
    return Room(views["first_position"].copy(), views["salience"].copy(), np.asarray(weights, np.float64).copy())


def solve(room: Room, status_quo: Floats, loss: Loss) -> dict[str, Floats]:
    """Every solution by its name (K each); NaN for an exchange among too many."""
    places = {
        STATUS_QUO: status_quo,
        "compromise": compromise(room),
        "median": median(room),
        "Nash": nash(room, status_quo, loss),
    }
    try:
        return places | {EXCHANGE: exchange(room)}
    except ValueError:
        return places | {EXCHANGE: np.full_like(status_quo, np.nan)}


def solve_steps(
    scenario: Scenario, terms: Terms, *, replications: int, seed: int = 0, threads: int | None = None
) -> Generator[Step, None, Solved]:
    """The runs of a scenario and the solutions on their people, some replications a step."""
    yield 0, replications, "solutions"
    runs = run(scenario, replications=replications, seed=seed, threads=threads)
    agreed, text = runs.by_issue("agreed"), runs.by_issue("text")
    found: list[dict[str, Floats]] = []
    costs: list[dict[str, float]] = []
    for r, (room, status_quo) in enumerate(people(scenario, replications, seed, terms.power)):
        places = solve(room, status_quo, terms.loss)
        result = np.where(agreed[r] > 0.0, text[r], status_quo)
        ends = places | {RESULT: result}
        costs.append({name: float(losses(room, at, terms.loss).mean()) for name, at in ends.items()})
        found.append(places | {RESULT: np.where(agreed[r] > 0.0, text[r], np.nan)})
        if (r + 1) % EVERY == 0:
            yield r + 1, replications, "solutions"
    return Solved(
        runs,
        {name: np.array([places[name] for places in found]) for name in found[0]},
        {name: np.array([cost[name] for cost in costs]) for name in costs[0]},
        agreed,
        terms,
    )
