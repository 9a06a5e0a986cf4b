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
from negsim.negotiation.state import State
from negsim.randomness import stream
from negsim.scenario import Scenario
from negsim.scenario.drawing import Drawing
from negsim.study.package import package_zone
from negsim.study.runner import Runs, Step, run
from negsim.study.solutions import Loss, Room, compromise, exchange, losses, median, nash

Power = Literal["voice", "equal"]
STATUS_QUO, RESULT, EXCHANGE = "status quo", "runs", "exchange"
EVERY = 10  # replications between steps
MOST_STANCES = 4_000  # delegates times issues of a package that is looked for


class Terms(NamedTuple):
    """What a distance costs, and what weighs a delegate.

    power: `voice` is how often one asks for the floor, into which an import puts the power of actors; `equal` is 1.
    """

    loss: Loss = "absolute"
    power: Power = "voice"


class Solved(NamedTuple):
    """Every solution on every population. places: by solution R,K, NaN where there is none; costs: by solution R.

    packages: R; 1 where the people could have had a package that nobody alone would block, else 0; NaN not asked,
    because the room is too large.
    """

    runs: Runs
    places: dict[str, Floats]
    costs: dict[str, Floats]
    agreed: Floats  # R,K; 1 where a run agreed on an issue, else 0
    packages: Floats
    terms: Terms


def people(scenario: Scenario, replications: int, seed: int) -> Iterator[tuple[Case, State]]:
    """The people of each replication before anybody has spoken."""
    for case, first, count in Drawing(scenario, seed).cases(0, replications):
        for replication in range(first, first + count):
            yield case, begin(case, stream(seed, replication), 0)


def room_of(case: Case, state: State, power: Power) -> Room:
    """The people as the solutions see them."""
    views = state.views
    weights = case.seats["voice"] if power == "voice" else np.ones(len(case.seats))
    return Room(views["first_position"].copy(), views["salience"].copy(), np.asarray(weights, np.float64).copy())


def has_package(case: Case, state: State) -> float:
    """1 where there is a package that nobody alone would block, else 0; NaN for a room too large to ask."""
    if state.views.size > MOST_STANCES:
        return np.nan
    return float(package_zone(case, state, cost=float(case.parameters[0].block_cost)) is not None)


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
    packages: list[float] = []
    for r, (case, state) in enumerate(people(scenario, replications, seed)):
        room, status_quo = room_of(case, state, terms.power), case.status_quo
        packages.append(has_package(case, state))
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
        np.array(packages),
        terms,
    )
