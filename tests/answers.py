"""What a command answers, without a process of its own."""

import csv
import io
from contextlib import redirect_stderr, redirect_stdout
from typing import NamedTuple

from typer.main import get_command
from typer.testing import CliRunner

from negsim.cli.commands import app

NEGSIM = get_command(app)


class Answer(NamedTuple):
    """Exit code, stdout, stderr, and an error that the command should not have let out."""

    code: int
    out: str
    err: str
    error: Exception | None


def answer(words, command=NEGSIM):
    """What a command leaves."""
    out, err, code, error = io.StringIO(), io.StringIO(), 0, None
    with redirect_stdout(out), redirect_stderr(err):
        try:
            command.main(words, prog_name="negsim")
        except SystemExit as end:
            code = end.code
        except Exception as one:  # noqa: BLE001 - whatever it is, it is a fault
            error = one
    return Answer(code, out.getvalue(), err.getvalue(), error)


def negsim(*words):
    """What a command leaves, as typer's runner tells it: exit_code, stdout, stderr."""
    return CliRunner().invoke(app, [str(word) for word in words])


def finished(steps, seen=None):
    """What a generator of steps returns. seen: a list for the steps."""
    seen = [] if seen is None else seen
    while True:
        try:
            seen.append(next(steps))
        except StopIteration as end:
            return end.value


def table_of(file):
    """The rows of a CSV file, as mappings."""
    with file.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))
