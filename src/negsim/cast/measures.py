"""Measures of one's own beside those of the model: expressions over its columns, and functions of the end of a run.

- An expression stands in the section `measures` of a scenario, or in a plug-in; it costs next to nothing.
- A function stands in a plug-in. It sees each run at its end, which is made once more for it. A kernel is compiled
  where numba is installed; anything else runs as plain Python.
- A name means what the scenario or study that was run or opened last says (`declare`). Those of plug-ins and of the
  model need no declaration.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_type_hints

from negsim import plugins
from negsim.cast.expressions import Expression, ExpressionError, parse
from negsim.errors import NegsimError, literal
from negsim.negotiation import measures
from negsim.negotiation.measures import ENDINGS, MEASURES, SERIES, Measure, Results
from negsim.negotiation.tables import Case, EventRow, State, Table

if TYPE_CHECKING:
    from negsim.negotiation import log

_MOST_DECLARED = 1000
_WORDS = ("label", "kind", "meaning", "unit", "low", "high")  # of a declaration
TAKEN = {"cell", "seed", "replication", "minute", "value", "low", "high", "runs"} | {*MEASURES, *ENDINGS, *SERIES}


class FinishedRun(NamedTuple):
    """A run at its end: its tables, as `docs/rules.md` and the ODD description name their columns; read only.

    case: what does not change. state: what did. results: the measures of the model, tables of one row. events: the rows
    of the log.
    """

    case: Case
    state: State
    results: Results
    events: Table[EventRow]

    @property
    def happenings(self) -> list[log.Happening]:
        """The log as events, each of its kind: `Statement`, `Verdict`, `Block` ... of `negsim.negotiation.log`."""
        from negsim.negotiation import log  # noqa: PLC0415 - its kinds of events are for those who ask

        return list(log.events(self.events))

    def measure(self, name: str) -> float:
        """Return a measure of the model. Raises KeyError for an unknown name."""
        return float(self.results.runs[name][0])


@dataclass(frozen=True, kw_only=True)
class OwnMeasure(Measure):
    """A measure of one's own: an expression, or a function of a `FinishedRun`, or a kernel of case and state.

    label, kind, low, high and so on: as for `Measure`. Of `number`, any value is on the scale unless it says otherwise.
    """

    expression: str = ""
    function: Callable[..., float] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise NegsimError(f"measure {self.name}: unknown kind {literal(self.kind)}; one of: {', '.join(KINDS)}")
        if not self.low < self.high:
            raise NegsimError(f"measure {self.name}: low {self.low} is not below high {self.high}")

    @property
    def is_kernel(self) -> bool:
        """True if its function can be compiled: it takes the case and the state, as the rules of the model do."""
        return self.function is not None and "allocates" in vars(self.function)

    def parsed(self) -> Expression:
        """Return its expression, read."""
        return parse(self.expression)

    def words(self) -> dict[str, object]:
        """Return its declaration without what computes it, as plain data; None for an end that its scale lacks."""
        values = {word: getattr(self, word) for word in _WORDS}
        return {word: None if value in {math.inf, -math.inf} else value for word, value in values.items()}


KINDS = tuple(kind for kind in get_args(get_type_hints(Measure)["kind"]) if kind != "code")
_BETWEEN_ENDS = {"flag", "share", "level"}


def own_measure(name: str, *, kind: str = "number", **more: Any) -> OwnMeasure:  # noqa: ANN401 - as `OwnMeasure` says
    """Make a measure of one's own, with the scale of its kind where `low` and `high` say nothing."""
    usual = (0.0, 1.0) if kind in _BETWEEN_ENDS else (-math.inf if kind == "number" else 0.0, math.inf)
    given = {key: value for key, value in more.items() if value is not None}
    scale = {end: usually for end, usually in zip(("low", "high"), usual, strict=True) if end not in given}
    label = given.pop("label", "") or name.replace("_", " ")
    meaning = given.pop("meaning", "") or given.get("expression") or label
    words: dict[str, Any] = {"name": name, "kind": kind, "label": label, "meaning": meaning} | scale | given
    return OwnMeasure(**words)


def measure(  # noqa: PLR0913 - what a measure has, each by its name
    expression: str = "",
    *,
    name: str = "",
    label: str = "",
    kind: str = "number",
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
) -> Any:  # noqa: ANN401 - a measure, or what makes one of a function
    """Make a measure of a plug-in: of the function below it, or of an expression, which needs a `name`.

    kind: `flag` (1 or 0), `share`, `level`, `count`, `time` (minutes) or `number`. The docstring of a function is the
    meaning of its measure. A function takes a `FinishedRun` and returns a number, NaN where the measure does not apply.

    >>> measure("depth * share_agreed", name="weight").label
    'weight'
    """
    words: dict[str, Any] = {"label": label, "kind": kind, "unit": unit, "low": low, "high": high}
    if expression:
        return _with_expression(own_measure(name, expression=expression, **words))

    def of(function: Callable[..., float]) -> OwnMeasure:
        return own_measure(
            name or function.__name__, function=function, meaning=inspect.getdoc(function) or "", **words
        )

    return of


def _with_expression(measure: OwnMeasure) -> OwnMeasure:
    """Return a measure whose expression can be read. Raises NegsimError."""
    if not measure.name:
        raise NegsimError(
            f'{literal(measure.expression)}: an expression needs a name, as in measure("depth", name="x")'
        )
    try:
        measure.parsed()
    except ExpressionError as error:
        raise NegsimError(f"measure {measure.name}: {error}") from None
    return measure


_declared: dict[str, OwnMeasure] = {}


def declare(own: Mapping[str, OwnMeasure]) -> None:
    """Say what names of measures mean from now on in this process, in tables, texts and pictures."""
    for name, measure in own.items():
        _declared.pop(name, None)
        _declared[name] = measure
    while len(_declared) > _MOST_DECLARED:
        del _declared[next(iter(_declared))]


def plugin_measures() -> dict[str, OwnMeasure]:
    """Return the measures of the plug-ins that were loaded by name: installed ones count only where they are named."""
    theirs = plugins.known(OwnMeasure, taken=TAKEN)
    return {name: measure for name, (plugin, measure) in theirs.items() if not plugin.package}


def lookup(column: str) -> Measure:
    """Find the measure in a column of a table of runs, of the model or one's own. Raises KeyError if it has none.

    >>> lookup("depth").kind, lookup("agreed.fees").kind
    ('level', 'flag')
    """
    try:
        return measures.lookup(column)
    except KeyError:
        theirs = plugins.known(OwnMeasure, taken=TAKEN)
        if column in _declared:
            return _declared[column]
        if column in theirs:
            return theirs[column][1]
        raise
