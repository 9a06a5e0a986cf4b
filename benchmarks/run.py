"""How fast, and against what: `make bench`.

Prints, in one run on one core: runs a second of the focal case; the ratio to what a user would otherwise do, which is
to step the same negotiation from Python (the Mesa window, and the same rules uncompiled); and how the cost of each
part grows from 42 to 500 delegates.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from negsim.kernel import kernel
from negsim.mesa_model import NegotiationModel
from negsim.negotiation.acceptance import Reading, respond, settle, shortfalls
from negsim.negotiation.case import Case
from negsim.negotiation.consequences import notice
from negsim.negotiation.evenings import spend_evening
from negsim.negotiation.floor import begin
from negsim.negotiation.influence import hear
from negsim.negotiation.many import replicate
from negsim.negotiation.measures import allocate_results, measure
from negsim.negotiation.moves import Move, Pen, Row
from negsim.negotiation.state import Choice, State, Turn, allocate_choice
from negsim.negotiation.trace import watch
from negsim.randomness import stream
from negsim.scenario import Scenario, load
from negsim.scenario.lowering import lower

FOCAL = "cstd_wgigf_2011"
SIZES = (42, 84, 168, 336, 500)
UNCOMPILED = (
    "import time, numpy as np; from negsim.scenario import load; from negsim.scenario.lowering import lower;"
    "from negsim.negotiation.many import replicate; c = lower(load('%s'));"
    "t = time.perf_counter(); replicate(c, np.uint64(1), 0, 3); print(3 / (time.perf_counter() - t))"
)


def seconds(work: Callable[[], object], *, least: float = 0.5) -> float:
    """Seconds a call takes: the best of three rounds of at least `least` seconds together."""
    work()
    calls, best = 1, math.inf
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            work()
        taken = time.perf_counter() - start
        best = min(best, taken / calls)
        if taken > least / 3:
            break
        calls *= 2
    for _ in range(2):
        start = time.perf_counter()
        for _ in range(calls):
            work()
        best = min(best, (time.perf_counter() - start) / calls)
    return best


def rate_compiled(case: Case) -> float:
    """Runs a second of the compiled loop, on this thread alone."""
    return 500 / seconds(lambda: replicate(case, np.uint64(1), 0, 500), least=2.0)


def rate_mesa(scenario: Scenario) -> float:
    """Runs a second of the same negotiation stepped as a Mesa model with data collection."""

    def play() -> None:
        model = NegotiationModel(scenario, rng=1)
        while model.running:
            model.step()

    return 1 / seconds(play, least=2.0)


def rate_uncompiled() -> float:
    """Runs a second of the same rules as plain Python."""
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", UNCOMPILED % FOCAL], env=environment, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def room(delegates: int) -> Scenario:
    """The focal case with as many delegates, shares of the groups as they were."""
    small = load(FOCAL)
    seats = {name: max(1, round(group.seats * delegates / 42)) for name, group in small.groups.items()}
    seats["government"] += delegates - sum(seats.values())
    return load(FOCAL, changes=[f"groups.{name}.seats={count}" for name, count in seats.items()])


@kernel
def statements(case: Case, state: State, times: int) -> None:
    """So many statements heard, in a compiled loop."""
    for turn in range(times):
        hear(case, state, turn % state.delegates.shape[0], 0, 0.5, 0.0, 0.0)


@kernel
def readings(case: Case, state: State, reading: Reading, choice: Choice, times: int) -> None:
    """So many readings answered, in a compiled loop."""
    for _ in range(times):
        shortfalls(case, state, reading, choice.shortfall)
        respond(state, choice.shortfall, choice.response)
        settle(case, state, choice.shortfall, choice.response)


def costs(delegates: int) -> dict[str, float]:
    """Microseconds of each part in a room of that size."""
    case = lower(room(delegates))
    state = begin(case, stream(1, 0), 0)
    choice = allocate_choice(*case.stances.shape)
    reading = Reading(issue=0, value=0.4, precision=0.7, pen=Pen.CHAIR, known=True, t=0.5, pressure=0.0)
    results = allocate_results(case, 1)
    kinds = list(case.plan["kind"])
    parts = {
        "statement": 1e3 * seconds(lambda: statements(case, state, 1000)),
        "reading": 1e3 * seconds(lambda: readings(case, state, reading, choice, 1000)),
        "set-up": 1e6 * seconds(lambda: begin(case, stream(1, 0), 0)),
    }
    state.clock["row"][0] = kinds.index(Row.EVENING)
    parts["evening"] = 1e6 * seconds(lambda: spend_evening(case, state))
    state.clock["row"][0] = kinds.index(Row.SESSION)
    parts["mapping"] = 1e6 * seconds(lambda: notice(case, state, Turn(int(Move.NOTICE), 0, -1)))
    parts["closing"] = 1e6 * seconds(lambda: measure(case, state, results, 0))
    return parts


def exponent(sizes: tuple[int, ...], values: list[float]) -> float:
    """Slope of log cost on log size."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def main() -> None:
    """Print it all."""
    scenario = load(FOCAL)
    case = lower(scenario)
    watch(case)
    compiled, mesa, plain = rate_compiled(case), rate_mesa(scenario), rate_uncompiled()
    print(f"{FOCAL}, one core, after warm-up")
    print(f"  compiled loop                 {compiled:9.0f} runs/s")
    print(f"  stepped as a Mesa model       {mesa:9.2f} runs/s   the loop is {compiled / mesa:7.0f} times as fast")
    print(f"  the same rules, plain Python  {plain:9.2f} runs/s   the loop is {compiled / plain:7.0f} times as fast")
    table = [costs(size) for size in SIZES]
    print(f"\nmicroseconds by delegates       {''.join(f'{size:>9}' for size in SIZES)}   cost ~ delegates^")
    for part in table[0]:
        values = [row[part] for row in table]
        print(f"  {part:<30}{''.join(f'{value:9.2f}' for value in values)}   {exponent(SIZES, values):9.2f}")


if __name__ == "__main__":
    main()
