"""The lessons written by hand for one scenario: a game on the storm, and the focal case after it.

- Their sentences are in their templates; what is computed here is drawn, listed, or quoted as a number.
- The storm is played at many small tables, a team on one seat; the model holds all others. Under some seeds the
  Minister's own delegate finds the deal; under `_GAME_SEED` it does not.
- The focal case asks which of those moves the real room lacked. There the model's delegates use a move whenever they
  could, since nobody else is at the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from shlex import quote
from typing import NamedTuple

import numpy as np

from negsim.cast.knobs import CORRIDORS, DAYS, EVENINGS, MEETINGS, METHODOLOGY
from negsim.cast.moves import TABLE_MOVES
from negsim.classroom.charts import effect_dots, red_lines, score_bars, svg
from negsim.classroom.topic import Settings, Sheets, Topic
from negsim.negotiation.runs import watch
from negsim.negotiation.score import RED_LINE_COST
from negsim.page import PageSource
from negsim.report.pages.setting import issues, meetings
from negsim.report.plots.runs import outcome_shares
from negsim.scenario import Scenario, load
from negsim.scenario.lowering import lower, seat_names
from negsim.scenario.sampling import sample
from negsim.study.estimates import Estimate
from negsim.study.runner import run

GAME_SEAT, _GAME_SEED, GAME_PAGE = "Minister Amara Diallo", 7, "game.html"
_WAYS_TO_PLAY = {  # by what they are called, the strategy that plays so; "" the seat's own delegate
    "lets nothing pass": "strategies:Spoiler",
    "as her own delegate": "",
    "splits the difference": "strategies:Novice",
    "insists on her own text": "strategies:Hardball",
    "asks first, then writes": "strategies:Asker",
}
_PROCESS = {
    "a second meeting of two days": (MEETINGS.change(2),),
    "two meetings of one day": (MEETINGS.change(2), DAYS.change(2)),
    "rolling text in every session": (METHODOLOGY.change("rolling_text"),),
    "every evening at mixed tables": (EVENINGS.change(1),),
    "talk across groups at breaks": (CORRIDORS.change(0.6),),
}
_NO_MOVES = "process.moves={}"
_SEEDS = 40  # that are tried for a class
_LOW_SCORE, _GAIN = 25.0, 50.0  # points of 100: little, and what thinking should be worth


def storm(topic: Topic) -> Sheets:
    """Compute the numbers of the game's lesson."""
    without = replace(topic, always=(_NO_MOVES,), cache={})
    effects = {name: _effects(some, _PROCESS) for name, some in {"with moves": topic, "without": without}.items()}
    scores = {
        name: _score_with(topic.scenario, GAME_SEAT, _GAME_SEED, strategy) for name, strategy in _WAYS_TO_PLAY.items()
    }
    zones = signable(topic.scenario)
    return {
        "seat": GAME_SEAT,
        "game_seed": _GAME_SEED,
        "red_line_cost": RED_LINE_COST,
        "game": PageSource(topic.scenario, topic.name, (), _GAME_SEED, GAME_SEAT),
        "game_page": GAME_PAGE,
        "page_command": f"negsim page {quote(topic.name)} --play --seat {quote(GAME_SEAT)} --seed {_GAME_SEED}"
        f" --out {GAME_PAGE}",
        "tables": [(group.label, _seats_of(topic.scenario, name)) for name, group in topic.scenario.groups.items()],
        "foe": _foe_of(topic.scenario, "Hanna Kowal", "access"),
        "moves": {TABLE_MOVES[name].label: TABLE_MOVES[name].meaning for name in topic.scenario.process.moves.names},
        "zones": {topic.scenario.issues[name].label: zone for name, zone in zones.items()},
        "bases": {"with moves": topic.estimate("consensus"), "without": without.estimate("consensus")},
        "effects": effects,
        "scores": scores,
        "score_commands": [_score_command(topic, strategy) for strategy in _WAYS_TO_PLAY.values()],
        "commands": [some.compare_command(_PROCESS, ["consensus"]) for some in (topic, without)],
        "lab": topic.link("lab"),
        "page": topic.page_link(),
        "guesses": {"paragraphs agreed at our table": "0 to 3", "our score": "points of 100"},
        "files": {
            "scores.svg": svg(partial(score_bars, scores)),
            "lines.svg": svg(partial(red_lines, topic.scenario, zones)),
            "effects.svg": svg(partial(effect_dots, effects, measure="consensus")),
        },
    }


def _effects(topic: Topic, settings: Settings) -> dict[str, Estimate]:
    return {name: topic.gap("consensus", changes) for name, changes in settings.items()}


