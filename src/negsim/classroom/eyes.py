"""Lesson 3: the room that a delegate believes in beside the true one, then one dinner.

- Whose eyes: India's where the scenario has it, else those of the named delegate, or else of the group, whose beliefs
  about the others are furthest from the truth. Of a group, its first seat looks.
- What students read in the studio is what the linked room shows; means over draws stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from negsim.classroom.links import MOST_CHANGE
from negsim.classroom.people import DRAWS, Opening, at_both_ends, misperception_at_the_end, opening_of, party_label
from negsim.classroom.topic import Changes, KeyRow, Topic
from negsim.negotiation.tables import Floats
from negsim.scenario import Scenario, with_changes
from negsim.scenario.yaml import flow
from negsim.study.estimates import Estimate

PREFERRED = "India"
SMALL = 0.02  # scale units: a belief nearer than this is right
FAR = 0.1  # scale units: a belief further off than this is far off
MEASURES = ("share_agreed", "consensus", "trust_across_end", "perceived_distance_end")


class Observer(NamedTuple):
    """Whose eyes, the opening on average, the opening of the room that the link opens, and the dinners."""

    host: str  # a named delegate or a group
    label: str
    mean: Opening  # over draws
    single: Opening  # its first draw
    dinners: dict[str, Changes]

    @property
    def seat(self) -> int:
        """The seat to click."""
        return self.mean.where(self.host)[0]

    @property
    def looker(self) -> str:
        """What the studio calls it."""
        return self.mean.names[self.seat]


class Belief(NamedTuple):
    """Where somebody believes a group to be on an issue, and where it is; 0..1."""

    seems: float
    true: float

    @property
    def side(self) -> str:
        """As the worksheet has it: = right, → or ← for a belief above or below the truth."""
        off = self.seems - self.true
        return "=" if abs(off) < SMALL else "→" if off > 0.0 else "←"

    @property
    def is_far(self) -> bool:
        """Whether it is far off."""
        return abs(self.seems - self.true) > FAR


class Distance(NamedTuple):
    """How far a group seems and is, a mean over issues (0..1), and how far it is trusted."""

    group: str
    seems: float
    true: float
    trust: float

    @property
    def kind(self) -> str:
        """How the distance is misjudged: further, nearer or right."""
        off = self.seems - self.true
        return "further" if off > SMALL else "nearer" if off < -SMALL else "right"


class Dinner(NamedTuple):
    """What a dinner does to the host by the end: trust and error in the linked room, misperception over draws."""

    name: str
    trust: tuple[float, float]  # in the guest, without and with it
    off: tuple[float, float]  # error about the guest, without and with it
    misperception: float
    change: float


class Perception(NamedTuple):
    """What the sheets of the lesson need."""

    label: str  # whose eyes
    looker: str  # the seat to click
    draws: int
    small: float
    far: float
    issues: list[str]
    stands: dict[str, float]  # the looker's position, by issue
    groups: list[str]  # the others
    guests: list[str]  # those with which a dinner is on offer
    dinners: dict[str, str]  # the change that makes each
    fit: bool  # whether the studio takes them
    single: dict[str, list[Belief]]  # by group, in the room that the link opens
    mean: dict[str, list[Belief]]
    wrong: dict[str, float]  # misperception at the start by party, the largest first
    away: tuple[float, float]  # how far the others seem and are, in the linked room
    distances: list[Distance]
    measures: tuple[str, ...]
    rows: dict[str, KeyRow]  # by dinner; without one first
    compare: str
    runs: int  # as many as the lab makes
    effects: list[Dinner]
    start: float  # misperception of the host
    end: float  # without a dinner
    idle: bool  # whether no dinner changes any meeting
    measurable: dict[str, dict[str, Estimate]]  # changes that exclude zero, by measure and dinner
    room: str
    lab: str
    rooms: dict[str, str]  # links by dinner


def eyes(topic: Topic) -> Perception:
    """The numbers of the lesson."""
    topic = topic.in_the_lab()
    scenario, view = topic.certain, observer_of(topic)
    start, last = at_both_ends(scenario, topic.seed, view.seat)
    end = misperception_at_the_end(scenario, topic.seed, view.mean.where(view.host))
    idle = not any(map(topic.alters, view.dinners.values()))
    return Perception(
        label=view.label,
        looker=view.looker,
        draws=DRAWS,
        small=SMALL,
        far=FAR,
        issues=[issue.label for issue in scenario.issues.values()],
        stands=dict(
            zip((issue.label for issue in scenario.issues.values()), view.single.stands(view.looker), strict=True)
        ),
        groups=[scenario.groups[group].label for group in others_of(view.mean, view.host)],
        guests=[scenario.groups[group].label for group in guests_of(scenario, view)],
        dinners={name: " ".join(changes) for name, changes in view.dinners.items()},
        fit=all(map(fits, view.dinners.values())),
        single=beliefs_of(scenario, view.single, view.looker),
        mean=beliefs_of(scenario, view.mean, view.host),
        wrong=_wrong(scenario, view.mean),
        away=(start.seems, start.true),
        distances=list(_distances(scenario, view.single, view.looker)),
        measures=MEASURES,
        rows=topic.answers(view.dinners, MEASURES),
        compare=topic.compare_command(view.dinners, MEASURES),
        runs=topic.replications,
        effects=list(_effects(topic, view, last.trust, last.off, end)),
        start=float(view.mean.misperception[view.mean.where(view.host)].mean()),
        end=end,
        idle=idle,
        measurable={
            measure: topic.measurable(view.dinners, measure)
            for measure in (("trust_across_end",) if idle else ("share_agreed", "trust_across_end"))
        },
        room=topic.link("room"),
        lab=topic.link("lab"),
        rooms={name: topic.link("room", changes) for name, changes in view.dinners.items() if fits(changes)},
    )


def observer_of(topic: Topic) -> Observer:
    """Whose eyes a class looks through, and the dinners on offer."""
    scenario = topic.certain
    mean = opening_of(scenario, topic.seed)
    host = host_of(mean)
    dinners = topic.distinct(dinners_of(scenario, mean, host))
    return Observer(host, party_label(scenario, host), mean, opening_of(scenario, topic.seed, draws=1), dinners)


def host_of(opening: Opening) -> str:
    """Whose eyes the lesson looks through."""
    if PREFERRED in opening.delegates:
        return PREFERRED
    parties = list(opening.delegates) or list(opening.members)
    return max(parties, key=lambda party: opening.misperception[opening.where(party)].mean())


def fits(changes: Changes) -> bool:
    """Whether the studio takes changes that long."""
    return all(len(change) <= MOST_CHANGE for change in changes)


def others_of(opening: Opening, party: str) -> list[str]:
    """The groups that a party does not belong to."""
    own = next(name for name, seats in opening.members.items() if set(opening.where(party)) <= set(seats))
    return [name for name in opening.members if name != own]


def guests_of(scenario: Scenario, view: Observer) -> list[str]:
    """The groups with which a dinner is on offer."""
    return [group for group in others_of(view.mean, view.host) if dinner_with(scenario, group) in view.dinners]


def dinners_of(scenario: Scenario, opening: Opening, host: str) -> dict[str, Changes]:
    """One dinner of the host with each other group, on the first evening."""
    events = [
        event.model_dump(mode="json", exclude_none=True, exclude_defaults=True) for event in scenario.process.events
    ]
    return {
        dinner_with(scenario, guest): (
            f"process.events={flow([*events, {'targeted_dinner': {'meeting': 1, 'day': 1, 'guests': [host, guest]}}])}",
        )
        for guest in others_of(opening, host)
    }


def dinner_with(scenario: Scenario, guest: str) -> str:
    """What a dinner with a group is called."""
    return f"dinner with {scenario.groups[guest].label}"


def beliefs_of(scenario: Scenario, opening: Opening, party: str) -> dict[str, list[Belief]]:
    """Where a party believes the other groups to be, and where they are, issue by issue."""
    return {
        scenario.groups[group].label: [
            Belief(float(seems), float(true))
            for seems, true in zip(opening.belief_of(party, group), opening.stands(group), strict=True)
        ]
        for group in others_of(opening, party)
    }


def _wrong(scenario: Scenario, opening: Opening) -> dict[str, float]:
    """Misperceptions of groups and named delegates, the largest first."""
    wrong = {
        party_label(scenario, party): float(opening.misperception[opening.where(party)].mean())
        for party in [*opening.delegates, *opening.members]
    }
    return dict(sorted(wrong.items(), key=lambda pair: -pair[1]))


def _distances(scenario: Scenario, opening: Opening, looker: str) -> Iterator[Distance]:
    """How far the others seem and how far they are, group by group."""
    own = opening.stands(looker)
    for group in others_of(opening, looker):
        yield Distance(
            scenario.groups[group].label,
            float(np.abs(opening.belief_of(looker, group) - own).mean()),
            float(np.abs(opening.stands(group) - own).mean()),
            opening.trusts(looker, group),
        )


def _effects(topic: Topic, view: Observer, trust: Floats, off: Floats, misperception: float) -> Iterator[Dinner]:
    """What each dinner does. trust, off (N) and misperception: at the end without one."""
    for guest in others_of(view.mean, view.host):
        name, members = dinner_with(topic.certain, guest), view.mean.members[guest]
        if name not in view.dinners:
            continue
        scenario = with_changes(topic.certain, list(view.dinners[name]))
        _, last = at_both_ends(scenario, topic.seed, view.seat)
        wrong = misperception_at_the_end(scenario, topic.seed, view.mean.where(view.host))
        yield Dinner(
            name,
            (float(trust[members].mean()), float(last.trust[members].mean())),
            (float(off[members].mean()), float(last.off[members].mean())),
            wrong,
            wrong - misperception,
        )
