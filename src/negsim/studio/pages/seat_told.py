"""What a seat is told, as HTML: the brief, the latest minutes, the reckoning.

Rules that hold here
- Every text is escaped by `svg.tag` and its kin.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape

from negsim.report.plots.style import INK, PAPER
from negsim.report.words import OUTCOMES, counted, listed
from negsim.studio.debrief import Brief, Reckoning, Result, Stance
from negsim.studio.drawing import Cast
from negsim.studio.game import Game
from negsim.studio.pages.told import key, paragraph, said
from negsim.studio.rooms import SharedRoom
from negsim.studio.svg import SOFT, Mark, marked, shape, tag

WIDE = 420.0


HOW = (
    "Take a chair. You get a private brief: what your delegate wants, and what it believes of the others.",
    "When your delegate has the floor, a text is read, or an evening comes, you decide.",
    "The model plays all the others, and you too where you do not answer.",
    "At the end you see what the result is worth to your delegate, and what the model would have got.",
)


def before(game: Game) -> str:
    """What somebody without a seat is told."""
    if game.is_over:
        return tag("h2", escape(f"Outcome: {OUTCOMES[game.room.run.outcome]}")) + paragraph(
            "You have come after the end. There are no chairs to take any more; the drawing and the minutes tell what"
            " happened."
        )
    return tag("h2", "How it goes") + "".join(map(paragraph, HOW))


def latest(room: SharedRoom, count: int) -> str:
    """The last lines of the minutes, the newest first."""
    lines = room.lines()[-count:]
    if not lines:
        return paragraph("Nothing has been said yet.", "soft")
    newest = lines[-1].frame
    return tag("div", *(said(line, latest=line.frame == newest) for line in reversed(lines)), class_="lines")


# ------------------------------------------------------------------------------------------------- the brief


def briefed(brief: Brief, cast: Cast) -> str:
    """The private brief."""
    parts = [tag("h2", escape(f"Your brief: {brief.name} ({brief.group})"))]
    camp = f" You belong to the camp {brief.camp.replace('_', ' ')}." if brief.camp else ""
    voice = "Your objection can stop consensus." if brief.may_block else "You may speak, not block."
    parts.append(paragraph(f"{voice}{camp} Only you see this."))
    parts.append(key(cast, "black: you; the groups: where you believe them to be; dashed: the status quo"))
    parts += [_stance(stance, cast) for stance in brief.stances]
    known = [pair for pair in zip(brief.groups, brief.trust, strict=True) if not math.isnan(pair[1])]
    levels = [f"{group} {trust:.2f}" for group, trust in known]
    parts.append(paragraph(f"You trust (0 to 1): {'; '.join(levels)}; the chair {brief.chair_trust:.2f}."))
    return "".join(parts)


def _stance(stance: Stance, cast: Cast) -> str:
    heavy = "matters most" if stance.weight > 1.3 else "matters less" if stance.weight < 0.75 else "matters"
    red = _red(stance)
    text = (
        f"You stand at {stance.position:.2f}; your instructions say {stance.instructions:.2f}. It {heavy} to you.{red}"
    )
    head = tag("b", escape(stance.issue))
    scale = _scale(stance, cast.marks), ends(stance.low, stance.high)
    return tag("div", head, *scale, paragraph(text, "small"), style="margin: 6px 0 10px")


def _red(stance: Stance) -> str:
    low = f" Below {stance.red_low:.2f} you can never accept it." if stance.red_low > 0.0 else ""
    return low + (f" Above {stance.red_high:.2f} you can never accept it." if stance.red_high < 1.0 else "")


def ends(low: str, high: str) -> str:
    """What the two ends of a scale mean, each below its own."""
    return tag("div", tag("span", escape(f"0 {low}")), tag("span", escape(f"1 {high}")), class_="ends small soft")


def _scale(stance: Stance, marks: list[Mark]) -> str:
    """One's own place, and where one believes the groups to be."""

    def x(value: float) -> float:
        return 12.0 + value * (WIDE - 24.0)

    parts = [
        tag("line", x1=x(0.0), y1=26.0, x2=x(1.0), y2=26.0, stroke=SOFT, stroke_width=2.0),
        tag("line", x1=x(stance.status_quo), y1=16.0, x2=x(stance.status_quo), y2=36.0, stroke=SOFT, stroke_width=2.0,
            stroke_dasharray="3 2"),
        shape(-4, x(stance.position), 26.0, 9.0, fill=INK, stroke=PAPER),
    ]  # fmt: skip
    for lower, (mark, value) in enumerate(zip(marks, stance.believed, strict=True)):
        if not math.isnan(value):
            parts.append(marked(mark, x(value), 10.0 if lower % 2 else 42.0, 7.5))
    for low, high in ((0.0, stance.red_low), (stance.red_high, 1.0)):
        if high > low and 0.0 <= low <= 1.0 and 0.0 <= high <= 1.0:
            parts.append(
                tag("rect", x=x(low), y=22.0, width=x(high) - x(low), height=8.0, fill="#c0392b", opacity=0.45)
            )
    told = f"{stance.issue}: you {stance.position:.2f}; believed: " + ", ".join(
        f"{mark.label} {value:.2f}" for mark, value in zip(marks, stance.believed, strict=True) if not math.isnan(value)
    )
    return tag("svg", *parts, viewBox=f"0 0 {WIDE:g} 52", role="img", aria_label=told, class_="drawing")


