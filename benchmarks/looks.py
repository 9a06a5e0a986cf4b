"""Compare `why` and `explain` that stop when they know enough with fixed counts, and count how often `stop:` misses.

    .venv/bin/python benchmarks/looks.py                    (--only why explain stop --seeds 20)

- `why`, `explain`: five scenarios under 20 seeds, with looks, without (`--replications 1000 --exactly`), with a fixed
  250, and with the fixed number that makes as many runs as the looks. Effort is counted in runs, so load on the machine
  does not matter. All share the runs of a seed.
- The truth is what the runs of all seeds say together, up to 20,000 replications of each scenario; an order is judged
  where both sides have 5,000 or more.
- Of `why`, the orders are those of the leader of all, and of each kind, with every other of it. Bundles are left out:
  what they cost does not depend on the looks at single changes. Of `explain`, the orders are those of every two shares
  of consensus, by size. *wrong*: stated the other way round. *untold*: not stated, though more than three points apart.
  *first*: the first single change is that of the same seed without looks, or a rival of it; of `explain`, the largest
  share is the true one, or untold from it. *curse*: by how many points the printed effects of the leaders of `why` are
  above the truth, on average.
- `stop`: 20,000 studies of one cell drawn from known distributions; the share whose interval holds the truth, at the
  end of a cell that stopped by the rule of before (95 %, at every look) and by the one of now.

`why` takes a quarter of an hour of one core, or more.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from itertools import permutations
from typing import NamedTuple, TypeVar

import numpy as np

from negsim.negotiation.measures import Results
from negsim.negotiation.tables import Floats
from negsim.scenario import Scenario, load
from negsim.study import explain as explaining
from negsim.study import interventions, sequential
from negsim.study.catalogue import Intervention
from negsim.study.estimates import FEWEST_CHANGED, LEVEL, student
from negsim.study.explain import Explanation
from negsim.study.interventions import Effects
from negsim.study.runner import Runs
from negsim.study.runner import run as run_model
from negsim.study.table import joined

MOST = 1000  # replications
LOOKS, EVERY, FIXED, AS_MANY = "looks", f"{MOST:,} of all", "250 of all", "as many runs"
HALF = [f"groups.{group}.seats={seats}" for group, seats in (("government", 11), ("business", 3))]
HALF += [f"groups.{group}.seats=2" for group in ("technical_community", "civil_society", "intergovernmental")]
UNDEALT = ["dealt="]  # else each seed is a game of its own, and seeds have no truth in common
SCENARIOS = {  # name: file and changes; small ones, so that 20,000 replications of each change are soon made
    "classroom": ("classroom", []),
    "storm": ("storm", UNDEALT),
    "tense storm": ("storm", [*UNDEALT, "context.tension=high"]),
    "small": ("tests/data/small.yaml", []),
    "half of 2011": ("cstd_wgigf_2011", HALF),
}
MORE_TIME = ["meetings.count=3", "trust.across=high", "context.tension=low", "methodology=rolling_text"]
LESS_TRUST = ["meetings.count=1", "trust.across=low", "process.chair.pressure=high", "process.chair.conservatism=high"]
EXPLAINED = {
    "classroom": MORE_TIME,
    "storm": LESS_TRUST,
    "tense storm": MORE_TIME,
    "small": LESS_TRUST,
    "half of 2011": MORE_TIME,
}
_Answer = TypeVar("_Answer")
FEWEST = 5000  # replications behind a truth
DRAWS = 20_000


class SharedRuns:
    """Runs that several searches under one seed share: each replication of a scenario is made once, and counted often.

    consensus: by scenario, of all seeds.
    """

    def __init__(self) -> None:
        self.made: dict[tuple[str, int], Runs] = {}
        self.consensus: dict[str, list[Floats]] = defaultdict(list)
        self.count = 0

    def run(
        self, scenario: Scenario, *, first: int = 0, replications: int, seed: int = 0, threads: int | None = None
    ) -> Runs:
        """Return what `runner.run` does."""
        self.count += replications
        blocks = range(first // MOST, (first + replications - 1) // MOST + 1)
        made = [self._block(scenario, block, seed=seed, threads=threads) for block in blocks]
        start, whole = first - MOST * blocks[0], joined([one.results for one in made])
        tables = (table[start : start + replications] for table in whole)
        return dataclasses.replace(made[0], first=first, results=Results(*tables))

    def _block(self, scenario: Scenario, block: int, *, seed: int, threads: int | None) -> Runs:
        """Return so many replications of a scenario, made the first time that some of them are asked for."""
        key = str(scenario.resolved(story=False)), block
        if key not in self.made:
            self.made[key] = run_model(scenario, first=MOST * block, replications=MOST, seed=seed, threads=threads)
            self.consensus[key[0]].append(self.made[key].column("consensus"))
        return self.made[key]

    def truth(self, scenario: Scenario) -> tuple[float, int]:
        """Return the share of consensus, and the replications behind it."""
        values = np.concatenate(self.consensus[str(scenario.resolved(story=False))])
        return float(values.mean()), len(values)


def each_way(
    shared: SharedRuns, ask: Callable[..., Generator[object, None, _Answer]]
) -> Iterator[tuple[str, _Answer, int]]:
    """Yield each way with its answer and the runs it asked for; the last has about as many as the one with looks."""
    runs: dict[str, int] = {}
    for way, replications in {LOOKS: MOST, EVERY: MOST, FIXED: 250, AS_MANY: 0}.items():
        shared.count = 0
        wanted = replications or min(MOST, max(2, 250 * runs[LOOKS] // runs[FIXED]))
        answer = finished(ask(replications=wanted, exactly=way != LOOKS))
        runs[way] = shared.count
        yield way, answer, shared.count


def finished(steps: Generator[object, None, _Answer]) -> _Answer:
    """Return what a generator of steps returns."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            answer: _Answer = end.value
            return answer


