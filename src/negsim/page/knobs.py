"""The knobs of a page and their levels: the usual ones, and any value that the author names.

- A knob has at most 21 levels. One of them is the scenario as written; it changes nothing.
- `PATH=LOW..HIGH` makes the levels of a number, `PATH=[a, b]` those that the author lists, `PATH={name: a, other: b}`
  those that the author lists and names.
- The knob of a path that a usual one has takes its place.
- More meetings of the same length are also more days. So a curve over meetings has a companion with the days held, and
  a knob of its own for it (`held_days`), which readers do not turn.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from negsim.cast.formats import FORMATS
from negsim.cast.knobs import AS_WRITTEN, CORRIDORS, DAYS, EVENINGS, KNOBS, MEETINGS, METHODOLOGY, Knob, Level
from negsim.cast.methodologies import METHODOLOGIES
from negsim.errors import NegsimError, ScenarioError, literal
from negsim.scenario import Scenario, with_changes
from negsim.scenario.changes import parsed_change, with_draws
from negsim.scenario.sampling import days_are_drawn, largest, paths_drawn, sample
from negsim.scenario.schema import Uncertain
from negsim.scenario.values import is_number
from negsim.scenario.yaml import Plain, flow, follow, value_at
from negsim.study.schema import Value

_MOST_LEVELS = 21
_LAB_KNOBS = sorted(KNOBS.values(), key=lambda knob: not knob.on_page)
_INITIATIVE, _MOVES = "process.moves.initiative", "process.moves"
_EXAMPLE = "--knob context.tension=0..1"
_FEWER_LEVELS: dict[str, Sequence[Plain]] = {  # of a page that holds every draw beforehand
    MEETINGS.name: (1, 2, 3, 4, 6, 8),
    DAYS.name: (1, 2, 4, 6, 8, 12, 20),
    EVENINGS.name: (0.0, 0.5, 1.0),
    CORRIDORS.name: (0.0, 0.5, 1.0),
}
ALL_LEVELS, FEWER_LEVELS, FEWEST_LEVELS = range(3)  # how many levels the knobs of a page have
_IN_LAB = {name for name, each in FORMATS.items() if each.in_lab}
DAYS_HELD = "held"  # the name of the knob that holds the days
_STEPS = 10  # between the ends of a number


class _Ends(NamedTuple):
    """The ends of a range of levels."""

    low: float
    high: float


class PageLevel(NamedTuple):
    """A level of a knob.

    value: as `--set` takes it; None where the scenario does not say it in one number. name: the author's, "" for none.
    """

    value: Plain
    written: bool = False  # whether it is the scenario as written
    name: str = ""

    @property
    def plain(self) -> Value:
        """The level as tables have it: by its name, a list or a mapping as text."""
        return self.name or (flow(self.value) if isinstance(self.value, list | dict) else self.value)

    def change(self, path: str) -> str:
        """Return the level as `--set` takes it, "" for the scenario as written."""
        return "" if self.written else f"{path}={flow(self.value)}"


class PageKnob(NamedTuple):
    """A knob with its levels in the order of an axis; exactly one of them is as written."""

    name: str
    path: str
    levels: tuple[PageLevel, ...]

    @property
    def written(self) -> int:
        """The place of the level that changes nothing."""
        return next(n for n, level in enumerate(self.levels) if level.written)


class HeldDays(NamedTuple):
    """The knob that holds the days in all as written, while the number of meetings is turned.

    meetings: the levels of the number of meetings among which so many days can be divided.
    """

    knob: PageKnob
    meetings: tuple[int, ...]


class LabKnobs(NamedTuple):
    """The knobs of a page in the lab, which has all that links have. also: levels beside the usual ones, by path."""

    also: tuple[tuple[str, Level], ...] = ()


def knobs_of(
    scenario: Scenario, own: Sequence[str] = (), *, thin: int = ALL_LEVELS, lab: LabKnobs | None = None
) -> tuple[PageKnob, ...]:
    """Return the knobs of a page: the usual ones, then those of the author. own: such as `context.tension=0..1`.

    thin: `ALL_LEVELS`, `FEWER_LEVELS` or `FEWEST_LEVELS`. Levels of the usual knobs that do not fit are left out.

    Raises NegsimError for a knob of the author's that cannot be turned.
    """
    asked: dict[str, list[Plain] | dict[str, Plain] | _Ends] = {}
    for path, levels in map(_asked, own):
        if path in asked:
            raise NegsimError(f"--knob {path}: is given twice; give it once")
        asked[path] = levels
    _check_initiative(scenario, asked)
    usual = [knob for knob in _LAB_KNOBS if (knob.on_page or lab is not None) and knob.path not in asked]
    also = {} if lab is None else dict(lab.also)
    knobs = []
    for knob in usual:
        values = dict.fromkeys([*_usual(scenario, knob, thin), *([also[knob.path]] if knob.path in also else [])])
        in_order = sorted(values, key=lambda value: value if is_number(value) else 0)
        knobs.append(_knob(scenario, knob.path, [value for value in in_order if _fits(scenario, knob, value)]))
    for path, levels in asked.items():
        names = list(levels) if isinstance(levels, dict) else ()
        knobs.append(_knob(scenario, path, _values(scenario, path, levels, thin), names))
    first = [usual.path for usual in _LAB_KNOBS]  # in their order, then those of the author
    in_order = sorted(knobs, key=lambda knob: first.index(knob.path) if knob.path in first else len(first))
    return tuple(knob for knob in in_order if len(knob.levels) > 1)


def held_days(scenario: Scenario, knobs: Sequence[PageKnob], *, fixed: Collection[str] = ()) -> HeldDays | None:
    """Return the knob that holds the days in all, None where there is no curve over meetings with the days held.

    fixed: paths of levels that the page fixes.
    """
    days, meetings = _written_value(scenario, DAYS.path), next((k for k in knobs if k.path == MEETINGS.path), None)
    if meetings is None or not is_number(days) or DAYS.path in fixed:
        return None
    levels = [
        n
        for n, level in enumerate(meetings.levels)
        if _is_possible(scenario, {MEETINGS.path: level.value, DAYS.path: days})
    ]
    if len(levels) < 2:
        return None
    knob = PageKnob(DAYS_HELD, DAYS.path, (PageLevel(None, written=True), PageLevel(days)))
    return HeldDays(knob, tuple(levels))


def _is_possible(scenario: Scenario, changes: Mapping[str, Plain]) -> bool:
    """Return whether a scenario can have some levels, by path: days that can be divided among its meetings, say."""
    try:
        if scenario.uncertain:
            sample(with_changes(scenario, changes), 0, 0)
        else:
            with_draws(scenario, changes)
    except (ScenarioError, ValueError):
        return False
    return True


def _check_initiative(scenario: Scenario, asked: Collection[str]) -> None:
    """Raise NegsimError if a knob turns the initiative where no move of the table is on or can be switched on."""
    switches = [path for path in (*asked, *paths_drawn(scenario)) if path.startswith(_MOVES) and path != _INITIATIVE]
    if _INITIATIVE in asked and not scenario.process.moves.names and not switches:
        raise NegsimError(
            f"--knob {_INITIATIVE}: does nothing, since no move of the table is on; add --set {_MOVES}.offers=true"
        )


def _usual(scenario: Scenario, knob: Knob, thin: int) -> Sequence[Plain]:
    if knob is METHODOLOGY:
        offered = (name for name in METHODOLOGIES if name in _IN_LAB or not thin)
        return [*offered, *scenario.methodologies]
    levels = _FEWER_LEVELS.get(knob.name, knob.levels) if thin else knob.levels
    return levels if thin < FEWEST_LEVELS else _ends(levels)


def _ends(levels: Sequence[Plain]) -> Sequence[Plain]:
    """Return the first, the middle and the last of some levels."""
    return list(dict.fromkeys((levels[0], levels[len(levels) // 2], levels[-1])))


def _fits(scenario: Scenario, knob: Knob, value: Plain) -> bool:
    """Return whether a level fits, and days in all even the most meetings that are drawn."""
    rooms = [scenario]
    if knob is DAYS:
        rooms.append(largest(scenario, lambda one: len(one.process.meetings), bears=MEETINGS.path.__eq__))
    return all(_is_possible(room, {knob.path: value}) for room in rooms)


def _asked(text: str) -> tuple[str, list[Plain] | dict[str, Plain] | _Ends]:
    """Split a knob of the author's into its path and its levels: a list, by name, or the ends. Raises NegsimError."""
    path, equals, levels = text.partition("=")
    if not equals or not path.strip():
        raise NegsimError(f"{literal(text)}: is not a knob; write PATH=LOW..HIGH, as in {_EXAMPLE}")
    ends = levels.split("..")
    if len(ends) == 2:
        low, high = (_number(text, end) for end in ends)
        if not low < high:
            raise NegsimError(f"{literal(text)}: {ends[0].strip()} is not below {ends[1].strip()}")
        return path.strip(), _Ends(low, high)
    try:
        _, values = parsed_change(text)
    except ValueError as problem:
        raise NegsimError(f"{literal(text)}: {problem}") from None
    if not isinstance(values, list | dict) or not values:
        raise NegsimError(f"{literal(text)}: write the levels as LOW..HIGH, or list them as in PATH=[1, 2, 5]")
    if len(values) >= _MOST_LEVELS:
        raise NegsimError(f"{literal(text)}: {len(values)} levels are too many; write at most {_MOST_LEVELS - 1}")
    if isinstance(values, dict):
        return path.strip(), {str(name): value for name, value in values.items()}
    return path.strip(), [value for n, value in enumerate(values) if value not in values[:n]]


