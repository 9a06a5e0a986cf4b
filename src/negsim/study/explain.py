"""Explain the difference between two scenarios: share the change of a measure out among the parts that differ.

- A part is an aspect or a change of one's own. An aspect is a named part of a resolved scenario: the keys that
  `scenario.schema` marks with it. Whatever can change a run belongs to exactly one aspect; titles, labels, sources and
  reasons belong to none. An entry of `uncertain` belongs to the aspect of its path, the first of several.
- A hybrid takes some aspects from the second scenario and the rest from the first. What an aspect says about meetings
  is mapped to the hybrid's meetings. Counted from 0, meeting m of M takes what meeting
  floor(m·(M' - 1) / (M - 1) + 1/2) of M' had, a single meeting what the last one had; evening d of D what evening
  floor(d·D' / D) of D' had. An item of an agenda is about what was on the floor at the middle of its time.
- What an aspect says about a delegate whom only the other scenario names comes from there. A delegate who finds no seat
  in the hybrid stays out of it.
- An event moves to where its meeting and its day went, a retreat to where its gap went. It is left out where it has no
  place: a retreat after a single meeting, an event of someone who is not in the room. Text that such a person had
  on the table at the start belongs to nobody, nobody has trust in them, and no policy holds their seat.
- An aspect differs if exchanging it would change either scenario. Otherwise it comes along with the meetings. An aspect
  that merely extends over more meetings and days, as `--set` lets it, does not differ. The aspects of people and
  issues count as one where more than `_MOST_SPLIT` differ in all.
- Changes of one's own are made in the order in which they are written.
- Every subset of the n parts is run: 2**n hybrids on the same seed and replications. Hybrid number `mask` has part i as
  in the second scenario where bit i of the mask is set.
- The hybrids are looked at after the same few replications of all (`sequential`). It is enough once the runs order the
  shares of the first measure by size, nothing among them, but for those nearly the same.
- Shares are exact Shapley values, replication by replication; in each they add up to what the replication changed.
  An estimate is the mean over replications with the interval of a paired difference (`estimates.paired`), which holds
  at 95 % at whichever look it is made.
- A measure has to be a number in every run, such as `depth_overall`, which is 0 where nothing was agreed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from negsim.cast import knobs
from negsim.cast.aspects import PEOPLE_AND_ISSUES, PEOPLE_AND_ISSUES_ASPECTS, Aspect
from negsim.errors import NegsimError, ScenarioError
from negsim.negotiation.measures import DEFAULT_MEASURES
from negsim.negotiation.tables import Floats
from negsim.scenario import Scenario, with_changes
from negsim.scenario.changes import Changes, set_meetings
from negsim.scenario.keys import marks
from negsim.scenario.schema import PENS_WITHOUT_SEAT
from negsim.scenario.validate import read
from negsim.scenario.yaml import Document, Plain, flow, follow, value_at
from negsim.study import sequential
from negsim.study.estimates import Estimate, are_flags, difference, paired
from negsim.study.runner import Step, numbers_of, run
from negsim.study.schema import check_listed
from negsim.study.sequential import Interim, Order
from negsim.study.table import estimated

_Data = dict[str, Plain]  # a resolved scenario
_Of = Mapping[str, _Data]  # whose part of every aspect a hybrid takes

_KEYS = {path: mark for path, mark in marks(Scenario) if isinstance(mark, Aspect)}
ASPECT_OF_PATH = {path: aspect for path, aspect in _KEYS.items() if "*" not in path}
MEETING_ASPECTS, EVENT_ASPECTS, GROUP_ASPECTS, DELEGATE_ASPECTS = (  # of the keys of each
    {path.removeprefix(section): aspect for path, aspect in _KEYS.items() if path.startswith(section)}
    for section in ("process.meetings.*.", "process.events.*.", "groups.*.", "delegates.*.")
)
_LISTED = {  # sections whose items have aspects of their own; the aspect of an item that is changed as a whole
    "process.meetings.": (MEETING_ASPECTS, Aspect.MEETINGS),
    "groups.": (GROUP_ASPECTS, Aspect.POSITIONS),
    "delegates.": (DELEGATE_ASPECTS, Aspect.DELEGATES),
}
_PLACELESS_PATHS = {path: knob.aspect for path, knob in knobs.KNOBS.items()} | {
    "seats": Aspect.SEATS, "process.events": Aspect.CONDUCT, "trust": Aspect.TRUST, "context": Aspect.TENSION,
    "process": Aspect.RULE, "groups": Aspect.POSITIONS, "delegates": Aspect.DELEGATES,
}  # fmt: skip
ASPECTS: tuple[str, ...] = tuple(Aspect)
TEXT_KEYS = ("format", "title", "description", "story", "sources", "basis")
_WORDS = ("label", "low", "high", "theme")  # keys whose texts change no run


def differing(first: Scenario, second: Scenario) -> tuple[str, ...]:
    """Return the aspects in which two scenarios differ, in the order of `ASPECTS`.

    Raises NegsimError if they are not about the same issues and groups.
    """
    _check_population(first, second)
    one, other = first.resolved(story=False), second.resolved(story=False)
    as_long = [(_long_as(one, other), other), (one, _long_as(other, one))]
    return tuple(
        aspect
        for aspect in ASPECTS
        if _differs(aspect, one, other)
        and (aspect == Aspect.MEETINGS or all(_differs(aspect, *pair) for pair in as_long))
    )


def _check_population(first: Scenario, second: Scenario) -> None:
    """Raise NegsimError, saying in what they differ, unless both have the same issues and groups in the same order."""
    problems = []
    for kind in ("issues", "groups"):
        here, there = list(getattr(first, kind)), list(getattr(second, kind))
        for which, names, others in (("first", here, there), ("second", there, here)):
            if only := [name for name in names if name not in others]:
                problems.append(f"{kind} only in the {which}: {', '.join(only)}")
        problems += [f"{kind} in another order"] if here != there and set(here) == set(there) else []
    if problems:
        raise NegsimError(
            f"the two scenarios need the same issues and groups, in the same order: {'; '.join(problems)}"
        )


def hybrid(first: Scenario, second: Scenario, taken: Collection[str], aspects: Collection[str]) -> Scenario:
    """Return the first scenario with these aspects as in the second.

    taken: aspects as in the second. aspects: those that differ, see `differing`; with all of them taken the hybrid is
    the second scenario, with none the first, to the last word, but that it has the measures of one's own of both.
    Raises NegsimError if a hybrid is not a valid scenario.
    """
    one, other = first.resolved(), second.resolved()
    if set(taken) >= set(aspects) or not taken:
        whole = other if taken else one
        data = _mixed(one, other, dict.fromkeys(ASPECTS, whole)) | {part: whole[part] for part in TEXT_KEYS}
    else:
        rest = other if Aspect.MEETINGS in taken else one
        of = {aspect: (other if aspect in taken else one) if aspect in aspects else rest for aspect in ASPECTS}
        title = f"{first.title}, with {', '.join(aspect for aspect in ASPECTS if aspect in taken)} of: {second.title}"
        data = _mixed(one, other, of) | {"format": one["format"], "title": title}
    return read(Document(str(data["title"]), data, {}, {}, []))


def _long_as(data: _Data, other: _Data) -> _Data:
    """Give a scenario as many meetings as another, and as long ones; repeat or drop its last evenings."""
    process, lasting = deepcopy(data["process"]), [meeting["days"] for meeting in other["process"]["meetings"]]
    set_meetings({"process": process}, len(lasting))
    for meeting, days in zip(process["meetings"], lasting, strict=True):
        evenings = meeting["evenings"]
        meeting |= {"days": days, "evenings": (evenings + evenings[-1:] * days)[:days]}
    return data | {"process": process}


def _differs(aspect: str, one: _Data, other: _Data) -> bool:
    """Return whether exchanging an aspect would change either of two scenarios."""
    return any(_bare(_swapped(aspect, *pair)) != _bare(_swapped(None, *pair)) for pair in ((one, other), (other, one)))


def _swapped(aspect: str | None, one: _Data, other: _Data) -> _Data:
    """Give one scenario an aspect of the other; sort its events by kind: their order among kinds changes no run."""
    data = _mixed(one, other, {each: other if each == aspect else one for each in ASPECTS})
    data["process"]["events"].sort(key=lambda event: next(iter(event)))
    named = {event["change_methodology"]["to"] for event in data["process"]["events"] if "change_methodology" in event}
    data["methodologies"] = {name: agendas for name, agendas in data["methodologies"].items() if name in named}
    return data


def _bare(data: Plain, *, meetings: bool = False) -> Plain:
    """Return the data without texts that change no run: labels, and the names of meetings."""
    if isinstance(data, list):
        return [_bare(item, meetings=meetings) for item in data]
    if not isinstance(data, dict):
        return data
    words = (*_WORDS, "name") if meetings else _WORDS
    return {
        key: _bare(value, meetings=key == "meetings")
        for key, value in data.items()
        if not (key in words and isinstance(value, str))
    }


def _mixed(one: _Data, other: _Data, of: _Of) -> _Data:
    """Put the parts of two scenarios together, as plain data."""
    data: _Data = {"measures": other["measures"] | one["measures"]}
    for path, aspect in ASPECT_OF_PATH.items():
        *sections, last = path.split(".")
        here = data
        for section in sections:
            here = here.setdefault(section, {})
        here[last] = value_at(of[aspect], (*sections, last))
    data["groups"] = {
        name: group | {key: of[aspect]["groups"][name][key] for key, aspect in GROUP_ASPECTS.items()}
        for name, group in of[Aspect.POSITIONS]["groups"].items()
    }
    data["delegates"] = list(_delegates(of, data))
    present = {"chair", *data["groups"], *data["camps"], *(delegate["name"] for delegate in data["delegates"])}
    data["trust"]["pairs"] = {
        pair: level for pair, level in data["trust"]["pairs"].items() if present.issuperset(pair.split("->"))
    }
    numbered = {f"{one['label']} {n}" for one in data["groups"].values() for n in range(1, one["seats"] + 1)}
    seated = present | numbered | set(PENS_WITHOUT_SEAT)
    data["policies"] = {who: policy for who, policy in data["policies"].items() if who in seated}
    data["process"]["meetings"] = list(_meetings(of))
    data["process"]["events"] = list(_events((one, other), of, present, has_camps=bool(data["camps"])))
    data["process"]["text"] = {
        issue: text if text["pen"] in present else text | {"pen": "none"}
        for issue, text in data["process"]["text"].items()
    }
    if "uncertain" in one:
        data["uncertain"] = {
            path: how
            for source in (one, other)
            for path, how in source["uncertain"].items()
            if of[_aspect_of(path, how)] is source and (not path.startswith("delegates.") or follow(data, path)[0][1:])
        }
    return data


def _delegates(of: _Of, data: _Data) -> Iterator[_Data]:
    """Yield the named delegates who find a seat in the groups of a hybrid, with what each aspect says about them."""
    named = {
        aspect: {delegate["name"]: delegate for delegate in of[aspect]["delegates"]}
        for aspect in set(DELEGATE_ASPECTS.values())
    }
    seated: Counter[str | tuple[str, str]] = Counter()
    for name, delegate in named[Aspect.DELEGATES].items():
        own = delegate | {key: named[aspect].get(name, delegate)[key] for key, aspect in DELEGATE_ASPECTS.items()}
        group = data["groups"][own["group"]]
        if seated[own["group"]] == group["seats"]:
            continue
        own["camp"] = own["camp"] if own["camp"] in {"none", *data["camps"]} else None
        place = own["group"], own["caucus"]
        own["caucus"] = own["caucus"] if seated[place] < group["caucuses"].get(own["caucus"], 0) else None
        seated.update((own["group"], place))
        yield own


def _matching(m: int, count: int, others: int) -> int:
    """Return which of the other meetings stands for meeting m of `count`, counted from 0.

    >>> [_matching(m, 5, 3) for m in range(5)], _matching(0, 1, 3)
    ([0, 1, 1, 2, 2], 2)
    """
    return (2 * m * (others - 1) + count - 1) // (2 * (count - 1)) if count > 1 else others - 1


def _meetings(of: _Of) -> Iterator[_Data]:
    """Yield the meetings of one scenario, with the agendas, issues and evenings of those that supply them."""
    meetings = of[Aspect.MEETINGS]["process"]["meetings"]
    for m, meeting in enumerate(meetings):
        alike = {
            aspect: _alike(of[aspect], m, len(meetings))
            for aspect in (Aspect.METHODOLOGY, Aspect.LINKAGE, Aspect.INFORMAL)
        }
        agenda, scope = alike[Aspect.METHODOLOGY]["agenda"], alike[Aspect.LINKAGE]["agenda"]
        days, evenings = meeting["days"], alike[Aspect.INFORMAL]["evenings"]
        yield meeting | {
            "agenda": agenda
            if agenda is scope
            else [_scoped(item, middle, scope) for item, middle in _middles(agenda)],
            "evenings": [evenings[d * len(evenings) // days] for d in range(days)],
        }


def _alike(data: _Data, m: int, count: int) -> _Data:
    meetings = data["process"]["meetings"]
    meeting: _Data = meetings[_matching(m, count, len(meetings))]
    return meeting


def _middles(agenda: list[_Data]) -> Iterator[tuple[_Data, float]]:
    """Yield every item with the middle of its time, as a share of the meeting."""
    start = 0.0
    for item in agenda:
        yield item, start + item["share"] / 2
        start += item["share"]


def _scoped(item: _Data, middle: float, scope: list[_Data]) -> _Data:
    """Restrict an item to the issues that another agenda has on the floor at this time."""
    now = [other for other, centre in _middles(scope) if abs(middle - centre) <= other["share"] / 2]
    return item | {"issues": (now or scope[-1:])[0]["issues"]}


def _events(pair: tuple[_Data, _Data], of: _Of, present: Collection[str], *, has_camps: bool) -> Iterator[_Data]:
    """Yield the events of both that the hybrid has, moved to its meetings and days. present: who is in the room."""
    for source in pair:
        for event in source["process"]["events"]:
            ((kind, what),) = event.items()
            if of[EVENT_ASPECTS[kind]] is not source or what.get("by", "chair") not in present:
                continue
            guests = [guest for guest in what.get("guests", ()) if guest in present]
            moved = _moved(kind, what, source["process"]["meetings"], of[Aspect.MEETINGS]["process"]["meetings"])
            if moved is not None and (guests or "guests" not in what) and (has_camps or kind != "reaffirm"):
                yield {kind: moved | ({"guests": guests} if guests else {})}


def _moved(kind: str, what: _Data, before: list[_Data], after: list[_Data]) -> _Data | None:
    """Move an event to its place among other meetings; None if there is no such place."""
    if kind == "retreat":
        gaps, others = len(before) - 1, len(after) - 1
        return what | {"after_meeting": (what["after_meeting"] - 1) * others // gaps + 1} if others else None
    if "meeting" not in what:  # a renewal, which comes with its meetings
        return what
    m = _matching(what["meeting"] - 1, len(before), len(after))
    day = (what["day"] - 1) * after[m]["days"] // before[what["meeting"] - 1]["days"]
    return what | {"meeting": m + 1, "day": day + 1}


def _aspect_of(path: str, how: _Data) -> str:
    return aspect_of(next(iter(how["either"][0])) if how.get("either") else path)


def aspect_of(path: str) -> Aspect:
    """Return the aspect to which a path of a scenario or a knob belongs.

    >>> str(aspect_of("groups.firms.red_lines.scope.max")), str(aspect_of("meetings.count"))
    ('red lines', 'meetings and days')
    """
    steps = path.split(".")
    for section, (aspects, whole) in _LISTED.items():
        if path.startswith(section):
            return next((aspects[step] for step in steps[section.count(".") + 1 :] if step in aspects), whole)
    starts = [".".join(steps[: n + 1]) for n in reversed(range(len(steps)))]
    return next(
        (aspect for start in starts if (aspect := ASPECT_OF_PATH.get(start) or _PLACELESS_PATHS.get(start))),
        Aspect.PARAMETERS,
    )


USUAL_MEASURES = tuple(  # trust across groups is not a number in a room of one group
    "depth_overall" if name == "depth" else name for name in DEFAULT_MEASURES if name != "trust_across_end"
)
_MOST_PARTS = 12
_MOST_SPLIT = 8  # aspects that differ, with those of people and issues apart: each doubles the hybrids


class Share(NamedTuple):
    """The share of a part in a change: Shapley's, and its effect on its own at either end.

    added: the first scenario with this part as in the second, less the first. left_out: the second, less the second
    with this part as in the first. All in units of the measure.
    """

    part: str
    shapley: Estimate
    added: Estimate
    left_out: Estimate


class Interaction(NamedTuple):
    """The joint effect of two parts beyond their separate ones, averaged over the others."""

    parts: tuple[str, str]
    interaction: Estimate


class Change(NamedTuple):
    """A measure in two scenarios, and how its change is shared out.

    untold: groups of parts whose shares the runs do not order by size.
    """

    measure: str
    before: Estimate
    after: Estimate
    change: Estimate
    shares: tuple[Share, ...]
    pairs: tuple[Interaction, ...]
    untold: tuple[tuple[str, ...], ...] = ()


class Explanation(NamedTuple):
    """The changes between two scenarios, measure by measure.

    replications: of every hybrid, at most `most`. together: the aspects that count as one part.
    """

    parts: tuple[str, ...]
    replications: int
    most: int
    seed: int
    changes: tuple[Change, ...]
    together: tuple[str, ...] = ()


def explain(  # noqa: PLR0913 - all but the first by their names
    pair: tuple[Scenario, Scenario | Sequence[str] | Mapping[str, Changes]],
    *,
    measures: Sequence[str] = USUAL_MEASURES,
    replications: int = 1000,
    exactly: bool = False,
    seed: int = 0,
    threads: int | None = None,
) -> Generator[Step | Interim[Explanation], None, Explanation]:
    """Share out the changes from one scenario to another.

    pair: two scenarios, whose aspects are the parts; or one and its changes as `--set` takes them, each a part; or
    changes by the name of their part. replications: the most of each hybrid; exactly: no fewer. A step is a hybrid that
    has been run up to a look; after the first look comes what is known by then, if it is not enough.
    Raises NegsimError if the scenarios have different issues or groups, do not differ or differ in more than
    `_MOST_PARTS`, if a change cannot be made without the others, or if a measure is unknown or not a number in every
    run.
    """
    check_listed("measures", measures)
    first, second = pair
    parts, hybrid_of = _by_aspect(first, second) if isinstance(second, Scenario) else _by_change(first, second)
    if len(parts) > _MOST_PARTS:
        raise NegsimError(f"the two scenarios differ in {len(parts)} parts; at most {_MOST_PARTS} can be explained")
    for taken in (list(parts), *([part] for part in parts)):
        hybrid_of(taken)  # raises, before anything is run, where a part cannot be made, or not without the others
    masks = range(2 ** len(parts))
    scenarios = {  # both ends first: what is wrong with a measure is mostly seen there
        mask: hybrid_of([part for i, part in enumerate(parts) if mask >> i & 1])
        for mask in (0, masks[-1], *masks[1:-1])
    }
    values = dict.fromkeys(masks, np.empty((len(measures), 0)))
    looks = sequential.looks(replications, exactly=exactly)
    for look in looks:
        before = values[0].shape[1]
        for done, (mask, scenario) in enumerate(scenarios.items(), start=1):
            runs = run(scenario, first=before, replications=look - before, seed=seed, threads=threads)
            new = np.array([numbers_of(runs, measure) for measure in measures])
            values[mask] = np.concatenate([values[mask], new], axis=1)
            yield done, len(masks), f"hybrids, {look:,} replications"
        every = np.array([values[mask] for mask in masks])
        changes = [shared_out(measure, every[:, i], list(parts), len(looks)) for i, measure in enumerate(measures)]
        together = tuple(parts.get(PEOPLE_AND_ISSUES, ()))
        explanation = Explanation(tuple(parts), look, replications, seed, tuple(changes), together)
        if look < replications and Order.UNKNOWN not in _orders(measures[0], shapley(every[:, 0]), len(looks)).values():
            break
        if look == looks[0] < replications:
            yield Interim(explanation)
    return explanation


# Parts; the hybrid with some as in the second.
_Partition = tuple[Mapping[str, Sequence[str]], Callable[[Sequence[str]], Scenario]]


def _by_aspect(first: Scenario, second: Scenario) -> _Partition:
    aspects = differing(first, second)
    if not aspects:
        raise NegsimError("the two scenarios do not differ in anything that could change a run")
    parts = joined(aspects)

    def hybrid_of(taken: Sequence[str]) -> Scenario:
        return hybrid(first, second, [aspect for part in taken for aspect in parts[part]], aspects)

    return parts, hybrid_of


def _by_change(scenario: Scenario, changes: Sequence[str] | Mapping[str, Changes]) -> _Partition:
    by_part: Mapping[str, Changes]
    by_part = changes if isinstance(changes, Mapping) else {change: [change] for change in changes}
    parts = {
        part: [f"{path}={flow(value)}" for path, value in own.items()] if isinstance(own, Mapping) else list(own)
        for part, own in by_part.items()
    }
    if len(parts) < 2:
        raise NegsimError("give two changes or more: what one change does is shared with no other")

    def hybrid_of(taken: Sequence[str]) -> Scenario:
        try:
            return with_changes(scenario, [change for part in taken for change in parts[part]])
        except ScenarioError as error:
            if len(taken) == len(parts):
                raise
            raise NegsimError(f"some changes cannot be made without the others: {error}") from None

    return parts, hybrid_of


def joined(aspects: Sequence[str]) -> dict[str, list[str]]:
    """Return the parts that aspects make, in order: each is one, those of people and issues one together if too many.

    >>> joined(["chair", "seats"])
    {'chair': ['chair'], 'seats': ['seats']}
    """
    parts: dict[str, list[str]] = {}
    for aspect in aspects:
        is_joined = len(aspects) > _MOST_SPLIT and aspect in PEOPLE_AND_ISSUES_ASPECTS
        parts.setdefault(PEOPLE_AND_ISSUES if is_joined else aspect, []).append(aspect)
    return parts


def shared_out(measure: str, values: Floats, parts: Sequence[str], looks: int = 1) -> Change:
    """Share out the change of a measure among the parts. values: of every hybrid and replication (2**n,R)."""
    last, shares, at = len(values) - 1, shapley(values), sequential.level(looks)
    reach = 1.0 if are_flags(values) else None
    return Change(
        measure,
        before=estimated(measure, values[0], at),
        after=estimated(measure, values[last], at),
        change=difference(values[last], values[0], at),
        shares=tuple(
            Share(
                part,
                shapley=paired(shares[i], at, reach=reach),
                added=difference(values[1 << i], values[0], at),
                left_out=difference(values[last], values[last ^ 1 << i], at),
            )
            for i, part in enumerate(parts)
        ),
        pairs=tuple(
            Interaction((parts[i], parts[j]), paired(both, at, reach=reach and 2.0 * reach))
            for (i, j), both in interactions(values).items()
        ),
        untold=tuple(tuple(parts[i] for i in group) for group in _untold(shares, _orders(measure, shares, looks))),
    )


def _sizes(shares: Floats) -> Floats:
    """Turn the shares of a change (n,R) that lower the measure around."""
    sizes: Floats = shares * np.sign(shares.mean(axis=1, keepdims=True))
    return sizes


def _orders(measure: str, shares: Floats, looks: int) -> dict[tuple[int, int], Order]:
    """Order the sizes of every two shares of a change (n,R), and of each and nothing (n), at one of several looks."""
    sizes = np.vstack([_sizes(shares), np.zeros(shares.shape[1])])
    pairs = list(combinations(range(len(sizes)), 2))
    orders = sequential.orders([sizes[i] - sizes[j] for i, j in pairs], looks, zone=sequential.zone_of(measure))
    return dict(zip(pairs, orders, strict=True))


def _untold(shares: Floats, orders: Mapping[tuple[int, int], Order]) -> list[list[int]]:
    """Return the groups of two or more parts, the largest shares first, of which no two are told apart."""
    groups: list[list[int]] = []
    for i in np.argsort(-_sizes(shares).mean(axis=1), kind="stable").tolist():
        told = [orders[min(i, j), max(i, j)] in {Order.LESS, Order.MORE} for j in (groups[-1] if groups else ())]
        if groups and not any(told):
            groups[-1].append(i)
        else:
            groups.append([i])
    return [group for group in groups if len(group) > 1]


def shapley(values: Floats) -> Floats:
    """Compute Shapley shares (n,R) of a game of n players with value v by coalition (2**n,R): bit i set means i is in.

    phi_i = sum over the S without i of |S|! (n - |S| - 1)! / n! · (v(S + i) - v(S)): what i adds, on average over all
    orders in which players may come in. The shares add up to v(all) - v(none).

    Shapley, L. S. (1953). A value for n-person games. In Contributions to the Theory of Games II, 307-317,
    doi 10.1515/9781400881970-018.

    >>> shapley(np.array([[0.0], [1.0], [2.0], [5.0]])).tolist()  # v() v(a) v(b) v(ab)
    [[2.0], [3.0]]
    """
    n = len(values).bit_length() - 1
    return np.array([_average(values, [i], n) for i in range(n)])


def interactions(values: Floats) -> Mapping[tuple[int, int], Floats]:
    """Compute Shapley's interaction index of every two players (R), v by coalition (2**n,R) as for `shapley`.

    I_ij = sum over the S without i and j of |S|! (n - |S| - 2)! / (n - 1)! · (v(S+i+j) - v(S+i) - v(S+j) + v(S)).

    Grabisch, M. & Roubens, M. (1999). An axiomatic approach to the concept of interaction among players in cooperative
    games. International Journal of Game Theory 28, 547-565, doi 10.1007/s001820050125.
    """
    n = len(values).bit_length() - 1
    return {(i, j): _average(values, [i, j], n) for i, j in combinations(range(n), 2)}


def _average(values: Floats, players: Sequence[int], n: int) -> Floats:
    """Average, over coalitions of the others, what these players add together beyond what fewer of them add (R)."""
    whole, others = sum(1 << i for i in players), n - len(players)
    coalitions = np.array([mask for mask in range(2**n) if not mask & whole])
    sizes = np.array([int(mask).bit_count() for mask in coalitions])
    weights = np.array([1.0 / ((others + 1) * comb(others, s)) for s in range(others + 1)])[sizes]
    added = np.zeros(values.shape[1:])
    for mask in range(whole + 1):
        if mask & whole == mask:
            sign = -1.0 if (len(players) - mask.bit_count()) % 2 else 1.0
            added = added + sign * (weights @ values[coalitions | mask])
    return added
