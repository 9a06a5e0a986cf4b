"""What stands alone: pictures and reports of anything that has some, minutes, and the list of measures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from negsim.errors import NegsimError, literal
from negsim.negotiation.runs import Trace
from negsim.notebook import cells
from negsim.notebook.runs import NotebookRuns, as_notebook_runs
from negsim.notebook.studies import NotebookResults, as_notebook_results
from negsim.report import minutes
from negsim.scenario import Scenario
from negsim.scenario.schema import check_scenario
from negsim.study.results import StudyResults
from negsim.study.runner import Runs

if TYPE_CHECKING:
    from negsim.mesa_model import NegotiationModel
    from negsim.report.looks import FigureLook
    from negsim.report.plots.style import Pictures


def plot(what: Runs | StudyResults, *names: str, look: FigureLook | None = None) -> Pictures:
    """Return the pictures of runs or of a study, or those of some names; they are drawn when they are shown.

    look: such as `FigureLook(width=85)`. Raises NegsimError for an unknown name, or a look that cannot be had.
    """
    return _with_verbs(what).plot(*names, look=look)


def write_report(what: Runs | StudyResults, path: str | Path, look: FigureLook | None = None) -> Path:
    """Write a report about runs or a study as one HTML file, which needs no other file; return its path.

    look: of its pictures, such as `FigureLook(grey=True)`. Raises NegsimError for one that cannot be had.
    """
    return _with_verbs(what).write_report(path, look)


def transcript(scenario: Scenario, trace: Trace | NegotiationModel) -> cells.Text:
    """Write the minutes of one run of a scenario, with its outcome and the reasons.

    trace: of the run, or a `NegotiationModel` that has made it.
    Raises NegsimError if the trace is not of a run of this scenario.
    """
    check_scenario(scenario)
    if not isinstance(trace, Trace) and not hasattr(trace, "trace"):
        raise NegsimError(f"{literal(trace)}: is neither the trace that `watch` gives nor a NegotiationModel")
    return cells.Text(minutes.transcript(scenario, trace))


def measures(name: str | None = None) -> cells.Text:
    """Describe a measure, or list all of them by table. Raises NegsimError for an unknown name."""
    from negsim.report.reference import describe_measure, list_measures

    return cells.Text(list_measures() if name is None else describe_measure(name))


def _with_verbs(what: Runs | StudyResults) -> NotebookRuns | NotebookResults:
    if isinstance(what, Runs):
        return as_notebook_runs(what)
    if isinstance(what, StudyResults):
        return as_notebook_results(what)
    raise NegsimError(f"{literal(what)}: is neither the runs that `run` gives nor the results of a study")
