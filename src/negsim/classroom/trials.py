"""Lesson 1: the curve of a negotiation, guessed before anybody sees it, and single changes that might lift it.

- Nothing that students see before the guess says how often the room agrees.
- The measure is the share of runs with consensus. Beside one dealt answer, which may leave an issue closed, it is the
  share of issues agreed.
- Every setting on a menu changes something in this scenario. A change is left out if it adds to something that every
  run draws, or if it would not do what its name says.
"""

from __future__ import annotations

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
from negsim.scenario.words import number
from negsim.scenario.yaml import follow, value_at
from negsim.study.runner import typical_run

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


def _ends(scenario: Scenario, path: str) -> tuple[float, float]:
    """Return the smallest and the largest value that a number may have in a run."""
    draws = values_at(scenario, path)
    data = scenario.resolved()
    values = draws or [value_at(data, follow(data, path)[0])]
    numbers = [number(_SCALES[path], value) if isinstance(value, str) else float(value) for value in values]
    return min(numbers), max(numbers)


class Depth(NamedTuple):
    """The settings with most of the measure and with the deepest agreements, and how the two relate.

    alike: it is the same with all of them. both: some setting has both. apart: the two differ, measurably
    in depth. unclear: they differ, but not measurably.
    """

    kind: Literal["alike", "both", "apart", "unclear"]
    likely: list[str]
    deepest: list[str]


def measure_for(scenario: Scenario) -> str:
    """Return the measure that the lesson is about."""
    return "consensus" if scenario.dealt is None else "share_agreed"


def curve(topic: Topic) -> Sheets:
    """Compute the numbers of the lesson."""
    settings, run, measure = _menu(topic), typical_run(topic.runs()), measure_for(topic.scenario)
    verdict, *why = reasons(run.scenario, run.trace)
    rows = topic.answers(settings, dict.fromkeys((measure, "consensus", "share_agreed", "depth")))
    measurable = dict(sorted(topic.measurable(settings, measure).items(), key=lambda pair: -abs(pair[1].value)))
    return {
        "measure": measure,
        "people": who(topic.scenario),
        "issues": issues(topic.scenario),
        "meetings": meetings(topic.scenario),
        "base": rows[UNCHANGED_LEVEL],  # as written
        "rows": rows,  # by setting: as written, then the menu
        "measurable": measurable,  # changes of the measure whose interval excludes zero, the largest first
        "worse": {name: gap for name, gap in measurable.items() if gap.value < 0.0},  # those of them below zero
        "still": [name for name in settings if name not in measurable],  # settings without such a change
        "depth": depth_of(topic, {UNCHANGED_LEVEL: (), **settings}, measure),  # None: nothing is agreed at all
        "example": {  # a typical run of the scenario as written
            "replication": run.replication,
            "outcome": OUTCOME_LABELS[run.outcome],
            "verdict": verdict,
            "reasons": why,
            "command": topic.transcript_command(run.replication),
        },
        "lab": topic.link("lab"),
        "room": topic.link("room", replication=run.replication),
        "page": topic.page_link(measure=measure),
        "links": {name: topic.page_link(changes, measure=measure) for name, changes in settings.items()},
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


def depth_of(topic: Topic, settings: Settings, measure: str) -> Depth | None:
    """Find whether the most of a measure and the deepest agreements come with different settings."""
    shares = {name: topic.estimate(measure, changes).value for name, changes in settings.items()}
    estimates = {name: topic.estimate("depth", changes) for name, changes in settings.items()}
    depths = {name: depth.value for name, depth in estimates.items() if depth.observations}
    if not depths:
        return None
    likely, deepest = extremes(shares, percent).most, extremes(depths).most
    both = [name for name in likely if name in deepest]
    if len(likely) == len(settings):
        return Depth("alike", likely, deepest)
    if both:
        return Depth("both", both, both)
    apart = topic.gap("depth", settings[deepest[0]], settings[likely[0]]).excludes_zero
    return Depth("apart" if apart else "unclear", likely, deepest)
