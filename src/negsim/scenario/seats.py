"""The people of a scenario as tables, seat by seat.

Rules that hold here
- Seats are ordered by group as in the file, named delegates first; what a delegate does not say is its group's.
- A pair of trust is the more telling the more delegates it names; of equals, the later one holds.
- Tension tau scales trust across groups by (1 - 0.4 tau), pairs included, and sets spillover to
  spillover_max * tau where the file gives none (rule 5.14).
- A camp's share is of all seats of the group: those drawn into it make up for those named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from negsim.negotiation.case import SEAT, STANCE, Floats, Ints
from negsim.negotiation.records import Table, fill
from negsim.scenario.parts import Position
from negsim.scenario.schema import Delegate, Group, Scenario

SEATS_A_GROUP = 2048  # of the address space of draws
TENSION_WEIGHT = 0.4
NO_CAMP, DRAWN = -1, -2


class Seat(NamedTuple):
    """One chair in the room: its group, its number in the group, and who is named for it."""

    group: str
    number: int
    of: Group
    named: Delegate | None

    def position(self, issue: str) -> Position:
        """Where it stands on an issue."""
        own = self.named.position.get(issue) if self.named else None
        return self.of.position[issue] if own is None else own

    def red_line(self, issue: str) -> tuple[float, float, float]:
        """What it never accepts on an issue: text below the first or above the second; and their spread."""
        own = self.named.red_lines.get(issue) if self.named else None
        line = self.of.red_lines.get(issue) if own is None else own
        if line is None:
            return -math.inf, math.inf, 0.0
        return -math.inf if line.min is None else line.min, math.inf if line.max is None else line.max, line.spread

    def salience(self, issue: str) -> float:
        """Weight of an issue."""
        own = self.named.salience.get(issue) if self.named else None
        return self.of.salience[issue] if own is None else own

    def openness(self, usual: float) -> float:
        """Its own openness, its group's, or the usual one."""
        said = [of.openness for of in (self.named, self.of) if of is not None and of.openness is not None]
        return said[0] if said else usual

    def voice(self) -> float:
        """How often it asks for the floor."""
        return self.named.voice if self.named and self.named.voice is not None else self.of.voice

    def may_block(self) -> bool:
        """Whether its objection stops consensus."""
        return self.named.may_block if self.named and self.named.may_block is not None else self.of.may_block

    def outside_option(self) -> float:
        """Value of leaving, NaN none."""
        own = self.named.outside_option if self.named else None
        value = self.of.outside_option if own is None else own
        return float(value) if isinstance(value, float) else math.nan


def seats(scenario: Scenario) -> list[Seat]:
    """Every seat, in the order of the arrays."""
    return list(_seats(scenario))


def _seats(scenario: Scenario) -> Iterator[Seat]:
    for name, group in scenario.groups.items():
        named: list[Delegate | None] = [delegate for delegate in scenario.delegates if delegate.group == name]
        for number, who in enumerate(named + [None] * (group.seats - len(named))):
            yield Seat(name, number, group, who)


def seat_names(scenario: Scenario) -> list[str]:
    """What to call each seat: its delegate's name, or its group's label and its number in the group from 1."""
    return [seat.named.name if seat.named else f"{seat.of.label} {seat.number + 1}" for seat in seats(scenario)]


def seat_table(scenario: Scenario, room: Sequence[Seat]) -> Table:
    """Who sits where (N of SEAT)."""
    groups = list(scenario.groups)
    return fill(
        SEAT,
        len(room),
        group=[groups.index(seat.group) for seat in room],
        address=[groups.index(seat.group) * SEATS_A_GROUP + seat.number for seat in room],
        openness=[seat.openness(scenario.parameters.openness) for seat in room],
        voice=[seat.voice() for seat in room],
        may_block=[seat.may_block() for seat in room],
        outside_option=[seat.outside_option() for seat in room],
        chair_trust=[scenario.trust.chair.get(seat.group, scenario.trust.chair["default"]) for seat in room],
        camp=camps(scenario, room),
    )


def stance_table(scenario: Scenario, room: Sequence[Seat]) -> Table:
    """What each seat thinks of each issue (N,K of STANCE)."""
    issues = list(scenario.issues)
    lines = np.array([[seat.red_line(issue) for issue in issues] for seat in room])
    return fill(
        STANCE,
        (len(room), len(issues)),
        position=[[seat.position(issue).mean for issue in issues] for seat in room],
        spread=[[seat.position(issue).spread for issue in issues] for seat in room],
        salience=[[seat.salience(issue) for issue in issues] for seat in room],
        red_low=lines[:, :, 0],
        red_high=lines[:, :, 1],
        red_spread=lines[:, :, 2],
    )


