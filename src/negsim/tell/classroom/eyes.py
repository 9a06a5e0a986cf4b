"""Lesson 3: the room that a delegate believes in beside the true one, then one dinner.

Rules that hold here
- Whose eyes: India's where the scenario has it, else those of the named delegate, or else of the group, whose beliefs
  about the others are furthest from the truth; computed, not chosen.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from negsim.scenario import Scenario, with_changes
from negsim.scenario.loading import flow
from negsim.study.evidence import moves
from negsim.tell.classroom.course import Course, numbered
from negsim.tell.classroom.room import DRAWS, Room, misperception_at_the_end, room_of
from negsim.tell.classroom.sheets import Lesson, Step
from negsim.tell.page import Blank, Grid, Items, Section
from negsim.tell.words import counted, listed, signed

PREFERRED = "India"
MEASURES = ("share_agreed", "consensus", "trust_across_end", "perceived_distance_end")
SMALL = 0.02  # scale units: a belief nearer than this is right


def host_of(room: Room) -> str:
    """Whose eyes the lesson looks through."""
    if PREFERRED in room.named:
        return PREFERRED
    parties = list(room.named) or list(room.members)
    return max(parties, key=lambda party: room.misperception[room.where(party)].mean())


def eyes(course: Course) -> Lesson:
    """The lesson."""
    room = room_of(course.certain, course.seed)
    host = host_of(room)
    label = _label(course.certain, host)
    dinners = dinners_of(course.certain, room, host)
    return Lesson(
        folder="3_eyes",
        title=f"{label}’s eyes" if not label.endswith("s") else f"{label}’ eyes",
        about="The room that one seat believes in beside the true one; then one dinner, and what it changes.",
        outcomes=[
            "Tell a difference in positions from a difference in beliefs about positions.",
            "Name two ways in which we misjudge others: too far away, and too much alike.",
            "Say what one dinner can change (beliefs, trust) and what it cannot (positions), and check it.",
        ],
        prepare=[
            f"Print the worksheet. Give the role sheet of {label} or its group to one table, the others to the others.",
            "Keep the answer key back until the debrief: it holds what each dinner changes.",
        ],
        plan=[
            Step(5, "Two rooms", "Slides 1 and 2: everybody negotiates with the room that they believe in."),
            Step(
                10,
                "Look through the eyes",
                "Slides 3 and 4; then in the studio’s room: click the seat, compare belief and truth by group.",
            ),
            Step(
                10,
                "Choose a guest",
                f"Slide 5. Teams choose one group for one dinner with {label}, and write why and what changes.",
            ),
            Step(
                10,
                "Run",
                "The dinner as an event (answer key, or the drawer of the lab); note trust, beliefs, agreement.",
            ),
            Step(10, "Debrief", "Which guest moved beliefs most? Which moved the outcome? Why are they not the same?"),
            Step(5, "Exit ticket", "Whom did you misjudge in a real group, and what would have shown it?"),
        ],
        opens=[
            (course.link("room"), f"The room: click {label} to see it as that seat does"),
            *(
                (course.link("lab", changes), f"The lab with one {name}")
                for name, changes in dinners.items()
                if _fits(changes)
            ),
        ],
        slides=[*_slides(course, room, host, label)],
        worksheet=[*_worksheet(course.certain, room, host, label, dinners)],
        rubric=Grid(
            ["what is judged", "0", "1", "2"],
            [
                ["Belief and truth", "mixes them up", "tells them apart", "and says which error is which (far, alike)"],
                ["The guest", "no reason", "a reason from positions", "a reason from beliefs or trust, with numbers"],
                [
                    "What a dinner does",
                    "“they agree now”",
                    "beliefs or trust change",
                    "and says that positions did not",
                ],
                ["The size", "not looked at", "quotes the change", "says whether its interval holds zero"],
            ],
        ),
        key=[*_key(course, room, host, label, dinners)],
        files={},
        guesses=[(name, change, "issues agreed (share, %)") for name, change in numbered(dinners)],
    )


def _fits(changes: tuple[str, ...]) -> bool:
    """Whether the changes are short enough for a link."""
    return all(len(change) <= 200 for change in changes)


def _label(scenario: Scenario, party: str) -> str:
    return scenario.groups[party].label if party in scenario.groups else party


def others_of(room: Room, host: str) -> list[str]:
    """The groups that the host does not belong to."""
    own = next(name for name, seats in room.members.items() if set(room.where(host)) <= set(seats))
    return [name for name in room.members if name != own]


def dinners_of(scenario: Scenario, room: Room, host: str) -> dict[str, tuple[str, ...]]:
    """One dinner of the host with each other group, on the first evening."""
    events = [
        event.model_dump(mode="json", exclude_none=True, exclude_defaults=True) for event in scenario.process.events
    ]
    return {
        f"dinner with {scenario.groups[guest].label}": (
            f"process.events={flow([*events, {'targeted_dinner': {'meeting': 1, 'day': 1, 'guests': [host, guest]}}])}",
        )
        for guest in others_of(room, host)
    }


def _beliefs(course: Course, room: Room, host: str, *, true: bool) -> Grid:
    """Where the host thinks that the other groups stand, and perhaps where they do."""
    scenario = course.certain
    rows = []
    for group in others_of(room, host):
        believed, stands = room.believed(host, group), room.stands(group)
        cells = [f"{b:.2f} ({s:.2f})" if true else f"{b:.2f}" for b, s in zip(believed, stands, strict=True)]
        rows.append([scenario.groups[group].label, *cells])
    return Grid(["group", *(issue.label for issue in scenario.issues.values())], rows)


def _slides(course: Course, room: Room, host: str, label: str) -> Iterator[Section]:
    own = course.certain
    stands = [f"{issue.label}: {x:.2f}" for issue, x in zip(own.issues.values(), room.stands(host), strict=True)]
    yield Section(
        "Everybody negotiates with the room they believe in",
        [
            Items(
                [
                    "Members of other groups seem further away than they are, the more so the less they are trusted.",
                    "And more alike than they are: a group is seen as a bloc.",
                    "What one believes decides how much one asks for, and whether an overlap is noticed.",
                ]
            )
        ],
    )
    yield Section(
        f"{label} looks around",
        [f"{label} itself stands at {'; '.join(stands)}.", "0 and 1 are the ends of each issue."],
    )
    yield Section(f"The room as {label} believes it to be", [_beliefs(course, room, host, true=False)])
    yield Section(
        "One dinner",
        [
            f"You may put {label} at one table with one group, on the first evening.",
            Items(
                [
                    "At a table one speaks frankly: beliefs move towards the truth, trust grows a little.",
                    "No position moves at dinner.",
                    "Whom do you invite? What do you expect to change, and what not?",
                ]
            ),
        ],
    )


def _worksheet(
    scenario: Scenario, room: Room, host: str, label: str, dinners: dict[str, tuple[str, ...]]
) -> Iterator[Section]:
    issues = [issue.label for issue in scenario.issues.values()]
    groups = [scenario.groups[name].label for name in others_of(room, host)]
    yield Section(
        "Through the eyes",
        [
            f"Open the room in the studio and click the seat of {label}. Write belief and truth, as 0.60 / 0.40.",
            Grid(["group", *issues], [[group, *([""] * len(issues))] for group in groups]),
            f"The group that {label} misjudges most, and in which direction:",
            Blank(1),
        ],
    )
    yield Section(
        "One dinner",
        [
            f"Our guest, one of {listed(groups)}:",
            Blank(1),
            "We choose it because:",
            Blank(2),
            Grid(
                ["", "before", "we expect", "it was"],
                [[what, "", "", ""] for what in ("what is believed", "trust across groups", "issues agreed")],
            ),
        ],
    )
    yield Section("How to try it", [Grid(["dinner", "--set"], [[*row] for row in numbered(dinners)])])
    yield Section("Afterwards", ["What the dinner changed, what it did not, and why:", Blank(3)])


# ------------------------------------------------------------------------------------------- answer key


def _key(course: Course, room: Room, host: str, label: str, dinners: dict[str, tuple[str, ...]]) -> Iterator[Section]:
    yield Section(
        "Why these eyes",
        [
            (
                "Misperception: how far what a seat believes of members of other groups is from the truth, on average"
                f" over issues and {DRAWS} draws of the room under seed {course.seed}."
            ),
            Grid(["whose", "misperception at the start"], [[*row] for row in _wrong(course.certain, room)]),
        ],
    )
    yield Section(
        "The room as it is believed (and as it is)",
        [_beliefs(course, room, host, true=True), Items(list(_errors(course.certain, room, host, label)))],
    )
    yield Section("One dinner", [course.answers(dinners, MEASURES, spelt=False), course.commands(dinners, MEASURES)])
    yield Section("What it does to the eyes", [_at_the_end(course, room, host, dinners)])
    yield Section("How to read it", [Items(list(_reading(course, dinners)))])


def _wrong(scenario: Scenario, room: Room) -> Iterator[tuple[str, str]]:
    """Misperceptions, the largest first."""
    found = {
        _label(scenario, party): room.misperception[room.where(party)].mean() for party in [*room.named, *room.members]
    }
    for name in sorted(found, key=lambda party: -found[party]):
        yield name, f"{found[name]:.3f}"


def _errors(scenario: Scenario, room: Room, host: str, label: str) -> Iterator[str]:
    """How far the others seem, and how far they are, group by group."""
    own = room.stands(host)
    for group in others_of(room, host):
        seems = float(np.abs(room.believed(host, group) - own).mean())
        is_away = float(np.abs(room.stands(group) - own).mean())
        what = (
            "further away than it is"
            if seems > is_away + SMALL
            else "nearer than it is"
            if seems < is_away - SMALL
            else "about as far as it is"
        )
        yield (
            f"{scenario.groups[group].label} seems {what} to {label}: {seems:.2f} of the scale against {is_away:.2f},"
            f" trusted at {room.trusts(host, group):.2f}."
        )


def _at_the_end(course: Course, room: Room, host: str, dinners: dict[str, tuple[str, ...]]) -> Grid:
    """The host's misperception when the process ends, without and with each dinner."""
    seats = room.where(host)
    before = float(room.misperception[seats].mean())
    as_it_was = misperception_at_the_end(course.certain, course.seed, seats)
    rows = [["no dinner", f"{before:.3f}", f"{as_it_was:.3f}", ""]]
    for name, changes in dinners.items():
        end = misperception_at_the_end(with_changes(course.certain, list(changes)), course.seed, seats)
        rows.append([name, f"{before:.3f}", f"{end:.3f}", signed(end - as_it_was, 3)])
    return Grid(
        ["", "misperception at the start", "at the end", "what the dinner changes"],
        rows,
        f"Means over {counted(DRAWS, 'run')}.",
    )


def _reading(course: Course, dinners: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """What the numbers say."""
    for measure, what in (("share_agreed", "issues agreed"), ("trust_across_end", "trust across groups at the end")):
        found = course.comparisons(dinners, [measure])
        moved = [f"{one.setting} ({signed(one.paired.value, 3)})" for one in found if moves(one.paired)]
        yield (
            f"Measurably changed {what}: {listed(moved)}."
            if moved
            else (
                f"No dinner measurably changes {what} in {course.replications} runs: one evening is little against a"
                " whole process."
            )
        )
    yield (
        "If beliefs moved and the outcome did not, ask what else stood in the way: time, the text, or positions"
        " themselves."
    )
