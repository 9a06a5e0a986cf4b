"""Commands on real cases: code them, check the coding, predict their outcomes, import tables of actors and issues."""

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


def _check_system(system: str) -> str:
    """Refuse what is not a table, with what would be."""
    if system != "table":
        rows = "a row for each actor and issue: issue, actor, position, salience, capability"
        also = ", which files of decide are already" if system == "decide" else f"; write yours as one, {rows}"
        raise NegsimError(f"--from {system}: negsim reads one kind of file, `--from table`{also}")
    return system


def _read_scale(text: str) -> str:
    low, _, high = text.partition("..")
    try:
        if float(low) < float(high):
            return text
    except ValueError:
        pass
    raise NegsimError(f'--scale {text}: write two numbers, the lower one first, as in "0..100"')


@commands.command(
    "import",
    epilog=options.example(
        "negsim case import cop21.csv --from table --out cop21.yaml",
        "negsim case import deu3.csv --from table --only d00032",
        "negsim case import deu3.csv --from table --each deu",
    ),
)
def import_file(
    file: Annotated[
        Path, options.argument(metavar="FILE", callback=options.check_source, help="A table of actors and issues.")
    ],
    *,
    system: Annotated[  # noqa: ARG001 - its callback lets only one pass
        str, options.option("--from", callback=_check_system, help="The kind of file: table.")
    ] = "table",
    only: Annotated[str | None, options.option(metavar="NAME", help="One negotiation of several.")] = None,
    scale: Annotated[
        str, options.option(metavar="LOW..HIGH", callback=_read_scale, help="Ends of the scale of positions.")
    ] = "0..100",
    meetings: Annotated[int, typer.Option(min=1, max=100, metavar="N", help="Number of meetings of three days.")] = 3,
    status_quo: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, metavar="X", help="Status quo of issues without a reference point, 0 to 1."),
    ] = 0.0,
    out: options.TextFile = None,
    each: Annotated[
        Path | None, options.output("FOLDER", "Write each negotiation into a folder.", options.check_folder)
    ] = None,
) -> None:
    """Turn a table of actors and issues into scenarios.

    A row for each actor and issue (columns issue, actor, position, salience; perhaps capability, reference point,
    outcome, negotiation), for each issue (DEU), or as in files of decide.
    """
    from negsim import files
    from negsim.cases.importing import imported

    options.check_new(out)
    low, high = map(float, scale.split(".."))
    found = imported(file, only=only, scale=(low, high), meetings=meetings, status_quo=status_quo)
    if each is None and len(found) > 1:
        names = ", ".join(one.name for one in found[:5])
        raise NegsimError(f"{file}: holds {len(found)} negotiations ({names}...); write --only NAME, or --each FOLDER")
    shared = [note for note in found[0].notes if all(note in one.notes for one in found)]
    for note in shared:
        say(note)
    if len(shared) < max(len(one.notes) for one in found):
        say("what was left out or assumed in one negotiation alone: see its import with --only")
    if each is None:
        options.write_or_print(found[0].text, out)
        return
    with files.whole_folder(each, "case import") as folder:
        for one in found:
            files.write_text(folder / f"{one.name}.yaml", one.text)
    options.say_written(each)


@commands.command(
    epilog=options.example(
        "negsim case solutions cstd_wgigf_2011 --loss quadratic", "negsim case solutions deu --score --replications 20"
    )
)
def solutions(
    name: Annotated[
        str,
        options.argument(metavar="NAME", callback=options.check_source, help="A built-in scenario or case, or a file."),
    ],
    changes: options.Changes,
    *,
    replications: options.Replications = 200,
    seed: options.Seed = 0,
    parameters: options.Ensemble = None,
    loss: Annotated[
        Literal["absolute", "quadratic"], typer.Option(help="Cost of a distance: itself or its square.")
    ] = "absolute",
    power: Annotated[Literal["voice", "equal"], typer.Option(help="Weight of a delegate: its voice, or 1.")] = "voice",
    score: Annotated[bool, typer.Option("--score", help="Compare with what happened; NAME may be a folder.")] = False,
    threads: options.Threads = None,
    out: options.TableFile = None,
) -> None:
    """Compare the runs with compromise, median, Nash and exchange.

    With --score: the distance of each from what happened, where a scenario says so (`outcome` of an issue).
    """
    from negsim.report.comparisons import scores_table, scores_text, solutions_table, solutions_text
    from negsim.study.solutions import Terms, scores, solve_steps

    terms = Terms(loss, power)
    names = options.files_of(name) if score else [name]
    scenarios = [options.load_scenario(one, changes, parameters) for one in names]
    if score:
        scenarios = [one for one in scenarios if any(issue.outcome is not None for issue in one.issues.values())]
        if not scenarios:
            raise NegsimError(f"{name}: no issue has an outcome; write what happened, 0 to 1, as `outcome` of an issue")
    solved = [
        followed(solve_steps(one, terms, replications=replications, seed=seed, threads=threads)) for one in scenarios
    ]
    if score:
        distances = [one for each in solved for one in scores(each)]
        print(scores_text(distances, terms, replications, seed))
        options.write_table(scores_table(distances), out)
    else:
        print(solutions_text(solved[0]))
        options.write_table(solutions_table(solved[0]), out)
