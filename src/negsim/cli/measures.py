"""The command that says what a run measures."""

from __future__ import annotations

from typing import Annotated

import typer

from negsim.cli.options import example
from negsim.errors import NegsimError, did_you_mean

commands = typer.Typer()


@commands.command(epilog=example("negsim measures", "negsim measures depth"))
def measures(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Only this measure.", show_default=False)] = None,
) -> None:
    """List the measures of a run with their meanings."""
    from negsim.negotiation import measures as declared
    from negsim.report.odd_tables import remarks

    meanings = remarks(declared, "MEASURES = ")
    if name is not None and name not in meanings:
        raise NegsimError(f'unknown measure "{name}"{did_you_mean(name, meanings)}')
    for measure in [name] if name is not None else meanings:
        print(f"{measure}: {meanings[measure]}" if meanings[measure] else measure)
