"""Commands that write what people read and teach with: report, classroom."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negsim.cli.kernels import make_ready
from negsim.cli.options import (
    Changes,
    Ensemble,
    Folder,
    Name,
    Replications,
    Seed,
    apart,
    check_as_it_is,
    is_folder,
    under,
)
from negsim.report.progress import followed

commands = typer.Typer()


@commands.command()
def report(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="FOLDER|SCENARIO", callback=apart, help="The results of a study, or a scenario.", show_default=False
        ),
    ],
    changes: Changes,
    *,
    replications: Replications = 200,
    seed: Seed = 0,
    parameters: Ensemble = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file to write.")] = Path("report.html"),
) -> None:
    """Write one HTML file about a scenario or a study: it opens by itself and prints well."""
    from negsim.files import check_file, write_text

    check_file(out, (".html", ".htm"))
    if is_folder(name):
        check_as_it_is(context, name, "name", "--out")
        text = _of_study(Path(name))
    else:
        text = _of_scenario(name, under(parameters, changes), replications, seed)
    write_text(out, text)
    print(out)


def _of_study(folder: Path) -> str:
    from negsim.report.pages.scenario import report_of_study
    from negsim.study.results import results

    found = results(folder)
    make_ready()
    return report_of_study(found)


def _of_scenario(name: str, changes: list[str], replications: int, seed: int) -> str:
    from negsim.cases import load
    from negsim.report.pages.scenario import report_of_runs
    from negsim.study.runner import run_steps

    scenario = load(name, changes=changes)
    make_ready()
    runs = followed(run_steps(scenario, replications=replications, seed=seed))
    return report_of_runs(runs, source=name, changes=changes)


@commands.command()
def classroom(
    name: Name,
    *,
    seed: Seed = 2011,
    replications: Annotated[int, typer.Option(min=20, max=100_000, metavar="N", help="Runs of a setting.")] = 400,
    out: Folder = Path("classroom"),
) -> None:
    """Write six lessons about a scenario: slides, worksheets, keys, role sheets."""
    from negsim.cases import load

    scenario = load(name)
    make_ready()
    from negsim.classroom.pack import pack_of, write_pack

    pack = followed(pack_of(scenario, name, seed=seed, replications=replications))
    print(write_pack(out, pack))
