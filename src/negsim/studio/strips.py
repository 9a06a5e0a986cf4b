"""Positions, beliefs and trust as drawings.

Rules that hold here
- Where delegates stand is drawn filled, where they are believed to stand hollow.
- The text is a black bar, the status quo a dashed one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from negsim.negotiation.tables import Floats
from negsim.report.plots.style import INK, PAPER, ink_on
from negsim.report.words import shortened
from negsim.studio.drawing import VIOLET, Cast
from negsim.studio.playback import Eyes
from negsim.studio.recording import Frame
from negsim.studio.svg import LINE, SOFT, Mark, marked, note, picture, shape, tag, words

WIDE = 620.0
LEFT, RIGHT = 16.0, 604.0
ROW = 26.0  # height of a group's row


def strips(frame: Frame, cast: Cast, *, eyes: Eyes | None = None) -> str:
    """Where everybody stands on every issue, group by group; with eyes, where one delegate believes them to stand."""
    y, inside = 8.0, []
    for k in range(len(cast.issues)):
        inside += [*_issue(frame, cast, k, y, eyes)]
        y += _height(cast)
    told = f"Positions of {len(cast.names)} delegates on {len(cast.issues)} issues"
    told += f", and where {eyes.name} believes them to be" if eyes else ""
    return picture(WIDE, y, *inside, label=told)


def _height(cast: Cast) -> float:
    return 44.0 + ROW * len(cast.marks) + 16.0


def _x(value: float) -> float:
    return LEFT + 12 + float(value) * (RIGHT - LEFT - 24)


def _issue(frame: Frame, cast: Cast, k: int, top: float, eyes: Eyes | None) -> Iterator[str]:
    issue = list(cast.scenario.issues.values())[k]
    yield words(LEFT, top + 14, shortened(issue.label, 60), size=16, font_weight=700)
    yield words(LEFT, top + 31, f"0  {shortened(issue.low, 38)}", size=14.5, fill=SOFT)
    yield words(RIGHT, top + 31, f"{shortened(issue.high, 38)}  1", size=14.5, fill=SOFT, text_anchor="end")
    low, high = top + 38, top + 38 + ROW * len(cast.marks)
    yield tag("rect", x=LEFT, y=low, width=RIGHT - LEFT, height=high - low, fill="#f6f7f8", rx=4)
    for g in range(len(cast.marks)):
        members = [i for i, group in enumerate(cast.group) if group == g and frame.present[i]]
        if members:
            y = low + ROW * (g + 0.5)
            yield from _members(frame.position[:, k], members, cast, y, eyes)
            yield from _means(frame.position[:, k], members, cast.marks[g], y, None if eyes is None else (eyes, k))
    quo = _x(issue.status_quo)
    yield tag("line", x1=quo, y1=low, x2=quo, y2=high, stroke=SOFT, stroke_width=2, stroke_dasharray="4 3")
    if not math.isnan(frame.text[k]):
        at = _x(frame.text[k])
        yield tag("line", x1=at, y1=low - 3, x2=at, y2=high + 3, stroke=INK, stroke_width=4.0, opacity=0.85)


def _members(position: Floats, members: list[int], cast: Cast, y: float, eyes: Eyes | None) -> Iterator[str]:
    """The members of a group, each where it stands."""
    for i in members:
        mark, mine = cast.marks[cast.group[i]], eyes is not None and eyes.seat == i
        edge = {"stroke": VIOLET, "stroke_width": 2.5} if mine else {"stroke": PAPER, "stroke_width": 0.5}
        size, opacity = (6.5, 1.0) if mine else (4.5, 0.55)
        drawn = shape(mark.sides, _x(position[i]), y, size, fill=mark.colour, fill_opacity=opacity, **edge)
        yield tag("g", note(f"{cast.names[i]}: {position[i]:.2f}"), drawn)


def _means(position: Floats, members: list[int], mark: Mark, y: float, seen: tuple[Eyes, int] | None) -> Iterator[str]:
    """The mean of a group; with eyes and an issue, the mean of the others, and where they are believed to be."""
    if seen is None:
        yield marked(mark, _x(float(position[members].mean())), y, 12.0)
        return
    eyes, k = seen
    others = [i for i in members if i != eyes.seat]
    if others:
        believed, real = float(eyes.belief[others, k].mean()), float(position[others].mean())
        yield tag("line", x1=_x(real), y1=y, x2=_x(believed), y2=y, stroke=INK, stroke_width=2.0)
        yield marked(mark, _x(real), y, 12.0)
        hollow = shape(mark.sides, _x(believed), y, 10.5, fill=PAPER, stroke=mark.colour, stroke_width=3.0)
        yield tag("g", note(f"{mark.label}: believed {believed:.2f}, in truth {real:.2f}"), hollow)


def trust_between(trust: Floats, cast: Cast) -> str:
    """Mean trust of one group (row) in another (column), darker where there is more."""
    groups, cell, left, top = len(cast.marks), 62.0, 214.0, 44.0
    inside = [words(left + groups * cell / 2, 14, "trusts …", size=13, text_anchor="middle", fill=SOFT)]
    for g, mark in enumerate(cast.marks):
        inside.append(marked(mark, left + (g + 0.5) * cell, 30, 10))
        inside.append(marked(mark, left - 16, top + (g + 0.5) * 34, 10))
        inside.append(
            words(left - 32, top + (g + 0.5) * 34 + 5, shortened(mark.label, 25), size=12.5, text_anchor="end")
        )
        for h in range(groups):
            inside += [*_cell(float(trust[g, h]), left + h * cell, top + g * 34, cell)]
    told = f"Trust between {groups} groups, on average {np.nanmean(trust):.2f}"
    return picture(left + groups * cell + 8, top + groups * 34 + 8, *inside, label=told)


def _cell(value: float, x: float, y: float, width: float) -> Iterator[str]:
    known = not math.isnan(value)
    share = value if known else 0.0
    red, green, blue = (round(a + (b - a) * share) for a, b in ((247, 0), (249, 68), (251, 120)))
    colour = f"#{red:02x}{green:02x}{blue:02x}"
    yield tag("rect", x=x + 1, y=y + 1, width=width - 2, height=32, rx=3, fill=colour, stroke=LINE)
    yield words(x + width / 2, y + 22, f"{value:.2f}" if known else "–", size=14, text_anchor="middle",
                fill=ink_on(colour))  # fmt: skip


def trusted(eyes: Eyes, cast: Cast, g: int) -> float:
    """A delegate's mean trust in the members of a group, itself left out; NaN where there is nobody."""
    members = [i for i, group in enumerate(cast.group) if group == g and i != eyes.seat]
    return float(eyes.trust[members].mean()) if members else math.nan
