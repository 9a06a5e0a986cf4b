"""The codebook at work: the conditions of a case become a scenario.

Rules that hold here
- Deterministic, the same for every case, and blind: `Conditions` hold no outcome.
- Every number has its basis: the source or quotation of its fact or code, or the codebook's assumption.
"""

from __future__ import annotations

from negsim.scenario.coding.calendar import crowded, meetings_of
from negsim.scenario.coding.form import CodedCase, Conditions, Entry
from negsim.scenario.coding.priors import STATUS_QUO
from negsim.scenario.coding.room import Room, issues_of, positions_of, room_of, seats_of
from negsim.scenario.coding.table import DISTANCE, EVENINGS, METHODOLOGY, OPTION, QUESTIONS
from negsim.scenario.drawing import check
from negsim.scenario.loading import Document
from negsim.scenario.plain import Plain
from negsim.scenario.reading import read
from negsim.scenario.schema import Scenario

Uncertain = dict[str, Plain]
ELSEWHERE = (DISTANCE, METHODOLOGY, EVENINGS)  # settings that `room` and `calendar` read


def scenario_of(case: CodedCase) -> Scenario:
    """The scenario of a case; the same whatever its outcome."""
    document = Document(case.name, scenario_data(case.conditions), {}, {}, [])
    return check(read(document), document)


def scenario_data(conditions: Conditions) -> dict[str, Plain]:
    """The scenario of a case as plain data, in the scenario language."""
    room = room_of(conditions)
    seats, open_seats = seats_of(room)
    positions, open_positions = positions_of(conditions, room)
    meetings, open_meetings = meetings_of(conditions)
    data: dict[str, Plain] = {
        "format": 1,
        "title": conditions.title,
        "description": "Written by the codebook (docs/codebook.md) from facts and codes.\n",
        "sources": _cited(conditions),
        "basis": {},
        "issues": {name: _issue(label, core=not k) for k, (name, label) in enumerate(issues_of(conditions).items())},
        "groups": {
            name: {"label": label, "seats": seats[name], "position": positions[name]}
            for name, label in room.labels.items()
        },
        "trust": {"within": "high", "across": "medium"},
        "context": {"tension": "medium"},
        "process": {"meetings": meetings},
    }
    uncertain = open_seats | open_positions | open_meetings | _settle(data, conditions, room)
    data["basis"] = _basis(data, conditions)
    if uncertain:
        data["uncertain"] = uncertain
        data["basis"]["uncertain"] = "derived: the codebook's distributions for what is not known (docs/codebook.md)"
    return data


def _issue(label: str, *, core: bool) -> dict[str, Plain]:
    ends = {"low": "as it is", "high": "all that is asked for"}
    return {"label": label, **ends, "status_quo": STATUS_QUO, "core": core}


# ------------------------------------------------------------------------------------------------ codes


def _settle(data: dict[str, Plain], conditions: Conditions, room: Room) -> Uncertain:
    """Write what the known codes set into the data; the draws of those that are not known."""
    drawn: Uncertain = {}
    for name, question in QUESTIONS.items():
        entry = conditions.codes[name]
        if set(question.options[0].sets) & set(ELSEWHERE):
            continue
        if entry.known is None:
            drawn |= _draws(name, [_sets(name, word, entry, room) for word in question.drawn])
        else:
            for path, value in _sets(name, entry.known, entry, room).items():
                _put(data, path, value)
    return drawn


def _sets(name: str, word: str, entry: Entry, room: Room) -> dict[str, Plain]:
    """The paths that a code sets."""
    sets = QUESTIONS[name].option(word).sets
    if OPTION not in sets:
        return sets
    value = None if sets[OPTION] == "none" else sets[OPTION]
    whose = getattr(entry, "whose", ()) if len(room.seats) > 1 else ()
    groups = [group for group in room.labels if not whose or group in whose] or list(room.labels)
    return {f"groups.{group}.outside_option": value for group in groups}


def _draws(name: str, ways: list[dict[str, Plain]]) -> Uncertain:
    """A distribution over settings: by its path where there is only one."""
    paths = {path for way in ways for path in way}
    if len(paths) == 1:
        (path,) = paths
        return {path: {"one_of": [way[path] for way in ways]}}
    return {name: {"either": ways}}


def _put(data: dict[str, Plain], path: str, value: Plain) -> None:
    *steps, last = path.split(".")
    for step in steps:
        data = data.setdefault(step, {})
    if value is not None:
        data[last] = value


# ------------------------------------------------------------------------------------------------ basis

_PATHS = {
    "decision_rule": ("process.decision_rule", "process.fallback_vote"),
    "adoption": ("process.adoption",),
    "tension": ("context.tension",),
    "trust": ("trust.across",),
    "dissent_record": ("process.record_dissent",),
}


def _cited(conditions: Conditions) -> dict[str, Plain]:
    """The sources that facts and codes name."""
    entries = [*conditions.facts.values(), *conditions.codes.values()]
    named = {source for entry in entries for source in entry.source if entry.known is not None}
    return {name: source.model_dump() for name, source in conditions.sources.items() if name in named}


def _basis(data: dict[str, Plain], conditions: Conditions) -> dict[str, str]:
    facts, codes = conditions.facts, conditions.codes
    basis = {
        "issues": _says("issues", facts["issues"], "; ends and status quo are the codebook's"),
        "trust": "assumption: the codebook's high trust inside a group",
        "context": "assumption: the codebook's middle",
        "process.meetings": "; ".join(
            [
                _says("meetings", facts["days"] if facts["meetings"].known is None else facts["meetings"]),
                _says("methodology", codes["methodology"]),
                _says("informal contact", codes["informal_contact"]),
            ]
        )
        + crowded(conditions),
    }
    for group, said in data["groups"].items():
        basis[f"groups.{group}.seats"] = _says("seats", facts["groups" if facts["seats"].known is None else "seats"])
        basis[f"groups.{group}.position"] = f"{_says('distance', codes[DISTANCE])}; {_says('sides', facts['sides'])}"
        if "outside_option" in said:
            basis[f"groups.{group}.outside_option"] = _says("outside option", codes["outside_option"])
    for name, paths in _PATHS.items():
        for path in paths:
            section, key = path.split(".")
            if key in data[section]:
                basis[path] = _says(name, codes[name])
    return basis


def _says(what: str, entry: Entry, more: str = "") -> str:
    """The basis of what a fact or code has set."""
    if entry.known is None:
        return f"assumption: {what} not known: drawn, or the codebook's default{more}"
    known = entry.known if isinstance(entry.known, str) else ""
    if not known and isinstance(entry.known, tuple):
        known = " + ".join(str(item) for item in entry.known)
    said = " ".join(f"{what} {known}".split())
    quote = f": '{entry.quote.strip()}'" if entry.quote.strip() else ""
    also = f" ({', '.join(entry.source)})" if entry.source else ""
    return f"coding: {said}{quote}{also}{more}"
