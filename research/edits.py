"""The model with other texts in its sources, run in a process of its own.

- An edit replaces a text that occurs exactly once, so that a source that has moved on is noticed and not passed over.
- The edited sources lie in a temporary folder. They are another program, which is compiled anew: some twenty seconds.
"""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, ParamSpec, TypeVar, cast

import negsim
from negsim.errors import FailedError, NegsimError
from negsim.scenario import library

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

PACKAGE = Path(negsim.__file__).parent
ROOT = Path(__file__).parents[1]  # where `research` is imported from
CHILD = """
import pickle, sys
function, arguments, keywords = pickle.load(sys.stdin.buffer)
sys.stdout.buffer.write(pickle.dumps(function(*arguments, **keywords)))
"""


class Edit(NamedTuple):
    """A text of a source file, and what stands there instead. source: a module of `negsim.negotiation`."""

    source: str
    old: str
    new: str

    def applied_to(self, text: str) -> str:
        """The source with the edit. Raises NegsimError unless the old text occurs in it exactly once."""
        if (times := text.count(self.old)) != 1:
            raise NegsimError(f"{self.source}.py has this text {times} times instead of once: {self.old!r}")
        return text.replace(self.old, self.new)


def write_edited(edits: Sequence[Edit], folder: Path) -> Path:
    """Copy the package into a folder, with the edits; returns where Python imports the copy from.

    Raises NegsimError where an edit does not apply.
    """
    sources = folder / "src"
    shutil.copytree(PACKAGE, sources / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "scenarios").symlink_to(library.folder())
    for edit in edits:
        path = sources / PACKAGE.name / "negotiation" / f"{edit.source}.py"
        path.write_text(edit.applied_to(path.read_text(encoding="utf-8")), encoding="utf-8")
    return sources


def in_edited_model(
    edits: Sequence[Edit],
    function: Callable[Arguments, Result],
    *arguments: Arguments.args,
    **keywords: Arguments.kwargs,
) -> Result:
    """What a function returns in a process whose model has the edits. All of it has to be picklable.

    Raises NegsimError where an edit does not apply, FailedError if the process fails.
    """
    with tempfile.TemporaryDirectory(prefix="negsim-") as folder:
        sources = write_edited(edits, Path(folder))
        child = subprocess.run(
            [sys.executable, "-c", CHILD],
            input=pickle.dumps((function, arguments, keywords)),
            capture_output=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(sources), str(ROOT)])},
            check=False,
        )
    if child.returncode:
        complaint = child.stderr.decode(errors="replace").strip().splitlines()
        raise FailedError(f"the edited model failed: {complaint[-1] if complaint else child.returncode}")
    return cast("Result", pickle.loads(child.stdout))  # noqa: S301 - from the process that was just started
