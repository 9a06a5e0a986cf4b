"""Lesson 3: the room that a delegate believes in beside the true one, then one dinner.

Rules that hold here
- Whose eyes: India's where the scenario has it, else those of the named delegate, or else of the group, whose beliefs
  about the others are furthest from the truth; computed, not chosen. Of a group, its first seat looks.
- What students can read in the studio is told as the room shows it that the link opens; means stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from negsim.negotiation.case import Floats
from negsim.scenario import Scenario, with_changes
from negsim.scenario.loading import flow
from negsim.study.evidence import moves
from negsim.tell.classroom.course import Course, numbered, points
from negsim.tell.classroom.room import DRAWS, Room, at_both_ends, misperception_at_the_end, room_of
from negsim.tell.classroom.sheets import Lesson, Step
from negsim.tell.page import Blank, Block, Grid, Items, Section
from negsim.tell.words import counted, listed, signed

PREFERRED = "India"
MEASURES = ("share_agreed", "consensus", "trust_across_end", "perceived_distance_end")
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
    return View(host, _label(scenario, host), mean, room_of(scenario, seed, draws=1), dinners)


def host_of(room: Room) -> str:
    """Whose eyes the lesson looks through."""
    if PREFERRED in room.named:
        return PREFERRED
    parties = list(room.named) or list(room.members)
    return max(parties, key=lambda party: room.misperception[room.where(party)].mean())


def eyes(course: Course) -> Lesson:
    """The lesson."""
    course = course.in_the_lab()
    view = view_of(course)
    label, looker = view.label, view.looker
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
            "Give dinners.txt to every team that runs the lab: a line of it is pasted there.",
            "Keep the answer key back until the debrief: it holds what each dinner changes.",
            *_warning(course, view),
        ],
        plan=[
            Step(5, "Two rooms", "Slides 1 and 2: everybody negotiates with the room that they believe in."),
            Step(
                10,
                "Look through the eyes",
                (
                    f"Slides 3 and 4; then in the studio’s room: click the seat of {looker}, open Positions, compare"
                    " belief (hollow) and truth (filled), group by group."
                ),
            ),
            Step(
                10,
                "Choose a guest",
                f"Slide 5. Teams choose one group for one dinner with {label}, and write why and what changes.",
            ),
            Step(
                10,
                "Run",
                (
                    "The lab as it was, then the dinner as the worksheet says: trust and issues agreed. The room with"
                    " that dinner, at its end: trust in the guest, and what is believed of it."
                ),
            ),
            Step(10, "Debrief", "Which guest moved beliefs most? Which moved the outcome? Why are they not the same?"),
            Step(5, "Exit ticket", "Whom did you misjudge in a real group, and what would have shown it?"),
        ],
        opens=[
            (course.link("room"), f"The room as it was: click {looker} to see it as that seat does"),
            (course.link("lab"), "The lab as it was: begin here, then take a line of dinners.txt"),
            *(
                (course.link("room", changes), f"The room with one {name}: click {looker}, go to the end")
                for name, changes in view.dinners.items()
                if _fits(changes)
            ),
        ],
        slides=[*_slides(course.certain, view)],
        worksheet=[*_worksheet(course.certain, view)],
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
        key=[*_key(course, view)],
        files={"dinners.txt": "\n".join(f"{name}\n{change}\n" for name, change in numbered(view.dinners))},
        guesses=[(name, change, "issues agreed (share, %)") for name, change in numbered(view.dinners)],
    )


def _warning(course: Course, view: View) -> Iterator[str]:
    """What a teacher should know where dinners come to nothing."""
    if not any(map(course.alters, view.dinners.values())):
        yield (
            f"{_idle(course)} Let teams run one all the same, see what it does to trust and beliefs, and say why that"
            " is too late."
        )


def _idle(course: Course) -> str:
    return f"In none of {course.replications} runs does any dinner change what happens in the meetings here."


def _fits(changes: tuple[str, ...]) -> bool:
    """Whether the studio takes changes that long."""
    return all(len(change) <= MOST_LETTERS for change in changes)


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
        _name(scenario, guest): (
            f"process.events={flow([*events, {'targeted_dinner': {'meeting': 1, 'day': 1, 'guests': [host, guest]}}])}",
        )
        for guest in others_of(room, host)
    }


def _name(scenario: Scenario, guest: str) -> str:
    return f"dinner with {scenario.groups[guest].label}"


def _beliefs(scenario: Scenario, room: Room, party: str, *, true: bool) -> Grid:
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


def _slides(scenario: Scenario, view: View) -> Iterator[Section]:
    label, looker, room = view.label, view.looker, view.linked
    stands = [f"{issue.label}: {x:.2f}" for issue, x in zip(scenario.issues.values(), room.stands(looker), strict=True)]
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
        f"{looker} looks around",
        [f"{looker} itself stands at {'; '.join(stands)}.", "0 and 1 are the ends of each issue."],
    )
    yield Section(f"The room as {looker} believes it to be", [_beliefs(scenario, room, looker, true=False)])
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


def _worksheet(scenario: Scenario, view: View) -> Iterator[Section]:
    looker = view.looker
    issues = [issue.label for issue in scenario.issues.values()]
    groups = [scenario.groups[name].label for name in others_of(view.mean, view.host)]
    yield Section(
        "Through the eyes",
        [
            (
                f"Open the room in the studio, click the seat of {looker} and open Positions. Hollow: where {looker}"
                " believes a group to be. Filled: where it is. Write → where the hollow mark lies right of the filled"
                " one, ← where it lies left, = where they are together; near, or far for more than a tenth of the"
                " scale. A mouse that points at a hollow mark is told both numbers."
            ),
            Grid(["group", *issues], [[group, *([""] * len(issues))] for group in groups]),
            f"Above the tabs: {looker} believes the other groups to be ………… away on average; they are ………… away.",
            f"The group that {looker} misjudges most, and in which direction:",
            Blank(1),
        ],
    )
    measured = (
        f"{looker}’s trust in our guest (the room, at the end, Trust)",
        f"what {looker} believes of our guest, near or far off (the room, at the end, Positions)",
        "trust across groups at the end (the lab)",
        "issues agreed: paragraphs agreed, share (the lab)",
    )
    yield Section(
        "One dinner",
        [
            f"Our guest, one of {listed(groups)}:",
            Blank(1),
            "We choose it because:",
            Blank(2),
            Grid(["", "before", "we expect", "it was"], [[what, "", "", ""] for what in measured]),
            "Difference that the lab shows, with its interval, and whether that holds zero:",
            Blank(1),
        ],
    )
    yield Section("How to try it", [_how(view), Grid(["dinner", "--set"], [[*row] for row in numbered(view.dinners)])])
    yield Section("Afterwards", ["What the dinner changed, what it did not, and why:", Blank(3)])


def _how(view: View) -> str:
    """How a dinner comes into the lab, so that it is compared with how it was."""
    if not all(map(_fits, view.dinners.values())):
        return "These lines are too long for the studio: your teacher runs the command of the answer key."
    return (
        "Open the lab as it was and let it run. Open the drawer with the rest, paste the line of your dinner from"
        " dinners.txt under “Other changes”, and press “Take these”: the lab shows now and before, and the difference"
        " on the same seeds."
    )


# ------------------------------------------------------------------------------------------- answer key


def _key(course: Course, view: View) -> Iterator[Section]:
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
            _beliefs(scenario, view.linked, view.looker, true=True),
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
            _beliefs(scenario, view.mean, view.host, true=True),
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
        _label(scenario, party): room.misperception[room.where(party)].mean() for party in [*room.named, *room.members]
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
            "further away than it is"
            if seems > is_away + SMALL
            else "nearer than it is"
            if seems < is_away - SMALL
            else "about as far as it is"
        )
        yield (
            f"{scenario.groups[group].label} seems {what} to {looker}: {seems:.2f} of the scale against {is_away:.2f}"
            f" (the means of the group), trusted at {room.trusts(looker, group):.2f}."
        )


def _at_the_end(course: Course, view: View) -> Iterator[Block]:
    """What the host believes and whom it trusts when the process ends, without and with each dinner."""
    scenario, seats = course.certain, view.mean.where(view.host)
    start, without = float(view.mean.misperception[seats].mean()), _end(course, view, ())
    linked, means = [], [["no dinner", f"{without.wrong:.3f}", ""]]
    for guest in others_of(view.mean, view.host):
        name, members = _name(scenario, guest), view.mean.members[guest]
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
        yield f"{_idle(course)} Look at what comes after that evening."
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
