"""The people at the table when the process opens: where they stand, what they believe, whom they trust.

- Numbers are means over `DRAWS` draws, so that they belong to the scenario and not to one draw; those of a single draw
  are what the studio's room shows under that seed.
- Misperception of a delegate: mean |belief - position| over the members of other groups and all issues.
- A role sheet holds what its group knows and believes; what the others really want stands on no sheet but theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from negsim.negotiation.floor import begin
from negsim.negotiation.runs import Negotiation
from negsim.negotiation.tables import Case, Floats, State
from negsim.randomness import stream
from negsim.report.words import on_scale
from negsim.scenario import Scenario
from negsim.scenario.lowering import lower, seat_names
from negsim.scenario.lowering import seats as seats_of
from negsim.scenario.schema import Issue
from negsim.scenario.values import RedLine
from negsim.scenario.words import CODEBOOK

DRAWS = 40
DIVIDED, UNITED = 0.15, 0.07  # standard deviation of positions within a group, in scale units
HEAVY = 1.3  # times the weight of an ordinary issue
TRUST = ((0.25, "hardly"), (0.45, "little"), (0.6, "somewhat"), (1.01, "much"))
NEAR = 0.03  # scale units: no difference to speak of


class Opening(NamedTuple):
    """N delegates in G groups before anybody has spoken, K issues; positions, beliefs and trust 0..1."""

    names: list[str]  # N
    members: dict[str, list[int]]  # seats of each group, by its name
    delegates: dict[str, int]  # seats of the delegates that the scenario names
    position: Floats  # N,K: private
    public: Floats  # N,K: what each says at the opening, not frankly (rule 5.2 at t = 0)
    salience: Floats  # N,K
    belief: Floats  # N,N,K: [holder, about]; about oneself the own position
    trust: Floats  # N,N: [holder, about]
    misperception: Floats  # N

    def where(self, party: str) -> list[int]:
        """The seats of a group, or the one of a delegate."""
        return self.members[party] if party in self.members else [self.names.index(party)]

    def belief_of(self, party: str, about: str) -> Floats:
        """Where a party believes another stands (K)."""
        means: Floats = self.belief[np.ix_(self.where(party), self.where(about))].mean(axis=(0, 1))
        return means

    def stands(self, party: str) -> Floats:
        """Where it does stand (K)."""
        means: Floats = self.position[self.where(party)].mean(axis=0)
        return means

    def trusts(self, party: str, other: str) -> float:
        """How far a party trusts another."""
        return float(self.trust[np.ix_(self.where(party), self.where(other))].mean())

    def trusts_itself(self, group: str) -> float:
        """How far the members of a group trust each other; NaN for one alone."""
        seats = self.where(group)
        among = self.trust[np.ix_(seats, seats)][~np.eye(len(seats), dtype=bool)]
        return float(among.mean()) if among.size else float("nan")


def opening_of(scenario: Scenario, seed: int, *, draws: int = DRAWS) -> Opening:
    """The opening of a scenario in which nothing is uncertain, averaged over its first draws under a seed."""
    case = lower(scenario)
    each = [_one_draw(case, seed, replication) for replication in range(draws)]
    means = [np.mean(parts, axis=0) for parts in zip(*each, strict=True)]
    chairs = seats_of(scenario)
    members = {name: [i for i, seat in enumerate(chairs) if seat.group == name] for name in scenario.groups}
    delegates = {seat.named.name: i for i, seat in enumerate(chairs) if seat.named}
    return Opening(seat_names(scenario), members, delegates, *means)


def _one_draw(case: Case, seed: int, replication: int) -> tuple[Floats, ...]:
    """The numbers of one draw, in the order of `Opening`."""
    state = begin(case, stream(seed, replication), 0)
    views = state.views
    return (
        views["position"].copy(),
        _public(case, state),
        views["salience"].copy(),
        beliefs(state),
        state.trust.T.copy(),
        misperceptions(case, state),
    )


def _public(case: Case, state: State) -> Floats:
    """x + posturing (x - the centre where one believes the others stand), clipped (N,K)."""
    position, others = state.views["position"], state.delegates["out_count"][:, None]
    centre = np.where(others > 0, state.views["believed_out"] / np.maximum(1.0, others), position)
    public: Floats = np.clip(position + case.parameters["posturing"][0] * (position - centre), 0.0, 1.0)
    return public


def beliefs(state: State) -> Floats:
    """What everybody believes of everybody (N,N,K: [holder, about]), oneself included."""
    belief: Floats = np.transpose(state.belief, (2, 1, 0)).copy()
    own = np.arange(len(belief))
    belief[own, own] = state.views["position"]
    return belief


def misperceptions(case: Case, state: State) -> Floats:
    """How wrong everybody is about the other groups (N); 0 where there are none."""
    group = case.seats["group"]
    others = group[:, None] != group[None, :]
    wrong = np.abs(beliefs(state) - state.views["position"][None, :, :]).mean(axis=2)
    means: Floats = (wrong * others).sum(axis=1) / np.maximum(1, others.sum(axis=1))
    return means


def misperception_at_the_end(scenario: Scenario, seed: int, seats: list[int]) -> float:
    """How wrong the holders of some seats are about the other groups when the process ends, on average."""
    ends, case = [], lower(scenario)
    for replication in range(DRAWS):
        run = Negotiation(case, seed=seed, replication=replication)
        for _ in run.turns():
            pass
        ends.append(misperceptions(case, run.state)[seats].mean())
    return float(np.mean(ends))


class Outlook(NamedTuple):
    """What the studio's room shows from a seat at a moment; distances are means over issues, 0..1 of the scale."""

    seems: float  # how far away the seat believes the members of other groups to be
    true: float  # how far away they are
    trust: Floats  # N; of the seat in each
    off: Floats  # N; how far the seat's belief about each is from the truth


