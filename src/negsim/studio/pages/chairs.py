"""The chairs of a room, to choose one from.

Rules that hold here
- A chair that is taken meanwhile changes nothing of what somebody is typing: every chair stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui

from negsim.policies import Room
from negsim.studio.debrief import seats_by_group
from negsim.studio.pages.shell import named, searched

AGAIN = """setTimeout(() => {{
  const field = getElement({id}), chosen = field?.$attrs["model-value"]?.label ?? "";
  const typed = field?.$el.querySelector("input[type=search]")?.value ?? "";
  if (typed !== chosen) field.filteredOptions = field.findFilteredOptions();
}})"""


class Chairs:
    """A field to choose a chair in; those that are taken cannot be chosen."""

    def __init__(self, room: Room) -> None:
        self.names = {
            seat: f"{room.names[seat]} ({group})"
            for group, members in seats_by_group(room).items() for seat in members
        }  # fmt: skip
        self.taken: dict[int, str] = {}
        self.field = searched(ui.select(dict(self.names), label="Whose chair", with_input=True))
        named(self.field, "Whose chair").style("width: 100%")

    def show(self, taken: Mapping[int, str]) -> None:
        """Say who sits where, and filter again by what is typed."""
        if taken == self.taken:
            return
        self.taken = dict(taken)
        places = [place for place, seat in enumerate(self.names) if seat in taken]
        self.field.props[":option-disable"] = f"(chair) => {places}.includes(chair.value)"
        self.field.set_options(
            {seat: name + (f": {taken[seat]}" if seat in taken else "") for seat, name in self.names.items()}
        )
        if self.field.client.has_socket_connection:
            self.field.client.run_javascript(AGAIN.format(id=self.field.id))
