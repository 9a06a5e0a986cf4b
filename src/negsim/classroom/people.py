"""The people at the table when the process opens, their role sheets, and lesson 3, which looks through their eyes.

- Numbers are means over `OPENING_DRAWS` draws, so that they belong to the scenario and not to one draw; those of a
  single draw are shown in the studio's room under that seed. Lesson 3 prints both.
- Misperception of a delegate: mean |belief - position| over the members of other groups and all issues.
- A role sheet has what its group knows and believes; what the others really want is only on their sheets.
- Lesson 3 looks through India's eyes if the scenario has it, else through those of the named delegate, or else of the
  group, whose beliefs about the others are farthest from the truth. The first seat stands for a group. Then comes one
  dinner, on the first evening. If no session follows it, in a single meeting of one day, the lesson adds a meeting.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from negsim.classroom.topic import Changes, Sheets, Topic
from negsim.classroom.trials import more_meetings
from negsim.negotiation.floor import begin
from negsim.negotiation.runs import Negotiation
from negsim.negotiation.tables import Case, Floats, State
from negsim.policies.brief import parts_of, story_of
from negsim.randomness import stream
from negsim.report.words import issue_names, on_scale
from negsim.scenario import Scenario, with_changes
from negsim.scenario.lowering import lower, seat_names
from negsim.scenario.lowering import seats as seats_of
from negsim.scenario.schema import Delegate, RedLine
from negsim.scenario.words import CODEBOOK
from negsim.scenario.yaml import flow

OPENING_DRAWS = 40
_DIVIDED, _UNITED = 0.15, 0.07  # standard deviation of positions within a group, in scale units
_HEAVY_WEIGHT = 1.3  # times the weight of an ordinary issue
_TRUST = ((0.25, "hardly"), (0.45, "little"), (0.6, "somewhat"), (1.01, "much"))
_NO_DISTANCE = 0.03  # scale units: no difference to speak of


class _OpeningTable(NamedTuple):
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


def opening_of(scenario: Scenario, seed: int, *, draws: int = OPENING_DRAWS) -> _OpeningTable:
    """Average the opening of a scenario without anything uncertain over its first draws under a seed."""
    case = lower(scenario)
    each = [_one_draw(case, seed, replication) for replication in range(draws)]
    means = [np.mean(parts, axis=0) for parts in zip(*each, strict=True)]
    chairs = seats_of(scenario)
    members = {name: [i for i, seat in enumerate(chairs) if seat.group == name] for name in scenario.groups}
    delegates = {seat.named.name: i for i, seat in enumerate(chairs) if seat.named}
    return _OpeningTable(seat_names(scenario), members, delegates, *means)


def _one_draw(case: Case, seed: int, replication: int) -> tuple[Floats, ...]:
    """Return the numbers of one draw, in the order of `_OpeningTable`."""
    state = begin(case, stream(seed, replication), 0)
    views = state.views
    return (
        views["position"].copy(),
        _public(case, state),
        views["salience"].copy(),
        _beliefs(state),
        state.trust.T.copy(),
        misperceptions(case, state),
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


def misperceptions(case: Case, state: State) -> Floats:
    """Return how wrong everybody is about the other groups (N); 0 if there are none."""
    group = case.seats["group"]
    others = group[:, None] != group[None, :]
    wrong = np.abs(_beliefs(state) - state.views["position"][None, :, :]).mean(axis=2)
    return np.asarray((wrong * others).sum(axis=1) / np.maximum(1, others.sum(axis=1)))


class _Outlook(NamedTuple):
    """The studio's view from a seat at a moment; distances are means over issues, 0..1 of the scale."""

    seat: int
    belief: Floats  # N,K; where the seat believes everybody to stand, itself where it stands
    trust: Floats  # N; in each, 1 in itself
    off: Floats  # N; how far its belief about each is from the truth
    seems: float  # how far away it believes the members of other groups to be; 0 where there are none
    true: float  # how far away they are


def outlook(state: State, seat: int) -> _Outlook:
    """Return the view from a seat."""
    group, position = state.delegates["group"], state.views["position"]
    belief, trust = np.array(state.belief[:, :, seat].T), np.array(state.trust[:, seat])
    belief[seat], trust[seat] = position[seat], 1.0
    others = group != group[seat]
    seems, true = (
        float(np.abs(where[others] - position[seat]).mean()) if others.any() else 0.0 for where in (belief, position)
    )
    return _Outlook(seat, belief, trust, np.abs(belief - position).mean(axis=1), seems, true)


def _party_label(scenario: Scenario, party: str) -> str:
    """Return the label of a group or a delegate."""
    return scenario.groups[party].label if party in scenario.groups else party


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
        "distant": list(_distant(scenario, opening, name, others)) if others else [],
        "allies": list(_allies(scenario, opening, name)),
    }