def party(scenario: Scenario, room: Sequence[Seat], name: str) -> list[int]:
    """The seats that a group's or a delegate's name stands for."""
    if name in scenario.groups:
        return [i for i, seat in enumerate(room) if seat.group == name]
    return [i for i, seat in enumerate(room) if seat.named and seat.named.name == name]


def trust_mean(scenario: Scenario, room: Sequence[Seat]) -> Floats:
    """T_ij, i about j, tension included (N,N)."""
    groups = np.array([list(scenario.groups).index(seat.group) for seat in room])
    same = groups[:, None] == groups[None, :]
    trust = np.where(same, scenario.trust.within, scenario.trust.across)
    pairs = [(pair.split("->"), level) for pair, level in scenario.trust.pairs.items()]
    for (holder, about), level in sorted(pairs, key=lambda pair: sum(name not in scenario.groups for name in pair[0])):
        trust[np.ix_(party(scenario, room, holder), party(scenario, room, about))] = level
    return np.asarray(np.where(same, trust, trust * (1 - TENSION_WEIGHT * scenario.context.tension)))


def spillover(scenario: Scenario) -> float:
    """What a room wholly of other camps adds to a bottom line."""
    linkage = scenario.context.linkage
    if linkage is None:
        return 0.0
    usual = float(scenario.parameters.spillover_max) * scenario.context.tension
    return usual if linkage.spillover is None else linkage.spillover


# ------------------------------------------------------------------------------------------------ camps


def spokespeople(scenario: Scenario, room: Sequence[Seat], camp: str) -> list[int]:
    """Who speaks for a camp: its named delegates, else the first free seat of the group with most of it."""
    named = [i for i, seat in enumerate(room) if seat.named and seat.named.camp == camp]
    share = scenario.camps[camp].share
    free = [i for i, seat in enumerate(room) if _is_free(seat) and share.get(seat.group, 0.0) > 0.0]
    return named or sorted(free, key=lambda i: -share[room[i].group])[:1]


def _is_free(seat: Seat) -> bool:
    return seat.named is None or seat.named.camp is None


def camps(scenario: Scenario, room: Sequence[Seat]) -> Ints:
    """Camp code, where the file fixes it or a camp needs a voice; else to be drawn."""
    codes = {name: code for code, name in enumerate(scenario.camps)} | {"none": NO_CAMP}
    camp_of = [DRAWN if scenario.camps and _is_free(seat) else codes[_camp_of(seat)] for seat in room]
    for event in scenario.process.events:
        if event.reaffirm and event.reaffirm.by in scenario.camps:
            for i in spokespeople(scenario, room, event.reaffirm.by):
                camp_of[i] = codes[event.reaffirm.by]
    return np.array(camp_of, np.int64)


def _camp_of(seat: Seat) -> str:
    return seat.named.camp if seat.named and seat.named.camp else "none"


def camp_shares(scenario: Scenario, room: Sequence[Seat]) -> Floats:
    """Chance that a seat to be drawn is of the camp (G,C): the share of all seats less those fixed."""
    fixed = camps(scenario, room)
    shares = np.zeros((len(scenario.groups), len(scenario.camps)))
    for g, (name, group) in enumerate(scenario.groups.items()):
        members = fixed[[i for i, seat in enumerate(room) if seat.group == name]]
        free = max(1, int((members == DRAWN).sum()))
        for c, camp in enumerate(scenario.camps.values()):
            wanted = camp.share.get(name, 0.0) * group.seats - int((members == c).sum())
            shares[g, c] = max(0.0, wanted) / free
    return np.asarray(shares / np.maximum(1.0, shares.sum(axis=1, keepdims=True)))


def camp_lines(scenario: Scenario) -> Floats:
    """The camps' lines on the issues, NaN none (C,K)."""
    lines = [[camp.line.get(issue, math.nan) for issue in scenario.issues] for camp in scenario.camps.values()]
    return np.array(lines, np.float64).reshape(len(scenario.camps), len(scenario.issues))


def camp_red_lines(scenario: Scenario) -> tuple[Floats, Floats]:
    """What the camps never accept: text below, text above (C,K each)."""
    shape = (len(scenario.camps), len(scenario.issues))
    low, high = np.full(shape, -math.inf), np.full(shape, math.inf)
    for c, camp in enumerate(scenario.camps.values()):
        for k, issue in enumerate(scenario.issues):
            line = camp.red_lines.get(issue)
            low[c, k] = -math.inf if line is None or line.min is None else line.min
            high[c, k] = math.inf if line is None or line.max is None else line.max
    return low, high
