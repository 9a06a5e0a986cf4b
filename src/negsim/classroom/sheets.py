"""What a lesson is made of, and how its sheets are written: Markdown to keep, HTML to show and to print.

Rules that hold here
- Sheets hold the blocks of `tell.page`; a text is written as plain text and escaped where it is rendered, once for
  Markdown (`as_markdown`) and once for HTML (`page.html_of`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from negsim.report.markdown import document
from negsim.report.pages.blocks import (
    Blank,
    Block,
    Cards,
    Commands,
    Fold,
    Grid,
    Items,
    Links,
    Minutes,
    Note,
    Part,
    Section,
    escape,
    html_of,
    whole,
)

Guess = tuple[str, str, str]  # the setting, the change that makes it, the measure to guess


class Step(NamedTuple):
    """A part of a lesson: how many minutes, what it is, what teacher and students do."""

    minutes: int
    what: str
    how: str


class Lesson(NamedTuple):
    """A lesson of 50 minutes.

    folder: where its files go. opens: links into the studio with what each shows. files: other files by name.
    guesses: what students commit themselves to before they see.
    """

    folder: str
    title: str
    about: str
    outcomes: Sequence[str]
    prepare: Sequence[str]
    plan: Sequence[Step]
    opens: Sequence[tuple[str, str]]
    slides: Sequence[Section]
    worksheet: Sequence[Section]
    rubric: Grid
    key: Sequence[Section]
    files: dict[str, str]
    guesses: Sequence[Guess]


# ------------------------------------------------------------------------------------------- markdown

MARKS = re.compile(r"[\\`*|$~]|(?<![^\W_])_|_(?![^\W_])")


def as_markdown(title: str, lead: Sequence[Block], sections: Sequence[Section]) -> str:
    """A page of Markdown."""
    parts = [f"# {plain(title)}", *map(_written, lead)]
    for section in sections:
        parts += [f"## {plain(section.heading)}", *map(_written, section.blocks)]
    return document(parts)


def plain(text: str) -> str:
    r"""Text that Markdown shows as it is; what cannot be taken for Markdown stays readable.

    >>> plain("a_b <script> *x* $1 [2, 3]"), plain("[a](b) _c_"), plain("1. one")
    ('a_b &lt;script&gt; \\*x\\* \\$1 [2, 3]', '\\[a\\](b) \\_c\\_', '1\\. one')
    """
    return re.sub(r"^(\d+)([.)] )", r"\1\\\2", re.sub(r"^([-+#=])", r"\\\1", inline(text)))


def inline(text: str) -> str:
    """The same within a line, where no mark can begin anything."""
    text = MARKS.sub(r"\\\g<0>", " ".join(text.split()))
    if re.search(r"\][(\[:{]", text):
        text = text.replace("[", r"\[").replace("]", r"\]")
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _written(block: Block) -> str:
    text: str = MARKDOWN[type(block)](block)
    return text


def _grid(grid: Grid) -> str:
    header = [inline(cell) for cell in grid.header]
    lines = [header, ["---"] * len(header), *([inline(cell) for cell in row] for row in grid.rows)]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"{table}\n\n{plain(grid.caption)}" if grid.caption else table


def _fenced(text: str, language: str = "text") -> str:
    """Text as it is, in a fence that it cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def _links(links: Links) -> str:
    return "\n".join(f"- [{plain(what)}](<{_target(file)}>)" for file, what in links.files)


def _target(file: str) -> str:
    return file.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")


def _cards(cards: Cards) -> str:
    return "\n".join(f"- {plain(card.number)} {plain(card.text)}" for card in cards.cards)


MARKDOWN: dict[type, Callable[[Any], str]] = {
    str: plain,
    Grid: _grid,
    Items: lambda block: "\n".join(f"- {plain(item)}" for item in block.items),
    Links: _links,
    Cards: _cards,
    Commands: lambda block: _fenced("\n".join(block.lines), "sh"),
    Note: lambda note: f"> **{plain(note.heading)}** {plain(note.text)}",
    Part: lambda part: f"### {plain(part.heading)}",
    Fold: lambda fold: f"**{plain(fold.heading)}**\n\n{_fenced(fold.text)}",
    Minutes: lambda minutes: _fenced(minutes.text),
    Blank: lambda blank: "\n\n".join(["…" * 50] * blank.lines),
}


