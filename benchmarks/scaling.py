"""How the cost of each part grows with delegates, and that of whole runs with issues.

A row shows the smallest size, the largest, and the exponent b of cost ~ size^b over all of them. Nothing is compared
with anybody else, so there is no answer to check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from loops import evenings, mappings, readings, revisions, statements, zones
from rooms import SEED, agenda, room
from table import Row, Target, growth
from timing import Work, best

from negsim.negotiation.floor import begin
from negsim.negotiation.measures import allocate_results, measure
from negsim.negotiation.runs import replicate
from negsim.negotiation.tables import Case, Move, State, Turn, allocate_choice
from negsim.negotiation.tables import Row as PlanRow
from negsim.randomness import stream

DELEGATES = (42, 84, 168, 336, 500, 1000, 2000)
ISSUES = (3, 5, 10, 20)
HEARINGS = 200_000  # of one delegate, in one call
LINEAR = Target(most=1.1)

Part = Callable[[Case, State], tuple[Work, int]]  # what is timed, and how often one call does it


def some_statements(case: Case, state: State) -> tuple[Work, int]:
    """Statements in a compiled loop."""
    said = np.random.default_rng(SEED).random(HEARINGS // len(case.seats))
    return lambda: statements(case, state, said), len(said)


def some_readings(case: Case, state: State) -> tuple[Work, int]:
    """Readings in a compiled loop."""
    value = np.random.default_rng(SEED).random(HEARINGS // len(case.seats))
    choice = allocate_choice(*case.stances.shape)
    return lambda: readings(case, state, choice, value), len(value)


def some_revisions(case: Case, state: State) -> tuple[Work, int]:
    """Failed readings noted, and the text sought that fewest refuse, in a compiled loop."""
    wanted = np.random.default_rng(SEED).random(HEARINGS // len(case.seats))
    state.paragraphs["text"] = 0.5
    return lambda: revisions(case, state, wanted), len(wanted)


def all_zones(case: Case, state: State) -> tuple[Work, int]:
    """Zones of agreement looked for on every issue."""
    return lambda: zones(case, state, 1), 1


def a_beginning(case: Case, _: State) -> tuple[Work, int]:
    """The first state of a run."""
    return lambda: begin(case, stream(SEED, 0), 0), 1


def an_evening(case: Case, state: State) -> tuple[Work, int]:
    """The first evening of the plan."""
    row = list(case.plan["kind"]).index(PlanRow.EVENING)
    return lambda: evenings(case, at(state, row), 1), 1


def a_mapping(case: Case, state: State) -> tuple[Work, int]:
    """An overlap looked for in what was said."""
    row = list(case.plan["kind"]).index(PlanRow.SESSION)
    return lambda: mappings(case, at(state, row), Turn(int(Move.NOTICE), 0, -1), 1), 1


def a_closing(case: Case, state: State) -> tuple[Work, int]:
    """The measures of a run."""
    results = allocate_results(case, 1)
    return lambda: measure(case, state, results, 0), 1


def at(state: State, row: int) -> State:
    """A state set to a row of its plan."""
    state.clock["row"][0] = row
    return state


PARTS: dict[str, tuple[Part, Target | None]] = {
    "a statement": (some_statements, LINEAR),
    "a reading": (some_readings, LINEAR),
    "a text sought": (some_revisions, LINEAR),
    "all zones": (all_zones, None),
    "the set-up": (a_beginning, None),
    "an evening": (an_evening, None),
    "a mapping": (a_mapping, None),
    "the closing": (a_closing, None),
}


def rows() -> Iterator[Row]:
    """A row for each part, then whole runs by delegates and by issues."""
    cases = [room(size) for size in DELEGATES]
    states = [begin(case, stream(SEED, 0), 0) for case in cases]
    for what, (part, target) in PARTS.items():
        works = [part(case, state) for case, state in zip(cases, states, strict=True)]
        yield growth(f"{what}, delegates", DELEGATES, costs(works), target=target)
    yield growth("a run, delegates", DELEGATES, costs([runs(case) for case in cases]))
    yield growth("a run, issues", ISSUES, costs([runs(agenda(issues)) for issues in ISSUES]))


def runs(case: Case) -> tuple[Work, int]:
    """Whole runs, measured."""
    return lambda: replicate(case, SEED, 0, 1), 1


def costs(works: Sequence[tuple[Work, int]]) -> list[float]:
    """Seconds of one of each."""
    taken = best([work for work, _ in works], rounds=5, seconds=0.1)
    return [seconds / times for seconds, (_, times) in zip(taken, works, strict=True)]
