"""Fitting: which values of what a study varies are compatible with what was observed.

- Approximate Bayesian computation by rejection (Pritchard et al. 1999, doi 10.1093/oxfordjournals.molbev.a026091): the
  runs that come nearest to what was observed are accepted, and their values are a sample of what may have been. Before
  that, values lie as the study sampled them.
- The observation is one negotiation, so it is compared with single runs and not with means. The distance of a run is
  the largest difference in any measure, in standard deviations of that measure over all runs. A flag has to be equal.
- A parameter that the data do not constrain keeps its spread. A permutation test says whether its values have moved at
  all (Kolmogorov and Smirnov's distance, at 5 % for all parameters together). Another one says whether two of them go
  together (by the largest correlation, at 5 % for all pairs together).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from negsim.cast.knobs import AS_WRITTEN, METHODOLOGY
from negsim.errors import NegsimError, did_you_mean, literal
from negsim.files import write_table
from negsim.negotiation.measures import MEASURES
from negsim.negotiation.tables import Flags, Floats
from negsim.scenario import ensembles, with_changes
from negsim.scenario.sampling import draws
from negsim.scenario.schema import PARAMETERS_KEY, UNCERTAIN_KEY
from negsim.scenario.values import is_number
from negsim.scenario.yaml import Plain, flow
from negsim.study.schema import DRAWN_PREFIX, Value, is_between
from negsim.study.table import is_flag

if TYPE_CHECKING:
    from negsim.study.results import StudyResults

ACCEPTED_SHARE = 0.02  # of the runs
_LEAST_ACCEPTED, _LEAST_RUNS = 50, 500
_LEAST_DRAWS = 50  # of a value that has one for each replication
_MEMBERS = 100  # of the ensemble
_MIDDLE = (0.025, 0.5, 0.975)  # quantiles
_PERMUTATIONS = 999
_SIGNIFICANCE = 0.05  # of the test, for all parameters together
_ROUNDING = 1e-12  # of distances, which are equal where as many values lie on a side
_MISSING_FROM = 0.5  # standard deviations from what was observed, on the mean of what was accepted
_LEAST_CORRELATION = 0.3  # of two parameters that are said to go together


class FittedParameter(NamedTuple):
    """The values of a parameter before and after the fit.

    before, after: of a number, its 2.5 %, 50 % and 97.5 % quantiles over all runs and over the accepted ones (both
    empty for words). levels: of words, each (None: as the scenario says) with its share before and after. p: how often
    permuted acceptance moves the values as far. is_constrained: whether the data say anything about it.
    """

    name: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    levels: tuple[tuple[Value, float, float], ...]
    p: float
    is_constrained: bool

    @property
    def is_number(self) -> bool:
        """True of a number, False of words."""
        return bool(self.before)


@dataclass(frozen=True)
class Fit:
    """The parameters that are compatible with what was observed.

    observed: by measure. runs: of the study. accepted: number of those kept. reach: how far the accepted runs are from
    the observed at most, by measure, in its unit. far: measures that even the accepted runs miss. together: pairs whose
    accepted values go together, with their correlation. members: the ensemble, a mapping of paths to values each.
    values: of every parameter, all values and the accepted ones. replications: of a cell, at most.
    """

    observed: Mapping[str, float]
    runs: int
    accepted: int
    reach: Mapping[str, float]
    far: tuple[str, ...]
    parameters: tuple[FittedParameter, ...]
    together: tuple[tuple[str, str, float], ...]
    members: tuple[dict[str, Plain], ...]
    values: Mapping[str, tuple[Sequence[Any], Sequence[Any]]]
    replications: int

    @property
    def hardly_sampled(self) -> list[str]:
        """The parameters of which the runs hold few values: all cells of a replication share one draw of them."""
        own = [one.name for one in self.parameters if one.name.startswith(DRAWN_PREFIX)]
        return own if self.replications < _LEAST_DRAWS else []

    @property
    def change(self) -> str:
        """The change, as `load` takes it, that draws each run's values from the ensemble."""
        return ensembles.change_of(self.members)

    def write(self, path: str | Path) -> None:
        """Write the ensemble as CSV: a column a path, a row a member. `--parameters FILE` takes it."""
        paths = list(dict.fromkeys(path for member in self.members for path in member))
        write_table(
            Path(path),
            paths,
            ([flow(member[path]) if path in member else "" for path in paths] for member in self.members),
        )


