"""One run to be looked at: every moment of it, what happened when, and how each delegate saw the room.

Rules that hold here
- A moment is the number of a frame, 0 before the first turn; moving about changes nothing.
- What a delegate believes is not kept but made again, by playing the same run up to the moment.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from negsim.negotiation.tables import Flags, Floats, Move, Outcome
from negsim.policies import Room
from negsim.report.minutes.reasons import reasons
from negsim.report.words import OUTCOMES
from negsim.studio.links import Setting
from negsim.studio.recording import Frame, recorded

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
    """A finished run of a setting, to be looked at moment by moment."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        scenario = setting.scenario()
        recording = recorded(scenario, seed=setting.seed, replication=setting.replication)
        self.scenario = recording.room.scenario  # with everything drawn
        self.room = recording.room
        self.frames: list[Frame] = recording.frames
        self.lines = recording.lines()
        self.trace = recording.trace()
        self.events = sorted({line.frame for line in self.lines if line.move not in QUIET})
        self._again = Room(scenario, {}, seed=setting.seed, replication=setting.replication)
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
        room = self._at(moment)
        state = room.run.state
        belief = np.array(state.belief[:, :, seat].T)
        belief[seat] = state.views["position"][seat]
        trust = np.array(state.trust[:, seat])
        trust[seat] = 1.0
        group = state.delegates["group"]
        return Eyes(
            seat, room.names[seat], belief, self.frames[moment].position, trust, np.asarray(group != group[seat])
        )

    def _at(self, moment: int) -> Room:
        """The room at a moment."""
        if self._made > moment:
            self._again = Room(
                self.setting.scenario(), {}, seed=self.setting.seed, replication=self.setting.replication
            )
            self._made = 0
        while self._made < moment:
            self._again.finish_turn()
            self._made += 1
        return self._again


@lru_cache(maxsize=8)
def playback_of(setting: Setting) -> Playback:
    """The playback of a setting; pages that show the same share it."""
    return Playback(setting)


def misperception(eyes: Eyes) -> tuple[float, float]:
    """How far away the others of other groups are believed to be, on average over issues, and how far they are."""
    mine = eyes.true[eyes.seat]
    believed = np.abs(eyes.belief[eyes.others] - mine)
    true = np.abs(eyes.true[eyes.others] - mine)
    return (float(believed.mean()), float(true.mean())) if eyes.others.any() else (0.0, 0.0)
