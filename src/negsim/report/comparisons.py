"""Numbers side by side on the terminal, and as rows of a table: alternatives, cells, indices, solutions, coders.

- Plain text without colour. Every number that varies has its interval at 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from negsim.cast.knobs import UNCHANGED_LEVEL
from negsim.cast.units import value_text
from negsim.files import Table
from negsim.negotiation.tables import Floats
from negsim.report import words
from negsim.report.markdown import grid, verbatim
from negsim.scenario.meanings import factor_name
from negsim.scenario.yaml import Plain, flow
from negsim.study.agreement import Agreement, Reliability
from negsim.study.compare import Comparison
from negsim.study.estimates import LEVEL, Estimate, mean, share
from negsim.study.power import POWER
from negsim.study.runner import Runs
from negsim.study.sensitivity import INDEX_NAMES, PAIR_INDEX, Index, by_size, doubts, strongest
from negsim.study.solutions import (
    EXCHANGE_SOLUTION,
    MEDIAN_VOTER,
    RUNS_SOLUTION,
    STATUS_QUO_SOLUTION,
    Distances,
    Solved,
    Terms,
)
from negsim.study.table import estimate_columns, estimate_numbers

if TYPE_CHECKING:
    import pandas as pd  # slow to load, and only the cells of a study come in its tables

_MOST_NAMED = 3  # factors in a sentence
_SAME = 1e-9  # half-widths up to here are rounding
_MEANINGS = {
    "compromise": "mean of the positions, weighted by power and salience",
    "median": "their median, with the same weights",
    "Nash": "largest product of gains over the status quo",
    EXCHANGE_SOLUTION: "compromise after pairs have swapped votes on two issues",
    RUNS_SOLUTION: "mean text where the runs agree",
    "could be in": "a text would have passed at the start if everybody conceded what they ever will",
}
_OF_SCORES = {
    MEDIAN_VOTER: "median of the positions of all who care, each counted once",
    RUNS_SOLUTION: "text of the runs, the status quo where they do not agree",
}
_MOST_SCORES = 40  # issues listed on the screen
_LEAST_SCORES = 20  # issues that an interval is made from: Student's, of distances within 0 and 1
_POWER = {"voice": "power is voice", "equal": "equal power"}


# Alternatives on the same replications


def comparison_text(
    comparisons: Sequence[Comparison],
    base: str,
    runs: Runs,
    *,
    half_width: float | None = None,
    power: float = POWER,
) -> str:
    """Write what `negsim compare` prints. base: the name of the first alternative; runs: its runs.

    half_width: of the interval that is wanted, in units of the measure; or else power: the share of samples whose
    interval is to exclude zero.
    """
    goal = f"for the interval to exclude zero in {words.percent(power)}, if the difference is as large as here"
    if half_width is not None:
        texts = {value_text(half_width, one.measure) for one in comparisons}
        goal = f"for a half-width of {texts.pop() if len(texts) == 1 else f'{half_width:g}'}"
    replications = len(runs)
    rows: list[list[str]] = []
    for measure in dict.fromkeys(one.measure for one in comparisons):
        alternatives = [one for one in comparisons if one.measure == measure]
        first = alternatives[0].base
        rows += [[], [words.measure_name(measure), "", "difference, paired", "unpaired", "narrower", "enough"]]
        rows += [[f"  {base}", words.estimate_text(words.in_units(first, measure), measure)]]
        rows += [[f"  {one.alternative}", *_alternative(one, first, replications)] for one in alternatives]
    return "\n".join(
        [
            f"{words.replications_text(replications)}, seed {runs.seed}, the same for every row; intervals at 95 %",
            f"enough: runs {goal}, paired and, in brackets, unpaired",
            *words.columns(rows, right={4}),
        ]
    )


def _alternative(one: Comparison, first: Estimate, replications: int) -> list[str]:
    """Return an alternative, its difference, and the number of pairs of runs behind both."""
    changed, paired, unpaired = (words.in_units(part, one.measure) for part in (one.changed, one.paired, one.unpaired))
    both = one.enough, one.enough_unpaired
    enough = "none would do" if both == (None, None) else f"{_runs(one.enough)} ({_runs(one.enough_unpaired)})"
    if one.paired.observations < replications:
        enough += f"; by the {one.paired.observations:,} pairs of runs that have it"
        before = words.number_text(words.in_units(one.base, one.measure).value, one.measure)
        enough += "" if one.base == first else f", {before} before"
    return [
        words.estimate_text(changed, one.measure),
        *words.change_texts([paired, unpaired], one.measure),
        _share_saved(one.narrower),
        enough,
    ]


def _share_saved(narrower: float) -> str:
    if math.isnan(narrower):
        return ""
    return words.percent(narrower) if narrower >= 0.0 else f"−{words.percent(-narrower)}"


def _runs(runs: int | None) -> str:
    return "none" if runs is None else f"{runs:,}"


def comparison_table(comparisons: Sequence[Comparison]) -> Table:
    """List one row per measure and alternative."""
    estimates = estimate_columns(["base", "changed", "paired", "unpaired"])
    rows: Iterator[list[object]] = (
        [
            one.measure, one.alternative, *estimate_numbers([one.base, one.changed, one.paired, one.unpaired]),
            one.narrower, one.enough, one.enough_unpaired,
        ]
        for one in comparisons
    )  # fmt: skip
    return ["measure", "alternative", *estimates, "narrower", "enough", "enough_unpaired"], rows


# Factors by how much they matter


def sensitivity_text(indices: Sequence[Index], design: str, measure: str) -> str:
    """Write what `negsim study sensitivity` prints: factors by how much they matter in all, then pairs."""
    indices = _by_name(indices)
    scaled = indices_in_units(indices, measure)
    meanings = {
        name: meaning for name, meaning in INDEX_NAMES[design].items() if any(one.name == name for one in scaled)
    }
    singles = [name for name in meanings if name != PAIR_INDEX]
    rows = [["", *singles]]
    for factor in by_size(scaled):
        own = {one.name: words.estimate_text(one.estimate) for one in scaled if one.factor == factor and not one.other}
        rows.append([factor, *(own[name] for name in singles)])
    lines = [
        f"{words.measure_name(measure)}; intervals at 95 %",
        *(f"{name}: {meaning}" for name, meaning in meanings.items()),
        "",
        *words.columns(rows),
        "",
        f"{words.capital(words.measure_name(measure))} depends most on {strongest(indices)[0]}{as_strong(indices)}.",
    ]
    if pairs := sorted((one for one in scaled if one.other), key=lambda one: -one.estimate.value):
        pair_rows = ([f"{one.factor} x {one.other}", words.estimate_text(one.estimate)] for one in pairs)
        lines += ["", *words.columns([["", PAIR_INDEX], *pair_rows])]
    for doubt in doubts(indices):
        lines += ["", doubt]
    return "\n".join(lines)


def _by_name(indices: Sequence[Index]) -> list[Index]:
    """Name the factors as `discover`, `fit` and the pictures do, unless two of them have the same name."""
    names = {one.factor: factor_name(one.factor) for one in indices}
    if len(set(names.values())) < len(names):
        return list(indices)
    return [one._replace(factor=names[one.factor], other=names.get(one.other, one.other)) for one in indices]


def indices_in_units(indices: Sequence[Index], measure: str) -> list[Index]:
    """Convert indices to display: those of Morris are in the unit of the measure, others are shares of variance."""
    if indices[0].name not in INDEX_NAMES["morris"]:
        return list(indices)
    return [index._replace(estimate=words.in_units(index.estimate, measure)) for index in indices]


def as_strong(indices: Sequence[Index], name: Callable[[str], str] = str) -> str:
    """Name the factors that are not measurably weaker than the strongest; "" of none. name: of a factor."""
    others = list(map(name, strongest(indices)[1:]))
    return f"; {words.listed(others, most=_MOST_NAMED)} cannot be told apart from it" if others else ""


def sensitivity_table(indices: Mapping[str, Sequence[Index]]) -> Table:
    """List one row per measure, factor or pair, and index. indices: by measure."""
    rows = (
        [measure, one.factor, one.other, one.name, *one.estimate[:4]]
        for measure, some in indices.items()
        for one in some
    )
    return ["measure", "factor", "other", "index", "value", "low", "high", "points"], rows


# The cells of a study


def cells_text(table: pd.DataFrame, factors: Sequence[str], measures: Sequence[str]) -> str:
    """Write what `negsim study cells` prints. table: from `StudyResults.summary`."""
    return "\n".join(words.columns(_cell_rows(table, factors, measures)))


def cells_markdown(table: pd.DataFrame, factors: Sequence[str], measures: Sequence[str]) -> str:
    """Write the same table in Markdown."""
    header, *rows = _cell_rows(table, factors, measures)
    return f"{grid(header, [list(map(verbatim, row)) for row in rows])}\n"


def _cell_rows(table: pd.DataFrame, factors: Sequence[str], measures: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the header, then a row a cell."""
    parts = [[name, *map(_level, table[name])] for name in ("cell", *factors, "runs")]
    for measure in measures:
        hours = " (hours)" if words.unit(measure) != 1.0 else ""
        rows = table[estimate_columns([measure])].itertuples(index=False)
        estimates = (words.in_units(Estimate(value, low, high, 0), measure) for value, low, high in rows)
        parts.append([f"{measure}{hours}", *(words.estimate_text(estimate, measure) for estimate in estimates)])
        for name in (str(name) for name in table.columns if str(name).startswith(f"{measure}_q")):
            values = table[name] / words.unit(measure)
            parts.append([name.removeprefix(f"{measure}_"), *(words.number_text(value, measure) for value in values)])
    return list(zip(*parts, strict=True))


