"""The kinds of value a scenario is made of, each with its own plain message when it is something else.

Rules that hold here
- A value is read once and becomes what the model uses: a word becomes its number.
- A message says what was found and what would be right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeGuard

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from negsim.errors import did_you_mean, shown
from negsim.scenario.codebook import CODEBOOK, Scale
from negsim.scenario.plain import Plain

Json = dict[str, Any]

RESERVED = ("chair", "default", "none")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def fault(message: str, *at: str) -> PydanticCustomError:
    """The error that refuses a value, with the message a person will read. at: steps to the part that is wrong."""
    return PydanticCustomError("scenario", "{text}", {"text": message, "at": at})


class Kind:
    """A kind of value: how it is read, and what editors are told about it."""

    def read(self, value: Plain) -> Plain:
        """The value the model uses; `fault` for any other."""
        raise NotImplementedError

    def json(self) -> Json:
        """The JSON Schema of what a person may write."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's view: one function."""
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> Json:
        """Pydantic's view for editors."""
        return self.json()


def is_number(value: Plain) -> TypeGuard[float]:
    """Whether a value is a number (true and false are not)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def in_range(value: Plain, low: float, high: float, also: str = "") -> Plain:
    """A number within limits; `also` is what else might have been written."""
    limits = " to ".join(str(limit) if isinstance(limit, int) else f"{limit:g}" for limit in (low, high))
    if not is_number(value):
        unquoted = isinstance(value, str) and _NUMBER.fullmatch(value)
        hint = f"write {value} without quotes" if unquoted else f"write a number from {limits}{also}"
        raise fault(f"{shown(value)} is not a number; {hint}")
    if not low <= value <= high:
        raise fault(f"{shown(value)} is out of range; write a number from {limits}")
    return value


@dataclass(frozen=True)
class Coded(Kind):
    """A number on a scale, or one of the scale's words."""

    name: str
    own: Scale | None = None

    @property
    def scale(self) -> Scale:
        """The scale, from the codebook unless it has its own."""
        return self.own or CODEBOOK[self.name]

    def read(self, value: Plain) -> float:
        """The number, within the limits of the scale."""
        words = self.scale.words
        if isinstance(value, str) and value in words:
            return words[value].number
        if isinstance(value, str) and not _NUMBER.fullmatch(value):
            raise fault(f"{shown(value)} is not a number or a word for it{did_you_mean(value, words)}")
        return float(in_range(value, self.scale.low, self.scale.high, f", or {', '.join(words)}"))

    def json(self) -> Json:
        """A number within limits, or a word."""
        limits = {"type": "number", "minimum": self.scale.low, "maximum": self.scale.high}
        return {"anyOf": [limits, {"enum": list(self.scale.words)}], "description": self.scale.meaning}


@dataclass(frozen=True)
class Number(Kind):
    """A number within limits."""

    low: float
    high: float

    def read(self, value: Plain) -> float:
        """The number, as a float."""
        return float(in_range(value, self.low, self.high))

    def json(self) -> Json:
        """A number within limits."""
        return {"type": "number", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number within limits."""

    low: int
    high: int

    def read(self, value: Plain) -> int:
        """The number, as an int."""
        number = in_range(value, self.low, self.high)
        if number != int(number):
            raise fault(f"{shown(value)} is not a whole number; write one from {self.low} to {self.high}")
        return int(number)

    def json(self) -> Json:
        """An integer within limits."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Flag(Kind):
    """True or false."""

    def read(self, value: Plain) -> bool:
        """The flag itself."""
        if not isinstance(value, bool):
            raise fault(f"{shown(value)} is neither true nor false")
        return value

    def json(self) -> Json:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Text(Kind):
    """A text for people to read; empty only where `blank`."""

    blank: bool = False

    def read(self, value: Plain) -> str:
        """The text, as written."""
        if value is None:
            raise fault("is empty; write a text")
        if not isinstance(value, str):
            quoted = f'; put it in quotes: "{value}"' if is_number(value) or isinstance(value, bool) else ""
            raise fault(f"{shown(value)} is not a text{quoted}")
        if not value.strip() and not self.blank:
            raise fault("is empty; write a text")
        if any(not (letter.isprintable() or letter == "\n") for letter in value):
            raise fault(f"{shown(value)} holds characters that cannot be printed; remove them")
        return value

    def json(self) -> Json:
        """A string."""
        return {"type": "string"} if self.blank else {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few words."""

    what: str
    words: tuple[str, ...]

    def read(self, value: Plain) -> str:
        """The word, if it is one of them."""
        if isinstance(value, str) and value in self.words:
            return value
        hint = did_you_mean(value, self.words) if isinstance(value, str) else f"; one of: {', '.join(self.words)}"
        raise fault(f"unknown {self.what} {shown(value)}{hint}")

    def json(self) -> Json:
        """An enumeration."""
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Key(Kind):
    """The name of an issue, group, camp or source: a word other parts of the file refer to."""

    def read(self, value: Plain) -> str:
        """The name, if it can serve as one."""
        if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", value):
            raise fault(f"{shown(value)} is no name; use small letters, digits and _, starting with a letter")
        if value in RESERVED:
            raise fault(f"{shown(value)} has a meaning of its own; choose another name")
        return value

    def json(self) -> Json:
        """A string of small letters."""
        return {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}


@dataclass(frozen=True)
class Proper(Kind):
    """The name of a delegate or a meeting, written as people write it."""

    def read(self, value: Plain) -> str:
        """The name, one printable line."""
        if not isinstance(value, str):
            raise fault(f"{shown(value)} is not a name{'; put it in quotes' if value is not None else ''}")
        plain = value.isprintable() and value == value.strip() and "->" not in value
        if not plain or not 0 < len(value) <= 80 or value in RESERVED:
            raise fault(f"{shown(value)} is no name; use one short line of text")
        return value

    def json(self) -> Json:
        """A short string."""
        return {"type": "string", "minLength": 1, "maxLength": 80}
