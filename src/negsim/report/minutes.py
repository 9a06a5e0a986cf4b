"""One run told as the minutes of its meetings.

Rules that hold here
- The minutes are plain text in Markdown's manner: a heading a meeting and a day, an item a passage of the log.
- Nothing is told that the log, the trace or the scenario does not say.

Floor minutes as days and times of day.

Rules that hold here
- A day opens at ten; half of its hours lie before a break of two hours, half after: 10-13 and 15-18 of six hours.
- What procedure takes of the day is spread evenly over it.

The event log of a run cut into passages, and what has to be remembered to tell them.

Rules that hold here
- A passage is what is told in one breath: a row of statements, a text handed out, a reading with those who blocked.
- The story keeps who has a bracket on what, so that it can tell when brackets are lifted; new text takes the old
  brackets with it.

How what happens on the floor is told, one function a move.

Rules that hold here
- Nothing is told that the log, the trace or the scenario does not say.

How what lies between the sessions is told, one function a move.

Rules that hold here
- Nothing is told that the log, the trace or the scenario does not say.

Why a run ended as it did, read from its final state.

Rules that hold here
- Every sentence is a number of the state, of the measures or of the log put into words; none is written in advance.
"""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from negsim.negotiation.acceptance import DECISION_RULES
from negsim.negotiation.formats import FORMATS
from negsim.negotiation.log import Block, Discussion, Handout, Happening, Statement, Verdict, events
from negsim.negotiation.runs import Trace
from negsim.negotiation.tables import EventRow, Move, Outcome, Pen, Status, Table
from negsim.report.words import (
    HOUR,
    OUTCOMES,
    PENS,
    RULES,
    counted,
    format_name,
    issue_names,
    listed,
    on_scale,
    percent,
)
from negsim.scenario import Scenario
from negsim.scenario.lowering import floor_minutes, seat_names, seats

CLOSES_NOTHING = {Move.NOTHING, Move.AVERAGE, Move.ENCOUNTER, Move.GATHER}
WIDTH = 100  # columns


def why_it_ended_so(scenario: Scenario, trace: Trace) -> str:
    """The last section of a transcript."""
    verdict, *items = reasons(scenario, trace)
    return "\n\n".join(["## Why it ended so", textwrap.fill(verdict, WIDTH), "\n".join(map(_reason, items))])


def reasons(scenario: Scenario, trace: Trace) -> list[str]:
    """Why a run ended as it did: what was agreed, then paragraph by paragraph, then time, people, proposals, rules."""
    story = Story(scenario, trace)
    issues = sorted(range(len(story.issues)), key=lambda k: _closed(trace, k))
    paragraphs = [_closed_paragraph(story, k) if _closed(trace, k) else _open_paragraph(story, k) for k in issues]
    rest = (*_time(story), *_people(story), *_proposals(story), *_other_rules(story))
    return [_paragraph_verdict(story), *paragraphs, *rest]


def _measure(story: Story, name: str) -> float:
    return float(story.trace.results.runs[name][0])


def _of_issue(story: Story, k: int, name: str) -> float:
    return float(story.trace.results.issues[name][0, k])


def _closed(trace: Trace, k: int) -> bool:
    return int(trace.state.paragraphs["status"][k]) in {Status.AGREED, Status.DISSENT}


def _paragraph_verdict(story: Story) -> str:
    """How much was agreed, and what could have been."""
    issues = len(story.issues)
    agreed = round(_measure(story, "share_agreed") * issues)
    missed, none = int(_measure(story, "missed_agreements")), int(_measure(story, "no_zone"))
    start = round(_measure(story, "zone_start") * issues)
    text = f"{agreed or 'None'} of {counted(issues, 'paragraph')} {'was' if agreed < 2 else 'were'} agreed. "
    text += f"When the process opened, a zone of agreement existed on {start or 'none'} of them."
    if missed + none:
        text += f" {missed + none} stayed open: for {missed} of them a text existed at the end that the room would have"
        text += f" let pass (missed agreements), for {none} there was no zone of agreement."
    return text


# ------------------------------------------------------------------------------------------ the paragraphs


