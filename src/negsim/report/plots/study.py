"""The pictures of a study, chosen from its design.

    one number                  curve, other measures
    one word                    dots, other measures
    two factors                 curves or dots, a heat map of numbers, other measures
    three and more              the same in panels, averaged over the rest; heat maps; pairs of factors
    sampled                     cells against every factor
    cells that are not crossed  dots, a row a cell; of many cells, as if they were sampled
    for Sobol' or Morris indices the indices, strongest factor first
    any, where it fits          how runs ended, depth against consensus, time to consensus, time series

- A picture has a name, by which its file is found; numbers and caption are there before it is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from matplotlib.figure import Figure

from negsim.errors import NegsimError
from negsim.report.plots import captions, figures, numbers
from negsim.report.plots.explain import sensitivity_bars
from negsim.report.plots.numbers import MOST_ROWS, curve_layout, is_crossed, map_layout, varied
from negsim.report.plots.style import Picture, figure_of
from negsim.report.words import METHODOLOGY, agendas_behind, cell_names
from negsim.study.results import StudyResults
from negsim.study.schema import Cell, Factor
from negsim.study.sensitivity import Index, sensitivity

FEW = 12  # cells of which each is shown
FRONTIER = range(2, 201)  # cells that a frontier can be made of

Named = Iterator[tuple[str, Picture]]


def study_pictures(results: StudyResults) -> dict[str, Picture]:
    """The pictures that fit the design of a study, by name."""
    pictures: dict[str, Picture] = {}
    if is_crossed(results):
        pictures |= _of_levels(results) if varied(results) else {}
    elif results.study.cells and len(results.cells) <= MOST_ROWS:
        pictures |= _of_cells(results)
    else:
        pictures |= _of_points(results)
    return pictures | dict(_of_any(results))


def _of_levels(results: StudyResults) -> Named:
    """Of a crossed design: the main measure, the others, and how factors help each other."""
    factors, main = varied(results), results.study.main
    all_pairs = list(numbers.pairs(results, main)) if len(factors) > 1 else []
    extra = f"; {captions.interaction(all_pairs[0])}" if len(factors) == 2 else ""
    yield "curves" if curve_layout(factors).x.is_numeric else "dots", curves_of(results, main, extra)
    if len(factors) > 2 or (len(factors) == 2 and all(factor.is_numeric for factor in factors)):
        cells = numbers.curves(results, map_layout(factors), main, most=MOST_ROWS)
        yield "heat_maps", Picture(partial(figures.heat_maps, cells), captions.heat_maps(cells))
    yield from _measures(results)
    if len(factors) > 2:
        yield "interactions", Picture(partial(figures.interactions, all_pairs), captions.interactions(all_pairs))


def curves_of(results: StudyResults, measure: str, extra: str = "") -> Picture:
    """A measure of a crossed study. extra: what the caption says besides."""
    data = numbers.curves(results, curve_layout(varied(results)), measure)
    caption = captions.curves(data, extra) + captions.agendas(agendas_behind(results))
    return Picture(partial(figures.curves, data), caption)


def _measures(results: StudyResults) -> Named:
    """Small panels of other measures, over the first factor along x and that of the lines."""
    layout = curve_layout(varied(results))
    rest = tuple(factor for factor in varied(results) if factor not in (layout.x, layout.lines))
    panels = [
        numbers.curves(results, layout._replace(panels=None, rest=rest), measure)
        for measure in numbers.measures(results)
    ]
    if panels:
        yield "measures", Picture(partial(figures.measures, panels), captions.measures(panels))


def _of_cells(results: StudyResults) -> Named:
    """Of cells that are listed: the main measure and the others, a row a cell."""
    data = numbers.by_cell(results, results.study.main)
    caption = captions.curves(data) + captions.agendas(agendas_behind(results))
    yield "dots", Picture(partial(figures.curves, data), caption)
    panels = [numbers.by_cell(results, measure) for measure in numbers.measures(results)]
    if panels:
        yield "measures", Picture(partial(figures.measures, panels), captions.measures(panels))


def _of_points(results: StudyResults) -> Named:
    """Of a sampled design: the main measure against every factor."""
    main = results.study.main
    if clouds := numbers.clouds(results, main):
        caption = captions.scatter(clouds, main, numbers.most_runs(results))
        yield "against_factors", Picture(partial(figures.scatter, clouds, main), caption)
    with suppress(NegsimError):  # of another design, or not of this measure
        indices = sensitivity(results)
        yield "sensitivity", Picture(partial(_bars, indices, main), captions.sensitivity(indices, main))


def _bars(indices: list[Index], measure: str) -> Figure:
    return figure_of(sensitivity_bars(indices, measure=measure))


def _of_any(results: StudyResults) -> Named:
    """Whatever the design: how runs ended, the frontier, time."""
    few = len(results.cells) <= FEW
    if few:
        shares = numbers.ended(results)
        caption = captions.outcomes(shares, numbers.most_runs(results))
        yield "outcomes", Picture(partial(figures.outcomes, shares), caption)
    if len(results.cells) in FRONTIER and "depth" in results.measures:
        yield from _frontier(results)
    if few and "minutes" in results.measures:
        yield "time_to_consensus", time_of(results)
    if results.series_parts:
        factor, rest = _first(results)
        courses = numbers.courses(results, factor)
        caption = captions.over_time(courses, factor, rest)
        yield "over_time", Picture(partial(figures.over_time, courses, factor), caption)


def time_of(results: StudyResults, where: Cell | None = None) -> Picture:
    """Time to consensus by methodology or by the first factor with levels. where: levels of other factors to keep."""
    factor, others = _first(results, METHODOLOGY)
    times = numbers.survivals(results, factor, where)
    rest = [other for other in others if other.name not in (where or {})]
    caption = captions.time_to_consensus(times, factor, rest, where)
    return Picture(partial(figures.time_to_consensus, times, factor), caption)


def _frontier(results: StudyResults) -> Named:
    frontier = numbers.frontier(results)
    if frontier.cells:
        names = cell_names([results.cells[cell] for cell in frontier.cells])
        yield (
            "frontier",
            Picture(partial(figures.trade_off, frontier, results), captions.trade_off(frontier, names)),
        )


def _first(results: StudyResults, preferred: str = "") -> tuple[Factor | None, list[Factor]]:
    """The factor by which lines over time are told apart, the preferred one or the first with levels; the others."""
    levelled = [factor for factor in varied(results) if factor.span is None]
    first = next((factor for factor in levelled if factor.name == preferred), next(iter(levelled), None))
    return first, [factor for factor in varied(results) if factor is not first]
