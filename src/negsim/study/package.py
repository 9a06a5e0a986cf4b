"""The zone of agreement of a package: issues traded against each other, by a linear programme.

Rules that hold here
- As in `negotiation/zone.py`: F = 1, no pressure, trust in the pen-holder 1, text of precision `PRECISION`. What
  counts is a delegate's salience-weighted shortfall over all issues: a loss on one may be made good on another.
- |y - x| is convex, so "no shortfall above the cost" is linear, with one slack a delegate and issue.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from negsim.negotiation.acceptance import count_present, latitude
from negsim.negotiation.case import Case, Floats
from negsim.negotiation.records import Table
from negsim.negotiation.state import State
from negsim.negotiation.zone import PRECISION


def package_zone(case: Case, state: State, *, cost: float = 0.0) -> Floats | None:
    """A package (K, 0..1) from which nobody who may block falls short by more than `cost`; None if there is none.

    cost: value units; 0 asks for a package that no one objects to, the cost of blocking for one that no one alone
    would block.
    """
    deciding = np.flatnonzero(state.delegates["present"] & case.seats["may_block"])
    if not deciding.size:
        return case.status_quo
    views, issues = state.views[deciding], len(case.status_quo)
    near, fixed = _losses(case, views)
    present = count_present(state)
    accepted = np.array(
        [[latitude(case, state, int(i), k, present, 1.0, 1.0, 0.0) for k in range(issues)] for i in deciding]
    )
    room = cost + (views["salience"] * (accepted - fixed)).sum(axis=1)
    rows: list[int] = []
    columns: list[int] = []
    entries: list[float] = []
    limits: list[float] = []
    for d in range(len(deciding)):  # sum_k s w a u_dk <= room_d, with u_dk >= |y_k - x_dk|
        for k in range(issues):
            slack, x, first = issues + d * issues + k, views["position"][d, k], len(limits)
            rows += [first, first, first + 1, first + 1]
            columns += [k, slack, k, slack]
            entries += [1.0, -1.0, -1.0, -1.0]
            limits += [x, -x]
        rows += [len(limits)] * issues
        columns += list(range(issues + d * issues, issues + (d + 1) * issues))
        entries += list(near[d] * views["salience"][d])
        limits += [room[d]]
    low = np.clip(views["red_low"].max(axis=0, initial=0.0), 0.0, None)
    high = np.clip(views["red_high"].min(axis=0, initial=1.0), None, 1.0)
    if (low > high).any():
        return None
    variables = issues * (1 + len(deciding))
    constraints = coo_array((entries, (rows, columns)), shape=(len(limits), variables)).tocsr()
    bounds = [*zip(low, high, strict=True), *[(0.0, 1.0)] * (variables - issues)]
    found = linprog(np.zeros(variables), A_ub=constraints, b_ub=limits, bounds=bounds, method="highs")
    return np.asarray(found.x[:issues]) if found.status == 0 else None


def _losses(case: Case, views: Table) -> tuple[Floats, Floats]:
    """Loss per unit of distance, and the loss of vagueness alone (each delegates, K)."""
    p, vague = case.parameters[0], 1.0 - PRECISION
    near = views["weight"] * (1.0 - p.ambiguity * vague)
    return near, views["weight"] * p.dilution * vague * np.abs(views["position"] - case.status_quo)
