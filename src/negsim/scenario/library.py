"""The library: scenarios by their built-in names, others by their paths; population files; loading.

- The installed package's own files come first, then those of the checkout that it runs from. A name cannot lead out of
  the folder.
- A file may be a coded case, of which a scenario is made; the room that makes it is loaded once there is such a file.
- All problems of a file are raised together, each with its place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module, resources
from os.path import realpath
from pathlib import Path as FilePath

from negsim.errors import Mark, NegsimError, Problem, ScenarioError, did_you_mean, encodable, literal
from negsim.scenario import validate
from negsim.scenario.changes import with_changes
from negsim.scenario.sampling import check
from negsim.scenario.schema import Scenario
from negsim.scenario.validate import Model, must_be_mapping, problem_at, raise_all, read, validated
from negsim.scenario.yaml import MOST_BYTES, SCENARIO_FILE, Document, FileKind, Path, Plain, decode, parse

CASE_FILE = FileKind("case", "case: 1")
CASES_FOLDER = "cases"  # of the built-in ones, with which their names begin
_CASES_ROOM = "negsim.cases.library"  # whose `scenario_document` makes the document of a scenario of one of a case


def is_case(data: Plain) -> bool:
    """Return whether the data of a document are those of a coded case."""
    return isinstance(data, dict) and "case" in data and "format" not in data


def builtin_cases() -> list[str]:
    """List the built-in coded cases, such as `cases/wgig`."""
    return sorted(f"{CASES_FOLDER}/{path.stem}" for path in (folder() / CASES_FOLDER).glob("*.yaml"))


def names() -> list[str]:
    """List the built-in scenarios."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def is_builtin(source: object) -> bool:
    """Return whether this is a built-in name, known to every copy of negsim."""
    return source in names() or source in builtin_cases()


def folder(name: str = "scenarios") -> FilePath:
    """Return a folder that every copy of negsim carries: its scenarios, its docs or its experiments."""
    package = FilePath(str(resources.files("negsim")))
    installed = package / f"_{name}"
    return installed if installed.is_dir() else package.parent.parent / name


def locate(source: str | FilePath) -> FilePath:
    """Find the file of a built-in name or of a path; raises `ScenarioError` for an unknown name."""
    if not isinstance(source, str | FilePath):
        raise NegsimError(f"{literal(source)}: name a scenario or its file")
    if isinstance(source, FilePath) or re.search(r"(?i)\.ya?ml$", source):
        return FilePath(source)
    if is_builtin(source):
        return folder() / f"{source}.yaml"
    if source.startswith(f"{CASES_FOLDER}/") and not is_there(FilePath(source)):
        hint = did_you_mean(source, builtin_cases())
        raise ScenarioError([Problem(Mark(source), "", f"no case of that name{hint}")])
    if re.search(r"[/\\]", source):
        return FilePath(source)
    case = f"{CASES_FOLDER}/{source}"
    hint = f"; did you mean {literal(case)}?" if case in builtin_cases() else did_you_mean(source, names())
    if is_there(FilePath(source)):
        hint = f"; write ./{source} for the file"
    raise ScenarioError([Problem(Mark(source), "", f"no scenario of that name{hint}")])


def _shown_as(source: str | FilePath, path: FilePath) -> str:
    """Return the name by which problems call a file."""
    return str(source) if path == FilePath(source) else path.name


def text_of(source: str | FilePath) -> str:
    """Read the text of a scenario, as its author wrote it."""
    path = locate(source)
    return text_in(path, _shown_as(source, path))


def text_in(path: FilePath, name: str, form: FileKind = SCENARIO_FILE) -> str:
    """Read the text in a file that may be anything; name: what problems call it."""
    return decode(_bytes(path), name, form)


def is_there(path: FilePath) -> bool:
    """Return whether there is such a file."""
    try:
        return path.is_file()
    except OSError:  # such as a name that is too long
        return False


