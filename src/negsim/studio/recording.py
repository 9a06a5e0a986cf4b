"""A negotiation as it is made, turn by turn, with what is needed to draw and to tell every moment of it.

Rules that hold here
- Recording changes nothing: with no seat held the run has the bits of `negsim.watch`.
- Lines are told by the tellers of the transcript, a statement each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from negsim.negotiation.beliefs import distances
from negsim.negotiation.evenings import seating
from negsim.negotiation.formats import FORMATS
from negsim.negotiation.log import Happening, Statement
from negsim.negotiation.runs import LOG_ROWS, Trace, trust_between
from negsim.negotiation.tables import EventRow, Flags, Floats, Ints, Move, Outcome, Row, Table, Turn
from negsim.policies import Room
from negsim.randomness import Decision, uniform
from negsim.report.minutes.clock import Clock
from negsim.report.minutes.moves import WRITERS
from negsim.report.minutes.story import Story, move_of, passages
from negsim.scenario import Scenario

OPENING = Turn(Move.NOTHING.value, -1, -1)
FORMAT_NAMES = list(FORMATS)
BETWEEN = {Move.GAP, Move.EVENING, Move.WALK_OUT, Move.CLOSE_MEETING, Move.RENEW}  # they have no time of day


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One moment: the turn that has just been made, and how things stand after it. N delegates, K issues, G groups."""

    turn: Turn  # move NOTHING: before the first turn
    minute: float  # of floor time
    meeting: int  # under way now, from 0
    held_in: tuple[int, int]  # in which meeting, on which day of it the turn was made, both from 0
    format: str  # of the session, "" between sessions
    text: Floats  # K; NaN none
    precision: Floats  # K
    status: Ints  # K
    pen: Ints  # K
    known: Flags  # K
    brackets: Flags  # K,N
    position: Floats  # N,K
    present: Flags  # N
    trust: Floats  # G,G; of group (row) in group (column)
    perceived: float  # distance across groups as believed
    real: float
    logged: int  # events so far
    tables: tuple[tuple[int, ...], ...] = ()  # of an evening: who dined with whom
    caucus: bool = False  # of an evening: the others met in their groups


class Line(NamedTuple):
    """One line of the transcript: at which frame it can be read, when it was, what it says."""

    frame: int
    move: Move
    meeting: int
    day: int
    time: str
    text: str