def fit(results: StudyResults, observed: Mapping[str, float], *, share: float = ACCEPTED_SHARE) -> Fit:
    """Accept the runs that come nearest to what was observed, as `negsim.fit` does."""
    if not isinstance(observed, Mapping):
        raise NegsimError(
            f'{literal(observed)}: what was observed is a mapping from measures to values, such as {{"depth": 0.4}}'
        )
    if not observed:
        raise NegsimError("nothing was observed; name a measure and its value, such as share_agreed=0.4")
    if not is_between(share, 0.0, 1.0) or share in {0.0, 1.0}:
        raise NegsimError(
            f"{literal(share)} is not a share of the runs to accept; write one between 0 and 1, such as 0.02"
        )
    if len(results) < _LEAST_RUNS:
        right = "with more points or replications"
        raise NegsimError(f"{results.folder}: has {len(results)} runs; a fit takes {_LEAST_RUNS}: sweep again {right}")
    _check_draws(results)
    table = _table(results, observed)
    distances = _distances(table, observed)
    count = min(len(table), max(_LEAST_ACCEPTED, math.ceil(share * len(table))))
    cut = np.sort(distances)[count - 1]
    if math.isinf(cut):
        near = int(np.isfinite(distances).sum())
        raise NegsimError(
            f"{results.folder}: {near} of {len(table):,} runs have the flags that were observed, and a value wherever"
            f" one was; a fit takes {_LEAST_ACCEPTED}. What was observed hardly happens here: widen what is sampled"
        )
    accepted = distances <= cut
    names = _parameters(results, table)
    if not names:
        raise NegsimError(f"{results.folder}: varies nothing; a fit needs `vary`, or values that are drawn")
    level = _SIGNIFICANCE / len(names)
    fitted = tuple(_fitted(name, table, accepted, level, results.study.seed) for name in names)
    return Fit(
        dict(observed),
        runs=len(table),
        accepted=int(accepted.sum()),
        reach={name: float((table.loc[accepted, name] - value).abs().max()) for name, value in observed.items()},
        far=tuple(name for name, value in observed.items() if _is_far(table[name].to_numpy(float), accepted, value)),
        parameters=fitted,
        together=tuple(_together(names, table, accepted, results.study.seed)),
        members=tuple(_members(results, table[accepted])),
        values={name: (table[name].tolist(), table.loc[accepted, name].tolist()) for name in names},
        replications=int(table["replication"].nunique()),
    )


def _check_draws(results: StudyResults) -> None:
    """Raise NegsimError for a factor that changes how values are drawn: the draws of a replication are not one then."""
    for factor in results.factors:
        changed = (path for changes in (factor.levels or {}).values() for path in changes)
        if UNCERTAIN_KEY in (path.partition(".")[0] for path in changed):
            why = "so that cells draw their values from different distributions, and no replication has one value"
            raise NegsimError(f"{results.folder}: varies {factor.name}, {why}; fit a study of each level by itself")


def _table(results: StudyResults, observed: Mapping[str, float]) -> pd.DataFrame:
    """Return a row a run: cell, replication, factors, what was drawn, what was observed."""
    frame = results.frame()
    for name, value in observed.items():
        if name not in results.measures and name not in results.details:
            columns = (*results.measures, *results.details)
            raise NegsimError(f"{literal(name)} was not kept{did_you_mean(name, columns)}")
        low, high = (MEASURES[name].low, MEASURES[name].high) if name in MEASURES else (-math.inf, math.inf)
        fits = is_between(value, low, high) and math.isfinite(value)
        if not fits or (is_flag(name) and value not in {0.0, 1.0}):
            scale = f"a number from {low:g} to {high:g}" if math.isfinite(high) else "a number"
            raise NegsimError(
                f"{name} was observed to be {literal(value)}; write {'0 or 1' if is_flag(name) else scale}"
            )
        frame[name] = results.values(name)["value"].to_numpy(float)
    return frame


