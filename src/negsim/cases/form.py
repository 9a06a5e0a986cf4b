"""Case files: facts and codes of a real process, each with its source and confidence, and the outcome.

- `unknown`, or nothing, is an answer. A known answer names a source or quotes one, and says how sure the coder is.
- Each kind of answer is read once, becomes what the codebook uses, and has a plain message for anything else.
- `Conditions` are what the codebook sees; they hold no outcome.
- Relations between the parts of a file are checked once each part is right.
- A `CodedCase` is frozen: a changed case is another one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, create_model, model_validator

from negsim.cases.codebook import OPPOSITES, QUESTIONS, SIDES
from negsim.errors import did_you_mean, literal
from negsim.scenario import schema
from negsim.scenario.schema import FormatNumber, Source
from negsim.scenario.values import Kind, Label, Name, Part, RequiredText, choice, fault, number, text, whole
from negsim.scenario.yaml import Path, Plain, as_list

_UNKNOWN = "unknown"
_MOST_METHODS = 6
MOST_SPAN = 36500  # days: a century


_Unknown = BeforeValidator(lambda value: None if value == _UNKNOWN else value)


def _half_days(most: int) -> Kind:
    halves = number(0.5, most)

    def read(value: Plain) -> int | float:
        days = float(halves.read(value))
        if days * 2 != int(days * 2):
            raise fault(f"{literal(value)} is not a number of whole or half days")
        return int(days) if days == int(days) else days

    return Kind(read)


def _cited(what: str = "source") -> Kind:
    """Accept one name or a list of them, in order."""

    def read(value: Plain) -> tuple[str, ...]:
        names = as_list(value)
        for name in names:
            if not isinstance(name, str):
                raise fault(f"{literal(name)} is not the name of a {what}")
        return tuple(names)

    return Kind(read)


def _years(value: Plain) -> str:
    """Read the years as a text; a single year may be a number."""
    alone = isinstance(value, int) and not isinstance(value, bool)
    return str(text(blank=True).read(str(value) if alone else value))


def _mapping(of: Any, most: int, what: str) -> Any:  # noqa: ANN401 - types
    """Accept a mapping from names to values of a type, in order. what: to write, for messages."""

    def check(value: Plain) -> Plain:
        if not isinstance(value, dict):
            raise fault(f"{literal(value)} is not a mapping; write {what}")
        return value

    return Annotated[dict[Name, of], Field(min_length=1, max_length=most), BeforeValidator(check)]


_Days = Annotated[Annotated[float, _half_days(schema.MOST_DAYS)] | None, _Unknown]
_Seats = Annotated[Annotated[int, whole(1, schema.MOST_SEATS)] | None, _Unknown]
_Side = Annotated[Annotated[str, choice("side", tuple(SIDES))] | None, _Unknown]
_ANSWERS: dict[str, Any] = {
    "issues": _mapping(RequiredText, schema.MOST_ISSUES, "names and labels, as in {oversight: Oversight of resources}"),
    "groups": _mapping(_Seats, schema.MOST_GROUPS, "names and seats, as in {government: 22}"),
    "seats": Annotated[int, whole(2, schema.MOST_SEATS)],
    "sides": _mapping(
        _Side, schema.MOST_GROUPS, f"groups and their sides ({', '.join(SIDES)}), as in {{government: change}}"
    ),
    "meetings": Annotated[int, whole(1, schema.MOST_MEETINGS)],
    "days": Annotated[
        Annotated[tuple[_Days, ...], Tag("each")] | Annotated[_Days, Tag("all")],
        Discriminator(lambda value: "each" if isinstance(value, list | tuple) else "all"),
    ],
    "total_days": Annotated[float, _half_days(schema.MOST_DAYS_IN_ALL)],
    "gaps": tuple[Annotated[float, number(0, schema.MOST_DAYS_BETWEEN)], ...],
    "span": Annotated[int, whole(0, MOST_SPAN)],
}


_Confidence = Annotated[Literal["high", "medium", "low"], choice("confidence", ("high", "medium", "low"))]
_Cited = Annotated[tuple[str, ...], _cited()]
OUTCOME_CODES = ("consensus", "partial", "chair_report", "none", "walkout", "vote")


class Entry(Part):
    """One answer with its origin. key: of the answer itself."""

    key: ClassVar[str]
    source: _Cited = ()
    quote: Label = ""
    confidence: _Confidence | None = None
    note: Label = ""

    @classmethod
    def spell_out(cls, value: Plain) -> Plain:
        """Accept `unknown` alone as a whole answer."""
        if value is None or value == _UNKNOWN:
            return {}
        raise fault(f"write a mapping with {cls.key}, source or quote, and confidence; or unknown")

    @property
    def known(self) -> Plain:
        """The answer, None where it is not known."""
        return getattr(self, self.key)

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
    """A fact, with its value."""

    key = "value"
    value: Any = None


class Code(Entry):
    """A code; `code` is its word (methodology: its words, in order of use)."""

    key = "code"
    code: Any = None


class OwnedCode(Code):
    """A code that may apply to some groups only: an outside option, refusals. whose: those groups, or a side."""

    whose: Annotated[tuple[str, ...], _cited("group")] = ()


class CaseOutcome(Part):
    """The outcome. The codebook never sees it."""

    code: Annotated[str, choice("outcome", OUTCOME_CODES)]
    depth: Label = ""
    source: _Cited = ()
    quote: Label = ""
    confidence: _Confidence | None = None
    note: Label = ""


def _fact_model(name: str) -> type[Fact]:
    answer: Any = Annotated[_ANSWERS[name] | None, _Unknown]
    return create_model(f"Fact {name}", __base__=Fact, value=(answer, None))


def _code_model(name: str) -> type[Code]:
    kind: Any = Annotated[str, choice(f"code of {name}", QUESTIONS[name].words)]
    if name == "methodology":
        kind = Annotated[tuple[kind, ...], Field(min_length=1, max_length=_MOST_METHODS), BeforeValidator(as_list)]
    answer: Any = Annotated[kind | None, _Unknown]
    base = OwnedCode if name in {"outside_option", "refusals"} else Code
    return create_model(f"Code {name}", __base__=base, code=(answer, None))


def _section(title: str, models: dict[str, type[Fact]] | dict[str, type[Code]]) -> type[Part]:
    fields: dict[str, Any] = {name: (model, model()) for name, model in models.items()}
    return create_model(title, __base__=Part, **fields)


_FactsPart = _section("Facts", {name: _fact_model(name) for name in _ANSWERS})
_CodesPart = _section("Codes", {name: _code_model(name) for name in QUESTIONS})


class CaseFile(Part):
    """A case file, as written."""

    case: FormatNumber
    title: RequiredText
    family: Label = ""
    years: Annotated[str, Kind(_years)] = ""
    description: Label = ""
    sources: dict[Name, Source] = Field(default_factory=dict)
    facts: _FactsPart = _FactsPart()  # type: ignore[valid-type]
    codes: _CodesPart = _CodesPart()  # type: ignore[valid-type]
    outcome: CaseOutcome | None = None
    notes: Label = ""


@dataclass(frozen=True)
class Conditions:
    """The codebook's view of a case: its facts and codes, by name, with their sources."""

    title: str
    sources: dict[str, Source]
    facts: dict[str, Fact]
    codes: dict[str, Code]

    @property
    def known_facts(self) -> dict[str, Plain]:
        """The values of the facts, by name; None for one that is not known."""
        return {name: fact.known for name, fact in self.facts.items()}


@dataclass(frozen=True)
class CodedCase:
    """A coded case: its conditions, and its outcome (None: not given).

    family: processes of one parent or people; the name if none is given.
    """

    name: str
    conditions: Conditions
    family: str = ""
    years: str = ""
    outcome: CaseOutcome | None = None

    @property
    def title(self) -> str:
        """The name of the process."""
        return self.conditions.title

    @property
    def facts(self) -> dict[str, Fact]:
        """The facts by name; `known` is None where one is not."""
        return self.conditions.facts

    @property
    def codes(self) -> dict[str, Code]:
        """The codes by name; `known` is None where one is not."""
        return self.conditions.codes

    def recoded(self, name: str, code: Plain) -> CodedCase:
        """Return the case with another answer to one code (None: not known)."""
        codes = self.codes | {name: self.codes[name].model_copy(update={"code": code})}
        return replace(self, conditions=replace(self.conditions, codes=codes))


def coded(name: str, file: CaseFile) -> CodedCase:
    """Make the case that a file of that name holds."""
    facts = {fact: getattr(file.facts, fact) for fact in _ANSWERS}
    codes = {code: getattr(file.codes, code) for code in QUESTIONS}
    conditions = Conditions(file.title, file.sources, facts, codes)
    return CodedCase(name, conditions, file.family or name, file.years, file.outcome)


_Findings = Iterator[tuple[Path, str]]


def check(case: CodedCase, file: CaseFile) -> _Findings:
    """Yield every problem between the parts of a case file, each of which is right by itself: where, and what."""
    yield from _uncited(case, file)
    facts = case.conditions.known_facts
    yield from _groups(facts)
    yield from _meetings(facts)
    groups = facts["groups"] or {}
    for group in getattr(case.codes["outside_option"], "whose", ()):
        if group not in groups:
            yield ("codes", "outside_option", "whose"), _no_group(group, groups)
    yield from _refusals(case.codes["refusals"], facts)


