"""Words for what a study varies and measures: factors, their levels, cells, measures and their units.

Rules that hold here
- Axes, labels and captions take their words from here; a path that has no words of its own is read from its end.
- A share is shown in per cent, a time in hours, everything else as the number it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from negsim.negotiation.moves import Outcome
from negsim.scenario.values import is_number
from negsim.study.effects import Estimate
from negsim.study.factors import Cell, Value
from negsim.study.schema import OUTCOMES as ENDS
from negsim.tell.words import (
    HOUR,
    OUTCOMES,
    RULES,
    evenings,
    format_name,
    in_points,
    percent,
    share_with_interval,
    signed,
)

MEETINGS, METHODOLOGY, EVENINGS = "meetings.count", "methodology", "informal.mixed_evenings"
FACTORS = {MEETINGS: "number of meetings", METHODOLOGY: "methodology", EVENINGS: "share of mixed evenings"}
ROOMS = ("process", "context", "parameters", "groups", "meetings")  # first steps of a path that say little
CELL = "cell"  # cells as the levels of one factor
AS_IT_IS = "as it is"
AS_WORDS = str.maketrans("_", " ", "[]{}")
SHORT = 5  # letters of a number that is said as it is

MEASURES = {
    "share_agreed": "share of paragraphs agreed",
    "share_dissent": "share of paragraphs with dissent recorded",
    "depth": "depth of what was agreed",
    "ambition": "ambition of what was agreed",
    "precision": "precision of what was agreed",
    "blocking_number": "blocking number",
    "worst_shortfall": "worst shortfall of value",
    "missed_agreements": "missed agreements",
    "no_zone": "paragraphs without a zone of agreement",
    "false_convergence": "paragraphs of false convergence",
    "zone_start": "share of issues with a zone, start",
    "zone_end": "share of issues with a zone, end",
    "minutes": "floor time used (hours)",
    "last_closed": "last paragraph closed (hours)",
    "satisfaction": "satisfaction with the result",
    "trust_across": "trust across groups",
    "trust_across_end": "trust across groups, end",
    "trust_within_end": "trust within groups, end",
    "brackets": "brackets standing",
}
SHARES = ("share_agreed", "share_dissent", "zone_start", "zone_end", *ENDS, *RULES)
HOURS = ("minutes", "last_closed")


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
    """What to call a measure, with its unit.

    >>> measure_name("consensus"), measure_name("minutes")
    ('share of runs with consensus', 'floor time used (hours)')
    >>> measure_name("would_rough_consensus")
    'share of runs that would pass under rough consensus (75 %)'
    """
    if measure in ENDS:
        return f"share of runs with {OUTCOMES[Outcome[measure.upper()]]}"
    if measure in RULES:
        return f"share of runs that would pass under {RULES[measure]}"
    return MEASURES.get(measure, measure.replace("_", " "))


def unit(measure: str) -> float:
    """What a measure is divided by to be shown: minutes are shown in hours."""
    return HOUR if measure in HOURS else 1.0


def number(measure: str, value: float) -> str:
    """A value as it is shown.

    >>> number("consensus", 0.125), number("depth", 0.321), number("minutes", 23.4), number("depth", float("nan"))
    ('12 %', '0.32', '23', 'none')
    """
    if math.isnan(value):
        return "none"
    return percent(value) if measure in SHARES else f"{value:.0f}" if abs(value) >= 10 else f"{value:.2f}"


def with_interval(measure: str, estimate: Estimate) -> str:
    """An estimate with its interval.

    >>> with_interval("depth", Estimate(0.32, 0.31, 0.333, 100)), with_interval("vote", Estimate(0.5, 0.4, 0.6, 9))
    ('0.32 [0.31, 0.33]', '50 % [40, 60]')
    """
    if math.isnan(estimate.low):
        return number(measure, estimate.value)
    if measure in SHARES:
        return share_with_interval(estimate)
    value, low, high = (number(measure, part) for part in estimate[:3])
    return f"{value} [{low}, {high}]"


def change(measure: str, estimate: Estimate) -> str:
    """A change of a measure with its interval, shares in points of a hundred."""
    if math.isnan(estimate.low):
        return "not known"
    if measure in SHARES:
        return in_points(estimate)
    value, low, high = (signed(part) for part in estimate[:3])
    return f"{value} [{low}, {high}]"