def _open_paragraph(story: Story, k: int) -> str:
    """Why a paragraph was not agreed."""
    parts = [f"{story.quoted(k)} was not agreed:", _zone(story, k)]
    readings = int(_of_issue(story, k, "readings"))
    if not readings:
        has_text = not math.isnan(_of_issue(story, k, "text"))
        return " ".join([*parts, "There was text, but it was never read." if has_text else "No text was ever read."])
    parts.append(_blocked(story, k, readings))
    shortfall = _of_issue(story, k, "shortfall")
    if math.isinf(shortfall) or shortfall <= 0.0:
        parts.append("At the last reading nothing but red lines stood against it.")
    elif not math.isnan(shortfall):
        parts.append(f"At the last reading it fell short of acceptance by up to {shortfall:.2f}.")
    return " ".join(parts)


def _zone(story: Story, k: int) -> str:
    """Whether it could have been agreed."""
    start, end = _of_issue(story, k, "zone_start") > 0, _of_issue(story, k, "zone_end") > 0
    if end:
        before = "as at the start" if start else "though not at the start"
        return f"a missed agreement; a zone of agreement existed at the end, {before}."
    return f"no zone of agreement existed at the end, {'though one did' if start else 'nor'} at the start."


def _blocked(story: Story, k: int, readings: int) -> str:
    """How many blocked, who, and who did so alone."""
    fewest, blocks = int(_of_issue(story, k, "fewest_blockers")), story.trace.state.views["blocks"][:, k]
    who = [int(i) for i in np.flatnonzero(blocks)]
    often = "once" if readings == 1 else f"{readings} times"
    text = f"It was read {often}; at its best reading {counted(fewest, 'delegate')} blocked it."
    if who:
        text += f" Those who ever blocked it: {story.people(who)}."
    alone = [f"{story.delegates[i]} ({counted(n, 'reading')})" for i, n in _alone(story, k).items()]
    return f"{text} {listed(alone)} blocked it alone." if alone else text


def _alone(story: Story, k: int) -> dict[int, int]:
    """Who blocked a paragraph as the only one, and at how many readings."""
    log = story.trace.events
    rows = log[(log["move"] == Move.BLOCK) & (log["issue"] == k) & (log["blockers"] == 1)]
    who, times = np.unique(rows["who"], return_counts=True)
    return {int(i): int(n) for i, n in zip(who, times, strict=True)}


def _closed_paragraph(story: Story, k: int) -> str:
    """What was agreed, after how many readings."""
    dissent = ", with dissent recorded" if story.trace.state.paragraphs["status"][k] == Status.DISSENT else ""
    readings = counted(_of_issue(story, k, "readings"), "reading")
    at, text = duration(_of_issue(story, k, "closed_at")), _of_issue(story, k, "text")
    return f"{story.quoted(k)} was agreed{dissent} after {readings} and {at} of floor time: {story.place(k, text)}."


# ---------------------------------------------------------------------------------------------- the rest


def _time(story: Story) -> Iterator[str]:
    """Where the floor time went, and how much of it could close nothing."""
    spent = dict(zip([*FORMATS, "idle"], story.trace.results.minutes[0], strict=False))
    total = sum(spent.values())
    used = sorted((name for name in spent if spent[name] >= 1.0), key=lambda name: -spent[name])
    shares = [f"{format_name(name)} {duration(spent[name])}" for name in used]
    yield f"Of {duration(total)} of floor time went: {', '.join(shares)}."
    idle = sum(minutes for name, minutes in spent.items() if name != "idle" and FORMATS[name].closing in CLOSES_NOTHING)
    if idle > 0.0:
        yield f"{percent(idle / total)} of the floor time was spent in formats in which nothing can close."


def _people(story: Story) -> Iterator[str]:
    """Trust and distance, before and after."""
    for what, name in (("Trust across groups", "trust_across"), ("Trust in the chair", "trust_chair")):
        yield f"{what} went {_change(story, name)}."
    believed, true = _measure(story, "perceived_distance_end"), _measure(story, "real_distance_end")
    ratio = f", {believed / true:.1f} times the true one" if true > 0.0 else ""
    yield (
        f"The distance that the groups believed to lie between them went {_change(story, 'perceived_distance')}, the"
        f" true one {_change(story, 'real_distance')}: at the end the believed distance was {believed:.2f}{ratio}."
    )


def _change(story: Story, name: str) -> str:
    return f"from {_measure(story, f'{name}_start'):.2f} to {_measure(story, f'{name}_end'):.2f}"


