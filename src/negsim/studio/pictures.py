"""Pictures of a moment: the room, who dines with whom, where delegates stand and are believed to stand, trust, lives.

- They are SVG. Elements are `Markup`; `tag` escapes every attribute and every text that is not an element already.
- A group has a colour, a shape and a letter, so that nobody has to distinguish colours.
- A picture shows one frame and the names in it; the room also the influence of the last statement, and lives what led
  to the frame.
- A room has a picture for everybody in it, in which most elements are the same: `tag` keeps small ones, `_drawn` seats.
- A mark that `slides` has the same key in the next picture, so that the page can move it there.
- Seats follow the order of the file, group beside group, in as many rings as they need.
- A filled mark shows where delegates stand, a hollow one where somebody believes them to stand. The text is a black
  bar, the status quo a dashed line.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from markupsafe import Markup, escape

from negsim.cast.codes import STATUSES
from negsim.cast.palette import Colour, group_colours, mixed
from negsim.classroom.people import Outlook
from negsim.negotiation.tables import Floats, Move, Status
from negsim.report.plots.style import INK, PAPER, ink_on
from negsim.report.words import group_names, shortened
from negsim.scenario import Scenario
from negsim.scenario.lowering import caucus_names, caucuses, seat_names, seats
from negsim.scenario.schema import Issue
from negsim.studio.recording import EveningCompany, Frame, Lives

SOFT, LINE, _TABLE = Colour.SOFT, Colour.LINE, Colour.TABLE
_SIDES = (0, 4, 3, 6, 5, -3, -4)  # of the groups' marks, in their order; 0 a circle, negative: upside down


class GroupMark(NamedTuple):
    """A group's mark in every picture."""

    label: str
    colour: str
    sides: int
    letter: str


