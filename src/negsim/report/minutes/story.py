"""Tell the event log of a run in sentences: its passages, the memory from one to the next, the time of day.

- A passage is what one item of the minutes covers: a row of statements, a text handed out, a reading with its blocks, a
  break with its talks. One function per move puts it into words, using only the log, the trace and the scenario.
- The story keeps who has a bracket on what, so that the minutes can say when brackets are lifted.
- A day opens at ten. Half of its hours lie before a break of two hours and half after it: 10-13 and 15-18 of a day of
  six hours. The time that procedure takes is spread evenly over the day.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from negsim.cast.codes import PENS
from negsim.negotiation.log import Aside, Block, Break, Discussion, Handout, Happening, Statement, Verdict, events
from negsim.negotiation.runs import Trace
from negsim.negotiation.tables import EventRow, Move, Pen, Status, Table
from negsim.report.words import HOUR, capital, counted, format_name, issue_names, listed, on_scale, percent
from negsim.scenario import Scenario
from negsim.scenario.lowering import floor_minutes, seat_names, seats

Passage = Sequence[Any]  # events of `negotiation.log`, of the kinds that the function for its move reads

FEW = 5  # delegates that are named one by one
_LOGGED_AT_ITS_END = {Move.SPEAK, Move.READ, Move.NOTICE, Move.DRAFT_IN_GROUP, Move.POLL, Move.WARN}
UNTIMED = {Move.GAP, Move.EVENING, Move.WALK_OUT, Move.CLOSE_MEETING, Move.RENEW}  # moves without a time of day
OPENS, BREAK = 10.0, 2.0  # o'clock, hours


def passages(log: Table[EventRow]) -> Iterator[list[Happening]]:
    """Split the log into passages; readings under a sponsor's name belong to the discussion of the proposal."""
    passage: list[Happening] = []
    for event in events(log):
        if passage and not _belongs(passage[-1], event):
            yield passage
            passage = []
        passage.append(event)
    if passage:
        yield passage


def _belongs(last: Happening, event: Happening) -> bool:
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
    """Return the move that a passage is about: a reading begins with those who block."""
    move: Move = passage[0].move
    return Move.READ if move == Move.BLOCK else move


class Story:
    """The events so far in a run, and the names of the people and things in it."""

    def __init__(self, scenario: Scenario, trace: Trace) -> None:
        self.scenario, self.trace = scenario, trace
        self.delegates, self.issues = seat_names(scenario), issue_names(scenario)
        self.seats = seats(scenario)
        self.groups = {name: group.label for name, group in scenario.groups.items()}
        self.brackets: dict[int, set[int]] = {}  # by issue: who has one
        self.readings: Counter[int] = Counter()  # by issue
        self.formats = scenario.formats
        self.format = ""  # of the session in progress, "" between sessions
        self._minute = np.maximum.accumulate(trace.minute)

    def after(self, event: Happening) -> int:
        """Return the first snapshot after an event that took time."""
        return int(np.searchsorted(self._minute, event.minute, side="left"))

    def begins(self, passage: Passage) -> float:
        """Return the minute at which a passage begins."""
        event: Happening = passage[-1] if move_of(passage) == Move.READ else passage[0]
        if event.move in _LOGGED_AT_ITS_END:
            return float(self.trace.minute[max(0, self.after(event) - 1)])
        return event.minute

    def quoted(self, k: int) -> str:
        """Quote the name of an issue."""
        return f"“{self.issues[k]}”"

    def place(self, k: int, value: float) -> str:
        """Describe the place of a text on an issue in words."""
        return on_scale(list(self.scenario.issues.values())[k], float(value))

    def people(self, who: Sequence[int]) -> str:
        """Name a few delegates; count more of them by group, with the named ones among them."""
        if len(who) <= FEW:
            return listed([self.delegates[i] for i in who])
        named = [self.delegates[i] for i in who if self.seats[i].named]
        return self.by_group(who) + (f" (among them {listed(named, most=FEW)})" if named else "")

    def by_group(self, who: Sequence[int], of: str = "from") -> str:
        """Count delegates by group, the most first: "3 from Business" for people, "3 by Business" for their acts."""
        counts = Counter(self.seats[i].of.label for i in who)
        return listed([f"{number} {of} {name}" for name, number in counts.most_common()])

    def new_text(self, k: int) -> None:
        """Drop the old brackets when new text comes."""
        self.brackets[k] = set()


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
        """Return the time of day at a minute of floor time, on a day (from 0) of a meeting (from 0)."""
        spent = (minute - self.opened[meeting] - day * self.floor[meeting]) / self.floor[meeting]
        worked = min(1.0, max(0.0, spent)) * self.hours[meeting]
        hour = OPENS + worked + (BREAK if worked > self.hours[meeting] / 2 + 1e-9 else 0.0)
        return f"{int(hour + 1e-6):02d}:{int((hour % 1.0) * HOUR + 1e-3) % 60:02d}"


