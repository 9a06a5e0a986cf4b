"""A document into a scenario, or everything that is wrong with it.

Rules that hold here
- The problems of the text, of the vocabulary and between the parts are told together, in the order of the file.
- Nothing that pydantic says reaches a person: its findings are put in our words, with their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from negsim.errors import Mark, Problem, ScenarioError, did_you_mean, nearest, shown
from negsim.scenario.checks import check, names_of
from negsim.scenario.loading import Document
from negsim.scenario.plain import Path, dotted
from negsim.scenario.schema import Scenario
from negsim.scenario.sourcing import tidied

Annotation = Any  # what follows a field's colon


def read(document: Document) -> Scenario:
    """The scenario in a document; raises `ScenarioError` with all its problems."""
    if not isinstance(document.data, dict):
        message = f"{shown(document.data)} is not a scenario; a scenario is a mapping that starts with `format: 1`"
        raise ScenarioError(document.problems or [Problem(_value_mark(document, ()), "", message)])
    told = {problem.path for problem in document.problems}
    told |= {"issues", "groups"} if "population" in told else set()  # they are where the population is
    scenario, found = _validated(document)
    found += [_problem(document, path, message) for path, message in check(document.data)]
    problems = document.problems + [problem for problem in found if problem.path not in told]
    if problems or scenario is None:
        raise ScenarioError(sorted(dict.fromkeys(problems), key=lambda problem: _order(document, problem)))
    return scenario.model_copy(update={"basis": tidied(scenario.basis, scenario.resolved())})


def _validated(document: Document) -> tuple[Scenario | None, list[Problem]]:
    try:
        return Scenario.model_validate(document.data, context=names_of(document.data)), []
    except ValidationError as error:
        return None, list(_translated(document, error))


def _order(document: Document, problem: Problem) -> tuple[bool, Mark]:
    return problem.where.file != document.name, problem.where


# ------------------------------------------------------------------------------------ in our own words


def _translated(document: Document, error: ValidationError) -> Iterator[Problem]:
    findings = [found for found in error.errors(include_url=False) if not _is_aftermath(found)]
    unknown = [found["loc"] for found in findings if found["type"] == "extra_forbidden"]
    meant = [(*path[:-1], nearest(str(path[-1]), _fields(path[:-1]))) for path in unknown]
    for found in findings:
        path: Path = found["loc"]
        if path and path[-1] == "[key]":
            yield Problem(_key_mark(document, path[:-1]), dotted(path[:-1]), _message(found))
        elif found["type"] == "extra_forbidden":
            hint = did_you_mean(str(path[-1]), _fields(path[:-1]))
            yield Problem(_key_mark(document, path), dotted(path), f"unknown key{hint}")
        elif found["type"] != "missing":
            yield _problem(document, path, _message(found))
        elif path not in meant:  # a key that was only misspelt is not missing too
            yield Problem(_key_mark(document, path[:-1]), dotted(path), "is missing")


def _is_aftermath(found: ErrorDetails) -> bool:
    """Whether pydantic only misses the items it has refused itself."""
    return found["type"] == "too_short" and bool(found["input"])


def _message(found: ErrorDetails) -> str:
    context = found.get("ctx", {})
    match found["type"]:
        case "scenario":
            return str(context["text"])
        case "too_short":
            return "is empty; at least one is needed"
        case "too_long":
            return f"has {context['actual_length']}; at most {context['max_length']}"
        case "dict_type":
            return f"{shown(found['input'])} is not a mapping"
        case "tuple_type" | "list_type":
            return f"{shown(found['input'])} is not a list"
        case _:
            return f"{shown(found['input'])} is not understood here"


def _fields(path: Path) -> list[str]:
    """The keys that the vocabulary knows at a path."""
    kind: Annotation = Scenario
    for step in path:
        kind = _inside(kind, step)
    return list(kind.model_fields)


def _inside(kind: Annotation, step: str | int) -> Annotation:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        inner = kind.model_fields[str(step)].annotation
    else:
        arguments = get_args(kind)
        inner = arguments[1] if isinstance(step, str) else arguments[0]
    while get_origin(inner) in (Annotated, Union, UnionType):
        inner = get_args(inner)[0]
    return inner


# --------------------------------------------------------------------------------------------- places


def _problem(document: Document, path: Path, message: str) -> Problem:
    """A problem with a value, on the path that the file has: a shorthand hides the rest."""
    written = path
    while written and written not in document.values:
        written = written[:-1]
    return Problem(_value_mark(document, written), dotted(written or path), message)


def _value_mark(document: Document, path: Path) -> Mark:
    return document.values.get(path, Mark(document.name))


def _key_mark(document: Document, path: Path) -> Mark:
    while path and path not in document.keys and path not in document.values:
        path = path[:-1]
    return document.keys.get(path) or _value_mark(document, path)
