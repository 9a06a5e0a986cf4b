"""Coded cases by their built-in names, others by their paths.

A file that starts with `case: 1` is a coded case; `scenario.load` gives the scenario that the codebook makes of it,
`load_case` the case itself.
"""

from __future__ import annotations

from pathlib import Path as FilePath

from negsim.cases import form
from negsim.cases.form import CaseFile, CodedCase, coded
from negsim.cases.translation import scenario_data
from negsim.errors import encodable, few_suggestions
from negsim.scenario.library import CASE_FILE, is_case, parsed, read_as
from negsim.scenario.validate import problem_at, raise_all
from negsim.scenario.yaml import Document, parse


def scenario_document(document: Document, name: str) -> Document:
    """Make the document of the scenario that the codebook makes of a case."""
    return Document(document.name, scenario_data(_read_case(document, name).conditions), {}, {}, [])


def load_case(source: str | FilePath) -> CodedCase:
    """Load the case of that built-in name, such as `cases/wgig`, or in that file.

    Raises `ScenarioError` with every problem and its place.
    """
    file, path = parsed(source, CASE_FILE)
    return _read_case(file, encodable(path.stem))


def case_in(source: str | FilePath) -> CodedCase | None:
    """Load the case of that name or in that file; None if it holds a scenario."""
    file, path = parsed(source)
    return _read_case(file, encodable(path.stem)) if is_case(file.data) else None


def loads_case(text: str, name: str = "<text>") -> CodedCase:
    """Load the case in a text."""
    return _read_case(parse(text, name, CASE_FILE), name)


def _read_case(document: Document, name: str) -> CodedCase:
    file = read_as(document, CASE_FILE, CaseFile, f"is not a case; a case starts with `{CASE_FILE.start}`")
    case = coded(name, file)
    with few_suggestions():
        raise_all(document, [problem_at(document, path, message) for path, message in form.check(case, file)])
    return case
