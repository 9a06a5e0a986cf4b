"""Changes to a scenario, as `--set` writes them: a path of the resolved scenario, an equals sign, a value.

- Knobs change whole processes: how many meetings, how many days in all, which methodology, how many mixed
  evenings, how much corridor talk across groups. They are applied after all other changes, in the order
  `meetings.count`, which keeps the length of every meeting, `meetings.days_in_all`, which divides a total of days among
  the meetings, `methodology` over these meetings, at equal minutes, `informal.mixed_evenings` over all their evenings,
  and `informal.corridors`. The first meeting then opens as `process.opening` says.
- A bare value for a position moves its mean and leaves its spread.
- Evenings follow the days of a meeting whose `days` change: the last is repeated, or the surplus dropped.
- Caucuses follow the seats of a group whose `seats` change, in proportion; each keeps its named delegates.
- The basis of a changed path says that it was changed.
- A change overrides what is uncertain: it is made again after the draw.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from functools import reduce

import numpy as np
from pydantic_core import to_jsonable_python

from negsim.cast import knobs
from negsim.cast.knobs import AS_WRITTEN
from negsim.cast.methodologies import METHODOLOGIES, label_of
from negsim.errors import Mark, NegsimError, Problem, ScenarioError, did_you_mean, literal, nearest
from negsim.randomness import is_whole
from negsim.scenario import schema
from negsim.scenario.schema import PARAMETERS_KEY, UNCERTAIN_KEY, Scenario, Uncertain, check_scenario, lay_out
from negsim.scenario.validate import check, check_process, names_of, read
from negsim.scenario.values import is_number
from negsim.scenario.yaml import MOST_DEPTH, Document, Path, Plain, dotted, flow, follow, no_such_step, parse, value_at

Changes = Sequence[str] | Mapping[str, Plain]  # such as ["meetings.count=5"], or {"meetings.count": 5}
_Data = dict[str, Plain]  # a resolved scenario, or a part of one

_SLACK = 1e-9  # of a share of whole things


class _ChangeError(ValueError):
    """A change that cannot be made, with the reason as its text."""


def set_meetings(data: _Data, count: Plain) -> None:
    """Keep the first meetings, or add copies of the last: its days, hours, agenda, evenings and gap.

    Events of dropped meetings are dropped; a renewal after the last meeting stays after the last meeting.
    """
    if not is_whole(count) or not 1 <= count <= schema.MOST_MEETINGS:
        raise _ChangeError(f"{literal(count)} is not a number of meetings; write one from 1 to {schema.MOST_MEETINGS}")
    process, meetings = data["process"], data["process"]["meetings"]
    last, had = meetings[-1], len(meetings)
    gap = last["after_days"] if had > 1 else schema.DAYS_BETWEEN
    added = [last | {"name": f"{last['name']} + {i}", "after_days": gap} for i in range(1, count - had + 1)]
    process["meetings"] = [*meetings, *added][:count]
    events = (_redated(event, had, count) for event in process.get("events", []))
    process["events"] = [event for event in events if event is not None]


def _redated(event: dict[str, Plain], had: int, count: int) -> dict[str, Plain] | None:
    """Move an event to its place after the change; None if its meeting, or the one it leads to, is gone."""
    ((kind, what),) = event.items()
    if kind == "retreat":
        return event if what["after_meeting"] < count else None
    if kind == "renewal" and what["after_meeting"] == had:
        return {kind: what | {"after_meeting": count}}
    return event if what.get("meeting", what.get("after_meeting")) <= count else None


def set_days(data: _Data, total: Plain) -> None:
    """Divide a number of days among the meetings, the remainder to the first; evenings follow the days.

    An event whose day is gone moves to the last day of its meeting.
    """
    process, meetings = data["process"], data["process"]["meetings"]
    least, most = len(meetings), min(schema.MOST_DAYS * len(meetings), schema.MOST_DAYS_IN_ALL)
    if not is_whole(total) or not least <= total <= most:
        meetings_there_are = "1 meeting" if least == 1 else f"{least} meetings"
        raise _ChangeError(
            f"{literal(total)} is not a number of days for {meetings_there_are}; "
            f"write a whole number from {least} to {most}"
        )
    each, more = divmod(total, least)
    process["meetings"] = [
        meeting | {"days": (days := each + (m < more)), "evenings": _fitted(meeting["evenings"], days)}
        for m, meeting in enumerate(meetings)
    ]
    process["events"] = [_within_days(event, process["meetings"]) for event in process.get("events", [])]


def _within_days(event: dict[str, Plain], meetings: list[_Data]) -> dict[str, Plain]:
    """Move an event to the last day of its meeting if that ends before the event's own day."""
    ((kind, what),) = event.items()
    if "day" not in what:
        return event
    return {kind: what | {"day": min(what["day"], meetings[what["meeting"] - 1]["days"])}}


