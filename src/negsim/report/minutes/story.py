"""Tell the event log of a run in sentences: its passages, the memory from one to the next, the time of day.

- A passage is what one item of the minutes covers: a row of statements, a text handed out, a reading with its blocks,
  an evening or a break with its talks and the secrets told in them. One function per move puts it into words, using
  only the log, the trace and the scenario.
- The story keeps who has a bracket on what, so that the minutes can say when brackets are lifted.
- A day opens at ten. Half of its hours lie before a break of two hours and half after it: 10-13 and 15-18 of a day of
  six hours. One of more than twelve ends after midnight. The time that procedure takes is spread evenly over the day.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from negsim.cast.codes import CLOSED_STATUSES, PENS
from negsim.cast.moves import TURNS
from negsim.cast.units import HOUR
from negsim.negotiation.log import (
    HAPPENINGS,
    AmendmentReading,
    Aside,
    Block,
    Break,
    Circulation,
    Consultation,
    CorridorQuestion,
    Discussion,
    Handout,
    Happening,
    Reservation,
    SecretShown,
    Statement,
    Verdict,
    events,
)
from negsim.negotiation.runs import Trace
from negsim.negotiation.tables import EventRow, Move, Pen, Status, Table
from negsim.report.words import capital, format_name, issue_names, listed, percent
from negsim.scenario import Scenario
from negsim.scenario.lowering import floor_minutes, seat_names, seats
from negsim.sentences import Place, named, patterns, place_on, sentence, slots_of

Passage = Sequence[Any]  # events of `negotiation.log`, of the kinds that the function for its move reads

_MOST_NAMED_DELEGATES = 5  # delegates that are named one by one
UNTIMED_MOVES = {  # moves without a time of day
    Move.GAP, Move.RECORD, Move.CONSULT, Move.CIRCULATE, Move.RECONSIDER, Move.EVENING, Move.WALK_OUT,
    Move.CLOSE_MEETING, Move.RENEW,
}  # fmt: skip
_OPENS, _BREAK = 10.0, 2.0  # o'clock, hours


def passages(log: Table[EventRow]) -> Iterator[list[Happening]]:
    """Split the log into passages; readings under a sponsor's name belong to the discussion of the proposal."""
    passage: list[Happening] = []
    for event in events(log):
        if passage and not _belongs(passage[0], passage[-1], event):
            yield passage
            passage = []
        passage.append(event)
    if passage:
        yield passage


def _belongs(first: Happening, last: Happening, event: Happening) -> bool:
    if isinstance(event, Block | Verdict | Reservation | AmendmentReading):
        return isinstance(last, Block | Discussion | Reservation) and last.issue == event.issue
    if isinstance(event, CorridorQuestion):
        return isinstance(last, CorridorQuestion)
    if isinstance(event, Handout):
        return isinstance(last, Handout) and (last.minute, last.pen) == (event.minute, event.pen)
    if isinstance(event, Aside):
        return isinstance(first, Break)
    if isinstance(event, SecretShown):  # to whom one sits with at a table, or talks to at a break
        in_talk = isinstance(last, Aside) and (last.who, last.whom) == (event.who, event.whom)
        return in_talk or first.move == Move.EVENING
    return isinstance(event, Statement) and isinstance(last, Statement)


def move_of(passage: Passage) -> Move:
    """Return the move that a passage is about: a reading begins with those who block, or are passed over."""
    move: Move = passage[0].move
    return passage[-1].move if move in {Move.BLOCK, Move.RESERVE} else move


