"""Turn a document into a scenario, or into everything that is wrong with it.

- The problems of the text, of the vocabulary and between the parts are raised together, in the order of the file.
  Checks between the parts read the file as written and skip whatever has the wrong shape.
- No message of pydantic's reaches a person: its findings are put in our words, with their place.
- `basis` says where numbers come from: a path to a reason that starts with a source and a colon, or with `coding:`
  (read off a source by judgement), `assumption:` or `derived:` (computed from other numbers). It covers everything
  under its path; a longer path is more precise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from negsim.errors import (
    MOST_SUGGESTIONS,
    Mark,
    Problem,
    ScenarioError,
    did_you_mean,
    few_suggestions,
    literal,
    nearest,
)
from negsim.scenario.schema import MOST_DAYS_IN_ALL, MOST_SEATS, PENS_WITHOUT_SEAT, POLICIES_KEY, Scenario, label_of
from negsim.scenario.values import Names, distinct, is_number
from negsim.scenario.words import ALL_WORDS, CODEBOOK
from negsim.scenario.yaml import SCENARIO_FILE, Document, FileKind, Path, Plain, dotted, follow, no_such_step, value_at

_KINDS = ("coding", "assumption", "derived")
_TEXTS = {  # keys whose values are texts, whatever the words in them
    "title", "description", "text", "url", "label", "low", "high", "name", "theme", "group", "by", "camp", "caucus",
    "unit",
}  # fmt: skip
_FOR_READERS = {"story", "brief", "between", "amounts"}  # keys below which no run reads anything


def _basis_problems(data: dict[str, Plain]) -> Iterator[tuple[Path, str]]:
    """Yield what is wrong with the basis of a file: sources it does not list, paths that lead nowhere."""
    basis, sources = data.get("basis"), data.get("sources")
    for path, reason in basis.items() if isinstance(basis, dict) else ():
        reached, left = follow(data, path)
        shorthand = reached and not isinstance(value_at(data, reached), dict | list)
        if left and not shorthand:
            yield ("basis", path), no_such_step(data, reached, left)
        if isinstance(reason, str) and (problem := _reason_problem(reason, sources or {})):
            yield ("basis", path), problem


def _reason_problem(reason: str, sources: Plain) -> str:
    start, colon, _ = reason.partition(":")
    names = sources if isinstance(sources, dict) else {}
    if not colon:
        return f"{literal(reason)} names no source; start with one, or with {', '.join(_KINDS)}, and a colon"
    if start in _KINDS or start in names:
        return ""
    return f"unknown source {literal(start)}{did_you_mean(start, chain(_KINDS, names))}"


def tidied(basis: dict[str, str], data: Plain) -> dict[str, str]:
    """Return the basis with its paths as they are in resolved data, without those that no longer exist."""
    reasons: dict[str, list[str]] = {}
    for path, reason in basis.items():
        reached, left = follow(data, path)
        here = value_at(data, reached)
        if not reached or (left and isinstance(here, list) and not all(map(is_number, here))):
            continue
        of_path = reasons.setdefault(path[: len(path) - len(left)].rstrip("."), [])
        if reason not in of_path:
            of_path.append(reason)
    return {path: "; ".join(of_path) for path, of_path in reasons.items()}


def unsourced(data: dict[str, Plain]) -> list[str]:
    """List paths of the numbers and codebook words in a file, as written, that no basis covers."""
    basis = data.get("basis") or {}
    covered = [follow(data, path)[0] for path in basis]
    leaves = (path for path in _numbers(data, ()) if path[0] not in ("format", "sources", "basis"))
    return [dotted(path) for path in leaves if not any(path[: len(prefix)] == prefix for prefix in covered)]


def _numbers(data: Plain, path: Path) -> Iterator[Path]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        if is_number(value) or (isinstance(value, str) and value in ALL_WORDS and key not in _TEXTS | _FOR_READERS):
            yield (*path, key)
        elif key not in _FOR_READERS:
            yield from _numbers(value, (*path, key))


_Findings = Iterator[tuple[Path, str]]
_SLACK = 1e-9


def names_of(data: dict[str, Plain]) -> Names:
    """Return the names that a file defines."""
    meetings = _items(data, "process", "meetings")
    return Names(
        issue=_mapping(data, "issues") or None,
        group=_mapping(data, "groups") or None,
        delegate=dict.fromkeys(str(delegate.get("name")) for delegate in _items(data, "delegates")),
        camp=_mapping(data, "camps") if isinstance(data.get("camps", {}), dict) else None,
        meeting=tuple(str(meeting.get("name", f"Meeting {m + 1}")) for m, meeting in enumerate(meetings)) or None,
        methodology=_mapping(data, "methodologies") if isinstance(data.get("methodologies", {}), dict) else None,
        format=_mapping(data, "formats") if isinstance(data.get("formats", {}), dict) else None,
        days=tuple(days if (days := _whole(meeting.get("days"))) and days > 0 else None for meeting in meetings),
    )


def check(data: dict[str, Plain]) -> _Findings:
    """Yield every problem between the parts of a file."""
    yield from _seats(data)
    yield from _named_seats(data)
    yield from _caucuses(data)
    yield from _delegate_names(data)
    yield from _camp_shares(data)
    yield from _weights(data)
    yield from _trust_pairs(data)
    yield from check_process(data)
    yield from _policies(data)
    yield from _deal(data)
    yield from _basis_problems(data)


def check_process(data: dict[str, Plain]) -> _Findings:
    """Yield the problems of the process with itself and with other parts: all that a change to it can make."""
    yield from _meetings(data)
    yield from _reaffirmations(data)


def _seats(data: dict[str, Plain]) -> _Findings:
    numbers = [_whole(group.get("seats")) or 0 for group in _parts(data, "groups").values()]
    total = sum(numbers)
    if not numbers or not all(0 < number <= MOST_SEATS for number in numbers):
        return
    if total < 2:
        yield ("groups",), "has 1 seat in all; a negotiation needs at least 2"
    if total > MOST_SEATS:
        yield ("groups",), f"has {total} seats in all; at most {MOST_SEATS}"


def _named_seats(data: dict[str, Plain]) -> _Findings:
    groups = _parts(data, "groups")
    named: Counter[Plain] = Counter()
    for i, delegate in enumerate(_items(data, "delegates")):
        group = delegate.get("group")
        seats = _whole(groups[group].get("seats")) if isinstance(group, str) and group in groups else None
        if seats is None or seats < 1:
            continue
        named[group] += 1
        if named[group] == seats + 1:
            yield ("delegates", i), f"one delegate too many: {group} has {seats} seat{'s' * (seats != 1)}"


def _caucuses(data: dict[str, Plain]) -> _Findings:
    groups = _parts(data, "groups")
    for name, group in groups.items():
        written, seats = _mapping(group, "caucuses").values(), _whole(group.get("seats"))
        sizes = [size for size in map(_whole, written) if size is not None]
        if sizes and len(sizes) == len(written) and seats is not None and sum(sizes) != seats:
            yield ("groups", name, "caucuses"), f"has {sum(sizes)} seats; the group has {seats}"
    named: Counter[Plain] = Counter()
    for i, delegate in enumerate(_items(data, "delegates")):
        own, caucus = delegate.get("group"), delegate.get("caucus")
        if not isinstance(caucus, str) or not isinstance(own, str) or own not in groups:
            continue
        caucuses, at = _mapping(groups[own], "caucuses"), ("delegates", i, "caucus")
        if caucus not in caucuses:
            hint = did_you_mean(caucus, list(map(str, caucuses))) or f"; {own} has none"
            yield at, f"unknown caucus {literal(caucus)}{hint}"
            continue
        named[own, caucus] += 1
        seats = _whole(caucuses[caucus])
        if seats is not None and named[own, caucus] == seats + 1:
            yield at, f"one delegate too many: {caucus} has {seats} seat{'s' * (seats != 1)}"


def _delegate_names(data: dict[str, Plain]) -> _Findings:
    taken = {name: f"a {kind[:-1]}" for kind in ("groups", "camps") for name in _mapping(data, kind)}
    delegates = _items(data, "delegates")
    if any(str(delegate.get("name"))[-1:].isdigit() for delegate in delegates):  # as those of other seats end
        taken |= dict.fromkeys(_seats_without_a_name(data), "a seat without a delegate")
    for i, delegate in enumerate(delegates):
        name = delegate.get("name")
        if not isinstance(name, str):
            continue
        if name in taken:
            yield ("delegates", i, "name"), f"{literal(name)} is already the name of {taken[name]}; choose another"
        taken[name] = "another delegate"


def _seats_without_a_name(data: dict[str, Plain]) -> Iterator[str]:
    """Yield what the seats that no delegate has are called, as `lowering.seat_names` does."""
    named = Counter(str(delegate.get("group")) for delegate in _items(data, "delegates"))
    for (name, group), label in zip(_parts(data, "groups").items(), _labels(data), strict=True):
        seats = min(_whole(group.get("seats")) or 0, MOST_SEATS)
        yield from (f"{label} {number}" for number in range(named[name] + 1, seats + 1))


def _labels(data: dict[str, Plain]) -> list[str]:
    """Return the labels of the groups, as `lowering.group_names` does."""
    return distinct([str(group.get("label") or label_of(name)) for name, group in _parts(data, "groups").items()])


def _camp_shares(data: dict[str, Plain]) -> _Findings:
    total: dict[str, float] = {}
    for name, camp in _parts(data, "camps").items():
        for group, share in _mapping(camp, "share").items():
            before = total.get(group, 0.0)
            total[group] = before + _number("share", share)
            if before <= 1 + _SLACK < total[group]:
                at = ("camps", name, "share", group)
                yield at, f"the camps' shares of {group} sum to {total[group]:.6g}; at most 1"


def _weights(data: dict[str, Plain]) -> _Findings:
    """Check what issues weigh for named delegates, and their votes: each may be the delegate's own or its group's."""
    groups, issues = _parts(data, "groups"), _mapping(data, "issues")
    for i, delegate in enumerate(_items(data, "delegates")):
        name, own = delegate.get("group"), _mapping(delegate, "salience")
        group = groups.get(name, {}) if isinstance(name, str) else {}
        weights = _mapping(group, "salience") | own
        if own and all(_number("salience", weights.get(issue, 1)) == 0 for issue in issues):
            yield ("delegates", i, "salience"), "every issue has weight 0; at least one has to matter"
        is_together = _mapping(group, "voting_weight").get("together") is not None
        if is_together and delegate.get("voting_weight") is not None:
            message = f"{name} has its voting weight together; give the group the weight of `each` seat instead"
            yield ("delegates", i, "voting_weight"), message


def _trust_pairs(data: dict[str, Plain]) -> _Findings:
    seen: dict[str, str] = {}
    for pair in _mapping(_mapping(data, "trust"), "pairs"):
        first = seen.setdefault("->".join(side.strip() for side in pair.split("->")), pair)
        if first != pair:
            yield ("trust", "pairs", pair), f"is the same pair as {literal(first)}; keep one"


def _meetings(data: dict[str, Plain]) -> _Findings:
    meetings = _items(data, "process", "meetings")
    names: set[Plain] = set()
    for m, meeting in enumerate(meetings):
        name = meeting.get("name")
        if name is None or isinstance(name, dict | list):
            continue
        if name in names:
            message = f"{literal(name)} is already the name of another meeting; choose another"
            yield ("process", "meetings", m, "name"), message
        names.add(name)
    if meetings and is_number(meetings[0].get("after_days", 0)) and meetings[0].get("after_days", 0) != 0:
        yield ("process", "meetings", 0, "after_days"), "the first meeting follows no other; leave it out"
    if meetings and meetings[0].get("intersession") is not None:
        yield ("process", "meetings", 0, "intersession"), "no days come before the first meeting; leave it out"
    days = sum(_whole(meeting.get("days")) or 0 for meeting in meetings)
    if days > MOST_DAYS_IN_ALL:
        yield ("process", "meetings"), f"take {days} days in all; at most {MOST_DAYS_IN_ALL}"


def _reaffirmations(data: dict[str, Plain]) -> _Findings:
    for n, event in enumerate(_items(data, "process", "events")):
        if "reaffirm" in event and not data.get("camps"):
            yield ("process", "events", n, "reaffirm"), "no camp has a line to reaffirm; the scenario has no `camps`"


def _policies(data: dict[str, Plain]) -> _Findings:
    delegates = [str(delegate.get("name")) for delegate in _items(data, "delegates")]
    seats, labels = [*delegates, *_parts(data, "groups"), *PENS_WITHOUT_SEAT], _labels(data)
    for name in _mapping(data, POLICIES_KEY):
        label, _, number = str(name).rpartition(" ")
        if name not in seats and not (label in labels and number.isdecimal() and 0 < int(number[:6]) <= MOST_SEATS):
            yield (POLICIES_KEY, str(name)), f"{literal(name)} has no seat here{did_you_mean(str(name), seats)}"


def _deal(data: dict[str, Plain]) -> _Findings:
    """A locked issue needs somebody who may open it."""
    is_locked = _mapping(data, "dealt").get("locked") is not None
    if is_locked and not any(delegate.get("secret") for delegate in _items(data, "delegates")):
        yield ("dealt", "locked"), "nothing could open the issue again; give delegates a `secret`"


def _number(scale: str, value: Plain) -> float:
    words = CODEBOOK[scale].words
    if isinstance(value, str) and value in words:
        return words[value].number
    return float(value) if is_number(value) and 0 <= value <= 100 else 0.0


def _whole(value: Plain) -> int | None:
    """Return a whole number, however it is written (3 or 3.0), or None."""
    return int(value) if is_number(value) and (isinstance(value, int) or value.is_integer()) else None


def _mapping(data: dict[str, Plain], key: str) -> dict[str, Plain]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _parts(data: dict[str, Plain], key: str) -> dict[str, dict[str, Plain]]:
    return {name: part for name, part in _mapping(data, key).items() if isinstance(part, dict)}


def _items(data: dict[str, Plain], *path: str) -> list[dict[str, Plain]]:
    *sections, key = path
    for section in sections:
        data = _mapping(data, section)
    value = data.get(key)
    return [item if isinstance(item, dict) else {} for item in value] if isinstance(value, list) else []


_Annotation = Any  # what follows a field's colon
Model = TypeVar("Model", bound=BaseModel)


def read(document: Document) -> Scenario:
    """Read the scenario in a document; raises `ScenarioError` with all its problems."""
    must_be_mapping(document, SCENARIO_FILE)
    scenario, problems = validated(document, Scenario, names_of(document.data))
    with few_suggestions():
        problems += [problem_at(document, path, message) for path, message in check(document.data)]
    raise_all(document, problems)
    assert scenario is not None  # noqa: S101 - without problems there is one
    return scenario.model_copy(update={"basis": tidied(scenario.basis, scenario.resolved())})


def must_be_mapping(document: Document, form: FileKind) -> None:
    """Raise `ScenarioError` for a document that holds anything but a mapping."""
    if not isinstance(document.data, dict):
        a = f"a {form.name}"
        message = f"{literal(document.data)} is not {a}; {a} is a mapping that starts with `{form.start}`"
        raise ScenarioError(document.problems or [Problem(_value_mark(document, ()), "", message)])


def validated(document: Document, model: type[Model], context: object = None) -> tuple[Model | None, list[Problem]]:
    """Read a document in the vocabulary of a model; None and a list of problems if it does not fit."""
    try:
        with few_suggestions():
            return model.model_validate(document.data, context=context), []
    except ValidationError as error:
        return None, list(_translated(document, error, model))


def raise_all(document: Document, others: Iterable[Problem]) -> None:
    """Raise the problems of the text and the others together, in the order of the file; do nothing without any."""
    reported = {problem.path for problem in document.problems}
    reported |= {"issues", "groups"} if "population" in reported else set()  # they are where the population is
    problems = document.problems + [problem for problem in others if problem.path not in reported]
    if problems:
        own_first = sorted(dict.fromkeys(problems), key=lambda one: (one.where.file != document.name, one.where))
        raise ScenarioError(own_first)


def _translated(document: Document, error: ValidationError, model: type[BaseModel]) -> Iterator[Problem]:
    findings = error.errors(include_url=False)
    # Of a mapping or a list, pydantic misses the items that it has refused itself.
    findings = [finding for finding in findings if finding["type"] != "too_short" or not finding["input"]]
    unknown = [finding["loc"] for finding in findings if finding["type"] == "extra_forbidden"][:MOST_SUGGESTIONS]
    hints = {path: did_you_mean(str(path[-1]), _fields(model, path[:-1])) for path in unknown}
    meant = [(*path[:-1], nearest(str(path[-1]), _fields(model, path[:-1]))) for path in unknown]
    for finding in findings:
        path = _as_written(document, (*finding["loc"], *finding.get("ctx", {}).get("at", ())))
        if path and path[-1] == "[key]":
            yield Problem(_key_mark(document, path[:-1]), dotted(path[:-1]), _message(finding))
        elif finding["type"] == "extra_forbidden":
            yield Problem(_key_mark(document, path), dotted(path), f"unknown key{hints.get(finding['loc'], '')}")
        elif finding["type"] != "missing":
            yield problem_at(document, path, _message(finding))
        elif path not in meant:  # a key that was only misspelt is not missing too
            yield Problem(_key_mark(document, path[:-1]), dotted(path), "is missing")


def _as_written(document: Document, path: Path) -> Path:
    """Return a path without the steps that a shorthand leaves out."""
    for at in range(1, len(path) - 1):
        if path[: at + 1] not in document.values and (*path[:at], path[at + 1]) in document.values:
            return (*path[:at], *path[at + 1 :])
    return path


def _message(finding: ErrorDetails) -> str:
    context = finding.get("ctx", {})
    match finding["type"]:
        case "scenario":
            return str(context["text"])
        case "too_short":
            return "is empty; at least one is needed"
        case "too_long":
            return f"has {context['actual_length']}; at most {context['max_length']}"
        case "dict_type":
            return f"{literal(finding['input'])} is not a mapping"
        case "tuple_type" | "list_type":
            return f"{literal(finding['input'])} is not a list"
        case _:
            return f"{literal(finding['input'])} is not understood here"


def _fields(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys that the vocabulary knows at a path."""
    kind: _Annotation = model
    for step in path:
        kind = _inside(kind, step)
    return list(kind.model_fields)


