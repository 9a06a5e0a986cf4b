"""Ask node about modules of the page."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.anywhere import NODE
from negsim.page import PageSource, page
from negsim.page.html import WEB

TESTS = Path(__file__).parent
ELEMENTS = json.dumps((TESTS / "elements.mjs").as_uri())  # for scripts that make elements
SCRIPTS = TESTS / "page" / "scripts"
needs_node = pytest.mark.skipif(shutil.which(NODE) is None, reason="node is not installed")


def answer(script, *, folder=None, **given):
    """Return what a script, a text or a file, gives to `answer`, as JSON; it finds what is given to it in `given`."""
    start = f"import {{answer, given}} from {json.dumps((TESTS / 'given.mjs').as_uri())};\n"
    of_text = ["--input-type=module", "-e", f"{start}{script}"]
    words = [NODE, "--no-warnings", *([str(script)] if isinstance(script, Path) else of_text)]
    done = subprocess.run(
        words, input=json.dumps(given), capture_output=True, text=True, cwd=folder or WEB, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def blocks_of(page):
    """Return the blocks of data of a page, as its scripts find them."""
    blocks = dict(re.findall(r'<script type="[^"]*" id="(\w+)">([^<]*)</script>', page))
    return {name: blocks[name] for name in ("facts", "program", "arrays")}


def parts_of(scenario, name, seed=0, seat=""):
    """Return the blocks of data of the page of a scenario. seat: which plays, by default the first; None for none."""
    return blocks_of(page(PageSource(scenario, name, (), seed, seat), runs=20))


def beginning(file):
    """Return the statement that takes all that a module beside the tests exports, to begin a script with."""
    exported = re.search(r"^export (\{.*\});", file.read_text(encoding="utf-8"), re.MULTILINE)[1]
    return f"import {exported} from {json.dumps(file.as_uri())};\n"


def module(name, folder=WEB):
    """Return the statement's part that names a module of the page."""
    return json.dumps((Path(folder) / name).as_uri())
