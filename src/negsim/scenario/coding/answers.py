"""The kinds of answer that a case file gives, each with its own plain message when it is something else.

Rules that hold here
- A value is read once and becomes what the codebook uses.
- `unknown` and nothing are the same: not known.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic_core import PydanticCustomError

from negsim.errors import shown
from negsim.scenario.coding.priors import SIDES
from negsim.scenario.coding.table import QUESTIONS
from negsim.scenario.plain import Plain
from negsim.scenario.process import MOST_DAYS, MOST_MEETINGS
from negsim.scenario.schema import MOST_GROUPS, MOST_ISSUES, MOST_SEATS, MOST_SEATS_A_GROUP
from negsim.scenario.values import Choice, Json, Key, Kind, Number, Text, Whole, fault

UNKNOWN = "unknown"
MOST_METHODS = 6
MOST_SPAN = 36500  # days: a century


@dataclass(frozen=True)
class OrUnknown(Kind):
    """A value of some kind, or `unknown`."""

    kind: Kind

    def read(self, value: Plain) -> Plain:
        """The value, None where it is not known."""
        return None if value is None or value == UNKNOWN else self.kind.read(value)

    def json(self) -> Json:
        """What the kind may be, or `unknown`."""
        return {"anyOf": [self.kind.json(), {"enum": [UNKNOWN, None]}]}


@dataclass(frozen=True)
class Cited(Kind):
    """One name or a list of them."""

    what: str = "source"

    def read(self, value: Plain) -> tuple[str, ...]:
        """The names, in order."""
        names = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
        for name in names:
            if not isinstance(name, str):
                raise fault(f"{shown(name)} is not the name of a {self.what}")
        return tuple(names)

    def json(self) -> Json:
        """A name or a list of names."""
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


@dataclass(frozen=True)
class Years(Kind):
    """When it was, as a text; a single year may be a number."""

    def read(self, value: Plain) -> str:
        """The text."""
        alone = isinstance(value, int) and not isinstance(value, bool)
        return str(Text(blank=True).read(str(value) if alone else value))

    def json(self) -> Json:
        """A text or a whole number."""
        return {"anyOf": [Text(blank=True).json(), {"type": "integer"}]}


@dataclass(frozen=True)
class Chosen(Kind):
    """One of the words of a code."""

    name: str

    def read(self, value: Plain) -> str:
        """The word."""
        return Choice(f"code of {self.name}", QUESTIONS[self.name].words).read(value)

    def json(self) -> Json:
        """An enumeration."""
        return {"enum": list(QUESTIONS[self.name].words)}


@dataclass(frozen=True)
class Methods(Kind):
    """One methodology, or several in their order of use."""

    name: str

    def read(self, value: Plain) -> tuple[str, ...]:
        """The names, in order."""
        said = list(value) if isinstance(value, list | tuple) else [value]
        if not 0 < len(said) <= MOST_METHODS:
            raise fault(f"has {len(said)} methodologies; write one to {MOST_METHODS}, or unknown")
        return tuple(Chosen(self.name).read(method) for method in said)

    def json(self) -> Json:
        """A name or a list of names."""
        return {"anyOf": [Chosen(self.name).json(), {"type": "array", "items": Chosen(self.name).json()}]}


@dataclass(frozen=True)
class Mapped(Kind):
    """A mapping from names to values of one kind; a value may be left open where `open_` says so."""

    what: str
    kind: Kind
    most: int
    open_: bool = False

    def read(self, value: Plain) -> dict[str, Plain]:
        """The mapping, in order."""
        if not isinstance(value, dict):
            raise fault(f"{shown(value)} is not a mapping; write {self.what}")
        if not 0 < len(value) <= self.most:
            raise fault(f"has {len(value)}; write 1 to {self.most}")
        for name in value:
            _inside(Key(), name, name)
        kind = OrUnknown(self.kind) if self.open_ else self.kind
        return {name: _inside(kind, name, item) for name, item in value.items()}

    def json(self) -> Json:
        """An object."""
        return {"type": "object", "additionalProperties": OrUnknown(self.kind).json()}


@dataclass(frozen=True)
class Listed(Kind):
    """A list of values of one kind; `single` where one value may stand for all."""

    kind: Kind
    single: bool

    def read(self, value: Plain) -> Plain:
        """The list, or the one value."""
        if isinstance(value, list | tuple):
            return tuple(_inside(self.kind, str(i), item) for i, item in enumerate(value))
        if self.single:
            return self.kind.read(value)
        raise fault(f"{shown(value)} is not a list")

    def json(self) -> Json:
        """A list."""
        listed = {"type": "array", "items": self.kind.json()}
        return {"anyOf": [self.kind.json(), listed]} if self.single else listed


def _inside(kind: Kind, at: str, value: Plain) -> Plain:
    """A value inside another, refused at its own place."""
    try:
        return kind.read(value)
    except PydanticCustomError as refusal:
        text = (refusal.context or {})["text"]
        raise fault(f"{text} (item {at})" if at.isdecimal() else str(text), at) from None


ANSWERS: dict[str, Kind] = {
    "issues": Mapped("names and labels, as in {oversight: Oversight of resources}", Text(), MOST_ISSUES),
    "groups": Mapped(
        "names and seats, as in {government: 22}", Whole(1, MOST_SEATS_A_GROUP), MOST_GROUPS, open_=True
    ),
    "seats": Whole(2, MOST_SEATS),
    "sides": Mapped(
        f"groups and their sides ({', '.join(SIDES)}), as in {{government: change}}",
        Choice("side", tuple(SIDES)), MOST_GROUPS, open_=True,
    ),
    "meetings": Whole(1, MOST_MEETINGS),
    "days": Listed(Whole(1, MOST_DAYS), single=True),
    "total_days": Whole(1, 1000),
    "gaps": Listed(Number(0, 3650), single=False),
    "span": Whole(0, MOST_SPAN),
}  # fmt: skip
