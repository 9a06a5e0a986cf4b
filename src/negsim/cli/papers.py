"""Commands that write what a paper needs: the ODD description and the table of parameters."""

from __future__ import annotations

from pathlib import Path

import typer

from negsim.cli.options import Changes, File, Name
from negsim.report.progress import say

commands = typer.Typer()


@commands.command()
def odd(name: Name, changes: Changes, *, out: File = None) -> None:
    """Describe a scenario and the model after the ODD protocol."""
    from negsim.cases import load
    from negsim.report.odd import odd as described

    _give(described(load(name, changes=changes), name, changes), out)


@commands.command()
def parameters(*, out: File = None) -> None:
    """Write the table of behavioural parameters and their sources."""
    from negsim.report.odd import parameters as described

    _give(described(), out)


def _give(text: str, out: Path | None) -> None:
    """To the screen, or to a file."""
    from negsim.report.folders import write_whole

    if out is None:
        print(text.rstrip("\n"))
    else:
        write_whole(out, text)
        say(f"written: {out}")