def _inside(kind: _Annotation, step: str | int) -> _Annotation:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        inner = kind.model_fields[str(step)].annotation
    else:
        arguments = get_args(kind)
        inner = arguments[1] if isinstance(step, str) else arguments[0]
    while get_origin(inner) in (Annotated, Union, UnionType):
        inner = get_args(inner)[0]
    return inner


def problem_at(document: Document, path: Path, message: str) -> Problem:
    """Make a problem with a value, on the path that the file has: a shorthand hides the rest."""
    written = path
    while written and written not in document.values and not _is_written(document.data, written):
        written = written[:-1]
    marked = written  # what a change sets whole has one mark
    while marked and marked not in document.values:
        marked = marked[:-1]
    return Problem(_value_mark(document, marked), dotted(written or path), message)


def _is_written(data: Plain, path: Path) -> bool:
    """Return whether the data have a value on a path."""
    for step in path:
        if isinstance(data, dict) and step in data:
            data = data[str(step)]
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return False
    return True


def _value_mark(document: Document, path: Path) -> Mark:
    return document.values.get(path, Mark(document.name))


def _key_mark(document: Document, path: Path) -> Mark:
    while path and path not in document.keys and path not in document.values:
        path = path[:-1]
    return document.keys.get(path) or _value_mark(document, path)
