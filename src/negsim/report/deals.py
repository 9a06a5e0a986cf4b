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
            points_text(mean(points[name])),
            *("" if name == other else points_text(difference(points[name], points[other])) for other in less),
            f"{100.0 * each.agreed.mean():.0f}",
            f"{each.refused} of {each.decisions}" if each.decisions else "",
        )
        for name, each in games.items()
    ]
    return grid(
        ("in the seat", "points", *(f"more than {name}" for name in less), "consensus, %", "replies refused"), rows
    )


def points_text(points: Estimate, *, signed: bool = False) -> str:
    """Write points of 100 with their interval, if there is one.

    >>> points_text(Estimate(5.11, -0.84, 9.02, 60), signed=True)
    '+5.1 [−0.8, +9.0]'
    """
    value, low, high = (f"{part:{'+' if signed else ''}.1f}".replace("-", "−") for part in points[:3])
    return value if math.isnan(points.low) else f"{value} [{low}, {high}]"
