"""The room as a drawing: who sits where, who has the floor, who holds brackets, what lies on the table.

Rules that hold here
- A drawing is made of a frame and of names; nothing in it moves or is asked for elsewhere.
- Seats are in the order of the file, group beside group, in as many rings as they need.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from negsim.negotiation.tables import Move, Pen, Status
from negsim.report.plots.style import INK, PAPER, STATUS_COLOURS
from negsim.report.words import PENS, STATUSES, group_names, issue_names, shortened
from negsim.scenario import Scenario
from negsim.scenario.lowering import seat_names, seats
from negsim.studio.recording import Frame
from negsim.studio.svg import LINE, SOFT, TABLE, Mark, marked, marks, note, picture, shape, tag, words

WIDE, HIGH = 900.0, 520.0
CENTRE = (WIDE / 2, HIGH / 2)
RADII = (372.0, 222.0)  # of the ring of seats
OUT = 14.0  # how much further out the first of several rings is
RING = 34.0
SIZE = 14.5  # radius of a seat
GLYPHS = {Status.EMPTY: "–", Status.OPEN: "○", Status.BRACKETED: "[ ]", Status.AGREED: "✓", Status.DISSENT: "✓*"}
LETTER, LINE_HIGH = 9.2, 17.0  # of a name: the width of a letter, the height of a line
ASIDE = (*((across, 0) for across in (0, 24, -24, 48, -48, 72, -72)), (0, 1), (0, -1), (0, 2), (0, -2))  # in lines
MOST_ROWS = 8  # paragraphs on the table
VIOLET, AMBER = "#b0006d", "#8a5a00"


class Cast(NamedTuple):
    """Who is in a room, for drawing: by seat."""

    names: list[str]
    group: list[int]
    named: list[bool]
    marks: list[Mark]
    issues: list[str]
    scenario: Scenario


def cast_of(scenario: Scenario) -> Cast:
    """The cast of a scenario."""
    room, groups = seats(scenario), list(scenario.groups)
    return Cast(
        seat_names(scenario),
        [groups.index(seat.group) for seat in room],
        [seat.named is not None for seat in room],
        marks(group_names(scenario)),
        issue_names(scenario),
        scenario,
    )


def places(count: int) -> list[tuple[float, float]]:
    """Where so many seats stand: around the table, evenly, in rings where one is not enough."""
    angles = np.linspace(0, 2 * math.pi, 721)
    x, y = RADII[0] * np.cos(angles), RADII[1] * np.sin(angles)
    way = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
    rings = max(1, math.ceil(count * RING / way[-1]))
    found = []
    for n in range(count):
        angle = np.interp((n + 0.5) / count * way[-1], way, angles) + math.pi / 2
        out = (OUT if rings > 1 else 0.0) - (n % rings) * (RING - 4)
        reach = (RADII[0] + out, RADII[1] + out)
        found.append((CENTRE[0] + reach[0] * math.cos(angle), CENTRE[1] + reach[1] * math.sin(angle)))
    return found


class Scene(NamedTuple):
    """One moment of a room, as it is looked at."""

    frame: Frame
    cast: Cast
    eyes: int | None  # whose view is taken
    people: Mapping[int, str]  # who plays which seat
    speaker: int  # who has the floor, -1 nobody


def room(frame: Frame, cast: Cast, *, eyes: int | None = None, people: Mapping[int, str] | None = None) -> str:
    """The room at a moment. eyes: whose view is taken; people: who plays which seat."""
    move = Move(frame.turn.move)
    speaker = frame.turn.who if move in {Move.SPEAK, Move.TABLE, Move.DISCUSS} else -1
    scene = Scene(frame, cast, eyes, people or {}, speaker)
    return _evening(scene) if move == Move.EVENING else _around_the_table(scene)


def _around_the_table(scene: Scene) -> str:
    where = places(len(scene.cast.names))
    inside = [tag("ellipse", cx=CENTRE[0], cy=CENTRE[1], rx=322.0, ry=176.0, fill=TABLE, stroke=LINE)]
    inside += _table(scene.frame, scene.cast)
    if scene.speaker >= 0:
        x, y = where[scene.speaker]
        to = CENTRE[0] + (x - CENTRE[0]) * 0.84, CENTRE[1] + (y - CENTRE[1]) * 0.78
        inside.append(tag("line", x1=x, y1=y, x2=to[0], y2=to[1], stroke=INK, stroke_width=2.5))
    inside += [seat(scene, number, at) for number, at in enumerate(where)]
    inside += _labels(scene, where)
    who = f"{scene.cast.names[scene.speaker]} has the floor. " if scene.speaker >= 0 else ""
    told = f"{len(where)} delegates around a table. {who}{int(scene.frame.brackets.sum())} brackets in the text."
    return picture(WIDE, HIGH, *inside, label=told)


def seat(scene: Scene, number: int, at: tuple[float, float]) -> str:
    """One seat: its group's mark, a ring if it has the floor or its view is taken, how many brackets it holds."""
    (x, y), cast, frame = at, scene.cast, scene.frame
    mark, held, person = cast.marks[cast.group[number]], int(frame.brackets[:, number].sum()), scene.people.get(number)
    told = f"{cast.names[number]} ({mark.label})" + (f", played by {person}" if person else "")
    parts = [note(told + (f", {held} in brackets" if held else ""))]
    if number in {scene.speaker, scene.eyes}:
        ink = VIOLET if number == scene.eyes else INK
        parts.append(shape(0, x, y, SIZE + 5.5, fill="none", stroke=ink, stroke_width=3.0))
    parts.append(marked(mark, x, y, SIZE, stroke=INK if person else PAPER, stroke_width=2.5 if person else 1.0))
    if held and scene.frame.turn.move != Move.EVENING:
        a, b = _inwards(x, y)
        parts.append(words(a, b + 5, f"[{held}]", size=16, text_anchor="middle", font_weight=700, fill=AMBER))
    opacity = None if frame.present[number] else 0.25
    return tag("g", *parts, data_seat=number, style="cursor:pointer", opacity=opacity)


