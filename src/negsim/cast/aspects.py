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
    TENSION = "tension and stakes"
    INFORMAL = "informal contact"
    CONDUCT = "conduct"
    TEXT = "text at the start"
    RULE = "decision rule"
    PEOPLE = "people"
    PARAMETERS = "parameters"