def _bytes(path: FilePath) -> bytes:
    """Read the bytes of a file, no more than needed to see that it is too large."""
    try:
        if path.is_dir():
            why = "is not a file but a folder; name a file in it"
        elif path.exists() and not path.is_file():
            why = "is not a file"
        else:
            with path.open("rb") as file:
                return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        why = "no such file"
    except (OSError, ValueError) as error:
        why = f"cannot be read ({getattr(error, 'strerror', None) or 'no file can have this name'})"
    raise ScenarioError([Problem(Mark(str(path)), "", why)])


def load(source: str | FilePath, *, changes: Sequence[str] = ()) -> Scenario:
    """Load the scenario of that name or in that file, with changes such as `meetings.count=5`."""
    file = document(source)
    scenario = read(file) if changes == () else with_changes(read(file), changes)
    return check(scenario, file) if scenario.uncertain else scenario


def as_scenario(scenario: Scenario | str | FilePath) -> Scenario:
    """Return a scenario unchanged, or load the one of that name or in that file."""
    return scenario if isinstance(scenario, Scenario) else load(scenario)


def loads(text: str, name: str = "<text>") -> Scenario:
    """Load the scenario in a text; a population it names has to be a built-in one."""
    if not isinstance(text, str):
        raise NegsimError(f"{literal(text)}: is not the text of a scenario")
    file = _complete(parse(text, name), None)
    return check(read(file), file)


def unsourced(source: str | FilePath) -> list[str]:
    """List paths of the numbers and codebook words of a scenario that its basis does not cover."""
    return validate.unsourced(document(source).data)


def document(source: str | FilePath) -> Document:
    """Read the text of a scenario, with its population."""
    return _complete(*parsed(source))


def parsed(source: str | FilePath, form: FileKind = SCENARIO_FILE) -> tuple[Document, FilePath]:
    """Parse the file of a name or path; return its path, too."""
    path = locate(source)
    name = _shown_as(source, path)
    return _read(text_in(path, name, form), name, form), path


_read = lru_cache(maxsize=4)(parse)  # a file whose kind was asked for is read next, and its people with it


def _complete(document: Document, path: FilePath | None) -> Document:
    """Return a scenario with its population, or the one that is made of a case."""
    if is_case(document.data):
        name = encodable(path.stem) if path else document.name
        made: Document = import_module(_CASES_ROOM).scenario_document(document, name)
        return made
    refuse_other(document, SCENARIO_FILE)
    return _populated(document, path)


_WHAT_TO_DO = {  # with a file of each kind
    "scenario": "run it with `negsim run`",
    "case": "run it with `negsim run`",
    "study": "run it with `negsim study sweep`",
    "pairs file": "give it to `negsim case validate --pairs`",
}


def kind_of(file: str) -> str | None:
    """Return the kind of file that a file sets out to be: one of `_WHAT_TO_DO`, or None if that is unclear."""
    path = FilePath(file)
    return _kind_in(_read(text_in(path, file), file, SCENARIO_FILE).data) if is_there(path) else None


def _kind_in(data: Plain) -> str | None:
    """Return the kind of file that a document sets out to be: one of `_WHAT_TO_DO`, or None if that is unclear."""
    keys = set(data) if isinstance(data, dict) else set()
    if is_case(data):
        return CASE_FILE.name
    if "scenario" in keys and not keys & {"issues", "groups"}:
        return "study"
    if keys & {"format", "issues", "groups", "population", "process"}:
        return "scenario"
    return "pairs file" if "pairs" in keys else None


def refuse_other(document: Document, form: FileKind) -> None:
    """Raise `ScenarioError` for a document that sets out to be of another kind, with that kind and what to do."""
    kind = _kind_in(document.data)
    if kind not in (None, form.name) and not document.problems:
        raise ScenarioError([problem_at(document, (), f"is a {kind}, not a {form.name}; {_WHAT_TO_DO[kind]}")])


def read_as(document: Document, form: FileKind, model: type[Model], missing: str) -> Model:
    """Read a document in the vocabulary of a model. Raises `ScenarioError` with all that is wrong with it.

    missing: the message if the key that such a document starts with is missing.
    """
    refuse_other(document, form)
    must_be_mapping(document, form)
    if form.start.partition(":")[0] not in document.data and not document.problems:
        raise_all(document, [problem_at(document, (), missing)])
    written, problems = validated(document, model)
    if written is None:
        raise_all(document, problems)
        raise ScenarioError(problems)
    return written


