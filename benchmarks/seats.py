"""Measure what a seat's strategy is worth in the exchange after the storm, with the moves of the table.

    .venv/bin/python benchmarks/seats.py                  (--seeds 60 --processes 2 --parts person class --first 1000)

Every run is of one replication with strategies in some seats and the model in the others. Strategies see a `View` and
nothing else. The score is rule 5.15's: 0 is no deal, 100 the seat's best text that all would sign, less 40 for a red
line signed and 15 for a bracket passed over. Standard errors are by seed: runs under one seed share their draws, so
their mean counts once.

- `person`: one strategy in one seat, the model in thirteen, every seat in turn; the model's delegates only answer, or
  take the initiative at one reading in ten.
- `class`: all fourteen alike, a mix, and thirteen thinkers with one who does harm.
- `crowd`: how the worth of thinking falls with the number of others who think.
- `moves`: a trader without each of the moves, and with the pen too.
- `rounds`: decisions that a class makes together, counted from the log of a run.
- `focal`: the group of 2011, as coded and with paragraphs adopted one by one.

Exit code: 0 if the targets hold, 1 if one does not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import lru_cache
from itertools import pairwise
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from negsim.negotiation.runs import LOG_ROWS
from negsim.negotiation.score import red_lines_signed, score, weigh_best
from negsim.negotiation.tables import Move, Outcome
from negsim.policies import SeatedNegotiation, View
from negsim.policies.strategies import Asker, Hardball, Novice, Spoiler, Trader
from negsim.scenario import Scenario, load
from negsim.scenario.lowering import seat_names

STORM, FOCAL = "storm", "cstd_wgigf_2011"
ALL_MOVES = ("amendments", "lone_bracket", "questions", "offers")
FOCAL_MOVES = (*ALL_MOVES, "motions")
FIRST = 1000  # seed of the first replication
Floats = NDArray[np.float64]


class AcceptAll:
    """Accept whatever is read."""

    def respond(self, view: View) -> str:  # noqa: ARG002 - whatever it is
        """Accept."""
        return "accept"


class RedLinesOnly:
    """Accept whatever crosses no red line of one's own."""

    def respond(self, view: View) -> str | None:
        """Accept, unless the delegate never would."""
        crosses = any(
            not view.red_lines[issue][0] <= text.value <= view.red_lines[issue][1] for issue, text in view.text.items()
        )
        return None if crosses else "accept"


class BracketAll(Spoiler):
    """Bracket whatever is read, one's own amendments too, and amend with one's own wish."""

    def amend(self, view: View) -> float:
        """Write the own instructions."""
        return view.instructions[view.issues[0]]


class Writer(Asker):
    """An asker who does not ask: it writes the text with the most to gain by what it believes and hears."""

    def ask(self, view: View) -> list[str]:  # noqa: ARG002 - nobody, whatever it is
        """Ask nobody."""
        return []


STRATEGIES: dict[str, type | None] = {
    "default": None,
    "accept-all": AcceptAll,
    "all but red lines": RedLinesOnly,
    "bracket-all": BracketAll,
    "hardball": Hardball,
    "novice": Novice,
    "writer": Writer,
    "asker": Asker,
    "trader": Trader,
}
THOUGHTFUL = ("novice", "writer", "asker", "trader")


class Play(NamedTuple):
    """One run to make. held: strategies by seat."""

    name: str
    changes: tuple[str, ...]
    held: tuple[tuple[int, str], ...]
    seed: int


class End(NamedTuple):
    """What became of a run. scores: by seat. worst: the mean score of the group with the lowest."""

    scores: Floats
    worst: float
    is_consensus: bool
    signed: int
    rounds: int


def moves(names: Iterable[str] = ALL_MOVES, *, initiative: float = 0.0) -> tuple[str, ...]:
    """Return the changes that give a process these moves and no others."""
    given = ", ".join([*(f"{name}: true" for name in names), f"initiative: {initiative}"])
    return (f"process.moves={{{given}}}",)


@lru_cache(maxsize=64)
def scenario_of(name: str, changes: tuple[str, ...]) -> Scenario:
    """Load a scenario once for each process."""
    return load(name, changes=changes)


