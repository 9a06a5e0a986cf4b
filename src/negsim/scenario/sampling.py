"""Uncertain scenarios: the scenario and the tables of every replication, with everything uncertain drawn.

- A draw depends only on the seed, the replication and its own path, so neither another uncertain value nor another
  chunk of replications changes it.
- A drawn value is put in as `--set` would put it, after whatever the file and the command line say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from zlib import crc32

import numpy as np

from negsim.errors import Problem, ScenarioError
from negsim.negotiation import parameters as habits
from negsim.negotiation.tables import Case
from negsim.randomness import Decision, Stream, stream, uniform
from negsim.scenario.changes import with_changes
from negsim.scenario.ensembles import member_of, members, number_of
from negsim.scenario.lowering import lower
from negsim.scenario.schema import MOST_SEATS, PARAMETERS, SEATS, UNCERTAIN, Scenario, Uncertain, check_scenario
from negsim.scenario.validate import problem_at
from negsim.scenario.yaml import Document, Plain

BETWEEN = (
    5**0.5 - 1
) / 2  # the place in a range that is tried besides its ends; irrational, so it ends on no whole number
_IN_SCENARIO = {"openness", "spillover_max"}  # parameters that lowering reads

Changes = dict[str, Plain]


def sample(scenario: Scenario, seed: int, replication: int) -> Scenario:
    """The scenario of one replication, nothing uncertain left. A `ScenarioError` names a draw that does not fit."""
    check_scenario(scenario)
    if not scenario.uncertain:
        return scenario
    certain, changes = _certain(scenario), dict[str, Plain]()
    for key, distribution in scenario.uncertain.items():
        changes |= _draw(certain, key, distribution, stream(seed, replication))
    if ensemble := _ensemble(scenario):
        habits_now = certain.parameters.model_copy(update=_member(scenario, ensemble, replication))
        certain = certain.model_copy(update={"parameters": habits_now})
    return with_changes(certain, changes) if changes else certain


def paths_drawn(scenario: Scenario) -> Iterator[str]:
    """The paths of what is uncertain, and the keys that are no paths."""
    for key, distribution in scenario.uncertain.items():
        yield from (path for changes in distribution.either or ({key: None},) for path in changes)


def draws(scenario: Scenario, seed: int, replication: int) -> Changes:
    """What one replication draws, by path.

    Changes that are made together stand under their key, and under `parameters` the number of the ensemble's member.
    """
    values: Changes = {}
    for key, distribution in scenario.uncertain.items():
        changes = _draw(scenario, key, distribution, stream(seed, replication))
        values |= changes if distribution.either is None else {key: changes}
    if ensemble := _ensemble(scenario):
        values[PARAMETERS] = number_of(ensemble, replication)
    return values


class Sampler:
    """The tables of a scenario under a seed, by replication."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario, self.seed = scenario, seed

    def cases(self, first: int, count: int) -> Iterator[tuple[Case, int, int]]:
        """Cases with the replications they are for: (case, first, count), in order, first .. first + count - 1 in all.

        A scenario with nothing uncertain has one case for all of them.
        """
        if not self.scenario.uncertain:
            yield self._base, first, count
            return
        for r in range(first, first + count):
            yield self._case(r), r, 1

    def _case(self, replication: int) -> Case:
        if not self._only_parameters:
            return lower(sample(self.scenario, self.seed, replication))
        own = self._base.parameters[0]
        defaults = {name: getattr(own, name) for name in habits.Parameters._fields}
        member = _member(self.scenario, self._only_parameters, replication)
        return self._base._replace(parameters=habits.table(habits.Parameters(**defaults | member)))

    @cached_property
    def _base(self) -> Case:
        """The tables of what is certain."""
        return lower(_certain(self.scenario))

    @cached_property
    def _only_parameters(self) -> str:
        """The ensemble, where it is all that is uncertain and no table but that of the parameters depends on it."""
        ensemble = _ensemble(self.scenario) if len(self.scenario.uncertain) == 1 else ""
        return ensemble if ensemble and not _IN_SCENARIO & set(members(ensemble)[0]) else ""


def check(scenario: Scenario, document: Document) -> Scenario:
    """The scenario, if every value that may be drawn fits by itself; else `ScenarioError`, at the distributions."""
    problems: list[Problem] = []
    for key, distribution in scenario.uncertain.items():
        for changes in _extremes(scenario, key, distribution):
            if fault := _unfit(_certain(scenario), changes):
                problems.append(problem_at(document, (UNCERTAIN, key), fault))
                break
        if problem := _misplaced(scenario, key, distribution):
            problems.append(problem_at(document, (UNCERTAIN, key), problem))
    if problems:
        raise ScenarioError(sorted(problems, key=lambda problem: problem.where))
    return scenario