def _number(text: str, end: str) -> float:
    try:
        number = float(end)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise NegsimError(f"{literal(text)}: {literal(end.strip())} is not a number; as in {_EXAMPLE}")
    return int(number) if end.strip().lstrip("+-").isdecimal() else number


def _values(scenario: Scenario, path: str, asked: list[Plain] | dict[str, Plain] | _Ends, thin: int) -> Sequence[Plain]:
    """Return the levels that the author asked for. Raises NegsimError for a level that the scenario cannot have."""
    values: Sequence[Plain]
    if isinstance(asked, _Ends):
        values = _between(*asked, whole=_is_whole(scenario, path, asked))
        values = _ends(values) if thin == FEWEST_LEVELS else values
    else:
        values = list(asked.values()) if isinstance(asked, dict) else asked
    for value in (values[-1], *values):  # the ends first: they are what the author wrote
        try:
            with_changes(scenario, {path: value})
        except ScenarioError as error:
            raise NegsimError(f"--knob {error}") from None
    return values


def _is_whole(scenario: Scenario, path: str, asked: _Ends) -> bool:
    """Return whether only whole numbers stand between the ends: the scenario has one there, or takes no other."""
    if not all(isinstance(end, int) for end in asked):
        return False
    here = _written_value(scenario, path)
    is_one = isinstance(here, int) and not isinstance(here, bool)
    return is_one or not _is_possible(scenario, {path: sum(asked) / 2 + 0.25})