def player_of(scenario: Scenario, opening: _OpeningTable, delegate: Delegate) -> Sheets:
    """Fill the sheet of a delegate with a written brief."""
    group, lines = scenario.groups[delegate.group], scenario.groups[delegate.group].red_lines | delegate.red_lines
    return {
        "name": delegate.name,
        "emblem": delegate.brief.emblem if delegate.brief else "",
        "label": group.label,
        "parts": [*story_of(scenario.story), *parts_of(delegate.brief)],
        "wishes": list(_wishes(scenario, opening, delegate.name)),
        "limits": list(_lines(scenario, "delegate", delegate.name, lines)),
    }


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
    yield from _lines(scenario, "group", "", scenario.groups[name].red_lines)
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


_PREFERRED = "India"
_DINNERS = "process.events"  # the path that dinners change
_RIGHT_BELIEF = 0.02  # scale units: a belief nearer than this is right
_FAR_BELIEF = 0.1  # scale units: a belief further off than this is far off
_MEASURES = ("share_agreed", "consensus", "trust_across_end", "perceived_distance_end")


class _Observer(NamedTuple):
    """The observer, the opening on average, the opening of the room that the link opens, and the dinners."""

    host: str  # a named delegate or a group
    label: str
    mean: _OpeningTable  # over draws
    single: _OpeningTable  # its first draw
    dinners: dict[str, Changes]

    @property
    def seat(self) -> int:
        """The seat to click."""
        return self.mean.where(self.host)[0]

    @property
    def looker(self) -> str:
        """The observer's name in the studio."""
        return self.mean.names[self.seat]


class _Belief(NamedTuple):
    """A group's believed place on an issue, and its real one; 0..1."""

    seems: float
    true: float

    @property
    def side(self) -> str:
        """The mark on the worksheet: = right, → or ← for a belief above or below the truth."""
        off = self.seems - self.true
        return "=" if abs(off) < _RIGHT_BELIEF else "→" if off > 0.0 else "←"

    @property
    def is_far(self) -> bool:
        """True if it is far off."""
        return abs(self.seems - self.true) > _FAR_BELIEF


class _Distance(NamedTuple):
    """A group's believed and real distance, means over issues (0..1), and the trust in it."""

    group: str
    seems: float
    true: float
    trust: float

    @property
    def kind(self) -> str:
        """The kind of misjudgement: further, nearer or right."""
        off = self.seems - self.true
        return "further" if off > _RIGHT_BELIEF else "nearer" if off < -_RIGHT_BELIEF else "right"


def eyes(topic: Topic) -> Sheets:
    """Compute the numbers of the lesson."""
    topic = _with_a_day_after(topic)
    scenario, view = topic.certain, observer_of(topic)
    start, last, end = at_both_ends(scenario, topic.seed, view)
    names, idle = issue_names(scenario), not any(map(topic.alters, view.dinners.values()))
    return {
        "label": view.label,  # whose eyes
        "looker": view.looker,  # the seat to click
        "draws": OPENING_DRAWS,
        "small": _RIGHT_BELIEF,
        "far": _FAR_BELIEF,
        "added": " ".join(topic.always),  # the change that adds a meeting, "" if there is none
        "issues": names,
        "stands": dict(zip(names, view.single.stands(view.looker), strict=True)),  # the looker's position, by issue
        "groups": [scenario.groups[group].label for group in _others_of(view.mean, view.host)],  # the others
        "guests": [
            scenario.groups[group].label for group in _guests_of(scenario, view)
        ],  # those with a dinner on offer
        "dinners": {name: " ".join(changes) for name, changes in view.dinners.items()},  # the change that makes each
        "single": _beliefs_of(scenario, view.single, view.looker),  # by group, in the room that the link opens
        "mean": _beliefs_of(scenario, view.mean, view.host),
        "wrong": _wrong(scenario, view.mean),  # misperception at the start by party, the largest first
        "away": (start.seems, start.true),  # how far the others seem and are, in the linked room
        "distances": list(_distances(scenario, view.single, view.looker)),
        "measures": _MEASURES,
        "rows": topic.answers(view.dinners, _MEASURES),  # by dinner; without one first
        "compare": topic.compare_command(view.dinners, _MEASURES),
        "runs": topic.replications,
        "effects": list(_effects(topic, view, last, end)),
        "start": float(view.mean.misperception[view.mean.where(view.host)].mean()),  # misperception of the host
        "end": end,  # without a dinner
        "idle": idle,  # whether no dinner changes any meeting
        "measurable": {  # changes that exclude zero, by measure and dinner
            measure: topic.measurable(view.dinners, measure)
            for measure in (("trust_across_end",) if idle else ("share_agreed", "trust_across_end"))
        },
        "room": topic.link("room"),
        "lab": topic.link("lab"),
        "page": topic.page_link(measure=_MEASURES[0]),
        "links": {name: topic.page_link(measure=_MEASURES[0], choices={_DINNERS: name}) for name in view.dinners},
        "choices": {_DINNERS: view.dinners},  # for the page
    }


