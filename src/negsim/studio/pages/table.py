"""The way to a table, and the teacher's desk: open a room, join one with its code, lead one.

- The forms are plain HTML, so that a phone with an old browser gets in.
- Whoever gets in receives a secret cookie of that room; it brings a dropped connection back to its seat.
- A browser may hold several: a teacher who takes a chair too, or two people who share a computer. Each has a page.
- The desk decides nothing by itself; it calls what the room allows its teacher.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup
from nicegui import Client, ui

from negsim.errors import NegsimError
from negsim.report.minutes.reasons import reasons
from negsim.report.words import capital, counted, is_share, measure_name, number_text
from negsim.scenario.values import one_line
from negsim.studio import names, rooms
from negsim.studio.debrief import opening_of, results_of
from negsim.studio.limits import COOKIE_SECONDS, MOST_CODE, MOST_NAME, RefusedError
from negsim.studio.links import Variant, variant_of
from negsim.studio.pages import moments, shell
from negsim.studio.pages.seat import SECONDS_BETWEEN_LOOKS, SeatView
from negsim.studio.pages.variants import Chooser, description
from negsim.studio.pictures import cast_of, guesses_picture, room_picture
from negsim.studio.rooms import ROOMS, Person, SharedRoom, Stage

_STRANGER = "only people in this room can see it: join with your name"
_OUTSIDE, _TRY_AGAIN = "You are not in the room", "Try again"
_POST = """
const form = Object.assign(document.createElement("form"), {{method: "post", action: "/open"}});
form.append(Object.assign(document.createElement("input"), {{name: "ticket", value: {ticket}}}));
document.body.append(form);
form.submit();
"""
_LATEST_LINES = 14  # lines of the minutes
_GO = {Stage.RUNNING: "Pause", Stage.PAUSED: "Go on"}
_MODEL = -1  # the seat of somebody without one
_WHERE = """
const here = ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname) ? " (on this computer only)" : "";
return `${location.origin}/table${here}`;
"""


async def join(request: Request) -> Response:
    """Answer the form to join a room."""
    fields: dict[str, str] = {}
    try:
        fields = await shell.form(request)
        code, name, now = fields.get("code", ""), fields.get("name", ""), time.monotonic()
        room, person = ROOMS.join(code, name, shell.address_of(request), now, rooms.keys_in(request.cookies, code))
    except NegsimError as error:
        return _refusal(request, error, fields)
    return _into(
        request, f"{room.code}/{person.number}", f"{rooms.cookie_name(room.code)}_{person.number}", person.token
    )


async def enter_room(request: Request) -> Response:
    """Give the teacher of a room that was just opened its secret, in exchange for the ticket that the page got."""
    try:
        room = ROOMS.take_ticket((await shell.form(request)).get("ticket", ""))
    except NegsimError as error:
        return _refusal(request, error)
    return _into(request, room.code, rooms.cookie_name(room.code), room.teacher)


def _into(request: Request, where: str, name: str, key: str) -> Response:
    answer = RedirectResponse(f"/table/{where}", status_code=303)
    secure = request.headers.get("origin", "").startswith("https://")  # as behind a proxy
    answer.set_cookie(name, key, max_age=COOKIE_SECONDS, httponly=True, samesite="lax", secure=secure, path="/")
    return answer


def _refusal(request: Request, error: NegsimError, fields: Mapping[str, str] | None = None) -> Response:
    """Show what is wrong. fields: of the form to join, to correct there."""
    with Client(ui.page("/table"), request=request) as client:
        shell.refusal_page(error, "/table", title=_OUTSIDE, again=_TRY_AGAIN)
        if fields is not None:
            with ui.element("div").classes("page"), shell.card():
                shell.heading("Join a room")
                _join_form(fields.get("code", ""), fields.get("name", ""))
    return client.build_response(request, 400)


def _join_form(code: str, name: str = "") -> None:
    limits = {"most_code": MOST_CODE, "most_name": MOST_NAME}
    values = {"code": one_line(code, most=MOST_CODE), "name": one_line(name, most=MOST_NAME)}
    shell.Html(shell.render("join", **values, **limits))


def show_ways(request: Request) -> None:
    """Show the page that leads to a table."""
    with shell.page("A seat", "/table"):
        shell.heading("A seat at the table", 1)
        with shell.card():
            shell.heading("Join a room")
            ui.label(
                "Your teacher has the code. You take a delegate's chair, and the model plays the others. To return to"
                " your seat, use the same browser and the same name."
            )
            _join_form(rooms.tidy_code(request.query_params.get("code", ""))[: rooms.CODE_LENGTH])
        _build_way_back(request)
        _build_opening(request)


def _build_opening(request: Request) -> None:
    """Build the fields of the negotiation with which a teacher opens a room."""
    with shell.card():
        shell.heading("Open a room")
        ui.label("For a class or for yourself: you get a code, start and pause, hand out the seats, and may take one.")
        try:
            variant = variant_of(request.url.query)
        except NegsimError:
            variant = Variant()
        chooser = Chooser(variant)
        if "seed" not in request.query_params:
            chooser.hide_seed()
        word = None
        if ROOMS.word:
            word = shell.dressed(ui.input("The teacher's word").props("type=password maxlength=40")).classes("lead")
        problem, turn = shell.Alert(), shell.WorkProgress()

        def press() -> Awaitable[None]:
            opens.disable()  # at once: a second press would open a second room
            return ask()

        async def ask() -> None:
            address = shell.address_of(request)
            with problem.refusals():
                ROOMS.check_word(word.value or "" if word else "", address, time.monotonic())
                variant, reading = await chooser.chosen()
                opening = await shell.in_worker(opening_of, variant, is_long=reading.is_long, keep=False, turn=turn)
                ticket = ROOMS.open_room(opening, address, time.monotonic())
                ui.run_javascript(_POST.format(ticket=json.dumps(ticket)))
                return
            opens.enable()

        opens = shell.button("Open a room", press, icon="meeting_room")


def _build_way_back(request: Request) -> None:
    """Show links to the rooms to which this browser holds a key."""
    ways = [
        way for room in ROOMS.open_rooms.values() for way in _ways_into(room, rooms.keys_in(request.cookies, room.code))
    ]
    if ways:
        with shell.card():
            shell.heading("Back to a room")
            for text, target in ways:
                with ui.element("div"):
                    ui.link(text, target)


def _ways_into(room: SharedRoom, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the pages of a room that these keys open: a text and an address each."""
    about = f"{room.game.scenario.title}, room {rooms.spaced(room.code)}"
    if any(map(room.is_teacher, keys)):
        yield f"Your desk: {about}", f"/table/{room.code}"
    for person in room.people.holding(keys):
        yield f"{person.name}'s seat: {about}", f"/table/{room.code}/{person.number}"


