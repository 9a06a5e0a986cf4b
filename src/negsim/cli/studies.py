"""Commands for many runs: sweep, compare, rerun, export, cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from negsim.cli.kernels import make_ready
from negsim.cli.options import (
    INTERRUPTED,
    UNDER,
    Changes,
    Ensemble,
    File,
    Measures,
    PictureFormat,
    Replications,
    Seed,
    Threads,
    apart,
    own,
    place,
    source_and_changes,
    under,
    words_of,
)
from negsim.errors import NegsimError
from negsim.report.progress import followed, say

if TYPE_CHECKING:
    from negsim.study.results import StudyResults
    from negsim.study.runner import Runs
    from negsim.study.schema import Study

commands = typer.Typer()

StudyFile = Annotated[str, typer.Argument(metavar="STUDY", help="A study file.", show_default=False)]
Results = Annotated[
    Path, typer.Argument(metavar="FOLDER", callback=apart, help="A results folder.", show_default=False)
]
Into = Annotated[Path, typer.Option(metavar="FOLDER", help="The results folder.", show_default=False)]
Kind = Annotated[str, typer.Option("--executor", metavar="KIND", help="threads, processes or dask.")]
Count = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=1024, metavar="N", show_default=False, help="Workers (default: one a core)."),
]
Scheduler = Annotated[
    str | None, typer.Option(metavar="ADDRESS", show_default=False, help="Of Dask, such as tcp://127.0.0.1:8786.")
]


@commands.command()
def sweep(
    study: StudyFile,
    *,
    out: Into,
    parameters: Ensemble = None,
    executor: Kind = "threads",
    workers: Count = None,
    scheduler: Scheduler = None,
) -> None:
    """Run a study into a folder; again on the same folder, go on where it stopped."""
    from negsim.study.schema import load_study

    asked = drawing(load_study(study), parameters)
    make_ready()
    found = swept(asked, out, executor, workers, scheduler)
    print(f"{len(found):,} runs of {len(found.cells)} cells: {out}")


def drawing(study: Study, ensemble: str | None) -> Study:
    """The study, with parameters drawn from an ensemble if one is asked for."""
    return study.model_copy(update={"changes": study.changes | {UNDER: ensemble}}) if ensemble is not None else study


def swept(
    study: Study, folder: Path, executor: str = "threads", workers: int | None = None, scheduler: str | None = None
) -> StudyResults:
    """The results of a study after a sweep that says how far it is and how to go on if interrupted."""
    from negsim.report.progress import sweep as run_sweep

    try:
        return run_sweep(study, folder, executor=executor, count=workers, scheduler=scheduler)
    except KeyboardInterrupt:
        say(f"interrupted; {folder} keeps what was done: sweep again to go on")
        raise typer.Exit(INTERRUPTED) from None


@commands.command()
def compare(
    alternatives: Annotated[
        list[str],
        typer.Argument(
            metavar="A B...",
            show_default=False,
            callback=apart,
            help='Scenarios, perhaps with changes: "[LABEL:] NAME PATH=VALUE ..."; without NAME they change A.',
        ),
    ],
    changes: Changes,
    measures: Measures,
    *,
    replications: Replications = 1000,
    seed: Seed = 0,
    parameters: Ensemble = None,
    half_width: Annotated[
        float | None, typer.Option(min=0.0, metavar="W", show_default=False, help="Half-width wanted of an interval.")
    ] = None,
    threads: Threads = None,
    out: File = None,
) -> None:
    """Compare scenarios on the same replications: differences with paired intervals."""
    from negsim.files import write_table
    from negsim.negotiation.measures import DEFAULT
    from negsim.report.comparisons import comparison_table, comparison_text
    from negsim.study.compare import compare as compared

    if half_width == 0.0:
        raise NegsimError("--half-width is 0; no number of runs gives an interval of no width")
    runs = _all_run(alternatives, under(parameters, changes), replications=replications, seed=seed, threads=threads)
    found = list(compared(runs, measures or DEFAULT, half_width=half_width))
    wanted = f"for a half-width of {half_width:g}" if half_width else "for the interval to exclude zero"
    print(comparison_text(found, next(iter(runs)), replications=replications, seed=seed, wanted=wanted))
    if out is not None:
        write_table(out, *comparison_table(found))
        say(f"written: {out}")


def _all_run(
    alternatives: list[str], changes: list[str], *, replications: int, seed: int, threads: int | None
) -> dict[str, Runs]:
    """Runs of every alternative, by what it was called."""
    from negsim.cases import load
    from negsim.study.runner import run_steps

    asked = [_split(text) for text in alternatives]
    first = asked[0].scenario
    if first is None:
        raise NegsimError(f"{alternatives[0]}: the first alternative has to name a scenario")
    rooms = {one.label: load(one.scenario or first, changes=[*changes, *one.changes]) for one in asked}
    if len(rooms) < 2 or len(rooms) < len(asked):
        raise NegsimError("alternatives of the same name cannot be compared; name two different ones or more")
    make_ready()
    return {
        text: followed(run_steps(room, replications=replications, seed=seed, threads=threads))
        for text, room in rooms.items()
    }


class Alternative(NamedTuple):
    """What to call an alternative, its scenario (None: that of the first one), its changes."""

    label: str
    scenario: str | None
    changes: list[str]


def _split(text: str) -> Alternative:
    """An alternative from `LABEL: NAME PATH=VALUE ...`, of which label, name or changes may be left out."""
    words = words_of(text)
    label = words.pop(0)[:-1] if words and words[0].endswith(":") else text
    if not words:
        raise NegsimError('an alternative is empty; write "NAME PATH=VALUE ..."')
    return Alternative(label, *source_and_changes(words))


@commands.command()
def rerun(
    folder: Results,
    *,
    row: Annotated[int, typer.Option(min=0, metavar="N", help="Row of the table, counted from 0.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", show_default=False, callback=own, help="Default: rerun-N.")
    ] = None,
    form: PictureFormat = "png",
) -> None:
    """Run one row of a study again: that very run, with transcript and pictures."""
    from negsim.report.outputs import write_rerun
    from negsim.study.results import results

    found = results(folder)
    make_ready()
    for path in write_rerun(found, row, out or Path(f"rerun-{row}"), form=form):
        print(path)


@commands.command()
def export(
    folder: Results,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", callback=place, help="The file to write.", show_default=False)],
    form: Annotated[
        str | None, typer.Option("--format", metavar="csv|parquet", show_default=False, help="Default: by the suffix.")
    ] = None,
    series: Annotated[bool, typer.Option("--series", help="The time series instead of the runs.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Also of a study that is not finished.")] = False,
) -> None:
    """Write the table of a study as one file, rows by cell and replication."""
    from negsim.study.results import KINDS, results

    kind = form or out.suffix.removeprefix(".")
    if kind not in KINDS:
        raise NegsimError(f'cannot write "{kind}"; the formats are {" and ".join(KINDS)}')
    found = results(folder, partial=partial)
    found.export(out, kind, "series" if series else "runs")
    print(f"{'time series of ' if series else ''}{len(found):,} runs: {out}")


@commands.command()
def cells(
    folder: Results,
    *,
    measures: Annotated[
        list[str],
        typer.Option("--measure", metavar="NAME", default_factory=list, show_default=False,
                     help="A measure, or a column of `detail`; may be repeated."),
    ],
    quantiles: Annotated[
        list[float],
        typer.Option("--quantile", min=0.0, max=1.0, metavar="Q", default_factory=list, show_default=False,
                     help="Show this quantile of the runs too, such as 0.9; may be repeated."),
    ],
    out: File = None,
) -> None:  # fmt: skip
    """Print the cells of a study: measures with their intervals, one row a cell."""
    from negsim.files import whole_file
    from negsim.negotiation.measures import DEFAULT
    from negsim.report.comparisons import cells_text
    from negsim.study.results import results

    found = results(folder)
    usual = dict.fromkeys((found.study.main, *DEFAULT))
    asked = measures or [name for name in usual if name in found.measures]
    table = found.summary(asked, quantiles=quantiles)
    print(cells_text(table, [factor.name for factor in found.factors], asked))
    if out is not None:
        with whole_file(out) as part:
            table.to_csv(part, index=False)
        say(f"written: {out}")
