"""The way to a table: open a room as a teacher, or join one with its code.

Rules that hold here
- The forms are plain HTML, so that a phone with an old browser gets in.
- Who gets in is given a secret cookie of that room; it is what brings a dropped connection back to its seat.
"""

from __future__ import annotations

import json
import time
from html import escape
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui

from negsim.errors import NegsimError
from negsim.studio.limits import RefusedError
from negsim.studio.links import query, setting_of
from negsim.studio.pages import desk, seat
from negsim.studio.pages.knobs import Chooser
from negsim.studio.pages.shell import button, heading, page, refused
from negsim.studio.pages.work import worked
from negsim.studio.registry import CODE, ROOMS
from negsim.studio.rooms import SharedRoom

MOST_FORM = 20_000  # bytes
TICK = 0.05  # seconds between looks at the clock of the rooms
COOKIE_LIFE = 12 * 3600  # seconds
POST = """
const form = Object.assign(document.createElement("form"), {{method: "post", action: "/open"}});
form.append(Object.assign(document.createElement("input"), {{name: "setting", value: {setting}}}));
document.body.append(form);
form.submit();
"""
JOIN = """
<form method="post" action="/join" class="bar" autocomplete="off">
  <label>Room code
    <input name="code" required maxlength="12" size="10" value="{code}" autocapitalize="characters"></label>
  <label>Your name
    <input name="name" required maxlength="40" size="16"></label>
  <button type="submit">Join</button>
</form>
"""


def cookie(code: str) -> str:
    """The name of a room's cookie."""
    return f"negsim_{code}"


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


# ----------------------------------------------------------------------------------------------- getting in


async def join(request: Request) -> Response:
    """Somebody joins with a code and a name."""
    try:
        said = await _form(request)
        now = time.monotonic()
        room = ROOMS.find(said.get("code", ""), address_of(request), now)
        token = request.cookies.get(cookie(room.code), "")
        if room.person_of(token) is None and not room.is_teacher(token):
            token = room.join(said.get("name", ""), now).token
    except NegsimError as error:
        return _sentence(str(error))
    return _into(room, token)


async def open_room(request: Request) -> Response:
    """A teacher opens a room."""
    try:
        said = await _form(request)
        setting = setting_of(said.get("setting", ""))
        room = await worked(ROOMS.open, setting, address_of(request), time.monotonic())
    except NegsimError as error:
        return _sentence(str(error))
    return _into(room, room.teacher)


async def _form(request: Request) -> dict[str, str]:
    body = await request.body()
    if len(body) > MOST_FORM:
        raise RefusedError("this form is too long")
    try:
        return {key: values[0] for key, values in parse_qs(body.decode("ascii"), max_num_fields=8).items()}
    except (UnicodeDecodeError, ValueError):
        raise RefusedError("this form is malformed") from None


def _into(room: SharedRoom, token: str) -> Response:
    answer = RedirectResponse(f"/table/{room.code}", status_code=303)
    answer.set_cookie(cookie(room.code), token, max_age=COOKIE_LIFE, httponly=True, samesite="strict", path="/")
    return answer


def _sentence(why: str) -> Response:
    told = f'<p role="alert">{escape(why)}</p><p><a href="/table">Back</a></p>'
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Not possible</title>'
    return Response(head + told, status_code=400, media_type="text/html")


# ------------------------------------------------------------------------------------------------ the pages


def show_ways(request: Request) -> None:
    """The page from which a table is reached."""
    with page("A seat", "/table"):
        heading("A seat at the table", 1)
        with ui.element("div").classes("card"):
            heading("Join a room")
            ui.label("Your teacher tells you the code. You take a delegate's chair; the model plays the others.")
            code = "".join(letter for letter in request.query_params.get("code", "")[:CODE].upper() if letter.isalnum())
            ui.html(JOIN.format(code=code), sanitize=False)
        with ui.element("div").classes("card"):
            heading("Open a room")
            ui.label("Alone or for a class: you get a code, start and pause, and hand out the seats.")
            try:
                chooser = Chooser(setting_of(request.url.query))
            except NegsimError:
                chooser = Chooser(setting_of(""))
            chooser.build()
            problem = ui.label().classes("bad").props('role="alert"')

            def ask() -> None:
                try:
                    link = query(chooser.chosen())
                except NegsimError as error:
                    problem.text = str(error)
                    return
                ui.run_javascript(POST.format(setting=json.dumps(link)))

            button("Open a room", ask, icon="meeting_room")


def show_table(request: Request, code: str) -> None:
    """A room: the teacher's desk, or a person's seat."""
    try:
        room = ROOMS.find(code, address_of(request), time.monotonic())
        token = request.cookies.get(cookie(room.code), "")
        person = room.person_of(token)
        teacher = room.is_teacher(token)
        if person is None and not teacher:
            raise RefusedError("this room can only be seen from a seat: join it with your name")
    except NegsimError as error:
        refused(error, "/table")
        return
    if person is None:
        desk.Desk(room).build()
    else:
        seat.SeatView(room, person).build()


def register() -> None:
    """Put the pages where they belong, and let the rooms' clock run."""
    ui.page("/table")(show_ways)
    ui.page("/table/{code}")(show_table)
    app.post("/join")(join)
    app.post("/open")(open_room)
    app.timer(TICK, lambda: ROOMS.tick(time.monotonic()))