def _proposals(story: Story) -> Iterator[str]:
    """Proposals that were never discussed, and sponsors put on trial."""
    tabled, trials = int(_measure(story, "proposals_tabled")), int(_measure(story, "trials"))
    if not tabled:
        return
    log = story.trace.events
    discussed = set(log["proposal"][(log["move"] == Move.DISCUSS) & ~log["tried"]])
    silent = [p for p in range(tabled) if p not in discussed]
    text = f"{counted(tabled, 'proposal').capitalize()} tabled, {len(silent) or 'none'} of them never discussed"
    if silent:
        sponsors = list(dict.fromkeys(int(story.trace.state.proposals["sponsor"][p]) for p in silent))
        text += f"; their sponsors: {story.people(sponsors)}"
    yield f"{text}." + (f" A sponsor was put on trial {counted(trials, 'time')}." if trials else "")


def _other_rules(story: Story) -> Iterator[str]:
    """What other rules would have made of the same objections, and whether the room wants to go on."""
    names = {measure: name for measure, name in RULES.items() if measure != "would_no_formal_objection"}
    met = [name for measure, name in names.items() if _measure(story, measure) > 0.0]
    agreed = _measure(story, "share_agreed") >= 1.0
    if not agreed:
        which = listed(met) if met else f"none of these: {listed(list(names.values()))}"
        yield f"Of other rules, the same objections would have satisfied {which}."
    support = _measure(story, "renewal_support")
    if not math.isnan(support):
        yield f"{percent(support)} of the delegates want the mandate renewed."


def _reason(text: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False)


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


Passage = Sequence[Any]  # events of `negotiation.log`, of the kinds that the function that tells it reads

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
    """Whether an event goes on with what the last one began."""
    if isinstance(event, Block | Verdict):
        if not isinstance(last, Block | Discussion) or last.issue != event.issue:
            return False
        return isinstance(last, Block) or not last.tried
    if isinstance(event, Handout):
        return isinstance(last, Handout) and last.minute == event.minute
    return isinstance(event, Statement) and isinstance(last, Statement)


def move_of(passage: Passage) -> Move:
    """What a passage is about: a reading begins with those who block."""
    move: Move = passage[0].move
    return Move.READ if move == Move.BLOCK else move


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


def speak(story: Story, said: Passage) -> str:
    """A row of statements, summed up by issue and by group."""
    by_issue: dict[int, list[float]] = {}
    for event in said:
        by_issue.setdefault(event.issue, []).append(event.place)
    speakers = [event.who for event in said]
    if len(said) == 1:
        ((k, (value,)),) = by_issue.items()
        return f"{story.delegates[speakers[0]]} speaks on {story.quoted(k)}: {story.place(k, value)}."
    topics = [f"{len(values)} on {story.quoted(k)} (stated {_range(values)})" for k, values in by_issue.items()]
    who, most = Counter(speakers).most_common(1)[0]
    often = f"; {story.delegates[who]} speaks most often, {most} times" if most > 2 else ""
    head = (
        topics[0].replace(" on", " statements on", 1)
        if len(topics) == 1
        else f"{len(said)} statements: {listed(topics)}"
    )
    return f"{head}, by {story.by_group(speakers)}{often}."


def _range(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.2f}" if high - low < 0.005 else f"from {low:.2f} to {high:.2f}"


def draft(story: Story, drafted: Passage) -> str:
    """A text is handed out, paragraph by paragraph."""
    pen = PENS[Pen(drafted[0].pen)]
    lines = [f"{pen.capitalize()} hands out text on {counted(len(drafted), 'issue')}:"]
    for event in drafted:
        story.new_text(event.issue)
        text = story.place(event.issue, event.place)
        lines.append(f"- {story.quoted(event.issue)}: {text}, precision {event.precision:.2f}")
    return "\n".join(lines)


def read(story: Story, reading: Passage) -> str:
    """A paragraph is read: who blocks, who lifts a bracket, what becomes of the text."""
    before = max(0, story.after(reading[-1]) - 1)
    return _read(story, reading, float(story.trace.text[before, reading[-1].issue]))


