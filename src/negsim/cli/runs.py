"""Commands that run a scenario: run, transcript, plot, demo."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negsim.cli.kernels import make_ready
from negsim.cli.options import (
    Changes,
    Ensemble,
    File,
    Folder,
    Name,
    PictureFormat,
    Replication,
    Replications,
    Seed,
    Tables,
    Threads,
    check_as_it_is,
    is_folder,
    under,
)
from negsim.errors import NegsimError, did_you_mean
from negsim.report.progress import followed, say

if TYPE_CHECKING:
    from negsim.negotiation.runs import Trace
    from negsim.scenario import Scenario
    from negsim.study.runner import Runs

commands = typer.Typer()


@commands.command()
def run(
    name: Name,
    changes: Changes,
    *,
    replications: Replications = 200,
    seed: Seed = 0,
    parameters: Ensemble = None,
    out: Tables = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of the summary.")] = False,
    threads: Threads = None,
) -> None:
    """Run a scenario many times: how it ends, what blocks, why."""
    from negsim.report import outputs, summary

    changes = under(parameters, changes)
    scenario = _loaded(name, changes)
    runs = _run(scenario, replications=replications, seed=seed, threads=threads)
    if out is not None:
        outputs.write_results(runs, out, name=_called(name), changes=changes)
    text = summary.as_json(runs, _called(name)) if as_json else _coloured(summary.summary(runs, changes=changes))
    print(text.rstrip("\n"))
    if out is not None:
        say(f"written: {out}")


@commands.command()
def transcript(
    name: Name,
    changes: Changes,
    *,
    seed: Seed = 0,
    replication: Replication = 0,
    parameters: Ensemble = None,
    out: File = None,
) -> None:
    """Tell one run as the minutes of its meetings."""
    from negsim.report.minutes import transcript as told

    scenario, trace = _watch(_loaded(name, under(parameters, changes)), seed=seed, replication=replication)
    text = told(scenario, trace)
    if out is None:
        print(text.rstrip("\n"))
    else:
        from negsim.files import write_text

        write_text(out, text)
        say(f"written: {out}")


@commands.command()
def plot(
    context: typer.Context,
    name: Name,
    changes: Changes,
    *,
    seed: Seed = 0,
    replication: Replication = 0,
    replications: Replications = 200,
    parameters: Ensemble = None,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to draw.")] = Path("plots"),
    only: Annotated[
        list[str],
        typer.Option(metavar="PICTURE", default_factory=list, show_default=False, help="Only this; may be repeated."),
    ],
    form: PictureFormat = "png",
) -> None:
    """Draw one run and how runs end, or a study by its results folder."""
    if is_folder(name):
        check_as_it_is(context, name, "name", "--out", "--only", "--format")
        _plot_study(Path(name), out, only, form)
        return
    from negsim.files import add_pictures
    from negsim.report import plots

    scenario = _loaded(name, under(parameters, changes))
    told, trace = _watch(scenario, seed=seed, replication=replication)
    runs = {_called(name): _run(scenario, replications=replications, seed=seed, threads=None)}
    draws = {called: partial(draw, told, trace) for called, draw in plots.RUN_PICTURES.items()} | {
        "outcomes": partial(plots.outcome_shares, runs),
        "who_blocked": partial(plots.who_blocked, runs[_called(name)]),
        "minutes": partial(plots.minutes_spent, runs),
    }
    files = {f"{called}.{form}": draws[called] for called in _wanted(draws, only)}
    with add_pictures(out, files) as part:
        for file, draw in files.items():
            plots.save(draw(), part / file)
    for file in files:
        print(out / file)


def _wanted(pictures: Collection[str], only: list[str]) -> list[str]:
    """The names of pictures asked for, or of all. Raises NegsimError for one that there is not."""
    for name in only:
        if name not in pictures:
            raise NegsimError(f'there is no picture "{name}"{did_you_mean(name, pictures)}')
    return only or list(pictures)


def _plot_study(folder: Path, out: Path, only: list[str], form: str) -> None:
    """Every picture that fits the design of a study, or those asked for."""
    from negsim.files import add_pictures
    from negsim.report.plots.study import study_pictures
    from negsim.report.plots.style import save
    from negsim.study.results import results

    pictures = study_pictures(results(folder))
    files = {f"{name}.{form}": pictures[name] for name in _wanted(pictures, only)}
    with add_pictures(out, files) as part:
        for file, picture in files.items():
            save(picture.draw(), part / file)
    for file, picture in files.items():
        print(out / file)
        say(f"  {picture.caption}")


@commands.command()
def demo(
    *,
    out: Folder = Path("demo"),
    replications: Annotated[int, typer.Option(min=1, max=1_000_000, metavar="N", help="Runs a cell.")] = 200,
    threads: Threads = None,
) -> None:
    """Show why the 2011 working group failed, and what helps."""
    make_ready()
    from negsim.report.demo import write_demo

    print(followed(write_demo(out, replications=replications, threads=threads)))


def _called(name: str) -> str:
    """The name of a scenario: that of its file, without the suffix."""
    return Path(name).stem


def _loaded(name: str, changes: list[str]) -> Scenario:
    """The scenario to be run; bad input is told before anything is compiled."""
    from negsim.cases import load

    scenario = load(name, changes=changes)
    make_ready()
    return scenario


def _watch(scenario: Scenario, *, seed: int, replication: int) -> tuple[Scenario, Trace]:
    """One run, and its scenario with everything drawn."""
    from negsim.negotiation.runs import watch
    from negsim.scenario.lowering import lower
    from negsim.scenario.sampling import drawn

    certain = drawn(scenario, seed, replication)
    return certain, watch(lower(certain), seed=seed, replication=replication)


def _run(scenario: Scenario, *, replications: int, seed: int, threads: int | None) -> Runs:
    from negsim.study.runner import run_steps

    return followed(run_steps(scenario, replications=replications, seed=seed, threads=threads))


def _coloured(text: str) -> str:
    """The title and the headings of a summary in bold, where it goes to a terminal."""
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    lines = text.splitlines()
    bold = [n == 0 or (line[:3].isupper() and line[0] != " ") for n, line in enumerate(lines)]
    return "\n".join(f"\033[1m{line}\033[0m" if strong else line for line, strong in zip(lines, bold, strict=True))