class Tally(NamedTuple):
    """The tally of one way in one scenario."""

    runs: float
    first: float
    wrong: float
    untold: float
    orders: float
    curse: float

    def line(self, name: str, way: str) -> str:
        """Write it as a row of the table."""
        numbers = f"{self.first:6.0%} {self.wrong:7.2f} {self.untold:7.2f} {self.orders:7.1f} {self.curse:+7.1f}"
        return f"{name:18} {way:13} {self.runs:8,.0f} {numbers}"


HEADER = f"{'':18} {'':13} {'runs':>8} {'first':>6} {'wrong':>7} {'untold':>7} {'orders':>7} {'curse':>7}"


def why(name: str, scenario: Scenario, seeds: int) -> Iterator[str]:
    """Compare the ways of `negsim why`."""
    shared = SharedRuns()
    setattr(interventions, "run", shared.run)  # noqa: B010 - not one of its names
    setattr(interventions, "MOST_PARTS", 1)  # noqa: B010
    answers: dict[str, list[tuple[Effects, int]]] = defaultdict(list)
    tried: dict[str, Intervention] = {}
    for seed in range(seeds):
        shared.made.clear()
        for way, effects, count in each_way(shared, partial(interventions.why, scenario, seed=seed, threads=1)):
            answers[way].append((effects, count))
            tried |= {one.intervention.name: one.intervention for one in effects.singles}
    base = shared.truth(scenario)[0]
    truths = {name: shared.truth(one.of(scenario)) for name, one in tried.items() if _is_made(shared, one, scenario)}
    for way, own in answers.items():
        rows = [_judged(effects, truths, tried, base) for effects, _ in own]
        same = [_first_is_same(one, other) for (one, _), (other, _) in zip(own, answers[EVERY], strict=True)]
        wrong, untold, orders, curse = np.nanmean(rows, axis=0)
        runs = float(np.mean([count for _, count in own]))
        yield Tally(runs, float(np.mean(same)), wrong, untold, orders, curse).line(name, way)


def _is_made(shared: SharedRuns, one: Intervention, scenario: Scenario) -> bool:
    return str(one.of(scenario).resolved(story=False)) in shared.consensus


def _first_is_same(one: Effects, other: Effects) -> bool:
    """Return whether two answers name the same first single change, or one names the other's first as a rival."""
    first, there = one.leaders[0], other.leaders[0]
    named = {first.effect.intervention.name, *(rival.name for rival in first.rivals)}
    return there.effect.intervention.name in named


