"""The command line: each command calls one public function and prints what it gives.

Rules that hold here
- Results on stdout, talk on stderr. Exit 0 fine, 1 failed, 2 bad input, 130 interrupted.
- What a person can put right is told in a sentence, never in a traceback; a folder is written whole or not at all.
- Heavy modules are imported where they are used, so that `--help` comes at once.
- A module's `commands` are its part of the whole; nothing is registered by being imported.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperGroup

from negsim import __version__
from negsim.cli import (
    cases,
    evidence,
    explanation,
    kernels,
    measures,
    neighbours,
    papers,
    reports,
    runs,
    scenarios,
    sensitivity,
    studies,
    studio,
    validation,
)
from negsim.cli.options import BAD_INPUT, FAILED, INTERRUPTED
from negsim.errors import FailedError, NegsimError
from negsim.report.progress import say


class Commands(TyperGroup):
    """All commands: what goes wrong in any of them is told in one way."""

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401 - typer keeps the type of its contexts to itself
        """Run the command; turn its errors into a sentence on stderr and an exit code."""
        try:
            return super().invoke(ctx)
        except NegsimError as error:
            say(str(error))
            raise typer.Exit(FAILED if isinstance(error, FailedError) else BAD_INPUT) from None
        except KeyboardInterrupt:
            say("interrupted; nothing was written")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            say(f"{error.filename or 'negsim'}: {error.strerror or error}")
            raise typer.Exit(FAILED) from None


app = typer.Typer(
    cls=Commands,
    help="Who can agree, on what, by which process: a simulator of multistakeholder negotiation.",
    epilog="NAME is a built-in scenario (see `negsim list`) or a file. "
    "Example: negsim run cstd_wgigf_2011 --set meetings.count=5",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _part in (
    scenarios,
    runs,
    studio,
    studies,
    sensitivity,
    reports,
    cases,
    explanation,
    evidence,
    validation,
    measures,
    papers,
    neighbours,
    kernels,
):  # the order of `--help`
    app.add_typer(_part.commands)


def main() -> None:
    """The command `negsim`."""
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows a question mark
    try:
        _run()
    except KeyboardInterrupt:  # before the command had begun
        sys.exit(INTERRUPTED)
    except OSError as error:  # what it says finds no room
        _hush()
        say(f"negsim: {error.strerror or error}")
        sys.exit(FAILED)


def _run() -> None:
    """Run the command, and say all it has to say."""
    try:
        app(prog_name="negsim")
    finally:
        try:
            sys.stdout.flush()
        except BrokenPipeError:  # whoever read this has seen enough
            _hush()


def _nowhere() -> TextIO:
    """What takes the place of a standard stream that is closed."""
    return Path(os.devnull).open("w", encoding="utf-8")


def _hush() -> None:
    """Say no more on stdout, where nothing can be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_version(asked: bool) -> None:  # noqa: FBT001 - typer calls it so
    if asked:
        print(f"negsim {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")
    ] = False,
) -> None:
    pass
