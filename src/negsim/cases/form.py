"""What a case file says: facts and codes of a real process, each with its source and confidence, and the outcome.

- `unknown`, or nothing, is an answer. A known answer names a source or quotes one, and says how sure the coder is.
- Each kind of answer is read once, becomes what the codebook uses, and has a plain message for anything else.
- `Conditions` are what the codebook sees; they hold no outcome.
- A `CodedCase` is frozen: a changed case is another one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from negsim.cases.codebook import OPTION, QUESTIONS, REFUSALS, SIDES
from negsim.errors import literal
from negsim.scenario.schema import (
    MOST_DAYS,
    MOST_DAYS_BETWEEN,
    MOST_GROUPS,
    MOST_ISSUES,
    MOST_MEETINGS,
    MOST_SEATS,
    MOST_SEATS_A_GROUP,
    Format,
    Source,
)
from negsim.scenario.validate import MOST_DAYS_IN_ALL
from negsim.scenario.values import Choice, Json, Key, Kind, Label, Name, Number, Part, RequiredText, Text, Whole, fault
from negsim.scenario.yaml import Form, Plain

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
class Days(Kind):
    """A number of days; half days are days too."""

    most: int

    def read(self, value: Plain) -> int | float:
        """The number, whole where it is."""
        days = float(Number(0.5, self.most).read(value))
        if days * 2 != int(days * 2):
            raise fault(f"{literal(value)} is not a number of whole or half days")
        return int(days) if days == int(days) else days

    def json(self) -> Json:
        """A multiple of a half."""
        return Number(0.5, self.most).json() | {"multipleOf": 0.5}


@dataclass(frozen=True)
class Cited(Kind):
    """One name or a list of them."""

    what: str = "source"

    def read(self, value: Plain) -> tuple[str, ...]:
        """The names, in order."""
        names = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
        for name in names:
            if not isinstance(name, str):
                raise fault(f"{literal(name)} is not the name of a {self.what}")
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
        methods = list(value) if isinstance(value, list | tuple) else [value]
        if not 0 < len(methods) <= MOST_METHODS:
            raise fault(f"has {len(methods)} methodologies; write one to {MOST_METHODS}, or unknown")
        return tuple(Chosen(self.name).read(method) for method in methods)

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
            raise fault(f"{literal(value)} is not a mapping; write {self.what}")
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
        raise fault(f"{literal(value)} is not a list")

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
    "days": Listed(OrUnknown(Days(MOST_DAYS)), single=True),
    "total_days": Days(MOST_DAYS_IN_ALL),
    "gaps": Listed(Number(0, MOST_DAYS_BETWEEN), single=False),
    "span": Whole(0, MOST_SPAN),
}  # fmt: skip


CASE = Form("case", "case: 1")
Confidence = Literal["high", "medium", "low"]
OUTCOMES = ("consensus", "partial", "chair_report", "none", "walkout", "vote")


class Entry(Part):
    """One answer with where it comes from. known: the answer, None where it is not known."""

    source: Annotated[tuple[str, ...], Cited()] = ()
    quote: Label = ""
    confidence: Annotated[Confidence, Choice("confidence", get_args(Confidence))] | None = None
    note: Label = ""

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """`unknown` alone says it all."""
        if value is None or value == "unknown":
            return {}
        key = "code" if "code" in cls.model_fields else "value"
        raise fault(f"write a mapping with {key}, source or quote, and confidence; or unknown")

    @property
    def known(self) -> Plain:
        """The answer, None where it is not known."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _founded(self) -> Entry:
        if self.known is None:
            return self
        if not self.source and not self.quote:
            raise fault("names no source; add `source` (a key of `sources`) or `quote`, or write unknown")
        if self.confidence is None:
            raise fault("says no confidence; add `confidence`: high, medium or low")
        return self


class Fact(Entry):
    """A fact; `value` is what it is."""

    value: Any = None

    @property
    def known(self) -> Plain:
        """The fact."""
        return self.value


