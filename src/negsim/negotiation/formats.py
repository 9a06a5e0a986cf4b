"""Session formats: rows of numbers over the fixed set of moves. No format owns a psychological privilege.

Rules that hold here
- A session visits its issues in turn. A visit is `statements` statements, then the `closing` move.
- NaN means "as the chair of this scenario does it".
- A new row needs no new kernel: pass it in `formats=` when lowering.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from negsim.negotiation.tables import Move, Pen, Table, fill, record_type

CHAIR_S_OWN = math.nan


class Format(NamedTuple):
    """One format. Shares and frankness in 0..1, minutes in minutes."""

    closing: int = Move.NOTHING  # the move that ends a visit to an issue
    statements: int = 6  # statements before it
    frankness: float = 0.0  # how far private positions show
    tabling: int = 0  # 1: those given the floor may table a proposal instead
    drafts: int = 0  # 1: the pen-holder hands out text where there is none of its own
    pen: int = Pen.NOBODY
    conservatism: float = 0.0  # weight of the status quo where the text starts
    coverage: float = 1.0  # chance that the draft has a paragraph on an issue
    precision: float = 0.7  # how much the text pins down at first
    precision_step: float = 0.0  # given up after each failed reading
    step: float = 0.0  # share of the way towards the blockers after each failed reading
    only_if_better: int = 0  # 1: a change is kept only if fewer block
    noticing: float = 0.0  # factor on the noticing rate (facilitators about 8)
    pressure: float = 0.0  # 1: the chair's pressure is felt while text is read
    minutes: float = 3.0  # what the closing move itself takes (readings: per statement, see acceptance)


FORMATS: dict[str, Format] = {
    # question by question; statements, little frankness; nothing can close
    "questionnaire": Format(statements=20),
    # proposals are tabled and wait
    "tabled_proposals": Format(statements=6, tabling=1, closing=Move.NOTICE, noticing=1.0, pen=Pen.CHAIR, minutes=0.0),
    # open proposals are discussed one by one, under their sponsors' names
    "proposal_review": Format(closing=Move.DISCUSS, statements=1, precision=0.8),
    # a conservative, imprecise draft; low responsiveness; pressure grows
    "chair_text": Format(
        closing=Move.READ, statements=0, drafts=1, pen=Pen.CHAIR, conservatism=CHAIR_S_OWN, coverage=CHAIR_S_OWN,
        precision=CHAIR_S_OWN, step=CHAIR_S_OWN, pressure=1.0,
    ),
    # a single negotiating text that starts at the stated centre and moves towards those who block
    "rolling_text": Format(
        closing=Move.READ, statements=0, drafts=1, pen=Pen.CHAIR, precision=0.7, precision_step=0.02, step=0.3,
        only_if_better=1,
    ),
    # facilitated, franker exchange; overlaps are noticed, written down and read
    "convergence_mapping": Format(
        closing=Move.NOTICE, statements=6, frankness=0.5, pen=Pen.FACILITATOR, precision=0.7, noticing=8.0, minutes=3.0,
    ),
    # a small mixed group drafts one paragraph; plenary reads it
    "drafting_group": Format(
        closing=Move.DRAFT_IN_GROUP, statements=0, frankness=0.7, pen=Pen.GROUP, precision=0.9, minutes=30.0,
    ),
    # issues traded by salience; one reading for the package
    "package_deal": Format(closing=Move.READ_PACKAGE, statements=0, drafts=1, pen=Pen.CHAIR, precision=0.8, step=0.3),
    # secret medians inform the text
    "straw_poll": Format(closing=Move.POLL, statements=3, pen=Pen.CHAIR, precision=0.7, minutes=6.0),
    # reference models, for verification and teaching; every move takes one statement's time
    "friedkin_johnsen": Format(closing=Move.AVERAGE, statements=0),
    "deffuant": Format(closing=Move.ENCOUNTER, statements=0),
    "hegselmann_krause": Format(closing=Move.GATHER, statements=0),
}  # fmt: skip


FORMAT = record_type(
    **{name: int if isinstance(Format._field_defaults[name], int) else float for name in Format._fields}
)


class Chair(NamedTuple):
    """How the chair of one scenario works; all in 0..1."""

    conservatism: float = 0.6
    precision: float = 0.5
    coverage: float = 0.8
    responsiveness: float = 0.15
    pressure: float = 0.0  # goes into the setting, not into the table


def table(formats: dict[str, Format], chair: Chair) -> Table:
    """The formats as a table (F of FORMAT), with the chair's own numbers where a row leaves them to the chair."""
    own = {
        "conservatism": chair.conservatism,
        "coverage": chair.coverage,
        "precision": chair.precision,
        "step": chair.responsiveness,
    }
    columns = {name: np.array([getattr(row, name) for row in formats.values()], dtype=float) for name in Format._fields}
    for name, number in own.items():
        columns[name] = np.where(np.isnan(columns[name]), number, columns[name])
    return fill(FORMAT, len(formats), **columns)
