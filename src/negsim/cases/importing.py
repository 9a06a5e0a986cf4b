"""Turn files of neighbouring systems into scenarios: *decide*, the exchange model's program, and KTAB.

- Every bad row is reported with its place, and there is then no result. Otherwise the result is a valid scenario, and
  notes say what was not mapped and what was assumed instead.
- Every number has its basis: the file it is from, or the assumption that stands in for what the file does not say.
- An actor becomes a named delegate in a group of its own, as these files have no groups; beyond 31 actors, those with
  the most alike positions share one. Trust is the same within and across groups, so that a group means nothing by
  itself.
- Names stay as they are wherever a scenario may use them; a changed name stays recognisable, is reported, and is
  unique.
- An actor that is silent on an issue gets no position: each run draws one around the positions of the others.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.cluster.hierarchy import cut_tree, linkage

from negsim.cases.foreign import (
    DECIDE,
    KTAB,
    SILENT_WEIGHT,
    Actor,
    ForeignBody,
    ForeignIssue,
    free,
    in_note,
    read_decide,
    read_ktab,
)
from negsim.errors import Mark, Problem, ScenarioError, did_you_mean, encodable, literal
from negsim.scenario import loads
from negsim.scenario.library import text_in
from negsim.scenario.schema import MOST_GROUPS, MOST_ISSUES, MOST_SEATS, Scenario
from negsim.scenario.values import key_of, one_line
from negsim.scenario.words import CODEBOOK
from negsim.scenario.yaml import FileKind, Plain, flow, to_yaml

_COUNTED_DIGITS = 6  # that count
_FLOWING = ("issues", "groups", "delegates")  # sections with one line an entry


class _ImportDefaults(NamedTuple):
    """The values that the files do not give. meetings: how many. status_quo: of every issue, 0..1."""

    meetings: int
    status_quo: float


class _BodyNames(NamedTuple):
    """The names of a body in a scenario: issues by question, delegates by actor, and the source."""

    issues: dict[str, str]
    delegates: dict[str, str]
    source: str


def _scenario_text(body: ForeignBody, names: _BodyNames, file: str, setting: _ImportDefaults) -> str:
    """Write the scenario in YAML; `_notes_on` lists what a person has to know about it."""
    rooms = _groups(body, names)
    data: dict[str, Plain] = {
        "format": 1,
        "title": one_line(body.title) or Path(file).stem,
        "description": "\n".join(one_line(line) for line in body.description.split("\n")).strip(),
        "sources": {names.source: {"text": one_line(f"{Path(file).name}, {body.source}")}},
        "basis": _basis(body, names, setting),
        "issues": {names.issues[one.name]: _issue(one, setting) for one in body.questions},
        "groups": {room: _group(members, body, names) for room, members in rooms.items()},
        "delegates": [
            _delegate(actor, room, members, body, names) for room, members in rooms.items() for actor in members
        ],
        "trust": {"within": 0.5, "across": 0.5},
        "context": {"salience_spread": 0.0},
        "process": {
            "decision_rule": "no_formal_objection",
            "methodology": "rolling_text",
            "meetings": [{"days": 3, "evenings": "none"}] * setting.meetings,
        },
    }
    return "".join(_section(name, content) for name, content in data.items() if content != "")


def _names_of(body: ForeignBody, file: str) -> _BodyNames:
    """Choose legal names for the actors, issues and source of a body."""
    issues, delegates = dict[str, str](), dict[str, str]()  # names in the file, by those in the scenario
    for question in body.questions:
        issues[free(key_of(question.name, "issue"), issues, "_")] = question.name
    for actor in body.actors:
        delegates[_proper(actor.name, delegates)] = actor.name
    source = free(key_of(Path(file).stem, "file"), ("coding", "assumption", "derived"), "_")
    of_issues, of_delegates = ({old: new for new, old in names.items()} for names in (issues, delegates))
    return _BodyNames(of_issues, of_delegates, source)


_LONGEST_NAME = 80


def _proper(text: str, taken: Container[str]) -> str:
    """Make a delegate's name from a text: one printable line.

    >>> _proper("A -> B", ()), _proper("USA", ("USA",)), _proper("none", ())
    ('A to B', 'USA 2', 'none 2')
    """
    return free(one_line(text.replace("->", " to "))[: _LONGEST_NAME - 10].strip() or "Actor", taken, " ")


def _section(name: str, content: Plain) -> str:
    if name not in _FLOWING:
        return to_yaml({name: content})
    if isinstance(content, list):
        return f"{name}:\n" + "".join(f"- {flow(item)}\n" for item in content)
    return f"{name}:\n" + "".join(f"  {flow({word: item})[1:-1]}\n" for word, item in content.items())


def _issue(question: ForeignIssue, setting: _ImportDefaults) -> Plain:
    ends = {"label": question.label, "low": question.low, "high": question.high}
    return {word: one_line(text) or "-" for word, text in ends.items()} | {"status_quo": setting.status_quo}


def _basis(body: ForeignBody, names: _BodyNames, setting: _ImportDefaults) -> Plain:
    source = names.source
    shared = f"; of {len(body.actors)}, those with the most alike positions share one" if _is_large(body) else ""
    status_quo = "the low end of the scale" if setting.status_quo == 0 else "chosen at the import"
    mapped = "positions scaled to 0..1; salience as the weight of an issue; voice is power over the mean power"
    return {
        "issues": f"{source}: issues and the ends of their scales",
        **{
            f"issues.{issue}.status_quo": f"assumption: the file names none; {status_quo}"
            for issue in names.issues.values()
        },
        "groups": f"{source}: {mapped}; each actor a group of one seat{shared}",
        "delegates": f"{source}: {mapped}",
        "trust": "assumption: the file says nothing of trust; neither trust nor mistrust between any two actors",
        "context": "assumption: the file gives one salience an actor and issue, so none is drawn",
        "process": "assumption: the file knows no meetings; a rolling text, three days a meeting, evenings at home",
    }


def _is_large(body: ForeignBody) -> bool:
    return len(body.actors) > MOST_GROUPS


def _groups(body: ForeignBody, names: _BodyNames) -> dict[str, list[Actor]]:
    """Group the actors: one each, or the most alike together in as many groups as there may be (complete linkage)."""
    rooms: dict[int, list[Actor]] = {}
    for actor, room in zip(body.actors, _rooms(body), strict=True):
        rooms.setdefault(room, []).append(actor)
    named: dict[str, list[Actor]] = {}
    for members in rooms.values():
        named[free(key_of(members[0].name, "actor"), {*named, *names.delegates.values()}, "_")] = members
    return named


def _rooms(body: ForeignBody) -> list[int]:
    if not _is_large(body):
        return list(range(len(body.actors)))
    means = {question.name: _around(body.actors, question)[0] for question in body.questions}
    places = [
        [means[one.name] if (own := actor.on(one).position) is None else own for one in body.questions]
        for actor in body.actors
    ]
    tree = linkage(np.array(places), method="complete")
    return [int(room) for room in cut_tree(tree, n_clusters=MOST_GROUPS)[:, 0]]


def _around(actors: list[Actor], question: ForeignIssue) -> tuple[float, float]:
    """Return the mean and standard deviation of the positions of those who have one."""
    places = [place for actor in actors if (place := actor.on(question).position) is not None]
    return statistics.fmean(places), statistics.pstdev(places)


def _group(members: list[Actor], body: ForeignBody, names: _BodyNames) -> dict[str, Plain]:
    """Average the members of a group; where none of them mentions an issue, take the room's mean."""
    position, salience = {}, {}
    for one in body.questions:
        speak = [actor for actor in members if actor.on(one).position is not None]
        mean, spread = _around(speak or body.actors, one)
        position[names.issues[one.name]] = _short(mean) if speak else [_short(mean), _short(spread)]
        salience[names.issues[one.name]] = _short(statistics.fmean(actor.on(one).salience for actor in members))
    return {
        "label": one_line(", ".join(actor.label for actor in members)),
        "seats": len(members),
        "position": position,
        "salience": salience,
        "voice": _short(statistics.fmean(_voice(actor, body) for actor in members)),
    }


