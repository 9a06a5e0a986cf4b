"""Results of studies with verbs."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from negsim.errors import no_attribute
from negsim.files import write_text
from negsim.notebook import cells
from negsim.report import progress
from negsim.study import results as folders
from negsim.study.fit import ACCEPTED_SHARE
from negsim.study.results import StudyResults
from negsim.study.schema import Study

if TYPE_CHECKING:
    from negsim.notebook.answers import Indices, NotebookDiscovery, NotebookFit
    from negsim.report.looks import FigureLook
    from negsim.report.plots.style import Pictures
    from negsim.study.merging import Checked

_MOST_ROWS = 20  # cells that are shown


class NotebookResults(StudyResults):
    """The results of a study that show themselves, with all that `StudyResults` has. C cells."""

    def plot(
        self, *names: str, look: FigureLook | None = None, worlds: int | None = None, parameters: str | None = None
    ) -> Pictures:
        """Return the pictures of `negsim study plot`, or those of some names; they are drawn when they are shown.

        look: such as `FigureLook(width=85)`. worlds: how many draws of what is uncertain the curves are run in, to show
        how far these move them; parameters: an ensemble to draw, too. Raises NegsimError for an unknown name, a look
        that cannot be had, and worlds where nothing is uncertain.
        """
        from negsim.report.plots.study import study_pictures
        from negsim.study.robust import cells_over_worlds

        means = None
        if worlds is not None:
            means = progress.followed(cells_over_worlds(self, worlds, parameters=parameters), quiet=True)
        return study_pictures(self, means).only(*names).in_look(look)

    def sensitivity(self, measure: str | None = None) -> Indices:
        """Return the indices of a measure by factor (by default of the study's main measure), then those of pairs.

        Raises NegsimError for a study of another design, or a measure that some cell does not have.
        """
        from negsim.notebook.answers import Indices
        from negsim.study.sensitivity import sensitivity

        indices = Indices(sensitivity(self, measure))
        indices.measure, indices.design = measure or self.study.main, self.study.design
        return indices

    def discover(
        self,
        measure: str | None = None,
        *,
        above: float | None = None,
        density: float | None = None,
        tree: bool = False,
    ) -> NotebookDiscovery:
        """Find the box of factors in which runs most often end as sought.

        measure: an outcome or another flag (by default the study's main measure), or with `above` a measure that is to
        be at least this. density: share of hits wanted inside (usually .9); the box is the one of those this dense that
        covers most hits, or the densest if there is none. tree: whether to grow a regression tree too, which takes
        scikit-learn. Raises NegsimError for few cells, or a measure that is no flag without `above`.
        """
        from negsim.notebook.answers import NotebookDiscovery
        from negsim.study.discover import discover

        box = discover(self, measure, above=above, density=density, tree=tree)
        return cells.with_verbs(NotebookDiscovery, box, results=self)

    def fit(self, observed: Mapping[str, float], *, share: float = ACCEPTED_SHARE) -> NotebookFit:
        """Accept the runs that come nearest to what was observed, and say what they reveal about each parameter.

        The study has to sample what is not known, as one of the design `latin_hypercube` does, or runs a scenario whose
        unknown values are drawn. observed: by measure, such as {"consensus": 1, "share_agreed": 0.4}. share: of the
        runs, to be accepted. Raises NegsimError for an unknown measure, or too few runs.
        """
        from negsim.notebook.answers import NotebookFit
        from negsim.study.fit import fit

        return cells.with_verbs(NotebookFit, fit(self, observed, share=share))

    def check(self) -> Checked:
        """Check every row against the study, and make some runs again, as `negsim study check` does.

        Raises NegsimError for the first row that is wrong, FailedError for a run that gives other numbers.
        """
        from negsim.study.merging import check_folder

        return check_folder(self.folder)

    def merge(self, *others: StudyResults, folder: str | Path) -> NotebookResults:
        """Put these parts of a study and those of others into a new folder, as `negsim study merge` does."""
        from negsim.study.merging import merge

        return as_notebook_results(merge([self.folder, *(other.folder for other in others)], Path(folder)))

    def write_report(self, path: str | Path, look: FigureLook | None = None) -> Path:
        """Write a report about the study as one HTML file, its pictures in a look if one is given; return its path."""
        from negsim.report.pages.reports import report_of_study

        write_text(Path(path), report_of_study(self, look))
        return Path(path)

    if not TYPE_CHECKING:
        __getattr__ = no_attribute

    def _repr_html_(self) -> str:
        main = self.summary([self.study.main])
        more = len(main) - _MOST_ROWS
        rest = cells.as_html(f"and {more:,} more cells: see `summary()`") if more > 0 else ""
        return cells.as_html(repr(self)[1:-1]) + cells.grid(main.head(_MOST_ROWS).round(3), index=False) + rest


def as_notebook_results(results: StudyResults) -> NotebookResults:
    """Return results with verbs. Raises NegsimError for anything but results, such as the name of their folder."""
    folders.check_results(results)
    return cells.with_verbs(NotebookResults, results)


def sweep(
    study: Study | str | Path,
    folder: str | Path,
    *,
    executor: str | Executor = "threads",
    count: int | None = None,
    scheduler: str | None = None,
    policies: Mapping[str, object] | None = None,
) -> NotebookResults:
    """Run a study, or what is missing of it, into a results folder, and show its progress on stderr.

    study: a study or its file. executor: `threads`, `processes`, `dask` or any `concurrent.futures` executor. count:
    of workers (default: one a core). scheduler: the address of a Dask scheduler. policies: who holds which seats, as
    for `run`; for workers in other processes they have to be what pickle takes.
    Raises `ScenarioError` for a study that cannot be run, NegsimError for a folder that cannot take it.
    """
    swept = progress.sweep(study, folder, executor=executor, count=count, scheduler=scheduler, policies=policies)
    return as_notebook_results(swept)


def results(folder: str | Path, *, partial: bool = False) -> NotebookResults:
    """Open the results in a folder.

    partial: whether to read a study of which parts are missing. Raises NegsimError if the folder holds no
    results, is not finished, or a part of it is damaged or another study's.
    """
    return as_notebook_results(folders.results(folder, partial=partial))
