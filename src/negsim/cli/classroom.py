"""Commands for a class: the lessons made from a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negsim.cli.options import Name, NewFolder, Seed, example, load_scenario
from negsim.report.progress import followed

commands = typer.Typer(name="classroom", help="Prepare lessons about a scenario.", no_args_is_help=True)


@commands.callback()
def _group() -> None:
    """Keeps `classroom` a group while `lessons` is its only command."""


@commands.command(epilog=example("negsim classroom lessons cstd_wgigf_2011 --out lessons"))
def lessons(
    name: Name,
    *,
    seed: Seed = 2011,
    replications: Annotated[int, typer.Option(min=20, max=100_000, metavar="N", help="Runs per setting.")] = 400,
    out: NewFolder = Path("lessons"),
) -> None:
    """Write six lessons: slides, worksheets, keys, role sheets."""
    scenario = load_scenario(name, [])
    from negsim.classroom.pack import pack_of, write_pack

    pack = followed(pack_of(scenario, name, seed=seed, replications=replications))
    print(write_pack(out, pack))
