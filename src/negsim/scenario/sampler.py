"""The tables of every replication of an uncertain scenario, fast: what a draw does not enter is not made again.

- `lower(sample(scenario, seed, replication))` says what the tables are; these are the same, bit for bit.
- A part of a case (`lowering.PARTS`) is made once for every combination of the draws that it reads, from the scenario
  in which only they have been made, and kept.
- Seats come in kinds: one for every named delegate, one for the first free seat of each group, one for its other free
  seats. A part is made with a seat of each kind, and every seat takes the row of its kind; so how many seats a group has
  is no reason to make a part again.
- Draws that the parts do not list, draws that do not fit, and seats that are drawn in a room with camps go the long way.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property, lru_cache

import numpy as np

from negsim.negotiation.formats import FORMATS
from negsim.negotiation.tables import Case
from negsim.randomness import SEATS_PER_GROUP, stream
from negsim.scenario.changes import with_draws
from negsim.scenario.ensembles import number_of
from negsim.scenario.lowering import PARTS, Tables, lower, seats
from negsim.scenario.sampling import (
    Changes,
    Place,
    certain_part,
    changes_at,
    ensemble_of,
    fewest_seats,
    paths_of,
    place,
    sample,
    with_member,
)
from negsim.scenario.schema import MOST_SEATS, MOST_SEATS_A_GROUP, PARAMETERS, Scenario
from negsim.scenario.yaml import Plain, follow

MOST_KEPT = 2048  # combinations of draws whose tables are kept
SEATS_OF_A_GROUP = "groups.*.seats"
BY_SEAT = {"seats": (0,), "stances": (0,), "trust_mean": (0, 1), "plan_seats": (1,)}  # tables: their axes of seats
_NAMED = {"groups", "delegates", "issues", "camps"}  # sections whose second step is a name


class Sampler:
    """The tables of a scenario under a seed, by replication."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario, self.seed = scenario, seed
        self._tables = lru_cache(MOST_KEPT)(self._made)
        self._changed = lru_cache(len(PARTS))(self._with_draws)

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
        if self._is_listed:
            places = self._places(replication)
            sizes = self._sizes(places)
            if _fits(sizes, list(fewest_seats(self.scenario).values())):
                with suppress(ValueError):
                    return self._put_together(places, sizes)
        return lower(sample(self.scenario, self.seed, replication))

    def _places(self, replication: int) -> dict[str, Place]:
        """Where every draw of a replication falls."""
        draws, scenario = stream(self.seed, replication), self.scenario
        places = {key: place(scenario, key, draws) for key in scenario.uncertain}
        if ensemble := ensemble_of(scenario):
            places[PARAMETERS] = number_of(ensemble, replication)
        return places

    def _sizes(self, places: dict[str, Place]) -> list[Plain]:
        """Seats of every group."""
        sizes = {name: group.seats for name, group in self.scenario.groups.items()}
        for key in self._keys_of_seats:
            changes = changes_at(self.scenario, key, places[key])
            sizes |= {path.split(".")[1]: seats for path, seats in changes.items() if self._patterns[path] == SEATS_OF_A_GROUP}
        return list(sizes.values())

    def _put_together(self, places: dict[str, Place], sizes: list[int]) -> Case:
        """The base with the parts that are drawn, and a row for every seat."""
        tables: Tables = {"group_size": np.array(sizes)} if self._keys_of_seats else {}
        for part, keys in self._keys.items():
            tables |= self._tables(part, keys, tuple(places[key] for key in keys))
        return self._base._replace(**_seated(tables, sizes, self._kinds))

    def _made(self, part: str, keys: tuple[str, ...], places: tuple[Place, ...]) -> Tables:
        """A part after some of the draws, with a seat of each kind; camps have no kinds."""
        scenario = self._changed(keys, places)
        if part != "camps":
            scenario = self._with_kinds(scenario)
        return PARTS[part].make(scenario, seats(scenario), FORMATS)

    def _with_draws(self, keys: tuple[str, ...], places: tuple[Place, ...]) -> Scenario:
        """The scenario after some of the draws, seats apart."""
        scenario, changes = certain_part(self.scenario), Changes()
        for key, at in zip(keys, places, strict=True):
            if ensemble := self.scenario.uncertain[key].ensemble:
                scenario = with_member(scenario, ensemble, int(at))
            changes |= changes_at(self.scenario, key, at)
        changes = {path: value for path, value in changes.items() if self._patterns[path] != SEATS_OF_A_GROUP}
        return with_draws(scenario, changes) if changes else scenario

    def _with_kinds(self, scenario: Scenario) -> Scenario:
        """The scenario with one seat of each kind."""
        groups = zip(scenario.groups.items(), self._kinds, strict=True)
        few = {name: group.model_copy(update={"seats": kinds}) for (name, group), kinds in groups}
        return scenario.model_copy(update={"groups": few})

    @cached_property
    def _base(self) -> Case:
        """The tables of what is certain."""
        return lower(certain_part(self.scenario))

    @cached_property
    def _kinds(self) -> list[int]:
        """Kinds of seats of every group: the named ones, the first free one, the others."""
        named = Counter(delegate.group for delegate in self.scenario.delegates)
        most = {name: math.inf if self._keys_of_seats else group.seats for name, group in self.scenario.groups.items()}
        return [int(min(named[name] + 2, seats)) for name, seats in most.items()]

    @cached_property
    def _paths(self) -> dict[str, tuple[str, ...]]:
        """The paths that each key of `uncertain` may change."""
        return {key: tuple(paths_of(self.scenario, key)) for key in self.scenario.uncertain}

    @cached_property
    def _patterns(self) -> dict[str, str]:
        """The pattern of every path that is drawn."""
        data = self.scenario.resolved()
        return {path: _pattern(data, path) for paths in self._paths.values() for path in paths}

    @cached_property
    def _is_listed(self) -> bool:
        """Whether the parts say what they read of all that is drawn."""
        are_read = all(any(_reads(part, pattern) for part in PARTS) for pattern in self._patterns.values())
        return are_read and not (self.scenario.camps and self._keys_of_seats)

    @cached_property
    def _keys_of_seats(self) -> tuple[str, ...]:
        """The keys that draw seats."""
        return tuple(key for key, paths in self._paths.items() if SEATS_OF_A_GROUP in map(self._patterns.get, paths))

    @cached_property
    def _keys(self) -> dict[str, tuple[str, ...]]:
        """The keys that enter each part, seats apart; of parts that are the same in every replication only those by seat."""
        keys = {part: tuple(key for key in self._paths if self._enters(key, part)) for part in PARTS}
        by_seat = {"seats", "stances", "trust", "plan"} if self._keys_of_seats else set()
        return {part: which for part, which in keys.items() if which or part in by_seat}

    def _enters(self, key: str, part: str) -> bool:
        patterns = {self._patterns[path] for path in self._paths[key]} - {SEATS_OF_A_GROUP}
        return any(_reads(part, pattern) for pattern in patterns)


