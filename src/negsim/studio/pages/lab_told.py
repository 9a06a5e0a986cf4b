"""What the lab tells of two settings, as a table.

Rules that hold here
- Every text is escaped by `svg.tag` and its kin.
- Shares are in per cent and their differences in points, as guesses of them are; the other measures are numbers.
- A difference is that of the two numbers beside it, over the pairs of runs that have the measure.
"""

from __future__ import annotations

import math
from html import escape

from negsim.report.words import RULES, change_text, estimate_text, number_text
from negsim.studio.lab import MEASURES, Curve, Pairs, paired
from negsim.studio.pages.knobs import described
from negsim.studio.svg import tag
from negsim.study.estimates import Estimate

UNDER_RULES = "The same ends under every decision rule: share of runs that satisfy it"
WIDTHS = ("34%", "20%", "20%", "26%")  # of the columns


def compared(now: Curve, before: Curve | None) -> str:
    """Every measure of the setting now, of the one before, and the difference on the same replications."""
    heads = ["", f"now (● {now.here.done} runs)"]
    if before is not None:
        both = min(now.here.done, before.here.done)
        heads = ["", "now (●)", "before (■)", f"difference, same seeds ({both} pairs of runs)"]
    own = {measure: label for measure, label in MEASURES.items() if measure not in RULES}
    wide = [f"width: {width}" for width in WIDTHS]
    rows = [
        tag("tr", *(tag("th", escape(head), style=style) for head, style in zip(heads, wide, strict=False))),
        *(_row(now, before, measure, label) for measure, label in own.items()),
        tag("tr", tag("th", escape(UNDER_RULES), colspan=len(heads))),
        *(_row(now, before, measure, rule) for measure, rule in RULES.items()),
    ]
    what = "" if before is None else tag("p", escape(f"before: {described(before.setting)}"), class_="small soft")
    return tag("table", *rows, class_="plain") + what


def _row(now: Curve, before: Curve | None, measure: str, label: str) -> str:
    name = escape(label.capitalize())
    if before is None:
        return tag("tr", tag("td", name), tag("td", _estimate(measure, now.here.estimate(measure))))
    pairs = paired(now.here, before.here, measure)
    having = f" (pairs of runs that have it: {pairs.gap.observations})"
    name += tag("span", escape(having), class_="soft small") if pairs.some else ""
    cells = [name, _estimate(measure, pairs.now), _estimate(measure, pairs.before), _difference(measure, pairs.gap)]
    return tag("tr", *(tag("td", cell) for cell in cells))


def _estimate(measure: str, e: Estimate) -> str:
    if math.isnan(e.value):
        return "–"
    value, space, interval = estimate_text(e, measure).partition(" [")
    return escape(value) + tag("span", escape(space + interval), class_="soft small")


def _difference(measure: str, e: Estimate) -> str:
    if math.isnan(e.value) or math.isnan(e.low):
        return "–"
    return tag("b" if e.low > 0.0 or e.high < 0.0 else "span", escape(change_text(e, measure)))


def verdict(measure: str, now: Curve, before: Curve | None, expected: float | None) -> str:
    """What was found, what was expected, and how it differs from before, in sentences."""
    found = now.here.estimate(measure)
    if math.isnan(found.value):
        return ""
    told = f"{MEASURES[measure].capitalize()}: {estimate_text(found, measure)}, in brackets its 95 % interval."
    if expected is not None:
        told += f" You expected {number_text(expected, measure)}."
    pairs = paired(now.here, before.here, measure) if before is not None else None
    return told if pairs is None or math.isnan(pairs.gap.low) else f"{told} {_against(measure, pairs)}"


def _against(measure: str, pairs: Pairs) -> str:
    """How a measure differs from before, and whether that may be chance."""
    gap = pairs.gap
    now = f"Over the {gap.observations} pairs of runs that have it, {number_text(pairs.now.value, measure)}"
    inside = gap.low <= 0.0 <= gap.high
    chance = "inside these brackets, so it may be chance" if inside else "outside these brackets, so it is not chance"
    text = f"{now if pairs.some else 'That'} is {change_text(gap, measure)} against before."
    return f"{text} No difference, 0, lies {chance}."
