"""The table of a study: one row a run, and the definitions of its columns.

    cell  FACTORS...  seed  replication  DRAWN...  outcome  consensus  MEASURES...

- A column has one type in the whole study; counts are whole numbers, what does not apply is NULL.
- A measure is the name of a column of numbers, or that of an outcome: then 1 if a run ended that way, else 0.
- `drawn.PATH` is what a replication drew of what its scenario leaves uncertain. Its type is that of everything it can
  hold, NULL where a cell draws nothing there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from negsim.cast.formats import IDLE_FORMAT
from negsim.cast.measures import lookup
from negsim.negotiation import measures as registry
from negsim.negotiation.measures import DELEGATE_RESULT_ROW, GROUP_MEASURES, ISSUE_MEASURES, DelegateResultRow, Results
from negsim.negotiation.tables import CrossTable, Floats, Outcome, blank
from negsim.scenario import Scenario
from negsim.scenario.sampling import draws
from negsim.scenario.schema import Uncertain
from negsim.scenario.values import is_number
from negsim.study.estimates import LEVEL, NO_ESTIMATE, Estimate, mean, mean_of, share, share_of
from negsim.study.schema import DRAWN_PREFIX, NUMERIC_MEASURES, OUTCOME_NAMES, RULE_MEASURES, Study, Value, table_value

Columns = dict[str, NDArray[np.generic]]
CANONICAL = "ORDER BY cell, replication"
_OUTCOME_WORDS = np.array([outcome.name.lower() for outcome in Outcome], dtype=object)


def measures_of(study: Study) -> tuple[str, ...]:
    """List the measures of the table: those the study names, its main one, and the outcome under every rule."""
    names = {*study.measures, study.main, *RULE_MEASURES}
    return (*(name for name in NUMERIC_MEASURES if name in names), *own_names(study))


def own_names(study: Study) -> tuple[str, ...]:
    """List the measures of the table that the model does not have."""
    named = dict.fromkeys((*study.measures, study.main))
    return tuple(name for name in named if name not in (*NUMERIC_MEASURES, *OUTCOME_NAMES))


def ended_so(results: Results, outcome: Outcome) -> Floats:
    """Return 1 if a run ended that way, else 0 (R)."""
    return np.where(results.runs["outcome"] == outcome, 1.0, 0.0)


def columns_of(
    ran: Results, scenario: Scenario, measures: Sequence[str], *, detail: bool, own: Mapping[str, Floats] | None = None
) -> Columns:
    """Return the measures that are kept, one row a run, NaN where one does not apply: outcome (its number) first.

    own: columns of measures that the model does not have.
    """
    outcome = ran.runs["outcome"].astype(np.int8)
    columns: Columns = {"outcome": outcome, "consensus": (outcome == Outcome.CONSENSUS).astype(np.int8)}
    columns |= {name: ran.runs[name] for name in measures if name in NUMERIC_MEASURES} | dict(own or {})
    return columns | dict(_details(ran, scenario)) if detail else columns


def _details(ran: Results, scenario: Scenario) -> Iterator[tuple[str, Floats]]:
    """Yield columns by issue, by group, by both and by format: `agreed.outcomes`, `satisfaction.business` and so on."""
    issues, groups = list(scenario.issues), list(scenario.groups)
    for k, issue in enumerate(issues):
        yield from ((f"{name}.{issue}", ran.issues[name][:, k]) for name in ISSUE_MEASURES)
    for g, group in enumerate(groups):
        yield from ((f"{name}.{group}", ran.groups[name][:, g]) for name in GROUP_MEASURES)
        yield from ((f"blocks.{group}.{issue}", ran.blocks[:, g, k]) for k, issue in enumerate(issues))
    yield from (
        (f"minutes.{name}", ran.minutes[:, f]) for f, name in enumerate([*scenario.session_formats, IDLE_FORMAT])
    )


def tidied(columns: Columns) -> Columns:
    """Return outcomes as words and counts as whole numbers."""
    whole = {name: values for name, values in columns.items() if _is_counted(name, values)}
    counts = {name: values.astype(np.int32) for name, values in whole.items() if not np.isnan(values).any()}
    return columns | counts | {"outcome": _OUTCOME_WORDS[columns["outcome"]]}


def _is_counted(name: str, values: NDArray[Any]) -> bool:
    """Return whether a column holds numbers that a run counts; one's own may not apply, and so are never whole."""
    if values.dtype.kind != "f":
        return False
    try:
        return registry.lookup(name).is_whole
    except KeyError:  # a number that is not a measure, such as a factor
        return False


def column_of(values: Sequence[Value], levels: Sequence[Value]) -> np.ndarray:
    """Return the values of a factor with these levels as a column: of whole numbers, numbers, flags or texts."""
    present = [value for value in levels if value is not None]
    if all(isinstance(value, bool) for value in present) and len(present) == len(levels):
        return np.array(values, dtype=bool)
    if not all(is_number(value) for value in present):
        return np.array([None if value is None else str(value) for value in values], dtype=object)
    if all(isinstance(value, int) for value in present) and len(present) == len(levels):
        return np.array(values, dtype=np.int64)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def estimated(measure: str, values: Floats, level: float = LEVEL) -> Estimate:
    """Estimate a measure (R): a share with Wilson's interval where every run has it or not, else a mean.

    The interval of a mean ends where the scale of the measure does.
    """
    if is_flag(measure):
        return share(values, level)
    return on_scale(measure, mean(values, level))


