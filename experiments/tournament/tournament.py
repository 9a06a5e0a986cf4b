"""Play a tournament of strategies over the cases that people play, and write its table, its picture and its runs.

.venv/bin/python experiments/tournament/tournament.py --games 200 --out results --figure figure.png

Each game has a deal of its own. In it the first seat of every group draws an entrant: one of the ten strategies, the
model, somebody who has learnt an answer by heart, or one of your own (`--enter mine.py:Softball`). The same deal with
the model in every seat is the baseline: an entrant's gain is its score less that of its seat there (rule 5.15).
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

from negsim import plugins
from negsim.cast.palette import GROUP_COLOURS
from negsim.classroom.skill import ByHeart, right_texts
from negsim.errors import NegsimError
from negsim.negotiation.score import score
from negsim.negotiation.tables import Floats
from negsim.policies import SeatedNegotiation
from negsim.scenario import Scenario, load, names

MODEL = "the model"
STRATEGIES = (
    "Spoiler", "Tough", "Conceding", "TitForTat", "BridgeBuilder", "CaucusFollower", "Hardball", "Novice", "Asker",
    "Trader",
)  # fmt: skip
LAST_TIME = "another deal's answer"
BY_HEART = {"always .4": "0.4", "always .5": "0.5", "always .6": "0.6", LAST_TIME: LAST_TIME}
SEED = 27  # of the draw of entrants, and of the first deal


class Entry(NamedTuple):
    """What one entrant got in one game. gain, others: score less the baseline's, of its seat and of all others."""

    scenario: str
    game: int
    seat: int
    entrant: str
    gain: float
    others: float


@lru_cache(maxsize=8)
def scenario_of(name: str) -> Scenario:
    """Load a scenario, once for each process."""
    return load(name)


def scores(scenario: Scenario, held: Mapping[str, object], game: int) -> Floats:
    """Return the scores of all seats at the end of a game (N)."""
    room = SeatedNegotiation(scenario, held, seed=SEED + game, replication=0)
    room.go_on()
    case, state = room.run.case, room.run.state
    return np.array([score(case, state, seat, best) for seat, best in enumerate(state.movers["best"].tolist())])


def policy_of(policy: str, scenario: Scenario, game: int) -> object:
    """Return what holds the seat of an entrant, by its name or number."""
    if policy == LAST_TIME:
        return ByHeart(*right_texts(SeatedNegotiation(scenario, {}, seed=SEED + game + 1, replication=0).run.state))
    return ByHeart(float(policy)) if policy in BY_HEART.values() else policy


def entrants_of(own: Sequence[str]) -> dict[str, str]:
    """Return the policy of each entrant by its name, "" for the model. own: further ones, as in `mine.py:Softball`."""
    entrants = {name: f"strategies:{name}" for name in STRATEGIES} | {MODEL: ""} | BY_HEART
    for file, _, name in (one.rpartition(":") for one in own):
        policy = f"{plugins.load(file).name}:{name}"
        plugins.lookup(policy)
        entrants[policy] = policy
    return entrants


def played(
    name: str,
    game: int,
    *,
    entrants: Mapping[str, str],
    with_plugins: Sequence[plugins.Plugin],  # noqa: ARG001 - another process loads them as they arrive
) -> list[Entry]:
    """Play a game and its baseline. entrants: the policy of each."""
    scenario = scenario_of(name)
    room = SeatedNegotiation(scenario, {}, seed=SEED + game, replication=0)
    groups = room.run.state.delegates["group"]
    seats = [int(np.flatnonzero(groups == group)[0]) for group in np.unique(groups)]
    drawn = np.random.default_rng([SEED, game]).choice(list(entrants), len(seats), replace=False).tolist()
    held = {
        room.names[seat]: policy_of(entrants[one], scenario, game)
        for seat, one in zip(seats, drawn, strict=True)
        if entrants[one]
    }
    change = scores(scenario, held, game) - scores(scenario, {}, game)
    return [
        Entry(name, game, seat, entrant, float(change[seat]), float(np.delete(change, seat).mean()))
        for seat, entrant in zip(seats, drawn, strict=True)
    ]


