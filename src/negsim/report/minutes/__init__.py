"""One run as the minutes of its meetings, as plain text in the manner of Markdown.

A heading stands for a meeting and for a day, an item for a passage of the log. `story` has the sentences and the times
of day, `reasons` the last section: why the run ended as it did.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import groupby
from typing import Protocol

from negsim.errors import NegsimError, literal
from negsim.negotiation.runs import Trace
from negsim.negotiation.tables import Move, Outcome
from negsim.report.markdown import in_markdown
from negsim.report.minutes.reasons import reasons
from negsim.report.minutes.story import UNTIMED_MOVES, WRITERS, Clock, Passage, Story, move_of, passages
from negsim.report.words import (
    NO_BREAK,
    OUTCOME_LABELS,
    counted,
    decision_rules,
    glued,
    listed,
    policies_in,
    text_at_the_start,
    voting_weight,
)
from negsim.scenario import Scenario
from negsim.scenario.lowering import DAY_BEFORE
from negsim.scenario.schema import Meeting
from negsim.sentences import sentence

_WIDTH = 100  # columns


class _Traced(Protocol):
    """What has made turns, such as a `NegotiationModel`."""

    def trace(self) -> Trace: ...


def transcript(scenario: Scenario, trace: Trace | _Traced) -> str:
    """Write the minutes of one run of a scenario, with its outcome and the reasons.

    trace: of the run, or a `NegotiationModel` that has made it.
    Raises NegsimError if the trace is not of a run of this scenario, or the run has not ended.
    """
    trace = trace if isinstance(trace, Trace) else trace.trace()
    if trace.state.clock["outcome"][0] == Outcome.RUNNING:
        raise NegsimError("the negotiation has not ended; make its turns to the end first")
    if trace.position.shape[1:] != (scenario.seat_count, len(scenario.issues)):
        delegates, issues = trace.position.shape[1:]
        there = f"{counted(delegates, 'delegate')} and {counted(issues, 'issue')}"
        raise NegsimError(f"a run of {there} is not one of {literal(scenario.title)}; name the scenario that was run")
    scenario = in_markdown(scenario)
    verdict, *items = reasons(scenario, trace)
    parts = [
        _opening(scenario, trace),
        *_meetings(scenario, trace),
        _outcome(scenario, trace),
        "## Why it ended this way",
        _filled(verdict),
        "\n".join(map(_item, items)),
    ]
    return "\n\n".join(parts) + "\n"


def _opening(scenario: Scenario, trace: Trace) -> str:
    """Say what is negotiated, by whom, under which rule."""
    seed, replication = (int(part) for part in trace.state.stream)
    lines = [f"# {scenario.title}", "", f"One run, written from its log: replication {replication} under seed {seed}."]
    if scenario.description:
        lines += ["", _filled(" ".join(scenario.description.split()))]
    lines += ["", "## Who sits there", "", *_groups(scenario)]
    if held := policies_in(scenario):
        lines += ["", _filled(sentence("people.policies", seats=held))]
    rules = _filled(" ".join(decision_rules(scenario).values()))
    lines += ["", "## What is on the table", "", *_issues(scenario), "", rules]
    return "\n".join(lines)


def _issues(scenario: Scenario) -> Iterator[str]:
    for name, issue in scenario.issues.items():
        ends = f"from “{issue.low}” (0) to “{issue.high}” (1)"
        text = text_at_the_start(scenario, name)
        lies = f" The text on the table: {text}." if text else ""
        core = "; a core issue" if issue.core else ""
        yield _item(f"“{issue.label}”: {ends}; the status quo is at {issue.status_quo:.2f}{core}.{lies}")


def _groups(scenario: Scenario) -> Iterator[str]:
    for name, group in scenario.groups.items():
        named = [delegate.name for delegate in scenario.delegates if delegate.group == name]
        among = f", among them {listed(named)}" if named else ""
        voice = "" if group.may_block else "; they may speak, not block"
        voice += f"; voting weight {weight}" if (weight := voting_weight(group)) else ""
        caucuses = [f"{caucus} ({size})" for caucus, size in group.caucuses.items() if size > 0]
        divided = f"; {'caucus' if len(caucuses) == 1 else 'caucuses'}: {listed(caucuses)}" if caucuses else ""
        yield _item(f"{group.label}: {counted(group.seats, 'seat')}{among}{divided}{voice}.")


def _meetings(scenario: Scenario, trace: Trace) -> Iterator[str]:
    story, clock = Story(scenario, trace), Clock(scenario)
    for m, of_meeting in groupby(passages(trace.events), key=lambda passage: passage[-1].meeting):
        meeting = scenario.process.meetings[m]
        which = f"meeting {m + 1} of {len(scenario.process.meetings)}, {counted(meeting.days, 'day')}"
        lines = [f"## {meeting.name} ({which})"]
        for day, items in groupby(of_meeting, key=lambda passage: passage[-1].day):
            lines += ["", f"### {_day(day, meeting)}", "", *(_entry(story, clock, passage) for passage in items)]
        yield "\n".join(lines)


def _day(day: int, meeting: Meeting) -> str:
    """Name a day of a meeting, of the retreat after it, or before it."""
    if day == DAY_BEFORE:
        return "The evening before"
    return f"Day {day + 1}" if day < meeting.days else f"Retreat, day {day - meeting.days + 1}"


def _entry(story: Story, clock: Clock, passage: Passage) -> str:
    """Write one item of the minutes: when, who, what, to what effect."""
    event, move = passage[0], move_of(passage)
    text = WRITERS[move](story, passage)
    if move in UNTIMED_MOVES:
        when = "Evening: " if move == Move.EVENING else ""
    else:
        when = f"{clock.time(story.begins(passage), event.meeting, event.day)} "
    return _item(f"{when}{text}")


def _outcome(scenario: Scenario, trace: Trace) -> str:
    """Say how the run ended, and what a walkout ruled out."""
    outcome = Outcome(int(trace.state.clock["outcome"][0]))
    text, story = f"**{OUTCOME_LABELS[outcome].capitalize()}.**", Story(scenario, trace)
    present = trace.state.delegates["present"]
    gone = [i for i, seat in enumerate(story.seats) if seat.of.may_block and not present[i]]
    if outcome == Outcome.PARTIAL and gone:
        text += f" {sentence('walkout.no_consensus', who=story.people(gone))}"
    return f"## Outcome\n\n{_filled(text)}"


def _item(text: str) -> str:
    """Wrap an item of a list; the lines of a list within it stay lines."""
    first, *rest = glued(text).split("\n")
    lines = [textwrap.fill(first, _WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False)]
    lines += [textwrap.fill(line.strip(), _WIDTH, initial_indent="    ", subsequent_indent="      ") for line in rest]
    return "\n".join(lines).replace(NO_BREAK, " ")


def _filled(text: str) -> str:
    return textwrap.fill(glued(text), _WIDTH).replace(NO_BREAK, " ")
