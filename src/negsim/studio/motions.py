"""What a motion to change the methodology moves, in words: by whom, to what, and what follows either way.

Rules that hold here
- It is told from the plan of the process, which everybody in the room knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from negsim.negotiation.formats import FORMATS
from negsim.negotiation.tables import Case, Row
from negsim.policies import Room
from negsim.report.words import format_name
from negsim.scenario.lowering import party, seats
from negsim.scenario.schema import ChangeMethodology

FORMAT_NAMES = list(FORMATS)


def is_contested(room: Room) -> bool:
    """Whether the motion that is due can fail; what the chair decides cannot."""
    return bool(room.run.case.plan["otherwise"][_row(room)] >= 0)


def moved(room: Room) -> tuple[str, ...]:
    """What there is to know about the motion that is put, a sentence each."""
    case, row, change = room.run.case, _row(room), next(_changes(room))
    by = room.scenario.groups[change.by].label if change.by in room.scenario.groups else change.by
    return (
        f"Moved by {by}: to change the methodology to {format_name(change.to)}.",
        f"If half of those present back it, the sessions that are left are: {_formats(case, row + 1)}.",
        f"If not, they stay as planned: {_formats(case, int(case.plan['otherwise'][row]))}.",
    )


def _row(room: Room) -> int:
    return int(room.run.state.clock["row"][0])


def _changes(room: Room) -> Iterator[ChangeMethodology]:
    """The changes of methodology that the scenario has for this day, by those who move now."""
    plan, movers = room.run.case.plan[_row(room)], room.run.case.plan_seats[_row(room)].nonzero()[0]
    for event in room.scenario.process.events:
        change = event.change_methodology
        if change and (change.meeting, change.day) == (plan["meeting"] + 1, plan["day"] + 1):
            if party(room.scenario, seats(room.scenario), change.by) == movers.tolist():
                yield change


def _formats(case: Case, row: int) -> str:
    """The formats of the sessions that one future of a process still has, in their order, each once."""
    names: list[str] = []
    while case.plan["kind"][row] != Row.END:
        if case.plan["kind"][row] == Row.SESSION:
            names.append(format_name(FORMAT_NAMES[case.plan["format"][row]]))
        row += 1
    return ", ".join(dict.fromkeys(names)) or "none is left"
