"""What `negsim study discover` and `negsim study fit` say, and their tables."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from negsim.cast.measures import lookup
from negsim.cast.units import value_text
from negsim.files import Table
from negsim.report import words
from negsim.scenario.meanings import factor_name
from negsim.study.discover import Discovery, Limit
from negsim.study.fit import Fit, FittedParameter
from negsim.study.schema import DRAWN_PREFIX, Factor
from negsim.study.table import estimate_columns, estimate_numbers

_MOST_TOGETHER = 3  # pairs that are named


def discovery_text(box: Discovery, factors: Sequence[Factor]) -> str:
    """Write what `negsim study discover` prints: the box in a sentence, what each limit keeps out, the tree."""
    lines = [_sentence(box, factors)]
    if box.limits:
        rows = [["", "kept out by this limit alone"]]
        rows += [[_condition(limit, factors), words.estimate_text(limit.outside, "consensus")] for limit in box.limits]
        lines += ["", *words.columns(rows)]
    return "\n".join([*lines, "", box.tree.rstrip()] if box.tree else lines)


def _sentence(box: Discovery, factors: Sequence[Factor]) -> str:
    """Say where runs end as sought, how often there and elsewhere, and on how many cells that was estimated."""
    what = hit_name(box)
    if not box.limits:
        why = "Already as many as asked for" if box.reached and not box.chosen else "No limit of a factor helps"
        everywhere = words.estimate_text(box.overall, "consensus")
        return f"{words.capital(what)} in {everywhere} of the runs in all {box.cells:,} cells. {why}."
    where = words.listed([_condition(limit, factors) for limit in box.limits])
    short = "" if box.reached else " No larger share was found."
    return (
        f"{words.capital(what)} in {words.estimate_text(box.density, 'consensus')} of the runs where {where};"
        f" elsewhere in {words.estimate_text(box.elsewhere, 'consensus')}. {words.percent(box.mass)} of the cells"
        f" lie there, with {words.estimate_text(box.coverage, 'consensus')} of all such runs.{short} Found on half of"
        f" {box.cells:,} cells, estimated on the other half; intervals at 95 %."
    )


def hit_name(box: Discovery) -> str:
    """Name what is sought."""
    if box.above is None:
        return words.measure_name(box.measure).removeprefix("share of runs with ")
    return f"{lookup(box.measure).label} at least {value_text(box.above, box.measure)}"


def _condition(limit: Limit, factors: Sequence[Factor]) -> str:
    """Write a limit as a condition."""
    factor = next(factor for factor in factors if factor.name == limit.factor)
    name = factor_name(factor.name)
    if limit.levels:
        return f"{name} is {' or '.join(words.level_name(factor.name, level) for level in limit.levels)}"
    if all(isinstance(value, int) for value in factor.values):
        low, high = (None if end is None else math.ceil(end) for end in (limit.low, limit.high))
        if low is not None and high is not None:
            return f"{name} is from {low} to {high - 1}"
        return f"{name} is {low} or more" if low is not None else f"{name} is {(high or 1) - 1} or less"
    ends = [None if end is None else words.level_name(factor.name, float(f"{end:.3g}")) for end in limit[1:3]]
    if None not in ends:
        return f"{name} is from {ends[0]} to {ends[1]}"
    return f"{name} is at least {ends[0]}" if ends[0] is not None else f"{name} is at most {ends[1]}"


def discovery_table(box: Discovery) -> Table:
    """List one row per limit of the box."""
    header = ["factor", "low", "high", "levels", *estimate_columns(["outside"])]
    rows: Iterator[list[object]] = (
        [one.factor, one.low, one.high, "; ".join(map(str, one.levels)), *estimate_numbers([one.outside])]
        for one in box.limits
    )
    return header, rows


def fit_text(fit: Fit) -> str:
    """Write what `negsim study fit` prints: each parameter before and after, and what the data do not constrain."""
    reach = [
        f"{lookup(name).label} {value_text(value, name)}"
        + (f", at most {value_text(float(f'{fit.reach[name]:.2g}'), name)} away" if fit.reach[name] else "")
        for name, value in fit.observed.items()
    ]
    lines = [
        f"{fit.accepted:,} of {fit.runs:,} runs come nearest to what was observed: {'; '.join(reach)}.",
        "Values of these runs, beside those of all runs: the middle one, and between which 95 % of them lie.",
        "",
        *words.columns([["", "all runs", "these runs", ""], *map(_fitted_row, by_p(fit.parameters))]),
    ]
    free = [parameter_name(one.name) for one in fit.parameters if not one.is_constrained]
    if free:
        lines += ["", f"The data alone do not constrain {words.listed(free)}."]
    if fit.hardly_sampled:
        names = words.listed(list(map(parameter_name, fit.hardly_sampled)))
        each = " each" if len(fit.hardly_sampled) > 1 else ""
        lines.append(
            f"All cells share the draws of {names}, one for each replication: {fit.replications} values{each}."
            " Take more replications, or vary them in the study."
        )
    for one, other, correlation in fit.together[:_MOST_TOGETHER]:
        way = "rise together" if correlation > 0.0 else "make up for each other"
        names = f"{parameter_name(one)} and {parameter_name(other)}"
        lines.append(f"What they say about {names} belongs together: the two {way} (correlation {correlation:.2f}).")
    if fit.far:
        names = words.listed([words.measure_name(name) for name in fit.far])
        lines += ["", f"Even these runs miss {names}: nothing that was sampled gives what was observed."]
    return "\n".join(lines)


def by_p(parameters: Sequence[FittedParameter]) -> list[FittedParameter]:
    """Order parameters: those that the data constrain most first."""
    return sorted(parameters, key=lambda one: (one.p, _width(one)))


def _width(one: FittedParameter) -> float:
    """Return what is left of the spread of a number."""
    return (one.after[2] - one.after[0]) / (one.before[2] - one.before[0]) if one.is_number else 1.0


def parameter_name(column: str) -> str:
    """Name a parameter: a factor, or what was drawn.

    >>> parameter_name("drawn.parameters.goodwill"), parameter_name("context.tension")
    ('goodwill', 'tension')
    """
    return factor_name(column.removeprefix(DRAWN_PREFIX))


def _spread(quantiles: Sequence[float]) -> str:
    low, middle, high = (f"{number:.2g}" if abs(number) < 1.0 else f"{number:.3g}" for number in quantiles)
    return f"{middle} [{low}, {high}]"


def _fitted_row(one: FittedParameter) -> list[str]:
    note = "" if one.is_constrained else "not constrained"
    if one.is_number:
        return [parameter_name(one.name), *map(_spread, (one.before, one.after)), note]
    before, after = (
        ", ".join(f"{words.level_name(one.name, level)} {words.percent(shares[n])}" for level, *shares in one.levels)
        for n in (0, 1)
    )
    return [parameter_name(one.name), before, after, note]
