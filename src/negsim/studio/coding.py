"""A case coded in a form: its fields as a case file, a case file as its fields, and the forecast of a file.

- Questions, options and their meanings are the codebook's; the form adds none of its own.
- Whatever the fields hold becomes a text. What is wrong with it is for the reader of case files to say, at the same
  places as on the command line.
- A name that the coder does not choose follows from its label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from negsim.cases import CodedCase, loads_case
from negsim.cases.codebook import FACTS, QUESTIONS
from negsim.cases.form import CASE, CaseOutcome, Code, Fact
from negsim.cases.start import case_text
from negsim.report.summary import forecast_rows
from negsim.scenario import loads
from negsim.scenario.values import key_of
from negsim.scenario.yaml import Plain, as_list, parse
from negsim.studio.limits import (
    MOST_FORECAST,
    MOST_FORM_ROWS,
    MOST_FORM_TEXT,
    RefusedError,
    check_size,
    most_replications,
)
from negsim.study.runner import run

_CASE_FILE = "mycase.yaml"  # the name of a case when downloaded
UNKNOWN = "unknown"
LISTS = ("days", "gaps")  # facts of one number or several
NUMBERS = ("seats", "meetings", "total_days", "span")


@dataclass
class _Evidence:
    """The place that says so, and how sure the coder is."""

    source: list[str] = field(default_factory=list)
    quote: str = ""
    confidence: str = ""
    note: str = ""

    def entry(self, key: str, value: Plain, **more: Plain) -> Plain:
        """Return the entry of an answer in a case file. key: of the answer in it."""
        parts = {"source": self.source, "confidence": self.confidence, "quote": self.quote, "note": self.note} | more
        return {key: value} | {name: part for name, part in parts.items() if part}


@dataclass
class CodedGroup:
    """A group at the table, as typed."""

    name: str = ""
    seats: str = ""
    side: str = UNKNOWN


@dataclass
class CodedSource:
    """A source, as typed."""

    name: str = ""
    text: str = ""
    url: str = ""
    insider: str = ""  # no field of the form: kept for the file that has it


@dataclass
class CaseFields:
    """The fields of the form. Texts are as they were typed."""

    title: str = ""
    family: str = ""
    years: str = ""
    description: str = ""  # no field of the form: kept for the file that has it
    notes: str = ""
    sources: list[CodedSource] = field(default_factory=list)
    issues: str = ""  # a label on each line, the core issue first
    issue_names: dict[str, str] = field(default_factory=dict)  # by label, where a file has chosen them
    groups: list[CodedGroup] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)  # those of numbers, by name
    codes: dict[str, list[str]] = field(default_factory=dict)  # the words, by name; none if it is not known
    whose: dict[str, list[str]] = field(default_factory=dict)  # by code
    evidence: dict[str, _Evidence] = field(default_factory=lambda: {name: _Evidence() for name in (*FACTS, *QUESTIONS)})
    outcome: str = ""
    depth: str = ""
    outcome_evidence: _Evidence = field(default_factory=_Evidence)

    def named_sources(self) -> dict[str, CodedSource]:
        """Return the sources by name; one without a name takes it from its text."""
        rows = [row for row in self.sources if row.name or row.text or row.url]
        return dict(zip(_keys([row.name or row.text for row in rows], "source"), rows, strict=True))

    def named_groups(self) -> dict[str, CodedGroup]:
        """Return the groups by name."""
        rows = [row for row in self.groups if row.name]
        return dict(zip(_keys([row.name for row in rows], "group"), rows, strict=True))

    def value(self, fact: str) -> Plain:
        """Return the value of a fact; `UNKNOWN` if nothing is typed."""
        match fact:
            case "issues":
                labels = [label.strip() for label in self.issues.splitlines() if label.strip()]
                names = _keys([self.issue_names.get(label, label) for label in labels], "issue")
                return dict(zip(names, labels, strict=True)) or UNKNOWN
            case "groups":
                return {name: _plain(row.seats) for name, row in self.named_groups().items()} or UNKNOWN
            case "sides":
                sides = {name: row.side for name, row in self.named_groups().items()}
                return {name: side for name, side in sides.items() if side != UNKNOWN} or UNKNOWN
        typed = self.facts.get(fact, "")
        numbers = [_plain(part) for part in typed.split(",") if part.strip()]
        if not numbers:
            return UNKNOWN
        return numbers if "," in typed or fact == "gaps" else numbers[0]  # a comma makes a list, be it of one

    def is_known(self, name: str) -> bool:
        """Return whether a fact or a code has an answer."""
        return bool(self.codes.get(name)) if name in QUESTIONS else self.value(name) != UNKNOWN

    def text(self) -> str:
        """Write the case file, with the questions as comments."""
        head = {"title": self.title, "family": self.family, "years": self.years}
        data: dict[str, Plain] = {"case": 1} | {key: value.strip() for key, value in head.items()}
        data |= {"description": self.description} if self.description else {}
        data["sources"] = {
            name: {"text": row.text or row.name or row.url}
            | {key: value for key, value in (("url", row.url), ("insider", row.insider)) if value}
            for name, row in self.named_sources().items()
        }
        data["facts"] = {name: self._fact(name) for name in FACTS}
        data["codes"] = {name: self._code(name) for name in QUESTIONS}
        if self.outcome:
            data["outcome"] = self.outcome_evidence.entry("code", self.outcome, depth=self.depth)
        return case_text(data | ({"notes": self.notes} if self.notes else {}))

    def _fact(self, name: str) -> Plain:
        entry = self.evidence[name].entry("value", self.value(name))
        return UNKNOWN if entry == {"value": UNKNOWN} else entry

    def _code(self, name: str) -> Plain:
        words = self.codes.get(name) or [UNKNOWN]
        return self.evidence[name].entry("code", words if len(words) > 1 else words[0], whose=self.whose.get(name))


def _plain(text: str) -> Plain:
    """Return the number in a text, the text itself if there is none, `UNKNOWN` for an empty one."""
    text = text.strip()
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text or UNKNOWN


def _keys(texts: list[str], usual: str) -> list[str]:
    """Make a name from each text, no two alike.

    >>> _keys(["A forum", "A forum!", "安全"], "issue")
    ['a_forum', 'a_forum_2', 'issue']
    """
    keys: dict[str, None] = {}
    tries: dict[str, Iterator[str]] = {}  # of a name, one after the other, however many texts have it
    for text in texts:
        key = key_of(text, usual)
        more = tries.setdefault(key, (key if n == 1 else f"{key}_{n}" for n in count(1)))
        keys[next(each for each in more if each not in keys)] = None
    return list(keys)


_HEAD = ("title", "family", "years", "description", "notes", "issues", "outcome", "depth")  # fields of one text each
_SOURCE_PARTS, _GROUP_PARTS = ("name", "text", "url", "insider"), ("name", "seats", "side")  # of the rows of a form


def fields_in(form: Mapping[str, Sequence[str]]) -> CaseFields:
    """Return the fields that the form of the page posts, by their names. Raises `RefusedError` for too many."""
    if sum(len(value) for values in form.values() for value in values) > MOST_FORM_TEXT:
        raise RefusedError(f"the form takes {MOST_FORM_TEXT:,} letters; edit this case as a file")
    if len(form.get("source.name", ())) + len(form.get("group.name", ())) > MOST_FORM_ROWS:
        raise RefusedError(f"the form takes {MOST_FORM_ROWS} sources and groups; edit this case as a file")
    one = {name: values[0] for name, values in form.items() if values}
    fields = CaseFields()
    for name in _HEAD:
        setattr(fields, name, one.get(name, ""))
    fields.sources = [CodedSource(*row) for row in _rows(form, "source", _SOURCE_PARTS)]
    fields.groups = [CodedGroup(*row) for row in _rows(form, "group", _GROUP_PARTS)]
    labels, names = form.get("issue.label", ()), form.get("issue.name", ())
    fields.issue_names = dict(zip(labels, names, strict=False))
    fields.facts = {name: one.get(f"fact.{name}", "") for name in (*NUMBERS, *LISTS)}
    for name, question in QUESTIONS.items():
        fields.codes[name] = [word for word in form.get(f"code.{name}", ()) if word in question.words]
        fields.whose[name] = _names(one.get(f"whose.{name}", ""))
    for name, evidence in [*fields.evidence.items(), ("outcome", fields.outcome_evidence)]:
        evidence.source = _names(one.get(f"{name}.source", ""))
        evidence.quote, evidence.confidence, evidence.note = (
            one.get(f"{name}.{part}", "") for part in ("quote", "confidence", "note")
        )
    return fields


def _rows(form: Mapping[str, Sequence[str]], what: str, parts: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a form, each as its parts."""
    yield from zip(*(form.get(f"{what}.{part}", ()) for part in parts), strict=False)


