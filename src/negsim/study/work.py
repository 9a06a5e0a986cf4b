"""The division of a study into parts, and the work on one: the runs of a part, as columns of a table.

- Runs are numbered layer after layer, cell after cell, replication after replication; a part is a stretch of those
  numbers. So the parts of a study depend on the study alone, not on who does them, when, or in which order.
- Without a stop rule there is one layer with all replications; with one, a layer ends where the rule looks at the
  cells.
- A task carries all it needs and is a plain value, so that it can travel to a thread, a process or another machine.
- A worker process does not outlive the process that began it, even one that was killed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from negsim.negotiation.measures import SERIES, Results, SeriesRow
from negsim.negotiation.runs import replicate, replicate_recorded
from negsim.negotiation.tables import Case, CrossTable, Floats
from negsim.plugins import Plugin
from negsim.policies.seated import has_policies, record_series, rooms
from negsim.rules import OwnRules, check_in_use
from negsim.scenario import Scenario, with_changes
from negsim.scenario.sampling import Sampler
from negsim.study.own import own_columns, own_named
from negsim.study.schema import Changes
from negsim.study.table import Columns, columns_of, glued

FEWEST_RUNS = 16  # runs a part: enough to be worth a file
_MOST_RUNS_A_PART = 5000  # few enough to lose little when killed
_PARTS_OF_SMALL_STUDY = 64  # that a small study is cut into, so that every worker has some
_USUAL_ROOM = 42  # delegates, with which _MOST_RUNS_A_PART runs take a second or two


class Piece(NamedTuple):
    """Replications first .. first + runs - 1 of a cell."""

    cell: int
    first: int
    runs: int


class StudyPart(NamedTuple):
    """A part of a study by its name, and what has to be run for it."""

    name: str
    pieces: tuple[Piece, ...]

    @property
    def runs(self) -> int:
        """The number of runs in the part."""
        return sum(piece.runs for piece in self.pieces)


class Cut(NamedTuple):
    """The division of a study into parts.

    cells, replications: of the study. layer: replications of a cell between two looks. part: runs of a part.
    """

    cells: int
    replications: int
    layer: int
    part: int

    @property
    def layers(self) -> int:
        """The number of layers."""
        return -(-self.replications // self.layer)

    def parts(self, layer: int, is_open: Sequence[bool]) -> Iterator[StudyPart]:
        """Yield the parts of a layer, in order, of the cells that are still open.

        >>> [part.pieces for part in Cut(2, 5, 5, 4).parts(0, [True, True])][1]
        (Piece(cell=0, first=4, runs=1), Piece(cell=1, first=0, runs=3))
        """
        begin = layer * self.layer
        width = min(self.layer, self.replications - begin)
        for number, start in enumerate(range(0, self.cells * width, self.part)):
            stop = min(start + self.part, self.cells * width)
            pieces = tuple(piece for piece in _pieces(start, stop, width, begin) if is_open[piece.cell])
            if pieces:
                yield StudyPart(f"{layer:03d}-{number:06d}", pieces)


def _pieces(start: int, stop: int, width: int, begin: int) -> Iterator[Piece]:
    """Split runs start .. stop - 1 of a layer by cell. width: replications of a cell; begin: the first of them."""
    for cell in range(start // width, -(-stop // width)):
        first, last = max(start, cell * width), min(stop, (cell + 1) * width)
        yield Piece(cell, begin + first - cell * width, last - first)


def cut(*, cells: int, replications: int, every: int | None, delegates: int) -> Cut:
    """Divide a study. every: replications between two looks of a stop rule; delegates: in the room."""
    layer = replications if every is None else min(every, replications)
    bearable = _MOST_RUNS_A_PART * (_USUAL_ROOM / max(_USUAL_ROOM, delegates)) ** 1.5
    shared = cells * layer / _PARTS_OF_SMALL_STUDY
    return Cut(cells, replications, layer, max(FEWEST_RUNS, int(min(bearable, shared))))


class Task(NamedTuple):
    """A part with what is needed to run it.

    plugins: those loaded where it was made, first, so that a worker knows them before it reads the rest. changes: by
    cell, of the cells in the part. measures: names of the columns to keep. every: minutes between rows of the time
    series, None for none. policies: who holds which seats, beside what the scenarios say. rules: those of one's own,
    which whoever gets the task takes.
    """

    plugins: tuple[Plugin, ...]
    part: StudyPart
    base: Scenario
    changes: dict[int, Changes]
    seed: int
    measures: tuple[str, ...]
    detail: bool
    every: float | None
    policies: Mapping[str, object]
    rules: OwnRules | None = None


class Done(NamedTuple):
    """The tables of a part: one row a run; one row a run and minute, or None."""

    runs: Columns
    series: Columns | None


Simulate = Callable[[Task], Done]


def simulate(task: Task) -> Done:
    """Run a part. Raises FailedError in a worker that has other rules than the study."""
    check_in_use(task.rules)
    scenarios = {cell: with_changes(task.base, changes) for cell, changes in task.changes.items()}
    samplers = {cell: Sampler(scenario, task.seed) for cell, scenario in scenarios.items()}
    measures = {cell: own_named(scenario, task.measures) for cell, scenario in scenarios.items()}
    runs, series = [], []
    for cell, start, whole in task.part.pieces:
        batches = _with_policies if has_policies(scenarios[cell], task.policies) else _by_rules
        for first, ran, course in batches(task, samplers[cell], start, whole):
            count = len(ran.runs)
            numbers: Columns = {"cell": np.full(count, cell, np.int32), "replication": np.arange(first, first + count)}
            if course is not None:
                series.append(_series_columns(numbers, *course))
            own = own_columns(measures[cell], ran, scenarios[cell], task.seed, first, task.policies)
            runs.append(numbers | columns_of(ran, scenarios[cell], task.measures, detail=task.detail, own=own))
    return Done(glued(runs), glued(series) if series else None)


class _Course(NamedTuple):
    """The series of replications (R,T) and its minutes (T)."""

    minutes: Floats
    rows: CrossTable[SeriesRow]


_Batch = tuple[int, Results, _Course | None]  # the first replication, the measures and the course of some


def _by_rules(task: Task, sampler: Sampler, start: int, whole: int) -> Iterator[_Batch]:
    """Run replications start .. start + whole - 1 of a cell in compiled code."""
    for case, first, count in sampler.cases(start, whole):
        if task.every is None:
            yield first, replicate(case, task.seed, first, count), None
        else:
            minutes = _clock_of(case, task.every)
            ran, rows = replicate_recorded(case, task.seed, first, count, _until_the_end(minutes))
            yield first, ran, _Course(minutes, rows)


def _with_policies(task: Task, sampler: Sampler, start: int, whole: int) -> Iterator[_Batch]:
    """Run replications start .. start + whole - 1 of a cell, each by itself, with policies."""
    replications = range(start, start + whole)
    for r, room in zip(replications, rooms(sampler.scenario, task.policies, task.seed, replications), strict=True):
        if task.every is None:
            room.go_on()
            yield r, room.run.measured(), None
        else:
            minutes = _clock_of(room.run.case, task.every)
            rows = record_series(room, _until_the_end(minutes))
            yield r, room.run.measured(), _Course(minutes, rows)


def _until_the_end(minutes: Floats) -> Floats:
    """Return the minutes at which rows are taken, the last one when all is over."""
    return np.append(minutes[:-1], np.inf)


def _clock_of(case: Case, every: float) -> Floats:
    """Return the minutes at which a row is taken: from 0 in steps, and the last of the timetable, when all is over."""
    last = float(case.plan[-1]["starts"])
    return np.append(np.arange(0.0, last, every), last)


def _series_columns(numbers: Columns, minutes: Floats, rows: CrossTable[SeriesRow]) -> Columns:
    """Return the time series as columns, one row a run and minute."""
    runs, times = rows.shape[:2]
    columns: Columns = {name: np.repeat(column, times) for name, column in numbers.items()}
    columns["minute"] = np.tile(minutes, runs)
    return columns | {name: rows[name].reshape(-1) for name in SERIES}


def end_with_parent() -> None:
    """End this process, from now on, as soon as its parent is gone."""
    threading.Thread(target=_outlive_no_parent, name="parent", daemon=True).start()


def _outlive_no_parent() -> None:
    """Wait for the end of the parent: the system closes its side of a pipe, whatever ended it."""
    import multiprocessing  # noqa: PLC0415 - only in a process of its own

    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)
