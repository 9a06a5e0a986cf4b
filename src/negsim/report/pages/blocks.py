"""The tables and notes that pages are made of, as values; `blocks.html.j2` says how they look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Grid(NamedTuple):
    """A table, with a remark below it. A cell is text, or `Markup` that is HTML already."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""


class Note(NamedTuple):
    """A remark that stands out, to be read before anything else."""

    heading: str
    text: str
