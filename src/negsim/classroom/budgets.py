"""Ways to spend four days and three evenings, and what they are worth.

Rules that hold here
- A budget is a study's level: the meetings of a process written out, so that one sweep scores a whole class.
- The score is issues agreed times depth, both as `negsim cells` prints them; where nothing is agreed it is 0.
- What a card spends is drawn no more; where it was, commands and the study are of the card file, not of the scenario.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from negsim.classroom.course import SAVED, Course
from negsim.scenario import Scenario, dump_yaml, with_changes
from negsim.scenario.loading import flow
from negsim.scenario.methodology import METHODOLOGIES
from negsim.scenario.plain import Plain
from negsim.scenario.uncertain import Uncertain
from negsim.study.effects import Estimate, mean
from negsim.study.runner import Runs, run
from negsim.tell.words import format_name

DAYS, EVENINGS = 4, 3
UNSEEN = 1000  # added to the seed of the class
GAP = 30  # days between meetings
SPLITS = {"one meeting of four days": (4,), "two meetings of two days": (2, 2), "four meetings of a day": (1, 1, 1, 1)}
METHODS = ("chair_text", "rolling_text", "convergence_mapping", "drafting_group", "package_deal")
FOLDER, CARD = "2_budget", "card.yaml"
NO_EVENTS: dict[str, Plain] = {"process.events": []}
SPENT = ("process.meetings", "process.events", "meetings.count", "methodology", "informal.mixed_evenings")  # by a card


class Budget(NamedTuple):
    """A way to spend the days and evenings: days of each meeting, a methodology, which evenings are mixed."""

    name: str
    split: tuple[int, ...]
    method: str
    mixed: tuple[int, ...]  # evenings, from 0

    def meetings(self) -> list[Plain]:
        """The meetings as a scenario has them."""
        written, day = [], 0
        for m, days in enumerate(self.split):
            agenda = [{name: share} for name, share in METHODOLOGIES[self.method](m, len(self.split))]
            evenings = ["mixed" if day + d in self.mixed else "caucus" for d in range(days)]
            meeting: dict[str, Plain] = {
                "name": f"Meeting {m + 1}",
                "days": days,
                "agenda": agenda,
                "evenings": evenings,
            }
            written.append(meeting | ({"after_days": GAP} if m else {}))
            day += days
        return written

    def changes(self) -> dict[str, Plain]:
        """What it changes in a scenario."""
        return {"process.meetings": self.meetings(), **NO_EVENTS}


def budgets() -> list[Budget]:
    """The budgets that the answer key compares."""
    return [
        Budget(f"{format_name(method)}, {split}, {evenings}", days, method, mixed)
        for method in METHODS
        for split, days in SPLITS.items()
        for evenings, mixed in (("own caucus every evening", ()), ("three mixed evenings", (0, 1, 2)))
    ]


class Score(NamedTuple):
    """What a budget is worth: issues agreed, depth, and their product."""

    budget: Budget
    agreed: Estimate
    depth: Estimate

    @property
    def score(self) -> float:
        """Issues agreed times depth."""
        return self.agreed.value * float(np.nan_to_num(self.depth.value))


def scored(scenario: Scenario, budget: Budget, *, replications: int, seed: int) -> Score:
    """A budget run under a seed."""
    runs: Runs = run(with_card(scenario, budget), replications=replications, seed=seed)
    return Score(budget, mean(runs.column("share_agreed")), mean(runs.column("depth")))


EXAMPLES = {
    "Example A": Budget("", (2, 2), "chair_text", ()),
    "Example B": Budget("", (3, 1), "rolling_text", (0, 1)),
}


def with_card(scenario: Scenario, budget: Budget) -> Scenario:
    """The scenario under a budget, with nothing drawn that would name other meetings."""
    after = with_changes(scenario, budget.changes())
    return after.model_copy(update={"uncertain": _unspent(after.uncertain)})


def _unspent(drawn: Mapping[str, Uncertain]) -> dict[str, Uncertain]:
    """What is drawn of anything that no card says."""
    kept = {key: _left(how) for key, how in drawn.items() if how.either is not None or not key.startswith(SPENT)}
    return {key: how for key, how in kept.items() if how is not None}


def _left(how: Uncertain) -> Uncertain | None:
    """A distribution without the paths that a card says; None if nothing is left of it."""
    if how.either is None:
        return how
    ways = [{path: value for path, value in way.items() if not path.startswith(SPENT)} for way in how.either]
    return Uncertain(either=tuple(way or NO_EVENTS for way in ways)) if any(ways) else None


def draws_spent(scenario: Scenario) -> bool:
    """Whether anything is drawn that a card says."""
    return _unspent(scenario.uncertain) != scenario.uncertain


def card_text(scenario: Scenario) -> str:
    """The scenario with the first example under `process: meetings`."""
    return dump_yaml(with_card(scenario, EXAMPLES["Example A"]))


def study_text(course: Course) -> str:
    """The study file that scores a class: two examples to begin with, a place for every team."""
    teams = "".join(f"    {name}:\n      process.meetings:\n{_listed(plan)}" for name, plan in EXAMPLES.items())
    scenario = CARD if draws_spent(course.scenario) else course.source if course.is_built_in else f"../{SAVED}"
    return f"""\
# The budgets of a class. One entry a team under `team`; copy an example and change it. Then:
#   negsim sweep budgets.yaml --out results_budgets
#   negsim cells results_budgets --measure share_agreed --measure depth
# The score is share_agreed times depth (nan counts as 0). Another study needs another folder.
title: The chair's budget
question: Which four days and three evenings give the most agreement times depth?
scenario: {flow(scenario)}
changes:
  process.events: []        # what happened there is not yours to spend
replications: 500
seed: {course.seed + UNSEEN}        # keep it to yourself until the cards are in
main: share_agreed
vary:
  team:
{teams}"""


def _listed(plan: Budget) -> str:
    return "".join(f"        - {flow(meeting)}\n" for meeting in plan.meetings())
