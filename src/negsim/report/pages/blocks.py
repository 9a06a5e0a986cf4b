"""A page of pictures, tables and text as one HTML file that needs nothing from elsewhere.

Rules that hold here
- What is given is text; it is escaped here and nowhere else. Links are relative to the page, or to this machine.
- No script, and no request: a picture is a file beside the page (`Figure`) or part of it (`Embedded`).
- On paper (A4) a table repeats its header, and what belongs together stays on one sheet.

How pages look, on a screen and on A4 paper.

Rules that hold here
- Fonts are those of the reader's machine; nothing is fetched.

Pictures as part of a page.

Rules that hold here
- Two embeddings of one picture have the same bytes, so that a report can be compared with another.
- One picture is drawn at a time, whatever the thread: matplotlib's settings are those of the whole process.

What is said in front of everything that shows a scenario to people who may take it for the world.

Rules that hold here
- It is a model, always; whose account a scenario rests on is counted in its own `basis`, never assumed.

What it takes to make a report again, apart from its commands: versions and sources.

Rules that hold here
- No date and no path: two reports of the same thing are the same.
"""

from __future__ import annotations

import platform
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from html import escape as escaped
from io import BytesIO
from threading import Lock
from typing import Any, NamedTuple

import numba
import numpy as np

from negsim import __version__
from negsim.report.plots.style import Picture, style
from negsim.report.words import counted, percent
from negsim.scenario import Scenario
from negsim.scenario.schema import Group, Issue

STYLE = """
:root { --ink: #1d2129; --soft: #5b6472; --line: #dfe3e8; --accent: #0072B2; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fbfbfa; font: 17px/1.6 Georgia, "Times New Roman", serif; }
main { max-width: 50rem; margin: 0 auto; padding: 3rem 1.5rem 5rem; }
h1, h2, h3, nav, table, .card, .small { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .6rem; }
h2 { font-size: 1.35rem; margin: 3.2rem 0 .8rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 2rem 0 .4rem; }
p { margin: .6rem 0; }
a { color: var(--accent); }
nav { font-size: .85rem; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 1.2rem 0; }
.small { font-size: .82rem; line-height: 1.5; color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1rem; margin: 1.6rem 0; }
.card { background: #fff; border: 1px solid var(--line); border-radius: 6px; padding: .9rem 1.1rem; }
.card b { display: block; font-size: 1.7rem; line-height: 1.3; }
.card span { font-size: .84rem; line-height: 1.4; color: var(--soft); display: block; }
figure { margin: 1.8rem 0 2.4rem; background: #fff; border: 1px solid var(--line); border-radius: 6px; padding: 1rem; }
figure img { display: block; width: 100%; height: auto; }
figcaption { font-size: .92rem; line-height: 1.5; margin-top: .8rem; padding-top: .7rem;
  border-top: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; font-size: .84rem; margin: 1.2rem 0; background: #fff; }
th, td { text-align: left; padding: .4rem .7rem; border-bottom: 1px solid var(--line); }
.scroll { overflow-x: auto; margin: 1.2rem 0; }
.scroll > table { margin: 0; }
td { font-variant-numeric: tabular-nums; }
th { font-weight: 600; }
.dense { font-size: .76rem; }
.dense th, .dense td { padding: .3rem .45rem; }
.dense th:first-child { min-width: 9.5rem; }
th { vertical-align: bottom; }
td { vertical-align: top; }
caption { caption-side: bottom; text-align: left; padding: .5rem .7rem; color: var(--soft); }
li { margin: .25rem 0; }
.note { border-left: 4px solid var(--accent); background: #eef4f9; padding: .6rem 1rem; margin: 1.2rem 0;
  font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; font-size: .92rem; line-height: 1.5; }
.note b { display: block; }
.minutes { font-size: .92rem; line-height: 1.5; }
.minutes h4 { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; margin: 1.2rem 0 .3rem; }
.minutes ul { padding-left: 1.2rem; margin: .3rem 0; }
.minutes ul.within { padding-left: 2.4rem; list-style: "– "; }
.blank { border-bottom: 1px solid #9aa3ad; height: 2rem; margin: 0; }
details { margin: 1rem 0; }
summary { cursor: pointer; font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: var(--accent); }
summary:focus-visible, a:focus-visible { outline: 3px solid #E69F00; outline-offset: 2px; }
pre { font-size: .84rem; line-height: 1.5; overflow-x: auto; background: #fff; border: 1px solid var(--line);
  border-radius: 6px; padding: .7rem 1rem; }
@page { size: A4; margin: 17mm 16mm 18mm; }
@media print {
  body { background: #fff; font-size: 10.5pt; line-height: 1.45; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 18pt; }
  h2 { margin-top: 1.6rem; }
  h1, h2, h3, h4 { break-after: avoid; }
  p, li { orphans: 3; widows: 3; }
  figure, .card, .note, tr, .blank { break-inside: avoid; }
  figure, .card { border: 0; padding: 0; }
  figure { margin: 1rem 0; }
  figure img { max-height: 195mm; object-fit: contain; }
  .cards { grid-template-columns: repeat(3, 1fr); }
  table { font-size: 8.5pt; line-height: 1.35; }
  th, td { padding: .22rem .45rem; }
  table.dense { font-size: 7.5pt; }
  table:not(:has(tr:nth-child(16))), main > pre, .sheet > pre { break-inside: avoid; }
  .scroll { overflow: visible; }
  thead { display: table-header-group; }
  details::details-content { content-visibility: visible; block-size: auto; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 8.5pt; }
  a { color: inherit; }
  .sheet { break-before: page; }
  .sheet:first-of-type { break-before: auto; }
  nav { display: none; }
}
"""


