"""Turn tables of actors and issues into scenarios: those of Thomson et al., of *decide*, or one's own.

- Every bad row is reported with its place, and there is then no result. Otherwise the result is a valid scenario, and
  notes say what was not mapped and what was assumed instead.
- Every number has its basis: the file it is from, or the assumption that stands in for what the file does not say.
- Voice is power times salience over all issues, so that voice times an issue's share of an actor's salience is the
  weight that theories of bargaining give an actor there, up to a factor (Thomson et al. 2006, ch. 5).
- An actor becomes a named delegate in a group of its own, as these files have no groups; beyond 31 actors, those with
  the most alike positions share one. Trust is the same within and across groups, so that a group means nothing by
  itself.
- Names stay as they are wherever a scenario may use them; a changed name stays recognisable, is reported, and is
  unique.
- An actor that is silent on an issue gets no position: each run draws one around the positions of the others.
"""

from __future__ import annotations

import statistics
from collections.abc import Container, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.cluster.hierarchy import cut_tree, linkage

from negsim.cases.table import SILENT_WEIGHT, TABLE, Actor, Controversy, TableIssue, free, in_note, read_table
from negsim.errors import Mark, NegsimError, Problem, ScenarioError, did_you_mean, encodable, literal
from negsim.scenario import loads
from negsim.scenario.library import text_in
from negsim.scenario.schema import MOST_GROUPS, MOST_ISSUES, MOST_SEATS, Scenario
from negsim.scenario.values import key_of, one_line
from negsim.scenario.words import CODEBOOK
from negsim.scenario.yaml import Plain, flow, to_yaml

_COUNTED_DIGITS = 6  # that count
_FLOWING = ("issues", "groups", "delegates")  # sections with one line an entry


class _ImportDefaults(NamedTuple):
    """The values that a file may not give. meetings: how many. status_quo: of an issue without one, 0..1."""

    meetings: int
    status_quo: float


class _BodyNames(NamedTuple):
    """The names of a body in a scenario: issues by question, delegates by actor, and the source."""

    issues: dict[str, str]
    delegates: dict[str, str]
    source: str


