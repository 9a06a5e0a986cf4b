"""The catalogue of interventions: single changes that fit any scenario, those of its own people, and one's own.

- An intervention is written as `--set` takes it, except that an event is added to the scenario's own. Its kind is that
  of the weightiest aspect that it changes. *process*: what a chair and a secretariat decide (time, methodology, the
  chair's habits, evenings). *setting*: what they cannot choose (trust, tension, linkage). *people*: what others would
  have to give up, or who would have to stay away: each end of a red line, each named delegate, each camp, one at a
  time. *rule*: what counts as consensus; a lower bar is not agreement.
- Interventions on one subject, such as two methodologies, exclude each other, and so do two that change the same path
  or one that lies within the other's. Those that would change nothing are left out, and those of people that something
  drawn for every run would undo.
- Days are changed after evenings, so that each day has an evening, and a whole before its parts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import reduce
from typing import Literal, NamedTuple, get_args

from negsim.cast.aspects import Aspect
from negsim.cast.decisions import DECISION_RULES
from negsim.cast.knobs import DAYS, EVENINGS, MEETINGS, METHODOLOGY
from negsim.cast.methodologies import METHODOLOGIES
from negsim.errors import NegsimError, errors_about, literal
from negsim.scenario import Scenario, with_changes
from negsim.scenario.changes import Changes, paths_changed
from negsim.scenario.keys import is_at_or_around
from negsim.scenario.lowering import group_labels
from negsim.scenario.sampling import days_are_drawn, paths_drawn
from negsim.scenario.schema import MOST_DAYS, MOST_DAYS_IN_ALL, MOST_MEETINGS, SEATS_KEY, Camp, Delegate, Group
from negsim.scenario.words import levels, number
from negsim.scenario.yaml import Plain, value_at
from negsim.study.explain import EVENT_ASPECTS, TEXT_KEYS, aspect_of

_Kind = Literal["process", "setting", "people", "rule"]
INTERVENTION_KINDS: tuple[_Kind, ...] = get_args(_Kind)  # the weightier the later
_ASPECTS_OF_KIND: dict[_Kind, Sequence[Aspect]] = {
    "process": (
        Aspect.MEETINGS, Aspect.METHODOLOGY, Aspect.CHAIR, Aspect.INFORMAL, Aspect.MOVES, Aspect.TEXT,
    ),
    "setting": (Aspect.LINKAGE, Aspect.TENSION, Aspect.ISSUES, Aspect.TRUST, Aspect.PARAMETERS),
    "people": (
        Aspect.CONDUCT, Aspect.POSITIONS, Aspect.RED_LINES, Aspect.SALIENCE, Aspect.DISPOSITIONS, Aspect.SEATS,
        Aspect.CAMPS, Aspect.DELEGATES,
    ),
    "rule": (Aspect.RULE,),
}  # fmt: skip
_KIND_OF_ASPECT = {aspect: kind for kind, aspects in _ASPECTS_OF_KIND.items() for aspect in aspects}


class LineEnd(NamedTuple):
    """An end of a red line: its owner accepts no text below a lower one, or above an upper one.

    section: `groups`, `delegates` or `camps`. end: `min` or `max`. holders: the named delegates whom it binds.
    label: of the owner.
    """

    section: str
    owner: str
    issue: str
    end: str
    place: float
    holders: tuple[str, ...]
    label: str

    @property
    def path(self) -> str:
        """The path of all red lines of the owner."""
        return f"{self.section}.{self.owner}.red_lines"

    @property
    def name(self) -> str:
        """The end in words."""
        return f"{'lower' if self.end == 'min' else 'upper'} red line"


def line_ends(scenario: Scenario) -> Iterator[LineEnd]:
    """Yield each end of each red line, of groups, named delegates and camps."""
    parties: list[tuple[str, str, Group | Delegate | Camp]] = [("groups", *item) for item in scenario.groups.items()]
    parties += [("delegates", delegate.name, delegate) for delegate in scenario.delegates]
    parties += [("camps", *item) for item in scenario.camps.items()]
    labels = group_labels(scenario)
    for section, owner, party in parties:
        for issue, line in party.red_lines.items():
            ends = {end: place for end in ("min", "max") if (place := getattr(line, end)) is not None}
            holders = tuple(_holders(scenario, section, owner, issue))
            label = labels[owner] if section == "groups" else owner
            yield from (LineEnd(section, owner, issue, end, place, holders, label) for end, place in ends.items())


def _holders(scenario: Scenario, section: str, owner: str, issue: str) -> Iterator[str]:
    """Yield the named delegates whom a red line binds; a delegate's own line holds instead of the group's."""
    for delegate in scenario.delegates:
        in_group = delegate.group == owner and issue not in delegate.red_lines
        of = {"groups": in_group, "delegates": delegate.name == owner, "camps": delegate.camp == owner}
        if of[section]:
            yield delegate.name


class Intervention(NamedTuple):
    """A named set of changes, or several such sets made together.

    name: with methodologies as `--set` takes them; no two of a catalogue have the same. subjects: what it is about.
    changes: paths and values. events: to be added to the process. parts: the single ones, of a bundle. line: what it
    lifts. is_own: whether it is one of the user's own candidates.
    """

    name: str
    subjects: frozenset[str]
    changes: dict[str, Plain]
    events: tuple[Plain, ...] = ()
    parts: tuple[Intervention, ...] = ()
    line: LineEnd | None = None
    is_own: bool = False

    @property
    def kind(self) -> _Kind:
        """The kind of the weightiest aspect that it changes."""
        aspects = (aspect for path, value in self.changes.items() for aspect in _aspects(path, value))
        kinds: list[_Kind] = [_KIND_OF_ASPECT.get(aspect, "process") for aspect in aspects]
        return max(kinds, key=INTERVENTION_KINDS.index, default="process")

    def of(self, scenario: Scenario) -> Scenario:
        """Return the scenario with this intervention made."""
        changes = dict(self.changes)
        if self.events:
            before = changes.get("process.events", scenario.resolved()["process"]["events"])
            changes["process.events"] = [*before, *self.events]
        in_turn = sorted(changes, key=lambda path: (path.endswith(".days"), path.count(".")))
        return with_changes(scenario, {path: changes[path] for path in in_turn})

    def excludes(self, other: Intervention) -> bool:
        """Return whether two interventions are about one subject or change the same."""
        lifted = self._lines & other._lines  # ends of red lines of one owner can be lifted together
        pairs = ((path, its) for path in self.changes for its in other.changes if path != its or path not in lifted)
        return bool(self.subjects & other.subjects) or any(is_at_or_around(path, its) for path, its in pairs)

    @property
    def _lines(self) -> set[str]:
        """The paths of the red lines of which it lifts an end."""
        return {part.line.path for part in self.parts or (self,) if part.line is not None}

    def and_(self, other: Intervention) -> Intervention:
        """Combine two interventions, parts ordered by name. Raises ValueError if they exclude each other."""
        if self.excludes(other):
            raise ValueError(f"{self.name} and {other.name} exclude each other")
        parts = tuple(sorted((*(self.parts or (self,)), *(other.parts or (other,))), key=lambda part: part.name))
        return Intervention(
            " + ".join(part.name for part in parts),
            self.subjects | other.subjects,
            reduce(_changed_together, (part.changes for part in parts)),
            tuple(event for part in parts for event in part.events),
            parts,
        )


def _aspects(path: str, value: Plain) -> list[Aspect]:
    """List the aspects of a change: of a list of events those of its events, as only some of them are conduct."""
    if path == "process.events" and isinstance(value, list):
        return [EVENT_ASPECTS.get(str(kind), Aspect.CONDUCT) for event in value for kind in event]
    return [aspect_of(path)]


def _changed_together(one: dict[str, Plain], other: dict[str, Plain]) -> dict[str, Plain]:
    """Return the changes of both; of red lines, those ends that neither lifts."""
    both = {path: _lines_left(one[path], other[path]) for path in one if path in other}
    return one | other | both


def _lines_left(one: dict[str, Plain], other: dict[str, Plain]) -> dict[str, Plain]:
    """Return the red lines by issue that are left if each of two leaves some."""
    lines = {
        issue: line | {end: None for end in ("min", "max") if other[issue][end] is None}
        for issue, line in one.items()
        if issue in other
    }
    return {issue: line for issue, line in lines.items() if line["min"] is not None or line["max"] is not None}


def catalogue(scenario: Scenario) -> list[Intervention]:
    """List every intervention that changes this scenario; none adds days or names a meeting where these are drawn."""
    base = _content(scenario)
    return [one for one in interventions_of(scenario) if _content(one.of(scenario)) != base]


def interventions_of(scenario: Scenario) -> tuple[Intervention, ...]:
    """List the catalogue with those interventions that change nothing in this scenario."""
    return (
        *_evenings(scenario), *_time(scenario), *_between_meetings(scenario),
        *(_one(f"methodology: {name}", "methodology", {METHODOLOGY.path: name}) for name in METHODOLOGIES),
        *_chair(scenario), *_setting(scenario), *_people(scenario), *_rules(),
    )  # fmt: skip


def candidates(scenario: Scenario, try_: Mapping[str, Changes]) -> list[Intervention]:
    """Make interventions of one's own, by label. Raises NegsimError for one that cannot be made or changes nothing."""
    if not isinstance(try_, Mapping):
        raise NegsimError(f'{literal(try_)}: candidates stand by label, as in {{"more trust": ["trust.across=high"]}}')
    base, own, taken = _content(scenario), [], {one.name for one in catalogue(scenario)} if try_ else set()
    for label, changes in try_.items():
        with errors_about(label):
            candidate = _one(label, f"own: {label}", paths_changed(scenario, changes))._replace(is_own=True)
            changed = _content(candidate.of(scenario))
        if label in taken:
            raise NegsimError(f"{label}: a change of the catalogue has this name; choose another")
        if changed == base:
            raise NegsimError(f"{label}: changes nothing in this scenario")
        own.append(candidate)
    return own


