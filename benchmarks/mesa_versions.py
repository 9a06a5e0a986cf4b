"""Run the tests of the Mesa window on each version of Mesa, and click through the page of examples/: `make mesa`.

Each version has an environment of its own in build/mesa; what is there is used again. Python 3.11 and 3.13 have to be
installed, and for the page Debian's `chromium`.
"""

import re
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import environ
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENVIRONMENTS = ROOT / "build/mesa"
VERSIONS = {"3.3.0": "python3.11", "3.3.1": "python3.11", "3.5.1": "python3.13", "4.0.0a0": "python3.13"}
PAGE = (
    *("mesa[network,viz]==3.5.1", "ipyvue<3"),  # mesa#3806: with ipyvue 3 the page stays blank
    *("solara[assets]", "playwright"),  # the page without a network; a hand for the browser
)
NEGSIM = dict(environ, PYTHONPATH=str(ROOT / "src"))
START = 120.0  # seconds that a server may take to start


def python_of(name: str, base: str, *packages: str) -> Path:
    """Return the Python of an environment that has these packages and what negsim needs beside Mesa."""
    python, made = ENVIRONMENTS / name / "bin/python", ENVIRONMENTS / name / "made"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    others = [one for one in project["dependencies"] if not one.startswith(("mesa", "numba"))]
    wanted = [*others, *project["optional-dependencies"]["compile"], *packages]
    if not made.exists() or made.read_text() != "\n".join(wanted):
        subprocess.run([base, "-m", "venv", "--clear", ENVIRONMENTS / name], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted], check=True)
        made.write_text("\n".join(wanted))
    return python


def passes(version: str) -> bool:
    """Run the tests of the window on a version; return whether they pass."""
    python = python_of(version, VERSIONS[version], f"mesa[network]=={version}", "pytest", "hypothesis")
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_mesa_model.py"]
    return subprocess.run(command, cwd=ROOT, env=NEGSIM, check=False).returncode == 0


def is_clicked_through() -> bool:
    """Click through the page of examples/ in a browser; return whether it answers."""
    python = python_of("page", "python3.13", *PAGE)
    with serving(python) as address:
        return subprocess.run([python, __file__, address], env=NEGSIM, check=False).returncode == 0


@contextmanager
def serving(python: Path) -> Iterator[str]:
    """Serve the page on this machine alone, at the address that is yielded."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    page, address = "examples/mesa_page.py", f"http://127.0.0.1:{port}"
    command = [python, "-m", "solara", "run", page, "--host=127.0.0.1", f"--port={port}", "--no-open", "--production"]
    server = subprocess.Popen(command, cwd=ROOT, env=NEGSIM)
    try:
        until(lambda: urllib.request.urlopen(address).status == 200)
        yield address
    finally:
        server.terminate()
        server.wait()


def until(happened: Callable[[], bool]) -> None:
    """Wait for a server to answer."""
    end = time.monotonic() + START
    while time.monotonic() < end:
        try:
            if happened():
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError


def click_through(address: str) -> None:
    """Make some turns, reset, choose another scenario and make a turn of it; fail where the page does not say so."""
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - only the environment of the page has it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.set_default_timeout(120_000)
        expect.set_options(timeout=120_000)
        page.goto(address)

        def shows(what: str) -> None:
            expect(page.get_by_text(re.compile(what))).to_be_visible()

        def click(name: str) -> None:
            page.get_by_role("button", name=name, exact=True).click()

        def choose(scenario: str) -> None:
            page.get_by_role("button", name="scenario").click()
            page.get_by_role("option", name=scenario).click()
            click("Reset")

        shows("seed 1: turn 0, minute 0, running")
        for turn in (1, 2, 3):
            click("Step")
            shows(f"turn {turn},")
        click("Reset")
        shows("turn 0,")
        choose("wgig_2005")
        shows("Working Group on Internet Governance.*turn 0,")
        click("Step")
        shows("turn 1,")
        choose("classroom")
        shows("turn 0,")
        click("▶")
        expect(page.get_by_text("running")).to_have_count(0)
        expect(page.get_by_role("button", name="Step", exact=True)).to_be_disabled()
        shows("turn [0-9]+, minute [0-9]+, [a-z ]+$")
        page.screenshot(path=ENVIRONMENTS / "page.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    if sys.argv[1:]:
        click_through(sys.argv[1])
        sys.exit()
    works = {f"Mesa {version}": passes(version) for version in VERSIONS} | {"the page": is_clicked_through()}
    for what, does in works.items():
        print(f"{what}: {'works' if does else 'FAILS'}")
    sys.exit(not all(works.values()))
