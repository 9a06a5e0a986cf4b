"""A run turn by turn: a frame for every moment, the minutes, and each delegate's view of the others.

- Recording changes nothing: with no seat held, a run has the bits of `negsim.watch`.
- A moment is the number of a frame, 0 before the first turn.
- The minutes are those of `negsim.report.minutes`, and beside them every statement on a line of its own.
- An event is what changes the paper or the company: neither a statement, nor the close of a session, nor an evening
  that each group spends by itself.
- Beliefs of all delegates at all moments would be too much to keep; they come from playing the run again (`eyes_of`).
- The size of a drawn scenario is checked before its tables are made: a run that is too large is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np

from negsim.classroom.people import Outlook, outlook
from negsim.negotiation.informal import seat_evening
from negsim.negotiation.log import Happening, Statement
from negsim.negotiation.runs import LOG_ROWS, Snapshot, Trace, snapshot, trace_of, trust_between
from negsim.negotiation.score import weigh_best
from negsim.negotiation.tables import EventRow, Flags, Floats, Ints, Move, Outcome, Row, Status, Table, Turn
from negsim.policies import SeatedNegotiation
from negsim.report.minutes.reasons import reasons
from negsim.report.minutes.story import UNTIMED_MOVES, WRITERS, Clock, Story, move_of, passages
from negsim.scenario import Scenario
from negsim.scenario.sampling import sample
from negsim.studio.limits import MOST_ENDS, RefusedError, check_size, most_replications
from negsim.studio.links import Variant
from negsim.study.runner import run, typical_replication

_OPENING = Turn(Move.NOTHING.value, -1, -1)
_ENDS_PART = 20  # of the replications that a worker may make for a page, one in so many is short work
_FEWEST_ENDS = 20  # of which a share says something
_QUIET_MOVES = {  # moves that "next event" skips
    Move.SPEAK, Move.OPEN_SESSION, Move.CLOSE_SESSION, Move.CLOSE_MEETING, Move.GAP, Move.NOTHING, Move.AMEND,
    Move.OFFER, Move.ASK, Move.TAKE_PEN, Move.CALL, Move.WARN, Move.RECORD, Move.CIRCULATE, Move.RECONSIDER,
}  # fmt: skip


class EveningCompany(NamedTuple):
    """The company at dinner and in caucuses."""

    tables: tuple[tuple[int, ...], ...]  # seats at each
    caucus: bool  # whether those at no table meet in their groups


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One moment: the turn just made, and the state after it. N delegates, K issues, G groups."""

    turn: Turn  # move NOTHING: before the first turn
    turn_day: tuple[int, int]  # the meeting, and the day of it, on which the turn was made; both from 0
    minute: float  # of floor time
    format: str  # of the session, "" between sessions
    text: Floats  # K; NaN none
    status: Ints  # K
    pen: Ints  # K
    pen_known: Flags  # K; whether the delegates know whose pen it is
    brackets: Flags  # K,N
    position: Floats  # N,K
    present: Flags  # N
    trust: Floats  # G,G; of a group (row) in a group (column)
    perceived: float  # distance across groups, as believed
    real: float
    logged: int  # events so far
    evening: EveningCompany | None = None  # where the turn was one


class MinutesLine(NamedTuple):
    """One line of the minutes."""

    first: int  # the frame in which what it tells begins
    frame: int  # the first frame that has all of it
    move: Move
    meeting: int
    day: int
    time: str
    text: str


class Recording:
    """A negotiation under way and its frames so far."""

    def __init__(self, negotiation: SeatedNegotiation) -> None:
        self.negotiation = negotiation
        self.best = np.empty(len(negotiation.names))  # N; what the best texts that could be agreed are worth to each
        weigh_best(negotiation.run.case, negotiation.run.state, self.best)
        self._trust_start = trust_between(negotiation.run.case, negotiation.run.state)
        self._snapshots = [snapshot(negotiation.run)]
        self.frames = [_frame(negotiation, self._snapshots[0], _OPENING, row=0)]

    @property
    def is_over(self) -> bool:
        """True once there is an outcome."""
        return self.negotiation.run.outcome != Outcome.RUNNING

    def step(self) -> None:
        """Make the turn that is due, before the end."""
        run = self.negotiation.run
        turn, row = run.pending, int(run.state.clock["row"][0])
        evening = _evening(self.negotiation) if turn.move == Move.EVENING else None
        self.negotiation.finish_turn()
        self._snapshots.append(snapshot(run))
        self.frames.append(_frame(self.negotiation, self._snapshots[-1], turn, row=row, evening=evening))

    def trace(self) -> Trace:
        """Return the trace so far, equal to that of `negsim.watch` at the end."""
        return trace_of(self.negotiation.run, self._snapshots, self._trust_start)

    def lines(self) -> list[MinutesLine]:
        """Return the minutes so far."""
        logged = np.array([frame.logged for frame in self.frames])
        return list(_lines(self.negotiation.scenario, self.trace(), logged, _single))

    def minutes(self) -> list[MinutesLine]:
        """Return the minutes so far, with the statements between two other events on one line."""
        logged = np.array([frame.logged for frame in self.frames])
        return list(_lines(self.negotiation.scenario, self.trace(), logged, passages))