def _judged(
    effects: Effects, truths: dict[str, tuple[float, int]], tried: dict[str, Intervention], base: float
) -> tuple[float, float, int, float]:
    """Count the wrong, the untold and all orders of the leaders; measure how far above the truth their effects are."""
    wrong = untold = orders = 0
    above = []
    here = {one.intervention.name for one in effects.singles}
    sure = {name: share for name, (share, count) in truths.items() if count >= FEWEST and name in here}
    for n, leader in enumerate(effects.leaders):
        of = leader.effect.intervention
        if of.name not in sure:
            continue
        fresh = leader.effect.fresh or leader.effect.change
        above.append(100 * (fresh.value - (sure[of.name] - base)))
        rivals = {rival.name for rival in leader.rivals}
        for name, share in sure.items():
            if name == of.name or (n and tried[name].kind != of.kind):  # but for the first they lead their kind
                continue
            orders += 1
            wrong += name not in rivals and share > sure[of.name]
            untold += name in rivals and abs(share - sure[of.name]) > sequential.ZONE
    return wrong, untold, orders, float(np.mean(above)) if above else math.nan


def explain(name: str, scenario: Scenario, seeds: int) -> Iterator[str]:
    """Compare the ways of `negsim explain`."""
    shared, pair = SharedRuns(), (scenario, EXPLAINED[name])
    setattr(explaining, "run", shared.run)  # noqa: B010 - not one of its names
    answers: dict[str, list[tuple[Explanation, int]]] = defaultdict(list)
    for seed in range(seeds):
        shared.made.clear()
        ask = partial(explaining.explain, pair, measures=["consensus"], seed=seed, threads=1)
        for way, answer, count in each_way(shared, ask):
            answers[way].append((answer, count))
    whole = [answer.changes[0].shares for answer, _ in answers[EVERY]]
    truth = {
        share.part: abs(float(np.mean([row[i].shapley.value for row in whole]))) for i, share in enumerate(whole[0])
    }
    for way, own in answers.items():
        rows = [_shares_judged(answer, truth) for answer, _ in own]
        first, wrong, untold, orders = np.mean(rows, axis=0)
        runs = float(np.mean([count for _, count in own]))
        yield Tally(runs, first, wrong, untold, orders, 0.0).line(name, way)


def _shares_judged(explanation: Explanation, truth: dict[str, float]) -> tuple[float, int, int, int]:
    """Judge whether the largest share is named, or in one group with it; count wrong, untold and all orders."""
    change = explanation.changes[0]
    value = {share.part: abs(share.shapley.value) for share in change.shares}
    together = {(one, other) for group in change.untold for one in group for other in group}
    largest, first = (max(of, key=lambda part: of[part]) for of in (truth, value))
    wrong = untold = orders = 0
    for one, other in permutations(truth, 2):
        apart = truth[one] - truth[other]
        if apart > 0.0:
            orders += 1
            wrong += (one, other) not in together and value[one] < value[other]
            untold += (one, other) in together and apart > sequential.ZONE
    return float(first == largest or (first, largest) in together), wrong, untold, orders


Draw = Callable[[np.random.Generator, tuple[int, int]], Floats]


class Cell(NamedTuple):
    """A distribution of a measure with its mean, and the rule that stops a cell."""

    name: str
    draw: Draw
    mean: float
    is_flag: bool
    every: int
    most: int
    half_width: float


