"""One run told as the minutes of its meetings.

Rules that hold here
- The minutes are plain text in Markdown's manner: a heading a meeting and a day, an item a passage of the log.
- Nothing is told that the log, the trace or the scenario does not say.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from itertools import groupby

from negsim.negotiation.moves import Move, Outcome
from negsim.negotiation.trace import Trace
from negsim.scenario import Scenario
from negsim.tell import off_the_floor as off
from negsim.tell import on_the_floor as on
from negsim.tell.clock import Clock
from negsim.tell.reasons import why_it_ended_so
from negsim.tell.story import Passage, Story, passages
from negsim.tell.words import OUTCOMES, counted, listed

WIDTH = 100  # columns
TELLERS: dict[Move, Callable[[Story, Passage], str]] = {
    Move.SPEAK: on.speak,
    Move.TABLE: on.table,
    Move.DISCUSS: on.discuss,
    Move.NOTICE: on.notice,
    Move.DRAFT: on.draft,
    Move.DRAFT_IN_GROUP: on.draft_in_group,
    Move.READ: on.read,
    Move.POLL: on.poll,
    Move.WARN: on.warn,
    Move.OPEN_SESSION: off.open_session,
    Move.CLOSE_SESSION: off.close_session,
    Move.EVENING: off.evening,
    Move.GAP: off.gap,
    Move.REAFFIRM: off.reaffirm,
    Move.MOTION: off.motion,
    Move.CLOSE_MEETING: off.close_meeting,
    Move.RENEW: off.renew,
    Move.ADOPT: off.adopt,
}
RULES = {
    "no_formal_objection": "what no one who may block objects to",
    "rough_consensus": "what at least a given share of the room does not object to",
    "consensus_minus": "what no more than a given number of delegates block",
    "majority_per_group": "what a majority of every group accepts",
}


def transcript(scenario: Scenario, trace: Trace) -> str:
    """The minutes of one run of a scenario, with how it ended and why.

    Raises ValueError if the trace is not of a run of this scenario.
    """
    seats = sum(group.seats for group in scenario.groups.values())
    if trace.position.shape[1:] != (seats, len(scenario.issues)):
        raise ValueError(f"a trace of {trace.position.shape[1:]} delegates and issues is not of {scenario.title!r}")
    parts = [_opening(scenario, trace), *_meetings(scenario, trace), _outcome(trace), why_it_ended_so(scenario, trace)]
    return "\n\n".join(parts) + "\n"


def _opening(scenario: Scenario, trace: Trace) -> str:
    """What is negotiated, by whom, under which rule."""
    seed, replication = (int(part) for part in trace.state.stream)
    lines = [f"# {scenario.title}", "", f"One run, told from its log: replication {replication} under seed {seed}."]
    if scenario.description:
        lines += ["", _filled(" ".join(scenario.description.split()))]
    lines += ["", "## Who sits there", "", *_groups(scenario)]
    lines += ["", "## What is on the table", "", *_issues(scenario), "", _filled(_rule(scenario))]
    return "\n".join(lines)


def _rule(scenario: Scenario) -> str:
    """How the room decides."""
    whole = scenario.process.adoption == "everything"
    stands = "Nothing is agreed until everything is." if whole else "Each paragraph stands alone."
    return f"Agreed is {RULES[scenario.process.decision_rule.kind]}. {stands}"


def _issues(scenario: Scenario) -> Iterator[str]:
    for issue in scenario.issues.values():
        ends = f"from “{issue.low}” (0) to “{issue.high}” (1)"
        yield _item(f"{issue.label}: {ends}; the status quo is at {issue.status_quo:.2f}.")


def _groups(scenario: Scenario) -> Iterator[str]:
    for name, group in scenario.groups.items():
        named = [delegate.name for delegate in scenario.delegates if delegate.group == name]
        among = f", among them {listed(named)}" if named else ""
        voice = "" if group.may_block else "; they may speak, not block"
        yield _item(f"{group.label}: {counted(group.seats, 'seat')}{among}{voice}.")


def _meetings(scenario: Scenario, trace: Trace) -> Iterator[str]:
    """The minutes, a text for every meeting."""
    story, clock = Story(scenario, trace), Clock(scenario)
    for m, told in groupby(passages(trace.events), key=lambda passage: int(passage[-1]["meeting"])):
        meeting = scenario.process.meetings[m]
        which = f"meeting {m + 1} of {len(scenario.process.meetings)}, {counted(meeting.days, 'day')}"
        lines = [f"## {meeting.name} ({which})"]
        for day, items in groupby(told, key=lambda passage: int(passage[-1]["day"])):
            heading = f"### Day {day + 1}" if day < meeting.days else f"### Retreat, day {day - meeting.days + 1}"
            lines += ["", heading, "", *(_told(story, clock, passage) for passage in items)]
        yield "\n".join(lines)


def _told(story: Story, clock: Clock, passage: Passage) -> str:
    """One item of the minutes: when, who, what, to what effect."""
    event = passage[0]
    move = Move(int(event["move"]))
    text = TELLERS[move](story, passage)
    if move in {Move.GAP, Move.EVENING, Move.CLOSE_MEETING, Move.RENEW}:
        when = "Evening: " if move == Move.EVENING else ""
    else:
        when = f"{clock.time(story.begins(passage), int(event['meeting']), int(event['day']))} "
    return _item(f"{when}{text}")


def _outcome(trace: Trace) -> str:
    outcome = Outcome(int(trace.state.clock["outcome"][0]))
    return f"## Outcome\n\n**{OUTCOMES[outcome].capitalize()}.**"


def _item(text: str) -> str:
    """An item of a list, filled; the lines of a list within it stay lines."""
    first, *rest = text.split("\n")
    lines = [textwrap.fill(first, WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False)]
    lines += [textwrap.fill(line.strip(), WIDTH, initial_indent="    ", subsequent_indent="      ") for line in rest]
    return "\n".join(lines)


def _filled(text: str) -> str:
    return textwrap.fill(text, WIDTH)
