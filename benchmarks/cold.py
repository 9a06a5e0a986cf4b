"""Measure a cold start: processor seconds of `negsim run` until its first result, with an empty cache.

- A checkout compiles the model. What that takes beside the first form of the rules: `against_reference.py`.
- After an edit of a rule it is compiled again, but only what the edit changes is lowered.
- A wheel brings the model compiled: it is built here and its files are run from a folder, numba and llvmlite out of
  reach.

Seconds are those of the processor, of a command and of all that it starts, since a compilation is long enough for
other work on the machine to disturb the clock. Checked: both print the same outcomes and means of the measures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from processes import weigh
from same_bits import HERE
from table import Row, times_as_fast

RUN = ("run", "classroom", "--replications", "20", "--json")
WITHOUT_NUMBA = "import sys; sys.modules.update(numba=None, llvmlite=None); from negsim.cli import main; main()"
WITH_NUMBA = "from negsim.cli import main; main()"
RULE, EDIT = "-amount * state.trust[j, i]", "-(amount * state.trust[j, i])"  # of negotiation/trust.py: the same bits


def rows() -> Iterator[Row]:
    """Compare the wheel, and an edited checkout, with one whose cache is empty."""
    with tempfile.TemporaryDirectory(prefix="negsim-bench-") as name:
        folder = Path(name)
        checkout, result = taken(WITH_NUMBA, HERE / "src", folder / "cache")
        site = unpacked_wheel(folder)
        wheel, wheel_result = taken(WITHOUT_NUMBA, site, folder / "no-cache")
        what = "first result of the wheel, without numba, CPU; a checkout"
        yield times_as_fast(what, wheel, checkout, same=result == wheel_result)
        rule = site / "negsim" / "negotiation" / "trust.py"
        text = rule.read_text(encoding="utf-8")
        rule.write_text(text.replace(RULE, EDIT), encoding="utf-8")  # which is not the program of the wheel any more
        edited, edited_result = taken(WITH_NUMBA, site, folder / "cache")
        same = text.count(RULE) == 1 and result == edited_result
        yield times_as_fast("first result after an edit of a rule, CPU; a new checkout", edited, checkout, same=same)


def taken(code: str, source: Path, cache: Path) -> tuple[float, dict[str, float]]:
    """Run a command; return processor seconds, its children's included, and the shares and means that it printed."""
    command = partial(
        subprocess.check_output,
        [sys.executable, "-c", code, *RUN],
        env=os.environ | {"PYTHONPATH": str(source), "XDG_CACHE_HOME": str(cache)},
        cwd=cache.parent,
        stderr=subprocess.DEVNULL,
    )
    seconds, output = weigh(command)
    printed = json.loads(output)
    numbers = {name: outcome["share"] for name, outcome in printed["outcomes"].items()}
    numbers |= {name: measure.get("mean") for name, measure in printed["measures"].items()}
    return seconds, numbers


def unpacked_wheel(folder: Path) -> Path:
    """Unpack a wheel of this tree into a folder."""
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, HERE]
    subprocess.run(build, check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"
