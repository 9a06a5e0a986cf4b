"""Lower a scenario to the tables the model runs on: the only bridge between what a person writes and `negotiation`.

People, seat by seat:

- Seats are ordered by group as in the file, named delegates first; a delegate takes from its group whatever it leaves
  out.
- A named delegate sits in the caucus that it names; the other seats fill the rest of the caucuses, in order.
- A pair of trust counts for more the more delegates it names; of equals, the later one holds.
- Tension tau scales trust across groups by (1 - 0.4 tau), pairs included, and sets spillover to spillover_max * tau if
  the file gives none (rule 5.14).
- A camp's share is of all seats of the group: those drawn into it make up for those named.

The process, as rows of a plan:

- A day has hours * 60 * (1 - procedure_loss) minutes of floor time. An agenda fills the days of its meeting in order.
- An evening before the first meeting is the first row. A day is: submissions, reaffirmations, motions, sessions, the
  evening.
- A change of methodology lays its agenda over the days left of the meeting, and over every later meeting.
- A motion that may fail has two futures: the rows after it if it is carried, those at `otherwise` if not; each ends
  with END.
- The breaks of a day lie at equal distances in its floor time; without corridor talk there are none.
- A renewal divides the process into mandates, each with its own deadline; after the last meeting there is none.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from negsim.cast.formats import format_table
from negsim.cast.moves import MOTION_FORMAT, TABLE_MOVES
from negsim.errors import NegsimError
from negsim.negotiation import parameters as habits
from negsim.negotiation import tables
from negsim.negotiation.formats import ChairStyle, Format
from negsim.negotiation.tables import Case, CrossTable, Flags, Floats, Ints, Pen, Row, Table, fill
from negsim.randomness import SEATS_PER_GROUP
from negsim.scenario import schema
from negsim.scenario.schema import Scenario, check_scenario
from negsim.scenario.values import Part, distinct

_TENSION_WEIGHT = 0.4
_NO_CAMP, _CAMP_BY_LOT = -1, -2


class _Seat(NamedTuple):
    """One chair in the room: its group, its number in the group, its values, and its named delegate."""

    group: str
    number: int
    of: schema.Group
    named: schema.Delegate | None


def seats(scenario: Scenario) -> list[_Seat]:
    """List every seat, in the order of the arrays."""
    room: list[_Seat] = []
    for name, group in scenario.groups.items():
        named = [delegate for delegate in scenario.delegates if delegate.group == name]
        room += [_Seat(name, number, _own(group, delegate), delegate) for number, delegate in enumerate(named)]
        room += [_Seat(name, number, group, None) for number in range(len(named), group.seats)]
    return room


def _own(group: schema.Group, delegate: schema.Delegate) -> schema.Group:
    """Return a delegate's values, with its group's where it has none."""
    by_issue = {what: getattr(group, what) | getattr(delegate, what) for what in ("position", "red_lines", "salience")}
    single = (*schema.OWN_HABITS, "voice", "may_block", "no_deal", "outside_option")
    own = {what: getattr(delegate, what) for what in single}
    return group.model_copy(update=by_issue | {what: value for what, value in own.items() if value is not None})


def _limits(line: schema.RedLine | None) -> tuple[float, float, float, bool]:
    """Return what is never accepted, text below the first or above the second; their spread; whether it is shared."""
    if line is None:
        return -math.inf, math.inf, 0.0, False
    low, high = -math.inf if line.min is None else line.min, math.inf if line.max is None else line.max
    return low, high, line.spread, line.spread_by == "group"


def seat_names(scenario: Scenario) -> list[str]:
    """Name each seat: by its delegate, or by its group's name for readers and its number in the group from 1."""
    labels = group_labels(scenario)
    return [seat.named.name if seat.named else f"{labels[seat.group]} {seat.number + 1}" for seat in seats(scenario)]


def issue_names(scenario: Scenario) -> list[str]:
    """Return the labels of the issues, in the order of the arrays; no two are alike."""
    return distinct([issue.label for issue in scenario.issues.values()])


def group_names(scenario: Scenario) -> list[str]:
    """Return the labels of the groups, in the order of the arrays; no two are alike."""
    return distinct([group.label for group in scenario.groups.values()])


