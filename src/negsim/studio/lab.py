"""The lab: how often negotiations end well along one knob, as the runs come in, now and before.

- All variants use the same seed and the same replications, so that differences are paired.
- A curve grows in chunks. A new chunk changes no earlier run; it narrows the interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import numpy as np

from negsim.classroom.links import LAB_RUNS
from negsim.errors import NegsimError
from negsim.negotiation.measures import DEFAULT, lookup
from negsim.negotiation.tables import Floats
from negsim.report.words import RULES, format_name, measure_name, percent
from negsim.scenario import Scenario
from negsim.scenario.methodologies import AS_WRITTEN
from negsim.studio.limits import RefusedError, most_replications, seats_of
from negsim.studio.links import Variant
from negsim.study.estimates import Estimate, difference, mean
from negsim.study.runner import measure_of, run
from negsim.study.table import estimated

CHUNK = 40  # replications
MEETINGS = (1, 2, 3, 4, 5, 6, 7, 8)
EVENINGS = CORRIDORS = (0.0, 0.25, 0.5, 0.75, 1.0)
METHODS = ("questionnaire", "chair_text", "tabled_proposals", "rolling_text", "convergence_mapping", "drafting_group",
           "package_deal")  # fmt: skip
MEASURES = {name: measure_name(name) for name in (*DEFAULT, *RULES)}  # name: label

Level = int | float | str


class Axis(NamedTuple):
    """A knob on the x axis of a curve."""

    field: str  # of `Variant`
    label: str
    levels: tuple[Level, ...]


AXES = {
    "meetings": Axis("meetings", "number of meetings", MEETINGS),
    "evenings": Axis("evenings", "share of evenings at mixed tables", EVENINGS),
    "corridors": Axis("corridors", "share of corridor talk across groups", CORRIDORS),
    "methodology": Axis("methodology", "methodology", (AS_WRITTEN, *METHODS)),
}


def level_name(axis: str, level: object) -> str:
    """A level of a knob in words."""
    if axis == "methodology":
        return format_name(str(level))
    return percent(float(str(level))) if axis in {"evenings", "corridors"} else str(level)


class Series:
    """The runs of one variant so far: every measure of every replication, in order."""

    def __init__(self, variant: Variant) -> None:
        self.variant, self.scenario = variant, variant.scenario()
        self.most = most_replications(self.scenario, LAB_RUNS)
        self.columns: dict[str, list[Floats]] = {measure: [] for measure in MEASURES}
        self.done = 0
        self._growing = Lock()  # visitors of the same variant share its runs

    def grow(self) -> bool:
        """Run the next chunk; False if all runs are made."""
        with self._growing:
            count = min(CHUNK, self.most - self.done)
            if count <= 0:
                return False
            runs = run(self.scenario, replications=count, seed=self.variant.seed, first=self.done, threads=1)
            for measure, parts in self.columns.items():
                parts.append(measure_of(runs, measure))
            self.done += count
            return True

    def values(self, measure: str) -> Floats:
        """A measure in every replication so far."""
        parts = self.columns[measure][: -(-self.done // CHUNK)]
        return np.concatenate(parts) if parts else np.empty(0)

    def estimate(self, measure: str) -> Estimate:
        """The measure's mean with its interval."""
        return estimate_so_far(measure, self.values(measure))


@lru_cache(maxsize=256)
def series_of(variant: Variant) -> Series:
    """The runs of a variant; all visitors share them."""
    return Series(variant)


def mixed_share(scenario: Scenario) -> float:
    """Share of the evenings with mixed tables, rounded to a per cent."""
    usual = scenario.process.informal.mixed_share
    nights = [night for meeting in scenario.process.meetings for night in meeting.evenings]
    mixed = [usual if night.mixed_share is None else night.mixed_share for night in nights]
    return round(sum(share > 0.0 for share in mixed) / max(1, len(mixed)), 2)


def estimate_so_far(measure: str, values: Floats) -> Estimate:
    """The mean of a measure with its interval; NaN before the first run."""
    return estimated(measure, values) if len(values) else mean(values)


def knob_levels(variant: Variant) -> dict[str, Level | None]:
    """The level of each knob: the variant's own, or else the scenario's."""
    scenario = series_of(variant).scenario
    return {
        "meetings": len(scenario.process.meetings),
        "evenings": mixed_share(scenario) if variant.evenings is None else variant.evenings,
        "corridors": scenario.process.informal.corridors if variant.corridors is None else variant.corridors,
        "methodology": variant.methodology,
    }


