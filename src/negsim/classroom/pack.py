"""The files of a classroom pack: how templates become sheets, what fills them, and how they get into a folder.

- A lesson is a folder of templates and a function that computes its numbers. Every template of the folder makes a
  file of the same name, but those that begin with an underscore are parts of others.
- A sheet is Markdown to keep, HTML to show and to print. HTML is made from the Markdown and from nothing else; raw HTML
  in it is shown as text, and links lead only to files of the pack and to web pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markupsafe import Markup

from negsim.cast.knobs import KNOBS, KNOBS_BY_NAME, METHODOLOGY
from negsim.cast.palette import style_sheet
from negsim.cast.paths import LAB_LABELS
from negsim.cast.studio import LAB_RUNS, MORE_CHANGES, MORE_SETTINGS, in_words
from negsim.classroom import PACK_SEED
from negsim.classroom.budget import budget
from negsim.classroom.judgements import blind, rules
from negsim.classroom.people import OPENING_DRAWS, eyes, opening_of, player_of, role_of
from negsim.classroom.topic import SAVED_SCENARIO, Sheets, Topic
from negsim.classroom.trials import rescue, witnesses
from negsim.errors import NegsimError
from negsim.files import whole_folder, write_text
from negsim.report.markdown import verbatim
from negsim.report.pages.page import Grid
from negsim.report.pages.setting import caveat, caveats, issues, meetings, who
from negsim.report.templates import Sheet, Templates, html_text
from negsim.report.words import change_text, estimate_text, format_name, measure_name, percent, signed
from negsim.scenario import Scenario, dump_yaml
from negsim.scenario.values import key_of
from negsim.scenario.yaml import flow
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


def _in_the_lab(change: str) -> str:
    """Describe a change in the words of the lab.

    >>> _in_the_lab("meetings.count=2"), _in_the_lab("methodology=chair_text")
    ('Meetings: 2', "Methodology: chair's text")
    >>> _in_the_lab("process.record_dissent=true")
    'Dissent may be recorded: yes'
    >>> _in_the_lab("informal.mixed_evenings=0.5"), _in_the_lab("trust.across=low")
    ('Evenings mixed, %: 50', 'Advanced: other changes: trust.across=low')
    """
    path, _, value = change.partition("=")
    if path not in LAB_LABELS:
        return f"{MORE_CHANGES}: {change}"
    label = LAB_LABELS[path]
    if path in KNOBS and KNOBS[path].words.unit == "share":
        return f"{label}: {100 * float(value):g}"
    return f"{label}: {format_name(value) if path == METHODOLOGY.path else in_words(value)}"


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
        "flow": flow,
        "in_the_lab": _in_the_lab,
        "digits": lambda number, count: f"{number:.{count}f}",
        "label": measure_name,
        "lines": lambda number: Markup("\n\n").join([_LINE] * number),
        "quoted": lambda names: [f"“{name}”" for name in names],
        "percent": percent,
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
        "with_number": lambda numbers: [f"{name} {number:.2f}" for name, number in numbers.items()],
    },
)


def slides_html(deck: Sheet) -> str:
    """Make a deck whose slides are divided by lines of three hyphens: a screen a slide, a page a slide on paper."""
    return _page("slide", _plain_text(deck.title), _html(deck).split("<hr />\n"))


def handouts_html(title: str, sheets: Sequence[Sheet]) -> str:
    """Make sheets to hand out, each on a new page."""
    return _page("sheet", title, list(map(_html, sheets)))


def _page(kind: str, title: str, parts: list[str]) -> str:
    style = style_sheet(
        "".join((LESSON_TEMPLATES.folder / f"{name}.css").read_text(encoding="utf-8") for name in ("page", kind))
    )
    sections = [Markup(part) for part in parts]  # noqa: S704
    return LESSON_TEMPLATES.fill("page.html.j2", kind=kind, title=title, style=Markup(style), parts=sections).text  # noqa: S704


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
    """A lesson: the values of its templates, and its sheets by the names of their templates."""

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
    "1_rescue": rescue,
    "2_budget": budget,
    "3_eyes": eyes,
    "4_witnesses": witnesses,
    "5_blind": blind,
    "6_rules": rules,
}


def pack_of(
    scenario: Scenario, source: str, *, seed: int = PACK_SEED, replications: int = LAB_RUNS
) -> Generator[Step, None, _Pack]:
    """Write every file of the pack of a scenario. source: its name or file in commands.

    Raises `ScenarioError` if a setting of a lesson does not fit the scenario, `NegsimError` for a single group.
    """
    if len(scenario.groups) == 1:
        raise NegsimError(f"{source}: has only one group; lessons need at least two")
    topic = Topic(source, scenario, seed, replications)
    lessons = []
    for number, (folder, numbers) in enumerate(LESSONS.items(), start=1):
        lessons.append(lesson_of(topic, number, folder, numbers(topic)))
        yield number, len(LESSONS), _plain_text(lessons[-1].title)
    return dict(_files(topic, lessons))


def lesson_of(topic: Topic, number: int, folder: str, numbers: Sheets) -> _Lesson:
    """Return a lesson with its sheets filled in."""
    files: dict[str, str] = numbers.get("files", {})
    context = {**_common(topic), **numbers, "number": number}
    names = [path.name.removesuffix(".j2") for path in sorted((LESSON_TEMPLATES.folder / folder).glob("[!_]*.j2"))]
    others = sorted({*files, *names} - {"lesson.md", *(f"{sheet}.md" for sheet in _SHEETS)})
    first = LESSON_TEMPLATES.fill(f"{folder}/lesson.md.j2", **context, others=others)
    context |= {"title": first.title, "about": first.about}
    sheets = {name: LESSON_TEMPLATES.fill(f"{folder}/{name}.j2", **context) for name in names if name != "lesson.md"}
    return _Lesson(number, folder, numbers, {"lesson.md": first, **sheets}, files)


def _common(topic: Topic) -> Sheets:
    """Return the values that every template may use."""
    return {
        "scenario": topic.scenario,
        "topic": topic,
        "front": caveats(topic.scenario),
        "in_front": caveat(topic.scenario),
        "saved": SAVED_SCENARIO,
        "lab_runs": LAB_RUNS,
        "lab_labels": LAB_LABELS,
        "knobs": KNOBS_BY_NAME,
        "more_settings": MORE_SETTINGS,
        "more_changes": MORE_CHANGES,
        "draws": OPENING_DRAWS,
    }


def write_pack(folder: Path, pack: _Pack) -> Path:
    """Write a pack into a folder; return the teacher's guide. Raises NegsimError if the folder holds other things."""
    with whole_folder(folder, "classroom lessons") as part:
        for name, text in pack.items():
            file = part / name
            file.parent.mkdir(parents=True, exist_ok=True)
            write_text(file, text)
    return folder / "README.md"