def _content(scenario: Scenario) -> dict[str, Plain]:
    """Return what a scenario holds, apart from titles, sources, reasons and measures of one's own."""
    return {key: value for key, value in scenario.resolved().items() if key not in {*TEXT_KEYS, "measures"}}


def _sets_evenings(path: str) -> bool:
    whole = path in {EVENINGS.path, "process.meetings"}
    return whole or (path.startswith("process.meetings.") and path.endswith(".evenings"))


def _one(name: str, subject: str, changes: dict[str, Plain], *events: Plain) -> Intervention:
    return Intervention(name, frozenset([subject]), changes, events)


def _evenings(scenario: Scenario) -> Iterator[Intervention]:
    """Yield other ways to spend the evenings, and days away from the floor."""
    for name, mixed in (("half of the evenings mixed", 0.5), ("all evenings mixed", 1)):
        yield _one(name, "evenings", {EVENINGS.path: mixed})
    if days_are_drawn(scenario):
        return
    if not any(map(_sets_evenings, paths_drawn(scenario))):
        free: dict[str, Plain] = {
            f"process.meetings.{m}.evenings": [
                {"mixed_share": evening.mixed_share, "rest": "none"} for evening in meeting.evenings
            ]
            for m, meeting in enumerate(scenario.process.meetings)
        }
        yield _one("no caucus in the evenings", "evenings", free)
    last = len(scenario.process.meetings)
    if last > 1:
        away = {"retreat": {"after_meeting": last - 1, "days": 2, "quality": "high"}}
        yield _one("two days' retreat before the last meeting", "retreat", {}, away)
    closed = {"closed_session": {"meeting": last, "day": 1}}
    yield _one("a closed first day of the last meeting", "closed session", {}, closed)


