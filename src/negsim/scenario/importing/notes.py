"""What a person has to know about an import: what was not mapped, and what was assumed instead.

Rules that hold here
- Nothing is left out in silence.
"""

from __future__ import annotations

from collections.abc import Iterator

from negsim.errors import shown
from negsim.scenario.codebook import CODEBOOK
from negsim.scenario.importing.body import SILENT, Body
from negsim.scenario.importing.cells import listed
from negsim.scenario.importing.writing import Names, Setting
from negsim.scenario.schema import MOST_GROUPS


def without_the_mute(body: Body) -> tuple[Body, list[str]]:
    """The body without actors and issues of which no position is known, and what was left out."""
    questions = [one for one in body.questions if any(who.on(one).position is not None for who in body.actors)]
    actors = [who for who in body.actors if any(who.on(one).position is not None for one in questions)]
    gone = [one.name for one in body.actors if one not in actors]
    silent = [one.label for one in body.questions if one not in questions]
    notes = [f"left out, as no position is known: {what} {listed(map(shown, names))}" for what, names in (
        ("actors", gone), ("issues", silent)) if names]  # fmt: skip
    return body._replace(questions=questions, actors=actors), notes


def notes_on(body: Body, names: Names, setting: Setting) -> Iterator[str]:
    """What is said aloud, a line each."""
    yield "not mapped: power as a weight in the decision (negsim counts objections, it has no votes by weight)"
    yield "not mapped: how much an actor cares on the whole; salience is the weight of its issues among each other"
    yield from (f"not mapped: {note}" for note in body.notes)
    scale = CODEBOOK["voice"]
    mean = sum(actor.power for actor in body.actors) / len(body.actors)
    if mean == 0.0:
        yield "mapped: nobody has power, so all have the same voice"
    else:
        yield "mapped: power as voice, how often one asks for the floor: power over the mean power"
        clipped = [who.name for who in body.actors if not scale.low <= who.power / mean <= scale.high]
        if clipped:
            yield f"mapped: voice kept within {scale.low:g} and {scale.high:g}: {listed(clipped)}"
    yield from _silences(body)
    renamed = [f"{old} is {new}" for old, new in names.delegates.items() if old != new]
    if renamed:
        yield f"renamed: {listed(renamed)}"
    if len(body.actors) > MOST_GROUPS:
        yield f"assumed: {len(body.actors)} actors in {MOST_GROUPS} groups, the most alike in positions together"
    else:
        yield "assumed: each actor is a group of its own; the file knows no groups"
    yield f"assumed: the status quo of every issue is {setting.status_quo:g} on a scale of 0 to 1"
    yield "assumed: trust neither high nor low between any two, and the same in the chair"
    meetings = f"{setting.meetings} meeting{'s' * (setting.meetings != 1)} of three days"
    yield f"assumed: {meetings}, a rolling text, no formal objection, evenings at home"


def _silences(body: Body) -> Iterator[str]:
    """Who says nothing on what; those with the same silence together."""
    alike: dict[tuple[tuple[str, ...], bool], list[str]] = {}
    for actor in body.actors:
        silent = [one for one in body.questions if actor.on(one).position is None]
        for cares in (False, True):
            labels = tuple(one.label for one in silent if (actor.on(one).salience != SILENT) is cares)
            if labels:
                alike.setdefault((labels, cares), []).append(actor.name)
    for (labels, cares), who in alike.items():
        weight = "the file's weight" if cares else "weight 0"
        drawn = f"drawn around the others' in every run, with {weight}"
        yield f"assumed: no position of {listed(who)} on {listed(labels)}: {drawn}"
