"""A moment of a negotiation on a page: the time, the text, trust, the minutes, and why it ended as it did."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from markupsafe import Markup
from nicegui import ui

from negsim.cast.codes import CLOSED_STATUSES, PENS, STATUSES
from negsim.classroom.people import Outlook
from negsim.negotiation.tables import Move, Outcome, Pen, Status
from negsim.report.minutes.story import Clock, duration
from negsim.report.words import OUTCOME_LABELS, counted, format_name, listed, on_scale, percent
from negsim.scenario import Scenario
from negsim.studio.limits import minutes_of
from negsim.studio.pages import shell
from negsim.studio.pictures import Cast, lives_picture, marked
from negsim.studio.recording import Ends, Frame, MinutesLine, Playback

_MOST_NAMES = 6  # names in a list
ROOM_MARKS = (  # what the marks of the room mean
    "A mark is a delegate, its letter the group; [2] beside it: the delegate has bracketed two paragraphs. On the"
    " table: – no text, ○ text not read yet, [ ] in brackets and by how many, ✓ agreed, ✓* agreed with dissent"
    " recorded, × dropped; the box is the text, the dashed line the status quo. Lines lead from a speaker to those"
    " whom the statement moved: wider for a larger move, darker for more trust."
)


class TimeBar(ui.element):
    """Meeting, day, time and format in a line, and a bar that fills with the share of the time that is gone."""

    def __init__(self, *, has_bar: bool = True) -> None:
        super().__init__("div")
        with self:
            self._line = ui.label().classes("small soft")
            with ui.element("div").classes("meter").props('aria-hidden="true"') as meter:
                self._bar = ui.element("div")
            meter.set_visibility(has_bar)

    def show(self, scenario: Scenario, frame: Frame, turn: str) -> None:
        """Show a moment. turn: the number of the turn in words."""
        number, day = frame.turn_day
        meeting = scenario.process.meetings[number]
        hour = Clock(scenario).time(frame.minute, number, min(day, meeting.days - 1))
        when = "evening" if frame.turn.move == Move.EVENING else hour
        session = f" · {format_name(frame.format, scenario.session_formats)}" if frame.format else ""
        left = max(0.0, minutes_of(scenario) - frame.minute)
        self._line.text = f"{meeting.name}, day {day + 1}, {when}{session} · {duration(left)} left · {turn}"
        self._bar.style(f"width: {_time_spent(scenario, frame):.1%}")


def _time_spent(scenario: Scenario, frame: Frame) -> float:
    """Return the share of the floor time that is gone, 0..1."""
    return min(1.0, frame.minute / max(1.0, minutes_of(scenario)))


def latest_news(playback: Playback, moment: int) -> str:
    """Write the minutes of one moment, in a sentence or more."""
    lines = [line.text for line in playback.lines if line.frame == moment]
    if moment == 0:
        return "Nobody has spoken yet. Press Play or Step."
    end = f" Outcome: {OUTCOME_LABELS[playback.outcome]}." if moment == playback.last else ""
    return " ".join(lines) + end or Move(playback.frames[moment].turn.move).name.replace("_", " ").capitalize()


def how_usual(outcome: Outcome, ends: Ends) -> str:
    """Say how many of the counted runs end as one does; "" if none are counted.

    >>> how_usual(Outcome.CONSENSUS, Ends((Outcome.VOTE, Outcome.CONSENSUS, Outcome.VOTE)))
    'One run of many: 1 of 3 ends as this one does.'
    """
    alike, count = ends.outcomes.count(outcome), len(ends.outcomes)
    return f"One run of many: {alike} of {count} end{'s' if alike == 1 else ''} as this one does." if count else ""


def text_table(frame: Frame, cast: Cast) -> Markup:
    """Tabulate every paragraph: where it stands, whose it is, who holds brackets."""
    return shell.render("text", rows=[_text_row(frame, cast, k) for k in range(len(cast.issues))])


def _text_row(frame: Frame, cast: Cast, k: int) -> dict[str, str]:
    """Describe a paragraph: the issue, its status, its text and whose it is, who holds brackets."""
    issue, status, value, pen = cast.issues[k], Status(int(frame.status[k])), float(frame.text[k]), int(frame.pen[k])
    text = ""
    if not math.isnan(value):
        name = cast.names[pen] if pen >= 0 else PENS[Pen(pen)]
        whose = name if frame.pen_known[k] else "nobody remembers whose"
        text = f"{on_scale(issue, value)}; pen: {whose}"
        text = f"[{text}]" if status is Status.BRACKETED else text
    holders = sorted(np.flatnonzero(frame.brackets[k]).tolist(), key=lambda i: not cast.has_name[i])
    names = listed([cast.names[i] for i in holders], most=_MOST_NAMES)
    return {
        "issue": issue.label,
        "status": f"{STATUSES[status].glyph} {STATUSES[status].label}",
        "text": text,
        "holders": f"{len(holders)}: {names}" if holders else "",
    }


def legend(cast: Cast | None, note: str) -> Markup:
    """Explain the marks of a picture. cast: for those of its groups. note: on the others."""
    groups = [(marked(mark, 9, 9, 7), mark.label) for mark in cast.marks] if cast else []
    return shell.render("legend", groups=groups, note=note)


def trust_notes(frame: Frame, cast: Cast, eyes: Outlook | None) -> Markup:
    """Say how far apart the groups are and believe to be, and whom a delegate trusts."""
    name, levels = "", list[str]()
    if eyes is not None:
        name, group = cast.names[eyes.seat], np.array(cast.group)
        for g, mark in enumerate(cast.marks):
            members = (group == g) & (np.arange(len(group)) != eyes.seat)
            levels += [f"{mark.label} {eyes.trust[members].mean():.2f}"] if members.any() else []
    believed, real = f"{frame.perceived:.2f}", f"{frame.real:.2f}"
    return shell.render("trust", believed=believed, real=real, name=name, levels=levels)


class _Entry(NamedTuple):
    """An entry of the minutes on a page: a line, or statements behind a summary."""

    time: str
    text: str
    is_latest: bool
    statements: list[MinutesLine]  # in it, if they are several


def minutes_so_far(playback: Playback, moment: int) -> Markup:
    """Show the minutes up to a moment, day by day, the newest last; statements in a row stand behind a summary."""
    entries = [line for line in playback.minutes if line.first <= moment]
    days = [
        (
            f"{playback.scenario.process.meetings[meeting].name}, day {day + 1}",
            [_entry(playback, line, moment) for line in lines],
        )
        for (meeting, day), lines in groupby(entries, key=lambda line: (line.meeting, line.day))
    ]
    return shell.render("minutes", days=days)


def _entry(playback: Playback, line: MinutesLine, moment: int) -> _Entry:
    """Make the entry of a line, of which only a part may have been heard."""
    so_far = [each for each in playback.lines if line.first <= each.frame <= min(line.frame, moment)]
    statements = so_far if line.move is Move.SPEAK and len(so_far) > 1 else []
    text = line.text
    if line.frame > moment and so_far:
        text = f"{counted(len(so_far), 'statement')} so far." if statements else so_far[-1].text
    return _Entry(line.time, text, line.first <= moment <= line.frame, statements)


def latest_minutes(lines: Sequence[MinutesLine], count: int) -> Markup:
    """Show the last lines of the minutes, the newest first."""
    last = list(reversed(lines[-count:]))
    entries = [_Entry(line.time, line.text, line.frame == last[0].frame, []) for line in last]
    return shell.render("minutes", days=[("", entries)] if last else [])


def explanation(playback: Playback, cast: Cast, moment: int) -> Markup:
    """Show the lives of the paragraphs so far; at the end of the run also why it ended so, in full behind a click."""
    lives, is_over = playback.lives, moment == playback.last
    agreed = int(np.isin(lives.status[moment], CLOSED_STATUSES).sum())
    return shell.render(
        "why",
        title=f"Outcome: {OUTCOME_LABELS[playback.outcome]}" if is_over else "So far",
        brief=f"{agreed} of {counted(len(cast.issues), 'paragraph')} agreed.{_most_held(playback, cast, moment)}",
        spent=percent(_time_spent(playback.scenario, playback.frames[moment])),
        reasons=playback.why if is_over else [],
        lives=lives_picture(lives, cast, moment),
        legend=[
            (standing.colour, standing.label) for status, standing in STATUSES.items() if status is not Status.EMPTY
        ],
    )


def _most_held(playback: Playback, cast: Cast, moment: int) -> str:
    """Name the paragraph that most delegates hold in brackets; "" if nobody does."""
    blockers = playback.lives.blockers[moment]
    k = int(blockers.argmax())
    if not blockers[k]:
        return ""
    return f" Most brackets: {cast.issues[k].label}, {counted(int(blockers[k]), 'delegate')}."
