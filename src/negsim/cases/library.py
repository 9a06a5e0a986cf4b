"""Loading: a built-in scenario or case by its name, any other by its path.

- A file that starts with `case: 1` is a coded case; `load` gives the scenario that the codebook makes of it,
  `load_case` the case itself.
- All problems of a file are raised together, each with its place. What the parts of a case file say of each other is
  checked once each part is right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path as FilePath

from negsim.cases.codebook import OPPOSITES, REFUSALS
from negsim.cases.form import CASE, CaseFile, Code, CodedCase, coded
from negsim.cases.translation import scenario_data
from negsim.errors import NegsimError, Problem, ScenarioError, did_you_mean, encodable, literal
from negsim.scenario import validate
from negsim.scenario.changes import with_changes
from negsim.scenario.library import locate, populated, shown_as, text_in, text_of
from negsim.scenario.sampling import check
from negsim.scenario.schema import MOST_DAYS, Scenario
from negsim.scenario.validate import MOST_DAYS_IN_ALL, must_be_mapping, problem_at, raise_all, read, validated
from negsim.scenario.yaml import SCENARIO, Document, Form, Path, Plain, parse


def load(source: str | FilePath, *, changes: Sequence[str] = ()) -> Scenario:
    """The scenario of that name or in that file, with changes such as `meetings.count=5`."""
    file = document(source)
    scenario = with_changes(read(file), changes)
    return check(scenario, file) if scenario.uncertain else scenario


def as_scenario(scenario: Scenario | str | FilePath) -> Scenario:
    """A scenario as it is, or the one of that name or in that file."""
    return scenario if isinstance(scenario, Scenario) else load(scenario)


def loads(text: str, name: str = "<text>") -> Scenario:
    """The scenario in a text; a population it names has to be a built-in one."""
    if not isinstance(text, str):
        raise NegsimError(f"{literal(text)}: is not the text of a scenario")
    file = _complete(parse(text, name), None)
    return check(read(file), file)


def unsourced(source: str | FilePath) -> list[str]:
    """Paths of the numbers and codebook words of a scenario that its basis does not cover."""
    return validate.unsourced(document(source).data)


def document(source: str | FilePath) -> Document:
    """The text of a scenario, read, with its population."""
    path = locate(source)
    return _complete(parse(text_of(source), shown_as(source, path)), path)


def _complete(document: Document, path: FilePath | None) -> Document:
    """A scenario with its population, or the one that the codebook makes of a case."""
    if is_facts(document.data) and not document.problems:
        raise ScenarioError([facts_problem(document, SCENARIO)])
    if not is_case(document.data):
        return populated(document, path)
    case = read_case(document, encodable(path.stem) if path else document.name)
    return Document(document.name, scenario_data(case.conditions), {}, {}, [])


Findings = Iterator[tuple[Path, str]]


def is_case(data: Plain) -> bool:
    """Whether a document is a case file."""
    return isinstance(data, dict) and "case" in data and "format" not in data


def is_facts(data: Plain) -> bool:
    """Whether a document is a facts file, which is not a case yet."""
    if isinstance(data, list):
        return any(is_facts(entry) for entry in data)
    marks = {"cases", "n_meetings", "participants"}
    return isinstance(data, dict) and not {"case", "format"} & set(data) and bool(marks & set(data))


def facts_problem(document: Document, form: Form) -> Problem:
    """The message for a facts file that stands where a scenario or a case should."""
    hint = "`negsim case from-facts` starts cases from such a file"
    return problem_at(document, (), f"is not a {form.name} but a facts file; {hint}")


def load_case(source: str | FilePath) -> CodedCase:
    """The case of that built-in name, such as `cases/wgig`, or in that file.

    Raises `ScenarioError` with every problem and its place.
    """
    path = locate(source)
    name = shown_as(source, path)
    return read_case(parse(text_in(path, name, CASE), name, CASE), encodable(path.stem))


def case_in(source: str | FilePath) -> CodedCase | None:
    """The case of that name or in that file, None where it holds a scenario."""
    path = locate(source)
    document = parse(text_of(source), shown_as(source, path))
    return read_case(document, encodable(path.stem)) if is_case(document.data) else None


def loads_case(text: str, name: str = "<text>") -> CodedCase:
    """The case in a text."""
    return read_case(parse(text, name, CASE), name)


def read_case(document: Document, name: str) -> CodedCase:
    """The case in a document; name: what the case is called."""
    if is_facts(document.data) and not document.problems:
        raise ScenarioError([facts_problem(document, CASE)])
    must_be_mapping(document, CASE)
    if "case" not in document.data and not document.problems:
        raise_all(document, [problem_at(document, (), f"is not a case; a case starts with `{CASE.start}`")])
    file, problems = validated(document, CaseFile)
    if file is None:
        raise_all(document, problems)
        raise ScenarioError(problems)
    case = coded(name, file)
    raise_all(document, [problem_at(document, path, message) for path, message in _between(case, file)])
    return case


def _between(case: CodedCase, file: CaseFile) -> Iterator[tuple[Path, str]]:
    yield from _uncited(case, file)
    facts = {name: fact.known for name, fact in case.facts.items()}
    yield from _groups(facts)
    yield from _meetings(facts)
    groups = facts["groups"] or {}
    for group in getattr(case.codes["outside_option"], "whose", ()):
        if group not in groups:
            yield ("codes", "outside_option", "whose"), _no_group(group, groups)
    yield from _refusals(case.codes[REFUSALS], facts)


def _refusals(code: Code, facts: dict[str, Plain]) -> Findings:
    """Whose refusals are: groups that are on a side, or a side; one of them or both, as the code says."""
    groups, sides, at = facts["groups"] or {}, facts["sides"] or {}, ("codes", REFUSALS, "whose")
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


def _uncited(case: CodedCase, file: CaseFile) -> Findings:
    """Sources that are named and not listed."""
    sections = (("facts", case.facts), ("codes", case.codes))
    entries: list[tuple[Path, tuple[str, ...]]] = [
        ((section, name), entry.source) for section, part in sections for name, entry in part.items()
    ]
    if case.outcome is not None:
        entries.append((("outcome",), case.outcome.source))
    for path, sources in entries:
        for source in sources:
            if source not in file.sources:
                yield (*path, "source"), f"unknown source {literal(source)}{did_you_mean(source, file.sources)}"


def _groups(facts: dict[str, Plain]) -> Findings:
    groups, seats = facts["groups"] or {}, facts["seats"]
    for group in facts["sides"] or {}:
        if group not in groups:
            yield ("facts", "sides", "value"), _no_group(group, groups)
    known = sum(number for number in groups.values() if number is not None)
    open_ = sum(number is None for number in groups.values())
    if seats is not None and groups and not open_ and known != seats:
        yield ("facts", "seats", "value"), f"{seats} seats in all, and {known} in the groups; keep what is right"
    if seats is not None and seats < known + open_:
        yield ("facts", "seats", "value"), f"{seats} seats in all are too few for the groups"
    if seats is None and groups and not open_ and known < 2:
        yield ("facts", "groups", "value"), "has 1 seat in all; a negotiation needs at least 2"


def _no_group(group: str, groups: dict[str, Plain]) -> str:
    return f"unknown group {literal(group)}{did_you_mean(group, groups) or '; `facts.groups` names none'}"


def _meetings(facts: dict[str, Plain]) -> Findings:
    days, total, gaps = facts["days"], facts["total_days"], facts["gaps"]
    listed = len(days) if isinstance(days, tuple) else None
    count = facts["meetings"] or listed
    if listed is not None and listed != count:
        yield ("facts", "days", "value"), f"has {listed} for {count} meetings"
    in_all = sum(math.ceil(one or 1) for one in days) if listed else math.ceil(days or 0) * (count or 1)
    if in_all > MOST_DAYS_IN_ALL:
        yield ("facts", "days", "value"), f"makes {in_all:g} days in all; at most {MOST_DAYS_IN_ALL}"
    if listed == 0:
        yield ("facts", "days", "value"), "is empty; write the days of each meeting, or unknown"
    if listed and None not in days and total is not None and sum(days) != total:
        yield ("facts", "total_days", "value"), f"{total:g} in all, and {sum(days):g} in `days`; keep what is right"
    if listed and None in days and total is not None and total < sum(1 if one is None else one for one in days):
        yield (
            ("facts", "total_days", "value"),
            f"{total:g} in all are too few for the known `days` and a day of each other",
        )
    if gaps is not None and count is None:
        yield ("facts", "gaps", "value"), "needs the number of meetings: write `meetings`, or leave the gaps out"
    if gaps is not None and count is not None and len(gaps) != count - 1:
        yield ("facts", "gaps", "value"), f"has {len(gaps)} for {count} meetings; there are {count - 1}"
    if not listed and total is not None and count is not None and total < count:
        yield ("facts", "total_days", "value"), f"{total:g} in all are too few for {count} meetings; a day is the least"
    if total is not None and count is not None and total > MOST_DAYS * count:
        too_many = f"are too many for {count} meetings of at most {MOST_DAYS}"
        yield ("facts", "total_days", "value"), f"{total:g} in all {too_many}"
