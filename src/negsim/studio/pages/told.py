"""What pages tell of a moment, as HTML.

Rules that hold here
- Every text is escaped by `svg.tag` and its kin; nothing else makes HTML.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from negsim.negotiation.tables import Move, Status
from negsim.report.minutes.clock import Clock, duration
from negsim.report.words import STATUSES, counted, format_name, listed, on_scale, percent
from negsim.scenario import Scenario
from negsim.studio.drawing import GLYPHS, Cast, pen_name
from negsim.studio.limits import minutes_of
from negsim.studio.playback import Eyes, Playback
from negsim.studio.recording import Frame, Line
from negsim.studio.strips import trusted
from negsim.studio.svg import marked, tag

FEW = 6  # names in a list
SIDEWAYS = 'tabindex="0" role="group" aria-label="{}, to be moved sideways on a phone"'  # what is wider than that


def paragraph(text: str, classes: str = "") -> str:
    """A text as a paragraph."""
    return tag("p", escape(text), class_=classes or None)


def where(scenario: Scenario, frame: Frame, turn: str) -> str:
    """Which meeting, day, hour and format, and how much time is left."""
    number, day = frame.held_in
    meeting = scenario.process.meetings[number]
    hour = Clock(scenario).time(frame.minute, number, min(day, meeting.days - 1))
    when = "evening" if frame.turn.move == Move.EVENING else hour
    session = f" · {format_name(frame.format)}" if frame.format else ""
    left = max(0.0, minutes_of(scenario) - frame.minute)
    return f"{meeting.name}, day {day + 1}, {when}{session} · {duration(left)} left · {turn}"


def meter(scenario: Scenario, frame: Frame) -> str:
    """The clock as a bar."""
    spent = 100.0 * frame.minute / max(1.0, minutes_of(scenario))
    return tag("div", tag("div", style=f"width:{min(100.0, spent):.1f}%"), class_="meter")


def now(playback: Playback, moment: int) -> str:
    """What has just happened."""
    lines = [line.text for line in playback.lines if line.frame == moment]
    if moment == 0:
        return "The room before the first word. Step, or play."
    end = f" It ended with: {playback.outcome()}." if moment == playback.last else ""
    return " ".join(lines) + end or Move(playback.frames[moment].turn.move).name.replace("_", " ").capitalize()


def text(frame: Frame, cast: Cast) -> str:
    """Every paragraph: where it stands, whose it is, who has put brackets around it."""
    rows = [tag("tr", *(tag("th", escape(head)) for head in ("Issue", "The text", "Who put brackets")))]
    for k, issue in enumerate(cast.scenario.issues.values()):
        status, value = Status(int(frame.status[k])), float(frame.text[k])
        state = tag("span", escape(f"{GLYPHS[status]} {STATUSES[status]}"), class_="chip")
        if math.isnan(value):
            stands = paragraph("no text yet", "soft")
        else:
            pen = pen_name(int(frame.pen[k]), cast, known=bool(frame.known[k]))
            words = f"{on_scale(issue, value)}, precision {frame.precision[k]:.2f}; pen: {pen}"
            stands = paragraph(f"[{words}]" if status is Status.BRACKETED else words)
        holders = [i for i in range(len(cast.names)) if frame.brackets[k, i]]
        rows.append(
            tag("tr", tag("td", tag("b", escape(issue.label))), tag("td", state, stands),
                tag("td", _people(holders, cast), data_head="In brackets by "))
        )  # fmt: skip
    return tag("table", *rows, class_="plain stacked")


def _people(who: Sequence[int], cast: Cast) -> str:
    if not who:
        return "–"
    by_group = sorted(who, key=lambda i: not cast.named[i])
    return escape(f"{len(who)}: {listed([cast.names[i] for i in by_group], most=FEW)}")


def key(cast: Cast, said: str) -> str:
    """What the marks mean."""
    items = [tag("span", _mark(cast, g), escape(f" {mark.label}"), class_="chip") for g, mark in enumerate(cast.marks)]
    return " ".join(items) + paragraph(said, "small soft")


def _mark(cast: Cast, g: int) -> str:
    mark = marked(cast.marks[g], 9, 9, 7)
    return tag("svg", mark, viewBox="0 0 18 18", width=18, height=18, aria_hidden="true", style="vertical-align:-4px")


def trust(frame: Frame, cast: Cast, eyes: Eyes | None) -> str:
    """Distances in the room, and whom a delegate trusts."""
    said = f"Across groups the delegates believe to be {frame.perceived:.2f} apart; they are {frame.real:.2f} apart."
    parts = [paragraph(said)]
    if eyes is not None:
        levels = [f"{mark.label} {value:.2f}" for g, mark in enumerate(cast.marks)
                  if not math.isnan(value := trusted(eyes, cast, g))]  # fmt: skip
        parts.append(paragraph(f"{eyes.name} trusts: {'; '.join(levels)}."))
    return "".join(parts)


def minutes(scenario: Scenario, lines: Sequence[Line], moment: int) -> str:
    """The transcript up to a moment, the newest last."""
    seen = [line for line in lines if line.frame <= moment]
    if not seen:
        return paragraph("Nothing has been said yet.", "soft")
    return tag("div", *_by_day(scenario, seen, max(line.frame for line in seen)), class_="lines")


def _by_day(scenario: Scenario, lines: Sequence[Line], latest: int) -> Iterator[str]:
    for (meeting, day), items in groupby(lines, key=lambda line: (line.meeting, line.day)):
        yield tag("h3", escape(f"{scenario.process.meetings[meeting].name}, day {day + 1}"))
        yield from (said(line, latest=line.frame == latest) for line in items)


def said(line: Line, *, latest: bool = False) -> str:
    """One line of the minutes."""
    when = tag("span", escape(line.time), class_="when")
    return tag("p", when, escape(line.text), class_="latest" if latest else None)


def why(playback: Playback, moment: int) -> str:
    """Why it ended as it did; before the end, that this is not known yet."""
    if moment < playback.last:
        closed = int(sum(status in {Status.AGREED, Status.DISSENT} for status in playback.frames[moment].status))
        return paragraph(
            f"{counted(closed, 'paragraph').capitalize()} agreed so far, {percent(_spent(playback, moment))} of the"
            " time is gone. Why it ended as it did is told at the end: what do you think will happen?"
        )
    return tag("h2", escape(f"Outcome: {playback.outcome()}")) + "".join(map(paragraph, playback.why()))


def _spent(playback: Playback, moment: int) -> float:
    return playback.frames[moment].minute / max(1.0, minutes_of(playback.scenario))
