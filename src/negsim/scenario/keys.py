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


def marks(model: type[BaseModel], *, at: str = "") -> Iterator[tuple[str, _Mark]]:
    """Yield each mark of a model with the path of its key; `*` stands for any name or number.

    >>> from negsim.scenario.schema import Scenario
    >>> dict(marks(Scenario))["process.meetings.*.evenings"].value
    'informal contact'
    """
    for name, key in model.model_fields.items():
        yield from ((at + name, mark) for mark in key.metadata if isinstance(mark, _Mark))
        for part, path in _parts(key.annotation, f"{at}{name}."):
            yield from marks(part, at=path)


def _parts(annotation: Any, at: str) -> Iterator[tuple[type[BaseModel], str]]:  # noqa: ANN401 - any annotation
    """Yield the models in an annotation with the paths that lead into them."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is None:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield annotation, at
    elif origin in {Union, UnionType}:
        for one in inner:
            yield from _parts(one, at)
    else:
        value = inner[1] if origin is dict else inner[0]
        yield from _parts(value, at if origin is Annotated else f"{at}*.")


def scales(model: type[BaseModel], *, at: str = "") -> Iterator[tuple[str, Scale]]:
    """Yield each number of a model that has words: its path, with `*` for any name or number, and its scale.

    >>> from negsim.scenario.schema import Scenario
    >>> dict(scales(Scenario))["groups.*.red_lines.*.max"].words["low"].number
    0.25
    """
    for name, key in model.model_fields.items():
        yield from _scales(Annotated[key.annotation, *(key.metadata or [None])], at + name)


def _scales(annotation: Any, at: str) -> Iterator[tuple[str, Scale]]:  # noqa: ANN401 - any annotation
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from ((at, kind.scale) for kind in annotation.__metadata__ if isinstance(kind, Kind) and kind.scale)
        yield from _scales(inner[0], at)
    elif origin in {Union, UnionType}:
        for one in inner:
            yield from _scales(one, at)
    elif origin is not None and inner:
        yield from _scales(inner[1] if origin is dict else inner[0], f"{at}.*")
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from scales(annotation, at=f"{at}.")


def is_at_or_around(path: str, pattern: str) -> bool:
    """Say whether one of a path and a pattern leads to, or into, the other.

    >>> is_at_or_around("groups", "groups.*.seats"), is_at_or_around("groups.firms.voice", "groups.*.seats")
    (True, False)
    """
    pairs = zip(path.split("."), pattern.split("."), strict=False)
    return all(step in {here, "*"} for here, step in pairs)
