"""Fit the forecast of brackets, and measure how good it is: `negsim.policies.forecast`, which sheets of the page show.

    .venv/bin/python benchmarks/forecast.py            (--fit --games 480 --first 2000000 --cases storm --processes 2)

- A game has a strategy in one seat, the model in the others. Before each reading of a paragraph or an amendment, the
  chance of a bracket is noted for everybody else present, from what that seat knows; then, who brackets.
- The rivals are "who bracketed last time" (three chances: bracketed the last text of the paragraph, did not, there was
  none) and "how often so far" (the share of all readings of this game, drawn to the mean of all as by a number of
  readings). What they need is fitted on every other game of the case itself. `--fit` fits the forecast on those games
  of three cases together, those of storm counting twice; the other two cases are new to it.
- All are judged on the games in between. A Brier score is the mean squared difference between chance and fact (Brier
  1950, doi 10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2), here the mean over games of a game's mean; differences are
  paired by game, with intervals of 95 %.

Exit code: 0 if the forecast is better than both rivals in every case that it was fitted on, beyond the interval, 1
otherwise.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np
from seats import Mean, by_deal, table

from negsim.classroom.skill import RedLinesOnly
from negsim.negotiation.tables import Floats, Move, Response
from negsim.policies import SeatedNegotiation, View
from negsim.policies.forecast import Stand, Weights, chance, late_of, quantities, stand_of
from negsim.policies.strategies import Asker, Novice, Trader
from negsim.policies.views import KnownAnswers
from negsim.scenario import Scenario, load
from negsim.scenario.lowering import seat_names

FIRST = 2_000_000  # seed of the first game
MOVES = ("process.moves={amendments: true, lone_bracket: true, questions: true, offers: true, initiative: 0.1}",)
FITTED = {"storm": (), "netmundial_2014": MOVES, "cstd_wgigf_2011": MOVES}  # with what is changed in them
CASES = FITTED | {"register": (), "wgig_2005": MOVES}
SHARES = {"storm": 2.0}  # what a case counts in the fit, the others 1
LIKELY = 0.5  # from which on a sheet names somebody
BINS = 10


class NoviceWhoAsks(Novice):
    """A novice who asks in the corridor."""

    ask = Asker.ask


class RedLinesWhoAsks(RedLinesOnly):
    """A seat that accepts all but what crosses its red lines, and asks."""

    ask = Asker.ask


SEATED = (Asker, Novice, NoviceWhoAsks, RedLinesWhoAsks, Trader)


class Columns(NamedTuple):
    """What a seat knows of the others at readings, and what they do: a row for each of those present."""

    text: Floats
    late: Floats
    status_quo: Floats
    place: Floats
    known: Floats  # rows, `KnownAnswers`
    low: Floats  # red lines of which they spoke
    high: Floats
    is_author: Floats
    last: Floats  # 1 who bracketed the last text of the paragraph, 0 who did not, 2 if none was read
    count: Floats  # of brackets so far
    readings: Floats  # so far
    bracketed: Floats


class Watch:
    """A policy that notes what its seat knows before each reading, whatever strategy it follows."""

    seen: View | None = None

    def respond(self, view: View) -> str | None:
        """Note the view; answer as the strategy does."""
        self.seen = view if view.move in {Move.READ, Move.READ_AMENDMENT} else None
        answer: str | None = super().respond(view)  # type: ignore[misc]  # it stands before a strategy
        return answer


def readings_of(room: SeatedNegotiation, watch: Watch) -> list[Columns]:
    """Play a game to its end and return what was known at each reading."""
    state, parts = room.run.state, list[Columns]()
    counts, follow = np.zeros(len(room.names)), room.run.follow

    def followed() -> None:
        view, watch.seen = watch.seen, None
        known = None if view is None else _known(room, view, counts, len(parts))
        follow()
        if known is not None:
            blocks, present = room.run.choice.response == Response.BLOCK, state.delegates["present"]
            others = np.arange(len(counts)) != room.seat(view.name)
            parts.append(Columns(*(one[present[others]] for one in (*known, blocks[others]))))
            counts[blocks & present] += 1

    room.run.follow = followed  # type: ignore[method-assign]
    room.go_on()
    return parts


def _known(room: SeatedNegotiation, view: View, counts: Floats, readings: int) -> list[Floats]:
    """Return the columns of all others but what they do."""
    ((issue, text),) = view.text.items()
    stand, n = stand_of(view, issue, text.pen), len(view.belief)
    held = view.brackets.get(issue, ())
    is_first = room.run.state.paragraphs["readings"][room.issues.index(issue)] == 0
    last = [2 if is_first else int(name in held) for name in view.belief]
    count = counts[[room.seat(name) for name in view.belief]]
    return [
        *(np.full(n, one) for one in (text.value, late_of(view), view.status_quo[issue])), stand.place[:, 0],
        np.concatenate(stand.known, axis=1), stand.line[0][:, 0], stand.line[1][:, 0], stand.is_author[:, 0],
        np.array(last), count, np.full(n, readings),
    ]  # fmt: skip


@lru_cache(maxsize=4)
def _scenario(name: str) -> Scenario:
    return load(name, changes=CASES.get(name, ()))


def play(game: tuple[str, int, int]) -> list[Columns]:
    """Play one game: of a case, with a seed; its number says who sits where, so that halves have the same seats."""
    name, seed, number = game
    scenario, turn = _scenario(name), number // 2
    names, strategy = seat_names(scenario), SEATED[turn % len(SEATED)]
    watch = type("Watched", (Watch, strategy), {})()
    room = SeatedNegotiation(scenario, {names[turn * 5 % len(names)]: watch}, seed=seed, replication=0)
    return readings_of(room, next(iter(room.policies.values())))


class Data(NamedTuple):
    """All rows of a case. game: the number of each row's game. readings: of each game."""

    case: str
    game: Floats
    columns: Columns
    readings: Floats

    @property
    def is_fitted(self) -> Floats:
        """Whether a row belongs to the games for fitting."""
        return self.game % 2 == 0

    @property
    def known(self) -> tuple[Floats, Stand, Floats, Floats]:
        """What a forecast is made from."""
        own = self.columns
        stand = Stand(own.place, KnownAnswers(*own.known.T), (own.low, own.high), own.is_author)
        return own.text, stand, own.status_quo, own.late


