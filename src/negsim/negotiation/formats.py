"""Session formats: rows of numbers over the fixed set of moves, and the bookkeeping within a session.

- A session visits its issues in an order of its own. A visit is `statements` statements, then the `closing` move.
- Formats differ in these numbers alone: none has a rule of its own.
- NaN means "as this scenario's chair does it".
- Floor time is spent through `spend`, which never spends more than the session has left.
- A visit to an issue ends with `end_visit`; then the next open issue on the agenda is up.
- A new row needs no new kernel; `cast.formats` has them by name.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Annotated, NamedTuple, get_type_hints

import numpy as np

from negsim.kernel import kernel
from negsim.negotiation.tables import Case, Field, Move, Pen, State, Table, elapsed, fill, session_left, table_type

CHAIR_S_OWN = math.nan


class Format(NamedTuple):
    """The numbers of one format: a row of the table of formats. Shares and frankness in 0..1, minutes in minutes."""

    closing: Annotated[int, Field(meaning="the move that ends a visit to an issue", codes=Move)] = Move.NOTHING
    statements: Annotated[int, Field(meaning="statements before it")] = 6
    frankness: Annotated[float, Field(meaning="how far private positions show")] = 0.0
    tabling: Annotated[int, Field(meaning="1: those given the floor may table a proposal instead")] = 0
    drafts: Annotated[int, Field(meaning="1: the pen-holder hands out text where there is none of its own")] = 0
    pen: Annotated[int, Field(meaning="who holds the pen", codes=Pen)] = Pen.NOBODY
    conservatism: Annotated[float, Field(meaning="weight of the status quo where the text starts")] = 0.0
    coverage: Annotated[float, Field(meaning="chance that the draft has a paragraph on an issue")] = 1.0
    precision: Annotated[float, Field(meaning="how much the text pins down at first")] = 0.7
    precision_step: Annotated[float, Field(meaning="given up after each failed reading")] = 0.0
    step: Annotated[float, Field(meaning="share of the way towards the blockers after each failed reading")] = 0.0
    memory: Annotated[int, Field(meaning="1: the pen-holder remembers what was refused")] = 0
    noticing: Annotated[float, Field(meaning="factor on the noticing rate (facilitators about 8)")] = 0.0
    pressure: Annotated[float, Field(meaning="1: the chair's pressure is felt while text is read")] = 0.0
    minutes: Annotated[
        float,
        Field(meaning="what a notice, a drafting group, a poll or an issue of a package takes; other moves ignore it"),
    ] = 3.0


@cache
def columns() -> dict[str, Field]:
    """Return the columns of the table of formats, in order, with their meanings."""
    hints = get_type_hints(Format, include_extras=True)
    return {name: hints[name].__metadata__[0] for name in Format._fields}


FORMAT_ROW = table_type(
    {name: "int" if isinstance(Format._field_defaults[name], int) else "float" for name in Format._fields}
)


class ChairStyle(NamedTuple):
    """The working style of one scenario's chair; all in 0..1."""

    conservatism: float = 0.6
    precision: float = 0.5
    coverage: float = 0.8
    responsiveness: float = 0.15
    pressure: float = 0.0  # goes into the setting, not into the table


def table(formats: Sequence[Format], chair: ChairStyle) -> Table[Format]:
    """Return the formats as a table (F), with the chair's own numbers where a row leaves them to the chair."""
    own = {
        "conservatism": chair.conservatism,
        "coverage": chair.coverage,
        "precision": chair.precision,
        "step": chair.responsiveness,
    }
    columns = {name: np.array([getattr(row, name) for row in formats], dtype=float) for name in Format._fields}
    for name, number in own.items():
        columns[name] = np.where(np.isnan(columns[name]), number, columns[name])
    return fill(FORMAT_ROW, len(formats), **columns)


@kernel
def format_of(case: Case, state: State) -> int:
    """Return the row of the format in which the session goes on: what a motion has taken up, or that of the plan."""
    taken_up = state.clock[0].format
    return int(taken_up if taken_up >= 0 else case.plan[state.clock[0].row].format)


@kernel
def spend(case: Case, state: State, minutes: float) -> float:
    """Spend floor time, at most what the session has left; return the minutes spent."""
    spent = min(minutes, session_left(state))
    state.clock[0].minute += spent
    state.minutes[format_of(case, state)] += spent
    return spent


@kernel
def end_visit(state: State, issue: int) -> None:
    """End the visit to an issue."""
    state.clock[0].place = (state.paragraphs[issue].place + 1) % state.paragraphs.shape[0]
    state.clock[0].statements = 0
    state.clock[0].since_notice = 0.0


@kernel
def frankness_of(case: Case, state: State) -> float:
    """Return how far private positions show in this session: the format's frankness, or more behind closed doors."""
    return max(case.formats[format_of(case, state)].frankness, case.plan[state.clock[0].row].frankness)


@kernel
def pressure_felt(case: Case, state: State) -> float:
    """Compute P = chair.pressure t^2 if the format lets it be felt, else 0."""
    t, form = elapsed(case, state), format_of(case, state)
    return case.setting[0].pressure * t * t * case.formats[form].pressure
