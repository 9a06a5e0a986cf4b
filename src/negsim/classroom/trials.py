"""Lessons 1 and 4: changes that might have helped, guessed and then tried.

Lesson 1 tries single changes to the process. Lesson 4 codes two insiders' accounts as rival settings, and looks for a
test that would distinguish them. The first witness blames the process, the second the politics around it; each coding
is a step from the scenario. If its sources include no two insiders, the accounts are invented, as the sheets say.

- Every setting on a menu changes something in this scenario. A change is left out if it adds to something that every
  run draws, or if it would not do what its name says.
- A step below is the next word of the codebook below the smallest value that a run may draw; a step above, the next
  above the largest. Without such a word it is the last of the scale, unless every run draws that one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from negsim.cast.knobs import EVENINGS as EVENING_KNOB
from negsim.cast.knobs import MEETINGS, METHODOLOGY, UNCHANGED_LEVEL
from negsim.cast.methodologies import METHODOLOGIES
from negsim.cast.paths import NAMED_PATHS
from negsim.classroom.topic import Changes, Settings, Sheets, Topic, extremes
from negsim.report.minutes.reasons import reasons
from negsim.report.pages.setting import issues, meetings, who
from negsim.report.uncertain import values_at
from negsim.report.words import OUTCOME_LABELS, percent
from negsim.scenario import Scenario
from negsim.scenario.sampling import paths_drawn
from negsim.scenario.schema import MOST_MEETINGS
from negsim.scenario.words import levels, number
from negsim.scenario.yaml import follow, value_at
from negsim.study.estimates import Estimate
from negsim.study.runner import typical_run

_Level = tuple[str, float]  # a word and its number

_RUPTURE: _Level = ("1", 1.0)  # tension above all words
_SCALES = {path: named.scale for path, named in NAMED_PATHS.items()} | {"context.linkage.weight": "linkage"}
_METHODS = {
    "a rolling text": "rolling_text",
    "convergence mapping": "convergence_mapping",
    "proposals reviewed one by one": "tabled_proposals",
}
_TENSION, _RESPONSIVENESS = "context.tension", "process.chair.responsiveness"


def more_meetings(scenario: Scenario) -> Settings:
    """Offer one more meeting, and twice as many, with days of their own; none if runs draw meetings or days."""
    if any(path.startswith(("meetings.", "process.meetings")) for path in paths_drawn(scenario)):
        return {}
    count = len(scenario.process.meetings)
    numbers = {"one more meeting, with its days": count + 1, "twice as many meetings and days": 2 * count}
    return {name: (MEETINGS.change(n),) for name, n in numbers.items() if n <= MOST_MEETINGS}


def methods(scenario: Scenario) -> Settings:
    """Offer methodologies, without the one that already has all floor time."""
    return {
        name: (METHODOLOGY.change(method),)
        for name, method in _METHODS.items()
        if not _is_all_there_is(scenario, method)
    }


def calm(scenario: Scenario) -> Settings:
    """Offer low tension, or none if it is low already; no change if there is none."""
    least, most = _ends(scenario, _TENSION)
    words = [word for word, some in (("low", least), ("none", most)) if number("tension", word) < some]
    return {"calmer politics": (f"{_TENSION}={words[0]}",)} if words else {}


def listening(scenario: Scenario) -> Settings:
    """Offer a chair who moves further towards brackets, unless the chair already does."""
    some, _ = _ends(scenario, _RESPONSIVENESS)
    could = some < number("responsiveness", "high")
    return {"a chair who responds to brackets": (f"{_RESPONSIVENESS}=high",)} if could else {}


def _is_all_there_is(scenario: Scenario, method: str) -> bool:
    """Return whether every meeting has the agenda of a methodology's later meetings."""
    later = METHODOLOGIES[method].middle
    return METHODOLOGY.path not in paths_drawn(scenario) and all(
        tuple((item.format, item.share) for item in meeting.agenda) == later for meeting in scenario.process.meetings
    )


def _step(scenario: Scenario, path: str, way: int) -> str:
    """Return the change to a step above (way: 1) or below (-1), "" if there is none."""
    start, end = _ends(scenario, path)[::way]  # of what runs may have, that way
    words = _levels(_SCALES[path])[::way]
    beyond = [word for word, level in words if level * way > end * way]
    beyond = beyond or [word for word, level in words[-1:] if level * way > start * way]
    return f"{path}={beyond[0]}" if beyond else ""