def largest(scenario: Scenario, size: Callable[[Scenario], float], *, bears: Callable[[str], bool]) -> Scenario:
    """The scenario with each key drawn so that `size` is largest, one key after the other, and nothing uncertain left.

    bears: whether a path may bear on the size; keys without such a path are not tried. A draw that does not fit is not
    counted: a run that draws it ends in an error before it begins.
    """
    most = _certain(scenario)
    for key, distribution in scenario.uncertain.items():
        for changes in _extremes(scenario, key, distribution):
            if any(map(bears, changes)):
                with suppress(ScenarioError):
                    most = max(most, with_changes(most, changes), key=size)
    return most


def _certain(scenario: Scenario) -> Scenario:
    """What a scenario says apart from what is uncertain."""
    basis = {path: why for path, why in scenario.basis.items() if path.split(".")[0] != UNCERTAIN}
    return scenario.model_copy(update={UNCERTAIN: {}, "basis": basis})


def _ensemble(scenario: Scenario) -> str:
    """The ensemble that parameters are drawn from, "" none."""
    distribution = scenario.uncertain.get(PARAMETERS)
    return (distribution.ensemble or "") if distribution else ""


def _member(scenario: Scenario, ensemble: str, replication: int) -> dict[str, float]:
    return member_of(ensemble, replication, scenario.parameters.model_dump())


def _draw(scenario: Scenario, key: str, distribution: Uncertain, draws: Stream) -> Changes:
    """The changes that one distribution gives in a replication."""
    u = _uniform(draws, key, 0)
    if distribution.one_of is not None:
        return {key: distribution.one_of[int(u * len(distribution.one_of))]}
    if distribution.integers is not None:
        least, most = distribution.integers
        return {key: least + int(u * (most - least + 1))}
    if distribution.uniform is not None:
        low, high = distribution.uniform
        return {key: low + u * (high - low)}
    if distribution.either is not None:
        return dict(distribution.either[int(u * len(distribution.either))])
    if distribution.split is not None:
        return _dealt(scenario, distribution.split, [_uniform(draws, key, i) for i in range(len(scenario.groups) - 1)])
    return {}


def _uniform(draws: Stream, key: str, number: int) -> float:
    """The uniform number of a path, number counting those that one value needs."""
    address = crc32(key.encode())
    return float(uniform(draws, Decision.UNCERTAIN, 0, number, 0, address >> 16, address & 0xFFFF))


def _dealt(scenario: Scenario, seats: int, draws: list[float]) -> Changes:
    """Seats dealt to the groups: those of named delegates first, one at least, then the rest.

    The rest goes by the gaps between G - 1 uniform points from 0 to 1, rounded by largest remainder.
    """
    least = _least(scenario)
    free = seats - sum(least.values())
    gaps = np.diff([0.0, *sorted(draws), 1.0]) * free
    whole = np.floor(gaps).astype(int)
    for place in np.argsort(whole - gaps, kind="stable")[: free - int(whole.sum())]:
        whole[place] += 1
    return {f"groups.{name}.seats": least[name] + int(more) for name, more in zip(least, whole, strict=True)}


def _least(scenario: Scenario) -> dict[str, int]:
    """The fewest seats that each group can have."""
    named = [delegate.group for delegate in scenario.delegates]
    return {name: max(1, named.count(name)) for name in scenario.groups}


def _unfit(certain: Scenario, changes: Changes) -> str:
    """What is wrong with a draw, "" nothing."""
    if inner := next((path for path in changes if path.split(".")[0] == UNCERTAIN), ""):
        return f"{inner} cannot be drawn; what is drawn has to be certain"
    try:
        after = with_changes(certain, changes)
    except ScenarioError as error:
        problem = error.problems[0]
        return f"{problem.path}: {problem.message}" if problem.path not in {"", *changes} else problem.message
    for part in ("issues", "groups"):
        if list(getattr(after, part)) != list(getattr(certain, part)):
            return f"other {part} cannot be drawn; every run needs the same, in the same order"
    return ""


def _extremes(scenario: Scenario, key: str, distribution: Uncertain) -> Iterator[Changes]:
    """What may be drawn: every value of a list, both ends of a range, and what is not a whole number between them."""
    yield from ({key: value} for value in distribution.one_of or ())
    yield from ({key: end} for end in distribution.integers or distribution.uniform or ())
    if distribution.uniform is not None:
        low, high = distribution.uniform
        yield {key: low + (high - low) * BETWEEN}
    yield from distribution.either or ()
    if distribution.split is not None and not _misplaced(scenario, key, distribution):
        yield _dealt(scenario, distribution.split, [math.ulp(0.0)] * (len(scenario.groups) - 1))


def _misplaced(scenario: Scenario, key: str, distribution: Uncertain) -> str:
    """What is wrong with a distribution that belongs to one key only."""
    if (distribution.ensemble is not None) != (key == PARAMETERS):
        return "an ensemble is for parameters, as in `parameters: plausible`; draw other values with one_of or uniform"
    if (distribution.split is not None) != (key == SEATS):
        return "split is for seats, as in `seats: {split: 40}`"
    least = sum(_least(scenario).values())
    if distribution.split is not None and not least <= distribution.split <= MOST_SEATS:
        return f"{distribution.split} seats cannot be split; write {least} to {MOST_SEATS}"
    return ""