def _names(typed: str) -> list[str]:
    """Return the names that somebody typed with commas between them, each once."""
    return list(dict.fromkeys(name.strip() for name in typed.split(",") if name.strip()))


def fields_of(text: str) -> CaseFields:
    """Return the fields that hold a case file.

    Raises `ScenarioError` if it is not one, and `RefusedError` for more text, sources or groups than the form takes.
    """
    if len(text) > MOST_FORM_TEXT:
        raise RefusedError(
            f"the form takes {MOST_FORM_TEXT:,} letters, and this case has {len(text):,}; edit it as a file"
        )
    case = loads_case(text, _CASE_FILE)
    if len(case.conditions.sources) + len(case.conditions.known_facts["groups"] or {}) > MOST_FORM_ROWS:
        raise RefusedError(f"the form takes {MOST_FORM_ROWS} sources and groups; edit this case as a file")
    data = parse(text, _CASE_FILE, CASE).data
    fields = CaseFields(title=case.title, family=case.family if "family" in data else "", years=case.years)
    fields.notes, fields.description = str(data.get("notes") or ""), str(data.get("description") or "")
    fields.sources = [
        CodedSource(name, source.text, source.url or "", source.insider or "")
        for name, source in case.conditions.sources.items()
    ]
    for name, entry in (case.facts | case.codes).items():
        fields.evidence[name] = _evidence(entry)
    _fill_facts(fields, case.conditions.known_facts)
    for name, code in case.codes.items():
        fields.codes[name] = [] if code.known is None else [str(word) for word in as_list(code.known)]
        fields.whose[name] = list(getattr(code, "whose", ()))
    _fill_outcome(fields, case)
    return fields