def duration(minutes: float) -> str:
    """Write a length of time in words.

    >>> duration(12), duration(90), duration(288), duration(1.2)
    ('12 min', '1 h 30', '4 h 48', '1 min')
    """
    whole = round(minutes)
    return f"{whole} min" if whole < HOUR else f"{whole // 60} h {whole % 60:02d}"


def _speak(story: Story, events: Passage) -> str:
    """Sum up a row of statements by issue and by group."""
    by_issue: dict[int, list[float]] = {}
    for event in events:
        by_issue.setdefault(event.issue, []).append(event.place)
    speakers = [event.who for event in events]
    if len(events) == 1:
        ((k, (value,)),) = by_issue.items()
        return f"{story.delegates[speakers[0]]} speaks on {story.quoted(k)}: {story.place(k, value)}."
    topics = [f"{len(values)} on {story.quoted(k)} (stated {_range(values)})" for k, values in by_issue.items()]
    who, most = Counter(speakers).most_common(1)[0]
    often = f"; {story.delegates[who]} speaks most often, {most} times" if most > 2 else ""
    one = len(topics) == 1
    what = topics[0].replace(" on", " statements on", 1) if one else f"{len(events)} statements: {listed(topics)}"
    return f"The room hears {what}; {story.by_group(speakers, 'by')}{often}."


def _range(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.2f}" if high - low < 0.005 else f"from {low:.2f} to {high:.2f}"


def _draft(story: Story, events: Passage) -> str:
    pen = PENS[Pen(events[0].pen)]
    lines = [f"{pen.capitalize()} hands out text on {counted(len(events), 'issue')}:"]
    for event in events:
        story.new_text(event.issue)
        text = story.place(event.issue, event.place)
        lines.append(f"- {story.quoted(event.issue)}: {text}, precision {event.precision:.2f}")
    return "\n".join(lines)


def _read(story: Story, reading: Passage) -> str:
    """Tell the reading of a paragraph: who blocks, who lifts a bracket, what becomes of the text."""
    before = max(0, story.after(reading[-1]) - 1)
    return _reading(story, reading, float(story.trace.text[before, reading[-1].issue]))


def _reading(story: Story, reading: Passage, text: float) -> str:
    """Tell the reading of a text that stood at this place when it began."""
    room = reading[-1]
    k, snapshot, blockers = room.issue, story.after(room), {event.who for event in reading[:-1]}
    lifted = sorted(story.brackets.get(k, set()) - blockers)
    story.brackets[k] = set() if room.passed else blockers
    story.readings[k] += 1
    took = duration(story.trace.minute[snapshot] - story.trace.minute[max(0, snapshot - 1)])
    head = f"Reading {story.readings[k]} of {story.quoted(k)}, {story.place(k, text)}, takes {took}:"
    parts = [head, _verdict(story, reading)]
    if lifted:
        parts.append(f"{counted(len(lifted), 'bracket').capitalize()} lifted: {story.people(lifted)}.")
    if not math.isnan(room.passable):
        parts.append(would_have_passed(room))
    after = float(story.trace.text[snapshot, k])
    if abs(after - text) >= 0.005:
        parts.append(f"The text moves to {after:.2f}.")
    if room.parked:
        parts.append("It is parked for the rest of the day.")
    return " ".join(parts)


def would_have_passed(reading: Verdict) -> str:
    """Say which text would have passed instead of the one that failed, with enough digits to differ.

    >>> would_have_passed(Verdict(minute=9.0, meeting=0, day=0, issue=0, place=0.43, blockers=2, passed=False,
    ...                           parked=False, passable=0.48))
    '0.48 would have passed; the room read 0.43.'
    """
    digits = 2 if f"{reading.passable:.2f}" != f"{reading.place:.2f}" else 4
    return f"{reading.passable:.{digits}f} would have passed; the room read {reading.place:.{digits}f}."


