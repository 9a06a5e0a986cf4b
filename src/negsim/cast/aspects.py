"""The aspects of a scenario: whatever can change a run belongs to exactly one. `negsim explain` compares them.

The keys are marked with them in `scenario.schema`, the knobs in `knobs`.
"""

from __future__ import annotations

from enum import StrEnum


class Aspect(StrEnum):
    """An aspect by its name, in the order of tables."""

    __repr__ = str.__repr__

    MEETINGS = "meetings and days"
    METHODOLOGY = "methodology"
    CHAIR = "chair"
    LINKAGE = "linkage and scope"
    TENSION = "tension"
    INFORMAL = "informal contact"
    CONDUCT = "conduct"
    MOVES = "moves of the table"
    TEXT = "text at the start"
    RULE = "decision rule"
    ISSUES = "issues"
    POSITIONS = "positions"
    RED_LINES = "red lines"
    SALIENCE = "salience"
    DISPOSITIONS = "bargaining"
    TRUST = "trust"
    SEATS = "seats"
    CAMPS = "camps"
    DELEGATES = "named delegates"
    PARAMETERS = "parameters"


PEOPLE_AND_ISSUES = "people and issues"  # the aspects below together
PEOPLE_AND_ISSUES_ASPECTS = (
    Aspect.ISSUES, Aspect.POSITIONS, Aspect.RED_LINES, Aspect.SALIENCE, Aspect.DISPOSITIONS, Aspect.TRUST, Aspect.SEATS,
    Aspect.CAMPS, Aspect.DELEGATES,
)  # fmt: skip
