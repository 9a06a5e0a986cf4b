"""Run a scenario: replications in chunks, over threads, processes or a Dask cluster, as tables with names.

- Threads are enough on one machine, because the kernels release Python's lock; any `concurrent.futures` executor will
  do. The numbers of workers, threads and chunks never change a bit of the results.
- Progress is an iterator of finished chunks; printing is for the command line.
- One run stands for many: the first with the most common outcome. It is one of the runs that were counted, run again
  with its trace under the same seed and replication.
"""

from __future__ import annotations

import logging
import math
import os
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from negsim import signals
from negsim.cast.measures import OwnMeasure, declare
from negsim.errors import FailedError, NegsimError, did_you_mean, literal, optional
from negsim.negotiation import measures
from negsim.negotiation import runs as model_runs
from negsim.negotiation.measures import Results
from negsim.negotiation.runs import Trace, replicate
from negsim.negotiation.tables import Case, Floats, Outcome, WhyOpen
from negsim.policies.seated import has_policies
from negsim.policies.seated import replicate as replicate_with_policies
from negsim.policies.seated import watch as watch_policies
from negsim.randomness import is_whole, stream
from negsim.scenario import Scenario
from negsim.scenario.library import as_scenario
from negsim.scenario.lowering import lower, seat_names
from negsim.scenario.sampling import Sampler, paths_drawn, sample
from negsim.scenario.schema import SEATS_KEY
from negsim.study import table
from negsim.study.estimates import Estimate
from negsim.study.own import own_columns, own_measures, own_named
from negsim.study.schema import NUMERIC_MEASURES, OUTCOME_NAMES, check_measures, no_measure
from negsim.study.work import end_with_parent

if TYPE_CHECKING:
    import pandas as pd

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")

_WORKER_KINDS = ("threads", "processes", "dask")
_ADDRESS = re.compile(r"((tcp|tls|ws|wss|ucx)://)?[^/\s]+:\d{1,5}", re.ASCII)  # of a scheduler
_SCHEDULER_TIMEOUT = "10s"  # for a scheduler to answer
_SECONDS_TO_HEAR = 0.5  # seconds after which a signal is heard that came just before a wait began
_RETRIES = 5  # of a task whose worker was lost


class Workers(NamedTuple):
    """An executor, the number of tasks it works on at once, and the errors a task raises when its worker is lost.

    check: called now and then while all tasks are under way. Raises FailedError or one of `lost` if none will ever be
    done.
    """

    executor: Executor
    slots: int
    lost: tuple[type[Exception], ...] = (BrokenExecutor, CancelledError)
    check: Callable[[], None] = lambda: None


def default_threads() -> int:
    """Return one thread for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def number_of_workers(name: str, count: int | None) -> int:
    """Return a number of workers, by default one a core. Raises NegsimError, with its name, unless it is at least 1."""
    if count is not None:
        check_count(name, count)
    return count or default_threads()


def check_workers(kind: str, scheduler: str | None) -> None:
    """Raise NegsimError unless there are workers of that kind, and the scheduler's address is one."""
    if kind not in _WORKER_KINDS:
        raise NegsimError(f"unknown executor {kind!r}; one of: {', '.join(_WORKER_KINDS)}")
    if (kind == "dask") != (scheduler is not None):
        raise NegsimError("the executor dask needs a scheduler's address, and no other has one")
    if scheduler is not None and not _ADDRESS.fullmatch(scheduler):
        raise NegsimError(f"{literal(scheduler)} is not a scheduler's address; write it as tcp://127.0.0.1:8786")