def _delegate(actor: Actor, room: str, members: list[Actor], body: ForeignBody, names: _BodyNames) -> Plain:
    """Describe a named seat: what differs from its group."""
    delegate: dict[str, Plain] = {"name": names.delegates[actor.name], "group": room}
    if len(members) == 1:
        return delegate
    position, salience = {}, {}
    for one in body.questions:
        issue, stance = names.issues[one.name], actor.on(one)
        place = stance.position
        position[issue] = [*map(_short, _around(body.actors, one))] if place is None else _short(place)
        salience[issue] = _short(stance.salience)
    return delegate | {"position": position, "salience": salience, "voice": _short(_voice(actor, body))}


def _voice(actor: Actor, body: ForeignBody) -> float:
    """Divide power by the mean power, within the limits of the scale; 1 if nobody has any."""
    mean = statistics.fmean(one.power for one in body.actors)
    scale = CODEBOOK["voice"]
    return min(scale.high, max(scale.low, actor.power / mean)) if mean > 0.0 else 1.0


def _short(number: float) -> float:
    return float(f"{number:.{_COUNTED_DIGITS}g}")


def _without_the_mute(body: ForeignBody) -> tuple[ForeignBody, list[str]]:
    """Remove actors and issues of which no position is known; return the rest and what was left out."""
    questions = [one for one in body.questions if any(who.on(one).position is not None for who in body.actors)]
    actors = [who for who in body.actors if any(who.on(one).position is not None for one in questions)]
    gone = [one.name for one in body.actors if one not in actors]
    silent = [one.label for one in body.questions if one not in questions]
    notes = [f"left out, as no position is known: {what} {in_note([*map(literal, names)])}" for what, names in (
        ("actors", gone), ("issues", silent)) if names]  # fmt: skip
    return body._replace(questions=questions, actors=actors), notes


