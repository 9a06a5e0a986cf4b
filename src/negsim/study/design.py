"""Designs and sensitivity: which cells a study runs, and how much each factor explains of the variation in a measure.

- A cell is a value for every factor; cells are numbered from 0 in the order of the design.
- Every cell runs the same replications under the same seed, so cells are compared by common random numbers.
- Sampled designs are scipy's (`scipy.stats.qmc`) and SALib's; the study's seed decides their points.
- Indices are scipy's (Sobol') and SALib's (Morris), with intervals at 95 %; the study's seed decides their resamples. A
  cell's value is its mean over the replications. An estimate is reported as computed, even outside the range of an
  index; `doubtful` flags that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negsim.errors import NegsimError, optional
from negsim.negotiation.tables import Floats, Ints
from negsim.scenario.yaml import Plain
from negsim.study.estimates import Estimate
from negsim.study.schema import MOST_CELLS, MOST_RUNS, Cell, Study, table_value

if TYPE_CHECKING:
    from negsim.study.results import StudyResults


_EXTRA = "sensitivity"  # what to install for Morris designs and indices
_MORRIS_LEVELS = 4  # of the grid that trajectories walk on (Morris 1991)
_RESAMPLES = 999
INDEX_NAMES = {  # of the indices of each design, and what each says
    "saltelli": {"first_order": "share of the variance that it explains alone", "total_order": "with its interactions"},
    "morris": {"mu_star": "mean size of its elementary effects", "sigma": "their spread: interactions and curvature"},
}
_INDEX_SLACK = 0.05  # 1, by more than rounding
_WIDEST_INTERVAL = 1.0  # of an interval of a share of the variance


def cells_of(study: Study) -> list[Cell]:
    """Return the cells of a study. Raises `NegsimError` if there are too many."""
    _refuse_many(study)
    if study.cells:
        return [{factor.name: table_value(cell.get(factor.name)) for factor in study.factors} for cell in study.cells]
    if study.design == "factorial":
        return _factorial_design({factor.name: factor.values for factor in study.factors})
    shares = _SAMPLERS[study.design](len(study.factors), study.points or 0, study.seed)
    return [{factor.name: factor.at(float(u)) for factor, u in zip(study.factors, row, strict=True)} for row in shares]


def _refuse_many(study: Study) -> None:
    """Refuse a study that is too large before its cells are spelt out."""
    factors, points = len(study.factors), study.points or 0
    cells = {
        "factorial": len(study.cells) or math.prod(len(factor.values) for factor in study.factors),
        "saltelli": points * (factors + 2),
        "morris": points * (factors + 1),
    }.get(study.design, points)
    if cells > MOST_CELLS or cells * study.replications > MOST_RUNS:
        most = f"at most {MOST_CELLS} cells and {MOST_RUNS} runs"
        raise NegsimError(f"the study has {cells} cells of {study.replications} replications; {most}")


def _factorial_design(factors: Mapping[str, Sequence[Plain]]) -> list[Cell]:
    """List all combinations, the last factor varying fastest.

    >>> _factorial_design({"meetings.count": [1, 2], "methodology": ["rolling_text"]})
    [{'meetings.count': 1, 'methodology': 'rolling_text'}, {'meetings.count': 2, 'methodology': 'rolling_text'}]
    """
    return [dict(zip(factors, levels, strict=True)) for levels in product(*factors.values())]


def latin_hypercube_design(factors: int, points: int, seed: int) -> Floats:
    """Draw one point in each of `points` slices of every factor (McKay, Beckman & Conover 1979)."""
    from scipy.stats import qmc  # noqa: PLC0415 - slow to import, as in `_sobol_design`

    sample: Floats = qmc.LatinHypercube(factors, rng=np.random.default_rng(seed)).random(points)
    return sample


def _sobol_design(factors: int, points: int, seed: int) -> Floats:
    """Return a scrambled Sobol' sequence."""
    from scipy.stats import qmc  # noqa: PLC0415

    sample: Floats = qmc.Sobol(factors, rng=np.random.default_rng(seed)).random(points)
    return sample


def _saltelli_design(factors: int, points: int, seed: int) -> Floats:
    """List points for Sobol' indices: of A, of B, then of A with factor i taken from B, for every i.

    Saltelli et al. 2010, doi 10.1016/j.cpc.2009.09.018. points (factors + 2) rows.
    """
    both = _sobol_design(2 * factors, points, seed)
    a, b = both[:, :factors], both[:, factors:]
    mixed = [np.where(np.arange(factors) == i, b, a) for i in range(factors)]
    return np.concatenate([a, b, *mixed])


