"""Five ways to hold a seat, and what each comes to: what is skill in a score, and what is luck.

- Over deals, a game each, the mean of a way says what it is worth.
- Beside one deal, over replications, its spread says what luck does to it. A class's end page has this for the seats of
  its people.
- One is the model's delegate, one a strategy that negsim brings. The others are written here, to be compared with it;
  the tournament and `benchmarks/seats.py` take them from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from negsim.negotiation.tables import Floats, State
from negsim.page.arrays import is_drawn
from negsim.policies.strategies import Asker
from negsim.policies.views import View
from negsim.scenario import Scenario, with_changes
from negsim.scenario.lowering import seat_names
from negsim.scenario.sampling import sample
from negsim.study.deals import games_of_deal
from negsim.study.runner import run

GAMES = 60  # of a way
_NUMBER = 0.5  # of all texts: over deals 1000 to 1059 no other tenth earns the first seats of the storm's groups more
_SPREAD = (10, 90)  # percentiles
_SEEDS, _LOWEST = 40, 5  # seeds tried for a class; those of them with the lowest scores, of which one is taken


Way = tuple[str, float, float, float]  # its name, the mean of its scores, and where eight of ten lie


class AcceptAll:
    """Accept whatever is read, over the own red line too."""

    def respond(self, view: View) -> str:  # noqa: ARG002 - whatever it is
        """Accept."""
        return "accept"


class RedLinesOnly:
    """Accept whatever crosses no red line of one's own."""

    def respond(self, view: View) -> str | None:
        """Accept, unless the delegate never would."""
        ends = ((view.red_lines[issue], text.value) for issue, text in view.text.items())
        return "accept" if all(low <= place <= high for (low, high), place in ends) else None


class ByHeart(RedLinesOnly):
    """Write an answer learnt by heart. texts: one for each issue, or one for all."""

    def __init__(self, *texts: float) -> None:
        self.texts = texts

    def amend(self, view: View) -> float:
        """Write it."""
        return self.texts[list(view.instructions).index(view.issues[0]) if len(self.texts) > 1 else 0]


def right_texts(state: State) -> list[float]:
    """Return the right text of a deal on each issue: the middle of its tightest red lines, the locked issue's too."""
    low, high = state.opinions["red_low"].max(axis=1), state.opinions["red_high"].min(axis=1)
    return list((low + high) / 2.0)


class Quiet(Asker):
    """Ask and write, but show nobody the secret."""

    def show(self, view: View) -> None:
        """Show nobody."""


WAYS: dict[str, object] = {  # by what they are called; None: the model's delegate
    "accepts everything": AcceptAll,
    "plays as the model": None,
    "writes the middle every time": ByHeart(_NUMBER),
    "asks, then writes": Quiet,
    "asks, shows its secret, writes": Asker,
}


def class_over_deals(scenario: Scenario, way: object, deals: Iterable[int]) -> Floats:
    """Return the mean score of a room in which all hold their seats in one way, and whether it agrees (D,2)."""
    names = seat_names(scenario)
    policies = {} if way is None else dict.fromkeys(names, way)
    rooms = [run(scenario, replications=1, seed=seed, policies=policies, threads=1) for seed in deals]
    return np.array([[room.results.delegates["score"].mean(), room.column("consensus")[0]] for room in rooms])


def luck_beside(scenario: Scenario, levels: Sequence[str], seat: str, seed: int, replication: int) -> list[Way]:
    """Return what each way gets of 100 beside the deal of a game.

    levels: changes of the scenario. replication: of the game, which decides what the scenario leaves open. Empty where
    the scenario has no score.
    """
    certain = sample(with_changes(scenario, list(levels)) if levels else scenario, seed, replication)
    rows = []
    for name, way in WAYS.items():
        scores = games_of_deal(certain, seat, way, seed, GAMES)[:, 0]
        if np.isnan(scores).any():
            return []
        low, high = np.percentile(scores, _SPREAD)
        rows.append((name, float(scores.mean()), float(low), float(high)))
    return rows


def telling_seed(scenario: Scenario, seat: str) -> int | None:
    """Return the seed of a few in which a seat gets least without thinking that thinking helps most; None if in none.

    None, too, where a page has its draws from beforehand, or there is no such seat.
    """
    if is_drawn(scenario) or seat not in seat_names(scenario):
        return None
    alone = {seed: _score(scenario, seat, None, seed) for seed in range(_SEEDS)}
    lowest = sorted(alone, key=lambda seed: alone[seed])[:_LOWEST]
    gains = {seed: _score(scenario, seat, "strategies:Trader", seed) - alone[seed] for seed in lowest}
    best = max(gains, key=lambda seed: gains[seed])
    return best if gains[best] > 0.0 else None


def _score(scenario: Scenario, seat: str, way: str | None, seed: int) -> float:
    """Return what one game comes to; where it has no score, nothing is a gain."""
    return float(np.nan_to_num(games_of_deal(scenario, seat, way, seed)[0, 0]))
