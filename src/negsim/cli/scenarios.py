"""Commands on scenarios as they are written: list, show, check, schema."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from negsim.cli.options import BAD_INPUT, Changes, Name
from negsim.errors import ScenarioError
from negsim.report.progress import say

WIDE = 200  # columns of a table that does not go to a terminal

commands = typer.Typer()


@commands.command("list")
def list_scenarios() -> None:
    """List the built-in scenarios, and the real cases that the codebook makes scenarios of."""
    from negsim.cases import builtin_cases, load, load_case
    from negsim.scenario import names

    rows = []
    for name in names():
        case = load(name)
        sizes = (sum(group.seats for group in case.groups.values()), len(case.issues), len(case.process.meetings))
        rows.append((name, case.title, *map(str, sizes)))
    _print_table(("name", "title", "seats", "issues", "meetings"), rows)
    print()
    coded = [(name, load_case(name)) for name in builtin_cases()]
    _print_table(("coded case", "title", "years"), [(name, case.title, case.years) for name, case in coded])


def _print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table without lines: the first two columns to the left, numbers to the right."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for n, column in enumerate(columns):
        table.add_column(column, justify="left" if n < 2 else "right")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else WIDE).print(table)


@commands.command()
def show(
    name: Name,
    changes: Changes,
    *,
    resolved: Annotated[bool, typer.Option("--resolved", help="Say everything, defaults and words included.")] = False,
) -> None:
    """Show a scenario, as written or with everything said.

    With --set it is shown changed, and with everything said.
    """
    from negsim.cases import load
    from negsim.scenario import dump_yaml, text_of

    print((dump_yaml(load(name, changes=changes)) if resolved or changes else text_of(name)).rstrip("\n"))


@commands.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario files or names.", show_default=False)],
) -> None:
    """Check scenario files; every problem is told with its place."""
    from negsim.cases import load

    bad = False
    for file in files:
        try:
            load(file)
        except ScenarioError as error:
            bad = True
            say(str(error))
        else:
            print(f"{file}: fine")
    if bad:
        raise typer.Exit(BAD_INPUT)


@commands.command()
def schema(*, study: Annotated[bool, typer.Option("--study", help="Of study files.")] = False) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from negsim.scenario import schema_json
    from negsim.study.schema import study_schema_json

    print(study_schema_json() if study else schema_json(), end="")
