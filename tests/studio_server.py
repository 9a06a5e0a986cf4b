"""A studio of one's own for tests, benchmarks and screenshots: started on a free port, stopped by its process id."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from patience import LIMIT, until

ATTEMPTS = 3  # at a port that nobody takes in between
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FIREFOX = shutil.which("firefox-esr") or "/usr/bin/firefox-esr"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
QUIETLY = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Server = subprocess.Popen[bytes]


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def studio() -> Iterator[str]:
    """The address of a studio, for as long as the block lasts."""
    with studio_process() as (address, _):
        yield address


def limited(**limits: tuple[float, float]) -> tuple[str, str]:
    """The command with other limits, in the words of Python."""
    changes = "; ".join(f"limits.{name} = {value}" for name, value in limits.items())
    return "-c", f"from negsim.studio import limits; {changes}; from negsim.cli import main; main()"


def known(draws: int) -> tuple[str, str]:
    """The command with a known number for the secret seed of a class, in the words of Python."""
    return "-c", f"import secrets; secrets.randbits = lambda _: {draws}; from negsim.cli import main; main()"


@contextmanager
def studio_process(
    *options: str, before: str = "", program: Sequence[str] = ("-m", "negsim")
) -> Iterator[tuple[str, Server]]:
    """A studio and its process, for as long as the block lasts.

    before: what the shell does first, such as `ulimit`. program: negsim, in the words of Python.
    """
    subprocess.run([sys.executable, "-m", "negsim", "compile"], check=True, timeout=4.0 * LIMIT, capture_output=True)
    address, server = _started(options, before, program)
    try:
        yield address, server
    finally:
        _end(server)


@contextmanager
def class_process(
    folder: Path, scenario: str, *, program: Sequence[str] = ("-m", "negsim")
) -> Iterator[tuple[str, str]]:
    """The address of a studio with a class on a scenario, and its teacher's word. folder: a new one."""
    rooms = ["--host", "127.0.0.1", "--rooms", str(folder / "rooms")]
    with studio_process("--class", scenario, *rooms, program=program) as (address, _):
        (journal,) = (folder / "rooms-class").glob("*.journal")
        yield address, re.search('"word":"(.*?)"', journal.read_text("utf-8"))[1]


def _started(options: Sequence[str], before: str, program: Sequence[str]) -> tuple[str, Server]:
    """A studio that answers, and its address."""
    for _ in range(ATTEMPTS):
        port = int(options[options.index("--port") + 1]) if "--port" in options else free_port()
        address, server = f"http://127.0.0.1:{port}", _start(port, options, before, program)
        if _answers(address, server):
            return address, server
        _end(server)
    raise RuntimeError("the studio did not start")


def _start(port: int, options: Sequence[str], before: str, program: Sequence[str]) -> Server:
    command = [sys.executable, *program, "studio", "--port", str(port), "--no-browser", *options]
    command = ["sh", "-c", f'{before}; exec "$0" "$@"', *command] if before else command
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _answers(address: str, server: Server) -> bool:
    """Whether a studio comes to answer; not where it ends, as it does if its port is taken."""

    def answers() -> bool:
        with suppress(URLError, OSError), urlopen(f"{address}/edit", timeout=LIMIT):  # noqa: S310 - our own server
            return True
        return False

    until(lambda: server.poll() is not None or answers())
    return server.poll() is None


def _end(server: Server) -> None:
    """End a server, by force if it takes too long."""
    server.terminate()
    try:
        server.wait(LIMIT)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait(LIMIT)
