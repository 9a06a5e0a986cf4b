"""Lesson 3: the room that a delegate believes in beside the true one, then one dinner.

Rules that hold here
- What students can read in the studio is told as the room shows it that the link opens; means stand beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from negsim.classroom.course import Course, numbered
from negsim.classroom.eyes_key import eyes_key, idle
from negsim.classroom.looks import View, beliefs, fits, guests_of, others_of, view_of
from negsim.classroom.sheets import Lesson, Step
from negsim.scenario import Scenario
from negsim.tell.page import Blank, Block, Grid, Items, Section
from negsim.tell.words import listed


def eyes(course: Course) -> Lesson:
    """The lesson."""
    course = course.in_the_lab()
    view = view_of(course)
    label, looker = view.label, view.looker
    guests = [course.scenario.groups[name].label for name in guests_of(course.scenario, view)]
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
                "Choose a guest" if len(guests) > 1 else "Before the dinner",
                (
                    f"Slide 5. Teams choose one group for one dinner with {label}, and write why and what changes."
                    if len(guests) > 1
                    else f"Slide 5. There is one group to dine with, {listed(guests)}: teams write what changes."
                ),
            ),
            Step(
                10,
                "Run",
                (
                    "The lab as it was, then the dinner as the worksheet says: trust and issues agreed. The room with"
                    " that dinner, at its end: trust in the guest, and what is believed of it."
                ),
            ),
            Step(10, "Debrief", _debrief(guests)),
            Step(5, "Exit ticket", "Whom did you misjudge in a real group, and what would have shown it?"),
        ],
        opens=[
            (course.link("room"), f"The room as it was: click {looker} to see it as that seat does"),
            (course.link("lab"), "The lab as it was: begin here, then take a line of dinners.txt"),
            *(
                (course.link("room", changes), f"The room with one {name}: click {looker}, go to the end")
                for name, changes in view.dinners.items()
                if fits(changes)
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
        key=[*eyes_key(course, view)],
        files={"dinners.txt": "\n".join(f"{name}\n{change}\n" for name, change in numbered(view.dinners))},
        guesses=[(name, change, "issues agreed (share, %)") for name, change in numbered(view.dinners)],
    )


def _debrief(guests: Sequence[str]) -> str:
    """What to ask when the dinners are over."""
    if len(guests) > 1:
        return "Which guest moved beliefs most? Which moved the outcome? Why are they not the same?"
    return "Did the dinner move beliefs? Did it move the outcome? Why the one more than the other?"


def _warning(course: Course, view: View) -> Iterator[str]:
    """What a teacher should know where dinners come to nothing."""
    if not any(map(course.alters, view.dinners.values())):
        yield (
            f"{idle(course)} Let teams run one all the same, see what it does to trust and beliefs, and say why that"
            " is too late."
        )


def _slides(scenario: Scenario, view: View) -> Iterator[Section]:
    label, looker, room = view.label, view.looker, view.linked
    guests = [scenario.groups[name].label for name in guests_of(scenario, view)]
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
    yield Section(f"The room as {looker} believes it to be", [beliefs(scenario, room, looker, true=False)])
    yield Section(
        "One dinner",
        [
            f"You may put {label} at one table, on the first evening, with {' or '.join(guests)}.",
            Items(
                [
                    "At a table one speaks frankly: beliefs move towards the truth, trust grows a little.",
                    "No position moves at dinner.",
                    f"{'Whom do you invite? ' if len(guests) > 1 else ''}What do you expect to change, and what not?",
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
            *_choice([scenario.groups[name].label for name in guests_of(scenario, view)]),
            Grid(["", "before", "we expect", "it was"], [[what, "", "", ""] for what in measured]),
            "Difference that the lab shows, with its interval, and whether that holds zero:",
            Blank(1),
        ],
    )
    yield Section("How to try it", [_how(view), Grid(["dinner", "--set"], [[*row] for row in numbered(view.dinners)])])
    yield Section("Afterwards", ["What the dinner changed, what it did not, and why:", Blank(3)])


def _choice(guests: Sequence[str]) -> Iterator[Block]:
    """What a team fills in of its guest."""
    if len(guests) > 1:
        yield from (f"Our guest, one of {listed(guests)}:", Blank(1), "We choose it because:", Blank(2))
    else:
        yield f"Our guest: {listed(guests)}."


def _how(view: View) -> str:
    """How a dinner comes into the lab, so that it is compared with how it was."""
    if not all(map(fits, view.dinners.values())):
        return "These lines are too long for the studio: your teacher runs the command of the answer key."
    return (
        "Open the lab as it was and let it run. Open the drawer with the rest, paste the line of your dinner from"
        " dinners.txt under “Other changes”, and press “Take these”: the lab shows now and before, and the difference"
        " on the same seeds."
    )