def set_methodology(data: _Data, methodology: Plain) -> None:
    """Replace the agenda of every meeting, at equal minutes; `as_written` changes nothing.

    methodology: the name of one, or an agenda for every meeting, such as `[rolling_text: 0.5, straw_poll: 0.5]`.
    """
    if methodology == AS_WRITTEN or methodology is None:
        return
    process, own = data["process"], data["methodologies"]
    if isinstance(methodology, list):
        process["meetings"] = [meeting | {"agenda": methodology} for meeting in process["meetings"]]
        return
    if not isinstance(methodology, str) or methodology not in {*METHODOLOGIES, *own}:
        by_label = {label_of(name): name for name in METHODOLOGIES}
        name = by_label.get(str(methodology), str(methodology))
        hint = f"; write {name}" if name in METHODOLOGIES else did_you_mean(name, (AS_WRITTEN, *METHODOLOGIES, *own))
        raise _ChangeError(f"unknown methodology {literal(methodology)}{hint}")
    process["meetings"] = lay_out(process["meetings"], methodology, own)


def set_evenings(data: _Data, share: Plain) -> None:
    """Make evening e of the process mixed if floor((e+1)·share) > floor(e·share), else a caucus."""
    _check_share(share, "evenings")
    e = 0
    for meeting in data["process"]["meetings"]:
        days = len(meeting["evenings"])
        meeting["evenings"] = ["mixed" if _is_mixed(e + day, share) else "caucus" for day in range(days)]
        e += days


def set_corridors(data: _Data, share: Plain) -> None:
    """Make this share of the talk at breaks go across groups; at 0 there are no breaks."""
    _check_share(share, "corridor talk")
    data["process"]["informal"] |= {"corridors": share}


def _check_share(share: Plain, of: str) -> None:
    if not is_number(share) or not 0 <= share <= 1:
        from negsim.cast.units import read_share  # noqa: PLC0415 - only a refusal needs it

        try:
            right = f"{read_share(share):g}"
        except NegsimError:
            right = "a number from 0 to 1"
        raise _ChangeError(f"{literal(share)} is not a share of {of}; write {right}")


def _is_mixed(e: int, share: float) -> bool:
    """Return whether evening e, counted from 0 over the whole process, is mixed.

    >>> [_is_mixed(e, 0.5) for e in range(4)]
    [False, True, False, True]
    """
    return math.floor((e + 1) * share + _SLACK) > math.floor(e * share + _SLACK)


# The function that applies each knob, by its path and in its order.
APPLIED_KNOBS: dict[str, Callable[[_Data, Plain], None]] = {
    path: globals()[f"set_{knob.name}"] for path, knob in knobs.KNOBS.items()
}


_CHANGED = "assumption: changed for this run"
_EXAMPLE = knobs.MEETINGS.change(3)


def with_changes(scenario: Scenario, changes: Changes) -> Scenario:
    """Return the scenario with changes such as `process.chair.pressure=0`, or a mapping of paths to values.

    A `ScenarioError` names the change.
    """
    check_scenario(scenario)
    data = scenario.resolved()
    marks: dict[Path, Mark] = {}
    turned: dict[str, tuple[str, Plain]] = {}
    settled: dict[str, Plain] = {}
    problems: list[Problem] = []
    written = _asked(changes)
    for change, pair in written.items():
        try:
            path, value = pair or parsed_change(change)
            settled[path] = value
            if path in APPLIED_KNOBS:
                turned[path] = change, value
            else:
                marks[_put(data, path, value)] = Mark(change)
        except _ChangeError as refusal:
            problems.append(Problem(Mark(change), "", str(refusal)))
    if marks or problems:
        scenario = read(Document("; ".join(written), data, marks, {}, problems))
    return _settled(_with_knobs(scenario, turned) if turned else scenario, settled)


