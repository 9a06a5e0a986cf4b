"""Pictures without colours, for print: greys that can be told apart, and dashes and hatches where that is not enough.

Lines are darker than areas, so that black type is read on every area and every line is seen before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle
from typing import Any, Literal

import numpy as np
from matplotlib.collections import Collection, PolyCollection
from matplotlib.colors import LinearSegmentedColormap, is_color_like, to_hex, to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from negsim.cast.palette import Colour

Dash = Literal["-", "--", ":", "-."] | tuple[int, tuple[int, ...]]
_AREAS, _LINES = (0.55, 0.92), (0.0, 0.5)  # the darkest and the lightest of each
DASHES: tuple[Dash, ...] = ("-", "--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 3)))
_HATCHES = ("", "///", "...", "xx", "\\\\\\", "++")
_HUE = 0.02  # difference of channels from which on a colour is not a grey
LUMINANCE = (0.2126, 0.7152, 0.0722)  # of red, green and blue (WCAG 2.2)
GREYS = LinearSegmentedColormap.from_list("greys", [(0.97, 0.97, 0.97), (0.55, 0.55, 0.55)])


def greyed(figure: Figure) -> Figure:
    """Take the colours out of a figure, and return it."""
    parts: list[Any] = figure.findobj()
    lines = [part for part in parts if isinstance(part, Line2D)]
    areas = [part for part in parts if isinstance(part, Patch) or _is_area(part)]
    clouds = [p for p in parts if isinstance(p, Collection) and p.get_array() is None and not _is_area(p)]
    of_lines = [colour for line in lines for colour in (line.get_color(), line.get_markerfacecolor())]
    of_clouds = [colour for cloud in clouds for colour in (*cloud.get_facecolor(), *cloud.get_edgecolor())]
    of_edges = [edge for area in areas for edge in np.atleast_2d(area.get_edgecolor())]
    inks, fills = _shades([*of_lines, *of_clouds, *of_edges], _LINES), _shades(map(_face, areas), _AREAS)
    dashes: dict[str, Any] = dict(zip(inks, cycle(DASHES), strict=False))
    hatches = dict(zip(fills, cycle(_HATCHES), strict=False))
    for line in lines:
        if len(inks) > 1 and line.get_linestyle() == "-" and _name(line.get_color()) in dashes:
            line.set_linestyle(dashes[_name(line.get_color())])
        line.set_markerfacecolor(_grey(line.get_markerfacecolor(), inks))
        line.set_markeredgecolor(_grey(line.get_markeredgecolor(), inks))
        line.set_color(_grey(line.get_color(), inks))
    for cloud in clouds:
        cloud.set_edgecolor([_grey(colour, inks) for colour in cloud.get_edgecolor()])
        cloud.set_facecolor([_grey(colour, inks) for colour in cloud.get_facecolor()])
    for area in areas:
        if len(fills) > 1 and not area.get_hatch():
            area.set_hatch(hatches.get(_name(_face(area)), ""))
        edges = [_grey(edge, inks) for edge in map(tuple, np.atleast_2d(area.get_edgecolor()))]
        area.set_edgecolor(edges if isinstance(area, Collection) else edges[0])
        area.set_facecolor(_grey(_face(area), fills))
    for part in parts:
        if isinstance(part, Text):
            part.set_color(Colour.FIGURE_INK)
    return figure


def _is_area(part: object) -> bool:
    """Return whether a part is an area in one colour that hides what is below it, which a band does not."""
    if not isinstance(part, PolyCollection) or part.get_array() is not None:
        return False
    faces = np.atleast_2d(part.get_facecolor())
    return len(faces) == 1 and faces[0][3] == 1.0


def _face(area: Any) -> Any:  # noqa: ANN401 - a patch or a collection
    """Return the colour of an area."""
    return tuple(np.atleast_2d(area.get_facecolor())[0])


def _name(colour: Any) -> str:  # noqa: ANN401 - whatever matplotlib takes for one
    """Name a colour, without its opacity; "" for none."""
    return to_hex(colour) if is_color_like(colour) and to_rgba(colour)[3] > 0.0 else ""


def _grey(colour: Any, greys: dict[str, str]) -> Any:  # noqa: ANN401 - as above
    """Return the grey for a colour, as opaque as it was; or the colour, if it has none."""
    return (*to_rgb(greys[_name(colour)]), to_rgba(colour)[3]) if _name(colour) in greys else colour


def _shades(colours: Iterable[Any], ends: tuple[float, float]) -> dict[str, str]:
    """Choose a grey for each colour that is none, the darkest for the one with the least luminance."""
    coloured = [name for name in {_name(colour) for colour in colours} if name and np.ptp(to_rgb(name)) > _HUE]
    ordered = sorted(coloured, key=lambda name: (float(np.dot(to_rgb(name), LUMINANCE)), name))
    levels = np.linspace(*ends, len(ordered)).tolist()
    return {name: to_hex((level, level, level)) for name, level in zip(ordered, levels, strict=True)}