def show_table(request: Request, code: str) -> Response | None:
    """Show a room: the teacher's desk, or redirect to the seat of the person who joined last."""
    keys = rooms.keys_in(request.cookies, code)
    try:
        room = ROOMS.find(code, shell.address_of(request), time.monotonic())
        teaches, people = any(map(room.is_teacher, keys)), room.people.holding(keys)
        if not teaches and not people:
            raise RefusedError(_STRANGER)
    except NegsimError as error:
        shell.refusal_page(error, "/table", title=_OUTSIDE, again=_TRY_AGAIN)
        return None
    if teaches:
        Desk(room)
        return None
    return RedirectResponse(f"/table/{room.code}/{max(person.number for person in people)}")


def show_seat(request: Request, code: str, number: str) -> None:
    """Show the page of a person's seat."""
    keys = rooms.keys_in(request.cookies, code)
    try:
        room = ROOMS.find(code, shell.address_of(request), time.monotonic())
        person = next((person for person in room.people.holding(keys) if str(person.number) == number), None)
        if person is None:
            raise RefusedError(_STRANGER)
    except NegsimError as error:
        shell.refusal_page(error, "/table", title=_OUTSIDE, again=_TRY_AGAIN)
        return
    SeatView(room, person)


class _Row(NamedTuple):
    """The line of one person."""

    element: ui.element
    seat: ui.select
    status: ui.label


