"""Words for what the arrays hold: outcomes, statuses, formats, pens, places on an issue's scale.

Rules that hold here
- Transcript, captions, tables and pictures take their words from here, so that one thing has one name everywhere.

Words for what a study varies and measures: factors, their levels, cells, measures and their units.

Rules that hold here
- Axes, labels and captions take their words from here; a path that has no words of its own is read from its end.
- A share is shown in per cent, a time in hours, everything else as the number it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from negsim.negotiation.measures import MEASURES, OUTCOME_WORDS, lookup
from negsim.negotiation.tables import Pen, Status
from negsim.scenario import Scenario
from negsim.scenario.schema import Issue
from negsim.scenario.values import is_number
from negsim.study.estimates import Estimate
from negsim.study.schema import Cell, Value

OUTCOMES = OUTCOME_WORDS
RULES = {  # what would have passed under other decision rules, the strictest first
    name: MEASURES[name].short
    for name in (
        "would_no_formal_objection", "would_consensus_minus_1", "would_rough_consensus", "would_majority_per_group",
    )
}  # fmt: skip
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
    "wgigf_2012": "questions, mapping, rolling text",
    "idle": "not used",
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


MEETINGS, METHODOLOGY, EVENINGS = "meetings.count", "methodology", "informal.mixed_evenings"
FACTORS = {MEETINGS: "number of meetings", METHODOLOGY: "methodology", EVENINGS: "share of mixed evenings"}
ROOMS = ("process", "context", "parameters", "groups", "meetings")  # first steps of a path that say little
CELL = "cell"  # cells as the levels of one factor
AS_IT_IS = "as it is"
AS_WORDS = str.maketrans("_", " ", "[]{}")
SHORT = 5  # letters of a number that is said as it is


# --------------------------------------------------------------------------------------------- factors


def factor_name(path: str) -> str:
    """What to call a factor.

    >>> factor_name("meetings.count"), factor_name("process.chair.responsiveness"), factor_name("context.tension")
    ('number of meetings', 'chair responsiveness', 'tension')
    """
    steps = path.split(".")
    while len(steps) > 1 and steps[0] in ROOMS:
        steps = steps[1:]
    return FACTORS.get(path) or " ".join(steps[-3:]).replace("_", " ")


def level_name(factor: str, level: Value) -> str:
    """What to call a level on the axis of its factor.

    >>> level_name("methodology", "chair_text"), level_name("informal.mixed_evenings", 0.5), level_name("x", True)
    ("chair's text", '50 %', 'yes')
    >>> level_name("methodology", "[{questionnaire: 0.5}, {rolling_text: 0.5}]")
    'questionnaire: 0.5, rolling text: 0.5'
    """
    if level is None:
        return AS_IT_IS
    if isinstance(level, bool):
        return "yes" if level else "no"
    if isinstance(level, str):
        return (format_name(level) if factor == METHODOLOGY else level).translate(AS_WORDS)
    text = f"{level:g}"
    return percent(level) if factor == EVENINGS else text if len(text) <= SHORT else f"{level:.3g}"


def phrase(factor: str, level: Value) -> str:
    """A level where its factor is not named beside it.

    >>> phrase("meetings.count", 3), phrase("context.tension", 0.25), phrase("chair", "as it was")
    ('3 meetings', 'tension 0.25', 'chair: as it was')
    """
    name = level_name(factor, level)
    if level is None or factor not in FACTORS:
        return f"{factor_name(factor)} {name}" if is_number(level) else f"{factor_name(factor)}: {name}"
    if factor == MEETINGS:
        return f"{name} meeting" if level == 1 else f"{name} meetings"
    return evenings(level) if factor == EVENINGS else name


def cell_name(cell: Cell) -> str:
    """What to call a cell; what it leaves as it is goes unsaid.

    >>> cell_name({"meetings.count": 3, "methodology": "rolling_text", "chair": None})
    '3 meetings, rolling text'
    """
    return ", ".join(phrase(factor, level) for factor, level in cell.items() if level is not None) or AS_IT_IS


def cell_names(cells: Sequence[Cell]) -> list[str]:
    """What to call every cell, those alike by their number.

    >>> cell_names([{"methodology": "rolling_text"}, {"methodology": "rolling_text"}])
    ['rolling text', 'rolling text (cell 1)']
    """
    names: list[str] = []
    for n, cell in enumerate(cells):
        name = cell_name(cell)
        names.append(f"{name} (cell {n})" if name in names else name)
    return names


# -------------------------------------------------------------------------------------------- measures


def measure_name(measure: str) -> str:
    """What to call a measure, or the column of a detailed table, with its unit where that is hours.

    >>> measure_name("consensus"), measure_name("minutes"), measure_name("satisfaction.business")
    ('share of runs with consensus', 'floor time used (hours)', 'satisfaction with the result: business')
    """
    found, of = lookup(measure), measure.partition(".")[2]
    return f"{found.label}{' (hours)' if found.kind == 'time' else ''}{': ' if of else ''}{of}"


def in_percent(measure: str) -> bool:
    """Whether a measure is shown in per cent: a share of issues, of people or of runs."""
    return lookup(measure).kind in {"flag", "share"}


def unit(measure: str) -> float:
    """What a measure is divided by to be shown: minutes are shown in hours."""
    return HOUR if lookup(measure).kind == "time" else 1.0


def number(measure: str, value: float) -> str:
    """A value as it is shown.

    >>> number("consensus", 0.125), number("depth", 0.321), number("minutes", 23.4), number("depth", float("nan"))
    ('12 %', '0.32', '23', 'none')
    """
    if math.isnan(value):
        return "none"
    return percent(value) if in_percent(measure) else f"{value:.0f}" if abs(value) >= 10 else f"{value:.2f}"


def with_interval(measure: str, estimate: Estimate) -> str:
    """An estimate with its interval.

    >>> with_interval("depth", Estimate(0.32, 0.31, 0.333, 100)), with_interval("vote", Estimate(0.5, 0.4, 0.6, 9))
    ('0.32 [0.31, 0.33]', '50 % [40, 60]')
    """
    if math.isnan(estimate.low):
        return number(measure, estimate.value)
    if in_percent(measure):
        return share_with_interval(estimate)
    value, low, high = (number(measure, part) for part in estimate[:3])
    return f"{value} [{low}, {high}]"


def change(measure: str, estimate: Estimate) -> str:
    """A change of a measure with its interval, shares in points of a hundred."""
    if math.isnan(estimate.low):
        return "not known"
    if in_percent(measure):
        return in_points(estimate)
    value, low, high = (signed(part) for part in estimate[:3])
    return f"{value} [{low}, {high}]"
