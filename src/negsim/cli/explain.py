"""Commands that say why: why (what would have helped a scenario), explain (what made two end differently)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negsim.cli.options import (
    Changes,
    Ensemble,
    Measures,
    Name,
    PictureFormat,
    Replications,
    Seed,
    TableFolder,
    Threads,
    check_scenario,
    example,
    load_scenario,
    make_ready,
    name_and_changes,
    scenario_name,
    split_words,
    with_ensemble,
)
from negsim.errors import NegsimError, encodable
from negsim.report.progress import followed, say

if TYPE_CHECKING:
    from negsim.scenario import Scenario
    from negsim.study.explain import Explanation
    from negsim.study.remedies import Remedies

    Pair = tuple[Scenario, Scenario]

SHORT = 40  # letters of a name

commands = typer.Typer()


@commands.command(epilog=example("negsim why cstd_wgigf_2011"))
def why(
    name: Name,
    changes: Changes,
    *,
    replications: Replications = 1000,
    seed: Seed = 0,
    parameters: Ensemble = None,
    threads: Threads = None,
    out: TableFolder = None,
    form: PictureFormat = "png",
) -> None:
    """Find the changes that most raise the chance of consensus."""
    from negsim.report.explanations import remedies_text
    from negsim.study.remedies import why as find_remedies

    scenario, title = load_scenario(name, changes, parameters), scenario_name(name)
    result = followed(find_remedies(scenario, replications=replications, seed=seed, threads=threads))
    print(remedies_text(result, title))
    if out is not None:
        _write_remedies(scenario, result, title, out, form)
        say(f"written: {out}")


@commands.command(
    epilog=example(
        "negsim explain cstd_wgigf_2011 cstd_wgigf_2012",
        'negsim explain cstd_wgigf_2012 "meetings.count=2 methodology=wgigf_2011"',
    )
)
def explain(
    first: Annotated[
        str, typer.Argument(metavar="A", show_default=False, callback=check_scenario, help="A scenario or a file.")
    ],
    second: Annotated[
        str,
        typer.Argument(
            metavar="B", show_default=False, help='Another: "NAME PATH=VALUE ..."; without NAME, changes of A.'
        ),
    ],
    changes: Changes,
    measures: Measures,
    *,
    replications: Replications = 1000,
    seed: Seed = 0,
    parameters: Ensemble = None,
    threads: Threads = None,
    out: TableFolder = None,
    form: PictureFormat = "png",
) -> None:
    """Explain why two scenarios end differently, knob by knob.

    Both scenarios have the same groups, seats and issues.
    """
    from negsim.report.explanations import explanation_text
    from negsim.study.explain import USUAL, differing
    from negsim.study.explain import explain as attribute

    pair, names = _pair(first, second, with_ensemble(changes, parameters))
    differing(*pair)  # a pair that cannot be explained is an error before anything is compiled
    make_ready()
    measures = measures or list(USUAL)
    result = followed(attribute(pair, measures=measures, replications=replications, seed=seed, threads=threads))
    print(explanation_text(result, *names))
    if out is not None:
        _write_explanation(pair, result, names, out, form)
        say(f"written: {out}")


def _pair(first: str, second: str, changes: list[str]) -> tuple[Pair, tuple[str, str]]:
    """Both scenarios, and their names."""
    from negsim.cases import load

    words = split_words(second)
    if not words:
        raise NegsimError('B is empty; write a scenario, or changes of A such as "meetings.count=5"')
    name, own = name_and_changes(words)
    source = name or first
    pair = load(first, changes=changes), load(source, changes=[*changes, *own])
    one, other = map(encodable, distinct_names(first, source))
    if own:
        other = encodable(second) if len(second) <= SHORT else f"{other} as changed"
    return pair, (one, other)


def distinct_names(first: str, second: str) -> tuple[str, str]:
    """Names for two files: the stems; where those are alike, folder and stem; else the files as the user wrote them.

    >>> distinct_names("mine/a.yaml", "b.yaml"), distinct_names("mine/a.yaml", "theirs/a.yaml")
    (('a', 'b'), ('mine/a', 'theirs/a'))
    """
    one, other = Path(first), Path(second)
    if first == second or one.stem != other.stem:
        return one.stem, other.stem
    if one.parent.name and other.parent.name and one.parent.name != other.parent.name:
        return f"{one.parent.name}/{one.stem}", f"{other.parent.name}/{other.stem}"
    return first, second


def _write_explanation(pair: Pair, result: Explanation, names: tuple[str, str], out: Path, form: str) -> None:
    from negsim.files import whole_folder, write_table, write_text
    from negsim.report import explanations
    from negsim.report.plots import explain
    from negsim.report.plots.style import save
    from negsim.scenario import dump_yaml

    main = result.changes[:2]
    with whole_folder(out, "explain") as part:
        write_table(part / "explanation.csv", *explanations.explanation_table(result))
        write_table(part / "interactions.csv", *explanations.interaction_table(result))
        write_text(part / "explanation.txt", f"{explanations.explanation_text(result, *names)}\n")
        for scenario, file in zip(pair, ("first.yaml", "second.yaml"), strict=True):
            write_text(part / file, dump_yaml(scenario))
        for change in main:
            save(explain.waterfall(change, names=names), part / f"waterfall_{change.measure}.{form}")
        save(explain.knob_tornados(main, names=names), part / f"tornado.{form}")


def _write_remedies(scenario: Scenario, result: Remedies, name: str, out: Path, form: str) -> None:
    from negsim.files import whole_folder, write_table, write_text
    from negsim.report import explanations
    from negsim.report.plots import explain
    from negsim.report.plots.style import save
    from negsim.scenario import dump_yaml

    with whole_folder(out, "why") as part:
        write_table(part / "why.csv", *explanations.remedies_table(result))
        write_table(part / "failure.csv", *explanations.failure_table(result.failure))
        write_text(part / "why.txt", f"{explanations.remedies_text(result, name)}\n")
        write_text(part / "scenario.yaml", dump_yaml(scenario))
        save(explain.remedy_tornado(result), part / f"tornado.{form}")
