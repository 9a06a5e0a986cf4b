"""Commands for a class and for the browser: the studio, and lessons made from a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from negsim.cast.studio import LAB_RUNS, STUDIO_PORT, STUDIO_URL, studio_address
from negsim.classroom import PACK_SEED
from negsim.cli.options import Knobs, Name, NewFolder, PageFile, Seed, example, load_scenario, make_ready, option
from negsim.errors import optional
from negsim.files import write_table, write_text
from negsim.report.progress import followed, say

if TYPE_CHECKING:
    from negsim.studio.pages.classes import ClassServer

daily = typer.Typer()
commands = typer.Typer(name="classroom", help="Prepare lessons; collect games.", no_args_is_help=True)


@daily.command(epilog=example("negsim studio", "negsim studio --class storm", "negsim studio --port 9000 --no-browser"))
def studio(
    *,
    class_: Annotated[
        str | None,
        option("--class", metavar="SCENARIO", help="Let a class play it at parallel tables, over the local network."),
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, metavar="N", help="Port to serve on.")] = STUDIO_PORT,
    host: Annotated[
        str | None,
        option(
            metavar="ADDRESS",
            help="Address to listen on (default: this computer only; with --class and no --origin, its network).",
        ),
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    rooms: Annotated[
        Path | None,
        option(metavar="FOLDER", help="Where a class is kept: FOLDER-class (default: for this address and port)."),
    ] = None,
    origin: Annotated[str | None, option(metavar="URL", help="Address of a reverse proxy that serves it.")] = None,
    proxy: Annotated[
        str | None, option(metavar="ADDRESS", help="Where the proxy connects from, if from another machine.")
    ] = None,
) -> None:
    """Watch, change and play a negotiation in the browser, alone or with a class.

    It runs until you press Ctrl-C.
    """
    optional("starlette", "the studio", "studio")
    from negsim.studio import addresses
    from negsim.studio.addresses import check_free, origin_of, proxy_of

    further = None if origin is None else origin_of(origin)
    behind = proxy_of(proxy, further)
    if host is None:
        host = addresses.EVERYWHERE if class_ is not None and further is None else addresses.LOOPBACK
    check_free(host, port)
    make_ready()
    from negsim.studio.codes import new_code
    from negsim.studio.journal import usual_folder
    from negsim.studio.server import start

    rooms = rooms or usual_folder(host, port)
    tables = None if class_ is None else _tables(class_, (host, port, further), rooms, new_code())
    own = addresses.addresses_at(host, port, further)[0]
    for line in addresses.who_can_reach(host, port, further):
        say(f"negsim: {line}")
    for line in tables.words(further or own) if tables is not None else ():
        say(f"negsim: {line}")
    page = own if tables is None else tables.desk_link(own)
    try:
        start(host=host, port=port, page=page if browser else "", origin=further, proxy=behind, tables=tables)
    except KeyboardInterrupt as error:
        kept = "" if tables is None else f"; {tables.folder} keeps its class: the same command continues it"
        error.args = (f"the studio has ended{kept}",)
        raise


def _tables(name: str, reach: tuple[str, int, str | None], rooms: Path, word: str) -> ClassServer:
    """Make the page of a class, and go on with the one that is kept beside the rooms, or begin one."""
    scenario = load_scenario(name, [])
    from negsim.studio.addresses import address_for_others
    from negsim.studio.journal import Journals
    from negsim.studio.pages.classes import ClassServer

    journals = Journals(rooms.with_name(f"{rooms.name}-class"))
    return ClassServer(name, scenario, journals, word=word, address=address_for_others(*reach))


@commands.command(epilog=example("negsim classroom lessons cstd_wgigf_2011 --out lessons"))
def lessons(
    name: Name,
    *,
    seed: Seed = PACK_SEED,
    replications: Annotated[int, typer.Option(min=20, max=100_000, metavar="N", help="Runs per setting.")] = LAB_RUNS,
    address: Annotated[
        str, option(metavar="URL", help="Address of the studio to which links lead, as negsim studio prints it.")
    ] = STUDIO_URL,
    out: NewFolder = Path("lessons"),
) -> None:
    """Write lessons: slides, worksheets, keys, role sheets, a page."""
    scenario = load_scenario(name, [])
    make_ready()
    from negsim.classroom.pack import pack_of, write_pack

    pack = followed(pack_of(scenario, name, seed=seed, replications=replications, address=studio_address(address)))
    print(write_pack(out, pack))


@commands.command(epilog=example("negsim classroom collect games/*.json --out end.html"))
def collect(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Journals that pages of a game have saved.")],
    *,
    scenario: Annotated[str | None, option(metavar="NAME", help="Their scenario, where it is a file of yours.")] = None,
    knobs: Knobs,
    out: PageFile = Path("end.html"),
) -> None:
    """Put the games of a class on one page, each played again.

    The decisions of all tables go into games.csv, beside the page.
    """
    make_ready()
    from negsim.classroom.collecting import GAME_COLUMNS, collect
    from negsim.page import page_steps
    from negsim.page.html import with_facts
    from negsim.sentences import counted

    found = collect(files, scenario)
    for line in found.refused:
        say(f"left out: {line}")
    text = followed(page_steps(found.source, knobs=knobs))
    write_text(out, with_facts(text, journals=[game.facts() for game in found.games], refused=found.refused))
    table = out.with_name("games.csv")
    write_table(table, GAME_COLUMNS, (row for game in found.games for row in game.rows()))
    unfinished = sum(game.played.journal.result is None for game in found.games)
    say(f"{counted(len(found.games), 'game')}, {unfinished} of them not finished; {len(found.refused)} left out")
    print(out)
    print(table)
