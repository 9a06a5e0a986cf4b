"""Commands about scenarios and the model: list, show, check, measures, doc, and the group describe."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negsim.cast.knobs import MEETINGS
from negsim.cli.options import (
    BAD_INPUT,
    Changes,
    Name,
    Plugins,
    TextFile,
    argument,
    check_folder,
    check_new,
    check_policies,
    example,
    files_of,
    option,
    write_or_print,
)
from negsim.errors import NegsimError, ScenarioError, harmless
from negsim.report.progress import say

if TYPE_CHECKING:
    from negsim.scenario import Scenario
    from negsim.scenario.schema import Camp, Delegate, Group

_Measure = Annotated[str | None, argument(metavar="NAME", help="A measure, or a column.")]

_COLUMNS_OUTSIDE_TERMINALS = 200  # columns of a table that does not go to a terminal
_FEWEST_OPEN = 0.8  # of deals, with a text that all could sign

_TWO_KINDS = """\
A scenario's numbers are written by hand, with reasons: `negsim show NAME`. A coded case has facts and codes from
sources; the codebook turns them into numbers without looking at the outcome, and draws what is unknown. A process
in both lists is described twice, and the two may end differently."""

commands = typer.Typer()
describe = typer.Typer(
    name="describe", help="Describe the model: ODD, parameters, methodologies, schemas.", no_args_is_help=True
)


@commands.command(
    hidden=True,
    epilog=example("negsim doc", "negsim doc tutorial", "negsim doc experiments/evenings --out evenings"),
)
def doc(
    name: Annotated[str | None, argument(metavar="PAGE", help="A page, a how-to or an experiment.")] = None,
    *,
    out: Annotated[
        Path | None, option(metavar="FOLDER", callback=check_folder, help="Copy the files of an experiment.")
    ] = None,
) -> None:
    """Print a page of the documentation, or list all pages and experiments."""
    from negsim.report.manual import copy_experiment, page, titles

    if name is None and out is not None:
        raise NegsimError("name the experiment to copy, such as experiments/evenings")
    if name is None:
        _print_table(("page", "title"), titles().items())
    elif out is not None:
        for file in copy_experiment(name, out):
            print(file)
    else:
        _print_markdown(page(name))


def _print_markdown(text: str) -> None:
    """Print a page: laid out for a terminal, elsewhere as it is."""
    if not sys.stdout.isatty():
        print(text.rstrip("\n"))
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))


@commands.command("list", epilog=example("negsim list"))
def list_scenarios() -> None:
    """List the built-in scenarios and coded cases."""
    from negsim.cases import builtin_cases, load_case
    from negsim.scenario import load, names

    rows = []
    for name in names():
        case = load(name)
        sizes = (case.seat_count, len(case.issues), len(case.process.meetings))
        rows.append((name, case.title, *map(str, sizes)))
    _print_table(("scenario", "title", "seats", "issues", "meetings"), rows)
    print()
    coded = [(name, load_case(name)) for name in builtin_cases()]
    _print_table(("coded case", "title", "years"), [(name, case.title, case.years) for name, case in coded])
    print(f"\n{_TWO_KINDS}")


def _print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table without lines: the first two columns to the left, numbers to the right."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for n, column in enumerate(columns):
        table.add_column(column, justify="left" if n < 2 else "right")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _COLUMNS_OUTSIDE_TERMINALS).print(
        table
    )


@commands.command(epilog=example('negsim new "Water in a river delta" --out mine.yaml'))
def new(
    title: Annotated[str, argument(metavar="TITLE", help="What the scenario is called.")], *, out: TextFile = None
) -> None:
    """Start a scenario file that runs, with comments."""
    from negsim.scenario.start import new_scenario

    check_new(out)
    write_or_print(new_scenario(title), out)


@commands.command(
    epilog=example("negsim show classroom > mine.yaml", f"negsim show classroom --set {MEETINGS.change(5)}")
)
def show(
    name: Name,
    changes: Changes,
    *,
    resolved: Annotated[bool, typer.Option("--resolved", help="Include every default.")] = False,
    _plugins: Plugins,
) -> None:
    """Print a scenario, as written or with every default.

    With --set, the changed scenario is printed with every default.
    """
    from negsim.scenario import dump_yaml, load, text_of

    text = dump_yaml(load(name, changes=changes)) if resolved or changes else text_of(name)
    print(harmless(text).rstrip("\n"))


@commands.command(epilog=example("negsim check mine.yaml", "negsim check coded/"))
def check(
    files: Annotated[
        list[str], argument(metavar="FILE", help="Scenario, case, pairs or study files, folders of them, or names.")
    ],
    _plugins: Plugins,
) -> None:
    """Check scenario files: every mistake with its line and column."""
    bad = False
    for file in (file for name in files for file in files_of(name)):
        try:
            _check(file)
        except ScenarioError as error:
            bad = True
            say(str(error))
        else:
            print(harmless(f"{file}: fine"))
    if bad:
        raise typer.Exit(BAD_INPUT)


def _check(file: str) -> None:
    """Raise ScenarioError unless a file is a scenario, a case, a pairs file or a study."""
    from negsim.scenario import load
    from negsim.scenario.library import kind_of

    kind = kind_of(file)
    if kind == "study":
        from negsim.study.schema import load_study
        from negsim.study.sweep import check_study

        check_study(load_study(file))
    elif kind == "pairs file":
        from negsim.cases.pairs import load_pairs

        load_pairs(file)
    else:
        scenario = load(file)
        check_policies(scenario, file)
        _warn_of_crossed_lines(scenario.model_copy(update={"dealt": None}), file)
        _warn_of_bad_deals(scenario, file)


def _warn_of_crossed_lines(scenario: Scenario, file: str) -> None:
    """Say where floors and ceilings cross in most draws of the people."""
    parties: tuple[Group | Delegate | Camp, ...] = (
        *scenario.groups.values(),
        *scenario.delegates,
        *scenario.camps.values(),
    )
    lines = {issue: [one.red_lines[issue] for one in parties if issue in one.red_lines] for issue in scenario.issues}
    floors = {issue: [line.min for line in some if line.min is not None] for issue, some in lines.items()}
    ceilings = {issue: [line.max for line in some if line.max is not None] for issue, some in lines.items()}
    if not any(floors[issue] and ceilings[issue] for issue in lines):
        return
    from negsim.study.solutions import crossings

    for one in crossings(scenario):
        who = f"the lower red line of {one.floor} lies above the upper one of {one.ceiling}"
        by_spread = max(floors[one.issue]) <= min(ceilings[one.issue])
        hint = "; every seat draws its own line: `spread_by: group` draws one for a group" if by_spread else ""
        say(f"{file}: issues.{one.issue}: in {one.share:.0%} of 200 draws {who}, and no text is within both{hint}")


def _warn_of_bad_deals(scenario: Scenario, file: str) -> None:
    """Say on which issues what is dealt can often not be agreed."""
    if scenario.dealt is None:
        return
    import numpy as np

    from negsim.negotiation.runs import Negotiation
    from negsim.scenario.lowering import lower
    from negsim.scenario.sampling import sample

    deals, case = 20, lower(sample(scenario, 0, 0))
    found = [Negotiation(case, seed=seed, replication=0).state.paragraphs["zone_start"] for seed in range(deals)]
    for issue, left in zip(scenario.issues, np.sum(found, axis=0).tolist(), strict=True):
        if left < _FEWEST_OPEN * deals:
            say(f"{file}: dealt: {left} of {deals} deals leave a text on {issue} that all could sign; widen its range")


@commands.command(epilog=example("negsim measures", "negsim measures depth"))
def measures(name: _Measure = None, *, out: TextFile = None, _plugins: Plugins) -> None:
    """List the measures of a run with their meanings.

    With --out and no NAME it writes the whole list as a page of Markdown.
    """
    from negsim.report.reference import describe_measure, list_measures, measures_page

    if name is not None:
        write_or_print(describe_measure(name), out)
    else:
        write_or_print(list_measures() if out is None else measures_page(), out)


@describe.command(epilog=example("negsim describe odd cstd_wgigf_2011 --out odd.md"))
def odd(name: Name, changes: Changes, *, out: TextFile = None, _plugins: Plugins) -> None:
    """Describe a scenario and the model after the ODD protocol."""
    from negsim.report.odd import odd as description
    from negsim.scenario import load

    write_or_print(description(load(name, changes=changes), name, changes), out)


@describe.command(epilog=example("negsim describe parameters --out parameters.md"))
def parameters(*, out: TextFile = None) -> None:
    """List the behavioural parameters with their sources."""
    from negsim.report.odd import parameters as description

    write_or_print(description(), out)


@describe.command(epilog=example("negsim describe methodologies --out methodologies.md"))
def methodologies(*, out: TextFile = None) -> None:
    """List the methodologies, with what each is for."""
    from negsim.report.reference import methodologies_page

    write_or_print(methodologies_page(), out)


@describe.command(epilog=example("negsim describe schema > scenario.schema.json"))
def schema(*, study: Annotated[bool, typer.Option("--study", help="The schema of study files.")] = False) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from negsim.scenario import schema_json
    from negsim.study.schema import study_schema_json

    print(study_schema_json() if study else schema_json(), end="")
