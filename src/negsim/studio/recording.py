"""A negotiation as it is made, turn by turn, with what is needed to draw and to tell every moment of it.

Rules that hold here
- Recording changes nothing: with no seat held the run has the bits of `negsim.watch`.
- Lines are told by the tellers of the transcript, a statement each.

One run to be looked at: every moment of it, what happened when, and how each delegate saw the room.

Rules that hold here
- A moment is the number of a frame, 0 before the first turn; moving about changes nothing.
- What a delegate believes is not kept but made again, by playing the same run up to the moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from negsim.negotiation.beliefs import distances
from negsim.negotiation.evenings import seating
from negsim.negotiation.formats import FORMATS
from negsim.negotiation.runs import LOG_ROWS, Trace, trust_between
from negsim.negotiation.tables import Flags, Floats, Ints, Move, Outcome, Row, Table, Turn
from negsim.policies import Room
from negsim.randomness import Decision, uniform
from negsim.report.minutes import TELLERS, Clock, Story, passages, reasons
from negsim.report.words import OUTCOMES
from negsim.scenario import Scenario
from negsim.studio.links import Variant

OPENING = Turn(Move.NOTHING.value, -1, -1)
FORMAT_NAMES = list(FORMATS)
BETWEEN = {Move.GAP, Move.EVENING, Move.CLOSE_MEETING, Move.RENEW}  # they have no time of day


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

    def __init__(self, negotiation: Room) -> None:
        self.negotiation = negotiation
        self.trust_start = trust_between(negotiation.run.case, negotiation.run.state)
        self.frames = [_frame_of(negotiation, OPENING, row=0)]

    @property
    def is_over(self) -> bool:
        """Whether there is an outcome."""
        return self.negotiation.run.outcome != Outcome.RUNNING

    def step(self) -> Frame:
        """Make the turn that is due and keep what it left; after the end, nothing."""
        if self.is_over:
            return self.frames[-1]
        turn = self.negotiation.run.pending
        row = int(self.negotiation.run.state.clock["row"][0])
        tables, caucus = _evening_of(self.negotiation) if turn.move == Move.EVENING else ((), False)
        self.negotiation.finish_turn()
        self.frames.append(replace(_frame_of(self.negotiation, turn, row=row), tables=tables, caucus=caucus))
        return self.frames[-1]

    def trace(self) -> Trace:
        """The trace so far, as `negsim.watch` would have kept it."""
        run, frames = self.negotiation.run, self.frames
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
            events=run.state.log[: min(frames[-1].logged, len(run.state.log))],
            state=run.state,
            results=run.measured(),
        )

    def lines(self) -> list[Line]:
        """The transcript so far."""
        logged = np.array([frame.logged for frame in self.frames])
        return list(transcript_lines(self.negotiation.scenario, self.trace(), logged))


def record(scenario: Scenario, *, seed: int, replication: int) -> Recording:
    """A run from beginning to end, all seats played by the model."""
    recording = Recording(Room(scenario, {}, seed=seed, replication=replication, log_rows=LOG_ROWS))
    while not recording.is_over:
        recording.step()
    return recording


def _frame_of(negotiation: Room, turn: Turn, *, row: int) -> Frame:
    """How things stand after a turn that was made in a row of the plan."""
    state, case = negotiation.run.state, negotiation.run.case
    then, now, paragraphs = case.plan[row], case.plan[state.clock["row"][0]], state.paragraphs
    perceived, real = distances(state)
    in_session = now["kind"] == Row.SESSION and bool(state.clock["in_session"][0])
    return Frame(
        turn=turn,
        minute=negotiation.run.minute,
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


def _evening_of(negotiation: Room) -> tuple[tuple[tuple[int, ...], ...], bool]:
    """Who will sit with whom on the evening that is due, by the model's own draws; and whether the rest caucus."""
    case, state = negotiation.run.case, negotiation.run.state
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
    dinners = [table for number in range(1, int(dinner.max()) + 1) for table in _dealt(negotiation, dinner == number)]
    return (*dinners, *_dealt(negotiation, mixed)), bool(plan["caucus"])


