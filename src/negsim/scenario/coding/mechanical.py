"""The facts of a case as a facts file has them: what can be read off without judgement.

Rules that hold here
- What contradicts itself is left unknown and told; of two ways to say one thing, the finer is kept.
"""

from __future__ import annotations

from negsim.errors import shown
from negsim.scenario.coding.answers import MOST_SPAN
from negsim.scenario.coding.fields import Fields, clean, number_in, slug
from negsim.scenario.coding.priors import MOST_IN_ONE_ROOM
from negsim.scenario.plain import Plain
from negsim.scenario.process import MOST_DAYS, MOST_MEETINGS
from negsim.scenario.schema import MOST_GROUPS, MOST_ISSUES, MOST_SEATS, MOST_SEATS_A_GROUP
from negsim.scenario.values import is_number

GROUPS = {
    "gov": "government",
    "biz": "business",
    "tech": "technical_community",
    "civ": "civil_society",
    "other": "other",
}


def facts_in(of: Fields) -> dict[str, Plain]:
    """Every fact that can be read off."""
    entries = {
        "issues": _issues(of),
        "groups": _groups(of),
        "seats": _seats(of),
        "meetings": _number(of, "n_meetings", MOST_MEETINGS),
        "days": _days(of),
        "total_days": _total_days(of),
        "span": _span(of),
    }
    facts: dict[str, Plain] = {"sides": "unknown", "gaps": "unknown"}
    for name, entry in entries.items():
        facts[name] = entry or "unknown"
    _no_mass_meeting(of, facts)
    _drop_doubtful_seats(of, facts)
    _drop_doubtful_days(of, facts)
    _drop_doubtful_span(of, facts)
    order = ("issues", "groups", "seats", "sides", "meetings", "days", "total_days", "gaps", "span")
    return {name: facts[name] for name in order}


def _drop_doubtful_seats(of: Fields, facts: dict[str, Plain]) -> None:
    """No total where the groups say it, or where it is too small for them."""
    groups, total = _known(facts, "groups") or {}, _known(facts, "seats")
    if total is None or not groups:
        return
    known = [seats for seats in groups.values() if seats != "unknown"]
    least = sum(known) + len(groups) - len(known)
    if sum(known) <= total < least:
        seated = f"{len(groups)} groups with {sum(known)} known seats"
        of.odd("participants", "total", message=f"{total} in all are too few for {seated}; left unknown")
    if total < least or len(known) == len(groups):
        facts["seats"] = "unknown"


def _drop_doubtful_days(of: Fields, facts: dict[str, Plain]) -> None:
    """No days that do not fit the meetings, and no total where the days say it."""
    count, days, total = (_known(facts, name) for name in ("meetings", "days", "total_days"))
    if isinstance(days, list) and count and len(days) != count:
        of.odd("meeting_days", message=f"has {len(days)} for {count} meetings; left unknown")
        facts["days"], days = "unknown", None
    if total and count and not count <= total <= count * MOST_DAYS:
        right = "at least a day" if total < count else f"at most {MOST_DAYS} days"
        of.odd("total_days", message=f"{_counted(total)} do not fit {count} meetings of {right}; left unknown")
        facts["total_days"], total = "unknown", None
    in_all = _days_in_all(days, count)
    if total and in_all and total != in_all:
        of.odd("total_days", message=f"{total} in all, and {in_all} in `meeting_days`, which are kept; left unknown")
    if days:
        facts["total_days"] = "unknown"


def _drop_doubtful_span(of: Fields, facts: dict[str, Plain]) -> None:
    """No days from first to last that do not hold those of the meetings."""
    count, days, total, span = (_known(facts, name) for name in ("meetings", "days", "total_days", "span"))
    in_all = _days_in_all(days, count) or total
    exact = all(of.text(field).count("-") == 2 for field in ("start", "end"))
    if in_all and exact and span is not None and span + 1 < in_all:
        of.odd("end", message=f"{_counted(span + 1)} from first to last do not hold {in_all} of meetings; left unknown")
        facts["span"] = "unknown"


def _days_in_all(days: Plain, count: int | None) -> int | None:
    """Days of all meetings together, None where they are not known."""
    if isinstance(days, list):
        return sum(days)
    return days * count if days and count else None


def _counted(days: int) -> str:
    return f"{days} day{'s' * (days != 1)}"


def _no_mass_meeting(of: Fields, facts: dict[str, Plain]) -> None:
    """Leave the seats of more than fit in one room unknown: the coder looks for the drafting body."""
    groups = (_known(facts, "groups") or {}).values()
    in_all = _known(facts, "seats") or sum(seats for seats in groups if seats != "unknown")
    if in_all <= MOST_IN_ONE_ROOM:
        return
    of.odd("participants", message=f"{in_all} are a mass meeting; code its drafting body; seats left unknown")
    facts["seats"] = "unknown"
    if groups:
        facts["groups"]["value"] = dict.fromkeys(facts["groups"]["value"], "unknown")


def _known(facts: dict[str, Plain], name: str) -> Plain:
    """The value of a fact, None where it is not known."""
    return facts[name]["value"] if isinstance(facts[name], dict) else None