def _verdict(story: Story, reading: Passage) -> str:
    room, blockers = reading[-1], [event.who for event in reading[:-1]]
    if room.passed:
        dissent = story.trace.status[story.after(room), room.issue] == Status.DISSENT
        over = f", over the objection of {story.people(blockers)}" if blockers else ""
        return f"**{'agreed with dissent recorded' if dissent else 'agreed ad referendum'}**{over}."
    if not blockers:
        return "it does not pass, though no one insists."
    worst = max(reading[:-1], key=lambda event: event.shortfall)
    crossed = sum(math.isinf(event.shortfall) for event in reading[:-1])
    if len(blockers) == 1:
        short = "it crosses a red line" if crossed else f"{worst.shortfall:.2f} short of acceptance"
        return f"{story.delegates[blockers[0]]} alone blocks ({short})."
    far = f"{story.delegates[worst.who]} is furthest, {worst.shortfall:.2f} short of acceptance"
    lines = f"it crosses a red line of {'each' if crossed == len(blockers) else crossed} of them"
    return f"{len(blockers)} delegates put it in brackets: {story.people(blockers)}; {lines if crossed else far}."


def _discuss(story: Story, events: Passage) -> str:
    """Tell the slot of a proposal: its sponsor is put on trial, or it is read, or it would change nothing."""
    event, reading = events[0], events[1:]
    k, sponsor, p = event.issue, story.delegates[event.who], event.proposal
    if event.tried:
        return f"The slot of proposal {p + 1} on {story.quoted(k)}: {sponsor}, not the proposal, is put on trial."
    value = float(story.trace.state.proposed[p, k])
    head = f"Proposal {p + 1} of {sponsor} is discussed on {story.quoted(k)}: {story.place(k, value)}."
    if not reading:
        return f"{head} No fewer would block it than the text on the table, which stays."
    story.new_text(k)
    return f"{head} {_reading(story, reading, value)}"


def _table(story: Story, events: Passage) -> str:
    """Tell how a proposal arrives in writing, or is tabled from the floor."""
    event = events[-1]
    p, waiting = event.proposal, counted(event.waiting, "proposal")
    values = story.trace.state.proposed[p]
    places = [f"{story.quoted(k)} {story.place(k, value)}" for k, value in enumerate(values) if not math.isnan(value)]
    how = "tables" if story.format else "sends in"
    head = f"{story.delegates[event.who]} {how} proposal {p + 1}: {'; '.join(places)}."
    return f"{head} Now {waiting} {'waits' if event.waiting == 1 else 'wait'} for discussion."


def _notice(story: Story, events: Passage) -> str:
    pen = PENS[Pen(story.formats[story.format].row.pen)] if story.format in story.formats else "someone"
    text = _new_text(story, events)
    return f"{pen.capitalize()} notices an overlap in the statements on {text}"


def _draft_in_group(story: Story, events: Passage) -> str:
    return f"A drafting group of {events[-1].drafters} comes back with a paragraph on {_new_text(story, events)}"


def _poll(story: Story, events: Passage) -> str:
    return f"A secret straw poll, whose median becomes the text on {_new_text(story, events)}"


def _new_text(story: Story, events: Passage) -> str:
    k = events[-1].issue
    story.new_text(k)
    return f"{story.quoted(k)}; the text is now {story.place(k, events[-1].place)}."


def _warn(story: Story, events: Passage) -> str:  # noqa: ARG001
    return f"The chair urges the room to hurry: {percent(events[-1].elapsed)} of the time is gone."


def _open_session(story: Story, events: Passage) -> str:
    event = events[-1]
    story.format = list(story.formats)[event.format]
    return f"Session: {format_name(story.format)}, {duration(event.length)} of floor time."


def _close_session(story: Story, events: Passage) -> str:
    event = events[-1]
    story.format = ""
    lost = f"; {duration(event.lost)} are not used" if event.lost >= 1.0 else ""
    return f"The session closes with {counted(event.unresolved, 'paragraph')} open{lost}."


def _evening(story: Story, events: Passage) -> str:
    event = events[-1]
    mixed, caucus = event.mixed_share, event.caucus
    dinners = _dinners(story, event.meeting, event.day)
    spent = [f"a dinner brings {guests} to one table" for guests in dinners]
    if mixed > 0.0:
        who = "all" if mixed >= 1.0 else f"about {percent(mixed)} of the delegates"
        spent.append(f"{who} sit at mixed tables")
    if caucus and mixed < 1.0:
        home = "the others meet in the caucus of their group" if spent else "each group meets in its own caucus"
        spent.append("".join([home, *_caucuses(story)]))
    return f"{capital('; '.join(spent) or 'everybody goes their own way')}."


