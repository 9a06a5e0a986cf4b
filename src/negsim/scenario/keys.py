"""The marks of the keys of the scenario language: what each belongs to, what it bears on, and its scale.

- An `Aspect` is what the key belongs to, with all that lies below it; a mark below another one says nothing.
- `Bearing.SIZE` marks a key whose value makes the work on a run larger. It says nothing to `negsim explain`.
- A mark stands outside of a union: `Annotated[float | None, Aspect.CHAIR]`; a scale stands at its number.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from negsim.cast.aspects import Aspect
from negsim.scenario.values import Kind
from negsim.scenario.words import Scale


class Bearing(Enum):
    """An effect of a key that others have to know of."""

    SIZE = "the work on a run"


_Mark = Aspect | Bearing


def marks(model: type[BaseModel]) -> Iterator[tuple[str, _Mark]]:
    """Yield each mark of a model with the path of its key; `*` stands for any name or number.

    >>> from negsim.scenario.schema import Scenario
    >>> dict(marks(Scenario))["process.meetings.*.evenings"].value
    'informal contact'
    """
    yield from ((path, mark) for path, mark in _annotations(model) if isinstance(mark, _Mark))


def scales(model: type[BaseModel]) -> Iterator[tuple[str, Scale]]:
    """Yield each number of a model that has words: its path, with `*` for any name or number, and its scale.

    >>> from negsim.scenario.schema import Scenario
    >>> dict(scales(Scenario))["groups.*.red_lines.*.max"].words["low"].number
    0.25
    """
    yield from ((path, kind.scale) for path, kind in _annotations(model) if isinstance(kind, Kind) and kind.scale)


def _annotations(model: type[BaseModel], at: str = "") -> Iterator[tuple[str, object]]:
    """Yield whatever annotates a key of a model, or a value below it, with its path; of a key before what is below."""
    for name, key in model.model_fields.items():
        yield from ((at + name, note) for note in key.metadata)
        yield from _annotations_in(key.annotation, at + name)


def _annotations_in(annotation: Any, at: str) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - any annotation
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from ((at, note) for note in annotation.__metadata__)
        yield from _annotations_in(inner[0], at)
    elif origin in {Union, UnionType}:
        for one in inner:
            yield from _annotations_in(one, at)
    elif origin is not None and inner:
        yield from _annotations_in(inner[1] if origin is dict else inner[0], f"{at}.*")
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _annotations(annotation, f"{at}.")


def is_at_or_around(path: str, pattern: str) -> bool:
    """Say whether one of a path and a pattern leads to, or into, the other.

    >>> is_at_or_around("groups", "groups.*.seats"), is_at_or_around("groups.firms.voice", "groups.*.seats")
    (True, False)
    """
    pairs = zip(path.split("."), pattern.split("."), strict=False)
    return all(step in {here, "*"} for here, step in pairs)