def _read(story: Story, reading: Passage, text: float) -> str:
    """A reading of a text that stood at this place when it began."""
    room = reading[-1]
    k, seen, blockers = room.issue, story.after(room), {event.who for event in reading[:-1]}
    lifted = sorted(story.brackets.get(k, set()) - blockers)
    story.brackets[k] = set() if room.passed else blockers
    story.readings[k] += 1
    took = duration(story.trace.minute[seen] - story.trace.minute[max(0, seen - 1)])
    head = f"Reading {story.readings[k]} of {story.quoted(k)}, {story.place(k, text)} ({took}):"
    parts = [head, _verdict(story, reading)]
    if lifted:
        parts.append(f"{counted(len(lifted), 'bracket').capitalize()} lifted: {story.people(lifted)}.")
    after = float(story.trace.text[seen, k])
    if abs(after - text) >= 0.005:
        parts.append(f"The text moves to {after:.2f}.")
    return " ".join(parts)


def _verdict(story: Story, reading: Passage) -> str:
    """What came of a reading."""
    room, blockers = reading[-1], [event.who for event in reading[:-1]]
    if room.passed:
        dissent = story.trace.status[story.after(room), room.issue] == Status.DISSENT
        over = f", over the objection of {story.people(blockers)}" if blockers else ""
        return f"**{'agreed with dissent recorded' if dissent else 'agreed ad referendum'}**{over}."
    if not blockers:
        return "it does not pass, though no one insists."
    worst = max(reading[:-1], key=lambda event: event.shortfall)
    crossed = sum(math.isinf(event.shortfall) for event in reading[:-1])
    short = "a red line is crossed" if crossed else f"{worst.shortfall:.2f} short of acceptance"
    if len(blockers) == 1:
        return f"{story.delegates[blockers[0]]} alone blocks ({short})."
    whom = f"for {crossed} of them" if crossed else f"{story.delegates[worst.who]} is furthest,"
    return f"{len(blockers)} put it in brackets: {story.people(blockers)}; {whom} {short}."


def discuss(story: Story, events: Passage) -> str:
    """A proposal has its slot: its sponsor is put on trial, or it is read, or it would change nothing."""
    event, reading = events[0], events[1:]
    k, sponsor, p = event.issue, story.delegates[event.who], event.proposal
    if event.tried:
        return f"The slot of proposal {p + 1} on {story.quoted(k)}: {sponsor}, not the proposal, is put on trial."
    value = float(story.trace.state.proposed[p, k])
    head = f"Proposal {p + 1} of {sponsor} is discussed on {story.quoted(k)}: {story.place(k, value)}."
    if not reading:
        return f"{head} No fewer would block it than the text on the table, which stays."
    story.new_text(k)
    return f"{head} {_read(story, reading, value)}"


def table(story: Story, events: Passage) -> str:
    """A proposal arrives in writing, or is tabled from the floor."""
    event = events[-1]
    p, waiting = event.proposal, counted(event.waiting, "proposal")
    values = story.trace.state.proposed[p]
    said = [f"{story.quoted(k)} {story.place(k, value)}" for k, value in enumerate(values) if not math.isnan(value)]
    how = "tables" if story.format else "sends in"
    head = f"{story.delegates[event.who]} {how} proposal {p + 1}: {'; '.join(said)}."
    return f"{head} Now {waiting} {'waits' if event.waiting == 1 else 'wait'} for discussion."


def notice(story: Story, events: Passage) -> str:
    """An overlap is noticed and written down."""
    pen = PENS[Pen(FORMATS[story.format].pen)] if story.format in FORMATS else "someone"
    text = _written(story, events)
    return f"{pen.capitalize()} notices an overlap in what is said on {text}"


def draft_in_group(story: Story, events: Passage) -> str:
    """A small mixed group drafts a paragraph."""
    return f"A drafting group of {events[-1].drafters} comes back with a paragraph on {_written(story, events)}"


def poll(story: Story, events: Passage) -> str:
    """A secret straw poll sets the text."""
    return f"A secret straw poll, whose median becomes the text on {_written(story, events)}"


def _written(story: Story, events: Passage) -> str:
    """The issue of a new text, and the text."""
    k = events[-1].issue
    story.new_text(k)
    return f"{story.quoted(k)}; the text is now {story.place(k, events[-1].place)}."


def warn(story: Story, events: Passage) -> str:  # noqa: ARG001
    """The chair presses for time."""
    return f"The chair reminds the room that time is running out ({percent(events[-1].elapsed)} of it is gone)."


def open_session(story: Story, events: Passage) -> str:
    """A session begins."""
    event = events[-1]
    return f"Session: {format_name(story.opens(event.format))}, {duration(event.length)} of floor time."


