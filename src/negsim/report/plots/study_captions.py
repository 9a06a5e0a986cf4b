"""What one sees in the pictures of a study, said from their numbers: a sentence each.

Rules that hold here
- Every caption is made from the numbers that the picture shows; no finding is written in advance.
- What was averaged over, and what was left out, is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from negsim.negotiation.tables import Outcome
from negsim.report.comparisons import by_size, doubt
from negsim.report.plots.cells import Cloud, Frontier, equals
from negsim.report.plots.explain import LABELS, index_in_units
from negsim.report.plots.numbers import Curves, Line, Pair, ends
from negsim.report.plots.times import Courses, Survivals
from negsim.report.words import (
    CELL,
    OUTCOMES,
    capital,
    cell_name,
    change,
    counted,
    factor_name,
    level_name,
    listed,
    measure_name,
    number,
    percent,
    phrase,
    with_interval,
)
from negsim.study.estimates import Estimate
from negsim.study.schema import Cell, Factor, Value
from negsim.study.sensitivity import Index, doubtful

AT_95 = "intervals are at 95 %"
MOST_TOLD = 9  # lines
Point = tuple[str, Estimate]  # where it is, and what it is


def curves(data: Curves, extra: str = "") -> str:
    """What a measure is at both ends of every line, or where it is lowest and highest."""
    return f"{_what(data)}: {_told(data)}{extra}."


def heat_maps(data: Curves) -> str:
    """Where a measure is lowest and highest."""
    return f"{_what(data)}: {_extremes(data)}."


def _what(data: Curves) -> str:
    """Measure, factors, what was averaged over, replications."""
    layout = data.layout
    over = f" over {factor_name(layout.x.name)}" if layout.x.name != CELL else ", cell by cell"
    by = f", by {factor_name(layout.lines.name)}" if layout.lines else ""
    panels = f", panels by {factor_name(layout.panels.name)}" if layout.panels else ""
    return (
        f"{capital(measure_name(data.measure))}{over}{by}{panels}{_averaged(layout.rest)};"
        f" up to {counted(data.replications, 'replication')} a point, {AT_95}{_left_out(data)}"
    )


def _averaged(rest: Sequence[Factor]) -> str:
    return f", averaged over {listed(_names(rest))}" if rest else ""


def _left_out(data: Curves) -> str:
    """Which levels are not shown."""
    layout, lines = data.layout, next(iter(data.panels.values()))
    shown = ((layout.x, len(data.lines[0].levels)), (layout.lines, len(lines)), (layout.panels, len(data.panels)))
    parts = [
        f"{count} of {len(factor.values)} levels of {factor_name(factor.name)} are shown"
        for factor, count in shown
        if factor is not None and count < len(factor.values)
    ]
    return f"; {listed(parts)}" if parts else ""


def _told(data: Curves) -> str:
    layout = data.layout
    if len(data.lines) > MOST_TOLD or not layout.x.is_numeric:
        return _extremes(data)
    parts = [f"{_level(layout.panels, panel)}{_ends_of(data, lines)}" for panel, lines in data.panels.items()]
    first, last = (level_name(layout.x.name, data.lines[0].levels[place]) for place in (0, -1))
    return f"from {first} to {last}{'; ' if layout.panels else ', '}{'; '.join(parts)}"


def _ends_of(data: Curves, lines: Mapping[Value, Line]) -> str:
    """Both ends of every line."""
    factor = data.layout.lines
    names = [f"{phrase(factor.name, level)} " if factor is not None else "" for level in lines]
    parts = [f"{name}{_both_ends(data.measure, line)}" for name, line in zip(names, lines.values(), strict=True)]
    return ", ".join(parts)


def _both_ends(measure: str, line: Line) -> str:
    first, last = (estimate_at(line, place) for place in (0, -1))
    return f"{number(measure, first.value)} → {with_interval(measure, last)}"


def estimate_at(line: Line, place: int) -> Estimate:
    """A point of a line."""
    value, low, high = (float(part[place]) for part in line[1:])
    return Estimate(value, low, high, 0)


def _points(data: Curves) -> Iterator[Point]:
    """All points that apply, with the levels at which they are."""
    layout = data.layout
    for panel, lines in data.panels.items():
        for level, line in lines.items():
            for n, x in enumerate(line.levels):
                at = ((layout.x, x), (layout.lines, level), (layout.panels, panel))
                where = ", ".join(_at(data, factor, value) for factor, value in at if factor is not None)
                if np.isfinite(line.value[n]):
                    yield where, estimate_at(line, n)


def _at(data: Curves, factor: Factor, level: Value) -> str:
    """A level, with its factor where there are several."""
    return phrase(factor.name, level) if data.layout.others else level_name(factor.name, level)


def _extremes(data: Curves) -> str:
    """The lowest and the highest point."""
    points = list(_points(data))
    if not points:
        return "it does not apply anywhere"
    low, high = (pick(points, key=lambda point: point[1].value) for pick in (min, max))
    told = (f"{with_interval(data.measure, estimate)} ({where})" for where, estimate in (low, high))
    return "lowest {}, highest {}".format(*told)


def measures(shown: Sequence[Curves]) -> str:
    """Between what each measure lies."""
    parts = []
    for data in shown:
        values = [estimate.value for _, estimate in _points(data)]
        span = f"{number(data.measure, min(values))} to {number(data.measure, max(values))}" if values else "not known"
        parts.append(f"{measure_name(data.measure)} {span}")
    return f"Other measures{_averaged(shown[0].layout.rest)}; {AT_95}: {'; '.join(parts)}."


def interactions(shown: Sequence[Pair]) -> str:
    """How far the factors of each pair help each other."""
    parts = [f"{_pair_name(pair)} {change(pair.curves.measure, pair.interaction)}" for pair in shown]
    return (
        f"{capital(measure_name(shown[0].curves.measure))} over pairs of factors, averaged over the others; {AT_95};"
        " interactions, each the change over one factor at the last level of the other less that at its first, on the"
        f" same replications: {'; '.join(parts)}."
    )


def _pair_name(pair: Pair) -> str:
    layout = pair.curves.layout
    return " × ".join(
        f"{factor_name(factor.name)} ({' → '.join(level_name(factor.name, end) for end in ends(factor))})"
        for factor in (layout.x, *layout.others)
    )


def interaction(pair: Pair) -> str:
    """The difference of differences of a pair, in a sentence on its curves."""
    layout = pair.curves.layout
    first, last = (level_name(layout.x.name, end) for end in ends(layout.x))
    other = layout.others[0]
    near, far = (phrase(other.name, end) for end in ends(other))
    return (
        f"interaction, the change from {first} to {last} at {far} less that at {near}, on the same replications:"
        f" {change(pair.curves.measure, pair.interaction)}"
    )


def outcomes(shares: Mapping[str, Mapping[Outcome, float]], runs: int) -> str:
    """How often each outcome came."""
    parts = []
    for end, name in OUTCOMES.items():
        seen = [ended.get(end, 0.0) for ended in shares.values()]
        if any(seen):
            least, most = percent(min(seen)), percent(max(seen))
            parts.append(f"{name} in {least}" if least == most else f"{name} in {least} to {most}")
    return f"How the runs ended, up to {runs:,} a bar: {listed(parts)}."


def scatter(found: Sequence[Cloud], measure: str, replications: int) -> str:
    """With which factors a measure goes up or down most."""
    spans = []
    for cloud in found:
        known = cloud.means.value[np.isfinite(cloud.means.value)]
        if len(known):
            span = (
                f"{factor_name(cloud.factor.name)} ({number(measure, known.min())} to {number(measure, known.max())})"
            )
            spans.append((float(np.ptp(known)), span))
    told = listed([span for _, span in sorted(spans, key=lambda one: -one[0])])
    return (
        f"{capital(measure_name(measure))} against every factor, a point a cell ({len(found[0].values):,} cells of"
        f" up to {counted(replications, 'replication')}), orange: means of cells near each other, {AT_95}; they spread"
        f" most over {told}."
    )


def trade_off(found: Frontier, names: Sequence[str]) -> str:
    """Which cells none beats in both, and whether others can be told from them."""
    first, last = (found.best[place] for place in (0, -1))
    apart = {"the deepest is": first, "the most likely is": last}
    told = [
        f"{what} {names[n]} (consensus {with_interval('consensus', estimate_at(found.chance, n))},"
        f" depth {with_interval('depth', estimate_at(found.depth, n))}{_equals(found, n)})"
        for what, n in (apart if first != last else {"the deepest and the most likely is": first}).items()
    ]
    return (
        f"Depth of what was agreed against the chance of consensus, a point a cell, {AT_95}: of"
        f" {counted(len(found.cells), 'cell')} {len(found.best)} {'is' if len(found.best) == 1 else 'are'} beaten by no"
        f" other in both; {'; '.join(told)}."
    )


def _equals(found: Frontier, place: int) -> str:
    """How many others a cell is not told apart from."""
    others = len(equals(found, place))
    are = "is" if others == 1 else "are"
    return f"; {counted(others, 'other')} {are} equal to it within their intervals" if others else ""


def time_to_consensus(
    found: Survivals, factor: Factor | None, rest: Sequence[Factor], where: Cell | None = None
) -> str:
    """After how much floor time half would have reached consensus. where: levels that were kept."""
    parts = []
    for level, one in found.items():
        half = one.hours[one.left <= 0.5]
        told = (
            f"half within {half[0]:.0f} hours"
            if len(half)
            else f"{percent(1.0 - float(one.left[-1]))} within {one.hours[-1]:.0f} hours"
        )
        parts.append(f"{_level(factor, level)}{told}")
    pooled = f", all levels of {listed(_names(rest))} together" if rest else ""
    kept = f" at {cell_name(where)}" if where else ""
    return (
        f"Time to consensus as if meetings had gone on (Kaplan and Meier){kept}{pooled}; {AT_95}: {'; '.join(parts)}."
    )


def over_time(found: Courses, factor: Factor | None, rest: Sequence[Factor]) -> str:
    """How much was agreed in the end, and how trust moved."""
    parts = []
    for level, course in found.items():
        agreed, trust = course.lines["share_agreed"], course.lines["trust_across"]
        end = with_interval("share_agreed", estimate_at(agreed, -1))
        told = f"{end} of the issues agreed at the end, trust {_both_ends('trust_across', trust)}"
        parts.append(f"{_level(factor, level)}{told}")
    most = max(course.replications for course in found.values())
    return f"Means over {counted(most, 'replication')} by floor time{_averaged(rest)}; {AT_95}: {'; '.join(parts)}."


def sensitivity(found: Sequence[Index], measure: str) -> str:
    """Which factor matters most, and how much; whether the points are too few to say so."""
    shown = index_in_units(found, measure)
    strongest = by_size(shown)[0]
    parts = [f"{LABELS[one.name]} {with_interval('', one.estimate)}" for one in shown if one.factor == strongest]
    remark = f" {capital(doubt(found))}." if doubtful(found) else ""
    return (
        f"{capital(measure_name(measure))}, how much it depends on each factor; {AT_95}: most on"
        f" {factor_name(strongest)}, {', '.join(parts)}.{remark}"
    )


def _level(factor: Factor | None, level: Value) -> str:
    return f"{phrase(factor.name, level)}: " if factor is not None else ""


def _names(factors: Sequence[Factor]) -> list[str]:
    return [factor_name(factor.name) for factor in factors]