def group_labels(scenario: Scenario) -> dict[str, str]:
    """Return the labels of the groups by their keys."""
    return dict(zip(scenario.groups, group_names(scenario), strict=True))


def caucuses(scenario: Scenario, room: Sequence[_Seat]) -> Ints:
    """Return the number of the caucus that each seat is in (N)."""
    numbers, first = np.zeros(len(room), np.int64), 0
    for name, group in scenario.groups.items():
        seated = [i for i, seat in enumerate(room) if seat.group == name]
        names = list(group.caucuses)
        placed = {i: names.index(own.caucus) for i in seated if (own := room[i].named) and own.caucus is not None}
        taken = Counter(placed.values())
        left = [c for c, size in enumerate(group.caucuses.values()) for _ in range(size - taken[c])]
        free = (i for i in seated if i not in placed)
        numbers[seated] = first
        for i, c in [*placed.items(), *zip(free, left, strict=False)]:
            numbers[i] += c
        first += max(1, len(names))
    return numbers


def _seat_table(scenario: Scenario, room: Sequence[_Seat]) -> Table[tables.SeatRow]:
    """Fill the table of seats (N)."""
    groups, issues = list(scenario.groups), list(scenario.issues)
    return fill(
        tables.SEAT_ROW,
        len(room),
        group=[groups.index(seat.group) for seat in room],
        caucus=caucuses(scenario, room),
        address=[_address(scenario, seat) for seat in room],
        voice=[seat.of.voice for seat in room],
        may_block=[seat.of.may_block for seat in room],
        voting_weight=[_voting_weight(seat) for seat in room],
        no_deal=[_or_nan(seat.of.no_deal) for seat in room],
        outside_option=[_or_nan(seat.of.outside_option) for seat in room],
        chair_trust=[scenario.trust.chair.get(seat.group, scenario.trust.chair["default"]) for seat in room],
        camp=_camps(scenario, room),
        secret_issue=[next((issues.index(issue) for issue in _secret(seat)), -1) for seat in room],
        secret=[next(iter(_secret(seat).values()), 0.0) for seat in room],
        **{habit: [own_habit(scenario, seat.of, habit) for seat in room] for habit in schema.OWN_HABITS},
    )


def own_habit(scenario: Scenario, group: schema.Group, habit: str) -> float:
    """Return one of the `OWN_HABITS` of a group, or of a seat with a group's values: the parameter if it has none."""
    own = getattr(group, habit)
    return float(getattr(scenario.parameters, habit) if own is None else own)


def _or_nan(value: float | str | None) -> float:
    """Return a number, or NaN for none; a delegate's may be "none", whatever the group's."""
    return value if isinstance(value, float) else math.nan


def _secret(seat: _Seat) -> dict[str, float]:
    return {} if seat.named is None else seat.named.secret


def _voting_weight(seat: _Seat) -> float:
    """Return the weight of a seat's vote: its own, its group's for each seat, or its part of the group's together."""
    if seat.named is not None and seat.named.voting_weight is not None:
        return seat.named.voting_weight
    weight = seat.of.voting_weight
    return weight.together / seat.of.seats if weight.together is not None else weight.each or 0.0


def _stance_table(scenario: Scenario, room: Sequence[_Seat]) -> CrossTable[tables.StanceRow]:
    """Fill the table of each seat's demands on each issue (N,K)."""
    issues = list(scenario.issues)
    lines = np.array([[_limits(seat.of.red_lines.get(issue)) for issue in issues] for seat in room])
    return fill(
        tables.STANCE_ROW,
        (len(room), len(issues)),
        position=[[seat.of.position[issue].mean for issue in issues] for seat in room],
        spread=[[seat.of.position[issue].spread for issue in issues] for seat in room],
        salience=[[seat.of.salience[issue] for issue in issues] for seat in room],
        red_low=lines[:, :, 0],
        red_high=lines[:, :, 1],
        red_spread=lines[:, :, 2],
        red_shared=lines[:, :, 3] > 0.0,
    )


def party(scenario: Scenario, room: Sequence[_Seat], name: str) -> list[int]:
    """Return the seats that a group's or a delegate's name stands for."""
    if name in scenario.groups:
        return [i for i, seat in enumerate(room) if seat.group == name]
    return [i for i, seat in enumerate(room) if seat.named and seat.named.name == name]


