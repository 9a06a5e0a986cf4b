"""The three one-word knobs: how many meetings, which methodology, how many mixed evenings.

Rules that hold here
- They are turned in this order: `meetings.count`, then `methodology` over the meetings there are now, then
  `informal.mixed_evenings` over all their evenings.
- Minutes are never added to a meeting or taken from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from negsim.errors import did_you_mean, shown
from negsim.scenario.methodology import AS_WRITTEN, METHODOLOGIES
from negsim.scenario.plain import Plain
from negsim.scenario.process import DAYS_BETWEEN, MOST_MEETINGS, lay_out
from negsim.scenario.values import is_number

Process = dict[str, Plain]


class ChangeError(ValueError):
    """A change that cannot be made; its text says why."""


def turn_count(process: Process, count: Plain) -> None:
    """Keep the first meetings, or add copies of the last: its days, hours, agenda, evenings and gap.

    Events of meetings that are gone are gone; a renewal after the last meeting stays after the last meeting.
    """
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_MEETINGS:
        raise ChangeError(f"{shown(count)} is not a number of meetings; write one from 1 to {MOST_MEETINGS}")
    meetings = process["meetings"]
    last, had = meetings[-1], len(meetings)
    gap = last["after_days"] if had > 1 else DAYS_BETWEEN
    added = [last | {"name": f"{last['name']} + {i}", "after_days": gap} for i in range(1, count - had + 1)]
    process["meetings"] = [*meetings, *added][:count]
    events = (_redated(event, had, count) for event in process.get("events", []))
    process["events"] = [event for event in events if event is not None]


def _redated(event: dict[str, Plain], had: int, count: int) -> dict[str, Plain] | None:
    """An event as it stands after the change; None if its meeting, or the one it leads to, is gone."""
    ((kind, what),) = event.items()
    if kind == "retreat":
        return event if what["after_meeting"] < count else None
    if kind == "renewal" and what["after_meeting"] == had:
        return {kind: what | {"after_meeting": count}}
    return event if what.get("meeting", what.get("after_meeting")) <= count else None


def turn_methodology(process: Process, methodology: Plain) -> None:
    """Replace the agenda of every meeting, at equal minutes; `as_written` changes nothing.

    methodology: the name of one, or an agenda for every meeting, such as `[rolling_text: 0.5, straw_poll: 0.5]`.
    """
    if methodology == AS_WRITTEN or methodology is None:
        return
    if isinstance(methodology, list):
        process["meetings"] = [meeting | {"agenda": methodology} for meeting in process["meetings"]]
        return
    if not isinstance(methodology, str) or methodology not in METHODOLOGIES:
        hint = did_you_mean(str(methodology), (AS_WRITTEN, *METHODOLOGIES))
        raise ChangeError(f"unknown methodology {shown(methodology)}{hint}")
    process["meetings"] = lay_out(process["meetings"], methodology)


def turn_mixed_evenings(process: Process, share: Plain) -> None:
    """Make evening e of the process mixed if floor((e+1)·share) > floor(e·share), else a caucus."""
    if not is_number(share) or not 0 <= share <= 1:
        raise ChangeError(f"{shown(share)} is not a share of evenings; write a number from 0 to 1")
    e = 0
    for meeting in process["meetings"]:
        days = len(meeting["evenings"])
        meeting["evenings"] = ["mixed" if is_mixed(e + day, share) else "caucus" for day in range(days)]
        e += days


def is_mixed(e: int, share: float) -> bool:
    """Whether evening e, counted from 0 over the whole process, is mixed.

    >>> [is_mixed(e, 0.5) for e in range(4)]
    [False, True, False, True]
    """
    slack = 1e-9
    return math.floor((e + 1) * share + slack) > math.floor(e * share + slack)


KNOBS: dict[str, Callable[[Process, Plain], None]] = {
    "meetings.count": turn_count,
    "methodology": turn_methodology,
    "informal.mixed_evenings": turn_mixed_evenings,
}
