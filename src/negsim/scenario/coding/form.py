"""What a case file says: facts and codes of a real process, each with source and confidence, and what came of it.

Rules that hold here
- `unknown`, or nothing, is an answer; a known one names a source or quotes one, and says how sure the coder is.
- `Conditions` are what the codebook sees; they have no outcome.
- A case read is a `CodedCase`, frozen; a changed one is another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, create_model, model_validator

from negsim.scenario.coding.answers import ANSWERS, Chosen, Cited, Methods, OrUnknown, Years
from negsim.scenario.coding.table import QUESTIONS
from negsim.scenario.loading import Form
from negsim.scenario.parts import Label, Name, Part, Said
from negsim.scenario.plain import Plain
from negsim.scenario.schema import Format, Source
from negsim.scenario.values import Choice, fault

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


class OutsideCode(Code):
    """The outside option, and whose it is (nothing: everybody's)."""

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
    base = OutsideCode if name == "outside_option" else Code
    return create_model(f"Code {name}", __base__=base, code=(Annotated[Any, OrUnknown(kind)], None))


def _section(title: str, models: dict[str, type[Fact]] | dict[str, type[Code]]) -> type[Part]:
    fields: dict[str, Any] = {name: (model, model()) for name, model in models.items()}
    return create_model(title, __base__=Part, **fields)


FactsPart = _section("Facts", {name: _fact_model(name) for name in ANSWERS})
CodesPart = _section("Codes", {name: _code_model(name) for name in QUESTIONS})


class CaseFile(Part):
    """A case file, as written."""

    case: Annotated[int, Format()]
    title: Said
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
    """A case as it was coded: its conditions, and what came of it (None: not said).

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
