"""The command `python -m research`: each part of the paper's computations by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from negsim.cases.pairs import load_pairs
from negsim.cli import options
from negsim.cli.commands import Commands
from negsim.cli.options import Ensemble, Replications, Seed, make_ready
from negsim.errors import NegsimError
from negsim.report.progress import followed, say
from negsim.report.validation import pairs_report
from negsim.scenario.ensembles import members
from research import axioms, calibration, claims_page, ensemble, facts, rules, validation

app = typer.Typer(
    cls=Commands,
    help="Compute what the paper about the working group of 2011 and 2012 rests on.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


Out = Annotated[Path | None, options.output("FILE", "Also write the rows as CSV.", options.check_file)]
Page = Annotated[Path | None, options.output("FILE", "Write to a file, not the screen.", options.check_file)]
Folder = Annotated[
    Path | None, typer.Option(metavar="FOLDER", show_default=False, help="Also write text, tables and pictures.")
]


@app.command("calibrate")
def _calibrate(
    *,
    points: Annotated[int, typer.Option(min=1, metavar="N", help="Points of the search.")] = calibration.POINTS,
    replications: Replications = calibration.REPLICATIONS,
    check: Annotated[
        int, typer.Option(min=1, metavar="N", help="Replications of the check, with each seed.")
    ] = calibration.CHECK_REPLICATIONS,
    out: Out = None,
) -> None:
    """Search the parameters anew and check them on other seeds."""
    make_ready()
    print(followed(calibration.calibration_report(check, out, points=points, replications=replications)))


@app.command("plausible")
def _plausible(
    *,
    points: Annotated[int, typer.Option(min=1, metavar="N", help="Points of the first wave.")] = ensemble.FIRST_WAVE,
    replications: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", show_default=False, help="Of each set (default: 200, then 500)."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write.")] = Path("ensembles"),
) -> None:
    """Sample the parameter sets that calibration does not rule out."""
    make_ready()
    print(followed(ensemble.plausible_report(out, points=points, replications=replications)))


@app.command("claims")
def _claims(  # noqa: PLR0913 - the parameters of a command are its options
    *,
    names: Annotated[bool, typer.Option("--list", help="Write the experiments as a page; run nothing.")] = False,
    replications: Replications = 4000,
    seed: Seed = 0,
    parameters: Ensemble = None,
    over: Annotated[
        str | None,
        typer.Option("--members", metavar="NAME", show_default=False, help="Also over the members of this ensemble."),
    ] = None,
    member_replications: Annotated[int, typer.Option(min=1, metavar="N", help="Replications of a member.")] = 500,
    every: Annotated[int, typer.Option(min=1, metavar="N", help="Take only every N-th member.")] = 1,
    group_veto: Annotated[bool, typer.Option(help="Also where a group objects as a whole.")] = True,
    out: Page = None,
) -> None:
    """Test the claims of the essay and write them as a page."""
    if over is not None:
        members(over)  # an unknown ensemble is refused before any work begins
    if names:
        text = claims_page.experiments_page()
    else:
        make_ready()
        scale = claims_page.Scale(replications, member_replications, seed, group_veto, every)
        text = followed(claims_page.claims_report(scale, parameters, over))
    options.write_or_print(text, out)


@app.command("rules")
def _rules(
    *,
    replications: Replications = 400,
    case_replications: Annotated[int, typer.Option(min=1, metavar="N", help="Replications of a case.")] = 400,
    out: Page = None,
) -> None:
    """Take the rules of the model out one at a time and write the effects."""
    make_ready()
    options.write_or_print(followed(rules.report(replications, case_replications)), out)


@app.command("validation")
def _validation(
    *,
    cases: Annotated[
        Literal["built_in", "coded", "coded_open"],
        typer.Option("--set", help="The 15 built-in cases, the 74, or the 74 with distance and trust unknown."),
    ] = "built_in",
    replications: Replications = 500,
    steps: Annotated[bool, typer.Option(help="Also predict with every code a step off.")] = True,
    out: Folder = None,
) -> None:
    """Predict a set of coded cases by the written protocol."""
    make_ready()
    print(followed(validation.protocol_report(out, name=cases, replications=replications, neighbourhood=steps)))


@app.command("pool")
def _pool(*, replications: Replications = 500) -> None:
    """Pool the forecasts by what all 89 cases teach."""
    make_ready()
    print(followed(validation.pool_report(replications=replications)))


@app.command("pairs")
def _pairs(*, replications: Replications = 500, out: Folder = None) -> None:
    """Report whether the second attempt is likelier in each of 23 matched pairs."""
    pairs = load_pairs(Path(__file__).with_name("pairs.yaml"))
    make_ready()
    print(followed(pairs_report(pairs, out=out, replications=replications)))


@app.command("axioms")
def _axioms(
    *,
    replications: Replications = axioms.RUNS,
    watched: Annotated[int, typer.Option(min=12, metavar="N", help="Runs followed turn by turn.")] = axioms.WATCHED,
    over: Annotated[
        str | None,
        typer.Option(
            "--members", metavar="NAME", show_default=False, help="Also with a member of this ensemble a run."
        ),
    ] = None,
    numbers: Annotated[
        Path | None, typer.Option(metavar="FILE", show_default=False, help="Also write every number here (CSV).")
    ] = None,
    out: Page = None,
) -> None:
    """Measure the axioms and write them as a page."""
    if over is not None:
        members(over)  # an unknown ensemble is refused before any work begins
    make_ready()
    options.write_or_print(followed(axioms.report(axioms.Scale(replications, watched, over), numbers)), out)


@app.command("facts")
def _facts(
    file: Annotated[Path, options.argument(metavar="FILE", callback=options.check_source, help="A facts file.")],
    *,
    case_id: Annotated[str | None, options.option("--id", metavar="ID", help="Only the case with this id.")] = None,
    out: Annotated[str | None, options.option(metavar="FILE|FOLDER/", help="Where to write.")] = None,
) -> None:
    """Start case files from a facts file; what needs judgement stays unknown."""
    texts = facts.from_facts(file, case_id, say)
    if out is None and len(texts) > 1:
        names = ", ".join(texts)
        raise NegsimError(f"{file} has {len(texts)} cases ({names}); choose one with --id, or add --out FOLDER/")
    files = [None] if out is None else facts.files_for(texts, out)
    options.check_new(*files)
    for path, text in zip(files, texts.values(), strict=True):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        options.write_or_print(text, path)


if __name__ == "__main__":
    app(prog_name="python -m research")