FLAGS = (0.02, 0.1, 0.5)
PLACES = np.array([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
SHARES = {  # of five issues
    "half zeros": [0.5, 0.2, 0.1, 0.1, 0.05, 0.05],
    "nine in ten zeros": [0.9, 0.04, 0.03, 0.01, 0.01, 0.01],
    "one in fifty 1, else 0": [0.98, 0.0, 0.0, 0.0, 0.0, 0.02],
}


def cells() -> Iterator[Cell]:
    """Yield flags, rare and frequent, agreed shares with many zeros, and normal and skewed means."""
    draws: dict[str, tuple[Draw, float, bool]] = {}
    for p in FLAGS:
        draws[f"flag, {p:g}"] = (lambda rng, shape, p=p: (rng.random(shape) < p) * 1.0), p, True
    for name, odds in SHARES.items():
        draw = partial(_places, odds=odds)
        draws[f"share, {name}"] = draw, float(PLACES @ odds), False
    draws["normal, sd .3"] = (lambda rng, shape: rng.normal(0.5, 0.3, shape)), 0.5, False
    draws["beta(.2, 1)"] = (lambda rng, shape: rng.beta(0.2, 1.0, shape)), 0.2 / 1.2, False
    for every, most, half_width in ((10, 500, 0.05), (100, 1200, 0.03)):
        for name, (draw, mean, is_flag) in draws.items():
            yield Cell(name, draw, mean, is_flag, every, most, half_width)


def _places(rng: np.random.Generator, shape: tuple[int, int], odds: Sequence[float]) -> Floats:
    drawn: Floats = rng.choice(PLACES, p=odds, size=shape)
    return drawn


def coverage(cell: Cell, *, now: bool) -> tuple[float, float]:
    """Return the share of intervals that hold the mean, and the mean of the replications that a cell has at its end.

    before: a look at each multiple of `every`, each at 95 %. now: at its doubles, paid for, and not before the spread
    of a mean is known.
    """
    rng = np.random.default_rng(2011)
    looks = sequential.doublings(cell.every, cell.most) if now else range(cell.every, cell.most + 1, cell.every)
    counts = np.array(looks)
    at = sequential.level(len(counts)) if now else LEVEL
    values = cell.draw(rng, (DRAWS, cell.most))
    sums, squares = (np.cumsum(part, axis=1)[:, counts - 1] for part in (values, values * values))
    centre = sums / counts
    if cell.is_flag:
        z = sequential.normal(at)
        middle = (centre + z * z / (2 * counts)) / (1 + z * z / counts)
        half = z / (1 + z * z / counts) * np.sqrt(centre * (1 - centre) / counts + z * z / (4 * counts * counts))
        centre = middle
    else:
        variance = np.maximum(squares - counts * centre**2, 0.0) / (counts - 1)
        half = np.array([student(float(n - 1), at) for n in counts]) * np.sqrt(variance / counts)
    stops = half <= cell.half_width
    if now and not cell.is_flag:
        alike = [np.cumsum(values == place, axis=1)[:, counts - 1] for place in PLACES]
        stops &= counts - np.max(alike, axis=0) >= FEWEST_CHANGED
    stops[:, -1] = True
    end, rows = stops.argmax(axis=1), np.arange(DRAWS)
    holds = np.abs(centre[rows, end] - cell.mean) <= half[rows, end] + 1e-12
    return float(holds.mean()), float(counts[end].mean())


def stop() -> Iterator[str]:
    """Compare the coverage of the intervals of cells that stopped, before and now."""
    yield f"{'':24} {'every':>6} {'most':>6} {'width':>6} {'before':>7} {'runs':>6} {'now':>7} {'runs':>6}"
    for cell in cells():
        (before, made), (now, more) = coverage(cell, now=False), coverage(cell, now=True)
        rule = f"{cell.every:6} {cell.most:6} {cell.half_width:6.2f}"
        yield f"{cell.name:24} {rule} {before:7.1%} {made:6.0f} {now:7.1%} {more:6.0f}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parts = ("stop", "explain", "why")
    parser.add_argument("--only", nargs="*", choices=parts, default=parts)
    parser.add_argument("--seeds", type=int, default=20)
    asked = parser.parse_args()
    if "stop" in asked.only:
        print("stop:", *stop(), sep="\n", flush=True)
    scenarios = {name: load(file, changes=changes) for name, (file, changes) in SCENARIOS.items()}
    for part, compare in (("explain", explain), ("why", why)):
        if part in asked.only:
            print(f"\n{part}\n{HEADER}", flush=True)
            for name, scenario in scenarios.items():
                print(*compare(name, scenario, asked.seeds), sep="\n", flush=True)


if __name__ == "__main__":
    main()
