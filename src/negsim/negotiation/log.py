"""Read the event log: each kind of event with the columns that it uses, and nothing else.

Kernels write rows of `tables.EventRow`, whose columns have one meaning each; `events` gives every row as an event of
its kind. A field of an event is the column of that name.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import ClassVar, dataclass_transform

from negsim.negotiation.tables import EventRow, Move, Table


@dataclass_transform(frozen_default=True, kw_only_default=True)
@dataclass(frozen=True, kw_only=True)
class Happening:
    """The fields of all events: the minute of floor time, the meeting and its day (both from 0)."""

    move: ClassVar[Move]
    minute: float
    meeting: int
    day: int

    def __init_subclass__(cls) -> None:
        """Make every kind of event a frozen dataclass, with its fields by their names."""
        dataclass(frozen=True, kw_only=True)(cls)


class Statement(Happening):
    """A delegate states a place on an issue; position is where the delegate really is."""

    move = Move.SPEAK
    issue: int
    who: int
    place: float
    position: float


class Tabling(Happening):
    """A delegate tables a proposal, and this many now wait."""

    move = Move.TABLE
    who: int
    proposal: int
    waiting: int


class Discussion(Happening):
    """A proposal has its slot on an issue."""

    move = Move.DISCUSS
    issue: int
    who: int
    proposal: int


class Overlap(Happening):
    """An overlap is noticed and written down."""

    move = Move.NOTICE
    issue: int
    place: float
    chance: float


class Handout(Happening):
    """A pen-holder hands out text on an issue."""

    move = Move.DRAFT
    issue: int
    pen: int
    place: float
    precision: float


class GroupDraft(Happening):
    """A mixed group has drafted a paragraph."""

    move = Move.DRAFT_IN_GROUP
    issue: int
    place: float
    drafters: int


class Block(Happening):
    """A delegate blocks the text that is read, one of this many blockers."""

    move = Move.BLOCK
    issue: int
    who: int
    shortfall: float
    blockers: int


class Verdict(Happening):
    """The result of reading a text; its blocks, if any, come just before.

    passable: if the reading of a paragraph failed, the nearest place at which a text would have passed; NaN for none.
    passable_low, passable_high: the ends of the places around it at which all texts would have. found: whether the room
    found that text and wrote it.
    """

    move = Move.READ
    issue: int
    place: float
    blockers: int
    passed: bool
    parked: bool
    passable: float
    passable_low: float = math.nan
    passable_high: float = math.nan
    found: bool = False


class StrawPoll(Happening):
    """A secret poll sets the text on an issue."""

    move = Move.POLL
    issue: int
    place: float


class Reminder(Happening):
    """The chair reminds the room of the time."""

    move = Move.WARN
    elapsed: float
    pressure: float


class SessionOpening(Happening):
    """A session begins."""

    move = Move.OPEN_SESSION
    format: int
    length: float


class SessionClosing(Happening):
    """A session ends."""

    move = Move.CLOSE_SESSION
    format: int
    lost: float
    unresolved: int


class EveningSpent(Happening):
    """An evening."""

    move = Move.EVENING
    caucus: bool
    mixed_share: float
    quality: float


class Break(Happening):
    """A break; who hears out whom comes just after."""

    move = Move.CORRIDORS


class Aside(Happening):
    """A delegate hears out another, of another group, in the corridor."""

    move = Move.ASIDE
    who: int
    whom: int


class Exit(Happening):
    """Members of a group leave; who is the first seat of the group."""

    move = Move.WALK_OUT
    who: int
    group: int


class Interval(Happening):
    """Days pass before a meeting; what people do in them comes just after."""

    move = Move.GAP
    days: float


class RecordRead(Happening):
    """The record of what was last said goes round."""

    move = Move.RECORD


class Consultation(Happening):
    """The pen-holder has consulted everybody and redrafts its text on an issue. pen: a `Pen`."""

    move = Move.CONSULT
    issue: int
    pen: int
    place: float


class Circulation(Happening):
    """Drafts go out, on this many issues; days: how long before the meeting they had to. passed: they did, in time."""

    move = Move.CIRCULATE
    days: float
    issues: int
    passed: bool


class Reconsideration(Happening):
    """Capitals reconsider their instructions."""

    move = Move.RECONSIDER


class Reaffirmation(Happening):
    """A delegate restates the line of its camp."""

    move = Move.REAFFIRM
    who: int
    strength: float


class MotionDecided(Happening):
    """The room decides on a procedural motion."""

    move = Move.MOTION
    backers: int
    passed: bool


class MeetingClosing(Happening):
    """A meeting ends."""

    move = Move.CLOSE_MEETING
    unresolved: int


class RenewalDecided(Happening):
    """A mandate ends, and the room asks for another or does not."""

    move = Move.RENEW
    support: float
    passed: bool
    clean_slate: bool


class Adoption(Happening):
    """The report is put to the room."""

    move = Move.ADOPT
    blockers: int
    passed: bool


class AmendmentReading(Happening):
    """The room reads an amendment before the text."""

    move = Move.READ_AMENDMENT
    issue: int
    who: int
    place: float
    blockers: int
    passed: bool


class OfferReading(Happening):
    """The room reads an offer: the text on the issue, if that on the other goes to this place."""

    move = Move.READ_OFFER
    issue: int
    who: int
    other: int
    place: float
    blockers: int
    passed: bool


class CorridorQuestion(Happening):
    """A delegate asks another, who tells the truth."""

    move = Move.QUESTION
    who: int
    whom: int


class SecretShown(Happening):
    """A delegate shows another what only it knows, which moves the other's red line."""

    move = Move.SECRET
    issue: int
    who: int
    whom: int


class Reservation(Happening):
    """The room passes over the lone bracket of a delegate, just before the result of the reading."""

    move = Move.RESERVE
    issue: int
    who: int


class SpeakersMotion(Happening):
    """The room decides on a motion to close the list of speakers; who is the first of those who move it."""

    move = Move.VOTE
    who: int
    backers: int
    passed: bool


HAPPENINGS = {kind.move: kind for kind in Happening.__subclasses__()}
_COLUMNS = {move: [field.name for field in fields(kind)] for move, kind in HAPPENINGS.items()}


def events(log: Table[EventRow]) -> Iterator[Happening]:
    """Yield every row of a log as an event of its kind."""
    for row in log:
        move = Move(int(row["move"]))
        yield HAPPENINGS[move](**{name: row[name].item() for name in _COLUMNS[move]})
