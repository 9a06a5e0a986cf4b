"""What is said in front of everything that shows a scenario to people who may take it for the world.

Rules that hold here
- It is a model, always; whose account a scenario rests on is counted in its own `basis`, never assumed.
"""

from __future__ import annotations

import re

from negsim.scenario import Scenario
from negsim.tell.page import Note
from negsim.tell.words import counted, percent

MODEL = "A model, not a forecast."
MODEL_TEXT = (
    "Everything below follows from written assumptions about people and procedure. It can show what would follow if"
    " they held, and compare one setting with another; it cannot say what will happen in a real room."
)
INSIDERS = {  # sources of the scenarios that come with negsim, by people who were in the room
    "maciel2011": "who sat in the group for civil society",
    "major2012": "who chaired the second phase",
    "chair2012": "the chair's own summary",
    "member2004": "a member of the group",
}
MOST = 1 / 3  # of the notes that cite anybody: then a scenario leans on one source


def front(scenario: Scenario) -> list[Note]:
    """The notes that stand before a scenario: one account, where it leans on one, and that it is a model."""
    return [*_account(scenario), Note(MODEL, MODEL_TEXT)]


def in_front(scenario: Scenario) -> str:
    """The same in one line."""
    return " ".join([*(note.heading for note in _account(scenario)), MODEL])


def _account(scenario: Scenario) -> list[Note]:
    """The note on the source that a scenario leans on, if there is one."""
    if not scenario.basis:
        return [Note("No sources.", "This scenario does not say where its numbers come from.")]
    cited = {key: cites(scenario, key) for key in scenario.sources}
    named = sum(any(_is_cited(key, text) for key in cited) for text in scenario.basis.values())
    most = max(cited, key=lambda key: cited[key], default=None)
    if most is None or cited[most] <= MOST * named:
        return []
    who = INSIDERS.get(most)
    heading = "One insider’s account." if who else "One source above all."
    source = scenario.sources[most].text + (f" ({who})" if who else "")
    share = (
        f"{cited[most]} of the {counted(named, 'note')} on where its numbers come from ({percent(cited[most] / named)})"
    )
    also = " Another witness might have coded the same room otherwise." if who else ""
    return [Note(heading, f"{share} rest on: {source}.{also}")]


def cites(scenario: Scenario, source: str) -> int:
    """How many notes of a scenario's basis name a source."""
    return sum(_is_cited(source, text) for text in scenario.basis.values())


def _is_cited(source: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(source)}\b", text) is not None