def _marks(labels: Sequence[str]) -> list[GroupMark]:
    """Choose a mark for every group: the colour by its place, the letter as the first free one of its label.

    >>> [mark.letter for mark in _marks(["Business", "Bureau", "Governments"])]
    ['B', 'U', 'G']
    """
    inks = list(group_colours([str(n) for n in range(len(labels))]).values())
    taken: list[str] = []
    for label in labels:
        wanted = [letter for letter in f"{label.upper()}ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter.isalpha()]
        taken.append(next((letter for letter in wanted if letter not in taken), "•"))
    return [GroupMark(label, inks[g], _SIDES[g % len(_SIDES)], taken[g]) for g, label in enumerate(labels)]


def tag(name: str, *inside: str, **attributes: object) -> Markup:
    """Make an element. An underscore in an attribute's name becomes a hyphen; an attribute that is None is left out.

    >>> tag("text", "a < b", font_size=12.0)
    Markup('<text font-size="12">a &lt; b</text>')
    """
    make = _kept if sum(map(len, inside)) <= _MOST_KEPT else _made
    return make(name, *inside, **attributes)


def _made(name: str, *inside: str, **attributes: object) -> Markup:
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{pairs}>{''.join(map(escape, inside))}</{name}>")  # noqa: S704 - all of it is escaped


_MOST_KEPT = 200  # letters in an element that is kept
_kept = lru_cache(maxsize=4096, typed=True)(_made)  # an element and a text of the same letters are not the same


def _number(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def slides(key: str, x: float, y: float) -> dict[str, object]:
    """Return the attributes of a mark at (x, y) that slides there from where the last picture had its key."""
    return {"data_slide": key, "data_x": float(x), "data_y": float(y)}


def words(x: float, y: float, text: str, *, size: float, anchor: str = "middle", **attributes: object) -> Markup:
    """Write a text. anchor: which point of it lies at (x, y): "start", "middle" or "end"."""
    style: dict[str, object] = {"fill": INK, "text_anchor": anchor, "font_size": float(size)} | attributes
    return tag("text", text, x=float(x), y=float(y), **style)


def _note(text: str) -> Markup:
    """Make the text that appears when the pointer rests on a mark."""
    return tag("title", text)


def shape(sides: int, x: float, y: float, radius: float, **attributes: object) -> Markup:
    """Draw a circle (0), or a polygon with this number of sides standing on one (negative: on a corner)."""
    if sides == 0:
        return tag("circle", cx=float(x), cy=float(y), r=float(radius), **attributes)
    count, reach = abs(sides), radius * (1.28 if sides in {3, -3} else 1.14)
    first = (-math.pi if sides in {3, 5, 6, -4} else math.pi) / 2 + (math.pi / 4 if sides == 4 else 0.0)
    corners = (first + 2 * math.pi * n / count for n in range(count))
    points = " ".join(f"{x + reach * math.cos(a):.1f},{y + reach * math.sin(a):.1f}" for a in corners)
    return tag("polygon", points=points, **attributes)


def marked(mark: GroupMark, x: float, y: float, radius: float, **attributes: object) -> Markup:
    """Draw a group's mark with its letter."""
    style: dict[str, object] = {"fill": mark.colour, "stroke": PAPER, "stroke_width": 1.0} | attributes
    ink = ink_on(mark.colour)
    letter = words(x, y + radius * 0.36, mark.letter, size=radius * 1.05, font_weight=700, fill=ink)
    return shape(mark.sides, x, y, radius, **style) + letter


def picture(width: float, height: float, *inside: str, label: str) -> Markup:
    """Make a whole picture. label: its description for screen readers."""
    box = f"0 0 {width:g} {height:g}"
    return tag(
        "svg", *inside, viewBox=box, role="img", aria_label=label, xmlns="http://www.w3.org/2000/svg",
        class_="picture", font_family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif",
    )  # fmt: skip


TABLE_WIDTH, TABLE_HEIGHT = 900.0, 520.0
_CENTRE = (TABLE_WIDTH / 2, TABLE_HEIGHT / 2)
_RADII = (372.0, 222.0)  # of the ring of seats
_OUT = 14.0  # how much further out the first of several rings is
_RING = 34.0
SEAT_RADIUS = 14.5  # radius of a seat
_HALO: dict[str, Any] = {"paint_order": "stroke", "stroke": PAPER}  # around letters that stand on something
LETTER, LINE_HIGH = 9.2, 17.0  # of a name: the width of a letter, the height of a line
_BOLD_LETTER = 11.0  # the width of a letter of a bold name
_ASIDE = (*((across, 0) for across in (0, 24, -24, 48, -48, 72, -72)), (0, 1), (0, -1), (0, 2), (0, -2))  # in lines
_MOST_ROWS = 8  # paragraphs on the table
_GUESS_COLUMNS = 20  # of the histogram of guesses
_LEAST_MOVE, _LEAST_TRUST = 0.0005, 0.005  # of a position and of trust, that are drawn
_EYES = Colour.MAGENTA  # of the delegate through whose eyes the room is seen
_STRIP_WIDE, _STRIP_LEFT, _STRIP_RIGHT = 620.0, 16.0, 604.0  # of the picture of positions: its width and its axis
_STRIP_ROW = 26.0  # height of a group's row


class Cast(NamedTuple):
    """The people and issues of a scenario, as pictures need them."""

    names: list[str]  # by seat
    group: list[int]  # by seat
    caucus: list[int]  # by seat
    has_name: list[bool]  # by seat; whether the file names the delegate
    marks: list[GroupMark]  # by group
    caucuses: list[str]  # what each is called
    issues: list[Issue]


def cast_of(scenario: Scenario) -> Cast:
    """Return the cast of a scenario."""
    everybody, groups = seats(scenario), list(scenario.groups)
    return Cast(
        seat_names(scenario),
        [groups.index(seat.group) for seat in everybody],
        caucuses(scenario, everybody).tolist(),
        [seat.named is not None for seat in everybody],
        _marks(group_names(scenario)),
        caucus_names(scenario),
        list(scenario.issues.values()),
    )


@lru_cache(maxsize=64)
def seat_places(count: int) -> tuple[tuple[float, float], ...]:
    """Return (x, y) of this many seats: evenly around the table, in several rings if one is too small."""
    angles = np.linspace(0, 2 * math.pi, 721)
    x, y = _RADII[0] * np.cos(angles), _RADII[1] * np.sin(angles)
    way = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
    rings = max(1, math.ceil(count * _RING / way[-1]))
    at = []
    for n in range(count):
        angle = np.interp((n + 0.5) / count * way[-1], way, angles) + math.pi / 2
        out = (_OUT if rings > 1 else 0.0) - (n % rings) * (_RING - 4)
        reach = (_RADII[0] + out, _RADII[1] + out)
        at.append((_CENTRE[0] + reach[0] * math.cos(angle), _CENTRE[1] + reach[1] * math.sin(angle)))
    return tuple(at)


class _Scene(NamedTuple):
    """One moment, and the options to show it."""

    frame: Frame
    cast: Cast
    eyes: int | None  # the seat through whose eyes it is shown
    people: Mapping[int, str]  # who plays, by seat
    speaker: int  # who has the floor, -1 nobody
    before: Frame | None  # the frame before, to see whom a statement has moved


def room_picture(
    frame: Frame,
    cast: Cast,
    *,
    eyes: int | None = None,
    people: Mapping[int, str] | None = None,
    before: Frame | None = None,
) -> Markup:
    """Draw the room at a moment, or its evening.

    eyes: the viewer's seat. people: who plays, by seat. before: the frame before; with it, lines lead from a speaker to
    those whom the statement has moved.
    """
    move = Move(frame.turn.move)
    speaker = frame.turn.who if move in {Move.SPEAK, Move.TABLE, Move.DISCUSS} else -1
    scene = _Scene(frame, cast, eyes, people or {}, speaker, before)
    return _around_the_table(scene) if frame.evening is None else _evening(scene, frame.evening)


def _around_the_table(scene: _Scene) -> Markup:
    where = seat_places(len(scene.cast.names))
    inside = [tag("ellipse", cx=_CENTRE[0], cy=_CENTRE[1], rx=322.0, ry=176.0, fill=_TABLE, stroke=LINE)]
    inside += _influence(scene, where)
    inside += _table(scene.frame, scene.cast)
    if scene.speaker >= 0:
        x, y = where[scene.speaker]
        to = _CENTRE[0] + (x - _CENTRE[0]) * 0.84, _CENTRE[1] + (y - _CENTRE[1]) * 0.78
        inside.append(tag("line", x1=x, y1=y, x2=to[0], y2=to[1], stroke=INK, stroke_width=2.5))
    inside += _seats(scene, range(len(where)), where)
    inside += _labels(scene, where)
    who = f"{scene.cast.names[scene.speaker]} has the floor. " if scene.speaker >= 0 else ""
    label = f"{len(where)} delegates around a table. {who}{int(scene.frame.brackets.sum())} brackets in the text."
    return picture(TABLE_WIDTH, TABLE_HEIGHT, *inside, label=label)


def _influence(scene: _Scene, where: Sequence[tuple[float, float]]) -> Iterator[Markup]:
    """Draw a line from the speaker to each delegate whom the statement has moved: wider for more, darker for trust."""
    frame, before, k = scene.frame, scene.before, scene.frame.turn.issue
    if before is None or scene.speaker < 0 or k < 0:
        return
    moved = np.abs(frame.position[:, k] - before.position[:, k])
    moved[scene.speaker] = 0.0
    x, y = where[scene.speaker]
    for listener in np.flatnonzero(moved > _LEAST_MOVE).tolist():
        trust = float(frame.trust[scene.cast.group[listener], scene.cast.group[scene.speaker]])
        width, opacity = 0.5 + 3.5 * float(moved[listener] / moved.max()), 0.15 + 0.75 * trust
        to_x, to_y = where[listener]
        path = f"M {x:.1f} {y:.1f} Q {_CENTRE[0]:.1f} {_CENTRE[1]:.1f} {to_x:.1f} {to_y:.1f}"
        ink = {"stroke": Colour.ACCENT, "stroke_width": width, "opacity": f"{opacity:.2f}"}
        yield tag("path", d=path, fill="none", **ink)


class _Seat(NamedTuple):
    """What is drawn of a seat."""

    number: int
    x: float
    y: float
    mark: GroupMark
    about: str
    held: int  # brackets that are shown beside it
    ring: str  # its colour, "" for none
    is_played: bool
    is_present: bool


def _seats(scene: _Scene, numbers: Iterable[int], where: Iterable[tuple[float, float]]) -> Iterator[Markup]:
    """Draw seats at these places."""
    cast, frame = scene.cast, scene.frame
    brackets = frame.brackets.sum(axis=0).tolist()
    for number, at in zip(numbers, where, strict=True):
        mark, person, held = cast.marks[cast.group[number]], scene.people.get(number), brackets[number]
        about = f"{cast.names[number]} ({mark.label})" + (f", played by {person}" if person else "")
        about += f", {held} in brackets" if held else ""
        ring = _EYES if number == scene.eyes else INK if number == scene.speaker else ""
        shown = held if frame.turn.move != Move.EVENING else 0
        yield _drawn(_Seat(number, *at, mark, about, shown, ring, bool(person), bool(frame.present[number])))


@lru_cache(maxsize=4096)
def _drawn(seat: _Seat) -> Markup:
    """Draw one seat: its group's mark, a ring if it has the floor or is the viewer's, and its number of brackets."""
    x, y, ink, width = seat.x, seat.y, *((INK, 2.5) if seat.is_played else (PAPER, 1.0))
    parts = [_note(seat.about)]
    if seat.ring:
        parts.append(shape(0, x, y, SEAT_RADIUS + 5.5, fill="none", stroke=seat.ring, stroke_width=3.0))
    parts.append(marked(seat.mark, x, y, SEAT_RADIUS, stroke=ink, stroke_width=width))
    if seat.held:
        away = math.hypot(_CENTRE[0] - x, _CENTRE[1] - y) or 1.0  # it stands beside the seat, towards the table
        a, b = x + (_CENTRE[0] - x) / away * (SEAT_RADIUS + 13), y + (_CENTRE[1] - y) / away * (SEAT_RADIUS + 10)
        parts.append(words(a, b + 5, f"[{seat.held}]", size=16, font_weight=700, fill=Colour.AMBER))
    opacity, key = None if seat.is_present else 0.25, f"seat {seat.number}"
    return tag("g", *parts, data_seat=seat.number, style="cursor:pointer", opacity=opacity, **slides(key, x, y))


def _labels(scene: _Scene, where: Sequence[tuple[float, float]]) -> Iterator[Markup]:
    """Name the seats that need it: named in the file, played by a person, speaking, or the viewer's."""
    crowded, strong = len(where) > 60, {scene.speaker, scene.eyes}
    placed: list[tuple[float, float, float]] = []  # middle, baseline, half the width
    for number, (x, y) in enumerate(where):
        if number in strong or number in scene.people or (scene.cast.has_name[number] and not crowded):
            name, person = scene.cast.names[number], scene.people.get(number)
            text = f"{shortened(name, 16)}: {shortened(person, 14)}" if person else shortened(name, 24)
            below = y + (SEAT_RADIUS + 19 if y > _CENTRE[1] else -SEAT_RADIUS - 8)
            half = (_BOLD_LETTER if number in strong else LETTER) * len(text) / 2 + 3
            at = _free(placed, x, min(TABLE_HEIGHT - 6, max(15.0, below)), half)
            placed.append((*at, half))
            yield words(*at, text, size=17, font_weight=700 if number in strong else 500, **_HALO, stroke_width=3.0)


def _free(placed: Sequence[tuple[float, float, float]], x: float, y: float, half: float) -> tuple[float, float]:
    """Find a point inside the picture for a name, at its seat or a little aside, where it covers no other name."""
    at = []
    for aside, lines in _ASIDE:
        a, b = min(TABLE_WIDTH - half, max(half, x + aside)), min(TABLE_HEIGHT - 6, max(15.0, y + lines * LINE_HIGH))
        if all(abs(c - a) >= half + other or abs(d - b) >= LINE_HIGH for c, d, other in placed):
            return a, b
        at.append((a, b))
    return at[0]


def _table(frame: Frame, cast: Cast) -> Iterator[Markup]:
    """Draw the paragraphs on the table: where each text stands between its ends, its status, and its blockers."""
    rows = min(_MOST_ROWS, len(cast.issues))
    step = min(54.0, 290.0 / rows)
    top = _CENTRE[1] - step * (rows - 1) / 2 + 6
    for k in range(rows):
        y = top + k * step
        span = 190.0 * math.sqrt(max(0.15, 1 - ((y - _CENTRE[1]) / 190) ** 2))
        yield _paragraph(frame, cast, k, y, span)
    if len(cast.issues) > rows:
        yield words(_CENTRE[0], top + rows * step - 8, f"and {len(cast.issues) - rows} more", size=12, fill=SOFT)


def _paragraph(frame: Frame, cast: Cast, k: int, y: float, span: float) -> Markup:
    low, high = _CENTRE[0] - span, _CENTRE[0] + span * 0.72
    status, text = Status(int(frame.status[k])), float(frame.text[k])
    issue, blockers = cast.issues[k], int(frame.brackets[k].sum())
    weight, width = (700, 3.0) if frame.turn.issue == k else (500, 1.5)
    quo, x = (low + place * (high - low) for place in (issue.status_quo, text))
    parts = [
        _note(f"{issue.label}: from “{issue.low}” to “{issue.high}”; {STATUSES[status].label}"),
        words((low + high) / 2, y - 9, shortened(issue.label, 34), size=18, font_weight=weight),
        tag("line", x1=low, y1=y + 6, x2=high, y2=y + 6, stroke=SOFT, stroke_width=width),
        tag("line", x1=quo, y1=y, x2=quo, y2=y + 12, stroke=SOFT, stroke_width=1.5, stroke_dasharray="2 2"),
    ]
    if not math.isnan(text):
        box = {"fill": STATUSES[status].colour, "stroke": INK, "stroke_width": 1.5}
        parts.append(tag("rect", x=x - 6, y=y - 2, width=12, height=16, rx=2, **box, **slides(f"text {k}", x, y)))
    glyph = f"{STATUSES[status].glyph} {blockers or ''}".rstrip()
    ink = Colour.AMBER if status is Status.BRACKETED else INK
    parts.append(words(high + 12, y + 11, glyph, size=18, anchor="start", font_weight=700, fill=ink))
    return tag("g", *parts)


def _evening(scene: _Scene, evening: EveningCompany) -> Markup:
    """Draw an evening: mixed tables and caucuses, everybody where they sit."""
    circles = [*_circles(scene, evening)]
    columns = max(1, math.ceil(math.sqrt(len(circles) * TABLE_WIDTH / TABLE_HEIGHT)))
    cell = (TABLE_WIDTH / columns, (TABLE_HEIGHT - 40) / math.ceil(len(circles) / columns))
    inside = [words(TABLE_WIDTH / 2, 26, "Evening", size=20, font_weight=700)]
    for n, (label, members) in enumerate(circles):
        middle = (n % columns + 0.5) * cell[0], 40 + (n // columns + 0.5) * cell[1]
        inside += _circle(scene, label, members, middle, cell)
    mixed = len(evening.tables)
    label = f"Evening. {mixed} mixed tables, {len(circles) - mixed} groups among themselves."
    return picture(TABLE_WIDTH, TABLE_HEIGHT, *inside, label=label)


def _circles(scene: _Scene, evening: EveningCompany) -> Iterator[tuple[str, list[int]]]:
    """Yield who sits together: the mixed tables, then the groups, with several caucuses each by itself."""
    frame, cast = scene.frame, scene.cast
    yield from ((f"table {n + 1}", list(table)) for n, table in enumerate(evening.tables))
    away = {number for table in evening.tables for number in table}
    for g, mark in enumerate(cast.marks):
        left = [i for i, group in enumerate(cast.group) if group == g and i not in away and frame.present[i]]
        for caucus in dict.fromkeys(cast.caucus[i] if evening.caucus else g for i in left):
            members = [i for i in left if cast.caucus[i] == caucus or not evening.caucus]
            name = cast.caucuses[caucus] if evening.caucus else mark.label
            yield name if evening.caucus else f"{name}: on their own", members


def _circle(
    scene: _Scene, label: str, members: Sequence[int], middle: tuple[float, float], cell: tuple[float, float]
) -> Iterator[Markup]:
    """Draw one table and those who sit at it, in rows if they are too many for a ring."""
    (x, y), radius, step = middle, min(cell) / 2 - 34, SEAT_RADIUS * 2 + 4
    yield words(x, y + min(cell) / 2 - 8, shortened(label, int(cell[0] / 8.8)), size=15, fill=SOFT)
    y -= 8
    if len(members) * step > 2 * math.pi * radius:
        across = max(1, int(cell[0] * 0.8 // step))
        middles = (min(across, len(members)) - 1) / 2, (math.ceil(len(members) / across) - 1) / 2
        where = [
            (x + (n % across - middles[0]) * step, y + (n // across - middles[1]) * step) for n in range(len(members))
        ]
    else:
        yield shape(0, x, y, max(8, radius - SEAT_RADIUS - 4), fill=_TABLE, stroke=LINE)
        angles = (2 * math.pi * n / len(members) for n in range(len(members)))
        where = [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]
    yield from _seats(scene, members, where)


def positions_picture(frame: Frame, cast: Cast, *, eyes: Outlook | None = None) -> Markup:
    """Draw everybody's place on every issue, by group. eyes: adds where one delegate believes the groups to be."""
    height = 60.0 + _STRIP_ROW * len(cast.marks)  # of the strip of an issue
    inside = [part for k in range(len(cast.issues)) for part in _strip(frame, cast, k, 8.0 + k * height, eyes)]
    label = f"Positions of {len(cast.names)} delegates on {len(cast.issues)} issues"
    label += f", and where {cast.names[eyes.seat]} believes them to be" if eyes else ""
    return picture(_STRIP_WIDE, 8.0 + len(cast.issues) * height, *inside, label=label)


def _strip_x(value: float) -> float:
    return _STRIP_LEFT + 12 + float(value) * (_STRIP_RIGHT - _STRIP_LEFT - 24)


def _strip(frame: Frame, cast: Cast, k: int, top: float, eyes: Outlook | None) -> Iterator[Markup]:
    issue = cast.issues[k]
    yield words(_STRIP_LEFT, top + 14, shortened(issue.label, 60), size=16, anchor="start", font_weight=700)
    yield words(_STRIP_LEFT, top + 31, f"0  {shortened(issue.low, 38)}", size=14.5, anchor="start", fill=SOFT)
    yield words(_STRIP_RIGHT, top + 31, f"{shortened(issue.high, 38)}  1", size=14.5, anchor="end", fill=SOFT)
    low, high = top + 38, top + 38 + _STRIP_ROW * len(cast.marks)
    yield tag(
        "rect", x=_STRIP_LEFT, y=low, width=_STRIP_RIGHT - _STRIP_LEFT, height=high - low, fill=Colour.STRIP, rx=4
    )
    for g in range(len(cast.marks)):
        members = [i for i, group in enumerate(cast.group) if group == g and frame.present[i]]
        if members:
            y = low + _STRIP_ROW * (g + 0.5)
            yield from _members(frame.position[:, k], members, cast, y, (eyes, k))
            yield from _group_means(frame.position[:, k], members, cast.marks[g], y, eyes and (eyes, k))
    quo = _strip_x(issue.status_quo)
    yield tag("line", x1=quo, y1=low, x2=quo, y2=high, stroke=SOFT, stroke_width=2, stroke_dasharray="4 3")
    if not math.isnan(frame.text[k]):
        at = _strip_x(frame.text[k])
        ink = {"stroke": INK, "stroke_width": 4.0, "opacity": 0.85}
        yield tag("line", x1=at, y1=low - 3, x2=at, y2=high + 3, **ink, **slides(f"bar {k}", at, low))


def _members(
    position: Floats, members: list[int], cast: Cast, y: float, seen: tuple[Outlook | None, int]
) -> Iterator[Markup]:
    """Draw a small mark for every member of a group. seen: by whom, and the issue."""
    eyes, k = seen
    for i in members:
        mark, mine = cast.marks[cast.group[i]], eyes is not None and eyes.seat == i
        edge = {"stroke": _EYES, "stroke_width": 2.5} if mine else {"stroke": PAPER, "stroke_width": 0.5}
        size, opacity = (6.5, 1.0) if mine else (4.5, 0.55)
        x = _strip_x(position[i])
        dot = shape(mark.sides, x, y, size, fill=mark.colour, fill_opacity=opacity, **edge)
        yield tag("g", _note(f"{cast.names[i]}: {position[i]:.2f}"), dot, **slides(f"stand {k} {i}", x, y))


def _group_means(
    position: Floats, members: list[int], mark: GroupMark, y: float, seen: tuple[Outlook, int] | None
) -> Iterator[Markup]:
    """Draw a large mark at a group's mean; with eyes and an issue, a hollow one at that delegate's belief."""
    if seen is None:
        yield marked(mark, _strip_x(float(position[members].mean())), y, 12.0)
        return
    eyes, k = seen
    others = [i for i in members if i != eyes.seat]
    if others:
        believed, real = float(eyes.belief[others, k].mean()), float(position[others].mean())
        yield tag("line", x1=_strip_x(real), y1=y, x2=_strip_x(believed), y2=y, stroke=INK, stroke_width=2.0)
        yield marked(mark, _strip_x(real), y, 12.0)
        hollow = shape(mark.sides, _strip_x(believed), y, 10.5, fill=PAPER, stroke=mark.colour, stroke_width=3.0)
        yield tag("g", _note(f"{mark.label}: believed {believed:.2f}, in truth {real:.2f}"), hollow)


def trust_picture(trust: Floats, start: Floats, cast: Cast) -> Markup:
    """Draw mean trust of one group (row) in another (column), darker for more, with an arrow since the start."""
    groups, cell, left, top = len(cast.marks), 62.0, 214.0, 44.0
    inside = [words(left + groups * cell / 2, 14, "trusts …", size=13, fill=SOFT)]
    for g, mark in enumerate(cast.marks):
        inside.append(marked(mark, left + (g + 0.5) * cell, 30, 10))
        inside.append(marked(mark, left - 16, top + (g + 0.5) * 34, 10))
        inside.append(words(left - 32, top + (g + 0.5) * 34 + 5, shortened(mark.label, 25), size=12.5, anchor="end"))
        for h in range(groups):
            inside += [*_trust_cell(float(trust[g, h]), float(start[g, h]), left + h * cell, top + g * 34)]
    label = f"Trust between {groups} groups, on average {np.nanmean(trust):.2f}"
    return picture(left + groups * cell + 8, top + groups * 34 + 8, *inside, label=label)


def _trust_cell(value: float, start: float, x: float, y: float) -> Iterator[Markup]:
    share, text = (0.0, "–") if math.isnan(value) else (value, f"{value:.2f}")
    arrow = "" if abs(value - start) < _LEAST_TRUST or math.isnan(value) else "▴" if value > start else "▾"
    colour = mixed(Colour.ACCENT, Colour.PAPER, share)
    yield tag("rect", x=x + 1, y=y + 1, width=60, height=32, rx=3, fill=colour, stroke=LINE)
    yield words(x + 31, y + 22, f"{text}{arrow}", size=14, fill=ink_on(colour))


def lives_picture(lives: Lives, cast: Cast, moment: int) -> Markup:
    """Draw the life of each paragraph up to a moment: its states over the floor time, higher for more brackets."""
    end, step = float(lives.minute[-1]) or 1.0, 46.0
    inside = []
    for k, issue in enumerate(cast.issues):
        y = 8.0 + k * step
        inside.append(words(0, y + 10, shortened(issue.label, 60), size=14.5, anchor="start", font_weight=700))
        inside.append(tag("line", x1=0, y1=y + 38, x2=_STRIP_WIDE, y2=y + 38, stroke=LINE, stroke_width=2))
        most = max(1, int(lives.blockers.max()))
        for first, last in _stages(lives, k, moment):
            status, held = Status(int(lives.status[first, k])), int(lives.blockers[first, k])
            if status is Status.EMPTY:
                continue
            x, high = lives.minute[first] / end * _STRIP_WIDE, 6.0 + 16.0 * held / most
            width = max(1.5, lives.minute[last] / end * _STRIP_WIDE - x)
            note = STATUSES[status].label + (f", by {held}" if held else "")
            bar = {"x": float(x), "y": y + 38 - high, "width": float(width), "height": high}
            inside.append(tag("g", _note(note), tag("rect", **bar, fill=STATUSES[status].colour)))
        status, held = Status(int(lives.status[moment, k])), int(lives.blockers[moment, k])
        glyph = f"{STATUSES[status].glyph} {held or ''}".rstrip()
        inside.append(words(_STRIP_WIDE, y + 10, glyph, size=14.5, anchor="end", font_weight=700))
    label = "The life of each paragraph: " + "; ".join(
        f"{issue.label}, {STATUSES[Status(int(lives.status[moment, k]))].label}" for k, issue in enumerate(cast.issues)
    )
    return picture(_STRIP_WIDE, 8.0 + len(cast.issues) * step, *inside, label=label)


def guesses_picture(guesses: Sequence[tuple[str, float]], most: float, form: Callable[[float], str]) -> Markup:
    """Draw guesses as a histogram of marks, one for each, named. most: the highest guess possible; form: writes one."""
    columns: list[list[tuple[str, float]]] = [[] for _ in range(_GUESS_COLUMNS)]
    for who, guess in guesses:
        columns[min(_GUESS_COLUMNS - 1, int(guess / most * _GUESS_COLUMNS))].append((who, guess))
    wide, high = 620.0 / _GUESS_COLUMNS, 16.0 * max(4, *map(len, columns)) + 4.0
    inside = [tag("line", x1=0, y1=high, x2=620, y2=high, stroke=SOFT, stroke_width=1.5)]
    for n, column in enumerate(columns):
        for row, (who, guess) in enumerate(column):
            dot = shape(0, (n + 0.5) * wide, high - 9.0 - 16.0 * row, 7.0, fill=Colour.ACCENT, stroke=PAPER)
            inside.append(tag("g", _note(f"{who}: {form(guess)}"), dot))
    for at, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        inside.append(words(at * 620, high + 18, form(at * most), size=15, anchor=anchor, fill=SOFT))
    label = "Guesses: " + "; ".join(f"{who} {form(guess)}" for who, guess in guesses)
    return picture(620, high + 24, *inside, label=label)


def _stages(lives: Lives, k: int, moment: int) -> Iterator[tuple[int, int]]:
    """Yield the stages of a paragraph up to a moment: the first and the last frame of each."""
    pair = np.stack([lives.status[: moment + 1, k], lives.blockers[: moment + 1, k]])
    starts = [0, *(np.flatnonzero((np.diff(pair) != 0).any(axis=0)) + 1).tolist(), moment]
    yield from pairwise(starts)