def with_draws(certain: Scenario, changes: Mapping[str, Plain]) -> Scenario:
    """Do what `with_changes` does for a certain scenario, without a basis; faster: only changed parts are read again.

    Raises ValueError for changes that do not fit; `with_changes` says which, and why.
    """
    data = certain.resolved() | {"basis": None}
    sections = {_put(data, path, value)[0] for path, value in changes.items() if path not in APPLIED_KNOBS}
    scenario = _read_again(certain, data, sections)
    if turned := [path for path in APPLIED_KNOBS if path in changes]:
        if sections:  # the knobs read what is spelt out
            data["process"] = scenario.process.model_dump(mode="json")
        for path in turned:
            APPLIED_KNOBS[path](data, changes[path])
        scenario = _read_again(scenario, data, {"process"})
    found = check(data) if sections - {"process"} else check_process(data)
    if problems := [f"{dotted(path)}: {message}" for path, message in found]:
        raise _ChangeError(problems[0])
    return scenario


def _read_again(scenario: Scenario, data: _Data, sections: set[Plain]) -> Scenario:
    if not sections:
        return scenario
    changed = {section: data[section] for section in sections} | {"basis": {}}
    return Scenario.model_validate(vars(scenario) | changed, context=names_of(data))


def _asked(changes: object) -> dict[str, tuple[str, Plain] | None]:
    """Split changes as they are written, with path and value if those are known."""
    if isinstance(changes, str) or not isinstance(changes, Iterable):
        raise NegsimError(f'{literal(changes)}: changes are a list, as in ["{_EXAMPLE}"]')
    written = list(changes)
    if strange := [change for change in written if not isinstance(change, str)]:
        raise NegsimError(f'{literal(strange[0])}: a change is a text, as in "{_EXAMPLE}"')
    if not isinstance(changes, Mapping):
        return dict.fromkeys(written)
    plain = {path: to_jsonable_python(changes[path], fallback=_plain) for path in written}
    return {f"{path}={flow(value)}": (path, value) for path, value in plain.items()}


def _plain(value: object) -> Plain:
    """Return what stands for a value that is none of YAML's: numpy's as lists and numbers, others as their text."""
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else str(value)


def paths_changed(scenario: Scenario, changes: Changes) -> dict[str, Plain]:
    """Return the paths and values of changes, in order. A `ScenarioError` names one that cannot be made."""
    with_changes(scenario, changes)
    return dict(pair or parsed_change(change) for change, pair in _asked(changes).items())


def _settled(scenario: Scenario, changes: dict[str, Plain]) -> Scenario:
    """Return the scenario with changes that hold whatever is drawn."""
    drawn_over = set(scenario.uncertain) - {PARAMETERS_KEY}
    fixed = {
        path: Uncertain(one_of=(value,))
        for path, value in changes.items()
        if path.split(".")[0] != UNCERTAIN_KEY
        and (drawn_over or (scenario.uncertain and path.startswith(PARAMETERS_KEY)))
    }
    if not fixed:
        return scenario
    others = {path: how for path, how in scenario.uncertain.items() if path not in fixed}
    return scenario.model_copy(update={"uncertain": others | fixed})


def parsed_change(change: str) -> tuple[str, Plain]:
    """Split a change into its path and its value."""
    path, equals, text = change.partition("=")
    if not equals or not path.strip():
        cut = '; a path with "->" needs quotes in a shell' if path.endswith("-") else ""
        raise _ChangeError(f"is not a change; write path=value, as in process.chair.pressure=0{cut}")
    if not text.strip():
        return path.strip(), None
    if text.lstrip().startswith("#"):
        raise _ChangeError("a text that starts with # is a comment in YAML; put it in quotes")
    try:
        document = parse(text, change)
    except ScenarioError as error:
        raise _ChangeError(error.problems[0].message) from None
    if document.problems:
        raise _ChangeError(document.problems[0].message)
    return path.strip(), document.data


