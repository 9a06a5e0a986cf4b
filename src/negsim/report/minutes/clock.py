"""Floor minutes as days and times of day.

A day opens at ten. Half of its hours lie before a break of two hours and half after it: 10-13 and 15-18 of a day of six
hours. The time that procedure takes is spread evenly over the day.
"""

from __future__ import annotations

from negsim.report.words import HOUR
from negsim.scenario import Scenario
from negsim.scenario.lowering import floor_minutes

OPENS, BREAK = 10.0, 2.0  # o'clock, hours


class Clock:
    """The clock on the wall of a process."""

    def __init__(self, scenario: Scenario) -> None:
        self.hours: list[float] = []  # of a day, by meeting
        self.floor: list[float] = []  # minutes of floor time a day has, by meeting
        self.opened: list[float] = []  # minute at which each meeting opens
        minute = 0.0
        for meeting in scenario.process.meetings:
            self.hours.append(scenario.process.hours if meeting.hours is None else meeting.hours)
            self.floor.append(floor_minutes(scenario, meeting))
            self.opened.append(minute)
            minute += self.floor[-1] * meeting.days

    def time(self, minute: float, meeting: int, day: int) -> str:
        """The time of day at a minute of floor time, on a day (from 0) of a meeting (from 0)."""
        spent = (minute - self.opened[meeting] - day * self.floor[meeting]) / self.floor[meeting]
        worked = min(1.0, max(0.0, spent)) * self.hours[meeting]
        hour = OPENS + worked + (BREAK if worked > self.hours[meeting] / 2 + 1e-9 else 0.0)
        return f"{int(hour + 1e-6):02d}:{int((hour % 1.0) * HOUR + 1e-3) % 60:02d}"


def duration(minutes: float) -> str:
    """A length of time in words.

    >>> duration(12), duration(90), duration(288), duration(1.2)
    ('12 min', '1 h 30', '4 h 48', '1 min')
    """
    whole = round(minutes)
    return f"{whole} min" if whole < HOUR else f"{whole // 60} h {whole % 60:02d}"
