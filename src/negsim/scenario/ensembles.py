"""Ensembles: samples of parameter sets that stand for what is unknown about people's habits.

- `prior` spreads over the plausible ranges of the calibrated parameters; `plausible` holds sets that meet the
  targets of the calibration. Both are files of the package; research/docs/calibration.md says how they were sampled.
- Replication r takes member r mod M, so that scenarios on the same replications share their parameters too.
- A parameter that a scenario sets to other than the default keeps the scenario's value.
- An ensemble of one's own is a CSV file with a column for each path and a row for each member, as `negsim study fit`
  writes it. It becomes a part of the scenario: each run draws one of its members.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from negsim.errors import NegsimError, Problem, ScenarioError, did_you_mean, literal
from negsim.negotiation.parameters import Parameters
from negsim.scenario.values import choice
from negsim.scenario.yaml import Plain, flow, parse

FITTED = "uncertain.fitted"  # where a scenario has an ensemble of one's own
_Member = dict[str, float]


def _folder() -> Path:
    """Return the folder of the ensembles, one CSV file each: a column a parameter, a row a member."""
    return Path(str(resources.files("negsim"))) / "ensembles"


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _folder().glob("*.csv")))


@cache
def members(name: str) -> tuple[_Member, ...]:
    """Load the parameter sets of an ensemble. Raises NegsimError for an unknown name."""
    if name not in _names():
        raise NegsimError(f"unknown ensemble {literal(name)}{did_you_mean(name, _names())}")
    with (_folder() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = [{column: float(value) for column, value in row.items()} for row in csv.DictReader(file)]
    if unknown := set(rows[0]) - set(Parameters._fields):
        raise KeyError(f"{sorted(unknown)} are not parameters")
    return tuple(rows)


@cache
def calibrated_on(name: str) -> tuple[str, ...]:
    """Return the families of documented cases whose outcomes were used to choose the members of an ensemble."""
    families: dict[str, list[str]] = json.loads((_folder() / "families.json").read_text(encoding="utf-8"))
    return tuple(families.get(name, ()))


def number_of(name: str, replication: int) -> int:
    """Return which member replication r takes, counted from 0."""
    return replication % len(members(name))


def change_of(own: Iterable[Mapping[str, Plain]]) -> str:
    """Write the change that draws each run's values from an ensemble of one's own. own: by path, for each member."""
    return f"{FITTED}={flow({'either': [dict(member) for member in own]})}"


def read_change(path: Path) -> str:
    """Read an ensemble of one's own. Raises NegsimError unless it is a table of paths and values."""
    return change_of(_lines(path).values())


def blame(path: Path, load: Callable[[str], object]) -> None:
    """Raise NegsimError for the first line of an ensemble of one's own that a scenario refuses, if there is one.

    load: loads the scenario with a change, and raises `ScenarioError`.
    """
    for line, member in _lines(path).items():
        try:
            load(change_of([member]))
        except ScenarioError as error:
            if own := [problem.message for problem in error.problems if problem.path == FITTED]:
                raise NegsimError(f"{path}:{line}: {own[0]}") from None


def _lines(path: Path) -> dict[int, dict[str, Plain]]:
    """Read the members of an ensemble by the number of their line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            (_, header), *rows = [(reader.line_num, row) for row in reader if row] or [(1, [])]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise NegsimError(f"{path}: cannot be read as an ensemble ({why}); it is CSV: paths, then values") from None
    if twice := [name for name in dict.fromkeys(header) if header.count(name) > 1]:
        raise NegsimError(f"{path}:1: has two columns for {literal(twice[0])}; keep one")
    for n, row in rows:
        if len(row) != len(header):
            raise NegsimError(f"{path}:{n}: has {len(row)} values for {len(header)} paths; write one for each")
    if not rows:
        raise NegsimError(f"{path}: has no members; an ensemble has paths in its first row, and a row for each member")
    return {
        n: {
            name: _value(value, f"{path}:{n}: {name}")
            for name, value in zip(header, row, strict=True)
            if value.strip()  # else as the scenario has it
        }
        for n, row in rows
    }


def _value(text: str, place: str) -> Plain:
    """Read the value in a cell. Raises NegsimError, which names the place."""
    try:
        document = parse(text, place)
        problems: Sequence[Problem] = document.problems
    except ScenarioError as error:
        problems = error.problems
    if problems:
        raise NegsimError(f"{place}: {problems[0].message}")
    return document.data


def member_of(name: str, replication: int, parameters: _Member) -> _Member:
    """Return what replication r takes from an ensemble: its member's values for parameters at their defaults."""
    member, defaults = members(name)[number_of(name, replication)], Parameters._field_defaults
    return {name: value for name, value in member.items() if parameters[name] == defaults[name]}


ENSEMBLE_NAME = choice("ensemble", _names())