def end_of(play: Play) -> End:
    """Make a run."""
    scenario = scenario_of(play.name, play.changes)
    names = seat_names(scenario)
    held = {names[seat]: STRATEGIES[name] for seat, name in play.held if STRATEGIES[name] is not None}
    room = SeatedNegotiation(scenario, held, seed=play.seed, replication=0, log_rows=LOG_ROWS)
    case, state, best = room.run.case, room.run.state, np.empty(len(names))
    weigh_best(case, state, best)
    room.go_on()
    scores = np.array([score(case, state, seat, best[seat]) for seat in range(len(names))])
    groups, log = state.delegates["group"], state.log[: int(state.clock["logged"][0])]
    return End(
        scores,
        min(float(scores[groups == group].mean()) for group in np.unique(groups)),
        room.run.outcome == Outcome.CONSENSUS,
        sum(int(red_lines_signed(state, seat)) for seat, _ in play.held),
        rounds_in(log[["move", "issue"]].tolist(), sum(meeting.days for meeting in scenario.process.meetings)),
    )


SHEETS_A_DAY = 2  # the morning's, with what to say and whom to ask, and the evening's, with the report on the last day
TOGETHER = {"READ": "read", "READ_PACKAGE": "read", "DISCUSS": "read", "READ_AMENDMENT": "amend", "READ_OFFER": "offer"}


def rounds_in(log: Sequence[tuple[int, int]], days: int) -> int:
    """Count the decisions that a class takes together: sheets of readings, of amendments, of offers; and of each day.

    Amendments to one text, and offers after one reading, are on one sheet. log: moves with their issues.
    """
    sheets = [(TOGETHER.get(Move(move).name, ""), issue) for move, issue in log]
    return SHEETS_A_DAY * days + sum(
        sheet[0] == "read" or (sheet[0] != "" and sheet != before) for before, sheet in pairwise([("", 0), *sheets])
    )


class Mean(NamedTuple):
    """A mean over seeds with its standard error."""

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.1f} ({self.error:.1f})"


def by_seed(values: Floats) -> Mean:
    """Return the mean of values (S,...) and its standard error by seed."""
    means = values.reshape(len(values), -1).mean(axis=1)
    return Mean(float(means.mean()), float(means.std(ddof=1) / np.sqrt(len(means))) if len(means) > 1 else np.nan)


class Bench:
    """Runs in processes. seeds: of every setting."""

    def __init__(self, pool: Executor, seeds: range) -> None:
        self.pool, self.seeds, self.failed = pool, seeds, list[str]()

    def ends(
        self, name: str, changes: tuple[str, ...], holders: Sequence[Mapping[int, str]], *, times: int = 1
    ) -> list[list[End]]:
        """Make a run for each of `times` as many seeds and each way to hold seats; by way, then by seed."""
        seeds = range(self.seeds.start, self.seeds.start + times * len(self.seeds))
        plays = [Play(name, changes, tuple(sorted(held.items())), seed) for held in holders for seed in seeds]
        done = list(self.pool.map(end_of, plays, chunksize=8))
        return [done[n * len(seeds) : (n + 1) * len(seeds)] for n in range(len(holders))]

    def own(self, changes: tuple[str, ...], strategy: str, seats: Sequence[int], others: Mapping[int, str]) -> Own:
        """Put a strategy into each seat in turn, with others beside it."""
        ways = [{**{seat: other for seat, other in others.items() if seat != own}, own: strategy} for own in seats]
        ends = self.ends(STORM, changes, ways)
        scores = np.array([[end.scores[own] for end in each] for own, each in zip(seats, ends, strict=True)]).T
        every = np.array([[end.scores.mean() for end in each] for each in ends]).T
        agreed = np.array([[end.is_consensus for end in each] for each in ends]).T
        signed = np.array([[end.signed for end in each] for each in ends]).T
        return Own(scores, by_seed(every), by_seed(100.0 * agreed), float(signed.mean()))

    def target(self, what: str, *, holds: bool) -> None:
        """Print whether a target holds."""
        print(f"- {'holds' if holds else '**does not hold**'}: {what}", flush=True)
        if not holds:
            self.failed.append(what)


