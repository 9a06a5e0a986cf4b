"""Compare runs with a policy in a seat: in `run` and in the Mesa window, without one, and in two processes.

Checked: `run` and the Mesa window give the same measures, and so do one and two processes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from processes import Peer
from rooms import SEED, focal
from table import DIFFER, Row, Target, times_as_fast
from threads import SPIN, Round, spin
from timing import best, digits

from negsim import plugins
from negsim.mesa_model import NegotiationModel
from negsim.scenario import Scenario
from negsim.study.runner import run
from negsim.study.table import NUMERIC_MEASURES
from negsim.study.work import Done, Piece, StudyPart, Task, simulate

SEAT, NAME = "India", "strategies:BridgeBuilder"  # which speaks, proposes and responds, and looks at all its beliefs
RUNS = 60  # in `run`, and in each process
IN_MESA = 3  # hundreds of turns each, so that they are enough
ROUNDS = 5


def rows() -> Iterator[Row]:
    """Yield the comparisons."""
    scenario, policies = focal(), {SEAT: NAME}
    runs = partial(run, scenario, seed=SEED, threads=1)
    ours = runs(replications=IN_MESA, policies=policies).results.runs.tolist()
    theirs = [in_mesa(scenario, policies, replication) for replication in range(IN_MESA)]
    fast, plain, slow = best(
        [
            lambda: runs(replications=RUNS, policies=policies),
            lambda: runs(replications=RUNS),
            lambda: [in_mesa(scenario, policies, replication) for replication in range(IN_MESA)],
        ],
        rounds=3,
    )
    same = str([list(row) for row in ours]) == str(theirs)
    yield times_as_fast(
        "a run with a policy; in the Mesa window", fast / RUNS, slow / IN_MESA, same=same, target=Target(least=1 / 1.3)
    )
    yield times_as_fast("a run with a policy; without", fast / RUNS, plain / RUNS, same=True)
    yield in_processes(scenario, policies)


def in_mesa(scenario: Scenario, policies: Mapping[str, object], replication: int) -> list[float]:
    """Return the measures of a run in the Mesa window."""
    model = NegotiationModel(scenario, rng=SEED, replication=replication, policies=policies)
    while model.running:
        model.step()
    return list(model.measured().values())


def in_processes(scenario: Scenario, policies: Mapping[str, object]) -> Row:
    """Compare the gain of a second process with that of a second one that spins, in the round with the middle ratio."""
    what = "with a policy, a second process; a second one that spins"
    parts = [StudyPart(str(n), (Piece(0, n * RUNS, RUNS),)) for n in range(4)]
    tasks = [
        Task(plugins.loaded(), part, scenario, {0: {}}, SEED, NUMERIC_MEASURES, False, None, policies)  # noqa: FBT003
        for part in parts
    ]
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as one, ProcessPoolExecutor(2, mp_context=context) as two:
        if bits(done(one, tasks)) != bits(done(two, tasks)):
            return Row(what, note=DIFFER)
        with Peer("-c", SPIN) as first, Peer("-c", SPIN) as second:
            spin(first, second, seconds=0.1)
            seen = [Round(rate(one, tasks), spin(first), rate(two, tasks), spin(first, second)) for _ in range(ROUNDS)]
    middle = sorted(seen, key=lambda round_: round_.ratio)[ROUNDS // 2]
    ours, theirs = (f"x {digits(gain)}" for gain in middle.gains)
    return Row(what, ours, theirs, middle.ratio, Target(least=0.8), f"{digits(middle.one)} runs/s in one process")


def done(pool: ProcessPoolExecutor, tasks: Sequence[Task]) -> list[Done]:
    """Return the tables of parts of a study."""
    return list(pool.map(simulate, tasks))


def bits(parts: Sequence[Done]) -> list[bytes]:
    """Return all numbers of some parts."""
    return [column.tobytes() for part in parts for column in part.runs.values()]


def rate(pool: ProcessPoolExecutor, tasks: Sequence[Task]) -> float:
    """Measure runs a second."""
    start = time.perf_counter()
    done(pool, tasks)
    return sum(task.part.runs for task in tasks) / (time.perf_counter() - start)