def _trust_mean(scenario: Scenario, room: Sequence[_Seat]) -> Floats:
    """Return T_ij, i about j, tension included (N,N)."""
    groups = np.array([list(scenario.groups).index(seat.group) for seat in room])
    same = groups[:, None] == groups[None, :]
    trust = np.where(same, scenario.trust.within, scenario.trust.across)
    pairs = [(pair.split("->"), level) for pair, level in scenario.trust.pairs.items()]
    for (holder, about), level in sorted(pairs, key=lambda pair: sum(name not in scenario.groups for name in pair[0])):
        trust[np.ix_(party(scenario, room, holder), party(scenario, room, about))] = level
    return np.asarray(np.where(same, trust, trust * (1 - _TENSION_WEIGHT * scenario.context.tension)))


def _spillover(scenario: Scenario) -> float:
    """Return what a room wholly of other camps adds to a bottom line."""
    linkage = scenario.context.linkage
    if linkage is None:
        return 0.0
    usual = float(scenario.parameters.spillover_max) * scenario.context.tension
    return usual if linkage.spillover is None else linkage.spillover


def spokespeople(scenario: Scenario, room: Sequence[_Seat], camp: str) -> list[int]:
    """Choose who speaks for a camp: its named delegates, else the first free seat of the group with most of it."""
    named = [i for i, seat in enumerate(room) if seat.named and seat.named.camp == camp]
    share = scenario.camps[camp].share
    free = [i for i, seat in enumerate(room) if _camp(seat) is None and share.get(seat.group, 0.0) > 0.0]
    return named or sorted(free, key=lambda i: -share[room[i].group])[:1]


def _camp(seat: _Seat) -> str | None:
    return seat.named.camp if seat.named else None


def _camps(scenario: Scenario, room: Sequence[_Seat]) -> Ints:
    """Return the camp code, if the file fixes it or a camp needs a voice; else it will be drawn."""
    codes: dict[str | None, int] = {"none": _NO_CAMP, None: _NO_CAMP}
    codes |= {name: code for code, name in enumerate(scenario.camps)}
    camp_of = [_CAMP_BY_LOT if scenario.camps and _camp(seat) is None else codes[_camp(seat)] for seat in room]
    for event in scenario.process.events:
        if event.reaffirm and event.reaffirm.by in scenario.camps:
            for i in spokespeople(scenario, room, event.reaffirm.by):
                camp_of[i] = codes[event.reaffirm.by]
    return np.array(camp_of, np.int64)


def _camp_shares(scenario: Scenario, room: Sequence[_Seat]) -> Floats:
    """Return the chance that a seat to be drawn is of the camp (G,C): the share of all seats less those fixed."""
    fixed = _camps(scenario, room)
    shares = np.zeros((len(scenario.groups), len(scenario.camps)))
    for g, (name, group) in enumerate(scenario.groups.items()):
        members = fixed[[i for i, seat in enumerate(room) if seat.group == name]]
        free = max(1, int((members == _CAMP_BY_LOT).sum()))
        for c, camp in enumerate(scenario.camps.values()):
            wanted = camp.share.get(name, 0.0) * group.seats - int((members == c).sum())
            shares[g, c] = max(0.0, wanted) / free
    return np.asarray(shares / np.maximum(1.0, shares.sum(axis=1, keepdims=True)))


def _camp_tables(scenario: Scenario, room: Sequence[_Seat]) -> dict[str, Floats]:
    """Return the camps' lines on the issues, NaN for none; what they never accept, text below and above (C,K each)."""
    issues, camps = scenario.issues, scenario.camps.values()
    shape = (len(camps), len(issues))
    limits = np.array([[_limits(camp.red_lines.get(issue)) for issue in issues] for camp in camps]).reshape(*shape, 4)
    return {
        "camp_share": _camp_shares(scenario, room),
        "camp_line": np.array([[camp.line.get(issue, math.nan) for issue in issues] for camp in camps]).reshape(shape),
        "camp_red_low": limits[:, :, 0].copy(),
        "camp_red_high": limits[:, :, 1].copy(),
    }


DAY_BEFORE = 2**16 - 1  # of meeting 0 in the plan: the evening before, whose draws need an address of their own
_SHORTEST_SESSION = 1e-6  # minutes; a shorter session is a rounding error
_CHAIR = "chair"


