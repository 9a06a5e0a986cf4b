"""The topic of a pack: a scenario under a seed, runs of it under changes, and the commands that make the same runs.

- A setting runs once, however many lessons use it; all settings run the same replications.
- A setting that changes nothing in any run's meetings is left out, and so is one with the same effect as another.
- Commands are typed in the folder of the pack, which also holds a scenario that is not built in.
- What is not zero is never printed as zero, so that everybody can see whether an interval holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from shlex import join
from typing import Any, NamedTuple

import numpy as np

from negsim.cast.knobs import UNCHANGED_LEVEL
from negsim.cast.studio import LAB_RUNS, studio_link
from negsim.scenario import Scenario, dump_yaml, with_changes
from negsim.scenario.library import is_builtin
from negsim.scenario.sampling import sample
from negsim.study.estimates import Estimate, difference
from negsim.study.runner import Runs, measure_of, run
from negsim.study.table import estimated

Changes = tuple[str, ...]  # as `--set` takes them
Settings = Mapping[str, Changes]  # what to call a setting, and what makes it
Sheets = dict[str, Any]  # what templates are filled with, by the name they use; `files`: further files, by name

_MEASURES = ("consensus", "share_agreed", "depth")
SAVED_SCENARIO = "scenario.yaml"
_MEETINGS = (
    "outcome",
    "share_agreed",
    "depth",
    "blocking_number",
    "readings",
    "minutes",
    "last_closed",
)  # on the floor
_MOST_RUNS_SHARE = 0.5  # share of runs


class _KeyRow(NamedTuple):
    """A setting in an answer key. estimates: by measure. gap: of the first of them, to the scenario as written."""

    name: str
    changes: str
    estimates: dict[str, Estimate]
    gap: Estimate | None


@dataclass
class Topic:
    """A scenario to teach with. source: the name or the file that it was loaded by. always: made in every run."""

    source: str
    scenario: Scenario
    seed: int
    replications: int
    always: Changes = ()
    cache: dict[tuple[object, ...], Runs] = field(default_factory=dict)

    @cached_property
    def certain(self) -> Scenario:
        """The scenario with everything drawn that it leaves open, as in the first replication."""
        return sample(self._under(()), self.seed, 0)

    def runs(self, changes: Sequence[str] = ()) -> Runs:
        """Run replications of it under changes. Raises `ScenarioError` if they do not fit it."""
        key = tuple(changes)
        if key not in self.cache:
            self.cache[key] = run(self._under(changes), replications=self.replications, seed=self.seed)
        return self.cache[key]

    def _under(self, changes: Sequence[str]) -> Scenario:
        every = [*self.always, *changes]
        return with_changes(self.scenario, every) if every else self.scenario

    def estimate(self, measure: str, changes: Sequence[str] = ()) -> Estimate:
        """Estimate a measure of it."""
        return estimated(measure, measure_of(self.runs(changes), measure))

    def gap(self, measure: str, changes: Sequence[str], base: Sequence[str] = ()) -> Estimate:
        """Estimate a measure under changes minus that under others, on the same replications."""
        after, before = (measure_of(self.runs(some), measure) for some in (changes, base))
        return difference(after, before)

    def answers(self, settings: Settings, measures: Sequence[str] = _MEASURES) -> dict[str, _KeyRow]:
        """Fill the table of an answer key, by setting: the scenario as written, then the others."""
        return {
            name: _KeyRow(
                name,
                " ".join(changes),
                {measure: self.estimate(measure, changes) for measure in measures},
                self.gap(measures[0], changes) if changes else None,
            )
            for name, changes in {UNCHANGED_LEVEL: (), **settings}.items()
        }

    def measurable(self, settings: Settings, measure: str) -> dict[str, Estimate]:
        """Return the change of a measure by setting, if its interval excludes zero."""
        gaps = {name: self.gap(measure, changes) for name, changes in settings.items()}
        return {name: gap for name, gap in gaps.items() if gap.excludes_zero}

    def distinct(self, settings: Settings) -> dict[str, Changes]:
        """Keep the settings that change something here, the first of those with one effect; all, if none does."""
        result: dict[str, Changes] = {}
        for name, changes in settings.items():
            if not any(self._are_alike(changes, others) for others in [(), *result.values()]):
                result[name] = changes
        return result or dict(settings)

    def alters(self, changes: Sequence[str]) -> bool:
        """Return whether anything in the meetings of any run differs."""
        return not self._are_alike(changes, ())

    def _are_alike(self, some: Sequence[str], others: Sequence[str]) -> bool:
        one, other = (self.runs(changes) for changes in (some, others))
        return all(np.array_equal(one.column(name), other.column(name), equal_nan=True) for name in _MEETINGS)

    @property
    def agrees(self) -> bool:
        """True if most runs end in consensus."""
        return self.estimate("consensus").value > _MOST_RUNS_SHARE

    def in_the_lab(self) -> Topic:
        """Return the topic with as many runs as the studio's lab makes: its numbers are those of the lab."""
        return replace(self, replications=LAB_RUNS, cache={})

    @property
    def is_built_in(self) -> bool:
        """True if every copy of negsim knows its name."""
        return is_builtin(self.source)

    @property
    def name(self) -> str:
        """Its name in commands."""
        return self.source if self.is_built_in else SAVED_SCENARIO

    def link(self, page: str, changes: Sequence[str] = (), *, replication: int = 0) -> str:
        """Make a link into the studio."""
        text = "" if self.is_built_in else dump_yaml(self.scenario)
        return studio_link(page, self.source, run=(self.seed, replication), changes=(*self.always, *changes), text=text)

    def run_command(self, changes: Sequence[str] = ()) -> str:
        """Write the command that runs it under changes."""
        return join(["negsim", "run", self.name, *_options("--set", changes), *self._many()])

    def compare_command(self, settings: Settings, measures: Sequence[str] = _MEASURES) -> str:
        """Write the command that compares settings with the scenario as written."""
        alternatives = [f"{_label(name)}: {join(changes)}" for name, changes in settings.items()]
        return join(["negsim", "compare", self.name, *alternatives, *_options("--measure", measures), *self._many()])

    def pair_command(
        self, measures: Sequence[str], settings: Settings, *, seed: int | None = None, source: str = ""
    ) -> str:
        """Write the command that compares settings with the first one, in another file of the pack (source)."""
        scenarios = [f"{_label(name)}: {join([source or self.name, *changes])}" for name, changes in settings.items()]
        return join(["negsim", "compare", *scenarios, *_options("--measure", measures), *self._many(seed)])

    def transcript_command(self, replication: int) -> str:
        """Write the command that prints the minutes of one run."""
        return join(["negsim", "transcript", self.name, "--seed", str(self.seed), "--replication", str(replication)])

    @property
    def pack_command(self) -> str:
        """The command that writes the whole pack."""
        options = ["--seed", str(self.seed), "--replications", str(self.replications)]
        return join(["negsim", "classroom", "lessons", self.name, *options, "--out", "FOLDER"])

    def _many(self, seed: int | None = None) -> list[str]:
        seed = self.seed if seed is None else seed
        return [*_options("--set", self.always), "--replications", str(self.replications), "--seed", str(seed)]


def _options(name: str, values: Sequence[str]) -> list[str]:
    """Repeat an option of a command, once for each value."""
    return [part for value in values for part in (name, value)]


def _label(name: str) -> str:
    """Make a name the label of an alternative: one word."""
    return "".join(letter if letter.isalnum() else "_" for letter in name)


class _Extremes(NamedTuple):
    """The names with the largest number and with the smallest; those that print alike are listed together."""

    most: list[str]
    high: float
    least: list[str]
    low: float

    @property
    def is_tie(self) -> bool:
        """True if all print the same number."""
        return self.most == self.least


def extremes(numbers: Mapping[str, float], text: Callable[[float], str] = "{:.2f}".format) -> _Extremes:
    """Find the largest and the smallest of some numbers, with their names. text: prints a number.

    >>> extremes({"a": 0.301, "b": 0.1, "c": 0.299})
    _Extremes(most=['a', 'c'], high=0.301, least=['b'], low=0.1)
    """
    high, low = max(numbers.values()), min(numbers.values())
    most, least = ([name for name, n in numbers.items() if text(n) == text(end)] for end in (high, low))
    return _Extremes(most, numbers[most[0]], least, numbers[least[0]])