_SHARED_SECTIONS = ("issues", "groups", "delegates", "trust", "camps")  # sections of a population file
_MERGED_SECTIONS = ("sources", "basis")
_OWN = ("format", "title", "description")
_POPULATION_FILE = FileKind("population file", "issues:")


class _PopulationError(Exception):
    """A population cannot be read; this becomes a problem of the file that names it."""


def _populated(main: Document, path: FilePath | None) -> Document:
    """Add the sections of the population file that a document names."""
    if not isinstance(main.data, dict) or main.data.get("population") is None:
        return main
    try:
        return _merged(main, _people(main.data["population"], path))
    except _PopulationError as error:
        problem = Problem(main.values[("population",)], "population", str(error.args[0]))
        return main._replace(problems=[*main.problems, problem])


def _people(name: Plain, beside: FilePath | None) -> Document:
    file = _population_path(name, beside)
    shown = file.name if file.is_relative_to(folder()) else str(file)
    people = _read(text_in(file, shown, _POPULATION_FILE), shown, _POPULATION_FILE)
    if not isinstance(people.data, dict):
        raise _PopulationError(f"{file.name} holds {literal(people.data)}, not the people of a scenario")
    return people


def _population_path(name: Plain, beside: FilePath | None) -> FilePath:
    """Find the file of a population; `_PopulationError` says what is wrong with its name."""
    if not isinstance(name, str) or not name.isprintable():
        raise _PopulationError(f"{literal(name)} is not the name of a population")
    if beside is not None and re.search(r"(?i)[/\\]|\.ya?ml$", name):
        file = beside.parent / name
        if not FilePath(realpath(file)).is_relative_to(realpath(beside.parent)):
            raise _PopulationError(f"{literal(name)} is outside the folder of this file; put the people beside it")
        if not is_there(file):
            raise _PopulationError(f"there is no file {literal(name)} beside this one")
        return file
    names_there = sorted(file.stem for file in (folder() / "populations").glob("*.yaml"))
    if name not in names_there:
        raise _PopulationError(f"unknown population {literal(name)}{did_you_mean(name, names_there)}")
    return folder() / "populations" / f"{name}.yaml"


def _merged(main: Document, people: Document) -> Document:
    data = dict(main.data)
    del data["population"]
    values, keys, problems = dict(main.values), dict(main.keys), [*main.problems, *people.problems]
    for section, content in people.data.items():
        if problem := _clash(data, section, content, people.name):
            where = main.keys.get((section,)) or people.keys[(section,)]
            problems.append(Problem(where, section, problem))
        elif section in (*_SHARED_SECTIONS, *_MERGED_SECTIONS):
            data[section] = {**content, **data.get(section, {})} if section in _MERGED_SECTIONS else content
            values = _marks_in(people.values, section) | values
            keys = _marks_in(people.keys, section) | keys
    return Document(main.name, data, values, keys, problems)


def _marks_in(marks: dict[Path, Mark], section: Plain) -> dict[Path, Mark]:
    return {path: mark for path, mark in marks.items() if path[:1] == (section,)}


def _clash(data: dict[str, Plain], section: str, content: Plain, file: str) -> str:
    """Return why a section of a population file cannot be taken over, "" if it can."""
    if section not in (*_SHARED_SECTIONS, *_MERGED_SECTIONS, *_OWN):
        return f"does not belong in a population file{did_you_mean(section, (*_SHARED_SECTIONS, *_MERGED_SECTIONS))}"
    if section in _SHARED_SECTIONS and section in data:
        return f"is given here and in the population file {file}; keep one"
    if section in _MERGED_SECTIONS and not (isinstance(content, dict) and isinstance(data.get(section, {}), dict)):
        return "is not a mapping"
    twice = [key for key in content if key in data.get(section, {})] if section in _MERGED_SECTIONS else []
    return f"{twice[0]} is given here and in the population file {file}; keep one" if twice else ""
