"""The process of a scenario as the rows of a plan.

Rules that hold here
- A day has hours * 60 * (1 - procedure_loss) minutes of floor time. An agenda fills the days of its meeting in order.
- A day is: submissions, reaffirmations, motions, sessions, the evening.
- A change of methodology lays its agenda over the days left of the meeting, and over every later meeting.
- A motion that may fail has two futures: the rows after it if carried, those at `otherwise` if not; each ends with END.
- A renewal divides the process into mandates, each with its own deadline; after the last meeting there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from negsim.negotiation.case import PLAN_ROW, Flags, Floats, Ints
from negsim.negotiation.moves import Row
from negsim.negotiation.records import Table
from negsim.scenario.events import ChangeMethodology, Event, Reaffirm, Submission
from negsim.scenario.methodology import METHODOLOGIES
from negsim.scenario.process import AgendaItem, Meeting
from negsim.scenario.schema import Scenario
from negsim.scenario.seats import Seat, party, spokespeople

MOMENT = 1e-6  # minutes; a shorter session is a rounding error
CHAIR = "chair"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One row of the plan before rows become columns; units as in `PLAN_ROW`."""

    kind: Row
    meeting: int
    day: int
    starts: float
    minutes: float = 0.0
    format: str | None = None
    frankness: float = 0.0
    days: float = 0.0
    mixed_share: float = 0.0
    caucus: bool = False
    quality: float = 1.0
    otherwise: int | None = None  # rows further on
    issues: tuple[str, ...] | None = None  # None: all
    seats: tuple[int, ...] = ()
    dinners: tuple[tuple[int, ...], ...] = ()  # evenings: the guests of each
    values: dict[str, float] | None = None
    change: ChangeMethodology | None = None


@dataclass(frozen=True)
class Course:
    """Whose agendas are followed: the file's, or a methodology's from a day of a meeting on."""

    methodology: str | None = None
    meeting: int = 0
    day: int = 0

    def agenda(self, meetings: Sequence[Meeting], m: int) -> tuple[Sequence[AgendaItem], int]:
        """The agenda of meeting m, and the day from which it is laid out."""
        if self.methodology is None:
            return meetings[m].agenda, 0
        named = METHODOLOGIES[self.methodology](m, len(meetings))
        return [AgendaItem(format=name, share=share) for name, share in named], self.day if m == self.meeting else 0


def entries(scenario: Scenario, room: Sequence[Seat]) -> list[Entry]:
    """The rows of the plan of a scenario."""
    return _unrolled(scenario, list(_steps(scenario, room)), Course())


def floor_minutes(scenario: Scenario, meeting: Meeting) -> float:
    """Minutes of floor time a day of a meeting has."""
    process = scenario.process
    hours = process.hours if meeting.hours is None else meeting.hours
    return hours * 60.0 * (1.0 - process.procedure_loss)


# ------------------------------------------------------------------------------------------------- steps


def _steps(scenario: Scenario, room: Sequence[Seat]) -> Iterator[Entry]:
    """Everything in its order; a SESSION stands for the whole floor time of a day."""
    start, last = 0.0, len(scenario.process.meetings) - 1
    for m, meeting in enumerate(scenario.process.meetings):
        minutes = floor_minutes(scenario, meeting)
        for d in range(meeting.days):
            yield from _day(scenario, room, Entry(kind=Row.SESSION, meeting=m, day=d, starts=start, minutes=minutes))
            start += minutes
        end = Entry(kind=Row.MEETING_END, meeting=m, day=meeting.days - 1, starts=start)
        yield end
        yield from _between(scenario, end) if m < last else [replace(end, kind=Row.END)]


def _day(scenario: Scenario, room: Sequence[Seat], floor: Entry) -> Iterator[Entry]:
    """One day: what arrives, what is said once more, how to go on, the floor, the evening."""
    events = [event for event in scenario.process.events if _falls_on(event, floor)]
    here = replace(floor, minutes=0.0)
    yield from (_submitted(scenario, room, event.submission, here) for event in events if event.submission)
    yield from (_reaffirmed(scenario, room, event.reaffirm, here) for event in events if event.reaffirm)
    yield from (_moved(scenario, room, event.change_methodology, here) for event in events if event.change_methodology)
    yield replace(
        floor, frankness=max((event.closed_session.frankness for event in events if event.closed_session), default=0.0)
    )
    yield _evening(scenario, room, events, replace(here, starts=floor.starts + floor.minutes))


def _falls_on(event: Event, floor: Entry) -> bool:
    what = event.what_happens
    return (getattr(what, "meeting", 0), getattr(what, "day", 0)) == (floor.meeting + 1, floor.day + 1)


def _submitted(scenario: Scenario, room: Sequence[Seat], event: Submission, here: Entry) -> Entry:
    sponsor = party(scenario, room, event.by)[:1]
    return replace(here, kind=Row.SUBMISSION, seats=tuple(sponsor), values=event.position)


def _reaffirmed(scenario: Scenario, room: Sequence[Seat], event: Reaffirm, here: Entry) -> Entry:
    camp = event.by in scenario.camps
    who = spokespeople(scenario, room, event.by) if camp else party(scenario, room, event.by)
    return replace(here, kind=Row.REAFFIRM, seats=tuple(who), quality=event.strength)


def _moved(scenario: Scenario, room: Sequence[Seat], event: ChangeMethodology, here: Entry) -> Entry:
    who = () if event.by == CHAIR else party(scenario, room, event.by)
    return replace(here, kind=Row.MOTION, seats=tuple(who), change=event)