FEW_COLUMNS = 4  # more are set in smaller type
INTERVAL = re.compile(r" \[([-−+\d.,]+), ([-−+\d.,]+)\]")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{content}
</main>
</body>
</html>
"""


class Figure(NamedTuple):
    """A picture on a page: its file without the suffix (PNG shown, SVG linked), and what one sees in it."""

    file: str
    caption: str


class Card(NamedTuple):
    """One number to begin with, and what it is."""

    number: str
    what: str


class Embedded(NamedTuple):
    """A picture within the page: its bytes as a data URI, and what one sees in it."""

    uri: str
    caption: str


class Grid(NamedTuple):
    """A table, and what has to be said below it."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""


class Items(NamedTuple):
    """A list."""

    items: Sequence[str]


class Links(NamedTuple):
    """Files with what they hold."""

    files: Sequence[tuple[str, str]]


class Cards(NamedTuple):
    """Numbers side by side."""

    cards: Sequence[Card]


class Commands(NamedTuple):
    """What to type, a line each."""

    lines: Sequence[str]


class Note(NamedTuple):
    """What has to be known before anything else is read."""

    heading: str
    text: str


class Part(NamedTuple):
    """A heading within a section."""

    heading: str


class Fold(NamedTuple):
    """A long text that is unfolded by who wants it."""

    heading: str
    text: str


class Minutes(NamedTuple):
    """Minutes of meetings, in the manner of `transcript`: headings after #, items after a hyphen."""

    text: str


class Blank(NamedTuple):
    """Empty lines to write on."""

    lines: int = 2


Block = str | Figure | Embedded | Grid | Items | Links | Cards | Commands | Note | Part | Fold | Minutes | Blank


class Section(NamedTuple):
    """A part of a page under its heading."""

    heading: str
    blocks: Sequence[Block]


def escape(text: str) -> str:
    """Text as HTML, numbers kept together with their per cent signs and intervals.

    >>> escape("4 % [2, 6] <b>")
    '4&nbsp;%&nbsp;[2,&nbsp;6] &lt;b&gt;'
    """
    return INTERVAL.sub(r"&nbsp;[\1,&nbsp;\2]", escaped(text)).replace(" %", "&nbsp;%")


