"""Where scenarios are: built in by name, anywhere else by path; and the population files they share.

Rules that hold here
- A file that starts with `case: 1` is a coded case; what is loaded is the scenario that the codebook makes of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath

from negsim.errors import NegsimError, ScenarioError, shown
from negsim.scenario import sourcing
from negsim.scenario.changes import with_changes
from negsim.scenario.coding import facts_problem, is_case, is_facts, read_case, scenario_data
from negsim.scenario.drawing import check
from negsim.scenario.files import locate, shown_as, text_of
from negsim.scenario.loading import SCENARIO, Document, parse
from negsim.scenario.populations import populated
from negsim.scenario.reading import read
from negsim.scenario.schema import Scenario


def load(source: str | FilePath, *, changes: Sequence[str] = ()) -> Scenario:
    """The scenario of that name or in that file, with changes such as `meetings.count=5`."""
    found = document(source)
    scenario = with_changes(read(found), changes)
    return check(scenario, found) if scenario.uncertain else scenario


def given(scenario: Scenario | str | FilePath) -> Scenario:
    """A scenario as it is, or the one of that name or in that file."""
    return scenario if isinstance(scenario, Scenario) else load(scenario)


def loads(text: str, name: str = "<text>") -> Scenario:
    """The scenario in a text; a population it names has to be a built-in one."""
    if not isinstance(text, str):
        raise NegsimError(f"{shown(text)}: is not the text of a scenario")
    found = _complete(parse(text, name), None)
    return check(read(found), found)


def unsourced(source: str | FilePath) -> list[str]:
    """Paths of the numbers and codebook words of a scenario that its basis does not cover."""
    return sourcing.unsourced(document(source).data)


def document(source: str | FilePath) -> Document:
    """The text of a scenario, read, with its population."""
    path = locate(source)
    return _complete(parse(text_of(source), shown_as(source, path)), path)


def _complete(found: Document, path: FilePath | None) -> Document:
    """A scenario with its population, or the one that the codebook makes of a case."""
    if is_facts(found.data) and not found.problems:
        raise ScenarioError([facts_problem(found, SCENARIO)])
    if not is_case(found.data):
        return populated(found, path)
    case = read_case(found, path.stem if path else found.name)
    return Document(found.name, scenario_data(case.conditions), {}, {}, [])