def negotiation_of(variant: Variant, scenario: Scenario | None = None, *, log_rows: int = 0) -> SeatedNegotiation:
    """Begin the negotiation of a variant. Raises `RefusedError` if the drawn scenario is too large.

    scenario: as drawn for this run, if known.
    """
    if scenario is None:
        scenario = sample(variant.scenario(), variant.seed, variant.replication)
    check_size(scenario)
    return SeatedNegotiation(scenario, {}, seed=variant.seed, replication=variant.replication, log_rows=log_rows)


def record(variant: Variant, scenario: Scenario | None = None) -> Recording:
    """Record a run from beginning to end, with the model in every seat. scenario: as for `negotiation_of`."""
    recording = Recording(negotiation_of(variant, scenario, log_rows=LOG_ROWS))
    while not recording.is_over:
        recording.step()
    return recording


def _frame(
    negotiation: SeatedNegotiation, seen: Snapshot, turn: Turn, *, row: int, evening: EveningCompany | None = None
) -> Frame:
    """Make the frame after a turn. row: the row of the plan in which the turn was made."""
    state, case = negotiation.run.state, negotiation.run.case
    then, now, paragraphs = case.plan[row], case.plan[state.clock["row"][0]], state.paragraphs
    in_session = now["kind"] == Row.SESSION and bool(state.clock["in_session"][0])
    return Frame(
        turn=turn,
        turn_day=(int(then["meeting"]), int(then["day"])),
        minute=seen.minute,
        format=list(negotiation.scenario.session_formats)[now["format"]] if in_session else "",
        text=seen.text,
        status=seen.status,
        pen=paragraphs["pen"].copy(),
        pen_known=paragraphs["known"].copy(),
        brackets=state.opinions["bracket"].copy(),
        position=seen.position,
        present=state.delegates["present"].copy(),
        trust=trust_between(case, state),
        perceived=float(seen.perceived_distance),
        real=float(seen.real_distance),
        logged=int(state.clock["logged"][0]),
        evening=evening,
    )


def _evening(negotiation: SeatedNegotiation) -> EveningCompany:
    """Return who will dine with whom on the evening that is due, by the model's own draws."""
    case, state = negotiation.run.case, negotiation.run.state
    table = np.empty(len(case.seats), np.int64)
    seat_evening(case, state, negotiation.run.choice, table)
    tables = [tuple(np.flatnonzero(table == one).tolist()) for one in range(1, int(table.max()) + 1)]
    return EveningCompany(tuple(tables), bool(case.plan["caucus"][state.clock["row"][0]]))


_Split = Callable[[Table[EventRow]], Iterator[list[Happening]]]


def _lines(scenario: Scenario, trace: Trace, logged: Ints, split: _Split) -> Iterator[MinutesLine]:
    """Yield the lines of the minutes. logged: how many events there were at each frame. split: the log into lines."""
    story, clock, first = Story(scenario, trace), Clock(scenario), 0
    for passage in split(trace.events):
        move, meeting, day = move_of(passage), passage[0].meeting, passage[0].day
        text = WRITERS[move](story, passage).replace("**", "").replace(":\n- ", ": ").replace("\n- ", "; ")
        begins, first = first + 1, first + len(passage)
        if move in UNTIMED_MOVES:
            time = "evening" if move == Move.EVENING else ""
        else:
            time = clock.time(story.begins(passage), meeting, day)
        begin, end = np.searchsorted(logged, (begins, first)).tolist()
        yield MinutesLine(begin, end, move, meeting, day, time, text)


