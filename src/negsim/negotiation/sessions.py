"""What holds within a session: minutes, visits to issues, frankness, pressure.

- Floor time is spent through `spend`, which never spends more than the session has left.
- A visit to an issue ends with `end_visit`; then the next open issue on the agenda is up.
"""

from __future__ import annotations

from negsim.kernel import kernel
from negsim.negotiation.tables import Case, State, elapsed, session_left


@kernel
def spend(case: Case, state: State, minutes: float) -> float:
    """Spend floor time, at most what the session has left; the minutes spent."""
    spent = min(minutes, session_left(state))
    state.clock[0].minute += spent
    state.minutes[case.plan[state.clock[0].row].format] += spent
    return spent


@kernel
def end_visit(state: State, issue: int) -> None:
    """The issue has had its turn."""
    state.clock[0].issue = (issue + 1) % state.paragraphs.shape[0]
    state.clock[0].statements = 0
    state.clock[0].since_notice = 0.0


@kernel
def frankness_of(case: Case, state: State) -> float:
    """How far private positions show in this session: the format's, or more behind closed doors."""
    row = state.clock[0].row
    return max(case.formats[case.plan[row].format].frankness, case.plan[row].frankness)


@kernel
def pressure_felt(case: Case, state: State) -> float:
    """P = chair.pressure t^2 where the format lets it be felt, else 0."""
    t, form = elapsed(case, state), case.plan[state.clock[0].row].format
    return case.setting[0].pressure * t * t * case.formats[form].pressure
