"""The part of a scenario that is drawn anew for every run, in the words and ranges of a reader.

- A drawn size is shown as its range, never as the number that happens to be in the file.
- Draws of different keys are independent; a list with a single value is certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from math import prod
from typing import NamedTuple

import numpy as np

from negsim.cast.knobs import CORRIDORS, KNOBS, MEETINGS
from negsim.cast.knobs import DAYS as IN_ALL
from negsim.negotiation.tables import Floats
from negsim.report.words import counted, listed, measure_name, number_text, unit
from negsim.scenario import Scenario
from negsim.scenario.schema import PARAMETERS_KEY, SEATS_KEY, Uncertain
from negsim.scenario.values import is_number
from negsim.scenario.yaml import Plain

_DAYS = re.compile(r"process\.meetings\.(\d+)\.days")
_TIMETABLE = {"meetings and their days", "days of the meetings"} | {
    knob.drawn for knob in KNOBS.values() if knob is not CORRIDORS
}
_MOST_WAYS = 10_000  # combinations that are looked through
_WORDS = (  # of keys and paths
    (r"seats|groups\.\w+\.seats", "seats"),
    (r"positions|groups\.\w+\.position.*", "positions"),
    (r"groups\.\w+\.red_lines.*", "red lines"),
    *((re.escape(path), knob.drawn) for path, knob in KNOBS.items()),
    (r"meetings", "meetings and their days"),
    (r"days|process\.meetings\.\d+\.days", "days of the meetings"),
    (r"decision_rule|process\.(decision_rule|fallback_vote).*", "the decision rule"),
    (r"voting_weights|(groups\.\w+|delegates\.\d+)\.voting_weight.*", "voting weights"),
    (r"process\.adoption", "the way of adoption"),
    (r"process\.record_dissent", "whether dissent may be recorded"),
    (r"outside_option|groups\.\w+\.outside_option", "outside options"),
    (r"context\.tension", "tension"),
    (r"trust\..*", "trust"),
    (r"parameters.*", "parameters"),
)

_Ways = list[dict[str, Plain]]  # equally likely sets of changes
_Range = tuple[float, float]


class _Sizes(NamedTuple):
    """The numbers of delegates, groups, issues, meetings and days, each with its noun; ranges if they are drawn."""

    delegates: str
    groups: str
    issues: str
    meetings: str
    days: str


def distributions(scenario: Scenario) -> dict[str, Uncertain]:
    """Return the keys that are drawn, with their distributions."""
    return {key: how for key, how in scenario.uncertain.items() if len(_ways(key, how)) != 1}


def _ways(key: str, how: Uncertain) -> _Ways:
    """Return the changes that may be drawn, those at the ends of a range; none if the distribution has no path."""
    if how.either is not None:
        return list(how.either)
    values = how.one_of or how.integers or how.uniform or ()
    return [{key: value} for n, value in enumerate(values) if value not in values[:n]]


def values_at(scenario: Scenario, path: str) -> list[Plain]:
    """Return the values that may be drawn at a path, the ends of a range; none if it is certain."""
    values: list[Plain] = []
    for key, how in scenario.uncertain.items():
        values += [way[path] for way in _ways(key, how) if path in way and way[path] not in values]
    return values if len(values) > 1 else []


def subjects(scenario: Scenario) -> list[str]:
    """Name what is drawn, without repetition."""
    keys = distributions(scenario)
    return list(dict.fromkeys(next((words for path, words in _WORDS if re.fullmatch(path, key)), key) for key in keys))


def timetable_is_drawn(scenario: Scenario) -> bool:
    """Return whether meetings, their days, agendas or evenings differ from run to run."""
    return not _TIMETABLE.isdisjoint(subjects(scenario))


def luck(scenario: Scenario) -> str:
    """Say how the runs of a scenario differ, in words that follow their number."""
    named = subjects(scenario)
    if not named:
        return "with the same people and procedure and different chance events"
    if named == [PARAMETERS_KEY]:
        return "with the same people and procedure, newly drawn parameters and different chance events"
    return f"with different chance events, and with what is not known drawn anew for each ({listed(named)})"


def sizes(scenario: Scenario) -> _Sizes:
    """Return the sizes of a scenario."""
    meetings, days = _times(scenario) or (None, None)
    return _Sizes(
        range_text(seats(scenario), "delegate"),
        counted(len(scenario.groups), "group"),
        counted(len(scenario.issues), "issue"),
        "meetings whose number is drawn" if meetings is None else range_text(meetings, "meeting"),
        "a number of days that is drawn" if days is None else range_text(days, "day"),
    )


def range_text(ends: _Range, noun: str) -> str:
    """Write a number with its noun, or a range of it.

    >>> range_text((3, 3), "day"), range_text((1, 8), "meeting")
    ('3 days', '1 to 8 meetings')
    """
    low, high = ends
    return counted(low, noun) if low == high else f"{low:g} to {counted(high, noun)}"


def seats(scenario: Scenario) -> _Range:
    """Return the fewest and the most seats in all."""
    written = {f"groups.{name}.seats": group.seats for name, group in scenario.groups.items()}
    low = high = float(sum(written.values()))
    for key, how in scenario.uncertain.items():
        if key == SEATS_KEY and how.split is not None:
            return float(how.split), float(how.split)
        more = [sum(way[at] - written[at] for at in way if at in written) for way in _ways(key, how)]
        low, high = low + min(more, default=0), high + max(more, default=0)
    return low, high


def seats_of(scenario: Scenario, group: str) -> str:
    """Return the seats of a group, as a table shows them."""
    split = scenario.uncertain[SEATS_KEY].split if SEATS_KEY in scenario.uncertain else None
    if split is not None:
        return f"drawn, {split} in all"
    return choice(scenario, f"groups.{group}.seats") or str(scenario.groups[group].seats)


def choice(scenario: Scenario, path: str) -> str:
    """Describe what may be drawn at a path, for a table; "" if it is certain."""
    values = values_at(scenario, path)
    if not values:
        return ""
    if all(is_number(value) for value in values):
        return f"{min(values):g} to {max(values):g} (drawn)"
    if any(isinstance(value, list | dict) for value in values):
        return "drawn"
    words = [("no", "yes")[value] if isinstance(value, bool) else str(value).replace("_", " ") for value in values]
    return f"{', '.join(words[:-1])} or {words[-1]} (drawn)"


def days_in_all_are_drawn(scenario: Scenario) -> bool:
    """Return whether runs may differ in total days; `sampling.days_are_drawn` also asks how meetings share them."""
    times = _times(scenario)
    return times is None or times[1][0] != times[1][1]


def _times(scenario: Scenario) -> tuple[_Range, _Range] | None:
    """Return the fewest and most meetings, and days in all; None if there are too many ways to look through."""
    written = [meeting.days for meeting in scenario.process.meetings]
    options = [times for key, how in scenario.uncertain.items() if (times := list(_of_times(_ways(key, how))))]
    if prod(map(len, options)) > _MOST_WAYS:
        return None
    timetables = [_days(written, way) for way in product(*options)]
    counts, days = [float(len(each)) for each in timetables], [float(sum(each)) for each in timetables]
    return (min(counts), max(counts)), (min(days), max(days))


def _of_times(all_ways: _Ways) -> Iterator[dict[str, Plain]]:
    """Yield the parts of the ways that affect meetings and days, without repetition."""
    parts = [
        {path: value for path, value in way.items() if path in {MEETINGS.path, IN_ALL.path} or _DAYS.fullmatch(path)}
        for way in all_ways
    ]
    if any(parts):
        yield from (part for n, part in enumerate(parts) if part not in parts[:n])


def _days(written: list[int], way: tuple[dict[str, Plain], ...]) -> list[int]:
    """Return the days of every meeting after a draw: added meetings are like the last, then days in all are divided."""
    changes = {path: value for part in way for path, value in part.items()}
    days = [changes.get(f"process.meetings.{m}.days", each) for m, each in enumerate(written)]
    count = changes.get(MEETINGS.path, len(days))
    days = [*days, *[days[-1]] * (count - len(days))][:count]
    each, more = divmod(changes.get(IN_ALL.path, sum(days)), count)
    return [each + (m < more) for m in range(count)] if IN_ALL.path in changes else days


def base_text(base: Floats, measure: str, runs: int | None = None) -> str:
    """Say how far a measure moves over worlds (W). runs: in each, if that is to be said."""
    places = (0.1, 0.5, 0.9, 0.0, 1.0)
    low, half, high, least, most = (
        number_text(at / unit(measure), measure) for at in np.quantile(base, places).tolist()
    )
    each = "" if runs is None else f", {counted(runs, 'run')} each"
    return (
        f"over {counted(len(base), 'world')}{each}: {measure_name(measure)} is {low}, {half}, {high}"
        f" at 10, 50, 90 % of them, {least} to {most} in all"
    )


def uncertainty_text(scenario: Scenario) -> str:
    """Say what the numbers of runs leave out where no worlds were made."""
    named = subjects(scenario)
    if not named:
        return (
            "nothing uncertain was declared: the intervals hold at the numbers of the file; --worlds shows how far one"
            " step of each moves them"
        )
    return f"each run draws {listed(named)}; --worlds shows how far the chance moves from draw to draw"