def _single(log: Table[EventRow]) -> Iterator[list[Happening]]:
    """Yield the passages of the transcript, but each statement by itself."""
    for passage in passages(log):
        if isinstance(passage[0], Statement):
            yield from ([statement] for statement in passage)
        else:
            yield passage


class _Frames:
    """The frames of a finished run, each column in one array: many small arrays would leave holes in memory."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._count = len(frames)
        self._columns = {
            field.name: _column([getattr(frame, field.name) for frame in frames]) for field in fields(Frame)
        }

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, moment: int) -> Frame:
        return Frame(**{name: column[moment] for name, column in self._columns.items()})


def _column(values: list[Any]) -> Any:  # noqa: ANN401 - of any field
    """Return the values of one field of all frames: arrays in one array, others unchanged."""
    if not isinstance(values[0], np.ndarray):
        return values
    column = np.array(values)
    column.flags.writeable = False  # several pages look at it
    return column


class Lives(NamedTuple):
    """The lives of the paragraphs. T frames, K issues."""

    minute: Floats  # T; of floor time
    status: Ints  # T,K
    blockers: Ints  # T,K; how many delegates hold it in brackets


def _lives(frames: Sequence[Frame]) -> Lives:
    return Lives(
        np.array([frame.minute for frame in frames]),
        np.array([frame.status for frame in frames]),
        np.array([frame.brackets.sum(axis=1) for frame in frames]),
    )


class Playback:
    """A finished run of a variant, to watch moment by moment."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        recording = record(variant)
        self.scenario = recording.negotiation.scenario  # with the numbers of this run for all that is uncertain
        self.frames = _Frames(recording.frames)
        self.lines, self.minutes = recording.lines(), recording.minutes()
        self.lives = _lives(recording.frames)
        self.events = sorted({line.frame for line in self.lines if self._is_news(line)})
        trace = recording.trace()
        self.outcome = Outcome(int(trace.state.clock["outcome"][0]))
        self.why = reasons(self.scenario, trace)  # it ended that way, in sentences

    @property
    def last(self) -> int:
        """The last moment."""
        return len(self.frames) - 1

    @property
    def first_text(self) -> int:
        """The first moment with a text; the beginning if there never is one."""
        has_text = (self.lives.status != Status.EMPTY).any(axis=1)
        return int(has_text.argmax())

    def _is_news(self, line: MinutesLine) -> bool:
        """Return whether a line tells an event."""
        if line.move is Move.EVENING:
            company = self.frames[line.frame].evening
            return company is not None and bool(company.tables)
        return line.move not in _QUIET_MOVES

    def next_event(self, moment: int) -> int:
        """Return the next moment with an event; the last one if there is none."""
        return next((frame for frame in self.events if frame > moment), self.last)


class Ends(NamedTuple):
    """The ends of the first replications of a variant; empty if they are too large to be counted."""

    outcomes: tuple[Outcome, ...] = ()
    typical: int = 0  # the first with the most common outcome


def ends_of(variant: Variant) -> Ends:
    """Count the ends of as many replications as are short work."""
    scenario = variant.scenario()
    try:
        count = most_replications(scenario, MOST_ENDS * _ENDS_PART) // _ENDS_PART
    except RefusedError:
        return Ends()
    if count < _FEWEST_ENDS:
        return Ends()
    runs = run(scenario, replications=count, seed=variant.seed, threads=1)
    return Ends(tuple(Outcome(int(outcome)) for outcome in runs.column("outcome")), typical_replication(runs))


class _Again:
    """The run that was last played again, and its moment."""

    def __init__(self) -> None:
        self._variant: Variant | None = None
        self._moment = 0

    def at(self, variant: Variant, moment: int) -> SeatedNegotiation:
        """Return the negotiation of a variant at a moment."""
        if self._variant != variant or self._moment > moment:
            self._negotiation, self._variant, self._moment = negotiation_of(variant), variant, 0
        while self._moment < moment:
            self._negotiation.finish_turn()
            self._moment += 1
        return self._negotiation


_REPLAYER = _Again()  # of this process


def eyes_of(variant: Variant, moment: int, seat: int) -> Outlook:
    """Return the others as the delegate in a seat of a variant sees them at a moment."""
    return outlook(_REPLAYER.at(variant, moment).run.state, seat)