class PlanEntry(NamedTuple):
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
    clean_slate: bool = False
    reconsider: bool = False
    record: bool = False
    consult: bool = False
    circulate: float = math.nan
    otherwise: int | None = None  # rows further on
    issues: tuple[str, ...] | None = None  # None: all
    seats: tuple[int, ...] = ()
    dinners: tuple[tuple[int, ...], ...] = ()  # evenings: the guests of each
    values: dict[str, float] | None = None
    change: schema.ChangeMethodology | None = None


class _AgendaSource(NamedTuple):
    """The source of the agendas: the file, or a methodology from a day of a meeting on."""

    methodology: str | None = None
    meeting: int = 0
    day: int = 0

    def agenda(self, scenario: Scenario, m: int) -> tuple[Sequence[schema.AgendaItem], int]:
        """Return the agenda of meeting m, and the day from which it is laid out."""
        meetings = scenario.process.meetings
        if self.methodology is None:
            return meetings[m].agenda, 0
        agenda = scenario.agenda_under(self.methodology, m, len(meetings))
        return agenda, self.day if m == self.meeting else 0


def entries(scenario: Scenario, room: Sequence[_Seat]) -> list[PlanEntry]:
    """List the rows of the plan of a scenario."""
    return _unrolled(scenario, list(_steps(scenario, room)), _AgendaSource())


def floor_minutes(scenario: Scenario, meeting: schema.Meeting) -> float:
    """Return the minutes of floor time that a day of a meeting has."""
    process = scenario.process
    hours = process.hours if meeting.hours is None else meeting.hours
    return hours * 60.0 * (1.0 - process.procedure_loss)


def _steps(scenario: Scenario, room: Sequence[_Seat]) -> Iterator[PlanEntry]:
    """Yield everything in order; a SESSION stands for the whole floor time of a day."""
    start, last = 0.0, len(scenario.process.meetings) - 1
    if (before := scenario.process.evening_before) is not None:
        yield _evening(scenario, before, PlanEntry(kind=Row.EVENING, meeting=0, day=DAY_BEFORE, starts=start))
    happenings = [event.what_happens for event in scenario.process.events]
    days = [(getattr(what, "meeting", 0), getattr(what, "day", 0)) for what in happenings]
    for m, meeting in enumerate(scenario.process.meetings):
        minutes = floor_minutes(scenario, meeting)
        for d in range(meeting.days):
            events = [what for what, day in zip(happenings, days, strict=True) if day == (m + 1, d + 1)]
            floor = PlanEntry(kind=Row.SESSION, meeting=m, day=d, starts=start, minutes=minutes)
            yield from _day(scenario, room, floor, events)
            start += minutes
        end = PlanEntry(kind=Row.MEETING_END, meeting=m, day=meeting.days - 1, starts=start)
        yield end
        yield from _between(scenario, end) if m < last else [end._replace(kind=Row.END)]


def _day(scenario: Scenario, room: Sequence[_Seat], floor: PlanEntry, events: Sequence[Part]) -> Iterator[PlanEntry]:
    """Yield one day with its events: submissions, reaffirmations, motions, the floor, the evening."""
    here = floor._replace(minutes=0.0)
    for what in events:
        if isinstance(what, schema.Submission):
            sponsor = party(scenario, room, what.by)[:1]
            yield here._replace(kind=Row.SUBMISSION, seats=tuple(sponsor), values=what.position)
    for what in events:
        if isinstance(what, schema.Reaffirm):
            who = (spokespeople if what.by in scenario.camps else party)(scenario, room, what.by)
            yield here._replace(kind=Row.REAFFIRM, seats=tuple(who), quality=what.strength)
    for what in events:
        if isinstance(what, schema.ChangeMethodology):
            who = [] if what.by == _CHAIR else party(scenario, room, what.by)
            yield here._replace(kind=Row.MOTION, seats=tuple(who), change=what)
    closed = [what.frankness for what in events if isinstance(what, schema.ClosedSession)]
    yield floor._replace(frankness=max(closed)) if closed else floor
    guests = [what.guests for what in events if isinstance(what, schema.TargetedDinner)]
    dinners = tuple(tuple(i for name in names for i in party(scenario, room, name)) for names in guests)
    evening = here._replace(kind=Row.EVENING, starts=floor.starts + floor.minutes, dinners=dinners)
    yield _evening(scenario, scenario.process.meetings[floor.meeting].evenings[floor.day], evening)


