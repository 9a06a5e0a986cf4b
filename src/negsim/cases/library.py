"""Coded cases by their built-in names, others by their paths.

A file that starts with `case: 1` is a coded case; `scenario.load` gives the scenario that the codebook makes of it,
`load_case` the case itself.
"""

from __future__ import annotations

from pathlib import Path as FilePath

from negsim.cases import form
from negsim.cases.form import CASE, CaseFile, CodedCase, coded
from negsim.cases.translation import scenario_data
from negsim.errors import encodable, few_suggestions
from negsim.scenario.library import CASE_FORM, parsed, read_as
from negsim.scenario.validate import problem_at, raise_all
from negsim.scenario.yaml import Document, parse


def builtin_cases() -> list[str]:
    """List the built-in coded cases, such as `cases/wgig`."""
    return CASE_FORM.names()


def scenario_document(document: Document, name: str) -> Document:
    """Make the document of the scenario that the codebook makes of a case."""
    return Document(document.name, scenario_data(_read_case(document, name).conditions), {}, {}, [])


def load_case(source: str | FilePath) -> CodedCase:
    """Load the case of that built-in name, such as `cases/wgig`, or in that file.

    Raises `ScenarioError` with every problem and its place.
    """
    file, path = parsed(source, CASE)
    return _read_case(file, encodable(path.stem))


def case_in(source: str | FilePath) -> CodedCase | None:
    """Load the case of that name or in that file; None if it holds a scenario."""
    file, path = parsed(source)
    return _read_case(file, encodable(path.stem)) if CASE_FORM.holds(file.data) else None


def loads_case(text: str, name: str = "<text>") -> CodedCase:
    """Load the case in a text."""
    return _read_case(parse(text, name, CASE), name)


def _read_case(document: Document, name: str) -> CodedCase:
    """Read the case in a document. name: of the case."""
    file = read_as(document, CASE, CaseFile, f"is not a case; a case starts with `{CASE.start}`")
    case = coded(name, file)
    with few_suggestions():
        raise_all(document, [problem_at(document, path, message) for path, message in form.check(case, file)])
    return case
