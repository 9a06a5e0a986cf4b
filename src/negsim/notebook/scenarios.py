"""Scenarios with verbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic

from negsim.cast.knobs import MEETINGS
from negsim.errors import NegsimError, literal, no_attribute
from negsim.notebook import cells
from negsim.scenario import Scenario, library
from negsim.scenario import with_changes as changed
from negsim.scenario.changes import Changes
from negsim.scenario.sampling import sample as drawn
from negsim.scenario.schema import Group, RedLine
from negsim.study.power import POWER
from negsim.study.schema import check_listed, check_measures

if TYPE_CHECKING:
    from negsim.notebook.answers import Comparisons, NotebookEffects, NotebookExplanation, NotebookRobustness
    from negsim.notebook.runs import NotebookRuns, NotebookTrace


Parts = Mapping[str, Changes]  # changes of the first by the name of their part
Other = Scenario | str | Path | Changes  # a scenario, its name or its file, or changes of the first
_BASE = "as it is"  # the name of the scenario itself in a comparison


class _Groups(dict[str, Group]):
    """The groups of a scenario, which show themselves as a table."""

    def __repr__(self) -> str:
        return cells.in_brackets("Groups", ", ".join(self), f"{sum(group.seats for group in self.values())} seats")

    def _repr_html_(self) -> str:
        import pandas as pd

        rows = {
            name: {"label": group.label, "seats": group.seats}
            | {issue: f"{place.mean:g} ± {place.spread:g}" for issue, place in group.position.items()}
            | {f"red line on {issue}": _range(line) for issue, line in group.red_lines.items()}
            for name, group in self.items()
        }
        return cells.grid(pd.DataFrame.from_dict(rows, orient="index"))


def _range(line: RedLine) -> str:
    return " ".join(f"{word} {end:g}" for word, end in (("from", line.min), ("to", line.max)) if end is not None)


class NotebookScenario(Scenario):  # noqa: PLW1641 - pydantic gives it a hash
    """A scenario that runs, compares and explains itself. It is a `Scenario`, and equal to the plain one."""

    model_config = pydantic.ConfigDict(defer_build=True)  # it is made of a scenario that was checked

    def __repr__(self) -> str:
        from negsim.report.uncertain import sizes

        return cells.in_brackets("Scenario", self.title, ", ".join(sizes(self)))

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """Refuse what it does not have, with the name that was meant."""
            if name[:1] == "_":
                return super().__getattr__(name)
            return no_attribute(self, name)

    def __eq__(self, other: object) -> bool:
        return self.plain == (other.plain if isinstance(other, NotebookScenario) else other)

    @property
    def plain(self) -> Scenario:
        """The scenario without verbs."""
        return Scenario.model_construct(self.model_fields_set, **_fields_of(self))

    def with_changes(self, changes: Changes) -> NotebookScenario:
        """Return the scenario with changes such as `["meetings.count=5"]`, as `negsim.with_changes` does."""
        return with_changes(self, changes)

    def run(
        self,
        replications: int = 1000,
        *,
        seed: int = 0,
        first: int = 0,
        threads: int | None = None,
        policies: Mapping[str, object] | None = None,
    ) -> NotebookRuns:
        """Run replications first .. first + replications - 1 under a seed (0 .. 2**64 - 1).

        What is uncertain is drawn anew for each. policies: who holds which seats, as in `NegotiationModel`; a class is
        made anew for each run, an object copied. Raises NegsimError for a number out of range, an unknown seat and an
        invalid answer.
        """
        from negsim.notebook.runs import as_notebook_runs
        from negsim.report.progress import followed
        from negsim.study.runner import run_steps

        steps = run_steps(self, replications=replications, seed=seed, first=first, threads=threads, policies=policies)
        return as_notebook_runs(followed(steps, quiet=True))

    def watch(
        self, *, seed: int = 0, replication: int = 0, policies: Mapping[str, object] | None = None
    ) -> NotebookTrace:
        """Run one replication and record its course, as `negsim.watch` does."""
        from negsim.notebook.runs import watch

        return watch(self, seed=seed, replication=replication, policies=policies)

    def transcript(
        self, *, seed: int = 0, replication: int = 0, policies: Mapping[str, object] | None = None
    ) -> cells.Text:
        """Run one replication and return the minutes of its meetings."""
        return self.watch(seed=seed, replication=replication, policies=policies).transcript()

    def compare(
        self,
        alternatives: Mapping[str, Other],
        measures: Sequence[str] = (),
        *,
        replications: int = 1000,
        seed: int = 0,
        threads: int | None = None,
        half_width: float | None = None,
        power: float = POWER,
    ) -> Comparisons:
        """Run alternatives on the same replications as this scenario, and compare them as `negsim.compare` does.

        alternatives: by name, changes of this scenario (a list or a mapping), or another scenario (a name, a path or a
        Scenario).
        """
        from negsim.notebook.answers import compare
        from negsim.study.compare import check_wanted

        if not isinstance(alternatives, Mapping):
            right = f'{{"longer": ["{MEETINGS.change(5)}"]}}'
            raise NegsimError(f"{literal(alternatives)}: alternatives are a mapping from names, such as {right}")
        if _BASE in alternatives:
            raise NegsimError(
                f"{literal(_BASE)} is what the scenario itself is called; give the alternative another name"
            )
        check_wanted(measures, half_width, power)
        every = {_BASE: self} | {name: self._other(other) for name, other in alternatives.items()}
        for scenario in every.values():
            check_measures(measures or (), scenario.measures)
        runs = {name: scenario.run(replications, seed=seed, threads=threads) for name, scenario in every.items()}
        return compare(runs, measures, half_width=half_width, power=power)

    def why(
        self,
        *,
        try_: Mapping[str, Changes] | None = None,
        measure: str = "consensus",
        threshold: float | None = None,
        replications: int = 1000,
        exactly: bool = False,
        seed: int = 0,
        threads: int | None = None,
    ) -> NotebookEffects:
        """Say what the runs without consensus lack, and find the changes that most raise a measure.

        `try_`: candidates of your own, by label, each a list of changes or a mapping. threshold: the value of the
        measure that a bundle of changes is to reach; by default one half of a share. replications: the most of each; it
        stops when it knows enough, unless exactly so many are asked for.
        """
        from negsim.notebook.answers import NotebookEffects
        from negsim.report.progress import followed
        from negsim.study.interventions import why

        steps = why(
            self,
            try_=try_,
            measure=measure,
            threshold=threshold,
            replications=replications,
            exactly=exactly,
            seed=seed,
            threads=threads,
        )
        effects = NotebookEffects(*followed(steps, quiet=True))
        effects.scenario = self
        return effects

    def robust(
        self,
        *,
        try_: Mapping[str, Changes] | None = None,
        measure: str = "consensus",
        by: str | None = None,
        worlds: int | None = None,
        replications: int | None = None,
        seed: int = 0,
        threads: int | None = None,
    ) -> NotebookRobustness:
        """Run changes in many worlds, to find which go on to help where what is uncertain is otherwise.

        `try_`: changes of your own, by label; by default the best of the catalogue of `why`. by: `draws` of what is
        uncertain, or `steps` of what is coded; by default draws if there are any. worlds: how many draws, by default
        40. replications: of each change in each world, by default 250, or 100 by steps. Raises NegsimError for changes
        that cannot be made, and if there is nothing to draw or to step.
        """
        from negsim.notebook.answers import NotebookRobustness
        from negsim.report.progress import followed
        from negsim.study.robust import robust

        steps = robust(
            self, try_=try_, measure=measure, kind=by, worlds=worlds, replications=replications, seed=seed,
            threads=threads,
        )  # fmt: skip
        robustness = NotebookRobustness(*followed(steps, quiet=True))
        robustness.scenario = self
        return robustness

    def explain(
        self,
        other: Other | Parts,
        *,
        measures: Sequence[str] = (),
        replications: int = 1000,
        exactly: bool = False,
        seed: int = 0,
        threads: int | None = None,
    ) -> NotebookExplanation:
        """Explain why this scenario and another end differently: share out the change of each measure.

        other: a scenario, so that the change is shared out among the aspects in which they differ; or changes of this
        one, among which it is shared out: a list, a mapping, or several of those by the name of their part. measures:
        by default those that `negsim explain` prints; the first says when enough is known. replications: the most of
        each hybrid, unless exactly so many are asked for. Raises NegsimError for scenarios that cannot be compared so.
        """
        from negsim.notebook.answers import NotebookExplanation, other_side, short_name
        from negsim.report.progress import followed
        from negsim.study.explain import USUAL_MEASURES, explain

        (second, name), first = other_side(other), short_name(self)
        steps = explain(
            (self, second), measures=measures or USUAL_MEASURES, replications=replications, exactly=exactly, seed=seed,
            threads=threads,
        )  # fmt: skip
        explanation = NotebookExplanation(*followed(steps, quiet=True))
        explanation.names = first, name if name != first else f"{name} (the other)"
        return explanation

    def write_report(self, path: str | Path, *, replications: int = 1000, seed: int = 0) -> Path:
        """Run the scenario and write a report about it as one HTML file; return its path."""
        return self.run(replications, seed=seed).write_report(path)

    def write_page(
        self,
        path: str | Path,
        *,
        knobs: Sequence[str] = (),
        measures: Sequence[str] = (),
        runs: int = 200,
        seed: int = 0,
        source: str = "scenario.yaml",
    ) -> Path:
        """Write one HTML file in which readers run the model, as `negsim page` does; return its path.

        knobs: beside the usual ones, such as `context.tension=0..1`. runs: of a point of a curve to begin with. source:
        the name or file that the page's commands give the scenario. Raises NegsimError for what a page cannot hold.
        """
        from negsim.files import write_text
        from negsim.page import PageSource, page_steps
        from negsim.report.progress import followed
        from negsim.study.runner import check_count

        check_listed("knobs", knobs)
        check_listed("measures", measures)
        check_count("runs", runs)
        page = page_steps(PageSource(self, source, (), seed), knobs=knobs, measures=measures, runs=runs)
        write_text(Path(path), followed(page, quiet=True))
        return Path(path)

    def _other(self, other: Other) -> NotebookScenario:
        return as_notebook(other) if isinstance(other, Scenario | str | Path) else self.with_changes(other)

    def _repr_html_(self) -> str:
        import pandas as pd

        from negsim.report import words

        scales = [[issue.low, issue.high, issue.status_quo] for issue in self.issues.values()]
        issues = pd.DataFrame(scales, words.issue_names(self), ["from (0)", "to (1)", "status quo"])
        groups = pd.DataFrame({"seats": [group.seats for group in self.groups.values()]}, words.group_names(self))
        return cells.as_html(repr(self)[1:-1]) + cells.grid(issues) + cells.grid(groups)


def as_notebook(scenario: Scenario | str | Path) -> NotebookScenario:
    """Return a scenario with verbs: of a plain one, or of the one of that name or in that file."""
    scenario = library.as_scenario(scenario)
    if isinstance(scenario, NotebookScenario):
        return scenario
    fields = _fields_of(scenario) | {"groups": _Groups(scenario.groups)}
    return NotebookScenario.model_construct(scenario.model_fields_set, **fields)


def _fields_of(scenario: Scenario) -> dict[str, Any]:
    return {name: getattr(scenario, name) for name in Scenario.model_fields}


def load(source: str | Path, *, changes: Sequence[str] = ()) -> NotebookScenario:
    """Load the scenario of that name or in that file, with changes such as `meetings.count=5`."""
    return as_notebook(library.load(source, changes=changes))


def loads(text: str, name: str = "<text>") -> NotebookScenario:
    """Load the scenario in a text; a population it names has to be a built-in one."""
    return as_notebook(library.loads(text, name))


def with_changes(scenario: Scenario, changes: Changes) -> NotebookScenario:
    """Return the scenario with changes such as `process.chair.pressure=0`, or a mapping of paths to values.

    A `ScenarioError` names the change.
    """
    return as_notebook(changed(scenario, changes))


def sample(scenario: Scenario, seed: int, replication: int) -> NotebookScenario:
    """Return the scenario of one replication, everything drawn. A `ScenarioError` names a draw that does not fit."""
    return as_notebook(drawn(scenario, seed, replication))
