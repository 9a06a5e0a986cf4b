"""The columns of measures of one's own: expressions over the tables of runs, and functions of each run at its end.

- An expression is computed from the tables, of all runs at once.
- For functions each run is made once more, with its log: the same bits, and the cost of one more run.
- A number off the scale of its measure is an error that names the run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from negsim import plugins
from negsim.cast.measures import TAKEN, FinishedRun, OwnMeasure, plugin_measures
from negsim.errors import NegsimError, did_you_mean, literal
from negsim.kernel import apart
from negsim.negotiation.measures import ENDINGS, MEASURES, Measure, Results, allocate_results, lookup
from negsim.negotiation.runs import LOG_ROWS, Negotiation, run_each
from negsim.negotiation.tables import Case, Floats, Outcome, State, allocate, allocate_choice
from negsim.policies.seated import has_policies, read_only, rooms
from negsim.scenario import Scenario
from negsim.scenario.sampling import Sampler
from negsim.scenario.schema import read_measures
from negsim.scenario.values import Json
from negsim.study.schema import NUMERIC_MEASURES, no_measure
from negsim.study.table import columns_of, ended_so

Measures = Mapping[str, OwnMeasure]


def own_measures(scenario: Scenario) -> dict[str, OwnMeasure]:
    """Return the measures beside those of the model: of the plug-ins that are loaded, and of the scenario."""
    return plugin_measures() | scenario.own_measures


def own_named(scenario: Scenario, names: Iterable[str]) -> dict[str, OwnMeasure]:
    """Return the measures of these names that the model does not have. Raises NegsimError for an unknown one."""
    of_scenario = scenario.own_measures
    named = [name for name in names if name not in {*ENDINGS, *MEASURES}]
    return {name: of_scenario.get(name) or _of_plugin(name, of_scenario)[1] for name in named}


def _of_plugin(name: str, others: Iterable[str] = ()) -> tuple[plugins.Plugin, OwnMeasure]:
    """Return a measure of a plug-in, also of an installed one. others: names that may be meant if there is none."""
    match = plugins.find(OwnMeasure, name, taken=TAKEN)
    if match is None:
        raise NegsimError(no_measure(name, others))
    return match


def identity_of(own: Measures, scenario: Scenario) -> Json:
    """Return what identifies measures of one's own in a study, for its manifest: nothing where it has none.

    `measures`: each by its name, with its words, and its expression or its plug-in. `plugins`: their digests.
    """
    if not own:
        return {}
    homes = {name: _of_plugin(name)[0] for name in own if name not in scenario.measures}
    whence = {
        name: {"plugin": homes[name].name} if name in homes else {"expression": measure.expression}
        for name, measure in own.items()
    }
    measures = {name: measure.words() | whence[name] for name, measure in own.items()}
    digests = {plugin.name: plugin.digest for plugin in homes.values()}
    return {"measures": measures, **({"plugins": digests} if digests else {})}


def measures_in(identifies: Json) -> dict[str, OwnMeasure]:
    """Return the measures that the identity of a study names; those of plug-ins without what computes them.

    Raises NegsimError for one that is invalid.
    """
    of = identifies.get("measures", {})
    entries = {name: {"expression": "0"} | each for name, each in of.items()}
    return read_measures({name: {key: each[key] for key in each if key != "plugin"} for name, each in entries.items()})


def own_columns(  # noqa: PLR0913, PLR0917 - what a run is made from
    own: Measures, results: Results, scenario: Scenario, seed: int, first: int, policies: Mapping[str, object]
) -> dict[str, Floats]:
    """Compute measures of one's own for the replications of some results (R each).

    first: the number of the first replication. policies: beside those of the scenario. Raises NegsimError if one cannot
    be computed.
    """
    functions = {name: measure for name, measure in own.items() if measure.function is not None}
    count, columns = len(results.runs), dict[str, Floats]()
    for name, measure in own.items():
        if name not in functions:
            columns[name] = np.broadcast_to(_of_expression(measure, results, scenario), count).astype(float)
    if functions:
        numbers = range(first, first + count)
        runs = _with_policies if has_policies(scenario, policies) else _by_rules
        columns |= _of_functions(functions, runs(scenario, policies, seed, numbers), count)
    for name, values in columns.items():
        _check_scale(own[name], values, first)
    return {name: columns[name] for name in own}


def _of_expression(measure: OwnMeasure, results: Results, scenario: Scenario) -> Floats:
    """Compute an expression (R). Raises NegsimError for a column that the tables do not have."""
    columns = columns_of(results, scenario, NUMERIC_MEASURES, detail=True)

    def column(name: str) -> Floats:
        if name in ENDINGS:
            return ended_so(results, Outcome[name.upper()])
        if name not in columns or lookup(name).kind == "code":
            hint = did_you_mean(name, [*ENDINGS, *MEASURES])
            raise NegsimError(f"measure {measure.name}: unknown column {literal(name)}{hint}")
        return columns[name].astype(float)

    return measure.parsed().evaluate(column)


def _of_functions(functions: Measures, runs: Iterable[FinishedRun], count: int) -> dict[str, Floats]:
    """Call functions with every run at its end (R each)."""
    columns = {name: np.empty(count) for name in functions}
    for r, run in enumerate(runs):
        for name, measure in functions.items():
            columns[name][r] = _called(measure, run)
    return columns


def _by_rules(scenario: Scenario, _: Mapping[str, object], seed: int, replications: range) -> Iterator[FinishedRun]:
    """Yield replications at their ends. Each one takes the tables of the one before."""
    rows = LOG_ROWS
    for case, start, some in Sampler(scenario, seed).cases(replications.start, len(replications)):
        state, choice, results = allocate(case, rows), allocate_choice(*case.stances.shape), allocate_results(case, 1)
        for replication in range(start, start + some):
            state.stream[0] = seed
            run_each(case, state, choice, results, replication)
            if (logged := _logged(state)) > rows:
                rows, state = logged, allocate(case, logged)
                state.stream[0] = seed
                run_each(case, state, choice, results, replication)
            yield _finished(case, state, results)


def _with_policies(
    scenario: Scenario, policies: Mapping[str, object], seed: int, replications: range
) -> Iterator[FinishedRun]:
    rows = LOG_ROWS
    for replication in replications:
        run = _with_log(scenario, policies, seed, replication, rows)
        if (logged := _logged(run.state)) > rows:
            rows = logged
            run = _with_log(scenario, policies, seed, replication, rows)
        yield _finished(run.case, run.state, run.measured())


def _with_log(
    scenario: Scenario, policies: Mapping[str, object], seed: int, replication: int, rows: int
) -> Negotiation:
    (room,) = rooms(scenario, policies, seed, [replication], log_rows=rows)
    room.go_on()
    return room.run


def _logged(state: State) -> int:
    """Return how many rows of log a run takes, whether or not there were as many."""
    return int(state.clock["logged"][0])


def _finished(case: Case, state: State, results: Results) -> FinishedRun:
    state = read_only(state)
    return FinishedRun(read_only(case), state, read_only(results), state.log[: _logged(state)])


def _called(measure: OwnMeasure, run: FinishedRun) -> float:
    """Call the function of a measure with a run. Raises NegsimError if it fails, or returns anything but a number."""
    assert measure.function is not None  # noqa: S101 - it has one

    def of() -> plugins.Plugin | None:
        return plugins.known(OwnMeasure).get(measure.name, (None, None))[0]

    try:
        with plugins.guarded(of, f"the measure {measure.name}"):
            if measure.is_kernel:
                return float(_compiled(measure.function)(run.case, run.state))
            return float(measure.function(run))
    except NegsimError:
        raise
    except Exception as error:
        raise NegsimError(f"measure {measure.name}: {type(error).__name__}: {error}") from error


_compiling = threading.Lock()


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a kernel in its compiled form where numba is installed, else as it is."""
    with _compiling:
        return _compiled_once(function)


@cache
def _compiled_once(function: Callable[..., Any]) -> Callable[..., Any]:
    if find_spec("numba") is None:
        return function
    (compiled,) = apart(function)
    return compiled


def _check_scale(measure: Measure, values: Floats, first: int) -> None:
    """Raise NegsimError for the first value (R) that the measure cannot have; NaN does not apply."""
    given = values[~np.isnan(values)]
    is_bad = ~np.isfinite(given) | (given < measure.low) | (given > measure.high)
    if measure.is_whole:
        is_bad |= given != np.trunc(given)
    if is_bad.any():
        where = first + int(np.flatnonzero(~np.isnan(values))[np.argmax(is_bad)])
        value = float(given[np.argmax(is_bad)])
        number = "a whole number" if measure.kind == "count" else "a number"
        right = "0 or 1" if measure.kind == "flag" else f"{number} from {measure.low:g} to {measure.high:g}"
        right = right.replace("from -inf to inf", "finite").replace(" to inf", " on")
        raise NegsimError(
            f"the measure {measure.name} is {value:g} in replication {where}; a {measure.kind} is {right}"
        )
