"""Ask node about modules of the page."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.anywhere import NODE
from negsim.page.html import WEB

ELEMENTS = json.dumps((Path(__file__).parent / "elements.mjs").as_uri())  # for scripts that make elements
needs_node = pytest.mark.skipif(shutil.which(NODE) is None, reason="node is not installed")


def answer(script, *, folder=None, **given):
    """Return what a script gives to `answer`, as JSON; it finds what is given to it in `given`."""
    text = (
        'import {readFileSync} from "node:fs";\n'
        f"const given = JSON.parse(readFileSync(0, 'utf8'));\n"
        "const answer = (value) => process.stdout.write(JSON.stringify(value, (_, v) =>"
        " typeof v === 'number' && !Number.isFinite(v) ? String(v) : v));\n"
        f"{script}"
    )
    words = [NODE, "--input-type=module", "--no-warnings", "-e", text]
    done = subprocess.run(
        words, input=json.dumps(given), capture_output=True, text=True, cwd=folder or WEB, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def blocks_of(page):
    """Return the blocks of data of a page, as its scripts find them."""
    blocks = dict(re.findall(r'<script type="[^"]*" id="(\w+)">([^<]*)</script>', page))
    return {name: blocks[name] for name in ("facts", "program", "arrays")}


def module(name, folder=WEB):
    """Return the statement's part that names a module of the page."""
    return json.dumps((Path(folder) / name).as_uri())