def close_session(story: Story, events: Passage) -> str:
    """A session ends."""
    event = events[-1]
    story.format = ""
    lost = f"; {duration(event.lost)} are not used" if event.lost >= 1.0 else ""
    return f"The session closes with {counted(event.unresolved, 'paragraph')} open{lost}."


def evening(story: Story, events: Passage) -> str:
    """How an evening is spent."""
    event = events[-1]
    mixed, caucus = event.mixed_share, event.caucus
    dinners = _dinners(story, event.meeting, event.day)
    spent = [f"a dinner brings {guests} to one table" for guests in dinners]
    if mixed > 0.0:
        who = "all" if mixed >= 1.0 else f"about {percent(mixed)} of the delegates"
        spent.append(f"{who} sit at mixed tables")
    if caucus and mixed < 1.0:
        spent.append("the others meet in the caucus of their group" if spent else "each group meets in its own caucus")
    text = "; ".join(spent) or "everybody goes their own way"
    return f"{text[0].upper()}{text[1:]}."


def _dinners(story: Story, meeting: int, day: int) -> Iterator[str]:
    """Who is asked to a dinner on an evening."""
    for event in story.scenario.process.events:
        dinner = event.targeted_dinner
        if dinner and (dinner.meeting, dinner.day) == (meeting + 1, day + 1):
            yield listed([story.groups.get(guest, guest) for guest in dinner.guests])


def gap(story: Story, events: Passage) -> str:  # noqa: ARG001
    """Days pass."""
    return f"{counted(events[-1].days, 'day').capitalize()} pass before the meeting."


def reaffirm(story: Story, events: Passage) -> str:
    """A line on the linked theme is restated."""
    linkage = story.scenario.context.linkage
    theme = f" on {linkage.theme}" if linkage else ""
    who = story.delegates[events[-1].who]
    return f"{who} restates the line of its camp{theme}; the other camps trust it less."


def motion(story: Story, events: Passage) -> str:
    """The room decides how to go on."""
    event = events[-1]
    here = (event.meeting + 1, event.day + 1)
    changes = [e.change_methodology for e in story.scenario.process.events if e.change_methodology]
    moved = [change for change in changes if (change.meeting, change.day) == here]
    to = f" to {format_name(moved[0].to)}" if moved else ""
    if moved and moved[0].by == "chair":
        return f"The chair changes the methodology{to}."
    result = "carried" if event.passed else "lost"
    return f"A motion to change the methodology{to} is {result}; {counted(event.backers, 'delegate')} back it."


def close_meeting(story: Story, events: Passage) -> str:  # noqa: ARG001
    """A meeting ends."""
    return f"The meeting ends; {counted(events[-1].unresolved, 'paragraph')} not agreed."


def walk_out(story: Story, events: Passage) -> str:
    """Members of a group leave."""
    return f"{story.seats[events[-1].who].of.label} leave the negotiation."


def renew(story: Story, events: Passage) -> str:
    """The mandate ends; the room may ask for another."""
    event = events[-1]
    asked = f"The mandate ends without agreement; {percent(event.support)} ask for another."
    if event.passed:
        story.brackets.clear()
        return f"{asked} It is renewed, with empty paper."
    return f"{asked} It is not renewed."


def adopt(story: Story, events: Passage) -> str:  # noqa: ARG001
    """The report is put to the room."""
    event = events[-1]
    verdict = "adopted" if event.passed else "not adopted"
    over = f"; {counted(event.blockers, 'delegate')} block it" if event.blockers else ""
    return f"The report is put to the room: **{verdict}**{over}."


TELLERS: dict[Move, Callable[[Story, Passage], str]] = {
    Move.SPEAK: speak,
    Move.TABLE: table,
    Move.DISCUSS: discuss,
    Move.NOTICE: notice,
    Move.DRAFT: draft,
    Move.DRAFT_IN_GROUP: draft_in_group,
    Move.READ: read,
    Move.POLL: poll,
    Move.WARN: warn,
    Move.OPEN_SESSION: open_session,
    Move.CLOSE_SESSION: close_session,
    Move.EVENING: evening,
    Move.GAP: gap,
    Move.REAFFIRM: reaffirm,
    Move.MOTION: motion,
    Move.CLOSE_MEETING: close_meeting,
    Move.WALK_OUT: walk_out,
    Move.RENEW: renew,
    Move.ADOPT: adopt,
}


