"""Answers with verbs: comparisons, the changes that help, explanations, indices of sensitivity, boxes and fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from negsim.errors import NegsimError, literal
from negsim.notebook import cells
from negsim.notebook.runs import run
from negsim.notebook.scenarios import NotebookScenario, Other, Parts, as_notebook
from negsim.notebook.studies import NotebookResults, as_notebook_results
from negsim.report.comparisons import comparison_table, comparison_text, sensitivity_table, sensitivity_text
from negsim.report.discoveries import discovery_table, discovery_text, fit_text
from negsim.report.explanations import effects_table, effects_text, explanation_table, explanation_text
from negsim.report.robust import robust_table, robust_text, worlds_table
from negsim.report.words import shortened
from negsim.scenario import Scenario
from negsim.scenario.values import listed
from negsim.scenario.yaml import flow
from negsim.study import compare as comparing
from negsim.study.compare import Comparison
from negsim.study.discover import Discovery
from negsim.study.explain import Explanation
from negsim.study.fit import Fit
from negsim.study.interventions import Effects
from negsim.study.power import POWER
from negsim.study.results import StudyResults
from negsim.study.robust import Robustness
from negsim.study.runner import Runs
from negsim.study.sensitivity import Index

if TYPE_CHECKING:
    import pandas as pd

    from negsim.report.looks import FigureLook
    from negsim.report.plots.style import Pictures

_some = partial(listed, most=5)  # names in the short form of an answer
_NAME_LETTERS = 40  # of a scenario


class Comparisons(tuple[Comparison, ...]):  # noqa: SLOT001 - it has attributes
    """Alternatives compared with the first one, measure by measure: a tuple of `Comparison`."""

    base: str  # name of the first alternative
    runs: Runs  # its runs
    half_width: float | None  # that was asked for, in units of the measure
    power: float  # that was asked for

    def __repr__(self) -> str:
        others = dict.fromkeys(one.alternative for one in self)
        measures = dict.fromkeys(one.measure for one in self)
        return cells.in_brackets("Comparisons", self.base, f"with {_some(others)}, by {_some(measures)}")

    def summary(self) -> cells.Text:
        """Return what `negsim compare` prints."""
        return cells.Text(comparison_text(self, self.base, self.runs, half_width=self.half_width, power=self.power))

    def frame(self) -> pd.DataFrame:
        """Return a row for each measure and alternative, with the columns of `negsim compare --out`."""
        return cells.frame_of(comparison_table(self))

    _repr_html_ = cells.summary_html


def compare(
    alternatives: Mapping[str, Runs | Other],
    measures: Sequence[str] = (),
    *,
    half_width: float | None = None,
    power: float = POWER,
) -> Comparisons:
    """Compare every measure of every alternative with the first one's.

    alternatives: runs by name, of the same seed and replications; the first is the base. For another there may be a
    scenario (a name, a path or a Scenario) or changes of the first one's (a list or a mapping), which are run on its
    replications. measures: by default those that `negsim compare` shows. half_width: of the interval that is wanted, in
    units of the measure; or else power: the share of samples whose interval is to exclude zero. Raises NegsimError for
    runs that are not pairs and for an unknown measure.
    """
    comparing.check_wanted(measures, half_width, power)
    runs = _all_run(alternatives)
    rows = Comparisons(comparing.compare(runs, measures, half_width=half_width, power=power))
    rows.base, rows.runs = next(iter(runs.items()))
    rows.half_width, rows.power = half_width, power
    return rows


def _all_run(alternatives: object) -> Mapping[str, Runs]:
    """Run what are not runs on the replications of the first; what the comparison refuses stays as it is."""
    if isinstance(alternatives, Mapping) and isinstance(base := next(iter(alternatives.values()), None), Runs):
        return {name: _run_beside(base, one) for name, one in alternatives.items()}
    return cast("Mapping[str, Runs]", alternatives)


def _run_beside(base: Runs, other: Runs | Other) -> Runs:
    """Return runs, or run a scenario or changes of the base's scenario on the replications of the base."""
    if isinstance(other, Scenario | str | Path):
        scenario = as_notebook(other)
    elif isinstance(other, Mapping | list):
        scenario = as_notebook(base.scenario).with_changes(other)
    else:
        return cast("Runs", other)  # or something else, which the comparison refuses
    return run(scenario, replications=len(base), seed=base.seed, first=base.first, policies=base.policies)