def _ends(scenario: Scenario, path: str) -> tuple[float, float]:
    """Return the smallest and the largest value that a number may have in a run."""
    draws = values_at(scenario, path)
    data = scenario.resolved()
    values = draws or [value_at(data, follow(data, path)[0])]
    numbers = [number(_SCALES[path], value) if isinstance(value, str) else float(value) for value in values]
    return min(numbers), max(numbers)


def _levels(scale: str) -> list[_Level]:
    """Return the words of a scale with their numbers, in order; of tension a rupture, too."""
    return [*levels(scale), *([_RUPTURE] if scale == "tension" else [])]


class Depth(NamedTuple):
    """The settings with most consensus and with the deepest agreements, and how the two relate.

    alike: consensus is as frequent with all of them. both: some setting has both. apart: the two differ, measurably
    in depth. unclear: they differ, but not measurably.
    """

    kind: Literal["alike", "both", "apart", "unclear"]
    likely: list[str]
    deepest: list[str]


def rescue(topic: Topic) -> Sheets:
    """Compute the numbers of the lesson."""
    settings, run = _menu(topic), typical_run(topic.runs())
    verdict, *why = reasons(run.scenario, run.trace)
    rows = topic.answers(settings)
    measurable = dict(sorted(topic.measurable(settings, "consensus").items(), key=lambda pair: -abs(pair[1].value)))
    return {
        "agrees": topic.agrees,
        "people": who(topic.scenario),
        "issues": issues(topic.scenario),
        "meetings": meetings(topic.scenario),
        "base": rows[UNCHANGED_LEVEL],  # as written
        "rows": rows,  # by setting: as written, then the menu
        "measurable": measurable,  # changes of consensus whose interval excludes zero, the largest first
        "worse": {name: gap for name, gap in measurable.items() if gap.value < 0.0},  # those of them below zero
        "still": [name for name in settings if name not in measurable],  # settings without such a change
        "depth": depth_of(topic, {UNCHANGED_LEVEL: (), **settings}),  # None: nothing is agreed with any setting
        "example": {  # a typical run of the scenario as written
            "replication": run.replication,
            "outcome": OUTCOME_LABELS[run.outcome],
            "verdict": verdict,
            "reasons": why,
            "command": topic.transcript_command(run.replication),
        },
        "lab": topic.link("lab"),
        "room": topic.link("room", replication=run.replication),
        "page": topic.page_link(),
        "links": {name: topic.page_link(changes) for name, changes in settings.items()},
        "changes": [change for changes in settings.values() for change in changes],
        "compare": topic.compare_command(settings),
        "commands": [topic.run_command(changes) for changes in [(), *settings.values()]],
    }


def _menu(topic: Topic) -> dict[str, Changes]:
    """List the single changes on offer for a scenario."""
    scenario = topic.scenario
    settings = {
        **more_meetings(scenario),
        **methods(scenario),
        "every other evening mixed": (EVENING_KNOB.change(0.5),),
        "every evening mixed": (EVENING_KNOB.change(1),),
        "no pressure from the chair": ("process.chair.pressure=none",),
        **listening(scenario),
        **calm(scenario),
        "recorded dissent allowed": ("process.record_dissent=true",),
    }
    if scenario.context.linkage:
        settings["no linked theme"] = ("context.linkage=null",)
    return topic.distinct(settings)


def depth_of(topic: Topic, settings: Settings) -> Depth | None:
    """Find whether the most consensus and the deepest agreements come with different settings."""
    consensus = {name: topic.estimate("consensus", changes).value for name, changes in settings.items()}
    estimates = {name: topic.estimate("depth", changes) for name, changes in settings.items()}
    depths = {name: depth.value for name, depth in estimates.items() if depth.observations}
    if not depths:
        return None
    likely, deepest = extremes(consensus, percent).most, extremes(depths).most
    both = [name for name in likely if name in deepest]
    if len(likely) == len(settings):
        return Depth("alike", likely, deepest)
    if both:
        return Depth("both", both, both)
    apart = topic.gap("depth", settings[deepest[0]], settings[likely[0]]).excludes_zero
    return Depth("apart" if apart else "unclear", likely, deepest)


_INSIDERS = {"maciel2011", "esterhuysen2011"}  # sources that hold the two accounts of the templates
_POLITICS = ("context.tension", "context.linkage.weight")
_EVENINGS = (EVENING_KNOB.change(0.5),)
_REMEDIES = {  # by what they are called together
    "twice as many meetings and days": "more meetings",
    "a rolling text": "rolling text",
    "every other evening mixed": "mixed evenings",
}


