"""Worlds: settings of what is not known for sure, each held for all runs that are made in it.

- A drawn world is one replication of the sampler: everything under `uncertain`, an ensemble's parameters included.
- A step changes one coded value, a world up and a world down. A number with words goes to the next word of its scale, a
  place on an issue by a tenth of the scale, a parameter of the file to the ends of its plausible range, another number
  by a tenth of itself, and seats by one at least. A step that does not fit into the scenario is left out.
- Of a coded case a step is that of one code to the next option of the codebook, and so are all that it sets.
- Values of people and parameters that the file leaves at the usual are not coded, and what is drawn makes no step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from negsim.cases.form import CodedCase
from negsim.cases.translation import neighbours, scenario_of
from negsim.errors import ScenarioError
from negsim.scenario import Scenario, with_changes
from negsim.scenario.changes import Changes
from negsim.scenario.keys import is_at_or_around, scales
from negsim.scenario.lowering import group_labels
from negsim.scenario.meanings import factor_name
from negsim.scenario.sampling import draws, paths_drawn, sample
from negsim.scenario.schema import PARAMETERS_KEY
from negsim.scenario.values import is_number
from negsim.scenario.words import CODEBOOK, Scale, next_to
from negsim.scenario.yaml import Plain, flow

_TENTH = 0.1
_STEPPED = ("issues", "groups", "delegates", "camps", "trust", "context", "process.chair", PARAMETERS_KEY)
# Ends of patterns whose `medium` is what the language takes as usual, as that of each parameter is.
_DEFAULT_AT_MEDIUM = (".salience.*", ".voice")
_WITHOUT_EFFECT = "camps.*.red_lines.*.spread"
_AMOUNTS = ("groups.*.seats", "process.hours")


class World(NamedTuple):
    """A setting, as the scenario in which its runs are made.

    name: what sets it apart; "" for one that is drawn. inputs: the values that may differ between worlds, by path.
    """

    name: str
    scenario: Scenario
    inputs: dict[str, Plain]


def drawn_worlds(scenario: Scenario, seed: int, count: int) -> Iterator[World]:
    """Yield the worlds that the first replications draw."""
    for w in range(count):
        certain = sample(scenario, seed, w)
        yield World("", certain, dict(_inputs(scenario, certain, seed, w)))


def _inputs(scenario: Scenario, certain: Scenario, seed: int, replication: int) -> Iterator[tuple[str, Plain]]:
    """Yield what a replication draws by path: all that is changed together, and of an ensemble each parameter."""
    for key, value in draws(scenario, seed, replication).items():
        if key == PARAMETERS_KEY:
            usual = scenario.parameters.model_dump()
            member = certain.parameters.model_dump().items()
            yield from ((f"{key}.{name}", number) for name, number in member if number != usual[name])
        else:
            yield from value.items() if isinstance(value, dict) else [(key, value)]


def stepped_worlds(scenario: Scenario) -> Iterator[World]:
    """Yield the worlds that are one step of a coded value from a scenario."""
    data, drawn = scenario.resolved(), [path for path in paths_drawn(scenario) if not _is_settled(scenario, path)]
    for path, value, scale in _coded_values(data):
        if any(is_at_or_around(path, one) for one in drawn):
            continue
        for number in _steps(value, scale):
            with suppress(ScenarioError):
                changed = with_changes(scenario, {path: number})
                yield World(f"{_name(path, scenario)} {number:g}", changed, {path: number})


def _is_settled(scenario: Scenario, path: str) -> bool:
    """Return whether a change has settled a value, so that every run draws the same."""
    how = scenario.uncertain.get(path)
    return how is not None and how.one_of is not None and len(how.one_of) == 1


def _name(path: str, scenario: Scenario) -> str:
    """Name a value without the section in which it stands."""
    name = factor_name(path, group_labels(scenario))
    section, _, rest = name.partition(" ")
    return rest if section in _STEPPED and rest else name


def coded_worlds(case: CodedCase, changes: Changes = ()) -> Iterator[World]:
    """Yield the scenarios of a case that are one code from it. changes: made to each."""
    for name, _, other in neighbours(case):
        known = other.codes[name].known
        with suppress(ScenarioError):
            changed = with_changes(scenario_of(other), changes) if changes else scenario_of(other)
            word = flow(list(known)) if isinstance(known, tuple) else str(known)
            yield World(f"{name.replace('_', ' ')}: {word.replace('_', ' ')}", changed, {name: word})


def _coded_values(data: dict[str, Plain]) -> Iterator[tuple[str, float, Scale | None]]:
    """Yield the path, the value and the scale of each number that a step can change."""
    for pattern, scale in scales(Scenario):
        if not pattern.startswith(_STEPPED) or pattern == _WITHOUT_EFFECT:
            continue
        is_usual = pattern.endswith(_DEFAULT_AT_MEDIUM) or pattern.startswith(PARAMETERS_KEY)
        for path, value in _numbers(data, pattern.split(".")):
            if not is_usual or value != scale.words["medium"].number:
                yield path.removesuffix(".mean"), value, scale
    for pattern in _AMOUNTS:
        yield from ((path, value, None) for path, value in _numbers(data, pattern.split(".")))


def _numbers(data: Plain, steps: Sequence[str], at: tuple[str, ...] = ()) -> Iterator[tuple[str, float]]:
    """Yield the numbers that stand where a pattern leads, with their paths."""
    if not steps:
        if is_number(data):
            yield ".".join(at), data
        return
    entries: dict[str, Plain] = data if isinstance(data, dict) else {}
    if isinstance(data, list):
        entries = {str(one.get("name", n)) if isinstance(one, dict) else str(n): one for n, one in enumerate(data)}
    for name, one in entries.items():
        if steps[0] in {"*", name}:
            yield from _numbers(one, steps[1:], (*at, name))


def _steps(value: float, scale: Scale | None) -> Iterator[float]:
    if scale is None:
        step = max(1, round(_TENTH * value)) if isinstance(value, int) else _TENTH * value
        yield from (value - step, value + step)
    elif scale is CODEBOOK["position"]:
        yield from (round(end, 9) for end in (max(0.0, value - _TENTH), min(1.0, value + _TENTH)) if end != value)
    else:
        yield from (number for number in next_to(scale, value) if number is not None)
