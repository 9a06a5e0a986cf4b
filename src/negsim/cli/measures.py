"""The command that lists what a run measures."""

from __future__ import annotations

from typing import Annotated

import typer

from negsim.cli.options import TextFile, example, write_or_print

commands = typer.Typer()

Measure = Annotated[str | None, typer.Argument(metavar="NAME", help="A measure, or a column.", show_default=False)]


@commands.command(epilog=example("negsim measures", "negsim measures depth"))
def measures(name: Measure = None, *, out: TextFile = None) -> None:
    """List the measures of a run with their meanings.

    With --out and no NAME it writes the whole list as a page of Markdown.
    """
    from negsim.report.reference import describe_measure, list_measures, measures_page

    if name is not None:
        write_or_print(describe_measure(name), out)
    else:
        write_or_print(list_measures() if out is None else measures_page(), out)
