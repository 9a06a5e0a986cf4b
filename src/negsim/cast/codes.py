"""The codes of the model as people see them: outcomes of a process, states of a paragraph, holders of the pen.

The codes and their meanings are those of `negotiation.tables`. The order is that of legends and tables.
"""

from __future__ import annotations

from typing import NamedTuple

from negsim.cast.palette import Colour
from negsim.negotiation.measures import OUTCOME_WORDS
from negsim.negotiation.tables import Outcome, Pen, Status


class Ending(NamedTuple):
    """An ending of a process, in order from the best."""

    label: str
    colour: Colour


class Standing(NamedTuple):
    """A state of a paragraph. glyph: its mark in the studio. hatch: of its field in pictures."""

    label: str
    colour: Colour
    glyph: str
    hatch: str = ""


OUTCOMES: dict[Outcome, Ending] = {
    Outcome.CONSENSUS: Ending(OUTCOME_WORDS[Outcome.CONSENSUS], Colour.BLUE),
    Outcome.PARTIAL: Ending(OUTCOME_WORDS[Outcome.PARTIAL], Colour.LIGHT_BLUE),
    Outcome.VOTE: Ending(OUTCOME_WORDS[Outcome.VOTE], Colour.VIOLET),
    Outcome.CHAIR_REPORT: Ending(OUTCOME_WORDS[Outcome.CHAIR_REPORT], Colour.ORANGE),
    Outcome.NONE: Ending(OUTCOME_WORDS[Outcome.NONE], Colour.SILVER),
    Outcome.WALKOUT: Ending(OUTCOME_WORDS[Outcome.WALKOUT], Colour.RUST),
}
STATUSES: dict[Status, Standing] = {
    Status.EMPTY: Standing("no text", Colour.ASH, "–"),
    Status.OPEN: Standing("text, not read yet", Colour.PALE_BLUE, "○"),
    Status.BRACKETED: Standing("in brackets", Colour.ORANGE, "[ ]"),
    Status.AGREED: Standing("agreed ad referendum", Colour.GREEN, "✓"),
    Status.DISSENT: Standing("dissent recorded", Colour.VIOLET, "✓*", "////"),
}
PENS: dict[Pen, str] = {
    Pen.NOBODY: "no one",
    Pen.CHAIR: "the chair",
    Pen.FACILITATOR: "the facilitator",
    Pen.GROUP: "a drafting group",
}
