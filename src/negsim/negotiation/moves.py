"""The fixed set of moves: what a turn can be, what a row of the plan can be, what a seat can answer.

Rules that hold here
- Plain integers, because kernels compare them; the enums give them names for people.
- A format from outside may combine these moves in new ways; a new move is a change of the model.
"""

from __future__ import annotations

from enum import IntEnum


class Move(IntEnum):
    """What a turn is. The first block fills sessions, the second is rows of the plan between sessions."""

    NOTHING = 0  # the floor is closed: a finished run stays finished
    SPEAK = 1  # one delegate states a position on an issue
    TABLE = 2  # one delegate tables a proposal
    DISCUSS = 3  # an open proposal is discussed and read on one issue, or its sponsor is put on trial
    NOTICE = 4  # the overlap of what was said may be noticed and written down
    DRAFT = 5  # the pen-holder hands out text
    DRAFT_IN_GROUP = 6  # a small mixed group drafts one paragraph
    READ = 7  # the room reads one paragraph
    READ_PACKAGE = 8  # the room reads all paragraphs as one package
    POLL = 9  # a secret straw poll informs the text
    WARN = 10  # the chair reminds the room that time is running out
    AVERAGE = 11  # reference: one synchronous Friedkin-Johnsen round
    ENCOUNTER = 12  # reference: one Deffuant encounter of two delegates
    GATHER = 13  # reference: one Hegselmann-Krause round
    OPEN_SESSION = 14
    CLOSE_SESSION = 15
    EVENING = 16
    GAP = 17  # days pass between meetings
    SUBMIT = 18
    REAFFIRM = 19
    MOTION = 20  # a procedural motion to change the methodology
    CLOSE_MEETING = 21
    RENEW = 22  # the mandate ends; the room may ask for another
    ADOPT = 23  # the report is put to the room; the process ends


class Row(IntEnum):
    """What a row of the plan is."""

    SESSION = 0
    EVENING = 1
    GAP = 2
    SUBMISSION = 3
    REAFFIRM = 4
    MOTION = 5
    MEETING_END = 6
    RENEWAL = 7
    END = 8


class Response(IntEnum):
    """What a seat answers when text is read."""

    ACCEPT = 0
    OBJECT = 1  # stands aside, or blocks where the shortfall exceeds the cost of blocking
    BLOCK = 2  # insists


class Status(IntEnum):
    """Where a paragraph stands."""

    EMPTY = 0
    OPEN = 1
    BRACKETED = 2
    AGREED = 3  # ad referendum
    DISSENT = 4  # closed with dissent recorded


class Outcome(IntEnum):
    """How a process ended."""

    RUNNING = 0
    CONSENSUS = 1
    PARTIAL = 2
    CHAIR_REPORT = 3
    NONE = 4
    WALKOUT = 5
    VOTE = 6


class Pen(IntEnum):
    """Who holds the pen of a text; a number >= 0 is a delegate, the sponsor of a proposal."""

    NOBODY = -1
    CHAIR = -2
    FACILITATOR = -3
    GROUP = -4