def agendas_text(agendas: Mapping[str, str]) -> str:
    """List, under the table of cells, what the meetings do at every level of the methodology."""
    return "\n".join(
        ["AGENDAS (share of floor time)", *words.columns([[f"  {name}", text] for name, text in agendas.items()])]
    )


def _level(value: object) -> str:
    """Return the level of a factor in a cell; "as written" for a cell that does not set it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return UNCHANGED_LEVEL
    return f"{value:g}" if isinstance(value, float) else str(value)


# Reference solutions beside what runs agree on


def solutions_text(solved: Solved) -> str:
    """Write what `negsim case solutions` prints: every solution issue by issue, then its cost."""
    runs, names = solved.runs, list(solved.places)
    rows = [["", *names, "agreed in", "could be in"]]
    for k, issue in enumerate(runs.scenario.issues):
        shares = (share(hits) for hits in (solved.agreed[:, k], runs.by_issue("zone_start")[:, k]))
        places = [mean(solved.places[name][:, k]) for name in names]
        rows += _estimate_rows(issue, places, [words.estimate_text(part, "consensus") for part in shares])
    costs = [["", *names], *_estimate_rows("loss", [mean(solved.costs[name]) for name in names], [])]
    right = set(range(1, len(names) + 1))
    count, terms = words.replications_text(len(runs)), f"{solved.terms.loss} losses, {_POWER[solved.terms.power]}"
    lines = [
        runs.scenario.title,
        f"{count}, seed {runs.seed}; {terms}; means, with intervals at 95 % where they vary",
        "",
        *words.columns([[name, meaning] for name, meaning in _MEANINGS.items()]),
        "",
        *words.columns(rows, right=right),
        "",
        "mean loss of a delegate, weighted by salience (runs: the status quo where they do not agree)",
        *words.columns(costs, right=right),
    ]
    if not np.isnan(solved.packages).any():
        packages = words.estimate_text(share(solved.packages), "consensus")
        lines += ["", f"a package that no delegate alone would block existed at the start in {packages}"]
    if np.isnan(solved.places[EXCHANGE_SOLUTION]).any():
        lines += ["", f"{EXCHANGE_SOLUTION}: too many delegates to look at every exchange"]
    return "\n".join(lines)


def _estimate_rows(name: str, estimates: Sequence[Estimate], rest: list[str]) -> Iterator[list[str]]:
    """Yield a row of means, and if any of them varies a row of their intervals."""
    texts = [words.value_and_interval(part) for part in estimates]
    yield [name, *(value for value, _ in texts), *rest]
    varies = [estimate.high - estimate.low > 2.0 * _SAME for estimate in estimates]
    if any(varies):
        yield ["", *(interval if is_wide else "" for (_, interval), is_wide in zip(texts, varies, strict=True))]


def solutions_table(solved: Solved) -> Table:
    """List one row per issue and solution with its place, and one per solution with its cost and no issue."""
    header = ["issue", "solution", "value", "low", "high", "runs", "agreed", "agreed_low", "agreed_high"]
    return header, _solution_rows(solved)


def _solution_rows(solved: Solved) -> Iterator[list[object]]:
    for k, issue in enumerate(solved.runs.scenario.issues):
        agreed = share(solved.agreed[:, k])
        for name, places in solved.places.items():
            numbers = _constant(places[:, k]) if name == STATUS_QUO_SOLUTION else mean(places[:, k])[:4]
            yield [issue, name, *numbers, *(agreed[:3] if name == RUNS_SOLUTION else ("", "", ""))]
    for name, costs in solved.costs.items():
        yield ["", f"loss of {name}", *mean(costs)[:4], "", "", ""]


def _constant(values: Floats) -> tuple[object, ...]:
    """Return a value that is the same for every population, without an interval; otherwise an estimate."""
    return (float(values[0]), "", "", len(values)) if np.ptp(values) == 0.0 else mean(values)[:4]


# How far solutions are from what happened


def scores_text(scores: Sequence[Distances], terms: Terms, replications: int, seed: int) -> str:
    """Write what `negsim case solutions --score` prints: distances by issue, and their means. scores: at least one."""
    names = list(scores[0].distances)
    count, scored = words.replications_text(replications), words.counted(len(scores), "issue")
    heads = [["", "happened", *names]]
    rows = [
        [f"{one.issue} ({one.title})", f"{one.outcome:.2f}", *(f"{one.distances[name]:.2f}" for name in names)]
        for one in scores
    ]
    means = [words.value_and_interval(mean(np.array([one.distances[name] for one in scores]))) for name in names]
    meanings = {name: meaning for name, meaning in (_MEANINGS | _OF_SCORES).items() if name in names}
    with_interval = "" if len(scores) < _LEAST_SCORES else ", at 95 % as if issues were independent"
    last = [[f"mean of {scored}{with_interval}", "", *(value for value, _ in means)]]
    if len(scores) >= _LEAST_SCORES:
        last += [["", "", *(interval for _, interval in means)]]
    listed = rows if len(rows) <= _MOST_SCORES else []
    return "\n".join(
        [
            f"distance from what happened, on scales from 0 to 1; {scored}",
            f"{count}, seed {seed}; {terms.loss} losses, {_POWER[terms.power]}",
            "",
            *words.columns([[name, meaning] for name, meaning in meanings.items()]),
            "",
            *words.columns([*heads, *listed, *last], right=set(range(1, len(names) + 2))),
        ]
    )


def scores_table(scores: Sequence[Distances]) -> Table:
    """List one row per issue and solution."""
    rows: Iterator[list[object]] = (
        [one.title, one.issue, one.outcome, name, distance]
        for one in scores
        for name, distance in one.distances.items()
    )
    return ["title", "issue", "outcome", "solution", "distance"], rows


# How far two coders agree


def agreement_text(agreement: Agreement) -> str:
    """Write what `negsim case agree` prints: every alpha with interval and units, or the reason why it has none."""
    cases = len(agreement.cases)
    sure = f"intervals at {100 * LEVEL:.0f} % by resampling cases" if cases > 1 else "one case has no intervals"
    overall = agreement.overall
    note = "the mean of the codes, weighted by their units"
    rows = [
        ["", "alpha", "interval", "units", "same", "unknown"],
        *map(_code_row, agreement.codes),
        ["in all", *_alpha(overall), str(overall.observations), "", "", note],
    ]
    lines = [
        f"{words.counted(cases, 'case')} coded by both; Krippendorff's alpha, ordinal for ordered codes,",
        f"else nominal; {sure}. 1: full agreement, 0: as by chance.",
        "",
        *words.columns(rows, right={1, 3, 4, 5}),
        "",
    ]
    if not agreement.differences:
        return "\n".join([*lines, "no answer differs"])
    answers = [
        [one.case, one.question, f"{_answer(one.first)} | {_answer(one.second)}"] for one in agreement.differences
    ]
    return "\n".join([*lines, "answers that differ", *(f"  {line}" for line in words.columns(answers))])


def _code_row(code: Reliability) -> list[str]:
    alpha, why = code.alpha, ""
    if math.isnan(alpha.value):
        why = "no answer by both" if alpha.observations == 0 else "all the same: not defined"
    return [code.code, *_alpha(alpha), str(alpha.observations), str(code.equal), str(code.missing), why]


def _alpha(alpha: Estimate) -> tuple[str, str]:
    return ("", "") if math.isnan(alpha.value) else words.value_and_interval(alpha)


def _answer(value: Plain) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, dict):
        value = {name: "unknown" if item is None else item for name, item in value.items()}
    return flow(list(value) if isinstance(value, tuple) else value)