class Story:
    """The events so far in a run, and the names of the people and things in it."""

    def __init__(self, scenario: Scenario, trace: Trace) -> None:
        self.scenario, self.trace = scenario, trace
        self.delegates, self.issues = seat_names(scenario), issue_names(scenario)
        self.seats = seats(scenario)
        self.groups = {name: group.label for name, group in scenario.groups.items()}
        self.brackets: dict[int, set[int]] = {}  # by issue: who has one
        self.readings: Counter[int] = Counter()  # by issue
        self.last_read = math.nan  # minute of the last reading; paragraphs of one package have the same
        self.amendments: dict[int, list[float]] = {}  # by issue: their places, since its last reading
        self.formats = scenario.session_formats
        self.format = ""  # of the session in progress, "" between sessions
        self._minute = np.maximum.accumulate(trace.minute)

    def after(self, event: Happening) -> int:
        """Return the first snapshot after an event that took time."""
        return int(np.searchsorted(self._minute, event.minute, side="left"))

    def begins(self, passage: Passage) -> float:
        """Return the minute at which a passage begins."""
        event: Happening = passage[-1] if move_of(passage) in {Move.READ, Move.READ_AMENDMENT} else passage[0]
        if TURNS[event.move].takes_time:
            return float(self.trace.minute[max(0, self.after(event) - 1)])
        return event.minute

    def quoted(self, k: int) -> str:
        """Quote the name of an issue."""
        return f"“{self.issues[k]}”"

    def place(self, k: int, value: float) -> Place:
        """Return the place of a text on an issue."""
        issue = list(self.scenario.issues.values())[k]
        return place_on(issue, float(value))

    def people(self, who: Sequence[int]) -> str:
        """Name a few delegates; count more of them by group, with the named delegates among them."""
        if len(who) <= _MOST_NAMED_DELEGATES:
            return listed([self.delegates[i] for i in who])
        groups = [sentence("people.from", n=n, group=group) for group, n in self.by_group(who)]
        named = [self.delegates[i] for i in who if self.seats[i].named]
        return (
            sentence("people.named", groups=groups, names=listed(named, most=_MOST_NAMED_DELEGATES))
            if named
            else listed(groups)
        )

    def by_group(self, who: Sequence[int]) -> list[tuple[str, int]]:
        """Count delegates by group, the most first."""
        return Counter(self.seats[i].of.label for i in who).most_common()

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
        hour = _OPENS + worked + (_BREAK if worked > self.hours[meeting] / 2 + 1e-9 else 0.0)
        return f"{int(hour + 1e-6) % 24:02d}:{int((hour % 1.0) * HOUR + 1e-3) % 60:02d}"


