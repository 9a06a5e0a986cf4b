"""Session formats by name, each with its words, its row of numbers and its colour, in the order of menus and tables.

A new record needs no new kernel. An agenda can name it at once, and studies have a column of minutes for it.
`negotiation.formats.Format` says what each number means. A scenario may define others (section `formats`), and so may a
plug-in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from negsim.cast.palette import Colour
from negsim.negotiation.formats import CHAIR_S_OWN, ChairStyle, Format, table
from negsim.negotiation.tables import Move, Pen, Table

IDLE_FORMAT, IDLE_LABEL, IDLE_COLOUR = "idle", "not used", Colour.FOG  # floor time that no session uses


@dataclass(frozen=True, kw_only=True)
class SessionFormat:
    """A session format.

    meaning: a description in one sentence. lesson: the same in the words of lesson 2, "" if the lesson leaves it out.
    row: its numbers. in_lab: whether the curve over methodologies has a point for the one of the same name, which
    gives the format the floor in every meeting unless `methodologies` declares another.
    """

    name: str
    label: str
    meaning: str
    row: Format
    colour: Colour
    lesson: str = ""
    in_lab: bool = False

    @property
    def closes_nothing(self) -> bool:
        """True if no paragraph can close in it."""
        never_notices = self.row.closing == Move.NOTICE and self.row.noticing == 0.0
        return never_notices or self.row.closing == Move.NOTHING


FORMATS = {each.name: each for each in [
    SessionFormat(
        name="questionnaire",
        label="questionnaire",
        meaning="question by question; statements, little frankness; nothing can close",
        lesson="everybody states a position; nothing can close",
        row=Format(statements=20),
        colour=Colour.SILVER,
        in_lab=True,
    ),
    SessionFormat(
        name="tabled_proposals",
        label="tabling of proposals",
        meaning="proposals are tabled and wait; talk may also show an overlap",
        lesson="delegates table proposals, which wait until they are reviewed",
        row=Format(statements=6, tabling=1, closing=Move.NOTICE, noticing=1.0, pen=Pen.CHAIR, minutes=0.0),
        colour=Colour.ORANGE,
        in_lab=True,
    ),
    SessionFormat(
        name="proposal_review",
        label="review of proposals",
        meaning="open proposals are discussed one by one, under their sponsors' names",
        lesson="the room reads the proposals one by one under their sponsors’ names",
        row=Format(closing=Move.DISCUSS, statements=1, precision=0.8),
        colour=Colour.OLIVE,
    ),
    SessionFormat(
        name="chair_text",
        label="chair's text",
        meaning="the chair's own draft, cautious and vague, which moves little; pressure grows",
        lesson="the chair writes a text near the status quo, and the floor brackets it",
        row=Format(
            closing=Move.READ, statements=0, drafts=1, pen=Pen.CHAIR, conservatism=CHAIR_S_OWN, coverage=CHAIR_S_OWN,
            precision=CHAIR_S_OWN, step=CHAIR_S_OWN, pressure=1.0,
        ),
        colour=Colour.VERMILION,
        in_lab=True,
    ),
    SessionFormat(
        name="rolling_text",
        label="rolling text",
        meaning="one text; starts at the stated centre, moves towards those in brackets and away from what was refused",
        lesson="one text moves towards those who block it, away from what was refused, and loses precision",
        row=Format(
            closing=Move.READ, statements=0, drafts=1, pen=Pen.CHAIR, precision=0.7, precision_step=0.02, step=0.3,
            memory=1,
        ),
        colour=Colour.BLUE,
        in_lab=True,
    ),
    SessionFormat(
        name="convergence_mapping",
        label="convergence mapping",
        meaning="a facilitated, franker exchange; overlaps are noticed, written down and read",
        lesson="a facilitator notices overlaps and writes them down",
        row=Format(
            closing=Move.NOTICE, statements=6, frankness=0.5, pen=Pen.FACILITATOR, precision=0.7, noticing=8.0,
            minutes=3.0,
        ),
        colour=Colour.GREEN,
        in_lab=True,
    ),
    SessionFormat(
        name="drafting_group",
        label="drafting group",
        meaning="a small mixed group drafts one paragraph; plenary reads it",
        lesson="a small mixed group drafts a paragraph, then the plenary reads it",
        row=Format(
            closing=Move.DRAFT_IN_GROUP, statements=0, frankness=0.7, pen=Pen.GROUP, precision=0.9, minutes=30.0
        ),
        colour=Colour.PINK,
        in_lab=True,
    ),
    SessionFormat(
        name="package_deal",
        label="package deal",
        meaning="issues are traded by salience, with one reading for the package",
        lesson="issues are traded and read as one package; it takes time to put together, and nobody sells a core"
        " issue",
        row=Format(
            closing=Move.READ_PACKAGE, statements=0, drafts=1, pen=Pen.CHAIR, precision=0.8, step=0.3, minutes=15.0
        ),
        colour=Colour.SKY,
        in_lab=True,
    ),
    SessionFormat(
        name="straw_poll",
        label="straw poll",
        meaning="secret medians inform the text",
        lesson="a secret poll shows where the middle is",
        row=Format(closing=Move.POLL, statements=3, pen=Pen.CHAIR, precision=0.7, minutes=6.0),
        colour=Colour.CHARCOAL,
    ),
]}  # fmt: skip


def format_table(formats: Mapping[str, SessionFormat], chair: ChairStyle) -> Table[Format]:
    """Return the numbers of formats as a table (F), with the chair's own where a row leaves them to the chair."""
    return table([each.row for each in formats.values()], chair)
