"""A studio of one's own for tests, benchmarks and screenshots: started on a free port, stopped by its process id."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

PATIENCE = 120.0  # seconds for the first start, which may have to compile
CHROMIUM = "/usr/bin/chromium"
QUIETLY = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def studio() -> Iterator[str]:
    """The address of a studio, for as long as the block lasts."""
    port = free_port()
    command = [sys.executable, "-m", "negsim", "studio", "--port", str(port), "--no-browser"]
    hidden = {"PYTEST_CURRENT_TEST", "NICEGUI_SCREEN_TEST_PORT"}  # NiceGUI changes its ways where it sees these
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the studio answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{address}/table", timeout=5):  # noqa: S310 - our own server
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("the studio did not start")