def _put(data: dict[str, Plain], path: str, value: Plain) -> Path:
    """Put a value on a path of the resolved data; return that path."""
    if not path.strip("."):
        raise _ChangeError("is not a change; write path=value, as in process.chair.pressure=0")
    path = "->".join(side.strip() for side in path.split("->"))  # of a pair, as the resolved data have it
    reached, left = follow(data, path)
    here = value_at(data, reached)
    if left and not reached:
        raise _ChangeError(f"there is no such path{_near(data, path)}")
    if left and (left.count(".") > MOST_DEPTH or (here is not None and (not isinstance(here, dict) or "." in left))):
        raise _ChangeError(no_such_step(data, reached, left))
    if left and here is not None:
        reached = (*reached, left)
    elif left:
        value = reduce(lambda inner, step: {step: inner}, reversed(left.split(".")), value)  # where nothing was
    elif isinstance(here, dict) and set(here) == {"mean", "spread"} and not isinstance(value, dict | list):
        value = here | {"mean": value}
    parent = value_at(data, reached[:-1])
    parent[reached[-1]] = deepcopy(value)  # the next change may go on inside
    if reached[-1] == "days" and "evenings" in parent:
        parent["evenings"] = _fitted(parent["evenings"], value)
    if reached[-1] == "seats" and "caucuses" in parent:
        parent["caucuses"] = _reseated(parent["caucuses"], value, _named_caucuses(data, reached[-2]))
    if reached[0] != "basis" and isinstance(data["basis"], dict):
        changed = dotted(reached)  # with all in it
        kept = {path: why for path, why in data["basis"].items() if not path.startswith(f"{changed}.")}
        data["basis"] = kept | {changed: _CHANGED}
    return reached


def _near(data: dict[str, Plain], path: str) -> str:
    """Suggest a knob, or where a path could begin: at a knob, a section, or the section of whom it names."""
    step = path.split(".", maxsplit=1)[0]
    names = names_of(data)  # of what changes before this one may have made of it
    sections = {"groups": names.group, "camps": names.camp, "delegates": names.delegate}
    parties = {str(name): f"{section}.{name}" for section, own in sections.items() for name in own or ()}
    known = nearest(path, APPLIED_KNOBS) or nearest(step, [*APPLIED_KNOBS, *data, *parties])
    if known:
        return f"; did you mean {literal(parties.get(known, known))}?"
    return f"; a path begins with a section, such as process, or is a knob, such as {next(iter(APPLIED_KNOBS))}"


def _fitted(evenings: Plain, days: Plain) -> Plain:
    """Return as many evenings as days."""
    fits = isinstance(evenings, list) and isinstance(days, int) and 0 < days <= schema.MOST_DAYS
    return (evenings + evenings[-1:] * days)[:days] if fits else evenings


def _reseated(caucuses: Plain, seats: Plain, named: Counter[Plain]) -> Plain:
    """Give the caucuses this many seats in all: the seats without a named delegate are shared by largest remainders."""
    sizes = caucuses.values() if isinstance(caucuses, dict) else ()
    if not all(is_whole(number) for number in (seats, *sizes)) or sum(sizes) < 1 or seats < named.total():
        return caucuses
    wanted = {name: max(0.0, seats * size / sum(sizes) - named[name]) for name, size in caucuses.items()}
    free = seats - named.total()
    exact = {name: free * share / max(_SLACK, sum(wanted.values())) for name, share in wanted.items()}
    whole = {name: int(share + _SLACK) for name, share in exact.items()}
    rest = sorted(exact, key=lambda name: whole[name] - exact[name])[: free - sum(whole.values())]
    return {name: named[name] + whole[name] + (name in rest) for name in caucuses}


def _named_caucuses(data: dict[str, Plain], group: Plain) -> Counter[Plain]:
    """Count the delegates of a group that name each caucus as theirs."""
    delegates = data["delegates"] if isinstance(data["delegates"], list) else []
    own = [one for one in delegates if isinstance(one, dict) and one.get("group") == group]
    return Counter(one["caucus"] for one in own if isinstance(one.get("caucus"), str))


def _with_knobs(scenario: Scenario, turned: dict[str, tuple[str, Plain]]) -> Scenario:
    """Return the scenario with its knobs set, in their order."""
    data = scenario.resolved()
    problems = []
    for path in (path for path in APPLIED_KNOBS if path in turned):
        change, value = turned[path]
        try:
            APPLIED_KNOBS[path](data, value)
        except _ChangeError as refusal:
            problems.append(Problem(Mark(change), "", str(refusal)))
    data["basis"] = {path: why for path, why in data["basis"].items() if not _is_gone(path, data["process"])}
    return read(Document("; ".join(change for change, _ in turned.values()), data, {}, {}, problems))


def _is_gone(path: str, process: dict[str, Plain]) -> bool:
    """Return whether a path of the basis leads to a meeting or an event that the knobs have taken away."""
    steps = path.split(".")
    if steps[:1] != ["process"] or len(steps) < 3 or steps[1] not in {"meetings", "events"}:
        return False
    items = process.get(steps[1], [])
    named = {str(item.get("name")) for item in items}
    return steps[2] not in named and not (steps[2].isdigit() and int(steps[2]) < len(items))
