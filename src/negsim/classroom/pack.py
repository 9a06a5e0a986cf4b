"""The files of a classroom pack: how templates become sheets, what fills them, and how they get into a folder.

- A lesson is a folder of templates and a function that computes its numbers. Every template of the folder makes a
  file of the same name, but those that begin with an underscore are parts of others.
- A sheet is Markdown to keep, HTML to show and to print. HTML is made from the Markdown and from nothing else; raw HTML
  in it is shown as text, and links lead only to files of the pack and to web pages.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markupsafe import Markup

from negsim.cast.knobs import KNOBS
from negsim.cast.palette import style_sheet
from negsim.cast.studio import LAB_RUNS, STUDIO_URL
from negsim.classroom import PACK_SEED
from negsim.classroom.budget import FRESH_SEED_STEP, budget, has_budget
from negsim.classroom.judgements import rules
from negsim.classroom.people import OPENING_DRAWS, opening_of, player_of, role_of
from negsim.classroom.topic import FINAL_PAGE, PAGE, PAGE_MEASURES, SAVED_SCENARIO, Sheets, Topic
from negsim.classroom.trials import curve
from negsim.classroom.written import GAME_PAGE, GAME_SEED, focal, storm
from negsim.errors import NegsimError
from negsim.files import whole_folder, write_text
from negsim.page import PageSource, page_steps
from negsim.page.arrays import DRAWS, is_drawn
from negsim.page.html import document
from negsim.report.deals import points_text
from negsim.report.markdown import verbatim
from negsim.report.pages.blocks import Grid
from negsim.report.pages.setting import caveat, caveats, issues, meetings, who
from negsim.report.templates import Sheet, Templates, html_text
from negsim.report.words import change_text, estimate_text, level_name, measure_name, percent, signed
from negsim.scenario import Scenario, dump_yaml
from negsim.scenario.changes import parsed_change
from negsim.scenario.meanings import factor_name
from negsim.scenario.values import key_of
from negsim.sentences import sentence
from negsim.study.runner import Step

_LINK = re.compile(r"https?://|[^:]*$")
_LINE = "…" * 50  # to write on


def plain(value: object) -> Markup:
    """Escape a value for Markdown; markup stays unchanged."""
    return value if isinstance(value, Markup) else Markup(verbatim(str(value)))  # noqa: S704 - escaped by that


def fence(text: str | Iterable[str], language: str = "text") -> Markup:
    """Put text or lines unchanged into a fence that they cannot close."""
    text = text if isinstance(text, str) else "\n".join(text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    marks = "`" * max(3, longest + 1)
    return Markup(f"{marks}{language}\n{text.rstrip()}\n{marks}")  # noqa: S704


def _url(target: str) -> Markup:
    """Return the target of a link, escaped to stand between < and >."""
    return Markup("".join(target.split()).replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C"))  # noqa: S704


def _in_the_page(change: str) -> str:
    """Describe a change in the words of the page and of the studio's lab.

    >>> _in_the_page("meetings.count=2"), _in_the_page("methodology=chair_text")
    ('number of meetings: 2', "methodology: chair's text")
    >>> _in_the_page("context.tension=low"), _in_the_page("context.linkage=null")
    ('tension: low', 'linkage: none')
    """
    path, level = parsed_change(change)
    label = KNOBS[path].words.label if path in KNOBS else factor_name(path)
    return f"{label}: {'none' if level is None else level_name(path, level)}"


def _cells(values: Iterable[object]) -> Markup:
    """Write values as the last cells of a row of a table."""
    return Markup("{} |").format(Markup(" | ").join(map(plain, values)))


def _table(grid: Grid) -> Markup:
    """Write a table of a report, with its caption below it."""
    rows = [grid.header, [Markup("---")] * len(grid.header), *grid.rows]
    table = Markup("\n").join(Markup("| {}").format(_cells(row)) for row in rows)
    return table + Markup("\n\n") + plain(grid.caption) if grid.caption else table


def _plain_text(markdown: str) -> str:
    r"""Return the text that a line of Markdown shows.

    >>> _plain_text(r"a\_b &lt;c&gt; **d**")
    'a_b <c> d'
    """
    (line,) = _markdown().parseInline(markdown)
    return "".join(token.content for token in line.children or [])


LESSON_TEMPLATES = Templates(
    Path(__file__).parent / "templates",
    filters={
        "blanks": lambda items: _cells("" for _ in items),
        "cells": _cells,
        "dashes": lambda items: _cells(Markup("---") for _ in items),
        "difference": lambda change, measure: "" if change is None else change_text(change, measure),
        "estimate": estimate_text,
        "fence": fence,
        "in_the_page": _in_the_page,
        "digits": lambda number, count: f"{number:.{count}f}",
        "label": measure_name,
        "lines": lambda number: Markup("\n\n").join([_LINE] * number),
        "quoted": lambda names: [f"“{name}”" for name in names],
        "percent": percent,
        "points": points_text,
        "sentence": sentence,
        "signed": signed,
        "table": _table,
        "text": _plain_text,
        "url": _url,
        "with_change": lambda changes, measure: [
            f"“{name}” ({change_text(change, measure)})" for name, change in changes.items()
        ],
        "with_estimate": lambda names, rows, measure: [
            f"“{name}” ({estimate_text(rows[name].estimates[measure], measure)})" for name in names
        ],
    },
)


def slides_html(deck: Sheet, files: Mapping[str, str] | None = None) -> str:
    """Make a deck whose slides are divided by lines of three hyphens: a screen a slide, a page a slide on paper.

    files: the pictures that it shows, as SVG by their names.
    """
    parts = _html(deck).split("<hr />\n")
    body = "\n".join(
        f'<section class="slide" aria-label="{n} of {len(parts)}">\n{part}<span class="number">{n}</span>\n</section>'
        for n, part in enumerate(parts, start=1)
    )
    for name, text in (files or {}).items():
        body = body.replace(f'src="{name}"', f'src="data:image/svg+xml;base64,{b64encode(text.encode()).decode()}"')
    script = (LESSON_TEMPLATES.folder / "slide.js").read_text(encoding="utf-8")
    rights = {"img-src": "data:"}
    return document(
        _plain_text(deck.title), f"<main>\n{body}\n</main>", script=script, style=_style("slide"), rights=rights
    )


def handouts_html(title: str, sheets: Iterable[Sheet]) -> str:
    """Make sheets to hand out, each on a new page."""
    parts = [Markup(_html(sheet)) for sheet in sheets]  # noqa: S704
    return LESSON_TEMPLATES.fill("page.html.j2", title=title, style=Markup(_style("sheet")), parts=parts).text  # noqa: S704


def _style(kind: str) -> str:
    """Return the style sheet of slides or of sheets."""
    parts = ((LESSON_TEMPLATES.folder / f"{name}.css").read_text(encoding="utf-8") for name in ("page", kind))
    return style_sheet("".join(parts))


def _html(sheet: Sheet) -> str:
    html: str = _markdown().render(sheet.text)
    return html.replace(f"<p>{_LINE}</p>", '<p class="line"></p>')


@lru_cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]
    # Numbers are kept together with their per cent signs and intervals.
    markdown.add_render_rule("text", lambda _, tokens, index, *_more: html_text(tokens[index].content))
    return markdown


_SHEETS = ("slides", "worksheet", "key")
_Pack = dict[str, str]  # texts by the path of their file in the folder


class _Lesson(NamedTuple):
    """A lesson: the values of its templates, and its sheets by the names of their templates. number: 0 for none."""

    number: int
    folder: str
    numbers: Sheets
    sheets: dict[str, Sheet]
    files: dict[str, str]

    @property
    def title(self) -> str:
        """Its title, as Markdown."""
        return self.sheets["lesson.md"].title

    @property
    def about(self) -> str:
        """A sentence on the lesson, as Markdown."""
        return self.sheets["lesson.md"].about


LESSONS: dict[str, Callable[[Topic], Sheets]] = {  # by the folder of its templates
    "1_curve": curve,
    "2_budget": budget,
    "3_rules": rules,
}
_FIRST = ("storm", "1_curve", "2_budget")  # those that a teacher should find first
_BY_HAND: dict[str, tuple[str, Callable[[Topic], Sheets]]] = {  # by the scenario for which it is written
    "storm": ("storm", storm),
    "cstd_wgigf_2011": ("focal", focal),
}


def pack_of(
    scenario: Scenario,
    source: str,
    *,
    seed: int = PACK_SEED,
    replications: int = LAB_RUNS,
    address: str = STUDIO_URL,
) -> Generator[Step, None, _Pack]:
    """Write every file of the pack of a scenario.

    source: its name or file in commands. address: of the studio to which links lead.

    Raises `ScenarioError` if a setting of a lesson does not fit the scenario, `NegsimError` for a single group.
    """
    if len(scenario.groups) == 1:
        raise NegsimError(f"{source}: has only one group; lessons need at least two")
    topic = Topic(source, scenario, seed, replications, address=address)
    numbers: dict[str, Sheets] = {}
    todo = dict([_BY_HAND[source]] if source in _BY_HAND else []) | LESSONS
    if not has_budget(scenario):
        del todo["2_budget"]
    for n, (folder, compute) in enumerate(todo.items(), start=1):
        numbers[folder] = compute(topic)
        yield n, len(todo), folder
    pages = yield from _pages_of(topic, numbers)
    common = common_of(topic) | {"page_commands": pages.commands, "no_page": pages.why_none}
    people = people_of(topic, common)
    common["people"] = {name: sheet.title for name, sheet in people.items()}
    lessons = [
        lesson_of(common, int(folder[0]) if folder in LESSONS else 0, folder, numbers[folder]) for folder in todo
    ]
    return dict(_files(topic, common, lessons, people)) | pages.texts


class _Pages(NamedTuple):
    """The pages of a pack and the commands that make the common ones, by file; why there are none, "" if there are."""

    texts: dict[str, str]
    commands: dict[str, str]
    why_none: str = ""


def _pages_of(topic: Topic, numbers: Mapping[str, Sheets]) -> Generator[Step, None, _Pages]:
    """Make the page on the class's seed, with every knob of the lessons, the one on the unseen seed, and the game."""
    changes = [change for one in numbers.values() for change in one.get("changes", ())]
    choices = {path: some for one in numbers.values() for path, some in one.get("choices", {}).items()}
    unseen = topic.under_seed(topic.seed + FRESH_SEED_STEP)
    knobs_of_lessons = [knob for one in numbers.values() for knob in one.get("knobs", ())]
    pages = _Pages({}, {})
    try:
        knobs_of_page = [*topic.page_knobs(changes, choices), *knobs_of_lessons]
        for file, subject, knobs in ((PAGE, topic, knobs_of_page), (FINAL_PAGE, unseen, knobs_of_lessons)):
            source = PageSource(topic.scenario, topic.name, (), subject.seed)
            steps = page_steps(source, knobs=knobs, measures=PAGE_MEASURES, runs=topic.replications)
            pages.texts[file], pages.commands[file] = (yield from steps), subject.page_command(knobs, file)
        for folder, one in numbers.items():
            if "game" in one:
                pages.texts[f"{folder}/{GAME_PAGE}"] = yield from page_steps(one["game"])
    except NegsimError as error:
        return _Pages({}, {}, str(error))
    return pages