def slides_markdown(title: str, lead: Sequence[Block], slides: Sequence[Section]) -> str:
    """A deck: slides divided by lines of three hyphens."""
    first = document([f"# {plain(title)}", *map(_written, lead)])
    rest = [document([f"## {plain(slide.heading)}", *map(_written, slide.blocks)]) for slide in slides]
    return "\n---\n\n".join([first, *rest])


# ------------------------------------------------------------------------------------------------ html

DECK = """
html { scroll-snap-type: y proximity; }
body { font: 26px/1.4 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; background: #fff; }
main { max-width: none; margin: 0; padding: 0; }
.slide { min-height: 100vh; padding: 7vh 8vw 9vh; scroll-snap-align: start; position: relative;
  border-bottom: 1px solid var(--line); }
.slide h1 { font-size: 2.1em; margin-top: 12vh; }
.slide h2 { font-size: 1.5em; margin: 0 0 .7em; padding: 0; border: 0; }
.slide table { font-size: .72em; }
.slide .dense { font-size: .66em; }
.slide ul:has(li:nth-child(9)) { columns: 2; }
.slide pre { font-size: .62em; white-space: pre-wrap; overflow-wrap: anywhere; }
.slide .note { font-size: .72em; }
.slide li { margin: .4em 0; }
.number { position: absolute; right: 3vw; bottom: 3vh; font-size: .6em; color: var(--soft); }
@page { size: A4 landscape; margin: 0; }
@media print {
  body { font-size: 26px; }
  .slide { min-height: 0; height: 209mm; break-after: page; border: 0; padding: 14mm 18mm; overflow: hidden; }
  .slide h1 { margin-top: 25mm; font-size: 2.1em; }
  .slide table { font-size: .72em; }
  .slide table.dense { font-size: .66em; }
}
"""

TO_FILL_IN = """
td:empty { height: 2.1rem; border-left: 1px solid var(--line); }
.sheet { margin-bottom: 5rem; }
@media print {
  .sheet { margin: 0; }
  .sheet h2 { margin: .9rem 0 .4rem; padding-top: .5rem; }
  .sheet h3 { margin: .9rem 0 .2rem; }
  .sheet table { margin: .5rem 0; break-inside: avoid; }
  .sheet p, .sheet li { font-size: 9.5pt; line-height: 1.35; margin: .25rem 0; }
}
"""


def slides_html(title: str, lead: Sequence[Block], slides: Sequence[Section]) -> str:
    """The same deck as one HTML file: a screen a slide, Page Down goes on; a sheet a slide on paper."""
    first = f"<h1>{escape(title)}</h1>{''.join(map(html_of, lead))}"
    rest = (f"<h2>{escape(slide.heading)}</h2>{''.join(map(html_of, slide.blocks))}" for slide in slides)
    screens = (
        f'<section class="slide">{content}<span class="number">{number}</span></section>'
        for number, content in enumerate([first, *rest], start=1)
    )
    return whole(title, "\n".join(screens), style=DECK)


Handout = tuple[str, Sequence[Block], Sequence[Section]]  # title, lead, sections


def handouts_html(title: str, handouts: Sequence[Handout]) -> str:
    """Everything that is handed out, each on a new sheet."""
    return whole(title, "\n".join(_sheet(*handout) for handout in handouts), style=TO_FILL_IN)


def _sheet(title: str, lead: Sequence[Block], sections: Sequence[Section]) -> str:
    return f'<section class="sheet">{"".join(_of_sheet(title, lead, sections))}</section>'


def _of_sheet(title: str, lead: Sequence[Block], sections: Sequence[Section]) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    yield from map(html_of, lead)
    for section in sections:
        yield f"<h2>{escape(section.heading)}</h2>"
        yield from map(html_of, section.blocks)