class Own(NamedTuple):
    """What one strategy got. scores: of the seat (S, seats)."""

    scores: Floats
    every: Mean
    consensus: Mean
    signed: float

    @property
    def seats(self) -> Floats:
        """The mean of each seat."""
        means: Floats = self.scores.mean(axis=0)
        return means


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table of Markdown."""
    print(f"| {' | '.join(header)} |\n|{'---|' * len(header)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)
    print()


def person(bench: Bench) -> None:
    """Put each strategy into each seat, with the model in the others."""
    for initiative in (0.0, 0.1):
        print(f"## One person among the model's delegates, initiative {initiative:g}\n")
        got = {name: bench.own(moves(initiative=initiative), name, range(14), {}) for name in STRATEGIES}
        rows = [(name, by_seed(own.scores), own.every, own.consensus, f"{own.signed:.2f}") for name, own in got.items()]
        table(("strategy", "own (se)", "all (se)", "consensus, % (se)", "red lines signed a run"), rows)
        thoughtful = max(THOUGHTFUL, key=lambda name: float(got[name].seats.mean()))
        best = np.max([got[name].seats for name in THOUGHTFUL], axis=0)
        default, accept, bracket = (got[name].seats for name in ("default", "accept-all", "bracket-all"))
        gains = [f"{gain:.0f}" for gain in best - default]
        print(
            f"Best thoughtful strategy on the whole: {thoughtful}.",
            f"By seat, best thoughtful less default: {' '.join(gains)}.\n",
        )
        others = np.max([own.seats for name, own in got.items() if name != "default"], axis=0)
        where = f"at initiative {initiative:g}"
        bench.target(f"best thoughtful less default is 8 or more in 10 seats {where} ({(best - default >= 8).sum()})",
                     holds=(best - default >= 8).sum() >= 10)  # fmt: skip
        gap = float((best - accept).mean())
        bench.target(f"best thoughtful less accept-all is 10 or more on the mean {where} ({gap:.1f})", holds=gap >= 10)
        bench.target(f"bracket-all gets 20 or less in 12 seats {where} ({(bracket <= 20).sum()})",
                     holds=(bracket <= 20).sum() >= 12)  # fmt: skip
        bench.target(f"the default is best in 4 seats at most {where} ({(default >= others).sum()})",
                     holds=(default >= others).sum() <= 4)  # fmt: skip
        print()


def _one_among(thinkers: str, other: str) -> list[dict[int, str]]:
    return [{seat: other if seat == own else thinkers for seat in range(14)} for own in range(14)]


def _mixes(seeds: int = 14) -> list[dict[int, str]]:
    rng = np.random.default_rng(FIRST)
    names = [name for name in STRATEGIES if name != "bracket-all"]
    return [{seat: names[n] for seat, n in enumerate(rng.integers(0, len(names), 14))} for _ in range(seeds)]


def whole_class(bench: Bench) -> None:
    """Fill all seats alike, with a mix, and with one who does harm among thinkers; as many runs of each."""
    print("## A whole class\n")
    ways: dict[str, list[dict[int, str]]] = {name: [dict.fromkeys(range(14), name)] for name in STRATEGIES}
    ways |= {
        "a random mix": _mixes(),
        "13 traders and a hardball": _one_among("trader", "hardball"),
        "13 traders and a bracket-all": _one_among("trader", "bracket-all"),
    }
    means: dict[str, float] = {}
    counts: dict[str, Floats] = {}
    rows = []
    for name, held in ways.items():
        ends = bench.ends(STORM, moves(), held, times=14 // len(held))

        def over(read: Callable[[End], float], ends: list[list[End]] = ends) -> Floats:
            return np.array([[read(end) for end in each] for each in ends]).T

        scores, counts[name] = by_seed(over(lambda end: float(end.scores.mean()))), over(lambda end: end.rounds)
        means[name] = scores.value
        row = (scores, by_seed(over(lambda end: end.worst)), by_seed(100.0 * over(lambda end: end.is_consensus)))
        rows.append((name, *row, f"{counts[name].mean():.1f}, {counts[name].max():.0f} at most"))
    table(("all seats", "score (se)", "worst group (se)", "consensus, % (se)", "rounds"), rows)
    thinkers = max(means[name] for name in THOUGHTFUL)
    order = [thinkers, means["all but red lines"], means["default"], means["accept-all"]]
    bench.target(f"thinkers > all but red lines > default > accept-all ({', '.join(f'{x:.0f}' for x in order)})",
                 holds=all(one > other for one, other in pairwise(order)))  # fmt: skip
    mix = float(counts["a random mix"].mean())
    bench.target(f"a random mix in all seats takes 25 rounds or less on the mean ({mix:.1f})", holds=mix <= 25)
    print()


def rounds(bench: Bench) -> None:
    """Count the rounds of one thinking team among the model's delegates."""
    print("## Rounds of one thinking team\n")
    ends = bench.ends(STORM, moves(initiative=0.1), [{seat: "trader"} for seat in range(14)])
    counts = np.array([[end.rounds for end in each] for each in ends], float).T
    took = by_seed(counts)
    bench.target(f"one thinking team takes 15 rounds or less on the mean ({took}, {counts.max():.0f} at most)",
                 holds=took.value <= 15)  # fmt: skip
    print()


