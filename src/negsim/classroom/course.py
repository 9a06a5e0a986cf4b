"""What all lessons share: the scenario, its seed, and runs of it under changes.

Rules that hold here
- A setting is run once, however many lessons ask for it; all settings run the same replications.
- A setting that changes nothing of what happens in any run's meetings is no setting, nor is one that changes the same
  as another does.
- Commands are run from the folder of the pack; a scenario that is not built in lies there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from shlex import join
from typing import NamedTuple

import numpy as np

from negsim.classroom.links import studio_link
from negsim.classroom.shown import in_points, in_units
from negsim.report.pages.blocks import Commands, Grid
from negsim.report.words import estimate_text, measure_name
from negsim.scenario import Scenario, builtin_cases, dump_yaml, names, with_changes
from negsim.scenario.sampling import drawn
from negsim.study.estimates import Estimate, difference
from negsim.study.runner import Runs, measure_of, run
from negsim.study.table import estimated

Settings = Mapping[str, tuple[str, ...]]  # what to call a setting, and the `--set` changes that make it
AS_WRITTEN = "as it was"
MEASURES = ("consensus", "share_agreed", "depth")
SAVED = "scenario.yaml"
FLOOR = ("outcome", "share_agreed", "depth", "blocking_number", "readings", "minutes", "last_closed")  # of meetings
MOSTLY = 0.5  # share of runs
LAB_RUNS = 400  # replications of a setting in the studio's lab


class Change(NamedTuple):
    """A measure under a setting, and its difference from how it was on the same replications."""

    setting: str
    measure: str
    changed: Estimate
    paired: Estimate


@dataclass
class Course:
    """A scenario to teach with. source: the name or the file that it was loaded by."""

    source: str
    scenario: Scenario
    seed: int
    replications: int
    done: dict[tuple[object, ...], Runs] = field(default_factory=dict)

    @cached_property
    def certain(self) -> Scenario:
        """The scenario with everything drawn that it leaves open, as in the first replication."""
        return drawn(self.scenario, self.seed, 0)

    def changed(self, changes: Sequence[str] = ()) -> Scenario:
        """The scenario under changes. Raises `ScenarioError` where they do not fit it."""
        return with_changes(self.scenario, list(changes)) if changes else self.scenario

    def runs(self, changes: Sequence[str] = (), *, seed: int | None = None) -> Runs:
        """Replications of it."""
        seed = self.seed if seed is None else seed
        key = (*changes, seed)
        if key not in self.done:
            self.done[key] = run(self.changed(changes), replications=self.replications, seed=seed)
        return self.done[key]

    def estimate(self, measure: str, changes: Sequence[str] = (), *, seed: int | None = None) -> Estimate:
        """A measure of it."""
        return estimated(measure, measure_of(self.runs(changes, seed=seed), measure))

    def fitting(self, settings: Settings) -> dict[str, tuple[str, ...]]:
        """The settings that change something here, of those that come to the same the first; all, if none does."""
        kept: dict[str, tuple[str, ...]] = {}
        for name, changes in settings.items():
            if not any(self._are_alike(changes, others) for others in [(), *kept.values()]):
                kept[name] = changes
        return kept or dict(settings)

    def alters(self, changes: Sequence[str]) -> bool:
        """Whether anything happens otherwise in the meetings of any run."""
        return not self._are_alike(changes, ())

    def _are_alike(self, some: Sequence[str], others: Sequence[str]) -> bool:
        one, other = (self.runs(changes) for changes in (some, others))
        return all(np.array_equal(one.column(name), other.column(name), equal_nan=True) for name in FLOOR)

    @property
    def agrees(self) -> bool:
        """Whether most runs end in consensus."""
        return self.estimate("consensus").value > MOSTLY

    def in_the_lab(self) -> Course:
        """The same with as many runs as the studio's lab makes, on the same seed: its numbers are those of the lab."""
        return replace(self, replications=LAB_RUNS, done={})

    @property
    def is_built_in(self) -> bool:
        """Whether its name is known to every negsim."""
        return self.source in (*names(), *builtin_cases())

    @property
    def called(self) -> str:
        """What commands call it."""
        return self.source if self.is_built_in else SAVED

    def link(self, page: str, changes: Sequence[str] = (), *, replication: int = 0) -> str:
        """A link into the studio."""
        text = "" if self.is_built_in else dump_yaml(self.scenario)
        return studio_link(page, self.source, run=(self.seed, replication), changes=changes, text=text)

    # ------------------------------------------------------------------------------------------ commands

    def run_command(self, changes: Sequence[str] = (), *, seed: int | None = None, source: str = "") -> str:
        """What to type to run it, or another file of the pack."""
        return join(["negsim", "run", source or self.called, *_set(changes), *self._many(seed)])

    def compare_command(self, settings: Settings, measures: Sequence[str] = MEASURES) -> str:
        """What to type to compare settings with how it was."""
        asked = [part for measure in measures for part in ("--measure", measure)]
        alternatives = [f"{_label(name)}: {join(changes)}" for name, changes in settings.items()]
        return join(["negsim", "compare", self.called, *alternatives, *asked, *self._many()])

    def pair_command(self, measure: str, settings: Settings) -> str:
        """What to type to compare settings with the first of them."""
        scenarios = [f"{_label(name)}: {join([self.called, *changes])}" for name, changes in settings.items()]
        return join(["negsim", "compare", *scenarios, "--measure", measure, *self._many()])

    def _many(self, seed: int | None = None) -> list[str]:
        return ["--replications", str(self.replications), "--seed", str(self.seed if seed is None else seed)]

    # -------------------------------------------------------------------------------------------- answers

    def comparisons(self, settings: Settings, measures: Sequence[str] = MEASURES) -> list[Change]:
        """Every measure of every setting beside how it was."""
        return [
            Change(name, measure, self.estimate(measure, changes), self.gap(measure, changes))
            for measure in measures
            for name, changes in settings.items()
        ]

    def gap(self, measure: str, changes: Sequence[str], base: Sequence[str] = ()) -> Estimate:
        """A measure under changes minus that under others, on the same replications."""
        after, before = (measure_of(self.runs(some), measure) for some in (changes, base))
        return difference(after, before)

    def answers(self, settings: Settings, measures: Sequence[str] = MEASURES, *, spelt: bool = True) -> Grid:
        """The numbers of an answer key: a row a setting, the paired change of the first measure beside them.

        spelt: whether the `--set` changes have a column.
        """
        rows = []
        for name, changes in {AS_WRITTEN: (), **settings}.items():
            found = [estimate_text(self.estimate(measure, changes), measure) for measure in measures]
            change = points(measures[0], self.gap(measures[0], changes)) if changes else ""
            rows.append([name, *([" ".join(changes)] if spelt else []), *found, change])
        header = ["setting", *(["change"] if spelt else []), *map(_short, measures)]
        return Grid([*header, f"change of {_short(measures[0])}"], rows)

    def commands(self, settings: Settings, measures: Sequence[str] = MEASURES) -> Commands:
        """What computes the same numbers again."""
        return Commands([self.compare_command(settings, measures)])


def points(measure: str, change: Estimate) -> str:
    """A paired change with its interval."""
    if measure in {"consensus", "share_agreed"}:
        return in_points(change)
    return in_units(change)


def numbered(settings: Settings) -> Iterator[tuple[str, str]]:
    """Settings with their changes as one text."""
    for name, changes in settings.items():
        yield name, " ".join(changes)


def _short(measure: str) -> str:
    return measure_name(measure)


def _set(changes: Sequence[str]) -> list[str]:
    return [part for change in changes for part in ("--set", change)]


def _label(name: str) -> str:
    """A name as the label of an alternative: one word."""
    return "".join(letter if letter.isalnum() else "_" for letter in name)
