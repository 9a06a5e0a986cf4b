"""A person's seat: the brief, the question, the room, and at the end the reckoning.

Rules that hold here
- The page shows what the room holds; a reload, or another device with the same cookie, shows the same.
- It looks for changes many times a second, so that a move is seen by all at once.
- An answer is one to the question on screen: what comes after the time ran out is refused, and told so.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from nicegui import ui

from negsim.errors import NegsimError
from negsim.studio.asking import Reply
from negsim.studio.debrief import brief, reckon, seats_by_group
from negsim.studio.drawing import cast_of
from negsim.studio.drawing import room as drawn_room
from negsim.studio.pages import seat_told, told
from negsim.studio.pages.asked import Form
from negsim.studio.pages.shell import button, heading, named, page
from negsim.studio.people import Person
from negsim.studio.rooms import SharedRoom, Stage

LOOK = 0.1  # seconds between looks for a change
LATEST = 12  # lines of the minutes that are shown
LEGIBLE = "@media (max-width: 900px) { .wide { overflow-x: auto; } .wide .drawing { width: 680px; } }"
WIDE = 'tabindex="0" role="group" aria-label="the room, to be moved sideways on a phone"'


class SeatView:
    """What one person sees."""

    def __init__(self, room: SharedRoom, person: Person) -> None:
        self.room, self.person = room, person
        self.shown: tuple[object, ...] = ()
        self.asked: tuple[object, ...] = ()
        self.asked_turn = -1  # the turn of the question on screen
        self.asked_seat: int | None = None  # and the seat it was put to
        self.cast = cast_of(room.game.scenario)
        self.refusal = ""

    def build(self) -> None:
        """The page."""
        self.client = ui.context.client
        with page("Your seat", "/table"):
            self.notice = ui.label().classes("card big bad").props('role="alert"')
            self.notice.set_visibility(False)
            with ui.element("div").classes("bar"):
                heading(self.room.game.scenario.title, 1)
                ui.label(f"room {self.room.code[:4]}-{self.room.code[4:]}").classes("chip")
                self.stage = ui.label().classes("chip").props('role="status"')
                self.turn = ui.label().classes("chip").props('aria-label="turn"')
                ui.link("I am somebody else", f"/table?code={self.room.code}").classes("small")
                self.leave = button("Leave my seat", self._ask_to_leave, icon="logout").props("flat dense")
            with ui.element("div").classes("columns"):
                with ui.element("div"):
                    self.question = ui.element("div").classes("card ask")
                    with ui.element("div").classes("card"):
                        self.where = ui.label().classes("small soft")
                        self.meter = ui.html(sanitize=False).props('aria-hidden="true"')
                        self.drawing = ui.html(sanitize=False).classes("wide").props(WIDE)
                        self.lines = ui.html(sanitize=False).props('aria-live="polite" role="log" tabindex="0"')
                        self.lines.classes("scroll short")
                with ui.element("div"):
                    self.brief = ui.html(sanitize=False).classes("card")
        ui.add_css(LEGIBLE)
        self.timer = ui.timer(LOOK, self.look)
        self.look()

    # ------------------------------------------------------------------------------------------------ looking

    def look(self) -> None:
        """Show what has changed since the last look."""
        now = time.monotonic()
        if why := self.room.gone(self.person):
            self._leave(why)
            return
        if self.client.has_socket_connection:
            self.room.seen(self.person, now)
        self._count_down(now)
        key = (self.room.version, self.person.seat)
        if key == self.shown:
            return
        self.shown = key
        self._show_room()
        self._show_question()

    def _leave(self, why: str) -> None:
        """Say for good why this seat is no longer in the room; what is reckoned already stays to be read."""
        self.timer.deactivate()
        self.notice.text = f"{why.capitalize()}."
        self.notice.set_visibility(True)
        for element in (self.stage, self.turn, self.leave):
            element.set_visibility(False)
        self.question.set_visibility(self.room.game.is_over)

    def _count_down(self, now: float) -> None:
        stage = self.room.stage.value
        left = self.room.left(now)
        if self.room.stage is Stage.RUNNING and self.person.seat in self.room.game.waiting() and left is not None:
            stage = f"{left:.0f} s to answer"
        self.stage.text = stage

    def _show_room(self) -> None:
        game, seat = self.room.game, self.person.seat
        frame = game.recording.frames[-1]
        self.turn.text = f"turn {game.turn}"
        self.where.text = told.where(game.scenario, frame, f"turn {game.turn}")
        self.meter.content = told.meter(game.scenario, frame)
        self.drawing.content = drawn_room(frame, self.cast, eyes=seat, people=self.room.players())
        self.lines.content = seat_told.latest(self.room, LATEST)
        if seat is None:
            self.brief.content = seat_told.before()
        else:
            self.brief.content = seat_told.briefed(brief(game.room, seat), self.cast)

    def _show_question(self) -> None:
        """The question, built anew only when it is another."""
        game, seat = self.room.game, self.person.seat
        asked = game.questions.get(seat) if seat is not None else None
        answered = seat in game.given
        free = self.room.free_choice and seat is None
        taken = tuple(sorted(self.room.players())) if free else ()
        hand = seat in game.hands
        key = (self.room.stage, seat, game.turn if asked else None, answered, free, taken, hand, game.is_over)
        if key == self.asked:
            return
        self.asked, self.asked_turn, self.asked_seat = key, game.turn, seat
        self.leave.set_visibility(seat is not None and not game.is_over)
        self.question.clear()
        with self.question:
            if game.is_over:
                self._build_end()
            elif seat is None:
                self._build_choice(free=free)
            elif self.room.stage is not Stage.RUNNING:
                ui.label(f"You play {game.room.names[seat]}. The negotiation is {self.room.stage.value}.").classes(
                    "big"
                )
                ui.label("Read your brief in the meantime.")
            elif asked is not None and not answered:
                Form(asked, game, seat, self._reply).build()
            else:
                self._build_waiting(hand=hand, answered=answered)
            self.problem = ui.label(self.refusal).classes("bad").props('role="alert"')
            self.refusal = ""

    # ----------------------------------------------------------------------------------------------- building

    def _build_end(self) -> None:
        game, seat = self.room.game, self.person.seat
        ui.label("The negotiation is over.").classes("big").props('role="status"')
        if seat is not None:
            ui.html(seat_told.reckoned(reckon(game, seat), game), sanitize=False)

    def _build_choice(self, *, free: bool) -> None:
        ui.label("Take a chair").classes("big")
        if not free:
            ui.label("Your teacher hands out the seats. Wait a moment.")
            return
        names, taken = self.room.game.room.names, self.room.players()
        options = {
            seat: f"{names[seat]} ({group})"
            for group, members in seats_by_group(self.room.game.room).items() for seat in members if seat not in taken
        }  # fmt: skip
        chooser = ui.select(options, label="Whose chair", with_input=True).style("width: 100%")
        named(chooser, "Whose chair")
        button("Sit down", lambda: self._try(lambda now: self._sit(chooser.value, now)), icon="event_seat")

    def _sit(self, seat: int | None, now: float) -> None:
        if seat is None:
            raise NegsimError("choose a chair first")
        self.room.take(self.person, int(seat), now)

    def _ask_to_leave(self) -> None:
        with ui.dialog(value=True) as dialog, ui.card():
            ui.label("Leave your seat?").classes("big")
            ui.label("The model plays it from now on, and somebody else may take it. You stay in the room.")
            with ui.element("div").classes("bar"):
                button("Leave it", lambda: self._leave_seat(dialog), icon="logout")
                button("Stay", dialog.close).props("outline")
        dialog.on("hide", dialog.delete)

    def _leave_seat(self, dialog: ui.dialog) -> None:
        dialog.close()
        self._try(lambda now: self.room.leave(self.person, now))

    def _build_waiting(self, *, hand: bool, answered: bool) -> None:
        ui.label("Your answer is in; the others are still thinking." if answered else "The others have the floor.")
        asked = "You have asked for the floor: it comes at the next statement." if hand else ""
        ui.label(asked)
        if not hand:
            button(
                "Ask for the floor",
                lambda: self._try(lambda now: self.room.raise_hand(self.person, now)),
                icon="pan_tool",
            )

    # ---------------------------------------------------------------------------------------------- answering

    def _reply(self, reply: Reply | None) -> None:
        turn, seat = self.asked_turn, self.asked_seat
        late = (turn, seat) != (self.room.game.turn, self.person.seat)
        self._try(lambda now: self.room.answer(self.person, reply, turn, seat, now))
        if late:
            self.refusal = self.problem.text  # to be read beside what comes next

    def _try(self, act: Callable[[float], None]) -> None:
        try:
            act(time.monotonic())
        except NegsimError as error:
            self.problem.text = str(error)
            return
        self.look()
