"""Changes that lessons 1 and 4 offer: of time, of methods, of the politics around the room.

- A change is left out if it adds to something that every run draws, or if it would not do what its name says.
- A step below is the next word of the codebook below the smallest value that a run may draw; a step above, the next
  above the largest. Without such a word it is the last of the scale, unless every run draws that one.
"""

from __future__ import annotations

from negsim.classroom.topic import Settings
from negsim.report.uncertain import values_at
from negsim.scenario import Scenario
from negsim.scenario.methodologies import METHODOLOGIES
from negsim.scenario.sampling import paths_drawn
from negsim.scenario.schema import MOST_MEETINGS
from negsim.scenario.words import CODEBOOK, number
from negsim.scenario.yaml import follow, value_at

Level = tuple[str, float]  # a word and its number

RUPTURE: Level = ("1", 1.0)  # tension above all words
SCALES = {  # by path
    "context.tension": "tension",
    "context.linkage.weight": "linkage",
    "trust.across": "trust",
    "process.chair.pressure": "pressure",
    "process.chair.responsiveness": "responsiveness",
}
METHODS = {
    "a rolling text": "rolling_text",
    "convergence mapping": "convergence_mapping",
    "proposals reviewed one by one": "tabled_proposals",
}
TENSION, RESPONSIVENESS = "context.tension", "process.chair.responsiveness"


def more_meetings(scenario: Scenario) -> Settings:
    """One more meeting, and twice as many; none if runs draw the number or the days of meetings."""
    if any(path.startswith(("meetings.", "process.meetings")) for path in paths_drawn(scenario)):
        return {}
    count = len(scenario.process.meetings)
    numbers = {"one more meeting": count + 1, "twice as many meetings": 2 * count}
    return {name: (f"meetings.count={n}",) for name, n in numbers.items() if n <= MOST_MEETINGS}


def methods(scenario: Scenario) -> Settings:
    """Methodologies, without the one that already has all floor time."""
    return {
        name: (f"methodology={method}",) for name, method in METHODS.items() if not _is_all_there_is(scenario, method)
    }


def calm(scenario: Scenario) -> Settings:
    """Low tension, or none if it is low already; no change if there is none."""
    least, most = ends(scenario, TENSION)
    words = [word for word, some in (("low", least), ("none", most)) if number("tension", word) < some]
    return {"calmer politics": (f"{TENSION}={words[0]}",)} if words else {}


def listening(scenario: Scenario) -> Settings:
    """A chair who moves further towards brackets, unless the chair already does."""
    some, _ = ends(scenario, RESPONSIVENESS)
    could = some < number("responsiveness", "high")
    return {"a chair who responds to brackets": (f"{RESPONSIVENESS}=high",)} if could else {}


def _is_all_there_is(scenario: Scenario, method: str) -> bool:
    """Whether every meeting has the agenda of a methodology's later meetings."""
    later = METHODOLOGIES[method].middle
    return "methodology" not in paths_drawn(scenario) and all(
        tuple((item.format, item.share) for item in meeting.agenda) == later for meeting in scenario.process.meetings
    )


def below(scenario: Scenario, path: str) -> str:
    """The change to a step below, empty if there is none."""
    least, most = ends(scenario, path)
    levels = _levels(SCALES[path])
    lower = [word for word, level in levels if level < least] or [word for word, level in levels[:1] if level < most]
    return f"{path}={lower[-1]}" if lower else ""


def above(scenario: Scenario, path: str) -> str:
    """The change to a step above, empty if there is none."""
    least, most = ends(scenario, path)
    levels = _levels(SCALES[path])
    higher = [word for word, level in levels if level > most] or [word for word, level in levels[-1:] if level > least]
    return f"{path}={higher[0]}" if higher else ""


def ends(scenario: Scenario, path: str) -> tuple[float, float]:
    """The smallest and the largest value that a number may have in a run."""
    draws = values_at(scenario, path)
    data = scenario.resolved()
    values = draws or [value_at(data, follow(data, path)[0])]
    numbers = [number(SCALES[path], value) if isinstance(value, str) else float(value) for value in values]
    return min(numbers), max(numbers)


def _levels(scale: str) -> list[Level]:
    """The words of a scale with their numbers, in order."""
    words = [(word, meaning.number) for word, meaning in CODEBOOK[scale].words.items()]
    return sorted([*words, *([RUPTURE] if scale == "tension" else [])], key=lambda level: level[1])
