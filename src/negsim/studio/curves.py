"""The outcome curve: a measure along a knob, for the variant now, the one before, and a guess.

- "Now" is a solid blue line with circles, "before" a dashed orange one with squares, a guess a star.
- The band, or the bar, is the 95 % interval.
- A level that is a name has a place of its own and no line to its neighbours: a methodology, or a number that is drawn
  for every run.
- Until a guess is made, no curve appears that holds the variant in question; a dashed line marks its place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from markupsafe import Markup

from negsim.cast.knobs import KNOBS_BY_NAME, Level
from negsim.cast.palette import Colour
from negsim.report.plots.style import PAPER, darker
from negsim.report.words import number_text, shortened
from negsim.studio.lab import AXES, LAB_MEASURES, Curve, VariantFacts, in_order, is_counted, level_name
from negsim.studio.pictures import HALO, LINE, SOFT, picture, shape, tag, words
from negsim.study.estimates import Estimate

CURVE_WIDTH, NARROW_WIDTH, _CURVE_HEIGHT = 860.0, 430.0, 440.0  # NARROW_WIDTH: on a phone
_ASKING = "What do you expect here? Guess first, then see."
_LEFT, _MARGIN, _TOP, _BOTTOM = 62.0, 20.0, 66.0, 376.0  # _MARGIN: at the right
_APART = 100.0  # from a name to the numbers of the same axis
_LETTER = 0.58  # the width of one, for its size
_LETTERS = 13  # on a line of such a name
_NOW, _BEFORE, _GUESS = Colour.BLUE, Colour.VERMILION, Colour.MAGENTA


class _Line(NamedTuple):
    """A curve and its style."""

    name: str
    curve: Curve
    ink: str
    sides: int
    dash: str | None

    def x(self, level: Level, scales: _Scales) -> float:
        """Return x of its point at a level: for a level that is a name, the points of two lines stand side by side."""
        shift = 0.0 if not isinstance(level, str) else 7.0 if self.dash is None else -7.0
        return scales.x(level) + shift

    def points(self, measure: str) -> dict[Level, Estimate]:
        """Return the points of the curve that have a value."""
        return {level: e for level, e in self.curve.estimates(measure).items() if not math.isnan(e.value)}


class _Scales(NamedTuple):
    """The scales that turn levels and values into points."""

    levels: Sequence[Level]
    high: float
    wide: float  # the picture

    @property
    def right(self) -> float:
        """The end of the axis."""
        return self.wide - _MARGIN

    @property
    def middle(self) -> float:
        """The middle of the axis."""
        return (_LEFT + self.right) / 2

    def size(self, text: str, most: float) -> float:
        """Return the size of a text that fits along the axis."""
        return min(most, (self.right - _LEFT) / (_LETTER * len(text)))

    def x(self, level: Level) -> float:
        """Return x of a level: names side by side, numbers by their size, to the right of names."""
        left, right, numbers = _LEFT + 30, self.right - 30, _numbers_of(self.levels)
        names = len(self.levels) - len(numbers)
        if isinstance(level, str):
            apart = _APART if numbers else (right - left) / max(1, names - 1)
            return left + self.levels.index(level) * apart
        left += names * _APART
        return left + (level - numbers[0]) / (numbers[-1] - numbers[0] or 1.0) * (right - left)

    def y(self, value: float) -> float:
        """Return y of a value."""
        return _BOTTOM - (_BOTTOM - _TOP) * min(1.02, max(0.0, value / self.high))


def _numbers_of(levels: Iterable[Level]) -> list[float]:
    """Return the levels that are numbers."""
    return [level for level in levels if not isinstance(level, str)]


class Guessing(NamedTuple):
    """A visitor's guess, or the variant to guess."""

    guess: float | None = None
    hidden: VariantFacts | None = None  # the variant to guess; curves that hold it are left out


NO_GUESS = Guessing()


def curve_pictures(now: Curve | None, before: Curve | None, measure: str, guessing: Guessing) -> Markup:
    """Draw the curves for a page; along numbers also a narrow version, of which the page shows the one that fits."""
    along = next((curve.along for curve in (now, before) if curve is not None), "meetings")
    if along == "methodology":  # names need the width
        return curve_picture(now, before, measure, guessing)
    wide, narrow = (curve_picture(now, before, measure, guessing, wide=wide) for wide in (CURVE_WIDTH, NARROW_WIDTH))
    return tag("div", wide, class_="broad") + tag("div", narrow, class_="phone")


