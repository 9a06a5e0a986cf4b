"""Sensitivity: how much of what varies in a measure each factor explains.

- Indices are scipy's (Sobol') and SALib's (Morris), with intervals at 95 %; the study's seed decides their resamples.
- A cell's value is its mean over the replications; they are the same ones in every cell.
- An estimate is reported as it comes, even where no index can lie; `doubtful` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negsim.errors import NegsimError, optional
from negsim.negotiation.tables import Floats, Ints
from negsim.study.design import EXTRA, MORRIS_LEVELS, morris, unit_problem
from negsim.study.estimates import Estimate
from negsim.study.schema import Study

if TYPE_CHECKING:
    from negsim.study.results import StudyResults  # loads DuckDB and pandas

RESAMPLES = 999
NAMES = {  # of the indices of each design, and what each says
    "saltelli": {"first_order": "share of the variance that it explains alone", "total_order": "with its interactions"},
    "morris": {"mu_star": "mean size of its elementary effects", "sigma": "their spread: interactions and curvature"},
}


ABOVE = 0.05  # 1, by more than rounding
WIDE = 1.0  # of an interval of a share of the variance


class Index(NamedTuple):
    """An index of a factor."""

    factor: str
    name: str  # one of NAMES
    estimate: Estimate


def sensitivity(results: StudyResults, measure: str | None = None) -> list[Index]:
    """The indices of a measure by factor (by default of the study's main measure).

    Raises NegsimError for a study of another design, or a measure that some cell does not have.
    """
    study, measure = results.study, measure or results.study.main
    if study.design not in NAMES:
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
    """Whether some share of the variance clearly lies above 1, or could be almost anything."""
    shares = [one.estimate for one in indices if one.name in NAMES["saltelli"]]
    return any(share.value > 1.0 + ABOVE or share.high - share.low > WIDE for share in shares)


def _sobol(study: Study, values: Floats) -> dict[str, list[Estimate]]:
    """First-order and total indices (Sobol' 1993; estimators of Saltelli et al. 2010), intervals by bootstrap."""
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
        n_resamples=RESAMPLES,
        method="percentile",
        vectorized=False,
        rng=rng,
    ).confidence_interval
    ends = zip(whole, spread.low, spread.high, strict=True)
    return {
        name: [Estimate(float(v), float(low), float(high), points) for v, low, high in zip(*columns, strict=True)]
        for name, columns in zip(NAMES["saltelli"], ends, strict=True)
    }


def _morris(study: Study, values: Floats) -> dict[str, list[Estimate]]:
    """Elementary effects (Morris 1991; mu* of Campolongo et al. 2007), in units of the measure."""
    points, factors = study.points or 0, len(study.factors)
    trajectories = morris(factors, points, study.seed)
    analyse: Callable[..., dict[str, Floats]] = optional("SALib.analyze.morris", "a Morris index", EXTRA).analyze
    result = analyse(
        unit_problem(factors), trajectories, values, num_levels=MORRIS_LEVELS, num_resamples=RESAMPLES,
        seed=study.seed % 2**32,
    )  # fmt: skip
    return {"mu_star": list(_around(result, points)), "sigma": [_alone(float(s), points) for s in result["sigma"]]}


def _around(result: dict[str, Floats], points: int) -> Iterator[Estimate]:
    for value, half in zip(result["mu_star"], result["mu_star_conf"], strict=True):
        yield Estimate(float(value), max(0.0, float(value - half)), float(value + half), points)  # a mean of sizes


def _alone(value: float, points: int) -> Estimate:
    """An estimate without an interval."""
    return Estimate(value, np.nan, np.nan, points)
