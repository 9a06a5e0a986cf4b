"""Time series: how a run stands whenever the clock reaches one of some minutes.

Rules that hold here
- Recording changes nothing: the measures of a recorded run have the same bits as those of `many.replicate`.
- A row is taken after the first turn that brings the clock to its minute; once a run has ended it stays as it was.
"""

from __future__ import annotations

import numpy as np

from negsim.kernel import allocating
from negsim.negotiation.beliefs import distances
from negsim.negotiation.case import Case, Floats
from negsim.negotiation.dispersion import spread
from negsim.negotiation.floor import begin, step
from negsim.negotiation.measures import Results, allocate_results, measure
from negsim.negotiation.moves import Outcome
from negsim.negotiation.state import State, allocate_choice, open_paragraphs
from negsim.negotiation.trust import trust_levels

SERIES = (
    "share_agreed",  # of issues, so far
    "brackets",  # delegates who block now, summed over issues
    "readings",  # so far
    "proposals_tabled",  # so far
    "trust_within",
    "trust_across",
    "trust_chair",
    "perceived_distance",  # across groups
    "real_distance",  # across groups
    "spread",  # standard deviation of positions, mean over issues
)


@allocating
def replicate_recorded(case: Case, seed: np.uint64, first: int, count: int, minutes: Floats) -> tuple[Results, Floats]:
    """Measures of replications first .. first + count - 1, and their series (count, T, len(SERIES)).

    minutes: T, ascending; floor time at which a row is taken.
    """
    results = allocate_results(case, count)
    rows = np.empty((count, minutes.shape[0], len(SERIES)))
    for r in range(count):
        stream = np.empty(2, np.uint64)
        stream[0], stream[1] = seed, np.uint64(first + r)
        state = begin(case, stream, 0)
        choice = allocate_choice(state.delegates.shape[0], state.paragraphs.shape[0])
        for t in range(minutes.shape[0]):
            while state.clock[0].outcome == Outcome.RUNNING and state.clock[0].minute < minutes[t]:
                step(case, state, choice)
            take_row(state, rows[r, t])
        while state.clock[0].outcome == Outcome.RUNNING:
            step(case, state, choice)
        measure(case, state, results, r)
    return results, rows


@allocating
def take_row(state: State, row: Floats) -> None:
    """How things stand: one row of the series (len(SERIES))."""
    issues, n = state.opinions.shape
    x, brackets, apart = np.empty(n), 0, 0.0
    for k in range(issues):
        for i in range(n):
            x[i] = state.opinions[k, i].position
            brackets += 1 if state.opinions[k, i].bracket else 0
        apart += spread(x) / issues
    clock = state.clock[0]
    row[0], row[1], row[2] = (issues - open_paragraphs(state)) / issues, brackets, clock.readings
    row[3] = clock.tabled
    row[4], row[5], row[6] = trust_levels(state)
    row[7], row[8] = distances(state)
    row[9] = apart
