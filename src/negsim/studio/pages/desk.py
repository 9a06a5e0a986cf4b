"""The teacher's desk: the code, who is there, who sits where, start and pause, and the class's guesses.

Rules that hold here
- The desk decides nothing by itself; it calls what the room allows its teacher.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from nicegui import ui

from negsim.errors import NegsimError
from negsim.report.words import counted
from negsim.studio.drawing import cast_of
from negsim.studio.drawing import room as drawn_room
from negsim.studio.pages import desk_told, seat_told, told
from negsim.studio.pages.knobs import described
from negsim.studio.pages.shell import button, copy, heading, named, page, searched
from negsim.studio.people import TEACHER, Person
from negsim.studio.registry import ROOMS
from negsim.studio.rooms import PACES, PATIENCES, SharedRoom, Stage

LOOK = 0.1  # seconds between looks for a change
LATEST = 14  # lines of the minutes that are shown
GO = {Stage.RUNNING: "Pause", Stage.PAUSED: "Go on"}
MODEL = -1  # no person's
WHERE = """
const here = ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname) ? " (on this computer only)" : "";
return `${location.origin}/table${here}`;
"""
CHAIR = """
<form method="post" action="/join" target="_blank">
  <input type="hidden" name="code" value="{code}"><input type="hidden" name="name" value="{name}">
  <button type="submit">Take a chair yourself</button>