class Recording:
    """A room, and everything that was seen in it so far."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.trust_start = trust_between(room.run.case, room.run.state)
        self.frames = [frame_of(room, OPENING, row=0)]

    @property
    def is_over(self) -> bool:
        """Whether there is an outcome."""
        return self.room.run.outcome != Outcome.RUNNING

    def step(self) -> Frame:
        """Make the turn that is due and keep what it left; after the end, nothing."""
        if self.is_over:
            return self.frames[-1]
        turn = self.room.run.pending
        row = int(self.room.run.state.clock["row"][0])
        tables, caucus = evening_of(self.room) if turn.move == Move.EVENING else ((), False)
        self.room.finish_turn()
        self.frames.append(replace(frame_of(self.room, turn, row=row), tables=tables, caucus=caucus))
        return self.frames[-1]

    def trace(self) -> Trace:
        """The trace so far, as `negsim.watch` would have kept it."""
        run, frames = self.room.run, self.frames
        return Trace(
            minute=np.array([frame.minute for frame in frames]),
            meeting=np.array([frame.meeting for frame in frames]),
            position=np.array([frame.position for frame in frames]),
            status=np.array([frame.status for frame in frames]),
            text=np.array([frame.text for frame in frames]),
            brackets=np.array([frame.brackets.sum(axis=1) for frame in frames]),
            perceived_distance=np.array([frame.perceived for frame in frames]),
            real_distance=np.array([frame.real for frame in frames]),
            trust_start=self.trust_start,
            trust_end=frames[-1].trust,
            events=run.state.log[: min(frames[-1].logged, len(run.state.log) - 1)],
            state=run.state,
            results=run.measured(),
        )

    def lines(self) -> list[Line]:
        """The transcript so far."""
        logged = np.array([frame.logged for frame in self.frames])
        return list(told(self.room.scenario, self.trace(), logged))


def recorded(scenario: Scenario, *, seed: int, replication: int) -> Recording:
    """A run from beginning to end, all seats played by the model."""
    recording = Recording(Room(scenario, {}, seed=seed, replication=replication, log_rows=LOG_ROWS))
    while not recording.is_over:
        recording.step()
    return recording


def frame_of(room: Room, turn: Turn, *, row: int) -> Frame:
    """How things stand after a turn that was made in a row of the plan."""
    state, case = room.run.state, room.run.case
    then, now, paragraphs = case.plan[row], case.plan[state.clock["row"][0]], state.paragraphs
    perceived, real = distances(state)
    in_session = now["kind"] == Row.SESSION and bool(state.clock["in_session"][0])
    return Frame(
        turn=turn,
        minute=room.run.minute,
        meeting=int(now["meeting"]),
        held_in=(int(then["meeting"]), int(then["day"])),
        format=FORMAT_NAMES[now["format"]] if in_session else "",
        text=paragraphs["text"].copy(),
        precision=paragraphs["precision"].copy(),
        status=paragraphs["status"].copy(),
        pen=paragraphs["pen"].copy(),
        known=paragraphs["known"].copy(),
        brackets=state.opinions["bracket"].copy(),
        position=state.views["position"].copy(),
        present=state.delegates["present"].copy(),
        trust=trust_between(case, state),
        perceived=float(perceived),
        real=float(real),
        logged=int(state.clock["logged"][0]),
    )


# -------------------------------------------------------------------------------------------- the evening


def evening_of(room: Room) -> tuple[tuple[tuple[int, ...], ...], bool]:
    """Who will sit with whom on the evening that is due, by the model's own draws; and whether the rest caucus."""
    case, state = room.run.case, room.run.state
    row = int(state.clock["row"][0])
    plan, present = case.plan[row], state.delegates["present"]
    dinner = np.where(present, case.plan_seats[row], 0)
    mixed = np.array(
        [
            bool(present[i])
            and not dinner[i]
            and uniform(state.stream, Decision.ATTENDANCE, plan["meeting"], plan["day"], 0, seat["address"], 0)
            < plan["mixed_share"]
            for i, seat in enumerate(case.seats)
        ]
    )
    dinners = [table for number in range(1, int(dinner.max()) + 1) for table in dealt(room, dinner == number)]
    return (*dinners, *dealt(room, mixed)), bool(plan["caucus"])


def dealt(room: Room, diners: Flags) -> Iterator[tuple[int, ...]]:
    """The tables that the diners are dealt to."""
    order = [int(i) for i in seating(room.run.case, room.run.state, diners)]
    size = int(room.run.case.setting["table_size"][0])
    tables = max(1, (len(order) + size - 1) // size)
    yield from (tuple(order[first::tables]) for first in range(tables) if order[first::tables])


# ----------------------------------------------------------------------------------------- the transcript


def told(scenario: Scenario, trace: Trace, logged: Ints) -> Iterator[Line]:
    """The lines of a transcript. logged: how many events there were at each frame."""
    story, clock, first = Story(scenario, trace), Clock(scenario), 0
    for passage in one_by_one(trace.events):
        event, move = passage[0], move_of(passage)
        text = WRITERS[move](story, passage).replace("**", "").replace(":\n- ", ": ").replace("\n- ", "; ")
        first += len(passage)
        meeting, day = event.meeting, event.day
        when = "eve" if move == Move.EVENING else "" if move in BETWEEN else None
        time = clock.time(story.begins(passage), meeting, day) if when is None else when
        yield Line(int(np.searchsorted(logged, first)), move, meeting, day, time, text)


def one_by_one(log: Table[EventRow]) -> Iterator[list[Happening]]:
    """The passages of a log, every statement for itself."""
    for passage in passages(log):
        if isinstance(passage[0], Statement):
            yield from ([event] for event in passage)
        else:
            yield passage
