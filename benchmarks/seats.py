"""Measure what a seat's strategy is worth in the cases that people play, whose answer is dealt anew for each seed.

    .venv/bin/python benchmarks/seats.py          (storm register --seeds 60 --first 1000 --processes 2 --parts person)

Every run is of one deal with strategies in some seats and the model in the others. Strategies see a `View` and nothing
else, but for two that know an answer. The score is rule 5.15's: 0 is no deal, 100 the seat's best text that all would
sign, less 40 for a red line signed and 15 for a bracket passed over. Standard errors are by deal: the seats of one deal
share its draws, so their mean counts once.

- `person`: one strategy in one seat, the model in thirteen, every seat in turn. Fixed numbers are written whatever the
  paragraph is; the best of them is chosen on as many other deals. Two rows know an answer: that of another deal, and
  the middle of what this deal leaves open.
- `class`: all fourteen alike.
- `moves`: an asker without each of the moves, and with offers and the pen too.
- `skill`: four strategies at one table, rotated over four seats of four groups.

Exit code: 0 if the targets hold, 1 if one does not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np
from scipy.stats import spearmanr

from negsim.classroom.skill import AcceptAll, ByHeart, Quiet, RedLinesOnly, right_texts
from negsim.negotiation.runs import Negotiation
from negsim.negotiation.score import red_lines_signed, score
from negsim.negotiation.tables import Floats, Outcome
from negsim.policies import SeatedNegotiation, View
from negsim.policies.strategies import Asker, Hardball, Novice, Spoiler, Trader
from negsim.scenario import Scenario, load
from negsim.scenario.lowering import lower, seat_names

CASES = ("storm", "register")
FIRST = 1000  # seed of the first deal
NUMBERS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@lru_cache(maxsize=64)
def scenario_of(name: str, changes: tuple[str, ...] = ()) -> Scenario:
    """Load a scenario once for each process."""
    return load(name, changes=changes)


@lru_cache(maxsize=256)
def answer_of(name: str, seed: int) -> tuple[float, ...]:
    """Return the texts that would be right in a deal, worked out once for each process."""
    return tuple(right_texts(Negotiation(lower(scenario_of(name)), seed=seed, replication=0).state))


class BracketAll(Spoiler):
    """Bracket whatever is read, one's own amendments too, and amend with one's own wish."""

    def amend(self, view: View) -> float:
        """Write the own instructions."""
        return view.instructions[view.issues[0]]


class Writer(Asker):
    """An asker who asks nobody: it writes the text with the most to gain by what it believes and hears."""

    def ask(self, view: View) -> list[str]:  # noqa: ARG002 - nobody, whatever it is
        """Ask nobody."""
        return []


DEFAULT = "default"  # the model's own delegate
STRATEGIES: dict[str, type | None] = {
    DEFAULT: None, "accept-all": AcceptAll, "all but red lines": RedLinesOnly, "bracket-all": BracketAll,
    "hardball": Hardball, "novice": Novice, "writer": Writer, "quiet asker": Quiet, "asker": Asker,
    "trader": Trader,
}  # fmt: skip
KNOWING = {"another deal's answer": 1, "this deal's answer": 0}


def policy_of(case: str, seed: int, name: str) -> object:
    """Make what holds a seat in place of the model."""
    if name in KNOWING:
        return ByHeart(*answer_of(case, seed + KNOWING[name]))
    return ByHeart(float(name.split()[1])) if name.startswith("write ") else STRATEGIES[name]


class Play(NamedTuple):
    """One run to make. held: strategies by seat."""

    case: str
    changes: tuple[str, ...]
    held: tuple[tuple[int, str], ...]
    seed: int


class End(NamedTuple):
    """What became of a run. scores: by seat. worst: the mean score of the group with the lowest."""

    scores: Floats
    worst: float
    is_consensus: bool
    signed: int


def end_of(play: Play) -> End:
    """Make a run."""
    scenario = scenario_of(play.case, play.changes)
    names = seat_names(scenario)
    held = {
        names[seat]: policy for seat, name in play.held if (policy := policy_of(play.case, play.seed, name)) is not None
    }
    room = SeatedNegotiation(scenario, held, seed=play.seed, replication=0)
    room.go_on()
    state, groups = room.run.state, room.run.state.delegates["group"]
    best = state.movers["best"]
    scores = np.array([score(room.run.case, state, seat, best[seat]) for seat in range(len(names))])
    return End(
        scores,
        min(float(scores[groups == group].mean()) for group in np.unique(groups)),
        room.run.outcome == Outcome.CONSENSUS,
        sum(int(red_lines_signed(state, seat)) for seat, _ in play.held),
    )


class Mean(NamedTuple):
    """A mean over deals with its standard error."""

    value: float
    error: float

    @property
    def high(self) -> float:
        """The upper end of its interval at 95 %."""
        return self.value + 1.96 * self.error

    @property
    def low(self) -> float:
        """The lower end."""
        return self.value - 1.96 * self.error

    def __str__(self) -> str:
        return f"{self.value:.1f} ({self.error:.1f})"


def by_deal(values: Floats) -> Mean:
    """Return the mean of values (D,...) and its standard error by deal."""
    means = values.reshape(len(values), -1).mean(axis=1)
    return Mean(float(means.mean()), float(means.std(ddof=1) / np.sqrt(len(means))))


class Bench:
    """Runs of one case in processes."""

    def __init__(self, pool: Executor, case: str, deals: range) -> None:
        self.pool, self.case, self.deals, self.failed = pool, case, deals, list[str]()
        self.seats = range(scenario_of(case).seat_count)
        moves = scenario_of(case).process.moves
        self.moves, self.initiative = tuple(name for name in moves.names), moves.initiative

    def ends(
        self, holders: Sequence[Mapping[int, str]], *, changes: tuple[str, ...] = (), deals: range | None = None
    ) -> list[list[End]]:
        """Make a run of each deal for each way to hold seats; by way, then by deal."""
        seeds = self.deals if deals is None else deals
        plays = [Play(self.case, changes, tuple(sorted(held.items())), seed) for held in holders for seed in seeds]
        done = list(self.pool.map(end_of, plays, chunksize=8))
        return [done[n * len(seeds) : (n + 1) * len(seeds)] for n in range(len(holders))]

    def own(self, strategy: str, *, changes: tuple[str, ...] = (), deals: range | None = None) -> Own:
        """Put a strategy into each seat in turn."""
        ends = self.ends([{seat: strategy} for seat in self.seats], changes=changes, deals=deals)
        scores = np.array([[end.scores[own] for end in each] for own, each in zip(self.seats, ends, strict=True)]).T
        agreed = np.array([[end.is_consensus for end in each] for each in ends]).T
        signed = np.array([[end.signed for end in each] for each in ends]).T
        return Own(scores, by_deal(100.0 * agreed), float(signed.mean()))

    def target(self, what: str, *, holds: bool) -> None:
        """Print whether a target holds."""
        print(f"- {'holds' if holds else '**does not hold**'}: {what}", flush=True)
        if not holds:
            self.failed.append(what)


class Own(NamedTuple):
    """What one strategy got. scores: of the seat (D, seats)."""

    scores: Floats
    consensus: Mean
    signed: float


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table of Markdown."""
    print(f"| {' | '.join(header)} |\n|{'---|' * len(header)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)
    print()


def person(bench: Bench) -> None:
    """Put each strategy into each seat, with the model in the others."""
    numbers = [f"write {number:g}" for number in NUMBERS]
    others = range(bench.deals.stop, bench.deals.stop + len(bench.deals))
    best = max(numbers, key=lambda name: bench.own(name, deals=others).scores.mean())
    got = {name: bench.own(name) for name in (*STRATEGIES, *numbers, *KNOWING)}
    rows = [
        (f"{name}, the best on other deals" if name == best else name, by_deal(own.scores), own.consensus,
         f"{own.signed:.2f}")
        for name, own in got.items()
    ]  # fmt: skip
    table(("one person, the model in the others", "own (se)", "consensus, % (se)", "red lines signed a run"), rows)

    def gap(one: str, other: str) -> Mean:
        return by_deal(got[one].scores - got[other].scores)

    for one, other, least in (("asker", best, 8.0), ("asker", "novice", 10.0)):
        bench.target(
            f"{one} less {other} is {least:g} or more: {gap(one, other)}", holds=gap(one, other).value >= least
        )
    for one, other, most in ((best, "default", 6.0), ("another deal's answer", "novice", 0.0)):
        bench.target(f"{one} less {other} is {most:g} or less: {gap(one, other)}", holds=gap(one, other).value <= most)
    bench.target(
        f"trader less asker is not below 0: {gap('trader', 'asker')}", holds=gap("trader", "asker").high >= 0.0
    )
    for name in ("accept-all", "bracket-all"):
        bench.target(f"{name} less default is below 0: {gap(name, 'default')}", holds=gap(name, "default").high < 0.0)
    print()


def whole_class(bench: Bench) -> None:
    """Fill all seats alike."""
    ends = dict(zip(STRATEGIES, bench.ends([dict.fromkeys(bench.seats, name) for name in STRATEGIES]), strict=True))
    scores = {name: by_deal(np.array([end.scores for end in each])) for name, each in ends.items()}
    agreed = {name: by_deal(np.array([100.0 * end.is_consensus for end in each])) for name, each in ends.items()}
    rows = [
        (name, scores[name], by_deal(np.array([end.worst for end in each])), agreed[name])
        for name, each in ends.items()
    ]
    table(("all seats", "score (se)", "worst group (se)", "consensus, % (se)"), rows)
    more = by_deal(np.array([a.scores - b.scores for a, b in zip(ends["asker"], ends["accept-all"], strict=True)]))
    bench.target(f"a class of askers gets more than one of accepters: {more}", holds=more.low > 0.0)
    bench.target(f"a class of askers agrees in 90 % of games: {agreed['asker']}", holds=agreed["asker"].value >= 90.0)
    print()


def taken_out(bench: Bench) -> None:
    """Take each move out for an asker; and let it make offers, and ask for the pen."""

    def given(names: Iterable[str]) -> tuple[str, ...]:
        on = ", ".join([*(f"{name}: true" for name in names), f"initiative: {bench.initiative}"])
        return (f"process.moves={{{on}}}",)

    every = bench.own("asker").scores
    rows = []
    for out in bench.moves:
        left = tuple(name for name in bench.moves if name != out)
        own = bench.own("quiet asker" if out == "secrets" else "asker", changes=() if out == "secrets" else given(left))
        worth = by_deal(every - own.scores)
        rows.append((out, by_deal(own.scores), worth))
        bench.target(f"{out} earn 3 or more: {worth}", holds=worth.value >= 3.0 and worth.low > 0.0)
    for more, strategy in (("offers", "trader"), ("pens", "asker")):
        own = bench.own(strategy, changes=given((*bench.moves, more)))
        rows.append((f"with {more} too", by_deal(own.scores), by_deal(own.scores - every)))
    table(("move", "without it (se)", "it earns (se)"), rows)


SKILLS = ("hardball", "accept-all", "novice", "asker")  # from the least to the most


def skill(bench: Bench) -> None:
    """Seat four strategies at one table, each in the seat of each group in turn."""
    groups = list(scenario_of(bench.case).groups.values())
    first = np.cumsum([0, *(group.seats for group in groups[:-1])]).tolist()
    turns = [{seat: SKILLS[(n + turn) % 4] for n, seat in enumerate(first)} for turn in range(4)]
    ends = bench.ends(turns)
    found = []
    for at in range(len(bench.deals)):
        scores = [[each[at].scores[seat] for seat in held] for held, each in zip(turns, ends, strict=True)]
        skills = [[SKILLS.index(name) for name in held.values()] for held in turns]
        relative = np.array(scores) - np.mean(scores, axis=0)  # what a seat gets more than with another in it
        found.append(spearmanr(np.ravel(skills), relative.ravel()).statistic)
    mean = by_deal(np.nan_to_num(np.array(found)))
    print(f"rank correlation of skill and score at one table: {mean.value:.2f} ({mean.error:.2f})\n", flush=True)
    bench.target(f"skill shows at one table: {mean.value:.2f} ({mean.error:.2f})", holds=mean.low > 0.0)
    print()


PARTS = {"person": person, "class": whole_class, "moves": taken_out, "skill": skill}


def main() -> int:
    """Print the parts that the words ask for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", default=list(CASES))
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--first", type=int, default=FIRST, help="the first seed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    asked = parser.parse_args()
    failed = 0
    with ProcessPoolExecutor(asked.processes, mp_context=get_context("spawn")) as pool:
        for case in asked.cases:
            bench = Bench(pool, case, range(asked.first, asked.first + asked.seeds))
            for part in asked.parts:
                print(f"## {case}: {part}\n")
                PARTS[part](bench)
            failed += len(bench.failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