class NotebookEffects(Effects):
    """What the runs lack and the changes that help, with all that `Effects` has."""

    scenario: Scenario

    def __repr__(self) -> str:
        changes = f"{len(self.singles)} changes and {self.tried} bundles tried"
        return cells.in_brackets("Effects", self.scenario.title, changes)

    def summary(self) -> cells.Text:
        """Return what `negsim why` prints."""
        return cells.Text(effects_text(self, self.scenario.title))

    def frame(self) -> pd.DataFrame:
        """Return a row for each change, with the columns of `why.csv`."""
        return cells.frame_of(effects_table(self))

    def plot(self, look: FigureLook | None = None) -> Pictures:
        """Return the tornado of the changes, in a look if one is given; nothing if there are no changes."""
        from negsim.report.plots.explain import effects_pictures

        return effects_pictures(self, self.scenario.title).in_look(look)

    _repr_html_ = cells.summary_html


class NotebookRobustness(Robustness):
    """Changes in many worlds, with all that `Robustness` has."""

    scenario: Scenario

    def __repr__(self) -> str:
        changes = f"{len(self.effects)} changes in {len(self.worlds)} worlds"
        return cells.in_brackets("Robustness", self.scenario.title, changes)

    def summary(self) -> cells.Text:
        """Return what `negsim robust` prints."""
        return cells.Text(robust_text(self, self.scenario.title))

    def frame(self) -> pd.DataFrame:
        """Return a row for each change, with the columns of `robust.csv`."""
        return cells.frame_of(robust_table(self))

    def worlds_frame(self) -> pd.DataFrame:
        """Return a row for each world and change, with the columns of `worlds.csv`."""
        return cells.frame_of(worlds_table(self))

    def plot(self, look: FigureLook | None = None) -> Pictures:
        """Return the picture of the gains in all worlds, in a look if one is given."""
        from negsim.report.plots.robust import robust_pictures

        return robust_pictures(self, self.scenario.title).in_look(look)

    _repr_html_ = cells.summary_html


class NotebookExplanation(Explanation):
    """The changes between two scenarios, shared out, with all that `Explanation` has."""

    names: tuple[str, str]  # of the two

    def __repr__(self) -> str:
        first, second = self.names
        measures = _some(change.measure for change in self.changes)
        return cells.in_brackets("Explanation", f"{first} -> {second}", f"{measures}, by {_some(self.parts)}")

    def summary(self) -> cells.Text:
        """Return what `negsim explain` prints."""
        return cells.Text(explanation_text(self, *self.names))

    def frame(self) -> pd.DataFrame:
        """Return a row for each measure and part, with the columns of `explanation.csv`."""
        return cells.frame_of(explanation_table(self))

    def plot(self, look: FigureLook | None = None) -> Pictures:
        """Return a waterfall for each measure, and the tornado of all, in a look if one is given."""
        from negsim.report.plots.explain import explanation_pictures

        return explanation_pictures(self, names=self.names).in_look(look)

    _repr_html_ = cells.summary_html


def short_name(scenario: Scenario) -> str:
    """Return the title of a scenario, cut to the length of a name."""
    return shortened(scenario.title, _NAME_LETTERS)


def other_side(other: Other | Parts) -> tuple[Scenario | list[str] | Parts, str]:
    """Return the other side of an explanation, a scenario or changes as `--set` takes them, and its name."""
    if isinstance(other, Scenario | str | Path):
        scenario = as_notebook(other)
        return scenario, short_name(scenario)
    if isinstance(other, Mapping) and other and all(map(_is_part, other.values())):
        name = " + ".join(other)
        return cast("Parts", other), name if len(name) <= _NAME_LETTERS else "the same as changed"
    if not isinstance(other, Mapping | Sequence):
        raise NegsimError(
            f"{literal(other)}: the other side is a scenario, or changes of the first: a list or a mapping"
        )
    changes = [f"{path}={flow(value)}" for path, value in other.items()] if isinstance(other, Mapping) else list(other)
    name = " ".join(changes)
    return changes, name if len(name) <= _NAME_LETTERS else "the same as changed"