@contextmanager
def workers(kind: str = "threads", *, count: int | None = None, scheduler: str | None = None) -> Iterator[Workers]:
    """Provide workers of a kind, one per core unless `count` is given; what has not begun is dropped at the end.

    scheduler: the address of a Dask scheduler, such as tcp://127.0.0.1:8786. Raises `NegsimError`.
    """
    check_workers(kind, scheduler)
    count = number_of_workers("count", count)
    if scheduler is not None:
        with _cluster(scheduler) as cluster:
            yield cluster
        return
    if kind == "threads":
        threads = ThreadPoolExecutor(count)
        try:
            yield Workers(threads, count)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
        return
    import multiprocessing  # noqa: PLC0415 - threads need none of it
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    with signals.not_inherited():
        context = multiprocessing.get_context("spawn")
        processes = ProcessPoolExecutor(count, mp_context=context, initializer=end_with_parent)

    def check() -> None:
        """Notice a worker that was killed while it was writing: the pool waits for the rest of its result."""
        if any(process.exitcode is not None for process in (processes._processes or {}).values()):  # noqa: SLF001
            raise BrokenExecutor

    try:
        yield Workers(processes, count, check=check)
    except BaseException:
        for process in (processes._processes or {}).values():  # noqa: SLF001 - `kill_workers` comes with Python 3.14
            process.kill()
        # Else the rest of a result is waited for that a worker was writing when it was killed.
        getattr(processes, "_result_queue")._writer.close()  # noqa: B009, SLF001 - no part of its types
        raise
    finally:
        processes.shutdown(wait=True, cancel_futures=True)


# Dask gives each of them a handler.
_CHATTY_LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application", "asyncio")


