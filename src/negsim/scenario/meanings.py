"""What the paths of a scenario are called and what they mean, for axes, codebooks and the labels of exported tables.

A path of `--set`, of a study or of something uncertain is followed through the JSON Schema: the last key that has a
sentence says what it means. A behavioural parameter has its record, a knob its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from negsim.cast.knobs import KNOBS, LEVEL_WORDS
from negsim.cast.paths import NAMED_PATHS
from negsim.negotiation.parameters import Parameters, about
from negsim.scenario.descriptions import UNITS
from negsim.scenario.schema import schema_json
from negsim.scenario.values import Json

_POLICIES = "policies."  # before who is held
_TRUST = "trust.pairs."  # before who trusts whom
_OWNERS = ("groups", "camps")  # first steps of a path whose second says whose it is
_BOUNDS = {"min": "lower", "max": "upper"}  # of red lines
_LABELS = {path: named.meaning for path, named in NAMED_PATHS.items() if named.scale == "trust"} | {
    path: words.label for path, words in LEVEL_WORDS.items()
}
_ROOMS = ("process", "context", "parameters", "groups", "meetings")  # first steps of a path that say little
_PARAMETERS = "parameters."
_NAMED_ENTRIES = ("additionalProperties", "items")  # of a schema: what stands below a name, or a number


def factor_name(path: str, labels: Mapping[str, str] | None = None) -> str:
    """Name a factor. labels: of groups by their keys, which stand for themselves without.

    >>> factor_name("meetings.count"), factor_name("process.chair.responsiveness"), factor_name("context.tension")
    ('number of meetings', 'chair responsiveness', 'tension')
    >>> factor_name("groups.like_minded.red_lines.production.max")
    'like minded: upper red line on production'
    >>> factor_name("policies.India"), factor_name("trust.pairs.upstream->downstream"), factor_name("trust.across")
    ('policy of India', 'trust of upstream in downstream', 'trust across groups')
    """
    if path in _LABELS:
        return _LABELS[path]

    def whose(key: str) -> str:
        return (labels or {}).get(key, key.replace("_", " "))

    if path.startswith(_TRUST) and "->" in path:
        return "trust of {} in {}".format(*map(whose, path.removeprefix(_TRUST).split("->", 1)))
    if path.startswith(_POLICIES):
        return f"policy of {path.removeprefix(_POLICIES)}"
    steps = path.replace("_", " ").split(".")
    if steps[0] in _OWNERS and len(steps) > 2:
        owner = whose(path.split(".")[1]) if steps[0] == "groups" else steps[1]
        is_bound = steps[2] == "red lines" and steps[-1] in _BOUNDS
        return f"{owner}: {f'{_BOUNDS[steps[-1]]} red line on {steps[3]}' if is_bound else ' '.join(steps[2:][-3:])}"
    while len(steps) > 1 and steps[0] in _ROOMS:
        steps = steps[1:]
    return " ".join(steps[-3:])


class _Meaning(NamedTuple):
    """What a path means, as a sentence, and its unit; "" where there is none."""

    sentence: str
    unit: str


def meaning_of(path: str) -> _Meaning:
    """Return what a path means; of one that no scenario has, nothing.

    >>> meaning_of("groups.like_minded.seats")
    _Meaning(sentence='how many delegates it has', unit='delegates')
    >>> meaning_of("parameters.statement").sentence
    'behavioural parameter, 3 unless changed, plausibly 1 to 5; assumption; minutes'
    """
    name = path.removeprefix(_PARAMETERS)
    if path in KNOBS:
        knob = KNOBS[path]
        return _Meaning(knob.meaning, "share" if knob.words.unit == "share" else "")
    sentence, unit, parts = "", "", [("Scenario", _schema())]
    for step in path.split("."):
        below: list[tuple[str, Json]] = []
        for part, kind in (one for node in parts for one in _kinds(*node)):
            if step in kind.get("properties", {}):
                key = kind["properties"][step]
                sentence, unit = key.get("description", sentence), UNITS.get(part, {}).get(step, "")
                below.append((step, key))
            else:
                entries = [*kind.get("patternProperties", {}).values(), *map(kind.get, _NAMED_ENTRIES)]
                below += [(step, entry) for entry in entries if isinstance(entry, dict)]
        parts = below
    if path.startswith(_PARAMETERS) and name in Parameters._fields:
        record, usual = about()[name], Parameters._field_defaults[name]
        sentence = f"behavioural parameter, {usual:g} unless changed, plausibly {record.low:g} to {record.high:g}"
        sentence += f"; {record.basis}"
    return _Meaning(sentence if parts else "", unit if parts else "")


def _kinds(part: str, node: Json) -> Iterator[tuple[str, Json]]:
    """Yield a node of the JSON Schema and all that it may be, each with the name of its part of a scenario."""
    yield part, node
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        yield from _kinds(name, _schema()["$defs"][name])
    for other in node.get("anyOf", ()):
        yield from _kinds(part, other)


@cache
def _schema() -> Json:
    schema: Json = json.loads(schema_json())
    return schema
