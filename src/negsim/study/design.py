"""Designs: which cells a study runs.

- A cell is a value for every factor; cells are numbered from 0 in the order of the design.
- Every cell runs the same replications under the same seed, so cells are compared by common random numbers.
- Sampled designs are scipy's (`scipy.stats.qmc`) and SALib's; the study's seed decides their points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np

from negsim.errors import NegsimError, optional
from negsim.negotiation.tables import Floats
from negsim.scenario.yaml import Plain
from negsim.study.schema import MOST_CELLS, MOST_RUNS, Cell, Study, table_value

SENSITIVITY_EXTRA = "sensitivity"  # what to install for Morris designs and indices, and for trees
MORRIS_LEVELS = 4  # of the grid that trajectories walk on (Morris 1991)


def cells_of(study: Study) -> list[Cell]:
    """Return the cells of a study. Raises `NegsimError` if there are too many."""
    _refuse_many(study)
    if study.cells:
        return [{factor.name: table_value(cell.get(factor.name)) for factor in study.factors} for cell in study.cells]
    if study.design == "factorial":
        return _factorial_design({factor.name: factor.values for factor in study.factors})
    shares = shares_of(study.design, len(study.factors), study.points or 0, study.seed, pairs=study.second_order)
    return [{factor.name: factor.at(float(u)) for factor, u in zip(study.factors, row, strict=True)} for row in shares]


def _refuse_many(study: Study) -> None:
    """Refuse a study that is too large before its cells are spelt out."""
    factors, points = len(study.factors), study.points or 0
    cells = {
        "factorial": len(study.cells) or math.prod(len(factor.values) for factor in study.factors),
        "saltelli": points * (factors + 2 + (factors if study.second_order else 0)),
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


def shares_of(design: str, factors: int, points: int, seed: int, *, pairs: bool = False) -> Floats:
    """Return the points of a sampled design as shares of each factor's way, 0 <= u < 1 (cells, factors).

    pairs: whether a `saltelli` design has the cells of second-order indices too.
    """
    if design == "saltelli":
        return _saltelli_design(factors, points, seed, pairs=pairs)
    return _SAMPLERS[design](factors, points, seed)


def latin_hypercube_design(factors: int, points: int, seed: int) -> Floats:
    """Draw one point in each of `points` slices of every factor (McKay, Beckman & Conover 1979)."""
    from scipy.stats import qmc  # noqa: PLC0415 - slow to import, as in `_sobol_design`

    return np.asarray(qmc.LatinHypercube(factors, rng=np.random.default_rng(seed)).random(points))


def _sobol_design(factors: int, points: int, seed: int) -> Floats:
    """Return a scrambled Sobol' sequence."""
    from scipy.stats import qmc  # noqa: PLC0415

    return np.asarray(qmc.Sobol(factors, rng=np.random.default_rng(seed)).random(points))


def _saltelli_design(factors: int, points: int, seed: int, *, pairs: bool) -> Floats:
    """List points for Sobol' indices: of A, of B, then of A with factor i taken from B, for every i.

    Saltelli et al. 2010, doi 10.1016/j.cpc.2009.09.018. With pairs, those of B with factor i taken from A follow
    (Saltelli 2002, doi 10.1016/S0010-4655(02)00280-1). points (factors + 2) rows, or points (2 factors + 2).
    """
    both = _sobol_design(2 * factors, points, seed)
    a, b = both[:, :factors], both[:, factors:]
    mixed = [np.where(np.arange(factors) == i, b, a) for i in range(factors)]
    mixed += [np.where(np.arange(factors) == i, a, b) for i in range(factors)] if pairs else []
    return np.concatenate([a, b, *mixed])


def _morris_design(factors: int, points: int, seed: int) -> Floats:
    """Draw trajectories that change one factor a step (Morris 1991, doi 10.1080/00401706.1991.10484804), with SALib.

    points (factors + 1) rows.
    """
    sample = optional("SALib.sample.morris", "a Morris design", SENSITIVITY_EXTRA).sample
    return np.asarray(sample(unit_problem(factors), points, num_levels=MORRIS_LEVELS, seed=seed % 2**32))


def unit_problem(factors: int) -> dict[str, object]:
    """Describe this number of factors in the unit cube as SALib expects it."""
    return {"num_vars": factors, "names": [f"x{n}" for n in range(factors)], "bounds": [[0.0, 1.0]] * factors}


_SAMPLERS: dict[str, Callable[[int, int, int], Floats]] = {
    "latin_hypercube": latin_hypercube_design,
    "sobol": _sobol_design,
    "morris": _morris_design,
}
