"""Runs with verbs, one run with its course, and the trust in it as a network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negsim.errors import NegsimError, literal, no_attribute
from negsim.files import write_text
from negsim.negotiation.runs import Negotiation, Trace
from negsim.negotiation.tables import Case, Floats, Outcome, Status
from negsim.notebook import cells
from negsim.notebook.scenarios import NotebookScenario, as_notebook
from negsim.policies import read_only
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower, seat_names
from negsim.study import runner
from negsim.study.runner import Runs

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from negsim.report.looks import FigureLook
    from negsim.report.plots.style import Pictures

_WHEN = ("start", "end")  # of a run


class NotebookRuns(Runs):
    """Replications of one scenario that sum themselves up, with all that `Runs` has. R rows."""

    if not TYPE_CHECKING:
        __getattr__ = no_attribute

    def summary(self) -> cells.Text:
        """Return what `negsim run` prints: how it ended, what was agreed, what blocked, and why."""
        from negsim.report.summary import summary

        return cells.Text(summary(self))

    def plot(self, *names: str, replication: int | None = None, look: FigureLook | None = None) -> Pictures:
        """Return the pictures of `negsim plot`, or those of some names; they are drawn when they are shown.

        replication: of the run that is shown from inside; None: the first with the most common outcome. look: such as
        `FigureLook(width=85)`. Raises NegsimError for an unknown name, or a look that cannot be had.
        """
        from negsim.report.plots import run_pictures

        pictures = run_pictures(self, runner.typical_run(self, replication), name=self.scenario.title)
        return pictures.only(*names).in_look(look)

    def watch(self, replication: int | None = None) -> NotebookTrace:
        """Run one of the replications again and record its course; None: the first with the most common outcome."""
        one = runner.typical_run(self, replication)
        return NotebookTrace.of(one.trace, one.scenario)

    def transcript(self, replication: int | None = None) -> cells.Text:
        """Return the minutes of one of the replications; None: of the first with the most common outcome."""
        return self.watch(replication).transcript()

    def trust(self, replication: int | None = None, *, when: str = "end") -> TrustNetwork:
        """Return who trusts whom in one of the replications, at its `start` or its `end`.

        replication: None for the first with the most common outcome. Raises NegsimError for another `when`.
        """
        if when not in _WHEN:
            raise NegsimError(f"when is {literal(when)}; it is one of: {', '.join(_WHEN)}")
        one = runner.typical_run(self, replication)
        if when == "end":
            return _network(one.scenario, one.trace.state.trust)
        run = Negotiation(lower(one.scenario), seed=self.seed, replication=one.replication)
        return _network(one.scenario, run.state.trust)

    def write_report(self, path: str | Path, look: FigureLook | None = None) -> Path:
        """Write a report about the runs as one HTML file, its pictures in a look if one is given; return its path."""
        from negsim.report.pages.reports import report_of_runs

        write_text(Path(path), report_of_runs(self, look=look))
        return Path(path)

    def _repr_html_(self) -> str:
        return cells.as_html("\n\n".join(self.summary().split("\n\n")[:3]))


class NotebookTrace(Trace):
    """The course of one run, with all that `Trace` has. Its arrays refuse to be written to."""

    scenario: Scenario | None  # with everything drawn; None for a run of bare tables
    if not TYPE_CHECKING:
        __getattr__ = no_attribute

    @classmethod
    def of(cls, trace: Trace, scenario: Scenario | None) -> NotebookTrace:
        """Return a trace with the scenario that it is of."""
        recorded = cls(*read_only(trace))
        recorded.scenario = scenario
        return recorded

    def __repr__(self) -> str:
        seed, replication = self.state.stream.tolist()
        outcome = Outcome(int(self.state.clock["outcome"][0])).name.lower()
        title = "tables" if self.scenario is None else self.scenario.title
        turns = f"replication {replication} under seed {seed}, {len(self.minute) - 1:,} turns, {outcome}"
        return cells.in_brackets("Trace", title, turns)

    def transcript(self) -> cells.Text:
        """Return the minutes of the run. Raises NegsimError for a run of bare tables, which have no names."""
        from negsim.report.minutes import transcript

        return cells.Text(transcript(self._named(), self))

    def plot(self, look: FigureLook | None = None) -> Pictures:
        """Return the pictures of the run, in a look if one is given.

        Raises NegsimError for a run of bare tables, which have no names.
        """
        from negsim.report.plots.run import pictures_of

        return pictures_of(self._named(), self).in_look(look)

    def trust(self) -> TrustNetwork:
        """Return who trusts whom at the end. Raises NegsimError for a run of bare tables, which have no names."""
        return _network(self._named(), self.state.trust)

    def _repr_html_(self) -> str:
        import pandas as pd

        from negsim.report import words

        shown = cells.as_html(repr(self)[1:-1])
        if self.scenario is None:
            return shown
        paragraphs = self.state.paragraphs
        status = [Status(int(code)).name.lower() for code in paragraphs["status"]]
        ends = {"status": status, "text": paragraphs["text"].round(2)}
        return shown + cells.grid(pd.DataFrame(ends, words.issue_names(self.scenario)))

    def _named(self) -> Scenario:
        if self.scenario is None:
            raise NegsimError("this run is of bare tables, which have no names; watch a scenario instead")
        return self.scenario


class TrustNetwork(NamedTuple):
    """Who trusts whom: a network of N delegates, whose ties have a weight of 0..1 in either direction."""

    names: list[str]  # of the delegates, by seat
    groups: list[str]  # of each delegate
    trust: Floats  # N,N; [holder, about]; NaN for trust in oneself

    def __repr__(self) -> str:
        return f"<TrustNetwork of {len(self.names)} delegates, mean {np.nanmean(self.trust):.2f}>"

    def frame(self) -> pd.DataFrame:
        """Return the matrix: a row for each delegate, a column for whom it trusts."""
        import pandas as pd

        return pd.DataFrame(self.trust, pd.Index(self.names, name="holder"), pd.Index(self.names, name="about"))

    def edges(self) -> pd.DataFrame:
        """Return the list of ties, a row each: holder, about, trust."""
        import pandas as pd

        names, (holders, about) = np.array(self.names), np.nonzero(~np.eye(len(self.names), dtype=bool))
        return pd.DataFrame({"holder": names[holders], "about": names[about], "trust": self.trust[holders, about]})

    def by_group(self) -> pd.DataFrame:
        """Return the mean trust of each group (row) in each group (column), without trust in oneself."""
        group_of, order = dict(zip(self.names, self.groups, strict=True)), list(dict.fromkeys(self.groups))
        ties = self.edges()
        ties["holder"], ties["about"] = ties["holder"].map(group_of), ties["about"].map(group_of)
        means = ties.pivot_table(index="holder", columns="about", values="trust")
        return means.reindex(index=order, columns=order)

    def graph(self) -> nx.DiGraph[str]:
        """Return a `networkx.DiGraph`: a node with its `group` each, an edge from each holder with its `trust`."""
        import networkx as nx

        graph = nx.from_pandas_edgelist(self.edges(), "holder", "about", "trust", create_using=nx.DiGraph)
        nx.set_node_attributes(graph, dict(zip(self.names, self.groups, strict=True)), "group")
        return graph

    def _repr_html_(self) -> str:
        return cells.as_html(f"{self!r}"[1:-1]) + cells.grid(self.by_group().round(2))


def _network(scenario: Scenario, trust: Floats) -> TrustNetwork:
    """Return a network. trust: N,N; [about, holder], as the state has it."""
    ties = np.array(trust.T)
    np.fill_diagonal(ties, np.nan)
    groups = [name for name, group in scenario.groups.items() for _ in range(group.seats)]
    return TrustNetwork(seat_names(scenario), groups, ties)


def as_notebook_runs(runs: Runs) -> NotebookRuns:
    """Return runs with verbs."""
    return cells.with_verbs(NotebookRuns, runs, scenario=as_notebook(runs.scenario))


run = cells.as_function(NotebookScenario.run, as_notebook)


def watch(
    scenario: Scenario | Case | str | Path,
    *,
    seed: int = 0,
    replication: int = 0,
    policies: Mapping[str, object] | None = None,
) -> NotebookTrace:
    """Run one replication to its end and record everything on the way.

    scenario: a built-in name, a path, a Scenario, or its tables as `lower` makes them, which take no policies. What is
    uncertain is drawn. policies: as for `run`.
    """
    if isinstance(scenario, Case):
        trace = runner.watch(scenario, seed=seed, replication=replication, policies=policies)
        return NotebookTrace.of(trace, None)
    one = runner.rerun(as_notebook(scenario), seed, replication, policies=policies)
    return NotebookTrace.of(one.trace, one.scenario)
