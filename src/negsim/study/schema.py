"""Study files and how they are read: a scenario, what is varied, how often it is run.

- A study is frozen and resolved: everything left out is filled in with its default. It is checked as a whole before
  anything runs: first each level, so that a mistake has its line, then every cell.
- A factor is a path of the scenario with its values, or a name with levels that each change several paths.
- Every factor can be read at a share u of its way, 0 <= u < 1, so that any design can vary any of them: a range at
  low + u (high - low), levels at number floor(u L).
- Named levels whose names are all numbers, such as numbers of seats, are those numbers.
- The value of a factor in a cell is a number, a flag or a text: what a table can hold.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from pathlib import Path
from typing import Annotated, NamedTuple, TypeGuard

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, ValidationInfo, field_validator, model_validator

from negsim import plugins
from negsim.cast.measures import TAKEN, OwnMeasure, declare
from negsim.cast.units import is_measured, is_time, is_written, read_value, value_text
from negsim.errors import NegsimError, Problem, ScenarioError, did_you_mean, literal
from negsim.negotiation.measures import ENDINGS, GROUP_MEASURES, ISSUE_MEASURES, MEASURES, OTHER_MEASURES, SERIES
from negsim.scenario import Scenario, load, with_changes
from negsim.scenario import values as kinds
from negsim.scenario.library import is_builtin, is_there, locate, refuse_other, text_in
from negsim.scenario.validate import must_be_mapping, problem_at, raise_all, validated
from negsim.scenario.values import Json, Kind, Names, Part, fault, is_number
from negsim.scenario.yaml import Document, FileKind, Plain, flow, parse, scalar
from negsim.scenario.yaml import Path as Steps

Value = str | int | float | bool | None  # None: as the scenario says
Cell = dict[str, Value]  # factor to value
Changes = dict[str, Plain]  # path to value, as `with_changes` takes them

_BETWEEN_KEY, _WHOLE_KEY = "between", "whole"
_MEASURES_KEY = "measures"  # the section of a scenario
_MOST_LEVELS = 1000


@dataclass(frozen=True)
class Range:
    """All numbers from low to high, or all whole ones."""

    low: float
    high: float
    whole: bool = False

    def at(self, u: float) -> Value:
        """Return the value at a share u of the way, 0 <= u < 1 (u = 1: the last)."""
        if self.whole:
            return min(int(self.high), int(self.low) + int(u * (self.high - self.low + 1)))
        return self.high if u == 1.0 else self.low + u * (self.high - self.low)


@dataclass(frozen=True)
class Factor:
    """A factor by its name: its levels by their names in tables, or its range.

    >>> from negsim.study.schema import Factor, Range
    >>> Factor("process.hours", span=Range(4, 8)).at(0.25), Factor.of("methodology", ["a", "b"]).at(0.5)
    (5.0, 'b')
    """

    name: str
    levels: Mapping[Value, Changes] | None = None
    span: Range | None = None

    @classmethod
    def of(cls, path: str, values: Sequence[Plain]) -> Factor:
        """Make the factor of a path from a list of values."""
        return cls(path, {table_value(value): {} if value is None else {path: value} for value in values})

    @property
    def values(self) -> tuple[Value, ...]:
        """The levels as tables call them, or both ends of the range."""
        if self.span is not None:
            return self.span.at(0.0), self.span.at(1.0)
        return tuple(self.levels or ())

    @property
    def is_numeric(self) -> bool:
        """True if its values are numbers, and so have an order and distances."""
        return all(is_number(value) for value in self.values)

    def at(self, u: float) -> Value:
        """Return the value at a share u of the way, 0 <= u < 1 (u = 1: the last)."""
        if self.span is not None:
            return self.span.at(u)
        return self.values[min(len(self.values) - 1, int(u * len(self.values)))]

    def changes(self, value: Value) -> Changes:
        """Return the changes that a value makes to the scenario."""
        if self.levels is not None:
            return self.levels[value]
        return {self.name: value}


def _values(cells: Sequence[dict[str, Plain]], name: str) -> list[Plain]:
    """List the distinct values that cells give a factor, in order; None for a cell that leaves it unchanged."""
    values: list[Plain] = []
    for cell in cells:
        if cell.get(name) not in values:
            values.append(cell.get(name))
    return values


def _overwritten(factors: Sequence[Factor]) -> Iterator[tuple[str, str]]:
    """Yield each factor that sets a path, or one above it, that an earlier factor sets: both names."""
    paths = {factor.name: {path for value in factor.values for path in factor.changes(value)} for factor in factors}
    for n, later in enumerate(paths):
        for earlier in list(paths)[:n]:
            if any(f"{inner}.".startswith(f"{outer}.") for outer in paths[later] for inner in paths[earlier]):
                yield later, earlier


def table_value(value: Plain) -> Value:
    """Return a value as tables hold it: itself, or its text."""
    return flow(value) if isinstance(value, dict | list) else value


def _varied(value: Plain) -> Plain:
    """Check a factor as written: a list of values, a range, or named levels with the changes of each."""
    if isinstance(value, list | tuple):
        return _distinct(list(value))
    if isinstance(value, dict) and _BETWEEN_KEY in value:
        return _in_order(value)
    if isinstance(value, dict) and value and all(isinstance(changes, dict) for changes in value.values()):
        _distinct([_numbered(name, value) for name in value])  # each another one in a table
        return value
    right = f"write a list of values, {{{_BETWEEN_KEY}: [low, high]}}, or levels by name"
    raise fault(f"{literal(value)} is not what can be varied; {right}")


_VARIED_JSON: Json = {
    "anyOf": [
        {"type": "array", "minItems": 1},
        {
            "type": "object",
            "properties": {
                _BETWEEN_KEY: {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                _WHOLE_KEY: {"type": "boolean"},
            },
            "required": [_BETWEEN_KEY],
            "additionalProperties": False,
        },
        {"type": "object", "additionalProperties": {"type": "object"}},
    ]
}


def _distinct(values: list[Plain]) -> list[Plain]:
    names = [table_value(value) for value in values]
    if not 0 < len(values) <= _MOST_LEVELS:
        raise fault(f"has {len(values)} values; from 1 to {_MOST_LEVELS}")
    if twice := next((name for n, name in enumerate(names) if name in names[:n]), None):
        raise fault(f"names {literal(twice)} twice")
    return values


def _in_order(value: dict[str, Plain]) -> Plain:
    ends, whole = value[_BETWEEN_KEY], value.get(_WHOLE_KEY, False)
    if strange := next((key for key in value if key not in {_BETWEEN_KEY, _WHOLE_KEY}), None):
        raise fault(f"unknown key {literal(strange)} beside `between`; it may have `whole: true`")
    if not isinstance(whole, bool):
        raise fault(f"`whole` is {literal(whole)}; write true or false")
    if not (isinstance(ends, list) and len(ends) == 2 and all(is_number(end) for end in ends)):
        raise fault("`between` takes two numbers: [low, high]")
    if not ends[0] < ends[1]:
        raise fault(f"`between` goes from {ends[0]} to {ends[1]}; write the lower number first")
    if whole and any(end != int(end) for end in ends):
        raise fault(f"`between` goes from {ends[0]} to {ends[1]}; whole numbers need whole ends")
    return value


def _factor_of(name: str, written: Plain) -> Factor:
    if isinstance(written, list):
        return Factor.of(name, written)
    if _BETWEEN_KEY in written:
        low, high = written[_BETWEEN_KEY]
        return Factor(name, span=Range(float(low), float(high), written.get(_WHOLE_KEY, False)))
    return Factor(name, {_numbered(level, written): dict(changes) for level, changes in written.items()})


def _numbered(level: str, levels: Iterable[str]) -> Value:
    """Return the name of a level, as a number if the names of all levels are numbers.

    >>> _numbered("42", ["5", "42"]), _numbered("42", ["few", "42"])
    (42, '42')
    """
    names = {name: _number(name) for name in levels}
    return names[level] if all(is_number(number) for number in names.values()) else level


def _number(name: str) -> Plain:
    """Return the number that a name stands for, if a table can hold it; else the name."""
    try:
        value = scalar(name)
    except ValueError:  # such as .inf
        return name
    return value if not isinstance(value, int) or abs(value) < 2**63 else name


_STUDY = FileKind("study", "scenario: NAME")
OUTCOME_NAMES = tuple(ENDINGS)
NUMERIC_MEASURES = tuple(name for name, measure in MEASURES.items() if measure.kind != "code")
RULE_MEASURES = tuple(name for name in NUMERIC_MEASURES if name.startswith("would_"))
DRAWN_PREFIX = "drawn."  # begins the columns of what a replication drew
ESTIMATE_COLUMNS = ("value", "low", "high", "runs", "paired")  # columns of a curve
_OWN_COLUMNS = ("cell", "seed", "replication", "minute", *OUTCOME_NAMES, *MEASURES, *SERIES, *ESTIMATE_COLUMNS)
DETAIL_PREFIXES = tuple(f"{name}." for name in (*ISSUE_MEASURES, *GROUP_MEASURES, *OTHER_MEASURES))  # of `detail`
_DESIGNS = ("factorial", "latin_hypercube", "sobol", "saltelli", "morris")
_SAMPLED = _DESIGNS[1:]
USUAL_POINTS = 64  # of a sampled design, where none are said
MOST_CELLS = 200_000
_MOST_REPLICATIONS = 10_000_000
MOST_RUNS = 1_000_000_000


def is_between(value: object, low: float, high: float) -> TypeGuard[float]:
    """Return whether a value is a number of Python's or numpy's from low to high (true, false and NaN are not)."""
    return not isinstance(value, bool) and isinstance(value, Real) and low <= float(value) <= high


def check_listed(what: str, names: object) -> None:
    """Raise NegsimError for a single name or number where a list is meant. what: of what, such as measures."""
    if isinstance(names, str) or (names is not None and not isinstance(names, Iterable)):
        raise NegsimError(f"{literal(names)}: {what} are a list, as in [{literal(names)}]")


def check_measures(names: Sequence[str], own: Iterable[str] = ()) -> None:
    """Raise NegsimError unless each is a measure, or an outcome, of which the share is meant.

    own: names of measures beside those of the model and of plug-ins.
    """
    for name in names:
        if name not in (*OUTCOME_NAMES, *NUMERIC_MEASURES, *own) and not _is_of_plugin(name):
            raise NegsimError(no_measure(name, own))


def _is_of_plugin(name: str) -> bool:
    return plugins.find(OwnMeasure, name, taken=TAKEN) is not None


def no_measure(name: object, own: Iterable[str] = ()) -> str:
    """Write the message for an unknown measure: the name that may have been meant, or all names."""
    names = (*OUTCOME_NAMES, *NUMERIC_MEASURES, *own, *plugins.known(OwnMeasure, taken=TAKEN))
    choice = did_you_mean(str(name), names) or f"; one of: {', '.join(names)}"
    return f"unknown measure {literal(name)}{plugins.or_load_one(choice)}"


def _measures(value: Plain, info: ValidationInfo) -> tuple[str, ...]:
    """Return the measures a study keeps, from `all` or a list of names, in the order of the table, one's own last."""
    if value == "all":
        return NUMERIC_MEASURES
    if not isinstance(value, list | tuple):
        raise fault(f"{literal(value)} is not a list of measures; write `all` or some names")
    names = [_measure(name, info) for name in value]
    own = (name for name in dict.fromkeys(names) if name not in (*OUTCOME_NAMES, *NUMERIC_MEASURES))
    return (*(name for name in NUMERIC_MEASURES if name in names), *own)