class _Coding(NamedTuple):
    """A witness's account as changes, and their direction in a word."""

    changes: Changes
    means: Literal["milder", "trust", "both", "chair", "quarrel", "nothing"]  # nothing: no step can be made


def witnesses(topic: Topic) -> Sheets:
    """Compute the numbers of the lesson."""
    first, second, helps = process_to_blame(topic), politics_to_blame(topic), remedies(topic)
    trials = [_trial(topic, first, second, name, changes) for name, changes in {UNCHANGED_LEVEL: (), **helps}.items()]
    invented = "agreed" if topic.agrees else "failed"
    return {
        "accounts": "insiders" if set(topic.scenario.sources) >= _INSIDERS else invented,
        "agrees": topic.agrees,
        "consensus": topic.estimate("consensus"),  # as written
        "first": first,
        "second": second,
        "trials": trials,  # as written, then the remedies
        "differ": trials[0]["gap"].excludes_zero,  # whether the two rooms do as written
        "best": telling(  # the remedies that tell them apart most, with the gap; empty: no remedy does
            {trial["remedy"]: trial["gap"] for trial in trials[1:]}
        ),
        "guesses": {  # the changes of each remedy in the rooms of the first and the second
            name: (" ".join((*first.changes, *changes)), " ".join((*second.changes, *changes)))
            for name, changes in helps.items()
        },
        "labs": (topic.link("lab", first.changes), topic.link("lab", second.changes)),
        "links": (topic.page_link(first.changes), topic.page_link(second.changes)),
        "changes": [*first.changes, *second.changes, *(change for changes in helps.values() for change in changes)],
    }


def process_to_blame(topic: Topic) -> _Coding:
    """Make the politics a step milder than in the scenario; raise trust if they are as mild as can be."""
    if milder := _steps(topic.scenario, _POLITICS, -1):
        return _Coding(milder, "milder")
    if closer := _steps(topic.scenario, ["trust.across"], 1):
        return _Coding(closer, "trust")
    return _Coding((), "nothing")


def politics_to_blame(topic: Topic) -> _Coding:
    """Make the politics a step worse, and the chair press less, or move more if it does not press."""
    worse = _steps(topic.scenario, _POLITICS, 1)
    chair = _steps(topic.scenario, ["process.chair.pressure"], -1)
    chair = chair or _steps(topic.scenario, ["process.chair.responsiveness"], 1)
    if worse and chair:
        return _Coding((*worse, *chair), "both")
    return _Coding((*worse, *chair), "quarrel" if worse else "chair" if chair else "nothing")


def _steps(scenario: Scenario, paths: Sequence[str], way: int) -> Changes:
    """Change some paths by a step, if they can be. way: 1 up, -1 down."""
    linked = scenario.context.linkage is not None
    changes = (_step(scenario, path, way) for path in paths if linked or not path.startswith("context.linkage"))
    return tuple(change for change in changes if change)


def remedies(topic: Topic) -> dict[str, Changes]:
    """List what might have helped."""
    menu = {**more_meetings(topic.scenario), **methods(topic.scenario), "every other evening mixed": _EVENINGS}
    settings = {name: menu[name] for name in _REMEDIES if name in menu}
    together = ", ".join(_REMEDIES[name] for name in settings)
    return topic.distinct(settings | {together: tuple(change for changes in settings.values() for change in changes)})


def _trial(topic: Topic, first: _Coding, second: _Coding, remedy: str, changes: Changes) -> Sheets:
    """Try a remedy in both witnesses' rooms, on the same replications: consensus, and second minus first."""
    rooms = {"first": (*first.changes, *changes), "second": (*second.changes, *changes)}
    return {
        "remedy": remedy,
        **{name: topic.estimate("consensus", room) for name, room in rooms.items()},
        "gap": topic.gap("consensus", rooms["second"], rooms["first"]),
        "command": topic.pair_command(["consensus"], rooms),
    }


def telling(gaps: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """Return the remedies that separate the two rooms most, of those whose gap excludes zero. gaps: by remedy."""
    sizes = {name: abs(gap.value) for name, gap in gaps.items() if gap.excludes_zero}
    return {name: gaps[name] for name in extremes(sizes, percent).most} if sizes else {}
