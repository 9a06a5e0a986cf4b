"""The event log of a run cut into passages, and what has to be remembered to tell them.

Rules that hold here
- A passage is what is told in one breath: a row of statements, a text handed out, a reading with those who blocked.
- The story keeps who has a bracket on what, so that it can tell when brackets are lifted; new text takes the old
  brackets with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from negsim.negotiation.formats import FORMATS
from negsim.negotiation.moves import Move
from negsim.negotiation.records import Table
from negsim.negotiation.trace import Trace
from negsim.scenario import Scenario
from negsim.scenario.seats import seat_names, seats
from negsim.tell.words import issue_names, listed, on_scale

Passage = Sequence[Table]  # rows of state.EVENT

FEW = 5  # delegates that are named one by one
_LOGGED_AT_ITS_END = {Move.SPEAK, Move.READ, Move.NOTICE, Move.DRAFT_IN_GROUP, Move.POLL, Move.WARN}
_FORMATS = list(FORMATS)


def passages(events: Table) -> Iterator[list[Table]]:
    """The log in passages; what is read under a sponsor's name belongs to the discussion of the proposal."""
    passage: list[Table] = []
    for event in events:
        if passage and not _belongs(passage[-1], event):
            yield passage
            passage = []
        passage.append(event)
    if passage:
        yield passage


def _belongs(last: Table, event: Table) -> bool:
    """Whether an event goes on with what the last one began."""
    move = Move(int(event["move"]))
    if move == Move.READ:
        begun = last["move"] == Move.READ and last["who"] >= 0
        proposed = last["move"] == Move.DISCUSS and last["second"] > 0
        return bool((begun or proposed) and last["issue"] == event["issue"])
    if move in {Move.SPEAK, Move.DRAFT}:
        return bool(last["move"] == move and (move == Move.SPEAK or last["minute"] == event["minute"]))
    return False


class Story:
    """What has been told so far, and the names of everybody and everything in it."""

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
        """Remember the format of the session that opens; its name."""
        self.format = _FORMATS[number] if number < len(_FORMATS) else f"format {number}"
        return self.format

    def after(self, event: Table) -> int:
        """The first snapshot that has seen an event that took time."""
        return int(np.searchsorted(self._minute, event["minute"], side="left"))

    def begins(self, passage: Passage) -> float:
        """The minute at which a passage begins."""
        event = passage[-1] if passage[0]["move"] == Move.READ else passage[0]
        if Move(int(event["move"])) in _LOGGED_AT_ITS_END:
            return float(self.trace.minute[max(0, self.after(event) - 1)])
        return float(event["minute"])

    def quoted(self, k: int) -> str:
        """The name of an issue."""
        return f"“{self.issues[k]}”"

    def place(self, k: int, value: float) -> str:
        """Where a text on an issue stands, in words."""
        return on_scale(list(self.scenario.issues.values())[k], float(value))

    def people(self, who: Sequence[int]) -> str:
        """Delegates by name where they are few, else counted by group, the named ones among them."""
        if len(who) <= FEW:
            return listed([self.delegates[i] for i in who])
        named = [self.delegates[i] for i in who if self.seats[i].named]
        return self.by_group(who) + (f" (among them {listed(named, most=FEW)})" if named else "")

    def by_group(self, who: Sequence[int]) -> str:
        """How many of each group, the most first."""
        counts = Counter(self.seats[i].of.label for i in who)
        return listed([f"{number} from {name}" for name, number in counts.most_common()])

    def new_text(self, k: int) -> None:
        """Old brackets fall with the old text."""
        self.brackets[k] = set()