def _evening(scenario: Scenario, evening: schema.Evening, row: PlanEntry) -> PlanEntry:
    """Return the row of an evening that is spent so."""
    informal = scenario.process.informal
    return row._replace(
        mixed_share=informal.mixed_share if evening.mixed_share is None else evening.mixed_share,
        caucus=evening.rest == "caucus",
        quality=informal.quality,
    )


def _between(scenario: Scenario, end: PlanEntry) -> Iterator[PlanEntry]:
    """Yield what lies between a meeting and the next: the end of a mandate, a retreat, days that pass."""
    events, after = scenario.process.events, end.meeting + 1
    renewals = [event.renewal for event in events if event.renewal and event.renewal.after_meeting == after]
    retreats = [event.retreat for event in events if event.retreat and event.retreat.after_meeting == after]
    for renewal in renewals:
        yield end._replace(kind=Row.RENEWAL, quality=float(renewal.debrief), clean_slate=renewal.clean_slate)
    evenings = [retreat.quality for retreat in retreats for _ in range(retreat.days)]
    for day, quality in enumerate(evenings, start=end.day + 1):
        yield end._replace(kind=Row.EVENING, day=day, mixed_share=1.0, quality=quality)
    meeting = scenario.process.meetings[after]
    does = scenario.process.intersession if meeting.intersession is None else meeting.intersession
    yield end._replace(
        kind=Row.GAP,
        meeting=after,
        day=0,
        days=max(0.0, meeting.after_days - len(evenings)),
        reconsider=does.reconsider,
        record=does.record,
        consult=does.consult,
        circulate=math.nan if does.circulate is None else does.circulate,
    )


def _unrolled(scenario: Scenario, steps: Sequence[PlanEntry], course: _AgendaSource) -> list[PlanEntry]:
    """Return the steps with their sessions filled in, and both futures of every motion."""
    rows: list[PlanEntry] = []
    for i, step in enumerate(steps):
        if step.kind is Row.SESSION:
            rows += _sessions(scenario, step, course)
        elif step.change is None:
            rows.append(step)
        else:
            changed = _AgendaSource(step.change.to, step.meeting, step.day)
            carried = _unrolled(scenario, steps[i + 1 :], changed)
            failed = [] if step.change.by == _CHAIR else _unrolled(scenario, steps[i + 1 :], course)
            return [*rows, step._replace(otherwise=len(carried) + 1 if failed else None), *carried, *failed]
    return rows


def _sessions(scenario: Scenario, floor: PlanEntry, course: _AgendaSource) -> Iterator[PlanEntry]:
    """Yield the sessions of one day: the part of the agenda that falls on it."""
    meetings = scenario.process.meetings
    agenda, first = course.agenda(scenario, floor.meeting)
    whole = floor.minutes * (meetings[floor.meeting].days - first)
    opens = floor.minutes * (floor.day - first)
    reached = 0.0
    for item in agenda:
        begins, reached = reached, reached + item.share * whole
        begin, end = max(begins, opens), min(reached, opens + floor.minutes)
        if end - begin > _SHORTEST_SESSION:
            yield floor._replace(
                starts=floor.starts + begin - opens, minutes=end - begin, format=item.format, issues=item.issues
            )


def _plan_table(rows: Sequence[PlanEntry], formats: Iterable[str]) -> Table[tables.PlanRow]:
    """Return the rows as a table (S); a session's format is its place in `formats`."""
    mandates, numbers = _mandates(rows), {name: f for f, name in enumerate(formats)}
    columns: dict[str, Any] = dict(zip(PlanEntry._fields, zip(*rows, strict=True), strict=True))
    columns |= {
        "format": [-1 if row.format is None else numbers[row.format] for row in rows],
        "mandate_start": [mandates[row.meeting][0] for row in rows],
        "deadline": [mandates[row.meeting][1] for row in rows],
        "otherwise": [-1 if row.otherwise is None else s + row.otherwise for s, row in enumerate(rows)],
    }
    return fill(tables.PLAN_ROW, len(rows), **{name: columns[name] for name in tables.PLAN_ROW.names or ()})


