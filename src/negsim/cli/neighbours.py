"""Commands towards neighbouring systems and theories: import, solutions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from negsim.cli.kernels import make_ready
from negsim.cli.options import Changes, Ensemble, File, Name, Replications, Seed, Threads, apart, under
from negsim.errors import NegsimError
from negsim.report.progress import followed, say

commands = typer.Typer()


@commands.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", callback=apart, help="A file of another system.", show_default=False)
    ],
    *,
    system: Annotated[Literal["decide", "ktab"], typer.Option("--from", help="Whose file it is.", show_default=False)],
    meetings: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="How many meetings of three days.")] = 3,
    status_quo: Annotated[
        float, typer.Option(min=0.0, max=1.0, metavar="X", help="Of every issue, on the scale from 0 to 1.")
    ] = 0.0,
    out: File = None,
) -> None:
    """Turn a file of decide or KTAB into a scenario; every bad row is told."""
    from negsim.cases.importing import imported
    from negsim.files import write_text

    if out is not None and out.exists():
        raise NegsimError(f"{out}: already there; an imported scenario is not written over")
    found = imported(file, system, meetings=meetings, status_quo=status_quo)
    if out is None:
        print(found.text.rstrip("\n"))
    else:
        write_text(out, found.text)
    for note in found.notes:
        say(note)
    if out is not None:
        say(f"written: {out}")


@commands.command()
def solutions(
    name: Name,
    changes: Changes,
    *,
    replications: Replications = 200,
    seed: Seed = 0,
    parameters: Ensemble = None,
    loss: Annotated[
        Literal["absolute", "quadratic"], typer.Option(help="What a distance costs: itself, or its square.")
    ] = "absolute",
    power: Annotated[
        Literal["voice", "equal"], typer.Option(help="What weighs a delegate: its voice, or nothing.")
    ] = "voice",
    threads: Threads = None,
    out: File = None,
) -> None:
    """Set what the runs agree on beside compromise, median, Nash and exchange."""
    from negsim.cases import load
    from negsim.files import write_table
    from negsim.report.comparisons import solutions_table, solutions_text
    from negsim.study.solutions import Terms, solve_steps

    scenario = load(name, changes=under(parameters, changes))
    make_ready()
    solved = followed(solve_steps(scenario, Terms(loss, power), replications=replications, seed=seed, threads=threads))
    print(solutions_text(solved))
    if out is not None:
        write_table(out, *solutions_table(solved))
        say(f"written: {out}")