@contextmanager
def _quiet(*names: str) -> Iterator[None]:
    """Silence loggers: Dask reports a lost cluster in tracebacks, negsim in a sentence."""
    loggers = [logging.getLogger(name) for name in names]
    before = [(logger.handlers, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [logging.NullHandler()], False
    try:
        yield
    finally:
        for logger, (handlers, propagates) in zip(loggers, before, strict=True):
            logger.handlers, logger.propagate = handlers, propagates


@contextmanager
def _cluster(scheduler: str) -> Iterator[Workers]:
    distributed = optional("distributed", "the executor dask", "cluster")
    try:
        client = distributed.Client(scheduler, timeout=_SCHEDULER_TIMEOUT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise FailedError(f"no Dask scheduler answers at {scheduler} ({error})") from None
    with _quiet(*_CHATTY_LOGGERS), client:
        count = sum(client.nthreads().values())
        if not count:
            raise FailedError(f"the Dask scheduler at {scheduler} has no workers")
        executor = client.get_executor(retries=_RETRIES)
        idle = 0

        def check() -> None:
            nonlocal idle
            idle = 0 if client.scheduler_info()["workers"] else idle + 1
            if idle > 1:  # a worker that was lost may be back soon
                raise FailedError(f"the Dask scheduler at {scheduler} has lost its workers; sweep again to continue")

        try:
            lost = (*Workers._field_defaults["lost"], distributed.KilledWorker, distributed.client.ClosedClientError)
            yield Workers(executor, count, lost, check)
        finally:
            executor.shutdown(wait=False)


_REPLICATIONS_AT_ONCE = 250  # replications
_BRIEF_WORK = 4_000_000  # replications times the square of their seats
_FEW_WITH_POLICIES = 25  # replications, which take about a second
Step = tuple[int, int, str]  # done, of how many, what


@dataclass(frozen=True, eq=False)
class Runs:
    """Replications of one scenario: the tables of `measures.Results` with their names. R rows."""

    scenario: Scenario
    seed: int
    first: int  # number of the first replication
    results: Results
    policies: Mapping[str, object] = field(default_factory=dict)  # beside those of the scenario

    def __len__(self) -> int:
        return len(self.results.runs)

    def __repr__(self) -> str:
        which = f"replications {self.first} to {self.first + len(self) - 1} under seed {self.seed}"
        return f"<Runs of {literal(self.scenario.title)}: {which}>"

    def column(self, measure: str) -> Floats:
        """Return one measure over the runs (R); for the name of an outcome, 1 if a run ended that way, else 0.

        Raises NegsimError for an unknown name.
        """
        if not isinstance(measure, str):
            raise NegsimError(no_measure(measure, self.own_measures))
        if measure in OUTCOME_NAMES:
            return self.is_outcome(measure)
        if measure not in measures.MEASURES:
            return self._own_column(measure)
        return np.asarray(self.results.runs[measure])

    @property
    def own_measures(self) -> dict[str, OwnMeasure]:
        """The measures beside those of the model: of the scenario, and of the plug-ins that are loaded."""
        return own_measures(self.scenario)

    @cached_property
    def _own_columns(self) -> dict[tuple[str, OwnMeasure], Floats]:
        return {}

    def _own_column(self, measure: str) -> Floats:
        """Return a measure that the model does not have (R), computed when it is first asked for."""
        own = own_named(self.scenario, [measure])
        key = measure, own[measure]
        if key not in self._own_columns:
            declare(own)
            columns = own_columns(own, self.results, self.scenario, self.seed, self.first, self.policies)
            self._own_columns[key] = columns[measure]
        return self._own_columns[key]

    def by_issue(self, measure: str) -> Floats:
        """Return one measure by issue (R,K). Raises NegsimError for an unknown name."""
        return self.results.issues[_checked(measure, measures.ISSUE_MEASURES, "by issue")]

    def by_group(self, measure: str) -> Floats:
        """Return one measure by group (R,G). Raises NegsimError for an unknown name."""
        return self.results.groups[_checked(measure, measures.GROUP_MEASURES, "by group")]

    @property
    def delegates(self) -> list[str]:
        """The names of the delegates, in the order of `by_delegate`. Raises NegsimError where the seats are drawn."""
        if self.has_drawn_seats:
            raise NegsimError("the runs have no delegates in common: their seats are drawn")
        return seat_names(self.scenario)

    @property
    def has_drawn_seats(self) -> bool:
        """True if the seats of groups may differ between runs."""
        whole = {SEATS_KEY, "groups", "delegates"}
        return any(path in whole or path.endswith(".seats") for path in paths_drawn(self.scenario))

    def by_delegate(self, measure: str) -> Floats:
        """Return one measure by delegate (R,N). Raises NegsimError for an unknown name or if seats are drawn."""
        column: Floats = self.results.delegates[_checked(measure, measures.DELEGATE_MEASURES, "by delegate")]
        return column[:, : len(self.delegates)]

    def frame(self) -> pd.DataFrame:
        """Return a table of one row a run, with the columns of a study that has `detail: true`.

        They are seed, replication, what was drawn (`drawn.PATH`), outcome, consensus, every measure, then those by
        issue (`agreed.ISSUE`), group (`satisfaction.GROUP`), both (`blocks.GROUP.ISSUE`) and format (`minutes.FORMAT`).
        """
        import pandas as pd  # noqa: PLC0415 - slow to import, and most runs are counted without it

        numbers: table.Columns = {
            "seed": np.full(len(self), self.seed, np.uint64),
            "replication": np.arange(self.first, self.first + len(self)),
        }
        if self.scenario.uncertain:
            rows = [table.row_of(self.scenario, self.seed, r) for r in range(self.first, self.first + len(self))]
            numbers |= table.drawn_columns(table.levels_of([self.scenario]), rows)
        own = {name: self.column(name) for name in self.own_measures}
        columns = table.columns_of(self.results, self.scenario, NUMERIC_MEASURES, detail=True, own=own)
        return pd.DataFrame(numbers | table.tidied(columns))

    def is_outcome(self, outcome: Outcome | str) -> Floats:
        """Return 1 if a run ended that way, else 0 (R). Raises NegsimError for an unknown name."""
        if not isinstance(outcome, Outcome):
            if outcome not in OUTCOME_NAMES:
                raise NegsimError(f"unknown outcome {literal(outcome)}{did_you_mean(str(outcome), OUTCOME_NAMES)}")
            outcome = Outcome[outcome.upper()]
        return table.ended_so(self.results, outcome)


def _checked(measure: str, names: Iterable[str], by: str) -> str:
    """Check and return the name of a measure of a table by issue or by group. Raises NegsimError for an unknown one."""
    if measure not in list(names):
        raise NegsimError(f"unknown measure {by} {literal(measure)}{did_you_mean(str(measure), names)}")
    return measure


def measure_of(runs: Runs, measure: str) -> Floats:
    """Return the numbers to average over the runs: a measure, or 1 where a run ended in the outcome of that name (R).

    Raises NegsimError for an unknown name and for `outcome`, which is neither.
    """
    check_measures([measure], runs.own_measures)
    return runs.column(measure)


def numbers_of(runs: Runs, measure: str) -> Floats:
    """Return a measure over the runs (R), as `measure_of` does. Raises NegsimError where some run does not have it."""
    values = measure_of(runs, measure)
    if not np.isfinite(values).all():
        raise NegsimError(f"{measure} is not a number in every run; choose one that is, such as `depth_overall`")
    return values


def estimates(runs: Runs) -> dict[str, Estimate]:
    """Estimate the share of every outcome and every measure, as `study.table.estimated` does."""
    names = (*OUTCOME_NAMES, *NUMERIC_MEASURES, *runs.own_measures)
    return {name: table.estimated(name, measure_of(runs, name)) for name in names}


def open_issues(runs: Runs) -> dict[WhyOpen, Estimate]:
    """Estimate how many issues of a run stayed open for each reason, leaving out reasons that never applied.

    No interval goes below zero.
    """
    reasons = runs.by_issue("why_open")
    counts = {why: (reasons == why).sum(axis=1) for why in WhyOpen}
    scale = "no_zone"  # which counts issues, too
    return {why: table.estimated(scale, number.astype(float)) for why, number in counts.items() if number.any()}


def chunks(first: int, count: int, size: int) -> Iterator[tuple[int, int]]:
    """Split the replications first .. first + count - 1 into (first, count) pieces."""
    for start in range(first, first + count, size):
        yield start, min(size, first + count - start)


def side_by_side(
    make: Callable[[_Given], _Made], given: Iterable[_Given], threads: int | None = None
) -> Iterator[_Made]:
    """Yield what `make` returns for each, in order. threads: default one per core, as kernels release Python's lock."""
    pool = ThreadPoolExecutor(threads or default_threads())
    try:
        for future in [pool.submit(make, one) for one in given]:
            while not wait([future], timeout=_SECONDS_TO_HEAR).done:
                pass
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # after an interrupt nobody waits for what is under way


def run_case(case: Case, *, replications: int, seed: int = 0, first: int = 0, threads: int | None = None) -> Results:
    """Run replications of a case.

    Raises NegsimError for a number out of range, and unless the seats of each group stand together in their order.
    """
    _check_groups(case)
    return run_cases(lambda start, count: [(case, start, count)], seed, first, replications, threads)


def _check_groups(case: Case) -> None:
    """Raise NegsimError unless the seats are those of the first group, then of the second: kernels count on it."""
    groups = np.repeat(np.arange(len(case.group_size)), np.maximum(case.group_size, 0))
    if not np.array_equal(case.seats["group"], groups):
        there, asked = (" ".join(map(str, numbers.tolist())) for numbers in (case.seats["group"], groups))
        raise NegsimError(
            f"the seats of each group must stand together, in the order of the groups: `seats` has the groups"
            f" {literal(there)}, `group_size` asks for {literal(asked)}"
        )


_Cases = Callable[[int, int], Iterable[tuple[Case, int, int]]]  # first, count: cases, each with its replications


def run_cases(cases: _Cases, seed: int, first: int, replications: int, threads: int | None = None) -> Results:
    """Run what `cases` gives, replications in chunks over threads. Raises NegsimError for a number out of range."""

    def measure(start: int, count: int) -> Results:
        return table.joined([replicate(case, seed, *which) for case, *which in cases(start, count)])

    return _in_chunks(measure, seed, first, replications, threads)


_Measuring = Callable[[int, int], Results]  # first, count


def _in_chunks(measure: _Measuring, seed: int, first: int, replications: int, threads: int | None) -> Results:
    """Measure replications in chunks over threads. Raises NegsimError for a number out of range."""
    _check_replications(seed, first, replications)
    threads = number_of_workers("threads", threads)
    size = min(_REPLICATIONS_AT_ONCE, math.ceil(replications / threads))
    parts = side_by_side(lambda piece: measure(*piece), chunks(first, replications, size), threads)
    return table.joined(list(parts))


def _measuring(
    scenario: Scenario, policies: Mapping[str, object], seed: int
) -> Callable[[int, int, int | None], Results]:
    """Return what measures replications: from the first so many, in threads; with policies, which hold a lock, in one.

    That raises NegsimError for a number out of range.
    """
    if not has_policies(scenario, policies):
        return partial(run_cases, Sampler(scenario, seed).cases, seed)

    def measure(start: int, count: int) -> Results:
        return table.joined(list(replicate_with_policies(scenario, policies, seed, start, count)))

    return lambda first, replications, _: _in_chunks(measure, seed, first, replications, 1)


def _brief(scenario: Scenario) -> int:
    """Return how many replications a thread does in about a second: the work grows with the square of the seats."""
    return max(1, min(_REPLICATIONS_AT_ONCE, _BRIEF_WORK // scenario.seat_count**2))


def check_count(name: str, count: object) -> None:
    """Raise NegsimError unless the count is at least 1."""
    if not is_whole(count) or count < 1:
        raise NegsimError(f"{name} is {literal(count)}; it must be a whole number, at least 1")


def _check_replications(seed: int, first: int, replications: int) -> None:
    """Raise NegsimError for a number out of range."""
    check_count("replications", replications)
    stream(seed, first)
    stream(seed, first + replications - 1)


def run(  # noqa: PLR0913 - all but the first by their names
    scenario: Scenario | str | Path,
    *,
    replications: int = 1000,
    seed: int = 0,
    first: int = 0,
    threads: int | None = None,
    policies: Mapping[str, object] | None = None,
) -> Runs:
    """Run replications of a scenario as `negsim.run` does; with policies, in one thread (`sweep` has processes)."""
    scenario, policies = as_scenario(scenario), policies or {}
    results = _measuring(scenario, policies, seed)(first, replications, threads)
    return Runs(scenario, seed, first, results, policies)


def run_steps(  # noqa: PLR0913 - all but the first by their names
    scenario: Scenario | str | Path,
    *,
    replications: int,
    seed: int = 0,
    first: int = 0,
    threads: int | None = None,
    policies: Mapping[str, object] | None = None,
) -> Generator[Step, None, Runs]:
    """Run as `run` does, some replications a step, so that progress can be shown; return the runs at the end."""
    _check_replications(seed, first, replications)
    threads = number_of_workers("threads", threads)
    scenario, policies = as_scenario(scenario), policies or {}
    measure, parts = _measuring(scenario, policies, seed), []
    brief = _FEW_WITH_POLICIES if has_policies(scenario, policies) else _brief(scenario) * threads
    for start, count in chunks(first, replications, brief):
        parts.append(measure(start, count, threads))
        yield start + count - first, replications, "runs"
    return Runs(scenario, seed, first, table.joined(parts), policies)


def watch(
    scenario: Scenario | Case | str | Path,
    *,
    seed: int = 0,
    replication: int = 0,
    policies: Mapping[str, object] | None = None,
) -> Trace:
    """Run one replication to its end and record everything on the way, as `negsim.watch` does."""
    if isinstance(scenario, Case):
        if policies:
            raise NegsimError("bare tables take no policies; watch a scenario instead")
        return model_runs.watch(scenario, seed=seed, replication=replication)
    scenario, policies = as_scenario(scenario), policies or {}
    if has_policies(scenario, policies):
        return watch_policies(scenario, policies, seed=seed, replication=replication)
    return model_runs.watch(lower(sample(scenario, seed, replication)), seed=seed, replication=replication)


class TypicalRun(NamedTuple):
    """One run: its scenario with everything drawn, the number of its replication, and its trace."""

    scenario: Scenario
    replication: int
    trace: Trace

    @property
    def outcome(self) -> Outcome:
        """The outcome of the run."""
        return Outcome(int(self.trace.state.clock["outcome"][0]))


def typical_run(runs: Runs, replication: int | None = None) -> TypicalRun:
    """Run a replication again, with its trace; None: the first with the most common outcome."""
    which = typical_replication(runs) if replication is None else replication
    return rerun(runs.scenario, runs.seed, which, policies=runs.policies)


def typical_replication(runs: Runs) -> int:
    """Return the number of the first replication with the most common outcome."""
    ends = runs.column("outcome").astype(int)
    usual = int(np.bincount(ends, minlength=len(Outcome)).argmax())
    return runs.first + int(np.flatnonzero(ends == usual)[0])


def rerun(
    scenario: Scenario, seed: int, replication: int, *, policies: Mapping[str, object] | None = None
) -> TypicalRun:
    """Run a replication of a scenario under a seed again, with its trace."""
    certain = sample(scenario, seed, replication)
    trace = watch(certain, seed=seed, replication=replication, policies=policies)
    return TypicalRun(certain, replication, trace)
