"""Run the program wherever this machine can, and compare the results bit by bit.

    .venv/bin/python benchmarks/anywhere.py                 (--runs 20 --few 2 --only NAME --on node --on aarch64)

Each built-in scenario and coded case, what is uncertain in it drawn once, is lowered, run by the program that numba
compiled here, and written into a dump: all arrays before the first run, and the results. Every other place reads the
dumps, runs, and compares every eight bytes: `anywhere.c` with the program of a wheel, `anywhere.mjs` with the module
of WebAssembly. Plain Python and imitated processors and systems do the first few runs. With `--write FOLDER` it only
writes the dumps.

- A dump has a line of text for each array (group, name, bytes of an item, lengths), the line `first N` for the first
  replication, an empty line, and the arrays one after the other. The group `Results` is what must come out.
- A place that lacks a tool is left out, and the tool is named.

Exit code: 0 if all values are equal, 1 if any differs, 2 if a place that was asked for cannot be used.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import NamedTuple

from negsim import kernel, load
from negsim.negotiation.measures import allocate_results
from negsim.negotiation.runs import run_each
from negsim.negotiation.tables import Case, allocate, allocate_choice
from negsim.platforms import PLATFORMS, WASM
from negsim.scenario.library import folder as library_folder
from negsim.scenario.lowering import lower
from negsim.scenario.sampling import sample

HERE = Path(__file__).parent
_OWN_NODE = Path(sys.executable).parent / "node"  # of the environment, in the locked version
NODE = str(_OWN_NODE) if _OWN_NODE.exists() else "node"
SEED, FIRST = 2**63 + 11, 3  # a seed that needs all 64 bits
ARM = "/usr/aarch64-linux-gnu"  # where Debian has the C library of that processor
PAGE = b'<!doctype html><title>anywhere</title><script type="module" src="/anywhere.mjs"></script>'


class Answer(NamedTuple):
    """The outcome of one dump somewhere."""

    different: int  # values
    values: int
    seconds: float  # that the runs took, of CPU time but in a browser


Run = Callable[[Sequence[Path], Path], Iterator[Answer]]  # of dumps, in a folder of one's own


class Place(NamedTuple):
    """Somewhere to run the program. few: only the first runs."""

    run: Run
    tools: dict[str, str]  # to be found on the path, and the packages of Debian that bring them
    few: bool = False


def scenarios() -> list[str]:
    """List the built-in scenarios and coded cases."""
    home = Path(str(library_folder()))
    return sorted(
        str(path.relative_to(home).with_suffix("")) for path in (*home.glob("*.yaml"), *home.glob("cases/*.yaml"))
    )


def dump(case: Case, runs: int) -> bytes:
    """Run a case and return the dump."""
    results, state, choice = allocate_results(case, runs), allocate(case, 0), allocate_choice(*case.stances.shape)
    state.stream[0] = SEED
    groups = {"Case": case, "State": state, "Choice": choice}
    before = [(group, name, array.copy()) for group, of in groups.items() for name, array in of._asdict().items()]
    run_each(case, state, choice, results, FIRST)
    rows = [*before, *(("Results", name, array) for name, array in results._asdict().items())]
    lines = (" ".join(map(str, (group, name, array.itemsize, *array.shape))) for group, name, array in rows)
    return "\n".join((*lines, f"first {FIRST}\n\n")).encode() + b"".join(array.tobytes() for *_, array in rows)


def write_dumps(names: Sequence[str], runs: int, out: Path) -> list[Path]:
    """Write the dumps of scenarios into a folder, and return the files."""
    out.mkdir(parents=True)
    files = [out / name.replace("/", "_") for name in names]
    for name, file in zip(names, files, strict=True):
        file.write_bytes(dump(lower(sample(load(name), SEED, FIRST)), runs))
    return files


def in_plain_python(names: Sequence[str], dumps: Sequence[Path], home: Path, runs: int) -> Iterator[Answer]:
    """Let a process without compiled rules write the same dumps."""
    command = [sys.executable, __file__, "--write", str(home / "plain"), "--runs", str(runs)]
    only = [word for name in names for word in ("--only", name)]
    subprocess.run([*command, *only], env=os.environ | {"NUMBA_DISABLE_JIT": "1"}, check=True)
    for file in dumps:
        one, other = (_results(each.read_bytes()) for each in (file, home / "plain" / file.name))
        count = sum(one[at : at + 8] != other[at : at + 8] for at in range(0, max(len(one), len(other)), 8))
        yield Answer(count, len(one) // 8, 0.0)


def _results(content: bytes) -> bytes:
    """Return the results of a dump, its last arrays; what stands between the columns of the others may be anything."""
    lines, _, arrays = content.partition(b"\n\n")
    rows = (line.split()[2:] for line in lines.splitlines() if line.startswith(b"Results "))
    return arrays[-sum(math.prod(map(int, row)) for row in rows) :]


def in_c(platform: str, start: Sequence[str], dumps: Sequence[Path], home: Path) -> Iterator[Answer]:
    """Let a program in C load that of a wheel. start: the words that start a program of the platform."""
    program, harness = home / f"program{PLATFORMS[platform].suffix}", home / "anywhere.exe"
    program.write_bytes(kernel.program_file(platform))
    zig = [sys.executable, "-m", "ziglang", "cc", "-target", PLATFORMS[platform].zig]
    subprocess.run([*zig, "-s", "-o", str(harness), str(HERE / "anywhere.c")], check=True)
    yield from _answers([*start, str(harness), str(program), *map(str, dumps)])


def in_node(dumps: Sequence[Path], home: Path) -> Iterator[Answer]:
    """Let node run the module of WebAssembly."""
    module, description = module_files(home)
    yield from _answers([NODE, str(HERE / "anywhere.mjs"), str(module), str(description), *map(str, dumps)])


def in_browser(start: Sequence[str], dumps: Sequence[Path], home: Path) -> Iterator[Answer]:
    """Let a browser open a page that runs the module and sends what came of it."""
    module, description = module_files(home)
    files = {"/program.wasm": module, "/interface.json": description, "/anywhere.mjs": HERE / "anywhere.mjs"}
    files |= {"/program.js": Path(kernel.__file__).parent / "program.js"}
    files |= {f"/dump/{number}": file for number, file in enumerate(dumps)}
    for _, line in zip(dumps, sent_by_browser(start, files, PAGE, home), strict=False):
        yield _answer(line)


def sent_by_browser(start: Sequence[str], files: Mapping[str, Path], page: bytes, home: Path) -> Iterator[str]:
    """Let a browser open a page at /, which finds files at their paths; yield what it sends, as long as somebody asks.

    start: the words that start it; {profile} stands for a folder of its own.
    """
    lines: Queue[str] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = files.get(self.path)
            kind = {".wasm": "application/wasm", ".mjs": "text/javascript", ".js": "text/javascript"}
            self.send_response(200 if file or self.path == "/" else 404)
            self.send_header("Content-Type", kind.get(file.suffix, "text/plain") if file else "text/html")
            self.end_headers()
            self.wfile.write(file.read_bytes() if file else page if self.path == "/" else b"")

        def do_POST(self) -> None:
            lines.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        command = [word.format(profile=home / "profile") for word in start]
        (home / "profile").mkdir()
        with subprocess.Popen(
            [*command, f"http://127.0.0.1:{server.server_port}/"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as browser:
            try:
                while True:
                    yield lines.get(timeout=300)
            finally:
                browser.terminate()
                server.shutdown()


def module_files(home: Path) -> tuple[Path, Path]:
    """Write the module of WebAssembly and its description."""
    module, description = home / "program.wasm", home / "interface.json"
    module.write_bytes(kernel.program_file(WASM))
    description.write_text(json.dumps(kernel.interface()))
    return module, description


def _answers(command: Sequence[str]) -> Iterator[Answer]:
    """Run a command that prints an answer a line."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")
    yield from map(_answer, done.stdout.splitlines())


