"""Commands that hold the model against documented cases: validate, plausible."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negsim.cli.kernels import make_ready
from negsim.cli.options import Folder, Tables
from negsim.errors import NegsimError
from negsim.tell.progress import followed, say

if TYPE_CHECKING:
    pass

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
    from negsim.scenario.coding import builtin_cases, load_case
    from negsim.tell.validation import validation_report

    known = [load_case(name) for name in builtin_cases()]
    asked = [load_case(source) for source in _files(cases)] if cases else known
    if unsaid := [case.name for case in asked if case.outcome is None]:
        first = "`negsim run FILE --parameters plausible` predicts a case without one"
        raise NegsimError(f"{', '.join(unsaid)}: no outcome is said, so nothing can be scored; {first}")
    if twice := sorted({case.name for case in asked if [other.name for other in asked].count(case.name) > 1}):
        raise NegsimError(f"{', '.join(twice)}: given twice; a case counts once")
    make_ready()
    print(followed(validation_report(asked, known, out=out, neighbourhood=steps)))
    if out is not None:
        say(f"written: {out}")


def _files(cases: list[str]) -> Iterator[str]:
    """The case files that are named: themselves, or all in a folder."""
    for name in cases:
        if not Path(name).is_dir():
            yield name
            continue
        files = sorted(str(path) for path in Path(name).glob("*.yaml"))
        if not files:
            raise NegsimError(f"{name}: holds no case files (*.yaml)")
        yield from files


@commands.command()
def plausible(*, out: Folder = Path("ensembles")) -> None:
    """Sample the parameter sets that calibration does not rule out (an hour)."""
    make_ready()
    from negsim.tell.ensembles import plausible_report

    print(followed(plausible_report(out)))
