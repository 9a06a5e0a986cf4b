"""SVG for the studio's pictures: a few kinds of marks, and how a group is marked.

- Elements are `Markup`; `tag` escapes every attribute and every text that is not an element already.
- A group has a colour, a shape and a letter, so that nobody has to tell colours apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from negsim.report.plots.style import INK, PAPER, colours, ink_on

SOFT, LINE, TABLE = "#5b6472", "#cfd5dc", "#eef1f4"
SIDES = (0, 4, 3, 6, 5, -3, -4)  # of the groups' marks, in their order; 0 a circle, negative: upside down


class Mark(NamedTuple):
    """A group's mark in every picture."""

    label: str
    colour: str
    sides: int
    letter: str


def marks(labels: Sequence[str]) -> list[Mark]:
    """A mark for every group: the colour goes by its place, the letter is the first of its label that is free.

    >>> [mark.letter for mark in marks(["Business", "Bureau", "Governments"])]
    ['B', 'U', 'G']
    """
    inks = list(colours([str(n) for n in range(len(labels))]).values())
    taken: list[str] = []
    for label in labels:
        wanted = [letter for letter in f"{label.upper()}ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter.isalpha()]
        taken.append(next((letter for letter in wanted if letter not in taken), "•"))
    return [Mark(label, inks[g], SIDES[g % len(SIDES)], taken[g]) for g, label in enumerate(labels)]


def tag(name: str, *inside: str, **attributes: object) -> Markup:
    """An element. An underscore in an attribute's name stands for a hyphen; an attribute that is None is left out.

    >>> tag("text", "a < b", font_size=12.0)
    Markup('<text font-size="12">a &lt; b</text>')
    """
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{pairs}>{''.join(map(escape, inside))}</{name}>")  # noqa: S704 - all of it is escaped


def _number(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def words(x: float, y: float, text: str, *, size: float = 13, **attributes: object) -> Markup:
    """A text; `text_anchor` says which point of it lies at (x, y)."""
    style: dict[str, object] = {"fill": INK, "text_anchor": "start", "font_size": float(size)} | attributes
    return tag("text", text, x=float(x), y=float(y), **style)


def note(text: str) -> Markup:
    """The text that appears when the pointer rests on a mark."""
    return tag("title", text)


def shape(sides: int, x: float, y: float, radius: float, **attributes: object) -> Markup:
    """A circle (0), or a polygon of so many sides that stands on one of them (negative: on a corner)."""
    if sides == 0:
        return tag("circle", cx=float(x), cy=float(y), r=float(radius), **attributes)
    count, reach = abs(sides), radius * (1.28 if abs(sides) == 3 else 1.14)
    first = -math.pi / 2 if (sides == 3 or sides in {5, 6} or sides == -4) else math.pi / 2
    first += math.pi / 4 if sides == 4 else 0.0
    corners = ((first + 2 * math.pi * n / count) for n in range(count))
    points = " ".join(f"{x + reach * math.cos(a):.1f},{y + reach * math.sin(a):.1f}" for a in corners)
    return tag("polygon", points=points, **attributes)


def marked(mark: Mark, x: float, y: float, radius: float, **attributes: object) -> Markup:
    """A group's mark with its letter."""
    style: dict[str, object] = {"fill": mark.colour, "stroke": PAPER, "stroke_width": 1.0} | attributes
    letter = words(
        x, y + radius * 0.36, mark.letter, size=radius * 1.05, text_anchor="middle", font_weight=700,
        fill=ink_on(mark.colour),
    )  # fmt: skip
    return Markup().join((shape(mark.sides, x, y, radius, **style), letter))


def picture(width: float, height: float, *inside: str, label: str) -> Markup:
    """A whole picture. label: what a screen reader says about it."""
    box = f"0 0 {width:g} {height:g}"
    return tag(
        "svg", *inside, viewBox=box, role="img", aria_label=label, xmlns="http://www.w3.org/2000/svg",
        class_="picture", font_family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif",
    )  # fmt: skip