def _with_a_day_after(topic: Topic) -> Topic:
    """Let sessions follow the first evening: add a second meeting if there is only one, of one day."""
    days = [meeting.days for meeting in topic.certain.process.meetings]
    if days != [1]:
        return topic
    return replace(topic, always=more_meetings(topic.scenario).get("one more meeting, with its days", ()), cache={})


def observer_of(topic: Topic) -> _Observer:
    """Choose whose eyes a class looks through, and the dinners on offer."""
    scenario = topic.certain
    mean = opening_of(scenario, topic.seed)
    host = host_of(mean)
    dinners = topic.distinct(_dinners_of(scenario, mean, host))
    return _Observer(host, _party_label(scenario, host), mean, opening_of(scenario, topic.seed, draws=1), dinners)


def host_of(opening: _OpeningTable) -> str:
    """Choose whose eyes the lesson looks through."""
    if _PREFERRED in opening.delegates:
        return _PREFERRED
    parties = list(opening.delegates) or list(opening.members)
    return max(parties, key=lambda party: opening.misperception[opening.where(party)].mean())


def _others_of(opening: _OpeningTable, party: str) -> list[str]:
    """Return the groups to which a party does not belong."""
    own = next(name for name, seats in opening.members.items() if set(opening.where(party)) <= set(seats))
    return [name for name in opening.members if name != own]


def at_both_ends(scenario: Scenario, seed: int, view: _Observer) -> tuple[_Outlook, _Outlook, float]:
    """Return the observer's view before the first turn of the first replication and after its last; the host's error.

    The error is how wrong the host is about the other groups when the process ends, on average over draws.
    """
    case, host = lower(scenario), view.mean.where(view.host)
    runs = [Negotiation(case, seed=seed, replication=replication) for replication in range(OPENING_DRAWS)]
    start = outlook(runs[0].state, view.seat)
    for run in runs:
        deque(run.turns(), maxlen=0)
    wrong = np.mean([misperceptions(case, run.state)[host].mean() for run in runs])
    return start, outlook(runs[0].state, view.seat), float(wrong)


def _guests_of(scenario: Scenario, view: _Observer) -> list[str]:
    """List the groups with which a dinner is on offer."""
    return [group for group in _others_of(view.mean, view.host) if _dinner_with(scenario, group) in view.dinners]


def _dinners_of(scenario: Scenario, opening: _OpeningTable, host: str) -> dict[str, Changes]:
    """Offer one dinner of the host with each other group, on the first evening."""
    events = [
        event.model_dump(mode="json", exclude_none=True, exclude_defaults=True) for event in scenario.process.events
    ]
    return {
        _dinner_with(scenario, guest): (
            f"{_DINNERS}={flow([*events, {'targeted_dinner': {'meeting': 1, 'day': 1, 'guests': [host, guest]}}])}",
        )
        for guest in _others_of(opening, host)
    }


def _dinner_with(scenario: Scenario, guest: str) -> str:
    """Name a dinner with a group."""
    return f"dinner with {scenario.groups[guest].label}"


def _beliefs_of(scenario: Scenario, opening: _OpeningTable, party: str) -> dict[str, list[_Belief]]:
    """Return where a party believes the other groups to be, and where they are, issue by issue."""
    return {
        scenario.groups[group].label: [
            _Belief(float(seems), float(true))
            for seems, true in zip(opening.belief_of(party, group), opening.stands(group), strict=True)
        ]
        for group in _others_of(opening, party)
    }


def _wrong(scenario: Scenario, opening: _OpeningTable) -> dict[str, float]:
    """Return misperceptions of groups and named delegates, the largest first."""
    wrong = {
        _party_label(scenario, party): float(opening.misperception[opening.where(party)].mean())
        for party in [*opening.delegates, *opening.members]
    }
    return dict(sorted(wrong.items(), key=lambda pair: -pair[1]))


def _distances(scenario: Scenario, opening: _OpeningTable, looker: str) -> Iterator[_Distance]:
    """Yield how far the others seem and how far they are, group by group."""
    own = opening.stands(looker)
    for group in _others_of(opening, looker):
        yield _Distance(
            scenario.groups[group].label,
            float(np.abs(opening.belief_of(looker, group) - own).mean()),
            float(np.abs(opening.stands(group) - own).mean()),
            opening.trusts(looker, group),
        )


def _effects(topic: Topic, view: _Observer, last: _Outlook, misperception: float) -> Iterator[Sheets]:
    """Yield each dinner's final effect: trust in the guest and error about it in the linked room, without and with it.

    Misperception of the host is a mean over draws. last, misperception: without a dinner.
    """
    for guest in _guests_of(topic.certain, view):
        name, members = _dinner_with(topic.certain, guest), view.mean.members[guest]
        scenario = with_changes(topic.certain, list(view.dinners[name]))
        _, after, wrong = at_both_ends(scenario, topic.seed, view)
        yield {
            "name": name,
            "trust": [float(one.trust[members].mean()) for one in (last, after)],
            "off": [float(one.off[members].mean()) for one in (last, after)],
            "misperception": wrong,
            "change": wrong - misperception,
        }
