"""The two knobs of the lab that are turned.

Rules that hold here
- A hand is ahead of the server: a knob turns in the browser at once, and then tells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nicegui import ui

from negsim.studio.lab import Level
from negsim.studio.pages.knobs import MOST_KNOB_MEETINGS


class Dial(NamedTuple):
    """A knob that is turned: what it is called, where it usually stands, and what a level counts on it."""

    name: str
    usual: range
    scale: int

    def place(self, level: Level | None) -> int:
        """Where a level is on it."""
        return round(float(level or 0) * self.scale)


DIALS = {
    "meetings": Dial("Meetings", range(1, MOST_KNOB_MEETINGS + 1), 1),
    "evenings": Dial("Evenings mixed, %", range(0, 101, 25), 100),
}


class Knob(ui.knob):
    """A knob that turns at once, and tells the server; NiceGUI's own turns when the server has answered."""

    LOOPBACK = False


def dial_of(dial: Dial, turn: Callable[[float], None]) -> Knob:
    """A knob with its name; turn: is called with where it was turned to."""
    usual = dial.usual
    with ui.element("div").style("text-align: center"):
        knob = Knob(usual.start, min=usual.start, max=usual[-1], step=usual.step, show_value=True, size="104px")
        knob.props('font-size="26px" thickness=0.18 track-color="grey-4"')
        knob.props["aria-label"] = dial.name
        knob.on_value_change(lambda event: turn(float(event.value)))
        ui.label(dial.name).style("font-weight: 600")
    return knob