def _issues(of: Fields) -> dict[str, Plain] | None:
    """Names and labels, in the file's order: of a list of labels, or of a mapping from names to labels."""
    listed = of.at("issues")
    if isinstance(listed, dict):
        items = [(str(name), label) for name, label in listed.items()]
    else:
        labels = listed if isinstance(listed, list) else [] if listed is None else [listed]
        items = [("", label) for label in labels]
    kept = [(name, clean(str(label))) for name, label in items if isinstance(label, str | int | float)]
    kept = [(name, label) for name, label in kept if label][:MOST_ISSUES]
    if len(kept) < len(items):
        left = "the rest is left out" if kept else "left unknown"
        of.odd("issues", message=f"is not a list of up to {MOST_ISSUES} texts; {left}")
    named: dict[str, str] = {}
    for k, (said, label) in enumerate(kept, 1):
        name = slug(said or label, f"issue_{k}")
        named[f"{name[:50]}_{k}" if name in named else name] = label
    return of.entry(named, "issues") if named else None


def _groups(of: Fields) -> dict[str, Plain] | None:
    """Groups with their seats; where a total leaves more, the others."""
    participants = of.at("participants")
    if participants is None or is_number(participants) or of.remembered("participants"):
        return None
    if not isinstance(participants, dict):
        of.odd("participants", message=f"{shown(participants)} is not a mapping; left unknown")
        return None
    known = _seats_of_groups(of, participants)
    total, rest = _total(of), (_total(of) or 0) - sum(known.values())
    if total and known and rest < 0:
        of.odd("participants", "total", message=f"{total} is less than the groups have; left unknown")
    elif known and rest > 0 and all(known.values()):
        known["others" if "other" in known else "other"] = rest
    if why := _no_room(known):
        of.odd("participants", message=f"{why}; left unknown")
    if why or not known:
        return None
    value = {name: seats or "unknown" for name, seats in known.items()}
    return of.entry(value, "participants", of.text("participants", "note"))


def _no_room(seats: dict[str, int]) -> str:
    """Why groups with such seats are no room, "" where they are one. seats: 0 where they are not known."""
    if len(seats) > MOST_GROUPS:
        return f"has {len(seats)} groups, and {MOST_GROUPS} are the most"
    if sum(seats.values()) == 1 and all(seats.values()):
        return "has 1 seat in all, and a negotiation needs at least 2"
    return f"has {sum(seats.values())} seats, and {MOST_SEATS} are the most" if sum(seats.values()) > MOST_SEATS else ""


def _seats_of_groups(of: Fields, participants: dict[str, Plain]) -> dict[str, int]:
    """Seats by group, 0 where something is said that is no number; groups with nothing or 0 are not there."""
    known: dict[str, int] = {}
    for key, said in participants.items():
        if key in {"total", "note"} or said is None or said == 0:
            continue
        name = GROUPS.get(key, slug(key, "group"))
        known[name] = known.get(name, 0) + (of.whole("participants", key, most=MOST_SEATS_A_GROUP) or 0)
    return known


def _total(of: Fields) -> int | None:
    path = ("participants",) if is_number(of.at("participants")) else ("participants", "total")
    return of.whole(*path, most=MOST_SEATS, least=2)


def _seats(of: Fields) -> dict[str, Plain] | None:
    """The total."""
    total = None if of.remembered("participants") else _total(of)
    return of.entry(total, "participants", of.text("participants", "note")) if total else None


def _number(of: Fields, field: str, most: int) -> dict[str, Plain] | None:
    """A whole number with its provenance."""
    if of.remembered(field):
        return None
    value = of.whole(field, most=most)
    return None if value is None else of.entry(value, field)


def _days(of: Fields) -> dict[str, Plain] | None:
    """Days of each meeting."""
    listed = of.at("meeting_days")
    if listed is None or of.remembered("meeting_days"):
        return None
    if is_number(listed):
        each = of.whole("meeting_days", most=MOST_DAYS)
        return of.entry(each, "total_days") if each else None
    fits = isinstance(listed, list) and 0 < len(listed) <= MOST_MEETINGS
    said = [number_in(day) for day in listed] if fits else []
    if not said or not all(is_number(day) and day == int(day) and 1 <= day <= MOST_DAYS for day in said):
        of.odd("meeting_days", message=f"is not a list of whole days, 1 to {MOST_DAYS} each; left unknown")
        return None
    return of.entry([int(day) for day in said], "total_days")


def _total_days(of: Fields) -> dict[str, Plain] | None:
    """Days in all."""
    return _number(of, "total_days", 1000)


def _span(of: Fields) -> dict[str, Plain] | None:
    """Days from the first to the last."""
    first, last = (of.day(field) for field in ("start", "end"))
    if first is None or last is None:
        return None
    if last < first:
        of.odd("end", message="is before the start; left unknown")
        return None
    if (last - first).days > MOST_SPAN:
        of.odd("end", message=f"is {(last - first).days} days after the start; left unknown")
        return None
    entry = of.entry((last - first).days, "start", f"{of.text('start')} to {of.text('end')}")
    return entry | {"confidence": "medium"}
