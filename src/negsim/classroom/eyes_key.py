"""The answer key of lesson 3: why these eyes, what they see wrongly, and what each dinner changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from negsim.classroom.course import Course, points
from negsim.classroom.looks import FAR, SMALL, View, beliefs, dinner_with, label_of, others_of
from negsim.classroom.room import DRAWS, Room, at_both_ends, misperception_at_the_end
from negsim.negotiation.case import Floats
from negsim.scenario import Scenario, with_changes
from negsim.study.evidence import moves
from negsim.tell.page import Block, Grid, Items, Section
from negsim.tell.words import counted, listed, signed

MEASURES = ("share_agreed", "consensus", "trust_across_end", "perceived_distance_end")


def eyes_key(course: Course, view: View) -> Iterator[Section]:
    """The sections of the key."""
    scenario, dinners = course.certain, view.dinners
    yield Section(
        "Why these eyes",
        [
            (
                "Misperception: how far what a seat believes of members of other groups is from the truth, on average"
                f" over issues and {DRAWS} draws of the room under seed {course.seed}."
            ),
            Grid(["whose", "misperception at the start"], [[*row] for row in _wrong(scenario, view.mean)]),
        ],
    )
    start, _ = at_both_ends(scenario, course.seed, view.seat)
    yield Section(
        "The room that the link opens",
        [
            (
                f"As {view.looker} believes it to be, and in brackets as it is: replication 0 under seed {course.seed},"
                f" before the first turn. “=” is less than {SMALL} of the scale, “far” more than {FAR}."
            ),
            beliefs(scenario, view.linked, view.looker, true=True),
            (
                f"Above the tabs: {view.looker} believes the other groups to be {start.believed:.2f} away on average;"
                f" they are {start.true:.2f} away."
            ),
            Items(list(_errors(scenario, view.linked, view.looker))),
        ],
    )
    yield Section(
        f"On average over {DRAWS} draws",
        [
            "One draw differs from the mean, and a direction may reverse; the errors that stay are those to speak of.",
            beliefs(scenario, view.mean, view.host, true=True),
        ],
    )
    yield Section(
        "One dinner",
        [
            f"From {counted(course.replications, 'run')}, as many as the lab makes at most, on its seed.",
            course.answers(dinners, MEASURES, spelt=False),
            course.commands(dinners, MEASURES),
        ],
    )
    yield Section("What it does to the eyes", [*_at_the_end(course, view)])
    yield Section("How to read it", [Items(list(_reading(course, dinners)))])


def _wrong(scenario: Scenario, room: Room) -> Iterator[tuple[str, str]]:
    """Misperceptions, the largest first."""
    found = {
        label_of(scenario, party): room.misperception[room.where(party)].mean()
        for party in [*room.named, *room.members]
    }
    for name in sorted(found, key=lambda party: -found[party]):
        yield name, f"{found[name]:.3f}"


def _errors(scenario: Scenario, room: Room, looker: str) -> Iterator[str]:
    """How far the others seem, and how far they are, group by group."""
    own = room.stands(looker)
    for group in others_of(room, looker):
        seems = float(np.abs(room.believed(looker, group) - own).mean())
        is_away = float(np.abs(room.stands(group) - own).mean())
        what = (
            "further away than in truth"
            if seems > is_away + SMALL
            else "nearer than in truth"
            if seems < is_away - SMALL
            else "about as far as in truth"
        )
        yield (
            f"To {looker}, {scenario.groups[group].label}: {what}, {seems:.2f} of the scale against {is_away:.2f}"
            f" (the means of the group), trusted at {room.trusts(looker, group):.2f}."
        )


def _at_the_end(course: Course, view: View) -> Iterator[Block]:
    """What the host believes and whom it trusts when the process ends, without and with each dinner."""
    scenario, seats = course.certain, view.mean.where(view.host)
    start, without = float(view.mean.misperception[seats].mean()), _end(course, view, ())
    linked, means = [], [["no dinner", f"{without.wrong:.3f}", ""]]
    for guest in others_of(view.mean, view.host):
        name, members = dinner_with(scenario, guest), view.mean.members[guest]
        if name in view.dinners:
            end = _end(course, view, view.dinners[name])
            pairs = [[one.trust[members].mean(), one.off[members].mean()] for one in (without, end)]
            linked.append([name, *(f"{number:.2f}" for pair in zip(*pairs, strict=True) for number in pair)])
            means.append([name, f"{end.wrong:.3f}", signed(end.wrong - without.wrong, 3)])
    yield Grid(
        ["", "trust in the guest without it", "with it", "belief about the guest off by, without it", "with it"],
        linked,
        (
            f"{view.looker} at the end of the rooms that the links open. Off by: how far what is believed of a member"
            " is from the truth, on average over issues and members."
        ),
    )
    yield Grid(
        ["", "misperception", "what the dinner changes"],
        means,
        f"Of all other groups, at the end: means over {counted(DRAWS, 'run')}. At the start it is {start:.3f}.",
    )


class End(NamedTuple):
    """How it ends for the host: in the linked room its trust in each (N) and how wrong it is about each (N).

    wrong: how wrong it is about the other groups, on average over draws.
    """

    trust: Floats
    off: Floats
    wrong: float


def _end(course: Course, view: View, changes: tuple[str, ...]) -> End:
    scenario = with_changes(course.certain, list(changes)) if changes else course.certain
    _, last = at_both_ends(scenario, course.seed, view.seat)
    wrong = misperception_at_the_end(scenario, course.seed, view.mean.where(view.host))
    return End(last.trust, last.off, wrong)


def _reading(course: Course, dinners: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """What the numbers say."""
    told = {"share_agreed": "issues agreed", "trust_across_end": "trust across groups at the end"}
    if not any(map(course.alters, dinners.values())):
        yield f"{idle(course)} Look at what comes after that evening."
        del told["share_agreed"]
    for measure, what in told.items():
        found = course.comparisons(dinners, [measure])
        moved = [f"{one.setting} ({points(measure, one.paired)})" for one in found if moves(one.paired)]
        yield (
            f"Measurably changed {what}: {listed(moved)}."
            if moved
            else (
                f"No dinner measurably changes {what} in {course.replications} runs: one evening is little against a"
                " whole process."
            )
        )
    yield (
        "Measurable is not large: look at the size of a change before you speak of it. If beliefs moved and the outcome"
        " did not, ask what else stood in the way: time, the text, or positions themselves."
    )


def idle(course: Course) -> str:
    """What is to be said where no dinner alters anything."""
    return f"In none of {course.replications} runs does any dinner change what happens in the meetings here."
