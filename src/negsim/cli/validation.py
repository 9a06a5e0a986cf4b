"""The command that holds the model against documented cases: validate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negsim.cli.kernels import make_ready
from negsim.cli.options import Tables, is_folder
from negsim.errors import NegsimError
from negsim.report.progress import followed, say

if TYPE_CHECKING:
    from negsim.cases import CodedCase

commands = typer.Typer()


@commands.command()
def validate(
    cases: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CASES]...", help="Case files, folders or names (default: the 15 built-in cases)."),
    ] = None,
    *,
    steps: Annotated[bool, typer.Option(help="Also predict with every code a step off.")] = True,
    out: Tables = None,
) -> None:
    """Retrodict documented cases, beside rules that need no model."""
    from negsim.cases import builtin_cases, load_case
    from negsim.report.validation import validation_report

    known = [load_case(name) for name in builtin_cases()]
    asked = _asked(cases) if cases else known
    make_ready()
    print(followed(validation_report(asked, known, out=out, neighbourhood=steps)))
    if out is not None:
        say(f"written: {out}")


def _asked(sources: list[str]) -> list[CodedCase]:
    """The cases that are named, each once; those of a folder that say no outcome are left out, and told."""
    from negsim.cases import load_case

    asked: dict[str, CodedCase] = {}
    files: dict[str, str] = {}
    for source, by_folder in _files(sources):
        case = load_case(source)
        if case.name in files:
            raise NegsimError(f"{files[case.name]} and {source} are both called {case.name}; a case counts once")
        files[case.name] = source
        if case.outcome is None and by_folder:
            say(f"{source}: no outcome is said; left out")
        else:
            asked[case.name] = case
    if unsaid := [name for name, case in asked.items() if case.outcome is None] or ([] if asked else list(files)):
        first = "`negsim run FILE --parameters plausible` predicts a case without one"
        raise NegsimError(f"{', '.join(unsaid)}: no outcome is said, so nothing can be scored; {first}")
    return list(asked.values())


def _files(sources: list[str]) -> Iterator[tuple[str, bool]]:
    """The case files that are named, and whether only their folder was."""
    for name in sources:
        if not is_folder(name):
            yield name, False
            continue
        files = sorted(str(path) for path in Path(name).iterdir() if path.suffix in {".yaml", ".yml"})
        if not files:
            raise NegsimError(f"{name}: holds no case files (*.yaml, *.yml)")
        yield from ((file, True) for file in files)
