"""Lesson 4: two insiders' accounts coded as rival settings, and the test that would tell them apart."""

from __future__ import annotations

from collections.abc import Iterator

from negsim.classroom.accounts import Witness, are_invented, remedies, witnesses_of
from negsim.classroom.course import AS_WRITTEN, Course
from negsim.classroom.sheets import Lesson, Step
from negsim.classroom.witnesses_key import witnesses_key
from negsim.tell.page import Blank, Grid, Items, Section


def witnesses(course: Course) -> Lesson:
    """The lesson."""
    both, invented = witnesses_of(course), are_invented(course)
    return Lesson(
        folder="4_witnesses",
        title="Two witnesses",
        about=(
            f"Two {'invented' if invented else 'insiders’'} accounts coded as rival settings; then the test that would"
            " tell them apart."
        ),
        outcomes=[
            "Turn what a witness says into settings that can be run, sentence by sentence, with a reason.",
            "See that two different settings can fit the same outcome.",
            "Find the remedy on which the two disagree most: the test worth making.",
        ],
        prepare=[
            "Print the worksheet, one a pair. Half of the class codes the first witness, half the second.",
            (
                "Say that nobody said so: both accounts are invented for this lesson."
                if invented
                else "Have the whole accounts at hand if you may: the scenario’s sources name them."
            ),
        ],
        plan=[
            Step(5, "Two people, one room", (
                f"Slides 1 to 3: both {'might have been' if invented else 'were'} there. Neither lies."
                " They do not agree."
            )),
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
        slides=[*_slides(course, both)],
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
        key=[*witnesses_key(course, both)],
        files={},
        guesses=[
            (f"{place} witness: {name}", " ".join((*witness.changes, *changes)), "consensus (share of runs, %)")
            for place, witness in zip(("first", "second"), both, strict=True)
            for name, changes in remedies(course).items()
        ],
    )  # fmt: skip


def _slides(course: Course, both: tuple[Witness, Witness]) -> Iterator[Section]:
    end = "end alike" if course.agrees or are_invented(course) else "fail as the real room did"
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
            (f"Both settings may {end}. So the outcome does not decide between them."),
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
