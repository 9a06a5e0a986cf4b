"""Comparisons and sensitivity indices as text a person reads, and as rows for whoever computes on.

Rules that hold here
- Plain text without colour; every number comes with its interval.

Reference solutions beside what runs agree on, as text a person reads and as rows for whoever computes on.

Rules that hold here
- Every number that varies comes with its interval at 95 %.
- Solutions are told issue by issue, and at the end by what they cost: so one sees what was left on the table.

The agreement of two coders as text a person reads.

Rules that hold here
- Every alpha comes with its interval and its number of units; one that is not defined says why.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

import numpy as np
import pandas as pd

from negsim.negotiation.tables import Floats
from negsim.report.tables import Table
from negsim.scenario.yaml import Plain, flow
from negsim.study.agreement import LEVEL, Agreement, Reliability
from negsim.study.compare import Comparison
from negsim.study.estimates import Estimate, mean, share
from negsim.study.sensitivity import NAMES, Index, doubtful
from negsim.study.solutions import EXCHANGE, RESULT, STATUS_QUO, Solved

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
    """What `negsim study sensitivity` prints: factors by how much they matter in all."""
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
    """What `negsim study cells` prints. table: as `StudyResults.summary` gives it."""
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


WIDTH = 11  # of a column
SHARE = 17  # of a column of shares
VARIES = 1e-9  # a half-width that is more than rounding
MEANINGS = {
    "compromise": "mean of the positions, weighted by power and salience",
    "median": "their median, with the same weights",
    "Nash": "largest product of gains over the status quo",
    EXCHANGE: "compromise after pairs have swapped votes on two issues",
    RESULT: "mean text where the runs agree",
    "could be in": "a text would have passed at the start, were everybody to concede what they ever will",
}
WORDS = {"voice": "power is voice", "equal": "equal power"}


def solutions_text(solved: Solved) -> str:
    """What `negsim case solutions` prints."""
    runs, issues = solved.runs, list(solved.runs.scenario.issues)
    width = max(len(name) for name in (*issues, "agreed in"))
    names, terms = list(solved.places), f"{solved.terms.loss} losses, {WORDS[solved.terms.power]}"
    heading = " " * (width + 2) + "".join(f"{name:>{WIDTH}}" for name in names)
    heading += f"  {'agreed in':<{SHARE}}could be in"
    lines = [
        runs.scenario.title,
        f"{len(runs):,} replications, seed {runs.seed}; {terms}; means with half-widths at 95 %",
        "",
        *(f"{name:<12}{meaning}" for name, meaning in MEANINGS.items()),
        "",
        heading,
    ]
    for k, issue in enumerate(issues):
        found = [mean(solved.places[name][:, k]) for name in names]
        shares = (_percent(share(hits)) for hits in (solved.agreed[:, k], runs.by_issue("zone_start")[:, k]))
        lines += _rows(issue, found, width, "  " + "".join(f"{told:<{SHARE}}" for told in shares))
    lines += ["", "mean loss of a delegate, weighted by salience (runs: the status quo where they do not agree)"]
    lines += _rows("loss", [mean(solved.costs[name]) for name in names], width, "")
    if not np.isnan(solved.packages).any():
        lines += ["", _package(solved)]
    if np.isnan(solved.places[EXCHANGE]).any():
        lines += ["", f"{EXCHANGE}: too many delegates to look at every exchange"]
    return "\n".join(line.rstrip() for line in lines)


def _package(solved: Solved) -> str:
    """Whether there was a package to agree on."""
    return f"a package that nobody alone would block existed at the start in {_percent(share(solved.packages))}"


def _rows(name: str, found: list[Estimate], width: int, end: str) -> Iterator[str]:
    """A line of means, and where anything varies one of half-widths."""
    yield f"{name:<{width + 2}}" + "".join(f"{_number(one.value):>{WIDTH}}" for one in found) + end
    halves = [(one.high - one.low) / 2.0 for one in found]
    if any(half > VARIES for half in halves):
        yield " " * (width + 2) + "".join(f"{_half(half):>{WIDTH}}" for half in halves)


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value + 0.0:.3f}"


def _half(half: float) -> str:
    return f"±{half:.3f}" if half > VARIES else ""


def _percent(found: Estimate) -> str:
    return f"{100 * found.value:.0f} % [{100 * found.low:.0f}, {100 * found.high:.0f}]"


def solutions_table(solved: Solved) -> Table:
    """One row an issue and solution: the place; and one a solution and what it costs, the issue left empty."""
    header = ["issue", "solution", "value", "low", "high", "runs", "agreed", "agreed_low", "agreed_high"]
    return header, _table_rows(solved)


def _table_rows(solved: Solved) -> Iterator[list[object]]:
    for k, issue in enumerate(solved.runs.scenario.issues):
        agreed = share(solved.agreed[:, k])
        for name, places in solved.places.items():
            found = _certain(places[:, k]) if name == STATUS_QUO else _known(places[:, k])
            yield [issue, name, *found, *(agreed[:3] if name == RESULT else ("", "", ""))]
    for name, costs in solved.costs.items():
        yield ["", f"loss of {name}", *_known(costs), "", "", ""]


def _certain(values: Floats) -> tuple[object, ...]:
    """What is the same for every population, without an interval; what is not, as an estimate."""
    return (float(values[0]), "", "", len(values)) if np.ptp(values) == 0.0 else _known(values)


def _known(values: Floats) -> tuple[object, ...]:
    """An estimate, with empty cells for what there is none of."""
    return tuple("" if math.isnan(number) else number for number in mean(values))


def agreement_text(found: Agreement) -> str:
    """What `negsim case agree` prints."""
    cases = len(found.cases)
    sure = f"intervals at {100 * LEVEL:.0f} % by resampling cases" if cases > 1 else "one case has no intervals"
    lines = [
        f"{cases} case{'s' * (cases != 1)} coded by both; Krippendorff's alpha, ordinal for ordered codes,",
        f"else nominal; {sure}. 1: full agreement, 0: as by chance.",
        "",
        f"{'':<18}{'alpha':>6}  {'interval':<18}{'units':>5}{'same':>6}{'unknown':>9}",
        *(_row(code) for code in found.codes),
        _in_all(found.overall),
        "",
    ]
    if not found.differences:
        return "\n".join([*lines, "no answer differs"])
    width = max(len(one.case) for one in found.differences)
    lines.append("answers that differ")
    lines += [
        f"  {one.case:<{width}}  {one.question:<17} {_said(one.first)} | {_said(one.second)}"
        for one in found.differences
    ]
    return "\n".join(lines)


def _in_all(alpha: Estimate) -> str:
    what = "the mean of the codes, weighted by their units"
    interval = _alpha_interval(alpha.low, alpha.high)
    return f"{'in all':<18}{_alpha(alpha.value):>6}  {interval:<18}{alpha.observations:>5}  {what}"


def _row(code: Reliability) -> str:
    alpha = code.alpha
    why = ""
    if math.isnan(alpha.value):
        why = "  no answer of both" if alpha.observations == 0 else "  all the same: not defined"
    return (
        f"{code.code:<18}{_alpha(alpha.value):>6}  {_alpha_interval(alpha.low, alpha.high):<18}"
        f"{alpha.observations:>5}{code.equal:>6}{code.missing:>9}{why}"
    )


def _alpha(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}"


def _alpha_interval(low: float, high: float) -> str:
    return "" if math.isnan(low) else f"[{low:.2f}, {high:.2f}]"


def _said(value: Plain) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, dict):
        value = {name: "unknown" if item is None else item for name, item in value.items()}
    return flow(list(value) if isinstance(value, tuple) else value)
