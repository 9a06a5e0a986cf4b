"""A picture to be drawn, with its caption."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from matplotlib.figure import Figure


class Picture(NamedTuple):
    """A picture to be drawn, and what one sees in it."""

    draw: Callable[[], Figure]
    caption: str