def with_knob(variant: Variant, knob: str, level: Level | None) -> Variant:
    """A variant with a knob at a level, or with the knob as written if that gives the same scenario."""
    written, moved = variant.with_knobs({knob: None}), variant.with_knobs({knob: level})
    with suppress(NegsimError):
        if knob_levels(written)[knob] == level and written.scenario() == moved.scenario():
            return written
    return moved


def same_runs(one: Variant, other: Variant) -> bool:
    """Whether two variants give the same runs, though one may set by a knob what the other has as written."""
    return one == other or (one.seed == other.seed and series_of(one).scenario == series_of(other).scenario)


def most_of(variant: Variant, measure: str) -> int:
    """The highest possible value of a measure: all issues, all delegates, or the end of its scale."""
    scenario, meaning = series_of(variant).scenario, lookup(measure)
    if is_counted(measure):
        return len(scenario.issues) if meaning.unit == "issues" else seats_of(scenario)
    return round(meaning.high)


def is_counted(measure: str) -> bool:
    """Whether a measure is a number of things."""
    return lookup(measure).kind == "count"


def in_order(levels: Iterable[Level]) -> list[Level]:
    """The levels of an axis, each once: numbers by size, names in their order."""
    unique = dict.fromkeys(levels)
    return list(unique) if any(isinstance(level, str) for level in unique) else sorted(unique, key=float)


class Curve:
    """Runs along one knob, the rest as in a variant; the level of the variant itself is one of the points."""

    def __init__(self, variant: Variant, along: str) -> None:
        if along not in AXES:
            raise RefusedError(f"no such knob: {along}")
        self.variant, self.along = variant, along
        axis = AXES[along]
        self.here = series_of(variant)
        self.points: dict[Level, Series] = {}
        for level in axis.levels:
            with suppress(RefusedError):  # leave out a level at which the scenario is too large
                self.points[level] = series_of(with_knob(variant, axis.field, None if level == AS_WRITTEN else level))
        self.points[self.level_here] = self.here
        self.points = {level: self.points[level] for level in in_order(self.points)}

    @property
    def level_here(self) -> Level:
        """The level of the variant itself."""
        level = knob_levels(self.variant)[AXES[self.along].field]
        return AS_WRITTEN if level is None else level

    def holds(self, variant: Variant) -> bool:
        """Whether a variant is one of the curve's points."""
        return any(same_runs(variant, series.variant) for series in self.all_series)

    @property
    def all_series(self) -> list[Series]:
        """The runs of all points, those of the variant itself first."""
        return list(dict.fromkeys([self.here, *self.points.values()]))

    @property
    def progress(self) -> float:
        """Share of the runs that are made, 0..1."""
        return sum(s.done for s in self.all_series) / max(1, sum(s.most for s in self.all_series))

    def grow(self) -> bool:
        """Run a chunk of the point with the fewest runs; False if all are made."""
        behind = min(self.all_series, key=lambda series: series.done / max(1, series.most))
        return behind.grow()

    def growing(self) -> Iterator[float]:
        """Make all runs; yields the progress after each chunk."""
        while self.grow():
            yield self.progress

    def estimates(self, measure: str) -> dict[Level, Estimate]:
        """The curve as it stands, by level."""
        return {level: series.estimate(measure) for level, series in self.points.items()}


class Pairs(NamedTuple):
    """A measure of two variants over the replications in which both have it."""

    now: Estimate
    before: Estimate
    gap: Estimate  # now minus before
    runs: int  # that both have

    @property
    def has_gaps(self) -> bool:
        """Whether some runs lack the measure."""
        return self.gap.observations < self.runs


def pairs_of(now: Series, before: Series, measure: str) -> Pairs:
    """A measure of two variants on the same replications."""
    new, old = now.values(measure), before.values(measure)
    runs = min(len(new), len(old))
    both = ~(np.isnan(new[:runs]) | np.isnan(old[:runs]))
    new, old = new[:runs][both], old[:runs][both]
    return Pairs(estimate_so_far(measure, new), estimate_so_far(measure, old), difference(new, old), runs)
