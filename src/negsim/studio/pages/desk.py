"""The teacher's desk: the code, who is there and where they sit, start and pause, and the class's guesses.

- The desk decides nothing by itself; it calls what the room allows its teacher.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from markupsafe import Markup
from nicegui import ui

from negsim.errors import NegsimError
from negsim.report.minutes.reasons import reasons
from negsim.report.words import OUTCOMES, counted
from negsim.studio.debrief import Result, results_of
from negsim.studio.game import Game
from negsim.studio.pages import moments
from negsim.studio.pages.knobs import description
from negsim.studio.pages.shell import Html, Meter, button, copy, dressed, heading, page, render, searchable
from negsim.studio.pictures import cast_of, room_picture
from negsim.studio.rooms import PACES, PATIENCES, ROOMS, TEACHER, Person, SharedRoom, Stage

LOOK = 0.1  # seconds between looks for a change
LATEST = 14  # lines of the minutes
GO = {Stage.RUNNING: "Pause", Stage.PAUSED: "Go on"}
MODEL = -1  # the seat of somebody without one
WHERE = """
const here = ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname) ? " (on this computer only)" : "";
return `${location.origin}/table${here}`;
"""


class Row(NamedTuple):
    """The line of one person."""

    element: ui.element
    seat: ui.select
    status: ui.label


class Desk:
    """The page of a room's teacher."""

    def __init__(self, room: SharedRoom) -> None:
        self.room = room
        self.cast = cast_of(room.game.scenario)
        self.version = -1  # of the room on screen
        self.rows: dict[int, Row] = {}  # by number of the person

    def build(self) -> None:
        """The page's elements."""
        with page("The teacher's desk", "/table", scenario=self.room.game.scenario):
            with ui.element("div").classes("bar"):
                heading(self.room.game.scenario.title, 1)
                ui.label(self._about()).classes("chip")
            with ui.element("div").classes("columns"):
                with ui.element("div"):
                    self._build_control()
                    self.end = Html().classes("card")
                    self.end.set_visibility(False)
                    with ui.element("div").classes("card"):
                        self.where = ui.label().classes("small soft stage-turn")
                        self.meter = Meter()
                        self.picture = Html()
                with ui.element("div"):
                    self._build_people()
                    with ui.element("div").classes("card"):
                        heading("Minutes")
                        self.lines = Html().props('role="log"').classes("scroll")
        ui.timer(0.0, self._show_address, once=True)
        self.looks = ui.timer(LOOK, self.look)
        self.look()

    def _about(self) -> str:
        """The variant in a sentence; its seed tells all positions, so it is left out until the end."""
        text, _, seed = description(self.room.variant).rpartition(" · ")
        return f"{text} · {seed}" if self.room.game.is_over else text

    def _build_control(self) -> None:
        room = self.room
        with ui.element("div").classes("card bar"):
            with ui.element("div"):
                ui.label("Room code").classes("small soft")
                ui.label(f"{room.code[:4]}-{room.code[4:]}").classes("code").props('aria-label="room code"')
            with ui.element("div").style("max-width: 17rem"):
                ui.label("Others join at").classes("small soft")
                self.address = ui.label("/table of this address").style("font-weight: 600; overflow-wrap: anywhere")
                button("Copy link", lambda: copy(f"/table?code={room.code}"), icon="link",
                       name="Copy link to join this room").props("flat dense")  # fmt: skip
            self.go = button("Start", lambda: self._do(self._start_or_pause), icon="play_arrow")
            self.hurry = button("Stop waiting", lambda: self._do(room.stop_waiting), icon="fast_forward",
                                name="Stop waiting: the model answers for the others").props("outline")  # fmt: skip
            pace = ui.select(
                PACES, value=room.pace, label="The model moves", on_change=lambda e: room.conduct(pace=e.value)
            )
            pace.props('outlined dense aria-label="The model moves"').style("min-width: 10rem")
            wait = ui.select(PATIENCES, value=room.patience, label="Time to answer",
                             on_change=lambda e: room.conduct(patience=e.value))  # fmt: skip
            wait.props('outlined dense aria-label="Time to answer"').style("min-width: 9rem")
            free = ui.switch(
                "Students choose their seats", value=room.free_choice, on_change=lambda e: room.conduct(free=e.value)
            )
            free.props('aria-label="Students choose their seats"')
            new = ui.switch(
                "New people may join", value=room.lets_in, on_change=lambda e: room.conduct(lets_in=e.value)
            )
            new.props('aria-label="New people may join"')
            self.chair = Html(render("chair", code=room.code, name=TEACHER)).style("width: auto")
            button("Close the room", self._ask_to_close, icon="logout").props("outline")
            self.stage = ui.label().classes("chip").props('role="status"')

    def _build_people(self) -> None:
        with ui.element("div").classes("card"):
            heading("Who is here")
            self.people = ui.element("div").classes("scroll short")
            self.nobody = ui.label("Nobody yet. Give your class the code.").classes("soft")
            self.refusal = ui.label().classes("bad").props('role="alert"')
            with ui.element("div").classes("bar"):
                self.guesses = ui.label().classes("small soft")
                button("Guesses as CSV", lambda: ui.download.content(self.room.guesses.csv(), "guesses.csv"),
                       icon="download").props("outline dense")  # fmt: skip

    def look(self) -> None:
        """Show what has changed since the last look."""
        now = time.monotonic()
        if self.room.stage is Stage.CLOSED:
            self._leave()
            return
        self._show_people(now)
        if self.room.version == self.version:
            return
        self.version = self.room.version
        game, frame = self.room.game, self.room.game.recording.frames[-1]
        self.stage.text = self.room.stage.value
        self._show_control()
        self.where.text = moments.clock_line(game.scenario, frame, f"turn {game.turn}")
        self.meter.show(moments.time_spent(game.scenario, frame))
        self.picture.show(room_picture(frame, self.cast, people=self.room.players()))
        self.lines.show(moments.latest_minutes(self.room.lines(), LATEST))
        if game.is_over and not self.end.visible:
            self.end.show(ending(game, self.room.model, self.room.players()))
            self.end.set_visibility(True)
        count = len(self.room.guesses.all)
        self.guesses.text = f"{counted(count, 'guess', 'guesses')} from the lab with this room's code"

    def _show_control(self) -> None:
        stage = self.room.stage
        act = GO.get(stage, "Start")
        self.go.text = self.go.props["aria-label"] = act
        self.go.props["icon"] = "pause" if stage is Stage.RUNNING else "play_arrow"
        for element in (self.go, self.hurry, self.chair):
            element.set_visibility(stage is not Stage.OVER)

    async def _show_address(self) -> None:
        """Show the address to join at, as this browser knows it."""
        with suppress(TimeoutError):
            self.address.text = await ui.run_javascript(WHERE, timeout=10.0)

    def _show_people(self, now: float) -> None:
        """A line for each person, which keeps its place while it changes."""
        here = {person.number: person for person in self.room.people}
        for number in [number for number in self.rows if number not in here]:
            self.rows.pop(number).element.delete()
        self.nobody.set_visibility(not here)
        waiting = self.room.game.waiting()
        for number, person in here.items():
            row = self.rows.get(number) or self._add(person)
            seat = MODEL if person.seat is None else person.seat
            if row.seat.value != seat:
                row.seat.value = seat
            away, due = self.room.is_away(person, now), person.seat in waiting
            row.status.text = "away" if away else "thinking" if due else "here"

    def _add(self, person: Person) -> Row:
        number, names = person.number, enumerate(self.room.game.negotiation.names)
        with self.people, ui.element("div").classes("bar").style("margin: 3px 0") as element:
            ui.label(person.name).style("font-weight: 600; min-width: 7rem")
            chooser = searchable(ui.select({MODEL: "no seat"} | dict(names), value=MODEL, with_input=True))
            dressed(chooser, f"seat of {person.name}").classes("grow")
            chooser.on_value_change(lambda event: self._assign(number, event.value))
            status = ui.label().classes("chip")
            remove = button("Remove", lambda: self._do(lambda now: self.room.remove(number, now)))
            remove.props("flat dense")
        self.rows[number] = Row(element, chooser, status)
        return self.rows[number]

    def _start_or_pause(self, now: float) -> None:
        if self.room.stage is Stage.RUNNING:
            self.room.pause(now)
        else:
            self.room.start(now)

    def _assign(self, number: int, seat: int | None) -> None:
        """Give a seat, unless the page is only catching up with a seat that the person took."""
        wanted = None if seat in (None, MODEL) else seat
        if wanted != self.room.people.numbered(number).seat:
            self._do(lambda now: self.room.assign(number, wanted, now))

    def _ask_to_close(self) -> None:
        there = counted(len(self.room.people), "person", "people")
        with ui.dialog(value=True) as dialog, ui.card():
            ui.label("Close this room for good?").classes("big")
            ui.label(f"It ends for everybody ({there} in it). Guesses and results are lost, and you cannot open the"
                     " room again.")  # fmt: skip
            with ui.element("div").classes("bar"):
                button("Close it for everybody", self._close, icon="logout")
                button("Keep it open", dialog.close).props("outline")
        dialog.on("hide", dialog.delete)

    def _close(self) -> None:
        ROOMS.close(self.room, time.monotonic())
        self._leave()

    def _leave(self) -> None:
        """Leave once: a second navigation would cancel the first."""
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


def ending(game: Game, model: Sequence[Result], players: Mapping[int, str]) -> Markup:
    """The outcome, why, and what it is worth to the players.

    model: results by seat, with the model in every seat. players: their names by seat.
    """
    results = results_of(game.recording)
    why, *_ = reasons(game.scenario, game.recording.trace())
    rows = [
        (
            name,
            game.negotiation.names[seat],
            f"{results[seat].value:.1f}",
            f"{model[seat].value:.1f}",
        )
        for seat, name in sorted(players.items())
    ]
    outcome = OUTCOMES[game.negotiation.run.outcome]
    return render("desk_end", outcome=outcome, why=why, model_outcome=model[0].outcome, players=rows)
