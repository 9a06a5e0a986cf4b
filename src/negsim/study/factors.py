"""What a study varies: factors, each with named levels or a range.

Rules that hold here
- A factor is a path of the scenario with its values, or a name with levels that each change several paths.
- Every factor can be read at a share u of its way, 0 <= u < 1, so that any design can vary any of them: a range at
  low + u (high - low), levels at number floor(u L).
- Named levels whose names are all numbers, such as sizes of a room, are those numbers.
- The value of a factor in a cell is a number, a flag or a text: what a table can hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from negsim.errors import shown
from negsim.scenario.loading import flow
from negsim.scenario.plain import Plain, scalar
from negsim.scenario.values import Json, Kind, fault, is_number

Value = str | int | float | bool | None  # None: as the scenario says
Cell = dict[str, Value]  # factor to value
Changes = dict[str, Plain]  # path to value, as `with_changes` takes them

BETWEEN, WHOLE = "between", "whole"
MOST_LEVELS = 1000


@dataclass(frozen=True)
class Range:
    """All numbers from low to high, or all whole ones."""

    low: float
    high: float
    whole: bool = False

    def at(self, u: float) -> Value:
        """The value at a share u of the way, 0 <= u < 1 (u = 1: the last)."""
        if self.whole:
            return min(int(self.high), int(self.low) + int(u * (self.high - self.low + 1)))
        return self.low + u * (self.high - self.low)

    def ends(self) -> tuple[Value, Value]:
        """Lowest and highest value."""
        return self.at(0.0), self.at(1.0)


@dataclass(frozen=True)
class Factor:
    """A factor by its name: its levels by what tables call them, or its range.

    >>> from negsim.study.factors import Factor, Range
    >>> Factor("process.hours", span=Range(4, 8)).at(0.25), Factor.of("methodology", ["a", "b"]).at(0.5)
    (5.0, 'b')
    """

    name: str
    levels: Mapping[Value, Changes] | None = None
    span: Range | None = None

    @classmethod
    def of(cls, path: str, values: Sequence[Plain]) -> Factor:
        """The factor of a path with a list of values."""
        return cls(path, {called(value): {} if value is None else {path: value} for value in values})

    @property
    def values(self) -> tuple[Value, ...]:
        """The levels as tables call them, or both ends of the range."""
        if self.span is not None:
            return self.span.ends()
        return tuple(self.levels or ())

    @property
    def is_numeric(self) -> bool:
        """Whether its values are numbers, and so have an order and distances."""
        return all(is_number(value) for value in self.values)

    def at(self, u: float) -> Value:
        """The value at a share u of the way, 0 <= u < 1 (u = 1: the last)."""
        if self.span is not None:
            return self.span.at(u)
        return self.values[min(len(self.values) - 1, int(u * len(self.values)))]

    def changes(self, value: Value) -> Changes:
        """What a value changes in the scenario."""
        if self.levels is not None:
            return self.levels[value]
        return {self.name: value}


def changes_of(factors: Sequence[Factor], cell: Cell) -> Changes:
    """What a cell changes in the scenario, factor after factor."""
    changes: Changes = {}
    for factor in factors:
        changes |= factor.changes(cell[factor.name])
    return changes


def factors_in(cells: Sequence[dict[str, Plain]]) -> tuple[Factor, ...]:
    """The factors of an explicit list of cells."""
    names = dict.fromkeys(name for cell in cells for name in cell)
    return tuple(Factor.of(name, _values(cells, name)) for name in names)


def _values(cells: Sequence[dict[str, Plain]], name: str) -> list[Plain]:
    """The different values that cells give a factor, in their order; None for a cell that leaves it as it is."""
    values: list[Plain] = []
    for cell in cells:
        if cell.get(name) not in values:
            values.append(cell.get(name))
    return values


def overwritten(factors: Sequence[Factor]) -> Iterator[tuple[str, str]]:
    """Factors that set a path, or one above it, which a factor before them sets: both names."""
    paths = {factor.name: {path for value in factor.values for path in factor.changes(value)} for factor in factors}
    for n, later in enumerate(paths):
        for earlier in list(paths)[:n]:
            if any(f"{inner}.".startswith(f"{outer}.") for outer in paths[later] for inner in paths[earlier]):
                yield later, earlier


def called(value: Plain) -> Value:
    """What tables call a value: itself, or its text."""
    return flow(value) if isinstance(value, dict | list) else value


# ------------------------------------------------------------------------------------------- as written


@dataclass(frozen=True)
class Varied(Kind):
    """How a factor is written: a list of values, a range, or named levels with the changes of each."""

    def read(self, value: Plain) -> Plain:
        """The value as written, if it is one of these."""
        if isinstance(value, list):
            return _distinct(value)
        if isinstance(value, dict) and BETWEEN in value:
            return _in_order(value)
        if isinstance(value, dict) and value and all(isinstance(changes, dict) for changes in value.values()):
            return _told_apart(value)
        right = f"write a list of values, {{{BETWEEN}: [low, high]}}, or levels by name"
        raise fault(f"{shown(value)} is not what can be varied; {right}")

    def json(self) -> Json:
        """One of the three."""
        span = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
        return {
            "anyOf": [
                {"type": "array", "minItems": 1},
                {
                    "type": "object",
                    "properties": {BETWEEN: span, WHOLE: {"type": "boolean"}},
                    "required": [BETWEEN],
                    "additionalProperties": False,
                },
                {"type": "object", "additionalProperties": {"type": "object"}},
            ]
        }


def _told_apart(levels: dict[str, Plain]) -> Plain:
    """Levels by name, each another one in a table."""
    _distinct([numbered(name, levels) for name in levels])
    return levels


def _distinct(values: list[Plain]) -> list[Plain]:
    names = [called(value) for value in values]
    if not 0 < len(values) <= MOST_LEVELS:
        raise fault(f"has {len(values)} values; from 1 to {MOST_LEVELS}")
    if twice := next((name for n, name in enumerate(names) if name in names[:n]), None):
        raise fault(f"names {shown(twice)} twice")
    return values


def _in_order(value: dict[str, Plain]) -> Plain:
    """A range, its ends in order."""
    ends, whole = value[BETWEEN], value.get(WHOLE, False)
    if strange := next((key for key in value if key not in {BETWEEN, WHOLE}), None):
        raise fault(f"unknown key {shown(strange)} beside `between`; it may have `whole: true`")
    if not isinstance(whole, bool):
        raise fault(f"`whole` is {shown(whole)}; write true or false")
    if not (isinstance(ends, list) and len(ends) == 2 and all(is_number(end) for end in ends)):
        raise fault("`between` takes two numbers: [low, high]")
    if not ends[0] < ends[1]:
        raise fault(f"`between` goes from {ends[0]} to {ends[1]}; write the lower number first")
    if whole and any(end != int(end) for end in ends):
        raise fault(f"`between` goes from {ends[0]} to {ends[1]}; whole numbers need whole ends")
    return value


def factor_of(name: str, written: Plain) -> Factor:
    """The factor that was written under a name."""
    if isinstance(written, list):
        return Factor.of(name, written)
    if BETWEEN in written:
        low, high = written[BETWEEN]
        return Factor(name, span=Range(float(low), float(high), written.get(WHOLE, False)))
    return Factor(name, {numbered(level, written): dict(changes) for level, changes in written.items()})


def numbered(level: str, levels: Iterable[str]) -> Value:
    """The name of a level: a number, if the names of all levels are.

    >>> numbered("42", ["5", "42"]), numbered("42", ["few", "42"])
    (42, '42')
    """
    names = {name: _number(name) for name in levels}
    return names[level] if all(is_number(number) for number in names.values()) else level


def _number(name: str) -> Plain:
    """The number that a name is, if a table can hold it; else the name."""
    try:
        value = scalar(name)
    except ValueError:  # such as .inf
        return name
    return value if not isinstance(value, int) or abs(value) < 2**63 else name