def _inwards(x: float, y: float) -> tuple[float, float]:
    """A place beside a seat, on the side of the table."""
    away = math.hypot(CENTRE[0] - x, CENTRE[1] - y) or 1.0
    return x + (CENTRE[0] - x) / away * (SIZE + 13), y + (CENTRE[1] - y) / away * (SIZE + 10)


def _labels(scene: Scene, where: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Names beside those who have one of their own, who are played, who speak, or whose view is taken."""
    crowded, strong = len(where) > 60, {scene.speaker, scene.eyes}
    placed: list[tuple[float, float, float]] = []  # middle, baseline, half the width
    for number, (x, y) in enumerate(where):
        if number in strong or number in scene.people or (scene.cast.named[number] and not crowded):
            name = _label(scene, number)
            below = y + (SIZE + 19 if y > CENTRE[1] else -SIZE - 8)
            at = _free(placed, x, min(HIGH - 6, max(15.0, below)), LETTER * len(name) / 2 + 3)
            placed.append((*at, LETTER * len(name) / 2 + 3))
            yield words(
                *at, name, size=17, text_anchor="middle", font_weight=700 if number in strong else 500,
                paint_order="stroke", stroke=PAPER, stroke_width=3.0,
            )  # fmt: skip


def _label(scene: Scene, number: int) -> str:
    """Whose seat it is, and who plays it."""
    name, person = scene.cast.names[number], scene.people.get(number)
    return f"{shortened(name, 16)}: {shortened(person, 14)}" if person else shortened(name, 24)


def _free(placed: Sequence[tuple[float, float, float]], x: float, y: float, half: float) -> tuple[float, float]:
    """A place inside the picture for a name, at its seat or a little aside, on none that is placed."""
    tries = [
        (min(WIDE - half, max(half, x + aside)), min(HIGH - 6, max(15.0, y + lines * LINE_HIGH)))
        for aside, lines in ASIDE
    ]
    for at in tries:
        if all(abs(a - at[0]) >= half + other or abs(b - at[1]) >= LINE_HIGH for a, b, other in placed):
            return at
    return tries[0]


# ---------------------------------------------------------------------------------------- what is on the table


def _table(frame: Frame, cast: Cast) -> Iterator[str]:
    """The paragraphs on the table: where each text stands between its ends, its state, how many block it."""
    rows = min(MOST_ROWS, len(cast.issues))
    step = min(54.0, 290.0 / rows)
    top = CENTRE[1] - step * (rows - 1) / 2 + 6
    for k in range(rows):
        y = top + k * step
        span = 190.0 * math.sqrt(max(0.15, 1 - ((y - CENTRE[1]) / 190) ** 2))
        yield _paragraph(frame, cast, k, y, span)
    if len(cast.issues) > rows:
        yield words(CENTRE[0], top + rows * step - 8, f"and {len(cast.issues) - rows} more", size=12,
                    text_anchor="middle", fill=SOFT)  # fmt: skip


def _paragraph(frame: Frame, cast: Cast, k: int, y: float, span: float) -> str:
    low, high = CENTRE[0] - span, CENTRE[0] + span * 0.72
    status, text = Status(int(frame.status[k])), float(frame.text[k])
    issue = list(cast.scenario.issues.values())[k]
    at_hand = frame.turn.issue == k
    blockers = int(frame.brackets[k].sum())
    parts = [
        note(f"{issue.label}: from “{issue.low}” to “{issue.high}”; {STATUSES[status]}"),
        words((low + high) / 2, y - 9, shortened(issue.label, 34), size=18, text_anchor="middle",
              font_weight=700 if at_hand else 500),
        tag("line", x1=low, y1=y + 6, x2=high, y2=y + 6, stroke=SOFT, stroke_width=3.0 if at_hand else 1.5),
        tag("line", x1=low + issue.status_quo * (high - low), y1=y, x2=low + issue.status_quo * (high - low), y2=y + 12,
            stroke=SOFT, stroke_width=1.5, stroke_dasharray="2 2"),
    ]  # fmt: skip
    if not math.isnan(text):
        x = low + text * (high - low)
        parts.append(
            tag("rect", x=x - 6, y=y - 2, width=12, height=16, rx=2, fill=STATUS_COLOURS[status], stroke=INK,
                stroke_width=1.5)
        )  # fmt: skip
    count = f" {blockers}" if blockers else ""
    parts.append(
        words(high + 12, y + 11, f"{GLYPHS[status]}{count}", size=18, font_weight=700,
              fill=AMBER if status is Status.BRACKETED else INK)
    )  # fmt: skip
    return tag("g", *parts)


def pen_name(pen: int, cast: Cast, *, known: bool) -> str:
    """Who holds the pen of a text."""
    if not known:
        return "nobody remembers whose"
    return cast.names[pen] if pen >= 0 else PENS[Pen(pen)]


# ------------------------------------------------------------------------------------------------ the evening


def _evening(scene: Scene) -> str:
    """An evening: mixed tables and caucuses, everybody where they sat."""
    circles = [*_circles(scene)]
    columns = max(1, math.ceil(math.sqrt(len(circles) * WIDE / HIGH)))
    cell = (WIDE / columns, (HIGH - 40) / math.ceil(len(circles) / columns))
    inside = [words(WIDE / 2, 26, "Evening", size=20, text_anchor="middle", font_weight=700)]
    for n, (label, members) in enumerate(circles):
        middle = (n % columns + 0.5) * cell[0], 40 + (n // columns + 0.5) * cell[1]
        inside += _circle(scene, label, members, middle, cell)
    mixed = len(scene.frame.tables)
    told = f"Evening. {mixed} mixed tables, {len(circles) - mixed} groups among themselves."
    return picture(WIDE, HIGH, *inside, label=told)


def _circles(scene: Scene) -> Iterator[tuple[str, list[int]]]:
    """Who sits together: the mixed tables, then the groups."""
    frame, cast = scene.frame, scene.cast
    yield from ((f"table {n + 1}", list(table)) for n, table in enumerate(frame.tables))
    away = {number for table in frame.tables for number in table}
    for g, mark in enumerate(cast.marks):
        left = [i for i, group in enumerate(cast.group) if group == g and i not in away and frame.present[i]]
        if left:
            yield f"{mark.label}: {'caucus' if frame.caucus and len(left) > 1 else 'on their own'}", left


def _circle(
    scene: Scene, label: str, members: Sequence[int], middle: tuple[float, float], cell: tuple[float, float]
) -> Iterator[str]:
    """One table with those who sit at it; where they are many, they sit in rows."""
    (x, y), radius, step = middle, min(cell) / 2 - 34, SIZE * 2 + 4
    yield words(
        x, y + min(cell) / 2 - 8, shortened(label, int(cell[0] / 8.2)), size=15, text_anchor="middle", fill=SOFT
    )
    y -= 8
    if len(members) * step > 2 * math.pi * radius:
        across = max(1, int(cell[0] * 0.8 // step))
        middles = (min(across, len(members)) - 1) / 2, (math.ceil(len(members) / across) - 1) / 2
        where = [
            (x + (n % across - middles[0]) * step, y + (n // across - middles[1]) * step) for n in range(len(members))
        ]
    else:
        yield shape(0, x, y, max(8, radius - SIZE - 4), fill=TABLE, stroke=LINE)
        turns = (2 * math.pi * n / len(members) for n in range(len(members)))
        where = [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]
    for number, at in zip(members, where, strict=True):
        yield seat(scene, number, at)
