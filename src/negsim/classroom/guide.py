"""The teacher's guide: what the pack is, what to do before class, the words, the limits.

Rules that hold here
- A teacher who has never seen negsim can teach from it; every command stands where it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import join

from negsim.classroom.course import LAB_RUNS, SAVED, Course
from negsim.classroom.sheets import Handout, Lesson
from negsim.report.pages.blocks import Block, Commands, Grid, Items, Links, Part, Section
from negsim.report.pages.provenance import caveats, sources
from negsim.report.pages.setting import issues, meetings, who
from negsim.report.words import counted
from negsim.scenario import Scenario

WORDS = (
    ("delegate, group", "a person at the table; the stakeholder group that the seat belongs to"),
    ("position", "where one stands on an issue, between its two ends, 0 and 1"),
    ("belief", "where one thinks that another stands; often wrong"),
    ("bracket", "the mark of a delegate who blocks a paragraph"),
    ("object, stand aside, block", "a text is too little; one lets it pass all the same; one insists"),
    ("consensus", "every paragraph agreed and the report adopted, by the rule of the room"),
    ("depth", "how far what is agreed is from the status quo, in how clear words, over how many issues (0 to 1)"),
    ("zone of agreement", "texts that the room would let pass, whether anybody sees them or not"),
    ("missed agreement", "an issue left open though such a text existed"),
    ("caucus, mixed table", "an evening among one's own group; an evening at a table with others"),
    ("rolling text, chair's text", "one text that moves towards those who block; the chair's own, near the status quo"),
    ("linked theme", "a quarrel elsewhere that pulls on positions here"),
    ("run, replication, seed", "one simulated process; its number; the number from which all luck is drawn"),
    ("interval, [16, 21]", "where the true value lies, in 95 of 100 such statements; more runs make it narrower"),
)
RUBRIC_POINTS = "0, 1 or 2 points a row; a lesson is passed with half of them."


def guide(course: Course, lessons: Sequence[Lesson], roles: Sequence[str]) -> Handout:
    """The guide, as title, lead and sections. roles: file names of the role sheets, by group."""
    scenario = course.scenario
    lead: list[Block] = [
        *caveats(scenario),
        (
            f"Six lessons of 50 minutes on {scenario.title}. Each stands alone; together they go from one change to the"
            " question of how such a model is made and judged. Students need no programming: a browser with the studio,"
            " or the commands on the sheets."
        ),
    ]
    sections = [
        Section("The lessons", [*_lessons(lessons)]),
        Section("Before the first lesson", [*_before(course)]),
        Section("What is in this folder", [*_files(lessons, roles, course)]),
        Section("The case in short", [*_case(scenario)]),
        Section("Words", [Grid(["word", "what it means here"], [[*word] for word in WORDS])]),
        Section("Playing it without a computer", [*_playing(scenario)]),
        Section("What it can and cannot teach", [*_limits()]),
        Section("Where the numbers come from", [*_numbers(course)]),
    ]
    return f"Teacher’s guide: {scenario.title}", lead, sections


def _lessons(lessons: Sequence[Lesson]) -> Iterator[Block]:
    rows = [[str(number), lesson.title, lesson.about] for number, lesson in enumerate(lessons, start=1)]
    yield Grid(["", "lesson", "in a sentence"], rows, f"Rubrics: {RUBRIC_POINTS}")
    yield Links(
        [
            (f"{lesson.folder}/lesson.md", f"{n} {lesson.title}: outcomes, plan, rubric")
            for n, lesson in enumerate(lessons, start=1)
        ]
    )
    yield (
        "A course of two hours takes lessons 1 and 3, one of a day all six in order. Lessons 1, 2, 4 and 6 need the"
        " lab, 3 the room and the lab; 5 needs a computer with a text editor for every coder, and"
        " negsim on the teacher’s."
    )


def _before(course: Course) -> Iterator[Block]:
    yield "Once, on the machine that shows the studio (Python 3.11 or newer):"
    yield Commands(["pip install 'negsim[studio]'", "negsim compile", "negsim studio"])
    yield (
        "The last command opens the studio in a browser and prints its address. The links in the lessons lead to it on"
        " the same machine, at the port that it uses if none is given; start it first. Nothing on its pages is sent"
        " anywhere."
    )
    if not course.is_built_in:
        yield (
            f"This scenario is not one that comes with negsim: {SAVED} holds it. Where a link is too long, upload it in"
            " the studio’s editor; type the commands of the keys in the folder of this pack, where it lies."
        )
    yield (
        "Then print handouts.html (worksheets, words and role sheets, each on a new sheet) and open a lesson’s"
        " slides.html."
    )
    yield (
        "Slides: Page Down goes on, a full screen shows one slide at a time; slides.md is the same deck as text. Do not"
        " hand out key.md."
    )


def _files(lessons: Sequence[Lesson], roles: Sequence[str], course: Course) -> Iterator[Block]:
    yield Grid(
        ["file", "what it is", "for whom"],
        [
            ["lesson.md", "outcomes, what to prepare, timed plan, links, rubric", "teacher"],
            ["slides.md, slides.html", "the deck, as text and to show or print", "class"],
            ["worksheet.md", "what students fill in", "students"],
            ["key.md", "answers with numbers, and commands that compute them", "teacher only"],
            ["card.yaml, dinners.txt", "what teams upload or paste into the studio (lessons 2 and 3)", "students"],
            ["guesses.csv", "one row a guess; import it into a shared sheet", "students"],
            ["handouts.html", "all worksheets, the words and all role sheets, to print", "students"],
        ],
    )
    yield Links([(f"roles/{file}.md", f"Role sheet: {course.scenario.groups[file].label}") for file in roles])
    yield Links(
        [
            (f"{lesson.folder}/{file}.md", f"{lesson.title}: {file}")
            for lesson in lessons
            for file in ("slides", "worksheet", "key")
        ]
    )


def _case(scenario: Scenario) -> Iterator[Block]:
    if scenario.description:
        yield " ".join(scenario.description.split())
    yield who(scenario)
    yield issues(scenario)
    yield meetings(scenario)


def _playing(scenario: Scenario) -> Iterator[Block]:
    yield Items(
        [
            f"Deal the {counted(len(scenario.groups), 'role sheet')} to tables; a teacher chairs. Ten minutes to read.",
            (
                "Opening: one minute a group, in public. Then one issue is read three times: say yes, stand aside, or"
                " block."
            ),
            "Evening: five minutes in your own group, or at mixed tables. Read the issue again.",
            "End: each group says which other group it had misjudged. Compare with lesson 3.",
        ]
    )


def _limits() -> Iterator[Block]:
    yield Items(
        [
            "It can show that a mechanism, if it works as written, is enough to produce what one saw.",
            "It can compare settings, on the same luck, and say when a difference is too small to speak of.",
            (
                "It cannot show that this is why the real process ended as it did; another account may fit as well"
                " (lesson 4)."
            ),
            "Positions and trust are coded from texts, by words such as high or low; nobody measured them.",
            "People in it do not lie, bluff, tire, learn over years, or change their minds about who they are.",
            "A percentage is a share of runs of the model. It is not a probability of anything in the world.",
        ]
    )


def _numbers(course: Course) -> Iterator[Block]:
    as_in_the_lab = "; its numbers are those of the keys"
    nearly = ", as lesson 3 does; elsewhere its numbers are near those of the keys, with other intervals"
    yield (
        f"Every number in the keys is from {course.replications} runs under seed {course.seed}, where no other number"
        " of runs is named, computed when this pack was written. The commands below a table compute it again; what has"
        " none below it (tables of beliefs in lesson 3, mean scores in lesson 2) only the last command here does. The"
        f" lab makes up to {LAB_RUNS} runs on the same seed"
        f"{as_in_the_lab if course.replications == LAB_RUNS else nearly}."
        " This writes the whole pack:"
    )
    options = ["--seed", str(course.seed), "--replications", str(course.replications)]
    yield Commands([join(["negsim", "classroom", course.called, *options, "--out", "FOLDER"])])
    yield (
        "Another seed gives other luck: about one number in six then lies outside the interval that is told here, and"
        " a sentence on a small difference may turn."
    )
    if course.scenario.sources:
        yield Part("Sources of the scenario")
        yield sources(course.scenario)


def words() -> Handout:
    """The words as a sheet to hand out."""
    return (
        "Words",
        [],
        [Section("What they mean here", [Grid(["word", "what it means here"], [[*word] for word in WORDS])])],
    )
