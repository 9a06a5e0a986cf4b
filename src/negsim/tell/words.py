"""Words for what the arrays hold: outcomes, statuses, formats, pens, places on an issue's scale.

Rules that hold here
- Transcript, captions, tables and pictures take their words from here, so that one thing has one name everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from negsim.negotiation.moves import Outcome, Pen, Status
from negsim.scenario import Scenario
from negsim.scenario.schema import Issue
from negsim.study.effects import Estimate

OUTCOMES = {
    Outcome.CONSENSUS: "consensus",
    Outcome.PARTIAL: "partial agreement",
    Outcome.VOTE: "vote",
    Outcome.CHAIR_REPORT: "chair's own report",
    Outcome.NONE: "no report",
    Outcome.WALKOUT: "walkout",
    Outcome.RUNNING: "still running",
}
STATUSES = {
    Status.EMPTY: "no text",
    Status.OPEN: "text, not read yet",
    Status.BRACKETED: "in brackets",
    Status.AGREED: "agreed ad referendum",
    Status.DISSENT: "dissent recorded",
}
PENS = {
    Pen.NOBODY: "no one",
    Pen.CHAIR: "the chair",
    Pen.FACILITATOR: "the facilitator",
    Pen.GROUP: "a drafting group",
}
FORMATS = {
    "questionnaire": "questionnaire",
    "tabled_proposals": "tabling of proposals",
    "proposal_review": "review of proposals",
    "chair_text": "chair's text",
    "rolling_text": "rolling text",
    "convergence_mapping": "convergence mapping",
    "drafting_group": "drafting group",
    "package_deal": "package deal",
    "straw_poll": "straw poll",
    "wgigf_2012": "process of 2012",
    "idle": "not used",
}
RULES = {  # what would have been agreed under other decision rules
    "would_no_formal_objection": "no formal objection",
    "would_consensus_minus_1": "consensus minus one",
    "would_rough_consensus": "rough consensus (75 %)",
    "would_majority_per_group": "a majority of every group",
}
HOUR = 60.0  # minutes
END = 0.08  # of the scale: nearer than this to an end counts as that end
MIDDLE = 0.05  # of the scale: nearer than this to .5 counts as halfway


def format_name(name: str) -> str:
    """What to call a format or a methodology; a new one is called by its own name.

    >>> format_name("chair_text"), format_name("fish_bowl")
    ("chair's text", 'fish bowl')
    """
    return FORMATS.get(name, name.replace("_", " "))


def on_scale(issue: Issue, value: float) -> str:
    """Where a text stands between the labelled ends of an issue, in words and as a number."""
    if math.isnan(value):
        return "no text"
    place = round(value, 2)  # as it is shown
    if round(abs(place - 0.5), 2) < MIDDLE:
        return f"halfway between “{issue.low}” and “{issue.high}” ({value:.2f})"
    end = issue.high if place > 0.5 else issue.low
    distance = round(min(place, 1.0 - place), 2)
    how = "at" if distance < END else "towards" if distance > 0.25 else "near"
    return f"{how} “{end}” ({value:.2f})"


def listed(words: Sequence[str], *, most: int = 99) -> str:
    """Words as a sentence lists them; beyond `most` the rest are counted.

    >>> listed(["A"]), listed(["A", "B", "C"]), listed(["A", "B", "C", "D"], most=2)
    ('A', 'A, B and C', 'A, B and 2 others')
    """
    shown = list(words)
    if len(shown) > most + 1:
        shown = [*shown[:most], f"{len(shown) - most} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else "no one"


def counted(number: float, thing: str, things: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "bracket"), counted(2.5, "day"), counted(0, "delegate"), counted(1_000_000, "run")
    ('1 bracket', '2.5 days', 'no delegates', '1000000 runs')
    """
    plural = things or f"{thing}s"
    return f"1 {thing}" if number == 1 else f"{number:.12g} {plural}" if number else f"no {plural}"


def percent(share: float) -> str:
    """A share as a percentage.

    >>> percent(0.125), percent(0.004), percent(0.0)
    ('12 %', '0.4 %', '0 %')
    """
    return f"{share * 100:.1f} %" if 0.0 < share < 0.01 or 0.99 < share < 1.0 else f"{share * 100:.0f} %"


def signed(change: float, digits: int = 2) -> str:
    """A change with its sign, none where it rounds to nothing.

    >>> signed(0.123), signed(-0.5), signed(-0.001)
    ('+0.12', '−0.50', '0.00')
    """
    text = f"{change:+.{digits}f}"
    return text.replace("-", "−") if any(digit in text for digit in "123456789") else text[1:]


def share_with_interval(estimate: Estimate) -> str:
    """A share with its interval, in per cent.

    >>> share_with_interval(Estimate(0.25, 0.18, 0.337, 100))
    '25 % [18, 34]'
    """
    return f"{percent(estimate.value)} {interval(estimate)}"


def interval(estimate: Estimate) -> str:
    """The interval of a share, in per cent; near none and near all with a decimal.

    >>> interval(Estimate(0.0, 0.0, 0.0038, 1000)), interval(Estimate(1.0, 0.94, 1.0 - 1e-16, 60))
    ('[0, 0.4]', '[94, 100]')
    """
    ends = (round(100.0 * min(1.0, max(0.0, end)), 9) for end in (estimate.low, estimate.high))
    low, high = (f"{end:.0f}" if 1.0 <= end <= 99.0 or end in {0.0, 100.0} else f"{end:.1f}" for end in ends)
    return f"[{low}, {high}]"


def capital(text: str) -> str:
    """A text with a capital to begin with."""
    return text[:1].upper() + text[1:]


def in_points(change: Estimate) -> str:
    """A change of a share with its interval, in points of a hundred.

    >>> in_points(Estimate(0.12, 0.08, 0.161, 100))
    '+12 points [+8, +16]'
    """
    value, low, high = (signed(100 * number, 0) for number in change[:3])
    return f"{value} points [{low}, {high}]"


def evenings(level: object) -> str:
    """A level of informal contact in words.

    >>> evenings(0), evenings(0.5), evenings(1)
    ('no mixed evenings', '50 % mixed evenings', 'all evenings mixed')
    """
    share = float(str(level))
    if share in {0.0, 1.0}:
        return "all evenings mixed" if share else "no mixed evenings"
    return f"{percent(share)} mixed evenings"


def issue_names(scenario: Scenario) -> list[str]:
    """The labels of the issues, in the order of the arrays."""
    return [issue.label for issue in scenario.issues.values()]


def group_names(scenario: Scenario) -> list[str]:
    """The labels of the groups, in the order of the arrays."""
    return [group.label for group in scenario.groups.values()]


def meeting_names(scenario: Scenario) -> list[str]:
    """The names of the meetings, in their order."""
    return [meeting.name for meeting in scenario.process.meetings]
