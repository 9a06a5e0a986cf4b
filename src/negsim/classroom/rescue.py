"""Lesson 1: one change to the process, guessed before it is seen.

- Every setting on the menu changes something in this scenario.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from negsim.classroom.offers import calm, listening, methods, more_meetings
from negsim.classroom.topic import AS_WRITTEN, Changes, KeyRow, Settings, Topic, highest, two_digits
from negsim.report.minutes.reasons import reasons
from negsim.report.pages.blocks import Grid
from negsim.report.pages.setting import meetings, who
from negsim.report.words import OUTCOMES, percent
from negsim.study.estimates import Estimate
from negsim.study.runner import typical_run


class Example(NamedTuple):
    """A run that ended as most did: which one, how, and why."""

    replication: int
    outcome: str
    verdict: str
    reasons: list[str]
    command: str


class Depth(NamedTuple):
    """The settings with most consensus and with the deepest agreements, and how the two relate.

    alike: consensus is as frequent with all of them. both: some setting has both. apart: the two differ, measurably
    in depth. unclear: they differ, but not measurably.
    """

    kind: Literal["alike", "both", "apart", "unclear"]
    likely: list[str]
    deepest: list[str]


class Rescue(NamedTuple):
    """What the sheets of the lesson need."""

    agrees: bool
    place: str  # of the last meeting
    people: Grid
    meetings: Grid
    base: KeyRow  # as written
    rows: dict[str, KeyRow]  # by setting: as written, then the menu
    measurable: dict[str, Estimate]  # changes of consensus whose interval excludes zero, the largest first
    worse: dict[str, Estimate]  # those of them that are below zero
    still: list[str]  # settings without such a change
    depth: Depth | None  # None: nothing is agreed with any setting
    example: Example
    lab: str
    room: str
    compare: str
    commands: list[str]


def rescue(topic: Topic) -> Rescue:
    """The numbers of the lesson."""
    settings, example = menu(topic), example_of(topic)
    rows = topic.answers(settings)
    measurable = dict(sorted(topic.measurable(settings, "consensus").items(), key=lambda pair: -abs(pair[1].value)))
    return Rescue(
        agrees=topic.agrees,
        place=topic.scenario.process.meetings[-1].name,
        people=who(topic.scenario),
        meetings=meetings(topic.scenario),
        base=rows[AS_WRITTEN],
        rows=rows,
        measurable=measurable,
        worse={name: gap for name, gap in measurable.items() if gap.value < 0.0},
        still=[name for name in settings if name not in measurable],
        depth=depth_of(topic, {AS_WRITTEN: (), **settings}),
        example=example,
        lab=topic.link("lab"),
        room=topic.link("room", replication=example.replication),
        compare=topic.compare_command(settings),
        commands=[topic.run_command(changes) for changes in [(), *settings.values()]],
    )


def menu(topic: Topic) -> dict[str, Changes]:
    """The single changes that are on offer for a scenario."""
    scenario = topic.scenario
    settings = {
        **more_meetings(scenario),
        **methods(scenario),
        "every other evening mixed": ("informal.mixed_evenings=0.5",),
        "every evening mixed": ("informal.mixed_evenings=1",),
        "no pressure from the chair": ("process.chair.pressure=none",),
        **listening(scenario),
        **calm(scenario),
        "recorded dissent allowed": ("process.record_dissent=true",),
    }
    if scenario.context.linkage:
        settings["no linked theme"] = ("context.linkage=null",)
    return topic.distinct(settings)


def example_of(topic: Topic) -> Example:
    """A typical run of the scenario as written."""
    run = typical_run(topic.runs())
    verdict, *items = reasons(run.scenario, run.trace)
    return Example(run.replication, OUTCOMES[run.outcome], verdict, items, topic.transcript_command(run.replication))


def depth_of(topic: Topic, settings: Settings) -> Depth | None:
    """Where the most consensus and the deepest agreement part company."""
    consensus = {name: topic.estimate("consensus", changes).value for name, changes in settings.items()}
    estimates = {name: topic.estimate("depth", changes) for name, changes in settings.items()}
    depths = {name: depth.value for name, depth in estimates.items() if depth.observations}
    if not depths:
        return None
    likely, deepest = highest(consensus, percent), highest(depths, two_digits)
    both = [name for name in likely if name in deepest]
    if len(likely) == len(settings):
        return Depth("alike", likely, deepest)
    if both:
        return Depth("both", both, both)
    apart = topic.gap("depth", settings[deepest[0]], settings[likely[0]]).excludes_zero
    return Depth("apart" if apart else "unclear", likely, deepest)
