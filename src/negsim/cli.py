"""The command line: each command calls one public function and prints what it gives.

Rules that hold here
- Results on stdout, talk on stderr. Exit 0 fine, 1 failed, 2 bad input, 130 interrupted.
- What a person can put right is told in a sentence, never in a traceback; a folder is written whole or not at all.
- Heavy modules are imported where they are used, so that `--help` comes at once.
"""

# ruff: noqa: PLC0415 - see the last rule
# ruff: noqa: PLR0913 - the parameters of a command are its options
# ruff: noqa: T201 - printing is what a command line does

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from negsim import __version__
from negsim.errors import NegsimError, ScenarioError
from negsim.tell.progress import Step, followed, say

if TYPE_CHECKING:
    from negsim.negotiation.trace import Trace
    from negsim.scenario import Scenario
    from negsim.study.runner import Runs

FAILED, BAD_INPUT, INTERRUPTED = 1, 2, 130
WIDE = 200  # columns of a table that does not go to a terminal
TINY = """
format: 1
title: Two neighbours
issues: {fence: {label: Fence, low: low, high: high, status_quo: 0.5}}
groups: {left: {seats: 2, position: {fence: 0.4}}, right: {seats: 2, position: {fence: 0.6}}}
process: {meetings: [{name: Garden, days: 1, agenda: [rolling_text: 1]}]}
"""


class Commands(TyperGroup):
    """All commands: what goes wrong in any of them is told in one way."""

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401 - typer keeps the type of its contexts to itself
        """Run the command; turn its errors into a sentence on stderr and an exit code."""
        try:
            return super().invoke(ctx)
        except NegsimError as error:
            say(str(error))
            raise typer.Exit(BAD_INPUT) from None
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

Name = Annotated[str, typer.Argument(metavar="NAME", help="A built-in scenario or a file.", show_default=False)]
Changes = Annotated[
    list[str],
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        default_factory=list,
        show_default=False,
        help="Change the scenario, such as meetings.count=5; may be repeated.",
    ),
]
Seed = Annotated[int, typer.Option(min=0, max=2**64 - 1, metavar="N", help="Seed of all draws.")]
Replications = Annotated[int, typer.Option(min=1, max=1_000_000, metavar="N", help="How many runs.")]
Replication = Annotated[int, typer.Option(min=0, max=2**32 - 1, metavar="N", help="Which run, counted from 0.")]
Threads = Annotated[
    int | None, typer.Option(min=1, max=1024, metavar="N", show_default=False, help="Threads (default: one a core).")
]
Folder = Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write.")]
Tables = Annotated[
    Path | None, typer.Option(metavar="FOLDER", show_default=False, help="Write tables, summary and scenario here.")
]
File = Annotated[
    Path | None, typer.Option(metavar="FILE", show_default=False, help="Write to a file instead of the screen.")
]


def main() -> None:
    """The command `negsim`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter shows a question mark
    try:
        app(prog_name="negsim")
    finally:
        try:
            sys.stdout.flush()
        except BrokenPipeError:  # whoever read this has seen enough
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


# --------------------------------------------------------------------------------------------- scenarios


@app.command("list")
def list_scenarios() -> None:
    """List the built-in scenarios."""
    from rich.console import Console
    from rich.table import Table

    from negsim.scenario import load, names

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("name", "title", "seats", "issues", "meetings"):
        table.add_column(column, justify="left" if column in {"name", "title"} else "right")
    for name in names():
        case = load(name)
        sizes = (sum(group.seats for group in case.groups.values()), len(case.issues), len(case.process.meetings))
        table.add_row(name, case.title, *map(str, sizes))
    width = None if sys.stdout.isatty() else WIDE
    Console(highlight=False, markup=False, width=width).print(table)


@app.command()
def show(
    name: Name,
    changes: Changes,
    *,
    resolved: Annotated[bool, typer.Option("--resolved", help="Say everything, defaults and words included.")] = False,
) -> None:
    """Show a scenario, as written or with everything said.

    With --set it is shown changed, and with everything said.
    """
    from negsim.scenario import dump_yaml, load, text_of

    print((dump_yaml(load(name, changes=changes)) if resolved or changes else text_of(name)).rstrip("\n"))


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario files or names.", show_default=False)],
) -> None:
    """Check scenario files; every problem is told with its place."""
    from negsim.scenario import load

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


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from negsim.scenario import schema_json

    print(schema_json(), end="")


# ------------------------------------------------------------------------------------------------- runs


@app.command()
def run(
    name: Name,
    changes: Changes,
    *,
    replications: Replications = 200,
    seed: Seed = 0,
    out: Tables = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the summary.")] = False,
    threads: Threads = None,
) -> None:
    """Run a scenario many times: how it ends, what blocks, why."""
    from negsim.tell import report, results

    scenario = _loaded(name, changes)
    if out is not None:
        results.check_free(out)
    runs = _run(scenario, replications=replications, seed=seed, threads=threads)
    if out is not None:
        results.write_results(runs, out, name=_called(name), changes=changes)
    text = report.as_json(runs, _called(name)) if as_json else _coloured(report.summary(runs, changes=changes))
    print(text.rstrip("\n"))
    if out is not None:
        say(f"written: {out}")


@app.command()
def transcript(name: Name, changes: Changes, *, seed: Seed = 0, replication: Replication = 0, out: File = None) -> None:
    """Tell one run as the minutes of its meetings."""
    from negsim.tell.transcript import transcript as told

    scenario = _loaded(name, changes)
    text = told(scenario, _watch(scenario, seed=seed, replication=replication))
    if out is None:
        print(text.rstrip("\n"))
    else:
        out.write_text(text, encoding="utf-8")
        say(f"written: {out}")


@app.command()
def plot(
    name: Name,
    changes: Changes,
    *,
    seed: Seed = 0,
    replication: Replication = 0,
    replications: Replications = 200,
    out: Folder = Path("plots"),
) -> None:
    """Draw one run, and how many runs end, into a folder."""
    from negsim.tell import plots, results

    scenario = _loaded(name, changes)
    trace = _watch(scenario, seed=seed, replication=replication)
    runs = {_called(name): _run(scenario, replications=replications, seed=seed, threads=None)}
    pictures = {called: draw(scenario, trace) for called, draw in plots.RUN_PICTURES.items()} | {
        "outcomes": plots.outcome_shares(runs),
        "who_blocked": plots.who_blocked(runs[_called(name)]),
        "minutes": plots.minutes_spent(runs),
    }
    with results.added_to(out) as part:
        for called, picture in pictures.items():
            plots.save(picture, part / f"{called}.png")
    for called in pictures:
        print(out / f"{called}.png")


@app.command()
def demo(
    *,
    out: Folder = Path("demo"),
    replications: Annotated[int, typer.Option(min=1, max=1_000_000, metavar="N", help="Runs a cell.")] = 200,
    threads: Threads = None,
) -> None:
    """Show why the 2011 working group failed, and what helps."""
    _make_ready()
    from negsim.tell.demo import write_demo

    print(followed(write_demo(out, replications=replications, threads=threads)))


# --------------------------------------------------------------------------------------------- evidence


@app.command()
def patterns(*, replications: Replications = 1000, seed: Seed = 0, out: File = None) -> None:
    """Say which patterns hold, with estimates and intervals."""
    _make_ready()
    from negsim.tell.findings import patterns_report

    print(followed(patterns_report(replications, seed, out)))


@app.command()
def levers(*, replications: Replications = 1000, seed: Seed = 0, out: File = None) -> None:
    """Turn what history changed at once, one change at a time."""
    _make_ready()
    from negsim.tell.findings import levers_report

    print(followed(levers_report(replications, seed, out)))


@app.command()
def calibrate(*, replications: Replications = 2000, out: File = None) -> None:
    """Calibrate the model anew and check it on other seeds (minutes)."""
    _make_ready()
    from negsim.tell.findings import calibration_report

    print(followed(calibration_report(replications, out)))


@app.command("compile")
def compile_kernels() -> None:
    """Compile the model's kernels (once, about a minute)."""
    compiles, start = _must_compile(), time.perf_counter()
    _run_tiny()
    print(f"negsim: kernels {'compiled' if compiles else 'ready'} in {time.perf_counter() - start:.0f} s")


