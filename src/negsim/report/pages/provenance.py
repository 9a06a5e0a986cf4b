"""Where the content of a page comes from: whose account it is, that it is a model, sources, versions.

- It is always a model. Whose account a scenario rests on is counted in its own `basis`, never assumed.
- No date and no path of this machine: two reports of the same thing are the same.
"""

from __future__ import annotations

import platform
import re

import numpy as np

from negsim import __version__
from negsim.report.pages.blocks import Items, Note
from negsim.report.words import counted, percent
from negsim.scenario import Scenario

MODEL = "A model, not a forecast."
MODEL_TEXT = (
    "Everything below follows from written assumptions about people and procedure. It can show what would follow if"
    " they held, and compare one setting with another; it cannot say what will happen in a real room."
)
MOST = 1 / 3  # of the notes that cite anybody: a scenario that exceeds it leans on one source


def caveats(scenario: Scenario) -> list[Note]:
    """The notes to read first about a scenario: whose account it is, if it leans on one, and that it is a model."""
    return [*_account(scenario), Note(MODEL, MODEL_TEXT)]


def caveat(scenario: Scenario) -> str:
    """The headings of `caveats`, as one line."""
    return " ".join(note.heading for note in caveats(scenario))


def _account(scenario: Scenario) -> list[Note]:
    """The note on the source that a scenario leans on, if there is one."""
    if not scenario.basis:
        return [Note("No sources.", "This scenario does not say where its numbers come from.")]
    citations = {key: cites(scenario, key) for key in scenario.sources}
    notes = sum(any(_is_cited(key, text) for key in citations) for text in scenario.basis.values())
    most = max(citations, key=lambda key: citations[key], default=None)
    if most is None or citations[most] <= MOST * notes:
        return []
    who = scenario.sources[most].insider
    heading = "One insider’s account." if who else "One source above all."
    source = scenario.sources[most].text + (f" ({who})" if who else "")
    count = f"{citations[most]} of the {counted(notes, 'note')} on where its numbers come from"
    also = " Another witness might have coded the same room otherwise." if who else ""
    return [Note(heading, f"{count} ({percent(citations[most] / notes)}) rest on: {source}.{also}")]


def cites(scenario: Scenario, source: str) -> int:
    """How many notes of a scenario's basis name a source."""
    return sum(_is_cited(source, text) for text in scenario.basis.values())


def _is_cited(source: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(source)}\b", text) is not None


def versions() -> str:
    """What the page was made with."""
    numbers = {"negsim": __version__, "Python": platform.python_version(), "numpy": np.__version__}
    return ", ".join(f"{name} {version}" for name, version in numbers.items())


def sources(scenario: Scenario) -> Items:
    """What the scenario names as its sources."""
    return Items([f"{source.text} {source.url or ''}".rstrip() for source in scenario.sources.values()])
