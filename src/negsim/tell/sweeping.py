"""A sweep with a person watching: a study into a results folder, and how far it is."""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path

from negsim.study.executors import Workers, check_workers, default_threads, workers
from negsim.study.results import StudyResults, results
from negsim.study.schema import Study, load_study
from negsim.study.sweep import Sweep, opened
from negsim.tell.progress import followed, say


def sweep(
    study: Study | str | Path,
    folder: str | Path,
    *,
    executor: str | Executor = "threads",
    count: int | None = None,
    scheduler: str | None = None,
) -> StudyResults:
    """Run a study, or what is missing of it, into a results folder, and say on stderr how far it is.

    study: a study or its file. executor: `threads`, `processes`, `dask` or any `concurrent.futures` executor. count:
    of workers (default: one a core). scheduler: the address of a Dask scheduler.
    Raises `ScenarioError` for a study that cannot be run, NegsimError for a folder that cannot take it.
    """
    asked = study if isinstance(study, Study) else load_study(study)
    if not isinstance(executor, Executor):
        check_workers(executor, scheduler)
    with opened(asked, Path(folder)) as sweeping:
        if isinstance(executor, Executor):
            _follow(sweeping, Workers(executor, count or default_threads()))
        else:
            with workers(executor, count=count, scheduler=scheduler) as found:
                _follow(sweeping, found)
    return results(folder)


def _follow(sweeping: Sweep, found: Workers) -> None:
    for notice in sweeping.notices:
        say(notice)
    followed(sweeping.steps(found))