def _distances(table: pd.DataFrame, observed: Mapping[str, float]) -> Floats:
    """Return how far each run is from what was observed (R), infinite where a flag differs or there is no value."""
    distance = np.zeros(len(table))
    for name, value in observed.items():
        values = table[name].to_numpy(float)
        away = np.abs(values - value)
        if is_flag(name):
            distance[away > 0.0] = np.inf
        else:
            spread = np.nanstd(values[np.isfinite(values)])
            away = away / spread if spread > 0.0 else np.where(away > 0.0, np.inf, 0.0)
            distance = np.fmax(distance, np.where(np.isnan(away), np.inf, away))
    return distance


def _is_far(values: Floats, accepted: Flags, observed: float) -> bool:
    """Return whether even the accepted runs lie on the whole away from what was observed."""
    spread = np.nanstd(values[np.isfinite(values)])
    return bool(abs(np.mean(values[accepted]) - observed) > _MISSING_FROM * spread)


def _parameters(results: StudyResults, table: pd.DataFrame) -> list[str]:
    """List the columns of what is not known: factors, and what was drawn.

    In the table, each parameter of an ensemble becomes a column in place of the number of the member.
    """
    column = f"{DRAWN_PREFIX}{PARAMETERS_KEY}"
    distribution = with_changes(results.scenario, results.study.changes).uncertain.get(PARAMETERS_KEY)
    if column in table and distribution is not None and distribution.ensemble is not None:
        sets = pd.DataFrame(ensembles.members(distribution.ensemble))
        for name in sets:
            table[f"{column}.{name}"] = sets[name].to_numpy()[table[column].to_numpy(int)]
        del table[column]
    factors = [factor.name for factor in results.factors]
    drawn_columns = [str(name) for name in table if str(name).startswith(DRAWN_PREFIX)]
    own = [name for name in drawn_columns if name.removeprefix(DRAWN_PREFIX) not in factors]  # others are overridden
    return [name for name in (*factors, *own) if len(table[name].drop_duplicates()) > 1]


def _fitted(name: str, table: pd.DataFrame, accepted: Flags, level: float, seed: int) -> FittedParameter:
    """Compare a parameter's values before and after. level: of the test.

    What is permuted is what has one value: a cell, or a replication, whose draws all cells share.
    """
    values, unit = table[name], "replication" if name.startswith(DRAWN_PREFIX) else "cell"
    rows = pd.DataFrame({"value": values, "weight": accepted, "unit": table[unit]}).groupby("unit")
    p = _moved(rows["value"].first(), rows["weight"].mean().to_numpy(float), seed)
    if _is_numeric(values):
        before, after = (tuple(map(float, np.quantile(some, _MIDDLE))) for some in (values, values[accepted]))
        return FittedParameter(name, before, after, levels=(), p=p, is_constrained=p <= level)
    every, kept = (Counter(None if pd.isna(one) else one for one in some) for some in (values, values[accepted]))
    levels = tuple((one, often / len(values), kept[one] / kept.total()) for one, often in every.most_common())
    return FittedParameter(name, (), (), levels, p, is_constrained=p <= level)


def _is_numeric(values: pd.Series) -> bool:
    return all(is_number(value) and not math.isnan(value) for value in values.tolist())


