"""The command line: each command calls one public function and prints the result.

- Results go to stdout, messages to stderr. Exit codes: 0 fine, 1 failed, 2 bad input, 128 plus the number of the signal
  that ended it (130 after ^C).
- An error that a user can fix is a sentence, never a traceback. A folder is written whole or not at all.
- Heavy modules are imported where they are used, so that `--help` comes at once.
- A module's `commands` are its part of the command line; importing it registers nothing.
"""

from __future__ import annotations

import os
import sys
import warnings
from copy import copy
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperArgument, TyperGroup
from typer.models import CommandInfo

from negsim import __version__, signals
from negsim.cast.knobs import MEETINGS
from negsim.cli import case, classroom, page, run, scenario, study
from negsim.cli.options import BAD_INPUT, FAILED, example
from negsim.errors import FailedError, NegsimError
from negsim.report.progress import say

DAILY = (  # commands of the first level, in the order of `--help`
    *("demo", "list", "new", "show", "check", "run", "transcript", "plot"),
    *("compare", "why", "robust", "explain", "measures", "report", "page", "studio"),
)
_WHOLE = 1000  # letters of a command's short help at most: its lines are wrapped, not cut


# An argument's name says what it is; the type of its Python variable (`<list[str]>`) would say nothing to a reader.
TyperArgument.display_type_rich = lambda *_, **__: None  # type: ignore[method-assign]


class _Group(TyperGroup):
    """A group of commands, whose help says of each what it does, however narrow the screen."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer keeps the type of its contexts
        """Commands and groups, each under a heading."""
        commands = [(name, self.commands[name]) for name in self.list_commands(ctx)]
        for heading, groups in (("Commands", False), ("Groups", True)):
            rows = [
                (name, command.get_short_help_str(_WHOLE))
                for name, command in commands
                if isinstance(command, TyperGroup) == groups and not command.hidden
            ]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


class Commands(_Group):
    """All commands: one order of help, one way to report errors."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401
        """List the daily commands in their order, then the groups."""
        return sorted(super().list_commands(ctx), key=lambda name: DAILY.index(name) if name in DAILY else len(DAILY))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """Find the command; if a group's command is named without its group, point to it."""
        if args and args[0] not in self.commands:
            for name, group in self.commands.items():
                if isinstance(group, TyperGroup) and args[0] in group.commands:
                    ctx.fail(f"No such command '{args[0]}'. Did you mean 'negsim {name} {args[0]}'?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401
        """Run the command; turn its errors into a sentence on stderr and an exit code."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = _in_our_words(error)
            raise
        except NegsimError as error:
            say(str(error))
            raise typer.Exit(FAILED if isinstance(error, FailedError) else BAD_INPUT) from None
        except KeyboardInterrupt as error:
            say(next((word for word in error.args if isinstance(word, str)), signals.SENTENCE))
            raise typer.Exit(signals.exit_code(error)) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            say(f"{error.filename or 'negsim'}: {error.strerror or error}")
            raise typer.Exit(FAILED) from None


def _in_our_words(error: typer.BadParameter) -> str:
    """Explain what is wrong with the value of an option, where pydantic's message is written for programmers."""
    from pydantic import ValidationError

    if not isinstance(error.__cause__, ValidationError):
        return error.message
    finding = error.__cause__.errors(include_url=False)[0]
    value, limits = finding["input"], finding.get("ctx", {})
    match finding["type"]:
        case "greater_than_equal":
            return f"{value} is too small; write {limits['ge']} or more."
        case "less_than_equal":
            return f"{value} is too large; write {limits['le']} or less."
        case "int_parsing":
            return f"{value} is not a whole number."
        case "float_parsing":
            return f"{value} is not a number."
        case _:
            return finding["msg"].removeprefix("Value error, ")


app = typer.Typer(
    cls=Commands,
    help="Who can agree, on what, by which process: a simulator of multistakeholder negotiation.",
    epilog=example(
        f"negsim run cstd_wgigf_2011 --set {MEETINGS.change(5)}",
        "negsim run --help",
        "negsim doc tutorial    # negsim doc lists all pages",
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _part in (
    *(run.commands, page.commands, scenario.commands, classroom.daily),
    *(study.commands, case.commands, scenario.describe, classroom.commands),
):
    app.add_typer(_part, cls=_Group)


def main() -> None:
    """Run the command `negsim`."""
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows a question mark
    warnings.showwarning = _say_once
    try:
        _run()
    except OSError as error:  # stdout cannot be written to
        _hush()
        say(f"negsim: {error.strerror or error}")
        sys.exit(FAILED)


def _run() -> None:
    try:
        _with_only(sys.argv[1:2])(prog_name="negsim")
    finally:
        try:
            sys.stdout.flush()
        except BrokenPipeError:  # the reader has seen enough
            _hush()


def _with_only(first: list[str]) -> typer.Typer:
    """Return the app with the one command or group that the first word names, since all take long to build.

    With any other word, or none, it has all.
    """
    for group in app.registered_groups:
        part = copy(group.typer_instance)
        if part is None:
            continue
        if not isinstance(part.info.name, str):  # its commands are of the first level
            part.registered_commands = [one for one in part.registered_commands if [_name_of(one)] == first]
        elif [part.info.name] != first:
            continue
        if part.registered_commands:
            some = copy(app)
            some.registered_groups = []
            some.add_typer(part, cls=_Group)
            return some
    return app


def _name_of(command: CommandInfo) -> str:
    return command.name or str(getattr(command.callback, "__name__", ""))


_warned: set[str] = set()


def _say_once(message: Warning | str, *_: object, **__: object) -> None:
    if str(message) not in _warned:
        _warned.add(str(message))
        say(str(message))


def _nowhere() -> TextIO:
    """Open a stream that replaces a closed standard stream."""
    return Path(os.devnull).open("w", encoding="utf-8")


def _hush() -> None:
    """Discard the rest of stdout: nothing can be written to it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_version(show: bool) -> None:  # noqa: FBT001 - typer calls it so
    if show:
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