def _evening(scenario: Scenario, room: Sequence[Seat], events: Sequence[Event], here: Entry) -> Entry:
    evening, informal = scenario.process.meetings[here.meeting].evenings[here.day], scenario.process.informal
    dinners = [event.targeted_dinner.guests for event in events if event.targeted_dinner]
    return replace(
        here,
        kind=Row.EVENING,
        mixed_share=informal.mixed_share if evening.mixed_share is None else evening.mixed_share,
        caucus=evening.rest == "caucus",
        quality=informal.quality,
        dinners=tuple(tuple(i for name in guests for i in party(scenario, room, name)) for guests in dinners),
    )


def _between(scenario: Scenario, end: Entry) -> Iterator[Entry]:
    """What lies between a meeting and the next: the end of a mandate, a retreat, days that pass."""
    events, after = scenario.process.events, end.meeting + 1
    renewals = [event.renewal for event in events if event.renewal and event.renewal.after_meeting == after]
    retreats = [event.retreat for event in events if event.retreat and event.retreat.after_meeting == after]
    yield from (replace(end, kind=Row.RENEWAL, quality=float(renewal.debrief)) for renewal in renewals)
    evenings = [retreat.quality for retreat in retreats for _ in range(retreat.days)]
    for day, quality in enumerate(evenings, start=end.day + 1):
        yield replace(end, kind=Row.EVENING, day=day, mixed_share=1.0, quality=quality)
    days = max(0.0, scenario.process.meetings[after].after_days - len(evenings))
    yield replace(end, kind=Row.GAP, meeting=after, day=0, days=days)


# ---------------------------------------------------------------------------------------------- sessions


def _unrolled(scenario: Scenario, steps: Sequence[Entry], course: Course) -> list[Entry]:
    """The steps with their sessions filled in, and both futures of every motion."""
    rows: list[Entry] = []
    for i, step in enumerate(steps):
        if step.kind is Row.SESSION:
            rows += _sessions(scenario, step, course)
        elif step.change is None:
            rows.append(step)
        else:
            changed = Course(step.change.to, step.meeting, step.day)
            carried = _unrolled(scenario, steps[i + 1 :], changed)
            failed = [] if step.change.by == CHAIR else _unrolled(scenario, steps[i + 1 :], course)
            return [*rows, replace(step, otherwise=len(carried) + 1 if failed else None), *carried, *failed]
    return rows


def _sessions(scenario: Scenario, floor: Entry, course: Course) -> Iterator[Entry]:
    """The sessions of one day: the part of the agenda that falls on it."""
    meetings = scenario.process.meetings
    agenda, first = course.agenda(meetings, floor.meeting)
    whole = floor.minutes * (meetings[floor.meeting].days - first)
    opens = floor.minutes * (floor.day - first)
    reached = 0.0
    for item in agenda:
        begins, reached = reached, reached + item.share * whole
        begin, end = max(begins, opens), min(reached, opens + floor.minutes)
        if end - begin > MOMENT:
            yield replace(
                floor, starts=floor.starts + begin - opens, minutes=end - begin, format=item.format, issues=item.issues
            )


# ------------------------------------------------------------------------------------------------ tables


def plan_table(rows: Sequence[Entry], formats: Sequence[str]) -> Table:
    """The rows as a table (S of PLAN_ROW); a session's format is its place in `formats`."""
    mandates = _mandates(rows)
    own = {
        "format": [-1 if row.format is None else formats.index(row.format) for row in rows],
        "mandate_start": [mandates[row.meeting][0] for row in rows],
        "deadline": [mandates[row.meeting][1] for row in rows],
        "otherwise": [-1 if row.otherwise is None else s + row.otherwise for s, row in enumerate(rows)],
    }
    table = np.zeros(len(rows), PLAN_ROW)
    for name in PLAN_ROW.names or ():
        table[name] = own[name] if name in own else [getattr(row, name) for row in rows]
    return table


def on_agenda(rows: Sequence[Entry], issues: Sequence[str]) -> Flags:
    """Which issues a row is about (S,K)."""
    return np.array([[row.issues is None or issue in row.issues for issue in issues] for row in rows], np.bool_)


def concerned(rows: Sequence[Entry], n: int) -> Ints:
    """Which of n seats a row is about (S,N): 1, or the number of the first dinner that one is asked to."""
    numbers = np.zeros((len(rows), n), np.int64)
    for s, row in enumerate(rows):
        numbers[s, list(row.seats)] = 1
        for number, guests in reversed(list(enumerate(row.dinners, start=1))):
            numbers[s, list(guests)] = number
    return numbers


def proposed(rows: Sequence[Entry], issues: Sequence[str]) -> Floats:
    """What a row proposes, NaN where it is silent (S,K)."""
    return np.array([[(row.values or {}).get(issue, np.nan) for issue in issues] for row in rows])


def _mandates(rows: Sequence[Entry]) -> dict[int, tuple[float, float]]:
    """First and last minute of the mandate that each meeting belongs to."""
    ends = sorted({row.starts for row in rows if row.kind in (Row.RENEWAL, Row.END)})
    opened = {row.meeting: row.starts for row in reversed(rows)}
    return {meeting: _mandate(ends, start) for meeting, start in opened.items()}


def _mandate(ends: Sequence[float], start: float) -> tuple[float, float]:
    return max((end for end in ends if end <= start), default=0.0), min(end for end in ends if end > start)
