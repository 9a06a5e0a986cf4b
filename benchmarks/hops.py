"""Count the modules a reader has to open: those that run when a scenario is checked, and when a text is read.

`python benchmarks/hops.py` prints both lists. Calls made while modules are imported are not counted; the turn is run as
plain Python, so that each rule is seen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

os.environ["NUMBA_DISABLE_JIT"] = "1"

from typer.testing import CliRunner

import negsim
from negsim.cli.commands import app
from negsim.negotiation.floor import begin, next_turn, step
from negsim.negotiation.tables import Move, allocate_choice
from negsim.randomness import stream
from negsim.scenario import load
from negsim.scenario.lowering import lower

PACKAGE = Path(negsim.__file__).parent


def modules_run(work: Callable[[], object]) -> list[str]:
    """List the modules of the package whose functions a piece of work calls, imports apart."""
    seen: set[str] = set()
    importing = 0

    def watch(frame: FrameType, event: str, _: object) -> None:
        nonlocal importing
        if frame.f_code.co_name == "<module>":
            importing += {"call": 1, "return": -1}.get(event, 0)
        elif event == "call" and not importing:
            file = Path(frame.f_code.co_filename)
            if file.is_relative_to(PACKAGE):
                seen.add(".".join(file.relative_to(PACKAGE).with_suffix("").parts))

    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(None)
    return sorted(seen)


def check() -> None:
    """Run `negsim check classroom`."""
    outcome = CliRunner().invoke(app, ["check", "classroom"])
    assert outcome.exit_code == 0, outcome.output  # noqa: S101 - a count of a failed command would mean nothing


def a_reading() -> Callable[[], object]:
    """Prepare the turn of a run in which the room first reads a paragraph."""
    case = lower(load("classroom"))
    state = begin(case, stream(1, 0), 0)
    choice = allocate_choice(*case.stances.shape)
    while next_turn(case, state).move != Move.READ:
        step(case, state, choice)
    return lambda: step(case, state, choice)


def main() -> None:
    """Print the modules of each."""
    check()  # once before it counts, so that everything is imported
    for name, modules in {"check": modules_run(check), "read": modules_run(a_reading())}.items():
        print(f"{name}: {len(modules)} modules: {', '.join(modules)}")


if __name__ == "__main__":
    main()
