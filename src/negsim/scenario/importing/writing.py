"""The body of a foreign file as the text of a scenario.

Rules that hold here
- Every number has its basis: the file it is from, or the assumption that stands in for what the file does not say.
- An actor is a named delegate in a group of its own, as the files know no groups; beyond 31 actors those with the most
  alike positions share one. Within and across groups trust is the same, so that a group means nothing by itself.
- An actor that is silent on an issue gets no position: it is drawn around the others', a new one in every run.
"""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.cluster.hierarchy import cut_tree, linkage

from negsim.scenario.codebook import CODEBOOK
from negsim.scenario.importing.body import Actor, Body, Question
from negsim.scenario.importing.naming import key, one_line, proper
from negsim.scenario.loading import flow, to_yaml
from negsim.scenario.plain import Plain
from negsim.scenario.schema import MOST_GROUPS

DIGITS = 6  # that count
FLOWING = ("issues", "groups", "delegates")  # sections with one line an entry


class Setting(NamedTuple):
    """What the files do not say. meetings: how many. status_quo: of every issue, 0..1."""

    meetings: int
    status_quo: float


class Names(NamedTuple):
    """The names of a body in a scenario: issues by question, delegates by actor, and the source."""

    issues: dict[str, str]
    delegates: dict[str, str]
    source: str


def scenario_text(body: Body, file: str, setting: Setting) -> str:
    """The scenario in YAML; what a person has to be told about it is in `notes.notes_on`."""
    names = names_of(body, file)
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
        "process": _process(setting),
    }
    return "".join(_section(name, content) for name, content in data.items() if content != "")


def names_of(body: Body, file: str) -> Names:
    """Legal names for what a body names."""
    issues: dict[str, str] = {}
    for question in body.questions:
        issues[question.name] = key(question.name, [*issues.values()], "issue")
    delegates: dict[str, str] = {}
    for actor in body.actors:
        delegates[actor.name] = proper(actor.name, [*delegates.values()])
    return Names(issues, delegates, key(Path(file).stem, ("coding", "assumption", "derived"), "file"))


def _section(name: str, content: Plain) -> str:
    if name not in FLOWING:
        return to_yaml({name: content})
    if isinstance(content, list):
        return f"{name}:\n" + "".join(f"- {flow(item)}\n" for item in content)
    return f"{name}:\n" + "".join(f"  {flow({word: item})[1:-1]}\n" for word, item in content.items())


def _issue(question: Question, setting: Setting) -> Plain:
    ends = {"label": question.label, "low": question.low, "high": question.high}
    return {word: one_line(text) or "-" for word, text in ends.items()} | {"status_quo": setting.status_quo}


def _process(setting: Setting) -> Plain:
    meeting = {"days": 3, "evenings": "none"}
    return {
        "decision_rule": "no_formal_objection",
        "methodology": "rolling_text",
        "meetings": [dict(meeting) for _ in range(setting.meetings)],
    }


def _basis(body: Body, names: Names, setting: Setting) -> Plain:
    source = names.source
    mapped = "positions scaled to 0..1; salience as the weight of an issue; voice is power over the mean power"
    return {
        "issues": f"{source}: issues and the ends of their scales",
        **{
            f"issues.{issue}.status_quo": "assumption: the file names none; the low end of the scale"
            if setting.status_quo == 0
            else "assumption: the file names none; chosen at the import"
            for issue in names.issues.values()
        },
        "groups": f"{source}: {mapped}; each actor a group of one seat{_shared(body)}",
        "delegates": f"{source}: {mapped}",
        "trust": "assumption: the file says nothing of trust; neither trust nor mistrust between any two actors",
        "context": "assumption: the file gives one salience an actor and issue, so none is drawn",
        "process": "assumption: the file knows no meetings; a rolling text, three days a meeting, evenings at home",
    }


def _shared(body: Body) -> str:
    return f"; of {len(body.actors)}, those with the most alike positions share one" if _is_large(body) else ""


# ------------------------------------------------------------------------------------------------ people


def _is_large(body: Body) -> bool:
    return len(body.actors) > MOST_GROUPS


def _groups(body: Body, names: Names) -> dict[str, list[Actor]]:
    """The actors by group: one each, or as many groups as there may be of the most alike (complete linkage)."""
    rooms: dict[int, list[Actor]] = {}
    for actor, room in zip(body.actors, _rooms(body), strict=True):
        rooms.setdefault(room, []).append(actor)
    named: dict[str, list[Actor]] = {}
    for members in rooms.values():
        named[key(members[0].name, {*named, *names.delegates.values()}, "actor")] = members
    return named


def _rooms(body: Body) -> list[int]:
    """The number of each actor's group."""
    if not _is_large(body):
        return list(range(len(body.actors)))
    means = {question.name: _around(body.actors, question)[0] for question in body.questions}
    places = [
        [means[one.name] if (own := actor.on(one).position) is None else own for one in body.questions]
        for actor in body.actors
    ]
    tree = linkage(np.array(places), method="complete")
    return [int(room) for room in cut_tree(tree, n_clusters=MOST_GROUPS)[:, 0]]


def _around(actors: list[Actor], question: Question) -> tuple[float, float]:
    """Mean and standard deviation of the positions of those who have one."""
    places = [place for actor in actors if (place := actor.on(question).position) is not None]
    return statistics.fmean(places), statistics.pstdev(places)


def _group(members: list[Actor], body: Body, names: Names) -> dict[str, Plain]:
    """What the members of a group have in common: their means; on what none of them mentions, the room's."""
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
        "voice": _short(statistics.fmean(voice(actor, body) for actor in members)),
    }


def _delegate(actor: Actor, room: str, members: list[Actor], body: Body, names: Names) -> Plain:
    """A named seat: what differs from its group."""
    said: dict[str, Plain] = {"name": names.delegates[actor.name], "group": room}
    if len(members) == 1:
        return said
    stances = {names.issues[one.name]: actor.on(one) for one in body.questions}
    said["position"] = {
        issue: _short(stance.position) if stance.position is not None else [*_spread(body, issue, names)]
        for issue, stance in stances.items()
    }
    said["salience"] = {issue: _short(stance.salience) for issue, stance in stances.items()}
    return said | {"voice": _short(voice(actor, body))}


def _spread(body: Body, issue: str, names: Names) -> tuple[float, float]:
    question = next(one for one in body.questions if names.issues[one.name] == issue)
    mean, spread = _around(body.actors, question)
    return _short(mean), _short(spread)


def voice(actor: Actor, body: Body) -> float:
    """Power over the mean power, within the limits of the scale; 1 where nobody has any."""
    mean = statistics.fmean(one.power for one in body.actors)
    scale = CODEBOOK["voice"]
    return min(scale.high, max(scale.low, actor.power / mean)) if mean > 0.0 else 1.0


def _short(number: float) -> float:
    """A number as it is written."""
    return float(f"{number:.{DIGITS}g}")