def _notes_on(body: ForeignBody, names: _BodyNames, setting: _ImportDefaults) -> Iterator[str]:
    """Yield what the user needs to know about an import, a line each."""
    yield "not mapped: power as a weight in the decision (write voting_weight, and a rule with accept_by_weight)"
    yield "not mapped: how much an actor cares on the whole; salience is the weight of its issues among each other"
    yield from (f"not mapped: {note}" for note in body.notes)
    scale = CODEBOOK["voice"]
    mean = sum(actor.power for actor in body.actors) / len(body.actors)
    if mean == 0.0:
        yield "mapped: nobody has power, so all have the same voice"
    else:
        yield "mapped: power as voice (how often one asks for the floor): power over the mean power"
        clipped = [who.name for who in body.actors if not scale.low <= who.power / mean <= scale.high]
        if clipped:
            yield f"mapped: voice kept within {scale.low:g} and {scale.high:g}: {in_note(clipped)}"
    yield from _silences(body)
    renamed = [f"{old} is {new}" for old, new in names.delegates.items() if old != new]
    if renamed:
        yield f"renamed: {in_note(renamed)}"
    if _is_large(body):
        yield f"assumed: {len(body.actors)} actors in {MOST_GROUPS} groups, the most alike in positions together"
    else:
        yield "assumed: each actor is a group of its own; the file knows no groups"
    yield f"assumed: the status quo of every issue is {setting.status_quo:g} on a scale of 0 to 1"
    yield "assumed: trust neither high nor low between any two, and the same in the chair"
    meetings = f"{setting.meetings} meeting{'s' * (setting.meetings != 1)} of three days"
    yield f"assumed: {meetings}, a rolling text, no formal objection, evenings at home"


def _silences(body: ForeignBody) -> Iterator[str]:
    """Yield who is silent on what, with those of the same silence together."""
    alike: dict[tuple[tuple[str, ...], bool], list[str]] = {}
    for actor in body.actors:
        silent = [one for one in body.questions if actor.on(one).position is None]
        for cares in (False, True):
            labels = tuple(one.label for one in silent if (actor.on(one).salience != SILENT_WEIGHT) is cares)
            if labels:
                alike.setdefault((labels, cares), []).append(actor.name)
    for (labels, cares), who in alike.items():
        weight = "the file's weight" if cares else "weight 0"
        how = f"drawn around the others' in every run, with {weight}"
        yield f"assumed: no position of {in_note(who)} on {in_note(labels)}: {how}"


class _System(NamedTuple):
    """A system whose files can be read."""

    form: FileKind
    read: Callable[[str, str], ForeignBody]


_SYSTEMS = {"decide": _System(DECIDE, read_decide), "ktab": _System(KTAB, read_ktab)}


class _Imported(NamedTuple):
    """A scenario and its text, with notes for the user, a line each."""

    scenario: Scenario
    text: str
    notes: list[str]


def imported(file: str | Path, system: str, *, meetings: int = 3, status_quo: float = 0.0) -> _Imported:
    """Read the scenario in a file of a neighbouring system.

    system: `decide` or `ktab`. meetings: how many, of three days. status_quo: of every issue, 0..1.
    Raises `ScenarioError` with every bad row; ValueError for an unknown system.
    """
    if system not in _SYSTEMS:
        raise ValueError(f"{literal(system)} is not a system{did_you_mean(system, _SYSTEMS)}")
    form, read = _SYSTEMS[system]
    setting = _ImportDefaults(meetings, status_quo)
    name = encodable(str(file))
    body, left_out = _without_the_mute(read(text_in(Path(file), name, form), name))
    _check(body, name)
    names = _names_of(body, name)
    text = _scenario_text(body, names, name, setting)
    notes = [*left_out, *_notes_on(body, names, setting)]
    return _Imported(loads(text, f"{name}, imported"), text, notes)


def _check(body: ForeignBody, file: str) -> None:
    """Raise `ScenarioError` for a body that no scenario can hold."""
    problems = []
    actors, issues = len(body.actors), len(body.questions)
    if actors < 2:
        problems.append(f"has {actors} actor{'s' * (actors != 1)} with a position; a negotiation needs at least 2")
    if actors > MOST_SEATS:
        problems.append(f"has {actors} actors; at most {MOST_SEATS}")
    if not 0 < issues <= MOST_ISSUES:
        problems.append(f"has {issues} issues with a position; write 1 to {MOST_ISSUES}")
    idle = [who for who in body.actors if not any(who.on(one).salience > 0.0 for one in body.questions)]
    problems += [f"{literal(who.name)} gives no issue any salience; at least one has to matter" for who in idle]
    if problems:
        raise ScenarioError([Problem(Mark(file), "", message) for message in problems])
