"""Lesson 4: two insiders' accounts coded as rival settings, and the test that would tell them apart.

- Where the scenario's sources hold no two insiders, the accounts are invented; the sheets say so.
- The first witness blames the process, the second the politics around it: each coding is a step from the scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from negsim.classroom.offers import above, below, methods, more_meetings
from negsim.classroom.topic import AS_WRITTEN, Changes, Topic, highest
from negsim.report.words import percent
from negsim.scenario import Scenario
from negsim.study.estimates import Estimate

INSIDERS = {"maciel2011", "esterhuysen2011"}  # sources that hold the two accounts of the templates
POLITICS = ("context.tension", "context.linkage.weight")
EVENINGS = ("informal.mixed_evenings=0.5",)
REMEDIES = {  # by what they are called together
    "twice as many meetings": "more meetings",
    "a rolling text": "rolling text",
    "every other evening mixed": "mixed evenings",
}


class Coding(NamedTuple):
    """A witness's account as changes, and what they come to."""

    changes: Changes
    means: Literal["milder", "trust", "both", "chair", "quarrel", "nothing"]  # nothing: no step can be made


class Trial(NamedTuple):
    """A remedy in both rooms: consensus in each, the second minus the first, and the command."""

    remedy: str
    first: Estimate
    second: Estimate
    gap: Estimate
    command: str


class Witnesses(NamedTuple):
    """What the sheets of the lesson need."""

    accounts: Literal["insiders", "agreed", "failed"]  # the last two are invented
    agrees: bool
    consensus: Estimate  # as written
    first: Coding
    second: Coding
    trials: list[Trial]  # as written, then the remedies
    differ: bool  # whether the two rooms do as written
    best: dict[str, Estimate]  # the remedies that tell them apart most, with the gap; empty: no remedy does
    labs: tuple[str, str]
    guesses: dict[str, tuple[str, str]]  # the changes of each remedy in the rooms of the first and the second


def witnesses(topic: Topic) -> Witnesses:
    """The numbers of the lesson."""
    first, second, helps = process_to_blame(topic), politics_to_blame(topic), remedies(topic)
    trials = [_trial(topic, first, second, name, changes) for name, changes in {AS_WRITTEN: (), **helps}.items()]
    invented: Literal["agreed", "failed"] = "agreed" if topic.agrees else "failed"
    return Witnesses(
        accounts="insiders" if set(topic.scenario.sources) >= INSIDERS else invented,
        agrees=topic.agrees,
        consensus=topic.estimate("consensus"),
        first=first,
        second=second,
        trials=trials,
        differ=trials[0].gap.excludes_zero,
        best=telling({trial.remedy: trial.gap for trial in trials[1:]}),
        guesses={
            name: (" ".join((*first.changes, *changes)), " ".join((*second.changes, *changes)))
            for name, changes in helps.items()
        },
        labs=(topic.link("lab", first.changes), topic.link("lab", second.changes)),
    )


def process_to_blame(topic: Topic) -> Coding:
    """The politics a step milder than the scenario has them; more trust where they are as mild as can be."""
    if milder := _steps(below, topic.scenario, POLITICS):
        return Coding(milder, "milder")
    if closer := _steps(above, topic.scenario, ["trust.across"]):
        return Coding(closer, "trust")
    return Coding((), "nothing")


def politics_to_blame(topic: Topic) -> Coding:
    """The politics a step worse, and a chair who presses less, or moves more where no chair presses."""
    worse = _steps(above, topic.scenario, POLITICS)
    chair = _steps(below, topic.scenario, ["process.chair.pressure"])
    chair = chair or _steps(above, topic.scenario, ["process.chair.responsiveness"])
    if worse and chair:
        return Coding((*worse, *chair), "both")
    return Coding((*worse, *chair), "quarrel" if worse else "chair" if chair else "nothing")


def _steps(step: Callable[[Scenario, str], str], scenario: Scenario, paths: Sequence[str]) -> Changes:
    """The changes of some paths by a step, of those that can be."""
    linked = scenario.context.linkage is not None
    changes = (step(scenario, path) for path in paths if linked or not path.startswith("context.linkage"))
    return tuple(change for change in changes if change)


def remedies(topic: Topic) -> dict[str, Changes]:
    """What might have helped."""
    menu = {**more_meetings(topic.scenario), **methods(topic.scenario), "every other evening mixed": EVENINGS}
    settings = {name: menu[name] for name in REMEDIES if name in menu}
    together = ", ".join(REMEDIES[name] for name in settings)
    return topic.distinct(settings | {together: tuple(change for changes in settings.values() for change in changes)})


def _trial(topic: Topic, first: Coding, second: Coding, remedy: str, changes: Changes) -> Trial:
    """A remedy in the rooms of both witnesses, on the same replications."""
    rooms = {"first": (*first.changes, *changes), "second": (*second.changes, *changes)}
    return Trial(
        remedy,
        topic.estimate("consensus", rooms["first"]),
        topic.estimate("consensus", rooms["second"]),
        topic.gap("consensus", rooms["second"], rooms["first"]),
        topic.pair_command("consensus", rooms),
    )


def telling(gaps: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """The remedies that tell the two rooms apart most, of those whose gap excludes zero. gaps: by remedy."""
    sizes = {name: abs(gap.value) for name, gap in gaps.items() if gap.excludes_zero}
    return {name: gaps[name] for name in highest(sizes, percent)} if sizes else {}