def _scenario_text(body: Controversy, names: _BodyNames, file: str, setting: _ImportDefaults) -> str:
    """Write the scenario in YAML; `_notes_on` lists what a person has to know about it."""
    rooms = _groups(body, names)
    data: dict[str, Plain] = {
        "format": 1,
        "title": one_line(body.title) or Path(file).stem,
        "sources": {names.source: {"text": one_line(Path(file).name)}},
        "basis": _basis(body, names, setting),
        "issues": {names.issues[one.name]: _issue(one, setting) for one in body.issues},
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


def _names_of(body: Controversy, file: str) -> _BodyNames:
    issues, delegates = dict[str, str](), dict[str, str]()  # names in the file, by those in the scenario
    for question in body.issues:
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


def _issue(question: TableIssue, setting: _ImportDefaults) -> Plain:
    ends = {"label": question.label, "low": question.low, "high": question.high}
    reference = setting.status_quo if question.reference is None else _short(question.reference)
    happened: dict[str, Plain] = {} if question.outcome is None else {"outcome": _short(question.outcome)}
    return {word: one_line(text) or "-" for word, text in ends.items()} | {"status_quo": reference} | happened


def _basis(body: Controversy, names: _BodyNames, setting: _ImportDefaults) -> Plain:
    source = names.source
    shared = f"; of {len(body.actors)}, those with the most alike positions share one" if _is_large(body) else ""
    status_quo = "the low end of the scale" if setting.status_quo == 0 else "chosen at the import"
    mapped = "positions scaled to 0..1; salience as the weight of an issue; voice is power times salience over its mean"
    return {
        "issues": f"{source}: issues and the ends of their scales",
        **{
            f"issues.{names.issues[one.name]}.status_quo": f"assumption: the file names none; {status_quo}"
            for one in body.issues
            if one.reference is None
        },
        "groups": f"{source}: {mapped}; each actor a group of one seat{shared}",
        "delegates": f"{source}: {mapped}",
        "trust": "assumption: the file says nothing of trust; neither trust nor mistrust between any two actors",
        "context": "assumption: the file gives one salience an actor and issue, so none is drawn",
        "process": "assumption: the file knows no meetings; a rolling text, three days a meeting, evenings at home",
    }


def _is_large(body: Controversy) -> bool:
    return len(body.actors) > MOST_GROUPS


def _groups(body: Controversy, names: _BodyNames) -> dict[str, list[Actor]]:
    """Group the actors: one each, or the most alike together in as many groups as there may be (complete linkage)."""
    rooms: dict[int, list[Actor]] = {}
    for actor, room in zip(body.actors, _rooms(body), strict=True):
        rooms.setdefault(room, []).append(actor)
    named: dict[str, list[Actor]] = {}
    for members in rooms.values():
        named[free(key_of(members[0].name, "actor"), {*named, *names.delegates.values()}, "_")] = members
    return named


def _rooms(body: Controversy) -> list[int]:
    if not _is_large(body):
        return list(range(len(body.actors)))
    means = {question.name: _around(body.actors, question)[0] for question in body.issues}
    places = [
        [means[one.name] if (own := actor.on(one).position) is None else own for one in body.issues]
        for actor in body.actors
    ]
    tree = linkage(np.array(places), method="complete")
    return [int(room) for room in cut_tree(tree, n_clusters=MOST_GROUPS)[:, 0]]


def _around(actors: list[Actor], question: TableIssue) -> tuple[float, float]:
    """Return the mean and standard deviation of the positions of those who have one."""
    places = [place for actor in actors if (place := actor.on(question).position) is not None]
    return statistics.fmean(places), statistics.pstdev(places)


def _group(members: list[Actor], body: Controversy, names: _BodyNames) -> dict[str, Plain]:
    """Average the members of a group; where none of them mentions an issue, take the room's mean."""
    position, salience = {}, {}
    for one in body.issues:
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


def _delegate(actor: Actor, room: str, members: list[Actor], body: Controversy, names: _BodyNames) -> Plain:
    """Describe a named seat: what differs from its group."""
    delegate: dict[str, Plain] = {"name": names.delegates[actor.name], "group": room}
    if len(members) == 1:
        return delegate
    position, salience = {}, {}
    for one in body.issues:
        issue, stance = names.issues[one.name], actor.on(one)
        place = stance.position
        position[issue] = [*map(_short, _around(body.actors, one))] if place is None else _short(place)
        salience[issue] = _short(stance.salience)
    return delegate | {"position": position, "salience": salience, "voice": _short(_voice(actor, body))}


def _voice(actor: Actor, body: Controversy) -> float:
    """Divide power times salience by its mean, within the limits of the scale; 1 if nobody has any."""
    mean = statistics.fmean(one.weight for one in body.actors)
    scale = CODEBOOK["voice"]
    return min(scale.high, max(scale.low, actor.weight / mean)) if mean > 0.0 else 1.0


def _short(number: float) -> float:
    return float(f"{number:.{_COUNTED_DIGITS}g}")


def _without_the_mute(body: Controversy) -> tuple[Controversy, list[str]]:
    """Remove issues without any position, and actors without a position or salience; return the rest, and notes."""
    issues = [one for one in body.issues if any(who.on(one).position is not None for who in body.actors)]
    speak = [who for who in body.actors if any(who.on(one).position is not None for one in issues)]
    actors = [who for who in speak if any(who.on(one).salience > 0.0 for one in issues)]
    left_out = {
        "no position is known: actors": [one.name for one in body.actors if one not in speak],
        "no position is known: issues": [one.label for one in body.issues if one not in issues],
        "no issue has any weight for them: actors": [one.name for one in speak if one not in actors],
    }
    notes = [f"left out, as {why} {in_note([*map(literal, names)])}" for why, names in left_out.items() if names]
    kept = {one.name for one in issues}
    actors = [who._replace(stances={on: one for on, one in who.stances.items() if on in kept}) for who in actors]
    return body._replace(issues=issues, actors=actors), notes


def _notes_on(body: Controversy, names: _BodyNames, setting: _ImportDefaults) -> Iterator[str]:
    yield "not mapped: power as a weight in the decision (write voting_weight, and a rule with accept_by_weight)"
    yield from (f"not mapped: {note}" for note in body.notes)
    scale = CODEBOOK["voice"]
    mean = sum(actor.weight for actor in body.actors) / len(body.actors)
    if mean == 0.0:
        yield "mapped: nobody has power, so all have the same voice"
    else:
        yield "mapped: power times salience as voice (how often one asks for the floor), over its mean"
        clipped = [who.name for who in body.actors if not scale.low <= who.weight / mean <= scale.high]
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
    if without := [one.label for one in body.issues if one.reference is None]:
        yield f"assumed: the status quo of {in_note(without)} is {setting.status_quo:g} on a scale of 0 to 1"
    yield "assumed: trust neither high nor low between any two, and the same in the chair"
    meetings = f"{setting.meetings} meeting{'s' * (setting.meetings != 1)} of three days"
    yield f"assumed: {meetings}, a rolling text, no formal objection, evenings at home"


def _silences(body: Controversy) -> Iterator[str]:
    """Yield who is silent on what, with those of the same silence together."""
    alike: dict[tuple[tuple[str, ...], bool], list[str]] = {}
    for actor in body.actors:
        silent = [one for one in body.issues if actor.on(one).position is None]
        for cares in (False, True):
            labels = tuple(one.label for one in silent if (actor.on(one).salience != SILENT_WEIGHT) is cares)
            if labels:
                alike.setdefault((labels, cares), []).append(actor.name)
    for (labels, cares), who in alike.items():
        weight = "the file's weight" if cares else "weight 0"
        how = f"drawn around the others' in every run, with {weight}"
        yield f"assumed: no position of {in_note(who)} on {in_note(labels)}: {how}"


class _Imported(NamedTuple):
    """A negotiation as a scenario, with its text, and notes for the user, a line each. name: unique, for a file."""

    name: str
    scenario: Scenario
    text: str
    notes: list[str]


def imported(
    file: str | Path,
    *,
    only: str | None = None,
    scale: tuple[float, float] = (0.0, 100.0),
    meetings: int = 3,
    status_quo: float = 0.0,
) -> list[_Imported]:
    """Read the negotiations in a table, each as a scenario.

    only: the name of one of them. scale: the ends of positions, reference points and outcomes; *decide*'s files may
    have others. meetings: how many, of three days. status_quo: of issues without a reference point, 0..1.
    Raises `ScenarioError` with every bad row; NegsimError for a name that is not there.
    """
    name, setting = encodable(str(file)), _ImportDefaults(meetings, status_quo)
    bodies = {body.name: body for body in read_table(text_in(Path(file), name, TABLE), name, *scale)}
    if only is not None and only not in bodies:
        raise NegsimError(f"{name}: has no negotiation {literal(only)}{did_you_mean(only, bodies)}")
    files: dict[str, Controversy] = {}
    for body in bodies.values():
        files[free(key_of(body.name, "negotiation"), files, "_")] = body
    return [_imported(body, name, setting, key) for key, body in files.items() if only in {None, body.name}]


def _imported(body: Controversy, file: str, setting: _ImportDefaults, key: str) -> _Imported:
    body, left_out = _without_the_mute(body)
    _check(body, file)
    names = _names_of(body, file)
    text = _scenario_text(body, names, file, setting)
    return _Imported(key, loads(text, f"{file}, imported"), text, [*left_out, *_notes_on(body, names, setting)])


def _check(body: Controversy, file: str) -> None:
    """Raise `ScenarioError` for a body that no scenario can hold."""
    problems = []
    actors, issues = len(body.actors), len(body.issues)
    if actors < 2:
        problems.append(f"has {actors} actor{'s' * (actors != 1)} with a position and salience; at least 2 negotiate")
    if actors > MOST_SEATS:
        problems.append(f"has {actors} actors; at most {MOST_SEATS}")
    if not 0 < issues <= MOST_ISSUES:
        problems.append(f"has {issues} issues with a position; write 1 to {MOST_ISSUES}")
    if problems:
        raise ScenarioError([Problem(Mark(file), literal(body.name), message) for message in problems])
