"""The command that opens the studio."""

from __future__ import annotations

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
    origin: Annotated[
        str | None, typer.Option(metavar="URL", show_default=False, help="Address of a reverse proxy that serves it.")
    ] = None,
) -> None:
    """Watch, change and play a negotiation in the browser.

    It serves until Ctrl-C.
    """
    optional("nicegui", "the studio", "studio")
    from negsim.studio.gate import check_free, origin_of

    further = None if origin is None else origin_of(origin)
    check_free(host, port)
    make_ready()
    from negsim.studio.server import start

    say(f"negsim: the studio is at http://{f'[{host}]' if ':' in host else host}:{port} until Ctrl-C")
    start(host=host, port=port, browser=browser, origin=further)
