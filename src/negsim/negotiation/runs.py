"""Runs: many in a compiled loop, many with their course over time, one watched turn by turn.

Replication r depends on the seed and on r only; a chunk of a batch equals the same rows of the whole. Recording and
watching change nothing: the same bits come out. A row of a series is taken after the first turn that brings the clock
to its minute; once a run has ended it stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negsim.kernel import allocating
from negsim.negotiation.beliefs import distances
from negsim.negotiation.floor import begin, begin_with, choose, follow, next_turn, play_with, step
from negsim.negotiation.measures import SERIES_ROW, Results, SeriesRow, allocate_results, measure, measure_moment
from negsim.negotiation.tables import (
    Case,
    Choice,
    CrossTable,
    EventRow,
    Floats,
    Ints,
    Move,
    Outcome,
    State,
    Table,
    Turn,
    allocate_choice,
    allocate_pairs,
    blank,
    with_attributes,
)
from negsim.randomness import stream

LOG_ROWS = 20_000  # to begin with; a longer run is run again with what it needs


@allocating
def replicate(case: Case, seed: np.uint64, first: int, count: int) -> Results:
    """Measures of replications first .. first + count - 1 under a seed."""
    results = allocate_results(case, count)
    pairs, stream, log_rows = allocate_pairs(*case.stances.shape), np.empty(2, np.uint64), 0
    for r in range(count):
        stream[0], stream[1] = seed, np.uint64(first + r)
        measure(case, play_with(case, stream, log_rows, pairs), results, r)
    return results


@allocating
def replicate_recorded(
    case: Case, seed: np.uint64, first: int, count: int, minutes: Floats
) -> tuple[Results, CrossTable[SeriesRow]]:
    """Measures of replications first .. first + count - 1, and their series (count, T).

    minutes: T, ascending; floor time at which a row is taken.
    """
    results = allocate_results(case, count)
    rows = blank((count, minutes.shape[0]), SERIES_ROW)
    pairs, stream, log_rows = allocate_pairs(*case.stances.shape), np.empty(2, np.uint64), 0
    for r in range(count):
        stream[0], stream[1] = seed, np.uint64(first + r)
        state = begin_with(case, stream, log_rows, pairs)
        choice = allocate_choice(state.delegates.shape[0], state.paragraphs.shape[0])
        for t in range(minutes.shape[0]):
            while state.clock[0].outcome == Outcome.RUNNING and state.clock[0].minute < minutes[t]:
                step(case, state, choice)
            measure_moment(state, rows[r, t])
        while state.clock[0].outcome == Outcome.RUNNING:
            step(case, state, choice)
        measure(case, state, results, r)
    return results, rows


class Negotiation:
    """One negotiation under way, a turn at a time.

    `pending` is the turn that is due; `choice` holds what those concerned decide by default and may be overwritten
    before `finish_turn`.
    """

    def __init__(self, case: Case, *, seed: int = 0, replication: int = 0, log_rows: int = 0) -> None:
        self.case = case
        begun = begin(case, stream(seed, replication), log_rows)
        self.state = State(*map(with_attributes, begun))
        self.choice: Choice = allocate_choice(*case.stances.shape)
        self._prepare()

    def _prepare(self) -> None:
        turn = next_turn(self.case, self.state)
        self.pending = Turn(*(int(part) for part in turn))
        choose(self.case, self.state, self.pending, self.choice)

    @property
    def outcome(self) -> Outcome:
        """How it ended; RUNNING until then."""
        return Outcome(int(self.state.clock["outcome"][0]))

    @property
    def minute(self) -> float:
        """Floor time spent."""
        return float(self.state.clock["minute"][0])

    def finish_turn(self) -> Turn:
        """Carry out the pending turn with the choices as they stand; the turn that was."""
        turn = self.pending
        if turn.move != Move.NOTHING:
            follow(self.case, self.state, turn, self.choice)
            self._prepare()
        return turn

    def turns(self) -> Iterator[Turn]:
        """Every turn that is left, each after it was carried out."""
        while self.outcome == Outcome.RUNNING:
            yield self.finish_turn()

    def measured(self) -> Results:
        """The measures of the run as tables of one row."""
        results: Results = allocate_results(self.case, 1)
        measure(self.case, self.state, results, 0)
        return results


class Trace(NamedTuple):
    """What was seen of one run. T snapshots, one before the first turn and one after each; L events."""

    minute: Floats  # T; floor time
    meeting: Ints  # T; 0..
    position: Floats  # T,N,K
    status: Ints  # T,K; `Status`
    text: Floats  # T,K; NaN none
    brackets: Ints  # T,K; delegates who block
    perceived_distance: Floats  # T; across groups
    real_distance: Floats  # T
    trust_start: Floats  # G,G; mean trust of a group (row) in a group (column)
    trust_end: Floats  # G,G
    events: Table[EventRow]  # L
    state: State  # at the end
    results: Results  # one row


def trust_between(case: Case, state: State) -> NDArray[np.float64]:
    """Mean trust of group g (row) in group h (column), the delegates themselves left out; NaN for a group of one."""
    groups = len(case.group_size)
    group, held = state.delegates["group"], state.trust.T
    others = ~np.eye(len(group), dtype=bool)
    means = np.full((groups, groups), np.nan)
    for g in range(groups):
        for h in range(groups):
            pairs = (group == g)[:, None] & (group == h)[None, :] & others
            if pairs.any():
                means[g, h] = held[pairs].mean()
    return means


class Snapshot(NamedTuple):
    """How a run stands between two turns: the columns of a `Trace` that grow with it."""

    minute: float
    meeting: int
    position: Floats  # N,K
    status: Ints  # K
    text: Floats  # K
    brackets: Ints  # K
    perceived_distance: float
    real_distance: float


def snapshot(run: Negotiation) -> Snapshot:
    """How a run stands now."""
    state = run.state
    return Snapshot(
        run.minute,
        int(run.case.plan["meeting"][state.clock["row"][0]]),
        state.views["position"].copy(),
        state.paragraphs["status"].copy(),
        state.paragraphs["text"].copy(),
        state.views["bracket"].sum(axis=0),
        *distances(state),
    )


def trace_of(run: Negotiation, snapshots: Sequence[Snapshot], trust_start: Floats) -> Trace:
    """The trace of a run so far. snapshots: one before the first turn and one after each."""
    logged = min(int(run.state.clock["logged"][0]), len(run.state.log) - 1)
    minute, meeting, position, status, text, brackets, perceived, real = (
        np.array(column) for column in zip(*snapshots, strict=True)
    )
    return Trace(
        minute, meeting, position, status, text, brackets, perceived, real, trust_start,
        trust_between(run.case, run.state), run.state.log[:logged], run.state, run.measured(),
    )  # fmt: skip


def watch(case: Case, *, seed: int = 0, replication: int = 0, log_rows: int = LOG_ROWS) -> Trace:
    """Run one replication to its end and keep what was seen."""
    run = Negotiation(case, seed=seed, replication=replication, log_rows=log_rows)
    trust_start = trust_between(case, run.state)
    snapshots = [snapshot(run), *(snapshot(run) for _ in run.turns())]
    logged = int(run.state.clock["logged"][0])
    if logged > log_rows:
        return watch(case, seed=seed, replication=replication, log_rows=logged)
    return trace_of(run, snapshots, trust_start)
