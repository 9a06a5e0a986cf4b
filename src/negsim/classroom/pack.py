"""All files of a classroom pack, and how they come into a folder.

- A lesson is a folder of templates and a function that computes its numbers. Every template of the folder makes a
  file of the same name, but those that begin with an underscore are parts of others.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from negsim.classroom.blind import blind
from negsim.classroom.budget import budget
from negsim.classroom.eyes import eyes
from negsim.classroom.links import LAB_RUNS
from negsim.classroom.people import DRAWS, opening_of, role_of
from negsim.classroom.rescue import rescue
from negsim.classroom.rules import rules
from negsim.classroom.topic import SAVED, Topic
from negsim.classroom.witnesses import witnesses
from negsim.classroom.writing import TEMPLATES, Sheet, fill, handouts_html, plain_text, slides_html
from negsim.errors import NegsimError
from negsim.files import whole_folder, write_text
from negsim.report.pages.provenance import caveat, caveats
from negsim.report.pages.setting import issues, meetings, who
from negsim.scenario import Scenario, dump_yaml
from negsim.study.runner import Step

SEED, REPLICATIONS = 2011, LAB_RUNS
SHEETS = ("slides", "worksheet", "key")
Pack = dict[str, str]  # texts by the path of their file in the folder


class Numbers(Protocol):
    """What a lesson hands to its templates, field by field; `files` are further files of its folder, by name."""

    def _asdict(self) -> dict[str, Any]: ...


class Lesson(NamedTuple):
    """A lesson: what its templates were filled with, and its sheets by the names of their templates."""

    number: int
    folder: str
    numbers: Numbers
    sheets: dict[str, Sheet]
    files: dict[str, str]

    @property
    def title(self) -> str:
        """Its title, as Markdown."""
        return self.sheets["lesson.md"].title

    @property
    def about(self) -> str:
        """What it is about in a sentence, as Markdown."""
        return self.sheets["lesson.md"].about


LESSONS: dict[str, Callable[[Topic], Numbers]] = {  # by the folder of its templates
    "1_rescue": rescue,
    "2_budget": budget,
    "3_eyes": eyes,
    "4_witnesses": witnesses,
    "5_blind": blind,
    "6_rules": rules,
}


def pack_of(
    scenario: Scenario, source: str, *, seed: int = SEED, replications: int = REPLICATIONS
) -> Generator[Step, None, Pack]:
    """Every file of the pack of a scenario. source: the name or the file that commands call it by.

    Raises `ScenarioError` where a setting of a lesson does not fit the scenario, `NegsimError` for a single group.
    """
    if len(scenario.groups) == 1:
        raise NegsimError(f"{source}: has only one group; lessons need at least two")
    topic = Topic(source, scenario, seed, replications)
    lessons = []
    for number, (folder, numbers) in enumerate(LESSONS.items(), start=1):
        lessons.append(lesson_of(topic, number, folder, numbers(topic)))
        yield number, len(LESSONS), plain_text(lessons[-1].title)
    return dict(_files(topic, lessons))


def lesson_of(topic: Topic, number: int, folder: str, numbers: Numbers) -> Lesson:
    """A lesson with its sheets filled in."""
    values = numbers._asdict()
    files: dict[str, str] = values.get("files", {})
    context = {**common(topic), **values, "number": number}
    names = [path.name.removesuffix(".j2") for path in sorted((TEMPLATES / folder).glob("[!_]*.j2"))]
    others = sorted({*files, *names} - {"lesson.md", *(f"{sheet}.md" for sheet in SHEETS)})
    first = fill(f"{folder}/lesson.md.j2", {**context, "others": others})
    context |= {"title": first.title, "about": first.about}
    sheets = {name: fill(f"{folder}/{name}.j2", context) for name in names if name != "lesson.md"}
    return Lesson(number, folder, numbers, {"lesson.md": first, **sheets}, files)


def common(topic: Topic) -> dict[str, Any]:
    """What every template may use."""
    return {
        "scenario": topic.scenario,
        "topic": topic,
        "front": caveats(topic.scenario),
        "in_front": caveat(topic.scenario),
        "saved": SAVED,
        "lab_runs": LAB_RUNS,
        "draws": DRAWS,
    }


def write_pack(folder: Path, pack: Pack) -> Path:
    """Write a pack into a folder; the teacher's guide. Raises NegsimError if the folder holds other things."""
    with whole_folder(folder, "classroom lessons") as part:
        for name, text in pack.items():
            file = part / name
            file.parent.mkdir(parents=True, exist_ok=True)
            write_text(file, text)
    return folder / "README.md"


def _files(topic: Topic, lessons: list[Lesson]) -> Iterator[tuple[str, str]]:
    context = {**common(topic), "lessons": lessons}
    scenario = topic.scenario
    setting = {"people": who(scenario), "issues": issues(scenario), "meetings": meetings(scenario)}
    yield "README.md", fill("guide.md.j2", {**context, **setting}).text
    yield "guesses.csv", fill("guesses.csv.j2", context).text
    opening = opening_of(topic.certain, topic.seed)
    roles = {
        name: fill("role.md.j2", {**context, **role_of(topic.certain, opening, name)._asdict()})
        for name in scenario.groups
    }
    yield from ((f"roles/{name}.md", sheet.text) for name, sheet in roles.items())
    for lesson in lessons:
        yield from ((f"{lesson.folder}/{name}", sheet.text) for name, sheet in lesson.sheets.items())
        yield f"{lesson.folder}/slides.html", slides_html(lesson.sheets["slides.md"])
        yield from ((f"{lesson.folder}/{name}", text) for name, text in lesson.files.items())
    worksheets = [lesson.sheets["worksheet.md"] for lesson in lessons]
    handouts = [*worksheets, fill("words.md.j2", context), *roles.values()]
    yield "handouts.html", handouts_html(f"{scenario.title}: handouts", handouts)
    if not topic.is_built_in:
        yield SAVED, dump_yaml(scenario)
