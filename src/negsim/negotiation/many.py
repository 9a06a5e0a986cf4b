"""Many runs: replications of one case in a compiled loop.

Rules that hold here
- Replication r depends on the seed and on r only; a chunk of a batch equals the same rows of the whole.
"""

from __future__ import annotations

import numpy as np

from negsim.kernel import allocating
from negsim.negotiation.case import Case
from negsim.negotiation.floor import play
from negsim.negotiation.measures import Results, allocate_results, measure


@allocating
def replicate(case: Case, seed: np.uint64, first: int, count: int) -> Results:
    """Measures of replications first .. first + count - 1 under a seed."""
    results = allocate_results(case, count)
    for r in range(count):
        stream = np.empty(2, np.uint64)
        stream[0], stream[1] = seed, np.uint64(first + r)
        measure(case, play(case, stream, 0), results, r)
    return results
