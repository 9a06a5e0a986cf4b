"""Lesson 4: two insiders' accounts coded as rival settings, and the test that would tell them apart.

Rules that hold here
- Quotes are of sources that the scenario names; where it has no two insiders, the accounts are invented and say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from negsim.study.effects import Estimate
from negsim.study.evidence import moves
from negsim.tell.captions import with_interval
from negsim.tell.classroom.course import AS_WRITTEN, Course
from negsim.tell.classroom.sheets import Lesson, Step
from negsim.tell.classroom.shown import in_points
from negsim.tell.page import Blank, Commands, Grid, Items, Part, Section
from negsim.tell.words import percent


class Witness(NamedTuple):
    """An account: whose, what they say, and the changes that code it."""

    name: str
    says: tuple[str, ...]
    changes: tuple[str, ...]


ACCOUNTS = {  # by the sources of a scenario: whose account, and what it says
    ("maciel2011", "esterhuysen2011"): (
        (
            "First witness: M. Maciel, civil society (2011)",
            (
                "“More meetings and a more efficient methodology could have made much difference.”",
                (
                    "“Most of these differences were not irreconcilable, if there had been a frank dialogue and attempt"
                    " to reach a middle ground.”"
                ),
                "“We lost precious hours on the last day of our meeting …”",
            ),
        ),
        (
            "Second witness: A. Esterhuysen (March 2011)",
            (
                (
                    "“If we had a very strong chair, more time, and good process, we might have achieved a result. But"
                    " we might also not have.”"
                ),
            ),
        ),
    )
}
INVENTED = (
    (
        "First witness (invented)",
        (
            "“We were not that far apart. We ran out of time, and the way we worked could not close anything.”",
            "“With another method and one more meeting we would have had a text.”",
        ),
    ),
    (
        "Second witness (invented)",
        (
            "“The chair did what a chair can do. It was never about the text: the quarrel came from outside the room.”",
            "“Give us ten more days and we would have spent them the same way.”",
        ),
    ),
)


def witnesses_of(course: Course) -> tuple[Witness, Witness]:
    """The two accounts of a scenario, coded: the process was to blame, or the politics around it."""
    accounts = next((told for keys, told in ACCOUNTS.items() if set(keys) <= set(course.scenario.sources)), INVENTED)
    linked = course.scenario.context.linkage is not None
    process = ("context.tension=medium", *(("context.linkage.weight=low",) if linked else ()))
    politics = (
        "context.tension=1", *(("context.linkage.weight=high",) if linked else ()), "process.chair.pressure=medium",
    )  # fmt: skip
    (first, tells), (second, replies) = accounts
    return Witness(first, tells, process), Witness(second, replies, politics)


def remedies(course: Course) -> dict[str, tuple[str, ...]]:
    """What might have helped."""
    count = len(course.scenario.process.meetings)
    settings = {
        "twice as many meetings": (f"meetings.count={2 * count}",),
        "a rolling text": ("methodology=rolling_text",),
        "every other evening mixed": ("informal.mixed_evenings=0.5",),
        "more meetings, rolling text, mixed evenings": (
            f"meetings.count={2 * count}", "methodology=rolling_text", "informal.mixed_evenings=0.5",
        ),
    }  # fmt: skip
    return course.fitting(settings)


def witnesses(course: Course) -> Lesson:
    """The lesson."""
    both = witnesses_of(course)
    return Lesson(
        folder="4_witnesses",
        title="Two witnesses",
        about="Two insiders’ accounts coded as rival settings; then the test that would tell them apart.",
        outcomes=[
            "Turn what a witness says into settings that can be run, sentence by sentence, with a reason.",
            "See that two different settings can fit the same outcome.",
            "Find the remedy on which the two disagree most: the test worth making.",
        ],
        prepare=[
            "Print the worksheet, one a pair. Half of the class codes the first witness, half the second.",
            "Have the whole accounts at hand if you may: the scenario’s sources name them.",
        ],
        plan=[
            Step(5, "Two people, one room", "Slides 1 to 3: both were there. Neither lies. They do not agree."),
            Step(15, "Code", (
"Slide 4. Each pair codes its witness: sentence, setting, reason. Then swap with a neighbour."
)),
            Step(5, "Compare codings", "Where did two pairs code one sentence differently? Keep both."),
            Step(10, "Run", "In the lab: the witness’s room as it was, then with each remedy. Fill in the table."),
            Step(10, "The test", (
"Slide 5. On which remedy do the two rooms disagree most? What real case had that remedy?"
)),
            Step(5, "Exit ticket", "What would make you believe the other witness?"),
        ],
        opens=[(course.link("lab", witness.changes), f"The lab as coded here for the {place} witness")
               for place, witness in zip(("first", "second"), both, strict=True)],
        slides=[*_slides(both)],
        worksheet=[*_worksheet(course, both)],
        rubric=Grid(
            ["what is judged", "0", "1", "2"],
            [
                ["Coding", "settings without sentences", "a sentence for each setting", (
"and a reason, and what is left open"
)],
                ["Fairness", "codes what one thinks oneself", "codes what the witness says", (
"and says where the witness may err"
)],
                ["The test", "none", "a remedy on which they differ", "and real evidence that would decide it"],
            ],
        ),
        key=[*_key(course, both)],
        files={},
        guesses=[
            (f"{place} witness: {name}", " ".join((*witness.changes, *changes)), "consensus (share of runs, %)")
            for place, witness in zip(("first", "second"), both, strict=True)
            for name, changes in remedies(course).items()
        ],
    )  # fmt: skip


def _slides(both: tuple[Witness, Witness]) -> Iterator[Section]:
    for witness in both:
        yield Section(witness.name, [Items(list(witness.says))])
    yield Section(
        "Coding a sentence",
        [
            Grid(
                ["the witness speaks of …", "knob", "words for it"],
                [[what, path, words] for what, path, words in KNOBS],
            )
        ],
    )
    yield Section(
        "The test",
        [
            "Both settings may fail as the real room did. So the outcome does not decide between them.",
            Items(
                [
                    "Put the same remedies into both rooms.",
                    "Where do they promise different things?",
                    "That is the evidence to look for: a real process with that remedy and the same people.",
                ]
            ),
        ],
    )


KNOBS = (
    ("quarrels outside the room", "context.tension", "none, low, medium, high, or 0 to 1"),
    ("mistrust between groups", "trust.across", "very_low, low, medium, high"),
    ("other agendas that pull", "context.linkage.weight", "none, low, medium, high (where a theme is linked)"),
    ("pressure by the chair", "process.chair.pressure", "none, low, medium, high"),
    ("a chair who takes up changes", "process.chair.responsiveness", "none, low, medium, high"),
    ("too little time", "meetings.count", "a number"),
    ("how time was spent", "methodology", "questionnaire, chair_text, rolling_text, convergence_mapping, …"),
    ("evenings apart or together", "informal.mixed_evenings", "0 to 1"),
)


def _worksheet(course: Course, both: tuple[Witness, Witness]) -> Iterator[Section]:
    for witness in both:
        yield Section(witness.name, [Items(list(witness.says))])
    yield Section(
        "Our coding",
        [
            "Our witness: …………………………………………………………",
            Grid(["what is said", "knob and word", "why", "how sure (high, medium, low)"], [["", "", "", ""]] * 5),
        ],
    )
    yield Section("Knobs", [Grid(["the witness speaks of …", "knob", "words for it"], [[*row] for row in KNOBS])])
    rows = [[name, "", "", ""] for name in (AS_WRITTEN, *remedies(course))]
    yield Section(
        "Consensus, of 100 runs",
        [
            Grid(["", "our witness’s room", "the other witness’s room", "difference"], rows),
            "They disagree most on:",
            Blank(1),
            "Evidence that would decide it:",
            Blank(2),
        ],
    )


# ------------------------------------------------------------------------------------------- answer key


def _key(course: Course, both: tuple[Witness, Witness]) -> Iterator[Section]:
    yield Section(
        "One possible coding of each",
        [
            (
                "Not the only one; judge a coding by its sentences and reasons. Here the first witness blames the"
                " process (the politics were milder than the scenario has them), the second the politics (the chair did"
                " better than the scenario has it, and the quarrel was deeper)."
            ),
            *_cautions(course),
            Grid(
                ["witness", "changes to the scenario"], [[witness.name, " ".join(witness.changes)] for witness in both]
            ),
        ],
    )
    found = {
        name: [_consensus(course, witness, changes) for witness in both] for name, changes in _tests(course).items()
    }
    rows = [[name, *(with_interval(estimate) for estimate in estimates)] for name, estimates in found.items()]
    yield Section(
        "The same remedies in both rooms",
        [
            Part("Consensus"),
            Grid(["", "first witness’s room", "second witness’s room", "second minus first"],
                 [[*row, in_points(_gap(course, both, _tests(course)[row[0]]))] for row in rows]),
            "A command a row: both rooms, and the second minus the first on the same runs.",
            Commands([_command(course, both, changes) for changes in _tests(course).values()]),
        ],
    )  # fmt: skip
    yield Section("How to read it", [Items(list(_reading(course, both)))])


def _cautions(course: Course) -> Iterator[str]:
    """What a coding of real people leaves out."""
    if {"maciel2011", "esterhuysen2011"} <= set(course.scenario.sources):
        yield (
            "The first witness names the political themes too, as the second of her three issues, and the second"
            " witness names time and process: a pair that codes these is right as well. What sets the two apart is how"
            " sure they are that a better process would have been enough."
        )


def _tests(course: Course) -> dict[str, tuple[str, ...]]:
    return {AS_WRITTEN: ()} | remedies(course)


def _consensus(course: Course, witness: Witness, changes: tuple[str, ...]) -> Estimate:
    return course.estimate("consensus", (*witness.changes, *changes))


def _gap(course: Course, both: tuple[Witness, Witness], changes: tuple[str, ...]) -> Estimate:
    """The second witness's consensus minus the first's, on the same replications."""
    first, second = ((*witness.changes, *changes) for witness in both)
    return course.gap("consensus", second, first)


def _command(course: Course, both: tuple[Witness, Witness], changes: tuple[str, ...]) -> str:
    """What to type to compare the two rooms under the same changes."""
    rooms = zip(("first", "second"), both, strict=True)
    return course.pair_command("consensus", {name: (*witness.changes, *changes) for name, witness in rooms})


def _reading(course: Course, both: tuple[Witness, Witness]) -> Iterator[str]:
    """Where the two rooms agree, and where they part."""
    gaps = {name: _gap(course, both, changes) for name, changes in _tests(course).items()}
    first, second = (_consensus(course, witness, ()) for witness in both)
    same = "do not differ measurably" if not moves(gaps[AS_WRITTEN]) else "differ"
    yield (
        f"With the process as it was, the two rooms {same}: {percent(first.value)} of runs with consensus in the first,"
        f" {percent(second.value)} in the second."
    )
    most = max(remedies(course), key=lambda name: abs(gaps[name].value))
    yield f"They part most on “{most}”: {in_points(gaps[most])} (second minus first). That is the test worth making."
    yield (
        "A real process with that remedy and the same people would tell: look for one before you look at the model"
        " again."
    )
