"""The zone of agreement: whether some text could pass now, were everybody to concede all they ever will.

Rules that hold here
- It is exact. At a given cost of blocking the texts a delegate does not block are an interval around its position;
  for every n, take the texts where exactly n object and none of them blocks (5.8).
- F = 1, no pressure, trust in the pen-holder 1, tempers as drawn, and text of the precision that people use when they
  write down what was said (`PRECISION`). Vaguer text may pass where no such text does: that is constructive
  ambiguity, and it shows as an agreement without a zone.
- A package is weighed as a whole: see `study/package.py`.
"""

from __future__ import annotations

import numpy as np

from negsim.kernel import allocating, inlined, kernel
from negsim.negotiation.acceptance import blocking_cost, count_present, half_width, latitude
from negsim.negotiation.case import Case, Floats
from negsim.negotiation.state import State

PRECISION = 0.7


@inlined
def accepted_interval(case: Case, state: State, i: int, k: int, cost: float, present: int) -> tuple[float, float]:
    """The texts on k from which i's shortfall is at most `cost`; empty (low > high) where there is none."""
    accepted = latitude(case, state, i, k, present, 1.0, 1.0, 0.0) + cost
    width = half_width(case, state, i, k, PRECISION, accepted)
    if width < 0.0:
        return 1.0, 0.0
    low = max(state.opinions[k, i].position - width, state.opinions[k, i].red_low)
    high = min(state.opinions[k, i].position + width, state.opinions[k, i].red_high)
    return max(0.0, low), min(1.0, high)


@kernel
def unblocked(case: Case, state: State, k: int, cost: float, present: int) -> tuple[float, float]:
    """The texts on k that nobody blocks at this cost."""
    low, high = 0.0, 1.0
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].present and case.seats[i].may_block:
            start, end = accepted_interval(case, state, i, k, cost, present)
            if start > end:
                return 1.0, 0.0
            low, high = max(low, start), min(high, end)
    return low, high


@kernel
def unblocked_by_objectors(case: Case, state: State, k: int, present: int, low: Floats, high: Floats) -> None:
    """The texts that nobody blocks where n object, into low[n], high[n]; the last serves all n above."""
    for n in range(low.shape[0]):
        cost = blocking_cost(case.parameters[0].block_cost, max(1, n), present)
        low[n], high[n] = unblocked(case, state, k, cost, present)


@kernel
def accepted_intervals(case: Case, state: State, k: int, present: int, starts: Floats, ends: Floats) -> int:
    """Where the intervals begin and end in which each delegate has no objection; how many are not empty."""
    count = 0
    for i in range(state.delegates.shape[0]):
        if state.delegates[i].present:
            low, high = accepted_interval(case, state, i, k, 0.0, present)
            if low <= high:
                starts[count], ends[count] = low, high
                count += 1
    return count


@allocating
def zone_exists(case: Case, state: State, k: int) -> bool:
    """Whether a text on k exists to which exactly n object, for some n, and which none of the n blocks."""
    n, present = state.delegates.shape[0], count_present(state)
    if present == 0:
        return False
    levels = int(present / 10.0) + 3  # from there on blocking costs nothing
    low, high = np.empty(levels), np.empty(levels)
    unblocked_by_objectors(case, state, k, present, low, high)
    starts, ends = np.empty(n), np.empty(n)
    count = accepted_intervals(case, state, k, present, starts, ends)
    starts, ends = np.sort(starts[:count]), np.sort(ends[:count])
    points = np.sort(np.concatenate((starts, ends, np.array([0.0, 1.0]))))
    return passes_somewhere(points, starts, ends, low, high, present)


@kernel
def passes_somewhere(points: Floats, starts: Floats, ends: Floats, low: Floats, high: Floats, present: int) -> bool:
    """Whether some text is unblocked by as many as object to it.

    points: sorted ends of the intervals, where the number of objectors changes; each is tried, and so is each
    stretch between two of them. starts, ends: sorted.
    """
    begun, ended, last = 0, 0, low.shape[0] - 1  # intervals begun by y, ended before y
    for m in range(points.shape[0]):
        y = points[m]
        while ended < ends.shape[0] and ends[ended] < y:
            ended += 1
        if m > 0 and y > points[m - 1]:
            n = min(last, present - (begun - ended))
            if max(low[n], points[m - 1]) < min(high[n], y) or points[m - 1] < low[n] == high[n] < y:
                return True
        while begun < starts.shape[0] and starts[begun] <= y:
            begun += 1
        n = min(last, present - (begun - ended))
        if low[n] <= y <= high[n]:
            return True
    return False


@kernel
def overlap(case: Case, state: State, k: int, conceded: Floats) -> float:
    """Share of cross-group pairs with |x_ik - b_ijk| within twice i's acceptance half-width (5.12).

    In a room of one group, of all pairs. conceded: N; F of every delegate now. The pen would be the chair's or the
    facilitator's.
    """
    present = count_present(state)
    n, alone = state.delegates.shape[0], case.group_size.shape[0] == 1
    pairs, near = 0, 0
    for i in range(n):
        if not state.delegates[i].present:
            continue
        accepted = latitude(case, state, i, k, present, state.delegates[i].chair_trust, conceded[i], 0.0)
        reach = 2.0 * half_width(case, state, i, k, PRECISION, accepted)
        for j in range(n):
            if (alone or case.seats[j].group != case.seats[i].group) and i != j and state.delegates[j].present:
                pairs += 1
                near += 1 if abs(state.opinions[k, i].position - state.belief[k, j, i]) <= reach else 0
    return near / pairs if pairs > 0 else 0.0
