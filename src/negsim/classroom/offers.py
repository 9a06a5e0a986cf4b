"""Changes of time, methods and politics that lessons 1 and 4 offer.

Rules that hold here
- What counts on something that is drawn for every run is left out, and so is what would not be what its name says.
"""

from __future__ import annotations

from negsim.classroom.course import Settings
from negsim.classroom.levels import ends
from negsim.scenario import Scenario
from negsim.scenario.codebook import number
from negsim.scenario.drawing import paths_drawn
from negsim.scenario.methodology import METHODOLOGIES
from negsim.scenario.process import MOST_MEETINGS

METHODS = {
    "a rolling text": "rolling_text",
    "convergence mapping": "convergence_mapping",
    "proposals reviewed one by one": "tabled_proposals",
}
TENSION, RESPONSIVENESS = "context.tension", "process.chair.responsiveness"


def more_meetings(scenario: Scenario) -> Settings:
    """One more meeting, and twice as many; nothing where the number or the days of meetings are drawn."""
    if any(path == "meetings.count" or path.startswith("process.meetings") for path in paths_drawn(scenario)):
        return {}
    count = len(scenario.process.meetings)
    numbers = {"one more meeting": count + 1, "twice as many meetings": 2 * count}
    return {name: (f"meetings.count={n}",) for name, n in numbers.items() if n <= MOST_MEETINGS}


def methods(scenario: Scenario) -> Settings:
    """Methodologies other than the one that has all floor time already."""
    return {
        name: (f"methodology={method}",) for name, method in METHODS.items() if not _is_all_there_is(scenario, method)
    }


def calm(scenario: Scenario) -> Settings:
    """Little tension, or none where there is little; nothing where there is none."""
    least, most = ends(scenario, TENSION)
    words = [word for word, some in (("low", least), ("none", most)) if number("tension", word) < some]
    return {"calm politics": (f"{TENSION}={words[0]}",)} if words else {}


def listening(scenario: Scenario) -> Settings:
    """A chair who moves further towards brackets, where the chair could."""
    some, _ = ends(scenario, RESPONSIVENESS)
    could = some < number("responsiveness", "high")
    return {"a chair who moves towards brackets": (f"{RESPONSIVENESS}=high",)} if could else {}


def _is_all_there_is(scenario: Scenario, method: str) -> bool:
    """Whether every meeting is spent as the later meetings of a methodology are."""
    later = METHODOLOGIES[method](1, 3)
    return "methodology" not in paths_drawn(scenario) and all(
        [(item.format, item.share) for item in meeting.agenda] == later for meeting in scenario.process.meetings
    )