def signable(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Return the lowest and the highest text that crosses nobody's red line, by issue."""
    every = [group.red_lines for group in scenario.groups.values()]
    every += [camp.red_lines for camp in scenario.camps.values()]
    every += [delegate.red_lines for delegate in scenario.delegates]
    zones = {}
    for name in scenario.issues:
        lines = [lines[name] for lines in every if name in lines]
        low = max((line.min for line in lines if line.min is not None), default=0.0)
        zones[name] = (low, min((line.max for line in lines if line.max is not None), default=1.0))
    return zones


def _seats_of(scenario: Scenario, group: str) -> list[str]:
    """List the named delegates of a group with their emblems."""
    return [
        f"{delegate.brief.emblem} {delegate.name}" if delegate.brief else delegate.name
        for delegate in scenario.delegates
        if delegate.group == group
    ]


def _foe_of(scenario: Scenario, foe: str, issue: str) -> dict[str, float | None]:
    """Say where the seat of the game believes another to stand before anybody has spoken, and what is true."""
    names, state = seat_names(scenario), watch(lower(scenario), seed=_GAME_SEED).state
    k, holder, about = list(scenario.issues).index(issue), names.index(GAME_SEAT), names.index(foe)
    (line,) = [delegate.red_lines[issue].max for delegate in scenario.delegates if delegate.name == foe]
    return {
        "believed": float(state.belief[k, about, holder]),
        "true": float(state.opinions[k, about]["position"]),
        "line": line,
    }


def _score_with(scenario: Scenario, seat: str, seed: int, policy: object = "") -> float:
    """Return what a seat gets of 100 in run 0 of a seed, with a policy on it; "" leaves it to its own delegate."""
    policies = {seat: policy} if policy else {}
    results = run(scenario, replications=1, seed=seed, policies=policies, threads=1).results
    return float(np.ravel(results.delegates["score"])[seat_names(sample(scenario, seed, 0)).index(seat)])


def telling_seed(scenario: Scenario, seat: str) -> int | None:
    """Return the first seed with which a seat gets little without thinking, and much with it; None if none does."""
    for seed in range(_SEEDS):
        alone = _score_with(scenario, seat, seed)
        if alone < _LOW_SCORE and _score_with(scenario, seat, seed, "strategies:Trader") > alone + _GAIN:
            return seed
    return None


def _score_command(topic: Topic, strategy: str) -> str:
    """Write the command whose table of delegates has the score."""
    policy = quote(f'policies.{GAME_SEAT}="{strategy}"')
    change = f"--set {policy} " if strategy else ""
    return f"negsim run {quote(topic.name)} {change}--replications 1 --seed {_GAME_SEED} --out game"


_MOVES: Mapping[str, Mapping[str, bool]] = {  # that the model's delegates can make
    "amendments, read first": {"amendments": True},
    "a lone bracket counts once": {"lone_bracket": True},
    "conditional offers": {"offers": True},
    "a motion to take up one text": {"motions": True},
    "all four": {"amendments": True, "lone_bracket": True, "offers": True, "motions": True},
}
_METHODS = {
    "four meetings of two days": (MEETINGS.change(4),),
    "four meetings of one day": (MEETINGS.change(4), DAYS.change(4)),
    **{name: _PROCESS[name] for name in ("rolling text in every session", "every evening at mixed tables")},
}
_MOVES_PATH, _WHENEVER = "process.moves", "initiative: 1"


class _Reading(NamedTuple):
    """How a room reads its texts. readings: of a paragraph. hours: on the floor. passable: share of failed readings."""

    readings: float
    hours: float
    passable: Estimate

    @classmethod
    def of(cls, topic: Topic) -> _Reading:
        """Average it over runs."""
        readings = topic.estimate("readings").value / len(topic.scenario.issues)
        hours = float(topic.runs().results.minutes.sum(axis=1).mean()) / 60.0
        return cls(readings, hours, topic.estimate("passable_readings"))


def focal(topic: Topic) -> Sheets:
    """Compute the numbers of the lesson on the focal case."""
    moves = {
        name: (f"{_MOVES_PATH}={{{', '.join(f'{one}: true' for one in some)}, {_WHENEVER}}}",)
        for name, some in _MOVES.items()
    }
    settings = {**moves, **_METHODS}
    gaps = _effects(topic, settings)
    game = Topic("storm", load("storm"), topic.seed, topic.replications)
    single = {name: gaps[name] for name in list(moves)[:-1]}
    return {
        "moves": {name: gaps[name] for name in moves},
        "methods": {name: gaps[name] for name in _METHODS},
        "most": max(single, key=lambda name: single[name].value),
        "least": min(single, key=lambda name: single[name].value),
        "rows": topic.answers(settings),
        "base": topic.estimate("consensus"),
        "rooms": {"in the depot": _Reading.of(game), "here": _Reading.of(topic)},
        "issues": issues(topic.scenario),
        "meetings": meetings(topic.scenario),
        "labels": {name: TABLE_MOVES[name].meaning for name in ("amendments", "questions", "offers", "motions")},
        "commands": {"plot": topic.plot_command("outcomes"), "compare": topic.compare_command(settings)},
        "lab": topic.link("lab"),
        "page": topic.page_link(),
        "links": {name: topic.page_link(choices={_MOVES_PATH: name}) for name in moves},
        "choices": {_MOVES_PATH: moves},
        "guesses": {"the one move that changes most": "share of runs with consensus"},
        "files": {
            "outcomes.svg": svg(partial(outcome_shares, {topic.scenario.title: topic.runs()})),
            "moves.svg": svg(partial(effect_dots, {"": {name: gaps[name] for name in settings}}, measure="consensus")),
        },
    }
