"""The topic of a pack: a scenario under a seed, runs of it under changes, and the commands that make the same runs.

- A setting runs once, however many lessons use it; all settings run the same replications.
- A setting that changes nothing in any run's meetings is left out, and so is one with the same effect as another.
- Commands are typed in the folder of the pack, which also holds a scenario that is not built in, the page that runs the
  model on the class's seed, and the same page on a seed that no student has seen.
- What is not zero is never printed as zero, so that everybody can see whether an interval holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from shlex import join, quote
from typing import Any, NamedTuple
from urllib.parse import urlencode

import numpy as np

from negsim.cast.decisions import DECISION_RULES
from negsim.cast.knobs import KNOBS, UNCHANGED_LEVEL
from negsim.cast.paths import NAMED_PATHS
from negsim.cast.studio import STUDIO_URL, studio_link
from negsim.scenario import Scenario, dump_yaml, with_changes
from negsim.scenario.changes import parsed_change
from negsim.scenario.library import is_builtin
from negsim.scenario.sampling import sample
from negsim.scenario.yaml import flow
from negsim.study.estimates import Estimate, difference
from negsim.study.runner import Runs, measure_of, run
from negsim.study.table import estimated

Changes = tuple[str, ...]  # as `--set` takes them
Settings = Mapping[str, Changes]  # what to call a setting, and what makes it
Sheets = dict[str, Any]  # what templates are filled with, by the name they use; `files`: further files, by name

_MEASURES = ("consensus", "share_agreed", "depth")
PAGE_MEASURES = (
    *_MEASURES,
    *("depth_overall", "trust_across_end", "perceived_distance_end", "satisfaction_gap"),
    *(rule.measure for rule in DECISION_RULES.values() if rule.corner),
)
SAVED_SCENARIO, PAGE, FINAL_PAGE = "scenario.yaml", "page.html", "final.html"
_THEME, _NO_THEME = "context.linkage", "no linked theme"
_LEVELS_OF_PAGE: dict[str, Sequence[str]] = {  # beside the usual knobs
    "process.chair.pressure": NAMED_PATHS["process.chair.pressure"].choices,
    "process.chair.responsiveness": NAMED_PATHS["process.chair.responsiveness"].choices,
    "context.tension": NAMED_PATHS["context.tension"].choices,
    "trust.across": ("very_low", "low", "medium", "high"),
    "process.record_dissent": NAMED_PATHS["process.record_dissent"].choices,
    "process.decision_rule": tuple(rule.name for rule in DECISION_RULES.values() if rule.corner),
}
# Measures of what happens on the floor: a setting that changes none of them changes nothing in the meetings.
_MEETINGS = ("outcome", "share_agreed", "depth", "blocking_number", "readings", "minutes", "last_closed")


class _KeyRow(NamedTuple):
    """A setting in an answer key. estimates: by measure. gap: of the first of them, to the scenario as written."""

    name: str
    changes: str
    estimates: dict[str, Estimate]
    gap: Estimate | None


@dataclass
class Topic:
    """A scenario to teach with.

    source: the name or the file that it was loaded by. address: of the studio.
    """

    source: str
    scenario: Scenario
    seed: int
    replications: int
    address: str = STUDIO_URL
    cache: dict[Changes, Runs] = field(default_factory=dict)

    @cached_property
    def certain(self) -> Scenario:
        """The scenario with everything drawn that it leaves open, as in the first replication."""
        return sample(self.scenario, self.seed, 0)

    def runs(self, changes: Sequence[str] = ()) -> Runs:
        """Run replications of it under changes. Raises `ScenarioError` if they do not fit it."""
        key = tuple(changes)
        if key not in self.cache:
            scenario = with_changes(self.scenario, list(changes)) if changes else self.scenario
            self.cache[key] = run(scenario, replications=self.replications, seed=self.seed)
        return self.cache[key]

    def estimate(self, measure: str, changes: Sequence[str] = ()) -> Estimate:
        """Estimate a measure of it."""
        return estimated(measure, measure_of(self.runs(changes), measure))

    def gap(self, measure: str, changes: Sequence[str], base: Sequence[str] = ()) -> Estimate:
        """Estimate a measure under changes minus that under others, on the same replications."""
        after, before = (measure_of(self.runs(some), measure) for some in (changes, base))
        return difference(after, before)

    def answers(self, settings: Settings, measures: Iterable[str] = _MEASURES) -> dict[str, _KeyRow]:
        """Fill the table of an answer key, by setting: the scenario as written, then the others."""
        measures = list(measures)
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

    def _are_alike(self, some: Sequence[str], others: Sequence[str]) -> bool:
        one, other = (self.runs(changes) for changes in (some, others))
        return all(np.array_equal(one.column(name), other.column(name), equal_nan=True) for name in _MEETINGS)

    def under_seed(self, seed: int) -> Topic:
        """Return the topic under another seed, which has runs of its own."""
        return replace(self, seed=seed, cache={})

    @property
    def is_built_in(self) -> bool:
        """True if every copy of negsim knows its name."""
        return is_builtin(self.source)

    @property
    def name(self) -> str:
        """Its name in commands."""
        return self.source if self.is_built_in else SAVED_SCENARIO

    def link(self, page: str, *, replication: int = 0) -> str:
        """Make a link into the studio."""
        text = "" if self.is_built_in else dump_yaml(self.scenario)
        return studio_link(page, self.source, run=(self.seed, replication), text=text, address=self.address)

    def page_link(
        self,
        changes: Sequence[str] = (),
        *,
        measure: str = "",
        choices: Mapping[str, str] | None = None,
        file: str = PAGE,
    ) -> str:
        """Make a link from a lesson to a page of the pack. choices: the names of levels that have one, by path."""
        levels = dict(change.split("=", 1) for change in changes)
        state = {"measure": measure} if measure else {}
        state |= {KNOBS[path].name if path in KNOBS else path: level for path, level in levels.items()}
        if state.get(_THEME) == "null":
            state[_THEME] = _NO_THEME
        state |= choices or {}
        return f"../{file}" + (f"#{urlencode(state)}" if state else "")

    def page_knobs(self, changes: Iterable[str], choices: Mapping[str, Settings]) -> list[str]:
        """List the knobs of the page beside the usual ones, as `--knob` takes them.

        changes: those that lessons make. choices: further ones, by path and name.
        """
        levels = {path: list(some) for path, some in _LEVELS_OF_PAGE.items()}
        named = {
            path: {name: parsed_change(change)[1] for name, (change,) in some.items()} for path, some in choices.items()
        }
        if self.scenario.context.linkage:
            levels[f"{_THEME}.weight"] = ["none", "low", "medium", "high"]
            named[_THEME] = {_NO_THEME: None}
        for path, _, level in (change.partition("=") for change in changes):
            if path not in KNOBS and path not in named:
                levels.setdefault(path, []).append(level)
        return [
            *(f"{path}=[{', '.join(dict.fromkeys(some))}]" for path, some in levels.items()),
            *(f"{path}={flow(some)}" for path, some in named.items() if some),
        ]

    def page_command(self, knobs: Sequence[str], file: str) -> str:
        """Write the command that makes the page."""
        options = [*_options("--knob", knobs), *_options("--measure", PAGE_MEASURES)]
        runs = ["--runs", str(self.replications), "--seed", str(self.seed)]
        return join(["negsim", "page", self.name, *options, *runs, "--out", file])

    def run_command(self, changes: Sequence[str] = ()) -> str:
        """Write the command that runs it under changes."""
        return join(["negsim", "run", self.name, *_options("--set", changes), *self._many()])

    def compare_command(self, settings: Settings, measures: Sequence[str] = _MEASURES) -> str:
        """Write the command that compares settings with the scenario as written."""
        alternatives = [f"{_label(name)}: {join(changes)}" for name, changes in settings.items()]
        return _shell(["negsim", "compare", self.name, *alternatives, *_options("--measure", measures), *self._many()])

    def plot_command(self, picture: str) -> str:
        """Write the command that draws a picture of its runs for slides."""
        form = ["--only", picture, "--style", "slides", "--format", "svg"]
        return join(["negsim", "plot", self.name, *form, *self._many()])

    def transcript_command(self, replication: int) -> str:
        """Write the command that prints the minutes of one run."""
        return join(["negsim", "transcript", self.name, "--seed", str(self.seed), "--replication", str(replication)])

    @property
    def pack_command(self) -> str:
        """The command that writes the whole pack."""
        options = ["--seed", str(self.seed), "--replications", str(self.replications)]
        options += [] if self.address == STUDIO_URL else ["--address", self.address]
        return join(["negsim", "classroom", "lessons", self.name, *options, "--out", "FOLDER"])

    def _many(self) -> list[str]:
        return ["--replications", str(self.replications), "--seed", str(self.seed)]


def _options(name: str, values: Sequence[str]) -> list[str]:
    """Repeat an option of a command, once for each value."""
    return [part for value in values for part in (name, value)]


def _label(name: str) -> str:
    """Make a name the label of an alternative: without signs that a shell or the command would read."""
    return " ".join("".join(letter if letter.isalnum() or letter in ",%-" else " " for letter in name).split())


def _shell(words: Sequence[str]) -> str:
    """Join words for a shell; one that holds quotes stands between the other quotes if it can."""
    return " ".join(f'"{word}"' if "'" in word and not set('"$`\\!') & set(word) else quote(word) for word in words)


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
