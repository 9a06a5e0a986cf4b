"""The codes of the model as people see them: outcomes of a process, states of a paragraph, holders of the pen.

The codes and their meanings are those of `negotiation.tables`. The order is that of legends and tables.
"""

from __future__ import annotations

from typing import NamedTuple

from negsim.cast.palette import Colour
from negsim.negotiation.measures import OUTCOME_WORDS
from negsim.negotiation.tables import Outcome, Pen, Status


class _Ending(NamedTuple):
    """An ending of a process, in order from the best."""

    label: str
    colour: Colour


class _Standing(NamedTuple):
    """A state of a paragraph. glyph: its mark in the studio. hatch: of its field in pictures."""

    label: str
    colour: Colour
    glyph: str
    hatch: str = ""


OUTCOMES: dict[Outcome, _Ending] = {
    Outcome.CONSENSUS: _Ending(OUTCOME_WORDS[Outcome.CONSENSUS], Colour.BLUE),
    Outcome.PARTIAL: _Ending(OUTCOME_WORDS[Outcome.PARTIAL], Colour.LIGHT_BLUE),
    Outcome.VOTE: _Ending(OUTCOME_WORDS[Outcome.VOTE], Colour.VIOLET),
    Outcome.CHAIR_REPORT: _Ending(OUTCOME_WORDS[Outcome.CHAIR_REPORT], Colour.ORANGE),
    Outcome.NONE: _Ending(OUTCOME_WORDS[Outcome.NONE], Colour.SILVER),
    Outcome.WALKOUT: _Ending(OUTCOME_WORDS[Outcome.WALKOUT], Colour.RUST),
}
STATUSES: dict[Status, _Standing] = {
    Status.EMPTY: _Standing(Status.EMPTY.meaning, Colour.ASH, "–"),
    Status.OPEN: _Standing(Status.OPEN.meaning, Colour.PALE_BLUE, "○"),
    Status.BRACKETED: _Standing("in brackets", Colour.ORANGE, "[ ]"),
    Status.AGREED: _Standing(Status.AGREED.meaning, Colour.GREEN, "✓"),
    Status.DISSENT: _Standing("dissent recorded", Colour.VIOLET, "✓*", "////"),
}
CLOSED_STATUSES = (Status.AGREED, Status.DISSENT)  # of a paragraph that nobody reads again
PENS: dict[Pen, str] = {pen: pen.meaning for pen in Pen}
