"""The lessons written by hand for one scenario: a game on the storm, and the focal case after it.

- Their sentences are in their templates; what is computed here is drawn, listed, or quoted as a number.
- The storm is played at shared tables, a human seat in each group, and each class has a deal of its own. So its key
  argues from means over deals, in the seats that come first in their groups, and from no game.
- Without the studio it is played at tables with one seat of people, from one page: its deal is that of `GAME_SEED`.
- The focal case asks which of those moves the real room lacked. There the model's delegates use a move whenever they
  could, since nobody else is at the table.
"""

from __future__ import annotations

import math
from functools import partial
from shlex import quote
from typing import NamedTuple

import numpy as np

from negsim.cast.knobs import DAYS, EVENINGS, MEETINGS, METHODOLOGY
from negsim.cast.moves import TABLE_MOVES
from negsim.classroom.charts import Line, effect_dots, red_lines, score_dots, svg, zone_of
from negsim.classroom.skill import GAMES, WAYS, class_over_deals
from negsim.classroom.topic import Sheets, Topic
from negsim.negotiation.runs import watch
from negsim.negotiation.score import FAILED_TEXT_COST, RED_LINE_COST
from negsim.negotiation.tables import State
from negsim.page import PageSource
from negsim.report.pages.setting import issues, meetings
from negsim.report.plots.runs import outcome_shares
from negsim.scenario import Scenario, load
from negsim.scenario.lowering import lower, seat_names
from negsim.scenario.lowering import seats as seats_of
from negsim.scenario.schema import Issue
from negsim.sentences import named, place_on
from negsim.study.deals import over_deals
from negsim.study.estimates import Estimate, difference, mean, share

_GAME_SEAT, GAME_SEED, GAME_PAGE = "Minister Amara Diallo", 185, "game.html"
DEALS = 60  # of which means are taken, seeds 0 and up
_ACCEPTING, _MODEL, _, _, THINKING = WAYS


class _Way(NamedTuple):
    """A way to hold a seat: its mean score over deals, and how much more that is than the model's."""

    score: Estimate
    more: Estimate


def storm(topic: Topic) -> Sheets:
    """Compute the numbers of the game's lesson."""
    scenario, first = topic.scenario, _first_seats(topic.scenario)
    games = {name: over_deals(scenario, first, way, range(DEALS)).scores for name, way in WAYS.items()}
    scores = {name: each.mean(axis=1) for name, each in games.items()}
    rooms = {name: class_over_deals(scenario, WAYS[name], range(DEALS)) for name in (_ACCEPTING, THINKING)}
    lines = _lines_in(scenario, watch(lower(scenario), seed=GAME_SEED).state)
    ways = {name: _Way(mean(of), difference(of, scores[_MODEL])) for name, of in scores.items()}
    return {
        "seat": _GAME_SEAT,
        "game_seed": GAME_SEED,
        "red_line_cost": RED_LINE_COST,
        "failed_text_cost": FAILED_TEXT_COST,
        "game": PageSource(scenario, topic.name, (), GAME_SEED, _GAME_SEAT),
        "game_page": GAME_PAGE,
        "page_command": f"negsim page {quote(topic.name)} --play --seat {quote(_GAME_SEAT)} --seed {GAME_SEED}"
        f" --out {GAME_PAGE}",
        "tables": [(group.label, _seats_of(scenario, name)) for name, group in scenario.groups.items()],
        "moves": {TABLE_MOVES[name].label: TABLE_MOVES[name].meaning for name in scenario.process.moves.names},
        "zones": {issue.label: _zone(issue, lines[name]) for name, issue in scenario.issues.items()},
        "deals": DEALS,
        "games": GAMES,
        "first": first,
        "ways": ways,
        "thinking": ways[THINKING],
        "eight_of_ten": np.percentile(games[THINKING], (10, 90)).tolist(),  # of its games
        "rooms": {name: {"score": mean(of[:, 0]), "consensus": share(of[:, 1])} for name, of in rooms.items()},
        "guesses": {"paragraphs agreed at our table": "0 to 3", "our score": "points of 100"},
        "files": {
            "ways.svg": svg(partial(score_dots, {name: way.score for name, way in ways.items()})),
            "lines.svg": svg(partial(red_lines, scenario, lines)),
        },
    }


def _lines_in(scenario: Scenario, state: State) -> dict[str, list[Line]]:
    """Return the red lines of a game, by issue, as they were dealt."""
    seats, names = seats_of(scenario), seat_names(scenario)
    return {
        issue: [
            Line(float(end), names[i], column == "red_low", seat.group)
            for i, seat in enumerate(seats)
            for column in ("red_low", "red_high")
            if math.isfinite(end := state.views[i, k][column])
        ]
        for k, issue in enumerate(scenario.issues)
    }


def _zone(issue: Issue, lines: list[Line]) -> Sheets:
    """Say between which texts nobody has to refuse, and whose lines these are; nothing lies between where is_closed."""
    low, high = zone_of(lines)
    whose = [line.name for line in lines if line.end == (low if line.is_low else high)]
    return {"ends": [named(place_on(issue, end)) for end in (low, high)], "whose": whose, "is_closed": low > high}


def _first_seats(scenario: Scenario) -> list[str]:
    """Return the first seat of each group."""
    seats: dict[str, str] = {}
    for name, seat in zip(seat_names(scenario), seats_of(scenario), strict=True):
        seats.setdefault(seat.group, name)
    return list(seats.values())


def _seats_of(scenario: Scenario, group: str) -> list[str]:
    """List the named delegates of a group with their emblems."""
    return [
        f"{delegate.brief.emblem} {delegate.name}" if delegate.brief else delegate.name
        for delegate in scenario.delegates
        if delegate.group == group
    ]


_MOVES = {  # that the model's delegates can make
    "amendments, read first": ("amendments",),
    "a lone bracket counts once": ("lone_bracket",),
    "conditional offers": ("offers",),
    "a motion to take up one text": ("motions",),
    "all four": ("amendments", "lone_bracket", "offers", "motions"),
}
_METHODS = {
    "four meetings of two days": (MEETINGS.change(4),),
    "four meetings of one day": (MEETINGS.change(4), DAYS.change(4)),
    "rolling text in every session": (METHODOLOGY.change("rolling_text"),),
    "every evening at mixed tables": (EVENINGS.change(1),),
}
_MOVES_PATH, _WHENEVER = "process.moves", "initiative: 1"


class _Reading(NamedTuple):
    """How a room reads its texts. readings: of a paragraph. hours: on the floor."""

    readings: float
    hours: float

    @classmethod
    def of(cls, topic: Topic) -> _Reading:
        """Average it over runs."""
        readings = topic.estimate("readings").value / len(topic.scenario.issues)
        hours = float(topic.runs().results.minutes.sum(axis=1).mean()) / 60.0
        return cls(readings, hours)


def focal(topic: Topic) -> Sheets:
    """Compute the numbers of the lesson on the focal case."""
    moves = {
        name: (f"{_MOVES_PATH}={{{', '.join(f'{one}: true' for one in some)}, {_WHENEVER}}}",)
        for name, some in _MOVES.items()
    }
    settings = {**moves, **_METHODS}
    gaps = {name: topic.gap("consensus", changes) for name, changes in settings.items()}
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
            "moves.svg": svg(partial(effect_dots, gaps, measure="consensus")),
        },
    }