def page(title: str, lead: Sequence[Block], sections: Sequence[Section]) -> str:
    """The page as HTML."""
    links = "".join(f'<a href="#part{n}">{escape(part.heading)}</a>' for n, part in enumerate(sections))
    body = [f"<h1>{escape(title)}</h1>", *map(html_of, lead), f"<nav>{links}</nav>"]
    for n, part in enumerate(sections):
        body += [f'<h2 id="part{n}">{escape(part.heading)}</h2>', *map(html_of, part.blocks)]
    return whole(title, "\n".join(body))


def whole(title: str, content: str, *, style: str = "") -> str:
    """A file of HTML around content that is HTML already. style: rules after those of all pages."""
    return PAGE.format(title=escape(title), style=STYLE + style, content=content)


def html_of(block: Block) -> str:
    """A block as HTML."""
    html: str = HTML[type(block)](block)
    return html


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _figure(figure: Figure) -> str:
    alt, file = _alternative(figure.caption), escape(figure.file)
    return (
        f'<figure><a href="{file}.svg"><img src="{file}.png" alt="{alt}" loading="lazy"></a>'
        f"<figcaption>{escape(figure.caption)}</figcaption></figure>"
    )


def _embedded(picture: Embedded) -> str:
    return (
        f'<figure><img src="{escape(picture.uri)}" alt="{_alternative(picture.caption)}">'
        f"<figcaption>{escape(picture.caption)}</figcaption></figure>"
    )


def _alternative(caption: str) -> str:
    """What stands for a picture: the first sentence of its caption."""
    return escape(re.split(r"[.:;] ", caption)[0])


def _grid(grid: Grid) -> str:
    dense = ' class="dense"' if len(grid.header) > FEW_COLUMNS else ""
    return "\n".join([f'<div class="scroll"><table{dense}>', *_rows(grid), "</table></div>"])


def _rows(grid: Grid) -> Iterator[str]:
    if grid.caption:
        yield f"<caption>{escape(grid.caption)}</caption>"
    yield f"<thead><tr>{''.join(f'<th>{escape(cell)}</th>' for cell in grid.header)}</tr></thead>"
    for row in grid.rows:
        yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"


def _items(block: Items) -> str:
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</ul>"


def _links(block: Links) -> str:
    links = (f'<a href="{escaped(file)}">{escape(file)}</a>: {escape(what)}' for file, what in block.files)
    return f"<ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>"


def _cards(block: Cards) -> str:
    cards = (f'<div class="card"><b>{escape(c.number)}</b><span>{escape(c.what)}</span></div>' for c in block.cards)
    return f'<div class="cards">{"".join(cards)}</div>'


def _commands(block: Commands) -> str:
    return f"<pre>{escaped(chr(10).join(block.lines))}</pre>"


def _note(note: Note) -> str:
    return f'<div class="note"><b>{escape(note.heading)}</b>{escape(note.text)}</div>'


def _part(part: Part) -> str:
    return f"<h3>{escape(part.heading)}</h3>"


def _fold(fold: Fold) -> str:
    return f"<details><summary>{escape(fold.heading)}</summary><pre>{escaped(fold.text)}</pre></details>"


def _blank(blank: Blank) -> str:
    return '<p class="blank"></p>' * blank.lines


def _minutes(minutes: Minutes) -> str:
    return f'<div class="minutes">{"".join(_told(minutes.text))}</div>'


def _told(text: str) -> Iterator[str]:
    """Minutes as HTML: what is no heading and no item goes on with the item before it."""
    item, kind = "", "<ul>"
    for line in [*text.splitlines(), "#"]:
        bare = line.strip()
        if item and (bare.startswith(("- ", "#")) or not bare):
            yield f"{kind}<li>{_strong(item)}</li></ul>"
            item = ""
        if bare.strip("#") and bare.startswith("#"):
            yield f"<h4>{escape(bare.strip('# '))}</h4>"
        elif line.startswith("- "):
            item, kind = bare.removeprefix("- "), "<ul>"
        elif bare.startswith("- "):
            item, kind = bare.removeprefix("- "), '<ul class="within">'
        elif bare and bare != "#":
            item = f"{item} {bare}" if item else bare


def _strong(text: str) -> str:
    """A text with what stands between two pairs of stars in bold."""
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text))