# --------------------------------------------------------------------------------------- what they share


def _called(name: str) -> str:
    """The name of a scenario: that of its file, without the suffix."""
    return Path(name).stem


def _loaded(name: str, changes: list[str]) -> Scenario:
    """The scenario to be run; bad input is told before anything is compiled."""
    from negsim.scenario import load

    scenario = load(name, changes=changes)
    _make_ready()
    return scenario


def _must_compile() -> bool:
    """Whether the loop over replications has to be compiled first."""
    import numba

    from negsim.kernel import cache_folder

    folder = cache_folder()
    return not numba.config.DISABLE_JIT and (folder is None or not any(folder.rglob("*.replicate-*.nbi")))


def _make_ready() -> None:
    """Compile what nobody has compiled yet; in the main thread, where it can be interrupted."""
    if _must_compile():
        say("negsim: compiling the model's kernels, once; this takes about a minute")
        _run_tiny()


def _run_tiny() -> None:
    """Use every kernel once."""
    import numpy as np

    from negsim.negotiation.many import replicate
    from negsim.negotiation.trace import watch
    from negsim.scenario import loads
    from negsim.scenario.lowering import lower

    case = lower(loads(TINY, "two neighbours"))
    replicate(case, np.uint64(0), 0, 1)
    watch(case)


def _watch(scenario: Scenario, *, seed: int, replication: int) -> Trace:
    from negsim.negotiation.trace import watch
    from negsim.scenario.lowering import lower

    return watch(lower(scenario), seed=seed, replication=replication)


def _run(scenario: Scenario, *, replications: int, seed: int, threads: int | None) -> Runs:
    return followed(_runs(scenario, replications=replications, seed=seed, threads=threads))


def _runs(scenario: Scenario, *, replications: int, seed: int, threads: int | None) -> Generator[Step, None, Runs]:
    """The runs, some at a time, so that progress can be seen."""
    import numpy as np

    from negsim.negotiation.measures import Results
    from negsim.scenario.lowering import lower
    from negsim.study.runner import CHUNK, Runs, chunks, default_threads, run_case

    threads = threads or default_threads()
    case, parts = lower(scenario), []
    for first, count in chunks(0, replications, CHUNK * threads):
        parts.append(run_case(case, replications=count, seed=seed, first=first, threads=threads))
        yield first + count, replications, "runs"
    return Runs(scenario, seed, 0, Results(*(np.concatenate(tables) for tables in zip(*parts, strict=True))))


def _coloured(text: str) -> str:
    """The title and the headings of a summary in bold, where it goes to a terminal."""
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    lines = text.splitlines()
    bold = [n == 0 or (line[:3].isupper() and line[0] != " ") for n, line in enumerate(lines)]
    return "\n".join(f"\033[1m{line}\033[0m" if strong else line for line, strong in zip(lines, bold, strict=True))