def _measure(value: Plain, info: ValidationInfo) -> str:
    """Read the name of a measure. One that the model lacks is of a plug-in, or of the scenario where it is known."""
    own = kinds.names_in(info).measure
    if isinstance(value, str) and own is None and re.fullmatch(kinds.NAME_JSON["pattern"], value):
        return value  # found out when the study is run
    if isinstance(value, str) and (value in (*OUTCOME_NAMES, *NUMERIC_MEASURES, *(own or ())) or _is_of_plugin(value)):
        return value
    raise fault(no_measure(value, own or ()))


_MEASURE_JSON: Json = {"anyOf": [{"enum": [*OUTCOME_NAMES, *NUMERIC_MEASURES]}, kinds.NAME_JSON]}
_MEASURES_JSON: Json = {"anyOf": [{"const": "all"}, {"type": "array", "items": _MEASURE_JSON}]}


def _width(value: Plain) -> Plain:
    """Check that a width is a number or a text; `Study` reads it, as it knows the measure."""
    if isinstance(value, str) and is_written(value):
        return value
    return float(kinds.in_range(value, 1e-6, 1e6))


def _minutes(value: Plain) -> Plain:
    """Return how many minutes a time of floor time is; in a file it has its unit (`_without_unit`)."""
    if isinstance(value, str) and is_written(value):
        try:
            value = read_value(value, "minutes")
        except NegsimError as error:
            raise fault(str(error)) from None
    return float(kinds.in_range(value, 1, 100_000))