def transcript(scenario: Scenario, trace: Trace) -> str:
    """The minutes of one run of a scenario, with how it ended and why.

    Raises ValueError if the trace is not of a run of this scenario.
    """
    seats = sum(group.seats for group in scenario.groups.values())
    if trace.position.shape[1:] != (seats, len(scenario.issues)):
        raise ValueError(f"a trace of {trace.position.shape[1:]} delegates and issues is not of {scenario.title!r}")
    parts = [_opening(scenario, trace), *_meetings(scenario, trace), _outcome(trace), why_it_ended_so(scenario, trace)]
    return "\n\n".join(parts) + "\n"


def _opening(scenario: Scenario, trace: Trace) -> str:
    """What is negotiated, by whom, under which rule."""
    seed, replication = (int(part) for part in trace.state.stream)
    lines = [f"# {scenario.title}", "", f"One run, told from its log: replication {replication} under seed {seed}."]
    if scenario.description:
        lines += ["", _filled(" ".join(scenario.description.split()))]
    lines += ["", "## Who sits there", "", *_groups(scenario)]
    lines += ["", "## What is on the table", "", *_issues(scenario), "", _filled(_rule(scenario))]
    return "\n".join(lines)


def _rule(scenario: Scenario) -> str:
    """How the room decides."""
    whole = scenario.process.adoption == "everything"
    stands = "Nothing is agreed until everything is." if whole else "Each paragraph stands alone."
    return f"Agreed is {DECISION_RULES[scenario.process.decision_rule.kind].agreed}. {stands}"


def _issues(scenario: Scenario) -> Iterator[str]:
    for issue in scenario.issues.values():
        ends = f"from “{issue.low}” (0) to “{issue.high}” (1)"
        yield _item(f"{issue.label}: {ends}; the status quo is at {issue.status_quo:.2f}.")


def _groups(scenario: Scenario) -> Iterator[str]:
    for name, group in scenario.groups.items():
        named = [delegate.name for delegate in scenario.delegates if delegate.group == name]
        among = f", among them {listed(named)}" if named else ""
        voice = "" if group.may_block else "; they may speak, not block"
        yield _item(f"{group.label}: {counted(group.seats, 'seat')}{among}{voice}.")


def _meetings(scenario: Scenario, trace: Trace) -> Iterator[str]:
    """The minutes, a text for every meeting."""
    story, clock = Story(scenario, trace), Clock(scenario)
    for m, told in groupby(passages(trace.events), key=lambda passage: passage[-1].meeting):
        meeting = scenario.process.meetings[m]
        which = f"meeting {m + 1} of {len(scenario.process.meetings)}, {counted(meeting.days, 'day')}"
        lines = [f"## {meeting.name} ({which})"]
        for day, items in groupby(told, key=lambda passage: passage[-1].day):
            heading = f"### Day {day + 1}" if day < meeting.days else f"### Retreat, day {day - meeting.days + 1}"
            lines += ["", heading, "", *(_told(story, clock, passage) for passage in items)]
        yield "\n".join(lines)


def _told(story: Story, clock: Clock, passage: Passage) -> str:
    """One item of the minutes: when, who, what, to what effect."""
    event, move = passage[0], move_of(passage)
    text = TELLERS[move](story, passage)
    if move in {Move.GAP, Move.EVENING, Move.WALK_OUT, Move.CLOSE_MEETING, Move.RENEW}:
        when = "Evening: " if move == Move.EVENING else ""
    else:
        when = f"{clock.time(story.begins(passage), event.meeting, event.day)} "
    return _item(f"{when}{text}")


def _outcome(trace: Trace) -> str:
    outcome = Outcome(int(trace.state.clock["outcome"][0]))
    return f"## Outcome\n\n**{OUTCOMES[outcome].capitalize()}.**"


def _item(text: str) -> str:
    """An item of a list, filled; the lines of a list within it stay lines."""
    first, *rest = text.split("\n")
    lines = [textwrap.fill(first, WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False)]
    lines += [textwrap.fill(line.strip(), WIDTH, initial_indent="    ", subsequent_indent="      ") for line in rest]
    return "\n".join(lines)


def _filled(text: str) -> str:
    return textwrap.fill(text, WIDTH)