def _refusals(code: Code, facts: dict[str, Plain]) -> _Findings:
    """Check who refuses: groups that are on a side, or a side; one side or both, as the code says."""
    groups, sides, at = facts["groups"] or {}, facts["sides"] or {}, ("codes", "refusals", "whose")
    named: tuple[str, ...] = getattr(code, "whose", ())
    for name in named:
        if name in groups and sides.get(name) not in OPPOSITES:
            yield (
                at,
                f"{name} is on no side in `facts.sides`; say its side there, or write {' or '.join(OPPOSITES)} here",
            )
        elif name not in groups and name not in OPPOSITES:
            yield at, f"unknown group {literal(name)}{did_you_mean(name, [*groups, *OPPOSITES])}"
    declared = {sides.get(name, name) for name in named} & set(OPPOSITES)
    if code.known == "none" and named:
        yield at, "names who refuses, and the code says that nobody does"
    if code.known == "one_side" and len(declared) > 1:
        yield at, "names both sides; write both as the code, or those of one side"
    if code.known == "both" and len(declared) == 1:
        yield at, "names one side; add those of the other, or leave `whose` out"


def _uncited(case: CodedCase, file: CaseFile) -> _Findings:
    """Yield sources that are named but not listed."""
    entries: list[tuple[Path, Entry | CaseOutcome]] = [(("facts", name), fact) for name, fact in case.facts.items()]
    entries += [(("codes", name), code) for name, code in case.codes.items()]
    entries += [] if case.outcome is None else [(("outcome",), case.outcome)]
    for path, entry in entries:
        for source in entry.source:
            if source not in file.sources:
                yield (*path, "source"), f"unknown source {literal(source)}{did_you_mean(source, file.sources)}"


def _fact(name: str) -> Path:
    return ("facts", name, "value")


def _groups(facts: dict[str, Plain]) -> _Findings:
    groups, seats = facts["groups"] or {}, facts["seats"]
    for group in facts["sides"] or {}:
        if group not in groups:
            yield _fact("sides"), _no_group(group, groups)
    in_groups = sum(number for number in groups.values() if number is not None)
    open_ = sum(number is None for number in groups.values())
    if seats is not None and groups and not open_ and in_groups != seats:
        yield _fact("seats"), f"{seats} seats in all, and {in_groups} in the groups; keep what is right"
    if seats is not None and seats < in_groups + open_:
        yield _fact("seats"), f"{seats} seats in all are too few for the groups"
    if seats is None and groups and not open_ and in_groups < 2:
        yield _fact("groups"), "has 1 seat in all; a negotiation needs at least 2"


def _no_group(group: str, groups: dict[str, Plain]) -> str:
    return f"unknown group {literal(group)}{did_you_mean(group, groups) or '; `facts.groups` names none'}"


def _meetings(facts: dict[str, Plain]) -> _Findings:
    days, total, gaps = facts["days"], facts["total_days"], facts["gaps"]
    listed = len(days) if isinstance(days, tuple) else None
    if listed == 0:
        yield _fact("days"), "is empty; write the days of each meeting, or unknown"
        return
    count = facts["meetings"] or listed
    if listed is not None and listed != count:
        yield _fact("days"), f"has {listed} for {count} meetings"
    in_all = sum(math.ceil(one or 1) for one in days) if listed else math.ceil(days or 0) * (count or 1)
    if in_all > schema.MOST_DAYS_IN_ALL:
        yield _fact("days"), f"makes {in_all:g} days in all; at most {schema.MOST_DAYS_IN_ALL}"
    if listed and None not in days and total is not None and sum(days) != total:
        yield _fact("total_days"), f"{total:g} in all, and {sum(days):g} in `days`; keep what is right"
    if listed and None in days and total is not None and total < sum(1 if one is None else one for one in days):
        yield _fact("total_days"), f"{total:g} in all are too few for the known `days` and a day of each other"
    if gaps is not None and count is None:
        yield _fact("gaps"), "needs the number of meetings: write `meetings`, or leave the gaps out"
    if gaps is not None and count is not None and len(gaps) != count - 1:
        yield _fact("gaps"), f"has {len(gaps)} for {count} meetings; there are {count - 1}"
    if not listed and total is not None and count is not None and total < count:
        yield _fact("total_days"), f"{total:g} in all are too few for {count} meetings; a day is the least"
    if total is not None and count is not None and total > schema.MOST_DAYS * count:
        too_many = f"are too many for {count} meetings of at most {schema.MOST_DAYS}"
        yield _fact("total_days"), f"{total:g} in all {too_many}"