def _morris_design(factors: int, points: int, seed: int) -> Floats:
    """Draw trajectories that change one factor a step (Morris 1991, doi 10.1080/00401706.1991.10484804), with SALib.

    points (factors + 1) rows.
    """
    sample = optional("SALib.sample.morris", "a Morris design", _EXTRA).sample
    rows: Floats = sample(_unit_problem(factors), points, num_levels=_MORRIS_LEVELS, seed=seed % 2**32)
    return rows


def _unit_problem(factors: int) -> dict[str, object]:
    """Describe this number of factors in the unit cube as SALib expects it."""
    return {"num_vars": factors, "names": [f"x{n}" for n in range(factors)], "bounds": [[0.0, 1.0]] * factors}


_SAMPLERS: dict[str, Callable[[int, int, int], Floats]] = {
    "latin_hypercube": latin_hypercube_design,
    "sobol": _sobol_design,
    "saltelli": _saltelli_design,
    "morris": _morris_design,
}


class Index(NamedTuple):
    """An index of a factor."""

    factor: str
    name: str  # one of INDEX_NAMES
    estimate: Estimate


def sensitivity(results: StudyResults, measure: str | None = None) -> list[Index]:
    """Return the indices of a measure by factor (by default of the study's main measure).

    Raises NegsimError for a study of another design, or a measure that some cell does not have.
    """
    study, measure = results.study, measure or results.study.main
    if study.design not in INDEX_NAMES:
        right = "use `design: saltelli` or `design: morris`"
        raise NegsimError(f"{results.folder}: a {study.design} design gives no sensitivity indices; {right}")
    values = results.means(measure)
    if np.isnan(values).any():
        raise NegsimError(
            f"{results.folder}: {measure} has no value in {np.isnan(values).sum()} cells; ask for another"
        )
    if np.ptp(values) == 0.0:
        raise NegsimError(f"{results.folder}: {measure} is {values[0]:g} in every cell; nothing varies")
    by_index = {"saltelli": _sobol, "morris": _morris}[study.design](study, values)
    return [
        Index(factor.name, index, estimates[n])
        for n, factor in enumerate(study.factors)
        for index, estimates in by_index.items()
    ]


def doubtful(indices: Sequence[Index]) -> bool:
    """Return whether some share of the variance clearly exceeds 1 or has an interval too wide to use."""
    shares = [one.estimate for one in indices if one.name in INDEX_NAMES["saltelli"]]
    return any(share.value > 1.0 + _INDEX_SLACK or share.high - share.low > _WIDEST_INTERVAL for share in shares)


def _sobol(study: Study, values: Floats) -> dict[str, list[Estimate]]:
    """Estimate first-order and total indices (Sobol' 1993; Saltelli et al. 2010), intervals by bootstrap."""
    from scipy import stats  # noqa: PLC0415 - slow to import, and tables of results import this module

    points, factors = study.points or 0, len(study.factors)
    blocks = values.reshape(factors + 2, 1, points)
    a, b, mixed = blocks[0], blocks[1], np.resize(blocks[2:], (max(2, factors), 1, points))  # scipy takes no single one

    def indices(rows: Ints) -> tuple[Floats, Floats]:
        function = {"f_A": a[:, rows], "f_B": b[:, rows], "f_AB": mixed[:, :, rows]}
        result = stats.sobol_indices(func=function, n=len(rows))
        return result.first_order.ravel()[:factors], result.total_order.ravel()[:factors]

    rng = np.random.default_rng(study.seed)
    whole = indices(np.arange(points))
    spread = stats.bootstrap(
        (np.arange(points),),
        lambda rows: np.stack(indices(rows)),
        n_resamples=_RESAMPLES,
        method="percentile",
        vectorized=False,
        rng=rng,
    ).confidence_interval
    ends = zip(whole, spread.low, spread.high, strict=True)
    return {
        name: [Estimate(float(v), float(low), float(high), points) for v, low, high in zip(*columns, strict=True)]
        for name, columns in zip(INDEX_NAMES["saltelli"], ends, strict=True)
    }


def _morris(study: Study, values: Floats) -> dict[str, list[Estimate]]:
    """Estimate elementary effects (Morris 1991; mu* of Campolongo et al. 2007), in units of the measure."""
    points, factors = study.points or 0, len(study.factors)
    trajectories = _morris_design(factors, points, study.seed)
    analyse: Callable[..., dict[str, Floats]] = optional("SALib.analyze.morris", "a Morris index", _EXTRA).analyze
    result = analyse(
        _unit_problem(factors), trajectories, values, num_levels=_MORRIS_LEVELS, num_resamples=_RESAMPLES,
        seed=study.seed % 2**32,
    )  # fmt: skip
    sizes = zip(result["mu_star"].tolist(), result["mu_star_conf"].tolist(), strict=True)
    return {
        "mu_star": [Estimate(value, max(0.0, value - half), value + half, points) for value, half in sizes],
        "sigma": [Estimate(value, math.nan, math.nan, points) for value in result["sigma"].tolist()],
    }
