"""Play random games in a page, in node and in browsers, and play each again in Python, bit by bit.

    .venv/bin/python benchmarks/games.py                 (--count 200 --scenario storm --on node)

A game draws its seat, seed, replication, a level of a knob, and its answers; one in five is left to the delegate.
Python refuses a journal whose rows a seat could not have decided, or whose outcome, score, turns or digest are not what
comes out.

Exit code: 0 if all games come out, 1 if any does not, 2 if a place that was asked for cannot be used.
"""

from __future__ import annotations

import argparse
import itertools
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from negsim import load
from negsim.errors import NegsimError
from negsim.games import play_again, read_journal
from negsim.page import PageSource, page

sys.path.append(str(Path(__file__).parents[1]))
from benchmarks.anywhere import CHROMIUM, FIREFOX, HERE, NODE, Place, missing, sent_by_browser

PAGE = b'<!doctype html><title>games</title><script type="module" src="/games.mjs"></script>'
ROOT = HERE.parent


def in_node(home: Path, count: int) -> Iterator[str]:
    """Let node play."""
    command = [NODE, str(HERE / "games.mjs"), str(home), str(count)]
    yield from subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def in_browser(start: Sequence[str], home: Path, count: int) -> Iterator[str]:
    """Let a browser play."""
    modules = [
        *(ROOT / "src/negsim/page/web").glob("*.js"),
        ROOT / "src/negsim/program.js",
        ROOT / "tests/page/players.mjs",
    ]
    files = {f"/{module.relative_to(ROOT).as_posix()}": module for module in modules} | {
        "/games.mjs": HERE / "games.mjs"
    }
    (home / "count").write_text(str(count))
    files |= {f"/{name}": home / name for name in ("facts", "program", "arrays", "count")}
    with tempfile.TemporaryDirectory(prefix="negsim-games-", ignore_cleanup_errors=True) as own:
        yield from itertools.islice(sent_by_browser(start, files, PAGE, Path(own)), count)


PLACES = {
    "node": Place(in_node, {NODE: "nodejs"}),
    "chromium": Place(partial(in_browser, CHROMIUM), {"chromium": "chromium"}),
    "firefox": Place(partial(in_browser, FIREFOX), {"firefox-esr": "firefox-esr"}),
}


def write_blocks(name: str, home: Path, seed: int = 0) -> None:
    """Write the blocks of data of a page with a game into a folder."""
    text = page(PageSource(load(name), name, (), seed, ""), runs=20)
    for block, content in re.findall(r'<script type="[^"]*" id="(\w+)">([^<]*)</script>', text):
        (home / block).write_text(content, encoding="utf-8")


def faults(name: str, journals: Sequence[str]) -> list[str]:
    """Play journals again, and say what is wrong with those that do not come out."""
    scenario, wrong = load(name), []
    for number, text in enumerate(journals):
        try:
            play_again(read_journal(text, f"game {number}"), scenario, f"game {number}")
        except NegsimError as error:
            wrong.append(str(error))
    return wrong


def main() -> int:
    """Print a line for each place; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="of games in each place (default: 200)")
    parser.add_argument("--scenario", default="storm", metavar="NAME", help="default: storm")
    parser.add_argument("--on", action="append", choices=list(PLACES), help="a place (default: all)")
    options, code = parser.parse_args(), 0
    with tempfile.TemporaryDirectory(prefix="negsim-games-") as folder:
        write_blocks(options.scenario, Path(folder))
        for name in options.on or PLACES:
            if lacks := missing(PLACES[name]):
                print(f"{name:9} left out: apt-get install {lacks}", flush=True)
                code = 2 if options.on else code
                continue
            journals = list(PLACES[name].run(Path(folder), options.count))
            wrong = faults(options.scenario, journals)
            print(
                f"{name:9} {len(journals) - len(wrong)} of {len(journals)} games come out {'; '.join(wrong[:5])}",
                flush=True,
            )
            code = code or bool(wrong)
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
