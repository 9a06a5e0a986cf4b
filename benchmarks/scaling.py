"""Measure how the cost of each part grows with delegates, and that of whole runs with issues.

A row shows the smallest size, the largest, and the exponent b of cost ~ size^b over all of them. Nothing is compared
with anything else, so there is no answer to check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np
from loops import evenings, mappings, readings, revisions, statements, zones
from rooms import SEED, agenda, room
from table import Row, Target, growth
from timing import Work, best

from negsim.negotiation.floor import begin
from negsim.negotiation.measures import allocate_results
from negsim.negotiation.runs import replicate
from negsim.negotiation.tables import Case, Floats, Move, State, Turn, allocate_choice
from negsim.negotiation.tables import Row as PlanRow
from negsim.negotiation.tally import measure
from negsim.randomness import stream

DELEGATES = (42, 84, 168, 336, 500, 1000, 2000)
ISSUES = (3, 5, 10, 20)
HEARINGS = 200_000  # of one delegate, in one call
LINEAR = Target(most=1.1)

Part = Callable[[Case, State], Work]


def values_for(case: Case) -> Floats:
    """Return the values said, read or wanted in one call of a compiled loop."""
    return np.random.default_rng(SEED).random(HEARINGS // len(case.seats))


def some_readings(case: Case, state: State) -> Work:
    """Prepare readings in a compiled loop."""
    return partial(readings, case, state, allocate_choice(*case.stances.shape), values_for(case))


def some_revisions(case: Case, state: State) -> Work:
    """Prepare failed readings in a compiled loop, noted, with the search for the text that fewest refuse."""
    state.paragraphs["text"] = 0.5
    return partial(revisions, case, state, allocate_choice(*case.stances.shape), values_for(case))


def an_evening(case: Case, state: State) -> Work:
    """Prepare an evening."""
    return partial(evenings, case, at(case, state, PlanRow.EVENING), allocate_choice(*case.stances.shape), 1)


def a_closing(case: Case, state: State) -> Work:
    """Prepare the measures of a run."""
    results = allocate_results(case, 1)
    return lambda: measure(case, state, results, 0)


def at(case: Case, state: State, kind: PlanRow) -> State:
    """Set a state to the first row of a kind in its plan."""
    state.clock["row"][0] = list(case.plan["kind"]).index(kind)
    return state


TURN = Turn(int(Move.NOTICE), 0, -1)
LOOPS: dict[str, Part] = {  # one call does so many as `values_for` gives
    "a statement": lambda case, state: partial(statements, case, state, values_for(case), 0.0),
    "a reading": some_readings,
    "a text sought": some_revisions,
}
ONCE: dict[str, Part] = {  # one call does one
    "all zones": lambda case, state: partial(zones, case, state, 1),
    "the set-up": lambda case, _: partial(begin, case, stream(SEED, 0), 0),
    "an evening": an_evening,
    "a mapping": lambda case, state: partial(mappings, case, at(case, state, PlanRow.SESSION), TURN, 1),
    "the closing": a_closing,
}


def rows() -> Iterator[Row]:
    """Yield a row for each part, then whole runs by delegates and by issues."""
    cases = [room(size) for size in DELEGATES]
    states = [begin(case, stream(SEED, 0), 0) for case in cases]
    for what, part in (LOOPS | ONCE).items():
        costs = seconds([part(case, state) for case, state in zip(cases, states, strict=True)])
        if what in LOOPS:
            costs = [cost / len(values_for(case)) for cost, case in zip(costs, cases, strict=True)]
        target = LINEAR if what in LOOPS else None
        yield growth(f"{what}, delegates", DELEGATES, costs, target=target)
    yield growth("a run, delegates", DELEGATES, seconds(map(a_run, cases)))
    yield growth("a run, issues", ISSUES, seconds(map(a_run, map(agenda, ISSUES))))


def a_run(case: Case) -> Work:
    """Prepare a whole run with its measures."""
    return partial(replicate, case, SEED, 0, 1)


def seconds(works: Iterable[Work]) -> list[float]:
    """Time a call of each, in seconds."""
    return best(list(works), rounds=5, seconds=0.1)
