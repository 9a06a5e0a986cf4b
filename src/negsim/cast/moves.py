"""The moves of the table by name, each with its words, in the order of menus and tables; and what turns ask of seats.

- A process has the moves that its key `moves` switches on (rule 5.16). The fields of `scenario.schema.Moves` and the
  columns of `negotiation.tables.SettingRow` go by these records.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from negsim.negotiation.tables import Move


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
            name="secrets",
            label="secret shown",
            meaning="once, in the corridor, a delegate may show somebody what only it knows, which moves a red line",
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

_TEXT = ("response", "argument")


class _TurnWords(NamedTuple):
    """What a kind of turn is to those at the table.

    decides: the columns of the choice that a seat decides at it. question: the kind of question that it puts, "" where
    an earlier answer decides. card: the kind of card that says what it did, "" for none. is_once: whether every such
    turn is answered by itself. takes_time: whether it is logged once its time is spent.
    """

    decides: tuple[str, ...] = ()
    question: str = ""
    card: str = ""
    is_once: bool = False
    takes_time: bool = False


TURNS: dict[int, _TurnWords] = {
    **dict.fromkeys(Move, _TurnWords()),
    Move.SPEAK: _TurnWords(("values",), "statements", "statement", takes_time=True),
    Move.TABLE: _TurnWords(("values",), "statements", "statement"),
    Move.SUBMIT: _TurnWords(("values",), "submission", is_once=True),
    Move.AMEND: _TurnWords(("place",), "reading"),
    Move.READ_AMENDMENT: _TurnWords(_TEXT, "reading", "amendment", is_once=True, takes_time=True),
    Move.READ: _TurnWords(_TEXT, "reading", "reading", takes_time=True),
    Move.DISCUSS: _TurnWords(_TEXT, "reading", "proposal", is_once=True),
    Move.OFFER: _TurnWords(("about", "place")),
    Move.READ_OFFER: _TurnWords(_TEXT, "reading", "offer", is_once=True, takes_time=True),
    Move.READ_PACKAGE: _TurnWords(_TEXT, "reading", "package", is_once=True),
    Move.ADOPT: _TurnWords(_TEXT, "report", "report", is_once=True),
    Move.ASK: _TurnWords(("whom",), "corridor", "corridor", is_once=True),
    Move.SHOW: _TurnWords(("about",), "secret", "secret", is_once=True),
    Move.TAKE_PEN: _TurnWords(("about", "place"), "pen"),
    Move.CALL: _TurnWords(("about",), "statements"),
    Move.VOTE: _TurnWords(("response",), "motion", "motion", is_once=True, takes_time=True),
    Move.MOTION: _TurnWords(("response",), "motion", "motion", is_once=True),
    Move.EVENING: _TurnWords(("guest",), "evening", "evening", is_once=True),
    Move.GAP: _TurnWords(card="gap"),
    Move.DRAFT: _TurnWords(card="draft"),
    Move.NOTICE: _TurnWords(card="draft", takes_time=True),
    Move.DRAFT_IN_GROUP: _TurnWords(card="draft", takes_time=True),
    Move.POLL: _TurnWords(card="draft", takes_time=True),
    Move.WARN: _TurnWords(takes_time=True),
}
