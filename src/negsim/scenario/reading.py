"""A document into a scenario, or everything that is wrong with it.

Rules that hold here
- The problems of the text, of the vocabulary and between the parts are told together, in the order of the file.
- Nothing that pydantic says reaches a person: its findings are put in our words, with their place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from negsim.errors import Mark, Problem, ScenarioError, did_you_mean, nearest, shown
from negsim.scenario.checks import check, names_of
from negsim.scenario.loading import SCENARIO, Document, Form
from negsim.scenario.plain import Path, dotted
from negsim.scenario.schema import Scenario
from negsim.scenario.sourcing import tidied

MOST_SUGGESTIONS = 200  # what unknown keys were meant to be

Annotation = Any  # what follows a field's colon
Model = TypeVar("Model", bound=BaseModel)


def read(document: Document) -> Scenario:
    """The scenario in a document; raises `ScenarioError` with all its problems."""
    must_be_mapping(document, SCENARIO)
    scenario, found = validated(document, Scenario, names_of(document.data))
    found += [problem_at(document, path, message) for path, message in check(document.data)]
    raise_all(document, found)
    assert scenario is not None  # noqa: S101 - without problems there is one
    return scenario.model_copy(update={"basis": tidied(scenario.basis, scenario.resolved())})


def must_be_mapping(document: Document, form: Form) -> None:
    """Raise `ScenarioError` for a document that holds anything but a mapping."""
    if not isinstance(document.data, dict):
        a = f"a {form.name}"
        message = f"{shown(document.data)} is not {a}; {a} is a mapping that starts with `{form.start}`"
        raise ScenarioError(document.problems or [Problem(_value_mark(document, ()), "", message)])


def validated(document: Document, model: type[Model], context: object = None) -> tuple[Model | None, list[Problem]]:
    """What a document says in the vocabulary of a model, or None and what is wrong with it."""
    try:
        return model.model_validate(document.data, context=context), []
    except ValidationError as error:
        return None, list(_translated(document, error, model))


def raise_all(document: Document, found: Iterable[Problem]) -> None:
    """Raise the problems of the text and those found since, in the order of the file, if there are any."""
    told = {problem.path for problem in document.problems}
    told |= {"issues", "groups"} if "population" in told else set()  # they are where the population is
    problems = document.problems + [problem for problem in found if problem.path not in told]
    if problems:
        raise ScenarioError(sorted(dict.fromkeys(problems), key=lambda problem: _order(document, problem)))


def _order(document: Document, problem: Problem) -> tuple[bool, Mark]:
    return problem.where.file != document.name, problem.where


# ------------------------------------------------------------------------------------ in our own words


def _translated(document: Document, error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    findings = [found for found in error.errors(include_url=False) if not _is_aftermath(found)]
    unknown = [found["loc"] for found in findings if found["type"] == "extra_forbidden"][:MOST_SUGGESTIONS]
    meant = [(*path[:-1], nearest(str(path[-1]), _fields(model, path[:-1]))) for path in unknown]
    for found in findings:
        path: Path = (*found["loc"], *found.get("ctx", {}).get("at", ()))
        if path and path[-1] == "[key]":
            yield Problem(_key_mark(document, path[:-1]), dotted(path[:-1]), _message(found))
        elif found["type"] == "extra_forbidden":
            hint = did_you_mean(str(path[-1]), _fields(model, path[:-1])) if path in unknown else ""
            yield Problem(_key_mark(document, path), dotted(path), f"unknown key{hint}")
        elif found["type"] != "missing":
            yield problem_at(document, path, _message(found))
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


def _fields(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the vocabulary knows at a path."""
    kind: Annotation = model
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


def problem_at(document: Document, path: Path, message: str) -> Problem:
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
