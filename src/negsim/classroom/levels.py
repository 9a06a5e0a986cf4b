"""Words of the codebook a step below or above where a scenario stands.

Rules that hold here
- Where a value is drawn, a step below is below the least of what may be drawn, a step above is above the most; where
  there is no such word, it is the last one of the scale, if that is not all that may be drawn.
"""

from __future__ import annotations

from negsim.scenario import Scenario
from negsim.scenario.codebook import CODEBOOK, number
from negsim.scenario.paths import follow, value_at
from negsim.tell.uncertain import values_at

Level = tuple[str, float]  # a word and its number

RUPTURE: Level = ("1", 1.0)  # tension above all words
SCALES = {  # by path
    "context.tension": "tension",
    "context.linkage.weight": "linkage",
    "trust.across": "trust",
    "process.chair.pressure": "pressure",
    "process.chair.responsiveness": "responsiveness",
}


def below(scenario: Scenario, path: str) -> str:
    """The change to a step below, "" where there is none."""
    least, most = ends(scenario, path)
    levels = _levels(SCALES[path])
    lower = [word for word, level in levels if level < least] or [word for word, level in levels[:1] if level < most]
    return f"{path}={lower[-1]}" if lower else ""


def above(scenario: Scenario, path: str) -> str:
    """The change to a step above, "" where there is none."""
    least, most = ends(scenario, path)
    levels = _levels(SCALES[path])
    higher = [word for word, level in levels if level > most] or [word for word, level in levels[-1:] if level > least]
    return f"{path}={higher[0]}" if higher else ""


def ends(scenario: Scenario, path: str) -> tuple[float, float]:
    """The least and the most that a number may be in a run."""
    drawn = values_at(scenario, path)
    data = scenario.resolved()
    values = drawn or [value_at(data, follow(data, path)[0])]
    numbers = [number(SCALES[path], value) if isinstance(value, str) else float(value) for value in values]
    return min(numbers), max(numbers)


def _levels(scale: str) -> list[Level]:
    """The words of a scale with their numbers, in order."""
    words = [(word, meaning.number) for word, meaning in CODEBOOK[scale].words.items()]
    return sorted([*words, *([RUPTURE] if scale == "tension" else [])], key=lambda level: level[1])