def collect(pool: ProcessPoolExecutor, case: str, seeds: range) -> Data:
    """Play the games of a case."""
    games = list(pool.map(play, [(case, seed, number) for number, seed in enumerate(seeds)], chunksize=8))
    parts = [part for game in games for part in game]
    number = np.concatenate([np.full(len(part.text), n) for n, game in enumerate(games) for part in game])
    columns = Columns(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return Data(case, number, columns, np.array([len(game) for game in games]))


def fit(cases: Iterable[Data]) -> Weights:
    """Fit the forecast by maximum likelihood to the games for fitting, a case like any other; rates are means."""
    parts, rates = [], []
    for data in cases:
        kinds = chance(*data.known, Weights(*[np.nan] * 6, if_refused=2.0, if_accepted=3.0, if_author=4.0))
        rows, facts = data.is_fitted, data.columns.bracketed
        rates.append([facts[rows & (kinds == kind)].mean() for kind in (2.0, 3.0, 4.0)])
        free = rows & np.isnan(kinds)
        x = np.column_stack([np.broadcast_to(one, len(facts))[free] for one in quantities(*data.known)])
        parts.append((x, facts[free], np.full(free.sum(), SHARES.get(data.case, 1.0) / free.sum())))
    x, y, share = (np.concatenate(part) for part in zip(*parts, strict=True))
    weights = np.zeros(x.shape[1])
    for _ in range(30):  # Newton's method
        p = 1.0 / (1.0 + np.exp(-x @ weights))
        weights += np.linalg.solve((x * (share * p * (1.0 - p))[:, None]).T @ x, x.T @ (share * (y - p)))
    return Weights(*weights.round(2).tolist(), *np.mean(rates, axis=0).round(3).tolist())


def last_time(data: Data) -> Floats:
    """Return the chances of who looks at the last reading of the paragraph."""
    rows, columns = data.is_fitted, data.columns
    return np.array([columns.bracketed[rows & (columns.last == last)].mean() for last in range(3)])[columns.last]


def so_far(data: Data) -> Floats:
    """Return the chances of who looks at the share of readings bracketed so far, drawn to the mean as fits best."""
    rows, columns = data.is_fitted, data.columns
    mean = columns.bracketed[rows].mean()
    ways = [(columns.count + mean * most) / (columns.readings + most) for most in (0.5, 1, 2, 4, 8, 16, 32)]
    return min(ways, key=lambda way: float(((way - columns.bracketed)[rows] ** 2).mean()))


def by_game(values: Floats, data: Data) -> Floats:
    """Return the mean of values in each game to judge by that has a reading."""
    return np.array([values[data.game == game].mean() for game in np.unique(data.game[~data.is_fitted])])


def judge(data: Data, case: str) -> tuple[list[object], bool]:
    """Return the row of a case, and whether the forecast is better than both rivals."""
    facts = data.columns.bracketed
    ours, last, often = (
        by_game((chances - facts) ** 2, data) for chances in (chance(*data.known), last_time(data), so_far(data))
    )
    gains = [by_deal(ours - other) for other in (last, often)]
    scores = [f"{scores.mean():.4f}" for scores in (ours, last, often)]
    row = [case, len(ours), int(data.readings[1::2].sum()), *scores, *map(interval_text, gains)]
    return row, all(one.high < 0 for one in gains)


def interval_text(gain: Mean) -> str:
    """Write a difference of Brier scores with its interval."""
    return f"{gain.value:.4f} [{gain.low:.4f}, {gain.high:.4f}]"


def reliability(data: Data) -> list[tuple[object, ...]]:
    """Return the rows of the reliability curve: of each bin, how many, the mean forecast, and the share bracketed."""
    rows, bins = ~data.is_fitted, np.minimum((BINS * chance(*data.known)).astype(int), BINS - 1)
    each = [(n, rows & (bins == n)) for n in range(BINS)]
    return [
        (f"{100 * n // BINS}-{100 * (n + 1) // BINS}", int(of.sum()), f"{100 * chance(*data.known)[of].mean():.0f}",
         f"{100 * data.columns.bracketed[of].mean():.0f}")
        for n, of in each if of.any()
    ]  # fmt: skip


def named(data: Data) -> str:
    """Say how many of those whom a sheet names bracket, and how many of all brackets they hold."""
    rows, facts, likely = ~data.is_fitted, data.columns.bracketed, chance(*data.known) >= LIKELY
    right, brackets = (likely & facts)[rows].sum(), facts[rows].sum()
    return (
        f"A sheet names those with {100 * LIKELY:.0f} % or more: "
        f"{100 * right / likely[rows].sum():.0f} % of them bracket, and they hold "
        f"{100 * right / brackets:.0f} % of all brackets."
    )


def main() -> int:
    """Print what is asked for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true", help="print the numbers that fit the games of three cases best")
    parser.add_argument("--games", type=int, default=480, help="of each case, half of them to fit")
    parser.add_argument("--first", type=int, default=FIRST, help="the first seed")
    parser.add_argument("--cases", nargs="+", default=list(CASES))
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.games)
    with ProcessPoolExecutor(asked.processes, mp_context=get_context("spawn")) as pool:
        cases = {case: collect(pool, case, seeds) for case in (FITTED if asked.fit else asked.cases)}
    if asked.fit:
        print(fit(cases.values()))
        return 0
    rows = {case: judge(data, case) for case, data in cases.items()}
    table(("case", "games", "readings", "forecast", "last time", "so far", "less last time", "less so far"),
          [row for row, _ in rows.values()])  # fmt: skip
    for case, data in cases.items():
        print(f"{case}. {named(data)}\n")
        table(("chance, %", "forecasts", "mean, %", "bracketed, %"), reliability(data))
    return 0 if all(better for case, (_, better) in rows.items() if case in FITTED) else 1


if __name__ == "__main__":
    sys.exit(main())