def crowd(bench: Bench) -> None:
    """Let more and more others think, those of other groups first."""
    print("## How many others think\n")
    seats, rows = (0, 4, 6, 8, 11, 13), []
    order = [11, 0, 8, 5, 12, 2, 9, 7, 13, 1, 10, 4, 6, 3]
    for count in (0, 1, 2, 3, 5, 13):
        got = {}
        for name in ("default", "accept-all", "bracket-all", "hardball", "trader"):
            parts = []
            for own in seats:
                others = dict.fromkeys([seat for seat in order if seat != own][:count], "trader")
                parts.append(bench.own(moves(), name, [own], others).scores)
            got[name] = np.concatenate(parts, axis=1)
        gain = by_seed(got["trader"] - got["default"])
        rows.append((count, *(by_seed(scores) for scores in got.values()), gain))
    table(("others", "default", "accept-all", "bracket-all", "hardball", "trader", "trader less default"), rows)


def taken_out(bench: Bench) -> None:
    """Take each move out for a trader, and all of them; and let it ask for the pen."""
    print("## A trader without each move\n")
    settings = {"all": ALL_MOVES} | {f"no {out}": tuple(m for m in ALL_MOVES if m != out) for out in ALL_MOVES}
    settings |= {f"only {one}": (one,) for one in ALL_MOVES} | {"none": (), "pens too": (*ALL_MOVES, "pens")}
    every = bench.own(moves(), "trader", range(14), {}).scores
    rows = []
    for name, given in settings.items():
        own = bench.own(moves(given), "trader", range(14), {})
        rows.append((name, by_seed(own.scores), by_seed(own.scores - every), own.every, own.consensus))
    table(("moves", "own (se)", "less all (se)", "all (se)", "consensus, % (se)"), rows)


def focal(bench: Bench) -> None:
    """Put strategies into eight seats of the group of 2011."""
    print("## The group of 2011\n")
    seats, rows = (0, 5, 12, 20, 24, 29, 34, 40), []
    for adoption in ("everything", "separable"):
        changes = (*moves(FOCAL_MOVES), f"process.adoption={adoption}")
        for name in STRATEGIES:
            ends = bench.ends(FOCAL, changes, [{seat: name} for seat in seats])
            own = np.array([[end.scores[seat] for end in each] for seat, each in zip(seats, ends, strict=True)]).T
            agreed = 100.0 * np.array([[end.is_consensus for end in each] for each in ends]).T
            rows.append((adoption, name, by_seed(own), by_seed(agreed)))
    table(("adoption", "strategy", "own (se)", "consensus, % (se)"), rows)


PARTS = {
    "person": person, "class": whole_class, "rounds": rounds, "crowd": crowd, "moves": taken_out, "focal": focal,
}  # fmt: skip


def main() -> int:
    """Print the parts that the words ask for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--first", type=int, default=FIRST, help="the first seed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    asked = parser.parse_args()
    with ProcessPoolExecutor(asked.processes, mp_context=get_context("spawn")) as pool:
        bench = Bench(pool, range(asked.first, asked.first + asked.seeds))
        for part in asked.parts:
            PARTS[part](bench)
    return 1 if bench.failed else 0


if __name__ == "__main__":
    sys.exit(main())
