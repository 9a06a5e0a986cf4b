"""What a worker does: the runs of a part, as columns of a table.

Rules that hold here
- A task carries all it needs and is a plain value, so that it can travel to a thread, a process or another machine.
- One row a run, in the order of the part; NaN where a measure does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negsim.negotiation.case import Case, Floats
from negsim.negotiation.formats import FORMATS
from negsim.negotiation.many import replicate
from negsim.negotiation.measures import GROUP_MEASURES, ISSUE_MEASURES, MEASURES, Results
from negsim.negotiation.moves import Outcome
from negsim.negotiation.series import SERIES, replicate_recorded
from negsim.scenario import Scenario, with_changes
from negsim.scenario.drawing import Drawing
from negsim.study.factors import Changes
from negsim.study.parts import Part

Columns = dict[str, NDArray[np.generic]]


class Task(NamedTuple):
    """A part with what is needed to run it.

    changes: by cell, of the cells in the part. measures: names of the columns to keep. every: minutes between rows of
    the time series, None for none.
    """

    part: Part
    base: Scenario
    changes: dict[int, Changes]
    seed: int
    measures: tuple[str, ...]
    detail: bool
    every: float | None


class Done(NamedTuple):
    """The tables of a part: one row a run; one row a run and minute, or None."""

    runs: Columns
    series: Columns | None


Simulate = Callable[[Task], Done]


def simulate(task: Task) -> Done:
    """Run a part."""
    rooms = {cell: with_changes(task.base, changes) for cell, changes in task.changes.items()}
    drawings = {cell: Drawing(room, task.seed) for cell, room in rooms.items()}
    runs, series = [], []
    for cell, start, whole in task.part.pieces:
        for case, first, count in drawings[cell].cases(start, whole):
            ran, recorded = _ran(case, task, first, count)
            numbers: Columns = {"cell": np.full(count, cell, np.int32), "replication": np.arange(first, first + count)}
            runs.append(numbers | columns_of(ran, rooms[cell], task.measures, detail=task.detail))
            if recorded is not None:
                series.append(_series_columns(numbers, *recorded))
    return Done(glued(runs), glued(series) if series else None)


def _ran(case: Case, task: Task, first: int, count: int) -> tuple[Results, tuple[Floats, Floats] | None]:
    """Replications of a case, and their series with its minutes if wanted."""
    if task.every is None:
        return replicate(case, np.uint64(task.seed), first, count), None
    minutes = clock_of(case, task.every)
    until_the_end = np.append(minutes[:-1], np.inf)
    ran, rows = replicate_recorded(case, np.uint64(task.seed), first, count, until_the_end)
    return ran, (minutes, rows)


def clock_of(case: Case, every: float) -> Floats:
    """The minutes at which a row is taken: from 0 in steps, and the last of the timetable, when all is over."""
    last = float((case.plan["starts"] + case.plan["minutes"]).max())
    return np.append(np.arange(0.0, last, every), last)


def columns_of(ran: Results, room: Scenario, measures: Sequence[str], *, detail: bool) -> Columns:
    """The measures that are kept, one row a run: outcome (its number) first."""
    outcome = ran.runs[:, MEASURES.index("outcome")].astype(np.int8)
    columns: Columns = {"outcome": outcome, "consensus": (outcome == Outcome.CONSENSUS).astype(np.int8)}
    columns |= {name: ran.runs[:, MEASURES.index(name)] for name in measures}
    return columns | dict(_details(ran, room)) if detail else columns


def _details(ran: Results, room: Scenario) -> Iterator[tuple[str, Floats]]:
    """Columns by issue, by group, by both and by format: `agreed.outcomes`, `satisfaction.business` and so on."""
    issues, groups = list(room.issues), list(room.groups)
    for k, issue in enumerate(issues):
        yield from ((f"{name}.{issue}", ran.issues[:, k, m]) for m, name in enumerate(ISSUE_MEASURES))
    for g, group in enumerate(groups):
        yield from ((f"{name}.{group}", ran.groups[:, g, m]) for m, name in enumerate(GROUP_MEASURES))
        yield from ((f"blocks.{group}.{issue}", ran.blocks[:, g, k]) for k, issue in enumerate(issues))
    yield from ((f"minutes.{name}", ran.minutes[:, f]) for f, name in enumerate([*FORMATS, "idle"]))


def _series_columns(numbers: Columns, minutes: Floats, rows: Floats) -> Columns:
    """One row a run and minute. rows: runs, minutes, len(SERIES)."""
    runs, times = rows.shape[:2]
    columns: Columns = {name: np.repeat(column, times) for name, column in numbers.items()}
    columns["minute"] = np.tile(minutes, runs)
    return columns | {name: rows[:, :, s].reshape(-1) for s, name in enumerate(SERIES)}


def glued(tables: Sequence[Columns]) -> Columns:
    """Tables with the same columns, one under the other."""
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