def _fill_facts(fields: CaseFields, facts: Mapping[str, Plain]) -> None:
    issues, groups, sides = (facts[name] or {} for name in ("issues", "groups", "sides"))
    fields.issues = "\n".join(issues.values())
    fields.issue_names = {label: name for name, label in issues.items()}
    fields.groups = [
        CodedGroup(name, "" if seats is None else str(seats), sides.get(name) or UNKNOWN)
        for name, seats in groups.items()
    ]
    for name in (*NUMBERS, *LISTS):
        value = facts[name]
        parts = as_list(value)
        typed = ", ".join(UNKNOWN if part is None else str(part) for part in parts)
        fields.facts[name] = f"{typed}," if name == "days" and isinstance(value, tuple) and len(value) == 1 else typed


def _fill_outcome(fields: CaseFields, case: CodedCase) -> None:
    if case.outcome is not None:
        fields.outcome, fields.depth = case.outcome.code, case.outcome.depth
        fields.outcome_evidence = _evidence(case.outcome)


def _evidence(entry: Fact | Code | CaseOutcome) -> _Evidence:
    return _Evidence(list(entry.source), entry.quote, entry.confidence or "", entry.note)


class _CaseForecast(NamedTuple):
    """The forecast of a case: for each kind of end its label, the share pooled with the base rate, and the raw one."""

    rows: list[tuple[str, float, float]]
    runs: int


def forecast_of(text: str) -> _CaseForecast:
    """Run the scenario of a case file. Raises `ScenarioError`, or `RefusedError` if it is too large for the studio."""
    case = loads_case(text, _CASE_FILE)
    scenario = check_size(loads(text, _CASE_FILE))
    runs = run(scenario, replications=most_replications(scenario, MOST_FORECAST), seed=0, threads=1)
    return _CaseForecast(forecast_rows(case, runs), len(runs.column("outcome")))