_WIDTH = Kind(_width, {"anyOf": [{"type": "number", "minimum": 1e-6, "maximum": 1e6}, {"type": "string"}]})


class Stop(Part):
    """The rule that a cell is run no further once the interval on the main measure is narrow enough.

    half_width: of the interval at 95 %, with the unit of a time; in Python as the column of the measure has it. every:
    replications before the first look; there is one more at each double of them.
    """

    half_width: Annotated[float | str, _WIDTH]
    every: Annotated[int, kinds.whole(10, _MOST_REPLICATIONS)] = 100


class Series(Part):
    """Rows by floor time: one every so many minutes, in a file with the unit of a time."""

    every: Annotated[float, Kind(_minutes, {"type": "string"})]


class Sampled(NamedTuple):
    """The design and points that replace a study file's; None: as in the file (`USUAL_POINTS` if it gives none)."""

    design: str | None = None
    points: int | None = None


class Study(Part):
    """A question over many runs of one scenario.

    vary: factors with their levels or ranges; or cells: an explicit list of them. points: how many a sampled design
    takes (a base sample for `saltelli`, trajectories for `morris`). main: the measure that is looked at first.
    """

    title: kinds.Label = ""
    question: kinds.Label = ""
    scenario: kinds.RequiredText
    changes: dict[str, Plain] = Field(default_factory=dict)
    vary: dict[str, Annotated[Plain, Kind(_varied, _VARIED_JSON)]] = Field(default_factory=dict)
    cells: tuple[dict[str, Plain], ...] = ()
    design: Annotated[str, kinds.choice("design", _DESIGNS)] = "factorial"
    points: Annotated[int, kinds.whole(2, MOST_CELLS)] | None = None
    second_order: kinds.Switch = False  # of `saltelli`: indices of pairs too, from nearly twice the cells
    replications: Annotated[int, kinds.whole(1, _MOST_REPLICATIONS)] = 1000
    seed: Annotated[int, kinds.whole(0, 2**64 - 1)] = 0
    main: Annotated[str, Kind(_measure, _MEASURE_JSON, in_file=True)] = "consensus"
    measures: Annotated[tuple[str, ...], Kind(_measures, _MEASURES_JSON, in_file=True)] = NUMERIC_MEASURES
    detail: kinds.Switch = False  # columns by issue, by group and by format too
    stop: Stop | None = None
    series: Series | None = None

    def __repr__(self) -> str:
        over = ", ".join(self.vary) or f"{len(self.cells)} cells"
        what = f"{self.design} over {over}, {self.replications} runs a cell"
        return f"<Study of {literal(self.title or self.scenario)}: {what}>"

    @field_validator("vary", "cells")
    @classmethod
    def _own_names(cls, written: dict[str, Plain] | tuple[dict[str, Plain], ...]) -> object:
        _check_names(written if isinstance(written, dict) else dict.fromkeys(name for cell in written for name in cell))
        return written

    @model_validator(mode="after")
    def _has_width(self, info: ValidationInfo) -> Study:
        """Check the half-width of `stop`: in a file a time has a unit, in Python a number is as in the column."""
        if self.stop is not None and is_measured(self.main):
            try:
                read_value(self.stop.half_width, self.main, is_width=True, in_column=info.context is None)
            except NegsimError as error:
                raise fault(str(error), "stop", "half_width") from None
        return self

    @property
    def half_width(self) -> float:
        """The half-width of `stop`, as the column of the main measure has it; infinite without a rule."""
        if self.stop is None:
            return math.inf
        return read_value(self.stop.half_width, self.main, is_width=True, in_column=True)

    @model_validator(mode="after")
    def _fits(self) -> Study:
        """Check what has to hold between the parts."""
        if self.vary and self.cells:
            raise fault("is given beside `vary`; keep one", "cells")
        if self.design in _SAMPLED and not self.vary:
            raise fault(f"a {self.design} design needs factors to vary; write `vary`", "design")
        if (self.design in _SAMPLED) != (self.points is not None):
            if self.points is None:
                raise fault(f"a {self.design} design needs `points`, how many it takes", "design")
            raise fault(f"a {self.design} design has none; they are for {', '.join(_SAMPLED)}", "points")
        if self.second_order and self.design != "saltelli":
            raise fault(f"a {self.design} design has no indices of pairs; use `design: saltelli`", "second_order")
        if self.vary and (undone := next(_overwritten(self.factors), None)):
            raise fault(f"{undone[0]} would undo what {undone[1]} sets; write it before", "vary", undone[0])
        names = [factor.name for factor in self.factors if factor.name.casefold().startswith(DETAIL_PREFIXES)]
        if names and self.detail:
            raise fault(f"adds a column {literal(names[0])}; give the factor of this name another", "detail")
        ranges = [factor.name for factor in self.factors if factor.span is not None]
        if ranges and self.design not in _SAMPLED:
            right = "list its values, or name a design such as latin_hypercube (`design:`, or --design of the sweep)"
            raise fault(f"a range in a {self.design} design; {right}", "vary", ranges[0])
        if self.design in {"sobol", "saltelli"} and self.points is not None and self.points & (self.points - 1):
            near = 2 ** self.points.bit_length()
            raise fault(f"{self.points} is not a power of two, which a Sobol' sequence needs; write {near}", "points")
        return self

    @model_validator(mode="wrap")
    @classmethod
    def _refused_in_our_words(
        cls, written: Json, read: ModelWrapValidatorHandler[Study], info: ValidationInfo
    ) -> Study:
        """Raise `ScenarioError` for a study made in Python; what reads a file gives `Names`, and has the places."""
        try:
            return read(written)
        except ValidationError:
            if info.context is not None:
                raise
            raise ScenarioError(validated(Document("Study", written, {}, {}, []), cls, Names())[1]) from None

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """The factors that vary, in the order of the file."""
        if self.cells:
            names = dict.fromkeys(name for cell in self.cells for name in cell)
            return tuple(Factor.of(name, _values(self.cells, name)) for name in names)
        return tuple(_factor_of(name, written) for name, written in self.vary.items())

    def changes_of(self, cell: Cell) -> Changes:
        """Return all changes of a cell to the scenario: those of every cell, then its own; knobs keep their order."""
        changes = dict(self.changes)
        for factor in self.factors:
            changes |= factor.changes(cell[factor.name])
        return changes

    def resolved(self) -> Json:
        """Return the study as plain data, with everything explicit, as a file says it."""
        data = self.model_dump(mode="json")
        if self.stop is not None and is_time(self.main):
            data["stop"]["half_width"] = value_text(self.half_width, self.main)
        return data


