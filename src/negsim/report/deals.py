"""Who gets what in a seat, over the same deals, as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from negsim.report.markdown import grid
from negsim.study.deals import SeatGames
from negsim.study.estimates import Estimate, difference, mean


def deals_table(games: Mapping[str, SeatGames], less: Sequence[str] = ()) -> str:
    """Write the mean score of each who holds a seat, what it is more than that of others, consensus, refused replies.

    less: the names of those others. Intervals are at 95 %, by deal: the seats of one deal share its draws.
    """
    points = {name: each.scores.mean(axis=1) for name, each in games.items()}
    rows = [
        (
            name,
            _points(mean(points[name])),
            *("" if name == other else _points(difference(points[name], points[other])) for other in less),
            f"{100.0 * each.agreed.mean():.0f}",
            f"{each.refused} of {each.decisions}" if each.decisions else "",
        )
        for name, each in games.items()
    ]
    return grid(
        ("in the seat", "points", *(f"more than {name}" for name in less), "consensus, %", "replies refused"), rows
    )


def _points(estimate: Estimate) -> str:
    """Write points of 100 with their interval, if there is one."""
    interval = "" if math.isnan(estimate.low) else f" [{estimate.low:.1f}, {estimate.high:.1f}]"
    return f"{estimate.value:.1f}{interval}".replace("-", "−")
