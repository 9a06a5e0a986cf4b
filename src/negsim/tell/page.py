"""A page of pictures, tables and text as one HTML file that needs nothing from elsewhere.

Rules that hold here
- What is given is text; it is escaped here and nowhere else. Links are relative to the page, or to this machine.
- No script, and no request: a picture is a file beside the page (`Figure`) or part of it (`Embedded`).
- On paper (A4) a table repeats its header, and what belongs together stays on one sheet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape as escaped
from typing import Any, NamedTuple

from negsim.tell.page_style import STYLE

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
