"""Session formats: rows of numbers over the fixed set of moves; and what holds within a session of each.

- A session visits its issues in turn. A visit is `statements` statements, then the `closing` move.
- No format owns a psychological privilege.
- NaN means "as the chair of this scenario does it".
- Floor time is spent through `spend`, which never spends more than the session has left.
- A visit to an issue ends with `end_visit`; then the next open issue on the agenda is up.
- A new row of `FORMATS` needs no new kernel.
"""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple, get_type_hints

import numpy as np

from negsim.kernel import kernel
from negsim.negotiation.tables import Case, Field, Move, Pen, State, Table, elapsed, fill, session_left, table_type

CHAIR_S_OWN = math.nan


class Format(NamedTuple):
    """One format. Shares and frankness in 0..1, minutes in minutes.

    meaning: what it is, for people; the other fields are the columns of the table of formats.
    """

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
        float, Field(meaning="what a notice, a drafting group or a poll takes; other moves ignore it")
    ] = 3.0
    meaning: str = ""


COLUMNS = Format._fields[:-1]


def columns() -> dict[str, Field]:
    """The columns of the table of formats, in their order, with their meanings."""
    hints = get_type_hints(Format, include_extras=True)
    return {name: hints[name].__metadata__[0] for name in COLUMNS}


FORMATS: dict[str, Format] = {
    "questionnaire": Format(
        statements=20,
        meaning="question by question; statements, little frankness; nothing can close",
    ),
    "tabled_proposals": Format(
        statements=6, tabling=1, closing=Move.NOTICE, noticing=1.0, pen=Pen.CHAIR, minutes=0.0,
        meaning="proposals are tabled and wait",
    ),
    "proposal_review": Format(
        closing=Move.DISCUSS, statements=1, precision=0.8,
        meaning="open proposals are discussed one by one, under their sponsors' names",
    ),
    "chair_text": Format(
        closing=Move.READ, statements=0, drafts=1, pen=Pen.CHAIR, conservatism=CHAIR_S_OWN, coverage=CHAIR_S_OWN,
        precision=CHAIR_S_OWN, step=CHAIR_S_OWN, pressure=1.0,
        meaning="a conservative, imprecise draft; low responsiveness; pressure grows",
    ),
    "rolling_text": Format(
        closing=Move.READ, statements=0, drafts=1, pen=Pen.CHAIR, precision=0.7, precision_step=0.02, step=0.3,
        memory=1,
        meaning="one text; starts at the stated centre, moves towards those in brackets and away from what was refused",
    ),
    "convergence_mapping": Format(
        closing=Move.NOTICE, statements=6, frankness=0.5, pen=Pen.FACILITATOR, precision=0.7, noticing=8.0, minutes=3.0,
        meaning="facilitated, franker exchange; overlaps are noticed, written down and read",
    ),
    "drafting_group": Format(
        closing=Move.DRAFT_IN_GROUP, statements=0, frankness=0.7, pen=Pen.GROUP, precision=0.9, minutes=30.0,
        meaning="a small mixed group drafts one paragraph; plenary reads it",
    ),
    "package_deal": Format(
        closing=Move.READ_PACKAGE, statements=0, drafts=1, pen=Pen.CHAIR, precision=0.8, step=0.3,
        meaning="issues are traded by salience; one reading for the package",
    ),
    "straw_poll": Format(
        closing=Move.POLL, statements=3, pen=Pen.CHAIR, precision=0.7, minutes=6.0,
        meaning="secret medians inform the text",
    ),
    "friedkin_johnsen": Format(
        closing=Move.AVERAGE, statements=0,
        meaning="reference model, for verification and teaching: everybody moves towards a weighted mean",
    ),
    "deffuant": Format(
        closing=Move.ENCOUNTER, statements=0,
        meaning="reference model, for verification and teaching: two delegates meet and move towards each other",
    ),
    "hegselmann_krause": Format(
        closing=Move.GATHER, statements=0,
        meaning="reference model, for verification and teaching: everybody moves to the mean of those nearby",
    ),
}  # fmt: skip

FORMAT = table_type({name: "int" if isinstance(Format._field_defaults[name], int) else "float" for name in COLUMNS})


class Chair(NamedTuple):
    """How the chair of one scenario works; all in 0..1."""

    conservatism: float = 0.6
    precision: float = 0.5
    coverage: float = 0.8
    responsiveness: float = 0.15
    pressure: float = 0.0  # goes into the setting, not into the table


def table(formats: dict[str, Format], chair: Chair) -> Table[Format]:
    """The formats as a table (F), with the chair's own numbers where a row leaves them to the chair."""
    own = {
        "conservatism": chair.conservatism,
        "coverage": chair.coverage,
        "precision": chair.precision,
        "step": chair.responsiveness,
    }
    columns = {name: np.array([getattr(row, name) for row in formats.values()], dtype=float) for name in COLUMNS}
    for name, number in own.items():
        columns[name] = np.where(np.isnan(columns[name]), number, columns[name])
    return fill(FORMAT, len(formats), **columns)


@kernel
def spend(case: Case, state: State, minutes: float) -> float:
    """Spend floor time, at most what the session has left; the minutes spent."""
    spent = min(minutes, session_left(state))
    state.clock[0].minute += spent
    state.minutes[case.plan[state.clock[0].row].format] += spent
    return spent


@kernel
def end_visit(state: State, issue: int) -> None:
    """The issue has had its turn."""
    state.clock[0].issue = (issue + 1) % state.paragraphs.shape[0]
    state.clock[0].statements = 0
    state.clock[0].since_notice = 0.0


@kernel
def frankness_of(case: Case, state: State) -> float:
    """How far private positions show in this session: the format's, or more behind closed doors."""
    row = state.clock[0].row
    return max(case.formats[case.plan[row].format].frankness, case.plan[row].frankness)


@kernel
def pressure_felt(case: Case, state: State) -> float:
    """P = chair.pressure t^2 where the format lets it be felt, else 0."""
    t, form = elapsed(case, state), case.plan[state.clock[0].row].format
    return case.setting[0].pressure * t * t * case.formats[form].pressure