def lesson_of(common: Sheets, number: int, folder: str, numbers: Sheets) -> _Lesson:
    """Return a lesson with its sheets filled in. common: the values that every template may use."""
    files: dict[str, str] = numbers.get("files", {})
    context = {**common, **numbers, "number": number, "files": files}
    names = [path.name.removesuffix(".j2") for path in sorted((LESSON_TEMPLATES.folder / folder).glob("[!_]*.j2"))]
    others = sorted({*files, *names} - {"lesson.md", *(f"{sheet}.md" for sheet in _SHEETS)})
    first = LESSON_TEMPLATES.fill(f"{folder}/lesson.md.j2", **context, others=others)
    context |= {"title": first.title, "about": first.about}
    sheets = {name: LESSON_TEMPLATES.fill(f"{folder}/{name}.j2", **context) for name in names if name != "lesson.md"}
    return _Lesson(number, folder, numbers, {"lesson.md": first, **sheets}, files)


def common_of(topic: Topic) -> Sheets:
    """Return the values that every template may use."""
    return {
        "scenario": topic.scenario,
        "topic": topic,
        "front": caveats(topic.scenario),
        "in_front": caveat(topic.scenario),
        "saved": SAVED_SCENARIO,
        "page_file": PAGE,
        "final_file": FINAL_PAGE,
        "page_runs": min(topic.replications, DRAWS) if is_drawn(topic.scenario) else topic.replications,
        "draws": OPENING_DRAWS,
        "page_commands": {},
        "no_page": "",
        "people": {},
    }