def outlook(state: State, seat: int) -> Outlook:
    """What there is to see from a seat."""
    group, position, belief = state.delegates["group"], state.views["position"], beliefs(state)[seat]
    others = group != group[seat]
    seems, true = (float(np.abs(where[others] - position[seat]).mean()) for where in (belief, position))
    return Outlook(seems, true, state.trust[:, seat].copy(), np.abs(belief - position).mean(axis=1))


def at_both_ends(scenario: Scenario, seed: int, seat: int) -> tuple[Outlook, Outlook]:
    """What a seat sees before the first turn of the first replication, and after its last."""
    run = Negotiation(lower(scenario), seed=seed)
    start = outlook(run.state, seat)
    for _ in run.turns():
        pass
    return start, outlook(run.state, seat)


def party_label(scenario: Scenario, party: str) -> str:
    """What a group or a delegate is called."""
    return scenario.groups[party].label if party in scenario.groups else party


class Wish(NamedTuple):
    """What a group wants of an issue. public, private: where, in words. weight, unity: keys of the template's words."""

    issue: str
    public: str
    private: str
    weight: str  # more, less, equal
    unity: str  # divided, united, between


class Limit(NamedTuple):
    """A red line. kind: whose it is (group, camp or delegate). ends: "below" or "above", and the number."""

    kind: str
    whose: str
    issue: Issue
    ends: list[tuple[str, float]]


class Member(NamedTuple):
    """A part of a group that has a name: a delegate with positions by issue, or a camp with its share and line."""

    name: str
    positions: list[float]


class Bloc(NamedTuple):
    """A camp that reaches into a group: its share of the group, and the positions that it pulls to."""

    label: str
    share: float
    line: dict[str, float]  # by the issue's label


class Distant(NamedTuple):
    """The group that seems furthest on an issue, and the end that it is seen towards; both empty if all seem near."""

    issue: str
    group: str
    end: str


class Ally(NamedTuple):
    """A group and how far it is trusted: 0..1, and in a word."""

    label: str
    level: float
    word: str
    is_own: bool


class Role(NamedTuple):
    """A group's role sheet."""

    label: str
    seats: int
    delegates: list[str]
    may_block: bool
    wishes: list[Wish]
    openness: float  # 0..1: how far the group may move away from its instructions
    openness_means: str  # in the codebook; empty for the default
    limits: list[Limit]
    members: list[Member]
    blocs: list[Bloc]
    beliefs: dict[str, list[float]]  # where the group believes another stands, by label and issue
    distant: list[Distant]
    allies: list[Ally]


