"""The way to a table: open a room as a teacher, or join one with its code.

- The forms are plain HTML, so that a phone with an old browser gets in.
- Whoever gets in receives a secret cookie of that room; it brings a dropped connection back to its seat.
- A browser may hold several: a teacher who takes a chair too, or two people who share a computer. Each has a page.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import Client, app, ui

from negsim.errors import NegsimError
from negsim.studio.debrief import opening_of
from negsim.studio.limits import RefusedError, one_line
from negsim.studio.links import variant_of
from negsim.studio.pages import desk, seat
from negsim.studio.pages.knobs import Chooser
from negsim.studio.pages.shell import (
    Html,
    Turn,
    address_of,
    button,
    dressed,
    heading,
    in_worker,
    page,
    refusal_page,
    render,
)
from negsim.studio.rooms import CODE, ROOMS, SharedRoom, cookie_name, keys_in, new_code, tidy_code

MOST_FORM = 20_000  # bytes
TICK = 0.05  # seconds between looks at the clock of the rooms
COOKIE_LIFE = 12 * 3600  # seconds
STRANGER = "only people in this room can see it: join with your name"
AGAIN = "Try again"
POST = """
const form = Object.assign(document.createElement("form"), {{method: "post", action: "/open"}});
form.append(Object.assign(document.createElement("input"), {{name: "ticket", value: {ticket}}}));
document.body.append(form);
form.submit();
"""


async def join(request: Request) -> Response:
    """Answer the form to join a room."""
    fields: dict[str, str] = {}
    try:
        fields = await _form(request)
        code, name, now = fields.get("code", ""), fields.get("name", ""), time.monotonic()
        room, person = ROOMS.join(code, name, address_of(request), now, keys_in(request.cookies, code))
    except NegsimError as error:
        return _refusal(request, error, fields)
    return _into(request, f"{room.code}/{person.number}", f"{cookie_name(room.code)}_{person.number}", person.token)


async def enter_room(request: Request) -> Response:
    """Give the teacher of a room that was just opened its secret, in exchange for the ticket that the page got."""
    try:
        room = ROOMS.take_ticket((await _form(request)).get("ticket", ""))
    except NegsimError as error:
        return _refusal(request, error)
    return _into(request, room.code, cookie_name(room.code), room.teacher)


async def _form(request: Request) -> dict[str, str]:
    body = await request.body()
    if len(body) > MOST_FORM:
        raise RefusedError("this form is too long")
    try:
        return {key: values[0] for key, values in parse_qs(body.decode("ascii"), max_num_fields=8).items()}
    except (UnicodeDecodeError, ValueError):
        raise RefusedError("this form is malformed") from None


def _into(request: Request, where: str, name: str, key: str) -> Response:
    answer = RedirectResponse(f"/table/{where}", status_code=303)
    secure = request.headers.get("origin", "").startswith("https://")  # as behind a proxy
    answer.set_cookie(name, key, max_age=COOKIE_LIFE, httponly=True, samesite="lax", secure=secure, path="/")
    return answer


def _refusal(request: Request, error: NegsimError, fields: Mapping[str, str] | None = None) -> Response:
    """A page that says what is wrong. fields: of the form to join, to correct there."""
    with Client(ui.page("/table"), request=request) as client:
        refusal_page(error, "/table", again=AGAIN)
        if fields is not None:
            with ui.element("div").classes("page"), ui.element("div").classes("card"):
                heading("Join a room")
                _join_form(fields.get("code", ""), fields.get("name", ""))
    return client.build_response(request, 400)


def _join_form(code: str, name: str = "") -> None:
    Html(render("join", code=one_line(code), name=one_line(name)))


def show_ways(request: Request) -> None:
    """The page that leads to a table."""
    with page("A seat", "/table"):
        heading("A seat at the table", 1)
        with ui.element("div").classes("card"):
            heading("Join a room")
            ui.label(
                "Your teacher has the code. You take a delegate's chair, and the model plays the others. To return to"
                " your seat, use the same browser and the same name."
            )
            _join_form(tidy_code(request.query_params.get("code", ""))[:CODE])
        _build_way_back(request)
        with ui.element("div").classes("card"):
            heading("Open a room")
            ui.label(
                "For a class or for yourself: you get a code, start and pause, hand out the seats, and may take one."
            )
            try:
                chooser = Chooser(variant_of(request.url.query))
            except NegsimError:
                chooser = Chooser(variant_of(""))
            chooser.build()
            if "seed" not in request.query_params:
                chooser.hide_seed()
            word = None
            if ROOMS.word:
                word = dressed(ui.input("The teacher's word").props("type=password maxlength=40"), "The teacher's word")
            problem, turn = ui.label().classes("bad").props('role="alert"'), Turn()

            async def ask() -> None:
                problem.text = ""
                try:
                    ROOMS.check_word(word.value or "" if word else "", address_of(request), time.monotonic())
                    ticket = await open_room(chooser, address_of(request), turn)
                except NegsimError as error:
                    problem.text = str(error)
                    return
                ui.run_javascript(POST.format(ticket=json.dumps(ticket)))

            button("Open a room", ask, icon="meeting_room")


async def open_room(chooser: Chooser, address: str, turn: Turn) -> str:
    """Open a room with what is chosen; the ticket with which its teacher gets in. Raises `NegsimError`."""
    variant, reading = await chooser.chosen()
    is_long = reading.is_long(variant)
    opening = await in_worker(opening_of, variant, is_long=is_long, keep=False, turn=turn)
    ROOMS.admit(address, time.monotonic())
    return ROOMS.add(SharedRoom(opening, new_code(), time.monotonic(), address=address))


def _build_way_back(request: Request) -> None:
    """Links to the rooms that this browser holds a key to."""
    ways = [way for room in ROOMS.open_rooms.values() for way in _ways_into(room, keys_in(request.cookies, room.code))]
    if ways:
        with ui.element("div").classes("card"):
            heading("Back to a room")
            for text, target in ways:
                with ui.element("div"):
                    ui.link(text, target)


def _ways_into(room: SharedRoom, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The pages of a room that these keys open: a text and an address each."""
    about = f"{room.game.scenario.title}, room {room.code[:4]}-{room.code[4:]}"
    if any(map(room.is_teacher, keys)):
        yield f"Your desk: {about}", f"/table/{room.code}"
    for person in room.people.holding(keys):
        yield f"{person.name}'s seat: {about}", f"/table/{room.code}/{person.number}"


