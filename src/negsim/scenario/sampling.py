"""Uncertain scenarios: the scenario and the tables of every replication, with everything uncertain drawn.

- A draw depends only on the seed, the replication and its own path, so neither another uncertain value nor another
  chunk of replications changes it.
- A drawn value is put in as `--set` would put it, after whatever the file and the command line say.
- `lower(sample(scenario, seed, replication))` defines the tables of a replication. `Sampler` puts the same tables
  together, bit for bit, from the parts that `lowering.RECIPES` lists.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property, lru_cache
from itertools import islice
from zlib import crc32

import numpy as np

from negsim.errors import Problem, ScenarioError
from negsim.negotiation.tables import Case, Ints
from negsim.randomness import SEATS_PER_GROUP, Decision, stream, uniforms
from negsim.scenario import schema
from negsim.scenario.changes import with_changes, with_draws
from negsim.scenario.ensembles import member_of, members, number_of
from negsim.scenario.lowering import RECIPES, Tables, lower, seats
from negsim.scenario.schema import PARAMETERS, SEATS, UNCERTAIN, Scenario, Uncertain, check_scenario
from negsim.scenario.validate import problem_at
from negsim.scenario.yaml import Document, Plain, follow

BETWEEN = (5**0.5 - 1) / 2  # of a range: tried besides its ends; irrational, so it ends on no whole number

Changes = dict[str, Plain]
Place = Plain  # where a draw falls: a number, or the seats of a split


def sample(scenario: Scenario, seed: int, replication: int) -> Scenario:
    """Return the scenario of one replication, everything drawn. A `ScenarioError` names a draw that does not fit."""
    check_scenario(scenario)
    if not scenario.uncertain:
        return scenario
    certain, changes = _parted(scenario, _places(scenario, seed, replication))
    return with_changes(certain, changes) if changes else certain


def paths_drawn(scenario: Scenario) -> Iterator[str]:
    """Yield the paths of uncertain values, and the keys that are not paths."""
    for key, distribution in scenario.uncertain.items():
        yield from (path for changes in distribution.either or ({key: None},) for path in changes)


def days_are_drawn(scenario: Scenario) -> bool:
    """Return whether runs may differ in their meetings or in the days of these."""
    whole = {"meetings.count", "meetings.days_in_all", "process.meetings"}
    of_one = (path.startswith("process.meetings.") and path.endswith(".days") for path in paths_drawn(scenario))
    return not whole.isdisjoint(paths_drawn(scenario)) or any(of_one)


def draws(scenario: Scenario, seed: int, replication: int) -> Changes:
    """Return what one replication draws, by path.

    Changes made together are found under their key, and the number of the ensemble's member under `parameters`.
    """
    values: Changes = {}
    for key, place in _places(scenario, seed, replication).items():
        distribution, changes = scenario.uncertain[key], _changes_at(scenario, key, place)
        values |= {key: place} if distribution.ensemble else {key: changes} if distribution.either else changes
    return values


MOST_KEPT = 2048  # combinations of draws whose tables are kept
_SEATS_OF_A_GROUP = "groups.*.seats"
_NAMED = {"issues", "groups", "delegates", "camps"}  # sections in which a path goes on with a name
_BY_SEAT: dict[str, dict[str, tuple[int, ...]]] = {  # the parts with tables by seat: their axes of seats
    "seats": {"seats": (0,)},
    "stances": {"stances": (0,)},
    "trust": {"trust_mean": (0, 1)},
    "plan": {"plan_seats": (1,)},
}


class Sampler:
    """The tables of a scenario under a seed, by replication.

    - A part of a case is made once for every combination of the draws that it reads, from the scenario with these draws
      alone, and kept; a part that reads a range of real numbers is made every time.
    - Seats of a group differ where a delegate is named, and the first free one may speak for its group. Parts are made
      with one seat of each kind: every named one, the first free one and another. Every seat then takes the row of its
      kind, so that no part depends on how many seats a group has.
      In a room with caucuses every seat is a kind.
    - The long way, `lower(sample(...))`, remains for draws that no part lists, for seats that are drawn in a room with
      camps or caucuses, which depend on them, and for draws that do not fit: its errors say why.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario, self.seed = scenario, seed
        self._cached_tables = lru_cache(MOST_KEPT)(self._tables)
        self._cached_scenario = lru_cache(len(RECIPES))(self._scenario_after)  # several parts may read the same draws

        self._seats = {name: group.seats for name, group in scenario.groups.items()}  # before a draw
        self._fewest = list(_least(scenario).values())

        # The pattern of every path that is drawn; those of each key of `uncertain`.
        data = scenario.resolved() if scenario.uncertain else {}
        paths = {key: list(_paths_of(scenario, key)) for key in scenario.uncertain}
        self._patterns = {path: _pattern(data, path) for own in paths.values() for path in own}
        patterns = {key: {self._patterns[path] for path in own} for key, own in paths.items()}

        # Keys that hardly ever draw the same again; keys that draw seats; whether there may be caucuses.
        self._endless = {key for key, distribution in scenario.uncertain.items() if distribution.uniform is not None}
        self._keys_of_seats = [key for key in patterns if _SEATS_OF_A_GROUP in patterns[key]]
        divided = any(pattern.startswith("groups.*.caucuses") for pattern in self._patterns.values())
        divided = divided or any(group.caucuses for group in scenario.groups.values())

        # Whether the parts list everything that is drawn, and seats are not drawn among camps or caucuses.
        are_read = all(any(_reads(part, pattern) for part in RECIPES) for pattern in self._patterns.values())
        self._is_listed = are_read and not ((scenario.camps or divided) and self._keys_of_seats)

        # Kinds of seats in each group: the named ones, the first free one, the others.
        named = Counter(delegate.group for delegate in scenario.delegates)
        self._kinds = [
            number if divided else named[name] + 2 if self._keys_of_seats else min(number, named[name] + 2)
            for name, number in self._seats.items()
        ]
        self._keys = self._keys_by_part({key: own - {_SEATS_OF_A_GROUP} for key, own in patterns.items()})

    def _keys_by_part(self, patterns: dict[str, set[str]]) -> dict[str, tuple[str, ...]]:
        """Return the parts to put in for each replication, with the keys whose draws they are made from, seats apart.

        Parts that cannot be kept are made from the same draws, so that these are made once a replication.
        """
        keys = {
            part: tuple(key for key in patterns if any(_reads(part, to) for to in patterns[key])) for part in RECIPES
        }
        fleeting = {key for which in keys.values() if self._endless.intersection(which) for key in which}
        together = tuple(key for key in patterns if key in fleeting)
        by_seat = _BY_SEAT if self._keys_of_seats else {}
        return {
            part: which if self._endless.isdisjoint(which) else together
            for part, which in keys.items()
            if which or part in by_seat
        }

    def cases(self, first: int, count: int) -> Iterator[tuple[Case, int, int]]:
        """Yield cases with their replications: (case, first, count), in order, first .. first + count - 1 in all.

        A scenario with nothing uncertain has one case for all of them.
        """
        if not self.scenario.uncertain:
            yield self._base, first, count
            return
        for r in range(first, first + count):
            yield self._case(r), r, 1

    def _case(self, replication: int) -> Case:
        places = _places(self.scenario, self.seed, replication)
        sizes = self._sizes(places)
        if self._is_listed and self._fits(sizes):
            with suppress(ValueError):
                return self._put_together(places, sizes)
        return lower(sample(self.scenario, self.seed, replication))

    def _sizes(self, places: dict[str, Place]) -> list[Plain]:
        sizes = dict(self._seats)
        for key in self._keys_of_seats:
            for path, number in _changes_at(self.scenario, key, places[key]).items():
                if self._patterns[path] == _SEATS_OF_A_GROUP:
                    sizes[path.split(".")[1]] = number
        return list(sizes.values())

    def _fits(self, sizes: list[Plain]) -> bool:
        """Return whether groups can have this many seats."""
        limits = zip(sizes, self._fewest, strict=True)
        each = all(type(number) is int and fewest <= number <= schema.MOST_SEATS for number, fewest in limits)
        return each and 2 <= sum(sizes) <= schema.MOST_SEATS

    def _put_together(self, places: dict[str, Place], sizes: list[int]) -> Case:
        """Put the drawn tables in the place of those in the certain case."""
        tables: Tables = {"group_size": np.array(sizes)} if self._keys_of_seats else {}
        for part, keys in self._keys.items():
            make = self._cached_tables if self._endless.isdisjoint(keys) else self._tables
            tables |= make(part, keys, tuple(places[key] for key in keys))
        return self._base._replace(**_seated(tables, sizes, self._kinds))

    def _tables(self, part: str, keys: tuple[str, ...], places: tuple[Place, ...]) -> Tables:
        """Make a part from some of the draws, with one seat of each kind; camps are of all seats."""
        scenario = self._cached_scenario(keys, places)
        if part != "camps":
            groups = zip(scenario.groups.items(), self._kinds, strict=True)
            few = {name: group.model_copy(update={"seats": kinds}) for (name, group), kinds in groups}
            scenario = scenario.model_copy(update={"groups": few})
        return RECIPES[part].make(scenario, seats(scenario))

    def _scenario_after(self, keys: tuple[str, ...], places: tuple[Place, ...]) -> Scenario:
        """Return the scenario after some of the draws, seats apart."""
        scenario, changes = _parted(self.scenario, dict(zip(keys, places, strict=True)))
        changes = {path: value for path, value in changes.items() if self._patterns[path] != _SEATS_OF_A_GROUP}
        return with_draws(scenario, changes) if changes else scenario

    @cached_property
    def _base(self) -> Case:
        return lower(_certain(self.scenario))


