"""All files of a classroom pack, and how they come into a folder."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

from negsim.classroom.blind import blind
from negsim.classroom.budget import budget
from negsim.classroom.course import LAB_RUNS, SAVED, Course
from negsim.classroom.eyes import eyes
from negsim.classroom.guesses import guesses_csv
from negsim.classroom.guide import guide, words
from negsim.classroom.rescue import rescue
from negsim.classroom.roles import role
from negsim.classroom.room import room_of
from negsim.classroom.rules import rules
from negsim.classroom.sheets import Handout, Lesson, as_markdown, handouts_html, slides_html, slides_markdown
from negsim.classroom.witnesses import witnesses
from negsim.files import whole_folder
from negsim.report.pages.blocks import Block, Grid, Items, Links, Note, Section
from negsim.report.pages.provenance import caveat, caveats
from negsim.scenario import Scenario, dump_yaml
from negsim.study.runner import Step

MINUTES = 50  # of a lesson
SEED, REPLICATIONS = 2011, LAB_RUNS
Pack = dict[str, str]  # texts by the path of their file in the folder

LESSONS: tuple[Callable[[Course], Lesson], ...] = (rescue, budget, eyes, witnesses, blind, rules)


def pack_of(
    scenario: Scenario, source: str, *, seed: int = SEED, replications: int = REPLICATIONS
) -> Generator[Step, None, Pack]:
    """Every file of the pack of a scenario. source: the name or the file that commands call it by.

    Raises `ScenarioError` where a setting of a lesson does not fit the scenario.
    """
    course = Course(source, scenario, seed, replications)
    lessons = []
    for number, lesson in enumerate(LESSONS, start=1):
        lessons.append(lesson(course))
        yield number, len(LESSONS), lessons[-1].title
    return dict(_files(course, lessons))


def write_pack(folder: Path, pack: Pack) -> Path:
    """Write a pack into a folder; the teacher's guide. Raises NegsimError if the folder holds other things."""
    with whole_folder(folder, "classroom") as part:
        for name, text in pack.items():
            file = part / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return folder / "README.md"


def _files(course: Course, lessons: list[Lesson]) -> Iterator[tuple[str, str]]:
    scenario = course.scenario
    yield "README.md", as_markdown(*guide(course, lessons, list(scenario.groups)))
    yield "guesses.csv", guesses_csv(lessons)
    room = room_of(course.certain, course.seed)
    sheets = {name: role(course.certain, room, name) for name in scenario.groups}
    for name, sheet in sheets.items():
        yield f"roles/{name}.md", as_markdown(*sheet)
    for number, lesson in enumerate(lessons, start=1):
        yield from ((f"{lesson.folder}/{name}", text) for name, text in _of_lesson(scenario, number, lesson))
    handed = [_worksheet(scenario, number, lesson) for number, lesson in enumerate(lessons, start=1)]
    yield "handouts.html", handouts_html(f"{scenario.title}: handouts", [*handed, words(), *sheets.values()])
    if not course.is_built_in:
        yield SAVED, dump_yaml(scenario)


def _of_lesson(scenario: Scenario, number: int, lesson: Lesson) -> Iterator[tuple[str, str]]:
    """The files of a lesson, by name."""
    name = f"{number} {lesson.title}"
    lead = caveats(scenario)
    yield "lesson.md", as_markdown(name, [*lead, lesson.about], [*_plan(lesson)])
    first: list[Block] = [Note(caveat(scenario), f"{scenario.title}. {lesson.about}")]
    yield "slides.md", slides_markdown(f"{name}: slides", first, lesson.slides)
    yield "slides.html", slides_html(lesson.title, first, lesson.slides)
    yield "worksheet.md", as_markdown(*_worksheet(scenario, number, lesson))
    yield (
        "key.md",
        as_markdown(
            f"{name}: answer key",
            [Note("For the teacher.", "Do not hand out. Every number was computed when this was written."), *lead],
            lesson.key,
        ),
    )
    yield from lesson.files.items()


def _worksheet(scenario: Scenario, number: int, lesson: Lesson) -> Handout:
    lead: list[Block] = [f"{caveat(scenario)} {scenario.title}.", "Names: ………………………………………………………………………………"]
    return f"{number} {lesson.title}: worksheet", lead, lesson.worksheet


def _plan(lesson: Lesson) -> Iterator[Section]:
    """Outcomes, preparation, timed plan, links, rubric."""
    yield Section("What students can do afterwards", [Items(lesson.outcomes)])
    yield Section("Before class", [Items(lesson.prepare)])
    rows, minute = [], 0
    for step in lesson.plan:
        rows.append([f"{minute:02d}–{minute + step.minutes:02d}", step.what, step.how])
        minute += step.minutes
    yield Section(f"Plan ({minute} minutes)", [Grid(["minutes", "what", "how"], rows)])
    yield Section(
        "In the studio",
        [
            "Start the studio first (negsim studio); each link opens at this setting and seed.",
            Links(list(lesson.opens)),
        ],
    )
    files = ["slides.md", "slides.html", "worksheet.md", "key.md", *sorted(lesson.files)]
    yield Section("Files", [Links([(file, file) for file in files])])
    yield Section("Rubric", [lesson.rubric])