def _time(scenario: Scenario) -> Iterator[Intervention]:
    """Yield more days, and one more meeting, with days of its own and without."""
    if days_are_drawn(scenario):
        return
    days = [meeting.days for meeting in scenario.process.meetings]
    for more, name in ((1, "one more day in each meeting"), (2, "two more days in each meeting")):
        longer = {f"process.meetings.{m}.days": had + more for m, had in enumerate(days)}
        if max(longer.values()) <= MOST_DAYS and sum(longer.values()) + max(longer.values()) <= MOST_DAYS_IN_ALL:
            yield _one(name, "days", dict(longer))
    if len(days) < MOST_MEETINGS and sum(days) + days[-1] <= MOST_DAYS_IN_ALL:
        yield _one("one more meeting", "meetings", {MEETINGS.path: len(days) + 1})
    if len(days) < min(MOST_MEETINGS, sum(days)):
        held = {MEETINGS.path: len(days) + 1, DAYS.path: sum(days)}
        yield _one("one more meeting in the same days", "meetings", dict(held))


def _between_meetings(scenario: Scenario) -> Iterator[Intervention]:
    if len(scenario.process.meetings) > 1:
        yield _one("a record between meetings", "record", {"process.intersession.record": True})
        yield _one("the pen-holder consults between meetings", "consultation", {"process.intersession.consult": True})


def _chair(scenario: Scenario) -> Iterator[Intervention]:
    chair = scenario.process.chair
    yield _one("chair: no pressure", "pressure", {"process.chair.pressure": "none"})
    if chair.responsiveness < number("responsiveness", "high"):
        yield _one("chair: high responsiveness", "responsiveness", {"process.chair.responsiveness": "high"})
    if chair.conservatism > number("conservatism", "low"):
        yield _one("chair: low conservatism", "conservatism", {"process.chair.conservatism": "low"})
    yield _one("chair: a paragraph on every issue", "coverage", {"process.chair.coverage": 1})


def _setting(scenario: Scenario) -> Iterator[Intervention]:
    """Yield a quieter world: no theme elsewhere, less tension, more trust."""
    context = scenario.context
    if context.linkage is not None:
        apart = {"context.linkage.weight": "none", "context.linkage.spillover": "none"}
        yield _one("no linkage", "linkage", apart)
    if lower := [word for word, level in levels("tension") if level < context.tension]:
        yield _one(f"tension: {lower[-1].replace('_', ' ')}", "tension", {"context.tension": lower[-1]})
    if higher := [word for word, level in levels("trust") if level > scenario.trust.across]:
        yield _one(f"trust across groups: {higher[0].replace('_', ' ')}", "trust", {"trust.across": higher[0]})


