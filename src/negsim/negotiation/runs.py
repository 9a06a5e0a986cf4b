"""Runs: many in a compiled loop, many with their course over time, one watched turn by turn.

Replication r depends on the seed and on r only; a chunk of a batch equals the same rows of the whole. Recording and
watching change nothing: the same bits come out. A row of a series is taken after the first turn that brings the clock
to its minute; once a run has ended it no longer changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negsim.kernel import entry, kernel, sample
from negsim.negotiation.beliefs import distances
from negsim.negotiation.floor import begin, choose, follow, go_on, go_on_to, next_turn, start
from negsim.negotiation.measures import SERIES_ROW, Results, SeriesRow, allocate_results
from negsim.negotiation.tables import (
    TEXT_ROW,
    Case,
    Choice,
    CrossTable,
    EventRow,
    Floats,
    Ints,
    Move,
    Outcome,
    Pen,
    State,
    Status,
    Table,
    TextRow,
    Turn,
    allocate,
    allocate_choice,
    blank,
    fill,
)
from negsim.negotiation.tally import measure, measure_moment
from negsim.randomness import stream

LOG_ROWS = 20_000  # to begin with; a longer run is run again with what it needs


def replicate(case: Case, seed: int, first: int, count: int) -> Results:
    """Measure replications first .. first + count - 1 under a seed."""
    return _replicated(case, seed, first, count)[0]


def text_left(case: Case, seed: int, replication: int) -> tuple[Outcome, Table[TextRow]]:
    """Return how a replication ends, and the text left for a body that takes it up (K); nobody holds the pen."""
    results, state = _replicated(case, seed, replication, 1)
    left = state.paragraphs
    text = fill(
        TEXT_ROW, len(left), value=left["text"], precision=left["precision"], agreed=left["status"] == Status.AGREED,
        pen=Pen.NOBODY,
    )  # fmt: skip
    return Outcome(int(results.runs["outcome"][0])), text


def _replicated(case: Case, seed: int, first: int, count: int) -> tuple[Results, State]:
    """Return the measures of replications, and the state in which the last of them ends."""
    results = allocate_results(case, count)
    state, choice = allocate(case, 0), allocate_choice(*case.stances.shape)
    state.stream[0] = seed
    run_each(case, state, choice, results, first)
    return results, state


def replicate_recorded(
    case: Case, seed: int, first: int, count: int, minutes: Floats
) -> tuple[Results, CrossTable[SeriesRow]]:
    """Measure replications first .. first + count - 1, and record their series (count, T).

    minutes: T, ascending; floor time at which a row is taken.
    """
    results, series = allocate_results(case, count), _Series(blank((count, len(minutes)), SERIES_ROW))
    state, choice = allocate(case, 0), allocate_choice(*case.stances.shape)
    state.stream[0] = seed
    _run_each_recorded(case, state, choice, results, series, first, minutes)
    return results, series.rows


class _Series(NamedTuple):
    """The course of R replications."""

    rows: CrossTable[SeriesRow]  # R,T


sample(_Series(blank((1, 1), SERIES_ROW)))


@entry
@kernel
def run_each(case: Case, state: State, choice: Choice, results: Results, first: int) -> None:
    """Run replication first + r of the state's seed into row r of the results, for every r."""
    for r in range(results.runs.shape[0]):
        _begin_replication(case, state, choice, first + r)
        go_on(case, state, choice, math.inf)
        measure(case, state, results, r)


@entry
@kernel
def _run_each_recorded(
    case: Case, state: State, choice: Choice, results: Results, series: _Series, first: int, minutes: Floats
) -> None:
    """Run each as `run_each` does, with a row of the series at every minute."""
    for r in range(results.runs.shape[0]):
        _begin_replication(case, state, choice, first + r)
        for t in range(minutes.shape[0]):
            go_on(case, state, choice, minutes[t])
            measure_moment(state, series.rows[r, t])
        go_on(case, state, choice, math.inf)
        measure(case, state, results, r)


@entry
@kernel
def _take_moment(state: State, series: _Series, r: int, t: int) -> None:
    """Fill row t of the series of replication r with the current state."""
    measure_moment(state, series.rows[r, t])


