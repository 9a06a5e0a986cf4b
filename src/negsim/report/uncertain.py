"""What a scenario draws anew for every run, in the words and ranges of a reader.

Rules that hold here
- A size that is drawn is told as its range, never as the number that happens to be written.
- Draws of different keys are independent; a list with a single value is no draw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from math import prod
from typing import NamedTuple

from negsim.report.words import counted, listed
from negsim.scenario import Scenario
from negsim.scenario.schema import PARAMETERS, SEATS, Uncertain
from negsim.scenario.values import is_number
from negsim.scenario.yaml import Plain

COUNT = "meetings.count"
DAYS = re.compile(r"process\.meetings\.(\d+)\.days")
MOST_WAYS = 10_000  # combinations that are looked through
WORDS = (  # of keys and paths
    (r"seats|groups\.\w+\.seats", "seats"),
    (r"positions|groups\.\w+\.position.*", "positions"),
    (r"meetings\.count", "the number of meetings"),
    (r"meetings", "meetings and their days"),
    (r"days|process\.meetings\.\d+\.days", "days of the meetings"),
    (r"methodology", "methodology"),
    (r"informal\.mixed_evenings", "evenings"),
    (r"decision_rule|process\.(decision_rule|fallback_vote).*", "the decision rule"),
    (r"process\.adoption", "the way of adoption"),
    (r"process\.record_dissent", "whether dissent may be recorded"),
    (r"outside_option|groups\.\w+\.outside_option", "outside options"),
    (r"context\.tension", "tension"),
    (r"trust\..*", "trust"),
    (r"parameters.*", "parameters"),
)

Ways = list[dict[str, Plain]]  # equally likely sets of changes
Range = tuple[float, float]


class Sizes(NamedTuple):
    """How many there are of everything, each with its noun; ranges where they are drawn."""

    delegates: str
    groups: str
    issues: str
    meetings: str
    days: str


def drawn(scenario: Scenario) -> dict[str, Uncertain]:
    """The keys that are drawn, with their distributions."""
    return {key: how for key, how in scenario.uncertain.items() if len(ways(key, how)) != 1}


def ways(key: str, how: Uncertain) -> Ways:
    """What may be drawn, of a range its ends; nothing for what no path says."""
    if how.either is not None:
        return list(how.either)
    values = how.one_of or how.integers or how.uniform or ()
    return [{key: value} for value in dict.fromkeys(values)] if _hashable(values) else [{key: v} for v in values]


def _hashable(values: tuple[Plain, ...]) -> bool:
    return not any(isinstance(value, list | dict) for value in values)


def values_at(scenario: Scenario, path: str) -> list[Plain]:
    """What may be drawn at a path, of a range its ends; nothing where it is certain."""
    found: list[Plain] = []
    for key, how in scenario.uncertain.items():
        found += [way[path] for way in ways(key, how) if path in way and way[path] not in found]
    return found if len(found) > 1 else []


def subjects(scenario: Scenario) -> list[str]:
    """What is drawn, in words, each once."""
    return list(dict.fromkeys(_in_words(key) for key in drawn(scenario)))


def _in_words(key: str) -> str:
    return next((words for pattern, words in WORDS if re.fullmatch(pattern, key)), key)


def timetable_is_drawn(scenario: Scenario) -> bool:
    """Whether meetings, their days, agendas or evenings differ from run to run."""
    return bool(
        {"the number of meetings", "meetings and their days", "days of the meetings", "methodology", "evenings"}
        & set(subjects(scenario))
    )


def luck(scenario: Scenario) -> str:
    """In what the runs of a scenario differ."""
    named = subjects(scenario)
    if not named:
        return "with the same people and procedure and other luck"
    if named == [PARAMETERS]:
        return "with the same people and procedure, parameters drawn anew, and other luck"
    return f"with other luck, of which each draws anew what is not known ({listed(named)})"


# ------------------------------------------------------------------------------------------------ sizes


def sizes(scenario: Scenario) -> Sizes:
    """How many there are of everything."""
    times = _times(scenario)
    meetings, days = times or (None, None)
    return Sizes(
        ranged(seats(scenario), "delegate"),
        counted(len(scenario.groups), "group"),
        counted(len(scenario.issues), "issue"),
        "meetings whose number is drawn" if meetings is None else ranged(meetings, "meeting"),
        "a number of days that is drawn" if days is None else ranged(days, "day"),
    )


def ranged(ends: Range, noun: str) -> str:
    """A number with its noun, or a range of it.

    >>> ranged((3, 3), "day"), ranged((1, 8), "meeting")
    ('3 days', '1 to 8 meetings')
    """
    low, high = ends
    return counted(low, noun) if low == high else f"{low:g} to {counted(high, noun)}"


def seats(scenario: Scenario) -> Range:
    """Seats in all, the fewest and the most."""
    written = {f"groups.{name}.seats": group.seats for name, group in scenario.groups.items()}
    low = high = float(sum(written.values()))
    for key, how in scenario.uncertain.items():
        if key == SEATS and how.split is not None:
            return float(how.split), float(how.split)
        more = [sum(way[at] - written[at] for at in way if at in written) for way in ways(key, how)]
        low, high = low + min(more, default=0), high + max(more, default=0)
    return low, high


def seats_of(scenario: Scenario, group: str) -> str:
    """The seats of a group, as a table shows them."""
    split = scenario.uncertain[SEATS].split if SEATS in scenario.uncertain else None
    if split is not None:
        return f"drawn, {split} in all"
    return choice(scenario, f"groups.{group}.seats") or str(scenario.groups[group].seats)


def choice(scenario: Scenario, path: str) -> str:
    """What may be drawn at a path, as a table shows it; "" where it is certain."""
    values = values_at(scenario, path)
    if not values:
        return ""
    if all(is_number(value) for value in values):
        return f"{min(values):g} to {max(values):g} (drawn)"
    words = [_word(value) for value in values if not isinstance(value, list | dict)]
    return f"{', '.join(words[:-1])} or {words[-1]} (drawn)" if len(words) == len(values) else "drawn"


def _word(value: Plain) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value).replace("_", " ")


def days_are_certain(scenario: Scenario) -> bool:
    """Whether every run has as many days."""
    times = _times(scenario)
    return times is not None and times[1][0] == times[1][1]


def _times(scenario: Scenario) -> tuple[Range, Range] | None:
    """How many meetings and how many days in all, the fewest and the most of each; None for too many ways to say."""
    written = [meeting.days for meeting in scenario.process.meetings]
    options = [found for key, how in scenario.uncertain.items() if (found := list(_of_times(ways(key, how))))]
    if prod(map(len, options)) > MOST_WAYS:
        return None
    drawn_days = [_turned(written, way) for way in product(*options)]
    counts, days = [float(len(each)) for each in drawn_days], [float(sum(each)) for each in drawn_days]
    return (min(counts), max(counts)), (min(days), max(days))


def _of_times(found: Ways) -> Iterator[dict[str, Plain]]:
    """What of the ways bears on meetings and days, each once."""
    told = [{path: value for path, value in way.items() if path == COUNT or DAYS.fullmatch(path)} for way in found]
    if any(told):
        yield from (way for n, way in enumerate(told) if way not in told[:n])


def _turned(written: list[int], way: tuple[dict[str, Plain], ...]) -> list[int]:
    """The days of every meeting after a draw: meetings are counted last, and those that are added are like the last."""
    changes = {path: value for part in way for path, value in part.items()}
    days = [changes.get(f"process.meetings.{m}.days", each) for m, each in enumerate(written)]
    count = changes.get(COUNT, len(days))
    return [*days, *[days[-1]] * (count - len(days))][:count]
