"""Helpers of the tests of the studio."""

from __future__ import annotations

import asyncio
from unittest.mock import patch
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from negsim.studio.debrief import opening_of
from negsim.studio.links import Variant
from negsim.studio.work import Works
from patience import LIMIT

CLASSROOM = Variant(name="classroom")


PROJECTOR, LARGE, PHONE = ({"width": wide, "height": high} for wide, high in ((1280, 720), (1920, 1080), (390, 844)))
HOSTILE = "<img src=x onerror=alert(1)>"


def asked(query="", *, cookie=""):
    """A request of a page with a query, as Starlette has it."""
    headers = [(b"cookie", cookie.encode())] if cookie else []
    scope = {"type": "http", "path": "/", "client": ("10.0.0.1", 1), "headers": headers, "query_string": query.encode()}
    return pytest.importorskip("starlette.requests").Request(scope)


def same_state(one, other):
    """Whether two states have the same bits, but for the counts by caucus, which a look for a zone leaves behind."""
    tables = [name for name in one._fields[1:] if name != "caucuses"]
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in tables)


def label_of(picture):
    """What a screen reader says about a picture, which has to be well formed."""
    return ET.fromstring(picture).get("aria-label")  # noqa: S314 - of our own making


def inside(page, work):
    """Do work on a page as NiceGUI would."""

    async def done():
        with page:
            async with asyncio.timeout(LIMIT):
                return await work

    return asyncio.run(done())


def played(game, answer):
    """A game played to its end, every question answered by `answer(seat, question)`."""
    while not game.is_over:
        for seat in game.waiting():
            game.answer(seat, answer(seat, game.questions[seat]))
        assert game.advance()
    return game


def until_asked(game, kind=None):
    """A game that goes on, as the delegates would, until somebody is asked something, or a question of a kind."""
    while not any(kind in {None, question.kind} for question in game.questions.values()):
        for seat in game.waiting():
            game.answer(seat, None)
        game.advance()
    return game


def open_in(rooms, variant, address, now):
    """A room that somebody at an address opens, as the page does."""
    return rooms.take_ticket(rooms.open_room(opening_of(variant), address, now))


def seated(room, name="Ana", seat=0, **conduct):
    """Somebody in a seat of a room that has begun and, if it is seat 0 of the classroom, asks at once."""
    person = room.join(name, 0.0)
    room.take(person, seat, 0.0)
    room.conduct(pace=0.0, **conduct)
    room.start(0.0)
    room.tick(0.0)
    return person


def sent(answer, query="", *, form=None, cookie=""):
    """What the studio answers to a request with a query, or to a form; workers' work is done here."""

    async def at_once(_, __, function, *arguments, **___):
        return function(*arguments)

    request = asked(query, cookie=cookie)
    body = urlencode(form or {}).encode()

    async def receive():
        return {"type": "http.request", "body": body}

    request._receive = receive
    with patch.object(Works, "do", at_once):
        return asyncio.run(answer(request))