def _files(topic: Topic, lessons: list[_Lesson]) -> Iterator[tuple[str, str]]:
    scenario, opening = topic.scenario, opening_of(topic.certain, topic.seed)
    playing = [delegate for delegate in scenario.delegates if delegate.brief]
    players = {f"{n}_{key_of(delegate.name, 'seat')}": delegate for n, delegate in enumerate(playing, start=1)}
    context = {**_common(topic), "lessons": lessons, "players": players}
    setting = {"people": who(scenario), "issues": issues(scenario), "meetings": meetings(scenario)}
    yield "README.md", LESSON_TEMPLATES.fill("guide.md.j2", **context, **setting).text
    yield "guesses.csv", LESSON_TEMPLATES.fill("guesses.csv.j2", **context).text
    sheets = {
        f"roles/{name}.md": LESSON_TEMPLATES.fill("role.md.j2", **{**context, **role_of(topic.certain, opening, name)})
        for name in scenario.groups
    } | {
        f"players/{name}.md": LESSON_TEMPLATES.fill(
            "player.md.j2", **{**context, **player_of(topic.certain, opening, delegate)}
        )
        for name, delegate in players.items()
    }
    yield from ((name, sheet.text) for name, sheet in sheets.items())
    for lesson in lessons:
        yield from ((f"{lesson.folder}/{name}", sheet.text) for name, sheet in lesson.sheets.items())
        yield f"{lesson.folder}/slides.html", slides_html(lesson.sheets["slides.md"])
        yield from ((f"{lesson.folder}/{name}", text) for name, text in lesson.files.items())
    worksheets = [lesson.sheets["worksheet.md"] for lesson in lessons]
    handouts = [*worksheets, LESSON_TEMPLATES.fill("words.md.j2", **context), *sheets.values()]
    yield "handouts.html", handouts_html(f"{scenario.title}: handouts", handouts)
    if not topic.is_built_in:
        yield SAVED_SCENARIO, dump_yaml(scenario)
