"""Commands on studies: many scenarios run into a results folder, which the other commands read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negsim.cli import options
from negsim.errors import NegsimError
from negsim.files import plain_cell, whole_file, write_text
from negsim.report.looks import PictureFiles
from negsim.report.progress import followed, say

if TYPE_CHECKING:
    from negsim.negotiation.tables import Floats
    from negsim.study.results import StudyResults
    from negsim.study.schema import Study

commands = typer.Typer(name="study", help="Run a study of many cells; read its results.", no_args_is_help=True)

_Partial = Annotated[bool, typer.Option("--partial", help="Accept a study with missing parts.")]
_Results = Annotated[Path, options.argument(metavar="FOLDER", callback=options.check_source, help="A results folder.")]


@commands.command(
    epilog=options.example(
        "negsim study sweep study.yaml --out results/meetings",
        "negsim study sweep study.yaml --design morris --points 20 --out results",
        "negsim study sweep results/meetings",
    )
)
def sweep(
    study: Annotated[str, options.argument(metavar="STUDY", help="A study file, or a results folder to go on with.")],
    *,
    out: Annotated[
        Path | None, options.option(metavar="FOLDER", help="The results folder (default: STUDY, if it is one).")
    ] = None,
    design: Annotated[
        str | None, options.option(metavar="DESIGN", help="A sampled design, such as saltelli or morris.")
    ] = None,
    points: Annotated[int | None, options.option(min=2, metavar="N", help="Points of a sampled design.")] = None,
    parameters: options.Ensemble = None,
    executor: Annotated[str, typer.Option(metavar="KIND", help="threads, processes or dask.")] = "threads",
    workers: Annotated[
        int | None, options.option(min=1, max=1024, metavar="N", help="Workers (default: one per core).")
    ] = None,
    scheduler: Annotated[
        str | None, options.option(metavar="ADDRESS", help="Dask scheduler: tcp://127.0.0.1:8786.")
    ] = None,
    _plugins: options.Plugins,
    _rules: options.Rules,
) -> None:
    """Run a study into a folder; run it again to continue.

    --design and --points replace those of the study file.
    """
    from negsim.report.progress import sweep as run_sweep
    from negsim.study.archive import study_in
    from negsim.study.runner import check_workers
    from negsim.study.store import check_results_folder
    from negsim.study.sweep import check_plugins

    if Path(study).is_dir():
        study, out = str(study_in(Path(study))), out or Path(study)
    if out is None:
        raise NegsimError("name the results folder, as in --out results")
    check_workers(executor, scheduler)
    check_results_folder(out)
    check_plugins(out)
    plan = _load_study(study, design, points, parameters)
    options.make_ready()
    try:
        results = run_sweep(plan, out, executor=executor, count=workers, scheduler=scheduler)
    except KeyboardInterrupt as error:
        error.args = (f"interrupted; {out} keeps the finished runs: run the same command again to continue",)
        raise
    print(f"{len(results):,} runs of {len(results.cells)} cells: {out}")


def _load_study(file: str, design: str | None, points: int | None, ensemble: str | None) -> Study:
    """Load the study in a file, with what the options replace."""
    from negsim.scenario.changes import parsed_change
    from negsim.study.schema import Sampled, load_study

    sampled = Sampled(design, points) if design is not None or points is not None else None
    study = load_study(file, sampled=sampled)
    changes = dict(map(parsed_change, options.with_ensemble([], ensemble)))
    return study.model_copy(update={"changes": study.changes | changes}) if changes else study


def _with_seed(form: PictureFiles, study: StudyResults) -> PictureFiles:
    """Add the seed of a study to the command that its pictures keep."""
    return form._replace(command=f"{form.command}  # seed {study.study.seed}")


def _opened(folder: Path, *, partial: bool = False) -> StudyResults:
    """Open the results in a folder, and say how much of the study there is, if that is not all."""
    from negsim.study.results import results

    study = results(folder, partial=partial)
    if not study.is_complete:
        say(f"{study.extent}; `negsim study sweep {study.folder}` goes on")
    return study


@commands.command(
    epilog=options.example(
        "negsim study cells results/meetings",
        "negsim study cells results/meetings --measure depth --quantile 0.9",
        "negsim study cells results/meetings --out table.md",
    )
)
def cells(
    folder: _Results,
    *,
    measures: Annotated[list[str], options.repeated("--measure", "NAME", "A measure, or a column of `detail`")],
    quantiles: Annotated[
        list[float],
        options.option(
            "--quantile",
            min=0.0,
            max=1.0,
            metavar="Q",
            default_factory=list,
            help="A quantile of the runs, such as 0.9; may be repeated.",
        ),
    ],
    out: Annotated[
        Path | None,
        options.output("FILE", "Also write a table: numbers as CSV, or in Markdown (*.md).", options.check_file),
    ] = None,
    partial: _Partial = False,
    _plugins: options.Plugins,
) -> None:
    """Print the measures of every cell, with intervals."""
    from negsim.negotiation.measures import DEFAULT_MEASURES
    from negsim.report.comparisons import agendas_text, cells_markdown, cells_text
    from negsim.report.words import agendas_behind
    from negsim.study.table import own_names

    study = _opened(folder, partial=partial)
    usual = dict.fromkeys((study.study.main, *DEFAULT_MEASURES, *own_names(study.study)))
    columns = measures or [name for name in usual if name in study.measures]
    table = study.summary(columns, quantiles=quantiles)
    cells = table, [factor.name for factor in study.factors], columns
    print(cells_text(*cells))
    if agendas := agendas_behind(study):
        print(f"\n{agendas_text(agendas)}")
    if out is not None and out.suffix == ".md":
        write_text(out, cells_markdown(*cells))
    elif out is not None:
        with whole_file(out) as part:
            table.map(plain_cell).rename(columns=plain_cell).to_csv(part, index=False)
    options.say_written(out)


@commands.command(
    epilog=options.example(
        "negsim study plot results/meetings --out pictures",
        "negsim study plot results/meetings --only curves --format pdf",
    )
)
@options.pictures_in_a_folder
def plot(
    folder: _Results,
    *,
    out: options.PictureFolder = Path("plots"),
    only: options.SomePictures,
    worlds: Annotated[
        int | None,
        options.option(min=2, max=100_000, metavar="N", help="Show how far N draws of what is uncertain move curves."),
    ] = None,
    parameters: Annotated[
        str | None, options.option("--parameters", metavar="ENSEMBLE", help="With --worlds: draw parameters, too.")
    ] = None,
    form: PictureFiles,
    partial: _Partial = False,
    _plugins: options.Plugins,
) -> None:
    """Plot what fits the design of a study.

    They are laid out anew for their width; type keeps its size.
    """
    options.spare_docstrings()
    from negsim.report.plots.study import study_pictures

    study = _opened(folder, partial=partial)
    pictures = study_pictures(study, _over_worlds(study, worlds, parameters))
    chosen = pictures.only(*only)
    for file in options.add_pictures(chosen, out, _with_seed(form, study)):
        print(file)
        say(f"  {pictures[file.stem].caption}")


def _over_worlds(study: StudyResults, worlds: int | None, parameters: str | None) -> Floats | None:
    if worlds is None:
        if parameters is not None:
            raise NegsimError("--parameters draws the parameters of worlds; add --worlds, with their number")
        return None
    from negsim.study.robust import cells_over_worlds

    options.make_ready()
    return followed(cells_over_worlds(study, worlds, parameters=parameters))


@commands.command(epilog=options.example("negsim study report results/meetings --out meetings.html"))
@options.pictures_on_a_page
def report(
    folder: _Results,
    *,
    out: options.PageFile = Path("report.html"),
    form: PictureFiles,
    _plugins: options.Plugins,
    _rules: options.Rules,
) -> None:
    """Write one HTML file about the results of a study."""
    options.spare_docstrings()
    from negsim.report.pages.reports import report_of_study

    study = _opened(folder)
    options.make_ready()
    write_text(out, report_of_study(study, form.look))
    print(out)


@commands.command(
    epilog=options.example(
        "negsim study sensitivity results/sobol",
        "negsim study sensitivity results/sobol --measure depth --picture depth.png",
    )
)
@options.one_picture
def sensitivity(
    folder: _Results,
    measures: options.Measures,
    *,
    picture: options.PictureFile = None,
    form: PictureFiles,
    out: options.TableFile = None,
    _plugins: options.Plugins,
) -> None:
    """Estimate how much each factor matters, with intervals.

    Sobol' indices need the design saltelli, Morris indices the design morris: see `negsim study sweep --design`.
    """
    from negsim.report.comparisons import sensitivity_table, sensitivity_text
    from negsim.study.sensitivity import sensitivity as indices

    if picture is not None and len(measures) > 1:
        raise NegsimError("--picture draws one measure; name only one with --measure")
    if out is not None and picture is not None and out.resolve() == picture.resolve():
        raise NegsimError(f"{out}: is both the table and the picture; name two files")
    options.check_picture(picture, form)
    study = _opened(folder)
    options.check_measures(measures, study.scenario)
    by_measure = {measure: indices(study, measure) for measure in measures or [study.study.main]}
    print("\n\n".join(sensitivity_text(some, study.study.design, measure) for measure, some in by_measure.items()))
    options.write_table(sensitivity_table(by_measure), out)
    if picture is not None:
        from negsim.report.plots.sensitivity import sensitivity_picture

        [(measure, some)] = by_measure.items()
        options.add_picture(sensitivity_picture(some, measure), picture, _with_seed(form, study))


@commands.command(
    epilog=options.example(
        "negsim study discover results/sampled",
        "negsim study discover results/sampled --measure depth --above 0.4",
    )
)
@options.one_picture
def discover(
    folder: _Results,
    *,
    measure: Annotated[
        str | None, options.option(metavar="NAME", help="An outcome or a measure (default: the study's main one).")
    ] = None,
    above: Annotated[
        str | None,
        options.option(metavar="X", help="Count the runs where the measure is at least this, such as 0.4, 40% or 5h."),
    ] = None,
    density: Annotated[
        str | None, options.option(metavar="SHARE", help="The share of such runs wanted inside (usually 0.9).")
    ] = None,
    tree: Annotated[bool, typer.Option("--tree", help="Also grow a tree (needs scikit-learn).")] = False,
    picture: options.PictureFile = None,
    form: PictureFiles,
    out: options.TableFile = None,
    _plugins: options.Plugins,
) -> None:
    """Find where in the factors' space runs end as sought.

    For studies with many cells, such as those of the design latin_hypercube.
    """
    from negsim.report.discoveries import discovery_table, discovery_text
    from negsim.study.discover import discover as find

    options.check_picture(picture, form)
    study = _opened(folder)
    sought = measure or study.study.main
    study.measured(sought)  # raises for one that was not kept
    box = find(
        study,
        sought,
        above=None if above is None else options.value_of("--above", above, sought),
        density=None if density is None else options.share_of("--density", density),
        tree=tree,
    )
    print(discovery_text(box, study.factors))
    options.write_table(discovery_table(box), out)
    if picture is not None:
        from negsim.report.plots.discover import discovery_picture

        options.add_picture(discovery_picture(box, study), picture, _with_seed(form, study))


@commands.command(
    epilog=options.example(
        "negsim study fit results --observed share_agreed=0.4 --out fitted.csv",
        "negsim study fit results --observed consensus=0 --picture fit.png",
    )
)
@options.one_picture
def fit(
    folder: _Results,
    *,
    observed: Annotated[list[str], options.repeated("--observed", "NAME=VALUE", "A measure as it was observed")],
    share: Annotated[
        str | None, options.option(metavar="SHARE", help="The share of the runs to accept (usually 0.02).")
    ] = None,
    picture: options.PictureFile = None,
    form: PictureFiles,
    out: Annotated[
        Path | None, options.output("FILE", "Also write the ensemble, as --parameters takes it.", options.check_file)
    ] = None,
    _plugins: options.Plugins,
) -> None:
    """Find which values are compatible with what was observed.

    For studies that sample what is not known, such as those of the design latin_hypercube.
    """
    from negsim.report.discoveries import fit_text
    from negsim.study.fit import fit as find

    options.check_picture(picture, form)
    study = _opened(folder)
    accepted = {} if share is None else {"share": options.share_of("--share", share)}
    result = find(study, dict(_observation(one, study) for one in observed), **accepted)
    print(fit_text(result))
    if out is not None:
        result.write(out)
    options.say_written(out)
    if picture is not None:
        from negsim.report.plots.fit import fit_picture

        options.add_picture(fit_picture(result), picture, _with_seed(form, study))


def _observation(text: str, study: StudyResults) -> tuple[str, float]:
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not value:
        raise NegsimError(f'"{text}" is not an observation; write a measure and a value, such as share_agreed=0.4')
    study.measured(name)  # raises for one that was not kept
    return name, options.value_of("--observed", value, name)


@commands.command(epilog=options.example("negsim study check results/meetings"))
def check(folder: _Results, _plugins: options.Plugins, _rules: options.Rules) -> None:
    """Check the rows of a study against its design, and make some of its runs again.

    No row may be doubled or missing, differ from its cell, or hold a measure out of its range.
    """
    from negsim.study.merging import check_folder

    options.make_ready()
    checked = check_folder(folder)
    print(f"{folder}: {checked.study.extent}; every row is of its cell, there once, and within its scales")
    if checked.why_not:
        print(f"made again: {checked.again}; the others were not checked: {checked.why_not}")
    else:
        print(f"made again: {checked.again} runs, with the same numbers to the last bit")


@commands.command(epilog=options.example("negsim study merge here there --out whole"))
def merge(
    folders: Annotated[
        list[Path], options.argument(metavar="FOLDERS", help="Results folders with parts of one study.")
    ],
    *,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="A new folder.")],
    _plugins: options.Plugins,
) -> None:
    """Put the parts of one study from several folders together.

    Every row is checked, as by `check`; parts of another study are refused.
    """
    from negsim.study.merging import merge as merged

    study = merged(folders, out)
    print(f"{out}: {study.extent.partition(': ')[2]}")
    missing = len(study) < len(study.cells) * study.study.replications
    say(f"`negsim study sweep {out}` {'makes what is missing, and ' if missing else ''}packs the parts")


@commands.command(epilog=options.example("negsim study rerun results/meetings --row 12345 --out run"))
@options.pictures_in_a_folder
def rerun(
    folder: _Results,
    *,
    row: Annotated[int, options.option(min=0, metavar="N", help="Row of the table, counted from 0.")],
    out: Annotated[Path | None, options.output("FOLDER", "Default: rerun-N.", options.check_folder)] = None,
    form: PictureFiles,
    _plugins: options.Plugins,
    _rules: options.Rules,
) -> None:
    """Repeat one run of a study, with transcript and pictures."""
    from negsim.report.outputs import write_rerun

    study = _opened(folder)
    options.make_ready()
    for path in write_rerun(study, row, out or Path(f"rerun-{row}"), _with_seed(form, study)):
        print(path)


@commands.command(
    epilog=options.example(
        "negsim study export results/meetings --out runs.csv",
        "negsim study export results/meetings --series --out series.parquet",
    )
)
def export(
    folder: _Results,
    *,
    out: Annotated[Path, options.option(metavar="FILE", callback=options.check_file, help="The file to write.")],
    form: Annotated[
        str | None, options.option("--format", metavar="csv|parquet|dta", help="Default: by the suffix.")
    ] = None,
    series: Annotated[bool, typer.Option("--series", help="The time series, not the runs.")] = False,
    partial: _Partial = False,
    _plugins: options.Plugins,
) -> None:
    """Write all runs of a study as one CSV, Parquet or Stata file.

    A Stata file (.dta) has the labels of the columns; R reads it too.
    """
    from negsim.study.archive import TABLE_KINDS
    from negsim.study.archive import export as write

    kind = form or out.suffix.removeprefix(".")
    if kind not in TABLE_KINDS:
        raise NegsimError(f'cannot write "{kind}"; the formats are {", ".join(TABLE_KINDS)}')
    study = _opened(folder, partial=partial)
    write(study, out, kind, "series" if series else "runs")
    print(f"{'time series of ' if series else ''}{len(study):,} runs: {out}")