def curve_picture(
    now: Curve | None, before: Curve | None, measure: str, guessing: Guessing = NO_GUESS, *, wide: float = CURVE_WIDTH
) -> Markup:
    """Draw the curves of a measure along a knob."""
    guess, hidden = guessing
    curves = [curve for curve in (now, before) if curve is not None]
    along = curves[0].along if curves else "meetings"
    levels = [level for curve in curves for level in curve.points] or AXES[along]
    heres = [curve.level_here for curve in curves]
    if hidden is not None:
        levels, heres = [*levels, hidden.level(along)], [hidden.level(along), *heres]
    lines = [_Line("before", before, _BEFORE, 4, "7 5")] if before is not None else []
    lines += [_Line("now", now, _NOW, 0, None)] if now is not None else []
    lines = [line for line in lines if hidden is None or not line.curve.holds(hidden)]
    scales = _Scales(in_order(levels), _high(lines, measure, guess), wide)
    star = None if guess is None or now is None else scales.y(guess)
    inside = [*_frame(scales, along, measure, heres), *_legend(lines, starred=star is not None)]
    for line in lines:
        if star is not None and line.dash is None:  # under the line, so that it hides no value
            inside.append(_star(line.x(line.curve.level_here, scales), star))
        inside += [*_line(line, scales, measure), *_ring(line, scales, measure)]
    if now is not None and lines and lines[-1].curve is now:
        inside += [*_value(lines, scales, measure, [] if star is None else [star])]
    if hidden is not None:
        y = _free(lines, scales, measure)
        size, x = scales.size(_ASKING, 22.0), scales.x(hidden.level(along))
        dashed = {"stroke": _GUESS, "stroke_width": 2.5, "stroke_dasharray": "3 5"}
        inside.append(tag("line", x1=x, y1=_TOP, x2=x, y2=_BOTTOM, **dashed))
        inside.append(
            words(scales.middle, y, _ASKING, size=size, fill=_GUESS, font_weight=700, **HALO, stroke_width=7.0)
        )
    return picture(wide, _CURVE_HEIGHT, *inside, label=_described(lines, measure))


def _free(lines: Sequence[_Line], scales: _Scales, measure: str) -> float:
    """Return y of a line of text off the curves: below where they run high, else above."""
    values = [e.value for line in lines for e in line.curve.estimates(measure).values() if math.isfinite(e.value)]
    return _BOTTOM - 60 if values and sum(values) / len(values) > scales.high / 2 else _TOP + 70


def _high(lines: Sequence[_Line], measure: str, guess: float | None) -> float:
    """Return the value at the top of the axis."""
    if not is_counted(measure):
        return 1.0
    tops = [e.high for line in lines for e in line.curve.estimates(measure).values() if math.isfinite(e.high)]
    return max([1.0, *tops, guess or 0.0])


def _described(lines: Sequence[_Line], measure: str) -> str:
    curves = []
    for line in lines:
        points = line.points(measure).items()
        values = [f"{level_name(line.curve.along, level)}: {number_text(e.value, measure)}" for level, e in points]
        curves.append(f"{line.name}: {', '.join(values)}")
    return f"Curve of {LAB_MEASURES[measure]}. {'. '.join(curves)}"


def _frame(scales: _Scales, along: str, measure: str, heres: Sequence[Level]) -> Iterator[Markup]:
    title = LAB_MEASURES[measure].capitalize()
    yield words(_LEFT - 44, 24, title, size=scales.size(title, 17.0), anchor="start", font_weight=700)
    for part in range(5):
        value = scales.high * part / 4
        y = scales.y(value)
        yield tag("line", x1=_LEFT, y1=y, x2=scales.right, y2=y, stroke=LINE, stroke_width=1.0)
        yield words(_LEFT - 8, y + 5, number_text(value, measure), size=14, anchor="end", fill=SOFT)
    size = 14 if along == "methodology" else 16
    for level in _labelled(scales, along, heres):
        for n, line in enumerate(wrap(level_name(along, level), _LETTERS)[:2]):
            y = _BOTTOM + 22 + 15 * n
            yield words(scales.x(level), y, shortened(line, _LETTERS), size=size)
    label = KNOBS_BY_NAME[along].words.label
    yield words(scales.middle, _BOTTOM + 58, label, size=scales.size(label, 16.0), fill=SOFT)


