"""The command that makes a page which runs the model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negsim.cli import options
from negsim.errors import NegsimError
from negsim.files import write_text
from negsim.report.progress import followed, say

if TYPE_CHECKING:
    from negsim.scenario import Scenario

commands = typer.Typer()


@commands.command(
    epilog=options.example(
        "negsim page cstd_wgigf_2011",
        "negsim page classroom --knob context.tension=0..1 --out tension.html",
        "negsim page storm --play --seed 4 --replication 2",
    )
)
def page(
    name: options.Name,
    changes: options.Changes,
    knobs: options.Knobs,
    measures: options.Measures,
    *,
    runs: Annotated[int, typer.Option(min=2, max=10_000, metavar="N", help="Runs per point at the beginning.")] = 200,
    seed: Annotated[
        int | None,
        typer.Option(min=0, max=2**64 - 1, metavar="N", help="Seed of the draws (default: 0, with --play the desk's)."),
    ] = None,
    parameters: options.Ensemble = None,
    play: Annotated[
        bool, typer.Option("--play", help="Let its reader play a seat, against the model in all others.")
    ] = False,
    seat: Annotated[str | None, options.option(metavar="NAME", help="With --play: the seat; else the first.")] = None,
    replication: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, metavar="N", help="With --play: which run, counted from 0.")
    ] = 0,
    out: options.PageFile = Path("page.html"),
    _plugins: options.Plugins,
    _rules: options.Rules,
) -> None:
    """Write one HTML file that runs the model in the browser.

    Readers predict, turn knobs, step through a run and, with --play, play a seat. The file needs no server and no
    network, and gives the numbers that negsim run gives.
    """
    for option, given in {"--seat": seat is not None, "--replication": replication > 0}.items():
        if given and not play:
            raise NegsimError(f"{option}: goes with --play")
    options.make_ready()
    from negsim.cast.knobs import KNOBS
    from negsim.page import PageSource, page_steps
    from negsim.scenario.changes import parsed_change

    scenario = options.load_scenario(name, changes, parameters)
    of_knobs = [change for change in changes if change.partition("=")[0] in KNOBS]
    if seed is None:
        seed = _seed_of_desk(scenario, seat) if play else 0
    others = [change for change in changes if change not in of_knobs]
    source = PageSource(
        scenario, name, options.shown_changes(changes, parameters), seed, (seat or "") if play else None, replication,
        unturned=options.load_scenario(name, others, parameters) if of_knobs else scenario,
        fixed=dict(map(parsed_change, of_knobs)),
    )  # fmt: skip
    text = followed(page_steps(source, knobs=knobs, measures=measures, runs=runs))
    write_text(out, text)
    say(f"{len(text.encode()) / 1000:,.0f} kB")
    print(out)


def _seed_of_desk(scenario: Scenario, seat: str | None) -> int:
    """Return the seed that the desk of a class would choose for a seat, by default the first one."""
    from negsim.classroom.skill import telling_seed
    from negsim.scenario.lowering import seat_names
    from negsim.scenario.sampling import sample

    return telling_seed(scenario, seat or seat_names(sample(scenario, 0, 0))[0]) or 0
