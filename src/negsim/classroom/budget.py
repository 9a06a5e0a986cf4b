"""Lesson 2: ways to spend a chair's budget on meetings and evenings, and what they are worth.

- A card is a setting of three knobs, which the page of the pack turns: meetings, methodology, evenings. A methodology
  costs nothing; a meeting and evenings at mixed tables have a price, and only cards that the budget pays are compared.
- A meeting brings its days with it, on the page and on the cards. Beside that stands what the best card scores if its
  meetings share the days of the scenario.
- The score is the measure `depth_overall`: the mean depth over all runs, 0 for a run in which nothing is agreed.
- Cards run on the class's seed and on the unseen one. Between the two the best card of each methodology may fall
  because it was lucky; a loss that the other cards share is due to the seeds, not to choosing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from negsim.cast.knobs import DAYS, EVENINGS, MEETINGS, METHODOLOGY
from negsim.classroom.topic import FINAL_PAGE, PAGE, Changes, Sheets, Topic, extremes
from negsim.negotiation.tables import Floats
from negsim.report.words import format_name, phrase
from negsim.scenario.sampling import days_are_drawn
from negsim.study.estimates import Estimate, difference
from negsim.study.table import estimated

BUDGET, _MEETING_PRICE, _EVENINGS_PRICE = 8, 2, 4  # points: in all, of a meeting, of all evenings at mixed tables
FRESH_SEED_STEP = 1000  # added to the seed of the class
BUDGET_METHODOLOGIES = ("chair_text", "rolling_text", "convergence_mapping", "drafting_group", "package_deal")
SCORE = "depth_overall"
_COUNTS, _SHARES = (1, 2, 3, 4), (0, 0.5, 1)  # of meetings; of evenings
_LARGE_SHARE = 0.05  # share of issues
_LEAST_LEAD = 0.1  # of a score


class Card(NamedTuple):
    """A way to spend the budget: how many meetings, a methodology, the share of evenings at mixed tables."""

    meetings: int
    methodology: str
    evenings: float

    @property
    def name(self) -> str:
        """What it buys, in words."""
        return f"{format_name(self.methodology)}, {self._meetings}, {self._evenings}"

    @property
    def _meetings(self) -> str:
        return phrase(MEETINGS.path, self.meetings)

    @property
    def _evenings(self) -> str:
        return phrase(EVENINGS.path, self.evenings)

    @property
    def price(self) -> float:
        """What it costs, in points."""
        return _MEETING_PRICE * self.meetings + _EVENINGS_PRICE * self.evenings

    @property
    def changes(self) -> Changes:
        """Its changes to a scenario."""
        return (
            MEETINGS.change(self.meetings),
            METHODOLOGY.change(self.methodology),
            EVENINGS.change(self.evenings),
        )


def cards() -> list[Card]:
    """Return the cards that the answer key compares."""
    every = (Card(count, name, share) for name in BUDGET_METHODOLOGIES for count in _COUNTS for share in _SHARES)
    return [card for card in every if card.price <= BUDGET]


class Score(NamedTuple):
    """A card's share of issues agreed on the class's seed, and its score in every run (R) of either seed."""

    card: Card
    agreed: Estimate
    seen: Floats
    unseen: Floats

    @property
    def score(self) -> Estimate:
        """Its score on the class's seed."""
        return estimated(SCORE, self.seen)

    @property
    def again(self) -> Estimate:
        """Its score on the unseen seed."""
        return estimated(SCORE, self.unseen)


def score_of(topic: Topic, card: Card) -> Score:
    """Run a card under both seeds and score it."""
    seen, unseen = (some.runs(card.changes) for some in (topic, topic.under_seed(topic.seed + FRESH_SEED_STEP)))
    agreed = estimated("share_agreed", seen.column("share_agreed"))
    return Score(card, agreed, seen.column(SCORE), unseen.column(SCORE))


