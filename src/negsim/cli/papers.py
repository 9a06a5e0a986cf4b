"""Commands that write what a paper needs: the ODD description, the table of parameters, the claims."""

from __future__ import annotations

from pathlib import Path

import typer

from negsim.cli.kernels import make_ready
from negsim.cli.options import Changes, Ensemble, File, Name, Replications, Seed
from negsim.report.progress import followed, say

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


@commands.command()
def claims(*, replications: Replications = 1000, seed: Seed = 0, parameters: Ensemble = None, out: File = None) -> None:
    """Test the claims of the essay, one by one, as a page of Markdown."""
    make_ready()
    from negsim.report.claims import claims_report

    _give(followed(claims_report(replications, seed, parameters)), out)


def _give(text: str, out: Path | None) -> None:
    """To the screen, or to a file."""
    from negsim.files import write_text

    if out is None:
        print(text.rstrip("\n"))
    else:
        write_text(out, text)
        say(f"written: {out}")
