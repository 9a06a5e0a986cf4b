"""Lesson 2: time for a negotiation, bought as meetings or as days.

- Three curves: meetings with the days of the scenario divided among them, days with its meetings held, and meetings
  that bring days of their own, which mixes the two.
- A plan is a level of a curve. A meeting has a price, for everybody travels to it, and so has a day; only plans that
  the budget pays are compared.
- The score is the measure `depth_overall`: the mean depth over all runs, 0 for a run in which nothing is agreed.
- Plans run on the class's seed and on the unseen one. Between the two the plan that did best may fall because it was
  lucky; a loss that all plans share is due to the seeds, not to choosing.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from negsim.cast.knobs import DAYS, MEETINGS, Knob
from negsim.classroom.charts import curves, svg
from negsim.classroom.topic import FINAL_PAGE, Changes, Sheets, Topic
from negsim.classroom.trials import more_meetings
from negsim.report.words import phrase
from negsim.scenario import Scenario
from negsim.scenario.sampling import days_are_drawn
from negsim.study.estimates import Estimate

BUDGET, _MEETING_PRICE, _DAY_PRICE = 4, 2, 1  # points: beyond what the scenario has, of a meeting, of a day
FRESH_SEED_STEP = 1000  # added to the seed of the class
SCORE = "depth_overall"
_COUNTS = (1, 2, 3, 4)  # of meetings
_MEASURES = (SCORE, "share_agreed")


class Plan(NamedTuple):
    """A way to spend time: a level of a knob, within what else there is; its changes and its price in points."""

    knob: Knob
    within: str
    level: int
    changes: Changes
    price: int

    @property
    def curve(self) -> str:
        """The name of the curve that it is on."""
        return f"{self.knob.name}, {self.within}"

    @property
    def name(self) -> str:
        """The name of the plan, in words."""
        return f"{phrase(self.knob.path, self.level)}, {self.within}"


def has_budget(scenario: Scenario) -> bool:
    """Return whether meetings and days can be set: runs do not draw them."""
    return not days_are_drawn(scenario) and bool(more_meetings(scenario))


def plans(scenario: Scenario) -> list[Plan]:
    """Return the plans that the budget pays, curve by curve."""
    meetings = scenario.process.meetings
    count, days = len(meetings), sum(meeting.days for meeting in meetings)
    own = {n: sum(meetings[min(m, count - 1)].days for m in range(n)) for n in _COUNTS}
    held = partial(Plan, MEETINGS, f"in {phrase(DAYS.path, days)}")
    apart = partial(Plan, DAYS, f"in {phrase(MEETINGS.path, count)}")
    both = partial(Plan, MEETINGS, "with days of their own")
    every = [
        *(held(n, (MEETINGS.change(n), DAYS.change(days)), _price(n - count, 0)) for n in _COUNTS if n <= days),
        *(apart(n, (DAYS.change(n),), _price(0, n - days)) for n in _day_levels(scenario)),
        *(both(n, (MEETINGS.change(n),), _price(n - count, own[n] - days)) for n in _COUNTS),
    ]
    return [plan for plan in every if plan.price <= BUDGET]


def _day_levels(scenario: Scenario) -> list[int]:
    """Return the numbers of days in all that plans may have, one for each meeting at least."""
    meetings = scenario.process.meetings
    days = sum(meeting.days for meeting in meetings)
    some = (level for level in DAYS.levels if isinstance(level, int) and len(meetings) <= level <= days + BUDGET)
    return sorted({*some, days})


def _price(meetings: int, days: int) -> int:
    return _MEETING_PRICE * meetings + _DAY_PRICE * days


class Score(NamedTuple):
    """A plan's scores on the class's seed and on the unseen one, and how much more than as written; and agreement."""

    plan: Plan
    seen: Estimate
    unseen: Estimate
    gap: Estimate
    agreed: Estimate


def budget(topic: Topic) -> Sheets:
    """Compute the numbers of the lesson."""
    other, bought = topic.under_seed(topic.seed + FRESH_SEED_STEP), plans(topic.scenario)
    scores = [
        Score(
            plan,
            topic.estimate(SCORE, plan.changes),
            other.estimate(SCORE, plan.changes),
            topic.gap(SCORE, plan.changes),
            topic.estimate("share_agreed", plan.changes),
        )
        for plan in bought
    ]
    best = max(scores, key=lambda one: one.seen.value)
    settings = {plan.name: plan.changes for plan in bought}
    drawn = {
        name: {one.plan.level: one.seen for one in scores if one.plan.curve == name}
        for name in dict.fromkeys(plan.curve for plan in bought)
    }
    days = sum(meeting.days for meeting in topic.scenario.process.meetings)
    return {
        "formats": list(topic.scenario.session_formats.values()),
        "points": BUDGET,
        "prices": {"meeting": _MEETING_PRICE, "day": _DAY_PRICE},
        "written": [phrase(MEETINGS.path, len(topic.scenario.process.meetings)), phrase(DAYS.path, days)],
        "score": SCORE,
        "base": topic.estimate(SCORE),
        "unseen": other.seed,
        "rows": scores,
        "best": best,
        "shift": float(np.mean([one.unseen.value - one.seen.value for one in scores])),  # of all plans
        "curves": list(drawn),
        "commands": [some.compare_command(settings, _MEASURES) for some in (topic, other)],
        "files": {"curves.svg": svg(partial(curves, drawn, measure=SCORE))},
        "page": topic.page_link(measure=SCORE),
        "days_page": topic.page_link(measure=SCORE, choices={"along": DAYS.name}),
        "final": topic.page_link(measure=SCORE, file=FINAL_PAGE),
        "lab": topic.link("lab"),
        "knobs": [f"{DAYS.path}={_day_levels(topic.scenario)}"],
    }