def _caucuses(story: Story) -> Iterator[str]:
    """Name the groups that are divided, with their caucuses of at least two."""
    for group in story.scenario.groups.values():
        if names := [name for name, size in group.caucuses.items() if size > 1]:
            yield f", {group.label} in several ({listed(names)})"


def _dinners(story: Story, meeting: int, day: int) -> Iterator[str]:
    """Name the guests of the dinners on an evening."""
    for event in story.scenario.process.events:
        dinner = event.targeted_dinner
        if dinner and (dinner.meeting, dinner.day) == (meeting + 1, day + 1):
            yield listed([story.groups.get(guest, guest) for guest in dinner.guests])


def _corridors(story: Story, events: Passage) -> str:
    head, *asides = events
    who = [aside.who for aside in asides if len(asides) <= FEW or story.seats[aside.who].named]
    heard = {aside.who: story.delegates[aside.whom] for aside in asides}
    talks = listed([f"{story.delegates[i]} hears {heard[i]} out" for i in who], most=FEW)
    crowd = f"{story.by_group(list(heard))} hear somebody of another group out" if len(asides) > FEW else ""
    parts = [*filter(None, [crowd]), *([talks] if who else [])]
    if head.gossips:
        gossip = "delegate gossips in its" if head.gossips == 1 else "delegates gossip in their"
        parts.append(f"{head.gossips} {gossip} own caucus")
    return f"In the corridors, {'; '.join(parts) or 'nobody has anybody to talk to'}."


def _gap(story: Story, events: Passage) -> str:  # noqa: ARG001
    return f"{counted(events[-1].days, 'day').capitalize()} pass before the meeting."


def _reaffirm(story: Story, events: Passage) -> str:
    linkage = story.scenario.context.linkage
    theme = f" on {linkage.theme}" if linkage else ""
    who = story.delegates[events[-1].who]
    return f"{who} restates the line of its camp{theme}; the other camps trust it less."


def _motion(story: Story, events: Passage) -> str:
    event = events[-1]
    here = (event.meeting + 1, event.day + 1)
    changes = [e.change_methodology for e in story.scenario.process.events if e.change_methodology]
    moved = [change for change in changes if (change.meeting, change.day) == here]
    to = f" to {format_name(moved[0].to)}" if moved else ""
    if moved and moved[0].by == "chair":
        return f"The chair changes the methodology{to}."
    result = "carried" if event.passed else "lost"
    return f"A motion to change the methodology{to} is {result}; {counted(event.backers, 'delegate')} back it."


def _close_meeting(story: Story, events: Passage) -> str:  # noqa: ARG001
    return f"The meeting ends; {counted(events[-1].unresolved, 'paragraph')} not agreed."


def _walk_out(story: Story, events: Passage) -> str:
    return f"{story.seats[events[-1].who].of.label} leave the negotiation."


def _renew(story: Story, events: Passage) -> str:
    event = events[-1]
    request = f"The mandate ends without agreement; {percent(event.support)} ask for another."
    if event.passed and event.clean_slate:
        story.brackets.clear()
        return f"{request} It is renewed, with empty paper."
    if event.passed:
        return f"{request} It is renewed, and goes on from the text as it stands."
    return f"{request} It is not renewed."


def _adopt(story: Story, events: Passage) -> str:  # noqa: ARG001
    event = events[-1]
    verdict = "adopted" if event.passed else "not adopted"
    over = f"; {counted(event.blockers, 'delegate')} block it" if event.blockers else ""
    return f"The report is put to the room: **{verdict}**{over}."


WRITERS: dict[Move, Callable[[Story, Passage], str]] = {
    Move.SPEAK: _speak,
    Move.TABLE: _table,
    Move.DISCUSS: _discuss,
    Move.NOTICE: _notice,
    Move.DRAFT: _draft,
    Move.DRAFT_IN_GROUP: _draft_in_group,
    Move.READ: _read,
    Move.POLL: _poll,
    Move.WARN: _warn,
    Move.OPEN_SESSION: _open_session,
    Move.CLOSE_SESSION: _close_session,
    Move.EVENING: _evening,
    Move.CORRIDORS: _corridors,
    Move.GAP: _gap,
    Move.REAFFIRM: _reaffirm,
    Move.MOTION: _motion,
    Move.CLOSE_MEETING: _close_meeting,
    Move.WALK_OUT: _walk_out,
    Move.RENEW: _renew,
    Move.ADOPT: _adopt,
}
