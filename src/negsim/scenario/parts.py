"""What every part of a scenario has in common.

Rules that hold here
- A part is frozen and knows all its keys; one it does not know is a mistake of the writer.
- A shorthand (a bare number for a position, a bare word for an evening) becomes the full form before it is checked.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic_core import CoreSchema

from negsim.errors import did_you_mean, shown
from negsim.scenario import values
from negsim.scenario.plain import Plain
from negsim.scenario.references import Pair, Refers
from negsim.scenario.values import Coded, Flag, Json, Key, Proper, Text, fault

Label = Annotated[str, Text(blank=True)]
Said = Annotated[str, Text()]
Name = Annotated[str, Key()]
ProperName = Annotated[str, Proper()]
Switch = Annotated[bool, Flag()]
IssueName = Annotated[str, Refers(("issue",))]
GroupName = Annotated[str, Refers(("group",))]
PairName = Annotated[str, Pair()]
Place = Annotated[float, Coded("position")]
Spread = Annotated[float, Coded("spread")]
Weight = Annotated[float, Coded("salience")]
Trusting = Annotated[float, Coded("trust")]
Share = Annotated[float, Coded("share")]


class Part(BaseModel):
    """A frozen mapping with known keys, and perhaps shorter ways to write it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    shorthand: ClassVar[list[Json]] = []

    @model_validator(mode="before")
    @classmethod
    def _spelt_out(cls, value: Plain) -> Plain:
        if isinstance(value, cls | dict) and not cls.is_short(value):
            return value
        return cls.spell_out(value)

    @classmethod
    def is_short(cls, value: Plain) -> bool:  # noqa: ARG003
        """Whether a mapping is itself a shorthand."""
        return False

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """The mapping that a shorthand stands for; `fault` if it is none."""
        raise fault(f"{shown(value)} is not a mapping; its keys are {', '.join(cls.model_fields)}")

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        """The mapping, or one of its shorthands."""
        own = handler(schema)
        if not cls.shorthand:
            return own
        return {"anyOf": [*cls.shorthand, own]}


class OneOf(Part):
    """A mapping with a single key that says what it is: `{submission: {...}}`."""

    what: ClassVar[str]

    @classmethod
    def is_short(cls, value: Plain) -> bool:
        """Anything but one known key needs a word of advice."""
        return not isinstance(value, cls) and (len(value) != 1 or None in value.values())

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """A bare word is a kind with nothing more to say."""
        if isinstance(value, str):
            if value not in cls.model_fields:
                raise fault(f"unknown {cls.what} {shown(value)}{did_you_mean(value, cls.model_fields)}")
            return {value: {}}
        if isinstance(value, dict) and len(value) == 1:
            return {key: {} for key in value}
        raise fault(f"write one of {', '.join(cls.model_fields)}, and only one")

    @property
    def kind(self) -> str:
        """Which of its keys it has."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @model_serializer(mode="wrap")
    def _only_what_it_is(self, handler: SerializerFunctionWrapHandler) -> Json:
        return {key: value for key, value in handler(self).items() if value is not None}


class Position(Part):
    """Where a seat stands on an issue: a mean, and how far seats differ from it."""

    shorthand: ClassVar[list[Json]] = [
        Coded("position").json(),
        {
            "type": "array",
            "prefixItems": [Coded("position").json(), Coded("spread").json()],
            "minItems": 2,
            "maxItems": 2,
        },
    ]
    mean: Place
    spread: Spread = 0.0

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """A number or word is the mean; two in a list are mean and spread."""
        if isinstance(value, list) and len(value) == 2:
            return {"mean": value[0], "spread": value[1]}
        if values.is_number(value) or isinstance(value, str):
            return {"mean": value}
        raise fault(f"{shown(value)} is not a position; write a number, a word, or [mean, spread]")


class RedLine(Part):
    """What a seat never accepts, whatever the goodwill: text below `min` or above `max`."""

    min: Place | None = None
    max: Place | None = None
    spread: Spread = 0.02

    @model_validator(mode="before")
    @classmethod
    def _in_order(cls, value: Plain) -> Plain:
        low, high = (value.get("min"), value.get("max")) if isinstance(value, dict) else (0, 0)
        if low is None and high is None and set(value) <= set(cls.model_fields):
            raise fault("a red line needs min, max or both")
        if values.is_number(low) and values.is_number(high) and high < low:
            raise fault(f"min {low} is above max {high}; every text would be refused")
        return value