def write_pack(folder: Path, pack: _Pack) -> Path:
    """Write a pack into a folder; return the teacher's guide. Raises NegsimError if the folder holds other things."""
    with whole_folder(folder, "classroom lessons") as part:
        for name, text in pack.items():
            file = part / name
            file.parent.mkdir(parents=True, exist_ok=True)
            write_text(file, text)
    return folder / "README.md"


def _files(
    topic: Topic, common: Sheets, lessons: list[_Lesson], people: Mapping[str, Sheet]
) -> Iterator[tuple[str, str]]:
    first = [lesson for lesson in lessons if lesson.folder in _FIRST]
    more = [lesson for lesson in lessons if lesson.folder not in _FIRST]
    scenario, context = topic.scenario, {**common, "lessons": [*first, *more], "first": first, "more": more}
    setting = {"who": who(scenario), "issues": issues(scenario), "meetings": meetings(scenario)}
    yield "README.md", LESSON_TEMPLATES.fill("guide.md.j2", **context, **setting).text
    yield "guesses.csv", LESSON_TEMPLATES.fill("guesses.csv.j2", **context).text
    for name, sheet in people.items():
        yield f"people/{name}.md", sheet.text
        yield f"people/{name}.html", handouts_html(_plain_text(sheet.title), [sheet])
    yield "people.html", handouts_html(f"{scenario.title}: who sits at the table", people.values())
    for lesson in lessons:
        yield from ((f"{lesson.folder}/{name}", sheet.text) for name, sheet in lesson.sheets.items())
        deck = lesson.sheets["slides.md"]._replace(title=lesson.title)
        yield f"{lesson.folder}/slides.html", slides_html(deck, lesson.files)
        yield from ((f"{lesson.folder}/{name}", text) for name, text in lesson.files.items())
    worksheets = [lesson.sheets["worksheet.md"] for lesson in lessons]
    handouts = [*worksheets, LESSON_TEMPLATES.fill("words.md.j2", **context)]
    yield "handouts.html", handouts_html(f"{scenario.title}: handouts", handouts)
    if not topic.is_built_in:
        yield SAVED_SCENARIO, dump_yaml(scenario)


def people_of(topic: Topic, common: Sheets) -> dict[str, Sheet]:
    """Return the role sheets by the names of their files: of groups, then of delegates.

    A group has one unless each of its seats has a written brief. A delegate has one for a written brief, or for red
    lines that are not those of the whole group.
    """
    seed = GAME_SEED if topic.name == "storm" else topic.seed  # the game that the lesson plays
    scenario, opening = topic.scenario, opening_of(topic.certain, seed)
    sheets = {}
    with_brief = Counter(delegate.group for delegate in scenario.delegates if delegate.brief)
    for name, group in scenario.groups.items():
        if with_brief[name] < group.seats:
            values = common | role_of(topic.certain, opening, name)
            sheets[key_of(name, "group")] = LESSON_TEMPLATES.fill("role.md.j2", **values)
    players = [delegate for delegate in scenario.delegates if delegate.brief or delegate.red_lines]
    for n, delegate in enumerate(players, start=1):
        values = common | player_of(topic.certain, opening, delegate)
        sheets[f"{n:02}_{key_of(delegate.name, 'seat')}"] = LESSON_TEMPLATES.fill("player.md.j2", **values)
    return sheets
