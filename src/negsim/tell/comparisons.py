"""Comparisons and sensitivity indices as text a person reads, and as rows for whoever computes on.

Rules that hold here
- Plain text without colour; every number comes with its interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from negsim.study.compare import Comparison
from negsim.study.effects import Estimate
from negsim.study.sensitivity import NAMES, Index
from negsim.tell.tables import Table

PARTS = ("", "_low", "_high")


def comparison_text(found: Sequence[Comparison], base: str, *, replications: int, seed: int, wanted: str) -> str:
    """What `negsim compare` prints. wanted: what the numbers of runs that are enough are enough for."""
    width = max(len(name) for name in (base, *(one.alternative for one in found)))
    lines = [
        f"{replications:,} replications, seed {seed}, the same for every row; intervals at 95 %",
        f"enough: runs {wanted}, paired and, in brackets, unpaired",
    ]
    heading = ""
    for one in found:
        if one.measure != heading:
            heading = one.measure
            columns = f"{'difference, paired':<27}{'unpaired':<20}{'narrower':>9}  enough"
            lines += ["", f"{heading:<{width + 2}}{'':<26}{columns}", f"  {base:<{width}}{_estimate(one.base)}"]
        lines.append(f"  {one.alternative:<{width}}{_estimate(one.changed)}{_difference(one)}")
    return "\n".join(lines)


def _estimate(found: Estimate) -> str:
    return f"{found.value:7.3f} {_interval(found, ''):<18}"


def _difference(one: Comparison) -> str:
    narrower = "" if one.narrower != one.narrower else f"{one.narrower:.0%}".replace("%", " %")
    enough = f"{_count(one.enough)} ({_count(one.enough_unpaired)})"
    if one.paired.observations < max(one.base.observations, one.changed.observations):
        enough += f"; {one.paired.observations:,} pairs, those in which it applies"
    paired = f"{one.paired.value:+.3f} {_interval(one.paired, '+')}"
    return f"{paired:<27}{_interval(one.unpaired, '+'):<20}{narrower:>9}  {enough}"


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
    """What `negsim sensitivity` prints: factors by the size of their first index."""
    meanings = NAMES[design]
    width = max(len(one.factor) for one in found)
    lines = [f"{measure}; intervals at 95 %", *(f"{index}: {meaning}" for index, meaning in meanings.items()), ""]
    lines.append(f"{'':<{width}}" + "".join(f"  {index:<24}" for index in meanings))
    for factor in by_size(found):
        own = {one.name: one.estimate for one in found if one.factor == factor}
        cells = (f"{own[index].value:7.3f} {_interval(own[index], '')}" for index in meanings)
        lines.append((f"{factor:<{width}}" + "".join(f"  {cell:<24}" for cell in cells)).rstrip())
    return "\n".join(line.rstrip() for line in lines)


def by_size(found: Sequence[Index]) -> list[str]:
    """Factors, the one with the largest first index first."""
    sizes: dict[str, float] = {}
    for one in found:
        sizes.setdefault(one.factor, one.estimate.value)
    return sorted(sizes, key=lambda factor: -sizes[factor])


def sensitivity_table(found: Sequence[Index]) -> Table:
    """One row a factor and index."""
    return ["factor", "index", "value", "low", "high", "points"], _index_rows(found)


def _index_rows(found: Sequence[Index]) -> Iterator[list[object]]:
    for one in found:
        yield [one.factor, one.name, *one.estimate]


def cells_text(table: pd.DataFrame, factors: Sequence[str], measures: Sequence[str]) -> str:
    """What `negsim cells` prints. table: as `StudyResults.summary` gives it."""
    columns = {name: [name, *map(str, table[name])] for name in ("cell", *factors, "runs")}
    for measure in measures:
        rows = table[[f"{measure}{part}" for part in PARTS]].itertuples(index=False)
        columns[measure] = [measure, *(f"{value:.3f} [{low:.3f}, {high:.3f}]" for value, low, high in rows)]
    widths = {name: max(map(len, cells)) for name, cells in columns.items()}
    lines = zip(*([cell.ljust(widths[name]) for cell in cells] for name, cells in columns.items()), strict=True)
    return "\n".join("  ".join(line).rstrip() for line in lines)