class Code(Entry):
    """A code; `code` is its word (methodology: its words, in order of use)."""

    code: Any = None

    @property
    def known(self) -> Plain:
        """The word."""
        return self.code


class OwnedCode(Code):
    """A code that may be of some groups only: an outside option, refusals. whose: those groups, or a side."""

    whose: Annotated[tuple[str, ...], Cited("group")] = ()


class Outcome(Part):
    """What happened. The codebook never sees it."""

    code: Annotated[str, Choice("outcome", OUTCOMES)]
    depth: Label = ""
    source: Annotated[tuple[str, ...], Cited()] = ()
    quote: Label = ""
    confidence: Annotated[Confidence, Choice("confidence", get_args(Confidence))] | None = None
    note: Label = ""


def _fact_model(name: str) -> type[Fact]:
    return create_model(f"Fact {name}", __base__=Fact, value=(Annotated[Any, OrUnknown(ANSWERS[name])], None))


def _code_model(name: str) -> type[Code]:
    kind = Methods(name) if name == "methodology" else Chosen(name)
    base = OwnedCode if name in {OPTION, REFUSALS} else Code
    return create_model(f"Code {name}", __base__=base, code=(Annotated[Any, OrUnknown(kind)], None))


def _section(title: str, models: dict[str, type[Fact]] | dict[str, type[Code]]) -> type[Part]:
    fields: dict[str, Any] = {name: (model, model()) for name, model in models.items()}
    return create_model(title, __base__=Part, **fields)


FactsPart = _section("Facts", {name: _fact_model(name) for name in ANSWERS})
CodesPart = _section("Codes", {name: _code_model(name) for name in QUESTIONS})


class CaseFile(Part):
    """A case file, as written."""

    case: Annotated[int, Format()]
    title: RequiredText
    family: Label = ""
    years: Annotated[str, Years()] = ""
    description: Label = ""
    sources: dict[Name, Source] = Field(default_factory=dict)
    facts: FactsPart = FactsPart()  # type: ignore[valid-type]
    codes: CodesPart = CodesPart()  # type: ignore[valid-type]
    outcome: Outcome | None = None
    notes: Label = ""


@dataclass(frozen=True)
class Conditions:
    """What the codebook sees of a case: its facts and codes, by name, with their sources."""

    title: str
    sources: dict[str, Source]
    facts: dict[str, Fact]
    codes: dict[str, Code]


@dataclass(frozen=True)
class CodedCase:
    """A coded case: its conditions, and what came of it (None: not said).

    family: processes of one parent or people; the name where none is given.
    """

    name: str
    conditions: Conditions
    family: str = ""
    years: str = ""
    outcome: Outcome | None = None

    @property
    def title(self) -> str:
        """What the process is called."""
        return self.conditions.title

    @property
    def facts(self) -> dict[str, Fact]:
        """The facts by name; `known` is None where one is not."""
        return self.conditions.facts

    @property
    def codes(self) -> dict[str, Code]:
        """The codes by name; `known` is None where one is not."""
        return self.conditions.codes

    def without_outcome(self) -> CodedCase:
        """The case as one knew it before it ended."""
        return replace(self, outcome=None)

    def recoded(self, name: str, code: Plain) -> CodedCase:
        """The case with another answer to one code (None: not known)."""
        codes = self.codes | {name: self.codes[name].model_copy(update={"code": code})}
        return replace(self, conditions=replace(self.conditions, codes=codes))


def coded(name: str, file: CaseFile) -> CodedCase:
    """The case that a file of that name holds."""
    facts = {fact: getattr(file.facts, fact) for fact in ANSWERS}
    codes = {code: getattr(file.codes, code) for code in QUESTIONS}
    conditions = Conditions(file.title, file.sources, facts, codes)
    return CodedCase(name, conditions, file.family or name, file.years, file.outcome)
