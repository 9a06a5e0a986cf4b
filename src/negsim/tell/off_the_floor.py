"""How what lies between the sessions is told, one function a move.

Rules that hold here
- Nothing is told that the log, the trace or the scenario does not say.
"""

from __future__ import annotations

from collections.abc import Iterator

from negsim.tell.clock import duration
from negsim.tell.story import Passage, Story
from negsim.tell.words import counted, format_name, listed, percent


def open_session(story: Story, events: Passage) -> str:
    """A session begins."""
    event = events[-1]
    return f"Session: {format_name(story.opens(int(event['who'])))}, {duration(event['first'])} of floor time."


def close_session(story: Story, events: Passage) -> str:
    """A session ends."""
    event = events[-1]
    story.format = ""
    lost = f"; {duration(event['first'])} are not used" if event["first"] >= 1.0 else ""
    return f"The session closes with {counted(event['second'], 'paragraph')} open{lost}."


def evening(story: Story, events: Passage) -> str:
    """How an evening is spent."""
    event = events[-1]
    mixed, caucus = float(event["first"]), bool(event["who"])
    dinners = _dinners(story, int(event["meeting"]), int(event["day"]))
    spent = [f"a dinner brings {guests} to one table" for guests in dinners]
    if mixed > 0.0:
        who = "all" if mixed >= 1.0 else f"about {percent(mixed)} of the delegates"
        spent.append(f"{who} sit at mixed tables")
    if caucus and mixed < 1.0:
        spent.append("the others meet in the caucus of their group" if spent else "each group meets in its own caucus")
    text = "; ".join(spent) or "everybody goes their own way"
    return f"{text[0].upper()}{text[1:]}."


def _dinners(story: Story, meeting: int, day: int) -> Iterator[str]:
    """Who is asked to a dinner on an evening."""
    for event in story.scenario.process.events:
        dinner = event.targeted_dinner
        if dinner and (dinner.meeting, dinner.day) == (meeting + 1, day + 1):
            yield listed([story.groups.get(guest, guest) for guest in dinner.guests])


def gap(story: Story, events: Passage) -> str:  # noqa: ARG001
    """Days pass."""
    return f"{counted(float(events[-1]['first']), 'day').capitalize()} pass before the meeting."


def reaffirm(story: Story, events: Passage) -> str:
    """A line on the linked theme is restated."""
    linkage = story.scenario.context.linkage
    theme = f" on {linkage.theme}" if linkage else ""
    who = story.delegates[int(events[-1]["who"])]
    return f"{who} restates the line of its camp{theme}; the other camps trust it less."


def motion(story: Story, events: Passage) -> str:
    """The room decides how to go on."""
    event = events[-1]
    here = (int(event["meeting"]) + 1, int(event["day"]) + 1)
    changes = [e.change_methodology for e in story.scenario.process.events if e.change_methodology]
    moved = [change for change in changes if (change.meeting, change.day) == here]
    to = f" to {format_name(moved[0].to)}" if moved else ""
    if moved and moved[0].by == "chair":
        return f"The chair changes the methodology{to}."
    result = "carried" if event["second"] else "lost"
    return f"A motion to change the methodology{to} is {result}; {counted(event['first'], 'delegate')} back it."


def close_meeting(story: Story, events: Passage) -> str:
    """A meeting ends, or a group walks out."""
    event = events[-1]
    if event["second"]:
        return f"{story.seats[int(event['who'])].of.label} leave the negotiation."
    return f"The meeting ends; {counted(event['first'], 'paragraph')} not agreed."


def renew(story: Story, events: Passage) -> str:
    """The mandate ends; the room may ask for another."""
    event = events[-1]
    asked = f"The mandate ends without agreement; {percent(float(event['first']))} ask for another."
    if event["second"]:
        story.brackets.clear()
        return f"{asked} It is renewed, with empty paper."
    return f"{asked} It is not renewed."


def adopt(story: Story, events: Passage) -> str:  # noqa: ARG001
    """The report is put to the room."""
    event = events[-1]
    verdict = "adopted" if event["second"] else "not adopted"
    over = f"; {counted(event['first'], 'delegate')} block it" if event["first"] else ""
    return f"The report is put to the room: **{verdict}**{over}."
