"""What a seat knows, and how it did: the private brief, and the reckoning at the end.

Rules that hold here
- A brief tells what the delegate may know: itself, and what it believes of the others.
- After a vote every paragraph that has a text counts as agreed, in brackets or not; else those that are closed do.
- What is agreed is adopted with the report, or not at all.
- The reckoning compares with the same replication, everybody played by the model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from negsim.negotiation.measures import MEASURES, result_value
from negsim.negotiation.tables import Flags, Outcome
from negsim.policies import CLOSED, Room
from negsim.report.words import OUTCOMES, group_names
from negsim.scenario.lowering import seats
from negsim.studio.game import Game
from negsim.studio.links import Setting
from negsim.studio.recording import Recording, recorded

ADOPTED = {Outcome.CONSENSUS, Outcome.PARTIAL, Outcome.VOTE}


class Stance(NamedTuple):
    """Where a delegate stands on an issue."""

    issue: str  # label
    low: str
    high: str
    status_quo: float
    position: float
    instructions: float
    weight: float  # salience, 1 the average
    red_low: float
    red_high: float
    believed: tuple[float, ...]  # mean belief about each group, itself left out; NaN nobody


class Brief(NamedTuple):
    """What a delegate knows about itself and believes about the others."""

    name: str
    group: str
    may_block: bool
    camp: str | None
    stances: tuple[Stance, ...]
    groups: tuple[str, ...]
    trust: tuple[float, ...]  # mean trust in each group
    chair_trust: float


def brief(room: Room, seat: int) -> Brief:
    """The brief of a seat, as things stand."""
    state = room.run.state
    group, own = state.delegates["group"], np.arange(len(room.names)) == seat
    members = [(group == g) & ~own for g in range(len(room.scenario.groups))]
    trust = tuple(float(state.trust[who, seat].mean()) if who.any() else math.nan for who in members)
    stances = []
    for k, issue in enumerate(room.scenario.issues.values()):
        row = state.views[seat, k]
        believed = tuple(float(state.belief[k, who, seat].mean()) if who.any() else math.nan for who in members)
        stances.append(
            Stance(
                *(issue.label, issue.low, issue.high, issue.status_quo),
                position=float(row["position"]),
                instructions=float(row["instructions"]),
                weight=float(row["salience"]) * len(room.issues),
                red_low=float(row["red_low"]),
                red_high=float(row["red_high"]),
                believed=believed,
            )
        )
    return Brief(
        name=room.names[seat],
        group=group_names(room.scenario)[int(group[seat])],
        may_block=bool(room.run.case.seats["may_block"][seat]),
        camp=room.camp(seat),
        stances=tuple(stances),
        groups=tuple(group_names(room.scenario)),
        trust=trust,
        chair_trust=float(state.delegates["chair_trust"][seat]),
    )


# -------------------------------------------------------------------------------------------- the reckoning


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a run ended for one seat. Values 0..100."""

    outcome: str
    value: float  # of the result to the delegate
    group: float  # to its group, on average
    room: float  # to everybody, on average
    depth: float  # 0..100 too; NaN where nothing was agreed
    texts: tuple[float, ...]  # K; what was agreed on each issue, NaN nothing
    adopted: bool  # whether it became the result
    voted: bool = False  # by a vote


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """A seat's score, beside what the model made of the same replication, and of no report at all."""

    name: str
    mine: Result
    model: Result  # all seats played by the model
    status_quo: float  # value of no report to the delegate
    missed: tuple[str, ...]  # issues left open though a text existed that the room would have let pass
    hopeless: tuple[str, ...]  # issues left open on which there was none
    spoken: int
    blocked: int  # readings at which the seat had a bracket
    alone: int  # of these, as the only one
    dinners: int

    @property
    def gain(self) -> float:
        """By how much the person did better for its delegate than the model."""
        return self.mine.value - self.model.value


def reckon(game: Game, seat: int) -> Reckoning:
    """The reckoning of a seat, at the end."""
    room, state = game.room, game.room.run.state
    issues = game.recording.trace().results.issues[0]
    open_ones = np.flatnonzero(~agreed(room))
    labels = [issue.label for issue in room.scenario.issues.values()]
    return Reckoning(
        name=room.names[seat],
        mine=result(game.recording, seat),
        model=result(by_the_model(game.setting), seat),
        status_quo=100.0 * _status_quo(room, seat),
        missed=tuple(labels[k] for k in open_ones if issues["zone_end"][k] > 0),
        hopeless=tuple(labels[k] for k in open_ones if not issues["zone_end"][k] > 0),
        spoken=int(state.delegates["spoken"][seat]),
        blocked=int(state.views["blocks"][seat].sum()),
        alone=int(state.delegates["pivotal"][seat]),
        dinners=game.dinners.get(seat, 0),
    )


def result(recording: Recording, seat: int) -> Result:
    """How a finished run ended for a seat."""
    room = recording.room
    case, state = room.run.case, room.run.state
    values = [100.0 * float(result_value(case, state, i)) for i in range(len(room.names))]
    fellows = [values[i] for i, group in enumerate(state.delegates["group"]) if group == state.delegates["group"][seat]]
    outcome = Outcome(int(state.clock["outcome"][0]))
    measured = dict(zip(MEASURES, room.run.measured().runs[0].tolist(), strict=True))
    return Result(
        outcome=OUTCOMES[outcome],
        value=values[seat],
        group=float(np.mean(fellows)),
        room=float(np.mean(values)),
        depth=100.0 * measured["depth"],
        texts=tuple(np.where(agreed(room), state.paragraphs["text"], np.nan).tolist()),
        adopted=outcome in ADOPTED,
        voted=outcome == Outcome.VOTE,
    )


def agreed(room: Room) -> Flags:
    """K: whether each paragraph of a finished run was agreed."""
    paragraphs = room.run.state.paragraphs
    if room.run.outcome == Outcome.VOTE:
        return np.asarray(~np.isnan(paragraphs["text"]))
    return np.isin(paragraphs["status"], CLOSED)


def _status_quo(room: Room, seat: int) -> float:
    """What no report is worth to a seat."""
    opinions, quo = room.run.state.views[seat], room.run.case.status_quo
    return float((opinions["salience"] * (1.0 - np.abs(quo - opinions["position"]))).sum())


@lru_cache(maxsize=16)
def by_the_model(setting: Setting) -> Recording:
    """The same replication, everybody played by the model."""
    return recorded(setting.scenario(), seed=setting.seed, replication=setting.replication)


def seats_by_group(room: Room) -> dict[str, list[int]]:
    """The seats of each group, by the group's label."""
    found: dict[str, list[int]] = {}
    for number, seat in enumerate(seats(room.scenario)):
        found.setdefault(seat.of.label, []).append(number)
    return found