def _check_names(names: Iterable[str]) -> None:
    """Refuse names of factors that would be the same column as another, capital letters or not."""
    own, seen = {name.casefold() for name in _OWN_COLUMNS}, set[str]()
    for name in names:
        column = name.casefold()
        if not name.strip() or not name.isprintable():
            raise fault(f"{literal(name)} is not a name of a factor; write a path, or a name of your own")
        if column in own or column.startswith(DRAWN_PREFIX):
            raise fault(f"{literal(name)} is a column of every table; give the factor another name")
        if name.partition(".")[0] == _MEASURES_KEY:
            raise fault(f"{literal(name)} changes what is measured, which cannot vary; write it under `changes`")
        if column in seen:
            raise fault(f"{literal(name)} is the name of two factors, but for capital letters; tables need another")
        seen.add(column)


def load_study(source: str | Path, *, sampled: Sampled | None = None) -> Study:
    """Read the study in a file, perhaps with another design. Raises `ScenarioError` with every problem and place."""
    if not isinstance(source, str | Path):
        raise NegsimError(f"{literal(source)}: name the file of a study")
    path = locate(source) if is_builtin(source) else Path(source)
    return loads_study(text_in(path, str(source), _STUDY), str(source), beside=path.parent, sampled=sampled)


def loads_study(
    text: str, name: str = "<text>", *, beside: str | Path | None = None, sampled: Sampled | None = None
) -> Study:
    """Read the study in a text.

    beside: the folder in which to look for a scenario file that it names. sampled: the design instead of its own.
    """
    if not isinstance(text, str):
        raise NegsimError(f"{literal(text)}: is not the text of a study")
    beside = None if beside is None else Path(beside)
    document = parse(text, name, _STUDY)
    refuse_other(document, _STUDY)
    must_be_mapping(document, _STUDY)
    if sampled is not None:
        points = sampled.points or document.data.get("points") or USUAL_POINTS
        design = {} if sampled.design is None else {"design": sampled.design}
        document = document._replace(data=document.data | design | {"points": points})
    study, problems = validated(document, Study, Names(measure=_measures_of_scenario(document, beside)))
    if study is not None:
        study = study.model_copy(update={"scenario": _file_of(study.scenario, beside)})
        problems = [*_without_unit(document), *_misfits(document, study)]
    raise_all(document, problems)
    assert study is not None  # noqa: S101 - without problems there is one
    return study


