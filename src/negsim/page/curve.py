"""The curve of a page as a still picture, for browsers that cannot run the model: one measure along one knob."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from html import escape
from typing import NamedTuple

from negsim.cast.measures import lookup
from negsim.cast.palette import Colour
from negsim.errors import ScenarioError
from negsim.page.knobs import PageKnob
from negsim.report import words
from negsim.scenario import Scenario, with_changes
from negsim.scenario.meanings import factor_name
from negsim.study.estimates import Estimate
from negsim.study.runner import run
from negsim.study.table import estimated

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640, 300, 60, 20, 16, 50  # the picture and its margins
_GRID_LINES = 5


class _CurvePoint(NamedTuple):
    """A level of the knob: its name and its estimate."""

    name: str
    estimate: Estimate


def curve_points(scenario: Scenario, knob: PageKnob, measure: str, *, seed: int, runs: int) -> Iterator[_CurvePoint]:
    """Run a scenario along a knob, the same replications at every level."""
    for level in knob.levels:
        with suppress(ScenarioError):  # a level that does not fit what is drawn
            turned = scenario if level.written else with_changes(scenario, {knob.path: level.value})
            values = run(turned, replications=runs, seed=seed).column(measure)
            yield _CurvePoint(words.level_name(knob.path, level.plain), estimated(measure, values))


def curve_picture(points: Sequence[_CurvePoint], knob: PageKnob, measure: str) -> str:
    """Draw the curve with its band as SVG, with the numbers in a title for those who cannot see it; "" without any."""
    points = [point for point in points if not math.isnan(point.estimate.value)]
    if not points:
        return ""
    high, apart = _highest(points, measure), (_WIDTH - _LEFT - _RIGHT) / len(points)
    at = [_LEFT + (n + 0.5) * apart for n in range(len(points))]
    line, low, top = (_path(at, ends, high) for ends in zip(*map(_ends, points), strict=True))
    label = f"{words.measure_name(measure)}, by {factor_name(knob.path)}"
    numbers = "; ".join(f"{point.name}: {words.estimate_text(point.estimate, measure)}" for point in points)
    grid = [high * n / _GRID_LINES for n in range(_GRID_LINES + 1)]
    parts = [
        _tag("title", {}, escape(f"{words.capital(label)}. {numbers}.")),
        *(_line(_y(value, high), words.number_text(value, measure)) for value in grid),
        _tag("polygon", {"points": " ".join([*top, *reversed(low)]), "fill": Colour.ACCENT, "fill-opacity": 0.15}),
        _tag("polyline", {"points": " ".join(line), "fill": "none", "stroke": Colour.ACCENT, "stroke-width": 2}),
        *(_text(x, _HEIGHT - _BOTTOM + 20, words.shortened(p.name, 12)) for x, p in zip(at, points, strict=True)),
        _text((_WIDTH + _LEFT) / 2, _HEIGHT - 8, label),
    ]
    return _tag("svg", {"viewBox": f"0 0 {_WIDTH} {_HEIGHT}", "role": "img", "font-size": 12}, "".join(parts))


def _ends(point: _CurvePoint) -> tuple[float, float, float]:
    """Return the value of a point and the ends of its interval, which are the value where it has none."""
    value, low, high = point.estimate[:3]
    return value, low if math.isfinite(low) else value, high if math.isfinite(high) else value


def _y(value: float, high: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * min(1.0, max(0.0, value / high))


def _path(at: Sequence[float], values: Sequence[float], high: float) -> list[str]:
    return [f"{x:.1f},{_y(value, high):.1f}" for x, value in zip(at, values, strict=True)]


def _highest(points: Sequence[_CurvePoint], measure: str) -> float:
    """Return the upper end of the axis."""
    end = lookup(measure).high
    most = max(point.estimate.high if math.isfinite(point.estimate.high) else point.estimate.value for point in points)
    return end if math.isfinite(end) and end > 0.0 else max(most, 1.0)


def _line(y: float, text: str) -> str:
    line = _tag("line", {"x1": _LEFT, "x2": _WIDTH - _RIGHT, "y1": f"{y:.1f}", "y2": f"{y:.1f}", "stroke": Colour.LINE})
    return line + _text(_LEFT - 6, y + 4, text, anchor="end")


def _text(x: float, y: float, text: str, *, anchor: str = "middle") -> str:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": "currentColor"}
    return _tag("text", place, escape(text))


def _tag(name: str, attributes: Mapping[str, object], inside: str = "") -> str:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{written}>{inside}</{name}>"
