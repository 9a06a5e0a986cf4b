"""Helpers of the tests of the studio."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from http.cookies import SimpleCookie
from unittest.mock import patch

import pytest

from negsim.scenario import text_of
from negsim.studio.links import Variant
from negsim.studio.work import Works

CLASSROOM = Variant(name="classroom")
WRITTEN = text_of("storm").replace(
    "{amendments: true,", "{pens: true, motions: true, offers: true, lone_bracket: true, amendments: true,"
)
STORM = re.sub(
    r"^story: \|\n(  .*\n|\n)*", "", WRITTEN, flags=re.MULTILINE
)  # all moves; no room for the story beside them


PROJECTOR, LARGE, PHONE = ({"width": wide, "height": high} for wide, high in ((1280, 720), (1920, 1080), (390, 844)))
SIZES = [
    pytest.param(PHONE, id="phone"),
    pytest.param(PROJECTOR, id="projector", marks=pytest.mark.deep),
    pytest.param(LARGE, id="large", marks=pytest.mark.deep),
]
HOSTILE = "<img src=x onerror=alert(1)>"


class Reply:
    """An answer of the server."""

    def __init__(self, messages):
        head, *parts = messages
        self.status = head["status"]
        self.headers = {name.decode().lower(): value.decode() for name, value in head["headers"]}
        self.set = [value.decode() for name, value in head["headers"] if name.lower() == b"set-cookie"]
        self.content = b"".join(part.get("body", b"") for part in parts)

    @property
    def text(self):
        is_packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.content) if is_packed else self.content).decode()

    def json(self):
        return json.loads(self.content)


class Browser:
    """A browser of an application, with the cookies that it was given. Workers' work is done here."""

    def __init__(self, app, address="10.0.0.1"):
        self.app, self.address, self.cookies = app, address, {}

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def post(self, path, message):
        return self.ask("POST", path, message if isinstance(message, bytes) else json.dumps(message).encode())

    def ask(self, method, path, body=b"", headers=None):
        path, _, query = path.partition("?")
        usual = {"host": "127.0.0.1", "content-length": str(len(body)), "cookie": self._kept()} | (headers or {})
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(), "client": (self.address, 1),
            "scheme": "http", "headers": [(name.encode(), value.encode()) for name, value in usual.items()],
        }  # fmt: skip
        sent, due = [], [{"type": "http.request", "body": body}]

        async def receive():
            return due.pop() if due else await asyncio.Event().wait()

        async def send(message):
            sent.append(message)

        async def at_once(_, __, function, *arguments, **___):
            return function(*arguments)

        with patch.object(Works, "do", at_once):
            asyncio.run(self.app(scope, receive, send))
        reply = Reply(sent)
        for text in reply.set:
            self.cookies |= {name: each.value for name, each in SimpleCookie(text).items()}
        return reply

    def _kept(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())
