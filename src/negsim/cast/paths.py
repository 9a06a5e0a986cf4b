"""Paths of a scenario, beside the knobs, that the lab and reports show by name, in their order."""

from __future__ import annotations

from typing import NamedTuple

from negsim.cast.decisions import DECISION_RULES
from negsim.cast.knobs import KNOBS

_LEVELS = ("low", "medium", "high")


class NamedPath(NamedTuple):
    """A path.

    meaning: what it sets, "" where reports leave it out. scale: of the words for its numbers, "" where it has none.
    label: in the lab, "" where the lab has no field for it. choices: of that field.
    """

    meaning: str
    scale: str = ""
    label: str = ""
    choices: tuple[str, ...] = ()


PATHS: dict[str, NamedPath] = {
    "process.chair.pressure": NamedPath(
        "how hard the chair presses for time", "pressure", "The chair's pressure", ("none", *_LEVELS)
    ),
    "process.chair.responsiveness": NamedPath(
        "how far the chair moves towards brackets", "responsiveness", "The chair moves towards brackets", _LEVELS
    ),
    "process.chair.conservatism": NamedPath(
        "how near the chair's text stays to the status quo",
        "conservatism",
        "The chair holds on to the status quo",
        _LEVELS,
    ),
    "context.tension": NamedPath(
        "political tension around the process", "tension", "Tension in the room", ("none", *_LEVELS)
    ),
    "context.stakes": NamedPath("how much hangs on it", "stakes"),
    "trust.within": NamedPath("trust within groups", "trust"),
    "trust.across": NamedPath("trust across groups", "trust"),
    "parameters.goodwill": NamedPath("", "", "Goodwill for any agreement", _LEVELS),
    "parameters.hope": NamedPath("", "", "Hope of a renewed mandate", _LEVELS),
    "process.record_dissent": NamedPath(
        "whether dissent may be recorded", "", "Dissent may be recorded", ("true", "false")
    ),
    "process.adoption": NamedPath("", "", "What is agreed", ("everything", "separable")),
    "process.decision_rule": NamedPath("how the room decides", "", "Decision rule", tuple(DECISION_RULES)),
}
# What the lab calls what it turns, by path: its dials, then the fields below them.
LAB_LABELS: dict[str, str] = {path: knob.dial for path, knob in KNOBS.items() if knob.dial} | {
    path: named.label for path, named in PATHS.items() if named.label
}