HTML: dict[type, Callable[[Any], str]] = {
    str: _paragraph,
    Figure: _figure,
    Embedded: _embedded,
    Grid: _grid,
    Items: _items,
    Links: _links,
    Cards: _cards,
    Commands: _commands,
    Note: _note,
    Part: _part,
    Fold: _fold,
    Minutes: _minutes,
    Blank: _blank,
}


LETTERS = {"label": 40, "low": 56, "high": 56}  # of a label, and of an end of a scale, in a picture
SHARP = 170  # dots per inch: enough for A4, and half the size of a file of its own
_DRAWING = Lock()


def embedded(picture: Picture) -> Embedded:
    """A picture drawn and put into the page, as a PNG in a data URI."""
    room = BytesIO()
    with _DRAWING:
        drawn = picture.draw()
        with style():
            drawn.savefig(room, format="png", dpi=SHARP, metadata={"Software": None})
    return Embedded(f"data:image/png;base64,{b64encode(room.getvalue()).decode()}", picture.caption)


def short_labels(scenario: Scenario) -> Scenario:
    """A scenario with labels that fit into pictures; the rest of the page has them whole."""
    issues = {
        name: issue.model_copy(update=_shortened(issue, "label", "low", "high"))
        for name, issue in scenario.issues.items()
    }
    groups = {name: group.model_copy(update=_shortened(group, "label")) for name, group in scenario.groups.items()}
    return scenario.model_copy(update={"issues": issues, "groups": groups})


def _shortened(part: Issue | Group, *fields: str) -> dict[str, str]:
    texts = {field: str(getattr(part, field)) for field in fields}
    return {field: _cut(text, LETTERS[field]) for field, text in texts.items()}


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


MODEL = "A model, not a forecast."
MODEL_TEXT = (
    "Everything below follows from written assumptions about people and procedure. It can show what would follow if"
    " they held, and compare one setting with another; it cannot say what will happen in a real room."
)
MOST = 1 / 3  # of the notes that cite anybody: then a scenario leans on one source


def front(scenario: Scenario) -> list[Note]:
    """The notes that stand before a scenario: one account, where it leans on one, and that it is a model."""
    return [*_account(scenario), Note(MODEL, MODEL_TEXT)]


def in_front(scenario: Scenario) -> str:
    """The same in one line."""
    return " ".join([*(note.heading for note in _account(scenario)), MODEL])


def _account(scenario: Scenario) -> list[Note]:
    """The note on the source that a scenario leans on, if there is one."""
    if not scenario.basis:
        return [Note("No sources.", "This scenario does not say where its numbers come from.")]
    cited = {key: cites(scenario, key) for key in scenario.sources}
    named = sum(any(_is_cited(key, text) for key in cited) for text in scenario.basis.values())
    most = max(cited, key=lambda key: cited[key], default=None)
    if most is None or cited[most] <= MOST * named:
        return []
    who = scenario.sources[most].insider
    heading = "One insider’s account." if who else "One source above all."
    source = scenario.sources[most].text + (f" ({who})" if who else "")
    share = (
        f"{cited[most]} of the {counted(named, 'note')} on where its numbers come from ({percent(cited[most] / named)})"
    )
    also = " Another witness might have coded the same room otherwise." if who else ""
    return [Note(heading, f"{share} rest on: {source}.{also}")]


def cites(scenario: Scenario, source: str) -> int:
    """How many notes of a scenario's basis name a source."""
    return sum(_is_cited(source, text) for text in scenario.basis.values())


def _is_cited(source: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(source)}\b", text) is not None


def versions(draws: str) -> Iterator[Block]:
    """What it was made with."""
    made = (
        f"negsim {__version__}, Python {platform.python_version()}, numpy {np.__version__}, numba {numba.__version__}"
    )
    yield f"{draws[:1].upper()}{draws[1:]}; {made}."


def sources(scenario: Scenario) -> Iterator[Block]:
    """What the scenario says about where its numbers come from."""
    if scenario.sources:
        yield Part("Sources of the scenario")
        yield Items([f"{source.text}{f' {source.url}' if source.url else ''}" for source in scenario.sources.values()])
