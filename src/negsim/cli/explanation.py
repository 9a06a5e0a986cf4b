"""Commands that say why: explain (what made two scenarios end differently), why (what would have helped one)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negsim.cli.kernels import make_ready
from negsim.cli.options import (
    Changes,
    Ensemble,
    Measures,
    Name,
    PictureFormat,
    Replications,
    Seed,
    Tables,
    Threads,
    source_and_changes,
    under,
    words_of,
)
from negsim.errors import NegsimError
from negsim.report.progress import followed, say

if TYPE_CHECKING:
    from negsim.scenario import Scenario
    from negsim.study.explain import Explanation
    from negsim.study.remedies import Remedies

    Pair = tuple[Scenario, Scenario]

commands = typer.Typer()

SHORT = 40  # letters of a name

First = Annotated[str, typer.Argument(metavar="A", help="A scenario.", show_default=False)]
Second = Annotated[
    str,
    typer.Argument(
        metavar="B",
        show_default=False,
        help='Another of the same people, perhaps with changes: "NAME PATH=VALUE ..."; without NAME, of A.',
    ),
]


@commands.command()
def explain(
    first: First,
    second: Second,
    changes: Changes,
    measures: Measures,
    *,
    replications: Replications = 1000,
    seed: Seed = 0,
    parameters: Ensemble = None,
    threads: Threads = None,
    out: Tables = None,
    form: PictureFormat = "png",
) -> None:
    """Say what made the difference between two scenarios, knob by knob."""
    from negsim.report.explanations import explanation_text
    from negsim.study.explain import USUAL, differing
    from negsim.study.explain import explain as explained

    pair, names = _both(first, second, under(parameters, changes))
    differing(*pair)  # what is wrong with the pair is told before anything is compiled
    make_ready()
    measures = measures or list(USUAL)
    found = followed(explained(pair, measures=measures, replications=replications, seed=seed, threads=threads))
    print(explanation_text(found, *names))
    if out is not None:
        _write_explanation(pair, found, names, out, form)
        say(f"written: {out}")


@commands.command()
def why(
    name: Name,
    changes: Changes,
    *,
    replications: Replications = 1000,
    seed: Seed = 0,
    parameters: Ensemble = None,
    threads: Threads = None,
    out: Tables = None,
    form: PictureFormat = "png",
) -> None:
    """Say which changes would most raise the chance of consensus, and what failure is made of."""
    from negsim.cases import load
    from negsim.report.explanations import remedies_text
    from negsim.study.remedies import remedies

    scenario = load(name, changes=under(parameters, changes))
    make_ready()
    found = followed(remedies(scenario, replications=replications, seed=seed, threads=threads))
    print(remedies_text(found, Path(name).stem))
    if out is not None:
        _write_remedies(scenario, found, Path(name).stem, out, form)
        say(f"written: {out}")


def _both(first: str, second: str, changes: list[str]) -> tuple[Pair, tuple[str, str]]:
    """Both scenarios, and what to call them."""
    from negsim.cases import load

    words = words_of(second)
    if not words:
        raise NegsimError('B is empty; write a scenario, or changes of A such as "meetings.count=5"')
    named, own = source_and_changes(words)
    source = named or first
    pair = load(first, changes=changes), load(source, changes=[*changes, *own])
    names = told_apart(first, source)
    called = names[1] if not own else second if len(second) <= SHORT else f"{names[1]} as changed"
    return pair, (names[0], called)


def told_apart(first: str, second: str) -> tuple[str, str]:
    """What to call two files: their names, where those are alike with their folders, else as they were given.

    >>> told_apart("mine/a.yaml", "b.yaml"), told_apart("mine/a.yaml", "theirs/a.yaml")
    (('a', 'b'), ('mine/a', 'theirs/a'))
    """
    one, other = Path(first), Path(second)
    if first == second or one.stem != other.stem:
        return one.stem, other.stem
    if one.parent.name and other.parent.name and one.parent.name != other.parent.name:
        return f"{one.parent.name}/{one.stem}", f"{other.parent.name}/{other.stem}"
    return first, second


def _write_explanation(pair: Pair, found: Explanation, names: tuple[str, str], out: Path, form: str) -> None:
    from negsim.files import whole_folder, write_table
    from negsim.report import explanations
    from negsim.report.plots import explain
    from negsim.report.plots.style import save
    from negsim.scenario import dump_yaml

    main = found.changes[:2]
    with whole_folder(out, "explain") as part:
        write_table(part / "explanation.csv", *explanations.explanation_table(found))
        write_table(part / "interactions.csv", *explanations.interaction_table(found))
        (part / "explanation.txt").write_text(f"{explanations.explanation_text(found, *names)}\n", encoding="utf-8")
        for scenario, file in zip(pair, ("first.yaml", "second.yaml"), strict=True):
            (part / file).write_text(dump_yaml(scenario), encoding="utf-8")
        for change in main:
            save(explain.waterfall(change, names=names), part / f"waterfall_{change.measure}.{form}")
        save(explain.knob_tornados(main, names=names), part / f"tornado.{form}")


def _write_remedies(scenario: Scenario, found: Remedies, name: str, out: Path, form: str) -> None:
    from negsim.files import whole_folder, write_table
    from negsim.report import explanations
    from negsim.report.plots import explain
    from negsim.report.plots.style import save
    from negsim.scenario import dump_yaml

    with whole_folder(out, "why") as part:
        write_table(part / "why.csv", *explanations.remedies_table(found))
        write_table(part / "failure.csv", *explanations.failure_table(found.failure))
        (part / "why.txt").write_text(f"{explanations.remedies_text(found, name)}\n", encoding="utf-8")
        (part / "scenario.yaml").write_text(dump_yaml(scenario), encoding="utf-8")
        save(explain.remedy_tornado(found), part / f"tornado.{form}")
