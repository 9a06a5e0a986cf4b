"""Measure what `negsim robust` costs, and how often it names the best change of a world as many more runs do.

    .venv/bin/python benchmarks/robust.py                                      (--worlds 40 --runs 1000 --seed 0)

- The case is the working group of 2011, 42 delegates, with trust, tension and the chair's habits left open. Seven
  changes are tried: those that the command chooses, and seven whose effects lie near each other.
- A script runs each of them 1,000 times in each world, on replications that the command does not use. It names a best
  change in a world where the paired difference from the second best excludes zero. Counted is in how many of these
  worlds the command names the same one.
- Seconds are those of this process and its threads, user and system, without the script's.

Exit code: 0 if the command takes less than 60 s and agrees in at least 80 % of the worlds, 1 otherwise.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from rooms import FOCAL

from negsim.negotiation.tables import Floats
from negsim.report.progress import followed
from negsim.scenario import load
from negsim.study.catalogue import interventions_of
from negsim.study.estimates import difference
from negsim.study.robust import Robustness, robust
from negsim.study.runner import run

UNCERTAIN = {
    "trust.across": {"uniform": [0.2, 0.6]},
    "context.tension": {"uniform": [0.3, 1.0]},
    "process.chair.conservatism": {"uniform": [0.5, 0.9]},
    "process.chair.responsiveness": {"uniform": [0.0, 0.3]},
}
NEAR_EACH_OTHER = {
    "rolling text": ["methodology=rolling_text"],
    "mapping": ["methodology=convergence_mapping"],
    "straw poll": ["methodology=straw_poll"],
    "chair's text": ["methodology=chair_text"],
    "three meetings": ["meetings.count=3"],
    "longer meetings": ["process.meetings.0.days=4", "process.meetings.1.days=4"],
    "no pressure": ["process.chair.pressure=none"],
}
MOST_SECONDS, LEAST_SHARE = 60.0, 0.8


def best_by_script(result: Robustness, runs: int) -> list[str]:
    """Name the best change of each world by many runs, "" where they cannot tell it from the second best."""
    names = [one.intervention.name for one in result.effects]
    return [_best(_reached(result, w, runs), names) for w in range(len(result.worlds))]


def _reached(result: Robustness, w: int, runs: int) -> list[Floats]:
    """Run each change in a world, and return which runs end in consensus."""
    world, of_world = result.worlds[w].scenario, {one.name: one for one in interventions_of(result.worlds[w].scenario)}
    changes = [of_world.get(one.intervention.name, one.intervention) for one in result.effects]
    first = 10_000_000 + w * runs
    return [
        run(change.of(world), replications=runs, seed=result.seed, first=first).is_outcome("consensus")
        for change in changes
    ]


def _best(reached: list[Floats], names: list[str]) -> str:
    order = np.argsort([-float(one.mean()) for one in reached], kind="stable")
    first, second = (reached[j] for j in order[:2])
    return names[order[0]] if difference(first, second).low > 0.0 else ""


def best_by_command(result: Robustness) -> list[set[str]]:
    """Return the changes that the command calls best in each world."""
    return [
        {one.intervention.name for one in result.effects if one.is_best[w]} for w in range(len(result.worlds))
    ]  # fmt: skip


def main() -> int:
    """Print a row for each set of changes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=40)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    scenario = load(FOCAL, changes=[f"uncertain={UNCERTAIN}"])
    run(scenario, replications=2)  # loads the model
    fine = True
    for name, try_ in (("as the command chooses", None), ("near each other", NEAR_EACH_OTHER)):
        begun = time.process_time()
        result = followed(robust(scenario, try_=try_, worlds=options.worlds, seed=options.seed), quiet=True)
        seconds = time.process_time() - begun
        by_script = best_by_script(result, options.runs)
        pairs = [(one, some) for one, some in zip(by_script, best_by_command(result), strict=True) if one]
        same = sum({one} == some for one, some in pairs)
        named = f"a best change in {len(pairs)} worlds ({len({one for one, _ in pairs})} different)"
        print(
            f"{name}: {len(result.effects)} changes, {options.worlds} worlds, {seconds:.0f} s;"
            f" the script names {named}, the command the same in {same}",
            flush=True,
        )
        fine = fine and seconds < MOST_SECONDS and same >= LEAST_SHARE * len(pairs)
    return not fine


if __name__ == "__main__":
    sys.exit(main())