def _legend(lines: Sequence[_Line], *, starred: bool) -> Iterator[Markup]:
    """Name the lines above the axes, where no curve can cross the names."""
    x = _LEFT
    for line in lines[::-1]:
        yield shape(line.sides, x + 6, 40, 5.5, fill=line.ink)
        yield words(x + 17, 45, line.name, size=15, anchor="start", font_weight=700, fill=darker(line.ink))
        x += 90.0
    if starred:
        yield _star(x + 6, 40)
        yield words(x + 21, 45, "guess", size=15, anchor="start", font_weight=700, fill=_GUESS)


def _labelled(scales: _Scales, along: str, heres: Sequence[Level]) -> list[Level]:
    """Choose the levels whose names fit below the axis, those of the variants first."""
    longest = max((len(level_name(along, level)) for level in _numbers_of(scales.levels)), default=0)
    apart = max(40.0, _LETTER * 16.0 * longest + 6.0) if longest else 84.0
    chosen: list[Level] = []
    for level in [*heres, *scales.levels]:
        if all(abs(scales.x(level) - scales.x(other)) >= apart for other in chosen):
            chosen.append(level)
    return chosen


def _line(line: _Line, scales: _Scales, measure: str) -> Iterator[Markup]:
    """Draw one curve with its band and its points."""
    points = line.points(measure)
    places = [(scales.x(level), points[level]) for level in _numbers_of(points)]
    if len(places) > 1:
        up = [f"{x:.1f},{scales.y(e.high):.1f}" for x, e in places if math.isfinite(e.high)]
        down = [f"{x:.1f},{scales.y(e.low):.1f}" for x, e in reversed(places) if math.isfinite(e.low)]
        yield tag("polygon", points=" ".join([*up, *down]), fill=line.ink, opacity=0.16)
        way = " ".join(f"{x:.1f},{scales.y(e.value):.1f}" for x, e in places)
        yield tag("polyline", points=way, fill="none", stroke=line.ink, stroke_width=3, stroke_dasharray=line.dash)
    for x, e in ((line.x(level, scales), e) for level, e in points.items()):
        if math.isfinite(e.low):
            yield tag("line", x1=x, y1=scales.y(e.low), x2=x, y2=scales.y(e.high), stroke=line.ink, stroke_width=2.5,
                      opacity=0.6)  # fmt: skip
        yield shape(line.sides, x, scales.y(e.value), 5.5, fill=line.ink, stroke=PAPER)


def _ring(line: _Line, scales: _Scales, measure: str) -> Iterator[Markup]:
    """Draw a ring around the variant itself."""
    here = line.curve.here.estimate(measure).value
    if not math.isnan(here):
        x = line.x(line.curve.level_here, scales)
        yield shape(0, x, scales.y(here), 12, fill="none", stroke=line.ink, stroke_width=3.5)


def _value(lines: Sequence[_Line], scales: _Scales, measure: str, taken: Sequence[float]) -> Iterator[Markup]:
    """Write the value of the variant now. taken: y of what is there already."""
    now = lines[-1].curve
    here, level = now.here.estimate(measure), now.level_here
    others = (line.curve.estimates(measure).get(level, here).value for line in lines[:-1])
    if not math.isnan(here.value):
        x, y = lines[-1].x(level, scales), scales.y(here.value)
        taken = [*taken, *(scales.y(other) for other in others if not math.isnan(other))]
        text = number_text(here.value, measure)
        yield words(x, _beside(y, taken), text, size=18, font_weight=700, **HALO, stroke_width=4.0)


def _beside(y: float, taken: Sequence[float]) -> float:
    """Return y of the value of a point: above the point or below, within the axes and clear of everything else."""
    within = [line for line in (y - 20, y + 34, y - 54, y + 60) if _TOP + 6 <= line <= _BOTTOM - 4]
    free = (line for line in within if all(abs(line - 6 - other) >= 20 for other in taken))
    return next(free, within[0])


def _star(x: float, y: float) -> Markup:
    return words(x, y + 9, "★", size=28, fill=_GUESS)