class Desk:
    """The page of a room's teacher."""

    def __init__(self, room: SharedRoom) -> None:
        self.room, self.game = room, room.game
        self.cast = cast_of(room.game.scenario)
        self.version = -1  # of the room on screen
        self.rows: dict[int, _Row] = {}  # by number of the person
        with shell.page("The teacher's desk", "/table", scenario=self.game.scenario):
            with shell.bar():
                shell.heading(self.game.scenario.title, 1)
                ui.label(self._about()).classes("chip")
            with ui.element("div").classes("columns"):
                with ui.element("div"):
                    self.notices = shell.Alert().classes("card")
                    self.returned = ui.label().classes("card")
                    self._build_control()
                    self.end = shell.Html().classes("card")
                    self.end.set_visibility(False)
                    with shell.card():
                        self.time = moments.TimeBar().classes("stage-turn")
                        self.picture = shell.Html()
                        shell.Html(moments.legend(self.cast, moments.ROOM_MARKS))
                with ui.element("div"):
                    self._build_people()
                    with shell.card():
                        shell.heading("Minutes")
                        self.lines = shell.Html().props('role="log" tabindex="0"').classes("scroll")
        ui.timer(0.0, self._show_address, once=True)
        self.looks = ui.timer(SECONDS_BETWEEN_LOOKS, self.look)
        self.look()

    def _about(self) -> str:
        """Describe the variant in a sentence; its seed reveals all positions, so it is left out until the end."""
        text, _, seed = description(self.room.variant).rpartition(" · ")
        return f"{text} · {seed}" if self.game.is_over else text

    def _build_control(self) -> None:
        room = self.room
        with ui.element("div").classes("card bar"):
            with ui.element("div"):
                ui.label("Room code").classes("small soft")
                ui.label(rooms.spaced(room.code)).classes("code").props('aria-label="room code"')
            with ui.element("div").style("max-width: 17rem"):
                ui.label("Others join at").classes("small soft")
                self.address = ui.label("/table of this address").style("font-weight: 600; overflow-wrap: anywhere")
                shell.button(
                    "Copy link", lambda: shell.copy(f"/table?code={room.code}"), icon="link", look="flat dense",
                    name="Copy link to join this room",
                )  # fmt: skip
            self.go = shell.button("Start", lambda: self._do(self._start_or_pause), icon="play_arrow")
            self.hurry = shell.button(
                "Stop waiting", lambda: self._do(room.stop_waiting), icon="fast_forward", look="outline",
                name="Stop waiting: the model answers for the others",
            )  # fmt: skip
            pace = ui.select(rooms.PACES, value=room.rules.pace, label="The model moves").props("outlined dense")
            self._conduct(pace.style("min-width: 10rem"), "pace")
            wait = ui.select(rooms.PATIENCES, value=room.rules.patience, label="Time to answer").props("outlined dense")
            self._conduct(wait.style("min-width: 9rem"), "patience")
            self._conduct(ui.switch("Students choose their seats", value=room.rules.free), "free")
            self._conduct(ui.switch("New people may join", value=room.rules.lets_in), "lets_in")
            self.chair = shell.Html(shell.render("chair", code=room.code, name=names.TEACHER)).style("width: auto")
            shell.button("Close the room", self._ask_to_close, icon="logout", look="outline")
            self.stage = ui.label().classes("chip").props('role="status"')

    def _conduct(self, field: ui.select | ui.switch, setting: str) -> None:
        """Name a field for screen readers, and let it set how the room is conducted."""
        field.props["aria-label"] = field.text if isinstance(field, ui.switch) else field.props["label"]
        field.on_value_change(lambda event: self.room.conduct(**{setting: event.value}))

    def _build_people(self) -> None:
        with shell.card():
            shell.heading("Who is here")
            self.people = ui.element("div").classes("scroll short")
            self.nobody = ui.label("Nobody yet. Give your class the code.").classes("soft")
            self.refusal = shell.Alert()
            self.guess_picture = shell.Html()
            with shell.bar():
                self.guesses = ui.label().classes("small soft")
                shell.download_button("Guesses as CSV", "guesses.csv", self.room.guesses.csv)

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
        frame = self.game.recording.frames[-1]
        self.stage.text = self.room.stage.value
        for place, text in ((self.notices, " ".join(self.room.notices())), (self.returned, self.room.returned)):
            place.text = text
            place.set_visibility(bool(text))
        self._show_control()
        self.time.show(self.game.scenario, frame, f"turn {self.game.turn}")
        self.picture.show(room_picture(frame, self.cast, people=self.room.players()))
        self.lines.show(moments.latest_minutes(self.room.lines(), _LATEST_LINES))
        if self.game.is_over and not self.end.visible:
            self.end.show(self._ending())
            self.end.set_visibility(True)
        count = len(self.room.guesses.all)
        self.guesses.text = f"{counted(count, 'guess', 'guesses')} from the lab with this room's code"
        if count:
            self.guess_picture.show(self._guesses())

    def _guesses(self) -> Markup:
        """Show the guesses of what was guessed last, by name and as a histogram."""
        last = self.room.guesses.all[-1]
        same = [
            guess for guess in self.room.guesses.all if (guess.variant, guess.measure) == (last.variant, last.measure)
        ]
        guesses = [(guess.who, guess.expected) for guess in same]
        most = 1.0 if is_share(last.measure) else max(1.0, *(guess for _, guess in guesses))
        form = partial(number_text, measure=last.measure)
        return shell.render(
            "guesses", about=f"{capital(measure_name(last.measure))}: {description(last.variant)}",
            picture=guesses_picture(guesses, most, form), guesses=[(who, form(guess)) for who, guess in guesses],
        )  # fmt: skip

    def _ending(self) -> Markup:
        """Show the outcome, why, and its value to the players, here and with the model in every seat."""
        recording, model = self.game.recording, self.room.model
        results, (why, *_) = results_of(recording), reasons(self.game.scenario, recording.trace())
        rows = [
            (name, self.game.negotiation.names[seat], f"{results[seat].score:.0f}", f"{model[seat].score:.0f}")
            for seat, name in sorted(self.room.players().items())
        ]
        return shell.render(
            "desk_end", outcome=results[0].outcome, table=results[0].table, why=why, model=model[0], players=rows
        )

    def _show_control(self) -> None:
        stage = self.room.stage
        act = _GO.get(stage, "Start")
        self.go.text = self.go.props["aria-label"] = act
        self.go.props["icon"] = "pause" if stage is Stage.RUNNING else "play_arrow"
        for element in (self.go, self.hurry, self.chair):
            element.set_visibility(stage is not Stage.OVER)

    async def _show_address(self) -> None:
        """Show the address to join at, as this browser knows it."""
        with suppress(TimeoutError):
            self.address.text = await ui.run_javascript(_WHERE, timeout=10.0)

    def _show_people(self, now: float) -> None:
        """Show a line for each person, which keeps its place while it changes."""
        here = {person.number: person for person in self.room.people}
        for number in [number for number in self.rows if number not in here]:
            self.rows.pop(number).element.delete()
        self.nobody.set_visibility(not here)
        waiting = self.game.waiting()
        for number, person in here.items():
            row = self.rows.get(number) or self._add(person)
            seat = _MODEL if person.seat is None else person.seat
            if row.seat.value != seat:
                row.seat.value = seat
            away, due = self.room.is_away(person, now), person.seat in waiting
            row.status.text = "away" if away else "thinking" if due else "here"

    def _add(self, person: Person) -> _Row:
        number, names = person.number, enumerate(self.game.negotiation.names)
        with self.people, shell.bar().style("margin: 3px 0") as element:
            ui.label(person.shown_name).style("font-weight: 600; min-width: 7rem")
            chooser = shell.searchable(ui.select({_MODEL: "no seat"} | dict(names), value=_MODEL, with_input=True))
            shell.dressed(chooser, f"seat of {person.name}").classes("grow")
            chooser.on_value_change(lambda event: self._assign(number, event.value))
            status = ui.label().classes("chip")
            shell.button("Remove", lambda: self._do(partial(self.room.remove, number)), look="flat dense")
        self.rows[number] = _Row(element, chooser, status)
        return self.rows[number]

    def _start_or_pause(self, now: float) -> None:
        if self.room.stage is Stage.RUNNING:
            self.room.pause(now)
        else:
            self.room.start(now)

    def _assign(self, number: int, seat: int | None) -> None:
        """Give a seat, unless the page is only catching up with a seat that the person took."""
        wanted = None if seat in (None, _MODEL) else seat
        if wanted != self.room.people.numbered(number).seat:
            self._do(lambda now: self.room.assign(number, wanted, now))

    def _ask_to_close(self) -> None:
        there = counted(len(self.room.people), "person", "people")
        rest = "Guesses and results are lost, and you cannot open the room again."
        shell.confirm(
            "Close this room for good?", f"It ends for everybody ({there} in it). {rest}",
            yes=("Close it for everybody", self._close), no="Keep it open", icon="logout",
        )  # fmt: skip

    def _close(self) -> None:
        ROOMS.close(self.room, time.monotonic())
        self._leave()

    def _leave(self) -> None:
        """Leave once: a second navigation would cancel the first."""
        self.looks.cancel()
        ui.navigate.to("/table")

    def _do(self, act: Callable[[float], None]) -> None:
        with self.refusal.refusals():
            act(time.monotonic())
        self.look()