def _pattern(data: Plain, path: str) -> str:
    """Write a path with `*` for the name of an issue, group, delegate or camp.

    >>> _pattern({"delegates": [{"name": "St. Ann", "voice": 1.0}]}, "delegates.St. Ann.voice")
    'delegates.*.voice'
    """
    reached, left = follow(data, path)
    steps = [*map(str, reached), *([left] if left else [])]
    if len(steps) > 1 and steps[0] in _NAMED:
        steps[1] = "*"
    return ".".join(steps)


def _reads(part: str, pattern: str) -> bool:
    return any(f"{pattern}.".startswith(f"{read}.") for read in RECIPES[part].reads)


def _seated(tables: Tables, sizes: list[int], kinds: list[int]) -> Tables:
    """Expand tables with a row for every kind of seat to tables with a row for every seat."""
    address, rows = _seats_of(tuple(sizes), tuple(kinds))
    seated = dict(tables)
    for name, axes in (table for part in _BY_SEAT.values() for table in part.items() if table[0] in tables):
        for axis in axes:
            seated[name] = seated[name].take(rows, axis)
    if "seats" in seated:
        seated["seats"]["address"] = address
    return seated


@lru_cache(MOST_KEPT)
def _seats_of(sizes: tuple[int, ...], kinds: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Return the address of every seat, and the row of its kind."""
    counts, few = np.array(sizes, np.int64), np.array(kinds, np.int64)
    group = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(group)) - (np.cumsum(counts) - counts)[group]
    rows = (np.cumsum(few) - few)[group] + np.minimum(number, few[group] - 1)
    return group * SEATS_PER_GROUP + number, rows


def check(scenario: Scenario, document: Document) -> Scenario:
    """Return the scenario if every value that may be drawn fits by itself; else raise `ScenarioError`."""
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
    """Draw each key so that `size` is largest, one key after the other, and leave nothing uncertain.

    bears: whether a path may affect the size; keys without such a path are not tried. A draw that does not fit is not
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
    """Return a scenario without what is uncertain in it."""
    basis = {path: why for path, why in scenario.basis.items() if path.split(".")[0] != UNCERTAIN}
    return scenario.model_copy(update={UNCERTAIN: {}, "basis": basis})


def _parted(scenario: Scenario, places: dict[str, Place]) -> tuple[Scenario, Changes]:
    """Split off the certain part, with the parameters of an ensemble's member, from the changes still to be made."""
    certain, changes = _certain(scenario), Changes()
    for key, place in places.items():
        changes |= _changes_at(scenario, key, place)
        if ensemble := scenario.uncertain[key].ensemble:
            member = member_of(ensemble, place, scenario.parameters.model_dump())
            parameters = scenario.parameters.model_copy(update=member)
            certain = certain.model_copy(update={PARAMETERS: parameters})
    return certain, changes


def _places(scenario: Scenario, seed: int, replication: int) -> dict[str, Place]:
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


def _place(scenario: Scenario, key: str, numbers: list[float], replication: int) -> Place:
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


def _changes_at(scenario: Scenario, key: str, at: Plain) -> Changes:
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


def _paths_of(scenario: Scenario, key: str) -> Iterator[str]:
    """Yield the paths that a key of `uncertain` may change."""
    distribution = scenario.uncertain[key]
    if distribution.ensemble is not None:
        yield from (f"{PARAMETERS}.{name}" for name in members(distribution.ensemble)[0])
    elif distribution.split is not None:
        yield from (f"groups.{name}.seats" for name in scenario.groups)
    else:
        yield from dict.fromkeys(path for changes in distribution.either or ({key: None},) for path in changes)


def _least(scenario: Scenario) -> dict[str, int]:
    named = [delegate.group for delegate in scenario.delegates]
    return {name: max(1, named.count(name)) for name in scenario.groups}


def _unfit(certain: Scenario, changes: Changes) -> str:
    """Return what is wrong with a draw, "" if nothing."""
    if inner := next((path for path in changes if path.split(".")[0] == UNCERTAIN), ""):
        return f"{inner} cannot be drawn; what is drawn has to be certain"
    try:
        after = with_draws(certain, changes)
    except ValueError:
        try:
            after = with_changes(certain, changes)  # which says what is wrong
        except ScenarioError as error:
            problem = error.problems[0]
            return f"{problem.path}: {problem.message}" if problem.path not in {"", *changes} else problem.message
    for part in ("issues", "groups"):
        if list(getattr(after, part)) != list(getattr(certain, part)):
            return f"other {part} cannot be drawn; every run needs the same, in the same order"
    return ""


def _extremes(scenario: Scenario, key: str, distribution: Uncertain) -> Iterator[Changes]:
    """Yield what may be drawn: every value of a list, both ends of a range, and a number between whole ones."""
    yield from ({key: value} for value in distribution.one_of or ())
    yield from ({key: end} for end in distribution.integers or distribution.uniform or ())
    if distribution.uniform is not None:
        low, high = distribution.uniform
        yield {key: low + (high - low) * BETWEEN}
    yield from distribution.either or ()
    if distribution.split is not None and not _misplaced(scenario, key, distribution):
        draws = [math.ulp(0.0)] * (len(scenario.groups) - 1)
        yield _changes_at(scenario, key, _dealt(scenario, distribution.split, draws))


def _misplaced(scenario: Scenario, key: str, distribution: Uncertain) -> str:
    """Return what is wrong with a distribution that belongs to one key only, "" if nothing."""
    if (distribution.ensemble is not None) != (key == PARAMETERS):
        return "an ensemble is for parameters, as in `parameters: plausible`; draw other values with one_of or uniform"
    if (distribution.split is not None) != (key == SEATS):
        return "split is for seats, as in `seats: {split: 40}`"
    least = sum(_least(scenario).values())
    if distribution.split is not None and not least <= distribution.split <= schema.MOST_SEATS:
        return f"{distribution.split} seats cannot be split; write {least} to {schema.MOST_SEATS}"
    return ""
