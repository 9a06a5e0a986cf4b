"""The studio's server: its pages, its security headers, and how it starts.

- It listens on this machine only, unless the user says otherwise; a page of another site cannot reach it.
- An address is that of the connection. A request's own claim (X-Forwarded-For) can be forged, and is ignored.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from nicegui import app, core, ui

from negsim.classroom.links import PORT
from negsim.studio.door import Guarded, door_of_machine, log_in_lines
from negsim.studio.gate import Gate, check_free
from negsim.studio.journal import Journals
from negsim.studio.pages import edit, home, knobs, lab, room, table
from negsim.studio.rooms import ROOMS
from negsim.studio.work import WORKS, give_memory_back

TITLE = "negsim studio"
PAGES = (home, room, lab, table, edit)
SECURE = {
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "  # what NiceGUI's own scripts need
        "connect-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'self'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


async def _begin() -> None:
    """Start the workers, and read the built-in scenarios, before anybody waits for that."""
    give_memory_back()
    await WORKS.start()
    await asyncio.to_thread(home.all_scenarios)
    await asyncio.to_thread(knobs.titles)


def start(  # noqa: PLR0913 - what the command has
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    browser: bool = True,
    origin: str | None = None,
    rooms: Path | None = None,
    word: str = "",
) -> None:
    """Serve the studio until it is interrupted.

    origin: a further origin of its pages, such as a reverse proxy. rooms: the folder in which rooms are kept, None for
    none. word: what a teacher has to know to open a room, "" for nothing.
    """
    check_free(host, port)
    ROOMS.word, ROOMS.journals = word, Journals(rooms)
    ROOMS.restore(time.monotonic())
    for module in PAGES:
        module.register()
    app.on_startup(_begin)
    app.on_shutdown(WORKS.end)
    app.add_middleware(Gate, headers=SECURE, origin=origin)
    core.sio.handlers["/"].pop("log", None)  # what a page's script wants to be logged
    log_in_lines()
    Guarded.door = door_of_machine()
    app.config.socket_io_js_transports = ["websocket"]  # messages are counted on sockets
    ui.run(
        host=host, port=port, title=TITLE, show=browser, reload=False, tailwind=False, favicon="🗣",
        show_welcome_message=False, reconnect_timeout=30.0, language="en-US", binding_refresh_interval=None,
        uvicorn_logging_level="error", log_config=None, http=Guarded,
        message_history_length=200, storage_secret=None, proxy_headers=False,
    )  # fmt: skip
