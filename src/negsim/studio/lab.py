"""The lab: how often it ends well, along one knob, as the runs come in; against the setting before.

Rules that hold here
- All settings use the same seed and the same replications, so that differences are paired.
- A curve grows in chunks; more of them change no number that is there already but make its interval narrower.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import numpy as np

from negsim.errors import NegsimError
from negsim.negotiation.measures import DEFAULT, lookup
from negsim.negotiation.tables import Floats
from negsim.report.words import RULES, format_name, measure_name, percent
from negsim.scenario import Scenario
from negsim.scenario.methodologies import AS_WRITTEN
from negsim.studio.limits import RefusedError, affordable
from negsim.studio.links import Setting
from negsim.study.estimates import Estimate, difference, mean
from negsim.study.runner import measure_of, run
from negsim.study.table import estimated

CHUNK = 40  # replications
REPLICATIONS = 400
MEETINGS = (1, 2, 3, 4, 5, 6, 7, 8)
EVENINGS = (0.0, 0.25, 0.5, 0.75, 1.0)
METHODS = ("questionnaire", "chair_text", "tabled_proposals", "rolling_text", "convergence_mapping", "drafting_group",
           "package_deal")  # fmt: skip
MEASURES = {name: measure_name(name) for name in (*DEFAULT, *RULES)}  # by name, what to call it


Level = int | float | str


class Axis(NamedTuple):
    """A knob that a curve runs along."""

    field: str  # of a setting
    label: str
    levels: tuple[Level, ...]


AXES = {
    "meetings": Axis("meetings", "number of meetings", MEETINGS),
    "evenings": Axis("evenings", "share of evenings at mixed tables", EVENINGS),
    "methodology": Axis("methodology", "methodology", (AS_WRITTEN, *METHODS)),
}


def level_name(axis: str, level: object) -> str:
    """What to call a level of a knob."""
    if axis == "methodology":
        return format_name(str(level))
    return percent(float(str(level))) if axis == "evenings" else str(level)


# ------------------------------------------------------------------------------------------------ the curve


class Series:
    """The runs of one setting so far: every measure of every replication, in order."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self.scenario = setting, setting.scenario()
        self.most = affordable(self.scenario, REPLICATIONS)
        self.columns: dict[str, list[Floats]] = {measure: [] for measure in MEASURES}
        self.done = 0
        self._growing = Lock()  # visitors who look at the same setting share its runs

    def grow(self) -> bool:
        """Run the next chunk; whether there was one."""
        with self._growing:
            count = min(CHUNK, self.most - self.done)
            if count <= 0:
                return False
            runs = run(self.scenario, replications=count, seed=self.setting.seed, first=self.done, threads=1)
            for measure, parts in self.columns.items():
                parts.append(measure_of(runs, measure))
            self.done += count
            return True

    def values(self, measure: str) -> Floats:
        """A measure over the replications so far."""
        parts = self.columns[measure][: -(-self.done // CHUNK)]
        return np.concatenate(parts) if parts else np.empty(0)

    def estimate(self, measure: str) -> Estimate:
        """The measure's mean with its interval."""
        return so_far(measure, self.values(measure))


@lru_cache(maxsize=256)
def series_of(setting: Setting) -> Series:
    """The runs of a setting, shared by all who ask for it."""
    return Series(setting)


def mixed_share(scenario: Scenario) -> float:
    """Share of the evenings at which some sit at mixed tables, to the per cent."""
    usual = scenario.process.informal.mixed_share
    nights = [night for meeting in scenario.process.meetings for night in meeting.evenings]
    mixed = [usual if night.mixed_share is None else night.mixed_share for night in nights]
    return round(sum(share > 0.0 for share in mixed) / max(1, len(mixed)), 2)


def so_far(measure: str, values: Floats) -> Estimate:
    """The estimate of a measure over the runs there are; NaN before the first."""
    return estimated(measure, values) if len(values) else mean(values)


def standing(setting: Setting) -> dict[str, Level | None]:
    """Where the three knobs stand, as they were turned or else as the scenario is written."""
    scenario = series_of(setting).scenario
    return {
        "meetings": len(scenario.process.meetings),
        "evenings": mixed_share(scenario) if setting.evenings is None else setting.evenings,
        "methodology": setting.methodology,
    }


def turned(setting: Setting, knob: str, level: Level | None) -> Setting:
    """A setting with a knob at a level; as written where the scenario stands there and turning it changes nothing."""
    written, moved = setting.with_knobs({knob: None}), setting.with_knobs({knob: level})
    with suppress(NegsimError):
        if standing(written)[knob] == level and written.scenario() == moved.scenario():
            return written
    return moved


def same_runs(one: Setting, other: Setting) -> bool:
    """Whether two settings run the same, though one may say by a knob what the other has as written."""
    return one == other or (one.seed == other.seed and series_of(one).scenario == series_of(other).scenario)


def most_of(setting: Setting, measure: str) -> int:
    """The highest value that a measure can have: all issues, all delegates, or the end of its scale."""
    scenario, found = series_of(setting).scenario, lookup(measure)
    if is_counted(measure):
        return (
            len(scenario.issues) if found.unit == "issues" else sum(group.seats for group in scenario.groups.values())
        )
    return round(found.high)


def is_counted(measure: str) -> bool:
    """Whether a measure is a number of things."""
    return lookup(measure).kind == "count"


def in_order(levels: Iterable[Level]) -> list[Level]:
    """Levels of one axis without repetitions: numbers by size, names as they come."""
    found = dict.fromkeys(levels)
    return list(found) if any(isinstance(level, str) for level in found) else sorted(found, key=float)


class Curve:
    """A measure along one knob, the other two as in a setting; where the setting has the knob is one of the points."""

    def __init__(self, setting: Setting, along: str) -> None:
        if along not in AXES:
            raise RefusedError(f"there is no curve along {along}")
        self.setting, self.along = setting, along
        axis = AXES[along]
        self.here = series_of(setting)
        self.points: dict[Level, Series] = {}
        for level in axis.levels:
            with suppress(RefusedError):  # a level at which it would be too large is left out
                self.points[level] = series_of(turned(setting, axis.field, None if level == AS_WRITTEN else level))
        self.points[self.level_here] = self.here
        self.points = {level: self.points[level] for level in in_order(self.points)}

    @property
    def level_here(self) -> Level:
        """Where the setting itself is on the axis."""
        level = standing(self.setting)[AXES[self.along].field]
        return AS_WRITTEN if level is None else level

    def holds(self, setting: Setting) -> bool:
        """Whether a setting is one of those that the curve shows."""
        return any(same_runs(setting, series.setting) for series in self.all_series)

    @property
    def all_series(self) -> list[Series]:
        """Everything that runs, the setting itself first."""
        return list(dict.fromkeys([self.here, *self.points.values()]))

    @property
    def progress(self) -> float:
        """Share of the runs that are made."""
        return sum(s.done for s in self.all_series) / max(1, sum(s.most for s in self.all_series))

    def grow(self) -> bool:
        """One chunk where there are fewest runs; whether there was one."""
        behind = min(self.all_series, key=lambda series: series.done / max(1, series.most))
        return behind.grow()

    def growing(self) -> Iterator[float]:
        """Grow to the end; the progress after each chunk."""
        while self.grow():
            yield self.progress

    def estimates(self, measure: str) -> dict[Level, Estimate]:
        """The curve as it is now."""
        return {level: series.estimate(measure) for level, series in self.points.items()}


class Pairs(NamedTuple):
    """A measure of two settings over the replications in which both have it, and by how much it differs."""

    now: Estimate
    before: Estimate
    gap: Estimate
    runs: int  # that both have made

    @property
    def some(self) -> bool:
        """Whether there are runs that lack the measure."""
        return self.gap.observations < self.runs


def paired(now: Series, before: Series, measure: str) -> Pairs:
    """A measure of two settings on the same replications."""
    new, old = now.values(measure), before.values(measure)
    runs = min(len(new), len(old))
    both = ~(np.isnan(new[:runs]) | np.isnan(old[:runs]))
    new, old = new[:runs][both], old[:runs][both]
    return Pairs(so_far(measure, new), so_far(measure, old), difference(new, old), runs)