def budget(topic: Topic) -> Sheets:
    """Compute the numbers of the lesson."""
    scores = [score_of(topic, card) for card in cards()]
    by_score = sorted(scores, key=lambda one: -one.score.value)
    by_method: dict[str, Score] = {}
    for one in by_score:
        by_method.setdefault(one.card.methodology, one)
    best = list(by_method.values())
    rows = [*best, *([by_score[-1]] if by_score[-1] not in best else [])]
    most = max(scores, key=lambda one: one.agreed.value)
    lead = best[0].score.value - best[1].score.value
    settings = {one.card.name: one.card.changes for one in rows}
    unseen = topic.seed + FRESH_SEED_STEP
    return {
        "formats": list(topic.scenario.session_formats.values()),
        "points": BUDGET,
        "prices": {"meeting": _MEETING_PRICE, "half": _EVENINGS_PRICE // 2, "all": _EVENINGS_PRICE},
        "most_meetings": max(_COUNTS),
        "methodologies": [format_name(name) for name in BUDGET_METHODOLOGIES],
        "cards": len(scores),
        "score": SCORE,
        "unseen": unseen,  # seed
        "rows": rows,  # the best of each methodology, then the worst of all
        "commands": [  # on the class's seed and on the unseen one
            some.compare_command(settings, ["share_agreed", SCORE]) for some in (topic, topic.under_seed(unseen))
        ],
        "ranking": extremes({one.card.name: one.score.value for one in scores}),
        "shift": float(np.mean([one.again.value - one.score.value for one in scores])),  # of all cards
        "luck": _luck_of(best, [one for one in scores if one not in best]),
        "means": {  # mean score by methodology, number of meetings and evenings; the best first
            "methodology": _means(scores, lambda card: format_name(card.methodology)),
            "meetings": _means(scores, lambda card: phrase(MEETINGS.path, card.meetings)),
            "evenings": _means(scores, lambda card: phrase(EVENINGS.path, card.evenings)),
        },
        "held": _with_days_held(topic, best[0].card),
        "most": most,
        "two_aims": most.agreed.value - best[0].agreed.value > _LARGE_SHARE,  # whether another card agrees far more
        # methodology far ahead of the next; empty if there is none
        "leader": format_name(best[0].card.methodology) if lead > _LEAST_LEAD else "",
        "lead": lead,
        "links": {
            one.card.name: tuple(topic.page_link(one.card.changes, file=file) for file in (PAGE, FINAL_PAGE))
            for one in best
        },
        "page": topic.page_link(measure=SCORE),
        "final": topic.page_link(measure=SCORE, file=FINAL_PAGE),
        "lab": topic.link("lab"),
    }


def _with_days_held(topic: Topic, card: Card) -> Sheets:
    """Score a card at each number of meetings: with days of their own, and within the days of the scenario.

    No rows where runs draw the days.
    """
    days = sum(meeting.days for meeting in topic.scenario.process.meetings)
    counts = [] if days_are_drawn(topic.scenario) else [count for count in _COUNTS if count <= days]
    some = [card._replace(meetings=count) for count in counts]
    return {
        "days": days,
        "rows": {
            phrase(MEETINGS.path, one.meetings): (
                topic.estimate(SCORE, one.changes),
                topic.estimate(SCORE, (*one.changes, DAYS.change(days))),
            )
            for one in some
        },
    }


def _luck_of(best: list[Score], others: list[Score]) -> Estimate:
    """Estimate by how much the lead of the best cards changes from the class's seed to the unseen one."""
    seen = np.mean([one.seen for one in best], axis=0) - np.mean([one.seen for one in others], axis=0)
    unseen = np.mean([one.unseen for one in best], axis=0) - np.mean([one.unseen for one in others], axis=0)
    return difference(unseen, seen)


def _means(scores: list[Score], key: Callable[[Card], str]) -> dict[str, float]:
    """Average scores by a property of cards, the highest first."""
    groups: dict[str, list[float]] = {}
    for one in scores:
        groups.setdefault(key(one.card), []).append(one.score.value)
    means = {name: float(np.mean(some)) for name, some in groups.items()}
    return dict(sorted(means.items(), key=lambda pair: -pair[1]))