def _reads(part: str, pattern: str) -> bool:
    return any(f"{pattern}.".startswith(f"{read}.") for read in PARTS[part].reads)


def _pattern(data: Plain, path: str) -> str:
    """A path with names as `*`.

    >>> _pattern({"groups": {"a": {"seats": 2}}}, "groups.a.seats")
    'groups.*.seats'
    """
    reached, left = follow(data, path)
    steps = [*map(str, reached), *([left] if left else [])]
    if steps[0] in _NAMED and len(steps) > 1:
        steps[1] = "*"
    return ".".join(steps)


def _fits(sizes: list[Plain], fewest: list[int]) -> bool:
    """Whether groups can have so many seats."""
    limits = zip(sizes, fewest, strict=True)
    each = all(type(seats) is int and least <= seats <= MOST_SEATS_A_GROUP for seats, least in limits)
    return each and 2 <= sum(sizes) <= MOST_SEATS


def _seated(tables: Tables, sizes: list[int], kinds: list[int]) -> Tables:
    """Tables with a row for each kind of seat as tables with a row for each seat."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    number = np.arange(len(group)) - (np.cumsum(sizes) - sizes)[group]
    rows = (np.cumsum(kinds) - kinds)[group] + np.minimum(number, np.subtract(kinds, 1)[group])
    seated = dict(tables)
    for name in BY_SEAT.keys() & tables.keys():
        for axis in BY_SEAT[name]:
            seated[name] = seated[name].take(rows, axis)
    if "seats" in seated:
        seated["seats"]["address"] = group * SEATS_PER_GROUP + number
    return seated
