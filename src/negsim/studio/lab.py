"""The lab: how often negotiations end well along one knob, now and before, and what people expected.

- All variants use the same seed and the same replications, so that differences are paired.
- A curve grows in chunks. A new chunk changes no earlier run; it narrows the interval.
- A guess is final, and made before its result is on the page.
- Whatever reads a scenario is a function that a worker calls: `setting_of`, `turned`, `settings_along`, `chunk_of`.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from weakref import WeakValueDictionary

import numpy as np

from negsim.cast.formats import FORMATS
from negsim.cast.knobs import (
    AS_WRITTEN,
    DAYS,
    KNOBS,
    KNOBS_BY_NAME,
    MEETINGS,
    METHODOLOGY,
    UNCHANGED_LEVEL,
    Knob,
    Level,
)
from negsim.cast.measures import lookup
from negsim.cast.studio import LAB_RUNS
from negsim.errors import NegsimError, ScenarioError, literal
from negsim.files import plain_cell
from negsim.negotiation.measures import DEFAULT_MEASURES
from negsim.negotiation.tables import Floats
from negsim.report import uncertain, words
from negsim.report.words import RULE_LABELS, agendas_of, is_share, listed, measure_name
from negsim.scenario import Scenario
from negsim.scenario.schema import PARAMETERS_KEY, Uncertain
from negsim.scenario.values import one_line
from negsim.studio.limits import MOST_NAME, MOST_REASON, RefusedError, most_replications
from negsim.studio.links import Variant
from negsim.study.estimates import Estimate, difference, mean
from negsim.study.runner import measure_of, run
from negsim.study.table import estimated

LAB_CHUNK = 40  # replications, of a negotiation of a usual size
_DRAWN_CHUNK_DIVISOR = 4  # times smaller are chunks whose scenario is drawn for every run
LAB_MEASURES = {name: measure_name(name) for name in (*DEFAULT_MEASURES, *RULE_LABELS)}  # name: label

# The points of a curve along each knob, by its name.
AXES: dict[str, tuple[Level, ...]] = {
    name: knob.levels or (AS_WRITTEN, *(method for method in FORMATS if FORMATS[method].in_lab))
    for name, knob in KNOBS_BY_NAME.items()
}


def level_name(along: str, level: Level) -> str:
    """Name a level of a knob."""
    return words.level_name(KNOBS_BY_NAME[along].path, level)


class VariantFacts(NamedTuple):
    """The facts that a page needs about a variant before it runs: its place on the knobs, its sizes."""

    variant: Variant
    levels: Mapping[str, Level | None]  # of each knob: the variant's own, or else the scenario's; None: as written
    most: int  # replications of a point of a curve
    chunk: int  # of which so many at a time, so that a chunk is short work
    issues: int
    seats: int
    sampled: str  # which knobs set a number that otherwise differs from run to run, in a sentence; "" if none
    own: tuple[str, ...]  # methodologies that the scenario defines
    agendas: str  # what the meetings do, in words
    runs: str  # the same text for two variants that give the same runs, though by other knobs

    def level(self, along: str) -> Level:
        """Return the variant's own level of a knob."""
        level = self.levels[along]
        return AS_WRITTEN if level is None else level

    def place(self, along: str) -> str:
        """Describe that level in words.

        >>> setting_of(Variant(name="classroom")).place("meetings")
        '1 meeting'
        """
        level = self.level(along)
        return (
            f"the scenario {UNCHANGED_LEVEL}" if level == AS_WRITTEN else words.phrase(KNOBS_BY_NAME[along].path, level)
        )

    def highest(self, measure: str) -> int:
        """Return the highest possible value of a measure: all issues, all delegates, or the end of its scale."""
        meaning = lookup(measure)
        if is_counted(measure):
            return self.issues if meaning.unit == "issues" else self.seats
        return round(meaning.high)

    def span(self, measure: str) -> str:
        """Describe the range of a guess of a measure, in the unit that visitors type."""
        if is_share(measure):
            return "a number from 0 to 100 per cent"
        most = self.highest(measure)
        if is_counted(measure):
            return f"a number of {lookup(measure).unit}, 0 to {most}"
        return f"a number from 0 to {most}"


