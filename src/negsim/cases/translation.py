"""Apply the codebook: turn the conditions of a case into a scenario.

- The translation is deterministic, the same for every case, and blind: `Conditions` hold no outcome.
- Every number has its basis: the source or quotation of its fact or code, or the codebook's assumption.
- Minutes come from meetings and days alone; the methodology and informal contact divide them. What depends on a drawn
  number of meetings or days is a knob among the draws, because knobs are applied last.
- Issues differ: how far apart the sides are on any but the core one is drawn, whatever else is known.
- A body of one group has two blocs; a body of unknown groups has three, one for each side of the core issue.
- Anything unknown is an entry of `uncertain`; the value beside it is only where the draws start.
- `neighbours` are the case with one code moved by one step, to the next option in the codebook's order. Of several
  methodologies the last one moves, because the text at the end comes from it. Unknown codes stay unknown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

from negsim.cases import codebook
from negsim.cases.codebook import DISTANCE, EVENINGS_PATH, METHODOLOGY_PATH, OPPOSITES, OPTION, QUESTIONS, SIDES
from negsim.cases.form import CodedCase, Conditions, Entry
from negsim.cast.knobs import MEETINGS
from negsim.cast.methodologies import METHODOLOGIES
from negsim.errors import NegsimError, did_you_mean, literal
from negsim.scenario import schema
from negsim.scenario.changes import set_evenings
from negsim.scenario.sampling import check
from negsim.scenario.schema import Scenario, label_of
from negsim.scenario.validate import read
from negsim.scenario.yaml import Document, Plain

_Uncertain = dict[str, Plain]


class _Times(NamedTuple):
    """Days of each meeting to write, in halves, and which of them are uncertain."""

    days: list[float]
    uncertain: _Uncertain


def _meetings_of(conditions: Conditions) -> tuple[list[Plain], _Uncertain]:
    """Return the meetings to write, and what is uncertain about them."""
    facts = conditions.known_facts
    times = _times(facts)
    methods: tuple[str, ...] | None = conditions.codes["methodology"].known
    contact = conditions.codes["informal_contact"].known
    agendas = agendas_of(methods or QUESTIONS["methodology"].when_unknown[:1], len(times.days))
    gaps = _gaps(facts, times)
    meetings: list[Plain] = [
        {"name": f"Meeting {m + 1}", "after_days": gap}
        | _hours(days)
        | {"agenda": agenda, "evenings": ["caucus"] * math.ceil(days)}
        for m, (gap, days, agenda) in enumerate(zip(gaps, times.days, agendas, strict=True))
    ]
    set_evenings({"process": {"meetings": meetings}}, _share(contact or "none"))
    return meetings, times.uncertain | _spent(methods, contact, times)


def _hours(days: float) -> dict[str, Plain]:
    """Return the days of a meeting in the terms of the language: whole days, shorter ones for a half day."""
    whole = math.ceil(days)
    return {"days": whole} | ({"hours": round(codebook.HOURS_OF_A_DAY * days / whole, 4)} if whole != days else {})


def _spent(methods: tuple[str, ...] | None, contact: str | None, times: _Times) -> _Uncertain:
    """Return what is drawn, or has to be repeated after a draw, of agendas and evenings."""
    question = QUESTIONS["informal_contact"]
    uncertain: _Uncertain = {}
    if methods is None:
        uncertain[METHODOLOGY_PATH] = {"one_of": list(QUESTIONS["methodology"].when_unknown)}
    elif any(MEETINGS.path in (key, *how.get("either", [{}])[0]) for key, how in times.uncertain.items()):
        uncertain[METHODOLOGY_PATH] = {"one_of": [methods[0] if len(methods) == 1 else agendas_of(methods, 1)[0]]}
    if contact is None or times.uncertain:
        uncertain[EVENINGS_PATH] = {
            "one_of": [_share(word) for word in (question.when_unknown if contact is None else (contact,))]
        }
    return uncertain


def _share(contact: str) -> float:
    return float(QUESTIONS["informal_contact"].option(contact).sets[EVENINGS_PATH])


def _times(facts: dict[str, Plain]) -> _Times:
    days, total = facts["days"], facts["total_days"]
    count = facts["meetings"] or (len(days) if isinstance(days, tuple) else None)
    if count is None and days is not None and total is not None:
        count = min(max(1, round(total / days)), schema.MOST_MEETINGS, schema.MOST_DAYS_IN_ALL // math.ceil(days))
    if count is not None:
        return _known_count(count, days, total)
    if days is not None:
        return _Times([days], {MEETINGS.path: {"integers": [1, _most(facts)]}})
    if total is None:
        days_drawn = {"process.meetings.0.days": {"integers": list(codebook.DAYS_OF_A_MEETING)}}
        return _Times([3], days_drawn | {MEETINGS.path: {"integers": [codebook.MEETING_RANGE[0], _most(facts)]}})
    fewest = math.ceil(total / schema.MOST_DAYS)
    counts = [k for k in range(fewest, max(_most(facts), fewest) + 1) if k <= total] or [1]
    each = [min(max(1, round(total / k)), schema.MOST_DAYS, schema.MOST_DAYS_IN_ALL // k) for k in counts]
    ways = [{"process.meetings.0.days": days, MEETINGS.path: k} for days, k in zip(each, counts, strict=True)]
    return _Times([ways[0]["process.meetings.0.days"]], {"meetings": {"either": ways}})


def _known_count(count: int, days: Plain, total: float | None) -> _Times:
    """Return the days of a known number of meetings. days: of each (None: not known), of every one, or None."""
    listed = list(days) if isinstance(days, tuple) else [days] * count
    open_ = [m for m, one in enumerate(listed) if one is None]
    if open_ and total is not None:
        return _Times(_filled(listed, _shared(total - sum(one or 0 for one in listed), len(open_))), {})
    if not open_:
        return _Times(listed, {})
    low, high = codebook.DAYS_OF_A_MEETING
    ways = [{f"process.meetings.{m}.days": each for m in open_} for each in range(low, high + 1)]
    return _Times(_filled(listed, [(low + high) // 2] * len(open_)), {"days": {"either": ways}})


def _filled(days: list[float | None], rest: list[float]) -> list[float]:
    others = iter(rest)
    return [next(others) if one is None else one for one in days]


def _shared(total: float, meetings: int) -> list[float]:
    """Share the days out as evenly as whole days allow, at least one each; a half day goes to the last meeting."""
    least, more = divmod(max(math.floor(total), meetings), meetings)
    days = [float(min(least + (m < more), schema.MOST_DAYS)) for m in range(meetings)]
    days[-1] = min(days[-1] + max(total, meetings) % 1, schema.MOST_DAYS)
    return [int(one) if one == int(one) else one for one in days]


def _most(facts: dict[str, Plain]) -> int:
    """Return the most meetings that may be drawn: one a month if the span is known."""
    if facts["span"] is None:
        return codebook.MEETING_RANGE[1]
    return min(max(1, int(facts["span"] / schema.DAYS_BETWEEN) + 1), codebook.MOST_DRAWN_MEETINGS)


def _gaps(facts: dict[str, Plain], times: _Times) -> list[float]:
    """Return the days before each meeting, 0 before the first."""
    later = len(times.days) - 1
    if facts["gaps"] is not None:
        return [0.0, *facts["gaps"]]
    if facts["span"] is None or not later:
        return [0.0] + [schema.DAYS_BETWEEN] * later
    gap = min(max(0.0, round(_between(facts, times) / later, 1)), float(schema.MOST_DAYS_BETWEEN))
    return [0.0] + [gap] * later


def _between(facts: dict[str, Plain], times: _Times) -> float:
    """Return the days that the span leaves between meetings; below 0 if it is too short."""
    return float(facts["span"] - sum(math.ceil(days) - 1 for days in times.days))


def _crowded(conditions: Conditions) -> str:
    """Return a remark if the span is too short for the days of the meetings, else ""."""
    facts = conditions.known_facts
    times = _times(facts)
    if facts["gaps"] is not None or facts["span"] is None or times.uncertain or _between(facts, times) >= 0.0:
        return ""
    return f"; a span of {facts['span']} days does not hold {sum(times.days):g} days of meetings: none between them"


def agendas_of(methods: tuple[str, ...], meetings: int) -> list[Plain]:
    """Return the agenda of each meeting: methodologies follow each other, each for the same share of the process.

    >>> agendas_of(("questionnaire", "straw_poll"), 1)
    [[{'questionnaire': 0.5}, {'straw_poll': 0.25}, {'rolling_text': 0.25}]]
    """
    return [_agenda(methods, m, meetings) for m in range(meetings)]


def _agenda(methods: tuple[str, ...], m: int, meetings: int) -> list[dict[str, float]]:
    items: list[tuple[str, float]] = []
    for i, name in enumerate(methods):
        start, end = max(m / meetings, i / len(methods)), min((m + 1) / meetings, (i + 1) / len(methods))
        weight = round((end - start) * meetings, 9)
        items += [(format_, share * weight) for format_, share in METHODOLOGIES[name].agenda(m, meetings) if weight > 0]
    return [{format_: round(share, 9)} for format_, share in items]


_MOST_PAIRED_GROUPS = 8  # groups, above which not every pair of them is a draw of its own

_Sides = dict[str, str]  # group -> side


class _Body(NamedTuple):
    """The groups with their seats (None: not known), the seats in all, and the possible sides."""

    labels: dict[str, str]
    seats: dict[str, int | None]
    in_all: int | None
    sides: list[_Sides]  # each equally likely


def _room_of(conditions: Conditions) -> _Body:
    facts = conditions.known_facts
    groups: dict[str, int | None] = facts["groups"] or {}
    in_all = facts["seats"] or (sum(groups.values()) if groups and None not in groups.values() else None)
    if len(groups) > 1:
        known = {name: side for name, side in (facts["sides"] or {}).items() if side is not None}
        return _Body({name: label_of(name) for name in groups}, groups, in_all, list(_completed(list(groups), known)))
    alone = next(iter(groups), None)
    side = (facts["sides"] or {}).get(alone)
    if alone is not None and side is not None and (facts["seats"] is None or facts["seats"] != groups[alone]):
        return _with_the_other_side(alone, side, groups[alone], facts["seats"])
    labels, sides = _blocs(alone)
    return _Body(labels, dict.fromkeys(labels), in_all, [sides])


def _with_the_other_side(group: str, side: str, seats: int | None, in_all: int | None) -> _Body:
    """Seat a single named group together with groups for the sides it leaves open."""
    others = {"change": ("keep",), "keep": ("change",), "middle": ("change", "keep")}[side]
    rest = {f"others_{other}": other for other in others}
    labels = {group: label_of(group)} | {name: f"Others: for {_WANTS[other]}" for name, other in rest.items()}
    return _Body(labels, {group: seats} | dict.fromkeys(rest), in_all, [{group: side} | rest])


def _blocs(group: str | None) -> tuple[dict[str, str], _Sides]:
    """Return labels and sides of the blocs of a body with one group (None: with unknown groups)."""
    if group is None:
        labels = {"for_change": "For change", "between": "Between", "for_keeping": "For keeping things"}
        return labels, {"for_change": "change", "between": "middle", "for_keeping": "keep"}
    sides = {f"{group[:40]}_{side}": side for side in OPPOSITES}
    return {name: f"{label_of(group)}: for {_WANTS[side]}" for name, side in sides.items()}, sides


_WANTS = {"change": "change", "keep": "keeping things"}


def _completed(groups: list[str], known: _Sides) -> Iterator[_Sides]:
    """Yield every way to assign the unknown sides; change and keep once each if no group has them.

    If there are many groups, each is once for change against the next one for keeping, and once the other way round.
    """
    free = [name for name in groups if name not in known]
    missing = [side for side in OPPOSITES if side not in known.values()][: len(free)]
    choices: list[tuple[str, ...]] = list(permutations(free, len(missing)))
    if len(missing) == 2 and len(free) > _MOST_PAIRED_GROUPS:
        ring = list(zip(free, [*free[1:], free[0]], strict=True))
        choices = [*ring, *((other, one) for one, other in ring)]
    for chosen in choices:
        rest = dict(zip(chosen, missing, strict=True))
        yield {name: known.get(name) or rest.get(name, "middle") for name in groups}


def _seats_of(room: _Body) -> tuple[dict[str, int], _Uncertain]:
    """Return the seats to write for every group, and which of them are uncertain."""
    open_ = [name for name, seats in room.seats.items() if seats is None]
    known = sum(seats for seats in room.seats.values() if seats is not None)
    if not open_:
        return {name: seats or 1 for name, seats in room.seats.items()}, {}
    if room.in_all is not None and len(open_) == len(room.seats):
        least, more = divmod(max(room.in_all, len(open_)), len(open_))
        even = {name: least + (i < more) for i, name in enumerate(open_)}
        return even, {"seats": {"split": max(room.in_all, len(open_))}}
    if room.in_all is not None and len(open_) == 1:
        return {name: seats or max(room.in_all - known, 1) for name, seats in room.seats.items()}, {}
    low, high = _range(room, len(open_), known)
    uncertain = {f"groups.{name}.seats": {"integers": [low, high]} for name in open_}
    return {name: seats or (low + high) // 2 for name, seats in room.seats.items()}, uncertain


def _range(room: _Body, open_: int, known: int) -> tuple[int, int]:
    """Return the fewest and the most seats of each group whose seats are not known."""
    if room.in_all is not None:
        even = max(room.in_all - known, open_) / open_
        return max(1, round(even / 2)), max(1, round(even * 1.5))
    low, high = (max(1, seats // len(room.seats)) for seats in codebook.SEATS_IN_ALL)
    return low, high


def _issues_of(conditions: Conditions) -> dict[str, str]:
    """Return names and labels of the issues, the core one first."""
    known: dict[str, str] | None = conditions.facts["issues"].known
    return known or {f"issue_{k + 1}": f"Issue {k + 1}" for k in range(codebook.ISSUES_UNKNOWN)}


_MOST_WAYS = 1000  # that an `either` may list


def _wants_of(conditions: Conditions, room: _Body) -> tuple[dict[str, dict[str, Plain]], _Uncertain]:
    """Return what groups want and what of it is uncertain: sides, distances and refusals are drawn together.

    Each way comes with every start of the levels of the other issues; if that makes too many, with one, in turn.
    """
    word = conditions.codes["distance"].known
    words = QUESTIONS["distance"].when_unknown if word is None else (word,)
    issues, levels = list(_issues_of(conditions)), len(codebook.OTHER_ISSUES)
    drawn = [
        (sides, distance, refusing)
        for distance in words
        for sides in room.sides
        for refusing in _refusing(conditions.codes["refusals"], sides)
    ]
    starts = [range(levels)] * len(drawn) if len(issues) > 1 else [range(1)] * len(drawn)
    if sum(map(len, starts)) > _MOST_WAYS:
        starts = [range(n % levels, n % levels + 1) for n in range(len(drawn))]
    ways = [
        _wants(sides, _apart(distance, len(issues), start), issues, refusing)
        for (sides, distance, refusing), begins in zip(drawn, starts, strict=True)
        for start in begins
    ]
    middle = ways[len(ways) // 2]
    if len(ways) == 1:
        return middle, {}
    settled = middle if len(drawn) == 1 else {name: {"position": own["position"]} for name, own in middle.items()}
    open_ = ("position",) if len(drawn) == 1 else ("position", "red_lines")
    either = [
        {f"groups.{g}.{what}": own[what] for g, own in way.items() for what in open_ if what in own} for way in ways
    ]
    return settled, {"positions": {"either": either}}


def _apart(distance: str, issues: int, start: int) -> list[float]:
    """Return how far apart the sides are on every issue, the core one first; start: the level of the second issue."""
    core, levels = QUESTIONS["distance"].option(distance).sets[DISTANCE], codebook.OTHER_ISSUES
    return [core, *(core * levels[(start + k) % len(levels)] for k in range(issues - 1))]


def _refusing(code: Entry, sides: _Sides) -> list[list[str]]:
    """List the groups that may refuse, each list equally likely; a side that `whose` does not mention refuses whole."""
    whose = getattr(code, "whose", ())
    on = {side: [name for name in sides if sides[name] == side] for side in OPPOSITES}
    named = {side: [name for name in on[side] if name in whose or side in whose] for side in OPPOSITES}
    if code.known == "both":
        return [[name for side in OPPOSITES for name in named[side] or on[side]]]
    if code.known == "one_side":
        return [named[side] or on[side] for side in OPPOSITES if named[side] or not any(named.values())]
    return [[]]


def _wants(sides: _Sides, apart: list[float], issues: list[str], refusing: list[str]) -> dict[str, dict[str, Plain]]:
    """Map each group to its position, issue -> [mean, spread], and to its red line if it refuses something.

    apart: how far apart the sides are on every issue.
    """
    wants: dict[str, dict[str, Plain]] = {}
    for group, side in sides.items():
        means = [round(0.5 + SIDES[side] * distance, 4) for distance in apart]
        wants[group] = {
            "position": {issue: [mean, codebook.SPREAD_LEVEL] for issue, mean in zip(issues, means, strict=True)}
        }
        if group in refusing:
            end, towards = (
                ("min", -codebook.REFUSED_DISTANCE) if side == "change" else ("max", codebook.REFUSED_DISTANCE)
            )
            wants[group]["red_lines"] = {issues[0]: {end: round(means[0] + towards, 4)}}
    return wants


# Codes that `_wants_of` and `_meetings_of` read.
_CODES_READ_APART = ("distance", "refusals", "methodology", "informal_contact")


def scenario_of(case: CodedCase) -> Scenario:
    """Return the scenario of a case; the same whatever its outcome."""
    document = Document(case.name, scenario_data(case.conditions), {}, {}, [])
    return check(read(document), document)


def scenario_data(conditions: Conditions) -> dict[str, Plain]:
    """Return the scenario of a case as plain data, in the scenario language."""
    room = _room_of(conditions)
    seats, open_seats = _seats_of(room)
    wants, open_wants = _wants_of(conditions, room)
    meetings, open_meetings = _meetings_of(conditions)
    data: dict[str, Plain] = {
        "format": 1,
        "title": conditions.title,
        "description": "Written by the codebook (docs/codebook.md) from facts and codes.\n",
        "sources": _cited(conditions),
        "basis": {},
        "issues": {
            name: {"label": label, "low": "as it is", "high": "all that is asked for"}
            | {"status_quo": codebook.STATUS_QUO_LEVEL, "core": not k}
            for k, (name, label) in enumerate(_issues_of(conditions).items())
        },
        "groups": {name: {"label": label, "seats": seats[name], **wants[name]} for name, label in room.labels.items()},
        "trust": {"within": "high", "across": "medium"},
        "context": {"tension": "medium"},
        "process": {"meetings": meetings},
    }
    uncertain = open_seats | open_wants | open_meetings | _settle(data, conditions, room)
    data["basis"] = _basis(data, conditions)
    if uncertain:
        data["uncertain"] = uncertain
        data["basis"]["uncertain"] = "derived: the codebook's distributions for what is not known (docs/codebook.md)"
    return data


def _settle(data: dict[str, Plain], conditions: Conditions, room: _Body) -> _Uncertain:
    """Write what the known codes set into the data; return the draws of those that are not known."""
    uncertain: _Uncertain = {}
    for name, question in QUESTIONS.items():
        entry = conditions.codes[name]
        if name in _CODES_READ_APART:
            continue
        if entry.known is None:
            uncertain |= _draws(name, [_sets(name, word, entry, room) for word in question.when_unknown])
        else:
            for path, value in _sets(name, entry.known, entry, room).items():
                _put(data, path, value)
    return uncertain


def _sets(name: str, word: str, entry: Entry, room: _Body) -> dict[str, Plain]:
    sets = QUESTIONS[name].option(word).sets
    if OPTION not in sets:
        return sets
    value = None if sets[OPTION] == "none" else sets[OPTION]
    whose = getattr(entry, "whose", ()) if len(room.seats) > 1 else ()
    groups = [group for group in room.labels if not whose or group in whose] or list(room.labels)
    return {f"groups.{group}.outside_option": value for group in groups}


def _draws(name: str, ways: list[dict[str, Plain]]) -> _Uncertain:
    """Return a distribution over settings, named by its path if there is only one."""
    paths = {path for way in ways for path in way}
    if len(paths) == 1:
        (path,) = paths
        return {path: {"one_of": [way[path] for way in ways]}}
    return {name: {"either": ways}}


def _put(data: dict[str, Plain], path: str, value: Plain) -> None:
    *steps, last = path.split(".")
    for step in steps:
        data = data.setdefault(step, {})
    if value is not None:
        data[last] = value


def _cited(conditions: Conditions) -> dict[str, Plain]:
    entries = [*conditions.facts.values(), *conditions.codes.values()]
    named = {source for entry in entries for source in entry.source if entry.known is not None}
    return {name: source.model_dump() for name, source in conditions.sources.items() if name in named}


def _basis(data: dict[str, Plain], conditions: Conditions) -> dict[str, str]:
    facts, codes = conditions.facts, conditions.codes
    basis = {
        "issues": _says("issues", facts["issues"], "; ends and status quo are the codebook's"),
        "trust": "assumption: the codebook's high trust inside a group",
        "context": "assumption: the codebook's middle",
        "process.meetings": "; ".join((
            _says("meetings", facts["days" if facts["meetings"].known is None else "meetings"]),
            _says("methodology", codes["methodology"]),
            _says("informal contact", codes["informal_contact"]),
        )) + _crowded(conditions),
    }  # fmt: skip
    for group, group_data in data["groups"].items():
        basis[f"groups.{group}.seats"] = _says("seats", facts["groups" if facts["seats"].known is None else "seats"])
        basis[f"groups.{group}.position"] = f"{_says('distance', codes['distance'])}; {_says('sides', facts['sides'])}"
        if "red_lines" in group_data:
            basis[f"groups.{group}.red_lines"] = _says("refusals", codes["refusals"])
        if "outside_option" in group_data:
            basis[f"groups.{group}.outside_option"] = _says("outside option", codes["outside_option"])
    for name in (name for name in QUESTIONS if name not in (*_CODES_READ_APART, "outside_option")):
        for path in QUESTIONS[name].options[0].sets:
            section, key = path.split(".")
            if key in data[section]:
                basis[path] = _says(name, codes[name])
    return basis


def _says(what: str, entry: Entry, more: str = "") -> str:
    if entry.known is None:
        return f"assumption: {what} not known: drawn, or the codebook's default{more}"
    known = entry.known if isinstance(entry.known, str) else ""
    if not known and isinstance(entry.known, tuple):
        known = " + ".join(str(item) for item in entry.known)
    text = " ".join(f"{what} {known}".split())
    quote = f": '{entry.quote.strip()}'" if entry.quote.strip() else ""
    also = f" ({', '.join(entry.source)})" if entry.source else ""
    return f"coding: {text}{quote}{also}{more}"


_STEPS = (-1, 1)


def perturbed(case: CodedCase, name: str, step: int) -> CodedCase | None:
    """Move a code of a case by this many places; None if there is no such place or the code is not known.

    Raises NegsimError for an unknown code.
    """
    if name not in QUESTIONS:
        raise NegsimError(f"there is no code {literal(name)}{did_you_mean(name, QUESTIONS)}")
    known = case.codes[name].known
    if known is None:
        return None
    *first, last = known if isinstance(known, tuple) else (known,)
    moved = codebook.stepped(name, last, step)
    if moved is None:
        return None
    return case.recoded(name, (*first, moved) if isinstance(known, tuple) else moved)


def neighbours(case: CodedCase) -> Iterator[tuple[str, int, CodedCase]]:
    """Yield every case that is one step from this one: the code, the step, the case."""
    for name in QUESTIONS:
        for step in _STEPS:
            changed = perturbed(case, name, step)
            if changed is not None:
                yield name, step, changed