def duration(minutes: float) -> str:
    """Write a length of time in words.

    >>> duration(12), duration(90), duration(288), duration(1.2)
    ('12 min', '1 h 30', '4 h 48', '1 min')
    """
    whole = round(minutes)
    if whole < HOUR:
        return sentence("time.minutes", minutes=whole)
    return sentence("time.hours", hours=whole // 60, minutes=f"{whole % 60:02d}")


def _speak(story: Story, events: Passage) -> str:
    """Sum up a row of statements by issue and by group."""
    by_issue: dict[int, list[float]] = {}
    for event in events:
        by_issue.setdefault(event.issue, []).append(event.place)
    speakers = [event.who for event in events]
    if len(events) == 1:
        ((k, (value,)),) = by_issue.items()
        return sentence(
            "statement", who=story.delegates[speakers[0]], issue=story.quoted(k), text=story.place(k, value)
        )
    groups = [sentence("people.by", n=n, group=group) for group, n in story.by_group(speakers)]
    who, most = Counter(speakers).most_common(1)[0]
    often = sentence("statements.often", who=story.delegates[who], n=most) if most > 2 else ""
    about = [(story.quoted(k), len(values), _range(story, k, values)) for k, values in by_issue.items()]
    if len(about) == 1:
        ((issue, n, span),) = about
        return sentence("statements", n=n, issue=issue, range=span, speakers=groups, often=often)
    topics = [sentence("statements.topic", n=n, issue=issue, range=span) for issue, n, span in about]
    return sentence("statements.on_issues", n=len(events), topics=topics, speakers=groups, often=often)


def _range(story: Story, k: int, values: Sequence[float]) -> str:
    low, high = story.place(k, min(values)), story.place(k, max(values))
    return named(low) if high.value - low.value < 0.005 else sentence("statements.range", low=low, high=high)


def _draft(story: Story, events: Passage) -> str:
    pen = events[0].pen
    lines = [capital(sentence("handout", pen=story.delegates[pen] if pen >= 0 else PENS[Pen(pen)], n=len(events)))]
    for event in events:
        story.new_text(event.issue)
        issue, text = story.quoted(event.issue), story.place(event.issue, event.place)
        lines.append("- " + sentence("handout.text", issue=issue, text=text))
    return "\n".join(lines)


def _read(story: Story, reading: Passage) -> str:
    """Tell the reading of a paragraph: who blocks, who lifts a bracket, what becomes of the text."""
    before = max(0, story.after(reading[-1]) - 1)
    return _reading(story, reading, float(story.trace.text[before, reading[-1].issue]))


def _reading(story: Story, reading: Passage, text: float) -> str:
    """Tell the reading of a text that stood at this place when it began."""
    room = reading[-1]
    k, snapshot, blockers = room.issue, story.after(room), {event.who for event in reading if event.move == Move.BLOCK}
    lifted = sorted(story.brackets.get(k, set()) - blockers)
    story.brackets[k] = set() if room.passed else blockers
    story.readings[k] += 1
    n, issue, at = story.readings[k], story.quoted(k), story.place(k, text)
    if story.last_read == room.minute:
        parts = [sentence("reading.in_package", n=n, issue=issue, text=at), _verdict_again(story, room)]
    else:
        took = duration(story.trace.minute[snapshot] - story.trace.minute[max(0, snapshot - 1)])
        parts = [sentence("reading", n=n, issue=issue, text=at, time=took), _verdict(story, reading)]
    story.last_read = room.minute
    if lifted:
        parts.append(sentence("reading.lifted", n=len(lifted), who=story.people(lifted)))
    if not math.isnan(room.passable):
        parts.append(would_have_passed(story, room))
    parts += [
        sentence("reading.passed_over", who=story.delegates[one.who]) for one in reading if one.move == Move.RESERVE
    ]
    after = float(story.trace.text[snapshot, k])
    if after in story.amendments.pop(k, []) and not room.passed:
        parts.append(sentence("reading.amended", place=story.place(k, after)))
        story.new_text(k)
    elif room.found:
        parts.append(sentence("reading.found", place=story.place(k, after)))
    elif abs(after - text) >= 0.005:
        parts.append(sentence("reading.moves", place=story.place(k, after)))
    if room.parked:
        parts.append(sentence("reading.parked"))
    return " ".join(parts)


def would_have_passed(story: Story, reading: Verdict) -> str:
    """Say which text would have passed instead of the one that failed, with enough digits to differ."""
    differs = f"{reading.passable:.2f}" != f"{reading.place:.2f}"
    low, high, passable, place = (
        story.place(reading.issue, value) if differs else f"{value:.4f}"
        for value in (reading.passable_low, reading.passable_high, reading.passable, reading.place)
    )
    if reading.passable_low < reading.passable_high:
        return sentence("reading.passable_range", low=low, high=high, place=place)
    return sentence("reading.passable", passable=passable, place=place)


def _verdict(story: Story, reading: Passage) -> str:
    room, blocks = reading[-1], [event for event in reading if event.move == Move.BLOCK]
    blockers = [event.who for event in blocks]
    if room.passed:
        dissent = story.trace.status[story.after(room), room.issue] == Status.DISSENT
        if not blockers:
            return sentence("reading.dissent" if dissent else "reading.agreed")
        return sentence("reading.dissent_over" if dissent else "reading.agreed_over", who=story.people(blockers))
    return _blocks(story, blocks) if blockers else sentence("reading.nobody")


def _verdict_again(story: Story, room: Verdict) -> str:
    """Tell the result for a further paragraph of a package, whose blockers have been named."""
    return sentence("reading.same_blockers") if room.blockers and not room.passed else _verdict(story, [room])


def _blocks(story: Story, blocks: Passage) -> str:
    """Tell who blocks a text, and how far it is from what they accept."""
    blockers = [event.who for event in blocks]
    worst = max(blocks, key=lambda event: event.shortfall)
    who, shortfall = story.people(blockers), f"{worst.shortfall:.2f}"
    crossed = sum(math.isinf(event.shortfall) for event in blocks)
    if len(blockers) == 1:
        if crossed:
            return sentence("reading.alone_red_line", who=who)
        return sentence("reading.alone", who=who, shortfall=shortfall)
    if crossed == len(blockers):
        return sentence("reading.red_line_of_each", n=len(blockers), who=who)
    if crossed:
        return sentence("reading.red_line_of_some", n=len(blockers), who=who, some=crossed)
    furthest = story.delegates[worst.who]
    return sentence("reading.blocked", n=len(blockers), who=who, furthest=furthest, shortfall=shortfall)


def _discuss(story: Story, events: Passage) -> str:
    """Tell the slot of a proposal: it is read, or it would change nothing."""
    event, reading = events[0], events[1:]
    k, who = event.issue, story.delegates[event.who]
    value = float(story.trace.state.proposed[event.proposal, k])
    text = story.place(k, value)
    head = sentence("proposal.discussed", proposal=event.proposal + 1, who=who, issue=story.quoted(k), text=text)
    if not reading:
        return f"{head} {sentence('proposal.changes_nothing')}"
    story.new_text(k)
    return f"{head} {_reading(story, reading, value)}"


def _table(story: Story, events: Passage) -> str:
    """Tell how a proposal arrives in writing, or is tabled from the floor."""
    event = events[-1]
    values = story.trace.state.proposed[event.proposal]
    places = [
        sentence("proposal.place", issue=story.quoted(k), text=story.place(k, value))
        for k, value in enumerate(values)
        if not math.isnan(value)
    ]
    return sentence(
        "proposal.tabled" if story.format else "proposal.sent",
        who=story.delegates[event.who], proposal=event.proposal + 1, places="; ".join(places), waiting=event.waiting,
    )  # fmt: skip


def _open_session(story: Story, events: Passage) -> str:
    event = events[-1]
    story.format = list(story.formats)[event.format]
    return sentence("session.opens", format=format_name(story.format, story.formats), time=duration(event.length))


def _close_session(story: Story, events: Passage) -> str:
    event = events[-1]
    story.format = ""
    if event.lost >= 1.0:
        return sentence("session.closes_early", open=event.unresolved, time=duration(event.lost))
    return sentence("session.closes", open=event.unresolved)


def _evening(story: Story, events: Passage) -> str:
    event, secrets = events[0], events[1:]
    mixed, caucus = event.mixed_share, event.caucus
    spent = [sentence("evening.dinner", guests=guests) for guests in _dinners(story, event.meeting, event.day)]
    if mixed >= 1.0:
        spent.append(sentence("evening.all_mixed"))
    elif mixed > 0.0:
        spent.append(sentence("evening.mixed", share=percent(mixed)))
    if caucus and mixed < 1.0:
        spent.append(sentence("evening.others" if spent else "evening.caucus", divided="".join(_caucuses(story))))
    told = [_secret(story, one, at_table=True) for one in secrets]
    return " ".join([f"{capital('; '.join(spent) or sentence('evening.free'))}.", *told])


def _secret(story: Story, event: SecretShown, *, at_table: bool) -> str:
    """Tell who showed whom what nobody else knew, at a table or in the corridor."""
    who, whom = story.delegates[event.who], story.delegates[event.whom]
    return sentence("secret.table" if at_table else "secret", who=who, whom=whom, issue=story.quoted(event.issue))


def _caucuses(story: Story) -> Iterator[str]:
    """Name the groups that are divided, with their caucuses of at least two."""
    for group in story.scenario.groups.values():
        if names := [name for name, size in group.caucuses.items() if size > 1]:
            yield sentence("evening.divided", group=group.label, caucuses=names)


def _dinners(story: Story, meeting: int, day: int) -> Iterator[list[str]]:
    """Name the guests of the dinners on an evening."""
    for event in story.scenario.process.events:
        dinner = event.targeted_dinner
        if dinner and (dinner.meeting, dinner.day) == (meeting + 1, day + 1):
            yield [story.groups.get(guest, guest) for guest in dinner.guests]


def _corridors(story: Story, events: Passage) -> str:
    asides, secrets = ([one for one in events if one.move == move] for move in (Move.ASIDE, Move.SECRET))
    who = [aside.who for aside in asides if len(asides) <= _MOST_NAMED_DELEGATES or story.seats[aside.who].named]
    heard = {aside.who: story.delegates[aside.whom] for aside in asides}
    parts = []
    if len(asides) > _MOST_NAMED_DELEGATES:
        groups = [sentence("people.from", n=n, group=group) for group, n in story.by_group(list(heard))]
        parts.append(sentence("corridors.crowd", groups=groups))
    if who:
        talks = [sentence("corridors.talk", who=story.delegates[i], whom=heard[i]) for i in who]
        parts.append(listed(talks, most=_MOST_NAMED_DELEGATES))
    talk = sentence("corridors", parts="; ".join(parts) or sentence("corridors.nobody"))
    return " ".join([talk, *(_secret(story, one, at_table=False) for one in secrets)])


def _circulate(story: Story, events: Passage) -> str:  # noqa: ARG001
    event: Circulation = events[-1]
    if not event.issues:
        return sentence("gap.no_drafts", days=event.days)
    return sentence("gap.drafts" if event.passed else "gap.drafts_late", days=event.days, drafts=event.issues)


def _reaffirm(story: Story, events: Passage) -> str:
    linkage, who = story.scenario.context.linkage, story.delegates[events[-1].who]
    return sentence("camp_line.theme", who=who, theme=linkage.theme) if linkage else sentence("camp_line", who=who)


def _motion(story: Story, events: Passage) -> str:
    event = events[-1]
    here = (event.meeting + 1, event.day + 1)
    changes = [e.change_methodology for e in story.scenario.process.events if e.change_methodology]
    moved = [change for change in changes if (change.meeting, change.day) == here]
    to = sentence("motion.to", methodology=format_name(moved[0].to)) if moved else ""
    if moved and moved[0].by == "chair":
        return sentence("motion.chair", to=to)
    return sentence("motion.carried" if event.passed else "motion.lost", to=to, backers=event.backers)


def _read_amendment(story: Story, events: Passage) -> str:
    event, snapshot = events[-1], story.after(events[-1])
    k = event.issue
    story.amendments.setdefault(k, []).append(event.place)
    text = story.place(k, event.place)
    parts = [sentence("amendment", who=story.delegates[event.who], issue=story.quoted(k), text=text)]
    parts.append(sentence("amendment.passes") if event.passed else sentence("amendment.fails", blockers=event.blockers))
    parts += [sentence("reading.passed_over", who=story.delegates[one.who]) for one in events[:-1]]
    if story.trace.status[snapshot, k] in CLOSED_STATUSES:
        parts.append(sentence("amendment.agreed", place=story.place(k, story.trace.text[snapshot, k])))
        story.new_text(k)
    return " ".join(parts)


def _read_offer(story: Story, events: Passage) -> str:
    event = events[-1]
    text, other = story.place(event.other, event.place), story.quoted(event.other)
    offer = sentence("offer", who=story.delegates[event.who], issue=story.quoted(event.issue), other=other, text=text)
    if not event.passed:
        return f"{offer} {sentence('offer.fails', blockers=event.blockers)}"
    for k in (event.issue, event.other):
        story.new_text(k)
    return f"{offer} {sentence('offer.agreed')}"


def _ask(story: Story, events: Passage) -> str:
    questions: dict[str, list[str]] = {}
    for event in events:
        questions.setdefault(story.delegates[event.who], []).append(story.delegates[event.whom])
    talks = [sentence("questions.one", who=who, whom=whom) for who, whom in questions.items()]
    return sentence("questions", talks=talks)


def _renew(story: Story, events: Passage) -> str:
    event = events[-1]
    request = sentence("renewal", share=percent(event.support))
    if event.passed and event.clean_slate:
        story.brackets.clear()
        return f"{request} {sentence('renewal.empty_paper')}"
    return f"{request} {sentence('renewal.goes_on' if event.passed else 'renewal.refused')}"


def _adopt(story: Story, events: Passage) -> str:  # noqa: ARG001
    event = events[-1]
    if not event.blockers:
        return sentence("report.adopted" if event.passed else "report.rejected")
    return sentence("report.adopted_over" if event.passed else "report.rejected_by", blockers=event.blockers)


def _pen(story: Story, event: Happening) -> str:
    """Name who writes, with whom the sentence begins: of an overlap, the pen-holder of the session's format."""
    if isinstance(event, Consultation):
        return capital(PENS[Pen(event.pen)])
    return capital(PENS[Pen(story.formats[story.format].row.pen)] if story.format in story.formats else "someone")


_BRING_TEXT = {Move.NOTICE, Move.DRAFT_IN_GROUP, Move.POLL, Move.CONSULT}
_PATTERNS = {  # of moves whose names their patterns do not have
    Move.NOTICE: "overlap",
    Move.DRAFT_IN_GROUP: "group_draft",
    Move.WARN: "warning",
    Move.CONSULT: "gap.consult",
    Move.WALK_OUT: "walkout",
}
_SLOTS: dict[str, Callable[[Story, Any], str | Place]] = {  # what stands in those that are not a column as it is
    "who": lambda story, event: story.delegates[event.who],
    "whom": lambda story, event: story.delegates[event.whom],
    "group": lambda story, event: story.seats[event.who].of.label,
    "pen": _pen,
    "issue": lambda story, event: story.quoted(event.issue),
    "text": lambda story, event: story.place(event.issue, event.place),
    "share": lambda _, event: percent(event.elapsed),
}


def _in_words(story: Story, events: Passage) -> str:
    """Fill in the pattern of the move, by its name unless it has another; the room's decisions have two."""
    event = events[-1]
    if event.move in _BRING_TEXT:
        story.new_text(event.issue)
    decided = (".carried" if event.passed else ".lost") if hasattr(event, "passed") else ""
    key = _PATTERNS.get(event.move, event.move.name.lower()) + decided
    slots = slots_of(patterns()[key])
    said = {slot: _SLOTS[slot](story, event) for slot in slots & _SLOTS.keys()}
    return sentence(key, **said, **{slot: getattr(event, slot) for slot in slots - said.keys()})


WRITERS: dict[Move, Callable[[Story, Passage], str]] = dict.fromkeys(HAPPENINGS, _in_words) | {
    Move.SPEAK: _speak,
    Move.TABLE: _table,
    Move.DISCUSS: _discuss,
    Move.DRAFT: _draft,
    Move.READ: _read,
    Move.OPEN_SESSION: _open_session,
    Move.CLOSE_SESSION: _close_session,
    Move.EVENING: _evening,
    Move.CORRIDORS: _corridors,
    Move.GAP: lambda _, events: capital(sentence("gap", days=events[-1].days)),
    Move.CIRCULATE: _circulate,
    Move.REAFFIRM: _reaffirm,
    Move.MOTION: _motion,
    Move.RENEW: _renew,
    Move.ADOPT: _adopt,
    Move.READ_AMENDMENT: _read_amendment,
    Move.READ_OFFER: _read_offer,
    Move.QUESTION: _ask,
}
