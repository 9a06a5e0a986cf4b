"""What the lab tells of two settings, as a table.

Rules that hold here
- Every text is escaped by `svg.tag` and its kin.
"""

from __future__ import annotations

import math
from html import escape

from negsim.studio.lab import MEASURES, Curve, paired
from negsim.studio.pages.knobs import described
from negsim.studio.svg import tag
from negsim.study.effects import Estimate


def compared(now: Curve, before: Curve | None) -> str:
    """Every measure of the setting now, of the one before, and the difference on the same replications."""
    heads = ["", f"now (● {now.here.done} runs)"]
    if before is not None:
        heads += [f"before (■ {before.here.done} runs)", "difference, same seeds"]
    rows = [tag("tr", *(tag("th", escape(head)) for head in heads))]
    for measure, label in MEASURES.items():
        cells = [tag("td", escape(label.capitalize())), tag("td", _estimate(now.here.estimate(measure)))]
        if before is not None:
            gap = paired(now.here, before.here, measure)
            cells += [tag("td", _estimate(before.here.estimate(measure))), tag("td", _difference(gap))]
        rows.append(tag("tr", *cells))
    what = "" if before is None else tag("p", escape(f"before: {described(before.setting)}"), class_="small soft")
    return tag("table", *rows, class_="plain") + what


def _estimate(e: Estimate) -> str:
    if math.isnan(e.value):
        return "–"
    band = f" [{e.low:.2f}, {e.high:.2f}]" if math.isfinite(e.low) else ""
    return escape(f"{e.value:.2f}") + tag("span", escape(band), class_="soft small")


def _difference(e: Estimate) -> str:
    if math.isnan(e.value) or math.isnan(e.low):
        return "–"
    text = f"{e.value:+.2f} [{e.low:+.2f}, {e.high:+.2f}]".replace("-", "−")
    return tag("b" if e.low > 0.0 or e.high < 0.0 else "span", escape(text))


def verdict(measure: str, now: Curve, before: Curve | None, expected: float | None) -> str:
    """What was found, what was expected, and how it differs from before, in sentences."""
    found = now.here.estimate(measure)
    if math.isnan(found.value):
        return ""
    told = f"{MEASURES[measure].capitalize()}: {found.value:.2f} (95 % interval {found.low:.2f} to {found.high:.2f})."
    if expected is not None:
        told += f" You expected {expected:.2f}."
    gap = paired(now.here, before.here, measure) if before is not None else None
    if gap is not None and not math.isnan(gap.low):
        chance = "It may be chance: zero lies inside." if gap.low <= 0.0 <= gap.high else "Zero lies outside."
        told += f" That is {gap.value:+.2f} against before ({gap.low:+.2f} to {gap.high:+.2f}). {chance}"
    return told
