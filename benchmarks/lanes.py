"""Run the steps of a lane: `make gate` is all that has to pass before a change lands, `make release` is everything.

    .venv/bin/python -m benchmarks.lanes gate
    .venv/bin/python -m benchmarks.lanes release --only attack,waits

- The gate runs two steps at a time and stops at the first that fails. A release runs one after the other, as some
  measure time, and goes on; it ends with a table.
- What a step prints goes to `build/steps/NAME.log` and is shown when it ends. A step that has passed on exactly this
  tree is not run again: `NAME.passed` has the digest of all files that git knows or would add.

CONTRIBUTING.md says of each step what it is for. Exit code: 0 if all passed, 1 if not, 2 for a name that is no step.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.mutants import PARTS

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "build" / "steps"
GATE = {
    "test": "NEGSIM_BROWSER=1 make test",
    "check": "make check",
    "test-other": "make test-other",
    "bits": "make bits",
}
RELEASE = GATE | {
    "deep": "NEGSIM_BROWSER=1 make test MARKS=deep",
    "attack": "make attack",
    "waits": ".venv/bin/python benchmarks/waits.py --keep results/reference",
    "anywhere": "make anywhere",
    "mesa": "make mesa",
    "newcomer": "make newcomer",
    "stale": "make stale",
    **{f"mutants-{part}": f"make mutants PART={part} COUNT=12 LEAST=.75" for part in PARTS},
}


class Outcome(NamedTuple):
    """How a step ended."""

    held: bool
    minutes: float


class Running(NamedTuple):
    """A step that runs, and since when."""

    process: subprocess.Popen[bytes]
    start: float


def digest() -> str:
    """Return a digest of the names and contents of all files that git knows or would add."""
    git = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(git, check=True, capture_output=True, text=True).stdout.split("\0")
    files = {name: ROOT / name for name in names if (ROOT / name).is_file()}
    contents = {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in files.items()}
    return hashlib.sha256(json.dumps(sorted(contents.items())).encode()).hexdigest()


def passed(step: str, tree: str) -> Outcome | None:
    """Return how a step ended on this tree, if it passed."""
    file = PLACE / f"{step}.passed"
    last, minutes = json.loads(file.read_text()) if file.exists() else ("", 0.0)
    return Outcome(held=True, minutes=minutes) if last == tree else None


def begin(step: str, command: str) -> Running:
    """Start a step in a group of processes of its own."""
    print(f"== {step}: {command}   (build/steps/{step}.log)", flush=True)
    environment = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}}
    with (PLACE / f"{step}.log").open("wb") as log:
        process = subprocess.Popen(
            ["sh", "-c", command], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    return Running(process, time.monotonic())


def end(step: str, running: Running, command: str, tree: str) -> Outcome:
    """Show what a step that ended has printed; keep that it passed, unless the tree has changed meanwhile."""
    outcome = Outcome(running.process.returncode == 0, (time.monotonic() - running.start) / 60)
    print(f"\n{(PLACE / f'{step}.log').read_text(errors='replace')}")
    says = "passed" if outcome.held else f"FAILED; to repeat it alone: {command}"
    print(f"== {step}: {says} ({outcome.minutes:.1f} minutes)", flush=True)
    if outcome.held and digest() == tree:
        (PLACE / f"{step}.passed").write_text(json.dumps([tree, outcome.minutes]))
    return outcome


def outcomes(steps: dict[str, str], *, at_once: int, goes_on: bool) -> dict[str, Outcome]:
    """Run steps that have not passed on this tree; return how each ended, all or up to the first that failed."""
    PLACE.mkdir(parents=True, exist_ok=True)
    tree = digest()
    ended = {step: outcome for step in steps if (outcome := passed(step, tree))}
    for step, outcome in ended.items():
        print(f"== {step}: has passed on this tree ({outcome.minutes:.1f} minutes)", flush=True)
    waiting, running = [step for step in steps if step not in ended], dict[str, Running]()
    try:
        while (waiting or running) and (goes_on or all(outcome.held for outcome in ended.values())):
            while waiting and len(running) < at_once:
                step = waiting.pop(0)
                running[step] = begin(step, steps[step])
            time.sleep(0.2)
            for step in [step for step, one in running.items() if one.process.poll() is not None]:
                ended[step] = end(step, running.pop(step), steps[step], tree)
    finally:
        for one in running.values():
            os.killpg(one.process.pid, signal.SIGINT)
        for one in running.values():
            one.process.wait()
    return ended


def main() -> int:
    """Run a lane; print the table of a release."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("lane", choices=("gate", "release"))
    parser.add_argument("--only", default="", metavar="NAMES", help="steps, or beginnings such as mutants; with commas")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if asked.lane == "gate":
        ended = outcomes(GATE, at_once=2, goes_on=False)
        return int(not all(outcome.held for outcome in ended.values()))
    names = [name for name in asked.only.split(",") if name]
    chosen = {name: _named(name) for name in names}
    if unknown := [name for name, steps in chosen.items() if not steps]:
        print(f"no such step: {', '.join(unknown)}; there are {', '.join(RELEASE)}", file=sys.stderr)
        return 2
    steps = {step: RELEASE[step] for steps in chosen.values() for step in steps} or RELEASE
    ended = outcomes(steps, at_once=1, goes_on=True)
    print(f"\n{'step':<18} {'held':<5} {'minutes':>7}  command")
    for step, outcome in ended.items():
        print(f"{step:<18} {'yes' if outcome.held else 'NO':<5} {outcome.minutes:>7.1f}  {steps[step]}")
    return int(not all(outcome.held for outcome in ended.values()))


def _named(name: str) -> list[str]:
    """Return the step of a name, or all that begin with it."""
    return [name] if name in RELEASE else [step for step in RELEASE if step.startswith(f"{name}-")]


if __name__ == "__main__":
    sys.exit(main())
