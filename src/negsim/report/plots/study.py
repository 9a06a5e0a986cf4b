"""The pictures of a study, chosen from its design.

    one number                  curve, other measures
    one word                    dots, other measures
    two factors                 curves or dots, a heat map of numbers, other measures
    three and more              the same in panels, averaged over the rest; heat maps; pairs of factors
    sampled                     cells against every factor
    cells that are not crossed  dots, a row a cell; of many cells, as if they were sampled
    for Sobol' or Morris indices the indices, strongest factor first
    any, where it fits          how runs ended, depth against consensus, time to consensus, time series

- A picture has a name, by which its file is found; numbers and caption exist before it is drawn.
- A caption is made from the numbers that its picture shows, with intervals at 95 %; no finding is written in advance.
  It names what was averaged over, and what is not shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial

import numpy as np

from negsim.cast.knobs import METHODOLOGY
from negsim.errors import NegsimError
from negsim.negotiation.tables import Floats, Outcome
from negsim.report import words
from negsim.report.plots import figures, numbers
from negsim.report.plots.sensitivity import sensitivity_picture
from negsim.report.plots.style import Picture, Pictures
from negsim.scenario.meanings import factor_name
from negsim.study.estimates import Estimate
from negsim.study.results import StudyResults, check_results
from negsim.study.schema import Cell, Factor, Value
from negsim.study.sensitivity import sensitivity

_AT_95 = "intervals are at 95 %"
_MOST_ENDS = 9  # lines whose both ends are given
_MOST_AGENDAS = 4  # that a caption spells out
_MOST_SHOWN_CELLS = 12  # cells of which each is shown
_FRONTIER = range(2, 201)  # cells that a frontier can be made of

_Point = tuple[str, Estimate]  # where it is, and what it is
_Named = Iterator[tuple[str, Picture]]


def study_pictures(results: StudyResults, worlds: Floats | None = None) -> Pictures:
    """Choose the pictures that fit the design of a study, by name.

    worlds: the main measure of each cell in worlds of what is uncertain (C,W), for the curves of a crossed design.
    """
    check_results(results)
    pictures: dict[str, Picture] = {}
    if numbers.is_crossed(results):
        pictures |= _of_levels(results, worlds) if numbers.varied(results) else {}
    elif results.study.cells and len(results.cells) <= numbers.MOST_ROWS:
        pictures["dots"] = _curves(results, numbers.by_cell(results, results.study.main))
        pictures |= _measures([numbers.by_cell(results, measure) for measure in numbers.measures(results)])
    else:
        pictures |= _of_points(results)
    pictures |= dict(_of_any(results))
    if results.is_complete:
        return Pictures(pictures)
    note = f"{results.extent}."
    noted = Pictures(pictures).with_note(note)
    return Pictures({name: one._replace(caption=f"{note} {one.caption}") for name, one in noted.items()})


def _of_levels(results: StudyResults, worlds: Floats | None) -> _Named:
    """Yield the pictures of a crossed design: the main measure, the others, and the interactions of factors."""
    factors, main = numbers.varied(results), results.study.main
    layout = numbers.curve_layout(factors)
    all_pairs = list(numbers.pairs(results, main)) if len(factors) > 1 else []
    extra = f"; {_about_interaction(all_pairs[0])}" if len(factors) == 2 else ""
    main_curves = numbers.curves(results, layout, main)
    if worlds is not None:
        main_curves = numbers.over_worlds(main_curves, results, worlds)
        extra += f"; dotted, 10 to 90 % of {worlds.shape[1]} draws of what is uncertain"
    yield "curves" if layout.x.is_numeric else "dots", _curves(results, main_curves, extra)
    if len(factors) > 2 or (len(factors) == 2 and all(factor.is_numeric for factor in factors)):
        cells = numbers.curves(results, numbers.map_layout(factors), main, most=numbers.MOST_ROWS)
        yield "heat_maps", Picture(partial(figures.heat_maps, cells), f"{_what(cells)}: {_extremes(cells)}.")
    rest = tuple(factor for factor in factors if factor not in (layout.x, layout.lines))
    small = layout._replace(panels=None, rest=rest)
    yield from _measures([numbers.curves(results, small, measure) for measure in numbers.measures(results)])
    if len(factors) > 2:
        yield "interactions", Picture(partial(figures.interactions, all_pairs), _about_interactions(all_pairs))


def _curves(results: StudyResults, data: numbers.Curves, extra: str = "") -> Picture:
    """Return curves with their caption. extra: a further part of the caption."""
    agendas = _about_agendas(words.agendas_behind(results))
    caption = f"{_what(data)}: {_values(data)}{extra}.{_about_pairs([data])}{agendas}"
    if days := words.days_behind(results):
        caption += f" {days}"
    return Picture(partial(figures.curves, data), caption)


def _measures(panels: Sequence[numbers.Curves]) -> _Named:
    if panels:
        yield "measures", Picture(partial(figures.measures, panels), _about_measures(panels))


def _of_points(results: StudyResults) -> _Named:
    """Yield the pictures of a sampled design: the main measure against every factor."""
    main = results.study.main
    if clouds := numbers.clouds(results, main):
        caption = _about_scatter(clouds, main, numbers.most_runs(results))
        yield "against_factors", Picture(partial(figures.scatter, clouds, main), caption)
    with suppress(NegsimError):  # of another design, or not of this measure
        yield "sensitivity", sensitivity_picture(sensitivity(results), main)


def _of_any(results: StudyResults) -> _Named:
    """Yield the pictures of any design: how runs ended, the frontier, time."""
    few = len(results.cells) <= _MOST_SHOWN_CELLS
    if few:
        shares = numbers.ended(results)
        caption = _about_outcomes(shares, numbers.most_runs(results))
        yield "outcomes", Picture(partial(figures.outcomes, shares), caption)
    if (
        len(results.cells) in _FRONTIER
        and "depth" in results.measures
        and (frontier := numbers.frontier(results)).cells
    ):
        names = numbers.names_of_cells(results)
        caption = about_frontier(frontier, [names[cell] for cell in frontier.cells])
        yield "frontier", Picture(partial(figures.trade_off, frontier, results), caption)
    if few and "minutes" in results.measures and (picture := _time_of(results)) is not None:
        yield "time_to_consensus", picture
    if results.series_parts:
        factor, rest = _first(results)
        courses = numbers.courses(results, factor)
        caption = _about_series(courses, factor, rest)
        yield "over_time", Picture(partial(figures.over_time, courses, factor), caption)


def _time_of(results: StudyResults) -> Picture | None:
    """Plot time to consensus by methodology or by the first factor with levels.

    Every line is that of the runs with the last deadline. None without such runs, or where deadlines are uncertain.
    """
    factor, others = _first(results, METHODOLOGY.path)
    longest = numbers.longest(results, factor)
    times = numbers.survivals(results, longest)
    if not times:
        return None
    cells = [results.cells[n] for level in times for n in longest[level]]
    levels = {other.name: {cell[other.name] for cell in cells} for other in others}
    at = {name: some.copy().pop() for name, some in levels.items() if len(some) == 1}
    rest = [other for other in others if other.name not in at]
    caption = _about_time_to_consensus(times, factor, rest, at)
    return Picture(partial(figures.time_to_consensus, times, factor), caption)


def _first(results: StudyResults, preferred: str = "") -> tuple[Factor | None, list[Factor]]:
    """Return the factor with a line a level over time, the preferred or first one with levels; then the others."""
    levelled = [factor for factor in numbers.varied(results) if factor.span is None]
    first = numbers.preferred(levelled, preferred)
    return first, [factor for factor in numbers.varied(results) if factor is not first]


# Captions


def _about_agendas(behind: Mapping[str, str]) -> str:
    """Give the agenda behind each level of the methodology; of many levels, say where they are listed."""
    if len(behind) > _MOST_AGENDAS:
        return f" `negsim study cells` prints the agendas behind the {len(behind)} methodologies."
    return "".join(f" Agenda behind “{name}”: {text}." for name, text in behind.items())


def _what(data: numbers.Curves) -> str:
    """Name the measure, the factors, what was averaged over, and the replications."""
    layout = data.layout
    along = factor_name(layout.x.name)
    article = "the " if along.startswith(("number of", "share of")) else ""
    over = f" over {article}{along}" if layout.x.name != words.CELL else ", cell by cell"
    by = f", by {factor_name(layout.lines.name)}" if layout.lines else ""
    panels = f", panels by {factor_name(layout.panels.name)}" if layout.panels else ""
    return (
        f"{words.capital(words.measure_name(data.measure))}{over}{by}{panels}{_averaged(layout.rest)};"
        f" up to {words.counted(data.replications, 'replication')} a point, {_AT_95}{_left_out(data)}"
    )


def _about_pairs(all_curves: Iterable[numbers.Curves]) -> str:
    """Say what the inner intervals of curves are, if they have some: a sentence after a blank."""
    paired = [data for data in all_curves if data.is_paired]
    if not paired:
        return ""
    marks = "Dark bands" if paired[0].layout.x.is_numeric else "Thick bars"
    return (
        f" {marks}: for comparing points, which share their draws; two differ where theirs do not overlap (Cousineau"
        " 2005, Morey 2008, scaled as in Baguley 2012)."
    )


def _averaged(rest: Sequence[Factor]) -> str:
    return f", averaged over {words.listed(_names(rest))}" if rest else ""


def _left_out(data: numbers.Curves) -> str:
    layout, lines = data.layout, next(iter(data.panels.values()))
    counts = ((layout.x, len(data.lines[0].levels)), (layout.lines, len(lines)), (layout.panels, len(data.panels)))
    parts = [
        f"{count} of {len(factor.values)} levels of {factor_name(factor.name)} are shown"
        for factor, count in counts
        if factor is not None and count < len(factor.values)
    ]
    return f"; {words.listed(parts)}" if parts else ""


def _values(data: numbers.Curves) -> str:
    layout = data.layout
    if len(data.lines) > _MOST_ENDS or not layout.x.is_numeric:
        return _extremes(data)
    parts = [f"{_level(layout.panels, panel)}{_ends_of(data, lines)}" for panel, lines in data.panels.items()]
    first, last = (words.level_name(layout.x.name, data.lines[0].levels[place]) for place in (0, -1))
    return f"from {first} to {last}, with the interval at {last}{'; ' if layout.panels else ', '}{'; '.join(parts)}"


def _ends_of(data: numbers.Curves, lines: Mapping[Value, numbers.LevelLine]) -> str:
    factor = data.layout.lines
    names = [f"{words.phrase(factor.name, level)} " if factor is not None else "" for level in lines]
    parts = [f"{name}{_both_ends(data.measure, line)}" for name, line in zip(names, lines.values(), strict=True)]
    return ", ".join(parts)


def _both_ends(measure: str, line: numbers.LevelLine) -> str:
    first, last = (line.at(place) for place in (0, -1))
    return f"{words.number_text(first.value, measure)} → {words.estimate_text(last, measure)}"


def _points(data: numbers.Curves) -> Iterator[_Point]:
    """Yield all points that apply, with their levels."""
    layout = data.layout
    for panel, lines in data.panels.items():
        for level, line in lines.items():
            for n, x in enumerate(line.levels):
                at = ((layout.x, x), (layout.lines, level), (layout.panels, panel))
                where = ", ".join(_at(data, factor, value) for factor, value in at if factor is not None)
                if np.isfinite(line.value[n]):
                    yield where, line.at(n)


def _at(data: numbers.Curves, factor: Factor, level: Value) -> str:
    """Name a level, with its factor if there are several."""
    return words.phrase(factor.name, level) if data.layout.others else words.level_name(factor.name, level)


def _extremes(data: numbers.Curves) -> str:
    points = list(_points(data))
    if not points:
        return "it does not apply anywhere"
    low, high = (pick(points, key=lambda point: point[1].value) for pick in (min, max))
    texts = (f"{words.estimate_text(estimate, data.measure)} ({where})" for where, estimate in (low, high))
    return "lowest {}, highest {}".format(*texts)


def _about_measures(panels: Sequence[numbers.Curves]) -> str:
    """Give the range of each measure."""
    parts = []
    for data in panels:
        values = [estimate.value for _, estimate in _points(data)]
        ends = [words.number_text(pick(values), data.measure) for pick in (min, max) if values]
        parts.append(f"{words.measure_name(data.measure)} {' to '.join(ends) or 'not known'}")
    return f"Other measures{_averaged(panels[0].layout.rest)}; {_AT_95}: {'; '.join(parts)}.{_about_pairs(panels)}"


def _about_interactions(pairs: Sequence[numbers.FactorPair]) -> str:
    parts = [f"{_pair_name(pair)} {words.change_text(pair.interaction, pair.curves.measure)}" for pair in pairs]
    return (
        f"{words.capital(words.measure_name(pairs[0].curves.measure))} over pairs of factors, averaged over the"
        f" others; {_AT_95}; interactions, each the change over one factor at the last level of the other minus that at"
        f" its first, on the same replications: {'; '.join(parts)}."
        f"{_about_pairs(pair.curves for pair in pairs)}"
    )


def _pair_name(pair: numbers.FactorPair) -> str:
    layout, parts = pair.curves.layout, []
    for factor in (layout.x, *layout.others):
        levels = (words.level_name(factor.name, end) for end in numbers.ends(factor))
        parts.append(f"{factor_name(factor.name)} ({' → '.join(levels)})")
    return " × ".join(parts)


def _about_interaction(pair: numbers.FactorPair) -> str:
    """Give the difference of differences of a pair, in a sentence on its curves."""
    layout = pair.curves.layout
    first, last = (words.level_name(layout.x.name, end) for end in numbers.ends(layout.x))
    other = layout.others[0]
    near, far = (words.phrase(other.name, end) for end in numbers.ends(other))
    return (
        f"interaction, the change from {first} to {last} at {far} minus that at {near}, on the same replications:"
        f" {words.change_text(pair.interaction, pair.curves.measure)}"
    )


def _about_outcomes(shares: Mapping[str, Mapping[Outcome, float]], runs: int) -> str:
    parts = []
    for end, name in words.OUTCOME_LABELS.items():
        shares_of_runs = [ended.get(end, 0.0) for ended in shares.values()]
        if any(shares_of_runs):
            least, most = words.percent(min(shares_of_runs)), words.percent(max(shares_of_runs))
            parts.append(f"{name} in {least}" if least == most else f"{name} in {least} to {most}")
    return f"How the runs ended, up to {runs:,} a bar: {words.listed(parts)}."


def _about_scatter(clouds: Sequence[numbers.Cloud], measure: str, replications: int) -> str:
    """Name the factors with which a measure goes up or down most."""
    spans = []
    for cloud in clouds:
        values = cloud.means.value[np.isfinite(cloud.means.value)]
        if len(values):
            low, high = (words.number_text(float(end), measure) for end in (values.min(), values.max()))
            spans.append((float(np.ptp(values)), f"{factor_name(cloud.factor.name)} ({low} to {high})"))
    spread = words.listed([span for _, span in sorted(spans, key=lambda item: -item[0])])
    return (
        f"{words.capital(words.measure_name(measure))} against every factor, a point a cell"
        f" ({len(clouds[0].values):,} cells of up to {words.counted(replications, 'replication')}), orange: means of"
        f" cells near each other, {_AT_95}; they spread most over {spread}."
    )


def about_frontier(frontier: numbers.Frontier, names: Sequence[str]) -> str:
    """Name the cells that no other beats in both, and count those that equal them within their intervals."""
    first, last = (frontier.best[end] for end in (0, -1))
    apart = {"the deepest is": first, "the most likely is": last}
    places = [
        f"{what} {names[n]} (consensus {words.estimate_text(frontier.chance.at(n), 'consensus')},"
        f" depth {words.estimate_text(frontier.depth.at(n), 'depth')}{_equals(frontier, n)})"
        for what, n in (apart if first != last else {"the deepest and the most likely is": first}).items()
    ]
    return (
        f"Depth of what was agreed against the chance of consensus, a point a cell, {_AT_95}: for"
        f" {len(frontier.best)} of {words.counted(len(frontier.cells), 'cell')} no other is better in both;"
        f" {'; '.join(places)}."
    )


def _equals(frontier: numbers.Frontier, place: int) -> str:
    others = len(numbers.equals(frontier, place))
    are = "is" if others == 1 else "are"
    return f"; {words.counted(others, 'other')} {are} equal to it within their intervals" if others else ""


def _about_time_to_consensus(
    survivals: numbers.Survivals, factor: Factor | None, rest: Sequence[Factor], where: Cell
) -> str:
    """Say after how much floor time half would have reached consensus. where: levels that were kept."""
    parts = []
    for level, survival in survivals.items():
        half = survival.hours[survival.left <= 0.5]
        text = (
            f"half within {half[0]:.0f} hours"
            if len(half)
            else f"{words.percent(1.0 - float(survival.left[-1]))} within {survival.hours[-1]:.0f} hours"
        )
        parts.append(f"{_level(factor, level)}{text}")
    pooled = f", all levels of {words.listed(_names(rest))} together" if rest else ""
    at = f" at {words.cell_name(where)}" if where else ""
    return f"Time to consensus as if meetings had gone on (Kaplan and Meier){at}{pooled}; {_AT_95}: {'; '.join(parts)}."


def _about_series(courses: numbers.Courses, factor: Factor | None, rest: Sequence[Factor]) -> str:
    """Say how much was agreed in the end, and how trust moved."""
    parts = []
    for level, course in courses.items():
        agreed, trust = course.lines["share_agreed"], course.lines["trust_across"]
        end = words.estimate_text(agreed.at(-1), "share_agreed")
        text = f"{end} of the issues agreed at the end, trust {_both_ends('trust_across', trust)}"
        parts.append(f"{_level(factor, level)}{text}")
    most = max(course.replications for course in courses.values())
    return (
        f"Means over {words.counted(most, 'replication')} by floor time{_averaged(rest)}; {_AT_95}: {'; '.join(parts)}."
    )


def _level(factor: Factor | None, level: Value) -> str:
    return f"{words.phrase(factor.name, level)}: " if factor is not None else ""


def _names(factors: Sequence[Factor]) -> list[str]:
    return [factor_name(factor.name) for factor in factors]
