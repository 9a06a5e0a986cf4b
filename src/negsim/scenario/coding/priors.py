"""The published codebook, second part: what each fact of a case becomes, and what stands for one that is not known.

Rules that hold here
- A range says how wide our ignorance is; its reason stands beside it.
- Reasons rest on what bodies are like, never on how they ended.
"""

from __future__ import annotations

from typing import NamedTuple


class FactRule(NamedTuple):
    """One fact: what it is, what it becomes, and what stands for it where it is not known."""

    is_: str
    becomes: str
    unknown: str


SEATS_IN_ALL = (15, 60)  # of a body that drafts in one room
MOST_IN_ONE_ROOM = 100  # more is a mass meeting
DAYS_OF_A_MEETING = (1, 5)
MEETINGS = (1, 8)
MOST_DRAWN_MEETINGS = 12
ISSUES_UNKNOWN = 5
STATUS_QUO = "very_low"
SPREAD = "medium"
OTHER_ISSUES = 0.5  # how far apart they are, relative to the core issue
SIDES = {"change": 0.5, "middle": 0.0, "keep": -0.5}  # of the distance, from the middle of the scale

FACTS: dict[str, FactRule] = {
    "issues": FactRule(
        "The questions on the table, the core one first.",
        f"So many issues with the status quo at `{STATUS_QUO}`; sides are half as far apart on the others as on "
        "the core one (assumption: the core issue is the core because it divides most).",
        f"{ISSUES_UNKNOWN} issues: no draw, as positions need issues (the coded cases have one to six).",
    ),
    "groups": FactRule(
        f"Who sits at the table, with the seats of each where known; a mass meeting (over {MOST_IN_ONE_ROOM}) "
        "is coded as its drafting body.",
        f"So many groups, with a `{SPREAD}` spread of positions inside each. One group alone (states) becomes "
        "two blocs of it, for change and for keeping, so that trust across means something.",
        "Three: those for change, those for keeping, those between.",
    ),
    "seats": FactRule(
        "Seats in all, where only that is known.",
        "Split among the groups at random, one at least each; where the seats of some groups are known the rest is "
        "shared by the others, each between half and one and a half times an even share.",
        f"{SEATS_IN_ALL[0]} to {SEATS_IN_ALL[1]} in all, the same range for every group: from an expert group "
        "(20, 25, 30 and 40 seats are sourced) to what can still draft in one room.",
    ),
    "sides": FactRule(
        "Which side of the core issue each group is on: change, middle or keep.",
        "The middle of the scale, and half the distance above or below it.",
        "Drawn: one group for change and one for keeping where no group is known to be, the rest between; every "
        "choice of the two equally likely (an issue is contested by two sides at least).",
    ),
    "meetings": FactRule(
        "How many meetings. A process by calls: every six hours of calls make a day, every month a meeting.",
        "So many meetings.",
        f"{MEETINGS[0]} to {MEETINGS[1]}, the range of the bodies that are sourced (1 to 4, and one of 16 "
        "one-day meetings) and of our studies; where the span is known, at most one a month of it, and "
        f"{MOST_DRAWN_MEETINGS}.",
    ),
    "days": FactRule(
        "Days of each meeting, or one number for every meeting.",
        "Days of six hours, a fifth lost to procedure (UN practice; assumption).",
        f"{DAYS_OF_A_MEETING[0]} to {DAYS_OF_A_MEETING[1]} days, the same for every meeting: a day to a working week.",
    ),
    "total_days": FactRule(
        "Days in all, where those of each meeting are not known.",
        "Shared evenly by the meetings; where their number is not known either, by each number that may be drawn.",
        "Not needed.",
    ),
    "gaps": FactRule(
        "Days between the end of a meeting and the start of the next.",
        "As they are.",
        "What the span leaves, shared evenly; 30 days where it is not known either, or the meetings are drawn.",
    ),
    "span": FactRule(
        "Days from the first day to the last.",
        "Gaps, and the most meetings there can have been.",
        "Not needed.",
    ),
}
OTHERWISE = (
    "Everything else is the default of the scenario language: trust inside a group, the chair, trust in the chair, "
    "stakes, salience, who may block, the behavioural parameters; no named delegates, camps, linkage or events."
)