def by_scenario(entries: list[Entry], entrant: str, column: str) -> list[list[float]]:
    """Return the numbers of an entrant, a list for each scenario; empty where it was never drawn."""
    scenarios = dict.fromkeys(entry.scenario for entry in entries)
    own = [entry for entry in entries if entry.entrant == entrant]
    return [[getattr(entry, column) for entry in own if entry.scenario == name] for name in scenarios]


def mean_of(values: Sequence[float]) -> tuple[float, float]:
    """Return a mean with the half-width of its interval at 95 %, NaN where there are too few values."""
    if len(values) < 2:
        return (values[0] if values else math.nan), math.nan
    return float(np.mean(values)), 1.96 * float(np.std(values, ddof=1)) / len(values) ** 0.5


def overall(entries: list[Entry], entrant: str, column: str) -> float:
    """Return the mean of an entrant over the scenarios in which it was drawn, each of which counts alike."""
    return mean_of([mean_of(part)[0] for part in by_scenario(entries, entrant, column) if part])[0]


def ranked(entries: list[Entry]) -> list[str]:
    """List the entrants that were drawn, the one that gains most first."""
    return sorted({entry.entrant for entry in entries}, key=lambda one: -overall(entries, one, "gain"))


def table(entries: list[Entry]) -> Iterator[str]:
    """Yield the lines of a table in Markdown: the mean gain by entrant and scenario, the best on the whole first."""
    scenarios = list(dict.fromkeys(entry.scenario for entry in entries))
    yield f"| entrant | {' | '.join(f'`{name}`' for name in scenarios)} | all | to the others |"
    yield f"|{'---|' * (len(scenarios) + 3)}"
    for entrant in ranked(entries):
        means = map(mean_of, by_scenario(entries, entrant, "gain"))
        cells = [f"{value:+.1f} ± {half:.1f}" if half >= 0.0 else "too few games" for value, half in means]
        cells += [f"{overall(entries, entrant, column):+.1f}" for column in ("gain", "others")]
        yield f"| {entrant} | {' | '.join(cells)} |".replace("-", "−")


def picture(entries: list[Entry]) -> Figure:
    """Draw each entrant's mean gain, a mark for each scenario."""
    figure = Figure(figsize=(7.0, 4.6), layout="constrained")
    ax = figure.subplots()
    ranking, scenarios = ranked(entries), list(dict.fromkeys(entry.scenario for entry in entries))
    means = np.array([[mean_of(part) for part in by_scenario(entries, one, "gain")] for one in ranking])
    for n, name in enumerate(scenarios):
        rows = np.arange(len(ranking)) + (n - (len(scenarios) - 1) / 2) * 0.11
        colour = GROUP_COLOURS[n % len(GROUP_COLOURS)]
        ax.errorbar(
            means[:, n, 0], rows, xerr=means[:, n, 1], fmt="osD^vP"[n % 6], ms=4, lw=1, color=colour, label=name
        )
    ax.axvline(0.0, color="0.6", lw=0.8)
    ax.set_yticks(range(len(ranking)), ranking)
    ax.invert_yaxis()
    ax.set_xlabel("points gained over the model in the same seat, same deal")
    ax.legend(frameon=False, fontsize="small")
    return figure


def main() -> None:
    """Play all games."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--games", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--enter", nargs="+", default=[], metavar="FILE.py:NAME", help="strategies of your own")
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs and the table")
    parser.add_argument("--figure", type=Path, required=True)
    asked = parser.parse_args()
    try:
        entrants = entrants_of(asked.enter)
    except NegsimError as error:
        parser.error(str(error))
    asked.out.mkdir(parents=True, exist_ok=True)
    entries: list[Entry] = []
    play = partial(played, entrants=entrants, with_plugins=plugins.loaded())
    with ProcessPoolExecutor(asked.processes, mp_context=get_context("spawn")) as pool:
        for name in (name for name in names() if load(name).dealt):
            for some in pool.map(play, [name] * asked.games, range(asked.games), chunksize=10):
                entries += some
            print(name, flush=True)
    with (asked.out / "games.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([Entry._fields, *entries])
    (asked.out / "table.md").write_text("\n".join(table(entries)) + "\n", encoding="utf-8")
    picture(entries).savefig(asked.figure, dpi=160)


if __name__ == "__main__":
    main()
