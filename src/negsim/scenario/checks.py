"""What has to hold between the parts of a file: seats, names, shares.

Rules that hold here
- The checks read the file as written and pass over whatever has the wrong shape, so that they can tell their
  problems together with those of the vocabulary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TypeGuard

from negsim.errors import shown
from negsim.scenario.codebook import CODEBOOK
from negsim.scenario.plain import Path, Plain
from negsim.scenario.references import Names
from negsim.scenario.schema import MOST_SEATS, MOST_SEATS_A_GROUP
from negsim.scenario.sourcing import basis_problems
from negsim.scenario.values import is_number

Found = Iterator[tuple[Path, str]]
_SLACK = 1e-9
MOST_DAYS_IN_ALL = 1000


def names_of(data: dict[str, Plain]) -> Names:
    """The names that a file defines."""
    meetings = _items(data, "process", "meetings")
    return Names(
        issue=tuple(_mapping(data, "issues")) or None,
        group=tuple(_mapping(data, "groups")) or None,
        delegate=tuple(str(delegate.get("name")) for delegate in _items(data, "delegates")),
        camp=tuple(_mapping(data, "camps")) if isinstance(data.get("camps", {}), dict) else None,
        meeting=tuple(str(meeting.get("name", f"Meeting {m + 1}")) for m, meeting in enumerate(meetings)) or None,
        days=tuple(days if _is_whole(days := meeting.get("days")) and days > 0 else None for meeting in meetings),
    )


def check(data: dict[str, Plain]) -> Found:
    """Every problem between the parts of a file."""
    yield from _seats(data)
    yield from _named_seats(data)
    yield from _delegate_names(data)
    yield from _camp_shares(data)
    yield from _weights(data)
    yield from _meetings(data)
    yield from _reaffirmations(data)
    yield from basis_problems(data)


def _seats(data: dict[str, Plain]) -> Found:
    said = [group.get("seats") for group in _parts(data, "groups").values()]
    seats = [number for number in said if _is_whole(number) and 0 < number <= MOST_SEATS_A_GROUP]
    total = sum(seats)
    if not seats or len(seats) < len(said):
        return
    if total < 2:
        yield ("groups",), "has 1 seat in all; a negotiation needs at least 2"
    if total > MOST_SEATS:
        yield ("groups",), f"has {total} seats in all; at most {MOST_SEATS}"


def _named_seats(data: dict[str, Plain]) -> Found:
    groups = _parts(data, "groups")
    named: Counter[Plain] = Counter()
    for i, delegate in enumerate(_items(data, "delegates")):
        group = delegate.get("group")
        seats = groups[group].get("seats") if isinstance(group, str) and group in groups else None
        if not _is_whole(seats) or seats < 1:
            continue
        named[group] += 1
        if named[group] == seats + 1:
            yield ("delegates", i), f"one delegate too many: {group} has {seats} seat{'s' * (seats != 1)}"


def _delegate_names(data: dict[str, Plain]) -> Found:
    taken = {name: f"a {kind[:-1]} has" for kind in ("groups", "camps") for name in _mapping(data, kind)}
    for i, delegate in enumerate(_items(data, "delegates")):
        name = delegate.get("name")
        if not isinstance(name, str):
            continue
        if name in taken:
            yield ("delegates", i, "name"), f"{shown(name)} is the name {taken[name]}; choose another"
        taken[name] = "another delegate has"


def _camp_shares(data: dict[str, Plain]) -> Found:
    total: dict[str, float] = {}
    for name, camp in _parts(data, "camps").items():
        for group, share in _mapping(camp, "share").items():
            before = total.get(group, 0.0)
            total[group] = before + _number("share", share)
            if before <= 1 + _SLACK < total[group]:
                yield (
                    ("camps", name, "share", group),
                    f"the camps' shares of {group} sum to {total[group]:.6g}; at most 1",
                )


def _weights(data: dict[str, Plain]) -> Found:
    groups, issues = _parts(data, "groups"), _mapping(data, "issues")
    for i, delegate in enumerate(_items(data, "delegates")):
        group, own = delegate.get("group"), _mapping(delegate, "salience")
        theirs = _mapping(groups[group], "salience") if isinstance(group, str) and group in groups else {}
        weights = theirs | own
        if own and all(_number("salience", weights.get(issue, 1)) == 0 for issue in issues):
            yield ("delegates", i, "salience"), "every issue has weight 0; one at least has to matter"


def _meetings(data: dict[str, Plain]) -> Found:
    meetings = _items(data, "process", "meetings")
    called: list[Plain] = []
    for m, meeting in enumerate(meetings):
        name = meeting.get("name")
        if name is not None and name in called:
            yield ("process", "meetings", m, "name"), f"{shown(name)} is the name another meeting has; choose another"
        called.append(name)
    if meetings and is_number(meetings[0].get("after_days", 0)) and meetings[0].get("after_days", 0) != 0:
        yield ("process", "meetings", 0, "after_days"), "the first meeting follows no other; leave it out"
    days = sum(meeting["days"] for meeting in meetings if _is_whole(meeting.get("days")))
    if days > MOST_DAYS_IN_ALL:
        yield ("process", "meetings"), f"take {days} days in all; at most {MOST_DAYS_IN_ALL}"


def _reaffirmations(data: dict[str, Plain]) -> Found:
    for n, event in enumerate(_items(data, "process", "events")):
        if "reaffirm" in event and not data.get("camps"):
            yield ("process", "events", n, "reaffirm"), "no camp has a line to reaffirm; the scenario has no `camps`"


def _number(scale: str, value: Plain) -> float:
    words = CODEBOOK[scale].words
    if isinstance(value, str) and value in words:
        return words[value].number
    return float(value) if is_number(value) and 0 <= value <= 100 else 0.0


def _is_whole(value: Plain) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


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
