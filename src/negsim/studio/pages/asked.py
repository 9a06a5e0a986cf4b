"""The form of a question: what there is to know, and the ways to answer.

Rules that hold here
- A form knows nothing of the room; it hands an answer on as it was made.
"""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from negsim.studio.asking import EVENING, FLOOR, MOTION, READING, SUBMISSION, Question, Reply
from negsim.studio.game import Game
from negsim.studio.pages.scale import Scale
from negsim.studio.pages.seat_told import ends
from negsim.studio.pages.shell import button, named, searched

WORDS = {
    "accept": "Accept",
    "object": "Object",
    "block": "Put it in brackets",
    "planned": "Keep to the plan",
    "dine": "Give a dinner",
}
BACKED = {"accept": "Back it", "object": "Vote against it"}


class Form:
    """The form of a question that is put to a seat. reply: what is done with an answer; None: as the delegate would."""

    def __init__(self, asked: Question, game: Game, seat: int, reply: Callable[[Reply | None], None]) -> None:
        self.asked, self.game, self.seat, self.reply = asked, game, seat, reply

    def build(self) -> None:
        """The form."""
        for sentence in self.asked.told:
            if sentence:
                ui.label(sentence)
        ui.label(self.asked.default_told).classes("soft")
        ways = {FLOOR: self._ask_floor, SUBMISSION: self._ask_floor, EVENING: self._ask_evening,
                READING: self._ask_reading}  # fmt: skip
        ways.get(self.asked.kind, self._ask_plainly)()
        with ui.element("div").style("margin-top: 12px"):
            button("As my delegate would", lambda: self.reply(None), icon="smart_toy").props("outline")

    def _ask_plainly(self) -> None:
        words = WORDS | (BACKED if self.asked.kind == MOTION else {})
        with ui.element("div").classes("bar"):
            for act in self.asked.acts:
                button(words[act], lambda act=act: self.reply(Reply(act=act))).classes("choice")

    def _ask_reading(self) -> None:
        self._ask_plainly()
        if self.asked.issue is None or self.asked.place is None or "block" not in self.asked.acts:
            return
        ui.label("Or bracket it and argue for an amendment: where should the text stand?").style("font-weight: 600")
        place = self._place(self.asked.place, self.asked.issue, "amendment")
        button("Bracket with this amendment", lambda: self.reply(Reply(act="block", place=place.chosen)))

    def _ask_floor(self) -> None:
        if "speak" in self.asked.acts and self.asked.issue is not None:
            said = self._place(self.asked.place or 0.0, self.asked.issue, "what you say")
            button("Say it", lambda: self.reply(Reply(act="speak", place=said.chosen)), icon="campaign")
        if "table" in self.asked.acts:
            self._ask_proposal()

    def _ask_proposal(self) -> None:
        """Where every issue that is switched on should stand; to move one switches it on."""
        fields: dict[str, tuple[ui.switch, Scale]] = {}
        only = "speak" not in self.asked.acts
        with ui.expansion("Table a proposal", icon="description", value=only).style("width: 100%"):
            for name, issue in self.game.scenario.issues.items():
                on = ui.switch(issue.label, value=name in self.asked.places)
                on.props["aria-label"] = f"propose on {issue.label}"
                place = self._place(self.asked.places.get(name, issue.status_quo), name, "proposal")
                place.turned = lambda _, on=on: on.set_value(True)
                fields[name] = on, place

            def table() -> None:
                places = {name: place.chosen for name, (on, place) in fields.items() if on.value}
                self.reply(Reply(act="table", places=places))

            button("Table it", table, icon="description")

    def _ask_evening(self) -> None:
        names = self.game.room.names
        others = {seat: name for seat, name in enumerate(names) if seat != self.seat}
        label = f"Guests, at most {self.asked.guests}"
        guests = searched(ui.select(others, label=label, multiple=True, with_input=True))
        named(guests, "Guests").props(f"use-chips max-values={self.asked.guests}").style("width: 100%")

        def dine() -> None:
            self.reply(Reply(act="dine", guests=tuple(guests.value or ())))

        with ui.element("div").classes("bar"):
            button(WORDS["dine"], dine, icon="restaurant")
            button(WORDS["planned"], lambda: self.reply(Reply(act="planned")))

    def _place(self, value: float, issue: str, what: str) -> Scale:
        """A scale between the ends of an issue."""
        about = self.game.scenario.issues[issue]
        name = f"{what} on {about.label}, from 0, {about.low}, to 1, {about.high}"
        with ui.element("div").style("width: 100%"):
            with ui.element("div").classes("bar"):
                scale = Scale(round(value, 2), name=name).classes("grow")
                scale.beside(ui.label(f"{value:.2f}").style("font-weight: 700"))
            ui.html(ends(about.low, about.high), sanitize=False)
        return scale
