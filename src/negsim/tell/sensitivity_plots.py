"""A picture of sensitivity indices: a pair of bars a factor, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from negsim.study.effects import Estimate
from negsim.study.sensitivity import NAMES, Index
from negsim.tell.comparisons import by_size
from negsim.tell.study_words import factor_name, measure_name, unit
from negsim.tell.style import FAINT, INK, OKABE_ITO, axes_or_new, styled, wrapped

LABELS = {
    "first_order": "alone (first order)",
    "total_order": "with its interactions (total)",
    "mu_star": "mean size of its effects (μ*)",
    "sigma": "their spread (σ)",
}
THICK = 0.36


def in_units(found: Sequence[Index], measure: str) -> list[Index]:
    """Indices as they are shown: those in units of a measure are in hours where it is."""
    scale = unit(measure) if found[0].name in NAMES["morris"] else 1.0
    return [one._replace(estimate=_scaled(one.estimate, scale)) for one in found]


def _scaled(found: Estimate, scale: float) -> Estimate:
    return Estimate(found.value / scale, found.low / scale, found.high / scale, found.observations)


@styled
def sensitivity_bars(found: Sequence[Index], *, measure: str, ax: Axes | None = None) -> Axes:
    """How much of a measure each factor explains, the strongest first."""
    found = in_units(found, measure)
    factors, names = by_size(found), list(dict.fromkeys(one.name for one in found))
    ax = axes_or_new(ax, height=1.2 + 0.5 * len(factors))
    for place, (name, ink) in enumerate(zip(names, OKABE_ITO, strict=False)):
        own = {one.factor: one.estimate for one in found if one.name == name}
        rows = np.arange(len(factors)) + (place - 0.5) * THICK
        values = np.array([own[factor][:3] for factor in factors])
        ax.barh(rows, values[:, 0], height=THICK, color=ink, label=LABELS[name])
        ax.hlines(rows, values[:, 1], values[:, 2], color=INK, linewidth=1.0)
    ax.set_yticks(range(len(factors)), [wrapped(factor_name(factor), 30) for factor in factors])
    ax.invert_yaxis()
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color=FAINT, linewidth=0.6)
    what = "share of the variance explained" if "first_order" in names else "units of the measure"
    ax.set_xlabel(f"{measure_name(measure)}: {what}")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax
