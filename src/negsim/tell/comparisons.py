"""Comparisons and sensitivity indices as text a person reads, and as rows for whoever computes on.

Rules that hold here
- Plain text without colour; every number comes with its interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

import pandas as pd

from negsim.study.compare import Comparison
from negsim.study.effects import Estimate
from negsim.study.sensitivity import NAMES, Index, doubtful
from negsim.tell.tables import Table

PARTS = ("", "_low", "_high")
COLUMNS = ("", "difference, paired", "unpaired", "narrower", "enough")
RANKED_BY = ("total_order", "mu_star")  # the index of each design that says how much a factor matters in all


def comparison_text(found: Sequence[Comparison], base: str, *, replications: int, seed: int, wanted: str) -> str:
    """What `negsim compare` prints. wanted: what the numbers of runs that are enough are enough for."""
    rows: list[tuple[str, ...]] = []
    for measure in dict.fromkeys(one.measure for one in found):
        alternatives = [one for one in found if one.measure == measure]
        rows += [("",), (measure, *COLUMNS), (f"  {base}", _estimate(alternatives[0].base))]
        rows += [(f"  {one.alternative}", *_cells(one, alternatives[0], replications)) for one in alternatives]
    return "\n".join(
        [
            f"{replications:,} replications, seed {seed}, the same for every row; intervals at 95 %",
            f"enough: runs {wanted}, paired and, in brackets, unpaired",
            *_aligned(rows),
        ]
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as lines, cells of a column below each other."""
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()


def _estimate(found: Estimate) -> str:
    return f"{found.value:7.3f} {_interval(found, '')}"


def _cells(one: Comparison, first: Comparison, replications: int) -> tuple[str, ...]:
    """An alternative, its difference, and on how many pairs both rest."""
    narrower = "" if one.narrower != one.narrower else f"{one.narrower:.0%}".replace("%", " %")
    enough = f"{_count(one.enough)} ({_count(one.enough_unpaired)})"
    if one.paired.observations < replications:
        enough += f"; by the {one.paired.observations:,} pairs of runs that have it"
        enough += "" if one.base == first.base else f", {one.base.value:.3f} before"
    paired = f"{one.paired.value:+.3f} {_interval(one.paired, '+')}"
    return _estimate(one.changed), paired, _interval(one.unpaired, "+"), narrower.rjust(len(COLUMNS[3])), enough


def _interval(found: Estimate, sign: str) -> str:
    return "" if found.low != found.low else f"[{found.low:{sign}.3f}, {found.high:{sign}.3f}]"


def _count(runs: int | None) -> str:
    return "no number" if runs is None else f"{runs:,}"


def comparison_table(found: Sequence[Comparison]) -> Table:
    """One row a measure and alternative."""
    estimates = ("base", "changed", "paired", "unpaired")
    ends = [f"{name}{part}" for name in estimates for part in PARTS]
    header = ["measure", "alternative", *ends, "narrower", "enough", "enough_unpaired"]
    return header, (
        [
            one.measure, one.alternative, *(n for name in estimates for n in getattr(one, name)[:3]), one.narrower,
            one.enough, one.enough_unpaired,
        ]
        for one in found
    )  # fmt: skip


def sensitivity_text(found: Sequence[Index], design: str, measure: str) -> str:
    """What `negsim sensitivity` prints: factors by how much they matter in all."""
    meanings = NAMES[design]
    width = max(len(one.factor) for one in found)
    lines = [f"{measure}; intervals at 95 %", *(f"{index}: {meaning}" for index, meaning in meanings.items()), ""]
    lines.append(f"{'':<{width}}" + "".join(f"  {index:<24}" for index in meanings))
    for factor in by_size(found):
        own = {one.name: one.estimate for one in found if one.factor == factor}
        cells = (f"{own[index].value:7.3f} {_interval(own[index], '')}" for index in meanings)
        lines.append((f"{factor:<{width}}" + "".join(f"  {cell:<24}" for cell in cells)).rstrip())
    if doubtful(found):
        lines += ["", doubt(found)]
    return "\n".join(line.rstrip() for line in lines)


def doubt(found: Sequence[Index]) -> str:
    """What is to be said of indices that are `doubtful`."""
    points = f"too few points ({found[0].estimate.observations:,}), or hardly any variance"
    return f"{points}: an index lies above 1 or its interval is wider than 1; take more"


def by_size(found: Sequence[Index]) -> list[str]:
    """Factors, the strongest first: by the total index or μ*; a small first-order index is mostly noise."""
    sizes = {one.factor: one.estimate.value for one in found if one.name in RANKED_BY}
    return sorted(sizes, key=lambda factor: -sizes[factor])


def sensitivity_table(found: Mapping[str, Sequence[Index]]) -> Table:
    """One row a measure, factor and index. found: by measure."""
    rows = ([measure, one.factor, one.name, *one.estimate] for measure, some in found.items() for one in some)
    return ["measure", "factor", "index", "value", "low", "high", "points"], rows


def cells_text(table: pd.DataFrame, factors: Sequence[str], measures: Sequence[str]) -> str:
    """What `negsim cells` prints. table: as `StudyResults.summary` gives it."""
    columns = [[name, *map(_level, table[name])] for name in ("cell", *factors, "runs")]
    for measure in measures:
        rows = table[[f"{measure}{part}" for part in PARTS]].itertuples(index=False)
        columns.append([measure, *(_estimate(Estimate(value, low, high, 0)).strip() for value, low, high in rows)])
        spread = [str(name) for name in table.columns if str(name).startswith(f"{measure}_q")]
        columns += [[name.removeprefix(f"{measure}_"), *(f"{value:.3f}" for value in table[name])] for name in spread]
    return "\n".join(_aligned(list(zip(*columns, strict=True))))


def _level(value: object) -> str:
    """The level of a factor in a cell; a cell that does not set it has none."""
    if pd.isna(value):
        return "as written"
    return f"{value:g}" if isinstance(value, float) else str(value)
