"""Scenario discovery: in which part of its factors' space a study has what is sought.

- The patient rule induction method (Friedman & Fisher 1999, doi 10.1023/A:1008894516817; for scenarios Bryant & Lempert
  2010, doi 10.1016/j.techfore.2009.08.002) begins with all cells and peels a little off one side at a time, off that
  side whose loss helps most, until few are left. It is a search: its own numbers flatter it.
- So boxes are found on one half of the cells, drawn by the study's seed, and what is said of a box is estimated on the
  other half. A limit without a measurable effect on the first half is dropped, and a box without one on the second.
- A cell counts by the share of its runs that are hits: those that ended so, or where a measure is on the sought side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from negsim.errors import NegsimError, literal, optional
from negsim.negotiation.tables import Flags, Floats, Ints
from negsim.study.design import SENSITIVITY_EXTRA
from negsim.study.estimates import Estimate, are_flags, independent, mean, ratio, share
from negsim.study.schema import Factor, Value, is_between
from negsim.study.table import is_flag

if TYPE_CHECKING:
    from negsim.study.results import StudyResults

_PEEL = 0.05  # of the cells in a box that one step takes away, as Friedman & Fisher recommend at most
_LEAST_MASS = 0.05  # of all cells, that a box keeps
_LEAST_CELLS = 40  # of a study: half of them to find, half to estimate
_USUAL_DENSITY = 0.9  # of hits in a box
_TREE_DEPTH, _TREE_LEAF = 3, 0.05  # of a tree: questions in a row, share of the cells at its end

_Column = NDArray[Any]  # a factor's values by cell


class Limit(NamedTuple):
    """A limit of a box in one factor: both ends of a range, or the levels that are inside.

    outside: the share of hits among the cells that this limit alone keeps out, on the half for estimates.
    """

    factor: str
    low: float | None
    high: float | None
    levels: tuple[Value, ...]
    outside: Estimate


class Step(NamedTuple):
    """A box on the way of the search, on the half of the cells where it was found."""

    coverage: float  # share of all hits that are inside
    density: float  # share of hits inside
    mass: float  # share of the cells that are inside


@dataclass(frozen=True)
class Discovery:
    """A box, and what holds of it on the cells on which it was not found.

    density: share of hits among the runs inside; elsewhere: outside; overall: anywhere. coverage: share of all hits
    that are inside. mass: share of the cells. reached: whether the search found the density that was asked for.
    """

    measure: str
    above: float | None
    limits: tuple[Limit, ...]
    density: Estimate
    elsewhere: Estimate
    overall: Estimate
    coverage: Estimate
    mass: float
    reached: bool
    path: tuple[Step, ...]
    chosen: int  # of the path
    cells: int
    inside: tuple[int, ...]  # numbers of all cells in the box
    tree: str  # "" unless asked for


def discover(
    results: StudyResults,
    measure: str | None = None,
    *,
    above: float | None = None,
    density: float | None = None,
    tree: bool = False,
) -> Discovery:
    """Find the box of factors in which runs most often end as sought, as `negsim.discover` does."""
    if above is not None and not is_between(above, -np.inf, np.inf):
        raise NegsimError(f"above is {literal(above)}; write a number, such as 0.5")
    if density is not None and not is_between(density, 0.0, 1.0):
        raise NegsimError(f"density is {literal(density)}; it is a share of the runs from 0 to 1, such as 0.9")
    measure = measure or results.study.main
    hits = hit_shares(results, measure, above)
    columns = {factor.name: _column(factor, results) for factor in results.factors}
    columns = {name: column for name, column in columns.items() if len(np.unique(column)) > 1}
    cells = np.flatnonzero(~np.isnan(hits))
    if len(cells) < _LEAST_CELLS or not columns:
        right = "sample its factors, as with `design: latin_hypercube` and `points: 500`"
        raise NegsimError(f"{results.folder}: has {len(cells)} cells to learn from; it takes {_LEAST_CELLS}: {right}")
    shuffled = np.random.default_rng(results.study.seed).permutation(cells)
    finding, estimating = np.sort(shuffled[::2]), np.sort(shuffled[1::2])
    if np.ptp(hits[finding]) == 0.0:
        raise NegsimError(f"{results.folder}: {measure} is as often a hit in every cell; there is nothing to find")
    fresh, every = _at(columns, estimating), _at(columns, cells)
    path, chosen, is_dense = _searched(_at(columns, finding), hits[finding], density)
    steps = tuple(_step(inside, hits[finding]) for inside in path)
    box = measurable_box(columns, hits, (finding, estimating), path[chosen])
    inside = _inside(box, fresh)
    return Discovery(
        measure,
        above,
        tuple(_limit(factor, box, fresh, hits[estimating]) for factor in results.factors if factor.name in box),
        density=_of_cells(hits[estimating][inside]),
        elsewhere=_of_cells(hits[estimating][~inside]),
        overall=_of_cells(hits[estimating]),
        coverage=ratio(hits[estimating] * inside, hits[estimating]),
        mass=float(inside.mean()),
        reached=is_dense,
        path=steps,
        chosen=chosen,
        cells=len(cells),
        inside=tuple(cells[_inside(box, every)].tolist()),
        tree=_tree(every, hits[cells]) if tree else "",
    )


def _searched(columns: Mapping[str, _Column], hits: Floats, density: float | None) -> tuple[list[Flags], int, bool]:
    """Return the boxes on the way of the search, which of them is chosen, and whether it is as dense as asked for."""
    path = list(peeled(columns, hits))
    return path, *_chosen([_step(inside, hits) for inside in path], _USUAL_DENSITY if density is None else density)


def measurable_box(columns: Mapping[str, _Column], hits: Floats, halves: tuple[Ints, Ints], chosen: Flags) -> _Box:
    """Return the box of the cells that were chosen on one half, without limits that do nothing measurable there.

    Without any, where hits are not measurably more frequent inside on the other half: then the search found luck.
    """
    finding, estimating = halves
    old, fresh = _at(columns, finding), _at(columns, estimating)
    box = _needed(_box_of(old, chosen), old, hits[finding])
    inside, found = _inside(box, fresh), hits[estimating]
    return box if independent(found[inside], found[~inside], fewest=1).low > 0.0 else {}


def _chosen(steps: Sequence[Step], density: float) -> tuple[int, bool]:
    """Choose the box as dense as asked for that covers most, or else the densest; return which, and whether it is."""
    dense = [n for n, step in enumerate(steps) if step.density >= density]
    if dense:
        return max(dense, key=lambda n: steps[n].coverage), True
    return max(range(len(steps)), key=lambda n: steps[n].density), False


def _of_cells(hits: Floats) -> Estimate:
    """Estimate the mean share of hits of some cells: a share where each has a single run."""
    return share(hits) if are_flags(hits) else mean(hits)


def _at(columns: Mapping[str, _Column], cells: Ints) -> dict[str, _Column]:
    return {name: column[cells] for name, column in columns.items()}


def hit_shares(results: StudyResults, measure: str, above: float | None) -> Floats:
    """Return the share of hits by cell (C), NaN where there is none."""
    if above is None:
        if not is_flag(measure):
            raise NegsimError(f"{measure} is a number; say from where on it is a hit (`above`), such as 0.5")
        return results.means(measure)
    values = results.values(measure).dropna()
    share = (values["value"] >= above).groupby(values["cell"]).mean()
    by_cell: Floats = share.reindex(range(len(results.cells))).to_numpy(float)
    return by_cell


def _column(factor: Factor, results: StudyResults) -> _Column:
    """Return a factor by cell (C): numbers, or the names of its levels."""
    values = [cell[factor.name] for cell in results.cells]
    return np.array(values, float) if factor.is_numeric else np.array([str(value) for value in values], object)


_Box = dict[str, tuple[float, float] | frozenset[str]]  # by factor: what is inside


def peeled(columns: Mapping[str, _Column], hits: Floats, peel: float = _PEEL) -> Iterator[Flags]:
    """Yield the cells in each box of the search (C), from all of them to the smallest.

    A step takes the least or the greatest values of a numeric factor, or one level of another: whichever raises the
    mean most for each cell that is lost, and of equal ones one that limits no further factor. The search ends where
    none raises it. peel: share of the cells in a box that a step takes off a numeric factor.
    """
    inside, limited = np.ones(len(hits), bool), set[str]()
    while True:
        yield inside
        before, count = hits[inside].mean(), inside.sum()
        offers = (
            ((hits[rest].mean() - before) / (count - rest.sum()), name in limited, name, rest)
            for name, column in columns.items()
            for rest in _peels(column, inside, peel)
            if _LEAST_MASS * len(hits) <= rest.sum() < count
        )
        gain, _, name, inside = max(offers, key=lambda offer: offer[:2], default=(0.0, False, "", inside))
        if gain <= 0.0:
            return
        limited.add(name)


def _peels(column: _Column, inside: Flags, peel: float) -> Iterator[Flags]:
    """Yield what is left of a box after each step that one factor offers."""
    values = column[inside]
    if column.dtype == object:
        yield from (inside & (column != level) for level in np.unique(values))
        return
    yield inside & (column <= _quantile(values, 1.0 - peel))
    yield inside & (column >= _quantile(values, peel))


def _quantile(values: _Column, share: float) -> float:
    """Return the middle between two neighbouring values at a quantile; of equal ones, the next that differ."""
    ordered = np.sort(values).astype(float)
    place = (len(ordered) - 1) * share
    low, high = int(np.floor(place)), int(np.ceil(place))
    if share > 0.5:
        while low > 0 and ordered[low] == ordered[high]:
            low -= 1
    else:
        while high < len(ordered) - 1 and ordered[low] == ordered[high]:
            high += 1
    return float(ordered[low] + ordered[high]) / 2


def _step(inside: Flags, hits: Floats) -> Step:
    return Step(
        coverage=float(hits[inside].sum() / hits.sum()), density=float(hits[inside].mean()), mass=float(inside.mean())
    )


def _box_of(columns: Mapping[str, _Column], inside: Flags) -> _Box:
    """Describe the cells that are left by the limits that keep the others out.

    A limit lies in the middle between the last cell inside and the next outside; there is none where the cells inside
    reach as far as all do.
    """
    box: _Box = {}
    for name, column in columns.items():
        values, rest = np.unique(column), np.unique(column[inside])
        if len(rest) == len(values):
            continue
        if column.dtype == object:
            box[name] = frozenset(rest.tolist())
            continue
        below, beyond = values[values < rest[0]], values[values > rest[-1]]
        low = (below[-1] + rest[0]) / 2 if len(below) else -np.inf
        high = (beyond[0] + rest[-1]) / 2 if len(beyond) else np.inf
        if len(below) or len(beyond):
            box[name] = float(low), float(high)
    return box


def _inside(box: _Box, columns: Mapping[str, _Column], *, without: str = "") -> Flags:
    """Return which cells are in a box (C). without: a factor whose limit is not asked."""
    inside = np.ones(len(next(iter(columns.values()))), bool)
    for name, limit in box.items():
        if name == without:
            continue
        if isinstance(limit, frozenset):
            inside &= np.isin(columns[name].astype(str), sorted(limit))
        else:
            inside &= (columns[name] >= limit[0]) & (columns[name] <= limit[1])
    return inside


def _needed(box: _Box, columns: Mapping[str, _Column], hits: Floats) -> _Box:
    """Drop limits, the least useful first, while the cells that one alone keeps out are not measurably worse."""
    while box:
        inside = _inside(box, columns)
        gains = {}
        for name in box:
            kept_out = _inside(box, columns, without=name) & ~inside
            gains[name] = np.nan_to_num(independent(hits[inside], hits[kept_out], fewest=1).low, nan=-np.inf)
        weakest = min(gains, key=lambda name: gains[name])
        if gains[weakest] > 0.0:
            break
        box = {name: limit for name, limit in box.items() if name != weakest}
    return box


def _limit(factor: Factor, box: _Box, columns: Mapping[str, _Column], hits: Floats) -> Limit:
    outside = _of_cells(hits[_inside(box, columns, without=factor.name) & ~_inside(box, columns)])
    limit = box[factor.name]
    if isinstance(limit, frozenset):
        return Limit(factor.name, None, None, tuple(v for v in factor.values if str(v) in limit), outside)
    low, high = (end if np.isfinite(end) else None for end in limit)
    return Limit(factor.name, low, high, (), outside)


def _tree(columns: Mapping[str, _Column], hits: Floats) -> str:
    """Grow a regression tree (Breiman et al. 1984) over the cells and write its questions."""
    trees: Any = optional("sklearn.tree", "a tree", SENSITIVITY_EXTRA)
    names, parts = list[str](), list[Floats]()
    for name, column in columns.items():
        if column.dtype != object:
            names.append(name)
            parts.append(column.astype(float))
            continue
        for level in np.unique(column):
            names.append(f"{name} {level}")
            parts.append((column == level).astype(float))
    grown = trees.DecisionTreeRegressor(max_depth=_TREE_DEPTH, min_samples_leaf=_TREE_LEAF, random_state=0)
    grown.fit(np.column_stack(parts), hits)
    return str(trees.export_text(grown, feature_names=names, decimals=2))
