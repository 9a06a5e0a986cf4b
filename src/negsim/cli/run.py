"""Commands that run scenarios: demo, run, transcript, plot, compare, why, robust, explain, report; and compile."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from shlex import quote
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated

import typer

from negsim.cast.knobs import EVENINGS, MEETINGS
from negsim.cli import options
from negsim.errors import NegsimError, did_you_mean, encodable
from negsim.files import check_pictures, write_text
from negsim.report.looks import PictureFiles
from negsim.report.progress import followed, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from negsim.scenario import Scenario
    from negsim.study.runner import Runs
    from negsim.study.worlds import World

_LONGEST_NAME = 40  # letters of a name
_PARTS = ("aspect", "change")  # among which `explain` shares out a difference

commands = typer.Typer()


def _check_parts(by: str) -> str:
    if by not in _PARTS:
        raise NegsimError(f'cannot explain by "{by}"{did_you_mean(by, _PARTS)}')
    return by


@commands.command(epilog=options.example("negsim demo --out demo"))
def demo(
    *,
    out: options.NewFolder = Path("demo"),
    replications: Annotated[int, typer.Option(min=1, max=1_000_000, metavar="N", help="Runs per cell.")] = 200,
    threads: options.Threads = None,
) -> None:
    """Show why the 2011 working group failed, and what helps."""
    options.make_ready()
    from negsim.report.demo import STUDY_FOLDER, write_demo

    for page in followed(write_demo(out, replications=replications, threads=threads)):
        print(page)
    results = quote(str(out / STUDY_FOLDER))
    say(f"{out} also holds the tables, the pictures and the results of the study: try negsim study cells {results}")


@commands.command(
    epilog=options.example(
        "negsim run cstd_wgigf_2011",
        f"negsim run cstd_wgigf_2011 --set {MEETINGS.change(5)} --replications 5000",
        "negsim run cases/wsis_tunis --parameters plausible --out results",
    )
)
def run(
    name: options.Name,
    changes: options.Changes,
    *,
    replications: options.Replications = options.RUNS_PRINTED,
    seed: options.Seed = 0,
    parameters: options.Ensemble = None,
    worlds: options.Worlds = None,
    out: options.TableFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, not the summary.")] = False,
    threads: options.Threads = None,
    _plugins: options.Plugins,
    _rules: options.Rules,
) -> None:
    """Run a scenario many times: how it ends, what blocks, why.

    For an unmodified case, also print a forecast pooled with the outcomes of other cases.
    """
    from negsim.report import summary
    from negsim.scenario.library import is_case, parsed

    case = None
    if not changes and not as_json and is_case(parsed(name)[0].data):
        from negsim.cases import case_in

        case = case_in(name)
    scenario, title = options.load_scenario(name, changes, parameters), options.scenario_name(name)
    changes = options.shown_changes(changes, parameters)
    runs = _run(scenario, replications=replications, seed=seed, threads=threads)
    if out is not None:
        from negsim.report.outputs import write_results  # loads the pictures

        write_results(runs, out, name=title, changes=changes)
    if as_json:
        print(summary.as_json(runs, title))
    else:
        print(_bold(summary.summary(runs, changes=changes, width=get_terminal_size().columns)).rstrip("\n"))
    if case is not None:
        print("\n" + _bold(summary.forecast_text(case, runs)).rstrip("\n"))
    if not as_json:
        _say_how_far(scenario, worlds, seed=seed, threads=threads)
    options.say_written(out)


@commands.command(
    epilog=options.example(
        "negsim transcript cstd_wgigf_2011 --seed 7 --replication 2", "negsim transcript storm --journal table-3.json"
    )
)
def transcript(
    name: options.Name,
    changes: options.Changes,
    *,
    seed: options.Seed = 0,
    replication: options.Replication = 0,
    journal: Annotated[
        Path | None, options.option(metavar="FILE", help="Print a game that a page has saved, played again.")
    ] = None,
    parameters: options.Ensemble = None,
    out: options.TextFile = None,
    _plugins: options.Plugins,
    _rules: options.Rules,
) -> None:
    """Print one run as the minutes of its meetings."""
    from negsim.report.minutes import transcript as minutes

    scenario = options.load_scenario(name, changes, parameters)
    if journal is not None:
        from negsim.games import JOURNAL_FILE, play_again, read_journal
        from negsim.scenario.library import text_in

        source = str(journal)
        if seed or replication:
            raise NegsimError(f"{source}: has a seed and a replication of its own; leave out --seed and --replication")
        game = play_again(read_journal(text_in(journal, source, JOURNAL_FILE), source), scenario, source)
        if game.journal.result is None:
            raise NegsimError(f"{source}: the game is not over; its minutes are written at the end")
        options.write_or_print(minutes(game.room.scenario, game.trace), out)
        return
    from negsim.study.runner import rerun

    one = rerun(scenario, seed, replication)
    options.write_or_print(minutes(one.scenario, one.trace), out)


@commands.command(
    epilog=options.example(
        "negsim plot classroom --out pictures",
        "negsim plot classroom --only trust --only brackets --format svg",
    )
)
@options.pictures_in_a_folder
def plot(
    name: options.Name,
    changes: options.Changes,
    *,
    seed: options.Seed = 0,
    replication: options.OneReplication = None,
    replications: options.Replications = options.RUNS_PRINTED,
    parameters: options.Ensemble = None,
    out: options.PictureFolder = Path("plots"),
    only: options.SomePictures,
    form: PictureFiles,
    _plugins: options.Plugins,
    _rules: options.Rules,
) -> None:
    """Plot one run, and the outcomes of many.

    The single run shown is the first with the most common outcome, unless --replication names another. `negsim study
    plot` draws the results of a study.
    """
    options.spare_docstrings()
    from negsim.report import plots, words
    from negsim.study.runner import typical_run

    check_pictures(out, [file for one in plots.chosen_pictures(only, plots.PICTURES) for file in form.names(one)])
    runs = _run(options.load_scenario(name, changes, parameters), replications=replications, seed=seed)
    one = typical_run(runs, replication)
    pictures = plots.run_pictures(runs, one, name=options.scenario_name(name))
    chosen = pictures.only(*only)
    which = "" if replication is not None else f" --replication {one.replication}"
    files = options.add_pictures(chosen, out, form._replace(command=f"{form.command}{which}"))
    if of_one := [picture for picture in chosen if picture in plots.RUN_PICTURES]:
        say(f"{words.listed(of_one)} show{'s' if len(of_one) == 1 else ''} {plots.about_one(runs, one)}")
    for file in files:
        print(file)


@commands.command(
    epilog=options.example(
        f"negsim compare cstd_wgigf_2011 methodology=rolling_text {MEETINGS.change(5)}",
        f'negsim compare cstd_wgigf_2011 "dinners: {EVENINGS.change(1)}"',
        "negsim compare cstd_wgigf_2011 cstd_wgigf_2012 --measure depth",
    )
)
def compare(
    alternatives: Annotated[
        list[str],
        options.argument(
            metavar="SCENARIO",
            callback=options.check_source,
            help='"[LABEL:] NAME PATH=VALUE ..."; without NAME, changes of the first.',
        ),
    ],
    changes: options.Changes,
    measures: options.Measures,
    *,
    replications: options.Replications = options.RUNS_PRINTED,
    seed: options.Seed = 0,
    parameters: options.Ensemble = None,
    half_width: Annotated[
        str | None, options.option(metavar="W", help="Wanted half-width of the intervals, such as 2% or 30min.")
    ] = None,
    power: Annotated[
        str | None, options.option(metavar="SHARE", help="How often `enough` runs are to tell (usually 0.8).")
    ] = None,
    worlds: options.Worlds = None,
    threads: options.Threads = None,
    out: options.TableFile = None,
    _plugins: options.Plugins,
    _rules: options.Rules,
) -> None:
    """Compare scenarios on the same random draws, with intervals."""
    from negsim.report.comparisons import comparison_table, comparison_text
    from negsim.study.compare import check_wanted
    from negsim.study.compare import compare as compare_runs
    from negsim.study.power import POWER

    share = POWER if power is None else options.share_of("--power", power)
    with options.blaming(parameters, lambda change: _load_all(alternatives, [*changes, change])):
        scenarios = _load_all(alternatives, options.with_ensemble(changes, parameters))
    options.check_measures(measures, *scenarios.values())
    wanted = None if half_width is None else options.width_of("--half-width", half_width, measures)
    check_wanted(measures, wanted, share)
    options.make_ready()
    runs = {
        label: _run(scenario, replications=replications, seed=seed, threads=threads)
        for label, scenario in scenarios.items()
    }
    comparisons = list(compare_runs(runs, measures, half_width=wanted, power=share))
    print(comparison_text(comparisons, *next(iter(runs.items())), half_width=wanted, power=share))
    _say_how_far(next(iter(scenarios.values())), worlds, seed=seed, threads=threads)
    options.write_table(comparison_table(comparisons), out)


@commands.command(
    epilog=options.example(
        "negsim why cstd_wgigf_2011",
        'negsim why classroom --try "more trust=trust.across=high"',
        "negsim why classroom --measure share_agreed --threshold 80%",
    )
)
@options.pictures_in_a_folder
def why(
    name: options.Name,
    changes: options.Changes,
    candidates: Annotated[list[str], options.repeated("--try", "LABEL=CHANGES", "Also try changes of your own")],
    *,
    measure: options.Raised = "consensus",
    threshold: Annotated[
        str | None,
        options.option(
            metavar="VALUE", help="What changes together reach, such as 60%, 0.4 or 5h (default: 50% of a share)."
        ),
    ] = None,
    replications: options.MostReplications = options.RUNS_PRINTED,
    exactly: options.Exactly = False,
    seed: options.Seed = 0,
    parameters: options.Ensemble = None,
    worlds: options.Worlds = None,
    threads: options.Threads = None,
    out: options.TableFolder = None,
    form: PictureFiles,
    _plugins: options.Plugins,
    _rules: options.Rules,
) -> None:
    """Say what failure is made of, and what would most help."""
    from negsim.report.explanations import early_effects_text, effects_text
    from negsim.study.interventions import why as try_interventions

    try_, title = _candidates(candidates), options.scenario_name(name)
    scenario = options.load_scenario(name, changes, parameters)
    options.check_measures([measure], scenario)
    least = None if threshold is None else options.value_of("--threshold", threshold, measure)
    steps = try_interventions(
        scenario,
        try_=try_,
        measure=measure,
        threshold=least,
        replications=replications,
        exactly=exactly,
        seed=seed,
        threads=threads,
    )
    result = followed(steps, early=early_effects_text)
    print(effects_text(result, title))
    _say_how_far(scenario, worlds, measure=measure, seed=seed, threads=threads)
    if out is not None:
        from negsim.report.outputs import write_effects  # loads the pictures

        write_effects(result, out, scenario=scenario, name=title, form=form)
    options.say_written(out)


@commands.command(
    epilog=options.example(
        "negsim robust cstd_wgigf_2011 --parameters plausible",
        'negsim robust classroom --try "more trust=trust.across=high"',
    )
)
@options.pictures_in_a_folder
def robust(
    name: options.Name,
    changes: options.Changes,
    candidates: Annotated[
        list[str], options.repeated("--try", "LABEL=CHANGES", "Try changes of your own, and no others")
    ],
    *,
    measure: options.Raised = "consensus",
    by: Annotated[
        str | None,
        options.option(
            metavar="draws|steps",
            help="Worlds: draws of what is uncertain (default if there are any), or coded values a step up or down.",
        ),
    ] = None,
    worlds: Annotated[
        int | None, options.option(min=1, max=100_000, metavar="N", help="Number of draws (default: 40).")
    ] = None,
    replications: Annotated[
        int | None,
        options.option(
            min=2, max=1_000_000, metavar="N", help="Runs of each change in each world (default: 250; by steps 100)."
        ),
    ] = None,
    seed: options.Seed = 0,
    parameters: options.Ensemble = None,
    threads: options.Threads = None,
    out: options.TableFolder = None,
    form: PictureFiles,
    _plugins: options.Plugins,
    _rules: options.Rules,
) -> None:
    """Say which changes go on to help where what is uncertain is otherwise."""
    from negsim.report.robust import robust_text
    from negsim.study.robust import robust as try_in_worlds

    try_ = _candidates(candidates)
    scenario, title = options.load_scenario(name, changes, parameters), options.scenario_name(name)
    options.check_measures([measure], scenario)
    steps = try_in_worlds(
        scenario, try_=try_, measure=measure, kind=by, worlds=worlds, replications=replications, seed=seed,
        threads=threads, steps=_coded_steps(name, changes),
    )  # fmt: skip
    result = followed(steps)
    print(robust_text(result, title))
    if out is not None:
        from negsim.report.outputs import write_robust  # loads the pictures

        write_robust(result, out, scenario=scenario, name=title, form=form)
    options.say_written(out)


@commands.command(
    epilog=options.example(
        "negsim explain cstd_wgigf_2011 cstd_wgigf_2012",
        f'negsim explain classroom "{MEETINGS.change(3)} trust.across=high" --by change',
    )
)
@options.pictures_in_a_folder
def explain(
    first: Annotated[str, options.argument(metavar="A", callback=options.check_scenario, help="A scenario or a file.")],
    second: Annotated[
        str, options.argument(metavar="B", help='Another: "NAME PATH=VALUE ..."; without NAME, changes of A.')
    ],
    changes: options.Changes,
    measures: options.Measures,
    *,
    by: Annotated[
        str,
        typer.Option(
            metavar="|".join(_PARTS), callback=_check_parts, help="Share it out by aspect, or by change of B."
        ),
    ] = _PARTS[0],
    replications: options.MostReplications = options.RUNS_PRINTED,
    exactly: options.Exactly = False,
    seed: options.Seed = 0,
    parameters: options.Ensemble = None,
    threads: options.Threads = None,
    out: options.TableFolder = None,
    form: PictureFiles,
    _plugins: options.Plugins,
    _rules: options.Rules,
) -> None:
    """Explain why two scenarios end differently, aspect by aspect or change by change.

    Both scenarios must have the same groups and issues.
    """
    from negsim.report.explanations import early_explanation_text, explanation_text
    from negsim.study.explain import USUAL_MEASURES, differing
    from negsim.study.explain import explain as attribute

    with options.blaming(parameters, lambda change: _pair(first, second, [*changes, change])):
        pair, names, own = _pair(first, second, options.with_ensemble(changes, parameters))
    compared: tuple[Scenario, Scenario | list[str]] = pair
    if by == "aspect":
        differing(*pair)  # a pair that cannot be explained is an error before anything is compiled
    elif own is None:
        example = f"{MEETINGS.change(5)} trust.across=low"
        raise NegsimError(f'--by change: B has to be changes of A, two or more, as in "{example}"')
    else:
        compared = pair[0], own
    options.check_measures(measures, *pair)
    options.make_ready()
    measures = measures or list(USUAL_MEASURES)
    steps = attribute(
        compared, measures=measures, replications=replications, exactly=exactly, seed=seed, threads=threads
    )
    result = followed(steps, early=early_explanation_text)
    print(explanation_text(result, *names))
    if out is not None:
        from negsim.report.outputs import write_explanation  # loads the pictures

        write_explanation(result, out, pair=pair, names=names, form=form)
    options.say_written(out)


@commands.command(epilog=options.example(f"negsim report cstd_wgigf_2011 --set {MEETINGS.change(3)} --out geneva.html"))
@options.pictures_on_a_page
def report(
    name: options.Name,
    changes: options.Changes,
    *,
    replications: options.Replications = options.RUNS_PRINTED,
    seed: options.Seed = 0,
    parameters: options.Ensemble = None,
    out: options.PageFile = Path("report.html"),
    live: Annotated[bool, typer.Option("--live", help="Let readers run the model in it, as in negsim page.")] = False,
    form: PictureFiles,
    _plugins: options.Plugins,
    _rules: options.Rules,
) -> None:
    """Write one HTML file about a scenario: setting, curves, minutes.

    The file needs nothing else to open, and prints well. `negsim study report` writes one about a study.
    """
    options.spare_docstrings()
    from negsim.report.pages.reports import report_of_runs

    scenario = options.load_scenario(name, changes, parameters)
    changes = options.shown_changes(changes, parameters)
    frame = None
    if live:
        from negsim.page import PageSource, framed, page_steps

        frame = framed(followed(page_steps(PageSource(scenario, name, changes, seed))))
    runs = _run(scenario, replications=replications, seed=seed)
    write_text(out, report_of_runs(runs, source=name, changes=changes, look=form.look, live=frame))
    print(out)


@commands.command(hidden=True, epilog=options.example("negsim cite"))
def cite() -> None:
    """Print how to cite negsim, as text and as BibTeX."""
    from negsim.report.citation import citation

    print(citation())


@commands.command("compile", hidden=True, epilog=options.example("negsim compile"))
def compile_model() -> None:
    """Compile the model, unless it is in the cache already."""
    start, compiled = time.perf_counter(), options.make_ready()
    print(f"negsim: the model is {'compiled' if compiled else 'ready'}, in {time.perf_counter() - start:.0f} s")


def _say_how_far(
    scenario: Scenario, worlds: int | None, *, measure: str = "consensus", seed: int, threads: int | None
) -> None:
    """Print how far a measure moves over worlds; where none are asked for, say what is left out."""
    from negsim.report import words
    from negsim.report.uncertain import base_text, uncertainty_text

    if worlds is None:
        say(uncertainty_text(scenario))
        return
    from negsim.study.robust import RUNS_OF_A_WORLD, base_by_world, world_kind, worlds_of

    kind = world_kind(scenario, None)
    every = worlds_of(scenario, kind, count=worlds, seed=seed)
    base = base_by_world(every, measure, replications=RUNS_OF_A_WORLD[kind], seed=seed, threads=threads)
    print(f"\n{words.capital(base_text(followed(base), measure, RUNS_OF_A_WORLD[kind]))}")


def _coded_steps(name: str, changes: list[str]) -> Iterable[World] | None:
    """Return the worlds one code from a coded case; None for another scenario."""
    from negsim.cases import case_in
    from negsim.study.worlds import coded_worlds

    case = case_in(name)
    return None if case is None else coded_worlds(case, changes)


def _candidates(texts: list[str]) -> dict[str, list[str]]:
    """Split `LABEL=PATH=VALUE ...` into labels and changes; without a label the changes name themselves."""
    candidates: dict[str, list[str]] = {}
    for text in texts:
        label, _, rest = text.partition("=")
        changes = options.split_words(rest)
        if not changes or "=" not in changes[0]:
            label, changes = text, options.split_words(text)
        if not changes or "=" not in changes[0] or not label.strip():
            example = '"more trust=trust.across=high"'
            raise NegsimError(f'--try "{text}": is not a candidate; write LABEL=CHANGES, as in {example}')
        if (label := label.strip()) in candidates:
            raise NegsimError(f'--try "{text}": another candidate has this label')
        candidates[label] = changes
    return candidates


def _alternative(text: str) -> tuple[str, str | None, list[str]]:
    """Split `LABEL: NAME PATH=VALUE ...` into the label, the scenario (None: that of the first one) and the changes."""
    words = options.split_words(text)
    end = next((count for count, word in enumerate(words, start=1) if word.endswith(":") or "=" in word), 0)
    label = " ".join(words[:end])[:-1] if end and words[end - 1].endswith(":") else ""
    if label:
        words = words[end:]
    if not words:
        raise NegsimError('an alternative is empty; write "NAME PATH=VALUE ..."')
    return label or text, *options.name_and_changes(words)


def _load_all(texts: list[str], changes: list[str]) -> dict[str, Scenario]:
    from negsim.scenario import load

    alternatives = [_alternative(text) for text in texts]
    _, first, _ = alternatives[0]
    if first is None:
        raise NegsimError(f"{texts[0]}: the first alternative has to name a scenario")
    scenarios = {label: load(name or first, changes=[*changes, *own]) for label, name, own in alternatives}
    if len(scenarios) < 2 or len(scenarios) < len(alternatives):
        raise NegsimError("name two alternatives or more, each with a label of its own")
    return scenarios


def _run(scenario: Scenario, *, replications: int, seed: int, threads: int | None = None) -> Runs:
    from negsim.study.runner import run_steps

    return followed(run_steps(scenario, replications=replications, seed=seed, threads=threads))


def _bold(text: str) -> str:
    """Set the title and the headings of a summary in bold if it goes to a terminal."""
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return text
    lines = text.splitlines()
    bold = [n == 0 or (line[:3].isupper() and line[0] != " ") for n, line in enumerate(lines)]
    return "\n".join(f"\033[1m{line}\033[0m" if strong else line for line, strong in zip(lines, bold, strict=True))


def _pair(
    first: str, second: str, changes: list[str]
) -> tuple[tuple[Scenario, Scenario], tuple[str, str], list[str] | None]:
    """Load the scenarios A and B, and choose their names; return also the changes of A that B is, if it is."""
    from negsim.scenario import load

    words = options.split_words(second)
    if not words:
        raise NegsimError(f'B is empty; write a scenario, or changes of A such as "{MEETINGS.change(5)}"')
    name, own = options.name_and_changes(words)
    source = name or first
    pair = load(first, changes=changes), load(source, changes=[*changes, *own])
    one, other = map(encodable, _distinct_names(first, source))
    if own:
        other = encodable(second) if len(second) <= _LONGEST_NAME else f"{other} as changed"
    return pair, (one, other), own if name is None else None


def _distinct_names(first: str, second: str) -> tuple[str, str]:
    """Name two files: by stems; where those are alike, by folder and stem; else as the user wrote them.

    >>> _distinct_names("mine/a.yaml", "b.yaml"), _distinct_names("mine/a.yaml", "theirs/a.yaml")
    (('a', 'b'), ('mine/a', 'theirs/a'))
    """
    one, other = Path(first), Path(second)
    if first == second or one.stem != other.stem:
        return one.stem, other.stem
    if one.parent.name and other.parent.name and one.parent.name != other.parent.name:
        return f"{one.parent.name}/{one.stem}", f"{other.parent.name}/{other.stem}"
    return first, second