def _text_table(scenario: Scenario, room: Sequence[_Seat]) -> Table[tables.TextRow]:
    """Fill the text with which the process starts (K); a seat's address does not depend on the number of seats."""
    pens = {_CHAIR: Pen.CHAIR, "none": Pen.NOBODY}
    empty = {"value": math.nan, "precision": 0.0, "agreed": False, "pen": Pen.NOBODY}
    table: Table[tables.TextRow] = fill(tables.TEXT_ROW, len(scenario.issues), **empty)
    for k, issue in enumerate(scenario.issues):
        if text := scenario.process.text.get(issue):
            pen = pens[text.pen] if text.pen in pens else _address(scenario, room[party(scenario, room, text.pen)[0]])
            table[k] = (text.value, text.precision, text.status == "agreed", pen)
    return table


def _address(scenario: Scenario, seat: _Seat) -> int:
    """Return the address of a seat and of its draws."""
    return list(scenario.groups).index(seat.group) * SEATS_PER_GROUP + seat.number


def _concerned(rows: Sequence[PlanEntry], n: int) -> Ints:
    """Return which of n seats a row is about (S,N): 1, or the number of the first dinner with an invitation."""
    numbers = np.zeros((len(rows), n), np.int64)
    for s, row in enumerate(rows):
        if row.seats:
            numbers[s, list(row.seats)] = 1
        for number, guests in reversed(list(enumerate(row.dinners, start=1))):
            numbers[s, list(guests)] = number
    return numbers


def _mandates(rows: Sequence[PlanEntry]) -> dict[int, tuple[float, float]]:
    """Return the first and last minute of the mandate to which each meeting belongs."""
    ends = sorted({row.starts for row in rows if row.kind in (Row.RENEWAL, Row.END)})
    opened = {row.meeting: row.starts for row in reversed(rows)}
    return {
        meeting: (max((end for end in ends if end <= start), default=0.0), min(end for end in ends if end > start))
        for meeting, start in opened.items()
    }


_EVENING_MINUTES = 120.0  # minutes of talk


def _break_table(scenario: Scenario) -> Table[tables.BreakRow]:
    """Fill the table of the breaks of the process (B)."""
    informal = scenario.process.informal
    rows = list(_breaks(scenario)) if informal.corridors > 0.0 else []
    columns = dict(zip(("meeting", "day", "number", "minute"), np.array(rows).reshape(-1, 4).T, strict=True))
    return fill(
        tables.BREAK_ROW,
        len(rows),
        across=informal.corridors,
        dose=informal.break_minutes / _EVENING_MINUTES,
        **columns,
    )


def _breaks(scenario: Scenario) -> Iterator[tuple[int, int, int, float]]:
    """Yield the meeting, the day and the number of each break, and the minute at which it is due."""
    start, count = 0.0, scenario.process.informal.breaks
    for m, meeting in enumerate(scenario.process.meetings):
        minutes = floor_minutes(scenario, meeting)
        for day in range(meeting.days):
            yield from ((m, day, b, start + minutes * (b + 1) / (count + 1)) for b in range(count))
            start += minutes


class Timetable(NamedTuple):
    """The tables of a case that say when something is due, under the names that they have there."""

    plan: Table[tables.PlanRow]
    plan_issues: Flags
    plan_seats: Ints
    plan_values: Floats
    breaks: Table[tables.BreakRow]


def timetable(scenario: Scenario) -> Timetable:
    """Lower the timetable of a scenario in which nothing is uncertain."""
    room, issues = seats(scenario), list(scenario.issues)
    rows = entries(scenario, room)
    on_agenda, proposed = np.ones((len(rows), len(issues)), np.bool_), np.full((len(rows), len(issues)), math.nan)
    for s, row in enumerate(rows):
        if row.issues is not None:
            on_agenda[s] = [issue in row.issues for issue in issues]
        if row.values is not None:
            proposed[s] = [row.values.get(issue, math.nan) for issue in issues]
    return Timetable(
        _plan_table(rows, scenario.session_formats), on_agenda, _concerned(rows, len(room)), proposed,
        _break_table(scenario),
    )  # fmt: skip


