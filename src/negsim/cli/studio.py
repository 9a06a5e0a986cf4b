"""The command that opens the studio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negsim.classroom.links import PORT
from negsim.cli.options import example, make_ready
from negsim.errors import optional
from negsim.report.progress import say

commands = typer.Typer()


@commands.command(epilog=example("negsim studio", "negsim studio --port 9000 --no-browser"))
def studio(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="N", help="Port to serve on.")] = PORT,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address; another only on a network you trust.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    rooms: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", show_default=False, help="Folder in which open rooms are kept. Default: one of your own."
        ),
    ] = None,
    origin: Annotated[
        str | None, typer.Option(metavar="URL", show_default=False, help="Address of a reverse proxy that serves it.")
    ] = None,
) -> None:
    """Watch, change and play a negotiation in the browser.

    It serves until Ctrl-C.
    """
    optional("nicegui", "the studio", "studio")
    from negsim.studio.gate import check_free, is_loopback, origin_of, who_can_reach
    from negsim.studio.journal import usual_folder

    further = None if origin is None else origin_of(origin)
    check_free(host, port)
    make_ready()
    from negsim.studio.rooms import new_code
    from negsim.studio.server import start

    word = "" if is_loopback(host) and further is None else new_code()
    for line in who_can_reach(host, port, further, word):
        say(f"negsim: {line}")
    start(host=host, port=port, browser=browser, origin=further, rooms=rooms or usual_folder(port), word=word)
