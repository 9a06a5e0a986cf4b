"""Pictures of sensitivity: bars of Sobol' indices, and the plane of Morris's elementary effects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from negsim.cast.palette import GROUP_COLOURS, Colour
from negsim.negotiation.tables import Floats
from negsim.report.comparisons import as_strong, indices_in_units
from negsim.report.plots import style
from negsim.report.plots.style import Picture
from negsim.report.words import capital, estimate_text, measure_name
from negsim.scenario.meanings import factor_name
from negsim.study.sensitivity import INDEX_NAMES, Index, by_size, doubts, together

_LABELS = {"first_order": "alone (first order)", "total_order": "with its interactions (total)"}
_BAR_HEIGHT = 0.36
_MOST_NAMED = 20  # factors in the plane
_RISING, _FALLING, _EITHER = ("^", Colour.BLUE), ("v", Colour.VERMILION), ("o", Colour.GREY)


def sensitivity_picture(indices: Sequence[Index], measure: str) -> Picture:
    """Return the picture of the indices of a measure."""
    return Picture(partial(_plot_indices, indices, measure=measure), _about_sensitivity(indices, measure))


@style.styled
def _plot_indices(indices: Sequence[Index], *, measure: str, ax: Axes | None = None) -> Axes:
    """Plot how much a measure depends on each factor: bars of Sobol' indices, or the plane of elementary effects."""
    indices = indices_in_units(indices, measure)
    if indices[0].name in INDEX_NAMES["morris"]:
        return _plane(indices, measure, ax)
    return _bars(indices, measure, ax)


def _bars(indices: Sequence[Index], measure: str, ax: Axes | None) -> Axes:
    """Plot the share of the variance that each factor explains, the strongest first."""
    factors = by_size(indices)
    ax = style.axes_or_new(ax, height=1.2 + 0.5 * len(factors))
    for place, ((name, label), ink) in enumerate(zip(_LABELS.items(), GROUP_COLOURS, strict=False)):
        own = {one.factor: one.estimate for one in indices if one.name == name}
        rows = np.arange(len(factors)) + (place - 0.5) * _BAR_HEIGHT
        values = np.array([own[factor][:3] for factor in factors])
        ax.barh(rows, values[:, 0], height=_BAR_HEIGHT, color=ink, label=label)
        ax.hlines(rows, values[:, 1], values[:, 2], color=style.INK, linewidth=1.0)
    style.name_rows(ax, [factor_name(factor) for factor in factors], letters=30)
    ax.grid(axis="x", color=style.FAINT_INK, linewidth=0.6)
    style.label_below(ax, f"{measure_name(measure)}: share of the variance explained")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=style.beside(2))
    return ax


def _plane(indices: Sequence[Index], measure: str, ax: Axes | None) -> Axes:
    """Plot the spread of elementary effects against their mean size, a point a factor, with the sign of the mean."""
    own = {(one.factor, one.name): one.estimate for one in indices}
    factors = by_size(indices)
    ax = style.axes_or_new(ax, height=4.2 + (0.15 * len(factors) if style.is_narrow() else 0.0))
    size = np.array([own[factor, "mu_star"][:3] for factor in factors])
    spread = np.array([own[factor, "sigma"].value for factor in factors])
    reach = 1.08 * max(float(size[:, 2].max()), 1e-9)
    ax.set_xlim(0.0, reach)
    ax.set_ylim(0.0, 1.15 * max(float(spread.max()), 0.1 * reach))
    top = ax.get_ylim()[1]
    end = min(reach, top)
    ax.plot([0.0, end], [0.0, end], color=style.PALE_INK, linewidth=0.7, zorder=0)
    ax.annotate(
        "σ = μ*", (end, end), xytext=(-10, -3), textcoords="offset points", ha="right", va="top", color=Colour.GREY
    )
    means = [own[factor, "mu"] for factor in factors]
    signs = [_RISING if mu.low > 0.0 else _FALLING if mu.high < 0.0 else _EITHER for mu in means]
    for (marker, ink), (low, high), x, y in zip(signs, size[:, 1:], size[:, 0], spread, strict=True):
        ax.hlines(y, low, high, color=ink, linewidth=1.4)
        ax.plot(x, y, marker, color=ink, markersize=6.0)
    _name_points(ax, factors[:_MOST_NAMED], size[:, 0], spread)
    ax.grid(color=style.FAINT_INK, linewidth=0.6)
    name = f"{measure_name(measure)}: mean size of the effects (μ*), in units of the measure"
    ax.set_xlabel(style.wrapped(name, style.beside(90)))
    ax.set_ylabel("their spread (σ): interactions, curvature")
    for (marker, ink), label in ((_RISING, "raises it"), (_FALLING, "lowers it"), (_EITHER, "sign unclear")):
        if (marker, ink) in signs:
            ax.plot([], [], marker, color=ink, markersize=6.0, label=label)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, columnspacing=1.0, handletextpad=0.2)
    return ax


def _name_points(ax: Axes, factors: Sequence[str], size: Floats, spread: Floats) -> None:
    """Name points to the right of the axes, or in a narrow picture by numbers that are explained below."""
    names = [factor_name(factor) for factor in factors]
    if style.is_narrow():
        style.number_points(ax, np.stack([size, spread], axis=1)[: len(names)])
        lines = [style.wrapped(f"{n}  {name}", style.beside(90)) for n, name in enumerate(names, start=1)]
        style.figure_of(ax).supxlabel("\n".join(lines), x=0.01, horizontalalignment="left", fontsize=8, linespacing=1.4)
        return
    top, order = ax.get_ylim()[1], np.argsort(spread[: len(names)])
    places = style.spread_out([float(spread[n]) / top for n in order], least=0.055)
    for n, place in zip(order, places, strict=True):
        ax.annotate(
            style.wrapped(names[n], 34), (size[n], spread[n]), xycoords="data", xytext=(1.02, place),
            textcoords="axes fraction", va="center", annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": style.PALE_INK, "linewidth": 0.5, "linestyle": ":",
                "shrinkA": 1, "shrinkB": 5,
            },
        )  # fmt: skip


def _about_sensitivity(indices: Sequence[Index], measure: str) -> str:
    """Say which factor matters most, and how much; which pair; and whether the points are too few to say so."""
    rows = indices_in_units(indices, measure)
    first, pair = by_size(rows)[0], together(rows)
    names = _LABELS | {"mu": "mean effect", "mu_star": "mean size of its effects (μ*)", "sigma": "their spread (σ)"}
    own = [one for one in rows if one.factor == first and not one.other]
    parts = [f"{names[one.name]} {estimate_text(one.estimate)}" for one in own]
    remarks = [f" {capital(doubt)}." for doubt in doubts(indices)]
    if pair is not None:
        both = f"{factor_name(pair.factor)} and {factor_name(pair.other)}"
        remarks.insert(0, f" Only together, {both} explain {estimate_text(pair.estimate)}.")
    return (
        f"{capital(measure_name(measure))}, how much it depends on each factor; intervals are at 95 %: most on"
        f" {factor_name(first)}, {', '.join(parts)}{as_strong(rows, factor_name)}.{''.join(remarks)}"
    )
