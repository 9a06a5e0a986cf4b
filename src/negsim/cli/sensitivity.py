"""The command that says how much each factor of a study matters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negsim.cli.kernels import make_ready
from negsim.cli.options import PICTURES, Ensemble, Measures, apart, check_apart, check_as_it_is, is_folder, place
from negsim.cli.studies import drawing, swept
from negsim.errors import NegsimError
from negsim.report.progress import say

if TYPE_CHECKING:
    from negsim.study.results import StudyResults
    from negsim.study.schema import Study

commands = typer.Typer()


def _drawable(file: Path | None) -> Path | None:
    """Where to draw, refused before any work is done if no picture can be there."""
    from negsim.files import check_file

    if file is not None:
        check_file(file, [f".{form}" for form in PICTURES])
    return file


@commands.command()
def sensitivity(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="STUDY|FOLDER", callback=apart, help="A study file, or its results folder.", show_default=False
        ),
    ],
    measures: Measures,
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", show_default=False, help="Results of a study file.")
    ] = None,
    method: Annotated[
        str | None, typer.Option(metavar="sobol|morris", show_default=False, help="Instead of the study's design.")
    ] = None,
    points: Annotated[int | None, typer.Option(min=2, metavar="N", show_default=False, help="Of the design.")] = None,
    parameters: Ensemble = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", show_default=False, callback=_drawable, help="Draw it, too.")
    ] = None,
    table: Annotated[
        Path | None, typer.Option(metavar="FILE", show_default=False, callback=place, help="Write it as CSV.")
    ] = None,
) -> None:
    """Say how much each factor matters: Sobol' or Morris indices with intervals."""
    from negsim.files import write_table
    from negsim.report.comparisons import sensitivity_table, sensitivity_text
    from negsim.study.results import results
    from negsim.study.sensitivity import sensitivity as indices

    if picture is not None and len(measures) > 1:
        raise NegsimError("--picture draws one measure; ask for one")
    if table is not None and picture is not None and table.resolve() == picture.resolve():
        raise NegsimError(f"{table}: is both the table and the picture; name two files")
    if is_folder(source):
        check_as_it_is(context, source, "source", "--measure", "--picture", "--table")
        found = results(source)
    else:
        study = drawing(_sampled(source, method, points), parameters)
        check_apart(context, [study.scenario])
        found = _screened(study, out)
    every = {measure: indices(found, measure) for measure in measures or [found.study.main]}
    print("\n\n".join(sensitivity_text(some, found.study.design, measure) for measure, some in every.items()))
    if table is not None:
        write_table(table, *sensitivity_table(every))
        say(f"written: {table}")
    if picture is not None:
        from negsim.report.plots.explain import sensitivity_bars
        from negsim.report.plots.style import save

        [(measure, some)] = every.items()
        save(sensitivity_bars(some, measure=measure), picture)
        say(f"written: {picture}")


def _screened(study: Study, out: Path | None) -> StudyResults:
    """The results of a study, run into a folder."""
    if out is None:
        raise NegsimError("a study file needs --out, the folder for its results")
    make_ready()
    return swept(study, out)


def _sampled(source: str, method: str | None, points: int | None) -> Study:
    """The study of a file, with the design that a method needs."""
    from negsim.study.schema import POINTS, Sampled, load_study, redesigned

    designs = {"sobol": "saltelli", "morris": "morris"}
    if method is None:
        study = load_study(source)
        return redesigned(study, study.design, points or study.points or POINTS)
    if method not in designs:
        raise NegsimError(f'unknown method "{method}"; one of: sobol, morris')
    return load_study(source, sampled=Sampled(designs[method], points))