def _answer(line: str) -> Answer:
    different, values, seconds = line.split()
    return Answer(int(different), int(values), float(seconds))


CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--user-data-dir={profile}")
FIREFOX = ("firefox-esr", "--headless", "--profile", "{profile}")
PLACES = {
    "wheel": Place(partial(in_c, "linux-x86_64", ()), {}),
    "node": Place(in_node, {NODE: "nodejs"}),
    "chromium": Place(partial(in_browser, CHROMIUM), {"chromium": "chromium"}),
    "firefox": Place(partial(in_browser, FIREFOX), {"firefox-esr": "firefox-esr"}),
    "aarch64": Place(
        partial(in_c, "linux-aarch64", ("qemu-aarch64", "-L", ARM)),
        {"qemu-aarch64": "qemu-user", f"{ARM}/lib/libc.so.6": "libc6-arm64-cross"},
        few=True,
    ),
    "windows": Place(partial(in_c, "windows-x86_64", ("wine",)), {"wine": "wine"}, few=True),
}
PLAIN = "python"  # the place that writes dumps of its own


def missing(place: Place) -> str:
    """Name the packages that a place lacks; empty if it can be used."""
    return " ".join(
        package for tool, package in place.tools.items() if not (shutil.which(tool) or Path(tool).is_file())
    )


def asked() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=300, help="of each scenario (default: 300)")
    parser.add_argument("--few", type=int, default=10, help="of each scenario where it is slow (default: 10)")
    parser.add_argument("--only", action="append", metavar="NAME", help="a scenario or case (default: all)")
    parser.add_argument("--on", action="append", choices=[*PLACES, PLAIN], help="a place (default: all)")
    parser.add_argument("--write", type=Path, help="write the dumps into this folder, and no more")
    return parser.parse_args()


def main() -> int:
    """Print a line for each place; return the exit code."""
    options = asked()
    names, code = options.only or scenarios(), 0
    if options.write:
        write_dumps(names, options.runs, options.write)
        return 0
    with tempfile.TemporaryDirectory(prefix="negsim-anywhere-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        many, few = (partial(write_dumps, names, runs) for runs in (options.runs, options.few))
        many, few = many(home / "many"), few(home / "few")
        places = PLACES | {PLAIN: Place(partial(in_plain_python, names, runs=options.few), {}, few=True)}
        for name in options.on or places:
            place = places[name]
            if lacks := missing(place):
                print(f"{name:9} left out: apt-get install {lacks}", flush=True)
                code = 2 if options.on else code
                continue
            (home / name).mkdir()
            answers = list(place.run(few if place.few else many, home / name))
            wrong = [f"{one}: {of.different:,}" for one, of in zip(names, answers, strict=True) if of.different]
            count = f"{options.few if place.few else options.runs} runs of each of {len(names)}"
            different, values = sum(of.different for of in answers), sum(of.values for of in answers)
            print(
                f"{name:9} {different:,} of {values:,} values differ ({count}) {'; '.join(wrong)}".rstrip(), flush=True
            )
            code = code or bool(wrong)
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
