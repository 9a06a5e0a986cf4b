"""What can happen on a day of a process, or between its meetings.

Rules that hold here
- Meetings count from 1 or go by name, days of a meeting count from 1; both have to exist.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from negsim.scenario.methodology import METHODOLOGIES
from negsim.scenario.parts import IssueName, OneOf, Part, Place, Switch
from negsim.scenario.references import Day, MeetingRef, Refers
from negsim.scenario.values import Choice, Coded, Whole

MeetingNumber = Annotated[int, MeetingRef()]
DayNumber = Annotated[int, Day()]


class Submission(Part):
    """A proposal sent in before a day begins; without `position` it is the sponsor's own blend."""

    by: Annotated[str, Refers(("delegate", "group"))]
    meeting: MeetingNumber
    day: DayNumber = 1
    position: dict[IssueName, Place] = Field(default_factory=dict)


class Reaffirm(Part):
    """A delegate or a camp reaffirms its line on the linked theme."""

    by: Annotated[str, Refers(("delegate", "camp"))]
    meeting: MeetingNumber
    day: DayNumber = 1
    strength: Annotated[float, Coded("strength")] = 1.0


class ChangeMethodology(Part):
    """From this day on the agendas are another methodology's: the chair decides it, anyone else moves it."""

    meeting: MeetingNumber
    day: DayNumber = 1
    to: Annotated[str, Choice("methodology", tuple(METHODOLOGIES))]
    by: Annotated[str, Refers(("group", "delegate"), ("chair",))] = "chair"


class Retreat(Part):
    """Days together between meetings, everybody at mixed tables."""

    after_meeting: Annotated[int, MeetingRef(followed=True)]
    days: Annotated[int, Whole(1, 30)] = 1
    quality: Annotated[float, Coded("quality")] = 1.0


class ClosedSession(Part):
    """A day behind closed doors: positions show."""

    meeting: MeetingNumber
    day: DayNumber = 1
    frankness: Annotated[float, Coded("frankness")] = 0.7


class TargetedDinner(Part):
    """An evening at which the guests share a table, or several where they are too many for one."""

    meeting: MeetingNumber
    day: DayNumber = 1
    guests: Annotated[tuple[Annotated[str, Refers(("delegate", "group"))], ...], Field(min_length=1)]


class Renewal(Part):
    """The mandate ends here; if it failed and the room asks for another, the next meeting opens it."""

    after_meeting: MeetingNumber
    debrief: Switch = True


class Event(OneOf):
    """Something that happens on a day, or after a meeting."""

    what: ClassVar[str] = "event"
    submission: Submission | None = None
    reaffirm: Reaffirm | None = None
    change_methodology: ChangeMethodology | None = None
    retreat: Retreat | None = None
    closed_session: ClosedSession | None = None
    targeted_dinner: TargetedDinner | None = None
    renewal: Renewal | None = None

    @property
    def what_happens(self) -> Part:
        """The event itself, whatever its kind."""
        happens: Part = getattr(self, self.kind)
        return happens
