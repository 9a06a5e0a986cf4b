"""Paths of a scenario, beside the knobs, that the lab and reports show by name, in their order."""

from __future__ import annotations

from typing import NamedTuple

from negsim.cast.decisions import DECISION_RULES

_LEVELS = ("low", "medium", "high")


class _NamedPath(NamedTuple):
    """A path.

    meaning: what it sets, "" where reports leave it out. scale: of the words for its numbers, "" where it has none.
    label: in the lab, "" where the lab has no field for it. choices: of that field.
    """

    meaning: str
    scale: str = ""
    label: str = ""
    choices: tuple[str, ...] = ()


NAMED_PATHS: dict[str, _NamedPath] = {
    "process.chair.pressure": _NamedPath(
        "how hard the chair presses for time", "pressure", "The chair's pressure", ("none", *_LEVELS)
    ),
    "process.chair.responsiveness": _NamedPath(
        "how far the chair moves towards brackets", "responsiveness", "The chair moves towards brackets", _LEVELS
    ),
    "process.chair.conservatism": _NamedPath(
        "how near the chair's text stays to the status quo",
        "conservatism",
        "The chair holds on to the status quo",
        _LEVELS,
    ),
    "context.tension": _NamedPath(
        "political tension around the process", "tension", "Tension in the room", ("none", *_LEVELS)
    ),
    "trust.within": _NamedPath("trust within groups", "trust"),
    "trust.across": _NamedPath("trust across groups", "trust"),
    "parameters.goodwill": _NamedPath("", "", "Goodwill: how much of its gains a seat gives", _LEVELS),
    "parameters.hope": _NamedPath("", "", "Hope of a renewed mandate", _LEVELS),
    "process.record_dissent": _NamedPath(
        "whether dissent may be recorded", "", "Dissent may be recorded", ("true", "false")
    ),
    "process.adoption": _NamedPath("", "", "What is agreed", ("everything", "separable")),
    "process.decision_rule": _NamedPath("how the room decides", "", "Decision rule", tuple(DECISION_RULES)),
}
