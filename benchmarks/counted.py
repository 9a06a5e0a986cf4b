"""Run a command of negsim and count what it does, on one core; the counts are the last line of stderr, as JSON.

    PYTHONPATH=src .venv/bin/python benchmarks/counted.py run classroom --replications 1

Modules of negsim and other packages imported; files opened in this folder and among the built-in scenarios; timetables
lowered; databases asked; runs made.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
import threading
from pathlib import Path
from types import FrameType

_FUNCTIONS = {  # by the end of its file and its name: what a call of it counts as
    ("scenario/lowering.py", "timetable"): "timetables lowered",
    ("study/store.py", "connect"): "databases asked",
    ("negotiation/runs.py", "_replicated"): "runs made",
    ("negotiation/runs.py", "replicate_recorded"): "runs made",
}
_NAMES = {name for _, name in _FUNCTIONS}
_ROOTS = (f"{Path.cwd().resolve()}{os.sep}", f"{Path(__file__).resolve().parents[1] / 'scenarios'}{os.sep}")
counts = dict.fromkeys(("modules of negsim", "other packages", "files opened", *_FUNCTIONS.values()), 0)


def hear(event: str, details: tuple[object, ...]) -> None:
    """Count files that are opened."""
    if event == "open" and isinstance(details[0], str):
        counts["files opened"] += os.path.realpath(details[0]).startswith(_ROOTS)


def called(frame: FrameType, event: str, _: object) -> None:
    """Count calls."""
    code = frame.f_code
    if event == "call" and code.co_name in _NAMES:
        what = _FUNCTIONS.get(("/".join(Path(code.co_filename).parts[-2:]), code.co_name))
        if what is not None:
            counts[what] += frame.f_locals["count"] if what == "runs made" else 1


def say() -> None:
    """Print the counts."""
    counts["modules of negsim"] = sum(name.startswith("negsim.") for name in sys.modules)
    counts["other packages"] = len({name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names)
    print(json.dumps(counts), file=sys.stderr)


if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])  # two threads may both lower what they share
    from negsim.cli import main

    sys.addaudithook(hear)
    threading.setprofile(called)
    sys.setprofile(called)
    atexit.register(say)
    main()