</form>
"""


class Row(NamedTuple):
    """The line of one person."""

    element: ui.element
    seat: ui.select
    status: ui.label


class Desk:
    """What a teacher sees."""

    def __init__(self, room: SharedRoom) -> None:
        self.room = room
        self.cast = cast_of(room.game.scenario)
        self.shown = -1  # the version of the room
        self.listed: dict[int, Row] = {}  # by number of the person

    def build(self) -> None:
        """The page."""
        with page("The teacher's desk", "/table", scenario=self.room.game.scenario):
            with ui.element("div").classes("bar"):
                heading(self.room.game.scenario.title, 1)
                ui.label(described(self.room.setting)).classes("chip")
            with ui.element("div").classes("columns"):
                with ui.element("div"):
                    self._build_control()
                    self.end = ui.html(sanitize=False).classes("card")
                    self.end.set_visibility(False)
                    with ui.element("div").classes("card"):
                        self.where = ui.label().classes("small soft stage-turn")
                        self.meter = ui.html(sanitize=False).props('aria-hidden="true"')
                        self.drawing = ui.html(sanitize=False)
                with ui.element("div"):
                    self._build_people()
                    with ui.element("div").classes("card"):
                        heading("Minutes")
                        self.lines = ui.html(sanitize=False).props('role="log"').classes("scroll")
        ui.timer(0.0, self._tell_address, once=True)
        self.looks = ui.timer(LOOK, self.look)
        self.look()

    def _build_control(self) -> None:
        room = self.room
        with ui.element("div").classes("card bar"):
            with ui.element("div"):
                ui.label("Room code").classes("small soft")
                ui.label(f"{room.code[:4]}-{room.code[4:]}").classes("code").props('aria-label="room code"')
            with ui.element("div").style("max-width: 17rem"):
                ui.label("Others join at").classes("small soft")
                self.address = ui.label("/table of this address").style("font-weight: 600; overflow-wrap: anywhere")
                button("Copy the link", lambda: copy(f"/table?code={room.code}"), icon="link",
                       name="Copy the link by which others join").props("flat dense")  # fmt: skip
            self.go = button("Start", lambda: self._do(self._start_or_pause), icon="play_arrow")
            self.hurry = button("Do not wait", lambda: self._do(room.stop_waiting), icon="fast_forward",
                                name="Let the model answer for those who are missing").props("outline")  # fmt: skip
            pace = ui.select(
                PACES, value=room.pace, label="The model moves", on_change=lambda e: room.conduct(pace=e.value)
            )
            pace.props('outlined dense aria-label="The model moves"').style("min-width: 8rem")
            wait = ui.select(PATIENCES, value=room.patience, label="Time to answer",
                             on_change=lambda e: room.conduct(patience=e.value))  # fmt: skip
            wait.props('outlined dense aria-label="Time to answer"').style("min-width: 9rem")
            free = ui.switch(
                "They choose their seats", value=room.free_choice, on_change=lambda e: room.conduct(free=e.value)
            )
            free.props('aria-label="They choose their seats"')
            self.chair = ui.html(CHAIR.format(code=room.code, name=TEACHER), sanitize=False).style("width: auto")
            button("Close the room", self._ask_to_close, icon="logout").props("outline")
            self.stage = ui.label().classes("chip").props('role="status"')

    def _build_people(self) -> None:
        with ui.element("div").classes("card"):
            heading("Who is here")
            self.people = ui.element("div").classes("scroll short")
            self.nobody = ui.label("Nobody yet. Tell them the code.").classes("soft")
            self.refusal = ui.label().classes("bad").props('role="alert"')
            with ui.element("div").classes("bar"):
                self.guesses = ui.label().classes("small soft")
                button("Guesses as CSV", lambda: ui.download.content(self.room.guesses.csv(), "guesses.csv"),
                       icon="download").props("outline dense")  # fmt: skip

    # ------------------------------------------------------------------------------------------------ looking

    def look(self) -> None:
        """Show what has changed since the last look."""
        now = time.monotonic()
        if self.room.stage is Stage.CLOSED:
            self._leave()
            return
        self._show_people(now)
        if self.room.version == self.shown:
            return
        self.shown = self.room.version
        game, frame = self.room.game, self.room.game.recording.frames[-1]
        self.stage.text = self.room.stage.value
        self._show_control()
        self.where.text = told.where(game.scenario, frame, f"turn {game.turn}")
        self.meter.content = told.meter(game.scenario, frame)
        self.drawing.content = drawn_room(frame, self.cast, people=self.room.players())
        self.lines.content = seat_told.latest(self.room, LATEST)
        if game.is_over and not self.end.visible:
            self.end.content = desk_told.ended(game, self.room.players())
            self.end.set_visibility(True)
        count = len(self.room.guesses.all)
        self.guesses.text = f"{count} guesses from the lab, made with this room's code"

    def _show_control(self) -> None:
        stage = self.room.stage
        act = GO.get(stage, "Start")
        self.go.text = self.go.props["aria-label"] = act
        self.go.props["icon"] = "pause" if stage is Stage.RUNNING else "play_arrow"
        for element in (self.go, self.hurry, self.chair):
            element.set_visibility(stage is not Stage.OVER)

    async def _tell_address(self) -> None:
        """Where others join, as this browser sees it."""
        with suppress(TimeoutError):
            self.address.text = await ui.run_javascript(WHERE, timeout=10.0)

    def _show_people(self, now: float) -> None:
        """Everybody on a line of their own, which stays where it is while it changes."""
        here = {person.number: person for person in self.room.people}
        for number in [number for number in self.listed if number not in here]:
            self.listed.pop(number).element.delete()
        self.nobody.set_visibility(not here)
        waited_for = self.room.game.waiting()
        for number, person in here.items():
            row = self.listed.get(number) or self._add(person)
            seat = MODEL if person.seat is None else person.seat
            if row.seat.value != seat:
                row.seat.value = seat
            away, asked = self.room.is_away(person, now), person.seat in waited_for
            row.status.text = "away" if away else "thinking" if asked else "here"

    def _add(self, person: Person) -> Row:
        number, names = person.number, enumerate(self.room.game.room.names)
        with self.people, ui.element("div").classes("bar").style("margin: 3px 0") as element:
            ui.label(person.name).style("font-weight: 600; min-width: 7rem")
            chooser = searched(ui.select({MODEL: "no seat"} | dict(names), value=MODEL, with_input=True))
            named(chooser, f"seat of {person.name}").classes("grow")
            chooser.on_value_change(lambda event: self._assign(number, event.value))
            status = ui.label().classes("chip")
            remove = button("Remove", lambda: self._do(lambda now: self.room.remove(number, now)))
            remove.props("flat dense")
        self.listed[number] = Row(element, chooser, status)
        return self.listed[number]

    # ------------------------------------------------------------------------------------------------- doing

    def _start_or_pause(self, now: float) -> None:
        if self.room.stage is Stage.RUNNING:
            self.room.pause(now)
        else:
            self.room.start(now)

    def _assign(self, number: int, seat: int | None) -> None:
        """Give a seat, unless this is only the page catching up with what the person took."""
        wanted = None if seat in (None, MODEL) else seat
        if wanted != self.room.people.numbered(number).seat:
            self._do(lambda now: self.room.assign(number, wanted, now))

    def _ask_to_close(self) -> None:
        there = counted(len(self.room.people), "person", "people")
        with ui.dialog(value=True) as dialog, ui.card():
            ui.label("Close this room for good?").classes("big")
            ui.label(f"It ends for everybody ({there} in it). Its guesses and its reckonings are gone, and it cannot be"
                     " opened again.")  # fmt: skip
            with ui.element("div").classes("bar"):
                button("Close it for everybody", self._close, icon="logout")
                button("Keep it open", dialog.close).props("outline")
        dialog.on("hide", dialog.delete)

    def _close(self) -> None:
        ROOMS.close(self.room, time.monotonic())
        self._leave()

    def _leave(self) -> None:
        """Go once: a second way out would break off the first."""
        self.looks.cancel()
        ui.navigate.to("/table")

    def _do(self, act: Callable[[float], None]) -> None:
        try:
            act(time.monotonic())
        except NegsimError as error:
            self.refusal.text = str(error)
        else:
            self.refusal.text = ""
        self.look()
