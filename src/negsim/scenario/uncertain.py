"""What a scenario leaves open: values that are drawn anew for every replication.

Rules that hold here
- A key of `uncertain` is a path as `--set` takes it, knobs included; `seats`, `parameters` and names of our own are
  for what no single path can say.
- A distribution says what is not known; it is no place for a guess, and none is preferred to another value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from negsim.errors import shown
from negsim.scenario.ensembles import EnsembleName
from negsim.scenario.parts import OneOf
from negsim.scenario.plain import Plain
from negsim.scenario.values import Json, Kind, Whole, fault, is_number

UNCERTAIN = "uncertain"  # the section
PARAMETERS, SEATS = "parameters", "seats"  # its keys that are no paths
MOST_VALUES = 1000
MOST_UNCERTAIN = 200


class Value(Kind):
    """Whatever may be written at the path; it is read when it is put there."""

    def read(self, value: Plain) -> Plain:
        """The value as it stands."""
        return value

    def json(self) -> Json:
        """Anything."""
        return {}


@dataclass(frozen=True)
class Range(Kind):
    """Two numbers, the lower one first."""

    whole: bool

    def read(self, value: Plain) -> tuple[Any, ...]:
        """Both ends."""
        fits = isinstance(value, list | tuple) and len(value) == 2 and all(is_number(end) for end in value)
        if not fits or value[0] > value[1] or (self.whole and any(end != int(end) for end in value)):
            kind = "whole numbers" if self.whole else "numbers"
            raise fault(f"{shown(value)} is no range; write two {kind}, the lower one first, as in [2, 6]")
        return tuple(int(end) for end in value) if self.whole else tuple(float(end) for end in value)

    def json(self) -> Json:
        """Two numbers."""
        kind = {"type": "integer" if self.whole else "number"}
        return {"type": "array", "items": kind, "minItems": 2, "maxItems": 2}


class Together(Kind):
    """Changes that are made together: a mapping from paths to values."""

    def read(self, value: Plain) -> dict[str, Plain]:
        """The mapping."""
        if not isinstance(value, dict) or not value or not all(isinstance(path, str) for path in value):
            raise fault(
                f"{shown(value)} is no set of changes; write paths and their values, as in {{trust.across: low}}"
            )
        return value

    def json(self) -> Json:
        """A mapping."""
        return {"type": "object", "minProperties": 1}


Values = Annotated[tuple[Annotated[Any, Value()], ...], Field(min_length=1, max_length=MOST_VALUES)]


class Uncertain(OneOf):
    """How a value is drawn: each equally likely."""

    what: ClassVar[str] = "distribution"
    shorthand: ClassVar[list[Json]] = [{"type": "string"}]
    one_of: Values | None = None
    integers: Annotated[tuple[int, ...], Range(whole=True)] | None = None
    uniform: Annotated[tuple[float, ...], Range(whole=False)] | None = None
    split: Annotated[int, Whole(2, 2000)] | None = None  # of `seats`: so many in all, dealt to the groups at random
    either: (
        Annotated[tuple[Annotated[dict[str, Any], Together()], ...], Field(min_length=1, max_length=MOST_VALUES)] | None
    ) = None
    ensemble: Annotated[str, EnsembleName()] | None = None  # of `parameters`: the members of a sample, in turn

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """A bare word is the name of an ensemble."""
        if isinstance(value, str):
            return {"ensemble": value}
        if isinstance(value, dict):
            return super().spell_out(value)
        raise fault(
            f"{shown(value)} is no distribution; write one of {', '.join(cls.model_fields)}, "
            "as in {one_of: [low, high]}"
        )