def _people(scenario: Scenario) -> Iterator[Intervention]:
    """Yield each red line without one of its ends, and the room without each named delegate and each camp."""
    drawn = set(paths_drawn(scenario))
    if SEATS_KEY in drawn:
        drawn |= {f"groups.{name}.seats" for name in scenario.groups}
    for intervention in (*_lifted(scenario, drawn), *_absent_delegates(scenario), *_absent_camps(scenario)):
        if not any(is_at_or_around(path, one) for path in intervention.changes for one in drawn):
            yield intervention


def _lifted(scenario: Scenario, drawn: Collection[str]) -> Iterator[Intervention]:
    """Yield each red line without one of its ends; it alone is written where another of its owner is drawn."""
    data = scenario.resolved()
    for line in line_ends(scenario):
        parties = data[line.section]
        party = next(one for one in parties if one["name"] == line.owner) if line.section == "delegates" else None
        lines = dict((party or parties[line.owner])["red_lines"])
        rest = lines.pop(line.issue) | {line.end: None}
        left = rest if any(rest[end] is not None for end in ("min", "max")) else None
        if any(is_at_or_around(line.path, path) for path in drawn):
            changes: dict[str, Plain] = {f"{line.path}.{line.issue}": left or "none"}
        else:
            changes = {line.path: lines | ({line.issue: left} if left else {})}
        name = f"{line.owner}: no {line.name} on {line.issue}"
        yield Intervention(name, frozenset([name]), changes, line=line)


def _absent_delegates(scenario: Scenario) -> Iterator[Intervention]:
    """Yield the room without each named delegate, whose seat goes too, unless it is the only one of its group."""
    data = scenario.resolved()
    for delegate in scenario.delegates:
        seats = scenario.groups[delegate.group].seats
        if seats > 1:
            rest = [other for other in data["delegates"] if other["name"] != delegate.name]
            gone: dict[str, Plain] = {"delegates": rest, f"groups.{delegate.group}.seats": seats - 1}
            last = f"{scenario.groups[delegate.group].label} {seats}"  # a seat of that name goes
            changes = gone | _unmentioned(data, {delegate.name, last})
            yield _one(f"{delegate.name} absent", f"presence of {delegate.name}", changes)


def _absent_camps(scenario: Scenario) -> Iterator[Intervention]:
    """Yield the room without each camp; its members stay, and are of none."""
    data = scenario.resolved()
    for camp in scenario.camps:
        rest = {name: part for name, part in data["camps"].items() if name != camp}
        members = {delegate["name"] for delegate in data["delegates"] if delegate["camp"] == camp}
        free = [one | ({"camp": "none"} if one["name"] in members else {}) for one in data["delegates"]]
        gone: dict[str, Plain] = {"camps": rest} | ({"delegates": free} if members else {})
        silent = {camp, *members} if rest else {camp, *data["groups"], *(one["name"] for one in data["delegates"])}
        yield _one(f"camp {camp} absent", f"camp {camp}", gone | _unmentioned(data, {camp}, silent=silent))


def _unmentioned(data: dict[str, Plain], gone: Collection[str], *, silent: Collection[str] = ()) -> dict[str, Plain]:
    """Return the changes that leave somebody out of all but the list of delegates. silent: who reaffirms no line."""
    events = []
    for event in data["process"]["events"]:
        ((kind, what),) = event.items()
        guests = [guest for guest in what.get("guests", ()) if guest not in gone]
        if what.get("by") not in {*gone, *(silent if kind == "reaffirm" else ())} and (guests or "guests" not in what):
            events.append({kind: what | ({"guests": guests} if guests else {})})
    changes: dict[str, Plain] = {
        "trust.pairs": {who: n for who, n in data["trust"]["pairs"].items() if not set(who.split("->")) & set(gone)},
        "policies": {who: policy for who, policy in data["policies"].items() if who not in gone},
        "process.events": events,
        "process.text": {
            issue: text | ({"pen": "none"} if text["pen"] in gone else {})
            for issue, text in data["process"]["text"].items()
        },
    }
    return {path: value for path, value in changes.items() if value != value_at(data, tuple(path.split(".")))}


def _rules() -> Iterator[Intervention]:
    yield _one("dissent may be recorded", "dissent", {"process.record_dissent": True})
    yield _one("paragraphs adopted one by one", "adoption", {"process.adoption": "separable"})
    for rule in list(DECISION_RULES.values())[1:]:  # all but the strictest
        number = {rule.key: getattr(rule.row, rule.column)} if rule.key else {}
        yield _one(rule.label, "decision rule", {"process.decision_rule": {rule.name: number}})