def show_table(request: Request, code: str) -> Response | None:
    """A room: the teacher's desk, or a redirect to the seat of the person who joined last."""
    keys = keys_in(request.cookies, code)
    try:
        room = ROOMS.find(code, address_of(request), time.monotonic())
        teaches, people = any(map(room.is_teacher, keys)), room.people.holding(keys)
        if not teaches and not people:
            raise RefusedError(STRANGER)
    except NegsimError as error:
        refusal_page(error, "/table", again=AGAIN)
        return None
    if teaches:
        desk.Desk(room).build()
        return None
    return RedirectResponse(f"/table/{room.code}/{max(person.number for person in people)}")


def show_seat(request: Request, code: str, number: str) -> None:
    """The page of a person's seat."""
    keys = keys_in(request.cookies, code)
    try:
        room = ROOMS.find(code, address_of(request), time.monotonic())
        person = next((person for person in room.people.holding(keys) if str(person.number) == number), None)
        if person is None:
            raise RefusedError(STRANGER)
    except NegsimError as error:
        refusal_page(error, "/table", again=AGAIN)
        return
    seat.SeatView(room, person).build()


def register() -> None:
    """Register the pages, and start the clock of the rooms."""
    ui.page("/table")(show_ways)
    ui.page("/table/{code}")(show_table)
    ui.page("/table/{code}/{number}")(show_seat)
    app.post("/join")(join)
    app.post("/open")(enter_room)
    app.timer(TICK, lambda: ROOMS.tick(time.monotonic))
