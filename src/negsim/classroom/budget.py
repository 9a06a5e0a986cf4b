"""Lesson 2: ways to spend four days and three evenings, and what they are worth.

- A budget is a study's level: the meetings of a process written out, so that one sweep scores a whole class.
- The score is the measure `depth_overall`: the mean depth over all runs, 0 for a run in which nothing is agreed.
- Budgets run on the class's seed and on the unseen one. Between the two the best card of each methodology may fall
  because it was lucky; a loss that the other cards share is due to the seeds, not to choosing.
- What a card decides is no longer drawn. If the scenario drew it, commands and the study name the card's file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from negsim.cast.knobs import CORRIDORS, KNOBS
from negsim.cast.methodologies import METHODOLOGIES
from negsim.classroom.topic import SAVED_SCENARIO, Sheets, Topic, extremes
from negsim.negotiation.tables import Floats
from negsim.report.words import format_name
from negsim.scenario import Scenario, dump_yaml, with_changes
from negsim.scenario.schema import Uncertain
from negsim.scenario.yaml import Plain, flow, to_yaml
from negsim.study.estimates import Estimate, difference
from negsim.study.runner import run
from negsim.study.table import estimated

DAYS_TO_SPEND, EVENINGS_TO_SPEND = 4, 3
FRESH_SEED_STEP = 1000  # added to the seed of the class
_GAP = 30  # days between meetings
_SPLITS = {"one meeting of four days": (4,), "two meetings of two days": (2, 2), "four meetings of a day": (1, 1, 1, 1)}
BUDGET_METHODOLOGIES = ("chair_text", "rolling_text", "convergence_mapping", "drafting_group", "package_deal")
_FOLDER, CARD = "2_budget", "card.yaml"
SCORE = "depth_overall"
_LARGE_SHARE = 0.05  # share of issues
_LEAST_LEAD = 0.1  # of a score
_CAUCUS_LINE, MIXED = "caucus every evening", "three mixed evenings"
NO_EVENTS: dict[str, Plain] = {"process.events": []}
_CARD_COSTS = ("process.meetings", "process.events", *(path for path in KNOBS if path != CORRIDORS.path))  # by a card


class _Budget(NamedTuple):
    """A way to spend the days and evenings: days of each meeting, a methodology, which evenings are mixed."""

    name: str
    split: tuple[int, ...]
    method: str
    mixed: tuple[int, ...]  # evenings, from 0

    def meetings(self) -> list[Plain]:
        """Return the meetings in the terms of a scenario."""
        meetings, day = [], 0
        for m, days in enumerate(self.split):
            agenda = [{name: share} for name, share in METHODOLOGIES[self.method].agenda(m, len(self.split))]
            evenings = ["mixed" if day + d in self.mixed else "caucus" for d in range(days)]
            meeting: dict[str, Plain] = {
                "name": f"Meeting {m + 1}",
                "days": days,
                "agenda": agenda,
                "evenings": evenings,
            }
            meetings.append(meeting | ({"after_days": _GAP} if m else {}))
            day += days
        return meetings

    def changes(self) -> dict[str, Plain]:
        """Return its changes to a scenario, by path."""
        return {"process.meetings": self.meetings(), **NO_EVENTS}


def budgets() -> list[_Budget]:
    """Return the budgets that the answer key compares."""
    return [
        _Budget(f"{format_name(method)}, {split}, {evenings}", days, method, mixed)
        for method in BUDGET_METHODOLOGIES
        for split, days in _SPLITS.items()
        for evenings, mixed in ((_CAUCUS_LINE, ()), (MIXED, (0, 1, 2)))
    ]


class Score(NamedTuple):
    """A budget's share of issues agreed on the class's seed, and its score in every run (R) of either seed."""

    budget: _Budget
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


def score_of(topic: Topic, budget: _Budget) -> Score:
    """Run a budget under both seeds and score it."""
    scenario, seeds = with_card(topic.scenario, budget), (topic.seed, topic.seed + FRESH_SEED_STEP)
    seen, unseen = (run(scenario, replications=topic.replications, seed=seed) for seed in seeds)
    agreed = estimated("share_agreed", seen.column("share_agreed"))
    return Score(budget, agreed, seen.column(SCORE), unseen.column(SCORE))


EXAMPLES = {
    "Example A": _Budget("", (2, 2), "chair_text", ()),
    "Example B": _Budget("", (3, 1), "rolling_text", (0, 1)),
}


def with_card(scenario: Scenario, budget: _Budget) -> Scenario:
    """Return the scenario under a budget; what the budget decides is no longer drawn."""
    after = with_changes(scenario, budget.changes())
    return after.model_copy(update={"uncertain": _other_draws(after.uncertain)})


def _other_draws(draws: Mapping[str, Uncertain]) -> dict[str, Uncertain]:
    """Return what a scenario draws, apart from what a card decides."""
    rest = {key: _left(how) for key, how in draws.items() if how.either is not None or not key.startswith(_CARD_COSTS)}
    return {key: how for key, how in rest.items() if how is not None}


def _left(how: Uncertain) -> Uncertain | None:
    """Return a distribution without the paths that a card decides; None if nothing is left of it."""
    if how.either is None:
        return how
    ways = [{path: value for path, value in way.items() if not path.startswith(_CARD_COSTS)} for way in how.either]
    return Uncertain(either=tuple(way or NO_EVENTS for way in ways)) if any(ways) else None


def _overrides_draws(scenario: Scenario) -> bool:
    """Return whether the scenario draws anything that a card decides."""
    return _other_draws(scenario.uncertain) != scenario.uncertain


def card_text(scenario: Scenario) -> str:
    """Return the scenario with the first example under `process: meetings`."""
    return dump_yaml(with_card(scenario, EXAMPLES["Example A"]))


def budget(topic: Topic) -> Sheets:
    """Compute the numbers of the lesson."""
    scores = [score_of(topic, plan) for plan in budgets()]
    by_score = sorted(scores, key=lambda one: -one.score.value)
    by_method: dict[str, Score] = {}
    for one in by_score:
        by_method.setdefault(one.budget.method, one)
    best = list(by_method.values())
    rows = [*best, *([by_score[-1]] if by_score[-1] not in best else [])]
    most = max(scores, key=lambda one: one.agreed.value)
    lead = best[0].score.value - best[1].score.value
    return {
        "formats": list(topic.scenario.session_formats.values()),
        "days": DAYS_TO_SPEND,
        "evenings": EVENINGS_TO_SPEND,
        "methods": len(BUDGET_METHODOLOGIES),
        "splits": len(_SPLITS),
        "budgets": len(scores),
        "score": SCORE,
        "unseen": topic.seed + FRESH_SEED_STEP,  # seed
        "rows": rows,  # the best of each methodology, then the worst of all
        "commands": commands_of(topic, [one.budget for one in rows]),  # on the class's seed and on the unseen one
        "ranking": extremes({one.budget.name: one.score.value for one in scores}),
        "shift": float(np.mean([one.again.value - one.score.value for one in scores])),  # of all cards
        "luck": _luck_of(best, [one for one in scores if one not in best]),
        "means": {  # mean score by methodology, split and evenings; the best first
            "methodology": _means(scores, lambda plan: format_name(plan.method)),
            "split": _means(scores, lambda plan: next(name for name, days in _SPLITS.items() if days == plan.split)),
            "evenings": _means(scores, lambda plan: MIXED if plan.mixed else _CAUCUS_LINE),
        },
        "most": most,
        "two_aims": most.agreed.value - best[0].agreed.value > _LARGE_SHARE,  # whether another budget agrees far more
        # methodology far ahead of the next; empty if there is none
        "leader": format_name(best[0].budget.method) if lead > _LEAST_LEAD else "",
        "lead": lead,
        "best_yaml": to_yaml(best[0].budget.meetings()),
        "examples": {team: plan.meetings() for team, plan in EXAMPLES.items()},  # meetings of the examples, by team
        "study_of": _study_of(topic),  # the scenario of the study file
        "lab": topic.link("lab"),
        "editor": topic.link("edit"),
        "files": {CARD: card_text(topic.scenario)},
    }


def _luck_of(best: list[Score], others: list[Score]) -> Estimate:
    """Estimate by how much the lead of the best cards changes from the class's seed to the unseen one."""
    seen = np.mean([one.seen for one in best], axis=0) - np.mean([one.seen for one in others], axis=0)
    unseen = np.mean([one.unseen for one in best], axis=0) - np.mean([one.unseen for one in others], axis=0)
    return difference(unseen, seen)


def commands_of(topic: Topic, plans: list[_Budget]) -> list[str]:
    """Return the commands that run budgets on the class's seed and on the unseen one."""
    settings = {plan.name: tuple(f"{path}={flow(value)}" for path, value in plan.changes().items()) for plan in plans}
    source = f"{_FOLDER}/{CARD}" if _overrides_draws(topic.scenario) else topic.name
    seeds = (topic.seed, topic.seed + FRESH_SEED_STEP)
    return [topic.pair_command(["share_agreed", SCORE], settings, seed=seed, source=source) for seed in seeds]


def _study_of(topic: Topic) -> str:
    """Return the scenario that the study file names, seen from the lesson's folder."""
    if _overrides_draws(topic.scenario):
        return CARD
    return topic.source if topic.is_built_in else f"../{SAVED_SCENARIO}"


def _means(scores: list[Score], key: Callable[[_Budget], str]) -> dict[str, float]:
    """Average scores by a property of budgets, the highest first."""
    groups: dict[str, list[float]] = {}
    for one in scores:
        groups.setdefault(key(one.budget), []).append(one.score.value)
    means = {name: float(np.mean(some)) for name, some in groups.items()}
    return dict(sorted(means.items(), key=lambda pair: -pair[1]))