@kernel
def _begin_replication(case: Case, state: State, choice: Choice, replication: int) -> None:
    """Begin a replication in a state in which another one may have ended."""
    state.stream[1] = np.uint64(replication)
    start(case, state)
    for k in range(choice.values.shape[0]):
        choice.values[k] = math.nan
    for i in range(choice.response.shape[0]):
        choice.response[i], choice.shortfall[i], choice.hands[i] = 0, 0.0, 0


class Negotiation:
    """One negotiation under way, a turn at a time.

    `pending` is the turn that is due; `choice` holds what those concerned decide by default and may be overwritten
    before `finish_turn`.
    """

    def __init__(self, case: Case, *, seed: int = 0, replication: int = 0, log_rows: int = 0) -> None:
        self.case = case
        self.state = begin(case, stream(seed, replication), log_rows)
        self.choice = allocate_choice(*case.stances.shape)
        self._prepare()

    def _prepare(self) -> None:
        self.pending = next_turn(self.case, self.state)
        choose(self.case, self.state, self.pending, self.choice)

    @property
    def outcome(self) -> Outcome:
        """The outcome; RUNNING until the end."""
        return Outcome(int(self.state.clock["outcome"][0]))

    @property
    def minute(self) -> float:
        """Floor time spent."""
        return float(self.state.clock["minute"][0])

    def finish_turn(self) -> Turn:
        """Carry out the pending turn with the current choices; return that turn."""
        turn = self.pending
        if turn.move != Move.NOTHING:
            self.follow()
            self._prepare()
        return turn

    def follow(self) -> None:
        """Carry out the pending turn with the current choices; `go_on` finds the next."""
        follow(self.case, self.state, self.pending, self.choice)

    def go_on(self, asked: Ints, minute: float = math.inf) -> None:
        """Make turns by the rules until one is due that somebody who is asked decides, or a minute has come.

        asked: as in `floor.go_on_to`.
        """
        self.pending = go_on_to(self.case, self.state, self.choice, asked, minute)

    def turns(self) -> Iterator[Turn]:
        """Yield every turn that is left, each after it was carried out."""
        while self.outcome == Outcome.RUNNING:
            yield self.finish_turn()

    def moment(self) -> CrossTable[SeriesRow]:
        """Return the current state as the only row of a series (1,1)."""
        series = _Series(blank((1, 1), SERIES_ROW))
        _take_moment(self.state, series, 0, 0)
        return series.rows

    def measured(self) -> Results:
        """Return the measures of the run as tables of one row."""
        results = allocate_results(self.case, 1)
        measure(self.case, self.state, results, 0)
        return results


class Trace(NamedTuple):
    """The recorded course of one run. T snapshots, one before the first turn and one after each; L events."""

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

    def __repr__(self) -> str:
        return f"<Trace of {len(self.minute) - 1} turns: {self.state}>"


def trust_between(case: Case, state: State) -> NDArray[np.float64]:
    """Average the trust of group g (row) in group h (column), without trust in oneself; NaN for a group of one."""
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
    """A moment of a run between two turns: the columns of a `Trace` that grow with it."""

    minute: float
    meeting: int
    position: Floats  # N,K
    status: Ints  # K
    text: Floats  # K
    brackets: Ints  # K
    perceived_distance: float
    real_distance: float


def snapshot(run: Negotiation) -> Snapshot:
    """Take a snapshot of a run."""
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
    """Return the trace of a run so far. snapshots: one before the first turn and one after each."""
    logged = min(int(run.state.clock["logged"][0]), len(run.state.log) - 1)
    minute, meeting, position, status, text, brackets, perceived, real = (
        np.array(column) for column in zip(*snapshots, strict=True)
    )
    return Trace(
        minute, meeting, position, status, text, brackets, perceived, real, trust_start,
        trust_between(run.case, run.state), run.state.log[:logged], run.state, run.measured(),
    )  # fmt: skip


def watch(case: Case, *, seed: int = 0, replication: int = 0, log_rows: int = LOG_ROWS) -> Trace:
    """Run one replication to its end and record its course."""
    run = Negotiation(case, seed=seed, replication=replication, log_rows=log_rows)
    trust_start = trust_between(case, run.state)
    snapshots = [snapshot(run), *(snapshot(run) for _ in run.turns())]
    logged = int(run.state.clock["logged"][0])
    if logged > log_rows:
        return watch(case, seed=seed, replication=replication, log_rows=logged)
    return trace_of(run, snapshots, trust_start)
