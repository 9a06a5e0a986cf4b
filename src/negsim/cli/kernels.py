"""The model's kernels, compiled before a command needs them."""

from __future__ import annotations

from negsim.report.progress import say

TINY = """
format: 1
title: Two neighbours
issues: {fence: {label: Fence, low: low, high: high, status_quo: 0.5}}
groups: {left: {seats: 2, position: {fence: 0.4}}, right: {seats: 2, position: {fence: 0.6}}}
process: {meetings: [{name: Garden, days: 1, agenda: [rolling_text: 1]}]}
"""


def must_compile() -> bool:
    """Whether the loop over replications has to be compiled first."""
    import numba

    from negsim.kernel import cache_folder

    folder = cache_folder()
    return not numba.config.DISABLE_JIT and (folder is None or not any(folder.rglob("*.replicate-*.nbi")))


def make_ready() -> None:
    """Compile the kernels if no earlier command has; in the main thread, where Ctrl-C can interrupt it."""
    if must_compile():
        say("negsim: compiling the model's kernels, once; this takes about a minute")
        run_tiny()


def run_tiny() -> None:
    """Use every kernel once."""
    import numpy as np

    from negsim.cases import loads
    from negsim.negotiation.runs import replicate, replicate_recorded, watch
    from negsim.scenario.lowering import lower

    case = lower(loads(TINY, "two neighbours"))
    replicate(case, np.uint64(0), 0, 1)
    replicate_recorded(case, np.uint64(0), 0, 1, np.zeros(1))
    watch(case)