def _measures_of_scenario(document: Document, beside: Path | None) -> dict[str, object] | None:
    """Return the names of the measures that a study's scenario has, or will have; None if it cannot be read."""
    changes, source = document.data.get("changes"), document.data.get("scenario")
    changes = changes if isinstance(changes, dict) else {}
    of_measures = {path: value for path, value in changes.items() if path.partition(".")[0] == _MEASURES_KEY}
    try:
        scenario = with_changes(load(_file_of(str(source), beside)), of_measures)
    except NegsimError:
        return None
    declare(scenario.own_measures)
    return dict(scenario.measures)


def _file_of(scenario: str, beside: Path | None) -> str:
    """Return the path of a scenario that a study names, if a file of that name lies beside the study; else the name."""
    file = (beside or Path()) / scenario
    return str(file) if scenario.endswith((".yaml", ".yml")) and is_there(file) else scenario


def study_schema_json() -> str:
    """Return the JSON Schema of a study file, for editors that complete and check YAML."""
    from negsim.scenario.descriptions import STUDY_DESCRIPTIONS, describe  # noqa: PLC0415 - no run reads them

    schema = Study.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "negsim study"
    describe(schema, "Study", STUDY_DESCRIPTIONS)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _misfits(document: Document, study: Study) -> Iterator[Problem]:
    """Yield the problems of the scenario with the changes: those of all cells, then every level by itself."""
    try:
        scenario = load(study.scenario)
    except ScenarioError as error:
        yield from (problem_at(document, ("scenario",), str(problem)) for problem in error.problems)
        return
    fixed = [problem_at(document, ("changes",), message) for message in _refusals(scenario, study.changes)]
    yield from fixed
    for factor in () if fixed else study.factors:
        for n, value in enumerate(factor.values):
            refusals = _refusals(scenario, study.changes | factor.changes(value))
            yield from (problem_at(document, _place(document, factor, n), message) for message in refusals)


