"""What a replication drew of what its scenario leaves open, as columns of tables: `drawn.PATH`.

Rules that hold here
- A column has one type in a whole study: that of everything it can hold, None where a room draws nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from negsim.scenario import Scenario
from negsim.scenario.drawing import draws
from negsim.scenario.uncertain import Uncertain
from negsim.study.factors import Value, called
from negsim.study.schema import DRAWN
from negsim.study.table import column_of
from negsim.study.work import Columns

Levels = dict[str, list[Value]]  # by column, what decides its type


def levels_of(rooms: Iterable[Scenario]) -> Levels:
    """The columns that rooms need."""
    found = [_levels(room) for room in rooms]
    names = dict.fromkeys(name for levels in found for name in levels)
    return {name: [value for levels in found for value in levels.get(name, [None])] for name in names}


def _levels(room: Scenario) -> Levels:
    """The columns of one room."""
    columns: Levels = {}
    for key, distribution in room.uncertain.items():
        names = [f"groups.{group}.seats" for group in room.groups] if distribution.split is not None else [key]
        columns |= {f"{DRAWN}{name}": _values(distribution) for name in names}
    return columns


def _values(distribution: Uncertain) -> list[Value]:
    """Values of the type of all that a distribution can give."""
    if distribution.either is not None:
        return [""]
    if distribution.split is not None or distribution.ensemble is not None:
        return [0]
    return [called(value) for value in distribution.one_of or distribution.integers or distribution.uniform or ()]


def row_of(room: Scenario, seed: int, replication: int) -> dict[str, Value]:
    """What a replication drew, by column; of an ensemble the number of the member, counted from 0."""
    return {f"{DRAWN}{key}": called(value) for key, value in draws(room, seed, replication).items()}


def columns_of(levels: Levels, rows: Sequence[dict[str, Value]]) -> Columns:
    """The columns of what some replications drew, a row of each."""
    return {name: column_of([row.get(name) for row in rows], values) for name, values in levels.items()}