def averaged(measure: str, averages: Floats, level: float = LEVEL) -> Estimate:
    """Estimate a measure from its averages over several cells, by replication; NaN is left out."""
    averages = averages[~np.isnan(averages)]
    if is_flag(measure) and np.isin(averages, (0, 1)).all():
        return share(averages, level)
    return on_scale(measure, mean(averages, level))


def moments(measure: str) -> str:
    """Return in SQL what `estimate_of` takes of a measure: how many runs have it, its mean, its variance.

    The bits follow from the order of the rows, which is that of the replications in every cell, packed or not.
    """
    values = measured(measure)
    return f"count({values}), avg({values}), {'NULL' if is_flag(measure) else f'var_samp({values})'}"


def varying_runs(measure: str) -> str:
    """Return in SQL how many runs differ from the most common value of a measure."""
    values = measured(measure)
    return f"count({values}) - coalesce(list_max(map_values(histogram({values}))), 0)"


def estimate_of(measure: str, n: int, value: float, variance: float | None, *, level: float = LEVEL) -> Estimate:
    """Estimate a measure as `estimated` does, from its moments."""
    if not n or is_flag(measure):
        return share_of(n, value, level) if n else NO_ESTIMATE
    return on_scale(measure, mean_of(n, value, math.nan if variance is None else math.sqrt(variance), level))


def on_scale(measure: str, estimate: Estimate) -> Estimate:
    """Clip the interval of an estimate to the scale of the measure."""
    scale = lookup(measure)
    low, high = np.clip((estimate.low, estimate.high), scale.low, scale.high)
    return estimate._replace(low=float(low), high=float(high))


def estimate_columns(names: Iterable[str]) -> list[str]:
    """Name the columns of estimates in a table: for each its value and both ends of its interval.

    >>> estimate_columns(["depth"])
    ['depth', 'depth_low', 'depth_high']
    """
    return [f"{name}{end}" for name in names for end in ("", "_low", "_high")]


def estimate_numbers(estimates: Iterable[Estimate]) -> list[float]:
    """List the numbers that go into the columns of estimates."""
    return [number for estimate in estimates for number in estimate[:3]]


def is_flag(measure: str) -> bool:
    """Return whether every run has the measure or not, so that its mean is a share of the runs."""
    return lookup(measure).kind == "flag"


def measured(measure: str) -> str:
    """Return a measure in SQL."""
    if measure in OUTCOME_NAMES:
        return f"(outcome = '{measure}')::DOUBLE"
    return quoted(measure)


def quoted(name: str) -> str:
    """Return a column in SQL.

    >>> quoted("meetings.count")
    '"meetings.count"'
    """
    return '"' + name.replace('"', '""') + '"'


Levels = dict[str, list[Value]]  # by column, what decides its type


def levels_of(scenarios: Iterable[Scenario]) -> Levels:
    """Return the columns that scenarios need."""
    levels_by_scenario = [_levels(scenario) for scenario in scenarios]
    names = dict.fromkeys(name for levels in levels_by_scenario for name in levels)
    return {name: [value for levels in levels_by_scenario for value in levels.get(name, [None])] for name in names}


def _levels(scenario: Scenario) -> Levels:
    columns: Levels = {}
    for key, distribution in scenario.uncertain.items():
        names = [f"groups.{group}.seats" for group in scenario.groups] if distribution.split is not None else [key]
        columns |= {f"{DRAWN_PREFIX}{name}": _values(distribution) for name in names}
    return columns


def _values(distribution: Uncertain) -> list[Value]:
    """List values of every type that a distribution can give."""
    if distribution.either is not None:
        return [""]
    if distribution.split is not None or distribution.ensemble is not None:
        return [0]
    return [table_value(value) for value in distribution.one_of or distribution.integers or distribution.uniform or ()]


def row_of(scenario: Scenario, seed: int, replication: int) -> dict[str, Value]:
    """Return what a replication drew, by column; for an ensemble the number of the member, counted from 0."""
    return {f"{DRAWN_PREFIX}{key}": table_value(value) for key, value in draws(scenario, seed, replication).items()}


def drawn_columns(levels: Levels, rows: Sequence[dict[str, Value]]) -> Columns:
    """Return the columns of what some replications drew, one row each."""
    return {name: column_of([row.get(name) for row in rows], values) for name, values in levels.items()}


def joined(parts: Sequence[Results]) -> Results:
    """Stack the tables of several parts."""
    if len(parts) == 1:
        return parts[0]
    seats = max(part.delegates.shape[1] for part in parts)
    parts = [part._replace(delegates=_widened(part.delegates, seats)) for part in parts]
    tables: Iterator[Any] = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Results(*tables)


def _widened(narrow: CrossTable[DelegateResultRow], seats: int) -> CrossTable[DelegateResultRow]:
    """Pad a table by delegate (R,N) with blank columns where another draw has more seats."""
    if narrow.shape[1] == seats:
        return narrow
    wide: CrossTable[DelegateResultRow] = blank((narrow.shape[0], seats), DELEGATE_RESULT_ROW)
    wide[:, : narrow.shape[1]] = narrow
    return wide


def glued(tables: Sequence[Columns]) -> Columns:
    """Stack tables; NaN where one lacks a column, such as that of a format that only some cells have."""
    names = dict.fromkeys(name for table in tables for name in table)
    rows = [len(next(iter(table.values()))) for table in tables]
    return {
        name: np.concatenate([table.get(name, np.full(n, np.nan)) for table, n in zip(tables, rows, strict=True)])
        for name in names
    }