def role_of(scenario: Scenario, opening: Opening, name: str) -> Role:
    """The role sheet of a group."""
    group = scenario.groups[name]
    others = [other for other in scenario.groups if other != name]
    own = [delegate.name for delegate in scenario.delegates if delegate.group == name]
    openness = scenario.parameters.openness if group.openness is None else group.openness
    return Role(
        label=group.label,
        seats=group.seats,
        delegates=own,
        may_block=group.may_block,
        wishes=list(_wishes(scenario, opening, name)),
        openness=openness,
        openness_means=_openness_means(openness),
        limits=list(_limits(scenario, name)),
        members=[Member(delegate, opening.stands(delegate).tolist()) for delegate in own],
        blocs=list(_blocs(scenario, name)),
        beliefs={scenario.groups[other].label: opening.belief_of(name, other).tolist() for other in others},
        distant=list(_distant(scenario, opening, name, others)) if others else [],
        allies=list(_allies(scenario, opening, name)),
    )


def _wishes(scenario: Scenario, opening: Opening, name: str) -> Iterator[Wish]:
    seats = opening.where(name)
    public, private = (table[seats].mean(axis=0) for table in (opening.public, opening.position))
    weight = opening.salience[seats].mean(axis=0) * len(scenario.issues)
    for k, (key, issue) in enumerate(scenario.issues.items()):
        spread = scenario.groups[name].position[key].spread if len(seats) > 1 else 0.0
        yield Wish(
            issue.label,
            on_scale(issue, float(public[k])),
            on_scale(issue, float(private[k])),
            "more" if weight[k] > HEAVY else "less" if weight[k] < 1 / HEAVY else "equal",
            "divided" if spread > DIVIDED else "united" if spread < UNITED else "between",
        )


def _openness_means(openness: float) -> str:
    """What the nearest word of the codebook says of it."""
    nearest = min(CODEBOOK["openness"].words.values(), key=lambda word: abs(word.number - openness))
    return "" if "default" in nearest.reason else nearest.reason.split(":")[0]


def _limits(scenario: Scenario, name: str) -> Iterator[Limit]:
    """What members of the group never accept: the group's lines, those of its camps, those of named seats."""
    yield from _lines(scenario, "group", "", scenario.groups[name].red_lines)
    for camp in scenario.camps.values():
        if camp.share.get(name, 0.0) > 0.0:
            yield from _lines(scenario, "camp", camp.label, camp.red_lines)
    for delegate in scenario.delegates:
        if delegate.group == name:
            yield from _lines(scenario, "delegate", delegate.name, delegate.red_lines)


def _lines(scenario: Scenario, kind: str, whose: str, lines: dict[str, RedLine]) -> Iterator[Limit]:
    for issue, line in lines.items():
        ends = [(side, value) for side, value in (("below", line.min), ("above", line.max)) if value is not None]
        yield Limit(kind, whose, scenario.issues[issue], ends)


def _blocs(scenario: Scenario, name: str) -> Iterator[Bloc]:
    for camp in scenario.camps.values():
        share = camp.share.get(name, 0.0)
        if share > 0.0:
            yield Bloc(camp.label, share, {scenario.issues[issue].label: x for issue, x in camp.line.items()})


def _distant(scenario: Scenario, opening: Opening, name: str, others: Sequence[str]) -> Iterator[Distant]:
    """On each issue the group that seems furthest away."""
    own = opening.stands(name)
    for k, issue in enumerate(scenario.issues.values()):
        gaps = {other: float(opening.belief_of(name, other)[k] - own[k]) for other in others}
        other = max(gaps, key=lambda party: abs(gaps[party]))
        if abs(gaps[other]) < NEAR:
            yield Distant(issue.label, "", "")
        else:
            yield Distant(issue.label, scenario.groups[other].label, issue.high if gaps[other] > 0 else issue.low)


def _allies(scenario: Scenario, opening: Opening, name: str) -> Iterator[Ally]:
    """How far the group trusts itself, unless it has one seat, and the others."""
    for other, group in scenario.groups.items():
        level = opening.trusts_itself(name) if other == name else opening.trusts(name, other)
        if not np.isnan(level):
            yield Ally(group.label, level, next(word for most, word in TRUST if level < most), other == name)
