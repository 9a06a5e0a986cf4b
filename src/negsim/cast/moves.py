"""The moves of the table by name, each with its words, in the order of menus and tables.

A process has those that its key `moves` switches on (rule 5.16). The fields of `scenario.schema.Moves` and the columns
of `negotiation.tables.SettingRow` go by these records.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class _TableMove:
    """A move: the key of a scenario, what it is called, and what it lets a delegate do, in a sentence.

    by_model: whether the model's own delegates make it.
    """

    name: str
    label: str
    meaning: str
    by_model: bool = True


TABLE_MOVES: dict[str, _TableMove] = {
    move.name: move
    for move in (
        _TableMove(
            name="amendments",
            label="amendment",
            meaning="before a reading, delegates may write another text for the paragraph, which is read first",
        ),
        _TableMove(
            name="lone_bracket",
            label="lone bracket",
            meaning="whoever blocks a paragraph alone stops it once; the next time the room passes over the bracket",
        ),
        _TableMove(
            name="questions",
            label="question in the corridor",
            meaning="twice a day a delegate may ask another, who says where it stands and what it can never accept",
            by_model=False,
        ),
        _TableMove(
            name="offers",
            label="conditional offer",
            meaning="after a failed reading, delegates may accept the text if another paragraph becomes what they ask",
        ),
        _TableMove(
            name="pens",
            label="pen on a first text",
            meaning="of those who ask, the one whom the room trusts most writes a paragraph that has not been read yet",
            by_model=False,
        ),
        _TableMove(
            name="motions",
            label="motion to close the list of speakers",
            meaning="once a meeting, delegates may move to close the list of speakers and take up a rolling text",
        ),
    )
}
MOTION_FORMAT = "rolling_text"  # that a motion takes up
