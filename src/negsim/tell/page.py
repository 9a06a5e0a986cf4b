"""A page of pictures, tables and text as one HTML file that needs nothing from elsewhere.

Rules that hold here
- What is given is text; it is escaped here and nowhere else. Links are relative to the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape as escaped
from typing import NamedTuple

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
td { font-variant-numeric: tabular-nums; }
th { font-weight: 600; }
li { margin: .25rem 0; }
pre { font-size: .84rem; line-height: 1.5; overflow-x: auto; background: #fff; border: 1px solid var(--line);
  border-radius: 6px; padding: .7rem 1rem; }
@media print {
  body { background: #fff; font-size: 11pt; }
  figure, .card { break-inside: avoid; border: 0; padding: 0; }
  nav { display: none; }
}
"""
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


class Grid(NamedTuple):
    """A table."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


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


Block = str | Figure | Grid | Items | Links | Cards | Commands


class Section(NamedTuple):
    """A part of a page under its heading."""

    heading: str
    blocks: Sequence[Block]


def escape(text: str) -> str:
    """Text as HTML, numbers kept together with their per cent signs."""
    return escaped(text).replace(" %", "&nbsp;%")


def page(title: str, lead: Sequence[Block], sections: Sequence[Section]) -> str:
    """The page as HTML."""
    links = "".join(f'<a href="#part{n}">{escape(part.heading)}</a>' for n, part in enumerate(sections))
    body = [f"<h1>{escape(title)}</h1>", *map(_block, lead), f"<nav>{links}</nav>"]
    for n, part in enumerate(sections):
        body += [f'<h2 id="part{n}">{escape(part.heading)}</h2>', *map(_block, part.blocks)]
    return PAGE.format(title=escape(title), style=STYLE, content="\n".join(body))


def _block(block: Block) -> str:
    match block:
        case str():
            html = f"<p>{escape(block)}</p>"
        case Figure():
            html = _figure(block)
        case Grid():
            html = "\n".join(["<table>", *_rows(block), "</table>"])
        case Items():
            html = f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</ul>"
        case Links():
            links = (f'<a href="{escape(file)}">{escape(file)}</a>: {escape(what)}' for file, what in block.files)
            html = f"<ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>"
        case Commands():
            html = f"<pre>{escaped(chr(10).join(block.lines))}</pre>"
        case Cards():
            cards = (
                f'<div class="card"><b>{escape(c.number)}</b><span>{escape(c.what)}</span></div>' for c in block.cards
            )
            html = f'<div class="cards">{"".join(cards)}</div>'
    return html


def _figure(figure: Figure) -> str:
    alt, file = escape(re.split(r"[.:;] ", figure.caption)[0]), escape(figure.file)
    return (
        f'<figure><a href="{file}.svg"><img src="{file}.png" alt="{alt}" loading="lazy"></a>'
        f"<figcaption>{escape(figure.caption)}</figcaption></figure>"
    )


def _rows(grid: Grid) -> Iterator[str]:
    yield f"<tr>{''.join(f'<th>{escape(cell)}</th>' for cell in grid.header)}</tr>"
    for row in grid.rows:
        yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