def lower(scenario: Scenario) -> Case:
    """Lower a scenario to a case.

    Raises NegsimError if something is still uncertain; `sampling.sample` gives the scenario of a replication.
    """
    check_scenario(scenario)
    if scenario.uncertain:
        which = ", ".join(scenario.uncertain)
        raise NegsimError(
            f"still uncertain: {which}; `negsim.sample(scenario, seed, replication)` is the scenario of a replication"
        )
    room, when = seats(scenario), timetable(scenario)
    return Case(
        seats=_seat_table(scenario, room),
        stances=_stance_table(scenario, room),
        group_size=np.array([group.seats for group in scenario.groups.values()], np.int64),
        status_quo=np.array([issue.status_quo for issue in scenario.issues.values()]),
        deal=_deal_table(scenario),
        core=np.array([issue.core for issue in scenario.issues.values()], np.bool_),
        trust_mean=_trust_mean(scenario, room),
        **_camp_tables(scenario, room),
        setting=_setting(scenario),
        text=_text_table(scenario, room),
        consent=_consent(scenario),
        plan=when.plan,
        plan_issues=when.plan_issues,
        plan_seats=when.plan_seats,
        plan_values=when.plan_values,
        breaks=when.breaks,
        formats=_formats(scenario),
        parameters=habits.table(_habits(scenario)),
    )


def _formats(scenario: Scenario) -> Table[Format]:
    """Fill the table of formats (F); a faster tempo divides their minutes."""
    rows = format_table(scenario.session_formats, ChairStyle(**scenario.process.chair.model_dump()))
    rows["minutes"] /= scenario.process.tempo
    return rows


def _habits(scenario: Scenario) -> habits.Parameters:
    """Return the parameters; at a faster tempo a statement takes less time, and as much is noticed in less."""
    given, tempo = habits.Parameters(**scenario.parameters.model_dump()), scenario.process.tempo
    return given._replace(statement=given.statement / tempo, noticing_rate=given.noticing_rate * tempo)


def _deal_table(scenario: Scenario) -> Table[tables.DealRow]:
    """Fill the table of what is dealt by issue (K): nothing, where a file says nothing."""
    deal, nothing = scenario.dealt or schema.Dealt(), schema.DealtRange(uniform=(0.0, 0.0))
    moved, raised = (
        np.array([of.get(issue, nothing).uniform for issue in scenario.issues]).T
        for of in (deal.position, deal.red_lines)
    )
    return fill(
        tables.DEAL_ROW, len(scenario.issues),
        position_low=moved[0], position_high=moved[1], red_low=raised[0], red_high=raised[1],
    )  # fmt: skip


def _setting(scenario: Scenario) -> Table[tables.SettingRow]:
    """Fill the settings of the whole process (1)."""
    context, process = scenario.context, scenario.process
    rule = process.decision_rule.numbers(next(iter(scenario.groups)))
    locked, disclosure = scenario.dealt.locked if scenario.dealt else None, process.informal.disclosure
    return fill(
        tables.SETTING_ROW,
        1,
        salience_spread=context.salience_spread,
        trust_spread=scenario.trust.spread,
        linkage=context.linkage.weight if context.linkage else 0.0,
        spillover=_spillover(scenario),
        table_size=process.informal.table_size,
        pressure=process.chair.pressure,
        accept=rule.accept,
        blocks=rule.blocks,
        weight_accept=rule.weight_accept,
        minority=rule.minority,
        record_dissent=process.record_dissent,
        separable=process.adoption == "separable",
        vote_share=process.fallback_vote.share if process.fallback_vote else math.nan,
        chair_reports=process.chair_reports,
        has_moves=bool(process.moves.names),
        motions=list(scenario.session_formats).index(MOTION_FORMAT) if process.moves.motions else -1,
        initiative=process.moves.initiative,
        disclosure=scenario.parameters.disclosure if disclosure is None else disclosure,
        dealt=scenario.dealt is not None,
        locked_low=locked.uniform[0] if locked else math.nan,
        locked_high=locked.uniform[1] if locked else math.nan,
        **{name: getattr(process.moves, name) for name in TABLE_MOVES if name != "motions"},
    )


def _consent(scenario: Scenario) -> Table[tables.ConsentRow]:
    """Fill the demands of the decision rule on every group (G)."""
    rules = [scenario.process.decision_rule.numbers(group) for group in scenario.groups]
    return fill(
        tables.CONSENT_ROW,
        len(rules),
        accept=[numbers.group_accept for numbers in rules],
        blocks=[numbers.group_blocks for numbers in rules],
    )
