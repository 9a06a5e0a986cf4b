"""The people at the table when the process opens, and their role sheets.

- Numbers are means over `OPENING_DRAWS` draws, so that they belong to the scenario and not to one draw.
- A role sheet has what its group knows and believes; what the others really want is only on their sheets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from negsim.classroom.topic import Sheets
from negsim.negotiation.floor import begin
from negsim.negotiation.tables import Case, Floats, State
from negsim.policies.brief import Interest, parts_of, story_of
from negsim.randomness import stream
from negsim.report.words import on_scale
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower, seat_names
from negsim.scenario.lowering import seats as seats_of
from negsim.scenario.schema import Delegate, RedLine
from negsim.scenario.words import CODEBOOK

OPENING_DRAWS = 40
_DIVIDED, _UNITED = 0.15, 0.07  # standard deviation of positions within a group, in scale units
_HEAVY_WEIGHT = 1.1  # times the weight of an ordinary issue
_TRUST = ((0.25, "hardly"), (0.45, "little"), (0.6, "somewhat"), (1.01, "much"))
_NO_DISTANCE = 0.03  # scale units: no difference to speak of


class _OpeningTable(NamedTuple):
    """N delegates in G groups before anybody has spoken, K issues; positions, beliefs and trust 0..1."""

    names: list[str]  # N
    members: dict[str, list[int]]  # seats of each group, by its name
    position: Floats  # N,K: private
    public: Floats  # N,K: what each says at the opening, not frankly (rule 5.2 at t = 0)
    salience: Floats  # N,K
    red: Floats  # N,K,2: red lines, as dealt or else as in the file; infinite for none
    belief: Floats  # N,N,K: [holder, about]; about oneself the own position
    trust: Floats  # N,N: [holder, about]

    def where(self, party: str) -> list[int]:
        """Return the seats of a group, or the one of a delegate."""
        return self.members[party] if party in self.members else [self.names.index(party)]

    def belief_of(self, party: str, about: str) -> Floats:
        """Return where a party believes another stands (K)."""
        return np.asarray(self.belief[np.ix_(self.where(party), self.where(about))].mean(axis=(0, 1)))

    def stands(self, party: str) -> Floats:
        """Return where a party really stands (K)."""
        return np.asarray(self.position[self.where(party)].mean(axis=0))

    def trusts(self, party: str, other: str) -> float:
        """Return how far a party trusts another, or its members trust each other; NaN for one alone."""
        holders, about = np.ix_(self.where(party), self.where(other))
        levels = self.trust[holders, about][holders != about]
        return float(levels.mean()) if levels.size else float("nan")


def opening_of(scenario: Scenario, seed: int) -> _OpeningTable:
    """Average the opening of a scenario without anything uncertain over its first draws under a seed."""
    case = lower(scenario)
    each = [_one_draw(case, seed, replication) for replication in range(OPENING_DRAWS)]
    means = [np.mean(parts, axis=0) for parts in zip(*each, strict=True)]
    chairs = seats_of(scenario)
    members = {name: [i for i, seat in enumerate(chairs) if seat.group == name] for name in scenario.groups}
    return _OpeningTable(seat_names(scenario), members, *means)


def _one_draw(case: Case, seed: int, replication: int) -> tuple[Floats, ...]:
    """Return the numbers of one draw, in the order of `_OpeningTable`."""
    state = begin(case, stream(seed, replication), 0)
    views = state.views
    lines = views if case.setting["dealt"][0] else case.stances  # those of a file differ from draw to draw
    return (
        views["position"].copy(),
        _public(case, state),
        views["salience"].copy(),
        np.stack([lines["red_low"], lines["red_high"]], axis=2),
        _beliefs(state),
        state.trust.T.copy(),
    )


def _public(case: Case, state: State) -> Floats:
    """Compute x + posturing (x - where everybody believes those who have a say to meet), clipped (N,K)."""
    position = state.views["position"]
    centre = np.average(_beliefs(state), axis=1, weights=state.delegates["power"])
    return np.asarray(np.clip(position + case.parameters["posturing"][0] * (position - centre), 0.0, 1.0))


def _beliefs(state: State) -> Floats:
    """Return what everybody believes of everybody (N,N,K: [holder, about]), including themselves."""
    belief: Floats = np.transpose(state.belief, (2, 1, 0)).copy()
    own = np.arange(len(belief))
    belief[own, own] = state.views["position"]
    return belief


def role_of(scenario: Scenario, opening: _OpeningTable, name: str) -> Sheets:
    """Fill the role sheet of a group."""
    group = scenario.groups[name]
    others = [other for other in scenario.groups if other != name]
    own = [delegate.name for delegate in scenario.delegates if delegate.group == name]
    openness = scenario.parameters.openness if group.openness is None else group.openness
    return {
        "label": group.label,
        "seats": group.seats,
        "delegates": own,
        "may_block": group.may_block,
        "wishes": list(_wishes(scenario, opening, name)),
        "openness": openness,  # 0..1: how far the group may move away from its instructions
        "openness_means": _openness_means(openness),  # in the codebook; empty for the default
        "limits": list(_limits(scenario, name)),
        "members": [{"name": delegate, "positions": opening.stands(delegate).tolist()} for delegate in own],
        "blocs": list(_blocs(scenario, name)),
        "beliefs": {  # where the group believes another stands, by label and issue
            scenario.groups[other].label: opening.belief_of(name, other).tolist() for other in others
        },
        "distant": list(_distant(scenario, opening, name, others)),
        "allies": list(_allies(scenario, opening, name)),
    }


def player_of(scenario: Scenario, opening: _OpeningTable, delegate: Delegate) -> Sheets:
    """Fill the sheet of a delegate with a written brief."""
    return {
        "name": delegate.name,
        "emblem": delegate.brief.emblem if delegate.brief else "",
        "label": scenario.groups[delegate.group].label,
        "parts": [*story_of(scenario.story), *parts_of(delegate.brief, _interests(scenario, opening, delegate.name))],
        "scales": scenario.issues.values(),
    }


def _interests(scenario: Scenario, opening: _OpeningTable, name: str) -> list[Interest]:
    """Return what a delegate wants and never signs."""
    (seat,) = opening.where(name)
    position, salience, red = opening.position[seat], opening.salience[seat], opening.red[seat]
    return [
        Interest(issue, float(position[k]), float(salience[k]) * len(scenario.issues), *map(float, red[k]))
        for k, issue in enumerate(scenario.issues.values())
    ]


def _wishes(scenario: Scenario, opening: _OpeningTable, party: str) -> Iterator[Sheets]:
    """Yield a party's wishes on each issue: where in public and in private, how much, and how far a group agrees."""
    seats = opening.where(party)
    public, private = (table[seats].mean(axis=0) for table in (opening.public, opening.position))
    weight = opening.salience[seats].mean(axis=0) * len(scenario.issues)
    for k, (key, issue) in enumerate(scenario.issues.items()):
        spread = scenario.groups[party].position[key].spread if len(seats) > 1 else 0.0
        yield {
            "issue": issue.label,
            "public": on_scale(issue, float(public[k])),
            "private": on_scale(issue, float(private[k])),
            "weight": "more" if weight[k] > _HEAVY_WEIGHT else "less" if weight[k] < 1 / _HEAVY_WEIGHT else "equal",
            "unity": "divided" if spread > _DIVIDED else "united" if spread < _UNITED else "between",
        }