def _without_unit(document: Document) -> Iterator[Problem]:
    """Yield the time between rows of a series if it has no unit; manifests count minutes."""
    series = document.data.get("series")
    if isinstance(series, dict) and is_number(every := series.get("every")):
        try:
            read_value(every, "minutes")
        except NegsimError as error:
            yield problem_at(document, ("series", "every"), str(error))


def _place(document: Document, factor: Factor, n: int) -> Steps:
    """Return the place where value n of a factor is written."""
    value = factor.values[n]
    if ("cells",) in document.values:
        cells = document.data["cells"]
        return ("cells", next(c for c, cell in enumerate(cells) if cell.get(factor.name) == value), factor.name)
    if factor.span is not None:
        return ("vary", factor.name, _BETWEEN_KEY, n)
    written = document.data["vary"][factor.name]
    return ("vary", factor.name, n if isinstance(written, list) else list(written)[n])


def _refusals(scenario: Scenario, changes: Changes) -> list[str]:
    try:
        with_changes(scenario, changes)
    except ScenarioError as error:
        return list(dict.fromkeys(f"{_blamed(problem, changes)}: {problem.message}" for problem in error.problems))
    return []


def _blamed(problem: Problem, changes: Changes) -> str:
    """Return the change that a problem is about, or the path where it shows."""
    return problem.where.file if len(changes) == 1 or "; " not in problem.where.file else problem.path


def scenario_of(study: Study, base: Scenario, cell: Cell) -> Scenario:
    """Return the scenario of a cell. Raises `NegsimError` that names the cell."""
    try:
        return with_changes(base, study.changes_of(cell))
    except ScenarioError as error:
        where = ", ".join(f"{name}={value}" for name, value in cell.items())
        raise NegsimError(f"the cell {where} does not make a scenario: {error}") from None
