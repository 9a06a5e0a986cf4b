"""Population files: the people that several scenarios share."""

from __future__ import annotations

import re
from pathlib import Path as FilePath

from negsim.errors import Problem, did_you_mean, shown
from negsim.scenario.files import folder, is_there, text_in
from negsim.scenario.loading import Document, parse
from negsim.scenario.plain import Plain

SHARED = ("issues", "groups", "delegates", "trust", "camps")
MERGED = ("sources", "basis")
_OWN = ("format", "title", "description")


class PopulationError(Exception):
    """Why a population cannot be had; told as a problem of the file that names it."""


def populated(main: Document, path: FilePath | None) -> Document:
    """The document with the sections of the population file it names."""
    if not isinstance(main.data, dict) or main.data.get("population") is None:
        return main
    try:
        return _merged(main, _people(main.data["population"], path))
    except PopulationError as error:
        problem = Problem(main.values[("population",)], "population", str(error.args[0]))
        return main._replace(problems=[*main.problems, problem])


def _people(name: Plain, beside: FilePath | None) -> Document:
    """The population file of that name; `PopulationError` says why there is none."""
    file = _population_path(name, beside)
    people = parse(text_in(file, file.name), file.name)
    if not isinstance(people.data, dict):
        raise PopulationError(f"{file.name} holds {shown(people.data)}, not the people of a scenario")
    return people


def _population_path(name: Plain, beside: FilePath | None) -> FilePath:
    """The file of a population; `PopulationError` says what is wrong with its name."""
    if not isinstance(name, str) or not name.isprintable():
        raise PopulationError(f"{shown(name)} is not the name of a population")
    if beside is not None and re.search(r"[/\\]|\.ya?ml$", name):
        file = beside.parent / name
        if not is_there(file):
            raise PopulationError(f"there is no file {shown(name)} beside this one")
        return file
    known = sorted(file.stem for file in (folder() / "populations").glob("*.yaml"))
    if name not in known:
        raise PopulationError(f"unknown population {shown(name)}{did_you_mean(name, known)}")
    return folder() / "populations" / f"{name}.yaml"


def _merged(main: Document, people: Document) -> Document:
    data = dict(main.data)
    del data["population"]
    values, keys, problems = dict(main.values), dict(main.keys), [*main.problems, *people.problems]
    for section, content in people.data.items():
        if problem := _clash(data, section, content, people.name):
            where = main.keys.get((section,)) or people.keys[(section,)]
            problems.append(Problem(where, section, problem))
        elif section in (*SHARED, *MERGED):
            data[section] = {**content, **data.get(section, {})} if section in MERGED else content
            values |= {
                path: mark for path, mark in people.values.items() if path[:1] == (section,) and path not in values
            }
            keys |= {path: mark for path, mark in people.keys.items() if path[:1] == (section,) and path not in keys}
    return Document(main.name, data, values, keys, problems)


def _clash(data: dict[str, Plain], section: str, content: Plain, file: str) -> str:
    """What keeps a section of a population file from being taken over."""
    if section not in (*SHARED, *MERGED, *_OWN):
        return f"does not belong in a population file{did_you_mean(section, (*SHARED, *MERGED))}"
    if section in SHARED and section in data:
        return f"is given here and in the population file {file}; keep one"
    if section in MERGED and not (isinstance(content, dict) and isinstance(data.get(section, {}), dict)):
        return "is not a mapping"
    twice = [key for key in content if key in data.get(section, {})] if section in MERGED else []
    return f"{twice[0]} is given here and in the population file {file}; keep one" if twice else ""