# ---------------------------------------------------------------------------------------------- the reckoning


def reckoned(reckoning: Reckoning, game: Game) -> str:
    """The reckoning."""
    mine, model = reckoning.mine, reckoning.model
    better = "better" if reckoning.gain > 0.05 else "worse" if reckoning.gain < -0.05 else "as well"
    than = f"{abs(reckoning.gain):.1f} {better} than" if better != "as well" else "the same as"
    parts = [
        tag("h2", escape(f"How {reckoning.name} did")),
        tag("p", tag("span", f"{mine.value:.0f}", class_="code"), tag("span", " of 100", class_="soft")),
        paragraph(f"The result is worth {mine.value:.1f} of 100 to your delegate: {than} with the model in all chairs,"
                  f" and {mine.value - reckoning.status_quo:+.1f} against no report at all.", "big"),
        _beside(mine, model),
        *_voted(mine, model),
        *_missed(reckoning),
        paragraph(_done(reckoning)),
        _texts(mine, model, game),
        paragraph("One run is one draw: sit down again, or ask the lab what happens on average.", "soft small"),
    ]  # fmt: skip
    return "".join(parts)


def _done(reckoning: Reckoning) -> str:
    """What the seat did."""
    alone = f" ({reckoning.alone} of them alone)" if reckoning.alone else ""
    held = (
        f"held brackets at {counted(reckoning.blocked, 'reading')}{alone}" if reckoning.blocked else "held no bracket"
    )
    dinners = counted(reckoning.dinners, "dinner")
    spoke = f"spoke {counted(reckoning.spoken, 'time')}" if reckoning.spoken else "did not speak"
    return f"You {spoke}, {held} and gave {dinners}."


def _beside(mine: Result, model: Result) -> str:
    rows = [
        ("It ended with", mine.outcome, model.outcome),
        ("Worth to your delegate", f"{mine.value:.1f}", f"{model.value:.1f}"),
        ("Worth to your group", f"{mine.group:.1f}", f"{model.group:.1f}"),
        ("Worth to the room", f"{mine.room:.1f}", f"{model.room:.1f}"),
        ("Depth of what was agreed, of 100", _depth(mine), _depth(model)),
    ]
    head = tag("tr", *(tag("th", escape(name)) for name in ("", "this room", "the model in all chairs")))
    return tag("table", head, *(tag("tr", *(tag("td", escape(cell)) for cell in row)) for row in rows), class_="plain")


def _depth(result: Result) -> str:
    return "–" if math.isnan(result.depth) else f"{result.depth:.0f}{_unless(result)}"


def _unless(result: Result) -> str:
    """What is added to what was agreed where that is not the result."""
    return "" if result.adopted else " (agreed, not adopted)"


def _voted(mine: Result, model: Result) -> Iterator[str]:
    """What a vote makes of brackets, where one was taken."""
    where = [name for name, result in (("this room", mine), ("the room of the model", model)) if result.voted]
    if where:
        yield paragraph(
            f"In {' and '.join(where)} no consensus was found and a vote was taken: every paragraph that has a text is"
            " adopted, in brackets or not."
        )


def _missed(reckoning: Reckoning) -> Iterator[str]:
    if reckoning.missed:
        where = (
            f"Missed: on {listed(list(reckoning.missed))} a text existed at the end that the room would have let pass,"
        )
        yield paragraph(f"{where} and nobody found it.", "warm")
    if reckoning.hopeless:
        yield paragraph(f"On {listed(list(reckoning.hopeless))} no text existed that the room would have let pass.")
    if not reckoning.mine.adopted and not any(math.isnan(text) for text in reckoning.mine.texts):
        yield paragraph("Every paragraph was agreed, and still the report was not adopted.", "warm")


def _texts(mine: Result, model: Result, game: Game) -> str:
    head = tag("tr", *(tag("th", escape(name)) for name in ("The text on …", "this room", "the model")))
    rows = [
        tag("tr", tag("td", escape(issue.label)), tag("td", _text(mine, k)), tag("td", _text(model, k)))
        for k, issue in enumerate(game.scenario.issues.values())
    ]
    return tag("table", head, *rows, class_="plain")


def _text(result: Result, k: int) -> str:
    return "nothing" if math.isnan(result.texts[k]) else f"{result.texts[k]:.2f}{_unless(result)}"
