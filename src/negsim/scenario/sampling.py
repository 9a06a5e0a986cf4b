"""Uncertain scenarios: the scenario and the tables of every replication, with everything uncertain drawn.

- A draw depends only on the seed, the replication and its own path, so neither another uncertain value nor another
  chunk of replications changes it.
- A drawn value is put in as `--set` would put it, after whatever the file and the command line say.
- `lower(sample(scenario, seed, replication))` defines the tables of a replication. `Sampler` makes the same tables, bit
  for bit, without the scenario's basis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from zlib import crc32

import numpy as np

from negsim.cast.knobs import DAYS, MEETINGS
from negsim.errors import Problem, ScenarioError
from negsim.negotiation.tables import Case, Ints
from negsim.randomness import Decision, stream, uniforms
from negsim.scenario import schema
from negsim.scenario.changes import with_changes, with_draws
from negsim.scenario.ensembles import member_of, number_of
from negsim.scenario.lowering import lower
from negsim.scenario.schema import PARAMETERS_KEY, SEATS_KEY, UNCERTAIN_KEY, Scenario, Uncertain, check_scenario
from negsim.scenario.validate import problem_at
from negsim.scenario.yaml import Document, Plain

_INNER_POINT = (5**0.5 - 1) / 2  # of a range: tried besides its ends; irrational, so it ends on no whole number

_Changes = dict[str, Plain]
_Place = Plain  # where a draw falls: a number, or the seats of a split


def sample(scenario: Scenario, seed: int, replication: int) -> Scenario:
    """Return the scenario of one replication, everything drawn. A `ScenarioError` names a draw that does not fit."""
    check_scenario(scenario)
    if not scenario.uncertain:
        return scenario
    certain, changes = parted(scenario, seed, replication)
    return with_changes(certain, changes) if changes else certain


def parted(scenario: Scenario, seed: int, replication: int) -> tuple[Scenario, dict[str, Plain]]:
    """Return the certain part of a scenario, and the changes that one replication draws, by path."""
    return _parted(scenario, _places(scenario, seed, replication))


def paths_drawn(scenario: Scenario) -> Iterator[str]:
    """Yield the paths of uncertain values, and the keys that are not paths."""
    for key, distribution in scenario.uncertain.items():
        yield from (path for changes in distribution.either or ({key: None},) for path in changes)


def days_are_drawn(scenario: Scenario) -> bool:
    """Return whether runs may differ in their meetings or in the days of these."""
    whole = {MEETINGS.path, DAYS.path, "process.meetings"}
    of_one = (path.startswith("process.meetings.") and path.endswith(".days") for path in paths_drawn(scenario))
    return not whole.isdisjoint(paths_drawn(scenario)) or any(of_one)


def draws(scenario: Scenario, seed: int, replication: int) -> _Changes:
    """Return what one replication draws, by path.

    Changes made together are found under their key, and the number of the ensemble's member under `parameters`.
    """
    values: _Changes = {}
    for key, place in _places(scenario, seed, replication).items():
        distribution, changes = scenario.uncertain[key], _changes_at(scenario, key, place)
        values |= {key: place} if distribution.ensemble else {key: changes} if distribution.either else changes
    return values


_MOST_KEPT = 128  # cases; an ensemble has fewer members
_MOST_PAIRS = 4_000_000  # of seats, in all cases that are kept


class Sampler:
    """The cases of a scenario under a seed, by replication: those of `lower(sample(...))`, made faster.

    The same draws make the same case. It is kept for later replications that share them, as those of an ensemble do.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario, self.seed = scenario, seed
        pairs = scenario.seat_count**2
        self._case = lru_cache(min(_MOST_KEPT, _MOST_PAIRS // pairs))(self._lowered)

    def cases(self, first: int, count: int) -> Iterator[tuple[Case, int, int]]:
        """Yield the cases of replications first .. first + count - 1 in order, as (case, first, count).

        A scenario with nothing uncertain has one case for all of them.
        """
        if not self.scenario.uncertain:
            yield self._case(()), first, count
            return
        for r in range(first, first + count):
            yield self._case(tuple(_places(self.scenario, self.seed, r).values())), r, 1

    def _lowered(self, places: tuple[_Place, ...]) -> Case:
        """Return the case that draws make. places: one for each key of `uncertain`."""
        certain, changes = _parted(self.scenario, dict(zip(self.scenario.uncertain, places, strict=True)))
        try:
            return lower(with_draws(certain, changes))
        except ValueError:
            return lower(with_changes(certain, changes))  # which says what does not fit


def check(scenario: Scenario, document: Document) -> Scenario:
    """Return the scenario if every value that may be drawn fits by itself; else raise `ScenarioError`."""
    problems: list[Problem] = []
    for key, distribution in scenario.uncertain.items():
        for changes in _extremes(scenario, key, distribution):
            if fault := _unfit(key, certain_part(scenario), changes):
                problems.append(problem_at(document, (UNCERTAIN_KEY, key), fault))
                break
        if problem := _misplaced(scenario, key, distribution):
            problems.append(problem_at(document, (UNCERTAIN_KEY, key), problem))
    if problems:
        raise ScenarioError(sorted(problems, key=lambda problem: problem.where))
    return scenario


def largest(scenario: Scenario, size: Callable[[Scenario], float], *, bears: Callable[[str], bool]) -> Scenario:
    """Draw each key so that `size` is largest, one key after the other, and leave nothing uncertain.

    bears: whether a path may affect the size; keys without such a path are not tried. A draw that does not fit is not
    counted: a run that draws it ends in an error before it begins.
    """
    most = certain_part(scenario)
    for key, distribution in scenario.uncertain.items():
        for changes in _extremes(scenario, key, distribution):
            if any(map(bears, changes)):
                with suppress(ScenarioError):
                    most = max(most, with_changes(most, changes), key=size)
    return most


def certain_part(scenario: Scenario) -> Scenario:
    """Return a scenario without what is uncertain in it."""
    basis = {path: why for path, why in scenario.basis.items() if path.split(".")[0] != UNCERTAIN_KEY}
    return scenario.model_copy(update={UNCERTAIN_KEY: {}, "basis": basis})


def _parted(scenario: Scenario, places: dict[str, _Place]) -> tuple[Scenario, _Changes]:
    """Split off the certain part, with the parameters of an ensemble's member, from the changes still to be made."""
    certain, changes = certain_part(scenario), _Changes()
    for key, place in places.items():
        changes |= _changes_at(scenario, key, place)
        if ensemble := scenario.uncertain[key].ensemble:
            member = member_of(ensemble, place, scenario.parameters.model_dump())
            parameters = scenario.parameters.model_copy(update=member)
            certain = certain.model_copy(update={PARAMETERS_KEY: parameters})
    return certain, changes


def _places(scenario: Scenario, seed: int, replication: int) -> dict[str, _Place]:
    """Return where every draw of a replication falls."""
    split = max(1, len(scenario.groups) - 1)  # uniform numbers that it needs
    counts = {key: 1 if distribution.split is None else split for key, distribution in scenario.uncertain.items()}
    numbers = np.empty(sum(counts.values()))
    uniforms(stream(seed, replication), Decision.UNCERTAIN, *_addresses(tuple(counts.items())), numbers)
    left = iter(numbers.tolist())
    return {key: _place(scenario, key, list(islice(left, count)), replication) for key, count in counts.items()}


@lru_cache(64)
def _addresses(counts: tuple[tuple[str, int], ...]) -> tuple[Ints, Ints, Ints]:
    """Return the addresses of uniform numbers, as many for each path as are counted: turn, who, whom."""
    rows = [(n, crc32(key.encode())) for key, count in counts for n in range(count)]
    turn, of = np.array(rows, np.int64).reshape(-1, 2).T.copy()
    return turn, of >> 16, of & 0xFFFF


def _place(scenario: Scenario, key: str, numbers: list[float], replication: int) -> _Place:
    """Return where a draw falls: the number of a listed value or member, a number in a range, the seats of a split.

    numbers: uniform ones, as many as it needs. The members of an ensemble are taken in order.
    """
    distribution, u = scenario.uncertain[key], numbers[0]
    if values := distribution.one_of or distribution.either:
        return int(u * len(values))
    if distribution.integers is not None:
        least, most = distribution.integers
        return least + int(u * (most - least + 1))
    if distribution.uniform is not None:
        low, high = distribution.uniform
        return low + u * (high - low)
    if distribution.split is not None:
        return _dealt(scenario, distribution.split, numbers[: len(scenario.groups) - 1])
    return number_of(distribution.ensemble or "", replication)


def _changes_at(scenario: Scenario, key: str, at: Plain) -> _Changes:
    """Return the changes at the place where a draw falls."""
    distribution = scenario.uncertain[key]
    if distribution.one_of is not None:
        return {key: distribution.one_of[at]}
    if distribution.either is not None:
        return dict(distribution.either[at])
    if distribution.split is not None:
        return {f"groups.{name}.seats": seats for name, seats in zip(scenario.groups, at, strict=True)}
    return {} if distribution.ensemble is not None else {key: at}


def _dealt(scenario: Scenario, seats: int, draws: list[float]) -> tuple[int, ...]:
    """Deal seats to the groups: those of named delegates first, one at least, then the rest.

    The rest is divided by the gaps between G - 1 uniform points from 0 to 1, rounded by largest remainder.
    """
    least = _least(scenario)
    free = seats - sum(least.values())
    gaps = np.diff([0.0, *sorted(draws), 1.0]) * free
    whole = np.floor(gaps).astype(int)
    for place in np.argsort(whole - gaps, kind="stable")[: free - int(whole.sum())]:
        whole[place] += 1
    return tuple(least[name] + int(more) for name, more in zip(least, whole, strict=True))


def _least(scenario: Scenario) -> dict[str, int]:
    named = [delegate.group for delegate in scenario.delegates]
    return {name: max(1, named.count(name)) for name in scenario.groups}


def _unfit(key: str, certain: Scenario, changes: _Changes) -> str:
    """Return what is wrong with a draw under a key, "" if nothing."""
    if inner := next((path for path in changes if path.split(".")[0] == UNCERTAIN_KEY), ""):
        return f"{inner} cannot be drawn; what is drawn has to be certain"
    try:
        after = with_draws(certain, changes)
    except ValueError:
        try:
            after = with_changes(certain, changes)  # which says what is wrong
        except ScenarioError as error:
            problem = error.problems[0]
            return f"{problem.path}: {problem.message}" if problem.path not in {"", key} else problem.message
    for part in ("issues", "groups"):
        if list(getattr(after, part)) != list(getattr(certain, part)):
            return f"other {part} cannot be drawn; every run needs the same, in the same order"
    return ""


def _extremes(scenario: Scenario, key: str, distribution: Uncertain) -> Iterator[_Changes]:
    """Yield what may be drawn: every value of a list, both ends of a range, and a number between whole ones."""
    yield from ({key: value} for value in distribution.one_of or ())
    yield from ({key: end} for end in distribution.integers or distribution.uniform or ())
    if distribution.uniform is not None:
        low, high = distribution.uniform
        yield {key: low + (high - low) * _INNER_POINT}
    yield from distribution.either or ()
    if distribution.split is not None and not _misplaced(scenario, key, distribution):
        draws = [math.ulp(0.0)] * (len(scenario.groups) - 1)
        yield _changes_at(scenario, key, _dealt(scenario, distribution.split, draws))


def _misplaced(scenario: Scenario, key: str, distribution: Uncertain) -> str:
    """Return what is wrong with a distribution that belongs to one key only, "" if nothing."""
    if (distribution.ensemble is not None) != (key == PARAMETERS_KEY):
        return "an ensemble is for parameters, as in `parameters: plausible`; draw other values with one_of or uniform"
    if (distribution.split is not None) != (key == SEATS_KEY):
        return "split is for seats, as in `seats: {split: 40}`"
    least = sum(_least(scenario).values())
    if distribution.split is not None and not least <= distribution.split <= schema.MOST_SEATS:
        return f"{distribution.split} seats cannot be split; write {least} to {schema.MOST_SEATS}"
    return ""