def _openness_means(openness: float) -> str:
    """Explain an openness by the nearest word of the codebook."""
    nearest = min(CODEBOOK["openness"].words.values(), key=lambda word: abs(word.number - openness))
    return "" if "default" in nearest.reason else nearest.reason.split(":")[0]


def _limits(scenario: Scenario, name: str) -> Iterator[Sheets]:
    """Yield what members of the group never accept: the group's lines and those of its camps, not those of one seat."""
    yield from _lines(scenario, "group", "", {} if scenario.dealt else scenario.groups[name].red_lines)
    for camp in scenario.camps.values():
        if camp.share.get(name, 0.0) > 0.0:
            yield from _lines(scenario, "camp", camp.label, camp.red_lines)


def _lines(scenario: Scenario, kind: str, whose: str, lines: dict[str, RedLine]) -> Iterator[Sheets]:
    for issue, line in ((issue, line) for issue, line in lines.items() if not line.is_none):
        ends = [(side, value) for side, value in (("below", line.min), ("above", line.max)) if value is not None]
        yield {"kind": kind, "whose": whose, "issue": scenario.issues[issue], "ends": ends}


def _blocs(scenario: Scenario, name: str) -> Iterator[Sheets]:
    """Yield the camps that reach into the group: its share, and the positions, by issue, that they pull to."""
    for camp in scenario.camps.values():
        share = camp.share.get(name, 0.0)
        if share > 0.0:
            line = {scenario.issues[issue].label: x for issue, x in camp.line.items()}
            yield {"label": camp.label, "share": share, "line": line}


def _distant(scenario: Scenario, opening: _OpeningTable, name: str, others: Sequence[str]) -> Iterator[Sheets]:
    """Yield on each issue the group that seems farthest away, and towards which end; no group if all seem near."""
    own = opening.stands(name)
    for k, issue in enumerate(scenario.issues.values()):
        gaps = {other: float(opening.belief_of(name, other)[k] - own[k]) for other in others}
        other = max(gaps, key=lambda party: abs(gaps[party]))
        group = "" if abs(gaps[other]) < _NO_DISTANCE else scenario.groups[other].label
        yield {"issue": issue.label, "group": group, "end": issue.high if gaps[other] > 0 else issue.low}


def _allies(scenario: Scenario, opening: _OpeningTable, name: str) -> Iterator[Sheets]:
    """Yield how far the group trusts itself, unless it has one seat, and the others: 0..1, and in a word."""
    for other, group in scenario.groups.items():
        level = opening.trusts(name, other)
        if not np.isnan(level):
            word = next(word for most, word in _TRUST if level < most)
            yield {"label": group.label, "level": level, "word": word, "is_own": other == name}
