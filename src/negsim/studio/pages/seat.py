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
from negsim.studio.asking import Question, Reply
from negsim.studio.debrief import brief, reckon
from negsim.studio.drawing import cast_of
from negsim.studio.drawing import room as drawn_room
from negsim.studio.pages import seat_told, told
from negsim.studio.pages.asked import Form
from negsim.studio.pages.chairs import Chairs
from negsim.studio.pages.shell import button, heading, page
from negsim.studio.people import Person
from negsim.studio.rooms import SharedRoom, Stage

LOOK = 0.1  # seconds between looks for a change
LATEST = 12  # lines of the minutes that are shown
WIDE = 'tabindex="0" role="group" aria-label="the room, to be moved sideways on a phone"'
TO_QUESTION = "document.querySelector('.ask h2').focus()"
AFTER_ANSWER = (
    f"if (document.activeElement.matches('body, .ask *')) {TO_QUESTION}"  # the button may be gone, or not yet
)
TO_SEAT = """setTimeout(() => {{
  const room = document.querySelector(".wide"), seat = room?.querySelector('[data-seat="{seat}"]');
  if (seat) room.scrollLeft += seat.getBoundingClientRect().x - room.getBoundingClientRect().x - room.clientWidth / 2;
}})"""


class SeatView:
    """What one person sees."""

    def __init__(self, room: SharedRoom, person: Person) -> None:
        self.room, self.person = room, person
        self.shown: tuple[object, ...] = ()
        self.seat_shown: int | None = None  # in the middle of the drawing
        self.is_asked = False
        self.asked: tuple[object, ...] = ()
        self.asked_turn = -1  # the turn of the question on screen
        self.asked_seat: int | None = None  # and the seat it was put to
        self.cast = cast_of(room.game.scenario)
        self.refusal = ""
        self.chairs: Chairs | None = None  # while they are chosen from

    def build(self) -> None:
        """The page."""
        self.client = ui.context.client
        with page("Your seat", "/table", scenario=self.room.game.scenario):
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
                    self._build_card()
                    with ui.element("div").classes("card"):
                        self.where = ui.label().classes("small soft")
                        self.meter = ui.html(sanitize=False).props('aria-hidden="true"')
                        ui.label("◂ Move the room sideways to see all of it ▸").classes("small soft narrow")
                        self.drawing = ui.html(sanitize=False).classes("wide").props(WIDE)
                        self.lines = ui.html(sanitize=False).props('aria-live="polite" role="log" tabindex="0"')
                        self.lines.classes("scroll short")
                with ui.element("div"):
                    self.brief = ui.html(sanitize=False).classes("card")
            self._build_strip()
        self.timer = ui.timer(LOOK, self.look)
        self.look()

    def _build_card(self) -> None:
        """What is asked; its heading stays, so that the focus can rest on it, and so does what is half answered."""
        with ui.element("div").classes("card ask") as self.question:
            with ui.element("h2").props("tabindex=-1"):
                self.title = ui.label()
            self.stood_in = ui.label().classes("warm")
            self.held = ui.label("The negotiation is paused. What you have begun to answer stays as it is.")
            self.body = ui.element("div")
            self.problem = ui.label().classes("bad").props('role="alert"')

    def _build_strip(self) -> None:
        """What is seen of a question wherever the page has been moved to."""
        with ui.element("div").classes("strip") as self.strip:
            self.news = ui.label().classes("grow")
            self.seconds = ui.label().props('role="timer"')
            to = ui.button("To the question").props("no-caps unelevated dense color=white text-color=black")
            to.on("click", js_handler=f"() => {TO_QUESTION}")

    # ------------------------------------------------------------------------------------------------ looking

    def look(self) -> None:
        """Show what has changed since the last look."""
        now = time.monotonic()
        if why := self.room.gone(self.person):
            self._leave(why)
            return
        if self.client.has_socket_connection:
            self.room.seen(self.person, now)
        self._tell_asked(now)
        self._show_seat()
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
        for element in (self.stage, self.turn, self.leave, self.strip):
            element.set_visibility(False)
        self.question.set_visibility(self.room.game.is_over)

    def _tell_asked(self, now: float) -> None:
        """Say that the seat is asked, and how long there is to answer, wherever the page has been moved to."""
        game, seat, left = self.room.game, self.person.seat, self.room.left(now)
        asked = self.room.stage is Stage.RUNNING and seat in game.waiting()
        self.stage.text = "you are asked" if asked else self.room.stage.value
        self.strip.set_visibility(asked)
        if asked and seat is not None:
            self.news.text = f"You are asked: {game.questions[seat].title}"
            self.seconds.text = "" if left is None else f"{left:.0f} s"
        if asked != self.is_asked:
            self.is_asked = asked
            ui.page_title(f"{'You are asked' if asked else 'Your seat'} · negsim studio")

    def _show_room(self) -> None:
        game, seat = self.room.game, self.person.seat
        frame = game.recording.frames[-1]
        self.turn.text = f"turn {game.turn}"
        self.where.text = told.where(game.scenario, frame, f"turn {game.turn}")
        self.meter.content = told.meter(game.scenario, frame)
        self.drawing.content = drawn_room(frame, self.cast, eyes=seat, people=self.room.players())
        self.lines.content = seat_told.latest(self.room, LATEST)
        if seat is None:
            self.brief.content = seat_told.before(game)
        else:
            self.brief.content = seat_told.briefed(brief(game.room, seat), self.cast)

    def _show_seat(self) -> None:
        """Put one's own seat in the middle of what a phone shows of the drawing."""
        seat = self.person.seat
        if seat != self.seat_shown and self.client.has_socket_connection:
            self.seat_shown = seat
            self.client.run_javascript(TO_SEAT.format(seat=seat))

    def _show_question(self) -> None:
        """The question, built anew only when it is another."""
        game, seat = self.room.game, self.person.seat
        asked = game.questions.get(seat) if seat is not None else None
        paused = self.room.stage is Stage.PAUSED
        self.held.set_visibility(paused)
        self.body.set_visibility(not paused)
        self._tell_stood_in()
        free = self.room.free_choice and seat is None
        begun, answered, hand = self.room.stage is not Stage.WAITING, seat in game.given, seat in game.hands
        key = (begun, seat, game.turn if asked else None, answered, free, hand, game.is_over)
        if key != self.asked:
            self.asked, self.asked_turn, self.asked_seat = key, game.turn, seat
            self._build_question(asked)
        if self.chairs is not None:
            self.chairs.show(self.room.players())

    def _tell_stood_in(self) -> None:
        told_so = "" if self.person.seat is None else self.room.stood_in.get(self.person.seat, "")
        self.stood_in.text = told_so
        self.stood_in.set_visibility(bool(told_so) and not self.room.game.is_over)

    # ----------------------------------------------------------------------------------------------- building

    def _build_question(self, asked: Question | None) -> None:
        game, seat = self.room.game, self.person.seat
        self.leave.set_visibility(seat is not None and not game.is_over)
        self.chairs = None
        self.body.clear()
        with self.body:
            if game.is_over:
                self._build_end()
            elif seat is None:
                self._build_choice()
            elif self.room.stage is Stage.WAITING:
                self.title.text = f"You play {game.room.names[seat]}. The negotiation is {self.room.stage.value}."
                ui.label("Read your brief in the meantime.")
            elif asked is not None and seat not in game.given:
                self.title.text = asked.title
                Form(asked, game, seat, self._reply).build()
            else:
                self._build_waiting(seat)
        self.problem.text, self.refusal = self.refusal, ""

    def _build_end(self) -> None:
        game, seat = self.room.game, self.person.seat
        self.title.text = "The negotiation is over."
        if seat is not None:
            ui.html(seat_told.reckoned(reckon(game, seat), game), sanitize=False)

    def _build_choice(self) -> None:
        self.title.text = "Take a chair"
        if not self.room.free_choice:
            ui.label("Your teacher hands out the seats. Wait a moment.")
            return
        self.chairs = chairs = Chairs(self.room.game.room)
        button("Sit down", lambda: self._try(lambda now: self._sit(chairs.field.value, now)), icon="event_seat")

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

    def _build_waiting(self, seat: int) -> None:
        answered = seat in self.room.game.given
        mine = (
            "The others are still thinking."
            if seat in self.room.stood_in
            else "Your answer is in; the others are still thinking."
        )
        self.title.text = mine if answered else "The others have the floor."
        if seat in self.room.game.hands:
            ui.label("You have asked for the floor: it comes at the next statement.")
            return
        button("Ask for the floor", lambda: self._try(self._raise_hand), icon="pan_tool")

    def _raise_hand(self, now: float) -> None:
        self.room.raise_hand(self.person, now)

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
        if self.client.has_socket_connection:
            self.client.run_javascript(AFTER_ANSWER)
