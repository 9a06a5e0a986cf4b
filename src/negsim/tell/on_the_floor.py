"""How what happens on the floor is told, one function a move.

Rules that hold here
- Nothing is told that the log, the trace or the scenario does not say.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from negsim.negotiation.formats import FORMATS
from negsim.negotiation.moves import Pen, Status
from negsim.tell.clock import duration
from negsim.tell.story import Passage, Story
from negsim.tell.words import PENS, counted, listed, percent


def speak(story: Story, said: Passage) -> str:
    """A row of statements, summed up by issue and by group."""
    by_issue: dict[int, list[float]] = {}
    for event in said:
        by_issue.setdefault(int(event["issue"]), []).append(float(event["first"]))
    speakers = [int(event["who"]) for event in said]
    if len(said) == 1:
        ((k, (value,)),) = by_issue.items()
        return f"{story.delegates[speakers[0]]} speaks on {story.quoted(k)}: {story.place(k, value)}."
    topics = [f"{len(values)} on {story.quoted(k)} (stated {_range(values)})" for k, values in by_issue.items()]
    who, most = Counter(speakers).most_common(1)[0]
    often = f"; {story.delegates[who]} speaks most often, {most} times" if most > 2 else ""
    head = (
        topics[0].replace(" on", " statements on", 1)
        if len(topics) == 1
        else f"{len(said)} statements: {listed(topics)}"
    )
    return f"{head}, by {story.by_group(speakers)}{often}."


def _range(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.2f}" if high - low < 0.005 else f"from {low:.2f} to {high:.2f}"


def draft(story: Story, drafted: Passage) -> str:
    """A text is handed out, paragraph by paragraph."""
    pen = PENS[Pen(int(drafted[0]["who"]))]
    lines = [f"{pen.capitalize()} hands out text on {counted(len(drafted), 'issue')}:"]
    for event in drafted:
        k = int(event["issue"])
        story.new_text(k)
        lines.append(f"- {story.quoted(k)}: {story.place(k, event['first'])}, precision {event['second']:.2f}")
    return "\n".join(lines)


def read(story: Story, reading: Passage) -> str:
    """A paragraph is read: who blocks, who lifts a bracket, what becomes of the text."""
    before = max(0, story.after(reading[-1]) - 1)
    return _read(story, reading, float(story.trace.text[before, int(reading[-1]["issue"])]))


def _read(story: Story, reading: Passage, text: float) -> str:
    """A reading of a text that stood at this place when it began."""
    room = reading[-1]
    k, seen, blockers = int(room["issue"]), story.after(room), {int(event["who"]) for event in reading[:-1]}
    lifted = sorted(story.brackets.get(k, set()) - blockers)
    story.brackets[k] = set() if room["second"] else blockers
    story.readings[k] += 1
    took = duration(story.trace.minute[seen] - story.trace.minute[max(0, seen - 1)])
    head = f"Reading {story.readings[k]} of {story.quoted(k)}, {story.place(k, text)} ({took}):"
    parts = [head, _verdict(story, reading)]
    if lifted:
        parts.append(f"{counted(len(lifted), 'bracket').capitalize()} lifted: {story.people(lifted)}.")
    after = float(story.trace.text[seen, k])
    if abs(after - text) >= 0.005:
        parts.append(f"The text moves to {after:.2f}.")
    return " ".join(parts)


def _verdict(story: Story, reading: Passage) -> str:
    """What came of a reading."""
    room, blockers = reading[-1], [int(event["who"]) for event in reading[:-1]]
    if room["second"]:
        dissent = story.trace.status[story.after(room), int(room["issue"])] == Status.DISSENT
        over = f", over the objection of {story.people(blockers)}" if blockers else ""
        return f"**{'agreed with dissent recorded' if dissent else 'agreed ad referendum'}**{over}."
    if not blockers:
        return "it does not pass, though no one insists."
    worst = max(reading[:-1], key=lambda event: float(event["first"]))
    crossed = sum(math.isinf(event["first"]) for event in reading[:-1])
    short = "a red line is crossed" if crossed else f"{worst['first']:.2f} short of acceptance"
    if len(blockers) == 1:
        return f"{story.delegates[blockers[0]]} alone blocks ({short})."
    whom = f"for {crossed} of them" if crossed else f"{story.delegates[int(worst['who'])]} is furthest,"
    return f"{len(blockers)} put it in brackets: {story.people(blockers)}; {whom} {short}."


def discuss(story: Story, events: Passage) -> str:
    """A proposal has its slot: its sponsor is put on trial, or it is read, or it would change nothing."""
    event, reading = events[0], events[1:]
    k, sponsor, p = int(event["issue"]), story.delegates[int(event["who"])], int(event["first"])
    if not event["second"]:
        return f"The slot of proposal {p + 1} on {story.quoted(k)}: {sponsor}, not the proposal, is put on trial."
    value = float(story.trace.state.proposed[p, k])
    head = f"Proposal {p + 1} of {sponsor} is discussed on {story.quoted(k)}: {story.place(k, value)}."
    if not reading:
        return f"{head} No fewer would block it than the text on the table, which stays."
    story.new_text(k)
    return f"{head} {_read(story, reading, value)}"


def table(story: Story, events: Passage) -> str:
    """A proposal arrives in writing, or is tabled from the floor."""
    event = events[-1]
    p, waiting = int(event["first"]), counted(event["second"], "proposal")
    values = story.trace.state.proposed[p]
    said = [f"{story.quoted(k)} {story.place(k, value)}" for k, value in enumerate(values) if not math.isnan(value)]
    how = "tables" if story.format else "sends in"
    head = f"{story.delegates[int(event['who'])]} {how} proposal {p + 1}: {'; '.join(said)}."
    return f"{head} Now {waiting} {'waits' if event['second'] == 1 else 'wait'} for discussion."


def notice(story: Story, events: Passage) -> str:
    """An overlap is noticed and written down."""
    pen = PENS[Pen(FORMATS[story.format].pen)] if story.format in FORMATS else "someone"
    text = _written(story, events)
    return f"{pen.capitalize()} notices an overlap in what is said on {text}"


def draft_in_group(story: Story, events: Passage) -> str:
    """A small mixed group drafts a paragraph."""
    return f"A drafting group of {events[-1]['second']:.0f} comes back with a paragraph on {_written(story, events)}"


def poll(story: Story, events: Passage) -> str:
    """A secret straw poll sets the text."""
    return f"A secret straw poll, whose median becomes the text on {_written(story, events)}"


def _written(story: Story, events: Passage) -> str:
    """The issue of a new text, and the text."""
    k = int(events[-1]["issue"])
    story.new_text(k)
    return f"{story.quoted(k)}; the text is now {story.place(k, events[-1]['first'])}."


def warn(story: Story, events: Passage) -> str:  # noqa: ARG001
    """The chair presses for time."""
    return f"The chair reminds the room that time is running out ({percent(float(events[-1]['first']))} of it is gone)."
