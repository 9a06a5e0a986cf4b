"""Commands on real cases: code them, check the coding, predict their outcomes, take files of other systems."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from negsim.cli import options
from negsim.errors import NegsimError
from negsim.report.progress import followed, say

if TYPE_CHECKING:
    from negsim.cases import CodedCase

commands = typer.Typer(name="case", help="Code real cases, check and validate them.", no_args_is_help=True)

_Coder = Annotated[str, options.argument(metavar="CASES", help="A case file, a name, or a folder of files.")]


@commands.command(epilog=options.example('negsim case new "Working group on enhanced cooperation" --out mycase.yaml'))
def new(
    title: Annotated[str, options.argument(metavar="TITLE", help="The name of the process.")],
    *,
    out: options.TextFile = None,
) -> None:
    """Start a case file with every question as a comment.

    All answers are `unknown` at first; the file runs at once.
    """
    from negsim.cases.start import from_title

    text = from_title(title)
    options.check_new(out)
    options.write_or_print(text, out)


@commands.command(epilog=options.example("negsim case codebook --out codebook.md"))
def codebook(*, out: options.TextFile = None) -> None:
    """Print the codebook: what each answer sets, and why."""
    from negsim.report.reference import codebook_page

    options.write_or_print(codebook_page(), out)


@commands.command(epilog=options.example("negsim case agree mine/ theirs/"))
def agree(
    first: _Coder,
    second: _Coder,
    *,
    seed: Annotated[int, typer.Option(min=0, metavar="N", help="Seed of the bootstrap.")] = 0,
) -> None:
    """Measure how far two coders agree: Krippendorff's alpha."""
    from negsim.report.comparisons import agreement_text
    from negsim.study.agreement import agreement, differently_titled, pairs_of

    pairs, alone = pairs_of(first, second)
    for name in alone:
        say(f"{name}: only one of the two coded this case; it is left out")
    for one, other in differently_titled(pairs):
        say(f'{one.name} has the title "{one.title}", {other.name} "{other.title}": are they the same case?')
    print(agreement_text(agreement(pairs, seed=seed)))


@commands.command(
    epilog=options.example(
        "negsim case validate mycase.yaml",
        "negsim case validate coded/ cases/wgig --out validation",
        "negsim case validate --pairs pairs.yaml",
    )
)
def validate(
    cases: Annotated[
        list[str] | None,
        typer.Argument(metavar="CASES", help="Case files, folders or names (default: the built-in cases)."),
    ] = None,
    *,
    pairs: Annotated[Path | None, options.option(metavar="FILE", help="Pairs of cases, not cases.")] = None,
    steps: Annotated[bool, typer.Option(help="Also predict with every code one step off.")] = True,
    out: options.TableFolder = None,
) -> None:
    """Compare predictions for coded cases with their outcomes.

    The model's rivals are rules that need no model and learn from the built-in cases of other families. With --pairs:
    say for two attempts at the same matter whether the second is likelier to succeed.
    """
    if pairs is not None:
        _validate_pairs(pairs, cases, out)
        return
    from negsim.cases import builtin_cases, load_case
    from negsim.report.validation import validation_report

    scored = _load_cases(cases or [])
    built_in = [load_case(name) for name in builtin_cases()]  # last: the user hears of a wrong file at once
    options.make_ready()
    print(followed(validation_report(scored or built_in, built_in, out=out, neighbourhood=steps)))
    options.say_written(out)


def _validate_pairs(file: Path, cases: list[str] | None, out: Path | None) -> None:
    """Print for every pair of a file whether the second attempt is likelier to succeed."""
    from negsim.cases.pairs import load_pairs
    from negsim.report.validation import pairs_report

    if cases:
        raise NegsimError(f"{', '.join(cases)}: give either cases or --pairs FILE, which names its own")
    pairs = load_pairs(file)
    options.make_ready()
    print(followed(pairs_report(pairs, out=out)))
    options.say_written(out)


def _load_cases(sources: list[str]) -> list[CodedCase]:
    """Load the cases to score, each once. A case of a folder without an outcome is left out with a notice."""
    from negsim.cases import load_case

    cases: dict[str, CodedCase] = {}
    files: dict[str, str] = {}
    listed = [(file, options.is_folder(name)) for name in sources for file in options.files_of(name)]
    for source, by_folder in listed:
        case = load_case(source)
        if case.name in files:
            raise NegsimError(f"{files[case.name]} and {source} have the same name, {case.name}; leave one out")
        files[case.name] = source
        if case.outcome is None and by_folder:
            say(f"{source}: has no outcome; it is left out")
        else:
            cases[case.name] = case
    if open_ended := [name for name, case in cases.items() if case.outcome is None] or ([] if cases else list(files)):
        hint = "`negsim run FILE --parameters plausible` predicts one"
        raise NegsimError(f"{', '.join(open_ended)}: has no outcome, so no prediction can be scored; {hint}")
    return list(cases.values())


@commands.command("import", epilog=options.example("negsim case import cop21.csv --from decide --out cop21.yaml"))
def import_file(
    file: Annotated[
        Path, options.argument(metavar="FILE", callback=options.check_source, help="A file of another system.")
    ],
    *,
    system: Annotated[Literal["decide", "ktab"], options.option("--from", help="The system that wrote it.")],
    meetings: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="Number of meetings of three days.")] = 3,
    status_quo: Annotated[
        float, typer.Option(min=0.0, max=1.0, metavar="X", help="Status quo of every issue, from 0 to 1.")
    ] = 0.0,
    out: options.TextFile = None,
) -> None:
    """Turn a file of decide or KTAB into a scenario."""
    from negsim.cases.importing import imported

    options.check_new(out)
    result = imported(file, system, meetings=meetings, status_quo=status_quo)
    for note in result.notes:
        say(note)
    options.write_or_print(result.text, out)


@commands.command(epilog=options.example("negsim case solutions cstd_wgigf_2011 --loss quadratic"))
def solutions(
    name: options.Name,
    changes: options.Changes,
    *,
    replications: options.Replications = 200,
    seed: options.Seed = 0,
    parameters: options.Ensemble = None,
    loss: Annotated[
        Literal["absolute", "quadratic"], typer.Option(help="Cost of a distance: itself or its square.")
    ] = "absolute",
    power: Annotated[Literal["voice", "equal"], typer.Option(help="Weight of a delegate: its voice, or 1.")] = "voice",
    threads: options.Threads = None,
    out: options.TableFile = None,
) -> None:
    """Compare the runs with compromise, median, Nash and exchange."""
    from negsim.report.comparisons import solutions_table, solutions_text
    from negsim.study.solutions import Terms, solve_steps

    scenario = options.load_scenario(name, changes, parameters)
    solved = followed(solve_steps(scenario, Terms(loss, power), replications=replications, seed=seed, threads=threads))
    print(solutions_text(solved))
    options.write_table(solutions_table(solved), out)
