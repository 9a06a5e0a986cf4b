"""The command that says what is measured."""

from __future__ import annotations

from typing import Annotated

import typer

from negsim.cli.options import TextFile, example
from negsim.report.progress import say

commands = typer.Typer()

Measure = Annotated[str | None, typer.Argument(metavar="[NAME]", help="A measure, or a column.", show_default=False)]


@commands.command(epilog=example("negsim measures", "negsim measures depth"))
def measures(name: Measure = None, *, out: TextFile = None) -> None:
    """List the measures of a run with their meanings."""
    from negsim.files import write_text
    from negsim.report.reference import describe_measure, list_measures, measures_page

    if out is not None:
        write_text(out, measures_page())
        say(f"written: {out}")
    else:
        print((list_measures() if name is None else describe_measure(name)).rstrip("\n"))
