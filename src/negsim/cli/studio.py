"""The command that opens the studio."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

from negsim.classroom.links import PORT
from negsim.cli.kernels import make_ready, run_tiny
from negsim.errors import NegsimError
from negsim.tell.progress import say

commands = typer.Typer()


@commands.command()
def studio(
    *,
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="N", help="Port to serve on.")] = PORT,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to serve on; others than this need a network you trust.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    origin: Annotated[
        str | None, typer.Option(metavar="URL", help="Where else its pages come from: that of a reverse proxy.")
    ] = None,
) -> None:
    """See a negotiation, change it, sit at the table: in a browser, until Ctrl-C."""
    if find_spec("nicegui") is None:
        raise NegsimError("the studio needs NiceGUI; install it with: pip install negsim[studio]")
    from negsim.studio.address import check_free, origin_of

    further = None if origin is None else origin_of(origin)
    check_free(host, port)
    make_ready()
    run_tiny()  # what nobody would wait for in a page: kernels that are there but of another version
    from negsim.studio.app import start

    say(f"negsim: the studio is at http://{f'[{host}]' if ':' in host else host}:{port} until Ctrl-C")
    start(host=host, port=port, browser=browser, origin=further)