def _moved(values: pd.Series, weights: Floats, seed: int) -> float:
    """Return how often values move as far under permuted weights: the p-value of a permutation test."""
    codes = pd.factorize(values, sort=_is_numeric(values))[0]
    order = np.argsort(codes, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(codes[order])), len(codes) - 1)  # of equal values
    even = (ends + 1) / len(codes)

    def distance(some: Floats) -> float:
        return float(np.abs(np.cumsum(some[order])[ends] / some.sum() - even).max())

    rng = np.random.default_rng(seed)
    seen = distance(weights) - _ROUNDING
    return (1 + sum(distance(rng.permutation(weights)) >= seen for _ in range(_PERMUTATIONS))) / (1 + _PERMUTATIONS)


def _together(names: Sequence[str], table: pd.DataFrame, accepted: Flags, seed: int) -> list[tuple[str, str, float]]:
    """List pairs of numbers whose accepted values are correlated although all values are not, the strongest first.

    Each pair has one value of both in a cell, or in a replication; of others nothing can be said.
    """
    numeric = [name for name in names if _is_numeric(table[name])]
    by_unit = {
        "cell": [name for name in numeric if not name.startswith(DRAWN_PREFIX)],
        "replication": [name for name in numeric if name.startswith(DRAWN_PREFIX)],
    }
    asked = {unit: own for unit, own in by_unit.items() if len(own) > 1}
    pairs = []
    for unit, own in asked.items():
        rows = table[own].assign(weight=accepted).groupby(table[unit]).mean().to_numpy(float)
        pairs += [
            (own[i], own[j], r) for i, j, r in correlated(rows[:, :-1], rows[:, -1], seed, _SIGNIFICANCE / len(asked))
        ]
    return sorted(pairs, key=lambda pair: -abs(pair[2]))


def correlated(
    values: Floats, weights: Floats, seed: int, level: float = _SIGNIFICANCE
) -> list[tuple[int, int, float]]:
    """List the pairs of columns of some values (U,K) that weights (U) correlate, with their correlation.

    By more than `_LEAST_CORRELATION` beyond that of all values, and than permuted weights correlate any pair at this
    level: the largest of all pairs is compared, so that the level holds for all together (Westfall & Young 1993).
    """
    rows, columns = np.triu_indices(values.shape[1], 1)
    draws = np.random.default_rng(seed)
    every = np.stack([np.ones(len(weights)), weights, *(draws.permutation(weights) for _ in range(_PERMUTATIONS))])
    every /= every.sum(axis=1, keepdims=True)
    means, squares, products = (every @ part for part in (values, values**2, values[:, rows] * values[:, columns]))
    spread = np.sqrt(np.maximum(0.0, squares - means**2))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = (products - means[:, rows] * means[:, columns]) / (spread[:, rows] * spread[:, columns])
    before, after, *permuted = np.nan_to_num(ratios)  # a pair of which one value is left has none
    chance = np.quantile(np.abs(np.array(permuted) - before).max(axis=1), 1.0 - level, method="higher")
    least = max(_LEAST_CORRELATION, float(chance))
    which = np.flatnonzero(np.abs(after - before) > least)
    return [(int(rows[n]), int(columns[n]), float(after[n])) for n in which]


def _members(results: StudyResults, accepted: pd.DataFrame) -> Iterator[dict[str, Plain]]:
    """Yield members from the accepted runs, evenly: what the run drew, and the changes of its cell."""
    rows = accepted.sort_values(["cell", "replication"])[["cell", "replication"]].to_numpy(int)
    chosen = (np.arange(_MEMBERS) * len(rows)) // _MEMBERS
    for cell, replication in rows[chosen].tolist():
        member: dict[str, Plain] = {}
        scenario = results.scenario_of(cell)
        for key, value in draws(scenario, results.study.seed, replication).items():
            distribution = scenario.uncertain.get(key)
            if distribution is not None and distribution.ensemble is not None:
                members = ensembles.members(distribution.ensemble)
                member |= {f"{key}.{name}": number for name, number in members[value].items()}
            else:
                member |= value if distribution is not None and distribution.either is not None else {key: value}
        for factor in results.factors:
            member |= factor.changes(results.cells[cell][factor.name])
        yield member or {METHODOLOGY.path: AS_WRITTEN}  # of a cell that changes nothing
