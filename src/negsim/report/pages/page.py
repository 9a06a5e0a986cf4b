"""Render the pages of reports.

- Python hands over values; their look is defined in `templates` (`blocks.html.j2` has a macro for every kind of block,
  `page.css` the style).
- A page needs nothing from elsewhere: no script, no font, no request. A picture is a file beside the page or part
  of it. Links are relative to the page, or lead to this machine.
- Two pages of the same content have the same bytes.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from markupsafe import Markup

from negsim.cast.palette import style_sheet
from negsim.report.looks import FigureLook
from negsim.report.plots.style import Picture, dots, looking, paint
from negsim.report.templates import Templates, html_text

_DOTS_AN_INCH = 170  # dots per inch: enough for A4, and half the size of a file of its own
_PAINTING = Lock()  # matplotlib's settings are those of the whole process


def render(template: str, title: str, *, look: FigureLook | None = None, **values: object) -> str:
    """Render a page as HTML; links to its headings (h2) go into <nav>.

    template: the name of its content's template. look: of its pictures, None for the one in force.
    """
    with looking(look):
        content = PAGE_TEMPLATES.fill(f"{template}.html.j2", title=title, **values).text
    headings = re.findall(r"<h2>(.*?)</h2>", content)
    for n, heading in enumerate(headings):
        content = content.replace(f"<h2>{heading}</h2>", f'<h2 id="part{n}">{heading}</h2>', 1)
    links = "".join(f'<a href="#part{n}">{heading}</a>' for n, heading in enumerate(headings))
    content = content.replace("<nav></nav>", f"<nav>{links}</nav>", 1).strip()
    return PAGE_TEMPLATES.fill("page.html.j2", title=title, content=Markup(content), style=_style()).text  # noqa: S704


@lru_cache
def _style() -> Markup:
    """Return the style sheet of pages, with the colours it uses."""
    return Markup(style_sheet((PAGE_TEMPLATES.folder / "page.css").read_text(encoding="utf-8")))  # noqa: S704 - our own


def _png(picture: Picture) -> str:
    """Paint a picture as a PNG in a data URI, one at a time, whatever the thread."""
    file = BytesIO()
    with _PAINTING:
        paint(picture.draw(), file, format="png", dpi=dots(_DOTS_AN_INCH), metadata={"Software": None})
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"


class _Line(NamedTuple):
    text: str
    heading: bool = False
    within: bool = False  # an item of a list within an item


def _minutes(text: str) -> Iterator[_Line]:
    """Yield headings and items of minutes; a line that is neither continues the item before it."""
    item: _Line | None = None
    for line in [*text.splitlines(), "#"]:
        bare = line.strip()
        if item is not None and (bare.startswith(("- ", "#")) or not bare):
            yield item
            item = None
        if bare.startswith("#"):
            if heading := bare.strip("# "):
                yield _Line(heading, heading=True)
        elif bare.startswith("- "):
            item = _Line(bare.removeprefix("- "), within=not line.startswith("- "))
        elif bare:
            item = _Line(bare) if item is None else item._replace(text=f"{item.text} {bare}")


def _strong(text: str) -> Markup:
    """Set text between two pairs of stars in bold."""
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html_text(text)))  # noqa: S704 - escaped here


PAGE_TEMPLATES = Templates(
    Path(__file__).parent / "templates",
    filters={
        "png": _png,
        "alternative": lambda caption: re.split(r"[.:;] ", caption)[0],  # for readers who do not see the picture
        "minutes": _minutes,
        "strong": _strong,
    },
)
