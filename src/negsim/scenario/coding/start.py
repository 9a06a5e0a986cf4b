"""Case files to start coding from: empty, or from the facts of others.

Rules that hold here
- A text given here has been read back: it loads.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as FilePath

from negsim.errors import NegsimError
from negsim.scenario.coding.casefiles import loads_case
from negsim.scenario.coding.facts import FACTS_FILE, ids_in, oddities, started
from negsim.scenario.coding.fields import slug
from negsim.scenario.coding.template import blank, case_text
from negsim.scenario.files import text_in
from negsim.scenario.loading import parse


def from_title(title: str) -> dict[str, str]:
    """An empty case file, by its name."""
    cleaned = " ".join("".join(letter if letter.isprintable() else " " for letter in title).split())
    if not cleaned:
        raise NegsimError("the title is empty; write what the process is called")
    return {slug(cleaned, "case"): _read_back(case_text(blank(cleaned)))}


def from_facts(file: FilePath, case_id: str | None, say: Callable[[str], None]) -> dict[str, str]:
    """Case files of one or all cases of a facts file, by id. say: is told what had to be left unknown.

    Raises `ScenarioError` for a file that is no facts file or has no such case.
    """
    document = parse(text_in(file, str(file), FACTS_FILE), str(file), FACTS_FILE)
    texts: dict[str, str] = {}
    for problem in oddities(document):
        say(str(problem))
    for name in ids_in(document) if case_id is None else [case_id]:
        case = started(document, name)
        for problem in case.left:
            say(str(problem))
        texts[case.id] = _read_back(case_text(case.data))
    return texts


def _read_back(text: str) -> str:
    loads_case(text)
    return text