def _between(low: float, high: float, *, whole: bool) -> list[Plain]:
    """Return levels at equal distances: every whole number, or so many that they stay few, or ten steps."""
    if whole:
        step = -(-(int(high) - int(low)) // (_MOST_LEVELS - 2))
        return list(dict.fromkeys((*range(int(low), int(high), max(1, step)), int(high))))
    return [float(f"{low + (high - low) * n / _STEPS:.6g}") for n in range(_STEPS + 1)]


def _written_value(scenario: Scenario, path: str) -> Plain:
    """Return what a scenario has on a path, a choice by its name, the mean of a spread; None if nothing or if drawn."""
    match scenario.uncertain.get(path):
        case Uncertain(one_of=[value]) if is_number(value):  # all that is drawn
            return value
    if path in set(paths_drawn(scenario)) or (path == DAYS.path and days_are_drawn(scenario)):
        return None
    if path in KNOBS:
        return KNOBS[path].reads(scenario)
    data = scenario.resolved()
    reached, left = follow(data, path)
    here = None if left else value_at(data, reached)
    if isinstance(here, dict) and set(here) == {"mean", "spread"}:
        return here["mean"]
    return next(iter(here)) if isinstance(here, dict) and [*here.values()] == [{}] else here


def _knob(scenario: Scenario, path: str, values: Sequence[Plain], names: Sequence[str] = ()) -> PageKnob:
    """Make a knob of its levels, with the scenario as written in its place among them. names: those of the levels."""
    here = _written_value(scenario, path)
    levels = [
        PageLevel(value, name=names[n] if names else "")
        for n, value in enumerate(values)
        if value not in (here, AS_WRITTEN)
    ]
    written = PageLevel(here if is_number(here) or isinstance(here, str | bool) else None, written=True)
    at = 0
    if is_number(here):
        at = sum(is_number(level.value) and level.value < here for level in levels)
    name = KNOBS[path].name if path in KNOBS else path
    return PageKnob(name, path, (*levels[:at], written, *levels[at:]))
