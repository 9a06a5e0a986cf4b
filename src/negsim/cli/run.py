"""Commands that run scenarios: demo, run, transcript, plot, compare, report; and compile, which prepares for it."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from negsim.cli.options import (
    Changes,
    Ensemble,
    Measures,
    Name,
    NewFolder,
    PageFile,
    PictureFolder,
    PictureFormat,
    Pictures,
    Replication,
    Replications,
    Seed,
    TableFile,
    TableFolder,
    TextFile,
    Threads,
    check_source,
    choose_pictures,
    example,
    load_scenario,
    make_ready,
    name_and_changes,
    scenario_name,
    split_words,
    with_ensemble,
    write_or_print,
)
from negsim.errors import NegsimError
from negsim.report.progress import followed, say

if TYPE_CHECKING:
    from negsim.negotiation.runs import Trace
    from negsim.scenario import Scenario
    from negsim.study.runner import Runs


commands = typer.Typer()


@commands.command(epilog=example("negsim demo --out demo"))
def demo(
    *,
    out: NewFolder = Path("demo"),
    replications: Annotated[int, typer.Option(min=1, max=1_000_000, metavar="N", help="Runs per cell.")] = 200,
    threads: Threads = None,
) -> None:
    """Show why the 2011 working group failed, and what helps."""
    make_ready()
    from negsim.report.demo import write_demo

    print(followed(write_demo(out, replications=replications, threads=threads)))


@commands.command(
    epilog=example(
        "negsim run cstd_wgigf_2011",
        "negsim run cstd_wgigf_2011 --set meetings.count=5 --replications 1000",
        "negsim run cases/wsis_tunis --parameters plausible --out results",
    )
)
def run(
    name: Name,
    changes: Changes,
    *,
    replications: Replications = 200,
    seed: Seed = 0,
    parameters: Ensemble = None,
    out: TableFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, not the summary.")] = False,
    threads: Threads = None,
) -> None:
    """Run a scenario many times: how it ends, what blocks, why.

    For a coded case as it stands, also a forecast that is pooled with how other cases ended.
    """
    from negsim.cases import case_in
    from negsim.report import summary

    case = None if changes or as_json else case_in(name)
    changes, title = with_ensemble(changes, parameters), scenario_name(name)
    runs = _run(load_scenario(name, changes), replications=replications, seed=seed, threads=threads)
    if out is not None:
        from negsim.report import outputs  # loads the pictures

        outputs.write_results(runs, out, name=title, changes=changes)
    print((summary.as_json(runs, title) if as_json else _bold(summary.summary(runs, changes=changes))).rstrip("\n"))
    if case is not None:
        from negsim.report.summary import forecast_text

        print("\n" + _bold(forecast_text(case, runs)).rstrip("\n"))
    if out is not None:
        say(f"written: {out}")


@commands.command(epilog=example("negsim transcript cstd_wgigf_2011 --seed 7 --replication 2"))
def transcript(
    name: Name,
    changes: Changes,
    *,
    seed: Seed = 0,
    replication: Replication = 0,
    parameters: Ensemble = None,
    out: TextFile = None,
) -> None:
    """Print one run as the minutes of its meetings."""
    from negsim.report.minutes import transcript as minutes

    write_or_print(minutes(*_watch(load_scenario(name, changes, parameters), seed=seed, replication=replication)), out)


@commands.command(
    epilog=example(
        "negsim plot classroom --out pictures",
        "negsim plot classroom --only trust --only brackets --format svg",
    )
)
def plot(
    name: Name,
    changes: Changes,
    *,
    seed: Seed = 0,
    replication: Replication = 0,
    replications: Replications = 200,
    parameters: Ensemble = None,
    out: PictureFolder = Path("plots"),
    only: Pictures,
    form: PictureFormat = "png",
) -> None:
    """Draw pictures of one run and of the outcomes of many.

    The results of a study are drawn by `negsim study plot`.
    """
    from negsim.files import add_pictures
    from negsim.report import plots

    scenario = load_scenario(name, changes, parameters)
    certain, trace = _watch(scenario, seed=seed, replication=replication)
    title = scenario_name(name)
    runs = {title: _run(scenario, replications=replications, seed=seed, threads=None)}
    draws = {picture: partial(draw, certain, trace) for picture, draw in plots.RUN_PICTURES.items()} | {
        "outcomes": partial(plots.outcome_shares, runs),
        "who_blocked": partial(plots.who_blocked, runs[title]),
        "minutes": partial(plots.minutes_spent, runs),
    }
    files = {f"{picture}.{form}": draws[picture] for picture in choose_pictures(draws, only)}
    with add_pictures(out, files) as part:
        followed(plots.save_all(files, part))
    for file in files:
        print(out / file)


@commands.command(
    epilog=example(
        "negsim compare cstd_wgigf_2011 methodology=rolling_text meetings.count=5",
        'negsim compare cstd_wgigf_2011 "dinners: informal.mixed_evenings=1"',
        "negsim compare cstd_wgigf_2011 cstd_wgigf_2012 --measure depth",
    )
)
def compare(
    alternatives: Annotated[
        list[str],
        typer.Argument(
            metavar="SCENARIO",
            show_default=False,
            callback=check_source,
            help='"[LABEL:] NAME PATH=VALUE ..."; without NAME, changes of the first.',
        ),
    ],
    changes: Changes,
    measures: Measures,
    *,
    replications: Replications = 1000,
    seed: Seed = 0,
    parameters: Ensemble = None,
    half_width: Annotated[
        float | None, typer.Option(min=0.0, metavar="W", show_default=False, help="Wanted half-width of the intervals.")
    ] = None,
    threads: Threads = None,
    out: TableFile = None,
) -> None:
    """Compare scenarios on the same random draws, with intervals."""
    from negsim.files import write_table
    from negsim.negotiation.measures import DEFAULT
    from negsim.report.comparisons import comparison_table, comparison_text
    from negsim.study.compare import compare as compare_runs

    if half_width == 0.0:
        raise NegsimError("--half-width is 0: no number of runs gives an interval without width")
    runs = _run_all(
        alternatives, with_ensemble(changes, parameters), replications=replications, seed=seed, threads=threads
    )
    comparisons = list(compare_runs(runs, measures or DEFAULT, half_width=half_width))
    goal = f"for a half-width of {half_width:g}" if half_width else "for the interval to exclude zero"
    print(comparison_text(comparisons, next(iter(runs)), replications=replications, seed=seed, goal=goal))
    if out is not None:
        write_table(out, *comparison_table(comparisons))
        say(f"written: {out}")


@commands.command(epilog=example("negsim report cstd_wgigf_2011 --set meetings.count=3 --out geneva.html"))
def report(
    name: Name,
    changes: Changes,
    *,
    replications: Replications = 200,
    seed: Seed = 0,
    parameters: Ensemble = None,
    out: PageFile = Path("report.html"),
) -> None:
    """Write one HTML file about a scenario: setting, curves, minutes.

    The file opens by itself and prints well. `negsim study report` writes one about the results of a study.
    """
    from negsim.files import write_text
    from negsim.report.pages.reports import report_of_runs

    changes = with_ensemble(changes, parameters)
    runs = _run(load_scenario(name, changes), replications=replications, seed=seed, threads=None)
    write_text(out, report_of_runs(runs, source=name, changes=changes))
    print(out)


@commands.command("compile", hidden=True, epilog=example("negsim compile"))
def compile_model() -> None:
    """Compile the model, unless it is kept from before."""
    start, compiled = time.perf_counter(), make_ready()
    print(f"negsim: the model is {'compiled' if compiled else 'ready'}, in {time.perf_counter() - start:.0f} s")


class _Alternative(NamedTuple):
    """An alternative to compare: its label, its scenario (None: that of the first one) and its changes."""

    label: str
    name: str | None
    changes: list[str]


def _alternative(text: str) -> _Alternative:
    """Reads `LABEL: NAME PATH=VALUE ...`, of which label, name or changes may be left out."""
    words = split_words(text)
    label = words.pop(0)[:-1] if words and words[0].endswith(":") else text
    if not words:
        raise NegsimError('an alternative is empty; write "NAME PATH=VALUE ..."')
    return _Alternative(label, *name_and_changes(words))


def _run_all(
    texts: list[str], changes: list[str], *, replications: int, seed: int, threads: int | None
) -> dict[str, Runs]:
    """Runs of every alternative, by its label."""
    from negsim.cases import load

    alternatives = [_alternative(text) for text in texts]
    first = alternatives[0].name
    if first is None:
        raise NegsimError(f"{texts[0]}: the first alternative has to name a scenario")
    scenarios = {one.label: load(one.name or first, changes=[*changes, *one.changes]) for one in alternatives}
    if len(scenarios) < 2 or len(scenarios) < len(alternatives):
        raise NegsimError("name two alternatives or more, each with a label of its own")
    make_ready()
    return {
        label: _run(scenario, replications=replications, seed=seed, threads=threads)
        for label, scenario in scenarios.items()
    }


def _run(scenario: Scenario, *, replications: int, seed: int, threads: int | None) -> Runs:
    from negsim.study.runner import run_steps

    return followed(run_steps(scenario, replications=replications, seed=seed, threads=threads))


def _watch(scenario: Scenario, *, seed: int, replication: int) -> tuple[Scenario, Trace]:
    """One run, and its scenario with everything uncertain drawn."""
    from negsim.negotiation.runs import watch
    from negsim.scenario.lowering import lower
    from negsim.scenario.sampling import sample

    certain = sample(scenario, seed, replication)
    return certain, watch(lower(certain), seed=seed, replication=replication)


def _bold(text: str) -> str:
    """The title and the headings of a summary in bold, where it goes to a terminal."""
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    lines = text.splitlines()
    bold = [n == 0 or (line[:3].isupper() and line[0] != " ") for n, line in enumerate(lines)]
    return "\n".join(f"\033[1m{line}\033[0m" if strong else line for line, strong in zip(lines, bold, strict=True))
