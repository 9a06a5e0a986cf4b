"""Drawings as SVG, made of a few kinds of marks.

Rules that hold here
- Every text and every attribute is escaped here and nowhere else.
- A group is known by its colour, its shape and its letter, never by colour alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from negsim.report.plots.style import INK, PAPER, colours, ink_on

SOFT, LINE, TABLE = "#5b6472", "#cfd5dc", "#eef1f4"
SIDES = (0, 4, 3, 6, 5, -3, -4)  # of the groups' marks, in their order; 0 a circle, negative: stood on its head


class Mark(NamedTuple):
    """How a group is marked."""

    label: str
    colour: str
    sides: int
    letter: str


def marks(labels: Sequence[str]) -> list[Mark]:
    """A mark for every group: its colour is that of its place, its letter one of its label that is not taken.

    >>> [mark.letter for mark in marks(["Business", "Bureau", "Governments"])]
    ['B', 'U', 'G']
    """
    inks = list(colours([str(n) for n in range(len(labels))]).values())
    taken: list[str] = []
    for label in labels:
        wanted = [letter for letter in f"{label.upper()}ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter.isalpha()]
        taken.append(next((letter for letter in wanted if letter not in taken), "•"))
    return [Mark(label, inks[g], SIDES[g % len(SIDES)], taken[g]) for g, label in enumerate(labels)]


def tag(name: str, *inside: str, **attributes: object) -> str:
    """An element; an underscore in the name of an attribute stands for a hyphen, None leaves it out."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{said}>{''.join(inside)}</{name}>"


def _number(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def words(x: float, y: float, text: str, *, size: float = 13, **attributes: object) -> str:
    """A text at a place."""
    style: dict[str, object] = {"fill": INK, "text_anchor": "start", "font_size": float(size)} | attributes
    return tag("text", escape(text), x=float(x), y=float(y), **style)


def note(text: str) -> str:
    """What a mark says when it is pointed at."""
    return tag("title", escape(text))


def shape(sides: int, x: float, y: float, radius: float, **attributes: object) -> str:
    """A circle (0), or a polygon of so many sides, standing on one of them (negative: on a corner)."""
    if sides == 0:
        return tag("circle", cx=float(x), cy=float(y), r=float(radius), **attributes)
    count, reach = abs(sides), radius * (1.28 if abs(sides) == 3 else 1.14)
    turn = -math.pi / 2 if (sides == 3 or sides in {5, 6} or sides == -4) else math.pi / 2
    turn += math.pi / 4 if sides == 4 else 0.0
    corners = ((turn + 2 * math.pi * n / count) for n in range(count))
    points = " ".join(f"{x + reach * math.cos(a):.1f},{y + reach * math.sin(a):.1f}" for a in corners)
    return tag("polygon", points=points, **attributes)


def marked(mark: Mark, x: float, y: float, radius: float, **attributes: object) -> str:
    """A group's mark with its letter."""
    style: dict[str, object] = {"fill": mark.colour, "stroke": PAPER, "stroke_width": 1.0} | attributes
    letter = words(
        x, y + radius * 0.36, mark.letter, size=radius * 1.05, text_anchor="middle", font_weight=700,
        fill=ink_on(mark.colour),
    )  # fmt: skip
    return shape(mark.sides, x, y, radius, **style) + letter


def picture(width: float, height: float, *inside: str, label: str) -> str:
    """A drawing of its own, with what a screen reader says about it."""
    box = f"0 0 {width:g} {height:g}"
    return tag(
        "svg", *inside, viewBox=box, role="img", aria_label=label, xmlns="http://www.w3.org/2000/svg",
        class_="drawing", font_family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif",
    )  # fmt: skip
