"""Whose eyes lesson 3 looks through: what they see, what is there, and whom they could dine with.

Rules that hold here
- Whose eyes: India's where the scenario has it, else those of the named delegate, or else of the group, whose beliefs
  about the others are furthest from the truth; computed, not chosen. Of a group, its first seat looks.
"""

from __future__ import annotations

from typing import NamedTuple

from negsim.classroom.course import Course
from negsim.classroom.room import Room, room_of
from negsim.scenario import Scenario
from negsim.scenario.loading import flow
from negsim.tell.page import Grid

PREFERRED = "India"
SMALL = 0.02  # scale units: a belief nearer than this is right
FAR = 0.1  # scale units: a belief further off than this is far off
MOST_LETTERS = 200  # of a change that the studio takes


class View(NamedTuple):
    """What the lesson looks at: whose eyes, the room on average, the room that the link opens, and the dinners."""

    host: str  # a named delegate or a group
    label: str
    mean: Room  # over draws
    linked: Room  # its first draw
    dinners: dict[str, tuple[str, ...]]

    @property
    def seat(self) -> int:
        """The seat to click."""
        return self.mean.where(self.host)[0]

    @property
    def looker(self) -> str:
        """What the studio calls it."""
        return self.mean.names[self.seat]


def view_of(course: Course) -> View:
    """The view of a scenario."""
    scenario, seed = course.certain, course.seed
    mean = room_of(scenario, seed)
    host = host_of(mean)
    dinners = course.fitting(dinners_of(scenario, mean, host))
    return View(host, label_of(scenario, host), mean, room_of(scenario, seed, draws=1), dinners)


def host_of(room: Room) -> str:
    """Whose eyes the lesson looks through."""
    if PREFERRED in room.named:
        return PREFERRED
    parties = list(room.named) or list(room.members)
    return max(parties, key=lambda party: room.misperception[room.where(party)].mean())


def fits(changes: tuple[str, ...]) -> bool:
    """Whether the studio takes changes that long."""
    return all(len(change) <= MOST_LETTERS for change in changes)


def label_of(scenario: Scenario, party: str) -> str:
    """What a group or a delegate is called."""
    return scenario.groups[party].label if party in scenario.groups else party


def others_of(room: Room, host: str) -> list[str]:
    """The groups that the host does not belong to."""
    own = next(name for name, seats in room.members.items() if set(room.where(host)) <= set(seats))
    return [name for name in room.members if name != own]


def guests_of(scenario: Scenario, view: View) -> list[str]:
    """The groups with which a dinner is on offer."""
    return [group for group in others_of(view.mean, view.host) if dinner_with(scenario, group) in view.dinners]


def dinners_of(scenario: Scenario, room: Room, host: str) -> dict[str, tuple[str, ...]]:
    """One dinner of the host with each other group, on the first evening."""
    events = [
        event.model_dump(mode="json", exclude_none=True, exclude_defaults=True) for event in scenario.process.events
    ]
    return {
        dinner_with(scenario, guest): (
            f"process.events={flow([*events, {'targeted_dinner': {'meeting': 1, 'day': 1, 'guests': [host, guest]}}])}",
        )
        for guest in others_of(room, host)
    }


def dinner_with(scenario: Scenario, guest: str) -> str:
    """What a dinner with a group is called."""
    return f"dinner with {scenario.groups[guest].label}"


def beliefs(scenario: Scenario, room: Room, party: str, *, true: bool) -> Grid:
    """Where a party thinks that the other groups stand, and perhaps where they do."""
    rows = []
    for group in others_of(room, party):
        believed, stands = room.believed(party, group), room.stands(group)
        cells = [_cell(b, s) if true else f"{b:.2f}" for b, s in zip(believed, stands, strict=True)]
        rows.append([scenario.groups[group].label, *cells])
    return Grid(["group", *(issue.label for issue in scenario.issues.values())], rows)


def _cell(believed: float, true: float) -> str:
    """Belief and truth, and how the one lies to the other as the worksheet asks for it."""
    off = believed - true
    told = "=" if abs(off) < SMALL else f"{'→' if off > 0.0 else '←'} {'far' if abs(off) > FAR else 'near'}"
    return f"{believed:.2f} ({true:.2f}) {told}"
