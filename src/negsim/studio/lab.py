"""The lab: how often it ends well, along one knob, as the runs come in; against the setting before; and guesses.

Rules that hold here
- All settings use the same seed and the same replications, so that differences are paired.
- A curve grows in chunks; more of them change no number that is there already but make its interval narrower.
- A guess is committed before anything is shown, and is never changed.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import numpy as np

from negsim.errors import NegsimError
from negsim.negotiation.case import Floats
from negsim.scenario import Scenario
from negsim.studio.limits import MOST_REASON, RefusedError, affordable, one_line
from negsim.studio.links import Setting
from negsim.study.effects import Estimate, difference, mean, share
from negsim.study.runner import measure_of, run
from negsim.tell.words import RULES, format_name, percent

CHUNK = 40  # replications
REPLICATIONS = 400
MEETINGS = (1, 2, 3, 4, 5, 6, 7, 8)
EVENINGS = (0.0, 0.25, 0.5, 0.75, 1.0)
METHODS = ("questionnaire", "chair_text", "tabled_proposals", "rolling_text", "convergence_mapping", "drafting_group",
           "package_deal")  # fmt: skip
MEASURES = {
    "consensus": "consensus reached (share of runs)",
    "share_agreed": "paragraphs agreed (share)",
    "depth": "depth of what was agreed",
    "satisfaction": "what the result is worth to a delegate",
    "trust_across_end": "trust across groups at the end",
    "missed_agreements": "missed agreements (paragraphs)",
} | {measure: f"share of runs that satisfy {rule}" for measure, rule in RULES.items()}
SHARES = {"consensus", *RULES}  # of runs: zeros and ones
COUNTED = "missed_agreements"  # the measure that is no share
NAMELESS = "anonymous"


Level = int | float | str


class Axis(NamedTuple):
    """A knob that a curve runs along."""

    field: str  # of a setting
    label: str
    levels: tuple[Level, ...]


AXES = {
    "meetings": Axis("meetings", "number of meetings", MEETINGS),
    "evenings": Axis("evenings", "share of evenings at mixed tables", EVENINGS),
    "methodology": Axis("methodology", "methodology", METHODS),
}


def level_name(axis: str, level: object) -> str:
    """What to call a level of a knob."""
    if axis == "methodology":
        return format_name(str(level))
    return percent(float(str(level))) if axis == "evenings" else str(level)


# ------------------------------------------------------------------------------------------------ the curve


class Series:
    """The runs of one setting so far: every measure of every replication, in order."""

    def __init__(self, setting: Setting, scenario: Scenario | None = None) -> None:
        self.setting = setting
        self.scenario = setting.scenario() if scenario is None else scenario
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
        return estimated(measure, self.values(measure))


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


def estimated(measure: str, values: Floats) -> Estimate:
    """A mean, or a share of runs, with its interval; NaN before the first run."""
    if not len(values):
        return Estimate(math.nan, math.nan, math.nan, 0)
    return share(values) if measure in SHARES else mean(values)


def standing(setting: Setting) -> dict[str, Level | None]:
    """Where the three knobs stand, as they were turned or else as the scenario is written."""
    scenario = series_of(setting).scenario
    return {
        "meetings": len(scenario.process.meetings),
        "evenings": mixed_share(scenario) if setting.evenings is None else setting.evenings,
        "methodology": setting.methodology,
    }


def turned(setting: Setting, knob: str, level: Level | None) -> Setting:
    """A setting with a knob at a level; as written where the scenario has it there by itself."""
    written = setting.with_knobs({knob: None})
    with suppress(NegsimError):
        if standing(written)[knob] == level:
            return written
    return setting.with_knobs({knob: level})


def same_runs(one: Setting, other: Setting) -> bool:
    """Whether two settings run the same, though one may say by a knob what the other has as written."""
    return one == other or (one.seed == other.seed and series_of(one).scenario == series_of(other).scenario)


def most_of(setting: Setting, measure: str) -> int:
    """The highest value that a measure can have."""
    return len(series_of(setting).scenario.issues) if measure == COUNTED else 1


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
                self.points[level] = series_of(turned(setting, axis.field, level))
        if self.level_here is not None and self.level_here not in self.points:
            self.points[self.level_here] = self.here
        self.points = {level: self.points[level] for level in in_order(self.points)}

    @property
    def level_here(self) -> Level | None:
        """Where the setting itself is on the axis; None for the methodology as written."""
        return standing(self.setting)[AXES[self.along].field]

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
    return Pairs(estimated(measure, new), estimated(measure, old), difference(new, old), runs)


# ------------------------------------------------------------------------------------------------ guesses


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What somebody expects of a setting, committed before it is shown."""

    who: str
    setting: Setting
    measure: str
    expected: float  # in units of the measure
    reason: str = ""
    found: float = math.nan  # once it is known

    @property
    def error(self) -> float:
        """How far the guess is from what was found."""
        return self.expected - self.found


def guess_of(who: str, setting: Setting, measure: str, expected: float, reason: str) -> Guess:
    """A guess, checked. Raises `RefusedError`."""
    if measure not in MEASURES:
        raise RefusedError("there is no such measure")
    most = most_of(setting, measure)
    if not 0.0 <= expected <= most:
        raise RefusedError(
            f"a number of paragraphs, 0 to {most}" if measure == COUNTED else "a number from 0 to 100 per cent"
        )
    return Guess(
        who=one_line(who) or NAMELESS, setting=setting, measure=measure, expected=expected,
        reason=one_line(reason, MOST_REASON),
    )  # fmt: skip


@dataclass
class Guesses:
    """The guesses of a class, or of one person."""

    all: list[Guess] = field(default_factory=list)

    def commit(self, guess: Guess) -> None:
        """Keep a guess. Raises `RefusedError` for a second one of the same name on the same thing."""
        if guess.who != NAMELESS and self.of(guess.who, guess.setting, guess.measure) is not None:
            raise RefusedError("you have guessed this already; a guess is not changed")
        self.all.append(guess)

    def of(self, who: str, setting: Setting, measure: str) -> Guess | None:
        """What somebody guessed, None nothing."""
        same = (one_line(who) or NAMELESS, setting, measure)
        return next((guess for guess in self.all if (guess.who, guess.setting, guess.measure) == same), None)

    def reveal(self, setting: Setting, measure: str, found: float) -> None:
        """Write what was found beside what was guessed."""
        self.all = [
            replace(guess, found=found) if (guess.setting, guess.measure) == (setting, measure) else guess
            for guess in self.all
        ]

    def csv(self) -> str:
        """The guesses as a table; a spreadsheet takes no cell of it for a formula."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["who", "scenario", "meetings", "methodology", "mixed_evenings", "changes", "seed", "measure",
                         "guess", "found", "error", "reason"])  # fmt: skip
        for guess in self.all:
            writer.writerow([plain_cell(value) for value in _row(guess)])
        return out.getvalue()


def _row(guess: Guess) -> list[object]:
    setting = guess.setting
    known = not math.isnan(guess.found)
    return [
        guess.who, setting.called(), _given(setting.meetings), _given(setting.methodology), _given(setting.evenings),
        "; ".join(setting.changes), setting.seed, guess.measure, round(guess.expected, 4),
        round(guess.found, 4) if known else "", round(guess.error, 4) if known else "", guess.reason,
    ]  # fmt: skip


def _given(value: object) -> object:
    return "as written" if value is None else value


def plain_cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula.

    >>> plain_cell("=1+1"), plain_cell(-0.5)
    ("'=1+1", -0.5)
    """
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value