def _dealt(negotiation: Room, diners: Flags) -> Iterator[tuple[int, ...]]:
    """The tables that the diners are dealt to."""
    order = [int(i) for i in seating(negotiation.run.case, negotiation.run.state, diners)]
    size = int(negotiation.run.case.setting["table_size"][0])
    tables = max(1, (len(order) + size - 1) // size)
    yield from (tuple(order[first::tables]) for first in range(tables) if order[first::tables])


# ----------------------------------------------------------------------------------------- the transcript


def transcript_lines(scenario: Scenario, trace: Trace, logged: Ints) -> Iterator[Line]:
    """The lines of a transcript. logged: how many events there were at each frame."""
    story, clock, first = Story(scenario, trace), Clock(scenario), 0
    for passage in _one_by_one(trace.events):
        event, move = passage[0], Move(int(passage[0]["move"]))
        text = TELLERS[move](story, passage).replace("**", "").replace(":\n- ", ": ").replace("\n- ", "; ")
        first += len(passage)
        meeting, day = int(event["meeting"]), int(event["day"])
        when = "eve" if move == Move.EVENING else "" if move in BETWEEN else None
        time = clock.time(story.begins(passage), meeting, day) if when is None else when
        yield Line(int(np.searchsorted(logged, first)), move, meeting, day, time, text)


def _one_by_one(events: Table) -> Iterator[list[Table]]:
    """The passages of a log, every statement for itself."""
    for passage in passages(events):
        if passage[0]["move"] == Move.SPEAK:
            yield from ([event] for event in passage)
        else:
            yield passage


QUIET = {Move.SPEAK, Move.OPEN_SESSION, Move.NOTHING}  # they are no events to jump to


class Eyes(NamedTuple):
    """The room as one delegate sees it. N delegates, K issues."""

    seat: int
    name: str
    belief: Floats  # N,K; where it thinks the others stand, itself where it stands
    true: Floats  # N,K
    trust: Floats  # N; in each, 1 in itself
    others: Flags  # N; those of other groups


class Playback:
    """A finished run of a variant, to be looked at moment by moment."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        scenario = variant.scenario()
        recording = record(scenario, seed=variant.seed, replication=variant.replication)
        self.scenario = recording.negotiation.scenario  # with everything drawn
        self.negotiation = recording.negotiation
        self.frames: list[Frame] = recording.frames
        self.lines = recording.lines()
        self.trace = recording.trace()
        self.events = sorted({line.frame for line in self.lines if line.move not in QUIET})
        self._again = Room(scenario, {}, seed=variant.seed, replication=variant.replication)
        self._made = 0  # turns of the run that is made again

    @property
    def last(self) -> int:
        """The last moment."""
        return len(self.frames) - 1

    def next_event(self, moment: int) -> int:
        """The next moment at which more happens than a statement; the last one if there is none."""
        return next((frame for frame in self.events if frame > moment), self.last)

    def outcome(self) -> str:
        """How it ended, in words."""
        return OUTCOMES[Outcome(int(self.trace.state.clock["outcome"][0]))]

    def why(self) -> list[str]:
        """Why it ended so."""
        return reasons(self.scenario, self.trace)

    def eyes(self, moment: int, seat: int) -> Eyes:
        """The room as the delegate in a seat sees it at a moment."""
        negotiation = self._at(moment)
        state = negotiation.run.state
        belief = np.array(state.belief[:, :, seat].T)
        belief[seat] = state.views["position"][seat]
        trust = np.array(state.trust[:, seat])
        trust[seat] = 1.0
        group = state.delegates["group"]
        return Eyes(
            seat, negotiation.names[seat], belief, self.frames[moment].position, trust, np.asarray(group != group[seat])
        )

    def _at(self, moment: int) -> Room:
        """The room at a moment."""
        if self._made > moment:
            self._again = Room(
                self.variant.scenario(), {}, seed=self.variant.seed, replication=self.variant.replication
            )
            self._made = 0
        while self._made < moment:
            self._again.finish_turn()
            self._made += 1
        return self._again


@lru_cache(maxsize=8)
def playback_of(variant: Variant) -> Playback:
    """The playback of a variant; pages that show the same share it."""
    return Playback(variant)


def misperception(eyes: Eyes) -> tuple[float, float]:
    """How far away the others of other groups are believed to be, on average over issues, and how far they are."""
    mine = eyes.true[eyes.seat]
    believed = np.abs(eyes.belief[eyes.others] - mine)
    true = np.abs(eyes.true[eyes.others] - mine)
    return (float(believed.mean()), float(true.mean())) if eyes.others.any() else (0.0, 0.0)