def _is_part(value: object) -> bool:
    """Return whether a value is changes, and not what one change sets: a list of words and numbers, say."""
    return isinstance(value, Mapping) or (isinstance(value, list) and all("=" in str(change) for change in value))


class Indices(tuple[Index, ...]):  # noqa: SLOT001 - it has attributes
    """The indices of a measure by factor: a tuple of `Index`."""

    measure: str
    design: str  # of the study

    def __repr__(self) -> str:
        factors = dict.fromkeys(index.factor for index in self)
        return cells.in_brackets("Indices", self.measure, f"{self.design}, by {_some(factors)}")

    def summary(self) -> cells.Text:
        """Return what `negsim study sensitivity` prints."""
        return cells.Text(sensitivity_text(self, self.design, self.measure))

    def frame(self) -> pd.DataFrame:
        """Return a row for each factor and index, with the columns of `negsim study sensitivity --out`."""
        return cells.frame_of(sensitivity_table({self.measure: self}))

    def plot(self, look: FigureLook | None = None) -> Pictures:
        """Return the picture of the indices, in a look if one is given."""
        from negsim.report.plots.sensitivity import sensitivity_picture
        from negsim.report.plots.style import Pictures

        return Pictures(sensitivity=sensitivity_picture(self, self.measure)).in_look(look)

    _repr_html_ = cells.summary_html


@dataclass(frozen=True, repr=False, eq=False)
class NotebookDiscovery(Discovery):
    """A box of factors, with all that `Discovery` has."""

    results: StudyResults

    def __repr__(self) -> str:
        limits = f", by {_some(limit.factor for limit in self.limits)}" if self.limits else ""
        return cells.in_brackets("Discovery", self.measure, f"{len(self.inside)} of {self.cells} cells{limits}")

    def summary(self) -> cells.Text:
        """Return what `negsim study discover` prints."""
        return cells.Text(discovery_text(self, self.results.factors))

    def frame(self) -> pd.DataFrame:
        """Return the table of `negsim study discover --out`."""
        return cells.frame_of(discovery_table(self))

    def plot(self, look: FigureLook | None = None) -> Pictures:
        """Return the picture of the search and of the cells, in a look if one is given."""
        from negsim.report.plots.discover import discovery_picture
        from negsim.report.plots.style import Pictures

        return Pictures(discovery=discovery_picture(self, self.results)).in_look(look)

    _repr_html_ = cells.summary_html


class NotebookFit(Fit):
    """The parameters that fit what was observed, with all that `Fit` has."""

    def __repr__(self) -> str:
        parameters = _some(one.name for one in self.parameters)
        return cells.in_brackets("Fit", _some(self.observed), f"{self.accepted} of {self.runs} runs, of {parameters}")

    def summary(self) -> cells.Text:
        """Return what `negsim study fit` prints."""
        return cells.Text(fit_text(self))

    def frame(self) -> pd.DataFrame:
        """Return the ensemble: a column for each path, a row for each run that was accepted."""
        import pandas as pd

        return pd.DataFrame(self.members)

    def plot(self, look: FigureLook | None = None) -> Pictures:
        """Return the picture of the parameters before and after, in a look if one is given."""
        from negsim.report.plots.fit import fit_picture
        from negsim.report.plots.style import Pictures

        return Pictures(fit=fit_picture(self)).in_look(look)

    _repr_html_ = cells.summary_html


why = cells.as_function(NotebookScenario.why, as_notebook)
robust = cells.as_function(NotebookScenario.robust, as_notebook)
explain = cells.as_function(NotebookScenario.explain, as_notebook)
sensitivity = cells.as_function(NotebookResults.sensitivity, as_notebook_results)
discover = cells.as_function(NotebookResults.discover, as_notebook_results)
fit = cells.as_function(NotebookResults.fit, as_notebook_results)
