"""Values that depend on what else the file says: names of its issues, groups, delegates, camps, meetings and days.

Rules that hold here
- The `Names` of the file travel as pydantic's validation context; without them any name will do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from negsim.errors import did_you_mean, shown
from negsim.scenario.plain import Plain
from negsim.scenario.values import Json, Kind, Whole, fault


class Names(NamedTuple):
    """What a file defines, for other parts of it to refer to; None where the file does not say it right."""

    issue: tuple[str, ...] | None = None
    group: tuple[str, ...] | None = None
    delegate: tuple[str, ...] | None = None
    camp: tuple[str, ...] | None = None
    meeting: tuple[str, ...] | None = None
    days: tuple[int | None, ...] = ()  # of each meeting


def names_in(info: ValidationInfo) -> Names:
    """The names of the file that is being read."""
    return info.context if isinstance(info.context, Names) else Names()


class Reference(Kind):
    """A kind of value that is checked against the rest of the file."""

    def read_in(self, value: Plain, info: ValidationInfo) -> Plain:
        """The value the model uses; `fault` if the file has no such thing."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's view: one function that sees the context."""
        return core_schema.with_info_plain_validator_function(self.read_in)


@dataclass(frozen=True)
class Refers(Reference):
    """A name that the file defines elsewhere, or one of a few other words."""

    kinds: tuple[str, ...]
    also: tuple[str, ...] = ()

    def read_in(self, value: Plain, info: ValidationInfo) -> str:
        """The name, if the file defines it."""
        if not isinstance(value, str):
            raise fault(f"{shown(value)} is not the name of a {self.what}")
        defined = [getattr(names_in(info), kind) for kind in self.kinds]
        known = [*self.also, *(name for names in defined for name in names or ())]
        if None not in defined and value not in known:
            raise fault(f"unknown {self.what} {shown(value)}{did_you_mean(value, known) or '; the file has none'}")
        return value

    @property
    def what(self) -> str:
        """The kinds, as a message says them."""
        return " or ".join(self.kinds)

    def json(self) -> Json:
        """A string."""
        return {"type": "string", "description": f"name of a {self.what}"}


@dataclass(frozen=True)
class Pair(Reference):
    """Who trusts whom: `a->b`, each a group or a delegate of the file."""

    def read_in(self, value: Plain, info: ValidationInfo) -> str:
        """The pair, without spaces around the arrow."""
        sides = [side.strip() for side in value.split("->")] if isinstance(value, str) else []
        if len(sides) != 2:
            raise fault(f'{shown(value)} is no pair; write "who trusts->who is trusted"')
        return "->".join(Refers(("group", "delegate")).read_in(side, info) for side in sides)

    def json(self) -> Json:
        """A string with an arrow."""
        return {"type": "string", "pattern": "->"}


@dataclass(frozen=True)
class MeetingRef(Reference):
    """A meeting of the process, by number from 1 or by name."""

    followed: bool = False  # whether another has to follow it

    def read_in(self, value: Plain, info: ValidationInfo) -> int:
        """The number of the meeting, from 1."""
        known = names_in(info).meeting
        if isinstance(value, str) and known:
            if value not in known:
                raise fault(f"unknown meeting {shown(value)}{did_you_mean(value, known)}")
            value = known.index(value) + 1
        number = Whole(1, 100).read(value)
        if known and number > len(known):
            raise fault(f"there is no meeting {number}; the process has {len(known)}")
        if known and self.followed and number == len(known):
            raise fault(f"no meeting follows meeting {number}")
        return number

    def json(self) -> Json:
        """A number or a name."""
        return {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}


@dataclass(frozen=True)
class Day(Reference):
    """A day of the meeting that the same event names, from 1."""

    def read_in(self, value: Plain, info: ValidationInfo) -> int:
        """The number of the day, within the meeting where that is known."""
        number = Whole(1, 60).read(value)
        meeting, days = info.data.get("meeting"), names_in(info).days
        has = days[meeting - 1] if isinstance(meeting, int) and meeting <= len(days) else None
        if has is not None and number > has:
            raise fault(f"there is no day {number}; meeting {meeting} has {has}")
        return number

    def json(self) -> Json:
        """A whole number."""
        return {"type": "integer", "minimum": 1}
