"""The event log of a run cut into passages, what to remember from one passage to the next, and the time of day.

- A passage is what one item of the minutes covers: a row of statements, a text handed out, a reading with its blocks, a
  break with its talks.
- The story keeps who has a bracket on what, so that the minutes can say when brackets are lifted.
- A day opens at ten. Half of its hours lie before a break of two hours and half after it: 10-13 and 15-18 of a day of
  six hours. The time that procedure takes is spread evenly over the day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from negsim.negotiation.formats import FORMATS
from negsim.negotiation.log import Aside, Block, Break, Discussion, Handout, Happening, Statement, Verdict, events
from negsim.negotiation.runs import Trace
from negsim.negotiation.tables import EventRow, Move, Table
from negsim.report.words import HOUR, issue_names, listed, on_scale
from negsim.scenario import Scenario
from negsim.scenario.lowering import floor_minutes, seat_names, seats

Passage = Sequence[Any]  # events of `negotiation.log`, of the kinds that the function for its move reads

FEW = 5  # delegates that are named one by one
_LOGGED_AT_ITS_END = {Move.SPEAK, Move.READ, Move.NOTICE, Move.DRAFT_IN_GROUP, Move.POLL, Move.WARN}
_FORMATS = list(FORMATS)


def passages(log: Table[EventRow]) -> Iterator[list[Happening]]:
    """The log in passages; what is read under a sponsor's name belongs to the discussion of the proposal."""
    passage: list[Happening] = []
    for event in events(log):
        if passage and not _belongs(passage[-1], event):
            yield passage
            passage = []
        passage.append(event)
    if passage:
        yield passage


def _belongs(last: Happening, event: Happening) -> bool:
    """Whether an event belongs to the passage of the last one."""
    if isinstance(event, Block | Verdict):
        if not isinstance(last, Block | Discussion) or last.issue != event.issue:
            return False
        return isinstance(last, Block) or not last.tried
    if isinstance(event, Handout):
        return isinstance(last, Handout) and last.minute == event.minute
    if isinstance(event, Aside):
        return isinstance(last, Break | Aside)
    return isinstance(event, Statement) and isinstance(last, Statement)


def move_of(passage: Passage) -> Move:
    """The move that a passage is about: a reading begins with those who block."""
    move: Move = passage[0].move
    return Move.READ if move == Move.BLOCK else move


class Story:
    """What happened so far in a run, and what to call the people and things in it."""

    def __init__(self, scenario: Scenario, trace: Trace) -> None:
        self.scenario, self.trace = scenario, trace
        self.delegates, self.issues = seat_names(scenario), issue_names(scenario)
        self.seats = seats(scenario)
        self.groups = {name: group.label for name, group in scenario.groups.items()}
        self.brackets: dict[int, set[int]] = {}  # by issue: who has one
        self.readings: Counter[int] = Counter()  # by issue
        self.format = ""  # of the session in progress, "" between sessions
        self._minute = np.maximum.accumulate(trace.minute)

    def opens(self, number: int) -> str:
        """Note the format of the session that opens; its name."""
        self.format = _FORMATS[number] if number < len(_FORMATS) else f"format {number}"
        return self.format

    def after(self, event: Happening) -> int:
        """The first snapshot that has seen an event that took time."""
        return int(np.searchsorted(self._minute, event.minute, side="left"))

    def begins(self, passage: Passage) -> float:
        """The minute at which a passage begins."""
        event: Happening = passage[-1] if move_of(passage) == Move.READ else passage[0]
        if event.move in _LOGGED_AT_ITS_END:
            return float(self.trace.minute[max(0, self.after(event) - 1)])
        return event.minute

    def quoted(self, k: int) -> str:
        """The name of an issue."""
        return f"“{self.issues[k]}”"

    def place(self, k: int, value: float) -> str:
        """Where a text on an issue stands, in words."""
        return on_scale(list(self.scenario.issues.values())[k], float(value))

    def people(self, who: Sequence[int]) -> str:
        """A few delegates by name; more of them counted by group, with the named ones among them."""
        if len(who) <= FEW:
            return listed([self.delegates[i] for i in who])
        named = [self.delegates[i] for i in who if self.seats[i].named]
        return self.by_group(who) + (f" (among them {listed(named, most=FEW)})" if named else "")

    def by_group(self, who: Sequence[int], of: str = "from") -> str:
        """How many of each group, the most first: "3 from Business" for people, "3 by Business" for what they did."""
        counts = Counter(self.seats[i].of.label for i in who)
        return listed([f"{number} {of} {name}" for name, number in counts.most_common()])

    def new_text(self, k: int) -> None:
        """New text takes the old brackets with it."""
        self.brackets[k] = set()


OPENS, BREAK = 10.0, 2.0  # o'clock, hours


class Clock:
    """The clock on the wall of a process."""

    def __init__(self, scenario: Scenario) -> None:
        self.hours: list[float] = []  # of a day, by meeting
        self.floor: list[float] = []  # minutes of floor time a day has, by meeting
        self.opened: list[float] = []  # minute at which each meeting opens
        minute = 0.0
        for meeting in scenario.process.meetings:
            self.hours.append(scenario.process.hours if meeting.hours is None else meeting.hours)
            self.floor.append(floor_minutes(scenario, meeting))
            self.opened.append(minute)
            minute += self.floor[-1] * meeting.days

    def time(self, minute: float, meeting: int, day: int) -> str:
        """The time of day at a minute of floor time, on a day (from 0) of a meeting (from 0)."""
        spent = (minute - self.opened[meeting] - day * self.floor[meeting]) / self.floor[meeting]
        worked = min(1.0, max(0.0, spent)) * self.hours[meeting]
        hour = OPENS + worked + (BREAK if worked > self.hours[meeting] / 2 + 1e-9 else 0.0)
        return f"{int(hour + 1e-6):02d}:{int((hour % 1.0) * HOUR + 1e-3) % 60:02d}"


def duration(minutes: float) -> str:
    """A length of time in words.

    >>> duration(12), duration(90), duration(288), duration(1.2)
    ('12 min', '1 h 30', '4 h 48', '1 min')
    """
    whole = round(minutes)
    return f"{whole} min" if whole < HOUR else f"{whole // 60} h {whole % 60:02d}"