@lru_cache(maxsize=32)
def setting_of(variant: Variant) -> VariantFacts:
    """Read the setting of a variant from its scenario."""
    scenario = variant.scenario()
    levels = {name: _level_of(variant, scenario, knob) for name, knob in KNOBS_BY_NAME.items()}
    levels |= dict.fromkeys(_drawn_knobs(scenario))
    slowly = _DRAWN_CHUNK_DIVISOR if set(scenario.uncertain) - {PARAMETERS_KEY} else 1  # each run is lowered anew
    chunk = max(1, most_replications(scenario, LAB_CHUNK * LAB_CHUNK) // LAB_CHUNK // slowly)
    text = f"{variant.seed} {scenario.model_dump_json()}"
    method = str(variant.levels.get(METHODOLOGY.path, AS_WRITTEN))
    return VariantFacts(
        variant, levels, most_replications(scenario, LAB_RUNS), chunk, len(scenario.issues), scenario.seat_count,
        sampled_knobs(scenario), tuple(scenario.methodologies), agendas_of(scenario, method),
        sha256(text.encode(errors="replace")).hexdigest(),
    )  # fmt: skip


def _level_of(variant: Variant, scenario: Scenario, knob: Knob) -> Level | None:
    """Return the level of a knob: what every draw has, what the variant turns it to, or else what its scenario says."""
    match scenario.uncertain.get(knob.path):
        case Uncertain(one_of=[float(level)]):
            return level
    return variant.levels[knob.path] if knob.path in variant.levels else knob.reads(scenario)


def _drawn_knobs(scenario: Scenario) -> list[str]:
    """Return the names of the knobs whose number differs from run to run."""
    return [
        name
        for name, knob in KNOBS_BY_NAME.items()
        if knob.levels
        and (uncertain.values_at(scenario, knob.path) or (knob is DAYS and uncertain.days_in_all_are_drawn(scenario)))
    ]


def sampled_knobs(scenario: Scenario) -> str:
    """Say which dials set a number that otherwise differs from run to run; "" if none."""
    drawn = [KNOBS_BY_NAME[name] for name in _drawn_knobs(scenario)]
    sampled = [_drawn(scenario, knob) for knob in drawn if knob.dial]
    if not sampled:
        return ""
    return f"As written, drawn at random for every run: {listed(sampled)}. Turning the knob fixes the number."


def _drawn(scenario: Scenario, knob: Knob) -> str:
    return uncertain.sizes(scenario).meetings if knob is MEETINGS else knob.drawn


def turned(variant: Variant, knob: str, level: Level | None) -> VariantFacts:
    """Return a variant with a knob at a level, or with the knob as written if that gives the same scenario."""
    moved = setting_of(variant.with_level(KNOBS_BY_NAME[knob].path, level))
    with suppress(NegsimError):
        written = setting_of(variant.with_level(KNOBS_BY_NAME[knob].path, None))
        if written.levels[knob] == level and written.runs == moved.runs:
            return written
    return moved


def settings_along(variant: Variant, along: str) -> dict[Level, VariantFacts]:
    """Return the settings along one knob, the variant's own level among them.

    Levels at which the scenario is too large, or has fewer days than meetings, are left out. If a number of the variant
    is drawn for every run, its own level is `AS_WRITTEN`, which is not one of the numbers.
    """
    if along not in AXES:
        raise RefusedError(f"no such knob: {along}")
    here = setting_of(variant)
    points: dict[Level, VariantFacts] = {}
    for level in (*AXES[along], *(here.own if KNOBS_BY_NAME[along] is METHODOLOGY else ())):
        with suppress(RefusedError, ScenarioError):
            points[level] = turned(variant, along, None if level == AS_WRITTEN else level)
    points[here.level(along)] = here
    return {level: points[level] for level in in_order(points)}


def chunk_of(variant: Variant, first: int, count: int) -> dict[str, Floats]:
    """Compute every measure of some replications of a variant."""
    runs = run(variant.scenario(), replications=count, seed=variant.seed, first=first, threads=1)
    return {measure: measure_of(runs, measure) for measure in LAB_MEASURES}


class VariantRuns:
    """The runs of one variant so far: every measure of every replication, in order."""

    def __init__(self, setting: VariantFacts) -> None:
        self.setting, self.variant, self.most = setting, setting.variant, setting.most
        self._chunks: list[Mapping[str, Floats]] = []
        self.done = 0
        self.is_growing = False  # whether a worker makes the next chunk

    def due(self) -> tuple[Variant, int, int] | None:
        """Return the next chunk, as `chunk_of` takes it; None if all runs are made."""
        count = min(self.setting.chunk, self.most - self.done)
        return (self.variant, self.done, count) if count > 0 else None

    def add(self, first: int, chunk: Mapping[str, Floats]) -> None:
        """Add a chunk, unless somebody else looking at the same variant has."""
        if first == self.done:
            self._chunks.append(chunk)
            self.done += len(next(iter(chunk.values())))

    def values(self, measure: str) -> Floats:
        """Return a measure in every replication so far."""
        return np.concatenate([np.empty(0), *(chunk[measure] for chunk in self._chunks)])

    def estimate(self, measure: str) -> Estimate:
        """Return the measure's mean with its interval."""
        return estimate_so_far(measure, self.values(measure))


_SERIES: WeakValueDictionary[Variant, VariantRuns] = WeakValueDictionary()


def _series_of(setting: VariantFacts) -> VariantRuns:
    """Return the runs of a variant; all visitors who look at it now share them."""
    return _SERIES.setdefault(setting.variant, VariantRuns(setting))


def estimate_so_far(measure: str, values: Floats) -> Estimate:
    """Average a measure with its interval; NaN before the first run."""
    return estimated(measure, values) if len(values) else mean(values)


def is_counted(measure: str) -> bool:
    """Return whether a measure is a number of things."""
    return lookup(measure).kind == "count"


def in_order(levels: Iterable[Level]) -> list[Level]:
    """List the levels of an axis, each once: names in their order, then numbers by size."""
    unique = dict.fromkeys(levels)
    names = [level for level in unique if isinstance(level, str)]
    return [*names, *sorted(level for level in unique if not isinstance(level, str))]


class Curve:
    """Runs along one knob, the rest as in a variant; the level of the variant itself is one of the points."""

    def __init__(self, setting: VariantFacts, along: str, points: Mapping[Level, VariantFacts]) -> None:
        self.setting, self.variant, self.along = setting, setting.variant, along
        self.here = _series_of(setting)
        self.points = {level: _series_of(point) for level, point in points.items()}

    @property
    def level_here(self) -> Level:
        """The level of the variant itself."""
        return self.setting.level(self.along)

    def holds(self, setting: VariantFacts) -> bool:
        """Return whether a variant is one of the curve's points."""
        return any(setting.runs == series.setting.runs for series in self.all_series)

    @property
    def all_series(self) -> list[VariantRuns]:
        """The runs of all points, those of the variant itself first."""
        return list(dict.fromkeys([self.here, *self.points.values()]))

    @property
    def progress(self) -> float:
        """Share of the runs that are made, 0..1."""
        return sum(s.done for s in self.all_series) / max(1, sum(s.most for s in self.all_series))

    @property
    def behind(self) -> VariantRuns:
        """The point with the smallest share of its runs."""
        return min(self.all_series, key=lambda series: series.done / max(1, series.most))

    def estimates(self, measure: str) -> dict[Level, Estimate]:
        """Return the curve so far, by level."""
        return {level: series.estimate(measure) for level, series in self.points.items()}


class PairedRuns(NamedTuple):
    """A measure of two variants over the replications in which both have it."""

    now: Estimate
    before: Estimate
    gap: Estimate  # now minus before
    runs: int  # that both have

    @property
    def has_gaps(self) -> bool:
        """True if some runs lack the measure."""
        return self.gap.observations < self.runs


def pairs_of(now: VariantRuns, before: VariantRuns, measure: str) -> PairedRuns:
    """Pair a measure of two variants on the same replications."""
    new, old = now.values(measure), before.values(measure)
    runs = min(len(new), len(old))
    both = ~(np.isnan(new[:runs]) | np.isnan(old[:runs]))
    new, old = new[:runs][both], old[:runs][both]
    return PairedRuns(estimate_so_far(measure, new), estimate_so_far(measure, old), difference(new, old), runs)


_NAMELESS = "anonymous"


@dataclass(frozen=True, kw_only=True)
class Guess:
    """Somebody's expectation of a variant."""

    who: str
    variant: Variant
    measure: str
    expected: float  # in units of the measure
    reason: str = ""
    result: float = math.nan  # once all runs are made


def guess_of(who: str, setting: VariantFacts, measure: str, expected: float, reason: str) -> Guess:
    """Check a guess. Raises `RefusedError` with the range that it may have."""
    if measure not in LAB_MEASURES:
        raise RefusedError(f"no such measure: {literal(measure)}")
    if not 0.0 <= expected <= setting.highest(measure):
        raise RefusedError(setting.span(measure))
    return Guess(
        who=one_line(who, most=MOST_NAME) or _NAMELESS, variant=setting.variant, measure=measure, expected=expected,
        reason=one_line(reason, most=MOST_REASON),
    )  # fmt: skip


@dataclass
class Guesses:
    """The guesses of a class, or of one person."""

    all: list[Guess] = field(default_factory=list)

    def commit(self, guess: Guess) -> None:
        """Keep a guess. Raises `RefusedError` for a second guess under one name of one measure and variant."""
        if guess.who != _NAMELESS and any(other.who == guess.who for other in self.of(guess.variant, guess.measure)):
            raise RefusedError("you have guessed this already; a guess is final")
        self.all.append(guess)

    def of(self, variant: Variant, measure: str) -> list[Guess]:
        """Return the guesses of a measure of a variant."""
        return [guess for guess in self.all if (guess.variant, guess.measure) == (variant, measure)]

    def reveal(self, variant: Variant, measure: str, result: float) -> None:
        """Write the result beside the guesses of it."""
        self.all = [
            replace(guess, result=result) if (guess.variant, guess.measure) == (variant, measure) else guess
            for guess in self.all
        ]

    def csv(self) -> str:
        """Write the guesses as CSV in which no spreadsheet reads a cell as a formula."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        knobs = [path.rpartition(".")[2] if path != MEETINGS.path else "meetings" for path in KNOBS]
        writer.writerow(["who", "scenario", *knobs, "changes", "seed", "measure", "guess", "found", "error", "reason"])
        for guess in self.all:
            writer.writerow([plain_cell(value) for value in _row(guess)])
        return out.getvalue()


def _row(guess: Guess) -> list[object]:
    variant = guess.variant
    error = guess.expected - guess.result
    result = ["", ""] if math.isnan(error) else [round(guess.result, 4), round(error, 4)]
    return [
        guess.who, variant.label(), *(variant.levels.get(path, UNCHANGED_LEVEL) for path in KNOBS),
        "; ".join(variant.changes), variant.seed, guess.measure, round(guess.expected, 4), *result, guess.reason,
    ]  # fmt: skip
